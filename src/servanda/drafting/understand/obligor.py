"""Whom a clause binds: who is named as the one who does it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from servanda.drafting.understand.actors import Actors, Named, named_in, states_among
from servanda.drafting.understand.acts import ATTACKS, What
from servanda.drafting.understand.lexicon import find

_BEFORE_NAME = re.compile(
    r"(?:\b(?:of|in|on|from|with|between|to|against|by|for|into|over|across|leave|leaves|under|at|within|than|towards)\s+(?:the\s+)?(?:\w+\s+(?:and|or)\s+(?:the\s+)?)?(?:\w+-\w+\s+)?|[\u2019']s\s+)$",
    re.IGNORECASE,
)
_FORCES_OF = re.compile(
    r"\b(?:forces?|troops|soldiers|fighters|members|patrols?|convoys?|aircraft|vehicles|tanks|vessels|units|army|personnel|weapons|government|authorities|leadership) of\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:be|been|being|is|are|was|were)\s+(?:\w+ly\s+)?[a-z]+(?:ed|en|wn|ne|ft|lt|pt|nt|id|ade|old)\b(?:(?!\bby\b)[^,;.]){0,60}?\bby\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""Who does what is to be done: "shall be withdrawn by"."""
_OWN_FORCES = re.compile(
    r"[\w ]+['\u2019]s\s+(?:\w+ ){0,2}?(?:forces?|troops|units|army|personnel|fighters|weapons)\b", re.IGNORECASE
)
"""Whose forces they are, ahead of the verb: *120 of the Government's troops may*."""
_OBJECT = re.compile(r"\b(?:shall|will|must|to)\s+(?:\w+ly\s+)?(?!be\b)[a-z]+\s+(?:the\s+)?$", re.IGNORECASE)
"""In front of whom something is told or given to: *shall inform the*."""
_ONE_OF = re.compile(
    r"\b(?:whichever|(?:the|that|such|an?y?) )?(?:part(?:y|ies)|sides?) (?:concerned|in question|in (?:control|breach|default)|responsible|that|which|who)\b(?:(?!\b(?:shall|will|must|may)\b)[^,.;]){0,40}|\bwhichever (?:party|side)\b(?:(?!\b(?:shall|will|must|may)\b)[^,.;]){0,40}",
    re.IGNORECASE,
)
"""One of them, who is told by what he did and not by name."""
_OTHER = re.compile(
    r"(?:the |a |an )(?:[\w-]+ ){0,4}?(?:commission|committee|mission|mechanism|cent(?:re|er)|body|council|secretariat|tribunal|court|monitors|observers|"
    r"facilitator|mediator|guarantors?|united nations|mandated body|panel|board|agency|organi[sz]ation|envoy|chair\w*|president|secretary-general|force|teams?|officers?|congress|parliament|assembly)\b(?=[\w ,]{0,30}?\b(?:shall|will|must|may)\b(?! be ))",
    re.IGNORECASE,
)
"""A body as the one who does it."""
_SPARED = re.compile(r"\b(?:on|against|into|at)\s+(?:the\s+)?(?:territory of\s+)?(?:[\w-]+\s+)?$", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:shall|will|must|may|is|are|does|do|has|have|carr(?:y|ies)|keeps?|withdraws?|leaves?|writes?|enjoys?|moves?|refuses?|leave|undertakes?|agrees?|ceases?|"
    r"refrains?|commits?|releases?|provides?|ensures?|allows?|pledges?|stops?|halts?|suspends?|answers?|consults?|adopts?|accepts?)\b"
)


@dataclass(frozen=True, slots=True)
class Obligor:
    """Whom a clause binds: nobody in particular where ``who`` is left out. ``words``: those that say so; ``asked``: the question where none do."""

    who: tuple[str, ...] | None
    words: str
    asked: str = ""


def obligor_of(what: What, text: str, actors: Actors) -> Obligor:
    """Whom a clause binds: who is named as the one who does it, else everybody where it says so.

    Args:
        what: its kind and acts.
        text: its words.
        actors: who the draft is between.

    Returns:
        Who, by which words; what is asked where the clause names nobody.
    """
    verb = _VERB.search(text)
    named = [n for n in named_in(text, actors) if not _waits(text, n)]
    subjects = [
        n
        for n in named
        if not _BEFORE_NAME.search(text[: n.start])
        or _FORCES_OF.search(text[: n.start])
        or _BY.search(text[: n.start])
        or (verb is not None and n.end < verb.start() and _OWN_FORCES.match(text, n.start))
    ]
    agents = [n for n in subjects if _BY.search(text[: n.start])]
    other = _OTHER.match(text)
    everybody = [
        one
        for one in find("everybody", text)
        if other is None
        or verb is None
        or one.start < verb.end()
        or re.search(r"\b(?:by|on)\s*$", text[: one.start], re.IGNORECASE)
    ]
    ahead = [n for n in subjects if verb is None or n.start < verb.end() + 3] or (
        [] if everybody else [n for n in subjects if not _OBJECT.search(text[: n.start])]
    )
    if agents and verb is not None:
        ahead = agents
        everybody = [one for one in everybody if _BY.search(text[: one.start])]
    binds: tuple[str, ...] | None = tuple(dict.fromkeys(n.short for n in ahead))
    words = [n.words for n in ahead]
    if what.kind == "guarantee":
        meant = re.search(r"guarantors", text, re.IGNORECASE)
        binds = tuple(actors.guarantors) if meant else binds
        words = [meant.group(0)] if meant else words
    elif what.kind == "forbid":
        binds, words = _of_prohibition(what, text, actors, named, ahead)
    foreign = re.search(r"\b(?:no|any|all) foreign\b[\w\s,]*", text, re.IGNORECASE)
    if foreign and not ahead:
        binds, words = states_among(actors), [foreign.group(0).strip()]
    if everybody and (not ahead or everybody[0].start < ahead[0].start):
        return Obligor(None, everybody[0].words)
    if binds:
        return Obligor(None if set(binds) == set(actors.parties) else binds, ", ".join(dict.fromkeys(words)))
    one = _ONE_OF.search(text)
    who = (
        f"'{other.group(0).strip()}' is none of the actors that the draft names" if other else "The clause names nobody"
    )
    who = f"The clause says '{one.group(0).strip()}'" if one else who
    return Obligor(None, "", f"whose is it? {who}, so that it stands as binding every party")


def _of_prohibition(
    what: What, text: str, actors: Actors, named: list[Named], ahead: list[Named]
) -> tuple[tuple[str, ...], list[str]]:
    """Whom a prohibition binds: not whom it lets in, all but whom it alone allows, and the others where one is not to be attacked."""
    own = {**actors.parties, **actors.third_states}
    only = re.search(r"\bonly\b", text, re.IGNORECASE)
    if ahead and only and set(what.acts) & {"military_presence", "deployment"}:
        allowed = ahead[0].short
        others = [n.short for n in named if n.short in actors.third_states and n.short != allowed]
        return (*(p for p in actors.parties if p != allowed), *others), [ahead[0].words, only.group(0)]
    if set(what.acts) & {"access_denied", "jamming", "tampering"}:
        ahead = [n for n in ahead if n.short in own]
    if ahead:
        kept = [n for n in named if n.short in own and re.search(r"keeps? $|keeps? (?:\w+ )?$", text[: n.start])]
        return tuple(dict.fromkeys(n.short for n in (*ahead, *kept))), [n.words for n in (*ahead, *kept)]
    spared = [n for n in named if n.short in actors.parties and _SPARED.search(text[: n.start])]
    if len({n.short for n in spared}) == 1 and set(what.acts) & ATTACKS:
        return tuple(p for p in actors.parties if p != spared[0].short), [f"not {spared[0].words}"]
    return (), []


def _waits(text: str, name: Named) -> bool:
    """Whether a name stands in a part of the sentence that says when or if, not who."""
    clause = re.split(r"[,;]", text[: name.start])[-1]
    return bool(
        re.search(
            r"\b(?:once|as soon as|(?:as|so) long(?: \w+)? as|while|whilst|provided|if|when|unless|after|until|before|where|foreign)\b[^,;]*$",
            clause,
            re.IGNORECASE,
        )
    )
