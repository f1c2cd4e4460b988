"""Mission reports: the list, the draft, its review and publication, corrections."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.briefs import KINDS
from servanda.desk import models, papers
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.views.queue import ROWS
from servanda.desk.views.shared import not_there, page, was_handed, was_read
from servanda.errors import ServandaError
from servanda.record.log import digest_of

ABOUT_INCIDENT = ("spot", "sincrep", "violation", "letter")
TABLES = ("csv", "xlsx", "json")
TYPES = {
    "html": "text/html",
    "txt": "text/plain",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv",
}


def rows_of(paper: models.Paper) -> int:
    """How many rows the longest table of a report has: with more than a page of the queue shows, it is not handed out to everybody who reads reports."""
    tables = paper.files.filter(name__endswith=".csv").values_list("data", flat=True)
    return max((bytes(data).count(b"\n") - 1 for data in tables), default=0)


def may_have(request: Any, name: str) -> bool:
    """Whether somebody is handed out a file of a report with many rows: as a table the chief alone, else whoever reads reports, which is written down."""
    return request.person.role == "chief" or name.rpartition(".")[2] not in TABLES


def reports(request: Any) -> HttpResponse:
    """All reports, and the form of a new one."""
    told, said = "", request.POST if request.method == "POST" else request.GET
    named = said.get("corrects", "")
    corrects = models.Paper.objects.filter(pk=whole(named), state="published", corrects=None).first()
    back = said.get("after", "")
    after = models.Paper.objects.filter(pk=whole(back), state="returned").first()
    if (named and corrects is None) or (back and after is None):
        return not_there(request)
    if after is not None:
        corrects = after.corrects
        if request.method == "GET":
            said = {"kind": after.kind, "language": after.language, "note": after.note, **after.asked}
    if request.method == "POST":
        if request.person.role == "auditor":
            return not_there(request)
        try:
            asked = (
                said
                if corrects is None
                else {
                    **corrects.asked,
                    "kind": corrects.kind,
                    "language": corrects.language,
                    "note": said.get("note", ""),
                    "answer": said.get("answer", ""),
                }
            )
            made = papers.draft(desk(), request.head, request.person.pk, asked, corrects, after)
            return HttpResponseRedirect(reverse("paper", args=[made.pk]))
        except ServandaError as error:
            told = error.faults[0].what
    every = models.Paper.objects.defer("text").order_by("-pk")
    return page(
        request,
        "reports.html",
        status=409 if told else 200,
        told=told,
        said=said,
        corrects=corrects,
        after=after,
        kinds=list(KINDS),
        about=ABOUT_INCIDENT,
        going=every.filter(Q(state__in=("draft", "reviewed")) | Q(pk__in=papers.unanswered())),
        done=every.filter(state="published")[:100],
        names=dict(models.Person.objects.values_list("id", "name")),
    )


def _was_read(request: Any, found: models.Paper) -> None:
    """Keep that somebody read what a report tells of incidents with a protected source."""
    protected = set(models.Incident.objects.filter(protected=True).values_list("pk", flat=True))
    about = papers.incidents_of(found) if protected else set()
    merged = dict(models.Gone.objects.values_list("id", "into"))
    about |= {merged[name] for name in about & merged.keys()}  # since it was written
    if told := protected & about:
        for row in models.Incident.objects.filter(pk__in=told).order_by("pk"):
            was_read(request, row, "paper")


def paper(request: Any, number: int) -> HttpResponse:
    """One report with its text, and what may be done with it."""
    found, told = models.Paper.objects.filter(pk=number).first(), ""
    if found is None:
        return not_there(request)
    if request.method == "POST":
        try:
            papers.act(desk(), found, request.person, request.POST.get("do", ""), request.POST.get("why", ""))
            return HttpResponseRedirect(reverse("paper", args=[found.pk]))
        except ServandaError as error:
            told = error.faults[0].what
            found.refresh_from_db()
    few = rows_of(found) <= ROWS
    _was_read(request, found)
    files = [
        {
            "name": f.name,
            "mine": few or may_have(request, f.name),
            "size": len(f.data),
            "digest": digest_of(bytes(f.data)),
        }
        for f in found.files.order_by("name")
    ]
    return page(
        request,
        "paper.html",
        status=409 if told else 200,
        told=told,
        paper=found,
        files=files,
        may=papers.allowed(found, request.person),
        names=dict(models.Person.objects.values_list("id", "name")),
        entries=papers.recorded(desk(), found),
        following=found.following.exclude(state="withdrawn").first(),
        said=request.POST.get("why", "") if told else "",
        later=papers.came_since(found, request.head.size) if found.state in ("draft", "reviewed") else 0,
    )


def paper_file(request: Any, number: int, name: str) -> HttpResponse:
    """One file of a report, to be saved."""
    paper = models.Paper.objects.filter(pk=number).first()
    found = paper.files.filter(name=name).first() if paper is not None else None
    if paper is None or found is None:
        return not_there(request)
    _was_read(request, paper)
    kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    if rows_of(paper) > ROWS:
        if not may_have(request, name):
            return not_there(request)
        was_handed(request, f"{paper.name}/{name}", "report file")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)
    return HttpResponse(
        bytes(found.data), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'}
    )
