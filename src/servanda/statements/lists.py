"""What one saying tells of several terms: *the exchange of prisoners, the passage of barges and the clearing of mines*; *the bridge, but not the drones*.

A term is rated against all the words of a saying, so that the members of a list outdo each other. Each member is asked by itself here, and what stands behind *but not* is kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from servanda.statements.stances import Stance

_JOINT = re.compile(
    r",\s+(?:and|or|а также|а також|и|или|і|й|та|або|чи)\s+|\s+(?:and|or|as well as|и|или|а также|і|й|та|або|чи|а також)\s+|,\s+|;\s+",
    re.IGNORECASE,
)
_LONGEST, _MOST = 9, 12
"""Words of a member, and members of a list, at the most."""
_EXCEPT = re.compile(
    r",?\s+(?:but|though|and) (?:not|never|no)\s+|,\s+(?:но|а|однако|але|та|проте|однак)\s+(?:никак |точно |аж ніяк )?(?:не|ни|ні)\s+",
    re.IGNORECASE,
)
_TURNED: frozenset[Stance] = frozenset(("accepts", "offers", "announces", "demands"))


def listed(content: str, named: Callable[[str], Sequence[str]]) -> list[str]:
    """The terms that members of a list name, each by itself.

    Args:
        content: a saying.
        named: the terms that some words speak of.

    Returns:
        The terms, if two members at the least name different ones; else none.
    """
    members = _JOINT.split(content)
    if not 1 < len(members) <= _MOST or any(len(m.split()) > _LONGEST for m in members):
        return []
    each = [found[0] for m in members if len(found := named(m)) == 1]
    return list(dict.fromkeys(each)) if len({*each}) > 1 else []


def excepted(content: str) -> tuple[str, str]:
    """What a saying is for, and what it is against: *to open the bridge, but not to let barges through*.

    Args:
        content: a saying of one sentence.

    Returns:
        What stands before *but not*, and behind it; the second is empty where there is no such thing.
    """
    found = _EXCEPT.search(content)
    return (content[: found.start()], content[found.end() :]) if found else (content, "")


def excepting(stance: Stance, term: str, content: str, named: Callable[[str], Collection[str]]) -> Stance:
    """The stance on a term that stands behind *but not*, and nowhere before it.

    Args:
        stance: towards what stands before.
        term: which is asked about.
        content: the saying.
        named: the terms that some words speak of.

    Returns:
        *Rejects*, where it is excepted; else the stance.
    """
    kept, gone = excepted(content)
    apart = bool(gone) and stance in _TURNED and term in named(gone) and term not in named(kept)
    return "rejects" if apart else stance


_OTHERWISE = re.compile(r"\W*(?:otherwise|failing (?:that|which)|or else)\b(?!\s+\w+ed,)", re.IGNORECASE)


def or_else(stance: Stance, content: str, *, stops: bool) -> Stance:
    """The stance on what is done or not done unless what was asked before comes: *otherwise no prisoner is released*.

    Args:
        stance: towards it, as the words alone tell it.
        content: what was said.
        stops: the term stops acts of war, with which nobody makes conditions, but threatens.

    Returns:
        *Condition* behind such a word; else the stance.
    """
    promised = stance in ("announces", "rejects", "offers") and not stops
    return "condition" if promised and _OTHERWISE.match(content) else stance
