"""Distances, sides and probabilities of place: against the geodesic, against shapely, and the shortcut against none."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
import shapely

from servanda.agreement import Agreement
from servanda.values.geo import region
from servanda.values.geo.containment import MILLION, SIGMAS_PER_RADIUS_95, Locator
from servanda.values.geo.meridian import cut
from servanda.values.geo.projection import GEOD, Frame, Points
from servanda.values.geo.reach import Box, at_most, bounds_of, nothing_in
from servanda.values.geo.shapes import AllOf, Area, Disc, Line, Near, Not, Side, any_of, when_asked
from tests.build import HEAD, agreement

BOUNDS = (32.0, 46.0, 39.0, 51.0)
FRAME = Frame(BOUNDS)
BEND = shapely.linestrings([[33, 46.5], [35, 47.2], [37, 47.8], [38, 49], [37.8, 50.2]])
CONTACT = Line(FRAME, BEND, left="W", right="E")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers of one test alone: what it draws does not hang on the tests before it."""
    return np.random.default_rng(7)


@pytest.mark.parametrize(
    "bounds", [BOUNDS, (32, 46, 34, 52), (-75, -5, -70, 3), (10, 60, 30, 70), (-70, -40, -60, -30)]
)
def test_distances_agree_with_the_geodesic_to_the_centimetre_at_15_km(
    bounds: tuple[float, float, float, float], rng: np.random.Generator
) -> None:
    frame = Frame(bounds)
    west, south, east, north = bounds
    line = Line(frame, shapely.linestrings([[west, south], [(west + east) / 2, north], [east, (south + north) / 2]]))
    lon, lat = rng.uniform(west, east, 40_000), rng.uniform(south, north, 40_000)
    points = Points.of(frame, lon, lat)
    metres = line.edges.distance(points)
    _, _, x, y = line.edges.nearest(points.x, points.y)
    to_lon, to_lat = frame.to_lonlat(x, y)
    exact = GEOD.inv(lon, lat, to_lon, to_lat)[2]
    near, far = metres < 15_000, metres < 100_000
    assert near.sum() > 200
    assert np.abs(metres - exact)[near].max() < 0.01
    assert np.abs(metres - exact)[far].max() < 2.0


def test_the_nearest_edge_is_the_one_shapely_finds(rng: np.random.Generator) -> None:
    lon, lat = rng.uniform(32, 39, 5_000), rng.uniform(46, 51, 5_000)
    points = Points.of(FRAME, lon, lat)
    line = FRAME.project(BEND)
    plane = shapely.distance(shapely.points(points.x, points.y), line)
    for keep in (False, True):
        _, _, x, y = CONTACT.edges.nearest(points.x, points.y, keep=keep)
        assert np.allclose(np.hypot(points.x - x, points.y - y), plane, atol=1e-6)


def test_a_buffer_polygon_would_have_lost_points_that_the_distance_keeps() -> None:
    azimuth = np.linspace(0, 360, 20_000, endpoint=False)
    lon, lat, _ = GEOD.fwd(np.full(20_000, 36.0), np.full(20_000, 49.0), azimuth, np.full(20_000, 14_990.0))
    points = Points.of(FRAME, lon, lat)
    disc = Disc(FRAME, 36.0, 49.0, 15_000.0)
    assert (disc.signed_distance(points) > 0).all()
    plane = FRAME.project(shapely.points(36.0, 49.0)).buffer(15_000 * FRAME.scale(points.x[:1], points.y[:1])[0])
    assert shapely.contains_xy(plane, points.x, points.y).mean() < 0.99


def test_the_two_sides_of_a_line_part_the_land_and_meet_on_it(rng: np.random.Generator) -> None:
    lon, lat = rng.uniform(32, 39, 5_000), rng.uniform(46, 51, 5_000)
    points = Points.of(FRAME, lon, lat)
    west, east = Side(CONTACT, "W").signed_distance(points), Side(CONTACT, "E").signed_distance(points)
    assert np.array_equal(west, -east)
    assert Side(CONTACT, "W").signed_distance(Points.of(FRAME, [33.0], [50.0]))[0] > 0
    assert Side(CONTACT, "E").signed_distance(Points.of(FRAME, [38.9], [46.1]))[0] > 0
    outline = Side(CONTACT, "W").outline()
    apart = shapely.contains_xy(outline, lon, lat) != (west > 0)  # the outline is for pictures: chords, not geodesics
    assert np.abs(west[apart]).max(initial=0) < 5_000


def test_a_border_shared_by_two_areas_of_one_place_is_no_edge() -> None:
    left, right = (Area(FRAME, shapely.box(*b)) for b in ((34, 47, 35, 48), (35, 47, 36, 48)))
    both = any_of((left, right))
    assert both.signed_distance(Points.of(FRAME, [35.0], [47.5]))[0] > 30_000


def test_an_edge_along_a_parallel_is_the_parallel() -> None:
    whole, west = (Area(FRAME, shapely.box(33, 47, east, 49)) for east in (38, 35.3))
    for lat, inside in ((46.999, False), (47.001, True), (48.999, True), (49.001, False)):
        lon = np.linspace(33.1, 35.2, 50)
        points = Points.of(FRAME, lon, np.full(50, lat))
        for area in (whole, west):
            assert ((area.signed_distance(points) >= 0) == inside).all()
            assert np.abs(np.abs(area.signed_distance(points)) - 111.2).max() < 0.3


@pytest.mark.parametrize("metres", [5_000.0, 140_000.0, 300_000.0])
@pytest.mark.parametrize("ends", [[[36, 48], [36, 49]], [[36, 48], [37, 48]], [[36, 48], [36.7, 48.6], [36.9, 49.4]]])
def test_what_is_drawn_of_both_sides_of_a_line_is_all_that_is_near_it(ends: list[list[float]], metres: float) -> None:
    """Coverage is measured on what is drawn: of a line straight to the north, or of a broad band, only a part was."""
    bounds = shapely.bounds(shapely.linestrings(ends)) + np.array([-1, -1, 1, 1]) * metres / 111_000
    line = Line(Frame(tuple(bounds)), shapely.linestrings(ends), left="W", right="E")
    band = Near(line, metres)
    halves = [AllOf((band, Side(line, side))).outline() for side in ("W", "E")]
    assert sum(half.area for half in halves) == pytest.approx(band.outline().area, rel=1e-5)
    assert shapely.difference(band.outline(), shapely.union_all(halves)).area < 1e-5 * band.outline().area


def test_halves_that_meet_along_a_parallel_leave_nothing_between_them_whatever_their_vertices() -> None:
    south = Area(FRAME, shapely.box(33, 47, 38, 48))
    north = Area(FRAME, shapely.polygons([[33, 48], [34.2, 48], [36.1, 48], [38, 48], [38, 49], [33, 49]]))
    lon = np.linspace(33.05, 37.95, 400)
    for metres in (-0.5, -0.2, 0.2, 0.5):
        points = Points.of(FRAME, lon, np.full(400, 48 + metres / 111_200))
        in_south, in_north = south.signed_distance(points) >= 0, north.signed_distance(points) >= 0
        assert (in_south != in_north).all()
        assert (in_north == (metres > 0)).all()


def test_what_is_taken_out_of_the_projection_and_put_back_is_what_it_was() -> None:
    shape = shapely.box(-4e5, -2e5, 4e5, 2e5)
    again = FRAME.project(FRAME.unproject(shape))
    assert shapely.hausdorff_distance(again.boundary, shape.boundary) < 0.25
    near = Near(CONTACT, 15_000.0)
    apart = shapely.symmetric_difference(FRAME.project(near.outline()), near.region.shape)
    assert apart.area < 0.01 * near.region.shape.area
    assert len(shapely.get_coordinates(FRAME.project(shapely.box(34, 47, 34.001, 47.001)))) == 5


def test_chords_are_found_as_the_arcs_they_are_of_whole_or_cut(rng: np.random.Generator) -> None:
    disc, near = Disc(FRAME, 35.5, 48.5, 30_000.0), Near(CONTACT, 15_000.0)
    for place in (disc, near, AllOf((near, Not(disc)))):
        arcs = place.region.arcs
        chords = region._edges_of(place.region.shape)[0]
        halves = np.concatenate([chords, chords[:, ::-1], np.stack([chords[:, 0], chords.mean(axis=1)], axis=1)])
        tree = shapely.STRtree(shapely.linestrings(arcs.chords))
        middle = shapely.points(halves.mean(axis=1))
        (edge, of), away = tree.query_nearest(middle, return_distance=True, all_matches=False)
        expected = np.full(len(halves), -1)
        expected[edge[away < 1e-3]] = arcs.owner[of[away < 1e-3]]
        assert (region._owners(halves, arcs) == expected).all()
        assert (region._found_whole(chords, arcs.chords) >= 0).mean() > 0.6


def test_what_a_long_line_parts_is_drawn_soundly_far_from_the_middle_too() -> None:
    frame = Frame((-1.0, 47.0, 37.0, 49.0))
    line = Line(frame, shapely.linestrings([[36.8, 47.6], [-1.0e-09, 48.6]]), left="B", right="A")
    near = AllOf((Near(line, 50_000.0), Side(line, "A")))
    assert near.outline().is_valid
    assert near.outline().area > 0


def test_outside_the_projections_reach_a_point_is_outside_every_place() -> None:
    area = Area(FRAME, shapely.box(34, 47, 35, 48))
    far = Points.of(FRAME, [-145.0, 35.0], [-48.0, -89.9])
    assert (area.signed_distance(far) < -1e6).all()
    assert not np.isnan(Not(area).signed_distance(far)).any()


def test_an_exact_position_is_inside_or_not_and_half_of_an_uncertain_one_on_the_edge_lies_inside() -> None:
    area = Area(FRAME, shapely.box(34, 47, 35, 48))
    metre = 1 / 75_000  # in degrees of longitude, here
    lon, lat = 35.0 + metre * np.array([-0.2, 0.2, 0.0]), np.full(3, 47.5)
    found = Locator(FRAME, {"p": area}).probabilities(lon, lat, np.array([0.0, 0.0, 100.0]))["p"]
    assert found[:2].tolist() == [MILLION, 0]
    assert found[2] == pytest.approx(MILLION / 2, abs=1e-3 * MILLION)
    corner = Locator(FRAME, {"p": area}).probabilities(np.array([35.0]), np.array([47.0]), np.zeros(1))["p"]
    assert corner[0] in (0, MILLION)


def test_95_percent_of_a_gaussian_lies_within_the_reports_precision(rng: np.random.Generator) -> None:
    sigma = 1000.0 / SIGMAS_PER_RADIUS_95
    shots = rng.normal(0, sigma, (200_000, 2))
    assert abs((np.hypot(*shots.T) < 1000.0).mean() - 0.95) < 0.003


def test_who_stands_exactly_on_an_edge_is_in_the_place_whichever_of_its_vertices_are_given() -> None:
    on = np.linspace(36.05, 36.95, 19)
    for corners in ([[36, 48], [37, 48], [37, 49], [36, 49]], [[36, 48], [36.3, 48], [37, 48], [37, 49], [36, 49]]):
        for shortcut in (True, False):
            locator = Locator(FRAME, {"box": Area(FRAME, shapely.polygons(corners))}, shortcut=shortcut)
            found = locator.probabilities(on, np.full(19, 48.0), np.zeros(19))["box"]
            assert set(found.tolist()) == {MILLION}


@pytest.mark.parametrize("wide", [False, True])
def test_the_shortcut_changes_no_probability_inside_or_outside_its_lattice(
    wide: bool, rng: np.random.Generator
) -> None:
    places = {
        "zone": any_of((Area(FRAME, shapely.box(34, 47, 36, 49)), Area(FRAME, shapely.box(36, 48, 37, 50)))),
        "near": Near(CONTACT, 15_000.0),
        "strip": AllOf((Near(CONTACT, 25_000.0), Side(CONTACT, "W"))),
        "disc": Disc(FRAME, 36.0, 49.0, 20_000.0),
        "rest": AllOf((Area(FRAME, shapely.box(33, 46, 39, 51)), Not(Near(CONTACT, 30_000.0)))),
    }
    n = 30_000
    low, high = ((20, 30), (55, 60)) if wide else ((32, 46), (39, 51))
    lon, lat = rng.uniform(low[0], high[0], n), rng.uniform(low[1], high[1], n)
    sigma = rng.lognormal(7, 2, n)
    lon[:10] = np.nan
    fast = Locator(FRAME, places, shortcut=True).probabilities(lon, lat, sigma)
    slow = Locator(FRAME, places, shortcut=False).probabilities(lon, lat, sigma)
    for name in places:
        assert np.array_equal(fast[name], slow[name]), name
        assert (fast[name][:10] == 50_000).all()


def test_one_point_is_moved_as_many_are() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as users run it: a deprecation is not an error there
        x, y = FRAME.to_xy(np.array([36.5]), np.array([50.5]))
        lon, lat = FRAME.to_lonlat(x, y)
    many_x, many_y = FRAME.to_xy(np.array([36.5, 37.0]), np.array([50.5, 51.0]))
    assert (x.shape, y.shape, lon.shape, lat.shape) == ((1,), (1,), (1,), (1,))
    assert (x[0], y[0]) == (many_x[0], many_y[0])


_AT_ONCE = """
import threading
import numpy as np, shapely
from servanda.values.geo.region import Region
turn = np.linspace(0, 6.283, 3000)[:-1]
ring = np.column_stack([np.cos(turn), np.sin(turn)]) * (2 + np.sin(40 * turn))[:, None]
x, y = np.random.default_rng(1).uniform(-2, 2, (2, 400))
right = shapely.contains_xy(shapely.polygons(ring), x, y)
same = []
for _ in range(100):
    region, gate = Region(shapely.polygons(ring)), threading.Barrier(4)
    def ask():
        gate.wait()
        same.append((region.contains(x, y) == right).all())
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads: one.start()
    for one in threads: one.join()
assert len(same) == 400 and all(same)
"""


def test_many_threads_may_ask_of_a_new_region_at_once() -> None:
    """In a process of its own: what goes wrong there is its memory. Shapely's own question ends it at every try."""
    done = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_how_far_areas_reach_is_known_without_merging_them() -> None:
    areas = Area(FRAME, shapely.box(34, 47, 36, 48.4)), Area(FRAME, shapely.box(36, 47.5, 37, 49))
    place = when_asked(areas)
    assert bounds_of([place]) == (34, 47, 37, 49)
    assert "whole" not in vars(place)
    assert bounds_of([place]) == pytest.approx(place.outline().bounds, abs=1e-7)


@pytest.mark.parametrize(
    "bounds", [BOUNDS, (-75, -5, -70, 3), (10, 60, 30, 70), (-70, -40, -60, -30), (20, 70, 40, 84)]
)
@pytest.mark.parametrize("metres", [500.0, 15_000.0, 120_000.0])
@pytest.mark.parametrize("room", [-0.2, 0.5, 4.0])
def test_what_lies_near_something_is_drawn_only_where_it_may_reach_beyond_the_others(
    bounds: Box, metres: float, room: float
) -> None:
    frame = Frame(bounds)
    west, south, east, north = bounds
    near = Near(Line(frame, shapely.linestrings([[west, south], [east, (south + north) / 2], [west, north]])), metres)
    area = Area(frame, shapely.box(west - room, south - room, east + room, north + room))
    boxes = [near.outline().bounds, area.outline().bounds]
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    assert bounds_of([near, area]) == bounds_of([area, near]) == (low[0], low[1], high[2], high[3])
    assert np.all(np.array(at_most(near)[:2]) <= boxes[0][:2])
    assert np.all(np.array(at_most(near)[2:]) >= boxes[0][2:])
    fresh = Near(near.of, metres)
    assert not nothing_in(fresh)
    bounds_of([fresh, area])
    if room < 0 or (metres, north) == (500.0, 51.0):
        assert ("_shape" in vars(fresh)) == (room < 0)


ACROSS = """places:
  zone: {polygon: [[-17.5, 179.5], [-17.5, -179.5], [-16.5, -179.5], [-16.5, 179.5]]}
  disc: {at: [-17.0, 179.98], radius: 20 km}
  line: {line: [[-18.0, 180.0], [-16.0, -180.0]], sides: {left: A, right: B}}
  east: {within: 15 km, of: line, on_side_of: B}
  west: {within: 15 km, of: line, on_side_of: A}
  strip: {within: 15 km, of: line}
  rest: {all_of: [zone], not_in: [disc]}
  cut: {file: cut.geojson, id: 12}
"""
CUT = [[[179, 0], [180, 0], [180, 1], [179, 1], [179, 0]]], [[[-180, 0], [-179, 0], [-179, 1], [-180, 1], [-180, 0]]]


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> Agreement:
    """Places on both sides of the 180th meridian."""
    folder = tmp_path_factory.mktemp("across")
    shape = {"type": "MultiPolygon", "coordinates": CUT}
    feature = {"type": "Feature", "properties": {"id": 12}, "geometry": shape}
    (folder / "cut.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return agreement(folder, HEAD + ACROSS + "terms:\n  fire: {text: x, forbid: {act: shelling, in: strip}}\n")


@pytest.mark.parametrize(
    ("place", "lat", "inside"),
    [
        ("zone", -17.0, {179.4: 0, 179.6: 1, 180.0: 1, -180.0: 1, -179.6: 1, -179.4: 0, 0.0: 0}),
        ("disc", -17.0, {179.95: 1, -179.95: 1, -179.5: 0}),
        ("east", -17.0, {179.95: 0, -179.95: 1, -179.8: 0}),
        ("west", -17.0, {179.95: 1, -179.95: 0}),
        ("rest", -17.0, {-179.95: 0, -179.6: 1, 179.6: 1}),
        ("cut", 0.5, {179.5: 1, 180.0: 1, -179.5: 1, 178.9: 0, -178.9: 0}),
    ],
)
def test_a_place_across_the_180th_meridian_holds_what_lies_on_both_sides_of_it(
    across: Agreement, place: str, lat: float, inside: dict[float, int]
) -> None:
    assert across.frame is not None
    lon = np.array(list(inside))
    for shortcut in (True, False):
        locator = Locator(across.frame, across.places, shortcut=shortcut)
        found = locator.probabilities(lon, np.full(len(lon), lat), np.full(len(lon), 200.0))[place]
        assert (found / MILLION).round(3).tolist() == list(inside.values())


def test_halves_that_meet_on_the_180th_meridian_are_one_and_written_cut(across: Agreement) -> None:
    halves = [across.places[name].outline() for name in ("east", "west")]
    strip = across.places["strip"].outline()
    assert shapely.difference(strip, shapely.union_all(halves)).area < 1e-6 * strip.area
    for name in ("zone", "disc", "cut", "strip"):
        outline = across.places[name].outline()
        assert outline.geom_type == "Polygon"
        parts = cut(outline)
        assert parts.geom_type == "MultiPolygon"
        assert shapely.bounds(parts)[[0, 2]].tolist() == [-180.0, 180.0]
        assert parts.area == pytest.approx(outline.area)
