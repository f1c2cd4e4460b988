"""Before, in and after: a published daily series, who watched, and what a trend must never take for quiet."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import servanda
from servanda.cli.main import main
from servanda.errors import ServandaError

pytest.importorskip("statsmodels")
pytest.importorskip("ruptures")

from servanda.app.trend import AFTER, BEFORE, IN, Trend, TrendResult, find_trends

AGREEMENT = """agreement: vale
title: Vale truce
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01T19:30, until: 2031-04-01T19:30}
places:
  north: {polygon: [[48.0, 37.0], [48.5, 37.0], [48.5, 38.0], [48.0, 38.0]]}
  valley: {polygon: [[48.0, 37.0], [49.0, 37.0], [49.0, 38.0], [48.0, 38.0]]}
mandate: {attribution: true, reporting_day: {ends: "19:30"}}
terms:
  fire: {text: No fire, forbid: {act: shelling, in: valley}}
  guns: {text: Guns go, require: {act: withdrawal, weapon: artillery, in: valley}, deadline: start + 5 days}
"""
WATCH = """coverage: vale
watches:
  - {id: w, who: Mission, means: camera, detects: [shelling], in: [valley], from: 2031-02-01T19:30, to: 2031-04-20T19:30,
     probability: 0.95, reason: cameras on every ridge}
outages:
  - {watches: [w], in: [valley], from: 2031-03-10T19:30, to: 2031-03-12T19:30, share: 1, by: none, reason: no power}
"""
HEAD = "report_id,source,side,reliability,kind,start,end,known_at,act,actor,quantity,unit,area\n"


def day(at: date, much: object, area: str = "valley", actor: str = "Bland") -> str:
    """A row of the daily report that bears a date: the day from 19:30 of the day before."""
    start, end = f"{at - timedelta(days=1)}T19:30+02:00", f"{at}T19:30+02:00"
    return f"{area}-{at},Mission,none,A,observation,{start},{end},{at}T20:00+02:00,shelling,{actor},{much},violations,{area}\n"


FIRST = date(2031, 2, 2)
MISSING = {date(2031, 2, 10), date(2031, 3, 20)}


def series() -> str:
    """Sixty days: ten a day before, two a day in force, five after; two days without a report, quiet days between."""
    rows = ""
    for n in range(78):
        at = FIRST + timedelta(days=n)
        if at in MISSING:
            continue
        much = 8 + n % 5 if at <= date(2031, 3, 1) else (0, 2, 4)[n % 3] if at <= date(2031, 4, 1) else 4 + n % 3
        rows += day(at, much)
    return rows


def counted(folder: Path, rows: str | None = None, *, watch: bool = False, **more: Any) -> TrendResult:
    """The trends of a daily series."""
    files = {"a.yaml": AGREEMENT, "r.csv": HEAD + (series() if rows is None else rows), "w.yaml": WATCH}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return find_trends(folder / "a.yaml", [folder / "r.csv"], [folder / "w.yaml"] if watch else [], **more)


def told(found: TrendResult, party: str | None = None) -> Trend:
    return next(t for t in found.trends if (t.term, t.party, t.area, t.counted) == ("fire", party, "(all)", "told"))


def test_periods_are_cut_at_the_reporting_day_and_acts_are_counted(tmp_path: Path) -> None:
    one = told(counted(tmp_path))
    assert one.unit == "violation"
    assert [(r.period.name, r.period.first, r.days, r.no_report) for r in one.rates] == [
        (BEFORE, date(2031, 2, 2), 27, 1),
        (IN, date(2031, 3, 2), 30, 1),
        (AFTER, date(2031, 4, 2), 19, 0),
    ]
    assert [round(r.rate or 0) for r in one.rates] == [10, 2, 5]
    for rate in one.rates:
        assert rate.low is not None
        assert rate.high is not None
        assert rate.rate is not None
        assert rate.low < rate.rate < rate.high


def test_a_day_without_a_report_is_never_taken_for_quiet(tmp_path: Path) -> None:
    days = dict(told(counted(tmp_path)).series.days.select("day", "count").iter_rows())
    assert all(days[at] is None for at in MISSING)
    assert days[date(2031, 3, 2)] is not None


def test_what_nobody_watched_enters_no_rate_and_what_was_counted_there_is_told(tmp_path: Path) -> None:
    found = counted(tmp_path, watch=True)
    assert found.by_watch
    inside = next(r for r in told(found).rates if r.period.name == IN)
    assert (inside.days, inside.unwatched) == (29, 2)
    assert inside.outside > 0


def test_the_ratio_to_the_baseline_has_an_interval_that_holds_it(tmp_path: Path) -> None:
    found = told(counted(tmp_path, baseline="2031-02-02..2031-02-20"))
    ratio = next(q for q in found.ratios if (q.of.name, q.to.name) == (IN, BEFORE))
    assert ratio.ratio is not None
    assert ratio.high is not None
    assert ratio.low < 0.2 < ratio.high < 0.5


def test_the_level_changes_where_the_truce_began(tmp_path: Path) -> None:
    changes = told(counted(tmp_path)).changes
    assert any(c.earliest <= date(2031, 3, 2) <= c.latest and c.after < c.before for c in changes)


def test_quiet_watched_days_are_complied_day_by_day_and_unwatched_ones_are_not(tmp_path: Path) -> None:
    found = counted(tmp_path, watch=True)
    by_day = {
        found.agreement.reporting_day.day_of(v.window.start): v.verdict
        for v in found.days
        if (v.term, v.party) == ("fire", "B") and v.window.start is not None
    }
    quiet = [d for d, n in told(found).series.days.select("day", "count").iter_rows() if n == 0 and d in by_day]
    blind = {date(2031, 3, 11), date(2031, 3, 12)}
    assert {by_day[d] for d in quiet if d not in blind} == {"complied"}
    assert "complied" not in {by_day[d] for d in blind}


def test_areas_are_counted_apart(tmp_path: Path) -> None:
    rows = "".join(day(FIRST + timedelta(days=n), 3) + day(FIRST + timedelta(days=n), 1, "north") for n in range(40))
    found = counted(tmp_path, rows)
    assert {t.area for t in found.trends} == {"(all)", "north", "valley"}


def test_a_party_is_told_only_of_what_is_told_of_it(tmp_path: Path) -> None:
    found = counted(tmp_path, "".join(day(FIRST + timedelta(days=n), 3) for n in range(20)))
    assert sum(r.count for r in told(found, "A").rates) == 0
    assert sum(r.count for r in told(found, "B").rates) == sum(r.count for r in told(found).rates) == 60


def test_of_an_agreement_that_never_came_into_force_all_days_are_before(tmp_path: Path) -> None:
    found = counted(tmp_path)
    assert [p.name for p in found.periods] == [BEFORE, IN, AFTER]
    lines = AGREEMENT.replace("start + 5 days", "2031-03-06").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("in_force"))
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    never = find_trends(tmp_path / "a.yaml", [tmp_path / "r.csv"])
    assert [p.name for p in never.periods] == [BEFORE]


@pytest.mark.parametrize(
    ("baseline", "says"),
    [
        ("2031-03-05..2031-03-09", "lies in the time in force"),
        ("2031-02-09..2031-02-05", "ends before it begins"),
        ("last month", "is not two days"),
    ],
)
def test_a_baseline_that_is_none_is_refused(tmp_path: Path, baseline: str, says: str) -> None:
    with pytest.raises(ServandaError) as refused:
        counted(tmp_path, baseline=baseline)
    assert says in str(refused.value)
    assert refused.value.faults[0].code == "TRD001"


def test_a_term_that_forbids_nothing_has_no_trend(tmp_path: Path) -> None:
    with pytest.raises(ServandaError) as refused:
        counted(tmp_path, terms=["guns"])
    assert refused.value.faults[0].code == "TRD002"


def test_reports_of_no_day_are_refused(tmp_path: Path) -> None:
    weeks = day(FIRST, 40).replace(f"{FIRST}T19:30", f"{FIRST + timedelta(days=7)}T19:30")
    with pytest.raises(ServandaError) as refused:
        counted(tmp_path, weeks)
    assert refused.value.faults[0].code == "TRD003"


def test_reports_left_out_as_of_an_instant_because_nobody_says_when_they_became_known_are_told(tmp_path: Path) -> None:
    undated = day(FIRST, 40).replace(f"{FIRST}T20:00+02:00", "")
    found = counted(tmp_path, day(FIRST + timedelta(days=1), 4) + undated, as_of="2031-04-20")
    assert found.notes == {"reports that do not say when they became known": 1}
    with pytest.raises(ServandaError, match="do not say when they became known are left out, here 1"):
        counted(tmp_path, undated, as_of="2031-04-20")
    assert counted(tmp_path, undated).notes == {}


def test_the_command_writes_the_page_its_pictures_and_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted(tmp_path)
    words = ["trend", str(tmp_path / "a.yaml"), str(tmp_path / "r.csv"), "--by", "week", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    assert "a trend is no verdict" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "trend.html",
        "trend-fire.svg",
        "trend-fire-B.svg",
        "rates.csv",
        "ratios.csv",
        "level_changes.csv",
        "series.csv",
        "trend.json",
    } <= names
    page = (tmp_path / "out" / "trend.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert ' style="' not in page
    assert "http" not in page.replace("http-equiv", "")
    data = json.loads((tmp_path / "out" / "trend.json").read_text(encoding="utf-8"))
    assert data["periods"][1]["first"] == "2031-03-02"


def test_the_same_from_python(tmp_path: Path) -> None:
    counted(tmp_path)
    found = servanda.trend(tmp_path / "a.yaml", tmp_path / "r.csv", by="month")
    whole = found.rates.filter((pl.col("area") == "(all)") & (pl.col("counted") == "told") & pl.col("party").is_null())
    assert whole["period"].to_list() == [BEFORE, IN, AFTER]
    assert found.series["first"].n_unique() == 3
    assert repr(found).startswith("<servanda.Trends vale: 12 series")
    assert (found.report(tmp_path / "page") / "trend.html").exists()
