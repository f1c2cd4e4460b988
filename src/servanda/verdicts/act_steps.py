"""What prohibitions and limits share: the coverage over a term's time, and the steps that say which acts were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Pattern
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, ids, time_words
from servanda.verdicts.event_times import Span
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Acts:
    """The incidents that may be acts under a term, by status; ``unanswered``: the alleged ones that nobody could refute."""

    confirmed: tuple[str, ...]
    excused: tuple[str, ...]
    alleged: tuple[str, ...]
    below: tuple[str, ...]
    open: tuple[str, ...]
    unanswered: tuple[str, ...]
    excuses: tuple[str, ...]
    """The exceptions under which the excused fall."""


def measure_coverage(builder: VerdictBuilder, span: Span, pattern: Pattern) -> None:
    """Sets window and coverage: all the time in which the term may bind, up to when it is asked."""
    builder.window = span.widest.intersection(Interval(None, builder.case.as_of))
    builder.coverage = builder.case.coverage_of(pattern, builder.window)


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
    excuses = dict(zip(findings["incident"].to_list(), findings["excuse"].to_list(), strict=True))
    return Acts(
        builder.confirmed,
        builder.excused,
        builder.alleged,
        ids(rows, "below") if below else (),
        ids(rows, "open"),
        builder.case.unanswered(builder.alleged, builder.coverage),
        _names(excuses, builder.excused),
    )


def _names(excuses: Mapping[str, str | None], excused: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for incident in excused if (name := excuses.get(incident))}))


def act_steps(builder: VerdictBuilder, acts: Acts) -> None:
    """Adds the steps that say which acts were found, and how well they would have been seen."""
    assert builder.coverage is not None
    _confirmed_step(builder, acts)
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
            f"{plural(len(acts.alleged), 'incident is', 'incidents are')} alleged{against}, by {_voices(builder)}, and not confirmed.",
            acts.alleged,
        )
    if acts.below:
        builder.step(
            "below",
            f"{plural(len(acts.below), 'more incident', 'more incidents')} may fall under the term, but with a probability below the standard (time or place too uncertain, or outside the window).",
            acts.below,
        )
    if acts.open:
        builder.step(
            "open",
            f"{plural(len(acts.open), 'incident is', 'incidents are')} open: a source without a side speaks of it, but it is not settled that it was this act, whose it was, or that it lies inside the place and window.",
            acts.open,
        )
    builder.coverage_step(nothing_seen=not (acts.confirmed or acts.excused or acts.open))
    if acts.alleged and builder.case.enough(builder.coverage):
        answered = len(acts.alleged) - len(acts.unanswered)
        builder.step(
            "answered",
            f"{answered} of {plural(len(acts.alleged), 'allegation', 'allegations')} speak of a place and time that was watched to the standard, and nothing was seen there.",
            acts.unanswered,
        )


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
    reports, origins = builder.case.count({*builder.alleged, *builder.confirmed, *builder.excused})
    return f"{plural(origins, 'origin', 'origins')} in {plural(reports, 'report', 'reports')}"
