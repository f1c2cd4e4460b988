"""The tables of docs/benchmarks.md, made of what bench/run.py measured: the median of several runs, and from the least to the most."""

from __future__ import annotations

import os
import platform
import statistics
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from servanda import __version__

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- made by bench/run.py: begin -->", "<!-- made by bench/run.py: end -->"
NAMES = ("servanda", "polars", "pyarrow", "numpy", "shapely", "geopandas", "pandas", "pymerkle", "pyspark")


class Measured:
    """What was measured: for every size and name its values, one a run, and the most memory."""

    def __init__(self) -> None:
        self.begun, self.loads = datetime.now(UTC), [os.getloadavg()[0]]
        self.values: dict[tuple[int | None, str], list[float]] = {}
        self.peaks: dict[tuple[int | None, str], float] = {}

    def add(self, power: int | None, figures: dict[str, float], peak: float) -> None:
        """The figures of one run of one kind."""
        self.loads.append(os.getloadavg()[0])
        for what, value in figures.items():
            self.values.setdefault((power, what), []).append(value)
            self.peaks[(power, what)] = max(peak, self.peaks.get((power, what), 0.0))

    def median(self, power: int, what: str) -> float | None:
        """The median of one figure."""
        values = self.values.get((power, what))
        return statistics.median(values) if values else None

    def text(self, arguments: str) -> str:
        """The tables with the machine, the packages and the load under which they were measured."""
        packages = ", ".join(f"{name} {_version(name)}" for name in NAMES)
        cores, loads = len(os.sched_getaffinity(0)), sorted(self.loads)
        lines = [
            (
                f"Measured on {self.begun:%Y-%m-%d} by `python bench/run.py {arguments}`: {platform.machine()}, {cores} cores, Python "
                f"{platform.python_version()}, {packages}. Load of the machine (processes that want to run, mean of a minute) "
                f"{loads[0]:.1f} to {loads[-1]:.1f}, median {statistics.median(loads):.1f}: above {cores} all seconds are too many."
            ),
            "",
            "| reports (fifty terms: incidents) | what | seconds: median (least to most) | per second | peak GB | runs |",
            "|---|---|---|---|---|---|",
        ]
        for (power, what), values in self.values.items():
            size = "" if power is None else f"10^{power}"
            middle = statistics.median(values)
            spread = f"{middle:.2f}" + (f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else "")
            if what.startswith("("):
                spread = f"{middle:,.4g}" + (f" ({min(values):,.4g} to {max(values):,.4g})" if len(values) > 1 else "")
                lines.append(f"| {size} | {what} | {spread} | | | {len(values)} |")
                continue
            rate = f"{10**power / middle:,.0f}" if power is not None and middle else ""
            lines.append(f"| {size} | {what} | {spread} | {rate} | {self.peaks[(power, what)]:.1f} | {len(values)} |")
        return "\n".join([*lines, "", *self._ratios()])

    def _ratios(self) -> list[str]:
        ours, theirs, out = "read, locate, match, judge (streamed)", "GeoPandas + pandas", []
        for power in sorted({power for power, what in self.values if what == theirs and power is not None}):
            mine, peer = self.median(power, ours), self.median(power, theirs)
            if mine and peer:
                out.append(f"From Parquet to findings at 10^{power}: {peer / mine:.1f} times the peer's speed.")
        return out


def _version(name: str) -> str:
    try:
        return __version__ if name == "servanda" else version(name)  # that of the source that is measured
    except ModuleNotFoundError:
        return "(not installed)"


def write(text: str) -> None:
    """Put the tables into the page, in the place of those of the last run."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
