"""A verification that is kept is, after everything that comes, what a run from nothing gives."""

from __future__ import annotations

import copy
import io
import json
import pickle
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.app.fuse import FusedEvidence
from servanda.coverage import Coverage
from servanda.engine import SerialEngine
from servanda.evidence import ReportTables
from servanda.evidence.decisions import STEPS, Decision
from servanda.evidence.packed import Packed
from servanda.findings.plan import KEPT
from servanda.incidents.fusion.columns import Ranked
from servanda.incidents.identity import report_ids
from servanda.live import Changes, Session
from servanda.report.tables import summary_json
from servanda.report.verdicts_json import verdicts_json
from servanda.values.saved import Saved
from servanda.verdicts import Verification, Wanted, verify
from servanda.verdicts.listed import Listed
from tests import test_coverage as coverage_tests
from tests import test_terms as terms
from tests.build import examples, reports
from tests.test_properties import AGREEMENTS, CONTEXT, DAY, coverages, rows

QUIET = Wanted(grounds=False)
CAME = Counter[str]()
"""How many things of each kind came to sessions and were compared, for :mod:`tests.live_soak`."""
TABLES = ("findings", "incidents", "members", "items", "exceptions", "acts", "watches")


def from_nothing(
    text: Agreement,
    tables: Sequence[pl.DataFrame],
    coverage: Coverage,
    decisions: Sequence[Decision],
    as_of: datetime | None,
) -> Verification:
    engine = SerialEngine()
    source = ReportTables(tables, CONTEXT, decisions)
    fused = FusedEvidence(source, text.vocabulary, as_of, engine, b"")
    return verify(
        text,
        fused,
        coverage,
        engine=engine,
        as_of=as_of,
        fused=fused.parted,
        doubts=fused.doubts,
        wanted=QUIET,
    )


def same(live: Session, plain: Verification) -> set[str]:
    """That both say the same; returns the incidents that there are."""
    kept = live.verification(wanted=QUIET)
    assert verdicts_json(kept) == verdicts_json(plain)
    assert summary_json(kept) == summary_json(plain)
    for name in TABLES:
        one, other = getattr(kept, name), getattr(plain, name)
        assert one.equals(other), name
    assert kept.no_term.reasons == plain.no_term.reasons
    assert kept.no_term.rows.equals(plain.no_term.rows)
    assert (kept.overruled, kept.incidents_found, kept.moments) == (
        plain.overruled,
        plain.incidents_found,
        plain.moments,
    )
    assert tuple(v for v in live.verdicts) == plain.verdicts
    return {*plain.incidents["incident"]}


def back(
    live: Session,
    text: Agreement,
    coverage: Coverage,
    decisions: Sequence[Decision],
    as_of: datetime | None,
    matched: int = KEPT,
) -> Session:
    """Another session that has what this one saves, through the bytes that are written."""
    saved, files = live.saved(), {}
    for name, table in {"came": live.given(), **saved.tables}.items():
        files[name] = io.BytesIO()
        table.write_ipc(files[name], compression="zstd")
    tables = {name: pl.read_ipc(file.getvalue()) for name, file in files.items()}
    other = Session(
        text,
        context=CONTEXT,
        engine=SerialEngine(),
        coverage=coverage,
        decisions=decisions,
        as_of=as_of,
        matched=matched,
    )
    came = tables.pop("came")
    other.take_back(Saved(tables, json.loads(json.dumps(saved.facts))), Packed.of([came]))
    assert other.verdicts == live.verdicts
    return other


@st.composite
def decided(draw: st.DrawFn, text: Agreement, incidents: list[str], mine: list[dict[str, Any]], n: int) -> Decision:
    """Something that people decide, about incidents that there are, and some that there are not."""
    names = [*incidents, "I1", "nowhere"]
    one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    at = DAY + timedelta(days=draw(st.sampled_from([5, 40, 90])))
    kind = draw(st.sampled_from(["merge", "split", "grade", "grant", "step", "step", "step", "undo"]))
    by, about, says = "Chair", (one,), dict[str, Any]()
    if kind == "merge":
        about = (one, other) if one != other else (one, "nowhere")
    elif kind == "split":
        told = draw(st.lists(st.sampled_from([r["report_id"] for r in mine] or ["R0"]), min_size=1, unique=True))
        about, says = (one, f"{one}-b{n}"), {"into": {f"{one}-b{n}": told}}
    elif kind == "grade":
        about = ()
        says = {
            "grade": draw(st.sampled_from(["Press A", "Monitor", "Daily"])),
            "reliability": draw(st.sampled_from("ABE")),
        }
    elif kind == "grant":
        exempt = [(t.id, e.id) for t in text.texts[0].terms for e in getattr(t, "exemptions", ())]
        if not exempt:
            kind, says = "step", {"step": "tasked"}
        else:
            term, name = draw(st.sampled_from(exempt))
            says = {"term": term, "grant": name}
    elif kind == "undo":
        about, says = (), {"undo": f"d{draw(st.integers(0, max(n - 1, 0)))}"}
    if kind == "step" and not says:
        step = draw(st.sampled_from([*STEPS, "determined", "determined", "right_of_reply", "attributed", "signed"]))
        says = {"step": step}
        if STEPS[step]:
            says["outcome"] = draw(st.sampled_from(STEPS[step]))
        if step in ("attributed", "right_of_reply"):
            says["of"] = draw(st.sampled_from(["A", "B"]))
        if says.get("outcome") == "duplicate_of":
            says["of"] = other
        if step == "assessed" and text.mandate.severity:
            says["severity"] = draw(st.sampled_from(list(text.mandate.severity)))
    return Decision(f"d{n}", kind, about, by, at, at, "why", says)


@st.composite
def steps(draw: st.DrawFn, text: Agreement, mine: list[dict[str, Any]], seen: st.SearchStrategy[Coverage]) -> list[Any]:
    """What comes, in its order: reports in batches of any size, and between them anything else."""
    left, out = list(mine), []
    for _ in range(draw(st.integers(0, 10))):
        kinds = ["reports", "reports", "decision", "coverage", "as_of", "take away", "text", "restart"]
        kind = draw(st.sampled_from(kinds))
        if kind == "reports" and left:
            size = draw(st.integers(1, len(left)))
            out.append((kind, left[:size]))
            left = left[size:]
        elif kind == "coverage":
            out.append((kind, draw(seen)))
        elif kind == "as_of":
            out.append((kind, DAY + timedelta(hours=draw(st.integers(0, 900)))))
        elif kind == "take away" and mine:
            out.append((kind, draw(st.sampled_from(mine))["report_id"]))
        elif kind in ("decision", "text", "restart"):
            out.append((kind, None))
    return [*out, ("reports", left)] if left else out


def walked(
    data: st.DataObject, texts: list[Agreement], mine: list[dict[str, Any]], seen: Any, as_of: datetime | None
) -> None:
    """Everything that comes, one after the other; after each all is as from nothing."""
    text, matched = data.draw(st.sampled_from(texts)), data.draw(st.sampled_from([KEPT, 2]))
    live = Session(text, context=CONTEXT, engine=SerialEngine(), as_of=as_of, matched=matched)
    came: list[pl.DataFrame] = []
    coverage, decisions, there = Coverage(), list[Decision](), set[str]()
    for kind, what in data.draw(steps(text, mine, seen(text))):
        if kind == "reports":
            came.append(reports(*what))
            changes = live.change(reports=[came[-1]])
        elif kind == "coverage":
            coverage = what
            changes = live.change(coverage=what)
        elif kind == "as_of" and as_of is not None:
            as_of = what
            changes = live.change(as_of=what)
        elif kind == "take away":
            came = [table.filter(pl.col("report_id") != what) for table in came]
            changes = live.without(pl.Series([what]))
        elif kind == "decision":
            incidents = live.verification(wanted=QUIET).incidents["incident"].to_list()
            decisions.append(data.draw(decided(text, incidents, mine, len(decisions))))
            changes = live.change(decisions=decisions)
        elif kind == "text":
            text = data.draw(st.sampled_from(texts))
            changes = live.change(agreement=text)
        elif kind == "restart":
            live = back(live, text, coverage, decisions, as_of, matched)
            changes = Changes()
        else:
            continue
        before, there = there, same(live, from_nothing(text, came, coverage, decisions, as_of))
        assert set(changes.lost) == before - there
        CAME[kind] += 1


@examples(20)
@given(st.data(), rows(), st.one_of(st.none(), st.integers(0, 900)))
def test_whatever_comes_a_session_says_what_a_run_from_nothing_says(data: Any, mine: Any, hours: int | None) -> None:
    walked(data, AGREEMENTS, mine, coverages, None if hours is None else DAY + timedelta(hours=hours))


@examples(10)
@given(st.data(), terms.rows(), st.one_of(st.none(), st.integers(0, 900)))
def test_so_it_does_of_terms_of_every_kind(data: Any, mine: Any, hours: int | None) -> None:
    walked(data, terms.AGREEMENTS, mine, terms.coverages, None if hours is None else DAY + timedelta(hours=hours))


@examples(10)
@given(rows(), rows(), st.integers(0, len(AGREEMENTS) - 1))
def test_asking_what_would_change_changes_nothing(mine: Any, more: Any, n: int) -> None:
    text = AGREEMENTS[n]
    live = Session(text, context=CONTEXT, engine=SerialEngine())
    first, second = reports(*mine), reports(*({**r, "report_id": f"S{k}"} for k, r in enumerate(more)))
    live.change(reports=[first])
    asked = live.fork()
    asked.change(reports=[second])
    same(live, from_nothing(text, [first], Coverage(), (), None))
    same(asked, from_nothing(text, [first, second], Coverage(), (), None))
    live.change(reports=[second])
    assert live.verdicts == asked.verdicts


def test_what_is_put_into_a_fork_before_either_was_asked_is_not_in_the_other() -> None:
    one = Ranked(np.int64)
    one.insert(np.array([1]), np.array([0]))
    fork = copy.copy(one)
    fork.insert(np.array([1]), np.array([1]))
    assert (fork.rows.tolist(), one.rows.tolist()) == ([0, 1], [0])


def test_incidents_as_a_column_are_what_they_are_as_text() -> None:
    few, more = Listed(pl.Series(["b", "a", "b"])), Listed.together(["c", "a"], Listed(), Listed(pl.Series(["b"])))
    assert few == ("a", "b")
    assert hash(few) == hash(("a", "b"))
    assert repr(few) == repr(("a", "b"))
    assert more == Listed(pl.Series(["a", "b", "c"])) != few
    assert list(more) == ["a", "b", "c"]
    assert more[1:] == ("b", "c")
    assert ("c" in more, "c" in few, "" in few, None in few) == (True, False, False, False)
    assert pickle.loads(pickle.dumps(more)) == more
    assert not Listed()
    assert Listed.together() == ()


def test_a_name_that_nobody_bears_is_looked_for_once_in_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    text, mine = (
        AGREEMENTS[0],
        [
            {"report_id": f"R{n}", "row": n + 1, "start": DAY + timedelta(days=n), "lat": 48.0, "lon": 37.0}
            for n in range(6)
        ],
    )
    nobody = Decision("d1", "step", ("x-" + "0" * 32,), "Chair", DAY, DAY, "why", {"step": "tasked"})
    live = Session(text, context=CONTEXT, engine=SerialEngine(), decisions=[nobody])
    looked: list[int] = []

    def counted(table: pl.DataFrame, key: bytes = b"") -> pl.Series:
        looked.append(table.height)
        return report_ids(table, key)

    monkeypatch.setattr("servanda.live.settled.report_ids", counted)
    came = [reports(*mine[:4]), reports(*mine[4:5]), reports(*mine[5:])]
    for table in came:
        live.change(reports=[table])
    live.change(coverage=Coverage())
    assert looked == [4, 1, 1]
    same(live, from_nothing(text, came, Coverage(), [nobody], None))


def test_of_two_thousand_reports_it_says_the_same_through_forks_and_a_restart() -> None:
    chance, text = random.Random(17), AGREEMENTS[0]
    every = reports(
        *(
            {
                "report_id": f"R{n}",
                "row": n + 1,
                "source": (who := f"Post {chance.randrange(12)}"),
                "origin": who,
                "start": (start := DAY + timedelta(minutes=chance.randrange(30 * 24 * 60))),
                "end": start + timedelta(minutes=chance.choice([0, 30, 120])),
                "lat": 48.0 + chance.gauss(0, 0.1),
                "lon": 37.0 + chance.gauss(0, 0.1),
                "precision_m": chance.choice([100.0, 2_000.0]),
                "act": chance.choice(["missile", "shelling"]),
                "target": "substation",
                "incident_id": chance.choice([None, None, f"I{n // 3}"]),
            }
            for n in range(2_000)
        )
    ).sample(fraction=1.0, shuffle=True, seed=3)
    live = Session(text, context=CONTEXT, engine=SerialEngine())
    live.change(reports=[every[:1_800]])
    for n in range(1_800, 1_806):
        live.change(reports=[every[n : n + 1]])
    asked = live.fork()
    asked.change(reports=[every[1_950:]])
    live.change(reports=[every[1_806:1_830]])
    other = back(live, text, Coverage(), [], None)
    for one in (live, other):
        one.change(reports=[every[1_830:1_840]])
        one.change(reports=[every[1_840:]])
        same(one, from_nothing(text, [every], Coverage(), [], None))
    same(asked, from_nothing(text, [every[:1_806], every[1_950:]], Coverage(), [], None))


def test_a_trace_that_comes_later_takes_an_answer_back_and_one_that_goes_gives_it_again(tmp_path: Path) -> None:
    text = coverage_tests.truce(tmp_path)
    seen = coverage_tests.looking(text, coverage_tests.CAMERA)
    claim, fire = reports(coverage_tests.CLAIM), reports(coverage_tests.FIRE)
    live = Session(text, context=CONTEXT, engine=SerialEngine())
    live.change(reports=[claim], coverage=seen)
    answered = [v.verdict for v in live.verification(wanted=QUIET).verdicts]
    live.change(reports=[fire])
    same(live, from_nothing(text, [claim, fire], seen, (), None))
    assert [v.verdict for v in live.verification(wanted=QUIET).verdicts] == ["complied", "undetermined"]
    live.without(pl.Series(["F"]))
    same(live, from_nothing(text, [claim], seen, (), None))
    assert [v.verdict for v in live.verification(wanted=QUIET).verdicts] == answered == ["complied", "complied"]
