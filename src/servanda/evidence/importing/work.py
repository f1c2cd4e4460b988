"""What is at hand while one table is read, and what comes of it: questions, doubts, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.mapping import Choice, Question, TableMapping
from servanda.evidence.importing.named_places import NamedPlaces
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, letters, shown
from servanda.evidence.importing.words import is_word
from servanda.evidence.model import Context
from servanda.values.missing import is_missing

_MOST_QUESTIONS = 200
_DITTO = re.compile(r"""^\s*[-–—]*\s*(?:"|''|″|”|“|〃|//|»|«)\s*[-–—]*\s*$""")


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


@dataclass
class Work:
    """One table being read."""

    table: Table
    mapping: TableMapping
    context: Context
    columns: dict[str, list[int]]
    zone_offer: str = ""
    agreed: bool = False
    places: NamedPlaces | None = None
    strict: bool = False
    """Whether nothing may be left out unasked: what is not known sets its row aside, and is to be chosen."""
    questions: list[Question] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    choices: dict[tuple[str, ...], Choice] = field(default_factory=dict)

    def has(self, role: str) -> bool:
        """Whether a column has a role."""
        return bool(self.columns.get(role))

    def name(self, role: str) -> str:
        """The name of the column of a role."""
        return self.table.names[self.columns[role][0]] if self.has(role) else role

    def cells(self, role: str) -> list[Cell]:
        """The cells of the column of a role; where nothing is, what the mapping says for all rows."""
        n = self.table.height
        given = self.constants.get(role) or self.mapping.values.get(role)
        constant = given if given not in (None, "?", "-") else None
        if not self.has(role):
            return [constant] * n
        cells = [constant if _nothing(cell) else cell for cell in self.table.columns[self.columns[role][0]]]
        return said_again(cells) if any(map(is_ditto, cells)) else cells

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
    return isinstance(cell, str) and (_DITTO.match(cell) is not None or is_word("ditto", cell))


def said_again(cells: list[Cell]) -> list[Cell]:
    """Cells with what stands above in place of signs that say so; a sign beneath nothing stays, as it can be read as nothing else."""
    out: list[Cell] = []
    for cell in cells:
        out.append(out[-1] if out and is_ditto(cell) and not is_blank(out[-1]) else cell)
    return out


def _nothing(cell: Cell) -> bool:
    return is_blank(cell)


def text_of(cell: Cell) -> str:
    """A cell as text; nothing where it stands for no value, or is an error."""
    if isinstance(cell, Broken):
        return ""
    text = shown(cell)
    return "" if is_missing(text) else text
