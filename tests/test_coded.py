"""Columns of few texts are numbers of texts while a table is checked: what comes out is what each row by itself would give."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.evidence import Context, Source, read_evidence
from servanda.evidence.normalise import reports
from servanda.values.coded import Texts, each_text, own_codes
from servanda.values.names import mapped

PARTIES = {"RU": "Russian Federation", "UA": "Ukraine"}
SOURCES = {
    "Mission": Source("Mission", side="none", reliability="A", means="drone"),
    "Post": Source("Post", side="UA", reliability="D", relays="Mission"),
    "Ministry": Source("Ministry", side="RU", speaks_for="RU"),
}
NAMES = [
    "Mission",
    " mission",
    "Post",
    "Рost",
    "Ministry",
    "Ukraine",
    "UA",
    "\u202eMission",
    "N/A",
    "unknown",
    "Somebody",
    None,
]
SIDES = ["RU", "UA", "none", "unknown", "Ukraine", "-", "", "nobody", None]
WORDS = {
    "source": NAMES,
    "origin": NAMES,
    "side": SIDES,
    "speaks_for": SIDES,
    "actor": [*SIDES, "Wagner"],
    "toward": SIDES,
    "reliability": ["A", "F", " C", "G", "n/a", None],
    "credibility": ["1", "6", "7", None],
    "kind": ["claim", "observation", "Claim", None],
    "stance": ["asserts", "denies", "retracts", "perhaps", "?", None],
    "act": ["missile", " shelling", "no such act", "unknown", None],
    "target": ["residential", "substation", "somewhere", None],
    "weapon": ["Shahed", "a stick", None],
}
ROWS = st.lists(
    st.fixed_dictionaries({c: st.sampled_from(words) for c, words in WORDS.items()}), min_size=1, max_size=30
)


def _read(rows: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame, object, int]:
    source = read_evidence([rows], context, reader="servanda-reports")
    good = pl.concat(source.batches())
    return good, source.ingest.quarantine, source.ingest.notes, source.ingest.unsided


@given(rows=ROWS, coded=st.booleans(), register=st.booleans(), levels=st.booleans())
def test_what_is_read_by_numbers_of_texts_is_what_is_read_row_by_row(
    rows: list[dict[str, str | None]], coded: bool, register: bool, levels: bool
) -> None:
    context = Context(
        ZoneInfo("Europe/Kyiv"),
        PARTIES,
        sources=SOURCES if register else {},
        actors={"Wagner": "RU"},
        levels={"Wagner": "tolerated"} if levels else {},
    )
    table = pl.DataFrame(rows, schema=dict.fromkeys(WORDS, pl.String))
    table = table.with_columns(
        report_id=pl.format("R{}", pl.int_range(pl.len())),
        start=pl.lit("2025-03-20T10:00Z"),
        known_at=pl.lit("2025-03-21T10:00Z"),
    )
    if coded:
        table = table.with_columns(pl.col(*WORDS).cast(pl.Categorical))
    one_by_one = _read(table, context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reports, "FEW", 0)
        by_numbers = _read(table, context)
    for a, b in zip(one_by_one, by_numbers, strict=True):
        assert a.equals(b) and a.schema == b.schema if isinstance(a, pl.DataFrame) else a == b


@given(
    texts=st.lists(st.one_of(st.none(), st.sampled_from("abcd")), max_size=20),
    others=st.integers(0, 100),
    own=st.booleans(),
)
def test_each_text_is_changed_once_however_many_others_have_numbers(
    texts: list[str | None], others: int, own: bool
) -> None:
    codes = own_codes() if own else pl.Categorical()
    before = pl.Series([f"other {n}" for n in range(others)], dtype=pl.String).cast(codes)
    column = pl.Series("c", texts, dtype=pl.String).cast(codes)
    asked: list[str] = []

    def change(distinct: pl.Series) -> pl.Series:
        asked.extend(distinct)
        return distinct.str.to_uppercase()

    found = each_text(column, change)
    assert found.to_list() == [None if text is None else text.upper() for text in texts]
    assert sorted(asked) == sorted({text for text in texts if text is not None})
    assert (found.name, found.dtype, len(before)) == ("c", pl.String, others)


@given(
    texts=st.lists(st.one_of(st.none(), st.sampled_from("abcd")), max_size=20),
    many=st.booleans(),
    dtype=st.sampled_from([pl.String(), own_codes(), pl.Categorical()]),
)
def test_a_columns_texts_are_looked_for_once_and_become_what_each_is_asked_to(
    texts: list[str | None], many: bool, dtype: pl.DataType
) -> None:
    texts = texts * (20 if many else 1)
    column = Texts.of(pl.Series("c", texts, dtype=pl.String).cast(dtype))
    assert sorted(column.each) == sorted({text for text in texts if text is not None})
    for answers in ({"a": "b", "b": "a"}, {"a": "a", "b": "b", "c": "c", "d": "d"}, {}, {"d": "x"}):
        found = mapped(column, answers.get)
        assert found.to_list() == [answers.get(text) if text is not None else None for text in texts]
        assert (found.name, found.dtype) == ("c", dtype)
    numbers = column.become(lambda each: pl.Series(range(len(each)), dtype=pl.Int8))
    assert numbers.dtype == pl.Int8
    assert numbers.null_count() == texts.count(None)


@pytest.mark.parametrize("last", ["seldom", None])
def test_a_text_that_only_the_last_of_very_many_rows_has_is_found(last: str | None) -> None:
    told = [*["often", "also", None] * 5_000, last]
    column = pl.Series("words", told, dtype=pl.String).cast(own_codes())
    assert sorted(Texts.of(column).each.to_list()) == sorted({text for text in told if text is not None})
    assert each_text(column, lambda each: each.str.len_chars()).to_list() == [text and len(text) for text in told]
