"""Which terms a saying is about, by its words, by what it means, and by what stands around it.

*The other side does the same*, *we will not have one of them*: half of what people say names no matter. What the sentence, the sentences before it and the headline speak of
tells it then. How near the saying is in meaning to a clause (``meaning``), how many words of it are found (``topics``), and how much each of these counts is weighed by one model for
all languages (``scripts/train_stances.py``); without the encoder, by the words alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servanda.statements.meaning import Encoder
from servanda.statements.topics import SENTENCES, TopicMatcher, names_the_truce
from servanda.statements.words import Span

SURELY, AT_LEAST = 0.45, 0.2
"""A saying is about each term that is so likely; and about the likeliest, if it is so likely at least."""
_DIGITS = 6  # of a likelihood that count, so that processors do not differ
_SENTENCE = re.compile(r"(?<=[.!?;…])[\"”’'»]*\s+|\n+")
_POINTS = re.compile(
    r"\b(?:it|this|them|they|so|those|these|one|that|the (?:move|idea|plan|proposal|claim|report|draft|offer|demand|request|decision|step|condition|accusation|text|deal|bill|"
    r"motion|same|rest|remainder)|это\w*|эт[иу]\w*|его|их|ими|он[аио]?|так\w{0,3}|то|ц[еіьюя]\w*|його|їх\w*|він|вон[аио]|так\w{0,3})\b",
    re.IGNORECASE,
)
_SHORT = 6
_HALF, _MUCH, _SHARP = 0.5, 2.0, 12.0
_WORDS, _REST, _LAST, _BEFORE, _EARLIER, _HEADLINE, _WITH = range(7)


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


def weighed_texts(around: Sequence[str]) -> list[str]:
    """What an encoder is asked of a saying, to ask for many sayings at once: a sentence among many costs a seventh of one alone.

    Args:
        around: as :func:`parts` gives them.

    Returns:
        Its texts.
    """
    return [*around, f"{around[_LAST]} {around[_WORDS]}"]


def rated(
    matcher: TopicMatcher,
    around: Sequence[str],
    much: np.ndarray,
    named: Collection[str],
    reads: Encoder | None,
) -> np.ndarray:
    """What each term has to be weighed by: a row for each term.

    Args:
        matcher: the terms.
        around: as :func:`parts` gives them.
        much: how much of each term is found in each part: a row for each term.
        named: the terms that the words of the saying speak of, by the rules.
        reads: the encoder, if there is one.

    Returns:
        The figures, the same columns for any agreement and language.
    """
    terms = list(matcher.marks)
    top = much.max(axis=0)
    share = np.divide(much, top, out=np.zeros_like(much), where=top > 0) * np.minimum(top, 1)
    words = around[_WORDS]
    points, short = float(bool(_POINTS.search(words))), float(len(words.split()) <= _SHORT)
    stops = np.array([t in matcher.stops for t in terms], float)
    silent = (top < _HALF).astype(float)
    none = silent[_WORDS]
    second = np.sort(much[:, _WORDS])[-2] if len(terms) > 1 else 0.0
    columns: list[np.ndarray] = [np.ones(len(terms)), np.array([t in named for t in terms], float)]
    for n in range(len(around)):
        first = (share[:, n] >= min(top[n], 1) - 1e-9) & (top[n] > 0)
        columns += [np.minimum(much[:, n], _MUCH), much[:, n] >= _HALF, much[:, n] >= 1, share[:, n], first]
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
        np.full(len(terms), np.log(len(terms))),
    ]
    if reads is not None:
        columns += _meant(matcher, around, share[:, _WORDS], none, points, short, reads)
    return np.column_stack(columns).astype(float)


def _meant(
    matcher: TopicMatcher,
    around: Sequence[str],
    share: np.ndarray,
    none: float,
    points: float,
    short: float,
    reads: Encoder,
) -> list[np.ndarray]:
    """How near in meaning each part is to each term, against how near it is to the other terms."""
    near = _nearness(matcher, weighed_texts(around), reads)
    against = near - near.mean(axis=0)
    columns: list[np.ndarray] = []
    for kind in range(near.shape[2]):
        every = kind == near.shape[2] - 1
        for n in range(near.shape[1]) if every else (_WORDS, _REST, _WITH):
            c = against[:, n, kind]
            best = np.sort(c)[::-1]
            ahead = best[0] - best[1] if len(best) > 1 else 0.0
            columns += [c, c - best[0], (c >= best[0] - 1e-9) * ahead]
        columns.append(near[:, _WORDS, kind])
    odds = np.exp(against[:, :, -1] * _SHARP)
    odds /= odds.sum(axis=0)
    columns += [*odds.T, *(none * odds).T]
    columns += [points * odds[:, n] for n in (_REST, _LAST, _WITH)]
    columns += [short * odds[:, n] for n in (_REST, _LAST, _HEADLINE, _WITH)]
    columns.append(share * odds[:, _WORDS])
    return columns


def _nearness(matcher: TopicMatcher, said: Sequence[str], reads: Encoder) -> np.ndarray:
    """Terms by parts by kinds: the nearest of its names, the nearest of its sentences, both as one text, and the mean of these."""
    written = [_written(term, matcher) for term in matcher.marks]
    texts = [t for kinds in written for kind in kinds for t in kind]
    vectors = reads.vectors([*said, *texts])
    there, rows = vectors[: len(said)], iter(vectors[len(said) :] @ vectors[: len(said)].T)
    near = np.array([[np.max([next(rows) for _ in kind], axis=0) for kind in kinds] for kinds in written])
    near *= there.any(axis=1)
    near = near.transpose(0, 2, 1)
    return np.concatenate([near, near.mean(axis=2, keepdims=True)], axis=2)


def meant_alone(matcher: TopicMatcher, text: str, reads: Encoder, ahead: float) -> str:
    """The term that a text by itself is nearest to in meaning.

    Args:
        matcher: the terms.
        text: some words, without what stands around them.
        reads: the encoder.
        ahead: how much nearer it must be than the next.

    Returns:
        The term; empty where none is so much nearer.
    """
    near = _nearness(matcher, [text], reads)[:, 0, -1]
    best = np.sort(near)[::-1]
    clear = len(best) < 2 or best[0] - best[1] >= ahead
    return list(matcher.marks)[int(near.argmax())] if clear and near.any() else ""


def _written(term: str, matcher: TopicMatcher) -> tuple[list[str], list[str], list[str]]:
    """What an agreement says of a term: its names, its sentences, all as one."""
    title, text = matcher.titles[term], matcher.texts.get(term, "")
    called = term.replace("_", " ")
    sentences = [s for s in SENTENCES.split(text) if s.strip()]
    whole = f"{title}. {text}" if text and text != title else f"{called}. {title}"
    return [called, title] if title != text else [called], sentences or [title], [whole]


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
        return shares.round(_DIGITS)


def amounts(matcher: TopicMatcher, found: Sequence[Mapping[str, float]]) -> np.ndarray:
    """How much of each term is found in each part.

    Args:
        matcher: the terms.
        found: term -> how much, for each part.

    Returns:
        A row for each term.
    """
    return np.array([[part.get(term, 0.0) for part in found] for term in matcher.marks], float)


def chosen(matcher: TopicMatcher, likely: np.ndarray) -> list[str]:
    """The terms that a saying is about.

    Args:
        matcher: the terms.
        likely: how likely each is.

    Returns:
        Them, in the order of the agreement.
    """
    best = likely.max(initial=0.0)
    return [t for t, p in zip(matcher.marks, likely, strict=True) if p >= SURELY or (p == best and p >= AT_LEAST)]
