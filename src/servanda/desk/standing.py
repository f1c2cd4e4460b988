"""The verdicts as they stand: a session (ADR 55) takes in what comes, and they are kept with the size of the record they came of."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.db import DatabaseError, close_old_connections, transaction

from servanda.app.publish import publish as publish_run
from servanda.app.record import RecordRun
from servanda.desk import decide, models, said
from servanda.desk.compose import decisions_file
from servanda.desk.folder import Desk
from servanda.desk.projection import catch_up, head, lock, refresh
from servanda.desk.session import live_of
from servanda.desk.watching import QUIET as QUIET_FILES
from servanda.desk.watching import Watch
from servanda.errors import ServandaError
from servanda.record.log import digest_of
from servanda.store import RecordStore
from servanda.values.files import NamedBytes

QUIET = 0.2
"""Seconds without a change before verdicts are made again."""
AWAY = 1.0
"""Seconds until a database that does not answer is asked again."""
_KEPT = 5


def newest() -> models.Standing | None:
    """The verdicts that were made last."""
    return models.Standing.objects.defer("verdicts").order_by("-size").first()


@dataclass(frozen=True)
class Stood:
    """Verdicts as they were made once, read once for all who ask: of many incidents they are some megabytes."""

    verdicts: list[dict[str, Any]]

    @cached_property
    def _of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for n, verdict in enumerate(self.verdicts):
            for incident in verdict["incidents"]:
                found.setdefault(incident, []).append(n)
        return found

    @cached_property
    def _steps(self) -> dict[tuple[int, str], list[dict[str, Any]]]:
        found: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for n, verdict in enumerate(self.verdicts):
            for step in verdict["steps"]:
                for incident in [""] if step["rule"] == "verdict" else dict.fromkeys(step["uses"]):
                    found.setdefault((n, incident), []).append(step)
        return found

    def counting(self, incident: str) -> list[dict[str, Any]]:
        """The verdicts that count an incident, each with the steps that use it and that which concludes.

        Args:
            incident: its id.

        Returns:
            The verdicts.
        """
        out = []
        for n in self._of.get(incident, ()):
            steps = [*self._steps.get((n, incident), ()), *self._steps.get((n, ""), ())]
            out.append({**self.verdicts[n], "steps": sorted(steps, key=lambda s: s["n"])})
        return out


@lru_cache(maxsize=2)
def _stood(folder: Path, size: int, made_at: datetime) -> Stood:
    return Stood(models.Standing.objects.values_list("verdicts", flat=True).get(pk=size))


def stood(desk: Desk, made: models.Standing | None) -> Stood:
    """The verdicts that were made.

    Args:
        desk: the mission.
        made: when, as :func:`newest` says; nothing where none were.

    Returns:
        The verdicts.
    """
    return Stood([]) if made is None else _stood(desk.folder, made.size, made.made_at)


def pending(standing: models.Standing | None) -> int:
    """How many decisions and files of evidence have come since."""
    since = standing.size if standing else 0
    return int(
        models.Entry.objects.filter(
            index__gte=since, kind__in=("decisions", "evidence", "coverage", "register", "agreement")
        ).count()
    )


def recompute(desk: Desk) -> models.Standing | None:
    """Make the verdicts of what the record holds now, unless they are there.

    Args:
        desk: the mission.

    Returns:
        The new verdicts; ``None`` where nothing had changed, or there is no agreement yet.
    """
    refresh(desk.record())
    at = head()
    if not at.agreement or models.Standing.objects.filter(pk=at.size).exists():
        return None
    begun, error, verdicts, size = time.monotonic(), "", [], at.size
    try:
        live = live_of(desk.record_folder, at.agreement)
        with live.lock:
            live.look()
            verdicts, size = live.shown(live.follower.session), live.follower.size
    except ServandaError as fault:
        error = str(fault)
    seconds = time.monotonic() - begun
    with transaction.atomic():
        made, _ = models.Standing.objects.update_or_create(
            pk=size, defaults={"made_at": decide.clock(), "seconds": seconds, "verdicts": verdicts, "error": error}
        )
        old = models.Standing.objects.order_by("-size").values_list("pk", flat=True)[_KEPT:]
        models.Standing.objects.filter(pk__in=list(old)).delete()
    stamp(desk).write_text(str(size), "ascii")
    return made


def stamp(desk: Desk) -> Path:
    """The file that is written when verdicts are new, so that open pages hear of it."""
    return desk.folder / "standing"


def work(
    desk: Desk,
    *,
    once: bool = False,
    say: Callable[[str], None] = lambda line: None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Take in what arrives where ``desk.yaml`` says, and recompute after every change, until stopped.

    Args:
        desk: the mission.
        once: do what is to be done, and end.
        say: told each run.
        stopped: whether to end.
    """
    seen, quiet_since, looked = -1, 0.0, 0.0
    watch = Watch(desk)
    while not stopped():
        close_old_connections()
        try:
            refresh(record := desk.record())
            if desk.ways.watch and (once or time.monotonic() - looked >= QUIET_FILES):
                looked = time.monotonic()
                if watch.look(say):
                    refresh(record := desk.record())
            size = record.log.head.size
            if size != seen:
                seen, quiet_since = size, time.monotonic()
            if once or time.monotonic() - quiet_since >= QUIET:
                said.recompute(desk)
                made = recompute(desk)
                if made is not None:
                    say(
                        f"verdicts of {made.size} entries in {made.seconds:.1f} s{': ' + made.error if made.error else ''}"
                    )
        except ServandaError as error:
            say(str(error))
        except DatabaseError as error:  # it is gone, and comes back
            say(f"the database does not answer: {str(error).splitlines()[0]}")
            if not once:
                time.sleep(AWAY)
        except Exception as error:
            if once:
                raise
            say(f"something is wrong, and is tried again: {type(error).__name__}: {str(error)[:200]}")
            time.sleep(AWAY)
        if once:
            return
        time.sleep(0.1)


def preview(desk: Desk, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The verdicts that would follow if these decisions were recorded now; nothing is.

    Args:
        desk: the mission.
        entries: the decisions as they would stand in their file.

    Returns:
        The verdicts as ``standing`` keeps them.

    Raises:
        ServandaError: they cannot be read.
    """
    file, live = decisions_file(entries), live_of(desk.record_folder, head().agreement)
    with live.lock:
        live.look()
        return live.shown(live.follower.supposing(NamedBytes(file.name, file.data)))


def publish(desk: Desk, run: RecordRun) -> int:
    """Sign verdicts on the record; what was signed of the same files with the same result is the same.

    Args:
        desk: the mission.
        run: the verdicts.

    Returns:
        The number of the entry.

    Raises:
        ServandaError: it cannot be recorded; nothing was.
    """
    with transaction.atomic():
        at = lock()
        record = desk.record()
        catch_up(record, at)
        last = models.Published.objects.order_by("-entry").first()
        digest = digest_of(run.files["verdicts.json"])
        of = record.statement(last.entry).says["inputs"] if last is not None and last.digest == digest else None
        if last is not None and of == run.inputs.indices:
            return int(last.entry)
        index = publish_run(RecordStore(record), run, desk.signer)
        decide.between("recorded")
        catch_up(record, lock())
    return index
