"""What a draft says of its own words: definitions ('"Forces" means ...'), and where one clause speaks of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servanda.documents import Clause, Text

_TERM = re.compile(
    r"(?:the (?:term|terms|expression|word)s?\s+)?[\"“](?P<term>[^\"“”]{1,60})[\"”]\s*(?:shall mean|means|mean|shall be understood as|is understood as|denotes?|refers? to|shall include|includes?|is)\s+",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?P<term>(?:The )?[A-Z][\w -]{2,50}?)\s+(?:shall mean|means|denotes|shall be understood as)\s+")
_REFERENCE = re.compile(
    r"\b(?P<kind>articles?|sections?|paragraphs?|clauses?|chapters?|parts?|points?|sub-?paragraphs?)\s+"
    r"(?P<number>(?:\d+|[IVXL]+\b|[A-Z]\b|one|two|three|four|five|six|seven|eight|nine|ten)(?:\.\d+|\.[A-Z]\b)*(?:\s?\([a-z0-9]{1,4}\))*|\([a-z0-9]{1,4}\)(?:\([a-z0-9]{1,4}\))*)"
    r"(?P<more>(?:,\s*|\s+and\s+|\s+or\s+|\s+to\s+)(?:paragraphs?|sub-?paragraphs?|points?)\s+(?:\d+(?:\s?\([a-z0-9]{1,4}\))*|\([a-z0-9]{1,4}\)))?",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"^\s*(?:[^,;.]{0,20}\s)?of (?:the )?(?:charter|constitution|convention|united nations|geneva|protocol|treaty|statute|declaration|resolution)\b",
    re.IGNORECASE,
)
_WORDS = dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True))


@dataclass(frozen=True, slots=True)
class Definition:
    """A word of the draft, what it means, and the clause that says so."""

    term: str
    means: str
    clause: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another clause that a clause speaks of: its words, and the clause's number; '' where the draft has none of that number."""

    words: str
    number: str


def definitions_in(clause: Clause) -> list[Definition]:
    """The words that a clause defines.

    Args:
        clause: a clause.

    Returns:
        Each with its meaning; nothing for a clause that does more than define.
    """
    marks = list(_TERM.finditer(clause.text))
    if not marks:
        bare = _BARE.match(clause.text)
        marks = [bare] if bare else []
    if not marks or len(clause.text[: marks[0].start()].split()) > 12:
        return []
    ends = [*(m.start() for m in marks[1:]), len(clause.text)]
    return [
        Definition(m["term"].strip(), re.sub(r"[\s,;.]+(?:and)?\s*$", "", clause.text[m.end() : end]), clause.number)
        for m, end in zip(marks, ends, strict=True)
    ]


def used_in(text: str, defined: Sequence[Definition]) -> list[Definition]:
    """The defined words that some words use, as they were defined: "Forces" and not "forces".

    Args:
        text: words of a clause.
        defined: the draft's definitions.

    Returns:
        Those used, each once.
    """
    return [d for d in defined if re.search(rf"(?<!\w){re.escape(d.term)}s?(?!\w)", text)]


def references_in(clause: Clause, text: Text) -> list[Reference]:
    """The other clauses of which a clause speaks.

    Args:
        clause: the clause.
        text: the draft.

    Returns:
        Each with the number of the clause it means; without where none, or more than one, has it.
    """
    numbers = {_key(c.number): c.number for c in text.clauses}
    out: dict[str, Reference] = {}
    for m in _REFERENCE.finditer(clause.text):
        if _ELSEWHERE.match(clause.text[m.end() :]):
            continue
        words = m.group(0)
        wanted = _key(
            re.sub(
                r"\b(?:sub-?paragraphs?|paragraphs?|points?|clauses?|articles?|sections?)\b",
                "",
                words,
                flags=re.IGNORECASE,
            )
        )
        near = not re.match(r"articles?|sections?|chapters?|parts?", m["kind"], re.IGNORECASE)
        out[words] = Reference(words, _meant(wanted, clause.number, numbers, near=near))
    return list(out.values())


def _key(number: str) -> str:
    """A number by which clauses are compared: "Article II, 2(a)" and "II.2(a)" are one."""
    low = number.strip().lower()
    low = re.sub(r"^(?:article|section|clause|point|chapter|part|annex|paragraph)s?\s*", "", low)
    parts = [_WORDS.get(p, p) for p in re.findall(r"[a-z]+|\d+", low)]
    return ".".join(parts)


def _meant(wanted: str, here: str, numbers: Mapping[str, str], *, near: bool) -> str:
    """The clause of a number, first beside the one that speaks of it, then anywhere."""
    if near:
        above = _key(here).split(".")
        for depth in range(len(above), 0, -1):
            found = numbers.get(".".join([*above[:depth], wanted]))
            if found:
                return found
    if wanted in numbers:
        return numbers[wanted]
    below = [number for key, number in numbers.items() if key.startswith(f"{wanted}.")]
    same = [number for key, number in numbers.items() if key.endswith(f".{wanted}")]
    return below[0].split(",")[0] if below else same[0] if len(same) == 1 else ""
