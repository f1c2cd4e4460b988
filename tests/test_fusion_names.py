"""Names of places in fusion: one town in several scripts, and two places of one name."""

from __future__ import annotations

from typing import Any

import pytest

from servanda.incidents.fusion.place_names import OPPOSED, OTHER, SAME, SILENT, likeness, place_names
from tests.build import instant
from tests.test_fusion import fuse


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ("Vilkhivka", "Вільхівка", SAME),
        ("Vil'khivka village", "село Вільхівка", SAME),
        ("Petrivka", "Pavlivka", OTHER),
        ("Novopetrivka", "Новопавлівка", OTHER),
        ("New Alder", "Old Alder", OPPOSED),
        ("Nova Petrivka", "Стара Петрівка", OPPOSED),
        ("Верхня Вільха", "Nyzhnia Vilkha", OPPOSED),
        ("Nova Petrivka", "Нова Петрівка", SAME),
        ("Nova Petrivka", "Petrivka", SAME),
        ("New Alder", "Old Birch", OTHER),
        ("Alder", "الفاشر", SILENT),
        ("الفاشر القديمة", "الفاشر الجديدة", OPPOSED),
        ("the village", "Alder", SILENT),
        ("Kharkiv", "Charkow", SILENT),  # one town in two languages, or two towns
        ("Чернігів", "Чернигов", SILENT),
        ("Saporischschja", "Zaporizhzhia", SILENT),
        ("Mitrovica", "Митровица", SILENT),
        ("Novomykhailivka", "Novomykolaivka", OTHER),
        ("Верхня Кам'янка", "Нижняя Каменка", OPPOSED),  # in two languages as in one
        ("Upper Kharkiv", "Lower Kharkov", OPPOSED),
        ("Popasna, Luhanska oblast", "Kreminna, Luganskaya oblast", OTHER),  # one region, two towns
        ("Velyka Novosilka", "Velikaya Novosyolka", SILENT),
        ("Popasna, Luhansk oblast", "Kreminna, Luhansk oblast", OTHER),
        ("Попасна, Луганська область", "Kreminna, Luhansk oblast", OTHER),
        ("Popasna", "Popasna, Luhansk oblast", SAME),
        ("Luhansk oblast", "Luhansk region", SAME),
        ("Alder, Birch district, Elm province", "Oak, Birch district, Elm province", OTHER),
        ("Alder, Birch province", "Alder, Elm province", SILENT),  # one name, two regions
        ("Puerto Lindo", "Puerto Feo", SILENT),  # a word that both have, and one that each has
        ("cerca de Alder", "vereda Alder", SAME),
        ("barrio Alder", "barrio Birch", OTHER),
    ],
)
def test_names_are_compared_by_sound_across_scripts_and_by_what_tells_two_of_one_name_apart(
    one: str, other: str, right: int
) -> None:
    names = place_names([one, other])
    assert likeness(*names) == likeness(*names[::-1]) == right


def test_an_upper_and_a_lower_village_struck_in_one_quarter_of_an_hour_are_two_incidents() -> None:
    rows = [
        (48.31, 37.81, "12:05", "Nova Petrivka"),
        (48.31, 37.81, "12:08", "Нова Петрівка"),
        (48.345, 37.85, "12:12", "Stara Petrivka"),
        (48.345, 37.85, "12:15", "Стара Петрівка"),
    ]
    found, _ = fuse(
        *(
            {
                "source": name,
                "lat": lat,
                "lon": lon,
                "start": instant(f"03-20 {at}"),
                "place_name": name,
                "precision_m": 1_500.0,
            }
            for lat, lon, at, name in rows
        )
    )
    assert found[0] == found[1] != found[2] == found[3]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Upper Alder", "Lower Alder"),
        ("Upper Kharkiv", "Lower Kharkov"),
        ("Popasna, Luhanska oblast", "Kreminna, Luganskaya oblast"),
        ("Popasna, Luhansk oblast", "Kreminna, Luhansk oblast"),
    ],
)
def test_names_of_two_places_whose_circles_do_not_meet_are_two_incidents_in_one_language_and_in_two(
    one: str, other: str
) -> None:
    first = {"source": "P1", "lat": 48.31, "lon": 37.81, "start": instant("03-20 12:05"), "precision_m": 1_500.0}
    second = {**first, "source": "P2", "lat": 48.32, "lon": 37.85, "start": instant("03-20 12:12")}
    found, _ = fuse({**first, "place_name": one}, {**second, "place_name": other})
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("other", "by", "start", "end", "one"),
    [
        ("Birch", "A", "03-20 00:00", "03-21 00:00", False),
        ("Birch", "B", "03-20 00:00", "03-21 00:00", True),
        ("Alder", "A", "03-20 00:00", "03-21 00:00", True),
        ("Birch", "A", "03-20 00:00", "03-20 00:10", True),  # each side has a name of its own for a place
    ],
)
def test_two_accusations_of_a_day_that_name_other_places_and_other_authors_are_two_incidents(
    other: str, by: str, start: str, end: str, one: bool
) -> None:
    told = {"start": instant(start), "end": instant(end), "kind": "claim", "precision_m": 3_000.0}
    found, _ = fuse(
        {**told, "source": "MoD A", "side": "A", "actor": "B", "place_name": "Alder"},
        {**told, "source": "MoD B", "side": "B", "actor": by, "place_name": other},
    )
    assert (found[0] == found[1]) == one


def test_accusations_by_the_clock_of_other_places_and_authors_are_two_incidents_where_the_clocks_differ() -> None:
    told = {"act": "shelling", "kind": "claim", "precision_m": 3_000.0}
    one = {**told, "source": "MoD A", "side": "A", "actor": "B", "place_name": "Alder", "start": instant("03-20 10:03")}
    for at, joined in (("10:08", True), ("10:24", False)):
        by = {**told, "source": "MoD B", "side": "B", "actor": "A", "place_name": "Birch"}
        found, _ = fuse(one, {**by, "start": instant(f"03-20 {at}")})
        assert (found[0] == found[1]) == joined


def strike(source: str, start: str, known: str, **more: Any) -> dict[str, Any]:
    """A strike on one place, with when it became known."""
    return {"source": source, "start": instant(start), "known_at": instant(known), "precision_m": 500.0, **more}


def test_a_report_that_was_known_hours_before_an_event_is_none_of_it() -> None:
    later = strike("Post 1", "03-21 14:11", "03-21 14:20")
    found, _ = fuse(strike("Gazette", "03-21 14:07", "03-21 09:00", kind="claim"), later)
    assert found[0] != found[1]
    found, _ = fuse(strike("Gazette", "03-21 14:07", "03-21 13:00", kind="claim"), later)
    assert found[0] == found[1], "a clock of another zone is no foretelling"


def test_two_notices_of_what_is_to_come_are_one() -> None:
    notice = {"act": "exercise", "kind": "claim"}
    found, _ = fuse(
        strike("A1", "03-21 14:00", "03-14 09:00", **notice), strike("A2", "03-21 14:00", "03-15 09:00", **notice)
    )
    assert found[0] == found[1]
