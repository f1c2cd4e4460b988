"""A PostgreSQL server of the tests' own: in a temporary folder, on the loopback at a free port, gone when the tests end."""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

import pytest


class Server:
    """A server of its own, which can be stopped and started again; skips where none can be had."""

    def __init__(self) -> None:
        pytest.importorskip("psycopg")
        programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="servanda-pg-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.user = _user(self.folder)
        word, port = secrets.token_hex(12), _free_port()
        (self.folder / "word").write_text(word)
        (self.folder / "word").chmod(0o644)  # the folder around it is nobody else's
        data: list[str | Path] = ["-D", self.folder / "data"]
        init = [programs / "initdb", *data, "-U", "desk", "-A", "scram-sha-256", "--pwfile", self.folder / "word"]
        self._run([*init, "-E", "UTF8", "--no-sync"], check=True)
        settings = (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            f"port={port}",
            "max_connections=40",
        )
        self.options = " ".join(f"-c {one}" for one in settings)
        self.control: list[str | Path] = [programs / "pg_ctl", *data, "-w", "-l", self.folder / "log"]
        self.address = f"postgresql://desk:{word}@127.0.0.1:{port}"
        self.start()
        atexit.register(self.stop)

    def start(self) -> None:
        if self._run([*self.control, "-o", self.options, "start"]).returncode:
            pytest.skip(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-300:]}")

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run([*self.control, "-m", "immediate", "stop"])

    def _run(self, command: list[str | Path], *, check: bool = False) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, check=check, **self.user)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@functools.cache
def server() -> str:
    """The address, without a database, of one that all tests of a process share. ``SERVANDA_TEST_POSTGRESQL`` names one that runs already."""
    if given := os.environ.get("SERVANDA_TEST_POSTGRESQL"):
        return given.rpartition("/")[0]
    return Server().address


def _programs() -> Path:
    """Where ``initdb`` is: Debian keeps it off the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL is not installed; on Debian or Ubuntu: apt-get install postgresql")
    return Path(found).parent


def _user(folder: Path) -> dict[str, Any]:
    """As whom it runs: never as root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, who.pw_uid, who.pw_gid)
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL refuses to run as root, and there is nobody else")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
