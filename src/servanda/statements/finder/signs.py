"""The signs by which a clause is weighed: its words in order, its subject and verb, quotation marks, what stands around it, how much of a term is in it.

Names of sides and persons are masked, and words that few truces have become their kinds, so that what is learned from one truce holds for another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from servanda.statements.finder.scene import Clause, Named, Scene
from servanda.statements.words import Span, Token

OPENING, CLOSING = '"“«„', '"”»“'
_GRAMMAR = frozenset("PN DT AT XX VM VB VH VD CJ PR TO EX DP AVP AVQ ITJ ORD".split())
_OPEN = frozenset("NN AJ VV AV NP".split())
_FINITE = frozenset("VVD VVZ VVB VVP VVF VVM VVN".split())
_AUXILIARY = frozenset("VM VB VH VD".split())
_SHAPED = frozenset("VVN VVG VVM VVF".split())
_WE = frozenset("we i our my us мы я наш наши нам нас ми наші".split())


@dataclass(frozen=True)
class Candidate:
    """A clause that may tell a stand: the share of it that the rules found said; how much of a term is in it, and in its sentence."""

    clause: Clause
    heard: float
    much: float
    around: float


def candidates(scene: Scene) -> list[Candidate]:
    """The candidates of a document.

    Args:
        scene: the document.

    Returns:
        All clauses, in the order of the text.
    """
    text = scene.text
    much: dict[Span, float] = {}
    out = []
    for clause in scene.clauses():
        for span in (clause.span, clause.sentence):
            if span not in much:
                much[span] = max(scene.amounts(text[slice(*span)]).values(), default=0.0)
        out.append(Candidate(clause, scene.share_heard(clause.span), much[clause.span], much[clause.sentence]))
    return out


def form(word: Token) -> str:
    """A word as it counts: verbs and nouns as they stand in a dictionary."""
    return word.lemma.lower() if word.tag[0] in "VN" else word.text.lower()


def masks(scene: Scene, span: Span) -> list[Named]:
    """The sides and persons that are named in a stretch."""
    return [n for n in scene.named_in(span) if not n.pronoun and (n.side or n.person)]


def mask(named: Sequence[Named], word: Token) -> Named | None:
    """Whose name a word is a part of."""
    return next((n for n in named if n.span[0] <= word.start < n.span[1]), None)


def lexical(scene: Scene, span: Span) -> set[str]:
    """The words of a clause that tell its matter, without names."""
    named = masks(scene, span)
    return {form(w) for w in scene.words_in(span) if w.tag[:2] in _OPEN and mask(named, w) is None}


def masked(scene: Scene, span: Span, kept: Collection[str] = ()) -> list[str]:
    """The words of a clause as they count, without names.

    Args:
        scene: the document.
        span: of the clause.
        kept: words that stay as they are.

    Returns:
        Them.
    """
    named = masks(scene, span)
    out: list[str] = []
    last = None
    for w in scene.words_in(span):
        n = mask(named, w)
        if n is not None and n is not last:
            out.append("SIDE" * bool(n.side) + "MAN" * n.person)
        elif n is None and (one := _shown(w, kept)):
            out.append(one)
        last = n
    return out


def _shown(w: Token, kept: Collection[str]) -> str:
    if w.tag == "PUN":
        return w.text if w.text in ",;:.?!" else '"' if w.text in OPENING + CLOSING else ""
    one = form(w)
    if one in kept:
        return f"{one}+{w.tag}" if w.tag in _SHAPED else one
    if w.tag[:3] in _GRAMMAR or w.tag[:2] in _GRAMMAR:
        return w.text.lower()
    return w.tag[:3] if w.tag[0] == "V" else w.tag[:2]


def subject(scene: Scene, span: Span) -> tuple[Named | None, Token | None]:
    """Who is named before the first finite verb of a clause, and that verb."""
    verb = next((w for w in scene.words_in(span) if w.tag in _FINITE or w.tag[:2] in _AUXILIARY), None)
    before = scene.named_in((span[0], verb.start if verb else span[1]))
    return next((n for n in before if n.subject), before[0] if before else None), verb


def kind(n: Named | None) -> str:
    """What is named: a side, a person, both (a person with a side), a pronoun, anything else, or nobody."""
    if n is None:
        return "none"
    return "pron" if n.pronoun else "side" * bool(n.side) + "man" * n.person or "other"


def step(x: float, *edges: float) -> int:
    """How many of the edges a figure reaches."""
    return sum(x >= e for e in edges)


def quoted(said: str) -> str:
    """Whether a clause is a quotation: *whole*, *part*, one mark of it, or *none*."""
    if said[:1] in OPENING and said.rstrip(".")[-1:] in CLOSING and said:
        return "whole"
    marks = sum(said.count(q) for q in set(OPENING + CLOSING))
    return ("none", "one", "part")[min(marks, 2)]


def signs(scene: Scene, some: Sequence[Candidate], k: int, kept: Collection[str]) -> set[str]:
    """The signs of a clause.

    Args:
        scene: the document.
        some: its candidates.
        k: which of them.
        kept: words that many truces have.

    Returns:
        Its signs, each a few letters with a colon.
    """
    c, clause = some[k], some[k].clause
    shown = ["<", *masked(scene, clause.span, kept), ">"]
    out = {f"1:{x}" for x in shown} | {f"2:{a} {b}" for a, b in pairwise(shown)}
    out |= {f"p{n}:{x}" for n, x in enumerate(shown[1:4])}
    n, verb = subject(scene, clause.span)
    who, tense = kind(n), verb.tag if verb else "none"
    lemma = form(verb) if verb is not None and form(verb) in kept else tense
    said = scene.text[slice(*clause.span)]
    marks = quoted(said)
    beside = [_beside(some, k, by) for by in (-1, 1)]
    here = step(c.heard, 0.01, 0.5)
    also = {f"s:{who}", f"q:{marks}", f"ph:{beside[0]}", f"nh:{beside[1]}", f"h:{here}"}
    out |= also | {f"{scene.language} {x}" for x in also} | {f"L:{scene.language}"}
    out |= {f"v:{lemma}", f"sv:{who} {lemma}", f"st:{who} {tense}", f"qs:{marks} {who}", f"phk:{beside[0]} {who}"}
    out |= {
        f"pnh:{beside[0]} {beside[1]}",
        f"pb:{clause.paragraph[0] == clause.sentence[0]}",
        f"part:{min(clause.part, 2)}",
    }
    of_sentence = takewhile(lambda n: some[n].clause.sentence == clause.sentence, range(k - clause.part, len(some)))
    same = any(some[n].heard >= 0.5 for n in of_sentence if n != k)
    out |= {f"sh:{same}", f"first:{k < 2}", f"last:{k >= len(some) - 2}"}
    out |= {f"n:{step(len(shown), 5, 8, 12, 20, 30)}", f"ask:{said.rstrip()[-1:] == '?'}"}
    out |= {f"we:{speaks_of_himself(scene, clause.span)}", f"au:{bool(scene.author[0])}"}
    out |= {
        f"a:{step(c.much, 0.3, 0.6, 1, 1.6)}",
        f"sa:{step(c.around, 0.3, 0.6, 1, 1.6)}",
        f"ak:{step(c.much, 0.3, 1)} {who}",
    }
    a, b = clause.paragraph
    out |= {f"pp:{any(a <= x < b for h in scene.heard for x, _ in h.spans)}"}
    return out | {f"dens:{step(len(scene.heard) / len(some), 0.1, 0.25, 0.5)}"}


def speaks_of_himself(scene: Scene, span: Span) -> bool:
    """Whether a stretch has *we*, *I* or *our*.

    Args:
        scene: the document.
        span: the stretch.

    Returns:
        True where one of its words is such.
    """
    return any(w.text.lower() in _WE for w in scene.words_in(span))


def _beside(some: Sequence[Candidate], k: int, by: int) -> str:
    """How much of the clause before or behind, in the same paragraph, the rules found said."""
    if not 0 <= k + by < len(some) or some[k + by].clause.paragraph != some[k].clause.paragraph:
        return "none"
    return str(step(some[k + by].heard, 0.01, 0.5))
