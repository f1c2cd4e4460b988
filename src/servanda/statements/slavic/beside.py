"""What stands beside a name and tells whose side somebody is on: offices in apposition, and what he leads."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.statements.slavic.phrases import Phrase, phrase_at
from servanda.statements.slavic.words import Tables, Word


def beside(words: Sequence[Word], phrase: Phrase, t: Tables) -> list[Word]:
    """All words that describe whom a phrase names.

    Args:
        words: of the sentence.
        phrase: it, with a name.
        t: the language.

    Returns:
        Those of the phrase without the name, of an apposition, and of what he leads.
    """
    a, b = phrase.name
    own = [*words[phrase.start : a], *words[b : phrase.end]]
    return [
        *own,
        *apposed(words, phrase.end, t),
        *_led(words, phrase.end, t),
        *_led_before(words, phrase.start, t),
        *_office_before(words, phrase, t),
    ]


def _office_before(words: Sequence[Word], phrase: Phrase, t: Tables) -> Sequence[Word]:
    """*Глава делегации Хорватии, заместитель министра Марко Зорич*: another office of his, before that which stands beside his name."""
    comma = phrase.start - 1
    own = any(w.lemmas & t.sets["offices"] for w in words[phrase.start : phrase.name[0]])
    goes_on = phrase.end < len(words) and words[phrase.end].low in (",", "и", "й", "та", "і")
    if not own or goes_on or comma < 1 or words[comma].text != ",":
        return ()  # of a list each is somebody else
    start = next((k + 1 for k in range(comma - 1, -1, -1) if words[k].mark), 0)
    before = phrase_at(words, start, ("nomn",), t)
    other = before is not None and not before.name[1] and bool(words[before.head].lemmas & t.sets["offices"])
    return words[start:comma] if other and before is not None and before.end >= comma else ()


def apposed(words: Sequence[Word], at: int, t: Tables) -> list[Word]:
    """What a name is explained by behind it: *Марко Зорич, глава делегации Хорватии,*; *Зорич (глава делегации)*.

    Args:
        words: of the sentence.
        at: the word behind the name.
        t: the language.

    Returns:
        The words of the explanation; none where there is none.
    """
    if at + 1 >= len(words):
        return []
    if words[at].low in t.sets["title_of"]:  # *Зорич из генштаба Хорватии*
        whose = phrase_at(words, at + 1, ("gent", "gen2"), t)
        known = t.sets["bodies"] | t.sides.keys()
        return list(words[at + 1 : whose.end]) if whose and words[whose.head].lemmas & known else []
    if words[at].text not in (",", "("):
        return []
    for case in ("nomn", "gent", "datv", "ablt", "accs"):
        phrase = phrase_at(words, at + 1, (case,), t)
        if phrase is not None and words[phrase.head].lemmas & t.sets["offices"] and not phrase.name[1]:
            return list(words[at + 1 : phrase.end])
    return []


def _led(words: Sequence[Word], at: int, t: Tables) -> Sequence[Word]:
    """*X возглавляет делегацию Хорватии*: what somebody leads."""
    if at < len(words) and words[at].text == ",":  # *X, возглавляющий*, *X, который возглавляет*
        at += 2 if at + 1 < len(words) and words[at + 1].lemmas & t.sets["relative"] else 1
    leads = t.raw["leads"]
    for verbs, case in (("verbs", "accs"), ("commands", "ablt")):
        if at + 1 < len(words) and words[at].lemmas & {*leads[verbs]}:
            start = _past_place(words, at + 1, t)
            phrase = phrase_at(words, start, (case,), t) if start < len(words) else None
            return words[start : phrase.end] if phrase is not None else ()
    return ()


def _led_before(words: Sequence[Word], at: int, t: Tables) -> Sequence[Word]:
    """*Делегацию Хорватии возглавил X*."""
    if at < 2 or not words[at - 1].lemmas & {*t.raw["leads"]["verbs"]}:
        return ()
    start = next((k + 1 for k in range(at - 2, -1, -1) if words[k].mark), 0)
    return words[start : at - 1]


def _past_place(words: Sequence[Word], at: int, t: Tables) -> int:
    """*представляющий на переговорах Камбоджу*: past where."""
    return at + 2 if words[at].low in t.sets["of"] else at
