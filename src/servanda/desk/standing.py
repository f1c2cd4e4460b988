"""The verdicts as they stand: recomputed after changes by the use case ``verify``, and kept with the size of the record they came of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import close_old_connections, transaction

from servanda.app.record import run_of, verify_record
from servanda.desk import decide, models
from servanda.desk.folder import Desk
from servanda.desk.projection import head, refresh
from servanda.errors import ServandaError
from servanda.store import RecordStore

QUIET = 2.0
"""Seconds without a change before verdicts are made again."""
_KEPT = 5
_SHOWN = (
    "term",
    "party",
    "reading",
    "verdict",
    "confirmed",
    "alleged",
    "excused",
    "reports",
    "origins",
    "coverage",
    "incidents",
    "steps",
)


def newest() -> models.Standing | None:
    """The verdicts that were made last."""
    return models.Standing.objects.order_by("-size").first()


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
    record = desk.record()
    refresh(record)
    at = head()
    if not at.agreement or models.Standing.objects.filter(pk=at.size).exists():
        return None
    size, begun, error, verdicts = record.log.head.size, time.monotonic(), "", []
    try:
        run = verify_record(RecordStore(record), agreement=at.agreement)
        verdicts = [{k: v[k] for k in _SHOWN} for v in json.loads(run.files["verdicts.json"])["verdicts"]]
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
    """Recompute after every change, until stopped.

    Args:
        desk: the mission.
        once: do what is to be done, and end.
        say: told each run.
        stopped: whether to end.
    """
    seen, quiet_since = -1, 0.0
    while not stopped():
        close_old_connections()
        try:
            refresh(record := desk.record())
            size = record.log.head.size
            if size != seen:
                seen, quiet_since = size, time.monotonic()
            if once or time.monotonic() - quiet_since >= QUIET:
                made = recompute(desk)
                if made is not None:
                    say(
                        f"verdicts of {made.size} entries in {made.seconds:.1f} s{': ' + made.error if made.error else ''}"
                    )
        except ServandaError as error:
            say(str(error))
        if once:
            return
        time.sleep(0.5)


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
    from servanda.desk.compose import decisions_file
    from servanda.values.files import NamedBytes

    file = decisions_file(entries)
    store = _WithMore(desk.record(), NamedBytes(file.name, file.data))
    run = run_of(store, store.as_of(None, head().agreement))
    return [{k: v[k] for k in _SHOWN} for v in json.loads(run.files["verdicts.json"])["verdicts"]]


class _WithMore(RecordStore):
    """A record's store with one file more, which is not recorded."""

    def __init__(self, record: Any, more: Any) -> None:
        super().__init__(record)
        self._more = more

    def contents(self, inputs: Any) -> Any:
        """The files of some entries, and the one more."""
        import dataclasses

        held = super().contents(inputs)
        known_at = {**held.known_at, self._more: decide.clock()}
        return dataclasses.replace(held, evidence={**held.evidence, -1: self._more}, known_at=known_at)
