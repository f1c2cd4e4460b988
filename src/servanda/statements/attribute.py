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

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from servanda.statements import cues
from servanda.statements.verbs import Attribution, Verbs
from servanda.statements.words import Span, Tagger, bare_quotation, hanover, quotations, sentences, tokens


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
    out: list[Attribution] = []
    latest: Span = (0, 0)
    for paragraph, following in zip_longest(paragraphs, paragraphs[1:]):
        quoted = quotations(text, paragraph)
        here: list[Attribution] = []
        for span in sentences(text, paragraph, quoted):
            sentence = _Sentence(text, span, tokens(text, span, tag), quoted)
            new = sentence.attributed() + sentence.announced(
                following if span[1] == paragraph[1] else None, paragraph[1]
            )
            bare = bare_quotation(text, span, quoted)
            if not new and bare:
                so_far = here or out
                spoken = [n for n, a in enumerate(so_far) if a.direct and latest[0] <= a.start < latest[1]]
                for n in spoken:
                    so_far[n] = replace(so_far[n], content=(*so_far[n].content, span))
                if spoken:
                    continue
            here += new
            latest = span if new else latest
            for quote in quoted:
                if span[0] <= quote[0] and quote[1] <= span[1] and quote[1] - quote[0] > 30:
                    inside = (quote[0] + 1, quote[1] - 1)
                    for part in sentences(text, inside, quotations(text, inside)):
                        here += _Sentence(text, part, tokens(text, part, tag), quotations(text, part)).attributed()
                        here = [a for a in here if not (quote[0] < a.start < quote[1] and a.verb in cues.THINKING)]
        out += here
    return sorted(_outer(list(dict.fromkeys(out))), key=lambda a: (a.start, a.content, a.cue or (0, 0)))


def _outer(attributed: Sequence[Attribution]) -> list[Attribution]:
    """Without the thoughts that stand inside what somebody says: they are part of it."""
    sayings = [a for a in attributed if a.verb in cues.SAYING or a.direct]
    return [
        a
        for a in attributed
        if a.verb not in cues.THINKING
        or not any(b is not a and any(s[0] <= a.start and a.start < s[1] for s in b.content) for b in sayings)
    ]


class _Sentence(Verbs):
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
                one = self._verb(i, out)
            elif word.lemma in cues.NOUNS and word.tag.startswith("NN"):
                one = self._noun(i)
            elif word.text == ":" and i + 1 < len(self.words) and self.inside[i + 1] >= 0:
                one = self._colon(i, out)
            elif word.text.lower() in cues.HEDGES:
                one = self._hedge(i)
            if one is not None and any(c.isalnum() for a, b in one.content for c in self.text[a:b]):
                out.append(one)
        return out

    def _according(self, i: int) -> Attribution | None:
        if i + 2 >= len(self.words) or self.inside[i + 2] >= 0:
            return None
        end = self._after(i + 2)
        if end < i + 2:
            return None
        stop = end
        if self.words[end].text != "," and end + 1 < len(self.words) and self._lower(end + 1) in ("who", "which"):
            stop = next(
                (k - 1 for k in range(end + 1, len(self.words)) if self.words[k].text in (",", ".")),
                len(self.words) - 1,
            )
        source = (i + 2, stop)
        lead = i == 0 or (i > 0 and self.words[i - 1].text == "," and i <= 2)
        if i == 0 or lead:
            content = self._rest(
                stop + 2 if stop + 1 < len(self.words) and self.words[stop + 1].text == "," else stop + 1
            )
        else:
            content = self._earlier(i)
        return self._made(source, self._chars(i, i + 1), content, "according")

    def _noun(self, i: int) -> Attribution | None:
        nxt = i + 1
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
            )
        ):
            return None
        k = i - 1
        while k >= 0 and self._tag(k).startswith("AJ"):
            k -= 1
        source: Span | None = None
        if k >= 0 and self._tag(k) == "DPS":
            source = (k, k)
        elif k >= 1 and (self._tag(k) == "POS" or self._lower(k) in ("’s", "'s", "’", "'")):
            source = (self._left(k - 1, self.inside[k - 1]), k - 1)
        content = self._rest(nxt)
        if source is None:
            return None
        return self._made(source, self._chars(i, i), content, self.words[i].lemma)

    def _colon(self, i: int, out: list[Attribution]) -> Attribution | None:
        """*The minister: "..."*; where a cue is near, it has its own."""
        if i == 0 or out or not self._tag(i - 1).startswith(("NN", "NP")):
            return None
        a = self._left(i - 1, -1)
        if a > 3:
            return None
        return self._made((a, i - 1), self._chars(i, i), self._rest(i + 1), "say")

    def announced(self, following: Span | None, end: int) -> list[Attribution]:
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
        colon = next((k for k in range(1, min(5, n - 1)) if self.words[k].text == ":"), None)
        if (
            colon is not None
            and all(w.text.isupper() or not w.text.isalnum() for w in self.words[:colon])
            and self.words[colon - 1].text.isalpha()
        ):
            first = next(k for k, w in enumerate(self.words) if w.text.isalpha())
            return [
                self._made((first, colon - 1), self._chars(colon, colon), [(self.words[colon + 1].start, end)], "say")
            ]
        return []

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
