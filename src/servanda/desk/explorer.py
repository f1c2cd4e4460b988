"""What the explorer shows: incidents of a frame of map and time, counted on the server; who was looking there and then, and who was shut out.

Never more than some hundred marks are sent, however many incidents there are: where more lie in the frame, they are counted by cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, FloatField, Max, Min, Q, TextField
from django.db.models.functions import Cast, Floor, Substr

from servanda.coverage import Coverage
from servanda.coverage.read import read_coverage
from servanda.desk import models
from servanda.desk.folder import Desk
from servanda.desk.wording import STATES
from servanda.record import Record
from servanda.store import RecordStore

MOST_POINTS, CELLS_ACROSS, MOST_BARS, MOST_LAYERS = 250, 24, 120, 300


@dataclass(frozen=True)
class Frame:
    """What is asked for: a box in degrees, a span of time, an act, a state. ``None``: no bound."""

    box: tuple[float, float, float, float] | None = None
    start: datetime | None = None
    end: datetime | None = None
    act: str = ""
    state: str = ""

    def said(self, zone: str) -> dict[str, str]:
        """As an address says it."""
        out = {"act": self.act, "state": self.state}
        if self.box is not None:
            out["box"] = ",".join(f"{edge:.4f}".rstrip("0").rstrip(".") for edge in self.box)
        for key, moment in (("from", self.start), ("to", self.end)):
            if moment is not None:
                out[key] = moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        return {key: value for key, value in out.items() if value}


def frame_of(said: Mapping[str, str], zone: str) -> Frame:
    """The frame that an address asks for; what it says wrongly is left out."""
    box = None
    try:
        west, south, east, north = (float(edge) for edge in said.get("box", "").split(","))
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            box = (west, south, east, north)
    except ValueError:
        box = None
    times = [_instant(said.get(key, ""), zone) for key in ("from", "to")]
    state = said.get("state", "")
    return Frame(box, times[0], times[1], said.get("act", "")[:80], state if state in STATES else "")


def _instant(text: str, zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 1900 <= moment.year <= 2200:  # at the ends of the calendar no zone can be told
        return None
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment


def within(frame: Frame, *, time: bool = True) -> Q:
    """The incidents of a frame, as a filter; ``time``: its span counts too."""
    found = Q()
    if frame.box is not None:
        west, south, east, north = frame.box
        found &= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    if time and frame.start is not None:
        found &= Q(start__gte=frame.start)
    if time and frame.end is not None:
        found &= Q(start__lt=frame.end)
    if frame.act:
        found &= Q(act=frame.act)
    return found & Q(state=frame.state) if frame.state else found


def whole_box(bounds: tuple[float, float, float, float] | None = None) -> tuple[float, float, float, float] | None:
    """The box in which all incidents lie, and a little more; nothing where none says where.

    Args:
        bounds: of the agreement's places, where it has any: what lies outside of them stretches nothing.

    Returns:
        West, south, east and north.
    """
    inside = models.Incident.objects.filter(within(Frame(bounds)))
    ends = inside.aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    if ends["w"] is None:
        return bounds
    across, up = max(0.2, 0.08 * (ends["e"] - ends["w"])), max(0.15, 0.08 * (ends["n"] - ends["s"]))
    west, south, east, north = ends["w"] - across, ends["s"] - up, ends["e"] + across, ends["n"] + up
    return (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))


def marks(frame: Frame) -> tuple[list[tuple[float, float, int, models.Incident | None]], float]:
    """Incidents of a frame as marks: place, how many, and the incident where it is one alone; and how wide a cell is, 0 where none are made."""
    assert frame.box is not None
    rows = models.Incident.objects.filter(within(frame), lat__isnull=False)
    if rows.count() <= MOST_POINTS:
        return [(r.lon, r.lat, 1, r) for r in rows.order_by("id")], 0.0
    west, south, east, _ = frame.box
    size = (east - west) / CELLS_ACROSS
    wide = max(math.cos(math.radians(south)), 0.05)
    across = Cast(Floor((F("lon") - west) / size), FloatField())
    up = Cast(Floor((F("lat") - south) / (size * wide)), FloatField())
    cells = rows.annotate(i=across, j=up).values("i", "j").annotate(n=Count("id"), x=Avg("lon"), y=Avg("lat"))
    return [(c["x"], c["y"], c["n"], None) for c in cells.order_by("i", "j")], size


def bars(frame: Frame, zone: str) -> list[tuple[datetime, datetime, int]]:
    """How many incidents of the frame's place began when: one bar a day, or some days where there are very many."""
    rows = models.Incident.objects.filter(within(frame, time=False), start__isnull=False)
    hour = Substr(Cast(F("start"), TextField()), 1, 13)
    found = rows.annotate(hour=hour).values("hour").annotate(n=Count("id")).order_by("hour")
    by_day: dict[Any, int] = {}
    for one in found:
        when = datetime.fromisoformat(one["hour"].replace("T", " ") + ":00").replace(tzinfo=UTC)
        day = when.astimezone(ZoneInfo(zone)).date()
        by_day[day] = by_day.get(day, 0) + one["n"]
    if not by_day:
        return []
    first, last = min(by_day), max(by_day)
    days = max(1, math.ceil(((last - first).days + 1) / MOST_BARS))
    out = []
    day = first
    while day <= last:
        after = day + timedelta(days=days)
        n = sum(by_day.get(day + timedelta(days=k), 0) for k in range(days))
        begin, end = (datetime.combine(d, datetime.min.time(), ZoneInfo(zone)) for d in (day, after))
        out.append((begin, end, n))
        day = after
    return out


At = tuple[Path, int, str]
"""A mission, and the size and root of its record: while these are the same, what was counted is."""
Marks = list[tuple[float, float, int, models.Incident | None]]
Bars = list[tuple[datetime, datetime, int]]


@lru_cache(maxsize=4)
def overview(
    at: At, bounds: tuple[float, float, float, float] | None
) -> tuple[tuple[float, float, float, float] | None, list[str]]:
    """The box of all incidents, and their acts."""
    acts = models.Incident.objects.exclude(act="").values_list("act", flat=True).distinct().order_by("act")
    return whole_box(bounds), list(acts)


@lru_cache(maxsize=64)
def counted(
    at: At, frame: Frame, seen: Frame | None, zone: str, most: int
) -> tuple[int, list[models.Incident], Marks, float, Bars]:
    """All that is counted for a frame: how many incidents, the first of them, marks on the map with their cells, bars over time.

    Args:
        at: when it was counted.
        frame: what is asked for.
        seen: what the map shows, which may be more.
        zone: whose days the bars are.
        most: rows of the table.

    Returns:
        The numbers.
    """
    rows = models.Incident.objects.filter(within(frame))
    found, size = marks(seen) if seen is not None else ([], 0.0)
    return rows.count(), list(rows.order_by("start", "id")[:most]), found, size, bars(frame, zone)


@lru_cache(maxsize=2)
def _coverage(folder: Path, agreement: str, entries: tuple[int, ...], key: int) -> Coverage:
    """The coverage that the record holds; ``entries`` and ``key`` tell when it is another."""
    from servanda.app.record import recorded_agreement

    store = RecordStore(Record(folder))
    inputs = store.as_of(None, agreement)
    text = recorded_agreement(store, inputs)
    return read_coverage(store.contents(inputs).coverage, text.places, text.vocabulary, text.zone, text.id, text.actors)


def coverage_of(desk: Desk, head: models.Head) -> Coverage:
    """Who was looking, and who was shut out, as the record says it now."""
    if not head.agreement:
        return Coverage()
    entries = models.Entry.objects.filter(kind="coverage", counts=True).values_list("index", flat=True)
    last = models.Entry.objects.filter(kind="agreement").order_by("-index").values_list("index", flat=True).first()
    return _coverage(desk.record_folder, head.agreement, tuple(entries.order_by("index")), last or 0)


def layers(coverage: Coverage, frame: Frame, asked: frozenset[str]) -> list[tuple[str, str, Any]]:
    """Watches and gaps of the frame's time: class, name and outline of each, as far as they were asked for."""
    out: list[tuple[str, str, Any]] = []

    def then(times: Any) -> bool:
        return any(
            (frame.end is None or t.start is None or t.start < frame.end)
            and (frame.start is None or t.end is None or t.end > frame.start)
            for t in times
        )

    if "coverage" in asked:
        out += [("seen", f"{w.who}: {w.means} ({w.place})", w.where) for w in coverage.watches if then(w.times)]
    if "denials" in asked:
        out += [("shut", f"{g.kind}: {g.by} {g.reason}".strip(), g.where) for g in coverage.gaps if then(g.times)]
    return out[:MOST_LAYERS]
