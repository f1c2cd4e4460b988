"""report: what people read.

In: a verification and what was set aside. Out: one HTML page that works from disk and makes no request, and the tables beside
it. It promises: text that came from evidence is escaped everywhere; the same input gives the same bytes.

* ``page``      the page: the answer first, then term by term, incident by incident
* ``picture``   maps and time lines (SVG)
* ``tables``    verdicts.json, findings, incidents, quarantine
* ``templates`` the page's own HTML, style and script
"""

from servanda.evidence import IngestResult
from servanda.report.page import render
from servanda.report.tables import all_tables
from servanda.verdicts import Verification


def all_files(run: Verification, aside: IngestResult) -> dict[str, bytes]:
    """File name to content: the page and every table."""
    return {"report.html": render(run, aside).encode(), **all_tables(run, aside)}


__all__ = ["all_files", "render"]
