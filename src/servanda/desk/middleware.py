"""What holds for every page: headers, who is signed in, whether the page is his, and that the tables are those of the record."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request, override

from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.fields import unseen
from servanda.desk.languages import NAMES
from servanda.desk.offices import PAGES
from servanda.desk.projection import head, refresh
from servanda.desk.register import CLOCKS, LONGEST
from servanda.desk.views.shared import ended, failed, hidden, not_there
from servanda.errors import ServandaError
from servanda.incidents.guards import office_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BY_ITSELF = ("events", "state", "fresh")
_WRITTEN = 60.0
_OPEN = ("account_login", "account_logout", "mfa_authenticate", "openid_connect_login", "openid_connect_callback")


def headers(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """No inline code, nothing from elsewhere, nothing kept by browsers."""

    def with_headers(request: Any) -> Any:
        response = get_response(request)
        response["Content-Security-Policy"] = CSP
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.is_secure():  # the web server in front speaks TLS
            response["Strict-Transport-Security"] = "max-age=31536000"
            for cookie in response.cookies.values():
                cookie["secure"] = True
        if not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response

    return with_headers


def language_of(request: Any) -> str:
    """The language of who asks: his own choice, else the mission's, else what his browser asks for."""
    if request.path_info.startswith("/static/"):
        return "en"
    known = dict(
        models.Preference.objects.filter(Q(user=None) | Q(user=request.user.pk)).values_list("user", "language")
    )
    chosen = known.get(request.user.pk) or known.get(None) or get_language_from_request(request)
    chosen = str(chosen).split("-")[0]
    return chosen if chosen in NAMES else "en"


def unused(request: Any, name: str) -> bool:
    """Whether a session was left unused for longer than the mission allows, or is as old as any may be: it ends then.

    What a page asks for by itself is no use of it. That it is used is written down once a minute.
    """
    now, at = time.time(), request.session.get("used")
    idle = request.head.clocks.get("session", CLOCKS["session"].total_seconds())
    begun = request.session.setdefault("begun", now)
    if (at is not None and abs(now - at) > idle) or now - begun > LONGEST.total_seconds():
        logout(request)
        return True
    if name not in _BY_ITSELF and (at is None or abs(now - at) > _WRITTEN):
        request.session["used"] = now
    return False


class Offices:
    """Sign-in, and whose page it is. ``request.person`` and ``request.head`` are there for every page of ours."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Answer in the reader's language; programs, in English and without a session."""
        if request.path_info.startswith("/api/"):
            request.person, request.head = None, None
            return self.get_response(request)
        with override(language_of(request)):
            return self._answer(request)

    def _answer(self, request: Any) -> Any:
        """Answer, or send to the sign-in, or say that there is nothing."""
        request.person, request.head = None, None
        try:
            name = resolve(request.path_info).url_name or ""
        except Resolver404:
            name = ""
        if name == "static" or name in _OPEN:
            return self.get_response(request)
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Redirect": "/account/login/"})
            return HttpResponseRedirect("/account/login/")
        request.person = models.Person.objects.filter(login=request.user.username).first()
        if request.person is None:
            return not_there(request)
        try:
            refresh(desk().record())
        except ServandaError as error:
            return failed(request, error)
        request.head = head()
        if unused(request, name):
            return ended(request)
        if any(found := [unseen(v) for _, many in (*request.GET.lists(), *request.POST.lists()) for v in many]):
            return hidden(request, next(filter(None, found)))
        if unseen(request.path_info):  # no address of ours, and no text for PostgreSQL
            return not_there(request)
        ours = not request.path_info.startswith("/account/")
        if ours and office_of(request.person.role) not in PAGES.get(name, frozenset()):
            return not_there(request)
        return self.get_response(request)
