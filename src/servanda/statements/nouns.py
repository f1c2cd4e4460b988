"""Nouns as cues: what a noun that stands for a saying or a stand attributes, and to whom it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from servanda.statements import cues
from servanda.statements.verbs import Attribution, Verbs
from servanda.statements.words import Span

_ASKED = frozenset("demand insist want require seek expect await".split())
_TAKEN_BACK = frozenset("retract withdraw recant disavow revoke rescind".split())
_WORDS = frozenset(
    "words word comment answer reply response retort verdict version account count reckoning telling message reaction assessment estimate view".split()
)
"""What is whose words: *his answer*, *the army's account*."""


_PUTS = frozenset("put lay place pin".split())
_RECEIVED = frozenset("receive get register log have".split())
_NONE = frozenset("no not never any neither nor yet if nobody none hardly scarcely deny".split())
_SOON = 6
"""Within how many words a verb joins what somebody holds to the noun for it."""


class Nouns(Verbs):
    """One sentence in which nouns attribute beside verbs: *Moscow's claim that*, *the French call for observers*."""

    def _owner(self, k: int) -> int:
        """Where the name begins that ends at word ``k`` before *'s*: of *the status of A and B's refusal* B alone."""
        first = self._left(k, self.inside[k])
        last = max((c for c in range(first, k) if self._lower(c) == "and"), default=first)
        return last + 1 if any(self._tag(c) in ("PRF", "PRP") for c in range(first, last)) else first

    def _noun(self, i: int) -> Attribution | None:
        nxt, whose = i + 1, None
        if (
            self._lower(nxt) == "of"
            and (end := self._after(nxt + 1)) > nxt
            and self._lower(i - 1) == "the"
            and self._opens(i - 1)
        ):
            nxt, whose = end + 1, (nxt + 1, end)  # *the refusal of the rebels to*
        if (given := self._given(i)) is not None:
            return given
        if (received := self._from(i)) is not None:
            return received
        if self._lower(nxt) != "that" and not (
            self._tag(nxt) == "TO0"
            and self.words[i].lemma
            in (
                "promise",
                "pledge",
                "vow",
                "threat",
                "offer",
                "demand",
                "desire",
                "decision",
                "wish",
                "refusal",
                "plea",
                "hope",
                "call",
                "appeal",
            )
        ):
            return None
        if self.words[i].lemma == "word" and "give" in (w.lemma for w in self.words[max(0, i - 2) : i]):
            return None  # *gave his word that*
        source = self._possessor(i) or whose
        content = self._rest(nxt)
        if source is None or self._asked_for(source[0]):
            return None
        if (colon := self._quoted_behind(nxt)) is not None:
            content = [self._chars(nxt, colon - 1)]  # *kept away from his threat to fight: "..."* is not his quotation
        if whose and content and (ends := [k for k in range(nxt, len(self.words)) if self._finite(k)][:1]):
            content = [
                (content[0][0], self.words[ends[0] - 1].end)
            ]  # *the refusal of the rebels to come has held up the talks*
        lemma = self.words[i].lemma
        made = self._made(source, self._chars(i, i), content, cues.GIVEN.get(lemma, lemma))
        return replace(made, held=self._tag(nxt) == "TO0")

    def _possessor(self, i: int) -> Span | None:
        """Whose the noun is: *Moscow's main demand*, *their demands*."""
        k = i - 1
        while k >= 0 and self._tag(k).startswith("AJ"):
            if k > 0 and self.words[k].text[0].isupper() and self._lower(k - 1) in ("a", "an", "the"):
                return k, k  # *a Brazilian call to*
            k -= 1
        if k >= 0 and self._tag(k) == "DPS":
            return k, k
        possessed = k >= 1 and (self._tag(k) == "POS" or self._lower(k) in ("’s", "'s", "’", "'"))
        return (self._owner(k - 1), k - 1) if possessed else None

    def _given(self, i: int) -> Attribution | None:
        """*Moscow's offer of a truce*, *the French call for observers*: a stand that a noun holds."""
        verb = cues.GIVEN.get(self.words[i].lemma) if i + 2 < len(self.words) else None
        end = self._after(i + 2) if verb else i
        source = self._possessor(i) if verb and self._lower(i + 1) in ("of", "for") and end > i + 1 else None
        if verb is None or source is None or self._asked_for(source[0]):
            return None
        if self._lower(source[0] - 1) in ("no", "any", "without") or self._tag(source[0]) in ("DPS", "PNP"):
            return None
        return replace(self._made(source, self._chars(i, i), [self._whole(i + 2, end)], verb), held=True)

    def _from(self, i: int) -> Attribution | None:
        """*Received a complaint from X that A*: who sent it says so."""
        end = self._after(i + 2) if self._lower(i + 1) == "from" and i + 3 < len(self.words) else i
        ahead = range(max(0, i - _SOON), i)
        got = any(self.words[k].lemma in _RECEIVED and self._tag(k) in ("VVD", "VVN", "VHD") for k in ahead)
        if end <= i + 1 or self._lower(end + 1) != "that" or not got or self._unreal(ahead):
            return None
        lemma = self.words[i].lemma
        return self._made((i + 2, end), self._chars(i, i), self._rest(end + 1), cues.GIVEN.get(lemma, lemma))

    def _puts_the_blame(self, i: int) -> Attribution | None:
        """*X puts the blame for A on Y*, which is to blame Y."""
        if self.words[i].lemma not in _PUTS or [self._lower(k) for k in (i + 1, i + 2)] != ["the", "blame"]:
            return None
        g = self._group(i)
        source = self._before(g - 1) if g > 0 else None
        if (
            source is None
            or self._unreal(range(g, i))
            or not self._finite(g)
            or self._lower(i + 3) not in ("on", "for")
        ):
            return None
        return self._made(source, self._chars(i, i + 2), self._rest(i + 3), "blame")

    def _unreal(self, near: Iterable[int]) -> bool:
        """Whether a word denies it or says what would be."""
        words = [self.words[k] for k in near]
        return any(w.tag in ("XX0", "VM0") or {w.lemma, w.text.lower()} & _NONE for w in words)

    def _quoted_behind(self, a: int) -> int | None:
        """The colon that leads to a quotation behind word ``a``."""
        colon = next((k for k in range(a + 1, len(self.words) - 1) if self.words[k].text == ":"), None)
        return colon if colon is not None and self.inside[colon + 1] >= 0 and self.inside[colon] < 0 else None

    def _for_somebody(self) -> list[Attribution]:
        """*For Kyiv, a demilitarised zone is a red line*: what something is for somebody."""
        first = 2 if self._tag(1) == "AT0" else 1  # *for the Movement*
        named = len(self.words) > 4 and (self._tag(first) == "NP0" or (first == 2 and self.words[2].text[0].isupper()))
        end = self._after(1) if self._lower(0) == "for" and named else 0
        told = (
            end
            and self._lower(end + 1) == ","
            and any(self.words[k].lemma == "be" for k in range(end + 2, len(self.words)))
        )
        return [self._made((1, end), self._chars(0, 0), self._rest(end + 2), "say")] if told else []

    def _was_the_answer(self, i: int) -> Attribution | None:
        """*"...," was Baraka's comment*: a quotation, and behind it whose words it is."""
        if self.words[i].lemma != "be" or i < 2 or self.inside[i - 1] < 0:
            return None
        noun = next((k for k in range(i + 1, min(i + 8, len(self.words))) if self.words[k].lemma in _WORDS), None)
        source = self._possessor(noun) if noun is not None and self._tag(noun).startswith("NN") else None
        if source is None or source[0] <= i:
            return None
        return self._made(source, self._chars(i, i), self._earlier(i), "say")

    def _in_words_of(self, colon: int) -> Attribution | None:
        """*His words: "..."*, *the government's version: it was hit at dawn*."""
        source = self._possessor(colon - 1) if colon > 1 and self.words[colon - 1].lemma in _WORDS else None
        if source is None or any(self._finite(k) for k in range(colon)):
            return None
        return self._made(source, self._chars(colon - 1, colon), self._rest(colon + 1), "say")

    def _by_account(self) -> list[Attribution]:
        """*By the army's count, A*, *in the words of General Kade, A*, *A, by the count of the Red Cross*: whose words it is stands in a phrase of its own."""
        for i, w in enumerate(self.words[:-2]):
            if self.inside[i] >= 0 or w.text.lower() not in ("by", "in"):
                continue
            noun = next((k for k in range(i + 1, min(i + 7, len(self.words) - 1)) if self.words[k].lemma in _WORDS), 0)
            if not noun or any(self.words[k].text in (",", ":") for k in range(i, noun)):
                continue
            of = self._lower(noun + 1) == "of" and self._lower(noun - 1) in ("the", "by")
            end = self._after(noun + 2) if of else noun
            source = (noun + 2, end) if of and end > noun + 1 else self._possessor(noun)
            if source is None or source[0] <= i or (i and self.words[i - 1].text != ","):
                continue
            ends = end + 1 >= len(self.words) or self.words[end + 1].text in (",", ".", ";")
            content = self._rest(end + 2) if i == 0 else self._earlier(i)
            if ends and content:
                return [self._made(source, self._chars(i, noun), content, "say")]
        return []

    def _demands(self, i: int) -> Attribution | None:
        """*Moscow's key demand is that it stays out*, *Kyiv's conditions include a halt to the raids*."""
        source, v = self._possessor(i), i + 1
        while self._tag(v) == "AV0":
            v += 1
        tells = v < len(self.words) and self.words[v].lemma in ("be", "include", "remain") and self._finite(v)
        listed = next((k for k in range(v + 1, min(v + 5, len(self.words) - 1)) if self.words[k].text == ":"), None)
        if source is not None and tells and listed is not None:
            return self._made(source, self._chars(i, v), self._rest(listed + 1), "demand")  # *are well known: A and B*
        if source is None or not tells or self._tag(v + 1) == "XX0" or self._tag(v + 1) in ("VVN", "VVG", "VBN"):
            return None
        verb = "propose" if self.words[i].lemma in ("offer", "proposal") else "demand"
        return self._made(source, self._chars(i, v), self._rest(v + 1), verb)

    def _held(self, i: int) -> Attribution | None:
        """*The Government's position remains that A*, *it is still the view of the Front that A*: what somebody holds."""
        of = self._lower(i + 1) == "of"
        end = self._after(i + 2) if of else i
        source = (i + 2, end) if of and end > i + 1 else self._possessor(i)
        that = next((k for k in range(end + 1, min(end + _SOON, len(self.words))) if self._lower(k) == "that"), 0)
        near = range(max(0, i - _SOON), i if self.words[i].lemma != "line" else 0)
        opens = max((k for k in near if self._lower(k) in ("that", ",")), default=near.start)
        behind, ahead = range(end + 1, that), range(opens, near.stop)
        told = [k for k in (behind if that > end + 1 else ahead) if self.words[k].lemma in ("be", "remain", "stay")]
        if source is None or not that or not told or self._unreal((*behind, *ahead)):
            return None
        if self._lower(i - 1) == "in" or any(self._lower(k) in ("so", "such") for k in behind):
            return None  # *in view of*, *is so weak that*
        return self._made(source, self._chars(i, that - 1), self._rest(that), "say")

    def _list_of_demands(self, colon: int) -> list[Attribution]:
        """*The rebels' letter lists three demands: A, B and C*: whose the letter is, or who has them."""
        verb, subject = self.subjects[0] if self.subjects else (colon, (0, 0))
        content = self._rest(colon + 1)
        if verb >= colon or not content or any(self._tag(k) == "XX0" for k in range(colon)):
            return []
        owner = next((k for k in range(*subject) if self._tag(k) == "POS"), subject[1] + 1)
        return [self._made((subject[0], owner - 1), self._chars(verb, colon), content, "demand")]

    def _opens(self, k: int) -> bool:
        """A clause begins at the word."""
        return k == 0 or self._lower(k - 1) in (",", "―", "—", "and", "but")

    def _asked_for(self, k: int) -> bool:
        """*demanded their refusal*, *insists on Kyiv's promise*, *retracted its claim*: what somebody would have another say, or says no more, was not said."""
        before = self.words[k - 2 if self._tag(k - 1).startswith("PR") else k - 1] if k > 0 else None
        told = before is not None and self._tag(k) == "DPS" and before.lemma in cues.SAYING  # *repeated its claim that*
        return before is not None and (told or before.lemma in _ASKED | _TAKEN_BACK)
