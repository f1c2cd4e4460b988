"""What must not be, and what must not be more than so much: prohibitions and caps.

A cap counts what is there at once (several incidents with the same interval are one count, as when a round of inspections
gives each site the round's time), or, ``per`` period, what happens in it. The **least** that was there adds the least
quantities of what is confirmed; the **most** also what is open, and what is alleged and not answered.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.kinds import Limit, Prohibition
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, ids, moment_words, not_binding
from servanda.verdicts.case_file import UNITY, CaseFile
from servanda.verdicts.event_times import EventTimes, Span
from servanda.verdicts.periods import MAX_PERIODS, periods_of, sums_of
from servanda.wording import plural


def forbidden(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """A prohibition."""
    facts, term = answer.facts, answer.term
    assert isinstance(term.kind, Prohibition)
    span = moments.span(term)
    early = not_binding(answer, span, duty=False)
    if early is not None:
        return early
    found = facts.found(answer.reading, term.id, "act", answer.party)
    if term.moves:
        found = _within(facts, answer, found, span)
        answer.step("in_force", f"{answer.binding()}{_since(answer, span)}.", span.start.uses)
    else:
        answer.step("in_force", f"{answer.binding()}.")
    _look(answer, span, term.kind.what.at(answer.party))
    assert answer.seen is not None
    by = {status: ids(found, status) for status in ("confirmed", "excused", "alleged", "below", "open")}
    answer.confirmed, answer.excused, answer.alleged = by["confirmed"], by["excused"], by["alleged"]
    excuses = dict(zip(found["incident"].to_list(), found["excuse"].to_list(), strict=True))
    unanswered = facts.unanswered(answer.alleged, answer.seen)
    _tell(answer, by, excuses, unanswered)
    if span.unsettled:
        return answer.done("undetermined", "it is not settled whether it has begun to bind")
    if answer.confirmed:
        answer.breaches = _times(facts, answer, answer.confirmed)
        return answer.done(
            "breached", f"{plural(len(answer.confirmed), 'incident is', 'incidents are')} confirmed and not excused"
        )
    if answer.excused:
        return answer.done(
            "excused", "all that is confirmed falls under an exception whose every precondition is shown"
        )
    if by["open"]:
        words = f"{plural(len(by['open']), 'incident is', 'incidents are')} open: told by a source without a side, but not settled what, whose or where"
        return answer.done("undetermined", words)
    if facts.enough(answer.seen):
        if not unanswered:
            return answer.done("complied", "no breach was found where and when one would have been seen")
        words = f"{plural(len(unanswered), 'allegation speaks', 'allegations speak')} of a place and time not watched to the standard"
        return answer.done("undetermined", words)
    if answer.alleged:
        return answer.done("undetermined", "there are only claims, and not enough was seen to answer them")
    return answer.done("undetermined", "not enough was seen")


def limited(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """A cap; one of 0 in a place is a pull-back."""
    facts, term = answer.facts, answer.term
    kind = term.kind
    assert isinstance(kind, Limit)
    span = moments.span(term)
    early = not_binding(answer, span, duty=False)
    if early is not None:
        return early
    rows = facts.happened(answer.reading, term.id, "act", answer.party)
    answer.step("in_force", f"{answer.binding()}{_since(answer, span) if term.moves else ''}.", span.start.uses)
    _look(answer, span, kind.what.at(answer.party))
    assert answer.seen is not None
    # what may lie within the term's time is confirmed only where it surely does
    settled = pl.col("status").is_in(["confirmed", "excused"]) & ~span.surely()
    rows = rows.filter(span.possibly()).with_columns(status=pl.when(settled).then(pl.lit("open")).otherwise("status"))
    by = {status: ids(rows, status) for status in ("confirmed", "excused", "alleged", "open")}
    answer.confirmed, answer.excused, answer.alleged = by["confirmed"], by["excused"], by["alleged"]
    names = facts.found(answer.reading, term.id, "act", answer.party)
    excuses = dict(zip(names["incident"].to_list(), names["excuse"].to_list(), strict=True))
    unanswered = facts.unanswered(answer.alleged, answer.seen)
    _tell(answer, by | {"below": ()}, excuses, unanswered)
    count = _count(answer, rows, kind, span, unanswered)
    least, granted, most = count
    unit = f" {kind.unit}" if kind.unit else ""
    answer.measure = {"least": least / UNITY, "most": most / UNITY, "cap": kind.to / UNITY}
    answer.step(
        "count",
        f"At least {least / UNITY:g}{unit} shown, at most {most / UNITY:g} that may have been{f' in any period of {kind.per}' if kind.per else ' at once'}; the cap is {kind.to / UNITY:g}.",
    )
    if span.unsettled:
        return answer.done("undetermined", "it is not settled whether it has begun to bind")
    if kind.per is not None and rows.height and len(_months(answer, rows, kind, span)) >= MAX_PERIODS:
        return answer.done("undetermined", "it has more periods than can be counted")
    if least > kind.to:
        answer.breaches = _beyond(answer, rows.filter(pl.col("status") == "confirmed"), kind, span)
        return answer.done("breached", f"more than {kind.to / UNITY:g}{unit} shown, and not excused")
    if granted > kind.to:
        return answer.done(
            "excused", "what goes beyond the cap falls under an exception whose every precondition is shown"
        )
    if facts.enough(answer.seen) and most <= kind.to:
        return answer.done("complied", "no more was found where and when it would have been seen")
    if most > kind.to:
        return answer.done("undetermined", "there may have been more, and it is not shown")
    return answer.done("undetermined", "not enough was seen")


def _count(
    answer: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span, unanswered: tuple[str, ...]
) -> tuple[int, int, int]:
    """Thousandths at the worst time: the least without what is excused, the least with it, the most."""
    sure = rows.filter(pl.col("status") == "confirmed")
    with_excused = rows.filter(pl.col("status").is_in(["confirmed", "excused"]))
    loose = rows.filter((pl.col("status") == "open") | pl.col("incident").is_in(list(unanswered)))
    if kind.per is None:
        most = _overlapping(pl.concat([sure, loose]))
        return _at_once(sure).max() or 0, _at_once(with_excused).max() or 0, most  # type: ignore[return-value]
    if span.start.latest is None or rows.height == 0:
        return 0, 0, int(loose["high"].sum()) + int(sure["high"].sum())
    periods = _months(answer, rows, kind, span)

    def in_one(some: pl.DataFrame, n: int) -> int:
        return max(sums_of(some, unanswered, periods)[n], default=0)

    confirmed = with_excused.with_columns(status=pl.lit("confirmed"))
    return in_one(sure, 0), in_one(confirmed, 0), in_one(pl.concat([sure, loose]), 1)


def _at_once(rows: pl.DataFrame) -> pl.Series:
    """What surely was there at once: the least quantities of what has one and the same interval."""
    return rows.group_by("start", "end").agg(pl.col("low").sum())["low"]


def _overlapping(rows: pl.DataFrame) -> int:
    """The most that may have been there at once: the greatest quantities of what overlaps at some instant."""
    if rows.height == 0:
        return 0
    begun = rows.sort("start").select("start", begun=pl.col("high").cum_sum())
    gone = rows.sort("end").select("end", gone=pl.col("high").cum_sum())
    begun = begun.group_by("start", maintain_order=True).agg(pl.col("begun").last())
    gone = gone.group_by("end", maintain_order=True).agg(pl.col("gone").last())
    there = begun.join_asof(gone, left_on="start", right_on="end", strategy="backward", allow_exact_matches=False)
    return int(there.select((pl.col("begun") - pl.col("gone").fill_null(0)).max()).item() or 0)


def _months(answer: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span) -> list[Interval]:
    """The periods of a flow, up to the one that holds the last occurrence."""
    assert kind.per is not None
    assert span.start.latest is not None
    zone = answer.facts.agreement.zone
    return periods_of(span.start.latest, kind.per.after(rows["end"].max(), zone), kind.per, zone)  # type: ignore[arg-type]


def _beyond(
    answer: VerdictBuilder, sure: pl.DataFrame, kind: Limit, span: Span
) -> tuple[tuple[datetime | None, datetime | None], ...]:
    """When the cap was passed: each count, or each period, that goes beyond it."""
    if kind.per is None:
        groups = (
            sure.group_by("start", "end").agg(pl.col("low").sum()).filter(pl.col("low") > kind.to).sort("end", "start")
        )
        return tuple(zip(groups["start"].to_list(), groups["end"].to_list(), strict=True))
    periods = _months(answer, sure, kind, span)
    low, _ = sums_of(sure, (), periods)
    return tuple((p.start, p.end) for p, amount in zip(periods, low, strict=True) if amount > kind.to)


def _look(answer: VerdictBuilder, span: Span, pattern: Pattern) -> None:
    """Coverage over all the time in which the term may bind, up to when it is asked."""
    answer.window = span.widest.intersection(Interval(None, answer.facts.as_of))
    answer.seen = answer.facts.seen(pattern, answer.window)


def _since(answer: VerdictBuilder, span: Span) -> str:
    return f"; by what it waits for, from: {moment_words(answer, span.start)}"


def _within(facts: CaseFile, answer: VerdictBuilder, found: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Findings by the time in which the term binds: what may lie in it and may not confirms nothing."""
    times = facts.occurrences.select("unit", "key", "party", "start", "end")
    placed = found.join(times, on=["unit", "key", "party"], how="left").filter(span.possibly())
    doubtful = {"confirmed": "open", "excused": "open"}
    status = pl.when(span.surely()).then("status").otherwise(pl.col("status").replace(doubtful))
    return placed.with_columns(status=status)


def _times(
    facts: CaseFile, answer: VerdictBuilder, incidents: tuple[str, ...]
) -> tuple[tuple[datetime | None, datetime | None], ...]:
    """When each breach came about, where that is needed."""
    rows = facts.happened(answer.reading, answer.term.id, "act", answer.party)
    mine = rows.filter(pl.col("incident").is_in(list(incidents))).sort("end", "start", "incident")
    return tuple(zip(mine["start"].to_list(), mine["end"].to_list(), strict=True))


def _voices(answer: VerdictBuilder) -> str:
    reports, origins = answer.facts.count({*answer.alleged, *answer.confirmed, *answer.excused})
    return f"{plural(origins, 'origin', 'origins')} in {plural(reports, 'report', 'reports')}"


def _tell(
    answer: VerdictBuilder, by: dict[str, tuple[str, ...]], excuses: dict[str, str | None], unanswered: tuple[str, ...]
) -> None:
    """The steps that tell what was found."""
    assert answer.seen is not None
    standard, who = answer.facts.agreement.mandate.standard, answer.who
    against = f" by {who}" if answer.party else ""
    if by["confirmed"]:
        answer.step(
            "confirmed",
            f"{plural(len(by['confirmed']), 'incident is', 'incidents are')} confirmed as such an act{against}, to the standard {standard}.",
            by["confirmed"],
        )
    else:
        answer.step("confirmed", f"No incident is confirmed as such an act{against} (standard: {standard}).")
    if by["excused"]:
        names = ", ".join(sorted({name for i in by["excused"] if (name := excuses.get(i))}))
        answer.step(
            "excused",
            f"{plural(len(by['excused']), 'incident falls', 'incidents fall')} under an exception ({names}), every precondition shown.",
            by["excused"],
        )
    if by["alleged"]:
        answer.step(
            "alleged",
            f"{plural(len(by['alleged']), 'incident is', 'incidents are')} alleged{' against ' + who if answer.party else ''}, by {_voices(answer)}, and not confirmed.",
            by["alleged"],
        )
    if by["below"]:
        answer.step(
            "below",
            f"{plural(len(by['below']), 'more incident', 'more incidents')} may fall under the term, but with a probability below the standard (time or place too uncertain, or outside the window).",
            by["below"],
        )
    if by["open"]:
        answer.step(
            "open",
            f"{plural(len(by['open']), 'incident is', 'incidents are')} open: a source without a side speaks of it, but it is not settled that it was this act, whose it was, or that it lies inside the place and window.",
            by["open"],
        )
    answer.coverage_step(nothing_seen=not (by["confirmed"] or by["excused"] or by["open"]))
    if by["alleged"] and answer.facts.enough(answer.seen):
        told = f"{len(by['alleged']) - len(unanswered)} of {plural(len(by['alleged']), 'allegation', 'allegations')} speak of a place and time that was watched to the standard, and nothing was seen there."
        answer.step("answered", told, unanswered)
