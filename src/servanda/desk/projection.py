"""The projection in the database: made from the record, caught up with it, compared with it, thrown away and made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from servanda.desk import hours, models, tallies
from servanda.desk.configure import desk
from servanda.desk.lives import Row, Rules, incident_row
from servanda.desk.moved import moved
from servanda.desk.picture import (
    Rows,
    decided_row,
    entry_row,
    fingerprint,
    person_rows,
    published_rows,
    read_picture,
)
from servanda.desk.register import NAME, register_of
from servanda.desk.session import WANTED, live_there
from servanda.errors import Fault, RecordError
from servanda.record import Entry, Record
from servanda.store import RecordStore

_BATCH = 500
_LIGHT = frozenset(
    ("decisions", "evidence", "attachment", "checkpoint", "anchor", "run", "signer", "gives", "disclosure", "shredded")
)
"""Kinds of which something may be added without reading everything anew."""


def tables() -> dict[str, Any]:
    """The tables of the projection by name."""
    return {model.__name__: model for model in models.PROJECTION}


def head() -> models.Head:
    """How far the record is projected; an empty head where nothing is."""
    return models.Head.objects.filter(pk=1).first() or models.Head()


def lock() -> models.Head:
    """Be the one writer until the transaction ends. SQLite's transactions are that from their beginning (IMMEDIATE)."""
    models.Head.objects.get_or_create(pk=1)
    if connection.vendor == "postgresql":
        return models.Head.objects.select_for_update().get(pk=1)
    return models.Head.objects.get(pk=1)


def refuse_another(record: Record, at: models.Head) -> None:
    """Refuse a record that does not continue what was projected.

    Args:
        record: the record, as it is now.
        at: how far it was projected.

    Raises:
        RecordError: it was cut back, or is another one.
    """
    if at.size == 0:
        return
    if at.size > record.log.head.size or record.log.tree.root(at.size).hex() != at.root:
        what = f"it does not continue the record of {at.size:,} entries that this desk has worked on"
        hint = "find out who changed it; a copy of the right one can be put back (docs/record.md, When a record is forked or cut back); 'servanda desk rebuild DIR --as-it-is' takes this one"
        raise RecordError(Fault(str(record.folder), what, hint, code="DSK007"))


def catch_up(record: Record, at: models.Head) -> list[str] | None:
    """Project what the record has and the database has not; inside a transaction that holds the lock.

    Args:
        record: the record, as it is now.
        at: how far it is projected.

    Returns:
        The incidents that changed; ``None`` where any may have.

    Raises:
        ServandaError: the record does not continue what was projected, or cannot be read.
    """
    refuse_another(record, at)
    if at.size == record.log.head.size:
        return []
    new = list(record.statements(at.size))
    known = at.agreement and at.size and {e.kind for e in new} <= _LIGHT and _same_register(record, at, new)
    changed = _small(record, at, new) if known else None
    if changed is None and known:
        changed = _moved(record, at, new)
    if changed is None:
        write(read_picture(record).rows)
        return None
    about = {"size": record.log.head.size, "root": record.log.head.root.hex()}
    if any(e.name == NAME for e in new):
        register = register_of(record)
        write({"Person": person_rows(register)})
        about |= {"mission": register.mission, "office": register.office}
    models.Head.objects.filter(pk=1).update(**about)
    return changed


def _same_register(record: Record, at: models.Head, new: Iterable[Entry]) -> bool:
    """Whether clocks and route are as they were, and the agreement is the one that was judged by."""
    if not any(e.name == NAME for e in new):
        return True
    register = register_of(record)
    clocks = {state: int(length.total_seconds()) for state, length in register.clocks.items()}
    route = [[e.body, e.office] for e in register.route]
    return clocks == at.clocks and route == at.route and register.agreement in (None, at.agreement)


def _moved(record: Record, at: models.Head, new: list[Entry]) -> list[str] | None:
    """Project what came where the session knows what it moves; ``None`` where it does not."""
    live = live_there(record.folder, at.agreement)
    if live is None:
        for begin in WANTED:
            begin()
        return None
    made = RecordStore(record).decisions_by_entry(new, ZoneInfo(at.zone))
    numbers = {d.id: index for index, decisions in made.items() for d in decisions}
    came = moved(live, at.size, record.log.head.size, numbers, record.id_key())
    if came is None:
        return None
    _put("Entry", [entry_row(e, record.id_key()) for e in new])
    _put("Report", came.reports)
    before = dict(models.Decided.objects.filter(pk__in=[d["id"] for d in came.decided]).values_list("id", "entry"))
    _put("Decided", [d if d["entry"] >= 0 else {**d, "entry": before.get(d["id"], -1)} for d in came.decided])
    models.Gone.objects.filter(pk__in=[name for name, into in came.left.items() if into is None]).delete()
    _put("Gone", [{"id": name, "into": into} for name, into in sorted(came.left.items()) if into is not None])
    _rewrite(list(came.told), at, came.told)
    if any(e.kind == "run" for e in new):
        _put("Published", published_rows(RecordStore(record)))
    models.Head.objects.filter(pk=1).update(quarantined=came.quarantined)
    return list(came.told)


def _small(record: Record, at: models.Head, new: list[Entry]) -> list[str] | None:
    """Project entries that move single incidents only; ``None`` where others are among them."""
    store = RecordStore(record)
    if any(e.kind == "evidence" or (e.kind == "decisions" and not e.counts) for e in new):
        return None
    made = store.decisions_by_entry(new, ZoneInfo(at.zone)) if new else {}
    fresh = [(e.index, d) for e in new for d in made.get(e.index, [])]
    touched: dict[str, None] = {}
    rows = []
    for index, d in fresh:
        named = d.incidents[0] if d.kind == "step" else _undone(d.says.get("undo")) if d.kind == "undo" else ""
        gone = models.Gone.objects.filter(pk=named).values_list("into", flat=True).first()
        incident = gone or named
        if not incident or not models.Incident.objects.filter(pk=incident).exists():
            return None
        touched[incident] = None
        rows.append(decided_row(index, d, incident, record.id_key()))
    for row in rows:
        models.Decided.objects.update_or_create(pk=row["id"], defaults={k: v for k, v in row.items() if k != "id"})
    _rewrite(list(touched), at)
    _put("Entry", [entry_row(e, record.id_key()) for e in new])
    if any(e.kind == "run" for e in new):
        _put("Published", published_rows(store))
    return list(touched)


def _undone(ident: Any) -> str:
    """The incident of a step that is undone; nothing where it was more than a step."""
    kinds, walked = models.Decided.objects.filter(pk=str(ident)).first(), 0
    at = kinds
    while at is not None and at.kind == "undo" and walked < 50:
        at, walked = models.Decided.objects.filter(pk=str(at.says.get("undo"))).first(), walked + 1
    return str(at.incident) if at is not None and at.kind == "step" else ""


def _rewrite(incidents: list[str], at: models.Head, remarks: Mapping[str, Sequence[str]] | None = None) -> None:
    """Make the rows of some incidents again from their reports and decisions in the database; ``remarks``: others than before."""
    rules = Rules.of(at)
    was, rows = list(models.Incident.objects.filter(pk__in=incidents).values()), list[Row]()
    came = hours.says_when(demo=desk().demo)
    for name in incidents:
        reports = list(models.Report.objects.filter(incident=name).order_by("id").values())
        if not reports:
            models.Incident.objects.filter(pk=name).delete()
            continue
        decided = list(models.Decided.objects.filter(incident=name).order_by("id").values())
        entries = {r["entry"] for r in reports}
        received = dict(models.Entry.objects.filter(pk__in=entries).values_list("index", came))
        there = models.Incident.objects.filter(pk=name).values_list("told", flat=True).first()
        told = (there or []) if remarks is None else remarks[name]
        rows.append(incident_row(rules, name, reports, decided, received, told))
    _put("Incident", rows)
    tallies.moved(was, rows)


def _put(table: str, rows: list[dict[str, Any]]) -> None:
    model = tables()[table]
    key = model._meta.pk.attname  # noqa: SLF001  Django's own way to a model's fields
    names = [f.attname for f in model._meta.concrete_fields if f.attname != key]  # noqa: SLF001
    model.objects.bulk_create(
        [model(**row) for row in rows],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=names,
    )


def write(rows: Rows) -> None:
    """Make these tables hold these rows and no others; what is the same already is left alone.

    Args:
        rows: by the name of a table, all its rows.
    """
    for name in rows:
        model = tables()[name]
        key = model._meta.pk.attname  # noqa: SLF001
        there = {row[key]: row for row in model.objects.values()}
        wanted = {row[key]: row for row in rows[name]}
        gone = [k for k in there if k not in wanted]
        for n in range(0, len(gone), _BATCH):
            model.objects.filter(pk__in=gone[n : n + _BATCH]).delete()
        _put(name, [row for k, row in wanted.items() if there.get(k) != row])


def live_rows() -> Rows:
    """What the tables of the projection hold."""
    return {name: list(model.objects.values()) for name, model in tables().items()}


def rebuild(record: Record, *, as_it_is: bool = False) -> tuple[bool, int]:
    """Throw the projection away and make it again.

    Args:
        record: the record, which must hold; whatever was projected before counts no more.
        as_it_is: also of a record that does not continue the one that was projected.

    Returns:
        Whether it came out as it was, and how many rows there are.

    Raises:
        ServandaError: the record cannot be read, or is another one; the tables are as they were.
    """
    with transaction.atomic():
        at = lock()
        if not as_it_is:
            refuse_another(record, at)
        before = fingerprint(live_rows())
        for model in tables().values():
            model.objects.all().delete()
        rows = read_picture(record).rows
        write(rows)
        after = live_rows()
        return fingerprint(after) == before, sum(map(len, after.values()))


def refresh(record: Record) -> list[str] | None:
    """Project what others have recorded since; a quick look where nobody has.

    Args:
        record: the record, opened anew.

    Returns:
        The incidents that changed; ``None`` where any may have.

    Raises:
        ServandaError: the record does not continue what was projected, or cannot be read.
    """
    if _there(record, head()):
        return []
    with transaction.atomic():
        at = lock()
        record.log.renew()  # somebody may have gone on since it was opened
        return catch_up(record, at)


def current(record: Record) -> models.Head:
    """How far the record is projected, after :func:`refresh`.

    Args:
        record: the record, opened anew.

    Returns:
        The head, as it is now.

    Raises:
        ServandaError: the record does not continue what was projected, or cannot be read.
    """
    at = head()
    if _there(record, at):
        return at
    refresh(record)
    return head()


def _there(record: Record, at: models.Head) -> bool:
    """Whether all of the record is projected."""
    return bool(at.size == record.log.head.size and at.root == record.log.head.root.hex())
