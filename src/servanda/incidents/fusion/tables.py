"""What came of a fusion, as tables: incidents, their members with the reason for each, and how many incidents there may have been.

An incident is named by the report in it that became known first, so that reports that come later do not rename it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from servanda.incidents.describe import MOST_PRECISE
from servanda.incidents.fusion.blocking import Floats, Ints, Pairs, distance
from servanda.incidents.fusion.likelihood import PARTS, UNITS, parts_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.misdated import days_apart
from servanda.incidents.identity import founded_ids
from servanda.values.filled import filled
from servanda.values.names import name_keys_of
from servanda.wording import plural

UNSEEN = 0.25
"""Of the reports that stand alone, how many belong to an incident that others report though nothing shows it: places that are farther
off than they say. Measured on generated reports (docs/benchmarks.md); it only widens the count downwards."""
_Z = 1.645  # 90 %
_WORDS = {
    "act": "act",
    "target": "target",
    "weapon": "weapon",
    "actor": "accused",
    "name": "name of the place",
    "page": "one page",
}


_DESCRIBED = (
    *("report_id", "file", "row", "source", "stance", "start", "end", "lat", "lon", "precision_m", "place_name"),
    *("act", "target", "actor"),
)


@dataclass(frozen=True)
class FusionTables:
    """``incidents``: one row each; ``members``: one row per report and incident to which it may belong; ``counts``: one row for every
    part that hangs together, and how many incidents it may hold; ``total``: the same for all: least, found, most. ``of_report``: the
    incident of every report, in the order in which they came.
    """

    incidents: pl.DataFrame
    members: pl.DataFrame
    counts: pl.DataFrame
    total: tuple[int, int, int]
    of_report: pl.Series

    def __repr__(self) -> str:
        return f"<FusionTables {plural(len(self.of_report), 'report')}, {plural(self.incidents.height, 'incident')}>"


def incident_tables(fusion: Fusion) -> FusionTables:
    """Incidents, members and counts of a fusion, in the order of the incidents' ids."""
    table = pl.concat(fusion.tables)
    names = group_names(fusion, table)
    counts, total = _counts(fusion, names)
    incidents = _incidents(fusion, table, names)
    of_report = names.gather(pl.Series(fusion.group))
    return FusionTables(incidents, _members(fusion, table, names), counts, total, of_report)


def _incidents(fusion: Fusion, table: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """A row for each; until all is put together groups stand for their names, which are longer."""
    placed = table.select(_DESCRIBED).with_columns(
        incident=pl.Series(fusion.group), probability=pl.Series(fusion.own), _origin=name_keys_of(table["origin"])
    )
    several = pl.Series(np.bincount(fusion.group, minlength=fusion.size)[fusion.group] > 1)
    found = pl.concat([_together(placed.filter(several)), _alone(placed.filter(~several))])
    return found.with_columns(incident=names.gather(found["incident"])).sort("incident")


_ASSERTING = pl.col("stance") != "denies"


def _together(reports: pl.DataFrame) -> pl.DataFrame:
    """The incidents of these reports."""
    order = ["precision_m", "start", "end", "report_id", "file", "row"]
    return (
        reports.sort(order)
        .group_by("incident")
        .agg(
            reports=pl.len(),
            sources=pl.col("source").n_unique(),
            origins=pl.col("_origin").filter(_ASSERTING).n_unique(),
            denials=(~_ASSERTING).sum(),
            least_probability=pl.col("probability").min().round(4),
            **MOST_PRECISE,
            act=pl.col("act").filter(_ASSERTING).drop_nulls().mode().min(),
            target=pl.col("target").drop_nulls().mode().min(),
            accused=pl.col("actor").drop_nulls().unique().sort().str.join("; "),
            earliest=pl.col("start").min(),
            latest=pl.col("end").max(),
        )
    )


def _alone(reports: pl.DataFrame) -> pl.DataFrame:
    """The same of reports of which each is an incident by itself, as most are; without putting together what is one."""
    one = pl.lit(1, pl.UInt32)
    return reports.select(
        "incident",
        reports=one,
        sources=one,
        origins=_ASSERTING.fill_null(False).cast(pl.UInt32),
        denials=(~_ASSERTING).fill_null(False).cast(pl.UInt32),
        least_probability=pl.col("probability").round(4),
        **{name: pl.col(name) for name in MOST_PRECISE},
        act=pl.when(_ASSERTING).then(pl.col("act")),
        target=pl.col("target"),
        accused=pl.col("actor").fill_null(""),
        earliest=pl.col("start"),
        latest=pl.col("end"),
    )


def ids(fusion: Fusion, id_key: bytes = b"") -> pl.Series:
    """The incident of every report, in the order in which the reports came."""
    return ids_of(fusion, group_names(fusion, pl.concat(fusion.tables), id_key))


def ids_of(fusion: Fusion, names: pl.Series) -> pl.Series:
    """The same by the names of the groups."""
    return names.gather(pl.Series(fusion.group)).alias("incident_id")


def group_names(fusion: Fusion, table: pl.DataFrame, id_key: bytes = b"") -> pl.Series:
    """For every row that names a group the incident's id; elsewhere nothing. ``table``: the reports as the fusion was given them."""
    founders = founders_of(fusion, np.arange(fusion.size), table)
    return of_groups(fusion, founders, names_of(table[founders], id_key))


def of_groups(fusion: Fusion, founders: Ints, names: pl.Series) -> pl.Series:
    """The same by the numbers of the reports by which groups are named (:func:`founders_of`), and the names that these give."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, fusion.size)
    return none.scatter(fusion.group[founders], names).alias("incident")


def names_of(founders: pl.DataFrame, id_key: bytes) -> pl.Series:
    """The names of incidents by the reports that founded them, in the order of :func:`founders_of`."""
    given = founded_ids(founders, id_key)
    # what one page tells apart in the very same words has one digest
    number = given.to_frame("id").select(n=pl.int_range(pl.len()).over("id") + 1)["n"]
    return pl.select(pl.when(number > 1).then(filled("{}-{}", given, number)).otherwise(given)).to_series()


def founders_of(fusion: Fusion, rows: Ints, table: pl.DataFrame) -> Ints:
    """The reports by which groups are named, those that became known first before others.

    Args:
        fusion: reports in their groups.
        rows: all reports of the groups that are asked for.
        table: these reports, in the same order.

    Returns:
        Of each group the place of one report in ``rows``.
    """
    c, group = fusion.columns, fusion.group[rows]
    known = known_since(table)
    rank, start = c.rank[rows], c.start[rows]
    telling = pl.DataFrame({"group": group, "named": -c.named[rows], "known": known, "start": start, "rank": rank})
    order = telling.select(pl.arg_sort_by(*telling.columns, maintain_order=True)).to_series().to_numpy()
    ranked = group[order]
    first = order[np.concatenate([[True], ranked[1:] != ranked[:-1]])] if len(order) else order
    return first[np.lexsort((rank[first], start[first], known[first]))]


def known_since(table: pl.DataFrame) -> Ints:
    """When each report became known, else ended, else began."""
    since = table["known_at"].fill_null(table["end"]).fill_null(table["start"])
    return since.dt.epoch("us").fill_null(0).to_numpy()


def _members(fusion: Fusion, table: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    rows = table.select("report_id", "file", "row", "source").with_columns(
        incident_id=names.gather(pl.Series(fusion.group)),
        probability=pl.Series(fusion.own).round(4),
        because=_because(fusion, table),
    )
    row, other, probability = fusion.maybe
    also = table.select("report_id", "file", "row", "source")[row].with_columns(
        incident_id=names.gather(pl.Series(other)),
        probability=pl.Series(probability).round(4),
        because=pl.lit("may belong here instead"),
    )
    # names in their order are numbers, by which it is quicker to sort
    place = names.rank("ordinal")
    order = pl.concat([place.gather(pl.Series(fusion.group)), place.gather(pl.Series(other))]).alias("_place")
    return (
        pl.concat([rows, also])
        .with_columns(order)
        .sort("_place", "probability", "report_id", "file", "row", descending=[False, True, False, False, False])
        .drop("_place")
    )


def _because(fusion: Fusion, table: pl.DataFrame) -> pl.Series:
    """Why each report stands where it stands: by its nearest member, part by part, in natural logarithms of the odds."""
    c = fusion.columns
    tied = np.flatnonzero(fusion.best >= 0)
    where = c.where
    pairs = Pairs(tied, fusion.best[tied], distance(where, tied, fusion.best[tied]))
    every = np.arange(fusion.size)
    parts = parts_of(pairs, where, fusion.claims(every), fusion.near(every))
    apart = np.abs((c.start[pairs.i] + c.end[pairs.i] - c.start[pairs.j] - c.end[pairs.j]) / 2)
    frame = pl.DataFrame(
        {"km": pairs.km.round(1), "h": apart.round(1), **{p: parts[p].round(1) for p in PARTS}}
    ).with_columns(
        other=table["report_id"].gather(pl.Series(pairs.j)), source=table["source"].gather(pl.Series(pairs.j))
    )
    another_day = pl.int_range(pl.len()).is_in(days_apart(pairs, where).tolist())
    words = [
        pl.when(pl.col(p) == 0).then(pl.lit("")).otherwise(filled("; {} {}", pl.lit(word), pl.col(p)))
        for p, word in _WORDS.items()
    ]
    text = frame.select(
        t=pl.concat_str(
            filled("with {} of {}: {} km and {} h apart {}", "other", "source", "km", "h", "place_time"),
            pl.when(another_day).then(pl.lit(" (the same minute, another day)")).otherwise(pl.lit("")),
            *words,
        )
    )["t"]
    size = np.bincount(fusion.group, minlength=fusion.size)[fusion.group]
    plain = pl.Series(
        np.where(c.named == 1, "carries this id", np.where(size > 1, "says the same", "nothing else near it"))
    )
    return plain.scatter(tied, text).alias("because") if len(tied) else plain.alias("because")


def _counts(fusion: Fusion, names: pl.Series) -> tuple[pl.DataFrame, tuple[int, int, int]]:
    """How many incidents each part holds: those found, and between which bounds the number lies nine times in ten."""
    size = fusion.size
    own_group = np.arange(size) == fusion.group
    kinds = np.bincount(fusion.group, weights=fusion.first, minlength=size)[fusion.group]  # different ones in the group
    # whole ten-thousandths: their sums do not depend on the order in which reports came
    own = np.rint(fusion.own * UNITS)
    elsewhere: Floats = np.bincount(fusion.maybe[0], weights=np.rint(fusion.maybe[2] * UNITS), minlength=size).astype(
        float
    )
    open_ = fusion.first & (fusion.columns.named == 0)
    standing = np.where(fusion.columns.named == 1, 0, np.where(fusion.first, 1, 2))
    surest = _surest(fusion.group, standing, own, elsewhere)
    more = np.where(open_ & (kinds > 1) & ~surest, np.clip(UNITS - own - elsewhere, 0, UNITS), 0.0)
    in_part = np.bincount(fusion.part, weights=own_group, minlength=size)[fusion.part]  # incidents in the part
    alone = open_ & (kinds == 1)
    joins = np.rint(UNITS - own * (1 - UNSEEN))
    fewer = np.where(alone & (in_part > 1), joins, 0.0)

    def added(value: Floats) -> Floats:
        return np.asarray(np.bincount(fusion.part, weights=value, minlength=size), dtype=np.float64)

    parts = np.flatnonzero(np.bincount(fusion.part, minlength=size))
    found, up, down = (added(v)[parts] for v in (own_group.astype(float), more, fewer))
    up, down = up / UNITS, down / UNITS
    low = np.maximum(1, np.floor(found - down - _Z * np.sqrt(down)))
    high = np.ceil(found + up + _Z * np.sqrt(up))
    first = names.gather(pl.Series(fusion.group[parts]))
    table = pl.DataFrame(
        {
            "part": first,
            "reports": np.bincount(fusion.part, minlength=size)[parts],
            "incidents": found.astype(np.int64),
            "least": low.astype(np.int64),
            "most": high.astype(np.int64),
        }
    ).sort("reports", "part", descending=[True, False])
    all_fewer = float(np.where(alone, joins, 0.0).sum()) / UNITS
    whole, all_more = int(own_group.sum()), float(more.sum()) / UNITS
    least = max(min(1, whole), int(whole - all_fewer - _Z * all_fewer**0.5))
    return table, (least, whole, int(np.ceil(whole + all_more + _Z * all_more**0.5)))


def _surest(group: Ints, standing: Ints, own: Floats, elsewhere: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The member of each group that is surest to be in it: one whose id says so, else the likeliest; repeats come last."""
    order = np.lexsort((elsewhere, -own, standing, group))
    ranked = group[order]
    out = np.zeros(len(group), bool)
    if len(order):
        out[order[np.concatenate([[True], ranked[1:] != ranked[:-1]])]] = True
    return out
