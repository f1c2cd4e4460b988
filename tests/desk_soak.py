"""A busy mission in little time: people report and decide in a process that is killed again and again; nothing acknowledged may be lost.

python -m tests.desk_soak --rounds 30 --seconds 20        a day of it (``make soak-desk``); a small run is a test
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servanda.desk.folder import open_desk
from servanda.record import File


def work(folder: Path, seed: int) -> None:
    """What people do, without end: each line that is printed was acknowledged."""
    from servanda.desk.configure import configure

    desk, chance = open_desk(folder), random.Random(seed)
    configure(desk)
    from servanda.desk import decide, models
    from servanda.desk.standing import recompute
    from servanda.errors import ServandaError

    people = list(models.Person.objects.exclude(role="administrator"))
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
        row, who = chance.choice(models.Incident.objects.order_by("id")[:200]), chance.choice(people)
        for step, why_not in decide.steps_now(desk, who.pk, row.pk).items():
            says = {"step": step, "outcome": chance.choice(outcomes.get(step, ("",)))}
            if why_not or step in ("right_of_reply", "disclosed", "followed_up"):
                continue
            try:
                (done,) = decide.decide(desk, who, [decide.Click(row.pk, says, "seen")])
                print(f"decision {done.decision}", flush=True)
            except ServandaError:
                pass  # a guard says no to this outcome
            break
        if n % 25 == 24:
            recompute(desk)


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
            people.send_signal(signal.SIGKILL)
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
    print(f"{len(told)} acknowledged, {args.rounds} times killed; nothing was lost, and everything holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
