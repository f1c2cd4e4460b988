"""Where the speaker of one Russian or Ukrainian attribution stands on each term that he speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from servanda.statements.documents import Document
from servanda.statements.learned import learned, terms_about
from servanda.statements.lists import excepting, listed
from servanda.statements.nearby import parts
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sides import Spoken
from servanda.statements.slavic.stances import split_condition, stances_of, sure
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.weighed import weighed
from servanda.statements.slavic.words import Tables, Word, words_of
from servanda.statements.stances import Stance
from servanda.statements.words import Span

_SOON = 6  # words, in which a subject is looked for


def standing(
    document: Document,
    s: Spoken,
    pieces: Sequence[str],
    terms: Terms,
    t: Tables,
    known: Known,
    inside: tuple[list[Spoken], list[Spoken]] | None,
) -> dict[str, Stance]:
    """Where somebody stands on each term, by the grammar and all that is known of the saying; what he tells of others stays theirs.

    Args:
        document: the words stand in it.
        s: who speaks.
        pieces: his words.
        terms: the terms.
        t: the language.
        known: who is who.
        inside: what is told in his words of his own side, and of others; nothing where they are all his own.

    Returns:
        Term -> stance.
    """
    read = stances_on(document, s, pieces, terms, t, known, inside)
    if re.search(t.raw["unreal"], " ".join(pieces), re.IGNORECASE):
        return dict.fromkeys(read, "speaks of")  # *если бы мы были против, мы бы не предложили*
    if not terms.matcher.named:
        return read
    others = [o.told.content for o in (inside or ([], []))[1]]
    theirs = {term for spans in others for term in terms.terms_in(" ".join(document.text[a:b] for a, b in spans))}
    cue, words = document.text[slice(*s.told.cue)], ", ".join(p.rstrip(" ,.") for p in pieces)
    denied = "denies" in s.told.kinds or _of_anothers_word(document.text, s, " ".join(pieces), terms, t, known)
    waited_for = terms.terms_in(split_condition(words, t.code)[1])
    stays = re.search(t.raw["stays"], words, re.IGNORECASE)
    told: dict[str, Stance] = {
        term: stance
        if term in theirs
        or term in waited_for
        or "accuses" in s.told.kinds
        or (denied and stance == "speaks of")
        or stance == sure(words, t.code)
        else ("announces" if stays["not"] else "rejects")  # who is to withdraw and says that he will stay
        if stays and term in terms.matcher.leaves and stance in ("announces", "accepts", "speaks of")
        else learned().stance(weighed(s.told, cue, words, term, s.side, terms, t, stance, known.names))
        for term, stance in read.items()
    }
    if s.told.verb in t.sets["by_data"]:
        told = {term: _of_data(stance, s.side, term, terms) for term, stance in told.items()}
    return {term: excepting(stance, term, words, terms.terms_in) for term, stance in told.items()}


def _of_data(stance: Stance, side: str, term: str, terms: Terms) -> Stance:
    """*По данным миссии ушли 23 орудия*: by the data of whom the term does not bind something is told, and nothing announced."""
    mine = terms.matcher.binds.get(term, frozenset()) & {*side.split("; ")}
    return stance if mine or stance not in ("announces", "accepts", "denies") else "speaks of"


def stances_on(
    document: Document,
    s: Spoken,
    pieces: Sequence[str],
    terms: Terms,
    t: Tables,
    known: Known,
    inside: tuple[list[Spoken], list[Spoken]] | None,
    about: Sequence[str] | None = None,
) -> dict[str, Stance]:
    """Where somebody stands on each term, by the grammar.

    Args:
        document: the words stand in it.
        s: who speaks.
        pieces: his words.
        terms: the terms.
        t: the language.
        known: who is who.
        inside: what is told in his words of his own side, and of others; nothing where they are all his own.
        about: the terms that he speaks of; left out, they are looked for.

    Returns:
        Term -> stance.
    """
    text = document.text
    clauses = ", ".join(p.rstrip(" ,.") for p in pieces)
    third = inside is not None and _third_party(document, s, known, t)
    if about is None and not terms.terms_in(clauses):
        about = _charged(text, s, terms, t)
    stances = dict(
        stances_of(
            s.told,
            clauses,
            terms,
            t,
            about if about is not None else _about(text, s.told.content, clauses, terms, own=inside is None),
            s.side,
        )
    )
    if third and not {"accepts", "rejects", "denies", "offers", "demands"} & set(s.told.kinds):
        # what another side does is not his own stand, but what it must do is
        judged = re.search(t.raw["evaluates"], clauses, re.IGNORECASE)  # *наблюдатели для нас неприемлемы*
        kept = ("demands", "condition", "rejects") if judged else ("demands", "condition")
        stances = {term: stance if stance in kept else "speaks of" for term, stance in stances.items()}
    if not third and "denies" not in s.told.kinds:
        stances = _resolved(document, s, terms, t, known, stances)
    if not stances and s.told.context:
        near = re.split(r"(?<=[.!?])[»”]?\s+", s.told.context.strip())[-1]
        where = near if terms.terms_in(near) else s.told.context
        stances = dict(stances_of(s.told, clauses, terms, t, terms.terms_in(where), s.side))
        if re.search(t.raw["accused"], where, re.IGNORECASE):  # who rejects an accusation denies the deed
            stances = {term: "denies" if stance == "rejects" else stance for term, stance in stances.items()}
        if s.told.verb == "—" and s.told.context.rstrip().endswith(
            "?"
        ):  # an answer takes its matter from the question, and no demand
            stances = {term: stance for term, stance in stances.items() if stance not in ("demands", "rejects")}
    if "denies" in stances.values() and _of_anothers_word(text, s, clauses, terms, t, known):
        stances = dict.fromkeys(stances, "speaks of")
    for own in (inside or ([], []))[0]:
        inner = " ".join(" ".join(text[a:b].split()) for a, b in own.told.content)
        for term, stance in stances_of(own.told, inner, terms, t):
            if stances.get(term, "speaks of") in ("speaks of", "announces", "offers") and stance != "speaks of":
                stances[term] = stance
    for other in (inside or ([], []))[1]:
        inner = " ".join(" ".join(text[a:b].split()) for a, b in other.told.content)
        for term in terms.terms_in(inner):
            if term in stances:
                stances[term] = "speaks of"
    return stances


def _sentence_before(text: str, s: Spoken) -> str:
    """The one before it in the paragraph."""
    return re.split(r"(?<=[.!?…])[»”]?\s+", text[: s.told.sentence[0]].rstrip(" ").rsplit("\n", 1)[-1])[-1]


def _of_anothers_word(text: str, s: Spoken, clauses: str, terms: Terms, t: Tables, known: Known) -> bool:
    """*В B назвали это ложью*: who calls another's word a lie denies no deed of his own, unless he is accused or named there."""
    if not s.side or s.told.verb not in t.raw["named"]["verbs"].split() or terms.terms_in(clauses):
        return False
    before = _sentence_before(text, s)
    words = words_of(before, (0, len(before)), t.code)
    named = any(known.side([w]) in s.side.split("; ") for w in words if w.capital or w.lemmas & t.sides.keys())
    return bool(before) and not named and not re.search(t.raw["accused"], before, re.IGNORECASE)


def _charged(text: str, s: Spoken, terms: Terms, t: Tables) -> list[str] | None:
    """*A обвинило B в том, что. В B ответили, что не стреляли*: who answers an accusation speaks of what it was about."""
    before = _sentence_before(text, s)
    charged = s.told.kinds == ("says",) and re.search(t.raw["accused"], before, re.IGNORECASE)
    return (terms.terms_in(before) or None) if charged else None


def _resolved(
    document: Document, s: Spoken, terms: Terms, t: Tables, known: Known, stances: dict[str, Stance]
) -> dict[str, Stance]:
    """What his own side will do, or has done, is announced, and what it will not do is rejected: *Израиль сократит*, *не отодвинет*, *мы уже отвели*."""
    words = words_of(document.text, s.told.content[0], t.code)
    will = _will(words, s, known, t) if s.side else ""
    if not will or all(stance != "speaks of" for stance in stances.values()):
        return stances
    out: dict[str, Stance] = {}
    for term, stance in stances.items():
        acts_of_war = term in terms.matcher.stops
        skip = stance != "speaks of" or (will != "announces" and acts_of_war)
        out[term] = stance if skip else "rejects" if will == "rejects" else "announces"
        harmed = re.search(t.raw["harm"], document.text[slice(*s.told.content[0])], re.IGNORECASE)
        if will == "done" and (acts_of_war or (term in terms.matcher.restrains and harmed)):
            out[term] = stance
    return out


def _will(words: Sequence[Word], s: Spoken, known: Known, t: Tables) -> str:
    """``announces``, ``rejects`` or ``done``; nothing where the words tell no deed of his own side."""
    at = 0
    while at < min(len(words), _SOON):
        subject = None if at and words[at - 1].is_a("PREP") else phrase_at(words, at, ("nomn",), t)
        if subject is not None:
            named = known.side(words[subject.start : subject.end])
            if named:
                if named not in s.side.split("; "):
                    return ""
                break
        at = subject.end if subject is not None else at + 1
    else:
        subject = None
    mine = subject is not None or any(w.low in t.sets["we"] or w.low == "я" for w in words)
    for k, w in enumerate(words[subject.end if subject else 0 :], subject.end if subject else 0):
        if w.mark and subject:
            break
        verb = next((f for f in w.forms[:1] if f.pos == "VERB"), None)
        if verb is None:
            continue
        negated = k > 0 and words[k - 1].low in t.sets["not"]
        if "futr" in verb.marks and (subject or "1per" in verb.marks):
            return "rejects" if negated else "announces"
        alone = verb.number == "plur" and not any(x.in_case("nomn") and x.is_a("NOUN") for x in words[:k])
        if "past" in verb.marks and "perf" in verb.marks and not negated and (mine or alone):
            return "done"
        return ""
    return ""


def _third_party(document: Document, s: Spoken, known: Known, t: Tables) -> bool:
    """What he says begins with another side that does it: *Россия прекратила удары* by an American."""
    a, b = s.told.content[0]
    words = words_of(document.text, (a, b), t.code)
    phrase = phrase_at(words, 0, ("nomn",), t) if words else None
    if phrase is None:
        return False
    first = words[phrase.start : phrase.end]
    side = known.side(first)
    mine = s.side.split("; ") if s.side else []
    acts = words[phrase.head].lemmas & (t.sets["offices"] | t.sets["bodies"] | t.sides.keys())
    return (bool(side and acts) and side not in mine) or words[phrase.head].low in t.sets["nobody"]


def _about(text: str, content: Sequence[Span], words: str, terms: Terms, *, own: bool) -> list[str] | None:
    """The terms of an agreement that somebody speaks of; nothing where there is no agreement. A sentence of one's own names a term."""
    if not terms.matcher.named:
        return None
    named = terms.terms_in(words)
    if own and not named:
        return []
    about = terms_about(terms.matcher, parts(text, content), terms.found, named)
    return [*about, *(t for t in listed(words, terms.terms_in) if t not in about)]
