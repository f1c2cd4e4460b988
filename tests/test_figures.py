"""Published counts: the cases of the field with their answers, and what holds of any counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.figures import read_figures
from servanda.cli.main import main
from servanda.evidence.model import FIGURE
from servanda.figures import PublishedCount, added, compared, published_counts_of, remarks_on
from servanda.figures.published_counts import Component, components_of
from servanda.values.files import NamedBytes

DATA = Path(__file__).parent / "data" / "field_figures.csv"
TRUCES = Path(__file__).resolve().parents[2] / "shared" / "data" / "truces-2025"
FIELD = read_figures([DATA]).counts
BY_ID = {c.id: c for c in FIELD}
REMARKS = remarks_on(FIELD)
PAIRS = {frozenset((p.a, p.b)): p for p in compared(FIELD)}
DAY = datetime(2025, 5, 8, tzinfo=UTC)


def about(*ids: str) -> dict[str, str]:
    """Remarks on exactly these claims, by code."""
    return {r.code: r.text for r in REMARKS if set(r.counts) == set(ids)}


@pytest.mark.parametrize(
    ("claim", "code", "says"),
    [
        ("easter-ru", "adds_up", "exactly"),
        ("easter-ua", "implied", "must be 957"),
        ("easter-ua-evening", "implied", "make 2,095"),
        ("may-1", "gap", "make 480: 8 are"),
        ("may-2", "gap", "make 4,977: 49 are"),
        ("may-4", "gap", "make 13,934: 109 are"),
        ("may-ua", "overlap", "make 835: 101 more"),
        ("slmm", "overlap", "make 558: 2 more"),
        ("gaza-4", "gap", "make 491: 6 are"),
        ("smm-4", "adds_up", "exactly"),
        ("smm-press", "implied", "make 12,453"),
        ("ohchr", "adds_up", "exactly"),
        ("slmm-complaints", "adds_up", "exactly"),
        ("easter-ru-interim", "implied", "make 1,392"),
        ("easter-ua-copy", "implied", "must be 956"),
    ],
)
def test_a_sum_of_the_field_is_checked(claim: str, code: str, says: str) -> None:
    found = about(claim)
    assert list(found) == [code]
    assert says in found[code]


def test_counts_without_components_get_no_remark_on_a_sum() -> None:
    assert not [
        r for r in REMARKS if r.code in ("adds_up", "gap", "overlap", "implied") and not BY_ID[r.counts[0]].components
    ]


@pytest.mark.parametrize(
    ("claims", "code", "sum_"),
    [
        (("may-1", "may-2", "may-3", "may-4"), "cumulative", "28,875"),
        (("may-daily-1", "may-daily-2", "may-daily-3", "may-daily-4"), "looks_cumulative", "28,875"),
        (("gaza-1", "gaza-2", "gaza-3", "gaza-4"), "cumulative", "818"),
        (("smm-1", "smm-2", "smm-3", "smm-4"), "cumulative", "7,133"),
        (("energy-ru-1", "energy-ru-2"), "cumulative", "200"),
        (("easter-ru-interim", "easter-ru"), "cumulative", "6,200"),
    ],
)
def test_a_cumulative_series_is_known_as_one(claims: tuple[str, ...], code: str, sum_: str) -> None:
    assert sum_ in about(*claims)[code]
    assert code == "looks_cumulative" or added([BY_ID[c] for c in claims]).total is None


def test_the_truce_totals_of_the_two_sides_cannot_be_compared_and_every_reason_is_given() -> None:
    pair = PAIRS[frozenset(("easter-ru", "easter-ua"))]
    assert not pair.comparable
    told = "; ".join(pair.reasons)
    for reason in ("(30 h)", "(24 h)", "made of different things", "different sides: UA and RU"):
        assert reason in told


def test_digits_in_another_order_are_shown_as_a_possible_slip() -> None:
    assert "slip" in about("loc-2019-a", "loc-2019-b")["several"]
    assert "slip" not in about("loc-2019-a", "loc-2019-c")["several"]


def test_another_area_is_another_count() -> None:
    assert not PAIRS[frozenset(("loc-2017-a", "loc-2017-b"))].comparable
    assert "several" in about("loc-2017-a", "loc-2017-c")
    assert any("sides" in reason for reason in PAIRS[frozenset(("loc-2017-a", "loc-2017-pk"))].reasons)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("energy-ru-1", "energy-ua", "they speak of different sides: UA and RU"),
        ("energy-ru-2", "energy-ua", "their windows differ"),
        ("loc-2020-a", "loc-2020-b", "they cover different areas: LoC and LoC and international border"),
        ("loc-2016-in", "loc-2016-pk", "they speak of different sides: PK and IN"),
        ("loc-2016-pk", "loc-2016-un", "they count different things: violations and complaints"),
        ("smm-week-2017", "smm-day-2017", "their windows differ"),
        ("eumm-all", "eumm-2022", "their windows differ"),
        ("easter-ru-interim", "easter-ru", "(18 h)"),
    ],
)
def test_counts_of_the_field_that_cannot_be_compared_are_told_with_their_reason(a: str, b: str, reason: str) -> None:
    pair = PAIRS[frozenset((a, b))]
    assert not pair.comparable
    assert any(reason in r for r in pair.reasons)


def test_years_of_one_mission_add_up_and_a_busy_day_in_its_own_week_does_not() -> None:
    assert added([BY_ID[i] for i in ("imt-2008", "imt-2009", "imt-2010")]).total == 341
    assert added([BY_ID[i] for i in ("smm-year-2019", "smm-year-2020")]).total == 434_400
    assert added([BY_ID[i] for i in ("smm-week-2017", "smm-day-2017")]).total is None
    assert "share 6552 h" in about("eumm-2022", "eumm-all")["same_event_twice"]


def test_a_copy_that_prints_one_more_shelling_is_the_same_claim_with_another_rest() -> None:
    """One newspaper prints 1,883 shellings for 1,882: the total is the same, what is left for the drones is not."""
    assert PAIRS[frozenset(("easter-ua", "easter-ua-copy"))].comparable


def test_parts_of_a_count_are_read_with_how_they_are_meant() -> None:
    parts, unread = components_of(
        "96 assaults; 1,882 shellings (812 heavy; most at night); 950+ FPV; more than 20 bombs; about 7 mines; many more"
    )
    assert parts == (
        Component("assaults", 96, "exact"), Component("shellings", 1882, "exact"), Component("FPV", 950, "at_least"),
        Component("bombs", 20, "at_least"), Component("mines", 7, "about"),
    )  # fmt: skip
    assert unread == ("many more",)


def test_parts_are_numbers_as_people_write_them() -> None:
    parts, unread = components_of(
        "5 thousand FPV; 1.404 shellings; 5-7 raids; up to 9 mines; 20 shells of 122 mm; many"
    )
    assert [(p.unit, p.qualifier, p.low, p.high) for p in parts] == [
        ("FPV", "exact", 5000, 5000), ("shellings", "exact", 1404, 1404), ("raids", "between", 5, 7), ("mines", "at_most", 0, 9),
        ("shells of 122 mm", "exact", 20, 20),
    ]  # fmt: skip
    assert unread == ("many",)


def test_words_for_one_thing_are_one_thing_and_copies_in_them_one_count() -> None:
    a, b = claims(
        figure(1, 40, 0, 24, unit="shelling"),
        figure(2, 45, 0, 24, unit="cases of shelling", claimant="M", side="none", area=""),
        figure(3, 40, 0, 24, unit="Shellings", claimant="a"),
    )
    assert (a.copies, b.copies) == (2, 1)
    assert compared([a, b])[0].comparable
    c, d = claims(figure(4, 3, 0, 24, unit="обстрілів"), figure(5, 4, 0, 24, unit="assaults", claimant="M"))
    assert c.thing == a.thing
    assert not compared([c, d])[0].comparable


def test_an_area_in_capitals_is_the_same_area() -> None:
    a, b = claims(figure(1, 40, 0, 24, area="North"), figure(2, 45, 0, 24, area="north", claimant="M"))
    assert compared([a, b])[0].comparable


def test_a_second_number_to_one_end_is_no_growth() -> None:
    first, second = figure(1, 30, 0, 24), figure(2, 31, 0, 23.99)
    assert "cumulative" not in told(first, second)
    assert "several" in told(first, second)


def test_parts_with_bounds_contradict_a_count_only_as_far_as_the_bounds_go() -> None:
    assert told(figure(1, 12, 0, 24, components="5-7 raids; 3 mines"))["gap"].endswith("2 are not explained")
    assert "at least 8: 1 more" in told(figure(1, 7, 0, 24, components="5-7 raids; 3 mines"))["overlap"]
    assert "5 to 7 raids must be 6" in told(figure(1, 9, 0, 24, components="5-7 raids; 3 mines"))["implied"]
    assert not told(figure(1, 100, 0, 24, components="about 50 raids; about 52 mines"))
    assert "overlap" in told(figure(1, 8, 0, 24, qualifier="at_most", components="5 raids; 4 mines"))


def test_rows_that_cannot_be_read_are_counted_by_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"F{n},M,{n},killed,2025-03-20,2025-03-21\n" for n in range(9))
    file = tmp_path / "figures.csv"
    file.write_text("figure_id,claimant,count,unit,start,end\n" + rows)
    assert main(["figures", str(file)]) == 2
    out, error = capsys.readouterr()
    assert "9 rows from row 2 on: start '2025-03-20': a date without a time and a zone (write start as" in out
    assert "no row can be read" in error


def figure(number: int, count: float, start: float, hours: float, **more: object) -> dict[str, object]:
    begin = DAY + timedelta(hours=start)
    given_ = {
        "claimant": "A",
        "side": "A",
        "against": "B",
        "stance": "asserts",
        "unit": "attacks",
        "qualifier": "exact",
    }
    times = {"start": begin, "end": begin + timedelta(hours=hours), "known_at": begin + timedelta(hours=hours)}
    return {"figure_id": f"f{number}", "count": count, **given_, **times, **more}


def claims(*rows: dict[str, object]) -> list[PublishedCount]:
    return published_counts_of(pl.DataFrame([{**dict.fromkeys(FIGURE), **r} for r in rows], schema=FIGURE))


def test_copies_are_one_claim_and_a_copy_without_a_unit_is_one_too() -> None:
    found = claims(
        figure(1, 8, 0, 24),
        figure(2, 8, 0, 24, source="paper"),
        figure(3, 8, 0, 24, unit="as published", source="page"),
    )
    assert [(c.count, c.unit, c.copies, c.sources) for c in found] == [(8, "attacks", 3, ("page", "paper"))]


def test_a_relay_that_drops_more_than_does_not_make_the_number_exact() -> None:
    assert claims(figure(1, 1000, 0, 24), figure(2, 1000, 0, 24, qualifier="at_least"))[0].qualifier == "at_least"


def test_days_of_one_claimant_add_up_and_keep_how_they_are_meant() -> None:
    found = added(claims(figure(1, 3, 0, 24), figure(2, 4, 24, 24, qualifier="at_least")))
    assert (found.total, found.qualifier) == (7, "at_least")


def test_a_denial_is_never_set_against_a_count_as_its_like() -> None:
    a, b = claims(figure(1, 3, 0, 24), figure(2, 0, 0, 24, stance="denies"))
    assert "one of them is a denial" in compared([a, b])[0].reasons


def test_a_part_that_cannot_be_read_is_told_and_no_sum_is_checked() -> None:
    (remark,) = remarks_on(claims(figure(1, 9, 0, 24, components="3 strikes; local damage only; 2 mines")))
    assert (remark.code, "local damage only" in remark.text) == ("unread", True)


def told(*rows: dict[str, object]) -> dict[str, str]:
    """Remarks by code."""
    return {r.code: r.text for r in remarks_on(claims(*rows))}


@pytest.mark.parametrize(
    "values", [(1000, 1021, 1050), (310, 318, 318, 325), (20_000, 20_001, 20_003), (3, 3, 4, 4, 5)]
)
def test_however_slowly_it_grows_a_running_total_is_known_as_one(values: tuple[int, ...]) -> None:
    text = told(*(figure(n, v, 24 * n, 24) for n, v in enumerate(values)))["looks_cumulative"]
    assert f"{values[-1]:,} is all" in text


@pytest.mark.parametrize("values", [(1000, 1021, 1019), (7, 7, 7), (7, 7, 8), (40, 55)])
def test_counts_that_fall_or_hardly_change_are_no_running_total(values: tuple[int, ...]) -> None:
    assert "looks_cumulative" not in told(*(figure(n, v, 24 * n, 24) for n, v in enumerate(values)))


def test_who_says_that_his_counts_are_of_single_days_is_not_asked_again() -> None:
    rows = (figure(n, v, 24 * n, 24, cumulation="period") for n, v in enumerate((10, 20, 30)))
    assert "looks_cumulative" not in told(*rows)


@pytest.mark.parametrize(
    ("total", "code", "says"),
    [
        ({}, "days_add_up", "the same"),
        ({"count": 14}, "days_differ", "its 3 parts make 12: 2 fewer"),
        ({"count": 9}, "days_differ", "its 3 parts make 12: 3 more"),
        ({"count": 10, "qualifier": "at_least"}, "days_add_up", "which agrees"),
        ({"count": 13, "qualifier": "at_least"}, "days_differ", "1 fewer"),
        ({"count": 14, "qualifier": "about"}, "days_add_up", "which agrees"),
    ],
)
def test_a_total_is_held_against_its_days(total: dict[str, object], code: str, says: str) -> None:
    days = [figure(n, v, 24 * n, 24) for n, v in enumerate((5, 3, 4))]
    found = told(*days, {**figure(9, 12, 0, 72), **total})
    assert says in found[code]
    assert len({"days_add_up", "days_differ"} & set(found)) == 1


def test_what_a_total_leaves_for_the_days_that_nobody_gave_is_inferred() -> None:
    days = [figure(0, 5, 0, 24), figure(2, 4, 48, 24, qualifier="at_least")]
    text = told(*days, figure(9, 12, 0, 72))["missing_days"]
    assert "2025-05-09 00:00Z to 2025-05-10 00:00Z (24 h)" in text
    assert "leaves at most 3" in text
    assert "leaves 3." in told(days[0], figure(2, 4, 48, 24), figure(9, 12, 0, 72))["missing_days"]
    assert "they alone make 1 more" in told(days[0], figure(2, 8, 48, 24), figure(9, 12, 0, 72))["days_differ"]


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({}, {}, "30 together, so that no single day had more than 30"),
        ({"qualifier": "at_least"}, {}, "at most 30 together"),
        ({}, {"qualifier": "at_least"}, "at least 30"),
        ({"qualifier": "about"}, {}, "about 30"),
        ({"cumulation": "cumulative"}, {"cumulation": "cumulative"}, "30 together"),
    ],
)
def test_two_totals_bound_the_days_between_them(first: dict[str, object], second: dict[str, object], says: str) -> None:
    rows = {**figure(1, 100, 0, 24), **first}, {**figure(2, 130, 0, 96), **second}
    text = told(*rows)["between"]
    assert says in text
    assert "nobody published that" in text
    assert "2025-05-09 00:00Z to 2025-05-12 00:00Z (3 days)" in text


def test_a_day_between_two_totals_is_held_against_their_difference() -> None:
    totals = figure(1, 100, 0, 24), figure(2, 130, 0, 48)
    assert "2 parts make 128: 2 fewer" in told(*totals, figure(3, 28, 24, 24))["days_differ"]
    open_ = told(figure(1, 100, 0, 24), figure(2, 130, 0, 72), figure(3, 9, 24, 24))["missing_days"]
    assert "30 (130 less 100, which nobody published) in" in open_
    assert "days_differ" not in told(*totals, figure(3, 30, 24, 24))


def test_counts_of_an_unnamed_unit_get_the_same_remarks_and_it_is_said() -> None:
    unnamed: dict[str, object] = {"unit": None}
    days = [figure(n, v, 24 * n, 24, **unnamed) for n, v in enumerate((50, 51, 53))]
    found = told(
        *days,
        figure(9, 160, 0, 72, **unnamed),
        figure(8, 12, 96, 9, claimant="B", components="3 raids; 4 mines", **unnamed),
    )
    assert {"looks_cumulative", "days_differ", "gap"} <= set(found)
    assert "what is counted is not said" in found["looks_cumulative"]
    two = told(figure(1, 3, 0, 24, **unnamed), figure(2, 5, 0, 24, **unnamed))["several"]
    assert "of what is not said" in two


@given(st.lists(st.integers(0, 9), min_size=2, max_size=6), st.data())
def test_counts_that_are_true_together_never_differ_and_what_is_left_is_what_was(
    days: list[int], data: st.DataObject
) -> None:
    spans = [(a, b) for a in range(len(days)) for b in range(a + 1, len(days) + 1)]
    given_ = data.draw(st.lists(st.sampled_from(spans), unique=True, min_size=1))
    rows = [figure(n, sum(days[a:b]), 24 * a, 24 * (b - a)) for n, (a, b) in enumerate(given_)]
    remarks = [r for r in remarks_on(claims(*rows)) if r.code in ("between", "missing_days", "days_differ")]
    assert not [r.text for r in remarks if r.code == "days_differ"]
    window = r"2025-05-(\d\d) 00:00Z to 2025-05-(\d\d) 00:00Z \([^)]*\)"
    for remark in remarks:
        if remark.code == "between":
            for start, end, amount in re.findall(window + r": ([\d,]+)", remark.text):
                assert int(amount) == sum(days[int(start) - 8 : int(end) - 8])
        else:
            gaps, amount = re.search(r"not given \((.*)\) that leaves ([\d,]+)", remark.text).groups()  # type: ignore[union-attr]
            missing = (sum(days[int(a) - 8 : int(b) - 8]) for a, b in re.findall(window, gaps))
            assert int(amount) == sum(missing)


def test_a_falling_total_is_told() -> None:
    text = next(
        r.text
        for r in remarks_on(
            claims(figure(1, 9, 0, 24, cumulation="cumulative"), figure(2, 7, 0, 48, cumulation="cumulative"))
        )
    )
    assert "falls (9 to 7)" in text


ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.sampled_from([6, 24, 30]), st.sampled_from(["A", "B"]), st.sampled_from(["attacks", "drones"]), st.sampled_from([None, "cumulative"])),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    rows: list[tuple[int, int, int, str, str, str | None]], shuffle: object
) -> None:
    table = [
        figure(n, c, 12 * s, h, claimant=who, unit=unit, cumulation=kind)
        for n, (c, s, h, who, unit, kind) in enumerate(rows)
    ]
    other = list(table)
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    assert claims(*table) == claims(*other)
    assert remarks_on(claims(*table)) == remarks_on(claims(*other))


@given(ROWS)
def test_what_is_added_is_alike_and_apart(rows: list[tuple[int, int, int, str, str, str | None]]) -> None:
    found = claims(
        *(
            figure(n, c, 12 * s, h, claimant=who, unit=unit, cumulation=kind)
            for n, (c, s, h, who, unit, kind) in enumerate(rows)
        )
    )
    result = added(found)
    alike = len({(c.claimant, c.unit) for c in found}) == 1 and not any(c.cumulative for c in found)
    spans = sorted((c.start, c.end) for c in found)
    apart = all(a[1] <= b[0] for a, b in pairwise(spans))
    assert (result.total is not None) == (alike and apart)
    assert result.total is None or result.total == sum(c.count for c in found)
    assert result.total is not None or result.reasons


def test_the_command_tells_writes_and_adds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", str(DATA), "--out", str(tmp_path)]) == 0
    assert "4,900 violations = 6 attacks" in capsys.readouterr().out.replace("\n    ", " ")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "comparisons.csv",
        "figures.csv",
        "quarantine.csv",
        "remarks.csv",
    ]
    assert main(["figures", str(DATA), "--add", "may-daily-1", "may-daily-2"]) == 0
    assert capsys.readouterr().out == "5,514 breaches a day\n"
    assert main(["figures", str(DATA), "--add", "may-1", "may-2"]) == 1
    assert "windows overlap" in capsys.readouterr().out
    assert main(["figures", str(DATA), "--add", "nothing"]) == 2
    assert "there is no count 'nothing'" in capsys.readouterr().err


def test_files_without_a_report_that_can_be_read_cannot_be_fused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fuse", str(DATA)]) == 2
    assert "no report in it can be read" in capsys.readouterr().err
    table = tmp_path / "reports.csv"
    table.write_text("report_id,source,start,act\nR1,S,yesterday,shelling\n")
    assert main(["fuse", str(table)]) == 2
    assert "row 2: start:" in capsys.readouterr().err


def test_a_file_without_figures_and_a_row_without_a_zone_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "figures.csv"
    table.write_text("figure_id,claimant,count,unit,start,end\nf1,A,3,attacks,2025-05-08T00:00,2025-05-09T00:00Z\n")
    assert main(["figures", str(table)]) == 2
    told = capsys.readouterr()
    assert "figures.csv: row 2: start '2025-05-08T00:00': a time" in told.out
    assert "no row can be read" in told.err


@pytest.mark.skipif(not TRUCES.is_dir(), reason="the shared data are not here")
def test_klyukva_is_found_in_two_totals_of_the_truce_for_energy() -> None:
    analysis = read_figures([TRUCES / "published_counts.csv", TRUCES / "reports.csv"])
    twice = [r for r in analysis.remarks if r.code == "same_event_twice" and "02 Apr" in r.text]
    (klyukva,) = [c for c in analysis.counts if "Klyukva" in c.note]
    assert len(twice) == 1
    assert klyukva.id in twice[0].counts
    assert "counted twice" in twice[0].text
    assert {i for i, *_ in analysis.beside} == {c.id for c in analysis.counts}


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        ("1.250", "may be so many thousands, or so much and a part"),
        ("legalább 20", "not a number that can be read"),
        ("20?", "not a number that can be read"),
    ],
)
def test_a_count_that_may_be_two_numbers_or_a_bound_is_set_aside_and_not_taken_as_exact(
    count: str, reason: str
) -> None:
    rows = f"figure_id,claimant,count,unit,start,end\nF1,M,{count},killed,2025-03-20T00:00Z,2025-03-21T00:00Z\n"
    analysis = read_figures([NamedBytes("figures.csv", rows.encode())])
    assert analysis.counts == []
    assert analysis.ingest.quarantine["reason"].to_list() == [reason]
