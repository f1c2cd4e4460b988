"""A Russian or Ukrainian saying with the traits by which its stance is weighed, as ``traits`` has them for English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.stances import FLIP
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.words import Form, Tables, Word, words_of
from servanda.statements.stances import Stance
from servanda.statements.topics import SENTENCES
from servanda.statements.traits import OTHER, OWN, Saying, bare
from servanda.statements.words import Token

_KINDS = {"NOUN": "NN", "ADJF": "AJ", "ADJS": "AJS", "COMP": "AJ", "ADVB": "AV", "PRTF": "AJ", "NUMR": "CRD"}
_FUNCTION = {"PREP": "PR", "CONJ": "CJ", "PRCL": "XX", "NPRO": "PN", "PRED": "VM", "INTJ": "ITJ"}
_MOODS = {"impr": "VVM", "past": "VVD", "futr": "VVF", "pres": "VVP"}
_OWN_SIDE = {"ru": ("наша сторона", "другая сторона"), "uk": ("наша сторона", "інша сторона")}


def weighed(
    told: Told,
    cue: str,
    content: str,
    term: str,
    side: str,
    terms: Terms,
    t: Tables,
    read: Stance,
    names: Mapping[str, str] | None = None,
) -> Saying:
    """A saying on one term as it is weighed.

    Args:
        told: what is attributed.
        cue: the words that tell it.
        content: what was said.
        term: what it is about.
        side: the speaker's.
        terms: the terms.
        t: the language.
        read: the stance by grammar.
        names: names of sides beside those that the language knows.

    Returns:
        It with its traits at hand.
    """
    about = bare(" ".join(s for s in SENTENCES.split(content) if terms.speaks_of(s, term)) or content)
    sides = frozenset(side.split("; ")) if side else frozenset()
    binds = terms.matcher.binds.get(term, frozenset())
    words = words_of(about, (0, len(about)), t.code)
    own = [_whose(w, sides, t, names or {}) for w in words]
    tokens = tuple(token(w, of) for w, of in zip(words, own, strict=True) if w.text not in '«»“”„"')
    alone = not cue
    return Saying(
        tokens,
        ("say",)
        if alone
        else tuple(min(w.lemmas) if not w.forms else w.forms[0].lemma for w in words_of(cue, (0, len(cue)), t.code)),
        "say" if alone else told.verb,
        read,
        _by_verb(told),
        term in terms.matcher.stops,
        term in terms.matcher.restrains,
        ("y" if sides & binds else "n") if sides and binds else "",
        told.direct,
        t.code,
        _spoken(about, words, own, "" if alone else cue, t.code),
    )


def _by_verb(told: Told) -> str:
    """The stance that the verb takes itself."""
    taken = next((k for k in told.kinds if k not in ("says", "stands", "accuses")), "")
    return FLIP.get(taken, taken) if told.negated else taken


def _whose(word: Word, sides: frozenset[str], t: Tables, names: Mapping[str, str]) -> str:
    """Whether a word names the speaker's side or another."""
    if word.text in (OWN, OTHER):
        return word.text
    if not word.capital:
        return ""
    code = next((t.sides[x] for x in sorted(word.lemmas) if x in t.sides), names.get(word.text, ""))
    return (OWN if code in sides else OTHER) if code else ""


def token(word: Word, own: str = "") -> Token:
    """A word with its kind in the letters that English ones have.

    Args:
        word: of a text.
        own: whose name it is, *ours* or *the other's*, or empty.

    Returns:
        It.
    """
    if own:
        return Token(own, word.start, word.end, "NP0", own)
    if word.mark:
        return Token(word.text, word.start, word.end, "PUN", word.text)
    if not word.forms:
        return Token(word.text, word.start, word.end, "CRD" if word.text[0].isdigit() else "NP0", word.low)
    form = next((f for f in word.forms if f.pos in _FUNCTION), word.forms[0])
    kind = _kind(form)
    lemma = form.lemma if kind[:2] in ("NN", "VV", "AJ") else word.low
    return Token(word.text if kind[0] in "VN" else lemma, word.start, word.end, kind, lemma)


def _kind(form: Form) -> str:
    """The kind of a word in the letters that English ones have: open kinds, function words, verbs by mood and tense."""
    if form.pos in _FUNCTION:
        return _FUNCTION[form.pos]
    if form.pos == "INFN":
        return "VVI"
    if form.pos == "PRTS":
        return "VVN"
    if form.pos == "GRND":
        return "VVG"
    if form.pos == "VERB":
        return next((kind for mark, kind in _MOODS.items() if mark in form.marks), "VVP")
    return _KINDS.get(form.pos, "NN")


def _spoken(about: str, words: Sequence[Word], own: Sequence[str], cue: str, code: str) -> str:
    """What the encoder reads: sides as *ours* and *the other*."""
    out, last = [], 0
    for word, of in zip(words, own, strict=True):
        if of:
            out += [about[last : word.start], _OWN_SIDE[code][of == OTHER]]
            last = word.end
    said = "".join([*out, about[last:]])
    return re.sub(r"\s+", " ", f"{cue}: {said}" if cue else said).strip()
