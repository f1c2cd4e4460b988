"""Who speaks by a sign alone: before a colon, or behind a dash where a heading ends."""

from __future__ import annotations

from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import _STOPS, _add, _Sentence
from servanda.statements.slavic.subjects import past_apposition
from servanda.statements.slavic.words import DASHES

_NAMED_LATE = 12  # words, within which the colon stands


def headed(s: _Sentence) -> None:
    """*Минобороны Хорватии: колонна ушла*: a body or somebody by name, and a colon.

    Args:
        s: the sentence.
    """
    colon = next((n for n, w in enumerate(s.words[:_NAMED_LATE]) if w.text == ":" and s.inside[n] < 0), 0)
    first = next((n for n, w in enumerate(s.words[:colon]) if w.text[0].isalpha()), 0)  # *14:05 X: A*
    phrase = phrase_at(s.words, first, ("nomn",), s.t, colon) if colon else None
    if phrase is None or colon + 2 >= len(s.words):
        return
    apposed = past_apposition(s, phrase.end) == colon  # *Иван Рута, командующий силами: A*
    on_it = phrase.end < colon and s.words[phrase.end].low in s.t.sets["spoken_about"]  # *X о тарифах: A*
    on_it = on_it or _told_in(s, phrase.end, colon)
    if (phrase.end != colon and not on_it and not apposed) or any(
        w.forms and w.forms[0].pos == "VERB" for w in s.words[first:colon]
    ):
        return
    head = s.words[phrase.head]
    known = head.known or head.lemmas & (s.t.sets["bodies"] | s.t.sides.keys() | s.t.sets["of_a_state"])
    if known or phrase.name[1] - phrase.name[0] > 1:
        quote = s.inside[colon + 1]
        content = (s.words[colon + 1].start, s.span[1]) if quote < 0 else s.quotes[quote]
        _add(s, colon, phrase, [content], direct=quote >= 0)
        s.insertions.append((s.words[first].start, s.words[colon].end))


def _told_in(s: _Sentence, k: int, colon: int) -> bool:
    """*X в интервью каналу: «A»*, *X, в эфире: «A»*."""
    texts = s.t.raw["texts"]
    k += s.words[k].text in (",", *DASHES)
    known = {*texts["where"].split(), *texts["nouns"].split()}
    if k + 1 >= colon:
        return False
    about = s.words[k].low in s.t.sets["spoken_about"] and s.words[k - 1].text in DASHES  # *X — о тарифах: A*
    return about or (s.words[k].low in (*texts["in"], *s.t.sets["of"]) and bool(s.words[k + 1].lemmas & known))


def footed(s: _Sentence) -> None:
    """*Дорогу не откроем — министр Марко Зорич*: an office and a name behind a dash, as in headings.

    Args:
        s: the sentence.
    """
    dash = next((n for n in range(len(s.words) - 1, 2, -1) if s.words[n].text in DASHES and s.inside[n] < 0), 0)
    phrase = phrase_at(s.words, dash + 1, ("nomn",), s.t) if dash and dash + 1 < len(s.words) else None
    if phrase is None or phrase.name[1] - phrase.name[0] < 2 or not s.words[phrase.head].lemmas & s.t.sets["offices"]:
        return
    ends = phrase.end >= len(s.words) or s.words[phrase.end].text in _STOPS
    if ends and any(w.forms and w.forms[0].pos == "VERB" for w in s.words[:dash]):
        _add(s, dash, phrase, [(s.words[0].start, s.words[dash - 1].end)])
        s.insertions.append((s.words[dash].start, s.words[-1].end))
