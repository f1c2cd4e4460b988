"""What the explorer shows: incidents of a frame of map and time, counted on the server; who was looking there and then, and who was shut out.

Never more than some hundred marks are sent, however many incidents there are: where more lie in the frame, they are counted by cells.
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q

from servanda.app.record import recorded_agreement
from servanda.coverage import Coverage, Watch
from servanda.coverage.read import read_coverage
from servanda.desk import models
from servanda.desk.folder import Desk
from servanda.desk.kept import entry_of, inputs_of
from servanda.desk.wording import STATES
from servanda.record import Record
from servanda.store import Inputs, RecordStore
from servanda.values.geo.meridian import cut

MOST_FINE, MOST_BARS, MOST_LAYERS = 250, 120, 300
FINE, COARSE = 18.0, 72.0
"""How wide a cell is in points of the picture, of few incidents and of many."""
MIDDLE = 0.36
"""So much of a cell lies on each side of the mark of several: the circles of two cells never lie over each other (``RADIUS`` of ``drawing``)."""
_MANY, _FRESH = 5_000, 5.0
"""Of more incidents than this, those of so many seconds ago do."""
_STEPS_ALONE = frozenset({"decisions", "attachment", "checkpoint", "anchor", "run", "disclosure"})


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
            out["box"] = box_said(self.box)
        for key, moment in (("from", self.start), ("to", self.end)):
            if moment is not None:
                out[key] = moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        return {key: value for key, value in out.items() if value}


def box_said(box: Sequence[float]) -> str:
    """A box as an address says it."""
    return ",".join(f"{edge:.4f}".rstrip("0").rstrip(".") for edge in box)


def frame_of(said: Mapping[str, str], zone: str) -> Frame:
    """The frame that an address asks for; what it says wrongly is left out."""
    box = None
    try:
        west, south, east, north = (float(edge) for edge in said.get("box", "").split(","))
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            box = (west, south, east, north)
    except ValueError:
        box = None
    times = [_instant(said.get(key, ""), zone, fold) for fold, key in enumerate(("from", "to"))]
    state = said.get("state", "")
    return Frame(box, times[0], times[1], said.get("act", "")[:80], state if state in STATES else "")


def _instant(text: str, zone: str, fold: int) -> datetime | None:
    """What a bound says, in the agreement's zone; of an hour that comes twice a frame holds both."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 1900 <= moment.year <= 2200:  # at the ends of the calendar no zone can be told
        return None
    return moment.replace(tzinfo=ZoneInfo(zone), fold=fold) if moment.tzinfo is None else moment


def within(frame: Frame) -> Q:
    """The incidents of a frame, as a filter."""
    found = Q()
    if frame.box is not None:
        west, south, east, north = frame.box
        found &= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    if frame.start is not None:
        found &= Q(start__gte=frame.start)
    if frame.end is not None:
        found &= Q(start__lt=frame.end)
    if frame.act:
        found &= Q(act=frame.act)
    return found & Q(state=frame.state) if frame.state else found


At = tuple[Path, int, str]
"""A mission, and the size and root of its record: while these are the same, what was counted is."""
Marks = list[tuple[float, float, int, str]]
"""Longitude, latitude, how many incidents, and the id where it is one alone."""
Bars = list[tuple[datetime, datetime, int]]


@dataclass(frozen=True)
class Placed:
    """All incidents by place, time, act and state, in the order in which they began: a frame of 100,000 is counted in a millisecond or two."""

    ids: Sequence[str]
    number: Mapping[str, int]
    """By its id, where an incident stands in all of these."""
    lon: Any
    lat: Any
    start: Any
    """Seconds since 1970; not a number where it is not told."""
    act: Any
    state: Any
    acts: Sequence[str]

    def inside(self, frame: Frame, *, time: bool = True) -> Any:
        """Which incidents lie in a frame, as a mask; ``time``: its span counts too."""
        found = np.ones(len(self.ids), bool)
        if frame.box is not None:
            west, south, east, north = frame.box
            found &= (self.lon >= west) & (self.lon <= east) & (self.lat >= south) & (self.lat <= north)
        if time and frame.start is not None:
            found &= self.start >= frame.start.timestamp()
        if time and frame.end is not None:
            found &= self.start < frame.end.timestamp()
        if frame.act:
            found &= self.act == (self.acts.index(frame.act) if frame.act in self.acts else -1)
        return found & (self.state == list(STATES).index(frame.state)) if frame.state else found


def _placed() -> Placed:
    """All of them, as the table has them now."""
    rows = list(
        models.Incident.objects.order_by("start", "rank", "id").values_list("id", "lon", "lat", "start", "act", "state")
    )
    ids, lon, lat, start, act, state = zip(*rows, strict=True) if rows else ((),) * 6
    acts, states = sorted(set(act) - {""}), {name: n for n, name in enumerate(STATES)}
    codes = {name: n for n, name in enumerate(acts)}
    seconds = np.array([math.nan if moment is None else moment.timestamp() for moment in start], float)
    order = np.argsort(seconds, kind="stable")  # databases differ in where nothing stands
    x, y = (np.array([math.nan if one is None else one for one in edge], float)[order] for edge in (lon, lat))
    does = np.array([codes.get(one, -1) for one in act], int)[order]
    stands = np.array([states.get(one, -1) for one in state], int)[order]
    names = [str(ids[n]) for n in order]
    return Placed(names, {name: n for n, name in enumerate(names)}, x, y, seconds[order], does, stands, acts)


def _stepped(before: Placed, size: int) -> Placed | None:
    """The incidents after what came since the record had a size, where that is steps alone; nothing where it is more."""
    kinds = set(models.Entry.objects.filter(index__gte=size).values_list("kind", flat=True))
    came = list(models.Decided.objects.filter(entry__gte=size).values_list("kind", "incident"))
    if not kinds <= _STEPS_ALONE or any(kind != "step" or name not in before.number for kind, name in came):
        return None
    now = dict(models.Incident.objects.filter(pk__in={name for _, name in came}).values_list("id", "state"))
    state, codes = before.state.copy(), list(STATES)
    for name, stands in now.items():
        state[before.number[name]] = codes.index(stands)
    return dataclasses.replace(before, state=state)


_LATELY: dict[Path, tuple[float, At, Placed]] = {}
_ONE_COUNTS = threading.Lock()


def placed(at: At) -> Placed:
    """The incidents as they are now; where there are very many and more than steps came, as they were some seconds ago at most.

    Args:
        at: the mission, and how far its record is projected.

    Returns:
        The incidents.
    """
    with _ONE_COUNTS:  # what several ask for at once is counted once
        return _counted(at)


def _counted(at: At) -> Placed:
    then, before, kept = _LATELY.get(at[0], (0.0, None, None))
    if before == at and kept is not None:
        return kept
    follows = kept is not None and before is not None and before[1] < at[1]
    fresh = _stepped(kept, before[1]) if follows and kept is not None and before is not None else None
    if fresh is None and follows and kept is not None and len(kept.ids) > _MANY and time.monotonic() - then < _FRESH:
        return kept
    fresh, then = (fresh, then) if fresh is not None else (_placed(), time.monotonic())
    _LATELY[at[0]] = then, at, fresh
    return fresh


def whole_box(
    every: Placed, bounds: tuple[float, float, float, float] | None = None
) -> tuple[float, float, float, float] | None:
    """The box in which all incidents lie, and a little more; nothing where none says where.

    Args:
        every: the incidents.
        bounds: of the agreement's places, where it has any: what lies outside of them stretches nothing.

    Returns:
        West, south, east and north.
    """
    there = every.inside(Frame(bounds)) & np.isfinite(every.lon) & np.isfinite(every.lat)
    if not there.any():
        return bounds
    lon, lat = every.lon[there], every.lat[there]
    ends = [float(edge) for edge in (lon.min(), lat.min(), lon.max(), lat.max())]
    across, up = max(0.2, 0.08 * (ends[2] - ends[0])), max(0.15, 0.08 * (ends[3] - ends[1]))
    west, south, east, north = ends[0] - across, ends[1] - up, ends[2] + across, ends[3] + up
    return (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))


def marks(every: Placed, frame: Frame, point: float) -> tuple[Marks, float]:
    """Incidents of a frame as marks, those of a cell as one, so that none is hidden by another.

    Args:
        every: the incidents.
        frame: what is asked for, with its box.
        point: how many degrees of longitude a point of the picture is.

    Returns:
        Place, how many, and the incident where it is one alone, which stands at its own place; and how wide a cell is, in degrees.
    """
    assert frame.box is not None
    there = np.flatnonzero(every.inside(frame) & np.isfinite(every.lon) & np.isfinite(every.lat))
    west, south, east, _ = frame.box
    wide = point * (FINE if len(there) <= MOST_FINE else COARSE)
    high = wide * max(math.cos(math.radians(south)), 0.05)
    across, up = (every.lon[there] - west) / wide, (every.lat[there] - south) / high
    cell = np.floor(up).astype(int) * (int((east - west) / wide) + 2) + np.floor(across).astype(int)
    _, first, cell, counts = np.unique(cell, return_index=True, return_inverse=True, return_counts=True)
    x, y = (_in_cell(np.bincount(cell, edge, len(counts)) / counts, counts) for edge in (across, up))
    lon, lat = west + x * wide, south + y * high
    ids = [every.ids[n] if alone else "" for n, alone in zip(there[first], counts == 1, strict=True)]
    return list(zip(lon.tolist(), lat.tolist(), counts.tolist(), ids, strict=True)), wide


def _in_cell(mean: Any, counts: Any) -> Any:
    """The middle of what lies in each cell, kept from the cell's edges where it is of several."""
    low = np.floor(mean)
    return np.where(counts == 1, mean, low + np.clip(mean - low, MIDDLE, 1 - MIDDLE))


def bars(every: Placed, frame: Frame, zone: str) -> Bars:
    """How many incidents of the frame's place began when: one bar a day, or some days where there are very many."""
    start = every.start[every.inside(frame, time=False) & np.isfinite(every.start)]
    if not len(start):
        return []
    tz = ZoneInfo(zone)
    first, last = (datetime.fromtimestamp(float(edge), tz).date() for edge in (start.min(), start.max()))
    days = max(1, math.ceil(((last - first).days + 1) / MOST_BARS))
    count = math.ceil(((last - first).days + 1) / days)
    edges = [datetime.combine(first + timedelta(days=days * k), datetime.min.time(), tz) for k in range(count + 1)]
    counts = np.diff(
        np.searchsorted(start, [edge.timestamp() for edge in edges])
    )  # they stand in the order in which they began
    return [(a, b, int(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False)]


@lru_cache(maxsize=2)
def _coverage(folder: Path, agreement: int, entries: tuple[int, ...]) -> Coverage:
    """The coverage that the record holds, in the words of an agreement: it is read once."""
    record = Record(folder)
    inputs = Inputs(entry_of(record, agreement), tuple(entry_of(record, index) for index in entries))
    store = RecordStore(record)
    text = recorded_agreement(store, inputs)
    return read_coverage(store.contents(inputs).coverage, text.places, text.vocabulary, text.zone, text.id, text.actors)


def coverage_of(desk: Desk, head: models.Head) -> Coverage:
    """Who was looking, and who was shut out, as the record says it now."""
    found = _coverage_entries(desk, head.size, head.root, head.agreement)
    return Coverage() if found is None else _coverage(desk.record_folder, *found)


@lru_cache(maxsize=2)
def _coverage_entries(desk: Desk, size: int, root: str, agreement: str) -> tuple[int, tuple[int, ...]] | None:
    """Where agreement and coverage stand, asked once for each state of a mission's record."""
    found = inputs_of(desk, models.Head(agreement=agreement), "coverage")
    return None if found is None else (found.agreement.index, tuple(e.index for e in found.entries))


@dataclass(frozen=True)
class Drawn:
    """What lies on the map beside incidents: ``layers``: class, name and outline of each; ``watches`` that are drawn, each with the acts that it looks for;
    ``blind``: those of that time that are not, for they do not look for the act that was chosen; ``more``: how many layers were left off.
    """

    layers: list[tuple[str, str, Any]]
    watches: list[tuple[Watch, list[str]]]
    blind: list[Watch]
    more: int


def layers(coverage: Coverage, frame: Frame, asked: frozenset[str], kinds: frozenset[str] = frozenset()) -> Drawn:
    """Watches and gaps of the frame's time, as far as they were asked for.

    Args:
        coverage: as the record has it.
        frame: of which its time counts.
        asked: ``coverage``, ``denials``.
        kinds: the acts that were chosen; a watch that looks for none of them covers nothing here. None: any, and no
            watch is drawn.

    Returns:
        What is drawn.
    """
    out: list[tuple[str, str, Any]] = []

    def then(times: Any) -> bool:
        return any(
            (frame.end is None or t.start is None or t.start < frame.end)
            and (frame.start is None or t.end is None or t.end > frame.start)
            for t in times
        )

    there = [w for w in coverage.watches if then(w.times)]
    drawn = [w for w in there if not kinds or kinds & w.detects]
    hatched = kinds and "coverage" in asked  # who looks for one act alone would seem to look for all
    ids, watches = {w.id for w in drawn}, [(w, sorted(w.detects & kinds if kinds else w.detects)) for w in drawn]
    if hatched:
        out += [("seen", f"{w.who}: {w.means} ({w.place}): {', '.join(does)}", w.where) for w, does in watches]
    if "denials" in asked:
        gaps = [g for g in coverage.gaps if then(g.times) and (g.watches is None or not kinds or ids & set(g.watches))]
        out += [("shut", f"{g.kind}: {g.by} {g.reason}".strip(), g.where) for g in gaps]
    blind = [w for w in there if w.id not in ids]
    shown = [(of, name, None if where is None else cut(where)) for of, name, where in out[:MOST_LAYERS]]
    return Drawn(shown, watches, blind, max(0, len(out) - MOST_LAYERS))
