"""What one document says that people said: statements with their speaker, the way they came, their day and their stance on each term."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from servanda.statements.attribute import attributions
from servanda.statements.cast import Cast, cast_of
from servanda.statements.conditions import condition_words
from servanda.statements.documents import Document
from servanda.statements.finder import FOUND, OPENING, Finds, Found, Judged, english_scene, finds
from servanda.statements.headlines import said_in_headings
from servanda.statements.interviews import answers
from servanda.statements.learned import encode_ahead
from servanda.statements.leftover import CARRIED, NO_NAME, leftover
from servanda.statements.parts import sides_by_part
from servanda.statements.scope import ASKED, DENYING
from servanda.statements.speakers import People
from servanda.statements.stances import Stance, StanceClassifier
from servanda.statements.standing import of_another_by_name, own_standing, standing
from servanda.statements.topics import TopicMatcher
from servanda.statements.verbs import Attribution
from servanda.statements.voices import Voice, cut, each_speaker, home, person, voices, without_asides
from servanda.statements.way import by_others, day_of, quoted_words, quotes_in, way_of, without
from servanda.statements.words import Span, Tagger, quotations
from servanda.statements.words import sentences as sentences_in

BEFORE_TEXT = -1
"""Where a statement begins that a heading tells: of its words no quotation is compared, and no deed is reported."""
_AGREEING = frozenset("agree accept sign consent commit undertake".split())
_OPEN_YET = re.compile(
    r"\b(?:not|never|would|will|should|must|may|might|could|can|if|shall|to (?=agree|accept|sign))\b|n[’']t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """One thing that one document says somebody said.

    ``speaker``: his name as known, empty where the text only says *it* or *they*; ``side``: the party or state he speaks for, or empty; ``teller``: the outermost who is
    quoted, where one tells what another said; ``person``: a person who has a name, not a state or *officials*;
    ``said_as``: how the document calls him; ``direct``: in quotation marks, in part at least; ``quotes``: the words in them;
    ``hearer``: to whom he said it; ``via``: who passed it on, from the hearer outward to the document itself; ``day``: the day it was said, where
    the text tells, else the day of publication; ``dated``: the text tells it; ``stances``: term (or topic) -> stance; ``at``: where it begins in the document's text; ``by_word``: an act (*have agreed*) that another
    tells of: it counts for the speaker, by the teller's word; ``own_side``: the teller is of his side;
    ``waits_for``: term -> what a condition waits for;
    ``read_by``: the language model that read it so, empty for the rules;
    ``known``: how his side is known: *told*, by words of a document, the agreement or general knowledge of states, or *inferred* from what stands around; empty where he has none;
    ``unlikely``: stances that the rules read in it and that the whole document does not bear out (ADR 89); there it *speaks of* the term.
    """

    id: str
    document: str
    speaker: str
    side: str
    teller: str
    person: bool
    said_as: str
    direct: bool
    content: str
    quotes: tuple[str, ...]
    verb: str
    hearer: str
    via: tuple[str, ...]
    day: date | None
    dated: bool
    stances: tuple[tuple[str, Stance], ...]
    at: int
    by_word: bool = False
    own_side: bool = False
    waits_for: tuple[tuple[str, str], ...] = ()
    read_by: str = ""
    known: str = ""
    unlikely: tuple[tuple[str, Stance], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What one document tells: its statements, and reason and words of everything else."""

    statements: tuple[Statement, ...]
    left_out: tuple[tuple[str, str], ...]


def statements_of(
    document: Document,
    people: People,
    matcher: TopicMatcher,
    *,
    tagger: Tagger | None = None,
    classifier: StanceClassifier | None = None,
) -> list[Statement]:
    """The statements of a document.

    Args:
        document: the article.
        people: who is who, and on which side.
        matcher: the terms or topics that are asked about.
        tagger: tags the words; left out, the Hanover Tagger.
        classifier: is asked for each stance first; what it leaves open the rules decide.

    Returns:
        The statements in the order of the text.
    """
    return list(reading_of(document, people, matcher, tagger=tagger, classifier=classifier).statements)


def reading_of(
    document: Document,
    people: People,
    matcher: TopicMatcher,
    *,
    tagger: Tagger | None = None,
    classifier: StanceClassifier | None = None,
    attribute: Callable[[str, Sequence[Span]], list[Attribution]] | None = None,
    finder: Finds = finds,
) -> Reading:
    """The statements of a document, and what stands in none of them.

    Args:
        document: the article.
        people: who is who, and on which side.
        matcher: the terms or topics that are asked about.
        tagger: tags the words; left out, the Hanover Tagger.
        classifier: is asked for each stance first; what it leaves open the rules decide.
        attribute: finds the attributions of a text by its paragraphs; left out, the rules alone.
        finder: judges what was said on the terms of an agreement, and finds what else; left out, the one that ships.

    Returns:
        The statements in the order of the text, and the rest with its reasons.
    """
    text = document.text
    cast = cast_of(document, people, tagger)
    people = people.with_sides(cast.names())
    if not document.speaker and answers(document) and (member := cast.interviewed(document)) is not None:
        document = replace(document, speaker=member.name)
    spans = document.paragraphs
    found = by_others(attribute(text, spans) if attribute else attributions(text, spans, tagger), document)
    unsaid = [a for a in found if a.unsaid and a.unsaid != ASKED]  # in a question others may be quoted
    dropped = [(a, a.unsaid or NO_NAME) for a in found if a.unsaid or not a.source]
    said = [a for a in found if a.source and not a.unsaid and not _part_of(a, unsaid)]
    kept = without_asides(each_speaker(said, text, people), text)
    speaking = voices(kept, document, people, cast)
    own = home(document, people, cast)
    if matcher.named and classifier is None:
        encode_ahead(text, [a.content for a in kept])
    told, out = _read(kept, speaking, own, document, people, matcher, classifier)
    unsided = _unsided(out, cast, people)
    by_part = sides_by_part(unsided, matcher.binds, people.parties)
    if by_part:
        # whose side he is on tells how he stands
        speaking = [
            replace(v, name=(v.name[0], by_part[v.name[0]])) if not v.name[1] and v.name[0] in by_part else v
            for v in speaking
        ]
        told, out = _read(kept, speaking, own, document, people, matcher, classifier)
    dropped += [
        (a, CARRIED)
        for a, v in zip(kept, speaking, strict=True)
        if v.carrier and not (document.speaker and v.name == own)
    ]
    if matcher.named and classifier is None:
        spoken = list(zip(kept, speaking, strict=True))
        shut, mine = [a for a, _ in dropped if a.unsaid or a.cue], [a for a in told if a.source is None]
        scene = english_scene(document, people, cast, spoken, shut, (own, mine), matcher)
        judged = finder(scene, out)
        more, added = _further(judged.found, document, people)
        told, out = [*told, *more], sorted([*weighed(out, judged), *added], key=lambda s: s.at)
    first = {s.teller: s.day for s in reversed(out) if s.day}  # a day is named once and holds for what follows
    out = [*_in_headings(document, people, matcher, (tagger, classifier)), *out]
    named = tuple(
        replace(
            s,
            id=f"{document.id}:{n}",
            day=s.day or first.get(s.teller, document.published),
            known=s.known
            or ("inferred" if s.side and s.side == by_part.get(s.speaker) else cast.how(s.speaker, s.side)),
        )
        for n, s in enumerate(out, 1)
    )
    return Reading(named, tuple(leftover(document, told, dropped)))


def _in_headings(
    document: Document, people: People, matcher: TopicMatcher, tools: tuple[Tagger | None, StanceClassifier | None]
) -> list[Statement]:
    """What its headings tell of sides and of people whom the text names."""
    headings, kept, speaking = said_in_headings(document, people, tools[0])
    _, out = _read(kept, speaking, ("", ""), headings, people, matcher, tools[1])
    told = [s for s in out if (s.side or s.person) and len(s.content.split()) > 1]
    return [replace(s, quotes=(), at=BEFORE_TEXT) for s in told]


def _unsided(out: Sequence[Statement], cast: Cast, people: People) -> list[tuple[str, tuple[tuple[str, Stance], ...]]]:
    """Who has no side and may serve one, with his stands; not where he calls the matter a side's by its name."""
    free = (s for s in out if not s.side and not of_another_by_name(s.content, people))
    return [(s.speaker, s.stances) for s in free if cast.may_serve(s.speaker)]


def _read(
    kept: Sequence[Attribution],
    speaking: Sequence[Voice],
    own: tuple[str, str],
    document: Document,
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[list[Attribution], list[Statement]]:
    """The attributions that are told, and the statements, by who speaks in each."""
    told, out = _own_words(kept, speaking, own, document, people, matcher, classifier) if document.speaker else ([], [])
    sentences: list[tuple[int, int]] = [(0, 0)] * len(out)
    for n, (a, voice) in enumerate(zip(kept, speaking, strict=True)):
        around = [speaking[m] for m in voice.around]
        if voice.carrier or (document.speaker and voice.name == own):
            continue  # a carrier says nothing; what the speaker says himself is told with his own words
        told.append(a)
        if any(not v.carrier and (voice.own or v.name == voice.name) for v in around):
            continue  # a part of what the same speaker is quoted with is told with the whole
        inside = [(b, v) for b, v in zip(kept, speaking, strict=True) if n in v.around]
        stances, waits = standing(a, voice, inside, document.text, document.paragraphs, people, matcher, classifier)
        statement = replace(_statement(a, voice, around, document, people, stances), waits_for=waits)
        twin = _twin(statement, a, out, sentences)
        if twin is None:
            out.append(statement)
            sentences.append(a.sentence)
        else:
            out[twin] = _joined(out[twin], statement)
    return told, out


def weighed(statements: Sequence[Statement], judged: Judged) -> list[Statement]:
    """The statements of the rules with the stances that stand by all that the document tells.

    Args:
        statements: of the rules.
        judged: what was made of the document.

    Returns:
        Them; stands that are not likely are kept as such.
    """
    return [
        replace(
            s, stances=now, unlikely=gone, waits_for=tuple((t, w) for t, w in s.waits_for if (t, "condition") in now)
        )
        for s, now, gone in zip(statements, judged.stances, judged.unlikely, strict=True)
    ]


def _further(found: Sequence[Found], document: Document, people: People) -> tuple[list[Attribution], list[Statement]]:
    """What the finder adds: clauses that tell a stand."""
    text = document.text
    told, out = [], []
    for f in found:
        a = Attribution(None, None, (f.span,), direct=text[f.span[0]] in OPENING, verb="say", sentence=f.span)
        voice = Voice(f.name, carrier=False, own=False, around=(), name=(f.name, f.side))
        waits = tuple((t, w) for t, s in f.stances if s == "condition" and (w := condition_words(cut(text, f.span))))
        told.append(a)
        made = _statement(a, voice, (), document, people, f.stances)
        out.append(replace(made, waits_for=waits, person=f.person, read_by=FOUND, known="inferred"))
    return told, out


def _part_of(a: Attribution, unsaid: Sequence[Attribution]) -> bool:
    """It stands in what was not said."""
    place = a.cue[0] if a.cue else a.start
    return any(x <= place < y for b in unsaid for x, y in b.content) or any(
        a.verb in DENYING
        and a.sentence == b.sentence
        and any(p < y and x < q for x, y in a.content for p, q in b.content)
        for b in unsaid
    )


def _own_words(
    kept: Sequence[Attribution],
    speaking: Sequence[Voice],
    own: tuple[str, str],
    document: Document,
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[list[Attribution], list[Statement]]:
    """What the speaker of a document says himself: its sentences but for those in which he tells what others said. Each that speaks of a term is a statement."""
    text, (name, side) = document.text, own
    others = [
        span
        for a, v in zip(kept, speaking, strict=True)
        if v.name != (name, side)
        for span in (a.source, a.cue, *a.content)
        if span
    ]
    via = tuple(dict.fromkeys((*document.relays, document.id)))
    told, out = [], []
    for paragraph in [p for p, _ in answers(document)] or document.paragraphs:
        for span in sentences_in(text, paragraph, quotations(text, paragraph)):
            if (
                sum(min(y, span[1]) - max(x, span[0]) for x, y in others if x < span[1] and span[0] < y) * 2
                > span[1] - span[0]
            ):
                continue
            content = cut(text, span)
            stances, waits = own_standing(text, span, side, matcher, people, classifier)
            if not stances:
                continue
            told.append(Attribution(None, None, (span,), direct=True, verb="say", sentence=span))
            out.append(
                Statement(
                    id="",
                    document=document.id,
                    speaker=name,
                    side=side,
                    teller=name,
                    person=person(name, people),
                    said_as=document.speaker,
                    direct=True,
                    content=content,
                    quotes=(content,),
                    verb="say",
                    hearer="",
                    via=via,
                    day=document.published,
                    dated=document.published is not None,
                    stances=stances,
                    at=span[0],
                    waits_for=waits,
                )
            )
    return told, out


def _statement(
    a: Attribution,
    voice: Voice,
    around: Sequence[Voice],
    document: Document,
    people: People,
    stances: tuple[tuple[str, Stance], ...],
) -> Statement:
    """One attribution as a statement that has no name yet; ``around``: in whose words it stands, the nearest first."""
    text = document.text
    pieces = [cut(text, span) for span in a.content]
    content = " ".join(pieces)
    sentence = text[a.sentence[0] : a.sentence[1]]
    passed_on = [v.name[0] or v.called for v in around if v.name[0] or v.carrier]
    hearer, via = way_of(sentence, document, people, passed_on, quoted_words(a, text))
    tellers = [v.name[0] for v in around if v.name[0] and not v.carrier]
    sides = [v.name[1] for v in around if v.name[0] and not v.carrier]
    day = day_of(without(sentence, pieces), document.published)
    name, side = voice.name
    return Statement(
        id="",
        document=document.id,
        speaker=name,
        side=side,
        teller=tellers[-1] if tellers else name,
        person=bool(name) and person(name, people),
        said_as=voice.called,
        direct=a.direct,
        content=content,
        quotes=quotes_in(content),
        verb=a.verb,
        hearer=hearer,
        via=via,
        day=day,
        dated=day is not None,
        stances=stances,
        at=a.start,
        own_side=bool(side) and bool(sides) and sides[-1] == side,
        by_word=bool(tellers) and a.verb in _AGREEING and not _OPEN_YET.search(cut(text, a.cue)),
    )


def _twin(
    statement: Statement, a: Attribution, out: Sequence[Statement], sentences: Sequence[tuple[int, int]]
) -> int | None:
    """Which statement before it is another cue of the same saying."""
    for k, s in enumerate(out):
        same = s.speaker == statement.speaker and (statement.content in s.content or s.content in statement.content)
        if same and (s.verb == statement.verb or sentences[k] == a.sentence):
            return k if s.speaker and abs(s.at - statement.at) < 1000 else None
    return None


def _joined(a: Statement, b: Statement) -> Statement:
    """Two cues of one saying: *countered by stating that*."""
    long = a if len(a.content) >= len(b.content) else b
    stances = dict(b.stances) | {t: s for t, s in a.stances if s != "speaks of" or t not in dict(b.stances)}
    return replace(
        long,
        stances=tuple(stances.items()),
        hearer=a.hearer or b.hearer,
        via=a.via if len(a.via) >= len(b.via) else b.via,
        direct=a.direct or b.direct,
        at=min(a.at, b.at),
    )
