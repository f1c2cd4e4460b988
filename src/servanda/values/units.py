"""Units of counts: what was counted, in one way of writing.

A count of acts is in a code of acts ("shelling"), or in a word for acts of any kind ("violations"). Whatever else was counted (rounds,
weapons, people) is no number of acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from servanda.values.codes import Tree

ACT = "act"
"""The unit of a number of acts of which it is not said which."""
ACT_WORDS = frozenset({ACT, "attack", "breach", "case", "ceasefire_violation", "event", "incident", "violation"})
"""Words for acts of any kind, in the singular."""


def unit_key(text: str) -> str:
    """A unit as words are compared: small letters, underscores between words."""
    return re.sub(r"[\s\-_]+", "_", text.strip().lower())


def singular(word: str, known: Iterable[str]) -> str:
    """The word, or its singular where that is known.

    Args:
        word: a unit as :func:`unit_key` writes it.
        known: words and codes in the singular.

    Returns:
        The known word that it means, or the word itself.
    """
    known = frozenset(known)
    guesses = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((guess for guess in guesses if guess in known), word)


def units_of(texts: Iterable[str], codes: Iterable[str]) -> Mapping[str, str]:
    """Each text with the one way in which its unit is written.

    Args:
        texts: units as they were written.
        codes: all codes that an agreement knows.

    Returns:
        By text, the code or the word for acts that it means; else its own words.
    """
    known = ACT_WORDS | frozenset(codes)
    return {text: singular(unit_key(text), known) for text in texts}


def same_unit(unit: str) -> list[str]:
    """How a unit may be written in the singular and in the plural."""
    return [
        unit,
        unit + "s",
        unit + "es",
        unit.removesuffix("s"),
        unit.removesuffix("es"),
        unit.removesuffix("y") + "ies",
        re.sub("ies$", "y", unit),
    ]


def is_of_acts(unit: str, acts: Tree) -> bool:
    """Whether a unit, as :func:`units_of` writes it, counts acts."""
    return unit in ACT_WORDS or unit in acts.parent


def unit_words(unit: str, *, many: bool) -> str:
    """A unit in words, for one or for many."""
    words = unit.replace("_", " ")
    if not many or words.endswith("s"):
        return words
    return words + ("es" if words.endswith(("h", "x")) else "s")
