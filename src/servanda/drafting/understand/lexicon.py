"""Words of clauses and what they stand for: patterns of ``data/clause_words.yaml``, found longest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from servanda.values.gazetteer import gazetteer


@dataclass(frozen=True, slots=True)
class Found:
    """A code, and the words that stand for it."""

    code: str
    start: int
    end: int
    words: str
    weight: int = 0
    """How much was read to find it, where that is more than its extent."""


_BEGINS = r"(?<!\w)(?<!\banti-)(?<!\bnon-)"
"""Where a word begins: *anti-aircraft weapons* are no aircraft, *anti-tank mines* no tanks."""


@cache
def _pairs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Acts that a verb and its object stand for together, the one near the other, in either order."""
    out = []
    for code, pair in gazetteer("clause_words.yaml")["pairs"].items():
        do, to = "|".join(pair["do"]), "|".join(pair["to"])
        between = r"(?:[\w'\u2019-]+[,:]?\s+){0,7}?"
        out.append((code, re.compile(rf"(?<!\w)(?P<do>(?:{do})\w*)[,:]?\s+{between}(?:{to})(?!\w)", re.IGNORECASE)))
        out.append(
            (
                code,
                re.compile(
                    rf"(?<!\w)(?:{to})(?!\w),?\s+{between[:-5]}0,12}}?(?:be|been|being|is|are|to|may|can|shall|will|must|could)\s+(?:\w+ly\s+|also\s+|not\s+|neither\s+|never\s+)*(?P<do>(?:{do})\w*)",
                    re.IGNORECASE,
                ),
            )
        )
    return tuple(out)


@cache
def _patterns(group: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The codes of a group, each with one pattern of all its words."""
    written = gazetteer("clause_words.yaml")[group]
    if isinstance(written, list):
        written = {group: written}
    return tuple(
        (code, re.compile(rf"{_BEGINS}(?:{'|'.join(words)})(?:(?!\w)|(?<=\W))", re.IGNORECASE))
        for code, words in written.items()
    )


@cache
def _combined() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Words that stand for several acts at once."""
    rows = gazetteer("clause_words.yaml")["combined"]
    return tuple((tuple(row["acts"]), re.compile(rf"(?<!\w)(?:{row['words']})", re.IGNORECASE)) for row in rows)


def verbs() -> tuple[str, ...]:
    """Verbs in their plain form that begin a deed of their own behind "and"."""
    return tuple(gazetteer("clause_words.yaml")["verbs"])


def find(group: str, text: str) -> list[Found]:
    """What of one group of words is found, in order; where two overlap, the longer.

    Args:
        group: a key of the data file: acts, targets, weapons, kinds, means, everybody.
        text: a clause.

    Returns:
        Codes with the words that stand for them.
    """
    return list(_found(group, text))


@lru_cache(maxsize=4_096)
def _found(group: str, text: str) -> tuple[Found, ...]:
    """What is found, once for each text: several questions are put to the same words."""
    found = [
        Found(code, m.start(), m.end(), m.group(0))
        for code, pattern in _patterns(group)
        for m in pattern.finditer(text)
    ]
    if group == "kinds":
        return tuple(sorted(found, key=lambda f: f.start))
    if group == "acts":
        found += [
            Found(code, m.start(), m.end(), m.group(0))
            for codes, pattern in _combined()
            for m in pattern.finditer(text)
            for code in codes
        ]
        found += [
            Found(code, m.start("do"), m.end("do"), m.group(0), len(m.group(0)))
            for code, pattern in _pairs()
            for m in pattern.finditer(text)
        ]
    return tuple(longest(found))


def longest(found: list[Found]) -> list[Found]:
    """Without what overlaps something longer; what has the same extent stays together.

    Args:
        found: what was found, in any order.

    Returns:
        What stands, in the order of the words.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-max(f.weight, f.end - f.start), f.start)):
        if all(
            one.end <= k.start
            or one.start >= k.end
            or (one.start, one.end, bool(one.weight)) == (k.start, k.end, bool(k.weight))
            for k in kept
        ):
            kept.append(one)
    return sorted(kept, key=lambda f: (f.start, f.code))
