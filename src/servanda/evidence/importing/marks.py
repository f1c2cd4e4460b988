"""Signs by which a cell says yes or no, and columns that say so of their rows."""

from __future__ import annotations

import re

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.words import is_word, words
from servanda.evidence.importing.work import text_of

_YES = frozenset(map(words, ("x", "v", "yes", "y", "да", "так", "oui", "sí", "نعم", "ja", "evet", "true")))
_NO = frozenset(map(words, ("no", "n", "нет", "ні", "non", "لا", "nein", "hayır", "false")))
_IS = re.compile(r"^(?:(?:is|was|has been|marked|flagged|record|report|entry|event|incident|row)(?: as)? )+")
_TICKS = frozenset("✓✔☑●•+")


def is_mark(cell: Cell) -> bool:
    """Whether a cell says that there was such a thing, and not how often; a tick has no word.

    Args:
        cell: a cell.

    Returns:
        Whether it does.
    """
    return cell is True or shown(cell).strip() in _TICKS or words(shown(cell)) in _YES


def is_no_mark(cell: Cell) -> bool:
    """Whether a cell says that there was none, as forms write of every answer that was not ticked.

    Args:
        cell: a cell.

    Returns:
        Whether it does.
    """
    return cell is False or (isinstance(cell, str) and words(cell) in _NO)


def flags(table: Table) -> dict[int, list[int]]:
    """The columns whose names say that a row holds, or does not, as *Deleted*, *False alarm*, *Valid* or *Duplicate of*.

    Args:
        table: a table.

    Returns:
        By the place of each the rows that do not hold. A column of other values than yes and no is none of them.
    """
    out: dict[int, list[int]] = {}
    for n, name in enumerate(table.names):
        said = _IS.sub("", words(name))
        cells = table.columns[n]
        if is_word("taken_back_of", said):
            out[n] = [r for r, cell in enumerate(cells) if text_of(cell) and not _is_no(cell)]
        elif is_word("taken_back", said) and all(not text_of(c) or _is_yes(c) or _is_no(c) for c in cells):
            out[n] = [r for r, cell in enumerate(cells) if _is_yes(cell)]
        elif is_word("holds", said) and all(not text_of(c) or _is_yes(c) or _is_no(c) for c in cells):
            out[n] = [r for r, cell in enumerate(cells) if _is_no(cell)]
    return out


def _is_yes(cell: Cell) -> bool:
    return is_mark(cell) or shown(cell) == "1"


def _is_no(cell: Cell) -> bool:
    return is_no_mark(cell) or shown(cell) == "0"
