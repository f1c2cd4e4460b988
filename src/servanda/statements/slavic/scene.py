"""A Russian or Ukrainian document as the finder of sayings sees it (``statements/finder``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.statements.documents import Document
from servanda.statements.finder import Heard, Named, Scene
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.sides import Spoken
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.weighed import token
from servanda.statements.slavic.words import Tables, Word, words_of
from servanda.statements.words import quotations, sentences

_NAME = 3  # words of the name of a side


def slavic_scene(
    document: Document, spoken: Sequence[Spoken], terms: Terms, known: Known, parties: Sequence[str]
) -> Scene:
    """A document as the finder sees it.

    Args:
        document: the article.
        spoken: what the rules found, with who speaks.
        terms: that are asked about.
        known: who is who.
        parties: of the agreement.

    Returns:
        It.
    """
    text, t = document.text, known.t
    heard = tuple(Heard(s.told.content, s.name, s.side, s.person) for s in spoken if not s.carrier and s.name)
    named: list[Named] = []
    words = []
    shut = [span for s in spoken if s.carrier for span in s.told.content]
    for p in document.paragraphs:
        for span in sentences(text, p, quotations(text, p)):
            here = words_of(text, span, t.code, known.surnames)
            words += [token(w) for w in here]
            named += _named(here, known)
            shut += [span] if _unsaid(here, t) else []
    paragraphs = document.paragraphs
    return Scene(
        t.code,
        text,
        paragraphs,
        words,
        heard,
        tuple(named),
        terms.found,
        tuple(shut),
        parties=tuple(parties),
        matcher=terms.matcher,
        terms_in=terms.terms_in,
    )


def _unsaid(words: Sequence[Word], t: Tables) -> bool:
    """A sentence with a verb of saying that is negated or supposed: *не говорил*, *если заявит*."""
    supposed = any(w.low in t.sets["hypothetical"] or w.low in t.sets["never"] for w in words)
    says = [n for n, w in enumerate(words) if any("says" in t.verbs.get(lemma, ()) for lemma in w.lemmas)]
    return any(supposed or (n > 0 and words[n - 1].low in t.sets["not"]) for n in says)


def _named(words: Sequence[Word], known: Known) -> Iterator[Named]:
    """Persons whose names are known, sides, offices and bodies of which it was told whose they are, and pronouns."""
    first = known.by_first_word.keys()
    for i, w in enumerate(words):
        if w.mark:
            continue
        subject = any(f.case == "nomn" for f in w.forms[:2])
        span = (w.start, w.end)
        if w.low in known.t.raw["pronouns"]:
            yield Named(span, "", "", person=True, subject=True, pronoun=True)
        elif name := (w.capital and next((x for f in sorted(w.lemmas) if (x := known.whole(f))), "")) or "":
            side = known.side_of_name.get(known.remember(name, ""), "")
            yield Named(span, name, side, person=True, subject=subject)
        elif w.capital or w.is_a("ADJF") or w.lemmas & first:
            side = known.side(words[i : i + 1]) or (known.side(words[i : i + _NAME]) if w.lemmas & first else "")
            if side:
                yield Named(span, w.text, side, person=False, subject=subject)
        elif body := next((known.bodies[f] for f in sorted(w.lemmas) if f in known.bodies), None):
            yield Named(span, *body, person=body[0] in known.full.values(), subject=subject)
