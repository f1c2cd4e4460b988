"""Files that come with a report or an assessment: hashed at arrival, kept sealed as they came, shown without what was written into them.

The record holds a list of what came (:data:`PREFIX`, for the mission alone): SHA-256, size, kind and name of each; the report's own entry names that list. The
contents lie in the keeper's vault. An assessment names its files by their SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.core import signing
from django.db import transaction

from servanda.desk import hours, models
from servanda.desk.decide import Refused, refused
from servanda.desk.folder import Desk
from servanda.desk.inbox import Arrival, Brought
from servanda.desk.pictures import kind_of, shown
from servanda.desk.projection import lock
from servanda.desk.tables import Draft
from servanda.errors import ServandaError
from servanda.record import File, Record, Sealed
from servanda.record.entry import read_entry
from servanda.record.log import digest_of
from servanda.record.names import hide, partly
from servanda.values.names import unseen

PREFIX = "attachments/"
OURS = ("words.json", "as-written.json")
"""How the desk calls the words of who writes from outside, and of a patrol: no file that is brought is called so."""
MOST, MOST_IN_ALL = 8, 60
"""Files that come with one form."""
FOR = timedelta(days=1)
"""So long a form that was refused may be sent again with the files that it brought."""
_SALT = "servanda.desk.attached"
_ENDINGS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",), "GIF": (".gif",), "BMP": (".bmp",)}
_ENDINGS |= {"TIFF": (".tif", ".tiff"), "PDF": (".pdf",)}


@dataclass(frozen=True)
class Attached:
    """A file that came: the SHA-256 of what it holds, its name, what it is by its first bytes, how many bytes it has."""

    sha256: str
    name: str
    kind: str
    size: int

    @property
    def picture(self) -> bool:
        """Whether it can be shown."""
        return self.kind not in ("", "PDF")

    @property
    def misnamed(self) -> bool:
        """Whether its name says that it is something else."""
        ending, told = Path(self.name).suffix.lower(), {e for some in _ENDINGS.values() for e in some}
        return ending in told and ending not in _ENDINGS.get(self.kind, ())


def sealed(desk: Desk) -> Sealed:
    """Where contents are kept."""
    return Sealed(desk.record().vault_folder)


def safe_name(name: str) -> str:
    """The last part of a file's name, without what nobody sees, a hundred characters at most."""
    last = re.split(r"[/\\]", name)[-1].strip()
    return ("".join("_" if unseen(c) or not c.isprintable() else c for c in last).lstrip(".") or "file")[-100:]


def _brought_as(name: str) -> str:
    """How a file that is brought is called: never as the desk's own, which speak for who wrote them."""
    safe = safe_name(name or "file")
    return f"_{safe}" if safe in OURS else safe


def called(name: str, names: Sequence[tuple[str, str]]) -> str:
    """A file's name as the record may hold it: pseudonyms for protected names; where a part of one is left, none but its ending.

    Args:
        name: as it was called.
        names: each protected name with its pseudonym.

    Returns:
        The name.
    """
    last = safe_name(name)
    hidden, ending = hide(last, names)[0], Path(last).suffix
    if not partly(last, names) and hidden.strip(" ._-") not in ("", ending[1:]):
        return hidden
    return "file" if partly(ending, names) else f"file{ending}"


def keep(desk: Desk, name: str, data: bytes) -> Attached:
    """Seal a file that came.

    Args:
        desk: the mission.
        name: as it was called.
        data: what it holds.

    Returns:
        What is known of it.

    Raises:
        ServandaError: it is empty or too large, or cannot be written.
    """
    if not data:
        raise refused(f"the file {safe_name(name)} is empty", "choose it again", "DSK035")
    if len(data) > desk.ways.largest:
        raise too_large(desk, name)
    safe = called(name, desk.record().protected_names())
    store, kind = sealed(desk), kind_of(data)
    digest = store.keep(data, {"name": safe, "kind": kind, "size": str(len(data))})
    return Attached(digest, safe, kind, len(data))


def hold(desk: Desk, name: str, data: bytes) -> Attached:
    """Seal a file that a form brings, which may yet be refused: :func:`sweep` removes it where nothing came of the form; arguments and errors as :func:`keep`."""
    Brought.objects.update_or_create(pk=digest_of(data), defaults={"at": hours.machine()})
    return keep(desk, name, data)


def sweep(desk: Desk) -> int:
    """Remove what forms brought that were not recorded in a day.

    Args:
        desk: the mission.

    Returns:
        How many contents were removed.
    """
    old = Brought.objects.filter(at__lt=hours.machine() - 2 * FOR)
    if not old.exists():
        return 0
    with transaction.atomic():
        lock()  # what a form is just recording is on the record, or not yet begun
        waiting = set(old.select_for_update().values_list("pk", flat=True))
        store, nothing = sealed(desk), waiting - _named(desk)
        for digest in nothing:
            store.forget(digest)
        Brought.objects.filter(pk__in=waiting).delete()
    return len(nothing)


def _named(desk: Desk) -> set[str]:
    """All contents that the record names, or what waits."""
    lists = models.Entry.objects.filter(kind="attachment", name__startswith=PREFIX).values_list("pk", flat=True)
    found = {one.sha256 for entry in lists for one in _listed(desk.record_folder, entry)}
    for says in (models.Decided.objects.filter(kind="step"), Draft.objects.all()):
        found |= {str(d) for said in says.values_list("says", flat=True) for d in _attachments(said)}
    for content, beside in Arrival.objects.values_list("content", "beside"):
        found |= {content, *(str(one["sha256"]) for one in beside)}
    return found


def _attachments(said: dict[str, Any]) -> list[Any]:
    """The files that a decision names, or a click that waits to be signed."""
    return [*(said.get("attachments") or ()), *((said.get("says") or {}).get("attachments") or ())]


def too_large(desk: Desk, name: str) -> Refused:
    """What is said of a file that is too large."""
    most = desk.ways.largest // 1_000_000 or 1
    return refused(f"the file {safe_name(name)} is larger than {most} MB", "send less at once, or divide it", "DSK035")


def brought(desk: Desk, request: Any) -> list[Attached]:
    """The files that come with a form: those that were chosen now, and those that an earlier sending of the same form brought.

    Args:
        desk: the mission.
        request: the form.

    Returns:
        Each content once, under the name that it was sent with: where that is protected, the record hides it.

    Raises:
        ServandaError: one of them is not taken; the others are kept, and offered again with the form.
    """
    chosen = request.FILES.getlist("files")
    before = [Attached(**said) for token in request.POST.getlist("attached") if (said := _opened(token)) is not None]
    if len(chosen) > MOST or (chosen and len(chosen) + len(before) > MOST_IN_ALL):  # a letter may have brought many
        raise refused(f"{len(chosen) + len(before)} files at once are too many", f"{MOST} at most", "DSK035")
    if (large := next((f for f in chosen if f.size > desk.ways.largest), None)) is not None:
        raise too_large(desk, large.name)
    named = [(f, _brought_as(f.name)) for f in chosen]
    came = [replace(hold(desk, name, f.read()), name=name) for f, name in named]
    return list({one.sha256: replace(one, name=_brought_as(one.name)) for one in (*before, *came)}.values())


def token(one: Attached) -> str:
    """What a form holds of a file that it has brought: nobody attaches what he did not bring."""
    return signing.dumps(asdict(one), salt=_SALT)


def _opened(text: str) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=FOR)
    except signing.BadSignature:
        return None
    return said


def list_file(came: Sequence[Attached], of: str, names: Sequence[tuple[str, str]]) -> File:
    """The list of what came with a report, as it is recorded.

    Args:
        came: the files.
        of: the name of the report's file.
        names: each protected name with its pseudonym.

    Returns:
        The file.
    """
    listed = [asdict(one) | {"name": called(one.name, names)} for one in came]
    said = {"of": of, "attachments": [{k: v for k, v in one.items() if v != ""} for one in listed]}
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=1000)
    return File(f"{PREFIX}{Path(of).stem}.yaml", "attachment", text.encode(), own=True)


def with_list(file: File, came: Sequence[Attached], names: Sequence[tuple[str, str]]) -> list[File]:
    """A file of reports with the list of what came with it in front, where anything did; arguments as of :func:`list_file`."""
    if not came:
        return [file]
    listed = list_file(came, file.name, names)
    return [listed, replace(file, needs=(*file.needs, listed.name))]


@lru_cache(maxsize=512)
def _listed(folder: Path, entry: int) -> tuple[Attached, ...]:
    """What the list at an entry says: entries do not change."""
    record = Record(folder)
    said = yaml.safe_load(record.object(read_entry(entry, record.log.entry(entry)).digest))
    return tuple(
        Attached(str(a["sha256"]), str(a["name"]), str(a.get("kind", "")), int(a["size"])) for a in said["attachments"]
    )


def with_reports(desk: Desk, entries: Iterable[int]) -> dict[int, tuple[Attached, ...]]:
    """By the entry of a file of reports, what came with it.

    Args:
        desk: the mission.
        entries: the entries.

    Returns:
        Those with which something came.
    """
    rows = models.Entry.objects.filter(pk__in=set(entries)).exclude(attached=[])
    named = {row.pk: [n for n in row.attached if n.startswith(PREFIX)] for row in rows}
    wanted = [n for names in named.values() for n in names]
    lists = models.Entry.objects.filter(kind="attachment", name__in=wanted).order_by("index")
    at = {row.name: row.pk for row in lists}
    return {
        e: tuple(a for n in names for a in _listed(desk.record_folder, at[n])) for e, names in named.items() if names
    }


def of_incident(desk: Desk, incident: str) -> list[Attached]:
    """All that came with the reports and assessments of an incident, each content once."""
    entries = models.Report.objects.filter(incident=incident).values_list("entry", flat=True)
    found = {one.sha256: one for came in with_reports(desk, entries).values() for one in came}
    for said in models.Decided.objects.filter(incident=incident, kind="step").values_list("says", flat=True):
        found |= {one.sha256: one for one in with_decision(desk, said) if one.sha256 not in found}
    return list(found.values())


def with_decision(desk: Desk, says: dict[str, Any]) -> list[Attached]:
    """The files that a decision names, as far as they are kept here."""
    store = sealed(desk)
    digests = [d for d in map(str, says.get("attachments") or ()) if store.holds(d)]
    return [Attached(d, a["name"], a["kind"], int(a["size"])) for d in digests for a in [store.about(d)]]


def lost(desk: Desk) -> tuple[int, list[str]]:
    """How many contents the record names, and those that are not in the vault as they came.

    Args:
        desk: the mission.

    Returns:
        Their number; the SHA-256 of each that cannot be opened, whether its key was destroyed or it is gone.
    """
    lists = models.Entry.objects.filter(kind="attachment", name__startswith=PREFIX).values_list("pk", flat=True)
    named = {one.sha256 for entry in lists for one in _listed(desk.record_folder, entry)}
    says = models.Decided.objects.filter(step__in=("assessed", "replied")).values_list("says", flat=True)
    named |= {str(d) for said in says for d in said.get("attachments") or ()}
    store, gone = sealed(desk), []
    for digest in sorted(named):
        try:
            store.open(digest)
        except ServandaError:
            gone.append(digest)
    return len(named), gone


@lru_cache(maxsize=64)
def picture_of(vault: Path, digest: str) -> bytes | None:
    """A picture as it is shown, kept in memory for a while.

    Args:
        vault: the folder of the vault.
        digest: of the content as it came.

    Returns:
        The picture, made anew; nothing where it is none.

    Raises:
        ServandaError: the content is not there any more.
    """
    return shown(Sealed(vault).open(digest))
