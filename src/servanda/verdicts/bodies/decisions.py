"""What people decided, in the verdicts: exceptions granted, whose finding stands, and a step for every decision that touched a verdict.

Under ``decides: body`` a determination that went through its steps is the finding, and the rule's answer stands beside it; under
``decides: rule`` it is the other way round. Either way a step says what each of them found.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.decisions import Decision
from servanda.findings.finding import SET_ASIDE
from servanda.findings.plan import Plan
from servanda.findings.queries import MatchQuery
from servanda.incidents import Keys
from servanda.incidents.decisions import Life, Rewrite
from servanda.incidents.determinations import Determination
from servanda.incidents.doubts import Doubts
from servanda.values.names import name_key, name_keys
from servanda.verdicts.bodies.determinable import alike, heard
from servanda.verdicts.bodies.determined import determine, judged, overruled, undetermined
from servanda.verdicts.bodies.known_then import Known, known_then
from servanda.verdicts.model import Step, Verdict
from servanda.wording import listing, utc_minute

_WORDS = {SET_ASIDE: "not counted"}
_SHORT = ("alleged", "below", "open")
"""What is less than the rule asks for: the step says what it counted."""
_Told: TypeAlias = dict[tuple[str, str | None], dict[tuple[str, str | None], tuple[str, str]]]


def with_grants(queries: Sequence[MatchQuery], decisions: Sequence[Decision], keys: Keys) -> tuple[MatchQuery, ...]:
    """Adds to the queries the exceptions that people granted for single incidents.

    Args:
        queries: what is looked for.
        decisions: the decisions that count.
        keys: by which incidents are grouped.

    Returns:
        The queries in the same order.
    """
    grants = [d for d in decisions if d.kind == "grant"]
    if not grants:
        return tuple(queries)
    named = pl.DataFrame({"i": [d.incidents[0] for d in grants]}).select(keys.of_incident(pl.col("i")))["i"].to_list()
    out = []
    for query in queries:
        numbers = {exemption.id: n for n, exemption in enumerate(query.exemptions)}
        granted = tuple(
            (key, numbers[str(d.says["grant"])])
            for key, d in zip(named, grants, strict=True)
            if _names_term(d, query.owner) and str(d.says["grant"]) in numbers
        )
        out.append(dataclasses.replace(query, granted=granted) if granted else query)
    return tuple(out)


def _names_term(decision: Decision, term: str) -> bool:
    """Whether a decision is about a term, with or without its version."""
    return str(decision.says["term"]) in (term, term.split("@", maxsplit=1)[0])


@dataclass(frozen=True)
class Decided:
    """All decisions, those that count, the lives of incidents, and how reports were rewritten; ``nowhere``: by the id of a decision, the
    incidents that it names and that are not among the reports.
    """

    all: tuple[Decision, ...]
    counting: tuple[Decision, ...]
    lives: tuple[Life, ...]
    rewrite: Rewrite
    nowhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def done(self, decision: Decision) -> str:
        """Whether a decision that counts could be carried out: *yes*, or why not (or not wholly), in words."""
        missing = self.nowhere.get(decision.id, ())
        if not missing:
            return "yes"
        told = f"{listing(missing)} {'is' if len(missing) == 1 else 'are'} found nowhere"
        about = decision.incidents[1:] if decision.kind == "merge" else decision.incidents[:1]
        return f"no: {told}" if set(about) <= set(missing) else f"yes, but {told}"

    def left_of(self, doubts: Doubts) -> Doubts:
        """What merges and splits leave open of how many incidents there are."""
        split = {d.incidents[0] for d in self.counting if d.kind == "split"}
        return doubts.decided({name: self.rewrite.of(name) for name in self.rewrite.stays}, split)

    def granting(self, agreement: Agreement) -> list[Decision]:
        """The decisions by which exceptions may be granted: where bodies decide, of incidents that went through their steps."""
        if agreement.mandate.decides != "body":
            return list(self.counting)
        made = (life.determination for life in self.lives)
        through = {one.incident for one in made if one is not None and one.stands and one.outcome == "excused"}
        return [d for d in self.counting if d.kind != "grant" or self.rewrite.of(d.incidents[0]) in through]

    def ruled(self, findings: pl.DataFrame, plan: Plan, said: pl.DataFrame) -> Rulings:
        """The findings as they are judged.

        Args:
            findings: those of the rule, with the ids of their incidents.
            plan: what was looked for, in whatever is known.
            said: the reports of the incidents that somebody determined.

        Returns:
            The findings, with what the rule alone and what bodies alone would have made of them.
        """
        lives = alike(heard(self.lives, findings, plan.agreement), said, plan.agreement)
        return _ruled(dataclasses.replace(self, lives=lives), findings, plan, said)


@dataclass(frozen=True)
class Rulings:
    """Findings between the rule and the bodies: ``findings`` as they stand, ``bodys`` as the bodies have them."""

    decided: Decided
    agreement: Agreement
    findings: pl.DataFrame
    bodys: pl.DataFrame
    queries: Sequence[MatchQuery]
    said: pl.DataFrame
    """The reports of the incidents that somebody determined."""
    known: Known | None = None
    """What was known of the incidents when they were determined."""

    def likewise(self, findings: pl.DataFrame, plan: Plan) -> Rulings:
        """Findings of another plan about the same incidents, under the same determinations."""
        return _ruled(self.decided, findings, plan, self.said)

    @property
    def judged(self) -> pl.DataFrame:
        """The findings that count."""
        return judged(self.findings, alike=not self.standing)

    @property
    def overruled(self) -> tuple[str, ...]:
        """The incidents of which rule and body found another thing, where one of the two settled it."""
        return tuple(overruled(self.bodys))

    @property
    def standing(self) -> list[Determination]:
        """The determinations that are findings."""
        if self.agreement.mandate.decides == "rule":
            return []
        made = (life.determination for life in self.decided.lives)
        return [one for one in made if one is not None and one.stands]

    def again(self, findings: pl.DataFrame, never: pl.Series) -> pl.DataFrame:
        """Other findings of the rule as they are judged, but for incidents (by ``key``) that are taken never to have been determined."""
        if not self.standing or self.known is None:
            return findings
        mandate, as_never = self.agreement.mandate, pl.col("key").is_in(never.implode())
        made = determine(
            findings.filter(~as_never),
            self.standing,
            self.queries,
            self.agreement.actors,
            mandate.threshold,
            self.known,
        )
        return pl.concat([judged(made), findings.filter(as_never)])

    def add_steps(
        self, verdicts: Sequence[Verdict], members: pl.DataFrame, *, sliced: bool = False
    ) -> tuple[Verdict, ...]:
        """Adds to each verdict, before its last step, the decisions that touched its incidents.

        Args:
            verdicts: the verdicts.
            members: the reports of their incidents, with their origins.
            sliced: whether they are those of days or weeks, and tell only of incidents that they count.

        Returns:
            The verdicts in the same order.
        """
        if not self.decided.all:
            return tuple(verdicts)
        graded = [_graded_source(d) for d in self.decided.counting if d.kind == "grade"]
        name = name_keys(pl.col("origin"))
        by_source = {n: set(members.filter(name == n)["incident"].to_list()) for n in dict.fromkeys(graded)}
        rows, later, said_by = self._determined(), self._later(), self._said_by()
        out = []
        for verdict in verdicts:
            told = {
                incident: words
                for (incident, reading), words in rows.get((verdict.term, verdict.party), {}).items()
                if verdict.reading in (None, reading) and (not sliced or verdict.counts(incident))
            }
            determined = self._determination_steps(verdict, told, later, said_by)
            added = [*self._decision_steps(verdict, by_source), *determined]
            out.append(_with_steps(verdict, added) if added else verdict)
        return tuple(out)

    def _determined(self) -> _Told:
        """By term and party, of each incident and reading that a body determined: what it is by the body, and by the rule."""
        agreement = self.agreement
        whole = {(text.reading, term.id) for text in agreement.texts for term in text.terms}
        actors, seen = list(agreement.actors), set[tuple[str, str | None, int, str]]()
        out: _Told = {}
        made = self.bodys.filter(pl.col("decided_by").is_not_null())
        made = made.sort(
            "party", descending=True, maintain_order=True
        )  # what is nobody's is told where nothing is its own
        columns = (made[c].to_list() for c in ("unit", "party", "incident", "status", "rule"))
        for unit, party, incident, status, rule in zip(*columns, strict=True):
            query = self.queries[unit]
            if (query.reading, query.owner) not in whole or (
                key := (query.owner, query.reading, party, incident)
            ) in seen:
                continue
            seen.add(key)
            bound = [actors[party]] if party >= 0 else list(query.binds or (None,))
            for one in bound:
                words = (_WORDS.get(status, status), _WORDS.get(rule, rule) or "no finding about this party")
                out.setdefault((query.owner, one), {}).setdefault((incident, query.reading), words)
        return out

    def _decision_steps(self, verdict: Verdict, by_source: Mapping[str, set[str]]) -> Iterator[Step]:
        """A step for every decision that changed what the verdict rests on; not yet numbered."""
        for decision in self.decided.counting:
            if decision.kind == "step" or (decision.kind == "grant" and not _names_term(decision, verdict.term)):
                continue
            if decision.kind == "grade":
                touched = by_source.get(_graded_source(decision), set())
            else:
                touched = {self.decided.rewrite.of(incident) for incident in decision.incidents}
            uses = {incident for incident in touched if verdict.counts(incident)}
            excused = decision.kind != "grant" or uses & set(verdict.by_status.get("excused", ()))
            done = self.decided.done(decision)
            done = {"yes": "applied"}.get(done, done)
            if not excused:
                done = "not applied, for it lacks its steps, or goes beyond what the exception allows"
            if uses:
                yield Step(0, "decision", f"{decision_words(decision)}: {done}.", tuple(sorted(uses)))

    def _later(self) -> set[tuple[str, str]]:
        """The terms and incidents of which observations became known after the determination."""
        if self.known is None:
            return set()
        rows = self.known.later
        return {
            (self.queries[unit].owner, incident)
            for unit, incident in zip(rows["unit"].to_list(), rows["incident"].to_list(), strict=True)
        }

    def _said_by(self) -> dict[tuple[str, str | None, str], str]:
        """By term, party and incident that somebody determined, what the rule counted: where readings differ, the most."""
        made = [life.incident for life in self.decided.lives if life.determination is not None]
        if not made:
            return {}
        actors = list(self.agreement.actors)
        rows = self.findings.filter(pl.col("incident").is_in(made) & (pl.col("party") >= 0)).sort(
            "observers", "origins"
        )
        columns = (rows[c].to_list() for c in ("unit", "party", "incident", "origins", "observers", "against"))
        return {
            (self.queries[unit].owner, actors[party], incident): (
                f" Origins that say so: {origins}; observers among them: {observers}; observers against: {against}."
            )
            for unit, party, incident, origins, observers, against in zip(*columns, strict=True)
        }

    def _determination_steps(
        self,
        verdict: Verdict,
        told: Mapping[str, tuple[str, str]],
        later: set[tuple[str, str]],
        said_by: Mapping[tuple[str, str | None, str], str],
    ) -> Iterator[Step]:
        """A step for every incident that people determined, with what the rule made of it; not yet numbered."""
        for life in self.decided.lives:
            made = life.determination
            if made is None or not (verdict.counts(life.incident) or life.incident in told):
                continue
            remarks = f" ({'; '.join(life.remarks)})" if life.remarks else ""
            by_rule = next((k for k, ids in verdict.by_status.items() if life.incident in ids), "not counted")
            by_body, by_rule = told.get(life.incident, ("", by_rule))
            counted = said_by.get((verdict.term, verdict.party, life.incident), "") if by_rule in _SHORT else ""
            said = f"{life.incident} was determined {made.words}{remarks}"
            if self.agreement.mandate.decides == "rule":
                text = f"{said}; by the mandate's rule it is {by_rule}. The rule decides here.{counted}"
            elif not made.stands:
                text = f"{said}. That is not the finding, for {made.lacks}; by the mandate's rule it is {by_rule}.{counted}"
            elif by_body == "alleged" and made.outcome == "confirmed":
                text = f"{said}. That is the finding: confirmed as the act, and open whose, for it names nobody of those who are accused; here alleged."
            elif by_body == by_rule:
                text = f"{said}. That is the finding: here {by_body}, as by the mandate's rule."
            elif not by_body and (verdict.term, life.incident) in later:
                text = f"{said}. What was reported after the determination is left to the rule: by it it is {by_rule}."
            elif not by_body:
                text = f"{said}. Here it changes nothing: by the mandate's rule it is {by_rule}."
            else:
                text = f"{said}. That is the finding: here {by_body}; by the rule alone it would be {by_rule}."
            yield Step(0, "determined", text, (life.incident,))


def _with_steps(verdict: Verdict, added: Sequence[Step]) -> Verdict:
    """A verdict with more steps before its last."""
    *before, last = verdict.steps
    steps = (dataclasses.replace(step, n=n) for n, step in enumerate([*before, *added, last], 1))
    return dataclasses.replace(verdict, steps=tuple(steps))


def _graded_source(decision: Decision) -> str:
    return name_key(str(decision.says["grade"]))


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


def _ruled(decided: Decided, findings: pl.DataFrame, plan: Plan, said: pl.DataFrame) -> Rulings:
    """Findings of a plan under the determinations that stand."""
    agreement, queries = plan.agreement, plan.queries
    made = [life.determination for life in decided.lives if life.determination and life.determination.stands]
    if not made:
        plain = undetermined(findings)
        return Rulings(decided, agreement, plain, plain, queries, said)
    match = dataclasses.replace(plan, as_of=None).matcher(many=False)
    known = known_then(said, made, lambda rows: plan.repeats.put_in(match(rows).matched), agreement.mandate)
    other = determine(findings, made, queries, agreement.actors, agreement.mandate.threshold, known)
    own = other if agreement.mandate.decides == "body" else undetermined(findings)
    return Rulings(decided, agreement, own, other, queries, said, known)
