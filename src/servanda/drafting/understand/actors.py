"""Who the parties of a draft are, and whom a clause names: from the words before the first clause, in the forms that drafts use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from servanda.drafting.understand.lexicon import find
from servanda.values.gazetteer import gazetteer

_ROLE = re.compile(
    r"^(?:the\s+)?(?P<role>part(?:y|ies)|signator(?:y|ies)|guarantors?|witness(?:es)?|third states?|bod(?:y|ies)|monitor(?:s|ing)?)\b[^:]{0,40}:\s*(?P<names>.+)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\bbetween\s+(?P<names>.+?)(?:$|[.;:]|,?\s+(?:on|signed|concluded|done|witnessed|facilitated|mediated|in the presence of|under the auspices of)\s|,\s+with\s+(?P<others>[^.;:]+))",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"^(?P<names>(?:the\s+)?[A-Z][^.;:]*?\band\s+(?:the\s+)?[A-Z][^.;:]*?)"
    r"(?:,?\s+(?:have|hereby)\s+(?:\w+\s+)?agree\w*|,?\s+agree\w*\b|[,;(]\s*(?:hereinafter|hereafter|together|collectively|jointly|referred)\b)"
)
"""Who agrees, in a sentence before the first clause: "Aland and Bland have agreed"."""
_PAIR_ALONE = re.compile(
    r"^(?P<names>(?:the\s+)?[A-Z][^.;:]*?\b(?:and|AND)\s+(?:the\s+)?[A-Z][^.;:]*?),?$", re.IGNORECASE
)
"""The same where they stand in a line of their own, and "have agreed" in a later one."""
_AHEAD = re.compile(r"^(?:following|after|on|at|in|further to|pursuant to)\b[^,]{0,120},\s*", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<name>[A-Z][^()\"“”;:]*?)\s*[(\[]\s*(?:hereinafter|hereafter|herein|referred to as|as|called|the)?[\s,]*(?:referred to as\s*)?(?:the\s+)?"
    r"[\"“'\u2018]?(?:the\s+)?(?P<short>[A-Z][\w\s/'-]{0,30}?)[\"”'\u2019]?\s*[)\]]"
)
_GENERIC = frozenset(
    "the of and for a republic federation state states united kingdom government people's peoples army forces force armed mission group "
    "other member council joint command commission international national special civilian certain areas regions formations security organization organisation co-operation cooperation europe union front movement party observer mechanism groups volunteers".split()
)
_LONGEST = 2_000
"""How many characters of a paragraph of the preamble are looked at."""
_PARTIES = ("part", "signator")


@dataclass(frozen=True)
class Actors:
    """The actors of a draft: full names by their short names, in four roles. ``found``: the words that name them."""

    parties: dict[str, str] = field(default_factory=dict)
    guarantors: dict[str, str] = field(default_factory=dict)
    third_states: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    found: str = ""
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Other names that the draft gives to an actor: "hereinafter the Government"."""

    @property
    def all(self) -> dict[str, str]:
        """Everybody whom the draft names, parties first."""
        return {**self.parties, **self.guarantors, **self.third_states, **self.bodies}


def actors_of(lines: Iterable[str], given: Mapping[str, str] | None = None) -> Actors:
    """The actors that a draft names before its first clause.

    Args:
        lines: its title and preamble.
        given: the parties, short name to full name, where somebody said who they are.

    Returns:
        Who they are; no parties where the draft does not say it in a form that is known here.
    """
    roles: dict[str, dict[str, str]] = {"parties": {}, "guarantors": {}, "third_states": {}, "bodies": {}}
    found, titled = "", False
    kept = [whole.strip()[:_LONGEST] for whole in lines]
    for line in kept:
        match = _ROLE.match(line)
        if match:
            role = _role(match["role"])
            if role == "parties" and titled:
                # the list of them, and not their names in a title, says who they are
                roles["parties"], found, titled = {}, "", False
            roles[role].update(_names(match["names"], roles))
            found = found or line
        elif not roles["parties"]:
            between = _BETWEEN.search(line)
            if between and len(names := _names(between["names"], roles)) > 1:
                roles["parties"].update(names)
                found, titled = line, True
                if between["others"]:
                    roles["bodies"].update(_names(re.sub(r"\s+as\s+\w+\s*$", "", between["others"]), roles))
    if not roles["parties"]:
        roles["parties"], found = _agreeing(kept, roles)
    if given:
        roles["parties"] = dict(given)
        found = "--parties"
    also = {
        short: tuple(dict.fromkeys(name for line in kept for name in _also(full, line)))
        for names in roles.values()
        for short, full in names.items()
    }
    return Actors(**roles, found=found, also={short: names for short, names in also.items() if names})


def _agreeing(lines: list[str], taken: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, str], str]:
    """The parties by a sentence that says who agrees, and that sentence."""
    agreed = any(re.match(r"(?:have|hereby)\s+(?:\w+\s+)?agree|agree\b", line, re.IGNORECASE) for line in lines)
    for line in lines:
        pair = _PAIR.match(_AHEAD.sub("", line)) or (agreed and _PAIR_ALONE.match(line)) or None
        if pair and len(names := _names(pair["names"], taken)) > 1:
            return names, line
    return {}, ""


def _also(full: str, line: str) -> list[str]:
    """The names that some words give to an actor in brackets behind its full name."""
    wanted = re.sub(r"^the ", "", full.lower())
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", line.lower())
    if found is None:
        return []
    named = _NAMED.match(
        line[found.start() :].replace(line[found.start() : found.end()], full[:1].upper() + full[1:], 1)
    )
    short = named["short"].strip() if named and named["name"].strip().lower() == wanted else ""
    return [short] if len(short) > 1 else []


def _role(word: str) -> str:
    word = word.lower()
    if word.startswith(_PARTIES):
        return "parties"
    return "guarantors" if word.startswith("guarantor") else "third_states" if word.startswith("third") else "bodies"


def parties_in(text: str) -> dict[str, str]:
    """The parties in an answer that is nothing but their names, however these begin.

    Args:
        text: names, parted by semicolons.

    Returns:
        Short name to full name.
    """
    return _names(text, {}, every=True)


def _names(text: str, taken: Mapping[str, Mapping[str, str]], *, every: bool = False) -> dict[str, str]:
    """Names in a list, each with a short name: the one the draft gives it, or its initials; ``every``: also what begins with no capital."""
    out: dict[str, str] = {}
    used = {short for names in taken.values() for short in names}
    named = []
    parts = (
        text.split(";")
        if ";" in text
        else re.split(r",(?![^()]*\))|\b(?:and|AND)\b(?=\s+(?:the\s+|THE\s+)?[A-Z])(?![^()]*\))", text)
    )
    whole = re.fullmatch(r"([^()]+)\((\w+)\)", text.strip(" ."))
    if whole and _initials(whole[1]) == whole[2]:
        parts = [text]
    for part in parts:
        said = re.sub(r"\([^()]*\)\s*(?=\()", "", part)  # "Front (In Opposition) (F-IO)"
        match = _NAMED.search(said)
        full, short = (match["name"].strip(), match["short"].strip()) if match else (part, "")
        named.append(
            (short, full) if full.isupper() and len(short) > len(full) else (full, short)
        )  # "ELN (National Army)"
    for name, key in named:
        full = re.sub(r"^(?:(?:and|the|of)\s+)+", "", name.strip(), flags=re.IGNORECASE).strip(" .,")
        if not full or not (every or full[0].isupper()) or full in out.values():
            continue
        short = re.sub(r"\W+", "_", key).strip("_") or _initials(full)
        n = 2
        while short in used:
            short, n = f"{_initials(full)}{n}", n + 1
        used.add(short)
        out[short] = full
    return out


def _initials(name: str) -> str:
    words = [w for w in re.findall(r"[A-Za-z]\w*", name) if w[0].isupper()] or re.findall(r"[^\W_]+", name)
    return "".join(w[0] for w in words).upper() if len(words) > 1 else (words or [name])[0].upper()[:12]


@cache
def _state_names() -> dict[str, frozenset[str]]:
    """The names of each state, and its adjectives, small letters."""
    return {key: frozenset(n.lower() for n in names) for key, names in gazetteer("states.yaml").items()}


def names_of(short: str, full: str) -> list[str]:
    """The names by which a clause may speak of an actor.

    Args:
        short: its short name.
        full: its full name; "X and other Y" names both.

    Returns:
        Names, the longest first.
    """
    names = {full, *([short] if len(short) > 1 else [])}
    parts = re.split(r"\band (?:other|its|the)?\s*|,\s*", full)
    names |= {part for part in parts if len(parts) > 1 and len(part) > 3}
    words = re.findall(r"[A-Za-z][\w'\u2019-]+", full)
    proper = [w for w in words if w[0].isupper() and w.lower() not in _GENERIC]
    for known in _state_names().values():
        if full.lower() in known or (proper and all(word.lower() in known for word in proper)):
            names |= {name for name in known if len(name) > 2}
    if len(proper) <= 2:  # "Free Councils" is not meant by every word that is free
        names |= {w for w in proper if not find("kinds", w) and not find("acts", w)}
    names |= {w.lower() for w in words if w.lower() in _HEADS}
    names |= {f"{n}{end}" for n in proper if len(n) > 3 and n in names for end in ("i", "n", "an", "ian", "ese", "ish")}
    return sorted((n for n in names if n), key=len, reverse=True)


_KINDS_OF_PARTY = frozenset(
    "Government Movement Front Union Republic Kingdom Federation Army Council Coalition Authority Alliance".split()
)


def _heads_of(full: str) -> list[str]:
    """What sort of party it is, in a capital: "the Government", where only one of the draft's actors is such."""
    return [word for word in re.findall(r"\w+", full.title() if full.isupper() else full) if word in _KINDS_OF_PARTY]


_HEADS = frozenset({"formations", "observers", "mechanism", "mission", "commission", "committee", "force"})
"""Words that stand for a body or a force by themselves, where only one actor of the draft has them in its name."""


_ADJECTIVE = re.compile(r"(?:[a-z]an|ski|ian|ish|ese|aeli|raqi|audi|ani|ench|utch)$", re.IGNORECASE)
_FORCES = re.compile(
    r"\W*(?:\w+ ){0,2}(?:forces?|troops|army|military|government|side|units|authorities|party|navy|delegation|command|parliament|state|civilians|administration|vessels|aircraft)\b|"
    r"\s+(?:shall|will|must|is|are|has|does|and)\b|[,.;]|$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """An actor whom a clause names, and how."""

    short: str
    start: int
    end: int
    words: str


def named_in(text: str, actors: Actors) -> list[Named]:
    """Whom a clause names, in order; of two names in one place, the longer."""
    found: list[Named] = []
    for short, name in _all_names(actors):
        head = name in _KINDS_OF_PARTY and name not in (short, actors.all[short])
        # a word of a name is that name with its capital only: "the valley" is not the Valley Guard
        part = name[:1].isupper() and " " not in name and name not in (short, actors.all[short]) and not text.isupper()
        flags = 0 if len(name) < 4 or name.isupper() or head or part else re.IGNORECASE
        pattern = rf"(?<!\w){re.escape(name)}(?:['\u2019]s)?(?!\w)(?! time\b)"
        for m in re.finditer(pattern + (r"(?! (?:of|for)\b)" if head else ""), text, flags):
            if head and not re.search(r"\b[Tt]he $", text[: m.start()]):
                continue  # "the Government", and not "a Joint Council"
            if _ADJECTIVE.search(name) and not _FORCES.match(text[m.end() :]):
                continue
            if all(m.end() <= k.start or m.start() >= k.end for k in found):
                found.append(Named(short, m.start(), m.end(), m.group(0)))
    return sorted(found, key=lambda n: n.start)


def without_names(text: str, actors: Actors) -> str:
    """The same words with the letters of actors' names struck out: what a name says (*the Free Councils*) is not what the clause says.

    Args:
        text: the words of a clause.
        actors: who the draft is between.

    Returns:
        A text as long as it was.
    """
    for one in named_in(text, actors):
        struck = re.sub(r"[a-z]", "x", re.sub(r"[A-Z]", "X", one.words))
        text = text[: one.start] + struck + text[one.end :]
    return text


def _all_names(actors: Actors) -> list[tuple[str, str]]:
    """Every actor's names, the longest first; a name that two actors have is nobody's."""
    return _names_by_length(tuple((short, full, actors.also.get(short, ())) for short, full in actors.all.items()))


@lru_cache(maxsize=64)
def _names_by_length(actors: tuple[tuple[str, str, tuple[str, ...]], ...]) -> list[tuple[str, str]]:
    named = [
        (short, name) for short, full, also in actors for name in (*names_of(short, full), *also, *_heads_of(full))
    ]
    whose: dict[str, set[str]] = {}
    for short, name in named:
        whose.setdefault(name.lower(), set()).add(short)
    alone = [(short, name) for short, name in named if len(whose[name.lower()]) == 1]
    return sorted(alone, key=lambda pair: -len(pair[1]))


def states_among(actors: Actors) -> tuple[str, ...]:
    """The parties, and those of the others that are states: whoever can have forces abroad."""
    bodies = {name for key in ("NATO", "EU", "UN", "OSCE") for name in _state_names()[key]}
    others = {**actors.guarantors, **actors.third_states}
    return (*actors.parties, *(short for short, full in others.items() if full.lower() not in bodies))
