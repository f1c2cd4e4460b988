"""What one Russian or Ukrainian document says that people said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from servanda.statements.documents import Document, of_headings
from servanda.statements.extract import BEFORE_TEXT, Statement, weighed
from servanda.statements.finder import FOUND, OPENING, Finds, Found, finds
from servanda.statements.learned import encode_ahead
from servanda.statements.parts import sides_by_part
from servanda.statements.slavic.attribute import attributions
from servanda.statements.slavic.dialogue import lines_of
from servanda.statements.slavic.headlines import said_in_headings
from servanda.statements.slavic.own import headed_by, own_words
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.scene import slavic_scene
from servanda.statements.slavic.sentence import Told, _bare
from servanda.statements.slavic.sides import Around, Spoken, both_sides, each_of, of_the_pair, speaker_of, who_may_serve
from servanda.statements.slavic.stances import split_condition
from servanda.statements.slavic.standing import standing
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.words import DASHES, Tables, tables_with, words_of
from servanda.statements.stances import Stance
from servanda.statements.topics import TopicMatcher
from servanda.statements.words import Span, closed, goes_on_to, quotations, sentences

_BEFORE = 200
_NEAR = 40  # attributions before and behind one that can stand in its words
_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"]{2,})[»”“\"]")


def slavic_statements(
    document: Document,
    code: str,
    names: Mapping[str, str],
    matcher: TopicMatcher,
    parties: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    finder: Finds = finds,
) -> list[Statement]:
    """The statements of a document.

    Args:
        document: an article, a message, or its paragraphs in this language.
        code: ``ru`` or ``uk``.
        names: names of sides in any script, with the agreement's codes.
        matcher: the terms that are asked about.
        parties: of the agreement: *the sides* are these, where they are two.
        kinds: what the parties are: *state*, *group* or *body*.
        finder: finds what else was said on the terms of an agreement; left out, the one that ships.

    Returns:
        The statements in the order of the text.
    """
    only = _only(parties, kinds or {})
    t = tables_with(code, names, only["group"])
    terms = Terms.of(matcher, t, names)
    known = Known.of(names, t)
    text = document.text
    for line in dict.fromkeys([document.title, *document.head.splitlines()]):
        known.learn(line, (0, len(line)))
    for paragraph in document.paragraphs:
        for span in sentences(text, paragraph, quotations(text, paragraph)):
            known.learn(text, span)
    for paragraph in document.paragraphs:
        quoted = quotations(text, paragraph)
        for span in sentences(text, paragraph, quoted):
            known.learn(text, span, mentions=True, quoted=quoted)
    head = headed_by(document, known, t)
    lines = lines_of(document, t, known)
    told = _told_beside(document, t, known, [line.span for line in lines])
    own = own_words(document, [*told], lines, known, t, head)
    if lines:
        known.mentions += [(x.told.cue[0], (x.name, x.side), "") for x in own]
        known.mentions.sort()
    spoken = [both_sides(speaker_of(x, known, t, text), parties, t, text) for x in told]
    spoken = of_the_pair(spoken, text, t)
    states = {s.side for s in spoken if s.side and not s.person and "says" not in s.told.kinds}
    office = {lemma for w in words_of(head[0], (0, len(head[0])), code) for lemma in w.lemmas}
    office &= t.sets["offices"] | t.sets["bodies"]
    home = head[1] or (states.pop() if office and len(states) == 1 else "")
    spoken = Around(document, known, t, home, parties, only["state"]).settled(spoken)
    out = _read(document, spoken, own, terms, t, known, lines=bool(lines))
    may = who_may_serve([*spoken, *own], text, known, t)
    unsided = [(s.speaker, s.stances) for s in out if not s.side and s.speaker in may]
    if by_part := sides_by_part(unsided, matcher.binds, parties):
        spoken, own = [_sided(s, by_part) for s in spoken], [_sided(s, by_part) for s in own]
        # whose side he is on tells how he stands
        out = _read(document, spoken, own, terms, t, known, lines=bool(lines))
    if matcher.named:
        judged = finder(slavic_scene(document, [*spoken, *own], terms, known, parties), out)
        out = [*weighed(out, judged), *_further(judged.found, document, terms, known)]
    out = [*_in_headings(document, {s.name: s.side for s in spoken if s.side}, terms, known), *out]
    out.sort(key=lambda s: s.at)
    return [replace(s, id=f"{document.id}:{n}") for n, s in enumerate(out, 1)]


def _told_beside(document: Document, t: Tables, known: Known, lines: Sequence[Span]) -> list[Told]:
    """What is told to be somebody's words, but for what stands in lines that begin with their speaker."""
    text, paragraphs, found = document.text, _with_their_openings(document), list[list[Told]]()
    last: Span | None = None
    for p in paragraphs:
        found.append(attributions(text, p, t, known.surnames, text[max(0, p[0] - _BEFORE) : p[0]], last))
        last = sentences(text, p, quotations(text, p))[-1]
    told = _over_paragraphs(text, paragraphs, found)
    every = [one for x in told for one in each_of(x, text, t, known.surnames)]
    return [
        x
        for x in every
        if not (x.direct and x.cue[0] == x.content[0][0])
        and not any(a <= at < b for a, b in lines for at in (x.cue[0], x.content[0][0]))
    ]


def _over_paragraphs(text: str, paragraphs: Sequence[Span], found: list[list[Told]]) -> list[Told]:
    """What each paragraph tells, where a quotation that is opened anew in each of some and closed in the last has one speaker."""
    n = 0
    while n < len(paragraphs):
        last = goes_on_to(text, paragraphs, n)
        ends = quotations(text, paragraphs[last])[:1]
        if last > n and ends and closed(text, ends[0]):
            parts = [*(quotations(text, p)[-1] for p in paragraphs[n:last]), ends[0]]
            holding = [
                (at, k) for at in (n, last) for k, x in enumerate(found[at]) if _holds(x, parts[0 if at == n else -1])
            ]
            if holding:
                at, k = holding[0]
                rest = {_bare(text, part) for part in (parts[1:] if at == n else parts[:-1])}
                found[at][k] = replace(found[at][k], content=tuple(sorted({*found[at][k].content, *rest})))
        n = last + 1
    return [x for each in found for x in each]


def _holds(told: Told, quote: Span) -> bool:
    """Whether a quotation is among the words that are told."""
    return any(a < quote[1] and quote[0] < b for a, b in told.content)


def _in_headings(document: Document, sides: Mapping[str, str], terms: Terms, known: Known) -> list[Statement]:
    """What its headings tell; of the words of a heading no quotation is compared, and no deed is reported."""
    headings = of_headings(document)
    said = said_in_headings(headings, known, known.t, sides)
    made = (_made(headings, s, (), terms, known.t, known, spoken_stances=([], [])) for s in said)
    return [replace(s, quotes=(), at=BEFORE_TEXT) for s in made if s is not None]


def _only(parties: Sequence[str], kinds: Mapping[str, str]) -> dict[str, str]:
    """The only party that is a state, and the only one that is a group."""
    of = {kind: [p for p in parties if kinds.get(p) == kind] for kind in ("state", "group")}
    return {kind: some[0] if len(some) == 1 else "" for kind, some in of.items()}


def _further(found: Sequence[Found], document: Document, terms: Terms, known: Known) -> list[Statement]:
    """What the finder adds: clauses that tell a stand."""
    out = []
    for f in found:
        direct = document.text[f.span[0]] in OPENING
        told = Told(None, (f.span[0], f.span[0]), (f.span,), direct, "—", ("says",), False, f.span)
        spoken = Spoken(told, f.name, f.side, person=f.person, carrier=False, known="inferred")
        made = _made(document, spoken, (), terms, known.t, known, spoken_stances=([], []), given=dict(f.stances))
        out += [replace(made, read_by=FOUND)] if made is not None else []
    return out


def _sided(s: Spoken, by_part: Mapping[str, str]) -> Spoken:
    """The same with the side of the part that he speaks of."""
    return replace(s, side=by_part[s.name], known="inferred") if not s.side and s.name in by_part else s


def _read(
    document: Document,
    spoken: Sequence[Spoken],
    own: Sequence[Spoken],
    terms: Terms,
    t: Tables,
    known: Known,
    *,
    lines: bool,
) -> list[Statement]:
    """The statements of those who speak; ``own``: in their own words; ``lines``: of a dialogue."""
    if terms.matcher.named:
        encode_ahead(document.text, [s.told.content for s in spoken])
    out = [s for n in range(len(spoken)) if (s := _statement(document, spoken, n, terms, t, known)) is not None]
    out += [
        s
        for x in own
        if (s := _made(document, x, (), terms, t, known, spoken_stances=None)) is not None and (s.stances or lines)
    ]
    return _without_twins(sorted(out, key=lambda s: s.at))


def _with_their_openings(document: Document) -> list[Span]:
    """The paragraphs; a line that ends with a colon goes with the words that it opens: *X отрезал:* and a line with a dash."""
    text = document.text
    out: list[Span] = []
    for p in document.paragraphs:
        opened = out and text[out[-1][0] : out[-1][1]].rstrip().endswith(":")
        if opened and (text[p[0]] in DASHES or text[p[0]] in '«“„"'):
            out[-1] = (out[-1][0], p[1])
        else:
            out.append(p)
    return out


def _within(inner: Told, outer: Told) -> bool:
    return inner is not outer and any(a <= inner.cue[0] < b for a, b in outer.content)


def _statement(
    document: Document, spoken: Sequence[Spoken], n: int, terms: Terms, t: Tables, known: Known
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


def _past(document: Document, s: Spoken, t: Tables) -> bool:
    """The cue tells of what was done: *согласились*, not *согласятся*."""
    return any("past" in f.marks for w in words_of(document.text, s.told.cue, t.code) for f in w.forms)


def _made(
    document: Document,
    s: Spoken,
    tellers: Sequence[Spoken],
    terms: Terms,
    t: Tables,
    known: Known,
    *,
    spoken_stances: tuple[list[Spoken], list[Spoken]] | None,
    carriers: Sequence[str] = (),
    given: Mapping[str, Stance] | None = None,
) -> Statement | None:
    text = document.text
    pieces = [" ".join(text[a:b].split()) for a, b in s.told.content]
    content = " ".join(pieces)
    stances = given if given is not None else standing(document, s, pieces, terms, t, known, spoken_stances)
    waits = split_condition(", ".join(pieces), t.code)[1].strip(" ,.")
    via = tuple(
        dict.fromkeys([*carriers, *([document.agency] if document.agency else []), *document.relays, document.id])
    )
    return Statement(
        id="",
        document=document.id,
        speaker=s.name,
        side=s.side,
        known=s.known or ("told" if s.side else ""),
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
