"""How well names of places are found: python bench/places.py [TABLE]. Every second row was held out until the rules were written."""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter
from pathlib import Path

from servanda.evidence.importing.named_places import NamedPlaces

NAMES = Path(__file__).resolve().parent.parent / "tests" / "data" / "place_names.csv"
BOXES = {
    "ukraine": (22.0, 44.3, 40.3, 52.4),
    "syria": (35.7, 32.3, 42.4, 37.4),
    "sudan": (21.8, 8.7, 38.7, 22.3),
    "lebanon": (35.0, 33.0, 36.7, 34.7),
    "karabakh": (44.7, 38.8, 48.0, 41.2),
    "congo": (27.5, -4.6, 31.4, 2.5),
}
"""The boxes of the places of agreements on these conflicts: west, south, east, north."""
TOLERANCE_KM = 5.0
"""How far the coordinates that the table has for right may be off."""


def outcome(row: dict[str, str]) -> tuple[str, str]:
    """Right, wrong, ambiguous or unknown; and what was told."""
    match = NamedPlaces(gazetteer=True, extent=BOXES[row["conflict"]]).find(row["name"], row["region"])
    if match is None:
        return "unknown", ""
    if match.place is None:
        return "ambiguous", ", ".join(f"{p.lat:g} {p.lon:g}" for p in match.others)
    lat, lon = float(row["lat"]), float(row["lon"])
    east = (lon - match.place.lon) * math.cos(math.radians(lat))
    km = 111.2 * math.hypot(lat - match.place.lat, east)
    return ("right" if km <= match.place.km + TOLERANCE_KM else "wrong"), match.told


def main() -> None:
    """Tell both halves; with a word more, every row of the half that was not held out."""
    rows = list(csv.DictReader(NAMES.open(encoding="utf-8")))
    for half, name in ((1, "tuned"), (0, "held out")):
        counts: Counter[str] = Counter()
        for n, row in enumerate(rows):
            if n % 2 == half:
                what, told = outcome(row)
                counts[what] += 1
                if (what != "right" and len(sys.argv) > 1 and half) or "all" in sys.argv:
                    print(what, row["conflict"], row["name"], told)
        print(f"{name}: {', '.join(f'{what} {counts[what]}' for what in ('right', 'wrong', 'ambiguous', 'unknown'))}")


if __name__ == "__main__":
    main()
