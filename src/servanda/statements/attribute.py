"""Who said what in one text: source, cue and content of every attribution, by their offsets.

An attribution has three parts (Pareti 2015): its *content*, what was said; its *source*, who said it; its *cue*, the
words that join them. The rules are of grammar only, and read from left to right:

1. A cue is a verb of saying or thinking with its auxiliaries, a noun that stands for one (*his claim that*), *according to*, a
   colon before a quotation, or a hedge (*reportedly*), which has no source.
2. The source is the subject of the verb: what stands before it, behind it where the order is turned round (*said the minister*), or
   the subject of the verb it is joined to (*and added*, *, saying*).
3. The content is what follows up to the end of the clause; where nothing follows, what went before it in the sentence. A quotation
   is never cut, and one that follows at once goes on with the same speaker.
4. A cue inside a quotation finds its source and its content there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from servanda.statements import cues, scope
from servanda.statements.documents import LABEL
from servanda.statements.letterhead import ORGAN
from servanda.statements.nouns import Nouns
from servanda.statements.verbs import Attribution
from servanda.statements.words import (
    DOTTED_TITLES,
    Span,
    Tagger,
    bare_quotation,
    closed,
    goes_on_to,
    hanover,
    quotations,
    sentences,
    tokens,
    without_asides,
)


def attributions(text: str, paragraphs: Sequence[Span], tagger: Tagger | None = None) -> list[Attribution]:
    """All attributions of a text.

    Args:
        text: the text of a document.
        paragraphs: from, to (exclusive): characters of each of its paragraphs.
        tagger: tags its words; left out, the Hanover Tagger.

    Returns:
        The attributions in the order in which they begin.

    Raises:
        ImportError: no tagger is given, and the Hanover Tagger is not installed.
    """
    tag = tagger or hanover()
    told = _Told(text, tag, _labels(text, paragraphs))
    n = 0
    while n < len(paragraphs):
        last = goes_on_to(text, paragraphs, n)
        told.read(paragraphs[n : last + 1], paragraphs[last + 1] if last + 1 < len(paragraphs) else None)
        n = last + 1
    return sorted(_outer(list(dict.fromkeys(told.out))), key=lambda a: (a.start, a.content, a.cue or (0, 0)))


def _labels(text: str, paragraphs: Sequence[Span]) -> frozenset[str]:
    """Which labels before a colon are speakers of a transcript: those of names in the text, and capitals where several lines have them."""
    times = Counter(m.group() for p in paragraphs if (m := LABEL.match(text, *p)))
    bare = {label: re.sub(r"\s*\(.*", "", label.rstrip(":")) for label in times}
    loud = {label for label, name in bare.items() if label.isupper() or (len(name) > 2 and name.split()[-1].isupper())}
    capitals = sum(n for label, n in times.items() if label in loud)
    asked = any(name.lower() in cues.ASKING for name in bare.values())
    out = set()
    for label, n in times.items():
        name = bare[label]
        surname = re.escape((name.split() or [label])[-1].title())
        named = bool(re.search(rf"\b[A-ZÀ-Þ][\w’'-]+ {surname}\b", text))
        titled = re.match(rf"(?:{DOTTED_TITLES})\b", label) is not None and (n > 1 or "(" in label)
        titled |= (
            _officer(name) or _organ(name) or (asked and (n > 1 or name.lower() in cues.ASKING))
        )  # *Host: ...* and who answers
        if (label in loud and (capitals > 1 or (named and label.isupper()))) or (named and n > 1) or titled:
            out.add(label)
    return frozenset(out)


def _officer(label: str) -> bool:
    """*US envoy John Doe*, *President Doe*: somebody with an office, whose words a heading or a summary tells behind a colon."""
    words = label.split()
    offices = [k for k, w in enumerate(words) if w.lower() in cues.OFFICES]
    return (
        bool(offices) and 0 < len(words) - 1 - offices[-1] < 4 and all(w[0].isupper() for w in words[offices[-1] + 1 :])
    )


def _organ(label: str) -> bool:
    """*March Movement*, *US State Department*, *Kivaran army*: an organ by its name, and no title of a section."""
    words = label.split()
    return 1 < len(words) < 7 and bool(ORGAN.search(label)) and all(w[0].isupper() or len(w) < 5 for w in words)


class _Told:
    """The attributions of a text, gathered paragraph by paragraph."""

    def __init__(self, text: str, tag: Tagger, labels: frozenset[str]) -> None:
        self.text, self.tag, self.labels = text, tag, labels
        self.out: list[Attribution] = []
        self.latest: Span = (0, 0)

    def read(self, run: Sequence[Span], following: Span | None) -> None:
        """One paragraph, or all those over which one quotation goes."""
        quoted = [quotations(self.text, p) for p in run]
        if quoted[-1] and not closed(self.text, quoted[-1][-1]):
            # it is never closed, so that nobody knows where it ends
            quoted[-1] = quoted[-1][:-1]
        if len(run) == 1:
            self.out += self._paragraph(run[0], quoted[0], following)
            return
        tail = [(p[0], p[1]) for p in run[1:-1]]
        opening = quoted[0][-1]
        first = self._paragraph(run[0], quoted[0], None)
        speaks = next((k for k in reversed(range(len(first))) if _holds(first[k], opening)), None)
        before = len(self.out)
        last = self._paragraph(run[-1], quoted[-1], following)
        end = quoted[-1][0] if quoted[-1] else run[-1]
        closes = next((k for k, a in enumerate(last) if _holds(a, end)), None)
        if speaks is not None:
            more = tail if closes is not None else [*tail, end]
            first[speaks] = replace(first[speaks], content=(*first[speaks].content, *more))
        elif closes is not None:
            last[closes] = replace(last[closes], content=(opening, *tail, *last[closes].content))
        self.out[before:] = [*self.out[before:], *first, *last]

    def _paragraph(self, paragraph: Span, quoted: list[Span], following: Span | None) -> list[Attribution]:
        text = self.text
        here: list[Attribution] = []
        for span in sentences(text, paragraph, quoted):
            sentence = _Sentence(text, span, without_asides(tokens(text, span, self.tag)), quoted)
            new = sentence.attributed()
            new += sentence.announced(following if span[1] == paragraph[1] else None, paragraph[1], self.labels)
            if not new and bare_quotation(text, span, quoted) and self._goes_on(here, span, quoted):
                continue
            new += self._thought_on(here, sentence) if not new else []
            here += new
            self.latest = span if new else self.latest
            for quote in quoted:
                if span[0] <= quote[0] and quote[1] <= span[1] and quote[1] - quote[0] > 30:
                    here += self._within(quote)
        return here

    def _goes_on(self, here: list[Attribution], span: Span, quoted: Sequence[Span]) -> bool:
        """A bare quotation goes on with whoever spoke last; one that is still open belongs to what follows."""
        so_far = here or self.out
        spoken = [n for n, a in enumerate(so_far) if a.direct and self.latest[0] <= a.start < self.latest[1]]
        if not any(q[0] <= span[0] + 1 and closed(self.text, q) for q in quoted if q[0] < span[1] and span[0] < q[1]):
            return False
        for n in spoken:
            so_far[n] = replace(so_far[n], content=(*so_far[n].content, span))
        return bool(spoken)

    def _thought_on(self, here: list[Attribution], sentence: _Sentence) -> list[Attribution]:
        """*They would stop by the end of the month.* behind what somebody is told to have said: his thought goes on in its tense."""
        before = here[-1] if here else None
        if before is None or before.direct or before.unsaid or not before.source or before.sentence != self.latest:
            return []
        if before.verb not in cues.SAYING or sentence.quotes or not sentence.goes_on():
            return []
        return [replace(before, cue=None, content=(sentence.span,), sentence=sentence.span, verb="say")]

    def _within(self, quote: Span) -> list[Attribution]:
        """What somebody quotes or says of others in what he is quoted with; a thought in it is part of it."""
        text, inside = self.text, (quote[0] + 1, quote[1] - 1)
        found = []
        for part in sentences(text, inside, quotations(text, inside)):
            found += _Sentence(
                text, part, without_asides(tokens(text, part, self.tag)), quotations(text, part)
            ).attributed()
        found = [a for a in found if a.said_as.lower() not in ("they", "it")]  # whom he means no text tells
        return [a for a in found if not (quote[0] < a.start < quote[1] and a.verb in cues.THINKING)]


def _holds(a: Attribution, quote: Span) -> bool:
    """The quotation is part of what is attributed."""
    return any(x < quote[1] and quote[0] < y for x, y in a.content)


def _outer(attributed: Sequence[Attribution]) -> list[Attribution]:
    """Without the thoughts that stand inside what somebody says: they are part of it."""
    sayings = [a for a in attributed if a.verb in cues.SAYING or a.direct]
    return [
        a
        for a in attributed
        if a.verb not in cues.THINKING
        or (a.verb == "agree" and not re.match(r"(?:it|he|she|they|we|I)\b", a.said_as, re.IGNORECASE))
        or not any(b is not a and any(s[0] <= a.start and a.start < s[1] for s in b.content) for b in sayings)
    ]


_ABOUT = frozenset("on about regarding concerning".split())
"""With what a label begins that names a matter and no speaker."""


class _Sentence(Nouns):
    """One sentence and what each of its cues attributes."""

    def attributed(self) -> list[Attribution]:
        """What the cues of the sentence attribute, in order."""
        out: list[Attribution] = []
        for i, word in enumerate(self.words):
            if self.inside[i] >= 0:
                continue
            one = None
            if word.text.lower() == "according" and self._lower(i + 1) == "to":
                one = self._according(i)
            elif word.tag.startswith("V"):
                one = self._was_the_answer(i) or self._puts_the_blame(i) or self._verb(i, out)
            elif word.tag.startswith("NN") and word.lemma in cues.NOUNS | cues.DEMANDS | cues.HELD:
                one = (
                    (self._demands(i) if word.lemma in cues.DEMANDS else None)
                    or (self._noun(i) if word.lemma in cues.NOUNS else None)
                    or (self._held(i) if word.lemma in cues.HELD else None)
                )
            elif word.text.lower() in cues.HEDGES:
                one = self._hedge(i)
            if one is not None and any(c.isalnum() for a, b in one.content for c in self.text[a:b]):
                out.append(one)
        out = out or self._for_somebody() or self._by_account()
        colon = next((k for k, w in enumerate(self.words) if w.text == ":" and self.inside[k] < 0), None)
        if (
            all(one.verb in cues.NOUNS for one in out)
            and colon is not None
            and colon + 1 < len(self.words)
            and self.inside[colon + 1] >= 0
        ):
            one = self._in_words_of(colon) or self._colon(colon)
            out += [one] if one is not None else []
        elif not out and colon is not None and (one := self._in_words_of(colon)) is not None:
            out.append(one)
        elif not out and colon is not None and self.words[colon - 1].lemma in cues.DEMANDS:
            out += self._list_of_demands(colon)
        return out

    def _according(self, i: int) -> Attribution | None:
        if i + 2 >= len(self.words) or self.inside[i + 2] >= 0:
            return None
        end = self._after(i + 2)
        if end < i + 2:
            return None
        stop = end
        if self._lower(end + 1) == "," and self._lower(end + 2) in ("who", "which", "whose"):
            stop = next((k - 1 for k in range(end + 2, len(self.words)) if self.words[k].text in (",", ".")), end)
        elif self.words[end].text != "," and end + 1 < len(self.words) and self._lower(end + 1) in ("who", "which"):
            stop = next(
                (k - 1 for k in range(end + 1, len(self.words)) if self.words[k].text in (",", ".")),
                len(self.words) - 1,
            )
        if self._tag(end + 1) in ("VVN", "VVD") and self._lower(end + 2) == "by" and self._after(end + 3) > end + 2:
            stop = self._after(end + 3)  # *according to a draft seen by the agency*
        source = (i + 2, stop)
        joins = i == 1 and self._tag(0).startswith(("CJ", "AV"))  # *But according to X, A*
        lead = i == 0 or joins or (i > 0 and self.words[i - 1].text == "," and i <= 2)
        if i == 0 or lead:
            content = self._rest(
                stop + 2 if stop + 1 < len(self.words) and self.words[stop + 1].text == "," else stop + 1
            )
        else:
            content = self._earlier(i)
            if stop + 2 < len(self.words) and self.words[stop + 1].text == "," and self._finite(stop + 2):
                content = [*content, *self._rest(stop + 2)]
        return self._made(source, self._chars(i, i + 1), content, "according")

    def _colon(self, i: int) -> Attribution | None:
        """*The minister: "..."*; where a cue is near, it has its own."""
        if i == 0 or self._lower(0) in _ABOUT:
            return None  # *On the army: "..."* names what it is about
        if self.subjects:
            verb, subject = self.subjects[0]
            if verb < i and self._tag(subject[1]).startswith(("NN", "NP", "PNP")):
                return self._made(subject, self._chars(self._group(verb), verb), self._rest(i + 1), "say")
        a = self._left(i - 1, -1) if self._tag(i - 1).startswith(("NN", "NP")) else i
        if a <= 3:
            return self._made((a, i - 1), self._chars(i, i), self._rest(i + 1), "say")
        end = self._after(0)
        told_in = end + 1 < i and (self.words[end + 1].text == "," or self._tag(end + 1) == "PRP")
        if any(self._finite(k) for k in range(i)) or not told_in or not self._tag(end).startswith(("NN", "NP")):
            return None
        return self._made(
            (0, end), self._chars(i, i), self._rest(i + 1), "say"
        )  # *The minister, in an interview: "..."*

    def announced(self, following: Span | None, end: int, labels: frozenset[str]) -> list[Attribution]:
        """*The minister continued:* and the next paragraph is what he said; *"..." ― The minister*; a line of a transcript."""
        n = len(self.words)
        if n < 2:
            return []
        if (
            following
            and self.words[-1].text == ":"
            and self.subjects
            and any(w.lemma in cues.SAYING or w.lemma in ("make", "put", "have") for w in self.words)
        ):
            verb, subject = self.subjects[-1]
            return [
                self._made(
                    subject,
                    (self.words[self._group(verb)].start, self.words[-1].end),
                    [following],
                    self.words[verb].lemma,
                )
            ]
        dash = next(
            (
                k
                for k in range(1, n - 1)
                if self.words[k].text in ("―", "—", "–", "--") and self.inside[k - 1] >= 0 and self.inside[k] < 0
            ),
            None,
        )
        if (
            dash is not None
            and self._tag(dash + 1).startswith("NP")
            and not any(self._finite(k) for k in range(dash, n))
        ):
            return [self._made((dash + 1, self._after(dash + 1)), self._chars(dash, dash), self._earlier(dash), "say")]
        colon = next((k for k in range(1, min(12, n - 1)) if self.words[k].text == ":"), None)
        if colon is not None and self.text[self.span[0] : self.words[colon].end] in labels:
            first = next(k for k, w in enumerate(self.words) if w.text.isalpha())
            start = self.words[colon + 1].start
            spoken = sentences(self.text, (start, end), quotations(self.text, (start, end)))
            asks = self._lower(first) in cues.ASKING
            label = self._made((first, colon - 1), self._chars(colon, colon), [], "say", scope.ASKED if asks else "")
            return [replace(label, content=(s,), direct=True) for s in spoken]
        return []

    def goes_on(self) -> bool:
        """Its first verb is *would*, *could*, *had to*, as in what is told of another's words; not *would have done*."""
        first = next((k for k in range(len(self.words)) if self._finite(k)), None)
        if first is None or len(self.words) < 6 or self.words[-1].text == "?" or self._lower(0) in ("i", "we"):
            return False
        must = self._lower(first) == "had" and self._lower(first + 1) == "to"
        may = self._lower(first) in ("would", "could", "might", "should") and "have" not in (
            self._lower(first + 1),
            self._lower(first + 2),
        )
        return must or may

    def _hedge(self, i: int) -> Attribution | None:
        after = next((k for k in range(i, min(i + 3, len(self.words))) if self._tag(k).startswith("V")), None)
        if after is None and not any(self._tag(k).startswith("V") for k in range(max(0, i - 2), i)):
            return None
        if any(
            self.words[k].lemma in cues.SAYING and self._tag(k).startswith("V")
            for k in range(max(0, i - 2), min(i + 4, len(self.words)))
        ):
            return None
        content = self._rest(i + 1)
        return self._made(None, self._chars(i, i), content, "report")
