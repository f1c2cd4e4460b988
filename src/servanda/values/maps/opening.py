"""Which kind of map file it is, by its first bytes, and its layers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from servanda.values.containers.archive import entry_bytes, open_archive
from servanda.values.containers.refused import Refused
from servanda.values.files import NamedBytes, base_name_of
from servanda.values.maps import flatgeobuf, shapefile
from servanda.values.maps.features import MOST_BYTES, MOST_TEXT, Layer, Sibling, no_sibling
from servanda.values.maps.flatgeobuf import flatgeobuf_layers
from servanda.values.maps.geojson import geojson_layers
from servanda.values.maps.geopackage import geopackage_layers
from servanda.values.maps.kml_file import kml_layers
from servanda.values.maps.shapefile import shapefile_layers
from servanda.values.maps.systems import System

READ = "GeoJSON, GeoPackage, KML, KMZ, shapefiles and FlatGeobuf are read"
SIDE_FILES = (".dbf", ".prj", ".cpg")
"""The endings of the files beside a shapefile that are read with it."""
_OTHER_PARTS = (".shx", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".shp.xml", ".atx", ".fix")
_SQLITE = b"SQLite format 3\0"


def is_beside_a_shapefile(name: str, names: Sequence[str]) -> bool:
    """Whether a file is part of a shapefile among others, and no file of its own.

    Args:
        name: of the file.
        names: of all that lie with it.

    Returns:
        Whether it is.
    """
    lower = name.lower()
    shapes = {other.lower()[:-4] for other in names if other.lower().endswith(".shp")}
    return any(lower.endswith(ending) and lower[: -len(ending)] in shapes for ending in (*SIDE_FILES, *_OTHER_PARTS))


def map_layers(file: Path | NamedBytes, beside: Sibling = no_sibling, system: System | None = None) -> list[Layer]:
    """The layers of a map file.

    Args:
        file: GeoJSON, GeoPackage, KML, KMZ, a shapefile (``.shp``, or zipped), FlatGeobuf; or an archive of these.
        beside: the files of the same name with other endings, of a shapefile.
        system: the coordinate system, for a file that does not say its own.

    Returns:
        All of them. Their features are read when they are asked for.

    Raises:
        ValueError: it says what is wrong, to follow the file's name.
    """
    size = len(file.content) if isinstance(file, NamedBytes) else file.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        if _head(file).startswith(_SQLITE):
            return geopackage_layers(file, system)
        content = file.content if isinstance(file, NamedBytes) else file.read_bytes()
        if content.startswith(b"PK\x03\x04"):
            return list(_of_archive(content, system))
        return _layers(base_name_of(file), content, beside, system)
    except Refused as refused:
        line = f" (line {refused.line})" if refused.line else ""
        raise ValueError(f"{refused.what}{line}: {refused.hint}") from None


def _head(file: Path | NamedBytes) -> bytes:
    if isinstance(file, NamedBytes):
        return file.content[:16]
    with file.open("rb") as stream:
        return stream.read(16)


def _layers(name: str, content: bytes, beside: Sibling, system: System | None) -> list[Layer]:
    """The layers of what is no archive and is in memory."""
    stem = PurePosixPath(name).stem
    if content.startswith(_SQLITE):
        return geopackage_layers(NamedBytes(name, content), system)
    if content.startswith(shapefile.MAGIC):
        if PurePosixPath(name).suffix.lower() == ".shx":
            raise ValueError("is the index of a shapefile: name the .shp beside it")
        return shapefile_layers(stem, content, beside, system)
    if content.startswith(flatgeobuf.MAGIC):
        return flatgeobuf_layers(stem, content, system)
    text = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    if PurePosixPath(name).suffix.lower() in (*SIDE_FILES, ".shx") and not text.startswith((b"{", b"<")):
        raise ValueError("is a part of a shapefile: name the .shp beside it")
    if len(content) > MOST_TEXT:
        raise ValueError(f"is text of more than {MOST_TEXT // 1_000_000} MB: save it as GeoPackage")
    if text.startswith(b"<"):
        if system is not None and system.text != "EPSG:4326":
            raise ValueError("is KML, which is always in degrees (WGS 84): leave 'crs' out")
        return kml_layers(stem, content)
    if text.startswith((b"{", b"[")):
        return geojson_layers(stem, content, system)
    raise ValueError(f"is no map that is read; {READ}")


def _of_archive(content: bytes, system: System | None) -> Iterator[Layer]:
    """The layers of all maps in an archive; of one with several layers, each with the map's name before it."""
    archive = open_archive(content)
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    out = next(
        (
            name
            for name in entries
            if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts
        ),
        "",
    )
    if out:
        raise ValueError(f"is an archive with a file that leads out of it ({out[:80]!r}), and is not read")
    maps = [name for name in entries if _is_map(name)]
    if not maps:
        old = any(".gdb/" in name.lower() for name in entries)
        what = "a File Geodatabase: export its layers as GeoPackage" if old else f"no map; {READ}"
        raise ValueError(f"is an archive that holds {what}")
    for name in maps:
        try:
            yield from _of_entry(archive, name, system, entries)
        except ValueError as error:
            raise ValueError(f"holds {name!r}, which {error}") from None


def _is_map(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts or ".gdb/" in name.lower()
    return not hidden and path.suffix.lower() in (".shp", ".geojson", ".json", ".gpkg", ".kml", ".fgb")


def _of_entry(
    archive: zipfile.ZipFile, name: str, system: System | None, entries: dict[str, zipfile.ZipInfo]
) -> list[Layer]:
    stem = name[: -len(PurePosixPath(name).suffix)].lower()

    def beside(ending: str) -> bytes | None:
        found = next((other for other in entries if other.lower() == stem + ending), None)
        try:
            return None if found is None else entry_bytes(archive, found)
        except Refused as refused:
            raise ValueError(refused.what) from None

    layers = _layers(PurePosixPath(name).name, entry_bytes(archive, name), beside, system)
    if len(layers) < 2:
        return layers
    return [Layer(f"{PurePosixPath(name).stem}/{layer.name}", lambda layer=layer: layer.features) for layer in layers]  # type: ignore[misc]
