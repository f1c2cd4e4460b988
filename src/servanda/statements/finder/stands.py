"""What stance a clause takes towards a term, spoken or narrated: its words with sides told apart, its subject, verbs and negations, what stands around it, its meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from servanda.statements.finder.scene import Clause, Scene
from servanda.statements.finder.signs import form, kind, mask, masked, masks, subject
from servanda.statements.stances import Stance
from servanda.statements.traits import OTHER, OWN, Saying, traits
from servanda.statements.words import Span, Token

_NOT = frozenset("not never no n't without нет не ни никогда ні без немає".split())
_NEAR = 6  # words of the sentence before and behind a clause
_MAN = "Man"


class Told(Protocol):
    """What is asked of a statement that the rules have found (``extract.Statement``)."""

    @property
    def at(self) -> int: ...
    @property
    def content(self) -> str: ...
    @property
    def speaker(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def teller(self) -> str: ...
    @property
    def known(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def direct(self) -> bool: ...
    @property
    def by_word(self) -> bool: ...
    @property
    def own_side(self) -> bool: ...
    @property
    def stances(self) -> tuple[tuple[str, Stance], ...]: ...


def sided(scene: Scene, span: Span, sides: Collection[str]) -> tuple[Token, ...]:
    """The words of a clause, names as *own* and *other* side or as a man.

    Args:
        scene: the document.
        span: of the clause.
        sides: of who may speak.

    Returns:
        Them, without quotation marks.
    """
    named, out, last = masks(scene, span), [], None
    for w in scene.words_in(span):
        n = mask(named, w)
        if n is None:
            out.append(w)
        elif n is not last:
            one = (OWN if {*n.side.split("; ")} & {*sides} else OTHER) if n.side else _MAN
            out.append(Token(one, w.start, w.end, "NP0", one))
        last = n
    return tuple(t for t in out if t.text not in '«»“”„"')


def saying_of(scene: Scene, clause: Clause, side: str, term: str, told: Sequence[Told]) -> Saying:
    """A clause as its stance on a term is weighed.

    Args:
        scene: the document.
        clause: of it.
        side: who may speak.
        term: what it is about.
        told: what the rules have found in it.

    Returns:
        It with its traits at hand.
    """
    assert scene.matcher is not None
    sides = {*side.split("; ")}
    one = next((s for s in told if {*s.side.split("; ")} & sides), told[0] if told else None)
    verb = one.verb if one is not None else "none"
    binds = scene.matcher.binds.get(term, frozenset())
    return Saying(
        sided(scene, clause.span, sides),
        (verb,),
        verb,
        dict(one.stances).get(term, "") if one is not None else "",
        "",
        term in scene.matcher.stops,
        term in scene.matcher.restrains,
        ("y" if sides & binds else "n") if side and binds else "",
        one is not None and one.direct,
        scene.language,
    )


def stand_traits(scene: Scene, clause: Clause, side: str, of: Saying, kept: Collection[str]) -> set[str]:
    """The traits by which a stance is weighed: those of any saying, and those that narrated stands have.

    Args:
        scene: the document.
        clause: of it.
        side: who may speak.
        of: the clause as :func:`saying_of` gives it.
        kept: words that many truces have.

    Returns:
        Its traits.
    """
    n, verb = subject(scene, clause.span)
    own = n is not None and bool({*n.side.split("; ")} & {*side.split("; ")})
    who = kind(n) if n is None or not n.side else "own" if own else "other"
    tense = verb.tag if verb is not None else "none"
    lemma = form(verb) if verb is not None and form(verb) in kept else tense
    out = traits(of, kept) | {f"u:{who}", f"uv:{who} {lemma}", f"ut:{who} {tense}"}
    verbs, negated = [], False
    for w in scene.words_in(clause.span):
        if w.text.lower() in _NOT:
            negated = True
            out.add("neg")
        if w.tag[:1] == "V":
            one = form(w) if form(w) in kept else w.tag
            verbs.append("!" * negated + one)
            negated = False
    out |= {f"V:{v}" for v in verbs} | {f"VV:{a} {b}" for a, b in pairwise(verbs)} | {f"uV:{who} {v}" for v in verbs}
    (a, b), (first, last) = clause.sentence, clause.span
    out |= {f"pre:{x}" for x in masked(scene, (a, first), kept)[-_NEAR:]} if a < first else set()
    return out | ({f"post:{x}" for x in masked(scene, (last, b), kept)[:_NEAR]} if last < b else set())


@dataclass(frozen=True)
class Stances:
    """What each trait counts for each stance, and each figure of a vector; ``kept``: words that stay as they are."""

    at: Mapping[str, int]
    table: np.ndarray
    meant: np.ndarray
    kept: frozenset[str]

    def likely(self, found: Sequence[Collection[str]], vectors: np.ndarray) -> np.ndarray:
        """How likely each stance is.

        Args:
            found: the traits of some clauses.
            vectors: what they mean, a row for each.

        Returns:
            A row for each clause with a column for each stance.
        """
        much = np.array([self.table[[self.at[t] for t in sorted(some) if t in self.at]].sum(axis=0) for some in found])
        much = much + vectors @ self.meant
        shares = np.exp(much - much.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True)).round(6)
