"""Which terms a saying is about, by its own words and by what stands around it.

*The other side does the same*, *we will not have one of them*: half of what people say names no matter. What the sentence, the sentences before it and the headline speak of
tells it then, and how much each of these counts is learned (``scripts/train_stances.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from servanda.statements.topics import TopicMatcher, names_the_truce
from servanda.statements.words import Span

SURELY = 0.5
"""A saying is about a term that is so likely."""
_SENTENCE = re.compile(r"(?<=[.!?;])[\"”’']*\s+|\n+")
_POINTS = re.compile(
    r"\b(?:it|this|them|they|so|those|these|one|that|the (?:move|idea|plan|proposal|claim|report|draft|offer|demand|request|decision|step|condition|accusation|text|deal|bill|"
    r"motion|same|rest|remainder))\b",
    re.IGNORECASE,
)
_SHORT = 6
_HALF, _MUCH = 0.5, 2.0
_WORDS, _REST, _LAST, _BEFORE, _EARLIER = range(5)


def parts(text: str, content: Sequence[Span]) -> tuple[str, ...]:
    """A saying and what stands around it.

    Args:
        text: of the document.
        content: where the saying stands.

    Returns:
        Its words; the rest of its sentences; the sentence before, the one before that, the two before that; the headline.
    """
    content = sorted(content)
    start, end = content[0][0], content[-1][1]
    starts = [0, *(m.end() for m in _SENTENCE.finditer(text))]
    before = [s for s in starts if s <= start]
    first = before[-1]
    last = next((s for s in starts if s >= end), len(text))
    inside = [
        text[a:b] for a, b in zip([first, *(b for _, b in content)], [*(a for a, _ in content), last], strict=True)
    ]
    edges = [0] * 5 + before
    return (
        " ".join(text[a:b] for a, b in content),
        " ".join(inside),
        text[edges[-2] : first],
        text[edges[-3] : edges[-2]],
        text[edges[-5] : edges[-3]],
        text[: starts[1]] if len(starts) > 1 else "",
    )


def rated(matcher: TopicMatcher, around: Sequence[str]) -> np.ndarray:
    """What each term has to be weighed by: a row for each term.

    Args:
        matcher: the terms.
        around: as :func:`parts` gives them.

    Returns:
        The figures, the same columns for any agreement.
    """
    found = [matcher.found(part) for part in around]
    terms = list(matcher.marks)
    much = np.array([[f[t][0] for f in found] for t in terms], float)
    most = np.array([[f[t][1] for f in found] for t in terms], float)
    top = much.max(axis=0)
    share = np.divide(much, top, out=np.zeros_like(much), where=top > 0) * np.minimum(top, 1)
    silent = top < _HALF
    words = around[_WORDS]
    points, short = bool(_POINTS.search(words)), len(words.split()) <= _SHORT
    stops = np.array([t in matcher.stops for t in terms], float)
    second = np.sort(much[:, _WORDS])[-2] if len(terms) > 1 else 0.0
    none = float(silent[_WORDS])
    columns: list[np.ndarray] = [np.ones(len(terms))]
    for n in range(len(around)):
        first = (share[:, n] >= min(top[n], 1) - 1e-9) & (top[n] > 0)
        columns += [np.minimum(much[:, n], _MUCH), much[:, n] >= _HALF, much[:, n] >= 1, share[:, n], first, most[:, n]]
    columns += [none * share[:, n] for n in range(_REST, _EARLIER + 1)]
    columns += [
        none * silent[_REST] * share[:, _LAST],
        none * silent[_REST] * silent[_LAST] * share[:, _BEFORE],
        points * share[:, _LAST],
        points * share[:, _REST],
        short * share[:, _REST],
        short * share[:, _LAST],
        none * points * share[:, _LAST],
        np.full(len(terms), none),
        names_the_truce(words) * stops,
        stops,
        np.full(len(terms), min(top[_WORDS], _MUCH)),
        (top[_WORDS] > 0) * (much[:, _WORDS] == 0),
        np.where(much[:, _WORDS] == top[_WORDS], much[:, _WORDS] - second, 0.0),
    ]
    return np.column_stack(columns).astype(float)


@dataclass(frozen=True)
class TermWeights:
    """What each figure counts; ``mean`` and ``spread`` of each where they were learned."""

    mean: np.ndarray
    spread: np.ndarray
    much: np.ndarray

    def likely(self, figures: np.ndarray) -> np.ndarray:
        """How likely it is for each term that the saying is about it.

        Args:
            figures: of :func:`rated`.

        Returns:
            A number from 0 to 1 for each.
        """
        shares: np.ndarray = 1 / (1 + np.exp(-((figures - self.mean) / self.spread) @ self.much))
        return shares

    def terms(self, matcher: TopicMatcher, around: Sequence[str]) -> list[str]:
        """The terms that a saying is about.

        Args:
            matcher: the terms.
            around: the saying and what stands around it.

        Returns:
            Those that are likely; none where the saying does not point back (*they*, *the offer*), for then it has a matter of its own.
        """
        if not _POINTS.search(around[_WORDS]):
            return []
        chosen = self.likely(rated(matcher, around)) >= SURELY
        return [t for t, yes in zip(matcher.marks, chosen, strict=True) if yes]
