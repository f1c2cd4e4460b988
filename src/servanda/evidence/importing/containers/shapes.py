"""JSON that is a table in another shape than a list of objects: columns with their values, rows under their names, names and rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servanda.evidence.importing.words import roles, words

_TELLING = frozenset({"act", "when", "date", "start", "time", "lat", "lon", "position", "place_name", "actor"})


def rows_of_shape(document: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of a table that an object is.

    Args:
        document: an object.

    Returns:
        An object for each row; nothing where it is no table: its values are no columns of one length, no rows that name what a report does, no names
        and rows apart.
    """
    names, rows = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    values = list(document.values())
    if len(values) == 1 and isinstance(values[0], Mapping):
        return rows_of_shape(values[0])
    if len(values) > 1 and _telling(document) > 1:
        if all(isinstance(value, list) for value in values) and len({len(value) for value in values}) == 1:
            columns = [[(str(n), cell) for n, cell in enumerate(value)] for value in values]
        elif all(isinstance(value, Mapping) for value in values) and len({frozenset(value) for value in values}) == 1:
            columns = [list(value.items()) for value in values]
        else:
            return None
        if any(isinstance(cell, (list, Mapping)) for column in columns for _, cell in column):
            return None
        return [
            {name: dict(column).get(key) for name, column in zip(document, columns, strict=True)}
            for key, _ in columns[0]
        ]
    if values and all(isinstance(value, Mapping) and _telling(value) > 1 for value in values):
        return [{"key": name, **value} for name, value in document.items()]
    return None


def _telling(names: Mapping[str, Any]) -> int:
    """How many of some names say what a report says."""
    return len({role for name in names if (role := roles().get(words(name)))} & _TELLING)
