"""What one document says that people said: statements with their speaker, the way they came, their day and their stance on each term."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from servanda.statements.attribute import attributions
from servanda.statements.documents import Document
from servanda.statements.speakers import OWN, PRONOUNS, People, is_carrier, outlets
from servanda.statements.topics import Stance, StanceClassifier, TopicMatcher, stance
from servanda.statements.verbs import Attribution
from servanda.statements.words import Tagger

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_QUOTED = re.compile(r"[“\"„«‘]([^“”\"„«»]{2,}?)[”\"»’](?!\w)|''(.+?)''")
_NOT = re.compile(r"\bnot\b|n[’']t\b|\bno\b|\bnever\b")
_TOLD = re.compile(
    r"\b(?:told|interview(?:ed)? (?:with|by)) (?:the )?((?:The )?[A-Z][\w-]+(?: [A-Z][\w-]+){0,3})(?! [a-z]+ minister)"
)
_HIS_OWN = re.compile(
    r"(?:his|her|its|their|our|my) (?:own )?(?:country|government|side|party|delegation|forces|army)", re.IGNORECASE
)
_SHORT_OF = re.compile(r"(?:short of|instead of|without)\s+$", re.IGNORECASE)
_HEARER = re.compile(
    r"\b(?:told|tells|telling|interview(?:ed)? (?:with|by)|speaking to|spoke to|wrote (?:in|for))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Statement:
    """One thing that one document says somebody said.

    ``speaker``: his name as known, empty where the text only says *it* or *they*; ``side``: the party or state he speaks for, or empty; ``teller``: the outermost who is
    quoted, where one tells what another said; ``person``: a person who has a name, not a state or *officials*;
    ``said_as``: how the document calls him; ``direct``: in quotation marks, in part at least; ``quotes``: the words in them;
    ``hearer``: to whom he said it; ``via``: who passed it on, from the hearer outward to the document itself; ``day``: the day it was said, where
    the text tells, else the day of publication; ``dated``: the text tells it; ``stances``: term (or topic) -> stance; ``at``: where it begins in the document's text.
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


@dataclass(frozen=True)
class _Voice:
    """Whom a document quotes: how it calls him, whether that is only a carrier, or the speaker himself (*we*), and in whose words this stands, the
    nearest first. ``name``: his name and side.
    """

    called: str
    carrier: bool
    own: bool
    around: tuple[int, ...]
    name: tuple[str, str] = ("", "")


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
    text = document.text
    kept = [a for a in attributions(text, document.paragraphs, tagger) if a.source]
    voices = _voices(kept, document, people)
    out = _own_words(kept, voices, document, people, matcher, classifier) if document.speaker else []
    sentences: list[tuple[int, int]] = [(0, 0)] * len(out)
    for n, (a, voice) in enumerate(zip(kept, voices, strict=True)):
        around = [voices[m] for m in voice.around]
        if document.speaker and voice.name == _home(document, people):
            continue  # it is told with his own words
        if voice.carrier or any(not v.carrier and (voice.own or v.name == voice.name) for v in around):
            continue  # a carrier says nothing, and a part of what the same speaker is quoted with is told with the whole
        inside = [(b, v) for b, v in zip(kept, voices, strict=True) if n in v.around]
        content = " ".join(_cut(text, span) for span in a.content)
        stances = _stances(a, voice, inside, content, text, matcher, classifier)
        statement = _statement(a, voice, around, document, people, stances)
        twin = _twin(statement, a, out, sentences)
        if twin is None:
            out.append(statement)
            sentences.append(a.sentence)
        else:
            out[twin] = _joined(out[twin], statement)
    first = {s.teller: s.day for s in reversed(out) if s.day}  # a day is named once and holds for what follows
    return [
        replace(s, id=f"{document.id}:{n}", day=s.day or first.get(s.teller, document.published))
        for n, s in enumerate(out, 1)
    ]


def _home(document: Document, people: People) -> tuple[str, str]:
    """Who speaks in a message himself, and his side; nobody in an article."""
    return (document.speaker, people.speaker(document.speaker)[1]) if document.speaker else ("", "")


def _own_words(
    kept: Sequence[Attribution],
    voices: Sequence[_Voice],
    document: Document,
    people: People,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> list[Statement]:
    """What the sender of a message says himself: its sentences but for those in which he tells what others said. Nothing where it speaks of no term."""
    text, home = document.text, _home(document, people)
    others = [a.sentence for a, v in zip(kept, voices, strict=True) if not v.carrier and v.name != home]
    cuts = sorted({(0, 0), *others, (len(text), len(text))})
    pieces = [text[end:start] for (_, end), (start, _) in pairwise(cuts) if start > end]
    content = " ".join(" ".join(pieces).split())
    whole = Attribution(None, None, ((0, len(text)),), direct=True, verb="say", sentence=(0, len(text)))
    stances = tuple(
        (t, _stand(whole, (), text, matcher.about(content, t), t, classifier)) for t in matcher.terms_in(content)
    )
    if not stances:
        return []
    via = tuple(dict.fromkeys((*document.relays, document.id)))
    return [
        Statement(
            id="",
            document=document.id,
            speaker=home[0],
            side=home[1],
            teller=home[0],
            person=_person(home[0], people),
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
            at=0,
        )
    ]


def _statement(
    a: Attribution,
    voice: _Voice,
    around: Sequence[_Voice],
    document: Document,
    people: People,
    stances: tuple[tuple[str, Stance], ...],
) -> Statement:
    """One attribution as a statement that has no name yet; ``around``: in whose words it stands, the nearest first."""
    text = document.text
    pieces = [_cut(text, span) for span in a.content]
    content = " ".join(pieces)
    sentence = text[a.sentence[0] : a.sentence[1]]
    passed_on = [v.name[0] or v.called for v in around if v.name[0] or v.carrier]
    hearer, via = _way(sentence, document, people, passed_on, _quoted_span(a, text))
    tellers = [v.name[0] for v in around if v.name[0] and not v.carrier]
    day = _day(_without(sentence, pieces), document.published)
    name, side = voice.name
    return Statement(
        id="",
        document=document.id,
        speaker=name,
        side=side,
        teller=tellers[-1] if tellers else name,
        person=bool(name) and _person(name, people),
        said_as=voice.called,
        direct=a.direct,
        content=content,
        quotes=_quotes(content),
        verb=a.verb,
        hearer=hearer,
        via=via,
        day=day,
        dated=day is not None,
        stances=stances,
        at=a.start,
    )


def _voices(kept: Sequence[Attribution], document: Document, people: People) -> list[_Voice]:
    """Who speaks in each attribution; *he* and *we* are looked for in the words around, in the paragraph, and in who spoke last."""
    text = document.text
    called = [_cut(text, a.source) for a in kept]
    out = [_Voice(c, is_carrier(c), _own(c), tuple(_outer(kept, n))) for n, c in enumerate(called)]
    last = home = _home(document, people)
    for n, voice in enumerate(out):
        name = people.speaker(voice.called)
        outer = next((out[m].name for m in voice.around if out[m].name[0] and not out[m].carrier), None)
        if voice.called.lower() in PRONOUNS:
            name = outer or _meant(text, kept[n], document, people, voice.called) or ("", "")
            if not name[0] and people.can_mean(voice.called, last[0]):
                name = last
        elif voice.own:
            name = outer or (home if home[0] else last)
        elif name[0] and not voice.carrier and _person(name[0], people):
            if not name[1] and re.match(r"(?:his|her)\b", voice.called, re.IGNORECASE) and name[0] != last[0]:
                name = (name[0], last[1])  # *his boss* is on his side
                people.sides[name[0].split()[-1]] = last[1]
            last = name
        out[n] = replace(voice, name=name)
    return out


def _stances(
    a: Attribution,
    voice: _Voice,
    inside: Sequence[tuple[Attribution, _Voice]],
    content: str,
    text: str,
    matcher: TopicMatcher,
    classifier: StanceClassifier | None,
) -> tuple[tuple[str, Stance], ...]:
    """How the speaker stands on each term of which he speaks."""
    if a.verb in ("comment", "mention") and _NOT.search(_cut(text, a.cue)):
        return ()  # he did not speak of it
    own = [b for b, v in inside if v.own]
    # what he says of the other side's stance is not his own, nor told by that side
    sides = set(voice.name[1].split("; ")) if voice.name[1] else set()
    other = [b for b, v in inside if v.name[1] and sides and not sides & set(v.name[1].split("; "))]
    others = {t for b in other for t in matcher.terms_in(" ".join(_cut(text, span) for span in b.content))}
    return tuple(
        (t, "speaks of" if t in others else _stand(a, own, text, matcher.about(content, t), t, classifier))
        for t in matcher.terms_in(content)
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


def _own(source: str) -> bool:
    """The speaker himself: *we*, *her country*."""
    return source.lower() in OWN or bool(_HIS_OWN.fullmatch(source))


def _person(name: str, people: People) -> bool:
    return name.rsplit(maxsplit=1)[-1] in people.names or name.rsplit(maxsplit=1)[-1] in people.sides


def _outer(attributed: Sequence[Attribution], n: int) -> list[int]:
    """The attributions in whose content this one stands, the nearest first."""
    a = attributed[n]
    place = a.cue[0] if a.cue else a.start
    around = [
        m
        for m, b in enumerate(attributed)
        if m != n and any(x <= place < y for x, y in b.content) and b.content != a.content
    ]
    return sorted(around, key=lambda m: sum(y - x for x, y in attributed[m].content))


def _meant(text: str, a: Attribution, document: Document, people: People, pronoun: str) -> tuple[str, str] | None:
    """Whom *he* means: the person whom the sentence before it in the paragraph names first."""
    paragraph = next((p for p in document.paragraphs if p[0] <= a.start < p[1]), (0, 0))
    before = re.split(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])", text[paragraph[0] : a.sentence[0]])
    surname = next((w for s in reversed(before) if (w := people.first_in(s, pronoun))), "")
    return (people.names.get(surname, surname), people.sides.get(surname, "")) if surname else None


def _stand(
    a: Attribution,
    within: Sequence[Attribution],
    text: str,
    where: tuple[str, str, bool],
    term: str,
    classifier: StanceClassifier | None,
) -> Stance:
    cue = _cut(text, a.cue)
    clause, about, main = where
    if a.cue and _SHORT_OF.search(text[max(a.sentence[0], a.cue[0] - 20) : a.cue[0]]):
        return "speaks of"
    own = stance(a.verb if main else "say", cue if main else "", clause, classifier, term)
    if own == "speaks of" and main:
        own = stance(a.verb, cue, about, classifier, term)
    if own in ("speaks of", "announces"):
        for b in within:
            inside = " ".join(_cut(text, span) for span in b.content)
            if any(word in inside for word in about.split()[-3:]):
                return stance(b.verb, _cut(text, b.cue), about, classifier, term)
    return own


def _way(
    sentence: str, document: Document, people: People, around: Sequence[str], quoted: str
) -> tuple[str, tuple[str, ...]]:
    """To whom it was said and who passed it on, outward."""
    bare = _without(sentence, [quoted] if quoted else [])
    named = outlets(bare)
    hearer, relays = "", []
    spoken = _TOLD.search(bare)
    if spoken and not outlets(spoken[1]) and spoken[1].split()[-1] not in people.names and not people.side(spoken[1]):
        hearer = spoken[1]
    for at, name in named:
        before = bare[max(0, at - 45) : at]
        if _HEARER.search(before) or re.search(r"(?:quoted|cited) (?:by|in)\b[^,.]*$", before):
            hearer = hearer or name
        elif re.search(r"(?:according to|reported by|as reported|by|via|citing)\b[^,.]*$", before, re.IGNORECASE):
            relays.append(name)
    if not hearer and re.search(r"\binterview\b", bare):
        hearer = "an interview"
    press = re.search(r"reported by (?:the )?(\w+ (?:media|press))", bare)
    if press:
        relays.append(press[1])
    relays += [o for o in around if not outlets(o) and not is_carrier(o)]
    own = [document.agency] if document.agency else [document.speaker, *document.relays] if document.speaker else []
    chain = [*([hearer] if hearer else []), *relays, *own, document.id]
    return hearer, tuple(dict.fromkeys(chain))


def _quoted_span(a: Attribution, text: str) -> str:
    return max((_cut(text, s) for s in a.content), key=len, default="") if a.direct else ""


def _day(sentence: str, published: date | None) -> date | None:
    """The last such weekday up to the day of publication."""
    if published is None:
        return None
    match = re.search(r"\b(" + "|".join(_DAYS) + r")\b", sentence, re.IGNORECASE)
    if not match:
        return None
    return published - timedelta(days=(published.weekday() - _DAYS.index(match[1].lower())) % 7)


def _without(sentence: str, pieces: Sequence[str]) -> str:
    """What a document says itself around the words of somebody else."""
    sentence = " ".join(sentence.split())
    for piece in pieces:
        sentence = sentence.replace(piece, " ")
    return sentence


def _quotes(content: str) -> tuple[str, ...]:
    return tuple((m[1] or m[2]).strip(" ,.") for m in _QUOTED.finditer(content))


def _cut(text: str, span: tuple[int, int] | None) -> str:
    return " ".join(text[span[0] : span[1]].split()) if span else ""
