"""The rows of a table of watches, each with its line; what is no such row is a fault with its line."""

from __future__ import annotations

import csv
import io

from servanda.coverage.schema import parts_of_one
from servanda.errors import Fault
from servanda.values.files import FileLike, bytes_of, name_of

_RAGGED = "quote text that holds a comma"


def rows_of_log(file: FileLike) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """Read the rows of a table of watches.

    Args:
        file: CSV in UTF-8, with commas.

    Returns:
        Each row by the names of its columns, with the line on which it begins; and what is wrong with the file and with rows that are left out.
    """
    where = name_of(file)
    try:
        content = bytes_of(file)
    except OSError as error:
        return [], [Fault(where, f"cannot be read: {error.strerror}", "check its name and permissions", code="COV004")]
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return [], [
            Fault(where, "is a spreadsheet, and no table of watches", "save its sheet as CSV (UTF-8)", code="COV004")
        ]
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), ""))
        lines, before = [], 0
        for fields in reader:
            lines.append((before + 1, fields))
            before = reader.line_num
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [Fault(where, f"cannot be read: {error}", "save it as CSV (UTF-8)", code="COV004")]
    lines = [(line, fields) for line, fields in lines if any(field.strip() for field in fields)]
    if not lines:
        return [], []
    at, names = lines[0][0], [name.strip() for name in lines[0][1]]
    parted = next((mark for mark in (";", "\t", "|") if len(names) == 1 and mark in names[0]), "")
    if parted:
        what = f"its fields are parted by {parted!r}, and must be by commas"
        hint = "save it as CSV with commas: a semicolon stands between codes"
        return [], [Fault(where, what, hint, at, 1, code="COV006")]
    faults = [
        Fault(
            where, f"row {line}: has {len(fields)} fields, the header has {len(names)}", _RAGGED, line, 1, code="COV002"
        )
        for line, fields in lines[1:]
        if len(fields) > len(names)
    ]
    rows = [
        (line, dict(zip(names, [*fields, *[""] * (len(names) - len(fields))], strict=True)))
        for line, fields in lines[1:]
        if len(fields) <= len(names)
    ]
    for _, row in rows:
        if "probability" in row:
            row["probability"] = str(parts_of_one(row["probability"]))
    return rows, faults
