"""Conditions: what somebody makes a condition of what, and what he only waits for.

And whether he leaves the matter to another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from servanda.statements.topics import SENTENCES, TopicMatcher

_WAITS = (
    r"only (?:if|after|when|once|on condition that|take place after)|possible only|unless|provided(?: that)?|on (?:the )?condition(?: that)?|"
    r"(?:as|so) (?:long|soon) as|until|in exchange for|in return for|once|without|but first|before|if|even if|while|the (?:hour|day|moment)|should(?= (?:the|any|an?|his|its|their|(?-i:[A-Z])))|"
    r"hinges? on|depends? on|on the day|must first"
)
_CONDITION = re.compile(rf"\b(?P<mark>{_WAITS})\b", re.IGNORECASE)
_STRONG = re.compile(
    r"only|unless|provided|condition|long as|soon as|until|exchange|return for|if$|hinges?|depends?|should|possible|must first|hour|moment|on the day",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(?i)\b(?:end|stop|suspend|cancel|leave|quit|resume|halt|switch\w* off|break off|walk away|respond|retaliate|strike|pull out)\w*\b"
)
_MODAL = re.compile(
    r"\b(?:would|will|could|may|might|can|shall|is|are|must|ready|prepared|willing|open|no|not|never|possible)\b|[’']ll\b",
    re.IGNORECASE,
)
NO_VETO = re.compile(
    r"\b(?:no|not the|never the) (?:right|veto|say|power)\b(?: to (?:object|refuse|forbid|block|veto|stop|prevent)\w*| on| over| in)|\bnot up to \w+ to (?:accept|decide|object|agree|approve|refuse|say)\b",
    re.IGNORECASE,
)
LEFT_TO = re.compile(
    r"\b(?:decision|choice|question|matter)\b[^.;]*\b(?:made by|taken by|for \w+ to|up to)\b|\bup to \w+ to\b|\bfor \w+ to (?:decide|say|judge)\b|\bis (?:ultimately )?a (?:decision|matter) for\b",
    re.IGNORECASE,
)
_ONLY_TIME = re.compile(
    r"\W*(?:(?:the|next|this|late|early|end of|beginning of|first|further|any|more|much|his|its) )*(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|"
    r"spring|summer|autumn|winter|noon|midnight|tomorrow|dawn|evening|night|week|weekend|month|year|now|then|long|delay|warning|hindrance|exception|conditions?|preconditions?|success|saying|\d+)\b",
    re.IGNORECASE,
)
_COMMITS = re.compile(
    r"\b(?:will|would|could|can|may|might|shall|ready|prepared|willing|open|possible|must|never|nothing|no|not|hinges|depends|accepts?|agrees?|signs?|joins?|supports?)\b(?! up to)|[’']ll\b",
    re.IGNORECASE,
)
_OWED = re.compile(r"\b(?:must|ha(?:s|ve) to)\b(?! not\b)", re.IGNORECASE)
_COMES = re.compile(r"\b(?:(?:is|are) (?!broken|violated|ruined)\w+(?:ed|en)|can|could|will|may)\b", re.IGNORECASE)
"""Words by which something is to come, and has not come yet."""
NOT = re.compile(r"\b(?:not|never|no longer|neither)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """A content parted at its condition: ``main`` is done or not done, ``waits_for`` comes first; ``asked``: the speaker asks for it."""

    main: str
    waits_for: str
    asked: bool


def condition_of(content: str, *, willing: bool = False) -> Condition | None:
    """The condition in a content, with what it waits for; nothing where there is none.

    Args:
        content: what was said.
        willing: the verb of saying itself tells what the speaker would do: *is ready to*, *offered to*, *accepts*.

    Returns:
        Its parts. *While*, *before*, *once* and *the day* count only beside a negation or a word of will.
    """
    text = plain(content)
    for match in _CONDITION.finditer(text):
        mark = match["mark"].lower()
        before, after = text[: match.start()].strip(" ,;:"), text[match.end() :].strip(" ,;:")
        if not before.strip("\"“”‘’'«— -") or mark == "even if":
            # it stands first: what it waits for ends with a comma
            waits, comma, main = after.partition(", ")
            if not comma:
                continue
        else:
            waits, main = after, before
        main = _clause(main) or main
        if mark == "before" and _OWED.search(main) and _COMES.search(waits) and not _ENDS.search(waits):
            return Condition(waits, main, asked=True)  # *X must A before any B is done*: it is B that waits
        denied = bool(NOT.search(main) or re.search(r"\bno\b|\bnone\b|\b(?:oppos|refus|reject)\w*", main))
        if not (_STRONG.search(mark) or (denied and mark in ("while", "before", "without")) or mark == "but first"):
            continue
        if mark in ("if", "even if") and re.search(r"\b(?:as|know|whether|ask\w*|see|wonder\w*|doubt\w*)\s*$", before):
            continue
        if mark in ("until", "before", "without", "once") and _ONLY_TIME.match(waits):
            continue
        if LEFT_TO.search(main) or NO_VETO.search(main):
            return None
        committed = willing or bool(_COMMITS.search(main)) or mark == "must first"
        if not committed and (mark in ("if", "even if") or not (_MODAL.search(main) or _MODAL.search(waits))):
            continue
        threat = bool(_ENDS.search(main)) and not denied
        negative = bool(re.search(r"\bnot\b|\bnever\b", waits))
        asked = (
            committed
            and "hour" not in mark
            and mark != "even if"
            and (not threat if not negative else mark in ("if", "unless"))
        )
        return Condition(main, waits, asked)
    return None


def _clause(text: str) -> str:
    """The last sentence of a text."""
    return re.split(r"(?<=[.!?;])[\"”’']*\s+", text.strip())[-1]


def plain(text: str) -> str:
    """Without contractions: *won't* is *will not*.

    Args:
        text: words of English.

    Returns:
        The same with whole words.
    """
    text = re.sub(r"\bwon[’']t\b", "will not", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:can[’']t|cannot)\b", "can not", text, flags=re.IGNORECASE)
    return re.sub(r"n[’']t\b", " not", text)


def condition_words(content: str) -> str:
    """What the first condition in a content waits for."""
    found = next((c for s in SENTENCES.split(content) if (c := condition_of(s)) is not None), None)
    return found.waits_for if found is not None else ""


def in_condition(
    found: Condition, sentence: str, term: str, matcher: TopicMatcher
) -> Literal["condition", "demands", "speaks of"] | None:
    """A term of the main clause is made conditional; one that is only waited for is asked for.

    Args:
        found: the condition.
        sentence: in which it stands.
        term: one of the matcher's.
        matcher: the terms.

    Returns:
        The stance on the term; nothing where the condition does not concern it.
    """
    joined = re.split(r"\band\b", found.main)
    if term in matcher.terms_in(found.main):
        # *A and do B only if*: the condition is that of B
        free = len(joined) > 1 and term not in matcher.terms_in(joined[-1]) and len(joined[-1].split()) <= 4
        return None if free else "condition"
    if term in matcher.terms_in(found.waits_for):
        return "demands" if found.asked else "speaks of"
    return "condition" if term in matcher.terms_in(sentence) else None


def only_waited_for(content: str, term: str, matcher: TopicMatcher) -> bool:
    """Whether a term stands in nothing but what a condition waits for.

    Args:
        content: what was said.
        term: one of the matcher's.
        matcher: the terms.

    Returns:
        True of the prisoners in *we will not withdraw before they free the prisoners*.
    """
    found = [c for s in SENTENCES.split(content) if (c := condition_of(s)) is not None]
    return any(term in matcher.terms_in(c.waits_for) and term not in matcher.terms_in(c.main) for c in found)
