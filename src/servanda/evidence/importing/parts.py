"""Days and times whose parts stand in columns of their own: year, month and day, hour and minute, put together to one text."""

from __future__ import annotations

from datetime import timedelta

from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.words import months, words
from servanda.values.missing import is_missing

DAY_PARTS = ("year", "month", "day")
CLOCK_PARTS = ("hour", "minute")


def whole_between(cell: Cell, least: int, most: int) -> bool:
    """Whether a cell is a whole number within bounds."""
    value = number(cell, whole=True)
    return value is not None and value == int(value) and least <= value <= most


def is_month(cell: Cell) -> bool:
    """Whether a cell is a month, by its number or its name."""
    return whole_between(cell, 1, 12) or words(shown(cell)) in months()


def days_in_parts(years: list[Cell], months_: list[Cell], days: list[Cell]) -> list[Cell]:
    """The days of rows as text, of years, months and days; nothing where one but the year is missing."""
    out: list[Cell] = []
    for cells in zip(years, months_, days, strict=True):
        year, month, day = ("" if is_missing(text := shown(cell)) else text for cell in cells)
        if not month or not day:
            out.append(None)
        elif month.isdigit():
            out.append(f"{year}-{month}-{day}" if len(year) == 4 else ".".join(filter(None, (day, month, year))))
        else:
            out.append(" ".join(filter(None, (day, month, year))))
    return out


def clocks_in_parts(hours: list[Cell], minutes: list[Cell]) -> list[Cell]:
    """The times of rows as text, of hours and minutes; of an hour without its minutes the whole of it."""
    out: list[Cell] = []
    for hour, minute in zip(hours, minutes, strict=True):
        if not whole_between(hour, 0, 24):
            out.append(hour)
        elif whole_between(minute, 0, 59):
            out.append(f"{int(number(hour) or 0):02d}:{int(number(minute) or 0):02d}")
        else:
            first = timedelta(hours=number(hour) or 0)
            out.append(f"{shown(first)[:5]} - {shown((first + timedelta(hours=1)) % timedelta(days=1))[:5]}")
    return out
