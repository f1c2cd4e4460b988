"""What a report is written from: the incidents of each reporting day, who says so, what was watched. Frames and numbers, no words.

An **incident** is counted when it may fall under a term (its best finding is confirmed, excused, open or alleged), on the reporting day in which it
begins, in the region that its most precise report names.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

import polars as pl

from servanda.agreement import Term
from servanda.briefs.period import BEFORE, Period
from servanda.coverage import Coverage, Watch, looking
from servanda.coverage.measure import measure
from servanda.coverage.model import Gap
from servanda.values.names import PSEUDONYM, name_key, name_keys
from servanda.values.time import Interval, hour_of
from servanda.values.units import acts_counted_in
from servanda.verdicts import Verification
from servanda.verdicts.findings_table import COUNTED, weighing

ASSERTS = ("asserts", "confirms")
SEVERAL = "several"
"""The kind of an incident of which several kinds of act are told."""
_INSTANT = pl.Datetime("us", "UTC")
_SHOWN = ("place_name", "region", "admin1", "lat", "lon", "precision_m", "begins", "ends", "summary")
"""What tells where a source was, and when, and what it said; ``start`` and ``end`` of an incident are only counted by."""


@dataclass(frozen=True)
class Facts:
    """One period with what is known at its end (``now``) and was known at its beginning (``before``, where that was asked).

    ``since``: where the last report knew less than the beginning of the period, until when it knew: what became known from then on is told in this one;
    ``published``: what that report knew, where it is not ``before``; ``newer``: by incident the reports that came after it was determined, as a desk knows them;
    ``known``: where the period is not over, until when anything is known.
    """

    period: Period
    now: Verification
    before: Verification | None = None
    since: datetime | None = None
    published: Verification | None = None
    newer: Mapping[str, Collection[str]] = field(default_factory=dict)
    known: datetime | None = None

    @property
    def opening(self) -> datetime:
        """From when on what becomes known is told."""
        return self.period.start if self.since is None else min(self.since, self.period.start)

    @cached_property
    def events(self) -> pl.DataFrame:
        """The incidents that are counted, as they are known at the end: one row each (:func:`events_of`)."""
        return events_of(self.now, self.period, self.newer)

    @cached_property
    def then(self) -> pl.DataFrame:
        """The same as they were known at the beginning."""
        return self.events.clear() if self.before is None else events_of(self.before, self.period)

    @cached_property
    def own(self) -> pl.DataFrame:
        """The incidents that begin in the period."""
        return self.events.filter(pl.col("day").is_between(self.period.first, self.period.last))

    @cached_property
    def may_be(self) -> int:
        """How many incidents began before the period, as far as anybody knows, and may have happened in it."""
        start = pl.lit(self.period.start, dtype=_INSTANT)
        return self.events.filter((pl.col("start") < start) & (pl.col("end") > start)).height

    @cached_property
    def new(self) -> pl.DataFrame:
        """The incidents of which the first report became known in the period, by when they began."""
        return self.events.filter(self._known_in_period("first_known")).sort("start", "incident")

    @cached_property
    def newly_confirmed(self) -> pl.DataFrame:
        """The incidents that are confirmed as somebody's act at the end, and were not confirmed as his at the beginning."""
        found = authors_of(self.now)
        if self.before is not None:
            found = found.join(authors_of(self.before), on=["incident", "party"], how="anti", nulls_equal=True)
        confirmed = self.events.filter(pl.col("status") == "confirmed")
        return confirmed.join(found, on="incident", how="semi").sort("start", "incident")

    @cached_property
    def reports(self) -> pl.DataFrame:
        """The reports of counted incidents, with the ``day`` on which their incident begins, and whether it accuses nobody (``owed``)."""
        counted = self.events.select("incident", "day", "status", "owed")
        found = self.now.members.join(counted, on="incident").sort("start", "incident", "report_id")
        return without_kept(found, kept_of(self.now))

    @cached_property
    def told(self) -> pl.DataFrame:
        """Those reports that became known in the period."""
        return self.reports.filter(self._known_in_period("known_at"))

    def per_day(self, events: pl.DataFrame) -> dict[date, int]:
        """How many incidents begin on each day of the period and of the days before it."""
        found = dict(events.group_by("day").len().iter_rows())
        return {day: int(found.get(day, 0)) for day in self.period.days(self.period.before)}

    def by(self, *columns: str) -> pl.DataFrame:
        """Counts by the values of some columns: in the period, on the day before, in the days before it, and of these how many are confirmed."""
        days = self.period.days(self.period.before)
        rows = self.events.filter(pl.col("day").is_in(days))
        own = pl.col("day") >= self.period.first
        return (
            rows.group_by(*columns)
            .agg(
                n=own.sum().cast(pl.Int64),
                confirmed=(own & (pl.col("status") == "confirmed")).sum().cast(pl.Int64),
                day_before=(pl.col("day") == self.period.first - timedelta(days=1)).sum().cast(pl.Int64),
                days_before=(~own).sum().cast(pl.Int64),
            )
            .sort("n", "days_before", *columns, descending=[True, True, *[False] * len(columns)], nulls_last=True)
        )

    @cached_property
    def watches(self) -> list[tuple[Watch, list[Interval], float]]:
        """The watches of the period: when in it they were looking, and with which probability an act would have been seen, by their ids."""
        used = dict(self.now.watches.select("watch", "used").iter_rows())
        window, coverage = self.period.window, self.now.watched
        out = []
        for watch in sorted(coverage.watches, key=lambda w: w.id):
            spells = looking(coverage, watch, watch.where)
            times = [part for time in spells if not (part := time.intersection(window)).is_empty]
            if times:
                out.append((watch, times, float(used.get(watch.id) or watch.probability)))
        return out

    @cached_property
    def gaps(self) -> list[tuple[Gap, list[Interval]]]:
        """The outages and denials of access of the period, denials first."""
        window = self.period.window
        found = [
            (gap, [part for t in gap.times if not (part := t.intersection(window)).is_empty])
            for gap in self.now.watched.gaps
        ]
        of_period = [(gap, times) for gap, times in found if times]
        return sorted(of_period, key=lambda g: (g[0].kind, g[1][0].start or self.period.start))

    @cached_property
    def watched(self) -> list[tuple[Term, float]]:
        """For each term that binds in the period, how much of place and time was watched to the standard, in the reading in which it was least."""
        agreement, used = self.now.agreement, dict(self.now.watches.select("watch", "used").drop_nulls().iter_rows())
        coverage: Coverage = self.now.watched.with_probabilities(used)
        least: dict[str, tuple[Term, float]] = {}
        for text in agreement.texts:
            for term in text.terms:
                whole = self.now.coverage.get((text.reading, term.id))
                if whole is None:
                    continue
                window = whole.window.intersection(self.period.window)
                if window.is_empty:
                    continue
                part = measure(
                    coverage,
                    whole.cells,
                    window,
                    whole.leaves,
                    standard=whole.standard,
                    zone=whole.zone,
                    party=whole.party,
                    undone=whole.undone,
                )
                share = part.watched_share
                if term.id not in least or share < least[term.id][1]:
                    least[term.id] = (term, share)
        return list(least.values())

    def of_source(self, source: str) -> Facts:
        """The same with the reports and watches of one source alone, and the gaps of these watches."""
        key = name_key(source)
        own = self.now.members.filter(name_keys(pl.col("origin")) == key)
        watches = tuple(w for w in self.now.watched.watches if name_key(w.reports_as) == key)
        names = {w.id for w in watches}
        gaps = tuple(g for g in self.now.watched.gaps if g.watches is None or g.watches & names)
        alone = dataclasses.replace(self.now, members=own, watched=Coverage(watches, gaps))
        return dataclasses.replace(self, now=alone)

    def _known_in_period(self, column: str) -> pl.Expr:
        after = pl.lit(self.opening, dtype=_INSTANT)
        return (pl.col(column) > after) & (pl.col(column) <= pl.lit(self.period.end, dtype=_INSTANT))


def events_of(
    verification: Verification,
    period: Period | None = None,
    newer: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> pl.DataFrame:
    """The incidents that are counted.

    Args:
        verification: what was found.
        period: whose days, and those before it, are named.
        newer: as in :class:`Facts`.

    Returns:
        The columns of incidents with ``status`` (the best of its findings), ``region``, ``act`` (its kind, :data:`SEVERAL` where several are told),
        ``owed`` (whether it falls under no ban and no cap, and so accuses nobody: a delivery, an order, a request), ``acts_told`` (the largest number of acts that a report counts in it), ``first_known``, ``newer`` (how many of its reports came after it was determined), ``begins`` and ``ends`` (when it happened, by the others, as
        :func:`~servanda.values.time.hour_of` says), and ``day`` (null outside of the days).
    """
    rank = {status: n for n, status in enumerate(COUNTED)}
    best = (
        weighing(verification.findings)
        .filter(pl.col("status").is_in(COUNTED))
        .group_by("incident")
        .agg(pl.col("status").replace_strict(rank, return_dtype=pl.Int64).min(), pl.col("owed").first())
        .with_columns(pl.col("status").replace_strict(dict(enumerate(COUNTED)), return_dtype=pl.String))
    )
    reports = verification.members.sort("precision_m", "report_id", nulls_last=True)
    asserting = pl.col("stance").is_in(ASSERTS)
    of_acts = acts_counted_in(verification.agreement.vocabulary, reports)
    about = reports.group_by("incident").agg(
        region=pl.col("admin1").drop_nulls().first(),
        first_known=pl.coalesce("known_at", "end").min(),
        acts_told=pl.col("quantity").filter(asserting & of_acts.is_not_null()).max(),
    )
    one = pl.col("acts").str.split("; ")
    events = verification.incidents.join(best, on="incident").join(about, on="incident", how="left")
    events = events.with_columns(
        act=pl.when(one.list.len() > 1).then(pl.lit(SEVERAL)).otherwise(pl.col("acts").replace("", None))
    )
    events = events.join(_hours(verification, newer), on="incident", how="left")
    events = events.with_columns(
        pl.coalesce("begins", "start").alias("begins"),
        pl.coalesce("ends", "end").alias("ends"),
        pl.col("newer").fill_null(0),
    )
    return without_kept(_with_days(events, period).sort("start", "incident"), kept_of(verification))


def authors_of(verification: Verification) -> pl.DataFrame:
    """Each ``incident`` that is confirmed with the ``party`` as whose act it is, which is nobody where the mandate names no author."""
    confirmed = weighing(verification.findings).filter(pl.col("status") == "confirmed")
    return confirmed.select("incident", "party").unique(maintain_order=True)


def kept_of(verification: Verification) -> list[str]:
    """The incidents of which a protected source tells: a package blurs where and when, so a paper that travels tells neither."""
    texts = [c for c, kind in verification.members.schema.items() if kind == pl.String and c != "incident"]
    named = pl.any_horizontal(pl.lit(False), *(pl.col(c).str.contains(PSEUDONYM).fill_null(False) for c in texts))
    return verification.members.filter(named)["incident"].unique().to_list()


def without_kept(rows: pl.DataFrame, kept: Collection[str]) -> pl.DataFrame:
    """Incidents or reports, with ``kept``; of those that a protected source tells of, what a reader is shown of place, time and words is left out.

    Args:
        rows: with ``incident``.
        kept: the incidents of which a protected source tells.

    Returns:
        The same rows.
    """
    hidden = pl.col("incident").is_in(list(kept))
    shown = [c for c in _SHOWN if c in rows.columns]
    shown += ["start", "end"] if "report_id" in rows.columns else []
    return rows.with_columns(pl.when(~hidden).then(pl.col(c)).alias(c) for c in shown).with_columns(kept=hidden)


def _hours(verification: Verification, newer: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """When each incident happened by the reports on which its determination rests, and how many came later."""
    made = {life.incident: at for life in verification.decided.lives if (at := determined_at(life)) is not None}
    late = {(incident, one) for incident, reports in newer.items() for one in reports}
    spans: dict[str, list[tuple[str | None, datetime | None, datetime | None]]] = {}
    came: Counter[str] = Counter()
    rows = verification.members.select("incident", "report_id", "known_at", "stance", "start", "end")
    for incident, report, known, *said in rows.iter_rows():
        if (incident, report) in late or (known is not None and incident in made and known > made[incident]):
            came[incident] += 1
        else:
            spans.setdefault(incident, []).append((said[0], said[1], said[2]))
    hours = [(incident, hour_of(spans.get(incident, ())) or (None, None)) for incident in {**spans, **came}]
    return pl.DataFrame(
        [(incident, *hour, came[incident]) for incident, hour in hours],
        schema={"incident": pl.String, "begins": _INSTANT, "ends": _INSTANT, "newer": pl.Int64},
        orient="row",
    )


def determined_at(life: Any) -> datetime | None:
    """When the determination of an incident was made that stands; ``None`` where none does, or it was reopened since."""
    made = life.determination
    if made is None or any(d.says.get("step") == "reopened" and d.at > made.at for d in life.steps):
        return None
    at: datetime = made.at
    return at


def _with_days(events: pl.DataFrame, period: Period | None) -> pl.DataFrame:
    """Events with the reporting day in which each begins."""
    if period is None:
        return events.with_columns(day=pl.lit(None, dtype=pl.Date))
    days = period.days(BEFORE)
    windows = [period.reporting.window(day) for day in days]
    edges = pl.DataFrame(
        {"from": [w.start for w in windows], "until": [w.end for w in windows], "day": days},
        schema={"from": _INSTANT, "until": _INSTANT, "day": pl.Date},
    )
    found = events.sort("start").join_asof(edges, left_on="start", right_on="from", check_sortedness=False)
    inside = pl.col("start") < pl.col("until")
    return found.with_columns(day=pl.when(inside).then("day")).drop("from", "until")
