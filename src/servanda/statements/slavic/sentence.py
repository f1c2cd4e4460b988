"""One sentence in which attributions are looked for: its words, which of them are cues, where its clauses end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from servanda.statements.slavic.phrases import Phrase
from servanda.statements.slavic.words import DASHES, Tables, Word
from servanda.statements.words import Span

_AND = ("и", "й", "та", "і")
_BUT = ("но", "а", "однако", "зато", "але", "однак", "проте", "натомість")
_STOPS = (".", "!", "?", "…", ";")
_SPOKEN_WORDS = 4
"""A quotation of so many words is a sentence that somebody says, whatever it begins with."""
_TRIM = ' \t\n,.;:!?…—–-«»“”„"'


@dataclass(frozen=True)
class Told:
    """One attribution, in characters of the text. ``source``: who, or nothing where a bare quotation goes on; ``kinds``: what the cue can tell; ``negated``:
    a *не* stands before it; ``name``: a personal name in the source; ``possessive``: the source is *его*, *её*; ``context``: the words that *это* refers to.
    """

    source: Span | None
    cue: Span
    content: tuple[Span, ...]
    direct: bool
    verb: str
    kinds: tuple[str, ...]
    negated: bool
    sentence: Span
    name: Span | None = None
    gender: str = ""
    possessive: bool = False
    context: str = ""


@dataclass
class _Sentence:
    """One sentence, and what is found in it."""

    text: str
    span: Span
    words: list[Word]
    inside: list[int]
    quotes: list[Span]
    t: Tables
    out: list[Told] = field(default_factory=list)
    insertions: list[Span] = field(default_factory=list)


def _kinds(s: _Sentence, k: int) -> tuple[tuple[str, ...], str]:
    """What the word can tell, and its dictionary form."""
    w = s.words[k]
    for form in w.forms:
        if form.pos == "VERB" and form.lemma in s.t.raw["with"]:
            beside = s.t.raw["with"][form.lemma]
            stance = next((beside[x.low] for x in s.words[k + 1 : k + 4] if x.low in beside), "")
            if stance or form.lemma not in s.t.verbs:
                return ((stance,), form.lemma) if stance else ((), "")
        if form.pos in ("VERB", "GRND") and form.lemma in s.t.verbs:
            kinds = s.t.verbs[form.lemma]
            told = form.lemma in s.t.sets["insists"] and _tells_a_fact(s, k)
            return tuple(x for x in kinds if not (told and x == "demands")), form.lemma
    for form in w.forms:
        if form.pos in ("ADJS", "ADJF", "PRED") and form.lemma in s.t.stands and form.case in ("", "nomn"):
            kind = s.t.stands[form.lemma]
            return ("says",) if kind == "says" else ("stands", kind), form.lemma
    closes = k + 1 >= len(s.words) or s.words[k + 1].mark
    if closes and w.is_a("PREP") and w.low in s.t.stands:
        return ("stands", s.t.stands[w.low]), w.low  # *Киев против.*
    return (), ""


def _tells_a_fact(s: _Sentence, k: int) -> bool:
    """*настаивают: перемирие нарушил Киев*, *наполягає, що*: behind the verb stands a clause that tells, and nothing that is asked for."""
    behind = [w.low for w in s.words[k + 1 : k + 3]]
    return behind[:1] == [":"] or (len(behind) == 2 and behind[0] == "," and behind[1] in ("что", "що"))


def _cue(s: _Sentence, k: int) -> bool:
    """A verb of saying or of stance that somebody is told to have said."""
    w = s.words[k]
    kinds, lemma = _kinds(s, k)
    if not kinds:
        return False
    forms = [f for f in w.forms if f.lemma == lemma]
    verbs = [f for f in forms if f.pos == "VERB"] or forms  # *призываем* is a participle as well
    if all(f.marks & {"1per", "2per", "impr"} for f in verbs) or (
        "says" in kinds and all("futr" in f.marks for f in forms)
    ):
        return False
    if (
        "stands" not in kinds
        and lemma not in s.t.stands
        and lemma not in s.t.raw["with"]  # the word beside it tells that it is a verb
        and not any(f.pos == "VERB" for f in w.forms[:2])
        and not any(f.pos == "GRND" for f in forms)
    ):
        return False
    a = _clause_start(s, k)
    if any(s.words[j].low in s.t.sets["hypothetical"] for j in range(a, k)) or (
        k + 1 < len(s.words) and s.words[k + 1].low in ("бы", "б", "би")
    ):
        return False
    if k + 1 < len(s.words) and (
        (s.words[k + 1].low in s.t.sets["we"] and lemma in ("принять", "прийняти", "принимать", "приймати"))
        or s.words[k + 1].low == "ли"
    ):
        return False
    negated = _negated(s, k)
    never = any(s.words[j].low in s.t.sets["never"] for j in range(a, k))
    if (negated or never) and "says" in kinds and len(kinds) == 1:
        return False
    return not (never and "announces" in kinds) and not (
        negated and {"announces", "stands"} & set(kinds) and lemma not in s.t.sets["wills"] | s.t.stands.keys()
    )


def _negated(s: _Sentence, k: int) -> bool:
    return k > 0 and s.words[k - 1].low in s.t.sets["not"]


def _clause_start(s: _Sentence, k: int) -> int:
    """The first word behind the last sign that parts clauses."""
    j = k
    while j > 0:
        w = s.words[j - 1]
        if s.inside[j - 1] >= 0 or w.text in (",", ";", ":", "(", ")", *_STOPS) or w.text in DASHES:
            return j
        j -= 1
    return 0


def _clause_end(s: _Sentence, j: int) -> int:
    """The comma, stop or end that closes what begins at word ``j``."""
    n = len(s.words)
    while j < n and not (s.words[j].text in (",", ";", ":", *_STOPS) or s.words[j].text in DASHES) and s.inside[j] < 0:
        j += 1
    return j


def _light(s: _Sentence, j: int) -> bool:
    """A word that may stand between a subject and its verb and is none itself."""
    w = s.words[j]
    even = w.low in _AND and j > 0 and s.words[j - 1].low in s.t.raw["only"]  # *лише й сказала*
    return even or w.low in s.t.sets["not"] or (bool(w.forms) and w.forms[0].pos in ("ADVB", "PRCL", "NPRO", "PREP"))


def _bare(text: str, span: Span) -> Span:
    a, b = span
    while a < b and text[a] in _TRIM:
        a += 1
    while b > a and text[b - 1] in _TRIM:
        b -= 1
    return a, b


def _chars(s: _Sentence, phrase: Phrase) -> Span:
    return s.words[phrase.start].start, s.words[phrase.end - 1].end


def _name(s: _Sentence, phrase: Phrase) -> Span | None:
    a, b = phrase.name
    return (s.words[a].start, s.words[b - 1].end) if b else None


def _add(
    s: _Sentence,
    k: int,
    phrase: Phrase | None,
    content: Sequence[Span],
    *,
    direct: bool = False,
    possessive: bool = False,
    cue: Span | None = None,
) -> None:
    kinds, lemma = _kinds(s, k)
    pieces = tuple(p for p in (_bare(s.text, c) for c in content) if p[1] > p[0])
    if not pieces or (phrase is None and not possessive):
        return
    direct = direct or any(a <= p[0] and p[1] <= b for p in pieces for a, b in s.quotes)
    source = _chars(s, phrase) if phrase else None
    s.out.append(
        Told(
            source,
            cue or (s.words[k].start, s.words[k].end),
            pieces,
            direct,
            lemma or s.words[k].low,
            kinds or ("says",),
            _negated(s, k),
            s.span,
            _name(s, phrase) if phrase else None,
            phrase.gender or ("they" if phrase.number == "plur" else "") if phrase else "",
            possessive,
        )
    )


def _around(s: _Sentence, a: int, b: int) -> list[Span]:
    """What stands before word ``a`` and from word ``b`` on, in the sentence or its part between semicolons."""
    lo, hi = 0, len(s.words)
    for j, w in enumerate(s.words):
        if w.text == ";" and s.inside[j] < 0:
            lo, hi = (j + 1, hi) if j < a else (lo, min(hi, j))
    out = []
    if lo < a:
        out.append((s.words[lo].start, s.words[a - 1].end))
    if b < hi:
        out.append((s.words[b].start, s.words[hi - 1].end))
    return out


def _quote_before(s: _Sentence, a: int) -> Span | None:
    """The quotation that ends right before word ``a``."""
    j = a - 1
    while j >= 0 and s.inside[j] < 0 and (s.words[j].text in DASHES or s.words[j].text in (",", ".", "»", "”", '"')):
        j -= 1
    return s.quotes[s.inside[j]] if j >= 0 and s.inside[j] >= 0 else None


def _led_by_words(s: _Sentence, quote: Span) -> bool:
    """Only a part of the saying is in marks: its words before them belong to it."""
    inner = s.text[quote[0] + 1 : quote[0] + 2]
    return quote[0] > s.span[0] + 1 and inner.islower()


def _few(s: _Sentence, j: int) -> bool:
    """*«шуткой»*: the quotation in which a word stands is what something is called, and nobody's sentence."""
    return len(s.text[slice(*s.quotes[s.inside[j]])].split()) < _SPOKEN_WORDS


def _governing(s: _Sentence, k: int) -> int:
    """The noun that the infinitive at word ``k`` belongs to: *отказ сторон сесть за стол*; itself where there is none."""
    nouns = {*s.t.raw["governing"].split()}
    before = range(k - 1, max(_clause_start(s, k), k - _SPOKEN_WORDS) - 1, -1)
    return next((j for j in before if s.words[j].lemmas & nouns), k)


def _opener(s: _Sentence, r: int, kinds: Sequence[str]) -> int | None:
    """Where the content begins behind *что*, a colon or in a quotation."""
    for j in range(r, min(len(s.words), r + 16)):
        w = s.words[j]
        if s.inside[j] >= 0:
            return j if "says" in kinds or s.words[j - 1].text in (":", ",") else r
        if w.text == ":":
            return j + 1 if j + 1 < len(s.words) else None
        if w.text == "," and j + 1 < len(s.words):
            if _on_condition(s, j):
                return None
            if s.words[j + 1].low in s.t.sets["that"] and s.words[j + 1].low not in s.t.sets["as"]:
                return j + 2 if j + 2 < len(s.words) else None
            if "says" in kinds and s.words[j + 1].low in ("как", "як", "когда", "коли", "где", "де", "почему", "чому"):
                return j + 1
            if set(kinds) <= {"says"}:
                return None
        if j > r and w.is_a("VERB") and w.forms[0].pos == "VERB" and w.low not in ("было", "було"):
            return None
        if w.low in s.t.sets["that"] and w.low not in s.t.sets["as"] and j == r and "says" in kinds:
            return j + 1 if j + 1 < len(s.words) else None
    return None


def _on_condition(s: _Sentence, comma: int) -> bool:
    """*при условии, что*, *за умови, що*: what follows is waited for, and no more than a part of what is said."""
    return comma > 1 and s.words[comma - 2].is_a("PREP") and bool(s.words[comma - 1].lemmas & s.t.sets["proviso"])


def _of_somebody_else(s: _Sentence, m: int) -> bool:
    """*требует A, но X от этого отказывается*: behind a comma and *но* somebody else by name takes a stand."""
    if s.words[m].text != "," or m + 2 >= len(s.words) or s.words[m + 1].low not in _BUT:
        return False
    for v in range(m + 3, min(len(s.words), m + 9)):
        if s.words[v].text in (",", *_STOPS):
            return False
        if _cue(s, v) and s.words[v].is_a("VERB") and s.inside[v] < 0:
            return any(s.words[x].capital and s.words[x].in_case("nomn") for x in range(m + 2, v))
    return False


def _rest(s: _Sentence, j: int) -> list[Span]:
    """From word ``j`` to the end of the sentence, without what is inserted, and before a further verb of saying."""
    n = len(s.words)
    if j >= n:
        return []
    e = n
    for m in range(j + 1, n):
        if s.inside[m] >= 0:
            continue
        if s.words[m].text == ";":
            e = m
            break
        further = s.words[m].low in ("и", "й", "та", "і", "но", "але", "а") and any(
            _cue(s, v) and s.words[v].is_a("VERB") and all(_light(s, x) for x in range(m + 1, v))
            for v in range(m + 1, min(n, m + 3))
        )
        if further or _of_somebody_else(s, m):
            e = m
            break
    a, b = s.words[j].start, s.words[e - 1].end if e > j else s.words[j].start
    out = []
    for x, y in sorted(s.insertions):
        if a < x < b:
            out.append((a, x))
            a = y
        elif x <= a < y:
            a = y
    if a < b:
        out.append((a, b))
    return out
