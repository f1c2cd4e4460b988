"""Objects within objects: what is nested gets a name with slashes; reports that lie in a list within an object are its rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from servanda.evidence.importing.sheets import Broken, Cell, Sheet
from servanda.evidence.importing.words import roles, words
from servanda.wording import plural

_DEEPEST = 4
_LIST = "list"
"""The column with the name of the list that a row lay in, where there are several: it may be a day."""
_HIT = "_source"
"""The name under which Elasticsearch gives what it found: it says nothing of who reports."""
_OF_A_REPORT = frozenset({"act", "when", "date", "start", "time", "lat", "position", "place_name"})
"""What objects of a list must name two of to be reports, where what they lie in names no act."""


def unfolded(rows: Sequence[Mapping[str, Any]], sheet: Sheet) -> list[dict[str, Cell]] | None:
    """The reports that lie in lists within objects which are none themselves, as the incidents of a day's report.

    Args:
        rows: the objects.
        sheet: takes what is to be told.

    Returns:
        A row for each, with what its object says of all of them (the day, who reports) where the row does not say it; nothing where there are
        no such lists.
    """
    out: list[dict[str, Cell]] = []
    count: Counter[str] = Counter()
    for row in rows:
        lists = [] if "act" in _roles(_scalars(row)) else list(_reports_within(row, "", 0))
        around = _scalars(row)
        if not lists:
            out.append(around)
        for name, inner in lists:
            count[name] += len(inner)
            for one in inner:
                out.append(_beneath(around, one) | {_LIST: name} | flat(one))
    if not count:
        return None
    if len(count) == 1:
        out = [{n: cell for n, cell in row.items() if n != _LIST or cell not in count} for row in out]
    told = ", ".join(f"{name!r} ({n:,})" for name, n in count.items())
    sheet.told.append(f"{plural(sum(count.values()), 'row')} in lists within its objects: {told}")
    return out


def _reports_within(value: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Lists of objects that name what a report does, under the names that lead to them; of lists within lists the inner ones, with what the outer says of them."""
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, Mapping) and depth < _DEEPEST:
            yield from _reports_within(inner, f"{name}/", depth + 1)
        elif isinstance(inner, list) and inner and all(isinstance(one, Mapping) for one in inner):
            said = _roles({n: None for one in inner[:50] for n in flat(one)})
            deeper = [] if "act" in said or depth >= _DEEPEST else list(_deeper(inner, name, depth))
            if deeper:
                yield from deeper
            elif len(said & _OF_A_REPORT) > 1:
                yield name, inner


def _deeper(outer: list[Mapping[str, Any]], name: str, depth: int) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for one in outer:
        around = _scalars(one)
        for inner_name, found in _reports_within(one, f"{name}/", depth + 1):
            yield inner_name, [{**_beneath(around, row), **row} for row in found]


def _beneath(around: Mapping[str, Cell], row: Mapping[str, Any]) -> dict[str, Any]:
    """What is said around an object that it does not say itself."""
    values = flat(row)
    said = _roles(values) | {"quantity"}  # a number beside a list is mostly that of its rows
    return {n: cell for n, cell in around.items() if n not in values and not said & _roles({n: cell})}


def _scalars(row: Mapping[str, Any]) -> dict[str, Cell]:
    """What an object says besides lists of objects."""
    return {name: cell for name, cell in flat(row).items() if not (isinstance(cell, str) and cell.startswith("[{"))}


def _roles(values: Mapping[str, Cell]) -> frozenset[str]:
    """What the names of values mean."""
    found = (roles().get(words(part)) for name in values for part in (name, name.rpartition("/")[2]))
    return frozenset(role for role in found if role)


def flat(value: Mapping[str, Any]) -> dict[str, Cell]:
    """An object with its nested values under names with slashes."""
    return dict(_flat(value, "", 0))


def _flat(value: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, Cell]]:
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, Mapping) and depth < _DEEPEST:
            yield from _flat(inner, above if key == _HIT else f"{name}/", depth + 1)
        elif (
            isinstance(inner, list)
            and len(inner) == 2
            and all(isinstance(x, (int, float)) for x in inner)
            and "geolocation" in name
        ):
            yield f"{name}_latitude", float(inner[0])
            yield f"{name}_longitude", float(inner[1])
        else:
            yield name, cell_of(inner)


def cell_of(value: Any) -> Cell:
    """A value of JSON as a cell: a list of words with semicolons between, of numbers with blanks, for two may be a place."""
    if value is None or isinstance(value, (bool, Broken, datetime, timedelta)):
        return value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 2**53 else str(value)
    if isinstance(value, list) and all(isinstance(x, (str, int, float)) for x in value):
        mark = " " if all(isinstance(x, (int, float)) for x in value) else "; "
        return mark.join(map(str, value)) or None
    return json.dumps(value, ensure_ascii=False, default=str)
