"""Evidence some of whose tables only a mapping can read: the second day in one command."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from servanda.agreement import Agreement
from servanda.app.importing import import_tables
from servanda.errors import EvidenceError, Fault
from servanda.evidence import IngestResult
from servanda.evidence.folders import PASSED_OVER, in_folders
from servanda.evidence.frames import is_frame
from servanda.evidence.importing import read_mapping
from servanda.evidence.model import QUARANTINE, empty
from servanda.evidence.raw_tables import needs_import
from servanda.evidence.source import Item
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of


@dataclass(frozen=True)
class Mapped:
    """Evidence that can be read as it is, with what became of the rows that could not be imported."""

    items: list[Item]
    quarantine: pl.DataFrame
    notes: Counter[str]

    def told(self, ingest: IngestResult) -> IngestResult:
        """What was read of the evidence, with what was set aside on the way."""
        rows = self.quarantine.select("file", "row").unique().height
        aside = pl.concat([ingest.quarantine, self.quarantine])
        added = dataclasses.replace(ingest, quarantine=aside, quarantined=ingest.quarantined + rows)
        return added.noting(self.notes)


def by_mapping(evidence: Iterable[Item], agreement: Agreement, mapping: FileLike) -> Mapped:
    """Import the tables that cannot be read as they are.

    Args:
        evidence: files and data frames.
        agreement: whose parties, time zone, codes and places are taken.
        mapping: how tables are read, as ``servanda import`` kept it.

    Returns:
        The evidence, imported where it must be.

    Raises:
        ServandaError: the mapping cannot be read; a table cannot be imported, or asks something that the mapping does not answer.
    """
    read_mapping(mapping)  # what is wrong with it is told also where no table needs it
    items: list[Item] = []
    imported = False
    aside, notes = [empty(QUARANTINE)], Counter[str]()
    passed: list[Path] = []
    for item in in_folders(evidence, passed):
        if is_frame(item) or not needs_import(item):
            items.append(item)
            continue
        name, imported = base_name_of(item), True
        result = import_tables([item], agreement, mapping)
        if result.questions:
            hint = (
                f"'servanda import {name} --mapping {name_of(mapping)} --out reports.csv' asks it, and keeps the answer"
            )
            raise EvidenceError(
                *(
                    Fault(name_of(item), f"{label}: {asked.what}", hint, code="EVD196")
                    for label, asked in result.questions
                )
            )
        content = result.reports.write_csv().encode()
        items.append(NamedBytes(f"{name} (imported).csv", content))
        aside.append(result.quarantine)
        notes.update(result.told)
        if result.doubts:
            notes[f"{name}: cells that could be read in more than one way; 'servanda import' tells each"] += len(
                result.doubts
            )
    if not imported:
        notes[f"{base_name_of(mapping)}: no table among the evidence needed this mapping; none was read by it"] += 1
    notes.update(f"{path.name}: {PASSED_OVER}" for path in passed)
    return Mapped(items, pl.concat(aside), notes)
