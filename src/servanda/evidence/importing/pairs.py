"""Columns that belong together: N and E, source and target of an event, a number and the half of the day or the earth that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from servanda.evidence.importing.clocks import written_clock
from servanda.evidence.importing.dates import written_day
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.mapping import Question
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.parts import HALVES, is_half
from servanda.evidence.importing.positions import degrees
from servanda.evidence.importing.sheets import Broken, Cell, is_blank
from servanda.evidence.importing.words import is_exactness, word_list, words

_SAMPLE = 400
_LEAST_METRES = 10_000


@dataclass
class Column:
    """A column with a sample of its cells, each once."""

    name: str
    cells: list[Cell]

    def share(self, test: Callable[[Cell], object]) -> float:
        """The share of its cells that pass."""
        return sum(1 for cell in self.cells if test(cell)) / len(self.cells) if self.cells else 0.0


def sampled(cells: list[Cell]) -> list[Cell]:
    """Cells of a column that have something in them, each once, and no errors."""
    seen: dict[str, Cell] = {}
    for cell in cells:
        if not is_blank(cell) and not isinstance(cell, Broken):
            seen.setdefault(f"{type(cell).__name__}{cell}", cell)
            if len(seen) >= _SAMPLE:
                break
    return [cell for cell in seen.values() if not _says_nothing(cell)] or list(seen.values())[:1]


def _says_nothing(cell: Cell) -> bool:
    return isinstance(cell, str) and words(cell) in ("", "na", "n a", "nan", "none", "null", "unknown")


def codes_exactness(column: Column) -> bool:
    """Whether a column holds codes for how exact a day or a time is: its name says so, and its cells are no days or times, as those of *Time (to 5 min)* are."""
    return is_exactness(column.name) and column.share(_is_moment) < 0.5


def _is_moment(cell: Cell) -> bool:
    """Whether a cell is a day or a time, and no mere number, which may be a code."""
    code = number(cell) is not None and not (isinstance(cell, float) and 0 < cell < 1)
    return not code and (written_clock(cell) or written_day(cell)) is not None


def compass(columns: list[Column]) -> dict[int, dict[str, float]]:
    """Two columns that are called N and E, and hold degrees."""
    last = [words(column.name.rpartition("/")[2]) for column in columns]
    found: dict[int, dict[str, float]] = {}
    for north, east in (("n", "e"), ("с", "в"), ("пн", "сх"), ("n", "o")):
        if last.count(north) == last.count(east) == 1:
            pair = {last.index(north): {"lat": 3.3}, last.index(east): {"lon": 3.3}}
            if all(columns[n].share(_angle) >= 0.5 for n in pair):
                found |= pair
    return found


def dyads(columns: list[Column]) -> frozenset[int]:
    """Columns as ``Source Name`` and ``Target Name``: who did something, and to whom, as machines code events; nobody who reports, and nothing that was hit."""
    said = {words(column.name): n for n, column in enumerate(columns)}
    pairs = [(name, f"target {name.partition(' ')[2]}") for name in said if name.startswith("source ")]
    return frozenset(said[name] for pair in pairs if pair[1] in said for name in pair)


def _angle(cell: Cell) -> bool:
    angle = degrees(cell)
    return angle is not None and abs(angle[0]) <= 180 and (bool(angle[1]) or angle[0] != int(angle[0]))


def take_arcs(roles: dict[str, list[int]], columns: list[Column]) -> None:
    """Minutes and seconds of latitude and longitude in columns beside the degrees: *Lat deg*, *Lat min*, *Lat sec*; not the bounds of a box (*Lat min*, *Lat max*)."""
    said = [frozenset(words(column.name).split()) for column in columns]
    for role in ("lat", "lon"):
        of = next(iter(roles.get(role, [])), -1)
        if of < 0:
            continue
        base = said[of] - word_list("degrees")
        found = {
            part: n
            for part in ("min", "sec")
            for n, names in enumerate(said)
            if n != of and names & word_list(f"arc_{part}") and names - word_list(f"arc_{part}") == base
            if columns[n].cells
            and columns[n].share(lambda c: (value := number(c)) is not None and 0 <= value < 60) == 1
        }
        if "min" not in found or not (said[of] & word_list("degrees") or "sec" in found):
            continue
        for part, n in found.items():
            for other in [name for name, taken in roles.items() if n in taken]:
                roles[other] = [m for m in roles[other] if m != n]
                if not roles[other]:
                    del roles[other]
            roles[f"{role}_{part}"] = [n]


def take_grid(roles: dict[str, list[int]], columns: list[Column]) -> None:
    """Coordinates that are called north and east, and are the metres of a grid."""
    both = [n for role in ("lat", "lon") for n in roles.get(role, [])]
    if len(both) == 2 and all(columns[n].share(lambda c: (number(c) or 0.0) >= _LEAST_METRES) == 1 for n in both):
        roles["northing"], roles["easting"] = roles.pop("lat"), roles.pop("lon")


def take_halves(roles: dict[str, list[int]], columns: list[Column]) -> None:
    """Columns of morning and afternoon, north and south: also under another name, where every cell is such a word; those of the earth right behind their number."""
    taken = {n for found in roles.values() for n in found}
    for role, numbers in HALVES.items():
        of = next((roles[number][0] for number in numbers if number in roles), None)
        if of is None:
            roles.pop(role, None)
        elif role not in roles:
            near = [of + 1] if role != "half_day" else range(len(columns))
            free = (n for n in near if n < len(columns) and n not in taken)
            said = next((n for n in free if columns[n].share(partial(is_half, role)) == 1), None)
            roles |= {role: [said]} if said is not None else {}


NUMBERED = re.compile(r" \(\d+\)$")
"""What a header's name gets that stands twice."""


_MANY = 5
"""Of so many rows numbers that rise all the way number them."""


def ask_of_numbers(roles: dict[str, list[int]], questions: list[Question], table: Table) -> None:
    """Ask of a column of numbers that is called no more than a number whether it counts things, unless it numbers all rows in their order.

    Args:
        roles: columns by role, which are changed.
        questions: what is asked, to which is added.
        table: names and cells.
    """
    taken = {n for role, found in roles.items() for n in found if role != "report_id"}
    for n, name in enumerate(table.names) if "quantity" not in roles else ():
        last = words(NUMBERED.sub("", name).rpartition("/")[2])
        if n in taken or last not in ("number", "num", "no"):
            continue
        cells = [cell for cell in table.columns[n] if not is_blank(cell)]
        numbers = [value for cell in cells if (value := number(cell, whole=True)) is not None]
        ids = [m for m in roles.get("report_id", []) if m != n]
        if numbers and len(numbers) == len(cells) and (ids or not _in_order(numbers, table.height)):
            roles.pop("report_id", None)
            roles |= {"report_id": ids} if ids else {}
            what = f"does {name!r} count something? Else it numbers the reports: a dash"
            questions.append(Question(("columns", "quantity"), what, "" if _rise(numbers) else name, (name,)))


def _in_order(numbers: list[float], height: int) -> bool:
    """Whether numbers stand in each row, each once, and rise or fall: of few rows by one, for two or three counts may rise by chance; of one row, whether it is the first."""
    by_one = max(numbers) - min(numbers) == height - 1
    return len(numbers) == height and _rise(numbers) and (by_one or height >= _MANY) and (height > 1 or numbers == [1])


def _rise(numbers: list[float]) -> bool:
    """Whether numbers rise or fall all the way."""
    falls = sorted(numbers, reverse=True)
    return len(set(numbers)) == len(numbers) and numbers in (falls, falls[::-1])
