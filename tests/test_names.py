"""Names compared as names: what a reader could not tell apart is one, and nothing else is."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import inspect_agreement
from servanda.errors import EvidenceError
from servanda.evidence import Context, read_evidence
from servanda.evidence.decisions import Deciders, Decision
from servanda.evidence.own_word import own_names
from servanda.values.gazetteer import gazetteer
from servanda.values.names import FullName, looks, name_key, name_keys, names_of, same, spelled

CONTEXT = Context(ZoneInfo("Europe/Kyiv"), {"A": "Aland", "B": "Bland"})
ONE = [
    ("Patrol", "P\u0430trol"),  # Cyrillic a
    ("Patrol", "Patr\u03bfl"),  # Greek omicron
    ("Patrol", "Patr\u0585l"),  # Armenian oh
    ("Patrol", "\uff30atrol"),  # full width
    ("Patrol", "\U0001d40fatrol"),  # mathematical bold
    ("Patrol", "Pat\u00adrol"),  # soft hyphen
    ("Patrol", "\u200fPatrol\u200e"),  # marks of direction
    ("Patrol", "Pa\u200btrol\ufeff"),  # zero width
    ("Patrol", "Pa\u034ftrol\ufe0f"),  # combining grapheme joiner, variation selector
    ("Patrol", "PATROL"),
    ("Post  4", "Post\u00a04 "),
    ("Jos\u00e9", "Jose\u0301"),
    ("Field-Office", "Field\u2011Office"),
    ("O'Neil", "O\u2019Neil"),
    ("\u0422\u0410\u0421\u0421", "TACC"),  # a whole name in the other script
    (
        "\u0412\u043e\u0441\u0442\u043e\u043a",
        "\u0412\u041e\u0421\u0422\u041e\u041a",
    ),  # and in capitals, where it looks like another
    (
        "\u041d\u0430\u0431\u043b\u044e\u0434\u0430\u0442\u0435\u043b\u044c",
        "\u041d\u0430\u0431\u043b\u044e\u0434a\u0442\u0435\u043b\u044c",
    ),
    (
        "\u03a5\u03a0\u039f\u03a5\u03a1\u0393\u0395\u0399\u039f",
        "\u03c5\u03c0\u03bf\u03c5\u03c1\u03b3\u03b5\u03b9\u03bf",
    ),
    ("\u0130zmir", "izmir"),  # Turkish capital i
]
TWO = [("Agency X", "Agency Y"), ("LRA", "IRA"), ("Post 1", "Post 2"), ("Ali", "All"), ("Post II", "Post 11")]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_names_that_a_reader_could_not_tell_apart_are_one(one: str, other: str) -> None:
    assert same(one, other)
    assert name_key(spelled(one)) == name_key(one) == name_key(spelled(other))


@pytest.mark.parametrize(("one", "other"), TWO)
def test_names_that_differ_are_two(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al Monitor", "AI Monitor"),
        ("Post 1", "Post l"),
        ("B0B", "BOB"),
        ("Modem", "Modern"),
        ("Harbour", "Harb0ur"),
        ("PILOT", "P1lot"),
        ("M0dern Post", "MODEM POST"),
    ],
)
def test_names_that_could_be_taken_for_each_other_are_two_and_are_told(one: str, other: str) -> None:
    assert not same(one, other)
    assert looks(one) & looks(other)


def test_a_name_is_shown_in_one_script_and_without_what_nobody_sees() -> None:
    assert spelled("P\u0430t\u200brol  North") == "Patrol North"
    assert (
        spelled("\u041d\u0430\u0431\u043b\u044e\u0434a\u0442\u0435\u043b\u044c")
        == "\u041d\u0430\u0431\u043b\u044e\u0434\u0430\u0442\u0435\u043b\u044c"
    )
    for name in (
        "Patrol North",
        "\u0422\u0410\u0421\u0421",
        "\u0420\u0430\u0434\u0438\u043e NV",
        "\u041a\u0438\u0457\u0432",
    ):
        assert spelled(name) == name


@given(st.text(max_size=20))
def test_a_key_is_the_same_however_a_name_is_normalised_cased_or_spaced(name: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert name_key(unicodedata.normalize(form, name)) == name_key(name)
    assert name_key(f"  {name}\u200b ") == name_key(name)
    assert name_key(spelled(name)) == name_key(name)


@given(
    st.text(
        alphabet=st.sampled_from(
            sorted({c for k, v in gazetteer("lookalikes.yaml")["letters"].items() for c in k + v})
        ),
        max_size=12,
    )
)
def test_a_name_of_look_alikes_keeps_its_key_in_capitals_unless_two_letters_of_it_look_like_one(name: str) -> None:
    assert name_key(spelled(name)) == name_key(name)


def test_a_column_of_names_has_the_keys_of_its_names() -> None:
    names = ["Patrol", None, "P\u0430trol", ""]
    assert pl.DataFrame({"n": names}).select(name_keys(pl.col("n")))["n"].to_list() == ["patrol", None, "patrol", ""]


HEAD = "report_id,source,origin,start,act,actor,side,incident_id\n"


def _rows(tmp_path: Path, *rows: str, register: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
    path = tmp_path / "r.csv"
    path.write_text(HEAD + "".join(row + "\n" for row in rows), encoding="utf-8")
    files = [path]
    if register:
        files.append(tmp_path / "s.yaml")
        files[-1].write_text(register, encoding="utf-8")
    source = read_evidence(files, CONTEXT)
    return pl.concat(list(source.batches())), source.ingest.quarantine


def test_an_origin_is_read_as_the_register_spells_it(tmp_path: Path) -> None:
    register = "sources: {Patrol: {side: none, reliability: B}}\n"
    table, _ = _rows(tmp_path, "1,P\u0430trol,PATROL,2025-03-20T10:00Z,shelling,B,,", register=register)
    assert table.select("source", "origin", "side", "reliability", "directness").row(0) == (
        "Patrol",
        "Patrol",
        "none",
        "B",
        2,
    )


def test_a_party_is_known_however_its_name_is_written(tmp_path: Path) -> None:
    table, _ = _rows(
        tmp_path,
        "1,M,M,2025-03-20T10:00Z,shelling,\u0412,\u0410,",
        "2,M,M,2025-03-20T10:00Z,shelling,bland,a,",
    )
    assert table["actor"].to_list() == ["B", "B"]
    assert table["side"].to_list() == ["A", "A"]


def test_a_name_that_turns_the_direction_of_writing_is_set_aside(tmp_path: Path) -> None:
    _, quarantine = _rows(
        tmp_path, "1,\u202elortaP,,2025-03-20T10:00Z,shelling,B,,", "2,P,,2025-03-20T10:00Z,shelling,B,,"
    )
    assert quarantine["code"].to_list() == ["EVD133"]


def test_a_name_that_could_be_taken_for_one_in_the_register_is_set_aside(tmp_path: Path) -> None:
    register = "sources: {Al Monitor: {side: none, reliability: B}}\n"
    rows = ("1,AI Monitor,,2025-03-20T10:00Z,shelling,B,,", "2,Al Monitor,,2025-03-20T10:00Z,shelling,B,,")
    table, quarantine = _rows(tmp_path, *rows, register=register)
    assert table["report_id"].to_list() == ["2"]
    assert quarantine["code"].to_list() == ["EVD134"]


@pytest.mark.parametrize(("one", "other"), [("AI Monitor", "Al Monitor"), ("Harb0ur", "harbour"), ("PI1ot", "PILOT")])
def test_without_a_register_names_that_could_be_taken_for_each_other_are_an_error(
    tmp_path: Path, one: str, other: str
) -> None:
    with pytest.raises(EvidenceError, match="could be taken for each other"):
        _rows(tmp_path, f"1,{one},,2025-03-20T10:00Z,shelling,B,,", f"2,{other},,2025-03-20T10:00Z,shelling,B,,")


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("sources: {Patrol: {side: none}}", "sources: {PATROL: {side: A}}", "described differently"),
        ("sources: {Patrol: {side: none}}", "sources: {P\u0430trol: {side: A}}", "described differently"),
        ("sources: {Post l: {side: none}}", "sources: {Post I: {side: none}}", "could be taken for"),
        ("actors: {Guard: A}", "actors: {GUARD: B}", "in one register"),
        ("sources: {}", "actors: {B: A}", "'B' is a party's own name"),
        ("sources: {}", "actors: {bland: A}", "is a party's own name"),
        ("sources: {}", "actors: {\u0412: A}", "is a party's own name"),
        ("actors: {Guard: {party: A, level: organ}}", "actors: {GUARD: {party: A, level: private}}", "has the level"),
        ("sources: {}", "sources: {Bland: {side: A}}", "is the party 'B' itself"),
        ("sources: {}", "sources: {Bland: {side: none}}", "is the party 'B' itself"),
        ("sources: {}", "sources: {Patrol: {side: none}, patrol: {side: A}}", "taken for one name"),
    ],
)
def test_registers_that_contradict_each_other_are_an_error_however_names_are_written(
    tmp_path: Path, first: str, second: str, says: str
) -> None:
    files = [tmp_path / "1.yaml", tmp_path / "2.yaml"]
    for file, text in zip(files, (first, second), strict=True):
        file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=says):
        read_evidence(files, CONTEXT)


def test_registers_that_say_the_same_of_a_source_are_one(tmp_path: Path) -> None:
    files = [tmp_path / "1.yaml", tmp_path / "2.yaml"]
    files[0].write_text("sources: {Patrol: {side: none}}\n")
    files[1].write_text("sources: {PATROL: {side: none}}\nactors: {Bland Guard: B}\n")
    assert list(read_evidence(files, CONTEXT).context.sources) == ["Patrol"]


def test_no_decision_of_a_party_counts_because_its_name_is_written_otherwise() -> None:
    moment = datetime(2025, 4, 1, tzinfo=UTC)
    deciders = Deciders({"A": "Aland"})
    for name in ("A", "\u0410", "aland", "Al\u200band", "\uff21land"):
        assert not deciders.may(Decision("d", "grade", (), name, moment, moment, "why"))
    assert deciders.may(Decision("d", "grade", (), "Chair", moment, moment, "why"))


@pytest.mark.parametrize(
    ("parties", "says"),
    [
        ("{A: Aland, \u0410: Bland}", "is already a party"),
        ("{A: Aland, B: \u0410land}", "same name"),
        ("{A: B, B: Bland}", "is the short name"),
        ("{NA: Aland, B: Bland}", "not a valid short name"),
    ],
)
def test_parties_that_could_be_taken_for_each_other_are_a_fault(tmp_path: Path, parties: str, says: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        f"agreement: t\ntitle: T\ntimezone: UTC\nparties: {parties}\nin_force: {{from: 2025-01-01}}\n"
        "terms: {fire: {text: x, forbid: {act: shelling}}}\n",
        encoding="utf-8",
    )
    _, faults = inspect_agreement(path)
    assert any(says in str(fault) for fault in faults)


def test_another_name_of_a_party_is_its_own_wherever_evidence_names_somebody() -> None:
    actors = {"A": FullName("Aland", ["ВС А", "Alandish forces"]), "B": "Bland"}
    assert names_of(actors) == {name_key(name): "A" for name in ("A", "Aland", "ВС А", "Alandish forces")} | {
        "b": "B",
        "bland": "B",
    }
    assert own_names("alandish FORCES", actors)[0] == "A"
    now = datetime(2025, 4, 1, tzinfo=UTC)
    assert not Deciders(actors).may(Decision("d", "merge", (), "ВС А", now, now, "why"))


def test_a_name_of_two_actors_and_a_name_of_nobody_are_errors_where_they_stand() -> None:
    document = {
        "agreement": "t",
        "title": "T",
        "timezone": "UTC",
        "parties": {"A": "Aland", "B": "Bland"},
        "names": {"A": ["Northerners", "bland"], "B": ["NORTHERNERS"], "C": ["x"]},
        "terms": {"fire": {"text": "No fire.", "forbid": {"act": "shelling"}}},
    }
    _, faults = inspect_agreement(document)
    assert sorted(fault.code for fault in faults) == ["AGR005", "AGR005", "AGR015"]
