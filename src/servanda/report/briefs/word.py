"""A mission report as a Word document."""

from __future__ import annotations

from servanda.briefs import Brief, Points, Words
from servanda.briefs import Table as Rows
from servanda.documents.write import Line, Table, write_docx
from servanda.documents.write import Words as Run
from servanda.report.briefs.page import SHOWN_ROWS, more_words


def docx(brief: Brief, words: Words) -> bytes:
    """A report as a Word document, with its annexes behind it.

    Args:
        brief: the report.
        words: its language; one that runs from right to left makes paragraphs and tables that do.

    Returns:
        Its bytes, the same for the same report.
    """
    body: list[Line | Table] = [_line(words.say(brief.title), 1), _line(words.say(brief.subtitle))]
    body += [_line(" ".join(map(words.sentence, part))) for part in (brief.head, brief.lead)]
    for section in brief.sections:
        body.append(_line(words.say(section.heading), 2))
        for block in section.blocks:
            if isinstance(block, Rows):
                body += _rows(block, words, 3)
            elif isinstance(block, Points):
                body += [_line("• " + words.sentence(one)) for one in block.sentences]
            else:
                body.append(_line(" ".join(map(words.sentence, block.sentences))))
    for table in brief.annexes:
        body += _rows(table, words, 2)
    body.append(_line(" ".join(map(words.sentence, brief.foot))))
    return write_docx(body, right_to_left=words.right_to_left, language=str(words.locale).replace("_", "-"))


def _rows(table: Rows, words: Words, level: int) -> list[Line | Table]:
    head = tuple(words.say(one) for one in table.columns.values())
    rows = Table((head, *(tuple(words.say(cell) for cell in row) for row in table.rows[:SHOWN_ROWS])))
    heading = [] if table.heading is None else [_line(words.say(table.heading), level)]
    left = more_words(table, words)
    return [*heading, rows, *([_line(left)] if left else [])]


def _line(text: str, heading: int = 0) -> Line:
    return Line((Run(text),), heading=heading)
