"""Tables in text whose columns stand one under the other, parted by blanks only, as text that was taken out of a PDF has them.

A cell belongs to the column in whose stretch of the line it stands. Stretches are told by what no line writes on: where a cell of any line
reaches over into the next column, nobody can tell where it ends, and the text is no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from servanda.evidence.importing.words import roles, words

_PART = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"\S {2,}\S")
_LEAST = 3


def aligned_rows(lines: Sequence[str]) -> list[tuple[int, list[str | None]]] | None:
    """The rows of a text whose columns are parted by blanks.

    Args:
        lines: its lines.

    Returns:
        Each line that has something in it, with its number from 1 and its cells; a line of one piece is one cell. Nothing where it is no such table.
    """
    written = [line.rstrip() for line in lines]
    filled = [line for line in written if line]
    if any("\t" in line for line in filled) or 2 * sum(bool(_GAP.search(line)) for line in filled) <= len(filled):
        return None
    header = next((n for n, line in enumerate(written) if _is_header(line)), -1)
    if header < 0:
        return None
    table = [line for line in written[header:] if len(_PART.findall(line)) > 1]
    stretches = _stretches(table)
    if len(table) < 2 or len(stretches) != len(_PART.findall(written[header])):
        return None
    out: list[tuple[int, list[str | None]]] = []
    for number, line in enumerate(written, 1):
        parts = list(_PART.finditer(line))
        if number <= header or len(parts) == 1:
            out += [(number, [part.group() for part in parts])] if parts else []
        elif parts:
            out.append((number, [line[begin:end].strip() or None for begin, end in stretches]))
    return out


def _is_header(line: str) -> bool:
    parts = _PART.findall(line)
    return len(parts) >= _LEAST and sum(words(part) in roles() for part in parts) >= _LEAST - 1


def _stretches(lines: Sequence[str]) -> list[tuple[int, int]]:
    """From where to where the columns go: what no line writes on for two blanks parts them."""
    width = max(map(len, lines))
    used = [any(n < len(line) and line[n] != " " for line in lines) for n in range(width)]
    found = re.finditer(r"1+(?:01+)*", "".join("1" if one else "0" for one in used))
    return [(match.start(), match.end()) for match in found]
