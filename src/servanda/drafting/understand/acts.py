"""What is to be done or not done by a clause, and which kind of term it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from servanda.drafting.understand import amounts
from servanda.drafting.understand.asides import is_hindered, is_watched, not_of_whom, squeezed, suffers
from servanda.drafting.understand.awaited import comes_first
from servanda.drafting.understand.frames import frame_of
from servanda.drafting.understand.lexicon import Found, find
from servanda.values.codes import STANDARD

_ACTS = STANDARD.acts
WRONGS = _ACTS.below(
    [
        "attack",
        "violence_against_civilians",
        "property_act",
        "obstruction",
        "speech_act",
        "cyber_act",
        "concealment",
        "flight",
        "positions",
        "build_up",
        "access_denied",
        "jamming",
        "tampering",
    ]
)
"""Acts that agreements forbid; the others are deeds that they ask for."""
ATTACKS = _ACTS.below(["attack"])
"""Attacks of every kind."""
TALKS = frozenset({"meeting_held", "consultation", "mechanism_established"})
"""Talks, and bodies that are set up: nothing is done to what stands near them."""
_STANDING = _ACTS.below(["positions"])
_NEAR = 40
"""How many characters may lie between *suspend* and what is suspended."""
_NOT = re.compile(r"\bnot\s+$", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_OWED = re.compile(r"\b(?:shall|will|must|is to|are to)\s+(?:(?:\w+ly|then|also|be)\s+){0,2}$", re.IGNORECASE)
"""In front of a deed that is asked for: *the army will deploy to the line*."""
_DECLARED = {"strength_declared", "locations_declared", "routes_declared", "destinations_declared"}
_EVENT = re.compile(
    r"violat|breach|complaint|\brequest|incident|infring|non-compliance|armed attack|aggression|notification",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"withdr|leav|leaves|mov(?:e|ed|es|ing)\b|at least|pull|remov|no nearer|nearer|closer|stay|behind|no\b|not\b|keep|kept",
    re.IGNORECASE,
)
_UNTOLD = re.compile(r"without (?:any )?(?:prior |advance )?(?:notice|notification|announcement)", re.IGNORECASE)
_NOTICE = re.compile(
    r"notif\w+|(?:days?|hours?|weeks?)['\u2019]? (?:prior |advance )?notice|notice of|advance notice|prior notice|inform\w*|announc\w+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:in order to|so as to|(?:hours|days|weeks|months|suspended|halted|stopped|paused|cease|stop) to (?:allow|enable|permit|facilitate)|with a view to|for the purpose of|necessary for|pending|as well as to ensure|under the (?:eyes|supervision|observation|monitoring) of|only against|except(?:ing)?(?: for| in)?|unless|save(?: for| in| where| when| that| as)|with the exception of|apart from|other than|without prejudice to|provided(?:,? however,?)? that|on (?:the )?condition that|"
    r"this does not preclude|does not preclude)\b.*$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"^\W*(?:within|not later than|no later than|upon|following|after|pending|until|prior to|before|since|once|as soon as|during|if|should|where|when|whenever|in (?:the )?(?:event|case)|for (?:each|every)|in (?:exchange|return) for)\b(?:(?!\b(?:shall|will|must)\b)[^,;])+(?:,|(?=\b(?:shall|will|must)\b))"
    r"|\b(?:days?|months?|hours?|weeks?|years?)(?: \(\d+\))? (?:of|after|from|following|before) (?:the )?(?:\w+ ){0,3}?\w+"
    r"|\b(?:after|following|before|until|upon|in parallel with) the (?:\w+ ){0,3}(?:of|referred)\b",
    re.IGNORECASE,
)
"""When, under which condition or for what in return, and not what."""
_WHEN_AHEAD = re.compile(
    r"^\W*(?:upon|following|after|pending|before|since|once|as soon as|when|whenever|if|should|where|in (?:the )?(?:event|case))\b(?:(?!\b(?:shall|will|must)\b)[^,;])+,",
    re.IGNORECASE,
)
"""When or if, ahead of what: a word in it that ends or denies something forbids nothing here ("Upon the cessation of hostilities, ...")."""
_UNDONE = re.compile(
    r"^\W*(?:if|should|where|in (?:the )?(?:event|case))\b[^,;]*\b(?:not|fail(?:s|ed|ure)?|refus(?:es?|al)|delays?|unable)\b",
    re.IGNORECASE,
)
"""A condition that something was not done."""
_SPARED_AHEAD = re.compile(r"^\W*(?:except|unless|save|without prejudice to)\b[^,;]*,", re.IGNORECASE)
_SPARING = re.compile(
    r"\b(?:except(?:ing)?(?: for| in)?|unless|save(?: for| in| where| when| that| as)|with the exception of|apart from|other than|without prejudice to|(?:this )?does not preclude)\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:[A-Z][\w-]+ (?:(?:for|of|and|on|the|to) )*)*[A-Z][\w-]+ (?:(?:for|of|and|on|the|to) )*(?:Commission|Committee|Panel|Board|Mission|Mechanism|Force|Cent(?:re|er)|Tribunal|Council|Agreement|Protocol|Treaty)\b"
    r"|\b(?:Direct(?:ors?|orates?)|Chiefs?|Heads?|Ministr(?:y|ies)|Ministers?|Departments?|Offices?|Commanders?)(?:[- ]General)? (?:of|for) [A-Z][\w-]+(?: (?:(?:and|of) )?[A-Z][\w-]+)*"
)
"""The name of a body or text, whose words are no acts."""
_DONE = re.compile(r"(?<!\bshall )(?<!\bwill )(?<!\bmust )\b(?:has|have|had|having)(?: been)?\s+$", re.IGNORECASE)
_WAS = re.compile(r"\b(?:(?:has|have|had|having) been|was|were)\s+$", re.IGNORECASE)
_MEANS_OF = re.compile(r"\b(?:by|with|using|from|means of)\s+(?:[\w-]+[\s,]+){0,6}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class What:
    """The kind of a term and its acts, with the words each came from."""

    kind: str
    acts: tuple[str, ...]
    kind_words: str
    act_words: tuple[str, ...]
    answer_to: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def what_of(text: str, lead: str = "") -> What:
    """The kind and acts of one clause.

    Args:
        text: its words, in one sentence or several.
        lead: words with which it begins that only lead to it; their acts count where it has none of its own.

    Returns:
        The kind of term, ``unverifiable`` where nothing is recognised that could be checked.
    """
    text = squeezed(text)
    named = [(m.start(), m.end()) for m in _BODY.finditer(text)]
    cues = not_of_whom(text, [c for c in find("kinds", text) if not any(a <= c.start and c.end <= b for a, b in named)])
    acts = find("acts", text)
    lead = squeezed(lead)
    own = [f for f in acts if f.start >= len(lead)] if lead and text.startswith(lead) else []
    wronged = any(f.code in WRONGS for f in acts)
    acts = _to_the_point(text, own or acts)
    by = {cue: [c for c in cues if c.code == cue] for cue in {c.code for c in cues}}
    codes = {f.code for f in acts}
    ahead = _WHEN_AHEAD.match(text)
    forbids = [
        c for c in by.get("forbid", ()) if not _only_in_aside(text, c) and (ahead is None or c.start >= ahead.end())
    ]
    undecidable = by.get("undecidable", [])
    if frame_of(text):
        return _made("unverifiable", (), [])
    if undecidable and (re.search(r"secret", undecidable[0].words, re.IGNORECASE) or not codes - TALKS):
        return _made("unverifiable", (), undecidable)
    follows = any(not _NOT.search(text[: c.start]) for c in by.get("follows", ()))
    if by.get("triggered") and follows and (_EVENT.search(text) or wronged or _UNDONE.match(text)):
        return _guarantee(acts, by["triggered"])
    if (reported := _reported(text)) is not None:
        return reported
    if by.get("answer") and _EVENT.search(text):
        return _response(text, acts, by["answer"])
    notice = None if _UNTOLD.search(text) else _NOTICE.search(text)
    if (
        notice
        and ("notice_given" in codes or _TELLS.search(text))
        and re.search(r"advance|before|prior|beforehand|ahead|notice of", text, re.IGNORECASE)
        and codes & WRONGS
    ):
        about = tuple(f for f in acts if f.code in WRONGS)
        return What("notice", distinct(about), notice.group(0), tuple(f.words for f in about))
    if by.get("told") and (codes & _DECLARED):
        told = tuple(f for f in acts if f.code in _DECLARED)
        return _made("declare", told, by["told"])
    return _measured(text, acts, codes) or _plain(text, acts, forbids, undecidable)


def _measured(text: str, acts: list[Found], codes: set[str]) -> What | None:
    """A limit, or a quantity in every period, by the numbers in the words."""
    weapon = find("weapons", text)
    if (
        amounts.caps(text)
        and not amounts.quotas(text)
        and (
            weapon
            or amounts.is_people(amounts.caps(text)[0].unit)
            or codes & {"military_presence", "deployment"}
            or re.search(r"\bmen\b|troops|soldiers|persons|personnel|\bkg\b|tonnes|forces", text, re.IGNORECASE)
        )
    ):
        cap = amounts.caps(text)[0]
        return What(
            "limit",
            ("deployment",)
            if amounts.is_people(cap.unit) or (not weapon and not re.search(r"\bkg\b|tonnes", text))
            else (),
            cap.words,
            (cap.words,),
        )
    sized = amounts.calibre(text) or amounts.reach(text)
    still = not codes & ATTACKS and not _FLOWN.search(text)
    if (weapon or sized) and (sized or amounts.distances(text)) and _MOVES.search(text) and still:
        far = next(d for d in (*amounts.distances(text), sized) if d is not None)
        kind = "require" if re.search(r"\bcomplet\w+", text, re.IGNORECASE) else "limit"
        return What(kind, () if kind == "limit" else ("withdrawal",), far.words, (far.words,))
    most = amounts.most_in_a_period(text) or next((cap for cap in amounts.caps(text) if amounts.any_period(text)), None)
    if most and acts:
        return What("limit", distinct(tuple(acts[:1])), most.words, (most.words, acts[0].words))
    if amounts.quotas(text) and codes & {
        "delivery",
        "route_opened",
        "release",
        "withdrawal",
        "inspection",
        "meeting_held",
        "report_made",
    }:
        many = amounts.quotas(text)[0]
        near = sorted(acts, key=lambda f: abs(f.start - many.start) if f.end > many.start else many.start - f.end)
        deeds = tuple(f for f in near if f.code not in WRONGS)[:1]
        return What("quota", distinct(deeds), many.words, tuple(f.words for f in deeds))
    return None


_FLOWN = re.compile(r"\b(?:fly|flies|flown|flying|flights?|overfl\w+|altitudes?)\b", re.IGNORECASE)
_HANDLED = re.compile(
    r"^[^.;]*?\b(?P<verb>(?:shall|will|must) (?:(?:operate|run|take place|continue|resume|proceed)\b(?! (?:only|without)\b)|be\s+(?:\w+ly\s+|also\s+)*(?!suspended|avoided|discontinued|terminated|concluded|abandoned|abolished|eliminated|renounced|reduced|minimi[sz]ed|curbed|phased|reversed|outlawed|excluded|banned|frozen|postponed|cancell?ed|limited|restricted"
    r"|prevented|curtailed|halted|considered|deemed|regarded|treated|grounded|kept|confined|denied|refused|withheld|blocked|closed)\w+(?:ed|en|wn|lt)\b))",
    re.IGNORECASE,
)
"""What is to be done with what stands ahead of it, which does not forbid that: *trenches shall be filled in*."""
_PURSUED = re.compile(
    r"^\W*(?:an?y?|every|each|all)\b(?:(?!\b(?:shall|will|must)\b)[^.;])*\b(?:shall|will|must) be (?:\w+ly )?(?:investigated|punished|examined|recorded|condemned)\b",
    re.IGNORECASE,
)
"""What is to follow an act, which is not said to be forbidden."""
_REPORTED = re.compile(
    r"\b(?:shall|will|must)\s+(?:\w+ly\s+)?(?:report|notify|inform|advise)\b(?!\s+(?:in advance|beforehand))[^.;]{0,80}?\b(?:any|every|each|all)\b(?P<of>[^.;]*)"
    r"|^\W*(?:any|every|each|all)\b(?P<of2>[^.;]{3,80}?)\b(?:shall|will|must) be (?:\w+ly )?(?:reported|notified|communicated)\b",
    re.IGNORECASE,
)
"""What is to be reported whenever it comes."""
_COUNTED = re.compile(
    r"\s*(?:(?:such|alleged|suspected|reported|serious|armed|known)\s+)*(?:\w+ of (?:an?y? )?)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
"""What may stand between *every* and what is reported; not *all its forces of the end of*."""
_TELLS = re.compile(r"\b(?:shall|will|must)\s+(?:\w+ly\s+)?(?:inform|notify|advise)\b", re.IGNORECASE)


def _plain(text: str, acts: list[Found], forbids: list[Found], undecidable: list[Found]) -> What:
    """A prohibition or a duty: by the words that forbid, and by the nature of the acts."""
    stayed = [
        f
        for f in acts
        if f.code == "suspension" and any(0 <= w.start - f.end < _NEAR for w in acts if w.code in WRONGS)
    ]
    if _PURSUED.search(text) or any(
        _denied(text, f, forbids) for f in stayed
    ):  # *not suspend its flights* asks for none
        return _made("unverifiable", (), [])
    acts, forbids = [f for f in acts if f not in stayed], [*forbids, *stayed]  # *suspend all flights* forbids them
    wrongs = tuple(f for f in acts if f.code in WRONGS or (f.code == "prosecution" and _denied(text, f, forbids)))
    deeds = tuple(f for f in acts if f not in wrongs and f.code not in _DECLARED)
    denied = [f for f in deeds if _denied(text, f, forbids)]
    moved = [
        f for f in deeds if f.code in ("withdrawal", "cantonment", "demobilisation", "weapons_handed_over", "storage")
    ]
    if moved and moved[0].start <= deeds[0].start and not any(f in denied for f in moved):
        wrongs = tuple(f for f in wrongs if f.code not in _STANDING | {"base_building"})
        if not any(_denied(text, w, forbids) for w in wrongs) or moved[0].start < wrongs[0].start:
            return _made("require", tuple(f for f in deeds if f.code in {m.code for m in moved[:1]}), moved)
    if denied and not wrongs:
        return _made("forbid", tuple(denied), forbids)
    owed = [f for f in wrongs if f.code in _STANDING and _OWED.search(text[: f.start])]
    if owed and not forbids and not _ONLY.search(text):
        return _made("require", tuple(owed), owed)
    established = [f for f in deeds if f.code == "mechanism_established"]
    if established and not denied and not any(_denied(text, w, forbids) for w in wrongs):
        return _made("require", tuple(established), established)
    if wrongs and (forbids or not deeds or wrongs[0].start < deeds[0].start):
        first = [f for f in deeds if f.start < wrongs[0].start and f.code not in ("notice_given", "report_made")]
        if (
            first
            and not any(c.start < first[0].start for c in forbids)
            and first[0].code in ("order_issued", "release")
        ):
            return _made("require", tuple(first), first)
        if forbids or any(f.code in ("access_denied", "aid_obstruction", "movement_restriction") for f in wrongs):
            return _made("forbid", wrongs, forbids)
        done = _HANDLED.search(text)
        may = next((c for c in find("kinds", text) if c.code == "permit"), None)
        if (done and all(f.end <= done.start("verb") for f in wrongs)) or (may and not _ONLY.search(text)):
            return _made("unverifiable", (), [])
        return What("forbid", distinct(wrongs), "", tuple(f.words for f in wrongs))
    if deeds:
        same = tuple(f for f in deeds if (f.start, f.end) == (deeds[0].start, deeds[0].end))
        return _made("require", same, list(same))
    return _made("unverifiable", (), undecidable)


def _made(kind: str, acts: tuple[Found, ...], cues: list[Found]) -> What:
    return What(kind, distinct(acts), cues[0].words if cues else "", tuple(dict.fromkeys(f.words for f in acts)))


def _guarantee(acts: list[Found], cues: list[Found]) -> What:
    done = tuple(
        f
        for f in acts
        if f.code in ("consultation", "sanctions_restored", "suspension", "denunciation", "investigation")
    )
    return _made("guarantee", done, cues)


def _response(text: str, acts: list[Found], cues: list[Found]) -> What:
    """An answer: the deed, and the acts that it answers."""
    deeds = tuple(
        f
        for f in acts
        if f.code
        in ("disciplinary_measure", "investigation", "consultation", "report_made", "prosecution", "inspection")
    )
    asked = next((f for f in acts if f.code == "access_request"), None)
    if asked is not None:  # who answers it grants it
        return What("respond", ("access_granted",), cues[0].words, (asked.words,), ("access_request",))
    if not deeds and (said := re.search(r"\b(?:answer|repl|respon)\w*", text, re.IGNORECASE)):
        deeds = (Found("consultation", said.start(), said.end(), said.group(0)),)
    to = [f.code for f in acts if f.code in WRONGS or f.code == "complaint_filed"]
    return What(
        "respond", distinct(deeds[:1]), cues[0].words, tuple(f.words for f in deeds[:1]), tuple(dict.fromkeys(to))
    )


def _reported(text: str) -> What | None:
    """An answer to each attack or breach that is to be reported; nothing of what is to be told before it comes."""
    found = _REPORTED.search(text)
    what = (found["of"] or found["of2"] or "") if found else ""
    to = [f for f in find("acts", what) if f.code in ATTACKS]
    first = min([f.start for f in to] + [m.start() for m in re.finditer(r"violat|breach|infring", what)], default=-1)
    lead = re.split(r"\b(?:any|every|each|all)\b", what[: max(first, 0)], flags=re.IGNORECASE)[-1]
    if (
        found is None
        or first < 0
        or not _COUNTED.match(lead)
        or re.search(r"\b(?:before|prior|advance|planned)\b", text)
    ):
        return None
    return What("respond", ("report_made",), found.group(0), (found.group(0),), distinct(tuple(to)))


def _to_the_point(text: str, acts: list[Found]) -> list[Found]:
    """Without acts that only say by what means, to what end, or after what."""
    ahead = _SPARED_AHEAD.match(text)
    aside = _ASIDE.search(text, ahead.end() if ahead else 0)
    acts = [f for f in not_of_whom(text, acts) if not comes_first(text, f.start)]
    kept = [f for f in acts if (aside is None or f.start < aside.start()) and (ahead is None or f.start >= ahead.end())]
    whens = [(m.start(), m.end()) for m in _WHEN.finditer(text)]
    names = [(m.start(), m.end()) for m in _BODY.finditer(text)]
    if not kept and not (
        aside and _SPARING.match(aside.group(0))
    ):  # what only an exception names is not what is forbidden
        kept = acts
    kept = [f for f in kept if f.code in WRONGS or not (is_hindered(text, f) or is_watched(text, f))]
    kept = [f for f in kept if not _WAS.search(text[: f.start])]
    meant = [
        f
        for f in kept
        if not any(a <= f.start < b for a, b in whens)
        and not any(a <= f.start and f.end <= b for a, b in names)
        and not _DONE.search(text[: f.start])
    ]
    when = _WHEN_AHEAD.match(text)
    kept = [f for f in kept if not any(a < f.start and f.end <= b for a, b in names)]
    kept = meant or [f for f in kept if when is None or "." in when.group(0) or f.start >= when.end()]
    kept = [f for f in kept if f.code != "flight" or not suffers(text, f)]
    codes = {f.code for f in kept}
    if codes & ATTACKS:
        kept = [f for f in kept if f.code not in _ACTS.below(["flight"]) or not _MEANS_OF.search(text[: f.start])]
        if "attack" in codes or any(f.code in ATTACKS for f in kept):
            kept = [f for f in kept if f.code != "military_presence"]
    if "flight" in codes and "reconnaissance_flight" in codes:
        kept = [f for f in kept if f.code != "flight"]
    if codes & {"deployment", "arms_transfer"}:  # what is brought in is a thing: armed drones are no strike
        kept = [f for f in kept if f.code != "strike_drone" or re.search(r"strikes?$|attack", f.words, re.IGNORECASE)]
    if "foreign_support" in codes:
        kept = [f for f in kept if f.code not in ("military_presence", "deployment")]
    if codes & {"access_denied"}:
        kept = [f for f in kept if f.code not in ("mechanism_established", "movement_restriction")]
    return kept


def distinct(found: tuple[Found, ...]) -> tuple[str, ...]:
    """The codes, each once, without those that stand under another of them.

    Args:
        found: what was found.

    Returns:
        Codes, in the order of the words.
    """
    codes = list(dict.fromkeys(f.code for f in found))
    return tuple(c for c in codes if not any(c != o and c in _ACTS.below([o]) for o in codes))


def _denied(text: str, act: Found, forbids: list[Found]) -> bool:
    """Whether words that forbid stand right before an act, with no other sentence between."""
    before = text[: act.start]
    return any(
        c.end <= act.start and act.start - c.end < 70 and not re.search(r"[.;]", before[c.end :]) for c in forbids
    )


def _only_in_aside(text: str, cue: Found) -> bool:
    """Whether a word that forbids stands in an aside: not in the text, not later than."""
    return bool(
        re.match(r"not? (?:later|more|less|fewer|only|limited|preclude|in the text)", text[cue.start :], re.IGNORECASE)
    )
