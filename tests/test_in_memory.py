"""An agreement is read from memory as it is from disk, with its geometry beside it, and is not read twice."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from servanda.agreement import inspect_agreement, read_agreement
from servanda.agreement.plain_language import say
from servanda.drafting import check_agreement
from servanda.values.document import read_document
from servanda.values.files import NamedBytes

ROOT = Path(__file__).resolve().parent.parent
CASES = sorted(path for path in (ROOT / "cases").glob("*/agreement.yaml"))
SQUARE = '{"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 51], [30, 50]]]}'


def _in_memory(path: Path) -> tuple[NamedBytes, dict[str, NamedBytes]]:
    beside = {p.name: NamedBytes(p.name, p.read_bytes()) for p in path.parent.iterdir() if p.is_file()}
    return NamedBytes("agreement.yaml", path.read_bytes()), beside


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_a_file_in_memory_is_the_same_agreement_as_on_disk(path: Path) -> None:
    file, beside = _in_memory(path)
    here, there = read_agreement(file, beside=beside), read_agreement(path)
    assert say(here) == say(there)
    assert (here.file, here.sha256) == (there.file, there.sha256)
    findings = [(f.code, f.term, f.line, f.what) for f in check_agreement(file, beside=beside).findings]
    assert findings == [(f.code, f.term, f.line, f.what) for f in check_agreement(path).findings]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_a_mapping_is_the_same_agreement_as_its_file(path: Path) -> None:
    document, _ = read_document(path)
    assert document is not None
    _, beside = _in_memory(path)
    assert say(read_agreement(document.data, beside=beside)) == say(read_agreement(path))


def test_neither_the_disk_nor_a_folder_is_touched_for_what_is_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the disk is touched")

    text = _text("file: zone.geojson")
    beside = {"zone.geojson": NamedBytes("zone.geojson", SQUARE.encode())}
    for name in ("read_bytes", "is_file", "is_dir", "stat"):
        monkeypatch.setattr(Path, name, refuse)
    assert check_agreement(NamedBytes("a.yaml", text.encode()), beside=beside).agreement is not None


def test_a_geopackage_in_memory_is_read(tmp_path: Path) -> None:
    path = tmp_path / "zone.gpkg"
    db = sqlite3.connect(path)
    db.execute("pragma journal_mode=wal")
    db.execute("create table gpkg_geometry_columns (table_name, column_name, srs_id)")
    db.execute("create table gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)")
    db.execute("insert into gpkg_geometry_columns values ('zones', 'geom', 4326)")
    db.execute("create table zones (fid integer primary key, geom blob)")
    geometry = b"GP\0\1" + bytes(4) + shapely.to_wkb(shapely.from_geojson(SQUARE))
    db.execute("insert into zones values (1, ?)", (geometry,))
    db.commit()
    db.close()
    beside = {"zone.gpkg": NamedBytes("zone.gpkg", path.read_bytes())}
    agreement = read_agreement(NamedBytes("a.yaml", _text("file: zone.gpkg").encode()), beside=beside)
    assert set(agreement.places) == {"zone"}


def test_what_is_not_beside_a_file_in_memory_is_a_fault_and_not_looked_for_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zone.geojson").write_text(SQUARE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _, (fault,) = inspect_agreement(NamedBytes("a.yaml", _text("file: zone.geojson").encode()))
    assert (fault.code, fault.line) == ("AGR065", 5)
    assert "there is no file 'zone.geojson'" in fault.what


def test_faults_of_a_mapping_name_the_agreement_and_no_line() -> None:
    _, faults = inspect_agreement({"agreement": "x", "title": "X", "timezone": "UTC", "partis": {"A": "A"}})
    assert {fault.file for fault in faults} == {"agreement"}
    assert {fault.line for fault in faults} == {0}
    assert {fault.code for fault in faults} == {"AGR001", "AGR002"}


def test_dates_of_a_mapping_are_read_as_yaml_reads_them() -> None:
    data = {
        "agreement": "x",
        "title": "X",
        "timezone": "UTC",
        "parties": {"A": "Aland", "B": "Bland"},
        "in_force": {"from": date(2025, 3, 18)},
        "terms": {"fire": {"text": "No strikes.", "forbid": {"act": "strike"}}},
    }
    (text,) = read_agreement(data).texts
    assert text.in_force.start is not None
    assert text.in_force.start.date() == date(2025, 3, 18)


@pytest.mark.parametrize("bad", [{1: "one"}, {"terms": {None: {}}}])
def test_keys_that_are_not_text_are_refused(bad: Any) -> None:
    _, (fault,) = inspect_agreement(bad)
    assert fault.code == "YML006"


def test_a_mapping_that_holds_itself_is_refused() -> None:
    data: dict[str, Any] = {"agreement": "x"}
    data["terms"] = data
    _, (fault,) = inspect_agreement(data)
    assert "nested deeper" in fault.what


def _text(place: str) -> str:
    return (
        "agreement: x\ntitle: X\ntimezone: UTC\nparties: {A: Aland, B: Bland}\n"
        f"places: {{zone: {{{place}}}}}\nin_force: {{from: 2025-03-18}}\n"
        "terms: {fire: {text: No strikes., forbid: {act: strike, in: zone}}}\n"
    )
