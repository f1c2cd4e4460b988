"""Which column is what: by its name in six languages, and by what stands in it. A name alone does not do where the cells say otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from servanda.evidence.importing.clocks import written_clock
from servanda.evidence.importing.dates import day_in_its_column, said_day, written_day
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.mapping import NONE, SEVERAL, Question
from servanda.evidence.importing.numbers import metres, number, number_in_words
from servanda.evidence.importing.pairs import (
    NUMBERED,
    Column,
    ask_of_numbers,
    codes_exactness,
    compass,
    dyads,
    sampled,
    take_arcs,
    take_grid,
    take_halves,
)
from servanda.evidence.importing.parts import CLOCK_PARTS, DAY_PARTS, HALVES, is_half, is_month, whole_between
from servanda.evidence.importing.persian import in_gregorian
from servanda.evidence.importing.positions import degrees, written_place
from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.stamps import take_days
from servanda.evidence.importing.words import (
    act_of,
    acts_in,
    is_left_what_it_is,
    is_word,
    means_another,
    other_calendar,
    roles,
    stance_of,
    stems,
    words,
)
from servanda.evidence.importing.zones import unclear_zone_in, zone_of_name
from servanda.evidence.model import KINDS, REPORT, Context
from servanda.values.names import name_key, names_of

OWN = frozenset(REPORT) - {"file", "row", "precision_m", "directness"} | {"precision_km"}
"""The columns of Servanda's own report table: where a table has its four that must be there, or all but the ids of its rows, they are what they are called."""
_OWN_SIGNATURE = {"report_id", "source", "start", "act"}
_PLACED = frozenset({"lat", "lon", "position", "lonlat"})
"""Roles of coordinates: maps give them names of their own (``latitude``) beside whatever columns there are."""
UNREAD = frozenset({"altitude", "ignore", "zone_name"})
_PARTS = frozenset({*DAY_PARTS, *CLOCK_PARTS})
DAYS = ("when", "date", "start")
_MOMENTS = frozenset({*DAYS, "time"})
_EVENTS = (None, "report_id", "act")
"""What an object may be called whose id is that of the report: *event/id*, and not *perpetrator/id* or *status/code*."""
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_TIMES = re.compile(
    r"[x×*]\s?\d{2,}|\b(?:tens|hundreds|thousands|dozens|тыс|тис|milliers|miles de)\b|\b0{2,}s?\b|,000", re.IGNORECASE
)
_LETTERED = re.compile(r"^(.*\w)[\s_-]+[A-Za-z]$")
_TOUCHY = {
    "actor": "who did it",
    "source": "who reports",
    "date": "on which day it happened",
    "when": "when it happened",
    "time": "at what time it happened",
    "quantity": "",
}
"""Roles that a word beside the one for them turns into another thing, with what is asked: who is responsible for an area did not do it, and on a date of request nothing was done."""
_UNSURE = 0.6
"""How surely a name means such a role where it holds other words that may change it: then it is asked."""
_ASKED = frozenset({"act", "actor", "source", "lat", "lon", "date", "when", "position", "quantity"})
"""Roles of which it is asked which of two columns has them."""


@dataclass
class Guess:
    """What each role was given: the columns, by their place; what was asked; what is to be told."""

    columns: dict[str, list[int]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def guess_columns(
    table: Table, context: Context, skipped: frozenset[int] = frozenset(), *, form: bool = False
) -> Guess:
    """What the columns of a table are.

    Args:
        table: names and cells.
        context: the codes of acts, and the parties where there is an agreement.
        skipped: columns that are known to be none of a report.
        form: whether names are those of a form, with their groups in front.

    Returns:
        Columns by role, with what has to be asked.
    """
    columns = [Column(name, sampled(cells)) for name, cells in zip(table.names, table.columns, strict=True)]
    at_compass, in_dyads = compass(columns), dyads(columns)
    guess = Guess()
    own = set(table.names) >= _OWN_SIGNATURE
    ours = OWN if set(table.names) >= _OWN_SIGNATURE - {"report_id"} else frozenset()
    places = _PLACED if _PLACED.isdisjoint(table.names) else frozenset()
    scored: dict[str, list[tuple[float, int]]] = {}
    unlike: dict[int, str] = {}
    for n, column in enumerate(columns):
        if n in skipped or not column.cells:
            continue
        named = at_compass.get(n) or _by_name(column, table.hxl, own=own, form=form, places=places)
        named = {column.name: 4.0} if column.name in ours else named
        if codes_exactness(column):
            named = {role: score for role, score in named.items() if role not in _MOMENTS}
        if "quantity" in named and _TIMES.search(column.name):
            named.pop("quantity")
            guess.told.append(
                f"column {column.name!r} counts in tens, hundreds or thousands, and is not read as a count"
            )
        if n in in_dyads:
            named = {role: score for role, score in named.items() if role not in ("source", "target")}
        for role, score in named.items():
            role, fits = _of_its_kind(role, column, context)  # noqa: PLW2901  its name said the other
            if fits >= 0.5:
                scored.setdefault(role, []).append((score + 0.4 * fits, n))
            elif score >= 3:
                unlike.setdefault(n, role)
    _alike_twins(scored, columns)
    _assign(guess, scored, columns)
    _ask_unsure(guess, scored, columns)
    ask_of_numbers(guess.columns, guess.questions, table)
    taken = {n for found in guess.columns.values() for n in found}
    guess.told += [
        f"column {columns[n].name!r} does not hold what a column of that name ({role}) would"
        for n, role in unlike.items()
        if n not in taken
    ]
    if table.sheet.kind in ("kml", "gpx") and "name" in table.names and "place_name" not in guess.columns:
        guess.columns["place_name"] = [table.names.index("name")]
    _by_content(guess, columns, skipped, context)
    return guess


def _alike_twins(scored: dict[str, list[tuple[float, int]]], columns: list[Column]) -> None:
    """Names that only a letter at the end tells apart (*Party A*, *Party B*) may mean a role as surely the one as the other."""
    stems_of: dict[str, list[int]] = {}
    for n, column in enumerate(columns):
        if match := _LETTERED.match(column.name):
            stems_of.setdefault(match[1].lower(), []).append(n)
    for twins in (found for found in stems_of.values() if len(found) > 1):
        for role, found in scored.items():
            best = max((score for score, n in found if n in twins), default=0.0)
            scored[role] = [(best if n in twins else score, n) for score, n in found]


def _by_name(
    column: Column, hxl: Mapping[str, str], *, own: bool, form: bool, places: frozenset[str]
) -> dict[str, float]:
    """The roles that a name can mean, each with how surely; in a table with names of ours no others, but for coordinates that have none of ours (``places``)."""
    if column.name in hxl:
        return {hxl[column.name]: 4.0}
    if own:
        name = NUMBERED.sub("", column.name)
        role = roles().get(words(column.name))
        return {name: 4.0} if name in OWN else {role: 3.3} if role in places else {}
    found: dict[str, float] = {}
    bare = _BRACKETS.sub("", column.name)
    marks = ("/", " - ", "|", "\n", ":", ".")
    last = [text.split(mark)[-1] for text in (column.name, bare) for mark in marks if mark in text]
    first = [column.name.split(mark)[0] for mark in marks if mark in column.name and not form]
    parts = [column.name, bare, *last, *first]
    less = (
        2.0 if other_calendar(column.name) else 0.0
    )  # where days stand in two calendars, those of the Gregorian are taken
    for weight, part in zip((3.3, 3.2, *([3.0] * len(parts))), parts, strict=False):
        role = roles().get(words(part))
        if role and (part == column.name or not means_another(role, column.name)):
            found[role] = max(found.get(role, 0), weight - less)
    if "report_id" in found and "/" in column.name and roles().get(words(first[0] if first else "")) not in _EVENTS:
        return {"certainty": found["certainty"]} if "certainty" in found else {}
    if found:
        return found
    tokens = f" {words(bare)} "
    says_whose_clock = less or zone_of_name(column.name) is not None or unclear_zone_in(column.name)
    for phrase, role in roles().items():
        if len(phrase) > 2 and f" {phrase} " in tokens and not means_another(role, column.name):
            score = max(1.0 + min(len(phrase) / max(len(tokens) - 2, 1), 1.0) - less, 0.7)
            if role in _TOUCHY and not says_whose_clock and not is_left_what_it_is(role, phrase, bare):
                score = (
                    _UNSURE if role != "quantity" else 0.0
                )  # a number of dead, of houses, of families is none of acts
            if score:
                found[role] = max(found.get(role, 0), score)
    for stem, role in stems():
        if f" {stem}" in tokens and not means_another(role, column.name):
            found.setdefault(role, _UNSURE if role in _TOUCHY and not says_whose_clock else 0.7 if less else 1.0)
    return found


def _of_its_kind(role: str, column: Column, context: Context) -> tuple[str, float]:
    """The role, with how far it fits; a day that is called a time is a day, a time that is called a day a time, coordinates that are called a place a position."""
    if role == "precision_m" and not {"km", "км"}.isdisjoint(words(column.name).split()):
        role = "precision_km"
    fits = _fits(role, column, context)
    if role == "kind" and not column.share(lambda c: shown(c).lower() in KINDS):
        return "act", _fits("act", column, context)  # the kind of event
    if role in ("place_name", "url") and column.share(written_place) >= 0.5:
        return "position", column.share(written_place)
    if fits < 0.5 and role in ("date", "time"):
        part, least, most = ("day", 1, 31) if role == "date" else ("hour", 0, 24)
        if (share := column.share(lambda c: whole_between(c, least, most))) >= 0.9:
            return part, share
    if fits < 0.5 and role == "end":
        return ("end_time", clocks) if (clocks := _fits("end_time", column, context)) > 0.5 else (role, 0.0)
    if fits < 0.5 and role in ("time", "when"):
        other = "when" if role == "time" else "time"
        return (other, fits) if (fits := _fits(other, column, context)) >= 0.5 else (role, 0.0)
    return role, fits


def _fits(role: str, column: Column, context: Context) -> float:
    """How far what stands in a column is what the role holds: 1 all, 0 nothing."""
    tests: dict[str, Callable[[Cell], object]] = {
        **dict.fromkeys(("when", "date", "start"), lambda c: day_in_its_column(c) or said_day(c) or in_gregorian(c)),
        **dict.fromkeys(("end_date", "end", "known_at"), day_in_its_column),
        **dict.fromkeys(("lat", "lon"), degrees),
        **dict.fromkeys(("position", "lonlat"), written_place),
        **dict.fromkeys(("precision_km", "precision_m"), lambda c: number(c) is not None or metres(c) is not None),
        "quantity": _count,
        **dict.fromkeys(("easting", "northing"), lambda c: (number(c, whole=True) or 0) >= 10),
        "grid_square": lambda c: re.match(r"^[A-HJ-NP-Z]{2}$", shown(c).strip(), re.IGNORECASE),
        "utm_zone": lambda c: re.match(r"^\d{1,2}\s*[C-HJ-NP-X]?$", shown(c).strip(), re.IGNORECASE),
        "report_id": lambda c: not isinstance(c, float) or c == int(c),
        "year": lambda c: whole_between(c, 1900, 2200) or whole_between(c, 10, 99),
        "month": is_month,
        "minute": lambda c: whole_between(c, 0, 59),
        "act": lambda c: not _is_value(c),
        "source": lambda c: not _is_value(c) and not shown(c).startswith("[{"),
        "actor": lambda c: not _is_value(c),
        "place_name": lambda c: not _is_value(c) and not written_place(c),
        "reliability": lambda c: shown(c).upper() in "ABCDEF",
        "credibility": lambda c: shown(c) in "123456",
        "stance": lambda c: stance_of(shown(c)),
    }
    if role in HALVES:
        return float(column.share(partial(is_half, role)) == 1)
    if role in ("time", "end_time"):
        clocks = column.share(written_clock)
        return max(clocks, 0.5 if clocks >= 0.2 or column.share(lambda c: not _is_value(c)) == 1 else 0.0)
    test = tests.get(role)
    fits = column.share(test) if test else 1.0
    if role == "quantity" and fits >= 0.2:
        fits = max(fits, 0.5)  # some are words, which are told one by one: the column would be lost with its numbers
    if fits < 0.5 and role in ("position", "lonlat", "lat", "lon") and column.share(_has_figures) >= 0.5:
        return 0.5  # coordinates in a form that is not known: their rows are set aside, not taken for rows without
    return fits


def _has_figures(cell: Cell) -> bool:
    return sum(c.isdigit() for c in shown(cell)) >= 4


def _count(cell: Cell) -> bool:
    text = shown(cell)
    none = is_word("zero", text) or is_word("nothing", text)
    one = number(cell, whole=True) is not None or number_in_words(cell) is not None
    return none or one or any(c.isdigit() for c in text[:2])


def _is_value(cell: Cell) -> bool:
    """Whether a cell is a number or a day, and no word."""
    return (
        not isinstance(cell, str)
        or number(cell) is not None
        or (written_day(cell) is not None and any(c.isdigit() for c in cell))
    )


def _assign(guess: Guess, scored: dict[str, list[tuple[float, int]]], columns: list[Column]) -> None:
    """Each column to one role, the surest first; what is as sure twice is asked."""
    taken: dict[int, str] = {}
    for score, role, n in sorted(
        ((score, role, n) for role, found in scored.items() for score, n in found), key=lambda x: (-x[0], x[2])
    ):
        if n in taken:
            continue
        have = guess.columns.setdefault(role, [])
        if have and role not in SEVERAL:
            rival = max(s for s, m in scored[role] if m == have[0])
            if (
                abs(rival - score) < 0.25
                and columns[n].cells != columns[have[0]].cells
                and (role in _ASKED or NUMBERED.search(columns[n].name))
            ):
                names = tuple(columns[m].name for m in (have[0], n))
                guess.questions = [q for q in guess.questions if q.key != ("columns", role)]
                what = f"two columns may be {role!r}: {names[0]!r} and {names[1]!r}"
                offer = "" if role == "actor" else names[0]  # nobody is accused by a guess
                guess.questions.append(Question(("columns", role), what, offer, names))
            continue
        have.append(n)
        taken[n] = role
    guess.columns = {role: sorted(found) for role, found in guess.columns.items() if found and role not in UNREAD}
    take_days(guess.columns, columns, guess.questions, guess.told)
    take_grid(guess.columns, columns)
    take_arcs(guess.columns, columns)
    take_halves(guess.columns, columns)
    if any(role in guess.columns for role in DAYS) or not {"month", "day"} <= guess.columns.keys():
        for role in DAY_PARTS:
            guess.columns.pop(role, None)
    if not {"hour", "time"} & guess.columns.keys() or {"hour", "time"} <= guess.columns.keys():
        for role in CLOCK_PARTS:
            guess.columns.pop(role, None)


def _ask_unsure(guess: Guess, scored: dict[str, list[tuple[float, int]]], columns: list[Column]) -> None:
    """Ask of a column that holds a word for who, or when, among words that may say something else."""
    asked = {q.key[1] for q in guess.questions}
    best: dict[int, float] = {}
    for score, n in (pair for found in scored.values() for pair in found):
        best[n] = max(score, best.get(n, 0.0))
    for role, what in _TOUCHY.items():
        n = next(iter(guess.columns.get(role, [])), -1)
        if n >= 0 and what and role not in asked and best.get(n, 9.0) < _UNSURE + 0.41:
            name = columns[n].name
            offer = NONE if role == "actor" else ""  # nobody is accused by a guess
            guess.questions.append(Question(("columns", role), f"does {name!r} say {what}?", offer, (name, NONE)))


def _by_content(guess: Guess, columns: list[Column], skipped: frozenset[int], context: Context) -> None:
    """What no name tells, the cells may; but that is asked."""
    taken = {n for found in guess.columns.values() for n in found}
    free = [(n, c) for n, c in enumerate(columns) if n not in taken and n not in skipped and len(c.cells) > 0]
    asked, names = {q.key[1] for q in guess.questions}, tuple(column.name for _, column in free)
    for role, instead, test, what in _contents(context):
        if role in asked or any(other in guess.columns for other in (role, *instead)):
            continue
        offered = (*names, *(columns[n].name for n in guess.columns.get("known_at", []) if role == "when"))
        strictly = role in ("stance", "position", "actor")
        may = [(n, column) for n, column in free if not (strictly and means_another(role, column.name))]
        best = max(((column.share(test), -n, n) for n, column in may), default=(0.0, 0, -1))
        if role == "stance" and best[0] >= 0.6 and _all_assert(columns[best[2]]):
            continue
        unnamed, key = f"no column's name says {what}", ("columns", role)
        if best[0] >= 0.6:
            name = columns[best[2]].name
            does, offer, choices = f"the cells of {name!r} do", name, offered
            if role == "actor":  # nobody is accused by a guess
                does, offer, choices = f"the cells of {name!r} name parties", NONE, (name, NONE)
            guess.questions.append(Question(key, f"{unnamed}; {does}", offer, choices))
        elif role == "act" and (at := _in_words(guess, columns, test)):
            texts = tuple(columns[m].name for m in at)
            name = columns[max(at, key=lambda m: columns[m].share(test))].name
            guess.questions.append(Question(key, f"{unnamed}; the words of {name!r} may", name, (*texts, *names)))
        elif role not in ("position", "time", "stance", "actor"):
            guess.questions.append(Question(key, unnamed, "", offered))


def _all_assert(column: Column) -> bool:
    """Whether no cell of a column says that anything was denied, confirmed or withdrawn, so that nothing hangs on it."""
    return {stance_of(shown(cell)) for cell in column.cells} <= {"asserts", None}


def _in_words(guess: Guess, columns: list[Column], test: Callable[[Cell], object]) -> list[int]:
    """Columns whose words may say what was done: remarks; and names of places, as maps have them, where most are words for acts."""
    named = [n for n in guess.columns.get("place_name", []) if columns[n].share(test) >= 0.5]
    return [*guess.columns.get("summary", []), *named]


def _contents(context: Context) -> list[tuple[str, tuple[str, ...], Callable[[Cell], object], str]]:
    """Roles that cells may tell: instead of which others, by which test, and what they say."""
    acts = context.vocabulary.acts
    parties = {*names_of(context.parties), *map(name_key, context.actors)}
    return [
        (
            "time",
            ("when", "start", "hour"),
            lambda c: isinstance(c, timedelta) or (isinstance(c, str) and ":" in c and written_clock(c)),
            "at what time it happened",
        ),
        (
            "when",
            (*DAYS, "day"),
            lambda c: isinstance(c, (str, datetime)) and written_day(c),
            "on which day it happened",
        ),
        ("position", ("lat", "lonlat"), written_place, "where it happened, in coordinates"),
        ("stance", (), lambda c: stance_of(shown(c)), "whether its source asserts, confirms or denies it"),
        ("act", (), lambda c: isinstance(c, str) and (act_of(c, acts) or acts_in(c, acts)), "what was done"),
        ("actor", ("toward", "side"), lambda c: name_key(shown(c)) in parties, "who did it"),
    ]


def roles_left(columns: Mapping[str, list[int]]) -> list[str]:
    """The roles that a column which nobody reads may still have."""
    known = dict.fromkeys(role for role in roles().values() if role not in UNREAD | _PARTS)
    return [role for role in known if role in SEVERAL or not columns.get(role)]
