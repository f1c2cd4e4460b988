"""What ``complied`` asks beyond that nothing was found: one rule for all that is forbidden or limited.

Everything was watched but for what the mandate tolerates; the party itself shut no door; enough time was watched; what is alleged is answered; and neither what
lies near an edge nor what was answered adds up to an act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.case_file import Faint
from servanda.verdicts.chances.small import not_ruled_out, true_though_answered
from servanda.verdicts.coverage_words import doors
from servanda.wording import listing, percent, plural

NOTHING_FAINT: Faint = (0, 0, 0)


def obstacles(
    builder: VerdictBuilder,
    unanswered: Sequence[str] = (),
    whole: Interval | None = None,
    *,
    traced: Sequence[str] = (),
    never: int = 0,
    faint: Faint = NOTHING_FAINT,
    answered: Iterable[float] = (),
) -> tuple[str, ...]:
    """What stands in the way of ``complied``.

    Args:
        builder: the verdict in the making, with its window and coverage.
        unanswered: the allegations that were not answered, where they stand in the way.
        traced: those of them of which somebody without a side saw a trace.
        never: how many of the others no watch answers, wherever they lie.
        whole: all the time in which the term may bind, as if it were over; left out, the window.
        faint: what is too improbable for a finding, where one of it would be a breach.
        answered: how well the allegations that were answered would have been seen, where one of them would be a breach.

    Returns:
        Reasons in words, each fit to end a sentence; none where nothing stands in the way.
    """
    case, coverage = builder.case, builder.coverage
    assert coverage is not None
    out: list[str] = []
    if not case.enough(coverage):
        out.append(_too_little(builder))
    shut = [door for door in doors(case, coverage) if door.party in (builder.party, *_anybody(builder))]
    if shut:
        names = listing([case.agreement.actors[door.party] for door in shut])
        out.append(f"{names} shut out those who watch, and nobody is complied behind a door that it shut itself")
    if case.enough(coverage) and not _exposed(builder, whole or builder.window):
        out.append(f"not even {case.agreement.mandate.exposure} have been watched")
    if traced:
        words = plural(len(traced), "allegation is", "allegations are")
        out.append(f"{words} not answered, for a source without a side saw a trace, or a clash, there")
    if never:
        words = plural(never, "allegation is", "allegations are")
        out.append(
            f"{words} not answered, for no watch answers what is contested, was taken back or was determined, or what a source without a side saw"
        )
    if len(unanswered) > len(traced) + never:
        words = plural(len(unanswered) - len(traced) - never, "allegation is", "allegations are")
        whom = (
            " by others than who alleges" if any(w.side in case.agreement.actors for w in case.coverage.watches) else ""
        )
        out.append(f"{words} not answered, for place and time were not watched to the standard{whom}")
    true = [true_though_answered(p) for p in answered]
    out += [reason for _, reason in not_ruled_out(faint, true, case.agreement.mandate.threshold)]
    return tuple(out)


def _anybody(builder: VerdictBuilder) -> tuple[str, ...]:
    """Where no party is named, a door that any of those bound shut stands in the way."""
    return builder.term.binds if builder.party is None else ()


def _too_little(builder: VerdictBuilder) -> str:
    coverage = builder.coverage
    assert coverage is not None
    if not coverage.watched.any():
        return "not enough was seen"
    watched = f"{percent(coverage.watched_share)} of place and time"
    if builder.confirmed or builder.excused:
        return f"only {watched} was watched, and of the rest nothing is known"
    return f"nothing was found in the {watched} that was watched, and of the rest nothing is known"


def _exposed(builder: VerdictBuilder, whole: Interval) -> bool:
    """Whether as much time was watched as the mandate asks for, or all there is."""
    window, agreement = builder.window, builder.case.agreement
    if window.start is None or window.end is None:
        return False
    asked: list[datetime] = [agreement.mandate.exposure.after(window.start, agreement.zone)]
    cut = builder.case.sliced and whole.end == builder.case.as_of
    asked += [whole.end] if whole.end is not None and not cut else []
    return window.end >= min(asked)
