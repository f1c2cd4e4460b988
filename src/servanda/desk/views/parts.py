"""Split and merge: reports of one incident or several put into parts, with what that changes shown before anything is decided."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models, parting, standing
from servanda.desk.configure import desk
from servanda.desk.twins import said_apart, say_apart, take_back, twins
from servanda.desk.views.shared import find, not_there, page, was_read
from servanda.errors import Fault, ServandaError
from servanda.record.log import digest_of

_DIGITS = frozenset(map(str, range(1, parting.MOST_PARTS + 1)))


def parts(request: Any) -> HttpResponse:
    """The page: reports by parts, counts at once, verdicts where they were asked for; and saving."""
    said = request.POST if request.method == "POST" else request.GET
    asked = [name.strip() for name in said.getlist("i") if name.strip()]
    found = {row.pk: row for name in asked if (row := find(name)) is not None}
    rows, missing = list(found.values()), [name for name in asked if find(name) is None]
    reports = list(models.Report.objects.filter(incident__in=list(found)).order_by("incident", "known_at", "id"))
    many = len(rows) > parting.MOST_INCIDENTS or len(reports) > parting.MOST_REPORTS
    if not rows or many:
        return page(
            request,
            "parts.html",
            rows=rows,
            reports=[],
            missing=missing,
            many=many,
            told="",
            status=409 if many and request.method == "POST" else 200,
        )
    for row in rows:
        was_read(request, row, "parts")
    part_of = _parts(said, rows, reports)
    told, made, changes = "", [], None
    try:
        versions = {row.pk: row.version for row in rows}
        made = parting.clicks(reports, part_of, said.get("why", ""), versions)
        if request.method == "POST":
            _refuse_stale(said, rows, reports)
        if request.method == "POST" and "save" in said and made:
            decide.decide(desk(), request.person, made)
            return HttpResponseRedirect(
                reverse("case", args=[parting.told(reports, part_of)[0]["name"]]) + "?tab=decisions"
            )
        if "show" in said and made:
            changes = _changes(request, made)
    except ServandaError as error:
        told = error.faults[0].what
    most = min(parting.MOST_PARTS, max(part_of.values()) + 1)
    address = urlencode([("i", row.pk) for row in rows] + [("a", "".join(str(part_of[r.pk]) for r in reports))])
    return page(
        request,
        "parts.html",
        status=409 if told and request.method == "POST" else 200,
        rows=rows,
        reports=[{"row": r, "part": part_of[r.pk], "box": _box(r)} for r in reports],
        numbers=range(1, most + 1),
        parts=parting.told(reports, part_of),
        made=made,
        summary=parting.summary(made),
        splits=any("split" in click.says for click in made),
        changes=changes,
        told=told,
        missing=missing,
        many=False,
        why=said.get("why", ""),
        address=address,
    )


def _refuse_stale(said: Any, rows: list[models.Incident], reports: list[models.Report]) -> None:
    """Raises :class:`~servanda.desk.decide.Changed` where any incident, or which reports there are, is not as it was shown."""
    shown = dict(zip(said.getlist("i"), said.getlist("seen"), strict=False))
    boxes = {name.removeprefix("p-") for name in said if name.startswith("p-")}
    if any(shown.get(row.pk) != row.version for row in rows) or boxes != {_box(r) for r in reports}:
        raise decide.Changed(
            Fault("desk", "this has changed since it was shown to you", "look again, then decide", code="DSK012")
        )


def _box(report: models.Report) -> str:
    """By what a form names a report: never by its place in the table."""
    return digest_of(report.pk.encode())[:16]


def _parts(said: Any, rows: list[models.Incident], reports: list[models.Report]) -> dict[str, int]:
    """The part of each report: as ticked, else as the address has it, else every incident is one."""
    letters = said.get("a", "")
    own = {row.pk: n for n, row in enumerate(rows, 1)}
    out = {}
    for n, r in enumerate(reports):
        ticked = said.get(f"p-{_box(r)}", letters[n] if len(letters) == len(reports) else "")
        good = ticked in _DIGITS
        out[r.pk] = int(ticked) if good else own.get(r.incident, 1)
    return out


def _changes(request: Any, made: list[decide.Click]) -> list[dict[str, Any]]:
    """The verdicts that would be others, or would count otherwise."""
    now = standing.recompute(desk()) or standing.newest()
    key = ("term", "party", "reading")
    before = {tuple(v[k] for k in key): v for v in standing.stood(desk(), now).verdicts}
    out = []
    for v in standing.preview(desk(), parting.entries_of(request.head, request.person.pk, made)).verdicts:
        was = before.get(tuple(v[k] for k in key))
        counts = ("verdict", "confirmed", "alleged", "excused", "reports")
        if was is None or any(was[k] != v[k] for k in counts):
            out.append({**v, "was": was})
    return out


def twins_of(request: Any, incident: str) -> HttpResponse:
    """Incidents that may be the same, with fusion's reason; beside the panel."""
    row = find(incident)
    if row is None:
        return not_there(request)
    return _twins(request, row)


def _twins(request: Any, row: models.Incident) -> HttpResponse:
    found = twins(row)
    for one in (row, *(t.row for t in found)):
        was_read(request, one, "twins")
    names = {person.pk: person.name for person in request.people.values()}
    return page(request, "twins.html", row=row, twins=found, apart=said_apart(row.pk), names=names)


def apart(request: Any, incident: str) -> HttpResponse:
    """Say that another incident is not this one, or take that back."""
    row, other = find(incident), find(request.POST.get("other", ""))
    if request.method != "POST" or row is None or other is None or row.pk == other.pk:
        return not_there(request)
    if request.POST.get("again"):
        take_back(row.pk, other.pk)
    else:
        say_apart(row.pk, other.pk, request.person.pk, decide.clock())
    if request.headers.get("HX-Request"):
        return _twins(request, row)
    return HttpResponseRedirect(reverse("case", args=[row.pk]))
