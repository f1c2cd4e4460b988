"""A part of a clause that gives a number to each of several things, as one part for each: distances of weapons, and the most of each that may be there."""

from __future__ import annotations

import re
from itertools import pairwise

from servanda.drafting.understand import amounts
from servanda.drafting.understand.amounts import DISTANCE_FOR, NUMBER
from servanda.drafting.understand.lexicon import find

_TO = re.compile(
    r"(?:,?\s+(?:to|at|by|of|from|least|not less than|no less than|not nearer than|no nearer than|more than|beyond|behind|a distance of|a minimum of))*\s+$",
    re.IGNORECASE,
)
"""What stands between some weapons and their distance."""
_AND = re.compile(r"^[\s,;]*(?:(?:and|or|but|while)\s+)?(?:of\s+)?", re.IGNORECASE)
_CARRIED = re.compile(r"\b(?:shall|will|must|may|withdraw\w*|of|is|are)\b", re.IGNORECASE)
"""Words ahead of weapons that hold for those behind them too; adjectives do not."""
_DONE = re.compile(r"\b(?:shall|will|must|may|is to|are to)\s+(?:not\s+)?(?:be\s+)?[a-z]+\b", re.IGNORECASE)
_OF_RANGE = re.compile(r"(?:\brange of\s+(?:\w+\s+){0,3}|\([^()]*)$", re.IGNORECASE)
_ITEM = re.compile(
    rf"(?:,\s*(?:and|or)?|\s+(?:and|or))\s+(?P<item>(?:{NUMBER})\s+[a-z][\w-]*(?:\s+(?!(?:in|on|at|of|to|and|or|for|from|with|within|per|each|shall|may)\b)[a-z][\w-]*){{0,3}})",
    re.IGNORECASE,
)


def by_distance(part: str) -> list[str]:
    """A part with several distances, each for other weapons, as one for each: 50 km for artillery, 70 km for rocket launchers.

    Args:
        part: words of a clause.

    Returns:
        The same words where they hold one distance, or none that is said for weapons.
    """
    found = [m for m in DISTANCE_FOR.finditer(part) if find("weapons", m["what"])]
    if len(found) < 2:
        return _behind_weapons(part)
    before, behind = part[: found[0].start()], part[found[-1].end() :]
    line = next((m["line"] for m in found if m["line"].strip()), "")
    return [
        f"{before}{'' if not n else '… '}{m.group(0) if m['line'].strip() else m.group(0).replace(' for ', f'{line} for ', 1)}{behind}"
        for n, m in enumerate(found)
    ]


def _behind_weapons(part: str) -> list[str]:
    """The same where the distance follows its weapons: tanks are withdrawn to 15 km and artillery to 25 km."""
    far = [(d.start, d.start + len(d.words)) for d in amounts.distances(part) if not _OF_RANGE.search(part[: d.start])]
    weapons = find("weapons", part)
    own = [[w for w in weapons if (far[n - 1][1] if n else 0) <= w.start < start] for n, (start, _) in enumerate(far)]
    if len(far) < 2 or not all(own):
        return [part]
    lead, tail = part[: own[0][0].start], part[far[-1][1] :]
    done = _DONE.search(part[len(lead) : far[0][0]])
    out = [f"{part[: far[0][1]]}{tail}"]
    for (_, last), (start, end) in pairwise(far):
        words = _AND.sub("", part[last:start])
        if done and not _DONE.search(words):
            to = _TO.search(words)
            at = to.start() if to else len(words)
            words = f"{words[:at]} … {done.group(0)}{words[at:]}"
        carried = f"{lead}… " if _CARRIED.search(lead) else ""
        out.append(f"{carried}{words}{part[start:end]}{tail}")
    return out


def by_number(part: str) -> list[str]:
    """A part with the most of several things, as one for each: no more than 12 mortars, 6 howitzers and 4 tanks.

    Args:
        part: words of a clause.

    Returns:
        The same words where they give one such number.
    """
    cap = next(iter(amounts.caps(part)), None)
    first = re.search(NUMBER, cap.words, re.IGNORECASE) if cap else None
    if cap is None or first is None or amounts.quotas(part) or not _counts(cap.unit):
        return [part]
    begin, at = cap.start + first.start(), cap.start + len(cap.words)
    items, end = [], at
    while (m := _ITEM.match(part, end)) and _counts(m["item"]):
        items.append(m["item"])
        end = m.end()
    return [f"{part[:begin]}{words}{part[end:]}" for words in (part[begin:at], *items)] if items else [part]


def _counts(words: str) -> bool:
    return bool(find("weapons", words) or amounts.is_people(words))
