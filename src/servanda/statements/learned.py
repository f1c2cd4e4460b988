"""Weights that were learned from marked sayings of our own (``scripts/train_stances.py``), and what they make of a saying.

They are data: ``data/speech/stances.npz`` with its sheet ``data/speech/stances.md``. At run time only sums are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.lists import listed
from servanda.statements.meaning import encoder
from servanda.statements.nearby import TermWeights, amounts, chosen, parts, rated, weighed_texts
from servanda.statements.stances import OPPOSED, STANCES, Stance
from servanda.statements.topics import TopicMatcher
from servanda.statements.traits import Saying, traits
from servanda.statements.words import Span

FILE = "speech/stances.npz"
SURE = 0.30
"""A stance is taken only where its likelihood is as much; else nobody takes a stand."""
LEAN: Mapping[str, float] = {"en": 0.15, "ru": 0.3, "uk": 0.3}
"""How much likelier the grammar's own reading counts, where fewer sayings were learned from."""
_DIGITS = 6  # of a likelihood that count, so that processors do not differ

TOWARDS = frozenset({"demands", "offers", "accepts", "announces"})
"""Stances that want a matter: against *rejects*."""


@dataclass(frozen=True)
class Weights:
    """What each trait counts for each stance, and the words that are kept as they are; ``meant``: what each figure of a sentence's vector counts, where an encoder is."""

    at: Mapping[str, int]
    table: np.ndarray
    kept: frozenset[str]
    meant: np.ndarray | None = None

    def likely(self, about: Saying) -> dict[Stance, float]:
        """How likely each stance is.

        Args:
            about: the saying.

        Returns:
            Shares of one.
        """
        rows = [self.at[t] for t in traits(about, self.kept) if t in self.at]
        much = self.table[rows].astype(np.float64).sum(axis=0)
        if self.meant is not None and (reads := encoder()) is not None:
            much = much + reads.vectors([about.text])[0] @ self.meant.astype(np.float64)
        share = np.exp(much - much.max())
        return dict(zip(STANCES, (round(float(s), _DIGITS) for s in share / share.sum()), strict=True))

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
        lean = LEAN.get(about.language, 0.0)
        likely = {s: much + lean * (s == about.read) for s, much in self.likely(about).items()}
        best = max(likely, key=lambda s: likely[s])
        if frozenset((best, about.read)) in OPPOSED or (
            "rejects" in (best, about.read) and {best, about.read} & TOWARDS
        ):
            return next(s for s in STANCES if s == about.read)  # no weight makes a yes of a no
        return best if likely[best] >= SURE else "speaks of"


@cache
def _data() -> Mapping[str, np.ndarray]:
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))


def learned() -> Weights:
    """The weights of stances that ship: those beside an encoder of sentences where one is installed.

    Returns:
        Them, read once.
    """
    return _learned(meant=encoder() is not None)


@cache
def _learned(*, meant: bool) -> Weights:
    data = _data()
    table = data["table" if meant else "table_by_words"]
    return of(str(data["traits"]).split("\n"), table, str(data["kept"]).split("\n"), data["meant"] if meant else None)


@cache
def learned_terms(*, meant: bool, english: bool = False) -> TermWeights:
    """The weights of terms that ship.

    Args:
        meant: those for figures with an encoder of sentences.
        english: those that were learned with further English articles.

    Returns:
        Them, read once.
    """
    return TermWeights(*_data()[f"terms{'_en' * english}{'' if meant else '_by_words'}"])


def encode_ahead(text: str, places: Sequence[Sequence[Span]]) -> None:
    """What all sayings of a document mean, at once, where an encoder is installed.

    Args:
        text: of the document.
        places: where each saying stands.
    """
    if (reads := encoder()) is not None:
        reads.vectors([t for content in places if content for t in weighed_texts(parts(text, content))])


def terms_about(
    matcher: TopicMatcher,
    around: Sequence[str],
    found: Callable[[str], Mapping[str, float]],
    named: Collection[str],
    *,
    english: bool = False,
) -> list[str]:
    """The terms that a saying is about, by its words, its meaning, where an encoder is installed, and what stands around it.

    Args:
        matcher: the terms of an agreement.
        around: the saying and what stands around it (``nearby.parts``).
        found: how much of each term is found in a text.
        named: the terms that the words of the saying speak of, by the rules.
        english: the language is English.

    Returns:
        Them, in the order of the agreement.
    """
    reads = encoder()
    figures = rated(matcher, around, amounts(matcher, [found(part) for part in around]), named, reads)
    return chosen(matcher, learned_terms(meant=reads is not None, english=english).likely(figures))


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
    about = terms_about(matcher, parts(text, where), matcher.amounts, named, english=True)
    return [*about, *(t for t in listed(content, matcher.terms_in) if t not in about)]


def of(names: Collection[str], table: np.ndarray, kept: Collection[str], meant: np.ndarray | None = None) -> Weights:
    """Weights from their parts.

    Args:
        names: of the traits, in the order of the rows.
        table: a row for each trait, a column for each stance.
        kept: words that stay as they are.
        meant: a row for each figure of a sentence's vector, if there is an encoder.

    Returns:
        The weights.
    """
    return Weights({name: n for n, name in enumerate(names)}, table, frozenset(kept), meant)
