"""The shift log and its handover."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import decide, models, shifts
from servanda.desk.configure import desk
from servanda.desk.folder import Desk
from servanda.desk.views.shared import clocked, page
from servanda.errors import ServandaError
from servanda.incidents.guards import too_long


def shift(request: Any) -> HttpResponse:
    """What came since the last handover, what falls due; handing over, and taking over."""
    mine, who, now = desk(), request.person, decide.clock()
    made = shifts.handovers(mine)
    since = made[0]["when"] if made else None
    last, away = made[0] if made else None, shifts.away(made, who.pk)
    told, facts, note = "", shifts.facts(last, now), request.POST.get("note", "").strip()
    gone = facts if away is last else shifts.facts(away, now)
    people = models.Person.objects.filter(role__in=("duty", "chief")).exclude(pk=who.pk).order_by("name")
    may = who.role in ("duty", "chief")
    if request.method == "POST" and may:
        try:
            if long := too_long({"note": note}):
                raise decide.refused(long, "say it in fewer words", "DSK018")
            decide._record(mine, [_file(mine, request, made, facts, note, since)], once=True)  # noqa: SLF001  the same way as every entry
            return HttpResponseRedirect(reverse("shift"))
        except ServandaError as error:
            told = error.faults[0].what
    return page(
        request,
        "shift.html",
        status=409 if told else 200,
        made=made[:20],
        last=made[0]["digest"] if made else "",
        since=since,
        facts=facts,
        away=away["when"] if away else None,
        gone=gone,
        due=[{"row": r, "clock": clocked(r, now)} for r in facts["due"]],
        told=told,
        note=note,
        people=people,
        names=dict(models.Person.objects.values_list("id", "name")),
        may=may,
    )


def _file(mine: Desk, request: Any, made: list[dict[str, Any]], facts: dict[str, Any], note: str, since: Any) -> Any:
    """What is to be recorded: a handover, or the acceptance of one that is this person's; raises ``Refused``."""
    who, now = request.person, decide.clock()
    if "accept" in request.POST:
        found = [h for h in made if h["digest"] == request.POST["accept"] and h["to"] == who.pk and not h["acceptance"]]
        if not found:
            raise decide.refused("there is no such handover to you that waits", "look at the page again", "DSK031")
        return shifts.acceptance_file(mine, found[0]["digest"], who.pk, note, now)
    to = models.Person.objects.filter(pk=request.POST.get("to", "")).first()
    shifts.refuse(who, to)
    if not note:
        raise decide.refused("a handover has its words: what the next officer must know", "write them", "DSK031")
    seen, last = request.POST.get("seen", "")[:64], made[0]["digest"] if made else ""
    file = shifts.handover_file(mine, who.pk, request.POST["to"], note, facts, now, since, seen)
    if seen != last and not models.Entry.objects.filter(name=file.name).exists():
        raise decide.refused("this has changed since it was shown to you", "look again, then hand over", "DSK012")
    return file
