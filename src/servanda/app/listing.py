"""What is there for a follower: the files of a folder, or of a record, each with a mark by which it is known that it is as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from servanda.agreement import Agreement
from servanda.agreement.resolve.beside import files_with, maps_named
from servanda.app.given import agreement_of
from servanda.app.record import recorded_agreement
from servanda.errors import EvidenceError, Fault
from servanda.evidence.folders import files_in
from servanda.evidence.raw_tables import digest_of
from servanda.record import Record
from servanda.store import Inputs, RecordStore
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.wording import listing

Mark: TypeAlias = tuple[object, ...]
"""By what it is known that a file is as it was."""
_NAMED = 3  # files that are named where many changed


@dataclass(frozen=True)
class Listing:
    """What is there at a moment: files by what they are known by, each with the mark of its content.

    ``signed_by`` and ``recorded`` as for :func:`servanda.evidence.read_evidence`.
    """

    agreement: tuple[Mark, Callable[[], Agreement]]
    evidence: Mapping[str, tuple[Mark, FileLike]]
    coverage: Sequence[tuple[Mark, FileLike]] = ()
    signed_by: Mapping[FileLike, str] = field(default_factory=dict)
    recorded: Mapping[FileLike, datetime] = field(default_factory=dict)
    id_key: bytes = b""
    size: int = 0
    """Of a record, how many entries it has."""

    @property
    def marks(self) -> tuple[object, ...]:
        """By what it is known that all is as it was."""
        evidence = {key: mark for key, (mark, _) in self.evidence.items()}
        return self.agreement[0], evidence, [mark for mark, _ in self.coverage]

    @property
    def tables(self) -> dict[str, Mark]:
        """The marks of what holds neither a register nor decisions."""
        return {key: mark for key, (mark, file) in self.evidence.items() if not is_yaml(file)}

    def no_longer(self, now: Listing) -> str:
        """That it is another in a later listing, in words: with the names of the evidence that changed or is no longer there."""
        marks = {key: mark for key, (mark, _) in now.evidence.items()}
        names = sorted(base_name_of(file) for key, (mark, file) in self.evidence.items() if marks.get(key) != mark)
        some = [*names[:_NAMED], f"{len(names) - _NAMED} more"] if len(names) > _NAMED else names
        return "what was there before is no longer as it was" + (f": {listing(some)}" if some else "")

    def but_for(self, others: Mapping[str, tuple[Mark, FileLike] | None]) -> Listing:
        """The same with other evidence under these names, and under those of nothing with none."""
        evidence = {key: others.get(key, one) for key, one in self.evidence.items()}
        return dataclasses.replace(self, evidence={key: one for key, one in evidence.items() if one is not None})


def is_yaml(file: FileLike) -> bool:
    """Whether a file holds a register or decisions."""
    return name_of(file).lower().endswith((".yaml", ".yml"))


def folder_listing(agreement: Path, folder: Path, coverage: Sequence[Path] = ()) -> Callable[[], Listing]:
    """What lists a folder: all its files are evidence, and those in its folders, but for what ``servanda verify`` passes over in a folder.

    Args:
        agreement: its file.
        folder: where evidence arrives.
        coverage: files of coverage.

    Returns:
        The listing, anew at every call.

    Raises:
        ServandaError: there is no such folder.
    """
    gone = Fault(str(folder), "there is no such folder", "name the folder in which evidence arrives", code="EVD001")
    maps: tuple[Mark, list[str]] = (), []  # of the agreement as it was read last

    def now() -> Listing:
        nonlocal maps
        if not folder.is_dir():  # a share may be away for a moment
            raise EvidenceError(gone)
        named = {agreement.resolve(), *(path.resolve() for path in coverage)}
        there = sorted((p for p in files_in(folder) if p.is_file()), key=lambda p: (p.is_symlink(), p))
        files = {p.resolve(): p for p in reversed(there)}  # of several names of one file, its own, else the first
        files = {target: p for target, p in files.items() if target not in named}
        text = _mark(agreement)
        if maps[0] != text:
            maps = text, maps_named(agreement)
        beside = {part for name in maps[1] for part in files_with(name, agreement.parent)}
        return Listing(
            (
                (text, *((name, _mark(agreement.parent / name)) for name in sorted(beside))),
                lambda: agreement_of(agreement),
            ),
            {str(path): (_mark(path), path) for path in sorted(files.values())},
            [(_mark(path), path) for path in coverage],
        )

    if not folder.is_dir():
        raise EvidenceError(gone)
    return now


def record_listing(folder: Path, agreement: str | None = None) -> Callable[[], Listing]:
    """What lists a record: the files that are on it.

    Args:
        folder: of the record; its signatures are checked once, at the beginning, and those of each new checkpoint when it is read.
        agreement: the name of the agreement's file there; left out, the only one.

    Returns:
        The listing, anew at every call.

    Raises:
        ServandaError: the record cannot be read, or was altered.
    """
    record = Record(folder)
    record.verify(record.log.policy, quorum=False)
    store, head = RecordStore(record), record.log.head
    made: tuple[Inputs, Listing] | None = None
    replaced = 0  # how often another record took its place

    def now() -> Listing:
        nonlocal store, head, made, replaced
        log = store.record.log
        log.renew()
        if made is not None and (log.head.size < head.size or log.tree.root(head.size) != head.root):
            store, made, replaced = RecordStore(Record(folder)), None, replaced + 1  # another record lies there
            log = store.record.log
        if made is None or log.head.size > head.size:
            made = (made and _more(store, head.size, *made, replaced)) or _all(store, agreement, replaced)
            head = log.head
        return made[1]

    return now


def _all(store: RecordStore, agreement: str | None, replaced: int) -> tuple[Inputs, Listing]:
    """Everything that is on a record."""
    inputs = store.as_of(None, agreement)
    text = (replaced, inputs.agreement.index), lambda: recorded_agreement(store, inputs)
    return inputs, _listed(store, inputs, text, replaced)


def _listed(
    store: RecordStore, inputs: Inputs, agreement: tuple[Mark, Callable[[], Agreement]], replaced: int
) -> Listing:
    """Files by their entries: a number is another entry's where another record lies."""
    contents = store.contents(inputs)
    return Listing(
        agreement,
        {str(index): ((replaced, index), file) for index, file in contents.evidence.items()},
        [((file.name, digest_of(file)), file) for file in contents.coverage],
        contents.signed_by,
        contents.known_at,
        store.id_key(),
        store.record.log.head.size,
    )


def _more(
    store: RecordStore, size: int, before: Inputs, listed: Listing, replaced: int
) -> tuple[Inputs, Listing] | None:
    """What has come since, beside what was there; nothing where it is not only added."""
    inputs = store.added(before, size)
    if inputs is None:
        return None
    new = _listed(store, inputs, listed.agreement, replaced)
    recorded = {**new.recorded, **listed.recorded}  # what was recorded before was known then
    recorded |= {file: min(at, recorded[file]) for file, at in new.recorded.items()}
    more = dataclasses.replace(
        listed,
        evidence={**listed.evidence, **new.evidence},
        signed_by={**listed.signed_by, **new.signed_by},
        recorded=recorded,
        size=new.size,
    )
    return dataclasses.replace(inputs, entries=(*before.entries, *inputs.entries)), more


def _mark(path: Path) -> Mark:
    try:
        stat = path.stat()
    except (OSError, ValueError):  # ValueError: a name that none can have
        return (None,)
    return (
        stat.st_size,
        stat.st_mtime_ns,
        stat.st_ctime_ns,
        stat.st_ino,
    )  # what keeps an old time cannot keep the last but one
