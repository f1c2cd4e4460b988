"""Spoiled files of the ways in: what people already have, drafts, and everything that ``first`` reads."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from random import Random

from tests.soak import seeds
from tests.soak.attempts import KINDS, Attempt, Maker, written
from tests.soak.mutate import spoil_bytes, spoil_table, spoil_text
from tests.workbooks import ods, xlsx

_LETTERS = 26  # the workbooks of tests have so many columns


def spoil_archive(raw: bytes, chance: Random) -> bytes:
    """A sound archive with one of its parts spoiled, or left out."""
    with zipfile.ZipFile(io.BytesIO(raw)) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    name = chance.choice(sorted(parts))
    if chance.randrange(8) == 0:
        del parts[name]
    else:
        parts[name] = chance.choice((spoil_bytes, spoil_text))(parts[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for of, content in parts.items():
            packed.writestr(of, content)
    return out.getvalue()


def _spoiled_archive(raw: bytes, chance: Random) -> bytes:
    return spoil_bytes(raw, chance) if chance.randrange(4) == 0 else spoil_archive(raw, chance)


@cache
def _found() -> dict[str, bytes]:
    """Files that people have, from the tests' own data."""
    data, imports = seeds.TESTS / "data", seeds.TESTS / "malformed" / "imports"
    paths = [data / "desk_chat.txt", data / "patrol.gpx", data / "post_log.csv", data / "place_names.csv", data / "agreements_coded.csv",
             imports / "only_a_track.gpx", imports / "deep.json"]  # fmt: skip
    return {path.name: path.read_bytes() for path in paths}


def _import(folder: Path, chance: Random) -> Attempt:
    how = chance.randrange(4)
    if how == 0:
        name = chance.choice(sorted(_found()))
        raw = chance.choice((spoil_bytes, spoil_text))(_found()[name], chance)
    else:
        table = seeds.rows_of(seeds.TABLES[chance.choice(sorted(seeds.TABLES))])
        rows = spoil_table(table, chance) if chance.randrange(3) else table
        if how == 1:
            name, raw = "t.csv", written(rows, chance.choice((",", ";", "\t")), chance)
        else:
            pack = chance.choice((xlsx, ods))
            few = [[cell.translate(_NO_XML) for cell in row[:_LETTERS]] for row in rows[:40]]
            name, raw = f"t.{pack.__name__}", xlsx({"Sheet 1": few}) if pack is xlsx else ods(few)
            raw = _spoiled_archive(raw, chance) if chance.randrange(2) else raw
    (folder / name).write_bytes(raw)
    (folder / "a.yaml").write_text(seeds.AGREEMENT, encoding="utf-8")
    words = ["import", str(folder / name), "--out", str(folder / "reports.csv")]
    more = chance.choice(
        (
            [],
            ["--zone", "Europe/Kyiv", "--source", "Mission", "--order", "dmy"],
            ["--agreement", str(folder / "a.yaml")],
        )
    )
    commands = [words + more]
    if chance.randrange(4) == 0:
        commands = [["verify", str(folder / "a.yaml"), str(folder / name)]]
    return Attempt(commands)


_NO_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))
"""What no XML may hold."""


@cache
def _drafts() -> dict[str, bytes]:
    drafts = seeds.TESTS / "malformed" / "drafts"
    names = ("sound.docx", "sound.odt", "tracked.docx", "tracked.odt", "tracked.md", "hidden.docx", "hidden.odt")
    return {name: (drafts / name).read_bytes() for name in names}


def _draft(folder: Path, chance: Random) -> Attempt:
    for n in (1, 2):
        name = chance.choice(sorted(_drafts()))
        raw = _drafts()[name]
        raw = _spoiled_archive(raw, chance) if name.endswith(("docx", "odt")) else spoil_text(raw, chance)
        (folder / f"d{n}{Path(name).suffix}").write_bytes(raw)
    first, second = (str(next(folder.glob(f"d{n}.*"))) for n in (1, 2))
    taken = chance.choice(
        ([], ["--accept"], ["--reject"], ["--accept", "--hidden", "leave"], ["--accept", "--hidden", "show"])
    )
    commands = (["draft", first, *taken], ["draft", first, *taken, "--out", str(folder / "a.yaml")],
                ["compare", first, second, *taken], ["check", first])  # fmt: skip
    return Attempt([chance.choice(commands)], allowed=frozenset({0, 1, 2}))


def _first(folder: Path, chance: Random) -> Attempt:
    rows = spoil_table(seeds.rows_of(seeds.REPORTS), chance)
    (folder / "r.csv").write_bytes(written(rows, ",", chance))
    name = chance.choice([n for n in seeds.articles() if not n.endswith(".pdf")])
    (folder / name).write_bytes(chance.choice((spoil_bytes, spoil_text))(seeds.articles()[name], chance))
    (folder / "a.yaml").write_text(seeds.AGREEMENT, encoding="utf-8")
    more = chance.choice(([], ["--agreement", str(folder / "a.yaml")], ["--out", str(folder / "out")], ["--json"]))
    return Attempt([["first", str(folder / "r.csv"), str(folder / name), *more]])


EVERY: dict[str, tuple[int, Maker]] = {**KINDS, "import": (10, _import), "draft": (6, _draft), "first": (4, _first)}
"""Every kind of input that is no record, as ``attempts.KINDS``."""
