"""How many incidents there are of each kind that a view of the queue shows: by state and casualties, by who may still reply, and by whose turn it is to endorse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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


def of_states(states: Collection[str], *, casualties: bool = False) -> int:
    """How many incidents stand in some states; ``casualties``: only those that tell of some."""
    kinds = [f"{state} casualties" for state in states] + ([] if casualties else list(states))
    return sum(models.Tally.objects.filter(pk__in=kinds).values_list("n", flat=True))


def waiting(party: str) -> int:
    """How many wait for a party's reply."""
    return sum(models.Tally.objects.filter(pk=f"waiting {party}").values_list("n", flat=True))


def endorsing(office: str = "") -> int:
    """How many wait for the endorsement of a body for which an office acts; left out, whichever that is."""
    wanted = {"pk": f"endorses {office}"} if office else {"pk__startswith": "endorses "}
    return sum(models.Tally.objects.filter(**wanted).values_list("n", flat=True))


def total() -> int:
    """How many incidents there are."""
    states = models.Tally.objects.exclude(pk__startswith="waiting ").exclude(pk__startswith="endorses ")
    return sum(states.values_list("n", flat=True))
