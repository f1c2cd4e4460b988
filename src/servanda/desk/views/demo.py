"""The demonstration's days: its reports arrive when somebody asks for the next day, or one after the other while the page is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.fields import whole
from servanda.desk.replay import DAY, UNDATED, arrived, case_of, days_of, replay, reporting_of
from servanda.desk.views.shared import not_there, page
from servanda.errors import ServandaError

SPEEDS = (600, 3600, 14400)
"""How many times faster than they were days may pass."""


def demo(request: Any) -> HttpResponse:
    """The page: which day it is, the next one, a later one, or all of them at a pace."""
    mine = desk()
    case = case_of(mine)
    if case is None:
        return not_there(request)
    by_day = days_of(case, reporting_of(mine))
    days = [*by_day]
    done, told, came = arrived(by_day), "", []
    speed = whole(request.GET.get("speed", "")) or 0
    speed = speed if speed in SPEEDS else 0
    if request.method == "POST":
        wanted = whole(request.POST.get("until", ""))
        last = min(len(days), done + 1 if wanted is None else wanted)
        before = models.Incident.objects.count()
        try:
            if last > done:
                for _ in replay(mine, case, 1.0, until=days[last - 1], sleep=lambda seconds: None):
                    pass
        except ServandaError as error:
            told = error.faults[0].what
        if not told and not request.headers.get("HX-Request"):
            return HttpResponseRedirect(f"{reverse('demo')}{f'?speed={speed}' if speed else ''}")
        done, came = arrived(by_day), [models.Incident.objects.count() - before]
    return page(
        request,
        "days.html" if request.headers.get("HX-Request") else "demo.html",
        status=409 if told else 200,
        days=days,
        undated=sum(f.table(f.data).height for f in (by_day[UNDATED].files if UNDATED in by_day else ()) if f.table),
        UNDATED=UNDATED,
        done=done,
        told=told,
        came=came,
        speed=speed,
        speeds=SPEEDS,
        wait=max(1, round(DAY / speed)) if speed else 0,
        incidents=models.Incident.objects.count(),
    )
