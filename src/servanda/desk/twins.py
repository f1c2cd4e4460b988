"""Incidents that may be one: how likely fusion holds it, and why. They are offered, never forced.

The reports of an incident and of those around it (two days, some fifty kilometres) are put together anew as if none had an incident id; where a report of
another incident falls into one with a report of this one, or might, the other is offered with fusion's own reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from django.db.models import Q

from servanda.desk import models
from servanda.evidence.model import REPORT
from servanda.incidents.fusion.blocking import Where, banded, within_reach
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import incident_tables

_AROUND, _DEGREES = timedelta(days=2), 0.5
_MOST, _OFFERED = 150, 5
LEAST = 0.05


@dataclass(frozen=True)
class Twin:
    """An incident that may be the same as another, how probably, and why."""

    row: models.Incident
    probability: float
    why: str


def twins(row: models.Incident) -> list[Twin]:
    """Which other incidents may be this one.

    Args:
        row: the incident.

    Returns:
        The likeliest first, five at most, but for those of which somebody said that they are not the same; none for a duplicate.
    """
    if row.start is None or row.duplicate_of:
        return []
    return _offered(row.pk, row.start, row.lat, row.lon, models.Report.objects.filter(incident=row.pk))


def twins_of(report: models.Report) -> list[Twin]:
    """Which incidents a report may be of that is not recorded yet: as :func:`twins`; its ``incident`` is none that is there."""
    return _offered(report.incident, report.start, report.lat, report.lon, [report]) if report.start else []


def _offered(
    incident: str, start: datetime, lat: float | None, lon: float | None, own: Iterable[models.Report]
) -> list[Twin]:
    around = Q(start__gte=start - _AROUND, start__lte=start + _AROUND)
    if lat is not None and lon is not None:
        near = Q(lat__gte=lat - _DEGREES, lat__lte=lat + _DEGREES)
        near &= Q(lon__gte=lon - 2 * _DEGREES, lon__lte=lon + 2 * _DEGREES)
        around &= near | Q(lat=None)
    others = models.Incident.objects.filter(around, duplicate_of="").exclude(pk=incident)
    apart = _apart(incident)
    sides = (
        others.filter(start__lte=start).order_by("-start", "-rank", "-id"),
        others.filter(start__gt=start).order_by("start", "rank", "id"),
    )
    found = [one for side in sides for one in side.values_list("id", "start")[:_MOST]]
    nearest = sorted(found, key=lambda o: (abs(o[1] - start), o[0]))
    names = [name for name, _ in nearest if name not in apart][:_MOST]
    theirs = models.Report.objects.filter(incident__in=names).order_by("known_at", "id")[: 2 * _MOST]
    reports = sorted([*own, *theirs], key=lambda r: (r.known_at is None, r.known_at or start, r.pk))
    likely = _likely(incident, reports)
    rows = models.Incident.objects.in_bulk(list(likely))
    offered = [Twin(rows[name], p, why) for name, (p, why) in likely.items() if name in rows]
    return sorted(offered, key=lambda t: (-t.probability, t.row.pk))[:_OFFERED]


def _apart(incident: str) -> set[str]:
    pairs = models.Apart.objects.filter(Q(one=incident) | Q(other=incident)).values_list("one", "other")
    return {name for pair in pairs for name in pair if name != incident}


def say_apart(one: str, other: str, person: str, at: Any) -> None:
    """Keep that two incidents are not the same."""
    low, high = sorted((one, other))
    models.Apart.objects.update_or_create(one=low, other=high, defaults={"person": person, "at": at})


def said_apart(incident: str) -> list[tuple[str, models.Apart]]:
    """The incidents that were said not to be this one, each with who said so and when.

    Args:
        incident: its id.

    Returns:
        By the id of the other.
    """
    rows = models.Apart.objects.filter(Q(one=incident) | Q(other=incident)).order_by("-at")
    return [(row.other if row.one == incident else row.one, row) for row in rows]


def take_back(one: str, other: str) -> None:
    """Let two incidents that were said not to be the same be offered again."""
    low, high = sorted((one, other))
    models.Apart.objects.filter(one=low, other=high).delete()


def _frame(reports: Sequence[models.Report]) -> pl.DataFrame:
    """Reports as evidence has them, without the ids of their incidents."""
    rows = []
    for n, r in enumerate(reports):
        said = {k: v for k, v in r.said.items() if k in REPORT and REPORT[k] == pl.String}
        number = {"quantity": float(r.said["quantity"])} if r.said.get("quantity") else {}
        told = {"start": r.start, "end": r.end or r.start, "known_at": r.known_at, "lat": r.lat, "lon": r.lon}
        own = {"report_id": r.report_id or r.pk, "file": "", "row": n, "precision_m": r.precision_m, "directness": 0}
        rows.append({**said, **number, **told, **own})
    return pl.DataFrame(rows, schema=REPORT)


def _met(incident: str, reports: Sequence[models.Report]) -> bool:
    """Whether fusion could put another report with one of these. It does so only with one within its reach, with one that a relay put on another
    day, and with a repeat, which stands where the first does; where there is none, all its work would be for nothing.
    """
    own, rest = ([r for r in reports if (r.incident == incident) is mine] for mine in (True, False))
    if not own or not rest or any(None in (r.lat, r.lon, r.precision_m, r.start) for r in own):
        return bool(own and rest)
    if any(_one_told(r, other) for r in own for other in rest if other.start):
        return True
    every = [r for r in reports if None not in (r.lat, r.lon, r.precision_m, r.start)]
    spans = [(r.start.timestamp() / 3600, (r.end or r.start).timestamp() / 3600) for r in every]
    start, end = np.array(spans).T
    lat, lon, metres = (np.array([getattr(r, n) for r in every], float) for n in ("lat", "lon", "precision_m"))
    mine = np.flatnonzero([r.incident == incident for r in every])
    where = Where(lat, lon, metres / 1000, start, end)
    bands = banded(where)
    order = np.argsort(bands)
    near = within_reach(where, order, bands[order], float((end - start).max()), mine)
    return len(np.setdiff1d(near, mine)) > 0


def _one_told(one: models.Report, other: models.Report) -> bool:
    """Whether two reports have one origin that at least one of them passes on, and may tell the same minute of the clock."""
    origin = one.said.get("origin")
    if other.said.get("origin") != origin or one.said.get("source") == origin == other.said.get("source"):
        return False
    apart = round((one.start - other.start).total_seconds() / 60) % 1440
    return apart in (1439, 0, 1)


def _likely(incident: str, reports: Sequence[models.Report]) -> dict[str, tuple[float, str]]:
    """By incident, how probably it is this one, and why."""
    if not _met(incident, reports):
        return {}
    fusion = Fusion()
    fusion.add(_frame(reports))
    members = incident_tables(fusion).members
    lies = [r.incident for r in reports]
    mine = set(members.filter(pl.col("row").is_in([n for n, i in enumerate(lies) if i == incident]))["incident_id"])
    found: dict[str, tuple[float, str]] = {}
    for row, group, probability, because in members.select("row", "incident_id", "probability", "because").iter_rows():
        name = lies[row]
        if group in mine and name != incident and probability >= max(LEAST, found.get(name, (0.0, ""))[0]):
            found[name] = (round(float(probability), 2), str(because))
    return found
