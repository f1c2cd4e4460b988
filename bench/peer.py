"""The same questions with GeoPandas and pandas, as an analyst would write them: no doubt about time or place, no steps.

For every term and party: how many incidents are confirmed, how many only alleged.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

TERMS = {
    "t0": (range(12), ["artillery_fire", "mortar_fire"], None),
    "t1": (range(12, 24), ["strike_drone", "missile"], None),
    "t2": (range(24, 36), ["assault"], None),
    "t3": (range(36, 48), ["short_range_drone", "overflight"], None),
    "t4": (range(48, 60), ["strike_drone", "missile"], ["substation", "power_line", "refinery"]),
}
FIRE = ["artillery_fire", "mortar_fire", "strike_drone", "missile", "short_range_drone", "assault", "small_arms"]
COLUMNS = [
    "origin",
    "side",
    "reliability",
    "kind",
    "stance",
    "start",
    "end",
    "lat",
    "lon",
    "act",
    "target",
    "actor",
    "incident_id",
]


def run(folder: Path, reports: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """(term, party) -> (confirmed, alleged)."""
    places = gpd.read_file(folder / "places.geojson").to_crs(32636)
    zones = places[places.geometry.geom_type == "Polygon"][["id", "geometry"]].reset_index(drop=True)
    line = places[places.geometry.geom_type == "LineString"].geometry.iloc[0]
    table = pd.read_parquet(reports, columns=COLUMNS)
    for column in ("origin", "side", "reliability", "kind", "stance", "act", "target", "actor"):
        table[column] = table[column].astype("category")
    start, end = pd.Timestamp("2025-02-28T22:00Z"), pd.Timestamp("2025-05-29T21:00Z")
    table = table[(table["start"] >= start) & (table["start"] < end) & (table["stance"] == "asserts")]
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(32636)
    zone = gpd.sjoin(points[["geometry"]], zones, predicate="within", how="left")["id"]
    zone = zone[~zone.index.duplicated()]
    shapely.prepare(line)
    near = shapely.dwithin(points.geometry.to_numpy(), line, 15_000.0)
    plain = table.drop(columns=["lat", "lon"])
    repeat = (
        plain.groupby(["origin", "start", "end", "act", "target", "actor"], observed=True, dropna=False)
        .ngroup()
        .astype(str)
    )
    incident = plain["incident_id"].fillna("x" + repeat)
    out = {}
    for name, (numbers, acts, targets) in TERMS.items():
        mine = zone.isin([f"z{n:02d}" for n in numbers]) & plain["act"].isin(acts)
        if targets:
            mine &= plain["target"].isin(targets)
        out.update(_count(name, plain[mine], incident[mine]))
    mine = near & plain["act"].isin(FIRE)
    out.update(_count("pull_back", plain[mine], incident[mine]))
    return out


def _count(name: str, rows: pd.DataFrame, incident: pd.Series) -> dict[tuple[str, str], tuple[int, int]]:
    out = {}
    for party in ("RU", "UA"):
        said = rows[rows["actor"] == party]
        of = incident.loc[said.index]
        first_hand = (said["kind"] == "observation") & (said["side"] == "none") & said["reliability"].isin(["A", "B"])
        seen = set(of[first_hand])
        unsided = said[said["side"] == "none"]
        origins = unsided.groupby(of.loc[unsided.index])["origin"].nunique()
        seen |= set(origins[origins >= 2].index)
        seen |= set(of[said["side"] == party])
        out[(name, party)] = (len(seen), of.nunique() - len(seen))
    return out
