"""Places by name: those of the agreement, those of tables that the mission brings, then those of the gazetteer; each with its radius.

A name that two places bear settles nothing, unless region, country or the agreement's own places leave one of them; a name that none bears
stays words. The gazetteer is asked only where something says in which part of the world the place is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import shapely
from shapely.geometry.base import BaseGeometry

from servanda.evidence.importing.columns import guess_columns
from servanda.evidence.importing.containers import open_sheets
from servanda.evidence.importing.gazetteer import (
    AS_WRITTEN,
    BY_CONSONANTS,
    WAYS,
    NamedPlace,
    country_of,
    nearly,
    places_called,
    regions_of,
)
from servanda.evidence.importing.header import Table, find_table
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.positions import degrees, written_place
from servanda.evidence.importing.sheets import not_imported, shown
from servanda.evidence.importing.toponyms import bare_name, written_key
from servanda.evidence.importing.words import words
from servanda.evidence.model import Context
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.wording import closest

_RADIUS_KM = 5.0
_ONE_PLACE_KM = 10.0
"""Entries of one name that lie nearer to each other than this are one place."""
_AROUND = 0.5
"""So many degrees around the agreement's places a place of the gazetteer may lie."""
_COMMON, _TOWN = 3, 10_000
"""A name that so many places bear is common, and means at most a town of so many people."""
_DECIDED = 0.9
"""What is left of the score of a match where other places bear the name too."""
_OTHER_NAMES = frozenset(
    map(
        words,
        (
            "alternatenames",
            "alternate names",
            "other names",
            "aliases",
            "alias",
            "names",
            "asciiname",
            "name local",
            "local name",
        ),
    )
)
_NAMES = frozenset(
    map(words, ("name", "asciiname", "name en", "featurename", "placename", "adm3 en", "adm4 en", "toponym"))
)
_EXTENT = "the agreement's places are there"
_Narrowing = tuple[str, Callable[[NamedPlace], bool]]


@dataclass(frozen=True)
class Match:
    """What became of a name: the place, where it is settled, and in words how; else why not.

    ``others``: who else bears the name, and was ruled out; or, where nothing is settled, all who may be meant.
    """

    place: NamedPlace | None = None
    how: str = ""
    score: float = 1.0
    others: tuple[NamedPlace, ...] = ()

    @property
    def told(self) -> str:
        """How it was placed, in words."""
        place = self.place
        assert place is not None
        words_ = f"placed by name at {place.lat:g}, {place.lon:g}, within {place.km:g} km"
        if place.of:
            words_ += f": {_described(place)}; {self.how}; score {self.score:.2g}"
        if self.others:
            words_ += f"; not {'; '.join(map(_described, self.others[:3]))}" + (
                f" and {len(self.others) - 3} more" if len(self.others) > 3 else ""
            )
        return words_


def _described(place: NamedPlace) -> str:
    where = ", ".join(filter(None, (place.name, place.region, place.country)))
    return f"{where} ({place.of})" if place.of else where


@dataclass
class NamedPlaces:
    """Places by the words of their names, in the order in which they are asked: ``own`` of the agreement, ``by_name`` of tables, the gazetteer.

    ``extent`` and ``countries`` say where in the world the places are; where neither does, and no row says its region or country, the
    gazetteer is not asked.
    """

    by_name: dict[str, list[NamedPlace]] = field(default_factory=dict)
    own: Mapping[str, NamedPlace] = field(default_factory=dict)
    gazetteer: bool = False
    extent: tuple[float, float, float, float] | None = None
    countries: frozenset[str] = frozenset()

    def find(self, name: str, region: str = "", country: str = "") -> Match | None:
        """Where a place is.

        Args:
            name: as it stands in a table; of ``A, B`` the first part, where the whole is no name.
            region: the region that its row names, or nothing.
            country: the country that its row names, or nothing.

        Returns:
            The place or the candidates; nothing where nobody knows the name.
        """
        first, *rest = (part.strip() for part in name.split(","))
        for own in (name, first):
            if (place := self.own.get(written_key(own))) is not None:
                return Match(place, "by its name")
        found = self.by_name.get(words(name)) or self.by_name.get(words(first), [])
        if found:
            said: list[_Narrowing] = [("its region", lambda p: words(p.region) == words(region))] if region else []
            return _settled(found, said, strict=False)
        return (
            self._in_gazetteer(bare_name(first), [*rest, *filter(None, (region, country))]) if self.gazetteer else None
        )

    def near(self, name: str) -> str | None:
        """A name that is spelt nearly so, among all that may be meant."""
        own = [place.name for place in (*self.own.values(), *(p for found in self.by_name.values() for p in found))]
        return closest(name, own, 0.75) or (nearly(name, self._box(), self.countries) if self.gazetteer else None)

    @property
    def lost(self) -> bool:
        """Whether nothing says in which part of the world places are, so that the gazetteer is asked only for rows that say it."""
        return self.gazetteer and self.extent is None and not self.countries

    def _in_gazetteer(self, name: str, said: list[str]) -> Match | None:
        """The gazetteer's places of a name, by each way in turn until one finds any where it may be."""
        narrowings = self._narrowings(said)
        if not narrowings:
            return None
        said_so = narrowings[0][0] != _EXTENT
        for way, score in WAYS.items():
            found = places_called(name, way) if said_so or way != BY_CONSONANTS else []
            match = _settled(found, narrowings, strict=True) if found else None
            if match is not None and (match.place or match.others):
                match = replace(match, how=f"{way}{match.how}", score=match.score * score)
                return _plausible(match, found, way, said=said_so)
        return None

    def _narrowings(self, said: list[str]) -> list[_Narrowing]:
        """What says where the place is: the row's region and country, the mapping's countries, the agreement's places."""
        out: list[_Narrowing] = []
        for text in dict.fromkeys(said):
            if regions := regions_of(text):
                out.append((f"{text} is its region", lambda p, r=regions: (p.country, p.region) in r))  # type: ignore[misc]
            elif code := country_of(text):
                out.append((f"{text} is its country", lambda p, c=code: p.country == c))  # type: ignore[misc]
        if self.countries:
            out.append(("the mapping names the countries", lambda p: p.country in self.countries))
        if (box := self._box()) is not None and not out:
            west, south, east, north = box
            out.append((_EXTENT, lambda p: west <= p.lon <= east and south <= p.lat <= north))
        return out

    def _box(self) -> tuple[float, float, float, float] | None:
        if self.extent is None:
            return None
        west, south, east, north = self.extent
        return west - _AROUND, south - _AROUND, east + _AROUND, north + _AROUND


def _settled(found: Sequence[NamedPlace], said: Sequence[_Narrowing], *, strict: bool) -> Match:
    """The one place that is left of several by what is said of it. ``strict``: what is said holds, and may leave none."""
    left, decided = list(found), []
    for what, test in said:
        kept = [place for place in left if test(place)]
        if len(kept) < len(left) and (kept or strict):
            left = kept
            decided.append(what)
    apart: list[NamedPlace] = []
    for place in left:
        if all(_distance_km(place, other) > _ONE_PLACE_KM for other in apart):
            apart.append(place)
    if len(apart) != 1:
        return Match(others=tuple(apart))
    others = tuple(place for place in found if _distance_km(place, apart[0]) > _ONE_PLACE_KM)
    return Match(apart[0], "".join(f", and {what}" for what in decided), _DECIDED if others else 1.0, others)


def _plausible(match: Match, found: Sequence[NamedPlace], way: str, *, said: bool) -> Match:
    """A match, unless another place may well be meant, which is in no gazetteer: a village whose name is common, or a name that only sounds
    like that of several places, where the agreement's places alone decide (``said``: region or country do).
    """
    place = match.place
    if place is None:
        return match
    alike = [other for other in found if not said or other.country == place.country]
    common = place.people < _TOWN and len(alike) >= _COMMON
    if common or (match.others and not said and way != AS_WRITTEN):
        return replace(match, place=None, others=tuple(alike))
    return match


def places_of(shapes: Mapping[str, BaseGeometry], context: Context) -> NamedPlaces:
    """Where names are looked up: the agreement's own places, then the gazetteer.

    Args:
        shapes: the outlines of the agreement's places, in degrees, by their names.
        context: how far these places reach.

    Returns:
        Places by name, to which tables can be added.
    """
    own = {}
    for name, shape in shapes.items():
        centre = NamedPlace(name, round(shape.centroid.y, 5), round(shape.centroid.x, 5), 0.0)
        edge = (NamedPlace("", y, x, 0.0) for x, y in shapely.get_coordinates(shape))
        km = max((_distance_km(centre, point) for point in edge), default=0.0)
        own[written_key(name)] = replace(centre, km=float(math.ceil(km * 10) / 10), of="a place of the agreement")
    return NamedPlaces(own=own, gazetteer=True, extent=context.extent)


def read_places(files: Sequence[FileLike], context: Context, places: NamedPlaces | None = None) -> NamedPlaces:
    """Tables of places.

    Args:
        files: tables with a name and coordinates for each place, in any container.
        context: as for reports.
        places: what they are added to; left out, nothing.

    Returns:
        The places by name.

    Raises:
        EvidenceError: a file has no table of places.
    """
    places = places or NamedPlaces()
    for file in files:
        found = sum(_add(places, table, context) for sheet in open_sheets(file) if (table := find_table(sheet)))
        if not found:
            hint = "name its columns 'name', 'latitude' and 'longitude'"
            raise not_imported(name_of(file), "EVD195", f"{base_name_of(file)} holds no table of places", hint)
    return places


def _add(places: NamedPlaces, table: Table, context: Context) -> int:
    """Take the places of one table; how many."""
    columns = guess_columns(table, context).columns
    named = [n for n, name in enumerate(table.names) if words(name) in _NAMES] or columns.get("place_name", [])
    others = [n for n, name in enumerate(table.names) if words(name) in _OTHER_NAMES]
    if not named or not (("lat" in columns and "lon" in columns) or "position" in columns):
        return 0
    count = 0
    for n in range(table.height):
        at = _at(table, columns, n)
        if at is None:
            continue
        radius = number(table.columns[columns["precision_km"][0]][n]) if "precision_km" in columns else None
        region = shown(table.columns[columns["admin1"][0]][n]) if "admin1" in columns else ""
        names = [shown(table.columns[c][n]) for c in named]
        names += [part.strip() for c in others for part in shown(table.columns[c][n]).split(",")]
        place = NamedPlace(names[0], *at, radius or _RADIUS_KM, region)
        for name in {words(name) for name in names if words(name)}:
            places.by_name.setdefault(name, []).append(place)
        count += 1
    return count


def _at(table: Table, columns: dict[str, list[int]], n: int) -> tuple[float, float] | None:
    if "lat" in columns and "lon" in columns:
        lat, lon = (degrees(table.columns[columns[role][0]][n]) for role in ("lat", "lon"))
        return (lat[0], lon[0]) if lat and lon and abs(lat[0]) <= 90 and abs(lon[0]) <= 180 else None
    place = written_place(table.columns[columns["position"][0]][n])
    return (place.first, place.second) if place else None


def _distance_km(one: NamedPlace, other: NamedPlace) -> float:
    """Roughly, as the crow flies."""
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 111.2 * math.hypot(one.lat - other.lat, east)
