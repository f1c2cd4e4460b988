"""What was watched and what was not, in words; and the doors that somebody shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from servanda.agreement import Agreement
from servanda.coverage import UNTOLD, Gap, Measured
from servanda.values.time import Interval, iso
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.watches import Check
from servanda.wording import listing, percent, plural

_NAMED = 3  # doors of one party that are named; of more, the number


@dataclass(frozen=True, slots=True)
class Door:
    """Places that one party shut while a term's acts could be done there: from the first time to the last."""

    party: str
    places: tuple[str, ...]
    start: datetime
    end: datetime


def doors(case: CaseFile, coverage: Measured) -> list[Door]:
    """The doors that parties shut upon what was to be watched.

    Args:
        case: its coverage has the gaps.
        coverage: which acts are to be seen, where and when.

    Returns:
        One for each party that shut any, in the order of the parties.
    """
    shut: dict[str, list[tuple[Gap, Interval]]] = {}
    for gap in case.coverage.gaps:
        if gap.party is None or not _bears(case, gap, coverage):
            continue
        parts = [part for spell in gap.times if not (part := spell.intersection(coverage.window)).is_empty]
        if parts and coverage.cells.covered(gap.where, gap=True).any():
            shut.setdefault(gap.party, []).extend((gap, part) for part in parts)
    out = []
    for party in case.agreement.parties:
        if party in shut:
            places = tuple(dict.fromkeys(gap.place for gap, _ in shut[party] if gap.place))
            starts = [part.start for _, part in shut[party] if part.start]
            ends = [part.end for _, part in shut[party] if part.end]
            out.append(Door(party, places, min(starts), max(ends)))
    return out


def _bears(case: CaseFile, gap: Gap, coverage: Measured) -> bool:
    """Whether a gap takes away what could see such acts."""
    if gap.watches is None:
        return True
    leaves = frozenset(coverage.leaves)
    return any(watch.id in gap.watches and watch.detects & leaves for watch in case.coverage.watches)


def bearing_checks(case: CaseFile, coverage: Measured) -> list[Check]:
    """The checks of the watches that count for a coverage, where others saw anything by which to check them."""
    leaves = frozenset(coverage.leaves)
    return [
        check
        for check in case.checks
        if check.of
        and check.watch.detects & leaves
        and check.watch.counts_for(coverage.party, undone=coverage.undone)
        and coverage.cells.covered(check.watch.where).any()
    ]


def door_words(case: CaseFile, door: Door) -> str:
    """Which door a party shut, and what follows, in words."""
    name, zone = case.agreement.actors[door.party], case.agreement.zone
    places = listing([place.replace("_", " ") for place in door.places[:_NAMED]])
    more = f" and {len(door.places) - _NAMED} more" if len(door.places) > _NAMED else ""
    where = f": {places}{more}" if places else ""
    return (
        f"{name} shut out those who watch{where}, between {iso(door.start, zone)} and {iso(door.end, zone)}. "
        f"Behind a door that it shut itself {name} is never complied; for others that part is a hole like any other"
    )


def unheard(case: CaseFile, coverage: Measured) -> list[str]:
    """What takes away from watches that would see such acts: nobody says whose they are, or their source did not report.

    Args:
        case: its coverage has the watches.
        coverage: which acts are to be seen, where and when.

    Returns:
        Sentences.
    """
    leaves = frozenset(coverage.leaves)
    bearing = [
        w for w in case.coverage.watches if w.detects & leaves and coverage.cells.covered(w.where, gap=True).any()
    ]
    out = []
    untold = [w.id for w in bearing if w.side == UNTOLD]
    if untold:
        out.append(
            f"The register of sources does not say whose watch this is: {listing(untold)}. It counts for nobody; the register, or 'side: none' in the coverage file, can say that it is without a side."
        )
    out += [
        f"{w.id} reports every {w.reports_every}: of {plural(w.periods, 'period')} nothing came of {w.silent}, not even that nothing was seen; they were not watched."
        for w in bearing
        if w.silent
    ]
    return out


def coverage_words(case: CaseFile, coverage: Measured, *, nothing_seen: bool) -> str:
    """How well acts would have been seen, in words.

    Args:
        case: its mandate says what is asked for.
        coverage: what was measured.
        nothing_seen: whether nothing was found.

    Returns:
        One paragraph.
    """
    standard = case.agreement.mandate.detection
    if coverage.window.end is None:
        return (
            "The term has no end, so that coverage cannot fill its window; give an as-of to say up to when it is asked."
        )
    if coverage.probability == 0:
        kind = f" for {_kinds(case, coverage)}" if coverage.kind else ""
        return (
            f"Nobody whose watch counts here was looking{kind} where and when this could be seen: silence says nothing."
        )
    if not coverage.watched.any():
        return (
            f"Nothing was watched to the standard: at no place and time would an act of this kind have been seen with a declared probability of {standard:g} "
            f"that the mandate asks for (on average {coverage.probability:.2g}). Silence says nothing."
        )
    words = (
        f"{percent(coverage.watched_share)} of place and time was watched: there an act of this kind would have been seen with a declared probability of at "
        f"least {1 - (coverage.most_missed or 0):.3g}; the mandate asks for {standard:g}."
    )
    words += case.bearing(coverage, _side_words)
    if nothing_seen:
        words += f" Nothing was found there; the chance that one act there went unseen is at most {coverage.most_missed:.2g}."
    return words + hole_words(case.agreement, coverage)


def _kinds(case: CaseFile, coverage: Measured) -> str:
    """What was to be seen: the one kind, or the code above all kinds, with the one that was seen least."""
    least, leaves = coverage.kind.replace("_", " "), frozenset(coverage.leaves)
    if len(leaves) < 2:
        return least
    above = case.bearing(coverage, _above)
    every = above.replace("_", " ") if above else "such act"
    return f"every kind of {every} (for example {least})"


def _above(case: CaseFile, coverage: Measured) -> str | None:
    """The code above all kinds that were to be seen."""
    return case.agreement.vocabulary.acts.over(frozenset(coverage.leaves))


def _side_words(case: CaseFile, coverage: Measured) -> str:
    """On whose watches it rests too, where these belong to a side."""
    leaves = frozenset(coverage.leaves)
    sides = {
        watch.side
        for watch in case.coverage.watches
        if watch.side in case.agreement.actors
        and watch.detects & leaves
        and watch.counts_for(coverage.party, undone=coverage.undone)
        and coverage.cells.covered(watch.where).any()
    }
    if not sides:
        return ""
    names = listing([case.agreement.actors[side] for side in case.agreement.actors if side in sides])
    return f" Among those who watched is {names} itself."


def hole_words(agreement: Agreement, coverage: Measured) -> str:
    """What was not watched, in words; nothing where all was."""
    holes = coverage.holes
    if holes is None:
        return ""
    area = "" if holes.area is None else f"at most {square_kilometres(holes.area)} at once, "
    again = ""
    if holes.hours:
        again = f", and some part every day at some time {hours_words(holes.hours)} ({agreement.zone.key})"
        again = ", and some part every day at every hour" if len(holes.hours) == 24 else again
    tolerance = agreement.mandate.tolerance
    if tolerance and not holes.hours and holes.share <= tolerance.share < holes.worst_hour:
        again = f", and {percent(holes.worst_hour)} in some hour of the local day, of each of which the mandate tolerates {percent(tolerance.share)}"
    allowed = "; nothing is said of that part"
    if coverage.enough(agreement.mandate.tolerance):
        allowed = "; the mandate tolerates that"
    return f" {percent(holes.share)} was not watched: {area}for up to {span_words(holes.time)}{again}{allowed}."


def square_kilometres(metres: float) -> str:
    """An area in words."""
    return f"{metres / 1e6:,.0f} km²" if metres >= 1e7 else f"{metres / 1e6:.2g} km²"


def span_words(time: timedelta) -> str:
    """A length of time in words."""
    hours = time.total_seconds() / 3600
    if hours >= 48:
        return plural(round(hours / 24), "day")
    return plural(round(hours), "hour") if hours >= 2 else plural(max(1, round(hours * 60)), "minute")


def hours_words(hours: tuple[int, ...]) -> str:
    """Hours of the day in words; those that follow one another as one stretch."""
    stretches: list[list[int]] = []
    for hour in hours:
        if stretches and stretches[-1][1] == hour:
            stretches[-1][1] = hour + 1
        else:
            stretches.append([hour, hour + 1])
    return listing([f"from {start:02d}:00 to {end:02d}:00" for start, end in stretches])
