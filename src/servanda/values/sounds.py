"""How names sound across scripts: Cyrillic in Latin letters, and what transliterations write in several ways put together (Sheikhoun, Shaykhun)."""

from __future__ import annotations

import re
from collections.abc import Sequence

LETTERS = str.maketrans(
    {
        **dict(zip("øłßæœđðþəĭ", ("o", "l", "ss", "ae", "oe", "d", "d", "th", "a", "i"), strict=True)),
        **dict.fromkeys("şšș", "sh"),
        **dict.fromkeys("çč", "ch"),
        "ž": "zh",
        "ğ": "gh",
        "ţ": "ts",
        "ț": "ts",
        "x": "kh",
    }
)
"""Latin letters that others write with several, or without their signs."""
_FOLDS = tuple(
    (re.compile(pattern, re.MULTILINE), by)
    for pattern, by in (
        (r"tch|tsh", "ch"),
        (r"dzh|dj", "j"),
        (r"kh", "h"),
        (r"gh", "g"),
        (r"[dt]h(?=[aeiouy]|$)", "d"),
        (r"ck|q", "k"),
        (r"c(?!h)", "k"),
        (r"ph", "f"),
        (r"oo|ou", "u"),
        (r"ee", "i"),
        (r"a[wu]|ow", "o"),
        (r"w", "v"),
        (r"[ae][iy]", "e"),
        (r"ij|iy|yi|yy|y", "i"),
        (r"ie|je", "e"),
        (r"e", "i"),
        (r"o", "u"),
        (r"(.)\1+", r"\1"),
        (r"(?<=[aiu])h$", ""),
    )
)
_UK = {
    **dict(
        zip("абвгґдезиіїйклмнопрстуфцьэ", "a b v h g d e z y i i i k l m n o p r s t u f ts  e".split(" "), strict=True)
    ),
    "є": "ie",
    "ж": "zh",
    "х": "kh",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "iu",
    "я": "ia",
    "ё": "e",
    "ы": "y",
    "ъ": "",
}
_RU = {**_UK, "г": "g", "и": "i"}
_CYRILLIC, _ONLY_UK, _ONLY_RU = re.compile("[а-яіїєґ]"), re.compile("[іїєґ]"), re.compile("[ыэёъ]")
_READINGS = ((str.maketrans(_UK), _ONLY_RU), (str.maketrans(_RU), _ONLY_UK))
_BOTH = [table for table, _ in _READINGS]


def sounds_of(text: str, spelt: str = "") -> tuple[str, ...]:
    """What a word sounds like: two keys where its letters are read in two ways.

    Args:
        text: it, in small Latin or Cyrillic letters.
        spelt: the same with its accents, where these were taken off: some letters are of one language only.

    Returns:
        The keys; none for other scripts and for what is too short to be compared so.
    """
    (keys,) = sounds_of_each([(text, spelt)])
    return keys


def sounds_of_each(words: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """What each of many words sounds like, worked out together: arguments and keys as :func:`sounds_of` has them."""
    owner: list[int] = []
    texts: list[str] = []
    for n, (text, spelt) in enumerate(words):
        tables = [by for by, other in _READINGS if not other.search(spelt or text)] or _BOTH
        for latin in map(text.translate, tables) if _CYRILLIC.search(text) else (text,):
            if latin.isascii() and latin.isalnum():
                owner.append(n)
                texts.append(latin)
    whole = "\n".join(texts)
    for pattern, by in _FOLDS:
        whole = pattern.sub(by, whole)
    out: list[dict[str, None]] = [{} for _ in words]
    for n, key in zip(owner, whole.split("\n"), strict=False):
        if len(key) >= 3:
            out[n][key] = None
    return [tuple(keys) for keys in out]
