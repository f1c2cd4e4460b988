"""The queue: what is to be done next, oldest clock first; its address holds its whole state."""

from __future__ import annotations

import heapq
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from servanda.desk import comments, decide, models, newer, search, shifts, tallies
from servanda.desk.configure import desk
from servanda.desk.explorer import frame_of, within
from servanda.desk.fields import whole
from servanda.desk.languages import text
from servanda.desk.offices import HOME
from servanda.desk.places import ORDER
from servanda.desk.shifts import AHEAD
from servanda.desk.tallies import Tallies
from servanda.desk.views.shared import clocked, not_there, page, was_read
from servanda.desk.wording import STATES
from servanda.errors import ServandaError
from servanda.incidents.guards import MAY, OPEN_STATES, office_of

ROWS, _COUNTED = 60, 1000
_LAST = 10_000_000
_NONE = (Q(pk__in=[]),)
"""What a view holds that is not there now: nobody has commented, no body endorses, no party is called so."""
_AGAIN = timedelta(minutes=1)
_FOR: dict[str, tuple[str, ...]] = {
    "received": ("triaged",),
    "in_scope": ("tasked", "assessed"),
    "tasked": ("assessed",),
    "assessed": ("right_of_reply", "determined"),
    "right_of_reply": ("determined",),
    "signed": ("disclosed",),
    "reopened": ("assessed", "determined"),
}
"""What is usually next in each state: whose office that is, has it in *Mine*; of what is determined, see :func:`_mine`."""


SHUT = tuple(state for state in STATES if state not in OPEN_STATES)
"""States of what needs nobody any more. A view leaves them out rather than naming the others: databases would look for each of those, and sort them all."""


def home(request: Any) -> HttpResponse:
    """Where this office begins."""
    return HttpResponseRedirect(reverse(HOME.get(office_of(request.person.role), "queue")))


@dataclass(frozen=True)
class View:
    """A view that everybody has: its name in the address, its label, what it holds (no incident under two of these), and how many that are."""

    name: str
    label: str
    what: tuple[Q, ...]
    count: int
    more: bool = False
    """Whether there are more than were counted."""


def views_of(request: Any) -> list[View]:
    """The views of who asks."""
    now, there = decide.clock(), tallies.counted()
    waiting = [
        View(
            f"waiting-{p}",
            text("Waiting for %(party)s") % {"party": p},
            (Q(waiting__contains=f",{p},"),),
            there.waiting(p),
        )
        for p in request.head.parties
    ]
    casualties = (Q(casualties=True) & ~Q(state__in=SHUT),)
    return [
        _mine(request, there),
        View("new", text("New"), (Q(state="received"),), there.of_states(["received"])),
        _clock("overdue", text("Overdue"), now),
        _clock("due", text("Due in 12 hours"), now + AHEAD),
        View("casualties", text("Casualties"), casualties, there.of_states(OPEN_STATES, casualties=True)),
        *waiting,
        *_endorsing(request, there),
        *_commented(request),
        *_newer(request),
        View("to-sign", text("To sign"), (Q(state="determined", endorses=""),), _to_sign(there)),
        View("all", text("All"), (Q(),), there.total()),
    ]


def _mine(request: Any, there: Tallies) -> View:
    """What is next for an office: what is determined is next for the office whose body endorses it, and for who signs once all have."""
    role, offices = request.person.role, {person.role for person in request.people.values()}
    states = [state for state, steps in _FOR.items() if any(_usual(step, offices) == role for step in steps)]
    what, count = [Q(state=state) for state in states], there.of_states(states)
    if any(role == office for _, office in request.head.route):
        what, count = [*what, Q(state="determined", endorses=role)], count + there.endorsing(role)
    if role in MAY["signed"]:
        what, count = [*what, Q(state="determined", endorses="")], count + _to_sign(there)
    if role in newer.FOR and (new := newer.of_page(request)):
        again = Q(pk__in=new)
        for one in what:
            again &= ~one
        what, count = [*what, again], count + models.Incident.objects.filter(again).count()
    return View("mine", text("Mine"), tuple(what), count)


def _usual(step: str, there: Collection[str]) -> str:
    """Of the offices that may take a step, the first that somebody has: who else may take it finds it under its own view."""
    return next((office for office in MAY[step] if office in there), "")


def _clock(name: str, label: str, until: datetime) -> View:
    """What is due by an instant; 1,000 at most are counted, and the view says so."""
    what = Q(turn__lt=until)
    count = int(models.Incident.objects.filter(what)[: _COUNTED + 1].count())
    return View(name, label, (what,), min(count, _COUNTED), more=count > _COUNTED)


def _endorsing(request: Any, there: Tallies) -> list[View]:
    """What waits for an endorsement: for an office that acts for a body, its own; for all others, whosever it is."""
    offices = {office for _, office in request.head.route}
    own = {"endorses": request.person.role} if request.person.role in offices else {"endorses__gt": ""}
    what = (Q(state="determined", **own),)
    return [View("to-endorse", text("To endorse"), what, there.endorsing(own.get("endorses", "")))] if offices else []


def _commented(request: Any) -> list[View]:
    """Incidents with a guarantor's comment at which nobody has looked, while there are any."""
    new = comments.of_page(request)
    return [View("commented", text("New comments"), (Q(pk__in=new),), len(new))] if new else []


def _newer(request: Any) -> list[View]:
    """What was determined before reports came that nobody has looked at, while there is any."""
    new = newer.of_page(request)
    return [View("newer", text("New since determined"), (Q(pk__in=new),), len(new))] if new else []


def _to_sign(there: Tallies) -> int:
    return there.of_states(["determined"]) - there.endorsing()


def _came(request: Any) -> Q:
    """What came since this person was last on shift."""
    return shifts.came_since(shifts.away(shifts.handovers_at(desk(), request.head.size), request.person.pk))


def _asked(said: QueryDict) -> dict[str, str]:
    known = ("view", "q", "state", "sel", "after", "box", "from", "to", "act")
    return {k: said[k][:300] for k in known if said.get(k)}


def _found(request: Any, asked: dict[str, str], views: list[View]) -> tuple[list[models.Incident], bool, str]:
    """The rows of one page, whether there are more, and the view."""
    default = "all" if request.person.role == "auditor" else "mine"
    view = asked.get("view", default)
    what = (_came(request),) if view == "came" else next((v.what for v in views if v.name == view), _NONE)
    rows = models.Incident.objects.filter(within(frame_of(asked, request.head.zone)))
    rows = search.found(rows, asked.get("q", ""))
    start = min(whole(asked.get("after", "")) or 0, _LAST)
    found = _in_order([rows.filter(one).order_by(*ORDER) for one in what], start, start + ROWS + 1)
    if asked.get("q"):
        _were_found(request, found[:ROWS])
    return found[:ROWS], len(found) > ROWS, view


def _were_found(request: Any, rows: list[models.Incident]) -> None:
    """Keep who found something of protected sources by words that stand in it; a page that looks again by itself is written down once a minute."""
    protected = [row for row in rows if row.protected]
    lately = models.WasRead.objects.filter(user=request.user, page="search", at__gt=decide.clock() - _AGAIN)
    known = set(lately.values_list("incident", flat=True)) if protected else set()
    for row in protected:
        if row.pk not in known:
            was_read(request, row, "search")


def _in_order(each: list[Any], start: int, end: int) -> list[models.Incident]:
    """A part of several kinds of incidents in the order of the queue: each is read in that order, for all at once databases would sort them whole."""
    if len(each) == 1:
        return list(each[0][start:end])
    merged = heapq.merge(*(rows.values_list(*ORDER)[:end] for rows in each))
    names = [name for *_, name in islice(merged, start, end)]
    found = models.Incident.objects.in_bulk(names)
    return [found[name] for name in names if name in found]


def _shown(request: Any, rows: list[models.Incident]) -> list[dict[str, Any]]:
    """The rows with their age bars, and who else has them open."""
    now = decide.clock()
    lately = models.Presence.objects.filter(at__gt=now - timedelta(seconds=60), incident__in=[r.pk for r in rows])
    for row in rows:
        if row.protected:
            row.summary = ""  # its words stand in the panel, and who opens that is written down
    others: dict[str, list[str]] = {}
    for incident, login in lately.exclude(user=request.user).values_list("incident", "user__username"):
        others.setdefault(incident, []).append(request.people[login].name if login in request.people else login)
    new, late = set(comments.of_page(request)), set(newer.of_page(request))
    return [
        {
            "row": r,
            "clock": clocked(r, now),
            "open": others.get(r.pk, []),
            "commented": r.pk in new,
            "newer": r.pk in late,
        }
        for r in rows
    ]


def _context(request: Any) -> dict[str, Any]:
    asked, views = _asked(request.GET), views_of(request)
    rows, more, view = _found(request, asked, views)
    kept = {k: v for k, v in asked.items() if k not in ("sel", "after")}
    start = min(whole(asked.get("after", "")) or 0, _LAST)
    return {
        "rows": _shown(request, rows),
        "asked": asked,
        "view": view,
        "views": views,
        "kept": urlencode({**kept, **({"after": start} if start else {})}),
        "more": urlencode({**kept, "after": start + ROWS}) if more else "",
        "first": start,
        "framed": urlencode({k: v for k, v in kept.items() if k in ("box", "from", "to", "act", "state")}),
    }


def queue(request: Any) -> HttpResponse:
    """The page: views, rows, and the incident that is selected."""
    context = _context(request)
    selected = context["asked"].get("sel") or (context["rows"][0]["row"].pk if context["rows"] else "")
    saved = models.View.objects.filter(user=request.user).order_by("name")
    made = shifts.handovers_at(desk(), request.head.size)
    to_me = [h["by"] for h in made if h["to"] == request.person.pk and not h["acceptance"]]
    handed = next((p.name for p in request.people.values() if to_me and p.pk == to_me[0]), "")
    return page(
        request,
        "queue.html",
        handed=handed,
        saved=saved,
        selected=selected,
        total=next(view.count for view in context["views"] if view.name == "all"),
        **context,
    )


def rows(request: Any) -> HttpResponse:
    """The rows, and the views with their numbers, for a page that is open."""
    selected = _asked(request.GET).get("sel", "")
    return page(request, "again.html", selected=selected, **_context(request))


def save_view(request: Any) -> HttpResponse:
    """Keep the address of the queue under a name, or keep it no longer."""
    if request.method != "POST":
        return not_there(request)
    name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "").lstrip("?")[:20_000]
    if name and "gone" in request.POST:
        models.View.objects.filter(user=request.user, name=name).delete()
    elif name:  # from its first row on
        kept = {k: v for k, v in _asked(QueryDict(query)).items() if k not in ("sel", "after")}
        models.View.objects.update_or_create(user=request.user, name=name, defaults={"query": urlencode(kept)})
    return HttpResponseRedirect(f"{reverse('queue')}?{query}")


def bulk(request: Any) -> HttpResponse:
    """Decide the same of several, after all of them were shown."""
    chosen = (request.POST if request.method == "POST" else request.GET).getlist("i")[: decide.MOST_AT_ONCE + 1]
    found = list(models.Incident.objects.filter(pk__in=chosen).order_by("rank", "id"))
    told = ""
    if request.method == "POST" and found:
        outcome, of = request.POST.get("outcome", ""), request.POST.get("of", "").strip()
        names = request.POST.getlist("i")
        seen = dict(zip(names, request.POST.getlist("seen"), strict=False))
        after = dict(zip(names, request.POST.getlist("after"), strict=False))
        says = {"step": "triaged", "outcome": outcome, **({"of": of} if of else {})}
        clicks = [
            decide.Click(r.pk, says, request.POST.get("why", ""), seen.get(r.pk, ""), after.get(r.pk, ""))
            for r in found
        ]
        try:
            decide.decide(desk(), request.person, clicks)
            return HttpResponseRedirect(reverse("queue"))
        except ServandaError as error:
            told = error.faults[0].what
    many = len(chosen) > decide.MOST_AT_ONCE
    shown = {"rows": _shown(request, found), "told": told, "many": many, "said": request.POST}
    return page(request, "bulk.html", status=409 if told else 200, **shown)
