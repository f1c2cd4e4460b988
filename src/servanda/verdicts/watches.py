"""Whose the watches are, who shut which door, and whether what others saw bears out what a watch is said to see.

**Checked.** Of the incidents that other sources without a side confirm surely within a watch's place and time, of acts that it detects, it reported
some. The upper end of what that leaves (``coverage.upper_end``) counts where it is smaller than what was declared. Watches of one operator by one
means for the same acts in the same place are one, however many rows a patrol log has, so that nothing is gained by dividing it. An outage or denial excuses no
miss: else one that is declared afterwards would make a watch better. A source with a side never enters.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Watch, upper_end
from servanda.evidence.model import HEARSAY, NO_SIDE, Source
from servanda.findings.weight import graded, observed
from servanda.incidents import standing
from servanda.values.names import name_key, name_keys
from servanda.values.time import Interval, to_micros
from servanda.wording import plural

CHECKED_BY = ("kind", "reliability", "act", "quantity")
"""Columns of reports, beside those of ``incidents.BRIEF``, that watches are checked by."""
WATCH_OUT: dict[str, pl.DataType] = {
    "watch": pl.String(),
    "who": pl.String(),
    "side": pl.String(),
    "means": pl.String(),
    "place": pl.String(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "declared": pl.Float64(),
    "rests_on": pl.String(),
    "seen": pl.Int64(),
    "of": pl.Int64(),
    "used": pl.Float64(),
    "false_alarms": pl.Float64(),
    "false_alarm": pl.Float64(),
    "times_likelier": pl.Float64(),
}
_APART = timedelta(hours=1)
_NEAR = 1000.0
_DECIMALS = 6
_Rows: TypeAlias = npt.NDArray[np.int64]
_Instrument: TypeAlias = tuple[str, str, frozenset[str], bytes]


@dataclass(frozen=True, slots=True)
class Check:
    """What others saw where and when a watch was looking: ``seen`` of ``of`` such incidents it reported itself. ``used``: the probability that counts."""

    watch: Watch
    seen: int
    of: int
    used: float


def with_sides(coverage: Coverage, agreement: Agreement, sources: Mapping[str, Source]) -> Coverage:
    """The coverage with whose its watches are, and which party shut which door.

    Args:
        coverage: watches and gaps.
        agreement: its parties.
        sources: the register of sources.

    Returns:
        The same, each watch and gap with the party that its name is, short or full, or whose side the register gives it.
    """
    sides = {name_key(name): source.side for name, source in sources.items() if source.side in agreement.parties}
    for short, full in agreement.parties.items():
        sides |= {name_key(short): short, name_key(full): short}
    watches = (
        dataclasses.replace(w, side=sides.get(name_key(w.reports_as), sides.get(name_key(w.who), w.side)))
        for w in coverage.watches
    )
    gaps = (dataclasses.replace(g, party=sides.get(name_key(g.by), g.party)) for g in coverage.gaps)
    return Coverage(tuple(watches), tuple(gaps))


def check_watches(coverage: Coverage, members: pl.DataFrame, agreement: Agreement) -> tuple[Check, ...]:
    """Compare every watch with what others saw.

    Args:
        coverage: watches and gaps.
        members: the reports of the incidents that were found (``incidents.BRIEF`` and :data:`CHECKED_BY`).
        agreement: its mandate says what confirms.

    Returns:
        One check a watch, in the order of the watches; it is the same whatever the order of the reports.
    """
    if not coverage.watches:
        return ()
    said = _Said.of(members, agreement)
    instruments: dict[_Instrument, dict[str, bool]] = {}
    for watch in coverage.watches:
        found = instruments.setdefault(_instrument(watch), {})
        for incident, reported in said.compared(watch).items():
            found[incident] = found.get(incident, False) or reported
    checks = []
    for watch in coverage.watches:
        found = instruments[_instrument(watch)]
        seen, of = sum(found.values()), len(found)
        checks.append(Check(watch, seen, of, min(watch.probability, upper_end(seen, of))))
    return tuple(checks)


def _instrument(watch: Watch) -> _Instrument:
    """What makes several rows one watch."""
    where = b"" if watch.where is None else shapely.to_wkb(watch.where)
    return name_key(watch.reports_as), watch.means, watch.detects, where


def checked(coverage: Coverage, checks: Iterable[Check]) -> Coverage:
    """The coverage with the probabilities that count."""
    return coverage.with_probabilities({check.watch.id: check.used for check in checks})


def check_words(check: Check) -> str:
    """What came of a check, in words."""
    watch = check.watch
    used = "that stands" if check.used >= watch.probability else f"{check.used:.2g} is used"
    acts = plural(check.of, "act")
    return f"{watch.id}: declared {watch.probability:.3g}; of {acts} that others saw there it reported {check.seen}; {used}"


def watches_table(checks: Sequence[Check]) -> pl.DataFrame:
    """Every watch with what was declared, what others saw, and what is used (:data:`WATCH_OUT`).

    ``false_alarm`` is the chance of at least one false alarm while it was looking; ``times_likelier``: how many times likelier an alarm is on a day with an
    act than on one without.
    """
    rows = []
    for check in checks:
        watch, rate = check.watch, check.watch.false_alarms
        days = sum((t.end - t.start).total_seconds() for t in watch.times if t.start and t.end) / 86_400
        never = None if rate is None else math.exp(-rate)
        chance = None if rate is None else round(1.0 - math.exp(-rate * days), _DECIMALS)
        likelier = None
        if never is not None and never < 1:
            likelier = round((1.0 - (1.0 - check.used) * never) / (1.0 - never), 2)
        ends = (watch.times[0].start, watch.times[-1].end) if watch.times else (None, None)
        row = (watch.id, watch.who, watch.side, watch.means, watch.place, *ends, watch.probability, watch.rests_on)
        rows.append((*row, check.seen, check.of, check.used, rate, chance, likelier))
    return pl.DataFrame(rows, schema=WATCH_OUT, orient="row")


@dataclass(frozen=True)
class _Said:
    """What sources without a side say, in columns; ``confirmed`` are numbers of rows by which others than their own origin confirm an incident."""

    rows: pl.DataFrame
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    start: _Rows
    end: _Rows
    agreement: Agreement

    @staticmethod
    def of(members: pl.DataFrame, agreement: Agreement) -> _Said:
        """The reports that count, by when they begin."""
        heard = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY) & (pl.col("quantity").fill_null(1) > 0)
        rows = standing(members).filter(heard & pl.col("stance").is_in(["asserts", "confirms", "denies"]))
        rows = rows.sort("start", "end", "incident", "origin", "stance").with_columns(
            origin=name_keys(pl.col("origin")),
            graded=observed() & graded(agreement.mandate) & pl.lit(agreement.mandate.by_observation),
        )
        lon = rows["lon"].fill_null(float("nan")).to_numpy()
        lat = rows["lat"].fill_null(float("nan")).to_numpy()
        x, y = np.full(rows.height, np.nan), np.full(rows.height, np.nan)
        known = np.isfinite(lon) & np.isfinite(lat)
        if agreement.frame is not None and known.any():
            x[known], y[known] = agreement.frame.to_xy(lon[known], lat[known])
        start, end = (rows[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
        return _Said(rows, x, y, start, end, agreement)

    def compared(self, watch: Watch) -> dict[str, bool]:
        """The incidents that others confirm surely within a watch's place and time, and whether it reported each."""
        acts = pl.col("act").is_in(sorted(watch.detects))
        own = pl.col("origin") == name_key(watch.reports_as)
        within = self._within(watch)
        rows = self.rows[within]
        sure = rows.with_columns(n=within).filter(~own & acts & (pl.col("stance") != "denies"))
        if not sure.height:
            return {}
        denied = self.rows.filter(~own & (pl.col("stance") == "denies") & pl.col("graded"))["incident"]
        needed = self.agreement.mandate.origins
        confirmed = (
            sure.filter(~pl.col("incident").is_in(denied.unique().implode()))
            .group_by("incident")
            .agg(pl.col("graded").any(), pl.col("n"), origins=pl.col("origin").n_unique())
            .filter(pl.col("graded") | ((pl.col("origins") >= needed) & pl.lit(needed > 1)))
        )
        told = self.rows.with_row_index("k").filter(own & (pl.col("stance") != "denies"))
        told = told.filter(pl.col("act").is_in(sorted(self._possible(watch))))
        named, numbers = set(told["incident"].to_list()), told["k"].to_numpy().astype(np.int64)
        return {
            incident: incident in named or self._near(np.array(rows_of, np.int64), numbers)
            for incident, rows_of in zip(confirmed["incident"].to_list(), confirmed["n"].to_list(), strict=True)
        }

    def _possible(self, watch: Watch) -> set[str]:
        """The acts that a watch detects, and those above them."""
        parent = self.agreement.vocabulary.acts.parent
        out = set(watch.detects)
        for code in watch.detects:
            above = parent[code]
            while above is not None and above not in out:
                out.add(above)
                above = parent[above]
        return out

    def _within(self, watch: Watch) -> _Rows:
        """The rows that lie surely within a watch's place and time."""
        inside = np.zeros(len(self.start), bool)
        for spell in watch.times:
            low, high = _bounds(spell)
            here = slice(int(np.searchsorted(self.start, low)), int(np.searchsorted(self.start, high)))
            inside[here] |= self.end[here] <= high
        rows = np.flatnonzero(inside)
        frame = self.agreement.frame
        if watch.where is None or not len(rows):
            return rows
        if frame is None:
            return rows[:0]
        shape = frame.project(watch.where)
        shapely.prepare(shape)
        known = np.isfinite(self.x[rows])
        rows = rows[known]
        points = shapely.points(self.x[rows], self.y[rows])
        deep = shapely.distance(shape.boundary, points) >= self.rows["precision_m"].to_numpy()[rows]
        return np.asarray(rows[shapely.contains(shape, points) & deep])

    def _near(self, sure: _Rows, told: _Rows) -> bool:
        """Whether something told may be the same event: within an hour, and no further apart than both are precise."""
        if not len(told):
            return False
        apart = int(_APART.total_seconds() * 1_000_000)
        radius = self.rows["precision_m"].to_numpy()
        for n in sure:
            when = (self.start[told] <= self.end[n] + apart) & (self.end[told] >= self.start[n] - apart)
            far = np.hypot(self.x[told] - self.x[n], self.y[told] - self.y[n])
            if (when & (far <= np.maximum(radius[told] + radius[n], _NEAR))).any():
                return True
        return False


def _bounds(spell: Interval) -> tuple[int, int]:
    assert spell.start is not None
    assert spell.end is not None
    return to_micros(spell.start), to_micros(spell.end)
