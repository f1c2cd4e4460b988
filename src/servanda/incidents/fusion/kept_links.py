"""Scored pairs of a fusion that more reports are added to: looked up by report, replaced for some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import Int32s, Ints, Whole, ordered, spread
from servanda.incidents.fusion.cluster import Links, runs
from servanda.values.saved import Saved

_LAID_ANEW = 200_000  # pairs that came later, from which on all are laid out anew
_ROWS, _PLACE = np.int64(1 << 31), np.int64((1 << 32) - 1)


@dataclass(frozen=True)
class Ends:
    """Pairs as columns of one length: two rows, either first, and the score."""

    one: Whole
    other: Whole
    score: Whole

    def take(self, some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ends:
        """Some of the pairs, by a mask."""
        return Ends(self.one[some], self.other[some], self.score[some])

    @staticmethod
    def together(*parts: Ends) -> Ends:
        """The pairs of all parts."""
        return Ends(*(np.concatenate([getattr(part, n) for part in parts]) for n in ("one", "other", "score")))

    def once(self) -> Ends:
        """The pairs, those once that are here in both directions."""
        low, high = np.minimum(self.one, self.other), np.maximum(self.one, self.other)
        first = np.unique(low * _ROWS + high, return_index=True)[1]
        return Ends(low[first], high[first], self.score[first])

    def halved(self) -> Ends:
        """Of pairs that are here in both directions each once."""
        return self.take(self.one < self.other)

    def linked(self, rows: Ints, size: int) -> Links:
        """Those among some rows, numbered by their place there; the earlier comes first, in the order of the later."""
        at = np.full(size, -1, np.int32)
        at[rows] = np.arange(len(rows))
        i, j = at[self.one], at[self.other]
        both = np.flatnonzero((i >= 0) & (j >= 0))
        i, j = np.minimum(i[both], j[both]), np.maximum(i[both], j[both])
        key = j * _ROWS + i
        order = ordered(key)
        first = order[runs(key[order])[0]]
        late, early = np.divmod(key[first], _ROWS)
        return Links(early.astype(np.int32), late.astype(np.int32), self.score[both][first].astype(np.int32))


class KeptLinks:
    """Pairs of rows, by either of them."""

    def __init__(self, links: Ends, size: int) -> None:
        self._later = Ends(*(np.empty(0, np.int64),) * 3)
        self._lay(links, size)

    def _lay(self, links: Ends, size: int) -> None:
        both = np.concatenate([links.one, links.other])
        self._begins = np.concatenate([[0], np.cumsum(np.bincount(both, minlength=size))])
        order = both.astype(np.int64)  # each row, with the place where it stands
        del both
        order <<= 32
        order |= np.arange(len(order))
        order.sort()
        order &= _PLACE
        self._to: Int32s = np.concatenate([links.other, links.one]).astype(np.int32)[order]
        self._score: Int32s = np.concatenate([links.score, links.score]).astype(np.int32)[order]
        self._gone = np.zeros(size, bool)

    def saved(self) -> Saved:
        """All pairs as they lie, which is what :meth:`again` needs."""
        laid = pl.DataFrame({"pairs": np.diff(self._begins), "gone": self._gone})
        later = {"one": self._later.one, "other": self._later.other, "score": self._later.score}
        to = pl.DataFrame({"to": self._to, "score": self._score})
        return Saved({"laid": laid, "to": to, "later": pl.DataFrame(later)})

    @staticmethod
    def again(saved: Saved) -> KeptLinks:
        """The same as the one that was saved."""
        laid, to, later = (saved.tables[name] for name in ("laid", "to", "later"))
        none = Ends(*(np.empty(0, np.int64),) * 3)
        kept = KeptLinks(none, 0)
        kept._begins = np.concatenate([[0], np.cumsum(laid["pairs"].to_numpy())])
        kept._to, kept._score, kept._gone = to["to"].to_numpy(), to["score"].to_numpy(), laid["gone"].to_numpy()
        kept._later = Ends(*(later[name].to_numpy() for name in ("one", "other", "score")))
        return kept

    def all(self) -> Ends:
        """All pairs, each of them once."""
        count = np.diff(self._begins)
        one, other = np.repeat(np.arange(len(count)), count), self._to.astype(np.int64)
        laid = Ends(one, other, self._score.astype(np.int64))
        return Ends.together(laid.take((one < other) & ~self._gone[one] & ~self._gone[other]), self._later)

    def of(self, rows: Ints) -> Ends:
        """The pairs of some rows, each of which comes first; a pair of two of them is there twice."""
        laid = rows[rows < len(self._gone)]
        laid = laid[~self._gone[laid]]
        low, high = self._begins[laid], self._begins[laid + 1]
        some = high > low
        laid, low, high = laid[some], low[some], high[some]
        found = [Ends(*(np.empty(0, np.int64),) * 3)]
        if len(laid):
            each, at = spread(low, high)
            to = self._to[at].astype(np.int64)
            pairs = Ends(laid[each], to, self._score[at].astype(np.int64))
            found.append(pairs.take(~self._gone[to]))
        if len(self._later.one):
            late, wanted = self._later, _marked(rows)
            found.append(late.take(wanted(late.one)))
            turned = Ends(late.other, late.one, late.score)
            found.append(turned.take(wanted(late.other)))
        return Ends.together(*found)

    def replace(self, rows: Ints, links: Ends, size: int) -> None:
        """Put others in the place of all pairs that touch some rows; ``links``: each once; ``size``: how many rows there are now."""
        laid = rows[rows < len(self._gone)]
        # what was laid out of these rows is gone; the pairs of others with them too
        touched = _marked(rows)
        kept = self._later.take(~touched(self._later.one) & ~touched(self._later.other))
        self._gone = self._gone.copy()  # a fork may look at the same
        self._gone[laid] = True
        self._later = Ends.together(kept, links)
        if len(self._later.one) > _LAID_ANEW:
            every = self.all()
            self._later = Ends(*(np.empty(0, np.int64),) * 3)
            self._lay(every, size)


def _marked(rows: Ints) -> Callable[[Whole], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """What says of others which of them are among some rows."""
    most = int(rows.max(initial=-1))
    mark = np.zeros(most + 2, bool)  # the last stands for all that are beyond
    mark[rows] = True
    return lambda others: mark[np.minimum(others, most + 1)]
