"""Words that turn or narrow what a clause seems to say: what is owed for something in return, what is suffered and not done, numbers for each of several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.drafting.understand.acts import ATTACKS
from servanda.drafting.understand.unread import left_of_lists

_RETURN = re.compile(
    r"^\W*for (?:each|every)\b[^.;]*|\bin (?:exchange|return) for\b[^.;]*|\b(?:one|all|man|round|piece|unit)[- ]for[- ](?:one|all|man|round|piece|unit)\b|\bon (?:the basis of|condition of) reciprocity\b",
    re.IGNORECASE,
)
_SUFFERED = re.compile(
    r"\b(?:be|been|is|are)\s+(?:\w+ly\s+)?(?:fired (?:at|on|upon)|shot at|attacked|shelled|bombed|bombarded|targeted|struck|jammed)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:in|at|for|to) each\b|each(?=[.;,]|$)|per (?!day|week|month|year|cent)\w+)", re.IGNORECASE
)


def is_suffered(text: str) -> bool:
    """Whether the sentence is about what must not be done to its subject: *shall not be fired at*."""
    return bool(_SUFFERED.search(text))


def asked_of(kind: str, acts: set[str], words: Mapping[str, str], text: str) -> dict[str, str]:
    """What is to be asked of such words.

    Args:
        kind: that of the term.
        acts: its acts.
        words: those that its values came from, by key.
        text: those of the clause.

    Returns:
        Questions by key.
    """
    asks: dict[str, str] = {}
    back = _RETURN.search(text)
    if back and kind not in ("unverifiable", "guarantee"):
        asks["reciprocal"] = (
            f"is it owed only for what another does? The clause says '{back.group(0).strip()}', and no value does"
        )
    if kind == "forbid" and acts & ATTACKS and "target" not in words and is_suffered(text):
        asks["target"] = (
            "what must not be attacked? No target was recognised, so that it stands as forbidden against anything"
        )
    may, bans = text.find(words.get("permit", "") or "\0"), text.find(words.get("kind", "") or "\0")
    if kind == "forbid" and 0 <= may < bans:
        asks["permit"] = f"is it a right, and no ban? The clause says {words['permit']!r}"
    for key in ("to", "at_least"):
        many = words.get(key, "")
        if many and (each := _EACH.match(text[text.find(many) + len(many) :])):
            asks[key] = (
                f"is '{many}' for each of several? The clause says '{each.group(0).strip()}'; it stands for all together"
            )
    return asks | left_of_lists(kind, acts, words, text)
