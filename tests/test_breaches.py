"""Breaches as guarantees count them, against loops; and what no numbering, and no word of the accused, may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement.kinds import Apart
from servanda.values.time import Duration
from servanda.verdicts.breaches import Breach, counted_apart, when_shown
from tests.build import examples
from tests.reference_terms import guarantee as plain
from tests.reference_terms.plain import NEVER_UNSURE
from tests.reference_terms.plain import Breach as PlainBreach

SETTINGS = examples(150)
ZONE = ZoneInfo("Europe/Kyiv")
DAY = datetime(2025, 3, 20, tzinfo=UTC)
APART = Apart(Duration(1, "hours"), 1000.0)
COMMON = 580_000


@st.composite
def breaches(draw: st.DrawFn) -> list[tuple[str, Breach]]:
    out = []
    for n in range(draw(st.integers(0, 9))):
        start = DAY + timedelta(minutes=draw(st.sampled_from([0, 1, 30, 59, 60, 61, 100, 160, 300, 1000])))
        lat, lon = draw(st.sampled_from([(48.0, 37.0), (48.0, 37.0), (48.0089, 37.0), (48.0091, 37.0), (48.016, 37.0)]))
        box = draw(st.sampled_from([None, (lat, lon, lat, lon), (lat, lon, lat, lon), (lat, lon, lat + 0.003, lon)]))
        name = draw(st.sampled_from([f"I{n}", f"I{n}", "I0", None]))
        passed_on = 7 if name in ("I0", "I1", "I2") else None  # one word, told by three
        out.append(
            (
                draw(st.sampled_from(["fire", "cap"])),
                Breach(
                    start,
                    start + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 45]))),
                    draw(st.sampled_from([1_000_000, COMMON, 900_000])),
                    name,
                    box,
                    draw(st.sampled_from([False, False, True])),
                    passed_on,
                    frozenset({n if name == f"I{n}" else 0}),
                ),
            )
        )
    return out


def in_loops(mine: list[tuple[str, Breach]], apart: Apart | None) -> list[tuple[datetime, datetime, int]]:
    world: Any = SimpleNamespace(zone=ZONE, unsure=NEVER_UNSURE)
    rows = [
        PlainBreach(t, "B", b.earliest, b.latest, b.certainty, b.incident, b.box, b.admitted, b.same, b.who)  # type: ignore[arg-type]
        for t, b in mine
        if b.latest
    ]
    return sorted(plain._one(group) for group in plain._apart(world, rows, apart))


@SETTINGS
@given(breaches(), st.sampled_from([APART, None, Apart(Duration(2, "hours"), 2000.0)]))
def test_what_is_one_breach_equals_the_loops(mine: list[tuple[str, Breach]], apart: Apart | None) -> None:
    found = [(c.earliest, c.latest, c.certainty) for c in counted_apart(mine, apart, ZONE)]
    assert sorted(found) == in_loops(mine, apart)


@SETTINGS
@given(breaches(), st.permutations(range(9)))
def test_the_numbers_of_incidents_and_the_order_of_reports_make_no_more_breaches(
    mine: list[tuple[str, Breach]], order: list[int]
) -> None:
    other = [mine[n] for n in order if n < len(mine)]
    assert counted_apart(other, APART, ZONE) == counted_apart(mine, APART, ZONE)


@SETTINGS
@given(breaches(), breaches())
def test_no_admission_makes_fewer_of_the_breaches_that_others_saw(
    mine: list[tuple[str, Breach]], more: list[tuple[str, Breach]]
) -> None:
    mine = [(t, b) for t, b in mine if not b.admitted]
    admitted = [
        (t, Breach(b.earliest, b.latest, b.certainty, f"own {n}", b.box, admitted=True))
        for n, (t, b) in enumerate(more)
    ]
    before, after = counted_apart(mine, APART, ZONE), counted_apart([*mine, *admitted], APART, ZONE)
    assert len(after) >= len(before)
    for at_least in (1, 2, 3):
        if when_shown(before, at_least, 500_001, None, ZONE):
            assert when_shown(after, at_least, 500_001, None, ZONE)


def shot(minutes: float, certainty: int = 1_000_000, lat: float = 48.0, n: str = "") -> tuple[str, Breach]:
    at = DAY + timedelta(minutes=minutes)
    return "fire", Breach(at, at, certainty, n or f"I{minutes}", (lat, 37.0, lat, 37.0))


def test_five_shots_in_five_seconds_under_five_numbers_are_one_breach() -> None:
    assert len(counted_apart([shot(n / 60) for n in range(5)], APART, ZONE)) == 1


def test_shots_at_the_same_minute_a_valley_apart_are_two_breaches() -> None:
    assert len(counted_apart([shot(0, n="a"), shot(0, lat=48.02, n="b")], APART, ZONE)) == 2


def test_a_bombardment_without_a_pause_counts_as_often_as_its_shots_are_an_hour_apart() -> None:
    assert len(counted_apart([shot(30 * n) for n in range(7)], APART, ZONE)) == 4
    assert len(counted_apart([shot(59 * n) for n in range(9 * 24)], APART, ZONE)) == 108


def test_a_vague_breach_of_a_whole_week_makes_no_fewer_of_five_on_five_days() -> None:
    five = [shot(60 * 24 * n) for n in range(5)]
    week = ("fire", Breach(DAY, DAY + timedelta(days=7), incident="week", box=(48.0, 37.0, 48.0, 37.0)))
    assert len(counted_apart([*five, week], APART, ZONE)) == 5


def test_a_breach_that_spans_two_places_does_not_make_one_of_those_there() -> None:
    both = ("fire", Breach(DAY, DAY, incident="both", box=(47.8, 37.0, 48.3, 37.0)))
    assert len(counted_apart([shot(0, lat=47.8, n="a"), shot(0, lat=48.3, n="b"), both], APART, ZONE)) == 2


@SETTINGS
@given(breaches(), breaches())
def test_more_breaches_never_count_fewer(mine: list[tuple[str, Breach]], more: list[tuple[str, Breach]]) -> None:
    assert len(counted_apart([*mine, *more], APART, ZONE)) >= len(counted_apart(mine, APART, ZONE))


def test_one_incident_that_breaches_two_terms_is_one_breach() -> None:
    _, fire = shot(0)
    assert len(counted_apart([("fire", fire), ("cap", fire)], None, ZONE)) == 1


def test_five_breaches_of_58_percent_are_not_shown_to_be_five() -> None:
    counted = counted_apart([shot(60 * 24 * n, COMMON) for n in range(5)], APART, ZONE)
    assert len(counted) == 5
    assert when_shown(counted, 5, 500_001, None, ZONE) is None
    shown = when_shown(counted, 3, 500_001, None, ZONE)
    assert shown is not None
    assert shown[1] == DAY + timedelta(days=4), "three are shown when the fifth has come"


def test_what_must_come_within_a_day_does_not_add_up_over_a_month() -> None:
    counted = counted_apart([shot(60 * 24 * n) for n in range(0, 30, 3)], APART, ZONE)
    assert when_shown(counted, 2, 500_001, Duration(24, "hours"), ZONE) is None
    assert when_shown(counted, 2, 500_001, Duration(3, "days"), ZONE) is not None


def test_twenty_thousand_shots_are_counted_in_seconds() -> None:
    many = [shot(n * 0.5, lat=48 + (n * 7919 % 1000) / 1000, n=f"I{n}") for n in range(20_000)]
    assert 5000 < len(counted_apart(many, APART, ZONE)) < 20_000


def test_two_hundred_breaches_in_several_places_are_counted_in_seconds() -> None:
    many = [shot(n * 7919 % 600, lat=48 + (n * 6101 % 400) / 10_000, n=f"I{n}") for n in range(200)]
    assert 20 < len(counted_apart(many, APART, ZONE)) < 50
