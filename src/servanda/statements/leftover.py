"""What of a document stands in no statement: every half sentence, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from servanda.statements.documents import Document
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span, quotations, sentences

NARRATED = "told by the document itself"
UNTOLD = "a quotation whose speaker the text does not tell"
OTHER_HALF = "the rest of a sentence: not told as said"
NO_NAME = "said by somebody whom the text does not name"
CARRIED = "a medium's own report"
_WORDS = 3


def leftover(
    document: Document, told: Sequence[Attribution], dropped: Sequence[tuple[Attribution, str]]
) -> list[tuple[str, str]]:
    """What stands in no statement.

    Args:
        document: whose text it is.
        told: the attributions that are statements, or part of one.
        dropped: the attributions that are none, each with the reason.

    Returns:
        Reason and words, in the order of the text.
    """
    text = document.text
    covered = _merged(s for a in told for s in (a.source, a.cue, *a.content) if s)
    reasons = [(span, why) for a, why in dropped for span in a.content]
    out: list[tuple[str, str]] = []
    for paragraph in document.paragraphs:
        quoted = quotations(text, paragraph)
        for a, b in sentences(text, paragraph, quoted):
            here = [(x, y) for x, y in covered if x < b and a < y]
            for x, y in _between(a, b, here):
                words = " ".join(text[x:y].split()).strip(" ,;:—–-")
                if len(re.findall(r"\w+", words)) < _WORDS:
                    continue
                why = next((why for (p, q), why in reasons if p < y and x < q), "")
                marked = any(p < y and x < q for p, q in quoted)
                out.append((why or (UNTOLD if marked else OTHER_HALF if here else NARRATED), words))
    return out


def _merged(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def _between(a: int, b: int, covered: Sequence[Span]) -> list[Span]:
    """The stretches from ``a`` to ``b`` that nothing covers."""
    out, at = [], a
    for x, y in covered:
        if x > at:
            out.append((at, x))
        at = max(at, y)
    return [*out, (at, b)] if at < b else out


def not_in(document: Document, contents: Sequence[str]) -> list[tuple[str, str]]:
    """The sentences of a document of which nothing stands in any content.

    Args:
        document: whose text it is.
        contents: of its statements.

    Returns:
        Reason and words, in the order of the text.
    """
    said = [" ".join(re.findall(r"\w+", content)) for content in contents]
    out = []
    for paragraph in document.paragraphs:
        quoted = quotations(document.text, paragraph)
        for a, b in sentences(document.text, paragraph, quoted):
            words = " ".join(re.findall(r"\w+", document.text[a:b]))
            if words.count(" ") >= _WORDS - 1 and not any(s and (s in words or words in s) for s in said):
                marked = any(p < b and a < q for p, q in quoted)
                out.append((UNTOLD if marked else NARRATED, " ".join(document.text[a:b].split())))
    return out
