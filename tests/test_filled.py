"""Sentences of which columns fill the gaps."""

from __future__ import annotations

import polars as pl

from servanda.values.filled import filled


def test_columns_in_pieces_of_which_one_is_empty_fill_a_sentence() -> None:
    pieces = [pl.DataFrame({"a": ["x"], "n": [1]}), pl.DataFrame({"a": ["y", None], "n": [2, 3]})]
    table = pl.concat(pieces, rechunk=False).filter(pl.Series([False, True, True]))
    assert table.select(said=filled("{} of {}.", "a", pl.col("n")))["said"].to_list() == ["y of 2.", None]


def test_a_sentence_is_filled_as_polars_fills_one() -> None:
    table = pl.DataFrame({"a": ["x", "y"], "n": [1, 20], "km": [0.5, 3.0]})
    parts = ("a", pl.col("n"), "km")
    ours, theirs = (table.select(said=fill("{}: {}, {} km", *parts)) for fill in (filled, pl.format))
    assert ours.equals(theirs)
