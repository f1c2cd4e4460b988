"""The words of one sentence put together to phrases: verb groups, noun phrases, clauses."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from servanda.statements import cues
from servanda.statements.words import NAMES_IN_CAPITALS, Span, Token

_NOMINAL = ("NN", "NP", "AJ", "CR", "OR", "DT0", "ZZ", "UN")
_AUX = ("VM", "VB", "VD", "VH", "XX")
_LINKS = frozenset("of in at for from with".split())
_PARTS_OF_DAY = frozenset("night week month year morning evening afternoon".split())
_FLOATING = ("both", "all", "each")
_BEHIND = frozenset("there here itself himself herself themselves too".split())
_WAYS = frozenset(
    "statement interview briefing post letter speech conference release message address video tweet communique report".split()
)
"""What somebody says something in, which is no part of who he is."""
_OF_DATES = re.compile(r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?")
_RELATIVE = frozenset(["who", "which", "that"])
_DESCRIBED = frozenset("close familiar briefed loyal allied aligned".split())
_FEW = 4  # words of a quotation that is a verb


def _quoted_verb(words: Sequence[Token], starts: Sequence[int], quote: Span) -> int | None:
    """*The ministry "strongly condemned" the raid*: which word is the verb, where behind its subject no more than that stands in marks, which are nobody's words."""
    first = bisect_right(starts, quote[0])
    last = next((k for k in range(first, min(len(words), first + _FEW + 1)) if words[k].end == quote[1]), 0)
    verb = next((k for k in range(first, last) if words[k].tag != "AV0"), 0)
    if not 1 < first < last < len(words) - 1 or not words[first - 2].tag.startswith(("NN", "NP", "PNP")):
        return None
    behind = words[last + 1].tag.startswith(("AT0", "DPS", "DT0", "NP", "NN", "AJ", "CJT", "TO0"))
    told = words[verb].tag in ("VVD", "VVZ", "VVB") or (words[verb].tag == "VVN" and behind)
    return verb if verb and told and all(w.text[0].isalnum() for w in words[first:last]) else None


class Phrases:
    """One sentence. Spans of its own are of words, first and last; ``inside`` tells for every word in which quotation it stands, or -1."""

    def __init__(self, text: str, span: Span, words: list[Token], quoted: Sequence[Span]) -> None:
        self.text, self.span = text, span
        here = [q for q in quoted if q[0] < span[1] and q[1] > span[0] and not (q[0] < span[0] and q[1] > span[1])]
        starts = [w.start for w in words]
        verbs = {q: k for q in here if (k := _quoted_verb(words, starts, q)) is not None}
        marks = {at for a, b in verbs for at in (a, b - 1)}
        told = {k for k in verbs.values() if words[k].tag == "VVN"}
        words = [replace(w, tag="VVD") if k in told else w for k, w in enumerate(words)]
        self.words = words = [w for w in words if w.start not in marks]
        self.quotes = [q for q in here if q not in verbs]
        self.inside, starts = [-1] * len(words), [w.start for w in words]
        for n, (a, b) in reversed(list(enumerate(self.quotes))):  # of quotations within each other the first
            first, last = bisect_left(starts, a), bisect_left(starts, b)
            self.inside[first:last] = [n] * (last - first)
        self.subjects: list[tuple[int, Span]] = []  # word of the verb, words of its subject

    def _lower(self, i: int) -> str:
        word = self.words[i].text if 0 <= i < len(self.words) else ""
        return word if word in NAMES_IN_CAPITALS else word.lower()

    def _tag(self, i: int) -> str:
        return self.words[i].tag if 0 <= i < len(self.words) else ""

    def _time(self, i: int) -> bool:
        """*Monday*, *on 3 March*; not in *the March 23 Movement*."""
        named = i + 2 if self._tag(i + 1) == "CRD" else i + 1
        after = self.words[named].text if i >= 0 and named < len(self.words) else ""
        return self._lower(i) in cues.TIMES and not (after[:1].isupper() and after.lower() in cues.NAMED_AFTER_DAYS)

    def _chars(self, a: int, b: int) -> Span:
        """Characters of the words from ``a`` to ``b`` (inclusive)."""
        return self.words[a].start, self.words[b].end

    def _group(self, i: int) -> int:
        """The first word of the verb's group: auxiliaries, adverbs, *to*, and verbs like *continue to*."""
        g = i
        while g > 0 and self.inside[g - 1] == self.inside[i]:
            w = self.words[g - 1]
            if w.tag.startswith(_AUX) or w.tag == "AV0" or w.text.lower() in ("not", "n’t", "n't", *_FLOATING):
                g -= 1
            elif w.tag == "TO0" and self._tag(g - 2).startswith("V"):
                g -= 2
            elif w.tag == "VVN" and w.lemma in cues.CATENATIVE:
                g -= 1
            else:
                break
        while g < i and self.words[g].tag == "AV0" and g == 0:
            g += 1
        return g

    def _before(self, k: int) -> Span | None:
        """The words of the noun phrase that ends at word ``k``."""
        place = self.inside[k] if k >= 0 else -1
        k = self._before_circumstances(k)
        while k >= 0 and (self._time(k) or self._lower(k) in ("on", "last", "this")):
            k -= 1
        if self._lower(k) in _PARTS_OF_DAY and self._lower(k - 1) in ("last", "this", "that", "late", "early", "on"):
            k -= 2
        if k > 0 and self.words[k].tag == "PNX":
            k -= 1
        if k < 0 or self.inside[k] != place:
            return None
        word = self.words[k]
        if word.tag.startswith("PUQ") or word.text in "“”\"‘’«»'":
            return None
        if word.text in (",", "―", "—", "--", ")"):
            return self._apposition(k, place)
        if word.text.lower() in _RELATIVE and (word.tag in ("PNQ", "DTQ", "CJT")):
            return k, k
        governed = self._governed(k)
        if governed is not None:
            return self._before(governed - 1)
        if word.text.lower() in ("him", "them", "me", "us") and word.text != "US":
            return None
        if word.tag == "PNP" or word.tag.startswith("PNI"):
            return k, k
        if not word.tag.startswith(("NN", "NP", "CR", "DT0", "AJ", "ZZ")):
            return None
        return self._list(self._left(k, place), k), k

    def _before_circumstances(self, k: int) -> int:
        """The last word in front of a date and of words for how it was said: *the ministry in a statement late on 25 March 2025 accused*."""
        for _ in range(2):
            i, named = k, False
            while i > 0 and (
                (month := self._time(i)) or _OF_DATES.fullmatch(self._lower(i)) or (i < k and self._lower(i) == ",")
            ):
                i, named = i - 1, named or month
            if named and i < k and self._lower(i) in ("on", "in"):
                k = i - 1
                while self._lower(k) in ("late", "early"):
                    k -= 1
            if self._lower(k) in _WAYS:
                near = range(k - 1, max(0, k - 5), -1)
                said = next((i for i in near if not self._tag(i).startswith(("AT0", "AJ", "NN", "DPS", "NP"))), k)
                own = self._tag(said + 1) in ("AT0", "DPS") or self._lower(said + 1) in ("a", "an")
                if said < k and own and self._lower(said) in ("in", "on", "at", "during", "through", "via"):
                    k = said - 1
        return k

    def _governed(self, k: int) -> int | None:
        """Where the relative clause begins that ends at word ``k``: *the men who hold the hill*; ``None`` where there is none."""
        for r in range(k, max(-1, k - 14), -1):
            if self.words[r].text in (",", ";", ":") or self.inside[r] != self.inside[k]:
                return None
            if 0 < r < k and self._tag(r) == "VVG" and self._tag(r - 1).startswith("NN"):
                alone = all(
                    self._tag(i).startswith(_NOMINAL) or self._tag(i) in ("AT0", "DPS") for i in range(r + 1, k + 1)
                )
                return r if alone and self._left(r - 1, self.inside[r]) == 0 else None  # *rebels holding the town*
            if self._lower(r) in ("who", "which", "whom") and r > 0 and self._tag(r - 1).startswith(("NN", "NP")):
                return r if sum(self._finite(i) for i in range(r, k + 1)) == 1 and not self._finite(k) else None
        return None

    def _list(self, a: int, k: int) -> int:
        """Where a list of names begins whose end is *B and C*: *A, B and C*, *A, B, and C*."""
        first = a
        if a > 4 and self._lower(a - 1) == "and" and self._tag(a - 3).startswith(("NP", "NN")):
            first = self._left(a - 3, self.inside[a]) if self.words[a - 2].text == "," else a
            if first == a or self.words[first - 1].text != ",":
                return a
        elif not any(self._lower(c) == "and" for c in range(a + 1, k)):
            return a
        while first > 1 and self.words[first - 1].text == "," and self._tag(first - 2).startswith(("NP", "NN")):
            start = self._left(first - 2, self.inside[a])
            if any(self._time(c) for c in range(start, first)):
                return a
            first = start
        opens = first == 0 or self._tag(first - 1).startswith(("PUN", "CJ", "PUQ")) or self._lower(first - 1) == "both"
        return first if opens else a

    def _left(self, k: int, place: int) -> int:
        a = k
        while a > 0 and self.inside[a - 1] == place:
            w = self.words[a - 1]
            if self._time(a - 1) and w.text.lower() != "may":
                break
            if (described := self._described(a)) is not None:
                return described
            if self.words[a].tag in ("AT0", "DPS") or self._lower(a) in ("the", "a", "an"):
                if (
                    w.tag in ("PRF", "PRP")
                    and self._tag(a - 2).startswith(("NN", "NP"))
                    and (
                        w.text.lower() in _LINKS or (w.text.lower() == "to" and self.words[a - 2].lemma in cues.ENVOYS)
                    )
                ):
                    a -= 2
                    continue
                if w.text.lower() == "and" and self._tag(a - 2).startswith(("NN", "NP")):
                    start = self._left(a - 2, place)
                    opens = start == 0 or self._lower(start - 1) == "both"
                    if opens or self._tag(start - 1).startswith(("PUN", "CJ", "PUQ")):
                        return start
                break
            if w.tag in ("AT0", "DPS", "POS") or w.tag.startswith(_NOMINAL) or w.text in ("’s", "'s", "’", "%"):
                a -= 1
            elif (
                w.tag in ("PRF", "PRP") and w.text.lower() in _LINKS and self._tag(a - 2).startswith(("NN", "NP"))
            ) or (w.tag == "CJC" and w.text.lower() == "and" and self._tag(a - 2).startswith(("NN", "NP"))):
                a -= 2
            elif w.tag in ("VVN", "VVG") and self._tag(a - 2) == "AT0":
                a -= 1
            else:
                break
        return a

    def _described(self, a: int) -> int | None:
        """*a source close to X*, *monitors sent by X*: where the noun begins that is described by what governs the words from ``a`` on."""
        by, how = self._lower(a - 1), a - 2
        sent = by == "by" and self._tag(how) in ("VVN", "VVD")
        close = by in ("to", "with", "on") and self._lower(how) in _DESCRIBED
        if how < 1 or not (sent or close) or not self._tag(how - 1).startswith("NN"):
            return None
        first = self._left(how - 1, self.inside[a])
        return first if first == 0 or self._tag(first - 1).startswith(("PUN", "CJ", "PUQ")) else None

    def _apposition(self, k: int, place: int) -> Span | None:
        """*A, the minister of B,* or *A (C)*: the noun phrase before the one between commas, with it."""
        opening = "(" if self.words[k].text == ")" else self.words[k].text
        for c in range(k - 1, max(-1, k - 40), -1):
            if self.inside[c] != place and self.inside[k] != place:
                return None
            if self.words[c].text == opening:
                if not self._aside(c + 1, k):
                    return None
                at = c - 1 if self._lower(c - 1) in _BEHIND else c  # *an official there, who ...*
                return self._apposed_to(at, k, place, opening)
        return None

    def _apposed_to(self, c: int, k: int, place: int, opening: str) -> Span | None:
        """The noun phrase that ends before word ``c``, with its apposition up to word ``k``."""
        if c > 2 and self._tag(c - 1) == "CRD" and self.words[c - 2].text == ",":
            c -= 2  # *Jane Doe, 61, who took office in May,*
        if c > 0 and self.words[c - 1].text == ")" and opening != "(":
            inner = self._apposition(c - 1, place)
            return (inner[0], k - 1) if inner else None
        if c > 0 and self._tag(c - 1).startswith(("NN", "NP", "CR")):
            own = self._saying_aside(c + 1, k)
            return self._left(c - 1, place), c - 1 if own else k - 1 if opening == "," else k
        return None

    def _aside(self, a: int, b: int) -> bool:
        """Between two commas: no clause of its own, but words in apposition, a relative clause, or *he says*."""
        finite = next((i for i in range(a, b) if self._finite(i)), None)
        if finite is None or any(
            self._lower(i) in ("who", "which", "whose", "whom", "where") for i in range(a, finite)
        ):
            return True
        return self._tag(a) == "CJS" or self._saying_aside(a, b)

    def _saying_aside(self, a: int, b: int) -> bool:
        """*, he says,* between a subject and its verb."""
        finite = next((i for i in range(a, b) if self._finite(i)), None)
        return (
            finite is not None
            and b - a <= 4
            and self.words[finite].lemma in ("say", "add", "note", "warn", "insist", "argue", "explain")
            and finite >= b - 2
        )

    def _after(self, k: int) -> int:
        """The last word of the noun phrase that begins at word ``k``, with what stands in apposition to it."""
        place, b = self.inside[k], k - 1
        while b + 1 < len(self.words) and self.inside[b + 1] == place:
            w = self.words[b + 1]
            if w.tag.startswith((*_NOMINAL, "AT0", "DPS", "POS", "PNP")) and not self._time(b + 1):
                if w.tag == "PNP" and b >= k:
                    break
                b += 1
            elif (
                b >= k
                and w.tag in ("PRF", "PRP")
                and w.text.lower() in _LINKS
                and b + 2 < len(self.words)
                and self._tag(b + 2).startswith(("NN", "NP", "AT", "AJ", "DPS"))
            ) or (b >= k and w.text.lower() == "and" and self._tag(b + 2).startswith(("NP", "NN", "AT", "AJ"))):
                b += 1
            elif b >= k and w.text == "," and self._tag(b + 2).startswith(("AT0", "NN", "NP", "AJ", "DPS", "DT0")):
                stop = next(
                    (
                        i
                        for i in range(b + 2, len(self.words))
                        if self.words[i].text in (",", ".", "―", "—") or self.inside[i] != place
                    ),
                    len(self.words),
                )
                if any(self._finite(i) for i in range(b + 2, stop)) or stop - b > 16:
                    break
                return stop - 1
            else:
                break
        return b

    def _finite(self, i: int) -> bool:
        tag = self.words[i].tag
        return tag in ("VVD", "VVZ", "VVB", "VM0") or (tag[:2] in ("VB", "VH", "VD") and tag[2] in "DZB")

    def _clause(self, r: int) -> bool:
        """A clause of its own follows: somebody does something."""
        stop = next(
            (k for k in range(r, len(self.words)) if self.words[k].text in (",", ";", "―", "—")), len(self.words)
        )
        if self._tag(r) == "PNP" and r + 1 < len(self.words):
            return True
        return any(self._finite(k) for k in range(r + 1, max(stop, min(r + 10, len(self.words)))))

    def _whole(self, a: int, b: int) -> Span:
        """Characters from word to word, with the quotations at its ends uncut."""
        start, end = self._chars(a, b)
        for q in self.quotes:
            if q[0] < start < q[1]:
                start = max(q[0], self.span[0])
            if q[0] < end < q[1]:
                end = min(q[1], self.span[1])
        return start, end
