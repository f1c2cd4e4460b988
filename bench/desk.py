"""The desk with many incidents: what a click costs, and how long pages take when several people ask at once.

python bench/desk.py click 1000            processor time of one decision, by the number of incidents
python bench/desk.py triage 573            a file of complaints, triaged by keyboard
python bench/desk.py load 100000           pages asked for by 20 people on this machine, bounded in length
python bench/desk.py all 100000 --write    all of it on SQLite and PostgreSQL, in 12 minutes at most, into docs/benchmarks.md (``make bench-desk``)
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import http.client
import io
import json
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AGREEMENT = """agreement: bench
title: Truce of the bench
timezone: Europe/Kyiv
parties: {A: Aldova, B: Borska}
in_force: {from: 2025-03-18, for: 300 days}
places: {valley: {at: [48.0, 37.0], radius: 60 km}}
mandate: {decides: body}
bodies: {M: Mission}
terms:
  fire: {text: Neither side shall shell the valley., forbid: {act: shelling, in: valley}}
  fly: {text: No drones fly over the valley., forbid: {act: overflight, in: valley}}
"""
Figures = dict[str, Any]
"""What a part measured: ``title``, ``table`` (its head in the first two lines), ``aims`` (by name what was measured, the bound, the unit)."""
People = tuple[int, int, float]
"""How many, how often each asks, for how many seconds each reads."""
COLUMNS = "report_id source origin side kind stance start known_at lat lon precision_km place_name act actor incident_id summary".split()
PLACES = ("mill", "quay", "bridge", "school", "station", "market", "ford", "hill")
WORDS = ("heard", "smoke", "crater", "window", "road", "night", "wounded", "loud", "fields", "two", "dogs", "river")


def reports(count: int) -> bytes:
    """A table with one report of each of so many incidents."""
    chance, out = random.Random(count), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for n in range(count):
        when = f"2025-{4 + n % 6:02d}-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}Z"
        where = (f"{48 + chance.uniform(-0.4, 0.4):.5f}", f"{37 + chance.uniform(-0.5, 0.5):.5f}")
        told = (chance.choice(PLACES), chance.choice(("shelling", "overflight")), chance.choice("AB"))
        words = " ".join(chance.choices(WORDS, k=8))
        writer.writerow(
            (
                f"R{n}",
                f"Post {n % 40}",
                f"Post {n % 40}",
                "none",
                "observation",
                "asserts",
                when,
                when,
                *where,
                1,
                *told,
                f"I-{n}",
                words,
            )
        )
    return out.getvalue().encode()


def decisions(count: int) -> list[Any]:
    """Files of one decision each, as clicks make them."""
    from servanda.desk.compose import decision_entry, decisions_file
    from servanda.values.time import parse_instant

    at = parse_instant("2026-01-01T00:00Z", None)
    says = [{"incident": f"I-{n}", "step": "triaged", "outcome": "in_scope"} for n in range(count)]
    return [
        decisions_file([decision_entry(s, by="Mission", person="p-duty", at=at, why="seen", after="")]) for s in says
    ]


def mission(folder: Path, incidents: int, decided: int, database: str | None = None) -> Any:
    """A mission with so many incidents, of which so many are triaged; one person of each office."""
    from servanda.desk.configure import configure
    from servanda.desk.folder import make_folder

    desk = make_folder(folder, "bench.example/desk", database=database)
    configure(desk)
    from servanda.app.record import files_to_record
    from servanda.desk import decide
    from servanda.desk.register import Person
    from servanda.desk.setup import account, set_up
    from servanda.incidents.guards import ROLES

    set_up(desk)
    people = [Person(f"p-{role}", role, role, role) for role in ROLES if role != "administrator"]

    def change(register: Any) -> Any:
        for person in people:
            register = register.with_person(person)
        return register

    decide.change_register(desk, change)
    for name, data in (("agreement.yaml", AGREEMENT.encode()), ("reports.csv", reports(incidents))):
        (folder / name).write_bytes(data)
    decide._record(desk, [*files_to_record([folder / "agreement.yaml", folder / "reports.csv"]), *decisions(decided)])  # noqa: SLF001
    for person in people:
        account(person.login, f"{person.login}-at-the-bench")
    return desk


def spent() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def found(place: Path, incidents: int, decided: int, database: str | None) -> Any:
    """A mission that was made here before, or a new one."""
    if not place.exists():
        return mission(place, incidents, decided, database)
    from servanda.desk.configure import configure
    from servanda.desk.folder import open_desk

    configure(desk := open_desk(place))
    from servanda.desk.setup import account, migrate

    migrate(desk)
    account("duty", "duty-at-the-bench")
    return desk


def click(incidents: int, place: Path, database: str | None) -> Figures:
    """What a decision costs."""
    decided = min(incidents // 2, 20_000)
    desk = found(place, incidents, decided, database)
    from servanda.desk import models
    from servanda.desk.decide import Click, decide

    took = []
    for row in models.Incident.objects.filter(state="received").order_by("id")[:21]:
        began = spent()
        decide(desk, "p-duty", [Click(row.pk, {"step": "triaged", "outcome": "in_scope"}, "seen")])
        took.append((spent() - began) * 1000)
    middle, most = statistics.median(took[1:]), max(took[1:])
    line = f"| {name_of(database)} | {incidents:,} | {decided:,} | {took[0]:.0f} | {middle:.0f} | {most:.0f} |"
    head = [
        "| database | incidents | decided before | first, ms | median, ms | largest, ms |",
        "|---|---|---|---|---|---|",
    ]
    return {"table": [*head, line], "title": "A decision, in processor time", "aims": {}}


def name_of(database: str | None) -> str:
    """What a database is called."""
    return "PostgreSQL" if database else "SQLite"


def triage(rows: int, place: Path, database: str | None) -> Figures:
    """What the machine takes of an officer's time who triages a file of complaints by keyboard: a key, the next row, and the case beside it."""
    mission(place, rows, 0, database)
    from django.test import Client

    from servanda.desk import models

    page = Client(headers={"host": "localhost", "hx-request": "true"})
    page.post("/account/login/", {"login": "duty", "password": "duty-at-the-bench"})
    took, used = [], []
    for row in list(models.Incident.objects.order_by("turn", "id")):
        outcome = "in_scope" if row.number % 3 else "not_applicable"
        said = {"step": "triaged", "outcome": outcome, "why": "seen", "seen": row.version, "after": row.last}
        began, cpu = time.perf_counter(), spent()
        for answer in (page.get(f"/panel/{row.pk}"), page.post(f"/step/{row.pk}", said), page.get("/queue/rows/")):
            if answer.status_code != 200:
                raise SystemExit(f"{row.pk}: {answer.status_code}")
        took.append((time.perf_counter() - began) * 1000)
        used.append((spent() - cpu) * 1000)
    figures = f"{statistics.mean(used):.0f} | {max(used):.0f} | {statistics.mean(took):.0f} | {max(took):.0f}"
    head = [
        "| database | rows | processor, mean, ms | largest | clock, mean, ms | largest |",
        "|---|---|---|---|---|---|",
    ]
    aims = {
        f"{rows} rows triaged by keyboard: under 4 s each ({name_of(database)})": (
            statistics.mean(took) / 1000,
            4.0,
            "s",
        ),
        f"none of them over 300 ms ({name_of(database)})": (max(took), 300.0, "ms"),
    }
    return {
        "table": [*head, f"| {name_of(database)} | {rows} | {figures} |"],
        "title": "A file of complaints, triaged by keyboard: for each row the case is shown, decided, and the queue shown anew",
        "aims": aims,
    }


class User(threading.Thread):
    """Somebody at work: looks through queue, cases and map, reads for a moment, triages now and then."""

    def __init__(self, port: int, cookie: str, seed: int, asks: int, incidents: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._cookie, self._seed, self._port = cookie, seed, port
        self._chance = random.Random(seed)
        self._asks, self._incidents, self._pause = asks, incidents, pause
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.took: list[tuple[str, float, int]] = []

    def run(self) -> None:
        """All that he asks for; people do not begin in the same moment."""
        time.sleep(self._chance.random() * self._pause)
        for n in range(self._asks):
            if n % 8 == 7:
                self._triage(f"I-{self._incidents - 1 - self._seed * self._asks - n}")
            else:
                self._ask(*asked(self._chance, self._incidents))
            time.sleep(self._chance.expovariate(1 / self._pause))

    def _ask(self, kind: str, path: str, said: dict[str, str] | None = None) -> str:
        began = time.perf_counter()
        body = urllib.parse.urlencode(said) if said is not None else None
        more = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"} if said is not None else {}
        for last in (False, True):  # a line on which nothing was asked for some seconds has been closed
            try:
                self._line.request("GET" if said is None else "POST", path, body, {"Cookie": self._cookie, **more})
                answer = self._line.getresponse()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._line.close()
                if last:
                    raise
        page = answer.read().decode()
        self.took.append((kind, time.perf_counter() - began, answer.status))
        return page

    def _triage(self, incident: str) -> None:
        panel = self._ask("panel", f"/panel/{incident}")
        said = {name: panel.partition(f'name="{name}" value="')[2].partition('"')[0] for name in SENT}
        self._ask("step", f"/step/{incident}", {**said, "step": "triaged", "outcome": "in_scope", "why": "seen"})


SENT = ("csrfmiddlewaretoken", "seen", "after")


def asked(chance: random.Random, incidents: int) -> tuple[str, str]:
    """What somebody asks for next: its kind, and its address."""
    incident, start = f"I-{chance.randrange(incidents)}", chance.randrange(20)
    word = chance.choice((chance.choice(WORDS), incident, f"{chance.choice(WORDS)} {chance.choice(PLACES)}"))
    west, south, wide = 36.5 + chance.random() * 0.7, 47.6 + chance.random() * 0.5, chance.choice((0.1, 0.3, 1.0))
    box = f"{west:.4f},{south:.4f},{west + wide:.4f},{south + wide * 0.6:.4f}"
    day = f"2025-{4 + start % 6:02d}-01T00%3A00"
    kinds = (
        ("queue", "/queue/"),
        ("rows", f"/queue/rows/?view=all&after={60 * start}"),
        ("case", f"/case/{incident}"),
        ("search", f"/queue/rows/?view=all&q={word.replace(' ', '+')}"),
        ("map", f"/map/?box={box}"),
        ("map moved", f"/map/?box={box}&gl=1&from={day}"),
        ("verdicts", "/board/"),
        ("may be the same", f"/twins/{incident}"),
    )
    return chance.choice(kinds)


def signed_in(port: int) -> str:
    """The cookie of a session."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/account/login/")
    answer = line.getresponse()
    page, cookie = answer.read().decode(), answer.headers["Set-Cookie"].partition(";")[0]
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    said = {"login": "duty", "password": "duty-at-the-bench", "csrfmiddlewaretoken": token}
    asked = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", "/account/login/", urllib.parse.urlencode(said), asked)
    answer = line.getresponse()
    answer.read()
    if answer.status != 302:
        raise SystemExit(f"cannot sign in: {answer.status}")
    return answer.headers["Set-Cookie"].partition(";")[0]


def costs(folder: Path, incidents: int) -> dict[str, float]:
    """Milliseconds of processor time of a page of each kind, asked for in this process: the median of twenty."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    page, chance, used = Client(headers={"host": "localhost"}), random.Random(1), dict[str, list[float]]()
    page.force_login(get_user_model().objects.get(username="duty"))
    while len(used) < 8 or min(map(len, used.values())) < 21:
        kind, path = asked(chance, incidents)
        began = spent()
        page.get(path)
        used.setdefault(kind, []).append((spent() - began) * 1000)
    return {kind: statistics.median(took[1:]) for kind, took in used.items()}  # the first warms up


def load(incidents: int, people: People, place: Path, database: str | None) -> Figures:
    """How long pages take.

    Args:
        incidents: how many there are.
        people: who ask, how often, and how long they read.
        place: of a mission that was made here before; where none is, one is made.
        database: of an empty database; SQLite, where there is none.

    Returns:
        The table, and whether the aims are met.
    """
    found(place, incidents, min(incidents // 2, 20_000), database)
    used = costs(place, incidents)
    told, cpu, busy = crowd(place, incidents, *people)
    users, _, pause = people
    about = (
        f"{incidents:,} incidents, {name_of(database)}, two processes that answer, as 'desk serve' has them",
        f"{users} people who read for {pause} s (on average, at random) and triage every eighth time: {len(told)} pages",
        f"{os.cpu_count()} cores, which the people who ask use too; load {busy[0]:.1f} before, {busy[1]:.1f} after",
        f"{cpu / max(len(told), 1) * 1000:.1f} ms of processor time in the server for each",
        f"not 200: {sum(status != 200 for _, _, status in told)}",
    )
    head = ["| page | asked for | processor, ms | p50, ms | p95, ms | longest, ms |", "|---|---|---|---|---|---|"]
    lines, aims = ["; ".join(about) + ".", "", *head], dict[str, tuple[float, float, str]]()
    for kind in sorted({kind for kind, _, _ in told}):
        took = sorted(seconds * 1000 for one, seconds, _ in told if one == kind)
        half, most = took[len(took) // 2], took[int(len(took) * 0.95)]
        alone = f"{used[kind]:.0f}" if kind in used else ""
        lines.append(f"| {kind} | {len(took)} | {alone} | {half:.0f} | {most:.0f} | {took[-1]:.0f} |")
        if kind in ("queue", "map"):
            aims[
                f"{kind} of {incidents:,} incidents, {users} people: 95th percentile under 150 ms ({name_of(database)})"
            ] = (most, 150.0, "ms")
    return {"table": lines, "title": f"Pages, {name_of(database)}", "aims": aims}


def crowd(
    place: Path, incidents: int, users: int, asks: int, pause: float
) -> tuple[list[tuple[str, float, int]], float, tuple[float, float]]:
    """What people who work at once waited for; the seconds of processor time of the server; how busy the machine was before and after."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [sys.executable, "-m", "servanda", "desk", "serve", str(place), "--port", str(port), "--no-work"]
    before = os.getloadavg()[0]
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        cookie = signed_in(port)
        for _ in range(6):  # each line may lead to another process
            warm = User(port, cookie, users, 0, incidents, pause)
            for path in ("/queue/", "/map/", "/board/", "/case/I-1", "/twins/I-1"):
                warm._ask("", path)  # noqa: SLF001
        people = [User(port, cookie, n, asks, incidents, pause) for n in range(users)]
        for one in people:
            one.start()
        for one in people:
            one.join(1200)
    finally:
        server.terminate()
        server.wait(20)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    return [one for user in people for one in user.took], cpu, (before, os.getloadavg()[0])


def own() -> str:
    """The address of an empty database of a server that is started for this."""
    from tests.desks import database_of

    return str(database_of("postgresql", "bench"))


BEGIN, END = "<!-- made by bench/desk.py: begin -->", "<!-- made by bench/desk.py: end -->"


def write(parts: list[Figures], seconds: float, how: str) -> None:
    """Put what was measured in the place that is kept for it."""
    path = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    text = path.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    said = [f"Measured on {datetime.now(UTC):%Y-%m-%d} by `python bench/desk.py {how}`, in {seconds / 60:.1f} minutes."]
    aims = [(name, *aim) for part in parts for name, aim in part["aims"].items()]
    if aims:
        rows = [f"| {n} | {v:.2g} {u} | {'met' if v < least else 'missed'} |" for n, v, least, u in aims if u == "s"]
        rows += [f"| {n} | {v:.0f} {u} | {'met' if v < least else 'missed'} |" for n, v, least, u in aims if u != "s"]
        said.append("\n".join(["| aim | measured | |", "|---|---|---|", *rows]))
    tables: dict[str, list[str]] = {}
    for part in parts:
        there = tables.get(part["title"])
        tables[part["title"]] = part["table"] if there is None else [*there, *part["table"][2:]]
    said += [f"**{title}.**\n\n" + "\n".join(lines) for title, lines in tables.items()]
    body = "\n\n".join(said)
    path.write_text(f"{head}{BEGIN}\n\n{body}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def everything(incidents: int, minutes: float, options: list[str]) -> list[Figures]:
    """Each part in a process of its own, as long as there is time.

    Args:
        incidents: how many there are in the large mission.
        minutes: how long all of it may take; what would come later is not measured, and that is told.
        options: of the load.

    Returns:
        What was measured.
    """
    ends = time.monotonic() + minutes * 60
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        large = ["--mission", str(Path(folder) / "large")]
        for said in (
            ["triage", "573"],
            ["triage", "573", "--database", "own"],
            ["click", "1000"],
            ["click", str(incidents), *large],
            ["load", str(incidents), *large, *options],
            ["load", str(incidents), "--database", "own", *options],
        ):
            print(f"{' '.join(said)} ({(ends - time.monotonic()) / 60:.1f} minutes are left)", flush=True)
            out = Path(folder) / "figures.json"
            out.unlink(missing_ok=True)
            command = [sys.executable, __file__, *said, "--out", str(out)]
            try:
                subprocess.run(command, timeout=max(1.0, ends - time.monotonic()), check=False, env=_own_path())
            except subprocess.TimeoutExpired:
                print(f"NOT MEASURED, for there was no time left: {' '.join(said)}", flush=True)
                continue
            if out.exists():
                parts.append(json.loads(out.read_text("utf-8")))
            else:
                print(f"NOT MEASURED, for it broke off: {' '.join(said)}", flush=True)
    return parts


def _own_path() -> dict[str, str]:
    """The environment in which this repository's own modules are found."""
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([f"{root}/src", root, os.environ.get("PYTHONPATH", "")])}


def main() -> int:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("click", "load", "triage", "all"))
    parser.add_argument("incidents", type=int)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--asks", type=int, default=40, help="how often each asks")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds for which each reads, on average")
    parser.add_argument(
        "--database",
        help="postgresql://... of an empty database; 'own': one of a server that is started; left out, SQLite",
    )
    parser.add_argument("--mission", type=Path, help="a mission that was made before, or a folder in which to leave it")
    parser.add_argument("--minutes", type=float, default=12.0, help="with 'all': how long it may take")
    parser.add_argument("--out", type=Path, help="write the figures there, too")
    parser.add_argument("--write", action="store_true", help="with 'all': write the tables into docs/benchmarks.md")
    args = parser.parse_args()
    began, how = time.monotonic(), (args.users, args.asks, args.pause)
    if args.what == "all":
        options = ["--users", str(args.users), "--asks", str(args.asks), "--pause", str(args.pause)]
        parts = everything(args.incidents, args.minutes, options)
        if args.write and parts:
            write(parts, time.monotonic() - began, f"all {args.incidents} {' '.join(options)}")
        return 0 if len(parts) == 6 else 1
    database = own() if args.database == "own" else args.database
    with tempfile.TemporaryDirectory() as folder:
        place = args.mission or Path(folder) / "m"
        if args.what == "click":
            part = click(args.incidents, place, database)
        elif args.what == "triage":
            part = triage(args.incidents, place, database)
        else:
            part = load(args.incidents, how, place, database)
    print("\n".join([part["title"], *part["table"]]), flush=True)
    if args.out:
        args.out.write_text(json.dumps(part), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
