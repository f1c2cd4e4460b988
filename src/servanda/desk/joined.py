"""Which incidents the reports of an arrival lie in: those that they opened, and those that they joined."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Min

from servanda.desk import models
from servanda.desk.inbox import Arrival

MOST = 60
"""So many incidents of one arrival are named."""


@dataclass(frozen=True)
class Joined:
    """An incident and what came into it; ``opened``: there was none before; ``newer``: it was determined before these came."""

    row: models.Incident
    opened: bool
    newer: bool


def joined(arrival: Arrival) -> list[Joined]:
    """The incidents in which the reports of something that came lie now.

    Args:
        arrival: what came, and was taken.

    Returns:
        Those that were determined before first, then those that were there, then the others; :data:`MOST` and one more at most.
    """
    entries = set(models.Entry.objects.filter(kind="evidence", name__in=arrival.files).values_list("index", flat=True))
    wrote = [name for _, name in arrival.written]
    into = dict(models.Gone.objects.filter(pk__in=wrote).values_list("id", "into"))
    wrote = [into.get(name, name) for name in wrote]
    came: dict[str, list[str]] = {name: [] for name in wrote}
    for ident, name in models.Report.objects.filter(entry__in=entries).values_list("id", "incident"):
        came.setdefault(name, []).append(ident)
    names = sorted(came)
    first = models.Report.objects.filter(incident__in=names).values_list("incident").annotate(Min("entry"))
    opened = {name for name, entry in first if entry in entries}
    found = [
        Joined(row, row.pk in opened or row.reports <= wrote.count(row.pk), bool(set(row.later) & set(came[row.pk])))
        for row in models.Incident.objects.filter(pk__in=names)
    ]
    return sorted(found, key=lambda one: (not one.newer, one.opened, one.row.pk))[: MOST + 1]
