"""Of several columns with days the one on which it happened: the time stamp of a form is when it was filled, and not when something happened."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.evidence.importing.dates import written_day
from servanda.evidence.importing.mapping import Question
from servanda.evidence.importing.pairs import Column
from servanda.evidence.importing.sheets import Cell
from servanda.evidence.importing.words import means_another, word_list, words

_ENDS = ("end", "end_date", "end_time")
_MOST = 0.6
"""The least share of days by which a column without a name for it may be one of days."""


def take_days(roles: dict[str, list[int]], columns: list[Column], questions: list[Question], told: list[str]) -> None:
    """Settle which of a column with day and time and one with the day alone is when it happened.

    Args:
        roles: columns by role, which are changed.
        columns: names and cells.
        questions: what is asked, to which is added.
        told: what is told, to which is added.
    """
    if "when" not in roles:
        return
    at = roles["when"][0]
    if columns[at].share(lambda c: (day := written_day(c)) is not None and day.rest != "") < 0.2:
        roles.setdefault("date", roles["when"])
        roles.pop("when")
        return
    if not _is_stamp(columns[at], columns):
        _beside(roles, columns, questions, at)
        return
    day = roles.get("date", [_free(roles, columns)])[0]
    if day < 0:
        return
    roles.pop("when")
    filled = [n for n, column in enumerate(columns) if _ends_form(column)] or [at]
    roles.setdefault("known_at", filled[:1])
    name, other = columns[at].name, columns[day].name
    if "date" not in roles:
        roles["date"] = [day]
        what = f"does {other!r} say when it happened? {name!r} may be when the form was filled"
        questions.append(Question(("columns", "date"), what, other, (other, name)))
    told.append(f"column {name!r} is taken for when the form was filled, and {other!r} for when it happened")


def _beside(roles: dict[str, list[int]], columns: list[Column], questions: list[Question], at: int) -> None:
    """A column with day and time beside one with the day: the first, unless they tell different days, which is asked."""
    for n in roles.pop("date", []):
        pairs = zip(columns[at].cells, columns[n].cells, strict=False)
        if any(_day(a) != _day(b) for a, b in pairs if _day(a) and _day(b)):
            names = (columns[n].name, columns[at].name)
            what = f"two columns may say when it happened, and tell different days: {names[0]!r} and {names[1]!r}"
            questions.append(Question(("columns", "when"), what, "", names))


def leave_ends(roles: dict[str, list[int]], names: Sequence[str], told: list[str]) -> list[str]:
    """Leave out ends whose start is not when it happened: a form that was begun and ended, for one.

    Args:
        roles: columns by role, which are changed.
        names: what the columns are called.
        told: what is told, to which is added.

    Returns:
        The roles that are left out.
    """
    taken = {n for found in roles.values() for n in found}
    begins = [n for n, name in enumerate(names) if not word_list("begins").isdisjoint(words(name).split())]
    if not begins or not taken.isdisjoint(begins):
        return []
    left = [role for role in _ENDS if role in roles]
    for role in left:
        ends = ", ".join(repr(names[n]) for n in roles.pop(role))
        told.append(
            f"{ends} is left out as the end: {names[begins[0]]!r}, to which it belongs, is not when it happened"
        )
    return left


def _is_stamp(column: Column, columns: list[Column]) -> bool:
    """Whether a column is called a time stamp, as forms call when they were sent; a start is one where the form's end stands beside it."""
    name = words(column.name)
    return name in word_list("stamp") or (name == "start time" and any(map(_ends_form, columns)))


def _ends_form(column: Column) -> bool:
    return words(column.name) == "completion time"


def _free(roles: dict[str, list[int]], columns: list[Column]) -> int:
    """A column of days that has no role, and whose name does not say that it is a day of something else; -1 where there is none."""
    taken = {n for found in roles.values() for n in found}
    return next(
        (
            n
            for n, column in enumerate(columns)
            if n not in taken
            and column.cells
            and not _ends_form(column)
            and not means_another("date", column.name)
            and column.share(lambda c: isinstance(c, str) and _day(c)) >= _MOST
        ),
        -1,
    )


def _day(cell: Cell) -> tuple[object, ...]:
    day = written_day(cell)
    if day is None:
        return ()
    return (day.moment.date(),) if day.moment else (day.year, day.month, day.day, day.numbers)
