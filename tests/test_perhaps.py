"""What is asked before many are looked at: whether a text may be among them; ids of several lists, put together when somebody asks."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from servanda.values.codes import STANDARD
from servanda.values.perhaps import Perhaps
from servanda.verdicts.listed import Listed

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=30)
IDS = st.lists(st.text("abc", min_size=1, max_size=2), max_size=12)


def _column(texts: list[str | None] | list[str]) -> pl.Series:
    return pl.Series("text", texts, dtype=pl.String)


@given(TEXTS, TEXTS)
def test_what_came_is_never_said_not_to_have_come(first: list[str | None], more: list[str | None]) -> None:
    perhaps = Perhaps(_column(first))
    perhaps.add(_column(more))
    came = [text for text in (*first, *more) if text is not None]
    assert perhaps.of(_column(came)).to_list() == came


def test_of_many_that_did_not_come_few_are_taken_for_others() -> None:
    perhaps = Perhaps(_column([f"came {n}" for n in range(10_000)]))
    assert len(perhaps.of(_column([f"new {n}" for n in range(10_000)]))) < 100


@given(IDS, IDS, IDS)
def test_lists_put_together_are_all_their_ids_in_order_each_once(
    one: list[str], two: list[str], three: list[str]
) -> None:
    every = Listed.together(Listed(_column(one)), two, three)
    assert list(every) == sorted({*one, *two, *three})
    assert every == Listed(_column([*one, *two, *three]))
    assert every == Listed.together(one, two, three)
    assert Listed.together(one, two) == Listed.together(two, one)


def test_the_code_over_leaves_is_the_first_that_has_just_these() -> None:
    acts = STANDARD.acts
    for code in acts.parent:
        leaves = acts.leaves([code])
        assert acts.over(leaves) == next(one for one in acts.parent if acts.leaves([one]) == leaves)
    assert acts.over(frozenset({"no such act"})) is None
