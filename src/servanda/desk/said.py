"""Who said what in the documents that the mission keeps: they are files on the record, read by the rules of ``servanda statements``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from servanda.app.statements import read_statements
from servanda.desk import attached, decide, models
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.inbox import Said
from servanda.desk.kept import agreement_of
from servanda.desk.projection import head
from servanda.errors import ServandaError
from servanda.record import File, Record
from servanda.record.entry import read_entry
from servanda.record.log import digest_of
from servanda.record.names import partly
from servanda.report.statements_page import said_frames
from servanda.values.files import NamedBytes

PREFIX, CALLED = "documents/", "desk/document/"
"""The documents; and the files, for the mission alone, that say how each is called: everybody reads the names under which files are recorded."""
TABLES = ("matrix", "positions", "zone", "statements", "documents")
_MOST, _ROWS, _KEPT = 300, 400, 3


def called(desk: Desk, row: models.Entry) -> str:
    """How a document is called.

    Args:
        desk: the mission.
        row: its entry; an older version recorded it under its own name.

    Returns:
        Its name.
    """
    name = row.name.removeprefix(PREFIX)
    told = models.Entry.objects.filter(name=f"{CALLED}{Path(name).stem}.yaml").values_list("index", flat=True).first()
    return name if told is None else _called(desk.record_folder, told)


@lru_cache(maxsize=1024)
def _called(folder: Path, entry: int) -> str:
    """What an entry says of how a document is called: entries do not change."""
    record = Record(folder)
    return str(yaml.safe_load(record.object(read_entry(entry, record.log.entry(entry)).digest))["document"])


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
        made += _files(desk, attached.safe_name(name), data)
    decide._record(desk, made, note="document brought by {}", by=person)  # noqa: SLF001  the same way as every entry
    return len(made)


def _files(desk: Desk, name: str, data: bytes) -> list[File]:
    """A document under a name that tells nobody what it is, and the file that says how it is called."""
    plain, label = f"{PREFIX}{name}", desk.record().vault.label(name)
    if models.Entry.objects.filter(
        name=plain
    ).exists():  # an older version recorded one of this name, which this replaces
        return [File(plain, "attachment", data, own=True)]
    told = yaml.safe_dump({"document": name}, allow_unicode=True, width=1000).encode()
    ending = "".join(c for c in Path(name).suffix if c.isascii() and (c.isalnum() or c == "."))[:8]
    told_file = File(f"{CALLED}{label}.yaml", "attachment", told, own=True)
    return [told_file, File(f"{PREFIX}{label}{ending}", "attachment", data, own=True)]


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
        files.append(NamedBytes(called(desk, row), record.object(entry.digest)))
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
