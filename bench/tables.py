"""The tables of docs/benchmarks.md, made of what bench/run.py measured: the median of several runs, from the least to the most, and the aim.

What was measured is kept in bench/measured.json, one entry for every kind and size. A run replaces those that it measures, and no others;
the page is made of all of them after each.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from servanda import __version__

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
KEPT = Path(__file__).resolve().parent / "measured.json"
BEGIN, END = "<!-- made by bench/run.py: begin -->", "<!-- made by bench/run.py: end -->"
NAMES = ("servanda", "polars", "pyarrow", "numpy", "shapely", "geopandas", "pandas", "pymerkle", "pyspark", "duckdb")
PEAK = "(peak memory, GB)"
TOPICS = {
    "From Parquet to findings": ("whole", "stages", "peer"),
    "Whole commands": ("start", "command", "unfused", "terms", "fuse-command", "slices", "spark"),
    "Fifty terms of every kind (sizes are incidents)": ("kinds",),
    "Live": ("live", "restart"),
    "The record": ("record", "record-whole", "pymerkle", "verify-record"),
    "Reports into incidents: how fast": ("fusion", "pairs"),
    "Reports into incidents: how well": ("fusion-quality",),
    "Lineage, alerts, attributions, articles": ("origins", "alerts", "attributions", "speech"),
}
UNSIZED = frozenset({"start", "slices", "fusion-quality", "origins", "alerts", "attributions", "speech"})
"""Kinds whose size is no number of reports."""
OURS, PEER = "read, locate, match, judge (streamed)", "GeoPandas + pandas"
ONE, HUNDRED = "(one more report, fused, to verdicts: ms)", "(a hundred more, fused, to verdicts: ms)"
AIMS: dict[tuple[str, int], dict[str, float]] = {
    ("start", 0): {"servanda verify, the shipped energy truce, from a cold start": 1},
    ("slices", 4): {"servanda verify --by day over ten years, 10,000 watches": 30},
    ("terms", 5): {"of which its files are made": 10, "(500 terms: the page, MB)": 5},
    ("command", 6): {"servanda verify --out (with report and tables)": 13.3},
    ("fuse-command", 6): {"servanda fuse --out, from CSV": 20, PEAK: 1.5},
    ("live", 6): {
        ONE: 200,
        HUNDRED: 500,
        "(a decision, to verdicts: ms)": 100,
        "(that changes no verdict: ms)": 50,
        PEAK: 1,
    },
    ("restart", 6): {
        "servanda follow --state: to the verdicts again": 2,
        "(a file of one report comes into the folder, to the verdicts: ms)": 500,
    },
    ("verify-record", 6): {
        "servanda record add (a table of 17 columns)": 20,
        "(verify --record to plain verify, times)": 1.5,
    },
    ("fusion", 6): {"fuse: reports to incidents": 5, "(fuse: a hundred more, ms, median of ten)": 500},
    ("fusion", 7): {"fuse: reports to incidents": 60, PEAK: 6},
    ("record", 6): {
        "record: append in bulk, durable": 10,
        "(record: one inclusion proof from disk, ms)": 5,
        "(record: one consistency proof from disk, ms)": 5,
    },
    ("whole", 7): {OURS: 10, PEAK: 3},
    ("whole", 8): {OURS: 120, PEAK: 6},
}
"""What is to be reached at most, by kind and size."""
RATIOS = {5: 3.0, 7: 10.0}
"""How many times the peer's speed is to be reached at least, by size."""


@dataclass
class Entry:
    """What was measured of one kind and size: for every name its values, one a run, the most memory, when, where and beside what."""

    when: str
    machine: str
    figures: dict[str, list[float]] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)

    def add(self, figures: dict[str, float], peak: float) -> None:
        """The figures of one run more."""
        self.loads.append(os.getloadavg()[0])
        for what, value in figures.items():
            self.figures.setdefault(what, []).append(value)
        if peak:
            self.figures.setdefault(PEAK, []).append(peak)


class Measured:
    """What was ever measured and not measured again since, in the file and on the page."""

    def __init__(self, kept: Path = KEPT, page: Path = PAGE) -> None:
        self._kept, self._page = kept, page
        raw = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        self._of = {_asked(name): Entry(**entry) for name, entry in raw.items()}
        self._begun: set[tuple[str, int]] = set()

    def add(self, kind: str, power: int, figures: dict[str, float], peak: float) -> None:
        """The figures of one run of one kind; those of earlier sessions are forgotten, and file and page are written."""
        if (kind, power) not in self._begun:
            self._begun.add((kind, power))
            self._of[(kind, power)] = Entry(f"{datetime.now(UTC):%Y-%m-%d}", _machine())
        self._of[(kind, power)].add(figures, peak)
        told = {f"{kind} {power}": vars(entry) for (kind, power), entry in sorted(self._of.items())}
        self._kept.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self.write()

    def write(self) -> None:
        """Put the tables into the page, in the place of those that stand there."""
        page = self._page.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        self._page.write_text(f"{before}{BEGIN}\n\n{self.text()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")

    def text(self) -> str:
        """All tables, what was missed, and on which machines, with which packages, it was measured."""
        machines = list(dict.fromkeys(entry.machine for _, entry in sorted(self._of.items())))
        tables = [line for title, kinds in TOPICS.items() for line in self._table(title, kinds, machines)]
        missed = list(self._missed())
        told = ["All aims that are measured here are met."] if not missed else ["Missed:", "", *missed]
        where = [f"{n}. {machine}" for n, machine in enumerate(machines, 1)]
        return "\n".join([*tables, "### Aims", "", *told, "", "### Machines", "", *where, ""])

    def _table(self, title: str, kinds: tuple[str, ...], machines: list[str]) -> list[str]:
        asked = [(kind, power) for power in range(9) for kind in kinds if (kind, power) in self._of]
        if not asked:
            return []
        head = "| size | what | median (least to most) | per second | aim | runs | measured | machine | load |"
        lines = [f"### {title}", "", head, "|---|---|---|---|---|---|---|---|---|"]
        for kind, power in asked:
            entry = self._of[(kind, power)]
            for what, values in entry.figures.items():
                aim = AIMS.get((kind, power), {}).get(what)
                size = "" if kind in UNSIZED else f"10^{power}"
                load = f"{statistics.median(entry.loads):.1f}"
                lines.append(
                    f"| {size} | {what} | {_spread(what, values)} | {_rate(kind, power, what, values)} | "
                    f"{_judged(aim, statistics.median(values))} | {len(values)} | {entry.when} | "
                    f"{machines.index(entry.machine) + 1} | {load} |"
                )
        ratios = [told for power, told, _ in self._ratios()] if "whole" in kinds else []
        return [*lines, "", *[line for told in ratios for line in (told, "")]]

    def _ratios(self) -> Iterator[tuple[int, str, bool]]:
        """How many times the peer's speed, by size, in words, and whether that is what was aimed at."""
        for power in range(9):
            mine, peer = (self._median(kind, power, what) for kind, what in (("whole", OURS), ("peer", PEER)))
            if mine and peer:
                aim, ratio = RATIOS.get(power), peer / mine
                asked = "" if aim is None else f" (aim: {aim:g})"
                told = f"From Parquet to findings at 10^{power}: {ratio:.1f} times the peer's speed{asked}."
                yield power, told, aim is None or ratio >= aim

    def _median(self, kind: str, power: int, what: str) -> float | None:
        entry = self._of.get((kind, power))
        return statistics.median(entry.figures[what]) if entry and what in entry.figures else None

    def _missed(self) -> Iterator[str]:
        for (kind, power), aims in AIMS.items():
            for what, aim in aims.items():
                value = self._median(kind, power, what)
                if value is not None and value > aim:
                    of = what if kind in UNSIZED else f"{what}, at 10^{power}"
                    of = f"peak memory in GB of `{kind}`, at 10^{power}" if what == PEAK else of
                    yield f"* {of.strip()}: {value:.3g} where {aim:g} is the aim ({value / aim:.1f} times)"
        yield from (f"* {told}" for _, told, met in self._ratios() if not met)


def _asked(name: str) -> tuple[str, int]:
    kind, power = name.split()
    return kind, int(power)


def _spread(what: str, values: list[float]) -> str:
    """Seconds as they are; other figures, whose names stand in brackets, by four digits."""

    def one(value: float) -> str:
        return f"{value:,.4g}" if what.startswith("(") else f"{value:.2f} s"

    return one(statistics.median(values)) + (f" ({one(min(values))} to {one(max(values))})" if len(values) > 1 else "")


def _rate(kind: str, power: int, what: str, values: list[float]) -> str:
    middle = statistics.median(values)
    return "" if what.startswith("(") or kind in UNSIZED or not middle else f"{10**power / middle:,.0f}"


def _judged(aim: float | None, value: float) -> str:
    if aim is None:
        return ""
    return f"{aim:g}: {'met' if value <= aim else f'**missed**, {value / aim:.1f} times'}"


def _machine() -> str:
    packages = ", ".join(f"{name} {_version(name)}" for name in NAMES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{platform.machine()}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}, {packages}"


def _version(name: str) -> str:
    try:
        return __version__ if name == "servanda" else version(name)  # that of the source that is measured
    except PackageNotFoundError:
        return "(not installed)"
