"""JSON as sheets: lists of objects, objects under the names that answers of APIs use, lines, and GeoJSON with its points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from servanda.evidence.file_kinds import goes_on, json_kind, rows_in, total_in
from servanda.evidence.importing.containers.encodings import encoding_of_text
from servanda.evidence.importing.containers.nested import cell_of, flat, unfolded
from servanda.evidence.importing.containers.shapes import rows_of_shape
from servanda.evidence.importing.containers.track_features import is_features, without_tracks
from servanda.evidence.importing.sheets import Cell, Filler, Sheet, features_that_may_report, not_imported
from servanda.evidence.importing.tracks import MOST_POINTS, told_of
from servanda.values import strict_json
from servanda.values.maps import in_degrees
from servanda.wording import plural


def read_json_sheet(file: str, content: bytes) -> Sheet:
    """The objects of a JSON file as rows: what is nested gets a name with slashes, a list of words becomes words with semicolons between.

    Args:
        file: its name.
        content: its bytes.

    Returns:
        The sheet; its first row has the names.

    Raises:
        EvidenceError: it is no JSON, or holds no rows.
    """
    text = content.decode(encoding_of_text(content)[0], errors="replace").removeprefix("\ufeff")
    sheet = Sheet(file, "", "json")
    try:
        document = strict_json.loads(text)
    except RecursionError:
        raise not_imported(
            file, "EVD006", "is JSON nested without end", "one object per line, or one list of objects"
        ) from None
    except ValueError as error:
        document = _lines(file, text, sheet, error)
    _tell_of_more(document, sheet)
    if isinstance(document, Mapping) and is_features(document.get("data")):
        document = document["data"]  # an answer of EarthRanger
    if is_features(document):
        sheet.kind = "geojson"
        document = _in_degrees(file, document, sheet)
        document, tracks = without_tracks(document)
        if sum(len(track.points) for track in tracks) > MOST_POINTS:
            raise not_imported(file, "EVD190", f"has more than {MOST_POINTS:,} points of tracks", "give it in parts")
        objects = features_that_may_report([*_features(document, sheet)], sheet)
        sheet.tracks += tracks
        if tracks:
            sheet.told.append(told_of(tracks))
            if not objects:
                return sheet
    else:
        objects = _objects(file, document, sheet)
    names = list(dict.fromkeys(name for _, o in objects for name in o))
    filler = Filler(sheet)
    filler.add(0, list(names))
    for number, o in objects:
        filler.add(number, [o.get(name) for name in names])
    return sheet


def _lines(file: str, text: str, sheet: Sheet, error: ValueError) -> list[Any]:
    out: list[Any] = []
    for n, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            out.append(strict_json.loads(line))
        except (ValueError, RecursionError):
            if not out:
                hint = "one JSON object per line, or one list of objects"
                raise not_imported(file, "EVD006", f"is not JSON: {str(error)[:200]}", hint) from None
            sheet.told.append(f"line {n} is not JSON and is left out")
    return out


def _objects(file: str, document: Any, sheet: Sheet) -> list[tuple[int, dict[str, Cell]]]:
    rows = document if isinstance(document, list) else None
    if isinstance(document, Mapping):
        kind = json_kind(document)
        if kind is not None:
            raise not_imported(file, "EVD007", f"is {kind[0]}, and cannot be imported as reports", kind[1])
        rows = rows_in(document)
        if rows is None or not any(isinstance(row, Mapping) for row in rows):
            rows = rows_of_shape(document) or rows
        rows = [document] if rows is None else rows
    if not isinstance(rows, list) or not any(isinstance(row, Mapping) for row in rows):
        raise not_imported(
            file, "EVD195", "holds no list of objects", "one object for each report, with names for its values"
        )
    others = sum(not isinstance(row, Mapping) for row in rows)
    if others:
        sheet.told.append(f"{plural(others, 'row is', 'rows are')} no object with names and values, and left out")
    within = unfolded([row for row in rows if isinstance(row, Mapping)], sheet)
    if within is not None:
        return list(enumerate(within, 1))
    return [(n, flat(row)) for n, row in enumerate(rows, 1) if isinstance(row, Mapping)]


def _tell_of_more(document: Any, sheet: Sheet) -> None:
    """Tell of rows that are not in an answer of an API, by its own word."""
    if not isinstance(document, Mapping):
        return
    rows = document.get("features") if is_features(document) else rows_in(document)
    total = total_in(document) if isinstance(rows, list) else None
    if rows is not None and total is not None and total > len(rows):
        sheet.told.append(f"holds {len(rows):,} of {total:,} rows by its own word; the other pages are not here")
    elif more := goes_on(document):
        sheet.told.append(f"is not all, by its own word ({more!r}): the other pages are not here")


def _in_degrees(file: str, document: Mapping[str, Any], sheet: Sheet) -> Mapping[str, Any]:
    try:
        document, system = in_degrees(document)
    except ValueError as error:
        raise not_imported(file, "EVD207", str(error), "save it in WGS 84 (EPSG:4326)") from None
    if system:
        sheet.told.append(f"its coordinates are converted to degrees from {system}, as it says itself")
    return document


def _features(document: Mapping[str, Any], sheet: Sheet) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The features of GeoJSON with their properties; of what is no point, what it is."""
    features = document.get("features")
    for n, feature in enumerate(features if isinstance(features, list) else [], 1):
        geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
        at = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        if kind == "MultiPoint" and isinstance(at, list) and len(at) == 1:
            kind, at = "Point", at[0]  # as a layer of several points is written, of which each has one
        properties = feature.get("properties") if isinstance(feature, Mapping) else None
        row = flat(properties) if isinstance(properties, Mapping) else {}
        if isinstance(feature, Mapping) and feature.get("id") is not None:
            row.setdefault("id", cell_of(feature["id"]))
        if kind == "Point" and isinstance(at, list) and len(at) >= 2:
            row |= {"latitude": cell_of(at[1]), "longitude": cell_of(at[0])}
        elif geometry is not None:
            sheet.shapes[n] = str(kind)
        yield n, row
