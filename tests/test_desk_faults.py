"""When things go wrong under a serving desk: killed between every two steps, the database gone and back, the disk full, the record locked, the clock wrong."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.configure import configure
from servanda.desk.folder import Desk
from servanda.record import disk
from tests.desks import client, mission, password, says, take
from tests.postgresql import Server


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=30)
    from django.db import connections

    connections.close_all()


@pytest.fixture
def desk(made: Desk) -> Desk:
    """The one mission of most tests; others have left this process with theirs."""
    configure(made)
    return made


def fresh() -> str:
    """An incident of which nobody has decided anything."""
    from servanda.desk.models import Incident

    return str(Incident.objects.filter(last="").order_by("id").values_list("id", flat=True)[0])


def state(incident: str) -> str:
    from servanda.desk.models import Incident

    return str(Incident.objects.get(pk=incident).state)


def form(incident: str, **more: str) -> dict[str, str]:
    from servanda.desk.models import Incident

    row = Incident.objects.get(pk=incident)
    return {"step": "triaged", "outcome": "in_scope", "why": "seen", "seen": row.version, "after": row.last, **more}


# --- kill -9 ---

KILLER = """
import os, signal, sys
from pathlib import Path
from servanda.desk.folder import open_desk
from servanda.desk.configure import configure
desk = open_desk(Path(sys.argv[1]))
configure(desk)
from django.db import connections
from servanda.desk import decide
from servanda.record import disk
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    point, incident = line.split()
    child = os.fork()  # a process of its own, which opens the database itself
    if child == 0:
        if point.startswith("disk-"):
            left = [int(point[5:])]
            for name in ("put", "replace", "settle", "remove"):
                def counted(*a, real=getattr(disk, name), **o):
                    left[0] -= 1
                    if left[0] < 0: die()
                    return real(*a, **o)
                setattr(disk, name, counted)
        else:
            decide.between = lambda at: die() if at.replace(" ", "-") == point else None
        decide.decide(desk, "p-duty", [decide.Click(incident, {"step": "triaged", "outcome": "in_scope"}, "seen")])
        print("acknowledged", flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("ended", os.WTERMSIG(status), flush=True)
"""


class Killer:
    """A process whose children decide, and are killed at a point that is named."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", KILLER, str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )

    def decide(self, point: str, incident: str) -> tuple[bool, int]:
        """Whether it was acknowledged, and by which signal the child ended."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{point} {incident}\n")
        self.process.stdin.flush()
        told, acknowledged = self.process.stdout.readline(), False
        if told.startswith("acknowledged"):
            told, acknowledged = self.process.stdout.readline(), True
        return acknowledged, int(told.split()[1])


@pytest.fixture(scope="module")
def killer(made: Desk) -> Iterator[Killer]:
    killer = Killer(made.folder)
    yield killer
    killer.process.kill()
    killer.process.communicate(timeout=5)


POINTS = ("caught-up", "guarded", *(f"disk-{n}" for n in range(9)), "recorded", "projected", "committed")


@pytest.mark.parametrize("point", POINTS)
def test_who_is_killed_between_two_steps_has_decided_once_or_not_at_all(desk: Desk, killer: Killer, point: str) -> None:
    from servanda.desk.models import Decided
    from servanda.desk.projection import refresh

    incident, size = fresh(), desk.record().log.head.size
    acknowledged, ended = killer.decide(point, incident)
    assert (acknowledged, ended) in ((False, signal.SIGKILL), (True, 0)), "some writes come after all is done"
    refresh(desk.record())
    there = desk.record().log.head.size - size
    assert state(incident) == ("in_scope" if there else "received")
    assert there or point in POINTS[: POINTS.index("recorded")]
    if not there:
        take(
            desk, "p-duty", incident, "triaged", outcome="in_scope"
        )  # what was left is cleared, and the click made again
    assert Decided.objects.filter(incident=incident).count() == 1
    assert state(incident) == "in_scope"


def test_after_all_of_that_the_record_holds_and_the_tables_are_made_again_the_same(desk: Desk, killer: Killer) -> None:
    from servanda.desk.projection import rebuild

    killer.decide("guarded", fresh())
    record = desk.record()
    record.verify(record.log.policy, quorum=False)
    assert rebuild(record)[0]


# --- disk, lock, clock ---


def test_who_opened_the_record_before_another_went_on_takes_that_for_no_other_record(desk: Desk) -> None:
    from servanda.desk.projection import refresh

    before = desk.record()
    take(desk, "p-duty", fresh(), "triaged", outcome="in_scope")
    assert refresh(before) == []


def test_a_full_disk_is_told_and_nothing_is_half_recorded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, incident, size = client("duty"), fresh(), desk.record().log.head.size
    real = disk._write
    for room in (0, 1, 2, 3):
        left = [room]

        def full(handle: int, data: bytes, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                os.write(handle, data[: len(data) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(handle, data)

        monkeypatch.setattr(disk, "_write", full)
        answer = browser.post(f"/step/{incident}", form(incident))
        monkeypatch.undo()
        assert answer.status_code == 409, room
        assert "No space left on device" in answer.content.decode()
        assert "Tell the administrator" in answer.content.decode()
        assert (desk.record().log.head.size, state(incident)) == (size, "received")
    assert browser.post(f"/step/{incident}", form(incident)).status_code == 302
    desk.record().verify(desk.record().log.policy, quorum=False)


def test_the_doctor_names_a_disk_that_takes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk.doctor import examine

    shut, real = desk.record().vault_folder, os.access
    assert not [what for holds, what in examine(desk) if not holds and "write there" in what]
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path) != shut and real(path, mode)
    )  # as a disk does that is read-only
    assert [what for holds, what in examine(desk) if not holds and what.startswith(f"{shut}: the desk may not write")]
    away = dataclasses.replace(desk, tiles=desk.folder / "area.pmtiles")  # as after a restore: no backup holds it
    assert [what for holds, what in examine(away) if not holds and "area.pmtiles is not there" in what]


def test_a_database_without_room_answers_with_a_page_and_not_with_a_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.utils import OperationalError

    from servanda.desk import decide

    def full(point: str) -> None:
        if point == "recorded":
            raise OperationalError("database or disk is full")

    browser, incident, size = client("duty", raise_request_exception=False), fresh(), desk.record().log.head.size
    monkeypatch.setattr(decide, "between", full)
    answer = browser.post(f"/step/{incident}", form(incident))
    monkeypatch.undo()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "counts only if the record says so" in answer.content.decode()
    assert desk.record().log.head.size == size + 1  # it was on the record already
    assert "in scope" in browser.get(f"/case/{incident}").content.decode()


def test_a_record_that_another_program_holds_is_waited_for_and_not_without_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import folder

    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    browser, incident = client("duty"), fresh()
    with (desk.record_folder / "lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        assert browser.get(f"/case/{incident}").status_code == 200  # who reads does not wait
        answer = browser.post(f"/step/{incident}", form(incident))
        assert answer.status_code == 409
        assert "another program has been writing" in answer.content.decode()
    assert browser.post(f"/step/{incident}", form(incident)).status_code == 302


@pytest.mark.parametrize(("hours", "answered"), [(-0.05, 302), (-1, 409), (800, 409)])
def test_a_clock_that_is_wrong_decides_nothing_out_of_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hours: float, answered: int
) -> None:
    from servanda.desk import decide
    from servanda.desk.models import Decided
    from servanda.record import log

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=hours)

    incident, browser = fresh(), client("duty")
    take(desk, "p-duty", incident, "triaged", outcome="in_scope")
    monkeypatch.setattr(decide, "clock", lambda: Skewed.now(UTC))
    monkeypatch.setattr(log, "datetime", Skewed)
    answer = browser.post(f"/step/{incident}", form(incident, outcome="not_applicable"))
    assert answer.status_code == answered
    if answered == 409:
        assert "the clock says" in answer.content.decode()
    times = list(Decided.objects.filter(incident=incident).order_by("entry").values_list("at", flat=True))
    assert times == sorted(times)


# --- the database is gone, and comes back ---


class Browser:
    """Somebody with a browser on another process's pages."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def ask(self, path: str, said: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text; a form bears the token of the page before."""
        data = urllib.parse.urlencode({**said, "csrfmiddlewaretoken": self.token}).encode() if said else None
        request = urllib.request.Request(self.address + path, data, {"Referer": self.address + path})
        try:
            with self.opener.open(request, timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        if found := re.search(r'csrfmiddlewaretoken" value="(\w+)"', text):
            self.token = found[1]
        return status, text


def test_a_clock_that_ran_ahead_a_day_is_told_by_the_doctor_and_stops_nobody_once_it_is_set_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.cli.main import main
    from servanda.desk import decide, given
    from servanda.record import log as log_module

    mine = mission(tmp_path / "m", reports=1)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(days=1)

    with monkeypatch.context() as wrong:
        wrong.setattr(log_module, "datetime", Ahead)
        take(mine, "p-duty", "I-1", "triaged", outcome="in_scope")
    with pytest.raises(decide.ServandaError, match="REC036"):
        take(mine, "p-verification", "I-1", "assessed")
    assert main(["desk", "doctor", str(tmp_path / "m")]) == 1
    assert "nothing is recorded" in capsys.readouterr().out
    assert main(["desk", "doctor", str(tmp_path / "m"), "--clock-is-right"]) == 0
    take(mine, "p-verification", "I-1", "assessed")
    last = list(mine.record().statements())[-1]
    assert last.says["clock"] < last.says["recorded_at"], "the entry says what the clock said"
    (made,) = given.make(mine, "guarantors")
    assert '"as_of":"' + last.says["clock"][:10] in given.path_of(mine, made.digest).read_text()
    with monkeypatch.context() as back:
        back.setattr(log_module, "datetime", type("Back", (Ahead,), {"now": lambda tz=None: datetime.now(tz)}))
        back.setattr("servanda.desk.hours.machine", lambda: datetime.now(UTC) - timedelta(hours=1))
        with pytest.raises(decide.ServandaError, match="REC036"):  # it goes back once more: asked again
            take(mine, "p-legal", "I-1", "right_of_reply", of="B")


@contextmanager
def served(desk: Desk, *options: str, told: Path = Path(os.devnull)) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A desk that is served by a process of its own, which tells its faults to a file."""
    from tests.postgresql import _free_port

    port = _free_port()
    command = [sys.executable, "-m", "servanda", "desk", "serve", str(desk.folder), "--port", str(port), *options]
    with told.open("w") as out:
        process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, stderr=out, stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        for _ in range(900):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/static/desk/desk.css", timeout=2).close()
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(10)


def test_a_database_that_goes_and_comes_back_loses_nothing_and_needs_no_new_start(tmp_path: Path) -> None:
    from django.db import connections

    with Server() as database:
        desk = mission(tmp_path / "m", reports=3, database=f"{database.address}/postgres", quick=False)
        connections.close_all()
        with served(desk, "--processes", "1") as (address, _):
            browser = Browser(address)
            browser.ask("/account/login/")
            assert browser.ask("/account/login/", {"login": "duty", "password": password("duty")})[0] == 200
            assert browser.ask("/step/I-1", form("I-1"))[0] == 200
            second = form("I-2")
            connections.close_all()
            database.stop()
            for path, said in (("/queue/", None), ("/step/I-2", second), ("/state/", None)):
                status, text = browser.ask(path, said)
                assert status == 503, path
                assert "The desk cannot work now" in text
            database.start()
            assert browser.ask("/step/I-2", second)[0] == 200
            status, text = browser.ask("/queue/?view=all")
            assert status == 200
            assert text.count("s-in_scope") == 2
            for _ in range(100):  # the worker, too, has gone on
                if "0 later pending" in text or "later pending" not in browser.ask("/state/")[1]:
                    break
                time.sleep(0.1)
            else:
                pytest.fail("verdicts are not made again")
        desk.record().verify(desk.record().log.policy, quorum=False)
        connections.close_all()


def test_a_folder_that_is_taken_away_is_served_no_more_and_none_is_begun_in_its_place(tmp_path: Path) -> None:
    desk, away = mission(tmp_path / "m", reports=3, quick=False), tmp_path / "away"
    with served(desk, told=(told := tmp_path / "told")) as (address, process):
        browser = Browser(address)
        browser.ask("/account/login/")
        assert browser.ask("/account/login/", {"login": "duty", "password": password("duty")})[0] == 200
        desk.folder.rename(away)
        for _ in range(3):
            with suppress(OSError):
                assert browser.ask("/step/I-1", {"step": "triaged", "outcome": "in_scope", "why": "x"})[0] >= 400
        assert process.wait(30) == 2
    assert "DSK021: is not there" in told.read_text()
    assert not desk.folder.exists()
    assert (away / "desk.sqlite3").exists()


MAKER = """
import os
from servanda.cli.main import main
from servanda.desk import configure, folder, languages  # what needs no mission is loaded once
real = configure.configure
for point in ("set_up", "migrate", "account"):
    def configured(desk):
        real(desk)
        from servanda.desk import setup
        setattr(setup, point, lambda *_, **__: os.kill(os.getpid(), 9))
    configure.configure = configured
    if (child := os.fork()) == 0:  # a process of its own, which sets Django up itself
        main(["desk", "init", point])
        os._exit(0)
    print(point, os.WTERMSIG(os.waitpid(child, 0)[1]))
"""


def test_who_is_killed_while_a_mission_is_set_up_has_none_and_sets_it_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}}
    told = subprocess.run([sys.executable, "-c", MAKER], check=True, stdout=subprocess.PIPE, text=True, **run).stdout
    assert told.split() == ["set_up", "9", "migrate", "9", "account", "9"]
    points = told.split()[::2]
    assert {path.name for path in tmp_path.iterdir()}.isdisjoint(points)
    monkeypatch.chdir(tmp_path)
    assert [says(capsys, "desk", "init", point)[0] for point in points] == [0, 0, 0]
    assert {path.name for path in tmp_path.iterdir()} == set(points)


def test_a_process_that_is_killed_is_begun_anew_and_none_outlives_the_one_that_began_them(tmp_path: Path) -> None:
    import signal

    def begun_by(process: int | str) -> set[int]:
        return {int(one) for of in Path(f"/proc/{process}/task").glob("*/children") for one in of.read_text().split()}

    def says(process: int, word: str) -> bool:
        return word in Path(f"/proc/{process}/cmdline").read_bytes().decode()

    if not list(Path("/proc/self/task").glob("*/children")):
        pytest.skip("this system does not tell which process began which")
    desk = mission(tmp_path / "m", reports=3)
    with served(desk) as (address, _):
        (parent,) = (one for one in begun_by("self") if says(one, address.rpartition(":")[2]))

        def children() -> set[int]:
            return {one for one in begun_by(parent) if says(one, "spawn_main")}

        before = children()
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        for _ in range(160):  # the other one answers all the while
            with urllib.request.urlopen(f"{address}/account/login/", timeout=20) as answer:
                assert answer.status == 200
            if len(children()) == 2 and children() != before:
                break
            time.sleep(0.25)
        else:
            pytest.fail("no process took the place of the one that was killed")
        os.kill(parent, signal.SIGKILL)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()
            except OSError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("pages are served by nobody's process")


def test_a_clock_that_is_damaged_is_told_on_a_page_and_four_who_move_it_at_once_find_it_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from servanda.desk import decide, hours

    first = datetime(2025, 3, 19, tzinfo=UTC)
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda n: hours.put(tmp_path, first + timedelta(days=n % 4), first), range(40)))
    assert hours.now(tmp_path) >= first + timedelta(days=3)
    page = client("chief")
    (tmp_path / hours.FILE).write_text("{", "ascii")
    monkeypatch.setattr(decide, "clock", lambda: hours.now(tmp_path))
    answer = page.get("/queue/")
    assert answer.status_code == 503
    assert "put it back from a backup" in answer.content.decode()
    assert page.head("/events/").getvalue() == b""


def test_tables_of_another_version_are_brought_up_or_named_and_never_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    from django.db import connections

    folder = tmp_path / "m"

    def desk_says(*words: str) -> tuple[int, str]:
        told = says(capsys, "desk", *words)
        connections.close_all()
        return told

    assert desk_says("init", str(folder), "--name", "mission.example/quay")[0] == 0
    with sqlite3.connect(folder / "desk.sqlite3") as base:
        orders = {"turn": "turn, id", "state": "state, turn, id", "start": "start, id"}
        for order in orders:
            base.execute(f"DROP INDEX desk_by_{order}")
        base.execute("ALTER TABLE desk_incident DROP COLUMN rank")
        for order, columns in orders.items():
            base.execute(f"CREATE INDEX desk_by_{order} ON desk_incident ({columns})")
        base.execute("DROP TABLE desk_view")
        base.execute("CREATE TABLE desk_view (id integer PRIMARY KEY, name text, query text, user_id integer)")
        base.execute("INSERT INTO desk_view SELECT 1, 'Pier', 'q=a', id FROM auth_user")
        base.execute("INSERT INTO desk_view SELECT 2, 'Pier', 'q=b', id FROM auth_user")
        base.execute("DELETE FROM django_migrations WHERE name IN ('0015_rank', '0016_views')")
    base.close()
    code, said = desk_says("doctor", str(folder))
    assert (code, "of an older version of Servanda" in said, "Traceback" in said) == (1, True, False), said
    code, said = desk_says("decide", str(folder), "I-1", "--as", "p-1")  # any other command brings them up
    assert (code, "DSK014" in said, "Traceback" in said) == (2, True, False), said
    assert "older version" not in desk_says("doctor", str(folder))[1]
    with sqlite3.connect(folder / "desk.sqlite3") as base:
        assert base.execute("SELECT name, query FROM desk_view").fetchall() == [("Pier", "q=b")]  # the last of a name
        base.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('desk', '0099_later', '2027-01-01')")
    base.close()
    for words in (("doctor",), ("work", "--once"), ("serve",)):
        code, said = desk_says(words[0], str(folder), *words[1:])
        assert (code > 0, "newer version of Servanda" in said, "Traceback" in said) == (True, True, False), said


@pytest.mark.parametrize("forked", [pytest.param(False, marks=pytest.mark.by_night), True])
def test_a_record_that_was_forked_or_cut_back_is_named_by_every_command_and_taken_by_none_unasked(
    tmp_path: Path, forked: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    folder = tmp_path / "m"
    told = partial(says, capsys)

    def add(name: str) -> None:
        (tmp_path / name).write_text(name)
        words = (f"{folder}/record", str(tmp_path / name), "--as", "attachment", "--key", key)
        assert told("record", "add", *words)[0] == 0

    assert told("desk", "init", str(folder), "--name", "mission.example/quay")[0] == 0
    key = f"{folder}/keys/mission"
    for kept in ("record", "record.vault"):
        shutil.copytree(folder / kept, tmp_path / "old" / kept)
    add("a.txt")
    assert told("desk", "work", str(folder), "--once")[0] == 0
    for kept in ("record", "record.vault"):
        shutil.rmtree(folder / kept)
        shutil.copytree(tmp_path / "old" / kept, folder / kept)
    if forked:
        for name in ("b.txt", "c.txt"):  # longer than what was worked on
            add(name)
    for words in (("doctor",), ("work", "--once"), ("rebuild",), ("export", "--out", str(tmp_path / "out"))):
        code, said = told("desk", words[0], str(folder), *words[1:])
        assert (code > 0, "DSK007" in said) == (True, True), (words, said)
    assert not (tmp_path / "out").exists()
    assert told("desk", "rebuild", str(folder), "--as-it-is")[0] == 0
    assert "DSK007" not in told("desk", "doctor", str(folder))[1]


def test_a_database_that_takes_nothing_keeps_nobody_from_reading(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute after the disk was full every page said that a form could not be read: that a session is used could not be written."""
    from django.db import connection

    from servanda.desk import middleware

    pages = ("/queue/?view=all", f"/case/{fresh()}", "/state/", "/shift/", "/entry/")
    chief, new = client("chief", raise_request_exception=False), client("legal", raise_request_exception=False)
    chief.get("/")
    then = time.time()
    monkeypatch.setattr(middleware, "time", SimpleNamespace(time=lambda: then + 100))
    connection.cursor().execute("PRAGMA query_only=ON")
    try:
        for browser in (chief, new):
            assert [browser.get(page).status_code for page in pages] == [200] * len(pages)
            told = browser.get("/account/logout/")
            assert told.status_code == 503
            assert "has no room left" in told.content.decode()
    finally:
        connection.cursor().execute("PRAGMA query_only=OFF")
    assert chief.get("/").status_code == 302


def test_a_session_that_another_tab_ended_while_a_page_was_made_leads_to_the_sign_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.sessions.models import Session

    from servanda.desk import middleware

    browser, real = client("duty"), middleware.over

    def ended(session: Any, at: Any) -> bool:
        Session.objects.all().delete()
        return real(session, at)

    monkeypatch.setattr(middleware, "over", ended)
    answer = browser.get("/queue/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=%2Fqueue%2F")
