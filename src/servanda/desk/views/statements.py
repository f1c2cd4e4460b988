"""Who said what in the documents that the mission keeps: sides by terms, positions over time, where an agreement would fall."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import attached, said
from servanda.desk.configure import desk
from servanda.desk.offices import STAFF
from servanda.desk.views.shared import page
from servanda.errors import ServandaError

TABS = (
    ("matrix", "Sides by terms"),
    ("positions", "Positions over time"),
    ("zone", "Where they could agree"),
    ("statements", "All statements"),
    ("documents", "Documents"),
)


def statements(request: Any) -> HttpResponse:
    """The tables, and documents brought."""
    told, may = "", request.person.role in STAFF
    if request.method == "POST" and may:
        try:
            files = request.FILES.getlist("files")
            if (large := next((f for f in files if f.size > desk().ways.largest), None)) is not None:
                raise attached.too_large(desk(), large.name)
            said.keep(desk(), request.person.pk, [(f.name, f.read()) for f in files])
            return HttpResponseRedirect(reverse("statements"))
        except ServandaError as error:
            told = error.faults[0].what
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "matrix"
    made, kept = said.newest(), said.documents()
    return page(
        request,
        "statements.html",
        status=409 if told else 200,
        told=told,
        may=may,
        tabs=TABS,
        tab=tab,
        made=made,
        table=(made.tables or {}).get(tab) if made else None,
        kept=kept,
        names={row.pk: said.called(desk(), row) for row in kept if tab == "documents"},
        coded=("stance", "moved_from", "state", "known"),
        behind=bool(kept) and (made is None or made.pk != said.of()),
        largest=desk().ways.largest // 1_000_000 or 1,
    )
