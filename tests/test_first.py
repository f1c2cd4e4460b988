"""Who is said to have broken it first, and by whom: sayings, the earliest of each voice, articles and tables together; nobody's side is taken."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from servanda.app.first import FirstResult, who_first
from servanda.cli.main import main
from servanda.engine import SerialEngine
from servanda.errors import EvidenceError, ServandaError
from servanda.incidents.lineage.earliest import earliest_of, times_to
from servanda.report.first_page import first_data, first_page
from servanda.statements import People, TopicMatcher, accusations, documents_of, english, statements_of
from servanda.statements.accusations import days_named
from servanda.values.time import Interval

ROOT = Path(__file__).resolve().parents[1]
ENERGY, EASTER = (ROOT / "cases" / f"{name}-truce-2025" for name in ("energy", "easter"))
TRUCE = """agreement: plain-truce
title: Truce on the plain
timezone: UTC
parties: {A: Aland, B: Bland}
in_force: {from: 2031-05-01T12:00, for: 30 days}
readings:
  early: {}
  late: {in_force.from: 2031-05-03}
terms:
  fire: {text: No attacks on anybody., forbid: {act: attack}, binds: [A, B]}
"""
BASE = {
    "source": "Herald", "origin": "Army of A", "side": "A", "actor": "B", "stance": "asserts", "kind": "claim", "act": "shelling", "lat": 48.0, "lon": 37.0, "precision_km": 1.0,
    "place_name": "Hollin", "start": "2031-05-02T10:00Z", "end": "2031-05-02T11:00Z", "known_at": "2031-05-02T20:00Z", "incident_id": None, "via": None, "shows": None, "answers": None,
    "summary": None,
}  # fmt: skip


def table(*rows: dict[str, object]) -> pl.DataFrame:
    """Reports with what matters given, the rest as in :data:`BASE`."""
    whole = [{"report_id": f"r{n}", **BASE, **row} for n, row in enumerate(rows)]
    return pl.DataFrame(whole, infer_schema_length=None)


@pytest.fixture(scope="module")
def truce(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truce") / "truce.yaml"
    path.write_text(TRUCE, encoding="utf-8")
    return path


def kinds(result: FirstResult) -> list[tuple[str, str | None, str | None]]:
    """Kind, side and accused of every saying, in order."""
    return result.first.told.select("kind", "side", "accused").rows()


def voice(result: FirstResult, name: str, side: str = "", reading: int = 0) -> list[str]:
    """The speakers of the earliest of a voice."""
    one = next(e for e in result.first.readings[reading].earliest if (e.voice, e.side) == (name, side))
    speaker = dict(result.first.told.select("claim", "speaker").iter_rows())
    return sorted(speaker[c] for c in one.claims)


def test_one_saying_is_one_row_however_many_relay_it() -> None:
    rows = [{"source": name, "via": f"{name} < Army of A"} for name in ("Herald", "Post", "Times")]
    told = who_first([table(*rows)]).first.told
    assert told.height == 1
    assert told["relays"].item() == "Herald < Army of A | Post < Army of A | Times < Army of A"


def test_the_nearest_words_known_first_say_when_it_was_and_a_later_relay_moves_nothing() -> None:
    first = {"source": "Post", "incident_id": "1"}
    moved = {
        "incident_id": "1",
        "start": "2031-05-02T08:00Z",
        "end": "2031-05-02T08:30Z",
        "known_at": "2031-05-04T20:00Z",
    }
    told = who_first([table(first, moved)]).first.told
    assert told.select("start", "differ").rows() == [(datetime(2031, 5, 2, 10, tzinfo=UTC), 1)]
    own = moved | {"source": "Army of A"}
    assert who_first([table(first, own)]).first.told["start"].item() == datetime(2031, 5, 2, 8, tzinfo=UTC)


def test_a_denial_that_names_somebody_else_is_a_denial_and_an_accusation() -> None:
    accused = {"incident_id": "1"}
    denial = {
        "incident_id": "1",
        "origin": "Ministry of B",
        "source": "Post",
        "side": "B",
        "actor": "A",
        "stance": "denies",
    }
    result = who_first([table(accused, denial)])
    assert sorted(kinds(result), key=str) == [("accuses", "A", "B"), ("accuses", "B", "A"), ("denies", "B", None)]
    answers = {
        row["side"]: row["answer"] for row in result.first.told.iter_rows(named=True) if row["kind"] == "accuses"
    }
    assert (
        answers["A"]
        == "denied by Ministry of B (2031-05-02) | answered with an accusation by Ministry of B (2031-05-02)"
    )
    assert answers["B"] == "answered with an accusation by Army of A (2031-05-02)"


def test_an_answer_without_an_id_is_found_by_fusion() -> None:
    denial = {"origin": "Ministry of B", "source": "Ministry of B", "side": "B", "actor": None, "stance": "denies"}
    told = who_first([table({}, denial)]).first.told
    assert told.filter(pl.col("kind") == "accuses")["answer"].item() == "denied by Ministry of B (2031-05-02)"


def test_an_admission_is_the_accuseds_own_word_and_says_what_it_pleads() -> None:
    admission = {"incident_id": "1", "origin": "B", "source": "B", "side": "B", "shows": "fired_upon"}
    result = who_first([table({"incident_id": "1"}, admission)])
    told = result.first.told.filter(pl.col("kind") == "accuses")
    assert told["answer"].item() == "admitted by B (2031-05-02, pleads fired_upon)"
    assert voice(result, "admitted", "B") == ["B"]


def test_what_was_taken_back_is_told_and_is_no_earliest() -> None:
    back = {"incident_id": "1", "stance": "retracts", "known_at": "2031-05-03T20:00Z"}
    result = who_first([table({"incident_id": "1"}, back)])
    assert result.first.told.select("kind", "taken_back").rows() == [("accuses", True), ("takes back", False)]
    assert voice(result, "claimed", "A") == []


def test_the_earliest_is_a_set_where_times_overlap_and_neither_side_comes_first() -> None:
    early = {
        "start": "2031-05-02T08:00Z",
        "end": "2031-05-02T10:30Z",
        "origin": "Navy of A",
        "place_name": "Brask",
        "lat": 49.0,
    }
    late = {
        "start": "2031-05-02T12:00Z",
        "end": "2031-05-02T13:00Z",
        "origin": "Air force of A",
        "place_name": "Dorn",
        "lat": 50.0,
    }
    other = {
        "origin": "Ministry of B",
        "side": "B",
        "actor": "A",
        "start": "2031-05-02T10:20Z",
        "end": "2031-05-02T12:00Z",
        "lat": 51.0,
    }
    result = who_first([table({}, early, late, other)])
    assert voice(result, "claimed", "A") == ["Army of A", "Navy of A"]
    assert [o.relation for o in result.first.readings[0].orders] == ["not earlier"]
    page = first_page(result.first)
    assert (
        "The earliest claimed by A and the earliest claimed by B: the times overlap, so that neither is earlier."
        in page
    )


def test_a_time_that_ends_before_another_begins_is_earlier_and_that_is_no_finding() -> None:
    other = {
        "origin": "Ministry of B",
        "side": "B",
        "actor": "A",
        "start": "2031-05-02T18:00Z",
        "end": "2031-05-02T19:00Z",
        "lat": 51.0,
    }
    result = who_first([table({}, other)])
    (order,) = first_data(result.first)["readings"][0]["order"]
    assert order == {
        "of": "claimed A",
        "to": "claimed B",
        "relation": "earlier",
        "words": "The earliest claimed by A lies before the earliest claimed by B by 7 hours at least, by the times that are claimed; that is no finding.",
    }


def test_what_is_before_and_after_the_start_is_marked_for_each_reading(truce: Path) -> None:
    before = {"start": "2031-05-01T08:00Z", "end": "2031-05-01T09:00Z", "origin": "Navy of A", "lat": 49.0}
    doubtful = {"start": "2031-05-01T11:00Z", "end": "2031-05-01T13:00Z", "origin": "Air force of A", "lat": 50.0}
    result = who_first([table({}, before, doubtful)], truce)
    assert result.first.told["in_force"].to_list() == [
        "early: before the start; late: before the start",
        "early: perhaps in force; late: before the start",
        "early: in force; late: before the start",
    ]
    # what is perhaps in force is among the earliest, and shows nothing else to be later
    assert voice(result, "claimed", "A") == ["Air force of A", "Army of A"]
    assert voice(result, "claimed", "A", reading=1) == []


def test_an_act_that_no_term_forbids_is_told_and_is_no_earliest(truce: Path) -> None:
    other = {"act": "overflight", "origin": "Navy of A", "start": "2031-05-01T13:00Z", "end": "2031-05-01T14:00Z"}
    result = who_first([table({}, other)], truce)
    assert result.first.told.select("act", "terms").rows() == [("overflight", None), ("shelling", "fire")]
    assert voice(result, "claimed", "A") == ["Army of A"]


def test_a_fire_that_was_seen_counts_where_somebody_is_accused_of_it(truce: Path) -> None:
    fire = {
        "origin": "Satellite",
        "source": "Satellite",
        "side": "none",
        "kind": "observation",
        "act": "fire",
        "actor": None,
        "incident_id": "1",
    }
    assert voice(who_first([table(fire, {"incident_id": "1"})], truce), "seen") == ["Satellite"]
    assert voice(who_first([table(fire)], truce), "seen") == []


def test_published_counts_and_general_statements_date_no_act(tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "figure_id,claimant,side,against,count,unit,start,end,known_at,stance\n"
        "f1,Ministry of A,A,B,12,shellings,2031-05-01T00:00Z,2031-05-09T00:00Z,2031-05-09,asserts\n"
        "f2,Ministry of B,B,A,0,shellings,2031-05-01T00:00Z,2031-05-09T00:00Z,2031-05-09,asserts\n",
        encoding="utf-8",
    )
    result = who_first([figures, table({})])
    told = result.first.told.filter(pl.col("from") == "count").sort("kind")
    assert told.select("kind", "accused", "words").rows() == [
        ("accuses", "B", "12 shellings"),
        ("denies", None, "0 shellings"),
    ]
    one = result.first.readings[0].earliest[0]
    assert (one.counts, voice(result, "claimed", "A")) == (1, ["Army of A"])


def test_a_warning_is_no_act_and_is_counted() -> None:
    warning = {"act": "air_raid_alert", "side": "none", "kind": "observation", "actor": None, "origin": "Feed"}
    result = who_first([table({}, warning)])
    assert result.first.told.height == 1
    assert result.first.left == {"warnings, which are no acts": 1}


def test_who_keeps_an_agreement_is_not_said_to_have_broken_it_first(truce: Path) -> None:
    came = {
        "act": "delivery",
        "side": "none",
        "kind": "observation",
        "origin": "Mission",
        "incident_id": "D",
        "start": "2031-05-01T06:00:00Z",
    }
    rows = table({}, came)
    told = who_first([rows]).first
    assert told.left == {"deeds that keep an agreement, as a delivery": 1}
    assert told.told.height == 1
    assert who_first([rows], truce).first.told.height == 2


def test_as_of_an_instant_is_what_was_known_by_then() -> None:
    later = {"origin": "Navy of A", "lat": 49.0, "known_at": "2031-05-09T20:00Z"}
    then = who_first([table({}, later)], as_of="2031-05-05T00:00Z").first
    assert then.told.equals(who_first([table({})]).first.told)
    undated = {"origin": "Navy of A", "lat": 49.0, "known_at": None}
    left = who_first([table({}, undated)], as_of="2031-05-05T00:00Z").first.left
    assert left == {"reports that do not say when they became known": 1}


ONE = SerialEngine()
HOUR = st.integers(0, 60)
ORIGINS = [("Army of A", "A"), ("Ministry of A", "A"), ("Army of B", "B"), ("Ministry of B", "B"), ("Mission", "none")]
REPORTS = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.sampled_from(ORIGINS),
            "actor": st.sampled_from(["A", "B", None]),
            "stance": st.sampled_from(["asserts", "asserts", "denies", "retracts"]),
            "kind": st.sampled_from(["claim", "observation"]),
            "incident_id": st.sampled_from(["1", "2", None]),
            "start": HOUR,
            "length": st.integers(0, 30),
            "known": HOUR,
        }
    ),
    min_size=1,
    max_size=6,
)
SETTINGS = settings(
    max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)


def exchanged(text: str) -> str:
    return re.sub(r"\b[AB]\b", lambda m: {"A": "B", "B": "A"}[m[0]], text)


def drawn(reports: list[dict[str, object]], *, swapped: bool = False) -> pl.DataFrame:
    def named(name: object) -> object:
        return exchanged(name) if swapped and isinstance(name, str) else name

    def at(hours: object) -> str:
        assert isinstance(hours, int)
        return (datetime(2031, 5, 1, tzinfo=UTC) + timedelta(hours=hours)).isoformat()

    rows = []
    for one in reports:
        (origin, side), start, length = one["who"], one["start"], one["length"]
        assert isinstance(start, int)
        assert isinstance(length, int)
        said = {
            "origin": named(origin),
            "source": named(origin),
            "side": side if side == "none" else named(side),
            "actor": named(one["actor"]),
        }
        when = {"start": at(start), "end": at(start + length), "known_at": at(one["known"])}
        rows.append({**said, **when, **{c: one[c] for c in ("stance", "kind", "incident_id")}})
    return table(*rows)


@pytest.fixture(scope="module")
def other_truce(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truce") / "truce.yaml"
    path.write_text(TRUCE.replace("{A: Aland, B: Bland}", "{B: Aland, A: Bland}"), encoding="utf-8")
    return path


@SETTINGS
@given(REPORTS)
def test_exchanging_the_parties_names_exchanges_the_table(
    truce: Path, other_truce: Path, reports: list[dict[str, object]]
) -> None:
    def told(result: FirstResult, *, swapped: bool) -> tuple[set[str], list[object]]:
        def named(text: str) -> str:
            return exchanged(text) if swapped else text

        columns = [c for c in result.first.told.columns if c not in {"incident", "claim"}]
        rows = {named(repr(row)) for row in result.first.told.select(columns).iter_rows()}
        earliest = [
            (named(e.side), e.voice, e.start, e.end, len(e.claims), e.of)
            for r in result.first.readings
            for e in r.earliest
        ]
        return rows, sorted(earliest, key=repr)

    as_given = told(who_first([drawn(reports)], truce, engine=ONE), swapped=False)
    rows, earliest = told(who_first([drawn(reports, swapped=True)], other_truce, engine=ONE), swapped=True)
    assert (rows, earliest) == as_given


@SETTINGS
@given(REPORTS, st.data())
def test_a_relay_of_what_is_said_makes_no_new_saying(reports: list[dict[str, object]], data: st.DataObject) -> None:
    given_ = drawn(reports)
    copied = data.draw(st.integers(0, given_.height - 1))
    # with ids: of reports without one fusion may put others together when it knows more
    plain = given_.with_columns(kind=pl.lit("claim"), incident_id=pl.col("incident_id").fill_null("3"))
    relay = plain[copied].with_columns(
        source=pl.lit("Gazette"), report_id=pl.lit("relay"), known_at=pl.lit("2031-06-01T00:00Z")
    )
    before, after = (who_first([t], engine=ONE).first for t in (plain, pl.concat([plain, relay])))
    kept = [c for c in before.told.columns if c not in ("relays", "relayed", "differ")]
    assert before.told.select(kept).equals(after.told.select(kept))
    assert before.readings == after.readings


def test_an_instant_is_not_earlier_than_what_may_have_been_at_that_instant() -> None:
    noon = datetime(2031, 5, 2, 12, tzinfo=UTC)
    rows = pl.DataFrame(
        {
            "claim": ["C1", "C2", "C3"],
            "from": "report",
            "start": [noon, noon, noon - timedelta(hours=1)],
            "end": [noon, noon + timedelta(hours=1), noon],
        }
    )
    lying = rows.with_columns(lies=times_to(rows, Interval(None, None)))
    assert earliest_of(lying.filter(pl.col("claim") != "C3"), "claimed", "A", None).claims == ("C1", "C2")
    assert earliest_of(lying, "claimed", "A", None).claims == ("C3",)
    assert times_to(rows, Interval(noon, None)).to_list() == ["in force", "in force", "before the start"]
    assert times_to(rows, Interval(None, noon)).to_list() == ["after the end", "after the end", "in force"]


ARTICLE = """Aland and Bland trade blame

20 March 2025

Ukraine's General Staff said on Thursday that Russian troops had shelled the village of Hollin on Wednesday night. Russia's defence ministry rejected the accusation and accused Ukraine of attacking a convoy near Brask on 18 March.

Ukrainian Foreign Minister Andrii Petrenko admitted that Ukrainian drones had hit a depot. Ukraine's president warned that his army would strike back.

Russian officials said that Ukraine had violated the ceasefire nine times since Tuesday. "Russia is violating the truce," a spokesman for the Ukrainian army told Reuters.
"""


def found(text: str) -> list[tuple[str, str, str, str]]:
    """Kind, speaker, of whom, and the days, of the accusations of a text."""
    (document,) = documents_of("a", text)
    people = People.known([document.text])
    several = accusations(document, statements_of(document, people, TopicMatcher.all()), people)
    days = ["" if a.days is None else f"{a.days[0]:%d}-{a.days[1]:%d}" for a in several]
    return [(a.kind, a.statement.speaker, a.of, day) for a, day in zip(several, days, strict=True)]


def test_articles_tell_accusations_admissions_and_denials_with_their_speaker_and_days() -> None:
    assert found(ARTICLE) == [
        ("accuses", "Ukraine's General Staff", "RU", "19-20"),
        ("denies", "Russia's defence ministry", "RU", ""),
        ("accuses", "Russia's defence ministry", "UA", "18-18"),
        ("admits", "Andrii Petrenko", "UA", ""),
        ("accuses", "Russian officials", "UA", "18-20"),
        ("accuses", "spokesman for the Ukrainian army", "RU", ""),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ukraine's army said that Russia could attack again.",
        "Ukraine's army said Russian drones were shot down over Brask.",
        "Ukraine's army demanded that Russia stop shelling Hollin.",
        "Ukraine's army warned Russia against an attack on Hollin.",
        "Ukraine's army said Russia had not attacked Hollin.",
        "Ukraine's army said a shell had hit the school, without naming anybody.",
        "Ukraine's army said that it repelled a Russian assault near Hollin.",
    ],
)
def test_what_is_feared_foiled_denied_of_another_or_nobodys_is_no_accusation(sentence: str) -> None:
    assert found(f"{sentence} The talks go on tomorrow in Geneva.") == []


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("hit on 18 March", 18, 18),
        ("hit on March 18, 2025", 18, 18),
        ("hit on Tuesday night", 18, 19),
        ("hit overnight", 19, 20),
        ("hit yesterday", 19, 19),
        ("nine times since Tuesday", 18, 20),
        ("hit on 2025-03-17", 17, 17),
    ],
)
def test_the_days_that_words_name(words: str, first: int, last: int) -> None:
    assert days_named(words, date(2025, 3, 20)) == (date(2025, 3, first), date(2025, 3, last))


def test_what_names_no_day_is_told_without_a_time_and_may_be_earlier_than_all(tmp_path: Path) -> None:
    article = tmp_path / "herald.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    result = who_first([article])
    one = next(e for e in result.first.readings[0].earliest if (e.voice, e.side) == ("claimed", "UA"))
    assert one.untold == 1
    assert "1 more does not say when; any of these may be earlier." in first_page(result.first)


def test_a_denial_answers_the_accusation_before_it_in_its_article(tmp_path: Path) -> None:
    article = tmp_path / "herald.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    told = who_first([article]).first.told
    by_staff = told.filter(pl.col("speaker") == "Ukraine's General Staff")
    assert (
        by_staff.select("words", "answer").rows()
        == [
            (
                "on Thursday that Russian troops had shelled Hollin on Wednesday night",
                "denied by Russia's defence ministry (2025-03-20)",
            )
        ]
        or by_staff["answer"].item() == "denied by Russia's defence ministry (2025-03-20)"
    )


def test_an_article_that_tells_of_what_a_table_has_is_one_more_relay(tmp_path: Path) -> None:
    article = tmp_path / "herald.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    when = {"start": "2025-03-19T20:00Z", "end": "2025-03-19T23:00Z", "known_at": "2025-03-20T06:00Z"}
    row = {**when, "origin": "General Staff of Ukraine", "source": "Post", "side": "UA", "actor": "RU"}
    told = who_first([table(row), article]).first.told
    mine = told.filter(pl.col("act") == "shelling")
    assert mine.height == 1
    assert mine["relays"].item() == "Post < General Staff of Ukraine | herald < Ukraine's General Staff"


def test_an_article_in_another_language_is_told_and_not_read(tmp_path: Path) -> None:
    text = (
        "Das Ministerium sagte am Donnerstag, dass russische Truppen das Dorf Hollin in der Nacht beschossen hätten. "
        "Der Sprecher der Regierung wies die Vorwürfe zurück und sprach von einer Lüge, die niemand glauben werde."
    )
    assert not english(text)
    assert english(ARTICLE)
    article = tmp_path / "blatt.txt"
    article.write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError) as error:
        who_first([article])
    assert error.value.faults[0].code == "CLI018"
    assert "1 articles that are not in English" in str(error.value)


def test_where_nobody_accuses_anybody_that_is_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "sources.yaml"
    empty.write_text("sources: {Herald: {side: none}}\n", encoding="utf-8")
    assert main(["first", str(empty), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "nobody accuses, admits, denies or saw anything in it" in said
    assert not (tmp_path / "out").exists()


def test_rows_that_cannot_be_read_are_told_as_the_reason_why_nothing_is_there(tmp_path: Path) -> None:
    agreement, reports = tmp_path / "agreement.yaml", tmp_path / "reports.csv"
    agreement.write_text(TRUCE.replace("terms:", "places: {p: {polygon: [[20, 50], [21, 50], [21, 51]]}}\nterms:", 1))
    reports.write_text(
        "report_id,source,side,start,lat,lon,act,actor\n1,Army,A,2031-05-02T10:00Z,50.0,20.0,shelling,B\n"
    )
    with pytest.raises(ServandaError) as error:
        who_first([reports], agreement)
    assert "row 2: lat: lat and lon look swapped" in str(error.value.faults[0].hint)


def test_evidence_without_parties_says_that_nothing_can_be_told_apart() -> None:
    result = who_first([table({"side": None, "actor": None})])
    assert kinds(result) == [("reports", None, None)]
    assert "No source here has a side and nobody is accused" in first_page(result.first)


def test_a_mandate_that_names_no_authors_is_kept(tmp_path: Path) -> None:
    silent = tmp_path / "silent.yaml"
    silent.write_text(TRUCE.replace("terms:", "mandate: {attribution: false}\nterms:"), encoding="utf-8")
    with pytest.raises(ServandaError) as error:
        who_first([table({})], silent)
    assert error.value.faults[0].code == "CLI017"


def test_hostile_words_stay_words_and_the_page_asks_for_nothing() -> None:
    evil = "<script>alert(1)</script>"
    page = first_page(
        who_first([table({"origin": evil, "place_name": evil, "summary": evil, "via": f"x < {evil}"})]).first
    )
    assert "<script>" not in page
    assert re.search(r"default-src 'none'; img-src data:; style-src 'sha256-", page)


@pytest.fixture(scope="module")
def energy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first") / "out"
    evidence = map(str, sorted((ENERGY / "evidence").iterdir()))
    assert main(["first", *evidence, "--agreement", str(ENERGY / "agreement.yaml"), "--out", str(out)]) == 0
    return out


def test_the_energy_truce_has_no_first_breaker_in_either_reading(energy: Path) -> None:
    data = json.loads((energy / "first.json").read_text(encoding="utf-8"))
    with (energy / "first.csv").open(encoding="utf-8") as file:
        rows = {row["claim"]: row for row in csv.DictReader(file)}
    moscow, kyiv = data["readings"]
    told = [
        (e["voice"], e["side"], e["from"], e["until"], len(e["claims"]), e["counts"])
        for r in (moscow, kyiv)
        for e in r["earliest"]
        if e["claims"]
    ]
    assert told == [
        ("claimed", "RU", "2025-03-18T23:00:00+02:00", "2025-03-19T05:00:00+02:00", 2, 8),
        ("claimed", "UA", "2025-03-18T18:00:00+02:00", "2025-03-19T06:00:00+02:00", 6, 3),
        ("seen", None, "2025-03-20T22:22:00+02:00", "2025-03-20T22:22:00+02:00", 1, 0),
        ("reported", None, "2025-03-18T23:00:00+02:00", "2025-03-19T05:00:00+02:00", 1, 0),
        ("claimed", "RU", "2025-03-25T00:00:00+02:00", "2025-03-25T17:00:00+02:00", 2, 9),
        ("claimed", "UA", "2025-03-25T00:00:00+02:00", "2025-03-27T06:00:00+02:00", 8, 5),
    ]
    assert [r["order"][0]["relation"] for r in (moscow, kyiv)] == ["not earlier", "not earlier"]
    assert {rows[c]["speaker"] for c in moscow["earliest"][0]["claims"]} == {
        "Krasnodar regional authorities",
        "Russian MoD",
    }
    assert len(rows) == 186


def test_the_easter_truce_has_no_first_breaker() -> None:
    result = who_first(sorted((EASTER / "evidence").iterdir()), EASTER / "agreement.yaml")
    (reading,) = result.first.readings
    assert voice(result, "claimed", "UA") == ["Prokudin (Kherson OVA)", "Zelenskyy"]
    assert {(o.one.side, o.other.side): o.relation for o in reading.orders}["RU", "UA"] == "not earlier"
    assert result.first.left == {"warnings, which are no acts": 37}


def test_the_command_prints_the_earliest_and_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    evidence = [str(EASTER / "evidence" / f"{name}") for name in ("reports.csv", "sources.yaml")]
    assert main(["first", *evidence, "--agreement", str(EASTER / "agreement.yaml")]) == 0
    said = capsys.readouterr().out
    assert "Earliest claimed by Ukraine: between 19 Apr 2025 18:00 and 19 Apr 2025 18:30" in said
    assert "the times overlap, so that\n      neither is earlier." in said
    assert main(["first", *evidence, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == 2
