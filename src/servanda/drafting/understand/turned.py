"""Words that turn or narrow what a clause seems to say: examples, what is owed for something in return, what is suffered and not done, numbers for each of several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.drafting.understand.acts import ATTACKS
from servanda.drafting.understand.lexicon import Found, find

_EXAMPLE = re.compile(
    r"\b(?:in particular|especially|notably|including|such as|among (?:them|others)|for (?:example|instance))\b",
    re.IGNORECASE,
)
_RETURN = re.compile(
    r"^\W*for (?:each|every)\b[^.;]*|\bin (?:exchange|return) for\b[^.;]*|\b(?:one|all) for (?:one|all)\b|\bon (?:the basis of|condition of) reciprocity\b",
    re.IGNORECASE,
)
_SUFFERED = re.compile(
    r"\b(?:be|been|is|are)\s+(?:\w+ly\s+)?(?:fired (?:at|on|upon)|shot at|attacked|shelled|bombed|bombarded|targeted|struck|jammed)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:in|at|for|to) each\b|each(?=[.;,]|$)|per (?!day|week|month|year|cent)\w+)", re.IGNORECASE
)
_LIST = re.compile(
    r"(?P<items>(?:[\w'-]+(?: [\w'-]+){0,2}, ){1,6}[\w'-]+(?: [\w'-]+){0,2},? (?:and|or) [\w'-]+(?: [\w'-]+){0,3})"
)


def without_examples(text: str, targets: list[Found]) -> tuple[list[Found], str]:
    """Targets that are more than examples, and the words of those that are nothing else (*public buildings, schools in particular*).

    Args:
        text: the words of a clause.
        targets: what was found in it.

    Returns:
        The targets; all of them and '' where one is no example, for then the others add nothing.
    """
    kept = [f for f in targets if not _is_example(text, f)]
    return (targets, "") if kept or not targets else ([], ", ".join(dict.fromkeys(f.words for f in targets)))


def _is_example(text: str, found: Found) -> bool:
    before = re.split(r"[.;]", text[: found.start])[-1]
    behind = re.match(
        r"\W*(?:in particular|especially|notably|for (?:example|instance))\b", text[found.end :], re.IGNORECASE
    )
    return bool(_EXAMPLE.search(before) or behind)


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
    return asks | _left_of_lists(kind, words, text)


def _left_of_lists(kind: str, words: Mapping[str, str], text: str) -> dict[str, str]:
    """Of a list of things one of which was recognised as what is forbidden, those that were not."""
    acts = [word for word in words.get("act", "").split(", ") if word]
    if kind != "forbid" or not acts:
        return {}
    known = [f for group in ("acts", "targets", "weapons", "everybody") for f in find(group, text)]
    spans = [(f.start, f.end) for f in known] + [
        (at, at + len(f.words)) for f in known if f.weight and (at := text.find(f.words)) >= 0
    ]
    left: list[str] = []
    for listed in _LIST.finditer(text):
        items = [
            (m.start() + listed.start(), m.end() + listed.start())
            for m in re.finditer(r"(?:(?!,| (?:and|or) ).)+", listed["items"])
        ]
        seen = [any(a < end and start < b for a, b in spans) for start, end in items]
        if seen[0] and not all(seen):
            left += [
                re.sub(r"^(?:,|and\b|or\b|\s)+", "", text[a:b]).strip()
                for (a, b), recognised in zip(items, seen, strict=True)
                if not recognised
            ]
    left = [words for words in dict.fromkeys(left) if words]
    if not left:
        return {}
    return {
        "list": f"is {', '.join(repr(word) for word in left)} forbidden too? The clause lists it, and no value has it"
    }
