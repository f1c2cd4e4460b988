"""A mission report as plain text for mail."""

from __future__ import annotations

import re
import textwrap
import unicodedata

from servanda.briefs import Brief, Paragraph, Points, Table, Words, is_number

_WIDTH = 76
_CELL = 34
"""Wider columns are cut in the tables of a mail; the annexes have all."""
_RULE = re.compile(r"^-+(?:  -+)+$", re.MULTILINE)
"""What stands below the heads of a table."""


def plain_text(brief: Brief, words: Words, *, annexes: bool = False) -> str:
    """A report as text.

    Args:
        brief: the report.
        words: its language.
        annexes: whether the annexed tables follow.

    Returns:
        Lines of at most 76 characters (tables may be wider), ended by a line feed.
    """
    title = words.say(brief.title)
    lines = [title, "=" * _cells(title), words.say(brief.subtitle), ""]
    lines += [*_wrapped(" ".join(map(words.sentence, brief.head))), ""]
    lines += [*_wrapped(" ".join(map(words.sentence, brief.lead))), ""]
    for section in brief.sections:
        heading = words.say(section.heading)
        lines += [heading, "-" * _cells(heading)]
        for block in section.blocks:
            if isinstance(block, Table):
                lines += [*_table(block, words), ""]
            elif isinstance(block, Points):
                for sentence in block.sentences:
                    lines += _wrapped(words.sentence(sentence), "* ")
                lines.append("")
            elif isinstance(block, Paragraph):
                lines += [*_wrapped(" ".join(map(words.sentence, block.sentences))), ""]
    for table in brief.annexes if annexes else ():
        lines += [*_table(table, words), ""]
    lines += _wrapped(" ".join(map(words.sentence, brief.foot)))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def unwrapped(text: str) -> list[tuple[bool, str]]:
    """The pieces of a report that is text, for a screen of any width: its sentences in one line each, so that the screen breaks them.

    Args:
        text: as :func:`plain_text` made it.

    Returns:
        Each piece, and whether it is a table, whose lines stand as they are.
    """
    pieces: list[tuple[bool, str]] = []
    for block in text.rstrip("\n").split("\n\n"):
        table = _RULE.search(block) is not None
        said = block if table else "\n".join(_joined(block.split("\n")))
        if pieces and pieces[-1][0] == table:
            said = f"{pieces.pop()[1]}\n\n{said}"
        pieces.append((table, said))
    return pieces


def _joined(lines: list[str]) -> list[str]:
    """Lines without the breaks that :func:`_wrapped` made: where the next word would not have fitted."""
    out, last = lines[:1], lines[0]
    for line in lines[1:]:
        word = line.split(maxsplit=1)[0] if line.split() else ""
        if word.strip("-=") and len(last) + 1 + len(word) > _WIDTH:
            out[-1] += f" {line.strip()}"
        else:
            out.append(line)
        last = line
    return out


def _wrapped(text: str, first: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False)


def _table(table: Table, words: Words) -> list[str]:
    rows = [[words.say(head) for head in table.columns.values()]]
    rows += [[words.say(cell) for cell in row] for row in table.rows]
    short = [[_cut(cell) for cell in row] for row in rows]
    widths = [max(_cells(row[n]) for row in short) for n in range(len(table.columns))]
    number = [all(is_number(row[n]) for row in table.rows) for n in range(len(table.columns))]
    lines = [] if table.heading is None else [words.say(table.heading)]
    for n, row in enumerate(short):
        cells = [_padded(cell, width, end=right) for cell, width, right in zip(row, widths, number, strict=True)]
        lines.append("  ".join(cells))
        if n == 0:
            lines.append("  ".join("-" * width for width in widths))
    return lines


def _cut(cell: str) -> str:
    return cell if len(cell) <= _CELL else cell[: _CELL - 1] + "…"


def _padded(cell: str, width: int, *, end: bool) -> str:
    blank = " " * (width - _cells(cell))
    return blank + cell if end else cell + blank


def _cells(text: str) -> int:
    """How many columns of a terminal a text fills."""
    return sum(not unicodedata.combining(c) and unicodedata.category(c) != "Cf" for c in text)
