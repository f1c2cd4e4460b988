"""The plain evaluator: the definitions of ``docs/verdicts.md`` in loops, to be read beside them.

It is slow and shares no code with the engine but the agreement's own data, the cells that coverage is defined on, and the
projection. The tests compare the two.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from servanda.agreement import Agreement, Exemption, Pattern
from servanda.agreement.model import CONSENT
from servanda.coverage import Cells, Coverage, Watch
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
    place, lat, lon = agreement.places[pattern.place], report["lat"], report["lon"]
    sigma = report["precision_m"] / math.sqrt(-2 * math.log(0.05))
    if sigma == 0:
        return 1.0 if signed_distance(place, lat, lon) >= 0 else 0.0
    return round(chance(place, lat, lon, sigma), 6)


CUT = 5.0  # standard deviations, beyond which a Gaussian is cut off
FEW, MANY = (tuple(zip(*np.polynomial.legendre.leggauss(n), strict=True)) for n in (2, 6))


@cache
def chance(place: Place, lat: float, lon: float, sigma: float) -> float:
    """How much of a report's Gaussian lies in a place: the integral of its density over the part within five sigma.

    The density in x is integrated to the normal distribution, what is left in y edge by edge: ``sum of integrals of Phi(x) phi(y) dy``.
    """
    frame = _frame(place)
    (x,), (y,) = frame.to_xy([lon], [lat])
    unit = sigma * frame.scale(np.array([x]), np.array([y]))[0]
    reach = 1.01 * CUT * unit
    shape = shapely.clip_by_rect(drawn(place), x - reach, y - reach, x + reach, y + reach)
    shape = shapely.transform(shape, lambda xy: (xy - [x, y]) / unit)
    near = shapely.orient_polygons(shapely.intersection(shape, shapely.Polygon(_circle(0.0, 0.0, CUT, 2_000))))
    total = 0.0
    for ring in shapely.get_rings(shapely.get_parts(near)):
        for (x0, y0), (x1, y1) in pairwise(shapely.get_coordinates(ring).tolist()):
            length = math.hypot(x1 - x0, y1 - y0)
            steps = math.ceil(length / 0.5)
            for n in range(steps):
                for node, weight in FEW if length < 0.1 else MANY:
                    t = (n + 0.5 + 0.5 * node) / steps
                    u, v = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
                    total += 0.5 * weight / steps * (y1 - y0) * _big_phi(u) * _small_phi(v)
    return total / (1 - math.exp(-CUT * CUT / 2))


def _big_phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _small_phi(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _circle(x: float, y: float, radius: float, corners: int) -> Any:
    """The corners of a polygon with a circle's own area."""
    turn = 2 * math.pi * np.arange(corners) / corners
    radius *= math.sqrt(turn[1] / math.sin(turn[1]))
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


def _frame(place: Place) -> Any:
    if isinstance(place, AllOf | AnyOf):
        return _frame(place.places[0])
    if isinstance(place, Near | Side):
        return place.of.frame
    return _frame(place.place) if isinstance(place, Not) else place.frame


@cache
def drawn(place: Place) -> Any:
    """A place as a polygon in the projection, with round edges in very short straight ones."""
    frame = _frame(place)
    if isinstance(place, Area):
        return shapely.union_all(shapely.get_parts(frame.project(place.geometry)))
    if isinstance(place, Disc):
        corners = 40_000
        turn = np.linspace(0, 360, corners, endpoint=False)
        wide = place.metres * math.sqrt(math.radians(turn[1]) / math.sin(math.radians(turn[1])))
        lon, lat, _ = GEOD.fwd(np.full(corners, place.lon), np.full(corners, place.lat), turn, np.full(corners, wide))
        return shapely.Polygon(np.column_stack(frame.to_xy(lon, lat)))
    if isinstance(place, Near):
        return _around_it(frame, frame.project(place.of.geometry), place.metres)
    if isinstance(place, Side):
        line = place.of.run_on
        left = shapely.Polygon([*line.coords, *_around(line, line.bounds)])
        land = shapely.Point(line.centroid).buffer(1.5e6)
        return shapely.intersection(land, left) if place.side == place.of.left else shapely.difference(land, left)
    if isinstance(place, Not):
        return shapely.difference(shapely.box(-1e7, -1e7, 1e7, 1e7), drawn(place.place))
    parts = [drawn(part) for part in place.places]
    return shapely.union_all(parts) if isinstance(place, AnyOf) else shapely.intersection_all(parts)


def _around_it(frame: Any, geometry: Any, metres: float) -> Any:
    """All within some metres of a geometry: each corner of the outline moved to where it is that far."""
    bounds = shapely.bounds(geometry)
    scale = frame.scale((bounds[:1] + bounds[2:3]) / 2, (bounds[1:2] + bounds[3:]) / 2)[0]
    shape = shapely.segmentize(shapely.buffer(geometry, metres * scale, quad_segs=8_000), 20)
    corners = shapely.get_coordinates(shape)
    for _ in range(4):
        ways = shapely.get_coordinates(shapely.shortest_line(shapely.points(corners), geometry)).reshape(-1, 2, 2)
        foot, way = ways[:, 1], ways[:, 0] - ways[:, 1]
        wanted = metres * frame.scale(*((corners + foot) / 2).T)
        corners = foot + way * (wanted / np.hypot(*way.T))[:, None]
    return shapely.make_valid(shapely.set_coordinates(shape, corners))


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
    accused = named(agreement, None, report)
    return report["stance"] == "denies" and accused is not None and accused != own


def named(agreement: Agreement, look: Look | None, report: Report) -> str | None:
    """Whom a report names as the author of what is looked for; a private author is no party."""
    if look is not None and look.voice != "mark" and report["imputation"] == "private":
        return "private"
    if report["attributes"] in ("none", "direction", "territory"):
        return None
    return report["actor"] if report["actor"] in agreement.actors else None


def credible(report: Report) -> bool:
    return report["credibility"] not in ("5", "6")


def observed(report: Report) -> bool:
    return report["directness"] > 0 and report["kind"] == "observation" and report["side"] == "none"


def first_hand(agreement: Agreement, report: Report) -> bool:
    return observed(report) and report["reliability"] in agreement.mandate.grades and credible(report)


def weighs(agreement: Agreement, report: Report) -> bool:
    return report["reliability"] is None or report["reliability"] in agreement.mandate.weighing


def bound_by(agreement: Agreement, report: Report) -> str | None:
    """Whom a report binds: the party that its origin speaks for."""
    bound = report["speaks_for"] if report["speaks_for"] in agreement.actors else None
    return bound if report["directness"] > 0 and bound == report["side"] else None


def kept(agreement: Agreement, look: Look, report: Report) -> bool:
    """Whether its origin can only mark it as withdrawn: an observation, a word against itself, an acknowledgement."""
    if observed(report):
        return True
    side, author = report["side"], named(agreement, look, report)
    if look.voice == "act":
        return side in agreement.actors and side == author
    return look.voice == "deed" and side in agreement.parties and side != author


class Origin:
    """All that one origin says of one incident, under what is looked for. Certainties are in millionths."""

    def __init__(self, agreement: Agreement, look: Look, mine: list[Report], back: int) -> None:
        asserting = [r for r in mine if r["stance"] in ("asserts", "confirms")]
        accusing = [r for r in mine if accuses(agreement, r)]
        best = max((r["directness"] for r in asserting + accusing), default=0)
        withdrawn = best <= back
        held = {version_of(r) for r in asserting + accusing if r["directness"] == best}
        asserting = [r for r in asserting if version_of(r) in held]
        accusing = [r for r in accusing if version_of(r) in held]
        probability: dict[Any, int] = {}
        surely: dict[Any, int] = defaultdict(int)
        self.withdrawn = withdrawn
        self.under: list[Report] = []
        self.p_kept = 0
        # that a deed was not done accuses nobody of having done it
        for report in asserting + (accusing if look.voice == "act" else []):
            stays = kept(agreement, look, report)
            if (report["directness"] <= back and not stays) or (
                look.binds is None and named(agreement, look, report) == "private"
            ):
                continue
            here = level(agreement, look.pattern, report)
            p = round(in_window(look.window, report) * in_place(agreement, look.pattern, report) * 1e6) if here else 0
            if p > 0:
                probability[version_of(report)] = p
                sure = here == 2 and report["stance"] != "denies" and credible(report)
                surely[version_of(report)] = max(p if sure else 0, surely[version_of(report)])
                self.p_kept = max(self.p_kept, p if stays else 0)
                self.under.append(report)
        versions = {version_of(r) for r in asserting + accusing} if mine[0]["incident_id"] else set(probability)
        sides = {r["side"] for r in self.under if r["directness"] > 0}
        self.side = sides.pop() if len(sides) == 1 else None
        own_words = (
            best == 2
        )  # it may tell of many rounds, and the surest counts; what others quote counts with its mean
        self.p = sum(probability.values()) // len(versions) if probability else 0
        if own_words:
            self.p = max(probability.values(), default=0)
        if self.side != "none":  # what speaks against its own side cannot be thinned out by more versions
            self.p = max(self.p, self.p_kept)
        self.p_own = max(surely.values(), default=0)
        self.p_sure = 0 if withdrawn or not probability else sum(surely.values()) // len(versions)
        if own_words and not withdrawn:
            self.p_sure = self.p_own
        self.observer = any(first_hand(agreement, r) and r["stance"] != "denies" for r in self.under)
        self.observer = self.observer and self.side == "none" and not withdrawn
        self.weighs = any(weighs(agreement, r) for r in self.under)
        self.opens = any(weighs(agreement, r) and r["credibility"] != "5" for r in self.under)
        self.attests = any(
            r["basis"] != "inference" and (look.voice == "mark" or r["imputation"] not in ("tolerated", "unknown"))
            for r in self.under
        )
        self.stated = any(r["basis"] not in (None, "inference") for r in self.under)
        traces = ("crater", "wreck", "recording", "radar")
        self.trace = any(set((r["basis"] or "").split(";")) & set(traces) for r in self.under)
        joint = agreement.vocabulary.acts.below(agreement.vocabulary.several_authors)
        self.several = all(r["act"] in joint for r in self.under)
        self.means = {r["means"] for r in self.under if r["means"] is not None}
        self.bound = next((b for r in self.under if (b := bound_by(agreement, r))), None)
        self.names = {n for r in self.under if (n := named(agreement, look, r)) is not None}

    @property
    def author(self) -> str | None:
        """The one whom it names alone."""
        return next(iter(self.names)) if len(self.names) == 1 else None


def by_what(
    agreement: Agreement, origins: list[Origin], threshold: int, look: Look, party: str | None
) -> tuple[int, str | None]:
    """How strongly, and by what, these origins confirm: 3 by sources without a side, 2 with one of the accused's own."""
    mandate, rule = agreement.mandate, agreement.mandate.rule
    enough = [o for o in origins if o.p_sure >= threshold and (party is None or (o.author == party and o.attests))]
    seen = [o for o in enough if o.observer]
    if mandate.by_observation and len(seen) >= rule.observers:
        differ = any(a is not b and x != y for a in seen for b in seen for x in a.means for y in b.means)
        proven = any(o.stated if party else o.trace for o in seen)
        if (differ or not rule.by_means) and (proven or not rule.trace):
            return 3, "observation"
    neutral = sum(o.side == "none" and o.weighs for o in enough)
    own = any(look.voice == "act" and o.weighs and o.side in agreement.actors and o.side == o.author for o in enough)
    if mandate.origins and neutral >= mandate.origins:
        return 3, "origins"
    if mandate.origins and neutral and neutral + own >= mandate.origins:
        return 2, "origins"
    return 0, None


def certainty(agreement: Agreement, look: Look, origins: list[Origin], party: str | None, by: str | None) -> int:
    """How certainly it lies in the place and window: by the most certain of those who confirm it; else of those who say so."""
    if by is None:
        return max((o.p for o in origins if party in (None, "private") or party in o.names), default=0)
    mine = [o for o in origins if party is None or (o.author == party and o.attests)]
    if by == "observation":
        mine = [o for o in mine if o.observer]
    elif by == "origins":
        mine = [o for o in mine if o.side == "none" and o.weighs]
    else:
        voices = {party} if look.voice == "act" else set(agreement.parties) - {party}
        mine = [o for o in mine if o.bound in voices]
    return max(o.p_sure for o in mine)


def admitted(agreement: Agreement, look: Look, origins: list[Origin], party: str, threshold: int, sure: str) -> bool:
    """Whether those whose word counts against a party, or acknowledges its deed, say so."""
    if not agreement.mandate.admission or look.voice == "mark":
        return False
    heard = {o.bound for o in origins if getattr(o, sure) >= threshold and o.author == party and o.attests}
    if look.voice == "act":
        return party in heard
    others = {p for p in agreement.parties if p != party}
    return bool(others) and others <= heard


def contests(agreement: Agreement, against: int, observers: int) -> bool:
    contrary = agreement.mandate.rule.contrary
    return against > 0 and (contrary == "any" or (contrary == "outnumbered" and observers <= against))


def excused(agreement: Agreement, look: Look, mine: list[Report], under: tuple[Report, ...], party: str | None) -> bool:
    """Whether every precondition of some exception is shown for an incident, and it allows as much."""
    mandate = agreement.mandate
    said = [r for r in mine if r["shows"] and r["stance"] in ("asserts", "confirms")]

    def rank(r: Report) -> int:
        neutral = r["side"] == "none" and r["directness"] > 0 and weighs(agreement, r) and credible(r)
        return 2 if first_hand(agreement, r) else int(neutral)

    # how much it was is what observers say; else other sources without a side; else all
    telling = [r for r in under if r["stance"] in ("asserts", "confirms") and r in mine]
    telling = [r for r in telling if rank(r) == max(map(rank, telling))]

    def allows(exemption: Exemption) -> bool:
        if exemption.at_most is not None:
            stated = [r["quantity"] * 1000 for r in telling if r["quantity"] is not None]
            if not stated or max(stated) > exemption.at_most:
                return False
        return exemption.acts is None or all(r["act"] in exemption.acts for r in telling)

    def shows(r: Report, needed: str, within: int | None) -> bool:
        for part in r["shows"].split(";"):
            name, _, at = part.strip().partition("@")
            if name == needed and within is None:
                return True
            if name == needed and at and telling:
                since = datetime.fromisoformat(at)
                last = max(t["end"] for t in telling)
                if since <= min(t["start"] for t in telling) and last - since <= timedelta(microseconds=within or 0):
                    return True
        return False

    def shown(needed: str, within: int | None) -> bool:
        here = [r for r in said if shows(r, needed, within)]
        saw: dict[str, list[Report]] = defaultdict(list)
        for r in here:
            if first_hand(agreement, r):
                saw[r["origin"]].append(r)
        by_whom = [(o, r["means"]) for o, rows in saw.items() for r in rows if r["means"] is not None]
        differ = any(a != b and x != y for a, x in by_whom for b, y in by_whom)
        traces = {"crater", "wreck", "recording", "radar"}
        proven = any(traces & set((r["basis"] or "").split(";")) for rows in saw.values() for r in rows)
        rule = mandate.rule
        enough = len(saw) >= rule.observers and (differ or not rule.by_means) and (proven or not rule.trace)
        if mandate.by_observation and enough:
            return True
        weighty = {
            r["origin"]
            for r in here
            if r["side"] == "none" and r["directness"] > 0 and weighs(agreement, r) and credible(r)
        }
        if mandate.origins and len(weighty) >= mandate.origins:
            return True
        heard = {bound_by(agreement, r) for r in here}
        if needed.startswith(CONSENT):
            return mandate.admission and needed.removeprefix(CONSENT) in heard
        other = {p for p in agreement.parties if p != party}
        return party is not None and mandate.admission and bool(other) and other <= heard

    return any(
        allows(exemption) and all(shown(needed, exemption.within) for needed in exemption.only_if)
        for exemption in look.exemptions
    )


# -- coverage ---------------------------------------------------------------------------------------------


def counts_for(watch: Watch, party: str | None, undone: bool, without: frozenset[str]) -> bool:
    """Whether a watch can show what a party did: it sees its acts, and is not its own, nor (for what was not done) anybody's."""
    if watch.sees is not None and party not in watch.sees:
        return False
    if watch.side is None:
        return True
    return not undone and party is not None and watch.side != party and watch.side not in without


def fail_together(one: Watch, other: Watch) -> bool:
    """Whether two watches have a cause in common."""
    causes = [{(w.who, w.means)} if w.shares is None else set(w.shares) for w in (one, other)]
    return bool(causes[0] & causes[1])


class Seen:
    """Coverage by cell and spell, in loops."""

    def __init__(
        self,
        agreement: Agreement,
        pattern: Pattern,
        coverage: Coverage,
        window: Interval,
        party: str | None = None,
        *,
        undone: bool = False,
        without: frozenset[str] = frozenset(),
    ) -> None:
        place = agreement.places[pattern.place] if pattern.place else None
        self.asked = (agreement, pattern, coverage, window, party)
        self.undone = undone
        self.standard, self.tolerance = agreement.mandate.detection, agreement.mandate.tolerance
        self.cells = Cells.of(agreement.frame, place.outline() if place else None)
        self.area = abs(GEOD.geometry_area_perimeter(place.outline())[0]) if place else None
        self.watches = [w for w in coverage.watches if counts_for(w, party, undone, without)]
        self.gaps, self.zone = coverage.gaps, agreement.zone
        self.covered = {
            id(thing): self.cells.covered(thing.where, gap=thing in coverage.gaps)
            for thing in (*coverage.watches, *coverage.gaps)
        }
        self.spells: list[tuple[datetime, datetime]] = []
        self.least: list[list[float]] = []
        self.made: dict[Any, list[float]] = {}
        if window.start is None or window.end is None or window.is_empty:
            return
        edges = {window.start, window.end}
        for thing in (*self.watches, *self.gaps):
            for spell in thing.times:
                edges |= {t for t in (spell.start, spell.end) if window.start < t < window.end}
        self.spells = list(pairwise(sorted(edges)))
        kinds = sorted(agreement.vocabulary.acts.leaves(pattern.act_codes))
        for since, _ in self.spells:
            by_kind = [self._row(kind, since) for kind in kinds]
            self.least.append([min(chances) for chances in zip(*by_kind, strict=True)])
        self.watched = [[round(p, 6) >= self.standard for p in row] for row in self.least]

    def _row(self, kind: str, at: datetime) -> list[float]:
        """With which probability an act of a kind would have been seen at an instant, in every cell."""
        looking = [w for w in self.watches if kind in w.detects and any(s.start <= at < s.end for s in w.times)]
        shut = [g for g in self.gaps if any(s.start <= at < s.end for s in g.times)]
        key = (tuple(map(id, looking)), tuple(map(id, shut)))
        if key not in self.made:
            sets = [
                chosen
                for n in range(len(looking) + 1)
                for chosen in combinations(looking, n)
                if not any(fail_together(a, b) for a, b in combinations(chosen, 2))
            ]
            self.made[key] = [self._one(looking, shut, sets, cell) for cell in range(len(self.cells.share))]
        return self.made[key]

    def _one(self, looking: list[Watch], shut: list[Any], sets: list[Any], cell: int) -> float:
        share, sliver, missed = self.cells.share[cell], 1e-6 / 900, {}
        for watch in looking:
            p = (
                watch.probability if (1 - self.covered[id(watch)][cell]) * share <= sliver else 0.0
            )  # all of the cell or none
            for gap in shut:
                if gap.watches is None or watch.id in gap.watches:
                    p *= 1 - gap.share * (self.covered[id(gap)][cell] * share > sliver)
            missed[watch.id] = 1 - p
        return 1 - min(math.prod(missed[w.id] for w in chosen) for chosen in sets)

    def least_watched(self, start: datetime | None = None, end: datetime | None = None) -> float:
        """The least probability in what was watched between two instants; 0 where nothing was."""
        chances = [
            p
            for (a, b), row in zip(self.spells, self.least, strict=True)
            if (start is None or b > start) and (end is None or a < end)
            for p in row
            if round(p, 6) >= self.standard
        ]
        return round(min(chances, default=0.0), 6)

    def enough(self, start: datetime | None = None, end: datetime | None = None) -> bool:
        """Whether all was watched (between two instants of the window), but for what the mandate tolerates."""
        if not self.spells:
            return False
        start, end = start or self.spells[0][0], end or self.spells[-1][1]
        if end <= start or start < self.spells[0][0] or end > self.spells[-1][1]:
            return False
        rows = [
            (max(a, start), min(b, end), row)
            for (a, b), row in zip(self.spells, self.watched, strict=True)
            if max(a, start) < min(b, end)
        ]
        if all(all(row) for _, _, row in rows):
            return True
        return self.tolerance is not None and self._tolerated(rows, start, end)

    def _tolerated(self, rows: list[Any], start: datetime, end: datetime) -> bool:
        share, cells = self.cells.share, range(len(self.cells.share))
        dark = [sum(share[c] for c in cells if not row[c]) for _, _, row in rows]
        seconds = [(b - a).total_seconds() for a, b, _ in rows]
        lost = sum(d * s for d, s in zip(dark, seconds, strict=True)) / sum(seconds)
        longest = timedelta()
        for c in cells:
            run = timedelta()
            for a, b, row in rows:
                run = timedelta() if row[c] else run + (b - a)
                longest = max(longest, run)
        large = self.area is None or round(max(dark) * self.area) > (self.tolerance.area or 0)
        if self.tolerance.area is not None and large:
            return False
        if self.tolerance.time is not None and longest > self.tolerance.time:
            return False
        return round(lost, 6) <= self.tolerance.share and self._by_hour(rows, dark, start, end)

    def _by_hour(self, rows: list[Any], dark: list[float], start: datetime, end: datetime) -> bool:
        """Whether no part is on no day watched throughout some hour of the local day, and no hour is too dark."""
        local = start.astimezone(self.zone)
        edge = start - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        days: dict[int, list[list[int]]] = defaultdict(list)
        lost: dict[int, float] = defaultdict(float)
        whole: dict[int, float] = defaultdict(float)
        first = 0
        while edge < end:
            after = edge + timedelta(hours=1)
            hour = edge.astimezone(self.zone).hour
            here = []
            while rows[first][1] <= edge:
                first += 1
            for n in range(first, len(rows)):
                if rows[n][0] >= after:
                    break
                part = (min(rows[n][1], after) - max(rows[n][0], edge)).total_seconds()
                lost[hour] += part * dark[n]
                whole[hour] += part
                here.append(n)
            days[hour].append(here)
            edge = after
        for hour, several in days.items():
            if round(lost[hour] / whole[hour], 6) > self.tolerance.share:
                return False
            different = {tuple(here) for here in several}
            if len(several) > 1 and any(
                all(any(not rows[n][2][c] for n in here) for here in different) for c in range(len(self.cells.share))
            ):
                return False
        return True

    def shut_by(self, party: str) -> bool:
        """Whether a party shut a door upon these acts while they could be done."""
        agreement, pattern, coverage, window, _ = self.asked
        leaves = agreement.vocabulary.acts.leaves(pattern.act_codes)
        for gap in coverage.gaps:
            bears = gap.watches is None or any(w.id in gap.watches and w.detects & leaves for w in coverage.watches)
            meets = any(not s.intersection(window).is_empty for s in gap.times)
            if gap.party == party and bears and meets and max(self.covered[id(gap)]) > 0:
                return True
        return False

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
        return round(min((self.least[row][cell] for row in rows for cell in near), default=0.0), 6)


# -- incidents under what is looked for -------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What one incident is under one look, about one party (``None``: whoever)."""

    key: Any
    party: str | None
    status: str  # confirmed, excused, alleged, below, open, private
    by: str | None
    reports: tuple[Report, ...]  # those that fall under the look
    p: int = 1_000_000  # millionths: the certainty of place and time of the most certain origin it rests on
    answerable: bool = False  # that it was watched would answer it


def blind(agreement: Agreement, coverage: Coverage, report: Report) -> bool:
    """Whether who denies it has watches, and none that reaches the act, place and time of what he denies."""
    own = [w for w in coverage.watches if (w.source or w.who).lower() == report["origin"].lower()]
    parent = agreement.vocabulary.acts.parent

    def lies_under(code: str | None) -> bool:
        while code is not None and code != report["act"]:
            code = parent[code]
        return code is not None

    def far_inside(where: Any) -> float:
        """Metres to the edge of a geometry, negative outside of it; without a place it is nowhere in particular."""
        if agreement.frame is None or report["lat"] is None:
            return -math.inf
        shape = agreement.frame.project(where)
        x, y = agreement.frame.to_xy([report["lon"]], [report["lat"]])
        point = shapely.Point(x[0], y[0])
        inside = shapely.contains(shape, point)
        return shapely.distance(shape.boundary if inside else shape, point) * (1 if inside else -1)

    def holds(times: Any, at: datetime) -> bool:
        return any((s.start is None or s.start <= at) and (s.end is None or at < s.end) for s in times)

    def reaches(watch: Watch) -> bool:
        if report["act"] is not None and not any(lies_under(code) for code in watch.detects):
            return False
        placed = agreement.frame is not None and report["lat"] is not None
        if watch.where is not None and placed and far_inside(watch.where) < -report["precision_m"]:
            return False
        shut = [
            g
            for g in coverage.gaps
            if g.share >= 1
            and (g.watches is None or watch.id in g.watches)
            and (g.where is None or far_inside(g.where) >= max(report["precision_m"], 0.0))
        ]
        edges = [s.start for s in watch.times] + [s.end for g in shut for s in g.times]
        moments = {report["start"], *(t for t in edges if t is not None and report["start"] < t <= report["end"])}
        return any(holds(watch.times, t) and not any(holds(g.times, t) for g in shut) for t in moments)

    return bool(own) and not any(reaches(watch) for watch in own)


class World:
    """Reports by incident, with who retracted what he said, and how many observers deny it."""

    def __init__(
        self, agreement: Agreement, rows: list[Report], as_of: datetime | None, coverage: Coverage | None = None
    ) -> None:
        self.coverage = coverage or Coverage()
        self.agreement = agreement
        if as_of is not None:
            rows = [r for r in rows if r["known_at"] is not None and r["known_at"] <= as_of]
        if not agreement.mandate.attribution:
            rows = [{**r, "actor": None if r["actor"] in agreement.parties else r["actor"]} for r in rows]
        self.found_keys: set[Any] = set()  # the incidents that any term is about, once all are looked for
        # up to which directness he took it back: nobody's own words by another's
        self.retracted: dict[Any, int] = {}
        for r in rows:
            if r["stance"] == "retracts" and r["directness"] > 0:
                said = incident_of(r), r["origin"]
                self.retracted[said] = max(r["directness"], self.retracted.get(said, 0))
        self.said: dict[Any, list[Report]] = defaultdict(list)
        self.incidents: dict[Any, list[Report]] = defaultdict(list)  # what still stands
        self.deniers: dict[Any, set[str]] = defaultdict(set)
        for report in rows:
            key = incident_of(report)
            if report["stance"] == "retracts":
                continue
            self.said[key].append(report)
            if self.taken_back(key, report):
                continue
            self.incidents[key].append(report)
            if report["stance"] == "denies" and first_hand(agreement, report) and not self.blind(report):
                self.deniers[key].add(report["origin"])
        for key, deniers in self.deniers.items():
            told = [r for r in self.incidents[key] if r["stance"] != "denies"]
            best = [r for r in told if self.rank(r) == max(map(self.rank, told))]
            # who looked, and nowhere where those who tell it best say that it was, denies nothing
            away = {
                o for o in deniers if best and all(blind(agreement, self.coverage, {**r, "origin": o}) for r in best)
            }
            self.deniers[key] = deniers - away

    def rank(self, r: Report) -> int:
        """2: an observer's report; 1: of another source without a side that weighs; 0: of anybody."""
        neutral = r["side"] == "none" and r["directness"] > 0 and weighs(self.agreement, r) and credible(r)
        return 2 if first_hand(self.agreement, r) else int(neutral)

    def taken_back(self, key: Any, report: Report) -> bool:
        return report["directness"] <= self.retracted.get((key, report["origin"]), -1)

    def blind(self, report: Report) -> bool:
        return blind(self.agreement, self.coverage, report)

    def look(self, look: Look, party: str | None) -> list[Found]:
        """Every incident under a look, as it bears on a party; what is nobody's in particular last."""
        found = [f for key in self.said for f in self.findings(look, key) if f.party in (party, None)]
        return sorted(found, key=lambda f: f.party is None and look.binds is not None)

    def origins(self, look: Look, key: Any) -> list[Origin]:
        by_origin: dict[str, list[Report]] = defaultdict(list)
        for report in self.said[key]:
            by_origin[report["origin"]].append(report)
        made = [Origin(self.agreement, look, said, self.retracted.get((key, o), -1)) for o, said in by_origin.items()]
        return [o for o in made if o.under]

    def findings(self, look: Look, key: Any) -> list[Found]:
        """All findings about one incident under a look."""
        agreement, mandate = self.agreement, self.agreement.mandate
        origins = self.origins(look, key)
        if not origins:
            return []
        threshold, doubt = mandate.threshold, 50_000
        deniers = len(self.deniers[key])
        strength, by = by_what(agreement, origins, threshold, look, None)
        contested = contests(agreement, deniers, sum(o.observer for o in origins))
        could = by_what(agreement, origins, doubt, look, None)[0] > 0
        told = any(o.side == "none" and o.opens and o.p >= threshold for o in origins)
        seen_back = any(o.withdrawn and o.side == "none" and o.opens and o.p_kept >= doubt for o in origins)
        happened = strength > 0 and not contested
        rows = self.under(look, key)

        saw = any(o.observer or (o.side == "none" and o.opens and o.p_kept >= doubt) for o in origins)
        only_told = not (strength > 0 and contested) and not saw

        def found(party: str | None, status: str, by: str | None = None, *, answerable: bool = False) -> Found:
            p = certainty(agreement, look, origins, party if look.binds is not None else None, by)
            return Found(key, party, status, by, rows, p, answerable)

        def settle(party: str | None, by: str | None) -> Found:
            pardoned = excused(agreement, look, self.incidents[key], rows, party)
            return found(party, "excused" if pardoned else "confirmed", by)

        opened = told or seen_back or (strength > 0 and contested)
        if look.binds is None:
            if happened:
                return [settle(None, by)]
            most = max(o.p for o in origins)
            weak = only_told and not any(o.withdrawn for o in origins)
            out = [found(None, "alleged", answerable=weak) if most >= threshold else found(None, "below")]
            if most < threshold and (could or seen_back or (strength > 0 and contested)):
                return [found(None, "open", answerable=weak)]
            out = out if most >= doubt else []
            return [*out, found(None, "open", answerable=weak and most >= threshold)] if opened else out
        confirmed, own_open, strong = self.authors(look, origins, strength, deniers, contested)
        out = []
        for party in look.binds:
            accusing = max((o.p for o in origins if party in o.names), default=0)
            if party in confirmed:
                out.append(settle(party, confirmed[party]))
            elif party in own_open:
                out.append(found(party, "open"))
            elif accusing >= doubt:
                back = any(o.withdrawn for o in origins if party in o.names)
                weak = accusing >= threshold and party not in strong and not back and not saw
                out.append(found(party, "alleged" if accusing >= threshold else "below", answerable=weak))
        if "private" in confirmed:
            out.append(found(None, "private"))
        if not confirmed and (happened or opened or could):
            rival = bool(strong) and not contested
            weak = only_told and not happened and not seen_back and not rival
            out.append(found(None, "open", by if happened else None, answerable=weak))
        if not out and not confirmed and any(not o.names and o.p >= doubt for o in origins):
            out.append(found(None, "below"))
        return out

    def authors(
        self, look: Look, origins: list[Origin], act: int, deniers: int, contested: bool
    ) -> tuple[dict[str, str], set[str], set[str]]:
        """Whose it is, by what; of whom it is open by what only his own side says; and whose it would be but for what contests it."""
        agreement, rule = self.agreement, self.agreement.mandate.rule
        threshold, doubt = agreement.mandate.threshold, 50_000
        neutral = [o for o in origins if o.side == "none" and o.weighs and o.author]
        one_author = any(not o.several for o in neutral or [o for o in origins if o.bound and o.author])
        pointing = {p: 0 for o in origins for p in o.names}
        for o in origins:
            if o.observer and o.author and o.attests:
                pointing[o.author] += 1
        strong: dict[str, tuple[int, str]] = {}
        for party in pointing:
            strength, by = by_what(agreement, origins, threshold, look, party)
            if strength and act:
                strong[party] = strength, str(by)
            elif admitted(agreement, look, origins, party, threshold, "p_sure") and (
                act or rule.admission_confirms_act
            ):
                strong[party] = 1, "admission"
        standing = {
            party: found
            for party, found in strong.items()
            if not contested
            and not (one_author and contests(agreement, sum(pointing.values()) - pointing[party], pointing[party]))
        }
        if one_author:
            top = max((strength for strength, _ in standing.values()), default=0)
            standing = {p: found for p, found in standing.items() if found[0] == top}
            if len(standing) > 1:
                standing = {}
        own_open = set()
        for party in pointing:
            mine = [o for o in origins if party in o.names]
            doubted = party in strong and strong[party][0] == 1
            unsure = admitted(agreement, look, origins, party, doubt, "p_own")
            back = any(o.withdrawn and o.side != "none" and o.p_kept >= doubt for o in mine)
            if party not in standing and not (standing and one_author) and (doubted or unsure or back):
                own_open.add(party)
        return {party: by for party, (_, by) in standing.items()}, own_open, set(strong)

    def under(self, look: Look, key: Any) -> tuple[Report, ...]:
        """The reports that fall under a look, in whatever version."""
        out = []
        for report in self.said[key]:
            speaks = report["stance"] in ("asserts", "confirms")
            speaks |= look.voice == "act" and accuses(self.agreement, report)
            if self.taken_back(key, report) and not kept(self.agreement, look, report):
                continue
            if speaks and level(self.agreement, look.pattern, report):
                p = in_window(look.window, report) * in_place(self.agreement, look.pattern, report)
                if round(p * 1e6) > 0:
                    out.append(report)
        return tuple(out)

    def answered(self, found: Found, seen: Seen, within: Interval | None = None) -> bool:
        """Whether everything asserted of it (within an interval) was watched to the standard, and nobody saw it."""
        return self.seen_at(found, seen, within) >= seen.standard

    def seen_at(self, found: Found, seen: Seen, within: Interval | None = None) -> float:
        """The least probability with which it would have been seen anywhere it may have been.

        What a side's own sources assert, its own watches do not answer.
        """
        watched = [r for r in self.incidents[found.key] if r["stance"] in ("asserts", "confirms")]
        if within is not None and within.start is not None and within.end is not None:
            low, high = within.start, within.end
            watched = [
                {**r, "start": min(max(r["start"], low), high), "end": min(max(r["end"], low), high)} for r in watched
            ]
        sides = frozenset(r["side"] for r in watched if r["side"])
        agreement, pattern, coverage, window, party = seen.asked
        times = [t for w in coverage.watches for t in w.times]
        if times and None in (window.start, window.end):  # as far as anybody was ever looking
            window = window.intersection(Interval(min(t.start for t in times), max(t.end for t in times)))
            seen = Seen(agreement, pattern, coverage, window, party, undone=seen.undone, without=sides)
        elif sides:
            seen = Seen(*seen.asked, undone=seen.undone, without=sides)
        # an accusation made by denying has no report of its own to be answered
        return min(map(seen.least_around, watched), default=0.0)


# -- what others saw where somebody was looking -----------------------------------------------------------


def greatest(seen: int, of: int) -> float:
    """The greatest probability with which so few of so many are seen in 5 of 100 cases."""
    if seen == of:
        return 1.0
    low, high = seen / of, 1.0
    for _ in range(60):
        p = (low + high) / 2
        few = sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(seen + 1))
        low, high = (p, high) if few > 0.05 else (low, p)
    return round((low + high) / 2, 6)


def checked(world: World, coverage: Coverage, keys: set[Any]) -> Coverage:
    """The coverage with no greater probabilities than what others saw leaves; ``keys``: the incidents that any term is about."""
    found: dict[Any, dict[Any, bool]] = defaultdict(dict)

    def instrument(watch: Watch) -> Any:
        return (watch.source or watch.who).lower(), watch.means, watch.detects, watch.where and watch.where.wkb

    for watch in coverage.watches:
        mine = found[instrument(watch)]
        for key in keys:
            told = _reported(world, watch, key)
            if told is not None:
                mine[key] = mine.get(key, False) or told
    used = []
    for watch in coverage.watches:
        mine = found[instrument(watch)]
        p = min(watch.probability, greatest(sum(mine.values()), len(mine)))
        used.append(replace(watch, probability=p))
    return Coverage(tuple(used), coverage.gaps)


def _reported(world: World, watch: Watch, key: Any) -> bool | None:
    """Whether a watch reported an incident that others confirm surely within its place and time; ``None`` where they do not."""
    agreement, name = world.agreement, (watch.source or watch.who).lower()
    heard = [r for r in world.incidents[key] if r["side"] == "none" and r["directness"] > 0 and r["quantity"] != 0]
    inside = [r for r in heard if _surely_within(agreement, watch, r)]
    others = [
        r for r in inside if r["origin"].lower() != name and r["stance"] != "denies" and r["act"] in watch.detects
    ]
    mandate = agreement.mandate

    def graded(r: Report) -> bool:
        return mandate.by_observation and first_hand(agreement, r)

    if any(r["stance"] == "denies" and graded(r) and r["origin"].lower() != name for r in heard):
        return None
    several = mandate.origins > 1 and len({r["origin"] for r in others}) >= mandate.origins
    if not others or not (several or any(map(graded, others))):
        return None
    parent, possible = agreement.vocabulary.acts.parent, set(watch.detects)
    for code in watch.detects:
        above = parent[code]
        while above is not None:
            possible.add(above)
            above = parent[above]
    told = [
        (k, r)
        for k in world.found_keys
        for r in world.incidents[k]
        if r["origin"].lower() == name
        and r["stance"] != "denies"
        and r["act"] in possible
        and r["side"] == "none"
        and r["directness"] > 0
        and r["quantity"] != 0
    ]
    return any(k == key or any(_near(agreement, r, o) for o in others) for k, r in told)


def _surely_within(agreement: Agreement, watch: Watch, report: Report) -> bool:
    if not any(s.start <= report["start"] < s.end and report["end"] <= s.end for s in watch.times):
        return False
    return watch.where is None or _reach(agreement, watch.where, report) >= report["precision_m"]


def _reach(agreement: Agreement, where: Any, report: Report) -> float:
    """Metres of the projection inside (+) or outside (-) a geometry."""
    if agreement.frame is None or report["lat"] is None:
        return -math.inf
    shape = agreement.frame.project(where)
    x, y = agreement.frame.to_xy([report["lon"]], [report["lat"]])
    point = shapely.Point(x[0], y[0])
    distance = shapely.distance(shape.boundary, point)
    return distance if shapely.contains(shape, point) else -distance


def _near(agreement: Agreement, one: Report, other: Report) -> bool:
    """Whether two reports may be of one event: within an hour, and no further apart than both are precise."""
    hour = timedelta(hours=1)
    if one["start"] > other["end"] + hour or one["end"] < other["start"] - hour:
        return False
    if agreement.frame is None or one["lat"] is None or other["lat"] is None:
        return False
    x, y = agreement.frame.to_xy([one["lon"], other["lon"]], [one["lat"], other["lat"]])
    return math.hypot(x[0] - x[1], y[0] - y[1]) <= max(one["precision_m"] + other["precision_m"], 1000.0)
