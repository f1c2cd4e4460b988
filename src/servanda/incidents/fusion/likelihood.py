"""How much likelier a pair of reports is if both speak of one incident than if each speaks of its own (Fellegi and Sunter, 1969).

In natural logarithms, added up, and kept part by part so that every merge can be explained:

* **place and time**: the density with which one event gives such a displacement and such a delay, by each report's own uncertainty (a
  Gaussian in space, overlapping intervals in time), over the density of *other* incidents there and then. How many those are is told by
  the source itself: its own other reports nearby are other incidents, for it reports an incident once. So two hits near each other are
  one event on a quiet day, and an open question on a busy front.
* **act, target, weapon, actor**: the same, related, or different; unknown says nothing. Who was to blame says nothing across a denial.
* **name of the place** (``place_names``): words in common, or none, where both reports are precise enough to name one.
* **another date, the same minute** (``misdated``): how often relays err in the day, and how rarely the minute agrees by chance, over the
  density of other incidents and that of the same place struck again. What else agrees says nothing, for so it would then.

The constants below are judgements, not fitted to any data set; ``docs/benchmarks.md`` says what came of them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.evidence.model import DEFAULT_PRECISION_M
from servanda.incidents.fusion.blocking import KM_PER_DEGREE, SLACK_H, Floats, Int32s, Ints, Pairs, Where
from servanda.incidents.fusion.misdated import EARLY_DAYS, Relayed, days_apart, early
from servanda.incidents.fusion.other_acts import Apart, Said, parted
from servanda.incidents.fusion.place_names import OPPOSED, SILENT, PlaceName, likeness
from servanda.incidents.fusion.place_names import OTHER as OTHER_NAME
from servanda.incidents.fusion.place_names import SAME as SAME_NAME
from servanda.incidents.fusion.tallies import Kinds, parted_by_counts, parted_by_kinds
from servanda.values.codes import Tree
from servanda.values.geo.containment import SIGMAS_PER_RADIUS_95

assert DEFAULT_PRECISION_M > 0
FLOOR_KM = 0.3  # no two observers mean the very same spot
ALSO_REPORTED = 0.5  # how probable it is that a second source reports an incident as well
RARE = 1e-6  # incidents of one source per km2 and hour where it reports nothing else
CELL_KM, CELL_H = 12.0, 36.0  # over which a source's other reports are counted
PRIOR = 3.0  # how many cells' worth of belief in that
SAME, RELATED, SIBLING, OTHER = 1.4, 0.2, -0.9, -1.9
ACTOR_SAME, ACTOR_OTHER = 0.6, -2.5
NAME_SAME, NAME_OTHER, NAME_OPPOSED, NAMED_KM = 1.5, -1.5, -4.0, 30.0
PAGE_OTHER = -1.5
FORETOLD_H = (
    4.0  # no report tells of what began so much later than it became known; less may be a clock of another zone
)
TRACES = frozenset({"fire", "explosion", "trace", "air_raid_alert", "other", "other_target"})
"""What may be the trace of any act: whether it is the same says little."""
EXACT = 0.3  # how often two reports of one incident give the very same minute
MISDATED = 0.02  # how often a relay puts an event on the day before or after
DATE_LOST = 0.5  # how often, where the date lies after the report itself, nothing else of it is wrong
AGAIN = 0.1  # how often what was struck is struck again on the next day
COUNTED = -2.0  # of a count and one of what it counts: never one incident, and yet not one more beside the count
HOURS_APART = -0.1  # of two that clocks put hours apart: as probably one incident as two
UNITS = 10_000  # scores are whole ten-thousandths, so that no sum depends on its order


@dataclass(frozen=True)
class Tables:
    """What to compare by: for act, target, weapon and actor a table from two codes to the logarithm of their ratio, whose last row and
    column stand for nothing said, what each name of a place says, what the names of weapons mean, and what codes tell apart.
    """

    relation: Mapping[str, Floats]
    names: Sequence[PlaceName]
    kinds: Kinds
    apart: Apart

    @functools.cached_property
    def units(self) -> Mapping[str, Floats]:
        """The same in whole units."""
        return {part: np.rint(table * UNITS) for part, table in self.relation.items()}

    @functools.cached_property
    def most(self) -> float:
        """What all that is said besides place and time may add to a score at most."""
        return UNITS * NAME_SAME + sum(float(table.max()) for table in self.units.values())


@dataclass(frozen=True)
class Claims:
    """What reports say besides place and time, as codes (-1: nothing), and from whom.

    ``denies``: it denies. ``source``: who carries it; ``once``: it speaks of the incident as that source's one report; ``page``: where it
    stands, 0 where that is not told; ``tally``: it counts acts over a long time (``tallies``); ``things``: it says how much of something is there.
    """

    act: Int32s
    target: Int32s
    weapon: Int32s
    actor: Int32s
    name: Int32s
    source: Int32s
    denies: npt.NDArray[np.bool_]
    once: npt.NDArray[np.bool_]
    page: Ints
    relayed: Relayed
    tally: npt.NDArray[np.bool_]
    things: npt.NDArray[np.bool_]
    tables: Tables


def relations(codes: Sequence[str], tree: Tree | None) -> Floats:
    """The table for some codes: the same, one above the other, under one parent, or different. A last row and column for nothing said."""
    size = len(codes)
    table = np.zeros((size + 1, size + 1))
    up: dict[str, list[str]] = {}
    for code in codes:
        chain, at = [code], tree.parent.get(code) if tree else None
        while at is not None and tree is not None:
            chain.append(at)
            at = tree.parent.get(at)
        up[code] = chain
    for i, a in enumerate(codes):
        for j, b in enumerate(codes):
            if a == b:
                table[i, j] = 0.0 if a in TRACES else SAME
            elif TRACES & {a, b}:
                table[i, j] = 0.0
            elif a in up[b] or b in up[a]:
                table[i, j] = RELATED
            else:
                table[i, j] = SIBLING if up[a][-1] == up[b][-1] else OTHER
    return table


def others_near(where: Where, count: Ints) -> Floats:
    """Incidents per km2 and hour that its own source reports around each report, itself left out, drawn towards :data:`RARE`.

    ``count``: its source's reports in its cell (:func:`density_cells`). A report vaguer than the cell stands for all the land and time
    that it may mean: what is told of "the oblast" piles up on one point of the map.
    """
    area = np.maximum(CELL_KM * CELL_KM, np.pi * where.radius**2)
    volume = area * np.maximum(CELL_H, where.end - where.start)
    return np.asarray((count - 1) / (volume * (1 + PRIOR)) + RARE * PRIOR / (1 + PRIOR))


def density_cells(where: Where, source: Ints) -> Ints:
    """The cell, per source, over which its reports are counted."""
    row = np.floor(where.lat * (KM_PER_DEGREE / CELL_KM))
    middle = np.cos(np.deg2rad(np.clip((row + 0.5) * CELL_KM / KM_PER_DEGREE, -89.9, 89.9)))
    around = np.where(where.lon >= 180.0, where.lon - 360.0, where.lon)  # one meridian, two ways to write it
    column = np.floor(around * (KM_PER_DEGREE / CELL_KM) * middle)
    span = np.floor((where.start + where.end) / 2 / CELL_H)
    cell = (row.astype(np.int64) << 42) + (column.astype(np.int64) << 21) + span.astype(np.int64)
    mixed = cell.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + source.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed ^= mixed >> np.uint64(29)
    return (mixed * np.uint64(0xBF58476D1CE4E5B9)).view(np.int64)


PARTS = ("place_time", "act", "target", "weapon", "actor", "name", "page")


def parts_of(pairs: Pairs, where: Where, claims: Claims, near: Floats) -> dict[str, Floats]:
    """The logarithms of the ratios, by part, for every pair. ``near``: :func:`others_near` of every report."""
    compared = {part: _compared(part, pairs, claims, table) for part, table in claims.tables.relation.items()}
    parts = {
        "place_time": _place_time(pairs, where, near),
        **compared,
        "name": _names(pairs, where, claims),
        "page": _page(pairs, where, claims),
    }
    other = days_apart(pairs, where)
    if len(other):
        for part in parts.values():
            part[other] = np.minimum(part[other], 0.0)
        some = Pairs(pairs.i[other], pairs.j[other], pairs.km[other])
        parts["place_time"][other] = _another_day(some, where, claims, near)
    return parts


def scores_of_misdated(pairs: Pairs, where: Where, claims: Claims, near: Floats, least: int) -> tuple[Ints, Ints]:
    """Which pairs may be one event though one of their dates is wrong (``misdated``), and their scores: nothing else that they say may be another."""
    parts = parts_of(pairs, where, claims, near)
    value = np.rint(sum(parts.values()) * UNITS).astype(np.int64)
    alike = np.all([part > NAME_OTHER for name, part in parts.items() if name != "place_time"], axis=0)
    some = np.flatnonzero(alike & (value >= least))
    return some, value[some]


def scores(pairs: Pairs, where: Where, claims: Claims, near: Floats, least: int) -> tuple[Ints, Ints]:
    """Which pairs score so much or more, all parts together, and their scores in whole units."""
    value = np.rint(_place_time(pairs, where, near) * UNITS)
    some = np.flatnonzero(value >= least - claims.tables.most)
    pairs, value = pairs.take(some), value[some]
    for part, table in claims.tables.units.items():
        value += _compared(part, pairs, claims, table)
    named = _names(pairs, where, claims)
    value += np.rint((named + _page(pairs, where, claims)) * UNITS)
    counted = parted_by_counts(pairs, where, claims.tally)
    counted |= parted_by_kinds(pairs, claims.things, claims.weapon, claims.tables.kinds)
    said = Said(claims.act, claims.target, claims.actor, claims.denies)
    apart, after_hours = parted(pairs, where, said, claims.tables.apart, named <= NAME_OTHER, _grain)
    value[counted | apart] = np.minimum(value[counted | apart], COUNTED * UNITS)
    value[after_hours] = np.minimum(value[after_hours], HOURS_APART * UNITS)
    enough = np.flatnonzero((value >= least) & ~_foretold(pairs, where, claims.relayed.known))
    return some[enough], value[enough].astype(np.int64)


def _foretold(pairs: Pairs, where: Where, known: Floats) -> npt.NDArray[np.bool_]:
    """Which pairs are none because one report was known hours before what the other tells of began, unless both foretell, as two notices of one exercise do."""
    if np.isnan(known).all():
        return np.zeros(len(pairs.i), bool)
    ahead = known < where.start - FORETOLD_H
    before = (known[pairs.i] < where.start[pairs.j] - FORETOLD_H) | (known[pairs.j] < where.start[pairs.i] - FORETOLD_H)
    return np.asarray(before & ~(ahead[pairs.i] & ahead[pairs.j]))


def _compared(part: str, pairs: Pairs, claims: Claims, table: Floats) -> Floats:
    """What the table says of the codes of each pair. An act that is denied is no other act, and whom to blame says nothing then."""
    if len(table) == 1:  # nobody says anything
        return np.zeros(len(pairs.i))
    code: Int32s = getattr(claims, part)
    one, other = code[pairs.i].astype(np.int64), code[pairs.j]
    value: Floats = table.reshape(-1)[
        one * len(table) + other
    ]  # nothing said counts from the end, where nothing is known
    if part in ("act", "actor") and claims.denies.any():
        across = claims.denies[pairs.i] | claims.denies[pairs.j]
        value = np.where(across, np.maximum(value, 0.0) if part == "act" else 0.0, value)
    return value


def _place_time(pairs: Pairs, where: Where, near: Floats) -> Floats:
    i, j = pairs.i, pairs.j
    start_i, start_j, end_i, end_j = where.start[i], where.start[j], where.end[i], where.end[j]
    spread = (where.radius[i] ** 2 + where.radius[j] ** 2) / SIGMAS_PER_RADIUS_95**2 + FLOOR_KM**2
    place = -np.log(2 * np.pi * spread) - pairs.km**2 / (2 * spread)
    length_i, length_j = np.maximum(end_i - start_i, 2 * SLACK_H), np.maximum(end_j - start_j, 2 * SLACK_H)
    apart = (start_j + end_j - start_i - end_i) / 2
    overlap = np.minimum(length_i / 2, apart + length_j / 2) - np.maximum(-length_i / 2, apart - length_j / 2)
    edge = SLACK_H / 2
    overlap /= edge
    soft = edge * (np.maximum(overlap, 0.0) + np.log1p(np.exp(-np.abs(overlap))))
    soft = np.minimum(soft, np.minimum(length_i, length_j))
    time = np.log(np.maximum(soft, 1e-30)) - np.log(length_i * length_j)
    same = np.flatnonzero((start_i == end_i) & (start_i == start_j) & (start_j == end_j))
    time[same] = np.maximum(time[same], np.log(EXACT / _grain(start_i[same])))
    return np.asarray(place + time + np.log(ALSO_REPORTED) - np.log((near[i] + near[j]) / 2))


def _another_day(pairs: Pairs, where: Where, claims: Claims, near: Floats) -> Floats:
    """One event of which a relay errs in the day, over other incidents and over the same place struck again."""
    i, j = pairs.i, pairs.j
    spread = (where.radius[i] ** 2 + where.radius[j] ** 2) / SIGMAS_PER_RADIUS_95**2 + FLOOR_KM**2
    place = np.exp(-np.minimum(pairs.km**2 / (2 * spread), 500.0)) / (2 * np.pi * spread)
    told_early = early(where, claims.relayed.known)
    lost = np.where(where.start[i] > where.start[j], told_early[i], told_early[j])
    erring = np.where(lost, DATE_LOST / EARLY_DAYS, MISDATED)
    one = erring * ALSO_REPORTED * (EXACT / _grain(where.start[i])) * place
    return np.asarray(np.log(one) - np.log((near[i] + near[j]) / 2 + AGAIN / 24.0 * place))


def _grain(hours: Floats) -> Floats:
    """How finely a time was told, in hours: a full hour is a rounder word than two minutes past."""
    minute = np.rint(hours * 60) % 60
    return np.where(minute == 0, 1.0, np.where(minute % 30 == 0, 0.5, np.where(minute % 5 == 0, 1 / 12, 1 / 60)))


def _names(pairs: Pairs, where: Where, claims: Claims) -> Floats:
    out = np.zeros(len(pairs.i))
    a, b = (claims.name[side].astype(np.int64) for side in (pairs.i, pairs.j))
    vague = [where.radius[side] > NAMED_KM for side in (pairs.i, pairs.j)]
    telling = (a >= 0) & (b >= 0) & (vague[0] == vague[1])
    if not telling.any():
        return out
    low, high = np.minimum(a, b)[telling], np.maximum(a, b)[telling]
    both, back = np.unique(low * len(claims.tables.names) + high, return_inverse=True)
    names = claims.tables.names
    worth = {SAME_NAME: NAME_SAME, OTHER_NAME: NAME_OTHER, OPPOSED: NAME_OPPOSED, SILENT: 0.0}
    value = np.array([worth[likeness(names[key // len(names)], names[key % len(names)])] for key in both.tolist()])
    # two towns of one name are one town; that two rows name one region says no more than that they lie in it
    found = value[back.reshape(-1)]
    out[telling] = np.where(vague[0][telling], np.minimum(found, 0.0), found)
    return out


def _page(pairs: Pairs, where: Where, claims: Claims) -> Floats:
    """One page that tells of two places or times tells of two incidents, whoever says so there."""
    i, j = pairs.i, pairs.j
    one_page = np.flatnonzero(
        (claims.page[i] != 0) & (claims.page[i] == claims.page[j]) & claims.once[i] & claims.once[j]
    )
    out = np.zeros(len(i))
    i, j = i[one_page], j[one_page]
    other = [getattr(where, n)[i] != getattr(where, n)[j] for n in ("lat", "lon", "start", "end")]
    out[one_page] = np.where(np.any(other, axis=0), PAGE_OTHER, 0.0)
    return out
