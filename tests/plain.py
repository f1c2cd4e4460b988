"""The plain evaluator: the definitions of ``docs/verdicts.md`` in loops, to be read beside them.

It is slow and shares no code with the engine but the agreement's own data, the cells that coverage is defined on, and the
projection. The tests compare the two.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import shapely
from pyproj import Geod

from servanda.agreement import Agreement, Forbid
from servanda.coverage import Cells, Coverage
from servanda.values.space import AllOf, AnyOf, Area, Disc, Line, Near, Not, Place, Side
from servanda.values.time import Interval

GEOD = Geod(ellps="WGS84")
Report = dict[str, Any]


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


def in_place(agreement: Agreement, term: Forbid, report: Report) -> float:
    """The probability that a report's event lies in the term's place."""
    if term.place is None:
        return 1.0
    if report["lat"] is None:
        return 0.05
    distance = signed_distance(agreement.places[term.place], report["lat"], report["lon"])
    sigma = report["precision_m"] / math.sqrt(-2 * math.log(0.05))
    if sigma == 0:
        return 1.0 if distance >= 0 else 0.0
    z = round(distance / sigma, 4)
    p = 0.5 * (1 + math.erf(z / math.sqrt(2)))
    if abs(z) >= 4:
        p = 1.0 if z > 0 else 0.0
    area = abs(GEOD.geometry_area_perimeter(agreement.places[term.place].outline())[0])
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


def level(term: Forbid, report: Report) -> int:
    """2: surely the term's act and target; 1: possibly; 0: not."""
    act = 2 if report["act"] in term.acts else 1 if report["act"] in term.acts_above else 0
    if term.targets is None:
        return act
    if report["target"] is None:
        return min(act, 1)
    target = 2 if report["target"] in term.targets else 1 if report["target"] in term.targets_above else 0
    return min(act, target)


EVENT = ("start", "end", "lat", "lon", "place_name", "act", "target", "weapon", "actor")


def incident_of(report: Report) -> Any:
    """What groups reports into incidents: their id, or who says exactly what."""
    return report["incident_id"] or (report["origin"], *version_of(report))


def version_of(report: Report) -> Any:
    return (*(report[c] for c in EVENT), report["precision_m"])


def accuses(agreement: Agreement, report: Report) -> bool:
    """Whether a denial blames somebody: a party, and not its own side (hearsay has no side)."""
    own = report["side"] if report["directness"] > 0 else None
    return report["stance"] == "denies" and report["actor"] in agreement.parties and report["actor"] != own


def first_hand(agreement: Agreement, report: Report) -> bool:
    return (
        report["directness"] > 0
        and report["kind"] == "observation"
        and report["side"] == "none"
        and report["reliability"] in agreement.mandate.grades
    )


class Origin:
    """All that one origin says of one incident, under one term."""

    def __init__(self, agreement: Agreement, term: Forbid, mine: list[Report]) -> None:
        asserting = [r for r in mine if r["stance"] in ("asserts", "confirms")]
        accusing = [r for r in mine if accuses(agreement, r)]
        best = max((r["directness"] for r in asserting + accusing), default=0)
        held = {version_of(r) for r in asserting + accusing if r["directness"] == best}
        asserting = [r for r in asserting if version_of(r) in held]
        accusing = [r for r in accusing if version_of(r) in held]
        probability: dict[Any, float] = {}
        surely: dict[Any, float] = {}
        self.under: list[Report] = []
        for report in asserting + accusing:
            here = level(term, report)
            p = in_window(term.window, report) * in_place(agreement, term, report) if here else 0.0
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
        self.names = {r["actor"] for r in self.under if r["actor"] in agreement.parties}


def confirmed(
    agreement: Agreement, origins: list[Origin], party: str | None, contested: bool, threshold: float
) -> bool:
    """Whether the mandate's rule is met by these origins."""
    mandate = agreement.mandate
    enough = [o for o in origins if o.p_sure >= threshold and o.under]
    if party is not None:
        enough = [o for o in enough if o.names == {party}]
    if not contested:
        if mandate.by_observation and any(o.first_hand for o in enough):
            return True
        if mandate.origins and sum(o.side == "none" for o in enough) >= mandate.origins:
            return True
    return mandate.admission and party is not None and any(o.side == party for o in enough)


def excused(agreement: Agreement, term: Forbid, mine: list[Report], party: str | None) -> bool:
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
        other = [p for p in agreement.parties if p != party]
        return party is not None and mandate.admission and any(r["side"] in other and r["directness"] > 0 for r in here)

    return any(all(shown(needed) for needed in exemption.only_if) for exemption in term.exemptions)


# -- coverage ---------------------------------------------------------------------------------------------


class Seen:
    """Coverage by cell and spell, in loops."""

    def __init__(self, agreement: Agreement, term: Forbid, coverage: Coverage, window: Interval) -> None:
        place = agreement.places[term.place] if term.place else None
        self.cells = Cells.of(agreement.frame, place.outline() if place else None)
        self.covered = {
            id(thing): self.cells.covered(thing.where, gap=thing in coverage.gaps)
            for thing in (*coverage.watches, *coverage.gaps)
        }
        self.spells: list[tuple[datetime, datetime]] = []
        self.probability = 0.0
        self.least: list[list[float]] = []
        if window.start is None or window.end is None or window.is_empty:
            return
        edges = {window.start, window.end}
        for thing in (*coverage.watches, *coverage.gaps):
            for spell in thing.times:
                edges |= {t for t in (spell.start, spell.end) if window.start < t < window.end}
        self.spells = list(pairwise(sorted(edges)))
        best = None
        for kind in sorted(agreement.vocabulary.acts.leaves(term.act_codes)):
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
                best = round(mean, 6)
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


# -- verdicts ---------------------------------------------------------------------------------------------


def evaluate(
    agreement: Agreement, rows: list[Report], coverage: Coverage, as_of: datetime | None = None
) -> dict[tuple[str, str | None, str | None], tuple[str, int, int, int]]:
    """For each term, party and reading: verdict, confirmed, alleged, excused."""
    if as_of is not None:
        rows = [r for r in rows if r["known_at"] <= as_of]
        coverage = coverage.known_by(as_of)
    if not agreement.mandate.attribution:
        rows = [{**r, "actor": None} for r in rows]
    retracted = {(incident_of(r), r["origin"]) for r in rows if r["stance"] == "retracts" and r["directness"] > 0}
    speaking = [r for r in rows if r["stance"] != "retracts" and (incident_of(r), r["origin"]) not in retracted]
    contested = {incident_of(r) for r in speaking if r["stance"] == "denies" and first_hand(agreement, r)}
    incidents: dict[Any, list[Report]] = defaultdict(list)
    for report in speaking:
        incidents[incident_of(report)].append(report)
    out = {}
    for text in agreement.texts:
        for term in text.terms:
            window = term.window
            if as_of is not None:
                window = window.intersection(Interval(None, as_of))
            seen = Seen(agreement, term, coverage, window)
            bound: list[str | None] = list(term.binds) if agreement.mandate.attribution else [None]
            tally = {party: _tally(agreement, term, party, incidents, contested, seen) for party in bound}
            for party in bound:
                hits, charges, pardons, unanswered, open_ = tally[party]
                if term.window.is_empty or (
                    as_of is not None and term.window.start is not None and as_of < term.window.start
                ):
                    out[(term.id, party, text.reading)] = ("not_in_force", 0, 0, 0)
                    continue
                if hits:
                    word = "breached"
                elif pardons:
                    word = "excused"
                elif not open_ and seen.probability >= agreement.mandate.detection and not unanswered:
                    word = "complied"
                else:
                    word = "undetermined"
                out[(term.id, party, text.reading)] = (word, hits, charges, pardons)
    return out


def _tally(
    agreement: Agreement,
    term: Forbid,
    party: str | None,
    incidents: dict[Any, list[Report]],
    contested: set[Any],
    seen: Seen,
) -> tuple[int, int, int, int, int]:
    """Confirmed, alleged, excused, unanswered allegations, open incidents."""
    threshold = agreement.mandate.threshold / 1e6
    doubt = min(0.05, threshold)
    hits = charges = pardons = unanswered = open_ = 0
    for key, mine in incidents.items():
        by_origin: dict[str, list[Report]] = defaultdict(list)
        for report in mine:
            by_origin[report["origin"]].append(report)
        origins = [Origin(agreement, term, said) for said in by_origin.values()]
        origins = [o for o in origins if o.under]
        if not origins:
            continue
        doubted = key in contested
        accusing = origins if party is None else [o for o in origins if party in o.names]
        owned = any(
            confirmed(agreement, [o for o in origins if p in o.names], p, doubted, threshold) for p in agreement.parties
        )
        if confirmed(agreement, accusing, party, doubted, threshold):
            if excused(agreement, term, mine, party):
                pardons += 1
            else:
                hits += 1
            continue
        if any(o.p >= threshold for o in accusing):
            charges += 1
            watched = [r for r in mine if r["stance"] in ("asserts", "confirms")]
            # an accusation made by denying has no report of its own to be answered
            if not watched or min(seen.least_around(r) for r in watched) < agreement.mandate.detection:
                unanswered += 1
        told = any(o.side == "none" and o.p >= threshold for o in origins)
        if party is None:
            could = confirmed(agreement, origins, None, doubted, doubt)
            open_ += told or (could and not any(o.p >= threshold for o in accusing))
        elif not owned:
            could = (
                told
                or confirmed(agreement, origins, None, doubted, doubt)
                or any(
                    confirmed(agreement, [o for o in origins if p in o.names], p, doubted, doubt)
                    for p in agreement.parties
                )
            )
            open_ += could
    return hits, charges, pardons, unanswered, open_
