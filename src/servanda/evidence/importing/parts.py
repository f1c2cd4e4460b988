"""Days and times whose parts stand in columns of their own: year, month and day, hour and minute, put together to one text."""

from __future__ import annotations

from datetime import timedelta

from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.positions import half_of
from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.words import is_word, months, words
from servanda.values.missing import is_missing

HALVES = {"half_day": ("time", "when"), "lat_half": ("lat",), "lon_half": ("lon",)}
"""Roles of columns that say of which half of the day or the earth the number beside them is, with the roles of that number."""
_OF_HALVES = {"lat_half": "NS", "lon_half": "EWO"}
DAY_PARTS = ("year", "month", "day")
CLOCK_PARTS = ("hour", "minute")


def whole_between(cell: Cell, least: int, most: int) -> bool:
    """Whether a cell is a whole number within bounds."""
    value = number(cell, whole=True)
    return value is not None and value == int(value) and least <= value <= most


def is_month(cell: Cell) -> bool:
    """Whether a cell is a month, by its number or its name."""
    return whole_between(cell, 1, 12) or words(shown(cell)) in months()


def is_half(role: str, cell: Cell) -> bool:
    """Whether a cell is a word for a half of the day (``half_day``), or for one of the earth (``lat_half``, ``lon_half``)."""
    if role == "half_day":
        return any(is_word(half, shown(cell)) for half in ("am", "pm", "night"))
    return half_of(shown(cell)) in tuple(_OF_HALVES[role])


def with_halves(cells: list[Cell], halves: list[Cell]) -> list[Cell]:
    """Numbers with the half that stands beside them behind each; one without stays as it is."""
    joined = ((cell, "" if is_missing(text := shown(half)) else text) for cell, half in zip(cells, halves, strict=True))
    return [f"{shown(cell)} {half}" if half and shown(cell) else cell for cell, half in joined]


def with_arcs(cells: list[Cell], minutes: list[Cell], seconds: list[Cell]) -> list[Cell]:
    """Whole degrees with the minutes and seconds that stand in columns beside them; what has none stays as it is."""
    out: list[Cell] = []
    for cell, minute, second in zip(cells, minutes, seconds, strict=True):
        arcs = [f"{text}{sign}" for part, sign in ((minute, "'"), (second, '"')) if not is_missing(text := shown(part))]
        whole = number(cell)
        out.append(f"{shown(cell).removesuffix('.0')}° {' '.join(arcs)}" if arcs and whole is not None else cell)
    return out


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
