"""Places by name: the agreement's own, those of a table, those of the gazetteer; in every script, and refused where nobody can be sure."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from shapely.geometry import Point

from servanda.evidence.importing import How, Reading, import_files, places_of, read_again, read_places
from servanda.evidence.importing.gazetteer import SCHEMA
from servanda.evidence.importing.named_places import NamedPlaces
from servanda.evidence.importing.toponyms import sound_keys, written_key
from servanda.evidence.model import Context
from servanda.values.files import NamedBytes

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import places as places_bench  # noqa: E402


def places_found(text: str, places: NamedPlaces, **settings: str) -> Reading:
    """The reading of a table of places with their days, after its zone was answered."""
    context = Context(ZoneInfo("UTC"))
    rows = "".join(f"25.03.2025,10:00,shelling,desk,{line}\n" for line in text.splitlines()[1:])
    file = NamedBytes("log.csv", f"Date,Time,Type,Source,{text.splitlines()[0]}\n{rows}".encode())
    result = import_files([file], context, how=How(places=places))
    for name, value in {"zone": "UTC", **settings}.items():
        result.readings[0].mapping.answer((name,), value)
    read_again(result, context, How(places=places))
    return result.readings[0]


UKRAINE = (22.0, 44.3, 40.3, 52.4)


def test_a_place_that_no_table_knows_is_found_in_the_gazetteer_in_four_scripts_and_told() -> None:
    names = "Place\nЛьвів\nЛьвов\nLvov\nу Львові\nЛьвові\nм. Львів\nلفيف\nunder Lviv\n"
    reading = places_found(names, NamedPlaces(gazetteer=True, extent=UKRAINE))
    assert [row["place_name"] for row in reading.rows.to_dicts() if row["lat"] != "49.838"] == ["under Lviv"]
    assert all("Lviv, Lviv, UA (GeoNames 702550)" in doubt.read and "score" in doubt.read for doubt in reading.doubts)
    assert any("stay words: 'under Lviv'" in told for told in reading.told)


def test_an_ambiguous_name_is_set_aside_unless_the_region_or_the_mapping_decides() -> None:
    places = NamedPlaces(gazetteer=True, extent=UKRAINE)
    reading = places_found("Place,Region\nАвдіївка,\nАвдіївка,Чернігівська область\nАвдіївка,Idlib\n", places)
    assert reading.rows["lat"].to_list() == ["51.777", None]
    assert reading.quarantine["code"].to_list() == ["EVD199"]
    assert "Чернігівська область is its region" in reading.doubts[0].read
    text, world = "Place,Country\nTripoli,\nTripoli,Liban\n", NamedPlaces(gazetteer=True)
    reading = places_found(text, world, countries="LY")
    assert reading.rows["lat"].to_list() == ["32.887", None]
    assert places_found(text, world).rows["lat"].to_list() == [None, "34.434"]
    assert any("nothing says in which countries" in told for told in places_found(text, world).told)
    assert places_found(text, world, countries="Lybia").questions[0].key == ("countries",)


def test_the_agreements_own_places_come_before_tables_and_tables_before_the_gazetteer() -> None:
    context = Context(ZoneInfo("UTC"), extent=UKRAINE)
    table = NamedBytes("mine.csv", b"name,latitude,longitude\nLviv,49.1,24.1\nSumy,50.1,34.1\n")
    places = read_places([table], context, places_of({"Lviv": Point(24, 49).buffer(0.1)}, context))
    reading = places_found("Place\nLviv\nSumy\nPoltava\n", places)
    assert reading.rows["lat"].to_list() == ["49", "50.1", "49.589"]
    assert "a place of the agreement" in reading.doubts[0].read


def test_a_village_whose_name_is_common_is_not_taken_for_the_one_that_is_listed() -> None:
    near = NamedPlaces(gazetteer=True, extent=(37.0, 48.5, 38.5, 49.5))
    match = near.find("Новоселівка")
    assert match is not None
    assert match.place is None
    assert len(match.others) > 3


def test_of_the_names_that_were_held_out_none_is_placed_wrongly() -> None:
    with (ROOT / "tests" / "data" / "place_names.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    outcomes = Counter(places_bench.outcome(row)[0] for row in rows)
    assert outcomes["wrong"] == 0
    assert outcomes["right"] >= 96


def test_every_key_of_the_gazetteer_is_what_a_name_is_looked_up_by() -> None:
    table = pl.read_parquet(ROOT / "src" / "servanda" / "data" / "places.parquet").filter(kind="place")
    assert table.schema == SCHEMA
    for row in table.sample(500, seed=1).iter_rows(named=True):
        assert written_key(row["name"]) in row["written"]
        assert set(sound_keys(row["name"])) <= {*row["sounds"], *row["written"]}
