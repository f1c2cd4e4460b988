"""Orders and places that are found by numbers: the same as if text had been compared and rows joined."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.findings.repeats import Repeats
from servanda.values.text_order import in_order, in_order_of, places, repeated
from servanda.verdicts.findings_table import STATUSES, ranked_incidents

TEXTS = st.lists(st.text("abé", max_size=3), max_size=20)
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 1)), st.text("ab", max_size=2)), max_size=20
)


@given(TEXTS)
def test_texts_in_order_and_the_place_of_each(texts: list[str]) -> None:
    distinct, at = in_order(pl.Series(texts, dtype=pl.String))
    assert distinct.to_list() == sorted(set(texts))
    assert at.to_list() == [sorted(set(texts)).index(text) for text in texts]


@given(TEXTS)
def test_texts_that_stand_several_times(texts: list[str]) -> None:
    assert repeated(pl.Series(texts, dtype=pl.String)).to_list() == [texts.count(text) > 1 for text in texts]


@given(ROWS)
def test_rows_are_in_the_order_of_all_their_columns(rows: list[tuple[int, int | None, str]]) -> None:
    table = pl.DataFrame(rows, schema={"start": pl.Int64, "end": pl.Int64, "name": pl.String}, orient="row")
    assert in_order_of(table, "start", "end", "name").equals(table.sort("start", "end", "name"))


@given(st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=12), st.data())
def test_where_numbers_stand_among_others(among: set[int], data: st.DataObject) -> None:
    known = data.draw(st.permutations(sorted(among)))
    asked = data.draw(st.lists(st.sampled_from(known), max_size=20))
    at = places(pl.Series(asked, dtype=pl.UInt64), pl.Series(known, dtype=pl.UInt64))
    assert at.to_list() == [known.index(key) for key in asked]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=20),
    st.dictionaries(st.integers(3, 9), st.integers(0, 2)),
)
def test_repeats_put_in_query_by_query_are_all_repeats(rows: list[tuple[int, int]], of: dict[int, int]) -> None:
    pairs = sorted((first, n) for n, first in of.items())
    repeats = Repeats(pl.DataFrame(pairs, schema={"unit": pl.UInt16, "other": pl.UInt16}, orient="row"))
    table = repeats.left_out(pl.DataFrame(rows, schema={"unit": pl.UInt16, "p": pl.Int64}, orient="row"))
    table = table.sort("unit", maintain_order=True)
    put_in = repeats.put_in(table).sort("unit", maintain_order=True)
    for many in (0, 1_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("servanda.findings.repeats._MANY", many)
            assert repeats.put_in_order(table).equals(put_in)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(STATUSES)), max_size=20), st.integers(1, 12))
def test_the_incidents_that_weigh_most_are_the_first_of_all(rows: list[tuple[int, str]], most: int) -> None:
    found = [(key, f"I{key % 7}", status) for key, status in rows]  # several keys may bear one id
    schema = {"key": pl.UInt64, "incident": pl.String, "status": pl.String}
    findings = pl.DataFrame(found, schema=schema, orient="row")
    every = ranked_incidents(findings)
    assert every.equals(every.sort("rank", "incident", "key"))
    assert ranked_incidents(findings, most).equals(every.head(most))
