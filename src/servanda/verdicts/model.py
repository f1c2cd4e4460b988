"""Verdicts and what they rest on: frozen values, ready to be written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

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
    uses: tuple[str, ...] = ()


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
    incidents: tuple[str, ...]
    steps: tuple[Step, ...]
    measure: Mapping[str, float | int | str | None] = field(default_factory=dict)
    """What a term of its kind is measured by: delivered, owed and rate; level; least, most and cap; and so on."""
    by_status: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The incidents that were counted, by ``confirmed``, ``alleged``, ``excused``."""

    def as_data(self, zone: ZoneInfo) -> dict[str, Any]:
        """The row of ``verdicts.json`` (``docs/formats.md``); instants in the agreement's zone."""
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
            "coverage": {"probability": self.coverage, "standard": self.standard},
            "incidents": list(self.incidents),
            **({"measure": dict(self.measure)} if self.measure else {}),
            "steps": [{"n": s.n, "rule": s.rule, "text": s.text, "uses": list(s.uses)} for s in self.steps],
        }
