"""The cast of one document: who is meant by any words of it, and on which side they are."""

from __future__ import annotations

import re
from bisect import bisect_left

from servanda.statements.cast.lexicon import ARMED, OFFICES, ORGANS, OUTSIDE, SORTS
from servanda.statements.cast.members import Member, Members
from servanda.statements.cast.mentions import Mention, Mentions
from servanda.statements.cast.sides import Sides
from servanda.statements.cast.ties import tie
from servanda.statements.documents import WRITTEN_AT, Document
from servanda.statements.speakers import People
from servanda.statements.words import Span, Tagger, hanover, quotations, sentences, tokens

Name = tuple[str, str]
"""A name and a side; either may be empty."""

Office = tuple[str, str, tuple[str, ...]]

_ASKS = re.compile(r"^(?:Q|QUESTION|Question|INTERVIEWER)\b[^?]{0,3}:|\?[\"\u201d]?$")
_BRIEFING = re.compile(r"\b(?:briefing|press conference|news conference)\b", re.IGNORECASE)
_LINES = frozenset(["no sentence"])
"""What is left out of a document and yet tells who is who: headings, lists of who takes part, sign-offs."""


class Cast:
    """Who is in a document."""

    def __init__(
        self, text: str, mentions: list[Mention], members: Members, people: People, dateline: str, own: Span = (0, 0)
    ) -> None:
        self.mentions, self.members, self.people, self.dateline = mentions, members, people, dateline
        self._text = text
        self._starts = [m.span[0] for m in mentions]
        self._own, self._length = own[0], own[1] - own[0]

    @property
    def home(self) -> str:
        """The side of whose own words the document is; empty where it is an article, or nothing tells it."""
        if not self._own:
            return ""
        for m in self.within((self._own, self._own + self._length)):
            member = self.members.member(m)
            if side := self.members.told(m) or (member.side if member is not None and m.name else ""):
                return side
        return ""

    def within(self, span: Span) -> list[Mention]:
        """The mentions that begin in a stretch of the text."""
        return self.mentions[bisect_left(self._starts, span[0]) : bisect_left(self._starts, span[1])]

    def head(self, span: Span) -> Mention | None:
        """Whom a source names: the first mention in it that is not whose another is.

        Args:
            span: characters of the text.

        Returns:
            The mention, or nothing where there is none.
        """
        here = [m for m in self.within(span) if not m.owned and m.kind != "thing"]
        # *An aide to Luca Ferri, Nils Holm, said*: not he whose aide it is
        apposed = (m for m in here[1:] if m.same is not None and m.same.of is not None and m.same.of[1] is here[0])
        return next(apposed, here[0]) if here else None

    def member(self, span: Span) -> Member | None:
        """The member that a source names."""
        return self.members.member(self.head(span))

    def side(self, span: Span) -> str:
        """The side of whom a source names; empty where nothing tells it."""
        member = self.member(span)
        return member.side if member is not None else ""

    def meant(self, span: Span, not_: str = "") -> Member | None:
        """Whom a pronoun means.

        Args:
            span: the pronoun.
            not_: the name of who is not meant.

        Returns:
            The member, or nothing.
        """
        m = next(iter(self.within(span)), None)
        if m is None or m.kind != "pronoun":
            return None
        member = self.members.member(m)
        if member is None or (not_ and member.name == not_):
            shunned = member
            member = self.members.meant(m, shunned) if shunned is not None else None
        return member

    def just_before(self, at: int) -> Member | None:
        """Whom a relative pronoun means: who is named right before it.

        Args:
            at: where it begins.

        Returns:
            The member, or nothing.
        """
        here = [m for m in self.within((max(0, at - 200), at)) if not m.owned and m.kind not in ("thing", "pronoun")]
        return next((self.members.member(m) for m in reversed(here) if at - self._ends(m) <= 3), None)

    def _ends(self, m: Mention) -> int:
        """The character at which a mention ends, with what it is of."""
        return max(m.span[1], self._ends(m.of[1]) if m.of is not None and m.of[1].span[0] > m.span[0] else 0)

    def called(self, member: Member) -> str:
        """The name of a member, or how the text calls it."""
        if member.name:
            return member.name
        best = next((m for m in member.mentions if m.kind in ("person", "people", "body", "side", "nation")), None)
        return self.words(best) if best is not None else ""

    def named(self, source: Span) -> str:
        """Whom a source names, in its own words and without an article.

        Args:
            source: characters of the text.

        Returns:
            The words; nothing where it names nobody.
        """
        m = self.head(source)
        return self.words(m) if m is not None and m.kind != "pronoun" else ""

    def words(self, m: Mention) -> str:
        """A mention as it stands in the text, without its article."""
        return m.name or re.sub(
            r"^(?:the|an?|one|this|that|both)\s+", "", " ".join(self._text[slice(*m.span)].split()), flags=re.IGNORECASE
        )

    def interviewed(self, document: Document) -> Member | None:
        """The one to whom the answers of an interview belong: whom its heading names, else the only person with an office in it.

        Args:
            document: whose cast it is.

        Returns:
            The member, or nothing where several may be meant.
        """
        heading = f"{document.title}\n{document.head}"
        first = next((p[0] for p in document.paragraphs if _ASKS.search(document.text[slice(*p)])), len(document.text))
        named = [member for member in self.members.all if member.name]
        for some in (
            [member for member in named if member.name.split()[-1] in heading],
            [member for member in named if any(m.span[0] < first for m in member.mentions if m.name)],
            [member for member in named if member.heads & OFFICES],
        ):
            if len(some) == 1:
                return self._introduced(some[0], first)
        return None

    def _introduced(self, member: Member, first: int) -> Member:
        """*The British foreign secretary received us*: before the first question the only office without a name is his."""
        if not member.side and not member.private:
            told = {
                other.side
                for other in self.members.all
                if other.side and not other.name and other.kind == "person" and other.heads & OFFICES
                if any(m.span[0] < first and not m.private for m in other.mentions)
            }
            member.side = told.pop() if len(told) == 1 else ""
        return member

    def how(self, name: str, side: str) -> str:
        """How the side of a speaker is known.

        Args:
            name: of him, or how the document calls him.
            side: his side.

        Returns:
            *told*, by words; *inferred*, from what stands around him; nothing where he has no side.
        """
        if not side:
            return ""
        theirs = [m for m in self.members.all if m.side == side and name in (m.name, self.called(m))]
        return "inferred" if theirs and not any(m.sure for m in theirs) else "told"

    def may_serve(self, name: str) -> bool:
        """Whether somebody may speak for a party: he has an office, or is an organ, and no words tell that he speaks for himself alone or for those who watch and mediate.

        Args:
            name: of him, or how the document calls him.

        Returns:
            False also for whom the cast does not know.
        """
        theirs = [m for m in self.members.all if name in (m.name, self.called(m))]
        return any(m.heads & (OFFICES | ORGANS | ARMED) for m in theirs) and not any(
            m.private
            or m.kind not in ("person", "people", "body")
            or (m.heads | m.words) & OUTSIDE
            or any(x.of is not None and {x.of[1].head, *x.of[1].words} & OUTSIDE for x in m.mentions)
            for m in theirs
        )

    def names(self) -> dict[str, str]:
        """The named persons whose side is known, with it."""
        return {member.name: member.side for member in self.members.all if member.name and member.side}

    def offices(self) -> dict[str, set[Office]]:
        """What the words of the document tell of the offices of named persons: side, noun, and what tells it from others."""
        return {
            member.name: {
                (member.side, m.head, tuple(sorted(SORTS & set(m.words))))
                for m in member.mentions
                if m.head in OFFICES and not m.private
            }
            for member in self.members.all
            if member.name and member.side and member.sure
        }


def cast_of(document: Document, people: People, tagger: Tagger | None = None) -> Cast:
    """The cast of a document, found before anything that was said in it is read.

    Args:
        document: an article or a message.
        people: names of persons and sides.
        tagger: tags the words; left out, the Hanover Tagger.

    Returns:
        Its persons, bodies and sides.

    Raises:
        ImportError: no tagger is given, and the Hanover Tagger is not installed.
    """
    tag = tagger or hanover()
    lines = [
        *([document.speaker] if document.speaker else []),
        *document.head.split("\n"),
        *(words for why, words in document.dropped if why in _LINES),
    ]
    extra = [
        line
        for n, line in enumerate(lines)
        if line.strip() and ((n == 0 and document.speaker) or line not in document.text)
    ]
    text, paragraphs = document.text, list(document.paragraphs)
    for line in extra:
        start = len(text) + 2
        text = f"{text}\n\n{line}"
        paragraphs.append((start, start + len(line)))
    mentions: list[Mention] = []
    read: dict[int, Mentions] = {}
    for p, paragraph in enumerate(paragraphs):
        quoted = quotations(text, paragraph)
        for span in sentences(text, paragraph, quoted):
            sentence = Mentions(text, span, tokens(text, span, tag), quoted)
            found = sentence.found(people, p, len(read))
            tie(sentence, found)
            read[len(read)] = sentence
            mentions += found
    dateline = _dateline(document, people)
    own = paragraphs[len(document.paragraphs)] if document.speaker else (0, 0)
    members = Members(mentions, people, own)
    cast = Cast(text, mentions, members, people, dateline, own)
    Sides(members, read, people, dateline, cast.home, _briefing(document, people)).settle()
    return cast


def _briefing(document: Document, people: People) -> str:
    """The side that the first line of the transcript of a briefing names."""
    line = f"{document.head}\n{document.text}".strip().split("\n", maxsplit=1)[0][:160]
    return people.side(line) if _BRIEFING.search(line) else ""


def _dateline(document: Document, people: People) -> str:
    """The side of the place where a dispatch was written."""
    told = next((w for why, w in document.dropped if why == WRITTEN_AT), "") or document.text[:80]
    if (several := re.match(r"([^\W\d_]+)(?:/([^\W\d_]+))+", told)) is not None:
        sides = {people.words.get(place.title(), "") for place in several[0].split("/")}
        ours = sides & {*people.parties}
        return ours.pop() if len(ours) == 1 else ""  # *DOHA/KINSHASA*: where they met, and of whom it tells
    opens = re.match(r"([^\W\d_]+)(?: ([^\W\d_]+))?(?=,|:|\s*[(\u2013\u2014-]|$)", told)
    if opens is None:
        return ""
    return people.words.get(opens[0].title(), "") or people.words.get(opens[1].title(), "")
