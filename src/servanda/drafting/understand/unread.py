"""Figures, times and days in the words of a term that none of its values and questions hold: they are asked, whatever was understood."""

from __future__ import annotations

import re

from servanda.documents.plain import ARTICLE
from servanda.drafting.understand.amounts import DATE, NUMBER

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
    rf"|(?!an?\b|one\b){NUMBER}(?:\s*\(\s*\d[\d.,]*\s*\))?{_UNIT}"
    r"|(?:once|twice|dozens?|scores)\b"
    r")",
    re.IGNORECASE,
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
