"""Every engine there is gives the same bytes: for cases of the library, and for generated reports, however they are divided."""

from __future__ import annotations

import pickle
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.agreement import Agreement, read_agreement
from servanda.app.context import context_of
from servanda.coverage import Coverage, read_coverage
from servanda.engine import ENGINES, Engine, LocalEngine, SerialEngine
from servanda.engine import piles as aside
from servanda.evidence import ReportTables, read_evidence
from servanda.evidence.normalise.columns import CODED
from servanda.findings import ordered, repeats
from servanda.findings.plan import Plan
from servanda.findings.queries import queries_of
from servanda.incidents import Keys
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import incident_tables
from servanda.report.tables import csv
from servanda.report.verdicts_json import verdicts_json
from servanda.values.coded import own_codes
from servanda.verdicts import Verification, Wanted, verify
from servanda.verdicts import reports as judged
from tests.build import HEAD, ZONES, agreement, instant, reports

CASES = Path(__file__).resolve().parent.parent / "cases"
TERMS = """readings:
  early: {}
  late: {in_force.from: 2025-03-25, terms.fire.forbid.target: [refinery]}
terms:
  fire:
    text: No strikes on energy
    forbid: {act: strike, target: [energy], in: [disc, strip]}
    except: {return_fire: {only_if: [offensive, ordered]}}
  shelling:
    text: No shelling anywhere
    forbid: {act: [shelling, assault]}
  answer:
    text: Whoever is struck consults within a week
    respond: {to: {act: strike, target: [energy], by: [A, B]}, with: {act: consultation}, within: 7 days}
"""


PLAIN: dict[int, bytes] = {}
SAID: dict[int, Verification] = {}
"""By seed, what comes of generated reports on one engine: the others are held to it."""


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]()


@pytest.fixture
def many_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Incidents are divided as those of ten million reports are: as they are matched, or of few reports when all are; on the disk."""
    monkeypatch.setattr(ordered, "LARGE", 40)
    monkeypatch.setattr(aside, "_IN_MEMORY", 60)
    monkeypatch.setattr(ordered, "_AT_ONCE", 7)


@contextmanager
def undivided() -> Iterator[None]:
    """All incidents at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordered, "_AT_ONCE", 10**9)
        yield


def crowd(seed: int, size: int = 300) -> pl.DataFrame:
    """Reports of few incidents by few origins, so that all rules meet."""
    dice = random.Random(seed)
    sides = {"Press A": "A", "Press B": "B", "Monitor": "none", "Camera": "none", "Blog": None}
    rows: list[dict[str, Any]] = []
    for n in range(size):
        origin = dice.choice(list(sides))
        start = instant("03-18") + timedelta(hours=dice.choice([0, 3, 30, 100, 180, 200, 500]))
        rows.append(
            {
                "report_id": f"R{n}",
                "row": n + 1,
                "source": dice.choice([origin, "outlet"]),
                "origin": origin,
                "side": sides[origin],
                "directness": dice.choice([0, 1, 2]),
                "kind": dice.choice(["claim", "observation"]),
                "reliability": dice.choice("ABF"),
                "stance": dice.choice(["asserts", "asserts", "asserts", "confirms", "denies", "retracts"]),
                "start": start,
                "known_at": start + timedelta(days=dice.choice([0, 9])),
                "lat": dice.choice([48.0, 48.1799, 48.1, 52.0]),
                "lon": dice.choice([37.0, 37.1]),
                "precision_m": dice.choice([50.0, 4000.0]),
                "act": dice.choice(["missile", "shelling", "consultation"]),
                "target": dice.choice(["substation", "refinery", None]),
                "actor": dice.choice(["A", "B", None]),
                "incident_id": dice.choice([None, *(f"I{k}" for k in range(30))]),
                "shows": dice.choice([None, None, "offensive", "offensive; ordered"]),
            }
        )
    return reports(*rows)


def bytes_of(text: Agreement, batches: list[pl.DataFrame], coverage: Coverage, engine: Engine, **options: Any) -> bytes:
    run = verify(text, ReportTables(batches), coverage, engine=engine, **options)
    tables = (run.findings, run.incidents, run.members, run.exceptions, run.items)
    return "\n".join([verdicts_json(run), verdicts_json(run, run.slices), *map(csv, tables)]).encode()


def shipped(name: str) -> tuple[Agreement, list[pl.DataFrame], Coverage]:
    folder = CASES / name
    text = read_agreement(folder / "agreement.yaml")
    coverage = read_coverage([folder / "coverage.yaml"], text.places, text.vocabulary, text.zone, text.id)
    return text, list(read_evidence(sorted((folder / "evidence").iterdir()), context_of(text)).batches()), coverage


@pytest.mark.parametrize("case", ["energy-truce-2025", "easter-truce-2025"])
def test_the_library_comes_out_the_same_on_every_engine(engine: Engine, case: str, many_shares: None) -> None:
    text, batches, coverage = shipped(case)
    pieces = [batch[n : n + 50] for batch in batches for n in range(0, batch.height, 50)]
    with undivided():
        plain = bytes_of(text, batches, coverage, SerialEngine())
    assert bytes_of(text, pieces[::-1], coverage, engine) == plain


@pytest.mark.parametrize("seed", range(4))
def test_generated_reports_come_out_the_same_on_every_engine(
    engine: Engine, seed: int, tmp_path: Path, many_shares: None
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    table = crowd(seed)
    options: dict[str, Any] = {"by": "day"} if seed % 2 else {"as_of": instant("03-25")}
    options["wanted"] = Wanted(grounds=seed == 0)
    if seed not in PLAIN:
        with undivided():
            PLAIN[seed] = bytes_of(text, [table], Coverage(), SerialEngine(), **options)
    plain = PLAIN[seed]
    assert b"breached" in plain
    pieces = [table[n::9] for n in range(9)]
    assert bytes_of(text, pieces, Coverage(), engine, **options) == plain


class Numbered(ReportTables):
    """Tables that are numbers of texts where they are judged, each under numbers of its own; every third is text."""

    def brief(self) -> Iterator[pl.DataFrame]:
        for n, table in enumerate(self.tables):
            yield table.with_columns(pl.col(sorted(CODED)).cast(own_codes())) if n % 3 else table


@pytest.mark.parametrize(("seed", "attributed"), [(0, True), (1, False), (2, False), (3, True)])
def test_text_that_has_numbers_is_judged_as_text_is(
    engine: Engine, seed: int, attributed: bool, tmp_path: Path, many_shares: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    text = replace(text, mandate=replace(text.mandate, attribution=attributed))
    pieces = [crowd(seed)[n::9] for n in range(9)]
    monkeypatch.setattr(judged, "DESCRIBED", seed)  # of more incidents it is the brief tables that are read again
    wanted = Wanted(grounds=False)
    if seed not in SAID:
        SAID[seed] = verify(text, ReportTables(pieces), Coverage(), engine=SerialEngine(), wanted=wanted)
    said, got = SAID[seed], verify(text, Numbered(pieces), Coverage(), engine=engine, wanted=wanted)
    assert verdicts_json(got) == verdicts_json(said)
    assert csv(got.findings) == csv(said.findings)


@pytest.mark.parametrize("anywhere", [True, False])
def test_incidents_have_the_same_keys_whether_text_has_numbers_or_not(anywhere: bool) -> None:
    table, keys = crowd(3), Keys(anywhere=anywhere)
    coded = table.with_columns(pl.col(sorted(CODED)).cast(own_codes()))
    of = ["incident", "origin", "version"]
    assert keys.add_to(coded).select(of).equals(keys.add_to(table).select(of))
    assert keys.identity(coded).equals(keys.identity(table))
    assert keys.of_reports(coded).equals(keys.of_reports(table))


def test_fusion_comes_out_the_same_on_every_engine(engine: Engine) -> None:
    def tables(fusion: Fusion) -> list[pl.DataFrame]:
        fusion.add(crowd(1, 500), crowd(2, 500))
        made = incident_tables(fusion)
        return [made.incidents, made.members, made.counts]

    got, wanted = tables(Fusion(in_order=engine.map, release=engine.release)), tables(Fusion())
    for mine, theirs in zip(got, wanted, strict=True):
        assert mine.equals(theirs)


def test_no_reports_are_no_findings_on_every_engine(engine: Engine, tmp_path: Path) -> None:
    plan = Plan(text := agreement(tmp_path, HEAD + ZONES + TERMS), queries_of(text))
    for batches in ([], [reports()]):
        found = engine.run(plan, lambda some=batches: some)  # type: ignore[misc]
        assert (found.reports, found.rows.height, found.times.height, found.latest_known) == (0, 0, 0, None)


def test_results_come_in_the_order_of_the_items_on_every_engine(engine: Engine) -> None:
    def slow_at_first(n: int) -> int:
        time.sleep(0.05 if n == 0 else 0)
        return n * n

    assert list(engine.map(slow_at_first, range(20))) == [n * n for n in range(20)]


def test_what_goes_wrong_in_a_kernel_reaches_the_caller_on_every_engine(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        list(engine.map(lambda n: 1 // n, [1, 0, 1]))


def test_a_source_is_read_no_further_than_there_are_workers() -> None:
    read = []

    def batches() -> Iterator[int]:
        for n in range(100):
            read.append(n)
            yield n

    results = LocalEngine(2).map(lambda n: n, batches())
    assert next(results) == 0
    assert len(read) == 3


def test_a_plan_may_be_sent_to_another_process(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    plan = Plan(text, queries_of(text))
    table = crowd(3)
    sent = pickle.loads(pickle.dumps(plan))
    one, other = (SerialEngine().run(p, lambda: [table]).rows for p in (plan, sent))
    assert one.height > 20
    assert one.sort(one.columns).equals(other.sort(one.columns))


def test_every_engine_is_listed_under_its_own_name() -> None:
    assert {name: make().name for name, make in ENGINES.items()} == {name: name for name in ENGINES}


@pytest.mark.parametrize("seed", range(3))
def test_what_several_queries_look_for_is_found_as_if_each_were_matched_by_itself(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = "".join(
        f"  {name}:\n    text: Consulted each week\n    require: {{act: consultation, at_least: {n}, every: 7 days}}\n"
        for n, name in enumerate(("once", "twice", "thrice"), 1)
    )
    text = agreement(tmp_path, HEAD + ZONES + TERMS + twins)
    table, coverage = crowd(seed), Coverage()
    alike = repeats.Repeats.of(queries_of(text)).numbers
    assert len(alike) > 3
    once = bytes_of(text, [table], coverage, LocalEngine())
    monkeypatch.setattr(repeats, "firsts_alike", lambda queries: list(range(len(queries))))
    assert not repeats.Repeats.of(queries_of(text)).numbers
    assert bytes_of(text, [table], coverage, LocalEngine()) == once
