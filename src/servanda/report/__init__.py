"""report: what people read.

In: a verification. Out: one HTML page that works from disk and makes no request, and the tables beside
it. It promises: text that came from evidence is escaped everywhere; the same input gives the same bytes.

* ``page``      the page: the answer first, then term by term, incident by incident; ``answers``: the summary in sentences;
  ``sections``: what the other parts of the page show; ``environment``: how pages are made from templates;
  ``packing``: parts of a long page, compressed inside it
* ``statements_page``   the page and tables of who said what; ``positions_page``: the tables of positions over time
* ``first_page``      the page and data of who is said to have broken it first
* ``comparison_page``, ``said_page``   two drafts beside each other; an agreement beside its own words
* ``trend_page``   the page, tables and data of trends; ``trend_picture``: a series of days (SVG)
* ``graph``     the sequence of an agreement (SVG)
* ``picture``   time lines, ``map_picture``: maps (SVG)
* ``tables``    summary.json, findings, incidents, quarantine; ``maps``: places, coverage and incidents for QGIS; ``long_tables``: those that lie elsewhere; ``verdicts_json``: verdicts.json
* ``templates`` the page's own HTML, style and script
"""

from concurrent.futures import ThreadPoolExecutor

from servanda.report.long_tables import LongTable, findings_files, long_tables
from servanda.report.page import made_ready, render
from servanda.report.tables import all_tables
from servanda.verdicts import Verification
from servanda.verdicts.to_verify import to_verify


def all_files(verification: Verification) -> dict[str, bytes]:
    """The page and every table.

    Args:
        verification: what was found.

    Returns:
        File names with their content.
    """
    with ThreadPoolExecutor(1) as aside:  # tables, which need the interpreter little, beside the page, which does
        findings = aside.submit(findings_files, verification)
        listed = to_verify(verification)
        tables = aside.submit(lambda: all_tables(verification, listed, findings.result()))
        page = render(verification, listed).encode()
        return {"report.html": page, **tables.result()}


__all__ = ["LongTable", "all_files", "long_tables", "made_ready", "render"]
