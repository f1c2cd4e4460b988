"""Some reports of a fusion whose others lie elsewhere: they are compared and grouped as all are, by positions that are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import Ints, Mask, ordered
from servanda.incidents.fusion.blocks import Blocks
from servanda.incidents.fusion.cluster import Links, components, first_of_each
from servanda.incidents.fusion.kept_links import Ends
from servanda.incidents.fusion.lanes import bearable
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.misdated import minutes
from servanda.incidents.fusion.told import Laid
from servanda.values.codes import Vocabulary
from servanda.values.keyed_hash import keyed_hash, mixed
from servanda.values.names import name_keys_of

_DAY = 1_440  # minutes
_AT_ONCE = 200_000  # reports that are laid down in one go


class Part(Fusion):
    """Some reports with all that may be one with them, by their positions (``at``)."""

    def __init__(self, vocabulary: Vocabulary, rows: pl.DataFrame) -> None:
        """``rows``: columns of :data:`KEPT`, with ``at`` and, of how many reports each is one in its cell, ``alike``; each once.

        Only numbers are put in the order of positions. The reports themselves, which are many times larger, stay as they lie (:meth:`told`).
        """
        super().__init__(vocabulary)
        self._order = ordered(rows["at"].to_numpy())
        self.at, self._alike = (rows[name].gather(self._order).to_numpy() for name in ("at", "alike"))
        rows = _with_few_columns(rows)
        self._lay_down(rows[n : n + _AT_ONCE] for n in range(0, max(1, rows.height), _AT_ONCE))
        self.columns = self.columns.take(self._order)

    def told(self, rows: Ints, *columns: str) -> pl.DataFrame:
        """What some of them tell, in some columns or in all."""
        told = pl.concat(self.tables)
        return told.select(columns or pl.all())[self._order[rows]]

    def laid(self) -> Laid:
        """All of them in order."""
        return self._laid(np.arange(self.size))

    def in_block(self, laid: Laid, blocks: Blocks, block: int) -> Links:
        """The pairs of a block."""
        found = Links.together(
            list(self._found(self._near(laid.back, laid.said, self._tables(), self._alike), laid.back))
        )
        where = self.columns.where.take(laid.back)
        found = found.take(blocks.of_pairs(where, found.i, found.j) == block)
        return found.take(bearable(found, laid.said, where))

    def on_other_days(self) -> Ends:
        """The pairs of which one may be told on a wrong day."""
        laid = self.laid()
        found = self._misdated(laid.back, laid.said, self._tables(), self._alike)
        return self.ends(laid, found.take(bearable(found, laid.said, self.columns.where.take(laid.back))))

    def ends(self, laid: Laid, links: Links) -> Ends:
        """Pairs by their positions."""
        at = self.at[laid.back]
        return Ends(at[links.i], at[links.j], links.score.astype(np.int64))

    def roots(self, laid: Laid, links: Links) -> Ints:
        """Of each report one with which it hangs together here."""
        return self.at[self._parts(laid, links)]

    def datable(self) -> Ints:
        """Those that others may tell of on another day."""
        return np.flatnonzero(self._datable(np.arange(self.size)))

    def minutes(self, rows: Ints) -> pl.Series:
        """The origin and the minute of the day, by which such others are found."""
        origin = name_keys_of(self.told(rows, "origin")["origin"])
        minute = minutes(self.columns.start[rows]) % _DAY
        return pl.Series(mixed(keyed_hash(origin, 17).to_numpy() + minute.astype(np.uint64)))

    def placed(self, laid: Laid, links: pl.DataFrame) -> Links:
        """Pairs that are told by positions, each of them once; not those of a repeat for which another stands (:class:`Dated` knows no repeats)."""
        at = np.full(self.size, -1, np.int32)
        at[laid.back] = np.arange(len(laid.back))
        one, other = (at[np.searchsorted(self.at, links[name].to_numpy())] for name in ("one", "other"))
        found = Links(np.minimum(one, other), np.maximum(one, other), links["score"].cast(pl.Int32).to_numpy())
        return found.take(found.i >= 0)

    def joined(self, laid: Laid, links: Links, held: Mask) -> Mask:
        """Group them by pairs of which those of some (``held``) are not all here; which of them are in groups that are known now."""
        waits = np.zeros(len(laid.telling), bool)
        waits[laid.at[held[laid.rows]]] = True
        return ~self._group(laid, links, waits)

    def weighed(self, laid: Laid, links: Links, group: Ints, mine: Mask, *, whole: bool) -> None:
        """Say how surely some of them (``mine``) are in their groups (by the position that names each), which are known; all that these have
        pairs with are here with all of their groups. ``whole``: and what hangs together here.
        """
        self.group = np.searchsorted(self.at, group)
        self._weigh(laid, links, mine[laid.back])
        self._part = self._parts(laid, links) if whole else None

    def settled(self, laid: Laid, links: Links, *, whole: bool) -> None:
        """Group them by all their pairs; ``whole``: and say what hangs together."""
        self._group(laid, links)
        self._weigh(laid, links, np.ones(len(laid.telling), bool))
        self._part = self._parts(laid, links) if whole else None

    def solved(self, mine: Mask) -> dict[str, pl.DataFrame]:
        """All about each report of some (``mine``), by positions; and of the others with what they hang together here (``ties``)."""
        row, other, probability = self.maybe
        rows = {
            "at": self.at,
            "group": self.at[self.group],
            "own": self.own,
            "first": self.first,
            "best": np.where(self.best >= 0, self.at[self.best], -1),
            "part": self.at[self.part],
        }
        maybe = {"row": self.at[row], "other": self.at[other], "p": probability}
        every, here = pl.DataFrame(rows), pl.Series(mine)
        return {
            "rows": every.filter(here),
            "maybe": pl.DataFrame(maybe),
            "ties": every.filter(~here).select("at", "part"),
        }


class Gathered(Fusion):
    """Reports that were grouped elsewhere, here."""

    def __init__(
        self, vocabulary: Vocabulary, reports: pl.DataFrame, at: Ints, solved: Iterable[dict[str, pl.DataFrame]]
    ) -> None:
        """``reports``: in the order of their positions (``at``); ``solved``: what :meth:`Part.solved` said of each."""
        super().__init__(vocabulary)
        self._lay_down([reports])
        c, parts = self.columns, list(solved)
        placed = np.flatnonzero(np.isfinite(c.lat) & np.isfinite(c.lon) & np.isfinite(c.start))
        self._cells.insert(c.cell[placed], placed)
        if not parts:
            return
        rows = pl.concat([one["rows"] for one in parts]).sort("at")
        maybe = pl.concat([one["maybe"] for one in parts]).sort("row", "other")
        ties = pl.concat([one["ties"] for one in parts])
        self.own, self.first = rows["own"].to_numpy(), rows["first"].to_numpy()
        self.group, part = (np.searchsorted(at, rows[n].to_numpy()) for n in ("group", "part"))
        self._part = self._together(part, *(np.searchsorted(at, ties[n].to_numpy()) for n in ("at", "part")))
        best = rows["best"].to_numpy()
        self.best = np.where(best >= 0, np.searchsorted(at, best), -1)
        self.maybe = (
            np.searchsorted(at, maybe["row"].to_numpy()),
            np.searchsorted(at, maybe["other"].to_numpy()),
            maybe["p"].to_numpy(),
        )

    def _together(self, part: Ints, one: Ints, other: Ints) -> Ints:
        """The parts that hang together of all: by what each does where its group was weighed (``part``), by what others said elsewhere (that
        ``one`` does with ``other``), and by what reads the very same. Each is named by the first that stands for others, as in one process.
        """
        firsts = self._in_order_of_starts(np.unique(part))
        place = np.empty(self.size, np.int64)
        place[firsts] = np.arange(len(firsts))
        of = place[part]
        i, j = np.concatenate([of[one], of]), np.concatenate([of[other], of[first_of_each(self.columns.key)]])
        return firsts[components(len(firsts), i, j)[of]]


def _with_few_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The same reports, in which a column that is empty in all of them takes no room."""
    empty = [name for name in rows.columns if rows[name].null_count() == rows.height]
    return rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in empty)
