"""What views have in common."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from servanda.desk import comments, decide, hours, models, newer, papers, standing
from servanda.desk.attached import brought
from servanda.desk.configure import desk
from servanda.desk.inbox import waiting
from servanda.desk.interface import problem
from servanda.desk.languages import language
from servanda.desk.offices import PAGES, STAFF
from servanda.desk.replay import case_of
from servanda.desk.wording import clock_of
from servanda.errors import ServandaError
from servanda.incidents.guards import OUTSIDE, office_of

NAV = (
    ("room", "Asked of you"),
    ("complain", "New complaint"),
    ("given", "Package"),
    ("queue", "Queue"),
    ("entry", "New report"),
    ("arrivals", "Arrivals"),
    ("explore", "Map"),
    ("board", "Verdicts"),
    ("patrols", "Patrols"),
    ("shift", "Shift"),
    ("sign", "Sign"),
    ("demo", "Demonstration"),
)
"""What stands in the head of every page, as far as an office has it."""
_OWN_DOING = frozenset({"DSK013", "DSK015", "DSK016", "DSK018", "DSK019", "DSK033", "DSK035", "DSK070", "DSK071"})
"""Codes of faults of what somebody sent."""
SENT = frozenset(
    "csrfmiddlewaretoken nonce seen after back box letter looked_at read step do undo query i same attached "
    "client sig authenticator credential".split()
)
"""Fields that a form sends by itself: nobody wrote what stands in them."""
MORE = (
    ("reports", "Mission reports"),
    ("own", "My reports"),
    ("parts", "Split and merge"),
    ("agreement", "Agreement"),
    ("sources", "Sources"),
    ("figures", "Figures"),
    ("statements", "Statements"),
    ("packages", "Packages"),
    ("record", "Record"),
    ("admin", "Admin"),
    ("help", "Keys and account"),
)


def page(request: Any, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page with what every page shows."""
    person, at = getattr(request, "person", None), getattr(request, "head", None)
    role = office_of(person.role) if person else ""
    now = _now()
    verdicts = standing.newest() if at is not None and at.agreement and role not in OUTSIDE else None
    shown = {
        "me": person,
        "office": role,
        "outside": role in OUTSIDE,
        "head": at,
        "zone": at.zone if at else "UTC",
        "lang": language(),
        "now": now,
        "demonstration": desk().demo,
        "nav": [(name, label) for name, label in NAV if role in PAGES[name] and (name != "demo" or case_of(desk()))],
        "nav_more": [(name, label) for name, label in MORE if role in PAGES[name]],
        "sent": request.method == "POST" and template != "message.html",
        "here": request.resolver_match.url_name if request.resolver_match else "",
        "standing": verdicts,
        "pending": standing.pending(verdicts) if verdicts else 0,
        "incoming": waiting().count() if role in STAFF else 0,
        "sent_back": papers.unanswered().filter(made_by=person.pk).count() if person and role in papers.DRAFTERS else 0,
        "to_sign": papers.to_sign(person).count() if person else 0,
        "commented": comments.of_page(request) if role in comments.FOR else [],
        "newer": newer.of_page(request) if role in newer.FOR else [],
    }
    if template == "message.html" and request.method == "POST":
        shown["words"] = _written(request)
    elif request.method == "POST" and status == 409 and not request.headers.get("HX-Request"):
        shown["typed"] = [[n, v] for n, said in request.POST.lists() if n != "csrfmiddlewaretoken" for v in said]
    assert not (both := shown.keys() & context.keys()), both
    return render(request, template, {**shown, **context}, status=status, using="jinja2")


def _now() -> datetime:
    """What the mission's clock says; where it cannot be read, as the page must say then, the machine's."""
    try:
        return decide.clock()
    except ServandaError:
        return hours.machine()


def _written(request: Any) -> list[tuple[str, str]]:
    """What somebody wrote in a form of this desk that came to nothing, by field: it is shown to him, to be copied; passwords are not."""
    origin = request.headers.get("Origin", "")
    if request.path_info.startswith("/account/") or (origin and urlsplit(origin).netloc != request.get_host()):
        return []
    fields = [(name, said.strip()) for name in request.POST for said in request.POST.getlist(name)]
    return [(name, said) for name, said in fields if said and name not in SENT]


def not_there(request: Any, *_: Any, **__: Any) -> HttpResponse:
    """The one answer for what is not there, and for what is not for this office."""
    return page(
        request,
        "message.html",
        status=404,
        title="Nothing is here",
        text="This page does not exist, or it is not for your office.",
    )


def failed(request: Any, error: ServandaError) -> HttpResponse:
    """The record or the database cannot be used: what is wrong, and what helps; the mission's own people alone are told."""
    fault, outside = error.faults[0], office_of(request.person.role) in OUTSIDE
    text = "The mission looks after it. Come back later." if outside else f"{fault.what}. {fault.hint}"
    return page(request, "message.html", status=503, title="The desk cannot work now", text=text)


def told_to(request: Any, error: ServandaError) -> str:
    """What somebody is told of an error: who is none of the mission's own people, only of what he sent himself.

    Where an incident stands, who decided, and what is wrong with the desk follows from what others did.
    """
    fault = error.faults[0]
    if office_of(request.person.role) in OUTSIDE and fault.code not in _OWN_DOING:
        return "this is not open to you any more, or cannot be recorded now: look at the page again"
    return fault.what


def hidden(request: Any, character: str) -> HttpResponse:
    """Somebody wrote, or was given, a character that nobody sees as what it is."""
    text = "What was sent holds the character %(character)s, which nobody sees as what it is. Go back, remove it, and send it again."
    said = text % {"character": character}
    return page(request, "message.html", status=409, title="Nothing was decided", text=said)


def no_csrf(request: Any, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of this desk, or from a session that has ended."""
    request.person, request.head = getattr(request, "person", None), getattr(request, "head", None)
    text = "The form was not sent from an open page of this desk. Go back, load the page again, and send it again."
    return page(request, "message.html", status=400, title="Nothing was decided", text=text)


def ended(request: Any, *, by_itself: bool) -> HttpResponse:
    """Nobody has signed in, or no longer: to the sign-in, and back. An open page is told so, and keeps what is typed in it; the words of a form
    that was sent all the same are shown, to be copied.
    """
    if by_itself or request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    if request.method != "POST":
        return HttpResponseRedirect(f"/account/login/?{urlencode({'next': request.get_full_path()})}")
    request.person, request.head = None, None
    text = "You are not signed in any more: the session was left unused for longer than the mission allows, or has ended. Sign in again; what you wrote stands below, to be copied."
    came = urlsplit(request.headers.get("Referer", ""))
    back = urlencode({"next": came.path if came.netloc == request.get_host() else "/"})
    return page(request, "message.html", status=403, title="Nothing was recorded", text=text, back=back)


def too_much(request: Any, exception: Exception | None = None) -> HttpResponse:
    """A form that cannot be read: too many characters, fields or files; and a session that could not be written."""
    request.person, request.head = getattr(request, "person", None), getattr(request, "head", None)
    if isinstance(exception, SessionInterrupted):
        return _away(request)
    text = "What was sent cannot be read, or is more than a form may hold. Go back and send less; a long table is sent as a file."
    return page(request, "message.html", status=400, title="Nothing was recorded", text=text)


def broken(request: Any) -> HttpResponse:
    """An answer for what must not happen; and for a database that does not answer, or has no room left, which comes back by itself."""
    request.person, request.head = None, None
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    if request.path_info.startswith("/api/"):
        told = "the desk cannot answer now" if away else "something is wrong with the desk"
        status, code = (503, "DSK008") if away else (500, "DSK067")
        said = problem(status, code, told, "send it again later: what is on the record is recorded once")
        return JsonResponse(said, status=status, content_type="application/problem+json", headers={"Retry-After": "30"})
    if away:
        return _away(request)
    return page(
        request,
        "message.html",
        status=500,
        title="Something is wrong with the desk",
        text="Nothing was recorded by this click unless the record says so. Tell the administrator.",
    )


def _away(request: Any) -> HttpResponse:
    """The database does not answer, or takes nothing."""
    text = "Its database does not answer, or has no room left. What you sent counts only if the record says so: look at the case again when the desk is back, which needs nothing from you."
    answer = page(request, "message.html", status=503, title="The desk cannot work now", text=text)
    answer["Retry-After"] = "30"
    return answer


def clocked(row: models.Incident, now: datetime) -> dict[str, Any]:
    """The age bar of an incident."""
    return clock_of(row.since, row.due, now)


def zone_of(request: Any) -> str:
    """The zone in which a form's times are read; raises :class:`~servanda.desk.decide.Refused` where the form showed another, for a new version of the agreement came since."""
    zone = str(request.head.zone)
    if request.POST.get("zone", zone) != zone:
        what = "the agreement's time zone is another since this form was opened"
        raise decide.refused(what, "look at the times, and send it again", "DSK015")
    return zone


def instant(text: str, zone: str, *, last: bool = False) -> datetime | None:
    """What a field for date and time says, in the agreement's zone; raises :class:`~servanda.desk.decide.Refused`.

    Such a field holds no offset: of an hour that comes twice, for the clocks go back, it is the first, or the ``last`` where a time ends.
    """
    each = instants(text, zone)
    return each[-1 if last else 0] if each else None


def instants(text: str, zone: str) -> tuple[datetime, ...]:
    """The one instant that a field may mean, both of an hour that comes twice, or none where nothing is written."""
    from servanda.values.time import instants_of, parse_instant, written_time

    if not (text := text.strip()[:40]):
        return ()
    try:
        written = written_time(text)
        twice = tuple(instants_of(written.local, ZoneInfo(zone))) if written.offset is None else ()
        each = twice if len(twice) > 1 else (parse_instant(text, ZoneInfo(zone)),)
        if not 1900 <= each[0].year <= 2200:
            raise ValueError(f"the year must be between 1900 and 2200, not {each[0].year}")
    except ValueError as error:
        raise decide.refused(str(error), "write it as 2025-04-01T10:00", "DSK015") from None
    return each


def find(incident: str) -> models.Incident | None:
    """The incident with an id, or in which the reports of a given-up id lie now."""
    row = models.Incident.objects.filter(pk=incident).first()
    if row is not None:
        return row
    into = models.Gone.objects.filter(pk=incident).values_list("into", flat=True).first()
    return models.Incident.objects.filter(pk=into).first() if into else None


def was_read(request: Any, row: models.Incident, name: str) -> None:
    """Keep who read something of a protected source."""
    if row.protected:
        models.WasRead.objects.create(
            user=request.user, login=request.user.username, incident=row.pk, page=name, at=decide.clock()
        )


def was_handed(request: Any, about: str, name: str) -> None:
    """Keep who was handed out what holds many rows, or came as it came."""
    models.WasRead.objects.create(
        user=request.user, login=request.user.username, incident=about[:200], page=name[:40], at=decide.clock()
    )


def click_of(request: Any, incident: str) -> decide.Click:
    """What a form of a step says."""
    said, zone = request.POST, zone_of(request)
    step = said.get("step", "")
    if step == "undo":
        words: dict[str, Any] = {"undo": said.get("undo", "")}
    elif step == "grade":
        words = {"grade": said.get("of", "").strip(), "reliability": said.get("reliability", "")}
    elif step == "grant":
        words = {"grant": said.get("of", "").strip(), "term": said.get("term", ""), "incident": incident}
    elif step == "merge":
        words = {"merge": [incident, said.get("of", "").strip()], "into": incident}
    else:
        words = {"step": step}
        words |= {
            k: said[k].strip()
            for k in ("outcome", "of", "team", "route", "method", "severity", "term", "tier")
            if said.get(k, "").strip()
        }
        words |= {k: when for k in ("until", "due") if (when := instant(said.get(k, ""), zone, last=True)) is not None}
    if step in ("assessed", "replied") and (came := brought(desk(), request)):
        request.came, words["attachments"] = came, [one.sha256 for one in came]
    if step in ("right_of_reply", "replied", "dissent") and not words.get("of"):
        raise decide.refused("no party was chosen", "choose whose reply or dissent it is", "DSK016")
    by = words.pop("of", None) if step in ("replied", "dissent") else None
    named = said.get("named", "").strip() if step == "replied" else ""
    shown = said.get("seen", ""), said.get("after", "")
    return decide.Click(incident, words, said.get("why", ""), *shown, by, said.get("read"), named)
