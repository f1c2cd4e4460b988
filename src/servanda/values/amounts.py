"""How many, as people write it: a number, a bound, a range, a word for a number that nobody counted, or a change against another time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from servanda.values.gazetteer import gazetteer
from servanda.values.number_words import in_digits

_DIGITS = r"\d{1,3}(?:[ ,.'\u00a0\u202f\u2019\u066c]\d{3})+(?!\d)|\d+[.,\u066b]\d{1,2}(?!\d)|\d+"
_PART = re.compile(r"(\d+)[.,\u066b](\d{1,2})")
_HALVES = {"½": "5", "¼": "25", "¾": "75"}
_HUNDRED = re.compile(r"\ban? (?=(?:hundred|thousand)\b)", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|as|than|compared with|against)\s+(?:in\s+)?((?:\w+ )?\d{4})\b", re.IGNORECASE)
ABOUT = 0.1
"""Which share of a number it is taken to be off at most, that says "about"."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many: from ``low`` to ``high`` (``None``: no bound is said), or ``ratio`` times as many as ``since``.

    ``vague``: nobody counted, or counted roughly. What is a ratio has no bounds until the count at the other time is known.
    """

    low: int | None
    high: int | None
    vague: bool = False
    ratio: float | None = None
    since: str = ""

    def times(self, other: Amount) -> Amount:
        """So many of each: 26 nations with a few thousand men each. A bound that is missing on either side is missing after."""
        low = None if self.low is None or other.low is None else self.low * other.low
        high = None if self.high is None or other.high is None else self.high * other.high
        return Amount(low, high, self.vague or other.vague)

    def against(self, baseline: Amount) -> Amount | None:
        """How many a ratio is, by the count at the time that it is said against; ``None`` where that is not known at both ends."""
        if self.ratio is None or baseline.low is None or baseline.high is None:
            return None
        return Amount(round(baseline.low * self.ratio), round(baseline.high * self.ratio), True)


def read_amount(text: str) -> Amount:
    """Read how many.

    Args:
        text: a number with or without separators of thousands, "at least 20", "up to 8,000", "about 300", "20-30", "dozens", "has doubled since
            2019"; in English, Ukrainian, Russian, French, Spanish, Arabic, in digits or in words (``number_words``). What is counted may stand behind it.

    Returns:
        The bounds, or the ratio.

    Raises:
        ValueError: it says no number.
    """
    words = _plain(in_digits(_HUNDRED.sub("one ", _plain(text)))).lower()
    for word, times in _words()["ratios"].items():
        if _stands(word, words):
            since = _SINCE.search(words)
            return Amount(None, None, True, float(times), since[1] if since else "")
    found = _numbers_in(words, text)
    if not found:
        return _of_words(words)
    if len(found) > 2 or (len(found) == 2 and not _is_range(*found)):
        raise ValueError(f"{text!r} has several numbers; write the one that counts")
    return _bounded(_of_numbers(text, found), words[: found[0].start()], words[found[-1].end() :])


def read_counted(text: str) -> tuple[Amount, Amount, str]:
    """Read how many of what: "950+ FPV", "about 5 thousand rounds".

    Args:
        text: a number as for :func:`read_amount`, and behind it what is counted, in which other numbers may stand.

    Returns:
        The bounds, the number that stands there, and the words of what is counted.

    Raises:
        ValueError: it says no number in digits, or not of what.
    """
    shown = _plain(text)
    words = shown.lower() if len(shown.lower()) == len(shown) else shown
    found = _numbers_in(words, text)
    found = found[: 2 if len(found) > 1 and _is_range(*found[:2]) else 1]
    if not found:
        raise ValueError(f"{text!r} has no number in digits")
    number, end = _of_numbers(text, found), found[-1].end()
    amount = _bounded(number, words[: found[0].start()], words[end:])
    unit = shown[end:].strip().removeprefix("+").strip()
    for bound in (word for kind in ("at_least", "at_most", "about") for word in _words()[f"{kind}_behind"]):
        if _begins(bound, unit.lower()):
            unit = unit.lstrip("- ")[len(bound) :].strip()
    if not unit:
        raise ValueError(f"{text!r} does not say of what")
    return amount, number, unit


def _plain(text: str) -> str:
    """A text with single blanks, and with halves and quarters behind a number as its part."""
    words = " ".join(text.split()).strip("\"'")
    return re.sub(f"(?<=\\d) ?([{''.join(_HALVES)}])", lambda half: f".{_HALVES[half[1]]}", words)


def _numbers_in(words: str, text: str) -> list[re.Match[str]]:
    if re.match(r"(?:[-\u2212]\s*|minus )\d", words) or re.search(r"\d\s*(?:%|per ?cent)", words):
        raise ValueError(f"{text!r} is not a number of things; write how many as a whole number")
    return list(_number().finditer(words))


def _of_numbers(text: str, found: list[re.Match[str]]) -> Amount:
    """One number, or the two ends of a range, of which the first is so many of what the second is: 5-7 thousand."""
    scales = [_scale(number[2]) for number in found]
    if len(found) == 2 and scales[0] == 1 < scales[1]:
        bare, of = (_times(number[1], 1) for number in found)
        if of < bare < scales[1]:
            raise ValueError(f"{text!r} says no number at which it begins; write it in digits, {_AS}")
        scales[0] = scales[1] if bare <= of else 1
    numbers = [_times(number[1], scale) for number, scale in zip(found, scales, strict=True)]
    if any(number.denominator > 1 for number in numbers):
        raise ValueError(f"{text!r} is not a number of whole things; write how many as a whole number")
    return Amount(int(min(numbers)), int(max(numbers)), len(found) > 1)


def _is_range(first: re.Match[str], second: re.Match[str]) -> bool:
    between, before = first.string[first.end() : second.start()].strip(), first.string[: first.start()].split()
    if between in _words()["range_and"]:
        return any(word in before for word in _words()["between"])
    return between in _words()["range"]


def _scale(words: str) -> int:
    """What the words behind a number make of one: hundred thousand."""
    return math.prod(_scales()[word] for word in words.split())


def _times(digits: str, scale: int) -> Fraction:
    part = _PART.fullmatch(digits)
    if part:
        return Fraction(f"{part[1]}.{part[2]}") * scale
    return Fraction(int(re.sub(r"\D", "", digits)) * scale)


_BOUNDS = ("at_least", "at_most", "beyond", "below", "about")
_AS = "as 'at least 20', 'up to 8000', '20-30', 'dozens'"
_NOT = {"at_least": "below", "at_most": "beyond", "beyond": "at_most", "below": "at_least"}
"""What a bound that is denied says: no more than is at most."""


def _bounded(number: Amount, before: str, behind: str) -> Amount:
    """How many, by the words in front and behind; what stands in front and is no word for a bound could be one, and is refused."""
    if behind.strip().startswith(("?", "(?")):
        raise ValueError(
            f"a question mark stands behind the number: {behind.strip()!r}; write how many it may be, as '20-30'"
        )
    if any(_begins(word, behind) for word in _words()["else_behind"]) and not _bound_behind(behind.strip()):
        raise ValueError(f"{behind.strip()!r} behind a number makes it another; write how many there were, {_AS}")
    kind, ahead = _bound_before(before.strip())
    found = _within(number, kind or _bound_behind(behind.strip()))
    if ahead and kind:
        return _bounded(found, ahead, "")  # at least about 300
    if ahead and ahead not in _words()["in_front"]:
        raise ValueError(f"{before.strip()!r} in front of a number is no bound that is known; write {_AS}")
    return found


def _within(number: Amount, kind: str) -> Amount:
    low, high = number.low, number.high
    if kind in ("at_least", "beyond") and low is not None:
        return Amount(low + (kind == "beyond"), None, True)
    if kind in ("at_most", "below") and high is not None:
        return Amount(None, high - (kind == "below"), True)
    if kind == "about" and low is not None and high is not None:
        return Amount(low - round(low * ABOUT), high + round(high * ABOUT), True)
    if kind:
        raise ValueError(f"two bounds that do not go together; write {_AS}")
    return number


def _bound_before(before: str) -> tuple[str, str]:
    """Which bound the words in front say, and what stands in front of them."""
    bounds = [
        (word, kind) for kind in _BOUNDS for word in _words()[kind] if before == word or before.endswith(f" {word}")
    ]
    word, kind = max(bounds, key=lambda bound: len(bound[0]), default=("", ""))
    ahead = before[: len(before) - len(word)].split()
    if ahead and ahead[-1] in _words()["negations"]:
        if kind not in _NOT:
            raise ValueError(f"{before!r} says no number; write it in digits, or {_AS}")
        return _NOT[kind], " ".join(ahead[:-1])
    return kind, " ".join(ahead)


def _bound_behind(behind: str) -> str:
    if "+" in behind:
        return "at_least"
    each = ((word, kind) for kind in ("at_least", "at_most", "about") for word in _words()[f"{kind}_behind"])
    return next((kind for word, kind in each if behind.endswith(f" {word}") or _begins(word, behind)), "")


def _begins(word: str, behind: str) -> bool:
    """Whether a word stands first behind a number, also where nothing parts them: 100-odd."""
    return re.match(rf"[\s-]*{re.escape(word)}(?!\w)", behind) is not None


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = gazetteer("amount_words.yaml")
    return words


@cache
def _scales() -> Mapping[str, int]:
    return {word.lower(): int(row["times"]) for row in _words()["scales"] for word in row["words"]}


@cache
def _number() -> re.Pattern[str]:
    scales = "|".join(re.escape(word) for word in sorted(_scales(), key=len, reverse=True))
    return re.compile(rf"({_DIGITS})((?:\s*(?:{scales})(?!\w))*)")


def _of_words(words: str) -> Amount:
    """The word of the table that means most, the longest of those, that stands in the text as whole words: several hundreds are hundreds."""
    stands = [(w.lower(), row) for row in _words()["vague"] for w in row["words"] if _stands(w.lower(), words)]
    if not stands:
        raise ValueError(f"{words!r} says no number; write it in digits, or {_AS}")
    stands = [one for one in stands if not any(one[0] != other and one[0] in other for other, _ in stands)]
    word, row = max(stands, key=lambda found: (int(found[1]["from"]), len(found[0])))
    before, _, behind = words.partition(word)
    if any(of in _scales() for of in behind.split()[:2]):
        raise ValueError(f"{words!r} is so many of a number; write it in digits, or {_AS}")
    few = (less for less, of in stands if int(of["to"]) < 10 and f" {before.strip()}".endswith(f" {less}"))
    number = Amount(int(row["from"]), int(row["to"]), True)
    return _bounded(number, before.strip().removesuffix(max(few, key=len, default="")), behind)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
