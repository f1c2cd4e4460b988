"""Times of day as people write them, with the zone that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from servanda.evidence.importing.sheets import Broken, Cell, is_blank
from servanda.evidence.importing.words import ascii_digits, is_word, word_list, words, zone_offsets

_CLOCK = re.compile(
    r"^(?:at |à |às |a las |о |в |об |um |alle (?:ore )?|ore |o godz\.? |godz\.? |saat )?\s*(\d{1,2})\s*(?:[:.hH٫]|\s?h\s?|\s?(?:год|час|ч|г|uhr)\.?\s?)\s*(\d{2})(?:\s*[:.]\s*(\d{2})(?:[.,]\d+)?)?(?!\d)(?:\s*(?:хв|мин|min|м)\b\.?)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:about|around|approx(?:imately)?\.?|circa|ca?\.|~|≈|vers|environ|env\.|hacia|a eso de|aprox(?:imadamente)?\.?|alrededor de|sobre|около|ок\.|примерно|близько|біля|бл\.|прибл\.|приблизно|орієнтовно|ориентировочно|gegen|etwa|ungefähr|verso|intorno|około|por volta|cerca|yaklaşık|حوالي|نحو)"
    r"\s*(?:the |à |a |las |les |le |alle |das |de )*",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"^(\d{1,2})-(\d{2})$")
_HYPHEN_AND = re.compile(r"^(\d{1,2})-(2[5-9]|[3-5]\d)(?=\s*\D)(?!\s*[-–—:.])")
"""Minutes that are no hour, and something behind them: 14-35 UTC."""
_HOUR = re.compile(r"^(\d{1,2})(?![\d:.])\s*(?:(?:hours|heures|horas|uhr|hrs?|hs|год|h|ч)\b)?", re.IGNORECASE)
_AT = re.compile(r"^(?:at|à|às|a las?|о|об|в|во|um|alle(?: ore)?|ore|o godz\.?|godz\.?|saat)\s+(?=\d)", re.IGNORECASE)
_COMPACT = re.compile(r"^(\d{2})(\d{2})(?:(\d{2}))?(?![\d:.,])\s*(?:(?:hours|hrs?|h)\b)?", re.IGNORECASE)
_LISTED = re.compile(
    r"^\d{1,2}[:.hH]\d{2}(?:\s*(?:[,;&+\n]|\b(?:and|та|і|и|й|et|y|e|und|و)\b)\s*\d{1,2}[:.hH]\d{2})+$", re.IGNORECASE
)
_LETTER = re.compile(r"^[A-Z]$")
_OFFSET = re.compile(r"^(?:utc|gmt)?\s*([+\-−])\s?(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_RAISED_MINUTES = re.compile(
    "(?<=\\d)(?=[\u2070\u00b9\u00b2\u00b3\u2074\u2075][\u2070\u00b9\u00b2\u00b3\u2074-\u2079]$)"
)
"""Where minutes stand raised behind the hour, as timetables have them."""
_NEXT_DAY = re.compile(r"[+]\s?1")
"""What timetables write behind an end on the next day; behind a time alone it is an offset."""
_FRACTION = re.compile(r"^0?[.,](?:\d{4,}|[6-9]\d)$")
"""A part of a day, as CSV has a spreadsheet's time without its form; shorter ones could be hours and minutes, but for 0.65."""
_PART = re.compile(r"^\s*0?[.,](\d+)\s*$")
_WITH_OFFSET = re.compile(
    r"^\d{1,2}:\d{2}(?:(?::\d{2}(?:[.,]\d+)?)?\s*\(?(?:utc|gmt)|:\d{2}(?:[.,]\d+)?)\s*[+\-−]\d{1,2}(?::?\d{2})?\)?$",
    re.IGNORECASE,
)
"""A time with seconds, or with the name of UTC, and an offset: no span, whose ends are written alike."""
_EITHER = re.compile(r"\d\s?-\d{1,2}:(?:00|30|45)$")
_SPAN = re.compile(r"^(\d{4})\s*[-–—]\s*(\d{4})(?![\d:])")
_FROM = re.compile(
    r"^(?:from|between|з|із|від|с|со|от|de|entre|desde|von|od|das|من|بين)\s+(?:las? |les )?(?=\d)", re.IGNORECASE
)
_BETWEEN = re.compile(r"(\d)\s+(?:and|та|і|и|y|et|و)\s+(?:las? |les )?(?=\d)", re.IGNORECASE)
_ABOUT_BEHIND = re.compile(
    r"(?<=\d)\s*\(?(?:approx|aprox|env|environ|circa|ca|прибл|приблизно|примерно|ориент|\?)\.?\)?$", re.IGNORECASE
)
_NO_DAY = re.compile(
    r"^(?:1899-12-3[01]|1900-01-0[01]|3[01][./]12[./]1899|12/3[01]/1899|0?[01][./]0?[01][./]1900)[ T]+(?=\d)"
)
"""The day that spreadsheets, databases and programs write in front of a time that has none."""
_RANGE = re.compile(
    r"\s*(?:-|–|—|→|\.\.+|to|till|until|до|по|à|a|a las|hasta|até|bis|do|الى|إلى|حتى)\s*(?=\d{1,2}\s*(?:[:.hH]\s*\d{2}|h\b|год|ч\b))",
    re.IGNORECASE,
)
_HYPHENS = re.compile(r"^(\d{1,2})-(\d{2})(?:\s+-\s+|\s*(?:–|—|to|до|à|a|الى|إلى)\s*)(\d{1,2})-(\d{2})$", re.IGNORECASE)
"""14-05 – 14-20: a span of times whose minutes stand behind hyphens."""
_HOURS = re.compile(r"^(\d{1,2})\s*(?:-|–|—|to|до|à|a|الى|إلى)\s*(\d{1,2})\s*([^\W\d].*)$", re.IGNORECASE)

_FARTHEST = timedelta(hours=14)
"""The farthest from UTC that any clock is."""
_ABOUT_THEN = "taken for that minute; how far off it may be is not said"
_NO_END = "when it began; when it ended is not said"
_NO_OFFSET = "read as a time and its end, not as a time with an offset"
_HOURS_OR_MINUTES = "minutes behind the hour, or the hour of its end? Nothing in its column tells; any time in both"


@dataclass(frozen=True, slots=True)
class WrittenClock:
    """A time of day: ``at`` since midnight, up to 24 hours; ``offset`` where it names one; ``zone`` what it names else; ``until`` of a range.

    ``local`` says that it names local time, ``doubt`` how it was read where it could be read otherwise. ``bad`` is the reason where it is no time that there is.
    """

    at: timedelta | None = None
    offset: timedelta | None = None
    zone: str = ""
    local: bool = False
    until: timedelta | None = None
    bad: str = ""
    doubt: str = ""
    named: str = ""
    """The abbreviation by which it names its offset."""
    next_day: bool = False
    """Whether its offset is written as +1, which behind an end before its beginning is the next day."""

    def as_end_of(self, first: WrittenClock | None) -> WrittenClock:
        """The same as the end of what began at ``first``."""
        if not self.next_day or first is None or first.at is None or self.at is None or first.offset is not None:
            return self
        return replace(self, offset=None, next_day=False) if self.at < first.at else self


def offset_of_letter(letter: str) -> str:
    """The offset of a letter of soldiers and seamen: A to M without J go east, N to Y west. J, and none, is local time; L stays itself, since many write it for local time."""
    if letter in "JL":
        return letter.replace("J", "")
    east = "ABCDEFGHIKLM".find(letter) + 1
    return f"UTC+{east:02}:00" if east else f"UTC-{'ZNOPQRSTUVWXY'.find(letter):02}:00"


def written_clock(cell: Cell) -> WrittenClock | None:
    """A cell as a time of day; nothing where it is none (words, as "in the evening")."""
    if is_blank(cell) or isinstance(cell, (Broken, bool)):
        return None
    if isinstance(cell, timedelta):
        return _within(cell)
    if isinstance(cell, datetime):
        return WrittenClock(timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second))
    if isinstance(cell, float):
        if 0 < cell < 1:
            return _within(timedelta(seconds=round(cell * 86_400)))
        if cell == int(cell) and (100 <= cell <= 2400) and cell % 100 < 60:
            return _within(timedelta(hours=int(cell) // 100, minutes=int(cell) % 100))
        return _within(timedelta(hours=int(cell))) if cell == int(cell) and 0 <= cell <= 24 else None
    text = _RAISED_MINUTES.sub(":", str(cell))
    return _of_text(ascii_digits(unicodedata.normalize("NFKC", text)).strip())


def parts_of_days(cells: Sequence[Cell]) -> Mapping[str, WrittenClock]:
    """Times of a column that are parts of a day, as a spreadsheet's are in CSV without their form: all begin with nought, which times of a log seldom do.

    Args:
        cells: all of the column.

    Returns:
        What each means, by its text; a fault for all where each could be minutes past midnight as well. None where any is another time.
    """
    texts = {cell for cell in cells if isinstance(cell, str) and any(c.isdigit() for c in cell)}
    parts = {text: match[1] for text in texts if (match := _PART.match(ascii_digits(text)))}
    if len(parts) < len(texts):
        return {}
    if all(len(part) == 2 and part < "60" for part in parts.values()):
        why = "a part of a day, or minutes past midnight? Nothing in its column tells"
        return dict.fromkeys(parts, WrittenClock(bad=why))
    return {text: _within(timedelta(seconds=round(float(f"0.{part}") * 86_400))) for text, part in parts.items()}


def _within(length: timedelta) -> WrittenClock:
    if timedelta() <= length <= timedelta(hours=24):
        return WrittenClock(length)
    return WrittenClock(bad="not a time of day: it has at most 24 hours")


def _of_text(text: str) -> WrittenClock | None:
    if _LISTED.match(text):
        return WrittenClock(bad="several times of day: which of them is meant, or each as a row?")
    text = _NO_DAY.sub("", text)
    if tail := _ABOUT_BEHIND.search(text):
        found = _of_text(text[: tail.start()])
        return replace(found, doubt=_ABOUT_THEN) if found else None
    about = _ABOUT.match(text)
    if about and about.end() < len(text):
        found = _of_text(text[about.end() :])
        return replace(found, doubt=_ABOUT_THEN) if found else None
    text = _AT.sub("", text)
    if _FRACTION.match(text):
        return _within(timedelta(seconds=round(float(f"0.{text.lstrip('0')[1:]}") * 86_400)))
    if is_word("noon", text):
        return WrittenClock(timedelta(hours=12))
    if _FROM.match(text):
        text = _BETWEEN.sub(r"\1 - ", _FROM.sub("", text))
        found = _of_text(text)
        return replace(found, doubt=_NO_END) if found and found.at is not None and found.until is None else found
    span = _SPAN.match(text)
    if span:  # 0240-0300: to three o'clock, as people write it; an offset is written so only behind a time with a colon
        found = _of_text(f"{span[1]}{text[span.end() :]}")
        last = _of_text(span[2])
        if found and last and found.at is not None and last.at is not None:
            return replace(found, until=last.at, doubt=_NO_OFFSET if last.at <= _FARTHEST else "")
        return WrittenClock(bad="not two times of day")
    hours = _HOURS.match(text)
    if hours and _half(hours[3])[0]:
        text = f"{hours[1]}:00 - {hours[2]}:00 {hours[3]}"
    parts = _RANGE.split(_HYPHENS.sub(r"\1:\2 - \3:\4", text), maxsplit=1)
    if len(parts) == 2 and not _WITH_OFFSET.match(text):
        first, last = _of_text(parts[0]), _of_text(parts[1])
        last = last and last.as_end_of(first)
        half, _, _ = _half(_CLOCK.sub("", parts[1]).strip())
        if half and last and first and first.at is not None and first.at < timedelta(hours=13) and _ends_bare(parts[0]):
            first = _before(parts[0], half, last)  # 2:40-3:10 pm
        if first and last and first.at is not None and last.at is not None:
            either = last.at < first.at and last.at <= _FARTHEST and _EITHER.search(text) is not None
            offset, zone, local = last.offset or first.offset, last.zone or first.zone, last.local or first.local
            return WrittenClock(first.at, offset, zone, local, last.at, doubt=_NO_OFFSET if either else "")
    match = _HYPHEN.match(text)
    if match:
        return _hyphened(int(match[1]), int(match[2]))
    match = _CLOCK.match(text) or _HYPHEN_AND.match(text) or _COMPACT.match(text)
    if match:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0) if match.re is not _HYPHEN_AND else 0
        behind = text[match.end() :].strip()
        if (
            match.re is _COMPACT and _LETTER.match(behind) and not (behind in "AP" and 1 <= hour <= 12)
        ):  # 0615P may be pm
            behind = offset_of_letter(behind)
        return _zoned(hour, minute, second, behind)
    match = _HOUR.match(text)
    if match and (behind := text[match.end() :].strip()) is not None and (behind or text != match[1]):
        found = _zoned(int(match[1]), 0, 0, behind)
        return found if found and (found.bad == "" or behind == "") else None
    return None


def _hyphened(hour: int, other: int) -> WrittenClock | None:
    """A time with a hyphen: minutes where they can be no hour, nor the end of half a day (14-05), else all that both readings leave (22-02)."""
    found = _zoned(hour, other, 0, "")
    if found is None or found.bad or other > 24 or other == hour or other < hour < other + 12:
        return found
    return WrittenClock(timedelta(hours=hour), until=timedelta(hours=other), doubt=_HOURS_OR_MINUTES)


def minutes_behind_hyphens(cells: Sequence[Cell], *, sure: bool) -> Mapping[str, WrittenClock]:
    """Times with a hyphen of a column in which some can be nothing but hours and minutes (14-35, 07-00), as all of them then are.

    Args:
        cells: all of the column.
        sure: whether they are, for beginning and end have columns of their own.

    Returns:
        What each means, by its text; none where nothing tells.
    """
    texts = {cell: _AT.sub("", ascii_digits(cell).strip()) for cell in cells if isinstance(cell, str)}
    found = {cell: match for cell, text in texts.items() if (match := _HYPHEN.match(text))}
    if not sure and not any(24 < int(m[2]) < 60 or (0 < int(m[1]) < 12 and m[2] == "00") for m in found.values()):
        return {}
    return {cell: clock for cell, match in found.items() if (clock := _zoned(int(match[1]), int(match[2]), 0, ""))}


def _ends_bare(text: str) -> bool:
    return text.strip()[-1:].isdigit()


def _before(text: str, half: str, last: WrittenClock) -> WrittenClock | None:
    """The beginning of a span of which only the end says morning or afternoon: in the same half, or else in the other."""
    same = _of_text(f"{text} {half}")
    if same is None or same.at is None or last.at is None or same.at <= last.at:
        return same
    return _of_text(f"{text} {'am' if half == 'pm' else 'pm'}")


def _zoned(hour: int, minute: int, second: int, behind: str) -> WrittenClock | None:
    """The time with what stands behind it: morning or afternoon, an offset, an abbreviation."""
    behind = re.sub(
        r"^(?:hrs?|hours|hs?|год|годин[аи]?|ч|час(?:а|ов)?|uhr|o['’]clock)(?!\w)\.?\s*", "", behind, flags=re.IGNORECASE
    )
    half, word, behind = _half(behind)
    if half and hour == 12 and word not in word_list("twelve"):
        return None  # twelve in the evening is midnight, and twelve in the morning may be noon
    if half == "night":
        half = "am" if hour < 6 else "pm"
    if half == "pm" and hour == 0:
        return WrittenClock(bad="0 in the afternoon: noon to some, and midnight to others")
    if half and not 1 <= hour <= 12 and not (half == "am" and hour == 0):
        if half == "am" or hour > 23:
            return WrittenClock(bad="not a time of day")
        half = ""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return WrittenClock(bad="not a time of day")
    at = timedelta(hours=hour, minutes=minute, seconds=second)
    behind = behind.strip(" ()[],.;")
    if not behind:
        return WrittenClock(at)
    match = _OFFSET.match(behind)
    if match:
        size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if size > _FARTHEST:
            return WrittenClock(bad="no such offset")
        next_day = _NEXT_DAY.fullmatch(behind) is not None
        return WrittenClock(at, -size if match[1] in "-−" else size, next_day=next_day)
    said = words(behind)
    if said in zone_offsets():
        sign, hours, minutes = zone_offsets()[said][0], zone_offsets()[said][1:3], zone_offsets()[said][4:]
        size = timedelta(hours=int(hours), minutes=int(minutes))
        return WrittenClock(at, -size if sign == "-" else size, named=behind)
    if said in word_list("local"):
        return WrittenClock(at, local=True)
    return WrittenClock(at, zone=behind) if behind[0].isalpha() else None


def _half(behind: str) -> tuple[str, str, str]:
    """Morning, afternoon or night, the word that says so, and what is left."""
    said = words(behind)
    for half in ("pm", "am", "night"):
        for word in sorted(word_list(half), key=len, reverse=True):
            if said == word:
                return half, word, ""
            if said.startswith(word + " "):
                return half, word, said[len(word) + 1 :]
    return "", "", behind
