"""Whether words keep a matter away: *a ban on bases*, *should not be admitted*, *the exclusion of foreign troops*; who demands that rejects the matter.

And the stand in a clause about the whole: *..., which we can never accept*.
"""

from __future__ import annotations

import re

from servanda.statements.speakers import People, means_himself
from servanda.statements.stances import Stance, stance
from servanda.statements.topics import TopicMatcher

_BAN = re.compile(
    r"\b(?:ban(?:s|ned|ning)?(?: on)?|bar(?:s|red|ring)|prohibit\w*|forbid\w*|exclu\w+|prevent\w*|refusal|non-admission|keep\w* out|removal of|remov(?:e|es|ed|ing)|rid of|absence of|end to)\b(?:\W+\w+){0,5}\W*$|\b(?:without(?: any)?|free of|against|no)\W+(?:\w+\W+)?$",
    re.IGNORECASE,
)
_NOT_LET = re.compile(
    r"\b(?:not|never|nor|n[’']t|refus\w+)\s+(?:(?:ever|again|be|to|even)\s+)*(?:admit|accept|allow|permit|let|join|host|station|deploy|receive|enter|remain|stay|place|send|sent)\w*\b(?:\W+\w+){0,5}\W*$",
    re.IGNORECASE,
)
_BAN_BEHIND = re.compile(
    r"[\w-]+(?:\s+[\w’'-]+){0,2}?\s+(?:exclusion|ban|prohibition|embargo)\b"
    r"|[^,.;]{0,40}?\b(?:must|should|shall|may|can|would|will|be|to)\s*(?:not|never)\s+(?:be\s+)?(?:admit|accept|allow|permit|let|join|host|station|deploy|receive|enter|remain|stay|place|sent)\w*",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    r"\b(?:prohibit|forbid|prevent|barr|exclu)\w*\b|\b(?:not|never)\s+(?:be\s+)?(?:admit|allow|permit|let)\w*\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r",\s+(?:which|something(?: that)?)\s+(?P<who>(?:[Tt]he )?[\w’'-]+)\s+(?P<what>(?:can|could|will|would|do|does|did|has|have)[^,;]*)$"
)
_NEGATED = re.compile(
    r"\b(?:no|not|non|nor|never|nobody|none|neither|without|refus\w+|ban|bans|banned|prohibit\w*|forbid\w*|exclu\w+|prevent\w*)\b",
    re.IGNORECASE,
)
_BEFORE = 60


def keeps_away(content: str, term: str, matcher: TopicMatcher) -> bool:
    """A word of banning stands right before the matter of a term, or one of not letting it in before or behind.

    Args:
        content: what was said.
        term: what it is about.
        matcher: the terms.

    Returns:
        True for *a ban on bases*, and, where the term forbids something, for *should never be allowed to join* as well.
    """
    forbids = term in matcher.restrains
    places = matcher.places(content, term)
    if forbids and not places:
        return bool(_ANYWHERE.search(content))  # the matter is known by what stands around
    for at in places:
        before = content[max(0, at - _BEFORE) : at]
        if _BAN.search(before) or (forbids and (_NOT_LET.search(before) or _BAN_BEHIND.match(content, at))):
            return True
    return False


def is_a_ban(term: str, matcher: TopicMatcher) -> bool:
    """The clause itself keeps its matter away (*no aircraft flies*, *they refuse to admit it*): who wants it away demands the term.

    Args:
        term: one of the matcher's.
        matcher: the terms.

    Returns:
        False of a term that keeps things from a place: there the matter is the thing (foreign troops, bases), and who wants it away rejects it.
    """
    if term in matcher.stops:
        return True
    own = f"{term.replace('_', ' ')}. {matcher.titles[term]}. {matcher.texts.get(term, '')}"
    return term in matcher.restrains and term not in matcher.placing and bool(_NEGATED.search(own))


def of_which(content: str, sides: set[str], people: People) -> Stance | None:
    """The stand of the speaker's own side in a clause about the whole that ends what was said.

    Args:
        content: what was said.
        sides: the speaker's.
        people: the names of sides.

    Returns:
        *rejects* for *..., which we can never accept*; nothing where no such clause stands or another side is its subject.
    """
    found = _WHICH.search(content)
    if found is None or not (means_himself(found["who"]) or people.speaker(found["who"])[1] in sides):
        return None
    taken = stance("say", "", found["what"])
    return taken if taken in ("rejects", "accepts") else None
