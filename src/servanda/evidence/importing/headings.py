"""Days that stand in no column: in headings between the rows, or in the title of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.dates import is_open, written_day
from servanda.evidence.importing.header import Table
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.parts import whole_between
from servanda.evidence.importing.sheets import Cell, is_blank
from servanda.evidence.importing.words import months, roles, words
from servanda.evidence.model import Context
from servanda.values.names import name_key, names_of

TITLE = "title"
HEADINGS = "(day in the headings)"
SHEET = "(name of the sheet)"
_LONGEST = 5
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")


def take_days_of_headings(table: Table) -> None:
    """Give a table without a column of days one of those that stand in headings above its rows, where there are such headings."""
    if any(roles().get(words(name)) in DAYS for name in table.names) or HEADINGS in table.names:
        return
    headings = {number: text for number, reason, text in table.left_out if "heading" in reason and written_day(text)}
    if not headings:
        return
    days: list[Cell] = []
    for at in table.numbers:
        above = [n for n in headings if n < at]
        days.append(headings[max(above)] if above else None)
    table.names.append(HEADINGS)
    table.columns.append(days)
    table.places.append(-1)


def take_party_of_sheet(table: Table, context: Context) -> None:
    """Give a table without a column of who did it the name of its sheet, where that is a party's: it is asked whether it says so.

    Args:
        table: to which the column is added.
        context: whose parties there are.
    """
    name = table.sheet.name
    said = {roles().get(words(one)) for one in table.names}
    if "actor" not in said and name_key(name) in names_of(context.parties) and SHEET not in table.names:
        table.names.append(SHEET)
        table.columns.append([name] * table.height)
        table.places.append(-1)


def titles_of(table: Table) -> list[str]:
    """The lines that stand in front of the header of a table, and in front of its sheet."""
    return [*(text for _, reason, text in table.left_out if reason == "in front of the header"), *table.sheet.titles]


def month_of_title(table: Table) -> str:
    """Year and month, as ``2027-03``, that the title of a table or the name of its sheet tells; nothing where they tell none, or several."""
    for text in (*titles_of(table), table.sheet.name):
        named = {months()[word] for word in words(text).split() if word in months()}
        years = set(_YEAR.findall(text))
        if len(named) == len(years) == 1:
            return f"{years.pop()}-{named.pop():02d}"
    return ""


def take_month_of_title(table: Table) -> None:
    """Give the numbers in a column of days (5, 16) the month and the year that the title of their table tells."""
    at = [n for n, name in enumerate(table.names) if roles().get(words(name)) in DAYS]
    if len(at) != 1 or {"month", "year"} & {roles().get(words(name)) for name in table.names}:
        return
    cells = [cell for cell in table.columns[at[0]] if not is_blank(cell)]
    month = month_of_title(table) if cells and all(whole_between(cell, 1, 31) for cell in cells) else ""
    if month:
        table.columns[at[0]] = [
            cell if is_blank(cell) else f"{month}-{int(number(cell) or 0):02d}" for cell in table.columns[at[0]]
        ]
        table.told.append(
            f"column {table.names[at[0]]!r} has the days of {month}, as the title or the name of the sheet says"
        )


def day_of_title(table: Table) -> str:
    """The one day that the title of a table, or else the name of its sheet or file, tells in full; nothing where none does, or one that could be two."""
    titles = [text for _, reason, text in table.left_out if reason == "in front of the header"]
    for texts in (titles, table.sheet.titles, [table.sheet.name], [PurePath(table.sheet.file).stem.replace("_", " ")]):
        found = {day for text in texts for day in _days_in(text)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return _day_without_a_year(table.sheet.name)


def _day_without_a_year(name: str) -> str:
    """The day that the name of a sheet tells, as ``22.03`` or ``Mon 22 March``, without its year, which is asked as it is of a column; nothing where it is none."""
    day = written_day(name.strip())
    named = day is not None and day.year is None and (day.dotted or day.month is not None)
    return name.strip() if named and day is not None and not day.rest else ""


def _days_in(text: str) -> Iterator[str]:
    parts = text.replace("|", " ").replace("(", " ").replace(")", " ").split()
    for n in range(len(parts)):
        for end in range(min(len(parts), n + _LONGEST), n, -1):
            day = written_day(" ".join(parts[n:end]).strip(",;"))
            at = day.at("dmy" if day.dotted else None, None) if day and (day.dotted or not is_open(day)) else None
            if at is not None:
                yield at.isoformat()
                break
