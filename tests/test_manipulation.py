"""What a party might try, and what an honest relay might spoil: each was once possible, and none is any more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely

from servanda.agreement import Agreement
from servanda.app.verify import verify_files
from servanda.coverage import Coverage, Gap, Watch
from servanda.engine import LocalEngine
from servanda.evidence import ReportTables
from servanda.evidence.decisions import Decision
from servanda.incidents import Keys
from servanda.incidents.identity import Names
from servanda.values.geo.shapes import circle
from servanda.values.time import Interval
from servanda.verdicts import verify
from tests.build import HEAD, TERM, ZONES, agreement, instant, judged, judged_with_grounds, reports, words

ALWAYS = (Interval(instant("03-01"), instant("05-30")),)
STRIKES = ("missile", "airstrike", "strike_drone")
MISSION: dict[str, Any] = {"source": "Mission", "side": "none", "reliability": "A", "kind": "observation", "actor": "A"}
SEEN = {**MISSION, "incident_id": "I"}
PRESS_B: dict[str, Any] = {"source": "Press B", "side": "B", "actor": "A"}


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Agreement:
    return agreement(tmp_path_factory.mktemp("gaming"), HEAD + ZONES + TERM)


def watch(name: str, detects: tuple[str, ...] = STRIKES, where: Any = None, probability: float = 0.99) -> Watch:
    return Watch(name, "mission", "camera", frozenset(detects), "", where, ALWAYS, probability)


WATCHED = Coverage((watch("w"),))


def of_a(text: Agreement, *rows: dict[str, Any], coverage: Any = None) -> str:
    return words(judged(text, reports(*rows), coverage))[("fire", "A", None)]


def test_a_denial_is_no_confession_and_neutral_denials_convict_nobody(text: Agreement) -> None:
    claim = {**PRESS_B, "incident_id": "I"}
    own = {"source": "Press A", "side": "A", "actor": "A", "stance": "denies", "incident_id": "I"}
    neutral = [
        {"source": n, "side": "none", "actor": "A", "stance": "denies", "incident_id": "I"} for n in ("N1", "N2")
    ]
    assert of_a(text, claim, own) == "undetermined"
    assert of_a(text, claim, *neutral) == "undetermined"


def test_what_others_say_an_origin_said_cannot_dilute_its_own_words(text: Agreement) -> None:
    fakes = [
        {
            "source": "Press A",
            "origin": "Mission",
            "side": "none",
            "actor": "A",
            "incident_id": "I",
            "start": instant(f"01-{d:02d}"),
        }
        for d in range(1, 20)
    ]
    vague = [{**SEEN, "source": "Daily", "origin": "Mission", "kind": "claim", "act": "attack"}]
    nowhere = [{**SEEN, "source": "Daily", "origin": "Mission", "kind": "claim", "lat": None, "lon": None}]
    for relays in (fakes, vague, nowhere):
        assert of_a(text, SEEN, *relays, coverage=WATCHED) == "breached"


@pytest.mark.parametrize(
    ("base", "added"),
    [
        ("Mission,Mission,observation,asserts,,I,", "Press B,Mission,claim,asserts,A,I,"),
        ("", "Press B,Mission,observation,asserts,A,I,"),
        ("Mission,Mission,observation,asserts,A,I,", "Press A,Mission,claim,retracts,,I,"),
        ("Mission,Mission,observation,asserts,A,I,", "Press A,Mission,observation,denies,,I,"),
        ("Mission,Mission,observation,asserts,A,I,", "Press A,Mission,observation,asserts,A,I,attacked"),
        ("", "Press B,Independent Observatory,observation,asserts,A,I,"),
        ("", "Press B,Press A,claim,asserts,A,I,"),
    ],
)
def test_with_a_register_nobody_speaks_in_anothers_name(tmp_path: Path, base: str, added: str) -> None:
    (tmp_path / "agreement.yaml").write_text(
        HEAD + ZONES + TERM + "    except: {reply: {only_if: [attacked]}}\n", encoding="utf-8"
    )
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  Press A: {side: A}\n  Press B: {side: B}\n  Mission: {side: none, reliability: A}\n",
        encoding="utf-8",
    )
    head = "report_id,side,reliability,start,lat,lon,precision_km,act,target,source,origin,kind,stance,actor,incident_id,shows\n"

    def verdict(*rows: str) -> str:
        lines = [
            f"R{n},none,A,2025-03-20T12:00Z,48,37,0.1,missile,substation,{row}\n" for n, row in enumerate(rows) if row
        ]
        (tmp_path / "r.csv").write_text(head + "".join(lines), encoding="utf-8")
        run = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv", tmp_path / "sources.yaml"])
        return words(run)[("fire", "A", None)]

    before, after = verdict(base), verdict(base, added)
    assert after == before


WATCHED_ZONE = """coverage: test
watches: [{id: w, who: Camera team, side: none, means: camera, detects: strike, from: 2025-03-01T00:00, to: 2025-05-30T00:00, probability: 0.95, reason: r}]
"""


def of_relay(tmp_path: Path, wire: str, *rows: str) -> str:
    """The verdict for A, watched, of rows "source,origin,kind,stance" on one incident, where ``wire`` is how Wire is registered."""
    (tmp_path / "agreement.yaml").write_text(HEAD + ZONES + TERM, encoding="utf-8")
    (tmp_path / "coverage.yaml").write_text(WATCHED_ZONE, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  Staff A: {speaks_for: A, reliability: A}\n  Mission: {side: none, reliability: A}\n"
        f"  Camera team: {{side: none}}\n  Wire: {wire}\n",
        encoding="utf-8",
    )
    head = "report_id,start,lat,lon,precision_km,act,target,actor,incident_id,source,origin,kind,stance\n"
    lines = [f"R{n},2025-03-20T12:00Z,48,37,0.1,missile,substation,A,I,{row}\n" for n, row in enumerate(rows)]
    (tmp_path / "r.csv").write_text(head + "".join(lines), encoding="utf-8")
    evidence = [tmp_path / "r.csv", tmp_path / "sources.yaml"]
    run = verify_files(tmp_path / "agreement.yaml", evidence, [tmp_path / "coverage.yaml"])
    return words(run)[("fire", "A", None)]


ADMITTED, MADE_UP = "Wire,Staff A,claim,asserts", "Wire,Mission,observation,asserts"
OWN, TAKEN_BACK, DENIED = (
    "Mission,Mission,observation,asserts",
    "Wire,Mission,claim,retracts",
    "Wire,Mission,observation,denies",
)


@pytest.mark.parametrize("grade", ["D", "E", "F"])
def test_a_relay_is_worth_no_more_than_who_carries_it(tmp_path: Path, grade: str) -> None:
    low = f"{{side: none, reliability: {grade}}}"
    for rows in ([ADMITTED], [MADE_UP]):
        assert of_relay(tmp_path, low, *rows) == "complied"
    for rows in ([OWN, TAKEN_BACK], [OWN, DENIED]):
        assert of_relay(tmp_path, low, *rows) == "breached"
    assert of_relay(tmp_path, "{side: none, reliability: C}", ADMITTED) == "breached"
    assert of_relay(tmp_path, "{side: none}", ADMITTED) == "breached"


def test_what_another_says_somebody_observed_is_a_claim_and_makes_no_observer(tmp_path: Path) -> None:
    assert of_relay(tmp_path, "{side: none, reliability: C}", MADE_UP) == "complied"  # what is claimed can be answered
    assert of_relay(tmp_path, "{side: none, reliability: C}", OWN, DENIED) == "breached"
    assert of_relay(tmp_path, "{side: none, reliability: C, relays: Mission}", MADE_UP) == "breached"
    assert of_relay(tmp_path, "{side: none, reliability: E, relays: Mission}", MADE_UP) == "complied"


def test_own_words_are_taken_back_in_own_words_only(tmp_path: Path) -> None:
    wire = "{side: none, reliability: C}"
    assert of_relay(tmp_path, wire, OWN, TAKEN_BACK) == "breached"
    assert of_relay(tmp_path, wire, OWN, "Mission,Mission,claim,retracts") == "undetermined"
    assert of_relay(tmp_path, wire, MADE_UP, TAKEN_BACK) == "complied"


def test_what_a_source_without_a_side_saw_and_nobody_settled_stands_in_the_way_of_complied(text: Agreement) -> None:
    doubtful = [
        [{**MISSION, "reliability": "C"}],
        [{**MISSION, "act": "attack"}],
        [{**MISSION, "lat": None, "lon": None}],
        [{**MISSION, "actor": None, "reliability": "C"}],
        [SEEN, {**SEEN, "source": "Second mission", "stance": "denies", "actor": None}],
    ]
    for rows in doubtful:
        assert of_a(text, *rows, coverage=WATCHED) == "undetermined"
    assert of_a(text, PRESS_B, coverage=WATCHED) == "complied"


def test_losing_a_watch_elsewhere_answers_no_allegation(text: Agreement) -> None:
    disc, town = text.places["disc"].outline(), circle(37.0, 48.0, 2000)
    drones = ("strike_drone", "airstrike")
    out, inner = watch("out", ("missile",), disc.difference(town), 0.97), watch("in", ("missile",), town, 0.3)
    first, second = watch("d1", drones, disc, 0.93), watch("d2", drones, disc, 0.6)
    assert of_a(text, PRESS_B, coverage=Coverage((first, second, out, inner))) == "undetermined"
    assert of_a(text, PRESS_B, coverage=Coverage((first, out, inner))) == "undetermined"


def test_a_gap_with_a_place_counts_against_a_term_without_one(tmp_path: Path) -> None:
    anywhere = agreement(tmp_path, HEAD + "terms:\n  any:\n    text: x\n    forbid: {act: [shelling]}\n")
    seeing = watch("w", tuple(anywhere.vocabulary.acts.below(["shelling"])))
    gap = Gap("denial", None, "", shapely.box(-180, -89, 180, 89), ALWAYS, 1.0)
    claim = {**PRESS_B, "act": "mortar_fire", "target": None}
    assert words(judged(anywhere, reports(claim), Coverage((seeing,))))[("any", "A", None)] == "complied"
    assert words(judged(anywhere, reports(claim), Coverage((seeing,), (gap,))))[("any", "A", None)] == "undetermined"


def test_rows_that_differ_in_precision_only_come_out_the_same_in_any_order(tmp_path: Path) -> None:
    sure = agreement(tmp_path, HEAD + ZONES + "mandate: {standard: clear_and_convincing}\n" + TERM)
    sharp = {**MISSION, "lat": 48.1795, "precision_m": 10.0}
    blunt = {**sharp, "precision_m": 10_000.0}
    one = verify(sure, ReportTables([reports(sharp, blunt)]), engine=LocalEngine())
    two = verify(sure, ReportTables([reports(blunt), reports(sharp)]), engine=LocalEngine())
    assert words(one) == words(two)


def test_a_report_vaguer_than_the_place_is_large_confirms_nothing_in_it(tmp_path: Path) -> None:
    town = agreement(
        tmp_path, HEAD + "places: {town: {at: [48.0, 37.0], radius: 1 km}}\n" + TERM.replace("disc", "town")
    )
    assert of_a(town, MISSION) == "breached"
    assert of_a(town, {**MISSION, "precision_m": 150_000.0}) == "undetermined"


def test_an_irrelevant_report_moves_no_window(tmp_path: Path) -> None:
    endless = agreement(tmp_path, HEAD.replace("for: 30 days", "extendable: by agreement") + ZONES + TERM)
    other = {**PRESS_B, "act": "other", "target": None, "start": instant("05-20")}
    assert of_a(endless, coverage=WATCHED) == of_a(endless, other, coverage=WATCHED) == "undetermined"


def test_a_denial_that_was_taken_back_contests_nothing(text: Agreement) -> None:
    denial = {**SEEN, "source": "Second mission", "actor": None}
    assert of_a(text, SEEN, {**denial, "stance": "denies"}, {**denial, "stance": "retracts"}) == "breached"


def test_an_origin_that_names_two_authors_convicts_neither(text: Agreement) -> None:
    run = words(judged(text, reports(SEEN, {**SEEN, "actor": "B"})))
    assert set(run.values()) == {"undetermined"}


def test_letters_of_another_case_make_no_second_origin(text: Agreement) -> None:
    claims = [{**PRESS_B, "side": "none", "source": name, "incident_id": "I"} for name in ("Reuters", "reuters")]
    assert of_a(text, *claims) == "undetermined"
    assert judged(text, reports(*claims)).verdicts[0].origins == 1


def test_without_attribution_an_id_says_nothing_of_the_author(tmp_path: Path) -> None:
    silent = agreement(tmp_path, HEAD + ZONES + "mandate: {attribution: false}\n" + TERM)
    ids = {judged(silent, reports({**MISSION, "actor": who})).incidents["incident"][0] for who in ("A", "B", None)}
    assert len(ids) == 1


def test_a_term_that_does_not_bind_in_one_reading_is_disputed_where_another_finds_a_breach(tmp_path: Path) -> None:
    two = agreement(tmp_path, HEAD + "readings:\n  one: {}\n  other: {terms.fire.binds: [B]}\n" + ZONES + TERM)
    found = words(judged(two, reports(MISSION)))
    assert found[("fire", "A", "one")] == "breached"
    assert found[("fire", "A", "other")] == "not_in_force"
    assert found[("fire", "A", None)] == "disputed"


def test_one_file_under_two_names_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text(HEAD + ZONES + TERM, encoding="utf-8")
    line = "report_id,source,start,act\nR1,a,2025-03-20T10:00Z,missile\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(line, encoding="utf-8")
    run = verify_files(tmp_path / "agreement.yaml", [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert run.reports == 1
    assert any("the same as" in file.reader for file in run.ingest.files)


def test_far_parts_of_a_place_cost_no_memory(tmp_path: Path) -> None:
    apart = agreement(
        tmp_path,
        HEAD
        + "places:\n  x: {at: [48, 20], radius: 1 km}\n  y: {at: [48, 60], radius: 1 km}\n  disc: {any_of: [x, y]}\n"
        + TERM,
    )
    run = judged(apart, pl.DataFrame(schema=reports({}).schema), WATCHED)
    assert {v.coverage for v in run.verdicts} == {0.99}


def test_nothing_is_disputed_where_no_reading_clears(tmp_path: Path) -> None:
    two = agreement(tmp_path, HEAD + "readings:\n  one: {}\n  other: {terms.fire.forbid.in: box}\n" + ZONES + TERM)
    found = words(judged(two, reports({**MISSION, "lat": 48.0, "lon": 36.8})))
    assert [found[("fire", "A", reading)] for reading in ("one", "other")] == ["breached", "undetermined"]
    assert found[("fire", "A", None)] == "undetermined"


def test_a_reading_that_was_entered_after_the_act_it_bears_on_is_told(tmp_path: Path) -> None:
    late = "{of: A, since: 2025-03-25, terms.fire.binds: [B]}"
    two = agreement(tmp_path, HEAD + f"readings:\n  one: {{of: [B]}}\n  other: {late}\n" + ZONES + TERM)
    (whole,) = [v for v in judged(two, reports(MISSION)).verdicts if (v.party, v.reading) == ("A", None)]
    told = {step.rule: step for step in whole.steps}
    assert "other (of Aland, since 25 March 2025" in told["entered_later"].text
    assert len(told["entered_later"].uses) == 1
    early = agreement(
        tmp_path, HEAD + f"readings:\n  one: {{}}\n  other: {late.replace('-25', '-01')}\n" + ZONES + TERM
    )
    (whole,) = [v for v in judged(early, reports(MISSION)).verdicts if (v.party, v.reading) == ("A", None)]
    assert "entered_later" not in {step.rule for step in whole.steps}


def test_no_two_names_are_one_origin_and_no_two_spellings_are_two() -> None:
    names = pl.Series(
        "name", [f"source {n}" for n in range(50_000)] + ["NASA FIRMS", "1242183200", "nasa  firms", None]
    )
    numbers = Names().numbers(names)
    assert numbers.n_unique() == 50_003  # the two spellings share one, and who is not named has none
    assert numbers[50_000] == numbers[50_002]
    assert numbers.null_count() == 1


@pytest.mark.parametrize("stance", ["retracts", "asserts"])
def test_no_name_that_is_made_up_counts_as_another_origin(text: Agreement, stance: str) -> None:
    satellite = {**SEEN, "source": "NASA FIRMS"}
    stranger = {"source": "1242183200", "kind": "claim", "stance": stance, "incident_id": "I"}
    run = judged(text, reports(satellite, stranger))
    assert words(run)[("fire", "A", None)] == "breached"
    assert run.incidents["origins"].to_list() == [1 + (stance == "asserts")]


def test_keys_that_meet_by_chance_are_drawn_anew(text: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**SEEN, "incident_id": name, "source": name} for name in ("I", "J", "K")]
    plain, drawn = judged_with_grounds(text, reports(*rows)), []
    of_incident = Keys.of_incident

    def meets(keys: Keys, incident_id: pl.Expr) -> pl.Expr:
        if keys.seeds not in drawn:
            drawn.append(keys.seeds)
        return of_incident(
            keys, pl.when(incident_id.is_not_null()).then(pl.lit("I")) if len(drawn) < 3 else incident_id
        )

    monkeypatch.setattr(Keys, "of_incident", meets)
    again = judged_with_grounds(text, reports(*rows))
    assert len(drawn) == 3
    assert again.incidents.equals(plain.incidents)
    assert again.verdicts == plain.verdicts


ELSEWHERE = {"lat": 48.15, "lon": 37.0}  # 17 km away
TWO_DAYS_LATER = {"start": instant("03-22 12:00"), "end": instant("03-22 12:00")}
OTHER = {**SEEN, "source": "Second mission"}


@pytest.mark.parametrize("apart", [ELSEWHERE, TWO_DAYS_LATER])
def test_one_number_of_two_bodies_is_two_incidents(text: Agreement, apart: dict[str, Any]) -> None:
    denial = {**OTHER, "actor": None, "stance": "denies", **apart}
    near = {column: value for column, value in denial.items() if column not in apart}
    assert of_a(text, SEEN, near) == "undetermined", "who denies the same event contests it"
    run = judged(text, reports(SEEN, denial))
    assert words(run)[("fire", "A", None)] == "breached"
    (note,) = run.ingest.notes
    assert "reports under the id I that cannot be one event with what Mission reports under it" in note
    assert "judged as I (Second mission)" in note
    both = judged(text, reports(SEEN, {**OTHER, **apart}))
    assert both.incidents["incident"].to_list() == ["I", "I (Second mission)"]


def test_a_vague_report_of_a_party_bridges_no_two_observations_of_one_number(text: Agreement) -> None:
    vague = {**PRESS_B, "incident_id": "I", "precision_m": 60_000.0, "end": instant("03-24")}
    for rows in ([SEEN, {**OTHER, **ELSEWHERE}, vague], [vague, {**OTHER, **TWO_DAYS_LATER}, SEEN]):
        found = judged(text, reports(*rows)).incidents
        assert found.select("incident", "reports").rows() == [("I", 2), ("I (Second mission)", 1)]


def test_reports_of_many_sources_that_agree_stay_under_the_number_of_who_coded_them(text: Agreement) -> None:
    rows = [{**SEEN, "source": f"S{n}", "lat": 48.0 + n / 1000, "start": instant(f"03-20 1{n}:00")} for n in range(4)]
    rows = [{**row, "end": row["start"]} for row in rows]
    assert judged(text, reports(*rows, {**SEEN, "lat": None, "lon": None})).incidents["origins"].to_list() == [5]


def test_what_one_body_tells_under_its_own_number_in_many_rows_stays_one(text: Agreement) -> None:
    rows = [{**SEEN, "start": instant(f"03-{d}"), "end": instant(f"03-{d}")} for d in (20, 23, 28)]
    acknowledged = {**OTHER, "start": instant("03-28"), "end": instant("03-28")}
    assert judged(text, reports(*rows, acknowledged)).incidents.height == 1


def test_who_numbers_an_incident_as_a_part_would_be_called_joins_no_part(text: Agreement) -> None:
    namesake = {**PRESS_B, "incident_id": "I (Second mission)", **ELSEWHERE}
    found = judged(text, reports(SEEN, {**OTHER, **ELSEWHERE}, namesake)).incidents
    assert found["incident"].to_list() == ["I", "I (Second mission)", "I (Second mission) *"]


def test_no_party_takes_over_the_decisions_on_a_number_by_using_it_first(text: Agreement) -> None:
    claim = {**PRESS_B, "incident_id": "I", "known_at": instant("03-20 01:00")}
    later = {**SEEN, **TWO_DAYS_LATER, "known_at": instant("03-23")}
    at = instant("03-24")
    step = Decision("d", "step", ("I",), "Chair", at, at, "why", {"incident": "I", "step": "tasked"})
    run = judged(text, reports(claim, later), decisions=[step])
    (life,) = run.decided.lives
    assert run.members.filter(pl.col("incident") == life.incident)["origin"].to_list() == ["Mission"]


def test_a_decision_on_a_number_that_was_parted_is_about_what_was_known_then(text: Agreement) -> None:
    claim = {**PRESS_B, "incident_id": "I", "known_at": instant("03-21")}
    later = {**SEEN, **TWO_DAYS_LATER, "known_at": instant("03-23")}
    at = instant("03-22")
    step = Decision("d", "step", ("I",), "Chair", at, at, "why", {"incident": "I", "step": "tasked"})
    table = reports(claim, later)
    undated = table.with_columns(known_at=pl.when(pl.col("source") == "Mission").then("known_at"))
    for rows in (table, undated):
        (life,) = judged(text, rows, decisions=[step]).decided.lives
        assert life.incident == "I (Press B)"


TRUCE = """agreement: harbour
title: Harbour
timezone: UTC
signed: 2025-02-01
parties: {R: Redland, T: Tealand}
bodies: {Panel: Panel}
in_force: {from: 2025-02-01, until: 2025-05-31}
places: {quay: {at: [48.0, 37.0], radius: 20 km}}
terms:
  leave: {text: x, require: {act: withdrawal, in: quay}, deadline: 2025-03-15, binds: [R]}
  fire: {text: x, forbid: {act: shelling, in: quay}}
  guns: {text: x, limit: {what: {weapon: artillery, in: quay}, to: 4}, binds: [R]}
"""
AT_THE_QUAY = {
    "source": "Mission", "side": "none", "reliability": "A", "kind": "observation", "start": "2025-03-20T10:00Z", "lat": "48", "lon": "37",
    "precision_km": "0.2", "act": "shelling", "actor": "R",
}  # fmt: skip


def at_the_quay(
    tmp_path: Path, *rows: dict[str, str], register: str = ""
) -> dict[tuple[str, str | None, str | None], str]:
    """The verdicts on reports without a register, or with one."""
    (tmp_path / "a.yaml").write_text(TRUCE, encoding="utf-8")
    table = [{"report_id": f"r{n}", **AT_THE_QUAY, **row} for n, row in enumerate(rows)]
    pl.DataFrame([{**dict.fromkeys({c for r in table for c in r}), **r} for r in table]).write_csv(tmp_path / "e.csv")
    if register:
        (tmp_path / "s.yaml").write_text(register, encoding="utf-8")
    evidence = [tmp_path / "e.csv", *([tmp_path / "s.yaml"] if register else [])]
    return words(verify_files(tmp_path / "a.yaml", evidence))


@pytest.mark.parametrize("incident", ["", "7"])
@pytest.mark.parametrize(
    "said", [{}, {"source": "R Radio", "side": "R"}, {"source": "Paper", "origin": "R Radio", "side": "R"}]
)
def test_nobody_undoes_a_refutation_by_saying_that_he_did_it(
    tmp_path: Path, incident: str, said: dict[str, str]
) -> None:
    deed = {"act": "withdrawal", "incident_id": incident}
    denied = {**deed, "stance": "denies", "start": "2025-03-16T10:00Z"}
    own = {
        **deed,
        "source": "Redland",
        "side": "R",
        "reliability": "",
        "kind": "claim",
        "start": "2025-03-16T10:00Z",
        **said,
    }
    assert at_the_quay(tmp_path, denied)["leave", "R", None] == "breached"
    assert at_the_quay(tmp_path, denied, own)["leave", "R", None] == "breached"


@pytest.mark.parametrize("name", ["R", "Redland", "REDLAND", "R\u0435dland"])
def test_a_party_under_its_own_name_is_no_observer_without_a_register_either(tmp_path: Path, name: str) -> None:
    against = {"source": name, "actor": "T"}
    assert at_the_quay(tmp_path, against)["fire", "T", None] == "undetermined"
    denies = {"source": name, "stance": "denies", "actor": ""}
    assert at_the_quay(tmp_path, {"incident_id": "7"}, {**denies, "incident_id": "7"})["fire", "R", None] == "breached"
    deed = {"source": name, "act": "withdrawal", "start": "2025-03-01T10:00Z"}
    assert at_the_quay(tmp_path, deed)["leave", "R", None] != "complied"


def test_who_gives_no_number_takes_none_from_those_who_do(tmp_path: Path) -> None:
    guns = {"act": "military_presence", "weapon": "howitzer", "incident_id": "G"}
    nine = {**guns, "quantity": "9"}
    assert at_the_quay(tmp_path, nine, {**guns, "source": "Clinic"})["guns", "R", None] == "breached"
    admitted = {**nine, "source": "Redland", "side": "R", "reliability": "", "kind": "claim"}
    assert at_the_quay(tmp_path, guns, admitted)["guns", "R", None] == "breached"
    accused = {**nine, "source": "Tealand", "side": "T", "reliability": "", "kind": "claim"}
    assert at_the_quay(tmp_path, guns, accused)["guns", "R", None] != "breached", "an accuser's number is its own"


def test_a_body_may_report_under_its_own_name_without_a_side(tmp_path: Path) -> None:
    register = "sources:\n  Panel: {side: none, reliability: A}\n"
    assert at_the_quay(tmp_path, {"source": "Panel"}, register=register)["fire", "R", None] == "breached"


UNNAMED = HEAD + ZONES + "mandate: {attribution: false STANDARD}\n" + TERM
CONFESSED: dict[str, Any] = {"source": "Staff A", "side": "A", "speaks_for": "A", "actor": "A", "incident_id": "I"}


@pytest.mark.parametrize(
    ("standard", "rows", "verdict"),
    [
        ("", [CONFESSED], "breached"),
        ("", [CONFESSED, {**CONFESSED, "stance": "retracts"}], "undetermined"),
        ("", [CONFESSED, {**MISSION, "stance": "denies", "incident_id": "I"}], "undetermined"),
        (", standard: clear_and_convincing", [CONFESSED], "undetermined"),
        ("", [{**CONFESSED, "imputation": "private"}], "complied"),
        ("", [{**CONFESSED, "speaks_for": None}], "complied"),
        ("", [{**CONFESSED, "source": "Staff B", "side": "B", "speaks_for": "B"}], "complied"),
    ],
)
def test_no_watch_answers_what_a_party_admits_where_nobody_may_be_named(
    tmp_path: Path, standard: str, rows: list[dict[str, Any]], verdict: str
) -> None:
    made = agreement(tmp_path, UNNAMED.replace(" STANDARD", standard))
    found = judged(made, reports(*rows), WATCHED)
    assert words(found)[("fire", None, None)] == verdict
    said = " ".join(step.text for v in found.verdicts for step in v.steps)
    assert "Staff A" not in said
