"""What tables of strangers hold that was read wrongly once: each test is a sentence about what is right."""

from __future__ import annotations

from typing import Any

import pytest

from servanda.app.importing import ImportResult, import_tables
from servanda.values.files import NamedBytes

ANSWERS = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"}


def read(text: str, *, name: str = "log.csv", **how: Any) -> ImportResult:
    """What comes of one table, where zone and source are answered."""
    answers = {**ANSWERS, **how.pop("answers", {})}
    return import_tables([NamedBytes(name, text.encode())], answers=answers, **how)


def places(header: str, *cells: str) -> list[tuple[str | None, str | None]]:
    """The coordinates of rows that say where in the columns of ``header``."""
    rows = "".join(f"2025-03-04\tshelling\tA\t{cell}\n" for cell in cells)
    found = read(f"Date\tAct\tActor\t{header}\n{rows}").reports
    return list(zip(found["lat"].to_list(), found["lon"].to_list(), strict=True))


@pytest.mark.parametrize(
    ("lat", "lon", "right"),
    [
        ("48'06", "37'12", None),
        ("0806N", "03712E", ("8.1", "37.2")),
        ("N4806.5", "E03712.5", ("48.1083333", "37.2083333")),
        ("480630N", "1205E", None),
        ("48.05.30", "37.12.30", ("48.0916667", "37.2083333")),
        ("48-05-30N", "037-12-30W", ("48.0916667", "-37.2083333")),
    ],
)
def test_digits_that_run_together_are_read_as_seamen_write_them_and_no_other_way(
    lat: str, lon: str, right: tuple[str, str] | None
) -> None:
    assert places("Lat\tLon", f"{lat}\t{lon}", "48.1\t37.2") == [*([right] if right else []), ("48.1", "37.2")]


def test_an_o_is_the_west_of_french_and_the_east_of_german_as_the_other_rows_show() -> None:
    header = "Latitude\tLongitude"
    assert places(header, "18°26'N\t1°30'O", "18°26'N\t0°30'E")[0][1] == "-1.5"
    assert places(header, "48°06'N\t37°12'O", "48°06'N\t0°30'W")[0][1] == "37.2"
    alone = read("Date\tAct\tActor\tCoordinates\n2025-03-04\tshelling\tA\t48°06'N 37°12'O\n")
    assert [(doubt.value, doubt.read) for doubt in alone.doubts] == [
        ("48°06'N 37°12'O", "O is taken for west (ouest, oeste); in German it is east")
    ]


@pytest.mark.parametrize("header", ["Lat (N/S)\tLon (E/W)", "Team's lat\tTeam's lon"])
def test_a_header_that_names_both_halves_or_an_owner_turns_no_degrees_south(header: str) -> None:
    assert places(header, "48.1\t37.2") == [("48.1", "37.2")]
