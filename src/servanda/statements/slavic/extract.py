"""What one Russian or Ukrainian document says that people said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from servanda.statements.documents import Document
from servanda.statements.extract import Statement
from servanda.statements.slavic.attribute import attributions
from servanda.statements.slavic.dialogue import answers, author_of, heads_itself, with_whom
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.stances import split_condition, stances_of
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.words import DASHES, Tables, tables_with, words_of
from servanda.statements.stances import Stance
from servanda.statements.topics import TopicMatcher
from servanda.statements.words import quotations, sentences

_BEFORE = 200
_NEAR = 40  # attributions before and behind one that can stand in its words
_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"]{2,})[»”“\"]")


@dataclass(frozen=True)
class _Spoken:
    """An attribution with its speaker."""

    told: Told
    name: str
    side: str
    person: bool
    carrier: bool


def slavic_statements(
    document: Document, code: str, names: Mapping[str, str], matcher: TopicMatcher, parties: Sequence[str] = ()
) -> list[Statement]:
    """The statements of a document.

    Args:
        document: an article, a message, or its paragraphs in this language.
        code: ``ru`` or ``uk``.
        names: names of sides in any script, with the agreement's codes.
        matcher: the terms that are asked about.
        parties: of the agreement: *the sides* are these, where they are two.

    Returns:
        The statements in the order of the text.
    """
    t = tables_with(code, names)
    terms = Terms.of(matcher, t, names)
    known = Known.of(names, t)
    text = document.text
    known.learn(document.title, (0, len(document.title)))
    for paragraph in document.paragraphs:
        for span in sentences(text, paragraph, quotations(text, paragraph)):
            known.learn(text, span)
    for paragraph in document.paragraphs:
        quoted = quotations(text, paragraph)
        for span in sentences(text, paragraph, quoted):
            known.learn(text, span, mentions=True, quoted=quoted)
    head = _head(document, known, t)
    told = [
        x
        for p in document.paragraphs
        for x in attributions(text, p, t, known.surnames, text[max(0, p[0] - _BEFORE) : p[0]])
    ]
    dialogue = answers(document, t)
    spans = [x.content[0] for x in dialogue]
    told = [
        x
        for x in told
        if not (x.direct and x.cue[0] == x.content[0][0]) and not any(a <= x.cue[0] < b for a, b in spans)
    ]
    own = _own_words(document, [*told], dialogue, known, t, head)
    if dialogue:
        known.mentions += [(x.told.cue[0], (x.name, x.side), "") for x in own]
        known.mentions.sort()
    spoken = [_both(_speaker(x, known, t, text), parties, t) for x in told]
    states = {s.side for s in spoken if s.side and not s.person and "says" not in s.told.kinds}
    office = {lemma for w in words_of(head[0], (0, len(head[0])), code) for lemma in w.lemmas} & t.sets["offices"]
    home = head[1] or (states.pop() if office and len(states) == 1 else "")
    spoken = _at_home(spoken, known, t, text, home)
    out = [s for n in range(len(spoken)) if (s := _statement(document, spoken, n, terms, t, known)) is not None]
    out += [
        s
        for x in own
        if (s := _made(document, x, (), terms, t, known, spoken_stances=None)) is not None and (s.stances or dialogue)
    ]
    out = _without_twins(sorted(out, key=lambda s: s.at))
    return [replace(s, id=f"{document.id}:{n}") for n, s in enumerate(out, 1)]


def _head(document: Document, known: Known, t: Tables) -> tuple[str, str]:
    """The body whose bulletin this is, and its side: *the ministry* means it."""
    if (span := heads_itself(document, t)) is None:
        return "", ""
    words = words_of(document.title, span, t.code)
    side = known.side(words)
    for w in words:
        for body in w.lemmas & t.sets["bodies"]:
            known.bodies.setdefault(body, (" ".join(document.title[slice(*span)].split()), side))
    return " ".join(document.title[slice(*span)].split()), side


def _speaker(told: Told, known: Known, t: Tables, text: str) -> _Spoken:
    words = words_of(text, told.source, t.code) if told.source else []
    carrier = any(w.lemmas & t.sets["carriers"] for w in words[:3]) and not told.name and told.verb != "сказать"
    if carrier:
        return _Spoken(
            told, " ".join(text[slice(*told.source)].split()) if told.source else "", "", person=False, carrier=True
        )
    return _Spoken(told, *known.speaker(told, text), carrier=False)


def _both(s: _Spoken, parties: Sequence[str], t: Tables) -> _Spoken:
    """*The sides* are the parties of an agreement between two."""
    both = bool(s.name) and not s.side and len(parties) == 2 and s.name.lower() in t.sets["both"]
    return replace(s, side="; ".join(parties)) if both else s


def _at_home(spoken: list[_Spoken], known: Known, t: Tables, text: str, home: str) -> list[_Spoken]:
    """Who has no side of his own speaks for the body whose bulletin (``home``: its side) names him; what he says tells nothing of his side."""
    out = []
    for s in spoken:
        side = s.side
        if home and s.name and not side and not s.carrier and not _private(s.told, t, text):
            side = home
            if s.person:
                known.side_of_name.setdefault(known.remember(s.name, ""), side)
        out.append(replace(s, side=side))
    learnt = {s.name: s.side for s in reversed(out) if s.side and s.person}
    return [replace(s, side=s.side or learnt.get(s.name, "")) for s in out]


def _private(told: Told, t: Tables, text: str) -> bool:
    words = words_of(text, told.source, t.code) if told.source else []
    return any(w.lemmas & (t.sets["private"] | t.sets["anonymous"]) for w in words)


def _own_words(
    document: Document, told: Sequence[Told], dialogue: Sequence[Told], known: Known, t: Tables, head: tuple[str, str]
) -> list[_Spoken]:
    """The answers of an interview, and the sentences of a post in which its author tells nobody else's words."""
    text = document.text
    if dialogue and (name := with_whom(document, t)):
        key = known.remember(name, "")
        side = known.side_of_name.get(key, "")
        before = next((n for n, p in enumerate(document.paragraphs) if text[p[0]] in DASHES), 0)
        led = (known.side(words_of(text, p, t.code)) for p in document.paragraphs[:before])
        side = side or next((s for s in led if s), "")
        known.side_of_name.setdefault(key, side)
        return [_Spoken(x, known.full.get(key, name), side, person=True, carrier=False) for x in dialogue]
    author = author_of(document, t) or head[0]
    if not author:
        return []
    words = words_of(author, (0, len(author)), t.code)
    side = known.side(words) or head[1] or _own_side(document, known, t, text)
    taken = [x.sentence for x in told]
    out = []
    for paragraph in document.paragraphs:
        for span in sentences(text, paragraph, quotations(text, paragraph)):
            if not any(a < span[1] and span[0] < b for a, b in taken):
                x = Told(None, (span[0], span[0]), (span,), True, "—", ("says",), False, span)
                out.append(_Spoken(x, author, side, person=False, carrier=False))
    return out


def _own_side(document: Document, known: Known, t: Tables, text: str) -> str:
    """*Доповідаю як речник Сил оборони*: the side that a post says it speaks for."""
    match = re.search(t.raw["reporting_as"], text, re.IGNORECASE)
    return known.side(words_of(text, match.span(1), t.code)) if match else ""


def _within(inner: Told, outer: Told) -> bool:
    return inner is not outer and any(a <= inner.cue[0] < b for a, b in outer.content)


def _statement(
    document: Document, spoken: Sequence[_Spoken], n: int, terms: Terms, t: Tables, known: Known
) -> Statement | None:
    """One attribution as a statement; nothing where a carrier speaks, where nobody is named, or where the whole is told with another."""
    s = spoken[n]
    if s.carrier or not s.name or (not s.side and s.name.lower() in t.sets["nobody"]):
        return None
    near = spoken[max(0, n - _NEAR) : n + _NEAR]
    around = sorted((o for o in near if _within(s.told, o.told)), key=lambda o: sum(b - a for a, b in o.told.content))
    tellers = [o for o in around if not o.carrier and o.name]
    if any(o.name == s.name or (o.side and o.side == s.side and not s.person) for o in tellers):
        return None
    inside = [o for o in near if _within(o.told, s.told) and not o.carrier]
    own = [o for o in inside if o.side == s.side or not o.name]
    others = [o for o in inside if o.side and s.side and o.side != s.side]
    return _made(
        document,
        s,
        tellers,
        terms,
        t,
        known,
        spoken_stances=(own, others),
        carriers=[o.name for o in around if o.carrier],
    )


def _past(document: Document, s: _Spoken, t: Tables) -> bool:
    """The cue tells of what was done: *согласились*, not *согласятся*."""
    return any("past" in f.marks for w in words_of(document.text, s.told.cue, t.code) for f in w.forms)


def _resolved(
    document: Document, s: _Spoken, terms: Terms, t: Tables, known: Known, stances: dict[str, Stance]
) -> dict[str, Stance]:
    """What his own side will do is announced, and what it will not do is rejected, in verbs of one word: *Израиль сократит*, *не отодвинет*."""
    words = words_of(document.text, s.told.content[0], t.code)
    subject = next((p for i in range(min(len(words), 4)) if (p := phrase_at(words, i, ("nomn",), t)) is not None), None)
    if subject is None or not s.side or known.side(words[subject.start : subject.end]) not in s.side.split("; "):
        return stances
    for k, w in enumerate(words[subject.end :], subject.end):
        if w.mark:
            break
        if any(f.pos == "VERB" and "futr" in f.marks for f in w.forms[:1]):
            will: Stance = "rejects" if words[k - 1].low in t.sets["not"] else "announces"
            return {
                term: will
                if stance == "speaks of" and not (will == "rejects" and term in terms.matcher.stops)
                else stance
                for term, stance in stances.items()
            }
    return stances


def _third_party(document: Document, s: _Spoken, known: Known, t: Tables) -> bool:
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


def _made(
    document: Document,
    s: _Spoken,
    tellers: Sequence[_Spoken],
    terms: Terms,
    t: Tables,
    known: Known,
    *,
    spoken_stances: tuple[list[_Spoken], list[_Spoken]] | None,
    carriers: Sequence[str] = (),
) -> Statement | None:
    text = document.text
    pieces = [" ".join(text[a:b].split()) for a, b in s.told.content]
    content = " ".join(pieces)
    stances = _stances(document, s, pieces, terms, t, known, spoken_stances)
    waits = split_condition(", ".join(pieces), t.code)[1].strip(" ,.")
    via = tuple(
        dict.fromkeys([*carriers, *([document.agency] if document.agency else []), *document.relays, document.id])
    )
    return Statement(
        id="",
        document=document.id,
        speaker=s.name,
        side=s.side,
        teller=tellers[-1].name if tellers else s.name,
        person=s.person,
        said_as=" ".join(text[slice(*s.told.source)].split()) if s.told.source else s.name,
        direct=s.told.direct,
        content=content,
        quotes=(content,)
        if s.told.direct and not _QUOTED.search(content)
        else tuple(m[1] for m in _QUOTED.finditer(content)),
        verb=s.told.verb,
        hearer="",
        via=via,
        day=document.published,
        dated=False,
        stances=tuple(stances.items()),
        waits_for=tuple((term, waits) for term, stance in stances.items() if stance == "condition" and waits),
        at=min(s.told.content[0][0], s.told.cue[0]),
        by_word=bool(tellers) and "accepts" in s.told.kinds and not s.told.negated and _past(document, s, t),
    )


def _stances(
    document: Document,
    s: _Spoken,
    pieces: Sequence[str],
    terms: Terms,
    t: Tables,
    known: Known,
    inside: tuple[list[_Spoken], list[_Spoken]] | None,
) -> dict[str, Stance]:
    """Where he stands on each term; ``inside``: what is told in his words of his own side, and of others."""
    text = document.text
    clauses = ", ".join(p.rstrip(" ,.") for p in pieces)
    third = inside is not None and _third_party(document, s, known, t)
    stances = dict(stances_of(s.told, clauses, terms, t))
    if third and not {"accepts", "rejects", "denies", "offers", "demands"} & set(s.told.kinds):
        # what another side does is not his own stand, but what it must do is
        stances = {
            term: stance if stance in ("demands", "condition") else "speaks of" for term, stance in stances.items()
        }
    if not third:
        stances = _resolved(document, s, terms, t, known, stances)
    if not stances and s.told.context:
        near = re.split(r"(?<=[.!?])[»”]?\s+", s.told.context.strip())[-1]
        where = near if terms.terms_in(near) else s.told.context
        stances = dict(stances_of(s.told, clauses, terms, t, terms.terms_in(where)))
        if re.search(t.raw["accused"], where, re.IGNORECASE):  # who rejects an accusation denies the deed
            stances = {term: "denies" if stance == "rejects" else stance for term, stance in stances.items()}
        if s.told.verb == "—":  # an answer takes its matter from the question, and no demand
            stances = {term: stance for term, stance in stances.items() if stance not in ("demands", "rejects")}
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


def _without_twins(found: Sequence[Statement]) -> list[Statement]:
    """One saying with two cues is told once."""
    out: list[Statement] = []
    for s in found:
        twin = next(
            (
                k
                for k, o in list(enumerate(out))[-_NEAR:]
                if o.speaker == s.speaker
                and (s.content in o.content or o.content in s.content)
                and abs(o.at - s.at) < 600
            ),
            None,
        )
        if twin is None:
            out.append(s)
        elif len(s.content) > len(out[twin].content):
            stances: dict[str, Stance] = dict(s.stances) | {a: b for a, b in out[twin].stances if b != "speaks of"}
            out[twin] = replace(s, stances=tuple(stances.items()))
    return out
