"""Coverage by cell and spell."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

import shapely

from servanda.agreement import Agreement, Pattern
from servanda.coverage import Cells, Coverage, Watch
from servanda.values.time import Interval
from tests.reference_evaluator.looks import GEOD, Report
from tests.reference_evaluator.names import plain_name


def counts_for(watch: Watch, party: str | None, undone: bool, without: frozenset[str]) -> bool:
    """Whether a watch can show what a party did: it sees its acts, and is not its own, nor (for what was not done) anybody's."""
    if watch.sees is not None and party not in watch.sees:
        return False
    if watch.side is None:
        return True
    return not undone and party is not None and watch.side != party and watch.side not in without


def fail_together(one: Watch, other: Watch) -> bool:
    """Whether two watches have a cause in common."""
    causes = [{(plain_name(w.who), w.means)} if w.shares is None else set(w.shares) for w in (one, other)]
    return bool(causes[0] & causes[1])


class Seen:
    """Coverage by cell and spell, in loops."""

    def __init__(
        self,
        agreement: Agreement,
        pattern: Pattern,
        coverage: Coverage,
        window: Interval,
        party: str | None = None,
        *,
        undone: bool = False,
        without: frozenset[str] = frozenset(),
    ) -> None:
        place = agreement.places[pattern.place] if pattern.place else None
        self.asked = (agreement, pattern, coverage, window, party)
        self.undone = undone
        self.standard, self.tolerance = agreement.mandate.detection, agreement.mandate.tolerance
        self.cells = Cells.of(agreement.frame, place.outline() if place else None).cut(coverage.shapes)
        self.area = abs(GEOD.geometry_area_perimeter(place.outline())[0]) if place else None
        self.watches = [w for w in coverage.watches if counts_for(w, party, undone, without)]
        self.gaps, self.zone = coverage.gaps, agreement.zone
        self.covered = {
            id(thing): self.cells.covered(thing.where, gap=thing in coverage.gaps)
            for thing in (*coverage.watches, *coverage.gaps)
        }
        self.spells: list[tuple[datetime, datetime]] = []
        self.least: list[list[float]] = []
        self.made: dict[Any, list[float]] = {}
        if window.start is None or window.end is None or window.is_empty:
            return
        edges = {window.start, window.end}
        for thing in (*self.watches, *self.gaps):
            for spell in thing.times:
                edges |= {t for t in (spell.start, spell.end) if window.start < t < window.end}
        self.spells = list(pairwise(sorted(edges)))
        kinds = sorted(agreement.vocabulary.acts.leaves(pattern.act_codes))
        for since, _ in self.spells:
            by_kind = [self._row(kind, since) for kind in kinds]
            self.least.append([min(chances) for chances in zip(*by_kind, strict=True)])
        self.watched = [[round(p, 6) >= self.standard for p in row] for row in self.least]

    def _row(self, kind: str, at: datetime) -> list[float]:
        """With which probability an act of a kind would have been seen at an instant, in every cell."""
        looking = [w for w in self.watches if kind in w.detects and any(s.start <= at < s.end for s in w.times)]
        shut = [g for g in self.gaps if any(s.start <= at < s.end for s in g.times)]
        key = (tuple(map(id, looking)), tuple(map(id, shut)))
        if key not in self.made:
            sets = [
                chosen
                for n in range(len(looking) + 1)
                for chosen in combinations(looking, n)
                if not any(fail_together(a, b) for a, b in combinations(chosen, 2))
            ]
            self.made[key] = [self._one(looking, shut, sets, cell) for cell in range(len(self.cells.share))]
        return self.made[key]

    def _one(self, looking: list[Watch], shut: list[Any], sets: list[Any], cell: int) -> float:
        share, sliver, missed = self.cells.share[cell], 1e-6 / 900, {}
        for watch in looking:
            p = (
                watch.probability if (1 - self.covered[id(watch)][cell]) * share <= sliver else 0.0
            )  # all of the cell or none
            for gap in shut:
                if gap.watches is None or watch.id in gap.watches:
                    p *= 1 - gap.share * (self.covered[id(gap)][cell] * share > sliver)
            missed[watch.id] = 1 - p
        return 1 - min(math.prod(missed[w.id] for w in chosen) for chosen in sets)

    def least_watched(self, start: datetime | None = None, end: datetime | None = None) -> float:
        """The least probability in what was watched between two instants; 0 where nothing was."""
        chances = [
            p
            for (a, b), row in zip(self.spells, self.least, strict=True)
            if (start is None or b > start) and (end is None or a < end)
            for p in row
            if round(p, 6) >= self.standard
        ]
        return round(min(chances, default=0.0), 6)

    def enough(self, start: datetime | None = None, end: datetime | None = None) -> bool:
        """Whether all was watched (between two instants of the window), but for what the mandate tolerates."""
        if not self.spells:
            return False
        start, end = start or self.spells[0][0], end or self.spells[-1][1]
        if end <= start or start < self.spells[0][0] or end > self.spells[-1][1]:
            return False
        rows = [
            (max(a, start), min(b, end), row)
            for (a, b), row in zip(self.spells, self.watched, strict=True)
            if max(a, start) < min(b, end)
        ]
        if all(all(row) for _, _, row in rows):
            return True
        return self.tolerance is not None and self._tolerated(rows, start, end)

    def _tolerated(self, rows: list[Any], start: datetime, end: datetime) -> bool:
        share, cells = self.cells.share, range(len(self.cells.share))
        dark = [sum(share[c] for c in cells if not row[c]) for _, _, row in rows]
        seconds = [(b - a).total_seconds() for a, b, _ in rows]
        lost = sum(d * s for d, s in zip(dark, seconds, strict=True)) / sum(seconds)
        longest = timedelta()
        for c in cells:
            run = timedelta()
            for a, b, row in rows:
                run = timedelta() if row[c] else run + (b - a)
                longest = max(longest, run)
        large = self.area is None or round(max(dark) * self.area) > (self.tolerance.area or 0)
        if self.tolerance.area is not None and large:
            return False
        if self.tolerance.time is not None and longest > self.tolerance.time:
            return False
        return round(lost, 6) <= self.tolerance.share and self._by_hour(rows, dark, start, end)

    def _by_hour(self, rows: list[Any], dark: list[float], start: datetime, end: datetime) -> bool:
        """Whether no part is on no day watched throughout some hour of the local day, and no hour is too dark."""
        local = start.astimezone(self.zone)
        edge = start - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        days: dict[int, list[tuple[list[int], bool]]] = defaultdict(list)
        lost: dict[int, float] = defaultdict(float)
        whole: dict[int, float] = defaultdict(float)
        first = 0
        while edge < end:
            after = edge + timedelta(hours=1)
            hour = edge.astimezone(self.zone).hour
            here = []
            while rows[first][1] <= edge:
                first += 1
            for n in range(first, len(rows)):
                if rows[n][0] >= after:
                    break
                part = (min(rows[n][1], after) - max(rows[n][0], edge)).total_seconds()
                lost[hour] += part * dark[n]
                whole[hour] += part
                here.append(n)
            days[hour].append((here, edge >= start and after <= end))
            edge = after
        for hour, several in days.items():
            if round(lost[hour] / whole[hour], 6) > self.tolerance.share:
                return False
            uncut = [here for here, whole_hour in several if whole_hour]
            different = {tuple(here) for here in (uncut if len(uncut) > 1 else [here for here, _ in several])}
            if len(several) > 1 and any(
                all(any(not rows[n][2][c] for n in here) for here in different) for c in range(len(self.cells.share))
            ):
                return False
        return True

    def shut_by(self, party: str) -> bool:
        """Whether a party shut a door upon these acts while they could be done."""
        agreement, pattern, coverage, window, _ = self.asked
        leaves = agreement.vocabulary.acts.leaves(pattern.act_codes)
        for gap in coverage.gaps:
            bears = gap.watches is None or any(w.id in gap.watches and w.detects & leaves for w in coverage.watches)
            meets = any(not s.intersection(window).is_empty for s in gap.times)
            if gap.party == party and bears and meets and max(self.covered[id(gap)]) > 0:
                return True
        return False

    def least_around(self, report: Report) -> float:
        """The least coverage anywhere within a report's precision at any time it names."""
        frame = self.cells.frame
        if frame is not None and report["lat"] is None:
            return 0.0
        if frame is None:
            near = [0]
        else:
            x, y = frame.to_xy([report["lon"]], [report["lat"]])
            point = shapely.Point(x[0], y[0])
            near = [
                n
                for n, cell in enumerate(self.cells.metres)
                if shapely.distance(cell, point) <= max(report["precision_m"], 1.0)
            ]
        start, end = report["start"], max(report["end"], report["start"] + timedelta(microseconds=1))
        rows = [n for n, (since, to) in enumerate(self.spells) if since < end and start < to]
        return round(min((self.least[row][cell] for row in rows for cell in near), default=0.0), 6)
