"""Accusations, admissions and denials in Russian and Ukrainian: by whom, of whose deed, on which days, where.

1. **A deed** is a verb or noun for an attack or a breach (``deeds`` in the tables), told as done: not in the future, the infinitive or a condition, and not
   what is stopped, forbidden, planned or repelled.
2. **Of whom.** After a verb of accusing the side that it names; else the subject of the verb (*Российские войска обстреляли*), who does it in the passive
   (*обстрелян российскими войсками*), or whose deed it is (*российский удар*, *атака дронов России*). *We* and *our* are the speaker's own side.
3. **Which.** Of another side: an accusation; of one's own: an admission, negated a denial. Who denies, or rejects or calls a lie what is told of a deed, denies.
4. **When and where.** As far as the words tell: a date, a weekday, *вчора*, *в ночь на*; a name behind *в*, *под*, *біля*, or what a verb says was shelled.

No finding: the words stand beside every row, and a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from servanda.statements.accusations import Accusation, Kind
from servanda.statements.documents import Document
from servanda.statements.extract import BEFORE_TEXT, Statement
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import agrees, phrase_at
from servanda.statements.slavic.words import Tables, Word, place_name, tables_with, words_of

_BEFORE, _NEAR = 4, 3  # words before a deed in which it is undone; beside it, in which its doer is named
_BEHIND = 60  # letters around a verb of accusing, in which the accused stands and what denies it
_SUBJECT = 8  # words between a subject and its verb
_BUT = 8  # words behind a verb in which *not he, but they* stands
_NOT_HE = "not "
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b|\b(\d{1,2})\.(\d{1,2})\.(20\d\d)\b")


def slavic_accusations(
    document: Document, statements: Sequence[Statement], code: str, names: Mapping[str, str]
) -> list[Accusation]:
    """The accusations, admissions and denials of one article.

    Args:
        document: the article.
        statements: its statements.
        code: ``ru`` or ``uk``.
        names: names of sides in any script, with their codes.

    Returns:
        Them in the order of the text.
    """
    t = tables_with(code, names)
    known = Known.of(names, t)
    out, accused = [], set[str]()
    for s in (s for s in statements if s.at > BEFORE_TEXT):
        beside = t.raw["with"].get(s.verb, {})  # *возложил вину на*
        kinds = tuple(kind for word, kind in beside.items() if word in s.content.lower().split()) or t.verbs.get(
            s.verb, ("says",)
        )
        words = words_of(s.content, (0, len(s.content)), code)
        found = _of(document, s, words, kinds, known, t)
        if found is None and s.side in accused and _calls_a_lie(s, words, t):
            found = "denies", s.side  # *там это назвали выдумкой*
        if found is not None and s.speaker:
            accused |= {found[1]} if found[0] == "accuses" else set()
            deed = next(iter(_deeds(words, t)), None)
            days = days_in(words, s.content, document.published, t)
            act = "" if deed is None else _deed_words(t)[deed[1]]
            out.append(Accusation(s, *found, days, act, _place(words, known, t)))
    return out


def _of(
    document: Document, s: Statement, words: Sequence[Word], kinds: Sequence[str], known: Known, t: Tables
) -> tuple[Kind, str] | None:
    """Which of the three it is, and of whose deed."""
    deeds = _deeds(words, t)
    charge = any(w.lemmas & _deed_words(t).keys() for w in words) or re.search(t.raw["charges"], s.content.lower())
    if (
        charge
        and s.side
        and ("denies" in kinds or _calls_a_lie(s, words, t) or ("rejects" in kinds and _of_a_charge(s, t)))
    ):
        return "denies", s.side
    if "accuses" in kinds:
        of = _accused(document, s, known, t)
        return _which(s, of, negated=False) if of else None
    if set(kinds) - {"says", "accuses"}:
        return None
    whose = [(k, _whose(words, k, s, known, t) or _left_out(words, k, s, t)) for k, _ in deeds]
    untrue = re.match(rf"{t.raw['untrue']},? (?:что|що)\b", s.content.lower())
    if untrue and any(_negated(words, k, t) for k, _ in deeds):
        return None  # *неправда, что мы не стреляли*: a denial of a denial
    if charge and s.side and _called_untrue(s, t):
        return ("denies", s.side) if {of.removeprefix(_NOT_HE) for _, of in whose if of} <= {s.side} else None
    for k, of in whose:
        if of:
            return _which(s, of.removeprefix(_NOT_HE), negated=of.startswith(_NOT_HE) or _negated(words, k, t))
    return None


def _calls_a_lie(s: Statement, words: Sequence[Word], t: Tables) -> bool:
    lie = t.raw["named"]
    return s.verb in lie["verbs"].split() and any(w.lemmas & {*lie["denies"].split()} for w in words)


def _of_a_charge(s: Statement, t: Tables) -> bool:
    return bool(re.search(t.raw["charges"], s.content.lower()))


def _called_untrue(s: Statement, t: Tables) -> bool:
    """*Сообщения об обстреле — ложь*: what is called a lie is told by nobody who calls it so."""
    told = s.content.lower()
    lie = next(pattern for stance, pattern in t.raw["words"] if stance == "denies")
    return bool(re.search(lie, told) or re.match(t.raw["untrue"], told))


def _left_out(words: Sequence[Word], k: int, s: Statement, t: Tables) -> str:
    """*Заявили, что не стреляли*: whose deed it was not, where the words leave it out, is the speaker's."""
    alone = words[k].is_a("VERB") and not any(x.in_case("nomn") for x in words[:k])
    return s.side if alone and _negated(words, k, t) else ""


def _which(s: Statement, of: str, *, negated: bool) -> tuple[Kind, str] | None:
    if negated:
        return ("denies", of) if of == s.side else None
    if of == s.side:  # nobody admits by the mouth of another
        return ("admits", of) if s.teller in ("", s.speaker) or s.own_side else None
    return "accuses", of


def _deed_words(t: Tables) -> dict[str, str]:
    """Dictionary forms of verbs and nouns -> code of the act; empty for a mere breach."""
    return {
        word: act for kind in ("verbs", "nouns") for act, some in t.raw["deeds"][kind].items() for word in some.split()
    }


def _deeds(words: Sequence[Word], t: Tables) -> list[tuple[int, str]]:
    """The deeds that are told as done: where each stands, and its dictionary form."""
    known, undone = _deed_words(t), {*t.raw["deeds"]["undone"].split()}
    out = []
    for k, w in enumerate(words):
        lemma = next((f.lemma for f in w.forms if f.lemma in known), "")
        if not lemma:
            continue
        form = next(f for f in w.forms if f.lemma == lemma)
        before = [x for x in words[max(0, k - _BEFORE) : k] if not x.mark]
        if form.pos == "INFN" or form.marks & {"futr", "impr"} or any(x.lemmas & undone for x in before):
            continue
        if any(x.low in t.sets["hypothetical"] | {*t.raw["hedges"]} for x in words[max(0, k - _SUBJECT) : k]):
            continue  # in a condition, or as others are said to tell it: *якобы обстреляли*
        out.append((k, lemma))
    return out


def _negated(words: Sequence[Word], k: int, t: Tables) -> bool:
    """*не стреляли*, *ударов не наносили*: a negation right before the deed, or before its verb."""
    clause = []
    for w in words[k + 1 : k + 1 + _NEAR]:
        if w.mark:
            break
        clause.append(w.low)
    return words[max(0, k - 1)].low in t.sets["not"] or bool(not words[k].is_a("VERB") and {*clause} & t.sets["not"])


def _accused(document: Document, s: Statement, known: Known, t: Tables) -> str:
    """Whom a verb of accusing names: the first side behind it that is not the accuser's own."""
    region = document.text[s.at : s.at + len(s.content) + _BEHIND].split("\n")[0]
    words = words_of(region, (0, len(region)), t.code)
    at = next((k for k, w in enumerate(words) if s.verb in w.lemmas), -1)
    begins = s.at + (words[at].start if at > 0 else 0)
    if t.sets["not"].intersection(document.text[max(0, begins - _BEHIND) : begins].lower().split()[-1:]):
        return ""  # *не обвиняет*
    for k, w in enumerate(words[at + 1 :], at + 1):
        behind = [x for x in words[k + 1 : k + 2] if x.in_case("gent", "gen2")]  # *на армию X*
        if w.in_case("accs") and (side := known.side([w]) or known.side(behind)) and side != s.side:
            return side
    return ""


def _whose(words: Sequence[Word], k: int, s: Statement, known: Known, t: Tables) -> str:
    """Whose deed it is; nothing where the words do not tell."""
    w = words[k]
    verb = w.is_a("VERB") and w.forms[0].pos in ("VERB", "PRTS")
    if verb and w.forms[0].pos == "VERB":
        denied = ""
        far = _BUT if words[min(k + 1, len(words) - 1)].low in t.sets["not"] else _NEAR
        for i in [*range(k - 1, max(-1, k - _SUBJECT), -1), *range(k + 1, min(len(words), k + far))]:
            phrase = phrase_at(words, i, ("nomn",), t)
            if phrase is None or not (phrase.end <= k or phrase.start > k) or not agrees(w, phrase):
                continue
            we = any(x.lemmas & t.sets["we"] for x in words[phrase.start : phrase.end])
            side = s.side if we else known.side(words[phrase.start : phrase.end])
            if side and phrase.start and words[phrase.start - 1].low in t.sets["not"]:
                denied = f"{_NOT_HE}{side}"  # *not they*, and perhaps *but others*
            elif side:
                return side
        if denied:
            return denied
        if s.verb in t.raw["admits"].split() and any(
            x.low in t.raw["their"].split() for x in words[max(0, k - _SUBJECT) : k]
        ):
            return s.side  # one admits what one's own did
        if "1per" in w.forms[0].marks or any(x.low in t.sets["we"] for x in words[max(0, k - _SUBJECT) : k]):
            return s.side
        return ""
    near = [*words[max(0, k - _NEAR) : k], *words[k + 1 : k + 1 + _NEAR]]
    if w.forms[0].pos == "PRTS" or w.is_a("PRTS", "PRTF"):
        return next((side for x in near if x.in_case("ablt") and (side := known.side([x]))), "")
    ours = any(x.low in t.sets["we"] for x in near)
    doer = [x for x in near if any(f.pos == "ADJF" or f.case in ("gent", "gen2") for f in x.forms)]
    return next(
        (side for x in doer if (side := known.side([x])) and not _behind_place(words, x, t)), s.side if ours else ""
    )


def _behind_place(words: Sequence[Word], x: Word, t: Tables) -> bool:
    """*удар по России*: whom it hits."""
    k = next(n for n, w in enumerate(words) if w is x)
    return k > 0 and words[k - 1].is_a("PREP") and words[k - 1].forms[0].pos == "PREP"


def _place(words: Sequence[Word], known: Known, t: Tables) -> str:
    """The first name behind a word of place, or of what a verb says was struck."""
    struck = {k + n for k, _ in _deeds(words, t) for n in (1, 2, 3)}
    for k, w in enumerate(words[1:], 1):
        behind = words[k - 1].low in t.raw["where"] or (
            k > 1 and words[k - 2].low in t.raw["where"] and words[k - 1].lemmas & {*t.raw["kinds_of_place"]}
        )
        object_ = k in struck and bool(w.in_case("accs")) and not words[k - 1].is_a("PREP")
        of_a_deed = bool(
            words[k - 1].lemmas & _deed_words(t).keys() and w.in_case("gent") and not words[k - 1].is_a("VERB")
        )
        if not w.capital or not (behind or object_ or of_a_deed) or known.side([w]) or w.is_a("PREP"):
            continue
        run = [w, *([words[k + 1]] if k + 1 < len(words) and words[k + 1].capital and w.is_a("ADJF") else [])]
        return place_name(run, t.code)
    return ""


def days_in(words: Sequence[Word], content: str, published: date | None, t: Tables) -> tuple[date, date] | None:
    """The first and the last day that words name, none of them after the day of publication.

    Args:
        words: of the content.
        content: what was said.
        published: the day of publication; without it no weekday can be told, nor a date without a year.
        t: the language.

    Returns:
        The days; a night takes the day before as well; ``None`` where none is named.
    """
    days = t.raw["days"]
    found: list[tuple[date, date]] = []
    for m in _ISO.finditer(content):
        y, mo, d = (m[1], m[2], m[3]) if m[1] else (m[6], m[5], m[4])
        if (day := _date(int(y), int(mo), int(d))) is not None:
            found.append((day, day))
    for k, w in enumerate(words):
        day = _day_at(words, k, published, days)
        if day is None:
            continue
        night = any(x.lemmas & {*days["night"]} for x in words[max(0, k - 2) : k + (w.text.isdigit())])
        since = words[k - 1].low in days["since"] if k else False
        found.append((day - timedelta(days=1) if night else day, max(day, published) if since and published else day))
    if not found and published is not None and any(w.low in days["at_night"] for w in words):
        found.append((published - timedelta(days=1), published))
    return (min(a for a, _ in found), max(b for _, b in found)) if found else None


def _day_at(words: Sequence[Word], k: int, published: date | None, days: Mapping[str, list[str]]) -> date | None:
    w = words[k]
    if w.text.isdigit() and k + 1 < len(words):
        month = next((n for n, name in enumerate(days["months"], 1) if name in words[k + 1].lemmas), 0)
        if not month:
            return None
        year = words[k + 2].text if k + 2 < len(words) and re.fullmatch(r"20\d\d", words[k + 2].text) else ""
        if year or published is None:
            return _date(int(year), month, int(w.text)) if year else None
        day = _date(published.year, month, int(w.text))
        return day.replace(year=published.year - 1) if day is not None and day > published else day
    if published is None:
        return None
    for back, some in enumerate((days["today"], days["yesterday"], days["before"])):
        if w.low in some:
            return published - timedelta(days=back)
    week = next((n for n, name in enumerate(days["week"]) if name in w.lemmas), -1)
    if week >= 0 and k and words[k - 1].low in days["on"]:
        return published - timedelta(days=(published.weekday() - week) % 7)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
