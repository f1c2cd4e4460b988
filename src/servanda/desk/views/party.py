"""The room of a party: what is asked of it, with its clock; its replies; its own complaints. It is told of nothing else.

What another party replied changes nothing here: neither an instant, nor a version, nor a count of any page follows from it. Of an incident
that rests on a protected source, neither place nor hour is shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, decide, models
from servanda.desk.configure import desk
from servanda.desk.views.attached import handed_out_own
from servanda.desk.views.entry import report_of
from servanda.desk.views.hand import to_sign
from servanda.desk.views.shared import not_there, page
from servanda.errors import ServandaError
from servanda.incidents.guards import PARTY
from servanda.values.codes import STANDARD
from servanda.values.names import name_key


@dataclass(frozen=True)
class Asked:
    """What a party is asked about, as far as it may see it."""

    incident: str
    act: str
    target: str
    place: str
    day: datetime | None
    until: datetime
    open: bool
    replies: list[models.Decided]


def _party(request: Any) -> str:
    return str(request.person.role).removeprefix(f"{PARTY}:")


def asked(party: str) -> list[Asked]:
    """What a party is, or was, asked to reply to, and still stands.

    Args:
        party: its short name.

    Returns:
        By the end of its time.
    """
    mine = models.Decided.objects.filter(step__in=("right_of_reply", "replied", "dissent")).order_by("at", "id")
    undone = set(models.Decided.objects.filter(kind="undo").values_list("says__undo", flat=True))
    until: dict[str, datetime] = {}
    said: dict[str, list[models.Decided]] = {}
    for d in mine:
        of = str(d.says.get("of") or "") if d.step == "right_of_reply" else d.by
        if name_key(of) != name_key(party) or d.pk in undone:
            continue
        if d.step == "right_of_reply":
            until[d.incident] = datetime.fromisoformat(str(d.says["until"]))
        else:
            said.setdefault(d.incident, []).append(d)
    rows = models.Incident.objects.filter(pk__in=list(until))
    found = [_shown(row, party, until[row.pk], said.get(row.pk, [])) for row in rows]
    return sorted(found, key=lambda one: (not one.open, one.until, one.incident))


def _shown(row: models.Incident, party: str, until: datetime, replies: list[models.Decided]) -> Asked:
    waits = row.state == "right_of_reply" and f",{party}," in row.waiting
    place, day = ("", None) if row.protected else (row.place, row.start)
    return Asked(row.pk, row.act, row.target, place, day, until, waits, replies)


def room(request: Any) -> HttpResponse:
    """What is asked of this party, and what its officers lodged."""
    entries = _lodged(request)[:100]
    lodged = models.Report.objects.filter(entry__in=entries).order_by("-entry")
    came = attached.with_reports(desk(), entries)
    return page(request, "room.html", asked=asked(_party(request)), lodged=lodged, came=came)


def _lodged(request: Any) -> list[int]:
    """The entries of what officers of this party wrote, the newest first."""
    fellows = models.Person.objects.filter(role=request.person.role).values_list("pk", flat=True)
    notes = [f"written at the desk by {pk}" for pk in fellows]
    return list(models.Entry.objects.filter(note__in=notes).order_by("-index").values_list("index", flat=True))


def own_file(request: Any, how: str, digest: str) -> HttpResponse:
    """A file that this party brought, with a reply or a complaint."""
    party = name_key(_party(request))
    said = models.Decided.objects.filter(step="replied")
    mine = [d for d in said if name_key(d.by) == party and digest in (d.says.get("attachments") or ())]
    came = [one for d in mine for one in attached.with_decision(desk(), d.says)]
    came += [] if came else [one for some in attached.with_reports(desk(), _lodged(request)).values() for one in some]
    one = next((a for a in came if a.sha256 == digest), None)
    return not_there(request) if one is None or how not in ("view", "file") else handed_out_own(request, one, how)


def answer(request: Any, incident: str) -> HttpResponse:
    """One incident of which this party is asked; its reply."""
    party = _party(request)
    one = next((a for a in asked(party) if a.incident == incident), None)
    if one is None:
        return not_there(request)
    told, words = "", request.POST.get("why", "") if request.method == "POST" else ""
    if request.method == "POST":
        try:
            if not one.open:
                raise decide.refused("this party is not asked to reply", "look at the list again", "DSK010")
            request.came = attached.brought(desk(), request)
            files = {"attachments": [a.sha256 for a in request.came]} if request.came else {}
            click = decide.Click(incident, {"step": "replied", **files}, words, by=party)
            if (elsewhere := to_sign(request, click)) is not None:
                return elsewhere
            decide.decide(desk(), request.person, [click])
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = error.faults[0].what
    with_each = {d.pk: attached.with_decision(desk(), d.says) for d in one.replies}
    shown = {"one": one, "told": told, "words": words, "with_each": with_each, **_brought(request)}
    return page(request, "answer.html", status=409 if told else 200, **shown)


def _brought(request: Any) -> dict[str, Any]:
    """What a form shows of files: how large they may be, and those that a refused sending of it brought."""
    came = [(one, attached.token(one)) for one in getattr(request, "came", ())]
    return {"came_now": came, "largest": desk().ways.largest // 1_000_000 or 1}


def complain(request: Any) -> HttpResponse:
    """A complaint: a claim of this party's side, in its own name, of an incident of its own."""
    party, told = _party(request), ""
    said = request.POST.dict() if request.method == "POST" else {}
    if request.method == "POST":
        name = request.head.parties.get(party, party)
        own = {"source": name, "origin": name, "side": party, "kind": "claim", "incident_id": "", "known_at": ""}
        try:
            request.came = attached.brought(desk(), request)
            report = report_of(request, {**said, **own})
            decide.report(desk(), request.person, report, said.get("nonce", "")[:64], came=request.came)
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = error.faults[0].what
    nonce = said.get("nonce") or secrets.token_urlsafe(12)
    acts = sorted(STANDARD.acts.codes)
    shown = {"said": said, "told": told, "nonce": nonce, "acts": acts, **_brought(request)}
    return page(request, "complain.html", status=409 if told else 200, **shown)
