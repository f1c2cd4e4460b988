"""CSV text cut into whole rows: where each begins, in which line of an editor, and quotes that cannot be right.

A row ends at the end of a line, unless a quote is open there: a text in quotes may run over many lines. So a quote that is never closed
swallows rows. It is told with its line: one that is open where the file ends; one that is closed lines later in the middle of a text; and
one that takes in a line that is a row of its own. Read as RFC 4180 has it: a quote opens a field only at its very beginning, and two
quotes in a row are one; elsewhere a quote is a character as any other (5" shells).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Wholes = npt.NDArray[np.int64]
_QUOTE, _LF, _CR = 34, 10, 13
_DATE = re.compile(rb'^"?(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})')
_FEWEST = 4  # columns below which a line of a text is not taken for a row


class RowFault(ValueError):
    """A quote that cannot be right, or a row without an end; ``line`` is where it begins."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True)
class Rows:
    """Whole rows: their text, and the line in which each begins; blank lines are no rows."""

    text: bytes
    lines: Wholes


def whole_rows(blocks: Iterable[bytes], delimiter: str, columns: int, longest: int) -> Iterator[Rows]:
    """The rows of a text that comes in blocks, without the first, which names the columns.

    Args:
        blocks: the text, in UTF-8.
        delimiter: what stands between fields.
        columns: how many fields a row has.
        longest: a row beyond so many bytes is a fault.

    Yields:
        Rows, in portions of about a block.

    Raises:
        RowFault: a quote is never closed, or a row too long.
    """
    rest, line, skipped = b"", 1, 1
    for block in blocks:
        text = rest + block
        portion = _Portion(text, delimiter, columns, line)
        end = portion.complete()
        if end == 0 and len(text) > longest:
            raise RowFault(line, f"a line longer than {longest >> 20} MB")
        if end:
            yield portion.cut(end, skipped)
            line += portion.lines_before(end)
            skipped = 0
        rest = text[end:]
    if rest:
        if rest[-1] not in (_LF, _CR):
            rest += b"\n"
        portion = _Portion(rest, delimiter, columns, line, last=True)
        end = portion.complete()
        if portion.open_at is not None:
            at = line + portion.lines_before(portion.open_at)
            raise RowFault(at, f"a quote that is opened in line {at} is never closed")
        if end:
            yield portion.cut(end, skipped)


class _Portion:
    """Text that begins with a row: its ends of lines, its quotes, and which ends lie within quotes."""

    def __init__(self, text: bytes, delimiter: str, columns: int, line: int, *, last: bool = False) -> None:
        self.text, self.delimiter, self.columns, self.line, self.last = text, delimiter.encode(), columns, line, last
        array = np.frombuffer(text, np.uint8)
        self.ends = np.flatnonzero(array == _LF)
        if b"\r" in text:
            returns = np.flatnonzero(array == _CR)
            after = np.append(array, 0 if last else _LF)[returns + 1]  # the last may be half of a line's end
            self.ends = np.union1d(self.ends, returns[after != _LF])
        self.open_at: int | None = None
        self.within = np.zeros(len(self.ends), dtype=bool)
        if b'"' in text:
            self._look_at_quotes(array)

    def lines_before(self, offset: int) -> int:
        """How many lines end before an offset."""
        return int(np.searchsorted(self.ends, offset))

    def complete(self) -> int:
        """The offset behind the last whole row."""
        outside = self.ends[~self.within]
        return int(outside[-1]) + 1 if len(outside) else 0

    def cut(self, end: int, skipped: int) -> Rows:
        """The rows up to an offset, without so many at the beginning."""
        outside = self.ends[~self.within]
        starts = np.concatenate([[0], outside[:-1] + 1]).astype(np.int64)
        length = outside - starts
        blank = length == 0
        if b"\r" in self.text:
            array = np.frombuffer(self.text, np.uint8)
            blank |= (length == 1) & (array[starts] == _CR)
        lines = self.line + np.searchsorted(self.ends, starts)
        begin = int(outside[skipped - 1]) + 1 if skipped else 0
        return Rows(self.text[begin:end], lines[~blank][skipped:].astype(np.int64))

    def _look_at_quotes(self, array: npt.NDArray[np.uint8]) -> None:
        """Which ends of lines lie within quotes."""
        quotes = np.flatnonzero(array == _QUOTE)
        if self._in_pairs(array, quotes):
            opened = np.searchsorted(quotes, self.ends)
            self.within = opened % 2 == 1
            self.open_at = int(quotes[-1]) if len(quotes) % 2 else None
            if self.within.any():
                first = np.unique(opened[self.within] - 1)
                closes = [int(quotes[n + 1]) for n in first.tolist() if n + 1 < len(quotes)]
                self._refuse_rows_inside(list(zip(quotes[first].tolist(), closes, strict=False)))
            return
        pairs = list(self._one_by_one())
        opens = np.array([first for first, _ in pairs], dtype=np.int64)
        closes_at = np.array([last for _, last in pairs], dtype=np.int64)
        at = np.searchsorted(opens, self.ends) - 1
        self.within = (at >= 0) & (self.ends < closes_at[np.maximum(at, 0)]) if pairs else self.within
        self.open_at = pairs[-1][0] if pairs and pairs[-1][1] > len(self.text) else None
        self._refuse_rows_inside([(i, j) for i, j in pairs if j < len(self.text) and b"\n" in self.text[i:j]])

    def _in_pairs(self, array: npt.NDArray[np.uint8], quotes: Wholes) -> bool:
        """Whether every quote opens a field, closes one, or is one of two in a row within: the plain case, seen at once."""
        padded = np.concatenate([[_LF], array, [_LF]])
        around = [_LF, _CR, self.delimiter[0]]
        opens, closes = quotes[::2], quotes[1::2]
        one_of_two = np.zeros(len(opens), dtype=bool)  # it follows a quote that seemed to close at once
        one_of_two[1:] = opens[1:] == closes[: len(opens) - 1] + 1
        if not np.isin(padded[opens[~one_of_two]], around).all():
            return False
        followed = np.append(one_of_two[1:], np.zeros(1, dtype=bool))[: len(closes)]
        return bool(np.isin(padded[closes[~followed] + 2], around).all())

    def _one_by_one(self) -> Iterator[tuple[int, int]]:
        """Where quotes open and close, seen one by one; one that is not closed closes beyond the text.

        Raises:
            RowFault: a quote is closed lines later in the middle of a text.
        """
        text, around, at = self.text, (b"\n", b"\r", self.delimiter), 0
        while (first := text.find(b'"', at)) >= 0:
            at = first + 1
            if first and text[first - 1 : first] not in around:
                continue
            last = text.find(b'"', at)
            while last >= 0 and text[last + 1 : last + 2] == b'"':
                last = text.find(b'"', last + 2)
            if last < 0:
                yield first, len(text) + 1
                return
            if text[last + 1 : last + 2] not in (b"", *around) and b"\n" in text[first:last]:
                begins = self.line + self.lines_before(first)
                ends = self.line + self.lines_before(last)
                raise RowFault(begins, f"a quote that is opened in line {begins} is not closed before line {ends}")
            yield first, last
            at = last + 1

    def _refuse_rows_inside(self, pairs: list[tuple[int, int]]) -> None:
        """Raise a :class:`RowFault` where a text in quotes takes in a line that is a row of its own."""
        if self.columns < _FEWEST:
            return
        for first, last in pairs:
            low, high = np.searchsorted(self.ends, [first, last])
            for n in range(int(low), int(high)):
                begin = int(self.ends[n]) + 1
                # of the line in which the text ends, what stands behind it is the row's own
                end = min(int(self.ends[n + 1]) if n + 1 < len(self.ends) else len(self.text), last)
                fields = self.text[begin:end].split(self.delimiter)
                if len(fields) == self.columns and any(_DATE.match(field) for field in fields):
                    opened, taken = self.line + self.lines_before(first), self.line + n + 1
                    what = f"a quote that is opened in line {opened} takes in line {taken}, which is a row of its own"
                    raise RowFault(opened, what)
