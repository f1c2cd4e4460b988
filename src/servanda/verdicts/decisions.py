"""What people decided, in the verdicts: exceptions granted, and a step for every decision that touched a verdict.

A determination never takes the place of a finding: it stands beside it, and a step says so where they differ.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.findings.queries import MatchQuery
from servanda.incidents import key_of
from servanda.incidents.decisions import Life, Rewrite
from servanda.verdicts.model import Step, Verdict
from servanda.wording import utc_minute


def with_grants(queries: Sequence[MatchQuery], decisions: Sequence[Decision]) -> tuple[MatchQuery, ...]:
    """Adds to the queries the exceptions that people granted for single incidents.

    Args:
        queries: what is looked for.
        decisions: the decisions that count.

    Returns:
        The queries in the same order.
    """
    grants = [d for d in decisions if d.kind == "grant"]
    if not grants:
        return tuple(queries)
    keys = pl.DataFrame({"i": [d.incidents[0] for d in grants]}).select(key_of(pl.col("i")))["i"].to_list()
    out = []
    for query in queries:
        numbers = {exemption.id: n for n, exemption in enumerate(query.exemptions)}
        granted = tuple(
            (key, numbers[str(d.says["grant"])])
            for key, d in zip(keys, grants, strict=True)
            if _names_term(d, query.owner) and str(d.says["grant"]) in numbers
        )
        out.append(dataclasses.replace(query, granted=granted) if granted else query)
    return tuple(out)


def _names_term(decision: Decision, term: str) -> bool:
    """Whether a decision is about a term, with or without its version."""
    return str(decision.says["term"]) in (term, term.split("@", maxsplit=1)[0])


@dataclass(frozen=True)
class Decided:
    """All decisions, those that count, the lives of incidents, and how reports were rewritten."""

    all: tuple[Decision, ...]
    counting: tuple[Decision, ...]
    lives: tuple[Life, ...]
    rewrite: Rewrite

    def add_steps(self, verdicts: Sequence[Verdict], members: pl.DataFrame) -> tuple[Verdict, ...]:
        """Adds to each verdict, before its last step, the decisions that touched its incidents.

        Args:
            verdicts: the verdicts.
            members: the reports of their incidents, with their origins.

        Returns:
            The verdicts in the same order.
        """
        if not self.all:
            return tuple(verdicts)
        graded = [_graded_source(d) for d in self.counting if d.kind == "grade"]
        name = pl.col("origin").str.to_lowercase()
        by_source = {n: set(members.filter(name == n)["incident"].to_list()) for n in dict.fromkeys(graded)}
        return tuple(self._with_steps(v, by_source) for v in verdicts)

    def _with_steps(self, verdict: Verdict, by_source: Mapping[str, set[str]]) -> Verdict:
        added = [*self._decision_steps(verdict, by_source), *self._determination_steps(verdict)]
        if not added:
            return verdict
        *before, last = verdict.steps
        steps = (dataclasses.replace(step, n=n) for n, step in enumerate([*before, *added, last], 1))
        return dataclasses.replace(verdict, steps=tuple(steps))

    def _decision_steps(self, verdict: Verdict, by_source: Mapping[str, set[str]]) -> Iterator[Step]:
        """A step for every decision that changed what the verdict rests on; not yet numbered."""
        for decision in self.counting:
            if decision.kind == "step" or (decision.kind == "grant" and not _names_term(decision, verdict.term)):
                continue
            if decision.kind == "grade":
                touched = by_source.get(_graded_source(decision), set())
            else:
                touched = {self.rewrite.of(incident) for incident in decision.incidents}
            uses = touched & set(verdict.incidents)
            if uses:
                yield Step(0, "decision", f"{decision_words(decision)}: applied.", tuple(sorted(uses)))

    def _determination_steps(self, verdict: Verdict) -> Iterator[Step]:
        """A step for every incident that people determined, beside what the rule made of it; not yet numbered."""
        incidents = set(verdict.incidents)
        for life in self.lives:
            if life.incident not in incidents or not life.determined:
                continue
            status = next((k for k, ids in verdict.by_status.items() if life.incident in ids), "not counted")
            remarks = f" ({'; '.join(life.remarks)})" if life.remarks else ""
            text = f"{life.incident} was determined {life.determined}{remarks}; by the mandate's rule it is {status}. The rule decides here."
            yield Step(0, "determined", text, (life.incident,))


def _graded_source(decision: Decision) -> str:
    return str(decision.says["grade"]).lower()


def decision_words(decision: Decision) -> str:
    """A decision in words, without a full stop: its id, what was decided, by whom, when and why."""
    says, incidents = decision.says, decision.incidents
    content = {
        "step": lambda: f"{says['step']} {says.get('outcome') or ''}".strip() + f" {incidents[0]}",
        "merge": lambda: f"{', '.join(incidents[1:])} merged into {incidents[0]}",
        "split": lambda: f"{incidents[0]} split into {', '.join(incidents[1:])}",
        "grade": lambda: f"{says['grade']} graded {says['reliability']}",
        "grant": lambda: f"the exception {says['grant']} of {says['term']} granted for {incidents[0]}",
        "undo": lambda: f"{says['undo']} undone",
    }[decision.kind]()
    when = utc_minute(decision.at)
    return f"{decision.id}, {content.replace('_', ' ')}, by {decision.by} on {when} ({decision.why})"
