"""Weights that were learned from marked sayings of our own (``scripts/train_stances.py``), and what they make of a saying.

They are data: ``data/speech/en_stances.npz`` with its sheet ``data/speech/en_stances.md``. At run time only sums are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.meaning import encoder
from servanda.statements.nearby import TermWeights, amounts, chosen, parts, rated
from servanda.statements.stances import OPPOSED, STANCES, Stance
from servanda.statements.topics import TopicMatcher
from servanda.statements.traits import Saying, traits
from servanda.statements.words import Span

FILE = "speech/en_stances.npz"
SURE = 0.30
"""A stance is taken only where its likelihood is as much; else nobody takes a stand."""

_TOWARDS = frozenset({"demands", "offers", "accepts", "announces"})


@dataclass(frozen=True)
class Weights:
    """What each trait counts for each stance, and the words that are kept as they are."""

    at: Mapping[str, int]
    table: np.ndarray
    kept: frozenset[str]

    def likely(self, about: Saying) -> dict[Stance, float]:
        """How likely each stance is.

        Args:
            about: the saying.

        Returns:
            Shares of one.
        """
        rows = [self.at[t] for t in traits(about, self.kept) if t in self.at]
        much = self.table[rows].astype(np.float64).sum(axis=0)
        share = np.exp(much - much.max())
        return dict(zip(STANCES, (float(s) for s in share / share.sum()), strict=True))

    def stance(self, about: Saying) -> Stance:
        """The stand that the verb takes and the words bear out; else the likeliest stance, if it is likely enough.

        Args:
            about: the saying.

        Returns:
            It, or *speaks of*.
        """
        for stance in STANCES:
            if stance == about.read == about.by_verb:
                return stance
        likely = self.likely(about)
        best = max(likely, key=lambda s: likely[s])
        if frozenset((best, about.read)) in OPPOSED or (
            "rejects" in (best, about.read) and {best, about.read} & _TOWARDS
        ):
            return next(s for s in STANCES if s == about.read)  # no weight makes a yes of a no
        return best if likely[best] >= SURE else "speaks of"


@cache
def _data() -> Mapping[str, np.ndarray]:
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))


@cache
def learned() -> Weights:
    """The weights of stances that ship.

    Returns:
        Them, read once.
    """
    data = _data()
    return of(str(data["traits"]).split("\n"), data["table"], str(data["kept"]).split("\n"))


@cache
def learned_terms(*, meant: bool) -> TermWeights:
    """The weights of terms that ship.

    Args:
        meant: those for figures with an encoder of sentences.

    Returns:
        Them, read once.
    """
    return TermWeights(*_data()["terms" if meant else "terms_by_words"])


def terms_about(
    matcher: TopicMatcher, around: Sequence[str], found: Callable[[str], Mapping[str, float]], named: Collection[str]
) -> list[str]:
    """The terms that a saying is about, by its words, its meaning, where an encoder is installed, and what stands around it.

    Args:
        matcher: the terms of an agreement.
        around: the saying and what stands around it (``nearby.parts``).
        found: how much of each term is found in a text.
        named: the terms that the words of the saying speak of, by the rules.

    Returns:
        Them, in the order of the agreement.
    """
    reads = encoder()
    figures = rated(matcher, around, amounts(matcher, [found(part) for part in around]), named, reads)
    return chosen(matcher, learned_terms(meant=reads is not None).likely(figures))


def english_terms(matcher: TopicMatcher, content: str, text: str, where: Sequence[Span], *, judged: bool) -> list[str]:
    """The terms that somebody speaks of in English.

    Args:
        matcher: the terms.
        content: his words.
        text: of the document.
        where: his words stand in it.
        judged: a language model judges stances.

    Returns:
        Them; without an agreement, and where a model judges, those that his words name.
    """
    named = matcher.terms_in(content)
    if not matcher.named or judged:
        return named
    return terms_about(matcher, parts(text, where), matcher.amounts, named)


def of(names: Collection[str], table: np.ndarray, kept: Collection[str]) -> Weights:
    """Weights from their parts.

    Args:
        names: of the traits, in the order of the rows.
        table: a row for each trait, a column for each stance.
        kept: words that stay as they are.

    Returns:
        The weights.
    """
    return Weights({name: n for n, name in enumerate(names)}, table, frozenset(kept))
