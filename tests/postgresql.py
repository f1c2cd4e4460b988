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
from typing import Any

import pytest


@functools.cache
def server() -> str:
    """Its address without a database; skips where none can be had. ``SERVANDA_TEST_POSTGRESQL`` names one that runs already."""
    if given := os.environ.get("SERVANDA_TEST_POSTGRESQL"):
        return given.rpartition("/")[0]
    pytest.importorskip("psycopg")
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="servanda-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = _user(folder)
    word, port = secrets.token_hex(12), _free_port()
    (folder / "word").write_text(word)
    (folder / "word").chmod(0o644)  # the folder around it is nobody else's
    init: list[str | Path] = [
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "desk",
        "-A",
        "scram-sha-256",
        "--pwfile",
        folder / "word",
    ]
    subprocess.run([*init, "-E", "UTF8", "--no-sync"], check=True, capture_output=True, cwd=folder, **user)
    settings = (
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        f"port={port}",
        "max_connections=40",
    )
    options = " ".join(f"-c {one}" for one in settings)
    control: list[str | Path] = [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    started = subprocess.run(
        [*control, "-o", options, "start"], cwd=folder, stdout=subprocess.DEVNULL, check=False, **user
    )
    if started.returncode:
        pytest.skip(f"PostgreSQL does not start: {(folder / 'log').read_text()[-300:]}")
    stop = [*control, "-m", "immediate", "stop"]
    atexit.register(lambda: subprocess.run(stop, cwd=folder, stdout=subprocess.DEVNULL, check=False, **user))
    return f"postgresql://desk:{word}@127.0.0.1:{port}"


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
