"""A small mission for tests of the desk: two parties, a village, people of every office."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from servanda.app.record import files_to_record
from servanda.desk.configure import configure, settings_of
from servanda.desk.folder import Desk, make_folder
from servanda.incidents.guards import ROLES
from tests.postgresql import server

_FOLDER = Path(tempfile.mkdtemp(prefix="servanda-desk-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
DATABASES = ("sqlite", "postgresql")
BY_DAY_POSTGRESQL = (pytest.param("sqlite", marks=pytest.mark.by_night), "postgresql")
BY_DAY_SQLITE = ("sqlite", pytest.param("postgresql", marks=pytest.mark.by_night))
"""Both, of which one is tried by ``make explore`` alone."""
AGREEMENT = """agreement: quay
title: Truce at the quay
timezone: Europe/Kyiv
parties: {A: Aldova, B: Borska}
guarantors: {G: Garland}
names: {A: [Aldovan forces]}
in_force: {from: 2025-03-18, for: 10 days}
places: {quay: {at: [48.0, 37.0], radius: 20 km}}
mandate: {decides: body}
bodies: {M: Mission}
terms:
  fire: {text: Neither side shall shell the quay., forbid: {act: shelling, in: quay}}
"""
HEADER = "report_id,source,origin,side,kind,stance,start,known_at,lat,lon,precision_km,place_name,act,actor,incident_id,summary\n"


def row(n: int, incident: str, *, source: str = "Post", place: str = "quay", summary: str = "heard") -> str:
    return f"R{n},{source} {n},{source} {n},none,observation,asserts,2025-03-19T06:{n:02d}+02:00,2025-03-19T09:00+02:00,48.0,37.0{n},1,{place},shelling,B,{incident},{summary}\n"


def hour_that_no_clock_shows(minute: int = 44) -> str:
    """An hour, ``HH:MM``, that pages do not show by being made at it: tests look for it as for a secret, at any time of the day."""
    return f"{16 if datetime.now(UTC).hour in (0, 1, 2, 3, 4, 5) else 4:02d}:{minute}"


def says(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """What a command ends with and tells, in this process: one of its own takes a second to begin. What it does not tell in words is raised."""
    from servanda.cli.main import main

    capsys.readouterr()
    code, told = main(words), capsys.readouterr()
    return code, told.out + told.err


def password(role: str) -> str:
    return f"{role}-on-the-quay"


def mission(folder: Path, *, reports: int = 6, database: str | None = None, quick: bool = True) -> Desk:
    """A mission with an agreement and reports of incidents I-1, I-2 and so on; people ``p-ROLE``, who sign in by the name of their office."""
    desk = make_folder(folder, "mission.example/quay", database=database)
    configure(desk)
    from django.conf import settings

    usual = settings_of(desk)
    settings.ACCOUNT_RATE_LIMITS = {
        **usual["ACCOUNT_RATE_LIMITS"],
        "login": "6000/m/ip",
    }  # tests sign in more often than people do
    _hash_by("tests.hashers.Quick")
    from servanda.desk import decide
    from servanda.desk.register import Person
    from servanda.desk.setup import account, let_in, set_up

    with tables_made(desk):
        set_up(desk)
    paths = {
        "agreement.yaml": AGREEMENT,
        "reports.csv": HEADER + "".join(row(n, f"I-{n}") for n in range(1, reports + 1)),
    }
    for name, text in paths.items():
        (folder.parent / name).write_text(text, encoding="utf-8")
    decide._record(desk, files_to_record([folder.parent / name for name in paths]))
    people = [Person(f"p-{role}", f"Name of {role}", role, role) for role in ROLES if role != "administrator"]
    people.append(Person("p-second", "Name of second", "verification", "second"))

    let_in(desk, people, password)
    account("admin", password("administrator"))
    if not quick:
        _hash_by(*usual["PASSWORD_HASHERS"])
    return desk


def _hash_by(*hashers: str) -> None:
    """Have passwords be hashed in this way from now on."""
    from django.conf import settings
    from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

    settings.PASSWORD_HASHERS = list(hashers)
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


@contextmanager
def tables_made(desk: Desk) -> Iterator[None]:
    """The tables of a new SQLite database, as the first desk of this process had them made: migrations take a second."""
    from servanda.desk import setup

    empty, real = _FOLDER / "empty.sqlite3", setup.migrate

    def migrate(mine: Desk, *, begin: bool = False) -> None:
        if begin and desk.is_sqlite and empty.exists() and not Path(desk.database).exists():
            Path(desk.database).touch(0o600)
            shutil.copyfile(empty, desk.database)
        real(mine, begin=begin)
        if begin and desk.is_sqlite and not empty.exists():
            from django.db import connections

            connections.close_all()
            shutil.copyfile(desk.database, empty)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "migrate", migrate)
        yield


def take(desk: Desk, who: str, incident: str, step: str, why: str = "seen", by: str | None = None, **says: Any) -> Any:
    """Take one step as somebody who looks at the incident now."""
    from servanda.desk import finding
    from servanda.desk.decide import Click, decide
    from servanda.desk.projection import refresh

    refresh(desk.record())
    read = finding.read_of(incident) if step in finding.STEPS else None
    (done,) = decide(desk, who, [Click(incident, {"step": step, **says}, why, by=by, read=read)])
    return done


def way(desk: Desk, incident: str, upto: str = "signed") -> None:
    """Take an incident along its whole way, or up to a step."""
    until = datetime.now(UTC) + timedelta(days=5)
    for who, step, says, by in (
        ("p-duty", "triaged", {"outcome": "in_scope"}, None),
        ("p-operations", "tasked", {"team": "2"}, None),
        ("p-verification", "assessed", {"method": "visit"}, None),
        ("p-legal", "right_of_reply", {"of": "B", "until": until}, None),
        ("p-legal", "replied", {}, "B"),
        ("p-verification", "determined", {"outcome": "confirmed"}, None),
        ("p-verification", "attributed", {"outcome": "party", "of": "B"}, None),
        ("p-chief", "signed", {"outcome": "agreed"}, None),
    ):
        take(desk, who, incident, step, by=by, **says)
        if step == upto:
            return


def client(role: str, **options: Any) -> Any:
    """A browser without a screen in which somebody has signed in."""
    from django.test import Client

    made = Client(headers={"host": "localhost"}, **options)
    login = {"administrator": "admin"}.get(role, role)
    answer = made.post("/account/login/", {"login": login, "password": password(role)})
    assert answer.status_code == 302, role
    return made


def snapshot() -> str:
    """The fingerprint of the projection as it is."""
    from servanda.desk.picture import fingerprint
    from servanda.desk.projection import live_rows

    return fingerprint(live_rows())


def database_of(kind: str, name: str) -> str | None:
    """The address of a new database for one test module; nothing for SQLite."""
    if kind == "sqlite":
        return None
    import psycopg

    with psycopg.connect(f"{server()}/postgres", autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    return f"{server()}/{name}"
