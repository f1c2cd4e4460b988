"""Fusion: no party, and no hearsay, puts together or takes apart what others say by themselves."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.verify import verify_files
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import ids, incident_tables
from servanda.testing import builders
from servanda.values.codes import STANDARD
from servanda.verdicts.summary_words import fused_words
from servanda.verdicts.verification import Fused
from tests.build import agreement, examples, instant, judged, reports

SEEN = {"side": "none", "kind": "observation", "precision_m": 500.0}
TRUCE = """agreement: ford-truce
title: Truce around the ford
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18T18:00+02:00, for: 5 days}
places:
  ford: {at: [48.0, 37.0], radius: 15 km}
terms:
"""


def groups(table: pl.DataFrame, of: pl.Expr) -> set[frozenset[str]]:
    """The incidents of all reports, as far as those reports go that are asked for."""
    fusion = Fusion()
    fusion.add(table)
    asked = table.with_columns(incident=ids(fusion)).filter(of)
    return {frozenset(g["report_id"]) for _, g in asked.group_by("incident")}


said = st.tuples(
    st.sampled_from(["S1", "S2", "S3"]), st.integers(0, 8), st.integers(0, 8), st.integers(0, 20),
    st.sampled_from([200.0, 500.0, 2_000.0, 9_000.0, 60_000.0]), st.sampled_from(["shelling", "missile", "attack"]),
    st.sampled_from([None, None, None, "I1", "I2"]), st.sampled_from(["asserts", "asserts", "denies"]), st.sampled_from([0, 0, 6]),
)  # fmt: skip
ours = st.lists(st.tuples(said, st.sampled_from(["observation", "observation", "claim"])), min_size=2, max_size=14)
theirs = st.lists(st.tuples(said, st.sampled_from([0, 1, 2]), st.booleans()), min_size=1, max_size=14)


def row(what: Any, **more: Any) -> dict[str, Any]:
    source, x, y, t, radius, act, name, stance, long = what
    source = f"{more.get('side', '')} {source}"
    more = {"origin": source, **more}
    return {
        "source": source, "lat": 48 + y / 60, "lon": 37 + x / 60, "start": instant(f"03-{20 + t // 24} {t % 24:02d}:17"),
        "end": instant(f"03-{20 + (t + long) // 24} {(t + long) % 24:02d}:17"), "precision_m": radius, "act": act, "incident_id": name,
        "stance": stance, **more,
    }  # fmt: skip


@given(ours, theirs, st.sampled_from(["A", "B"]))
@examples(80)
def test_no_reports_of_a_party_change_which_reports_without_a_side_are_one_incident(
    neutral: Any, added: Any, party: str
) -> None:
    """Property 11 of fusion: what neutral reports say by themselves they say with any reports of a party beside them."""
    without = reports(*[row(what, side="none", kind=kind) for what, kind in neutral])
    more = [
        {**row(what, side="none", kind="claim", directness=0), "source": f"{party} {what[0]}"}
        if heard
        else row(what, side=party, kind="claim", directness=directness)
        for what, directness, heard in added
    ]
    with_them = reports(*[row(what, side="none", kind=kind) for what, kind in neutral], *more)
    mine = pl.col("report_id").is_in(without["report_id"].to_list())
    assert groups(with_them, mine) == groups(without, pl.lit(True))


@given(ours, theirs, theirs)
@examples(60)
def test_no_claims_change_which_observations_are_one_incident_or_how_surely(
    neutral: Any, added: Any, others: Any
) -> None:
    seen = [row(what, side="none", kind="observation") for what, _ in neutral]
    claims = [row(what, side="A", kind="claim") for what, *_ in added]
    claims += [row(what, side="none", kind="claim", origin=f"Paper {n}") for n, (what, *_) in enumerate(others)]
    one, two = Fusion(), Fusion()
    one.add(reports(*seen))
    two.add(reports(*seen, *claims))
    assert one.own.tolist() == two.own[: len(seen)].tolist()
    observed = pl.col("kind") == "observation"
    assert groups(reports(*seen, *claims), observed) == groups(reports(*seen), observed)


@given(ours, theirs)
@examples(60)
def test_no_reports_of_one_party_change_what_the_other_and_those_without_a_side_say(neutral: Any, added: Any) -> None:
    rows = [
        row(what, side="none" if kind == "observation" else "B", kind=kind, incident_id=None) for what, kind in neutral
    ]
    more = [row(what, side="A", kind="claim", incident_id=None) for what, *_ in added]
    with_them, without = reports(*rows, *more), reports(*rows)
    mine = pl.col("report_id").is_in(without["report_id"].to_list())
    apart, together = groups(without, pl.lit(True)), groups(with_them, mine)
    assert together == apart


def test_an_exact_repeat_is_where_its_twin_is_and_as_surely() -> None:
    line = {
        "side": "A",
        "origin": "Ministry",
        "kind": "claim",
        "act": "strike_drone",
        "target": "power_line",
        "actor": "B",
    }
    first = {**line, "start": instant("04-06 01:22"), "lat": 47.4, "lon": 40.2, "precision_m": 40_000.0}
    vague = {**line, "start": instant("04-06 02:55"), "lat": 47.8, "lon": 40.7, "precision_m": 120_000.0}
    for rows in (
        [{**first, "source": "P1"}, {**first, "source": "P2"}, {**vague, "source": "P1"}],
        [{**vague, "source": "P1"}, {**first, "source": "P2"}, {**first, "source": "P1"}],
        [{**first, "source": "P2"}, {**first, "source": "P3"}, {**first, "source": "P1"}, {**vague, "source": "P1"}],
    ):
        fusion = Fusion()
        fusion.add(reports(*rows))
        found, own = ids(fusion).to_list(), fusion.own.tolist()
        alike = [n for n, r in enumerate(rows) if r["precision_m"] == 40_000.0]
        assert len({(found[n], own[n]) for n in alike}) == 1
        assert own[alike[0]] > 0.5
        assert len(set(found)) == 2, "P1 reports two incidents"


def test_a_repeat_moves_no_probability_and_no_count() -> None:
    rows = [
        {**SEEN, "source": "S1"}, {**SEEN, "source": "S2", "lat": 48.01, "start": instant("03-20 12:20")},
        {**SEEN, "source": "S3", "lat": 48.05, "precision_m": 6_000.0, "start": instant("03-20 13:00")},
    ]  # fmt: skip
    once, often = Fusion(), Fusion()
    once.add(reports(*rows))
    often.add(
        reports(*rows, *[{**row, "source": f"Relay {n}", "origin": row["source"]} for row in rows for n in range(5)])
    )
    assert once.own.tolist() == often.own[: len(rows)].tolist()
    one, two = incident_tables(once), incident_tables(often)
    assert (one.total, one.counts["least"].to_list()) == (two.total, two.counts["least"].to_list())


def test_rows_of_one_page_are_told_apart_and_their_copies_elsewhere_are_not() -> None:
    line = {
        "side": "A",
        "origin": "Ministry",
        "kind": "claim",
        "precision_m": 100_000.0,
        "place_name": "Eastland (unspecified)",
    }
    page, copy = "https://example.org/daily", "https://example.net/copy"
    rows = [{**line, "source": "Wire", "url": page}] * 3 + [{**line, "source": "Paper", "url": copy}] * 2
    fusion = Fusion()
    fusion.add(reports(*rows))
    found = ids(fusion).to_list()
    assert len(set(found[:3])) == 3, "three rows of a page are three incidents"
    assert len(set(found[3:])) == 2
    assert set(found[3:]) <= set(found[:3])
    again = Fusion()
    again.add(reports(*rows, rows[0]).with_columns(report_id=pl.Series([f"R{n}" for n in (0, 1, 2, 3, 4, 0)])))
    assert len(set(ids(again).to_list())) == 3, "the same row twice is one"


def verdicts(
    folder: Path, terms: str, rows: list[dict[str, Any]], coverage: str = ""
) -> dict[tuple[str, str | None], str]:
    (folder / "agreement.yaml").write_text(TRUCE + terms)
    columns = (
        "report_id",
        "source",
        "side",
        "kind",
        "stance",
        "reliability",
        "start",
        "lat",
        "lon",
        "precision_km",
        "act",
        "actor",
    )
    pl.DataFrame([{c: row.get(c) for c in columns} for row in rows], infer_schema_length=None).write_csv(
        folder / "r.csv"
    )
    watches = []
    if coverage:
        (folder / "coverage.yaml").write_text(coverage)
        watches = [folder / "coverage.yaml"]
    run = verify_files(folder / "agreement.yaml", [folder / "r.csv"], watches)
    return {(v.term, v.party): v.verdict for v in run.verdicts if v.reading is None}


def seen(name: str, at: str, lat: float, **more: Any) -> dict[str, Any]:
    return {
        "report_id": name, "source": name, "side": "none", "kind": "observation", "reliability": "A", "start": f"2025-03-20T{at}+02:00",
        "lat": lat, "lon": 37.0, "precision_km": 0.5, "act": "shelling", "actor": "B", **more,
    }  # fmt: skip


FIRE = "  fire:\n    text: No shelling\n    forbid: {act: shelling, in: ford}\n    binds: [B]\n"


@pytest.mark.parametrize(("at", "lat"), [("08:20", 48.009), ("08:00", 48.01), ("08:15", 48.0), ("11:00", 48.03)])
def test_a_denial_of_another_place_or_hour_contests_nothing(tmp_path: Path, at: str, lat: float) -> None:
    """Whether a party reports something in between or not."""
    rows = [seen("Post 1", "08:00", 48.0), seen("Post 2", at, lat, stance="denies", actor=None)]
    between = [
        {**seen(f"Press {n}", f"08:{n:02d}", 48.005), "side": "B", "kind": "claim", "actor": "A"} for n in (2, 8, 14)
    ]
    assert verdicts(tmp_path, FIRE, rows)["fire", "B"] == "breached"
    assert verdicts(tmp_path, FIRE, [*rows, *between])["fire", "B"] == "breached"


def test_a_denial_contests_what_it_is_surely_about(tmp_path: Path) -> None:
    event = seen("Post 1", "08:00", 48.0)
    for denial in (
        seen("Post 2", "08:00", 48.001, stance="denies", actor=None),
        {**seen("Post 2", "06:00", 48.01, stance="denies", actor=None), "precision_km": 3},
    ):
        rows = [event, denial]
        if denial["precision_km"] == 3:
            rows = [{**event, "start": "2025-03-20T06:00+02:00"}, denial]
        assert verdicts(tmp_path, FIRE, rows)["fire", "B"] == "undetermined"


def test_a_partys_reports_between_two_observed_shellings_keep_no_cap_and_disarm_no_guarantee(tmp_path: Path) -> None:
    rows = [seen("Post 1", "08:00", 48.0), seen("Post 2", "10:00", 48.06)]
    between = [
        {
            **seen(f"Press {n}", f"{8 + n * 20 // 60:02d}:{n * 20 % 60:02d}", 48.0 + n / 100),
            "side": "B",
            "kind": "claim",
            "precision_km": 4,
        }
        for n in range(7)
    ]
    terms = (
        FIRE
        + "  cap:\n    text: One at most\n    limit: {what: {act: shelling, in: ford}, to: 1, per: 5 days}\n    binds: [B]\n"
    )
    terms += "  g:\n    text: Then\n    when: {verdict: breached, of: [fire], party: B, at_least: 2}\n    then: [{effect: sanctions, within: 1 day}]\n"
    without = verdicts(tmp_path, terms, rows)
    assert without["cap", "B"] == "breached"
    assert verdicts(tmp_path, terms, [*rows, *between]) == without


def test_words_that_many_places_share_are_no_agreement_between_names() -> None:
    one = {
        "source": "S1",
        "side": "A",
        "precision_m": 6_000.0,
        "place_name": "Village (unspecified), border district of Ostland",
    }
    other = {
        **one,
        "source": "S2",
        "lat": 48.05,
        "start": instant("03-20 13:30"),
        "place_name": "Village (unspecified), border district of Westland",
    }
    same = {**other, "place_name": "a village in Ostland"}
    sure = []
    for row_ in (other, {**other, "place_name": None}, same):
        fusion = Fusion()
        fusion.add(reports(one, row_))
        sure.append(fusion.own[0] if fusion.group[0] == fusion.group[1] else 0.0)
    assert sure[0] < sure[1] < sure[2], "two places, nothing said, one place"


def test_rows_that_name_two_regions_are_not_drawn_together_by_their_vagueness() -> None:
    region = {"side": "A", "precision_m": 90_000.0, "act": "strike_drone", "target": "power_line", "actor": "B"}
    one = {**region, "source": "S1", "place_name": "Ostland Oblast (unspecified place)"}
    sure = []
    for name in ("Westland Oblast (unspecified place)", "Ostland region, unspecified", None):
        fusion = Fusion()
        fusion.add(
            reports(one, {**region, "source": "S2", "lat": 48.5, "place_name": name, "start": instant("03-20 13:30")})
        )
        sure.append(fusion.own[0] if fusion.group[0] == fusion.group[1] else 0.0)
    assert sure[0] < sure[1] == sure[2], "that both lie in one region says no more than their places do"


def test_two_times_on_one_page_speak_against_one_incident_whoever_says_so_there() -> None:
    row_ = {"side": "A", "precision_m": 9_000.0, "source": "Wire"}
    rows = [
        {**row_, "origin": "Ministry"},
        {**row_, "origin": "Governor", "start": instant("03-20 13:30"), "lat": 48.05},
    ]
    apart, together = Fusion(), Fusion()
    apart.add(reports(*[{**r, "url": "https://example.org/daily"} for r in rows]))
    together.add(reports(*rows))
    assert "one page -1.5" in "".join(incident_tables(apart).members["because"]) or len(set(ids(apart))) == 2
    assert apart.own.min() < together.own.min() or len(set(ids(apart))) > len(set(ids(together)))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("air_raid_alert", "assault", False),
        ("warning", "fire", False),
        ("siren", "missile", False),
        ("siren", "air_raid_alert", True),
        ("complaint_filed", "shelling", False),
        ("withdrawal", "shelling", False),
        ("order_issued", "withdrawal", False),
        ("shelling", "mortar_fire", True),
        ("fire", "missile", True),
    ],
)
def test_only_acts_of_one_nature_are_one_incident_however_near(one: str, other: str, together: bool) -> None:
    vocabulary = dataclasses.replace(STANDARD, acts=STANDARD.acts.extend({"siren": "warning"}))
    at = {**SEEN, "lat": 48.0, "lon": 37.0, "start": instant("03-20 02:17")}
    for kinds in ((SEEN, SEEN), (SEEN, {"side": "A", "kind": "claim"}), ({"side": "B", "kind": "claim"}, SEEN)):
        rows = [
            {**at, **kind, "source": f"S{n}", "act": act}
            for n, (kind, act) in enumerate(zip(kinds, (one, other), strict=True))
        ]
        fusion = Fusion(vocabulary)
        fusion.add(reports(*rows))
        assert (ids(fusion).n_unique() == 1) == together


def test_a_report_that_nothing_was_seen_joins_no_report_and_moves_none() -> None:
    at = {**SEEN, "act": "shelling", "lat": 48.0, "lon": 37.0, "start": instant("03-20 02:17")}
    nil = {**at, "source": "Mission", "quantity": 0.0}
    claim = {**at, "source": "Ministry", "side": "A", "kind": "claim"}
    for others in ([claim], [{**at, "source": "Post"}, claim], [{**nil, "source": "Patrol"}]):
        found = groups(reports(nil, *others), pl.lit(True))
        alone = groups(reports(*others), pl.lit(True))
        assert len(found) == len(alone) + 1
    denial = {**nil, "stance": "denies"}
    assert len(groups(reports(denial, {**at, "source": "Post"}), pl.lit(True))) == 1, "a denial speaks of an act"


def test_neither_a_warning_nor_that_nothing_was_seen_confirms_what_a_party_claims(tmp_path: Path) -> None:
    text = agreement(tmp_path, TRUCE + "  fire: {text: No fire, forbid: {act: attack, in: ford}}\n")
    at = {"act": "shelling", "lat": 48.0, "lon": 37.0, "start": instant("03-20 02:17"), "precision_m": 500.0}
    claim = {**at, "source": "Ministry", "side": "A", "actor": "B", "kind": "claim", "incident_id": "I1"}
    mission = {**at, **SEEN, "source": "Mission", "reliability": "A", "incident_id": "I1", "precision_m": 50.0}
    warned, nothing = {**mission, "act": "air_raid_alert", "actor": "A"}, {**mission, "quantity": 0.0}
    for more in (warned, nothing, {**warned, "kind": "claim"}):
        (row,) = judged(text, reports(claim, more)).incidents.to_dicts()
        assert (row["happened"], row["observed_by"], row["claimed_by"]) == ("alleged", "", "Ministry")
        assert (row["reports"], row["origins"], row["observations"]) == (1, 1, 0)
        assert (row["acts"], row["accused"], row["precision_m"]) == ("shelling", "B", 500.0)
    (row,) = judged(text, reports(claim, mission)).incidents.to_dicts()
    assert (row["happened"], row["observed_by"]) == ("confirmed", "Mission")


def test_incidents_of_their_own_are_told_from_reports_that_joined_one_with_an_id(tmp_path: Path) -> None:
    agreement(tmp_path, TRUCE + "  fire: {text: No fire, forbid: {act: attack, in: ford}}\n")
    lines = ["report_id,source,side,kind,start,lat,lon,precision_km,act,incident_id"]
    lines += ["1,Post,none,observation,2025-03-20T02:17Z,48,37,0.5,shelling,I1"]
    lines += ["2,Patrol,none,observation,2025-03-20T02:17Z,48,37,0.5,shelling,"]
    lines += [f"{n},Patrol,none,observation,2025-03-2{n}T02:17Z,48.05,37,0.5,shelling," for n in (1, 3)]
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv"])
    assert run.fused == Fused(3, 2, 1)
    words = "3 reports without an incident id: 2 incidents of their own; 1 joined an incident that has one"
    assert fused_words(run.fused) == words
    assert fused_words(Fused(2, 0, 2)) == "2 reports without an incident id: 2 joined incidents that have one"


def test_reports_that_may_be_of_events_of_their_own_keep_no_cap(tmp_path: Path) -> None:
    """The most of a count is that of as many incidents as there may be; what a party says makes it no greater."""
    first = [seen("Post 1", f"{6 + n:02d}:00", 48.0 + 0.01 * (n % 3)) for n in range(8)]
    vague = [{**seen("Post 2", f"{6 + n:02d}:20", 48.02), "precision_km": 3.0} for n in (1, 4)]
    told = [{**row, "source": "Press", "origin": "Press", "side": "B", "kind": "claim"} for row in vague]
    cap = "  cap:\n    text: Eight at most\n    limit: {what: {act: shelling}, to: 8, per: 1 day}\n    binds: [B]\n"
    text = agreement(tmp_path, TRUCE + cap)

    def measured(*rows: dict[str, Any]) -> tuple[Any, ...]:
        found = verify_files(text, [builders.reports(*rows)])
        measure = next(v.measure for v in found.verdicts if v.party == "B")
        return measure["least"], measure["most"]

    assert measured(*first) == (8.0, 8.0)
    assert measured(*first, *told) == (8.0, 8.0)
    assert measured(*first, *vague) == (8.0, 10.0)
