"""Small records for tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from servanda.record import File, Record, Signer, make_key
from servanda.record.log import quiet
from servanda.record.row_commitments import rows_key
from servanda.record.verifier import Asked, Broken, Policy, check_record

ROWS = pl.DataFrame(
    {
        "row": [2, 3, 4],
        "report_id": ["R1", "R2", "R3"],
        "source": ["Olena Koval", "Mission", "Petro Ivanenko"],
        "summary": ["smoke", None, "as Olena Koval told"],
    }
)
TIERS = b"tiers: {mechanism: {fields: all, protected: all, objects: all}, parties: {fields: [report_id, summary], objects: [agreement], embargo: true}}\n"

QUAY = """agreement: quay
title: Truce at the quay
timezone: Europe/Kyiv
parties: {A: Aldova, B: Borska}
in_force: {from: 2025-03-18, for: 10 days}
places: {quay: {at: [48.0, 37.0], radius: 20 km}}
terms:
  fire: {text: Neither side shall shell the quay., forbid: {act: shelling, in: quay}}
"""


def table(*rows: tuple[str, ...]) -> pl.DataFrame:
    """A text table with these rows under report_id, source, summary."""
    names = ("report_id", "source", "summary")
    columns = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    return pl.DataFrame({"row": list(range(2, len(rows) + 2)), **columns})


def file_of(name: str, rows: pl.DataFrame) -> File:
    """A file of evidence with its rows."""
    data = rows.drop("row").write_csv().encode()

    def read(raw: bytes) -> pl.DataFrame:
        shown = pl.read_csv(raw, infer_schema=False)
        return shown.with_columns(pl.Series("row", range(2, shown.height + 2), dtype=pl.Int64)).select(
            "row", *shown.columns
        )

    return File(name, "evidence", data, read)


def small(folder: Path, *, quorum: str = "none", tiers: bytes = TIERS) -> tuple[Record, Signer, dict[str, Signer]]:
    """A record with an agreement and one file of three rows; the log's key; the parties' keys."""
    log = make_key(folder / "log.key", "mission.example/log")
    parties = {p: make_key(folder / f"{p}.key", f"{p.lower()}.example") for p in ("A", "B")}
    public = {p: key.public() for p, key in parties.items()}
    record = Record.begin(folder / "record", log, public, {}, quorum=quorum, tiers=tiers)
    record.add([File("agreement.yaml", "agreement", b"agreement: x\n"), file_of("reports.csv", ROWS)], log)
    return record, log, parties


def in_file_order(record: Record, index: int, rows: list) -> list:
    """Rows of a package, or of commitments, as they stand in their file: in the record they stand in an order that tells nothing."""
    entry = {entry.index: entry for entry in record.statements()}[index]
    order = record.vault.order(rows_key(record.vault, entry), range(2, entry.says["rows"]["count"] + 2))
    return [row for _, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0])]


def policy_of(record: Record) -> Policy:
    """The policy as somebody took it home at the beginning."""
    return Policy.parse((record.folder / "policy").read_bytes())


def broken_at(folder: Path, policy: Policy, since: list[bytes] | None = None, *, quorum: bool = False) -> int:
    """The step at which the checker finds a record broken; 0 where it holds."""
    try:
        check_record(folder, Asked(policy, quiet, since or [], quorum))
    except Broken as error:
        return error.step
    return 0


def copy(record: Record, folder: Path) -> Path:
    """A copy of the record's own files in a new folder."""
    shutil.copytree(record.folder, folder)
    return folder
