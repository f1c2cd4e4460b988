"""What becomes of something that came: each change looks at the row anew and holds it until it is made, so that of two people who decide at once the
second is told what the first has done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from servanda.desk import decide
from servanda.desk.decide import changed, refused
from servanda.desk.inbox import Arrival
from servanda.desk.kept import codes_of
from servanda.desk.projection import head
from servanda.evidence.importing.columns import roles_left
from servanda.evidence.importing.mapping import LEFT, NONE
from servanda.record.log import digest_of
from servanda.wording import plural

_NUMBER = re.compile(r"[+-]?[0-9]{1,5}(\.[0-9]{1,12})?")
_WITHIN = ((-90.0, 90.0), (-180.0, 180.0), (0.0, 1000.0))
"""What latitude, longitude and the kilometres around may be."""


def version(row: Arrival) -> str:
    """What a page shows of a row that decides what becomes of it: another version is another row to decide about."""
    says = [row.state, row.answers, row.rows, row.reports, row.protect]
    return digest_of(json.dumps(says, sort_keys=True).encode())[:16]


def happened(row: Arrival) -> str:
    """What has become of a row that somebody decides about who did not see it so."""
    if row.state == "dismissed":
        return f"was dismissed meanwhile by {row.done_by}: {row.note}"
    if row.state == "taken":
        return f"was recorded meanwhile by {row.done_by or row.way}; reports on the record: {row.reports}"
    return "this has changed since it was shown to you"


def held(row: Arrival, seen: str | None = None) -> Arrival:
    """A row as it stands now, which nobody else changes until the transaction ends.

    Args:
        row: as it was read before.
        seen: the version that was decided about; left out, the row as it was read.

    Returns:
        The row, read again.

    Raises:
        Changed: it is another by now.
    """
    now = current(row)
    if version(now) != (version(row) if seen is None else seen):
        raise changed(happened(now))
    return now


def current(row: Arrival) -> Arrival:
    """A row read again, and held until the transaction ends; raises :class:`~servanda.desk.decide.Refused`."""
    now = Arrival.objects.select_for_update().filter(pk=row.pk).first()
    if now is None:
        raise refused("nothing of it waits", "look at the list again", "DSK035")
    return now


def waits(row: Arrival) -> bool:
    """Whether anything of it waits for a person."""
    return row.state in ("waiting", "aside") or bool(row.rows)


def protected(row: Arrival) -> None:
    """Protect the source of what came before; raises :class:`~servanda.desk.decide.Refused` where it is named on the record."""
    with transaction.atomic():
        now = current(row)
        if now.state == "taken" and not now.protect:
            what = "was recorded before, and its source is named there"
            raise refused(what, "tell the chief: what is on the record stays", "DSK035")
        now.protect = row.protect = True
        now.save(update_fields=["protect"])


def set_aside(row: Arrival, told: str) -> bool:
    """Say why what came by itself was not taken; whether it waits indeed: nothing changes where somebody has taken or dismissed it."""
    with transaction.atomic():
        now = current(row)
        if now.state in ("waiting", "aside"):
            now.state, now.told = "aside", told
            now.save(update_fields=["state", "told"])
    row.refresh_from_db()
    return row.state == "aside"


def answer(row: Arrival, said: Mapping[tuple[str, ...], str], *, protect: bool = False) -> None:
    """Keep answers to what was asked; one that is empty takes an answer back.

    Args:
        row: what came.
        said: the answers by the keys of their questions.
        protect: its source is to be protected.

    Raises:
        Refused: an answer cannot be, or nothing of it waits.
    """
    for key, value in said.items():
        if value not in ("", NONE):
            _refuse_impossible(key, value)
    with transaction.atomic():
        now = current(row)
        if not waits(now):
            raise changed(happened(now))
        known = {tuple(key): value for key, value in now.answers} | {key: value[:200] for key, value in said.items()}
        now.answers = [[list(key), value] for key, value in sorted(known.items()) if value]
        now.save(update_fields=["answers"])
        if protect:
            protected(now)
    row.refresh_from_db()


def _refuse_impossible(key: tuple[str, ...], value: str) -> None:
    """Refuse a choice that leads nowhere: a place that is none, a code that no target has, what no column can be."""
    if key[0] == "places":
        _refuse_no_place(key[-1], value)
    known = {"targets": codes_of(head())["targets"], LEFT: roles_left({})}.get(key[0], [value])
    if value not in known:
        what = "the code of a target" if key[0] == "targets" else "what a column can be"
        raise refused(
            f"{value[:60]!r} is not {what}, for {key[-1][:60]!r}", "choose one that is offered; or a dash", "DSK016"
        )


def _refuse_no_place(name: str, value: str) -> None:
    parts = [part.strip() for part in value.split(",")]
    good = len(parts) in (2, 3) and all(
        _NUMBER.fullmatch(part) and least <= float(part) <= most
        for part, (least, most) in zip(parts, _WITHIN, strict=False)
    )
    if not good:
        what = f"{value[:60]!r} is no place of {name[:60]!r}: latitude from -90 to 90, longitude from -180 to 180, kilometres from 0 to 1000"
        raise refused(what, "as 48.0123, 37.8021, 2; or a dash", "DSK016")


def undecided(row: Arrival) -> list[tuple[tuple[str, ...], str]]:
    """What was chosen of names, words and columns and is not on the record yet, so that it can be chosen anew."""
    kept = [(tuple(key), value) for key, value in row.answers if key[0] in ("places", "targets", "left", "acts")]
    if row.state != "taken":
        return kept
    values = {str(r["value"]) for r in row.rows if r.get("value")}
    return [(key, value) for key, value in kept if any(key[-1].startswith(one) for one in values)]


def dismiss(row: Arrival, person: str, why: str) -> None:
    """Say that something that came is not taken, or that rows of it need nothing more.

    Args:
        row: what came.
        person: who says so.
        why: the reason.

    Raises:
        Refused: there is no reason, or nothing that waits, or somebody has decided meanwhile.
    """
    if not why.strip():
        raise refused("does not say why", "every decision has its reason", "DSK013")
    with transaction.atomic():
        now = held(row)
        if not waits(now):
            raise refused("nothing of it waits", "look at the list again", "DSK035")
        left = len({(r.get("file", ""), r["row"]) for r in now.rows})
        why = f"{why.strip()} ({plural(left, 'row')} dismissed)" if left else why
        now.state = now.state if now.rows and now.state == "taken" else "dismissed"
        now.rows, now.note, now.done_by, now.done_at = [], why.strip()[:2000], person, decide.clock()
        now.save(update_fields=["state", "rows", "note", "done_by", "done_at"])
    row.refresh_from_db()


def written(row: Arrival, person: str, form: str, incident: str) -> None:
    """Keep that a report was written of a letter: by which form, and where it lies."""
    with transaction.atomic():
        now = current(row)
        if [form, incident] not in now.written:
            now.written = [*now.written, [form, incident]]
            now.state, now.reports, now.told = "taken", len(now.written), ""
            now.done_by, now.done_at = person, decide.clock()
            now.save(update_fields=["state", "reports", "done_by", "done_at", "told", "written"])


def again(row: Arrival) -> None:
    """Let what was dismissed wait again, for a person has brought it anew."""
    with transaction.atomic():
        now = current(row)
        if now.state == "dismissed":
            now.state, now.note = "waiting", ""
            now.save(update_fields=["state", "note"])
    row.refresh_from_db()


def take(row: Arrival, reports: int, aside: list[dict[str, Any]], person: str, file: str) -> None:
    """Keep that reports of it are on the record; inside the transaction that recorded them, in which the row is held.

    Args:
        row: the row that is held.
        reports: how many were recorded now.
        aside: the rows that wait on.
        person: who confirmed it.
        file: in which they are recorded.
    """
    row.files = [*row.files, file]
    before = row.reports if row.state == "taken" else 0
    still = {(r.get("file", ""), r["row"]) for r in row.rows} if row.state == "taken" else None
    row.state, row.reports, row.done_by, row.done_at = "taken", before + reports, person, decide.clock()
    row.rows = [r for r in aside if still is None or (r["file"], r["row"]) in still]
    row.told = ""
    row.save(update_fields=["state", "reports", "done_by", "done_at", "rows", "told", "files"])
