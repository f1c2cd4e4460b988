"""A report written at the desk: what was seen apart from what was told, time and place with their doubt."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models
from servanda.desk.configure import desk
from servanda.desk.fields import decimal
from servanda.desk.views.shared import find, instant, page
from servanda.errors import ServandaError
from servanda.incidents.guards import LONG
from servanda.values.codes import STANDARD
from servanda.values.time import iso

_FIELDS = (
    "source",
    "origin",
    "side",
    "kind",
    "place_name",
    "act",
    "target",
    "actor",
    "summary",
    "lat",
    "lon",
    "precision_km",
)
_LONG = {"summary": 4000}


def entry(request: Any) -> HttpResponse:
    """The form, and what came of it."""
    said = request.POST.dict() if request.method == "POST" else {"kind": "claim", "side": "none", "precision_km": "1"}
    if request.method == "GET":
        said |= {name: request.GET[name][:200] for name in _FIELDS if request.GET.get(name)}
    told = ""
    if request.method == "POST":
        try:
            incident = decide.report(
                desk(),
                request.person,
                report_of(request, request.POST),
                said.get("nonce", "")[:64],
                protect=bool(said.get("protect")),
            )
            elsewhere = said.get("incident_id", "").strip() not in ("", incident)
            to = reverse("own") if request.person.role == "patrol" else reverse("case", args=[incident])
            to += "?placed=1" if elsewhere and request.person.role != "patrol" else ""
            return HttpResponseRedirect(to)
        except ServandaError as error:
            told = error.faults[0].what
    return page(
        request,
        "entry.html",
        said=said,
        told=told,
        nonce=said.get("nonce") or secrets.token_urlsafe(12),
        acts=sorted(STANDARD.acts.codes),
        targets=sorted(STANDARD.targets.codes),
        status=409 if told else 200,
    )


def report_of(request: Any, said: Mapping[str, str]) -> dict[str, str]:
    """The report's columns; raises :class:`~servanda.desk.decide.Refused` for what is missing or cannot be."""
    zone, now = request.head.zone, decide.clock()
    out = {name: said.get(name, "").strip() for name in _FIELDS}
    for name, text in out.items():
        if len(text) > (limit := _LONG.get(name, LONG)):
            long = f"'{name}' has {len(text):,} characters; {limit:,} at most are recorded"
            raise decide.refused(long, "say it in fewer words", "DSK018")
    lacking = [name for name in ("source", "act", "summary") if not out[name]]
    if lacking:
        raise decide.refused(f"does not say {' and '.join(lacking)}", "fill it in", "DSK016")
    start, end = instant(said.get("start", ""), zone), instant(said.get("end", ""), zone)
    if start is None:
        raise decide.refused("does not say when it happened", "give the time, or the span in which it lies", "DSK016")
    if start > now or (end is not None and end < start):
        raise decide.refused(
            "its time lies ahead of the clock, or ends before it begins", "look at both times", "DSK016"
        )
    for name, least, most in (("lat", -90.0, 90.0), ("lon", -180.0, 180.0), ("precision_km", 0.001, 1000.0)):
        value = decimal(name, out[name], least, most)
        out[name] = "" if value is None else f"{value:.9g}"
    if bool(out["lat"]) != bool(out["lon"]):
        raise decide.refused(
            "has a latitude or a longitude alone", "give both, or only the name of the place", "DSK016"
        )
    incident = said.get("incident_id", "").strip()
    if incident:
        row = find(incident)
        if row is None or request.person.role == "patrol":
            raise decide.refused(
                "there is no such incident", "leave it out: duplicates are put together later", "DSK016"
            )
        out["incident_id"] = row.pk
    known: datetime = instant(said.get("known_at", ""), zone) or now.replace(microsecond=0)
    if known > now + timedelta(minutes=1) or known < start:
        raise decide.refused("was known before it happened, or after now", "look at the times", "DSK016")
    times = {"start": iso(start), "end": iso(end) if end else "", "known_at": iso(known)}
    return {
        **out,
        **{k: v or "" for k, v in times.items()},
        "stance": "asserts",
        "origin": out["origin"] or out["source"],
    }


def own(request: Any) -> HttpResponse:
    """What this person has written."""
    note = f"written at the desk by {request.person.pk}"
    entries = models.Entry.objects.filter(note=note).order_by("-index")[:100]
    reports = models.Report.objects.filter(entry__in=[e.pk for e in entries]).order_by("-entry")
    return page(request, "own.html", reports=reports)
