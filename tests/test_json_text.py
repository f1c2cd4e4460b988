"""JSON that is written by columns is what ``json`` writes."""

import json
from unittest import mock

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from servanda.values import json_text
from servanda.values.json_text import indented, values_as_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(DATA)
def test_indented_json_is_what_json_writes_to_the_letter(data: object) -> None:
    assert indented(data) == json.dumps(data, ensure_ascii=False, indent=1)


@given(st.lists(SCALARS))
def test_the_values_of_a_column_are_written_one_by_one(values: list[object]) -> None:
    assert values_as_json(values) == [json.dumps(value, ensure_ascii=False) for value in values]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=9), st.integers(1, 4))
def test_a_column_of_texts_is_written_as_the_list_of_them(texts: list[str], at_once: int) -> None:
    column = pl.Series(texts, dtype=pl.String)
    with mock.patch.object(json_text, "_AT_ONCE", at_once):
        for told, plain in ((column, texts), ({"a": column, "b": [column, 1]}, {"a": texts, "b": [texts, 1]})):
            assert indented(told) == json.dumps(plain, ensure_ascii=False, indent=1)
