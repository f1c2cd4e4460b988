"""JSON for people to read, as ``json.dumps(..., ensure_ascii=False, indent=1)`` writes it, and the values of a column as JSON.

``json`` walks what it indents value by value in Python; here whatever holds no further lists or objects is written in one go.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Any

_APART = "\0"
"""Stands in no JSON text as it is: within strings it is written as ``\\u0000``."""


def indented(data: Any) -> str:
    """Data as JSON, a line for each value, one space in for each level.

    Args:
        data: of what ``json`` can write; the keys of objects are text.

    Returns:
        The text, without a line feed at its end.
    """
    return _indented(data, 0)


def values_as_json(values: Iterable[Any]) -> list[str]:
    """Each of some values as JSON on one line.

    Args:
        values: text, numbers, yes and no, nothing.

    Returns:
        The texts, in the same order.
    """
    listed = list(values)
    return _encoder(_APART).encode(listed)[1:-1].split(_APART) if listed else []


def _indented(value: Any, level: int) -> str:
    if not value or not isinstance(value, (dict, list, tuple)):
        return _encoder(", ").encode(value)
    pad, end = "\n" + " " * (level + 1), "\n" + " " * level
    inner = value.values() if isinstance(value, dict) else value
    if not any(issubclass(kind, (dict, list, tuple)) for kind in set(map(type, inner))):
        text = _encoder("," + pad).encode(value)
        return f"{text[0]}{pad}{text[1:-1]}{end}{text[-1]}"
    if isinstance(value, dict):
        each = (f"{_encoder(', ').encode(key)}: {_indented(one, level + 1)}" for key, one in value.items())
        return f"{{{pad}{f',{pad}'.join(each)}{end}}}"
    return f"[{pad}{f',{pad}'.join(_indented(one, level + 1) for one in value)}{end}]"


@functools.cache
def _encoder(separator: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(separator, ": "))
