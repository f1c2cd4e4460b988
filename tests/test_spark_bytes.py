"""What goes from machine to machine: rows of bytes that are small, and that do not depend on the order in which others came."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import polars as pl
import pytest

from servanda.engine import spark_bytes
from servanda.engine.spark_bytes import one_row, pieces_of, rows_of, values_in

pa = pytest.importorskip("pyarrow")
from servanda.engine.spark_tasks import Divided, Finished  # noqa: E402


def _tables(seed: int) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    found = pl.DataFrame({"number": rng.integers(0, 1 << 40, 3000, dtype=np.uint64)}).with_columns(
        name=pl.format("incident {}", "number")
    )
    return {"found": found, "none": found.clear()}


def _by(table: pl.DataFrame) -> pl.Series:
    return table["number"]


def _as_they_came(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return tables


def test_large_values_go_in_rows_that_are_small_and_come_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_bytes, "ROW_BYTES", 1000)
    values: list[Any] = [random.Random(n).randbytes(size) for n, size in enumerate((0, 1, 999, 1000, 1001, 50_000))]
    rows = [row for value in values for row in rows_of(value)]
    assert max(map(len, rows)) <= 1001
    assert len(rows) > len(values) + 50
    assert list(values_in(rows)) == values
    assert list(values_in([one_row(values[-1]), *rows_of(7)])) == [values[-1], 7]


def test_large_tables_go_in_pieces_and_no_row_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_bytes, "_TABLE_BYTES", 10_000)
    tables = _tables(1) | {"more": _tables(2)["found"].head(5)}
    pieces = list(pieces_of(tables))
    assert len(pieces) > 5
    assert pl.concat([one["found"] for one in pieces]).equals(tables["found"])
    assert pl.concat([one["more"] for one in pieces if "more" in one]).equals(tables["more"])


def test_a_share_is_the_same_bytes_in_whatever_order_its_rows_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_bytes, "_TABLE_BYTES", 10_000)
    sent = [row for seed in range(5) for row in Divided(_tables, _by, 2)(seed) if row[0] == 1]  # type: ignore[arg-type]
    assert len(sent) > 10
    made = set()
    for n in range(5):
        random.Random(n).shuffle(sent)
        rows = pa.table(
            {name: list(column) for name, column in zip(("share", "payload"), zip(*sent, strict=True), strict=True)}
        )
        done = [row for one in Finished(_as_they_came)(iter(rows.to_batches(3))) for row in one["payload"].to_pylist()]
        made.add(b"".join(done))
    assert len(made) == 1
    (whole,) = values_in(done)
    every = pl.concat([_tables(seed)["found"] for seed in range(5)]).filter(pl.col("number") % 2 == 1)
    assert whole["found"].sort("number").equals(every.sort("number"))
    assert whole["none"].height == 0
