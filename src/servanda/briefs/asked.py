"""What a report is asked about, and what a kind of report needs for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from servanda.briefs.facts import Facts
from servanda.briefs.model import Brief
from servanda.values.reporting_day import Span

_Day = date


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about, beside its period.

    ``date``: the last day (``None``: the last of which anything is known); ``incident``: an incident; ``to``: the party that is written to; ``until``: until when an answer is
    asked for; ``source``: whose observations; ``number``: that of the report; ``numbers``: those of the mission's earlier reports of this kind by their day,
    after which it is numbered; ``correction`` and ``wrong``: where it corrects a published report, the number of the correction, and what was wrong.
    """

    date: str | date | None = None
    incident: str | None = None
    to: str | None = None
    until: datetime | str | None = None
    source: str | None = None
    number: int | None = None
    numbers: Mapping[_Day, int] | None = None
    correction: int = 0
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report. ``compares``: whether it also needs what was known at the beginning of its period."""

    write: Callable[[Facts, Asked], Brief]
    span: Span = "day"
    compares: bool = False
