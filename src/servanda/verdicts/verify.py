"""The whole way: agreement, reports and coverage in, verdicts with their steps out. Pure: no clock, disk or network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Cells, Coverage, Measured, measure
from servanda.evidence.model import REPORT
from servanda.incidents import BRIEF, describe, members_of, standing
from servanda.values.parallel import in_order
from servanda.values.time import Interval
from servanda.verdicts.conclude import Case, Count, combine, conclude
from servanda.verdicts.judge import FINDING, judge
from servanda.verdicts.match import ABOUT, MATCH, NO_PARTY, Matcher
from servanda.verdicts.model import Verdict, Verification
from servanda.verdicts.units import Unit, units_of

Batches = Callable[[], Iterable[pl.DataFrame]]
Progress = Callable[[str, int], None]
_LARGE = 100_000  # reports in a first batch from which the locator's lattice pays
_HEAP = 8_000_000
_AT_ONCE = 500_000  # matched rows judged at once; of more, the incidents are divided
_DESCRIBED = 20_000  # incidents described in full; of more, the ids and findings are still complete
FINDING_OUT: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "party": pl.String(),
    "incident": pl.String(),
    "status": pl.String(),
    "probability": pl.Float64(),
    "standard": pl.String(),
    "threshold": pl.Float64(),
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "confirmed_by": pl.String(),
    "contested": pl.Boolean(),
    "excuse": pl.String(),
}


@dataclass(frozen=True)
class Judged:
    """Findings by unit and 64-bit key, before incidents are looked up and described."""

    units: tuple[Unit, ...]
    findings: pl.DataFrame
    reports: int
    latest_known: datetime | None


def _quiet(stage: str, done: int) -> None:
    return None


def judge_reports(
    agreement: Agreement,
    batches: Batches,
    units: Sequence[Unit],
    as_of: datetime | None = None,
    progress: Progress = _quiet,
) -> Judged:
    """Read, locate, match and judge all reports, in memory that grows with what matches and not with what is read."""
    stream = iter(batches())
    first = next(stream, None)
    large = first is not None and first.height >= _LARGE
    matcher = Matcher(agreement, units, shortcut=large)
    matched: list[pl.DataFrame] = []
    about: list[pl.DataFrame] = []
    total, latest_known = 0, None
    every = chain([] if first is None else [first], stream)
    for found in in_order(lambda batch: matcher.match(batch, as_of), every):
        total += found.reports
        latest_known = _later(latest_known, found.latest_known)
        matched.append(found.matched)
        about.append(found.about)
        progress("match", total)
    parties = tuple(agreement.parties)
    findings = []
    said = pl.concat(about) if about else pl.DataFrame(schema=ABOUT)
    # Incidents are dealt out twice: into few heaps by one pass over everything each, and each heap into shares of a
    # size that stays in cache.
    heaps = 1 + sum(table.height for table in matched) // _HEAP
    for heap in range(heaps):
        whole, about_heap = _deal(matched, heaps, heap), said.filter(pl.col("incident") % heaps == heap)
        if heap == heaps - 1:
            matched.clear()
        shares = 1 + whole.height // _AT_ONCE
        share = (pl.col("incident") // heaps) % shares
        parts = _shares(whole, share)
        del whole

        def judge_share(
            n: int, parts: dict[int, pl.DataFrame] = parts, spoken: pl.DataFrame = about_heap, share: pl.Expr = share
        ) -> pl.DataFrame:
            return judge(parts.pop(n), spoken.filter(share == n), units, agreement.mandate, parties)

        for found_here in in_order(judge_share, sorted(parts)):
            findings.append(found_here)
            progress("judge", len(findings))
    if not findings:
        findings.append(pl.DataFrame(schema=FINDING))
    together = pl.concat(findings)
    return Judged(tuple(units), together, total, latest_known)


def _deal(matched: Sequence[pl.DataFrame], heaps: int, heap: int) -> pl.DataFrame:
    """The rows of the incidents of one heap."""
    if not matched:
        return pl.DataFrame(schema=MATCH)
    if heaps == 1:
        return pl.concat(matched)
    return pl.concat([table.filter(pl.col("incident") % heaps == heap) for table in matched])


def _shares(rows: pl.DataFrame, share: pl.Expr) -> dict[int, pl.DataFrame]:
    """Rows by the number of their share."""
    numbered = rows.with_columns(_share=share)
    return {int(key[0]): part for key, part in numbered.partition_by("_share", as_dict=True, include_key=False).items()}


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((t for t in (a, b) if t is not None), default=None)


def verify(
    agreement: Agreement,
    batches: Batches,
    coverage: Coverage | None = None,
    *,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
    brief: Batches | None = None,
    progress: Progress = _quiet,
) -> Verification:
    """Judge every term, party and reading of an agreement.

    ``batches`` gives report tables (``evidence.model.REPORT``) and may be called more than once; ``brief``, if given, the same
    without what only people read. ``as_of`` leaves
    out what became known later, and ends the window that coverage must fill; ``None`` uses everything. ``by`` adds verdicts
    for every day or week. Incidents and reports come back in order of their ids: input order changes nothing.
    """
    if not agreement.mandate.attribution:
        batches, brief = _nameless(batches), _nameless(brief) if brief else None
    units = units_of(agreement)
    slices = units_of(_cut(agreement, as_of), by) if by else ()
    judged = judge_reports(agreement, brief or batches, (*units, *slices), as_of, progress)
    findings, members = _lookup(judged, brief or batches, as_of, progress)
    count = _counter(members)
    known = (coverage or Coverage()).known_by(as_of)
    measured: dict[tuple[str | None, str], Measured] = {}
    cells: dict[str | None, Cells] = {}
    verdicts: dict[int, list[Verdict]] = {}
    for u, unit in enumerate(judged.units):
        window = unit.window.intersection(Interval(None, as_of))
        seen = measure(
            known, _cells(agreement, unit, cells), window, agreement.vocabulary.acts.leaves(unit.term.act_codes)
        )
        if u < len(units):
            measured[(unit.reading, unit.term.id)] = seen
        mine = findings.filter(pl.col("unit") == u)
        verdicts[u] = _conclude(agreement, unit, window, seen, mine, members, as_of, count)
    whole = [v for u in range(len(units)) for v in verdicts[u]]
    parts = [v for u in range(len(units), len(judged.units)) for v in verdicts[u]]
    shown = _shown(findings.filter(pl.col("unit") < len(units)), judged.units, agreement)
    ranked = _ranked(findings)
    top = ranked.head(_DESCRIBED)
    members = members_of(batches(), top.select("key"), as_of)
    mandate = agreement.mandate
    described = describe(members, mandate.grades, mandate.origins, by_observation=mandate.by_observation)
    return Verification(
        agreement, as_of, judged.latest_known, judged.reports, ranked.height, combine(agreement, whole, count), combine(agreement, parts, count),
        shown, described, members.drop("key").sort("incident", "known_at", "report_id", "file", "row", *sorted(REPORT)), known, measured,
    )  # fmt: skip


def _nameless(batches: Batches) -> Batches:
    """The same reports without the authors they name, so that nothing made of them can name one."""

    def walk() -> Iterable[pl.DataFrame]:
        return (batch.with_columns(actor=pl.lit(None, dtype=pl.String)) for batch in batches())

    return walk


def _cut(agreement: Agreement, as_of: datetime | None) -> Agreement:
    """The agreement with its windows ended at ``as_of``, so that there is a last slice."""
    if as_of is None:
        return agreement
    end = Interval(None, as_of)
    texts = tuple(
        dataclasses.replace(
            text, terms=tuple(dataclasses.replace(t, window=t.window.intersection(end)) for t in text.terms)
        )
        for text in agreement.texts
    )
    return dataclasses.replace(agreement, texts=texts)


def _cells(agreement: Agreement, unit: Unit, made: dict[str | None, Cells]) -> Cells:
    place = unit.term.place
    if place not in made:
        outline = agreement.places[place].outline() if place is not None else None
        made[place] = Cells.of(agreement.frame, outline)
    return made[place]


def _lookup(
    judged: Judged, batches: Batches, as_of: datetime | None, progress: Progress
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings with the ids of their incidents, and the members of those incidents in brief."""
    keys = judged.findings.select(key="incident").unique()
    progress("describe", keys.height)
    members = members_of(batches(), keys, as_of, BRIEF)
    names = members.select("key", "incident").unique()
    findings = judged.findings.rename({"incident": "key"}).join(names, on="key", how="left")
    excuses = pl.DataFrame(
        [(u, n, e.id) for u, unit in enumerate(judged.units) for n, e in enumerate(unit.term.exemptions)],
        schema={"unit": pl.UInt16, "excuse": pl.Int8, "name": pl.String},
        orient="row",
    )
    findings = findings.with_columns(pl.col("status", "by").cast(pl.String))
    findings = findings.join(excuses, on=["unit", "excuse"], how="left").drop("excuse").rename({"name": "excuse"})
    return findings.sort("unit", "party", "incident", "status"), members


def _conclude(
    agreement: Agreement,
    unit: Unit,
    window: Interval,
    seen: Measured,
    findings: pl.DataFrame,
    members: pl.DataFrame,
    as_of: datetime | None,
    count: Count,
) -> list[Verdict]:
    parties = tuple(agreement.parties)
    bound: list[str | None] = list(unit.term.binds) if agreement.mandate.attribution else [None]
    open_ = _ids(findings, "open", NO_PARTY)
    out = []
    for party in bound:
        index = NO_PARTY if party is None else parties.index(party)
        alleged = _ids(findings, "alleged", index)
        answered = _answered(alleged, members, seen, agreement.mandate.detection)
        confirmed, excused = _ids(findings, "confirmed", index), _ids(findings, "excused", index)
        reports, origins = count({*alleged, *confirmed, *excused})
        out.append(
            conclude(
                agreement,
                Case(
                    unit=unit,
                    party=party,
                    window=window,
                    as_of=as_of,
                    seen=seen,
                    confirmed=confirmed,
                    excused=excused,
                    excuses=dict(
                        findings.filter(pl.col("excuse").is_not_null()).select("incident", "excuse").iter_rows()
                    ),
                    alleged=alleged,
                    unanswered=tuple(i for i in alleged if i not in answered),
                    below=_ids(findings, "below", index),
                    open=open_,
                    reports=reports,
                    origins=origins,
                ),
            )
        )
    return out


def _counter(members: pl.DataFrame) -> Count:
    """Counts the reports that assert some incidents, and their independent origins."""
    speaking = (
        standing(members).filter(pl.col("stance") != "denies").select("incident", pl.col("origin").str.to_lowercase())
    )

    def count(incidents: Iterable[str]) -> tuple[int, int]:
        ids = pl.DataFrame({"incident": sorted(incidents)}, schema={"incident": pl.String})
        mine = speaking.join(ids, on="incident", how="semi")
        return mine.height, mine["origin"].n_unique()

    return count


def _ids(findings: pl.DataFrame, status: str, party: int) -> tuple[str, ...]:
    rows = findings.filter((pl.col("status") == status) & (pl.col("party") == party))
    return tuple(rows["incident"].sort().to_list())


def _answered(alleged: tuple[str, ...], members: pl.DataFrame, seen: Measured, standard: float) -> set[str]:
    """The alleged incidents whose every reported place and time was watched to the standard (and nobody saw them)."""
    if not alleged or seen.probability < standard:
        return set()
    mine = standing(members.filter(pl.col("incident").is_in(list(alleged))))
    reports = mine.filter(pl.col("stance") != "denies").with_columns(pl.col("lat", "lon").fill_null(float("nan")))
    at = seen.at(
        reports["lon"].to_numpy(), reports["lat"].to_numpy(), reports["precision_m"].to_numpy(),
        reports["start"].to_list(), reports["end"].to_list(),
    )  # fmt: skip
    watched = reports.select("incident").with_columns(ok=pl.Series(np.asarray(at >= standard)))
    return set(watched.group_by("incident").agg(pl.col("ok").all()).filter("ok")["incident"].to_list())


def _shown(findings: pl.DataFrame, units: Sequence[Unit], agreement: Agreement) -> pl.DataFrame:
    """The findings table as it is written out (:data:`FINDING_OUT`)."""
    names = pl.DataFrame(
        [(u, unit.term.id, unit.reading) for u, unit in enumerate(units)],
        schema={"unit": pl.UInt16, "term": pl.String, "reading": pl.String},
        orient="row",
    )
    parties = dict(enumerate(agreement.parties))
    mandate = agreement.mandate
    out = (
        findings.rename({"party": "index"})
        .join(names, on="unit", how="left", maintain_order="left")
        .with_columns(
            party=pl.col("index").replace_strict(parties, default=None, return_dtype=pl.String),
            probability=pl.col("p") / 1_000_000,
            standard=pl.lit(mandate.standard),
            threshold=pl.lit(mandate.threshold_probability),
            confirmed_by=pl.col("by"),
        )
    )
    return out.sort("unit", "index", "incident", "status").select(pl.col(c).cast(d) for c, d in FINDING_OUT.items())


_RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3, "below": 4}


def _ranked(findings: pl.DataFrame) -> pl.DataFrame:
    """Incidents (``key``, ``incident``), those first that weigh most."""
    rank = pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8).min()
    return findings.group_by("key", "incident").agg(rank=rank).sort("rank", "incident", "key")
