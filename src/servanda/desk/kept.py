"""What the pages read from the record itself: the agreement, and files of the desk's own."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from servanda.agreement import Agreement
from servanda.app.record import recorded_agreement
from servanda.desk import models
from servanda.desk.folder import Desk
from servanda.record import Record
from servanda.record.entry import read_entry
from servanda.store import Inputs, RecordStore


class Kept(NamedTuple):
    """A file that the keeper recorded: its entry, name, when, and what it says."""

    entry: int
    name: str
    at: datetime | None
    data: bytes


@lru_cache(maxsize=4)
def _agreement(folder: Path, entry: int) -> Agreement:
    """The agreement as it stood at an entry: it is read once."""
    store = RecordStore(Record(folder))
    return recorded_agreement(store, Inputs(read_entry(entry, store.record.log.entry(entry)), ()))


def agreement_of(desk: Desk, head: models.Head) -> Agreement | None:
    """The agreement that the mission works on.

    Args:
        desk: the mission.
        head: how far its record is projected.

    Returns:
        The agreement; nothing where none is recorded yet.
    """
    entry = models.Entry.objects.filter(kind="agreement", name=head.agreement).order_by("-index").first()
    return _agreement(desk.record_folder, entry.index) if entry else None


def kept(desk: Desk, prefix: str, most: int = 50) -> list[Kept]:
    """The keeper's own attachments whose names begin so, the newest first.

    Args:
        desk: the mission.
        prefix: of their names.
        most: how many.

    Returns:
        The files with what they say.
    """
    record = desk.record()
    rows = models.Entry.objects.filter(kind="attachment", signer=record.log.head.origin, name__startswith=prefix)
    out = []
    for row in rows.order_by("-index")[:most]:
        entry = read_entry(row.index, record.log.entry(row.index))
        out.append(Kept(row.index, row.name, row.recorded_at, record.object(entry.digest)))
    return out
