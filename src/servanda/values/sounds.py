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
_KINDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        ("KH|GH|G|H", "g"),
        ("PH|[FVW]", "v"),
        ("[BP]", "p"),
        ("CK|K|Q", "k"),
        ("[TD]", "t"),
        ("[MN]", "n"),
        ("[SZX]", "s"),
        ("L", "l"),
        ("R", "r"),
        (r"([a-z0-9])\1+", r"\1"),
        ("[A-Z]", ""),
    )
)
"""Kinds of consonants, in small letters; vowels are nothing."""
_HISSED = "[TD]?S?[SZ]H|[TD]?SCH|[CT]Z|[TD]CH|DJ|TS"
_READ = tuple(
    tuple((re.compile(pattern), by) for pattern, by in ((_HISSED, "s"), *more))
    for more in ((("CH|J", "s"), ("C(?!K)", "k")), (("CH", "g"), ("C(?!K)", "s"), ("J", "")))
)
"""How *c*, *ch* and *j* are read in English, and in German, Polish and others."""
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
    owner, texts = _in_latin(words)
    whole = "\n".join(texts)
    for pattern, by in _FOLDS:
        whole = pattern.sub(by, whole)
    return _keys(len(words), owner, whole)


def consonants_of_each(words: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The kinds of consonants of each of many words, in their order: what is the same however two languages call one town (Charkow, Kharkiv).

    Args:
        words: each without its accents, and with them (:func:`sounds_of`).

    Returns:
        For each its keys, as letters are read in English and in others; none for other scripts and for what has fewer than three.
    """
    owner, texts = _in_latin(words)
    whole = "\n".join(texts)
    read = [whole.upper() for _ in _READ]
    for n, folds in enumerate(_READ):
        for pattern, by in (*folds, *_KINDS):
            read[n] = pattern.sub(by, read[n])
    return _keys(len(words), owner * len(read), "\n".join(read))


def _in_latin(words: Sequence[tuple[str, str]]) -> tuple[list[int], list[str]]:
    """Words in Latin letters, once for every way in which their own are read, and which word each is."""
    owner: list[int] = []
    texts: list[str] = []
    for n, (text, spelt) in enumerate(words):
        tables = [by for by, other in _READINGS if not other.search(spelt or text)] or _BOTH
        for latin in map(text.translate, tables) if _CYRILLIC.search(text) else (text,):
            if latin.isascii() and latin.isalnum():
                owner.append(n)
                texts.append(latin)
    return owner, texts


def _keys(count: int, owner: Sequence[int], whole: str) -> list[tuple[str, ...]]:
    out: list[dict[str, None]] = [{} for _ in range(count)]
    for n, key in zip(owner, whole.split("\n"), strict=False):
        if len(key) >= 3:
            out[n][key] = None
    return [tuple(keys) for keys in out]
