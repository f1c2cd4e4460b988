"""evidence: what was reported, by whom, and what was set aside.

In: files in any of the formats that ``servanda readers`` lists, and registers of sources. Out: batches of one report
table, figures, statements, quarantine. It promises: nothing is dropped silently; a row is read, or stands in
quarantine with its row, field and reason.

* ``model``       the columns of the tables; what a reader is given and gives; what a source gives besides reports
* ``source``      all of it, for many files and frames: ``EvidenceSource``
* ``tabular_io``  files -> raw tables; ``csv_rows``: text cut into whole rows; ``json_io``: JSON; ``frames``: data frames -> raw tables
* ``raw_tables``  a file as tables with their readers; ``importing/``: what people already have, to report tables
* ``folders``     a folder that is given: the files in it
* ``raw_files``   what all files have in common; ``file_kinds``: what is no table
* ``joining``     formats in two files
* ``plugins``     which reader reads a table; ``readers/``: raw tables -> report columns, one small file per format
* ``normalise/``  report columns -> checked and typed, or quarantined
* ``translate``   one raw batch through its reader and all checks
* ``tables``      report tables that are ready, as a source; ``packed``: reports that are kept in little memory
* ``own_word``    what a party signed on a record: its word for its own side; ``hearsay``: which reports count for less than they say, and why;
  ``retractions``: what somebody took back
* ``alike``       names that could be taken for each other
* ``register``    the register of sources; ``decisions``: what people decided about incidents, sources and exceptions
"""

from servanda.evidence.model import Context, FileRead, IngestResult, Reader, Source
from servanda.evidence.plugins import all_readers, reader_for, readers_not_loaded
from servanda.evidence.source import EvidenceSource, RenumberedEvidence, TableSource, read_evidence
from servanda.evidence.tables import ReportTables

__all__ = [
    "Context",
    "EvidenceSource",
    "FileRead",
    "IngestResult",
    "Reader",
    "RenumberedEvidence",
    "ReportTables",
    "Source",
    "TableSource",
    "all_readers",
    "read_evidence",
    "reader_for",
    "readers_not_loaded",
]
