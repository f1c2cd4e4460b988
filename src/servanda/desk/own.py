"""Whose word a decision is, and by whose hand it must be signed then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from servanda.evidence.decisions import Deciders
from servanda.incidents.guards import GUARANTOR, OUTSIDE, office_of
from servanda.record import File, Record, Signer
from servanda.wording import listing

OWN = ("signed", "replied", "dissent", "commented")
"""Steps that are somebody's own word: whoever has a key signs them with it. docs/desk.md lists them once, and a test compares."""


class Somebody(Protocol):
    """Who decides: his id, his office, and the name of his key."""

    pk: Any
    role: str
    key: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A decision that its author signed at the page, before it is recorded: the name of his key, the decision, and the sealed file with the signature."""

    name: str
    entry: Mapping[str, Any]
    file: File


def is_own(who: Somebody, step: object, by: str | None) -> bool:
    """Whether a step is the own word of somebody who has a key.

    Args:
        who: who takes it.
        step: the step.
        by: the party in whose name it is written down, if any.

    Returns:
        Whether he signs it himself.
    """
    return bool(who.key) and step in OWN and (by is None or office_of(who.role) in OUTSIDE)


def no_office(office: str, parties: Mapping[str, str], bodies: Mapping[str, str]) -> str:
    """Why nothing that is decided in a name would count.

    Args:
        office: in whose name the mission decides.
        parties: of the agreement, by their short names.
        bodies: of the agreement that decide, likewise.

    Returns:
        A sentence without its full stop; empty where it counts.
    """
    if Deciders(parties, bodies).counts(office):
        return ""
    if not bodies:
        return f"{office} is a party: the mission decides nothing in its name"
    alone = f"by the agreement only {listing(list(bodies.values()))} decides"
    return f"{alone}: what this desk decides in the name of {office} would count for nothing"


def not_in_name(step: str, by: str | None, role: str, parties: Collection[str]) -> str:
    """Why a step is not written down in somebody's name.

    Args:
        step: the step.
        by: in whose name, where that is not the mission's.
        role: of who writes it.
        parties: the short names of the parties.

    Returns:
        A sentence without its full stop; empty where it may be.
    """
    if (step == "commented") != (by is not None and role == f"{GUARANTOR}:{by}"):
        return "a comment is a guarantor's, in its own name"
    if step != "commented" and by is not None and (step not in ("replied", "dissent") or by not in parties):
        return "only a reply or a dissent is written down in a party's name"
    return "a reply is a party's: say whose" if step == "replied" and by is None else ""


def not_own(
    record: Record, who: Somebody, step: object, by: str | None, hand: Signer | ByHand | None
) -> tuple[str, str]:
    """Why a decision is not signed by whose word it is.

    Args:
        record: the record.
        who: who decides.
        step: the step.
        by: the party in whose name it is written down, if any.
        hand: by which it is signed; left out, the mission's signs.

    Returns:
        Why not, and what helps; empty where it is.
    """
    if hand is None:
        hint = "servanda desk decide DIR INCIDENT STEP --as ID --key FILE; or at the page, where the key was made there"
        return (f"this is your own word: sign it with your key {who.key}", hint) if is_own(who, step, by) else ("", "")
    if isinstance(hand, ByHand):
        own = hand.name == who.key
    else:
        party = record.log.policy.witnesses.get(by or "")
        own = hand.public().public == party.public if party else hand.name == who.key
    return ("", "") if own else (f"{hand.name} is not the key of {by or who.pk}", "servanda desk key DIR ID --give KEY")
