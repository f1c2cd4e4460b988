"""People and offices; clocks; languages; who read what; how to use the keys."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models, tables, tokens
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.kept import agreement_of
from servanda.desk.languages import NAMES
from servanda.desk.own import no_office
from servanda.desk.register import register_of
from servanda.desk.setup import call_mission, change_clocks, change_route, decide_as, give_office, let_go
from servanda.desk.views.shared import not_there, page
from servanda.desk.wording import STATES
from servanda.errors import ServandaError
from servanda.incidents.guards import OUTSIDE, office_of
from servanda.wording import length_of_time


def admin(request: Any) -> HttpResponse:
    """People, and who read something of a protected source; the administrator gives offices, and reads no incident."""
    told, refused = "", False
    if request.method == "POST":
        if request.person.role != "administrator":
            return not_there(request)
        try:
            if not (told := _done(request)):
                return HttpResponseRedirect(reverse("admin"))
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
        guarantors=_guarantors(request),
        no_office=no_office(head.office, head.parties, head.bodies) if (head := request.head) else "",
        reads=reads,
        told=told,
        shown=shown,
        refused=refused,
        said=request.POST if refused else {},
        version=register_of(desk().record()).version,
        may=request.person.role == "administrator",
        clocks=[
            (state, STATES.get(state) or "a session that nobody uses", length_of_time(timedelta(seconds=n)))
            for state, n in (request.head.clocks if request.head else {}).items()
        ],
        tokens=tables.Token.objects.order_by("revoked", "source", "at"),
        nonce=secrets.token_urlsafe(12),
        signer=desk().signer.name,
        size=desk().record().log.head.size,
        of_mission=models.Preference.objects.filter(user=None).values_list("language", flat=True).first(),
    )


def _done(request: Any) -> str:
    """Do what a form asks for; what is told only now, if anything."""
    said = request.POST
    if "clocks" in said:
        names = [k for k in request.head.clocks if said.get(f"clock-{k}", "").strip()]
        change_clocks(desk(), {k: said[f"clock-{k}"] for k in names}, {k: said.get(f"was-{k}", "") for k in names})
        return ""
    if "mission" in said:
        call_mission(desk(), said["mission"])
        return ""
    if "decides" in said:
        decide_as(desk(), said["decides"])
        return ""
    if "leaves" in said:
        let_go(desk(), said["leaves"])
        return ""
    if "route" in said:
        change_route(desk(), said["route"], said.get("was"))
        return ""
    if "whose" in said:
        token = _token(request)
        return f"The token of {said.get('source', '').strip()} is {token} (shown only now)" if token else ""
    one = {k: said.get(k, "").strip() for k in ("id", "name", "role", "login")}
    drawn = desk().drawn(json.dumps(["password", _nonce(request), one]))  # a second click shows the same one
    password = base64.urlsafe_b64encode(drawn[:12]).decode()
    give_office(desk(), one["id"], one["name"], one["role"], one["login"], password, whole(said.get("seen", "")))
    return f"{one['name']} signs in as {one['login']} with the password {password} (shown only now)"


def _nonce(request: Any) -> str:
    """What tells one click from the next; raises :class:`~servanda.desk.decide.Refused` where the form bears none."""
    nonce = request.POST.get("nonce", "")[:64]
    if not nonce:
        raise decide.refused("the form is not one of this page", "load the page again", "DSK012")
    return str(nonce)


def _guarantors(request: Any) -> list[str]:
    """The short names of the agreement's guarantors."""
    agreement = agreement_of(desk(), request.head) if request.head and request.head.agreement else None
    return list(agreement.guarantors) if agreement else []


def _token(request: Any) -> str:
    """Issue a token, and give it; or revoke one, and give nothing."""
    said = request.POST
    if said["whose"] != "new":
        tokens.revoke(said["whose"])
        return ""
    scope, rate = said.get("scope", "report").split(","), whole(said.get("rate", "")) or 0
    whose = {"side": said.get("side", "none"), "person": request.person.pk, "nonce": _nonce(request)}
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
    home = "home" if office_of(request.person.role) in OUTSIDE else "help"
    return HttpResponseRedirect(reverse("admin" if whose == "mission" else home))
