"""A busy mission in little time: people and sensors report, people decide, sign by hand, merge and undo, in processes that are killed or
stopped again and again; nothing acknowledged may be lost, and no request that is sent again may count twice.

python -m tests.desk_soak                   a busy day (``make soak-desk``): 1,000 reports and 300 decisions of 12 people in three processes, a
                                            worker beside them; 14 minutes at most; a small run is a test
python -m tests.desk_soak --postgresql      the same on a PostgreSQL server that is started for it
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.desk.folder import Desk, open_desk
from servanda.errors import ServandaError
from servanda.record import File
from servanda.record.hands import own_text, text_of

KEY = Ed25519PrivateKey.from_private_bytes(b"a key of this soak and no other!")


def work(folder: Path, seed: int, hand: int = 0, hands_at_work: int = 1) -> None:
    """What some of the people do, without end: each line that is printed was acknowledged."""
    from servanda.desk.configure import configure

    desk, chance = open_desk(folder), random.Random(seed)
    configure(desk)
    from servanda.desk import decide, finding, hands, models, tables
    from servanda.desk.handed import hand_in, read, told
    from servanda.desk.standing import recompute, warm
    from servanda.desk.tokens import issue

    people = list(models.Person.objects.exclude(role="administrator").order_by("pk"))[hand::hands_at_work]
    token = tables.Token.objects.first() or tables.Token.objects.get(pk=issue("Camera", rate=6000).split("_")[1])
    warm(desk)
    chief = _with_key(desk, models.Person.objects.get(role="chief"))
    outcomes = {"triaged": ("in_scope", "in_scope", "not_applicable"), "determined": ("confirmed", "unsubstantiated")}
    print("begun", flush=True)
    for n in range(10**9):
        if chance.random() < 0.5:
            said = {
                "source": f"Post {n % 9}",
                "act": "shelling",
                "kind": "observation",
                "side": "none",
                "summary": "heard",
            }
            when = f"2025-03-{chance.randrange(19, 27)}T{chance.randrange(24):02d}:10Z"
            incident = decide.report(desk, chance.choice(people), {**said, "start": when}, f"{seed}-{n}")
            print(f"report {seed}-{n} {incident}", flush=True)
        if chance.random() < 0.25:
            rows = [{"act": "shelling", "start": f"2025-03-20T06:00:{k:02d}Z"} for k in range(chance.randrange(1, 4))]
            for _ in range(2):  # sent twice
                handed, _new = hand_in(
                    desk, token, read({"reports": rows}, f"{seed}-{n}", token.source, desk.record().vault.label)
                )
            for one in told(handed, ("status",)):
                print(f"handed {one['report_id']} {one['incident']}", flush=True)
        if chance.random() < 0.05:
            _move(desk, chance)
        if chance.random() < 0.5:
            continue
        row, who = chance.choice(models.Incident.objects.order_by("id")[:200]), chance.choice(people)
        for step, why_not in decide.steps_now(desk, who.pk, row.pk).items():
            says = {"step": step, "outcome": chance.choice(outcomes.get(step, ("",)))}
            if why_not or step in ("right_of_reply", "disclosed", "followed_up"):
                continue
            shown = finding.read_of(row.pk) if step in finding.STEPS else None
            click = decide.Click(row.pk, says, "seen", read=shown)
            try:
                if hands.needs(desk.record(), who, click):
                    waits = hands.draft(desk, chief, click)
                    done = hands.sign(desk, chief, waits, _by_hand(desk, chief, waits))
                else:
                    (done,) = decide.decide(desk, who, [click])
                print(f"decision {done.decision}", flush=True)
            except ServandaError:
                pass  # a guard says no to this outcome
            break
        if n % 25 == 24 and hands_at_work == 1:  # else a worker does
            recompute(desk)


def _with_key(desk: Desk, chief: Any) -> Any:
    """The chief, who has a key of his own from the first round on."""
    from servanda.desk import hands, models

    if not chief.key:
        record = desk.record()
        key = {"kind": "ed25519", "key": base64.b64encode(KEY.public_key().public_bytes_raw()).decode()}
        name = hands.next_name(record, chief.pk)
        text = own_text(record.log.head.origin, name, key)
        with suppress(ServandaError):  # it was killed between naming the key and giving it
            hands.give(desk, chief, key, {"sig": base64.b64encode(KEY.sign(text)).decode()})
    return models.Person.objects.get(pk=chief.pk)


def _by_hand(desk: Desk, chief: Any, waits: Any) -> dict[str, str]:
    digest = hashlib.sha256(bytes(waits.kept)).hexdigest()
    text = text_of(desk.record().log.head.origin, chief.key, "decisions", waits.name, digest)
    return {"sig": base64.b64encode(KEY.sign(text)).decode()}


def _move(desk: Desk, chance: random.Random) -> None:
    """Two incidents are merged, and sometimes the merge is undone."""
    from servanda.desk import decide, models

    pair = chance.sample([str(i) for i in models.Incident.objects.order_by("id").values_list("id", flat=True)[:200]], 2)
    with suppress(ServandaError):
        says = {"merge": pair, "into": pair[0]}
        (done,) = decide.decide(desk, "p-verification", [decide.Click(pair[0], says, "one event")])
        print(f"decision {done.decision}", flush=True)
        if chance.random() < 0.5:
            (done,) = decide.decide(desk, "p-verification", [decide.Click(pair[0], {"undo": done.decision}, "not so")])
            print(f"decision {done.decision}", flush=True)


def soak(
    folder: Path, rounds: int, seconds: float, seed: int = 1, hands_at_work: int = 1, until: Until | None = None
) -> list[str]:
    """Let people work, kill them, and look.

    Args:
        folder: of a mission with people and incidents; it is configured in this process.
        rounds: how often they are killed, at most.
        seconds: for how long they work each time from the first thing that was acknowledged, at most.
        seed: of chance.
        hands_at_work: in how many processes they work; with more than one, a worker makes verdicts beside them.
        until: after a round, whether it was enough.

    Returns:
        What was acknowledged; all of it was found again, and everything holds.
    """
    chance, told = random.Random(seed), list[str]()
    for n in range(rounds):
        with tempfile.TemporaryDirectory() as said, ExitStack() as ended:
            people = [Hand(folder, Path(said) / str(k), (seed, n, k), hands_at_work) for k in range(hands_at_work)]
            people += [Hand(folder, Path(said) / "work", (seed, n, -1), hands_at_work)] if hands_at_work > 1 else []
            for one in people:
                ended.callback(one.end, signal.SIGKILL)
            for one in people:
                one.begun()
            time.sleep(chance.uniform(seconds / 2, seconds))
            for k, one in enumerate(chance.sample(people, len(people))):
                one.end(signal.SIGKILL if (n + k) % 3 else signal.SIGTERM)
                time.sleep(chance.uniform(0, 0.3) if hands_at_work > 1 else 0)
            told += [line for one in people for line in one.said()]
        look(folder, told, f"{seed}-{n}", whole=n % 3 == 2)
        if until is not None and until(told):
            break
    look(folder, told, f"{seed}-end", whole=True)
    return told


Until = Callable[[list[str]], bool]


class Hand:
    """A process in which some of the people work, or the worker that makes verdicts."""

    def __init__(self, folder: Path, out: Path, seed: tuple[int, int, int], hands_at_work: int) -> None:
        name, (first, n, k) = "-".join(map(str, seed)), seed
        own = [
            "tests.desk_soak",
            "--work",
            str(folder),
            "--seed",
            str(first * 1_000_000 + n * 100 + k),
            "--hand",
            f"{k}/{hands_at_work}",
        ]
        command = [sys.executable, "-m", *(own if k >= 0 else ["servanda", "desk", "work", str(folder)])]
        self._out, self._works, self._ended, self.name = out, k >= 0, False, name
        with out.open("wb") as file:
            self._process = subprocess.Popen(command, stdout=file, env=os.environ)

    def begun(self) -> None:
        """Wait until something of theirs was acknowledged, however slow the machine is."""
        while self._works and self._process.poll() is None and self._out.read_bytes().count(b"\n") < 2:
            time.sleep(0.02)

    def end(self, by: signal.Signals) -> None:
        """Kill or stop it, once; it does not end by itself."""
        if not self._ended:
            self._ended = True
            assert self._process.poll() is None, f"{self.name} ended by itself, with {self._process.returncode}"
            self._process.send_signal(by)
            self._process.wait()

    def said(self) -> list[str]:
        """What was acknowledged, whole lines alone."""
        lines = self._out.read_text("utf-8").splitlines(keepends=True)[1:] if self._works else []
        return [line.strip() for line in lines if line.endswith("\n")]


def look(folder: Path, told: list[str], name: str, *, whole: bool) -> None:
    """Whether all that was acknowledged is there, once, the record holds, and (``whole``) tables made anew are the same."""
    from servanda.desk import models
    from servanda.desk.projection import rebuild, refresh
    from servanda.desk.standing import keep_session, warm

    desk = open_desk(folder)
    record = desk.record()
    round_ = File(f"soak/{name}.txt", "attachment", b"looked at")
    record.add([round_], desk.signer)  # the next entry clears what an append that was killed has left
    record.verify(record.log.policy, quorum=False)
    refresh(record)
    warm(desk)
    keep_session(desk)  # from which those who begin next go on
    made = {str(pk) for pk in models.Decided.objects.values_list("id", flat=True)}
    there = {str(r) for r in models.Report.objects.values_list("incident", flat=True)}
    gone = {str(g) for g in models.Gone.objects.values_list("id", flat=True)}
    for line in told:
        kind, *words = line.split()
        assert words[-1] in (made if kind == "decision" else there | gone), f"lost: {line}"
    handed = [tuple(row) for row in models.Report.objects.filter(said__source="Camera").values_list("report_id")]
    assert len(handed) == len(set(handed)), "a report that was sent again counts twice"
    assert not whole or rebuild(record)[0], "the tables that were made again are others"


def same_verdicts(folder: Path) -> bool:
    """Whether the verdicts as they stand are those of a run from nothing."""
    from servanda.app.record import verify_record
    from servanda.desk.session import SHOWN
    from servanda.desk.standing import newest, recompute
    from servanda.store import RecordStore

    desk = open_desk(folder)
    recompute(desk)
    run = verify_record(RecordStore(desk.record()), agreement="agreement.yaml")
    verdicts = [{k: v[k] for k in SHOWN} for v in json.loads(run.files["verdicts.json"])["verdicts"]]
    stands = newest()
    return stands is not None and json.dumps(stands.verdicts, sort_keys=True) == json.dumps(verdicts, sort_keys=True)


def twelve(desk: Desk) -> None:
    """Let four more in, so that twelve people work."""
    from servanda.desk.register import Person
    from servanda.desk.setup import let_in
    from tests.desks import password

    more = ("duty", "duty", "operations", "verification")
    let_in(desk, [Person(f"p-more-{n}", f"Name {n}", role, f"more-{n}") for n, role in enumerate(more)], password)


def main() -> int:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=14.0, help="no round begins that would end later")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="for which people work before they are killed, at most"
    )
    parser.add_argument(
        "--postgresql", action="store_true", help="on a server that is started for it; left out, SQLite"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--hand", default="0/1", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        hand, of = args.hand.split("/")
        work(Path(args.work), args.seed, int(hand), int(of))
    from tests.desks import database_of, mission

    begun, ends, longest = time.monotonic(), list[float](), 0.0

    def enough(told: list[str]) -> bool:
        nonlocal longest
        longest = max(longest, time.monotonic() - (ends[-1] if ends else begun))
        ends.append(time.monotonic())
        kinds = Counter(line.split()[0] for line in told)
        done = kinds["report"] + kinds["handed"] >= args.reports and kinds["decision"] >= args.decisions
        print(f"{(ends[-1] - begun) / 60:4.1f} min: {dict(kinds)} acknowledged, all there", flush=True)
        return done or ends[-1] - begun + longest > args.minutes * 60

    with tempfile.TemporaryDirectory() as folder:
        database = database_of("postgresql" if args.postgresql else "sqlite", "soak")
        desk = mission(Path(folder) / "m", reports=40, database=database)
        twelve(desk)
        told = soak(desk.folder, 10_000, args.seconds, args.seed, 3, enough)
        same = same_verdicts(desk.folder)
    kinds = Counter(line.split()[0] for line in told)
    reports, decisions = kinds["report"] + kinds["handed"], kinds["decision"]
    print(
        f"{reports} reports and {decisions} decisions of 12 people acknowledged in {(time.monotonic() - begun) / 60:.1f} minutes; "
        f"three processes and a worker {len(ends)} times killed or stopped; nothing was lost, the record holds, tables made again are the same; "
        f"verdicts {'as a run from nothing makes them' if same else 'NOT as a run from nothing makes them'}"
    )
    return 0 if same and reports >= args.reports and decisions >= args.decisions else 1


if __name__ == "__main__":
    sys.exit(main())
