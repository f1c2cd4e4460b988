"""How results look: rows as plain data and back, and small tables for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

import polars as pl

from servanda.errors import Fault, ServandaError
from servanda.evidence.model import INSTANT
from servanda.schemas.tables import columns

SHOWN = 20
"""So many rows a notebook shows."""
COLOURS: Mapping[str, tuple[str, str]] = {
    "breached": ("#58151c", "#f8d7da"),
    "complied": ("#0a3622", "#d1e7dd"),
    "disputed": ("#5c4502", "#fff3cd"),
    "excused": ("#052c65", "#cfe2ff"),
    "undetermined": ("#2b2f32", "#e2e3e5"),
    "not_due": ("#343a40", "#f8f9fa"),
    "not_in_force": ("#343a40", "#f8f9fa"),
}
"""Text and ground of each verdict's word; the word itself says what the colour says."""
_DTYPES: Mapping[str, pl.DataType] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "string": pl.String(),
}


def typed(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """A table as its schema has it (``servanda schema NAME``): numbers as numbers, instants and days as such."""
    out = []
    for column, said in columns(name).items():
        text = table.schema[column] == pl.String
        values = pl.col(column)
        if text and (said.get("format") or said["type"][0] != "string"):
            values = pl.when(values != "").then(values)
        if said.get("format") == "date-time":
            values = values.str.to_datetime(time_unit="us", time_zone="UTC") if text else values.cast(INSTANT)
        elif said.get("format") == "date":
            values = values.str.to_date() if text else values.cast(pl.Date)
        else:
            values = values.cast(_DTYPES[said["type"][0]])
        out.append(values.alias(column))
    return table.select(out)


def typed_frames(frames: Mapping[str, pl.DataFrame], names: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """All frames of a result, each as its schema has it."""
    return {name: typed(frames[name], schema) for name, schema in names.items()}


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as data for JSON: instants as ``2025-03-18T16:00:00Z``, days as ``2025-03-18``."""
    spelt = [
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ") if dtype == INSTANT else pl.col(name).dt.strftime("%Y-%m-%d")
        for name, dtype in table.schema.items()
        if dtype in (INSTANT, pl.Date)
    ]
    return table.with_columns(spelt).to_dicts()


def frame_of(rows: Sequence[Mapping[str, Any]], name: str) -> pl.DataFrame:
    """Such rows as a table again."""
    said = columns(name)
    plain = {c: pl.String() if kind.get("format") else _DTYPES[kind["type"][0]] for c, kind in said.items()}
    return typed(pl.DataFrame([{c: row.get(c) for c in plain} for row in rows], schema=plain), name)


def html_table(title: str, note: str, table: pl.DataFrame) -> str:
    """A small table for a notebook; all text is escaped, the words of verdicts are coloured."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.head(SHOWN).iter_rows())
    more = f"<p>and {table.height - SHOWN:,} more</p>" if table.height > SHOWN else ""
    caption = f"<caption><strong>{escape(title)}</strong> {escape(note)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    text = "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)
    if text in COLOURS:
        ink, ground = COLOURS[text]
        return f'<td><span style="color:{ink};background:{ground};padding:0 .3em">{escape(text)}</span></td>'
    return f"<td>{escape(text if len(text) <= 200 else text[:199] + '…')}</td>"


@contextmanager
def told_as_fault(kind: str) -> Iterator[None]:
    """What goes wrong in the block goes wrong because ``from_dict`` was given what no ``to_dict`` gave."""
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError, pl.exceptions.PolarsError) as error:
        what = f"the data cannot be read: {(str(error).splitlines() or [''])[0][:160]}"
        hint = f"give what {kind}.to_dict returned"
        raise ServandaError(Fault(f"{kind}.from_dict", what, hint, code="API008")) from None


def expect_format(data: Mapping[str, Any], kind: str, needed: Iterable[str], version: int) -> None:
    """Raise unless some data can be what ``to_dict`` gives for such a result."""
    if not isinstance(data, Mapping):
        what = f"takes what to_dict gives, not {type(data).__name__}"
        raise ServandaError(Fault(f"{kind}.from_dict", what, "read JSON with json.load first", code="API008"))
    if data.get("format") != version:
        what = f"not a valid format: {data.get('format')!r}"
        raise ServandaError(Fault(f"{kind}.from_dict", what, f"this version reads format {version}", code="API008"))
    lacking = [name for name in needed if name not in data]
    if lacking:
        what = f"the data lack {', '.join(map(repr, lacking))}"
        raise ServandaError(Fault(f"{kind}.from_dict", what, f"give what {kind}.to_dict returned", code="API008"))
