"""What only another copy of a forked record holds, carried over into the one that goes on (docs/record.md, When a record is forked or cut back)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import yaml

from servanda.app.record import table_of
from servanda.errors import Fault, RecordError
from servanda.record import Added, Entry, File, Record, Signer
from servanda.record.tree import Tree
from servanda.record.vault import OBJECT_SALT

ADD_UP = ("evidence", "decisions")
"""Kinds of which nothing takes the place of anything."""
FILES = ("agreement", "attachment", "register", "coverage", *ADD_UP)
_KEPT_APART = ("secret", "begun", "lock", "contents-lock", "shredded")
"""What of a vault is its own."""


@dataclass(frozen=True)
class Branch:
    """What another tree holds that goes on from the same beginning.

    Args:
        shared: how many entries both have.
        carried: the entries whose files are recorded anew, with the file.
        left: the others, each with why it is not.
    """

    shared: int
    carried: Sequence[tuple[Entry, File]]
    left: Sequence[tuple[Entry, str]]


def branch_of(record: Record, other: Record) -> Branch:
    """What only the other tree holds.

    Args:
        record: the one that goes on.
        other: the other copy, whole and with its vault.

    Returns:
        Its entries after the last one that both have.

    Raises:
        RecordError: either is broken, or they are no fork of one record.
    """
    for one in (record, other):
        one.verify(record.log.policy, quorum=False)
    shared = _shared(record.log.tree, other.log.tree)
    refused = {
        0: ("has another beginning: it is another record", "name a copy of the same record"),
        other.log.head.size: ("holds nothing that is lacking here: it is the beginning of this one", "keep this one"),
        record.log.head.size: (
            "continues this one, which was cut back",
            "put that copy in the place of this one, with the newest vault that there is",
        ),
    }
    if shared in refused:
        what, hint = refused[shared]
        raise RecordError(Fault(str(other.folder), what, hint, code="REC062"))
    carried, left = [], []
    for entry in other.statements(shared):
        why = _why_not(entry, record, other, shared)
        left += [(entry, why)] if why else []
        carried += [] if why else [(entry, _file(entry, other))]
    return Branch(shared, carried, left)


def carry(record: Record, other: Record, branch: Branch, signer: Signer) -> list[Added]:
    """Record anew what only the other tree holds, each file as of when it became known; what is there already stays as it is, so that it may be begun again.

    Args:
        record: the one that goes on.
        other: the other copy.
        branch: what it holds.
        signer: who keeps the record.

    Returns:
        What became of each file, in their order.

    Raises:
        RecordError: a file cannot be recorded; those before it are.
    """
    called = _bring_vault(record, other)
    own = {e.digest for e in other.statements() if e.kind == "attachment" and e.says.get("own")}
    out: list[Added] = []
    for says, together in groupby(branch.carried, key=lambda one: _together(one[0])):
        entries = list(together)
        needed = [name for entry, _ in entries for name in _needed(entry, other, own)]
        files = {(f.kind, f.name): f for f in (*needed, *(_called(file, called) for _, file in entries))}
        known_at, note, k, unsearched = says
        done = record.add(
            list(files.values()),
            signer,
            known_at=known_at,
            note=note,
            k=k,
            unsearched=unsearched,
            names_left=True,  # somebody looked when it was recorded first
        )
        names = {file.name for _, file in entries}
        out += [one for one in done if one.name in names]
    record.add([_told(branch, out, other)], signer)
    return out


def _told(branch: Branch, done: Sequence[Added], other: Record) -> File:
    """What was carried over and what was not, with where it stood in the other tree, as a file for the record."""
    tree = other.log.tree
    said = {
        "tree": {"entries": tree.size, "root": tree.root().hex(), "shared": branch.shared},
        "carried": [
            {"entry": entry.index, "name": one.name, "now": one.index}
            for (entry, _), one in zip(branch.carried, done, strict=True)
        ],
        "left": [
            {"entry": entry.index, "kind": entry.kind, "name": entry.name, "why": why} for entry, why in branch.left
        ],
    }
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
    return File(f"carried/{tree.root().hex()[:16]}.yaml", "attachment", text.encode())


def _shared(one: Tree, other: Tree) -> int:
    """How many leaves two trees have from their beginning on."""
    least, most = 0, min(one.size, other.size)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if one.root(middle) == other.root(middle) else (least, middle - 1)
    return least


def _why_not(entry: Entry, record: Record, other: Record, shared: int) -> str:
    """Why an entry of the other tree is not carried over; nothing where it is."""
    if entry.kind == "shredded":
        return f"shred it here too: servanda record shred RECORD {entry.name} --why TEXT --key KEY"
    if entry.kind not in FILES:
        return "speaks of that tree, or of who may sign: do it here anew where it still holds"
    if entry.signer != (keeper := other.log.head.origin):
        return f"{entry.signer} signed it, and signs it again"
    mine, there = record.hands(), other.hands()
    if any(
        mine.get(by := str(hand["by"])) is None or mine[by] != there.get(by) for hand in entry.says.get("hands", ())
    ):
        return "somebody signed it by hand with a key that is not named here: name the key, or have it signed again"
    since = [e for e in record.like(entry.kind, entry.name, keeper) if e.index >= shared]
    if entry.kind not in ADD_UP and any(record.object(e.digest) != other.object(entry.digest) for e in since):
        return "this record has another of that name since: somebody decides which holds"
    return ""


def _file(entry: Entry, other: Record) -> File:
    kept = other.log.object(entry.digest)
    hands: tuple[dict[str, str], ...] = tuple(dict(hand) for hand in entry.says.get("hands", ()))
    table = table_of(entry.name) if entry.kind == "evidence" else None
    needs = tuple(entry.says.get("attachments", ()))
    file = File(entry.name, entry.kind, kept[OBJECT_SALT:], table, needs, own=bool(entry.says.get("own")))
    return replace(file, sealed=kept, hands=hands) if hands else file


def _needed(entry: Entry, other: Record, own: AbstractSet[str]) -> Iterator[File]:
    """The attachments that a file names: they are recorded with it, or were before."""
    for name, digest in entry.says.get("attachments", {}).items():
        yield File(name, "attachment", other.object(digest), own=digest in own)


def _together(entry: Entry) -> tuple[str, str, int, bool]:
    """What one step records alike: known since when, with which note, of how many sources, looked at by somebody."""
    says = entry.says
    return says["known_at"], says.get("note", ""), says.get("protected", {}).get("k", 5), bool(says.get("unsearched"))


def _called(file: File, called: dict[bytes, bytes]) -> File:
    """A file in which every protected source is called as it is here: one person has one pseudonym."""
    if file.sealed:
        return file
    data = file.data
    for there, here in called.items():
        data = data.replace(there, here)
    return replace(file, data=data)


def _bring_vault(record: Record, other: Record) -> dict[bytes, bytes]:
    """Bring what the other vault holds and this one lacks: who protected sources are, and sealed contents; nothing of whom this one has shredded.

    Returns:
        Pseudonyms of the other vault for sources that have one here, each with that.
    """
    here: dict[str, Any] = record.vault.identities()
    by_name = {name: pseudonym for pseudonym, name in here.items() if name is not None}
    there = {p: name for p, name in other.vault.identities().items() if p not in here}
    called = {p: by_name[name] for p, name in there.items() if name in by_name}
    gone = {p for p, name in here.items() if name is None} | set(called)
    contents = {
        path.name for path in (record.vault_folder / "contents").glob("*")
    }  # each with a key of its own, or destroyed
    try:
        for path in sorted(other.vault_folder.rglob("*")):
            mine = record.vault_folder / path.relative_to(other.vault_folder)
            apart = path.relative_to(other.vault_folder).parts[0] in _KEPT_APART or path.name in gone | contents
            if path.is_file() and not apart and not mine.exists():
                mine.parent.mkdir(mode=0o700, exist_ok=True)
                shutil.copy2(path, mine)
    except OSError as error:
        what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space, and begin again"
        raise RecordError(Fault(str(record.vault_folder), what, hint, code="REC003")) from None
    return {p.encode(): mine.encode() for p, mine in called.items()}
