"""What prohibitions and limits share: the coverage over a term's time, and the steps that say which acts were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Pattern
from servanda.values.time import Interval
from servanda.verdicts.acts_counted import NOT_COUNTED, ActsCounted, counted_steps
from servanda.verdicts.builder import VerdictBuilder, ids, time_words
from servanda.verdicts.case_file import Faint
from servanda.verdicts.chances.small import answered_words, faint_words, true_though_answered
from servanda.verdicts.event_times import Span
from servanda.verdicts.evidence_steps import accusation, evidence_steps
from servanda.wording import plural

COUNTED = ("confirmed", "excused", "alleged")


@dataclass(frozen=True, slots=True)
class Acts:
    """The incidents that may be acts under a term, by status; ``unanswered``: the alleged ones that nobody could refute."""

    confirmed: tuple[str, ...]
    excused: tuple[str, ...]
    alleged: tuple[str, ...]
    below: tuple[str, ...]
    open: tuple[str, ...]
    unanswered: tuple[str, ...]
    told: tuple[str, ...]
    """What a source without a side said that saw nothing itself, and that was answered: it is open no more."""
    answered: Mapping[str, float]
    """What was answered, with the least probability with which it would have been seen."""
    faint: Faint
    """What is too improbable for a finding."""
    excuses: tuple[str, ...]
    """The exceptions under which the excused fall."""
    findings: pl.DataFrame
    """What is found about them, with the evidence behind it."""


def measure_coverage(builder: VerdictBuilder, span: Span, pattern: Pattern) -> None:
    """Sets window and coverage: all the time in which the term may bind, up to when it is asked."""
    builder.window = span.widest.intersection(Interval(None, builder.case.as_of))
    builder.coverage = builder.measured(pattern, builder.window)


def since_words(builder: VerdictBuilder, span: Span) -> str:
    """From when a term binds that waits for events, in words."""
    return f"; by what it waits for, from: {time_words(builder, span.start)}"


def sort_acts(builder: VerdictBuilder, rows: pl.DataFrame, findings: pl.DataFrame, *, below: bool) -> Acts:
    """Sorts acts by their status, and enters those that count into the verdict.

    Args:
        builder: the verdict in the making, with its coverage.
        rows: incidents with their statuses.
        findings: the findings about the same incidents, with the exceptions that excuse them.
        below: whether incidents below the standard of proof are counted too.

    Returns:
        The incidents by status.
    """
    assert builder.coverage is not None
    builder.confirmed, builder.excused = ids(rows, "confirmed"), ids(rows, "excused")
    builder.alleged = ids(rows, "alleged")
    if "key" in rows.columns:
        builder.counting(rows["key"].filter(rows["status"].is_in(COUNTED)))
    open_ = ids(rows, "open")
    asked: tuple[set[str], set[str]] = (set(), set())
    if builder.case.answers(builder.coverage):
        answerable = findings.select("incident", "status")
        answerable = answerable.filter(findings["answerable"]) if findings.height else answerable
        could = {status: set(ids(answerable, status)) for status in ("alleged", "open")}
        asked = could["alleged"].intersection(builder.alleged), could["open"].intersection(open_)
    answered = builder.case.answered(set.union(*asked), builder.coverage)
    alleged, told = ({i for i in those if i in answered} for those in asked)
    return Acts(
        builder.confirmed,
        builder.excused,
        builder.alleged,
        ids(rows, "below") if below else (),
        tuple(i for i in open_ if i not in told) if told else open_,
        tuple(i for i in builder.alleged if i not in alleged) if alleged else builder.alleged,
        tuple(sorted(told)),
        answered,
        builder.case.faint_of(builder.reading, builder.term.id, "act", builder.party),
        _excuses(findings, builder.excused),
        findings
        if rows is findings or not findings.height
        else findings.filter(pl.col("incident").is_in(rows["incident"].implode())),
    )


def _excuses(findings: pl.DataFrame, excused: Sequence[str]) -> tuple[str, ...]:
    """The exceptions under which some incidents fall."""
    if not excused:
        return ()
    own = findings.filter(pl.col("incident").is_in(list(excused))).unique("incident", keep="last", maintain_order=True)
    return tuple(sorted({name for name in own["excuse"].to_list() if name}))


def act_steps(builder: VerdictBuilder, acts: Acts, counted: ActsCounted = NOT_COUNTED) -> None:
    """Adds the steps that say which acts were found, and how well they would have been seen."""
    assert builder.coverage is not None
    _confirmed_step(builder, acts)
    counted_steps(builder, counted, acts.confirmed)
    if acts.excused:
        builder.step(
            "excused",
            f"{plural(len(acts.excused), 'incident falls', 'incidents fall')} under an exception ({', '.join(acts.excuses)}), every precondition shown.",
            acts.excused,
        )
    if acts.alleged:
        against = f" against {builder.party_name}" if builder.party else ""
        builder.step(
            "alleged",
            f"{plural(len(acts.alleged), 'incident is', 'incidents are')} alleged{against}, by {_voices(builder)}, and not confirmed{accusation(acts.findings, acts.alleged)}.",
            acts.alleged,
        )
    if acts.below:
        builder.step(
            "below",
            f"{plural(len(acts.below), 'more incident', 'more incidents')} may fall under the term, but too uncertainly (time or place too vague, or outside the window), or told of nobody by those whose word opens nothing.",
            acts.below,
        )
    if acts.faint[0]:
        builder.step("faint", faint_words(acts.faint))
    if acts.open:
        builder.step(
            "open",
            f"{plural(len(acts.open), 'incident is', 'incidents are')} open: it may have been such an act, but it is not settled that it was, whose it was, or that it lies inside the place and window.",
            acts.open,
        )
    evidence_steps(builder, acts.findings)
    builder.coverage_step(nothing_seen=not (acts.confirmed or acts.excused or acts.open))
    said = {*acts.alleged, *acts.told}
    if said:
        answered = sorted(said - set(acts.unanswered))
        text = f"No allegation (of {len(said)}) speaks of a place and time that was watched to the standard."
        if answered:
            verb = "speaks" if len(answered) == 1 else "speak"
            some = "The one allegation" if len(said) == 1 else f"{len(answered):,} of {len(said):,} allegations"
            text = f"{some} {verb} of a place and time that was watched to the standard, and nothing was seen there. {answered_words([true_though_answered(p) for p in acts.answered.values()])}"
        builder.step("answered", text, answered)


def _confirmed_step(builder: VerdictBuilder, acts: Acts) -> None:
    standard = builder.case.agreement.mandate.standard
    author = f" by {builder.party_name}" if builder.party else ""
    if acts.confirmed:
        words = f"{plural(len(acts.confirmed), 'incident is', 'incidents are')} confirmed as such an act{author}, to the standard {standard}."
    else:
        words = f"No incident is confirmed as such an act{author} (standard: {standard})."
    builder.step("confirmed", words, acts.confirmed)


def _voices(builder: VerdictBuilder) -> str:
    """How many origins and reports speak of what was counted."""
    reports, origins = builder.voices()
    return f"{plural(origins, 'origin', 'origins')} in {plural(reports, 'report', 'reports')}"
