"""The names of those who act under an agreement: each can stand in evidence, and none can be taken for another's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from servanda.agreement.schema.file import AgreementFile
from servanda.values.document import Path_
from servanda.values.missing import is_missing
from servanda.values.names import name_key, names_of, turns
from servanda.wording import did_you_mean

_SHORT_NAME = re.compile(r"^[^\W\d][\w-]{0,30}$")
MOST = 127
"""Actors of an agreement, and exceptions of a clause: their numbers stand beside every report, in eight bits each."""
_RESERVED = ("all", "none", "null", "unknown")


def check_actors(base: AgreementFile, fault: Callable[..., None]) -> None:
    """Every actor has a short name of its own that can stand in evidence, every party a name of its own.

    Args:
        base: the agreement as it is written.
        fault: notes a fault: path, what, hint, ``code``.
    """
    groups: dict[str, tuple[str, Mapping[str, str]]] = {
        "parties": ("a party", base.parties),
        "guarantors": ("a guarantor", base.guarantors),
        "third_states": ("a third state", base.third_states),
        "bodies": ("a body", base.bodies),
    }
    first: dict[str, tuple[str, str]] = {}
    for group, (role, names) in groups.items():
        for name, full in names.items():
            at = (group, name)
            _check_short_name(name, full, role, at, fault)
            if name_key(name) in first:
                hint = "a party cannot guarantee its own duty" if group == "guarantors" else "give each its own"
                other, already = first[name_key(name)]
                written = "" if other == name else f" (written {other!r})"
                fault(at, f"{name!r} is already {already}{written}", hint, code="AGR005")
            first.setdefault(name_key(name), (name, role))
    if (many := sum(len(names) for _, names in groups.values())) > MOST:
        hint = "put several under one name, as a group of states, and name its members under 'names'"
        fault(
            ("parties",),
            f"{many} parties, guarantors, third states and bodies, and {MOST} are told apart",
            hint,
            code="AGR066",
        )
    _refuse_borrowed_names(base.parties, first, fault)
    _check_other_names(base, {short: full for _, names in groups.values() for short, full in names.items()}, fault)


def _check_other_names(base: AgreementFile, actors: Mapping[str, str], fault: Callable[..., None]) -> None:
    """Every further name is of an actor that there is, can stand in evidence, and is nobody else's."""
    whose = names_of(actors)
    for short, names in base.names.items():
        if short not in actors:
            hint = did_you_mean(short, actors, f"there are: {', '.join(actors)}")
            fault(("names", short), f"{short!r} is the short name of nobody", hint, code="AGR015")
            continue
        for n, name in enumerate(names):
            at = ("names", short, n)
            if not name_key(name) or name.lower() in _RESERVED or is_missing(name) or turns(name):
                hint = (
                    "leave out empty names, words for missing values, and characters that turn the direction of writing"
                )
                fault(at, f"not a name that can stand in evidence: {name!r}", hint, code="AGR004")
            elif whose.setdefault(name_key(name), short) != short:
                hint = "a name of two actors says nothing of either: leave it out, or write it so that they differ"
                what = f"{name!r} is a name of {short!r} and of {whose[name_key(name)]!r}"
                fault(at, what, hint, code="AGR005")


def _check_short_name(name: str, full: str, role: str, at: Path_, fault: Callable[..., None]) -> None:
    what = f"not a valid short name for {role}: {name!r}"
    if not _SHORT_NAME.match(name):
        fault(at, what, "begin with a letter, then up to 30 letters, digits and hyphens", code="AGR004")
    if name.lower() in _RESERVED or is_missing(name):
        words = f"these mean something else in evidence: {', '.join(_RESERVED)}, and words for missing values, as NA"
        fault(at, what, words, code="AGR004")
    if turns(name) or turns(full):
        fault(
            at,
            f"the name of {name!r} turns the direction of writing",
            "write it without such characters",
            code="AGR004",
        )


def _refuse_borrowed_names(
    parties: Mapping[str, str], first: Mapping[str, tuple[str, str]], fault: Callable[..., None]
) -> None:
    """A party's name that is another's, or another's short name, would put the acts of the one on the other."""
    if len({name_key(name) for name in parties.values()}) < len(parties):
        fault(("parties",), "two parties have the same name", "give each its own", code="AGR005")
    for code, name in parties.items():
        other, role = first.get(name_key(name), (code, ""))
        if other != code and name_key(other) != name_key(code):
            what = f"the full name of {code!r} is the short name of {role}, {other!r}"
            fault(("parties", code), what, "give each its own", code="AGR005")
