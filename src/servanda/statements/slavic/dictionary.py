"""The dictionaries of Russian and Ukrainian, and whether they are installed."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from typing import Any


def available(code: str) -> bool:
    """Whether the packages that read a language are installed.

    Args:
        code: ``ru`` or ``uk``.

    Returns:
        True where its words can be read.
    """
    return all(importlib.util.find_spec(name) for name in ("pymorphy3", f"pymorphy3_dicts_{code}"))


def likelier(text: str) -> str:
    """Which of the two languages has more of the words of a text in its dictionary.

    Args:
        text: a few words in Cyrillic letters.

    Returns:
        ``ru`` or ``uk``; ``ru`` where both have as many, or no dictionary is installed.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    known = {
        code: sum(bool(analyzer(code).word_is_known(w)) for w in words) for code in ("ru", "uk") if available(code)
    }
    return max(known, key=lambda code: known[code], default="ru")


@cache
def analyzer(code: str) -> Any:
    """The dictionary of a language.

    Args:
        code: ``ru`` or ``uk``.

    Returns:
        It, read once.
    """
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang=code)
