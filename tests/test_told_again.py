"""What a prohibition's verdict follows from is told anew of few incidents as it is told of all."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.engine import SerialEngine
from servanda.live import Session
from servanda.verdicts.chances.small import Inside, inside
from servanda.verdicts.evidence_steps import Some
from servanda.verdicts.kinds import prohibition
from servanda.verdicts.kinds.prohibition import Told
from servanda.verdicts.listed import Listed
from servanda.verdicts.speaking import Said
from tests.build import examples, reports
from tests.test_live import walked
from tests.test_properties import AGREEMENTS, CONTEXT, DAY, coverages, rows

IDS = st.frozensets(st.sampled_from([f"I{n}" for n in range(12)]))


def as_told(told: Told) -> list[Any]:
    """All of it, by values that can be compared."""
    acts = told.acts
    return [
        [getattr(acts, one.name) for one in dataclasses.fields(acts) if one.name not in ("answered", "said")],
        sorted(acts.answered),
        [acts.said.reports, dict(acts.said.origins.iter_rows())],
        told.inside,
        told.counted,
    ]


class Beside:
    """Tells of all what is told again of few, compares both, and counts how often it followed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.followed = self.not_followed = 0
        self._real = prohibition._told_again
        patch.setattr(prohibition, "_told_again", self)

    def __call__(self, builder: Any, span: Any) -> Told | None:
        again = self._real(builder, span)
        if again is not None:
            self.followed += 1
            assert as_told(again) == as_told(prohibition._told(builder, span))
        elif builder.since is not None:
            self.not_followed += 1
        return again


@examples(20)
@given(st.data(), rows(), st.one_of(st.none(), st.integers(0, 900)))
def test_whatever_comes_it_is_told_of_few_as_it_is_of_all(data: Any, mine: Any, hours: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        Beside(patch)
        walked(data, AGREEMENTS, mine, coverages, None if hours is None else DAY + timedelta(hours=hours))


def test_of_many_incidents_it_follows_nearly_always(monkeypatch: pytest.MonkeyPatch) -> None:
    beside, chance = Beside(monkeypatch), random.Random(5)
    every = [
        {
            "report_id": f"R{n}",
            "row": n + 1,
            "source": (who := f"Post {chance.randrange(6)}"),
            "origin": who,
            "kind": chance.choice(["claim", "observation"]),
            "stance": chance.choice(["asserts"] * 5 + ["denies"]),
            "start": DAY + timedelta(minutes=chance.randrange(30 * 24 * 60)),
            "lat": 48.0 + chance.gauss(0, 0.1),
            "lon": 37.0 + chance.gauss(0, 0.1),
            "precision_m": chance.choice([100.0, 2_000.0]),
            "act": chance.choice(["missile", "shelling"]),
            "target": "substation",
            "actor": chance.choice(["A", "B", None]),
            "incident_id": f"I{n // 3:03}",
        }
        for n in range(600)
    ]
    chance.shuffle(every)
    live = Session(AGREEMENTS[0], context=CONTEXT, engine=SerialEngine())
    live.change(reports=[reports(*every[:500])])
    for n in range(500, 600, 2):
        live.change(reports=[reports(*every[n : n + 2])])
    assert beside.followed > max(10, 4 * beside.not_followed)


@given(IDS, IDS, IDS)
def test_a_list_of_ids_without_some_and_with_others_is_that_of_what_is_left(
    own: frozenset[str], gone: frozenset[str], come: frozenset[str]
) -> None:
    assert Listed.of(own).changed(gone, come) == tuple(sorted((own - gone) | come))


def test_where_the_first_of_many_are_no_longer_known_nothing_is_told_of_few() -> None:
    many = Some(tuple("abcdefg"), tuple((name, name) for name in "abcde"), 7)
    assert many.changed(Some(("g",), (("g", "g"),), 1), Some()) == Some(tuple("abcdef"), many.few, 6)
    assert many.changed(Some(("c",), (("c", "c"),), 1), Some()) is None
    assert Some(("a",), (("a", "x"),), 1).changed(
        Some(("a",), (("a", "x"),), 1), Some(("b",), (("b", "y"),), 1)
    ) == Some(("b",), (("b", "y"),), 1)


@given(st.lists(st.integers(1, 6)), st.lists(st.integers(1, 6)), st.lists(st.integers(1, 6)))
def test_chances_of_some_are_taken_out_of_those_of_all_while_the_most_certain_is_known(
    kept: list[int], was: list[int], now: list[int]
) -> None:
    def of(chances: list[int]) -> Inside:
        p = pl.Series("p", [150_000 * n for n in chances], dtype=pl.Int32)
        return inside(
            pl.DataFrame({"key": pl.int_range(len(p), eager=True), "p": p}).with_columns(status=pl.lit("open"))
        )

    left = of([*kept, *was]).changed(of(was), of(now))
    if left is None:
        assert max(was) > max(kept)
    else:
        assert left == of([*kept, *now])


def test_an_origin_is_told_of_as_long_as_it_tells_of_any() -> None:
    def said(reports: int, **origins: int) -> Said:
        return Said(reports, pl.DataFrame({"origins": list(origins), "incidents": list(origins.values())}))

    left = said(5, a=2, b=1).changed(said(2, a=1, b=1), said(1, c=1))
    assert (left.reports, dict(left.origins.iter_rows())) == (4, {"a": 1, "c": 1})
