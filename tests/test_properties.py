"""What must hold, whatever the input: the properties of design section 6, for generated agreements and evidence."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.app.fuse import FusedEvidence
from servanda.coverage import Coverage, Gap, Watch
from servanda.engine import LocalEngine, SerialEngine
from servanda.evidence import ReportTables
from servanda.evidence.decisions import Decision
from servanda.evidence.model import Context
from servanda.report.tables import summary_json
from servanda.report.verdicts_json import verdicts_json
from servanda.values.time import Interval
from servanda.verdicts import Verification, verify
from servanda.verdicts.watches import owners_of, with_sides
from tests.build import (
    HEAD,
    ZONES,
    agreement,
    examples,
    judged,
    judged_with_grounds,
    reports,
    spellings,
    words,
    written,
)
from tests.reference_evaluator import Look, World
from tests.reference_evaluator.names import plain_name
from tests.reference_terms import evaluate, together

MANDATES = (
    "",
    "mandate: {standard: beyond_reasonable_doubt, confirm: {origins: 3, admission: false}}\n",
    "mandate: {standard: reasonable_suspicion, detection: 0.5, exposure: 3 days, confirm: {observation: false}}\n",
    "mandate: {attribution: false, tolerance: {share: 0.6, area: 900 km2}}\n",
)
READINGS = ("", "readings:\n  early: {}\n  late: {in_force.from: 2025-03-25, terms.fire.forbid.target: [refinery]}\n")
PLACES = ("disc", "[disc, box]", "strip", "box")
CONTEXT = Context(ZoneInfo("UTC"))
SETTINGS = examples(40)


def _text(mandate: str, readings: str, place: str, open_end: bool) -> str:
    head = HEAD.replace("for: 30 days", "extendable: by agreement") if open_end else HEAD
    return f"""{head}{readings}{ZONES}{mandate}terms:
  fire:
    text: No strikes on energy
    forbid: {{act: strike, target: [energy], in: {place}}}
    except:
      return_fire: {{only_if: [offensive, ordered]}}
      at_once: {{only_if: [offensive], within: 12 hours, at_most: 5, act: [missile, airstrike]}}
  anywhere:
    text: No shelling anywhere
    forbid: {{act: [shelling, assault]}}
    binds: [A]
"""


FOLDER = Path(tempfile.mkdtemp())
AGREEMENTS: list[Agreement] = []
SWAPPED: list[Agreement] = []
for _n in range(8):
    _made = _text(MANDATES[_n % 4], READINGS[_n // 4], PLACES[(_n + _n // 4) % 4], _n == 7)
    AGREEMENTS.append(agreement(FOLDER, _made))
    _other = _made.replace("A: Aland, B: Bland", "A: Bland, B: Aland").replace("binds: [A]", "binds: [B]")
    SWAPPED.append(agreement(FOLDER, _other.replace("{A: Bland, B: Aland}", "{B: Aland, A: Bland}")))

DAY = datetime(2025, 3, 17, tzinfo=UTC)
moments = st.sampled_from([DAY + timedelta(hours=h) for h in (0, 21, 22, 30, 100, 180, 200, 700, 760)])
lengths = st.sampled_from([timedelta(0), timedelta(hours=6), timedelta(days=1), timedelta(days=9)])
points = st.sampled_from(
    [(48.0, 37.0), (48.1799, 37.0), (48.1, 37.1), (48.3, 37.3), (47.8, 37.1), (None, None), (52.0, 20.0)]
)
AT_ONCE = "offensive@2025-03-20T00:00:00+00:00"
sides = {
    "Press A": "A", "Staff A": "A", "Press B": "B", "Staff B": "B",
    "Monitor": "none", "Camera": "none", "Daily": "none", "Blóg": None,
}  # fmt: skip
BOUND = {"Staff A": "A", "Staff B": "B"}


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A handful of reports that collide often: few incidents, origins, places and times."""
    out = []
    for n in range(draw(st.integers(0, 9))):
        start = draw(moments)
        origin = draw(st.sampled_from(list(sides)))
        lat, lon = draw(points)
        out.append(
            {
                "report_id": f"R{n}",
                "row": n + 1,
                "source": draw(st.sampled_from(["outlet", "other"])),
                "origin": draw(written(origin)),
                "side": sides[origin],
                "speaks_for": BOUND.get(origin),
                "reliability": draw(st.sampled_from(["A", "B", "C", "E", None])),
                "credibility": draw(st.sampled_from([None, None, None, "2", "5", "6", "partial"])),
                "means": draw(st.sampled_from([None, "camera", "patrol"])),
                "basis": draw(st.sampled_from([None, None, "inference", "saw_firing", "crater;inference"])),
                "attributes": draw(st.sampled_from([None, None, "party", "direction"])),
                "imputation": draw(st.sampled_from([None, None, None, "organ", "unknown", "private"])),
                "kind": draw(st.sampled_from(["claim", "observation"])),
                "stance": draw(st.sampled_from(["asserts", "asserts", "asserts", "confirms", "denies", "retracts"])),
                "start": start,
                "end": start + draw(lengths),
                "known_at": start + timedelta(hours=hours) if (hours := draw(st.integers(-3, 50))) >= 0 else None,
                "lat": lat,
                "lon": lon,
                "precision_m": draw(st.sampled_from([0.0, 100.0, 5_000.0, 60_000.0])),
                "act": draw(st.sampled_from(["missile", "missile", "strike", "attack", "mortar_fire", "fire", None])),
                "target": draw(st.sampled_from(["substation", "refinery", "energy", "residential", None])),
                "actor": draw(st.sampled_from(["A", "B", None])),
                "incident_id": draw(st.sampled_from([None, "I1", "I2"])),
                "shows": draw(st.sampled_from([None, None, "offensive", "offensive; ordered", AT_ONCE])),
                "quantity": draw(st.sampled_from([None, None, 1.0, 9.0])),
                "directness": draw(st.sampled_from([2, 1, 1, 0])),
            }
        )
    return out


def _watch(n: int, where: Any, probability: float, start: int, end: int, who: str = "mission", **more: Any) -> Watch:
    times = (Interval(DAY + timedelta(days=start), DAY + timedelta(days=end)),)
    return Watch(
        f"w{n}",
        who,
        "camera",
        frozenset(
            {
                "missile",
                "airstrike",
                "strike_drone",
                "strike",
                "shelling",
                "artillery_fire",
                "mortar_fire",
                "rocket_artillery_fire",
                "tank_fire",
                "assault",
            }
        ),
        "",
        where,
        times,
        probability,
        **more,
    )


@st.composite
def coverages(draw: st.DrawFn, text: Agreement) -> Coverage:
    where = st.sampled_from([None, text.places["disc"].outline(), text.places["box"].outline()])
    watches = tuple(
        _watch(
            n,
            draw(where),
            draw(st.sampled_from([0.5, 0.95, 0.999])),
            draw(st.sampled_from([-1, 5])),
            draw(st.sampled_from([20, 60])),
            draw(st.sampled_from(["mission", "mission", "Camera", "A", "Bland"]).flatmap(written)),
            shares=draw(st.sampled_from([None, frozenset(), frozenset({"grid"}), frozenset({"grid", "mast"})])),
            sees=draw(st.sampled_from([None, None, None, frozenset({"B"})])),
            source=draw(st.sampled_from(["", "", *spellings("Monitor")])),
        )
        for n in range(draw(st.integers(0, 3)))
    )
    gaps = tuple(
        Gap(
            "outage",
            draw(st.sampled_from([None, frozenset({"w0"})])),
            "",
            draw(where),
            (Interval(DAY, DAY + timedelta(days=draw(st.sampled_from([1, 60])))),),
            draw(st.sampled_from([0.5, 1.0])),
            draw(st.sampled_from(["", "A", "bland", "weather"])),
        )
        for _ in range(draw(st.integers(0, 1)))
    )
    return Coverage(watches, gaps)


worlds = st.sampled_from(range(len(AGREEMENTS))).flatmap(
    lambda n: st.tuples(st.just(n), rows(), coverages(AGREEMENTS[n]))
)
RANK = {"complied": 2}


@SETTINGS
@given(worlds)
def test_without_coverage_nothing_is_complied(world: Any) -> None:
    n, mine, _ = world
    assert "complied" not in words(judged(AGREEMENTS[n], reports(*mine))).values()


def _swapped(seen: Coverage) -> Coverage:
    """The coverage with the parties' short names swapped; the full ones go with the parties."""
    other = {"A": "B", "B": "A"}
    watches = (
        replace(
            w,
            who=other.get(plain_name(w.who).upper(), w.who),
            sees=w.sees and frozenset(other.get(p, p) for p in w.sees),
        )
        for w in seen.watches
    )
    return Coverage(tuple(watches), tuple(replace(g, by=other.get(g.by, g.by)) for g in seen.gaps))


@SETTINGS
@given(worlds)
def test_swapping_the_parties_swaps_the_verdicts_and_nothing_else(world: Any) -> None:
    n, mine, seen = world
    other = {"A": "B", "B": "A"}
    swapped = [{**r, **{k: other.get(r[k], r[k]) for k in ("side", "speaks_for", "actor")}} for r in mine]
    one = judged(AGREEMENTS[n], reports(*mine), seen)
    two = judged(SWAPPED[n], reports(*swapped), _swapped(seen))

    def rows_of(run: Any, names: dict[str, str]) -> set[Any]:
        return {
            (
                v.term,
                names.get(v.party, v.party),
                v.reading,
                v.verdict,
                v.confirmed,
                v.alleged,
                v.excused,
                v.reports,
                v.origins,
                v.coverage,
            )
            for v in run.verdicts
        }

    assert rows_of(one, {}) == rows_of(two, other)


@SETTINGS
@given(worlds, st.sampled_from(["A", "B"]))
def test_claims_of_one_party_turn_nothing_into_a_breach(world: Any, party: str) -> None:
    n, mine, seen = world
    other = {"A": "B", "B": "A"}[party]
    lies = [
        {
            **r,
            "origin": f"Staff {party}",
            "side": party,
            "speaks_for": party,
            "actor": other,
            "report_id": f"L{i}-{k}",
            "incident_id": None,
            "shows": None,
            "stance": "asserts",
            "kind": "observation",
            "reliability": "A",
        }
        for k in range(30)
        for i, r in enumerate(mine)
    ]
    before = words(judged(AGREEMENTS[n], reports(*mine), seen))
    after = words(judged(AGREEMENTS[n], reports(*mine, *lies), seen))
    for key, word in after.items():
        assert word != "breached" or before[key] == "breached"


def test_a_hundred_thousand_claims_by_a_party_breach_nothing() -> None:
    text = AGREEMENTS[0]
    n = 100_000
    base = reports({"origin": "Press A", "side": "A", "actor": "B", "kind": "observation", "reliability": "A"})
    many = pl.concat([base] * n).with_columns(
        report_id=pl.format("R{}", pl.int_range(n)), lat=48.0 + pl.int_range(n) * 1e-7
    )
    run = verify(text, ReportTables([many]), engine=LocalEngine())
    assert run.reports == n
    found = {v.party: (v.verdict, v.alleged) for v in run.verdicts if v.term == "fire"}
    assert found == {"A": ("undetermined", 0), "B": ("undetermined", n)}


@SETTINGS
@given(worlds, st.data())
def test_taking_coverage_away_never_improves_a_verdict(world: Any, data: st.DataObject) -> None:
    n, mine, seen = world
    table = reports(*mine)
    before = words(judged(AGREEMENTS[n], table, seen))
    if seen.watches and data.draw(st.booleans()):
        # rows of one operator, means and place are one watch: what others saw checks them together
        first = seen.watches[0]
        left = tuple(
            w for w in seen.watches if (w.source or w.who, w.where) != (first.source or first.who, first.where)
        )
        less = Coverage(left, () if any(g.watches for g in seen.gaps) else seen.gaps)
    else:
        less = Coverage(
            seen.watches, (*seen.gaps, Gap("denial", None, "", None, (Interval(DAY, DAY + timedelta(days=90)),), 0.4))
        )
    after = words(judged(AGREEMENTS[n], table, less))
    for key, word in after.items():
        if word in ("complied", "excused"):
            assert before[key] == word
        if before[key] not in ("complied", "excused") and "disputed" not in (word, before[key]):
            assert word == before[key]


@SETTINGS
@given(worlds, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_batches_change_a_byte(world: Any, random: Any, parts: int) -> None:
    n, mine, seen = world
    whole = judged_with_grounds(AGREEMENTS[n], reports(*mine), seen)
    shuffled = list(mine)
    random.shuffle(shuffled)
    pieces = [reports(*shuffled[k::parts]) for k in range(parts)]
    again = verify(AGREEMENTS[n], ReportTables(pieces), seen, engine=LocalEngine())
    assert verdicts_json(again) == verdicts_json(whole)
    assert again.findings.equals(whole.findings)
    assert again.incidents.equals(whole.incidents)
    assert again.members.equals(whole.members)


@SETTINGS
@given(worlds, st.integers(1, 3))
def test_repeats_and_relays_change_no_verdict_and_no_count_of_origins(world: Any, times: int) -> None:
    n, mine, seen = world
    relays = [
        {
            **r,
            "report_id": f"{r['report_id']}-{k}",
            "source": f"relay {k}",
            "origin": spellings(r["origin"])[(k + n) % 9],
            "via": "relay < outlet",
            "url": f"https://example.org/{k}",
            "summary": "the same in other words",
        }
        for k in range(times)
        for n, r in enumerate(mine)
    ]
    before = judged(AGREEMENTS[n], reports(*mine), seen)
    after = judged(AGREEMENTS[n], reports(*mine, *relays), seen)

    def told(run: Any) -> list[Any]:
        return [
            (v.term, v.party, v.reading, v.verdict, v.confirmed, v.alleged, v.excused, v.origins, v.incidents)
            for v in run.verdicts
        ]

    assert told(before) == told(after)


@SETTINGS
@given(worlds, st.sampled_from(["EU", "NATO", "national", "peacekeepers"]))
def test_the_label_of_a_force_changes_no_verdict(world: Any, label: str) -> None:
    n, mine, seen = world
    labelled = [
        {
            **r,
            "summary": f"{label} troops",
            "effect": f"by a {label} contingent",
            "source": f"{label} press office",
            "via": label,
        }
        for r in mine
    ]
    assert words(judged(AGREEMENTS[n], reports(*labelled), seen)) == words(judged(AGREEMENTS[n], reports(*mine), seen))


@SETTINGS
@given(worlds, st.integers(-10, 900))
def test_as_of_equals_a_run_on_what_was_known_by_then(world: Any, hours: int) -> None:
    n, mine, seen = world
    instant = DAY + timedelta(hours=hours)
    known = [r for r in mine if r["known_at"] is not None and r["known_at"] <= instant]
    one = judged_with_grounds(AGREEMENTS[n], reports(*mine), seen, as_of=instant)
    two = judged_with_grounds(AGREEMENTS[n], reports(*known), seen, as_of=instant)
    assert one.verdicts == two.verdicts
    assert one.undated == sum(r["known_at"] is None for r in mine)
    assert one.members.equals(two.members)


@SETTINGS
@given(worlds, st.one_of(st.none(), st.integers(0, 900)))
def test_the_fast_engine_equals_the_plain_evaluator(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    table = reports(*mine)
    run = judged(AGREEMENTS[n], table, seen, as_of=as_of)
    fast = {
        (v.term, v.party, v.reading): (v.verdict, v.confirmed, v.alleged, v.excused, v.measure)
        for v in run.verdicts
        if v.reading is not None or len(AGREEMENTS[n].texts) == 1
    }
    slow = evaluate(
        AGREEMENTS[n], table.to_dicts(), with_sides(seen, owners_of(AGREEMENTS[n], CONTEXT), registered=False), as_of
    )
    assert fast == slow
    assert {(v.term, v.party): v.verdict for v in run.verdicts if v.reading is None} == together(AGREEMENTS[n], slow)


@SETTINGS
@given(worlds, st.integers(0, 900), st.sampled_from(["day", "week"]))
def test_what_is_asked_of_days_changes_nothing_that_is_said_of_the_whole(world: Any, hours: int, by: Any) -> None:
    n, mine, seen = world
    as_of = DAY + timedelta(hours=hours)
    whole, cut = (judged_with_grounds(AGREEMENTS[n], reports(*mine), seen, as_of=as_of, by=each) for each in (None, by))
    assert verdicts_json(cut) == verdicts_json(whole)
    assert summary_json(cut) == summary_json(whole)
    for table in ("findings", "incidents", "members", "exceptions", "watches", "items"):
        assert getattr(cut, table).equals(getattr(whole, table)), table
    assert (cut.overruled, cut.incidents_found, cut.moments) == (whole.overruled, whole.incidents_found, whole.moments)


@SETTINGS
@given(worlds)
def test_the_findings_of_the_fast_engine_are_those_of_the_plain_one(world: Any) -> None:
    n, mine, _ = world
    text, table = AGREEMENTS[n], reports(*mine)
    run = judged(text, table)
    fast = Counter(run.findings.select("term", "reading", "party", "status", "confirmed_by").iter_rows())
    plain: Counter[Any] = Counter()
    looked = World(text, table.to_dicts(), None)
    for part in text.texts:
        for term in part.terms:
            named = term.binds if text.mandate.attribution else None
            some = not text.mandate.attribution and 0 < len(set(text.parties) & set(term.binds)) < len(text.parties)
            look = Look(term.kind.what, term.window, named, "act", term.exemptions, True, of_some=some)
            for key in looked.said:
                plain.update((term.id, part.reading, f.party, f.status, f.by) for f in looked.findings(look, key))
    assert fast == plain


def _held(run: Verification) -> dict[str, frozenset[str]]:
    """By incident its reports."""
    rows = run.members.group_by("incident").agg("report_id")
    return {i: frozenset(reports) for i, reports in zip(rows["incident"], rows["report_id"].to_list(), strict=True)}


@SETTINGS
@given(worlds, st.data(), st.booleans())
def test_a_correction_moves_only_what_it_corrects(world: Any, data: st.DataObject, fuse: bool) -> None:
    n, mine, seen = world
    if not mine:
        return
    text, row = AGREEMENTS[n], data.draw(st.sampled_from(mine))
    lat, lon = data.draw(points.filter(lambda p: p[0] is not None))
    corrected = [{**r, "lat": lat, "lon": lon} if r is row else r for r in mine]

    def run(rows: list[dict[str, Any]], decisions: Any = ()) -> Verification:
        source = ReportTables([reports(*rows)], decisions=decisions)
        if not fuse:
            return verify(text, source, seen, engine=SerialEngine())
        together = FusedEvidence(source, text.vocabulary, None, SerialEngine(), b"")
        return verify(text, together, seen, engine=SerialEngine(), fused=together.parted)

    before = _held(run(mine))
    steps = [
        Decision(
            f"d{k}",
            "step",
            (i,),
            "Chair",
            DAY + timedelta(days=90),
            DAY + timedelta(days=90),
            "why",
            {"step": "tasked"},
        )
        for k, i in enumerate(sorted(before))
    ]
    found = run(corrected, steps)
    after = _held(found)
    same = {i: held for i, held in before.items() if row["report_id"] not in held and held in after.values()}
    assert all(after.get(i) == held for i, held in same.items()), "untouched incidents keep their ids"
    about = {d.id: life.incident for life in found.decided.lives for d in life.steps}
    for k, i in enumerate(sorted(before)):
        if i in same:
            assert about[f"d{k}"] == i, "and their decisions"
        elif about[f"d{k}"] in after:
            assert after[about[f"d{k}"]] & before[i], "a decision follows its reports"


@SETTINGS
@given(worlds)
def test_of_an_act_that_has_one_author_at_most_one_party_is_confirmed(world: Any) -> None:
    n, mine, _ = world
    run = judged(AGREEMENTS[n], reports(*mine))
    settled = run.findings.filter(pl.col("status").is_in(["confirmed", "excused"]) & pl.col("party").is_not_null())
    several = settled.group_by("term", "reading", "incident").agg(pl.len(), pl.col("exchange").all())
    assert several.filter((pl.col("len") > 1) & ~pl.col("exchange")).height == 0


@SETTINGS
@given(worlds, st.sampled_from(["A", "B"]))
def test_what_a_party_says_itself_clears_it_of_nothing_and_breaches_nobody_else(world: Any, party: str) -> None:
    n, mine, seen = world
    neutral = [r for r in mine if r["side"] == "none"]
    own = [{**r, "source": r["origin"], "directness": 2} for r in mine if r["side"] == party]
    before = words(judged(AGREEMENTS[n], reports(*neutral), seen))
    after = words(judged(AGREEMENTS[n], reports(*neutral, *own), seen))
    for key, verdict in after.items():
        if key[1] == party:
            assert verdict == "breached" or before[key] != "breached"
            assert verdict != "complied" or before[key] == "complied"
        elif key[1] is not None:
            assert verdict != "breached" or before[key] == "breached"
            assert verdict in ("breached", "excused", "disputed") or before[key] != "breached"


@SETTINGS
@given(worlds, st.sampled_from(["A", "B"]), st.booleans())
def test_who_admits_and_takes_it_back_is_not_better_off(world: Any, party: str, bound: bool) -> None:
    n, mine, seen = world
    origin = f"Staff {party}" if bound else f"Press {party}"
    word = {"source": origin, "origin": origin, "side": party, "speaks_for": party if bound else None, "directness": 2}
    start = DAY + timedelta(days=5)
    told = [
        {**word, "report_id": f"W{k}", "actor": party, "incident_id": "I1", "start": start, "end": start, **more}
        for k, more in enumerate(({"lat": 48.05, "lon": 37.15}, {"stance": "retracts"}, {"lat": 52.0, "lon": 20.0}))
    ]
    without = words(judged(AGREEMENTS[n], reports(*mine), seen))
    after = words(judged(AGREEMENTS[n], reports(*mine, *told), seen))
    for key, verdict in after.items():
        if key[1] == party:
            assert verdict != "complied" or without[key] == "complied"
        assert verdict != "breached" or without[key] == "breached"


@pytest.mark.parametrize("n", range(len(AGREEMENTS)))
def test_generated_worlds_reach_every_verdict_that_a_prohibition_can_have(n: int) -> None:
    """The properties above would hold of an engine that says nothing; this one says something."""
    text = AGREEMENTS[n]
    strike = {
        "incident_id": "I1",
        "actor": "A",
        "act": "missile",
        "target": "refinery",
        "lat": 48.05,
        "lon": 37.15,
        "precision_m": 10.0,
    }
    start = DAY + timedelta(days=10)
    seen = [
        {**strike, "start": start, "origin": f"Monitor {k}", "side": "none", "reliability": "A", "kind": "observation"}
        for k in range(3)
    ]
    seen = [{**r, "means": f"camera {k}", "basis": "recording;track"} for k, r in enumerate(seen)]
    run = words(judged(text, reports(*seen)))
    assert "breached" in run.values()
    order = {
        **seen[0],
        "origin": "Bland",
        "side": "B",
        "kind": "claim",
        "shows": "offensive;ordered",
        "act": "missile",
    }
    shown = [{**r, "shows": "offensive;ordered"} for r in seen]
    watch = Coverage((_watch(0, None, 0.999, -1, 60, "Monitor 0"),))
    if text.texts[0].in_force.end is not None:
        assert "excused" in words(judged(text, reports(*shown, order), watch)).values()
        assert "complied" in words(judged(text, reports(), watch)).values()
    assert "excused" not in words(judged(text, reports(*shown, order))).values()
