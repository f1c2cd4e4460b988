"""How counts, lists, instants and near misses are written in every text of Servanda: one place for each rule of wording.

English only; what a mission sends in other languages is made from catalogues elsewhere. Imports nothing of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    Args:
        count: how many.
        one: the noun (or clause) for one.
        many: the noun (or clause) for any other count; left out, ``one`` with an *s*.

    Returns:
        For example ``"1 report"`` or ``"2,935 reports"``.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def count_between(least: int, most: int, one: str) -> str:
    """A count of which the least and the most are known, with its noun.

    Args:
        least: the least.
        most: the most.
        one: the noun for one.

    Returns:
        For example ``"12 incidents"`` or ``"9 to 12 incidents"``.
    """
    return plural(most, one) if least == most else f"{least:,} to {plural(most, one)}"


def percent(share: float) -> str:
    """A share in per cent, which is never rounded to none or all.

    Args:
        share: from 0 to 1.

    Returns:
        For example ``"91 %"`` or ``"more than 99 %"``.
    """
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def length_of_time(length: timedelta) -> str:
    """A length of time in the largest unit that it is a whole number of.

    Args:
        length: down to seconds.

    Returns:
        For example ``"30 minutes"`` or ``"2 days"``.
    """
    seconds = round(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % size == 0:
            return plural(seconds // size, unit)
    return plural(seconds, "second")


def listing(words: Sequence[str]) -> str:
    """Words in a row, with *and* before the last of them.

    Args:
        words: the words, in order.

    Returns:
        For example ``"patrol, satellite and radar"``; nothing for no words.
    """
    return _row(words, "and")


def either(words: Sequence[str]) -> str:
    """Words in a row, with *or* before the last of them.

    Args:
        words: the words, in order.

    Returns:
        For example ``"day or week"``; nothing for no words.
    """
    return _row(words, "or")


def _row(words: Sequence[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is most like ``name``.

    Args:
        name: what was written.
        known: the names that would have been right.
        cutoff: from 0 (anything is alike) to 1 (only the same).

    Returns:
        One of ``known``, or ``None`` where none is alike.
    """
    import difflib  # only here: it is slow to load

    found = difflib.get_close_matches(name, list(known), 1, cutoff)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint for a name that is not known.

    Args:
        name: what was written.
        known: the names that would have been right.
        otherwise: the hint where none of them is alike.

    Returns:
        ``"did you mean 'x'?"``, or ``otherwise``.
    """
    near = closest(name, known)
    return f"did you mean {near!r}?" if near else otherwise


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """An instant as people write it, to the minute, in a zone.

    Args:
        moment: an instant with a zone.
        zone: the zone in which it is written.

    Returns:
        For example ``"18 March 2025 18:00 EET"``.
    """
    return moment.astimezone(zone).strftime("%-d %B %Y %H:%M %Z")


def short_instant(moment: datetime, zone: ZoneInfo, *, year: bool = True) -> str:
    """An instant as it stands in tables and pictures, to the minute, in a zone that is named elsewhere.

    Args:
        moment: an instant with a zone.
        zone: the zone in which it is written.
        year: whether the year is written.

    Returns:
        For example ``"18 Mar 2025 18:00"``; of an hour that comes twice also which of both, ``"26 Oct 2025 03:30 UTC+2"``.
    """
    local = moment.astimezone(zone)
    return local.strftime("%-d %b %Y %H:%M" if year else "%-d %b %H:%M") + which_of_two(local)


def alone(text: str, *, right_to_left: bool) -> str:
    """A name, a number or a date among words that may run the other way: its signs, and those beside it, stay in their order.

    Args:
        text: the name.
        right_to_left: whether the words around it run from right to left.

    Returns:
        The same, between the signs that set it apart, where these words run so, or it does.
    """
    otherwise = right_to_left or any(bidirectional(c) in ("R", "AL", "AN") for c in text)
    return f"\u2068{text}\u2069" if text and otherwise else text


def which_of_two(local: datetime) -> str:
    """What tells an hour from the other one that bears the same name, on the night on which the clocks go back.

    Args:
        local: an instant in its zone.

    Returns:
        Its distance from UTC, for example ``" UTC+2"``; nothing for an hour that comes once.
    """
    offset = local.utcoffset()
    if offset is None or offset == local.replace(fold=1 - local.fold).utcoffset():
        return ""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f" UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def day(moment: datetime, zone: ZoneInfo, *, short: bool = False) -> str:
    """The day of an instant in a zone.

    Args:
        moment: an instant with a zone.
        zone: the zone whose day it is.
        short: whether the month is cut to three letters.

    Returns:
        For example ``"18 March 2025"``.
    """
    return moment.astimezone(zone).strftime("%-d %b %Y" if short else "%-d %B %Y")


def utc_minute(moment: datetime) -> str:
    """An instant in UTC, to the minute, as it stands in remarks.

    Args:
        moment: an instant with a zone.

    Returns:
        For example ``"2025-03-18 16:00Z"``.
    """
    from datetime import UTC  # only here: most commands write no instant

    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
