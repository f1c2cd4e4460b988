"""What is done beside the pages: verdicts and documents kept up to date, and each watched place looked into, every one in a loop of its own.

So a mailbox that is slow, or a table of many rows, delays no verdict, and a fault of one is no fault of another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, close_old_connections, connections

from servanda.desk import attached, given, said, standing
from servanda.desk.folder import Desk
from servanda.desk.projection import refresh
from servanda.desk.watching import QUIET as QUIET_FILES
from servanda.desk.watching import Watch
from servanda.desk.ways_in import Watched
from servanda.errors import ServandaError
from servanda.wording import plural

QUIET = 0.2
"""Seconds without a change before verdicts are made again."""
AWAY = 1.0
"""Seconds until a database that does not answer is asked again."""
_PATIENCE = 10.0
_KEPT_EVERY = 30.0
_TIDIED_EVERY = 600.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """Something that is done again and again: its name, how many seconds lie between two times, and what; it is told whether this is the only time."""

    name: str
    every: float
    do: Callable[[bool], None]


def jobs(desk: Desk, say: Say) -> list[Job]:
    """All that is done beside the pages of a mission, in the order in which it is done once.

    Args:
        desk: the mission.
        say: told what came of it.

    Returns:
        What is watched, each alone; the documents; the verdicts; packages that were asked for; what is over; and the session that they came of, kept for the next start.
    """
    watched = [Job(f"watch {one.path}", QUIET_FILES, _watch(desk, one, say)) for one in desk.ways.watch]
    made = Job("documents", 1.0, _documents(desk)), Job("verdicts", 0.1, _verdicts(desk, say))
    return [
        *watched,
        *made,
        Job("packages", 1.0, _packages(desk, say)),
        Job("what is over", _TIDIED_EVERY, _tidy(desk)),
        Job("session", _KEPT_EVERY, _session(desk)),
    ]


def _watch(desk: Desk, watched: Watched, say: Say) -> Callable[[bool], None]:
    watch = Watch(desk, (watched,))

    def look(_once: bool) -> None:
        refresh(desk.record())
        watch.look(say)

    return look


def _documents(desk: Desk) -> Callable[[bool], None]:
    def read(_once: bool) -> None:
        refresh(desk.record())
        said.recompute(desk)

    return read


def _verdicts(desk: Desk, say: Say) -> Callable[[bool], None]:
    seen, quiet_since = -1, 0.0

    def make(once: bool) -> None:
        nonlocal seen, quiet_since
        refresh(record := desk.record())
        if record.log.head.size != seen:
            seen, quiet_since = record.log.head.size, time.monotonic()
        if not once and time.monotonic() - quiet_since < QUIET:
            return
        made = standing.recompute(desk)
        if made is not None:
            of = plural(made.size, "entry", "entries")
            say(f"verdicts of {of} in {made.seconds:.1f} s{': ' + made.error if made.error else ''}")

    return make


def _packages(desk: Desk, say: Say) -> Callable[[bool], None]:
    def make(_once: bool) -> None:
        if made := given.make_asked(desk):
            say(f"packages for {plural(made, 'tier')}")

    return make


def _tidy(desk: Desk) -> Callable[[bool], None]:
    """Remove files of forms that came to nothing, and the sessions of people that ended: whoever opens the page of signing in begins one."""

    def tidy(_once: bool) -> None:
        attached.sweep(desk)
        SessionStore.clear_expired()

    return tidy


def _session(desk: Desk) -> Callable[[bool], None]:
    def keep(_once: bool) -> None:
        standing.keep_session(desk)

    return keep


def work(
    desk: Desk, *, once: bool = False, say: Say = lambda line: None, stopped: Callable[[], bool] = lambda: False
) -> bool:
    """Take in what arrives where ``desk.yaml`` says, and make verdicts anew after every change, until stopped.

    Args:
        desk: the mission.
        once: do what is to be done, and end.
        say: told each run.
        stopped: whether to end.

    Returns:
        Whether all that was to be done once was done; what was not is told.
    """
    ended = threading.Event()
    todo = jobs(desk, say)
    if once:
        done = [_try(job, say, once=True) for job in todo]  # each, also where one before could not be done
        return all(done)
    threads = [
        threading.Thread(
            target=_again, args=(job, say, lambda: ended.is_set() or stopped()), name=job.name, daemon=True
        )
        for job in todo
    ]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            threads[-1].join(0.5)
    finally:
        ended.set()
        for thread in threads:
            thread.join(_PATIENCE)
        _try(todo[-1], say)
        connections.close_all()
    return True


def _again(job: Job, say: Say, stopped: Callable[[], bool]) -> None:
    try:
        while not stopped():
            close_old_connections()
            wait = job.every if _try(job, say) else max(AWAY, job.every)
            until = time.monotonic() + wait
            while not stopped() and (left := until - time.monotonic()) > 0:
                time.sleep(min(left, 0.2))
    finally:
        connections.close_all()


def _try(job: Job, say: Say, *, once: bool = False) -> bool:
    """Do it; whether nothing was wrong. What is wrong is told, and tried again: a loop that ends is one that nobody misses until a verdict is late."""
    try:
        job.do(once)
    except ServandaError as error:
        say(str(error))
    except DatabaseError as error:  # it is gone, and comes back
        say(f"{job.name}: the database does not answer: {str(error).splitlines()[0]}")
    except Exception as error:
        if once:
            raise
        say(f"{job.name}: something is wrong, and is tried again: {type(error).__name__}: {str(error)[:200]}")
    else:
        return True
    return False
