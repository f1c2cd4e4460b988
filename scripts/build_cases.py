"""Make the evidence of the two shipped cases from the hand-coded facts of the truces of 2025.

    python scripts/build_cases.py FOLDER_WITH_THE_CODED_DATA

The result is in the repository; this script is kept so that anyone can see what was changed on the way:

* facilities that the coding leaves at "other" or "gas_storage" get the finer codes that the two published lists turn on
  (gas production, heating, rail power, grid offices), after the coder's own notes;
* drones over the front line on 19 and 20 April are short-range (FPV), not long-range strikes, after the coder's summaries;
* the pipeline consortium's statement speaks of a fire and its consequences, and accuses nobody;
* incident ids are the coder's own; reports after 4 April (but for one) carry none and stand alone.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import shapely

HERE = Path(__file__).resolve().parent.parent / "cases"
TARGETS = {
    **dict.fromkeys(("R0004", "R0005", "R0006", "R0268", "R0269"), "rail_power"),
    **dict.fromkeys(("R0035", "R0036", "R0095", "R0096", "R0099", "R0100"), "gas_production"),
    "R0079": "heating",
    **dict.fromkeys(("R0255", "R0256"), "grid_office"),
}
FPV = ("R0416", "R0417", "R0424", "R0425", "R0426")
ASSAULT = ("R0427", "R0428", "R0429", "R0430", "R0431")
REPORT = (
    "report_id", "source", "origin", "via", "side", "kind", "stance", "start", "end", "known_at", "lat", "lon",
    "precision_km", "place_name", "admin1", "act", "target", "actor", "incident_id", "effect", "summary", "url",
)  # fmt: skip
FIGURE = (
    "figure_id", "claimant", "side", "against", "stance", "count", "qualifier", "unit", "start", "end", "known_at",
    "components", "statement_key", "source", "note", "url",
)  # fmt: skip
STATEMENT = ("statement_id", "speaker", "side", "stance", "start", "end", "known_at", "source", "summary", "url")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: tuple[str, ...], table: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table)
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


def known(published: str) -> str:
    return published if len(published) >= 10 else ""


def report(r: dict[str, str], incident: str) -> dict[str, str]:
    act = {"unspecified": "attack"}.get(r["act"], r["act"])
    energy = r["is_energy_infrastructure"] in ("yes", "disputed")
    target = "energy" if r["target_type"] == "other" and energy else r["target_type"]
    out = {
        **r,
        "source": r["outlet"],
        "origin": r["original_source"],
        "side": r["original_source_party"],
        "kind": "claim",
        "start": r["event_start"],
        "end": r["event_end"],
        "known_at": known(r["published"]),
        "precision_km": r["location_precision_km"],
        "act": "short_range_drone" if r["report_id"] in FPV else "assault" if r["report_id"] in ASSAULT else act,
        "target": TARGETS.get(r["report_id"], target),
        "actor": r["alleged_actor"],
        "incident_id": incident,
    }
    if r["report_id"] == "R0027":  # the satellite
        out |= {"kind": "observation", "origin": "NASA FIRMS"}
    if r["report_id"] == "R0018":  # the consortium
        out |= {"act": "fire", "actor": "unknown"}
    return out


def figure(n: int, r: dict[str, str]) -> dict[str, str]:
    return {
        "figure_id": f"{r['truce']}-{n:03d}",
        "claimant": r["source"],
        "side": r["side"],
        "against": r["claimed_against"],
        "stance": r["stance"],
        "count": r["count"],
        "qualifier": r["qualifier"],
        "unit": r["measure"],
        "start": r["period_start"],
        "end": r["period_end"],
        "known_at": known(r["date"]),
        "components": r["breakdown"],
        "statement_key": r["statement_key"],
        "source": r["outlet"],
        "note": r["note"],
        "url": r["url"],
    }


def statement(r: dict[str, str]) -> dict[str, str]:
    return {
        "statement_id": r["report_id"],
        "speaker": r["original_source"],
        "side": r["original_source_party"],
        "stance": r["stance"],
        "start": r["event_start"],
        "end": r["event_end"],
        "known_at": known(r["published"]),
        "source": r["outlet"],
        "summary": r["summary"],
        "url": r["url"],
    }


ORGANS = {
    "Russian MoD", "Miroshnik (Russian MFA)", "Zelenskyy", "Sybiha (Ukraine MFA)", "Ukraine MFA", "Ukraine General Staff",
    "Ukraine Defence Forces", "Yermak (Presidential Office)",
}  # fmt: skip


def register(path: Path, reports: list[dict[str, str]]) -> None:
    sides = {r["origin"]: r["side"] for r in reports}
    carriers = {r["source"] for r in reports if r["kind"] == "observation"}
    lines = [
        "# Sources of this case: whose side each is on. Made by scripts/build_cases.py from the coder's register.",
        "# Occupation authorities and Russian regional governors count as RU. Only the satellite is graded: it sees",
        "# heat where there is heat. A newspaper that relays a party is the party's voice, not an origin. Presidents, their offices,",
        "# ministries and military commands speak for their party; governors, companies, media and unnamed officials have its interest only.",
        "sources:",
    ]
    for name in sorted(sides):
        grade = (
            ", reliability: B, means: satellite, note: sees heat from orbit and neither its cause nor its author"
            if name == "NASA FIRMS"
            else ""
        )
        lines.append(
            f"  {json.dumps(name, ensure_ascii=False)}: {{{'speaks_for' if name in ORGANS else 'side'}: {sides[name]}{grade}}}"
        )
    for name in sorted(carriers - set(sides)):
        note = "carried the satellite's data; a relay counts for its origin only where the carrier has no side"
        lines.append(f"  {json.dumps(name, ensure_ascii=False)}: {{side: none, note: {json.dumps(note)}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.relative_to(HERE)}: {len(sides)} sources")


def outlines(data: Path) -> None:
    """Region outlines for both cases, simplified together so that common borders stay common."""
    source = json.loads((data / "boundaries-ukraine" / "oblasts.geojson").read_text(encoding="utf-8"))
    shapes = [shapely.geometry.shape(f["geometry"]) for f in source["features"]]
    simple = shapely.set_precision(shapely.coverage_simplify(shapes, 0.01), 0.0001)
    features = [
        {
            "type": "Feature",
            "id": f["properties"]["shapeISO"],
            "properties": {"id": f["properties"]["shapeISO"], "name": f["properties"]["shapeName"]},
            "geometry": shapely.geometry.mapping(shape),
        }
        for f, shape in zip(source["features"], simple, strict=True)
    ]
    ukraine = shapely.union_all(simple, grid_size=0.0001)
    ukraine = shapely.multipolygons([shapely.Polygon(p.exterior) for p in shapely.get_parts(ukraine) if p.area > 0.01])
    features.append(
        {
            "type": "Feature",
            "id": "UA",
            "properties": {"id": "UA", "name": "Ukraine"},
            "geometry": shapely.geometry.mapping(ukraine),
        }
    )
    for case in ("energy-truce-2025", "easter-truce-2025"):
        kept = features[-1:] if case.startswith("energy") else features
        text = json.dumps({"type": "FeatureCollection", "features": kept}, ensure_ascii=False, separators=(",", ":"))
        (HERE / case / "regions.geojson").write_text(text + "\n", encoding="utf-8")
        print(f"{case}/regions.geojson: {len(text):,} characters")


def main(data: Path) -> None:
    coded = data / "truces-2025"
    incident = {r["report_id"]: r["incident_id"] for r in rows(coded / "report_incident.csv")}
    every = rows(coded / "reports.csv")
    counts = rows(coded / "published_counts.csv")
    for truce in ("energy", "easter"):
        out = HERE / f"{truce}-truce-2025" / "evidence"
        mine = [r for r in every if r["truce"] == truce]
        reports = [report(r, incident.get(r["report_id"], "")) for r in mine if r["kind"] == "event"]
        write(out / "reports.csv", REPORT, reports)
        write(
            out / "figures.csv",
            FIGURE,
            [figure(n, r) for n, r in enumerate((c for c in counts if c["truce"] == truce), 1)],
        )
        write(out / "statements.csv", STATEMENT, [statement(r) for r in mine if r["kind"] == "statement"])
        register(out / "sources.yaml", reports)
    alerts = rows(data / "alerts-ukraine" / "alerts-2025-03-01--2025-05-04.csv")
    near = [a for a in alerts if a["started_at"] < "2025-04-21 03:00" and a["finished_at"] > "2025-04-19 09:00"]
    write(
        HERE / "easter-truce-2025" / "evidence" / "alerts.csv",
        ("region", "started_at", "finished_at", "n_subalerts"),
        near,
    )
    outlines(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
