"""What a clause waits for: *once the Mission has verified the withdrawal*, ahead of what it asks for or behind it."""

from __future__ import annotations

import re

_AHEAD = re.compile(
    r"(?:^\W*|\b(?:shall|will|must),\s+)(?P<said>(?:once|after|as soon as|when|if|only when|only after|only if|upon|following|subject to|pending)\s+(?:(?!\b(?:shall|will|must)\b)[^,;.])+),",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?P<said>(?:only )?(?:once|as soon as|after|when|if)\s+(?:(?!\b(?:shall|will|must|may)\b)[^,;.]){2,80}?\b(?:has|have|had|is|are|was|were)\b[^,;.]*)",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:before|until)\s+(?:(?!\b(?:shall|will|must|may)\b)[^,;.]){2,80}?\b(?:has|have|had|is|are)\b[^,;.]*",
    re.IGNORECASE,
)
"""What must come first, and is neither owed nor forbidden: *shall not move artillery before the Mission has inspected it*."""
_NO_EVENT = re.compile(
    r"\b(?:sign(?:ature|ed|ing)|entry into (?:force|effect)|enters? into (?:force|effect)|necessary|needed|possible|practicable|appropriate)\b"
    r"|^\w+\s+(?:\d|[\w-]+ (?:hours?|days?|weeks?|months?)\b)",
    re.IGNORECASE,
)
"""What is no event of its own: the day of the text itself, a length of time, *if possible*."""


def awaited(text: str) -> re.Match[str] | None:
    """The words that say what must have come before the rest of a sentence is owed.

    Args:
        text: the words of a clause.

    Returns:
        The words, as the group ``said``; nothing where it waits for nothing, or for the day of the text itself.
    """
    found = _AHEAD.search(text) or _BEHIND.search(text)
    return None if found is None or _NO_EVENT.search(found["said"]) else found


def comes_first(text: str, at: int) -> bool:
    """Whether a place of a text lies in words for what must come before a ban or duty ends: *before the Mission has inspected it*.

    Args:
        text: the words of a clause.
        at: the place.

    Returns:
        Whether it does.
    """
    return any(m.start() < at < m.end() for m in _UNTIL.finditer(text))


def without_awaited(text: str) -> str:
    """The same words with blanks for what they wait for: weapons and targets named there are those of another deed.

    Args:
        text: the words of a clause.

    Returns:
        A text as long as it was.
    """
    found = awaited(text)
    return (
        text if found is None else f"{text[: found.start('said')]}{' ' * len(found['said'])}{text[found.end('said') :]}"
    )
