"""One person in several scripts, and what he said on one day as articles in several languages tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.statements.cyrillic import folded
from servanda.statements.extract import Statement

_CYRILLIC = ("Ѐ", "ӿ")


def cyrillic(text: str) -> bool:
    """Whether the letters are Cyrillic.

    Args:
        text: a name.

    Returns:
        True where one is.
    """
    return any(_CYRILLIC[0] <= c <= _CYRILLIC[1] for c in text)


def names_of(statements: Sequence[Statement]) -> dict[str, str]:
    """Under which name each teller stands: who is called alike in Cyrillic and in Latin letters, and is of one side, is one person.

    Called alike are those of one surname none of whose other words contradict: where both have some, one at least begins alike (*Vladimir* and *Volodymyr* do).

    Args:
        statements: of all documents.

    Returns:
        The name in Cyrillic -> the one in Latin letters; none where several would fit.
    """
    latin: dict[tuple[str, str], set[str]] = {}
    others: set[tuple[str, str]] = set()
    for s in statements:
        if s.person and s.side and s.teller == s.speaker:
            if cyrillic(s.speaker):
                others.add((s.speaker, s.side))
            else:
                latin.setdefault((folded(s.speaker.split()[-1]), s.side), set()).add(s.speaker)
    alike: dict[str, set[str]] = {}
    for name, side in others:
        same = latin.get((folded(name.split()[-1]), side), ())
        alike.setdefault(name, set()).update(other for other in same if _may_be(name, other))
    return {name: next(iter(some)) for name, some in alike.items() if len(some) == 1}


def _may_be(one: str, other: str) -> bool:
    """Whether what stands before two surnames may be of one person."""
    a, b = ({folded(word)[:1] for word in name.split()[:-1]} for name in (one, other))
    return not a or not b or bool(a & b)


def told_alike(nodes: Sequence[Sequence[Statement]]) -> Iterator[tuple[int, int]]:
    """What one person took as his stand on one day, in articles in different scripts: one occasion.

    Args:
        nodes: the statements of one person, those of one document and day together.

    Yields:
        Pairs of nodes.
    """
    seen: dict[tuple[object, str, str], dict[bool, int]] = {}
    for n, group in enumerate(nodes):
        for s in group:
            for term, stance in s.stances:
                if s.day is None or stance == "speaks of":
                    continue
                here, script = seen.setdefault((s.day, term, stance), {}), cyrillic(s.speaker)
                here.setdefault(script, n)
                if (other := here.get(not script)) is not None and other != n:
                    yield min(n, other), max(n, other)
