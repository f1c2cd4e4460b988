"""The state of a session on disk: one file of tables, which is believed only if this user's Servanda wrote it.

It is a zip of Arrow tables with a manifest (``manifest.json``): the format, the software, what it is about, and the SHA-256 of every table; and a code
over the manifest (HMAC) under a key that lies in the user's own folder and not beside the state. So whoever can write where the state lies
can make it be thrown away, and nothing else. Nothing in it is a program. It is written beside and takes its place at one stroke.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import io
import json
import os
import secrets
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

import servanda
from servanda.app.publish import software_now
from servanda.errors import Fault, ServandaError
from servanda.record import disk
from servanda.values.saved import Saved

FILE = "session.state"
_FORMAT = 1
_MANIFEST, _CODE = "manifest.json", "manifest.hmac"
_HINT = "check the permissions of the folder and the free disk space, or name another folder with --state"
_PATIENCE = 60.0
_SOURCES = (".py", ".yaml", ".json", ".csv")


class Unfit(Exception):
    """A state that was saved cannot be taken back, for a reason in words."""


class State:
    """Where the state of a session is kept.

    Args:
        folder: where its file lies; made when it is first written.
        key: the file of the key; left out, that of the user.
    """

    def __init__(self, folder: Path, key: Path | None = None) -> None:
        self.folder, self._key_file = folder, key or _own_key()

    @property
    def file(self) -> Path:
        """The file in which it lies."""
        return self.folder / FILE

    def write(self, saved: Saved) -> None:
        """Put a state in the place of the one before.

        Args:
            saved: the state.

        Raises:
            ServandaError: it cannot be written; what was there is as it was.
        """
        beside = self.folder / f".{FILE}.new"
        try:
            key = self._key(make=True)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(self.folder):
                with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "r+b") as opened:
                    _pack(opened, saved, key)
                disk.settle([beside])
                disk.move(beside, self.file)
        except OSError as error:
            if not isinstance(error, TimeoutError):
                with contextlib.suppress(OSError):
                    beside.unlink(missing_ok=True)
            what = f"the state of the session cannot be written: {error.strerror or error}"
            raise ServandaError(Fault(str(self.file), what, _HINT, code="OUT004")) from error

    def read(self) -> Saved | None:
        """The state that was written last.

        Returns:
            The state; ``None`` where there is none.

        Raises:
            Unfit: it is damaged, or was altered, or other software wrote it.
        """
        if not self.file.is_file():
            return None
        try:
            with zipfile.ZipFile(self.file) as packed:
                manifest = self._manifest(packed)
                tables = {name: _table(packed, name, digest) for name, digest in manifest["tables"].items()}
        # RuntimeError: packed in a way that is not ours
        except (OSError, zipfile.BadZipFile, KeyError, EOFError, RuntimeError) as error:
            raise Unfit("its file is damaged") from error
        return Saved(tables, manifest["facts"])

    def _manifest(self, packed: zipfile.ZipFile) -> Mapping[str, Any]:
        """What the state says of itself, if it is believed."""
        written = packed.read(_MANIFEST)
        if not hmac.compare_digest(packed.read(_CODE), _code(self._key(make=False), written)):
            raise Unfit("it was altered, or another user's Servanda wrote it")
        manifest: Mapping[str, Any] = json.loads(written)
        if manifest["format"] != _FORMAT or manifest["software"] != software():
            raise Unfit("the software has changed since")
        return manifest

    def _key(self, *, make: bool) -> bytes:
        """The secret key of the user; made where there is none yet."""
        with contextlib.suppress(FileNotFoundError):
            return self._key_file.read_bytes()
        if not make:
            raise Unfit("the key under which it was written is not there")
        self._key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._key_file.with_name(f".{secrets.token_hex(8)}.new")
        disk.put(beside, secrets.token_bytes(32), 0o600)
        disk.settle([beside])
        with contextlib.suppress(FileExistsError):  # another process was quicker: its key it is
            os.link(beside, self._key_file)
        beside.unlink()
        return self._key_file.read_bytes()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only process that writes in a folder: two that follow may keep their state in one, and the last to write is right."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not disk.lock(handle, _PATIENCE):
            raise TimeoutError("another process is writing it")
        yield
    finally:
        os.close(handle)


def _own_key() -> Path:
    """Where the key of the user lies."""
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "servanda" / "state.key"


def _pack(opened: Any, saved: Saved, key: bytes) -> None:
    """All of a state into an open file."""
    digests = {}
    with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as packed:
        for name, table in saved.tables.items():
            written = io.BytesIO()
            table.write_ipc(written, compression="zstd")
            digests[name] = hashlib.sha256(written.getbuffer()).hexdigest()
            packed.writestr(_member(name), written.getbuffer())
        manifest = {
            "format": _FORMAT,
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "software": software(),
            "tables": digests,
            "facts": saved.facts,
        }
        content = json.dumps(manifest, ensure_ascii=False).encode()
        packed.writestr(_MANIFEST, content)
        packed.writestr(_CODE, _code(key, content))


def _table(packed: zipfile.ZipFile, name: str, digest: str) -> pl.DataFrame:
    content = packed.read(_member(name))
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unfit("a table in it was altered")
    return pl.read_ipc(content)


def _member(name: str) -> str:
    return f"{name}.arrow"


def _code(key: bytes, manifest: bytes) -> bytes:
    return hmac.digest(key, b"servanda state\0" + manifest, "sha256")


@functools.cache
def software() -> dict[str, str]:
    """By what it is known that the software is the same: versions, the files of this package, and numbers that its library makes of values."""
    folder, content = Path(servanda.__file__).parent, hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _SOURCES):
        content.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        content.update(hashlib.sha256(path.read_bytes()).digest())
    python = ".".join(map(str, sys.version_info[:3]))
    return {**software_now(), "python": python, "files": content.hexdigest(), "hashes": _hashes()}


def _hashes() -> str:
    """The numbers that the library makes of some values: it promises them for one version only, and keys are made of them."""
    sample = pl.DataFrame(
        {
            "text": ["", "Zürich", None],
            "number": [0.0, -1.5, None],
            "whole": [1, None, 3],
            "instant": [datetime(2025, 1, 1, tzinfo=UTC), None, datetime(1970, 1, 1, tzinfo=UTC)],
        }
    )
    together = sample.select(pl.struct(pl.all()).hash(seed=11).alias("together"))
    made = sample.select(pl.all().hash(seed=12)).with_columns(together["together"])
    return hashlib.sha256(repr(made.rows()).encode()).hexdigest()
