"""CSV text cut into whole rows, with the lines of an editor, whatever the blocks it comes in."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.evidence.csv_rows import RowFault, whole_rows

FIELD = st.text(alphabet=st.sampled_from('ab",\n;5 é'), max_size=6)
TABLES = st.lists(st.lists(FIELD, min_size=3, max_size=3), max_size=8)


def written(rows: list[list[str]], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([["a", "b", "c"], *rows])
    return out.getvalue()


def lines_of(text: str, size: int) -> tuple[bytes, list[int]]:
    raw = text.encode()
    blocks = [raw[n : n + size] for n in range(0, len(raw), size)]
    parts = list(whole_rows(blocks, ",", 3, 1 << 20))
    return b"".join(p.text for p in parts), np.concatenate([p.lines for p in parts] or [np.empty(0, int)]).tolist()


@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
def test_rows_begin_in_the_lines_that_a_csv_reader_counts(rows: list[list[str]], end: str, size: int) -> None:
    text = written(rows, end)
    expected, line = [], 1
    for row in csv.reader(io.StringIO(text, newline="")):
        own = io.StringIO()
        csv.writer(own, lineterminator=end).writerow(row)
        expected.append(line)
        line += len(own.getvalue().replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    got, lines = lines_of(text, size)
    assert lines == expected[1:]
    assert list(csv.reader(io.StringIO(got.decode(), newline=""))) == rows


@given(TABLES, st.integers(1, 40))
def test_how_a_text_is_cut_into_blocks_changes_nothing(rows: list[list[str]], size: int) -> None:
    text = written(rows, "\n")
    assert lines_of(text, size) == lines_of(text, 1 << 20)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a,b,c\n1,2,3\n\n\n4,5,6\n", [2, 5]),
        ("a,b,c\r\n1,2,3\r\n\r\n4,5,6\r\n", [2, 4]),
        ('a,b,c\n1,"x\n\ny",3\n4,5,6', [2, 5]),
        ('a,b,c\n1,5" gun,3\n4,3" and "so",6\n7,8,9\n', [2, 3, 4]),
        ('a,b,c\n1,"said "so" twice",3\n4,5,6\n', [2, 3]),
        ("a,b,c\r1,2,3\r\r4,5,6\r", [2, 4]),
        ('a,b,c\n1,"",3\n4,"""q""",6\n', [2, 3]),
    ],
)
def test_lines_are_counted_as_an_editor_counts_them(text: str, lines: list[int], size: int) -> None:
    assert lines_of(text, size)[1] == lines


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('a,b,c\n1,2,3\n4,5,"six\n7,8,9\n', 3, "never closed"),
        ('a,b,c\n1,2,3\n4,5,"six', 3, "never closed"),
        ('a,b,c\n1,5" gun,3\n4,5,"six\n7,8,9\n', 3, "never closed"),
        ('a,b,c\n1,2,"three\n4,5,"six"\n', 2, "not closed before line 3"),
    ],
)
def test_a_quote_that_cannot_be_right_is_told_with_its_line(text: str, line: int, says: str, size: int) -> None:
    with pytest.raises(RowFault, match=says) as told:
        lines_of(text, size)
    assert told.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        'note,id,day,place\n"two\nlines",R1,2025-03-20,X\nplain,R2,2025-03-21,Y\n',
        'id,day,place,note\nR1,2025-03-20,X,"first\nsecond, third, 2025-03-20"\nR2,2025-03-21,Y,plain\n',
    ],
)
def test_a_text_of_several_lines_is_one_field_whichever_column_it_is_in(text: str) -> None:
    rows = list(whole_rows([text.encode()], ",", 4, 1 << 20))
    assert [n for part in rows for n in part.lines.tolist()] == [2, 4]


def test_a_quote_that_takes_in_a_row_is_told_where_a_later_field_closes_it() -> None:
    text = 'id,day,place,note\nR1,2025-03-20,"X,plain\nR2,2025-03-21,Y,plain\nR3,2025-03-22,Z,",\n'
    with pytest.raises(RowFault, match="takes in line 3"):
        list(whole_rows([text.encode()], ",", 4, 1 << 20))


def test_a_row_without_an_end_is_told() -> None:
    with pytest.raises(RowFault, match="longer"):
        list(whole_rows([b"a,b,c\n1", b"x" * (2 << 20)], ",", 3, 1 << 20))
