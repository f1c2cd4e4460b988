"""Where it happened: coordinates of a table, in one column or two, to degrees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from servanda.evidence.importing.gazetteer import NamedPlace, country_of
from servanda.evidence.importing.grid import from_utm
from servanda.evidence.importing.mapping import NONE
from servanda.evidence.importing.named_places import Match, NamedPlaces
from servanda.evidence.importing.numbers import metres, number
from servanda.evidence.importing.parts import with_arcs, with_halves
from servanda.evidence.importing.positions import WrittenPlace, degrees, packed, written_place
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, shown
from servanda.evidence.importing.words import words
from servanda.evidence.importing.work import Work, text_of
from servanda.wording import plural

_FAR = 3.0
_FAR_AWAY = f"far from the agreement's places (more than {_FAR:g} degrees)"
_SIGNS = (("the latitude", -1, 1), ("the longitude", 1, -1), ("both", -1, -1))
_TOLD = 10
_CHOOSE = "choose which place is meant, or record it without a place"
_PLACED = ("lat", "lon", "position", "lonlat")
_TURNED = {
    "lat": frozenset({"s", "south", "sur", "sud", "ю", "пд"}),
    "lon": frozenset({"w", "west", "ouest", "oeste", "з", "зх"}),
}
"""Words in the names of columns after which degrees count to the south or west, unless one for the other half stands there too."""
_ARCS = {"m"}  # an S behind it is that of seconds
_STRAIGHT = {
    "lat": frozenset({"n", "north", "norte", "nord", "с", "пн"}),
    "lon": frozenset({"e", "east", "est", "este", "в", "сх"}),
}
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_HINT = "write degrees, as 48.35 and 37.72"


def _called(key: tuple[str, str, str]) -> str:
    """A name with the region and the country that its row names: what is chosen for it holds for all rows that say the same."""
    return ", ".join(filter(None, key))


class Places:
    """Latitude, longitude and kilometres of every row, as text."""

    def __init__(self, work: Work) -> None:
        self.work = work
        n = work.table.height
        self.lat: list[str | None] = [None] * n
        self.lon: list[str | None] = [None] * n
        self.km: list[str | None] = [None] * n
        if work.has("lat") and work.has("lon"):
            self._of_two()
        elif work.has("position") or work.has("lonlat"):
            role = "position" if work.has("position") else "lonlat"
            self._of_one(role, work.cells(role))
        elif work.has("easting") and work.has("northing"):
            self._of_one("easting", self._references())
        self._tell_far()
        self._precision()
        if work.how.places is not None:
            self._by_name()

    def _of_two(self) -> None:
        work = self.work
        named = {role: set(words(_POSSESSIVE.sub("", work.name(role))).split()) for role in _TURNED}
        self.turned = {
            role for role, said in _TURNED.items() if said & named[role] and not (_STRAIGHT[role] | _ARCS) & named[role]
        }
        for role in sorted(self.turned):
            work.told.append(f"column {work.name(role)!r}: degrees without a sign are south or west, as its name says")
        norths, easts = (
            with_halves(
                with_arcs(work.cells(role), work.cells(f"{role}_min"), work.cells(f"{role}_sec")),
                work.cells(f"{role}_half"),
            )
            for role in ("lat", "lon")
        )
        read = {n: found for n, cell in enumerate(easts) if isinstance(cell, str) and (found := degrees(cell))}
        east = self._east_of_o("lon", read)
        rows = list(zip(norths, easts, strict=True))
        angles = packed([work.name("lat"), work.name("lon")], rows)
        for n, (lat, lon) in enumerate(rows):
            if n in angles:
                why = f"a mere number under {work.name('lat')!r}, which may mean degrees, minutes and seconds by its digits"
                work.wrong(n, "EVD110", "lat", f"{shown(lat)} {shown(lon)}", why, _HINT)
                continue
            north, east_of = self._angle(n, "lat", lat, "NS"), self._angle(n, "lon", lon, "EWO")
            if north is None and east_of is None:
                continue
            if north is None or east_of is None:
                missing = "lat" if north is None else "lon"
                if not any(fault.row == n and fault.field == missing for fault in work.faults):
                    work.wrong(n, "EVD111", missing, "", "one of lat and lon is missing", "give both or neither")
                continue
            self._put(n, north, -east_of if n in east else east_of)

    def _angle(self, n: int, role: str, cell: Cell, halves: str) -> float | None:
        if isinstance(cell, Broken):
            self.work.wrong(
                n, "EVD198", role, cell, "an error cell of the spreadsheet", "correct it in the spreadsheet"
            )
            return None
        if is_blank(cell) or not text_of(cell):
            return None
        found = degrees(cell)
        if found is None or (found[1] and found[1] not in halves):
            self.work.wrong(n, "EVD110", role, shown(cell), "not degrees that can be read", _HINT)
            return None
        return -abs(found[0]) if role in self.turned and not found[1] else found[0]

    def _east_of_o(self, role: str, read: Mapping[int, tuple[float, str]]) -> frozenset[int]:
        """The rows whose O is east, as in German; else it is west, as in French and Spanish, which is told where nothing shows it.

        Args:
            role: the column.
            read: longitudes with their letters, O taken for west, by row.

        Returns:
            The rows.
        """
        work = self.work
        open_rows = {n: angle for n, (angle, half) in read.items() if half == "O"}
        if not open_rows:
            return frozenset()
        others = {half for _, half in read.values()} & {"E", "W"}
        near = [all(self._near_by(sign * angle) for angle in open_rows.values()) for sign in (1, -1)]
        if near[0] != near[1] or len(others) == 1:
            by_place = near[0] != near[1]
            east = near[1] if by_place else others == {"W"}
            why = "so its places lie near those of the agreement" if by_place else f"{others.pop()} stands beside it"
            work.told.append(f"column {work.name(role)!r}: O is {'east' if east else 'west'}, for {why}")
            return frozenset(open_rows) if east else frozenset()
        for n in open_rows:
            work.doubt(n, role, shown(work.cells(role)[n]), "O is taken for west (ouest, oeste); in German it is east")
        return frozenset()

    def _near_by(self, lon: float) -> bool:
        extent = self.work.context.extent
        return extent is None or extent[0] - _FAR <= lon <= extent[2] + _FAR

    def _references(self) -> list[Cell]:
        """References of UTM, put together from the columns of zone, easting and northing."""
        roles = ("utm_zone", "grid_square", "easting", "northing")
        parts = zip(*(self.work.cells(role) for role in roles), strict=True)
        return [self._reference(*map(text_of, cells)) for cells in parts]

    def _reference(self, zone: str, square: str, east: str, north: str) -> str | None:
        """One reference as text: of MGRS where a square is named; else in degrees, where the agreement's places tell the half of the earth that it does not name."""
        if square:
            digits = max(len(east), len(north))  # a spreadsheet takes off the noughts in front
            return " ".join((zone, square, east.zfill(digits), north.zfill(digits)))
        metres = [number(part, whole=True) for part in (east, north)]
        plain = " ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in metres if value is not None)
        if zone and len(plain.split()) == 2:
            halves = ("N", "S") if zone.strip().isdigit() else ("",)
            found = {place for half in halves for place in from_utm(f"{zone.strip()}{half} {plain}")}
            near = [place for place in found if self.work.context.extent is not None and self._near(*place)]
            if len(near) == 1:
                lat, lon = near[0]
                return f"{abs(lat):.6f} {'S' if lat < 0 else 'N'}, {abs(lon):.6f} {'W' if lon < 0 else 'E'}"
        return " ".join(filter(None, (zone, plain if len(plain.split()) == 2 else f"{east} {north}".strip()))) or None

    def _of_one(self, role: str, cells: list[Cell]) -> None:
        """Both coordinates in one text."""
        work = self.work
        known: dict[str, WrittenPlace | None] = {}
        for cell in cells:
            if isinstance(cell, str) and cell not in known:
                known[cell] = written_place(cell)
        written = {n: known[cell] for n, cell in enumerate(cells) if isinstance(cell, str) and known[cell]}
        east = self._east_of_o(role, {n: (place.second, place.half) for n, place in written.items() if place})
        lat_first = self._lat_first(role, [place for place in known.values() if place and not place.settled])
        for n, cell in enumerate(cells):
            if isinstance(cell, Broken):
                work.wrong(n, "EVD198", role, cell, "an error cell of the spreadsheet", "correct it in the spreadsheet")
                continue
            if is_blank(cell) or not text_of(cell):
                continue
            place = known.get(cell) if isinstance(cell, str) else None
            if place is None:
                work.wrong(
                    n, "EVD110", role, shown(cell), "not coordinates that can be read", f"{_HINT}; or leave them empty"
                )
            elif place.settled:
                self._put(n, place.first, -place.second if n in east else place.second)
            elif lat_first is not None:
                self._put(n, *((place.first, place.second) if lat_first else (place.second, place.first)))
            if place is not None and place.about:
                work.doubt(n, role, shown(cell), f"{place.about}; taken for that point")
            if place is not None and place.metres:
                self.km[n] = f"{place.metres / 1000:g}"

    def _lat_first(self, role: str, places: list[WrittenPlace]) -> bool | None:
        """Which of two numbers is the latitude: as the mapping or the name of the column says, or as only one order lies at the agreement's places."""
        work = self.work
        given = work.mapping.setting("pair")
        if given in ("lat lon", "lon lat"):
            return given == "lat lon"
        if not places:
            return True
        if role == "lonlat" or self._is_geojson(role):
            return False
        name = words(work.name(role))
        lat, lon = (
            min((at for word in group if (at := f" {name} ".find(f" {word} ")) >= 0), default=-1)
            for group in (
                ("lat", "latitude", "y", "широта"),
                ("lon", "long", "lng", "longitude", "x", "долгота", "довгота"),
            )
        )
        if lat >= 0 and lon >= 0:
            return lat < lon
        near = [
            all(self._near(*pair) for pair in pairs)
            for pairs in ([(p.first, p.second) for p in places], [(p.second, p.first) for p in places])
        ]
        if near[0] != near[1]:
            work.told.append(
                f"column {work.name(role)!r}: {'latitude' if near[0] else 'longitude'} first, for so its places lie near those of the agreement"
            )
            return near[0]
        sample = f"{places[0].first:g}, {places[0].second:g}"
        work.ask(
            ("pair",),
            f"column {work.name(role)!r}: is {sample} latitude, longitude?",
            "lat lon",
            ("lat lon", "lon lat"),
        )
        return None

    def _is_geojson(self, role: str) -> bool:
        """Whether a column beside it says that its cells are points of GeoJSON, whose longitude stands first."""
        table, name = self.work.table, self.work.name(role)
        kind = f"{name.removesuffix('coordinates')}type"
        if not name.endswith("coordinates") or kind not in table.names:
            return False
        return {shown(cell) for cell in table.columns[table.names.index(kind)]} <= {"Point", ""}

    def _near(self, lat: float, lon: float) -> bool:
        if self.work.context.extent is None:
            return True
        west, south, east, north = self.work.context.extent
        return south - _FAR <= lat <= north + _FAR and west - _FAR <= lon <= east + _FAR

    def _put(self, n: int, lat: float, lon: float) -> None:
        work, value = self.work, f"{lat:g}, {lon:g}"
        if abs(lat) > 90 or abs(lon) > 180:
            swapped = abs(lon) <= 90
            reason, code = ("lat and lon look swapped", "EVD112") if swapped else ("impossible coordinates", "EVD113")
            work.wrong(n, code, "lat", value, reason, "latitude within 90, longitude within 180 degrees")
        elif lat == 0 and lon == 0:
            work.wrong(n, "EVD114", "lat", value, "0, 0 is how software writes 'unknown'", "leave lat and lon empty")
        elif not self._near(lat, lon) and self._near(lon, lat):
            work.wrong(
                n, "EVD112", "lat", value, "lat and lon look swapped", "latitude is north-south, longitude east-west"
            )
        else:
            self.lat[n], self.lon[n] = f"{lat:.7f}".rstrip("0").rstrip("."), f"{lon:.7f}".rstrip("0").rstrip(".")

    def _tell_far(self) -> None:
        """Tell of points that lie nowhere near the agreement's places, and of those that would with another sign."""
        work = self.work
        placed = {
            n: (float(lat), float(lon))
            for n, (lat, lon) in enumerate(zip(self.lat, self.lon, strict=True))
            if lat and lon
        }
        far = {n: at for n, at in placed.items() if not self._near(*at)}
        if not far:
            return
        role = next(role for role in (*_PLACED, "easting") if work.has(role))
        turned = 0
        for n, (lat, lon) in far.items():
            sign = next((what for what, a, b in _SIGNS if self._near(a * lat, b * lon)), "")
            if sign:
                turned += 1
                work.doubt(
                    n,
                    role,
                    f"{lat:g}, {lon:g}",
                    f"{_FAR_AWAY}, and near them with the other sign of {sign}; kept as it is written",
                )
        every = (
            f"all {plural(len(placed), 'point')} are"
            if len(far) == len(placed) > 1
            else f"{len(far):,} of {plural(len(placed), 'point')} {'is' if len(far) == 1 else 'are'}"
        )
        signs = f"; {turned:,} would be near them with another sign" if turned else ""
        work.told.append(f"column {work.name(role)!r}: {every} {_FAR_AWAY}{signs}")

    def _by_name(self) -> None:
        """Coordinates of rows that have none, by the names of their places."""
        work = self.work
        known = self._known_places()
        regions, countries = ([text_of(cell) for cell in work.cells(role)] for role in ("admin1", "country"))
        found: dict[tuple[str, str, str], Match | None] = {}
        unknown: dict[str, None] = {}
        placed = {f.row for f in work.faults if f.field in _PLACED}
        for n, cell in enumerate(work.cells("place_name")):
            name = text_of(cell)
            if not name or self.lat[n] is not None or n in placed:
                continue
            key = name, regions[n], countries[n]
            if self._as_chosen(n, _called(key)):
                continue
            match = found[key] if key in found else found.setdefault(key, known.find(*key))
            if match is None and work.how.strict:
                self._left_open(n, key, known, "no place of this name is known")
            elif match is None:
                unknown[name] = None
            elif match.place is not None:
                place = match.place
                self.lat[n], self.lon[n], self.km[n] = f"{place.lat:g}", f"{place.lon:g}", f"{place.km:g}"
                work.doubt(n, "place_name", name, match.told)
            else:
                candidates = "; ".join(
                    f"{p.lat:g}, {p.lon:g}{' (' + p.region + ')' if p.region else ''}" for p in match.others[:5]
                )
                if work.how.strict:
                    self._left_open(n, key, known, f"{len(match.others)} places bear this name", match.others)
                    continue
                reason = f"{len(match.others)} places bear this name: {candidates}"
                hint = "give its coordinates, or its region in a column"
                work.wrong(n, "EVD199", "place_name", name, reason, hint)
        if unknown:
            self._tell_unknown(list(unknown), known)

    def _as_chosen(self, n: int, called: str) -> bool:
        """Place a row as the mapping says of its name; whether it says anything."""
        work = self.work
        said = work.mapping.word("places", called) if work.mapping.places else None
        numbers = [number(part) for part in (said or "").split(",")]
        if said == NONE:
            work.doubt(n, "place_name", called, "recorded without a place, as was chosen")
        elif len(numbers) in (2, 3) and None not in numbers:
            self._put(n, numbers[0] or 0.0, numbers[1] or 0.0)
            self.km[n] = f"{numbers[2]:g}" if len(numbers) == 3 else None
            work.doubt(n, "place_name", called, f"placed at {said}, as was chosen")
        else:
            return False
        return True

    def _left_open(
        self, n: int, key: tuple[str, str, str], known: NamedPlaces, why: str, others: Sequence[NamedPlace] = ()
    ) -> None:
        """Set a row aside until somebody says which place is meant."""
        choice = "places", _called(key)[:200]
        if choice not in self.work.choices:
            near = known.near(key[0]) if not others else None
            match = known.find(near, *key[1:]) if near else None
            others = others or (((match.place,) if match.place else match.others) if match else ())
        options = tuple(
            (f"{p.lat:g}, {p.lon:g}, {p.km:g}", ", ".join(filter(None, (p.name, p.region, p.country, p.of))))
            for p in others[:_TOLD]
        )
        self.work.wrong(n, "EVD199" if why[0].isdigit() else "EVD205", "place_name", key[0], why, _CHOOSE)
        self.work.choose(choice, why, options)

    def _known_places(self) -> NamedPlaces:
        """Places by name, in the countries that the mapping names."""
        work, known = self.work, self.work.how.places
        assert known is not None
        codes = set()
        for name in filter(None, (part.strip() for part in work.mapping.setting("countries").split(","))):
            if code := country_of(name):
                codes.add(code)
            else:
                what = f"{name!r} is no country that is known; write its code of two letters, as UA"
                work.ask(("countries",), what)
        return replace(known, countries=frozenset(codes))

    def _tell_unknown(self, names: list[str], known: NamedPlaces) -> None:
        """Names that nobody knows, with what is spelt nearly so."""
        near = {name: known.near(name) for name in names[:_TOLD]}
        said = ", ".join(f"{name!r}" + (f" (did you mean {near[name]!r}?)" if near[name] else "") for name in near)
        more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
        self.work.told.append(f"places that are not known by name, and stay words: {said}{more}")
        if known.lost:
            self.work.told.append(
                "nothing says in which countries places are, so that the gazetteer is not asked: give --agreement, or 'countries' in the mapping"
            )

    def _precision(self) -> None:
        work = self.work
        for role, unit in (("precision_km", 1.0), ("precision_m", 1000.0)):
            for n, cell in enumerate(work.cells(role)):
                if not is_blank(cell) and text_of(cell) and self.km[n] is None:
                    length = metres(cell)
                    value = number(cell) if length is None else length * unit / 1000
                    if value is None or value < 0:
                        work.doubt(n, role, shown(cell), "not a radius that can be read; left out")
                    elif self.lat[n] is not None:
                        self.km[n] = f"{value / unit:g}"
