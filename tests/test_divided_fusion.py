"""Fusion by parts gives what fusion of all at once gives, however the reports are divided, sent and walked over."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.incidents.fusion import divided
from servanda.incidents.fusion.blocking import LATEST_H, Where, distance, gap_of, reach_of
from servanda.incidents.fusion.blocks import Blocks, Tally
from servanda.incidents.fusion.divided import counted, fuse_divided, gathered
from servanda.incidents.fusion.doubtful import doubts_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import group_names, ids_of, incident_tables
from servanda.values.codes import STANDARD
from tests.build import examples, instant, reports
from tests.scattered import Scattered

VOICES = ("Post 1", "Post 2", "Radio", "Ministry", "Agency", "ministry")


def crowded(seed: int, size: int) -> pl.DataFrame:
    """Reports of few events, with all that makes fusion look twice: repeats, pages, ids, sides, hearsay, relays on wrong days, vague places."""
    chance = random.Random(seed)
    events = [
        (48 + chance.random() / 2, 37 + chance.random(), instant("03-18") + timedelta(minutes=chance.randrange(9_000)))
        for _ in range(max(2, size // 5))
    ]
    rows: list[dict[str, Any]] = []
    for n in range(size):
        lat, lon, at = chance.choice(events)
        source, origin = chance.choice(VOICES), chance.choice(VOICES)
        start = at + timedelta(minutes=chance.choice([0, 0, 3, 40]), days=chance.choice([0, 0, 0, 1, -1]))
        if chance.random() < 0.1 and rows:
            again = {"report_id": f"R{n}"}
            if chance.random() < 0.5:  # in another's words it is a repeat all the same
                again |= {"source": source, "kind": "claim", "side": chance.choice([None, "none", "A"]), "url": None}
            rows.append({**chance.choice(rows), **again})
            continue
        rows.append(
            {
                "report_id": f"R{chance.randrange(size)}",
                "source": source,
                "origin": origin if chance.random() < 0.4 else source,
                "side": chance.choice([None, "none", "A", "B", "none"]),
                "kind": chance.choice(["observation", "claim"]),
                "stance": chance.choice(["asserts"] * 8 + ["denies", "retracts"]),
                "directness": chance.choice([0, 1, 2, 2]),
                "lat": None if chance.random() < 0.05 else lat + chance.gauss(0, 0.01),
                "lon": lon + chance.gauss(0, 0.01),
                "precision_m": chance.choice([300.0, 3_000.0, 40_000.0]),
                "start": start,
                "end": start + timedelta(hours=chance.choice([0, 0, 1, 40])),
                "known_at": start + timedelta(hours=chance.choice([1, 5, -30])),
                "incident_id": chance.choice([None] * 6 + [f"I{chance.randrange(5)}"]),
                "url": chance.choice([None, None, f"p{chance.randrange(4)}"]),
                "place_name": chance.choice([None, "Terin", "Old Terin", "Sela"]),
            }
        )
    return reports(*rows)


def at_once(table: pl.DataFrame) -> tuple[Fusion, pl.Series]:
    fusion = Fusion(STANDARD)
    fusion.add(table)
    return fusion, group_names(fusion, table)


@examples(40)
@given(
    st.integers(0, 10**6),
    st.integers(1, 9),
    st.integers(1, 6),
    st.sampled_from([5, 30, 10_000]),
    st.booleans(),
    st.sampled_from([0, 2]),
)
def test_reports_are_fused_alike_however_they_are_divided(
    seed: int, pieces: int, shares: int, in_block: int, skewed: bool, most: int
) -> None:
    """``most``: as many blocks of reports that hang together are grouped on one machine; others in rounds."""
    table = crowded(seed, 80)
    if skewed:  # half of all in one town, and as many by one origin
        half = pl.int_range(pl.len()) % 4
        town = [pl.when(half < 2).then(pl.col(c).first()).otherwise(c).alias(c) for c in ("lat", "lon", "place_name")]
        table = table.with_columns(*town, origin=pl.when(half % 3 == 0).then(pl.lit("Agency")).otherwise("origin"))
    fusion, names = at_once(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(divided, "_BLOCKS", most)
        there = fuse_divided(Scattered.of(table, pieces, shares, seed), STANDARD, None, b"", in_block)
    found = {int(n): one for rows, at in there.tables.items for n, one in zip(at, rows["incident_id"], strict=True)}
    assert [found[n] for n in range(table.height)] == ids_of(fusion, names).to_list()
    assert there.counts == counted(fusion)
    here = doubts_of(fusion, names)
    assert there.doubts.pairs.equals(here.pairs)
    assert there.doubts.several.equals(here.several)


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_two_within_reach_meet_in_the_one_block_in_which_they_are_compared(seed: int, in_block: int) -> None:
    dice = np.random.default_rng(seed)
    start, lat = dice.uniform(0, 60, 60).round(1), dice.uniform(-89, 89, 60).round(1)
    end = start + dice.choice([0, 1, 30], 60)
    where = Where(lat, dice.uniform(-180, 180, 60), dice.choice([0.1, 20, 500], 60), start, end)
    blocks = Blocks.of(Tally.of(start, lat), in_block)
    row, block = blocks.spread(where)
    stands = set(zip(row.tolist(), block.tolist(), strict=True))
    assert stands >= set(zip(range(60), blocks.own(where).tolist(), strict=True))
    i, j = np.triu_indices(60, 1)
    near = (distance(where, i, j) <= reach_of(where.radius)[i] + reach_of(where.radius)[j]) & (
        gap_of(where, i, j) <= LATEST_H
    )
    i, j = i[near], j[near]
    for one, other, met in zip(i.tolist(), j.tolist(), blocks.of_pairs(where, i, j).tolist(), strict=True):
        assert {(one, met), (other, met)} <= stands


def test_one_town_with_half_of_all_reports_makes_no_block_larger_than_others() -> None:
    dice, many = np.random.default_rng(3), 20_000
    start, lat = dice.uniform(0, 24 * 100, many), np.where(np.arange(many) % 2, 48.0, dice.uniform(44, 52, many))
    where = Where(lat, np.full(many, 37.0), np.full(many, 1.0), start, start)
    blocks = Blocks.of(Tally.of(start, lat), 500)
    assert np.bincount(blocks.own(where)).max() <= 500
    assert np.bincount(blocks.spread(where)[1]).max() <= 1_500  # with those whose reach comes from before


@examples(40)
@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from([5, 30, 10_000]), st.sampled_from([0, 2]))
def test_all_about_each_report_comes_back(seed: int, shares: int, in_block: int, most: int) -> None:
    """``most``: as many blocks of reports that hang together are grouped on one machine; others in rounds."""
    table = crowded(seed, 80)
    fusion, _ = at_once(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(divided, "_BLOCKS", most)
        brought, in_order = gathered(Scattered.of(table, 5, shares, seed), STANDARD, in_block)
    assert in_order.equals(table)
    here, there = incident_tables(fusion), incident_tables(brought)
    for name in ("incidents", "members", "counts"):
        assert getattr(there, name).equals(getattr(here, name)), name
    assert there.total == here.total
