"""The text of a web page, of a PDF, and of a file that is neither."""

from __future__ import annotations

import io
import logging
import re
import warnings
from datetime import date

from servanda.errors import EvidenceError, Fault
from servanda.statements.cyrillic import of_one_byte

_NO_CLOCK = {"original_date": True, "extensive_search": False, "max_date": "2999-12-31"}
"""How htmldate looks for the day: without one it would take no day after today's, and the outcome would depend on the clock."""


def html_text(data: bytes) -> tuple[str, str, date | None]:
    """Text, title and day of a web page, by trafilatura (no request is made).

    Args:
        data: its bytes.

    Returns:
        The three; empty where it has none.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():  # as of zones in dates that the library does not know
        warnings.simplefilter("ignore")
        page = trafilatura.bare_extraction(
            data, include_comments=False, include_tables=False, with_metadata=True, date_extraction_params=_NO_CLOCK
        )
    if page is None:
        return "", "", None
    parts = page if isinstance(page, dict) else page.as_dict()
    day = None
    if parts.get("date"):
        day = date.fromisoformat(str(parts["date"])[:10])
    return str(parts.get("text") or ""), str(parts.get("title") or ""), day


def pdf_text(data: bytes, path: str) -> str:
    """Text of a PDF, lines put together to paragraphs.

    Args:
        data: its bytes.
        path: how it is called.

    Returns:
        The text.

    Raises:
        EvidenceError: it is no PDF, or a scan.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pages = [page.extract_text() or "" for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    except Exception as error:  # noqa: BLE001 (the library raises many kinds)
        what = f"not a valid PDF ({type(error).__name__})"
        raise EvidenceError(Fault(path, what, "save it again, or give its text", code="DOC005")) from None
    if pages and not "".join(pages).strip():
        what = f"a scan: none of its {len(pages)} pages has text"
        hint = "recognise its text first (OCR), and give the text or the PDF with it"
        raise EvidenceError(Fault(path, what, hint, code="DOC015"))
    out: list[str] = []
    lines = "\n".join(pages).split("\n")
    full = 0.6 * max(map(len, lines), default=0)  # a shorter line ends its paragraph, or is a heading
    last = 0
    for line in lines:
        line = line.strip()  # noqa: PLW2901
        if not line:
            out.append("")
        elif out and out[-1].endswith("-") and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        elif (
            out
            and out[-1]
            and last >= full
            and not (
                re.search(r"[.!?:][\"”’']?$", out[-1]) and len(line) > 0 and (line[0].isupper() or line[0] in '“"')
            )
        ):
            out[-1] += " " + line
        else:
            out.append(line)
        last = len(line)
    return "\n".join(out)


def plain_text(data: bytes, path: str) -> str:
    """Text of a file that is neither.

    Args:
        data: its bytes.
        path: how it is called.

    Returns:
        The text, by UTF-8 or what it says it is.

    Raises:
        EvidenceError: it is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise EvidenceError(Fault(path, "not a text file", "give text, a saved web page or a PDF", code="DOC006"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return of_one_byte(data)
