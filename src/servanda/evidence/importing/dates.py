"""Days as people write them. The order of day and month is a matter of the whole column, and of nothing else.

A day that is written in numbers only, both of them up to twelve, can be two days. Another cell of the column may show the order (a 25
can be no month); points between them are European; else nobody can tell, and it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from servanda.evidence.importing.clocks import offset_of_letter
from servanda.evidence.importing.containers.xlsx import day_of_serial
from servanda.evidence.importing.sheets import Broken, Cell, is_blank
from servanda.evidence.importing.words import ascii_digits, days_ago, months, word_list, words

Order: TypeAlias = Literal["dmy", "mdy", "ymd"]
_ISO = re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:\.0)?(?=$|[T\s])")
_ISO_TIME = re.compile(r"^T([\d:]{2,8}(?:[.,]\d+)?)([+\-\u2212]\d{2}(?::?\d{2})?)$", re.IGNORECASE)
"""What stands behind the T of ISO 8601: a sign there begins an offset, and never the end of a span."""
_NUMBERS = re.compile(r"^(\d{1,2})\s*([-./])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2}))?(?![\d.:/h])")
_DAY = r"^(\d{1,2})(?:\s*(?:st|nd|rd|th|er|º|o|-?го|-?е)(?=[\s.,\-/]))?[\s.,\-/]*"
_DAY_FIRST = (
    re.compile(rf"{_DAY}([^\W\d_][^\d,]*?)[\s.,\-/']*(\d{{4}}|\d{{2}})(?![\d:])(?=$|[\s,.T])", re.IGNORECASE),
    re.compile(rf"{_DAY}([^\W\d_]+)()(?=$|[\s,.])", re.IGNORECASE),
)
_MONTH_FIRST = re.compile(
    r"^([^\W\d_]+)[\s.\-]+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:[,\s\-]+(\d{4}|['\u2019]\d{2})(?!\d))?", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"^(\d{4})(?:թ|ж)?[\s.,\-/]*([^\W\d_]+)[\s.,\-/]*(\d{1,2})(?![\d:])")
_AND = re.compile(
    r"\s*(?:[-–—&/]|\b(?:to|till|until|and|or|ou|или|або|أو|до|по|та|і|и|au|et|al|y|إلى|الى|و)\b)\s*(?=\d)",
    re.IGNORECASE,
)
_OF_MONTH = r"\s*(\d{1,2})(?:st|nd|rd|th)?\s+(?:of |de )?([^\W\d_]+\.?)\s+(?:de )?(\d{4})(?:\s*[гр]\.?)?$"
_SPANS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(\d{4}-\d\d-\d\d)\s*(?:/|--|–|—|\.\.|\b(?:to|до|по|au|al|إلى|الى)\b)\s*(\d{4}-\d\d-\d\d)$",
        rf"^(?:(?:from|с|со|з|із|від|du|del|من)\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:[-–—/]|\b(?:to|до|по|au|al|إلى|الى)\b){_OF_MONTH}",
        rf"^(?:between|между|між|entre(?: le| el)?|بين)\s+(\d{{1,2}})(?:st|nd|rd|th)?\s*\b(?:and|и|та|і|et(?: le)?|y(?: el)?|و)\b{_OF_MONTH}",
    )
)
"""Days from the one to the other: 2027-03-05/2027-03-07, 5-7 March 2027."""
_NIGHT = re.compile(
    r"^(?:(?:in|on|during|over|dans|pendant|en|la|in der|у|в)\s+)*(?:the\s+)?(?:over)?(?:night|ночь|ніч|nuit|noche|nacht|notte|noite|ليلة)\s+(?:(?:of|from|between|du|de|del|с|со|з|із|від|vom|von|dal|de)\s+)?(?:the\s+)?"
    r"(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?(?:\s+[^\W\d_]+)?\s*(?:[-–—/]|\b(?:to|and|на|au|al|auf den|zum|ao)\b)|(?:на|to)(?=\s))\s*(?:the\s+)?(?P<last>\S.*)$",
    re.IGNORECASE,
)
_HYPHENS = str.maketrans("\u2010\u2011", "--")
"""Hyphens of word processors, one of which keeps a day on one line."""
_SERIALS = (20_000, 80_000)
_EPOCHS = (6e8, 6e9)
"""Seconds since 1970, from 1989 to 2160."""
_NUMBER = re.compile(r"^\d{5}(?:[.,]\d+)?$|^\d{9,10}(?:\.\d+)?$|^\d{12,13}$")
_ORDINAL = re.compile(r"^(\d{4})-(\d{3})$")
_A_WEEK = r"(?:week|wk|w|cw|kw|тиждень|неделя|semaine|semana|sem|الأسبوع|اسبوع|أسبوع)\.?\s*"
_WEEKS = (
    re.compile(rf"^(?P<year>\d{{4}})[\s,/-]*{_A_WEEK}(?P<week>\d{{1,2}})(?:-(?P<day>[1-7]))?$", re.IGNORECASE),
    re.compile(rf"^{_A_WEEK}(?P<week>\d{{1,2}})[\s,/-]+(?:of |de )?(?P<year>\d{{4}})$", re.IGNORECASE),
)
_PLAIN = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?$")
"""A day as machines write it, with a time of day or without: most of long tables are."""
_ISLAMIC_YEAR = re.compile(r"(?<!\d)1[345]\d\d(?!\d)")
_MILITARY = re.compile(r"^(\d{2})\s*(\d{4})\s*([A-Z]?)\s*([A-Za-z]{3})[A-Za-z]*\s*(\d{2}|\d{4})$")

_BEHIND = re.compile(r"^[\s,:;–—-]+(?:(?:at|à|às|о|об|в|у|um|a las?|alle)\s+(?=\d))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as it is written: ``numbers`` are the two whose order is open; ``rest`` is what stands behind it, as a time.

    ``length`` is how many days it names, more than one of a week; ``third`` the last of three numbers of two digits with hyphens or slashes between, which may be the day.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    numbers: tuple[int, int] | None = None
    dotted: bool = False
    rest: str = ""
    serial: float | None = None
    short_year: bool = False
    moment: datetime | None = None
    length: int = 1
    third: int | None = None
    hyphens: bool = False
    night: bool = False
    """Whether it is the night that begins on that day, and ends on the next."""

    def at(self, order: Order | None, year: int | None) -> date | None:
        """The day; nothing where order or year are missing, or where there is no such day."""
        if self.moment is not None:
            return self.moment.date()
        month, day = self.month, self.day
        if order == "ymd" and self.numbers is not None and self.third is not None:
            return _day(2000 + self.numbers[0], self.numbers[1], self.third)
        if self.numbers is not None:
            order = forced(self.numbers) or order
            if order is None:
                return None
            day, month = self.numbers if order == "dmy" else self.numbers[::-1]
        whole = self.year if self.year is not None else year
        if whole is None or month is None or day is None:
            return None
        return _day(whole, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def forced(numbers: tuple[int, int]) -> Order | None:
    """The order that two numbers can only have."""
    first, second = numbers
    if first > 12 >= second:
        return "dmy"
    if second > 12 >= first:
        return "mdy"
    return "dmy" if first == second else None


def written_day(cell: Cell) -> WrittenDay | None:
    """A cell as a day; nothing where it is none."""
    if is_blank(cell) or isinstance(cell, (Broken, bool, timedelta)):
        return None
    if isinstance(cell, datetime):
        clock = cell.time().isoformat() if cell.time().isoformat() != "00:00:00" else ""
        return WrittenDay(moment=cell, rest=clock)
    if isinstance(cell, float):
        if cell == int(cell) and 19_000_101 <= cell <= 21_001_231:
            return written_day(str(int(cell)))
        return _of_number(cell)
    plain = _PLAIN.match(cell) if isinstance(cell, str) else None
    if plain:
        return _checked(int(plain[1]), int(plain[2]), int(plain[3]), plain[4] or "")
    text = _without_weekday(ascii_digits(str(cell)).translate(_HYPHENS).strip())
    if span := _of_night(text) or _of_span(text):
        return span
    day = _of_text(text)
    return None if day and day.rest and _names_another(text) else day


def said_day(cell: Cell) -> tuple[int, str] | None:
    """How many days before it was written a text means, with what stands behind it, as ``yesterday 23:50``; nothing for any other."""
    if not isinstance(cell, str) or not cell[:1].strip():
        return None
    text = cell.strip()
    for pattern, back in days_ago():
        if match := pattern.match(text):
            return back, _BEHIND.sub("", text[match.end() :])
    return None


def day_in_its_column(cell: Cell) -> WrittenDay | None:
    """A cell of a column that is called a day: also a number in text, as CSV has those of spreadsheets and of clocks of computers."""
    if isinstance(cell, str) and (match := _NUMBER.match(ascii_digits(cell).strip())):
        return written_day(float(match[0].replace(",", ".")))
    return written_day(cell)


def _of_number(number: float) -> WrittenDay | None:
    """The day of a spreadsheet's number, or of the seconds (or thousandths) since 1970, which are those of UTC."""
    if _SERIALS[0] <= number <= _SERIALS[1]:
        moment = day_of_serial(number)
        clock = moment.time().isoformat() if moment and number != int(number) else ""
        return WrittenDay(moment=moment, serial=number, rest=clock) if moment else None
    seconds = number / 1000 if number >= _EPOCHS[1] else number
    if not _EPOCHS[0] <= seconds < _EPOCHS[1]:
        return None
    moment = datetime(1970, 1, 1) + timedelta(seconds=int(seconds))  # noqa: DTZ001  written as UTC behind it
    return WrittenDay(moment=moment, serial=number, rest=f"{moment.time().isoformat()}Z")


def _names_another(text: str) -> bool:
    """Whether a text goes on to a second day, as a span does: the first one alone would be another answer."""
    for match in _AND.finditer(text, 1):
        other = _of_text(_without_weekday(text[match.end() :]))
        if other is not None and (other.year is not None or other.month is not None):
            return True
    return False


def _of_span(text: str) -> WrittenDay | None:
    """Several days that follow each other, by their first and their last."""
    iso, *several = (pattern.match(text) for pattern in _SPANS)
    named = next(filter(None, several), None)
    try:
        if iso:
            first, last = date.fromisoformat(iso[1]), date.fromisoformat(iso[2])
        elif named and (month := _month(named[3])):
            first, last = (date(int(named[4]), month, int(named[n])) for n in (1, 2))
        else:
            return None
    except ValueError:
        return None
    return WrittenDay(first.year, first.month, first.day, length=(last - first).days + 1) if last > first else None


def _of_night(text: str) -> WrittenDay | None:
    """The night between two days that follow each other (*night of 5-6 March 2027*, *в ночь на 6 марта*), by the first of them; of a night of one day nobody knows which of two is meant."""
    match = _NIGHT.match(text)
    if match is None:
        return None
    last = _of_text(match["last"])
    year = last.year if last else None
    month, day = (last.month, last.day) if last and last.numbers is None else (None, None)
    if last is not None and last.dotted and last.numbers is not None:
        day, month = last.numbers
    if last is None or month is None or day is None or last.rest or last.length != 1:
        return None
    end = _day(year or 2000, month, day)
    begin = end - timedelta(days=1) if end else None
    said = match["first"]
    if begin is None or (year is None and begin.month != month) or (said and int(said) != begin.day):
        return None
    return WrittenDay(begin.year if year else None, begin.month, begin.day, length=2, night=True)


def _of_week(text: str) -> WrittenDay | None:
    """A week of ISO 8601, or the day of one: ``2025-W13``, ``2025-W13-2``, ``week 13, 2025``; also the day of a year: ``2025-084``."""
    match = _ORDINAL.match(text)
    if match and 1 <= int(match[2]) <= 366:
        day = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
        return WrittenDay(day.year, day.month, day.day)
    match = next((found for pattern in _WEEKS if (found := pattern.match(text))), None)
    if match is None:
        return None
    try:
        day = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match.groupdict().get("day") or 1))
    except ValueError:
        return None
    return WrittenDay(day.year, day.month, day.day, length=1 if match.groupdict().get("day") else 7)


def _of_text(text: str) -> WrittenDay | None:
    if week := _of_week(text):
        return week
    if (islamic := _ISLAMIC_YEAR.search(text)) and any(
        f" {name} " in f" {words(text)} " for name in word_list("islamic")
    ):
        return WrittenDay(
            int(islamic[0]), 1, 1
        )  # its year is refused: which day it was differs from country to country
    match = _ISO.match(text) or _COMPACT.match(text)
    if match:
        rest = _ISO_TIME.sub(r"\1 UTC\2", text[match.end() :])
        return _checked(int(match[1]), int(match[2]), int(match[3]), rest)
    match = _NUMBERS.match(text)
    if match:
        first, second, year = int(match[1]), int(match[3]), match[4]
        if year is None and match[2] == "-":
            return None
        if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
            return None
        return WrittenDay(
            _year(year),
            numbers=(first, second),
            dotted=match[2] == ".",
            rest=_rest(text[match.end() :]),
            short_year=len(year or "") == 2,
            hyphens=match[2] == "-",
            third=int(year) if len(year or "") == 2 and match[2] in "-/" else None,
        )
    match = _MILITARY.match(text)
    if match and (month := months().get(words(match[4]))):
        return _checked(
            _year(match[5]) or 0, month, int(match[1]), f"{match[2][:2]}:{match[2][2:]}{offset_of_letter(match[3])}"
        )
    for pattern in _DAY_FIRST:
        match = pattern.match(text)
        if match and (month := _month(match[2])):
            return _named(
                _year(match[3] or None), month, int(match[1]), text[match.end() :], short=len(match[3] or "") == 2
            )
    match = _YEAR_FIRST.match(text)
    if match and (month := _month(match[2])):
        return _named(int(match[1]), month, int(match[3]), text[match.end() :], short=False)
    match = _MONTH_FIRST.match(text)
    if match and (month := _month(match[1])):
        return _named(
            _year(match[3].lstrip("'\u2019") if match[3] else None),
            month,
            int(match[2]),
            text[match.end() :],
            short=len(match[3] or "") == 3,
        )
    return None


def _checked(year: int, month: int, day: int, rest: str) -> WrittenDay | None:
    try:
        date(year, month, day)
    except ValueError:
        return None
    return WrittenDay(year, month, day, rest=_rest(rest))


def _named(year: int | None, month: int, day: int, rest: str, *, short: bool) -> WrittenDay | None:
    return WrittenDay(year, month, day, rest=_rest(rest), short_year=short) if 1 <= day <= 31 else None


def _month(text: str) -> int | None:
    said = words(text)
    if said in months():
        return months()[said]
    kept = [word for word in said.split() if word not in word_list("weekdays")]
    return months().get(" ".join(kept)) or (months().get(kept[0]) if kept and len(kept[0]) > 2 else None)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _rest(text: str) -> str:
    rest = text.strip(" \t,;.-–—\n")
    rest = rest[1:].strip() if rest[:1] in ("T", "t", "/") else rest
    first, _, behind = rest.partition(" ")
    return behind.strip() if words(first) in word_list("weekdays") and not first[:1].isdigit() else rest


def _without_weekday(text: str) -> str:
    """A text without the day of the week in front."""
    match = re.match(r"^([^\W\d_'’.]+(?:['’][^\W\d_]+)?\.?)[\s,]+(?=\S)", text)
    return text[match.end() :] if match and words(match[1]) in word_list("weekdays") else text


def is_open(day: WrittenDay) -> bool:
    """Whether the order of its numbers is open."""
    return day.numbers is not None and forced(day.numbers) is None
