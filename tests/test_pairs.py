"""Candidate pairs: all that are within reach of each other, each once, however the reports are dealt into slabs and grids."""

from __future__ import annotations

from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from servanda.incidents.fusion import blocking as pairs
from servanda.incidents.fusion.blocking import (
    Where,
    banded,
    pairs_of,
    reach_of,
    slabs,
    together,
    within_reach,
)
from tests.build import examples

LATEST_H = 4.0  # between two intervals, beyond which they are not one event (docs/fusion.md)


@st.composite
def reports_by_start(draw: st.DrawFn) -> Where:
    """Up to forty reports in the order of their starts, crowded so that many meet; some last for weeks, some have no place."""
    size = draw(st.integers(0, 40))
    g = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pole = draw(st.sampled_from([0.0, 48.0, -79.0, 88.5]))
    start = np.sort(g.uniform(490_000, 490_000 + draw(st.sampled_from([5.0, 60.0, 2_000.0])), size))
    lasts = g.choice([0.0, 0.0, 3.0, 40.0, 700.0], size)
    lat = pole + g.normal(0, 0.3, size)
    lat[g.random(size) < 0.05] = np.nan
    return Where(lat, 30 + g.normal(0, 0.5, size), g.choice([0.1, 1.0, 8.0, 40.0], size), start, start + lasts)


def in_slabs(where: Where, voice: np.ndarray) -> list[tuple[int, int]]:
    """Pairs as fusion finds them."""
    found = []
    for slab in slabs(where.start, where.end):
        at = slab.rows[together(where.take(slab.rows))]
        for some in pairs_of(where.take(at), at, slab.low, voice[at]):
            found += zip(at[some.i].tolist(), at[some.j].tolist(), strict=True)
    return found


def one_by_one(where: Where, voice: np.ndarray) -> set[tuple[int, int]]:
    """Pairs as their definition has them."""
    reach = reach_of(where.radius)
    out = set()
    for i in range(len(voice)):
        for j in range(i + 1, len(voice)):
            up = (where.lat[i] - where.lat[j]) * pairs.KM_PER_DEGREE
            narrow = (np.cos(np.deg2rad(where.lat[i])) + np.cos(np.deg2rad(where.lat[j]))) / 2
            along = (where.lon[i] - where.lon[j]) * pairs.KM_PER_DEGREE * narrow
            gap = max(where.start[i], where.start[j]) - min(where.end[i], where.end[j])
            near = np.sqrt(along * along + up * up) <= reach[i] + reach[j] and gap <= LATEST_H
            if near and (voice[i] < 0 or voice[i] != voice[j]):
                out.add((i, j))
    return out


@examples(150)
@given(where=reports_by_start(), least=st.integers(1, 12), voices=st.integers(1, 50))
def test_every_pair_within_reach_is_found_once_in_any_slabs_and_one_voice_is_no_pair(
    where: Where, least: int, voices: int
) -> None:
    voice = np.arange(len(where.start)) * 7 % voices - 1
    with mock.patch.object(pairs, "_IN_SLAB", (least, least)), mock.patch.object(pairs, "_LOOKED_UP", 5):
        found = in_slabs(where, voice)
    assert len(found) == len(set(found))
    assert set(found) == one_by_one(where, voice)


def test_reports_that_last_for_ever_are_met_a_few_times_only() -> None:
    start = np.arange(100_000.0)
    with mock.patch.object(pairs, "_IN_SLAB", (100, 100)):
        dealt = list(slabs(start, np.full(len(start), np.inf)))
    assert sum(len(slab.rows) for slab in dealt) <= 3 * len(start)
    assert sum(len(slab.rows) - int(np.searchsorted(slab.rows, slab.low)) for slab in dealt) == len(start)


@examples(150)
@given(where=reports_by_start(), few=st.integers(1, 5))
def test_what_new_reports_may_meet_is_found_in_the_bands_of_latitude(where: Where, few: int) -> None:
    placed = np.flatnonzero(np.isfinite(where.lat))
    where = where.take(placed)
    new = np.arange(len(placed))[::few]
    bands = banded(where)
    order = np.argsort(bands)
    longest = float(np.max(where.end - where.start, initial=0.0))
    found = within_reach(where, order, bands[order], longest, new)
    every = one_by_one(where, np.full(len(placed), -1))
    assert set(found.tolist()) == {*new.tolist(), *(i for pair in every for i, j in (pair, pair[::-1]) if j in new)}
