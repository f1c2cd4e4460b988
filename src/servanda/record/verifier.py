#!/usr/bin/env python3
"""Checks a Servanda record, proof or disclosed package: one file, no Servanda, no network; needs ``pip install cryptography``:
    python verifier.py record DIR        --policy POLICY [--since CHECKPOINT ...] [--unsettled] [--without-objects]
    python verifier.py package FILE      --policy POLICY [--since CHECKPOINT ...] [--unsettled] [--unsigned]
    python verifier.py proof FILE ENTRY  --policy POLICY [--unsettled]
POLICY is your own copy, from people you trust: whose keys count no file can tell you. ``--since``: checkpoints that somebody kept; each must be a
beginning of this tree, else the log showed two (a fork). ``--unsettled`` accepts a tree that no quorum has cosigned, ``--unsigned`` a package that does
not prove for whom it was made (Servanda 0.2). Exit code 0: it holds; 1: broken, at which step; 2: not understood. Formats: C2SP tlog; RFC 6962.
"""

from __future__ import annotations

import sys

sys.path[: __name__ == "__main__" and not sys.flags.safe_path] = []  # nothing that lies beside this file is run
import argparse
import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE, FIELD, ROW = 1, 4, b"servanda-field/v1\x00", b"servanda-row/v1\x00"  # types of C2SP signed-note
URN, JSON, TILE = "urn:servanda:", "application/vnd.in-toto+json", 256  # hashes in a full tile
GIVEN = ("agreement", "register", "coverage", "decisions", "run")  # they count from those only whom the record names
FILES = ("origin", "attachment", "evidence", *GIVEN)  # they are stored
STATES = ("signer", "gives", "checkpoint", "anchor", "disclosure", "shredded")
STEPS = ["", "policy", "checkpoint", "log's signature", "cosignatures", "tiles", "entries", "statements", "rows"]
STEPS += ["objects", "earlier checkpoints", "fields"]
KEYS = {"servanda-package", "tier", "to", "differs", "checkpoint", "entries", "objects", "rows", "hidden", "withheld"}
NEW = {"policy", "as_of", "signed"}  # in packages since format 2
LARGEST, LARGEST_OBJECT = 1 << 25, 1 << 32  # bytes: no file of a record is larger, and no object
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def safe(text: str) -> str:
    """A text for a terminal: what would move its cursor or turn its letters round is shown by its number."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


class Broken(Exception):
    """A check that failed: at which step, and what."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__(f"step {step} ({STEPS[step]}): {what}")
        self.step, self.what = step, what


def need(holds: object, step: int, what: str) -> None:
    """A check. Raises :class:`Broken` where it does not hold."""
    if not holds:
        raise Broken(step, what)


def sha(data: bytes) -> bytes:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(data).digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha(b"\x00" + entry)


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of all complete subtrees, by height; height 0 are the leaf hashes."""
    levels, digest = [list(leaves)], hashlib.sha256
    while len(below := levels[-1]) > 1:
        levels.append([digest(b"\x01" + a + b).digest() for a, b in zip(below[::2], below[1::2], strict=False)])
    return levels


def root_at(levels: Sequence[Sequence[bytes]], size: int) -> bytes:
    """The root that the tree had when it had ``size`` leaves: its complete subtrees, from the smallest, on the right."""
    root = b""
    for height in range(size.bit_length()):
        if size >> height & 1:
            node = levels[height][(size >> height) - 1]
            root = sha(b"\x01" + node + root) if root else node
    return root or sha(b"")


def root_by_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which ``path`` leads from a leaf hash; takes what it uses off ``path``. Raises ``IndexError``."""
    if size == 1:
        return leaf
    half = 1 << (size - 1).bit_length() - 1  # where a tree of this size divides
    if index < half:
        return sha(b"\x01" + root_by_inclusion(leaf, index, half, path) + path.pop(0))
    below = root_by_inclusion(leaf, index - half, size - half, path)
    return sha(b"\x01" + path.pop(0) + below)


def unbase64(text: str) -> bytes:
    """Standard base64, and only the one way to write it. Raises ``ValueError``."""
    if base64.b64encode(data := base64.b64decode(text.encode("ascii"), validate=True)).decode() != text:
        raise ValueError("base64 that is written in an unusual way")
    return data


def read_json(raw: bytes) -> Any:
    """JSON in strict UTF-8, no name twice. Raises ``ValueError``."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(made := dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice")
        return made

    return json.loads(raw.decode("utf-8"), object_pairs_hook=once)


@dataclass(frozen=True)
class Key:
    """A public key with its name; ``parse`` reads a C2SP vkey, ``name+id+base64``, and raises ``ValueError``."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]

    @classmethod
    def parse(cls, text: str) -> Key:
        name, ident, data = text.split("+", 2)
        raw = unbase64(data)
        if name.split() != [name] or not name.isprintable() or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise ValueError("is no Ed25519 key")
        if (key := cls(name, raw[0], raw[1:])).id.hex() != ident:
            raise ValueError("has an id that does not fit its name")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        with suppress(InvalidSignature, ValueError):
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True
        return False


@dataclass(frozen=True)
class Policy:
    """Whose signatures count (tlog-policy): logs, witnesses by name, groups, and the quorum."""

    logs: tuple[Key, ...]
    witnesses: Mapping[str, Key]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    @classmethod
    def parse(cls, raw: bytes) -> Policy:
        logs, witnesses, groups = list[Key](), dict[str, Key](), dict[str, tuple[int, tuple[str, ...]]]()
        members, quorum = set[str](), ""
        for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
            taken = {"none", *witnesses, *groups}
            try:
                match line.replace("\t", " ").strip(" ").split():
                    case ["log", vkey] | ["log", vkey, _]:
                        logs.append(Key.parse(vkey))
                    case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in taken:
                        witnesses[name] = Key.parse(vkey)
                    case ["group", name, least, *names] if name not in taken:
                        k = {"all": len(names), "any": 1}.get(least) or int(least)
                        known = {*names} <= taken - {"none"} - members and len({*names}) == len(names)
                        if not known or not 1 <= k <= len(names):
                            raise ValueError("so many of these cannot be, or a member is unknown or stands twice")
                        members |= set(names)
                        groups[name] = (k, tuple(names))
                    case ["quorum", name] if name in taken and not quorum:
                        quorum = name
                    case [word, *_] if not word.startswith("#"):
                        raise ValueError("it is not understood, or a name is unknown or taken")
            except ValueError as error:
                raise Broken(1, f"line {number}: {error}") from None
        doubled = any(len({k.public for k in keys}) < len(keys) for keys in (logs, witnesses.values()))
        sound = quorum and logs and not doubled and len(groups) < 100
        need(sound, 1, "there is no log or no quorum, or one key stands under two names")
        return cls(tuple(logs), witnesses, groups, quorum)

    def satisfied(self, cosigned: set[str], name: str) -> bool:
        least, names = self.groups.get(name, (1, ()))
        return sum(self.satisfied(cosigned, n) for n in names) >= least or name in ("none", *cosigned)


@dataclass(frozen=True)
class Checkpoint:
    """A tree head with the signature lines under it: name, key id and signature of each. Raises :class:`Broken` (step 2)."""

    origin: str
    size: int
    root: bytes
    text: bytes
    lines: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, note: bytes) -> Checkpoint:
        try:
            text, gap, tail = note.decode("utf-8").rpartition("\n\n")
            (origin, size, root), lines = text.split("\n")[:3], []
            for line in tail.removesuffix("\n").split("\n"):
                dash, name, signature = line.split(" ")
                blob = unbase64(signature)
                if dash != "\u2014" or not name or "+" in name or len(blob) < 5:
                    raise ValueError("a signature line is unreadable")
                lines.append((name, blob[:4], blob[4:]))
            odd = not gap or not tail.endswith("\n") or not all(text.split("\n")) or size != str(int(size))
            odd = odd or not 0 <= int(size) < 1 << 63 or len(unbase64(root)) != 32
            if odd or any(c < 32 and c != 10 for c in note):
                raise ValueError("a line is missing or unreadable")
        except ValueError as error:
            raise Broken(2, str(error)) from None
        return cls(origin, int(size), unbase64(root), (text + "\n").encode(), tuple(lines))


def cosigned_message(time: int, text: bytes) -> bytes:
    """What a witness signs: the time in seconds since 1970 and the text of the checkpoint."""
    return b"cosignature/v1\ntime %d\n" % time + text


@dataclass(frozen=True)
class Asked:
    """What to check against: a policy, checkpoints that were kept, whether a quorum must have cosigned; and whom to tell."""

    policy: Policy
    say: Callable[[int, str], None]
    since: Sequence[bytes] = ()
    quorum: bool = True
    unsigned: bool = False


def check_checkpoint(note: bytes, asked: Asked) -> Checkpoint:
    """Steps 2 to 4. A line by a key that the policy does not name is a fault: nobody asked for it."""
    head, policy = Checkpoint.parse(note), asked.policy
    logs = {(k.name, k.id): k for k in policy.logs if k.name == head.origin}
    witnesses = {(k.name, k.id): (n, k) for n, k in policy.witnesses.items()}
    signed, cosigned = 0, dict[str, str]()
    for name, ident, blob in head.lines:
        if (name, ident) in logs:
            signed += 1
            need(logs[name, ident].signed(head.text, blob), 3, f"the signature of {name} does not hold")
        else:
            need((name, ident) in witnesses, 3, f"a signature by {name} ({ident.hex()}), whom the policy does not name")
            (witness, key), time = witnesses[name, ident], int.from_bytes(blob[:8], "big")
            holds = witness not in cosigned and key.signed(cosigned_message(time, head.text), blob[8:])
            need(holds, 4, f"the cosignature of {name} does not hold, or stands twice")
            cosigned[witness] = f"{witness} (at {datetime.fromtimestamp(min(time, 1 << 37), UTC):%Y-%m-%dT%H:%M:%SZ})"
    need(signed == 1, 3, f"signed {signed} times by a log of the policy, not once")
    asked.say(3, f"{head.origin}, {head.size:,} {'entry' if head.size == 1 else 'entries'}")
    by = f"cosigned by {', '.join(cosigned[name] for name in sorted(cosigned)) or 'nobody'}; policy: {policy.quorum}"
    need((settled := policy.satisfied({*cosigned}, policy.quorum)) or not asked.quorum, 4, by)
    asked.say(4, f"{by}{'' if settled else ': NOT SETTLED'}")
    return head


def commit_field(salt: bytes, name: str, value: str | None) -> bytes:
    """The commitment to one field of one row, by a salt of 16 bytes. Raises ``ValueError``."""
    label, said = name.encode(), b"\x00" if value is None else b"\x01" + value.encode()
    if len(salt) != 16:
        raise ValueError("a salt is not 16 bytes long")
    return sha(FIELD + salt + len(label).to_bytes(2, "big") + label + said)


def commit_row(fields: Sequence[bytes]) -> bytes:
    """The commitment to a row, over those to its fields in the order of the file's columns."""
    if not {*map(len, fields)} <= {32}:
        raise ValueError("a commitment is not 32 bytes long")
    return sha(ROW + b"".join(fields))


def signed_text(payload: bytes) -> bytes:
    """What is signed of a statement (DSSE, pre-authentication encoding)."""
    return b"DSSEv1 28 %s %d " % (JSON.encode(), len(payload)) + payload


def may_give(kind: str, name: str, gives: Mapping[str, Sequence[str]], *, log: bool) -> bool:
    """Whether an entry counts as what it is: its signer is named for that kind, or is the log where nobody is named."""
    return name in gives[kind] if kind in gives else log or kind not in GIVEN


class Entries:
    """Steps 7, 8 and 10: entry by entry in the order of the log; collects what the other steps need."""

    def __init__(self, policy: Policy, origin: str) -> None:
        self.policy, self.origin, self.last = policy, origin, ""
        self.signers = {k.public: k.name for k in (*policy.witnesses.values(), *policy.logs)}
        self.objects, self.files = dict[str, int](), dict[int, dict[str, Any]]()  # digest: entry; entry: its rows
        self.begun, self.opens = dict[str, Any](), set[tuple[str, str]]()  # the origin says; digests and kinds
        self.of: int | None = None  # the file whose rows are being read: their digests and leaf hashes
        self.rows, self.heads = list[tuple[str, bytes]](), list[tuple[str, bytes]]()  # and checkpoints in the log
        self.gives, self.given = dict[str, list[str]](), dict[str, list[int]]()  # who may give what; who gave it

    def read(self, index: int, entry: bytes, leaf: bytes) -> None:
        """One entry. Raises :class:`Broken`."""
        try:
            data = json.loads(entry.decode("utf-8"))
            if "payload" not in data:
                if self.of is None or data["predicate"]["of"] != self.of or data["predicateType"] != URN + "row:v1":
                    raise Broken(8, f"entry {index} is a row of no file before it")
                self.rows.append((data["subject"][0]["digest"]["sha256"], leaf))
                return
            self.close()
            payload, (signature,) = unbase64(read_json(entry)["payload"]), data["signatures"]
            statement, key = read_json(payload), Key.parse(signature["keyid"])
            says, kind = statement["predicate"], statement["predicateType"].removeprefix(URN).removesuffix(":v1")
            log, vouched = key.public in {k.public for k in self.policy.logs}, self.signers.get(key.public) == key.name
            holds = key.signed(signed_text(payload), unbase64(signature["sig"])) and kind in (*FILES, *STATES)
            form = [data["payloadType"], statement["predicateType"]] == [JSON, f"{URN}{kind}:v1"]
            need(holds and form, 7, f"entry {index}: the signature of {key.name} does not hold, or its kind is unknown")
            need(vouched, 7, f"entry {index} is signed by {key.name}, who is neither in the policy nor admitted")
            need(says["at"] == [self.origin, index], 7, f"entry {index} was made for another place or another record")
            need(log or kind in FILES[1:], 7, f"entry {index}: only the log states a {kind}")
            need((kind == "origin") == (index == 0), 7, f"entry {index}: the origin is the first entry, and no other")
            two = [says["recorded_at"], says["known_at"]]
            real = all(TIME.fullmatch(d) and datetime.fromisoformat(d) for d in two) and max(self.last, *two) == two[0]
            need(real, 7, f"entry {index} is dated before the one above it, or before it was known")
            subjects = {s["name"]: s["digest"]["sha256"] for s in statement["subject"]}
            stored = kind in STATES or set(subjects.values()) <= {*says["stored"], says.get("policy")}
            need(subjects and stored, 9, f"entry {index} stores no subject, or has none")
            self.last = says["recorded_at"]
            if kind == "signer":
                new = Key.parse(says["vkey"])
                known = new.public in self.signers or new.name in self.signers.values()
                need(not known, 7, f"entry {index} admits {new.name}, whose name or key is known already")
                self.signers[new.public] = new.name
            elif kind == "origin":
                self.begun = {"parties": [], "tiers": {}, **says}  # 0.2 did not say who sees what
            if kind in ("origin", "gives"):
                self.gives = {given: [*map(str, names)] for given, names in says.get("gives", {}).items()}
            elif kind in GIVEN:
                why = "counted as its position and reply" if kind == "decisions" else "NOT COUNTED: not named for that"
                counts = "" if may_give(kind, key.name, self.gives, log=log) else f" ({why})"
                counts += " (and by own hands: hands.py checks these)" if says.get("hands") else ""
                self.given.setdefault(f"{kind} by {key.name}{counts}", []).append(index)
            elif kind == "checkpoint":
                self.heads.append((f"the checkpoint in entry {index}", says["note"].encode()))
            self.objects |= dict.fromkeys(kept := says.get("stored", ()), index)
            self.opens |= {(d, "own" if says.get("own") or d == (index or subjects.get("ids")) else kind) for d in kept}
            self.opens |= {(d, kind) for d in says.get("attachments", {}).values() if (d, "own") not in self.opens}
            if "rows" in says:
                said = {key: says["rows"][key] for key in ("count", "root", "columns")} | {"name": next(iter(subjects))}
                sound = type(said["count"]) is int and len(set(said["columns"])) == len(said["columns"])
                need(sound, 7, f"entry {index} does not say what its rows are")
                self.of, self.rows, self.files[index] = index, [], said
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise Broken(7, f"entry {index} cannot be read as a signed statement ({error})") from None

    def close(self) -> None:
        """The rows of the file that has just ended, against what its signed statement says of them."""
        if self.of is not None:
            said, leaves = self.files[self.of], levels_of([leaf for _, leaf in self.rows])
            same = len(leaves[0]) == said["count"] and root_at(leaves, said["count"]).hex() == said["root"]
            need(same, 8, f"the rows of entry {self.of} ({said['name']}) are not those that were signed")
            said["digests"], self.of = [digest for digest, _ in self.rows], None

    def finish(self, levels: Sequence[list[bytes]], asked: Asked) -> None:
        """After the last entry: what was read, and step 10 for checkpoints in the log and those that the caller kept."""
        self.close()
        asked.say(7, f"signers known: {len(self.signers)}; last dated {self.last or 'never'}")
        for who, at in self.given.items():
            asked.say(7, f"{who}: {len(at):,} from entry {at[0]} to {at[-1]}" if at[1:] else f"{who}: entry {at[0]}")
        asked.say(8, f"all there: {sum(f['count'] for f in self.files.values()):,}; tables: {len(self.files)}")
        kept = [*self.heads, *((f"the kept checkpoint {n}", note) for n, note in enumerate(asked.since, 1))]
        for name, note in kept:
            head = check_checkpoint(note, Asked(self.policy, lambda step, what: None, quorum=False))
            why = "a fork" if (here := head.size <= len(levels[0])) else "this tree was cut back, or is the older one"
            begins = here and root_at(levels, head.size) == head.root
            need(begins, 10, f"{name} (size {head.size:,}) is not a beginning of this tree: {why}")
        asked.say(10, f"each is a beginning of this tree: {len(kept)}" if kept else "none to compare with")


def tile_name(number: int, width: int = TILE) -> str:
    """The path of a tile within its level: ``x001/x234/067`` and ``.p/W`` if partial."""
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    parts = [digits[k : k + 3] for k in range(0, len(digits), 3)]
    return "/".join(["x" + p for p in parts[:-1]] + parts[-1:]) + (f".p/{width}" if width < TILE else "")


def tiles_from(levels: Sequence[list[bytes]]) -> Iterator[tuple[str, bytes]]:
    """Name and content of every tile of a tree, from the hashes of its complete subtrees."""
    for height in range(0, len(levels), 8):
        for n in range(0, len(levels[height]), TILE):
            part = levels[height][n : n + TILE]
            yield f"tile/{height // 8}/{tile_name(n // TILE, len(part))}", b"".join(part)


def unbundle(raw: bytes, width: int = 0) -> list[bytes]:
    """The entries of a bundle. Raises :class:`Broken` where it breaks off, or does not hold ``width`` of them."""
    out, at = [], 0
    while at < len(raw):
        start, at = at + 2, at + 2 + int.from_bytes(raw[at : at + 2], "big")
        out.append(raw[start:at])
    need(at == len(raw) and len(out) == (width or len(out)), 6, f"a bundle does not hold {width or 'whole'} entries")
    return out


def check_log(head: Checkpoint, levels: Sequence[list[bytes]], bodies: Iterable[bytes], asked: Asked) -> Entries:
    """Steps 6 to 8 and 10, once the leaf hashes are those of the checkpoint. Raises :class:`Broken`."""
    entries, index, leaves = Entries(asked.policy, head.origin), -1, levels[0]
    for index, body in enumerate(bodies):
        need(index < len(leaves) and leaf_hash(body) == leaves[index], 6, f"entry {index} is not what its leaf says")
        entries.read(index, body, leaves[index])
    need(index + 1 == head.size, 6, f"only {index + 1:,} of {head.size:,} entries are here")
    asked.say(6, f"all of {head.size:,} {'entry' if head.size == 1 else 'entries'} are here")
    entries.finish(levels, asked)
    return entries


def check_record(folder: Path, asked: Asked, *, objects: bool = True) -> Entries:
    """Steps 2 to 10 for a record in a folder. Raises :class:`Broken` at the first that fails."""
    head = check_checkpoint(_read(folder, "checkpoint", 2), asked)
    raw, bundles = bytearray(), dict[str, int]()
    for n in range(-(-head.size // TILE)):  # one after another: the size may be more than there is
        name, width = tile_name(n, min(TILE, head.size - n * TILE)), min(TILE, head.size - n * TILE)
        raw += _read(folder, f"tile/0/{name}", 5)
        bundles[f"tile/entries/{name}"] = width
    levels, names = levels_of([bytes(raw[k : k + 32]) for k in range(0, len(raw), 32)]), set(bundles)
    need(len(raw) == 32 * head.size and root_at(levels, head.size) == head.root, 5, "the tiles are not those signed")
    for name, tile in tiles_from(levels):
        names.add(name)
        need(_read(folder, name, 5) == tile, 5, f"{name} does not follow from the leaves")
    asked.say(5, f"all as signed: {len(names) - len(bundles)}")
    bodies = (body for name, width in bundles.items() for body in unbundle(_read(folder, name, 6), width))
    entries = check_log(head, levels, bodies, asked)
    need(sha(_read(folder, "policy", 9)).hex() == entries.begun.get("policy"), 9, "its policy is not the recorded one")
    stored = {f"objects/{digest[:2]}/{digest[2:]}": digest for digest in entries.objects} if objects else {}
    for name, digest in stored.items():
        with plain(folder / name, name, 9, LARGEST_OBJECT).open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == digest
        need(same, 9, f"the object {digest[:12]} of entry {entries.objects[digest]} was changed")
    whole = {name.partition(".p/")[0]: name for name in names}
    names |= {*stored, "checkpoint", "policy", "lock"}
    for path in sorted(p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()):
        name, stem = (name := path.relative_to(folder).as_posix()), name.partition(".p/")[0]
        known = name in names or (path.is_dir() and any(n.startswith(f"{name}/") for n in names))
        if (path.is_file() or path.is_dir()) and (known or (f"{name}/"[:8] == "objects/" and not objects)):
            continue  # older partial tiles may stay: they are beginnings of later ones
        part, later = b"", whole.get(stem, "") if ".p/" in name else ""
        begins = later and _read(folder, later, 5).startswith(part := _read(folder, name, 5))
        held = f"{len(unbundle(part)) if '/entries/' in name else len(part) / 32:g}"
        step, what = 9 if name[:8] == "objects/" else 5, "added, or left by a broken append, or no plain file"
        need(begins and held == name.partition(".p/")[2], step, f"{name} is not a part of this record: {what}")
    asked.say(9, f"unchanged: {len(stored)}" if objects else "not asked for")
    return entries


def plain(path: Path, name: str, step: int, most: int = LARGEST) -> Path:
    """A file that can be read: no pipe, no device, and no larger than it can be."""
    need(path.is_file() and path.stat().st_size <= most, step, f"{name} is not there, no plain file, or far too large")
    return path


def _read(folder: Path, name: str, step: int, most: int = LARGEST) -> bytes:
    return plain(folder / name, name, step, most).read_bytes()


def beside_writers(folder: Path) -> int | None:
    """Wait until nobody is writing to a record, and let nobody begin; what is given back, if anything, is to be closed."""
    with suppress(ImportError, OSError):
        from fcntl import LOCK_SH, flock

        flock(handle := os.open(folder / "lock", os.O_RDONLY | os.O_NONBLOCK), LOCK_SH)
        return handle
    return None


def check_package(raw: bytes, asked: Asked) -> dict[str, Any]:
    """All steps for a package. Raises :class:`Broken`. Returns the package."""
    try:
        package: dict[str, Any] = read_json(raw)
        head = check_checkpoint(package["checkpoint"].encode(), asked)
        bodies = [text.encode() for text in package["entries"]]
        levels = levels_of([leaf_hash(body) for body in bodies])
        need(len(bodies) == head.size and root_at(levels, head.size) == head.root, 6, "these are not the entries")
        entries = check_log(head, levels, bodies, asked)
        odd = [d[:12] for d, b in package["objects"].items() if d not in entries.objects or sha(unbase64(b)).hex() != d]
        need(not odd, 9, f"the object {odd[:1]} is not one that was recorded")
        asked.say(9, f"{len(package['objects'])} of {len(entries.objects)} objects are shown, unchanged")
        need([*package["rows"]] == sorted(map(str, entries.files)), 11, "the rows of a file were left out altogether")
        shown: dict[int, list[frozenset[str]]] = {}
        for index, rows in package["rows"].items():
            file = entries.files[int(index)]
            need(len(rows) == file["count"], 11, f"{len(rows)} of {file['count']} rows of entry {index} are here")
            for n, (row, digest) in enumerate(zip(rows, file["digests"], strict=True)):
                pairs = [*zip(file["columns"], row, strict=True)]
                opened = frozenset(name for name, cell in pairs if len(cell) == 2)
                made = [commit_field(unbase64(c[0]), k, *c[1:]) if k in opened else unbase64(*c) for k, c in pairs]
                same = commit_row(made).hex() == digest
                need(same, 11, f"row {n + 1} of entry {index} ({file['name']}) is not the one that was recorded")
                shown.setdefault(int(index), []).append(opened)
        open_ = sum(len(names) for rows in shown.values() for names in rows)
        closed = sum(len(file["columns"]) * file["count"] for file in entries.files.values()) - open_
        withheld = [closed, len(entries.objects) - len(package["objects"])]
        need(package["hidden"] == withheld, 11, f"it does not declare that it withholds {withheld}")
        asked.say(11, _check_tier(package, entries, shown, asked))
        asked.say(11, f"tier {package['tier']}: {open_:,} fields are shown, unchanged; {closed:,} committed to")
        for left in package["withheld"]:
            asked.say(11, f"withheld of entry {left['entry']}: {left['what']} ({left['why']})")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise Broken(6, f"cannot be read as a package ({error})") from None
    return package


def package_text(package: Mapping[str, Any]) -> bytes:
    """What the log signs of a package: everything in it but the signature."""
    text = json.dumps({**package, "signed": None}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return f"servanda-package/v2\n{sha(text).hex()}\n".encode()


def _check_tier(package: dict[str, Any], entries: Entries, shown: dict[int, list[frozenset[str]]], asked: Asked) -> str:
    """Whether the log stands for tier, recipients and reasons, and whether what is shown is what the recorded tier says."""
    if package["servanda-package"] == 1 and set(package) == KEYS:
        need(asked.unsigned, 11, "nobody signed its tier, its recipients and its reasons; --unsigned accepts that")
        return "NOT PROVEN: for which tier and for whom it was made, and why something is withheld"
    need(package["servanda-package"] == 2 and set(package) == KEYS | NEW, 11, "it is no package of a known format")
    text, signature = package_text(package), unbase64(package["signed"])
    signed = any(log.name == entries.origin and log.signed(text, signature) for log in asked.policy.logs)
    need(signed, 11, "the log has not signed for whom it was made, and what is withheld")
    need(sha(package["policy"].encode()).hex() == entries.begun["policy"], 11, "its policy is not the recorded one")
    said = f"signed by {entries.origin} for {', '.join(package['to'])}, as of {package['as_of']}"
    if not entries.begun["tiers"]:
        return f"{said}; what the tier may see stands in the recorded file only"
    tier, owed = entries.begun["tiers"][package["tier"]], dict[int, int]()
    less = {frozenset(tier["except"].get(name, ())) for name in package["to"] if package["differs"] == tier["except"]}
    party = package["tier"] == "parties" and set(package["to"]) <= set(entries.begun["parties"])
    need(len(less) == 1 and (party or package["to"] == [package["tier"]]), 11, "it is for whom its tier is not")
    for index, rows in shown.items():
        columns = frozenset(entries.files[index]["columns"]).difference(*less)
        plain, coarse = (columns if tier[k] is None else columns & set(tier[k]) for k in ("fields", "protected"))
        fits = {plain, coarse, frozenset[str]()} if tier["release"] else {plain, coarse}
        need(set(rows) <= fits, 11, f"entry {index} shows other fields than the tier may see")
        owed[index] = sum(names != plain for names in rows)
    for left in package["withheld"]:
        owed[left["entry"]] = owed.get(left["entry"], 0) - left.get("rows", 0)
    need(not any(owed.values()), 11, "it does not declare how many rows it withholds, and of which entries")
    missing = {index for digest, index in entries.objects.items() if digest not in package["objects"]}
    missing -= {left["entry"] for left in package["withheld"] if left["what"] == "the file itself"}
    need(not missing, 11, f"it does not declare that it withholds the files of {sorted(missing)}")
    sees = {d for d, kind in entries.opens if kind in (tier.get("objects") or (kind,))}  # older records do not say
    need(package["objects"].keys() <= sees, 11, "it shows files that the tier does not see")
    return said


def check_proof(proof: bytes, entry: bytes, asked: Asked) -> None:
    """A C2SP tlog-proof of one entry. Raises :class:`Broken`."""
    top, _, note = proof.partition(b"\n\n")
    head = check_checkpoint(note, asked)
    try:
        kind, *lines = top.decode("ascii").split("\n")
        lines = lines[1:] if lines[0].startswith("extra ") else lines
        index, path = int(lines[0].removeprefix("index ")), [unbase64(line) for line in lines[1:]]
        odd = kind != "c2sp.org/tlog-proof@v1" or lines[0] != f"index {index}" or not 0 <= index < head.size
        if odd or root_by_inclusion(leaf_hash(entry), index, head.size, path) != head.root or path:
            raise ValueError(f"this is not entry {index} of the {head.size:,} in the checkpoint")
    except (ValueError, IndexError) as error:
        raise Broken(6, f"the proof does not hold ({error})") from None
    asked.say(6, f"this is entry {index} of {head.size:,}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("what", choices=["record", "package", "proof"])
    top.add_argument("files", nargs="+")
    top.add_argument("--policy", required=True)
    top.add_argument("--since", nargs="+", action="extend", default=[])
    for switch in ("--without-objects", "--unsettled", "--unsigned"):
        top.add_argument(switch, action="store_true")
    args = top.parse_args(arguments)
    if len(args.files) != 1 + (args.what == "proof"):
        top.error("wrong number of files")
    try:
        first, since = Path(args.files[0]), [_read(Path(), name, 2) for name in args.since]
        say = lambda step, what: print(f"{step:2d} {STEPS[step]}: {safe(what)}", flush=True)  # noqa: E731
        asked = Asked(Policy.parse(_read(Path(), args.policy, 1)), say, since, not args.unsettled, args.unsigned)
        if args.what == "record":
            beside_writers(first)
            check_record(first, asked, objects=not args.without_objects)
        elif args.what == "package":
            check_package(_read(Path(), args.files[0], 6, LARGEST_OBJECT), asked)
        else:
            check_proof(_read(Path(), args.files[0], 6), _read(Path(), args.files[1], 6), asked)
        print("It holds.")
    except (Broken, OSError) as error:
        print(f"BROKEN: {safe(str(error))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
