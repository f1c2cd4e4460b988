"""What forms and addresses say: numbers and characters within bounds, the same for every page; and whether a report can be read as evidence."""

from __future__ import annotations

import re

from servanda.app.context import context_of
from servanda.desk import models
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.kept import agreement_of
from servanda.evidence import read_evidence
from servanda.record import File
from servanda.values.files import NamedBytes

_WHOLE = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,9})?")


def whole(text: str) -> int | None:
    """A whole number from 0 on in an address; nothing where it is none that could be meant."""
    return int(text) if _WHOLE.fullmatch(text) else None


def decimal(name: str, text: str, least: float, most: float) -> float | None:
    """A number of a form.

    Args:
        name: of the field.
        text: what stands in it.
        least: what it may be.
        most: the same.

    Returns:
        The number; nothing where nothing stands there.

    Raises:
        Refused: it is none between these.
    """
    if not text.strip():
        return None
    value = float(text.strip().replace(",", ".")) if _DECIMAL.fullmatch(text.strip()) else most + 1
    if not least <= value <= most:
        raise refused(f"{name} is no number from {least:g} to {most:g}", "use decimal degrees and kilometres", "DSK016")
    return value


def refuse_unreadable(desk: Desk, head: models.Head, file: File) -> None:
    """Refuse a report that evidence would set aside once it was recorded.

    Args:
        desk: the mission.
        head: how far its record is projected.
        file: the table with the report.

    Raises:
        Refused: the field that cannot be read, and why.
    """
    for _, what, hint in unreadable(desk, head, file):
        raise refused(what, hint, "DSK016")


def unreadable(desk: Desk, head: models.Head, file: File) -> list[tuple[int, str, str]]:
    """Which rows of a table of reports evidence would set aside.

    Args:
        desk: the mission.
        head: how far its record is projected.
        file: the table.

    Returns:
        The line of the file in which each such row begins, why, and what helps; nothing where the mission has no agreement yet.
    """
    agreement = agreement_of(desk, head)
    if agreement is None:
        return []
    source = read_evidence([NamedBytes(file.name, file.data)], context_of(agreement))
    for _ in source.batches():  # it is read as it is asked for
        pass
    told = source.ingest.quarantine.iter_rows(named=True)
    return [(int(row["row"]), f"{row['field']}: {row['reason']}", row["hint"] or "") for row in told]
