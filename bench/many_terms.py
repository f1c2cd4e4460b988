"""Seeded agreement of very many prohibitions over the reports of ``make_data``: what ``bench/run.py`` writes as "500 terms"."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import make_data

ACTS = (
    "[artillery_fire, mortar_fire]",
    "[strike_drone, missile]",
    "assault",
    "[short_range_drone, overflight]",
    "strike",
)


def make_agreement(folder: Path, terms: int) -> Path:
    """So many prohibitions, each over six zones in a row."""
    make_data.make_agreement(folder)
    zones = "\n".join(f"  z{n:02d}: {{file: places.geojson, id: z{n:02d}}}" for n in range(60))
    rng = np.random.default_rng(make_data.SEED)
    said = "\n".join(
        f"  ban{n:03d}:\n    text: ban {n}\n    forbid: {{act: {ACTS[n % len(ACTS)]}, in: [{', '.join(f'z{(first + k) % 60:02d}' for k in range(6))}]}}"
        for n, first in enumerate(rng.integers(0, 60, terms).tolist())
    )
    path = folder / f"terms-{terms}.yaml"
    path.write_text(
        f"""agreement: many
title: Many terms
timezone: Europe/Kyiv
parties: {{RU: Russian Federation, UA: Ukraine}}
in_force: {{from: 2025-03-01, for: 90 days}}
places:
{zones}
terms:
{said}
"""
    )
    return path
