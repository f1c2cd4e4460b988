"""JSON in which no name stands twice: of two values under one name most readers keep the last without a word."""

from __future__ import annotations

import gc
import json
from typing import Any


def loads(text: str | bytes) -> Any:
    """Read JSON.

    Args:
        text: one document.

    Returns:
        What it says.

    Raises:
        ValueError: it is not JSON, or a name stands twice in one object.
    """
    swept = gc.isenabled()
    gc.disable()  # a document is a tree, in which there is nothing to sweep; a large one is looked through several times while it is made
    try:
        return json.loads(text, object_pairs_hook=_once)
    finally:
        if swept:
            gc.enable()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return made
