"""What a report is asked about, and what a kind of report needs for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from servanda.briefs.facts import Facts
from servanda.briefs.model import Brief
from servanda.values.reporting_day import Span

_Day = date


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A report that says no place on the map, so that no term counts it: a mission hears of it all the same."""

    incident: str
    report: str
    source: str
    place: str
    start: datetime | None
    end: datetime | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about, beside its period.

    ``date``: the last day (``None``: the last of which anything is known); ``incident``: an incident; ``to``: the party that is written to; ``until``: until when an answer is
    asked for; ``source``: whose observations; ``number``: that of the report; ``numbers``: those of the mission's earlier reports of this kind by their day,
    after which it is numbered; ``cuts``: until when those knew what they tell, where that was before their day was over; ``known``: the same of this one; ``newer``: by incident
    the ids of reports that came after it was determined, as a desk knows them; ``packages``: what was disclosed, to which tier and when; ``unplaced``: reports without a place; ``correction`` and ``wrong``: where it corrects a published report, the number of the correction, and what was wrong.
    """

    date: str | date | None = None
    incident: str | None = None
    to: str | None = None
    until: datetime | str | None = None
    source: str | None = None
    number: int | None = None
    numbers: Mapping[_Day, int] | None = None
    cuts: Mapping[_Day, datetime] = field(default_factory=dict)
    known: datetime | None = None
    newer: Mapping[str, Collection[str]] = field(default_factory=dict)
    packages: Sequence[tuple[str, datetime]] = ()
    unplaced: Sequence[Unplaced] = ()
    correction: int = 0
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report. ``compares``: whether it also needs what was known at the beginning of its period."""

    write: Callable[[Facts, Asked], Brief]
    span: Span = "day"
    compares: bool = False
