"""Who speaks in each attribution of a document: several where several speak together; *he*, *it*, *we*, *its army chief* and *the ministry* by what stands before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from servanda.statements.cues import OFFICES, PRIVATE, ROLES
from servanda.statements.documents import WRITTEN_AT, Document
from servanda.statements.speakers import OWN, PRONOUNS, People, is_carrier
from servanda.statements.verbs import Attribution

Name = tuple[str, str]
"""A name and a side; either may be empty."""

_HIS_OWN = re.compile(
    r"(?:his|her|its|their|our|my) (?:own )?(?:country|government|side|party|delegation|forces|army)", re.IGNORECASE
)
_PARTS = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
_SMALL = frozenset("the both of de van von bin al der and".split())
_BODY_WORD = re.compile(
    r"the (?:\w+ )?(ministry|army|military|government|delegation|command|mission|chamber|cabinet|council|embassy|presidency|parliament|foreign ministry|defence ministry|general staff|agency|force|group|organi[sz]ation|alliance|office)",
    re.IGNORECASE,
)
_OF_NOBODY = frozenset("mission agency force group organisation organization alliance office".split())
"""Bodies that are called so once they were named."""
_POSSESSED = re.compile(r"(its|their|his|her)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:[Aa]n?|[Tt]he|[Tt]heir|[Ii]ts) (?:[\w’'-]+ ){0,4}?(?:official|minister|diplomat|commander|spokesman|spokeswoman|envoy|ambassador|president|general|mayor|governor|leader|adviser|negotiator|officer|delegate|director|chief|head|chairman|chairwoman)\b"
)
_BY_OFFICE = re.compile(r"\b(?:spokes\w+|ministry|minister|office|delegation|command|army|government)\b", re.IGNORECASE)
_ORGANS = frozenset("army military ministry government spokesman spokeswoman spokesperson command navy police".split())
_BOTH = re.compile(r"(?:both|the two|the) (?:sides|parties|delegations|governments|armies|commands|capitals)")
_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-ZÀ-Þ“\"])")


@dataclass(frozen=True)
class Voice:
    """Whom a document quotes: how it calls him, whether that is only a carrier, or the speaker himself (*we*), and in whose words this stands, the
    nearest first. ``name``: his name and side.
    """

    called: str
    carrier: bool
    own: bool
    around: tuple[int, ...]
    name: Name = ("", "")


def cut(text: str, span: tuple[int, int] | None) -> str:
    """The words of a stretch of text, with single spaces."""
    return " ".join(text[span[0] : span[1]].split()) if span else ""


def home(document: Document, people: People) -> Name:
    """Who speaks in a message himself, and his side; nobody in an article."""
    return (document.speaker, people.speaker(document.speaker)[1]) if document.speaker else ("", "")


def each_speaker(attributed: Sequence[Attribution], text: str, people: People) -> list[Attribution]:
    """The same attributions, one for each who speaks: *A, B and C proposed* has three speakers."""
    out: list[Attribution] = []
    for a in attributed:
        parts = _joint(text, a.source, people) if a.source else []
        out += [replace(a, source=part) for part in parts] or [a]
    return out


def _joint(text: str, source: tuple[int, int], people: People) -> list[tuple[int, int]]:
    """The parts of a source that names several; none where it names one, or a body of several (*the ministers of A and B*)."""
    whole = text[source[0] : source[1]]
    if " and " not in whole or whole in people.words:
        return []
    whole = re.split(r",\s+(?:in|at|on|after|for|who|which|speaking)\b", whole, maxsplit=1)[0]
    bounds, at = [], 0
    for match in [*_PARTS.finditer(whole), None]:
        end = match.start() if match else len(whole)
        a = at + len(whole[at:end]) - len(whole[at:end].lstrip())
        for word in ("both ", "the "):
            a += len(word) if whole[a:end].lower().startswith(word) else 0
        if whole[a:end].strip():
            bounds.append((a, end))
        at = match.end() if match else end
    known = [_names_one(whole[a:b], people) for a, b in bounds]
    return [(source[0] + a, source[0] + b) for a, b in bounds] if len(bounds) > 1 and all(known) else []


def _names_one(part: str, people: People) -> bool:
    """A name by itself: of a side, a person, or a title with one."""
    words = part.split()
    proper = all(w[:1].isupper() or w.lower() in _SMALL for w in words)
    name, side = people.speaker(part)
    told = person(name, people) if name else False
    return len(words) <= 9 and bool(name) and (proper or told) and (bool(side) or told or len(words) <= 3)


def voices(kept: Sequence[Attribution], document: Document, people: People) -> list[Voice]:
    """Who speaks in each attribution; pronouns are looked for in the words around, in the paragraph, and in who spoke last.

    Args:
        kept: the attributions that have a source.
        document: whose text it is.
        people: who is who.

    Returns:
        A voice for each attribution.
    """
    text = document.text
    called = [cut(text, a.source) for a in kept]
    out = [Voice(c, is_carrier(c), _own(c), tuple(_outer(kept, n))) for n, c in enumerate(called)]
    last = own_home = home(document, people)
    body: Name = ("", "")
    last_at = 0
    for n, voice in enumerate(out):
        name, low = people.speaker(voice.called), voice.called.lower()
        outer = next((out[m].name for m in voice.around if out[m].name[0] and not out[m].carrier), None)
        if low in PRONOUNS:
            name = outer or _meant(text, kept[n], document, people, voice.called) or ("", "")
            if not name[0] and people.can_mean(voice.called, last[0]) and _near(document, last_at, kept[n].start):
                name = last
            if not name[0]:
                name = _only_one_before(text, kept[n], document, people)
        elif low in ("a", "answer"):
            name = _interviewed(document, people) or ("", "")
        elif _BOTH.fullmatch(low) and len(people.parties) == 2:
            name = (voice.called, "; ".join(people.parties))
        elif low in ("it", "they"):
            name = outer or _body_speaking(out, kept, n, people) or _body_before(text, kept[n], document, people, body)
            if not name[0] and n and kept[n - 1].sentence == kept[n].sentence:
                name = out[n - 1].name
        elif voice.own:
            name = outer or (own_home if own_home[0] else last)
        elif name[0] and not voice.carrier:
            if not person(name[0], people):
                name = _by_rank(voice.called, text, kept[n], people) or name
            if not name[1]:
                name = (
                    name[0],
                    _side_of(voice.called, text, kept[n], document, people, last, body)
                    or _side_of_facts(voice.called, text, kept[n], people)
                    or _side_of_organ(voice.called, text, kept[n], document, people)
                    or (own_home[1] if _BY_OFFICE.search(voice.called) and own_home[0] else ""),
                )
                if name[1] and person(name[0], people):
                    people.sides[name[0].split()[-1]] = name[1]
            if person(name[0], people) or (name[1] and ROLES & set(low.replace(",", " ").split())):
                last, last_at = name, kept[n].start
            elif name[1]:
                body = name
        out[n] = replace(voice, name=name)
    # what one place tells of a person holds for all others
    told = {v.name[0]: v.name[1] for v in out if v.name[1] and person(v.name[0], people)}
    return [v if v.name[1] else replace(v, name=(v.name[0], told.get(v.name[0], ""))) for v in out]


def _only_one_before(text: str, a: Attribution, document: Document, people: People) -> Name:
    """The only person whom the paragraph before names."""
    n = next((k for k, p in enumerate(document.paragraphs) if p[0] <= a.start < p[1]), 0)
    named = re.findall(r"[A-ZÀ-Þ][\w-]+", text[slice(*document.paragraphs[n - 1])]) if n else []
    people_named = {w for w in named if w in people.names}
    surname = people_named.pop() if len(people_named) == 1 else ""
    return people.names.get(surname, surname), people.sides.get(surname, "")


def _by_rank(called: str, text: str, a: Attribution, people: People) -> Name | None:
    """*The major*, where the text has named Major Peter Lindqvist."""
    rank = re.fullmatch(r"[Tt]he ([a-z]+)", called)
    named = re.findall(rf"\b{rank[1].title()} ((?:[A-ZÀ-Þ][\w’'-]+ ?){{1,3}})", text[: a.start]) if rank else []
    found = people.speaker(named[-1]) if named else ("", "")
    return found if found[0] and person(found[0], people) else None


def _near(document: Document, earlier: int, later: int) -> bool:
    """No more than one paragraph lies between."""
    at = [next((k for k, p in enumerate(document.paragraphs) if p[0] <= x < p[1]), 0) for x in (earlier, later)]
    return at[1] - at[0] <= 2 or bool(document.speaker)


def _body_speaking(out: Sequence[Voice], kept: Sequence[Attribution], n: int, people: People) -> Name | None:
    """The body that speaks in the sentence before: *The ministry confirms ... It adds ...*."""
    for k in range(n - 1, -1, -1):
        if kept[k].sentence == kept[n].sentence or out[k].around:
            continue
        near = kept[n].sentence[0] - kept[k].sentence[1] <= 2
        return out[k].name if near and out[k].name[0] and not person(out[k].name[0], people) else None
    return None


def person(name: str, people: People) -> bool:
    """A person who has a name, not a state or *officials*."""
    return bool(name) and (name.rsplit(maxsplit=1)[-1] in people.names or name.rsplit(maxsplit=1)[-1] in people.sides)


def _side_of(called: str, text: str, a: Attribution, document: Document, people: People, last: Name, body: Name) -> str:
    """Whose side *its army chief*, *his boss* and *the ministry* are on, by what stands before them; empty where nothing tells."""
    possessed = _POSSESSED.match(called)
    if re.search(r"\b(?:opposite|opponent|counterpart|rival|adversary|enem(?:y|ies))\b", called, re.IGNORECASE):
        return ""
    if possessed and possessed[1].lower() in ("his", "her"):
        him = _meant(text, a, document, people, possessed[1])
        return him[1] if him is not None else last[1]
    if possessed:
        return _body_before(text, a, document, people, body)[1] or _written_in(document, people)
    bare = _BODY_WORD.search(called)
    if bare is None or people.side(called):
        return ""
    head = bare[1].lower()
    names = people.spelt.pattern
    before = f"{document.title}\n{document.head}\n{text[: a.start]}"
    told: list[tuple[int, str]] = [
        (m.start(), people.words[m["side"]])
        for m in re.finditer(
            rf"{names}(?:[’']s?)? (?:\w+ ){{0,2}}(?i:{head})\b".replace("(?<!\\w)(", "(?<!\\w)(?P<side>", 1), before
        )
    ]
    for match in re.finditer(rf"\b(?i:{head}) (?:of|in)\b(?P<rest>[^.\n]{{0,80}})", before):
        side = people.spelt.search(match["rest"])
        told += [(match.start(), people.words[side[1]])] if side else []
    if not told and head in _OF_NOBODY:
        return body[1]
    return max(told)[1] if told else _written_in(document, people)


def _interviewed(document: Document, people: People) -> Name | None:
    """The only person whom the heading of an interview names: the answers are his."""
    named = {m for m in re.findall(r"[A-ZÀ-Þ][\w’'-]+", f"{document.title}\n{document.head}") if m in people.names}
    surname = named.pop() if len(named) == 1 else ""
    if not surname:
        return None
    side = people.sides.get(surname, "")
    if not side and document.paragraphs:
        # *The British foreign secretary received us*: the one office that the first paragraph names
        opening = f"{document.head}\n{document.text[slice(*document.paragraphs[0])]}"
        told = {
            people.words[m[1]]
            for m in people.spelt.finditer(opening)
            if OFFICES & set(re.findall(r"[a-z]+", opening[m.end() : m.end() + 45].lower()))
        } - {""}
        side = told.pop() if len(told) == 1 else ""
        people.sides[surname] = side
    return people.names[surname], side


def _side_of_facts(called: str, text: str, a: Attribution, people: People) -> str:
    """An official of whom no word tells the side speaks for the one side whose stand he tells as a fact: *Moscow accepts it, the minister said*."""
    words = {w.lower() for w in re.findall(r"\w+", called)}
    if not words & OFFICES or words & PRIVATE or people.side(called):
        return ""
    start = re.match(r"\W*(?:that )?(?:the )?", text[slice(*a.content[0])], re.IGNORECASE)
    match = people.spelt.match(text, a.content[0][0] + (start.end() if start else 0))
    plain = match and re.match(
        r" (?:was|is|has|had|would|will|did|does|[a-z]+(?:s|ed))\b", text[match.end() : match.end() + 20]
    )
    return people.words[match[1]] if match and plain else ""


def _side_of_organ(called: str, text: str, a: Attribution, document: Document, people: People) -> str:
    """*Israel denied it. ..., an army spokeswoman said*: an organ without a name is that of the side whose doing the sentence before begins with; else an
    official of whom nothing is told is of the party in whose capital the dispatch was written.
    """
    words = {w.lower() for w in re.findall(r"\w+", called)}
    if not words & OFFICES or words & PRIVATE or people.side(called):
        return ""
    start = next((p[0] for p in document.paragraphs if p[0] <= a.start < p[1]), 0)
    before = _SENTENCE.split(text[start : a.sentence[0]].strip())[-1]
    match = people.spelt.match(before, len(before) - len(before.lstrip('“"«')))
    if match and words & _ORGANS:
        return people.words[match[1]]
    side = _written_in(document, people)
    return (
        side if side in people.parties and words & (_ORGANS | {"general", "minister", "president", "premier"}) else ""
    )


def _written_in(document: Document, people: People) -> str:
    """The side of the place where a dispatch was written: *the government* without a name is the one there."""
    told = next((w for why, w in document.dropped if why == WRITTEN_AT), "")
    place = re.match(r"[^\W\d_]+(?: [^\W\d_]+)?", told)
    return people.words.get(place.group().title(), "") if place else ""


def _body_before(text: str, a: Attribution, document: Document, people: People, body: Name) -> Name:
    """The state or body that *it* means: the first that its sentence names before it, else the sentence before; else who spoke last."""
    start = next((p[0] for p in document.paragraphs if p[0] <= a.start < p[1]), 0)
    for sentence in reversed(_SENTENCE.split(text[start : a.start])):
        match = people.spelt.search(sentence)
        if match and people.words[match[1]]:
            return match[1], people.words[match[1]]
    return body


def _own(source: str) -> bool:
    """The speaker himself: *we*, *her country*."""
    return source.lower() in OWN or bool(_HIS_OWN.fullmatch(source))


def _outer(attributed: Sequence[Attribution], n: int) -> list[int]:
    """The attributions in whose content this one stands, the nearest first."""
    a = attributed[n]
    place = a.cue[0] if a.cue else a.start
    around = [
        m
        for m, b in enumerate(attributed)
        if m != n and any(x <= place < y for x, y in b.content) and b.content != a.content and b.cue != a.cue
    ]
    return sorted(around, key=lambda m: sum(y - x for x, y in attributed[m].content))


def _meant(text: str, a: Attribution, document: Document, people: People, pronoun: str) -> Name | None:
    """Whom *he* means: the person whom the sentence before it in the paragraph names first."""
    paragraph = next((p for p in document.paragraphs if p[0] <= a.start < p[1]), (0, 0))
    before = _SENTENCE.split(text[paragraph[0] : a.sentence[0]])
    for sentence in reversed(before):
        surname = people.first_in(sentence, pronoun)
        role = _ROLE.search(sentence)
        if role and (not surname or role.start() < sentence.find(surname) - 40):
            name, side = people.speaker(role.group())
            return (name or role.group(), side)
        if surname:
            return people.names.get(surname, surname), people.sides.get(surname, "")
    return None
