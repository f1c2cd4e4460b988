"""Findings that lie elsewhere give the verdicts, tables and counts of one process, to the byte, however they are divided."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Watch
from servanda.engine import LocalEngine
from servanda.engine.spark import _Judged
from servanda.errors import ServandaError
from servanda.evidence import ReportTables
from servanda.findings.matched import REMARKS_ON_INCIDENT
from servanda.findings.plan import FINDING, Batches, Findings, Plan, Progress, concat, quiet
from servanda.incidents import Keys
from servanda.incidents.doubts import Doubts
from servanda.report.tables import csv
from servanda.report.verdicts_json import verdicts_json
from servanda.values.time import Interval
from servanda.verdicts import Verification, Wanted, verify
from servanda.verdicts.divided import shared, tables
from tests.build import HEAD, ZONES, agreement, instant
from tests.scattered import Scattered
from tests.test_engines import TERMS, crowd, shipped

EVERY_KIND = """guarantors: {G: Guarantor}
events:
  order: {done: {act: consultation, by: A}}
  silence: {quiet: {of: {act: shelling}, for: 4 days}}
  left: {complied: once}
  both: {all_of: [order, left]}
terms:
  fire:
    text: No strikes, once it was ordered
    forbid: {act: strike, in: [disc, strip]}
    only_after: order
    except: {return_fire: {only_if: [offensive]}}
  shelling:
    text: No shelling
    forbid: {act: [shelling, assault]}
  flow:
    text: At most three in two days
    limit: {what: {act: shelling}, to: 3, per: 2 days}
  stock:
    text: At most two at once
    limit: {what: {act: missile, in: disc}, to: 2, holds: 2 days}
    only_after: both
  lorries:
    text: So much every two days
    require: {act: consultation, at_least: 2, every: 2 days}
  once:
    text: To be done once
    require: {act: consultation, in: disc}
    deadline: order + 2 days
  law:
    text: By milestones
    require: {milestones: {minimal: {act: consultation}, full: {act: shelling}}}
    deadline: 2025-04-01
    only_after: silence
  answer:
    text: Whoever is struck consults
    respond: {to: {act: missile, by: [A, B]}, with: {act: consultation}, within: 3 days}
  exercises:
    text: Announced before
    declare: {notice: {of: {act: missile, in: box}, before: 1 days, at_most: 9 days}}
  guarantee:
    text: After three breaches the guarantor consults
    when: {verdict: breached, of: [shelling], at_least: 3, apart: {time: 1 hour, distance: 1 km}}
    then: [{by: G, do: consultation, within: 30 days, unless: left}, {effect: it applies again, within: 3 days, unless: both}]
"""
READINGS = """readings:
  early: {}
  late: {of: A, since: 2025-03-20, terms.shelling.forbid.act: [shelling, missile], terms.flow.limit.to: 1}
"""


class Elsewhere(LocalEngine):
    """What it is given are tables that lie elsewhere, and there its findings stay."""

    def keys(self, batches: Batches) -> Keys:
        keys = Keys()
        for table in batches():
            for column in ("source", "origin", "means"):
                keys.names.meet(table[column].cast(pl.String))
        keys.names.full = True
        return keys

    def run(self, plan: Plan, batches: Batches, progress: Progress = quiet) -> Findings:
        tables: Any = batches()
        found = list(tables.each(plan.matcher(many=False)))
        remarks = concat([one.remarks for one in found], REMARKS_ON_INCIDENT)
        unseen = plan.unseen(plan.doubtful(remarks), batches)
        matched = tables.each(plan.matcher(many=False)).dealt(_rows, lambda table: table["incident"])
        judged = matched.finished(_Judged(plan, unseen, keep=False))
        latest = max((one.latest_known for one in found if one.latest_known is not None), default=None)
        counts = sum(one.reports for one in found), latest, sum(one.undated for one in found)
        faint = [(concat([], FINDING), some) for _, some, *_ in judged]
        whole = plan.collect(faint, concat([], REMARKS_ON_INCIDENT), [], *counts)
        return dataclasses.replace(whole, there=judged.each(lambda made: (made[0], made[2])))


def _rows(found: Any) -> dict[str, pl.DataFrame]:
    return {"matched": found.matched, "remarks": found.remarks, "times": found.times}


class There(ReportTables):
    """Evidence whose reports lie elsewhere."""

    def __init__(self, table: pl.DataFrame, seed: int, **rest: Any) -> None:
        super().__init__([table], **rest)
        self._scattered = Scattered.of(table, 6, 1 + seed % 5, seed)

    def batches(self) -> Iterable[pl.DataFrame]:
        return self._scattered

    brief = batches


def told(run: Verification) -> str:
    """Everything that files are made of."""
    findings, acts = (
        getattr(run, name) if run.tables is None else run.tables.whole(name) for name in ("findings", "acts")
    )
    tables = findings, acts, run.incidents, run.members, run.exceptions, run.items, run.watches, run.no_term.rows
    rest = run.reports, run.undated, run.incidents_found, run.known_until, run.moments, run.overruled, run.ingest.notes
    coverage = [(key, m.probability, m.watched_share) for key, m in run.coverage.items()]
    texts = [verdicts_json(run), verdicts_json(run, run.slices), *map(csv, tables), str(rest), str(coverage)]
    return "\n".join([*texts, str(sorted(run.no_term.reasons.items()))])


def compared(text: Agreement, table: pl.DataFrame, coverage: Coverage, seed: int, **options: Any) -> str:
    """What both tell, which is the same."""
    options["wanted"] = Wanted(grounds=False)
    here = told(verify(text, ReportTables([table]), coverage, engine=LocalEngine(), **options))
    there = verify(text, There(table, seed), coverage, engine=Elsewhere(), **options)
    assert there.tables is not None
    assert told(there) == here
    return here


@pytest.mark.parametrize("seed", range(2))
def test_generated_reports_come_out_the_same(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS", 70)  # every table comes in pieces
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    options: dict[str, Any] = {"by": "day"} if seed % 2 else {"as_of": instant("03-25")}
    assert "breached" in compared(text, crowd(seed), Coverage(), seed, **options)


def test_what_is_counted_contested_watched_and_doubtful_in_many_incidents_comes_out_the_same(tmp_path: Path) -> None:
    dice = random.Random(5)
    table = crowd(5, 900)
    rows = range(table.height)
    table = table.with_columns(
        incident_id=pl.Series([f"I{dice.randrange(500)}" for _ in rows]),
        quantity=pl.Series([dice.choice([None, 2.0, 7.0]) for _ in rows]),
        unit=pl.Series([dice.choice(["violation", "shelling"]) for _ in rows]),
        directness=pl.Series([dice.choice([0, 2, 2]) for _ in rows], dtype=pl.Int8),
        origin=pl.Series([f"Monitor {dice.randrange(7)}" for _ in rows]),
        side=pl.Series([dice.choice(["A", "none", "none"]) for _ in rows]),
        kind=pl.lit("observation"),
        lat=pl.Series([dice.choice([48.0, 48.0, 48.1799]) for _ in rows]),
        lon=pl.lit(37.0),
        target=pl.lit("substation"),
        actor=pl.Series([dice.choice(["A", "B", "B"]) for _ in rows]),
        basis=pl.Series([dice.choice([None, "trajectory"]) for _ in rows]),
    )
    text = agreement(tmp_path, HEAD + ZONES + TERMS[TERMS.index("terms:") :])
    pairs = [(f"I{n}", f"I{n + 1}") for n in range(0, 80, 7)]
    doubts = Doubts(
        pl.DataFrame(pairs, schema=["incident", "other"], orient="row"),
        pl.DataFrame({"incident": ["I3", "I44"], "most": [2, 3]}),
    )
    rules = set(re.findall(r'"rule": ?"(\w+)"', compared(text, table, watched(text), 5, doubts=doubts)))
    assert {"contrary", "author_contested", "withdrawn", "counted", "set_aside", "answered"} <= rules
    assert {"hearsay", "basis", "excused", "open", "below", "checked"} <= rules


@pytest.mark.parametrize(
    ("kinds", "both"), [(TERMS[TERMS.index("terms:") :], False), (EVERY_KIND, True)], ids=["by shares", "every kind"]
)
def test_incidents_that_may_be_one_or_several_change_verdicts_and_do_so_in_any_shares(
    kinds: str, both: bool, tmp_path: Path
) -> None:
    dice, table = random.Random(5), crowd(5, 900)
    rows = range(table.height)
    table = table.with_columns(
        incident_id=pl.Series([f"I{dice.randrange(120)}" for _ in rows]),
        quantity=pl.Series([dice.choice([None, 2.0, 7.0]) for _ in rows]),
        unit=pl.Series([dice.choice(["violation", "shelling"]) for _ in rows]),
        origin=pl.Series([f"Monitor {dice.randrange(7)}" for _ in rows]),
        **{
            name: pl.lit(value)
            for name, value in {"side": "none", "kind": "observation", "lat": 48.0, "lon": 37.0}.items()
        },
        directness=pl.lit(2, dtype=pl.Int8),
    )
    text = agreement(tmp_path, HEAD + ZONES + kinds)
    pairs = pl.DataFrame([(f"I{n}", f"I{n + 1}") for n in range(119)], schema=["incident", "other"], orient="row")
    several = pl.DataFrame({"incident": sorted(f"I{n}" for n in range(0, 120, 3)), "most": [2] * 40})
    none = Doubts()
    without = compared(text, table, Coverage(), 5)
    alone = [] if both else [Doubts(pairs, none.several), Doubts(none.pairs, several)]
    for doubts in (*alone, Doubts(pairs, several)):
        assert compared(text, table, Coverage(), 5, doubts=doubts) != without


def watched(text: Agreement, probability: float = 0.97) -> Coverage:
    """Somebody looks at everything for six days."""
    times = (Interval(instant("03-18"), instant("03-24")),)
    acts = frozenset(text.vocabulary.acts.leaves(["missile", "shelling"]))
    return Coverage((Watch("cam", "Camera", "camera", acts, "", None, times, probability),))


@pytest.mark.parametrize(
    ("readings", "options"),
    [("", {"by": "day"}), (READINGS, {"by": "week", "as_of": instant("03-29")})],
    ids=["days", "weeks of readings"],
)
def test_every_kind_of_term_comes_out_the_same(readings: str, options: dict[str, Any], tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + readings + ZONES + EVERY_KIND)
    dice = random.Random(len(readings))
    table = crowd(11, 400)
    table = table.with_columns(
        incident_id=pl.Series([dice.choice([None, f"I{dice.randrange(150)}"]) for _ in range(table.height)]),
        quantity=pl.Series([dice.choice([None, 1.0, 2.0]) for _ in range(table.height)]),
        unit=pl.lit("shelling"),
    )
    doubts = Doubts(
        pl.DataFrame({"incident": ["I3"], "other": ["I4"]}), pl.DataFrame({"incident": ["I5"], "most": [2]})
    )
    told = compared(text, table, watched(text), 6, doubts=doubts, **options)
    rules = set(re.findall(r'"rule": ?"(\w+)"', told))
    assert {"count", "delivered", "level", "called_for", "deadline", "set_off", "hearsay"} <= rules
    assert not readings or {"entered_later", "parting"} <= rules


def test_what_is_too_much_for_one_machine_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST", 3)
    text = agreement(tmp_path, HEAD + ZONES + EVERY_KIND)
    with pytest.raises(ServandaError, match=r"VRD043: [0-9]+ incidents bear on guarantee, shelling; at most 3"):
        verify(text, There(crowd(1), 1), Coverage(), engine=Elsewhere(), wanted=Wanted(grounds=False))


@pytest.mark.parametrize("case", ["energy-truce-2025", "easter-truce-2025"])
def test_the_library_comes_out_the_same(case: str) -> None:
    text, batches, coverage = shipped(case)
    compared(text, pl.concat(batches), coverage, 3)


def sent(tmp_path: Path, reports: int) -> int:
    """How many bytes the largest of what is sent with every task has, of so many reports that plead, under ids of which each may be the next."""
    dice, table = random.Random(5), crowd(5, reports)
    names = [f"I{dice.randrange(reports // 7)}" for _ in range(table.height)]
    columns = {"side": "none", "kind": "observation", "lat": 48.0, "lon": 37.0, "start": table["start"][0]}
    columns |= {"end": table["start"][0], "shows": "offensive"}
    table = table.with_columns(incident_id=pl.Series(names), **{name: pl.lit(value) for name, value in columns.items()})
    pairs = [(f"I{n}", f"I{n + 1}") for n in range(reports // 7 - 1)]
    doubts = Doubts(pl.DataFrame(pairs, schema=["incident", "other"], orient="row"), Doubts().several)
    Scattered.sent.clear()
    text = agreement(tmp_path, HEAD + ZONES + EVERY_KIND)
    run = verify(text, There(table, 1), Coverage(), engine=Elsewhere(), doubts=doubts, wanted=Wanted(grounds=False))
    assert run.reports == table.height
    return max(size for size, name in Scattered.sent if name not in ("_Of", "members_of.<locals>.of_these"))


def test_what_is_sent_with_every_task_does_not_grow_with_what_was_reported(tmp_path: Path) -> None:
    assert sent(tmp_path, 7_000) < sent(tmp_path, 700) + 10_000
