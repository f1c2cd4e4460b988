"""The annexed tables of a mission report as CSV and as a workbook, and its sentences with the data under them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from servanda import FORMAT, __version__
from servanda.briefs import FILE_COLUMNS, Brief, Table, Words, words_of
from servanda.briefs.model import Code, Days, Name, Phrase, Quote, Run, Several, Share, Span, Value
from servanda.errors import Fault, ServandaError
from servanda.report.tables import csv, defused
from servanda.values.time import iso

_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows; a table beyond that stands in its CSV file."""


def frame_of(table: Table, said: Callable[[Value], str]) -> pl.DataFrame:
    """A table as a frame: numbers stay numbers, all else is text.

    Args:
        table: the table.
        said: how what is no number is written.

    Returns:
        One row per row, under the names of the columns.
    """
    columns = {}
    for n, name in enumerate(table.columns):
        cells = [row[n] for row in table.rows]
        numbers = all(cell is None or isinstance(cell, (int, float)) for cell in cells) and any(
            cell is not None for cell in cells
        )
        columns[name] = cells if numbers else [said(cell) for cell in cells]
    return pl.DataFrame(columns, strict=False)


def csv_of(brief: Brief, words: Words) -> dict[str, bytes]:
    """Every annexed table as CSV, the same in every language: codes, ISO 8601, and English for what is told in words.

    Args:
        brief: the report.
        words: its language, of which only the zone is used.

    Returns:
        The files by their names.
    """
    english = words_of("en", words.zone)
    return {f"{table.name}.csv": csv(_whole(table, english)).encode() for table in brief.annexes}


def _whole(table: Table, english: Words) -> pl.DataFrame:
    """A table with all columns that files of its kind have."""
    frame, columns = frame_of(table, lambda cell: _bare(cell, english)), FILE_COLUMNS[table.name]
    missing = (pl.lit(None, dtype=pl.String).alias(c) for c in columns if c not in frame.columns)
    return frame.with_columns(missing).select(columns)


def _bare(value: Value, english: Words) -> str:
    """A cell for machines: a code as it is, an instant in ISO 8601, a span of time as an ISO interval."""
    if value is None:
        return ""
    if isinstance(value, Several):
        return "; ".join(_bare(one, english) for one in value.items)
    if isinstance(value, Code):
        return value.code
    if isinstance(value, Name):
        return value.text  # without the signs that set it apart among words
    if isinstance(value, Share):
        return f"{value.share:.6g}"
    if isinstance(value, Span):
        return f"{iso(value.start, english.zone)}/{iso(value.end, english.zone)}"
    if isinstance(value, datetime):
        return str(iso(value, english.zone))
    return value.isoformat() if isinstance(value, date) else english.say(value)


def workbook(brief: Brief, words: Words) -> bytes:
    """The annexed tables as one workbook, a sheet each, under the headings of the language; the same bytes for the same tables.

    Args:
        brief: the report.
        words: its language.

    Returns:
        An XLSX file; nothing in it is a formula.

    Raises:
        ServandaError: the package that writes workbooks is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        hint = "pip install 'servanda[reports]'"
        raise ServandaError(Fault("brief", "workbooks need more packages", hint, code="BRF002")) from None
    out = io.BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = brief.until.astimezone(UTC) if brief.until else datetime(1980, 1, 1, tzinfo=UTC)
    book.set_properties({"title": words.say(brief.title), "created": made.replace(tzinfo=None)})  # it says no zone
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for table in brief.annexes:
        frame = defused(frame_of(table, words.say))
        sheet = book.add_worksheet(table.name[:31])
        if words.right_to_left:
            sheet.right_to_left()
        sheet.write_row(0, 0, [words.say(head) for head in table.columns.values()], bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, 22)
        for n, row in enumerate(frame.head(_ROWS).iter_rows(), 1):
            for k, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(n, k, cell, plain)
                elif cell is not None:
                    sheet.write_number(n, k, cell, plain)
    book.close()
    return out.getvalue()


def trace(brief: Brief, words: Words) -> str:
    """Every sentence of a report with the values that it is made of, and where these are found (``servanda schema brief``).

    Args:
        brief: the report.
        words: its language.

    Returns:
        JSON text.
    """
    data: dict[str, Any] = {
        "format": FORMAT,
        "servanda": __version__,
        "kind": brief.kind,
        "agreement": brief.agreement,
        "language": words.language,
        "as_of": iso(brief.until, words.zone),
        "title": words.say(brief.title),
        "sentences": [
            {"place": place, "text": words.sentence(one), "made_of": _data(one.said, words), "of": list(one.of)}
            for place, one in brief.sentences()
        ],
        "tables": [_table_data(table, words) for table in brief.tables()],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _table_data(table: Table, words: Words) -> dict[str, Any]:
    return {
        "name": table.name,
        "heading": "" if table.heading is None else words.say(table.heading),
        "columns": list(table.columns),
        "rows": [[_data(cell, words) for cell in row] for row in table.rows],
    }


def _data(value: Value, words: Words) -> Any:
    """A value as plain data: numbers as numbers, instants and days in ISO 8601."""
    if isinstance(value, Phrase):
        return {"message": value.key, **{name: _data(one, words) for name, one in value.values.items()}}
    if isinstance(value, (Run, Several)):
        return [_data(one, words) for one in (value.parts if isinstance(value, Run) else value.items)]
    if isinstance(value, (Name, Quote)):
        return value.text
    if isinstance(value, Code):
        return {value.kind: value.code}
    if isinstance(value, Share):
        return {"share": value.share}
    if isinstance(value, Span):
        return [iso(value.start, words.zone), iso(value.end, words.zone)]
    if isinstance(value, Days):
        return [value.first.isoformat(), value.last.isoformat()]
    if isinstance(value, datetime):
        return iso(value, words.zone)
    return value.isoformat() if isinstance(value, date) else value
