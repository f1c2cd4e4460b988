"""Who said what in the documents that the mission keeps: they are files on the record, read by the rules of ``servanda statements``."""

from __future__ import annotations

from typing import Any

from servanda.app.statements import read_statements
from servanda.desk import attached, decide, models
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.inbox import Said
from servanda.desk.kept import agreement_of
from servanda.desk.projection import head
from servanda.errors import ServandaError
from servanda.record import File
from servanda.record.entry import read_entry
from servanda.record.log import digest_of
from servanda.record.names import partly
from servanda.report.statements_page import said_frames
from servanda.values.files import NamedBytes

PREFIX = "documents/"
TABLES = ("matrix", "positions", "zone", "statements", "documents")
_MOST, _ROWS, _KEPT = 300, 400, 3


def documents() -> list[models.Entry]:
    """The documents that count: of each name the newest, in the order in which they came."""
    rows = models.Entry.objects.filter(kind="attachment", name__startswith=PREFIX).order_by("index")
    newest = {row.name: row for row in rows}
    return sorted(newest.values(), key=lambda row: row.index)[-_MOST:]


def of() -> str:
    """The SHA-256 of which documents there are, and by which agreement they are read."""
    at = head()
    agreement = models.Entry.objects.filter(kind="agreement", name=at.agreement).order_by("-index").first()
    indices = [row.index for row in documents()]
    return digest_of(f"{agreement.index if agreement else -1} {indices}".encode()) if indices else ""


def keep(desk: Desk, person: str, files: list[tuple[str, bytes]]) -> int:
    """Record documents, all or none, after each was found to be one that can be read.

    Args:
        desk: the mission.
        person: who brought them.
        files: name and content of each.

    Returns:
        How many there are.

    Raises:
        ServandaError: one of them is no document, or cannot be recorded; nothing was.
    """
    if not files:
        raise refused("no file was chosen", "choose articles: text, HTML or PDF", "DSK035")
    made, names = [], desk.record().protected_names()
    for name, data in files:
        if not data:
            raise refused(f"the file {attached.safe_name(name)} is empty", "choose it again", "DSK035")
        if len(data) > desk.ways.largest:
            raise attached.too_large(desk, name)
        if partly(attached.safe_name(name), names):
            what = "the name of the file bears a part of a protected name, and everybody reads names of files"
            raise refused(what, "name the file otherwise", "REC047")
        read_statements([NamedBytes(attached.safe_name(name), data)])
        made.append(File(f"{PREFIX}{attached.safe_name(name)}", "attachment", data, own=True))
    decide._record(desk, made, note="document brought by {}", by=person)  # noqa: SLF001  the same way as every entry
    return len(made)


def newest() -> Said | None:
    """What was read last."""
    return Said.objects.order_by("-at").first()


def recompute(desk: Desk) -> Said | None:
    """Read the documents, unless they were read as they are.

    Args:
        desk: the mission.

    Returns:
        What was read now; nothing where nothing had changed, or there is none.
    """
    wanted = of()
    if not wanted or Said.objects.filter(pk=wanted).exists():
        return None
    record, told, tables = desk.record(), "", dict[str, Any]()
    files = []
    for row in documents():
        entry = read_entry(row.index, record.log.entry(row.index))
        files.append(NamedBytes(row.name.removeprefix(PREFIX), record.object(entry.digest)))
    try:
        frames = said_frames(read_statements(files, agreement_of(desk, head())))
        tables = {
            name: {"columns": frames[name].columns, "rows": frames[name].head(_ROWS).rows(), "all": frames[name].height}
            for name in TABLES
            if name in frames
        }
    except ServandaError as error:
        told = str(error.faults[0].what)
    made, _ = Said.objects.update_or_create(pk=wanted, defaults={"at": decide.clock(), "tables": tables, "told": told})
    old = Said.objects.order_by("-at").values_list("pk", flat=True)[_KEPT:]
    Said.objects.filter(pk__in=list(old)).delete()
    return made
