"""The chance that a report lies in a place: against closed forms, against another integration, and what must hold of all places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from servanda.values.geo.containment import MILLION, Locator
from servanda.values.geo.gaussian import CERTAIN, Mass
from servanda.values.geo.projection import GEOD, Frame, Points
from servanda.values.geo.region import Region
from servanda.values.geo.shapes import AllOf, AnyOf, Area, Disc, Line, Near, Not, Place, Side, any_of
from tests.build import examples
from tests.reference_evaluator import chance, drawn

FRAME = Frame((32.0, 46.0, 39.0, 51.0))
BENDS = Line(FRAME, shapely.linestrings([[33, 46.5], [35, 47.2], [37, 47.8], [38, 49], [37.8, 50.2]]), "W", "E")
NORTH = Line(FRAME, shapely.linestrings([[35.5, 46.5], [35.5, 50.5]]), "W", "E")  # along the projection's own axis
CENTRE = (35.5, 48.5)
SETTINGS = examples(40)
CLOSE = 5  # millionths: what the cut at five sigma leaves out, and rounding


def phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def rice(d: float, r: float) -> float:
    """The chance that a Gaussian of sigma 1, ``d`` from the centre of a disc of radius ``r``, lies in it: by rings around the centre."""
    rho = (np.arange(40_000) + 0.5) * r / 40_000
    turn = (np.arange(3_000) + 0.5) * math.pi / 3_000
    near = [
        np.exp(
            -(rho[low : low + 1000, None] ** 2 + d * d - 2 * d * rho[low : low + 1000, None] * np.cos(turn)) / 2
        ).mean(axis=1)
        for low in range(0, len(rho), 1000)
    ]
    return float((np.concatenate(near) * rho).sum() * r / 40_000)


def plane(shape: Any, x: float = 0.0, y: float = 0.0, sigma: float = 1.0) -> float:
    """The chance in a region of the plane, without any earth."""
    mass = Mass(Region(shape))
    at = mass.beside(np.array([x]), np.array([y]), np.array([sigma]))
    return float(mass.of(*at, np.array([sigma]), mass.contains(*at))[0])


def millionths(place: Place, lon: float, lat: float, sigma: float) -> int:
    if shapely.is_empty(place.region.shape):
        return 0
    found = Locator(FRAME, {"p": place}, shortcut=False).probabilities(
        np.array([lon]), np.array([lat]), np.array([sigma])
    )
    return int(found["p"][0])


# -- closed forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half_width", [0.01, 0.25, 0.5, 1.0, 2.0, 4.0])
def test_on_the_centre_line_of_a_strip_the_chance_is_that_of_both_edges(half_width: float) -> None:
    place = Near(NORTH, 2_000.0 * half_width)
    expected = phi(half_width) - phi(-half_width)
    assert abs(millionths(place, *CENTRE, 2_000.0) - MILLION * expected) <= CLOSE
    assert abs(plane(shapely.box(-half_width, -1000, half_width, 1000)) - expected) < 4e-6


def test_a_strip_as_wide_as_sigma_has_38_percent_and_is_no_half_plane() -> None:
    assert abs(millionths(Near(NORTH, 1_000.0), *CENTRE, 2_000.0) - 382_925) <= CLOSE


@pytest.mark.parametrize("z", [-4.5, -2.0, -0.5, 0.0, 0.1, 1.0, 3.0, 4.9])
def test_beside_one_straight_edge_the_chance_is_phi_of_the_distance(z: float) -> None:
    assert abs(plane(shapely.box(0, -1e6, 1e6, 1e6), x=z) - phi(z)) < 4e-6
    lon, lat, _ = GEOD.fwd(*CENTRE, -90 if z > 0 else 90, abs(z) * 1_500.0)
    west, east = (millionths(Side(NORTH, side), lon, lat, 1_500.0) for side in "WE")
    assert abs(west - MILLION * phi(z)) <= CLOSE
    assert west + east == MILLION


@pytest.mark.parametrize("turn", [0, 17, 45, 80])
@pytest.mark.parametrize("opening", [1, 30, 60, 90, 135, 180, 270, 359])
def test_at_a_corner_the_chance_is_the_share_of_its_angle(opening: int, turn: int) -> None:
    angles = np.radians(np.linspace(turn, turn + opening, 40))
    wedge = shapely.Polygon([(0, 0), *(1e3 * np.column_stack([np.cos(angles), np.sin(angles)]))])
    assert abs(plane(wedge) - opening / 360) < 1e-8


def test_a_report_on_the_corner_of_a_rectangle_lies_inside_with_a_quarter() -> None:
    x, y = FRAME.to_xy(np.array([36.0]), np.array([48.0]))
    corner = FRAME.unproject(shapely.box(x[0], y[0], x[0] + 80_000, y[0] + 60_000))
    assert abs(millionths(Area(FRAME, corner), 36.0, 48.0, 3_000.0) - 250_000) <= CLOSE
    rest = AllOf((Disc(FRAME, 36.0, 48.0, 50_000.0), Not(Area(FRAME, corner))))
    assert abs(millionths(rest, 36.0, 48.0, 3_000.0) - 750_000) <= CLOSE


@pytest.mark.parametrize("radius", [0.05, 0.5, 1.0, 2.5, 20.0])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_chance_in_a_disc_is_that_of_its_rings(radius: float, share: float) -> None:
    sigma, d = 1_000.0, share * radius if share < 1 or radius < 20 else radius - 0.7
    lon, lat, _ = GEOD.fwd(36.0, 48.5, 33.0, d * sigma)
    expected = rice(d, radius) if radius < 50 or d > radius / 2 else 1.0
    assert abs(millionths(Disc(FRAME, 36.0, 48.5, radius * sigma), lon, lat, sigma) - MILLION * expected) <= CLOSE + 3


def test_a_disc_alone_and_a_disc_in_a_larger_place_are_the_same() -> None:
    disc, larger = Disc(FRAME, 36.0, 48.5, 9_000.0), Area(FRAME, shapely.box(35, 48, 37, 49))
    for metres in (0.0, 5_000.0, 9_000.0, 12_000.0):
        lon, lat, _ = GEOD.fwd(36.0, 48.5, 200.0, metres)
        alone = millionths(disc, lon, lat, 2_000.0)
        assert abs(millionths(AllOf((larger, disc)), lon, lat, 2_000.0) - alone) <= 1
        hole = millionths(AllOf((larger, Not(disc))), lon, lat, 2_000.0)
        assert abs(hole + alone - MILLION) <= 1


# -- against another integration ------------------------------------------------------------------------------------


def gridded(shape: Any, x: float, y: float) -> float:
    """The chance in a region of the plane for sigma 1: the lengths of the region on many lines across it, askew."""
    shape, x, y = shapely.affinity.rotate(shapely.affinity.translate(shape, -x, -y), 20, origin=(0, 0)), 0.0, 0.0
    heights = (np.arange(8_000) + 0.5) / 8_000 * 12 - 6
    lines = shapely.linestrings(
        np.stack(
            [
                np.column_stack([np.full(8_000, x - 60), heights + y]),
                np.column_stack([np.full(8_000, x + 60), heights + y]),
            ],
            axis=1,
        )
    )
    cut, row = shapely.get_parts(shapely.intersection(lines, shape), return_index=True)
    cut, row = cut[shapely.length(cut) > 0], row[shapely.length(cut) > 0]
    ends = shapely.bounds(cut)
    phis = np.array([phi(b - x) - phi(a - x) for a, b in ends[:, [0, 2]]])
    return float(np.sum(phis * np.exp(-(heights[row] ** 2) / 2)) * 12 / 8_000 / math.sqrt(2 * math.pi))


BOX = shapely.box(-20, -20, 20, 20)
SHAPES = {
    "strip": shapely.box(-0.7, -50, 0.7, 50),
    "corner": shapely.Polygon([(0, 0), (9, 1), (2, 9)]),
    "sliver": shapely.Polygon([(-8, -0.01), (9, 0.003), (-8, 0.02)]),
    "notch": shapely.difference(BOX, shapely.Polygon([(0.2, 0.1), (-1, 30), (1.5, 30)])),
    "two parts": shapely.union_all([shapely.box(-3, -3, -0.4, 3), shapely.box(0.3, -1, 2, 1)]),
    "hole": shapely.difference(BOX, shapely.box(-0.5, -1, 1, 0.5)),
    "comb": shapely.union_all([shapely.box(-5, -6, 5, -5), *(shapely.box(n, -5, n + 0.5, 4) for n in range(-5, 5))]),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("at", [(0.0, 0.0), (0.31, -0.2), (-1.3, 0.9), (2.6, 1.1), (0.7, -4.6)])
def test_the_chance_is_the_integral_over_every_kind_of_shape(name: str, at: tuple[float, float]) -> None:
    assert abs(plane(SHAPES[name], *at) - gridded(SHAPES[name], *at)) < 1e-5


PLACES: dict[str, Place] = {
    "near": Near(BENDS, 15_000.0),
    "strip": AllOf((Near(BENDS, 25_000.0), Side(BENDS, "W"))),
    "band": AllOf((Near(BENDS, 25_000.0), Not(Near(BENDS, 8_000.0)))),
    "disc": Disc(FRAME, 36.0, 48.5, 20_000.0),
    "lens": AllOf((Disc(FRAME, 36.0, 48.5, 20_000.0), Near(BENDS, 90_000.0))),
    "both": AnyOf((Disc(FRAME, 37.0, 48.0, 12_000.0), Near(BENDS, 6_000.0))),
    "zone": any_of((Area(FRAME, shapely.box(34, 47, 36, 48.4)), Area(FRAME, shapely.box(36, 47.5, 37, 49)))),
    "round": Near(Area(FRAME, shapely.box(36, 48, 36.4, 48.3)), 10_000.0),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_chance_is_what_another_integration_over_another_drawing_gives(name: str) -> None:
    """The plain evaluator draws every place with very short edges, and integrates in x and y."""
    rng = np.random.default_rng(3)
    place = PLACES[name]
    points = Points.of(FRAME, rng.uniform(35, 38.2, 4_000), rng.uniform(46.9, 49.2, 4_000))
    edge = np.argsort(np.abs(place.signed_distance(points)))[[*range(0, 60, 10), *range(100, 900, 130)]]
    sigma = np.resize([800.0, 4_000.0, 24_000.0], len(edge))
    lon, lat = points.lon[edge], points.lat[edge]
    found = Locator(FRAME, {"p": place}, shortcut=False).probabilities(lon, lat, sigma)["p"]
    expected = [MILLION * chance(place, *of) for of in zip(lat.tolist(), lon.tolist(), sigma.tolist(), strict=True)]
    assert np.abs(found - expected).max() <= 1.0


def test_against_the_ellipsoid_the_projection_errs_by_less_than_one_in_a_hundred_thousand_up_to_ten_kilometres() -> (
    None
):
    """Every direction and distance from the report measured on the ellipsoid; the same Gaussian in the projection."""
    rng = np.random.default_rng(5)
    worst = {}
    for sigma in (500.0, 5_000.0, 10_000.0, 25_000.0):
        worst[sigma] = 0.0
        for name in ("near", "disc", "zone"):
            rim = shapely.segmentize(FRAME.unproject(shapely.segmentize(drawn(PLACES[name]), sigma / 20)), 1)
            for _ in range(2):
                tip = shapely.get_coordinates(rim)[rng.integers(shapely.get_num_coordinates(rim))]
                lon, lat = tip + rng.normal(0, 1, 2) * sigma / 111_000
                there = Transformer.from_crs(
                    "EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m", always_xy=True
                )
                away = shapely.transform(rim, lambda c, there=there: np.column_stack(there.transform(c[:, 0], c[:, 1])))
                exact = plane(away, sigma=sigma)
                worst[sigma] = max(worst[sigma], abs(exact - millionths(PLACES[name], lon, lat, sigma) / MILLION))
    assert max(worst[500.0], worst[5_000.0], worst[10_000.0]) < 1e-5, worst
    assert worst[25_000.0] < 1e-4, worst


# -- what must hold of all places -----------------------------------------------------------------------------------

sigmas = st.sampled_from([3.0, 120.0, 900.0, 4_000.0, 30_000.0])
spots = st.tuples(st.floats(35.0, 38.2), st.floats(46.9, 49.2))
edges = st.sampled_from(sorted(PLACES))


@st.composite
def on_edges(draw: st.DrawFn) -> tuple[float, float, float]:
    """A report beside the outline of one of the places."""
    sigma = draw(sigmas)
    rim = shapely.boundary(PLACES[draw(edges)].region.shape)
    spot = shapely.line_interpolate_point(shapely.get_parts(rim)[0], draw(st.floats(0, 1)), normalized=True)
    x = spot.x + sigma * draw(st.sampled_from([0.0, -0.3, 1.0, 3.0, -4.9]))
    y = spot.y + sigma * draw(st.sampled_from([0.0, 0.2, -2.0, 4.9]))
    lon, lat = FRAME.to_lonlat(np.array([x]), np.array([y]))
    return float(lon[0]), float(lat[0]), sigma


@SETTINGS
@given(on_edges(), edges)
def test_a_place_and_all_outside_it_sum_to_one(report: tuple[float, float, float], name: str) -> None:
    assert abs(millionths(PLACES[name], *report) + millionths(Not(PLACES[name]), *report) - MILLION) <= 1


@SETTINGS
@given(on_edges(), edges, edges)
def test_the_chances_of_disjoint_places_sum_to_that_of_what_they_make_together(
    report: Any, one: str, other: str
) -> None:
    first, second = PLACES[one], AllOf((PLACES[other], Not(PLACES[one])))
    apart = [millionths(place, *report) for place in (first, second)]
    assert sum(apart) <= MILLION + 2
    assert abs(sum(apart) - millionths(AnyOf((first, PLACES[other])), *report)) <= 3


@SETTINGS
@given(on_edges(), edges, edges)
def test_a_place_in_another_is_never_the_likelier(report: Any, one: str, other: str) -> None:
    part = millionths(AllOf((PLACES[one], PLACES[other])), *report)
    assert part <= min(millionths(PLACES[one], *report), millionths(PLACES[other], *report)) + 1


@SETTINGS
@given(on_edges(), st.floats(2_000, 40_000), st.floats(1, 5_000))
def test_a_wider_strip_is_never_the_less_likely(report: Any, metres: float, more: float) -> None:
    assert millionths(Near(BENDS, metres), *report) <= millionths(Near(BENDS, metres + more), *report) + 1


def test_strips_side_by_side_sum_to_no_more_than_one() -> None:
    x, y = (float(c[0]) for c in FRAME.to_xy(np.array([CENTRE[0]]), np.array([CENTRE[1]])))
    wide = 2_000.0 * float(FRAME.scale(np.array([x]), np.array([y]))[0])
    strips = [
        Area(
            FRAME,
            FRAME.unproject(
                shapely.segmentize(shapely.box(x + (n - 0.5) * wide, y - 9e4, x + (n + 0.5) * wide, y + 9e4), 5_000)
            ),
        )
        for n in range(-6, 7)
    ]
    found = [millionths(strip, *CENTRE, 2_000.0) for strip in strips]
    assert abs(sum(found) - MILLION) <= len(strips) / 2 + 1
    assert abs(found[6] - 382_925) <= CLOSE


def test_a_zone_of_both_strips_of_a_line_is_the_strip_around_it() -> None:
    halves = AnyOf(tuple(AllOf((Near(BENDS, 20_000.0), Side(BENDS, side))) for side in "WE"))
    whole, rng = Near(BENDS, 20_000.0), np.random.default_rng(2)
    lon, lat = rng.uniform(35, 38.2, 3_000), rng.uniform(46.9, 49.2, 3_000)
    sigma = rng.lognormal(7, 2, 3_000)
    found = [
        Locator(FRAME, {"p": place}, shortcut=False).probabilities(lon, lat, sigma)["p"] for place in (halves, whole)
    ]
    assert np.abs(found[0] - found[1]).max() <= 1
    on_line = Points.of(FRAME, [35.0, 37.0], [47.2, 47.8])
    assert np.allclose(halves.signed_distance(on_line), 20_000.0, atol=0.2)


def test_a_border_between_parts_of_one_polygon_is_no_edge() -> None:
    parts = shapely.multipolygons([shapely.box(34, 47, 35, 48), shapely.box(35, 47, 36, 48)])
    whole = Area(FRAME, shapely.Polygon([(34, 47), (35, 47), (36, 47), (36, 48), (35, 48), (34, 48)]))
    assert millionths(Area(FRAME, parts), 35.0, 47.5, 3_000.0) == millionths(whole, 35.0, 47.5, 3_000.0) == MILLION


@pytest.mark.parametrize("twice", [0, 1, 2])
@pytest.mark.parametrize("heights", [False, True])
def test_a_vertex_that_stands_twice_changes_neither_sides_nor_chances(twice: int, heights: bool) -> None:
    corners = [(36.0, 47.5), (36.5, 48.2), (36.2, 49.0)]
    again = [*corners[: twice + 1], *corners[twice:]]
    if heights:
        again = [(*corner, 100.0 * n) for n, corner in enumerate(again)]
    lines = [Line(FRAME, shapely.linestrings(some), "W", "E") for some in (corners, again)]
    for made in (lambda line: Near(line, 9_000.0), lambda line: AllOf((Near(line, 30_000.0), Side(line, "W")))):
        for spot in ((36.3, 48.0), (36.0, 47.45), (35.9, 49.05), (36.5, 48.2)):
            one, two = (millionths(made(line), *spot, 4_000.0) for line in lines)
            assert one == two


def test_neither_order_nor_company_changes_a_chance() -> None:
    rng = np.random.default_rng(8)
    n = 600
    lon, lat, sigma = rng.uniform(35, 38, n), rng.uniform(47, 49, n), rng.lognormal(8, 1, n)
    locator = Locator(FRAME, PLACES)
    whole = locator.probabilities(lon, lat, sigma)
    order = rng.permutation(n)
    mixed = locator.probabilities(lon[order], lat[order], sigma[order])
    for name in PLACES:
        assert np.array_equal(whole[name][order], mixed[name])
        alone = [
            locator.probabilities(lon[i : i + 1], lat[i : i + 1], sigma[i : i + 1])[name][0] for i in range(0, n, 40)
        ]
        assert np.array_equal(whole[name][::40], alone)


def test_beyond_five_sigma_of_every_edge_a_report_is_in_or_out_for_certain() -> None:
    area = Area(FRAME, shapely.box(34, 47, 37, 49))
    lon, lat = np.array([35.5, 35.5, 33.0]), np.array([48.0, 47.0, 48.0])
    depth = area.signed_distance(Points.of(FRAME, lon, lat))
    found = Locator(FRAME, {"p": area}).probabilities(lon, lat, np.abs(depth) / CERTAIN)["p"]
    assert found[0] == MILLION
    assert found[2] == 0
