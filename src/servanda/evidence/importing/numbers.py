"""Numbers as people write them: with commas for points, blanks between thousands, a question mark behind."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from servanda.evidence.importing.sheets import Cell, shown
from servanda.evidence.importing.words import ascii_digits
from servanda.values.number_words import in_digits
from servanda.values.quantity import parse_length

Comma: TypeAlias = Literal["point", "thousands"]
_LONGEST = 40
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d+)?$")
_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_GROUPS = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_DOTS = re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+,\d+$")


def number(cell: Cell, *, whole: bool = False) -> float | None:
    """A cell as a number; nothing where it is none, or could be two.

    Args:
        cell: what stands there.
        whole: whether it counts things, so that a comma before three digits parts thousands; else it is a decimal comma.

    Returns:
        The number.
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str):
        return None
    text = ascii_digits(cell).strip().replace("\u2212", "-")
    if len(text) > _LONGEST:
        return None
    if _PLAIN.match(text):
        return float(text)
    if _THOUSANDS.match(text):
        return float(re.sub(r"[ \u00a0\u2009\u202f'\u2019]", "", text).replace(",", "."))
    if _DOTS.match(text):
        return float(text.replace(".", "").replace(",", "."))
    if _GROUPS.match(text) and (whole or text.count(",") > 1):
        return float(text.replace(",", ""))
    return float(text.replace(",", ".")) if _COMMA.match(text) and not (whole and _GROUPS.match(text)) else None


def number_in_words(cell: Cell) -> float | None:
    """The number that the words of a cell are, as *douze*; nothing where they say more, or none."""
    if not isinstance(cell, str) or len(cell) > _LONGEST or any(map(str.isdigit, cell)):
        return None
    said = in_digits(cell.strip())
    return float(said) if said.isascii() and said.isdigit() else None


def metres(cell: Cell) -> float | None:
    """A cell as a length with its unit, as ``500 m`` or ``±2 km``, in metres.

    Args:
        cell: a cell.

    Returns:
        The length; nothing where it is none, or names no unit.
    """
    try:
        return parse_length(shown(cell).strip(" ±~")) if isinstance(cell, str) else None
    except ValueError:
        return None
