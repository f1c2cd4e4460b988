"""Reports into incidents: which of them speak of the same event, how surely, and how many events there may have been.

:class:`Fusion` takes reports all at once or bit by bit, in any order, with the same result: what a new report can change is found
first (those within its reach, those whose source it shows to be busier than was thought, and whoever hangs together with these), and that
part is made anew. Reports that carry an incident id are believed; exact repeats are one from the beginning.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import (
    Ints,
    Mask,
    Pairs,
    Slab,
    banded,
    distance,
    pairs_of,
    slabs,
    spread,
    together,
    within_reach,
)
from servanda.incidents.fusion.cluster import LEAST, Links, Memberships, best_of, components, first_of_each
from servanda.incidents.fusion.crowds import most_pairs, too_many
from servanda.incidents.fusion.kept_links import Ends, KeptLinks
from servanda.incidents.fusion.lanes import Said, bearable, grouped, sureness
from servanda.incidents.fusion.likelihood import Tables, others_near, scores, scores_of_misdated
from servanda.incidents.fusion.misdated import OTHER_DAYS, days_apart, met_on_other_days, misdated
from servanda.incidents.fusion.told import KEPT, Laid, Told
from servanda.values.codes import STANDARD, Vocabulary
from servanda.values.ordered_map import OrderedMap
from servanda.values.saved import Saved

_ROWS = np.int64(1 << 31)
_FEW = 50  # one in so many: as much room is left behind what grows
_MANY = 500_000  # reports made anew at once, from which on memory is given back between steps


class Anew(NamedTuple):
    """Reports that were ``weighed`` anew, whole groups at a time; of these those that were ``grouped`` anew, and in which groups they ``were``."""

    weighed: Ints
    grouped: Ints
    were: Ints


class Fusion(Told):
    """Reports, and the incidents that they speak of."""

    def __init__(
        self,
        vocabulary: Vocabulary = STANDARD,
        in_order: OrderedMap = map,
        release: Callable[[], None] | None = None,
        *,
        grows: bool = False,
    ) -> None:
        """``in_order``: by which the parts of the work are run; ``release``: gives freed memory back, between steps that hold much;
        ``grows``: what adding reports needs is kept from the beginning, and not made when more come; the reports themselves are not kept.
        """
        super().__init__(vocabulary)
        self._in_order, self._release, self._grows = in_order, release, grows
        self._kept: KeptLinks | None = None
        self._rooms: dict[str, npt.NDArray[Any]] = {}
        self.group = np.empty(0, np.int64)
        """The group of every report, named by one of its rows."""
        self._part: Ints | None = np.empty(0, np.int64)
        self.own = np.empty(0)
        """How probably each report belongs to its group."""
        self.first = np.empty(0, bool)
        """Whether it is the first of those that say the very same, or carry the same id."""
        self.maybe = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        """Other groups that a report may belong to: row, group, probability."""
        self.best = np.empty(0, np.int64)
        """The other member that speaks most for each report's place in its group; -1: none."""
        self.anew: Anew | None = None
        """What was made anew when the last reports came; ``None``: all of it."""

    @property
    def size(self) -> int:
        """How many reports there are."""
        return len(self.group)

    def saved(self) -> Saved:
        """What :meth:`take_back` needs, of one that grows."""
        assert self._kept is not None
        rows = pl.DataFrame({"group": self.group, "own": self.own, "first": self.first, "best": self.best})
        row, other, p = self.maybe
        told, maybe = super().saved(), pl.DataFrame({"row": row, "other": other, "p": p})
        return Saved({**told.tables, "rows": rows, "maybe": maybe}, told.facts).having(links=self._kept.saved())

    def take_back(self, saved: Saved) -> None:
        """Be as the one that was saved."""
        super().take_back(saved)
        rows, maybe = saved.tables["rows"], saved.tables["maybe"]
        self.group, self.own, self.first, self.best = (
            rows[name].to_numpy(writable=True) for name in ("group", "own", "first", "best")
        )
        self.maybe = maybe["row"].to_numpy(), maybe["other"].to_numpy(), maybe["p"].to_numpy()
        self._kept, self._part = KeptLinks.again(saved.part("links")), None

    def fork(self) -> Fusion:
        """Another fusion that begins where this one is; what is added to one is not in the other."""
        other = copy.copy(self)
        replaced, written = (
            ("columns", "_keys", "_cells", "_bands", "_minutes", "tables", "_kept"),
            ("_codes", "_lanes", "_numbers"),
        )
        arrays = ("group", "own", "first", "best")
        other.__dict__.update({name: copy.copy(getattr(self, name)) for name in (*replaced, *arrays)})
        other.__dict__.update({name: copy.deepcopy(getattr(self, name)) for name in written}, _rooms={})
        return other

    def add(self, *tables: pl.DataFrame) -> None:
        """More reports (columns of the report table), in any number of tables."""
        self.add_each(tables)

    def add_each(self, tables: Iterable[pl.DataFrame]) -> None:
        """The same, with tables that are made one at a time where this fusion grows: of none more is kept than its columns."""
        first = self.size
        if first and self._kept is None:
            self._solve(np.arange(first), keep=True)
        rows = self._lay_down(tables)
        new = self.columns.take(rows) if first else self.columns
        self._keys.insert(new.key, rows)
        placed = np.isfinite(new.lat) & np.isfinite(new.lon) & np.isfinite(new.start)
        self._cells.insert(new.cell[placed], rows[placed])
        self._bands.insert(banded(new.where.take(np.flatnonzero(placed))), rows[placed])
        datable = rows[self._datable(rows)]
        self._minutes.insert(self._minute_of(datable), datable)
        self._longest = max(self._longest, float(np.max(new.end[placed] - new.start[placed], initial=0.0)))
        if first == 0:
            self._solve(rows, keep=self._grows)
        elif len(rows):
            self._grow(rows, rows[placed])

    def _lay_down(self, tables: Iterable[pl.DataFrame]) -> Ints:
        """Take in what reports say, each as if it were alone; their rows."""
        first = self.size
        if not self._grows:
            tables = list(tables)
            self.tables.extend(table.select(KEPT) for table in tables)
        self.columns.extend(*map(self._columns, tables))
        rows = np.arange(first, len(self.columns.lat))
        for name, value in (("group", rows), ("own", 1.0), ("first", True), ("best", -1)):
            self._put_behind(name, value, len(rows))
        return rows

    def _put_behind(self, name: str, value: Ints | float, count: int) -> None:
        """Put values behind an array, into room that was left there, if there is."""
        old = getattr(self, name)
        size = len(old)
        if old.base is not (room := self._rooms.get(name)) or room is None or len(room) < size + count:
            room = self._rooms[name] = np.empty(size + count + size // _FEW, old.dtype)
            room[:size] = old
        room[size : size + count] = value
        setattr(self, name, room[: size + count])

    def _linked(self, laid: Laid, *, whole: bool) -> Links:
        """The pairs of these reports that may be one event."""
        alike = self._cells.alike(self.size) if whole else None
        tables = self._tables()
        asked = laid.back, laid.said, tables, alike
        other, *near = self._found(chain([functools.partial(self._misdated, *asked)], self._near(*asked)), laid.back)
        links = Links.together(near).with_more(other)
        self._give_back(len(laid.rows))
        return links.take(bearable(links, laid.said, self.columns.where.take(laid.back)))

    def _solve(self, rows: Ints, *, keep: bool) -> None:
        """Make all groups anew. ``keep``: so that more can be added soon."""
        self.anew = self._part = None
        laid = self._laid(rows)
        links = self._linked(laid, whole=True)
        self._give_back(len(rows))
        self._group(laid, links)
        self._give_back(len(rows))
        self._weigh(laid, links, np.ones(len(laid.telling), bool))
        self._give_back(len(rows))
        if not keep:
            self._part = self._parts(laid, links)
            return
        ends = Ends(laid.back[links.i].astype(np.int32), laid.back[links.j].astype(np.int32), links.score)
        del laid, links  # beside what is kept of them stands nothing else
        self._give_back(len(rows))
        self._kept = KeptLinks(ends, self.size)

    def _give_back(self, rows: int) -> None:
        """Give memory back, where so many rows were made anew."""
        if rows > _MANY and self._release is not None:
            self._release()

    @property
    def part(self) -> Ints:
        """The part that hangs together by any pair in which each report lies, named by one of its rows."""
        if self._part is None:
            assert self._kept is not None
            laid = self._laid(np.arange(self.size))
            self._part = self._parts(laid, self._kept.all().linked(laid.back, self.size))
        return self._part

    def _parts(self, laid: Laid, links: Links) -> Ints:
        base, back = first_of_each(self.columns.key[laid.back]), laid.back
        tied = np.flatnonzero(base != np.arange(len(back))).astype(np.int32)
        i, j = np.concatenate([links.i, tied]), np.concatenate([links.j, base[tied].astype(np.int32)])
        part = np.empty(self.size, np.int64)
        part[laid.rows] = back[components(len(back), i, j)[laid.at]]
        return part

    def _group(self, laid: Laid, links: Links, held: Mask | None = None) -> Mask:
        """Make the groups of these reports anew; no other may be in one with them, but with those that are ``held``, or wait for these. Which
        reports are in a group with one that waits.
        """
        group, waits = grouped(links, laid.said, held)
        group = first_of_each(group)
        self.group[laid.rows] = laid.back[group[laid.at]]
        waiting = np.zeros(self.size, bool)
        waiting[laid.back[group[waits]]] = True
        return waiting[self.group]

    def _weigh(self, laid: Laid, links: Links, some: Mask) -> None:
        """Say anew how surely these reports are in their groups: whole groups are here, and all pairs of those of them (``some``) that are weighed."""
        said, back, size = laid.said, laid.back, len(laid.telling)
        group = first_of_each(self.group[back])
        sure = sureness(links, said, group, self._in_order)
        weighed = some[laid.at]
        rows, at = laid.rows[weighed], laid.at[weighed]
        self.first[rows] = False
        self.first[back[some]] = (said.begun == np.arange(size))[some]
        self.own[rows] = np.where(said.named[at], 1.0, sure.own[at])
        self._may_belong(rows, at, back, sure, said.named)
        best = best_of(size, links, group)
        self.best[rows] = -1
        self.best[back[some]] = np.where(best >= 0, back[best], -1)[some]

    def _grow(self, rows: Ints, placed: Ints) -> None:
        """Make anew what new reports can change, and nothing else.

        Their pairs, and those of whom they show to be busier than was thought, are scored anew. Two reports come to be in one group only by
        pairs that speak for it, so that what hangs together by such pairs with any of these is grouped anew. Whoever has a pair with one of
        those may be more or less surely where he is.
        """
        assert self._kept is not None
        c, kept = self.columns, self._kept
        fresh = np.union1d(rows, self._keys.having(c.key[rows]))
        busier = np.setdiff1d(self._cells.having(c.cell[placed]), fresh)
        begun = fresh[np.isfinite(c.lat[fresh]) & np.isfinite(c.lon[fresh]) & np.isfinite(c.start[fresh])]
        near = [
            within_reach(c.where, rows, bands, self._longest, begun, self._in_order)
            for bands, rows in self._bands.levels
        ]
        told = self._minute_of(fresh[self._datable(fresh)])
        minute = self._minutes.having(np.concatenate([told + days for days in OTHER_DAYS]))
        met = np.unique(np.concatenate([fresh, *near, minute]))
        laid = self._laid(np.union1d(met, self._keys.having(c.key[met])))
        links = self._linked(laid, whole=False)
        new = np.zeros(self.size, bool)
        new[fresh] = True
        found = Ends(laid.back[links.i], laid.back[links.j], links.score.astype(np.int64))
        found = found.take(new[found.one] | new[found.other])
        before = kept.of(np.concatenate([fresh, busier]))
        again = before.take(~new[before.one] & ~new[before.other])
        found = Ends.together(found, self._scored_again(again.once()))
        kept.replace(np.concatenate([fresh, busier]), found, self.size)
        touched, pairs = self._hanging(np.concatenate([fresh, busier, before.other, found.one, found.other]))
        anew, was = self._laid(touched), self.group[touched]
        self._group(anew, pairs.halved().linked(anew.back, self.size))
        weighed = np.union1d(touched, pairs.other)
        beside = kept.of(np.setdiff1d(weighed, touched, assume_unique=True))
        around = self.in_groups_of(np.union1d(weighed, beside.other))
        pairs = Ends.together(pairs, beside, kept.of(np.setdiff1d(around, weighed, assume_unique=True)))
        laid, some = self._laid(around), np.zeros(self.size, bool)
        some[weighed] = True
        self._weigh(laid, pairs.halved().linked(laid.back, self.size), some[laid.back])
        self.anew = Anew(around, touched, was)
        self._part = None

    def _scored_again(self, pairs: Ends) -> Ends:
        """Pairs that were scored before, by how busy their sources are now; those that are as good as missing are left out."""
        if not len(pairs.one):
            return pairs
        rows = self._in_order_of_starts(np.unique(np.concatenate([pairs.one, pairs.other])))
        at = np.empty(self.size, np.int32)
        at[rows] = np.arange(len(rows))
        i, j = at[pairs.one], at[pairs.other]
        i, j = np.minimum(i, j), np.maximum(i, j)
        where, claims, near = self.columns.where.take(rows), self.claims(rows), self.near(rows)
        every = Pairs(i, j, distance(where, i, j))
        another_day = np.zeros(len(i), bool)
        another_day[days_apart(every, where)] = True
        found = []
        for some, scored in ((~another_day, scores), (another_day, scores_of_misdated)):
            kept, value = scored(every.take(some), where, claims, near, LEAST)
            found.append(Ends(rows[i[some][kept]], rows[j[some][kept]], value))
        return Ends.together(*found)

    def _hanging(self, rows: Ints) -> tuple[Ints, Ends]:
        """All reports that hang together with these by pairs that speak for one event, or by a group; and all their pairs."""
        assert self._kept is not None
        inside, found = np.zeros(self.size, bool), list[Ends]()
        front = np.unique(rows)
        while len(front):
            while len(front):
                inside[front] = True
                pairs = self._kept.of(front)
                found.append(pairs)
                to = pairs.other[pairs.score > 0]
                front = np.unique(to[~inside[to]])
            every = self.in_groups_of(np.flatnonzero(inside))
            front = every[~inside[every]]
        return np.flatnonzero(inside), Ends.together(*found)

    def in_groups_of(self, rows: Ints) -> Ints:
        """All reports of the groups of these."""
        wanted = np.zeros(self.size, bool)
        wanted[self.group[rows]] = True
        return np.flatnonzero(wanted[self.group])

    def _may_belong(self, rows: Ints, at: Ints, back: Ints, sure: Memberships, named: Mask) -> None:
        """Note of these rows the other groups that they, or who speaks for them, may belong to."""
        changed = np.zeros(self.size, bool)
        changed[rows] = True
        old = [column[~changed[self.maybe[0]]] for column in self.maybe]
        loose = ~named[sure.row]
        may = np.flatnonzero(loose)
        may = may[np.argsort(sure.row[may], kind="stable")]
        whose, asked = sure.row[may], np.zeros(len(back), bool)
        asked[whose] = True
        some = np.flatnonzero(asked[at])
        low, high = np.searchsorted(whose, at[some]), np.searchsorted(whose, at[some], side="right")
        each, one = spread(low, high) if len(some) else (some, some)
        row, other, p = rows[some][each], back[sure.other[may][one]], sure.probability[may][one]
        self.maybe = np.concatenate([old[0], row]), np.concatenate([old[1], other]), np.concatenate([old[2], p])

    def _found(self, finders: Iterable[Callable[[], Links]], rows: Ints) -> Iterator[Links]:
        """What each finds among these reports, in their order."""

        def found(find: Callable[[], Links]) -> Links:
            return find()

        many = 0
        for links in self._in_order(found, finders):
            many += len(links.i)
            if many > most_pairs():
                raise too_many(self.columns.where.take(rows), links.i, links.j)
            yield links

    def _near(self, rows: Ints, said: Said, tables: Tables, alike: Ints | None) -> Iterator[Callable[[], Links]]:
        """What finds the pairs within reach of each other, some at a time; ``alike``: how many have the cell of each report, where that is known."""
        c = self.columns

        def scored(slab: Slab) -> Links:
            at = slab.rows[together(c.where.take(rows[slab.rows]))]
            here = rows[at]
            where, claims, begun = c.where.take(here), self.claims(here, tables), said.begun[at]
            near = others_near(where, self._cells.count(c.cell[here]) if alike is None else alike[here])
            found, many = [np.empty((3, 0), np.int32)], 0
            for pairs in pairs_of(where, at, slab.low, said.voice[at], begun):
                kept, value = scores(pairs, where, claims, near, LEAST)
                i, j = pairs.i[kept], pairs.j[kept]
                many += len(i)
                if many > most_pairs():
                    raise too_many(where, i, j)
                found.append(np.stack([at[i], at[j], value])[:, begun[i] != begun[j]].astype(np.int32))
            i, j, value = np.concatenate(found, axis=1)
            order = np.argsort(j * _ROWS + i)
            return Links(i[order], j[order], value[order])

        return (functools.partial(scored, slab) for slab in slabs(c.start[rows], c.end[rows]))

    def _misdated(self, rows: Ints, said: Said, tables: Tables, alike: Ints | None) -> Links:
        """Pairs that are one event if a relay put it on a wrong day; ``alike``: as for :meth:`_near`."""
        some = np.flatnonzero(self._datable(rows) & (said.nature == 0))
        some = some[met_on_other_days(self._minute_of(rows[some]))]
        here, begun = rows[some], said.begun[some]
        where, claims = self.columns.where.take(here), self.claims(here, tables)
        near = others_near(where, self._cells.count(self.columns.cell[here]) if alike is None else alike[here])
        found = [np.empty((3, 0), np.int32)]
        for pairs in misdated(where, claims.relayed):
            apart = pairs.take(begun[pairs.i] != begun[pairs.j])
            kept, value = scores_of_misdated(apart, where, claims, near, LEAST)
            found.append(np.stack([some[apart.i[kept]], some[apart.j[kept]], value]).astype(np.int32))
        return Links(*np.concatenate(found, axis=1))
