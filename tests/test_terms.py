"""Every kind of term, in generated worlds, against the plain evaluator; and the ten properties for all of them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Gap, Watch
from servanda.values.time import Interval
from tests.build import agreement, judged, reports
from tests.plain_terms import evaluate

SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
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
    text: Demobilise after the quiet
    require: {act: demobilisation}
    deadline: silence + 4 days
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
  cap:
    text: Not more than four
    limit: {what: {act: military_presence, in: disc}, to: 4}
    except: {parade: {only_if: [announced]}}
    unless: {consent_of: [A, B]}
  flow:
    text: Not more than four a week
    limit: {what: {act: arms_transfer}, to: 4, per: 7 days}
  access:
    text: Let the mission in
    respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 24 hours}
  answer:
    text: Whoever complains gets an answer
    respond: {to: {act: complaint_filed}, with: {act: consultation}, within: 2 days}
    binds: [A]
  notice:
    text: Announce exercises
    declare: {notice: {of: {act: exercise}, before: 2 days}}
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
  secret:
    text: No secret orders
    unverifiable: nobody can see that an order was not given
"""
MANDATES = (
    "",
    "mandate: {attribution: false}\n",
    "mandate: {detection: 0.5, confirm: {admission: false, origins: 1}}\n",
)
READINGS = ("", "readings:\n  early: {}\n  late: {in_force.from: 2025-03-20, terms.cap.limit.to: 0}\n")
FOLDER = Path(tempfile.mkdtemp())
AGREEMENTS: list[Agreement] = [agreement(FOLDER, HEAD + r + m + REST) for m in MANDATES for r in READINGS]
DAY = datetime(2025, 3, 17, 22, tzinfo=UTC)  # midnight at the start, in Kyiv
SIDES = {"Press A": "A", "Press B": "B", "Gland": "G", "Monitor": "none", "Camera": "none", "Blog": None}
ACTS = (
    "missile", "artillery_fire", "order_issued", "withdrawal", "demobilisation", "release", "law_tabled", "law_adopted",
    "ratification", "delivery", "military_presence", "arms_transfer", "access_request", "access_granted",
    "complaint_filed", "consultation", "exercise", "notice_given", "deployment", "compliance_act",
)  # fmt: skip
FOCUS = (
    ("withdrawal", "release", "order_issued"),
    ("artillery_fire", "order_issued", "demobilisation", "missile"),
    ("delivery", "arms_transfer", "military_presence"),
    ("access_request", "access_granted", "complaint_filed", "consultation"),
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
        origin = draw(st.sampled_from(["Monitor", "Monitor", "Camera", "Press A", "Press B", "Gland", "Blog"]))
        lat, lon = draw(st.sampled_from([(48.0, 37.0), (48.0, 37.0), (48.1799, 37.0), (48.1, 37.3), (None, None)]))
        act = draw(st.sampled_from(acts))
        plain = {
            "report_id": f"R{n}",
            "row": n + 1,
            "source": "Monitor",
            "origin": "Monitor",
            "side": "none",
            "reliability": "A",
            "kind": "observation",
            "start": start,
            "end": start + timedelta(hours=draw(st.sampled_from([0, 0, 3]))),
            "lat": 48.0,
            "lon": 37.0,
            "act": act,
            "target": None,
            "weapon": "D-30",
            "actor": draw(st.sampled_from(DOERS.get(act, ["A", "B"]))),
            "toward": draw(st.sampled_from([None, "A", "B"])) if act == "access_request" else None,
            "quantity": draw(st.sampled_from([None, 3.0, 5.0])),
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
                "origin": origin,
                "side": SIDES[origin],
                "reliability": draw(st.sampled_from(["A", "B", "C"])),
                "kind": draw(st.sampled_from(["claim", "observation", "observation"])),
                "stance": draw(st.sampled_from(["asserts", "asserts", "asserts", "asserts", "denies", "retracts"])),
                "start": start,
                "end": start + timedelta(hours=draw(st.sampled_from([0, 0, 3, 30]))),
                "known_at": start + timedelta(hours=draw(st.integers(0, 50))),
                "lat": lat,
                "lon": lon,
                "precision_m": draw(st.sampled_from([0.0, 100.0, 5_000.0])),
                "act": act,
                "target": None,
                "weapon": draw(st.sampled_from(["D-30", "82 mm mortar", "artillery", None])),
                "actor": draw(st.sampled_from(["A", "B", "A", "B", "M", "G", "C", None])),
                "toward": draw(st.sampled_from([None, None, "A", "B"])),
                "quantity": draw(st.sampled_from([None, 1.0, 2.5, 3.0, 5.0])),
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
            "mission",
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
        )
        for n in range(draw(st.integers(0, 2)))
    )
    gaps = tuple(
        Gap("outage", None, "", draw(where), (Interval(DAY + timedelta(days=1), DAY + timedelta(days=2)),), 1.0)
        for _ in range(draw(st.integers(0, 1)))
    )
    return Coverage(watches, gaps)


worlds = st.sampled_from(range(len(AGREEMENTS))).flatmap(
    lambda n: st.tuples(st.just(n), rows(), coverages(AGREEMENTS[n]))
)
instants = st.one_of(st.none(), st.sampled_from([-40, 10, 60, 121, 170, 220, 500, 900]))


@settings(SETTINGS, max_examples=120)
@given(worlds, instants)
def test_every_kind_of_term_equals_the_plain_evaluator(world: Any, hours: int | None) -> None:
    n, mine, seen = world
    as_of = None if hours is None else DAY + timedelta(hours=hours)
    table = reports(*mine)
    run = judged(AGREEMENTS[n], table, seen, as_of=as_of)
    fast = {
        (v.term, v.party, v.reading): (v.verdict, v.confirmed, v.alleged, v.excused, dict(v.measure))
        for v in run.verdicts
        if v.reading is not None or len(AGREEMENTS[n].texts) == 1
    }
    slow = evaluate(AGREEMENTS[n], table.to_dicts(), seen, as_of)
    assert {k: v for k, v in fast.items() if slow.get(k) != v} == {
        k: slow.get(k) for k in fast if slow.get(k) != fast[k]
    }
    assert fast.keys() == slow.keys()
