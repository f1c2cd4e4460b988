"""Words of a text with their kinds: quotations, sentences and tagged tokens, all by their offsets in the text.

Tags are those of the CLAWS 5 tag set (British National Corpus); :class:`Tagger` is the seam where another tagger, or a
language model, can be put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Protocol

Span = tuple[int, int]
"""From, to (exclusive): characters of the text."""

DOTTED_TITLES = "|".join(
    f"{title}|{title.upper()}"
    for title in "Mr Mrs Ms Dr Sen Rep Gov Gen Lt Col Sgt St Jr Sr Adm Brig Maj Capt Cmdr Cpl Amb Prof Hon Rev".split()
)
"""Titles that are written with a dot, as alternatives of a pattern."""
NAMES_IN_CAPITALS = frozenset({"WHO"})
"""Organisations whose name in capitals is another word in small letters."""
_WORD = re.compile(
    rf"(?:U\.S|U\.K|U\.N|E\.U|D\.C|[A-Z]\.[A-Z])\.|(?:{DOTTED_TITLES})\.(?=\s)"
    r"|\b[A-Z]\.(?=\s+[A-Z])|\d+(?:-[^\W\d]\w*)+|\d+(?:[.,:]\d+)*%?|\b(?i:can(?=not\b))|\w+?(?=n[’']t\b)|n[’']t\b"
    r"|[’'](?:s|re|ve|ll|d|m)\b|\w+(?:[-/&]\w+)*|\.{2,}|--+|''|``|[^\w\s]"
)
_ASIDE = re.compile(r"for (?:its|his|her|their) (?:own )?part|in turn|in (?:its|his|her|their) turn")
_FINITE = ("VVD", "VVZ", "VVB", "VM0", "VBD", "VBZ", "VBB", "VHD", "VHZ", "VHB", "VDD", "VDZ", "VDB")
_NO_NAMES = ("AJ0", "AJC", "AJS", "AT0", "AV0", "CJS", "CRD", "ITJ")
_AT_ONCE = 200  # words that are tagged as one sentence: the tagger's time grows with their number
_LONG, _END = (
    32,
    24,
)  # letters: of a longer word only its end is tagged, for the time grows with the third power of its length
_ABBREVIATION = re.compile(
    rf"(?:\b(?:{DOTTED_TITLES}|Reps|Sens|No|vs|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|Inc|Co|Corp|Ltd)|\b[A-ZА-ЯЁІЇЄҐ]|\b[A-Z]\.[A-Z]|\b(?:им|ім|ген|полк|проф|ул|вул|тыс|тис|млн|млрд))\.$"
)
_OPEN = {"“": "”", "„": "“”", "«": "»", "‹": "›", "‘": "’", '"': '"', "'": "'", "``": "''", "''": "''"}
_SPOKEN = re.compile(r"\s+(?:[A-Z][\w’'.-]*\s+){1,4}(?:said|says|asked|asks|wrote|added|told)\b")
_STOP = re.compile(r"[.!?…]+[)\]]*(?=\s|$|[“\"‘'«])|;(?=\s)")


@dataclass(frozen=True)
class Token:
    """One word: where it stands, its tag, its dictionary form."""

    text: str
    start: int
    end: int
    tag: str
    lemma: str


class Tagger(Protocol):
    """Gives for the words of one sentence their lemmas and CLAWS 5 tags, in order."""

    def __call__(self, words: Sequence[str], /) -> list[tuple[str, str]]: ...


@cache
def hanover() -> Tagger:
    """The Hanover Tagger (Wartena 2019): an English model comes with the package. Raises :class:`ImportError` without it."""
    from HanTa import HanoverTagger

    model = HanoverTagger.HanoverTagger("morphmodel_en.pgz")

    @lru_cache(maxsize=50_000)  # papers print the same dispatch
    def tagged(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((lemma.lower(), tag) for _, lemma, tag in model.tag_sent(list(words)))

    def tag(words: Sequence[str], /) -> list[tuple[str, str]]:
        return list(tagged(tuple(w.replace("’", "'") for w in words)))

    return tag


def tokens(text: str, span: Span, tagger: Tagger) -> list[Token]:
    """The words of a stretch of text."""
    words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text, *span)]
    tagged = [
        t for n in range(0, len(words), _AT_ONCE) for t in tagger([_short(w) for w, _, _ in words[n : n + _AT_ONCE]])
    ]
    out: list[Token] = []
    for n, ((word, a, b), (lemma, tag)) in enumerate(zip(words, tagged, strict=True)):
        kind = tag
        if not any(c.isalnum() for c in word):
            kind = "PUN"
        elif word in NAMES_IN_CAPITALS:
            kind = "NP0"
        elif tag == "UNC":
            kind = "NP0" if word[0].isupper() else "NN1"
        elif word[0].isupper() and word[1:].islower():
            before = words[n - 1][0] if n else "."
            after = (words[n + 1][0], tagged[n + 1][1]) if n + 1 < len(tagged) else ("", "")
            kind = "NP0" if _a_name(tag, before, *after, word) else tag
        out.append(Token(word, a, b, kind, lemma))
    return _verbs_of_lists(out)


def _a_name(tag: str, before: str, after: str, after_tag: str, word: str = "") -> bool:
    """Whether a word with a capital is a name, though the tagger takes it for another word: a verb inside a sentence or before another verb (*Mark said*); what no
    name begins with behind a capital (*President Xi, Peter Ole said*), and an adjective that describes nothing.
    """
    told = after_tag in ("VVD", "VVZ")
    if tag == "VM0":
        return told or word.lower() not in _MODALS  # *Wolde* is no modal
    if tag.startswith("VV"):
        named = after_tag.startswith("NP") and after[:1].isupper()
        return before[0].isalnum() or before == "," or told or named
    describes = after_tag.startswith(("NN", "NP", "AJ", "CRD", "VVG", "VVN")) or after in ("-", "and")
    if tag == "AJ0" and describes:
        return False
    behind = before[0].isupper() and before.lower() not in ("the", "a", "an")
    return (tag in _NO_NAMES and behind) or (tag in ("AJ0", "AJC", "ITJ") and told and not before[0].isalnum())


_MODALS = frozenset("will would may might can could shall should must ought need dare used".split())


def without_asides(words: Sequence[Token]) -> list[Token]:
    """The words of a sentence without what stands between commas and belongs to no clause: *X, for its part, urged*.

    Args:
        words: of a sentence.

    Returns:
        The others, in order; the commas go with them.
    """
    out: list[Token] = []
    k = 0
    while k < len(words):
        ends = next((n for n in range(k + 2, min(k + 6, len(words))) if words[n].text == ","), k)
        between = " ".join(w.text.lower() for w in words[k + 1 : ends])
        if words[k].text == "," and _ASIDE.fullmatch(between):
            k = ends + 1
            continue
        if k and _ASIDE.fullmatch(" ".join(w.text.lower() for w in words[k : k + 3])):
            k += 3  # *X for its part urged*
            continue
        out.append(words[k])
        k += 1
    return out


def _verbs_of_lists(words: list[Token]) -> list[Token]:
    """*A, B and C express readiness to go*: behind a list of names that opens a sentence stands a verb, where the tagger sees a noun and no verb before the next comma."""
    n = next((n for n, w in enumerate(words) if w.text not in (",", "and", "the") and not w.text[0].isupper()), 0)
    if not (1 < n < len(words) - 1) or words[n].tag != "NN1":
        return words
    listed = any(w.text == "and" for w in words[:n]) and words[n - 1].text[0].isupper()
    stop = next((k for k in range(n, len(words)) if words[k].text in ",;:.—"), len(words))
    if listed and not any(w.tag in _FINITE for w in words[n:stop]):
        words[n] = replace(words[n], tag="VVB")
    return words


def _short(word: str) -> str:
    return word if len(word) <= _LONG else word[-_END:]


def quotations(text: str, span: Span) -> list[Span]:
    """What stands between quotation marks of any kind in a paragraph, marks included; the outermost only.

    A quotation that is still open at the end of the paragraph goes to the end: the next paragraph goes on with it.
    A single mark counts only where a word begins and another ends, so that an apostrophe opens nothing.
    """
    spans: list[Span] = []
    at, end = span
    while at < end:
        mark = text[at : at + 2] if text[at : at + 2] in ("''", "``") else text[at]
        close = _OPEN.get(mark)
        before = text[at - 1] if at > span[0] else " "
        after = text[at + len(mark)] if at + len(mark) < end else " "
        if (
            close is None
            or after.isspace()
            or (mark in ("'", "‘", '"', "''") and (before.isalnum() or before in ".,!?"))
        ):
            at += 1
            continue
        stop = _closing(text, at, end, mark, close)
        if stop is None and mark in ("'", "‘", "''"):
            at += 1
            continue
        spans.append((at, stop if stop is not None else end))
        at = spans[-1][1]
    return spans


def closed(text: str, quote: Span) -> bool:
    """A quotation ends with a mark, and not only because its paragraph does."""
    mark = text[quote[0] : quote[0] + 2] if text[quote[0] : quote[0] + 2] in ("''", "``") else text[quote[0]]
    close = _OPEN.get(mark, mark)
    if len(mark) == 2:
        return quote[1] - quote[0] >= 4 and text[quote[1] - 2 : quote[1]] == close
    return quote[1] - quote[0] > 1 and (text[quote[1] - 1] in close or (mark in '“"' and text[quote[1] - 1] in '"”'))


def goes_on_to(text: str, paragraphs: Sequence[Span], n: int) -> int:
    """The last paragraph of a quotation that is opened anew in each and closed in the last only.

    Args:
        text: a document.
        paragraphs: from, to (exclusive): characters of each of its paragraphs.
        n: the number of that in which it begins.

    Returns:
        The number of the last; ``n`` itself where no quotation goes on.
    """
    k = n
    while k + 1 < len(paragraphs):
        quoted = quotations(text, paragraphs[k])
        opens = text[paragraphs[k + 1][0]]
        if (
            not quoted
            or closed(text, quoted[-1])
            or not (opens == text[quoted[-1][0]] or (opens in "“«„" and text[quoted[-1][0]] in "“«„"))
        ):
            break
        k += 1
    return k


def _closing(text: str, at: int, end: int, mark: str, close: str) -> int | None:
    if len(mark) == 2:
        stop = text.find(close, at + 2, end)
        return stop + 2 if stop >= 0 else None
    for here in range(at + 1, min(end, at + 3000) if mark in "'‘" else end):
        if text[here] not in close and not (mark in '“"' and text[here] in '"”'):
            continue
        if text[here] in "’'":
            follows = text[here + 1] if here + 1 < end else " "
            if follows.isalnum() or (text[here - 1].isspace()):
                continue
        if text[here] in '"”' and here + 1 < end and text[here + 1].isalnum():
            continue
        return here + 1
    return None


def sentences(text: str, span: Span, quoted: Sequence[Span]) -> list[Span]:
    """Sentences of a stretch; none ends inside a quotation, so that ``"A. B," he said`` is one."""
    cuts = []
    for match in _STOP.finditer(text, *span):
        at = match.end()
        follows = text[at : span[1]].lstrip()[:1]
        if (
            follows.islower()
            or any(a < match.start() and at < b for a, b in quoted)
            or _ABBREVIATION.search(text, max(span[0], match.start() - 8), match.start() + 1)
        ):
            continue
        cuts.append(at)
    for _, b in quoted:
        space = re.match(r"[)\]\s]*", text[b : span[1]])
        after = text[b + space.end() : b + space.end() + 1] if space else ""
        if text[b - 2 : b - 1] in ".!?…" and (not after or after.isupper() or after in _OPEN):
            if text[b - 2 : b - 1] in "!?" and _SPOKEN.match(text, b, span[1]):
                continue
            cuts.append(b)
    out, start = [], span[0]
    for cut in [*sorted(set(cuts)), span[1]]:
        whole = text[start:cut]
        if whole.strip():
            out.append((start + len(whole) - len(whole.lstrip()), cut - len(whole) + len(whole.rstrip())))
        start = cut
    return out


def bare_quotation(text: str, span: Span, quoted: Iterable[Span]) -> bool:
    """The whole sentence is a quotation."""
    return any(a <= span[0] + 1 and span[1] - 2 <= b for a, b in quoted) and text[span[0]] in "“\"«„‘'"
