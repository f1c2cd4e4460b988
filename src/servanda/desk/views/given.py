"""Packages: made by the mission; read, taken home and commented by those for whom they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, decide, models, spoken
from servanda.desk import given as packaged
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.inbox import Making
from servanda.desk.views.party import spoke
from servanda.desk.views.shared import find, not_there, page, told_to
from servanda.desk.wording import at, happened
from servanda.errors import ServandaError
from servanda.incidents.guards import GUARANTOR, OUTSIDE, office_of
from servanda.values.time import hour_of, parse_instant

CHECKERS = ("verifier.py", "hands.py")
_PAGE = 50
_FIRST = (
    "source",
    "origin",
    "via",
    "side",
    "kind",
    "stance",
    "act",
    "target",
    "weapon",
    "actor",
    "place_name",
    "admin1",
)
"""The fields of a report that come first, in their order; all others follow but for those that are said otherwise."""
_OTHERWISE = ("report_id", "incident_id", "start", "end", "known_at", "lat", "lon", "precision_km")


def packages(request: Any) -> HttpResponse:
    """What was given to whom; chief and legal officer make packages anew."""
    told = ""
    if request.method == "POST":
        if request.person.role == "auditor":
            return not_there(request)
        try:
            packaged.ask(desk(), request.POST.get("tier", ""), request.person.pk)
            return HttpResponseRedirect(reverse("packages"))
        except ServandaError as error:
            told = told_to(request, error)
    made, recorded = packaged.given(desk()), desk().record().tiers()
    tiers = {name: recorded[name].release for name in packaged.TIERS if name in recorded}
    return page(
        request,
        "packages.html",
        status=409 if told else 200,
        told=told,
        made=made,
        tiers=tiers,
        making=Making.objects.order_by("at"),
    )


def given(request: Any) -> HttpResponse:
    """What somebody's newest package holds, and all that were made for him."""
    role, told = request.person.role, ""
    mine = packaged.given(desk(), role)
    try:
        newest = packaged.newest(desk(), role)
    except ServandaError as error:
        newest, told = None, told_to(request, error)
    start = whole(request.GET.get("from", "")) or 0
    cases = list(newest[1].cases.items()) if newest else []
    return page(
        request,
        "given.html",
        mine=mine,
        told=told,
        one=newest[0] if newest else None,
        shown=newest[1] if newest else None,
        as_of=packaged.when(newest[1].as_of) if newest else None,
        began=lambda case: _hour(case.rows, request.head.zone),
        cases=cases[start : start + _PAGE],
        more=start + _PAGE if len(cases) > start + _PAGE else None,
        checkers=CHECKERS,
    )


def _report(row: Mapping[str, str], zone: str) -> dict[str, Any]:
    """A report as the page says it: its id, when it happened and became known, where it lies, and its other fields."""
    fields = [name for name in (*_FIRST, *row) if name in row and name not in _OTHERWISE]
    where = [row[name] for name in ("lat", "lon") if name in row]
    return {
        "id": row.get("report_id", ""),
        "happened": [said for name in ("start", "end") if (said := _when(row.get(name, ""), zone))],
        "known": _when(row.get("known_at", ""), zone),
        "where": ", ".join(where) if len(where) == 2 else "",
        "within": row.get("precision_km", ""),
        "fields": [(name, row[name]) for name in dict.fromkeys(fields)],
    }


def _hour(rows: Sequence[Mapping[str, str]], zone: str) -> str:
    """When an incident happened by the reports that are open, as every page says it; as it is written, where that is no instant."""
    spans = []
    for row in rows:
        try:
            begins, ends = (
                parse_instant(row[name], ZoneInfo(zone)) if row.get(name) else None for name in ("start", "end")
            )
        except ValueError:
            continue
        whole = ends is None and begins is not None and len(row["start"]) == len("2025-04-01")
        spans.append((row.get("stance"), begins, begins + timedelta(days=1) if whole and begins is not None else ends))
    hour = hour_of(spans)
    return f"{happened(*hour, zone)} ({zone})" if hour else next((r["start"] for r in rows if r.get("start")), "")


def _when(written: str, zone: str) -> str:
    """An instant as people write it, with the zone; a day, and what is no instant, as it is written."""
    try:
        return (
            f"{at(parse_instant(written, ZoneInfo(zone)), zone)} ({zone})"
            if len(written) > len("2025-04-01")
            else written
        )
    except ValueError:
        return written


def given_case(request: Any, incident: str) -> HttpResponse:
    """What the newest package shows of an incident; a guarantor's comment on it."""
    try:
        newest = packaged.newest(desk(), request.person.role)
    except ServandaError:
        newest = None
    shown = newest[1].cases.get(incident) if newest else None
    into = next((name for name, case in newest[1].cases.items() if incident in case.merged), "") if newest else ""
    if shown is None and into:
        return HttpResponseRedirect(reverse("given_case", args=[into]))
    if newest is None or shown is None:
        return not_there(request)
    by, office = request.person.role.partition(":")[2], office_of(request.person.role)
    told, words = "", request.POST.get("why", "") if request.method == "POST" else ""
    row, mine = find(incident), _comments({incident, *shown.merged}, by)
    if request.method == "POST":
        if office != GUARANTOR or row is None:
            return not_there(request)
        try:
            click = decide.Click(row.pk, {"step": "commented"}, words, after="", by=by, named=incident)
            same = any(said is not None and words.strip() in said.said.values() for _, said in mine)
            if not same and (elsewhere := spoke(request, click)) is not None:  # the same form, sent twice, is one
                return elsewhere
            return HttpResponseRedirect(reverse("given_case", args=[incident]))
        except ServandaError as error:
            told = told_to(request, error)
    return page(
        request,
        "givencase.html",
        status=409 if told else 200,
        incident=incident,
        shown=shown,
        reports=[_report(row, request.head.zone) for row in shown.rows],
        may=office == GUARANTOR and row is not None,
        mine=mine,
        told=told,
        words=words,
        as_of=packaged.when(newest[1].as_of),
    )


def _comments(incidents: Collection[str], by: str) -> list[tuple[models.Decided, spoken.Spoken | None]]:
    """What a guarantor said of an incident, as it wrote it, by the ids that its package knows: what is merged since, the next one tells."""
    mine = models.Decided.objects.filter(step="commented", by=by).order_by("at", "id")
    return [
        (d, spoken.of(desk(), attached.with_decision(desk(), d.says))[0]) for d in mine if d.incidents[0] in incidents
    ]


def given_file(request: Any, name: str) -> HttpResponse:
    """A package as a file: to whom it was given, and to the chief; and the programs that check it without this desk."""
    if name in CHECKERS:
        data = (files("servanda.record") / name).read_bytes()
        return HttpResponse(data, content_type="text/x-python", headers=_saved_as(name))
    role = request.person.role if office_of(request.person.role) in OUTSIDE else ""
    one = next((g for g in packaged.given(desk(), role) if g.digest == name and g.here), None)
    if one is None:
        return not_there(request)
    data = packaged.path_of(desk(), one.digest).read_bytes()
    return HttpResponse(data, content_type="application/json", headers=_saved_as(one.name))


def _saved_as(name: str) -> dict[str, str]:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)
    return {"Content-Disposition": f'attachment; filename="{safe}"'}
