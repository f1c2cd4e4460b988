"""evidence: what was reported, by whom, and what was set aside.

In: files in any of the formats that ``servanda readers`` lists, and registers of sources. Out: batches of one report
table, figures, statements, quarantine. It promises: nothing is dropped silently; a row is read, or stands in
quarantine with its row, field and reason.

* ``model``      the columns of the tables; what a reader is given and gives
* ``rows``       files -> raw tables
* ``readers/``   raw tables -> report columns, one small file per format
* ``instants``   instants out of columns
* ``normalise``  report columns -> checked and typed, or quarantined
* ``sources``    the register of sources; ``decisions``: what people decided about incidents, sources and exceptions
* ``lineage``    who relayed whom: the role of a report, its last step, the text it repeats
* ``read``       all of it, for many files
"""

from servanda.evidence.model import Context, Reader, Source
from servanda.evidence.read import Evidence, FileRead, IngestResult, all_readers, reader_for

__all__ = ["Context", "Evidence", "FileRead", "IngestResult", "Reader", "Source", "all_readers", "reader_for"]
