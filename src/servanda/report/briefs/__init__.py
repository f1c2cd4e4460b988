"""briefs: a mission report made into files. One document model in, the same sentences out in every form.

* ``plain``   text for mail
* ``page``    one page of HTML
* ``pdf``     PDF/UA-1, set by Typst with ``brief.typ`` and the fonts in ``fonts``
* ``word``    a Word document
* ``tables``  the annexed tables (CSV, XLSX), and every sentence with its data (JSON)
"""

from __future__ import annotations

from servanda.briefs import Brief, Words
from servanda.report.briefs.page import brief_page
from servanda.report.briefs.pdf import pdf
from servanda.report.briefs.plain import plain_text
from servanda.report.briefs.tables import csv_of, frame_of, trace, workbook
from servanda.report.briefs.word import docx


def brief_files(brief: Brief, words: Words, *, traced: bool = False) -> dict[str, bytes]:
    """A mission report in all its forms.

    Args:
        brief: the report.
        words: its language.
        traced: whether the sentences with their data are among the files.

    Returns:
        File names with their content.
    """
    name = f"{brief.file}.{words.language}"
    files = {f"{name}.html": brief_page(brief, words).encode(), f"{name}.txt": plain_text(brief, words).encode()}
    files |= {f"{name}.docx": docx(brief, words), f"{name}.pdf": pdf(brief, words)}
    if brief.annexes:
        files |= {f"{brief.file}-{table}": content for table, content in csv_of(brief, words).items()}
        files[f"{name}.xlsx"] = workbook(brief, words)
    if traced:
        files[f"{name}.json"] = trace(brief, words).encode()
    return files


__all__ = ["brief_files", "brief_page", "csv_of", "docx", "frame_of", "pdf", "plain_text", "trace", "workbook"]
