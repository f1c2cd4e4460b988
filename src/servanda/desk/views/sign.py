"""What waits for a signature: the exact text and its hash. Signing an incident; publishing the verdicts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.app.record import verify_record
from servanda.desk import decide, models, standing
from servanda.desk.compose import decision_entry, decisions_file
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.views.shared import clocked, not_there, page
from servanda.errors import ServandaError
from servanda.incidents.guards import refusals
from servanda.record.log import digest_of
from servanda.store import RecordStore


def sign(request: Any, told: str = "") -> HttpResponse:
    """The page: every determined incident with what would be signed; ``told``: why verdicts were not."""
    at, who, now = request.head, request.person, decide.clock()
    waiting = []
    for row in models.Incident.objects.filter(state="determined").order_by("due", "id")[:50]:
        decided = models.Decided.objects.filter(incident=row.pk, step__in=("determined", "attributed")).order_by("at")
        last = list(decided)[-2:]
        says = {"incident": row.pk, "step": "signed", "outcome": "agreed"}
        entry = decision_entry(says, by=at.office, person=who.pk, at=now, why="read and agreed", after=row.last)
        text = decisions_file([entry]).data.decode()
        why_not = refusals(decide.course(at, row), who.role, who.pk, now).get("signed", "not now")
        basis = "\n".join(f"{d.id}  {d.step} {d.outcome}  {d.at:%Y-%m-%d %H:%M}Z  {d.person}: {d.why}" for d in last)
        waiting.append(
            {
                "row": row,
                "clock": clocked(row, now),
                "text": text,
                "basis": basis,
                "hash": digest_of(basis.encode()),
                "why_not": why_not,
            }
        )
    runs = models.Published.objects.order_by("-entry")[:5]
    return page(
        request,
        "sign.html",
        waiting=waiting,
        runs=runs,
        may_publish=who.role == "chief",
        told=told or ("The verdicts were signed." if request.GET.get("signed") == "1" else ""),
        status=409 if told else 200,
    )


def publish(request: Any) -> HttpResponse:
    """Make the verdicts of all that is recorded, and sign them on the record; the same form sent twice signs once."""
    if request.method != "POST":
        return not_there(request)
    mine, seen = desk(), whole(request.POST.get("seen", ""))
    if seen is None:
        return sign(request, "this has changed since it was shown to you")
    try:
        store = RecordStore(mine.record())
        run = verify_record(store, agreement=request.head.agreement)
        if not models.Published.objects.filter(entry__gte=seen).exists():
            standing.publish(mine, run)
    except ServandaError as error:
        return sign(request, error.faults[0].what)
    return HttpResponseRedirect(f"{reverse('sign')}?signed=1")
