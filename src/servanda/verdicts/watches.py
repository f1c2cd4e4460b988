"""Whose the watches are, who shut which door, and whether what others saw bears out what a watch is said to see.

**Checked.** Of the incidents that other sources without a side confirm surely within a watch's place and time, of acts that it detects, it reported
some. The upper end of what that leaves (``coverage.upper_end``) counts where it is smaller than what was declared; of what a watch itself leaves, for its
acts in its place at whatever time, and of what all watches of its source by its means leave together, wherever they look: the smaller. So nothing is gained
by dividing a watch into rows, days or places, nor by adding good ones to a bad one. Each report of its own speaks of one incident (or of as many as it counts,
where it lies surely within its watch): one vague report answers for one. An outage or denial excuses no miss: else one that is declared afterwards would make
a watch better. A source with a side never enters.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
import polars as pl
import shapely

from servanda.agreement import Agreement
from servanda.coverage import UNTOLD, WITHOUT_SIDE, Coverage, Gap, Watch, only_reported, upper_end
from servanda.evidence.model import NO_SIDE, OF_THE_PARTY, OWN_WORDS, Context
from servanda.values.elsewhere import each
from servanda.values.names import name_key, name_keys, names_of
from servanda.verdicts.said_beside import Compared, Said, possible_acts
from servanda.wording import plural

CHECKED_BY = ("kind", "reliability", "credibility", "act", "quantity")
"""Columns of reports, beside those of ``incidents.BRIEF``, that watches are checked by, and what is alleged where somebody watched."""
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
_DECIMALS = 6
Owners: TypeAlias = Mapping[str, str]
_Instrument: TypeAlias = tuple[str, str, frozenset[str], bytes] | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """What others saw where and when a watch was looking: ``seen`` of ``of`` such incidents it reported itself. ``used``: the probability that counts."""

    watch: Watch
    seen: int
    of: int
    used: float


def owners_of(agreement: Agreement, context: Context) -> Owners:
    """Whose each registered name is: by its side as a source, or by whose organ it is as an actor; and of the own names of all but bodies.

    Args:
        agreement: its parties, and others who may have a side.
        context: the register of sources and of actors.

    Returns:
        By folded name a party, :data:`WITHOUT_SIDE`, or :data:`UNTOLD` where the register has the name and does not settle whose it is.
    """
    known = {*agreement.actors, NO_SIDE}
    owners = {name_key(n): s.side if s.side in known and s.side else UNTOLD for n, s in context.sources.items()}
    for name, party in context.actors.items():
        settled = context.levels.get(name, "unknown") in OF_THE_PARTY and party in agreement.parties
        if settled or name_key(name) not in owners:
            owners[name_key(name)] = party if settled else UNTOLD
    return owners | names_of(agreement.sides)


def with_sides(coverage: Coverage, owners: Owners, *, registered: bool) -> Coverage:
    """The coverage with whose its watches are, and which party shut which door.

    A watch is a party's when the source of its reports or who operates it is; else as the one or the other is registered; else as the coverage
    file says. Where that says nothing, it is nobody's, but beside a register of sources: there nobody knows whose it is.

    Args:
        coverage: watches and gaps.
        owners: whose each name is (:func:`owners_of`).
        registered: whether there is a register of sources.

    Returns:
        The same, with sides, and parties that shut doors.
    """

    def side(watch: Watch) -> str | None:
        told = [owners[key] for key in (name_key(watch.reports_as), name_key(watch.who)) if key in owners]
        parties = [owner for owner in told if owner not in (WITHOUT_SIDE, UNTOLD)]
        found = next(iter(parties or told), watch.side or (UNTOLD if registered else WITHOUT_SIDE))
        if found == UNTOLD and watch.side is not None:
            found = watch.side
        return None if found == WITHOUT_SIDE else found

    def shut_by(gap: Gap) -> str | None:
        owner = owners.get(name_key(gap.by))
        return gap.party if owner in (None, WITHOUT_SIDE, UNTOLD) else owner

    watches = (dataclasses.replace(w, side=side(w)) for w in coverage.watches)
    gaps = (dataclasses.replace(g, party=shut_by(g)) for g in coverage.gaps)
    return Coverage(tuple(watches), tuple(gaps))


def where_reported(
    coverage: Coverage, batches: Callable[[], Iterable[pl.DataFrame]], agreement: Agreement, as_of: datetime | None
) -> Coverage:
    """The coverage with those watches whose source reports every so often only where it did.

    Args:
        coverage: watches and gaps.
        batches: the reports with all their columns; walked only where a watch says how often its source reports.
        agreement: its acts and its projection.
        as_of: leaves out reports that became known later.

    Returns:
        The same, with less time. A source's own words count, about an act that the watch detects and a place that it may have seen.
    """
    asked = [n for n, watch in enumerate(coverage.watches) if watch.reports_every is not None]
    if not asked:
        return coverage
    names = sorted({name_key(coverage.watches[n].reports_as) for n in asked})

    def reported(batch: pl.DataFrame) -> dict[int, list[tuple[int, int]]]:
        known = pl.lit(True) if as_of is None else pl.col("known_at") <= as_of
        own = (pl.col("directness") == OWN_WORDS) & (pl.col("stance") != "retracts") & known
        rows = batch.filter(own).with_columns(key=name_keys(pl.col("origin"))).filter(pl.col("key").is_in(names))
        said = {}
        for n in asked if rows.height else ():
            watch = coverage.watches[n]
            acts = sorted(possible_acts(watch, agreement))
            mine = rows.filter(
                (pl.col("key") == name_key(watch.reports_as)) & pl.col("act").is_in(acts).fill_null(True)
            )
            mine = mine.filter(_may_lie(mine, watch, agreement))
            said[n] = list(zip(*(mine[c].dt.epoch("us").to_list() for c in ("start", "end")), strict=True))
        return said

    spells: dict[int, list[tuple[int, int]]] = {n: [] for n in asked}
    for said in each(reported, batches()):
        for n, times in said.items():
            spells[n] += times
    watches = list(coverage.watches)
    for n in asked:
        watches[n] = only_reported(watches[n], spells[n], agreement.zone, as_of)
    return Coverage(tuple(watches), coverage.gaps)


def _may_lie(rows: pl.DataFrame, watch: Watch, agreement: Agreement) -> pl.Series:
    """Which reports may be about the place of a watch; those without a position are."""
    where, frame = watch.where, agreement.frame
    near = np.ones(rows.height, bool)
    placed = rows["lat"].is_not_null().to_numpy() & rows["lon"].is_not_null().to_numpy()
    if where is not None and frame is not None and placed.any():
        here = rows.filter(pl.Series(placed))
        x, y = frame.to_xy(here["lon"].to_numpy(), here["lat"].to_numpy())
        far = shapely.distance(frame.project(where), shapely.points(x, y))
        near[placed] = far <= here["precision_m"].fill_null(0.0).to_numpy()
    return pl.Series(near, dtype=pl.Boolean)


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
    return Comparisons.of(coverage.watches, Said.of(members, agreement)).checks(coverage.watches)


@dataclass(frozen=True)
class Comparisons:
    """What came of comparing watches with what others saw; ``counted``: by what makes them one how many acts its source reported, of how many."""

    said: Said
    counted: Mapping[_Instrument, tuple[int, int]]

    @staticmethod
    def of(watches: Sequence[Watch], said: Said, without: frozenset[str] = frozenset()) -> Comparisons:
        """Compares some watches with what others saw, as if some of these (names folded) had said nothing."""
        instruments: dict[_Instrument, list[Compared]] = {}
        for watch in watches:
            told = said.compared(watch, without)
            for instrument in _instruments(watch) if len(told.incidents) else ():
                instruments.setdefault(instrument, []).append(told)
        return Comparisons(said, {i: said.paired(told) for i, told in instruments.items()})

    def without(self, watches: Sequence[Watch], sources: frozenset[str]) -> Comparisons:
        """What would have come of the same watches, had some sources (names folded) said nothing."""
        lost = {i for watch in watches if self.said.bear_on(watch, sources) for i in _instruments(watch)}
        if not lost:
            return self
        some = [watch for watch in watches if not lost.isdisjoint(_instruments(watch))]
        again = Comparisons.of(some, self.said, sources).counted
        kept = {i: counted for i, counted in self.counted.items() if i not in lost}
        return Comparisons(self.said, kept | {i: counted for i, counted in again.items() if i in lost})

    def checks(self, watches: Sequence[Watch]) -> tuple[Check, ...]:
        """One check a watch, in their order."""
        checks = []
        for watch in watches:
            found = [self.counted[i] for i in _instruments(watch) if i in self.counted]
            used, seen, of = min(((upper_end(*counted), *counted) for counted in found), default=(1.0, 0, 0))
            checks.append(Check(watch, seen, of, min(watch.probability, used)))
        return tuple(checks)


def _instruments(watch: Watch) -> tuple[_Instrument, _Instrument]:
    """What makes several rows one watch: the same acts in the same place; and all that its source sees by the same means."""
    where = b"" if watch.where is None else shapely.to_wkb(watch.where)
    source = name_key(watch.reports_as), name_key(watch.means)
    return (*source, watch.detects, where), source


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
