"""Words of a sentence that seem to be its acts and are not: what a relative clause says of somebody, what must not be hindered, a failing that is denied."""

from __future__ import annotations

import re

from servanda.drafting.understand.lexicon import Found

_HINDER = r"\b(?:obstruct|hinder|imped|prevent|interfer\w* with|delay|block|disrupt|hamper|oppos|object\w* to|stand in the way of)\w*\s"
_HINDERED = re.compile(rf"{_HINDER}+(?:\S+\s+){{0,4}}$", re.IGNORECASE)
"""What a deed must not suffer: *not obstruct the repair* forbids no repair."""
_WATCHED = re.compile(
    r"\b(?:shall|will|must|may|to|and)\s+(?:jointly\s+)?(?:verify|monitor|supervise|confirm|certify|observe|oversee|witness|attest)\s+(?:to\s+)?(?:(?:the|any|each|every|all|its|their)\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    r"(?:(?<=^)|(?<=\w )|(?<=, ))(?:who|whom|whose|(?:which|that)(?= (?:are|is|was|were|has|have|had|remain|stay)\b))\s(?:(?!\b(?:shall|will|must|may|and to|or to)\b)[^.;])*(?=\b(?:shall|will|must|may)\b)"
    r"|\b(?:since|after|before|until|during|throughout|once|while|as long as|for the duration of|(?:start|beginning|end|entry into force) of)\s+(?:the|this|a)\s+(?:\w+\s+){0,2}?(?:truce|cease-?\s?fire|armistice|cessation of hostilities)\b",
    re.IGNORECASE,
)
"""What a relative clause says of whom a clause is about, and when: *persons who leave the city shall not be pursued* asks nobody to leave, *since the truce began* for no truce."""
_MODAL = re.compile(r"\b(?:shall|will|must|may)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w+ed\b", re.IGNORECASE)
_BEING = re.compile(r"\b(?:is|are|was|were|be|been|being|no|not|has|have|had)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_NOT_FAIL = re.compile(r"\b(?:not|never) (?:fail|omit|neglect|cease) to\s+", re.IGNORECASE)
"""Words that deny a failing, so that what follows is asked for."""
_SPARED_OF_SUBJECT = re.compile(
    r"(?:(?<=^)|(?<=[.;] ))(?P<subject>(?:(?!\b(?:shall|will|must|may)\b)[^.;,]){3,120}?),?\s+(?:except(?:ing)?(?: for)?|other than|save(?: for)?|apart from|excluding|with the exception of|but not)\s+"
    r"(?P<spared>(?:(?!\b(?:shall|will|must|may)\b)[^.;,])+?),?\s+(?P<rest>(?:shall|will|must|may)\b[^.;]*)",
    re.IGNORECASE,
)
"""What stands between a subject and its verb, and says whom or what of it the clause spares."""


_DONE_TO = re.compile(
    r"\b(?:against|at|upon|jamming of|interference with)\s+(?:(?:any|the|civil|civilian|other|manned)\s+)*$",
    re.IGNORECASE,
)
"""In front of what something is done to."""


def suffers(text: str, named: Found) -> bool:
    """Whether what seems to be a flight is what something else is done to: *the use of lasers against aircraft*, *jamming of aircraft*.

    Args:
        text: the words of a clause.
        named: what was found in it.

    Returns:
        Whether it is.
    """
    return bool(_DONE_TO.search(text[: named.start]))


def is_watched(text: str, deed: Found) -> bool:
    """Whether a deed is what somebody else watches: *shall verify the destruction of the stockpiles*.

    Args:
        text: the words of a clause.
        deed: what was found in it.

    Returns:
        Whether it is.
    """
    return bool(_WATCHED.search(text[: deed.start]))


def is_hindered(text: str, deed: Found) -> bool:
    """Whether a deed is what must not be hindered: the words in front of it say so, or those between its subject and its verb.

    Args:
        text: the words of a clause.
        deed: what was found in it.

    Returns:
        Whether it is.
    """
    return bool(_HINDERED.search(text[: deed.start]) or re.search(_HINDER, deed.words, re.IGNORECASE))


def not_of_whom(text: str, acts: list[Found]) -> list[Found]:
    """The acts that do not stand where a clause says whom it is about.

    Args:
        text: the words of a clause.
        acts: what was found in it.

    Returns:
        Those outside such relative clauses, and none that a participle of its subject names: *weapons confiscated from civilians shall be*.
    """
    spans = [m.span() for m in _DESCRIBED.finditer(text)]
    modal = _MODAL.search(text)
    verb = modal.start() if modal else 0
    return [
        f
        for f in acts
        if not any(a <= f.start < b for a, b in spans)
        and not (f.end <= verb and _PARTICIPLE.match(text, f.start) and not _BEING.search(text[: f.start]))
    ]


def straightened(text: str) -> str:
    """A text in which *shall not fail to report* is *shall report*, and what its subject spares stands behind: *all posts except those on the bridge shall be left* is *all posts shall be left, except those on the bridge*.

    Args:
        text: the words of a clause.

    Returns:
        The same words in that order.
    """
    return _SPARED_OF_SUBJECT.sub(r"\g<subject> \g<rest>, except \g<spared>", _NOT_FAIL.sub("", text))


_BETWEEN_COMMAS = re.compile(
    r",\s+(?:within|not later than|no later than|in accordance with|in conformity with|upon|as soon as|after|following|once|pending|where|as|without|subject to|for the purposes? of|in particular|by|on|at|if|under|except|unless|save|moreover|likewise|in turn|also|accordingly)\b[^,;.]{0,90},(?=\s)",
    re.IGNORECASE,
)


def squeezed(text: str) -> str:
    """A sentence without what stands between commas and says when, how or under what, so that verb and object stand together.

    Args:
        text: its words.

    Returns:
        What is left.
    """
    return re.sub(r"\s{2,}", " ", _BETWEEN_COMMAS.sub("", text))
