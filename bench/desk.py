"""The desk with many incidents: what a click costs, and how long pages take when several people ask at once.

python bench/desk.py click 1000 100000     CPU seconds of one decision, by the number of incidents
python bench/desk.py triage 573            a file of complaints, triaged by keyboard
python bench/desk.py load 100000           pages asked for by 20 people on this machine, bounded in length
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import http.client
import io
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
    """Somebody who looks through the queue: asks, reads for a moment, asks again."""

    def __init__(self, port: int, cookie: str, seed: int, asks: int, incidents: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._cookie = cookie
        self._chance, self._port = random.Random(seed), port
        self._asks, self._incidents, self._pause = asks, incidents, pause
        self.took: list[tuple[str, float, int]] = []

    def run(self) -> None:
        """All that he asks for."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        for _ in range(self._asks):
            kind, path = self._next()
            began = time.perf_counter()
            line.request("GET", path, headers={"Cookie": self._cookie})
            answer = line.getresponse()
            answer.read()
            self.took.append((kind, time.perf_counter() - began, answer.status))
            time.sleep(self._chance.expovariate(1 / self._pause))

    def _next(self) -> tuple[str, str]:
        chance = self._chance
        incident = f"I-{chance.randrange(self._incidents)}"
        word = chance.choice((chance.choice(WORDS), incident, f"{chance.choice(WORDS)} {chance.choice(PLACES)}"))
        kinds = (
            ("queue", "/queue/"),
            ("rows", f"/queue/rows/?view=all&after={60 * chance.randrange(20)}"),
            ("case", f"/case/{incident}"),
            ("search", f"/queue/rows/?view=all&q={word.replace(' ', '+')}"),
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


def load(incidents: int, users: int, asks: int, pause: float, database: str | None) -> None:
    """Print how long pages take."""
    with tempfile.TemporaryDirectory() as folder:
        mission(Path(folder) / "m", incidents, min(incidents // 2, 20_000), database)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serve = [sys.executable, "-m", "servanda", "desk", "serve", f"{folder}/m", "--port", str(port), "--no-work"]
        server = subprocess.Popen(serve)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            cookie = signed_in(port)
            crowd = [User(port, cookie, n, asks, incidents, pause) for n in range(users)]
            for user in crowd:
                user.start()
            for user in crowd:
                user.join(600)
        finally:
            server.terminate()
            server.wait(20)
        told = [one for user in crowd for one in user.took]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"{incidents:,} incidents, {users} users, a pause of {pause} s, {'PostgreSQL' if database else 'SQLite'}:"
        )
        for kind in sorted({kind for kind, _, _ in told}):
            took = sorted(seconds * 1000 for one, seconds, _ in told if one == kind)
            half, most = took[len(took) // 2], took[int(len(took) * 0.95)]
            print(f"  {kind:8} {len(took):5} asked for: p50 {half:6.0f} ms, p95 {most:6.0f} ms")
        wrong = sum(status != 200 for _, _, status in told)
        print(
            f"  not 200: {wrong}; {(used.ru_utime + used.ru_stime) / max(len(told), 1) * 1000:.1f} ms of CPU in the server for each"
        )


def main() -> int:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("click", "load", "triage"))
    parser.add_argument("incidents", type=int, nargs="+")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--asks", type=int, default=40, help="how often each asks")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds for which each reads, on average")
    parser.add_argument("--database", help="postgresql://... of an empty database; left out, SQLite")
    args = parser.parse_args()
    if args.what == "click":
        for incidents in args.incidents:
            click(incidents, min(incidents // 2, 20_000))
    elif args.what == "triage":
        triage(args.incidents[0])
    else:
        load(args.incidents[0], args.users, args.asks, args.pause, args.database)
    return 0


if __name__ == "__main__":
    sys.exit(main())
