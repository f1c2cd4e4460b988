"""Figures, times and days in the words of a term, and members of its lists, that none of its values and questions hold: they are asked, whatever was understood."""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.documents.plain import ARTICLE
from servanda.drafting.understand.amounts import DATE, NUMBER, PEOPLE
from servanda.drafting.understand.lexicon import find
from servanda.values.codes import STANDARD

_UNIT = r"(?:\s?(?:%|per ?cent\b|°|[^\W\d_][\w'\u2019-]*))?"
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last"
_FIGURE = re.compile(
    r"(?<![\w.,])(?:"
    rf"{re.sub(r'[?]P<[a-z0-9]+>', '?:', DATE)}"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december),?\s+(?:19|20)\d\d\b"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"  # 12/03/2027
    r"|\d{1,2}(?:[:.]\d{2})?\s?[ap]\.?m\b\.?|[0-2]?\d[:.]\d{2}(?!\d)(?:\s?(?:hours|hrs|h)\b)?|noon\b|midnight\b"
    rf"|(?:\d+(?:st|nd|rd|th)|{_ORDINAL})\s+(?:(?:calendar|working|business)\s+)?(?:second|minute|hour|day|week|month|year|quarter)s?\b"
    rf"|\d+(?:[.,\u00a0\u202f ]\d+)*(?:\s?(?:hundred|thousand|million|billion)\b)?(?:\s*\([^()]{{1,30}}\))?{_UNIT}"
    rf"|(?!an?\b|one\b(?!\s+{PEOPLE})){NUMBER}(?:\s*\(\s*\d[\d.,]*\s*\))?{_UNIT}"
    r"|(?:once(?!\s+(?:the|an?|both|all|each|this|these|its|their|it|they|(?-i:[A-Z]\w+))\b)|twice|dozens?|scores)\b"
    r")",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?P<items>(?:[\w'-]+(?: [\w'-]+){0,2}, ){1,6}[\w'-]+(?: [\w'-]+){0,2},? (?:and|or) [\w'-]+(?: [\w'-]+){0,3})"
)
_REFERENCE = re.compile(
    rf"(?:{ARTICLE.pattern}|articles|sections?|paragraphs?|clauses?|sub-?paragraphs?|resolutions?|res\.|annexes|appendices|chapters?|points?|items?|nos?\.|№|n°)"
    r"\s*(?:[\w.()/-]+(?:,| and| or| to)?\s+)?$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"(?:two|both)\s+(?:parties|sides|armies|governments|states|countries|originals|languages)", re.IGNORECASE
)


def unread(words: str, told: str) -> list[str]:
    """What of the figures in some words is told nowhere.

    Args:
        words: the words of a term.
        told: what its values, the words that these came from, and its questions say.

    Returns:
        Each figure with the word behind it, once, in order; numbers of clauses and resolutions are no figures.
    """
    held = _plain(told)
    out = []
    for m in _FIGURE.finditer(words):
        said = m.group(0).strip(" ,.")
        year = re.fullmatch(r"(?:19|20|21)\d\d\)?", said) and words[: m.start()].endswith("(")
        if year or _BOTH.match(said) or _REFERENCE.search(words[max(0, m.start() - 60) : m.start()]):
            continue
        number = re.match(r"[\d.,:/\u00a0\u202f ]*\d", said)
        bare = number.group(0) if number else said.split(" ")[0]
        if not any(
            re.search(rf"(?<![\w.,]){re.escape(_plain(form))}(?!\w)", held) for form in {said, *_short(said, bare)}
        ):
            out.append(said)
    return list(dict.fromkeys(out))


def left_of_lists(kind: str, acts: set[str], words: Mapping[str, str], text: str) -> dict[str, str]:
    """Of a list of things one of which was recognised as what is forbidden, those that were not.

    Args:
        kind: that of the term.
        acts: its acts.
        words: those that its values came from, by key.
        text: those of the clause.

    Returns:
        What is asked, by key.
    """
    if kind != "forbid" or not words.get("act"):
        return {}
    own = STANDARD.acts.below([*acts])
    known = [f for f in find("acts", text) if f.code in own]
    known += [f for group in ("targets", "weapons", "everybody") for f in find(group, text)]
    spans = [(f.start, f.end) for f in known] + [
        (at, at + len(f.words)) for f in known if f.weight and (at := text.find(f.words)) >= 0
    ]
    left: list[str] = []
    for listed in _LIST.finditer(text):
        items = [
            (m.start() + listed.start(), m.end() + listed.start())
            for m in re.finditer(r"(?:(?!,| (?:and|or) ).)+", listed["items"])
        ]
        seen = [any(a < end and start < b for a, b in spans) for start, end in items]
        if any(seen) and not all(seen):
            left += [
                re.sub(r"^(?:,|and\b|n?or\b|not\b|\s)+", "", text[a:b]).strip()
                for (a, b), recognised in zip(items, seen, strict=True)
                if not recognised
            ]
    left = [words for words in dict.fromkeys(left) if words]
    if not left:
        return {}
    return {
        "list": f"is {', '.join(repr(word) for word in left)} forbidden too? The clause lists it, and no value has it"
    }


def _short(said: str, bare: str) -> list[str]:
    """The number alone where the word behind it says nothing of what it counts."""
    rest = said[len(bare) :].strip().lower()
    return (
        [bare]
        if rest in ("", "of", "and", "or", "to", "in", "on", "at", "by", "the", "for", "from", "hours", "hrs", "h")
        else []
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("\u00a0", " ").replace("\u202f", " ").split())
