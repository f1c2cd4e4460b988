"""Words for acts in tables: what is taken, what is asked, and in whose codings they stand."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from servanda.agreement import inspect_agreement, read_agreement
from servanda.agreement.plain_language import say
from servanda.app.context import context_of
from servanda.evidence import read_evidence
from servanda.evidence.importing import import_files
from servanda.evidence.importing.words import act_of, acts_in, words
from servanda.evidence.model import Context
from servanda.evidence.readers import acled
from servanda.values.codes import STANDARD
from servanda.values.files import NamedBytes
from servanda.values.gazetteer import gazetteer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))
from acts import outcome

PHRASES = Path(__file__).parent / "data" / "act_phrases.csv"
LISTED = {code: phrases for code, phrases in gazetteer("act_words.yaml").items() if code != "several"}
SEVERAL = gazetteer("act_words.yaml")["several"]
EVERYWHERE = (
    "looting home_occupation property_destruction aid_obstruction siege blockade service_cut recruitment child_recruitment civilian_detention "
    "ill_treatment sexual_violence forced_displacement human_shields propaganda incitement threat cyber_attack internet_shutdown arms_transfer"
).split()


def test_a_word_stands_for_one_act_or_is_asked() -> None:
    once = [(words(phrase), code) for code, phrases in LISTED.items() for phrase in phrases]
    unclear = {words(phrase) for row in SEVERAL for phrase in row["words"]}
    codes = Counter(phrase for phrase, _ in set(once))
    assert [phrase for phrase, n in codes.items() if n > 1] == []
    assert sorted(unclear & set(codes)) == []


def test_every_code_of_the_words_exists() -> None:
    assert [code for code in LISTED if code not in STANDARD.acts] == []
    assert [code for row in SEVERAL for code in row["acts"] if code not in STANDARD.acts] == []


@pytest.mark.parametrize("code", EVERYWHERE)
def test_what_practice_forbids_has_words_in_cyrillic_latin_and_arabic_letters(code: str) -> None:
    letters = "".join(map(str, LISTED[code]))
    assert any("а" <= c <= "я" for c in letters)
    assert any("ا" <= c <= "ي" for c in letters)
    assert any("a" <= c <= "z" for c in letters)


def test_of_the_phrases_of_the_bench_none_is_taken_for_another_act_and_most_are_taken() -> None:
    with PHRASES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = Counter(outcome(row["phrase"], row["act"]) for row in rows)
    assert counts["wrong"] == 0
    assert counts["right"] >= 130
    assert {row["language"] for row in rows} == {"en", "uk", "ru", "fr", "es", "ar"}


@pytest.mark.parametrize("word", ["checkpoint", "затримання", "Restriction de mouvement", "حصار", "dron", "звільнення"])
def test_a_word_that_may_mean_several_acts_is_offered_with_all_of_them(word: str) -> None:
    assert act_of(word, STANDARD.acts) is None
    assert len(acts_in(word, STANDARD.acts)) > 1


def test_types_of_events_of_acled_mean_in_any_table_what_its_reader_makes_of_them() -> None:
    readers = {**acled._EVENT, **acled._SUB_EVENT}
    del readers["Attack"]  # of civilians, in ACLED alone
    taken = {term: act_of(term, STANDARD.acts) for term in readers}
    assert {term: code for term, code in taken.items() if (code or "other") != readers[term]} == {}


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("State-based violence", "armed_clash"),
        ("One-sided violence", "violence_against_civilians"),
        ("Burst", "small_arms"),
        ("Undetermined explosion", "explosion"),
        ("Weapons in violation of withdrawal lines", "deployment"),
    ],
)
def test_terms_of_ged_and_of_the_special_monitoring_mission_are_known(term: str, code: str) -> None:
    assert act_of(term, STANDARD.acts) == code


# --- did you mean

AGREEMENT = """agreement: a
title: t
timezone: UTC
parties: {NORTH: Northland, SOUTH: Southland}
codes:
  acts: {tower_climbing: positions}
  weapons: {"Wasp-3": {of: mortar}}
in_force: {from: 2031-01-01T00:00, for: 10 days}
terms:
  t1: {text: "x", forbid: {act: [ACT], weapon: [WEAPON]}, binds: [BINDS]}
"""


def faults(weapon: str = "mortar", binds: str = "NORTH") -> list[tuple[str, str]]:
    data = yaml.safe_load(AGREEMENT.replace("WEAPON", weapon).replace("BINDS", binds).replace("ACT", "attack"))
    return [(fault.code, fault.hint) for fault in inspect_agreement(data)[1]]


def test_a_weapon_or_party_that_is_nearly_written_right_is_told_with_the_one_that_was_meant() -> None:
    assert faults("howitzzer") == [("AGR021", "did you mean 'howitzer'?")]
    assert faults("Wasp3x") == [("AGR021", "did you mean 'Wasp-3'?")]
    assert faults(binds="NORHT") == [("AGR015", "did you mean 'NORTH'?")]


def test_an_unknown_act_or_party_of_evidence_is_told_with_the_one_that_was_meant_the_agreements_own_among_them() -> (
    None
):
    agreement = read_agreement(
        yaml.safe_load(AGREEMENT.replace("WEAPON", "mortar").replace("BINDS", "NORTH").replace("ACT", "attack"))
    )
    rows = "report_id,start,act,actor,source\n1,2031-01-02T00:00Z,tower_climbin,NORTH,p\n2,2031-01-02T00:00Z,shelling,NORHT,p\n3,2031-01-02T00:00Z,zzz,NORTH,p\n"
    evidence = read_evidence([NamedBytes("r.csv", rows.encode())], context_of(agreement))
    list(evidence.batches())
    told = evidence.ingest.quarantine
    assert told.select("code", "hint").rows()[:2] == [
        ("EVD121", "did you mean 'tower_climbing'?"),
        ("EVD132", "did you mean 'NORTH'?"),
    ]
    assert told["hint"][2].startswith("see 'servanda readers --codes'")


def test_import_offers_the_code_that_was_nearly_written_and_never_takes_it() -> None:
    result = import_files(
        [NamedBytes("t.csv", b"date,time,act,lat,lon,source\n2031-01-02,10:00,shelingg,48,37,p\n")],
        Context(ZoneInfo("UTC")),
    )
    asked = [q for _, q in result.questions if q.key == ("acts", "shelingg")]
    assert [(q.offer, q.choices) for q in asked] == [("", ("shelling",))]


# --- codes of its own


def test_a_code_of_its_own_that_the_common_codes_have_too_stands_where_the_agreement_puts_it_and_that_is_told() -> None:
    text = AGREEMENT.replace("tower_climbing: positions", "looting: other_act")
    data = yaml.safe_load(text.replace("WEAPON", "mortar").replace("BINDS", "NORTH").replace("ACT", "other_act"))
    agreement = read_agreement(data)
    assert agreement.vocabulary.acts.parent["looting"] == "other_act"
    assert "looting" in agreement.texts[0].terms[0].kind.what.acts
    assert "Here the act looting counts under other act, and not, as elsewhere, under property act." in say(agreement)


def test_a_common_code_with_others_under_it_is_not_put_elsewhere() -> None:
    text = AGREEMENT.replace("tower_climbing: positions", "attack: other_act")
    data = yaml.safe_load(text.replace("WEAPON", "mortar").replace("BINDS", "NORTH").replace("ACT", "strike"))
    assert [fault.code for fault in inspect_agreement(data)[1]] == ["AGR014"]
