"""A party gains nothing by itself (design section 6, property 11), for every kind of term, as reported and fused.

Whatever a party adds in its own name - reports of any kind and stance, also under the ids of others' incidents, and watches - no verdict on it
becomes ``complied``, no verdict on another becomes ``breached``, and what sources without a side showed to be its breach stays one. It may
breach itself (an admission), and help the other (an acknowledgement, a watch of its own): both are against its interest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.app.fuse import FusedEvidence
from servanda.coverage import Coverage, Gap, Watch
from servanda.engine import LocalEngine
from servanda.evidence import ReportTables
from servanda.values.time import Interval
from servanda.verdicts import verify
from tests import test_properties as one_prohibition
from tests import test_terms as every_kind
from tests.build import agreement, examples, judged, reports, words

SETTINGS = examples(25)
NAMES = {"A": "Aland", "B": "Bland"}
Words = dict[tuple[str, str | None, str | None], str]


@st.composite
def own_words(draw: st.DrawFn, party: str, mine: list[dict[str, Any]], acts: tuple[str, ...]) -> list[dict[str, Any]]:
    """What a party says in its own name, mostly about what others reported, and often under their numbers."""
    out = []
    plain = {"act": acts[0], "start": every_kind.DAY, "end": every_kind.DAY, "lat": 48.0, "lon": 37.0}
    ids = sorted({row["incident_id"] for row in mine if row.get("incident_id")})
    for n in range(draw(st.integers(1, 5))):
        about = draw(st.sampled_from(mine)) if mine and draw(st.integers(0, 3)) else plain
        speaks = draw(st.sampled_from([party, party, None]))
        name = draw(st.sampled_from([f"Staff {party}", NAMES[party]])) if speaks else f"Press {party}"
        spoken = [(row["origin"], row["speaks_for"]) for row in mine if row["side"] == party]
        if spoken and draw(st.booleans()):  # who said something already says more
            name, speaks = draw(st.sampled_from(spoken))
        moved = timedelta(hours=draw(st.sampled_from([0, 0, 0, -1, 1, 30, 200])))
        said = {
            **{k: v for k, v in about.items() if k not in ("known_at", "row")},
            "report_id": f"OWN{n}",
            "source": name,
            "origin": name,
            "side": party,
            "speaks_for": speaks,
            "directness": 2,
            "start": about["start"] + moved,
            "end": about["end"] + moved,
            "kind": draw(st.sampled_from(["claim", "observation", "observation"])),
            "stance": draw(st.sampled_from(["asserts", "asserts", "confirms", "denies", "denies", "retracts"])),
            "reliability": draw(st.sampled_from(["A", "A", None])),
            "credibility": draw(st.sampled_from([None, "1", "6"])),
        }
        for field, values in (
            ("act", acts),
            ("actor", ("A", "B", None, "C")),
            ("incident_id", (*ids, *ids, None, "OWN")),
            ("quantity", (0.0, 1.0, 9.0, None)),
            ("precision_m", (0.0, 60_000.0)),
            ("answers", (None, *ids)),
            ("shows", ("announced", "consent of A; consent of B", "offensive; ordered", None)),
            ("basis", ("recording;track", "inference", None)),
            ("toward", ("A", "B", None)),
        ):
            if draw(st.integers(0, 3)) == 0:
                said[field] = draw(st.sampled_from(values))
        out.append(said)
    return out


@st.composite
def own_coverage(draw: st.DrawFn, party: str, text: Agreement, seen: Coverage) -> Coverage:
    """The coverage, with a watch of the party's own, which may have been out of order."""
    if draw(st.booleans()):
        return seen
    always = (Interval(every_kind.DAY - timedelta(days=9), every_kind.DAY + timedelta(days=90)),)
    who = draw(st.sampled_from([party, NAMES[party], f"Guards of {party}"]))
    own = Watch(
        "own",
        who,
        "camera",
        frozenset(text.vocabulary.acts.codes),
        "",
        draw(st.sampled_from([None, text.places["disc"].outline()])),
        always,
        0.999,
        shares=draw(st.sampled_from([None, frozenset[str]()])),
        sees=draw(st.sampled_from([None, frozenset({"A"}), frozenset({"B"})])),
        side=party,
    )
    out = Gap(
        "outage", frozenset({"own"}), "", None, (Interval(every_kind.DAY, every_kind.DAY + timedelta(days=3)),), 1.0
    )
    return Coverage((*seen.watches, own), (*seen.gaps, *([out] if draw(st.booleans()) else [])))


def words_of(
    text: Agreement, rows: list[dict[str, Any]], seen: Coverage, *, fusing: bool, as_of: datetime | None = None
) -> Words:
    """The verdicts; fused: each report without an id under the incident that is found for it."""
    table = reports(*rows)
    if not fusing:
        return words(judged(text, table, seen, as_of=as_of))
    engine = LocalEngine()
    found = FusedEvidence(ReportTables([table]), text.vocabulary, as_of, engine, b"")
    return words(verify(text, found, seen, engine=engine, as_of=as_of, fused=found.parted))


def gains(party: str, before: Words, after: Words, neutral: Callable[[], Words]) -> dict[Any, tuple[str, str]]:
    """Where a party gained by what it added: its row, with the words before and after; ``neutral``: of what was seen without a side."""
    out = {}
    for key, word in after.items():
        was = before[key]
        cleared = key[1] in (party, None) and word == "complied" != was
        convicted = key[1] not in (party, None) and word == "breached" != was
        undone = key[1] == party and was == "breached" != word and neutral()[key] == "breached"
        if cleared or convicted or undone:
            out[key] = (was, word)
    return out


def tried(module: Any, data: st.DataObject, *, fusing: bool, hours: int | None = None) -> dict[Any, tuple[str, str]]:
    """What a party gains in a generated world."""
    n, mine, seen = data.draw(module.worlds)
    text: Agreement = module.AGREEMENTS[n]
    party = data.draw(st.sampled_from(["A", "B"]))
    acts = tuple(sorted({row["act"] for row in mine if row["act"]})) or ("missile",)
    added = data.draw(own_words(party, mine, acts))
    more = data.draw(own_coverage(party, text, seen))
    as_of = None if hours is None else every_kind.DAY + timedelta(hours=hours)

    neutral = [row for row in mine if row["side"] == "none"]

    def judge(rows: list[dict[str, Any]], coverage: Coverage) -> Words:
        return words_of(text, rows, coverage, fusing=fusing, as_of=as_of)

    return gains(party, judge(mine, seen), judge([*mine, *added], more), lambda: judge(neutral, seen))


@SETTINGS
@given(st.data(), every_kind.instants)
def test_a_party_gains_nothing_by_what_it_adds_under_any_kind_of_term(data: st.DataObject, hours: int | None) -> None:
    assert tried(every_kind, data, fusing=False, hours=hours) == {}


@SETTINGS
@given(st.data())
def test_a_party_gains_nothing_by_what_it_adds_under_a_prohibition_with_exceptions(data: st.DataObject) -> None:
    assert tried(one_prohibition, data, fusing=False) == {}


@SETTINGS
@given(st.data(), every_kind.instants)
def test_a_party_gains_nothing_when_reports_are_fused_under_any_kind_of_term(
    data: st.DataObject, hours: int | None
) -> None:
    assert tried(every_kind, data, fusing=True, hours=hours) == {}


@SETTINGS
@given(st.data())
def test_a_party_gains_nothing_when_reports_are_fused_under_a_prohibition_with_exceptions(data: st.DataObject) -> None:
    assert tried(one_prohibition, data, fusing=True) == {}


COUNTED = f"""{every_kind.HEAD}places:
  disc: {{at: [48.0, 37.0], radius: 20 km}}
terms:
  fire:
    text: No shelling
    forbid: {{act: [shelling, airstrike, missile], in: disc}}
  cap:
    text: Not more than four
    limit: {{what: {{act: military_presence, in: disc}}, to: 4}}
  flow:
    text: Not more than four a week
    limit: {{what: {{act: delivery}}, to: 4, per: 7 days}}
  threshold:
    text: If it is broken twice
    when: {{verdict: breached, of: [fire], at_least: 2, apart: {{time: 10 minutes, distance: 1 km}}}}
    then: [{{by: G, do: consultation, within: 3 days}}]
"""
SMALL = agreement(every_kind.FOLDER, COUNTED)


@st.composite
def neighbours(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What sources without a side saw, near each other in place and time, so that fusion has to ask what is one event."""
    act = draw(st.sampled_from(["military_presence", "artillery_fire", "missile", "delivery"]))
    start = every_kind.DAY + timedelta(days=3)
    out = []
    for n in range(draw(st.integers(2, 5))):
        at = start + timedelta(minutes=draw(st.sampled_from([0, 10, 40, 90, 200])))
        out.append(
            {
                "report_id": f"R{n}",
                "row": n + 1,
                "source": (name := draw(st.sampled_from(["Monitor", "Camera", "Patrol"]))),
                "origin": name,
                "side": "none",
                "reliability": "A",
                "kind": "observation",
                "directness": 2,
                "start": at,
                "end": at + timedelta(minutes=draw(st.sampled_from([0, 15]))),
                "lat": 48.0 + draw(st.sampled_from([0.0, 0.01, 0.03, 0.06])),
                "lon": 37.0 + draw(st.sampled_from([0.0, 0.02, 0.05])),
                "precision_m": draw(st.sampled_from([50.0, 500.0, 3_000.0])),
                "act": act,
                "target": None,
                "weapon": "D-30",
                "actor": draw(st.sampled_from(["A", "A", "B", None])),
                "quantity": draw(st.sampled_from([None, 3.0, 5.0])),
                "incident_id": None,
                "shows": None,
                "answers": None,
            }
        )
    return out


@examples(60)
@given(st.data(), neighbours(), st.sampled_from(["A", "B"]))
def test_a_partys_vague_report_between_two_observations_gains_it_nothing(
    data: st.DataObject, mine: list[dict[str, Any]], party: str
) -> None:
    seen = data.draw(every_kind.coverages(SMALL))
    added = data.draw(own_words(party, mine, (mine[0]["act"],)))
    vague = [
        {**row, "incident_id": None, "precision_m": data.draw(st.sampled_from([3_000.0, 10_000.0, 60_000.0]))}
        for row in added
    ]

    before = words_of(SMALL, mine, seen, fusing=True)
    assert gains(party, before, words_of(SMALL, [*mine, *vague], seen, fusing=True), lambda: before) == {}
