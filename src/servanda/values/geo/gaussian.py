"""How much of a report's Gaussian lies in a region: the integral, along the region's outline.

Around the report let ``rho`` be the distance in standard deviations and ``theta`` the direction. The Gaussian is cut off at
:data:`CERTAIN` standard deviations, so that the chance of lying farther than ``rho`` is ``g(rho) = (exp(-rho^2/2) - e) / (1 - e)``
with ``e = exp(-CERTAIN^2/2)``, and nothing beyond. By Green's theorem, with the outline run through so that the inside is on its left,

    P = [the report's own point is inside] - 1/(2 pi) * integral of g(rho) d(theta) along the outline.

``(1 - g) d(theta)`` is smooth even where the outline runs through the report, and an entire function along a straight edge
or an arc, so that a Gauss-Legendre rule of few nodes has it to some 1e-10 (Abramowitz and Stegun 26.3; DiDonato and Hageman
1980 take the same way). What is left, the angle that a piece is seen under, is an arc tangent. Each report is worked out by itself, from
the pieces within reach of it in a fixed order: no other report makes a difference.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import shapely

from servanda.values.geo.projection import Floats, Wholes
from servanda.values.geo.region import Pieces, Region, pieces_of

CERTAIN = 5.0  # standard deviations; what lies beyond has a chance of exp(-12.5), which is 4 in a million
_CUT = math.exp(-CERTAIN * CERTAIN / 2)
_NODES = ((0.1, 2), (0.3, 3), (0.75, 4), (2.0, 6), (3.2, 8), (4.8, 10), (7.5, 14), (math.inf, 20))
"""How many nodes a piece up to so many standard deviations long takes, for some 1e-10."""
_CHUNK = 4_000  # points that are looked up at once
_BLOCK = 16_000  # pieces that are worked on at once, so that they stay in cache


class Mass:
    """A region, ready to be asked how much of each of many Gaussians lies in it."""

    def __init__(self, region: Region) -> None:
        self._region, self.pieces = region, pieces_of(region)
        self._tree = shapely.STRtree(self.pieces.boxes())

    @staticmethod
    def beside(x: Floats, y: Floats, sigma: Floats) -> tuple[Floats, Floats]:
        """The points moved by a hair: none lies on a vertex or along an edge any more, and no chance changes by a hundredth of a millionth."""
        hair = 3e-9 + 1e-9 * sigma
        return x + hair, y + 0.6180339887 * hair

    def contains(self, x: Floats, y: Floats) -> Floats:
        """1 for points inside, 0 for others, to the thickness of a chord."""
        return self._region.contains(x, y).astype(np.float64)

    def of(self, x: Floats, y: Floats, sigma: Floats, inside: Floats) -> Floats:
        """The chance of each report: projected metres (:meth:`beside`), standard deviations in them (none of 0), and 1 where its own point is inside."""
        out = np.array(inside, dtype=np.float64)
        for low in range(0, len(x), _CHUNK):
            rows = slice(low, low + _CHUNK)
            out[rows] += self._turns(x[rows], y[rows], sigma[rows])
        out = np.where(out > 1.0 + 1e-6, out - 1.0, np.where(out < -1e-6, out + 1.0, out))  # a point on the very edge
        return np.asarray(np.clip(out, 0.0, 1.0), dtype=np.float64)

    def _turns(self, x: Floats, y: Floats, sigma: Floats) -> Floats:
        """For each point the integral along all pieces within reach, in turns."""
        reach = CERTAIN * sigma
        corners = np.column_stack([x - reach, y - reach, x + reach, y + reach])
        point, piece = self._tree.query(
            shapely.linestrings(corners.reshape(-1, 2, 2))
        )  # which pieces lie in the box of each
        per = 1.0 / sigma
        round_ = self.pieces.radius[piece] > 0
        whose, turns = [np.zeros(0, np.int64)], [np.zeros(0)]
        for some, turn in ((~round_, _straight), (round_, _arc)):
            of, which = point[some], piece[some]
            for low in range(0, len(of), _BLOCK):
                who, what = of[low : low + _BLOCK], which[low : low + _BLOCK]
                where, value = turn(self.pieces, what, x[who], y[who], per[who])
                whose.append(who[where])
                turns.append(value)
        return np.bincount(np.concatenate(whose), np.concatenate(turns), len(x)) / (2.0 * math.pi)


def _straight(pieces: Pieces, which: Wholes, x: Floats, y: Floats, per: Floats) -> tuple[Wholes, Floats]:
    """The integral along straight edges, each seen from a point; ``per`` is one over sigma. Which of them are within reach, and theirs."""
    ax, ay, bx, by = (column[which] for column in pieces.columns)
    ax, ay, bx, by = (ax - x) * per, (ay - y) * per, (bx - x) * per, (by - y) * per
    ex, ey = bx - ax, by - ay
    length = np.hypot(ex, ey)
    length = np.where(length > 0, length, 1.0)
    first, last = (ax * ex + ay * ey) / length, (bx * ex + by * ey) / length
    nearer = first + last > 0  # from the nearer end the height is exact even beside a vertex
    height = (np.where(nearer, ax, bx) * ey - np.where(nearer, ay, by) * ex) / length
    reach = np.sqrt(np.maximum(CERTAIN * CERTAIN - height * height, 0.0))
    first, last = np.maximum(first, -reach), np.minimum(last, reach)
    where = np.flatnonzero(first < last)
    height, first, last = height[where], first[where], last[where]
    seen = np.arctan2(height * (last - first), height * height + first * last)
    out = np.empty(len(where))
    for rows, x_k, w_k in _by_length(last - first):
        h, middle, half = height[rows], (first[rows] + last[rows]) / 2, (last[rows] - first[rows]) / 2
        hh = h * h
        total = np.zeros(len(h))
        for node, weight in zip(x_k, w_k, strict=True):
            s = middle + half * node
            u = np.maximum(hh + s * s, 1e-300)
            total += weight * (1.0 - np.exp(-0.5 * u)) / u
        out[rows] = h * half * total
    return where, out / (1.0 - _CUT) - seen


def _arc(pieces: Pieces, which: Wholes, x: Floats, y: Floats, per: Floats) -> tuple[Wholes, Floats]:
    """The same along arcs. Angles are counted around the centre, from the direction of the point."""
    dx, dy = (x - pieces.centre[which, 0]) * per, (y - pieces.centre[which, 1]) * per
    away, radius, sweep = np.hypot(dx, dy), pieces.radius[which] * per, pieces.sweep[which]
    gap, product = away - radius, away * radius
    sine = (CERTAIN * CERTAIN - gap * gap) / np.maximum(4.0 * product, 1e-300)
    reach = 2.0 * np.arcsin(np.sqrt(np.clip(sine, 0.0, 1.0)))  # angles within reach of the point
    low = np.minimum(pieces.start[which], pieces.start[which] + sweep) - np.arctan2(dy, dx)
    low = np.mod(low + math.pi, 2.0 * math.pi) - math.pi
    high = low + np.abs(sweep)
    near = np.arange(len(which))
    again = np.flatnonzero(high > math.pi)  # an arc opposite the point may come into reach at both its ends
    near = np.concatenate([near, again])
    turn = np.zeros(len(near))
    turn[len(which) :] = 2.0 * math.pi
    first, last = np.maximum(low[near], turn - reach[near]), np.minimum(high[near], turn + reach[near])
    # an arc all within reach is taken once
    whole = (reach >= math.pi)[near]
    first, last = np.where(whole, low[near], first), np.where(whole, high[near], last)
    keep = np.flatnonzero((first < last) & ~(whole & (turn > 0)))
    where, first, last = near[keep], first[keep], last[keep]
    away, radius, gap, product = away[where], radius[where], gap[where], product[where]
    seen = _angle(away, radius, gap, first, last)
    out = np.empty(len(where))
    for rows, x_k, w_k in _by_length((radius + 1.0) * (last - first)):
        middle, quarter = (first[rows] + last[rows]) / 2, (last[rows] - first[rows]) / 4
        sin_m, cos_m = np.sin(middle / 2), np.cos(middle / 2)
        tangent = np.tan(quarter / 2)
        g2, p2, lead = gap[rows] ** 2, 2.0 * product[rows], -radius[rows] * gap[rows]
        total = np.zeros(len(middle))
        for node, weight in zip(x_k, w_k, strict=True):  # the node is at middle + 4 atan(t)
            t = tangent * node
            q = 1.0 / (1.0 + t * t)
            v = (sin_m * (1.0 - 2.0 * t * t * q) + cos_m * 2.0 * t * q) ** 2 * p2
            u = np.maximum(g2 + 2.0 * v, 1e-300)
            total += weight * (1.0 - np.exp(-0.5 * u)) * (lead + v) / u * q
        out[rows] = total * 4.0 * tangent
    return where, (out / (1.0 - _CUT) - seen) * np.sign(sweep[where])


def _angle(away: Floats, radius: Floats, gap: Floats, first: Floats, last: Floats) -> Floats:
    """The angle that an arc is seen under, positive to the left, for an arc that turns to the left by less than half a turn."""
    ax, ay = _toward(radius, gap, first)
    bx, by = _toward(radius, gap, last)
    seen = np.arctan2(ax * by - ay * bx, ax * bx + ay * by)
    return np.where((gap < 0) & (seen < -math.pi / 2), seen + 2.0 * math.pi, seen)


def _toward(radius: Floats, gap: Floats, angle: Floats) -> tuple[Floats, Floats]:
    """From the point to the place on its arc; the point lies on the first axis."""
    return -gap - 2.0 * radius * np.sin(angle / 2) ** 2, radius * np.sin(angle)


@cache
def _rule(nodes: int) -> tuple[Floats, Floats]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    return x, w


def _by_length(length: Floats) -> list[tuple[Wholes, Floats, Floats]]:
    """Rows by how many nodes pieces of such lengths take, with nodes and weights."""
    kind = np.searchsorted([up_to for up_to, _ in _NODES], length)
    some = [(np.flatnonzero(kind == n), *_rule(nodes)) for n, (_, nodes) in enumerate(_NODES)]
    return [one for one in some if len(one[0])]
