"""What is at hand while one table is read, and what comes of it: questions, doubts, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.mapping import Choice, Question, TableMapping
from servanda.evidence.importing.named_places import NamedPlaces
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, letters, shown
from servanda.evidence.importing.words import is_word
from servanda.evidence.model import Context
from servanda.values.missing import is_missing

_MOST_QUESTIONS = 200
_DITTO = re.compile(r"""^\s*[-–—]*\s*(?:"|''|″|”|“|〃|//|»|«)\s*[-–—]*\s*$""")


_LONGEST_DITTO = 80


@dataclass(frozen=True)
class Doubt:
    """A cell that could be read in more than one way, or not at all, and how it was read."""

    file: str
    sheet: str
    row: int
    cell: str
    column: str
    value: str
    read: str


@dataclass(frozen=True)
class RowFault:
    """Why a row goes to quarantine. ``row`` counts from 0 within the table."""

    row: int
    code: str
    field: str
    value: str
    reason: str
    hint: str


@dataclass(frozen=True)
class How:
    """How all tables of a command are read.

    ``agreed``: whether there is an agreement, so that actors must be its parties; ``zone_offer``: the zone that is likeliest; ``zone_answer``: the
    one that somebody named beforehand, in case that it is asked for; ``places``: places by name, for rows without coordinates; ``strict``: whether
    nothing may be left out unasked, so that what is not known sets its row aside and is to be chosen; ``order``: of day and month in chats and in
    known formats, where they cannot tell.
    """

    agreed: bool = False
    zone_offer: str = ""
    zone_answer: str = ""
    places: NamedPlaces | None = None
    strict: bool = False
    order: str = ""


@dataclass
class Work:
    """One table being read."""

    table: Table
    mapping: TableMapping
    context: Context
    columns: dict[str, list[int]]
    how: How = How()
    answered: bool = False
    """Whether the zone was asked for, and had been named beforehand."""
    questions: list[Question] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    choices: dict[tuple[str, ...], Choice] = field(default_factory=dict)
    kept: dict[tuple[str, int | None, str | None], list[Cell]] = field(default_factory=dict)
    """The cells that were asked for, which nobody changes."""

    def has(self, role: str) -> bool:
        """Whether a column has a role."""
        return bool(self.columns.get(role))

    def name(self, role: str) -> str:
        """The name of the column of a role."""
        return self.table.names[self.columns[role][0]] if self.has(role) else role

    def cells(self, role: str) -> list[Cell]:
        """The cells of the column of a role; where nothing is, what the mapping says for all rows."""
        given = self.constants.get(role) or self.mapping.values.get(role)
        constant = given if given not in (None, "?", "-") else None
        column = self.columns[role][0] if self.has(role) else None
        key = role, column, constant
        if key not in self.kept:
            self.kept[key] = self._cells(column, constant)
        return self.kept[key]

    def is_absent(self, role: str) -> bool:
        """Whether no row has anything for a role: there is neither a column nor a value for all rows."""
        given = self.constants.get(role) or self.mapping.values.get(role)
        return not self.has(role) and given in (None, "?", "-")

    def _cells(self, column: int | None, constant: str | None) -> list[Cell]:
        if column is None:
            return [constant] * self.table.height
        cells = self.table.columns[column]
        if constant is not None:
            cells = [constant if is_blank(cell) else cell for cell in cells]
        return said_again(cells)

    def ask(self, key: tuple[str, ...], what: str, offer: str = "", choices: tuple[str, ...] = ()) -> None:
        """Ask something, and no more than once."""
        if len(self.questions) < _MOST_QUESTIONS and all(q.key != key for q in self.questions):
            self.questions.append(Question(key, what, offer, choices))

    def choose(self, key: tuple[str, ...], why: str, options: tuple[tuple[str, str], ...] = ()) -> None:
        """Leave something to a person, and count the rows that wait for it."""
        known = self.choices.get(key)
        self.choices[key] = replace(known, rows=known.rows + 1) if known else Choice(key, why, 1, options)

    def doubt(self, row: int, role: str, value: str, read: str) -> None:
        """Tell how a doubtful cell was read."""
        sheet = self.table.sheet
        place = self.table.places[self.columns[role][0]] if self.has(role) else -1
        number = self.table.numbers[row]
        cell = f"{letters(place)}{number}" if place >= 0 and sheet.kind in ("xlsx", "ods") else ""
        self.doubts.append(Doubt(sheet.file, sheet.name, number, cell, self.name(role), value, read))

    def wrong(self, row: int, code: str, role: str, value: str, reason: str, hint: str) -> None:
        """Set a row aside."""
        self.faults.append(RowFault(row, code, role, value[:120], reason, hint))


def is_ditto(cell: Cell) -> bool:
    """Whether a cell says that what stands above it stands here too."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_DITTO:
        return False
    return _DITTO.match(cell) is not None or (not any(map(str.isdigit, cell)) and is_word("ditto", cell))


def said_again(cells: list[Cell]) -> list[Cell]:
    """Cells with what stands above in place of signs that say so; a sign beneath nothing stays, as it can be read as nothing else."""
    if not any_ditto(cells):
        return cells
    out: list[Cell] = []
    for cell in cells:
        out.append(out[-1] if out and is_ditto(cell) and not is_blank(out[-1]) else cell)
    return out


def any_ditto(cells: list[Cell]) -> bool:
    """Whether any cell says that what stands above it stands here too: each text is looked at once."""
    return any(is_ditto(text) for text in {cell for cell in cells if isinstance(cell, str)})


def text_of(cell: Cell) -> str:
    """A cell as text; nothing where it stands for no value, or is an error."""
    if cell is None or isinstance(cell, Broken):
        return ""
    return _said(cell if isinstance(cell, str) else shown(cell))


@lru_cache(maxsize=100_000)
def _said(text: str) -> str:
    text = shown(text)
    return "" if is_missing(text) else text
