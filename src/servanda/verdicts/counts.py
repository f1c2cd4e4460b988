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
from servanda.values.geo.projection import Floats
from servanda.values.time import Duration
from servanda.verdicts.breaches import nearer_than
from servanda.verdicts.builder import VerdictBuilder
from servanda.wording import plural

_Numbers: TypeAlias = npt.NDArray[np.int64]
_APART = timedelta(hours=1)
_NEAR = 1000.0
_NOWHERE = 1e9
_BOX = ["south", "west", "north", "east", "radius"]
_EVER = pl.datetime(9999, 1, 1, time_unit="us", time_zone="UTC")
_MANY_PLACES = 2_000


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
    pairs = [(n, n) for n in range(len(distinct))]
    placed = np.flatnonzero(distinct[:, 0] < _NOWHERE)
    if len(placed) <= _MANY_PLACES:  # of more, only what has the very same place
        boxes, radii = distinct[placed, :4], distinct[placed, 4]
        for n, box, radius in zip(placed, boxes, radii, strict=True):
            within = max(float(radius), _NEAR)
            near = nearer_than(boxes, box, np.full(len(radii), within + 1e-6)) & (radii <= within)
            pairs += [(int(n), int(k)) for k in placed[near] if k != n]
    sites = pl.DataFrame(pairs, schema={"site": pl.Int64, "other": pl.Int64}, orient="row")
    return sites, site.reshape(-1).astype(np.int64)


def counted_once(rows: pl.DataFrame, doubts: Doubts) -> pl.DataFrame:
    """Occurrences without those that may be others of them, seen by somebody else.

    Two may be one when no origin speaks of both, they lie within an hour of each other, and no further apart than both are precise (or a
    kilometre); what has no place may lie anywhere; or when fusion is unsure whether they are. Of those that hang together so, the ones count of the
    origin that counts most, and where several count as much, of the one whose come first in time, whatever their ids. What rests on the accused's
    own word alone joins no two others, and does not count where it may be one of them.

    Args:
        rows: occurrences, each with its origins (``who``).
        doubts: which incidents may be one.

    Returns:
        The rows that count, in their order.
    """
    if rows["who"].explode().n_unique() < 2:  # one observer tells what he saw apart
        return rows
    ordered = rows.sort("start", "end", "low", "p", "south", "west", "north", "east", "radius", "incident")
    seen = _Sightings.of(ordered, doubts)
    admitted = (ordered["by"] == "admission").fill_null(False).to_numpy()
    others = np.flatnonzero(~admitted)
    beside = np.array([n for n in np.flatnonzero(admitted) if not len(seen.one(int(n), others))], dtype=np.int64)
    kept = pl.concat([_greatest(ordered[part], seen, part) for part in (others, beside)])
    return rows.join(kept, on="incident", how="semi", maintain_order="left")


def _greatest(rows: pl.DataFrame, seen: _Sightings, numbers: _Numbers) -> pl.DataFrame:
    """Of each group of rows that hang together the incidents of the origin that counts most."""
    group = rows.with_columns(group=pl.Series(seen.groups(numbers), dtype=pl.Int64), n=pl.Series(numbers))
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
    return most.filter(pl.col("who").list.contains(pl.col("most"))).select("incident")


@dataclass(frozen=True, slots=True)
class _Sightings:
    """Occurrences in order of their beginnings: by whom (``kind``: which set of origins), when and where; which sets have no origin in common."""

    kind: _Numbers
    disjoint: npt.NDArray[np.bool_]
    start: _Numbers
    end: _Numbers
    boxes: Floats
    radii: Floats
    unsure: Mapping[int, _Numbers]
    """By number those of which fusion is unsure whether they are one with it."""

    @staticmethod
    def of(rows: pl.DataFrame, doubts: Doubts) -> _Sightings:
        """From occurrences in order."""
        sets = [tuple(who) for who in rows["who"].to_list()]
        kinds = {key: n for n, key in enumerate(sorted(set(sets)))}
        disjoint = np.array([[not set(a) & set(b) for b in kinds] for a in kinds])
        start, end = (rows[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
        boxes = rows.select(pl.col("south", "west", "north", "east").fill_null(float("nan"))).to_numpy()
        radii = rows["radius"].fill_null(0.0).to_numpy()
        unsure = doubts.beside(rows["incident"].to_list())
        return _Sightings(np.array([kinds[who] for who in sets]), disjoint, start, end, boxes, radii, unsure)

    def one(self, n: int, others: _Numbers) -> _Numbers:
        """Which of some others may be one with an occurrence."""
        unsure = np.intersect1d(others, self.unsure.get(n, others[:0]))
        near = self._near(n, others)
        if not len(unsure):
            return near
        return np.union1d(near, unsure[self.disjoint[self.kind[n], self.kind[unsure]]])

    def _near(self, n: int, others: _Numbers) -> _Numbers:
        hour = int(_APART.total_seconds() * 1_000_000)
        others = others[(self.start[others] <= self.end[n] + hour) & (self.end[others] >= self.start[n] - hour)]
        others = others[self.disjoint[self.kind[n], self.kind[others]]]
        if np.isnan(self.boxes[n, 0]):
            return others
        far = ~np.isnan(self.boxes[others, 0])
        there = others[far]
        metres = np.maximum(self.radii[there] + self.radii[n], _NEAR) + 1e-6
        far[far] = ~nearer_than(self.boxes[there], self.boxes[n], metres)
        near: _Numbers = others[~far]
        return near

    def groups(self, numbers: _Numbers) -> list[int]:
        """For each of some occurrences, in order, the number of the group to which it belongs."""
        lead = {int(n): int(n) for n in numbers}

        def first(n: int) -> int:
            while lead[n] != n:
                lead[n] = lead[lead[n]]
                n = lead[n]
            return n

        until = np.searchsorted(
            self.start[numbers], self.end[numbers] + int(_APART.total_seconds() * 1_000_000), "right"
        )
        for k, n in enumerate(numbers):
            later = numbers[k + 1 : until[k]]
            if int(n) in self.unsure:
                later = np.union1d(later, np.intersect1d(numbers[k + 1 :], self.unsure[int(n)]))
            for other in self.one(int(n), later):
                lead[first(int(other))] = first(int(n))
        return [first(int(n)) for n in numbers]


def same_step(builder: VerdictBuilder, confirmed: Iterable[str], once: pl.DataFrame) -> None:
    """Says which of what is confirmed may be others of it, so that for the least it does not count."""
    same = set(confirmed) - set(once["incident"].to_list())
    if same:
        several = plural(len(same), "incident may be one", "incidents may be ones")
        builder.step(
            "may_be_one",
            f"{several} that somebody else saw too: for the least not counted beside those, for the most counted.",
            same,
        )


def how_many_step(builder: VerdictBuilder, confirmed: pl.DataFrame, once: pl.DataFrame) -> None:
    """Says between which numbers of incidents the count lies, where fusion is unsure of how many there are."""
    doubts, incidents = builder.case.doubts, confirmed["incident"]
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
        incidents.to_list(),
    )
