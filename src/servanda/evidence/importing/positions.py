"""Places in degrees, minutes, seconds, decimals, and grids of maps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from servanda.evidence.importing.grid import from_mgrs, from_plus_code, from_utm
from servanda.evidence.importing.links import from_link
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.sheets import Broken, Cell
from servanda.evidence.importing.words import ascii_digits

_HALVES = {
    **dict.fromkeys(("N", "С", "ПН", "ШИРОТИ", "NORD", "NORTE", "ش", "С.Ш", "ПН.Ш", "LAT"), "N"),
    **dict.fromkeys(("S", "Ю", "ПД", "SUD", "SUR", "ج", "Ю.Ш", "ПД.Ш"), "S"),
    **dict.fromkeys(("E", "В", "СХ", "EST", "ESTE", "ق", "В.Д", "СХ.Д", "LON"), "E"),
    **dict.fromkeys(("W", "З", "ЗХ", "OUEST", "OESTE", "غ", "З.Д", "ЗХ.Д"), "W"),
    **dict.fromkeys(("OST", "OSTEN"), "E"),
    "O": "O",
}
_HALF = r"(?:[NSEWO]|[СЮВЗ](?![^\W\d_])|пн|пд|сх|зх|с\.?\s?ш\.?|ю\.?\s?ш\.?|в\.?\s?д\.?|з\.?\s?д\.?|пн\.?\s?ш\.?|пд\.?\s?ш\.?|сх\.?\s?д\.?|зх\.?\s?д\.?|[ش ج ق غ]|nord|sud|est|ouest|norte|sur|este|oeste|osten|ost)"
_NUMBER = r"\d{1,3}(?:[.,]\d+)?(?!\d)"
_DMS = re.compile(
    rf"^\s*({_HALF})?\s*([-−]?{_NUMBER})\s*(?:[°º˚d:]|deg|\s)?\s*(?:({_NUMBER})\s*(?:['’′ʹmʼ:]|min|\s)?\s*)?(?:({_NUMBER})\s*(?:[\"”″“s]|''|’’|′′|sec)?\s*)?({_HALF})?\s*$",
    re.IGNORECASE,
)
_POINT = re.compile(r"^(?:SRID=4326;)?POINT\s*Z?\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)", re.IGNORECASE)
_RUN = re.compile(
    r"^(?P<before>[NSEW]?)\s*(?P<degrees>\d{2}|(?<!\d)\d{3})(?P<minutes>\d{2})(?P<seconds>\d{2})?(?P<part>[.,]\d+)?\s*(?P<behind>[NSEW]?)$",
    re.IGNORECASE,
)
"""Digits without anything between, as seamen and airmen write them: 4815N, 03749.2E, N481500."""
_PARTED = re.compile(
    rf"^({_HALF})?\s*(\d{{1,3}})([-.])(\d{{1,2}})\3(\d{{1,2}}(?:[.,]\d+)?)\s*({_HALF})?$", re.IGNORECASE
)
"""Three numbers with one sign between all of them, of which the parts of a degree are the last two: 48-15-00N, 48.15.00."""
_DECIMAL = re.compile(r"^-?\d+,\d+$")
"""One number with a decimal comma: two whole degrees are not written so."""
_NAME = r"(?:latitude|lat|longitude|long|lon|lng|широта|довгота|долгота)"
_LABELS = re.compile(
    rf"^(?P<first>{_NAME})\.?\s*[:=]?\s*(?P<one>-?\d[\d.,]*\d)\s*[°]?[\s,;/]+(?P<second>{_NAME})\.?\s*[:=]?\s*(?P<two>-?\d[\d.,]*\d)\s*[°]?$",
    re.IGNORECASE,
)
"""Two decimals with their names in front: lat 48.31 lon 37.81."""
_ERROR = re.compile(
    r"\s*[(,;]?\s*(?:±|\+/-|\+-)\s*(\d+(?:[.,]\d+)?)\s*(km|км|m|м|metres|meters|метрів|метров)\.?\)?\s*$", re.IGNORECASE
)
_KILOMETRES = ("km", "км")
_ABOUT = re.compile(
    r"^(?:~|≈|approx(?:imately)?\.?|about|circa|ca?\.|около|примерно|близько|приблизно|environ|aprox\.?)\s*(?=\d|[NSEWnsew]\s?\d)"
    r"|\s*\(?\b(?:approx(?:imately|imate)?|approximatif|aproximado|aprox|приблизно|примерно)\b\.?\)?\s*$",
    re.IGNORECASE,
)
_ARCS = re.compile(
    r"\b(?:dms|gms|dmm|ddmmss|dd[.:° ]?mm[.:' ]?ss|deg[ .]+min|гмс|грд?[ .]+мин)|°\s*m?\s*['′]", re.IGNORECASE
)
"""In the name of a column: its angles have minutes, or minutes and seconds."""
_PLAIN = re.compile(r"\bdd\b(?![ .:°]*mm)|\bdecimal|\bдесят", re.IGNORECASE)
_LEAST_DECIMAL = 0.6
"""From this part of a degree on a number is no packed angle, which has less than 60 minutes."""
_RAISED_ZERO = re.compile(r"(?<=\d)\s?[\u2070o](?=\s?\d)")
"""A nought or an o that is raised for a sign of degrees."""
_SIGNS = re.compile(r"[°º˚'’′\"”″]")


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """A place as it is written: one or two numbers; ``first`` is a latitude where ``settled``. ``metres`` is how exact a grid is.

    ``half`` is the letter of its longitude; ``about`` says why it is not meant to the last digit.
    """

    first: float
    second: float
    settled: bool
    metres: float | None = None
    half: str = ""
    about: str = ""


def degrees(cell: Cell) -> tuple[float, str] | None:
    """One angle: its degrees, and N, S, E, W or O where it says so; nothing where it is none.

    Args:
        cell: for example ``48°22'30"N``, ``48,35`` or a number.

    Returns:
        The angle, negative in the south and west, and with O, which is the west of French and Spanish and the east of German.
    """
    if isinstance(cell, float):
        return cell, ""
    if not isinstance(cell, str) or isinstance(cell, Broken):
        return None
    text = ascii_digits(_RAISED_ZERO.sub("°", cell)).strip().replace("\u2212", "-")
    plain = number(text)
    if plain is not None:
        return plain, ""
    match = _DMS.match(_spelt_out(text))
    if match is None:
        return None
    half = half_of(match[1] or match[5] or "")
    parts = [
        float(part.replace(",", ".")) if part else 0.0 for part in (match[2].replace("−", "-"), match[3], match[4])
    ]
    whole = not (match[3] and parts[0] != int(parts[0])) and not (match[4] and parts[1] != int(parts[1]))
    if (
        not whole
        or parts[1] >= 60
        or parts[2] >= 60
        or (match[1] and match[5])
        or not (half or _SIGNS.search(text) or match[3])
    ):
        return None
    size = abs(parts[0]) + parts[1] / 60 + parts[2] / 3600
    return round(-size if half in ("S", "W", "O") or match[2].startswith("-") else size, 7), half


def packed(names: Iterable[str], rows: Sequence[tuple[Cell, Cell]]) -> set[int]:
    """Where mere numbers stand under names that say degrees, minutes and seconds, so that 48.1836 may be 48 degrees, 18 minutes, 36 seconds.

    Args:
        names: of the columns.
        rows: their cells.

    Returns:
        The rows; whole degrees are no such numbers, and none is where any, as 48.7512, has too many minutes.
    """
    if not all(_ARCS.search(name) and not _PLAIN.search(name) for name in names):
        return set()
    read = [tuple(number(cell) or 0.0 for cell in row) for row in rows]
    decimal = any(abs(one) % 1 >= _LEAST_DECIMAL for row in read for one in row)
    return set() if decimal else {n for n, row in enumerate(read) if all(row) and any(one % 1 for one in row)}


def _spelt_out(text: str) -> str:
    """An angle whose digits run together, or are parted by one sign, with blanks between its parts."""
    match = _PARTED.match(text)
    if match and match[3] == "." and (len(match[4]) < 2 or len(re.split(r"[.,]", match[5])[0]) < 2):
        return text  # 48.5.2 is a slip of the hand: minutes and seconds between points have two digits each
    if match:
        return " ".join(filter(None, (match[1], match[2], match[4], match[5], match[6])))
    match = _RUN.match(text)
    if match is None or bool(match["before"]) == bool(match["behind"]):
        return text
    half = (match["before"] or match["behind"]).upper()
    if len(match["degrees"]) != (2 if half in "NS" else 3):  # 1205E may be 12 degrees or 120
        return text
    minutes, seconds, part = match["minutes"], match["seconds"], match["part"] or ""
    return " ".join((match["degrees"], *((minutes, seconds + part) if seconds else (minutes + part,)), half))


def half_of(text: str) -> str:
    """The half of the earth that a word or letter names: N, S, E, W, or O, which is either of the last two; nothing for any other."""
    bare = re.sub(r"[\s]", "", text).upper().strip(".")
    return _HALVES.get(bare) or _HALVES.get(bare.replace(".", "")) or _HALVES.get(bare[:-1].strip("."), "")


def written_place(cell: Cell) -> WrittenPlace | None:
    """Both angles in one cell, or a reference of a grid; nothing where it is none.

    Args:
        cell: for example ``48°22'30"N 37°45'E``, ``48.35, 37.72``, ``48,35; 37,72`` or ``37U DQ 12345 67890``.

    Returns:
        The place.
    """
    if not isinstance(cell, str) or isinstance(cell, Broken):
        return None
    text = " ".join(ascii_digits(_RAISED_ZERO.sub("°", cell)).strip().strip("()[]").replace("\u2212", "-").split())
    if link := from_link(text):
        return WrittenPlace(*link[:2], settled=True, about="the middle of the map that a link opens" if link[2] else "")
    error, about = _ERROR.search(text), _ABOUT.search(text)
    if error or about:
        text = _ABOUT.sub("", _ERROR.sub("", text)).strip(" ,;()")
        place = written_place(text)
        metres = float(error[1].replace(",", ".")) * (1000 if error[2].lower() in _KILOMETRES else 1) if error else None
        return place and replace(place, metres=metres or place.metres, about="written as about there" if about else "")
    if (named := _labelled(text)) is not None:
        return named
    point = _POINT.match(text)
    if point:
        return WrittenPlace(float(point[2]), float(point[1]), settled=True)
    grid = from_mgrs(text) or from_plus_code(text)
    if grid:
        return WrittenPlace(round(grid[0], 6), round(grid[1], 6), settled=True, metres=grid[2])
    utm = from_utm(text)
    if len(utm) == 1:
        return WrittenPlace(round(utm[0][0], 6), round(utm[0][1], 6), settled=True)
    for first, second in _halves_of(text):
        one, two = degrees(first), degrees(second)
        if one and two and (abs(one[0]) <= 180 and abs(two[0]) <= 180):
            return _placed(one, two)
    return None


def _labelled(text: str) -> WrittenPlace | None:
    """Two numbers that are called latitude and longitude, in either order."""
    match = _LABELS.match(text)
    if match is None:
        return None
    one, two = number(match["one"]), number(match["two"])
    first, second = (match[name][:2].lower() in ("la", "ши") for name in ("first", "second"))
    if one is None or two is None or first == second:
        return None
    return WrittenPlace(*((one, two) if first else (two, one)), settled=True)


def _placed(one: tuple[float, str], two: tuple[float, str]) -> WrittenPlace | None:
    kinds = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "O": "lon", "": ""}
    first, second = kinds[one[1]], kinds[two[1]]
    if first and first == second:
        return None
    if first == "lon" or second == "lat":
        return WrittenPlace(two[0], one[0], settled=True, half=one[1])
    if first == "lat" or second == "lon":
        return WrittenPlace(one[0], two[0], settled=True, half=two[1])
    if abs(one[0]) > 90 >= abs(two[0]):
        return WrittenPlace(two[0], one[0], settled=True)
    if abs(two[0]) > 90 >= abs(one[0]):
        return WrittenPlace(one[0], two[0], settled=True)
    return WrittenPlace(one[0], two[0], settled=False)


def _halves_of(text: str) -> list[tuple[str, str]]:
    """The ways to cut a text into two angles: at a semicolon, slash or bar, at a comma, behind a letter of the compass, in the middle."""
    cuts: list[tuple[str, str]] = []
    for mark in (";", "|", " / ", "/", ", ", " - ", "\t"):
        if text.count(mark) == 1:
            first, _, second = text.partition(mark)
            cuts.append((first, second))
    match = re.match(rf"^(.*?\d[\d.,°º˚'’′\"”″\s]*{_HALF})[\s,;]*(?=\d)(.*)$", text, re.IGNORECASE)
    if match:
        cuts.append((match[1], match[2]))
    match = re.match(rf"^({_HALF}\s*[-\d].*?)[\s,;]+({_HALF}\s*[-\d].*)$", text, re.IGNORECASE)
    if match:
        cuts.append((match[1], match[2]))
    if text.count(",") == 1 and not _DECIMAL.match(text):
        first, _, second = text.partition(",")
        cuts.append((first, second))
    parts = text.split(" ")
    if len(parts) == 2 or (
        len(parts) in (3, 4) and all(number(part) is not None for part in parts) and "." in parts[0] + parts[1]
    ):
        cuts.append((parts[0].rstrip(","), parts[1]))
    if text.count(",") == 3 and len(parts) == 1:  # decimal commas and a comma between
        pieces = text.split(",")
        cuts.append((",".join(pieces[:2]), ",".join(pieces[2:])))
    return cuts
