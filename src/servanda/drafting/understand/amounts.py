"""Numbers with their units, deadlines, distances, dates and places in a clause, each with its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

WORDS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
        "twenty".split()
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "a": 1,
    "an": 1,
}
_WORD = rf"(?:{'|'.join(sorted((w for w in WORDS if len(w) > 2), key=len, reverse=True))})"
NUMBER = (
    r"(?:(?:\d{1,3}(?:[, ]\d{3})+|\d+(?:\.\d{1,2}(?!\d))?)(?:\s+(?:hundred|thousand|million|billion)(?!\w))?|"
    rf"(?:a\s+)?(?:hundred|thousand|million|billion)(?:[\s-]+(?:and\s+)?{_WORD})*(?!\w)|{_WORD}(?:[\s-]+(?:and\s+)?{_WORD})*(?!\w))"
)
"""A number in figures or in words: 250, two hundred and fifty, twenty-one; not 1.500, which is 1500 to some."""
_TIME = r"(?P<unit>second|minute|hour|working day|business day|calendar day|day|week|fortnight|month|year)s?"
_LENGTH = re.compile(
    rf"(?<![\w.,])(?P<n>{NUMBER})(?:\s*\(\s*\d+\s*\))?[\s-]*(?:(?:consecutive|more|additional|full|further)\s+)?{_TIME}(?!\w)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"(?:within|not? later than|in no more than|no more than|not more than|in the course of|during|over|for|after|inside)\s+(?:a period of |the (?:first|next) |the )?"
    rf"(?P<n>{NUMBER}|an?\b)(?:\s*\(\s*\d+\s*\))?[\s-]*(?:(?:consecutive|more|additional|full|further)\s+)?{_TIME}(?!\w)"
    r"(?:\s+(?P<way>of|after|from|following|before|prior to)\s+(?P<anchor>(?:the |its |their |this )?[\w' -]{2,60}?))?(?=[,.;:)]|$|\s+(?:and|all|both|each|the|an?|its|their|another|to|on|at|by|in|for|unless|if|with|under)\b)",
    re.IGNORECASE,
)
_MONTHS = "january february march april may june july august september october november december".split()
DATE = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{'|'.join(_MONTHS)}),?\s+(?P<y>(?:19|20)\d\d)|(?P<m2>{'|'.join(_MONTHS)})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
"""A day, with the month in letters or in the order of ISO 8601."""
_DATE = re.compile(DATE, re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>[01]?\d|2[0-4])[:.](?P<min>[0-5]\d)(?!\d)(?:\s*(?:hours|hrs|h))?|\b(?P<word>midnight|noon)\b",
    re.IGNORECASE,
)
_KM = re.compile(
    rf"(?<![\w.,])(?P<n>{NUMBER})[\s-]*(?P<unit>km|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|m)(?!\w)", re.IGNORECASE
)
DISTANCE_FOR = re.compile(
    rf"(?<![\w.,])(?P<n>{NUMBER})[\s-]*(?:km|kilomet(?:re|er)s?|miles?)\b(?P<line>[^,;]*?)\s+for\s+(?P<what>(?:(?!\s+and\s+\d)[^,;])+)",
    re.IGNORECASE,
)
"""A distance that is said for some things: 70 km for rocket launchers."""
_PER = re.compile(
    rf"(?P<n>{NUMBER})\s+(?P<unit>[a-z][\w-]*(?: of [\w-]+)?)\s*,?\s*(?:\w+ ){{0,5}}?(?:per|a|each|every)\s+(?P<per>day|week|month|year|(?:{NUMBER})\s+(?:day|week|month)s|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_PER_WORD = re.compile(
    rf"(?P<n>{NUMBER})\s+(?P<unit>[a-z][\w-]*(?: of [\w-]+)?)\s*,?\s*(?:(?!shall\b|will\b|must\b|may\b|should\b|meet)\w+ ){{0,5}}?(?P<per>daily|weekly|monthly)\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    rf"(?<![\w.,])(?P<n>{NUMBER})\s+(?:per|an?|each|every)\s+(?P<per>day|week|month|year)\b", re.IGNORECASE
)
"""So many in a period, of what the sentence is about: *at a rate of 20 per day*."""
_IN_ANY = re.compile(
    rf"\b(?:in|within|during|over|for) any (?:one |single |given )?(?:(?:period|interval) of )?(?:(?P<n>{NUMBER})[\s-]+)?(?P<unit>hour|day|week|month|year)s?\b(?: period)?",
    re.IGNORECASE,
)
_LY = {"daily": "1 day", "weekly": "1 week", "monthly": "1 month"}
_NO_NOUN = r"(?:of|in|on|at|to|from|by|with|within|and|or|for|per|an?|each|every|the|under|during|after|before|into|over|as|that|who|which|daily|weekly|monthly|not|no|more|other|km|mm|percent)\b"
_BEHIND_NOUN = "of|for|with|to|from|into|through|in|on|at|by|via|carrying|containing|per|an?|each|every|and|or|shall|will|must|may|are|is"
_COUNTED = re.compile(
    rf"[\w-]+(?:\s+(?:over|back|out|at least|no fewer than|not less than|no less than|not fewer than|a minimum of|a total of|exactly|all|the|its|their|another|some))*\s+"
    rf"(?P<n>{NUMBER})(?:\s*\(\s*[\w-]+\s*\))?\s+(?P<noun>(?!{_NO_NOUN})[a-z][\w-]*(?:\s+(?!{_NO_NOUN})[a-z][\w-]*){{0,2}})",
    re.IGNORECASE,
)
_COUNTED_FIRST = re.compile(
    rf"(?<![\w.,])(?P<n>{NUMBER})(?:\s*\(\s*[\w-]+\s*\))?\s+(?:of\s+(?:the|its|their)\s+)?(?P<noun>(?!{_NO_NOUN})[a-z][\w-]*)(?:\s+(?!(?:{NUMBER})\b)[\w'\u2019-]+){{0,7}}?"
    r"\s+(?:shall|will|must|are to|is to)\s+(?:\w+ ){0,3}?be\s+(?:\w+ly\s+)?",
    re.IGNORECASE,
)
"""A number in front of what is to be done with it: 100 prisoners shall be released."""
_AT_MOST = re.compile(
    r"(?:no more than|not more than|at most|up to|a maximum of|fewer than|less than|under|not exceeding)\s+$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(r"(?:no fewer than|not fewer than|no less than|not less than)\s+$", re.IGNORECASE)
_TIMES = re.compile(
    rf"(?:at least|not less than|no less than|a minimum of)\s+(?P<n>once|twice|(?:{NUMBER}) times)\s+(?:in\s+)?(?:every|each|per|a)\s+(?P<per>(?:{NUMBER} )?(?:day|week|month|year)s?)\b",
    re.IGNORECASE,
)
_CAP = re.compile(
    rf"(?:no more than|not more than|at most|up to|(?:no|nor|not|neither)\b[^.;]{{0,80}}?\bmore than|(?:limit|reduc|restrict|lower)\w*\s[^.;]{{0,80}}?\bto|not (?:to )?exceed(?:ing)?|a maximum of|a ceiling of|a total of|capped at|reduced to|limited to|does not exceed|shall not exceed|no greater than|not exceed|beyond|in excess of)\s+(?P<n>{NUMBER})\s*(?P<unit>(?!of\b)[a-zA-Z][\w-]*(?:[- ](?!(?:in|of|at|on|to|by|and|or|for|from|with|within|through|via|into|across|between|inside|outside|near|an?|per|each|every|daily|weekly|monthly|the|may|are|is|shall)\b)[a-z][\w-]*)?)?",
    re.IGNORECASE,
)
_CALIBRE = re.compile(
    r"(?P<way>of more than|more than|larger than|greater than|over|above|exceeding|below|under|less than|of up to|up to|of at least)?\s*(?P<n>\d+(?:\.\d+)?)[\s-]*(?:mm|millimet(?:re|er)s?)(?:\s+(?:calibre\s+)?(?P<after>and (?:more|above|over|greater|larger)|or (?:more|above|over|greater)|and (?:below|less|under)))?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:range of |\((?:range )?(?=\w+ (?:\w+ )?{NUMBER}))(?P<way>no more than|more than|up to|at least|over|above|exceeding|less than|under)?\s*(?P<n>{NUMBER})\s*(?:km|kilomet(?:re|er)s?)",
    re.IGNORECASE,
)
"""A range, also of weapons that a bracket describes: *long-range artillery (over 30 km)*."""
_DAY_PLUS = re.compile(
    r"\b(?i:by|before|until|within|on|at|(?:not?|any) later than)\s+(?:[\w:.]+ (?:hours )?on )?(?:day )?(?P<said>(?P<day>[DT])\s?\+\s?(?P<n>\d{1,4})\b(?:\s*(?P<unit>hours?|days?|weeks?|months?)\b)?)"
)
"""A day that armies count from: by D+30."""
PEOPLE = r"(?:brigade|battalion|compan|platoon|division|regiment|men\b|troops|soldiers|persons|(?<!armoured )(?<!armored )personnel|fighters|combatants|officers|police|guards|members|advisers|instructors|volunteers)"
_PEOPLE = re.compile(PEOPLE, re.IGNORECASE)
_PLACE = re.compile(
    r"(?:\b(?:in|within|inside|over|from|into|to|along|across|around|near|on|at|south of|north of|east of|west of|behind|beyond|throughout)\s+)"
    r"(?P<words>(?:the |its |their |a |an )?(?:[A-Za-z'\u2019-]+ ){0,5}?(?:lines? of (?:contact|separation|control|demarcation)|contact line|demarcation line|front(?: ?line)?|zones?(?: of separation)?|area(?:s)?(?: of [\w ]{3,25})?|"
    r"territor(?:y|ies)|border(?:s)?|strip|belt|corridor|region(?:s)?|district(?:s)?|cit(?:y|ies)|town(?:s)?|village(?:s)?|port(?:s)?|river|air ?space|sea|settlements?|populated areas|blue line|green line)(?!\w)(?: of [A-Z][\w]+(?: [A-Z]\w+)*)?)",
)
_PROPER = re.compile(
    r"\b(?:in|over|from|into|within|inside|throughout|leave|leaves)\s+(?P<words>(?:the )?[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)*)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, and the words."""

    n: float
    unit: str
    words: str
    start: int = 0
    anchor: str = ""
    way: str = ""

    @property
    def text(self) -> str:
        """The number and unit as the agreement file writes them: ``30 days``."""
        unit = self.unit if self.n == 1 else f"{self.unit}s"
        return f"{self.n:g} {unit}"


def number(words: str) -> float:
    """The number that some words or figures give."""
    low = words.lower().replace(",", "").strip()
    if re.fullmatch(r"\d+( \d{3})*(\.\d+)?", low):
        return float(low.replace(" ", ""))
    whole = part = 0.0
    for word in re.split(r"[\s-]+", low):
        if word in ("hundred", "thousand", "million", "billion"):
            part = (part or 1) * WORDS[word]
            whole, part = (whole, part) if word == "hundred" else (whole + part, 0.0)
        elif word != "and":
            part += float(word) if re.fullmatch(r"\d+(\.\d+)?", word) else WORDS.get(word, 0)
    return whole + part


def lengths(text: str) -> list[Quantity]:
    """All lengths of time."""
    return [Quantity(number(m["n"]), _unit(m["unit"]), m.group(0), m.start()) for m in _LENGTH.finditer(text)]


def deadlines(text: str) -> list[Quantity]:
    """Lengths of time by which something is to be done, with what they count from."""
    out = []
    for m in _WITHIN.finditer(text):
        word = m.group(0).split()[0].lower()
        anchor, many = (m["anchor"] or "").strip(), number(m["n"]) or 1.0
        if word in ("for", "over", "during") or (word == "after" and (anchor or not m["n"])):
            continue
        if word == "after" and not anchor:
            out.append(Quantity(many, _unit(m["unit"]), m.group(0), m.start(), "", "after"))
            continue
        out.append(Quantity(many, _unit(m["unit"]), m.group(0), m.start(), anchor, (m["way"] or "").lower()))
    for m in _DAY_PLUS.finditer(text):
        unit = (m["unit"] or "day").rstrip("s")
        out.append(Quantity(float(m["n"]), unit, m["said"], m.start("said"), m["day"]))
    return sorted(out, key=lambda due: due.start)


def _unit(word: str) -> str:
    word = word.lower()
    return "day" if word.endswith("day") else word


_HEIGHT = re.compile(
    r"\b(?:lower than|higher than|altitudes? (?:of|below|above|under|over)(?: less than| more than)?|fl(?:y|ies|own|ying) (?:\w+ ){0,2}(?:below|above|under|over))\s+$",
    re.IGNORECASE,
)
"""How high somebody flies, which is no distance from a line."""


def distances(text: str) -> list[Quantity]:
    """All lengths of ways, in kilometres."""
    factor = {"k": 1.0, "mi": 1.609344, "m": 0.001}
    out = []
    for m in _KM.finditer(text):
        if _HEIGHT.search(text[: m.start()]):
            continue
        unit = m["unit"].lower()
        scale = factor["mi"] if unit.startswith("mi") else factor["k"] if unit.startswith("k") else factor["m"]
        out.append(Quantity(round(number(m["n"]) * scale, 3), "km", m.group(0), m.start()))
    return out


_FOR_EACH = re.compile(r"[\s-]+(?:\w+[\s-]+)?for[\s-]+(?:one|each|every|man|another)\b", re.IGNORECASE)
"""Behind a number that is a rate: one-for-one, one man for each."""


def caps(text: str) -> list[Quantity]:
    """The most that may be there."""
    return [
        Quantity(number(m["n"]), (m["unit"] or "").strip(), m.group(0), m.start())
        for m in _CAP.finditer(text)
        if not _FOR_EACH.match(text[m.end("n") :])
        and not re.match(
            rf"(?:km|kilomet|mm|met(?:re|er)s?\b|m\b|(?:nautical )?miles?\b|f(?:ee|oo)t\b|{_TIME.replace('?P<unit>', '?:')}(?!\w)|per\b|an?\s)",
            m["unit"] or "",
            re.IGNORECASE,
        )
    ]


def quotas(text: str) -> list[Quantity]:
    """So and so much in every period; ``anchor``: the period."""
    out = []
    for m in sorted([*_PER.finditer(text), *_PER_WORD.finditer(text)], key=lambda m: m.start()):
        due = text[: m.start()].lower().endswith("within ")  # *within 5 days of signature and every week*
        if not due and not re.fullmatch(_TIME, m["unit"], re.IGNORECASE):
            per = _LY.get(m["per"].lower()) or _period(m["per"].lower())
            counted = _noun(text[m.end("n") : m.start("per")])  # reports give lorries, of whatever they carry
            out.append(Quantity(number(m["n"]), counted, m.group(0), m.start(), per))
    for m in _RATE.finditer(text):
        out.append(Quantity(number(m["n"]), "", m.group(0), m.start(), f"1 {m['per'].lower()}"))
    for m in _TIMES.finditer(text):
        count = {"once": 1.0, "twice": 2.0}.get(m["n"].lower()) or number(m["n"].split()[0])
        words = m["per"].rstrip("s").split()
        per = f"{number(words[0]) if len(words) > 1 else 1:g} {words[-1]}"
        out.append(Quantity(count, "times", m.group(0), m.start(), per if per.startswith("1 ") else f"{per}s"))
    return out


def most_in_a_period(text: str) -> Quantity | None:
    """The most that may be in every period, which is a cap and no quota: *not more than four convoys a week*."""
    starts = {quota.start for quota in quotas(text) if _AT_MOST.search(text[: quota.start])}
    return next((cap for cap in caps(text) if any(cap.start < at < cap.start + len(cap.words) for at in starts)), None)


def any_period(text: str) -> Quantity | None:
    """The period in each of which a cap holds: *in any 24 hours*."""
    m = _IN_ANY.search(text)
    return Quantity(number(m["n"]) if m["n"] else 1.0, m["unit"].lower(), m.group(0), m.start()) if m else None


def _period(words: str) -> str:
    """A period as the agreement file writes it: ``1 week`` for *week* and *Friday*, ``2 weeks`` for *two weeks*."""
    *count, unit = words.split()
    if not count:
        return "1 week" if unit.endswith("day") and unit != "day" else f"1 {unit}"
    return f"{number(' '.join(count)):g} {unit}"


def _noun(words: str) -> str:
    """What is counted in some words: the last before those that say of what it is, or what happens to it."""
    first = re.split(rf",|\b(?:{_BEHIND_NOUN})\b", words.strip(), maxsplit=1, flags=re.IGNORECASE)[0]
    return (first.split() or words.split())[-1]


_SHARE = re.compile(r"(?:hal(?:f|ves)|thirds?|quarters?|fifths?|tenths?|per|percent|equal)$")
"""A share of something, or its parts, which are no number of things."""


def counted(text: str, deed: str) -> Quantity | None:
    """How much of it a deed asks for, where a number follows its verb or stands before "shall be" and it (``deed``: the words that were recognised); ``unit``: what is counted."""
    begin = text.find(deed) if deed else -1
    m = _COUNTED.match(text, begin) if begin >= 0 else None
    if m is None and begin >= 0:
        m = _counted_first(text, begin, begin + len(deed))
    if m is None or re.match(_TIME + r"\b", m["noun"], re.IGNORECASE):
        return None
    nouns = m["noun"].lower().split()
    if nouns[0] in _MONTHS or _SHARE.match(nouns[0]):
        return None
    plural = next((n for n, noun in enumerate(nouns) if re.search(r"[^s]s$", noun)), len(nouns) - 1)
    words = text[m.start("n") : m.start("noun") + len(" ".join(m["noun"].split()[: plural + 1]))]
    return Quantity(number(m["n"]), nouns[plural], words, m.start("n"))


def _counted_first(text: str, begin: int, end: int) -> re.Match[str] | None:
    """The number in front of a deed in the passive, unless it is the most that may be."""
    for m in _COUNTED_FIRST.finditer(text):
        most = _AT_MOST.search(text[: m.start()]) and not _AT_LEAST.search(text[: m.start()])
        if begin <= m.end() <= end and not most and not re.match(_TIME + r"\b", m["noun"], re.IGNORECASE):
            return m
    return None


def calibre(text: str) -> Quantity | None:
    """A bound of calibre; ``unit``: the bound as the file writes it."""
    m = _CALIBRE.search(text)
    if m is None:
        return None
    way, after = (m["way"] or "").lower(), (m["after"] or "").lower()
    sign = ">=" if re.search(r"more|above|over|greater|larger", after) or way == "of at least" else ""
    sign = sign or ("<=" if "up to" in way or after else "")
    sign = sign or ("<" if way in ("below", "under", "less than") else ">" if way else "=")
    return None if sign == "=" else Quantity(float(m["n"]), f"{sign} {m['n']} mm", m.group(0).strip(), m.start())


def reach(text: str) -> Quantity | None:
    """A bound of range; ``unit``: the bound as the file writes it."""
    m = _RANGE.search(text)
    if m is None or not m["way"]:
        return None
    sign = {
        "no more than": "<=",
        "up to": "<=",
        "more than": ">",
        "over": ">",
        "above": ">",
        "exceeding": ">",
        "at least": ">=",
        "less than": "<",
        "under": "<",
    }
    return Quantity(number(m["n"]), f"{sign[m['way'].lower()]} {number(m['n']):g} km", m.group(0), m.start())


def is_people(unit: str) -> bool:
    """Whether what is counted is people, or units of them."""
    return bool(_PEOPLE.search(unit))


def dates(text: str) -> list[tuple[str, str]]:
    """Dates, with the time of day that stands nearest to each: as the file writes them, and the words."""
    days = [(m, day) for m in _DATE.finditer(text) if (day := _day(m)) is not None]
    clocks: dict[int, re.Match[str]] = {}
    for clock in _CLOCK.finditer(text):
        gaps = [_gap(clock, m) for m, _ in days]
        near = min(gaps, default=_FAR)
        if near < _FAR and clock["word"] is None:
            at = gaps.index(near)
            if at not in clocks or near < _gap(clocks[at], days[at][0]):
                clocks[at] = clock
    out = []
    for n, (m, day) in enumerate(days):
        found = clocks.get(n)
        if found is None:
            out.append((day.isoformat(), m.group(0)))
            continue
        hour = int(found["h"])
        on = date.fromordinal(day.toordinal() + (hour == 24))
        words = text[min(m.start(), found.start()) : max(m.end(), found.end())].strip()
        out.append((f"{on.isoformat()}T{hour % 24:02d}:{found['min']}", words))
    return out


_FAR = 41
"""How many characters may lie between a day and its time; behind the day 25."""


def _gap(clock: re.Match[str], day: re.Match[str]) -> int:
    ahead, behind = day.start() - clock.end(), clock.start() - day.end()
    return ahead if 0 <= ahead < _FAR else behind if 0 <= behind < 25 else _FAR


def _day(m: re.Match[str]) -> date | None:
    try:
        if m["iso"]:
            return date.fromisoformat(m["iso"])
        month = _MONTHS.index((m["m"] or m["m2"]).lower()) + 1
        return date(int(m["y"] or m["y2"]), month, int(m["d"] or m["d2"]))
    except ValueError:
        return None


def places(text: str) -> list[str]:
    """Words that name a place, each once."""
    found = [(m.start("words"), m["words"]) for m in _PLACE.finditer(text)]
    taken = " ".join(words for _, words in found)
    found += [(m.start("words"), m["words"]) for m in _PROPER.finditer(text) if m["words"] not in taken]
    return list(dict.fromkeys(words for _, words in sorted(found)))
