"""One member of the cast for all mentions of one person, body or side: names, offices, pronouns and what somebody was called before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from servanda.statements.cast.lexicon import (
    ANYBODY,
    FACING,
    GROUPS,
    IRREGULAR,
    MISSIONS,
    OFFICES,
    ORGANS,
    PERSONS,
    SORTS,
    UNDER,
)
from servanda.statements.cast.mentions import Mention
from servanda.statements.cast.ties import whose
from servanda.statements.speakers import People
from servanda.statements.words import Span

_HE = frozenset("he him his himself she her herself".split())
_IT = frozenset("it its itself".split())
_THEY = frozenset("they them their themselves".split())
_NEAR = 2
"""So many paragraphs back a pronoun looks."""


@dataclass(eq=False)
class Member:
    """Somebody or something in a document. ``name``: of a person, whole where it is known; ``sure``: words that are said of it tell its side."""

    kind: str
    name: str = ""
    mentions: list[Mention] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    sex: str = ""
    private: bool = False
    side: str = ""
    sure: bool = False

    def add(self, m: Mention) -> None:
        """One more mention of it."""
        self.mentions.append(m)
        if m.head and m.kind != "pronoun":
            self.heads.add(m.head)
        self.words.update(m.words)
        self.sex = self.sex or m.sex
        self.private = self.private or (m.private and m.kind == "person")


class Members:
    """The members of a document, found mention by mention from its beginning."""

    def __init__(self, mentions: Sequence[Mention], people: People, own: Span = (0, 0)) -> None:
        self.people = people
        self.all: list[Member] = []
        self.of: dict[int, Member] = {}
        self._names: dict[str, Member] = {}
        self._sides: dict[str, Member] = {}
        self._so_far: list[Mention] = []
        for m in mentions:  # names first: what a later sentence tells of a person holds for all
            if m.name and m.kind == "person":
                self._take(m, self._named(m.name))
        self.own = [x for x in mentions if own[0] <= x.span[0] < own[1]]
        for m in self.own:  # whose own words they are goes before all
            member = self.of.get(id(m)) or self._member(m)
            if member is not None:
                self._take(m, member)
            self._so_far.append(m)
        for m in mentions:
            if id(m) not in self.of:
                member = self._member(m)
                if member is not None:
                    self._take(m, member)
            self._so_far.append(m)

    def member(self, m: Mention | None) -> Member | None:
        """Whom a mention means."""
        return self.of.get(id(m)) if m is not None else None

    def told(self, m: Mention) -> str:
        """The side that a mention's own words tell, with whose it is and of what."""
        if m.owner is not None:
            mine = self.member(m.owner)
            if mine is not None and mine.side and not _opposite(m):
                special = (
                    m.told and self.people.kind_of(m.told) != "state" and self.people.kind_of(mine.side) == "state"
                )
                return m.told if special else mine.side  # *Yemen's Houthis*
        if m.told and m.kind != "nation":
            return self._of_body(m)
        if m.of is not None and whose(m.of[0], m, m.of[1]):
            member = self.member(m.of[1])
            return self.told(m.of[1]) or (member.side if member is not None else "")
        return self._facing(m)

    def _facing(self, m: Mention) -> str:
        """*his counterpart*, of one of two parties: the other."""
        mine = self.member(m.owner) if m.owner is not None and {m.head, *m.words} & FACING else None
        others = [p for p in self.people.parties if mine is not None and p != mine.side]
        return others[0] if len(others) == 1 and len(self.people.parties) == 2 else ""

    def _of_body(self, m: Mention) -> str:
        """*the Swiss member of the commission* is the commission's; where nobody knows whose that is, he has no side by his passport."""
        of = m.of[1] if m.of is not None and m.of[0] in ("of", "for", "with", "leads") else None
        if (
            of is None
            or m.kind != "person"
            or of.kind not in ("body", "side")
            or self.people.kind_of(m.told) != "state"
        ):
            return m.told
        theirs = self.told(of)
        if theirs:
            return theirs if self.people.kind_of(theirs) != "state" else m.told
        return "" if of.kind == "body" and of.head in MISSIONS else m.told

    def _take(self, m: Mention, member: Member) -> None:
        self.of[id(m)] = member
        member.add(m)
        if m.kind in ("side", "body") and m.told:
            member.side = member.side or m.told
        elif m.kind != "nation" and not m.private:
            member.side = member.side or self.told(m)

    def _new(self, kind: str, name: str = "") -> Member:
        member = Member(kind, name)
        self.all.append(member)
        return member

    def _named(self, name: str) -> Member:
        key = self.people.canonical(name)
        if key not in self._names:
            self._names[key] = self._new("person", key)
        return self._names[key]

    def _member(self, m: Mention) -> Member | None:
        if m.same is not None and id(m.same) in self.of and m.kind != "side":
            return self.of[id(m.same)]
        if m.kind == "pronoun":
            return self.meant(m)
        if m.kind == "side":
            if m.told not in self._sides:
                self._sides[m.told] = self._new("side")
            return self._sides[m.told]
        if m.kind in ("person", "nation"):
            return self._described(m)
        if m.kind == "body":
            return self._body(m)
        return self._new(m.kind)

    # --- what was called otherwise before

    def _before(self, m: Mention, sentences: int = 10_000) -> Iterator[Mention]:
        """The mentions before one, the nearest first."""
        for one in reversed(self._so_far):
            if m.sentence - one.sentence > sentences:
                return
            yield one

    def _described(self, m: Mention) -> Member:
        """*the general*, *the Hezbollah lawmaker*, *its president*: who was so called before, or somebody new."""
        if m.definite != "a" and not _opposite(m) and m.kind != "people":
            side = "" if m.kind == "nation" else self.told(m)
            for one in self._before(m):
                member = self.member(one)
                if (
                    member is not None
                    and member.kind == "person"
                    and one is not m.owner
                    and self._held(m, member, side)
                ):
                    return member
            if m.definite in ("own", "") or side:
                for member in self.all:
                    if member.name and side and member.side == side and self._held(m, member, side):
                        return member
            known = self.people.offices.get((side, m.head, tuple(sorted(SORTS & set(m.words)))), "")
            if known:
                return self._named(known)
            varied = self._varied(m, side)
            if varied is not None:
                return varied
        return self._new("person")

    def _held(self, m: Mention, member: Member, side: str) -> bool:
        """The member holds the office by which the mention calls somebody."""
        if m.head not in OFFICES or not m.proper <= member.words:
            return False
        if not (m.head in member.heads or UNDER.get(m.head, frozenset()) & member.heads):
            return False
        sorts, theirs = SORTS & set(m.words), SORTS & member.words
        if sorts and not sorts <= theirs and m.head in member.heads:
            return False
        if m.sex and member.sex and m.sex != member.sex:
            return False
        return not side or side == member.side or (not member.side and not member.name)

    def _varied(self, m: Mention, side: str) -> Member | None:
        """*Salim Awada left. The Hezbollah lawmaker said*: the only person who was a subject just before, and of whom nothing else is told."""
        if m.definite != "the" or ((m.of is not None or m.owner is not None) and not side):
            return None
        if m.proper:
            return None
        for one in self._before(m, 2):
            member = self.member(one)
            if one.sentence == m.sentence or member is None or member.kind != "person":
                continue
            if not one.subject and not (side and one.paragraph == m.paragraph and self._alone(one)):
                continue
            offices = member.heads & OFFICES
            fits = m.kind == "nation" or m.head in ANYBODY or not offices or bool(side and not m.head)
            apart = (side and member.side and side != member.side) or (m.sex and member.sex and m.sex != member.sex)
            if m.head in PERSONS and m.head not in ANYBODY and offices:
                fits = False
            return member if member.name and fits and not apart and not (member.private and side) else None
        return None

    def _alone(self, one: Mention) -> bool:
        """The only person whom its sentence names."""
        return sum(bool(x.name) for x in self._so_far if x.sentence == one.sentence) == 1

    def _body(self, m: Mention) -> Member:
        """*the ministry*, *the group*, *the mission*: the last body that was so called, or of which it can be said."""
        side = self.told(m)
        if m.definite != "a" and not side and m.owner is None:
            for one in self.own:
                member = self.member(one)
                if member is not None and m.head in member.heads and _sorted_alike(m, one):
                    return member
            for one in self._before(m):
                member = self.member(one)
                if member is None or member.kind not in ("side", "body"):
                    continue
                if one.head == m.head and one.kind == "body" and _sorted_alike(m, one) and m.proper <= set(one.words):
                    return member
                if not member.side or m.proper:
                    continue
                kind = self.people.kind_of(member.side)
                if m.head in GROUPS and kind == "group" and m.head not in ORGANS:
                    return self._of_side(member.side)
                if m.head in MISSIONS and kind == "body" and m.head not in ORGANS:
                    return self._of_side(member.side)
            only = self._group(m) if m.head in GROUPS else self._watcher(m)
            if only:
                return self._of_side(only)
        member = self._new("body")
        member.side = side
        return member

    def _group(self, m: Mention) -> str:
        """The only group of the agreement, whatever it is called; not one with a name of its own in which no word is that group's: *the Plain Front*."""
        only = self.people.only("group")
        called = {w for name, side in self.people.words.items() if side == only for w in name.lower().split()}
        named = m.proper - IRREGULAR - GROUPS
        return only if not named or named & called else ""

    def _watcher(self, m: Mention) -> str:
        """The body of the agreement that *the mission* or *the neutral commission* is."""
        if m.head not in MISSIONS or m.of is not None or SORTS & set(m.words):
            return ""
        return self.people.watcher(m.head, m.words) if not m.proper else self.people.described(m.words, m.proper)

    def _of_side(self, side: str) -> Member:
        if side not in self._sides:
            self._sides[side] = self._new("side")
            self._sides[side].side = side
        return self._sides[side]

    # --- pronouns

    def meant(self, m: Mention, not_: Member | None = None, *, before: int | None = None) -> Member | None:
        """Whom a pronoun means: the nearest before it that it can mean, subjects first, sentence by sentence.

        Args:
            m: the pronoun, or what stands for one.
            not_: who is not meant.
            before: only mentions that end before this character count; left out, all that were read.

        Returns:
            The member, or nothing.
        """
        low = m.head
        kinds = (
            ("person",)
            if low in _HE
            else ("body", "side")
            if low in _IT
            else ("body", "side", "people")
            if low in _THEY
            else ()
        )
        if not kinds:
            return None
        sex = "she" if low in ("she", "her", "herself") else "he"
        place = m.span[0] if before is None else before
        here: list[Mention] = []
        at: tuple[int, int] | None = None
        for one in [*reversed(self._so_far), None]:
            if one is not None and (one.span[1] > place or (one.kind == "pronoun" and id(one) not in self.of)):
                continue
            if one is not None and one.sentence == m.sentence and m.quoted < 0 <= one.quoted:
                continue  # *"The brigadier cannot read", he said*: nobody behind a quotation is whom it speaks of
            where = (one.sentence, one.quoted if one.sentence == m.sentence else -1) if one is not None else None
            if at is not None and where != at:
                chosen = self._chosen(here, m)
                if chosen is not None:
                    return chosen
                here = []
            if one is None or m.paragraph - one.paragraph > _NEAR:
                break
            at = where
            member = self.member(one)
            if (
                member is not None
                and member is not not_
                and member.kind in kinds
                and (kinds != ("person",) or not member.sex or member.sex == sex)
                and not (kinds == ("person",) and member.name and not self.people.can_mean(sex, member.name))
                and not (low in _IT and (one.many or _folk(one)))
                and not (
                    low in _THEY
                    and member.kind == "side"
                    and self.people.kind_of(member.side) == "state"
                    and not _folk(one)
                )
            ):
                here.append(one)
        return self._chosen(here, m)

    def _chosen(self, here: Sequence[Mention], m: Mention) -> Member | None:
        """Of the mentions of one sentence, from its end to its beginning, whom a pronoun means: its first subject, else who is named first."""
        free = [one for one in here if not one.owned or one.kind == "pronoun"] or list(here)
        subjects = [one for one in free if one.subject]
        same = here and here[0].sentence == m.sentence
        chosen = (
            subjects[-1]
            if subjects
            else None
            if same and m.subject and not m.head.endswith("self") and free and free[0].last + 1 == m.first
            else free[-1]
            if free
            else None
        )
        return self.member(chosen)


def _opposite(m: Mention) -> bool:
    """*his counterpart*, *her Russian colleague*, *its rival*: of another side than whose it is."""
    return bool({m.head, *m.words} & (FACING | {"colleague", "predecessor", "ally"}))


def _folk(one: Mention) -> bool:
    """*the Georgians*, *the French*: a side called by its people."""
    return (
        one.kind == "side" and one.definite == "the" and one.head.endswith(("ns", "is", "ts", "ks", "ese", "ish", "ch"))
    )


def _sorted_alike(m: Mention, one: Mention) -> bool:
    """*the foreign ministry* is not *the defence ministry*."""
    mine, other = SORTS & set(m.words), SORTS & set(one.words)
    return not mine or not other or mine == other
