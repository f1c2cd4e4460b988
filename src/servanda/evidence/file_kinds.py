"""Files that are something else than a table of reports, told by what they are: maps, feeds, pages, documents, pictures, exports of chats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_IMPORT = "'servanda import' turns it into a table of reports"
_MAIL = "'servanda import' reads the tables that are attached to a letter; 'servanda statements' reads who said what in a letter saved as text"
_TABLES = "'servanda import' reads its tables as reports"
_ROOT = re.compile(rb"<(?!\?|!--)(?:!DOCTYPE\s+)?(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", re.IGNORECASE)
_XML = {
    "kml": "a KML document (a map in XML)",
    "gpx": "a GPX document (tracks in XML)",
    "quakeml": "a QuakeML document (earthquakes in XML)",
    "rss": "an RSS document (a feed in XML)",
    "rdf": "an RDF document (a feed in XML)",
    "feed": "an Atom document (a feed in XML)",
    **dict.fromkeys(("html", "head", "meta", "body", "table", "div"), "an HTML document (a web page)"),
    "svg": "an SVG document (a picture in XML)",
    "osm": "an OpenStreetMap document (a map in XML)",
    "alert": "a CAP document (an alert in XML)",
    "featurecollection": "a GML document (a map in XML)",
    "workbook": "a spreadsheet as an XML document",
}
_BEGINNINGS = (
    (b"%PDF", "a PDF document", "give a table: CSV, JSON lines or Parquet"),
    (b"\x89PNG", "a picture (PNG)", "give a table: CSV, JSON lines or Parquet"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "give a table: CSV, JSON lines or Parquet"),
    (b"\x00\x00\x27\x0a", "a shapefile (.shp)", _IMPORT),
    (b"fgb\x03", "a map in FlatGeobuf (.fgb)", _IMPORT),
    (b"SQLite format 3", "a database (SQLite, GeoPackage)", _IMPORT),
    (b"\xd0\xcf\x11\xe0", "an old workbook or document of Office (.xls, .doc)", _IMPORT),
    (b"$FL2", "a table of SPSS (.sav)", "save it as CSV (UTF-8)"),
    (b"$FL3", "a table of SPSS (.sav)", "save it as CSV (UTF-8)"),
    (b"<stata_dta>", "a table of Stata (.dta)", "save it as CSV (UTF-8)"),
    (b"{\\rtf", "an RTF document", "give a table: CSV, JSON lines or Parquet"),
    (b"\x1f\x8b", "packed with gzip", "let its name end in .gz, or unpack it"),
    (b"BZh", "packed with bzip2", "let its name end in .bz2, or unpack it"),
    (b"\xfd7zXZ", "packed with xz", "unpack it"),
)
_IN_ZIP = (
    (b"xl/", "a spreadsheet (.xlsx)", _IMPORT),
    (b"word/", "a Word document (.docx)", _TABLES),
    (b"spreadsheet", "a spreadsheet (.ods)", _IMPORT),
    (b".kml", "a KMZ file (a packed KML document)", _IMPORT),
)
_ROWS = ("data", "rows", "results", "result", "records", "items", "events", "reports", "entries", "value", "content")
_TOTALS = ("total_count", "totalcount", "total", "total_rows", "total_results", "numbermatched")


def other_kind(head: bytes) -> tuple[str, str] | None:
    """What a file is that is no table of text.

    Args:
        head: how it begins, unpacked.

    Returns:
        What it is and a hint; nothing where it may be a table.
    """
    for begins, what, hint in _BEGINNINGS:
        if head.startswith(begins):
            return what, hint
    if head.startswith(b"PK\x03\x04"):
        inside = next(((what, hint) for part, what, hint in _IN_ZIP if part in head), None)
        return inside or ("a ZIP archive", "unpack it, and name the files inside")
    text = head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    text = text.lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    if _is_mail(text):
        return "an e-mail, or a folder of them (.eml, .mbox)", _MAIL
    root = _ROOT.search(text) if text.startswith(b"<") else None
    if root is None:
        return None
    what = _XML.get(
        root[1].decode("ascii", "replace").lower(), f"an XML document ({root[1].decode('ascii', 'replace')})"
    )
    return what, _TABLES if "HTML" in what else "give what it reports as a table: CSV, JSON lines or Parquet"


def _is_mail(text: bytes) -> bool:
    """Whether a text begins with the headers of an e-mail, or as a folder of e-mails does."""
    head = text.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    names = {line.partition(b":")[0].lower() for line in head.split(b"\n") if b":" in line}
    return b"from" in names and len(names & {b"date", b"subject", b"to", b"message-id", b"received"}) >= 2


def json_kind(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """What one JSON object is that is no answer with rows; nothing where it may be one."""
    from servanda.chats import chats_in  # only here: few files are JSON objects

    if document.get("messages") != [] and chats_in(document):
        hint = "its messages are texts: 'servanda statements' looks for who said what; 'servanda import --as messages' writes them as a table, from which people code reports"
        return "a Telegram export (messages of a chat)", hint
    if document.get("type") in ("FeatureCollection", "Feature"):
        return "GeoJSON (places and their properties)", _IMPORT
    return None


def rows_in(document: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """The rows that an answer of an API holds: the one list of objects under a name that such lists have; nothing where there is none."""
    named = {str(name).lower(): value for name, value in document.items()}
    found: list[list[Any]] = [named[name] for name in _ROWS if isinstance(named.get(name), list)]
    if found:
        return max(found, key=len)
    inner = [value for value in named.values() if isinstance(value, Mapping)]
    deeper = [rows for value in inner if depth < 2 and (rows := rows_in(value, depth + 1)) is not None]
    return deeper[0] if len(deeper) == 1 else None


def total_in(document: Mapping[str, Any]) -> int | None:
    """How many rows there are by what an answer of an API says; nothing where it does not."""
    said = [value for name, value in document.items() if str(name).lower() in _TOTALS and str(value).isdigit()]
    return int(said[0]) if said else None


_NEXT = frozenset(
    "next nextlink odata.nextlink @odata.nextlink next_page next_page_url nextpagetoken next_cursor offset".split()
)
_CUT = "exceededtransferlimit"


def goes_on(document: Mapping[str, Any]) -> str:
    """What an answer of an API says of itself by which more rows stand elsewhere: the limit of its server, or where the next page is; '' where it says nothing."""
    around = [document, *(value for value in document.values() if isinstance(value, Mapping))]
    for name, value in (pair for part in around for pair in part.items()):
        said = str(name).lower()
        if (said == _CUT and value is True) or (said in _NEXT and isinstance(value, str) and value.strip()):
            return str(name)
    return ""
