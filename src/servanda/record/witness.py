"""What a witness remembers: by the name of a log, the checkpoint that its key cosigned last, and the policy by which it did.

A log is known by its name (its origin, as C2SP witnesses know it), so that a record which its keeper begins anew, under whatever key, is held
against what was cosigned before. What is remembered is written before the cosignature is given, whole or not at all.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servanda.errors import Fault, RecordError
from servanda.record import disk
from servanda.record.log import digest_of
from servanda.record.record import Record
from servanda.record.signing import Signer
from servanda.record.verifier import COSIGNATURE, Broken, Checkpoint, Policy


@dataclass(frozen=True)
class Memory:
    """What is kept beside the key of a witness about one log.

    Args:
        key: the file of the private key.
        record: the record that is to be cosigned.
    """

    key: Path
    record: Record

    @property
    def seen(self) -> Path:
        """The checkpoint that this key cosigned last in a log of this name."""
        return self._file("seen")

    @property
    def policy(self) -> Path:
        """The policy of the log as it was when this key first cosigned it."""
        return self._file("policy")

    def _file(self, what: str) -> Path:
        """By the log's name; where Servanda 0.2 kept it by the first entry, there."""
        path = Path(f"{self.key}.{digest_of(self.record.log.head.origin.encode())[:16]}.{what}")
        if not path.exists() and self.record.log.head.size:
            old = Path(f"{self.key}.{digest_of(self.record.log.entry(0))[:8]}.{what}")
            return old if old.exists() else path
        return path

    def last(self, given: Path | None, signer: Signer, *, first: bool = False) -> list[bytes]:
        """The checkpoints that this key is known to have cosigned.

        Args:
            given: the file that the witness names.
            signer: the witness.
            first: the witness says that there is none.

        Returns:
            Those that there are; none where this is the first time.

        Raises:
            RecordError: one is expected and not there, or is no checkpoint.
        """
        places = dict.fromkeys([*([given] if given else []), self.seen])
        kept = [_read(path) for path in places if path.exists()]
        hint = "name the file that was written then (--seen); if it is lost, or this is another record, say so with --first"
        if given is not None and not given.exists() and (kept or self._signed_by(signer)) and not first:
            what = f"there is no such file, though {signer.name} has cosigned this log before"
            raise RecordError(Fault(str(given), what, hint, code="REC039"))
        if not kept and self._signed_by(signer) and not first:
            what = f"what {signer.name} cosigned last is not here, though it has cosigned this log before"
            raise RecordError(Fault(str(self.seen), what, hint, code="REC039"))
        return [] if first else kept

    def _signed_by(self, signer: Signer) -> bool:
        """Whether the record itself shows cosignatures of this key."""
        notes = [e.says["note"].encode() for e in self.record.statements() if e.kind == "checkpoint"]
        own = (signer.name, signer.public(COSIGNATURE).id)
        heads = [self.record.log.head, *map(Checkpoint.parse, notes)]
        return any((name, ident) == own for head in heads for name, ident, _ in head.lines)

    def write(self, given: Path | None) -> None:
        """Keep the record's checkpoint as it is now, beside the key and where the witness wants it. Raises :class:`RecordError`."""
        for path in dict.fromkeys([*([given] if given else []), self._file("seen")]):
            try:
                disk.replace(path, self.record.log.note)
            except OSError as error:
                what = f"cannot be written: {error.strerror}; nothing was cosigned"
                hint = "what is not remembered is not cosigned: check permissions and free disk space"
                raise RecordError(Fault(str(path), what, hint, code="REC003")) from None

    def keep_policy(self) -> None:
        """Keep the record's policy beside the key, once the record is known to hold by it."""
        disk.replace(self._file("policy"), (self.record.folder / "policy").read_bytes())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One cosignature of this key at a time: two at once could be for two trees."""
        handle = os.open(self.key, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def cosign(
    record: Record,
    key: Path,
    signer: Signer,
    policy: Policy,
    seen: Path | None = None,
    *,
    first: bool = False,
    objects: bool = True,
) -> int:
    """Check a record against what a witness remembers, remember it as it is now, and cosign it.

    Args:
        record: the record.
        key: the file of the witness's private key, beside which it remembers.
        signer: the witness.
        policy: the witness's own copy of the policy.
        seen: another file in which it is remembered; it must be there unless this is the first time.
        first: this key has cosigned no log of this name, or no longer knows what.
        objects: check the files too.

    Returns:
        How many entries were cosigned.

    Raises:
        RecordError: the record does not hold or does not continue what was cosigned, the signer is no witness, or what is remembered cannot be
            read or written; nothing was cosigned then.
    """
    memory = Memory(key, record)
    with memory.alone():
        last = memory.last(seen, signer, first=first)
        return record.cosign(signer, policy, last, objects=objects, remember=lambda: memory.write(seen))


def _read(path: Path) -> bytes:
    """A checkpoint that somebody kept."""
    try:
        note = path.read_bytes()
        Checkpoint.parse(note)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecordError(Fault(str(path), what, f"the path tried is {path.absolute()}", code="REC002")) from None
    except Broken as error:
        what = f"is not a checkpoint: {error.what}"
        hint = "take it from a copy; without it nothing would be held against what was cosigned before"
        raise RecordError(Fault(str(path), what, hint, code="REC039")) from None
    return note
