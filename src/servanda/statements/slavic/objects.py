"""What a verb of stance or of naming is about: the words behind it, or those before it (*обвинение отверг*, *такие слова назвал ложью*)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from servanda.statements.slavic.phrases import Phrase
from servanda.statements.slavic.sentence import _AND, _BUT, _add, _bare, _clause_start, _few, _rest, _Sentence
from servanda.statements.words import Span


def of_stance(s: _Sentence, k: int, phrase: Phrase, r: int, kinds: Sequence[str]) -> None:
    """*X требует A*, *X это отверг*, *Киев против*: what a verb of stance is about, behind it or before it.

    Args:
        s: the sentence.
        k: the verb.
        phrase: who takes the stand.
        r: the word behind both.
        kinds: what the verb can tell.
    """
    if r < len(s.words) and s.words[r].text == ",":
        if "stands" in kinds:
            _add(s, k, phrase, [(s.words[k].start, s.words[k].end)])
        return
    if "rejects" in kinds and _declines(s, r):
        return  # *отказался назвать срок*, *отказался от комментариев*
    before = before_verb(s, k, phrase)
    if before and (r >= len(s.words) or s.words[r].low in (*_AND, *_BUT)):  # *X причастность отверг и обвинил Y*
        if not ("rejects" in kinds and _declines(s, phrase.end)):
            _add(s, k, phrase, before)
        return
    after = _rest(s, r)
    if after and _bare(s.text, after[0])[1] > _bare(s.text, after[0])[0]:
        _add(s, k, phrase, after)
        return
    lo = phrase.end if phrase.start < k else _clause_start(s, k)
    content = (
        [(s.words[lo].start, s.words[k - 1].end)] if lo < k and not all(_negative(s, j) for j in range(lo, k)) else []
    )
    if not content and phrase.start < k and phrase.start > 0:
        content = [(s.words[0].start, s.words[phrase.start - 1].end)]
    if not content and phrase.start < k and phrase.end - phrase.head > 1 and not phrase.name[1]:
        # *Формирования перемещение техники отрицают*
        content = [(s.words[phrase.head + 1].start, s.words[phrase.end - 1].end)]
        phrase = replace(phrase, end=phrase.head + 1)
    if not content and "stands" in kinds and not any(w.is_a("NPRO") for w in s.words[_clause_start(s, k) : k]):
        content = [(s.words[k].start, s.words[k].end)]
    first = next((j for j, w in enumerate(s.words) if content and w.start >= content[0][0]), len(s.words))
    if "rejects" in kinds and content and _declines(s, first):
        return  # *говорить отказался*
    _add(s, k, phrase, content)


def _declines(s: _Sentence, j: int) -> bool:
    """Talk is what somebody refuses: *назвать срок*, *от комментариев*."""
    talk = s.t.sets["talk"]
    near = s.words[j : j + 2]
    return any(w.lemmas & talk for n, w in enumerate(near) if n == 0 or near[0].is_a("PREP", "ADVB", "PRCL", "INFN"))


def before_verb(s: _Sentence, k: int, phrase: Phrase) -> list[Span]:
    """The object that stands between a subject and its verb: *X причастность отверг*.

    Args:
        s: the sentence.
        k: the verb.
        phrase: its subject.

    Returns:
        Its words; none where no noun in another case than the subject's stands there.
    """
    lo, hi = phrase.end, k
    while lo < hi and s.words[lo].mark:
        lo += 1
    words = s.words[lo:hi]
    if phrase.start > k or not words or any(w.mark or w.is_a("VERB", "INFN", "GRND") for w in words):
        return []
    noun = any(w.is_a("NOUN") and w.in_case("accs", "gent", "datv", "ablt") for w in words)
    return [(words[0].start, words[-1].end)] if noun and not words[0].is_a("PREP") else []


def opens_itself(s: _Sentence, r: int) -> bool:
    """Something else than a stop or an adverb follows.

    Args:
        s: the sentence.
        r: the word behind a verb.

    Returns:
        False of *отказался*, and of *отказался наотрез*.
    """
    while r < len(s.words) and s.words[r].forms and all(f.pos in ("ADVB", "PRCL") for f in s.words[r].forms):
        r += 1
    return r < len(s.words) and not s.words[r].mark


def named(s: _Sentence, k: int, phrase: Phrase, r: int) -> None:
    """*назвал это ложью*, *считает уведомление незаконным*, *такие слова назвал «ложью»*: what somebody calls what.

    Args:
        s: the sentence.
        k: the verb.
        phrase: its subject.
        r: the word behind both.
    """
    called = [j for j in range(r, len(s.words)) if s.inside[j] < 0 or _few(s, j)]
    stop = next((j for j in called if s.inside[j] < 0 and s.words[j].text in (",", ";", ":")), len(s.words))
    words = {x for stance in ("denies", "rejects", "accepts", "tricks") for x in s.t.raw["named"][stance].split()}
    so = any(s.words[j].lemmas & words for j in called) or any(_called_so(s, j) for j in called if j < stop)
    if so or any(r <= j < stop for j in range(len(s.words)) if s.inside[j] >= 0):
        _add(s, k, phrase, [*before_verb(s, k, phrase), *_rest(s, r)])


def _called_so(s: _Sentence, j: int) -> bool:
    """*(назвал встречу) полезной*: a noun or an adjective in the instrumental, and nothing else, that no preposition governs."""
    w = s.words[j]
    forms = [f for f in w.forms if f.pos in ("NOUN", "ADJF", "PRTF")]
    governed = j > 0 and s.words[j - 1].is_a("PREP")
    beside = j > 1 and s.words[j - 2].is_a("PREP") and any(f.case == "ablt" for f in s.words[j - 1].forms)
    return bool(forms) and forms[0].case == "ablt" and not governed and not beside


def _negative(s: _Sentence, j: int) -> bool:
    """Nothing that anybody can be for or against: *не*, *с ней*; *это* is something."""
    w = s.words[j]
    likely = w.forms[0].pos if w.forms else ""
    pronoun = likely in ("PREP", "NPRO") and not re.search(s.t.raw["this"], w.low)
    return w.low in s.t.sets["not"] or w.mark or pronoun


def told_of(s: _Sentence, k: int, phrase: Phrase, r: int, lemma: str) -> bool:
    """*подтвердил получение письма*, *выразил надежду на мир*: what somebody tells by a noun.

    Args:
        s: the sentence.
        k: the verb.
        phrase: who.
        r: the word behind both.
        lemma: of the verb.

    Returns:
        Whether it was such.
    """
    if r >= len(s.words):
        return False
    nouns = s.words[r].low in s.t.raw["with"].get(lemma, ()) or lemma in s.t.sets["tells_of"]
    if not nouns or s.words[r].is_a("INFN") or not opens_itself(s, r):
        return False
    _add(s, k, phrase, _rest(s, r))
    return True
