"""What was said: where in its sentence the content of a cue begins and ends."""

from __future__ import annotations

from servanda.statements import cues
from servanda.statements.phrases import Phrases
from servanda.statements.words import Span, Token

_SUBORDINATE = frozenset("while although though as when if after before because since despite".split())
_END = frozenset(".!?;")


def _is_adjunct(first: Token) -> bool:
    """What follows a cue begins as an adverb, a preposition, a time or a subordinate clause does, or the clause is over."""
    return (
        first.text in (*_END, ",", "―", "—", "…")
        or (first.tag.startswith(("PRP", "AV", "PRF")) and first.tag != "AVQ" and first.text.lower() != "there")
        or first.text.lower() in cues.TIMES
        or first.tag == "CJS"
    )


class Contents(Phrases):
    """One sentence in which the contents of cues are found."""

    def _content(self, i: int, last: int, g: int, source: Span, turned: bool) -> list[Span]:
        """What follows the cue, else what went before it."""
        if turned:
            behind = source[1] + 2
            if self._lower(source[1] + 1) == "," and behind < len(self.words) and self._finite(behind):
                earlier = self._earlier(g)
                if earlier and not any(self._finite(k) for k in range(g - 1)):
                    return [*earlier, *self._rest(behind)]  # *Such a paper, argue the lawyers, is not needed*
            return self._with_further(self._earlier(g), source[1] + 1)
        word = self.words[i]
        r = self._past_time(self._past_hearer(word, last + 1))
        before = min(g, source[0]) if source[0] <= g else None
        if (
            before
            and self._between_commas(before, r)
            and (word.lemma in cues.SAYING | {"think", "believe"} or self._tag(before) == "PNP")
        ):
            return [*self._earlier(before), *self._rest(r + 1)]
        r = self._appealed(word, self._past_aside(r))
        opener = self._opener(r)
        if opener is not None:
            earlier, spoken = self._said_before(word, before)
            clause = self._clause_before(before, r)
            split = earlier and self.inside[opener] >= 0 and (spoken or clause or self._dashed())
            if (
                spoken
                and self.inside[opener] < 0
                and opener > r
                and (self.words[r].text == "," or self._tag(r) == "CJS")
            ):
                return self._with_further(earlier, r)
            return [*earlier, *self._rest(opener)] if split else self._rest(opener)
        first = self.words[r] if r < len(self.words) else None
        adjunct = first is None or _is_adjunct(first)
        earlier, spoken = self._said_before(word, before)
        parted = first is not None and first.text == "," and r + 1 < len(self.words) and self._finite(r + 1)
        if earlier and parted and not any(self._finite(k) for k in range(before or 0)):
            return [*earlier, *self._rest(r + 1)]
        whole = first is not None and first.text == "," and any(self._finite(k) for k in range(before or 0))
        timed = first is not None and first.tag == "PRP" and self._time(r + 1)
        if earlier and (spoken or whole or (adjunct and (timed or not self._clause(r)))):
            return self._with_further(earlier, r)
        if first is None or (adjunct and first.text in (*_END, ",", "―", "—")):
            return []
        if word.lemma in cues.CLAUSAL and not self._clause(r) and first.tag != "CJT":
            return []
        if word.lemma in cues.THINKING and word.lemma not in cues.ATTITUDES and not self._thought(r, first):
            return []
        if (
            adjunct
            and first.tag.startswith(("PRP", "AV"))
            and last == i
            and not (word.lemma in cues.SAYING and self._clause(r))
            and word.lemma not in cues.ANSWERS
        ):
            return []
        return self._rest(r)

    def _clause_before(self, a: int | None, r: int) -> bool:
        """*They have until Friday, he said, "or we will come"*: a clause of its own and a comma stand before the speaker, and a comma behind the verb."""
        if not a or self._lower(a - 1) != "," or self._lower(r) != "," or self._tag(0) == "CJS":
            return False
        return self._lower(0) not in _SUBORDINATE and any(self._finite(k) for k in range(a - 1))

    def _appealed(self, word: Token, r: int) -> int:
        """Behind the hearer of an appeal: *appealed to the Council to send*."""
        if word.lemma != "appeal" or self._lower(r) != "to" or self._tag(r) == "TO0":
            return r
        end = self._after(r + 1)
        return end + 1 if end > r and self._tag(end + 1) == "TO0" else r

    def _between_commas(self, a: int, r: int) -> bool:
        """*Not one rifle, she warned, until they leave*: speaker and verb stand between the commas of what was said."""
        if (
            self.words[a - 1].text != ","
            or self._lower(r) != ","
            or self.inside[a - 1] >= 0
            or r + 2 >= len(self.words)
        ):
            return False
        goes_on = self._lower(r + 1) not in cues.JOINING or "VM0" in (self._tag(r + 2), self._tag(r + 3))
        awaited = self._tag(0) == "CJS" or self._lower(0) in _SUBORDINATE  # *if they stay, he warned, we will*
        named = not awaited and any(self._finite(k) for k in range(a - 1)) and not self._tag(a).startswith("PNP")
        return self.inside[r + 1] < 0 and self._lower(r + 1) not in ("who", "which") and not named and goes_on

    def _past_aside(self, r: int) -> int:
        """Behind an aside that parts a verb from what it governs: *refused, on the spot, to go*."""
        if self._lower(r) != "," or not self._tag(r + 1).startswith(("PRP", "AV")):
            return r
        stop = next((k for k in range(r + 2, min(r + 9, len(self.words))) if self.words[k].text == ","), None)
        return stop + 1 if stop is not None and self._tag(stop + 1) in ("TO0", "CJT") else r

    def _dashed(self) -> bool:
        """The sentence is a line of a dialogue: it begins with a dash."""
        return self.words[0].text in ("―", "—", "–", "--")

    def _with_further(self, earlier: list[Span], r: int) -> list[Span]:
        """What went before, and the quotation that goes on behind the speaker: *"...", he said on Monday, "..."*."""
        if not earlier:
            return earlier
        for k in range(r, min(len(self.words), r + 24)):
            if self.inside[k] >= 0:
                marked = k == r or self.words[k - 1].text in (",", ":", ";", "―", "—", "–", "--")
                return [*earlier, *self._rest(k)] if marked else earlier
            if self._finite(k) and self.words[k].lemma in cues.SAYING:
                return earlier
            dash = self.words[k].text in ("―", "—", "–", "--")
            if dash and self._dashed() and k + 1 < len(self.words):
                return [*earlier, *self._rest(k + 1)]
        return earlier

    def _past_hearer(self, word: Token, r: int) -> int:
        """Behind the hearer, of a verb that has one: *told reporters ...*."""
        if (
            word.lemma in cues.ADDRESSED
            and r < len(self.words)
            and self.inside[r] < 0
            and self._tag(r).startswith(("NP", "NN", "PNP", "AT0", "AJ", "DPS", "DT0", "CR"))
        ):
            end = r if self._lower(r) in ("us", "me") else self._after(r)  # *tells us prisoners are the problem*
            wanted = word.lemma in (
                "urge",
                "request",
                "order",
            )  # *urged an amnesty for all*: no hearer, but what is urged
            if wanted and not (self._tag(end + 1) in ("TO0", "CJT", "PUQ") or self._lower(end + 1) in (":", ",")):
                return r
            if end >= r and end + 1 < len(self.words):
                return end + 1
        return r

    def _past_time(self, r: int) -> int:
        """Behind *on Tuesday*, *yesterday*, *last week*: what follows is the content, if it is an infinitive, a noun or *that*."""
        k = r
        while k < len(self.words) and (
            self._lower(k)
            in ("on", "in", "at", "again", "also", "earlier", "later", "last", "this", "yesterday", "today")
            or self._time(k)
            or self._lower(k) in ("week", "month", "night", "morning", "evening", "year")
        ):
            k += 1
        timed = any(self._time(t) or self._lower(t) in ("week", "month", "night") for t in range(r, k))
        return k if timed and self._tag(k).startswith(("TO0", "CJT", "AT0", "DPS", "PNP", "NP", "NN")) else r

    def _said_before(self, word: Token, k: int | None) -> tuple[list[Span], bool]:
        """What stands before word ``k`` where it may be content, and whether it ends with a quotation."""
        if (
            k is None
            or not self._closes(k)
            or (
                word.lemma not in cues.SAYING | cues.BETWEEN
                and self._lower(k) not in ("he", "she")
                and not self._quoted_before(k)
            )
        ):
            return [], False
        earlier = self._earlier(k)
        return earlier, bool(earlier) and self.inside[self._last_word(k)] >= 0

    def _quoted_before(self, k: int) -> bool:
        return k > 0 and self.inside[k - 1] >= 0

    def _thought(self, r: int, first: Token) -> bool:
        """A clause follows, so that somebody is told to think something."""
        return first.tag in ("TO0", "CJT", "DTQ", "AVQ", "PNQ", "CJS") or any(
            self._finite(k) for k in range(r, min(len(self.words), r + 8))
        )

    def _last_word(self, k: int) -> int:
        """The last word before ``k`` that is no comma or dash."""
        k -= 1
        while k > 0 and self.words[k].text in (",", "―", "—", "--"):
            k -= 1
        return k

    def _closes(self, k: int) -> bool:
        """What stands before word ``k`` may be content: it ends with a comma, a dash or a quotation."""
        return k > 0 and (self.words[k - 1].text in (",", "―", "—", "--", "?", "!") or self.inside[k - 1] >= 0)

    def _opener(self, r: int) -> int | None:
        """Where the content begins behind an adjunct: *told reporters on Sunday that*, *said in a statement: "..."*."""
        for k in range(r, min(len(self.words), r + 16)):
            w = self.words[k]
            if self.inside[k] >= 0:
                return (
                    k
                    if k == r
                    or self.words[k - 1].text in (",", ":", "―", "—")
                    or not self.words[r].tag.startswith(
                        ("AT", "DPS", "AJ", "NN", "NP", "DT", "PNP", "VBG", "VHG", "VVG")
                    )
                    else r
                )
            if (
                w.text.lower() == "that"
                and (k == r or not self._tag(k - 1).startswith("PRP"))
                and not self._tag(k + 1).startswith("V")
            ):
                return k
            begins = self._group(k) if w.tag == "VVG" and w.lemma in cues.SAYING else 0
            if begins > r and (self.words[begins - 1].text == "," or self._of_somebody(begins)):
                return None  # *..., the staff said, adding that*; *accused them of claiming that*: what was added, and claimed
            if w.text == ":" and k + 1 < len(self.words):
                return k + 1
            if k > r and (self._finite(k) or w.text in ("―", "—")):
                return None
            if (
                w.text == ","
                and not (k + 1 < len(self.words) and (self.inside[k + 1] >= 0 or self._lower(k + 1) == "that"))
                and k > r
            ):
                return None
        return None

    def _of_somebody(self, g: int) -> bool:
        """A verb group is what somebody is accused of, or thanked for."""
        return self._lower(g - 1) in ("of", "for") and self._tag(g - 2).startswith(("NN", "NP", "PNP"))

    def _earlier(self, k: int) -> list[Span]:
        """The content before word ``k``: from the start of the sentence, without the comma."""
        e = k - 1
        while e >= 0 and self.words[e].text in (",", "―", "—", "--"):
            e -= 1
        if e < 0:
            return []
        s = 0
        if self._lower(0) in ("but", "and", "so", "yet") and e > 3:
            s = 1
        return [self._whole(s, e)]

    def _rest(self, r: int) -> list[Span]:
        """The content from word ``r`` to the end of its clause."""
        n = len(self.words)
        if r >= n:
            return []
        e = n - 1
        main = self._lower(0) in _SUBORDINATE
        first = next((j for j in range(r, n) if self.inside[j] < 0 and self._finite(j)), n)
        for k in range(r + 1, n):
            if self.inside[k] >= 0:
                continue
            if (
                main
                and self.words[k].text == ","
                and self._tag(k + 1).startswith(("NP", "NN", "AT", "PNP", "DT0", "DPS"))
                and self._clause(k + 1)
            ):
                e = k - 1
                break
            if self.words[k].text.lower() == "according" and self._lower(k + 1) == "to":
                e = k - 1
                break
            if self.words[k].text == "," and self._said_after(k):
                e = k - 1
                break
            if self.words[k].text in (",", "―", "—") and k + 1 < n and self.inside[k + 1] < 0:
                nxt = self.words[k + 1]
                while_ = nxt.text.lower() in ("while", "though", "although") and self._tag(k + 2) == "VVG"
                opposed = while_ and self.words[k + 2].lemma in cues.SAYING | cues.ATTITUDES
                if opposed or (nxt.tag == "VVG" and nxt.lemma in cues.SAYING):
                    e = k - 1
                    break
            if self.words[k].text == "," and self._lower(k + 1) in ("while", "whereas", "but", "and", "as"):
                verb = next((v for v in range(k + 2, min(n, k + 14)) if self.inside[v] < 0 and self._finite(v)), None)
                if verb is not None and self.words[verb].lemma in cues.SAYING and not self._pronoun(k + 2):
                    e = k - 1
                    break
            if self._tag(k) == "CJC" and k + 1 < n:
                v = k + 1
                while v < n and self._tag(v) == "AV0":
                    v += 1
                verb = v < n and self._tag(v) in ("VVD", "VVZ")
                # *agreed to an exchange but turned down a ban*: nothing before it has a verb of its own
                if verb and (self.words[v].lemma in cues.SAYING | cues.ATTITUDES or v <= first):
                    e = k - 1
                    break
        while e >= r and self.inside[e] < 0 and self.words[e].text in (*_END, ",", "―", "—", "--", ":", "”", '"'):
            e -= 1
        return [self._whole(r, e)] if any(w.text[-1].isalnum() for w in self.words[r : e + 1]) else []

    def _pronoun(self, k: int) -> bool:
        return self._lower(k) in ("it", "they", "he", "she", "we", "i", "that")

    def _said_after(self, k: int) -> bool:
        """Behind the comma somebody is named who says all this: *..., its minister said.*"""
        verb = next((v for v in range(k + 2, min(len(self.words), k + 16)) if self._finite(v)), None)
        if verb is None or self.words[verb].lemma not in ("say", "add", "tell", "write", "note"):
            return False
        named = self._tag(verb - 1).startswith(("NN", "NP", "PNP")) or self.words[verb - 1].text == ","
        return named and self._lower(verb + 1) != "that" and not self._clause(verb + 1)
