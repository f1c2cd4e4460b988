"""Use case: how often what an agreement forbids was counted before, in and after it, day by day, with what was watched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from itertools import product

import polars as pl

from servanda.agreement import Agreement, Term
from servanda.app.context import context_of, counts_of
from servanda.app.fuse import FusedEvidence
from servanda.app.given import agreement_of, instant_of
from servanda.coverage import Coverage, Measured, read_coverage
from servanda.coverage.read import CoverageItem
from servanda.engine import Engine, LocalEngine
from servanda.errors import Fault, ServandaError
from servanda.evidence import read_evidence
from servanda.evidence.model import UNDATED
from servanda.evidence.source import Item
from servanda.findings.plan import Progress, quiet
from servanda.report.trend_page import Trend, TrendResult
from servanda.trends import DAYS, Period, Series, changes_in, rates_of, ratio_of
from servanda.values.files import FileLike
from servanda.values.reporting_day import ReportingDay, Span
from servanda.values.time import Interval
from servanda.verdicts import Verdict, verify
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.verify import findings_of, over_all_time

COUNTED: Mapping[str, tuple[str, ...]] = {
    "confirmed": ("confirmed", "excused"),
    "told": ("confirmed", "excused", "alleged", "open"),
}
"""What is counted: what is confirmed (excused or not), and all that anybody tells whose word opens something."""
BEFORE, IN, AFTER = "before", "in force", "after"
_LONGEST = timedelta(hours=36)
"""What is told of a longer time is of no one day."""
_MOST_SLICES = 4_000
_ALL = "(all)"


def find_trends(
    agreement: Agreement | FileLike,
    evidence: Iterable[Item],
    coverage: Sequence[CoverageItem] = (),
    *,
    baseline: str = "",
    by: Span = "day",
    terms: Sequence[str] = (),
    as_of: datetime | str | None = None,
    reader: str | None = None,
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> TrendResult:
    """Count what an agreement forbids, before, in and after it.

    Args:
        agreement: the agreement, or its file.
        evidence: files and data frames.
        coverage: files of coverage; with it, what was watched is the denominator.
        baseline: the days before, as ``2025-02-01..2025-03-01``; left out, all days before it is in force of which there are reports.
        by: what rows of the series are: reporting days, weeks or months.
        terms: the prohibitions; left out, all of them.
        as_of: leave out what became known later.
        reader: the format of all tables; left out, each is recognised by its columns.
        engine: where the work runs.
        progress: is told how far the work is.

    Returns:
        The series with their rates, ratios and changes.

    Raises:
        ServandaError: something cannot be read; the baseline is none, or lies in the time in force; there is nothing to count; the
            statistics are not installed.
    """
    if any(find_spec(name) is None for name in ("statsmodels", "ruptures", "scipy")):
        hint = "pip install 'servanda[trends]'"
        raise ServandaError(
            Fault("trend", "needs statsmodels, ruptures and scipy, which are not installed", hint, code="CLI007")
        )
    text = agreement_of(agreement)
    moment = instant_of(as_of, text.zone, "--as-of")
    engine = engine or LocalEngine()
    wanted = _terms(text, terms)
    asked = _baseline(baseline, text) if baseline else None
    watches = read_coverage(coverage, text.places, text.vocabulary, text.zone, text.id, text.actors)
    source = read_evidence(evidence, context_of(text), reader=reader, map=engine.map, derived=counts_of(text))
    fused = FusedEvidence(source, text.vocabulary, moment, engine, b"")
    case, findings = findings_of(
        over_all_time(text), fused, watches, engine=engine, as_of=moment, fused=fused.parted, progress=progress
    )
    told, undated = _told(fused, text, moment)
    if not told:
        hint = (
            f"as of an instant {UNDATED} are left out, here {undated:,}: add known_at"
            if undated
            else source.ingest.first_reason() or "give their times"
        )
        raise ServandaError(Fault("trend", "no report can be placed on a day", hint, code="TRD003"))
    force = text.texts[0].in_force
    days = _days(told, force, asked, moment, text.reporting_day)
    periods = _periods(days, force, asked, text.reporting_day)
    counts = _Counts(case, findings, days, told, by_watch=bool(watches.watches))
    trends = [one for term in wanted for one in _of_term(term, counts, text, periods)]
    progress("trends", len(trends))
    slices = _slices(text, fused, watches, engine, moment, days)
    notes = {**counts.notes(), **({UNDATED: undated} if undated else {})}
    return TrendResult(text, by, periods, tuple(trends), slices, notes, source.ingest, counts.by_watch)


def _terms(text: Agreement, named: Sequence[str]) -> list[Term]:
    terms = [term for term in over_all_time(text).texts[0].terms if not named or term.id in named]
    known = {term.id for term in over_all_time(text).texts[0].terms}
    if missing := sorted(set(named) - known):
        raise ServandaError(
            Fault(
                "trend",
                f"{missing[0]!r} is no prohibition of this agreement",
                f"those are: {', '.join(sorted(known)) or 'none'}",
                code="TRD002",
            )
        )
    if not terms:
        raise ServandaError(
            Fault("trend", "the agreement forbids nothing", "a trend counts what a term forbids", code="TRD002")
        )
    return terms


def _baseline(said: str, text: Agreement) -> tuple[date, date]:
    """The first and the last day before."""
    hint = "write it as 2025-02-01..2025-03-01, the first and the last day"
    try:
        first, last = (date.fromisoformat(part.strip()) for part in said.split("..", 1))
    except ValueError:
        raise ServandaError(Fault("--baseline", f"{said!r} is not two days", hint, code="TRD001")) from None
    if last < first:
        raise ServandaError(Fault("--baseline", f"{said!r} ends before it begins", hint, code="TRD001"))
    force, window = (
        text.texts[0].in_force,
        Interval(text.reporting_day.window(first).start, text.reporting_day.window(last).end),
    )
    if force.start is not None and not window.intersection(force).is_empty:
        began = text.reporting_day.day_of(force.start)
        what = f"the baseline {said} lies in the time in force, which begins on {began}"
        raise ServandaError(Fault("--baseline", what, "give days before it", code="TRD001"))
    return first, last


def _told(fused: FusedEvidence, text: Agreement, moment: datetime | None) -> tuple[frozenset[date], int]:
    """The days of which there is any report, be it that nothing happened; and how many are left out, for they do not say when they became known."""
    out: set[date] = set()
    undated = 0
    for batch in fused.batches():
        undated += 0 if moment is None else batch["known_at"].null_count()
        rows = batch if moment is None else batch.filter((pl.col("known_at") <= moment).fill_null(False))
        rows = rows.filter(pl.col("end") - pl.col("start") <= _LONGEST).select("start").drop_nulls()
        out |= set(_days_of(rows["start"], text.reporting_day).to_list())
    return frozenset(out), undated


def _days_of(instants: pl.Series, day: ReportingDay) -> pl.Series:
    """The reporting days in which instants lie."""
    local = instants.dt.convert_time_zone(day.zone.key)
    ends = timedelta(hours=day.ends.hour, minutes=day.ends.minute)
    moved = local.dt.replace_time_zone(None) + (timedelta(days=1) - ends if ends else timedelta())
    return moved.dt.date()


def _days(
    told: frozenset[date],
    force: Interval,
    asked: tuple[date, date] | None,
    moment: datetime | None,
    day: ReportingDay,
) -> list[date]:
    """From the first day that is looked at to the last, without a gap."""
    edges = [min(told), max(told), *(asked or ())]
    now = moment or day.window(max(told)).end
    assert now is not None
    if force.start is not None and force.start <= now:
        edges.append(day.day_of(force.start))
    if force.end is not None and force.end <= now:
        edges.append(day.day_of(force.end - timedelta(microseconds=1)))
    first = asked[0] if asked else min(edges)
    return [first + timedelta(days=n) for n in range((max(edges) - first).days + 1)]


def _periods(
    days: Sequence[date], force: Interval, asked: tuple[date, date] | None, day: ReportingDay
) -> tuple[Period, ...]:
    """Before, in force and after; a day is of the period that holds its middle. Of what never came into force all days are before."""
    if force.is_empty:
        return (Period(BEFORE, days[0], days[-1]),)

    def first_within(edge: datetime) -> date:
        at = day.day_of(edge)
        window = day.window(at)
        assert window.start is not None
        assert window.end is not None
        return at if edge <= window.start + (window.end - window.start) / 2 else at + timedelta(days=1)

    begin = first_within(force.start) if force.start is not None else days[0]
    end = first_within(force.end) - timedelta(days=1) if force.end is not None else days[-1]
    before = asked or (days[0], begin - timedelta(days=1))
    named = [(BEFORE, *before), (IN, begin, min(end, days[-1])), (AFTER, end + timedelta(days=1), days[-1])]
    return tuple(Period(name, first, last) for name, first, last in named if first <= last and (first <= days[-1]))


class _Counts:
    """What was counted on every day, by query, party and area."""

    def __init__(
        self, case: CaseFile, findings: pl.DataFrame, days: Sequence[date], told: frozenset[date], *, by_watch: bool
    ) -> None:
        self.case, self.by_watch = case, by_watch
        day = case.agreement.reporting_day
        self.days = pl.DataFrame(
            {"day": days, "hours": [_hours(day, one) for one in days], "told": [one in told for one in days]},
            schema={"day": pl.Date, "hours": pl.Float64, "told": pl.Boolean},
        )
        times = case.members.sort(pl.col("end") - pl.col("start"), "start").unique(
            "key", keep="first", maintain_order=True
        )
        long = times.filter(pl.col("end") - pl.col("start") > _LONGEST)
        times = times.filter(pl.col("end") - pl.col("start") <= _LONGEST)
        area = "area" if "area" in times.columns else None
        placed = times.select(
            "key", day=_days_of(times["start"], day), area=pl.col(area) if area else pl.lit(None, dtype=pl.String)
        )
        counted = findings.filter(pl.col("status").is_in(list(COUNTED["told"]))).select(
            "unit", "party", "key", "incident", "status"
        )
        self._left = counted.join(long.select("key"), on="key", how="semi")["incident"].n_unique()
        acts = case.counts.group_by("unit", "party", "key", "counted_in").agg(pl.col("low").max())
        self._units = {
            n: of["counted_in"].unique().to_list() for (n,), of in acts.partition_by("unit", as_dict=True).items()
        }
        acts = acts.filter(pl.col("counted_in").n_unique().over("unit") == 1).select(
            "unit", "party", "key", acts=pl.col("low") // 1000
        )
        self._found = (
            counted.join(placed, on="key")
            .join(acts, on=["unit", "party", "key"], how="left")
            .with_columns(pl.col("acts").fill_null(1))
        )

    def notes(self) -> dict[str, int]:
        """What is in no series."""
        found = {"incidents whose time is longer than a day and a half (they are of no one day)": self._left}
        several = sum(len(units) > 1 for units in self._units.values())
        found["terms whose acts are counted in several units (their incidents are counted)"] = several
        return {what: n for what, n in found.items() if n}

    def unit(self, query: int) -> str:
        """In what is counted."""
        units = self._units.get(query, [])
        return str(units[0]) if len(units) == 1 else "incident"

    def areas(self, query: int) -> list[str]:
        """The areas for which anything is counted."""
        return sorted(self._found.filter(pl.col("unit") == query)["area"].drop_nulls().unique().to_list())

    def series(self, query: int, party: str | None, area: str, counted: str, watched: pl.Series) -> Series:
        """The days of one series, with what was counted and watched."""
        rows = self._found.filter((pl.col("unit") == query) & pl.col("status").is_in(list(COUNTED[counted])))
        if party is not None:
            rows = rows.filter(pl.col("party") == self.case.actors.index(party))
        if area != _ALL:
            rows = rows.filter(pl.col("area") == area)
        each = rows.sort("status").unique("key", keep="first").group_by("day").agg(n=pl.col("acts").sum())
        days = self.days.with_columns(watched=watched).join(each, on="day", how="left", maintain_order="left")
        known = (pl.col("watched") > 0) if self.by_watch else pl.col("told")
        count = pl.when(pl.col("n").is_not_null()).then("n").when(known).then(0)
        return Series(
            days.select(pl.col("day"), "hours", count=count.cast(pl.Int64), watched="watched").select(list(DAYS)),
            self.by_watch,
        )

    def watched(self, term: Term, party: str | None) -> pl.Series:
        """Which share of place and time was watched, of every day."""
        if not self.by_watch or term.what is None:
            return pl.Series([None] * self.days.height, dtype=pl.Float64)
        day = self.case.agreement.reporting_day
        first, last = self.days["day"][0], self.days["day"][-1]
        window = Interval(day.window(first).start, day.window(last).end)
        return pl.Series(
            _shares(self.case.coverage_of(term.what.at(party), window, party), self.days["day"].to_list(), day)
        )


def _shares(measured: Measured, days: Sequence[date], day: ReportingDay) -> list[float]:
    """Of each day, the share of place and time that was watched."""
    spells = measured.watched_over_time if measured.seen.size else ()
    out, n = [], 0
    for one in days:
        window = day.window(one)
        start, end = window.start, window.end
        assert start is not None
        assert end is not None
        while n < len(spells) and spells[n][1] <= start:
            n += 1
        seen, k = 0.0, n
        while k < len(spells) and spells[k][0] < end:
            since, to, p = spells[k]
            seen += p * (min(to, end) - max(since, start)).total_seconds()
            k += 1
        out.append(min(1.0, seen / (end - start).total_seconds()))
    return out


def _hours(day: ReportingDay, one: date) -> float:
    window = day.window(one)
    assert window.start is not None
    assert window.end is not None
    return (window.end - window.start).total_seconds() / 3600


def _of_term(term: Term, counts: _Counts, text: Agreement, periods: Sequence[Period]) -> Iterable[Trend]:
    """All series of a term: of each party and of all, of each area and of all, of what is confirmed and of all that is told."""
    queries = [n for n, query in enumerate(counts.case.queries) if query.owner == term.id]
    for query in queries:
        bound = counts.case.queries[query].binds or ()
        parties = [p for p in bound if p in text.parties] if text.mandate.attribution else []
        for party in [None, *parties]:
            watched = counts.watched(term, party)
            for area, counted in product([_ALL, *counts.areas(query)], COUNTED):
                series = counts.series(query, party, area, counted, watched)
                rates = rates_of(series, periods)
                ratios = tuple(
                    found for n, of in enumerate(rates) for to in rates[:n] if (found := ratio_of(of, to)) is not None
                )
                changes = changes_in(series) if area == _ALL else ()
                yield Trend(
                    term.id, term.title, party, area, counted, counts.unit(query), series, rates, ratios, changes
                )


def _slices(
    text: Agreement,
    fused: FusedEvidence,
    watches: Coverage,
    engine: Engine,
    moment: datetime | None,
    days: Sequence[date],
) -> tuple[Verdict, ...]:
    """The verdicts of days, unless there are too many."""
    terms = sum(any(s.counts for s in term.kind.sought()) for term in text.texts[0].terms)
    if len(days) * terms * max(1, len(text.parties)) > _MOST_SLICES:
        return ()
    judged = verify(
        text, fused, watches, engine=engine, as_of=moment, by="day", fused=fused.parted, doubts=fused.doubts
    )
    return judged.slices
