"""A busy mission in little time: people and sensors report, people decide, sign by hand, merge and undo, in a process that is killed or
restarted again and again; nothing acknowledged may be lost, and no request that is sent again may count twice.

python -m tests.desk_soak --rounds 30 --seconds 20        a day of it (``make soak-desk``); a small run is a test
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.desk.folder import Desk, open_desk
from servanda.errors import ServandaError
from servanda.record import File
from servanda.record.hands import own_text, text_of

KEY = Ed25519PrivateKey.from_private_bytes(b"a key of this soak and no other!")


def work(folder: Path, seed: int) -> None:
    """What people do, without end: each line that is printed was acknowledged."""
    from servanda.desk.configure import configure

    desk, chance = open_desk(folder), random.Random(seed)
    configure(desk)
    from servanda.desk import decide, hands, models, tables
    from servanda.desk.handed import hand_in, read, told
    from servanda.desk.standing import recompute
    from servanda.desk.tokens import issue

    people = list(models.Person.objects.exclude(role="administrator"))
    token = tables.Token.objects.first() or tables.Token.objects.get(pk=issue("Camera", rate=6000).split("_")[1])
    chief = _with_key(desk, models.Person.objects.get(role="chief"))
    outcomes = {"triaged": ("in_scope", "in_scope", "not_applicable"), "determined": ("confirmed", "unsubstantiated")}
    print("begun", flush=True)
    for n in range(10**9):
        if chance.random() < 0.4:
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
        if chance.random() < 0.2:
            rows = [{"act": "shelling", "start": f"2025-03-20T06:00:{k:02d}Z"} for k in range(chance.randrange(1, 4))]
            for _ in range(2):  # sent twice
                handed, _new = hand_in(desk, token, read({"reports": rows}, f"{seed}-{n}", token.source))
            for one in told(handed, ("status",)):
                print(f"handed {one['report_id']} {one['incident']}", flush=True)
        if chance.random() < 0.1:
            _move(desk, chance)
        row, who = chance.choice(models.Incident.objects.order_by("id")[:200]), chance.choice(people)
        for step, why_not in decide.steps_now(desk, who.pk, row.pk).items():
            says = {"step": step, "outcome": chance.choice(outcomes.get(step, ("",)))}
            if why_not or step in ("right_of_reply", "disclosed", "followed_up"):
                continue
            click = decide.Click(row.pk, says, "seen")
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
        if n % 25 == 24:
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


def soak(folder: Path, rounds: int, seconds: float, seed: int = 1) -> list[str]:
    """Let people work, kill them, and look.

    Args:
        folder: of a mission with people and incidents; it is configured in this process.
        rounds: how often they are killed.
        seconds: for how long they work each time, at most.
        seed: of chance.

    Returns:
        What was acknowledged; all of it was found again, and everything holds.
    """
    from servanda.desk import models
    from servanda.desk.projection import rebuild, refresh

    chance, told = random.Random(seed), list[str]()
    for n in range(rounds):
        command = [sys.executable, "-m", "tests.desk_soak", "--work", str(folder), "--seed", str(seed + n)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as people:
            assert people.stdout is not None
            people.stdout.readline()
            time.sleep(chance.uniform(seconds / 2, seconds))
            people.send_signal(signal.SIGKILL if n % 3 else signal.SIGTERM)
            told += [line.strip() for line in people.stdout if line.endswith("\n")]
        desk = open_desk(folder)
        record = desk.record()
        round_ = File(f"soak/{seed}-{n}.txt", "attachment", b"looked at")
        record.add([round_], desk.signer)  # the next entry clears what an append that was killed has left
        record.verify(record.log.policy, quorum=False)
        refresh(record)
        made = {str(pk) for pk in models.Decided.objects.values_list("id", flat=True)}
        there = {str(r) for r in models.Report.objects.values_list("incident", flat=True)}
        gone = {str(g) for g in models.Gone.objects.values_list("id", flat=True)}
        for line in told:
            kind, *words = line.split()
            assert words[-1] in (made if kind == "decision" else there | gone), f"lost: {line}"
        handed = [tuple(row) for row in models.Report.objects.filter(said__source="Camera").values_list("report_id")]
        assert len(handed) == len(set(handed)), "a report that was sent again counts twice"
        assert rebuild(record)[0], "the tables that were made again are others"
    return told


def main() -> int:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", metavar="DIR", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(Path(args.work), args.seed)
    from tests.desks import mission

    with tempfile.TemporaryDirectory() as folder:
        desk = mission(Path(folder) / "m", reports=40)
        told = soak(desk.folder, args.rounds, args.seconds, args.seed)
    kinds = Counter(line.split()[0] for line in told)
    print(f"{dict(kinds)} acknowledged, {args.rounds} times killed or stopped; nothing was lost, and everything holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
