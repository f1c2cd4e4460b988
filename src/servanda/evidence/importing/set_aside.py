"""Rows that say of themselves that they are no report to be read: not confirmed, not approved, a total of others."""

from __future__ import annotations

from servanda.evidence.importing.forms import refused_rows
from servanda.evidence.importing.marks import flags
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.sheets import shown
from servanda.evidence.importing.words import begins_with_word, is_word, words
from servanda.evidence.importing.work import Work
from servanda.evidence.model import AS_IT_IS, CONFIRMED_BY, REFUSED, UNCONFIRMED
from servanda.values.missing import is_missing

_OF = frozenset("for of in by per по за для на у в de du des pour por para del für im dla w içinde في".split())
"""Words behind one for a total by which it is one: *Total for the sector*; a place may bear its name."""

_PART = "a part of what another row counts, and no report of its own"
"""Said of rows beneath one that counts as many or more; a place may be called *Davon Hill*, and who did it *Dont know*."""


def set_rows_aside(work: Work, *, form: bool) -> None:
    """Set aside the rows that say of themselves that they are none.

    Args:
        work: the table.
        form: whether it is that of a form, whose submissions somebody approves.
    """
    _unconfirmed(work)
    for n, at in enumerate(work.table.numbers):
        if shape := work.table.sheet.shapes.get(at):
            why = f"its place is a {shape}, and no point: one report lies at one place"
            work.wrong(n, "EVD170", "position", shape, why, "give a point with its radius, or a row for each place")
    _totals(work)
    _sums(work)
    for column, rows in flags(work).items():
        name, cells = work.table.names[column], work.table.columns[column]
        for n in rows:
            work.wrong(n, "EVD170", name, shown(cells[n]), "its column says that the row does not hold", AS_IT_IS)
    for n in sorted(refused_rows(work.table)) if form else ():
        why = "a submission that was not approved"
        work.wrong(n, "EVD170", "_validation_status", "not approved", why, AS_IT_IS)


def _unconfirmed(work: Work) -> None:
    """Rows of reports found in documents that no person has confirmed."""
    names = work.table.names
    if {"report_id", CONFIRMED_BY} <= set(names):
        for n, cell in enumerate(work.table.columns[names.index(CONFIRMED_BY)]):
            text = shown(cell).strip()
            if is_missing(text) or text.lower() in REFUSED:
                work.wrong(n, "EVD172", CONFIRMED_BY, text, *UNCONFIRMED)


def _totals(work: Work) -> None:
    """Rows that say of themselves, where a time, a place, an act or a name would stand, that they sum up others, or tell a part of another anew."""
    for role in ("time", "place_name", "act", "actor"):
        cells = work.cells(role) if work.has(role) else []
        why = {text: _why_no_row(role, text) for text in {cell for cell in cells if isinstance(cell, str)}}
        counts = work.cells("quantity") if any(why.values()) else []
        whole: float | None = None
        for n, cell in enumerate(cells if any(why.values()) else ()):
            said, count = why[cell] if isinstance(cell, str) else "", number(counts[n])
            if said == _PART and (whole is None or count is None or count > whole):
                said = ""
            if said:
                work.wrong(n, "EVD170", role, shown(cell).rstrip(":"), said, AS_IT_IS)
            else:
                whole = count


def _sums(work: Work) -> None:
    """Rows that say *All sectors* or the like in some column, and count what the rows since the last of them count together."""
    counts = [number(cell) for cell in work.cells("quantity")] if work.has("quantity") else []
    for name, cells in zip(work.table.names, work.table.columns, strict=True) if counts else ():
        texts = {cell for cell in cells if isinstance(cell, str)}
        whole = {text for text in texts if begins_with_word("whole", text)}
        rows, total = 0, 0.0
        for n, cell in enumerate(cells if whole else ()):
            if cell not in whole:
                rows, total = rows + 1, total + (counts[n] or 0)
                continue
            if rows > 1 and total > 0 and counts[n] == total:
                why = "it counts what the rows above count together, and is no report"
                work.wrong(n, "EVD170", name, shown(cell), why, AS_IT_IS)
            rows, total = 0, 0.0


def _why_no_row(role: str, text: str) -> str:
    said = text.strip(" -\u2013\u2014:")
    if begins_with_word("part", said):
        return _PART
    total = is_word("total", said) or (
        begins_with_word("total", said) and (role == "time" or not _OF.isdisjoint(words(said).split()[1:3]))
    )
    return "a total of other rows, and no report" if total and role != "act" else ""
