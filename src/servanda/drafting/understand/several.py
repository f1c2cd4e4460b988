"""A part of a clause that gives a number to each of several things, as one part for each: distances of weapons, the most of each that may be there, and the stages of a deed with the time of each."""

from __future__ import annotations

import re
from itertools import pairwise

from servanda.drafting.understand import amounts
from servanda.drafting.understand.amounts import DATE, DISTANCE_FOR, NUMBER
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


def by_stage(part: str) -> list[str]:
    """A duty in stages, each with a time of its own, as one for each: 100 prisoners within 10 days, 200 within 20 days and the rest by 1 June 2027.

    Args:
        part: words of a clause.

    Returns:
        The same words where they hold one time, or where it is not plain which words go with which.
    """
    times = sorted(_times(part))
    gaps = [_gap(part, a, b) for a, b in pairwise(times)]
    if not 0 < len(gaps) < _STAGES or None in gaps or _OR_ELSE.search(part):
        return [part]
    cuts = [gap for gap in gaps if gap]
    starts, ends = [0, *(b for _, b in cuts)], [*(a for a, _ in cuts), len(part)]
    first, *later = [(part[a:b].strip(" ,;"), part[t:u]) for a, b, (t, u) in zip(starts, ends, times, strict=True)]
    deeds = [f for f in find("acts", first[0]) if _LATER.search(first[0][: f.start]) is None]
    if not deeds or any(not _STAGE.search(own.replace(time, "")) or _DEED.search(own) for own, time in later):
        return [part]
    begin = deeds[0].start
    head = re.match(
        r"(?P<verb>[\w-]+(?: (?:over|back|in|out|up)\b)?) *(?P<what>[^,:]*?)(?: in (?:\w+ ){1,2}(?:phases?|stages?|steps?|parts?)\b.*)?$",
        re.split(r"[,:]", first[0][begin:].replace(first[1], "").strip())[0],
    )
    verb, what = (head["verb"], head["what"]) if head else ("", "")
    lead = first[0][:begin].replace(first[1], "").strip(" ,;")
    return [first[0], *(f"{lead} {verb} {_staged(own.replace(time, ''), what)} {time}" for own, time in later)]


def _staged(own: str, what: str) -> str:
    """The words of a further stage, with what the deed is done to where they name nothing of their own."""
    own = " ".join(own.split()).rstrip(" ,.;")
    if find("weapons", own) or find("targets", own) or re.match(r"(?:from|in|at)\b(?! an?\b)", own):
        return own
    many = re.match(rf"(?:{NUMBER})\s+(?P<noun>[a-z][\w-]*)", what, re.IGNORECASE)
    if many is None:
        return f"{what}, {own}".strip(" ,")
    return f"{own} {many['noun']}" if re.fullmatch(NUMBER, own, re.IGNORECASE) else own


_STAGES = 12
"""How many stages a deed may have."""
_LATER = re.compile(r"\b(?:if|once|after|before|when|until)\b", re.IGNORECASE)
_OR_ELSE = re.compile(r"\bwhichever\b|\bin any (?:case|event)\b|\bat the latest\b", re.IGNORECASE)
_DEED = re.compile(r"\b(?:shall|will|must|may|is|are)\b", re.IGNORECASE)
_STAGE = re.compile(
    rf"\b(?:{NUMBER}|rest|remainder|remaining|others?|second|third|fourth|final|last|next|half|all|its|their|from|in|at)\b",
    re.IGNORECASE,
)
"""What a further stage is called, by how many, whom or where."""
_BY = re.compile(rf"\b(?:by|before|on|not later than|no later than)\s+(?:{DATE})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;]\s*(?:and\s+)?|\s+and\s+)(?:then\s+|thereafter\s+)?", re.IGNORECASE)


def _times(part: str) -> list[tuple[int, int]]:
    """Where the times by which something is due begin and end."""
    due = []
    for d in amounts.deadlines(part):
        said = d.words.removesuffix(f" {d.way} {d.anchor}") if d.way == "from" and d.anchor[:1].isupper() else d.words
        due += [] if d.way in ("before", "prior to") else [(d.start, d.start + len(said))]  # *within 20 days from Lom*
    return due + [m.span() for m in _BY.finditer(part) if not any(a <= m.start() < b for a, b in due)]


def _gap(part: str, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int] | None:
    """Where a stage ends and the next begins: behind the time of the one, or before that of the other."""
    found = [m.span() for m in _BETWEEN.finditer(part, one[1], other[0])]
    if not found:
        return None
    if found[0][0] == one[1] and part[: one[0]].strip(" ,"):
        return found[0]
    return found[-1] if found[-1][1] == other[0] or len(found) == 1 else None


def _counts(words: str) -> bool:
    return bool(find("weapons", words) or amounts.is_people(words))
