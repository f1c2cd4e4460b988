"""Write the examples beside the schemas, src/servanda/schemas/examples/, from real runs. A test fails when one is out of date."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from servanda.cli.main import main
from servanda.schemas import schema

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "src" / "servanda" / "schemas" / "examples"
ENERGY, EASTER, CONTINGENTS = (ROOT / "cases" / f"{n}-2025" for n in ("energy-truce", "easter-truce", "contingents"))
LEBANON = ROOT / "bench" / "speech" / "en" / "dev" / "lebanon-wire.txt"
DECIDED = """decisions:
  - {incident: EN001, step: triaged, outcome: in_scope, by: Chair, at: 2025-04-01T10:00, why: inside the window}
  - {incident: EN001, step: closed, by: Chair, at: 2025-04-02T10:00, why: nothing more to learn}
"""
INSPECTED = """agreement: storage
title: Storage
timezone: UTC
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 30 days}
bodies: {M: Mission}
places: {depot: {at: [48.0, 37.0], radius: 1 km}}
terms:
  storage: {text: Guns stay in the depot, declare: {items: {weapon: howitzer, sites: [depot]}}, binds: [A]}
"""
COUNTED = """item_id,finding,party,site,serial,weapon,source,side,start,known_at
I1,declared,A,depot,101,howitzer,A,A,2025-03-19T10:00Z,2025-03-19T12:00Z
I2,seen,A,depot,101,howitzer,Mission,none,2025-03-25T10:00Z,2025-03-25T12:00Z
"""
CLOSED = """coverage: energy-truce-2025
watches:
  - {id: post, who: Mission, means: patrol, detects: attack, in: theatre, from: 2025-03-18T00:00, to: 2025-04-25T00:00, probability: 0.5}
denials:
  - {watches: [post], in: ukraine, from: 2025-03-26T08:00, to: 2025-03-26T18:00, by: an armed group, reason: no pass}
"""
VIOLATIONS = """agreement: vale
title: Vale truce
timezone: UTC
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 30 days}
terms:
  fire: {text: No fire, forbid: {act: shelling}, except: {exercise: {only_if: [notified]}}}
"""
DAYS = """report_id,source,side,reliability,kind,start,end,act,actor,quantity,unit,incident_id,shows
D1,Mission,none,A,observation,2025-03-24T19:30Z,2025-03-25T19:30Z,shelling,Bland,30,violations,I-1,
D1x,Mission,none,A,observation,2025-03-25T08:00Z,2025-03-25T09:00Z,shelling,Bland,12,violations,I-1,notified
"""
DAILY = DAYS.split("\n", maxsplit=1)[0] + "\n"
DAILY += "".join(
    f"N{n},Mission,none,A,observation,2025-{'03' if n < 32 else '04'}-{n if n < 32 else n - 31:02}T08:00Z,,shelling,Bland,{20 if n < 18 else 3},violations,,\n"
    for n in range(1, 50)
)
"""A count for each day of March and the first half of April."""
REPEATED = """report_id,source,start,act
R1,Mission,2025-03-25T10:00Z,no_such_act
"""
Files = dict[str, Path]


def run(folder: Path, *command: object, file: str = "") -> Files:
    """The files that a command writes, by their names, and what it prints under the name ``printed``; ``file``: where it writes one file and not a folder."""
    printed = io.StringIO()
    writes = command[0] != "check"
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(printed):
        code = main([*map(str, command), *(("--out", str(folder / file)) if writes else ())])
    assert code == 0, (command, code)
    folder.mkdir(exist_ok=True)
    (folder / "printed").write_text(printed.getvalue(), encoding="utf-8")
    return {path.name: path for path in sorted(folder.iterdir())}


def evidence(case: Path) -> list[Path]:
    """The evidence of a shipped case."""
    return sorted((case / "evidence").iterdir())


def runs(scratch: Path) -> dict[str, list[Files]]:
    """Runs of every command that writes, on what ships with the project and a little more, by name of the command."""
    written = {"decided.yaml": DECIDED, "storage.yaml": INSPECTED, "items.csv": COUNTED, "bad.csv": REPEATED}
    written |= {"vale.yaml": VIOLATIONS, "days.csv": DAYS, "counted.csv": DAILY, "closed.yaml": CLOSED}
    for name, text in written.items():
        (scratch / name).write_text(text, encoding="utf-8")
    decided, storage, items, bad, vale, days, counted, closed = (scratch / name for name in written)
    energy = [ENERGY / "agreement.yaml", *evidence(ENERGY)]
    easter = [EASTER / "agreement.yaml", *evidence(EASTER), "--coverage", EASTER / "coverage.yaml", "--by", "day"]
    contingents = scratch / "contingents.csv"
    shown = [
        row
        for case in yaml.safe_load((CONTINGENTS / "cases.yaml").read_text("utf-8"))["cases"]
        for row in case["reports"]
    ]
    rows = [{"report_id": f"R{n}", "source": row["origin"], **row} for n, row in enumerate(shown)]
    pl.DataFrame(rows, infer_schema_length=None).cast(pl.String, strict=False).write_csv(contingents)
    articles = sorted((ROOT / "tests" / "data" / "articles").iterdir())
    data = ROOT / "tests" / "data"
    daily = ("--of", "daily", "--date")
    messages = ("--as", "messages", "--zone", "Europe/Kyiv")
    recorded = f"{shlex.quote(sys.executable)} {shlex.quote(str(data / 'extractor' / 'answers.py'))}"
    memorandum, addendum = (f"cases/minsk-{name}/agreement.yaml" for name in ("memorandum-2014", "addendum-2015"))
    return {
        "compare": [run(scratch / "compare", "compare", memorandum, addendum)],
        "verify": [
            run(scratch / "v1", "verify", *energy, decided, bad),
            run(scratch / "v2", "verify", *easter),
            run(scratch / "v3", "verify", CONTINGENTS / "agreement.yaml", contingents),
            run(scratch / "v4", "verify", storage, items),
            run(scratch / "v5", "verify", vale, days),
        ],
        "fuse": [run(scratch / "fuse", "fuse", ENERGY / "evidence" / "reports.csv")],
        "figures": [run(scratch / "figures", "figures", ROOT / "tests" / "data" / "field_figures.csv")],
        "statements": [
            run(scratch / "statements", "statements", *articles),
            run(scratch / "s2", "statements", LEBANON, "--agreement", "cases/lebanon-2024/agreement.yaml"),
        ],
        "extractor": [run(scratch / "extractor", "statements", *articles, "--extractor", recorded)],
        "import": [
            run(scratch / "i1", "import", data / "desk_chat.txt", *messages, file="messages.csv"),
            run(scratch / "i2", "import", data / "patrol.gpx", file="reports.csv"),
            run(scratch / "i3", "import", data / "agreements_coded.csv", "--as", "provisions", file="provisions.csv"),
        ],
        "first": [
            run(scratch / "first", "first", *evidence(ENERGY), *articles, "--agreement", ENERGY / "agreement.yaml")
        ],
        "trend": [run(scratch / "trend", "trend", vale, counted)],
        "brief": [
            run(scratch / "b1", "brief", *energy, "--coverage", closed, *daily, "2025-03-26", "--trace"),
            run(scratch / "b2", "brief", storage, items, *daily, "2025-03-25"),
            run(scratch / "b3", "brief", *energy, "--of", "violation", "--incident", "EN005", "--date", "2025-03-26"),
        ],
        "check": [run(scratch / "check", "check", "--json", "cases/lebanon-2024/agreement.yaml")],
    }


KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "verdicts": ("verify", ("verdicts.json",)),
    "timeline": ("verify", ("timeline.json",)),
    "summary": ("verify", ("summary.json",)),
    "findings": ("verify", ("findings.parquet", "findings.csv")),
    "incidents": ("verify", ("incidents.geojson",)),
    "places": ("verify", ("places.geojson",)),
    "coverage-areas": ("verify", ("coverage.geojson",)),
    "items": ("verify", ("items.csv",)),
    "exceptions": ("verify", ("exceptions.csv",)),
    "acts": ("verify", ("acts.csv",)),
    "watches": ("verify", ("watches.csv",)),
    "lives": ("verify", ("lives.csv",)),
    "quarantine": ("verify", ("quarantine.csv",)),
    "no-term": ("verify", ("no_term.csv",)),
    "hearsay": ("verify", ("hearsay.csv",)),
    "to_verify": ("verify", ("to_verify.csv",)),
    "fusion-incidents": ("fuse", ("incidents.parquet", "incidents.csv")),
    "fusion-points": ("fuse", ("incidents.geojson",)),
    **{n: ("fuse", (f"{n}.csv",)) for n in ("members", "counts", "lineage", "origins", "disagreements", "strays", "grades")},
    **{n: ("figures", (f"{n}.csv",)) for n in ("figures", "remarks", "comparisons")},
    **{
        n: ("statements", (f"{n}.csv",))
        for n in ("statements", "occasions", "changes", "matrix", "positions", "zone", "documents", "left_out")
    },
    "rejected": ("extractor", ("rejected.csv",)),
    "messages": ("import", ("messages.csv",)),
    "tracks": ("import", ("reports.tracks.csv",)),
    "provisions": ("import", ("provisions.csv",)),
    "first": ("first", ("first.csv",)),
    "first-answer": ("first", ("first.json",)),
    "trend": ("trend", ("trend.json",)),
    **{n: ("trend", (f"{n}.csv",)) for n in ("rates", "ratios", "level_changes", "series")},
    "brief": ("brief", ("daily-2025-03-26.en.json",)),
    **{
        f"brief-{n}": ("brief", (f"daily-2025-03-26-{n}.csv", f"daily-2025-03-25-{n}.csv"))
        for n in ("events", "incidents", "counts", "restrictions", "terms")
    },
    "brief-weapons": ("brief", ("daily-2025-03-25-weapons.csv",)),
    "brief-reports": ("brief", ("violation-EN005-2025-03-26-reports.csv",)),
    "compare": ("compare", ("compare.json",)),
    "check": ("check", ("printed",)),
}  # fmt: skip
"""By name of a schema: which command writes such files, and how they are called."""


def read(name: str, path: Path) -> list[Any]:
    """What of a file fits a schema: its whole content, or its rows with the cells of CSV read as the schema says."""
    if path.suffix in (".json", ".geojson") or path.name == "printed":
        return [json.loads(path.read_text(encoding="utf-8"))]
    if path.suffix == ".parquet":
        table = pl.read_parquet(path)
        instants = [c for c, t in table.schema.items() if isinstance(t, pl.Datetime)]
        return table.with_columns(pl.col(instants).dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_dicts()
    return [cells(schema(name), row) for row in pl.read_csv(path, infer_schema=False).to_dicts()]


def cells(shape: Mapping[str, Any], row: Mapping[str, str | None]) -> dict[str, Any]:
    """A row of CSV with its cells read."""
    reads = {"integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "string": str}
    kinds = {name: said["type"][0] for name, said in shape["properties"].items()}
    return {
        name: None if value in (None, "") else reads[kinds.get(name, "string")](value) for name, value in row.items()
    }


def corners(value: Any) -> Any:
    """Coordinates with four vertices of each outline."""
    few = isinstance(value, list) and value and isinstance(value[0], list)
    return [corners(v) for v in value[:4]] if few else value


def shortened(value: Any) -> Any:
    """A document with one member of each of its lists."""
    if isinstance(value, dict):
        kept = {"window": value.get("window"), "coordinates": corners(value.get("coordinates"))}
        return {k: kept.get(k) or shortened(v) for k, v in value.items()}
    return [shortened(v) for v in value[:1]] if isinstance(value, list) else value


def examples(made: Mapping[str, Sequence[Files]]) -> dict[str, list[Any]]:
    """For every schema of something that is written, a row or a shortened document of real :func:`runs`."""
    out = {}
    for name, (command, called) in KINDS.items():
        first = next(
            content
            for files in made[command]
            if called[0] in files and (content := read(name, files[called[0]])) and content[0].get("features") != []
        )
        out[name] = shortened(first[:1])
    return out


def spelt(example: Sequence[Any]) -> str:
    """The text of an example's file."""
    return json.dumps(example, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, example in examples(runs(Path(folder))).items():
            (EXAMPLES / f"{name}.json").write_text(spelt(example), encoding="utf-8")
