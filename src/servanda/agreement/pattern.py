"""What a term looks for in the evidence, and the instants that its clocks count from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from servanda.values.time import Duration
from servanda.values.weapons import WeaponClass


@dataclass(frozen=True, slots=True)
class When:
    """An instant, or one that counts from an event: ``event`` plus (or, ``before``, minus) ``offset``."""

    instant: datetime | None = None
    event: str | None = None
    offset: Duration | None = None
    before: bool = False
    whole_day: bool = False
    """A day, and not an hour, was named: it means the end of that day."""

    def moved(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """What becomes of the event's instant. Raises ``ValueError`` beyond the years that can be counted."""
        if self.offset is None:
            return moment
        sign = -1 if self.before else 1
        return Duration(sign * self.offset.amount, self.offset.unit).after(moment, zone)

    def __str__(self) -> str:
        if self.event is None:
            return "" if self.instant is None else self.instant.isoformat()
        name = self.event.replace("_", " ")
        return name if self.offset is None else f"{self.offset} {'before' if self.before else 'after'} {name}"


@dataclass(frozen=True, slots=True)
class Force:
    """Whose force: foreign to a state, or of some states; nationality, command and payroll decide, never the label."""

    foreign_to: str | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for in the evidence.

    ``acts`` and ``targets`` hold every code that surely falls under it, ``acts_above`` and ``targets_above`` the more
    general codes that may; ``targets`` is ``None`` for any. ``place_of`` gives a place for single parties. ``by`` names who
    does it, where that is not whom the term binds.
    """

    act_codes: tuple[str, ...]
    target_codes: tuple[str, ...]
    acts: frozenset[str]
    acts_above: frozenset[str]
    targets: frozenset[str] | None
    targets_above: frozenset[str]
    place: str | None = None
    place_words: str = ""
    place_of: Mapping[str, str] = field(default_factory=dict, hash=False)
    weapon: WeaponClass | None = None
    force: Force | None = None
    by: tuple[str, ...] = ()

    def at(self, party: str | None) -> Pattern:
        """The pattern in the place that holds for one party."""
        if not self.place_of or party is None:
            return self
        place = self.place_of.get(party)
        return replace(self, place=place, place_words=(place or "").replace(" + ", " or "), place_of={})
