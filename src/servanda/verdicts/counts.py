"""What counts of the same things add up to: what was counted before may still be there, and what two observers saw may be one.

* :func:`staying`        what was counted at a place may still be there, until that place is counted again
* :func:`counted_once`   for the least: of what may be one, what the observer saw who saw most
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.doubts import Doubts
from servanda.incidents.fusion.blocking import spread
from servanda.incidents.fusion.cluster import components
from servanda.values.geo.projection import Floats
from servanda.values.text_order import in_order_of
from servanda.values.time import Duration
from servanda.verdicts.breaches import DEGREE_OF_LATITUDE, nearer_than
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import UNKNOWN
from servanda.wording import plural

_Numbers: TypeAlias = npt.NDArray[np.int64]
_APART = timedelta(hours=1)
_HOUR = int(_APART.total_seconds() * 1_000_000)
_NEAR = 1000.0
_AT_ONCE = 1 << 18  # pairs that are looked at in one go
_NOWHERE = 1e9
_BOX = ["south", "west", "north", "east", "radius"]
_EVER = pl.datetime(9999, 1, 1, time_unit="us", time_zone="UTC")
_MANY_PLACES, _ROWS = 2_000, 256


def staying(rows: pl.DataFrame, none: pl.DataFrame, holds: Duration | None, zone: ZoneInfo) -> pl.DataFrame:
    """Occurrences with the time until which what was counted may still be there, in the place of when it was counted.

    A later count ends it that is surely at the same place, is confirmed by others than the accused, who say how many there are (or that
    there was none), and begins more than an hour after the earlier one ended: what is told within an hour of each other is one round.

    Args:
        rows: occurrences.
        none: who counted none, when and where.
        holds: how long it may still be there at the most; ``None``: for ever.
        zone: where days are counted.

    Returns:
        The same rows, with another ``end``.
    """
    if not rows.height:
        return rows
    there = none.select("start", "radius", south="lat", west="lon", north="lat", east="lon")
    sites, site = _sites(pl.concat([rows.select(_BOX), there.select(_BOX)]))
    numbered = rows.with_columns(site=pl.Series(site[: rows.height]), n=pl.int_range(pl.len()))
    again = numbered.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission") & pl.col("counted"))
    nil = there.select("start", site=pl.Series(site[rows.height :]))
    again = pl.concat([again.select("start", "site"), nil])
    again = sites.join(again.select(other="site", again="start"), on="other").select("site", "again").sort("again")
    since = (pl.col("end") + _APART).alias("since")
    found = (
        numbered.with_columns(since)
        .sort("since")
        .join_asof(
            again,
            left_on="since",
            right_on="again",
            by="site",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    until = pl.min_horizontal(pl.col("again") - timedelta(microseconds=1), _EVER)
    if holds is not None:
        ends = pl.Series([holds.after(end, zone) for end in found["end"].to_list()], dtype=pl.Datetime("us", "UTC"))
        until = pl.min_horizontal(until, ends)
    return found.with_columns(end=pl.max_horizontal("end", until)).sort("n").drop("site", "n", "since", "again")


def _sites(rows: pl.DataFrame) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """Which sites are surely where another is (``site``, ``other``: what is known no less precisely, or to a kilometre), and the site of
    each row; what has no place is one site.
    """
    columns = pl.col(_BOX).fill_null(_NOWHERE)
    distinct, site = np.unique(rows.select(columns).to_numpy(), axis=0, return_inverse=True)
    site_of, other = [np.arange(len(distinct))], [np.arange(len(distinct))]
    placed = np.flatnonzero(distinct[:, 0] < _NOWHERE)
    if 0 < len(placed) <= _MANY_PLACES:  # of more, only what has the very same place
        boxes, radii = distinct[placed, :4], distinct[placed, 4]
        within = np.maximum(radii, _NEAR)
        metres = within + 1e-6
        for some in np.split(np.arange(len(placed)), range(_ROWS, len(placed), _ROWS)):
            apart = np.maximum(boxes[:, 0] - boxes[some, 2, None], boxes[some, 0, None] - boxes[:, 2])
            i, k = np.nonzero((apart * DEGREE_OF_LATITUDE < metres[some, None]) & (radii <= within[some, None]))
            i = some[i]
            near = nearer_than(boxes[k], boxes[i].T, metres[i]) & (i != k)
            site_of.append(placed[i[near]])
            other.append(placed[k[near]])
    sites = pl.DataFrame({"site": np.concatenate(site_of), "other": np.concatenate(other)})
    return sites, site.reshape(-1).astype(np.int64)


def counted_once(rows: pl.DataFrame, doubts: Doubts) -> pl.DataFrame:
    """Occurrences without those that may be others of them, seen by somebody else.

    Two may be one when no origin speaks of both in one way (in its own words, or through one carrier), they lie within an hour of each other, and no further apart than both are precise (or a
    kilometre); what has no place may lie anywhere; or when fusion is unsure whether they are. Of those that hang together so, the ones count of the
    origin that counts most, and where several count as much, of the one whose come first in time, whatever their ids. What rests on the accused's
    own word alone joins no two others, and does not count where it may be one of them. A number in another unit than is asked for (75 tanks, where
    men are counted) stands for one, and for none where it may be of what is counted within an hour, and as near, by whomever.

    Args:
        rows: occurrences, each with who tells of it (``who``).
        doubts: which incidents may be one.

    Returns:
        The rows that count, in their order.
    """
    rows = _not_counted_beside(rows)
    if rows["who"].explode().n_unique() < 2:  # one observer tells what he saw apart
        return rows
    order = ["start", "end", "low", "p", *_BOX, "incident"]
    ordered = in_order_of(rows.select(*order, "by", "who"), *order)
    seen = _Sightings.of(ordered, doubts)
    admitted = (ordered["by"] == "admission").fill_null(False).to_numpy()
    others = np.flatnonzero(~admitted)
    beside = np.array([n for n in np.flatnonzero(admitted) if not len(seen.one(int(n), others))], dtype=np.int64)
    kept = pl.concat([_greatest(ordered[part], seen, part) for part in (others, beside)])
    return rows.join(kept, on="incident", how="semi", maintain_order="left")


def _not_counted_beside(rows: pl.DataFrame) -> pl.DataFrame:
    """Without numbers in another unit that may be of what others count, or are, within an hour and as near."""
    unknown = rows["high"] >= UNKNOWN
    if not unknown.any() or unknown.all():
        return rows
    ordered = rows.sort("start", maintain_order=True)
    numbers = _Sightings.of(ordered, Doubts())
    other = (ordered["high"] >= UNKNOWN).to_numpy()
    counted, odd = np.flatnonzero(~other), np.flatnonzero(other)
    ends = np.maximum.accumulate(numbers.end[counted])
    low = np.searchsorted(ends, numbers.start[odd] - _HOUR)
    high = np.maximum(low, np.searchsorted(numbers.start[counted], numbers.end[odd] + _HOUR, "right"))
    beside = [np.empty(0, np.int64)]
    for piece in np.split(np.arange(len(odd)), np.flatnonzero(np.diff(np.cumsum(high - low) // _AT_ONCE)) + 1):
        some = piece[high[piece] > low[piece]]
        if len(some):
            each, at = spread(low[some], high[some])
            i = odd[some[each]]
            beside.append(i[numbers.near(i, counted[at])])
    gone = ordered["incident"].gather(np.unique(np.concatenate(beside)))
    return rows.filter(~pl.col("incident").is_in(gone.implode()))


def _greatest(rows: pl.DataFrame, seen: _Sightings, numbers: _Numbers) -> pl.DataFrame:
    """Of each group of rows that hang together the incidents of the origin that counts most; what hangs together with no other counts."""
    if not rows.height:
        return rows.select("incident")
    of = seen.groups(numbers)
    group = rows.with_columns(group=pl.Series(of, dtype=pl.Int64), n=pl.Series(numbers))
    alone = pl.Series(np.bincount(of)[of] == 1, dtype=pl.Boolean)
    group, single = group.filter(~alone), group.filter(alone).select("incident")
    if not group.height:
        return single
    sums = (
        group.explode("who")
        .group_by("group", "who")
        .agg(
            much=pl.col("low").sum(),
            many=pl.len(),
            sure=pl.col("p").cast(pl.Int64).sum(),
            first=pl.col("start").min(),
            last=pl.col("end").max(),
            which=pl.col("n").sort().cast(pl.String).str.zfill(10).str.join(" "),
        )
    )
    order, down = ["much", "many", "sure", "first", "last", "which"], [True, True, True, False, False, False]
    best = sums.sort(order, descending=down).unique("group", keep="first", maintain_order=True)
    most = group.join(best.select("group", most="who"), on="group")
    return pl.concat([single, most.filter(pl.col("who").list.contains(pl.col("most"))).select("incident")])


@dataclass(frozen=True, slots=True)
class _Origins:
    """Who saw each of some occurrences: which set of origins (``kind``). The sets lie one behind another in ``who``, each from its ``begin`` on;
    ``held``: of every set and each of its origins one number, ascending.
    """

    kind: _Numbers
    begin: _Numbers
    who: _Numbers
    held: _Numbers

    @staticmethod
    def of(who: pl.Series) -> _Origins:
        """From the origins of each."""
        whose = who.explode() if (who.list.len() == 1).all() else who.cast(pl.List(pl.String)).list.join(" ")
        kind = whose.rank("dense").cast(pl.Int64) - 1
        sets = pl.DataFrame({"kind": kind, "who": who}).unique("kind").sort("kind")
        each = sets.explode("who").select("kind", pl.col("who").rank("dense").cast(pl.Int64) - 1)
        begin = np.concatenate([[0], np.cumsum(sets["who"].list.len().cast(pl.Int64).to_numpy())])
        kinds, numbers = each["kind"].to_numpy(), each["who"].to_numpy()
        return _Origins(kind.to_numpy(), begin, numbers, np.sort(kinds * len(numbers) + numbers))

    def apart(self, i: _Numbers, j: _Numbers) -> npt.NDArray[np.bool_]:
        """Which of some pairs have no origin in common."""
        apart = np.ones(len(i), bool)
        if not len(i):
            return apart
        one, other = self.kind[i], self.kind[j]
        many = np.diff(self.begin)
        one, other = np.where(many[one] <= many[other], (one, other), (other, one))
        each, at = spread(self.begin[one], self.begin[one + 1])
        asked = other[each] * len(self.who) + self.who[at]
        there = np.minimum(np.searchsorted(self.held, asked), len(self.held) - 1)
        apart[each[self.held[there] == asked]] = False
        return apart


@dataclass(frozen=True, slots=True)
class _Sightings:
    """Occurrences in order of their beginnings: by whom, when and where."""

    origins: _Origins
    start: _Numbers
    end: _Numbers
    boxes: Floats
    radii: Floats
    unsure: Mapping[int, _Numbers]
    """By number those of which fusion is unsure whether they are one with it."""

    @staticmethod
    def of(rows: pl.DataFrame, doubts: Doubts) -> _Sightings:
        """From occurrences in order."""
        start, end = (rows[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
        boxes = rows.select(pl.col("south", "west", "north", "east").fill_null(float("nan"))).to_numpy()
        radii = rows["radius"].fill_null(0.0).to_numpy()
        unsure = doubts.beside(rows["incident"])
        return _Sightings(_Origins.of(rows["who"]), start, end, boxes, radii, unsure)

    def one(self, n: int, others: _Numbers) -> _Numbers:
        """Which of some others may be one with an occurrence."""
        unsure = np.intersect1d(others, self.unsure.get(n, others[:0]))
        near = others[self._near(np.full(len(others), n), others)]
        if not len(unsure):
            return near
        return np.union1d(near, unsure[self.origins.apart(np.full(len(unsure), n), unsure)])

    def near(self, i: _Numbers, j: _Numbers) -> npt.NDArray[np.bool_]:
        """Which of some pairs may be one by their times and places."""
        near = (self.start[j] <= self.end[i] + _HOUR) & (self.end[j] >= self.start[i] - _HOUR)
        placed = np.flatnonzero(near & ~np.isnan(self.boxes[i, 0]) & ~np.isnan(self.boxes[j, 0]))
        one, other = i[placed], j[placed]
        metres = np.maximum(self.radii[other] + self.radii[one], _NEAR) + 1e-6
        near[placed] = nearer_than(self.boxes[other], self.boxes[one].T, metres)
        return near

    def _near(self, i: _Numbers, j: _Numbers) -> npt.NDArray[np.bool_]:
        """Which of some pairs may be one by their origins, times and places."""
        near = self.near(i, j)
        met = np.flatnonzero(near)
        near[met] = self.origins.apart(i[met], j[met])
        return near

    def groups(self, numbers: _Numbers) -> _Numbers:
        """For each of some occurrences, in order, the number of the group to which it belongs."""
        low = np.arange(1, len(numbers) + 1)
        high = np.maximum(low, np.searchsorted(self.start[numbers], self.end[numbers] + _HOUR, "right"))
        pairs = [self._unsure_among(numbers)]
        for piece in np.split(low - 1, np.flatnonzero(np.diff(np.cumsum(high - low) // _AT_ONCE)) + 1):
            some = piece[high[piece] > low[piece]]
            if len(some):
                each, at = spread(low[some], high[some])
                each = some[each]
                near = self._near(numbers[each], numbers[at])
                pairs.append((each[near], at[near]))
        i, j = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
        return components(len(numbers), i, j)

    def _unsure_among(self, numbers: _Numbers) -> tuple[_Numbers, _Numbers]:
        """The places among some occurrences of those of which fusion is unsure whether they are one, and that no origin speaks of both of."""
        at = np.full(len(self.start), -1)
        at[numbers] = np.arange(len(numbers))
        one = np.concatenate([np.empty(0, np.int64), *(np.full(len(other), n) for n, other in self.unsure.items())])
        two = np.concatenate([np.empty(0, np.int64), *self.unsure.values()])
        both = (at[one] >= 0) & (at[two] >= 0) & self.origins.apart(one, two)
        return at[one[both]], at[two[both]]


def same_step(builder: VerdictBuilder, confirmed: Iterable[str], once: pl.DataFrame, others: Listed) -> None:
    """Says which of what is confirmed may be others of it, so that for the least it does not count.

    Args:
        builder: the verdict in the making.
        confirmed: all that is confirmed.
        once: what of it counts for the least.
        others: what is counted in another unit.
    """
    left = Listed.of(confirmed).without(Listed(once["incident"]))
    beside = left.among(others)
    same = left.without(beside)
    if beside:
        builder.step(
            "beside_a_count",
            f"{plural(len(beside), 'incident', 'incidents')} of these may be of what is counted within an hour at the same place: for the least not added to it.",
            beside,
        )
    if same:
        several = plural(len(same), "incident may be one", "incidents may be ones")
        builder.step(
            "may_be_one",
            f"{several} that somebody else saw too: for the least not counted beside those, for the most counted.",
            same,
        )


def how_many_step(builder: VerdictBuilder, incidents: pl.Series, once: pl.DataFrame) -> None:
    """Says between which numbers of confirmed incidents the count lies, where fusion is unsure of how many there are."""
    doubts = builder.case.doubts
    pairs, more = len(doubts.among(incidents)[0]), doubts.more(incidents)
    if not more and (not pairs or once.height == incidents.len()):
        return
    why = []
    if pairs:
        why.append(f"reports of {plural(pairs, 'pair', 'pairs')} of them may be of one event")
    if more:
        why.append(
            f"{plural(more, 'report', 'reports')} may be of {'an event' if more == 1 else 'events'} of {'its' if more == 1 else 'their'} own"
        )
    builder.step(
        "how_many",
        f"Between {once.height} and {incidents.len() + more} incidents are confirmed, as {', and '.join(why)}: the least and the most stand on these.",
        Listed(incidents),
    )
