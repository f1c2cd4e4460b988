"""Tasks, patrols and requests for access; the page of one patrol, made for a telephone."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models, spoken
from servanda.desk.compose import report_file
from servanda.desk.configure import desk
from servanda.desk.fields import decimal, refuse_unreadable
from servanda.desk.kept import agreement_of
from servanda.desk.patrols import NEXT, OPEN, acts_of, coverage_file
from servanda.desk.steps import standing_steps
from servanda.desk.views.attached import ORIGINALS
from servanda.desk.views.shared import clocked, find, instant, not_there, page, was_handed, zone_of
from servanda.errors import ServandaError
from servanda.record.log import digest_of
from servanda.values.names import name_key, names_of
from servanda.values.time import iso

_NEAR = timedelta(hours=6)
_ELSEWHERE = "In words that are kept with the patrol's plan."
_DONE = 50
"""Tasks that are shown after they are done."""
_PLANNERS = ("operations", "chief")


def _mine(request: Any) -> QuerySet[models.Patrol]:
    """The patrols that this person sees: all, or those on which he goes."""
    every = models.Patrol.objects.all()
    if request.person.role != "patrol":
        return every
    return every.filter(pk__in=[p.pk for p in every if request.person.pk in p.people])


def patrols(request: Any) -> HttpResponse:
    """What teams were tasked with, the patrols, and the plan of a new one."""
    told, said, now = "", request.POST if request.method == "POST" else request.GET, decide.clock()
    plans, at = request.person.role in _PLANNERS, request.head
    if request.method == "POST":
        if not plans:
            return not_there(request)
        try:
            said_plan = _planned(request)
            made, _ = models.Patrol.objects.get_or_create(file=said_plan["file"], defaults=said_plan)
            return HttpResponseRedirect(reverse("patrol", args=[made.pk]))
        except ServandaError as error:
            told = error.faults[0].what
    tasked = list(models.Incident.objects.filter(state="tasked").order_by("due", "rank", "id")[:100])
    said_of = models.Decided.objects.filter(step="tasked", incident__in=[r.pk for r in tasked])
    last = {d.incident: d.says for d in said_of.order_by("at", "id")}
    agreement = agreement_of(desk(), at)
    row = find(said.get("incident", "")) if plans else None
    return page(
        request,
        "patrols.html",
        status=409 if told else 200,
        told=told,
        said=said,
        tasks=[{"row": r, "says": last.get(r.pk, {}), "clock": clocked(r, now)} for r in tasked]
        if request.person.role != "patrol"
        else None,
        done=_done(at) if request.person.role != "patrol" else [],
        out=_mine(request).filter(state__in=OPEN).order_by("start"),
        past=_mine(request).exclude(state__in=OPEN).order_by("-start")[:50],
        plans=plans,
        of=row,
        of_task=last.get(row.pk, {}) if row else {},
        places=[name for name in agreement.places if " + " not in name] if agreement else [],
        teams=models.Person.objects.filter(role="patrol").order_by("name"),
        names=dict(models.Person.objects.values_list("id", "name")),
        nonce=secrets.token_urlsafe(12),
        begin=now + timedelta(hours=1),
        end=now + timedelta(hours=5),
    )


def _done(at: models.Head) -> list[dict[str, Any]]:
    """Tasks of which something came, the newest first: each with the assessment that followed, and whether that was in time."""
    asked = models.Decided.objects.filter(step="tasked").order_by("-at").values_list("incident", flat=True)[:200]
    rows = models.Incident.objects.exclude(state="tasked").in_bulk(list(dict.fromkeys(asked))[:_DONE])
    out = []
    for row in sorted(rows.values(), key=lambda r: r.pk):
        steps = standing_steps(at, row.pk)
        task = next((d for d in reversed(steps) if d.says["step"] == "tasked"), None)
        if task is not None:
            then = next(
                (d for d in steps if d.says["step"] in ("assessed", "triaged", "closed") and d.at >= task.at), None
            )
            late = bool(then and task.says.get("due") and then.at > task.says["due"])
            out.append({"row": row, "task": task, "then": then, "late": late})
    return sorted(out, key=lambda t: t["task"].at, reverse=True)


def _planned(request: Any) -> dict[str, Any]:
    """A plan as it is kept; raises ``Refused`` for what is missing or cannot be."""
    said, zone = request.POST, zone_of(request)
    agreement = agreement_of(desk(), request.head)
    team, place = said.get("team", "").strip()[:80], said.get("place", "").strip()[:200]
    if not team:
        raise decide.refused("the plan does not say which team goes", "name it", "DSK032")
    if name_key(team) in names_of(agreement.parties if agreement else request.head.parties):
        raise decide.refused("a team does not bear a party's name: its watch would be that party's", "", "DSK032")
    start, end = _span(said, zone)
    lat, lon = (decimal(name, said.get(name, ""), -most, most) for name, most in (("lat", 90.0), ("lon", 180.0)))
    if (lat is None) != (lon is None) or (lat is None and (agreement is None or place not in agreement.places)):
        raise decide.refused("the plan does not say where: a place of the agreement, or a point", "name it", "DSK032")
    radius = decimal("radius", said.get("radius_km", ""), 0.05, 500.0)
    known = set(models.Person.objects.filter(role="patrol").values_list("id", flat=True))
    row = find(said.get("incident", "").strip())
    form = f"{request.person.pk} {said.get('nonce') or secrets.token_hex(8)}"
    return {
        "team": team,
        "people": [p for p in said.getlist("people") if p in known],
        "incident": row.pk if row else "",
        "place": place,
        "lat": lat,
        "lon": lon,
        "radius_km": radius or 3.0,
        "start": start,
        "end": end,
        "route": said.get("route", "").strip()[:2000],
        "person": request.person.pk,
        "file": f"patrol-{digest_of(form.encode())[:12]}",
    }


def _span(said: Any, zone: str) -> tuple[Any, Any]:
    start, end = instant(said.get("start", ""), zone), instant(said.get("end", ""), zone, last=True)
    if start is None or end is None or end <= start or end - start > timedelta(days=14):
        raise decide.refused("a patrol begins, and ends later, within two weeks", "look at both times", "DSK032")
    return start, end


def patrol(request: Any, number: int) -> HttpResponse:
    """One patrol: its plan, the request for access, and what came of it."""
    plan = _mine(request).filter(pk=number).first()
    if plan is None:
        return not_there(request)
    told, may = "", _may(request, plan)
    if request.method == "POST":
        try:
            _act(request, plan, may)
            return HttpResponseRedirect(reverse("patrol", args=[plan.pk]))
        except ServandaError as error:
            told = error.faults[0].what
            plan.refresh_from_db()
    agreement = agreement_of(desk(), request.head)
    entry = models.Entry.objects.filter(name=f"{plan.file}.yaml").order_by("-index").first()
    return page(
        request,
        "patrol.html",
        status=409 if told else 200,
        told=told,
        said=request.POST,
        plan=plan,
        note=_note(request, plan),
        may=may,
        acts=acts_of(agreement) if agreement else [],
        names=dict(models.Person.objects.values_list("id", "name")),
        entry=entry,
        silent=plan.state == "asked" and plan.answer_by is not None and plan.answer_by < decide.clock(),
        answer=decide.clock() + timedelta(hours=24),
        was=plan.state not in OPEN,
    )


def _note(request: Any, plan: models.Patrol) -> str:
    """How a patrol says that it went. Words in which somebody may be named are handed out as those of a report are: to few, which is written down."""
    if request.person.role == "patrol" or not (plan.note and spoken.may_name(desk(), [plan.note])):
        return plan.note
    if request.person.role not in ORIGINALS:
        return _ELSEWHERE
    was_handed(request, f"patrol {plan.pk}", "words of a patrol")
    return plan.note


def _may(request: Any, plan: models.Patrol) -> tuple[str, ...]:
    """What this person may say of a patrol now."""
    following = NEXT.get(plan.state, ())
    if request.person.role in _PLANNERS:
        return following
    if request.person.role == "patrol" and plan.state in OPEN:
        return tuple(one for one in following if one in ("went", "denied"))
    return ()


def _act(request: Any, plan: models.Patrol, may: tuple[str, ...]) -> None:
    """Do what was pressed; raises ``Refused`` where it may not be, and nothing is kept or recorded then."""
    said, zone, to = request.POST, zone_of(request), request.POST.get("to", "")
    if to not in may:
        raise decide.refused("the patrol has changed, or this is not for your office", "look again", "DSK032")
    new: dict[str, Any] = {"state": to, "note": said.get("reason", "").strip()[:2000] or plan.note}
    if to == "asked":
        by = instant(said.get("answer_by", ""), zone, last=True)
        if said.get("asked_of") not in request.head.parties or by is None or by <= decide.clock():
            raise decide.refused("say which party was asked, and until when it may answer", "", "DSK032")
        new |= {"asked_of": said["asked_of"], "asked_at": decide.clock(), "answer_by": by}
    if to in ("denied", "cancelled", "went") and not said.get("reason", "").strip():
        raise decide.refused("say in words how it was", "every outcome has its reason", "DSK032")
    with transaction.atomic():
        if not models.Patrol.objects.filter(pk=plan.pk, state=plan.state).update(**new):
            raise decide.refused("the patrol has changed since it was shown", "look again", "DSK032")
        first = plan.state in OPEN
        if to in ("went", "denied") or not (first or plan.state == to):
            reason = said.get("reason", "").strip()[:2000]

            def record(words: str) -> None:
                files = _files(request, plan, to, words)
                decide._record(desk(), files, note="patrol by {}", by=request.person.pk, once=first)  # noqa: SLF001

            spoken.unless_named(lambda: record(reason), lambda: record(_ELSEWHERE))  # who goes learns no name by trying


def _files(request: Any, plan: models.Patrol, to: str, reason: str) -> list[Any]:
    """What is recorded of a patrol that went, or that was denied."""
    said, at = request.POST, request.head
    agreement = agreement_of(desk(), at)
    if agreement is None:
        raise decide.refused("there is no agreement yet whose coverage this could be", "record it first", "DSK032")
    if to == "cancelled":  # it was said to have gone
        return [coverage_file(agreement, plan, {})]
    start, end = _span(said, at.zone)
    if end > decide.clock():
        raise decide.refused("this lies ahead of the clock", "say it afterwards", "DSK032")
    if max(abs(start - plan.start), abs(end - plan.end)) > _NEAR and not said.get("sure"):
        what = "its times lie more than six hours from the plan: tick that they are right, or write others"
        raise decide.refused(what, "", "DSK032")
    detects, seen = said.getlist("detects"), decimal("how surely", said.get("probability", ""), 0.01, 0.99)
    if to == "went" and (not detects or seen is None):
        what = "say which acts the patrol would have noticed, and how surely"
        raise decide.refused(what, "nothing is taken for granted", "DSK032")
    says: dict[str, Any] = {"start": start, "end": end, "reason": reason}
    says |= {"detects": detects or acts_of(agreement), "probability": 0.5 if seen is None else seen}
    if to == "denied":
        says["by"] = said.get("by", "") if said.get("by") in at.parties else ""
        if not says["by"]:
            raise decide.refused("say who shut the way", "choose a party", "DSK032")
    files = [coverage_file(agreement, plan, says)]
    if to == "denied" and said.get("report") and plan.state != "denied":
        row = {"source": plan.team, "origin": plan.team, "side": "none", "kind": "observation", "stance": "asserts"}
        row |= {"act": "access_denied", "actor": says["by"], "summary": says["reason"], "start": str(iso(start))}
        row |= {
            "end": str(iso(end)),
            "known_at": str(iso(decide.clock().replace(microsecond=0))),
            "place_name": plan.place,
        }
        if plan.lat is not None:
            row |= {"lat": f"{plan.lat}", "lon": f"{plan.lon}", "precision_km": f"{plan.radius_km:g}"}
        told = report_file(row, plan.file)[0]
        refuse_unreadable(desk(), at, told)
        files.append(told)
    return files
