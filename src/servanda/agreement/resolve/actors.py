"""The names of those who act under an agreement: each can stand in evidence, and none can be taken for another's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from servanda.agreement.schema.file import AgreementFile
from servanda.values.document import Path_
from servanda.values.missing import is_missing
from servanda.values.names import name_key, turns

_SHORT_NAME = re.compile(r"^[^\W\d][\w-]{0,30}$")
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
    _refuse_borrowed_names(base.parties, first, fault)


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
