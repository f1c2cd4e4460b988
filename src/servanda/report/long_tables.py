"""Tables that are too long to be held at once: their parts are put aside as they come, and written in order, with the bytes of a table that is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from servanda.report.tables import ROWS_TOGETHER, csv_bytes, parquet
from servanda.report.verdicts_json import verdicts_json_parts
from servanda.verdicts import Verification
from servanda.verdicts.findings_table import ACTS, FINDING_OUT
from servanda.verdicts.verification import LongTables


@dataclass(frozen=True)
class LongTable:
    """One of the ``tables``, as a file; it has the contract of :class:`servanda.app.output.Written`."""

    tables: LongTables
    name: Literal["findings", "acts"]
    form: Literal["csv", "parquet"]

    def write(self, path: Path, aside: Path, check: Callable[[], None]) -> None:
        """Write it; its parts are put ``aside`` meanwhile, and after each there is a ``check`` whether to go on."""
        schema = {"findings": FINDING_OUT, "acts": ACTS}[self.name]
        found: dict[Any, Path] = {}
        for key, table in self.tables.parts(self.name):
            found[key] = aside / f"{len(found)}.arrow"
            table.write_ipc(found[key])
            check()
        parts = [found[key] for key in sorted(found)]
        if self.form == "parquet":
            empty = aside / "none.arrow"
            pl.DataFrame(schema=schema).write_ipc(empty)
            lazily = pl.scan_ipc([empty, *parts])
            try:
                lazily.sink_parquet(path, compression="zstd", statistics=False, row_group_size=ROWS_TOGETHER)
            except pl.exceptions.ComputeError as error:  # of a full disk it says so in no other way
                raise OSError(str(error)) from None
            return
        with path.open("wb") as file:
            file.write(csv_bytes(pl.DataFrame(schema=schema)))
            for part in parts:
                for rows in pl.read_ipc(part).iter_slices(ROWS_TOGETHER):
                    file.write(csv_bytes(rows, head=False))
                check()


@dataclass(frozen=True)
class LongVerdicts:
    """``verdicts.json``, part by part; it has the contract of :class:`servanda.app.output.Written`."""

    verification: Verification

    def write(self, path: Path, aside: Path, check: Callable[[], None]) -> None:  # noqa: ARG002  nothing is put aside
        """Write it; after each part there is a ``check`` whether to go on."""
        with path.open("wb") as file:
            for part in verdicts_json_parts(self.verification):
                file.write(part.encode())
                check()


def long_tables(verification: Verification) -> dict[str, LongTable | LongVerdicts]:
    """Where findings lie elsewhere, the tables of findings and acts, and the verdicts; they are not among ``report.all_files`` then.

    Args:
        verification: what was found.

    Returns:
        File names with what writes them.
    """
    tables = verification.tables
    if tables is None:
        return {}
    files: dict[str, LongTable | LongVerdicts] = {"verdicts.json": LongVerdicts(verification)}
    files |= {f"findings.{form}": LongTable(tables, "findings", form) for form in ("csv", "parquet")}
    return files | ({"acts.csv": LongTable(tables, "acts", "csv")} if "acts" in tables.names else {})


def findings_files(verification: Verification) -> dict[str, bytes]:
    """The findings as files, where they lie here.

    Args:
        verification: what was found.

    Returns:
        File names with their content; none where the table is among the long ones.
    """
    if verification.tables is not None:
        return {}
    return {"findings.csv": csv_bytes(verification.findings), "findings.parquet": parquet(verification.findings)}
