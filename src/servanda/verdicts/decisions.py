"""What people decided, in the verdicts: exceptions granted, and a step that tells every decision that touched a verdict.

A determination never takes the place of a finding: it is told beside it, and where they differ, that is told too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.findings.queries import MatchQuery
from servanda.incidents import key_of
from servanda.incidents.decisions import Life, Rewrite
from servanda.verdicts.model import Step, Verdict


def with_grants(units: Sequence[MatchQuery], decisions: Sequence[Decision]) -> tuple[MatchQuery, ...]:
    """The units with the exceptions that were granted for single incidents."""
    grants = [d for d in decisions if d.kind == "grant"]
    if not grants:
        return tuple(units)
    keys = pl.DataFrame({"i": [d.incidents[0] for d in grants]}).select(key_of(pl.col("i")))["i"].to_list()
    out = []
    for unit in units:
        numbers = {exemption.id: n for n, exemption in enumerate(unit.exemptions)}
        mine = tuple(
            (key, numbers[str(d.says["grant"])])
            for key, d in zip(keys, grants, strict=True)
            if str(d.says["term"]) in (unit.owner, unit.owner.split("@")[0]) and str(d.says["grant"]) in numbers
        )
        out.append(dataclasses.replace(unit, granted=mine) if mine else unit)
    return tuple(out)


@dataclass(frozen=True)
class Decided:
    """All decisions, those that count, the lives of incidents, and how reports were rewritten."""

    all: tuple[Decision, ...]
    counting: tuple[Decision, ...]
    lives: tuple[Life, ...]
    rewrite: Rewrite

    def told(self, verdicts: Sequence[Verdict], members: pl.DataFrame) -> tuple[Verdict, ...]:
        """The verdicts, each with the decisions that touched its incidents as a step before its last."""
        if not self.all:
            return tuple(verdicts)
        graded = [str(d.says["grade"]).lower() for d in self.counting if d.kind == "grade"]
        name = pl.col("origin").str.to_lowercase()
        origins = {n: set(members.filter(name == n)["incident"].to_list()) for n in dict.fromkeys(graded)}
        return tuple(self._one(v, origins) for v in verdicts)

    def _one(self, verdict: Verdict, origins: dict[str, set[str]]) -> Verdict:
        mine = set(verdict.incidents)
        said: list[tuple[str, str, tuple[str, ...]]] = []
        for d in self.counting:
            about = {self.rewrite.of(i) for i in d.incidents} & mine
            if d.kind == "grade":
                about = origins.get(str(d.says["grade"]).lower(), set()) & mine
            if d.kind == "grant" and str(d.says["term"]) not in (verdict.term, verdict.term.split("@")[0]):
                continue
            if d.kind != "step" and about:
                said.append(("decision", f"{words(d)}: applied.", tuple(sorted(about))))
        for life in self.lives:
            if life.incident in mine and life.determined:
                by = next((k for k, ids in verdict.by_status.items() if life.incident in ids), "not counted")
                remarks = f" ({'; '.join(life.remarks)})" if life.remarks else ""
                text = f"{life.incident} was determined {life.determined}{remarks}; by the mandate's rule it is {by}. The rule decides here."
                said.append(("determined", text, (life.incident,)))
        if not said:
            return verdict
        *before, last = verdict.steps
        steps = [*before, *(Step(0, rule, text, uses) for rule, text, uses in said), last]
        return dataclasses.replace(
            verdict, steps=tuple(dataclasses.replace(step, n=n) for n, step in enumerate(steps, 1))
        )


def words(d: Decision) -> str:
    """A decision in a sentence without its end."""
    says = d.says
    what = {
        "step": lambda: f"{says['step']} {says.get('outcome') or ''}".strip() + f" {d.incidents[0]}",
        "merge": lambda: f"{', '.join(d.incidents[1:])} merged into {d.incidents[0]}",
        "split": lambda: f"{d.incidents[0]} split into {', '.join(d.incidents[1:])}",
        "grade": lambda: f"{says['grade']} graded {says['reliability']}",
        "grant": lambda: f"the exception {says['grant']} of {says['term']} granted for {d.incidents[0]}",
        "undo": lambda: f"{says['undo']} undone",
    }[d.kind]()
    return f"{d.id}, {what.replace('_', ' ')}, by {d.by} on {d.at:%Y-%m-%d %H:%M}Z ({d.why})"
