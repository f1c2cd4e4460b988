"""People and offices; clocks; languages; who read what; how to use the keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import models, tables, tokens
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.languages import NAMES
from servanda.desk.setup import change_clocks, change_route, give_office
from servanda.desk.views.shared import not_there, page
from servanda.errors import ServandaError
from servanda.incidents.guards import PARTY, office_of
from servanda.wording import length_of_time


def admin(request: Any) -> HttpResponse:
    """People, and who read something of a protected source; the administrator gives offices, and reads no incident."""
    told, password, refused = "", "", False
    if request.method == "POST" and request.person.role != "administrator":
        return not_there(request)
    if request.method == "POST" and "clocks" in request.POST:
        wanted = {
            k: request.POST[f"clock-{k}"] for k in request.head.clocks if request.POST.get(f"clock-{k}", "").strip()
        }
        try:
            change_clocks(desk(), wanted)
            return HttpResponseRedirect(reverse("admin"))
        except ServandaError as error:
            told, refused = error.faults[0].what, True
    elif request.method == "POST" and "route" in request.POST:
        try:
            change_route(desk(), request.POST["route"])
            return HttpResponseRedirect(reverse("admin"))
        except ServandaError as error:
            told, refused = error.faults[0].what, True
    elif request.method == "POST" and "whose" in request.POST:
        try:
            if not (password := _token(request)):
                return HttpResponseRedirect(reverse("admin"))
            told = f"The token of {request.POST.get('source', '').strip()} is {password} (shown only now)"
        except ServandaError as error:
            told, refused = error.faults[0].what, True
    elif request.method == "POST":
        said = {k: request.POST.get(k, "").strip() for k in ("id", "name", "role", "login")}
        try:
            password = give_office(desk(), said["id"], said["name"], said["role"], said["login"])
            told = f"{said['name']} signs in as {said['login']} with the password {password} (shown only now)"
        except ServandaError as error:
            told, refused = error.faults[0].what, True
    people = models.Person.objects.order_by("id")
    reads = models.WasRead.objects.order_by("-at")[:200]
    shown = request.person.role == "auditor"
    return page(
        request,
        "admin.html",
        status=409 if refused else 200,
        people=people,
        reads=reads,
        told=told,
        shown=shown,
        may=request.person.role == "administrator",
        clocks=[
            (state, length_of_time(timedelta(seconds=n)))
            for state, n in (request.head.clocks if request.head else {}).items()
        ],
        tokens=tables.Token.objects.order_by("revoked", "source", "at"),
        signer=desk().signer.name,
        size=desk().record().log.head.size,
        of_mission=models.Preference.objects.filter(user=None).values_list("language", flat=True).first(),
    )


def _token(request: Any) -> str:
    """Issue a token, and give it; or revoke one, and give nothing."""
    said = request.POST
    if said["whose"] != "new":
        tokens.revoke(said["whose"])
        return ""
    scope, rate = said.get("scope", "report").split(","), whole(said.get("rate", "")) or 0
    whose = {"side": said.get("side", "none"), "person": request.person.pk}
    return tokens.issue(said.get("source", ""), scope=scope, rate=rate, **whose)


def help_(request: Any) -> HttpResponse:
    """The keys, and what the states mean."""
    return page(request, "help.html")


def language(request: Any) -> HttpResponse:
    """Choose the language of one's own pages; the administrator also that of the mission."""
    code, whose = request.POST.get("language", ""), request.POST.get("whose", "mine")
    if request.method != "POST" or code not in NAMES or (whose == "mission" and request.person.role != "administrator"):
        return not_there(request)
    user = None if whose == "mission" else request.user
    models.Preference.objects.update_or_create(user=user, defaults={"language": code})
    home = "room" if office_of(request.person.role) == PARTY else "help"
    return HttpResponseRedirect(reverse("admin" if whose == "mission" else home))
