"""Tables that are put together later are what they would be had each change been made at once."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.values import later
from servanda.values.later import Later
from tests.build import examples

_ROWS = st.lists(st.integers(0, 9), max_size=6)


def rows(keys: list[int], said: int) -> pl.DataFrame:
    """Rows of some keys, which say from which change they come."""
    return pl.DataFrame({"key": keys, "said": [said] * len(keys)}, schema={"key": pl.UInt64, "said": pl.Int64})


@examples(150)
@given(first=_ROWS, steps=st.lists(st.tuples(_ROWS, st.none() | _ROWS, st.booleans()), max_size=8))
def test_a_table_put_together_later_is_that_of_each_change_at_once(
    first: list[int], steps: list[tuple[list[int], list[int] | None, bool]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(later, "_MOST", 3)
        table = rows(first, 0)
        kept = Later.of(table)
        every = [(kept, table)]
        for n, (gone, more, asked) in enumerate(steps, 1):
            new = None if more is None else rows(more, n)
            kept = kept.renewed(pl.Series("key", gone, dtype=pl.UInt64), new)
            table = table.filter(~pl.col("key").is_in(gone))
            table = table if new is None else pl.concat([table, new])
            assert not asked or kept.table.equals(table)
            every.append((kept, table))
        assert all(kept.table.equals(table) for kept, table in every)
