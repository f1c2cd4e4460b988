"""One input of each kind: its files, spoiled, and the commands that read them."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import yaml

from tests.soak import seeds
from tests.soak.mutate import WORDS, encoded, spoil_bytes, spoil_table, spoil_text, spoil_tree

Words = list[str]
REPORTS = seeds.REPORTS.encode()
FORMS = ("csv", "csv", "csv", "csv", "tsv", "jsonl", "json", "parquet", "csv.gz", "jsonl.gz")


@dataclass
class Attempt:
    """What is to be run: commands in turn, and the table of which every row must be accounted for."""

    commands: list[Words]
    table: Path | None = None
    reader: str = ""
    allowed: frozenset[int] = field(default=frozenset({0, 2}))
    """The exit codes that are documented for these commands."""


Maker = Callable[[Path, Random], Attempt]


def _write(folder: Path, **files: bytes | str) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _spoil_yaml(text: bytes, chance: Random) -> bytes:
    """A YAML text spoiled as bytes, as text or as a tree."""
    how = chance.randrange(4)
    if how == 0:
        return spoil_bytes(text, chance)
    if how == 1:
        return spoil_text(text, chance)
    try:
        tree = yaml.safe_load(text)
        out = yaml.safe_dump(spoil_tree(tree, chance), allow_unicode=True, sort_keys=False, width=1000)
        return encoded(out.encode("utf-8", "surrogatepass"), chance)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):
        return spoil_text(text, chance)


def _some(chance: Random) -> str:
    """The agreement of three terms now and then, else that of one, which is judged faster."""
    return seeds.AGREEMENT if chance.randrange(4) == 0 else seeds.ONE_TERM


def _agreement(folder: Path, chance: Random) -> Attempt:
    _write(folder, a__yaml=_spoil_yaml(chance.choice(seeds.agreements()), chance), r__csv=REPORTS)
    name = str(folder / "a.yaml")
    command = chance.choice((["check", name], ["check", name, "--json"], ["check", name, "--strict"], ["say", name], ["graph", name],
        ["verify", name, str(folder / "r.csv")], ["verify", name, str(folder / "r.csv"), "--json", "--by", "week"],
        ["trend", name, str(folder / "r.csv")], ["brief", name, str(folder / "r.csv"), "--of", chance.choice(("daily", "weekly", "handover"))]))  # fmt: skip
    return Attempt([command], allowed=frozenset({0, 1, 2} if "--strict" in command else {0, 2}))


def _beside(name: str, text: str, before: str = "") -> Maker:
    """A YAML file that is given beside sound reports."""

    def make(folder: Path, chance: Random) -> Attempt:
        _write(folder, a__yaml=_some(chance), r__csv=REPORTS)
        (folder / name).write_bytes(_spoil_yaml(text.encode(), chance))
        words = [
            "verify",
            str(folder / "a.yaml"),
            str(folder / "r.csv"),
            *([before] if before else []),
            str(folder / name),
        ]
        more = chance.choice(
            ([], [], ["--json"], ["--no-fuse"], ["--as-of", "2025-04-01T12:00+03:00"], ["--out", str(folder / "out")])
        )
        return Attempt([words + more])

    return make


def _cases(folder: Path, chance: Random) -> Attempt:
    _write(folder, cases__yaml=_spoil_yaml(chance.choice(seeds.case_files()), chance))
    agreements = seeds.TESTS / "malformed" / "agreements"
    shutil.copy(agreements / "sound.yaml", folder / "agreement.yaml")
    return Attempt([["cases", str(folder / "cases.yaml")]], allowed=frozenset({0, 1, 2}))


def _packed(rows: list[list[str]], form: str, chance: Random) -> bytes:
    """A table in a form: CSV with some delimiter, JSON, Parquet."""
    if form.startswith(("csv", "tsv")):
        delimiter = "\t" if form == "tsv" else chance.choice((",", ",", ",", ";", "|"))
        raw = written(rows, delimiter, chance)
    else:
        raw = _typed(rows, form, chance)
    return gzip.compress(raw, mtime=0) if form.endswith(".gz") else raw


def written(rows: list[list[str]], delimiter: str, chance: Random) -> bytes:
    """Rows as CSV, quoted and ended in one of several ways."""
    out, end = io.StringIO(), chance.choice(("\n", "\n", "\n", "\r\n", "\r"))
    loose = chance.randrange(8) == 0
    for row in rows:
        cells = []
        for cell in row:
            needs = any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
            cells.append('"' + cell.replace('"', '""') + '"' if needs and not loose else cell)
        out.write(delimiter.join(cells) + end)
    text = out.getvalue()
    if chance.randrange(5) == 0:
        text = text.rstrip("\r\n")
    return encoded(text.encode("utf-8", "surrogatepass"), chance)


def _typed(rows: list[list[str]], form: str, chance: Random) -> bytes:
    """Rows as JSON or Parquet, with values of every type among the cells."""
    head, width = rows[0], len(rows[0])
    listed: list[Any] = [dict(zip(head, row, strict=False)) for row in rows[1:] if row]
    if form == "parquet":
        names = list(dict.fromkeys(head))
        frame = pl.DataFrame(
            {name: [row.get(name) for row in listed] for name in names}, schema=dict.fromkeys(names, pl.String)
        )
        casts = (pl.Float64, pl.Int64, pl.Boolean, pl.Date, pl.Datetime("us", "UTC"), pl.Datetime("ns"), pl.Categorical, pl.Binary, pl.Null, pl.Int8, pl.Time, pl.Duration)  # fmt: skip
        for name in chance.sample(names, min(len(names), chance.choice((0, 1, 2)))):
            kind = chance.choice((*casts, pl.List(pl.String), pl.Struct({"a": pl.String})))
            frame = (
                frame.with_columns(pl.lit(None, dtype=kind).alias(name))
                if kind not in casts
                else _cast(frame, name, kind)
            )
        out = io.BytesIO()
        frame.write_parquet(out)
        return out.getvalue()
    if width and chance.randrange(2):
        listed = spoil_tree(listed, chance)
    if form.startswith("jsonl"):
        lines = listed if isinstance(listed, list) else [listed]
        return "\n".join(_json(line, chance) for line in lines).encode("utf-8", "surrogatepass")
    whole: Any = chance.choice(
        (listed, listed, {"data": listed}, {"data": listed, "total": 3}, {"results": {"items": listed}})
    )
    return _json(whole, chance).encode("utf-8", "surrogatepass")


def _cast(frame: pl.DataFrame, name: str, kind: Any) -> pl.DataFrame:
    """A column in another type, empty where its text is no such value."""
    try:
        return frame.with_columns(pl.col(name).cast(kind, strict=False))
    except pl.exceptions.PolarsError:
        return frame.with_columns(pl.lit(None, dtype=kind).alias(name))


def _json(tree: Any, chance: Random) -> str:
    return json.dumps(tree, ensure_ascii=bool(chance.randrange(2)), default=str, skipkeys=True)


def _table(*names: str) -> Maker:
    """A table, spoiled as cells or as bytes, in some form, read by the commands that read such tables."""

    def make(folder: Path, chance: Random) -> Attempt:
        name = chance.choice(names)
        rows = seeds.rows_of(seeds.TABLES[name])
        form = chance.choice(FORMS)
        if chance.randrange(4):
            rows = spoil_table(rows, chance)
        raw = _packed(rows, form, chance)
        if chance.randrange(3) == 0:
            raw = spoil_bytes(raw, chance)
        _write(folder, a__yaml=_some(chance))
        path = folder / f"t.{form}"
        path.write_bytes(raw)
        verify, out = ["verify", str(folder / "a.yaml"), str(path)], ["--out", str(folder / "out")]
        figures = ["figures", str(path), "--agreement", str(folder / "a.yaml")]
        fuse = ["fuse", str(path), *chance.choice(([], ["--agreement", str(folder / "a.yaml")], out))]
        commands = {
            "figures": [figures, [*figures, *out]],
            "truces-2025-counts": [figures, verify],
            "statements": [verify, [*verify, *out]],
            "items": [verify, [*verify, *out]],
        }.get(
            name,
            [
                verify,
                [*verify, "--no-fuse"],
                [*verify, *out],
                fuse,
                ["trend", *verify[1:], *out],
                ["brief", *verify[1:], "--of", "daily", *out],
            ],
        )
        return Attempt([chance.choice(commands)] if chance.randrange(5) < 2 else [], path)

    return make


def _log(folder: Path, chance: Random) -> Attempt:
    _write(
        folder,
        a__yaml=(seeds.TESTS / "malformed" / "agreements" / "sound.yaml").read_bytes(),
        r__csv=(seeds.TESTS / "malformed" / "evidence" / "sound.csv").read_bytes(),
    )
    raw = written(spoil_table(seeds.rows_of(seeds.LOG), chance), ",", chance)
    (folder / "log.csv").write_bytes(spoil_bytes(raw, chance) if chance.randrange(3) == 0 else raw)
    return Attempt([["verify", str(folder / "a.yaml"), str(folder / "r.csv"), "--coverage", str(folder / "log.csv")]])


def _places(folder: Path, chance: Random) -> Attempt:
    if chance.randrange(3) == 0:
        name, raw = "p.gpkg", spoil_bytes(seeds.geopackage(folder), chance)
    else:
        name, tree = "p.geojson", spoil_tree(seeds.MAP, chance)
        raw = _json(tree, chance).encode("utf-8", "surrogatepass")
        if chance.randrange(4) == 0:
            raw = spoil_bytes(raw, chance)
    (folder / name).write_bytes(raw)
    _write(folder, a__yaml=seeds.OF_A_MAP.replace("FILE", name), r__csv=REPORTS)
    command = chance.choice(
        (["check", str(folder / "a.yaml")], ["verify", str(folder / "a.yaml"), str(folder / "r.csv")])
    )
    return Attempt([command])


def _article(folder: Path, chance: Random) -> Attempt:
    name = chance.choice(list(seeds.articles()))
    raw = seeds.articles()[name]
    raw = spoil_bytes(raw, chance) if name.endswith(".pdf") or chance.randrange(2) else spoil_text(raw, chance)
    for _ in range(chance.choice((0, 0, 1, 3))):
        at = chance.randrange(len(raw) + 1)
        raw = raw[:at] + chance.choice(WORDS).encode() * chance.choice((1, 1, 20)) + raw[at:]
    (folder / name).write_bytes(raw)
    _write(folder, a__yaml=seeds.AGREEMENT)
    more = chance.choice(([], [], ["--agreement", str(folder / "a.yaml")], ["--out", str(folder / "out")]))
    return Attempt([["statements", str(folder / name), *more]])


KINDS: dict[str, tuple[int, Maker]] = {
    "agreement": (20, _agreement),
    "coverage": (8, _beside("c.yaml", seeds.COVERAGE, "--coverage")),
    "log": (4, _log),
    "register": (7, _beside("s.yaml", seeds.REGISTER)),
    "decisions": (8, _beside("d.yaml", seeds.DECISIONS)),
    "cases": (3, _cases),
    "reports": (20, _table("reports")),
    "foreign": (
        12,
        _table(*(name for name in seeds.TABLES if name not in ("reports", "figures", "statements", "items"))),
    ),
    "figures": (5, _table("figures")),
    "said": (3, _table("statements")),
    "items": (3, _table("items")),
    "places": (6, _places),
    "article": (5, _article),
}
"""The kinds of inputs: how many of a hundred or so are of it, and what makes one."""
