"""The desk with many incidents: what a click costs, and how long pages take when several people ask at once.

python bench/desk.py click 1000 100000     CPU seconds of one decision, by the number of incidents
python bench/desk.py triage 573            a file of complaints, triaged by keyboard
python bench/desk.py load 100000           pages asked for by 20 people on this machine, bounded in length; --write: into docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import http.client
import io
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


def click(incidents: int, decided: int) -> None:
    """Print what a decision costs."""
    with tempfile.TemporaryDirectory() as folder:
        began = spent()
        desk = mission(Path(folder) / "m", incidents, decided)
        made = spent() - began
        from servanda.desk.decide import Click, decide

        took = []
        for n in range(21):
            began = spent()
            decide(desk, "p-duty", [Click(f"I-{decided + n}", {"step": "triaged", "outcome": "in_scope"}, "seen")])
            took.append(spent() - began)
        print(
            f"{incidents:>8,} incidents, {decided:>7,} decided before: first click {took[0] * 1000:8.1f} ms of CPU, "
            f"then median {statistics.median(took[1:]) * 1000:6.1f}, largest {max(took[1:]) * 1000:6.1f}; made in {made:.0f} s",
            flush=True,
        )


def triage(rows: int) -> None:
    """Print what the machine takes of an officer's time who triages a file of complaints by keyboard: a key, and the next row."""
    with tempfile.TemporaryDirectory() as folder:
        mission(Path(folder) / "m", rows, 0)
        from django.test import Client

        from servanda.desk import models

        page = Client(headers={"host": "localhost", "hx-request": "true"})
        page.post("/account/login/", {"login": "duty", "password": "duty-at-the-bench"})
        took, used = [], []
        for row in list(models.Incident.objects.order_by("turn", "id")):
            outcome = "in_scope" if row.number % 3 else "not_applicable"
            said = {"step": "triaged", "outcome": outcome, "why": "seen", "seen": row.version, "after": row.last}
            began, cpu = time.perf_counter(), spent()
            for answer in (page.post(f"/step/{row.pk}", said), page.get("/queue/rows/")):
                if answer.status_code != 200:
                    raise SystemExit(f"{row.pk}: {answer.status_code}")
            took.append(time.perf_counter() - began)
            used.append(spent() - cpu)
        print(
            f"{rows} rows: for each {statistics.mean(used) * 1000:.0f} ms of CPU, largest {max(used) * 1000:.0f}; "
            f"by the clock {statistics.mean(took) * 1000:.0f} ms, largest {max(took) * 1000:.0f}"
        )


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
        """All that he asks for."""
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


def load(incidents: int, users: int, asks: int, pause: float, database: str | None, made: Path | None) -> str:
    """Print how long pages take.

    Args:
        incidents: how many there are.
        users: how many ask.
        asks: how often each.
        pause: for how many seconds each reads, on average.
        database: of an empty database; SQLite, where there is none.
        made: a mission that was made by this before; left out, one is made.

    Returns:
        The table as Markdown.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = made or Path(folder) / "m"
        if not place.exists():
            mission(place, incidents, min(incidents // 2, 20_000), database)
        else:
            from servanda.desk.configure import configure
            from servanda.desk.folder import open_desk

            configure(open_desk(place))
            from servanda.desk.setup import account, migrate

            migrate()
            account("duty", "duty-at-the-bench")
        used = costs(place, incidents)
        told, cpu, busy = crowd(place, incidents, users, asks, pause)
    kind_of = "PostgreSQL" if database else "SQLite"
    about = (
        f"{incidents:,} incidents, {users} people who read for {pause} s and triage every eighth time, {kind_of}, one process",
        f"{os.cpu_count()} cores, of which others used: load {busy[0]:.1f} before, {busy[1]:.1f} after",
        f"{cpu / max(len(told), 1) * 1000:.1f} ms of processor time in the server for each",
        f"not 200: {sum(status != 200 for _, _, status in told)}",
    )
    lines = [
        "; ".join(about) + ".",
        "",
        "| page | asked for | processor, ms | p50, ms | p95, ms | longest, ms |",
        "|---|---|---|---|---|---|",
    ]
    for kind in sorted({kind for kind, _, _ in told}):
        took = sorted(seconds * 1000 for one, seconds, _ in told if one == kind)
        half, most = took[len(took) // 2], took[int(len(took) * 0.95)]
        alone = f"{used[kind]:.0f}" if kind in used else ""
        lines.append(f"| {kind} | {len(took)} | {alone} | {half:.0f} | {most:.0f} | {took[-1]:.0f} |")
    print("\n".join(lines), flush=True)
    return "\n".join(lines)


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


def write(tables: list[str]) -> None:
    """Put tables in the place that is kept for them."""
    path = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    text = path.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    today = f"Measured on {datetime.now(UTC):%Y-%m-%d} by `python bench/desk.py {' '.join(sys.argv[1:])}`."
    body = "\n\n".join([today, *tables])
    path.write_text(f"{head}{BEGIN}\n\n{body}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def main() -> int:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("click", "load", "triage"))
    parser.add_argument("incidents", type=int, nargs="+")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--asks", type=int, default=40, help="how often each asks")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds for which each reads, on average")
    parser.add_argument(
        "--database",
        help="postgresql://... of an empty database; 'own': one of a server that is started; left out, SQLite",
    )
    parser.add_argument(
        "--mission", type=Path, help="a mission that 'load' made before, or a folder in which to leave it"
    )
    parser.add_argument("--write", action="store_true", help="write both databases' tables into docs/benchmarks.md")
    args = parser.parse_args()
    if args.what == "click":
        for incidents in args.incidents:
            click(incidents, min(incidents // 2, 20_000))
    elif args.what == "triage":
        triage(args.incidents[0])
    else:
        how = args.incidents[0], args.users, args.asks, args.pause
        databases = (None, own()) if args.write else (own() if args.database == "own" else args.database,)
        tables = [load(*how, one, args.mission if one is None or not args.write else None) for one in databases]
        if args.write:
            write(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
