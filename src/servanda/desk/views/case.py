"""An incident: its panel beside the queue, its page, the steps that may be taken, and what a determination would change."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

from servanda.desk import attached, comments, decide, finding, models, newer, spoken, standing
from servanda.desk.compose import decision_entry
from servanda.desk.configure import desk
from servanda.desk.drawing import map_of
from servanda.desk.explorer import coverage_of
from servanda.desk.kept import agreement_of
from servanda.desk.lives import steps_of
from servanda.desk.lookers import who_could_have_seen
from servanda.desk.register import CLOCKS
from servanda.desk.steps import course as course_at
from servanda.desk.steps import decided_on, decision_of_row, undoable
from servanda.desk.views.attached import may_have
from servanda.desk.views.hand import to_sign
from servanda.desk.views.shared import click_of, clocked, find, not_there, page, was_read
from servanda.errors import ServandaError
from servanda.evidence.decisions import STEPS, Deciders, Decision, effective
from servanda.incidents.guards import may_undo, refusals

_COLUMNS = (
    "source",
    "origin",
    "via",
    "side",
    "kind",
    "stance",
    "act",
    "target",
    "actor",
    "place_name",
    "effect",
    "quantity",
    "reliability",
)


def _decided(made: Sequence[models.Decided], decisions: Sequence[Decision], request: Any) -> list[dict[str, Any]]:
    """The decisions on an incident, as the table has them and as they were made, each with who made it and whether it counts."""
    people = {person.pk: person.name for person in request.people.values()}
    rows = [{f.attname: getattr(d, f.attname) for f in d._meta.concrete_fields} for d in made]  # noqa: SLF001
    deciders = Deciders(request.head.parties, request.head.bodies)
    counts = {d.id for d in effective(decisions, deciders, None)}
    moves = {d.id for d in steps_of(decisions, deciders)}
    last = undoable(request.head, decisions)
    undone = {str(d.says["undo"]) for d in decisions if d.kind == "undo"}
    return [
        {
            **r,
            "who": people.get(r["person"], r["person"]),
            "counts": r["id"] in counts or r["id"] in moves,
            "undone": r["id"] in undone and r["id"] not in counts,
            "mine": d.id in last and d.id not in undone and not may_undo(d, request.person.role, request.person.pk),
        }
        for r, d in zip(rows, decisions, strict=True)
    ]


def _reports(row: models.Incident) -> tuple[list[models.Report], list[tuple[str, list[str], bool]]]:
    """The reports in the order in which they became known, and their columns side by side: name, cells, whether they differ."""
    reports = list(models.Report.objects.filter(incident=row.pk).order_by("known_at", "id")[:40])
    table = []
    for name in _COLUMNS:
        cells = [r.said.get(name, "") for r in reports]
        if any(cells):
            table.append((name, cells, len({c.casefold() for c in cells}) > 1))
    return reports, table


def _context(request: Any, row: models.Incident) -> dict[str, Any]:
    at, who, now = request.head, request.person, decide.clock()
    made = decided_on(row.pk)
    decisions = [decision_of_row(d) for d in made]
    course = course_at(at, row, decisions)
    reply = now + timedelta(seconds=at.clocks.get("right_of_reply", CLOCKS["right_of_reply"].total_seconds()))
    was_read(request, row, request.resolver_match.url_name)
    with suppress(OperationalError):  # a database that takes nothing keeps nobody from reading
        models.Presence.objects.update_or_create(user=request.user, incident=row.pk, defaults={"at": now})
    reports, table = _reports(row)
    return {
        "row": row,
        "clock": clocked(row, now),
        "steps": refusals(course, who.role, who.pk, now),
        "course": course,
        "under": sorted({name for _, _, name in course.asked}),
        "finding": (written := finding.finding(at, row) if row.state == "determined" else ""),
        "read": finding.digest(written),
        "lapses": (lapses := finding.lapses(at, row)),
        "lapsed": {one.decision.id for one in lapses},
        "new_reports": row.pk in newer.of_page(request),
        "looks": who.role in newer.FOR,
        "outcomes": STEPS,
        "reply": reply,
        "decided": _decided(made, decisions, request),
        "reports": reports,
        "table": table,
        "told": "",
        "clicked": {},
        "since": [],
        "came_now": [(one, attached.token(one)) for one in getattr(request, "came", ())],
        "largest": desk().ways.largest // 1_000_000 or 1,
    }


def case(request: Any, incident: str) -> HttpResponse:
    """The page of an incident."""
    row = find(incident)
    if row is None:
        return not_there(request)
    if row.pk != incident:
        return HttpResponseRedirect(reverse("case", args=[row.pk]))
    tab = request.GET.get("tab", "reports")
    context = _context(request, row)
    if tab == "decisions":
        with suppress(OperationalError):
            comments.looked(row.pk, request.person.pk, request.person.role)
    drawn, data = map_of(desk(), request.head, row, context["reports"]) if tab == "reports" else ("", "")
    context["came"] = attached.of_incident(desk(), row.pk) if tab == "reports" else []
    context["wrote"] = spoken.writers(desk(), row.pk, request.head.parties) if tab == "reports" else {}
    context["may_have"] = lambda one: may_have(request.person.role, one)
    context["placed"] = request.GET.get("placed") == "1"
    stood = standing.stood(desk(), standing.newest() if tab == "verdicts" else None)
    verdicts, context["unfound"] = stood.counting(row.pk), stood.unfound.get(row.pk, {})
    if tab == "coverage":
        agreement, kinds = agreement_of(desk(), request.head), frozenset({row.act})
        if agreement is not None and row.act in agreement.vocabulary.acts.codes:
            kinds = agreement.vocabulary.acts.below(kinds)
        context["seen"] = who_could_have_seen(coverage_of(desk(), request.head), kinds, context["reports"])
    return page(request, "case.html", tab=tab, verdicts=verdicts, map=drawn, data=data, **context)


def panel(request: Any, incident: str) -> HttpResponse:
    """The incident beside the queue."""
    row = find(incident)
    if row is None:
        return not_there(request)
    return page(request, "panel.html", **_context(request, row))


def step(request: Any, incident: str) -> HttpResponse:
    """Take a step, or show why not, with what was written still there."""
    row = find(incident)
    if row is None or request.method != "POST":
        return not_there(request)
    try:
        if request.POST.get("step") == "looked":
            newer.looked(row, request.person, request.POST.get("seen", ""))
            return HttpResponseRedirect(reverse("case", args=[row.pk]))
        click = click_of(request, incident)
        if (elsewhere := to_sign(request, click)) is not None:
            return elsewhere
        decide.decide(desk(), request.person, [click])
    except ServandaError as error:
        row = find(incident) or row
        context = _context(request, row) | {"told": error.faults[0].what, "clicked": request.POST.dict()}
        context["since"] = (
            _since(context["decided"], request.POST.get("after", "")) if isinstance(error, decide.Changed) else []
        )
        return page(request, _answer_of(request, "refused.html"), status=409, **context)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("case", args=[incident])
    if request.headers.get("HX-Request"):
        context, template = _context(request, find(incident) or row), _answer_of(request, "")
        headers = {
            "HX-Trigger": "desk:changed",
            **({"Desk-Back": iri_to_uri(back)} if template == "steps.html" else {}),
        }
        return HttpResponse(page(request, template, **context).content, headers=headers)
    return HttpResponseRedirect(back)


def _since(decided: Sequence[dict[str, Any]], after: str) -> list[dict[str, Any]]:
    """What others decided since somebody looked: what came after the last decision that he was shown."""
    shown = next((n for n, d in enumerate(decided, 1) if d["id"] == after), 0)
    return list(decided[shown:])


def _answer_of(request: Any, whole: str) -> str:
    """The part of the page that is open which answers a form of a step; where no script sent it, a page."""
    if not request.headers.get("HX-Request"):
        return whole
    return "panel.html" if "/queue/" in urlsplit(request.headers.get("HX-Current-URL", "")).path else "steps.html"


def fresh(request: Any, incident: str) -> HttpResponse:
    """Nothing where an incident is as it was shown; else a line that says so."""
    row = find(incident)
    changed = row is not None and row.version != request.GET.get("seen", "")
    return page(request, "fresh.html", row=row, changed=changed)


def preview(request: Any, incident: str) -> HttpResponse:
    """What the verdicts would be if this were determined and signed now; of what is determined, if that were signed."""
    row = find(incident)
    outcome = request.GET.get("outcome") or (
        row.outcome if row is not None and row.state == "determined" else "confirmed"
    )
    if row is None or outcome not in STEPS["determined"]:
        return not_there(request)
    was_read(request, row, "preview")
    at, now = request.head, decide.clock()
    steps: list[dict[str, Any]] = [{"step": "determined", "outcome": outcome}, {"step": "signed", "outcome": "agreed"}]
    steps = steps[1:] if row.state == "determined" and outcome == row.outcome else steps
    common = {"by": at.office, "person": request.person.pk, "at": now, "why": "what would follow", "after": row.last}
    entries = [decision_entry({"incident": row.pk, **says}, **common) for says in steps]
    told, changes, effect = "", [], []
    try:
        before = {
            (v["term"], v["party"], v["reading"]): v["verdict"]
            for v in standing.stood(desk(), standing.newest()).verdicts
        }
        then = standing.preview(desk(), entries)
        effect = then.effect(row.pk)
        for v in then.verdicts:
            was = before.get((v["term"], v["party"], v["reading"]))
            if row.pk in v["incidents"] or was != v["verdict"]:
                changes.append({**v, "was": was})
    except ServandaError as error:
        told = error.faults[0].what
    shown: dict[str, Any] = {"row": row, "outcome": outcome, "changes": changes, "effect": effect, "told": told}
    return page(request, "preview.html", **shown)
