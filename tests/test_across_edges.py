"""Counts of what may lie on either side of an edge, or may still be there: by the definitions in loops, and with evidence of a few lines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations, product
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import inspect_agreement
from servanda.incidents.doubts import Doubts
from servanda.verdicts.across_edges import crowded, starved
from servanda.verdicts.chances.sums import CERTAIN, shown_at_least
from servanda.verdicts.counts import counted_once
from tests.build import examples
from tests.test_kinds import HEAD, at, monitor, one

SETTINGS = examples(200)
PERIODS = 5
spans = st.tuples(
    st.integers(0, PERIODS - 1), st.integers(0, 3), st.integers(0, 6), st.sampled_from([CERTAIN, 600_000])
)
CAP = "terms:\n  t:\n    text: x\n    limit: {what: {act: airstrike}, to: 1, per: 1 day, unit: raids}\n    binds: A\n"
QUOTA = "terms:\n  t:\n    text: x\n    require: {act: delivery, at_least: 10, unit: lorries, every: 1 day}\n    binds: A\n    until: 2025-03-14\n"


def table(rows: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    whole = [(a, a + more, amount, amount, p) for a, more, amount, p in rows]
    return pl.DataFrame(whole, schema=["first", "last", "low", "high", "p"], orient="row")


@SETTINGS
@given(st.lists(spans, max_size=7), st.integers(0, 4))
def test_what_is_crowded_equals_every_stretch_tried(rows: list[tuple[int, int, int, int]], cap: int) -> None:
    inside = [(a, a + more, amount, p) for a, more, amount, p in rows if a + more < PERIODS]

    def shown(first: int, last: int) -> int:
        return shown_at_least([(m, p) for a, b, m, p in inside if a >= first and b <= last], 500_000)

    tied = [any(a <= n < b for a, b, _, _ in inside) for n in range(PERIODS)]
    stretches = [(a, b) for a, b in combinations(range(PERIODS), 2) if all(tied[a:b])]
    worst = max((ceil(Fraction(shown(a, b), b - a + 1)) for a, b in stretches), default=0)
    over = [(n, n) for n in range(PERIODS) if shown(n, n) > cap]
    for a, b in sorted(stretches, key=lambda s: s[1] - s[0]):
        if shown(a, b) > cap * (b - a + 1) and not any(a <= c and d <= b for c, d in over):
            over.append((a, b))
    found, beyond = crowded(table(rows), PERIODS, 500_000, cap)
    assert (found.share if found else 0) == worst
    assert [(s.first, s.last) for s in beyond] == sorted((a, b) for a, b in over if a < b)


@SETTINGS
@given(st.lists(spans, max_size=4), st.lists(st.integers(0, 5), min_size=PERIODS, max_size=PERIODS))
def test_none_goes_short_exactly_where_all_can_be_shared_out(
    rows: list[tuple[int, int, int, int]], asked: list[int]
) -> None:
    enough = all(
        sum(asked[n] for n in some) <= sum(m for a, more, m, _ in rows if any(a <= n <= a + more for n in some))
        for size in range(PERIODS + 1)
        for some in combinations(range(PERIODS), size)
    )
    assert (starved(table(rows), asked) is None) is enough


@SETTINGS
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=6))
def test_acts_that_can_be_laid_out_within_the_cap_are_never_a_breach(acts: list[tuple[int, int]]) -> None:
    rows = [(a, more, 1, CERTAIN) for a, more in acts if a + more < 3]
    least = min(
        max((sum(where == n for where in laid) for n in range(3)), default=0)
        for laid in product(*(range(a, a + more + 1) for a, more, _, _ in rows))
    )
    found, beyond = crowded(table(rows), 3, 500_000, least)
    assert not beyond
    assert found is None or found.share <= least


def test_raids_that_may_lie_on_either_of_two_days_break_a_cap_that_cannot_hold_them(tmp_path: Path) -> None:
    night = monitor("airstrike", "A", at(12, 18), end=at(13, 6), quantity=3.0)
    verdict = one(tmp_path, CAP, night)
    assert (verdict.verdict, verdict.measure["least"]) == ("breached", 1.5)
    assert "wherever each lies" in next(s.text for s in verdict.steps if s.rule == "across_the_edge")
    assert one(tmp_path, CAP, {**night, "quantity": 2.0}).verdict == "undetermined"


def test_rows_over_several_edges_break_a_cap_together_and_not_alone(tmp_path: Path) -> None:
    nights = [monitor("airstrike", "A", at(12 + n, 18), end=at(13 + n, 6), quantity=2.0) for n in (0, 1)]
    assert one(tmp_path, CAP, nights[0]).verdict == "undetermined"
    assert one(tmp_path, CAP, *nights).verdict == "breached"
    far = [nights[0], monitor("airstrike", "A", at(20, 18), end=at(21, 6), quantity=2.0)]
    assert one(tmp_path, CAP, *far).verdict == "undetermined"


def test_a_day_s_own_raids_count_with_the_night_before(tmp_path: Path) -> None:
    night = monitor("airstrike", "A", at(12, 18), end=at(13, 6), quantity=2.0)
    noon = monitor("airstrike", "A", at(13, 12))
    assert one(tmp_path, CAP, night, noon).verdict == "breached"


def test_lorries_of_one_night_cannot_fill_both_days(tmp_path: Path) -> None:
    full = [monitor("delivery", "A", at(d), quantity=10.0) for d in (10, 13)]
    night = monitor("delivery", "A", at(11, 20), end=at(12, 4), quantity=12.0)
    verdict = one(tmp_path, QUOTA, *full, night, covered=True)
    assert verdict.verdict == "breached"
    assert "8 lorries are missing" in next(s.text for s in verdict.steps if s.rule == "across_the_edge")
    assert one(tmp_path, QUOTA, *full, {**night, "quantity": 20.0}, covered=True).verdict == "undetermined"
    assert one(tmp_path, QUOTA, *full, night).verdict == "undetermined"


def test_one_lorry_of_many_that_a_watch_may_have_missed_is_no_missed_day(tmp_path: Path) -> None:
    came = [monitor("delivery", "A", at(10, 6) + timedelta(days=n), quantity=10.0) for n in range(4)]
    came[2]["quantity"] = 9.0
    sure = "mandate: {standard: clear_and_convincing, confirm: {origins: 1}}\n"
    verdict = one(tmp_path, sure + QUOTA, *came, covered=True)
    assert verdict.verdict == "undetermined"
    came[2]["quantity"] = 2.0
    assert one(tmp_path, sure + QUOTA, *came, covered=True).verdict == "breached"


# -- what was counted may still be there -----------------------------------------------------------------------

STOCK = "terms:\n  t:\n    text: x\n    limit: {what: {act: military_presence, weapon: artillery}, to: 8HOLDS}\n    binds: A\n"


def gun(hours: float, lat: float = 48.0, quantity: float | None = 1.0) -> dict[str, object]:
    when = at(12) + timedelta(hours=hours)
    more = {"quantity": quantity, "weapon": "howitzer", "incident_id": f"G{hours}{lat}", "precision_m": 200.0}
    return monitor("military_presence", "A", when, lat=lat, lon=37.0, **more)


def stock(folder: Path, *rows: dict[str, object], holds: str = "") -> str:
    return one(folder, STOCK.replace("HOLDS", holds), *rows, covered=True).verdict


def test_guns_counted_one_after_another_may_all_be_there(tmp_path: Path) -> None:
    one_by_one = [gun(n / 3600) for n in range(10)]
    assert stock(tmp_path, *one_by_one) == "undetermined"
    verdict = one(tmp_path, STOCK.replace("HOLDS", ""), *one_by_one, covered=True)
    assert (verdict.measure["least"], verdict.measure["most"]) == (1.0, 10.0)
    assert "may still have been there" in next(s.text for s in verdict.steps if s.rule == "may_still_be_there")
    assert stock(tmp_path, *one_by_one[:8]) == "complied"
    assert stock(tmp_path, *[gun(n, 48.0 + n / 10, 6.0) for n in range(3)]) == "undetermined"  # a tour of three sites


def test_a_site_that_is_counted_again_holds_what_was_counted_last(tmp_path: Path) -> None:
    assert stock(tmp_path, *[gun(24.0 * n, 48.0, 6.0) for n in range(5)]) == "complied"
    assert stock(tmp_path, gun(0, 48.0, 6.0), gun(24, 48.5, 6.0)) == "undetermined"  # another site
    assert stock(tmp_path, gun(0, 48.0, 6.0), gun(24, 48.5, 6.0), gun(23, 48.0, 2.0)) == "complied"
    seen = {**gun(24, 48.0, 3.0), "quantity": None}  # one was seen, and nobody counted
    assert stock(tmp_path, gun(0, 48.0, 8.0), seen) == "undetermined"


def test_a_neutral_count_of_none_ends_what_was_counted_there(tmp_path: Path) -> None:
    before, elsewhere = gun(0, 48.0, 6.0), gun(72, 48.5, 6.0)
    none = {**gun(48, 48.0, 0.0), "weapon": None, "actor": None}
    assert stock(tmp_path, before, elsewhere) == "undetermined"
    verdict = one(tmp_path, STOCK.replace("HOLDS", ""), before, none, elsewhere, covered=True)
    assert (verdict.verdict, verdict.measure["most"]) == ("complied", 6.0)
    assert any(step.rule == "counted_none" for step in verdict.steps)
    assert stock(tmp_path, before, {**none, "weapon": "artillery", "actor": "A"}, elsewhere) == "complied"
    own = {"source": "Aland", "origin": "Aland", "side": "A", "speaks_for": "A"}
    early = at(12) + timedelta(minutes=40)
    for less in (
        {"weapon": "howitzer"},  # there may be guns of another kind
        {"act": "shelling"},  # nobody fires
        {"actor": "B"},  # none of another party's
        {"lat": 48.3},  # elsewhere
        {"precision_m": 60_000.0},  # somewhere around there
        {"start": early, "end": early},  # the same round
        {"kind": "claim"},
        own,
        {"reliability": "C"},  # no observer
    ):
        assert stock(tmp_path, before, {**none, **less}, elsewhere) == "undetermined"


def test_a_vague_count_ends_no_stock_that_was_counted_exactly(tmp_path: Path) -> None:
    before, again = gun(0, 48.0, 6.0), gun(24, 48.2, 3.0)
    assert stock(tmp_path, before, again) == "undetermined"
    assert stock(tmp_path, before, {**again, "precision_m": 60_000.0}) == "undetermined"


# -- what the accused says against himself --------------------------------------------------------------------------

OWN = {"source": "Aland", "origin": "Aland", "side": "A", "speaks_for": "A", "kind": "claim", "reliability": None}


def test_a_partial_count_does_not_swallow_an_admission_of_more(tmp_path: Path) -> None:
    seen = gun(0, 48.0, 4.0)
    admits = {**seen, **OWN, "report_id": "own", "quantity": 10.0}
    cap = STOCK.replace("HOLDS", "")
    assert one(tmp_path, cap, seen, covered=True).verdict == "complied"
    both = one(tmp_path, cap, seen, admits, covered=True)
    assert (both.verdict, both.measure["least"], both.measure["most"]) == ("undetermined", 4.0, 10.0)
    assert one(tmp_path, cap, admits, covered=True).verdict == "breached"  # nobody else counted
    less = one(tmp_path, cap, {**seen, "quantity": 9.0}, {**admits, "quantity": 1.0}, covered=True)
    assert (less.verdict, less.measure["least"]) == ("breached", 9.0)  # of less it is no word against himself


def test_who_owes_lorries_is_not_short_of_what_the_other_party_acknowledges(tmp_path: Path) -> None:
    came = [monitor("delivery", "A", at(10 + n), quantity=3.0, incident_id=f"L{n}") for n in range(4)]
    word = {**OWN, "source": "Bland", "origin": "Bland", "side": "B", "speaks_for": "B"}
    short = one(tmp_path, QUOTA, *came, covered=True).verdict
    acknowledged = [{**row, **word, "report_id": f"W{n}", "quantity": 10.0} for n, row in enumerate(came)]
    claimed = [{**row, **OWN, "report_id": f"O{n}", "quantity": 10.0} for n, row in enumerate(came)]
    assert short == one(tmp_path, QUOTA, *came, *claimed, covered=True).verdict == "breached"
    assert one(tmp_path, QUOTA, *came, *acknowledged, covered=True).verdict == "undetermined"


def test_the_accused_ends_no_stock_by_a_number_for_what_others_only_saw(tmp_path: Path) -> None:
    seen = {**gun(24, 48.0, None)}
    number = {**seen, **OWN, "report_id": "own", "quantity": 1.0}
    assert stock(tmp_path, gun(0, 48.0, 8.0), seen, number) == "undetermined"


def test_an_agreement_may_say_how_long_a_count_holds(tmp_path: Path) -> None:
    apart = [gun(0, 48.0, 6.0), gun(72, 48.5, 6.0)]
    assert stock(tmp_path, *apart, holds=", holds: 2 days") == "complied"
    assert stock(tmp_path, *apart, holds=", holds: 4 days") == "undetermined"
    (tmp_path / "agreement.yaml").write_text(HEAD + STOCK.replace("HOLDS", ", holds: 2 days, per: 1 day"))
    _, (fault,) = inspect_agreement(tmp_path / "agreement.yaml")
    assert fault.code == "AGR057"


# -- what two observers saw may be one -----------------------------------------------------------------------------


def second(row: dict[str, object], **more: object) -> dict[str, object]:
    """The same, told by another observer under a number of its own."""
    return {
        **row,
        "source": "Second",
        "origin": "Second",
        "report_id": f"S{row['report_id']}",
        "incident_id": None,
        **more,
    }


def test_guns_that_two_observers_counted_are_not_shown_to_be_twice_as_many(tmp_path: Path) -> None:
    guns = gun(0, 48.0, 8.0)
    verdict = one(tmp_path, STOCK.replace("HOLDS", ""), guns, second(guns), covered=True)
    assert (verdict.verdict, verdict.measure["least"], verdict.measure["most"]) == ("undetermined", 8.0, 16.0)
    assert "may be one that somebody else saw too" in next(s.text for s in verdict.steps if s.rule == "may_be_one")
    for other in ({"lat": 48.1}, {"source": "Monitor", "origin": "Monitor"}):  # elsewhere; two counts of one observer
        assert stock(tmp_path, guns, second(guns, **other)) == "breached"


def test_lorries_that_two_observers_saw_are_not_shown_to_have_come_twice(tmp_path: Path) -> None:
    came = [monitor("delivery", "A", at(10 + n), quantity=5.0) for n in range(4)]
    twice = [*came, *(second(row) for row in came)]
    assert one(tmp_path, QUOTA, *twice, covered=True).verdict == "undetermined"
    later = [second(row, start=row["start"] + timedelta(hours=2)) for row in came]  # type: ignore[operator]
    assert one(tmp_path, QUOTA, *came, *later, covered=True).verdict == "complied"


def test_raids_that_one_observer_told_apart_count_though_another_saw_some_of_them(tmp_path: Path) -> None:
    raids = [monitor("airstrike", "A", at(12, 6 + n), incident_id=f"R{n}") for n in range(3)]
    verdict = one(tmp_path, CAP, *raids, second(raids[0]))
    assert (verdict.verdict, verdict.measure["least"], verdict.measure["most"]) == ("breached", 3.0, 4.0)


def test_the_accused_cannot_join_what_others_saw_apart(tmp_path: Path) -> None:
    seen = [gun(0, 48.0, 5.0), second(gun(0, 48.2, 5.0), report_id="there")]
    own = {"source": "Aland", "origin": "Aland", "side": "A", "speaks_for": "A", "kind": "claim"}
    vague = {**gun(0, 48.1, 20.0), **own, "report_id": "own", "incident_id": "own", "precision_m": 60_000.0}
    assert stock(tmp_path, *seen) == "breached"
    assert stock(tmp_path, *seen, vague) == "breached"
    many = [{**vague, "report_id": f"own{n}", "incident_id": f"own{n}", "quantity": 3.0} for n in range(5)]
    assert stock(tmp_path, *seen, *many) == "breached"


def test_what_is_counted_in_another_unit_beside_a_count_is_not_added_to_it(tmp_path: Path) -> None:
    term = "terms:\n  t: {text: x, limit: {what: {act: military_presence}, to: 6000, unit: men}}\n"
    where = {"lat": 48.0, "lon": 37.0, "precision_m": 300.0}
    men = monitor("military_presence", "A", at(12), **where, quantity=6000.0, unit="men", incident_id="men")
    tanks = monitor("military_presence", "A", at(12), **where, quantity=75.0, unit="tanks", incident_id="tanks")
    found = one(tmp_path, term, men, tanks, covered=True)
    assert (found.verdict, found.measure["least"], found.measure["most"]) == ("undetermined", 6000.0, None)
    assert "beside_a_count" in {step.rule for step in found.steps}
    apart = one(tmp_path, term, men, {**tanks, "lat": 48.3}, covered=True)
    assert apart.measure["least"] == 6001.0  # nobody who was counted there sits in them
    later = one(tmp_path, term, men, {**tanks, "start": at(14)}, covered=True)
    assert later.measure["least"] == 6000.0
    aid = "terms:\n  t: {text: x, require: {act: delivery, at_least: 600, unit: lorries, every: 1 day}, binds: A}\n"
    came = monitor("delivery", "A", at(12), quantity=599.0, unit="lorries", incident_id="lorries")
    load = monitor("delivery", "A", at(12), quantity=5000.0, unit="tonnes", incident_id="load")
    rows = [{**came, "start": at(day), "incident_id": f"l{day}", "report_id": f"l{day}"} for day in range(10, 24)]
    assert one(tmp_path, aid, *rows, load).measure["met"] == 0


@pytest.mark.parametrize(
    ("what", "of", "unit", "other", "least"),
    [
        ("act: arms_transfer", {}, "tanks", "tonnes", 10),
        ("act: arms_transfer", {}, "tanks", "танків", 20),
        ("act: arms_transfer", {}, "men", "tanks", 11),
        ("act: arms_transfer, weapon: tank", {"weapon": "T-72"}, "tanks", "tonnes", 11),
    ],
)
def test_a_number_in_another_unit_shows_one_only_where_more_than_the_unit_says_what_is_counted(
    tmp_path: Path, what: str, of: dict[str, Any], unit: str, other: str, least: int
) -> None:
    term = f"terms:\n  t: {{text: x, limit: {{what: {{{what}}}, to: 15, unit: {unit}, per: 30 days}}}}\n"
    ten = monitor("arms_transfer", "A", at(12), quantity=10.0, unit=unit, incident_id="ten", **of)
    more = monitor("arms_transfer", "A", at(14), quantity=10.0, unit=other, incident_id="more", **of)
    found = one(tmp_path, term, ten, more, covered=True)
    assert found.measure["least"] == least
    told = [step.text for step in found.steps if step.rule == "another_unit"]
    assert ["none counts as shown" in text for text in told] == ([] if least == 20 else [least == 10])
    several = [{**more, "report_id": f"more{n}", "source": f"M{n}", "origin": f"M{n}"} for n in range(2)]
    assert one(tmp_path, term, ten, *several, covered=True).measure["least"] == least


def test_which_of_equals_counts_does_not_hang_on_how_incidents_are_numbered() -> None:
    """Two observers, as much each, from the same instant to the same: whose incidents come first in time, counts."""
    at = [datetime(2025, 3, 1, hour, minute, tzinfo=UTC) for hour, minute in ((0, 0), (0, 10), (0, 30), (4, 0))]
    seen = [("a", at[0], at[2]), ("a", at[2], at[3]), ("b", at[0], at[1]), ("b", at[1], at[3])]

    def kept(*names: str) -> list[int]:
        rows = pl.DataFrame(
            {
                "incident": names,
                "who": [[who] for who, _, _ in seen],
                "start": [start for _, start, _ in seen],
                "end": [end for _, _, end in seen],
                **{column: [None] * 4 for column in ("south", "west", "north", "east", "radius", "by")},
            },
            schema_overrides=dict.fromkeys(("south", "west", "north", "east", "radius"), pl.Float64)
            | {"by": pl.String},
        ).with_columns(
            *(pl.lit(1, dtype=pl.Int64).alias(bound) for bound in ("low", "high")),
            pl.lit(1_000_000).alias("p"),
            pl.col("start", "end").dt.cast_time_unit("us"),
        )
        return [names.index(name) for name in counted_once(rows, Doubts())["incident"].to_list()]

    assert kept("I1", "I2", "I3", "I4") == kept("I3", "I4", "I1", "I2") == kept("I2", "I4", "I3", "I1") == [2, 3]


@given(st.integers(0, 10**6), st.integers(2, 25))
def test_of_what_may_be_one_counts_what_the_origin_saw_who_counts_most(seed: int, size: int) -> None:
    """Incidents that several origins saw, without a place: compared pair by pair, set by set."""
    dice = random.Random(seed)
    whose = [sorted(dice.sample(range(8), dice.choice([1, 1, 2, 5]))) for _ in range(size)]
    hours = sorted(dice.sample(range(2 * size), size))  # some lie an hour from the next
    low = [dice.choice([1, 2]) for _ in range(size)]
    since = datetime(2025, 3, 1, tzinfo=UTC)
    at = [since + timedelta(hours=hour) for hour in hours]
    group = list(range(size))
    for i, j in combinations(range(size), 2):
        if hours[j] - hours[i] <= 1 and not set(whose[i]) & set(whose[j]):
            group = [group[i] if one == group[j] else one for one in group]
    kept: list[int] = []
    for of in dict.fromkeys(group):
        rows = [n for n in range(size) if group[n] == of]
        seen = {who: [n for n in rows if who in whose[n]] for n in rows for who in whose[n]}
        kept += min(
            seen.values(), key=lambda some: (-sum(low[n] for n in some), -len(some), at[some[0]], at[some[-1]], some)
        )
    rows_of = pl.DataFrame(
        {"incident": [str(n) for n in range(size)], "who": whose, "start": at, "end": at, "low": low, "high": low},
        schema_overrides={"who": pl.List(pl.UInt64)},
    ).with_columns(pl.lit(None, pl.Float64).alias(column) for column in ("south", "west", "north", "east", "radius"))
    rows_of = rows_of.with_columns(
        pl.col("start", "end").dt.cast_time_unit("us"), by=pl.lit(None, pl.String), p=pl.lit(1_000_000)
    )
    found = counted_once(rows_of, Doubts())["incident"].to_list()
    assert found == [str(n) for n in sorted(kept)]
