"""Keys of persons: keys of the record, admitted by its keeper and named for decisions, so that its checker tells who signed what.

The name of such a key begins with the id of its person (``p-7.mission.example/truce``). It counts from the entry that names it to the entry
that names it no more; whoever has one signs with it what is his own word (``own.OWN``), and nobody else's signature will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from servanda.desk.decide import change_register, refused
from servanda.desk.folder import Desk
from servanda.desk.hands import name_hands
from servanda.desk.register import register_of
from servanda.record import Record
from servanda.record.verifier import Key


def give_key(desk: Desk, ident: str, key: Key) -> None:
    """Let a person sign with a key from now on, in place of the one before.

    Args:
        desk: the mission.
        ident: the person's id.
        key: the public key.

    Raises:
        ServandaError: there is no such person, the key is not named after him, or it is on the record under another name.
    """
    record = desk.record()
    person = register_of(record).person(ident)
    if person is None:
        raise refused(f"nobody here has the id {ident[:40]!r}", "servanda desk person gives an office", "DSK014")
    if not re.match(rf"{re.escape(ident)}(-\d+)?\.", key.name):
        hint = f"make it with: servanda record key {ident}.{record.log.head.origin}"
        raise refused(f"the key is called {key.name}, not after {ident}", hint, "DSK017")
    if record.signers().get(key.public) != key.name:
        record.admit(desk.signer, key)
    _name(record, desk, add=[key.name], take=[person.key])
    change_register(desk, lambda register: register.with_key(ident, key.name))


def take_key(desk: Desk, ident: str) -> None:
    """Let nothing count any more that is signed with a person's key from now on.

    Args:
        desk: the mission.
        ident: the person's id.

    Raises:
        ServandaError: this person has no key.
    """
    record = desk.record()
    person = register_of(record).person(ident)
    if person is None or not person.key:
        raise refused(f"nobody with the id {ident[:40]!r} has a key", "see 'servanda record log'", "DSK014")
    _name(record, desk, add=[], take=[person.key])
    if person.key in record.hands():
        left = {name: key for name, key in record.hands().items() if name != person.key}
        name_hands(record, desk.signer, left, person.key)
    change_register(desk, lambda register: register.with_key(ident, ""))


def _name(record: Record, desk: Desk, *, add: Iterable[str], take: Iterable[str]) -> None:
    """Says on the record from whom decisions come."""
    before = list(record.gives().get("decisions", [desk.signer.name]))
    gone = set(take) - set(add)
    now = [name for name in dict.fromkeys((*before, *add)) if name not in gone]
    if now != before:
        record.name_givers(desk.signer, {"decisions": now})
