"""Who speaks: the subject of a verb, before it or behind it, past what stands between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from servanda.statements.slavic.names import described_by
from servanda.statements.slavic.phrases import Phrase, agrees, phrase_at
from servanda.statements.slavic.places import residence
from servanda.statements.slavic.sentence import _clause_start, _Sentence
from servanda.statements.slavic.words import Tables, Word

_OBJECT = 8  # words between what stands in commas and the verb


def _phrase_after(s: _Sentence, k: int, cases: tuple[str, ...] = ("nomn",)) -> Phrase | None:
    """The subject behind a verb, past adverbs, hearers and times: *заявил в пятницу Денис Павленко*."""
    j, n = k + 1, len(s.words)
    for _ in range(9):
        if j >= n or s.inside[j] >= 0 or (s.words[j].mark and s.words[j].text != "«"):
            return None
        w = s.words[j]
        phrase = phrase_at(s.words, j, cases, s.t)
        if phrase is not None and agrees(s.words[k], phrase) and _can_speak(s, phrase):
            return phrase
        if w.is_a("PREP") and w.forms[0].pos in ("PREP", "ADVB", "CONJ"):
            j += 2
            while j < n and not s.words[j].mark and _goes_on(s, j):
                j += 1
            continue
        if w.forms and (
            w.forms[0].pos in ("ADVB", "PRCL", "NPRO", "CONJ") or (w.in_case("datv", "ablt") and not w.in_case("nomn"))
        ):
            j += 1
            continue
        return None
    return None


def _goes_on(s: _Sentence, j: int) -> bool:
    w = s.words[j]
    some = s.t.raw["one_of"]
    if w.low in (*some["one"], *some["several"]):
        return False  # *розповів на умовах анонімності один із дипломатів*
    return w.latin or (  # *написав у соцмережі X речник*
        bool(w.in_case("gent", "loct", "accs", "ablt"))
        and not (w.capital and phrase_at(s.words, j, ("nomn",), s.t) is not None)
        and not _office_at(s, j)
    )


def _office_at(s: _Sentence, j: int) -> bool:
    return bool(s.words[j].lemmas & (s.t.sets["offices"] | s.t.sets["bodies"])) and bool(s.words[j].in_case("nomn"))


def _can_speak(s: _Sentence, phrase: Phrase) -> bool:
    """A person, an office, a body, a state, or a pronoun that stands for one; a thing says nothing."""
    head = s.words[phrase.head]
    if s.words[(phrase.name[1] or phrase.end) - 1].oblique:
        return False
    if head.known or head.low in s.t.raw["that_one"] or both_of(s.words[phrase.start : phrase.end], s.t):
        return True
    if not _side_in_nominative(head, s.t):
        return False
    if phrase.name[1] or head.is_a("NPRO"):
        return head.low in s.t.raw["pronouns"] or bool(phrase.name[1])
    known = (
        s.t.sets["offices"]
        | s.t.sets["bodies"]
        | s.t.sets["carriers"]
        | s.t.sets["anonymous"]
        | s.t.sets["private"]
        | s.t.sets["outside"]
        | s.t.sides.keys()
    )
    return (
        bool(head.lemmas & known)
        or residence(s, phrase)
        or head.low in s.t.sides
        or (head.capital and phrase.head > 0)
        or (head.text.isupper() and len(head.text) > 1)
    )


def both_of(words: Sequence[Word], t: Tables) -> bool:
    """*Обе столицы*: what each of two sides has.

    Args:
        words: of a phrase.
        t: the language.

    Returns:
        Whether it is that.
    """
    both = t.raw["both_of"]
    return len(words) == 2 and bool(words[0].lemmas & {*both["number"]}) and bool(words[1].lemmas & {*both["whom"]})


def _phrase_before(s: _Sentence, k: int) -> Phrase | None:
    """The subject before a verb, in its clause; an apposition between commas belongs to it."""
    a = _clause_start(s, k)
    best = None
    j = a
    while j < k:
        w = s.words[j]
        which = bool(w.lemmas & s.t.sets["relative"]) and w.is_a("ADJF", "NPRO")
        himself = w.lemmas & {"сам"} and j + 1 < k and bool(s.words[j + 1].in_case("nomn"))  # *сам Фронт отверг*
        phrase = phrase_at(s.words, j, ("nomn",), s.t) if not (which or himself) else None
        if phrase is None or phrase.end > k:
            j += 2 if w.is_a("PREP") and w.forms[0].pos == "PREP" else 1
            while w.is_a("PREP") and 0 < j < k and _part_of_it(s, j):
                j += 1
            continue
        if j > a and phrase.start == phrase.head and described_by(s.words[j], s.words[j - 1]):
            j = phrase.end
            continue  # *обстрел Нижнего Сарна подтвердила миссия*
        wished = j > a and s.words[j - 1].is_a("INFN") and bool(s.words[phrase.head].in_case("accs"))
        if agrees(s.words[k], phrase) and _can_speak(s, phrase) and s.inside[phrase.start] < 0 and not wished:
            best = best or phrase
        j = phrase.end
    if best is not None:
        return best
    if a >= 2 and s.words[a - 1].text == "," and _nothing_said(s, a, k):
        return _before_comma(s, a - 1, k)
    return None


def _part_of_it(s: _Sentence, j: int) -> bool:
    """*у Fox News повторив*, *у Міноборони РФ відкинули*: a word goes on with a name that a preposition governs."""
    w, before = s.words[j], s.words[j - 1]
    initials = w.text.isupper() and len(w.text) > 1 and bool(w.in_case("gent"))
    return (w.latin and before.latin) or (initials and bool(before.lemmas & (s.t.sets["bodies"] | s.t.sets["offices"])))


def _nothing_said(s: _Sentence, a: int, k: int) -> bool:
    """Between what stands in commas and the verb is no other verb: *X, представитель армии, обвинения отверг*."""
    words = s.words[a:k]
    return len(words) <= _OBJECT and not any(w.mark or (w.forms and w.forms[0].pos in ("VERB", "CONJ")) for w in words)


def _before_comma(s: _Sentence, comma: int, k: int) -> Phrase | None:
    """*Полковник X, представитель армии, это отверг*: the phrase before the apposition."""
    j = comma - 1
    while j > 0 and not s.words[j].mark:
        j -= 1
    if s.words[j].text != ",":
        return None
    relative, apposed = _tells_of_him(s, j, comma), phrase_at(s.words, j + 1, ("nomn",), s.t)
    named = apposed is not None and apposed.name[1] > 0 and not relative  # *X, удерживающие Маси*: X
    if apposed is None and not relative:
        return None
    for i in range(_clause_start(s, j - 1), j):
        phrase = phrase_at(s.words, i, ("nomn",), s.t)
        if phrase is None or phrase.end != j or not agrees(s.words[k], phrase):
            continue
        if apposed is not None and named and not phrase.name[1] and apposed.end == comma:
            return replace(apposed, start=phrase.start)  # *Комендант лагеря, майор X, отказал*
        if _can_speak(s, phrase):
            return replace(phrase, end=j if relative else comma)
    return None


def _tells_of_him(s: _Sentence, j: int, comma: int) -> bool:
    """Behind the comma stands a clause or a description: *который ведёт переговоры*, *комментируя это*, *близкий к штабу*."""
    words = s.words[j + 1 : j + 3]
    if any(w.lemmas & s.t.sets["relative"] for w in words):
        return True
    first = words[0].forms[:1] if words else ()
    likely = first[0].pos if first else ""
    return likely in ("GRND", "PRTF") or (
        likely == "ADJF" and len(words) > 1 and words[1].is_a("PREP") and comma > j + 2
    )


def past_apposition(s: _Sentence, end: int) -> int:
    """*сообщил X, глава делегации*: past the office behind a name.

    Args:
        s: the sentence.
        end: the word behind the name.

    Returns:
        The word behind the office; the same where there is none.
    """
    if end + 1 >= len(s.words) or s.words[end].text != ",":
        return end
    more = phrase_at(s.words, end + 1, ("nomn",), s.t)
    if more is None or more.name[1] or not s.words[more.head].lemmas & s.t.sets["offices"]:
        return end
    return more.end if more.end >= len(s.words) or s.words[more.end].mark else end


def _phrase_after_any(s: _Sentence, verb: int) -> Phrase | None:
    kept = s.inside[:]
    s.inside = [-1] * len(kept)
    phrase = _phrase_after(s, verb)
    s.inside = kept
    return phrase


def _phrase_in(s: _Sentence, a: int, verb: int) -> Phrase | None:
    phrase = phrase_at(s.words, a, ("nomn",), s.t)
    return (
        phrase
        if phrase is not None and phrase.end <= verb and agrees(s.words[verb], phrase) and _can_speak(s, phrase)
        else None
    )


def _side_in_nominative(head: Word, t: Tables) -> bool:
    """False of *Минобороны Норландии*: no other reading of a side's name is in the nominative than several persons of that first name."""
    told = [f for f in head.forms if f.case == "nomn"]
    several = bool(told) and all(f.number == "plur" and "Name" in f.marks for f in told)
    return not (several and head.lemmas & t.sides.keys())


def _shared(s: _Sentence, k: int) -> Phrase | None:
    """*X написал A и добавил, что B*: the subject of the verb before."""
    before = s.words[k - 1].low if k else ""
    gerund = any(f.pos == "GRND" for f in s.words[k].forms) and not s.words[k].is_a("VERB")
    joined = any(s.words[j].low in ("и", "й", "та", "і", "но", "але", "а") for j in range(max(0, k - 3), k))
    if not (gerund or joined or before == ","):
        return None
    for told in reversed(s.out):
        if told.source is not None and told.cue[0] < s.words[k].start and not told.possessive:
            a = next(j for j, w in enumerate(s.words) if w.start >= told.source[0])
            b = next((j for j, w in enumerate(s.words) if w.end >= told.source[1]), a)
            name = (0, 0)
            if told.name:
                name = (
                    next(j for j, w in enumerate(s.words) if w.start >= told.name[0]),
                    next(j for j, w in enumerate(s.words) if w.end >= told.name[1]) + 1,
                )
            head = next((j for j in range(a, b + 1) if s.words[j].in_case("nomn")), a)
            phrase = Phrase(a, b + 1, head, name, "", told.gender if told.gender != "they" else "")
            return phrase if agrees(s.words[k], phrase) or gerund else None
    return None
