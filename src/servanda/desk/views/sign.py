"""What waits for a signature: the exact text and its hash. Signing an incident; publishing the verdicts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.app.record import verify_record
from servanda.desk import decide, finding, models, papers, standing
from servanda.desk.authors import mark
from servanda.desk.compose import decision_entry, decisions_file
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.steps import course
from servanda.desk.views.board import signed_lately
from servanda.desk.views.shared import clocked, not_there, page
from servanda.errors import ServandaError
from servanda.evidence.decisions import STEPS
from servanda.incidents.guards import refusals
from servanda.store import RecordStore


def sign(request: Any, told: str = "") -> HttpResponse:
    """The page: every determined incident with what would be signed; ``told``: why verdicts were not."""
    at, who, now = request.head, request.person, decide.clock()
    waiting, key = [], desk().record().id_key()
    for row in models.Incident.objects.filter(state="determined").order_by("due", "rank", "id")[:50]:
        steps = refusals(course(at, row), who.role, who.pk, now)
        step = "endorsed" if row.endorser and not steps.get("endorsed", "not now") else "signed"
        words = finding.finding(at, row)
        says = {"incident": row.pk, "step": step, "outcome": "agreed", "of": row.endorser, "finding": words}
        entry = decision_entry(
            says, by=at.office, person=mark(key, who.pk), at=now, why="read and agreed", after=row.last
        )
        waiting.append(
            {
                "row": row,
                "clock": clocked(row, now),
                "step": step,
                "outcomes": STEPS[step],
                "finding": words,
                "read": finding.digest(words),
                "lapses": finding.lapses(at, row),
                "text": decisions_file([entry]).data.decode(),
                "why_not": steps.get(step, "not now"),
            }
        )
    runs = models.Published.objects.order_by("-entry")[:5]
    return page(
        request,
        "sign.html",
        waiting=waiting,
        papers=papers.to_sign(who),
        runs=runs,
        signed=signed_lately(5),
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
