"""Every kind of term, in generated worlds, against the plain evaluator; and the ten properties for all of them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.agreement.kinds import Limit, Quota
from servanda.agreement.model import NOT_AGREED
from servanda.coverage import Coverage, Gap, Watch
from servanda.engine import LocalEngine
from servanda.evidence import ReportTables
from servanda.evidence.model import Context
from servanda.incidents.doubts import Doubts
from servanda.report.verdicts_json import verdicts_json
from servanda.values.time import Interval
from servanda.verdicts import verify
from servanda.verdicts.watches import owners_of, with_sides
from tests.build import agreement, examples, judged, judged_with_grounds, reports, words, written
from tests.reference_terms import evaluate, together
from tests.reference_terms.plain import Unsure

CONTEXT = Context(ZoneInfo("UTC"))
SETTINGS = examples(25)
HEAD = """agreement: kinds
title: Every kind
timezone: Europe/Kyiv
signed: 2025-03-17
parties: {A: Aland, B: Bland}
guarantors: {G: Gland}
third_states: {C: Cland}
bodies: {M: Mission}
in_force: {from: 2025-03-18, for: 30 days}
"""
REST = """places:
  disc: {at: [48.0, 37.0], radius: 20 km}
  line: {line: [[47.6, 36.8], [48.0, 37.1], [48.6, 37.0]], sides: {left: B, right: A}}
  side_A: {within: 40 km, of: line, on_side_of: A}
  side_B: {width: 80 km, of: line, on_side_of: B}
events:
  order: {done: {act: order_issued, by: A}}
  silence: {quiet: {of: {act: attack, in: disc}, for: 3 days}}
  both: {all_of: [order, silence]}
  either: {any_of: [order, silence]}
  gone: {complied: withdraw}
  brought: {complied: total}
  ordered: {complied: asked}
terms:
  fire:
    text: No strikes
    forbid: {act: strike, in: disc}
  after_order:
    text: No shelling once the order is out
    forbid: {act: shelling, in: {A: side_A, B: side_B}}
    from: order + 1 day
    until: both + 5 days
  withdraw:
    text: Withdraw
    require: {act: withdrawal, weapon: artillery, calibre: ">= 100 mm", in: disc}
    deadline: start + 5 days
  later:
    text: Demobilise when all has been brought
    require: {act: demobilisation}
    deadline: brought + 4 days
    binds: [A]
  chain:
    text: Release once everybody has withdrawn
    require: {act: release}
    only_after: [gone, either]
    deadline: gone + 3 days
    binds: [B]
  neutral:
    text: Slow law
    require: {milestones: {minimal: {act: law_tabled}, intermediate: {act: law_adopted}, full: {act: ratification}}}
    deadline: 2025-04-10
    binds: [B, C]
  lorries:
    text: Lorries
    require: {act: delivery, at_least: 3, unit: lorries, every: 2 days}
    binds: [A]
  total:
    text: All in all
    require: {act: delivery, at_least: 5}
    deadline: start + 9 days
    binds: [A]
  asked:
    text: All in all once it is ordered
    require: {act: delivery, at_least: 4}
    from: order
    only_after: silence
    until: order + 14 days
    deadline: start + 12 days
    binds: [A]
  cap:
    text: Not more than four
    limit: {what: {act: military_presence, in: disc}, to: 4}
    except: {parade: {only_if: [announced]}}
    unless: {consent_of: [A, B]}
  stock:
    text: Not more than seven, each for two days
    limit: {what: {act: military_presence}, to: 7, holds: 2 days}
  flow:
    text: Not more than four a week
    limit: {what: {act: arms_transfer}, to: 4, per: 7 days}
  access:
    text: Let the mission in
    respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 24 hours, answers: all}
  answer:
    text: Whoever complains gets an answer
    respond: {to: {act: complaint_filed}, with: {act: consultation}, within: 2 days}
    binds: [A]
  sanction:
    text: Whoever shells answers for it himself, and to the other
    respond: {to: {act: shelling, by: self}, with: {act: consultation}, within: 3 days}
  reply:
    text: Whoever is shelled may ask
    respond: {to: {act: shelling, by: other}, with: {act: notice_given}, within: 3 days, answers: each}
  notice:
    text: Announce exercises
    declare: {notice: {of: {act: exercise}, before: 2 days}}
  early:
    text: Announce exercises, and not too early
    declare: {notice: {of: {act: exercise, in: disc}, before: 12 hours, at_most: 4 days, answers: each}}
  contingents:
    text: No foreign forces
    forbid: {act: deployment, of: {foreign_to: B}, in: disc}
    binds: [C, B]
    unless: {consent_of: [A, B]}
  guarantee:
    text: If it is broken
    when: {verdict: breached, of: [fire, withdraw], party: A}
    then:
      - {by: G, do: consultation, within: 3 days}
      - {effect: sanctions restored, within: 5 days, unless: order}
    void_if: [{event: both}]
  threshold:
    text: If it is broken again and again
    when: {verdict: breached, of: [fire, cap, access, total], at_least: 2, within: 4 days, apart: {time: 2 hours, distance: 2 km}}
    then: [{effect: sanctions restored, within: 5 days}]
    until: both
  twice:
    text: If it is broken twice
    when: {verdict: breached, of: [fire, after_order], at_least: 2}
    then: [{by: G, do: consultation, within: 3 days}]
    until: ordered + 4 days
    void_if: [{verdict: breached, of: [cap, sanction], at_least: 2, apart: {time: 1 day, distance: 30 km}}]
  secret:
    text: No secret orders
    unverifiable: nobody can see that an order was not given
"""
MANDATES = (
    "",
    "mandate: {attribution: false}\n",
    "mandate: {detection: 0.5, tolerance: {share: 0.3, time: 2 days}, confirm: {admission: false, origins: 1}}\n",
)
READINGS = ("", "readings:\n  early: {}\n  late: {in_force.from: 2025-03-20, terms.cap.limit.to: 0}\n")
FOLDER = Path(tempfile.mkdtemp())
OURS = REST  # the same, with parameters that the text does not give
for _clause, _key in (
    ("deadline: start + 5 days", "deadline"), ("deadline: 2025-04-10", "deadline"), ("at_least: 5}", "at_least"),
    ("with: {act: access_granted}, within: 24 hours, answers: all}", "within"), ("with: {act: consultation}, within: 2 days}", "with"),
    ("forbid: {act: deployment, of: {foreign_to: B}, in: disc}", "in"), ("to: 4, per: 7 days}", "per"),
    ("declare: {notice: {of: {act: exercise}, before: 2 days}}", "before"),
):  # fmt: skip
    assert OURS.count(_clause) == 1
    OURS = OURS.replace(_clause, f"{_clause}\n    ours: {_key}")
OPEN = OURS  # and clauses in brackets, some with parameters of ours besides
for _clause, _whose in (
    ("forbid: {act: strike, in: disc}", "[A]"), ("    ours: deadline\n", "[A, B]"), ("    ours: within\n", "[B]"),
    ("forbid: {act: shelling, in: {A: side_A, B: side_B}}", "[A, B]"), ("    ours: per\n", "[A]"),
):  # fmt: skip
    assert _clause in OPEN
    OPEN = OPEN.replace(_clause, f"{_clause.rstrip()}\n    open: {_whose}\n", 1)
AGREEMENTS: list[Agreement] = [agreement(FOLDER, HEAD + r + m + REST) for m in MANDATES for r in READINGS]
AGREEMENTS_WITH_OURS = [agreement(FOLDER, HEAD + r + rest) for rest in (OURS, OPEN) for r in READINGS]
DAY = datetime(2025, 3, 17, 22, tzinfo=UTC)  # midnight at the start, in Kyiv
SIDES = {
    "Press A": "A", "Staff A": "A", "Staff B": "B", "Gland": "G", "Monitor": "none", "Camera": "none", "Blóg": None,
}  # fmt: skip
BOUND = {"Staff A": "A", "Staff B": "B"}
ACTS = (
    "missile", "artillery_fire", "order_issued", "withdrawal", "demobilisation", "release", "law_tabled", "law_adopted",
    "ratification", "delivery", "military_presence", "arms_transfer", "access_request", "access_granted",
    "complaint_filed", "consultation", "exercise", "notice_given", "deployment", "compliance_act",
)  # fmt: skip
FOCUS = (
    ("withdrawal", "release", "order_issued"),
    ("artillery_fire", "order_issued", "demobilisation", "missile"),
    ("delivery", "arms_transfer", "military_presence"),
    ("delivery", "order_issued"),
    ("access_request", "access_granted", "complaint_filed", "consultation"),
    ("artillery_fire", "consultation", "notice_given"),
    ("exercise", "notice_given", "deployment"),
    ("missile", "withdrawal", "consultation", "order_issued"),
    ("law_tabled", "law_adopted", "ratification", "compliance_act"),
    ACTS,
)


DOERS = {
    "access_request": ["M"],
    "consultation": ["G", "A"],
    "order_issued": ["A"],
    "law_tabled": ["B", "C"],
    "law_adopted": ["B", "C"],
    "ratification": ["B", "C"],
    "deployment": ["B", "C"],
    "delivery": ["A"],
    "demobilisation": ["A"],
    "release": ["B"],
}


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Reports about one corner of the agreement, so that things meet."""
    acts = draw(st.sampled_from(FOCUS))
    out = []
    for n in range(draw(st.integers(0, 14))):
        start = DAY + timedelta(
            hours=draw(st.sampled_from([-30, 0, 6, 24, 30, 48, 50, 72, 96, 120, 121, 150, 216, 400, 700]))
        )
        origin = draw(st.sampled_from(["Monitor", "Monitor", "Camera", *SIDES]))
        lat, lon = draw(st.sampled_from([(48.0, 37.0), (48.0, 37.0), (48.1799, 37.0), (48.1, 37.3), (None, None)]))
        act = draw(st.sampled_from(acts))
        plain = {
            "report_id": f"R{n}",
            "row": n + 1,
            "source": "Monitor",
            "origin": draw(written("Monitor")),
            "side": "none",
            "reliability": "A",
            "kind": "observation",
            "start": start,
            "end": start + timedelta(hours=draw(st.sampled_from([0, 0, 3, 60]))),
            "lat": 48.0,
            "lon": 37.0,
            "act": act,
            "target": None,
            "weapon": "D-30",
            "actor": draw(st.sampled_from(DOERS.get(act, ["A", "B"]))),
            "toward": draw(st.sampled_from([None, "A", "B"])) if act == "access_request" else None,
            "quantity": draw(st.sampled_from([None, 3.0, 5.0, 0.0])),
            "unit": draw(st.sampled_from([None, None, "lorry", "tonnes"])),
            "shows": draw(st.sampled_from([None, None, "announced", "consent of A; consent of B"])),
            "nationality": draw(st.sampled_from(["B", "FR"])),
            "incident_id": f"I{n}" if draw(st.booleans()) else None,
            "answers": draw(st.sampled_from([None, None, "I0", "I1", f"I{n - 1}"])),
        }
        if draw(st.integers(0, 2)):
            out.append(plain)
            if draw(st.integers(0, 5)) == 0:
                out.append(
                    {
                        **plain,
                        "report_id": f"D{n}",
                        "stance": "denies",
                        "start": start + timedelta(days=9),
                        "end": start + timedelta(days=9),
                    }
                )
            continue
        out.append(
            {
                "report_id": f"R{n}",
                "row": n + 1,
                "source": draw(st.sampled_from(["outlet", "other"])),
                "origin": draw(written(origin)),
                "side": SIDES[origin],
                "speaks_for": BOUND.get(origin),
                "reliability": draw(st.sampled_from(["A", "B", "C", "E", None])),
                "credibility": draw(st.sampled_from([None, None, None, "5", "6", "partial"])),
                "basis": draw(st.sampled_from([None, None, "inference", "track"])),
                "attributes": draw(st.sampled_from([None, None, None, "direction"])),
                "imputation": draw(st.sampled_from([None, None, None, "unknown", "private"])),
                "kind": draw(st.sampled_from(["claim", "observation", "observation"])),
                "stance": draw(st.sampled_from(["asserts", "asserts", "asserts", "asserts", "denies", "retracts"])),
                "start": start,
                "end": start + timedelta(hours=draw(st.sampled_from([0, 0, 3, 30, 60]))),
                "known_at": start + timedelta(hours=hours) if (hours := draw(st.integers(-3, 50))) >= 0 else None,
                "lat": lat,
                "lon": lon,
                "precision_m": draw(st.sampled_from([0.0, 100.0, 5_000.0])),
                "act": act,
                "target": None,
                "weapon": draw(st.sampled_from(["D-30", "82 mm mortar", "artillery", None])),
                "actor": draw(st.sampled_from(["A", "B", "A", "B", "M", "G", "C", None])),
                "toward": draw(st.sampled_from([None, None, "A", "B"])),
                "quantity": draw(st.sampled_from([None, 1.0, 2.5, 3.0, 5.0, 0.0])),
                "unit": draw(st.sampled_from([None, None, None, "lorries", "tonnes"])),
                "nationality": draw(st.sampled_from([None, "B", "FR"])),
                "command": draw(st.sampled_from([None, "B"])),
                "payroll": draw(st.sampled_from([None, "B"])),
                "incident_id": draw(st.sampled_from([None, None, "I1", "I2"])),
                "answers": draw(st.sampled_from([None, None, None, "I0", "I1"])),
                "shows": draw(st.sampled_from([None, None, "announced", "consent of A; consent of B", "consent of A"])),
                "directness": draw(st.sampled_from([2, 1, 1, 0])),
            }
        )
    return out


@st.composite
def coverages(draw: st.DrawFn, text: Agreement) -> Coverage:
    where = st.sampled_from([None, None, text.places["disc"].outline()])
    codes = frozenset(text.vocabulary.acts.codes)
    watches = tuple(
        Watch(
            f"w{n}",
            draw(st.sampled_from(["Monitor", "Monitor", "mission", "Aland"]).flatmap(written)),
            "camera",
            codes,
            "",
            draw(where),
            (
                Interval(
                    DAY + timedelta(days=draw(st.sampled_from([-3, 2]))),
                    DAY + timedelta(days=draw(st.sampled_from([6, 50, 50]))),
                ),
            ),
            draw(st.sampled_from([0.5, 0.95, 0.999])),
            sees=draw(st.sampled_from([None, None, frozenset({"A"})])),
        )
        for n in range(draw(st.integers(0, 2)))
    )
    gaps = tuple(
        Gap(
            "outage",
            None,
            "",
            draw(where),
            (Interval(DAY + timedelta(days=1), DAY + timedelta(days=2)),),
            1.0,
            draw(st.sampled_from(["", "B"])),
        )
        for _ in range(draw(st.integers(0, 1)))
    )
    return Coverage(watches, gaps)


worlds = st.sampled_from(range(len(AGREEMENTS))).flatmap(
    lambda n: st.tuples(st.just(n), rows(), coverages(AGREEMENTS[n]))
)
worlds_with_ours = st.sampled_from(range(len(AGREEMENTS_WITH_OURS))).flatmap(
    lambda n: st.tuples(st.just(n), rows(), coverages(AGREEMENTS_WITH_OURS[n]))
)
names = st.sampled_from([f"I{n}" for n in range(6)])
unsures = st.builds(
    Unsure,
    st.frozensets(st.frozensets(names, min_size=2, max_size=2), max_size=4),
    st.dictionaries(names, st.integers(2, 3), max_size=2),
)


def doubts(unsure: Unsure) -> Doubts:
    """The same as fusion tells it."""
    pairs = [sorted(pair) for pair in unsure.one]
    several = {"incident": list(unsure.several), "most": list(unsure.several.values())}
    return Doubts(
        pl.DataFrame(pairs, schema={"incident": pl.String, "other": pl.String}, orient="row"),
        pl.DataFrame(several, schema={"incident": pl.String, "most": pl.Int64}),
    )


instants = st.one_of(st.none(), st.sampled_from([-40, 10, 60, 121, 170, 220, 500, 900]))


@examples(60)
@given(worlds, instants, unsures)
def test_every_kind_of_term_equals_the_plain_evaluator(world: Any, hours: int | None, unsure: Unsure) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    table = reports(*mine)
    run = judged(AGREEMENTS[n], table, seen, as_of=as_of, doubts=doubts(unsure))
    fast = {
        (v.term, v.party, v.reading): (v.verdict, v.confirmed, v.alleged, v.excused, dict(v.measure))
        for v in run.verdicts
        if v.reading is not None or len(AGREEMENTS[n].texts) == 1
    }
    slow = evaluate(
        AGREEMENTS[n],
        table.to_dicts(),
        with_sides(seen, owners_of(AGREEMENTS[n], CONTEXT), registered=False),
        as_of,
        unsure,
    )
    assert {k: v for k, v in fast.items() if slow.get(k) != v} == {
        k: slow.get(k) for k in fast if slow.get(k) != fast[k]
    }
    assert fast.keys() == slow.keys()
    whole = {(v.term, v.party): v.verdict for v in run.verdicts if v.reading is None}
    assert whole == together(AGREEMENTS[n], slow)


@SETTINGS
@given(worlds, instants, unsures, unsures)
def test_whether_reports_are_surely_of_one_event_never_turns_broken_into_kept(
    world: Any, hours: int | None, one: Unsure, other: Unsure
) -> None:
    """The bounds of a count only widen and narrow: what is broken with one pair of bounds is not kept with another."""
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    table = reports(*mine)
    runs = [judged(AGREEMENTS[n], table, seen, as_of=as_of, doubts=doubts(unsure)) for unsure in (one, other)]
    counted = {t.id for text in AGREEMENTS[n].texts for t in text.terms if isinstance(t.kind, (Limit, Quota))}
    for mine_, others in zip(*(run.verdicts for run in runs), strict=True):
        if mine_.term in counted:
            assert {mine_.verdict, others.verdict} != {"breached", "complied"}, mine_.term


@examples(30)
@given(worlds_with_ours, instants)
def test_terms_with_parameters_that_are_not_in_the_text_equal_the_plain_evaluator(
    world: Any, hours: int | None
) -> None:
    n, mine, seen = world
    text = AGREEMENTS_WITH_OURS[n]
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    table = reports(*mine)
    run = judged(text, table, seen, as_of=as_of)
    slow = evaluate(text, table.to_dicts(), with_sides(seen, owners_of(text, CONTEXT), registered=False), as_of)
    for v in run.verdicts:
        if v.reading is not None or len(text.texts) == 1:
            fast = (v.verdict, v.confirmed, v.alleged, v.excused, dict(v.measure))
            assert fast == slow[(v.term, v.party, v.reading)], (v.term, v.party, v.reading)


@settings(SETTINGS)
@given(worlds_with_ours, instants)
def test_no_breach_rests_on_a_parameter_that_is_not_in_the_text(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    run = judged(AGREEMENTS_WITH_OURS[n], reports(*mine), seen, as_of=as_of)
    ours = {term.id for text in AGREEMENTS_WITH_OURS[n].texts for term in text.terms if term.ours}
    for verdict in run.verdicts:
        if verdict.term in ours:
            assert verdict.verdict not in ("breached", "excused")
            of_one_reading = verdict.reading is not None or len(AGREEMENTS_WITH_OURS[n].texts) == 1
            if of_one_reading and verdict.verdict != "not_in_force":
                assert any(step.rule == "ours" for step in verdict.steps)


@settings(SETTINGS)
@given(worlds_with_ours, instants)
def test_nothing_is_concluded_of_a_clause_that_nobody_agreed_to(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    run = judged(AGREEMENTS_WITH_OURS[n], reports(*mine), seen, as_of=as_of)
    texts = AGREEMENTS_WITH_OURS[n].texts
    unsettled = {t.id for text in texts for t in text.terms if any(c.key == NOT_AGREED for c in t.ours)}
    assert bool(unsettled) == (n >= len(READINGS))
    words = {verdict.verdict for verdict in run.verdicts if verdict.term in unsettled}
    assert words <= {"undetermined", "not_due", "not_in_force"}


# -- the ten properties, for every kind of term ---------------------------------------------------------------


OTHER = {"A": "B", "B": "A"}
SWAPPED: list[Agreement] = []
for _m in MANDATES:
    for _r in READINGS:
        _text = (HEAD + _r + _m + REST).replace("{A: Aland, B: Bland}", "{B: Aland, A: Bland}")
        for _a, _b in (
            ("binds: [A]", "binds: [\0]"), ("binds: [B]", "binds: [A]"), ("binds: [\0]", "binds: [B]"),
            ("by: A}", "by: B}"), ("party: A}", "party: B}"), ("{A: side_A, B: side_B}", "{B: side_A, A: side_B}"),
            ("binds: [B, C]", "binds: [A, C]"), ("binds: [C, B]", "binds: [C, A]"), ("foreign_to: B", "foreign_to: A"),
        ):  # fmt: skip
            _text = _text.replace(_a, _b)
        SWAPPED.append(agreement(FOLDER, _text))


def swapped(mine: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same reports with the parties exchanged in every field that names one."""

    def other(value: str | None) -> str | None:
        return OTHER.get(value, value) if value else value

    out = []
    for row in mine:
        shows = row["shows"]
        if shows:
            shows = "; ".join(
                sorted(
                    s.replace("of A", "of \0").replace("of B", "of A").replace("of \0", "of B")
                    for s in shows.split("; ")
                )
            )
        changed = {
            k: other(row.get(k)) for k in ("side", "speaks_for", "actor", "toward", "nationality", "command", "payroll")
        }
        out.append({**row, **changed, "shows": shows})
    return out


def looking_at_the_other(seen: Coverage) -> Coverage:
    """The same coverage with the parties' short names exchanged; the full ones go with the parties."""
    watches = (replace(w, sees=w.sees and frozenset(OTHER.get(p, p) for p in w.sees)) for w in seen.watches)
    return Coverage(tuple(watches), tuple(replace(g, by=OTHER.get(g.by, g.by)) for g in seen.gaps))


def told(run: Any, names: dict[str, str] | None = None) -> set[Any]:
    """Rows without their words and ids."""
    names = names or {}
    return {
        (
            v.term,
            names.get(v.party, v.party),
            v.reading,
            v.verdict,
            v.confirmed,
            v.alleged,
            v.excused,
            v.origins,
            str(v.measure),
        )
        for v in run.verdicts
    }


@SETTINGS
@given(worlds, instants)
def test_exchanging_the_parties_exchanges_the_verdicts_of_every_kind(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    one = judged(AGREEMENTS[n], reports(*mine), seen, as_of=as_of)
    two = judged(SWAPPED[n], reports(*swapped(mine)), looking_at_the_other(seen), as_of=as_of)
    assert told(one) == told(two, OTHER)


SHOWN_DONE = {"withdraw", "later", "chain", "neutral", "lorries", "total", "guarantee", "twice"}
GUARANTEES = {"guarantee", "threshold", "twice"}


@SETTINGS
@given(worlds, instants)
def test_without_coverage_only_what_is_shown_done_is_complied_with(world: Any, hours: int | None) -> None:
    n, mine, _ = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    for v in judged(AGREEMENTS[n], reports(*mine), as_of=as_of).verdicts:
        if v.verdict == "complied":
            assert v.term in SHOWN_DONE, "a prohibition, a cap or a duty to respond needs somebody who looks"
            combined = v.reading is None and len(AGREEMENTS[n].texts) > 1
            assert v.confirmed or combined


@SETTINGS
@given(worlds, instants, st.sampled_from(["A", "B"]))
def test_a_flood_of_claims_by_one_party_breaches_nothing_of_any_kind(world: Any, hours: int | None, party: str) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    lies = [
        {
            **row,
            "origin": f"Staff {party}",
            "source": f"Staff {party}",
            "side": party,
            "speaks_for": party,
            "actor": OTHER[party],
            "kind": "observation",
            "reliability": "A",
            "incident_id": None,
            "shows": None,
            "stance": stance,
            "report_id": f"L{i}{stance}",
            "directness": 2,
        }
        for i, row in enumerate(mine)
        for stance in ("asserts", "denies")
    ]
    before = words(judged(AGREEMENTS[n], reports(*mine), seen, as_of=as_of))
    after = words(judged(AGREEMENTS[n], reports(*mine, *lies), seen, as_of=as_of))
    for key, word in after.items():
        assert word != "breached" or before[key] == "breached"
        if key[0] in GUARANTEES and before[key] == "not_in_force":
            assert word == "not_in_force", "claims set no guarantee off"


@SETTINGS
@given(worlds, instants)
def test_taking_coverage_away_earns_nobody_a_complied(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    gap = Gap("denial", None, "", None, (Interval(DAY, DAY + timedelta(days=90)),), 0.4)
    before = words(judged(AGREEMENTS[n], reports(*mine), seen, as_of=as_of))
    after = words(judged(AGREEMENTS[n], reports(*mine), Coverage(seen.watches, (*seen.gaps, gap)), as_of=as_of))
    for key, word in after.items():
        if word == "complied":
            assert before[key] == "complied" or key[0] in GUARANTEES or before[key] == "disputed"


@SETTINGS
@given(worlds, instants, st.sampled_from(["A", "Aland", "Guards"]), st.sampled_from([None, frozenset[str]()]))
def test_a_partys_own_watches_earn_it_nothing_and_convict_nobody(
    world: Any, hours: int | None, who: str, shares: frozenset[str] | None
) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    codes = frozenset(AGREEMENTS[n].vocabulary.acts.codes)
    times = (Interval(DAY - timedelta(days=9), DAY + timedelta(days=90)),)
    own = Watch("own", who, "camera", codes, "", None, times, 0.999, shares=shares, side="A")
    before = words(judged(AGREEMENTS[n], reports(*mine), seen, as_of=as_of))
    more = Coverage((*seen.watches, own), seen.gaps)
    after = words(judged(AGREEMENTS[n], reports(*mine), more, as_of=as_of))
    for key, word in after.items():
        if key[1] in ("A", None) and word in ("complied", "excused"):
            assert before[key] == word
        if word == "breached":
            assert before[key] == "breached"


@SETTINGS
@given(worlds, instants, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_batches_change_a_byte_of_any_kind(
    world: Any, hours: int | None, random: Any, parts: int
) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    whole = judged_with_grounds(AGREEMENTS[n], reports(*mine), seen, as_of=as_of)
    shuffled = list(mine)
    random.shuffle(shuffled)
    pieces = [reports(*shuffled[k::parts]) for k in range(parts)]
    again = verify(AGREEMENTS[n], ReportTables(pieces), seen, as_of=as_of, engine=LocalEngine())
    assert verdicts_json(again) == verdicts_json(whole)
    assert again.findings.equals(whole.findings)
    assert again.exceptions.equals(whole.exceptions)


@SETTINGS
@given(worlds, instants, st.integers(1, 2))
def test_repeats_and_relays_change_nothing_of_any_kind(world: Any, hours: int | None, times: int) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    relays = [
        {**row, "report_id": f"{row['report_id']}-{k}", "source": f"relay {k}", "via": "relay", "label": f"force {k}"}
        for k in range(times)
        for row in mine
        if row.get("directness", 2 if row["source"] == row["origin"] else 1) < 2 or row["source"] != row["origin"]
    ]
    relays = [{**row, "directness": row.get("directness", 1)} for row in relays]
    assert told(judged(AGREEMENTS[n], reports(*mine), seen, as_of=as_of)) == told(
        judged(AGREEMENTS[n], reports(*mine, *relays), seen, as_of=as_of)
    )


@SETTINGS
@given(worlds, st.integers(-40, 900))
def test_as_of_equals_a_run_on_what_was_known_for_every_kind(world: Any, hours: int) -> None:
    n, mine, seen = world
    instant = DAY + timedelta(hours=hours)
    known = [row for row in mine if (at := row.get("known_at", row["end"])) is not None and at <= instant]
    one = judged_with_grounds(AGREEMENTS[n], reports(*mine), seen, as_of=instant)
    two = judged_with_grounds(AGREEMENTS[n], reports(*known), seen, as_of=instant)
    assert one.verdicts == two.verdicts


@SETTINGS
@given(worlds, st.sampled_from(["EU", "NATO", "national", "peacekeepers"]))
def test_the_banner_of_a_contingent_changes_nothing(world: Any, label: str) -> None:
    n, mine, seen = world
    labelled = [{**row, "label": label, "summary": f"under the flag of {label}"} for row in mine]
    assert told(judged(AGREEMENTS[n], reports(*mine), seen)) == told(judged(AGREEMENTS[n], reports(*labelled), seen))


# -- the two defaults that other monitors get wrong -------------------------------------------------------------


def _monitor(**more: Any) -> dict[str, Any]:
    return {
        "origin": "Monitor", "source": "Monitor", "side": "none", "reliability": "A", "kind": "observation",
        "lat": 48.0, "lon": 37.0, "precision_m": 10.0, "target": None, "weapon": "D-30", **more,
    }  # fmt: skip


def test_a_duty_whose_time_still_runs_is_not_due_and_never_a_breach() -> None:
    watch = Watch(
        "w",
        "m",
        "camera",
        frozenset(AGREEMENTS[0].vocabulary.acts.codes),
        "",
        None,
        (Interval(DAY - timedelta(days=2), DAY + timedelta(days=60)),),
        0.99,
    )
    run = words(judged(AGREEMENTS[0], reports(), Coverage((watch,)), as_of=DAY + timedelta(days=4)))
    assert {run[("withdraw", p, None)] for p in "AB"} == {"not_due"}
    run = words(judged(AGREEMENTS[0], reports(), Coverage((watch,)), as_of=DAY + timedelta(days=6)))
    assert {run[("withdraw", p, None)] for p in "AB"} == {"breached"}


def test_what_becomes_known_late_revises_the_verdict() -> None:
    done = _monitor(act="withdrawal", actor="A", start=DAY + timedelta(days=3), known_at=DAY + timedelta(days=20))
    watch = Watch(
        "w",
        "m",
        "camera",
        frozenset(AGREEMENTS[0].vocabulary.acts.codes),
        "",
        None,
        (Interval(DAY - timedelta(days=2), DAY + timedelta(days=60)),),
        0.99,
    )
    early = words(judged(AGREEMENTS[0], reports(done), Coverage((watch,)), as_of=DAY + timedelta(days=10)))
    late = words(judged(AGREEMENTS[0], reports(done), Coverage((watch,)), as_of=DAY + timedelta(days=21)))
    assert (early[("withdraw", "A", None)], late[("withdraw", "A", None)]) == ("breached", "complied")


def test_the_generated_agreement_has_every_kind_but_items() -> None:
    assert {type(t.kind).__name__ for t in AGREEMENTS[0].texts[0].terms} == {
        "Prohibition", "Limit", "Duty", "Quota", "Response", "Notice", "Guarantee", "Unverifiable",
    }  # fmt: skip
