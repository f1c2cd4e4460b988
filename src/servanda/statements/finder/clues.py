"""What each clause of a document tells, by likelihoods: that somebody takes a stand in it, who, on which term, and which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servanda.statements.finder.forest import Forest
from servanda.statements.finder.model import Weights
from servanda.statements.finder.scene import Scene
from servanda.statements.finder.signs import Candidate, candidates, signs
from servanda.statements.finder.stands import Stances, Told, saying_of, stand_traits
from servanda.statements.finder.who import Speaker, speakers
from servanda.statements.meaning import Encoder, encoder
from servanda.statements.nearby import TermWeights, amounts, parts, rated, weighed_texts

FLOOR = 0.1
"""A clause that the rules leave is looked at where it is as likely that somebody takes a stand in it."""
_SIDE, _TERM, _TERMS, _GIVEN = 0.04, 0.06, 4, 0.02
"""How likely a side and a term must be to be weighed; of how many terms; what a side counts that the rules alone give."""
_FAR = 600  # letters between a saying and its words in the text


@dataclass(frozen=True)
class Clue:
    """A clause with what it may tell. ``at``: which candidate; ``said``: likelihood of a stand; ``sides``, ``terms``: likelihoods (the side is empty where it is not known);
    ``stances``: side and term -> a likelihood for each stance; ``told``: which statements of the rules it is a part of; ``who``: those who may speak, each with his share.
    """

    at: int
    candidate: Candidate
    said: float
    sides: Mapping[str, float]
    terms: Mapping[str, float]
    stances: Mapping[tuple[str, str], np.ndarray]
    told: tuple[int, ...]
    who: tuple[tuple[Speaker, float], ...]


@dataclass(frozen=True)
class Looked:
    """The clauses of a document that are looked at: all candidates, which of them, each with its likelihood, its figures of terms, its vector and its statements."""

    scene: Scene
    some: tuple[Candidate, ...]
    which: tuple[int, ...]
    said: Mapping[int, float]
    figures: tuple[np.ndarray, ...]
    vectors: np.ndarray
    told: Mapping[int, tuple[int, ...]]


def within(scene: Scene, candidate: Candidate, statements: Sequence[Told]) -> tuple[int, ...]:
    """Which statements a clause is a part of, or has in it.

    Args:
        scene: the document.
        candidate: the clause.
        statements: of the rules.

    Returns:
        Their places in the sequence.
    """
    start, end = candidate.clause.span
    words = " ".join(scene.text[start:end].split())
    return tuple(
        n
        for n, s in enumerate(statements)
        if abs(s.at - start) <= len(s.content) + _FAR
        and (words[:-1] in s.content or s.content in words or (len(s.content) > 15 and s.content[:40] in words))
    )


def looked_at(scene: Scene, statements: Sequence[Told], weights: Weights, floor: float = FLOOR) -> Looked:
    """The clauses of a document that may tell a stand, with the figures by which it is weighed.

    Args:
        scene: the document.
        statements: what the rules have found.
        weights: of the finder.
        floor: how likely a stand must be in a clause that the rules leave.

    Returns:
        Them.
    """
    assert scene.matcher is not None
    some = tuple(candidates(scene))
    told = {k: within(scene, c, statements) for k, c in enumerate(some)}
    said = {k: weights.likely(signs(scene, some, k, weights.kept)) for k in range(len(some))}
    shut = {k for k, c in enumerate(some) if any(_touch(x, c.clause.span) for x in scene.shut)}
    which = tuple(k for k in said if told[k] or (said[k] >= floor and k not in shut))
    reads = encoder()
    assert reads is not None  # the judge is asked only where one is
    arounds = [_around(scene.text, some[k]) for k in which]
    reads.vectors([t for around in arounds for t in weighed_texts(around)])
    figures = tuple(_figures(scene, around, reads) for around in arounds)
    vectors = reads.vectors([around[0] for around in arounds])
    return Looked(scene, some, which, said, figures, vectors, told)


def _touch(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _around(text: str, candidate: Candidate) -> tuple[str, ...]:
    """A clause with the rest of its sentence, the sentence before and the headline; further ones are clauses of their own."""
    words, rest, last, _, _, headline = parts(text, [candidate.clause.span])
    return words, rest, last, "", "", headline


def _figures(scene: Scene, around: Sequence[str], reads: Encoder) -> np.ndarray:
    assert scene.matcher is not None
    much = amounts(scene.matcher, [scene.amounts(part) if part else {} for part in around])
    return rated(scene.matcher, around, much, scene.terms_in(around[0]), reads)


def in_context(looked: Looked, alone: np.ndarray) -> list[np.ndarray]:
    """The figures by which the terms of a clause are weighed once more, beside those of the clauses around it.

    Args:
        looked: the clauses of a document.
        alone: how likely each term is for each of them by itself.

    Returns:
        For each clause a row for each term.
    """
    count, many = alone.shape
    clipped = np.clip(alone, 1e-4, 1 - 1e-4)
    odds = np.log(clipped / (1 - clipped))
    ordered, mean = np.sort(alone, axis=0)[::-1], alone.mean(axis=0)
    clauses, none, out = [looked.some[k].clause for k in looked.which], np.zeros(many), []
    for k, c in enumerate(clauses):
        near = [n for n in range(max(0, k - 6), min(count, k + 7)) if n != k and clauses[n].paragraph == c.paragraph]
        sent, before = [n for n in near if clauses[n].sentence == c.sentence], [n for n in near if n < k]
        best = np.sort(odds[k])[::-1]
        second = np.where(odds[k] == best[0], best[min(1, many - 1)], best[0])
        around = [alone[some].max(axis=0) if some else none for some in (sent, near, before)]
        out.append(
            np.column_stack(
                [
                    *(odds[k], odds[k] - best[0], odds[k] - second, odds[k] >= best[0]),
                    alone[k - 1] if k else none,
                    alone[k + 1] if k + 1 < count else none,
                    *around,
                    *(ordered[0], ordered[min(1, count - 1)], mean, mean / (mean.sum() + 1e-6), alone[0]),
                    alone[: max(1, k)].mean(axis=0),
                    *(np.full(many, np.log(many)), np.full(many, c.at / max(1, len(looked.some)))),
                ]
            )
        )
    return out


@dataclass(frozen=True)
class Reads:
    """The models that read a clause: whether it tells a stand and who takes it; its terms by itself and beside others; its stance."""

    finder: Weights
    terms: TermWeights
    context: Forest
    stances: Stances

    def of(self, looked: Looked, statements: Sequence[Told]) -> list[Clue]:
        """What the clauses of a document may tell.

        Args:
            looked: the clauses, with their figures.
            statements: what the rules have found in the document.

        Returns:
            Those that are looked at, in the order of the text.
        """
        scene = looked.scene
        assert scene.matcher is not None
        if not looked.which:
            return []
        alone = np.array([self.terms.likely(f) for f in looked.figures])
        rated_again = [self.context.likely(f) for f in in_context(looked, alone)]
        out, found, where, rows = [], [], [], []
        for n, k in enumerate(looked.which):
            told = [statements[s] for s in looked.told[k]]
            who = self.finder.shares(speakers(scene, looked.some, k))
            sides = _sides(who)
            for s in told:
                for side in s.side.split("; "):
                    sides.setdefault(side, _GIVEN)
            terms = dict(zip(scene.matcher.marks, map(float, rated_again[n]), strict=True))
            stances: dict[tuple[str, str], np.ndarray] = {}
            clause = looked.some[k].clause
            for side in (x for x, share in sides.items() if x and share >= _SIDE):
                for term in _terms(terms, told):
                    of = saying_of(scene, clause, side, term, told)
                    found.append(stand_traits(scene, clause, side, of, self.stances.kept))
                    where.append((stances, (side, term)))
                    rows.append(n)
            out.append(Clue(k, looked.some[k], looked.said[k], sides, terms, stances, looked.told[k], who))
        if found:
            for (table, key), likely in zip(where, self.stances.likely(found, looked.vectors[rows]), strict=True):
                table[key] = likely
        return out


def _sides(who: Sequence[tuple[Speaker, float]]) -> dict[str, float]:
    out: dict[str, float] = defaultdict(float)
    for x, share in who:
        for side in x.side.split("; "):
            out[side] += share
    return dict(out)


def _terms(likely: Mapping[str, float], told: Sequence[Told]) -> list[str]:
    given = {t for s in told for t, _ in s.stances}
    best = sorted(likely, key=lambda t: likely[t])[-_TERMS:]
    return [t for t in likely if t in given or (t in best and likely[t] >= _TERM)]
