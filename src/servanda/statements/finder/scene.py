"""What the finder is told of a document: its words, who is named where, and what the rules have found that people said."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from servanda.statements.topics import TopicMatcher
from servanda.statements.words import Span, Token, quotations, sentences

_PART = re.compile(
    r";\s+|:\s+|\s+[—–]\s+|,\s+(?:but|and|while|whereas|though|although|yet|so|for|nor|а|но|и|однако|хотя|зато|але|проте|хоча|і|й|та)\s+",
    re.IGNORECASE,
)
_LEAST = 3  # words of a clause
_LONGEST = 80  # words of a sentence: a longer one is a list or a table


@dataclass(frozen=True)
class Heard:
    """What the rules found: where the words stand, who said them, and whether he is a person."""

    spans: tuple[Span, ...]
    name: str
    side: str
    person: bool


@dataclass(frozen=True)
class Named:
    """Somebody who is named, described or meant by a pronoun. ``subject``: a verb may be his; ``pronoun``: no more than *he*, *it*."""

    span: Span
    name: str
    side: str
    person: bool
    subject: bool = False
    pronoun: bool = False


@dataclass(frozen=True)
class Clause:
    """A candidate: a sentence or a part of one; ``at``: which of the document it is; ``part``: which of its sentence."""

    span: Span
    sentence: Span
    paragraph: Span
    part: int
    at: int


@dataclass(frozen=True)
class Scene:
    """A document as the finder sees it. ``words``: of the whole text in order; ``amounts``: how much of each term is found in a text;
    ``shut``: what nobody is told to have said; ``author``: whose own words it is;
    ``matcher``: the terms, of which ``terms_in`` tells those that the words of a text speak of by the rules.
    """

    language: str
    text: str
    paragraphs: tuple[Span, ...]
    words: Sequence[Token]
    heard: tuple[Heard, ...]
    named: tuple[Named, ...]
    amounts: Callable[[str], Mapping[str, float]]
    shut: tuple[Span, ...] = ()
    author: tuple[str, str] = ("", "")
    parties: tuple[str, ...] = ()
    matcher: TopicMatcher | None = None
    terms_in: Callable[[str], Sequence[str]] = lambda _: ()

    @cached_property
    def _at(self) -> tuple[list[int], list[Named], list[int]]:
        """Where each word begins; who is named, in the order of the text, and where."""
        named = sorted(self.named, key=lambda n: n.span[0])
        return [w.start for w in self.words], named, [n.span[0] for n in named]

    def words_in(self, span: Span) -> Sequence[Token]:
        """The words of a stretch."""
        starts, _, _ = self._at
        return self.words[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]

    def named_in(self, span: Span) -> list[Named]:
        """Who is named in a stretch."""
        _, named, starts = self._at
        return named[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]

    def share_heard(self, span: Span) -> float:
        """The share of a stretch that the rules found said; all of it where they know that nobody said it."""
        if any(a < span[1] and span[0] < b for a, b in self.shut):
            return 1.0
        covered = sum(max(0, min(b, span[1]) - max(a, span[0])) for h in self.heard for a, b in h.spans)
        return min(1.0, covered / max(1, span[1] - span[0]))

    def clauses(self) -> list[Clause]:
        """All candidates, in the order of the text.

        Returns:
            Every part of a sentence that has words enough; none is cut within quotation marks.
        """
        out: list[Clause] = []
        for paragraph in self.paragraphs:
            quoted = quotations(self.text, paragraph)
            for sentence in sentences(self.text, paragraph, quoted):
                count = len(re.findall(r"\w+", self.text[slice(*sentence)]))
                if not 2 <= count <= _LONGEST:
                    continue
                for part, span in enumerate(_parts(self.text, sentence, quoted)):
                    out.append(Clause(span, sentence, paragraph, part, len(out)))
        return out


def _parts(text: str, sentence: Span, quoted: Sequence[Span]) -> list[Span]:
    """The parts of a sentence, each of some words."""
    out, start = [], sentence[0]
    for m in _PART.finditer(text, *sentence):
        if any(a < m.start() < b for a, b in quoted):
            continue
        left, right = text[start : m.start()], text[m.end() : sentence[1]]
        if min(len(re.findall(r"\w+", left)), len(re.findall(r"\w+", right))) >= _LEAST:
            mark = 1 if text[m.start()] in ";:" else 0
            out.append((start, m.start() + mark))
            start = m.end() if text[m.start()] != "," else m.start() + 1
    out.append((start, sentence[1]))
    return [_bare(text, s) for s in out]


def _bare(text: str, span: Span) -> Span:
    a, b = span
    while a < b and (text[a].isspace() or text[a] in ",;—–"):
        a += 1
    while b > a and (text[b - 1].isspace() or text[b - 1] in ",;—–"):
        b -= 1
    return a, b
