"""Parquet as a sheet: what machines keep of a table that a person still has to say something about."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from servanda.evidence.importing.containers.nested import flat
from servanda.evidence.importing.sheets import MOST_CELLS, Filler, Sheet, not_imported


def read_parquet(file: str, content: bytes) -> Sheet:
    """The rows of a Parquet file; instants keep their offset, what is nested gets a name with slashes.

    Args:
        file: its name.
        content: its bytes.

    Returns:
        The sheet; its first row has the names.

    Raises:
        EvidenceError: it is cut off or damaged, or larger than what is imported.
    """
    import pyarrow.parquet as pq  # brings file systems along that other tables do not need

    try:
        parquet = pq.ParquetFile(pa.BufferReader(content))
        if parquet.metadata.num_rows * max(1, parquet.metadata.num_columns) > MOST_CELLS:
            hint = "give it in a format of 'servanda readers' to 'servanda verify', or in parts"
            raise not_imported(file, "EVD190", f"has more than {MOST_CELLS:,} cells", hint)
        rows = [
            flat({name: _plain(value) for name, value in row.items()}) for row in _coarse(parquet.read()).to_pylist()
        ]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        what = f"is not a whole Parquet file: {str(error)[:200]}"
        raise not_imported(file, "EVD003", what, "it may be cut off; copy it again") from None
    sheet = Sheet(file, "", "parquet")
    filler = Filler(sheet)
    names = list(dict.fromkeys(name for row in rows for name in row)) or parquet.schema_arrow.names
    filler.add(0, list(names))
    for number, row in enumerate(rows, 1):
        filler.add(number, [row.get(name) for name in names])
    return sheet


def _coarse(table: pa.Table) -> pa.Table:
    """A table without parts of a microsecond, which no clock of a report has; names that stand twice get the number of their column."""
    count = Counter(table.column_names)
    table = table.rename_columns(
        [f"{name} ({n})" if count[name] > 1 else name for n, name in enumerate(table.column_names, 1)]
    )
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz)) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields), safe=False)


def _plain(value: Any) -> Any:
    """A value as a cell: an instant as text with its offset, a time of day as the length of time since midnight."""
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.tzinfo is not None else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  a day has no zone
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return None
    if isinstance(value, list) and value and all(isinstance(part, tuple) and len(part) == 2 for part in value):
        return {str(key): _plain(inner) for key, inner in value}  # a map
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value
