"""The queue: what is to be done next, oldest clock first; its address holds its whole state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models, search, shifts, tallies
from servanda.desk.configure import desk
from servanda.desk.explorer import frame_of, within
from servanda.desk.fields import whole
from servanda.desk.languages import text
from servanda.desk.offices import HOME
from servanda.desk.shifts import AHEAD
from servanda.desk.views.shared import clocked, not_there, page
from servanda.errors import ServandaError
from servanda.incidents.guards import MAY, OPEN_STATES, office_of

ROWS = 60
_LAST = 10_000_000
_FOR: dict[str, tuple[str, ...]] = {
    "received": ("triaged",),
    "in_scope": ("tasked", "assessed"),
    "tasked": ("assessed",),
    "assessed": ("right_of_reply", "determined"),
    "right_of_reply": ("determined",),
    "determined": ("signed",),
    "signed": ("disclosed",),
    "reopened": ("triaged",),
}
"""What is usually next in each state: whose office that is, has it in *Mine*."""


def home(request: Any) -> HttpResponse:
    """Where this office begins."""
    return HttpResponseRedirect(reverse(HOME.get(office_of(request.person.role), "queue")))


def views_of(request: Any) -> list[tuple[str, str, Q]]:
    """The views that everybody has: name for the address, label, what they hold."""
    role, now = request.person.role, decide.clock()
    mine = [state for state, steps in _FOR.items() if any(role in MAY[step] for step in steps)]
    waiting = [
        (f"waiting-{p}", text("Waiting for %(party)s") % {"party": p}, Q(waiting__contains=f",{p},"))
        for p in request.head.parties
    ]
    return [
        ("mine", text("Mine"), Q(state__in=mine)),
        ("new", text("New"), Q(state="received")),
        ("overdue", text("Overdue"), Q(turn__lt=now)),
        ("due", text("Due in 12 hours"), Q(turn__lt=now + AHEAD)),
        ("casualties", text("Casualties"), Q(casualties=True, state__in=OPEN_STATES)),
        *waiting,
        ("to-sign", text("To sign"), Q(state="determined")),
        ("all", text("All"), Q()),
    ]


def how_many(name: str, what: Q) -> int:
    """How many incidents a view holds; of those with a clock that ends, 1,000 at most are counted."""
    if name in ("overdue", "due"):
        return int(models.Incident.objects.filter(what)[:1000].count())
    if name.startswith("waiting-"):
        return tallies.waiting(name.removeprefix("waiting-"))
    if name == "casualties":
        return tallies.of_states(OPEN_STATES, casualties=True)
    states = dict(what.children)
    return (
        tallies.of_states(states["state__in"] if "state__in" in states else [states["state"]])
        if states
        else tallies.total()
    )


def _came(request: Any) -> Q:
    """What came since this person was last on shift."""
    since = shifts.away(shifts.handovers_at(desk(), request.head.size), request.person.pk)
    return Q(received__gt=since) if since else Q()


def _asked(request: Any) -> dict[str, str]:
    known = ("view", "q", "state", "sel", "after", "box", "from", "to", "act")
    return {k: request.GET[k][:300] for k in known if request.GET.get(k)}


def _found(request: Any, asked: dict[str, str]) -> tuple[list[models.Incident], bool, str]:
    """The rows of one page, whether there are more, and the view."""
    views = {name: what for name, _, what in views_of(request)}
    default = "all" if request.person.role == "auditor" else "mine"
    view = asked.get("view", default)
    what = _came(request) if view == "came" else views.get(view, Q())
    rows = models.Incident.objects.filter(what)
    rows = rows.filter(within(frame_of(asked, request.head.zone)))
    rows = search.found(rows, asked.get("q", ""))
    order = ["turn", "id"]
    start = min(whole(asked.get("after", "")) or 0, _LAST)
    found = list(rows.order_by(*order)[start : start + ROWS + 1])
    return found[:ROWS], len(found) > ROWS, view


def _shown(request: Any, rows: list[models.Incident]) -> list[dict[str, Any]]:
    """The rows with their age bars, and who else has them open."""
    now = decide.clock()
    lately = models.Presence.objects.filter(at__gt=now - timedelta(seconds=60), incident__in=[r.pk for r in rows])
    for row in rows:
        if row.protected:
            row.summary = ""  # its words stand in the panel, and who opens that is written down
    names = dict(models.Person.objects.values_list("login", "name"))
    others: dict[str, list[str]] = {}
    for p in lately.exclude(user=request.user).select_related("user"):
        others.setdefault(p.incident, []).append(names.get(p.user.username, p.user.username))
    return [{"row": r, "clock": clocked(r, now), "open": others.get(r.pk, [])} for r in rows]


def _context(request: Any) -> dict[str, Any]:
    asked = _asked(request)
    rows, more, view = _found(request, asked)
    kept = {k: v for k, v in asked.items() if k not in ("sel", "after")}
    start = min(whole(asked.get("after", "")) or 0, _LAST)
    return {
        "rows": _shown(request, rows),
        "asked": asked,
        "view": view,
        "kept": urlencode({**kept, **({"after": start} if start else {})}),
        "more": urlencode({**kept, "after": start + ROWS}) if more else "",
        "first": start,
        "framed": urlencode({k: v for k, v in kept.items() if k in ("box", "from", "to", "act", "state")}),
    }


def queue(request: Any) -> HttpResponse:
    """The page: views, rows, and the incident that is selected."""
    context = _context(request)
    selected = context["asked"].get("sel") or (context["rows"][0]["row"].pk if context["rows"] else "")
    counts = [(name, label, how_many(name, what)) for name, label, what in views_of(request)]
    saved = models.View.objects.filter(user=request.user).order_by("name")
    total = tallies.total()
    made = shifts.handovers_at(desk(), request.head.size)
    to_me = [h["by"] for h in made if h["to"] == request.person.pk and not h["acceptance"]]
    handed = models.Person.objects.filter(pk=to_me[0]).values_list("name", flat=True).first() if to_me else ""
    return page(
        request, "queue.html", handed=handed, counts=counts, saved=saved, selected=selected, total=total, **context
    )


def rows(request: Any) -> HttpResponse:
    """The rows alone, for a page that is open."""
    return page(request, "rows.html", selected=_asked(request).get("sel", ""), **_context(request))


def save_view(request: Any) -> HttpResponse:
    """Keep the address of the queue under a name, or keep it no longer."""
    if request.method != "POST":
        return not_there(request)
    name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "")[:400]
    if name and "gone" in request.POST:
        models.View.objects.filter(user=request.user, name=name).delete()
    elif name and "\n" not in query:
        models.View.objects.update_or_create(user=request.user, name=name, defaults={"query": query.lstrip("?")})
    return HttpResponseRedirect(f"{reverse('queue')}?{query}")


def bulk(request: Any) -> HttpResponse:
    """Decide the same of several, after all of them were shown."""
    chosen = (request.POST if request.method == "POST" else request.GET).getlist("i")[: decide.MOST_AT_ONCE + 1]
    found = list(models.Incident.objects.filter(pk__in=chosen).order_by("id"))
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
    return page(request, "bulk.html", rows=_shown(request, found), told=told, many=many, status=409 if told else 200)
