"""To whom each member of the cast belongs: by every word of the text that tells it; where none does, by what stands around, if that leaves no doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from servanda.statements import cues
from servanda.statements.cast.lexicon import (
    ARMED,
    GROUPS,
    MAN,
    OFFICES,
    ORGANS,
    OUTSIDE,
    RANKS,
    SORTS,
    SPOKES,
    STATE_OFFICES,
    TO,
    UNDER,
)
from servanda.statements.cast.members import Member, Members
from servanda.statements.cast.mentions import Mention, Mentions
from servanda.statements.cast.wills import sides_told, verbs, will_told
from servanda.statements.speakers import People

_ROUNDS = 3
_STATE = frozenset(
    "minister government army military police parliament president premier ministry forces troops authorities navy presidency cabinet".split()
)
_GENERAL = frozenset("side forces troops delegation team soldiers command".split())
_DEPARTMENTS = frozenset("defence defense interior foreign finance justice security intelligence energy".split())
_SERVING = (RANKS - {"commander", "cmdr"}) | {"officer", "secretary", "commissioner"}
_WANTS = frozenset("want demand seek insist oppose reject refuse accept require".split())
_TALKS = frozenset("talks meeting meetings summit round negotiations conference consultations".split())
_HOME = frozenset("general minister president premier chief commander spokesman spokeswoman spokesperson".split())


class Sides:
    """Settles the sides of the members of one document."""

    def __init__(
        self,
        members: Members,
        sentences: dict[int, Mentions],
        people: People,
        dateline: str,
        home: str = "",
        briefing: str = "",
    ) -> None:
        self.members, self.sentences, self.people, self.dateline = members, sentences, people, dateline
        self.home = home if people.kind_of(home) != "body" else ""  # a mission tells of others' officials
        self.order = [m for member in members.all for m in member.mentions]
        self.order.sort(key=lambda m: m.span)
        self.weak = False
        self.briefing = briefing
        self.labelled = list(dict.fromkeys(filter(None, map(members.member, self._labels())))) if briefing else []

    def _labels(self) -> Iterator[Mention]:
        """Who is named before a colon where a paragraph begins, and is not one of those who ask."""
        last = -1
        for m in self.order:
            opens = m.paragraph > last and m.first == 0 and m.name
            if opens and ":" in (
                self.sentences[m.sentence].lower(m.last + 1),
                self.sentences[m.sentence].lower(m.end + 1),
            ):
                yield m
            last = m.paragraph

    def settle(self) -> None:
        """Give each member the side that its mentions tell, then that which leaves no doubt."""
        self._by_words()
        self.weak = True
        for weak in (
            self._briefer,
            self._bodies,
            self._labelled,
            self._telling,
            self._around,
            self._introduced,
            self._owners,
            self._ranked,
            self._beside,
        ):
            for member in self.members.all:
                if not member.side and (member.kind == "body" or not member.private):
                    member.side = weak(member)
            self._by_words()

    def _by_words(self) -> None:
        for _ in range(_ROUNDS):
            for member in self.members.all:
                votes: Counter[str] = Counter()
                for m in member.mentions:
                    if side := self._vote(m, member):
                        # a rank with an adjective may tell a nationality alone: *its commander, the Peruvian general*
                        plain = m.told and m.owner is None and m.of is None
                        votes[side] += 1 if plain and not {m.head, *m.words} & (STATE_OFFICES | ORGANS | SPOKES) else 3
                if votes:
                    member.side = min(votes, key=lambda s: (-votes[s], s))
                    member.sure = member.sure or not self.weak
                elif member.name and not member.private and not member.side:
                    member.side = self.people.sides.get(member.name, "")

    def _vote(self, m: Mention, member: Member) -> str:
        """The side that one mention tells of its member."""
        if member.kind not in ("person", "people"):
            return self.members.told(m)
        man = m.owner is not None and bool(MAN & set(m.words)) and len(m.words) <= 2
        if (m.private and not man) or m.kind == "pronoun":
            return ""
        plain = m.head in OFFICES | ARMED or m.of is not None or m.kind == "people"
        return self.members.told(m) if plain or man or (m.kind == "thing" and m.owner) else ""

    # --- what leaves no doubt

    def _bodies(self, member: Member) -> str:
        """*the ministry* is that of which the text tells elsewhere, else that of the place where it was written; *the government* of the only state that is a party."""
        if member.kind != "body" or any(m.definite == "a" for m in member.mentions):
            return ""
        heads = (member.heads & (ORGANS | GROUPS)) - _GENERAL
        if told := self._organ(heads, member.words):
            return told
        staff = heads & {"staff", "command"} and member.words & {"general", "joint", "high"}
        named = (member.heads | member.words) & _STATE or staff
        if not (heads & ORGANS or named):
            return ""
        place = self._written_in(member)
        return self.home or place or (self._state() if named else "")

    def _organ(self, heads: set[str], words: set[str] | frozenset[str] = frozenset()) -> str:
        """The side of the only organ of these that the text gives to one: *Spain's ministry denied it. The ministry's spokesman ...*."""
        told = {
            other.side
            for other in self.members.all
            if other.kind == "body" and other.side and other.heads & heads and not (SORTS & words) - other.words
        }
        return told.pop() if len(told) == 1 else ""

    def _labelled(self, member: Member) -> str:
        """*Valdoria. President Greve said ...*, *The mission: General Brandt demands ...*: the side that is the label of his paragraph."""
        if member.kind not in ("person", "people"):
            return ""
        for m in (m for m in member.mentions if m.kind != "pronoun" and not _tied(m)):
            label = next((one for one in self.order if one.paragraph == m.paragraph), m)
            opens = self.sentences[label.sentence]
            alone = opens.lower(label.end + 1) in (".", ":", "")
            theirs = self.members.member(label)
            if (
                label.kind in ("side", "body")
                and label.first <= 1
                and alone
                and theirs is not None
                and label.span < m.span
            ):
                return theirs.side
        return ""

    def _telling(self, member: Member) -> str:
        """An official who tells a side's stand or will as his own; of one side alone."""
        if member.kind != "person" or not member.heads & OFFICES or member.heads & (OUTSIDE | TO):
            return ""
        told = {
            side
            for m in member.mentions
            if m.subject
            for side in sides_told(self.sentences[m.sentence], m, [x for x in self.order if x.sentence == m.sentence])
        }
        return told.pop() if len(told) == 1 else ""

    def _around(self, member: Member) -> str:
        """An official of whom no word tells: of the body that spoke just before; of the side whose stand he tells as a fact; of the party where it was written."""
        offices = member.heads & OFFICES
        if member.kind not in ("person", "people") or not member.mentions:
            return ""
        for m in member.mentions:
            if m.kind == "pronoun" or m.private:
                continue
            before = self._subject_before(m)
            theirs = self.members.member(before)
            if before is not None and theirs is not None and theirs.side:
                organ = set(m.words) & ORGANS
                spokes = (m.head in SPOKES | TO or organ or m.head == "official") and not _tied(m)
                if spokes and theirs.kind in ("side", "body", "people") and self._speaks(before):
                    return theirs.side
                if (
                    not offices
                    and member.name
                    and m is member.mentions[0]
                    and theirs.kind == "person"
                    and not theirs.name
                ):
                    return theirs.side  # *France's envoy was blunt. "...", Luc Perrin said*
            opened = "" if m.head in OUTSIDE else self._opened(member, m.sentence)
            if m.head in OFFICES and not _tied(m) and (side := opened or self._facts(m) or self._context(m)):
                return side
        words = {w for m in member.mentions if not m.private for w in (m.head, *m.words)}
        if words & ORGANS and (side := self._organ(words & ORGANS)):
            return side
        if words & (_HOME | ORGANS) and offices and not any(_tied(m) for m in member.mentions):
            opened = self._opened(member)
            place = self.home or opened or self._written_in(member)
            if place in self.people.parties or (place and place == opened):
                return place
            statal = words & (_STATE | _DEPARTMENTS)
            return self._state() if statal and not place and not self._others(member) else ""
        return ""

    def _state(self) -> str:
        """The only state that is a party, in a text that tells of any party: another war has ministers of its own."""
        told = any(member.side in self.people.parties for member in self.members.all)
        return self.people.only("state") if told or self.dateline or not self._foreign() else ""

    def _foreign(self) -> bool:
        """Somebody in the text has a word of a country or body that is not known: *Eastlander Foreign Minister*."""
        return any(m.proper for m in self.order if m.kind in ("person", "body"))

    def _introduced(self, member: Member) -> str:
        """Who was told of without a name in the paragraph or the sentence before is now named: *the rebels' leader said. Juan Silva, speaking by radio, ...*."""
        m = member.mentions[0] if member.kind == "person" and member.name and member.mentions else None
        if m is None or _tied(m) or m.of is not None or not (m.subject or self._alone(m)):
            return ""
        spoken = [one for one in self.order if one.quoted < 0]
        before = [one for one in spoken if one.span < m.span and one.paragraph == m.paragraph] or [
            one for one in spoken if one.paragraph == m.paragraph - 1
        ]
        told = {
            theirs.side
            for one in before
            if one.kind == "person" and not one.name and not one.private and (one.subject or one.first <= 2)
            if (theirs := self.members.member(one)) is not None and theirs.side and not theirs.name
            if not m.head or (m.head == one.head and self._speaks(one)) or m.head in UNDER.get(one.head, ())
        }
        named = any(one.name and one.kind == "person" and one.span < m.span for one in before)
        return told.pop() if len(told) == 1 and not named else ""

    def _briefer(self, member: Member) -> str:
        """Who answers in the transcript of a briefing that the head of the document gives to a body or a state, where no label is told to be another's."""
        theirs = {one.side for one in self.labelled} - {""}
        return self.briefing if member in self.labelled and theirs <= {self.briefing} else ""

    def _ranked(self, member: Member) -> str:
        """An officer or a secretary of whom nothing tells, where a state and groups in arms are the parties: more likely the state's."""
        if member.kind != "person" or not member.heads & _SERVING or any(_tied(m) or m.of for m in member.mentions):
            return ""
        kinds = [self.people.kind_of(p) for p in self.people.parties]
        if kinds.count("state") != 1 or "group" not in kinds or self._written_in(member) or self._others(member):
            return ""
        named = member.name or (member.heads & RANKS and any(m.definite == "the" for m in member.mentions))
        return self._state() if named else ""

    def _beside(self, member: Member) -> str:
        """An official of whom nothing tells, in a paragraph that has so far named one side alone."""
        words = member.heads | member.words
        if member.kind != "person" or not member.heads & OFFICES or words & OUTSIDE:
            return ""
        if words & GROUPS and (group := self.people.only("group")):
            return group  # *the party spokesman*
        m = next((m for m in member.mentions if m.kind != "pronoun"), None)
        before = [one for one in self.order if m and one.paragraph == m.paragraph and one.span < m.span]
        theirs = [(one, x.side) for one in before if (x := self.members.member(one)) is not None and x.side]
        if any((one.subject and not self._speaks(one)) or one.head in member.heads for one, _ in theirs):
            return ""  # who struck or left is as likely whom he accuses
        if any(m and one.sentence == m.sentence and not one.subject for one, _ in theirs):
            return ""  # *nothing comes of talks with Russia, the president said*: he speaks of it, not for it
        sides = {side for _, side in theirs}
        side = sides.pop() if len(sides) == 1 else ""
        return side if side in self.people.parties or (side and self.people.kind_of(side) != "body") else ""

    def _alone(self, m: Mention) -> bool:
        """The only person whom its sentence names."""
        return sum(bool(one.name) for one in self.order if one.sentence == m.sentence) == 1

    def _owners(self, member: Member) -> str:
        """*Trump's envoy*, who is told to be America's: so is he."""
        if member.kind != "person":
            return ""
        mine = [m for m in self.order if m.owner is not None and self.members.member(m.owner) is member]
        sides = {
            theirs.side
            for m in mine
            if m.head in ("envoy", "spokesman", "spokeswoman", "adviser", "aide", "minister", "deputy")
            and not m.private
            and (theirs := self.members.member(m)) is not None
            and theirs.side
        }
        return sides.pop() if len(sides) == 1 else ""

    def _others(self, member: Member) -> bool:
        """Before somebody is first named his paragraph speaks of a state that is no party."""
        m = member.mentions[0]
        here = [one for one in self.order if one.paragraph == m.paragraph and one.span < m.span and one.kind == "side"]
        here = [one for one in here if not self._venue(one)]
        return any(one.told not in self.people.parties and self.people.kind_of(one.told) == "state" for one in here)

    def _venue(self, m: Mention) -> bool:
        """*after talks in Doha*: a place where others met."""
        words = self.sentences[m.sentence]
        return words.lower(m.first - 1) in ("in", "at") and words.lower(m.first - 2) in _TALKS

    def _context(self, m: Mention) -> str:
        """*Cairo objected. Foreign Minister Sameh Zaki said ...*: a minister is of the state that spoke just before; one that struck or left is as likely whom he accuses."""
        if not STATE_OFFICES & {m.head, *m.words}:
            return ""
        here = [one for one in self.order if one.sentence == m.sentence and one.span < m.span and one.subject]
        before = [
            one for one in self.order if one.sentence == m.sentence - 1 and one.paragraph == m.paragraph and one.subject
        ]
        for one in [*here[-1:], *before[:1]]:
            theirs = self.members.member(one)
            if theirs is not None and theirs.side and theirs.kind in ("side", "body") and self._speaks(one):
                return theirs.side if self.people.kind_of(theirs.side) == "state" else ""
        return ""

    def _speaks(self, m: Mention) -> bool:
        """Its verb says something, thinks, or takes a stand."""
        return next(verbs(self.sentences[m.sentence], m.last + 1), "") in cues.SAYING | cues.THINKING | _WANTS

    def _written_in(self, member: Member) -> str:
        """The side of the place where it was written; in a paragraph that begins with *In Cairo* or *From Cairo*, there.

        *MOSCOW: President Volodymyr Zelensky said Moscow had ...*: not who speaks of that side by its name and never tells its will, and not *a spokesman*.
        """
        if opened := self._opened(member):
            return opened
        beside = {will for m in member.mentions for will in self._named_beside(m)}
        another = beside == {False} or any(m.definite == "a" for m in member.mentions)
        return "" if another else self.dateline

    def _opened(self, member: Member, sentence: int = -1) -> str:
        """The side of the place with which a sentence of the paragraph, or that one sentence, opens: *In Cairo*, *From Cairo*."""
        for m in member.mentions:
            for one in (x for x in self.order if x.paragraph == m.paragraph and sentence in (-1, x.sentence)):
                opens = self.sentences[one.sentence]
                if one.kind == "side" and one.first <= 1 and opens.lower(0) in ("in", "from") and one.span < m.span:
                    return one.told
        return ""

    def _named_beside(self, m: Mention) -> Iterator[bool]:
        """The sentence in which somebody is the subject names the side of the place where it was written: as that whose will he tells, or as another."""
        for one in self.order if m.subject else ():
            if one.sentence == m.sentence and one.first > m.last and one.told == self.dateline:
                yield one.subject and will_told(self.sentences[m.sentence], one)

    def _subject_before(self, m: Mention) -> Mention | None:
        """The subject with which the sentence before a mention begins, in its paragraph."""
        before = [one for one in self.order if one.sentence == m.sentence - 1 and one.paragraph == m.paragraph]
        return next((one for one in before if one.subject), None)

    def _facts(self, m: Mention) -> str:
        """*Moscow accepts it, the minister said*: the side with whose stand the sentence begins; who is named may as well accuse it."""
        if m.name or m.definite == "a":
            return ""
        sentence = self.sentences[m.sentence]
        ahead = [one for one in self.order if one.sentence == m.sentence and one.span < m.span]
        first = ahead[0] if ahead else None
        theirs = self.members.member(first)
        if (
            first is None
            or theirs is None
            or first.kind not in ("side", "body")
            or not first.told
            or not first.subject
            or first.first > 1
            or not m.subject
        ):
            return ""
        verb = next((w for w in verbs(sentence, first.last + 1)), None)
        takes = verb is not None and (
            verb in cues.SAYING | cues.THINKING | {"be", "will", "would", "shall", "stand", "remain", "have"}
        )
        return theirs.side if takes else ""


def _tied(m: Mention) -> bool:
    """It tells whose somebody is, though not always on which side that is."""
    return m.owner is not None or (
        m.of is not None
        and (m.of[1].kind in ("side", "body", "person", "pronoun", "nation") or not m.proper.isdisjoint(m.of[1].words))
    )
