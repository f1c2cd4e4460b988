"""One raw batch through its reader and all checks."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import QUARANTINE, Context, Reader, TableName, empty
from servanda.evidence.normalise.reports import Normalised, normalise
from servanda.evidence.normalise.text import foreign_text
from servanda.evidence.own_word import in_own_name
from servanda.evidence.plugins import shipped_readers
from servanda.evidence.raw_tables import RawTable
from servanda.values.coded import texts


def translate(
    raw: pl.DataFrame, table: RawTable, reader: Reader, context: Context
) -> tuple[dict[TableName, Normalised], pl.DataFrame]:
    """One raw batch through its reader and all checks.

    Args:
        raw: rows as text.
        table: where they are from.
        reader: who can read them.
        context: what readers know.

    Returns:
        The tables that the reader gives; and, as rows of quarantine, those for which it gives nothing.

    Raises:
        EvidenceError: a column cannot be read, or a reader of another package failed.
    """
    lacking = [pl.lit(None, dtype=pl.String).alias(c) for c in sorted(reader.columns) if c not in raw.columns]
    try:
        if not reader.name.startswith("servanda-"):
            raw = foreign_text(raw, reader.columns)
        tables = reader.translate(raw.with_columns(lacking), context)
        done = {
            name: normalise(name, part, table.name, reader, context, table.recorded) for name, part in tables.items()
        }
        lost = _not_given(raw, tables, table.name, reader)
    except (Exception, SystemExit, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:160]
        if reader in shipped_readers():
            if not isinstance(error, pl.exceptions.PolarsError | pl.exceptions.PanicException):
                raise
            what, hint = (
                f"has a column that cannot be read as {reader.title}: {reason}",
                "store text, numbers and times as such",
            )
            raise EvidenceError(Fault(table.where, what, hint, code="EVD014")) from None
        what = f"the reader {reader.name!r} of another package failed: {type(error).__name__}: {reason}"
        hint = "report it to the package's author, or choose another with --reader"
        raise EvidenceError(Fault(table.where, what, hint, code="EVD015")) from error
    if table.signer:
        for name, part in done.items():
            part.good = in_own_name(name, texts(part.good), table.signer, context, part.notes)
    return done, lost


def _not_given(raw: pl.DataFrame, tables: Mapping[TableName, pl.DataFrame], name: str, reader: Reader) -> pl.DataFrame:
    """The rows that are in no table that a reader gave: no row is lost without a word, whoever wrote the reader."""
    if len(tables) == 1 and next(iter(tables.values()))["row"].equals(raw["row"]):
        return empty(QUARANTINE)
    given = pl.concat(
        [part.select(pl.col("row").cast(pl.Int64)) for part in tables.values()] or [raw.select("row").clear()]
    )
    rows = raw.select("row") if given.height == 0 else raw.select("row").join(given, on="row", how="anti")
    if rows.height == 0:
        return empty(QUARANTINE)
    told = {
        "file": name,
        "code": "EVD171",
        "field": "(row)",
        "value": None,
        "reason": f"the reader {reader.name!r} gives nothing for this row",
        "hint": "look at the row; if it is sound, report it to who wrote the reader",
    }
    marked = rows.with_columns(**{column: pl.lit(word, dtype=pl.String) for column, word in told.items()})
    return marked.select(pl.col(c).cast(d) for c, d in QUARANTINE.items())
