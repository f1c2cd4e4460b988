"""What a draft says of its own words: definitions ('"Forces" means ...'), and where one clause speaks of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from servanda.documents import Clause, Text
from servanda.values.gazetteer import gazetteer

_TERM = re.compile(
    r"(?:the (?:term|terms|expression|word)s?\s+)?[\"“](?P<term>[^\"“”]{1,60})[\"”]\s*(?:shall mean|means|mean|shall be understood as|is understood as|denotes?|refers? to|shall include|includes?|is)\s+",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?P<term>(?:The )?[A-Z][\w -]{2,50}?)\s+(?:shall mean|means|denotes|shall be understood as)\s+")
_SENTENCE = re.compile(r"(?<=\w)[»”\")]?[.]\s+(?=[^\W\d_])")
_BINDS = re.compile(
    r"\b(?:shall|must|will|undertakes?)\b(?! (?:not )?(?:be (?:understood|considered|deemed|construed|interpreted)|mean|include|comprise|refer)\b)",
    re.IGNORECASE,
)
_QUOTED = r"[«\"“„]\s*(?P<term>[^»\"”“„]{1,60}?)\s*[»\"”“]"
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
    text = clause.text.removesuffix(beyond_definitions(clause.text))
    marks = _marks(text)
    ends = [*(m.start() for m in marks[1:]), len(text)] if marks else []
    return [
        Definition(m["term"].strip(), re.sub(r"[\s,;.]+(?:and)?\s*$", "", text[m.end() : end]), clause.number)
        for m, end in zip(marks, ends, strict=True)
    ]


def beyond_definitions(text: str) -> str:
    """What a clause that defines words goes on to say, where that binds somebody: *"Zone" means ... . No Party shall enter it.*

    Args:
        text: the words of a clause.

    Returns:
        Its sentences from the first that binds on; '' where it only defines, or defines nothing.
    """
    marks = _marks(text)
    english = bool(_TERM.search(text) or _BARE.match(text))
    ends = [m for m in _SENTENCE.finditer(text) if marks and m.start() > marks[-1].end()]
    for n, m in enumerate(ends):
        sentence = text[m.end() : ends[n + 1].start() if n + 1 < len(ends) else len(text)]
        if _BINDS.search(sentence) or not english:
            return text[m.end() :]
    return ""


def _marks(text: str) -> list[re.Match[str]]:
    """Where words are defined, in English or one of the five other languages."""
    marks = list(_TERM.finditer(text)) or [m for m in (_BARE.match(text),) if m]
    marks = marks or [m for pattern in _abroad() for m in pattern.finditer(text)][:1]
    return marks if marks and len(text[: marks[0].start()].split()) <= 12 else []


@cache
def _abroad() -> tuple[re.Pattern[str], ...]:
    words = (one for written in gazetteer("clause_words_abroad.yaml").values() for one in written["defines"])
    return tuple(re.compile(rf"(?<!\w){one.replace('<Q>', _QUOTED)}", re.IGNORECASE) for one in words)


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
