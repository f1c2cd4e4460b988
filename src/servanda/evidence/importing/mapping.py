"""How a table is to be read, as a file that people can edit and keep: which column is what, and the answers to what was asked.

A question mark is an answer that is not yet given; a dash says that there is none, and leaves the value out. The file of tomorrow is
known by the names of the columns that are used, whatever it and its sheet are called.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from servanda.errors import EvidenceError, Fault
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.words import words
from servanda.values.document import read_document
from servanda.values.files import FileLike, name_of
from servanda.wording import did_you_mean

OPEN, NONE = "?", "-"
SCALARS = ("order", "year", "zone", "pair", "encoding", "sheets", "countries", "swapped", "copies")
_LISTS = ("columns", "values", "acts", "targets", "actors", "places")
LEFT, IGNORED = "left", "ignore"
"""The key of a choice about a column that nobody reads; the role of one that is left out on purpose."""
SEVERAL = frozenset({"place_name", "effect", "summary", "admin1"})
"""Roles that more than one column may have: their texts are put together."""


@dataclass(frozen=True)
class Question:
    """Something that must be decided: its ``key`` leads to its place in the mapping; ``offer`` is what is likeliest, or nothing."""

    key: tuple[str, ...]
    what: str
    offer: str = ""
    choices: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Its place in the mapping."""
        return ".".join(self.key[:1]) + (f" {self.key[1]!r}" if len(self.key) > 1 else "")


@dataclass(frozen=True)
class Choice:
    """What a person may choose so that nothing is lost: a column that nobody reads, a word for no target, a place that is not known or is several.

    ``key``: ``left``, ``targets`` or ``places``, and the column or the word; ``rows``: how many wait for it; ``options``: pairs of an answer and
    what it is; ``why``: what is not known. A dash is always an answer: leave it out, or record it without a place.
    """

    key: tuple[str, ...]
    why: str
    rows: int = 1
    options: tuple[tuple[str, str], ...] = ()


@dataclass
class TableMapping:
    """How one table is read."""

    file: str = ""
    sheet: str = ""
    header: list[int] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    """Codes of targets by words of the file; a dash: the row has none."""
    places: dict[str, str] = field(default_factory=dict)
    """Degrees by names of the file, as ``48.35, 37.72`` or ``48.35, 37.72, 5`` with kilometres; a dash: recorded without a place."""
    given: bool = False
    """Whether somebody wrote it: then words that it does not know go to quarantine and are not asked again."""

    def answer(self, key: tuple[str, ...], value: str) -> None:
        """Take the answer to a question."""
        if len(key) == 1:
            self.settings[key[0]] = value
        elif key[0] == LEFT:
            named = self.columns.setdefault(IGNORED if value == NONE else value, [])
            named += [] if key[1] in named else [key[1]]
        elif key[0] == "columns":
            for role, named in self.columns.items():  # what was only guessed of this column gives way
                if value in named and role not in (key[1], IGNORED):
                    self.columns[role] = [name for name in named if name != value]
            self.columns = {role: named for role, named in self.columns.items() if named} | {key[1]: [value]}
        else:
            getattr(self, key[0])[key[1]] = value

    def setting(self, name: str) -> str:
        """The value of a setting; nothing where there is none yet."""
        value = self.settings.get(name, "")
        return "" if value == OPEN else value

    def missing(self, table: Table) -> list[str]:
        """The columns that it names and that a table does not have."""
        have = {words(name) for name in table.names}
        return [
            name
            for role, names in self.columns.items()
            for name in names
            if role != IGNORED and name not in (OPEN, NONE) and words(name) not in have
        ]

    def fits(self, table: Table) -> bool:
        """Whether it speaks of this table: all columns that it names are there."""
        return any(name not in (OPEN, NONE) for names in self.columns.values() for name in names) and not self.missing(
            table
        )

    def word(self, kind: str, text: str) -> str | None:
        """What a word of a column means by the mapping; nothing where it does not say."""
        listed = getattr(self, kind)
        if text in listed:
            found: str = listed[text]
            return found
        return next((code for word, code in listed.items() if words(word) == words(text)), None)


def read_mapping(file: FileLike) -> list[TableMapping]:
    """A mapping file.

    Args:
        file: a path, or a file in memory.

    Returns:
        Its tables.

    Raises:
        EvidenceError: it cannot be read, or says what no mapping says.
    """
    document, faults = read_document(file)
    if document is None:
        raise EvidenceError(*faults)
    where, content = name_of(file), document.data
    tables = content.get("tables") if isinstance(content, Mapping) else None
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise EvidenceError(
            Fault(where, "is no mapping: it has no list 'tables'", "'servanda import' writes one", code="EVD197")
        )
    return [_table(where, table) for table in tables]


def _table(where: str, given: Mapping[str, Any]) -> TableMapping:
    known = ("file", "sheet", "header", *SCALARS, *_LISTS)
    for name in given:
        if name not in known:
            hint = did_you_mean(str(name), known, f"known are {', '.join(known)}")
            raise EvidenceError(Fault(where, f"unknown key {name!r} in a table of the mapping", hint, code="EVD197"))
    for name in _LISTS:
        if not isinstance(given.get(name) or {}, Mapping):
            raise EvidenceError(
                Fault(
                    where, f"{name!r} must be a mapping", "as in the one that 'servanda import' writes", code="EVD197"
                )
            )
    header = given.get("header") or []
    rows = header if isinstance(header, list) else [header]
    if not all(isinstance(n, int) for n in rows):
        raise EvidenceError(
            Fault(where, "'header' must be the number of a row, or two", "as header: [3, 4]", code="EVD197")
        )
    columns = {
        str(role): [str(n) for n in (names if isinstance(names, list) else [names])]
        for role, names in (given.get("columns") or {}).items()
    }
    return TableMapping(
        file=str(given.get("file") or ""),
        sheet=str(given.get("sheet") or ""),
        header=rows,
        columns=columns,
        values=_texts(given.get("values") or {}),
        settings=_texts({name: _setting(given[name]) for name in SCALARS if given.get(name) is not None}),
        acts=_texts(given.get("acts") or {}),
        actors=_texts(given.get("actors") or {}),
        targets=_texts(given.get("targets") or {}),
        places=_texts(given.get("places") or {}),
        given=True,
    )


def _setting(value: Any) -> Any:
    if isinstance(value, bool):  # yes and no without quotes
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _texts(given: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): NONE if value is None else str(value) for key, value in given.items()}


def write_mapping(tables: Iterable[tuple[TableMapping, list[Question]]]) -> str:
    """A mapping file as text, with what is to be decided as question marks.

    Args:
        tables: each with its open questions.

    Returns:
        YAML with remarks.
    """
    lines = [
        "# How tables are read ('servanda import --mapping THIS'). Replace every \"?\"; a dash leaves a value out.",
        "# Columns of the file that are not named under 'columns' are not read.",
        "tables:",
    ]
    for mapping, questions in tables:
        asked = {q.key: q for q in questions}
        lines.append(f"  - file: {_quoted(mapping.file)}")
        if mapping.sheet:
            lines.append(f"    sheet: {_quoted(mapping.sheet)}")
        if mapping.header not in ([], [0], [1]):
            lines.append(f"    header: {mapping.header}")
        for name in SCALARS:
            if (name,) in asked:
                lines += _asked(asked.pop((name,)), "    ", name)
            elif mapping.settings.get(name):
                lines.append(f"    {name}: {_quoted(mapping.settings[name])}")
        for name in _LISTS:
            lines += _list(mapping, name, {key[1]: q for key, q in asked.items() if key[0] == name})
    return "\n".join(lines) + "\n"


def _list(mapping: TableMapping, name: str, asked: Mapping[str, Question]) -> list[str]:
    listed = getattr(mapping, name)
    if not listed and not asked:
        return []
    lines = [f"    {name}:"]
    for key, value in listed.items():
        if key not in asked:
            text = (
                json.dumps(value, ensure_ascii=False)
                if isinstance(value, list) and len(value) > 1
                else _quoted(value[0] if isinstance(value, list) else value)
            )
            lines.append(f"      {_quoted(key)}: {text}")
    for key, question in asked.items():
        lines += _asked(question, "      ", key)
    return lines


def _asked(question: Question, indent: str, name: str) -> list[str]:
    offer = f"; likely: {question.offer}" if question.offer else ""
    choices = f"; one of: {', '.join(question.choices[:40])}" if question.choices else ""
    remark = " ".join(f"{question.what}{offer}{choices}".split())
    return [f"{indent}# {remark}", f'{indent}{_quoted(name)}: "{OPEN}"']


def _quoted(text: str) -> str:
    plain = text.replace("_", "").replace(" ", "")
    safe = (
        plain.isalnum()
        and plain.isascii()
        and not plain[0].isdigit()
        and text.lower() not in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
    )
    return text if safe and text == text.strip() else json.dumps(text, ensure_ascii=False)
