"""Where a speaker stands, by the verb and by the words about a term.

A verb of stance decides, turned round by its negation. After a verb of saying the words decide: a condition first, then refusal, demand, offer, acceptance,
announcement. What the condition asks for is demanded. Who will not strike announces; who says that he did not strike denies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.terms import Terms
from servanda.statements.slavic.words import Tables, tables, words_of
from servanda.statements.stances import Stance

FLIP: Mapping[str, Stance] = {
    "accepts": "rejects",
    "offers": "rejects",
    "rejects": "accepts",
    "denies": "speaks of",
    "announces": "rejects",
    "demands": "speaks of",
}
_FLIP_UNDONE: Mapping[Stance, Stance] = {
    "demands": "rejects",
    "offers": "rejects",
    "accepts": "rejects",
    "rejects": "accepts",
}
_CLAUSE = re.compile(
    r"[,;:]\s+(?:а|но|однак\w*|зато|тогда\s+как|хотя|але|проте|хоча|тоді\s+як)\s+|(?<=[.!?…])[»”\"]*\s+|;\s+",
    re.IGNORECASE,
)
_NOT_WAR = {"ru": r"\bне\b", "uk": r"\bне\b"}
_WILL = re.compile(
    r"\b(?:буд(?:ем|у|ут|ет|емо|уть|е)|станем|стану|станут|станемо)\b|\w+тим(?:емо|е|уть|у)(?:ся)?\b", re.IGNORECASE
)


@cache
def _words(code: str) -> tuple[tuple[Stance, re.Pattern[str]], ...]:
    return tuple((stance, re.compile(pattern, re.IGNORECASE)) for stance, pattern in tables(code).raw["words"])


@cache
def _sure(code: str) -> tuple[tuple[Stance, re.Pattern[str]], ...]:
    return tuple((stance, re.compile(pattern, re.IGNORECASE)) for stance, pattern in tables(code).raw["sure"])


def sure(content: str, code: str) -> Stance | None:
    """The stand of words that leave no doubt: *мы тут ни при чём* denies, *это оскорбление* rejects, *будем соблюдать* accepts.

    Args:
        content: what was said.
        code: the language.

    Returns:
        It, or nothing.
    """
    return next((stance for stance, pattern in _sure(code) if pattern.search(content)), None)


@cache
def _if(code: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(tables(code).raw["if"].split()) + r")(?!\w)", re.IGNORECASE)


@cache
def _shapes(code: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(shape, re.IGNORECASE) for shape in tables(code).raw["shapes"])


@cache
def _war(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    raw = tables(code).raw
    return re.compile(rf"\bне\s+(?:\w+\s+)?(?:{raw['war']})\w*|(?:{raw['war']})\w*\s+не\s+", re.IGNORECASE), re.compile(
        rf"\bне\s+(?:\w+\s+){{0,2}}?(?:{raw['past_war']})\w*|(?:удар\w*|вогонь|огонь)(?:\s+\w+){{0,8}}\s+не\s+(?:{raw['past_war']})\w*",
        re.IGNORECASE,
    )


_PROMISED = frozenset(("announces", "rejects", "accepts", "offers"))
"""Stands on what one will do or not."""


def stances_of(
    told: Told, content: str, terms: Terms, t: Tables, given: Sequence[str] | None = None, side: str = ""
) -> tuple[tuple[str, Stance], ...]:
    """How a speaker stands on each term that his words are about.

    Args:
        told: the attribution.
        content: its words.
        terms: the terms that are asked about.
        t: the language.
        given: the terms that his words are about, if that is known from what stands around them.
        side: the speaker's.

    Returns:
        Term and stance; nothing where the words are about no term.
    """
    main, condition = split_condition(content, t.code)
    of_main, of_condition = terms.terms_in(main), terms.terms_in(condition)
    named = (of_main or terms.terms_in(content)) if given is None else given
    about = [*dict.fromkeys([*named, *(of_main if condition else ()), *of_condition])]
    out: dict[str, Stance] = {}
    threat = re.search(t.raw["threatens"], content, re.IGNORECASE)
    otherwise = re.match(t.raw["otherwise"], content, re.IGNORECASE)
    for term in about:
        in_condition = term in of_condition
        in_main = term in of_main or (given is not None and not in_condition)
        clause = " ".join(c for c in _CLAUSE.split(main) if terms.speaks_of(c, term)) or main
        taken = _stance(told, re.sub(t.raw["relative_clause"], " ", clause, flags=re.IGNORECASE), term, terms, t, side)
        keeps = re.search(t.raw["keeps"], clause, re.IGNORECASE)
        if condition and in_condition and not in_main:
            out[term] = "speaks of" if threat else "demands"
        elif condition and in_main and keeps:
            out[term] = "accepts"
        elif condition and taken != "denies":
            out[term] = "condition"
        else:
            out[term] = taken
        if out[term] in _PROMISED and otherwise and term not in terms.matcher.stops:
            out[term] = "condition"  # *в противном случае не отпустим*: it waits for what was asked before
    return tuple(out.items())


def split_condition(content: str, code: str) -> tuple[str, str]:
    """The main clause of what somebody says, and what it waits for.

    Args:
        content: his words.
        code: the language.

    Returns:
        Both; the second is empty where there is no condition.
    """
    for shape in _shapes(code):  # *сначала A, потом B*; *без A не будет B*
        if (shaped := shape.search(content)) is not None:
            return shaped["then"] + content[shaped.end() :], shaped["first"]
    match = _if(code).search(content)
    if match is None:
        return content, ""
    before = content[: match.start()].strip(" ,—–-«»")
    if len(before.split()) >= 2 and not re.fullmatch(r"(?:и|а|но|і|й|але|та)\s*", before):
        stop = re.search(r"[.!?…](?:\s|$)", content[match.end() :])
        end = match.end() + stop.start() if stop else len(content)
        return before + content[end:], content[match.end() : end]
    comma = content.find(",", match.end())
    return (content[comma + 1 :], content[match.end() : comma]) if comma > 0 else ("", content[match.end() :])


def _stance(told: Told, clause: str, term: str, terms: Terms, t: Tables, side: str) -> Stance:
    kinds = [k for k in told.kinds if k not in ("says", "stands", "accuses")]
    if "accuses" in told.kinds:
        return "speaks of"
    named = t.raw["named"]
    if told.verb in named["verbs"].split():
        low = clause.lower()
        if re.search(t.raw["refused"], low):
            return "speaks of"
        if any(re.search(rf"\b{w[: max(4, len(w) - 2)]}", low) for w in named["tricks"].split()):
            return "rejects" if re.search(t.raw["proposals"], low) else "speaks of"
        for stance in ("denies", "rejects", "accepts"):
            if any(re.search(rf"\b{re.escape(w[: max(4, len(w) - 2)])}", low) for w in named[stance].split()):
                return stance
    by_verb: Stance | None = kinds[0] if kinds else None  # type: ignore[assignment]
    if by_verb is not None and told.negated:
        by_verb = "rejects" if told.verb in t.sets["wills"] else FLIP.get(by_verb, "speaks of")
    if by_verb == "rejects" and re.search(t.raw["charges"], clause, re.IGNORECASE):
        return "denies"  # *отвергает утверждения о штурмах*
    if by_verb == "denies" and not told.negated and re.search(t.raw["refused"], clause, re.IGNORECASE):
        return "speaks of"  # *опровергли, что отказались*: no deed is denied, and nothing accepted
    if by_verb == "rejects" and re.match(rf"\W*(?:{t.raw['refused']})", clause, re.IGNORECASE):
        return "speaks of"  # *раскритиковали отказ открыть дорогу*
    if by_verb == "rejects" and term in terms.matcher.stops and told.verb in t.sets["condemns"]:
        return "speaks of"  # *осуждает обстрел*: of the other, and nobody is against its end
    if by_verb == "accepts" and re.match(t.raw["refusal"], clause, re.IGNORECASE):
        return "rejects"  # *приветствует отказ от контингентов*
    lifted = term in terms.matcher.lifts  # *требует отменить указ*, where the term is that it is lifted
    if (
        by_verb is not None
        and by_verb in _FLIP_UNDONE
        and not lifted
        and re.match(t.raw["undoing"], clause, re.IGNORECASE)
    ):
        return _FLIP_UNDONE[by_verb]  # *требует отменить указ*, *отказался от пересмотра*
    if by_verb == "accepts" and re.match(t.raw["demand_of"], clause, re.IGNORECASE):
        return "demands"  # *поддержал требование открыть дорогу*
    if by_verb in ("denies", "rejects", "demands", "accepts"):
        return by_verb
    by_words = _of_harm(_by_words(clause, term, terms, t) or _by_forms(clause, term, terms, t), clause, term, terms, t)
    binds = terms.matcher.binds.get(term, frozenset())
    if by_words in ("announces", "denies") and side and binds and not binds & set(side.split("; ")):
        by_words = None  # the deeds of another
    if by_verb == "offers":
        return by_verb
    if by_verb == "announces":
        return "rejects" if by_words == "rejects" else "announces"
    return by_words or "speaks of"


def _of_harm(stance: Stance | None, clause: str, term: str, terms: Terms, t: Tables) -> Stance | None:
    """Who will not hinder what a term keeps open accepts it, and who calls a hindrance inadmissible demands it."""
    if (
        stance != "rejects"
        or term not in terms.matcher.restrains
        or not re.search(t.raw["harm"], clause, re.IGNORECASE)
    ):
        return stance
    return "demands" if re.search(t.raw["inadmissible"], clause, re.IGNORECASE) else "accepts"


def _by_words(clause: str, term: str, terms: Terms, t: Tables) -> Stance | None:
    if (without_doubt := sure(clause, t.code)) is not None:
        return without_doubt
    wont, didnt = _war(t.code)
    if term in terms.matcher.stops:
        if didnt.search(clause):
            return "denies"
        if wont.search(clause):
            return "offers" if re.search(r"\bготов", clause, re.IGNORECASE) else "announces"
    elif _WILL.search(clause) and re.search(
        r"\bне\s+(?:буд|стан)|\w+тим\w+\s+не\b|\bне\s+\w+тим", clause, re.IGNORECASE
    ):
        return "rejects"
    return next((stance for stance, pattern in _words(t.code) if pattern.search(clause)), None)


def _by_forms(clause: str, term: str, terms: Terms, t: Tables) -> Stance | None:
    """By mood, tense and negation of its first verb: what is asked of somebody (*снимите*), is not there (*нет*, *не было*), was not or will not be done, is done or will be."""
    restrained = term in terms.matcher.restrains or term in terms.matcher.stops
    words = words_of(clause, (0, len(clause)), t.code)
    for k, w in enumerate(words):
        if w.mark or not w.forms:
            continue
        negated = k > 0 and words[k - 1].low in t.sets["not"]
        if w.low in t.sets["none_of_it"]:
            gone = (k > 0 and words[k - 1].low in t.sets["more"]) or any(
                x.low in t.sets["more"] for x in words[k : k + 2]
            )
            return "announces" if gone and (term in terms.matcher.leaves or restrained) else "denies"
        form = next(
            (f for f in w.forms[: 2 if negated else 1] if f.pos == "VERB" and "infn" not in f.marks), w.forms[0]
        )
        if (form.pos == "PRTS" or "Impe" in form.marks) and not negated:
            harmed = term in terms.matcher.restrains and re.search(t.raw["harm"], clause, re.IGNORECASE)
            return None if harmed or term in terms.matcher.stops else "announces"
        if form.pos != "VERB" or w.lemmas & t.verbs.keys():
            continue
        if "impr" in form.marks and "1per" not in form.marks:
            return None if negated else "demands"
        if w.lemmas & t.sets["obliged"] and any(x.is_a("INFN") for x in words[max(0, k - 4) : k + 5]):
            return "rejects" if negated else "demands"
        if "past" in form.marks:
            never = negated and any(x.low in t.sets["never"] | t.sets["none"] for x in words)
            mine = form.gender == "neut" or any(x.low in t.sets["we"] for x in words)
            return "denies" if never or (negated and restrained and mine) else None
        if "futr" in form.marks and "perf" in form.marks and "3per" in form.marks:
            return "rejects" if negated else None if restrained else "announces"
        return None
    return None
