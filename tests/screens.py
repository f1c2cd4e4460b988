"""The screens of the desk: which addresses show them, and to whom; and a mission in which each has something to show."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desks import HEADER, client, mission, password, row, way

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync".split()
marks = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian package chromium)"),
]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ASKED = "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"

SCREENS: Mapping[str, tuple[str, ...]] = {
    "": ("/account/login/",),
    "chief": (
        "/queue/?view=all",
        "/queue/?view=overdue",
        "/queue/bulk/?i=I-1&i=I-6",
        "/case/I-5",
        "/case/I-5?tab=coverage",
        "/case/I-5?tab=decisions",
        "/case/I-5?tab=verdicts",
        "/parts/?i=I-1&i=I-6",
        "/patrols/",
        "/patrols/1/",
        "/shift/",
        "/map/",
        "/reports/",
        "/reports/1/",
        "/agreement/",
        "/agreement/?tab=check",
        "/agreement/?tab=versions",
        "/agreement/?tab=sequence",
        "/sources/",
        "/figures/",
        "/board/",
        "/board/verdict/?term=fire&party=B",
        "/sign/",
        "/entry/",
        "/entry/?letter=2",
        "/entry/own/",
        "/arrivals/",
        "/arrivals/1/",
        "/arrivals/2/",
        "/statements/",
        "/statements/?tab=documents",
        "/record/",
        "/packages/",
        "/key/",
        "/demo/",
        "/help/",
        "/account/password/",
        "/account/2fa/",
        "/account/logout/",
        "/nowhere/",
    ),
    "administrator": ("/admin/",),
    "party": ("/room/", "/room/complain/", "/room/answer/I-4"),
    "guarantor": ("/given/", "/given/case/I-3"),
}
"""Addresses by the login that opens them; the empty one has not signed in."""

PARTS = frozenset(
    "home rows save_view panel step fresh preview twins apart tiles paper_file sequence publish place_map own_attachment "
    "attachment arrival_file language events state here api_description api_reports api_report api_nothing hand room_file given_file "
    "account_reauthenticate".split()
)
"""Names of addresses that are no screens: parts of one, files, answers to a click, and the interface for machines.

"""


def prepare(folder: Path) -> None:
    """A mission whose incidents stand in every state, whose arrivals wait, and whose days still come in."""
    desk = mission(folder, reports=7, quick=False)
    from servanda.desk import arrivals, given, said
    from servanda.desk.folder import CONFIG
    from servanda.desk.replay import HELD
    from servanda.desk.setup import account, give_office
    from servanda.desk.working import work

    way(desk, "I-5", "attributed")
    way(desk, "I-4", "right_of_reply")
    way(desk, "I-3", "signed")
    table = b"day,place,what,lat,lon\n03/04/2025,quay,pounding,48.0,37.0\n"
    arrivals.arrive(desk, "Harbour master", "upload", "log.csv", table)
    words = b"Subject: Shots\n\nShots at the quay.\n"
    letter = arrivals.arrive(desk, "Partner", "mailbox", "Shots.txt", words, letter=True)
    arrivals.by_itself(desk, letter, None)
    said.keep(desk, "p-duty", [("a.txt", b"ALDOVA CITY, 20 March 2025. Borska denied shelling the quay.\n")])
    said.recompute(desk)
    give_office(desk, "p-20", "Boris Borskij", "party:B", "party")
    account("party", password("party"))
    give_office(desk, "p-21", "Greta Garland", "guarantor:G", "guarantor")
    account("guarantor", password("guarantor"))
    given.make(desk, "guarantors")
    begun = {
        "team": "Team 2",
        "place": "quay",
        "start": "2025-03-20T05:00",
        "end": "2025-03-20T08:00",
        "people": "p-patrol",
    }
    assert client("operations").post("/patrols/", begun).status_code == 302
    asked = {"kind": "daily", "date": "2025-03-19"}
    assert client("verification").post("/reports/", asked).status_code == 302
    held = folder / HELD / "evidence"
    held.mkdir(parents=True)
    (held / "days.csv").write_text(HEADER + "".join(row(n, f"D-{n}") for n in range(20, 23)), "utf-8")
    (folder / CONFIG).write_text((folder / CONFIG).read_text("utf-8") + "demo: true\n", "utf-8")
    work(desk, once=True)
    from django.db import connections

    connections.close_all()


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """A mission's folder, served by a process of its own (by more where the options say so); its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    alone = ["--port", str(port), "--processes", "1"]
    command = [sys.executable, "-m", "servanda", "desk", "serve", str(folder), *alone, *options]
    server = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def browser(*more: str) -> Iterator[Any]:
    """A browser that asks nobody for anything of its own. Playwright keeps a loop in this thread, beside which Django writes nothing."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        made = p.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *more])
        yield made
        made.close()


def sign_in(page: Any, address: str, login: str, word: str | None = None) -> None:
    """Sign in, without a page being drawn for it; nobody is who he says by an empty name."""
    if login:
        name, asked = {"administrator": "admin"}.get(login, login), page.context.request
        form = asked.get(f"{address}/account/login/").text()
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)[1]  # type: ignore[index]
        said = {"login": name, "password": word or password(login), "csrfmiddlewaretoken": token}
        answer = asked.post(f"{address}/account/login/", form=said, max_redirects=0)
        assert answer.status == 302, (login, answer.status)
