"""The tables of docs/benchmarks.md, made of what bench/run.py measured: the median of several runs, from the least to the most, by the clock
and in processor time, and the aim.

What was measured is kept in bench/measured.json, one entry for every kind and size. A run replaces those that it measures, and no others;
the page is made of all of them after each, with what the last run was asked for and did not measure.
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
from typing import Any

from clock import Took
from servanda import __version__

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
KEPT = Path(__file__).resolve().parent / "measured.json"
BEGIN, END = "<!-- made by bench/run.py: begin -->", "<!-- made by bench/run.py: end -->"
NAMES = ("servanda", "polars", "pyarrow", "numpy", "shapely", "geopandas", "pandas", "pymerkle", "pyspark", "duckdb")
PEAK = "(peak memory, GB)"
TOPICS = {
    "From Parquet to findings": ("whole", "floor", "peer", "stages"),
    "Whole commands": ("start", "command", "unfused", "terms", "fuse-command", "slices", "spark"),
    "Many machines": ("cluster", "cluster-fused"),
    "Fifty terms of every kind (sizes are incidents)": ("kinds", "versions"),
    "Live": ("live", "restart"),
    "The record": ("record", "record-whole", "pymerkle", "verify-record"),
    "Reports into incidents: how fast": ("fusion", "pairs"),
    "Reports into incidents: how well": ("fusion-quality",),
    "Lineage, alerts, attributions, articles": ("origins", "alerts", "attributions", "speech"),
}
UNSIZED = frozenset({"start", "slices", "fusion-quality", "origins", "alerts", "attributions", "speech"})
"""Kinds whose size is no number of reports."""
OURS, PEER = "read, locate, match, judge (streamed)", "GeoPandas + pandas"
FIFTY = "fifty terms: to verdicts with their steps"
FLOOR = "floor: decode, and the places of all reports"
ONE, HUNDRED = "(one more report, fused, to verdicts: ms)", "(a hundred more, fused, to verdicts: ms)"
AIMS: dict[tuple[str, int], dict[str, float]] = {
    ("start", 0): {"servanda verify, the shipped energy truce, from a cold start": 1},
    ("slices", 4): {"servanda verify --by day over ten years, 10,000 watches": 30},
    ("terms", 5): {"of which its files are made": 10, "(500 terms: the page, MB)": 5},
    ("command", 6): {"servanda verify --out (with report and tables)": 13.3},
    ("fuse-command", 6): {"servanda fuse --out, from CSV": 20, PEAK: 1.5},
    ("kinds", 6): {FIFTY: 3.7},
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
    ("cluster", 7): {"(largest Python worker, GB)": 2},
    ("cluster-fused", 7): {"(largest Python worker, GB)": 2},
    ("record", 6): {
        "record: append in bulk, durable": 10,
        "(record: one inclusion proof from disk, ms)": 5,
        "(record: one consistency proof from disk, ms)": 5,
    },
    ("whole", 7): {OURS: 10, PEAK: 3},
    ("whole", 8): {OURS: 120, PEAK: 6},
}
"""What is to be reached at most, by kind and size. (Fifty terms took 18.4 s when the aim was set: five times faster.)"""
RATIOS = {5: 3.0, 7: 10.0}
"""How many times the peer's speed is to be reached at least, by size."""
FLOORS = {7: 5.0}
"""How many times the floor it may take at most, by size."""


@dataclass
class Entry:
    """What was measured of one kind and size: for every name its values, one a run (with its processor time, where it is a time), the most
    memory, when, where, beside what, and what a whole run took.
    """

    when: str
    machine: str
    figures: dict[str, list[Any]] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    took: list[Took] = field(default_factory=list)

    def add(self, figures: dict[str, Any], peak: float, took: Took, others: float | None) -> None:
        """The figures of one run more."""
        self.loads.append(round(os.getloadavg()[0], 2))
        self.took.append(took)
        if others is not None:
            self.others.append(round(others, 2))
        for what, value in figures.items():
            self.figures.setdefault(what, []).append(value)
        if peak:
            self.figures.setdefault(PEAK, []).append(peak)

    def of(self, what: str) -> tuple[float, float | None]:
        """The median, and that of processor time where it was measured."""
        used = [value[1] for value in self.figures[what] if not isinstance(value, float)]
        return statistics.median(self.values(what)), statistics.median(used) if used else None

    def values(self, what: str) -> list[float]:
        """The figures of all runs; of times, those of the clock."""
        return [value if isinstance(value, float) else value[0] for value in self.figures[what]]


class Measured:
    """What was ever measured and not measured again since, in the file and on the page."""

    def __init__(self, asked: str = "", kept: Path = KEPT, page: Path = PAGE) -> None:
        self._kept, self._page = kept, page
        raw = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"measured": {}}
        self._of = {_asked(name): Entry(**entry) for name, entry in raw["measured"].items()}
        self._begun: set[tuple[str, int]] = set()
        self._run = {"asked": asked, "when": _today()}
        self._left: dict[tuple[str, int], str] = {}

    def add(
        self, kind: str, power: int, figures: dict[str, Any], peak: float, took: Took, others: float | None
    ) -> None:
        """The figures of one run of one kind; those of earlier sessions are forgotten, and file and page are written."""
        if (kind, power) not in self._begun:
            self._begun.add((kind, power))
            self._of[(kind, power)] = Entry(_today(), _machine())
        told = {what: float(value) if isinstance(value, int) else value for what, value in figures.items()}
        self._of[(kind, power)].add(told, peak, took, others)
        self.write()

    def left(self, kind: str, power: int, why: str) -> None:
        """One that was asked for and has no figures of this run."""
        self._left[(kind, power)] = why
        self.write()

    def seconds(self, kind: str, power: int) -> float:
        """How long one run of it took the last time; 0 where that is not known."""
        entry = self._of.get((kind, power))
        return statistics.median(took[0] for took in entry.took) if entry and entry.took else 0.0

    def write(self) -> None:
        """Write the file, and put the tables into the page, in the place of those that stand there."""
        told = {f"{kind} {power}": vars(entry) for (kind, power), entry in sorted(self._of.items())}
        self._kept.write_text(json.dumps({"measured": told}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        page = self._page.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        self._page.write_text(f"{before}{BEGIN}\n\n{self.text()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")

    def text(self) -> str:
        """What the last run left, all aims, all tables, how long each takes, on which machines and with which packages it was measured."""
        machines = list(dict.fromkeys(entry.machine for _, entry in sorted(self._of.items())))
        tables = [line for title, kinds in TOPICS.items() for line in self._table(title, kinds, machines)]
        where = [f"{n}. {machine}" for n, machine in enumerate(machines, 1)]
        run = f"The last run: `{self._run['asked']}`, {self._run['when']}."
        left = [
            f"* {_named(kind, power)}: {why}{self._older(kind, power)}" for (kind, power), why in self._left.items()
        ]
        left = ["Asked for in it and not measured:", "", *left] if left else ["It measured all that it was asked for."]
        lines = [run, "", *left, "", "### Aims", "", *self.aims(), "", *tables, *self._lengths()]
        return "\n".join([*lines, "### Machines", "", *where, ""])

    def aims(self) -> list[str]:
        """Every aim with what was measured: met, or missed and by how much; then those that nothing measured."""
        told, never = [], []
        for (kind, power), aims in AIMS.items():
            for what, aim in aims.items():
                of = f"peak memory in GB of `{kind}`" if what == PEAK else what
                of += "" if kind in UNSIZED else f", at 10^{power}"
                entry = self._of.get((kind, power))
                if entry and what in entry.figures:
                    value, used = entry.of(what)
                    beside = [f"{_short(used)} of processor time"] if used is not None else []
                    beside += [f"others {statistics.median(entry.others):.1f} cores"] if entry.others else []
                    said = f" ({', '.join(beside)})" if beside else ""
                    told.append(f"* {of}: {_short(value)}{said}, aim {aim:g}: {_judged(aim, value, used)}")
                else:
                    never.append(f"* {of}: aim {aim:g}: not measured")
        told += [f"* {line}" for _, line, aimed in self._ratios() if aimed]
        return [*told, *never]

    def _older(self, kind: str, power: int) -> str:
        entry = self._of.get((kind, power))
        return f" (the figures below are of {entry.when})" if entry else ""

    def _table(self, title: str, kinds: tuple[str, ...], machines: list[str]) -> list[str]:
        asked = [(kind, power) for power in range(9) for kind in kinds if (kind, power) in self._of]
        if not asked:
            return []
        head = "| size | what | median (least to most) | processor time | per second | aim | runs | others | load | measured | machine |"
        lines = [f"### {title}", "", head, "|---|---|---|---|---|---|---|---|---|---|---|"]
        for kind, power in asked:
            entry = self._of[(kind, power)]
            beside = " | ".join(f"{statistics.median(x):.1f}" if x else "" for x in (entry.others, entry.loads))
            for what in entry.figures:
                aim, (value, used) = AIMS.get((kind, power), {}).get(what), entry.of(what)
                size = "" if kind in UNSIZED else f"10^{power}"
                judged = "" if aim is None else f"{aim:g}: {_judged(aim, value, used)}"
                lines.append(
                    f"| {size} | {what} | {_spread(what, entry.values(what))} | {_spread(what, [] if used is None else [used])} | "
                    f"{_rate(kind, power, what, value)} | {judged} | {len(entry.figures[what])} | {beside} | {entry.when} | "
                    f"{machines.index(entry.machine) + 1} |"
                )
        ratios = [told for _, told, _ in self._ratios()] if "whole" in kinds else []
        return [*lines, "", *[line for told in ratios for line in (told, "")]]

    def _ratios(self) -> Iterator[tuple[int, str, bool]]:
        """What from Parquet to findings takes beside the peer and beside the floor, by size, in words, and whether there is an aim."""
        for power in range(9):
            mine, peer, floor = (
                self._times(*one) for one in (("whole", power, OURS), ("peer", power, PEER), ("floor", power, FLOOR))
            )
            if mine and peer:
                ratio, used, aim = peer[0] / mine[0], _ratio(peer[1], mine[1]), RATIOS.get(power)
                met = (
                    ""
                    if aim is None
                    else f", aim {aim:g}: {'met' if ratio >= aim else f'**missed**, {ratio / aim:.2f} of it'}"
                )
                yield (
                    power,
                    f"From Parquet to findings at 10^{power}: {ratio:.1f} times the peer's speed{used}{met}.",
                    aim is not None,
                )
            if mine and floor:
                ratio, used, aim = mine[0] / floor[0], _ratio(mine[1], floor[1]), FLOORS.get(power)
                met = "" if aim is None else f", aim at most {aim:g}: {_judged(aim, ratio, None)}"
                yield (
                    power,
                    f"From Parquet to findings at 10^{power}: {ratio:.1f} times the floor{used}{met}.",
                    aim is not None,
                )

    def _times(self, kind: str, power: int, what: str) -> tuple[float, float | None] | None:
        entry = self._of.get((kind, power))
        return entry.of(what) if entry and what in entry.figures else None

    def _lengths(self) -> list[str]:
        """What a run of each kind takes with all that it prepares, for who chooses minutes."""
        known = [(statistics.median(t[0] for t in e.took), one) for one, e in self._of.items() if e.took]
        told = [f"{_named(*one)} {seconds:.0f}" for seconds, one in sorted(known, reverse=True)]
        total = sum(seconds for seconds, _ in known)
        whole = f"Seconds by the clock of one run of each, with what it prepares; {total / 60:.0f} minutes in all: "
        return ["### How long it takes", "", f"{whole}{', '.join(told)}.", ""] if known else []


def _asked(name: str) -> tuple[str, int]:
    kind, power = name.split()
    return kind, int(power)


def _named(kind: str, power: int) -> str:
    return f"`{kind}`" if kind in UNSIZED else f"`{kind}` at 10^{power}"


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _ratio(one: float | None, other: float | None) -> str:
    return f" ({one / other:.1f} in processor time)" if one and other else ""


def _spread(what: str, values: list[float]) -> str:
    """Seconds as they are; other figures, whose names stand in brackets, by four digits."""

    def one(value: float) -> str:
        return f"{value:,.4g}" if what.startswith("(") else f"{value:.2f} s"

    if not values:
        return ""
    return one(statistics.median(values)) + (f" ({one(min(values))} to {one(max(values))})" if len(values) > 1 else "")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _rate(kind: str, power: int, what: str, middle: float) -> str:
    return "" if what.startswith("(") or kind in UNSIZED or not middle else f"{10**power / middle:,.0f}"


def _judged(aim: float, value: float, used: float | None) -> str:
    """Met, or by how much missed; where the clock missed it and processor time alone would not, that too."""
    if value <= aim:
        return "met"
    also = "" if used is None or used > aim else f", but {_short(used)} of processor time"
    return f"**missed** by {_short(value - aim)} ({value / aim:.1f} times{also})"


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
