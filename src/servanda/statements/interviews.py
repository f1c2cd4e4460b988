"""Interviews without labels and dashes: paragraphs that ask, and between them the answers of whom the text is an interview with."""

from __future__ import annotations

import re

from servanda.statements.documents import Document
from servanda.statements.words import Span

_LEAST = 3  # questions
_LABEL = re.compile(r"[^\W\d_][^:.!?«»\"\n]{0,40}:\s|[—–-]\s")
_OF_HIMSELF = re.compile(
    r"\b(?:I|we|my|our|me|us|я|мы|мне|нас|нам|меня|мой|моя|моё|мои|моего|моей|наш\w*|ми|мені|мене|мій|моє|мої|моєї|наші?|нашого)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[«“„\"][^»”“\"\n]*[»”“\"]")
_SHARE = 3  # of so many answers in one at least somebody speaks of himself: no reader's guide does


def answers(document: Document) -> list[tuple[Span, str]]:
    """The paragraphs in which somebody answers questions that stand in paragraphs of their own.

    Args:
        document: an article.

    Returns:
        Each with the question before it; none, where the document is no such interview.
    """
    text, out = document.text, list[tuple[Span, str]]()
    asked, questions = "", 0
    for a, b in document.paragraphs:
        words = text[a:b].strip()
        if _LABEL.match(words):
            return []
        if words.endswith("?"):
            asked, questions = words, questions + 1
        elif asked:
            out.append(((a, b), asked))
    of_himself = sum(bool(_OF_HIMSELF.search(_QUOTED.sub(" ", text[a:b]))) for (a, b), _ in out)
    return out if questions >= _LEAST and _SHARE * of_himself >= len(out) else []
