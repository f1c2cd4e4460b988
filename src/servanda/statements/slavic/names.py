"""When two spellings are one name, by which forms it is known, and what stands in brackets behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from servanda.statements.slavic.words import Word, forms_of

_ENDING = re.compile("[аеєиіїоуюяйьыэмв]{0,3}")
_OF_PLACE = re.compile("([а-яёіїєґ'-]{4,})(?:ск|ськ)(?:ий|ой)")
AS_CALLED = 4
"""Letters at the least that two spellings have in common."""


def in_brackets(words: Sequence[Word]) -> Sequence[Word]:
    """What stands in brackets behind a name.

    Args:
        words: of a description.

    Returns:
        The words between them; none where there are none.
    """
    opens = next((n for n, w in enumerate(words) if w.text == "("), 0)
    closes = next((n for n, w in enumerate(words) if w.text == ")" and n > opens), len(words))
    return words[opens + 1 : closes] if opens else ()


def stems(word: Word) -> list[str]:
    """The places of which an adjective may be made: *баткенский* is of Баткен, *аравский* of Арава.

    Args:
        word: an adjective.

    Returns:
        What they may be called; none where it is no such adjective.
    """
    made = next((m for f in word.forms if f.pos == "ADJF" and (m := _OF_PLACE.fullmatch(f.lemma))), None)
    return [made[1] + ending for ending in ("", "а", "о", "я")] if made else []


def one_name(a: str, b: str) -> bool:
    """Two cases of one name: but for the vowels of their endings they are the same.

    Args:
        a: a word in small letters.
        b: another.

    Returns:
        Whether they are.
    """
    n = len(common(a, b))
    return n >= AS_CALLED - 1 and _ENDING.fullmatch(a, n) is not None and _ENDING.fullmatch(b, n) is not None


def common(a: str, b: str) -> str:
    """The letters with which both begin.

    Args:
        a: a word.
        b: another.

    Returns:
        Them.
    """
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:n]


def described_by(noun: Word, before: Word) -> bool:
    """*(обстрел) Нижнего Сарна*: an adjective in no nominative before a noun, which is in none either; of names in capitals the dictionary may know nothing.

    Args:
        noun: the word.
        before: the one before it.

    Returns:
        Whether it belongs to it.
    """
    first = before.forms[0] if before.forms else None
    if first is None or first.pos not in ("ADJF", "PRTF") or "Apro" in first.marks or before.in_case("nomn"):
        return False
    if before.capital and noun.capital:
        return True
    own = {(f.case, f.number) for f in before.forms}
    return any((f.case, f.number) in own for f in noun.forms if f.pos == "NOUN")


@lru_cache(maxsize=5_000)
def keys_of(name: str, code: str) -> tuple[str, ...]:
    """By which forms a word of a name is known: itself, and its dictionary form.

    Args:
        name: the word.
        code: the language.

    Returns:
        The forms.
    """
    known = [f.lemma for f in forms_of(name, code)[:1]] if len(name) > 3 else []
    return tuple(dict.fromkeys([name, *known]))
