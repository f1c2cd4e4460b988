"""A place, or a body, that speaks: *в Киеве отвергли*, *у Міноборони РФ звинувачення відкинули*, *там заявили*."""

from __future__ import annotations

import re
from dataclasses import replace

from servanda.statements.slavic.phrases import Phrase, phrase_at
from servanda.statements.slavic.sentence import _clause_start, _kinds, _Sentence

_IN = ("в", "у", "во")
_OPENS, _CLOSES = ("«", "“", "„", '"'), ("»", "”", "“", '"')
_QUOTED = 6  # words of a name in quotation marks
_BACK = 24  # words before a verb, in which the clause that it goes on with begins


def place_speaks(s: _Sentence, k: int) -> Phrase | None:
    """The place whose people a verb in the plural without a subject speaks of.

    Args:
        s: the sentence.
        k: the verb.

    Returns:
        What stands for a side, a body or an organ; none where nothing does.
    """
    if not any((f.pos == "VERB" and f.number == "plur") or "plur" in f.marks for f in s.words[k].forms):
        return None
    a = _clause_start(s, k)
    if (found := _place_in(s, a, k)) is not None:
        return found
    if (found := next((p for j in (k + 1, k + 2) if (p := _place_at(s, j)) is not None), None)) is not None:
        return found
    if a >= 2 and s.words[a - 1].text == "," and not any(w.is_a("VERB") for w in s.words[a:k]):
        return _before_clause(s, a - 1)
    return None


def _place_in(s: _Sentence, a: int, k: int) -> Phrase | None:
    for j in range(a, k):
        if s.words[j].low == "там":
            return Phrase(j, j + 1, j, (0, 0), "plur", "")
        if (phrase := _place_at(s, j)) is not None and phrase.head < k:
            # *в Кинсаре дали понять*: no *даль* of hers
            return _without_object(s, replace(phrase, end=min(phrase.end, k)), k)
    return None


def _before_clause(s: _Sentence, comma: int) -> Phrase | None:
    """*В Вершинске, где об этом узнали из новостей, заявили*: the place before a clause that tells of it."""
    j = comma - 1
    while j > max(0, comma - _BACK) and s.words[j].text != ",":
        j -= 1
    if s.words[j].text != "," or not any(w.low in s.t.raw["where_clause"] for w in s.words[j + 1 : j + 3]):
        return None
    return next((p for i in range(_clause_start(s, j), j) if (p := _place_at(s, i)) is not None and p.end == j), None)


def _place_at(s: _Sentence, j: int) -> Phrase | None:
    """*в Кремле*, *в «Росатоме»*, *в ОВА*: a body, a place that stands for a side, or an organ by its first letters."""
    if j + 1 >= len(s.words) or s.words[j].low not in _IN or s.inside[j] >= 0:
        return None
    if s.words[j + 1].text in _OPENS:
        return _in_marks(s, j + 1)
    phrase = phrase_at(s.words, j + 1, ("loct", "loc2"), s.t)
    if phrase is None:  # a name that the dictionary does not know has any case
        place = s.words[j + 1]
        known = place.capital and place.low in s.t.sides
        return Phrase(j + 1, j + 2, j + 1, (0, 0), "plur", "") if known else None
    head = s.words[phrase.head]
    initials = head.text.isupper() and len(head.text) > 1 and not head.lemmas & s.t.sets["carriers"]
    if not (head.lemmas & (s.t.sides.keys() | s.t.sets["bodies"]) or initials or residence(s, phrase)):
        return None
    end = next((i for i in range(phrase.head + 1, phrase.end) if s.words[i].low in s.t.raw["his"]), phrase.end)
    return Phrase(phrase.start, end, phrase.head, (0, 0), "plur", "", joint=False)


def _in_marks(s: _Sentence, at: int) -> Phrase | None:
    """*в «Росатоме»*: a name in marks, and no sentence."""
    close = next((c for c in range(at + 1, min(len(s.words), at + _QUOTED)) if s.words[c].text in _CLOSES), 0)
    if close < at + 2 or not s.words[at + 1].capital or any(s.inside[n] >= 0 for n in range(at, close + 1)):
        return None
    if s.words[at + 1].lemmas & s.t.sets["carriers"]:
        return None
    return Phrase(at + 1, close, at + 1, (0, 0), "plur", "")


def _without_object(s: _Sentence, phrase: Phrase, k: int) -> Phrase:
    """*У Міноборони РФ звинувачення відкинули*: the last word before the verb is what was rejected, and no part of the ministry's name."""
    last = s.words[phrase.end - 1]
    kinds, lemma = _kinds(s, k)
    takes = set(kinds) - {"says"} or lemma in s.t.raw["named"]["verbs"].split()
    alone = phrase.end - phrase.head <= 2 and not re.search(s.t.raw["charges"], last.low)
    if phrase.end != k or not takes or alone or last.capital or not last.in_case("accs"):
        return phrase
    behind = s.words[k + 1] if k + 1 < len(s.words) else None
    if behind is not None and behind.is_a("NOUN", "ADJF", "NPRO") and behind.in_case("accs"):
        return phrase  # *в министерстве обороны отвергли обвинение*
    return replace(phrase, end=phrase.end - 1)


def residence(s: _Sentence, phrase: Phrase) -> bool:
    """*Елисейский дворец*: several words that stand for a side.

    Args:
        s: the sentence.
        phrase: some of its words.

    Returns:
        Whether they do.
    """
    words = s.words[phrase.start : phrase.end]
    return any(
        all(part in w.lemmas for part, w in zip(name.split("_"), words[i:], strict=False))
        for name in s.t.sides
        if "_" in name
        for i in range(len(words) - name.count("_"))
    )
