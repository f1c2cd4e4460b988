"""Fusion beside what a user would pick instead: ST-DBSCAN, the published MELTT rule, Splink. Kinds of bench/run.py."""

from __future__ import annotations

import numpy as np
import polars as pl

import fusion_data as data
from clock import Figures, Stopwatch, median

SEEDS = (11, 12, 13)


def _ours(table: pl.DataFrame) -> np.ndarray:
    from servanda.incidents.fusion.linker import Fusion

    fusion = Fusion()
    fusion.add(table.drop("truth"))
    return fusion.group


def quality(kind: str) -> Figures:
    """F1 over pairs of reports, mean of three seeds, ours and every peer's on the same reports; how often the count was between its bounds."""
    from servanda.incidents.fusion.linker import Fusion
    from servanda.incidents.fusion.tables import incident_tables

    made = {"sparse": data.sparse, "dense": data.dense}[kind]
    out: dict[str, list[float]] = {}
    inside = parts_inside = parts = 0
    for seed in SEEDS:
        table = made(seed)
        truth = table["truth"].to_numpy()
        fusion = Fusion()
        fusion.add(table.drop("truth"))
        tables = incident_tables(fusion)
        inside += tables.total[0] <= len(np.unique(truth)) <= tables.total[2]
        of_part = (
            table.select("truth", part=pl.Series(fusion.part))
            .group_by("part")
            .agg(k=pl.col("truth").n_unique(), n=pl.len())
        )
        first = pl.Series("part", np.flatnonzero(np.bincount(fusion.part)))
        names = pl.DataFrame({"part": first, "name": _part_names(fusion, first)})
        counted = (
            of_part.join(names, on="part").join(tables.counts, left_on="name", right_on="part").filter(pl.col("n") > 1)
        )
        parts += counted.height
        parts_inside += int(((counted["least"] <= counted["k"]) & (counted["k"] <= counted["most"])).sum())
        for name, found in (("servanda fuse", fusion.group), *peers(table)):
            precision, recall, f1 = data.pairwise(found, truth)
            for part, value in (("precision", precision), ("recall", recall), ("F1", f1)):
                out.setdefault(f"({kind}: {name}: {part})", []).append(value)
    figures = {name: float(np.mean(values)) for name, values in out.items()}
    figures[f"({kind}: true count of all incidents between its bounds, of {len(SEEDS)})"] = float(inside)
    figures[f"({kind}: true count between its bounds, share of parts of two reports or more)"] = parts_inside / max(
        1, parts
    )
    return figures


def _part_names(fusion: object, rows: pl.Series) -> pl.Series:
    from servanda.incidents.fusion.tables import ids

    return ids(fusion).gather(rows)  # type: ignore[arg-type]


def peers(table: pl.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Groups of every peer, each with the best of a few settings tried by hand on other seeds."""
    km_x = (table["lon"].to_numpy() - 36) * data.KM * np.cos(np.deg2rad(48.5))
    km_y = (table["lat"].to_numpy() - 48) * data.KM
    hours = (table["start"].dt.epoch("us").to_numpy() - data.BEGINNING) / data.MICROS
    return [
        ("ST-DBSCAN 2 km, 2 h", _st_dbscan(km_x, km_y, hours, 2, 2)),
        ("ST-DBSCAN 4 km, 3 h", _st_dbscan(km_x, km_y, hours, 4, 3)),
        ("MELTT rule 5 km, 1 day", _meltt(table, km_x, km_y, hours, 5, 24)),
        ("Splink 5, EM", _splink(table, km_x, km_y, hours)),
    ]


def _st_dbscan(x: np.ndarray, y: np.ndarray, t: np.ndarray, km: float, h: float) -> np.ndarray:
    """Density clusters of two reports or more within both distances (Birant and Kut, 2007); here the chain of all such pairs."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(np.column_stack([x / km, y / km])).query_pairs(1.0, output_type="ndarray")
    pairs = pairs[np.abs(t[pairs[:, 0]] - t[pairs[:, 1]]) <= h]
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(x), len(x)))
    return connected_components(graph, directed=False)[1]


def _meltt(table: pl.DataFrame, x: np.ndarray, y: np.ndarray, t: np.ndarray, km: float, h: float) -> np.ndarray:
    """The rule of Donnay et al. (J. Conflict Resolution, 2019): within a window of space and time, across sources only, the pair that
    agrees most in its categories, one to one, source after source.
    """
    from scipy.spatial import cKDTree

    group = np.arange(len(x))
    source, act = table["source"].to_numpy(), table["act"].to_numpy()
    actor = table["actor"].fill_null("?").to_numpy()
    names = sorted(set(source))
    base = np.flatnonzero(source == names[0])
    for name in names[1:]:
        mine = np.flatnonzero(source == name)
        near = cKDTree(np.column_stack([x[base], y[base]])).query_ball_point(np.column_stack([x[mine], y[mine]]), km)
        found = []
        for m, candidates in zip(mine, near, strict=True):
            for c in candidates:
                b = base[c]
                if abs(t[m] - t[b]) <= h:
                    agree = (act[m] == act[b]) + (actor[m] == actor[b])
                    found.append((-agree, np.hypot(x[m] - x[b], y[m] - y[b]) / km + abs(t[m] - t[b]) / h, m, b))
        taken_m, taken_b = set(), set()
        for agree, _, m, b in sorted(found):
            if agree < 0 and m not in taken_m and b not in taken_b:
                taken_m.add(m)
                taken_b.add(b)
                group[m] = group[b]
        base = np.concatenate([base, [m for m in mine if m not in taken_m]])
    return group


def _splink(table: pl.DataFrame, x: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Splink's Fellegi-Sunter model on distance, delay, act and actor, trained by EM, its own clusters at 0.9."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    frame = table.select(
        unique_id=pl.int_range(pl.len()), act="act", actor="actor", source="source", x=pl.Series(x), y=pl.Series(y), t=pl.Series(t),
        cell_x=pl.Series(np.floor(x / 6).astype(int)), cell_y=pl.Series(np.floor(y / 6).astype(int)), day=pl.Series(np.floor(t / 12).astype(int)),
    )  # fmt: skip
    far = "sqrt(power(x_l - x_r, 2) + power(y_l - y_r, 2))"
    late = "abs(t_l - t_r)"

    def steps(name: str, expression: str, limits: tuple[float, ...]) -> cl.CustomComparison:
        levels = [cll.CustomLevel(f"{expression} <= {limit}", label_for_charts=f"within {limit}") for limit in limits]
        return cl.CustomComparison(output_column_name=name, comparison_levels=[*levels, cll.ElseLevel()])

    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on("cell_x", "cell_y", "day")],
        comparisons=[
            steps("place", far, (1, 2, 4, 8)),
            steps("time", late, (0.5, 1, 2, 4)),
            cl.ExactMatch("act"),
            cl.ExactMatch("actor"),
        ],
    )
    linker = Linker(DuckDBAPI().register(frame.to_arrow()), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("cell_x", "cell_y", "day"))
    scored = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.9)
    found = (
        pl.from_arrow(clusters.as_pyarrow_table())
        if hasattr(clusters, "as_pyarrow_table")
        else pl.DataFrame(clusters.as_record_dict())
    )
    return found.sort("unique_id")["cluster_id"].to_numpy()


def speed(power: int) -> Figures:
    """Seconds to fuse ten to the ``power`` reports of three years, and to add a hundred."""
    from servanda.engine import LocalEngine
    from servanda.engine.malloc import keep_freed_memory
    from servanda.incidents.fusion.linker import Fusion
    from servanda.incidents.fusion.told import KEPT

    keep_freed_memory()
    made = data.long_war(10**power)
    made = made.select(KEPT)
    tables = [made[n : n + 500_000] for n in range(0, made.height, 500_000)]
    del made
    watch = Stopwatch()
    fusion = Fusion(in_order=LocalEngine().map, release=LocalEngine().release)
    fusion.add(*tables)
    whole = watch.took()
    if power > 6:  # where the front is one dense part, a hundred more make most of it anew: docs/benchmarks.md
        return {"fuse: reports to incidents": whole}
    more = data.long_war(3_000, seed=7).drop("truth").with_columns(report_id=pl.format("N{}", "report_id"))
    took = []
    for n in range(0, 1_000, 100):
        watch = Stopwatch()
        fusion.add(more[n : n + 100])
        took.append(watch.took())
    return {
        "fuse: reports to incidents": whole,
        "(fuse: a hundred more, ms, median of ten)": median(took).times(1e3),
    }


def pairs(power: int) -> Figures:
    """Pairs within 5 km and 6 hours that tell of the same act: ours and DuckDB's join of cells with half their neighbours, on the same reports."""
    import duckdb

    from servanda.engine.threads import in_order
    from servanda.incidents.fusion.blocking import (
        KM_PER_DEGREE,
        REACH,
        REACH_KM,
        Slab,
        Where,
        ordered,
        pairs_of,
        slabs,
        together,
    )

    made = data.long_war(10**power)
    lat, lon = made["lat"].to_numpy(), made["lon"].to_numpy()
    hours = made["start"].dt.epoch("us").to_numpy() / 3.6e9
    act = made["act"].to_physical().to_numpy() if made["act"].dtype == pl.Categorical else made["act"].cast(pl.Categorical).to_physical().to_numpy()  # fmt: skip
    radius = (2.5 - REACH_KM) / REACH  # so that each reaches 2.5 km
    where = Where(
        lat, lon, np.full(len(lat), radius), hours - 1, hours + 1
    )  # intervals of two hours, at most four apart

    def same(slab: Slab) -> int:
        at = slab.rows[together(where.take(rising[slab.rows]))]
        here = rising[at]
        found = pairs_of(where.take(here), at, slab.low, np.full(len(at), -1))
        said = act[here]
        return sum(int(np.count_nonzero((p.km <= 5) & (said[p.i] == said[p.j]))) for p in found)

    watch = Stopwatch()
    rising = ordered(where.start)
    ours = sum(in_order(same, slabs(where.start[rising], where.end[rising])))
    mine = watch.took()

    cell = 5 / KM_PER_DEGREE
    table = pl.DataFrame(
        {
            "id": np.arange(len(lat)), "lat": lat, "lon": lon, "t": hours, "act": act.astype(np.int32), "y": np.floor(lat / cell).astype(np.int32),
            "x": np.floor(lon * np.cos(np.deg2rad(50)) / cell).astype(np.int32), "b": np.floor(hours / 6).astype(np.int32),
        }
    ).to_arrow()  # fmt: skip
    base = duckdb.connect()
    base.execute("set threads = 2")
    base.register("reports", table)
    watch = Stopwatch()
    theirs = base.execute(
        """
        with steps as (
            select * from (select unnest([-1, 0, 1]) dy), (select unnest([-1, 0, 1]) dx), (select unnest([-1, 0, 1]) db)
            where dy > 0 or (dy = 0 and (dx > 0 or (dx = 0 and db >= 0)))
        ), moved as (select r.*, r.y + dy ny, r.x + dx nx, r.b + db nb, dy = 0 and dx = 0 and db = 0 own from reports r, steps)
        select count(*) from moved a join reports c on a.ny = c.y and a.nx = c.x and a.nb = c.b and a.act = c.act
        where (not a.own or a.id < c.id) and abs(a.t - c.t) <= 6
          and sqrt(pow((a.lat - c.lat) * 111.195, 2) + pow((a.lon - c.lon) * 111.195 * cos(radians((a.lat + c.lat) / 2)), 2)) <= 5
        """
    ).fetchone()[0]
    peer = watch.took()
    if ours != theirs:
        raise AssertionError(f"{ours:,} pairs of ours, {theirs:,} of DuckDB's")
    return {
        "pairs: within 5 km and 6 h, same act": mine,
        "peer: the same pairs by DuckDB": peer,
        "(pairs)": float(ours),
    }
