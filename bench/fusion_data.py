"""Seeded reports with known incidents: four sources with jitter, town-centre geocodes, wrong categories and unknown actors."""

from __future__ import annotations

import numpy as np
import polars as pl

ACTS = ("shelling", "strike_drone", "missile", "airstrike", "small_arms", "assault", "mine_laying", "attack")
SHARE = (0.3, 0.2, 0.08, 0.1, 0.14, 0.08, 0.04, 0.06)
KM = 111.195
MICROS = 3_600_000_000
BEGINNING = 1_742_256_000_000_000  # 18 March 2025, UTC, microseconds


def reports(seed: int, incidents: int, width_km: float, depth_km: float, days: float, *, front: bool) -> pl.DataFrame:
    """A report table with one more column, ``truth``. ``front``: incidents lie along a winding line, ``depth_km`` around it.

    Every source sees about half of the incidents, jitters place (0.4 to 3 km, 95 % radii as told) and time (12 minutes to 2 hours),
    puts none to 35 % of its reports into the nearest town (8 km, as told; the town may be farther), gives 12 % a wrong
    category and 8 % no actor.
    """
    g = np.random.default_rng(seed)
    x = g.uniform(0, width_km, incidents)
    y = 50 + 8 * np.sin(x / 25) + g.normal(0, depth_km, incidents) if front else g.uniform(0, depth_km, incidents)
    t = g.uniform(0, 24 * days, incidents)
    act, actor = g.choice(len(ACTS), incidents, p=SHARE), g.integers(0, 2, incidents)
    breadth = 40 if front else depth_km
    towns = max(20, int(width_km * breadth / 120))
    town_x = g.uniform(0, width_km, towns)
    town_y = 50 + g.uniform(-25, 25, towns) if front else g.uniform(0, depth_km, towns)
    parts = []
    for source, (share, km, to_town, hours) in enumerate(
        ((0.55, 0.4, 0.0, 0.2), (0.5, 1.0, 0.1, 0.5), (0.5, 2.0, 0.2, 1.0), (0.45, 3.0, 0.35, 2.0))
    ):
        seen = np.flatnonzero(g.random(incidents) < share)
        sx, sy = (v[seen] + g.normal(0, km / 1.5, len(seen)) for v in (x, y))
        coarse = g.random(len(seen)) < to_town
        nearest = np.empty(len(seen), int)
        for n in range(0, len(seen), 2_000):
            part = slice(n, n + 2_000)
            nearest[part] = ((sx[part, None] - town_x) ** 2 + (sy[part, None] - town_y) ** 2).argmin(1)
        sx, sy = np.where(coarse, town_x[nearest], sx), np.where(coarse, town_y[nearest], sy)
        wrong, silent = g.random(len(seen)) < 0.12, g.random(len(seen)) < 0.08
        said = np.where(wrong, g.integers(0, len(ACTS), len(seen)), act[seen])
        parts.append(
            pl.DataFrame(
                {
                    "truth": seen,
                    "source": f"S{source}",
                    "lat": 48 + sy / KM,
                    "lon": 36 + sx / (KM * np.cos(np.deg2rad(48.5))),
                    "precision_m": np.where(coarse, 8_000.0, km / 1.5 * 2_447.7),
                    "at": ((t[seen] + g.normal(0, hours, len(seen))) * MICROS).astype(np.int64) + BEGINNING,
                    "act": np.array(ACTS)[said],
                    "actor": pl.Series(np.array(["A", "B"])[actor[seen]])
                    .to_frame()
                    .select(pl.when(pl.Series(~silent)).then(pl.first()))
                    .to_series(),
                }
            )
        )
    return as_reports(pl.concat(parts).sample(fraction=1.0, shuffle=True, seed=seed))


def as_reports(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of a report table, and ``truth``, from source, place, time ``at``, act and actor."""
    from servanda.evidence.model import REPORT

    at = pl.col("at").cast(pl.Datetime("us", "UTC"))
    full = table.with_columns(
        report_id=pl.format("R{}", pl.int_range(pl.len())), file=pl.lit("made"), row=pl.int_range(pl.len()), origin=pl.col("source"),
        side=pl.lit("none"), kind=pl.lit("observation"), stance=pl.lit("asserts"), start=at, end=at, known_at=at,
    )  # fmt: skip
    columns = [pl.col(c).cast(d) if c in full.columns else pl.lit(None, dtype=d).alias(c) for c, d in REPORT.items()]
    return full.select("truth", *columns)


def sparse(seed: int) -> pl.DataFrame:
    """1,400 incidents in a month over 400 by 200 km."""
    return reports(seed, 1_402, 400, 200, 30, front=False)


def dense(seed: int) -> pl.DataFrame:
    """5,600 incidents in ten days along 120 km of front."""
    return reports(seed, 5_641, 120, 4, 10, front=True)


def long_war(count: int, seed: int = 1) -> pl.DataFrame:
    """``count`` reports over three years, three quarters within some 12 km of an 891 km line, half as many incidents; for speed."""
    g = np.random.default_rng(seed)
    incidents = count // 2
    x = g.uniform(0, 891, incidents)
    y = np.where(g.random(incidents) < 0.75, g.normal(0, 6, incidents), g.uniform(-300, 300, incidents))
    t = g.uniform(0, 3 * 365 * 24, incidents)
    of = np.concatenate([np.arange(incidents), g.integers(0, incidents, count - incidents)])
    error, angle = g.lognormal(-0.3, 0.8, count), g.uniform(0, 2 * np.pi, count)
    act, actor = g.integers(0, len(ACTS), incidents), g.integers(0, 2, incidents)
    return as_reports(
        pl.DataFrame(
            {
                "truth": of,
                "source": pl.Series(np.array(["S0", "S1", "S2", "S3"])[g.integers(0, 4, count)]),
                "lat": 48 + (y[of] + error * np.sin(angle)) / KM,
                "lon": 30 + (x[of] + error * np.cos(angle)) / (KM * np.cos(np.deg2rad(48))),
                "precision_m": np.maximum(error * 2_000, 500),
                "at": ((t[of] + g.normal(0, 0.5, count)) * MICROS).astype(np.int64) + BEGINNING,
                "act": pl.Series(np.array(ACTS)[act[of]]),
                "actor": pl.Series(np.array(["A", "B"])[actor[of]]),
            }
        )
    )


def pairwise(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of reports."""

    def pairs(*columns: np.ndarray) -> int:
        n = pl.DataFrame({str(k): c for k, c in enumerate(columns)}).group_by(pl.all()).len()["len"].cast(pl.Int64)
        return int((n * (n - 1) // 2).sum())

    both, made, true = pairs(found, truth), pairs(found), pairs(truth)
    precision, recall = both / max(1, made), both / max(1, true)
    return precision, recall, 2 * both / max(1, made + true)
