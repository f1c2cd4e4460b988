"""What the pages read from the record itself: the agreement, and files of the desk's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from servanda.agreement import Agreement
from servanda.app.protecting import common, refuse_common
from servanda.app.record import recorded_agreement
from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.folder import Desk
from servanda.desk.register import own_words, register_of
from servanda.record import Entry, Record
from servanda.record.entry import read_entry
from servanda.store import Inputs, RecordStore
from servanda.store.record import REPLACED
from servanda.values.codes import STANDARD


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
    return recorded_agreement(store, Inputs(entry_of(store.record, entry), ()))


def agreement_of(desk: Desk, head: models.Head) -> Agreement | None:
    """The agreement that the mission works on.

    Args:
        desk: the mission.
        head: how far its record is projected.

    Returns:
        The agreement; nothing where none is recorded yet.
    """
    index = _last_agreement(desk.folder, head.size, head.root, head.agreement)
    return _agreement(desk.record_folder, index) if index is not None else None


@lru_cache(maxsize=4)
def _last_agreement(folder: Path, size: int, root: str, name: str) -> int | None:
    """At which entry an agreement stood last, asked once for each state of a mission's record."""
    entries = models.Entry.objects.filter(kind="agreement", name=name).order_by("-index")
    found: int | None = entries.values_list("index", flat=True).first()
    return found


def refuse_own_words(desk: Desk, head: models.Head, names: Sequence[str]) -> None:
    """Refuse to protect what is a word of the record, or of the desk's own file; raises :class:`~servanda.errors.RecordError` then."""
    if names:
        refuse_common(names, agreement_of(desk, head), own_words(register_of(desk.record())))


def own_words_protected(desk: Desk, head: models.Head) -> list[str]:
    """The pseudonyms of names that are such words, and were protected all the same."""
    names = dict(desk.record().protected_names())
    found = common(names, agreement_of(desk, head), own_words(register_of(desk.record())))
    return sorted(names[name] for name in found)


def codes_of(head: models.Head) -> dict[str, list[str]]:
    """What forms offer: the codes of ``acts`` and ``targets``, with those that the agreement defines itself.

    Args:
        head: how far the mission's record is projected.

    Returns:
        Each list in order.
    """
    text = agreement_of(desk(), head)
    words = text.vocabulary if text is not None else STANDARD
    return {"acts": sorted(words.acts.codes), "targets": sorted(words.targets.codes)}


def entry_of(record: Record, index: int) -> Entry:
    """A signed statement, read alone."""
    return read_entry(index, record.log.entry(index))


def inputs_of(desk: Desk, head: models.Head, *kinds: str) -> Inputs | None:
    """What the record holds of some kinds, without a look at its decisions, of which there may be very many.

    Args:
        desk: the mission.
        head: how far its record is projected.
        kinds: agreement beside which: ``coverage``, ``register``, ``evidence``.

    Returns:
        The entries that count; of those that take each other's place, the last. Nothing where no agreement is recorded yet.
    """
    record = desk.record()
    rows = models.Entry.objects.filter(kind__in=["agreement", *kinds], counts=True).order_by("index")
    living: dict[tuple[str, str, int], int] = {}
    for index, kind, name in rows.values_list("index", "kind", "name"):
        if kind != "agreement" or name == head.agreement:
            living[kind, name, 0 if kind in REPLACED else index] = index
    agreement = living.pop(("agreement", head.agreement, 0), None)
    if agreement is None:
        return None
    store = RecordStore(record)
    entries = [entry_of(record, index) for index in sorted(living.values())]
    return Inputs(entry_of(record, agreement), tuple(e for e in entries if store.usable(e)))


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
        entry = entry_of(record, row.index)
        out.append(Kept(row.index, row.name, row.came, record.object(entry.digest)))
    return out
