"""A mission's folder: its record, its keys, its secret, and where its database is.

desk.yaml          where the record and the database are          record/, record.vault/   the record and the keeper's vault
keys/mission       the key by which the desk signs                 keys/secret              Django's secret
desk.sqlite3       the database, where nobody names another one
"""

from __future__ import annotations

import hmac
import secrets
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from servanda.agreement import read_agreement
from servanda.desk import hours
from servanda.desk.openid import OpenId, read_openid
from servanda.desk.ways_in import USUAL, WaysIn, read_ways
from servanda.errors import Fault, RecordError, ServandaError
from servanda.record import Record, Signer, load_key, make_key
from servanda.record import disk as _disk
from servanda.record.index import Index
from servanda.record.signing import refuse_open
from servanda.record.verifier import Key

CONFIG = "desk.yaml"
PATIENCE = 8.0
"""Seconds for which a click waits for another writer of the record."""
DATABASES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Desk:
    """A mission's folder that is there."""

    folder: Path
    record_folder: Path
    key: Path
    database: str
    """The address of a PostgreSQL database, or the path of an SQLite file."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    demo: bool = False
    tiles: Path | None = None
    """A PMTiles file that the mission has brought: a base map with roads and villages."""
    ways: WaysIn = USUAL
    """How reports may come in."""
    openid: OpenId | None = None
    """Through whom people sign in, beside their passwords."""

    @cached_property
    def signer(self) -> Signer:
        """The key of the keeper of the record."""
        return load_key(self.key)

    def record(self) -> Record:
        """The record, opened anew; what was read of its statements is not read again. Another writer is waited for, but not without end."""
        record = Record(self.record_folder, index=self._index)
        record.log.patience = PATIENCE
        record.clock_is_right = hours.said_right(self.folder)
        if self.demo:
            record.dated_by = lambda: self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        return record

    def clock(self) -> datetime:
        """What the mission's clock says."""
        return hours.now(self.folder) if self.demo else hours.machine()

    @cached_property
    def _index(self) -> Index:
        return Index()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return not self.database.startswith(DATABASES)

    def stands(self) -> dict[Path, tuple[int, int] | None]:
        """What the desk rests on, each with what tells it from another of its name; nothing where it is not there."""
        rests = [self.folder, self.record_folder, *([Path(self.database)] if self.is_sqlite else [])]
        return {path: _mark(path) for path in rests}

    def refuse_gone(self, stood: Mapping[Path, tuple[int, int] | None] | None = None) -> None:
        """Refuse to go on without what the desk rests on, and to begin it anew.

        Args:
            stood: as :meth:`stands` said before; left out, it is only to be there.

        Raises:
            ServandaError: something is not there, or is another.
        """
        for path, now in self.stands().items():
            if now is None or (stood is not None and stood[path] != now):
                what = f"is {'not there' if now is None else 'another than the one that was served'}"
                hint = "put it back, or the whole folder from a backup; a database alone: servanda desk rebuild"
                raise ServandaError(Fault(str(path), what, hint, code="DSK021"))

    def drawn(self, about: str) -> bytes:
        """64 bytes that nobody guesses, and that the same words give again: what one form draws, it draws once, however often it is sent."""
        return hmac.digest(self.secret.encode(), about.encode(), "sha512")

    @cached_property
    def secret(self) -> str:
        """What signs sessions and forms."""
        path = self.folder / "keys" / "secret"
        try:
            refuse_open(path)
            return path.read_text("ascii").strip()
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            hint = "put it back from a backup; or write 50 random characters there, which ends all sessions"
            raise ServandaError(Fault(str(path), what, hint, code="DSK001")) from None


def open_desk(folder: Path) -> Desk:
    """Open a mission's folder.

    Args:
        folder: as ``servanda desk init`` made it.

    Returns:
        Where everything is.

    Raises:
        ServandaError: it is none, or its settings cannot be read.
    """
    path = folder / CONFIG
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        hint = "begin one with 'servanda desk init DIR'"
        raise ServandaError(
            Fault(str(folder), f"not a mission's folder: {error.strerror}", hint, code="DSK001")
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path, _told(error)) from None
    if not isinstance(said, dict) or not all(isinstance(said.get(k), str) for k in ("record", "key", "database")):
        raise _unreadable(path, "does not say where 'record', 'key' and 'database' are")
    database = str(said["database"])
    at = folder.resolve()
    return Desk(
        at,
        at / str(said["record"]),
        at / str(said["key"]),
        database if database.startswith(DATABASES) else str(at / database),
        tuple(map(str, said.get("hosts") or Desk.hosts)),
        bool(said.get("demo")),
        at / str(said["tiles"]) if said.get("tiles") else None,
        read_ways(said.get("arrivals"), at, str(path)),
        read_openid(said.get("openid"), at, str(path)),
    )


class Gone:
    """Whether what a desk rests on went away, or gave way to another, while it was used.

    Asked as often as one likes, it looks once a second, and believes two looks: a disk may be away for a moment.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._stood, self._missed, self._next = desk, desk.stands(), 0, 0.0
        self.fault: ServandaError | None = None

    def __call__(self) -> bool:
        """Whether it did; ``fault`` says what."""
        if self.fault is None and time.monotonic() >= self._next:
            self._next = time.monotonic() + 1.0
            try:
                self._desk.refuse_gone(self._stood)
                self._missed = 0
            except ServandaError as error:
                self._missed += 1
                self.fault = error if self._missed > 1 else None
        return self.fault is not None


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return told.st_dev, told.st_ino


def _is_address(database: str) -> bool:
    """Whether it is the address of a PostgreSQL database; that it is there is asked later."""
    try:
        parts = urlsplit(database)
        return database.startswith(DATABASES) and bool(parts.path.strip("/")) and (parts.port or 1) > 0
    except ValueError:
        return False


def _told(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    """What is wrong with a file of settings, and in which line."""
    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1})" if mark else ""
    return f"cannot be read: {getattr(error, 'problem', None) or error}{where}".splitlines()[0]


def _unreadable(path: Path, what: str) -> ServandaError:
    return ServandaError(Fault(str(path), what, "docs/desk.md says what stands there", code="DSK002"))


def parties_of(case: Path) -> list[str]:
    """The short names of the parties of a case; none where it holds no agreement.

    Args:
        case: its folder.

    Returns:
        Their names.

    Raises:
        ServandaError: the agreement cannot be read.
    """
    path = case / "agreement.yaml"
    return [*read_agreement(path).parties] if path.is_file() else []


def refuse_there(folder: Path) -> None:
    """Refuse a place at which something is already; an empty folder is nothing. Raises :class:`ServandaError`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ServandaError(Fault(str(folder), "is there already", "name a new folder", code="DSK003"))


def being_made(folder: Path) -> Path:
    """Where a mission's folder is made, before it is whole; what another making left there is cleared."""
    stage = folder.with_name(f".{folder.name}.made")
    shutil.rmtree(stage, ignore_errors=True)
    return stage


def put_in_place(stage: Path, folder: Path) -> Desk:
    """Move a mission's folder that is whole to where it is to be.

    Args:
        stage: where it was made; its database is shut.
        folder: a new or empty folder.

    Returns:
        The mission's folder.

    Raises:
        ServandaError: it cannot be moved.
    """
    from django.db import connections

    connections.close_all()
    try:
        if folder.exists():
            folder.rmdir()
        _disk.move(stage, folder)
    except OSError as error:
        what, hint = f"cannot be made: {error.strerror}", "check permissions and free disk space"
        raise ServandaError(Fault(str(folder), what, hint, code="DSK003")) from None
    return open_desk(folder)


def make_folder(
    folder: Path,
    name: str,
    *,
    parties: Mapping[str, Key] | None = None,
    record: Path | None = None,
    key: Path | None = None,
    database: str | None = None,
    demo: bool = False,
    played: Collection[str] = (),
) -> Desk:
    """Make a mission's folder, whole or not at all; its database is made afterwards.

    Args:
        folder: a new or empty folder.
        name: of the record, as ``mission.example/truce``.
        parties: the public keys of the parties, by name.
        record: a record that is there already and is to be worked on; left out, a new one is begun.
        key: the key of that record's keeper.
        database: the address of a PostgreSQL database; left out, SQLite in the folder.
        demo: it is a demonstration, whose accounts are printed.
        played: the parties of a demonstration, whose keys are made beside the mission's, so that packages can be made for them.

    Returns:
        The folder.

    Raises:
        ServandaError: it is there already, or cannot be made.
    """
    refuse_there(folder)
    if database is not None and not _is_address(database):
        hint = "write postgresql://USER:PASSWORD@HOST/NAME; left out, SQLite is used"
        raise ServandaError(Fault("--database", "not the address of a database", hint, code="DSK004"))
    if (record is None) != (key is None):
        hint = "give both: --record DIR --key FILE"
        raise ServandaError(Fault("--record", "a record and its keeper's key belong together", hint, code="DSK004"))
    stage = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(stage, ignore_errors=True)
    said: dict[str, Any] = {"record": "record", "key": "keys/mission", "database": database or "desk.sqlite3"}
    try:
        stage.mkdir(parents=True, mode=0o700)  # its record holds every file whole, with the names of sources
        (stage / "keys").mkdir(mode=0o700)
        _disk.put(stage / "keys" / "secret", secrets.token_urlsafe(50).encode(), 0o600)
        if record is not None and key is not None:
            Record(record).log.refuse_stranger(load_key(key))
            said |= {"record": str(record.resolve()), "key": str(key.resolve())}
        else:
            signer = make_key(stage / "keys" / "mission", name)
            made = {
                of: make_key(stage / "keys" / f"party-{n}", f"party-{n}.{name}").public()
                for n, of in enumerate(played, 1)
            }
            named = {**made, **(parties or {})}
            Record.begin(stage / "record", signer, named, {}, quorum="all" if parties and not made else "none")
        text = yaml.safe_dump({**said, **({"demo": True} if demo else {})}, sort_keys=False)
        _disk.put(stage / CONFIG, text.encode(), 0o600)
        if folder.exists():
            folder.rmdir()
        _disk.move(stage, folder)
    except OSError as error:
        shutil.rmtree(stage, ignore_errors=True)
        what = f"cannot be made: {error.strerror}"
        hint = "check permissions and free disk space"
        raise ServandaError(Fault(str(folder), what, hint, code="DSK003")) from None
    except RecordError:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return open_desk(folder)
