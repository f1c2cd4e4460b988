"""Which reports fall under which query, and how probably: columns in, columns out.

For every report and query: does the act fall under it (surely, possibly, not), do target, weapon and force, and with which
probability did it happen in the query's place and window. What passes goes on as narrow rows, with times and quantities
where those matter; so do, whatever they match, denials, retractions and reports that show a precondition of an
exception, because those speak of the incident as a whole.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.model import HEARSAY, IMPROBABLE, INFERENCE, NO_SIDE
from servanda.findings.blind import could_not_see
from servanda.findings.counting import THOUSANDTHS, counted_in, counting, number_asked, picked, with_amounts
from servanda.findings.faint import is_faint
from servanda.findings.falls_under import Kinds, Times, edges, is_something
from servanda.findings.matched import (
    MATCHES,
    NO_PARTY,
    OCCURRENCE_TIMES,
    PRIVATE,
    REMARKS_ON_INCIDENT,
    UNKNOWN_SIDE,
    UNSIDED,
    VERSIONS,
    Matches,
    typed,
)
from servanda.findings.none_left import none_left
from servanda.findings.queries import MatchQuery
from servanda.findings.repeats import Repeats
from servanda.findings.weight import credible, graded, observed, traced, weighs
from servanda.incidents import Keys
from servanda.values.coded import number_of, texts
from servanda.values.geo.containment import MILLION, SIGMAS_PER_RADIUS_95, Locator, Millionths
from servanda.values.geo.shares import Shares

OF_ITSELF = "of_itself"  # of reports that name no party: whether one speaks of that on whose side it is
_NOBODY = ["none", "direction", "territory"]  # how far an attribution goes that names no author
_SELDOM = ("credibility", "basis", "imputation", "means")
_PRIVATE, _UNSETTLED, _SETTLED = 0, 1, 2
_IMPUTED = {"private": _PRIVATE, "tolerated": _UNSETTLED, "unknown": _UNSETTLED}


class Matcher:
    """An agreement's queries, ready to meet batches of reports."""

    def __init__(
        self, agreement: Agreement, queries: Sequence[MatchQuery], coverage: Coverage, keys: Keys, *, shortcut: bool
    ) -> None:
        self.keys = keys
        self.agreement, self.queries, self.coverage = agreement, tuple(queries), coverage
        self.actors = tuple(agreement.actors)
        wanted = {
            query.pattern.place: agreement.places[query.pattern.place]
            for query in queries
            if query.pattern.place is not None
        }
        self.locator = Locator(agreement.frame, wanted, shortcut=shortcut) if agreement.frame and wanted else None
        self._areas, acts = Shares(agreement.places), agreement.vocabulary.acts
        self.repeats = Repeats.of(queries)
        self.kinds = Kinds(agreement, [query.pattern for query in queries], self.repeats.numbers)
        self._timed = [n for n, query in enumerate(queries) if query.timed]
        self._acts_only = [n for n, query in enumerate(queries) if query.voice == "act"]
        self._counting = [n for n, query in enumerate(queries) if query.counts]
        self._excusing = [n for n, query in enumerate(queries) if query.counts and query.exemptions]
        self._exempt = [n for n, query in enumerate(queries) if query.exemptions]
        self._limited = [n for n in self._exempt if any(e.limited for e in queries[n].exemptions)]
        self._nameless = [n for n, query in enumerate(queries) if query.binds is None and query.voice != "mark"]
        self._deeds = [n for n, query in enumerate(queries) if query.voice == "deed"]
        self._begins = [n for n, query in enumerate(queries) if query.voice == "deed" or query.begins]
        self._never_undone = [n for n, query in enumerate(queries) if query.voice == "act" or query.of_some]
        self._several = list(acts.below(agreement.vocabulary.several_authors))
        self._two_sided = list(acts.below(agreement.vocabulary.two_sided))

    def match(self, reports: pl.DataFrame, as_of: datetime | None) -> Matches:
        """One batch (columns of the report table). ``as_of`` leaves out what became known later."""
        undated = 0 if as_of is None else reports["known_at"].null_count()
        reports = reports if as_of is None else reports.filter(pl.col("known_at") <= as_of)
        narrow = self._narrow(reports)
        rows, unit, p, surely = self._rows(reports)
        matched = narrow[rows].with_columns(
            unit=pl.Series(unit, dtype=pl.UInt16),
            p=pl.Series(p, dtype=pl.Int32),
            surely=pl.Series(surely, dtype=pl.Boolean),
        )
        matched = self._attributed(matched)
        # where nobody is named, what is said to be private says nothing
        silent = (matched["actor"] == PRIVATE) & matched["unit"].is_in(self._nameless)
        if silent.any():
            matched, rows = matched.filter(~silent), rows[~silent.to_numpy()]
        # A side's denial that names somebody else accuses him; one that names nobody or its own side, or of who has no side, only denies.
        asserts = ~pl.col("stance").is_in(["retracts", "denies"])
        speaks = asserts | ((pl.col("stance") == "denies") & pl.col("accuses") & (pl.col("of_side") >= 0))
        of_act = pl.col("unit").is_in(self._acts_only)
        none = none_left(self.agreement, self.queries, reports, narrow)
        times = self.repeats.put_in(self._times(reports, rows, matched, asserts | (speaks & of_act)))
        times = pl.concat([times, typed(none, OCCURRENCE_TIMES)])
        extents = self.repeats.put_in(self._extents(reports, rows, matched, asserts))
        if self._excusing:
            narrow = with_amounts(self.agreement.vocabulary, reports, narrow)
        if len(self._acts_only) < len(self.queries):  # that a deed was not done accuses nobody of having done it
            matched = matched.filter(asserts | of_act)
        told = pl.col("stance") != "denies"
        if OF_ITSELF in reports.columns:  # a word against its own side is one, though nobody may be named
            itself = of_act & pl.col("of_itself") & (pl.col("actor") == NO_PARTY)
            matched = matched.with_columns(actor=pl.when(itself).then("of_side").otherwise("actor"))
        matched = matched.filter(speaks).with_columns(
            pl.col("first_hand") & told, *(pl.col(c) & pl.col("credible") & told for c in ("surely", "attests"))
        )
        matched = matched.select(list(MATCHES))
        versions = narrow.filter(pl.col("named") & speaks).with_columns(
            unit=pl.lit(VERSIONS, dtype=pl.UInt16),
            p=pl.lit(0, dtype=pl.Int32),
            surely=pl.lit(False),
            kept=pl.lit(True),
        )
        remarks = texts(narrow.filter(pl.col("stance").is_in(["denies", "retracts"]) | pl.col("shows").is_not_null()))
        remarks = pl.concat([remarks.with_columns(pl.col("weighs") & pl.col("credible")), extents], how="diagonal")
        return Matches(
            pl.concat([matched, versions.select(list(MATCHES))]),
            times,
            typed(remarks, REMARKS_ON_INCIDENT),
            reports.height,
            reports["known_at"].max(),  # type: ignore[arg-type]
            undated,
        )

    def _extents(
        self, reports: pl.DataFrame, rows: npt.NDArray[np.int64], matched: pl.DataFrame, asserts: pl.Expr
    ) -> pl.DataFrame:
        """When, what and how much it was, where an exception asks; without an id, where all say one time, by those that show something.

        How many acts it was, too, where it is faint: each of them may be one.
        """
        vocabulary, faint = self.agreement.vocabulary, matched.select(is_faint()).to_series().arg_true()
        counted = counted_in(vocabulary, self._excusing, reports, rows, matched)
        many = counted_in(vocabulary, self._counting, reports, rows[faint.to_numpy()], matched[faint])
        counted = counted.scatter(faint, many)
        excused = matched["unit"].is_in(self._exempt) & (matched["named"] | matched["shows"].is_not_null())
        wanted = matched["unit"].is_in(self._limited) | counted.is_not_null() | excused
        if not wanted.any():
            return pl.DataFrame(schema=REMARKS_ON_INCIDENT)
        more = reports[rows[wanted.to_numpy()]]
        more = more.select("start", "end", "act", quantity=THOUSANDTHS, counted_in=counted.filter(wanted))
        found = pl.concat([matched.filter(wanted).drop("shows"), more], how="horizontal")
        return typed(found.filter(asserts).with_columns(pl.col("weighs") & pl.col("credible")), REMARKS_ON_INCIDENT)

    def _times(
        self, reports: pl.DataFrame, rows: npt.NDArray[np.int64], matched: pl.DataFrame, speaks: pl.Expr
    ) -> pl.DataFrame:
        """What the timed queries found, with times and quantities; and what was observed not to have been done."""
        if not self._timed and not self._counting:
            return pl.DataFrame(schema=OCCURRENCE_TIMES)
        counted = counted_in(self.agreement.vocabulary, self._counting, reports, rows, matched)
        timed = matched["unit"].is_in(self._timed).to_numpy() | counted.is_not_null().to_numpy()
        more = picked(
            *(reports, rows[timed]),
            **{c: pl.col(c) for c in ("start", "end", "lat", "lon")} | {"radius": pl.col("precision_m")},
            **edges(self.agreement, reports),
            answers=pl.when(pl.col("answers").is_not_null()).then(self.keys.of_incident(pl.col("answers"))),
            quantity=THOUSANDTHS,
            toward=number_of(pl.col("toward"), {name: n for n, name in enumerate(self.actors)}, NO_PARTY),
            teller=self.keys.teller(),
            **counting(self.keys),
        )
        more = more.with_columns(counted_in=counted.filter(pl.Series(timed)))
        refutes = (pl.col("stance") == "denies") & pl.col("was_there") & ~pl.col("unit").is_in(self._never_undone)
        refutes &= pl.col("surely") & (pl.col("p") >= self.agreement.mandate.threshold)
        found = pl.concat([matched.filter(pl.Series(timed)), more], how="horizontal")
        found = found.with_columns(refutes=refutes, of_doer=self._of_doer(), partial=pl.col("shows").is_not_null())
        asked = number_asked(self.agreement.vocabulary, self.queries, found)
        # a deed that goes on is done once it has begun, and what calls for one calls when it begins
        begins = pl.col("begun").is_not_null() & pl.col("unit").is_in(self._begins) & ~pl.col("refutes")
        ends = pl.when(begins).then("begun").otherwise("end")
        found = found.with_columns(several=pl.col("authorship") == 2, quantity=asked, end=ends)
        return typed(found.filter(speaks | pl.col("refutes")), OCCURRENCE_TIMES)

    def _of_doer(self) -> pl.Expr:
        """Whether it is the side of who is said to have done it that speaks; where nobody is named, of anybody whom the query asks for it."""
        asked = pl.lit(False)
        for n in self._timed:
            binds = self.queries[n].binds
            of = [k for k, name in enumerate(self.actors) if binds is None or name in binds]
            asked |= (pl.col("unit") == n) & pl.col("of_side").is_in(of)
        of_itself = (pl.col("actor") == pl.col("of_side")) | ((pl.col("actor") == NO_PARTY) & asked)
        return (pl.col("of_side") >= 0) & of_itself

    def _narrow(self, reports: pl.DataFrame) -> pl.DataFrame:
        """The few columns that judging needs, one row per report."""
        party, mandate = {name: n for n, name in enumerate(self.actors)}, self.agreement.mandate
        actor = number_of(pl.col("actor"), party, NO_PARTY)
        names_nobody = pl.col("attributes").is_in(_NOBODY).fill_null(False)
        said = {c for c in _SELDOM if reports[c].null_count() < reports.height}
        yes, no = pl.lit(True), pl.lit(False)
        credibility, basis, imputation = pl.col("credibility"), pl.col("basis"), pl.col("imputation")
        tested = "credibility" in said
        believed = credible() if tested else yes
        heavy = weighs(mandate)
        rows = self.keys.add_to(reports).select(
            "incident",
            "origin",
            "version",
            named=pl.col("incident_id").is_not_null(),
            actor=pl.when(names_nobody).then(pl.lit(NO_PARTY, dtype=pl.Int8)).otherwise(actor),
            of_itself=(pl.col(OF_ITSELF) & ~names_nobody) if OF_ITSELF in reports.columns else no,
            of_side=number_of(pl.col("side"), {**party, NO_SIDE: UNSIDED}, UNKNOWN_SIDE),
            bound=number_of(pl.col("speaks_for"), party, NO_PARTY),
            level=pl.col("directness"),
            observed=observed(),
            first_hand=observed() & graded(mandate) & believed,
            credible=believed,
            weighs=heavy,
            opens=heavy & (credibility != IMPROBABLE).fill_null(True) if tested else heavy,
            attests=(basis != INFERENCE).fill_null(True) if "basis" in said else yes,
            stated=(basis != INFERENCE).fill_null(False) if "basis" in said else no,
            trace=traced() if "basis" in said else no,
            authorship=pl.when(pl.col("act").is_in(self._several))
            .then(2)
            .when(pl.col("act").is_in(self._two_sided))
            .then(1)
            .otherwise(0)
            .cast(pl.Int8),
            # what nobody says of an actor under the party's own name: its organ
            imputed=number_of(imputation, _IMPUTED, _SETTLED)
            if "imputation" in said
            else pl.lit(_SETTLED, dtype=pl.Int8),
            means=self.keys.names.of(pl.col("means")) if "means" in said else pl.lit(None, dtype=pl.UInt32),
            stance="stance",
            shows="shows",
            known_at="known_at",
        )
        nobody, unknown = pl.lit(NO_PARTY, dtype=pl.Int8), pl.lit(UNKNOWN_SIDE, dtype=pl.Int8)
        rows, speaks = self._unblinded(reports, rows), pl.col("level") > HEARSAY
        rows = rows.with_columns(side=pl.when(speaks).then("of_side").otherwise(unknown))
        return rows.with_columns(
            accuses=(pl.col("actor") != NO_PARTY) & (pl.col("actor") != pl.col("side")),
            # a body has no side: its word is what it consents to, and no admission
            bound=pl.when(
                speaks
                & (
                    (pl.col("bound") == pl.col("of_side"))
                    | ((pl.col("of_side") == UNSIDED) & pl.col("shows").is_not_null())
                )
            )
            .then("bound")
            .otherwise(nobody),
        )

    def _unblinded(self, reports: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, where nobody denies first-hand what he could not have seen; ``was_there``: who found a deed not done was there all the same."""
        rows = rows.with_columns(was_there="first_hand")
        denies = reports["stance"].is_in(["denies"]).fill_null(False).to_numpy()
        if not self.coverage.watches or not denies.any():
            return rows
        blind, denials = np.zeros(reports.height, np.bool_), reports.filter(pl.Series(denies))
        acts = self.agreement.vocabulary.acts
        blind[denies] = could_not_see(denials, self.coverage, self.agreement.frame, acts)
        return rows.with_columns(pl.col("first_hand") & ~pl.Series(blind))

    def _attributed(self, matched: pl.DataFrame) -> pl.DataFrame:
        """Matched rows with what their author is to the query (a private act is no party's, but where it calls on a duty; of one that is
        tolerated, or nobody's, the author is not settled), and whether their origin can take them back.
        """
        act, deed = pl.col("unit").is_in(self._acts_only), pl.col("unit").is_in(self._deeds)
        parties = len(self.agreement.parties)
        if matched.height and matched["imputed"].min() != _SETTLED:
            judged = act | deed
            private = pl.lit(PRIVATE, dtype=pl.Int8)
            matched = matched.with_columns(
                actor=pl.when(judged & (pl.col("imputed") == _PRIVATE)).then(private).otherwise("actor"),
                attests=pl.col("attests") & (~judged | (pl.col("imputed") != _UNSETTLED)),
            )
        side, actor = pl.col("of_side"), pl.col("actor")
        itself = (side == actor) | (pl.col("of_itself") & (actor == NO_PARTY))
        acknowledged = deed & (side >= 0) & (side < parties) & (side != actor)
        return matched.with_columns(kept=pl.col("observed") | (act & (side >= 0) & itself) | acknowledged)

    def _rows(
        self, reports: pl.DataFrame
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], Millionths, npt.NDArray[np.bool_]]:
        """Row numbers, queries, probabilities and sureness of every report that falls under a query at all."""
        something, times = is_something(reports), Times(self.agreement, reports)
        levels, rows = [], []
        for query, asked in zip(self.queries, self.kinds.levels(reports), strict=True):
            level = functools.reduce(np.minimum, asked.values())
            levels.append(level)
            share = times.share(query.window, begins=query.begins)
            rows.append(np.flatnonzero((level > 0) & (share > 0) & something))
        inside = self.inside(reports, rows)
        out_rows, out_units, out_p, out_sure = [], [], [], []
        for n, query in enumerate(self.queries):
            of_query = rows[n]
            p = np.rint(times.share(query.window, begins=query.begins)[of_query] * inside[n]).astype(np.int32)
            of_query, p = of_query[p > 0], p[p > 0]
            out_rows.append(of_query)
            out_units.append(np.full(len(of_query), n, np.uint16))
            out_p.append(p)
            out_sure.append(levels[n][of_query] == 2)
        if not out_rows:
            return np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.int32), np.zeros(0, np.bool_)
        return np.concatenate(out_rows), np.concatenate(out_units), np.concatenate(out_p), np.concatenate(out_sure)

    def inside(self, reports: pl.DataFrame, rows: Sequence[npt.NDArray[np.int64]]) -> list[Millionths | int]:
        """For each query, the probability of lying in its place, for the rows that its act and window leave."""
        wanted: dict[str, npt.NDArray[np.bool_]] = {}
        for of_query, query in zip(rows, self.queries, strict=True):
            place = query.pattern.place
            if place is not None and len(of_query):
                wanted.setdefault(place, np.zeros(reports.height, np.bool_))[of_query] = True
        asked = {place: np.flatnonzero(mask) for place, mask in wanted.items()}
        found: dict[str, Millionths] = {}
        if self.locator is not None and asked:
            lon = reports["lon"].fill_null(float("nan")).to_numpy()
            lat = reports["lat"].fill_null(float("nan")).to_numpy()
            sigma = reports["precision_m"].to_numpy() / SIGMAS_PER_RADIUS_95
            found = self.locator.probabilities(lon, lat, sigma, asked)
            self._areas.lay(reports, found, asked)
        at = np.zeros(reports.height, np.int32)
        out: list[Millionths | int] = []
        for of_query, query in zip(rows, self.queries, strict=True):
            place = query.pattern.place
            if place is None or not len(of_query):
                out.append(MILLION)
            elif len(asked[place]) == len(of_query):
                out.append(found[place])
            else:
                at[asked[place]] = found[place]
                out.append(at[of_query])
        return out
