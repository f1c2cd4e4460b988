"""Bytes to disk so that they are there after the power fails, or are not there at all.

Every write of a record goes through here, so that tests can break it off at any byte.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path

_MANY = 64  # files from which it is quicker to write out everything first


def lock(handle: int, patience: float | None) -> bool:
    """Be alone with an open file until it is closed; whether that came about. ``patience``: seconds to wait; none: for ever."""
    if patience is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return True
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file whose content does not count yet: nothing that is acknowledged names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        _write(handle, data)
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def overwrite(path: Path, data: bytes) -> None:
    """Write over what a file holds, where it lies, and return when that is on the disk.

    The file is not cut first: a file that is cut gets new blocks, and the old ones keep what they held. Even so a file system that copies
    on writing, a journal of data, a snapshot or the wear levelling of a flash drive may keep it: nobody can promise otherwise from here.
    """
    handle = os.open(path, os.O_WRONLY)
    try:
        _write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(paths: Iterable[Path]) -> None:
    """Return when these files, and their names, are on the disk. Raises ``OSError`` where one is not.

    Writing out everything at once is quick but tells of no error; the files are asked one by one in any case.
    """
    paths = list(paths)
    if len(paths) > _MANY:
        os.sync()
    folders = {p for path in paths for p in path.parents if p.exists()}
    for path in (*paths, *_nearest(folders, paths)):
        _sync(path)


def _nearest(folders: set[Path], paths: list[Path]) -> list[Path]:
    """The folders that may have got a new name in them: those around the files, four deep at most."""
    return sorted({parent for path in paths for parent in list(path.parents)[:4] if parent in folders})


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file at one stroke: a reader finds the old content or the new, and after this returns always the new."""
    beside = path.with_name(f".{path.name}.new")
    put(beside, data, mode)
    _sync(beside)
    os.replace(beside, path)
    _sync(path.parent)


def move(path: Path, to: Path) -> None:
    """Give a file or folder its place at one stroke; an empty folder there gives way."""
    os.replace(path, to)
    _sync(to.parent)


def remove(path: Path) -> None:
    """Take a file away if it is there."""
    path.unlink(missing_ok=True)
