"""Formats in two files: one has the rows, the other more about them, under the same key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from servanda.evidence.model import Reader
from servanda.evidence.plugins import all_readers


def completes(names: Iterable[str]) -> Reader | None:
    """The reader whose tables another table completes: it has their key and some of what they may have, and is none of them itself.

    Args:
        names: the columns of that other table.

    Returns:
        The reader; nothing where it completes none.
    """
    have = frozenset(names)
    fitting = (
        reader
        for reader in all_readers()
        if reader.joined_on in have and not reader.signature <= have and len(reader.optional & have) >= 2
    )
    return next(fitting, None)


def part_of(table: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Of a table that completes others, the key and what the reader makes use of, each key once."""
    wanted = [name for name in table.columns if name == reader.joined_on or name in reader.optional]
    return table.select(wanted).unique(reader.joined_on, keep="first", maintain_order=True)


def joined(table: pl.DataFrame, reader: Reader, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """A table with what others say of its rows; what it says itself stands.

    Args:
        table: text columns under the names of the reader.
        reader: its reader.
        parts: what :func:`part_of` left of the others.

    Returns:
        The same rows in the same order, with more columns.
    """
    for part in parts:
        new = [name for name in part.columns if name == reader.joined_on or name not in table.columns]
        table = table.join(part.select(new), on=reader.joined_on, how="left", maintain_order="left")
    return table
