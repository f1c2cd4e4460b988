"""Datasets of what agreements provide for, as one table of provisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.importing.containers import open_sheets
from servanda.evidence.importing.header import find_table
from servanda.evidence.importing.provisions import PROVISION, dataset_of, provision_table
from servanda.values.files import FileLike, name_of
from servanda.wording import plural


@dataclass
class ProvisionsRead:
    """What became of datasets: the table, and what there is to say of it."""

    table: pl.DataFrame
    told: list[str] = field(default_factory=list)


def read_provisions(files: Sequence[FileLike]) -> ProvisionsRead:
    """Read datasets of agreements as one table of provisions.

    Args:
        files: tables of PA-X or of the Peace Accords Matrix.

    Returns:
        What the agreements provide for, one provision a row.

    Raises:
        EvidenceError: a file cannot be read, or holds no such table.
    """
    read = ProvisionsRead(pl.DataFrame(schema=PROVISION))
    for file in files:
        found = [table for sheet in open_sheets(file) if (table := find_table(sheet)) is not None]
        known = [table for table in found if dataset_of(table)]
        if not known:
            what = "is neither PA-X nor the Peace Accords Matrix"
            hint = "PA-X has the columns AgtId, Agt, Dat, Con, Status, Stage; the Matrix caseid, year and columns ending in prov"
            raise EvidenceError(Fault(name_of(file), what, hint, code="EVD204"))
        for table in known:
            listed = provision_table(table)
            agreements = listed["agreement_id"].n_unique()
            read.told.append(f"{table.sheet.label}: {dataset_of(table)}, {plural(agreements, 'agreement')}")
            read.table = pl.concat([read.table, listed])
    return read
