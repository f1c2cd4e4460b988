"""Data frames as raw tables: Polars, Arrow, pandas, and whatever speaks their exchange protocols.

A frame goes the way of a Parquet file with the same columns. What differs: NaN and NaT mean that a value is missing, and a
pandas column of mixed objects becomes text, value by value. Nothing here imports pandas.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl
import pyarrow as pa

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import QUARANTINE, empty
from servanda.evidence.raw_files import RawBatch
from servanda.evidence.tabular_io import BATCH_ROWS, in_utc

_KINDS_OF_FRAME = "a Polars, Arrow or pandas data frame"


def is_frame(thing: object) -> bool:
    """Whether something is a data frame, of whatever library."""
    return (
        isinstance(thing, (pl.DataFrame, pl.LazyFrame, pa.Table, pa.RecordBatch))
        or _is_pandas(thing)
        or (not is_spark_frame(thing) and (hasattr(thing, "__arrow_c_stream__") or hasattr(thing, "__dataframe__")))
    )


def is_spark_frame(thing: object) -> bool:
    """Whether something is a data frame of Spark, which only its engine reads."""
    return any(c.__name__ == "DataFrame" and c.__module__.startswith("pyspark.sql") for c in type(thing).__mro__)


def _is_pandas(thing: object) -> bool:
    return any(c.__name__ == "DataFrame" and c.__module__.partition(".")[0] == "pandas" for c in type(thing).__mro__)


class FrameTable:
    """A data frame as a raw table; its rows count from 1.

    A lazy frame is collected once, with the columns that its reader wants, and kept: asked twice it might come
    in another order.
    """

    def __init__(self, frame: Any, name: str) -> None:
        self.name = self.where = name
        self.recorded: datetime | None = None  # a frame comes from no record,
        self.signer = ""  # and nobody signed it there
        self._frame = frame
        self._names = self._columns()
        self._collected: pl.DataFrame | None = None

    def _fail(self, code: str, what: str, hint: str) -> EvidenceError:
        return EvidenceError(Fault(self.name, what, hint, code=code))

    def _columns(self) -> list[str]:
        frame = self._frame
        try:
            if isinstance(frame, pl.LazyFrame):
                names = frame.collect_schema().names()
            elif isinstance(frame, (pa.Table, pa.RecordBatch)):
                names = frame.schema.names
            elif isinstance(frame, pl.DataFrame) or _is_pandas(frame):
                names = list(frame.columns)
            else:
                self._frame = frame = _exchanged(frame)
                names = frame.schema.names
        except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  a lazy query or a stranger's frame can fail in any way
            raise self._fail(
                "EVD016", f"cannot be read as a data frame: {_first_line(error)}", f"give {_KINDS_OF_FRAME}"
            ) from None
        strange = [name for name in names if not isinstance(name, str)]
        if strange:
            raise self._fail("EVD017", f"has a column named {strange[0]!r}", "column names must be text, in one level")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise self._fail("EVD017", f"duplicate column {twice[0]!r}", "rename or remove one of the two")
        if not names:
            raise self._fail("EVD017", "has no columns", "docs/formats.md has the columns of reports")
        return list(names)

    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._names

    def digest(self) -> str:
        """Nothing: a frame has no bytes of its own."""
        return ""

    def height(self) -> int:
        """How many rows it has; 0 for a lazy frame, which does not know."""
        return 0 if isinstance(self._frame, pl.LazyFrame) else len(self._frame)

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:
        """Its rows in batches, of the columns that are wanted."""
        columns = [c for c in self._names if c != "row" and (wanted is None or c in wanted)]
        table = self._table(columns)
        for start in range(0, table.height, BATCH_ROWS):
            part = table.slice(start, BATCH_ROWS)
            numbers = pl.int_range(start + 1, start + 1 + part.height, dtype=pl.Int64, eager=True)
            yield RawBatch(part.with_columns(numbers.alias("row")), empty(QUARANTINE))

    def _table(self, columns: list[str]) -> pl.DataFrame:
        frame = self._frame
        if isinstance(frame, pl.LazyFrame):
            frame = self._lazy(frame, columns)
        if isinstance(frame, pl.DataFrame):
            table = frame.select(columns)
        else:
            pandas = _is_pandas(frame)
            table = pl.DataFrame(
                [self._series(name, frame[name] if pandas else frame.column(name)) for name in columns]
            )
        for name, dtype in table.schema.items():
            if (dtype.is_nested() and dtype != pl.List(pl.String)) or dtype in (pl.Duration, pl.Object):
                raise self._fail(
                    "EVD014", f"the column {name!r} holds {dtype}", "give text, numbers or times, one in each row"
                )
        return table.with_columns(pl.selectors.float().fill_nan(None))

    def _lazy(self, frame: pl.LazyFrame, columns: list[str]) -> pl.DataFrame:
        if self._collected is None or not set(columns) <= set(self._collected.columns):
            try:
                self._collected = frame.select(columns).collect()
            except pl.exceptions.PolarsError as error:
                raise self._fail("EVD016", f"its query fails: {_first_line(error)}", "collect it to see why") from None
        return self._collected

    def _series(self, name: str, values: Any) -> pl.Series:
        """A column of Arrow or pandas."""
        try:
            array = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else _array(values)
            if pa.types.is_dictionary(array.type):
                array = array.cast(array.type.value_type)
            if isinstance(array.type, pa.BaseExtensionType):
                raise TypeError(f"it holds {array.type}")
            if pa.types.is_decimal256(array.type):  # Polars has 128 bits
                array = array.cast(pa.float64())
            array.validate(full=True)  # text that is not UTF-8 would stop Polars
            series = pl.from_arrow(in_utc(array))
        except (
            pa.ArrowException,
            pl.exceptions.PolarsError,
            pl.exceptions.PanicException,
            TypeError,
            ValueError,
        ) as error:
            what = f"the column {name!r} cannot be read: {_first_line(error)}"
            raise self._fail("EVD014", what, "give text, numbers or times, one in each row") from None
        assert isinstance(series, pl.Series)
        return series.alias(name)


def _exchanged(frame: Any) -> pa.Table:
    """A frame of another library, by the protocols that it speaks."""
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    from pyarrow.interchange import from_dataframe  # only here: it is slow to load

    return from_dataframe(frame)


def _array(series: Any) -> pa.Array | pa.ChunkedArray:
    """A pandas column as Arrow: by its type, and one of mixed objects as the text of each."""
    if series.dtype == object:
        try:
            return pa.array(series, type=pa.large_string(), from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            return _texts(series)
    try:
        array = pa.array(series, from_pandas=True)
        return _texts(series) if isinstance(array.type, pa.BaseExtensionType) else array
    except (pa.ArrowException, TypeError, ValueError):
        return _texts(series)


def _texts(series: Any) -> pa.Array:
    missing = series.isna().tolist()
    values = series.tolist()
    return pa.array(
        [None if gone else _text(v) for v, gone in zip(values, missing, strict=True)], type=pa.large_string()
    )


def _text(value: object) -> str:
    """One value as a CSV file would hold it: an instant with its offset if it has one."""
    if isinstance(value, date):  # also datetimes, and the timestamps of pandas
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return ";".join(_text(v) for v in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value))
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
