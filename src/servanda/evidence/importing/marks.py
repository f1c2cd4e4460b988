"""Signs by which a cell says yes or no, and columns that say so of their rows."""

from __future__ import annotations

import re

from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.dates import written_day
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.parts import DAY_PARTS
from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.words import is_word, words
from servanda.evidence.importing.work import Work, text_of

_YES = frozenset(map(words, ("x", "v", "yes", "y", "да", "так", "oui", "sí", "نعم", "ja", "evet", "true")))
_NO = frozenset(map(words, ("no", "n", "нет", "ні", "non", "لا", "nein", "hayır", "false")))
_IS = re.compile(r"^(?:(?:is|was|has been|marked|flagged|record|report|entry|event|incident|row)(?: as)? )+")
_OF_REPORT = re.compile(r"^(?:is |was )?(?:record|report|entry|row)\b")
_SECONDS = re.compile(r"[1-9]\d{8,12}")
_KINDS = (
    "repeats",
    "replaces",
    "replaced_by",
    "version",
    "taken_back_on",
    "repeated",
    "holds",
    "taken_back",
    "taken_back_of_reports",
)
_FIGURE = re.compile(r"\d")
_EVENT = ("when", "date", "start", "day", "time", "act", "actor", "place_name", "lat", "lon", "position")
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


def flags(work: Work) -> dict[int, list[int]]:
    """The columns whose names say that a row holds, or does not, as *Deleted*, *False alarm*, *Valid* or *Duplicate of*.

    Args:
        work: a table.

    Returns:
        By the place of each the rows that do not hold. A column of other values than yes, no and not known is none of them, nor one of which a mapping says what it is.
    """
    taken = {n for found in work.columns.values() for n in found} if work.mapping.given else set()
    out: dict[int, list[int]] = {}
    for n, name in enumerate(work.table.names):
        said = words(name)
        kind = next((kind for kind in _KINDS if is_word(kind, _IS.sub("", said))), "")
        if not kind or n in taken or (kind == "taken_back_of_reports" and not _OF_REPORT.search(said)):
            continue
        cells = work.table.columns[n]
        if kind == "repeats":
            out[n] = _repeating(work, cells)
        elif kind == "replaces":
            out[n] = _replaced(work, cells)
        elif kind == "replaced_by":
            out[n] = [r for r, other in enumerate(_named(work, cells)) if other not in (None, r)]
        elif kind == "version":
            out[n] = _earlier(work, cells)
        elif kind == "taken_back_on":
            out[n] = [r for r, cell in enumerate(cells) if _is_yes(cell) or _is_day(cell)]
        elif all(_is_yes(c) or _is_no(c) or not words(text_of(c)) or is_word("unknown", shown(c)) for c in cells):
            of_it = _is_no if kind == "holds" else _is_yes
            rows = [r for r, cell in enumerate(cells) if of_it(cell)]
            out[n] = sorted(set(rows) - _first_copies(work, set(rows))) if kind == "repeated" else rows
    return out


def _named(work: Work, cells: list[Cell]) -> list[int | None]:
    """The rows that cells name by their numbers; nothing where none of this table is named."""
    ids = {shown(cell): r for r, cell in enumerate(work.cells("report_id")) if text_of(cell)}
    return [ids.get(shown(cell)) for cell in cells]


def _repeating(work: Work, cells: list[Cell]) -> list[int]:
    """The rows that repeat another; not one that names itself, nor the first of two that name each other."""
    named, out = _named(work, cells), []
    for r, (cell, other) in enumerate(zip(cells, named, strict=True)):
        if other is not None and (other == r or (r < other and named[other] == r)):
            continue
        if other is not None or (text_of(cell) and not _is_no(cell) and (_is_yes(cell) or _FIGURE.search(shown(cell)))):
            out.append(r)
    return out


def _replaced(work: Work, cells: list[Cell]) -> list[int]:
    """The rows that another one names as those in whose place it stands; not one that names itself, nor the last of two that name each other."""
    named = _named(work, cells)
    pairs = ((r, other) for r, other in enumerate(named) if other is not None and other != r)
    return sorted({other for r, other in pairs if other < r or named[other] != r})


def _earlier(work: Work, cells: list[Cell]) -> list[int]:
    """The rows of which another of the same source has the same number and a later version; mere numbers may begin anew each day, as those of rows do."""
    days = [work.cells(role) for role in (*DAYS, *DAY_PARTS) if work.has(role)]
    rows = zip(work.cells("report_id"), work.cells("source"), zip(*days, strict=True), strict=True)
    keys = [(text_of(one), shown(source), *(day if text_of(one).isdigit() else ())) for one, source, day in rows]
    versions = [number(cell) or 0.0 for cell in cells]
    last: dict[tuple[object, ...], float] = {}
    for one, version in zip(keys, versions, strict=True):
        last[one] = max(last.get(one, 0.0), version)
    return [
        r for r, (one, version) in enumerate(zip(keys, versions, strict=True)) if one[0] and 0 < version < last[one]
    ]


def _first_copies(work: Work, marked: set[int]) -> set[int]:
    """Of rows that are alike in what happened when and where, and are all marked as copies, the first of each."""
    columns = [work.table.columns[n] for role in _EVENT for n in work.columns.get(role, [])]
    alike: dict[tuple[str, ...], list[int]] = {}
    for r in range(work.table.height):
        alike.setdefault(tuple(shown(column[r]) for column in columns), []).append(r)
    return {rows[0] for rows in alike.values() if len(rows) > 1 and marked.issuperset(rows)}


def _is_day(cell: Cell) -> bool:
    """Whether a cell is a day on which something was done, or seconds since 1970; 1970-01-01, 0000-00-00 and 9999-12-31 mean never."""
    if _SECONDS.fullmatch(shown(cell)):
        return True
    day = written_day(cell)
    year = day and (day.moment.year if day.moment else day.year)
    return day is not None and (not year or day.short_year or 1970 < year < 2200)


def _is_yes(cell: Cell) -> bool:
    return is_mark(cell) or shown(cell) == "1"


def _is_no(cell: Cell) -> bool:
    return is_no_mark(cell) or shown(cell) == "0"
