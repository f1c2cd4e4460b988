"""The noun phrases of a text that mean a person, a body or a side, each with what its own words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from servanda.statements import cues
from servanda.statements.cast.lexicon import (
    ARMED,
    FORMER,
    GROUPS,
    IRREGULAR,
    MEN,
    MISSIONS,
    NOBODYS,
    OFFICES,
    ORGANS,
    PERSONS,
    WOMEN,
)
from servanda.statements.phrases import Phrases
from servanda.statements.speakers import TITLES, People
from servanda.statements.words import Span, Token

Kind = Literal["person", "people", "body", "side", "nation", "pronoun", "thing"]

_NOMINAL = ("NN", "NP", "AJ", "CR", "OR", "UN", "ZZ")
_PARTICLES = frozenset("al el bin ibn abu de van von der da dos del ul".split())
_LONGEST_NAME = 12  # words; what is longer is no name, and would be asked for again and again
_ARABIC = re.compile(r"(?:al|el|ul|ud|as|ash|ad|an|ar|at|az|bin|ibn|abu)-[A-ZÀ-Þ]")
_HONOURS = frozenset("mr mrs ms dr sir lord lady miss madam".split())
_NATION = re.compile(r"(?:an|ese|ish|ch|[^i]i|er|ard|ek|iss|ic|ian)$")
_NATIONALS = frozenset(
    "swede finn dane pole turk briton spaniard scot serb croat kurd czech greek thai frenchman dutchman irishman englishman norwegian".split()
)
_PLURALS = {w + "s": w for w in OFFICES | PERSONS} | {
    "men": "man",
    "women": "woman",
    "secretaries": "secretary",
    "attaches": "attache",
}


@dataclass(eq=False)
class Mention:
    """One noun phrase that means somebody.

    Attributes:
        span: its characters, with its article and whose it is not.
        kind: what it means; a *nation* is a person called by his country, a *thing* nobody.
        head: its noun, in the singular and in small letters; empty where it is a mere name.
        name: the name of a person in it.
        words: its other words in small letters, without *name*.
        definite: *the*, *a*, *own* where it tells whose it is, or nothing.
        told: the side that its own words tell.
        paragraph, sentence: where it stands, counted over the text.
        quoted: in which quotation, or -1.
        subject: a verb follows of which it is the subject, or it is whom a verb of saying before it names.
        owner: whose it is: *its* spokesman, *Lebanon's* premier.
        of: the word that joins it to another (*of*, *for*, *leads*), and that.
        same: what stands in apposition to it.
        end: where it ends with all that belongs to it.
        many: its noun is a plural.
        proper: of its words those with a capital that name no side that is known.
    """

    span: Span
    kind: Kind
    head: str
    name: str
    words: tuple[str, ...]
    definite: str
    told: str
    paragraph: int
    sentence: int
    quoted: int
    first: int
    last: int
    subject: bool = False
    owner: Mention | None = None
    of: tuple[str, Mention] | None = None
    same: Mention | None = None
    end: int = 0
    owned: bool = field(default=False)
    many: bool = False
    proper: frozenset[str] = frozenset()

    @property
    def private(self) -> bool:
        """Its words tell that he speaks for nobody but himself, or no longer does."""
        if self.of is not None and self.of[0] == "leads":
            return False
        words = {part for w in self.words for part in w.split("-")}
        return bool(words & (NOBODYS | FORMER)) or (self.head in PERSONS and self.head not in ARMED)

    @property
    def plural(self) -> bool:
        """It means several people."""
        return self.kind == "people"

    @property
    def sex(self) -> str:
        """*he* or *she* where its words tell."""
        words = {self.head, *self.words}
        return "she" if words & (WOMEN | {"mrs", "ms", "lady"}) else "he" if words & (MEN | {"mr", "sir"}) else ""


class Mentions(Phrases):
    """One sentence in which mentions are looked for."""

    def lower(self, i: int) -> str:
        """A word in small letters; empty outside the sentence."""
        return self._lower(i)

    def tag(self, i: int) -> str:
        """The tag of a word; empty outside the sentence."""
        return self._tag(i)

    def finite(self, i: int) -> bool:
        """The word is a finite verb."""
        return self._finite(i)

    def found(self, people: People, paragraph: int, sentence: int) -> list[Mention]:
        """The mentions of the sentence, in order.

        Args:
            people: names of persons and sides.
            paragraph: which of the document it stands in.
            sentence: which of the document it is.

        Returns:
            Them, each with whose it is.
        """
        out: list[Mention] = []
        owner: Mention | None = None
        for a, b, pronoun in self._chunks():
            if pronoun:
                one = self._pronoun_at(a, paragraph, sentence)
            else:
                one = self._mention(a, b, people, paragraph, sentence)
            if owner is not None and owner.last + 2 >= one.first:
                one.owner, one.definite, owner.owned = owner, "own", True
            owner = one if self._possesses(b) or (pronoun and self._tag(a) == "DPS") else None
            one.subject = self._is_subject(one)
            out.append(one)
        return out

    def _chunks(self) -> Iterator[tuple[int, int, bool]]:
        """First and last word of each phrase, and whether it is a pronoun."""
        i, n = 0, len(self.words)
        while i < n:
            if self._tag(i) in ("PNP", "PNX") or (self._tag(i) == "DPS"):
                yield i, i, True
                i += 1
                continue
            j = i + 1 if self._determines(i) or self._lower(i) in ("both", "one") else i
            k = j
            while k < n and self._inner(k, j) and self.inside[k] == self.inside[i]:
                k += 1
            if k > j:
                yield i, k - 1, False
            i = max(k, i + 1)
            if self._possesses(k - 1):
                i = k + 1

    def _determines(self, i: int) -> bool:
        return self._tag(i) == "AT0" or (self._tag(i) == "DT0" and self._lower(i) not in FORMER)

    def _inner(self, k: int, j: int) -> bool:
        word = self.words[k]
        low, tag = word.text.lower(), word.tag
        if self._time(k) and word.text[0].isupper() and not (k > j and self._tag(k - 1) == "NP0"):
            return False
        if word.text in ("’s", "'s"):
            return self._names_people(k - 1) and k > j
        if tag.startswith(_NOMINAL) or (low in FORMER and tag == "DT0"):
            return True
        if not word.text[0].isalnum():
            return False
        if word.text[0].isupper() and k > j and self.words[k - 1].text[0].isupper() and tag != "PNP":
            return True
        follows = self._tag(k + 1).startswith(_NOMINAL)
        if low in _PARTICLES and k > j and self.words[k - 1].text[0].isupper():
            return follows and self.words[k + 1].text[0].isupper()
        if tag in ("VVN", "VVG", "VVD", "AV0") and word.lemma not in cues.SAYING:
            return (
                follows
                and j > 0
                and self._tag(j - 1) in ("AT0", "DPS", "DT0")
                and (k == j or self._tag(k - 1) in ("AJ0", "AV0"))
            )
        return tag.startswith("V") and word.text[0].isupper() and not word.text.isupper() and k > 0 and follows

    def _possesses(self, k: int) -> bool:
        """*'s* follows, or an apostrophe behind a plural, and a noun behind that."""
        if k < 0 or k + 2 >= len(self.words):
            return False
        mark = self.words[k + 1]
        if self._names_people(k):
            return False
        if mark.text in ("’s", "'s"):
            return self._tag(k + 2).startswith((*_NOMINAL, "VVN", "VVG", "AV"))
        return (
            mark.text in ("’", "'")
            and mark.start == self.words[k].end
            and self.words[k].text.endswith("s")
            and self._tag(k + 2).startswith(_NOMINAL)
            and self.words[k + 2].start > mark.end
        )

    def _names_people(self, k: int) -> bool:
        """*People's Army*, *People's Republic*: part of a name."""
        follows = self.words[k + 2].text if k + 2 < len(self.words) else ""
        return self.words[k].text in ("People", "Peoples") and follows[:1].isupper()

    def _pronoun_at(self, i: int, paragraph: int, sentence: int) -> Mention:
        word = self.words[i]
        low, span = word.text.lower(), (word.start, word.end)
        return Mention(span, "pronoun", low, "", (), "", "", paragraph, sentence, self.inside[i], i, i, end=i)

    def _mention(self, a: int, b: int, people: People, paragraph: int, sentence: int) -> Mention:
        first = a + 1 if self._determines(a) or (self._lower(a) in ("both", "one") and b > a) else a
        article = self._lower(a) if first > a else ""
        definite = "the" if article in ("the", "this", "that", "both") else "a" if article else ""
        told, covered = self._told(a, b, people)
        n = self._name_from(first, b, people, covered)
        name = " ".join(w.text for w in self.words[n : b + 1])
        words = [w.text.lower().strip(".") for w in self.words[first:n]]
        head = words[-1] if words else ""
        kind, head = _kind(head, self.words[n - 1] if n > first else None, name, covered[-1:] == [n - 1])
        if (
            kind == "side"
            and definite
            and len(words) == 1
            and _NATION.search(head)
            and head.title() not in people.called.values()
        ):
            kind = "nation"
        if kind == "thing":
            kind = "person" if name else "nation" if head in _NATIONALS and definite == "the" else kind
        span = (self.words[a].start, self.words[b].end)
        proper = frozenset(
            self._lower(k)
            for k in range(first, n - 1)
            if self.words[k].text[0].isupper()
            and "-" not in self.words[k].text
            and k > 0
            and k not in covered
            and self._lower(k).strip(".") not in TITLES
        )
        many = n > b and self._tag(b) in ("NN2", "NP2") and head != "headquarters"
        return Mention(
            span,
            kind,
            head,
            name,
            tuple(words),
            definite,
            told,
            paragraph,
            sentence,
            self.inside[a],
            a,
            b,
            end=b,
            many=many,
            proper=proper,
        )

    def _told(self, first: int, b: int, people: People) -> tuple[str, list[int]]:
        """The side that the words from ``first`` to ``b`` tell, and which of them do: a body or group before a state, but of an envoy who sends him."""
        start, end = self.words[first].start, self.words[b].end
        found: list[tuple[str, int, int]] = []
        for match in people.spelt.finditer(self.text, start, end):
            hyphen = (
                self.text[match.end() : match.end() + 1] == "-" or self.text[match.start() - 1 : match.start()] == "-"
            )
            if people.words[match[1]] and match.end() <= end and not hyphen:
                found.append((people.words[match[1]], match.start(), match.end()))
        covered = [k for k in range(first, b + 1) if any(x <= self.words[k].start < y for _, x, y in found)]
        if not found:
            low = {self._lower(k) for k in range(first, b + 1)}
            irregular = low & IRREGULAR or any(w.startswith("pro-") for w in low)
            return (people.irregular if irregular else "UN" if "secretary-general" in low else ""), covered
        if any(self._lower(k) in ("envoy", "ambassador", "representative") for k in range(first, b + 1)):
            return found[0][0], covered
        special = [side for side, _, _ in found if people.kind_of(side) != "state"]
        return (special[0] if special else found[0][0]), covered

    def _name_from(self, first: int, b: int, people: People, covered: list[int]) -> int:
        """Where the name of a person begins that ends the phrase; behind it where there is none."""
        n = b + 1
        while n > first and n - 1 not in covered:
            text = self.words[n - 1].text
            low = text.lower().strip(".")
            named = (
                (text[0].isupper() or _ARABIC.match(text))
                and low not in TITLES
                and _PLURALS.get(low, low) not in OFFICES
                and low not in ORGANS
            )
            if not named and not (low in _PARTICLES and n <= b):
                break
            n -= 1
        n = max(n, b + 1 - _LONGEST_NAME)
        while n <= b and self._lower(n) in _PARTICLES:
            n += 1
        while n <= b:
            name = " ".join(w.text for w in self.words[n : b + 1])
            titled = (
                n > first and self.words[n - 1].text.lower().strip(".") in OFFICES | _HONOURS and n - 1 not in covered
            )
            known = people.is_person(name)
            if known or (titled and b - n < 3 and self._tag(n).startswith("NP")):
                return n
            n += 1
        return b + 1

    def _is_subject(self, m: Mention) -> bool:
        k = m.last + 1
        if self._tag(k) == "PNX":
            k += 1
        while self._tag(k) == "AV0" or self._lower(k) in ("also", "then"):
            k += 1
        if k < len(self.words) and self._finite(k) and self._lower(k + 1) != "by":
            return True
        before = self.words[m.first - 1] if m.first else None
        return before is not None and before.lemma in cues.INVERTED and before.tag in ("VVD", "VVZ", "VVN")


def _kind(head: str, word: Token | None, name: str, is_side: bool) -> tuple[Kind, str]:
    """What a phrase means by its noun, and that noun in the singular."""
    if head == "number" and not name:
        return "person", "counterpart"
    if head in MISSIONS | GROUPS | ORGANS and not (head in OFFICES or head in PERSONS):
        return "body", head
    if head in OFFICES | PERSONS:
        return "person", head
    if is_side and not name:
        return "side", head
    if head in _PLURALS:
        return ("people", _PLURALS[head]) if not name else ("person", _PLURALS[head])
    if name:
        return "person", ""
    if word is not None and word.tag == "NN2" and head in ("people", "residents", "sources", "source"):
        return "people", head
    return "thing", head
