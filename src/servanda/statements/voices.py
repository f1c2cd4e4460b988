"""Who speaks in each attribution of a document: several where several speak together; who *he*, *it* and *the ministry* are, the cast of the document tells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import or_

from servanda.statements.cast import Cast
from servanda.statements.cast.lexicon import GROUPS, ORGANS
from servanda.statements.documents import Document
from servanda.statements.speakers import PRONOUNS, People, is_carrier, means_himself, near_to_somebody
from servanda.statements.stances import takes_a_stand
from servanda.statements.verbs import Attribution
from servanda.statements.words import Span, quotations

Name = tuple[str, str]
"""A name and a side; either may be empty."""

_HIS_OWN = re.compile(
    r"(?:his|her|its|their|our|my) (?:own )?(?:country|government|side|party|delegation|forces|army)", re.IGNORECASE
)
_PARTS = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
_NAMED = r"(?:[Tt]he )?[A-ZÀ-Þ][\w.’'-]*(?: [A-ZÀ-Þ][\w’'-]*){0,3}"
_LIST = re.compile(rf"({_NAMED}(?:, {_NAMED})*,? and {_NAMED}),?\s*$")
"""Names that end a text: *A, B and C,*"""
_ASIDE = re.compile(r"[,—–]\s+(?:(?:even )?as|despite|amid)\s+[^,;]{0,80}$")
"""Where the document itself goes on behind what somebody said: *despite offers from*, *as A has signalled*."""
_OBJECT = 4  # letters between a verb and its object: *the*
_SMALL = frozenset("the both of de van von bin al der and".split())
_BOTH = re.compile(
    r"(?:both|the two|the|both of the) (?:sides|parties|delegations|governments|armies|commands|capitals|adversaries|warring parties|belligerents|leaders|generals)"
)
_ANSWER = frozenset(["a", "answer"])


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


def home(document: Document, people: People, cast: Cast) -> Name:
    """Who speaks in a message himself, and his side; nobody in an article."""
    return (document.speaker, cast.home or people.speaker(document.speaker)[1]) if document.speaker else ("", "")


def each_speaker(attributed: Sequence[Attribution], text: str, people: People) -> list[Attribution]:
    """The same attributions, one for each who speaks: *A, B and C proposed* has three speakers."""
    out: list[Attribution] = []
    for a in attributed:
        parts = _joint(text, _listed(text, a), people) if a.source else []
        out += [replace(a, source=part) for part in parts] or [a]
    return out


def without_asides(attributed: Sequence[Attribution], text: str) -> list[Attribution]:
    """The same attributions; what the document itself adds behind somebody's words of what others say is none of his.

    Args:
        attributed: of a document.
        text: of it.

    Returns:
        As many, with contents that end before *despite offers from A, who said* and *as A has signalled*.
    """
    firsts: dict[Span, dict[Span, int]] = defaultdict(dict)
    for b in attributed:
        if b.cue:
            firsts[b.sentence][b.cue] = min(b.start, firsts[b.sentence].get(b.cue, b.start))
    out = []
    for a in attributed:
        cuts = [
            x + found.start()
            for x, y in a.content
            for cue, first in firsts[a.sentence].items()
            if cue != a.cue
            and x < first
            and cue[0] < y
            and (found := _ASIDE.search(text[x:first]))
            and not any(q < found.start() < r for q, r in quotations(text[x:y], (0, y - x)))
        ]
        at = min(cuts, default=None)
        kept = a.content if at is None else tuple((x, min(y, at)) for x, y in a.content if x < at)
        out.append(replace(a, content=kept) if kept else a)
    return out


def _listed(text: str, a: Attribution) -> tuple[int, int]:
    """The source; of *A, B and C, who offered* the names for which *who* stands."""
    source = a.source or (0, 0)
    if text[slice(*source)].lower() not in ("who", "which"):
        return source
    names = _LIST.search(text, a.sentence[0], source[0])
    return names.span(1) if names else source


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
    called = [whole[a:b].lower() for a, b in bounds]
    organs = [name in ORGANS | GROUPS for name in called]  # *the army and the Movement*
    two = any(known) or not (ORGANS.isdisjoint(called) or GROUPS.isdisjoint(called))
    joint = len(bounds) > 1 and two and all(map(or_, known, organs))
    the = [
        len("the ") if organ and whole[:a].lower().endswith("the ") else 0
        for organ, (a, _) in zip(organs, bounds, strict=True)
    ]
    return [(source[0] + a - its, source[0] + b) for its, (a, b) in zip(the, bounds, strict=True)] if joint else []


def _names_one(part: str, people: People) -> bool:
    """A name by itself: of a side, a person, or a title with one."""
    words = part.split()
    proper = all(w[:1].isupper() or w.lower() in _SMALL for w in words)
    name, side = people.speaker(part)
    told = person(name, people) if name else False
    return len(words) <= 9 and bool(name) and (proper or told) and (bool(side) or told or len(words) <= 3)


def voices(kept: Sequence[Attribution], document: Document, people: People, cast: Cast) -> list[Voice]:
    """Who speaks in each attribution.

    Args:
        kept: the attributions that have a source.
        document: whose text it is.
        people: who is who.
        cast: of the document.

    Returns:
        A voice for each attribution.
    """
    return _Voices(kept, document, people, cast).out


_POSSESSORS = {"his": "he", "her": "she", "its": "it", "their": "they"}
"""*His words*: whose."""


class _Voices:
    """The voices of one document, in the order of its text."""

    def __init__(self, kept: Sequence[Attribution], document: Document, people: People, cast: Cast) -> None:
        self.kept, self.document, self.people, self.cast = kept, document, people, cast
        called = [cut(document.text, a.source) for a in kept]
        self.out = [Voice(c, is_carrier(c), _own(c), tuple(_outer(kept, n))) for n, c in enumerate(called)]
        self.home = home(document, people, cast)
        self.last, self.last_at = self.home, 0
        for n, voice in enumerate(self.out):
            name = self._name(n, voice)
            self.out[n] = replace(voice, name=name)
            if person(name[0], people) and not voice.carrier:
                self.last, self.last_at = name, kept[n].start

    def _name(self, n: int, voice: Voice) -> Name:
        low, source = voice.called.lower(), self.kept[n].source or (0, 0)
        outer = next((self.out[m].name for m in voice.around if self.out[m].name[0] and not self.out[m].carrier), None)
        if low in ("who", "which"):
            before = self.cast.just_before(source[0])
            return (self.cast.called(before), before.side) if before is not None else ("", "")
        if (low := _POSSESSORS.get(low, low)) in PRONOUNS | {"it", "they"}:
            return self._pronoun(n, low, source, outer)
        if low in _ANSWER:
            return self._interviewed() or ("", "")
        if _BOTH.fullmatch(low) and len(self.people.parties) == 2 and self._names_a_party():
            return voice.called, "; ".join(self.people.parties)
        if voice.own:
            narrated = means_himself(voice.called) and not self._in_quotation(n)  # *we wrote that*: the document itself
            return outer or (self.home if self.home[0] or narrated else self.last)
        return self._described(voice, source)

    def _pronoun(self, n: int, low: str, source: tuple[int, int], outer: Name | None) -> Name:
        """*X said that he would*: X; *"He would", X said*: somebody whom the text named before."""
        spoken = outer is not None and self._in_quotation(n)
        if outer and not spoken and (low not in ("it", "they") or not person(outer[0], self.people)):
            return outer
        member = self.cast.meant(source, outer[0] if outer else "")
        if member is not None:
            return self.cast.called(member), member.side
        if (
            low in PRONOUNS
            and self.people.can_mean(low, self.last[0])
            and _near(self.document, self.last_at, source[0])
        ):
            return self.last if not spoken or self.last != outer else ("", "")
        if low in ("it", "they") and n and self.kept[n - 1].sentence == self.kept[n].sentence:
            return self.out[n - 1].name
        return "", ""

    def _in_quotation(self, n: int) -> bool:
        """It stands between quotation marks of the words in which it stands."""
        at = (self.kept[n].source or (0, 0))[0]
        paragraph = next((p for p in self.document.paragraphs if p[0] <= at < p[1]), None)
        return paragraph is not None and any(a < at < b for a, b in quotations(self.document.text, paragraph))

    def _described(self, voice: Voice, source: tuple[int, int]) -> Name:
        """A name or a description, as the cast knows it."""
        said, its = self.people.speaker(voice.called)
        member = self.cast.member(source)
        if member is None:
            return said, its
        if member.name and self._near_to(voice, member.name):
            return "", ""
        if member.name and member.kind == "person":
            return member.name, member.side
        name = said or (self.cast.named(source) if member.side and member.kind != "thing" else "")
        side = member.side
        if "; " in its and side in its.split("; "):
            side = its
        return name, side if name else ""

    def _near_to(self, voice: Voice, name: str) -> bool:
        """He is described by that person: *a friend of Deby*."""
        return near_to_somebody(voice.called.partition(name.rsplit(maxsplit=1)[-1])[0])

    def _names_a_party(self) -> bool:
        """The document speaks of a party by name: *both sides* of another truce are not these."""
        found = self.people.spelt.finditer(f"{self.document.title}\n{self.document.head}\n{self.document.text}")
        return any(self.people.words[m[1]] in self.people.parties for m in found)

    def _interviewed(self) -> Name | None:
        """Whom the heading of an interview names, or the only person of whom its text tells who he is: the answers are his."""
        member = self.cast.interviewed(self.document)
        return (member.name, member.side) if member is not None else None


def _near(document: Document, earlier: int, later: int) -> bool:
    """No more than one paragraph lies between."""
    at = [next((k for k, p in enumerate(document.paragraphs) if p[0] <= x < p[1]), 0) for x in (earlier, later)]
    return at[1] - at[0] <= 2 or bool(document.speaker)


def person(name: str, people: People) -> bool:
    """A person who has a name, not a state or *officials*."""
    return bool(name) and (name.rsplit(maxsplit=1)[-1] in people.names or name.rsplit(maxsplit=1)[-1] in people.sides)


def _own(source: str) -> bool:
    """The speaker himself: *we*, *her country*."""
    return means_himself(source) or bool(_HIS_OWN.fullmatch(source))


def _takes(b: Attribution, at: int) -> bool:
    """*brushed aside Moscow's call to*: what a verb of stance has as its object is told by the text, and by nobody in it."""
    return not b.direct and 0 <= at - b.content[0][0] <= _OBJECT and (takes_a_stand(b.verb, "") or b.verb == "call")


def _outer(attributed: Sequence[Attribution], n: int) -> list[int]:
    """The attributions in whose content this one stands, the nearest first."""
    a = attributed[n]
    place = a.cue[0] if a.cue else a.start
    around = [
        m
        for m, b in enumerate(attributed)
        if m != n
        and any(x <= place < y for x, y in b.content)
        and b.content != a.content
        and b.cue != a.cue
        and not (a.held and a.source and _takes(b, a.source[0]))
    ]
    return sorted(around, key=lambda m: sum(y - x for x, y in attributed[m].content))
