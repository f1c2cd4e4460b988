"""Quotas: so much in every period, or in all by a deadline; with the rate of compliance.

A period is **met** where what surely came in it is enough, and **missed** where even what may have come is too little, the period was
watched, and misses of the watch do not explain it. Where a delivery may have come in one period or the next, they are looked at
together: too little for all of them is too little for one. Silence shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.kinds import Quota
from servanda.coverage import Measured
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.across_edges import starved, tied_periods
from servanda.verdicts.act_steps import another_unit_step, untold_step
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import CEASED, PERHAPS_CEASED, UNSETTLED, VerdictBuilder, ids, in_force_step, not_binding
from servanda.verdicts.chances.amounts import shown_amounts, shown_too_little
from servanda.verdicts.chances.small import faint_most
from servanda.verdicts.counts import counted_once, how_many_step, same_step
from servanda.verdicts.degrees import Reached, degree_of_share, degree_steps
from servanda.verdicts.delivered import Tally, cut_step, delivered_step, late_step, missed_step, shortage_step
from servanda.verdicts.event_times import EventTime, EventTimes, Span, last_of
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import MOST_OF_ALL
from servanda.verdicts.periods import MAX_PERIODS, in_periods, most_of, periods_of, placed
from servanda.verdicts.totals import told_apart, totals_step
from servanda.verdicts.undone import found_undone, perhaps_by, too_early_step
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class _Time:
    """The periods that have run out; of what is owed in all, which occurrences ``surely`` came in its time, and which ``perhaps`` did."""

    periods: list[Interval]
    surely: pl.Expr | None = None
    perhaps: pl.Expr | None = None

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The occurrences that surely lie in one period, with its number."""
        if self.surely is None:
            return in_periods(rows, self.periods)
        return rows.filter(self.surely & bool(self.periods)).with_columns(period=pl.lit(0, dtype=pl.Int64))

    def most(self, rows: pl.DataFrame) -> list[int]:
        """For each period the greatest quantities of all that may lie in it."""
        if self.perhaps is None:
            return most_of(rows, self.periods)
        return [int(rows.filter(self.perhaps).select(MOST_OF_ALL.sum()).item())] * len(self.periods)


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party did so much in every period, or in all by the deadline."""
    term, case = builder.term, builder.case
    kind = term.kind
    assert isinstance(kind, Quota)
    span = times.span(term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    in_force_step(builder, span)
    due = times.deadline(term)
    settled = not span.unsettled and (due is None or due.latest is not None)
    if kind.every is not None and not settled:
        return builder.finish("undetermined", UNSETTLED)
    if due is not None and (due.earliest is None or not case.passed(due.earliest)):
        return _while_it_runs(builder, kind, _counted_from(builder, times, span.start), due)
    end = (due.latest or due.earliest if due is not None else span.end.latest) or case.as_of or term.window.end
    if end is None:
        return builder.finish("undetermined", "it has no end, and cannot be counted up; give an as-of")
    rows = case.happened(builder.reading, term.id, "deed 0", builder.party)
    query = case.query(builder.reading, term.id, "deed 0", builder.party)
    pattern, since = query.pattern, _counted_from(builder, times, span.start)
    if since.latest is None:
        return builder.finish("undetermined", UNSETTLED)
    start = since.earliest or since.latest
    builder.window = Interval(start, end)
    builder.coverage = builder.measured(pattern, builder.window, undone=True)
    _enter(builder, rows)
    every = periods_of(start, end, kind.every, case.agreement.zone)
    periods = [p for p in every if p.end and case.passed(p.end)]
    if len(periods) >= MAX_PERIODS:
        return builder.finish("undetermined", "it has more periods than can be counted")
    time = _Time(periods) if due is None else _Time(periods, *_in_time(since, due))
    tally = _tally(builder, rows, time, pattern, _doubtful(span, due))
    ceased = kind.every is None and not tally.met and span.over_by(end)
    if not tally.met and (ceased is not False or not settled):
        tally = replace(tally, missed=(), unknown=len(periods))
    elif tally.unknown and due is not None and kind.every is None and not _weighs(rows, time):
        tally = _found_undone(builder, tally, periods[0])
    name = " or ".join(pattern.act_codes).replace("_", " ")
    delivered_step(builder, kind, tally, len(periods))
    cut_step(builder, kind, every)
    _why_step(builder, name, tally, rows)
    unsure = bool(tally.unknown) and _perhaps_step(builder, name, rows, time)
    if not ceased and settled:
        late_step(builder, kind, tally, rows, end)
        if tally.unknown and due is not None:
            too_early_step(builder, "deed 0", name, end)
    if periods:
        degree_steps(builder, _degrees(kind, tally, periods))
    builder.coverage_step(nothing_seen=False)
    if tally.missed or tally.shortage is not None:
        return builder.finish("breached", _breached(builder, tally, periods, due, name))
    if not periods or ceased:
        over = due is None and span.end.latest is not None and case.passed(span.end.latest)
        return builder.finish("not_due", CEASED if over or ceased else "no period has run out")
    if not tally.unknown:
        return builder.finish("complied", "what is owed is shown for every period that has run out")
    if ceased is None:
        return builder.finish("undetermined", PERHAPS_CEASED)
    return builder.finish("undetermined", _unknown_words(tally, settled=settled, unsure=unsure))


def _unknown_words(tally: Tally, *, settled: bool, unsure: bool) -> str:
    """Why it is not to be told whether what was owed came."""
    if unsure:
        return "it is not settled whether it was done in time"
    return f"{plural(tally.unknown, 'period', 'periods')} cannot be told" if settled else UNSETTLED


def _while_it_runs(builder: VerdictBuilder, kind: Quota, since: EventTime, due: EventTime) -> VerdictBuilder:
    """The verdict while the time for it runs, or where nothing tells when it ends: what is owed in all may have come already."""
    if kind.every is None and since.latest is not None and not builder.nameless:
        rows = builder.case.happened(builder.reading, builder.term.id, "deed 0", builder.party)
        time = _Time([Interval(since.latest, due.earliest)], _surely_in_time(since, due))
        came = _shown(builder, _once(builder, rows), time)
        if came[0] >= kind.at_least:
            _enter(builder, rows)
            delivered_step(builder, kind, Tally(tuple(came), 1, (), 0, None), 1)
            return builder.finish("complied", "everything is shown done in time")
    return builder.finish("not_due", "its time has not run out")


def _counted_from(builder: VerdictBuilder, times: EventTimes, start: EventTime) -> EventTime:
    """From when on deeds count: what is owed in all since the clause first bound, whatever version of it binds now, and before what must have
    come first, too; but not before the event that it binds from.
    """
    term = builder.term
    if term.kind.owed_in_all is None:
        return start if start.latest is None else EventTime(start.latest, start.latest)
    query = builder.case.query(builder.reading, term.id, "deed 0", builder.party)
    bound = [EventTime(at, at) for at in (query.window.start,) if at is not None]
    since = [times.when(term.counts_from)] if term.counts_from else []
    return last_of([*bound, *since]) if bound or since else start


def _surely_in_time(since: EventTime, due: EventTime) -> pl.Expr:
    """Whether an occurrence surely came in the time for what is owed in all; what comes at its last instant came in it."""
    assert since.latest is not None
    surely = pl.col("start") >= instant(since.latest)
    return surely if due.earliest is None else surely & (pl.col("end") <= instant(due.earliest))


def _in_time(since: EventTime, due: EventTime) -> tuple[pl.Expr, pl.Expr]:
    """Whether an occurrence surely came in the time for what is owed in all, and whether it may have."""
    assert since.latest is not None
    assert due.earliest is not None
    first = instant(since.earliest or since.latest)
    return _surely_in_time(since, due), ((pl.col("end") > first) | (pl.col("start") >= first)) & perhaps_by(
        due.latest or due.earliest
    )


def _breached(builder: VerdictBuilder, tally: Tally, periods: list[Interval], due: EventTime | None, name: str) -> str:
    """Enters what was missed as breaches, and says in words what it was."""
    if tally.undone:
        builder.breaches = (Breach(due.earliest if due else None, periods[0].end, tally.undone.certainty),)
        return f"{name} was not done in time"
    builder.breaches = tuple(Breach(due.earliest if due else period.end, period.end) for period, _ in tally.missed)
    words = f"{plural(len(tally.missed), 'period was', 'periods were')} watched, and too little came"
    if tally.shortage is None:
        return words
    kind, some = builder.term.kind, (periods[tally.shortage.first], periods[tally.shortage.last])
    assert isinstance(kind, Quota)
    builder.breaches += (Breach(some[0].end, some[1].end),)
    shortage_step(builder, kind, tally.shortage, *some)
    return words if tally.missed else "of some periods that were watched one went short, whichever it was"


def _found_undone(builder: VerdictBuilder, tally: Tally, period: Interval) -> Tally:
    """The tally where an observer found undone, when its time had run out, what was owed in all."""
    assert period.end is not None
    undone = found_undone(builder, "deed 0", period.end)
    return replace(tally, missed=((period, 0),), unknown=0, undone=undone) if undone else tally


def _enter(builder: VerdictBuilder, rows: pl.DataFrame) -> None:
    """Enters the deeds that count into the verdict, and who speaks of them."""

    def told() -> tuple[Listed, Listed, tuple[int, int]]:
        confirmed, alleged = ids(rows, "confirmed"), ids(rows, "alleged")
        return confirmed, alleged, builder.case.count(Listed.together(confirmed, alleged))

    numbers = builder.case.numbers(builder.reading, builder.term.id, "deed 0", builder.party)
    builder.confirmed, builder.alleged, voices = builder.case.told_once("deeds", numbers, builder.party, told)
    builder.counting(voices)


def _doubtful(span: Span, due: EventTime | None) -> datetime | None:
    """From when on nothing is missed, because the term may have ended; an end that is not settled ends nothing."""
    return None if due is not None or span.open_end else span.end.earliest


def _tally(
    builder: VerdictBuilder, rows: pl.DataFrame, time: _Time, pattern: Pattern, doubtful: datetime | None
) -> Tally:
    """Counts what came in each period."""
    case, kind, periods = builder.case, builder.term.kind, time.periods
    assert isinstance(kind, Quota)
    assert builder.coverage is not None
    weighs = case.unanswered(builder.alleged, builder.coverage)
    weighty = rows.filter((pl.col("status") != "alleged") | weighs.holds())
    faint = faint_most(case.faint_of(builder.reading, builder.term.id, "deed 0", builder.party))
    sure, possible = _least(builder, rows, time), [amount + faint for amount in time.most(weighty)]
    shared = placed(weighty, periods)
    across = tied_periods(shared, len(periods))
    met = unknown = 0
    missed: list[tuple[Interval, int]] = []
    asked = [0] * len(periods)
    seen: list[float] = []
    for n, (period, least, most) in enumerate(zip(periods, sure, possible, strict=True)):
        assert period.end is not None
        if least >= kind.at_least and not builder.nameless:
            met += 1
            asked[n] = max(0, kind.at_least - faint)
            continue
        settled = doubtful is None or period.end <= doubtful
        short = most < kind.at_least
        measured = builder.measured(pattern, period, undone=True) if settled and (short or across[n]) else None
        watched = measured is not None and case.enough(measured)
        if measured is not None and watched and short and _too_little(builder, kind.at_least, most, measured):
            missed.append((period, most))
            continue
        unknown += 1
        if measured is not None and watched and across[n] and not short:
            asked[n] = max(0, kind.at_least - faint)
            seen.append(measured.least_watched or 0.0)
    shortage = starved(shared, asked) if seen else None
    if shortage is not None:
        owed = kind.at_least * shortage.asked
        if not shown_too_little(owed, owed - shortage.missing, min(seen), builder.certainty):
            shortage = None
    return Tally(tuple(sure), met, tuple(missed), unknown, shortage)


def _too_little(builder: VerdictBuilder, owed: int, most: int, measured: Measured) -> bool:
    return shown_too_little(owed, most, measured.least_watched, builder.certainty)


def _weighs(rows: pl.DataFrame, time: _Time) -> bool:
    """Whether anything confirmed or open may have come in time."""
    assert time.perhaps is not None
    return rows.filter((pl.col("status") != "alleged") & time.perhaps).height > 0


def _perhaps_step(builder: VerdictBuilder, name: str, rows: pl.DataFrame, time: _Time) -> bool:
    """Says what is shown to have come and was perhaps in time; whether there is such."""
    if time.surely is None or time.perhaps is None:
        return False
    some = rows.filter((pl.col("status") == "confirmed") & time.perhaps & ~time.surely).sort("end", "incident")
    if some.height:
        last = builder.date(some["end"].max())  # type: ignore[arg-type]
        words = f"{name}: shown done by {last}, and it is not settled whether that was in time."
        builder.step("perhaps_in_time", words, some["incident"])
    return some.height > 0


def _told_step(builder: VerdictBuilder, rows: pl.DataFrame) -> None:
    """Says of what is told and not shown whether it may have come: not where all was watched and nobody saw it."""
    assert builder.coverage is not None
    told = ids(rows, "alleged", "open").without(builder.confirmed)
    unseen = Listed.of(builder.alleged).without(builder.case.unanswered(builder.alleged, builder.coverage))
    if may := told.without(unseen):
        words = f"That something came is told of {plural(len(may), 'more incident')}, and not shown: it may have come."
        builder.step("told", words, may)
    if unseen:
        words = f"That something came is told of {plural(len(unseen), 'more incident')} where and when all was watched and nothing was seen: it counts for nothing."
        builder.step("told_and_not_seen", words, unseen)


def _least(builder: VerdictBuilder, rows: pl.DataFrame, time: _Time) -> list[int]:
    """For each period how much is shown to have come in it."""
    confirmed = rows.filter(pl.col("status") == "confirmed")
    once = _once(builder, rows)
    kind = builder.term.kind
    assert isinstance(kind, Quota)
    others = another_unit_step(builder, confirmed, kind.what, kind.unit)
    untold_step(builder, confirmed, kind.unit)
    same_step(builder, builder.confirmed, once, others)
    how_many_step(builder, confirmed["incident"], once)
    totals_step(builder, once)
    return _shown(builder, once, time)


def _once(builder: VerdictBuilder, rows: pl.DataFrame) -> pl.DataFrame:
    """What is confirmed, with what may be one counted once."""
    confirmed = rows.filter(pl.col("status") == "confirmed")
    numbers = builder.case.numbers(builder.reading, builder.term.id, "deed 0", builder.party)
    return builder.case.told_once("once", numbers, builder.party, lambda: counted_once(confirmed, builder.case.doubts))


def _shown(builder: VerdictBuilder, once: pl.DataFrame, time: _Time) -> list[int]:
    """For each period how much of what is counted is shown to have come in it."""
    least = [0] * len(time.periods)
    for some in told_apart(once):
        shown = shown_amounts(time.of(some), ["period"], builder.certainty)
        for period, amount in zip(shown["period"].to_list(), shown["shown"].to_list(), strict=True):
            least[period] = max(least[period], amount)
    return least


def _degrees(kind: Quota, tally: Tally, periods: list[Interval]) -> list[Reached]:
    """The degree after each period: of what was owed until then, what came of it in its own period."""
    out: list[Reached] = []
    came = 0
    for n, (amount, period) in enumerate(zip(tally.delivered, periods, strict=True), 1):
        came += min(amount, kind.at_least)
        if period.end is not None:
            out.append((period.end, degree_of_share(came, n * kind.at_least)))
    return out


def _why_step(builder: VerdictBuilder, name: str, tally: Tally, rows: pl.DataFrame) -> None:
    """Says how it is known that something was not done, or what was missed and what is only told."""
    kind = builder.term.kind
    assert isinstance(kind, Quota)
    if tally.undone:
        builder.step("not_done", f"{name}: {tally.undone.why}.", builder.alleged)
    elif tally.missed or tally.unknown:
        missed_step(builder, kind, tally)
        _told_step(builder, rows)
