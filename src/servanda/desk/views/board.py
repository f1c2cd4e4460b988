"""The verdict board: terms by parties as they stand, and what has changed since verdicts were signed last."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from servanda.desk import models, standing
from servanda.desk.configure import desk
from servanda.desk.views.shared import not_there, page

_MOST = 10
"""Decisions that are named for a verdict that changed."""
_FINDINGS = 20
"""Signed findings that are told of."""
_SIGNED = ("signed", "vetoed", "disclosed", "followed_up", "closed")


def board(request: Any) -> HttpResponse:
    """The page: one row a term, one column a party, each reading under the verdict over all."""
    verdicts = standing.stood(desk(), standing.newest()).verdicts
    parties = list(dict.fromkeys(v["party"] for v in verdicts))
    cells: dict[tuple[str, Any], list[dict[str, Any]]] = {}
    for v in sorted(verdicts, key=lambda v: v["reading"] is not None):  # that over all readings first
        cells.setdefault((v["term"], v["party"]), []).append(v)
    last = models.Published.objects.order_by("-entry").first()
    changed = _changed(verdicts, last)
    return page(
        request,
        "board.html",
        terms=list(dict.fromkeys(v["term"] for v in verdicts)),
        parties=parties,
        cells=cells,
        last=last,
        changed=changed,
        signed=signed_lately(_FINDINGS),
        entry=models.Entry.objects.filter(pk=last.entry).first() if last else None,
    )


def signed_lately(most: int) -> list[dict[str, Any]]:
    """The findings that were signed last, each with what it does to verdicts, or why it does nothing."""
    at = models.Decided.objects.filter(step="signed").order_by("-at").values_list("incident", flat=True)[: 4 * most]
    names = list(dict.fromkeys(at))
    rows = models.Incident.objects.filter(state__in=_SIGNED).in_bulk(names)
    stood = standing.stood(desk(), standing.newest())
    listed = [rows[name] for name in names if name in rows][:most]
    return [{"row": r, "effect": stood.effect(r.pk), "unfound": stood.unfound.get(r.pk, {})} for r in listed]


def _changed(verdicts: list[dict[str, Any]], last: models.Published | None) -> list[dict[str, Any]]:
    """Verdicts that are others than those that were signed last, with the decisions since then on incidents that they count."""
    if last is None:
        return []
    before = {(t, p, r): word for t, p, r, word in last.verdicts}
    others = [(v, before.get((v["term"], v["party"], v["reading"]))) for v in verdicts]
    others = [(v, was) for v, was in others if was != v["verdict"]]
    counts = [set(v["incidents"]) for v, _ in others]
    why: list[list[models.Decided]] = [[] for _ in others]
    since = models.Decided.objects.filter(entry__gt=last.entry).order_by("at")
    for d in since.iterator() if others else ():
        for found, incidents in zip(why, counts, strict=True):
            if len(found) < _MOST and d.incident in incidents:
                found.append(d)
        if all(len(found) == _MOST for found in why):
            break
    return [{**v, "was": was or "not there", "why": found} for (v, was), found in zip(others, why, strict=True)]


def verdict(request: Any) -> HttpResponse:
    """One verdict with all its steps."""
    asked = request.GET
    key = (asked.get("term"), asked.get("party") or None, asked.get("reading") or None)
    found = [
        v for v in standing.stood(desk(), standing.newest()).verdicts if (v["term"], v["party"], v["reading"]) == key
    ]
    if not found:
        return not_there(request)
    return page(request, "verdict.html", v=found[0])
