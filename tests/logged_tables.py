"""Tables of Delta and Iceberg as their libraries write them, with what was deleted from them in each way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest


def delta(rows: pl.DataFrame, folder: Path) -> tuple[list[str], str]:
    """Divided by side, with a report deleted by rewriting its file and one by a deletion vector; those two, and the version before."""
    deltalake = pytest.importorskip("deltalake")
    settings = {"delta.enableDeletionVectors": "true"}
    deltalake.write_deltalake(folder, rows.to_arrow(), partition_by=["side"], configuration=settings)
    first = rows["report_id"][0]
    deltalake.DeltaTable(folder).delete(f"report_id = '{first}'")
    table = deltalake.DeltaTable(folder)
    log = [json.loads(line) for n in (0, 1) for line in (folder / f"_delta_log/{n:020}.json").read_text().splitlines()]
    live = {Path(uri).name for uri in table.file_uris()}
    add = next(entry["add"] for entry in log if "add" in entry and Path(entry["add"]["path"]).name in live)
    gone = pq.read_table(folder / add["path"])["report_id"][1].as_py()
    vector = deletion_vector([1])
    entries = [{"add": {**add, "deletionVector": vector}}, {"remove": {**add, "deletionTimestamp": 0}}]
    (folder / "_delta_log/00000000000000000002.json").write_text("\n".join(map(json.dumps, entries)), "utf-8")
    return [first, gone], f"{folder}@0"


def deletion_vector(rows: list[int]) -> dict[str, Any]:
    """A vector that stands in the log itself: a bitmap in the alphabet of Z85."""
    pyroaring = pytest.importorskip("pyroaring")
    made = (1681511377).to_bytes(4, "little") + (1).to_bytes(8, "little") + bytes(4)
    made += pyroaring.BitMap(rows).serialize()
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    padded = made + bytes(-len(made) % 4)
    words = (int.from_bytes(padded[at : at + 4], "big") for at in range(0, len(padded), 4))
    text = "".join(letters[word // 85**n % 85] for word in words for n in (4, 3, 2, 1, 0))
    return {"storageType": "i", "pathOrInlineDv": text, "sizeInBytes": len(made), "cardinality": len(rows)}


def iceberg(rows: pl.DataFrame, folder: Path) -> tuple[list[str], str]:
    """With a report deleted by rewriting its file, and one by its position; those two, and the snapshot before."""
    memory = pytest.importorskip("pyiceberg.catalog.memory")
    catalog = memory.InMemoryCatalog("test", warehouse=f"file://{folder.parent}")
    catalog.create_namespace("war")
    table = catalog.create_table("war.reports", schema=rows.to_arrow().schema, location=f"file://{folder}")
    table.append(rows.to_arrow())
    before = table.current_snapshot().snapshot_id
    table.delete(f"report_id == '{rows['report_id'][0]}'")
    (task,) = table.scan().plan_files()
    gone = pq.read_table(task.file.file_path.removeprefix("file://"))["report_id"][1].as_py()
    deletes = pl.DataFrame({"file_path": [task.file.file_path], "pos": [1]})
    with_deletes(table, folder, "POSITION_DELETES", deletes)
    return [rows["report_id"][0], gone], f"{folder}@{before}"


def with_deletes(table: Any, folder: Path, content: str, rows: pl.DataFrame, **more: Any) -> None:
    """A file of deletes, as engines that merge on reading write them, added by the library's own writers."""
    from pyiceberg import manifest as m
    from pyiceberg.typedef import Record

    file = folder / "data" / f"{content}.parquet"
    rows.write_parquet(file)

    class Deletes(m.ManifestWriterV2):
        def content(self) -> m.ManifestContent:
            return m.ManifestContent.DELETES

    with table.transaction() as transaction:
        update = transaction.update_snapshot().fast_append()
        told = {"file_path": f"file://{file}", "file_format": m.FileFormat.PARQUET, "partition": Record(), **more}
        size = {"record_count": rows.height, "file_size_in_bytes": file.stat().st_size}
        data = m.DataFile.from_args(content=m.DataFileContent[content], **told, **size)
        data.spec_id = 0
        output = table.io.new_output(f"file://{folder}/metadata/{content}.avro")
        writer = Deletes(table.spec(), table.schema(), output, update.snapshot_id, "null")
        with writer:
            status = m.ManifestEntryStatus.ADDED
            entry = {"snapshot_id": update.snapshot_id, "sequence_number": None, "data_file": data}
            writer.add_entry(m.ManifestEntry.from_args(status=status, **entry))
        before, added = update._existing_manifests, writer.to_manifest_file()
        update._existing_manifests = lambda: [*before(), added]
        update.commit()


def iceberg_refused(rows: pl.DataFrame, folder: Path) -> None:
    """Three tables: with an equality delete, with a column that was renamed, without rows."""
    memory = pytest.importorskip("pyiceberg.catalog.memory")
    catalog = memory.InMemoryCatalog("test", warehouse=f"file://{folder}")
    catalog.create_namespace("war")
    schema = rows.to_arrow().schema
    tables = {
        name: catalog.create_table(f"war.{name}", schema=schema, location=f"file://{folder / name}")
        for name in ("equal", "renamed", "empty")
    }
    tables["equal"].append(rows.to_arrow())
    with_deletes(
        tables["equal"], folder / "equal", "EQUALITY_DELETES", rows.select("report_id").head(1), equality_ids=[1]
    )
    tables["renamed"].append(rows.to_arrow())
    with tables["renamed"].update_schema() as update:
        update.rename_column("act", "deed")
