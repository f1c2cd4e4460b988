"""A mission report as one page of HTML that loads nothing."""

from __future__ import annotations

from typing import Any

from servanda import __version__
from servanda.briefs import Brief, Points, Table, Words, is_number
from servanda.briefs.model import Phrase
from servanda.report.environment import asset, environment_of

SHOWN_ROWS = 400
"""Rows of a table that a page, a PDF and a Word document show; the workbook and the CSV files have all."""


def more_words(table: Table, words: Words) -> str:
    """How many rows of a table are left out, in words; nothing where none is."""
    left = len(table.rows) - SHOWN_ROWS
    return words.say(Phrase("table.more", {"n": left})) if left > 0 else ""


def brief_page(brief: Brief, words: Words) -> str:
    """A report as a page.

    Args:
        brief: the report.
        words: its language.

    Returns:
        One HTML file as text, with its style inside; it makes no request, and whatever comes from evidence is escaped.
    """
    template = environment_of().get_template("brief.html.j2")
    return template.render(
        version=__version__,
        brief=brief,
        style=asset("brief.css"),
        language=words.language,
        direction="rtl" if words.right_to_left else "ltr",
        say=words.say,
        sentence=words.sentence,
        kind=_kind,
        rows=lambda table: table.rows[:SHOWN_ROWS],
        more=lambda table: more_words(table, words),
        numbers=lambda table, n: any(is_number(row[n]) for row in table.rows),
        number=is_number,
    )


def _kind(block: Any) -> str:
    return "table" if isinstance(block, Table) else "points" if isinstance(block, Points) else "paragraph"
