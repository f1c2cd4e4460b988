"""Two feeds of the same air-raid alerts (Ukraine, 2022): are their pairs found, as told and with times blurred by ten minutes?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

NEAR_S = 5 * 60


def feeds(folder: Path, blur_s: float, seed: int = 7) -> pl.DataFrame:
    """The official feed's alerts of whole regions and the volunteers', as reports; the volunteers' times moved by up to ``blur_s``; ``told``: the start as it was."""
    from servanda.app.fuse import read_reports

    _, tables = read_reports([folder / "official-2022.csv", folder / "volunteer-2022.csv"], None)
    table = pl.concat(tables)
    region_wide = pl.col("report_id").str.contains("--", literal=True) & pl.col("source").str.contains("official")
    table = table.filter(region_wide | pl.col("source").str.contains("volunteer")).with_columns(told=pl.col("start"))
    shift = (
        np.random.default_rng(seed).uniform(-blur_s, blur_s, table.height)
        * table["source"].str.contains("volunteer").to_numpy()
    )
    micros = pl.duration(microseconds=pl.Series((shift * 1e6).astype(np.int64)))
    return table.with_columns(start=pl.col("start") + micros, end=pl.col("end") + micros)


def truth(table: pl.DataFrame) -> set[tuple[int, int]]:
    """Pairs (official row, volunteer row) of one region that began within five minutes, each alert once, the nearest first."""
    rows = table.with_row_index("n")
    a = rows.filter(pl.col("source").str.contains("official")).select("n", "place_name", "told")
    b = rows.filter(pl.col("source").str.contains("volunteer")).select("n", "place_name", "told")
    pairs = a.join(b, on="place_name", suffix="_b").with_columns(
        d=(pl.col("told") - pl.col("told_b")).dt.total_seconds().abs()
    )
    used: set[int] = set()
    out = set()
    for i, j in pairs.filter(pl.col("d") <= NEAR_S).sort("d", "n", "n_b").select("n", "n_b").iter_rows():
        if i not in used and j not in used:
            used |= {i, j}
            out.add((i, j))
    return out


def score(folder: Path, blur_s: float) -> tuple[float, float]:
    """Precision and recall of the pairs of the two feeds that fusion puts into one incident."""
    from servanda.incidents.fusion.linker import Fusion

    table = feeds(folder, blur_s)
    fusion = Fusion()
    fusion.add(table.drop("told"))
    rows = table.select("source").with_row_index("n").with_columns(g=pl.Series(fusion.group))
    official = pl.col("source").str.contains("official")
    found = set(rows.filter(official).join(rows.filter(~official), on="g", suffix="_b").select("n", "n_b").iter_rows())
    wanted = truth(table)
    return len(found & wanted) / max(len(found), 1), len(found & wanted) / max(len(wanted), 1)


def origins(folder: Path) -> dict[str, float]:
    """Of the coded incidents, the share whose independent origins are within one, and exactly, what the coders found: after fusion, and on their own incidents."""
    from servanda.app.fuse import fuse_files, read_reports
    from servanda.incidents.lineage.report import trace_lineage
    from servanda.values.codes import STANDARD

    truth = pl.read_csv(folder / "report_incident.csv").rename({"incident_id": "true"})
    wanted = pl.read_csv(folder / "true_incidents.csv").select(true="incident_id", wanted="n_independent_sources")
    _, found, _ = fuse_files([folder / "reports.csv"])
    best = (
        found.reports.join(truth, on="report_id")
        .group_by("true", "incident")
        .len()
        .sort("len", "incident", descending=[True, False])
        .unique("true", keep="first", maintain_order=True)
    )
    _, tables = read_reports([folder / "reports.csv"], None)
    coded = trace_lineage(pl.concat(tables).join(truth, on="report_id").rename({"true": "incident"}), STANDARD)
    out = {}
    for name, counts in (
        ("after fusion", best.join(found.counts, on="incident")),
        ("on the coders' incidents", coded.counts.rename({"incident": "true"})),
    ):
        off = counts.join(wanted, on="true").select((pl.col("independent").cast(pl.Int64) - pl.col("wanted")).abs())
        out[f"(origins within 1, {name})"] = float((off.to_series() <= 1).mean() or 0)
        out[f"(origins exact, {name})"] = float((off.to_series() == 0).mean() or 0)
    return out


if __name__ == "__main__":
    import sys
    import time

    for blur in (0, 600):
        began = time.perf_counter()
        print(blur, *score(Path(sys.argv[1]), blur), f"{time.perf_counter() - began:.1f} s")
