"""The verdicts as they stand: a session (ADR 55) takes in what comes, and they are kept with the size of the record they came of."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from servanda.app.publish import publish as publish_run
from servanda.app.record import RecordRun
from servanda.app.state import State
from servanda.desk import decide, models
from servanda.desk.compose import decisions_file
from servanda.desk.folder import Desk
from servanda.desk.projection import catch_up, head, lock, refresh
from servanda.desk.session import Live, live_of, live_there
from servanda.errors import ServandaError
from servanda.record.log import digest_of
from servanda.store import RecordStore
from servanda.values.files import NamedBytes

_KEPT = 5


def newest() -> models.Standing | None:
    """The verdicts that were made last."""
    return models.Standing.objects.defer("verdicts", "unfound").order_by("-size").first()


@dataclass(frozen=True)
class Stood:
    """Verdicts as they were made once, read once for all who ask: of many incidents they are some megabytes."""

    verdicts: list[dict[str, Any]]
    unfound: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of incidents that no term counts, how many of their reports have which of the judge's reasons."""

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

    @cached_property
    def _determined(self) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = {}
        for n, verdict in enumerate(self.verdicts):
            for step in verdict["steps"]:
                for incident in step["uses"] if step["rule"] == "determined" else ():
                    found.setdefault(incident, []).append((n, step["text"]))
        return found

    def effect(self, incident: str) -> list[tuple[str, list[dict[str, Any]]]]:
        """What the determination of an incident does to verdicts, as the judge says it.

        Args:
            incident: its id.

        Returns:
            Each sentence with the verdicts of which it is true; of terms that have several readings, that over all of them.
        """
        told = self._determined.get(incident, ())
        over_all = {(v["term"], v["party"]) for v in self.verdicts if v["reading"] is None}
        out: dict[str, list[dict[str, Any]]] = {}
        for n, text in told:
            verdict = self.verdicts[n]
            if verdict["reading"] is None or (verdict["term"], verdict["party"]) not in over_all:
                out.setdefault(text, []).append(verdict)
        return list(out.items())


@lru_cache(maxsize=2)
def _stood(folder: Path, size: int, made_at: datetime) -> Stood:
    return Stood(*models.Standing.objects.values_list("verdicts", "unfound").get(pk=size))


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


def session_of(desk: Desk, at: models.Head) -> Live:
    """The session of this process; begun from what was kept of one, where that fits."""
    return live_of(desk.record_folder, at.agreement, State(desk.folder / "session", desk.folder / "keys" / "session"))


def warm(desk: Desk) -> None:
    """Have the session there before it is needed: without it, whatever brings reports is projected by reading the whole record.

    Args:
        desk: the mission.

    Raises:
        ServandaError: the record cannot be read.
    """
    refresh(desk.record())
    if (at := head()).agreement:
        with (live := session_of(desk, at)).lock:
            live.look()


def keep_session(desk: Desk) -> bool:
    """Keep the session on the disk, so that the next process goes on from it.

    Args:
        desk: the mission.

    Returns:
        Whether there was anything new to keep.

    Raises:
        ServandaError: it cannot be written.
    """
    live = live_there(desk.record_folder, head().agreement)
    if live is None or not live.follower.unsaved:
        return False
    desk.refuse_gone()  # the folder is not begun anew by what is kept in it
    with live.lock:
        return live.follower.save()


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
    begun, error, size = time.monotonic(), "", at.size
    stood = Stood([])
    try:
        live = session_of(desk, at)
        with live.lock:
            live.look()
            stood, size = Stood(*live.shown(live.follower.session)), live.follower.size
    except ServandaError as fault:
        error = str(fault)
    seconds = time.monotonic() - begun
    with transaction.atomic():
        made, _ = models.Standing.objects.update_or_create(
            pk=size,
            defaults={
                "made_at": decide.clock(),
                "seconds": seconds,
                "verdicts": stood.verdicts,
                "unfound": stood.unfound,
                "error": error,
            },
        )
        old = models.Standing.objects.order_by("-size").values_list("pk", flat=True)[_KEPT:]
        models.Standing.objects.filter(pk__in=list(old)).delete()
    stamp(desk).write_text(str(size), "ascii")
    return made


def stamp(desk: Desk) -> Path:
    """The file that is written when verdicts are new, so that open pages hear of it."""
    return desk.folder / "standing"


def preview(desk: Desk, entries: list[dict[str, Any]]) -> Stood:
    """The verdicts that would follow if these decisions were recorded now; nothing is.

    Args:
        desk: the mission.
        entries: the decisions as they would stand in their file.

    Returns:
        The verdicts as they are kept.

    Raises:
        ServandaError: they cannot be read.
    """
    file, live = decisions_file(entries), session_of(desk, head())
    with live.lock:
        live.look()
        return Stood(*live.shown(live.follower.supposing(NamedBytes(file.name, file.data))))


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
