"""The head of a message in a text of WhatsApp, in the habits of its regions, and the order of day and month that a file shows.

``[12/03/2025, 21:30:15] Name: text`` on phones of one maker, ``12.03.25, 21:30 - Name: text`` on those of others; with am and pm in
several scripts, narrow blanks, marks of direction, a word between day and time, digits of Arabic and Persian, the year in front.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from servanda.chats.model import Order

_MARKS = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_AM = frozenset({"am", "ص", "上午", "오전", "öö", "午前", "sa", "قظ", "π.μ", "πμ", "de", "fm"})
_PM = frozenset({"pm", "م", "下午", "오후", "ös", "午後", "ch", "بظ", "μ.μ", "μμ", "du", "em"})
_HALF = r"[^\W\d_](?:[.\s]?\s?[^\W\d_])?\.?|上午|下午|오전|오후|午前|午後"
_HEAD = re.compile(
    r"(?P<open>\[)?(?P<a>\d{1,4})(?P<sign>[./-]) ?(?P<b>\d{1,2})(?P=sign) ?(?P<c>\d{1,4})(?P<end>\.?[,،]?)(?P<word> [^\W\d_]{1,5}\.?)? "
    rf"(?:(?P<before>{_HALF}) ?)?(?P<hour>\d{{1,2}})(?P<colon>[:.h])(?P<minute>\d\d)(?:[:.](?P<second>\d\d))?(?: ?(?P<half>{_HALF}))?(?(open)\]|(?: [-\u2013\u2014]|:(?= ))) ?(?P<rest>.*)",
    re.DOTALL,
)
_LIKE = re.compile(r"\[?\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\D{1,8}\d{1,2}[:.]\d\d")
_FIRST, _LAST = 2009, 2100
"""Years of chats; another is of another calendar."""


@dataclass(frozen=True)
class Head:
    """A head as it stands: the three numbers of its day, its time, and the rest of its line. ``style`` is what all heads of one file share."""

    numbers: tuple[int, int, int]
    widths: tuple[int, int, int]
    sign: str
    clock: tuple[int, int, int]
    style: tuple[object, ...]
    rest: str

    def day(self, order: Order) -> date | None:
        """The day, if its numbers stand in this order; nothing where there is no such day."""
        a, b, c = self.numbers
        day, month, year = {"dmy": (a, b, c), "mdy": (b, a, c), "ymd": (c, b, a)}[order]
        year = year + 2000 if year < 100 else year
        try:
            return date(year, month, day) if _FIRST <= year <= _LAST else None
        except ValueError:
            return None

    def no_day(self, order: Order) -> str:
        """Why there is no such day, in words."""
        year = self.numbers[0 if order == "ymd" else 2]
        if _FIRST <= (year + 2000 if year < 100 else year) <= _LAST:
            return "of no day that there is"
        return "of a year before WhatsApp, by a clock that was wrong or by another calendar"

    @property
    def written(self) -> str:
        """The day as it is written."""
        return self.sign.join(str(n).zfill(w) for n, w in zip(self.numbers, self.widths, strict=True))

    def when(self, order: Order) -> datetime | None:
        """Day and time, in this order."""
        day = self.day(order)
        return datetime.combine(day, time(*self.clock)) if day else None


def plain(line: str) -> str:
    """A line without marks of direction, every blank an ordinary one."""
    return _BLANKS.sub(" ", _MARKS.sub("", line))


def head_of(line: str) -> Head | None:
    """The head at the beginning of a line; nothing where it is the text of the message before."""
    bare = plain(line)
    match = _HEAD.match(bare) if bare[:1] == "[" or bare[:1].isdigit() else None
    if match is None:
        return None
    clock = _clock(match)
    if clock is None:
        return None
    parts = (match["a"], match["b"], match["c"])
    halves = bool(match["half"] or match["before"])
    style = (bool(match["open"]), match["sign"], match["end"], match["second"] is not None, halves, len(parts[0]) == 4)
    numbers = (int(parts[0]), int(parts[1]), int(parts[2]))
    widths = (len(parts[0]), len(parts[1]), len(parts[2]))
    return Head(numbers, widths, match["sign"], clock, style, match["rest"])


def is_like_head(line: str) -> bool:
    """Whether a line begins as a head would, and is none that is known."""
    return _LIKE.match(plain(line)) is not None


def _clock(match: re.Match[str]) -> tuple[int, int, int] | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    said = [(match[name] or "").casefold().replace(".", "").replace(" ", "") for name in ("half", "before", "word")]
    half = said[0] or said[1] or (said[2] if said[2] in _AM | _PM else "")
    if half:
        if half not in _AM | _PM or not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in _PM else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def order_of(heads: Sequence[Head]) -> tuple[Order | None, str]:
    """The order of day and month in a file, and how it is known.

    A number above twelve tells; so do points between the numbers. Else messages stand in the order in which they came: the order under which
    no day goes back, where the other has one that does.

    Args:
        heads: the heads of one file, in their order.

    Returns:
        The order with why; without an order, why there is none.
    """
    if any(head.widths[0] == 4 for head in heads):
        return "ymd", "the year stands in front"
    days = list(dict.fromkeys(head.numbers for head in heads))
    first, second = any(a > 12 for a, _, _ in days), any(b > 12 for _, b, _ in days)
    if first and second:
        return None, "its days contradict each other"
    if first or second:
        return ("dmy" if first else "mdy"), "a number above twelve tells"
    if heads[0].sign == ".":
        return "dmy", "points stand between the numbers"
    if all(a == b for a, b, _ in days):
        return "dmy", "day and month are the same number"
    back = {order: _goes_back(heads, order) for order in ("dmy", "mdy")}
    if back["dmy"] != back["mdy"] and not (back["dmy"] and back["mdy"]):
        return ("mdy" if back["dmy"] else "dmy"), "only so the messages stand in the order in which they came"
    return None, "none of its days tells the order of day and month"


def _goes_back(heads: Sequence[Head], order: Order) -> int:
    """How many times a day comes after a later one."""
    days = [day for head in heads if (day := head.day(order))]
    return sum(1 for one, two in pairwise(days) if two < one)
