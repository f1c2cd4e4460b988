"""Files to readings: which sheets hold reports, which of them are in a format that a reader knows, and what the mapping says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from servanda.errors import EvidenceError
from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.containers import open_sheets
from servanda.evidence.importing.copies import COPIES, part_copies
from servanda.evidence.importing.crossed import table_of
from servanda.evidence.importing.header import Table, is_known
from servanda.evidence.importing.headings import (
    day_of_title,
    take_days_of_headings,
    take_month_of_title,
    take_party_of_sheet,
)
from servanda.evidence.importing.mapping import Question, TableMapping
from servanda.evidence.importing.provisions import dataset_of
from servanda.evidence.importing.reading import Reading, read_table
from servanda.evidence.importing.repeats import with_forms
from servanda.evidence.importing.resaved import as_the_format_has_it
from servanda.evidence.importing.several import tables_beneath
from servanda.evidence.importing.sheets import Sheet, is_blank, not_imported, shown
from servanda.evidence.importing.tracks import Track
from servanda.evidence.importing.upright import beside, upright
from servanda.evidence.importing.words import act_of, is_word, roles, words
from servanda.evidence.importing.work import How
from servanda.evidence.joining import completes, joined, part_of
from servanda.evidence.model import Context, Reader
from servanda.evidence.plugins import known_but_for_capitals
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.wording import did_you_mean, plural


@dataclass
class KnownTable:
    """A table in a format that a reader knows, as text."""

    table: Table
    reader: Reader
    rows: pl.DataFrame
    saved_again: bool = False
    """Whether a spreadsheet had changed its days or numbers."""


@dataclass
class Imported:
    """What a number of files gave."""

    readings: list[Reading] = field(default_factory=list)
    known: list[KnownTable] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tracks: list[tuple[str, Track]] = field(default_factory=list)
    """Where somebody was, each with the name of its file."""
    parts: list[tuple[Table, Reader]] = field(default_factory=list)
    """Tables that complete others."""

    @property
    def questions(self) -> list[tuple[Reading, Question]]:
        """All that must be decided first."""
        return [(reading, question) for reading in self.readings for question in reading.questions]

    @property
    def doubtful(self) -> bool:
        """Whether anything was asked, doubtful or set aside."""
        return any(reading.doubtful for reading in self.readings)


def import_files(
    files: Sequence[FileLike], context: Context, mappings: Sequence[TableMapping] = (), how: How | None = None
) -> Imported:
    """Read files as tables of reports.

    Args:
        files: paths, and files in memory.
        context: what is known of the agreement.
        mappings: how tables are read, where that is known; each table takes the first that names its columns.
        how: how all tables are read.

    Returns:
        The readings of their tables, in order.

    Raises:
        EvidenceError: a file cannot be read, or has no table of reports.
    """
    how = how or How()
    out = Imported()
    encoding = next((m.setting("encoding") for m in mappings if m.setting("encoding")), "")
    for file in files:
        whole = open_sheets(file, encoding, how.order)
        sheets = [one for sheet in whole for part in tables_beneath(upright(sheet)) for one in beside(part)]
        out.told += [f"{sheet.label}: {what}" for sheet in sheets for what in sheet.told]
        tracks = [(base_name_of(file), track) for sheet in sheets for track in sheet.tracks]
        out.tracks += tracks
        found = _tables(sheets, mappings, context, out)
        if not found and not tracks:
            if header := next((words for sheet in sheets if (words := _only_a_header(sheet))), ""):
                raise not_imported(
                    name_of(file),
                    "EVD195",
                    f"has a header and no row beneath it ({header})",
                    "give a file with rows, or leave it out",
                )
            hint = "; ".join(out.told[-3:]) or "a table of reports has a header with a day, a place and what happened"
            raise not_imported(name_of(file), "EVD195", "holds no table that could be reports", hint)
        for table in found:
            _one(table, base_name_of(file), out, context, mappings, how)
    _join(out)
    part_copies(out.readings)
    return out


def _join(out: Imported) -> None:
    """Put what completes a table beside its rows; what completes none is told."""
    for other, reader in out.parts:
        part = part_of(as_text(other, reader), reader)
        of = [one for one in out.known if one.reader.name == reader.name]
        for one in of:
            found = one.rows[reader.joined_on].is_in(part[reader.joined_on].to_list()).sum()
            one.rows = joined(one.rows, reader, [part])
            told = f"{found:,} of {plural(one.rows.height, 'row')} of {one.table.sheet.label} found in it"
            out.told.append(f"{other.sheet.label}: joined by {reader.joined_on!r}: {told}")
        if not of:
            what = f"completes {reader.title}, by {reader.joined_on!r}, and holds no report itself"
            if not out.known and not out.readings:
                raise not_imported(other.sheet.file, "EVD195", what, "give the file with days and places beside it")
            out.told.append(f"{other.sheet.label}: {what}; it is left out")


def read_again(imported: Imported, context: Context, how: How | None = None) -> None:
    """Read all tables again, after answers were put into their mappings.

    Args:
        imported: what :func:`import_files` gave; its readings are replaced.
        context: as there.
        how: as there.
    """
    imported.readings = [read_table(one.table, one.mapping, context, how) for one in imported.readings]
    part_copies(imported.readings)


def _tables(sheets: list[Sheet], mappings: Sequence[TableMapping], context: Context, out: Imported) -> list[Table]:
    """The tables that hold reports; a sheet that does not is told, unless it is the only one."""
    read: list[Table] = []
    for sheet in sheets:
        table = _with_names(table_of(sheet, context), context)
        if mappings and not (
            table and any(mapping.fits(table) for mapping in mappings)
        ):  # its header is where they say
            named = (_with_names(table_of(sheet, context, m.header), context) for m in mappings if m.header)
            table = next((one for one in named if one and any(m.fits(one) for m in mappings)), table)
        if table is None:
            if sheet.rows and len(sheets) > 1:
                out.told.append(f"{sheet.label} is left out: it has no header that could be one of reports")
            continue
        read.append(table)
    read, told = with_forms(read)
    out.told += told
    found: list[Table] = []
    apart = _apart(read, context)
    for table in read:
        sheet = table.sheet
        fitting = [mapping for mapping in mappings if mapping.fits(table)]
        mapped, by_name = bool(fitting), any(mapping.sheet == sheet.name for mapping in fitting)
        single = not sheet.part and sum(1 for other in sheets if other.rows and not other.part) == 1
        if sheet.hidden and not (by_name if sheet.name else mapped):
            out.told.append(f"{sheet.label} is hidden and is left out ({plural(table.height, 'row')})")
        elif not by_name and sheet in apart:
            what = f"is left out, for its name says that its {plural(table.height, 'row does', 'rows do')} not hold"
            out.told.append(f"{sheet.label} {what}; import it by itself where they do")
        elif mapped or single or table.repeats or reader_of(table) or _looks_like_reports(table, day_of_title(table)):
            found.append(table)
        else:
            out.told.append(
                f"{sheet.label} is left out: it has no column with the day of something that happened ({plural(table.height, 'row')})"
            )
    return found


def _apart(tables: Sequence[Table], context: Context) -> list[Sheet]:
    """Sheets whose names say that their rows do not hold, beside others of reports; where sheets are called by kinds of acts, *Training* is one too."""
    said = [table.sheet for table in tables if is_word("apart", table.sheet.name)]
    others = [table for table in tables if table.sheet not in said and table.height]
    kinds = any(act_of(table.sheet.name, context.vocabulary.acts) for table in others)
    reports = any(_looks_like_reports(table, day_of_title(table)) or reader_of(table) for table in others)
    return said if reports and not kinds else []


def _looks_like_reports(table: Table, day: str = "") -> bool:
    """Whether a table among others may hold reports: it has a day, or is called by one (``day``), and what was done or a place."""
    names = {
        role for name in table.names for part in (name, name.rpartition("/")[2]) if (role := roles().get(words(part)))
    }
    names |= set(table.hxl.values())
    telling = len(names & {"act", "place_name", "lat", "position", "actor", "summary"}) + table.crossed
    if names & set(DAYS):
        return telling >= 1
    return (
        bool(day) and telling >= 2 and ("act" in names or not table.sheet.part)
    )  # of further tables not each is one of reports


def _only_a_header(sheet: Sheet) -> str:
    """The words of a sheet that has nothing but a header; nothing for any other."""
    filled = [cell for cell in sheet.rows[0] if not is_blank(cell)] if len(sheet.rows) == 1 else []
    return ", ".join(map(shown, filled))[:80] if sum(map(is_known, filled)) >= 2 else ""


def _with_names(table: Table | None, context: Context) -> Table | None:
    """A table with the days and the party that stand in headings, titles and names of sheets."""
    if table is not None:
        take_days_of_headings(table)
        take_month_of_title(table)
        take_party_of_sheet(table, context)
    return table


def _one(table: Table, file: str, out: Imported, context: Context, mappings: Sequence[TableMapping], how: How) -> None:
    fitting = [mapping for mapping in mappings if mapping.fits(table)]
    given = next(iter(fitting), None)
    if given is not None and (same := next(filter(None, (one.setting(COPIES) for one in fitting)), "")):
        given.settings.setdefault(COPIES, same)  # of several tables alike only the first keeps the answer
    reader = reader_of(table) if given is None else None
    if reader is not None:
        rows, told = as_the_format_has_it(as_text(table, reader), reader, how.order)
        out.known.append(KnownTable(table, reader, rows, bool(told)))
        out.told += [f"{table.sheet.label}: {said}" for said in (*told, *table.left_out_words())]
        return
    dataset = dataset_of(table)
    if dataset:
        what = f"is {dataset}: what agreements provide for, and no reports"
        raise not_imported(
            table.sheet.file, "EVD204", what, "'servanda import --as provisions' lists it, one provision a row"
        )
    other = completes(table.names) if given is None else None
    if other is not None:
        out.parts.append((table, other))
        return
    if given is None and mappings:
        missing = min((one.missing(table) for one in mappings), key=len)
        lacks = ", ".join(repr(name) for name in missing[:5]) or "no column is named in it"
        near = did_you_mean(missing[0], table.names) if missing else ""
        lacks += f"; {near}" if near else ""
        out.told.append(f"{table.sheet.label}: the mapping is not of this table, and is not used (it lacks {lacks})")
    mapping = given or TableMapping(file, table.sheet.name, table.header)
    reading = read_table(table, mapping, context, how)
    if table.sheet.kind == "text?" and not mapping.setting("encoding"):
        found = next((what for what in table.sheet.told if what.startswith("is read as")), "")
        reading.questions.insert(
            0,
            Question(
                ("encoding",),
                f"in which encoding is it written? It {found}",
                found.removeprefix("is read as ").split(",")[0],
            ),
        )
    out.readings.append(reading)


def reader_of(table: Table) -> Reader | None:
    """The reader of another's format that knows a table by its columns, in capitals or not; nothing where none does."""
    return known_but_for_capitals(table.names)


def as_text(table: Table, reader: Reader) -> pl.DataFrame:
    """A table as text under the names that a reader knows, with the number of each row.

    Args:
        table: names and cells.
        reader: the reader.

    Returns:
        Text columns, and ``row``.
    """
    spelt = {column.lower(): column for column in reader.columns}
    columns: dict[str, list[str | None]] = {}
    for name, cells in zip(table.names, table.columns, strict=True):
        columns.setdefault(spelt.get(name.lower(), name), [shown(cell) or None for cell in cells])
    columns.pop("row", None)
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(pl.Series("row", table.numbers, dtype=pl.Int64))


__all__ = ["EvidenceError", "Imported", "KnownTable", "as_text", "import_files", "reader_of"]
