"""No sentence of a mission report carries a number that its data do not: 100 generated days, read back and counted anew."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from servanda.app.verify import verify_files
from servanda.briefs import KINDS, LANGUAGES, Asked, Brief, Facts, period_of, words_of
from servanda.engine import SerialEngine
from servanda.report.briefs import trace
from servanda.testing import agreement, coverage, reports, watch
from servanda.verdicts import Verification, Wanted

ZONE = ZoneInfo("Europe/Kyiv")
FIRST, DAYS = date(2025, 3, 1), 100
REGIONS = ["North", "South 2", "East", None]
AGREEMENT = agreement(
    in_force={"from": "2025-02-28T19:30+02:00", "for": "150 days"},
    mandate={"standard": "balance_of_probabilities", "attribution": True, "reporting_day": {"ends": "19:30"}},
)
_Row = dict[str, Any]


def moment(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC) + timedelta(hours=hour)


@cache
def rows() -> list[_Row]:
    """Reports of a hundred days: some incidents told by several, late, denied, observed, or with a count."""
    chance, out = random.Random(16), []
    for n in range(DAYS):
        for k in range(chance.choice([0, 0, 1, 1, 2, 3, 7])):
            start = moment(FIRST + timedelta(days=n), chance.uniform(-4, 19))
            late = timedelta(days=chance.choice([0, 0, 0, 1, 3]), hours=1)
            region, party = chance.choice(REGIONS), chance.choice("AB")
            what = {
                "start": start.isoformat(),
                "act": chance.choice(["missile", "strike_drone", "airstrike"]),
                "target": "substation",
                "place_name": f"Post {k}",
                "admin1": region,
                "incident_id": f"I{n}-{k}",
            }
            other = "B" if party == "A" else "A"
            said = {
                "origin": f"Ministry {other}",
                "side": other,
                "actor": party,
                "known_at": (start + late).isoformat(),
            }
            out.append({**what, **said, "quantity": chance.choice([None, None, 2, 12])})
            if chance.random() < 0.3:
                mine = {"origin": f"Ministry {party}", "side": party, "stance": "denies"}
                out.append({**what, **mine, "known_at": (start + late * 2).isoformat()})
            if chance.random() < 0.2:
                for seen in ("Post 7", "Post 8"):
                    own = {"origin": seen, "side": "none", "kind": "observation", "reliability": "A", "actor": party}
                    out.append({**what, **own, "known_at": (start + late).isoformat()})
    return [{**row, "report_id": f"R{n}"} for n, row in enumerate(out)]


@cache
def frame() -> pl.DataFrame:
    return reports(*rows())


@cache
def known_by(end: datetime) -> Verification:
    """What is found from all reports, as of an instant."""
    denied = {
        "by": "B",
        "watches": ["camera"],
        "in": ["zone"],
        "from": "2025-03-10T08:00+02:00",
        "to": "2025-03-12T08:00+02:00",
    }
    seen = {
        "coverage": "test",
        **coverage(
            watch(from_="2025-03-05T00:00+02:00", to="2025-06-30T00:00+03:00"),
            denials=[{**denied, "reason": "shots, 3 of them"}],
        ),
    }
    return verify_files(
        AGREEMENT, [frame()], [seen], as_of=end, fuse=False, engine=SerialEngine(), wanted=Wanted(grounds=False)
    )


@cache
def brief(kind: str, day: date) -> Brief:
    period = period_of(AGREEMENT, day, KINDS[kind].span)
    return KINDS[kind].write(Facts(period, known_by(period.end), known_by(period.start)), Asked())


def days(every: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(every - 1, DAYS, every)]


def digits(text: str) -> list[str]:
    """The numbers of a text, as runs of digits."""
    return re.findall(r"\d+", re.sub(r"(?<=\d)[,\u00a0\u202f.](?=\d{3}(?!\d))", "", text))


def carried(made_of: Any) -> Iterator[str]:
    """The runs of digits that the values of a sentence may be written with."""
    if isinstance(made_of, dict):
        if isinstance(made_of.get("share"), float):
            whole = 100 * made_of["share"]
            yield from (str(round(whole)), "1" if whole < 1 else "99")
        for name, value in made_of.items():
            if name != "message":
                yield from carried(value)
    elif isinstance(made_of, list):
        for value in made_of:
            yield from carried(value)
    elif isinstance(made_of, (int, float)):
        yield from str(made_of).removesuffix(".0").split(".")
    elif isinstance(made_of, str):
        yield from (found.lstrip("0") or "0" for found in digits(made_of.split("+")[0]))
        yield from digits(made_of)


def unsaid(written: dict[str, Any]) -> list[tuple[str, str]]:
    """The numbers of all sentences that are not in their values, each with its sentence."""
    return [
        (number, one["text"])
        for one in written["sentences"]
        for number in digits(one["text"])
        if number not in set(carried(one["made_of"]))
    ]


@pytest.mark.parametrize("part", range(10))
def test_no_sentence_of_a_hundred_days_has_a_number_that_its_data_do_not_carry(part: int) -> None:
    for n, day in enumerate(days(1)[part * 10 : part * 10 + 10]):
        words = words_of(LANGUAGES[n % len(LANGUAGES)], ZONE)
        assert unsaid(json.loads(trace(brief("daily", day), words))) == []


def test_a_number_that_is_not_in_the_data_is_found() -> None:
    assert unsaid({"sentences": [{"text": "12 of 1,345", "made_of": {"message": "m", "n": 12}}]}) == [
        ("1345", "12 of 1,345")
    ]


@pytest.mark.parametrize("kind", ["weekly", "monthly", "sitrep", "handover", "verified"])
def test_no_sentence_of_a_longer_report_has_a_number_that_its_data_do_not_carry(kind: str) -> None:
    for n, day in enumerate(days(25)):
        words = words_of(LANGUAGES[n % len(LANGUAGES)], ZONE)
        assert unsaid(json.loads(trace(brief(kind, day), words))) == []


def starts(known: date) -> dict[date, set[str]]:
    """Counted anew from the reports, by hand: the incidents of each reporting day, as known at the end of one of them."""
    out: dict[date, set[str]] = {}
    for row in rows():
        if row.get("stance") != "denies" and datetime.fromisoformat(row["known_at"]) <= moment(known, 19.5):
            local = datetime.fromisoformat(row["start"]).astimezone(ZONE)
            ended = (local.hour, local.minute) >= (19, 30)
            out.setdefault(local.date() + timedelta(days=int(ended)), set()).add(row["incident_id"])
    return out


@pytest.mark.parametrize("day", days(5))
def test_the_headline_counts_what_somebody_counts_by_hand(day: date) -> None:
    said = {one.said.key: one.said.values for one in brief("daily", day).lead}
    now = starts(day)
    before = [len(now.get(day - timedelta(days=n), ())) for n in range(1, min(30, (day - FIRST).days) + 1)]
    n = len(now.get(day, ()))
    assert said["lead.count"]["n"] == n if n else "lead.none" in said
    assert said["lead.before"]["before"] == before[0]
    assert said["lead.before"]["days"] == len(before)
    assert said["lead.before"]["mean"] == pytest.approx(sum(before) / len(before), abs=0.051)


@pytest.mark.parametrize("day", days(20))
def test_the_total_of_every_table_of_counts_is_the_number_of_the_headline(day: date) -> None:
    report = brief("daily", day)
    n = next((one.said.values["n"] for one in report.lead if one.said.key == "lead.count"), 0)
    tables = {table.name: table for table in report.tables()}
    for name in ("counts_by_region", "counts_by_act"):
        *parts, total = tables[name].rows
        assert [sum(row[k] for row in parts) for k in (1, 2, 3, 4)] == list(total[1:5])
        assert total[1] == n
    assert sum(row[2] for row in tables["counts"].rows) == n


@pytest.mark.parametrize("day", days(10))
def test_a_correction_says_what_the_earlier_report_would_say_today(day: date) -> None:
    was, now = starts(day - timedelta(days=1)), starts(day)
    section = next(s for s in brief("daily", day).sections if s.heading.key == "section.corrections")
    said = {
        one.said.values["day"]: one.said.values
        for one in section.blocks[0].sentences
        if one.said.key == "corrections.day"
    }
    earlier = [day - timedelta(days=n) for n in range(1, min(30, (day - FIRST).days) + 1)]
    changed = {d: (len(was.get(d, ())), len(now.get(d, ()))) for d in earlier}
    assert {d: (v["was"], v["now"]) for d, v in said.items()} == {
        d: pair for d, pair in changed.items() if pair[0] != pair[1]
    }
    assert all(values["number"] == (d - FIRST).days + 1 for d, values in said.items())
