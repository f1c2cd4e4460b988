"""What was hit, with what, and how much of what: words of tables in six languages to targets, classes of weapons and units."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from servanda.app.importing import import_tables
from servanda.evidence.importing.words import thing_of, unit_in
from servanda.values.codes import STANDARD
from servanda.values.files import NamedBytes
from servanda.values.weapons import ARSENAL, CLASSES, WeaponClass

PHRASES = Path(__file__).parent / "data" / "thing_phrases.csv"
AGREEMENT = """agreement: vale
title: Vale truce
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01, for: 30 days}
places: {North sector: {polygon: [[48.0, 37.0], [48.5, 37.0], [48.5, 38.0], [48.0, 38.0]]}}
terms: {fire: {text: No fire, forbid: {act: shelling, in: North sector}}}
"""


def told(header: str, *cells: str) -> tuple[pl.DataFrame, list[str]]:
    """What an import makes of columns beside a day and an act, and what it says of doubtful cells."""
    lines = [
        f"Date;Type;Source;Place;{header}",
        *(f"1{n}.03.2031;shelling;Mission;North sector;{c}" for n, c in enumerate(cells, 3)),
    ]
    result = import_tables(
        [NamedBytes("t.csv", "\n".join(lines).encode())],
        NamedBytes("a.yaml", AGREEMENT.encode()),
        answers={("zone",): "Europe/Kyiv"},
    )
    assert result.questions == []
    return result.reports, [doubt.read for doubt in result.doubts]


@pytest.mark.parametrize(
    "row", list(csv.DictReader(io.StringIO(PHRASES.read_text(encoding="utf-8")))), ids=lambda row: row["phrase"]
)
def test_a_word_for_a_thing_means_what_it_means_or_is_told(row: dict[str, str]) -> None:
    code, surely = thing_of("targets" if row["kind"] == "target" else "weapons", row["phrase"])
    wrong = {
        "obús",
        "observer post camera",
    }  # told with what they were taken for, and left as they are: docs/guides/importing.md
    assert code in (row["code"], None) or (row["phrase"] in wrong and (not surely or row["phrase"] == "obús"))


def test_every_code_with_words_is_a_code() -> None:
    from servanda.values.gazetteer import gazetteer

    things = gazetteer("thing_words.yaml")
    assert set(things["targets"]) <= set(STANDARD.targets.codes)
    assert set(things["weapons"]) <= set(CLASSES)


def test_a_target_that_is_no_word_for_one_is_left_out_and_told_and_its_row_stays() -> None:
    rows, doubts = told("Target", "підстанція", "the old mill by the hospital", "a heap of stones")
    assert rows["target"].to_list() == ["substation", "hospital", None]
    assert any("read as hospital" in one for one in doubts)
    assert any("left out" in one for one in doubts)


def test_a_weapon_in_another_language_is_its_class_and_a_name_stays_a_name() -> None:
    rows, _ = told("Weapon", "гаубиця", "D-30", "важкий міномет 120 mm")
    assert rows["weapon"].to_list() == ["howitzer", "D-30", "важкий міномет 120 mm"]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Number of rounds", "rounds"),
        ("Кількість порушень", "violation"),
        ("nombre d'explosions", "explosion"),
        ("Count", None),
    ],
)
def test_the_header_of_a_count_says_what_is_counted(header: str, unit: str | None) -> None:
    assert unit_in(header, STANDARD.acts) == unit


def test_a_count_of_a_place_of_the_agreement_holds_for_that_place() -> None:
    rows, _ = told("Number of violations", "44", "")
    assert rows["area"].to_list() == ["North sector", None]
    assert rows["unit"].to_list() == ["violation", None]


@pytest.mark.parametrize("cell", ["anti-tank guided missile", "anti-tank mine", "counter-drone jammer"])
def test_what_a_weapon_is_against_is_not_the_weapon(cell: str) -> None:
    assert thing_of("weapons", cell) == (None, False)


@pytest.mark.parametrize("cell", ["quadcopter", "unmanned aircraft", "БпЛА"])
def test_a_weapon_that_an_import_writes_is_read_as_that_class_again(cell: str) -> None:
    code, whole = thing_of("weapons", cell)
    assert whole
    assert code is not None
    assert ARSENAL.level(WeaponClass((code,)), code) == 2
