"""Words that turn or narrow what a clause seems to say: what is owed for something in return, what is suffered and not done, numbers for each of several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from servanda.drafting.understand.acts import ATTACKS
from servanda.drafting.understand.awaited import awaited
from servanda.drafting.understand.lexicon import find
from servanda.drafting.understand.unread import left_of_lists
from servanda.values.codes import STANDARD

_RETURN = re.compile(
    r"^\W*for (?:each|every)\b[^.;]*|\bfor (?:each|every) (?:[\w-]+ ){1,5}?(?:releas|hand|return|withdraw|destroy|deliver|surrender|freed|given|dismantl)\w*(?: over| up| back)?|\bin (?:exchange|return) for\b[^.;]*|\b(?:one|all|man|round|piece|unit)[- ]for[- ](?:one|all|man|round|piece|unit)\b|\bon (?:the basis of|condition of) reciprocity\b",
    re.IGNORECASE,
)
_SUFFERED = re.compile(
    r"\b(?:be|been|is|are)\s+(?:\w+(?:,| or| and| nor)?\s+){0,3}?(?:fired (?:at|on|upon)|shot at|attacked|shelled|bombed|bombarded|targeted|struck|jammed)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:during|throughout(?! (?:the |its |their |all (?:of )?)?(?:entire |whole )?(?:countr|territor|areas?\b|zones?\b|regions?\b|lands?\b|line|length))|whil(?:e|st)(?! \w+ing\b)|as long as|so long as|for the duration of|until|till|pending|before(?=[^.;,]*\b(?:has|have|is|are)\b)"
    r"|(?:at|by) (?:night|day)\b|after dark\b|from (?:sun\w+|dusk|dawn|nightfall|midnight|noon)\b|between (?:sun\w+|dusk|dawn|nightfall)\b|in (?:the )?(?:daytime|daylight|winter|summer|rainy season)"
    r"|on account of|because of|by reason of|on (?:the )?(?:\w+ )?(?:grounds?|basis) of|on \w+ grounds|for (?:\w+ )?(?:reasons|motives)\b|for having|(?:from|us\w+) (?:of )?the territor(?:y|ies) of|(?:launched|fired|carried out|conducted|directed|mounted) from (?!\d)|in (?:retaliation|reprisal|revenge) for)"
    r"[^.;,]*",
    re.IGNORECASE,
)
"""When, from where or for what reason alone something is forbidden: *during Ramadan*, *for having belonged to it*."""
_WHO_MUST = re.compile(
    r"\s(?:no|neither|(?:the|each|both|all|any|every)\s(?:[\w'\u2019-]+\s){1,3}?(?:shall|will|must))\b", re.IGNORECASE
)
"""Where such words end and the sentence goes on: *from sunset to sunrise no drones shall fly*."""
_WHILE = re.compile(
    r"(?:during|throughout|whil(?:e|st)|as long as|so long as|for the duration of|until|till)\b", re.IGNORECASE
)
"""How long something is owed."""
_ALWAYS = re.compile(r"\b(?:truce|cease-?fire|armistice|cessation|agreement|all times|its duration)\b", re.IGNORECASE)
_WHAT = ("kind", "act", "target", "weapon", "binds")
_AGAINST = re.compile(
    r"\b(?:fir\w+|shoot\w*|attack\w*|shell\w*|strik\w*|reprisals?|violence|acts?|operations?|raids?|force|weapons?|drones?)\s+(?:\w+\s+)?(?:on|upon|at|against)"
    r"(?:,[^.;]*?\b(?:or|and)\s+\w+)?\s+(?P<what>(?!(?:the |any |all |either |both |its |their )*(?:other|each|one another|enemy|adversary|part(?:y|ies)|sides?|times?|territor\w+|positions?|night|land|sea|ground|air)\b|\d)\w+(?:(?! (?:shall|will|must|may|is|are)\b)[^.;,]){0,60})",
    re.IGNORECASE,
)
"""What an attack is made upon."""
_HARMS = ATTACKS | STANDARD.acts.below(["violence_against_civilians"])
_DENIED = re.compile(
    r"\b(?:shall|will|must|may|is|are)\s+(?:be\s+)?(?:not|neither|never|in no (?:case|event|way|circumstances)|under no circumstances)\b(?! (?:later|more|less|fewer|only)\b)[^.;,]{0,40}",
    re.IGNORECASE,
)
"""A verb that denies what stands ahead of it: *convoys shall be neither delayed nor searched*."""
_NEITHER = (
    re.compile(r"(?<!^)\bneither ([a-z][^.;,]*?),? nor\b"),
    re.compile(r"\bnor (?!shall|will|may|must|the\b)([a-z][^.;]*)"),
)
"""The members of *neither ... nor* that are deeds, and not who must not do them."""
_AGAIN = re.compile(
    r"\b(?:(?:each|every)(?: \w+)? (?:day|week|fortnight|month|quarter|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|every (?:[\w-]+ ){1,3}(?:hours|days|weeks|months|years)"
    r"|daily|weekly|fortnightly|monthly|quarterly|annually|yearly|at (?:regular|monthly|weekly) intervals|regularly|periodically)\b",
    re.IGNORECASE,
)
"""That something is owed more than once."""
_EACH = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:in|at|on|for|to) (?:each|every|any (?:one|single))\b|each(?=[.;,]|$)|(?:per|each|every|an?(?= (?:day|week|month|year)\b)) (?!cent)\w+|daily\b|weekly\b|monthly\b)",
    re.IGNORECASE,
)
_LETS = re.compile(
    r"\b(?:shall|will|must|to) (?:allow|permit|enable|let|authori[sz]e) (?P<who>(?:the |an? |its |their )?[^.;,]{1,60}?)(?: to\b|$)",
    re.IGNORECASE,
)
"""Who is let do something: *shall allow the owners to repair it*."""
_LEFT = re.compile(
    r"\bnot (?:\w+ly )?(?:be )?(?:prohibited|forbidden|precluded|barred|banned)\b|\bno [^.;,]{1,40}? (?:shall|will|is|are) (?:be )?(?:prohibited|forbidden|precluded|barred|banned)\b",
    re.IGNORECASE,
)
"""A ban that is denied."""
_NONE_OF = re.compile(
    r"^\W*(?:no|each|every|any) (?!(?:part(?:y|ies)|sides?)\b)[\w-]+(?= [^.;]*?\b(?:more than|at most|up to)\b)",
    re.IGNORECASE,
)
"""A cap on each of several: *no checkpoint shall be manned by more than eight men*."""


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
    on = None if "target" in words or "target" in asks else _AGAINST.search(text)
    if kind == "forbid" and acts & (_HARMS | {"flight"}) and on:
        asks["target"] = (
            f"is it forbidden only against '{on['what'].strip()}'? No target was recognised, so that it stands as forbidden against anything"
        )
    before = awaited(text) if kind in ("require", "quota", "declare", "forbid", "limit") else None
    if before and before["said"] not in "\n".join([*words.values(), *asks.values()]):
        asks["only_after"] = f"does it wait for '{before['said'].strip()}'? No value does: write that as 'only_after:'"
    again = _AGAIN.search(text) if kind in ("require", "declare") else None
    if again:
        asks["every"] = (
            f"is it owed again and again? The clause says '{again.group(0)}', and no value does: write that as 'every:'"
        )
    if kind == "forbid":
        alone = [
            m.strip()
            for pattern in _NEITHER
            for m in pattern.findall(text)
            if not any(find(g, m) for g in ("acts", "weapons", "everybody"))
        ]
        if alone:
            asks["list"] = f"is {', '.join(map(repr, alone))} forbidden too? The clause lists it, and no value has it"
    denied = _DENIED.search(text)
    if kind in ("require", "quota") and denied and denied.start() >= text.find(words.get("act", "").split(", ")[0]):
        asks["denied"] = f"is it owed at all? The clause says '{denied.group(0)}', and it stands as owed"
    one = words.get("act", "").split(", ")[0]
    if kind == "require" and one and (other := re.search(rf"\bor (?:be |to )?{re.escape(one)}", text)):
        asks["either"] = (
            f"may something else be done instead? The clause says '{other.group(0)}', and it stands as owed"
        )
    lets = _LETS.search(text) if kind in ("require", "quota") and one else None
    if lets and text.find(one) > lets.start() and text.find(one) + len(one) > lets.end("who"):
        asks["lets"] = f"who owes it? The clause lets '{lets['who'].strip()}' do it, and it stands as owed by who lets"
    if kind == "forbid" and (left := _LEFT.search(text)):
        asks["left"] = f"is it forbidden at all? The clause says '{left.group(0)}', and it stands as forbidden"
    may, bans = text.find(words.get("permit", "") or "\0"), text.find(words.get("kind", "") or "\0")
    if kind == "forbid" and 0 <= may < bans:
        asks["permit"] = f"is it a right, and no ban? The clause says {words['permit']!r}"
    if kind in ("forbid", "limit", "require", "quota") and (said := _narrowing(words, text, kind)):
        asks["only"] = f"does it bind only so? The clause says {', '.join(map(repr, said))}, and no value does"
    for key in ("to", "at_least"):
        many = words.get(key, "")
        if many and (each := _EACH.match(text[text.find(many) + len(many) :]) or _NONE_OF.match(text)):
            asks[key] = (
                f"is '{many}' for each of several? The clause says '{each.group(0).strip()}'; it stands for all together"
            )
    return asks | left_of_lists(kind, acts, words, text)


def _narrowing(words: Mapping[str, str], text: str, kind: str) -> list[str]:
    """When or why alone it binds, where none of its values came from these words and they are more than that the truce lasts; of what is owed, when."""
    told = [m.group(0).strip() for m in _ONLY.finditer(text) if not _ALWAYS.search(m.group(0))]
    cut = [_WHO_MUST.split(one)[0].strip() for one in told]
    said = [short if " " in short else one for short, one in zip(cut, told, strict=True)]
    said = [one for one in said if kind in ("forbid", "limit") or _WHILE.match(one)]
    held = [part for key, part in words.items() if key not in _WHAT and part]
    return [one for one in said if not any(part in one for part in held)]
