"""Numbers in words, in six languages, as digits: one hundred and five, двадцать три, quatre-vingt-douze, treinta y dos, خمسة عشر."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from servanda.values.gazetteer import gazetteer

_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019\u02bc][^\W\d_]+)*")
_HUNDRED, _THOUSAND = 100, 1000


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = gazetteer("amount_words.yaml")["numbers"]
    return table


@cache
def _values() -> Mapping[str, int]:
    return {_plain(word): int(n) for n, listed in _table()["of"].items() for word in listed}


@cache
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    names = ("and", "never_alone", "one_and_a_half")
    and_, alone, half = (frozenset(map(_plain, _table()[name])) for name in names)
    return and_, alone, half


def _plain(word: str) -> str:
    return word.lower().replace("\u2019", "'").replace("\u02bc", "'").replace("\u0451", "\u0435")


def _value(word: str) -> int | None:
    """The number that a word is; in Arabic also with *and* written before it."""
    plain = _plain(word)
    found = _values().get(plain)
    return _values().get(plain[1:]) if found is None and plain.startswith("و") else found


def in_digits(text: str) -> str:
    """A text whose numbers in words are in digits.

    Args:
        text: for example ``more than twenty-one shells``.

    Returns:
        The text, with digits (``more than 21 shells``); a word that is mostly none (*one of them*) stays.
    """
    tokens = list(_TOKEN.finditer(text))
    out, n, done = [], 0, 0
    while n < len(tokens):
        last, value = _run(tokens, n, text)
        if value is not None:
            out += [text[done : tokens[n].start()], value]
            done = tokens[last].end()
            n = last
        n += 1
    return "".join([*out, text[done:]])


def _run(tokens: list[re.Match[str]], first: int, text: str) -> tuple[int, str | None]:
    """The number that begins at a word: the place of its last word, and its digits; none where no number begins there."""
    and_, alone, half = _lists()
    if _plain(tokens[first][0]) in half:
        return first, "1.5"
    begins = _value(tokens[first][0]) or 0
    if begins >= _HUNDRED and (
        _plain(tokens[first][0]) in alone or text[: tokens[first].start()].rstrip()[-1:].isdigit()
    ):
        return first, None  # 2 hundred: so many of what stands in front
    total = current = 0
    last, n, words = first - 1, first, 0
    while n < len(tokens) and (n == first or _joined(text, tokens[n - 1], tokens[n])):
        value = _value(tokens[n][0])
        if value is None:
            if not words or n != last + 1 or _plain(tokens[n][0]) not in and_:
                break
            n += 1
            continue
        added = _added(total, current, value, words)
        if added is None:
            break
        total, current = added
        last, words, n = n, words + 1, n + 1
    if not words or (words == 1 and _plain(tokens[first][0]) in alone):
        return first, None
    return last, str(total + current)


def _joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return text[one.end() : other.start()] in (" ", "-", "\u2010", "\u2011")


def _added(total: int, current: int, value: int, words: int) -> tuple[int, int] | None:
    """What a number is with another word behind it: whole, and what waits for a thousand; nothing where they are two numbers."""
    if value >= _THOUSAND:
        return (total + max(current, 1) * value, 0) if total % _THOUSAND == 0 and (current or not words) else None
    if value == _HUNDRED and 1 <= current < 10:
        return total, current * _HUNDRED
    if current == 4 and value == 20:  # quatre-vingt
        return total, 80
    if not current:
        return (total, value) if not total or not words or value < _THOUSAND else None
    order = 10 ** (len(str(current)) - len(str(current).rstrip("0")))
    if value < order or (current % 100 in (60, 80) and 10 <= value < 20):
        return total, current + value
    if 3 <= current % 100 < 10 and value in (10, 20, 30, 40, 50, 60, 70, 80, 90) and words == 1:
        return total, current + value  # خمسة عشر, خمسة وعشرون
    return None
