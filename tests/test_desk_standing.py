"""What stands beneath the desk's pages costs by what changed: a click reads no old statement again, and verdicts come of a session."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("django")
from servanda.app.record import verify_record
from servanda.desk.folder import Desk
from servanda.desk.picture import Rows
from servanda.errors import RecordError
from servanda.record import disk, entry, index
from servanda.store import RecordStore
from tests.desks import BY_DAY_SQLITE, database_of, mission, take, way


@pytest.fixture(scope="module", params=BY_DAY_SQLITE)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = database_of(request.param, f"standing_{os.getpid()}")
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=14, database=database)
    from django.db import connections

    connections.close_all()


def from_nothing(desk: Desk) -> str:
    """What a run from nothing says, as the desk keeps it."""
    from servanda.desk.session import SHOWN

    run = verify_record(RecordStore(desk.record()), agreement="agreement.yaml")
    verdicts = [{k: v[k] for k in SHOWN} for v in json.loads(run.files["verdicts.json"])["verdicts"]]
    return json.dumps(verdicts, sort_keys=True)


def standing(desk: Desk) -> str:
    from servanda.desk.standing import newest, recompute

    recompute(desk)
    made = newest()
    assert made is not None
    assert (made.size, made.error) == (desk.record().log.head.size, "")
    return json.dumps(made.verdicts, sort_keys=True)


def test_a_click_reads_no_statement_that_was_read_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take(desk, "p-duty", "I-1", "triaged", outcome="in_scope")
    read: list[int] = []

    def counted(number: int, data: bytes) -> entry.Entry:
        read.append(number)
        return entry.read_entry(number, data)

    monkeypatch.setattr(index, "read_entry", counted)
    size = desk.record().log.head.size
    take(desk, "p-duty", "I-2", "triaged", outcome="in_scope")
    assert [n for n in read if n not in (0, size)] == []  # the origin says whether there is a record at all


def test_verdicts_of_the_session_are_those_of_a_run_from_nothing(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.decide import Click, decide, report

    assert standing(desk) == from_nothing(desk)
    way(desk, "I-3")
    assert standing(desk) == from_nothing(desk)
    last = models.Incident.objects.get(pk="I-3").last
    decide(desk, "p-chief", [Click("I-3", {"undo": last}, "a mistake")])
    assert standing(desk) == from_nothing(desk)
    decide(desk, "p-chief", [Click("I-4", {"merge": ["I-4", "I-5"], "into": "I-4"}, "one event")])
    said = {"source": "Post 77", "act": "shelling", "summary": "heard", "start": "2025-03-20T06:00Z"}
    report(desk, models.Person.objects.get(pk="p-duty"), {**said, "kind": "observation", "side": "none"}, "n1")
    assert standing(desk) == from_nothing(desk)


def test_what_moves_reports_is_projected_without_reading_all_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import decide, models, projection
    from servanda.desk.decide import Click
    from servanda.desk.register import Person

    standing(desk)  # the worker has looked
    person = models.Person.objects.get(pk="p-duty")
    said = {
        "act": "shelling",
        "kind": "observation",
        "side": "none",
        "lat": "48.0",
        "lon": "37.05",
        "precision_km": "1",
    }
    monkeypatch.setattr(projection, "read_picture", lambda record: pytest.fail("all of it was read"))
    for n, where in enumerate(("", "", "I-10", "I-10")):
        told = {**said, "source": f"Ward {n}", "start": f"2025-03-2{n % 2}T06:10+02:00", "incident_id": where}
        decide.report(desk, person, {k: v for k, v in told.items() if v}, f"n{n}")
    made = str(models.Report.objects.get(said__source="Ward 0").incident)
    decide.decide(desk, "p-chief", [Click("I-11", {"merge": ["I-11", made, "I-12"], "into": "I-11"}, "one")])
    assert models.Gone.objects.get(pk=made).into == "I-11"
    take(desk, "p-duty", "I-11", "triaged", outcome="in_scope")
    decide.decide(desk, "p-chief", [Click("I-10", {"merge": ["I-10", "I-11"], "into": "I-10"}, "one")])
    last = models.Incident.objects.get(pk="I-10").last
    decide.decide(desk, "p-chief", [Click("I-10", {"undo": last}, "two after all")])
    new = Person("p-new", "Name of new", "duty", "newcomer")
    decide.change_register(desk, lambda register: register.with_person(new))
    monkeypatch.undo()
    assert models.Person.objects.filter(pk="p-new").exists()
    grown = projection.live_rows()
    assert projection.rebuild(desk.record())[0], differences(grown, projection.live_rows())


def differences(grown: Rows, made: Rows) -> list[object]:
    """What is other in tables that were made anew."""
    return [(name, r) for name, rows in grown.items() for r in rows if r not in made[name]] + [
        ("anew", name, r) for name, rows in made.items() for r in rows if r not in grown[name]
    ]


def test_what_would_follow_is_what_follows_and_nothing_is_kept_of_it(desk: Desk) -> None:
    from servanda.desk.compose import decision_entry
    from servanda.desk.decide import clock
    from servanda.desk.standing import preview

    way(desk, "I-6", upto="replied")
    before = standing(desk)
    steps = ({"step": "determined", "outcome": "confirmed"}, {"step": "signed", "outcome": "agreed"})
    entries = [
        decision_entry({"incident": "I-6", **says}, by="Mission", person="p-second", at=clock(), why="seen", after="")
        for says in steps
    ]
    told = preview(desk, entries).verdicts
    assert standing(desk) == before == from_nothing(desk)
    take(desk, "p-verification", "I-6", "determined", outcome="confirmed")
    take(desk, "p-chief", "I-6", "signed", outcome="agreed")
    after = json.loads(standing(desk))
    words = [[(v["verdict"], v["confirmed"], v["alleged"]) for v in verdicts] for verdicts in (told, after)]
    assert words[0] == words[1]
    assert json.dumps(told, sort_keys=True) != before


def test_a_full_disk_at_any_write_refuses_the_click_and_the_next_one_goes_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import models
    from servanda.desk.projection import refresh

    real, wrote, told = disk.put, [0], list[str]()
    for n in range(40):

        def full(path: Path, data: bytes, mode: int = 0o644, last: int = n) -> None:
            wrote[0] += 1
            if wrote[0] == last + 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(path, data, mode)

        wrote[0] = 0
        monkeypatch.setattr(disk, "put", full)
        try:
            take(desk, "p-duty", "I-13", "triaged", outcome="in_scope")
            break
        except RecordError as error:
            told.append(error.faults[0].code)
        finally:
            monkeypatch.undo()
        refresh(desk.record())
        assert models.Incident.objects.get(pk="I-13").state == "received"
    assert told == ["REC003"] * n
    assert n > 2
    assert models.Incident.objects.get(pk="I-13").state == "in_scope"
    desk.record().verify(desk.record().log.policy, quorum=False)


def test_a_record_that_another_process_holds_is_waited_for(desk: Desk) -> None:
    from servanda.desk import models

    hold = "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); time.sleep(0.5)"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(desk.record_folder / "lock")], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        take(desk, "p-duty", "I-14", "triaged", outcome="in_scope")
        assert other.wait() == 0
    assert models.Incident.objects.get(pk="I-14").state == "in_scope"


def test_a_worker_that_was_killed_is_right_again(desk: Desk, tmp_path: Path) -> None:
    from servanda.desk import models, session

    worker = subprocess.Popen(
        [sys.executable, "-m", "servanda", "desk", "work", str(desk.folder)], env=os.environ, stdout=subprocess.DEVNULL
    )
    try:
        for incident in ("I-7", "I-8"):
            take(desk, "p-duty", incident, "triaged", outcome="in_scope")
            size = desk.record().log.head.size
            until = time.monotonic() + 30
            while not models.Standing.objects.filter(pk=size).exists() and time.monotonic() < until:
                time.sleep(0.05)
            assert models.Standing.objects.filter(pk=size).exists()
        worker.send_signal(signal.SIGKILL)
    finally:
        worker.kill()
        worker.wait()
    take(desk, "p-duty", "I-9", "triaged", outcome="not_applicable")
    session.LIVE.clear()  # as in a new process
    assert standing(desk) == from_nothing(desk)


def test_a_mailbox_that_is_slow_delays_no_verdict(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import models, working
    from servanda.desk.ways_in import Watched, WaysIn

    held, looked, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(*_: object) -> int:
        looked.set()
        held.wait(30)
        return 0

    monkeypatch.setattr(working.Watch, "look", slow)
    before = desk.ways
    object.__setattr__(desk, "ways", WaysIn(watch=(Watched(tmp_path / "box", "Partner", mailbox=True),)))
    worker = threading.Thread(target=working.work, args=(desk,), kwargs={"stopped": ended.is_set}, daemon=True)
    worker.start()
    try:
        assert looked.wait(10)
        take(desk, "p-duty", "I-13", "triaged", outcome="in_scope")
        size, until = desk.record().log.head.size, time.monotonic() + 20
        while not models.Standing.objects.filter(pk=size).exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert models.Standing.objects.filter(pk=size).exists()
    finally:
        ended.set()
        held.set()
        worker.join(10)
        object.__setattr__(desk, "ways", before)
    assert not worker.is_alive()


def test_a_source_is_graded_and_an_exception_granted_at_the_desk_and_the_verdicts_know(desk: Desk) -> None:
    from servanda.desk.decide import Click, Refused, decide
    from servanda.desk.models import Decided, Incident, Report

    one, other = Incident.objects.order_by("-id").values_list("id", flat=True)[:2]
    source = Report.objects.filter(incident=one)[0].said["source"]
    grade = Click(one, {"grade": source, "reliability": "E"}, "it errs")
    with pytest.raises(Refused, match="verification officer"):
        decide(desk, "p-duty", [grade])
    with pytest.raises(Refused, match="of this source"):
        decide(desk, "p-verification", [Click(other, {"grade": source, "reliability": "E"}, "it errs")])
    decide(desk, "p-verification", [grade])
    with pytest.raises(Refused, match="already"):
        decide(desk, "p-verification", [grade])
    with pytest.raises(Refused, match="no term"):
        decide(desk, "p-chief", [Click(one, {"grant": "x", "term": "none", "incident": one}, "agreed")])
    decide(desk, "p-chief", [Click(one, {"grant": "drill", "term": "fire", "incident": one}, "agreed")])
    assert {d.kind for d in Decided.objects.all()} >= {"grade", "grant"}
    assert standing(desk) == from_nothing(desk)
