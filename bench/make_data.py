"""Seeded synthetic reports, zones and a line for the benchmark.

60 zones of some 1,000 vertices with shared fractal edges, a line of 1,500 vertices, reports over three months, three
quarters of them within some 12 km of the line, lognormal errors of place, eight acts, one to five reports per incident; a third
of the incidents carry an id, the others rest on exact repeats.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20250318
ACTS = (
    "artillery_fire",
    "mortar_fire",
    "strike_drone",
    "missile",
    "short_range_drone",
    "overflight",
    "assault",
    "small_arms",
)
TARGETS = ("military_position", "residential", "substation", "power_line", "refinery", None)
SOURCES = 40
WEST, EAST, SOUTH, NORTH = 30.0, 40.0, 46.0, 52.0
COLUMNS, ROWS = 10, 6
CHUNK = 1_000_000


def fractal(a: np.ndarray, b: np.ndarray, depth: int, rng: np.random.Generator, rough: float) -> np.ndarray:
    """A rough line from a to b by midpoint displacement, 2**depth edges."""
    points = np.array([a, b])
    for _ in range(depth):
        middle = (points[:-1] + points[1:]) / 2
        step = points[1:] - points[:-1]
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        middle = middle + normal * rng.normal(0, rough, (len(middle), 1))
        out = np.empty((len(points) + len(middle), 2))
        out[0::2], out[1::2] = points, middle
        points = out
    return points


def zones(rng: np.random.Generator) -> list[np.ndarray]:
    x, y = np.linspace(WEST, EAST, COLUMNS + 1), np.linspace(SOUTH, NORTH, ROWS + 1)
    across = {
        (i, j): fractal(np.array([x[i], y[j]]), np.array([x[i + 1], y[j]]), 8, rng, 0.05)
        for i in range(COLUMNS)
        for j in range(ROWS + 1)
    }
    up = {
        (i, j): fractal(np.array([x[i], y[j]]), np.array([x[i], y[j + 1]]), 8, rng, 0.05)
        for i in range(COLUMNS + 1)
        for j in range(ROWS)
    }
    out = []
    for j in range(ROWS):
        for i in range(COLUMNS):
            ring = [across[i, j][:-1], up[i + 1, j][:-1], across[i, j + 1][::-1][:-1], up[i, j][::-1]]
            out.append(np.round(np.vstack(ring), 6))
    return out


def line(rng: np.random.Generator) -> np.ndarray:
    coarse = np.array(
        [[33.5, 46.4], [34.6, 47.3], [36.6, 47.7], [37.7, 48.5], [38.2, 49.5], [37.9, 50.4], [36.4, 51.0], [34.6, 51.6]]
    )
    parts = [fractal(a, b, 8, rng, 0.05)[:-1] for a, b in pairwise(coarse)]
    whole = np.vstack([*parts, coarse[-1:]])
    return np.round(whole[np.linspace(0, len(whole) - 1, 1500).astype(int)], 6)


def make_agreement(folder: Path) -> Path:
    rng = np.random.default_rng(SEED)
    rings, contact = zones(rng), line(rng)
    features = [
        {
            "type": "Feature",
            "id": f"z{n:02d}",
            "properties": {"id": f"z{n:02d}"},
            "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
        }
        for n, ring in enumerate(rings)
    ]
    features.append(
        {
            "type": "Feature",
            "id": "line",
            "properties": {"id": "line"},
            "geometry": {"type": "LineString", "coordinates": contact.tolist()},
        }
    )
    (folder / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    names = [f"z{n:02d}" for n in range(60)]
    places = "\n".join(f"  {n}: {{file: places.geojson, id: {n}}}" for n in names)
    groups = [names[n * 12 : (n + 1) * 12] for n in range(5)]
    acts = (
        "[artillery_fire, mortar_fire]",
        "[strike_drone, missile]",
        "assault",
        "[short_range_drone, overflight]",
        "strike",
    )
    targets = ("", "", "", "", "energy")
    terms = "\n".join(
        f"  t{n}:\n    text: term {n}\n    forbid: {{act: {acts[n]}, {f'target: {targets[n]}, ' if targets[n] else ''}in: [{', '.join(g)}]}}"
        for n, g in enumerate(groups)
    )
    path = folder / "agreement.yaml"
    path.write_text(
        f"""agreement: bench
title: Benchmark
timezone: Europe/Kyiv
parties: {{RU: Russian Federation, UA: Ukraine}}
in_force: {{from: 2025-03-01, for: 90 days}}
places:
{places}
  line: {{file: places.geojson, id: line, sides: {{left: UA, right: RU}}}}
  near: {{within: 15 km, of: line}}
terms:
{terms}
  pull_back:
    text: no fire of any kind within 15 km of the line
    forbid: {{act: attack, in: near}}
"""
    )
    return path


def make_reports(path: Path, count: int, part: int = 0) -> None:
    """Write ``count`` reports in chunks; ``part`` shifts the seed and the time."""
    rng = np.random.default_rng([SEED, part])
    contact = line(np.random.default_rng(SEED + 1))
    sources = pa.array([f"source-{n:02d}" for n in range(SOURCES)])
    sides = np.array([0, 1, 2, 3])[np.minimum(rng.integers(0, 10, SOURCES) // 3, 3)]
    writer = None
    done = 0
    while done < count:
        n = min(CHUNK, count - done)
        incidents = max(1, int(n / 3))
        which = np.sort(rng.integers(0, incidents, n))
        near = rng.random(incidents) < 0.75
        at = contact[rng.integers(0, len(contact), incidents)]
        lon = np.where(near, at[:, 0] + rng.normal(0, 0.16, incidents), rng.uniform(WEST, EAST, incidents))
        lat = np.where(near, at[:, 1] + rng.normal(0, 0.11, incidents), rng.uniform(SOUTH, NORTH, incidents))
        start = rng.integers(1740787200, 1740787200 + 92 * 86400, incidents) * 1_000_000
        length = np.where(rng.random(incidents) < 0.5, 0, rng.integers(1, 12, incidents) * 3600) * 1_000_000
        act, target = rng.integers(0, len(ACTS), incidents), rng.integers(0, len(TARGETS), incidents)
        actor, precision = rng.integers(0, 3, incidents), np.round(rng.lognormal(-0.3, 1.0, incidents), 3)
        named = rng.random(incidents) < 0.33
        origin = rng.integers(0, SOURCES, n)
        ids = np.char.add(f"I{part:02d}-{done // CHUNK:03d}-", which.astype(str))
        table = pa.table(
            {
                "report_id": pa.array(np.char.add(f"R{part:02d}-", np.arange(done, done + n).astype(str))),
                "source": pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, SOURCES, n), pa.int32()), sources),
                "origin": pa.DictionaryArray.from_arrays(pa.array(origin, pa.int32()), sources),
                "side": pa.DictionaryArray.from_arrays(
                    pa.array(sides[origin], pa.int32(), mask=sides[origin] == 3), pa.array(["RU", "UA", "none"])
                ),
                "reliability": pa.DictionaryArray.from_arrays(
                    pa.array(origin % 6, pa.int32()), pa.array(list("ABCDEF"))
                ),
                "kind": pa.DictionaryArray.from_arrays(
                    pa.array((rng.random(n) < 0.2).astype(np.int32)), pa.array(["claim", "observation"])
                ),
                "stance": pa.DictionaryArray.from_arrays(
                    pa.array((rng.random(n) < 0.02).astype(np.int32)), pa.array(["asserts", "denies"])
                ),
                "start": pa.array(start[which], pa.timestamp("us", "UTC")),
                "end": pa.array((start + length)[which], pa.timestamp("us", "UTC")),
                "known_at": pa.array((start + length)[which] + 3_600_000_000, pa.timestamp("us", "UTC")),
                "lat": np.round(lat, 5)[which],
                "lon": np.round(lon, 5)[which],
                "precision_km": precision[which],
                "act": pa.DictionaryArray.from_arrays(pa.array(act[which], pa.int32()), pa.array(ACTS)),
                "target": pa.DictionaryArray.from_arrays(
                    pa.array(target[which], pa.int32(), mask=target[which] == 5), pa.array(TARGETS[:5])
                ),
                "actor": pa.DictionaryArray.from_arrays(
                    pa.array(actor[which], pa.int32(), mask=actor[which] == 2), pa.array(["RU", "UA"])
                ),
                "incident_id": pa.array(ids, mask=~named[which]),
            }
        )
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        writer.write_table(table)
        done += n
    if writer is not None:
        writer.close()
