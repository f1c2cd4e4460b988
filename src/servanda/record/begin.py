"""What a record begins with: its policy; what is refused before anything is written; and that it begins whole or not at all.

A record and its vault are made beside the places where they go, and take those at the end: the vault first, for it counts for nothing
alone. What a beginning left that broke off is cleared by the next one in the same place.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from servanda.errors import Fault, RecordError
from servanda.record import disk
from servanda.record.entry import safe_part
from servanda.record.signing import Signer, vkey
from servanda.record.tiers import parse_tiers
from servanda.record.verifier import COSIGNATURE, Broken, Key, Policy, sha
from servanda.values.names import name_key

_PARTS = ("policy", "tile", "objects", "lock", "checkpoint")
"""What a new record holds, in the order in which it is put into a folder that is there: nothing counts before the last."""


def policy_text(signer: Signer, witnesses: Mapping[str, Key], quorum: str) -> bytes:
    """A tlog-policy: the log, the witnesses, and ``all``, ``any``, ``none`` or a number of them as the quorum."""
    lines = [f"log {vkey(signer.public())}"]
    lines += [f"witness {name} {vkey(dataclasses.replace(key, kind=COSIGNATURE))}" for name, key in witnesses.items()]
    if quorum not in ("all", "any", "none") and not (quorum.isdecimal() and 1 <= int(quorum) <= len(witnesses)):
        what = f"so many cannot cosign: {quorum[:60]!r}; those who can are {', '.join(witnesses) or 'nobody'}"
        hint = f"all, any, none{f', or a number from 1 to {len(witnesses)}' if witnesses else ''}"
        raise RecordError(Fault("--quorum", what, hint, code="REC012"))
    if witnesses and quorum != "none":
        lines += [f"group everybody {quorum} {' '.join(witnesses)}", "quorum everybody"]
    else:
        lines.append("quorum none")
    return "\n".join([*lines, ""]).encode()


def refuse_beginning(
    folder: Path,
    vault: Path,
    policy: bytes,
    tiers: bytes,
    signer: Signer,
    parties: Mapping[str, Key],
    others: Mapping[str, Key],
) -> None:
    """Refuse to begin a record that could not be, before anything is written."""
    _refuse_names(signer, {**parties, **others})
    try:
        Policy.parse(policy)
    except Broken as error:
        hint = "names without spaces; a quorum of all, any, none or a number"
        raise RecordError(Fault("policy", error.what.partition(": ")[2] or error.what, hint, code="REC012")) from None
    for name, tier in parse_tiers(tiers).items():
        strangers = set(tier.less) - set(parties)
        if strangers:
            what = f"the tier {name!r} keeps something from {', '.join(sorted(strangers))}, no party of this record"
            raise RecordError(Fault("tiers", what, f"the parties are {', '.join(parties) or 'none'}", code="REC018"))
    if folder.resolve() in (vault.resolve(), *vault.resolve().parents):
        what = "lies in the record, which everybody gets"
        raise RecordError(Fault("--vault", what, "name a folder elsewhere", code="REC016"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RecordError(Fault(str(folder), "is not an empty folder", "name a new or empty folder", code="REC015"))
    if vault.exists():
        raise RecordError(Fault(str(vault), "is there already", "name another with --vault", code="REC015"))


def _refuse_names(signer: Signer, witnesses: Mapping[str, Key]) -> None:
    """Whoever signs is known by one name, and names become file names: two that look alike, or lead elsewhere, are refused."""
    hint = "give each a short name of letters and digits, as A, and a key of its own name"
    alike: dict[str, str] = {}
    for name in witnesses:
        if not safe_part(name):
            raise RecordError(Fault("--party", f"not a valid name: {name!r}", hint, code="REC038"))
        other = alike.setdefault(name_key(name), name)
        if other != name:
            raise RecordError(Fault("--party", f"{other!r} and {name!r} are one name", hint, code="REC038"))
    keys = {name_key(signer.name): (signer.name, signer.public().public)}
    for name, key in witnesses.items():
        if keys.setdefault(name_key(key.name), (key.name, key.public)) != (key.name, key.public):
            what = f"the key of {name} bears the name of another: {key.name}"
            raise RecordError(
                Fault("--party", what, "every key has a name of its own; make it a new one", code="REC038")
            )


@contextmanager
def whole_or_not_at_all(folder: Path, vault: Path) -> Iterator[tuple[Path, Path]]:
    """Where a record and its vault are made; when the block ends they take their places, and if it fails they leave nothing."""
    stages = _stage(folder), _stage(vault)
    there, moved = folder.exists(), False
    handle = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder.parent, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        clear(folder, vault)
        vault.parent.mkdir(parents=True, exist_ok=True)
        yield stages
        disk.move(stages[1], vault)
        moved = True
        _place(stages[0], folder)
    except BaseException as error:
        for path in (*stages, *([vault] if moved else [])):
            shutil.rmtree(path, ignore_errors=True)
        for name in _PARTS if moved else ():
            _remove(folder / name)
        if not there and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        if isinstance(error, OSError):
            what, hint = (
                f"cannot be written: {error.strerror}; nothing was begun",
                "check permissions and free disk space",
            )
            raise RecordError(Fault(str(folder), what, hint, code="REC003")) from None
        raise
    finally:
        if handle is not None:
            os.close(handle)


def clear(folder: Path, vault: Path) -> None:
    """Take away what a beginning left that broke off in these places; never what counts."""
    stage, begun = _stage(folder), vault / "begun"
    if stage.is_dir() and not (folder / "checkpoint").exists():
        head = next((p for p in (stage / "checkpoint", folder / "checkpoint") if p.is_file()), None)
        if head is not None and begun.is_file() and begun.read_bytes() == sha(head.read_bytes()):
            shutil.rmtree(vault)
        if folder.is_dir() and {p.name for p in folder.iterdir()} <= set(_PARTS):
            for name in _PARTS:
                _remove(folder / name)
    for path in (stage, _stage(vault)):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)


def _stage(path: Path) -> Path:
    return path.with_name(f".{path.name}.beginning")


def _place(stage: Path, folder: Path) -> None:
    """Put the new record into its place: as a whole, or part by part where a folder is there that may be mounted or stood in."""
    disk.put(stage / "lock", b"")
    if not folder.exists():
        disk.move(stage, folder)
        return
    for name in _PARTS:
        disk.move(stage / name, folder / name)
    stage.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
