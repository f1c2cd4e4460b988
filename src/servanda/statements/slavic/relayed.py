"""Sayings whose words stand elsewhere than behind their verb, or that have none (*по словам X*): in the sentence before, in a quotation with any verb beside it, or in what an agency cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from servanda.statements.slavic.headed import footed, headed
from servanda.statements.slavic.phrases import Phrase, agrees, phrase_at
from servanda.statements.slavic.places import place_speaks
from servanda.statements.slavic.sentence import (
    _STOPS,
    Told,
    _add,
    _around,
    _clause_end,
    _clause_start,
    _cue,
    _light,
    _quote_before,
    _Sentence,
)
from servanda.statements.slavic.subjects import _phrase_after, _phrase_before
from servanda.statements.slavic.words import DASHES, Tables, Word
from servanda.statements.words import Span

_SO = 4  # words between a quotation and the verb behind it
_REACH = 6  # words between a verb that cites and whom it cites
_NAMED_LATE = 12  # words, within which *Об этом* has its verb


def without_asides(words: Sequence[Word], t: Tables) -> list[Word]:
    """The words of a sentence without what its writer puts between commas: *X, в свою очередь, заявил*.

    Args:
        words: of a sentence.
        t: the language.

    Returns:
        The others, in order; the commas go with them.
    """
    asides = sorted((a.split() for a in t.raw["aside"]), key=len, reverse=True)
    out: list[Word] = []
    k = 0
    while k < len(words):
        opened = k == 0 or words[k].text == ","
        at = k + 1 if k and opened else k
        length = next((len(a) for a in asides if [w.low for w in words[at : at + len(a)]] == a), 0) if opened else 0
        closing = words[at + length].text if length and at + length < len(words) else ""
        if length and (closing == "," or (k and closing in (".", ":", *DASHES))):
            k = at + length + (closing == ",")
            continue
        out.append(words[k])
        k += 1
    return out


def of_the_one_before(s: _Sentence, before: Span | None) -> None:
    """*Об этом заявил X*: what stands in the sentence before.

    Args:
        s: the sentence.
        before: the one before it.
    """
    if before is None or (back := re.match(s.t.raw["back"], s.text[slice(*s.span)], re.IGNORECASE)) is None:
        return
    verbs = set(s.t.raw["back_verbs"].split())
    for k, w in enumerate(s.words[:_NAMED_LATE]):
        if s.inside[k] >= 0 or not w.is_a("VERB") or not w.lemmas & verbs:
            continue
        if w.start < s.span[0] + back.end() or _goes_on_itself(s, k):
            return
        phrase = _phrase_after(s, k) or _phrase_before(s, k) or place_speaks(s, k) or _of_a_text(s, k)
        if phrase is not None:
            _add(s, k, phrase, [before])
            s.insertions.append(s.span)
        return


def _goes_on_itself(s: _Sentence, k: int) -> bool:
    """*Об этом он сказал: «...»*, *Так, он заявил, что*: the sentence has words of its own."""
    return any(
        s.words[j].text == ":"
        or (s.words[j].text == "," and j + 1 < len(s.words) and s.words[j + 1].low in s.t.sets["that"])
        for j in range(k, len(s.words))
    )


def _of_a_text(s: _Sentence, k: int) -> Phrase | None:
    """*Об этом говорится в заявлении X*."""
    texts = s.t.raw["texts"]
    if k + 3 < len(s.words) and s.words[k + 1].low in texts["in"] and s.words[k + 2].lemmas & {*texts["nouns"].split()}:
        return phrase_at(s.words, k + 3, ("gent", "gen2"), s.t)
    return None


def by_any_verb(s: _Sentence) -> None:
    """*«A», — бросил X*, *X не верит: «A»*: whatever somebody is told to do right beside a quotation, he says it."""
    _led_in(s)
    footed(s)
    for k in range(2, len(s.words)):
        w = s.words[k]
        dash = k - 1
        while dash > 1 and k - dash < _SO and (s.words[dash].low in s.t.raw["so"] or _light(s, dash)):
            dash -= 1  # *«A» — так оценил встречу X*
        if s.inside[k] >= 0 or s.words[dash].text not in DASHES or not w.forms or w.forms[0].pos != "VERB":
            continue
        if _cue(s, k) or any(told.cue[0] == w.start for told in s.out) or w.forms[0].marks & {"1per", "2per", "futr"}:
            continue
        quote, phrase = _quote_before(s, dash), past_object(s, k)
        if quote is None or phrase is None or not somebody(s, phrase, body=True):
            continue
        more = [q for q in s.quotes if q[0] >= s.words[phrase.end - 1].end]
        _add(s, k, phrase, [quote, *more[:1]], direct=True)
        s.insertions.append((w.start, s.words[phrase.end - 1].end))


def past_object(s: _Sentence, k: int) -> Phrase | None:
    """The subject behind a verb, or behind what it is about: *оценил ход встречи X*.

    Args:
        s: the sentence.
        k: the verb.

    Returns:
        It, or nothing.
    """
    if (phrase := _phrase_after(s, k)) is not None:
        return phrase
    about = phrase_at(s.words, k + 1, ("accs", "datv"), s.t) if k + 1 < len(s.words) else None
    if about is None or not s.words[about.head].is_a("NOUN"):
        return None
    for end in range(about.end, about.head, -1):
        phrase = phrase_at(s.words, end, ("nomn",), s.t) if end < len(s.words) else None
        if phrase is not None and agrees(s.words[k], phrase) and somebody(s, phrase, body=True):
            return phrase
    return None


def _led_in(s: _Sentence) -> None:
    headed(s)
    for n in range(2, len(s.words) - 1):
        if s.words[n].text != ":" or s.inside[n] >= 0:
            continue
        a = _clause_start(s, n)
        verbs = [k for k in range(a, n) if s.words[k].forms and s.words[k].forms[0].pos == "VERB"]
        if len(verbs) != 1 or _cue(s, verbs[0]) or s.words[verbs[0]].forms[0].marks & {"1per", "2per", "futr"}:
            continue
        phrase = _phrase_before(s, verbs[0]) or _phrase_after(s, verbs[0])
        if phrase is None or not somebody(s, phrase, body=s.inside[n + 1] >= 0):
            continue
        if s.inside[n + 1] >= 0:
            _add(s, verbs[0], phrase, [s.quotes[s.inside[n + 1]]], direct=True)
        elif any(w.is_a("VERB") for w in s.words[n + 1 :]):
            _add(s, verbs[0], phrase, [(s.words[n + 1].start, s.span[1])])  # *X разводит руками: денег нет*


def somebody(s: _Sentence, phrase: Phrase, *, body: bool = False) -> bool:
    """A person, by name, office or pronoun.

    Args:
        s: the sentence.
        phrase: who.
        body: a body or a state will do as well.

    Returns:
        Whether it is one.
    """
    head, sets = s.words[phrase.head], s.t.sets
    told = sets["offices"] | sets["outside"] | sets["private"] | sets["anonymous"]
    told |= sets["bodies"] | s.t.sides.keys() if body else frozenset()
    return bool(phrase.name[1] or head.known or head.low in s.t.raw["pronouns"] or head.lemmas & told)


def cited(s: _Sentence) -> None:
    """*«A», цитирует агентство X*, *передаёт издание слова X*, *со ссылкой на X*."""
    cites = s.t.raw["cites"]
    for k, w in enumerate(s.words):
        if s.inside[k] >= 0 or not w.is_a("VERB"):
            continue
        if w.lemmas & {*cites["verbs"].split()}:
            at = next(((j, p) for j in range(k + 1, min(len(s.words), k + _REACH)) if (p := _whom(s, j))), None)
        elif w.lemmas & {*cites["passing"].split()}:
            at = next(
                (
                    (j, p)
                    for j in range(k + 1, min(len(s.words) - 1, k + _REACH))
                    if s.words[j].lemmas & {*cites["words"]}
                    and (p := phrase_at(s.words, j + 1, ("gent", "gen2"), s.t)) is not None
                ),
                None,
            )
        else:
            continue
        if at is None:
            continue
        _inserted_citation(s, k, at[1])
    _referring(s)


def _whom(s: _Sentence, j: int) -> Phrase | None:
    """Somebody in the accusative who can speak, and no agency."""
    if s.words[j].mark or s.words[j].lemmas & s.t.sets["carriers"]:
        return None
    passing = next((n for n in range(j, len(s.words)) if s.words[n].lemmas & s.t.sets["carriers"]), 0)
    phrase = phrase_at(s.words, j, ("accs",), s.t, passing)  # *цитирует министра ТАСС*
    return phrase if phrase is not None and somebody(s, phrase) else None


def _inserted_citation(s: _Sentence, k: int, phrase: Phrase) -> None:
    a = _clause_start(s, k)
    quote = _quote_before(s, a)
    end = _clause_end(s, phrase.end)
    if quote is not None:
        _add(s, k, phrase, [(s.words[0].start, quote[1])], direct=True, cue=(s.words[k].start, s.words[k].end))
    elif a:
        _add(s, k, phrase, _around(s, a - 1, end + 1), cue=(s.words[k].start, s.words[k].end))
    s.insertions.append((s.words[a].start, s.words[min(end, len(s.words) - 1)].end))


def _referring(s: _Sentence) -> None:
    """*сообщает агентство со ссылкой на X*: X says what stands around."""
    for name in s.t.raw["referring"]:
        want = name.split()
        for k in range(len(s.words) - len(want)):
            if s.inside[k] >= 0 or [w.low for w in s.words[k : k + len(want)]] != want:
                continue
            phrase = phrase_at(s.words, k + len(want), ("accs",), s.t)
            if phrase is None or s.words[phrase.head].lemmas & s.t.sets["carriers"]:
                continue
            a, end = _clause_start(s, k), _clause_end(s, phrase.end)
            if a and s.words[a - 1].text in (",", *DASHES) and (end >= len(s.words) or s.words[end].text in _STOPS):
                _add(s, k, phrase, [(s.words[0].start, s.words[a - 1].start)], cue=(s.words[k].start, s.words[k].end))
                s.insertions.append((s.words[a].start, s.words[min(end, len(s.words) - 1)].end))


def _past_described(s: _Sentence, end: int) -> int:
    """*по словам дипломата, близкого к переговорам, A*: the comma behind what describes him; where nothing does, his own end."""
    if end + 2 >= len(s.words) or s.words[end].text != ",":
        return end
    first = s.words[end + 1]
    described = first.in_case("gent") and (first.is_a("PRTF") or (first.is_a("ADJF") and s.words[end + 2].is_a("PREP")))
    close = next((j for j in range(end + 2, min(len(s.words), end + 10)) if s.words[j].text == ","), end)
    return close if described else end


def by_preposition(s: _Sentence) -> None:
    """*по словам X*, *за його словами*.

    Args:
        s: the sentence.
    """
    pairs = [tuple(p.split()) for p in s.t.raw["prepositions"]]
    for k, w in enumerate(s.words[:-2]):
        if s.inside[k] >= 0:
            continue
        for first, second in (p for p in pairs if len(p) == 2):
            if w.low != first and first not in w.lemmas:
                continue
            at = next(
                (
                    j
                    for j in (k + 1, k + 2)
                    if j < len(s.words) and (second in s.words[j].lemmas or s.words[j].low == second)
                ),
                None,
            )
            if at is None:
                continue
            his = s.words[k + 1].low if at == k + 2 else ""
            possessive = his in s.t.raw["his"]
            if his and not possessive:
                continue
            phrase = (
                None
                if possessive
                else phrase_at(s.words, at + 1, ("gent", "gen2"), s.t)
                if at + 1 < len(s.words)
                else None
            )
            if phrase is None and not possessive:
                continue
            end = _past_described(s, phrase.end) if phrase else at + 1
            if end < len(s.words) and s.words[end].text not in (",", *_STOPS, *DASHES) and k != 0:
                end = _clause_end(s, end)
            a = k - 1 if k and s.words[k - 1].text == "," else k
            b = end + 1 if end < len(s.words) and s.words[end].text == "," else end
            _add(s, at, phrase, _around(s, a, b), possessive=possessive, cue=(w.start, s.words[at].end))
            if s.out and possessive:
                s.out[-1] = _of_him(s.out[-1], s.t.raw["his"][his], (s.words[k + 1].start, s.words[k + 1].end))
            s.insertions.append((s.words[a].start, s.words[min(b, len(s.words)) - 1].end))
            break


def _of_him(told: Told, gender: str, source: Span) -> Told:
    return replace(
        told, source=source, verb="сказать", kinds=("says",), negated=False, name=None, gender=gender, possessive=True
    )


def in_a_text(s: _Sentence) -> None:
    """*говорится в заявлении X*.

    Args:
        s: the sentence.
    """
    texts = s.t.raw["texts"]
    verbs, nouns = texts["verbs"].split(), texts["nouns"].split()
    for k in range(len(s.words) - 2):
        w = s.words[k]
        told = any(a <= w.start < b for a, b in s.insertions)
        if told or s.inside[k] >= 0 or not (w.lemmas & set(verbs)) or s.words[k + 1].low not in texts["in"]:
            continue
        if not s.words[k + 2].lemmas & set(nouns):
            continue
        phrase = phrase_at(s.words, k + 3, ("gent", "gen2"), s.t) if k + 3 < len(s.words) else None
        phrase = phrase or _who_made_it(s, k + 3)
        if phrase is None:
            continue
        a = k - 1 if k and s.words[k - 1].text in (",", *DASHES) else k
        if a:
            _add(s, k, phrase, [(s.words[0].start, s.words[a - 1].end)], cue=(w.start, s.words[k + 2].end))


def _who_made_it(s: _Sentence, k: int) -> Phrase | None:
    """*(говорится в сообщении), которое распространило ведомство*."""
    if k + 2 >= len(s.words) or s.words[k].text != "," or not s.words[k + 1].lemmas & s.t.sets["relative"]:
        return None
    verb = next((j for j in range(k + 2, min(len(s.words), k + 5)) if s.words[j].is_a("VERB")), None)
    return _phrase_after(s, verb) if verb is not None else None


def goes_on(s: _Sentence, k: int, spoke: Told) -> None:
    """*Без них, добавляет, автобусы не тронутся*, *«Покажу», — обещает*: a verb alone between signs is of him who spoke just before.

    Args:
        s: the sentence.
        k: the verb.
        spoke: what was told last before it.
    """
    w, a = s.words[k], _clause_start(s, k)
    forms = [f for f in w.forms if f.pos == "VERB" and f.number == "sing" and not f.marks & {"1per", "2per", "futr"}]
    sexes = {f.gender for f in forms if f.gender}
    closed = k + 1 >= len(s.words) or s.words[k + 1].text in (",", ":", *_STOPS, *DASHES)
    closed = closed and (k + 2 >= len(s.words) or s.words[k + 2].low not in s.t.sets["that"])
    if not forms or not a or not closed or not all(_light(s, j) for j in range(a, k)):
        return
    if (
        s.words[a - 1].text not in (",", *DASHES)
        or spoke.gender == "they"
        or (sexes and spoke.gender not in (*sexes, ""))
    ):
        return
    quote = _quote_before(s, a)
    content = [quote] if quote is not None else _around(s, a - 1, k + 2)
    if s.insertions and any(x <= w.start < y for x, y in s.insertions):
        return
    _add(s, k, None, content, direct=quote is not None, possessive=True)
    if s.out and s.out[-1].cue[0] == w.start:
        s.out[-1] = replace(
            s.out[-1], source=spoke.source, name=spoke.name, gender=spoke.gender, possessive=spoke.possessive
        )
