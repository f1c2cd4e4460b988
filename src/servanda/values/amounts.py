"""How many, as people write it: a number, a bound, a range, a word for a number that nobody counted, or a change against another time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from servanda.values.gazetteer import gazetteer

_DIGITS = r"\d{1,3}(?:[ ,.'\u00a0\u202f\u2019]\d{3})+(?!\d)|\d+"
_RANGE = re.compile(r"\d\s*(?:-|\u2013|\u2014|to|and|до|à|a|إلى)\s*\d")
_SINCE = re.compile(r"\b(?:since|as|than|compared with|against)\s+(?:in\s+)?((?:\w+ )?\d{4})\b", re.IGNORECASE)
_ABOUT = 0.1


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
            2019"; in English, and single words in Ukrainian, Russian, French, Spanish, Arabic. What is counted may stand behind it.

    Returns:
        The bounds, or the ratio.

    Raises:
        ValueError: it says no number.
    """
    words = " ".join(text.split()).strip("\"'").lower()
    for word, times in _words()["ratios"].items():
        if _stands(word, words):
            since = _SINCE.search(words)
            return Amount(None, None, True, float(times), since[1] if since else "")
    if re.match(r"(?:[-\u2212]\s*|minus )\d", words) or re.search(r"\d\s*(?:%|per ?cent)", words):
        raise ValueError(f"{text!r} is not a number of things; write how many as a whole number")
    found = list(_number().finditer(words))
    numbers = [_value(number) for number in found]
    if not numbers:
        return _of_words(words)
    if len(numbers) == 2 and _RANGE.search(words):
        number = Amount(min(numbers), max(numbers), True)
    elif len(numbers) > 1:
        raise ValueError(f"{text!r} has several numbers; write the one that counts")
    else:
        number = Amount(numbers[0], numbers[0])
    return _bounded(number, words[: found[0].start()], words[found[-1].end() :])


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
        return Amount(low - round(low * _ABOUT), high + round(high * _ABOUT), True)
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
    each = ((word, kind) for kind in ("at_least", "at_most") for word in _words()[f"{kind}_behind"])
    return next(
        (kind for word, kind in each if re.search(rf"(?:^|\s){re.escape(word)}$|^{re.escape(word)}(?!\w)", behind)), ""
    )


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = gazetteer("amount_words.yaml")
    return words


@cache
def _number() -> re.Pattern[str]:
    behind = "|".join(
        re.escape(w) for kind in ("thousand", "million") for w in sorted(_words()[kind], key=len, reverse=True)
    )
    return re.compile(rf"(\d+[.,]\d{{1,2}}(?=\s*(?:{behind})\b)|{_DIGITS})(?:\s*({behind})(?!\w))?")


def _value(found: re.Match[str]) -> int:
    times = next((n for kind, n in (("thousand", 1_000), ("million", 1_000_000)) if found[2] in _words()[kind]), 1)
    if re.fullmatch(r"\d+[.,]\d{1,2}", found[1]):
        return round(float(found[1].replace(",", ".")) * times)
    return int(re.sub(r"\D", "", found[1])) * times


def _of_words(words: str) -> Amount:
    """The word of the table that means most, the longest of those, that stands in the text as whole words: several hundreds are hundreds."""
    stands = [(w.lower(), row) for row in _words()["vague"] for w in row["words"] if _stands(w.lower(), words)]
    if not stands:
        raise ValueError(f"{words!r} says no number; write it in digits, or {_AS}")
    word, row = max(stands, key=lambda found: (int(found[1]["from"]), len(found[0])))
    before, _, behind = words.partition(word)
    if behind.split()[:1] and behind.split()[0] in (*_words()["tens"], *_words()["thousand"], *_words()["million"]):
        raise ValueError(f"{words!r} is so many of a number; write it in digits, or {_AS}")
    few = (less for less, of in stands if int(of["to"]) < 10 and f" {before.strip()}".endswith(f" {less}"))
    number = Amount(int(row["from"]), int(row["to"]), True)
    return _bounded(number, before.strip().removesuffix(max(few, key=len, default="")), behind)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
