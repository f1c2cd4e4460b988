"""The traits of a saying by which a stance is weighed: its verb, its words in order, the grammar's own reading.

Names of sides become *ownside* and *otherside*, and words that few truces have become their kinds, so that what is learned from one truce holds for another.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from servanda.statements.conditions import plain
from servanda.statements.speakers import People
from servanda.statements.stances import Stance, by_verb
from servanda.statements.topics import TopicMatcher
from servanda.statements.verbs import Attribution
from servanda.statements.words import Token, hanover, tokens

OWN, OTHER = "Ownside", "Otherside"
_GRAMMAR = frozenset("PN DT AT XX VM VB VH VD CJ PR TO EX DPS AVP AVQ ITJ ORD".split())
"""Kinds of words that stay as they are: pronouns, articles, auxiliaries, conjunctions, prepositions."""
_OPEN = frozenset("NN AJ VV AV NP".split())
_SHAPED = frozenset("VVN VVG VVM VVF".split())
"""Forms of a verb that are kept beside it: participles, imperatives and futures."""
_LONG = 6  # words that a saying has more, for one step of its length


@dataclass(frozen=True)
class Saying:
    """What is weighed: the words with their kinds, the verb and cue of saying, what the grammar reads in them, and what is known of term and speaker.

    ``read``: the stance by grammar; ``by_verb``: the one that the verb takes itself, or empty; ``stops``, ``restrains``: the term
    stops acts of war, or forbids or limits something; ``bound``: ``y`` where the term binds the speaker's side, ``n`` where it binds others, empty where that is not known;
    ``text``: what an encoder of sentences reads, cue and words, sides as *ours* and *the other*.
    """

    words: tuple[Token, ...]
    cue: tuple[str, ...]
    verb: str
    read: str
    by_verb: str
    stops: bool
    restrains: bool
    bound: str
    direct: bool
    language: str = "en"
    text: str = ""


def saying(
    content: str,
    cue: str,
    verb: str,
    *,
    read: str,
    by_verb: str,
    stops: bool,
    restrains: bool,
    bound: str,
    direct: bool,
) -> Saying:
    """A saying as it is weighed.

    Args:
        content: the clause or sentences about the term, sides already told apart (:func:`sided`).
        cue: the words of saying.
        verb: as it stands in a dictionary.
        read: the stance by grammar.
        by_verb: the stance that the verb takes itself, or empty.
        stops: the term stops acts of war.
        restrains: the term forbids or limits something.
        bound: whether the term binds the speaker's side.
        direct: in quotation marks.

    Returns:
        It with its words tagged.
    """
    text = plain(content)
    tagger = hanover()
    tagged = tuple(tokens(text, (0, len(text)), tagger))
    said = tuple(t.lemma for t in tokens(cue, (0, len(cue)), tagger)) if cue else ("say",)
    spoken = text.replace(OWN, "our side").replace(OTHER, "the other side")
    spoken = f"{cue}: {spoken}" if cue else spoken
    return Saying(tagged, said, verb, read, by_verb, stops, restrains, bound, direct, "en", " ".join(spoken.split()))


def weighed(
    a: Attribution,
    text: str,
    content: str,
    term: str,
    sides: set[str],
    people: People,
    matcher: TopicMatcher,
    read: Stance,
) -> Saying:
    """A saying on one term as it is weighed.

    Args:
        a: what is attributed.
        text: of the document.
        content: the words.
        term: what it is about.
        sides: the speaker's.
        people: the names of sides.
        matcher: the terms.
        read: the stance by grammar.

    Returns:
        It with its traits at hand.
    """
    cue = text[slice(*a.cue)] if a.cue else ""
    binds = matcher.binds.get(term, frozenset())
    return saying(
        sided(bare(matcher.about(content, term)[1]), sides, people),
        cue,
        a.verb,
        read=read,
        by_verb=by_verb(a.verb, cue) or "",
        stops=term in matcher.stops,
        restrains=term in matcher.restrains,
        bound=("y" if sides & binds else "n") if sides and binds else "",
        direct=a.direct,
    )


def sided(text: str, sides: Collection[str], people: People) -> str:
    """A text in which every name of a side stands as the speaker's own or another.

    Args:
        text: some words.
        sides: the speaker's.
        people: the names of sides.

    Returns:
        It with :data:`OWN` and :data:`OTHER`.
    """
    return people.spelt.sub(lambda m: OWN if people.words.get(m[1]) in sides else OTHER, text)


def traits(about: Saying, kept: Collection[str]) -> set[str]:
    """The traits of a saying.

    Args:
        about: the saying.
        kept: words that many truces have.

    Returns:
        Its traits, each a few letters with a colon.
    """
    words = ["<", *(w for t in about.words if (w := _shown(t, kept))), ">"]
    base = {f"c:{' '.join(about.cue)}", f"v:{about.verb}", f"r:{about.read}", f"b:{about.by_verb}"}
    base |= {f"w:{w}" for w in about.cue}
    base |= {f"1:{w}" for w in words}
    base |= {f"2:{a} {b}" for a, b in pairwise(words)}
    base |= {f"3:{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    base |= {f"p{n}:{w}" for n, w in enumerate(words[1:4])}
    base.add(f"s:{bool(about.by_verb)} {' '.join(words[1:3])}")
    of = "S" if about.stops else "R" if about.restrains else "D"
    out = base | {f"{of}{trait}" for trait in base}
    out |= {f"k:{about.bound}", f"kr:{about.bound}{about.read}", f"kb:{about.bound}{about.by_verb}"}
    out |= {f"n:{min(len(words) // _LONG, 4)}", f"d:{about.direct}"}
    out |= {
        f"{about.language} {t}"
        for t in (f"r:{about.read}", f"b:{about.by_verb}", f"{of}r:{about.read}", f"k:{about.bound}", "")
    }
    return out


def lexical(about: Saying) -> set[str]:
    """The words of a saying that tell its matter, as they would be kept."""
    return {_form(t) for t in about.words if t.tag[:2] in _OPEN}


def _form(token: Token) -> str:
    return token.lemma if token.tag[0] in "VN" else token.text.lower()


def _shown(token: Token, kept: Collection[str]) -> str:
    """A word as it counts: itself, or only its kind."""
    low = token.text.lower()
    if low in (OWN.lower(), OTHER.lower()):
        return low
    if token.tag == "PUN":
        return token.text if token.text in ",;:.?!" else ""
    form = _form(token)
    if form in kept:
        return f"{form}+{token.tag}" if token.tag in _SHAPED else form
    if token.tag[:3] in _GRAMMAR or token.tag[:2] in _GRAMMAR:
        return low
    return token.tag[:3] if token.tag.startswith("V") else token.tag[:2]


def bare(text: str) -> str:
    """A text without the marks of quotation at its ends."""
    return re.sub(r"^[\s\"“”„«‘']+|[\s\"“”»’',]+$", "", text)
