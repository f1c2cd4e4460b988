"""Time lines as SVG drawn by hand, and what maps share with them: they stand without script, print, and need no other file.

Nothing is told by colour alone: incidents have a shape by status, coverage a hatching, parties a lane.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from markupsafe import Markup, escape

from servanda.coverage import Measured
from servanda.values.reporting_day import ReportingDay
from servanda.values.time import Interval
from servanda.verdicts.findings_table import COUNTED, STATUSES, weighing
from servanda.wording import percent

WIDTH = 720
_LABEL = 15  # letters for which there is room left of a row
SHAPES = {
    "confirmed": "M-6,-6 L6,6 M-6,6 L6,-6",
    "excused": "M-5,-5 h10 v10 h-10 z",
    "open": "M0,-7 L7,0 L0,7 L-7,0 z",
    "alleged": "M5,0 a5,5 0 1,0 -10,0 a5,5 0 1,0 10,0",
    "below": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
    "private": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
    "set_aside": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
}
OWED = "M0,-6 L6,5 L-6,5 z"
"""The shape of what is owed (a delivery, a withdrawal), however it stands: it is nobody's breach."""
ORDER = tuple(reversed(STATUSES))


@dataclass(frozen=True)
class Mark:
    """An incident on a picture."""

    id: str
    status: str
    title: str
    lat: float | None
    lon: float | None
    start: datetime
    party: str
    acts: float = 0
    """How many acts it had at the least, where anybody counted them; 0: nobody did."""
    precision_m: float | None = None
    """The radius that holds its true place with 95 %."""
    owed: bool = False
    """Whether it falls under no ban and no cap, and so accuses nobody."""

    @property
    def css(self) -> str:
        """The class by which it is drawn."""
        return f"owed {self.status}" if self.owed else self.status


def hatchings(key: str) -> str:
    """The patterns of what was not watched; ``key`` keeps their ids apart."""
    return (
        f'<defs><pattern id="{key}-unseen" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="7" height="7" class="h0"/><line x1="0" y1="0" x2="0" y2="7" class="h1"/></pattern>'
        f'<pattern id="{key}-thin" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="14" height="14" class="h0"/><line x1="0" y1="0" x2="0" y2="14" class="h1"/></pattern></defs>'
    )


def svg_of(width: float, height: float, label: str, parts: Iterable[str], css: str = "") -> Markup:
    """A picture with its label for who cannot see it; one with links is a group, in which they are found."""
    drawn = "".join(map(str, parts))
    role, kind = "group" if "<a " in drawn else "img", f' class="{css}"' if css else ""
    return Markup(  # noqa: S704  every text in the parts was escaped where it was put in
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}"{kind} role="{role}" aria-label="{escape(label)}">{drawn}</svg>'
    )


class _TimeLine:
    """The time line of one term: rows under one another, on one axis of days or hours."""

    def __init__(self, day: ReportingDay, begin: datetime, finish: datetime, standard: float, key: str) -> None:
        self.zone, self.standard, self.key = day.zone, standard, key
        self.hourly = finish - begin <= timedelta(days=4)
        self.edges = _hours(begin.astimezone(day.zone), finish) if self.hourly else _days(begin, finish, day)
        self.left, self.right = 96, WIDTH - 8
        self.parts = [hatchings(key)]
        self.y = 8.0

    def x(self, moment: datetime) -> float:
        """Where an instant lies; what lies outside is put at the border."""
        begin, length = self.edges[0], (self.edges[-1] - self.edges[0]).total_seconds()
        return self.left + (self.right - self.left) * min(max((moment - begin).total_seconds() / length, 0), 1)

    def _label(self, text: str, y: float) -> None:
        """What a row is, left of it; what does not fit there is cut, and told in full to who points at it or has it read."""
        cut = text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
        full = f"<title>{escape(text)}</title>" if cut != text else ""
        self.parts.append(f'<text x="4" y="{y}">{full}{escape(cut)}</text>')

    def window(self, name: str, window: Interval) -> None:
        """When the term binds in one reading."""
        a, b, y = self.x(window.start or self.edges[0]), self.x(window.end or self.edges[-1]), self.y
        self._label(name or "in force", y + 10)
        self.parts.append(f'<path class="span" d="M{a:.1f},{y + 1}v12 M{a:.1f},{y + 7}H{b:.1f} M{b:.1f},{y + 1}v12"/>')
        self.y += 18

    def lanes(self, marks: Sequence[Mark], parties: Sequence[str]) -> None:
        """A lane per accused party, and one of incidents that are held or alleged against nobody by name."""
        if any(m.party == "" and m.status in COUNTED for m in marks):
            parties = list(dict.fromkeys((*parties, "")))
        lanes = {party: [m for m in marks if m.party == party and m.status in COUNTED] for party in parties}
        most = max([1.0, *(_most(self.edges, lane) for lane in lanes.values())])
        unit = "acts " if any(m.acts for lane in lanes.values() for m in lane) else ""
        for party, lane in lanes.items():
            y, per = self.y, "an hour" if self.hourly else "a day"
            self._label(party or ("author unknown" if any(parties) else "incidents"), y + 34)
            self.parts.append(f'<text class="small" x="4" y="{y + 48}">max {most:,.6g} {unit}{per}</text>')
            self.parts.append(_bars(self.edges, lane, self.x, y, 46, most))
            self.parts.append(f'<path class="axis" d="M{self.left},{y + 46}H{self.right}"/>')
            self.y += 56

    def coverage(self, name: str, measured: Measured | None) -> None:
        """How much of the place was watched; ``None``: nothing at any time."""
        y = self.y
        self._label(f"watched {name}".rstrip(), y + 12)
        nothing = [(self.edges[0], self.edges[-1], 0.0)]
        spells = measured.watched_over_time if measured and measured.seen.size else nothing
        for since, to, p in spells:
            if self.x(to) - self.x(since) < 0.05:
                continue
            css = "unseen" if p <= 0 else "thin" if p < 1 else "seen"
            fill = f' fill="url(#{self.key}-{css})"' if css != "seen" else ""
            self.parts.append(
                f'<rect class="{css}"{fill} x="{self.x(since):.1f}" y="{y}" width="{self.x(to) - self.x(since):.1f}" height="16">'
                f"<title>{percent(p)} of the place watched: {since.astimezone(self.zone):%d %b %H:%M} to {to.astimezone(self.zone):%d %b %H:%M}</title></rect>"
            )
        self.y += 22

    def ticks(self) -> None:
        """Dates along the axis, over the height of all rows."""
        for moment, text in _ticks(self.edges, self.zone, self.hourly):
            x = self.x(moment)
            if x <= self.right - 62:
                self.parts.append(f'<path class="tick" d="M{x:.1f},4V{self.y}"/>')
                self.parts.append(f'<text class="small" x="{x + 2:.1f}" y="{self.y + 11}">{text}</text>')


def draw_time(
    day: ReportingDay,
    windows: Sequence[tuple[str, Interval]],
    measured: Sequence[tuple[str, Measured | None]],
    standard: float,
    marks: Sequence[Mark],
    parties: Sequence[str],
    key: str,
) -> Markup:
    """Incidents per reporting day (or hour) in a lane per accused party, over the windows of the readings and the coverage; where acts
    were counted, how many at the least, and one for an incident without a number.
    """
    inside = [m.start for m in marks if m.status in COUNTED]
    starts = [w.start for _, w in windows if w.start] + inside
    ends = [w.end for _, w in windows if w.end] + [start + timedelta(hours=1) for start in inside]
    if not starts or not ends or not timedelta() < max(ends) - min(starts) <= timedelta(days=3660):
        return Markup("")
    line = _TimeLine(day, min(starts), max(ends), standard, key)
    for name, window in windows:
        line.window(name, window)
    line.lanes(marks, parties)
    if all(coverage is None or not coverage.probability for _, coverage in measured):
        measured = [("", None)]
    for name, coverage in measured:
        line.coverage(name, coverage)
    line.ticks()
    return svg_of(WIDTH, line.y + 16, "Incidents over time, the windows in force and the coverage", line.parts)


def _hours(begin: datetime, finish: datetime) -> list[datetime]:
    edges = [begin.replace(minute=0, second=0, microsecond=0)]
    while edges[-1] < finish:
        edges.append(edges[-1] + timedelta(hours=1))
    return edges


def _days(begin: datetime, finish: datetime, day: ReportingDay) -> list[datetime]:
    dates, last = [day.day_of(begin)], day.day_of(finish - timedelta(microseconds=1))
    while dates[-1] < last:
        dates.append(dates[-1] + timedelta(days=1))
    windows = [day.window(date) for date in dates]
    edges = (windows[0].start, *(w.end for w in windows))
    return [edge.astimezone(day.zone) for edge in edges if edge is not None]


def _weight(marks: Iterable[Mark]) -> float:
    """How many acts some incidents had; where nobody counted them, how many incidents."""
    return sum(m.acts or 1 for m in marks)


def _most(edges: Sequence[datetime], marks: Sequence[Mark]) -> float:
    counts = _binned(edges, [m for m in marks if m.status in COUNTED])
    return max((_weight(c) for c in counts.values()), default=0)


def _binned(edges: Sequence[datetime], marks: Sequence[Mark]) -> dict[int, list[Mark]]:
    instants = np.array([e.timestamp() for e in edges])
    out: dict[int, list[Mark]] = {}
    for mark in marks:
        n = int(np.searchsorted(instants, mark.start.timestamp(), side="right")) - 1
        if 0 <= n < len(edges) - 1:
            out.setdefault(n, []).append(mark)
    return out


def _bars(
    edges: Sequence[datetime],
    marks: Sequence[Mark],
    x: Callable[[datetime], float],
    y: float,
    height: float,
    most: float,
) -> str:
    drawn = []
    for n, within in sorted(_binned(edges, marks).items()):
        base = y + height
        for status in reversed(ORDER):
            same = [m for m in within if m.status == status]
            count = _weight(same)
            if not same:
                continue
            tall = height * count / most
            base -= tall
            a, b = x(edges[n]), x(edges[n + 1])
            drawn.append(
                f'<rect class="bar {"owed " * all(m.owed for m in same)}{status}" x="{a + 0.5:.1f}" y="{base:.1f}" width="{max(b - a - 1, 0.6):.1f}" height="{tall:.1f}">'
                f"<title>{edges[n]:%d %b %Y %H:%M}: {count:,.6g} {status}</title></rect>"
            )
    return "".join(drawn)


def _ticks(edges: Sequence[datetime], zone: ZoneInfo, hourly: bool) -> list[tuple[datetime, str]]:
    """Some eight marks along the time axis."""
    step = max(1, math.ceil(len(edges) / 8))
    pattern = "%d %b %H:%M" if hourly else "%d %b"
    return [(edge, edge.astimezone(zone).strftime(pattern)) for edge in edges[:-1:step]]


def marks_of(findings: pl.DataFrame, incidents: pl.DataFrame, acts: pl.DataFrame | None = None) -> list[Mark]:
    """Marks for the findings of one term: each incident once per party, with its weightiest status; with how many acts it had, where they
    were all counted in one unit.
    """
    rank = pl.col("status").replace_strict({s: n for n, s in enumerate(reversed(ORDER))}, return_dtype=pl.Int8)
    drawn = weighing(findings.join(incidents, on="incident", how="semi", maintain_order="left"))
    best = drawn.with_columns(rank=rank).sort("rank").unique(["incident", "party"], keep="first", maintain_order=True)
    rows = best.join(incidents, on="incident", how="inner").sort("incident", "party")
    many: dict[tuple[str, str | None], float] = {}
    if acts is not None and acts["unit"].n_unique() == 1:
        each = acts.group_by("incident", "party").agg(pl.col("least").max())
        many = {(incident, party): least for incident, party, least in each.iter_rows()}
    columns = ("incident", "status", "place_name", "lat", "lon", "start", "party", "precision_m", "owed")
    return [
        Mark(
            row["incident"],
            row["status"],
            f"{row['incident']}: {row['place_name'] or 'place not named'} ({row['status']}{_by(row)})",
            row["lat"],
            row["lon"],
            row["start"],
            row["party"] or "",
            many.get((row["incident"], row["party"]), 0),
            row["precision_m"],
            row["owed"],
        )
        for row in rows.select(columns).iter_rows(named=True)
    ]


def _by(row: Mapping[str, Any]) -> str:
    """Whose it is said to be; nobody is accused of what is owed."""
    return f", {'by' if row['owed'] else 'accused'}: {row['party']}" if row["party"] else ""


__all__ = ["Mark", "draw_time", "marks_of"]
