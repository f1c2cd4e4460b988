"""Seeded agreement of 50 terms of every kind, and evidence for it: what ``bench/run.py`` judges as "fifty terms"."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import make_data

ACTS = (
    "artillery_fire", "mortar_fire", "strike_drone", "missile", "assault", "small_arms", "military_presence", "deployment",
    "withdrawal", "delivery", "access_request", "access_granted", "exercise", "notice_given", "arms_transfer", "order_issued",
    "release", "law_adopted", "consultation", "mine_laying",
)  # fmt: skip
DOERS = {10: 2, 18: 3}  # requests are the mission's, consultations the guarantor's
WEAPONS = ("D-30", "2S1", "Grad", "82 mm mortar", "T-72", None)


def make_agreement(folder: Path) -> Path:
    """Fifty terms: 10 prohibitions, 10 caps, 10 duties, 5 quotas, 5 of response, 5 of notice, 5 guarantees."""
    make_data.make_agreement(folder)
    zones = "\n".join(f"  z{n:02d}: {{file: places.geojson, id: z{n:02d}}}" for n in range(60))
    groups = [f"[{', '.join(f'z{k:02d}' for k in range(6 * n, 6 * n + 6))}]" for n in range(10)]
    terms = []
    for n, where in enumerate(groups):
        terms.append(f"  ban{n}:\n    text: ban\n    forbid: {{act: [shelling, strike], in: {where}}}")
        terms.append(
            f"  cap{n}:\n    text: cap\n    limit: {{what: {{weapon: artillery, calibre: '>= 100 mm', in: {where}}}, to: {n * 10}, unit: guns}}"
        )
        terms.append(
            f"  duty{n}:\n    text: duty\n    require: {{act: withdrawal, weapon: artillery, in: {where}}}\n    deadline: order + {n + 5} days"
        )
    for n in range(5):
        terms.append(
            f"  quota{n}:\n    text: quota\n    require: {{act: delivery, at_least: {100 * (n + 1)}, unit: lorries, every: {n + 1} days}}"
        )
        terms.append(
            f"  answer{n}:\n    text: answer\n    respond: {{to: {{act: access_request, by: M, in: {groups[n]}}}, with: {{act: access_granted, in: {groups[n]}}}, within: {n + 1} days}}"
        )
        terms.append(
            f"  notice{n}:\n    text: notice\n    declare: {{notice: {{of: {{act: exercise, in: {groups[n]}}}, before: {n + 2} days}}}}"
        )
        terms.append(
            f"  guarantee{n}:\n    text: guarantee\n    when: {{verdict: breached, of: [ban{n}], at_least: 3}}\n    then: [{{by: G, do: consultation, within: 3 days}}]"
        )
    path = folder / "kinds.yaml"
    path.write_text(
        f"""agreement: kinds
title: Fifty terms
timezone: Europe/Kyiv
parties: {{RU: Russian Federation, UA: Ukraine}}
guarantors: {{G: Guarantor}}
bodies: {{M: Mission}}
in_force: {{from: 2025-03-01, for: 90 days}}
places:
{zones}
events:
  order: {{done: {{act: order_issued}}}}
terms:
"""
        + "\n".join(terms)
        + "\n"
    )
    return path


def make_reports(path: Path, incidents: int) -> None:
    """One and a half reports per incident, so that there are so many incidents; a third carry an id."""
    rng = np.random.default_rng(make_data.SEED)
    n = incidents * 3 // 2
    which = np.concatenate([np.arange(incidents), rng.integers(0, incidents, n - incidents)])
    which.sort()
    act = rng.integers(0, len(ACTS), incidents)
    start = rng.integers(1740787200, 1740787200 + 92 * 86400, incidents) * 1_000_000
    lon = np.round(rng.uniform(make_data.WEST, make_data.EAST, incidents), 5)
    lat = np.round(rng.uniform(make_data.SOUTH, make_data.NORTH, incidents), 5)
    actor = rng.integers(0, 2, incidents)
    for code, doer in DOERS.items():
        actor[act == code] = doer
    weapon = rng.integers(0, len(WEAPONS), incidents)
    quantity = rng.integers(1, 40, incidents).astype(float)
    origin = rng.integers(0, 40, n)
    sides = np.array([0, 1, 2, 2])[np.minimum(np.arange(40) // 10, 3)]
    named = rng.random(incidents) < 0.33

    def coded(values: np.ndarray, names: list[str], mask: np.ndarray | None = None) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32(), mask=mask), pa.array(names))

    weapons = [w for w in WEAPONS if w is not None]
    table = pa.table(
        {
            "report_id": np.char.add("R", np.arange(n).astype(str)),
            "source": coded(origin, [f"source-{k:02d}" for k in range(40)]),
            "side": coded(sides[origin], ["RU", "UA", "none"]),
            "reliability": coded(origin % 6, list("ABCDEF")),
            "kind": coded((rng.random(n) < 0.3).astype(np.int32), ["claim", "observation"]),
            "start": pa.array(start[which], pa.timestamp("us", "UTC")),
            "lat": lat[which],
            "lon": lon[which],
            "precision_km": np.full(n, 0.5),
            "act": coded(act[which], list(ACTS)),
            "weapon": coded(weapon[which], weapons, mask=(weapon == len(weapons))[which]),
            "actor": coded(actor[which], ["RU", "UA", "M", "G"]),
            "quantity": quantity[which],
            "incident_id": pa.array(np.char.add("I", which.astype(str)), mask=~named[which]),
        }
    )
    pq.write_table(table, path, compression="zstd", compression_level=1)
