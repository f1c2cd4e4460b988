"""How many incidents there are of each kind that a view of the queue shows: by state and casualties, by who may still reply, and by whose turn it is to endorse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from servanda.desk import models
from servanda.desk.places import kinds_of


def moved(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> None:
    """Count incidents anew that changed.

    Args:
        before: their rows before; those that are new are not among them.
        now: their rows now; those that are no more are not among them.
    """
    change = Counter(kind for row in now for kind in kinds_of(row))
    change.subtract(kind for row in before for kind in kinds_of(row))
    for kind, n in sorted(change.items()):
        if n and not models.Tally.objects.filter(pk=kind).update(n=F("n") + n):
            models.Tally.objects.create(kind=kind, n=n)
    models.Tally.objects.filter(n=0).delete()


@dataclass(frozen=True)
class Tallies:
    """How many incidents there are of each kind, read once for all that a page says of it."""

    of: Mapping[str, int]

    def of_states(self, states: Collection[str], *, casualties: bool = False) -> int:
        """How many incidents stand in some states; ``casualties``: only those that tell of some."""
        kinds = [f"{state} casualties" for state in states] + ([] if casualties else list(states))
        return sum(self.of.get(kind, 0) for kind in kinds)

    def waiting(self, party: str) -> int:
        """How many wait for a party's reply."""
        return self.of.get(f"waiting {party}", 0)

    def endorsing(self, office: str = "") -> int:
        """How many wait for the endorsement of a body for which an office acts; left out, whichever that is."""
        if office:
            return self.of.get(f"endorses {office}", 0)
        return sum(n for kind, n in self.of.items() if kind.startswith("endorses "))

    def total(self) -> int:
        """How many incidents there are."""
        return sum(n for kind, n in self.of.items() if not kind.startswith(("waiting ", "endorses ")))


def counted() -> Tallies:
    """How many there are now."""
    return Tallies(dict(models.Tally.objects.values_list("kind", "n")))
