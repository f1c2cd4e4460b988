"""Published counts that are no plain numbers: bounds, ranges, words for numbers, and changes against another time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from servanda.app.figures import read_figures
from servanda.figures import added, compared

HEAD = "figure_id,claimant,count,unit,start,end,source\n"


def read(folder: Path, *counts: str, claimant: str = "Staff") -> Any:
    """The figures of a table; each count has a week of its own unless it is ``name=count@first..last``."""
    rows = HEAD
    for n, said in enumerate(counts, 1):
        count, _, when = said.partition("@")
        first, last = (when.split("..")) if when else (f"2031-03-{n:02}", f"2031-03-{n + 1:02}")
        rows += f'f{n},{claimant},"{count}",attacks,{first}T00:00Z,{last}T00:00Z,Gazette\n'
    (folder / "f.csv").write_text(rows, encoding="utf-8")
    return read_figures([folder / "f.csv"])


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("44", "44"),
        ("at least 20", "at least 20 (said: at least 20)"),
        ("up to 8,000", "at most 8,000 (said: up to 8,000)"),
        ("20-30", "20 to 30 (said: 20-30)"),
        ("dozens", "20 to 99 (said: dozens)"),
        ("десятки", "20 to 99 (said: десятки)"),
        ("about 300", "270 to 330 (said: about 300)"),
    ],
)
def test_a_count_is_read_as_it_is_written_and_keeps_its_words(tmp_path: Path, said: str, amount: str) -> None:
    (count,) = read(tmp_path, said).counts
    assert count.amount == amount


def test_what_says_no_number_is_set_aside_with_what_would_be_right(tmp_path: Path) -> None:
    found = read(tmp_path, "a lot", "-4")
    assert found.counts == []
    assert found.ingest.quarantine["code"].to_list() == ["EVD161", "EVD161"]
    assert found.ingest.quarantine["reason"].to_list() == ["not a number that can be read", "a negative count"]


def test_vague_counts_are_added_with_their_bounds(tmp_path: Path) -> None:
    total = added(read(tmp_path, "20-30", "dozens", "5").counts)
    assert (total.total, total.most, total.qualifier) == (45, 134, "between")
    open_ = added(read(tmp_path, "20-30", "at least 10").counts)
    assert (open_.total, open_.most, open_.qualifier) == (30, None, "at_least")


def test_numbers_that_may_be_one_do_not_exclude_each_other(tmp_path: Path) -> None:
    week = "@2031-03-01..2031-03-08"
    pair = compared(read(tmp_path, "dozens" + week, "44" + week).counts)[0]
    assert pair.comparable
    assert "do not exclude each other" in pair.says
    other = compared(read(tmp_path, "dozens" + week, "300" + week).counts)[0]
    assert "for one thing" in other.says


def test_a_change_is_a_number_only_where_the_count_that_it_is_held_against_is_known(tmp_path: Path) -> None:
    known = read(tmp_path, "120@2019-01-01..2019-12-31", "has doubled since 2019@2031-01-01..2031-12-31")
    assert [(c.count, c.qualifier) for c in known.counts] == [(120, "exact"), (240, "about")]
    alone = read(tmp_path, "has doubled since 2019@2031-01-01..2031-12-31")
    assert alone.counts == []
    assert [r.code for r in alone.remarks] == ["change_without_a_number"]
