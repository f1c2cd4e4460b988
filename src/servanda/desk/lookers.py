"""Who could have seen an incident: watches that were on at its time and place, what they look for, and who was shut out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from servanda.coverage import Coverage
from servanda.desk import models
from servanda.values.geo.meridian import cut
from servanda.values.geo.shapes import circle
from servanda.values.names import name_key
from servanda.values.time import Interval

Part = Literal["all", "some"]
MOST = 50
_POINT = 10.0  # metres of a point that says nothing of its doubt


@dataclass(frozen=True)
class Looker:
    """One watch. ``time`` and ``place``: whether it was on in all or in some of the incident's time, and of the ground on which it may lie.

    ``looks_for``: whether it sees all or some acts of this kind, or none. ``chance``: the declared probability that it sees one. ``told``: whether its source reported this
    incident. ``shut``: what took it away in that time, there.
    """

    who: str
    means: str
    site: str
    side: str
    time: Part
    place: Part
    looks_for: Part | None
    chance: float
    told: bool
    shut: tuple[str, ...]


@dataclass(frozen=True)
class Shut:
    """Who was kept out, or had failed, there and then."""

    kind: str
    by: str
    site: str
    reason: str


@dataclass(frozen=True)
class Seen:
    """All of them. ``more``: how many were left off. ``start`` and ``end``: the time that is meant; ``None`` where no report says when."""

    lookers: tuple[Looker, ...]
    shut: tuple[Shut, ...]
    more: int
    start: datetime | None
    end: datetime | None


def who_could_have_seen(coverage: Coverage, kinds: frozenset[str], reports: Sequence[models.Report]) -> Seen:
    """Who was looking where and when an incident may lie.

    Args:
        coverage: of the mission, as its record has it.
        kinds: the codes of what it is, and of all that falls under it.
        reports: of the incident; together they say from when to when, and on which ground, it may lie.

    Returns:
        Those who were surely looking first; nobody where no report says when. Nothing here says that the act would have been reported.
    """
    starts = [r.start for r in reports if r.start is not None]
    if not starts:
        return Seen((), (), 0, None, None)
    start = min(starts)
    end = max([*(r.end for r in reports if r.end is not None), *starts]) + timedelta(seconds=1)
    when, ground = Interval(start, end), _ground(reports)
    said = {name_key(r.said.get("source", "")) for r in reports}
    gaps = [(g, _time(g.times, when), _place(g.where, ground)) for g in coverage.gaps]
    there = [g for g, time, place in gaps if time and place]
    found = []
    for w in coverage.watches:
        time, place = _time(w.times, when), _place(w.where, ground)
        if time is None or place is None:
            continue
        shut = tuple(f"{g.kind}: {g.reason or g.by}" for g in there if g.watches is None or w.id in g.watches)
        told = name_key(w.reports_as) in said
        looks_for: Part | None = "all" if kinds <= w.detects else "some" if kinds & w.detects else None
        found.append(Looker(w.who, w.means, w.place, w.side or "", time, place, looks_for, w.probability, told, shut))
    found.sort(
        key=lambda s: (
            s.looks_for is None,
            s.looks_for != "all",
            s.place != "all",
            s.time != "all",
            bool(s.shut),
            -s.chance,
            s.who,
        )
    )
    out = tuple(Shut(g.kind, g.by, g.place, g.reason) for g in there[:MOST])
    return Seen(tuple(found[:MOST]), out, max(0, len(found) - MOST), start, end)


def _ground(reports: Sequence[models.Report]) -> BaseGeometry | None:
    """The circles of all reports that say where, in degrees within 180."""
    rounds = [
        cut(circle(r.lon, r.lat, max(r.precision_m or 0.0, _POINT)))
        for r in reports
        if r.lat is not None and r.lon is not None
    ]
    return shapely.union_all(rounds) if rounds else None


def _time(times: Sequence[Interval], when: Interval) -> Part | None:
    parts = [t.intersection(when) for t in times]
    parts = [p for p in parts if not p.is_empty]
    if not parts:
        return None
    return "all" if any(p.start == when.start and p.end == when.end for p in parts) else "some"


def _place(where: BaseGeometry | None, ground: BaseGeometry | None) -> Part | None:
    if where is None:
        return "all"
    if ground is None:
        return "some"
    where = cut(where)
    return "all" if where.covers(ground) else "some" if where.intersects(ground) else None
