"""People and offices; who read what; the record's log; how to use the keys."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.setup import give_office
from servanda.desk.views.shared import page
from servanda.errors import ServandaError


def admin(request: Any) -> HttpResponse:
    """People, and who read something of a protected source; the administrator gives offices, and reads no incident."""
    told, password = "", ""
    if request.method == "POST" and request.person.role == "administrator":
        said = {k: request.POST.get(k, "").strip() for k in ("id", "name", "role", "login")}
        try:
            password = give_office(desk(), said["id"], said["name"], said["role"], said["login"])
            told = f"{said['name']} signs in as {said['login']} with the password {password} (shown only now)"
        except ServandaError as error:
            told = error.faults[0].what
    people = models.Person.objects.order_by("id")
    reads = models.WasRead.objects.order_by("-at")[:200]
    shown = request.person.role == "auditor"
    return page(
        request,
        "admin.html",
        people=people,
        reads=reads,
        told=told,
        shown=shown,
        may=request.person.role == "administrator",
    )


def record(request: Any) -> HttpResponse:
    """What is on the record, newest first."""
    entries = models.Entry.objects.order_by("-index")[:200]
    note = desk().record().log.note.decode()
    return page(request, "record.html", entries=entries, note=note)


def help_(request: Any) -> HttpResponse:
    """The keys, and what the states mean."""
    return page(request, "help.html")
