"""Small sound files of every kind, from which the soak starts."""

from __future__ import annotations

import csv
import io
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from tests.test_evidence import SAMPLES

TESTS = Path(__file__).resolve().parent.parent
CASES = TESTS.parent / "cases"
AGREEMENT = """agreement: soak
title: An agreement to be read with spoiled evidence
timezone: Europe/Kyiv
signed: 2025-03-17
parties: {RU: Russian Federation, UA: Ukraine}
bodies: {JC: Joint Commission}
in_force: {from: 2025-03-18, for: 30 days}
mandate: {severity: [minor, serious, grave]}
places:
  town: {at: [48.0, 37.0], radius: 10 km}
  side: {polygon: [[47.9, 36.9], [47.9, 37.6], [48.4, 37.6], [48.4, 36.9]]}
terms:
  fire:
    text: No strikes
    forbid: {act: strike, in: town}
    except: {reply: {only_if: [fired_upon], within: 1 hour}}
  guns:
    text: Guns are withdrawn
    require: {act: withdrawal, weapon: artillery, in: side}
    deadline: start + 5 days
  cap:
    text: At most four
    limit: {what: {act: military_presence, in: side}, to: 4}
"""
ONE_TERM = AGREEMENT[: AGREEMENT.index("  guns:")]
REPORTS = """report_id,source,origin,side,reliability,credibility,kind,stance,start,end,known_at,lat,lon,precision_km,act,target,weapon,actor,quantity,incident_id,shows,place_name,summary
R1,Daily,Ministry,RU,B,2,claim,asserts,2025-03-20T10:00+02:00,,2025-03-20T12:00+02:00,48.0,37.0,1,missile,substation,,UA,,,,Town,"smoke, and a bang"
R2,Mission,Mission,none,A,1,observation,asserts,2025-03-20T10:05+02:00,2025-03-20T10:20+02:00,2025-03-20T18:00+02:00,48.01,37.01,0.1,missile,substation,,UA,,I-7,fired_upon,Town,"they said ""no"" twice"
R3,Mission,Mission,none,A,,observation,asserts,2025-03-21T08:00Z,,2025-03-22,48.1,37.1,5,withdrawal,,D-30,RU,3,,,,
R4,Patrol,Patrol,none,B,,observation,denies,2025-03-22T08:00Z,,2025-03-22T09:00Z,48.2,37.2,2,military_presence,,,UA,5,I-9,,Village,"two
lines"
R5,Gazette,Staff,UA,,,claim,retracts,2025-03-23 10:00+02:00,,,,,,attack,,,RU,,I-7,,,
"""
FIGURES = (CASES / "easter-truce-2025" / "evidence" / "figures.csv").read_text("utf-8").splitlines()[:6]
STATEMENTS = (CASES / "easter-truce-2025" / "evidence" / "statements.csv").read_text("utf-8")
ITEMS = """item_id,finding,party,site,serial,weapon,quantity,source,side,reliability,start,end,known_at,note,url
1,declared,RU,Site 1,S-1,D-30,1,Russian Federation,RU,,2025-03-20T08:00Z,,2025-03-20,,
2,seen,RU,Site 1,S-1,D-30,1,Mission,none,A,2025-03-21T10:00+02:00,,2025-03-21,by daylight,
3,refused,UA,Site 2,,,,Mission,none,A,2025-03-21T12:00+02:00,,2025-03-21,,
"""
TABLES: dict[str, str] = {
    "reports": REPORTS,
    "figures": "\n".join(FIGURES) + "\n",
    "statements": STATEMENTS,
    "items": ITEMS,
    **SAMPLES,
}
COVERAGE = """coverage: soak
watches:
  - id: camera-1
    who: Mission
    means: camera
    detects: [strike, military_presence, withdrawal]
    in: [town]
    from: 2025-03-18T00:00
    to: 2025-04-17T00:00
    daily: ["08:00", "18:00"]
    probability: {low: 0.92, high: 0.97}
    rests_on: test_shots
    shares: [mast-3]
    false_alarms: 0.01
    reports_every: 24 hours
  - {id: patrol-1, who: Patrol, means: patrol, detects: strike, at: [48.0, 37.0], radius: 3 km, from: 2025-03-18, to: 2025-04-17, trials: [17, 20], sees: [RU], side: UA}
outages:
  - {watches: [camera-1], in: [town], from: 2025-03-20T10:00, to: 2025-03-20T12:00, share: 0.5, by: UA, reason: no power}
denials:
  - {watches: all, in: [side], from: 2025-03-21, to: 2025-03-22, by: RU}
"""
LOG = (TESTS / "malformed" / "coverage" / "log.csv").read_text("utf-8")
REGISTER = """sources:
  Ministry: {speaks_for: RU}
  Staff: {speaks_for: UA}
  Daily: {side: RU, reliability: C, note: close to the ministry}
  Mission: {side: none, reliability: A, means: patrol}
  Patrol: {side: none, reliability: B}
  Gazette: {relays: Staff}
actors:
  Volunteer Corps: RU
  "Military Forces of Russia (2000-)": {party: RU, level: organ}
"""
DECISIONS = """decisions:
  - {incident: I-7, step: triaged, outcome: in_scope, by: JC, at: 2025-03-21T10:00, why: inside}
  - {incident: I-7, step: assessed, severity: serious, by: JC, at: 2025-03-22T10:00, why: seen}
  - {incident: I-7, step: right_of_reply, of: UA, until: 2025-03-25, by: JC, at: 2025-03-23T10:00, why: rules}
  - {incident: I-7, step: replied, of: UA, by: UA, at: 2025-03-24T10:00, why: denied}
  - {incident: I-7, step: determined, outcome: confirmed, by: JC, at: 2025-03-26T10:00, why: two witnesses}
  - {incident: I-7, step: attributed, outcome: party, of: UA, by: JC, at: 2025-03-26T10:00, why: radar}
  - {incident: I-7, step: signed, outcome: agreed, by: JC, at: 2025-03-27, why: all agreed}
  - {merge: [I-7, I-9], into: I-7, by: JC, at: 2025-03-28T11:00, why: one strike}
  - {split: I-9, into: {I-9a: [R4]}, by: JC, at: 2025-03-28T12:00, why: two}
  - {grade: Daily, reliability: D, by: JC, at: 2025-03-28T13:00, why: wrong twice}
  - {grant: fired_upon, term: fire, incident: I-7, by: JC, at: 2025-03-28T14:00, why: shown}
  - {undo: 9, by: JC, at: 2025-03-28T15:00, why: again}
"""
MAP = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": n, "properties": {"ADM1_EN": name, "ADM1_PCODE": f"X{n}"}, "geometry": geometry}
        for n, name, geometry in (
            (1, "West", shapely.geometry.mapping(shapely.box(37.0, 48.0, 37.5, 48.5))),
            (2, "East", shapely.geometry.mapping(shapely.box(37.5, 48.0, 38.0, 48.5).union(shapely.box(38.2, 48, 38.4, 48.1)))),
            (3, "Line", {"type": "LineString", "coordinates": [[37.0, 47.5], [37.5, 48.2], [38.0, 48.9]]}),
        )
    ],
}  # fmt: skip
OF_A_MAP = """agreement: soak
title: Places from a map
timezone: Europe/Kyiv
parties: {RU: Russian Federation, UA: Ukraine}
in_force: {from: 2025-03-18, for: 30 days}
places:
  west: {file: FILE, id: West}
  east: {file: FILE, id: X2}
  front: {file: FILE, id: Line, sides: {left: RU, right: UA}}
  strip: {within: 10 km, of: front, on_side_of: UA}
terms:
  fire:
    text: No strikes
    forbid: {act: strike, in: [west, east, strip]}
"""


@cache
def geopackage(folder: Path) -> bytes:
    """The same map as a GeoPackage."""
    path = folder / "seed.gpkg"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    with db:
        db.execute("create table gpkg_geometry_columns (table_name, column_name, srs_id)")
        db.execute("create table gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)")
        db.execute("insert into gpkg_geometry_columns values ('zones', 'geom', 4326)")
        db.execute("insert into gpkg_spatial_ref_sys values (4326, 'EPSG', 4326)")
        db.execute("create table zones (fid integer primary key, name, ADM1_PCODE, geom blob)")
        for feature in MAP["features"]:  # type: ignore[attr-defined]
            shape = shapely.geometry.shape(feature["geometry"])
            blob = b"GP\x00\x01" + (4326).to_bytes(4, "little") + shapely.to_wkb(shape)
            names = feature["properties"]
            db.execute(
                "insert into zones values (?, ?, ?, ?)", (feature["id"], names["ADM1_EN"], names["ADM1_PCODE"], blob)
            )
    db.close()
    raw = path.read_bytes()
    path.unlink()
    return raw


@cache
def agreements() -> list[bytes]:
    """Agreements that read no other file: the shipped ones, those of the tests, and every kind of term."""
    from tests.test_terms import HEAD, REST

    files = [*CASES.glob("*/agreement.yaml"), *(TESTS / "malformed" / "agreements").glob("*.yaml")]
    texts = [raw for path in sorted(files) if b"geojson" not in (raw := path.read_bytes())]
    return [raw for raw in texts if raw.strip()] + [AGREEMENT.encode()] * 10 + [(HEAD + REST).encode()] * 10


@cache
def case_files() -> list[bytes]:
    """Files of test cases: short ones of the tests (the shipped ones name agreements that lie beside them)."""
    return [
        raw for path in sorted((TESTS / "malformed" / "cases").glob("*.yaml")) if (raw := path.read_bytes()).strip()
    ]


@cache
def articles() -> dict[str, bytes]:
    """Texts, a web page and a PDF."""
    files = [*(TESTS / "data" / "articles").iterdir(), *(TESTS / "malformed" / "articles").iterdir()]
    return {path.name: raw for path in sorted(files) if (raw := path.read_bytes()).strip()}


def rows_of(text: str) -> list[list[str]]:
    """A CSV text as rows."""
    return list(csv.reader(io.StringIO(text, newline="")))


def loaded(text: str) -> Any:
    """A YAML text as a tree."""
    import yaml

    return yaml.safe_load(text)
