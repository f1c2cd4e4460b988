"""Reports into incidents: which of them speak of the same event, how surely, and how many events there may have been.

:class:`Fusion` takes reports all at once or bit by bit, in any order, with the same result: what a new report can change is found
first (those within its reach, those whose source it shows to be busier than was thought, and whoever hangs together with these), and that
part is made anew. Reports that carry an incident id are believed; exact repeats are one from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import (
    Floats,
    Int32s,
    Ints,
    Slab,
    Where,
    pairs_of,
    slabs,
    together,
    within_reach,
)
from servanda.incidents.fusion.cluster import LEAST, Links, Memberships, best_of, components, first_of_each, runs
from servanda.incidents.fusion.columns import Codes, Columns, Ranked, hashed, hours_of, numbers_of
from servanda.incidents.fusion.lanes import (
    FIRST_HAND,
    LANES,
    NOTHING,
    Mask,
    Said,
    bearable,
    grouped,
    lane_names,
    sureness,
)
from servanda.incidents.fusion.likelihood import (
    ACTOR_OTHER,
    ACTOR_SAME,
    Claims,
    Tables,
    density_cells,
    others_near,
    relations,
    scores,
    scores_of_misdated,
    words_of,
)
from servanda.incidents.fusion.misdated import OTHER_DAYS, clocked, minute_keys, misdated
from servanda.incidents.identity import Keys
from servanda.values.codes import STANDARD, Vocabulary
from servanda.values.ordered_map import OrderedMap

_ROWS = np.int64(1 << 31)
_LANES = 1 << 12  # more than there are
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

KEPT = (
    "report_id",
    "file",
    "row",
    "source",
    "origin",
    "stance",
    "kind",
    "side",
    "directness",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_m",
    "place_name",
    "act",
    "target",
    "weapon",
    "actor",
    "toward",
    "quantity",
    "unit",
    "area",
    "nationality",
    "command",
    "payroll",
    "answers",
    "url",
    "incident_id",
)
"""What is kept of every report for people to read."""


_MANY = 2_000_000  # reports made anew at once, from which on memory is given back before they are joined


class Fusion:
    """Reports, and the incidents that they speak of."""

    def __init__(
        self, vocabulary: Vocabulary = STANDARD, in_order: OrderedMap = map, release: Callable[[], None] | None = None
    ) -> None:
        """``in_order``: by which the parts of the work are run; ``release``: gives freed memory back, between steps that hold much."""
        self.vocabulary = vocabulary
        self._in_order, self._release = in_order, release
        self._numbers = Keys()
        self.tables: list[pl.DataFrame] = []
        self.columns = Columns()
        self._codes = {n: Codes() for n in ("source", "act", "target", "weapon", "actor", "place_name")}
        self._lanes = Codes()
        self._lanes.of(pl.Series(LANES))
        self._keys, self._cells, self._starts = Ranked(np.int64), Ranked(np.int64), Ranked(np.float64)
        self._minutes = Ranked(np.int64)
        self._longest = 0.0
        self.group = np.empty(0, np.int64)
        """The group of every report, named by one of its rows."""
        self.part = np.empty(0, np.int64)
        """The part that hangs together in which it lies, likewise."""
        self.own = np.empty(0)
        """How probably each report belongs to its group."""
        self.first = np.empty(0, bool)
        """Whether it is the first of those that say the very same, or carry the same id."""
        self.maybe = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        """Other groups that a report may belong to: row, group, probability."""
        self.best = np.empty(0, np.int64)
        """The other member that speaks most for each report's place in its group; -1: none."""

    @property
    def size(self) -> int:
        """How many reports there are."""
        return len(self.group)

    def add(self, *tables: pl.DataFrame) -> None:
        """More reports (columns of the report table), in any number of tables."""
        first = self.size
        self.tables.extend(table.select(KEPT) for table in tables)
        self.columns.extend(*map(self._columns, tables))
        rows = np.arange(first, len(self.columns.lat))
        new = self.columns.take(rows) if first else self.columns
        self._keys.insert(new.key, rows)
        placed = np.isfinite(new.lat) & np.isfinite(new.lon) & np.isfinite(new.start)
        self._cells.insert(new.cell[placed], rows[placed])
        self.group = np.concatenate([self.group, rows])
        self.part = np.concatenate([self.part, rows])
        self.own = np.concatenate([self.own, np.ones(len(rows))])
        self.first = np.concatenate([self.first, np.ones(len(rows), bool)])
        self.best = np.concatenate([self.best, np.full(len(rows), -1)])
        touched = rows if first == 0 else self._touched(rows, new.cell[placed], rows[placed], new.key)
        self._starts.insert(new.start[placed], rows[placed])
        datable = rows[self._datable(rows)]
        self._minutes.insert(self._minute_of(datable), datable)
        self._longest = max(self._longest, float(np.max(new.end[placed] - new.start[placed], initial=0.0)))
        self._solve(touched)

    def _touched(self, rows: Ints, cells: Ints, placed: Ints, keys: Ints) -> Ints:
        """Every report of which something may change: whole parts, so that nothing outside hangs together with them."""
        where = self.columns.where
        near = within_reach(where, self._starts.rows, self._starts.values, self._longest, placed)
        told = self._minute_of(rows[self._datable(rows)])
        same_minute = self._minutes.having(np.concatenate([told + days for days in OTHER_DAYS]))
        seeds = np.concatenate([rows, near, self._cells.having(cells), self._keys.having(keys), same_minute])
        wanted = np.zeros(self.size, bool)
        wanted[self.part[seeds]] = True
        return np.flatnonzero(wanted[self.part])

    def _minute_of(self, rows: Ints) -> Ints:
        """The origin and the minute, by which those are found that may tell of one event on other days."""
        return minute_keys(self.columns.origin[rows], self.columns.start[rows])

    def _columns(self, reports: pl.DataFrame) -> Columns:
        keyed = self._numbers.add_to(reports)
        # a carrier that passes on what two others said may report an incident twice
        spoken = reports.select(voice=pl.concat_str("source", "origin", separator="\x1f", ignore_nulls=True))
        numbers = {n: codes.of(spoken["voice"] if n == "source" else reports[n]) for n, codes in self._codes.items()}
        lat, lon, radius = (numbers_of(reports[n]) for n in ("lat", "lon", "precision_m"))
        start, end = hours_of(reports["start"]), hours_of(reports["end"])
        where = Where(np.nan_to_num(lat), np.nan_to_num(lon), radius / 1000, np.nan_to_num(start), np.nan_to_num(end))
        stance = reports["stance"].replace_strict(
            {"asserts": 0, "confirms": 1, "denies": 2, "retracts": 3}, default=0, return_dtype=pl.Int32
        )
        lane = self._lanes.of(reports.select(lane=lane_names())["lane"])
        return Columns(
            lat,
            lon,
            radius / 1000,
            start,
            end,
            keyed["incident"].to_numpy().view(np.int64),
            reports["incident_id"].is_not_null().to_numpy().astype(np.int32),
            numbers["source"],
            numbers["act"],
            numbers["target"],
            numbers["weapon"],
            numbers["actor"],
            numbers["place_name"],
            stance.to_numpy(),
            lane,
            hashed(reports["url"]),
            hashed(reports["report_id"]),
            density_cells(where, numbers["source"].astype(np.int64) * _LANES + lane),
            _rank(reports),
            *self._relayed(reports),
        )

    def _relayed(self, reports: pl.DataFrame) -> tuple[Int32s, Mask, Floats, Floats]:
        """Who said it first, whether another carries it, when it became known, and the number that it tells."""
        names = self._numbers.names
        origin, source = (
            names.numbers(reports[n]).cast(pl.Int32).fill_null(-1).to_numpy() for n in ("origin", "source")
        )
        return origin, origin != source, hours_of(reports["known_at"]), numbers_of(reports["quantity"])

    def _solve(self, rows: Ints) -> None:
        """Make the groups of these reports anew; they are whole parts."""
        c, size = self.columns, len(rows)
        order = pl.DataFrame({"start": c.start[rows], "rank": c.rank[rows]})
        rows = rows[order.select(pl.arg_sort_by("start", "rank", maintain_order=True)).to_series().to_numpy()]
        twin = self._twins(rows)  # who says the very same is where that one is, and as surely
        first = twin == np.arange(size)
        telling = np.flatnonzero(first)
        at = (np.cumsum(first) - 1)[twin]
        said, where = self._said(rows, telling, at), c.where.take(rows[telling])
        links = self._links(rows[telling], said, whole=size == self.size)
        if size > _MANY and self._release is not None:
            self._release()
        links = links.take(bearable(links, said, where))
        group = first_of_each(grouped(links, said))
        base = first_of_each(c.key[rows[telling]])
        tied = np.flatnonzero(base != np.arange(len(telling))).astype(np.int32)
        i, j = np.concatenate([links.i, tied]), np.concatenate([links.j, base[tied].astype(np.int32)])
        part = components(len(telling), i, j)
        sure = sureness(links, said, group, self._in_order)
        back = rows[telling]
        self.group[rows], self.part[rows] = back[group[at]], back[part[at]]
        self.first[rows] = False
        self.first[back] = said.begun == np.arange(len(telling))
        self.own[rows] = np.where(said.named[at], 1.0, sure.own[at])
        self._may_belong(rows, at, back, sure, said.named)
        best = best_of(len(telling), links, group)
        self.best[rows] = -1
        self.best[back] = np.where(best >= 0, back[best], -1)

    def _may_belong(self, rows: Ints, at: Ints, back: Ints, sure: Memberships, named: Mask) -> None:
        """Note of these rows the other groups that they, or who speaks for them, may belong to."""
        changed = np.zeros(self.size, bool)
        changed[rows] = True
        old = [column[~changed[self.maybe[0]]] for column in self.maybe]
        loose = ~named[sure.row]
        may = pl.DataFrame({"at": sure.row[loose], "other": back[sure.other[loose]], "p": sure.probability[loose]})
        new = may.join(pl.DataFrame({"at": at, "row": rows}), on="at", how="inner")
        row, other, p = (new[n].to_numpy() for n in ("row", "other", "p"))
        self.maybe = np.concatenate([old[0], row]), np.concatenate([old[1], other]), np.concatenate([old[2], p])

    def _twins(self, rows: Ints) -> Ints:
        """For each of these reports the one that stands for all that say the very same: the most direct, else the first.

        What carries an id stands for itself. Rows that one page tells apart are no repeats, however alike they read.
        """
        c, twin = self.columns, np.arange(len(rows))
        loose = np.flatnonzero(c.named[rows] == 0)
        here = rows[loose]
        key = c.key[here] ^ self._place_on_page(here)
        first = first_of_each(key)
        alike = np.flatnonzero(np.bincount(first, minlength=len(loose))[first] > 1)
        order = alike[np.lexsort((alike, c.lane[here[alike]], first[alike]))]
        begins, length = runs(first[order])
        twin[loose[order]] = loose[np.repeat(order[begins], length)]
        return twin

    def _place_on_page(self, rows: Ints) -> Ints:
        """Of what one page says several times in the very same words, a number for each but the first; else nothing."""
        c, out = self.columns, np.zeros(len(rows), np.int64)
        paged = np.flatnonzero(c.page[rows] != 0)
        here = rows[paged]
        table = pl.DataFrame({n: getattr(c, n)[here] for n in ("key", "source", "page", "ident")})
        number = table.select(n=pl.col("ident").rank("dense").over("key", "source", "page") - 1)["n"]
        out[paged] = (number.cast(pl.UInt64).to_numpy() * _SPREAD).view(np.int64)
        return out

    def _said(self, rows: Ints, telling: Ints, at: Ints) -> Said:
        """What decides who may join whom, of the reports that stand for all."""
        c, here = self.columns, rows[telling]
        named = c.named[here] == 1
        begun, with_id = np.arange(len(here)), np.flatnonzero(named)
        begun[with_id] = with_id[first_of_each(c.key[here[with_id]])]
        voice = self._voices(rows)
        repeats = np.flatnonzero(voice >= 0)
        repeats = repeats[telling[at[repeats]] != repeats]
        more = at[repeats], voice[repeats]
        return Said(c.lane[here], c.stance[here] >= 2, voice[telling], begun, named, more, self._natures(here))

    def _natures(self, rows: Ints) -> Ints:
        """The nature of what each report tells of, as a number; of what tells of nothing one of its own."""
        number = {name: n for n, name in enumerate(self.vocabulary.natures, 1)}
        natures = [number.get(self.vocabulary.nature(act) or "", 0) for act in self._codes["act"].words]
        of_act = np.array([*natures, 0], np.int64)  # nothing said counts from the end
        return np.where(self.columns.lane[rows] == NOTHING, -1 - np.arange(len(rows)), of_act[self.columns.act[rows]])

    def _voices(self, rows: Ints) -> Ints:
        """Who reports each incident once: a source, of one origin, on one page; -1 for what may be said again of the same incident."""
        c = self.columns
        voice = c.source[rows].astype(np.int64)
        if c.page[rows].any():
            voice = first_of_each(c.page[rows] ^ (voice.astype(np.uint64) * _SPREAD).view(np.int64))
        return np.where(c.stance[rows] == 0, voice, -1)

    def _links(self, rows: Ints, said: Said, *, whole: bool) -> Links:
        c = self.columns
        alike = self._cells.alike(self.size) if whole else None
        tables = self._tables()

        def scored(slab: Slab) -> Links:
            at = slab.rows[together(c.where.take(rows[slab.rows]))]
            here = rows[at]
            where, claims, begun = c.where.take(here), self.claims(here, tables), said.begun[at]
            near = others_near(where, self._cells.count(c.cell[here]) if alike is None else alike[here])
            found = [np.empty((3, 0), np.int32)]
            for pairs in pairs_of(where, at, slab.low, said.voice[at]):
                kept, value = scores(pairs, where, claims, near, LEAST)
                i, j = pairs.i[kept], pairs.j[kept]
                found.append(np.stack([at[i], at[j], value])[:, begun[i] != begun[j]].astype(np.int32))
            i, j, value = np.concatenate(found, axis=1)
            order = np.argsort(j * _ROWS + i)
            return Links(i[order], j[order], value[order])

        none = np.empty(0, np.int32)
        found = [Links(none, none, none), *self._in_order(scored, slabs(c.start[rows], c.end[rows]))]
        links = Links(*(np.concatenate([getattr(f, n) for f in found]) for n in ("i", "j", "score")))
        return links.with_more(self._misdated(rows, said, tables))

    def _misdated(self, rows: Ints, said: Said, tables: Tables) -> Links:
        """Pairs that are one event if a relay put it on a wrong day."""
        some = np.flatnonzero(self._datable(rows) & (said.nature == 0))
        here, begun = rows[some], said.begun[some]
        where, claims, near = self.columns.where.take(here), self.claims(here, tables), self.near(here)
        found = [np.empty((3, 0), np.int32)]
        for pairs in misdated(where, claims.relayed):
            apart = pairs.take(begun[pairs.i] != begun[pairs.j])
            kept, value = scores_of_misdated(apart, where, claims, near, LEAST)
            found.append(np.stack([some[apart.i[kept]], some[apart.j[kept]], value]).astype(np.int32))
        return Links(*np.concatenate(found, axis=1))

    def _datable(self, rows: Ints) -> Mask:
        """Which reports tell of an event by the clock and may be told by relays on another day: no observation, and no denial."""
        c = self.columns
        asserted, lane = c.stance[rows] < 2, c.lane[rows]
        return np.asarray(clocked(c.where.take(rows)) & asserted & (lane > FIRST_HAND) & (lane != NOTHING))

    def near(self, rows: Ints) -> Floats:
        """How many other incidents there are near these reports (``others_near``)."""
        return others_near(self.columns.where.take(rows), self._cells.count(self.columns.cell[rows]))

    def claims(self, rows: Ints, tables: Tables | None = None) -> Claims:
        """What those reports say, and what to compare it by."""
        c = self.columns
        act, target, weapon, actor = c.act[rows], c.target[rows], c.weapon[rows], c.actor[rows]
        name, source, stance = c.name[rows], c.source[rows], c.stance[rows]
        return Claims(
            act,
            target,
            weapon,
            actor,
            name,
            source,
            stance >= 2,
            stance == 0,
            c.page[rows],
            c.relayed.take(rows),
            tables or self._tables(),
        )

    def _tables(self) -> Tables:
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        relation = {
            "act": relations(self._codes["act"].words, acts),
            "target": relations(self._codes["target"].words, targets),
            "weapon": relations(self._codes["weapon"].words, None) * 0.5,
            "actor": _actors(len(self._codes["actor"].words)),
        }
        return Tables(relation, [words_of(w) for w in self._codes["place_name"].words])


def _actors(size: int) -> Floats:
    table = np.full((size + 1, size + 1), ACTOR_OTHER)
    np.fill_diagonal(table, ACTOR_SAME)
    table[size, :] = table[:, size] = 0.0
    return table


def _rank(reports: pl.DataFrame) -> Ints:
    """A number for each report that depends on what it says and not on where it stands, to settle ties."""
    telling = [n for n in KEPT if n not in ("file", "row")]
    return reports.select(rank=pl.struct(telling).hash(seed=11))["rank"].to_numpy().view(np.int64)
