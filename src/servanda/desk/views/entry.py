"""A report written at the desk: what was seen apart from what was told, time and place with their doubt, files; what may be the same is offered first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, decide, heard, letters, models, spoken
from servanda.desk.compose import WRITTEN, report_file
from servanda.desk.configure import desk
from servanda.desk.fields import decimal, whole
from servanda.desk.kept import codes_of
from servanda.desk.letters import came_with, prefilled
from servanda.desk.projection import lock
from servanda.desk.twins import Twin, twins_of
from servanda.desk.views.place import HEIGHT, WIDTH, MapBox, box_of
from servanda.desk.views.shared import find, instants, page, was_handed, was_read, zone_of
from servanda.errors import ServandaError
from servanda.incidents.guards import LONG
from servanda.record.log import digest_of
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
    mine, role = desk(), request.person.role
    said = request.POST.dict() if request.method == "POST" else {"side": "none", "precision_km": "1"}
    letter = said.get("letter", request.GET.get("letter", ""))
    told, twins, came, found = "", list[Twin](), list[attached.Attached](), list[heard.Place]()
    made = [] if request.method == "POST" else letters.written_so_far(request.person, letter)
    if request.method == "GET":
        said |= prefilled(mine, request.person, letter)
        if said.get("protect"):
            was_handed(request, f"arrival {letter}", "arrival")
        came = came_with(request.person, letter)
        said |= {name: request.GET[name][:200] for name in (*_FIELDS, "incident_id") if request.GET.get(name)}
    box = box_of(mine, request.head, said)
    if request.method == "POST":
        try:
            came = attached.brought(mine, request)
            _pick(said)
            if _looks(said, box):
                found = heard.places(mine, request.head, said.get("place_name", "")) if said.get("do") == "find" else []
                box = box_of(mine, request.head, said, keep=box)
            else:
                report, told_row, note = rows_of(request, said)
                with_it = [*came, attached.hold(mine, "heard.txt", note.encode())] if note else came
                if lies := _recorded_before(report, told_row, said, with_it):
                    return _to(request, lies)
                twins = _offered(request, report, said)
                if not twins:
                    answer, made = _recorded(request, report, told_row, said, with_it, letter)
                    if answer is not None:
                        return answer
        except ServandaError as error:
            told = error.faults[0].what
    shown = _shown(request, said, box) | {"twins": twins, "told": told, "found": found, "letter": letter, "made": made}
    looking = "do" in said or "at.x" in said
    return page(
        request,
        "entry.html",
        came=[(one, attached.token(one)) for one in came],
        looked=said.get("do") == "find",
        shown=",".join(t.row.pk for t in twins),
        patrol=role == "patrol",
        status=409 if (told or twins or (made and request.method == "POST")) and not looking else 200,
        **shown,
    )


def _shown(request: Any, said: Mapping[str, str], box: MapBox) -> dict[str, Any]:
    return {
        "said": said,
        "box": box,
        "nonce": said.get("nonce") or secrets.token_urlsafe(12),
        **codes_of(request.head),
        "largest": desk().ways.largest // 1_000_000,
    }


def _recorded(
    request: Any,
    report: dict[str, str],
    told: dict[str, str] | None,
    said: Mapping[str, str],
    came: list[attached.Attached],
    letter: str,
) -> tuple[HttpResponse | None, list[str]]:
    """Record it, and go where it lies; or, where somebody has written a report of the same letter, nothing yet, and where that one lies."""
    hidden = {report["source"]} if said.get("protect") else set[str]()
    hidden |= {said["told_by"].strip()} if said.get("protect_teller") else set()
    nonce = said.get("nonce", "")[:64]
    with transaction.atomic():
        lock()
        made = letters.written_so_far(request.person, letter, nonce)
        if made and said.get("further") != str(len(made)):
            return None, made
        mine, who = desk(), request.person
        if who.role == "patrol":  # which is shown what it wrote as it wrote it
            incident = spoken.reported(mine, who, report, told, nonce, sorted(hidden), came)
        else:
            incident = decide.report(mine, who, report, nonce, protect=sorted(hidden), told=told, came=came)
        letters.answered(request.person, letter, nonce, incident)
    return _to(request, incident, elsewhere=report.get("incident_id", "") not in ("", incident)), []


def _recorded_before(
    report: dict[str, str], told: dict[str, str] | None, said: dict[str, str], came: Sequence[attached.Attached]
) -> str:
    """The incident under which the report of this very form lies, which somebody went back to and sent again; with a further file it is another one."""
    nonce = said.get("nonce", "")[:64]
    forms = (report, told, nonce), spoken.bared(report, told, nonce)
    idents = [report_file(one, desk().drawn(form).hex(), second)[1] for one, second, form in forms]
    there = models.Report.objects.filter(report_id__in=idents).first()
    if there is None:
        return ""
    with_it = {one.sha256 for one in attached.with_reports(desk(), [there.entry]).get(there.entry, ())}
    if further := sorted({one.sha256 for one in came} - with_it):
        said["nonce"] = digest_of(f"{nonce} {' '.join(further)}".encode())
        return ""
    return str(there.incident)


def _to(request: Any, incident: str, *, elsewhere: bool = False) -> HttpResponse:
    """Where the report lies: a patrol sees its own, everybody else the case."""
    if request.person.role == "patrol":
        return HttpResponseRedirect(reverse("own"))
    return HttpResponseRedirect(reverse("case", args=[incident]) + ("?placed=1" if elsewhere else ""))


def _pick(said: dict[str, str]) -> None:
    """Take the place that was chosen of those that were found."""
    parts = said.pop("pick", "").split(",")
    if len(parts) == 3 and all(part.strip() for part in parts):
        said["lat"], said["lon"], said["precision_km"] = parts


def _looks(said: dict[str, str], box: MapBox) -> bool:
    """Whether a button looks for a place and records nothing; a click on the map becomes a point."""
    x, y = whole(said.get("at.x", "")), whole(said.get("at.y", ""))
    if x is not None and y is not None:
        if 0 <= x <= WIDTH and 0 <= y <= HEIGHT and (x, y) != (0, 0):  # by keyboard zero and zero are sent
            said["lat"], said["lon"], said["precision_km"] = box.at(x, y)
        return True
    return said.get("do", "") in ("find", "closer", "wider", "north", "south", "west", "east")


def _offered(request: Any, report: Mapping[str, str], said: dict[str, str]) -> list[Twin]:
    """What may be the same, where nobody has looked at it yet; a patrol is shown no incidents."""
    same = said.get("same", "")
    if request.person.role == "patrol" or report.get("incident_id"):
        return []
    words = {
        k: v for k, v in report.items() if v and k not in ("lat", "lon", "precision_km", "start", "end", "known_at")
    }
    times = {k: datetime.fromisoformat(report[k]) if report[k] else None for k in ("start", "end", "known_at")}
    at = {k: float(report[k]) if report[k] else None for k in ("lat", "lon")}
    precision = float(report["precision_km"]) * 1000 if report["precision_km"] else None
    made = models.Report(id=" new", incident=" new", report_id="new", said=words, precision_m=precision, **times, **at)
    twins = twins_of(made)
    looked_at = set(said.get("looked_at", "").split(","))
    if all(t.row.pk in looked_at for t in twins) and ("same" in said or not twins):
        if same and any(t.row.pk == same for t in twins):
            report["incident_id"] = same  # type: ignore[index]
        return []
    for t in twins:
        was_read(request, t.row, "entry")
    return twins


def rows_of(request: Any, said: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str] | None, str]:
    """The report that a form is, and what is another in its second one, where something was seen and something told.

    Args:
        request: of the form.
        said: its fields.

    Returns:
        Columns of the first; of the second those that differ, or nothing; and from where something was heard, which parties are not told.

    Raises:
        Refused: something is missing, or cannot be.
    """
    seen, told, by = (said.get(name, "").strip() for name in ("summary", "told", "told_by"))
    if seen and by and not told:
        raise decide.refused("names who told it, and not what was told", "write it, or leave the name out", "DSK016")
    if said.get("protect_teller") and not by:
        raise decide.refused("protects who told it, and does not name him", "name him, or leave the tick out", "DSK016")
    kind = said.get("kind") or ("observation" if seen else "claim")
    first = {**said, "kind": kind, "summary": seen or told}
    if not seen and by:
        first["origin"] = first.get("origin") or by
    first, note = _heard(request, first)
    report = report_of(request, first)
    if not (seen and told):
        return report, None, note
    if len(told) > _LONG["summary"]:
        raise decide.refused(
            f"'told' has {len(told):,} characters; {_LONG['summary']:,} at most are recorded",
            "say it in fewer words",
            "DSK018",
        )
    return report, {"kind": "claim", "summary": told, "origin": by or report["origin"]}, note


def _heard(request: Any, said: dict[str, str]) -> tuple[dict[str, str], str]:
    """Place and words of what was heard: the point that lies beyond where the source stood, with all its doubt; and from where, in which direction and
    how far, for the mission alone: with the point they tell where its observers stand.
    """
    towards, far = said.get("towards", "").strip(), said.get("far", "").strip()
    if not towards and not far:
        return said, ""
    way = heard.bearing(towards)
    if way is None or not far:
        raise decide.refused(
            "what was heard needs a direction (315, or NW) and a distance in kilometres",
            "give both, or neither",
            "DSK016",
        )
    km = decimal("distance", far, 0.01, 100.0) or 0.0
    off = decimal("doubt of the direction", said.get("towards_doubt", ""), 0.0, 180.0)
    doubt = decimal("doubt of the distance", said.get("far_doubt", ""), 0.0, 100.0)
    off, doubt = heard.DEGREES if off is None else off, heard.SHARE * km if doubt is None else doubt
    lat, lon = decimal("lat", said.get("lat", ""), -90.0, 90.0), decimal("lon", said.get("lon", ""), -180.0, 180.0)
    own = decimal("precision_km", said.get("precision_km", ""), 0.001, 1000.0) or 0.0
    name = said.get("place_name", "").strip()
    if lat is None or lon is None:
        places = heard.places(desk(), request.head, name) if name else []
        if not places:
            raise decide.refused(
                "does not say where the source stood that heard it", "name the place, or give its point", "DSK016"
            )
        lat, lon, own = places[0].lat, places[0].lon, places[0].km
    there = heard.heard(lat, lon, own, way, km, off, doubt)
    note = f"Heard from {f'{name}, ' if name else ''}{lat:.4f} {lon:.4f}: direction {way:g}° ± {off:g}°, distance {km:g} km ± {doubt:g} km.\n"
    point = {"lat": f"{there[0]:.5f}", "lon": f"{there[1]:.5f}", "precision_km": f"{there[2]:.2f}", "place_name": ""}
    return {**said, **point, "summary": f"{said['summary']} [heard, not seen]"}, note


def report_of(request: Any, said: Mapping[str, str]) -> dict[str, str]:
    """The report's columns; raises :class:`~servanda.desk.decide.Refused` for what is missing or cannot be."""
    zone, now = zone_of(request), decide.clock()
    out = {name: said.get(name, "").strip() for name in _FIELDS}
    for name, text in out.items():
        if len(text) > (limit := _LONG.get(name, LONG)):
            long = f"'{name}' has {len(text):,} characters; {limit:,} at most are recorded"
            raise decide.refused(long, "say it in fewer words", "DSK018")
    lacking = [name for name in ("source", "act", "summary") if not out[name]]
    if lacking:
        raise decide.refused(f"does not say {' and '.join(lacking)}", "fill it in", "DSK016")
    begins = instants(said.get("start", ""), zone)
    start, end = begins[0] if begins else None, _last(instants(said.get("end", ""), zone), now)
    if end is None and len(begins) > 1:  # an hour that comes twice: any time in both, as far as they are over
        end = _last(begins, now)
    if start is None:
        raise decide.refused("does not say when it happened", "give the time, or the span in which it lies", "DSK016")
    if start > now or (end is not None and end < start):
        raise decide.refused(
            "its time lies ahead of the clock, or ends before it begins", "look at both times", "DSK016"
        )
    start, end = heard.around(start, end, said.get("about", ""))
    for name, least, most in (("lat", -90.0, 90.0), ("lon", -180.0, 180.0), ("precision_km", 0.001, 1000.0)):
        value = decimal(name, out[name], least, most)
        out[name] = "" if value is None else f"{value:.9g}"
    if bool(out["lat"]) != bool(out["lon"]):
        raise decide.refused(
            "has a latitude or a longitude alone", "give both, or only the name of the place", "DSK016"
        )
    return {
        **out,
        **_incident(request, said),
        **_times(said, zone, start, end, now),
        "stance": "asserts",
        "origin": out["origin"] or out["source"],
    }


def _last(each: Sequence[datetime], now: datetime) -> datetime | None:
    """Of what a field may mean the last that is over; the first, where none is."""
    return max((moment for moment in each if moment <= now), default=each[0] if each else None)


def _incident(request: Any, said: Mapping[str, str]) -> dict[str, str]:
    incident = said.get("incident_id", "").strip()
    row = find(incident) if incident else None
    if incident and (row is None or request.person.role == "patrol"):
        raise decide.refused("there is no such incident", "leave it out: duplicates are put together later", "DSK016")
    return {"incident_id": row.pk} if row is not None else {}


def _times(
    said: Mapping[str, str], zone: str, start: datetime | None, end: datetime | None, now: datetime
) -> dict[str, str]:
    known = _last(instants(said.get("known_at", ""), zone), now) or now.replace(microsecond=0)
    if known > now + timedelta(minutes=1) or (start is not None and known < start):
        raise decide.refused("was known before it happened, or after now", "look at the times", "DSK016")
    if end is not None and said.get("about", "").strip():
        end = min(end, max(known, start or known))  # what is known by now has ended by now
    return {"start": iso(start) or "", "end": iso(end) or "" if end else "", "known_at": iso(known) or ""}


def own(request: Any) -> HttpResponse:
    """What this person has written."""
    note = f"{WRITTEN}{request.person.pk}"
    entries = models.Entry.objects.filter(note=note, kind="evidence").order_by("-index")[:100]
    reports = models.Report.objects.filter(entry__in=[e.pk for e in entries]).order_by("-entry")
    with_files = attached.with_reports(desk(), [e.pk for e in entries])
    came = {
        e: (words, own if words else came) for e, came in with_files.items() for words, own in [spoken.of(desk(), came)]
    }
    return page(request, "own.html", reports=reports, came=came)
