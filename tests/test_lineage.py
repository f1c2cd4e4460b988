"""Who first said it: roles, classes of relay, near-duplicate texts, independent origins, relays that disagree, estimated grades."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from servanda.cli.main import main
from servanda.evidence.model import REPORT
from servanda.incidents.lineage.grading import LETTERS
from servanda.incidents.lineage.origins import body
from servanda.incidents.lineage.relays import lineage, near_duplicates
from servanda.incidents.lineage.report import trace_lineage
from servanda.values.codes import STANDARD
from tests.build import examples

TRUCES = Path(__file__).resolve().parents[2] / "shared" / "data" / "truces-2025"
NOON = datetime(2031, 4, 1, 12, tzinfo=UTC)
BASE = {
    "file": "f.csv", "row": 1, "kind": "claim", "stance": "asserts", "side": "NL", "actor": "SL", "start": NOON, "end": NOON + timedelta(hours=1), "lat": 50.0, "lon": 10.0,
    "precision_m": 2_000.0, "place_name": "Hollin", "act": "shelling", "target": "substation", "known_at": NOON + timedelta(hours=2), "source": "Herald", "origin": "Northland MoD", "incident": "i1", "directness": 2,
}  # fmt: skip


def table(*rows: dict) -> pl.DataFrame:
    """Reports with what matters given, the rest as in :data:`BASE`."""
    full = [{"report_id": f"r{n}", **BASE, **row} for n, row in enumerate(rows)]
    schema = {**REPORT, "incident": pl.String()}
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in full], schema=schema, orient="row")


def of(*rows: dict):
    return trace_lineage(table(*rows), STANDARD)


def independent(*rows: dict) -> tuple[int, int, int]:
    """Independent origins, least and most, of the only incident."""
    ((_, n, least, most),) = of(*rows).counts.iter_rows()
    return n, least, most


@pytest.mark.parametrize(
    ("row", "role"),
    [
        ({}, "accuses"),
        ({"actor": "NL"}, "admits"),
        ({"actor": None}, "reports"),
        ({"stance": "denies"}, "denies"),
        ({"stance": "retracts"}, "retracts"),
        ({"side": "none", "kind": "observation", "actor": None}, "observes"),
        ({"side": "none", "stance": "confirms"}, "confirms"),
        ({"side": "none"}, "reports"),
    ],
)
def test_every_report_has_a_role(row: dict, role: str) -> None:
    assert of(row).reports["role"].to_list() == [role]


@pytest.mark.parametrize(
    ("row", "link"),
    [
        ({"source": "Northland MoD"}, "own words"),
        ({"via": "Herald < Reuters < Northland MoD"}, "newswire"),
        ({"via": "Herald/AFP < Northland MoD"}, "newswire"),
        ({"via": "told Reuters"}, "newswire"),
        ({"via": "Herald < Reuters"}, "newswire"),
        ({"via": "per AP"}, "newswire"),
        ({"via": "Herald → Reuters → Northland MoD"}, "newswire"),
        ({"via": "Northland MoD"}, "press office"),
        ({"via": "<<<"}, "press office"),
        ({"via": "Herald < Post < Northland MoD"}, "outlet to outlet"),
        ({"via": "Herald < Northland MoD"}, "press office"),
        ({"side": "none", "origin": "a farmer"}, "sole carrier"),
    ],
)
def test_the_last_step_of_a_relay_has_its_class(row: dict, link: str) -> None:
    assert of(row).reports["link"].to_list() == [link]


def test_an_origin_without_a_side_that_several_carry_is_a_common_source() -> None:
    rows = of({"side": "none", "origin": "a farmer"}, {"side": "none", "origin": "a farmer", "source": "Post"}).reports
    assert set(rows["link"]) == {"common source"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sybiha (Ukraine MFA)", "affairs foreign ministry"),
        ("Ukraine MFA", "affairs foreign ministry"),
        ("Russian MoD (Telegram)", "defence ministry"),
        ("Russian officials", ""),
        ("Ukrainian media", ""),
        ("Social media", ""),
        ("OSCE", "osce"),
        ("Ivanov (Kherson)", "ivanov"),
        ("Defense Ministry", "defence ministry"),
        ("Kohut (Poltava OVA)", "ova poltava"),
        ("Arab League", "arab league"),
    ],
)
def test_a_body_is_told_by_the_words_that_name_it(name: str, words: str) -> None:
    assert body(name) == words


def test_five_relays_are_one_origin_and_two_bodies_are_two() -> None:
    relays = [{"source": f"outlet {n}"} for n in range(5)]
    assert independent(*relays) == (1, 1, 1)
    assert independent(*relays, {"origin": "Hollin Grid Company", "side": "none"}) == (2, 2, 2)


def test_two_names_of_one_body_are_one_and_a_body_of_the_other_side_is_another() -> None:
    assert independent({"origin": "Lind (Northland MoD)"}, {"origin": "Northland MoD"})[0] == 1
    assert independent({"origin": "MoD", "side": "NL"}, {"origin": "MoD", "side": "SL", "actor": "NL"})[0] == 2


def test_officials_without_a_name_add_nothing_to_a_named_origin_of_their_side_and_are_one_alone() -> None:
    assert independent({"origin": "Northland MoD"}, {"origin": "officials"})[0] == 1
    assert independent({"origin": "officials"}, {"origin": "local media"})[0] == 1
    assert independent({"origin": "officials", "side": "NL"}, {"origin": "Hollin Grid Company", "side": "none"})[0] == 2


def test_a_denial_is_no_origin_of_what_it_denies() -> None:
    assert independent({}, {"origin": "Southland MoD", "side": "SL", "stance": "denies", "actor": None}) == (1, 1, 1)


def test_bodies_whose_texts_are_the_same_to_the_word_may_be_one() -> None:
    text = "Two drones hit the substation at Hollin before noon and set a transformer on fire"
    rows = ({"summary": text}, {"origin": "Vik governor", "summary": text, "known_at": NOON + timedelta(hours=3)})
    result = of(*rows)
    assert result.counts.row(0)[1:] == (2, 1, 2)
    copies = dict(result.origins.select("origin", "copies").iter_rows())
    assert copies == {"Northland MoD": None, "Vik governor": "Northland MoD"}


def test_the_reason_stands_beside_every_origin() -> None:
    result = of(
        {"origin": "Lind (Northland MoD)"},
        {"origin": "Northland MoD"},
        {"origin": "officials"},
        {"origin": "Southland MoD", "side": "SL", "stance": "denies"},
    )
    because = dict(result.origins.select("origin", "because").iter_rows())
    assert because["officials"] == "names no body, and its side has one that is named"
    assert because["Southland MoD"] == "no origin of it: denies"
    assert min(because["Lind (Northland MoD)"], because["Northland MoD"]) == "a body of its own"


def test_missions_and_monitors_are_bodies_of_their_own() -> None:
    rows = [
        {"origin": o, "side": "none", "kind": "observation", "actor": None}
        for o in ("OSCE", "UN", "Human Rights Watch")
    ]
    assert independent(*rows)[0] == 3


def test_services_of_one_state_that_share_a_word_are_not_one_body() -> None:
    rows = [
        {"origin": o}
        for o in (
            "Security Service of Northland",
            "State Emergency Service",
            "State Border Guard Service",
            "General Staff",
            "National Guard",
        )
    ]
    assert independent(*rows)[0] == 5
    assert independent({"origin": "Ivanov (Hollin)"}, {"origin": "Petrov (Hollin)"})[0] == 2
    assert independent({"origin": "Hollin officials"}, {"origin": "Hollin governor"})[0] == 1


def test_short_forms_of_a_ministry_are_that_ministry() -> None:
    rows = [{"origin": o} for o in ("Ministry of Defence", "Defense Ministry", "MoD", "Defence Min.")]
    assert independent(*rows)[0] == 1


def test_who_takes_it_back_is_no_origin_and_confirms_nobody() -> None:
    assert independent({}, {"stance": "retracts"})[0] == 0
    seen = {"origin": "Patrol", "side": "none", "kind": "observation", "actor": None}
    result = of({}, seen, {**seen, "stance": "retracts"})
    assert {
        r["origin"]: r["credibility_estimate"] for r in result.reports.iter_rows(named=True) if r["stance"] == "asserts"
    }["Northland MoD"] == "3"
    assert dict(result.sources.select("origin", "checked").iter_rows())["Northland MoD"] == 0


def test_a_chain_tells_who_said_it_where_the_row_does_not() -> None:
    rows = [
        {"source": "Daily X", "origin": "Daily X", "via": "Daily X < Reuters < Governor Lysak"},
        {"source": "Reuters", "origin": "Governor Lysak"},
        {"source": "Daily Y", "origin": "Daily Y", "via": "Daily Y < Governor Lysak"},
    ]
    assert independent(*rows)[0] == 1
    assert dict(of(*rows).reports.select("source", "link").iter_rows()) == {
        "Daily X": "newswire",
        "Reuters": "press office",
        "Daily Y": "press office",
    }


def test_a_name_is_on_one_side_where_some_rows_forget_to_say() -> None:
    assert (
        independent({"origin": "Lysak", "side": None}, {"origin": "Lysak"}, {"origin": "Lysak", "side": "none"})[0] == 1
    )


def test_bodies_of_one_name_on_two_sides_have_their_own_letters() -> None:
    rows = []
    for n in range(20):
        mission = {"incident": f"i{n}", "origin": "Mission", "side": "none", "actor": None}
        other = {**mission, "incident": f"j{n}"}
        rows += [{"incident": f"i{n}", "origin": "MoD"}, {**mission, "stance": "confirms"}]
        rows += [{"incident": f"j{n}", "origin": "MoD", "side": "SL", "actor": "NL"}, {**other, "stance": "denies"}]
    letters = {(r["origin"], r["side"]): r["estimate"] for r in of(*rows).sources.iter_rows(named=True)}
    assert (letters["MoD", "NL"], letters["MoD", "SL"]) == ("A", "E")


def test_nobody_confirms_himself_under_another_name() -> None:
    result = of(
        {"origin": "Mission", "side": "none", "actor": None},
        {"origin": "Mission press office", "side": "none", "stance": "confirms", "actor": None},
    )
    assert "1" not in result.reports["credibility_estimate"].to_list()


def test_thousands_of_relays_of_one_statement_are_compared_by_what_they_say() -> None:
    rows = [{"source": f"outlet {n}"} for n in range(20_000)] + [{"source": "odd", "target": "hospital"}]
    assert of(*rows).disagreements.select("source", "says", "others").rows() == [("odd", "hospital", 20_000)]


@given(st.permutations(range(6)))
@examples(40)
def test_the_order_of_reports_changes_nothing(order: list[int]) -> None:
    rows = [
        {"report_id": "a"}, {"report_id": "b", "source": "Post", "via": "Post < Reuters < Northland MoD"}, {"report_id": "c", "origin": "officials"},
        {"report_id": "d", "origin": "Lind (Northland MoD)", "summary": "one two three four five six seven"},
        {"report_id": "e", "origin": "Grid", "side": "none", "summary": "one two three four five six seven"}, {"report_id": "f", "stance": "denies", "side": "SL", "origin": "SL MoD"},
    ]  # fmt: skip
    first, again = of(*rows), of(*(rows[i] for i in order))
    for name in ("reports", "origins", "counts", "disagreements", "misassigned", "sources"):
        assert_frame_equal(getattr(first, name), getattr(again, name))


@given(st.integers(0, 5), st.integers(0, 5))
@examples(30)
def test_more_relays_and_repeats_change_no_count_of_independent_origins(relays: int, repeats: int) -> None:
    rows = [{}, {"origin": "Hollin Grid Company", "side": "none"}]
    more = [{"source": f"outlet {n}", "via": f"outlet {n} < Reuters < Northland MoD"} for n in range(relays)]
    assert independent(*rows, *more, *([{}] * repeats)) == independent(*rows)


@given(st.lists(st.lists(st.sampled_from("abcdefg"), min_size=4, max_size=12), min_size=2, max_size=12))
@examples(60)
def test_near_duplicates_are_those_of_the_definition(texts: list[list[str]]) -> None:
    lines = [" ".join(t) for t in texts]

    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[k : k + 3]) for k in range(len(words) - 2)}

    expected = {
        (i, j)
        for i in range(len(texts)) for j in range(i + 1, len(texts))
        if len(texts[i]) >= 6 and len(texts[j]) >= 6 and len(runs(texts[i]) & runs(texts[j])) >= 0.5 * len(runs(texts[i]) | runs(texts[j]))
    }  # fmt: skip
    found = near_duplicates(pl.Series(lines))
    by_pair = {(i, j) for i, j, _ in found.iter_rows()}
    assert by_pair <= expected
    # those that are the same to the word are tied to the first of them, and compared with others once
    text_of = {(lines[i], lines[j]) for i, j in by_pair} | {(lines[j], lines[i]) for i, j in by_pair}
    assert {(lines[i], lines[j]) for i, j in expected if lines[i] != lines[j]} <= text_of


@pytest.mark.parametrize(
    ("change", "what", "says"),
    [
        ({"start": NOON + timedelta(days=1), "end": NOON + timedelta(days=1, hours=1)}, "date", "2031-04-02 12:00Z"),
        ({"lat": 51.0, "place_name": "Vik"}, "place", "Vik"),
        ({"quantity": 8.0}, "number", "8.0"),
        ({"target": "hospital"}, "object", "hospital"),
        ({"actor": "NL"}, "author", "NL"),
    ],
)
def test_a_relay_that_differs_from_the_others_of_its_origin_is_told_and_kept(
    change: dict, what: str, says: str
) -> None:
    same = [{"source": "A", "quantity": 1.0}, {"source": "B", "quantity": 1.0}]
    odd = {"source": "C", "quantity": 1.0, **change}
    result = of(*same, odd)
    assert [(r["what"], r["source"], r["says"], r["others"]) for r in result.disagreements.iter_rows(named=True)] == [
        (what, "C", says, 2)
    ]
    assert result.reports.height == 3


def test_a_vaguer_word_is_no_disagreement() -> None:
    assert (
        of({"source": "A"}, {"source": "B", "target": "energy"}, {"source": "C", "target": None}).disagreements.height
        == 0
    )


def test_an_incident_that_may_have_strayed_is_told_and_never_merged() -> None:
    later = NOON + timedelta(days=1)
    rows = [{"source": s} for s in "ABC"] + [
        {"source": "D", "incident": "i2", "start": later, "end": later + timedelta(hours=1)}
    ]
    result = of(*rows)
    assert [(r[0], r[2], r[3]) for r in result.misassigned.iter_rows()] == [("i2", "i1", "date")]
    own = of(*rows[:3], {**rows[3], "source": "Northland MoD"})
    assert own.misassigned.height == 0, "what the origin itself says did not stray on the way"


def test_a_letter_comes_of_what_others_saw_and_a_digit_of_what_corroborates() -> None:
    rows = []
    for n in range(12):
        rows += [
            {"incident": f"i{n}"},
            {
                "incident": f"i{n}",
                "side": "none",
                "origin": "Mission",
                "source": "Mission",
                "kind": "observation",
                "actor": None,
            },
        ]
    rows += [
        {"incident": "j", "origin": "Vik governor"},
        {"incident": "j", "origin": "SL MoD", "side": "SL", "stance": "denies", "actor": None},
    ]
    rows += [
        {"incident": "k", "origin": "Vik governor"},
        {"incident": "k", "origin": "Mission", "side": "none", "stance": "denies", "actor": None},
    ]
    result = of(*rows)
    letters = {r["origin"]: r for r in result.sources.iter_rows(named=True)}
    assert letters["Northland MoD"]["estimate"] == "A"
    assert (letters["Northland MoD"]["checked"], letters["Northland MoD"]["supported"]) == (12, 12)
    assert letters["Vik governor"]["estimate"] == "F", "one check is no history"
    digits = {(r["incident"], r["origin"]): r["credibility_estimate"] for r in result.reports.iter_rows(named=True)}
    assert digits["i0", "Northland MoD"] == "1"
    assert digits["j", "Vik governor"] == "4"
    assert digits["k", "Vik governor"] == "5"
    assert digits["j", "SL MoD"] == "6"
    assert [name for name, _ in LETTERS] == list("ABCDE")


def test_an_estimate_is_read_by_nothing_that_judges() -> None:
    """What is estimated is written beside the evidence: no verdict, record or reader of evidence imports what makes it."""
    source = Path(__file__).resolve().parents[1] / "src" / "servanda"
    reading = [
        p for room in ("verdicts", "record", "evidence", "coverage") for p in sorted((source / room).rglob("*.py"))
    ]
    assert len(reading) > 30
    assert not [
        p.name for p in reading if re.search(r"incidents\.(?:grading|told|origins)", p.read_text(encoding="utf-8"))
    ]


def test_swapping_the_sides_swaps_roles_and_grades_and_nothing_else() -> None:
    rows = [
        {},
        {"origin": "SL MoD", "side": "SL", "actor": "NL", "incident": "i2"},
        {"side": "none", "origin": "Mission", "kind": "observation", "actor": None},
    ]
    swap = {"NL": "SL", "SL": "NL"}
    swapped = [
        {**r, "side": swap.get(r.get("side", "NL"), "none"), "actor": swap.get(r.get("actor", "SL"))} for r in rows
    ]
    one, two = of(*rows), of(*swapped)
    assert one.reports["role"].to_list() == two.reports["role"].to_list()
    assert one.counts.equals(two.counts)
    assert one.sources.drop("side").equals(two.sources.drop("side"))


def test_no_reports_give_empty_tables() -> None:
    nothing = trace_lineage(table().clear(), STANDARD)
    assert nothing.reports.height == nothing.origins.height == nothing.sources.height == 0


def test_the_command_writes_what_lineage_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["report_id,source,origin,via,side,start,lat,lon,act,target,actor"]
    lines += [
        f"r{n},outlet {n},NL MoD,outlet {n} < Reuters < NL MoD,NL,2031-04-01T12:00Z,50,10,shelling,substation,SL"
        for n in range(3)
    ]
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["fuse", str(tmp_path / "r.csv"), "--out", str(tmp_path / "out")]) == 0
    assert "1 incidents have 1" in capsys.readouterr().out.replace("1 incident has 1", "1 incidents have 1")
    found = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"lineage.csv", "origins.csv", "disagreements.csv", "strays.csv", "grades.csv"} <= found
    incidents = pl.read_csv(tmp_path / "out" / "incidents.csv")
    assert incidents.select("independent_origins", "independent_least", "independent_most").row(0) == (1, 1, 1)


@pytest.mark.skipif(not TRUCES.exists(), reason="the coding of the truces is not shipped whole")
def test_origins_of_the_truces_are_within_one_for_nine_incidents_in_ten() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
    import alerts

    shares = alerts.origins(TRUCES)
    assert shares["(origins within 1, after fusion)"] >= 0.9
    assert shares["(origins within 1, on the coders' incidents)"] >= 0.9


@pytest.mark.skipif(not TRUCES.exists(), reason="the coding of the truces is not shipped whole")
def test_relay_errors_that_the_coders_kept_on_purpose_are_found() -> None:
    from servanda.app.fuse import read_reports

    _, tables = read_reports([TRUCES / "reports.csv"], None)
    truth = pl.read_csv(TRUCES / "report_incident.csv").rename({"incident_id": "incident"})
    found = trace_lineage(pl.concat(tables).join(truth, on="report_id"), STANDARD)
    told_of = {(r["report_id"], r["what"]) for r in found.disagreements.iter_rows(named=True)}
    # Sputnik and SocialBites on Kropotkinskaya, Al-Ahed on Komarichi, TASS English (7 a.m. for 7 p.m.), Kursk-news on Klyukva
    assert {("R0044", "date"), ("R0047", "date"), ("R0065", "place"), ("R0091", "date"), ("R0177", "date")} <= told_of
    assert (
        lineage(pl.concat(tables).join(truth, on="report_id"))["role"]
        .is_in(["accuses", "confirms", "denies", "reports"])
        .all()
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Russian Ministry of Defence", "Минобороны России", True),
        ("MoD", "Міністерство оборони РФ", True),
        ("Ministère de la Défense", "Ministry of Defence", True),
        ("Mayor of Terin", "Terin Mayor Petrenko", True),
        ("Terin's mayor", "Mayor of Terin Ivan Petrenko", True),
        ("Mayor of Terin", "Deputy mayor of Terin Petrenko", False),
        ("Mayor of Terin", "Mayor of Orava", False),
        ("mayor", "Mayor of Terin", False),
        ("МИД РФ", "Минобороны РФ", False),
    ],
)
def test_a_body_in_another_language_and_an_office_with_the_name_of_its_holder_are_one(
    one: str, other: str, same: bool
) -> None:
    assert independent({"origin": one}, {"origin": other})[0] == (1 if same else 2)


def test_a_partys_own_name_before_a_body_makes_no_second_one_on_its_side() -> None:
    sides = {"A": "Aland", "B": "Bland"}

    def counted(*rows: tuple[str, str]) -> list[int]:
        reports = table(*({"report_id": f"r{n}", "origin": name, "side": side} for n, (name, side) in enumerate(rows)))
        return trace_lineage(reports, STANDARD, sides=sides).counts["independent"].to_list()

    assert counted(("Defence Ministry", "A"), ("Aland Ministry of Defence", "A")) == [1]
    assert counted(("Aland Ministry of Defence", "A"), ("Bland Ministry of Defence", "B")) == [2]
    assert counted(("Aland Ministry of Defence", "A"), ("Aland Ministry of Defence", "none")) == [1], "passed on"
    assert counted(("Aland", "A"), ("Ministry of Defence", "A")) == [2], (
        "the party by its bare name is a body of its own"
    )
