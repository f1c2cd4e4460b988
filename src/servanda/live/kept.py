"""The reports of a session, each under the incident that fusion finds for it; told of more, it says which of them moved."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.evidence.model import REPORT, empty
from servanda.evidence.packed import Packed
from servanda.incidents.doubts import Doubts
from servanda.incidents.fusion.doubtful import Doubtful, several_again, several_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import founders_of, ids_of, names_of, of_groups
from servanda.incidents.fusion.told import KEPT
from servanda.incidents.identity import report_ids
from servanda.incidents.parted import Parted, part
from servanda.values.codes import Vocabulary
from servanda.values.ordered_map import OrderedMap
from servanda.values.perhaps import Perhaps
from servanda.values.saved import Saved

Rows = npt.NDArray[np.int64]
_AT_ONCE = 100_000  # reports that are unpacked at once, where only their ids are asked for
_MERGED = 50_000  # reports that came later, from which on they are laid to the others
_SOUGHT, _CHUNKS = 5, 50  # ids that are sought one by one; pieces in which a column may lie


def put_behind(column: pl.Series, rows: Rows, values: pl.Series) -> pl.Series:
    """A column to which values come.

    Args:
        column: what there is.
        rows: the rows in it that the first of the values are for.
        values: theirs, and those of rows behind it.

    Returns:
        The column; where its own values stay the same, these are not copied.
    """
    there, more = values[: len(rows)], values[len(rows) :]
    other = (column.gather(rows) != there).fill_null(True)
    if other.any():
        column = column.clone().scatter(rows[other.to_numpy()], there.filter(other))
    whole = pl.concat([column, more], rechunk=False) if len(more) else column
    return whole.rechunk() if whole.n_chunks() > _CHUNKS else whole


class Stale(Exception):
    """What came parts an id that reports bear already: fusion has to begin anew."""


class _Borne:
    """The ids that reports bear, to be asked one at a time."""

    def __init__(self, columns: Iterable[pl.Series]) -> None:
        self._columns = tuple(columns)

    def __contains__(self, name: object) -> bool:
        return any(bool((column == name).any()) for column in self._columns)


class KeptReports:
    """Reports that became known, in the order in which they came."""

    def __init__(
        self, vocabulary: Vocabulary, in_order: OrderedMap, id_key: bytes, release: Callable[[], None]
    ) -> None:
        """``release``: gives freed memory back, after steps that hold much."""
        self._id_key, self._release = id_key, release
        self._first, self._later = Packed.of([empty(REPORT)]), empty(REPORT)
        self._fusion = Fusion(vocabulary, in_order, release, grows=True)
        self._plain = True  # every incident bears the id of its first report: none had to be told apart
        self.parted = Parted()
        self.ids = pl.Series("incident_id", [], dtype=pl.String)
        """The incident of every report."""
        self.doubts = Doubts()
        self._doubtful: Doubtful | None = None
        self._bear: Perhaps | None = None  # the ids of incidents, while they change one by one
        self._told: Perhaps | None = None  # the ids that reports bear or answer
        self._several = (np.empty(0, np.int64), np.empty(0, np.int64))  # groups that may be several incidents

    @property
    def size(self) -> int:
        """How many reports there are."""
        return self._first.height + self._later.height

    @property
    def fusion(self) -> Fusion:
        """The groups in which they lie."""
        return self._fusion

    def add(self, given: Iterable[pl.DataFrame]) -> Rows:
        """More reports (``evidence.model.REPORT``).

        Args:
            given: tables of them; where they are the first, each is packed before the next is asked for.

        Returns:
            The numbers of those whose incident is new or another.

        Raises:
            Stale: an id that reports bear is parted by what came; nothing was added that counts.
        """
        before, old = self.size, self.ids
        if before:
            table = pl.concat([empty(REPORT), *given])
            self.parted = self._parted_with(table)
            self._later = pl.concat([self._later, table])
            if self._later.height > _MERGED:
                self._first, self._later = Packed.together([self._first, Packed.of([self._later])]), empty(REPORT)
        else:
            self._first = Packed.of(self._one_by_one(given))
            self.parted = part(self._first.slices, None)
        if not (added := self.size - before):
            return np.empty(0, np.int64)
        parted = self.parted
        self._fusion.add_each(parted.reports(some).select(KEPT) for some in self._raw_batches(self.size - added))
        if added > _MERGED:
            self._release()
        rows = self._named(before)
        self._several = several_again(self._fusion, self._several)
        if self._doubtful is None or len(rows) == self.size:
            self._doubtful = Doubtful.of(self._fusion, self.ids, self._several)
        else:
            self._doubtful = self._doubtful.again(self._fusion, self.ids, self._several)
        self.doubts = self._doubtful.doubts
        known = rows[rows < before]
        other = known[(self.ids.gather(known) != old.gather(known)).to_numpy()]
        return np.concatenate([other, np.arange(before, self.size)])

    def _one_by_one(self, tables: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Tables, after each of which memory is given back: what they are read from takes many times what is kept of them."""
        for table in tables:
            yield table
            del table
            self._release()

    def raw(self) -> pl.DataFrame:
        """All reports as they came."""
        return pl.concat([self._first.whole(), self._later]).rechunk()

    def column(self, name: str) -> pl.Series:
        """One column of all reports as they came."""
        return pl.concat([self._first.column(name), self._later[name]])

    def take(self, rows: Rows) -> pl.DataFrame:
        """Some reports, each under its incident, in the order of their numbers."""
        return self.parted.reports(self._raw(rows)).with_columns(self.ids.gather(rows).alias("incident_id"))

    def batches(self, begin: int = 0) -> Iterator[pl.DataFrame]:
        """All of them from one on, likewise."""
        at = begin
        for table in self._raw_batches(begin):
            ids = self.ids[at : at + table.height].alias("incident_id")
            yield self.parted.reports(table).with_columns(ids)
            at += table.height

    def _raw_batches(self, begin: int) -> Iterator[pl.DataFrame]:
        """All of them from one on as they came, some at a time."""
        early = self._first.height
        yield from self._first.slices(min(begin, early))
        late = self._later[max(0, begin - early) :]
        if late.height:
            yield late

    def places(self) -> pl.DataFrame:
        """In which row of which file each was reported."""
        return pl.DataFrame([self.column("file"), self.column("row")])

    def fork(self) -> KeptReports:
        """Other reports that begin where these are."""
        other = copy.copy(self)
        other.__dict__["_fusion"] = self._fusion.fork()
        return other

    def saved(self) -> Saved:
        """What :meth:`take_back` needs beside the reports."""
        told = {name: dict(notes) for name, notes in self.parted.told.items()}
        mine = Saved({"ids": self.ids.to_frame(), "parts": self.parted.parts}, {"plain": self._plain, "told": told})
        return mine.having(fusion=self._fusion.saved()) if self.size else mine

    def take_back(self, saved: Saved, reports: Packed) -> None:
        """Be as those that were saved, where nothing was; ``reports``: all of them as they came."""
        if not reports.height:
            return
        self._first = reports
        told = {name: Counter(notes) for name, notes in saved.facts["told"].items()}
        self.parted = Parted(saved.tables["parts"], told)
        self._fusion.take_back(saved.part("fusion"))
        self.ids, self._plain = saved.tables["ids"]["incident_id"], saved.facts["plain"]
        self._several = several_of(self._fusion)
        self._doubtful = Doubtful.of(self._fusion, self.ids, self._several)
        self.doubts = self._doubtful.doubts

    def _parted_with(self, table: pl.DataFrame) -> Parted:
        """Which ids are parted once a table has come."""
        new = table["incident_id"].drop_nulls().unique()
        columns = ("incident_id", "answers")
        if self._told is None and len(new):
            self._told = Perhaps(pl.concat([self.column(c) for c in columns]))
        met = new
        if self._told is not None:
            met = self._told.of(new)
            for c in columns:
                self._told.add(table[c])
        if not len(new):
            return self.parted
        bear = self._later.clear()
        if len(met):
            of_new = pl.any_horizontal(pl.col(c).is_in(met.implode()) for c in columns)
            bear = pl.concat([self._first.naming(met, columns), self._later.filter(of_new)])
        bearing = pl.concat([bear.filter(pl.col("incident_id").is_in(new.implode())), table])
        borne = (self.column("incident_id"), table["incident_id"])
        parted = self.parted.renewed(new, part(lambda: [bearing], None, _Borne(borne)))
        if not self.parted.reports(bear).select(columns).equals(parted.reports(bear).select(columns)):
            raise Stale
        return parted

    def _named(self, before: int) -> Rows:
        """Gives the reports of groups that are others now the ids of their incidents; all, where ids have to be told apart. Returns their numbers."""
        fusion = self._fusion
        if self._plain and fusion.anew is not None:
            weighed, grouped, were = fusion.anew
            now, wanted = fusion.group[grouped], np.zeros(fusion.size, bool)
            other = (now != were) | (grouped >= before)
            wanted[now[other]] = wanted[were[other]] = True
            rows = weighed[wanted[fusion.group[weighed]]]
            raw = self.parted.reports(self._raw(rows))
            founders = founders_of(fusion, rows, raw)
            first = raw[founders]
            ids = first.select(id=pl.coalesce("incident_id", report_ids(first, self._id_key)))["id"]
            known = rows[rows < before]
            borne = self.ids.gather(known)  # by nobody else: each of these incidents was the only one of its id
            if ids.is_unique().all() and not self._borne(ids.filter(~ids.is_in(borne.implode()))):
                name = pl.DataFrame({"group": fusion.group[rows[founders]], "id": ids})
                of = pl.DataFrame({"group": fusion.group[rows]}).join(
                    name, on="group", how="left", maintain_order="left"
                )
                self.ids = put_behind(self.ids, known, of["id"])
                if self._bear is not None:
                    self._bear.add(ids)
                return rows
        self.ids = pl.concat([self.ids, pl.Series([None], dtype=pl.String).new_from_index(0, fusion.size - before)])
        dated = pl.DataFrame([self.column(name) for name in ("known_at", "end", "start")])
        founders = founders_of(fusion, np.arange(fusion.size), dated)
        order = np.argsort(founders)
        pieces = np.split(founders[order], range(_AT_ONCE, len(order), _AT_ONCE))
        plain = pl.concat([self._plainly(some) for some in pieces]).gather(np.argsort(order))
        self._plain = bool(plain.is_unique().all())
        if not self._plain:
            first = self.parted.reports(self._raw(founders[order]))[np.argsort(order)]
            names = names_of(first, self._id_key)
            self._plain = bool((names == plain).all())
        self.ids, self._bear = ids_of(fusion, of_groups(fusion, founders, plain if self._plain else names)), None
        return np.arange(fusion.size)

    def _plainly(self, rows: Rows) -> pl.Series:
        """The ids that some reports bear, or would found."""
        first = self.parted.reports(self._raw(rows))
        return first.select(id=pl.coalesce("incident_id", report_ids(first, self._id_key)))["id"]

    def _borne(self, ids: pl.Series) -> bool:
        """Whether an incident bears any of some ids already."""
        if self._bear is None:
            self._bear = Perhaps(self.ids)
        ids = self._bear.of(ids)
        if len(ids) > _SOUGHT:
            return bool(self.ids.is_in(ids.implode()).any())
        return any(bool((self.ids == name).any()) for name in ids.to_list())

    def _raw(self, rows: Rows) -> pl.DataFrame:
        """Some reports as they came; their numbers ascend."""
        if len(rows) == self.size:
            return self.raw()
        if not len(rows):
            return self._later.clear()
        early = rows[rows < self._first.height]
        late = self._later[rows[rows >= self._first.height] - self._first.height]
        return pl.concat([self._first.take(early), late]) if len(early) else late
