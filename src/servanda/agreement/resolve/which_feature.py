"""Which features of a map a place is: by layer, by date, and by a name that points at one of them, or at the parts of one.

A name is looked for to the letter, else by how it reads, among all kinds of names at once (``map_names``). Where it stands for different
features by different kinds, or where one kind gives it to several that their ids or codes tell apart, it is refused with the candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.agreement.resolve.map_dates import at_date, dates_of
from servanda.agreement.resolve.map_names import is_code, is_row, level, names_of, order, word
from servanda.values.maps import Feature, Layer
from servanda.values.names import name_key
from servanda.wording import closest, plural

_SHOWN = 12


class Unusable(ValueError):
    """A place that cannot be taken from its file: what is wrong, what to do, and the key that it stands at."""

    def __init__(self, what: str, hint: str = "", key: str = "id") -> None:
        super().__init__(what)
        self.hint, self.key = hint, key


@dataclass(frozen=True)
class Wanted:
    """Which features a place asks for.

    Args:
        id: a name or code; ``None`` for the only one.
        layer: which layer; ``None`` for the one that has it.
        by: which kind of name ``id`` is; ``None`` for any.
        date: the day of a snapshot, as ISO 8601 has it.
        points: whether it is a point with a radius, and not an area or a line.
    """

    id: str | None
    layer: str | None = None
    by: str | None = None
    date: str | None = None
    points: bool = False


@dataclass(frozen=True)
class Named:
    """A feature with what it goes by."""

    names: dict[str, str]
    feature: Feature
    point: bool
    empty: bool


def _named(features: Sequence[Feature]) -> dict[int, Named]:
    shapes = [feature.geometry for feature in features]
    points = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT))
    told = zip(features, points.tolist(), shapely.is_empty(shapes).tolist(), strict=True)
    return {id(f): Named(names_of(f.properties), f, point, empty) for f, point, empty in told}


def chosen(layers: Sequence[Layer], known: dict[int, Named], wanted: Wanted, stem: str) -> BaseGeometry:
    """The geometry that a place asks for.

    Args:
        layers: those of its file.
        known: what their features go by, by ``id()``: found once for all places of the file, and added to.
        wanted: what it asks for.
        stem: the file's name without its ending, which may bear a date.

    Returns:
        The geometry of one feature, or of all parts of one.

    Raises:
        Unusable: nothing, or more than one thing, is what it asks for.
    """
    asked = _layers(layers, wanted.layer)
    every = [feature for layer in asked for feature in layer.features]
    if not every:
        raise Unusable("holds no feature with a geometry", "", "file")
    if not known.keys() >= set(map(id, every)):
        known.update(_named(every))
    dated = every if wanted.date is None else at_date(every, _day(wanted.date), stem, Unusable)
    fitting = [one for one in map(known.__getitem__, map(id, dated)) if not one.empty and one.point == wanted.points]
    if not fitting:
        if wanted.points:
            raise Unusable("holds no points", "a radius goes with a point; leave it out for areas and lines", "radius")
        if all(feature.geometry.is_empty for feature in dated):
            raise Unusable("holds only empty geometries", "draw the place", "file")
        raise Unusable("holds only points, which are no places", "add 'radius', as 'radius: 5 km'")
    found = _only(fitting, wanted) if wanted.id is None else _by_name(fitting, wanted)
    if wanted.date is None:
        _one_snapshot(found)
    shapes = [one.feature.geometry for one in found]
    if wanted.points and len(shapes) > 1:
        raise Unusable(f"has {len(shapes)} points that are called so: {_list(found)}", "take one of them")
    return shapely.union_all(shapes) if len(shapes) > 1 else shapes[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Unusable(f"is asked for a day that is none: {text!r}", "write it as 2025-04-18", "date") from None


def _layers(layers: Sequence[Layer], name: str | None) -> Sequence[Layer]:
    if name is None:
        return layers
    for alike in (str, name_key):
        whole = [layer for layer in layers if alike(layer.name) == alike(name)]
        inner = [layer for layer in layers if alike(layer.name.rpartition("/")[2]) == alike(name)]
        for found in (whole, inner):
            if len(found) == 1:
                return found
    names = [layer.name for layer in layers]
    raise Unusable(f"has no layer {name!r}; its layers are {_some(names)}", _guess(name, names), "layer")


def _only(named: Sequence[Named], wanted: Wanted) -> Sequence[Named]:
    """The only feature; of a day of a snapshot, all the parts that are called alike."""
    same_names = len({tuple((k, v) for k, v in one.names.items() if not is_row(k)) for one in named}) == 1
    if len(named) == 1 or (wanted.date is not None and same_names):
        return named
    _one_snapshot(named)
    raise Unusable(f"holds {len(named)} features; say which with 'id': {_list(named)}", "", "file")


def _by_name(named: Sequence[Named], wanted: Wanted) -> Sequence[Named]:
    assert wanted.id is not None
    kind = _kind(named, wanted.by)
    for alike in (str, name_key):
        want, hits = alike(wanted.id), dict[str, list[Named]]()
        for one in named:
            names = one.names if kind is None else {kind: word(one.feature.properties.get(kind))}
            for given, name in names.items():
                if name == wanted.id or alike(name) == want:
                    hits.setdefault(given, []).append(one)
        if any(not is_row(given) for given in hits):
            hits = {given: found for given, found in hits.items() if not is_row(given)}
        if hits:
            return _same_thing(_in_one_layer(hits, wanted), wanted)
    known = [name for one in named for name in one.names.values()]
    guess = _guess(wanted.id, known)
    if not guess and any(one.feature.layer for one in named) and not known:
        guess = "give its features a column 'id' or 'name'"
    raise Unusable(f"has no feature {wanted.id!r}; it has {_list(named)}", guess)


def _kind(named: Sequence[Named], by: str | None) -> str | None:
    if by is None:
        return None
    kinds = dict.fromkeys(str(kind) for one in named for kind in one.feature.properties)
    for alike in (str, str.lower):
        found = [kind for kind in kinds if alike(kind) == alike(by)]
        if found:
            return found[0]
    raise Unusable(f"has no column {by!r}; its columns are {_some(list(kinds))}", _guess(by, kinds), "by")


def _in_one_layer(hits: dict[str, list[Named]], wanted: Wanted) -> dict[str, list[Named]]:
    """The hits of one layer: the only one, or the only one whose own features the name means, and not those around them."""
    layers = sorted({one.feature.layer for found in hits.values() for one in found})
    if len(layers) > 1:
        own = sorted(
            {one.feature.layer for kind, found in hits.items() for one in found if level(kind) == _lowest(one)}
        )
        if len(own) != 1:
            what = f"has {wanted.id!r} in {len(layers)} layers ({_some(layers)})"
            raise Unusable(what, "say which with 'layer'")
        layers = own
    inside = {kind: [one for one in found if one.feature.layer == layers[0]] for kind, found in hits.items()}
    return {kind: found for kind, found in inside.items() if found}


def _lowest(one: Named) -> int | None:
    """The administrative level of a feature itself; ``None`` where it has none."""
    return max((depth for kind in one.names if (depth := level(kind)) is not None), default=None)


def _same_thing(hits: dict[str, list[Named]], wanted: Wanted) -> Sequence[Named]:
    """All the features, where the name means the same ones by every kind, and nothing tells them apart."""
    sets = {frozenset(id(one) for one in found): kind for kind, found in reversed(hits.items())}
    if len(sets) > 1:
        means = "; ".join(f"{kind} of {_list(hits[kind], 3)}" for kind in sorted(sets.values(), key=order))
        hint = f"write an id or a code, or which it is, as 'by: {min(sets.values(), key=order)}'"
        raise Unusable(f"has {wanted.id!r} for different features: {means}", hint)
    found = next(iter(hits.values()))
    for kind in hits:
        apart = _apart(kind, found)
        if apart:
            hint = "write the id or code of one, or make places of several and join them with 'any_of'"
            raise Unusable(
                f"has {len(found)} features that are called {wanted.id!r}, apart by {apart}: {_list(found, 6)}", hint
            )
    return found


def _apart(kind: str, found: Sequence[Named]) -> str:
    """The kind of id or code that tells apart features of one name; nothing where they are parts of one."""
    depth = level(kind)
    for other in sorted({name for one in found for name in one.names}, key=order):
        above = level(other)
        if depth is not None and (above is None or above > depth):
            continue  # districts of a province bear names of their own
        if depth is None and is_code(kind):
            continue
        if is_code(other) and len({one.names.get(other) for one in found}) > 1:
            return other
    return ""


def _one_snapshot(found: Sequence[Named]) -> None:
    """Refuse one thing on several days, which laid over each other would be a place that never was."""
    days = sorted({day for one in found for day in dates_of(one.feature.properties)[:1] if day is not None})
    names = {tuple((k, v) for k, v in one.names.items() if not is_row(k) and k != "feature id") for one in found}
    if len(days) > 1 and len(names) < len(found):
        raise Unusable(
            f"has it on {plural(len(days), 'day')}, {days[0]} to {days[-1]}",
            f"say which, as 'date: {days[-1]}'",
            "date",
        )


def _guess(name: str, known: Iterable[str]) -> str:
    near = closest(name, list(dict.fromkeys(known)))
    return f"did you mean {near!r}?" if near else ""


def _list(named: Sequence[Named], most: int = _SHOWN) -> str:
    names = [" / ".join(dict.fromkeys(one.names.values())) or "(without a name)" for one in named[:most]]
    return _some(names, most, len(named))


def _some(names: Sequence[str], most: int = _SHOWN, count: int | None = None) -> str:
    shown, count = ", ".join(name[:80] for name in names[:most]), count or len(names)
    return shown + (f" and {count - most} more" if count > most else "")
