"""The plain evaluator: the definitions of ``docs/verdicts.md`` in loops, to be read beside them.

It is slow and shares no code with the engine but the agreement's own data, the cells that coverage is defined on, and the
projection. The tests compare the two.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import shapely
from pyproj import Geod

from servanda.agreement import Agreement, Exemption, Pattern
from servanda.agreement.model import CONSENT
from servanda.coverage import Cells, Coverage
from servanda.values.geo.shapes import AllOf, AnyOf, Area, Disc, Line, Near, Not, Place, Side
from servanda.values.time import Interval
from servanda.values.weapons import CLASSES

GEOD = Geod(ellps="WGS84")
Report = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What is looked for: a pattern in a window, whose doing (``None``: whoever's), confirmed by which voice."""

    pattern: Pattern
    window: Interval
    binds: tuple[str, ...] | None
    voice: str
    exemptions: tuple[Exemption, ...] = ()


# -- place ------------------------------------------------------------------------------------------------


def metres_to(frame: Any, geometry: Any, lat: float, lon: float) -> float:
    """Geodesic metres to the nearest point of a projected geometry, as the projection finds it."""
    x, y = frame.to_xy([lon], [lat])
    foot = shapely.get_coordinates(shapely.shortest_line(shapely.Point(x[0], y[0]), geometry))[-1]
    to_lon, to_lat = frame.to_lonlat([foot[0]], [foot[1]])
    return GEOD.inv(lon, lat, to_lon[0], to_lat[0])[2]


def signed_distance(place: Place, lat: float, lon: float) -> float:
    """Metres inside (+) or outside (-) a place."""
    if isinstance(place, Disc):
        return place.metres - GEOD.inv(lon, lat, place.lon, place.lat)[2]
    if isinstance(place, Area):
        shape = place.frame.project(place.geometry)
        x, y = place.frame.to_xy([lon], [lat])
        inside = shapely.contains_xy(shape, x[0], y[0])
        return metres_to(place.frame, shape.boundary, lat, lon) * (1 if inside else -1)
    if isinstance(place, Line):
        return -metres_to(place.frame, place.frame.project(place.geometry), lat, lon)
    if isinstance(place, Near):
        return place.metres + signed_distance(place.of, lat, lon)
    if isinstance(place, Side):
        frame = place.of.frame
        x, y = frame.to_xy([lon], [lat])
        line = place.of.run_on
        west, south, east, north = line.bounds
        left = shapely.Polygon([*line.coords, *_around(line, (west, south, east, north))])
        on_left = shapely.contains_xy(left, x[0], y[0])
        return metres_to(frame, line, lat, lon) * (1 if on_left == (place.side == place.of.left) else -1)
    if isinstance(place, AllOf):
        return min(signed_distance(part, lat, lon) for part in place.places)
    if isinstance(place, AnyOf):
        return max(signed_distance(part, lat, lon) for part in place.places)
    if isinstance(place, Not):
        return -signed_distance(place.place, lat, lon)
    raise TypeError(place)


def _around(line: Any, bounds: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Two far corners that close a polygon to the left of a line that runs roughly straight."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    normal = (-(y1 - y0) / length * 2e6, (x1 - x0) / length * 2e6)
    return [(x1 + normal[0], y1 + normal[1]), (x0 + normal[0], y0 + normal[1])]


def in_place(agreement: Agreement, pattern: Pattern, report: Report) -> float:
    """The probability that a report's event lies in the pattern's place."""
    if pattern.place is None:
        return 1.0
    if report["lat"] is None:
        return 0.05
    distance = signed_distance(agreement.places[pattern.place], report["lat"], report["lon"])
    sigma = report["precision_m"] / math.sqrt(-2 * math.log(0.05))
    if sigma == 0:
        return 1.0 if distance >= 0 else 0.0
    z = round(distance / sigma, 4)
    p = 0.5 * (1 + math.erf(z / math.sqrt(2)))
    if abs(z) >= 4:
        p = 1.0 if z > 0 else 0.0
    area = abs(GEOD.geometry_area_perimeter(agreement.places[pattern.place].outline())[0])
    return min(p, math.floor(1e6 * min(1.0, area / (2 * math.pi * sigma**2))) / 1e6)


# -- time -------------------------------------------------------------------------------------------------


def in_window(window: Interval, report: Report) -> float:
    """The share of a report's interval that lies in a window; an instant lies in it or not."""
    start, end = report["start"], report["end"]
    low = window.start or start - timedelta(days=1)
    high = window.end or end + timedelta(days=1)
    if start == end:
        return 1.0 if low <= start < high else 0.0
    return max(0.0, (min(end, high) - max(start, low)) / (end - start))


# -- match ------------------------------------------------------------------------------------------------


def level(agreement: Agreement, pattern: Pattern, report: Report) -> int:
    """2: surely the pattern's act, target, weapon and force; 1: possibly; 0: not."""
    if report["quantity"] == 0:
        return 0  # none of it is no act
    act = 2 if report["act"] in pattern.acts else 1 if report["act"] in pattern.acts_above else 0
    if pattern.targets is not None:
        if report["target"] is None:
            target = 1
        else:
            target = 2 if report["target"] in pattern.targets else 1 if report["target"] in pattern.targets_above else 0
        act = min(act, target)
    if pattern.weapon is not None:
        act = min(act, weapon_level(agreement, pattern.weapon, report["weapon"]))
    if pattern.force is not None:
        whose = [report[c] for c in ("nationality", "command", "payroll")]
        state, states = pattern.force.foreign_to, pattern.force.states
        hit = any(w is not None and (w != state if state else w in states) for w in whose)
        act = min(act, 2 if hit else 1 if None in whose else 0)
    return act


def weapon_level(agreement: Agreement, wanted: Any, name: str | None) -> int:
    """The same for a named weapon; which system or class a name means is the agreement's own data."""
    if name is None:
        return 1
    found = agreement.vocabulary.weapons.identify(name)
    above = {"weapon"}
    here: str | None = found.of
    while here is not None:
        above.add(here)
        here = CLASSES[here]
    best = 0
    for one in wanted.names:
        best = max(best, 2 if one in above else 1 if _lies_under(one, found.of) else 0)
    for bound, value in ((wanted.calibre, found.calibre_mm), (wanted.range, found.range_km)):
        if bound is not None:
            number = float(re.search(r"[\d.]+", str(bound))[0])  # type: ignore[index]
            holds = value is not None and {">=": value >= number, "<=": value <= number}[bound.sign]
            best = min(best, 1 if value is None else 2 if holds else 0)
    return best


def _lies_under(code: str, other: str) -> bool:
    here: str | None = code
    while here is not None:
        if here == other:
            return True
        here = CLASSES[here]
    return False


EVENT = ("start", "end", "lat", "lon", "place_name", "act", "target", "weapon", "actor")
EVENT += ("toward", "quantity", "nationality", "command", "payroll", "answers")


def incident_of(report: Report) -> Any:
    """What groups reports into incidents: their id, or who says exactly what."""
    return report["incident_id"] or (report["origin"], *version_of(report))


def version_of(report: Report) -> Any:
    return (*(report[c] for c in EVENT), report["precision_m"])


def accuses(agreement: Agreement, report: Report) -> bool:
    """Whether a denial blames somebody who can act, and is not its own side (hearsay has no side)."""
    own = report["side"] if report["directness"] > 0 else None
    return report["stance"] == "denies" and report["actor"] in agreement.actors and report["actor"] != own


def first_hand(agreement: Agreement, report: Report) -> bool:
    return (
        report["directness"] > 0
        and report["kind"] == "observation"
        and report["side"] == "none"
        and report["reliability"] in agreement.mandate.grades
    )


class Origin:
    """All that one origin says of one incident, under what is looked for."""

    def __init__(self, agreement: Agreement, look: Look, mine: list[Report]) -> None:
        asserting = [r for r in mine if r["stance"] in ("asserts", "confirms")]
        accusing = [r for r in mine if accuses(agreement, r)]
        best = max((r["directness"] for r in asserting + accusing), default=0)
        held = {version_of(r) for r in asserting + accusing if r["directness"] == best}
        asserting = [r for r in asserting if version_of(r) in held]
        accusing = [r for r in accusing if version_of(r) in held]
        probability: dict[Any, float] = {}
        surely: dict[Any, float] = {}
        self.under: list[Report] = []
        # that a deed was not done accuses nobody of having done it
        for report in asserting + (accusing if look.voice == "act" else []):
            here = level(agreement, look.pattern, report)
            p = in_window(look.window, report) * in_place(agreement, look.pattern, report) if here else 0.0
            p = round(p * 1e6) / 1e6
            if p > 0:
                probability[version_of(report)] = p
                sure = p if here == 2 and report["stance"] != "denies" else 0.0
                surely[version_of(report)] = max(sure, surely.get(version_of(report), 0.0))
                self.under.append(report)
        named = bool(mine[0]["incident_id"])
        versions = {version_of(r) for r in asserting + accusing} if named else set(probability)
        count = len(versions) if versions else len(probability)
        self.p = sum(probability.values()) / count if probability else 0.0
        self.p_sure = sum(surely.values()) / count if probability else 0.0
        sides = {r["side"] for r in self.under if r["directness"] > 0}
        self.side = sides.pop() if len(sides) == 1 else None
        self.first_hand = any(first_hand(agreement, r) for r in self.under) and self.side == "none"
        self.names = {r["actor"] for r in self.under if r["actor"] in agreement.actors}


def confirmed(
    agreement: Agreement, look: Look, origins: list[Origin], party: str | None, contested: bool, threshold: float
) -> str | None:
    """By what the mandate's rule is met by these origins, if it is."""
    mandate = agreement.mandate
    enough = [o for o in origins if o.p_sure >= threshold and o.under]
    if party is not None:
        enough = [o for o in enough if o.names == {party}]
    if not contested:
        if mandate.by_observation and any(o.first_hand for o in enough):
            return "observation"
        if mandate.origins and sum(o.side == "none" for o in enough) >= mandate.origins:
            return "origins"
    if not mandate.admission or party is None or look.voice == "mark":
        return None
    if look.voice == "act":
        return "admission" if any(o.side == party for o in enough) else None
    others = {p for p in agreement.parties if p != party}
    heard = {o.side for o in enough} & others
    return "admission" if heard and heard == others else None


def excused(agreement: Agreement, look: Look, mine: list[Report], party: str | None) -> bool:
    """Whether every precondition of some exception is shown for an incident."""
    mandate = agreement.mandate
    said = [r for r in mine if r["shows"] and r["stance"] in ("asserts", "confirms")]

    def shown(needed: str) -> bool:
        here = [r for r in said if needed in [s.strip() for s in r["shows"].split(";")]]
        if mandate.by_observation and any(first_hand(agreement, r) for r in here):
            return True
        if (
            mandate.origins
            and len({r["origin"] for r in here if r["side"] == "none" and r["directness"] > 0}) >= mandate.origins
        ):
            return True
        if needed.startswith(CONSENT):
            grantor = needed.removeprefix(CONSENT)
            return mandate.admission and any(r["side"] == grantor and r["directness"] > 0 for r in here)
        other = {p for p in agreement.parties if p != party}
        heard = {r["side"] for r in here if r["directness"] > 0} & other
        return party is not None and mandate.admission and bool(heard) and heard == other

    return any(all(shown(needed) for needed in exemption.only_if) for exemption in look.exemptions)


# -- coverage ---------------------------------------------------------------------------------------------


class Seen:
    """Coverage by cell and spell, in loops."""

    def __init__(self, agreement: Agreement, pattern: Pattern, coverage: Coverage, window: Interval) -> None:
        place = agreement.places[pattern.place] if pattern.place else None
        self.cells = Cells.of(agreement.frame, place.outline() if place else None)
        self.covered = {
            id(thing): self.cells.covered(thing.where, gap=thing in coverage.gaps)
            for thing in (*coverage.watches, *coverage.gaps)
        }
        self.spells: list[tuple[datetime, datetime]] = []
        self.probability = 0.0
        self.least: list[list[float]] = []
        self.worst: list[list[float]] = []
        if window.start is None or window.end is None or window.is_empty:
            return
        edges = {window.start, window.end}
        for thing in (*coverage.watches, *coverage.gaps):
            for spell in thing.times:
                edges |= {t for t in (spell.start, spell.end) if window.start < t < window.end}
        self.spells = list(pairwise(sorted(edges)))
        best = None
        for kind in sorted(agreement.vocabulary.acts.leaves(pattern.act_codes)):
            seen = [
                [self._one(coverage, kind, cell, since) for cell in range(len(self.cells.share))]
                for since, _ in self.spells
            ]
            seconds = [(to - since).total_seconds() for since, to in self.spells]
            mean = sum(
                s / sum(seconds) * p * share
                for s, row in zip(seconds, seen, strict=True)
                for p, share in zip(row, self.cells.share, strict=True)
            )
            if best is None or round(mean, 6) < best:
                best, self.worst = round(mean, 6), seen
            if self.least:
                seen = [[min(a, b) for a, b in zip(x, y, strict=True)] for x, y in zip(self.least, seen, strict=True)]
            self.least = seen
        self.probability = best or 0.0

    def _one(self, coverage: Coverage, kind: str, cell: int, at: datetime) -> float:
        unseen = 1.0
        for watch in coverage.watches:
            if kind in watch.detects and any(s.start <= at < s.end for s in watch.times):
                p = watch.probability * self.covered[id(watch)][cell]
                for gap in coverage.gaps:
                    if (gap.watches is None or watch.id in gap.watches) and any(
                        s.start <= at < s.end for s in gap.times
                    ):
                        p *= 1 - gap.share * self.covered[id(gap)][cell]
                unseen *= 1 - p
        return 1 - unseen

    def mean(self, start: datetime, end: datetime) -> float:
        """The mean coverage between two instants, of the least covered kind; what was not measured counts as 0."""
        if not self.spells or end <= start:
            return 0.0
        total = 0.0
        for (since, to), row in zip(self.spells, self.worst, strict=True):
            part = (min(to, end) - max(since, start)).total_seconds()
            total += max(part, 0) * sum(p * share for p, share in zip(row, self.cells.share, strict=True))
        return round(total / (end - start).total_seconds(), 6)

    def least_around(self, report: Report) -> float:
        """The least coverage anywhere within a report's precision at any time it names."""
        frame = self.cells.frame
        if frame is not None and report["lat"] is None:
            return 0.0
        if frame is None:
            near = [0]
        else:
            x, y = frame.to_xy([report["lon"]], [report["lat"]])
            point = shapely.Point(x[0], y[0])
            near = [
                n
                for n, cell in enumerate(self.cells.metres)
                if shapely.distance(cell, point) <= max(report["precision_m"], 1.0)
            ]
        start, end = report["start"], max(report["end"], report["start"] + timedelta(microseconds=1))
        rows = [n for n, (since, to) in enumerate(self.spells) if since < end and start < to]
        return min((self.least[row][cell] for row in rows for cell in near), default=0.0)


# -- incidents under what is looked for -------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What one incident is under one look, about one party (``None``: whoever)."""

    key: Any
    status: str  # confirmed, excused, alleged, below; open rows come beside
    by: str | None
    reports: tuple[Report, ...]  # those that fall under the look


class World:
    """Reports by incident, with what was retracted left out and what is contested noted."""

    def __init__(self, agreement: Agreement, rows: list[Report], as_of: datetime | None) -> None:
        self.agreement = agreement
        if as_of is not None:
            rows = [r for r in rows if r["known_at"] <= as_of]
        if not agreement.mandate.attribution:
            rows = [{**r, "actor": None if r["actor"] in agreement.parties else r["actor"]} for r in rows]
        retracted = {(incident_of(r), r["origin"]) for r in rows if r["stance"] == "retracts" and r["directness"] > 0}
        speaking = [r for r in rows if r["stance"] != "retracts" and (incident_of(r), r["origin"]) not in retracted]
        self.contested = {incident_of(r) for r in speaking if r["stance"] == "denies" and first_hand(agreement, r)}
        self.incidents: dict[Any, list[Report]] = defaultdict(list)
        for report in speaking:
            self.incidents[incident_of(report)].append(report)

    def look(self, look: Look, party: str | None) -> list[Found]:
        """Every incident under a look, as it bears on a party; open ones last, beside what they are else."""
        agreement = self.agreement
        threshold = agreement.mandate.threshold / 1e6
        doubt = min(0.05, threshold)
        nameless = look.binds is None
        out: list[Found] = []
        open_: list[Found] = []
        for key, mine in self.incidents.items():
            by_origin: dict[str, list[Report]] = defaultdict(list)
            for report in mine:
                by_origin[report["origin"]].append(report)
            origins = [Origin(agreement, look, said) for said in by_origin.values()]
            origins = [o for o in origins if o.under]
            if not origins:
                continue
            doubted = key in self.contested
            rows = tuple(self._under(look, mine))
            accusing = origins if nameless else [o for o in origins if party in o.names]
            owned = not nameless and any(
                confirmed(agreement, look, [o for o in origins if p in o.names], p, doubted, threshold)
                for p in agreement.actors
            )
            by = confirmed(agreement, look, accusing, None if nameless else party, doubted, threshold)
            if by:
                pardoned = excused(agreement, look, mine, None if nameless else party)
                out.append(Found(key, "excused" if pardoned else "confirmed", by, rows))
                continue
            if any(o.p >= threshold for o in accusing):
                out.append(Found(key, "alleged", None, rows))
            elif any(o.p >= 0.05 for o in accusing):
                out.append(Found(key, "below", None, rows))
            told = any(o.side == "none" and o.p >= threshold for o in origins)
            could = confirmed(agreement, look, origins, None, doubted, doubt)
            if nameless:
                if told or (could and not any(o.p >= threshold for o in accusing)):
                    open_.append(Found(key, "open", None, rows))
            elif not owned and (
                told
                or could
                or any(
                    confirmed(agreement, look, [o for o in origins if p in o.names], p, doubted, doubt)
                    for p in agreement.actors
                )
            ):
                open_.append(Found(key, "open", None, rows))
        return out + open_

    def _under(self, look: Look, mine: list[Report]) -> list[Report]:
        """The reports that fall under a look, in whatever version."""
        out = []
        for report in mine:
            speaks = report["stance"] in ("asserts", "confirms")
            speaks |= look.voice == "act" and accuses(self.agreement, report)
            if speaks and level(self.agreement, look.pattern, report):
                p = in_window(look.window, report) * in_place(self.agreement, look.pattern, report)
                if round(p * 1e6) > 0:
                    out.append(report)
        return out

    def answered(self, found: Found, seen: Seen, within: Interval | None = None) -> bool:
        """Whether everything asserted of it (within an interval) was watched to the standard, and nobody saw it."""
        watched = [r for r in self.incidents[found.key] if r["stance"] in ("asserts", "confirms")]
        if within is not None and within.start is not None and within.end is not None:
            low, high = within.start, within.end
            watched = [
                {**r, "start": min(max(r["start"], low), high), "end": min(max(r["end"], low), high)} for r in watched
            ]
        # an accusation made by denying has no report of its own to be answered
        standard = self.agreement.mandate.detection
        return bool(watched) and seen.probability >= standard and min(map(seen.least_around, watched)) >= standard
