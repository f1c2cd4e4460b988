"""Verdicts and what they rest on: frozen values, ready to be written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from servanda.coverage import Measured
from servanda.values.time import Interval, iso

VerdictWord: TypeAlias = Literal[
    "not_in_force", "not_due", "complied", "breached", "excused", "disputed", "undetermined"
]
VERDICTS: tuple[VerdictWord, ...] = (
    "not_in_force",
    "not_due",
    "complied",
    "breached",
    "excused",
    "disputed",
    "undetermined",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a verdict: the rule applied, what came of it, and the incidents it used."""

    n: int
    rule: str
    text: str
    uses: Sequence[str] = ()


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """Something that a verdict may rest on: a ``source`` (by its name), a ``watch`` (by its id), or the ``decision`` on an incident."""

    kind: Literal["source", "watch", "decision"]
    name: str

    def __str__(self) -> str:
        return {"source": "{}", "watch": "the watch {}", "decision": "the determination of {}"}[self.kind].format(
            self.name
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """How much of area and time was watched to the standard, and what was not.

    ``area``: the greatest that was unwatched at once, in square metres; ``hours``: the longest that any part was unwatched; ``every_day``: the hours of
    the local day in which some part was on no day watched throughout. ``None`` where nothing could be watched, or nothing was bounded.
    """

    share: float
    area: float | None = None
    hours: float | None = None
    every_day: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it stands in ``verdicts.json``."""
        return {"share": self.share, "area_m2": self.area, "hours": self.hours, "every_day": list(self.every_day)}


def watched_of(coverage: Measured) -> Watched:
    """How much of a coverage was watched, and what was not."""
    holes = coverage.holes
    if holes is None:
        return Watched(coverage.watched_share)
    return Watched(coverage.watched_share, holes.area, round(holes.time.total_seconds() / 3600, 4), holes.hours)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One term, party (``None``: the mandate does not attribute), reading (``None``: all of them) and window."""

    term: str
    party: str | None
    reading: str | None
    verdict: VerdictWord
    window: Interval
    confirmed: int
    alleged: int
    excused: int
    reports: int
    origins: int
    coverage: float | None
    standard: float
    incidents: Sequence[str]
    steps: tuple[Step, ...]
    measure: Mapping[str, float | int | str | None] = field(default_factory=dict)
    """What a term of its kind is measured by: delivered, owed and rate; level; least, most and cap; and so on."""
    by_status: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The incidents that were counted, by ``confirmed``, ``alleged``, ``excused``."""
    watched: Watched | None = None
    """What of the party's acts would have been seen; ``None`` where nothing was judged."""
    rests_on: tuple[tuple[Element, ...], ...] = ()
    """The smallest sets without which it would be another verdict, where that was found."""

    def counts(self, incident: str) -> bool:
        """Whether it counts an incident."""
        return incident in self.incidents

    def as_data(self, zone: ZoneInfo, listed: Callable[[Sequence[str]], Any] = list) -> dict[str, Any]:
        """The row of ``verdicts.json`` (``docs/formats.md``); instants in the agreement's zone, incidents as ``listed`` makes them."""
        return {
            "term": self.term,
            "party": self.party,
            "reading": self.reading,
            "verdict": self.verdict,
            "window": [iso(self.window.start, zone), iso(self.window.end, zone)],
            "confirmed": self.confirmed,
            "alleged": self.alleged,
            "excused": self.excused,
            "reports": self.reports,
            "origins": self.origins,
            "coverage": {
                "probability": self.coverage,
                "watched": None if self.watched is None else self.watched.share,
                "unwatched": self._unwatched(),
                "standard": self.standard,
            },
            "incidents": listed(self.incidents),
            **({"measure": dict(self.measure)} if self.measure else {}),
            "rests_on": [[{"kind": e.kind, "name": e.name} for e in elements] for elements in self.rests_on],
            "steps": [{"n": s.n, "rule": s.rule, "text": s.text, "uses": listed(s.uses)} for s in self.steps],
        }

    def _unwatched(self) -> dict[str, Any] | None:
        """The holes; ``None`` where all was watched, or nothing was judged."""
        if self.watched is None or self.watched.share == 1:
            return None
        return {key: value for key, value in self.watched.as_data().items() if key != "share"}
