"""The append-only log in a folder of static files (C2SP tlog-tiles), and the objects that its entries name.

    checkpoint                signed tree head, cosigned by witnesses        tile/0/x001/234   hashes
    policy                    whose signatures count (C2SP tlog-policy)      tile/entries/...  entries
    objects/ab/cdef...        files, named by their SHA-256

One rule makes it safe: nothing counts until ``checkpoint`` names it, and ``checkpoint`` is replaced at one stroke after everything
that it names is on the disk. What an append left that broke off is listed in ``appending`` and cleared by the next writer. One
writer at a time; a second one waits.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from servanda.errors import Fault, RecordError
from servanda.record import disk
from servanda.record.signing import Signer
from servanda.record.tree import Tree, grow
from servanda.record.verifier import (
    COSIGNATURE,
    LARGEST,
    LARGEST_OBJECT,
    TILE,
    Asked,
    Broken,
    Checkpoint,
    Policy,
    beside_writers,
    check_checkpoint,
    leaf_hash,
    plain,
    tile_name,
    unbundle,
)
from servanda.wording import plural

_OURS = re.compile(r"(tile|objects)/(?!.*\.\.)[0-9a-z./]+")
_DAMAGED = "the record was changed: restore it from a copy that a party keeps"
LONGEST = 65_535  # bytes of one entry: bundles give its length in two bytes
_BACK, _AHEAD = timedelta(minutes=5), timedelta(days=31)  # further from the last entry, the clock is asked about


def broken(folder: Path, error: Broken, hint: str = "") -> RecordError:
    """A failed check as an error for people."""
    raised = RecordError(Fault(str(folder), f"broken at {error}", hint, code="REC011"))
    raised.step = error.step
    return raised


def quiet(step: int, what: str) -> None:
    """Say nothing of a step that holds."""


def digest_of(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


class Log:
    """A log in a folder. Raises :class:`RecordError` where the folder holds none, or a checkpoint that does not hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._alone = False
        self.patience: float | None = None  # seconds to wait for another writer
        hint = "begin one with 'servanda record init'"
        try:
            raw = plain(folder / "policy", "policy", 1).read_bytes()
            self.note = self._checkpoint()
        except (OSError, Broken) as error:
            why = error.what if isinstance(error, Broken) else error.strerror
            raise RecordError(Fault(str(folder), f"not a record: {why}", hint, code="REC010")) from None
        try:
            self.policy = Policy.parse(raw)
        except Broken as error:
            raise broken(folder, error) from None
        self._accept(self.note)

    def _checkpoint(self) -> bytes:
        return plain(self.folder / "checkpoint", "checkpoint", 2).read_bytes()

    def _accept(self, note: bytes) -> None:
        try:
            self.head = check_checkpoint(note, Asked(self.policy, quiet, quorum=False))
        except Broken as error:
            raise broken(self.folder, error, "the file was changed: take it from a copy that a party keeps") from None
        self.note = note

    @property
    def settled(self) -> bool:
        """Whether those who are named under the checkpoint are the quorum that the policy asks for."""
        there = {(name, ident) for name, ident, _ in self.head.lines}
        cosigned = {n for n, k in self.policy.witnesses.items() if (k.name, k.id) in there}
        return self.policy.satisfied(cosigned, self.policy.quorum)

    @property
    def tree(self) -> Tree:
        """The tree as the checkpoint has it."""
        return Tree(self.head.size, self._tile)

    def _tile(self, level: int, number: int) -> list[bytes]:
        width = min(TILE, (self.head.size >> 8 * level) - number * TILE)
        raw = self._file(f"tile/{level}/{tile_name(number, width)}", 5)
        if len(raw) != 32 * width:
            raise broken(self.folder, Broken(5, f"tile/{level}/{tile_name(number, width)} has the wrong length"))
        return [raw[n : n + 32] for n in range(0, len(raw), 32)]

    def _file(self, name: str, step: int) -> bytes:
        try:
            return plain(self.folder / name, name, step, LARGEST_OBJECT if step == 9 else LARGEST).read_bytes()
        except Broken as error:
            raise broken(self.folder, error) from None
        except OSError as error:
            raise broken(self.folder, Broken(step, f"{name}: {error.strerror}")) from None

    def _bundle(self, number: int) -> list[bytes]:
        width = min(TILE, self.head.size - number * TILE)
        try:
            return unbundle(self._file(f"tile/entries/{tile_name(number, width)}", 6), width)
        except Broken as error:
            raise broken(self.folder, error, _DAMAGED) from None

    def entry(self, index: int) -> bytes:
        """One entry. Raises :class:`RecordError` where there is none, or it is not what its leaf says."""
        if not 0 <= index < self.head.size:
            what = f"has no entry {index}: there are {self.head.size:,}, counted from 0"
            raise RecordError(Fault(str(self.folder), what, "see 'servanda record log'", code="REC005"))
        return self.in_turn()(index)

    def in_turn(self) -> Callable[[int], bytes]:
        """What gives one entry after the other, as :meth:`entry` does, and reads each bundle once."""
        read = lru_cache(1)(lambda number, size: (self._bundle(number), self._tile(0, number)))

        def entry(index: int) -> bytes:
            bundle, leaves = read(index // TILE, self.head.size)
            if leaf_hash(bundle[index % TILE]) != leaves[index % TILE]:
                raise broken(self.folder, Broken(6, f"entry {index} is not what its leaf says"))
            return bundle[index % TILE]

        return entry

    def renew(self) -> None:
        """See what others have added since."""
        note = self._file("checkpoint", 2)
        if note != self.note:
            self._accept(note)

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """All entries from ``start`` on, in order."""
        for number in range(start // TILE, -(-self.head.size // TILE)):
            bundle = self._bundle(number)
            yield from bundle[max(0, start - number * TILE) :]

    def size_of(self, digest: str) -> int:
        """The bytes of an object, its salt with it; 0 where it is not here."""
        path = self.folder / "objects" / digest[:2] / digest[2:]
        return path.stat().st_size if path.is_file() else 0

    def object(self, digest: str) -> bytes:
        """The object with that SHA-256, its salt in front. Raises :class:`RecordError` where it is gone or was changed."""
        data = self._file(f"objects/{digest[:2]}/{digest[2:]}", 9)
        if digest_of(data) != digest:
            raise broken(self.folder, Broken(9, f"the object {digest[:12]} was changed"))
        return data

    def last_dated(self) -> str:
        """When the last signed statement was recorded (ISO 8601, UTC), or nothing."""
        index = self.head.size - 1
        while index >= 0:
            data = json.loads(self.entry(index))
            if "payload" in data:
                return str(json.loads(base64.b64decode(data["payload"]))["predicate"]["recorded_at"])
            index = data["predicate"]["of"]  # a row: the statement of its file stands above it
        return ""

    def refuse_stranger(self, signer: Signer) -> None:
        """Raise :class:`RecordError` for who does not keep the record."""
        if signer.public() not in self.policy.logs or signer.name != self.head.origin:
            what = f"the key of {signer.name} is not the log's own ({self.head.origin})"
            raise RecordError(Fault(str(self.folder), what, "give the key of the keeper of the record", code="REC013"))

    @contextmanager
    def writing(self, signer: Signer, *, clock_is_right: bool = False) -> Iterator[Appending]:
        """The one writer: append to what is given, and all of it counts when the block ends, or none of it.

        ``signer`` signs the new checkpoint; ``clock_is_right``: somebody has looked at the clock, however far from the last entry it is. Raises :class:`RecordError` for a full disk and the like; nothing was added then.
        """
        with self.locked():
            self.refuse_stranger(signer)
            self._clear()
            self._sound()
            appending = Appending(self, self.last_dated(), clock_is_right=clock_is_right)
            try:
                yield appending
                self._commit(appending, signer)
            except OSError as error:
                before = self.head.size
                self._accept(self._checkpoint())
                added = "it was added, but the disk may not hold it yet"
                came = "nothing was added" if self.head.size == before else added
                with suppress(OSError):
                    self._clear()
                what = f"cannot be written: {error.strerror}; {came}"
                hint = "check permissions and free disk space, then 'servanda record log'"
                raise RecordError(Fault(str(self.folder), what, hint, code="REC003")) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the record; waits for another writer to end. Sees what that one wrote."""
        try:
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            what = f"cannot be written: {error.strerror}; nothing was added"
            hint = "check permissions and free disk space"
            raise RecordError(Fault(str(self.folder), what, hint, code="REC003")) from None
        try:
            if not disk.lock(handle, self.patience):
                what = "another program has been writing to it, or checking it, for too long; nothing was added"
                raise RecordError(Fault(str(self.folder), what, "try again when it has ended", code="REC060"))
            self._accept(self._checkpoint())
            self._alone = True
            yield
        finally:
            self._alone = False
            os.close(handle)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read while nobody writes: what a writer has half done is no fault of the record. A copy that cannot be locked is read as it is."""
        handle = None if self._alone else beside_writers(self.folder)
        try:
            if handle is not None:
                self._accept(self._checkpoint())
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def _clear(self) -> None:
        """Take away what an append left that broke off. Names that the tree has come to use stay."""
        marker = self.folder / "appending"
        if marker.exists():
            try:
                listed = json.loads(marker.read_bytes())
                listed = {"size": int(listed["size"]), "files": [str(name) for name in listed["files"]]}
            except (ValueError, KeyError, TypeError):
                listed = {"size": self.head.size, "files": []}  # torn: nothing else had been written yet
            if listed["size"] == self.head.size:
                for name in filter(_OURS.fullmatch, listed["files"]):
                    disk.remove(self.folder / name)
            disk.remove(marker)
        for name in (".appending.new", ".checkpoint.new"):
            disk.remove(self.folder / name)

    def _sound(self) -> None:
        """Nothing is signed on top of an edge that has been damaged: what would be signed is another tree."""
        size = self.head.size
        if self.tree.root() != self.head.root:
            raise broken(
                self.folder, Broken(5, "the tiles at the edge do not hash to the root of the checkpoint"), _DAMAGED
            )
        if size % TILE:
            leaves = [leaf_hash(entry) for entry in self._bundle(size // TILE)]
            if leaves != self._tile(0, size // TILE):
                raise broken(self.folder, Broken(6, "the last entries are not what their leaves say"), _DAMAGED)

    def _commit(self, new: Appending, signer: Signer) -> None:
        if not new.entries:
            return
        size = self.head.size
        root, tiles = grow(size, self._tile, new.leaves)
        files = dict(tiles)
        first = size // TILE
        whole = (self._bundle(first) if size % TILE else []) + new.entries
        for n in range(0, len(whole), TILE):
            part = whole[n : n + TILE]
            files[f"tile/entries/{tile_name(first + n // TILE, len(part))}"] = b"".join(
                len(e).to_bytes(2, "big") + e for e in part
            )
        files |= {f"objects/{d[:2]}/{d[2:]}": data for d, data in new.objects.items()}
        disk.replace(self.folder / "appending", json.dumps({"size": size, "files": list(files)}).encode())
        for name, data in files.items():
            disk.put(self.folder / name, data)
        disk.settle(self.folder / name for name in files)
        text = f"{self.head.origin}\n{size + len(new.entries)}\n{base64.b64encode(root).decode()}\n".encode()
        note = text + b"\n" + signer.note_line(text)
        disk.replace(self.folder / "checkpoint", note)
        disk.remove(self.folder / "appending")
        self._accept(note)

    def cosign(self, signer: Signer, line: bytes) -> None:
        """Put a cosignature under the checkpoint; one of the same key goes."""
        text, _, lines = self.note.rpartition(b"\n\n")
        own = (signer.name, signer.public(COSIGNATURE).id)
        signed = zip(lines.splitlines(keepends=True), self.head.lines, strict=True)
        kept = [written for written, (name, ident, _) in signed if (name, ident) != own]
        note = text + b"\n\n" + b"".join(kept) + line
        try:
            check_checkpoint(note, Asked(self.policy, quiet, quorum=False))
        except Broken as error:
            raise broken(self.folder, error, "only witnesses whom the policy names cosign") from None
        disk.replace(self.folder / "checkpoint", note)
        self._accept(note)


class Appending:
    """What is about to be added: entries in their order, and the objects that they name."""

    def __init__(self, log: Log, last: str, *, clock_is_right: bool = True) -> None:
        self._log = log
        self.entries, self.leaves = list[bytes](), list[bytes]()
        self.objects: dict[str, bytes] = {}
        self.now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        """What the clock says: when what is added became known, where nobody says otherwise."""
        self.recorded_at = max(self.now, last)
        """When this is recorded: by the clock, and never before what stands above it."""
        self.clock = self.now if self.now < last else None
        """What the clock said, where it has gone back."""
        if last and not clock_is_right:
            self._ask(last)

    def _ask(self, last: str) -> None:
        """A clock far from the last entry was wrong then or is now, and what is dated by it cannot be taken back."""
        gap = datetime.fromisoformat(self.now) - datetime.fromisoformat(last)
        if -_BACK <= gap <= _AHEAD:
            return
        apart = plural(abs(gap).days, "day") if abs(gap).days else plural(abs(gap).seconds // 60, "minute")
        what = (
            f"the clock says {self.now}, {apart} {'after' if gap > timedelta(0) else 'before'} the last entry ({last})"
        )
        hint = "set the clock; if it is right, say so with --clock-is-right (of a desk: servanda desk doctor DIR --clock-is-right)"
        raise RecordError(Fault(str(self._log.folder), f"{what}; nothing was added", hint, code="REC036"))

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._log.head.origin

    @property
    def next(self) -> int:
        """The index of the entry that comes next."""
        return self._log.head.size + len(self.entries)

    def add(self, entries: Sequence[bytes], leaves: Sequence[bytes] | None = None) -> None:
        """Entries, each of at most 65,535 bytes; ``leaves``: their hashes, where they are known."""
        if any(len(e) > LONGEST for e in entries):
            raise RecordError(
                Fault(
                    str(self._log.folder),
                    f"an entry is longer than {LONGEST:,} bytes",
                    f"shorten the note (limit {LONGEST:,} bytes)",
                    code="REC014",
                )
            )
        self.entries.extend(entries)
        self.leaves.extend(map(leaf_hash, entries) if leaves is None else leaves)

    def dated(self, says: Mapping[str, Any], known_at: str | None = None) -> dict[str, Any]:
        """What a statement says that is added next, with its two times. Raises :class:`RecordError`."""
        if known_at is not None and known_at > self.now:
            what = f"known_at {known_at} lies in the future: it is {self.now}"
            hint = "give the instant when it became known, now at the latest"
            raise RecordError(Fault("--known-at", what, hint, code="REC004"))
        clock = {"clock": self.clock} if self.clock else {}
        times = {"known_at": known_at or self.now, "recorded_at": self.recorded_at}
        return {**says, **times, "at": [self.origin, self.next], **clock}

    def keep(self, data: bytes) -> str:
        """An object, kept under its SHA-256, which is given back."""
        digest = digest_of(data)
        if not (self._log.folder / "objects" / digest[:2] / digest[2:]).exists():
            self.objects[digest] = data
        return digest


def begin(folder: Path, policy: bytes, signer: Signer) -> Log:
    """An empty log in a new or empty folder. Raises :class:`RecordError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = f"{signer.name}\n0\n{base64.b64encode(hashlib.sha256(b'').digest()).decode()}\n".encode()
        disk.replace(folder / "policy", policy)
        disk.replace(folder / "checkpoint", text + b"\n" + signer.note_line(text))
    except OSError as error:
        what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space"
        raise RecordError(Fault(str(folder), what, hint, code="REC003")) from None
    return Log(folder)


__all__ = ["Appending", "Checkpoint", "Log", "begin", "broken", "digest_of"]
