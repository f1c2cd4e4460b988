"""Verbs as cues: what a verb of saying or thinking attributes, and to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from servanda.statements import cues, scope
from servanda.statements.nocues import NoCues
from servanda.statements.words import Span

_CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_IF = frozenset(["if", "whether", "unless", "until", "once"])


@dataclass(frozen=True)
class Attribution:
    """Characters of the text: ``source`` and ``cue`` may be missing, ``content`` may be in pieces; ``direct``: in quotation marks; ``unsaid``: why it
    counts as not said: denied, in a condition, in a report that is doubted; ``said_as``: how the source is called; ``held``: a noun holds it (*Moscow's offer of a truce*).
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    direct: bool
    verb: str = ""
    sentence: Span = (0, 0)
    unsaid: str = ""
    said_as: str = ""
    held: bool = False

    @property
    def start(self) -> int:
        """Where the first of its parts stands."""
        return min(s[0] for s in (self.source, self.cue, *self.content) if s)


class Verbs(NoCues):
    """One sentence in which verbs attribute, rule by rule."""

    def _verb(self, i: int, out: list[Attribution]) -> Attribution | None:
        """What a verb attributes, if it is a cue; rule by rule, the first that applies decides."""
        word = self.words[i]
        g = self._group(i)
        left = self._before(g - 1) if g > 0 else None
        if left and (self._finite(i) or g < i):
            self.subjects.append((i, left))
        if self._reads_as_noun(i, g) or (word.tag == "VVG" and self._lower(i - 1) == "as"):
            return None
        stance = self._stance(i, g, left)
        if stance is not None:
            return stance
        last = self._cue_end(i)
        if (
            last is None
            or self._bare_participle(i, g)
            or self._by_another(i, g, left)
            or self._unnamed(i)
            or self._talked(i)
        ):
            return None
        quoting = self._quoting(i, g, left)
        if quoting is not None:
            return quoting
        if word.tag == "VVN" and any(self.words[k].tag.startswith("VB") for k in range(g, i)):
            return self._passive(i, g, left)
        if self._participle_alone(i, g, left):
            return None
        source, turned = self._source(i, g, left, out)
        if source is None or (source[0] == source[1] and self._lower(source[0]) == "you"):
            return None
        last = i if turned else last
        content = self._content(i, last, g, source, turned)
        if not content:
            return None
        cue = self._chars(i if turned else g, last)
        unsaid = scope.unsaid(self.words, i, g, source[0])
        return self._made(source, cue, self._of_relative(source, content), word.lemma, unsaid)

    def _of_relative(self, source: Span, content: list[Span]) -> list[Span]:
        """*the army, which it said began*: what the relative pronoun stands for belongs to what was said; of *the minister, who called it a trick, left* the
        clause ends at its comma.
        """
        if self._lower(source[0]) in ("who", "which") and source[0] == source[1]:
            ends = next((k for k in range(source[1] + 2, len(self.words)) if self._clause_ends(k)), None)
            if ends is not None and content and content[0][0] > self.words[source[0]].start:
                stop = self.words[ends - 1].end
                return [(a, min(b, stop)) for a, b in content if a < stop]
        r = source[0] - 1
        if self._lower(r) in ("which", "who", "whom"):
            named = self._stands_for((r, r))
            if named and content[0][0] > self.words[r].start:
                ends = self.text.find(",", content[0][0], content[0][1])  # there the relative clause is over
                first = (content[0][0], ends) if ends > content[0][0] else content[0]
                return [self._chars(*named), first, *([] if ends > 0 else content[1:])]
        return content

    def _clause_ends(self, k: int) -> bool:
        """A comma outside quotations, and behind it, but for adverbs, the verb of the main clause."""
        if self.words[k].text != "," or self.inside[k] >= 0:
            return False
        k += 1
        while self._tag(k) == "AV0":
            k += 1
        return k < len(self.words) and self.inside[k] < 0 and self._finite(k)

    def _stance(self, i: int, g: int, left: Span | None) -> Attribution | None:
        """*is ready to*, *remains opposed to*: a stance that is told without a verb of saying."""
        stand = next((k for k in (i + 1, i + 2, i + 3) if self._lower(k) in cues.STANDS), None)
        if (
            self.words[i].lemma in ("be", "remain", "stand", "stay")
            and left
            and stand is not None
            and self._lower(stand + 1) in ("to", "for")
            and all(self._tag(k) in ("AV0", "XX0") for k in range(i + 1, stand))
        ):
            return self._made(left, self._chars(g, stand), self._rest(stand + 1), self.words[stand].text.lower())
        answer = {"no": "refuse", "yes": "agree"}.get(self._lower(i + 1))
        if self.words[i].lemma == "say" and left and answer and self._lower(i + 2) == "to":
            return self._made(left, self._chars(g, i + 2), self._rest(i + 3), answer)  # *says no to observers*
        if self.words[i].lemma == "stand" and left and self._lower(i + 1) == "by" and self._rest(i + 2):
            return self._made(left, self._chars(g, i + 1), self._rest(i + 2), "support")
        refusing = self.words[i].lemma in cues.REFUSING and any(
            self._tag(k) == "XX0" or self._lower(k) == "never" for k in range(g, i)
        )
        refusing = refusing and not any(
            self.words[k].lemma == "be" for k in range(g, i)
        )  # *would not be allowed to join*
        if refusing and left and self._rest(i + 1) and any(self._tag(k) == "VM0" for k in range(g, i)):
            return self._made(left, self._chars(g, i), self._rest(i + 1), "refuse")
        return None

    def _cue_end(self, i: int) -> int | None:
        """The last word of the cue that begins with a verb, its particle included; ``None``: the verb is no cue."""
        word = self.words[i]
        if word.lemma == "make" and "clear" in (self._lower(i + 1), self._lower(i + 2)):
            return i + 1 if self._lower(i + 1) == "clear" else i + 2
        if (idiom := self._idiom(i)) is not None:
            return idiom
        at = i + 1
        if (
            self._lower(at) == ","
            and self._lower(at + 2) == ","
            and self._lower(at + 1) in ("however", "though", "too")
        ):
            at += 3
        if word.lemma == "vote":  # *voted 112 to 40 against it*, *voted overwhelmingly against it*
            at = next(
                (k for k in range(at, at + 5) if self._tag(k) not in ("CRD", "AV0") and self._lower(k) != "to"), at
            )
        particle = self._lower(at) in cues.PARTICLES.get(word.lemma, ())
        if particle and at > i + 1:
            return at
        if word.lemma in cues.SAYING or word.lemma in cues.THINKING or (particle and word.lemma in cues.PARTICLE_ONLY):
            return i + (0 if not particle else 2 if word.lemma == "double" else 1)
        if word.lemma == "turn" and self._turned_down(i):
            return i
        if word.lemma == "press" and any(self._tag(k) == "TO0" for k in range(i + 2, i + 6)):
            return i  # *pressed Kyiv to agree*
        return i if self._tells_a_quotation(i) else None

    def _idiom(self, i: int) -> int | None:
        """The last word of a phrase that tells of a saying: *let it be known*, *let slip*, *gave her word*, *made plain*."""
        lemma, low = self.words[i].lemma, [self._lower(k) for k in range(i + 1, i + 4)]
        if lemma == "let":
            return i + 3 if low == ["it", "be", "known"] else i + 1 if low[0] == "slip" else None
        if lemma == "give":
            return i + 2 if self._tag(i + 1) == "DPS" and low[1] == "word" else None
        if self._told_between(i, self._group(i)):
            return i + (self._tag(i + 1) == "AVP")
        if lemma == "make":
            return next((i + n + 1 for n in (0, 1) if low[n] in ("plain", "known")), None)
        return None

    def _told_between(self, i: int, g: int) -> bool:
        """*There were dumps, he allowed, and they would be sealed*; *they would fly on, the minister shot back*: any verb between a main clause and a comma or the end."""
        left = self._before(g - 1) if g == i and i > 1 and self.inside[i] < 0 else None
        if (
            left is None
            or self.words[i].tag not in ("VVD", "VVZ")
            or self._lower(left[0] - 1) != ","
            or left[1] != i - 1
        ):
            return False
        after = i + 1 + (self._tag(i + 1) == "AVP")
        ends = after >= len(self.words) or self._lower(after) in (",", ".")
        he = self._lower(left[0]) in ("he", "she")
        back = self._lower(i + 1) == "back"
        he = he and self.words[i].lemma in cues.BETWEEN
        clause = any(self._finite(k) for k in range(left[0] - 1)) and not self._tag(0).startswith(("CJS", "PRP", "AV"))
        return ends and clause and self._lower(0) not in ("if", "when", "as", "asked", "had") and (he or back)

    def _turned_down(self, i: int) -> bool:
        """*turned the proposal down*: the object stands between the verb and its particle."""
        for k in range(i + 1, min(i + 7, len(self.words))):
            if self._lower(k) == "down":
                return k > i
            if self.words[k].text in (",", ".", ";") or self._finite(k):
                return False
        return False

    def _tells_a_quotation(self, i: int) -> bool:
        """*"...", she stormed.*: whatever the verb, nothing but its subject stands between a quotation that ends with a comma and the verb that closes the clause."""
        if self.words[i].tag not in ("VVD", "VVZ") or self.inside[i] >= 0:
            return False
        left = self._before(i - 1) if i else None
        k = left[0] - 1 if left else -1
        if k < 0 or self.inside[k] < 0 or left is None or left[1] != i - 1:
            return False
        quote = self.quotes[self.inside[k]]
        ends = self.text[quote[1] - 2] in ",!?" and quote[1] - quote[0] > 12
        return ends and (
            i + 1 >= len(self.words)
            or self.words[i + 1].text in (".", ",", ";")
            or self._tag(i + 1).startswith(("PR", "AV"))
        )

    def _by_another(self, i: int, g: int, left: Span | None) -> bool:
        """*said by*, or a condition: *if he says*."""
        by = self.words[i].tag in ("VVN", "VVD") and g == i and self._lower(i + 1) == "by"
        by = by and self._lower(i + 2) not in cues.MEANS
        before = self._lower(left[0] - 1) if left else ""
        supposed = (
            before == "that" and left and self._lower(left[0] - 2) in ("provided", "condition", "supposing", "assuming")
        )
        return by or before in _IF or bool(supposed)

    def _quoting(self, i: int, g: int, left: Span | None) -> Attribution | None:
        """*The paper quoted the minister as saying*: the minister speaks."""
        word = self.words[i]
        colon = next((k for k in range(i + 1, min(i + 12, len(self.words) - 1)) if self.words[k].text == ":"), None)
        if (
            left
            and colon is not None
            and self.inside[colon + 1] >= 0
            and word.lemma in ("quote", "cite", "recall", "repeat")
        ):
            of = next((k for k in range(i + 1, colon) if self._lower(k) == "of" and self._lower(k - 1) == "words"), i)
            named = word.lemma in ("quote", "cite") or of > i
            if named and of + 1 < colon:
                return self._made((of + 1, colon - 1), self._chars(i, colon), self._rest(colon + 1), "say")
        if not (
            word.lemma in ("quote", "cite")
            and left
            and word.tag in ("VVD", "VVZ", "VVG", "VVN")
            and g == i
            and i + 1 < len(self.words)
        ):
            return None
        quoted = self._after(i + 1)
        behind = range(quoted + 1, min(quoted + 4, len(self.words)))
        saying = next((k for k in behind if self._lower(k) == "saying"), None)
        if quoted > i and saying is not None:
            return self._made((i + 1, quoted), self._chars(i, saying), self._rest(saying + 1), "say")
        return None

    def _source(self, i: int, g: int, left: Span | None, out: list[Attribution]) -> tuple[Span | None, bool]:
        """Whose saying it is; and whether he stands behind the verb: *"...", said the minister*."""
        word = self.words[i]
        behind = self._behind(i, g)
        if behind is not None and not (left and self._in_front(left, g)):
            return behind, True
        joined = word.tag == "VVG" and g == i and word.lemma in ("say", "add", "argue", "note")
        if joined and not (left and self._tag(left[1]) in ("PNP", "PNQ")):
            left = self._shared(g, out) or left
        if left is None and word.tag == "VVG" and self._of_somebody(g):
            left = self._before(g - 2)  # *accused Bland of claiming that*: Bland's claim
        after_comma = g > 0 and (self._tag(g - 1) == "CJC" or self.words[g - 1].text == ",")
        if left is None and (word.tag == "VVG" or after_comma):
            left = self._shared(g, out)
        return left, False

    def _in_front(self, left: Span, g: int) -> bool:
        """The subject stands where the clause begins, with words in apposition up to the verb: *their chief, a man of few words, said*."""
        opens = left[0] == 0 or self._tag(left[0] - 1).startswith("CJ")
        return self.words[g - 1].text == "," and self.inside[g - 2] < 0 and opens and left[1] - left[0] >= 3

    def _behind(self, i: int, g: int) -> Span | None:
        """The source behind its verb, where a quotation or a clause with a comma goes before."""
        word, follows = self.words[i], i + 1
        before = g > 0 and (self.words[g - 1].text in (",", "?", "!", "―", "—") or self.inside[g - 1] >= 0)
        if (
            before
            and self.words[g - 1].text == ","
            and self.inside[max(g - 2, 0)] < 0
            and not any(self._finite(k) for k in range(g - 1))
            and not self._between(follows)
        ):
            return None
        quoted = g > 0 and self.inside[g - 1] >= 0 and word.lemma in cues.SAYING  # *"...", retorted the minister*
        if not (
            (word.lemma in cues.INVERTED or quoted)
            and before
            and word.tag in ("VVD", "VVZ", "VVN", "VVB")
            and follows < len(self.words)
            and self.inside[follows] < 0
            and self._tag(follows).startswith(("NP", "NN", "AT0", "DPS", "AJ", "DT0", "CR"))
            and self._lower(follows) != "that"
            and not self._time(follows)
        ):
            return None
        end = self._after(follows)
        if end >= follows and (end + 1 >= len(self.words) or not self.words[end + 1].tag.startswith("V")):
            return follows, end
        return None

    def _between(self, follows: int) -> bool:
        """*Such a paper, argue the lawyers, is mentioned nowhere*: behind the speaker are a comma and the verb of what is said."""
        end = self._after(follows)
        return end >= follows and self._lower(end + 1) == "," and end + 2 < len(self.words) and self._finite(end + 2)

    def _shared(self, g: int, out: list[Attribution]) -> Span | None:
        """The subject of the verb that this one is joined to: that of the last cue, else the first of the sentence."""
        for one in reversed(out):
            if one.source and one.cue and one.cue[1] <= self.words[g].start and not self._by_noun(one):
                a, b = (
                    next((k for k, w in enumerate(self.words) if w.start <= x < w.end), None)
                    for x in (one.source[0], one.source[1] - 1)
                )
                if a is not None and b is not None:
                    return a, b
        before = [s for v, s in self.subjects if v < g]
        return before[0] if before else None

    def _by_noun(self, one: Attribution) -> bool:
        """A noun attributes it, which is the subject of nothing."""
        return any(one.cue is not None and w.start == one.cue[0] and w.tag.startswith("NN") for w in self.words)

    def _passive(self, i: int, g: int, left: Span | None) -> Attribution | None:
        """*was quoted (by B) as saying*, *is said to*, *was asked about*; others tell nothing of who speaks."""
        word = self.words[i]
        if word.lemma in ("quote", "cite") and left:
            saying = next(
                (
                    k
                    for k in range(i + 1, min(len(self.words), i + 14))
                    if self._lower(k) in ("saying", "telling", "stating", "as")
                ),
                None,
            )
            if saying is not None:
                end = (
                    saying + 1
                    if self._lower(saying) == "as" and self._lower(saying + 1) in ("saying", "telling")
                    else saying
                )
                by_whom = self._lower(end + 1) == "by"  # *was quoted as saying by the agency*
                content = (not by_whom and self._rest(end + 1)) or self._earlier(left[0])
                return self._made(left, self._chars(g, end), content, "say") if content else None
            content = self._rest(i + 1)
            return self._made(left, self._chars(g, i), content, "say") if content else None
        by = next((k for k in (i + 1, i + 2) if self._lower(k) == "by"), None)
        if left and by is not None and word.lemma in cues.TOLD_OF and by + 1 < len(self.words) and self.inside[by] < 0:
            end = self._after(by + 1)
            end = next(
                (k - 1 for k in range(by + 2, end) if self._lower(k) == "with"), end
            )  # *by A with the help of B*
            if end > by and not any(self._tag(k) in ("XX0", "VM0") for k in range(g, i)):
                what = self._stands_for(left) or left
                return self._made((by + 1, end), self._chars(g, by), [self._whole(*what)], word.lemma)
        return None

    def _stands_for(self, relative: Span) -> Span | None:
        """The words for which *who* or *which* stands: *the offer, which was accepted by A*; nothing of other words."""
        r = relative[0]
        if relative[1] != r or self._lower(r) not in ("which", "who", "whom", "that") or r < 2:
            return None
        return self._before(r - 2 if self._lower(r - 1) == "," else r - 1)

    def _is_aside(self, k: int) -> bool:
        """At the comma begins what tells nothing of who he is: *, speaking on condition of anonymity*."""
        return self.words[k].text == "," and self._lower(k + 1) in ("speaking", "meanwhile", "however", "though")

    def _made(self, source: Span | None, cue: Span, content: list[Span], verb: str, unsaid: str = "") -> Attribution:
        if source and source[0] < source[1] and _CLOCK.fullmatch(self.words[source[0]].text):
            source = source[0] + 1, source[1]  # *18:05 The mayor: "..."*
        if source:
            ends = (k - 1 for k in range(source[0] + 1, source[1]) if self._is_aside(k))
            source = source[0], next(ends, source[1])
        direct = any(q[0] < c[1] and q[1] > c[0] for q in self.quotes for c in content) or any(
            self.text[c[0]] in '“"«„' for c in content
        )
        called = " ".join(w.text for w in self.words[source[0] : source[1] + 1]) if source else ""
        return Attribution(
            self._chars(*source) if source else None, cue, tuple(content), direct, verb, self.span, unsaid, called
        )
