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

from servanda.desk import decide, models
from servanda.desk.configure import desk
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
    fellows = models.Person.objects.filter(role=request.person.role).values_list("pk", flat=True)
    notes = [f"written at the desk by {pk}" for pk in fellows]
    entries = models.Entry.objects.filter(note__in=notes).order_by("-index").values_list("index", flat=True)[:100]
    lodged = models.Report.objects.filter(entry__in=list(entries)).order_by("-entry")
    return page(request, "room.html", asked=asked(_party(request)), lodged=lodged)


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
            click = decide.Click(incident, {"step": "replied"}, words, by=party)
            if (elsewhere := to_sign(request, click)) is not None:
                return elsewhere
            decide.decide(desk(), request.person, [click])
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = error.faults[0].what
    return page(request, "answer.html", one=one, told=told, words=words, status=409 if told else 200)


def complain(request: Any) -> HttpResponse:
    """A complaint: a claim of this party's side, in its own name, of an incident of its own."""
    party, told = _party(request), ""
    said = request.POST.dict() if request.method == "POST" else {}
    if request.method == "POST":
        name = request.head.parties.get(party, party)
        own = {"source": name, "origin": name, "side": party, "kind": "claim", "incident_id": "", "known_at": ""}
        try:
            decide.report(desk(), request.person, report_of(request, {**said, **own}), said.get("nonce", "")[:64])
            return HttpResponseRedirect(reverse("room"))
        except ServandaError as error:
            told = error.faults[0].what
    nonce = said.get("nonce") or secrets.token_urlsafe(12)
    acts = sorted(STANDARD.acts.codes)
    return page(request, "complain.html", said=said, told=told, nonce=nonce, acts=acts, status=409 if told else 200)
