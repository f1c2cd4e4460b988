"""Source, cue and content of every attribution in a paragraph.

1. **Cues** are verbs of saying and of stance, short adjectives that tell where somebody stands (*готов*), *по словам X*, and *говорится в заявлении X*.
   A verb after a negation that only says (*не говорил, что*), in a clause with *если* or *чтобы*, or in the first person, is none.
2. **The source** is the noun phrase in the nominative that the verb agrees with, before it in its clause, else behind it; *его*, *её* and pronouns are looked up later.
3. **The content** is the quotation beside the cue, the clause behind *что* or a colon, what surrounds an inserted *сказал он*, or, of a verb of stance, its objects.
Where one of the three is not certain, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from servanda.statements.slavic.objects import named, of_stance, opens_itself, told_of
from servanda.statements.slavic.phrases import Phrase
from servanda.statements.slavic.places import place_speaks
from servanda.statements.slavic.relayed import (
    by_any_verb,
    by_preposition,
    cited,
    goes_on,
    in_a_text,
    of_the_one_before,
    past_object,
    without_asides,
)
from servanda.statements.slavic.sentence import (
    _AND,
    _SPOKEN_WORDS,
    _STOPS,
    _TRIM,
    Told,
    _add,
    _around,
    _bare,
    _clause_end,
    _clause_start,
    _cue,
    _governing,
    _kinds,
    _led_by_words,
    _light,
    _negated,
    _opener,
    _quote_before,
    _rest,
    _Sentence,
)
from servanda.statements.slavic.subjects import (
    _phrase_after,
    _phrase_after_any,
    _phrase_before,
    _phrase_in,
    _shared,
    past_apposition,
)
from servanda.statements.slavic.words import DASHES, Tables, words_of
from servanda.statements.words import Span, quotations, sentences

LONGEST_SENTENCE = 300
"""Words; a longer one is no sentence that people write, and is left out."""
_CHARGED = 12
_CONTEXT = 200  # letters before, in which *this* is looked for


def attributions(
    text: str,
    paragraph: Span,
    t: Tables,
    names: frozenset[str] = frozenset(),
    before: str = "",
    last: Span | None = None,
) -> list[Told]:
    """The attributions of a paragraph.

    Args:
        text: the document.
        paragraph: its characters.
        t: the language.
        names: last names of people in the document, in small letters.
        before: what stands before the paragraph.
        last: the last sentence before it.

    Returns:
        Them, in the order of their cues.
    """
    quoted = quotations(text, paragraph)
    if text[paragraph[0]] in DASHES and re.search(r"[,.!?…] [—–] ", text[slice(*paragraph)]):
        quoted = [*quoted, (paragraph[0], paragraph[1])]  # a line of a dialogue is spoken, but for what is inserted
    out: list[Told] = []
    goes_on = False
    for span in sentences(text, paragraph, [q for q in quoted if q != paragraph]):
        spoke = next((x for x in reversed(out) if x.source is not None), None)
        found = [_with_context(x, text, before, t) for x in _in_sentence(text, span, quoted, t, names, last, spoke)]
        last = span
        before = f"{before[-_CONTEXT:]} {text[slice(*span)]}"
        if text[paragraph[0]] in DASHES and paragraph in quoted:  # *— A, — сказал X. — B. C.*
            goes_on = any(len(x.content) > 1 for x in found) or (not found and (goes_on or text[span[0]] in DASHES))
            if not found and goes_on and out and out[-1].direct:
                here = (_bare(text, span),)
                found = [replace(out[-1], content=here, kinds=("says",), negated=False, sentence=span, context="")]
        bare = any(a <= span[0] + 1 and span[1] - 2 <= b for a, b in quoted if (a, b) != paragraph)
        if not found and out and bare and out[-1].direct:  # a bare quotation goes on with the speaker of the one before
            here = (_bare(text, span),)
            found = [replace(out[-1], content=here, kinds=("says",), negated=False, sentence=span, context="")]
        out += found
    return out


def _with_context(told: Told, text: str, before: str, t: Tables) -> Told:
    """*Эту идею поддержал*: what *this* is stands in the sentence before."""
    words = " ".join(text[a:b] for a, b in told.content).lower().split()
    this = len(words) <= _SPOKEN_WORDS and any(re.fullmatch(t.raw["this"], w.strip(",.")) for w in words)
    charge = len(words) <= _CHARGED and re.search(t.raw["charges"], " ".join(words))
    return replace(told, context=before) if (this or charge) and before else told


def _in_sentence(
    text: str,
    span: Span,
    quoted: Sequence[Span],
    t: Tables,
    names: frozenset[str],
    before: Span | None,
    spoke: Told | None,
) -> list[Told]:
    words = without_asides(words_of(text, span, t.code, names), t)
    if len(words) > LONGEST_SENTENCE:
        return []
    quotes = [
        (max(a, span[0]), min(b, span[1]))
        for a, b in quoted
        if a < span[1] and span[0] < b and _speech(text, (a, b), span)
    ]
    inside = [next((n for n, (a, b) in enumerate(quotes) if a <= w.start < b), -1) for w in words]
    s = _Sentence(text, span, words, inside, quotes, t)
    _inserted_in_quotes(s)
    cited(s)
    of_the_one_before(s, before)
    by_any_verb(s)
    if _unsaid_from(s) > 0:
        by_preposition(s)
    in_a_text(s)
    end = _unsaid_from(s)
    denied = _in_a_denial(s)
    cues = [k for k in range(end) if s.inside[k] < 0 and k not in denied and _cue(s, k)]
    for k in cues:
        if not any(told.cue[0] == words[k].start for told in s.out):
            _inserted(s, k)
    for k in cues:
        if not any(told.cue[0] <= words[k].start < told.cue[1] for told in s.out):
            _plain(s, k)
    for k in cues:
        if spoke is not None and not any(told.cue[0] <= words[k].start < told.cue[1] for told in s.out):
            goes_on(s, k, spoke)
    return sorted(s.out, key=lambda told: told.cue)


def _unsaid_from(s: _Sentence) -> int:
    """From which word on nothing is told as said: behind *не заявлял, что*, *если скажет, что*, *неправда, что*, *по слухам*."""
    for k, w in enumerate(s.words):
        if s.inside[k] >= 0:
            continue
        if w.lemmas & s.t.sets["rumours"]:
            return k
        opens = any(
            s.words[j].text in (",", ":")
            and j + 1 < len(s.words)
            and (s.words[j].text == ":" or s.words[j + 1].low in s.t.sets["that"])
            for j in range(k + 1, min(len(s.words) - 1, k + 8))
        )
        kinds, _ = _kinds(s, k)
        if opens and _wrote_itself(s, k):
            return k
        if opens and "says" in kinds and w.is_a("VERB") and not _cue(s, k) and (_negated(s, k) or _denied(s, k)):
            return k
    return len(s.words)


def _wrote_itself(s: _Sentence, k: int) -> bool:
    """*О 15:50 ми написали, що*: what a document tells that it has written; *как мы сообщали* it tells once more."""
    we = [
        j for j in range(_clause_start(s, k), k) if s.words[j].low in s.t.sets["we"] and s.words[j].low in ("мы", "ми")
    ]
    again = any(s.words[j].low in s.t.sets["as"] for j in range(_clause_start(s, k), k))
    return bool(we and s.words[k].lemmas & s.t.sets["writes"]) and not again


def _in_a_denial(s: _Sentence) -> set[int]:
    """The words of the clause behind *опроверг, что* and *отверг сообщения о том, что*: what somebody denies that another said was not said."""
    reports = {*s.t.raw["texts"]["nouns"].split()} | s.t.sets["rumours"]
    out: set[int] = set()
    for k, w in enumerate(s.words):
        kinds, _ = _kinds(s, k)
        if s.inside[k] >= 0 or not {"denies", "rejects"} & set(kinds) or not w.is_a("VERB") or not _cue(s, k):
            continue
        that = next((j for j in range(k + 1, min(len(s.words), k + 9)) if s.words[j].low in s.t.sets["that"]), None)
        if that is None or _negated(s, k) or s.words[that - 1].text != ",":
            continue
        between = s.words[k + 1 : that]
        charged = re.search(s.t.raw["charges"], " ".join(x.low for x in between))
        if "denies" in kinds or charged or any(x.lemmas & reports for x in between):
            out |= set(range(that, _clause_end(s, that + 1)))
    return out


def _denied(s: _Sentence, k: int) -> bool:
    """In a clause with *никогда* or *если*."""
    before = [s.words[j].low for j in range(_clause_start(s, k), k)]
    return any(w in s.t.sets["never"] or w in s.t.sets["hypothetical"] for w in before)


def _speech(text: str, quote: Span, sentence: Span) -> bool:
    """A quotation that somebody speaks, as against a name in marks: «Хезболла»."""
    inner = text[quote[0] : quote[1]].strip(_TRIM)
    if len(inner.split()) >= _SPOKEN_WORDS or not inner[:1].isupper():
        return True
    before = text[max(sentence[0], quote[0] - 2) : quote[0]].strip()
    after = text[quote[1] : quote[1] + 3]
    return not before or before[-1] in ":,—–.!?" or "—" in after or text[quote[1] - 2 : quote[1] - 1] in ".!?,"


def _inserted_in_quotes(s: _Sentence) -> None:
    """*«A, — сказал X, — B»*, and the same in a line of a dialogue."""
    n = len(s.words)
    for k in range(1, n):
        if (
            s.inside[k] < 0
            or s.words[k - 1].text not in DASHES
            or k < 2
            or s.words[k - 2].text not in (",", "?", "!", "…", ".")
        ):
            continue
        if any(a <= s.words[k - 1].start < b for a, b in s.insertions):
            continue
        verb = next((j for j in range(k, min(n, k + 4)) if _kinds(s, j)[0] and s.words[j].is_a("VERB")), None)
        if verb is None and s.words[k].forms and s.words[k].forms[0].pos == "VERB":
            verb = k  # *— кипятится X. —*
        if verb is None or any(s.words[j].text in (",", ".") for j in range(k, verb)):
            continue
        phrase = _phrase_after_any(s, verb) or _phrase_in(s, k, verb)
        if phrase is None:
            continue
        end = phrase.end if phrase.end > verb else verb + 1
        while end < n and s.words[end].text not in (",", ".", *DASHES, ":") and end < phrase.end + 8:
            end += 1
        quote = s.quotes[s.inside[k]]
        first = (quote[0], s.words[k - 2].end)
        second = (s.words[min(end, n - 1)].end, quote[1]) if end < n else (quote[1], quote[1])
        for j in range(k, min(end, n)):
            s.inside[j] = -1
        _add(s, verb, phrase, [first, second], direct=True)
        s.insertions.append((s.words[k - 1].start, s.words[min(end, n - 1)].end))


def _inserted(s: _Sentence, k: int) -> None:
    """*A, сказал X, B*; *Как сообщил X, A*; *«A», — сказал X*."""
    kinds, _ = _kinds(s, k)
    a = _clause_start(s, k)
    as_ = k > 0 and s.words[k - 1].low in s.t.sets["as"]
    light = all(_light(s, j) or s.words[j].low in s.t.sets["as"] for j in range(a, k))
    thus = light or all(_light(s, j) or s.words[j].low in s.t.raw["so"] for j in range(a, k))
    behind = thus and "stands" not in kinds and _quote_before(s, a) is not None  # *«A», — упрекнула она Y*
    light = light or behind
    if not {"says", "announces"} & set(kinds) and not behind:
        return
    subject = past_object if behind else _phrase_after
    phrase = (subject(s, k) or (place_speaks(s, k) if a == k else None)) if light else None
    if phrase is None:
        phrase = _phrase_before(s, k) if a and s.inside[a - 1] < 0 else None
        if a and _quote_before(s, a) is not None:
            phrase = phrase or _phrase_before(s, k)
    if phrase is None:
        return
    quote = _quote_before(s, a)
    end = past_apposition(s, _clause_end(s, max(phrase.end, k + 1)))
    joined = next(
        (
            j
            for j in range(phrase.end, end)
            if s.words[j].low in _AND and any(_cue(s, v) for v in range(j + 1, min(j + 4, end)))
        ),
        None,
    )
    if joined is not None and quote is None and phrase.start > k and a > 0 and s.words[a - 1].text == ",":
        _add(s, k, phrase, [(s.words[0].start, s.words[a - 2].end)])
        s.insertions.append((s.words[a - 1].start, s.words[joined].start))
        return
    if quote is not None:
        more = [q for q in s.quotes if q[0] >= s.words[k].end]
        start = s.span[0] if _led_by_words(s, quote) else quote[0]
        _add(s, k, phrase, [(start, quote[1]), *([more[0]] if more else [])], direct=True)
        return
    if a == 0 and as_ and end < len(s.words) and s.words[end].text == ",":
        _add(s, k, phrase, [(s.words[end + 1].start, s.span[1])] if end + 1 < len(s.words) else [])
        s.insertions.append((s.words[0].start, s.words[end].end))
    elif a > 1 and s.words[a - 1].text in DASHES and s.words[a - 2].text in (",", "!", "?", "…") and phrase.start > k:
        _add(s, k, phrase, [(s.words[0].start, s.words[a - 2].end)])  # *Не будем, — предупредил X*
        s.insertions.append((s.words[a - 1].start, s.words[min(end, len(s.words) - 1)].end))
    elif a > 0 and s.words[a - 1].text == "," and phrase.start > k:
        closed = end >= len(s.words) or s.words[end].text in (",", *_STOPS)
        opens = end + 1 < len(s.words) and s.words[end].text == "," and s.words[end + 1].low in s.t.sets["that"]
        if closed and not opens:
            b = end + 1 if end < len(s.words) and s.words[end].text == "," else end
            if end < len(s.words) and s.words[end].text == ";":
                b = len(s.words)
            _add(s, k, phrase, _around(s, a - 1, b))
            s.insertions.append((s.words[a - 1].start, s.words[min(end, len(s.words) - 1)].end))


def _who(s: _Sentence, k: int) -> Phrase | None:
    phrase = _phrase_before(s, k) or _phrase_after(s, k) or place_speaks(s, k) or _shared(s, k)
    if phrase is not None and phrase.start > k:
        called = " ".join(w.low for w in s.words[phrase.start : phrase.end])
        if called in s.t.sets["both"]:
            return place_speaks(s, k) or phrase  # *В Осло призвали обе стороны отойти*: they are called on
    return phrase


def _plain(s: _Sentence, k: int) -> None:
    """*X сказал, что A*; *X: «A»*; *X требует A*."""
    kinds, lemma = _kinds(s, k)
    if any(a <= s.words[k].start < b for a, b in s.insertions):
        return
    phrase = _who(s, k)
    if phrase is None:
        return
    if (
        phrase.start < k
        and s.words[phrase.head].low in s.t.raw["pronouns"]
        and phrase.start
        and s.words[phrase.start - 1].low in s.t.sets["hypothetical"]
    ):
        return
    r = max(k + 1, phrase.end if phrase.start > k else 0)
    wish = next((j for j in range(max(phrase.end, _clause_start(s, k)), k) if s.words[j].is_a("INFN")), None)
    joined = (
        s.words[k - 1].low in (*_AND, "но", "але", "а") or s.words[k - 1].mark
    )  # *не намерен сдать оружие, но поддерживает обмен*
    if wish is not None and not joined and phrase.start < k and not {"says"} & set(kinds):
        _add(s, k, phrase, [(s.words[wish].start, s.words[k - 1].end)])  # *сдавать оружие отказывается*
        return
    first = next((j for j in range(_clause_start(s, k), min(phrase.start, k)) if s.words[j].is_a("INFN")), None)
    last = min(phrase.start, k) - 1
    if first is not None and not {"says"} & set(kinds) and not opens_itself(s, r):
        start = _governing(s, first)  # *сдавать оружие X не намерен*, *отказ открыть дорогу раскритиковал X*
        _add(s, k, phrase, [(s.words[start].start, s.words[last].end)])
        return
    opener = _opener(s, r, kinds)
    if set(kinds) <= {"says"} and lemma in s.t.raw["named"]["verbs"].split() and opener is not None:
        before = len(s.out)
        named(s, k, phrase, r)  # *назвал фейком сообщения о том, что*
        if len(s.out) > before:
            return
    if opener is not None:
        _add(s, k, phrase, _rest(s, opener))
        return
    if set(kinds) <= {"says"}:
        if lemma in s.t.raw["named"]["verbs"].split():
            named(s, k, phrase, r)
        elif r < len(s.words) and s.words[r].low in s.t.raw["about"].get(lemma, "").split():
            _add(s, k, phrase, _rest(s, r))
        elif (about := _about_before(s, k, phrase, lemma)) is not None:
            _add(s, k, phrase, [about])
        else:
            told_of(s, k, phrase, r, lemma)
        return
    of_stance(s, k, phrase, r, kinds)


def _about_before(s: _Sentence, k: int, phrase: Phrase, lemma: str) -> Span | None:
    """*О готовности говорить сообщил X*: what it is about stands before the verb; *об этом* is the sentence before."""
    a = _clause_start(s, k)
    opened = a < len(s.words) - 1 and s.words[a].low in s.t.raw["about"].get(lemma, "").split()
    last = min(phrase.start, k) - 1
    if not opened or last <= a + 1 or re.search(s.t.raw["this"], s.words[a + 1].low):
        return None
    return s.words[a + 1].start, s.words[last].end
