"""Repeats of forms: questions that were asked several times stand in a sheet or file of their own, under the number of the form that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.sheets import Cell, is_blank, shown
from servanda.evidence.importing.words import roles, words
from servanda.wording import plural

_KEYS = (("PARENT_KEY", "KEY"), ("_parent_index", "_index"), ("__Submissions-id", "__id"))
"""What a row of a repeat names its form by, and what the form is called there."""
_NAME_OF_PARENT = "_parent_table_name"
_OF_SENDING = frozenset({"_submission_time", "SubmissionDate", "_uuid", "_id", "start", "end"})
"""What the whole form says of when it was filled and sent, which stands beside its repeats too."""


@dataclass(frozen=True)
class _Link:
    """A table of repeats, the table of their forms, and the names of the columns by which they are joined."""

    child: int
    parent: int
    key: str
    of_parent: str


def with_forms(tables: Sequence[Table]) -> tuple[list[Table], list[str]]:
    """Tables of repeats with what the forms that they belong to say of all of them.

    Args:
        tables: those of one file.

    Returns:
        The tables, without those of forms that are no reports themselves; and what is to be told.
    """
    out, told = [*tables], list[str]()
    links = [link for n in range(len(out)) if (link := _link(out, n)) is not None]
    for link in links:
        child, parent = out[link.child], out[link.parent]
        out[link.child], missing = _joined(child, parent, link)
        what = f"{child.sheet.label}: {plural(child.height, 'repeat')} joined to the forms of {parent.sheet.label} by {link.key!r}"
        told.append(what + (f"; {plural(missing, 'row')} without a form" if missing else ""))
    silent = {link.parent for link in links if "act" not in _roles(out[link.parent].names)}
    told += [
        f"{out[n].sheet.label}: its forms stand beside their repeats, and are no rows of their own"
        for n in sorted(silent)
    ]
    return [table for n, table in enumerate(out) if n not in silent], told


def _link(tables: Sequence[Table], n: int) -> _Link | None:
    names = tables[n].names
    for key, of_parent in _KEYS:
        if key not in names:
            continue
        called = {shown(cell) for cell in _column(tables[n], _NAME_OF_PARENT)} - {""}
        of = [m for m, one in enumerate(tables) if m != n and of_parent in one.names]
        of = [m for m in of if tables[m].sheet.name in called] or of
        said = {shown(cell) for cell in _column(tables[n], key)} - {""}
        fits = [m for m in of if said & {shown(cell) for cell in _column(tables[m], of_parent)}]
        if len(fits) == 1:
            return _Link(n, fits[0], key, of_parent)
    return None


def _column(table: Table, name: str) -> list[Cell]:
    return table.columns[table.names.index(name)] if name in table.names else []


def _roles(names: Sequence[str]) -> frozenset[str]:
    found = (roles().get(words(part)) for name in names for part in (name, *(name.rpartition(m)[2] for m in "/-.")))
    return frozenset(role for role in found if role)


def _joined(child: Table, parent: Table, link: _Link) -> tuple[Table, int]:
    """A table of repeats with the columns of their forms that say what no column of its own does; and how many have no form."""
    said = _roles(child.names)
    taken = [
        n
        for n, name in enumerate(parent.names)
        if name not in child.names and (name in _OF_SENDING or not said & _roles([name])) and name != link.of_parent
    ]
    at: Mapping[str, int] = {
        shown(cell): r for r, cell in enumerate(_column(parent, link.of_parent)) if not is_blank(cell)
    }
    rows = [at.get(shown(cell), -1) for cell in _column(child, link.key)]
    out = replace(child, names=[*child.names], columns=[*child.columns], places=[*child.places], repeats=True)
    for n in taken:
        out.names.append(parent.names[n])
        out.columns.append([parent.columns[n][r] if r >= 0 else None for r in rows])
        out.places.append(-1)
    return out, rows.count(-1)
