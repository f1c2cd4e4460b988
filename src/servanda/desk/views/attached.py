"""Files that came with reports and assessments: shown as a picture that was made anew, or handed out as they came; who did so is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from servanda.desk import attached, decide, models, spoken
from servanda.desk.compose import WRITTEN
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.inbox import Unsealing
from servanda.desk.views.shared import find, not_there, page
from servanda.errors import ServandaError
from servanda.incidents.guards import office_of

FOR = timedelta(hours=24)
"""For how long an agreement holds that a file of a protected source is handed out."""
AGREE = frozenset({"verification", "chief"})
"""Offices that may agree to it."""
ORIGINALS = frozenset({"duty", "verification", "chief", "auditor"})
"""Offices that are handed out what came as it came, with all that its maker wrote into it."""


def attachment(request: Any, how: str, digest: str, incident: str) -> HttpResponse:
    """A file of an incident: ``view`` shows a picture, ``file`` hands out what came."""
    row = find(incident)
    if row is None or how not in ("view", "file"):
        return not_there(request)
    one = next((a for a in attached.of_incident(desk(), row.pk) if a.sha256 == digest), None)
    if one is None or (how == "file" and not may_have(request.person.role, one)):
        return not_there(request)
    protected = row.protected or _came_with_protected(row.pk, digest)
    if how == "file" and protected and not _unsealed(request, row, one):
        return _by_two(request, row, one)
    return _handed(request, one, how, row.pk, always=protected or how == "file")


def _came_with_protected(incident: str, digest: str) -> bool:
    """Whether a file came with a report of a protected source, which may have been parted off since into another incident."""
    entries = models.Report.objects.filter(incident=incident).values_list("entry", flat=True)
    came = attached.with_reports(desk(), entries)
    beside = models.Report.objects.filter(
        entry__in=[e for e, files in came.items() if digest in {f.sha256 for f in files}]
    )
    return models.Incident.objects.filter(pk__in=beside.values("incident"), protected=True).exists()


def _unsealed(request: Any, row: models.Incident, one: attached.Attached) -> bool:
    """Whether a second person has agreed, not long ago, that this one is handed out what came."""
    since = decide.clock() - FOR
    asked = Unsealing.objects.filter(content=one.sha256, incident=row.pk, asked_by=request.person.pk)
    return asked.exclude(agreed_by="").filter(agreed_at__gt=since).exists()


def _by_two(request: Any, row: models.Incident, one: attached.Attached) -> HttpResponse:
    """Ask for a file of a protected source, or agree that somebody else is handed it out."""
    me, now, said = request.person.pk, decide.clock(), request.POST
    waiting = Unsealing.objects.filter(content=one.sha256, incident=row.pk, agreed_by="", asked_at__gt=now - FOR)
    told, may_agree = "", office_of(request.person.role) in AGREE
    if request.method == "POST" and said.get("agree"):
        theirs = waiting.exclude(asked_by=me).filter(pk=whole(said["agree"])) if may_agree else Unsealing.objects.none()
        if theirs.update(agreed_by=me, agreed_at=now) == 0:
            told = "nobody else asks for this, or you may not agree to it"
    elif request.method == "POST" and not said.get("why", "").strip():
        told = "does not say why"
    elif request.method == "POST":
        why = said["why"].strip()[:2000]
        asked = {"why": why, "asked_at": now}
        Unsealing.objects.update_or_create(
            content=one.sha256, incident=row.pk, asked_by=me, agreed_by="", defaults=asked
        )
    names = dict(models.Person.objects.values_list("id", "name"))
    shown = [
        (u, names.get(u.asked_by, u.asked_by), may_agree and u.asked_by != me) for u in waiting.order_by("asked_at")
    ]
    status = 409 if told else 200
    return page(
        request,
        "unseal.html",
        row=row,
        one=one,
        asked=shown,
        mine=any(u.asked_by == me for u, _, _ in shown),
        told=told,
        status=status,
    )


def own_attachment(request: Any, how: str, digest: str, entry: int) -> HttpResponse:
    """A file of a report that this person wrote."""
    note = f"{WRITTEN}{request.person.pk}"
    mine = models.Entry.objects.filter(pk=entry, note=note).exists() and how == "view"
    came = attached.with_reports(desk(), [entry]).get(entry, ()) if mine else ()
    one = next((a for a in came if a.sha256 == digest), None)
    return not_there(request) if one is None else _handed(request, one, how, f"entry {entry}", always=False)


def may_have(role: str, one: attached.Attached) -> bool:
    """Whether an office is handed out a file as it came: pictures, and a party's own words, only where what stands in them may be read."""
    return (not one.picture and one.name not in (spoken.WORDS, spoken.OWN)) or office_of(role) in ORIGINALS


def _handed(request: Any, one: attached.Attached, how: str, about: str, *, always: bool) -> HttpResponse:
    try:
        picture = attached.picture_of(desk().record().vault_folder, one.sha256) if how == "view" else None
        data = picture or (attached.sealed(desk()).open(one.sha256) if how == "file" else b"")
    except ServandaError:
        data = b""
    if not data:
        return not_there(request)
    if always:
        models.WasRead.objects.create(
            user=request.user,
            login=request.user.username,
            incident=about,
            page=f"{'picture' if how == 'view' else 'original'} {one.sha256[:12]}",
            at=decide.clock(),
        )
    return handed_out(data, "" if how == "view" else one.name)


def handed_out_own(request: Any, one: attached.Attached, how: str) -> HttpResponse:
    """A file to whoever brought it: ``view`` shows a picture, ``file`` hands out what came.

    Args:
        request: who asks.
        one: the file.
        how: the same.

    Returns:
        The answer.
    """
    return _handed(request, one, how, "", always=False)


def handed_out(data: bytes, name: str) -> HttpResponse:
    """Bytes that no browser runs: a picture that was made here, or a file to be saved under a name.

    Args:
        data: the content.
        name: of the file; nothing for a picture.

    Returns:
        The answer.
    """
    response = HttpResponse(data, content_type="application/octet-stream" if name else "image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    if name:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
        response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return response
