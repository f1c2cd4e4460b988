"""JSON for people to read, as ``json.dumps(..., ensure_ascii=False, indent=1)`` writes it, and the values of a column as JSON.

``json`` walks what it indents value by value in Python; here whatever holds no further lists or objects is written in one go, and a
column of texts as it stands.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

_HOLD = (dict, list, tuple, pl.Series)
_AT_ONCE = 50_000  # texts of a column
_WRITTEN_OTHERWISE = r'["\\\x00-\x1f]'
_APART = "\0"
"""Stands in no JSON text as it is: within strings it is written as ``\\u0000``."""


def indented(data: Any) -> str:
    """Data as JSON, a line for each value, one space in for each level.

    Args:
        data: of what ``json`` can write; the keys of objects are text; a column of texts (:class:`polars.Series`) is a list of them.

    Returns:
        The text, without a line feed at its end.
    """
    return "".join(indented_parts(data))


def indented_parts(data: Any) -> Iterator[str]:
    """The text of :func:`indented` in parts, one after another: where it is long it need not be held at once."""
    return _parts(data, 0)


def values_as_json(values: Iterable[Any]) -> list[str]:
    """Each of some values as JSON on one line.

    Args:
        values: text, numbers, yes and no, nothing.

    Returns:
        The texts, in the same order.
    """
    listed = list(values)
    return _encoder(_APART).encode(listed)[1:-1].split(_APART) if listed else []


def _parts(value: Any, level: int) -> Iterator[str]:
    pad, end = "\n" + " " * (level + 1), "\n" + " " * level
    if isinstance(value, pl.Series):
        yield from _column(value, pad, end)
    elif not value or not isinstance(value, (dict, list, tuple)):
        yield _encoder(", ").encode(value)
    elif not any(
        issubclass(kind, _HOLD) for kind in set(map(type, value.values() if isinstance(value, dict) else value))
    ):
        text = _encoder("," + pad).encode(value)
        yield f"{text[0]}{pad}{text[1:-1]}{end}{text[-1]}"
    elif isinstance(value, dict):
        for n, (key, one) in enumerate(value.items()):
            yield f"{',' if n else '{'}{pad}{_encoder(', ').encode(key)}: "
            yield from _parts(one, level + 1)
        yield end + "}"
    else:
        for n, one in enumerate(value):
            yield f"{',' if n else '['}{pad}"
            yield from _parts(one, level + 1)
        yield end + "]"


def _column(texts: pl.Series, pad: str, end: str) -> Iterator[str]:
    """A list of texts, put together without a text for each but where one has to be written otherwise than it is."""
    for n in range(0, len(texts), _AT_ONCE):
        some = texts[n : n + _AT_ONCE]
        plain = not some.null_count() and not some.str.contains(_WRITTEN_OTHERWISE).any()
        each = some.str.join(f'",{pad}"').item() if plain else f",{pad}".join(values_as_json(some))
        each = f'"{each}"' if plain else each
        yield f"{',' if n else '['}{pad}{each}"
    yield f"{end}]" if len(texts) else "[]"


@functools.cache
def _encoder(separator: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(separator, ": "))
