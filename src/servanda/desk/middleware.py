"""What holds for every page: headers, who is signed in, whether the page is his, and that the tables are those of the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user, logout
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, close_old_connections
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request

from servanda.desk import models, spoken
from servanda.desk.configure import desk
from servanda.desk.languages import NAMES, speaking
from servanda.desk.offices import PAGES, SHOWN
from servanda.desk.projection import current, head
from servanda.desk.register import CLOCKS, LONGEST
from servanda.desk.views.shared import SENT, ended, failed, hidden, not_there, was_handed
from servanda.errors import ServandaError
from servanda.incidents.guards import office_of
from servanda.record.names import ROW
from servanda.values.names import unseen

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BY_ITSELF = ("events", "state", "fresh")
_OPEN_PAGE = (*_BY_ITSELF, "here")
"""What a page that is open asks for, where nobody goes."""
_WRITTEN = 60.0
_STRANGER = 3600
"""Seconds for which a session is kept in which nobody has signed in."""
_OPEN = ("account_login", "account_logout", "mfa_authenticate", "openid_connect_login", "openid_connect_callback")


def headers(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """No inline code, nothing from elsewhere, nothing kept by browsers."""

    def with_headers(request: Any) -> Any:
        request.encoding = (
            "utf-8"  # a form is that, whatever it says of itself: Python has codecs that are none of texts
        )
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


def over(session: Mapping[str, Any], at: models.Head) -> bool:
    """Whether a session has stood unused for longer than the mission allows, or is as old as any may be."""
    now, used, begun = time.time(), session.get("used"), session.get("begun")
    idle = at.clocks.get("session", CLOCKS["session"].total_seconds())
    return bool((used and abs(now - used) > idle) or (begun and now - begun > LONGEST.total_seconds()))


def listens(request: Any) -> bool:
    """Whether who has a page open may still hear what it hears: asked again of the database; a session of another password is nobody's."""
    close_old_connections()  # a thread of its own asks, beside those of pages
    session = SessionStore(request.session.session_key)
    try:
        user: Any = get_user(SimpleNamespace(session=session))
        person = models.Person.objects.filter(login=user.get_username()).first()
        return person is not None and office_of(person.role) in PAGES["events"] and not over(session, head())
    finally:
        close_old_connections()


def unused(request: Any, name: str) -> bool:
    """Whether a session was left unused for longer than the mission allows, or is as old as any may be: it ends then.

    What a page asks for by itself is no use of it. That it is used is written down once a minute.
    """
    now, session = time.time(), request.session
    if over(session, request.head):
        logout(request)
        return True
    at = session.get("used")
    new = {} if "begun" in session else {"begun": now}
    if name not in _BY_ITSELF and "quiet" not in request.GET and (at is None or abs(now - at) > _WRITTEN):
        new["used"] = now
    if not new:
        return False
    session.update(new)
    return not _written(session)


def _written(session: Any) -> bool:
    """Whether a session that is used is there still: somebody else's click may have ended it. A database that takes nothing keeps nobody from reading."""
    try:
        session.save()
    except UpdateError as error:
        session.modified = False
        return isinstance(error.__context__, OperationalError)
    return True


class Offices:
    """Sign-in, and whose page it is. For every page of ours there are ``request.person``, ``request.people`` (all of them, by login) and ``request.head``."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Answer in the reader's language; programs, in English and without a session."""
        if request.path_info.startswith("/api/"):
            request.person, request.head = None, None
            return self.get_response(request)
        with speaking(language_of(request)):
            return self._answer(request)

    def process_exception(self, request: Any, exception: Exception) -> Any:
        """What a page could not help, as a clock that is damaged, is told with its remedy."""
        if isinstance(exception, ServandaError) and request.person is not None:
            return failed(request, exception)
        return None

    def _answer(self, request: Any) -> Any:
        """Answer, or send to the sign-in, or say that there is nothing."""
        request.person, request.head = None, None
        try:
            name = resolve(request.path_info).url_name or ""
        except Resolver404:
            name = ""
        if name in _OPEN and not request.user.is_authenticated:
            request.session.set_expiry(_STRANGER)
        if name == "static" or name in _OPEN:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return ended(request, by_itself=name in _OPEN_PAGE)
        request.people = {person.login: person for person in models.Person.objects.all()}
        request.person = request.people.get(request.user.username)
        if request.person is None:
            return not_there(request)
        try:
            request.head = current(desk().record())
        except ServandaError as error:
            return failed(request, error)
        if unused(request, name):
            return ended(request, by_itself=name in _OPEN_PAGE)
        if any(found := [unseen(v) for _, many in (*request.GET.lists(), *request.POST.lists()) for v in many]):
            return hidden(request, next(filter(None, found)))
        if unseen(request.path_info):  # no address of ours, and no text for PostgreSQL
            return not_there(request)
        ours = not request.path_info.startswith("/account/")
        if ours and office_of(request.person.role) not in PAGES.get(name, frozenset()):
            return not_there(request)
        if ours and request.method == "POST" and request.person.role in SHOWN:
            self._named(request)
        return self.get_response(request)

    @staticmethod
    def _named(request: Any) -> None:
        """Keep who wrote, also as the name of a file, what holds or may hold a protected name: he sees that it gives way, and could try names until one does."""
        said = [v for name, many in request.POST.lists() if name not in SENT for v in many]
        said += [file.name or "" for _, many in request.FILES.lists() for file in many]
        if spoken.may_name(desk(), [ROW.join(said)]):  # each in a line of its own, and all in one look
            was_handed(request, request.path_info, "wrote a protected name")
