"""From findings and coverage to one verdict with its numbered steps, and from the readings' verdicts to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from servanda.agreement import Agreement
from servanda.coverage import Measured, unseen_at_most
from servanda.values.time import Interval, iso
from servanda.verdicts.model import Step, Verdict, VerdictWord
from servanda.verdicts.units import Unit


@dataclass(frozen=True)
class Case:
    """All that bears on one unit and party. Tuples hold ids of incidents, in order."""

    unit: Unit
    party: str | None
    window: Interval
    as_of: datetime | None
    seen: Measured
    confirmed: tuple[str, ...]
    excused: tuple[str, ...]
    excuses: Mapping[str, str]
    alleged: tuple[str, ...]
    unanswered: tuple[str, ...]
    below: tuple[str, ...]
    open: tuple[str, ...]
    reports: int
    origins: int


def decide(case: Case, standard: float) -> tuple[VerdictWord, str]:
    """The verdict and the reason in a few words. The order of the questions is the order of ``docs/verdicts.md``."""
    window = case.unit.window
    if window.is_empty or (case.as_of is not None and window.start is not None and case.as_of < window.start):
        return "not_in_force", "the term does not bind in this window"
    if case.confirmed:
        return "breached", f"{_n(len(case.confirmed), 'incident is', 'incidents are')} confirmed and not excused"
    if case.excused:
        return "excused", "all that is confirmed falls under an exception whose every precondition is shown"
    if case.open:
        return (
            "undetermined",
            f"{_n(len(case.open), 'incident is', 'incidents are')} open: told by a source without a side, but not settled what, whose or where",
        )
    if case.seen.probability >= standard:
        if not case.unanswered:
            return "complied", "no breach was found where and when one would have been seen"
        return (
            "undetermined",
            f"{_n(len(case.unanswered), 'allegation speaks', 'allegations speak')} of a place and time not watched to the standard",
        )
    if case.alleged:
        return "undetermined", "there are only claims, and not enough was seen to answer them"
    return "undetermined", "not enough was seen"


def conclude(agreement: Agreement, case: Case) -> Verdict:
    """One verdict with its steps as data."""
    mandate, unit = agreement.mandate, case.unit
    verdict, reason = decide(case, mandate.detection)
    who = agreement.parties[case.party] if case.party else "whoever did it"
    steps: list[Step] = []

    def step(rule: str, text: str, uses: Sequence[str] = ()) -> None:
        steps.append(Step(len(steps) + 1, rule, text, tuple(uses)))

    zone = agreement.zone
    span = (
        f"from {iso(unit.window.start, zone) or 'no stated start'} to {iso(unit.window.end, zone) or 'no stated end'}"
    )
    reading = f" in the reading {unit.reading}" if unit.reading else ""
    binding = f"binds {who}" if case.party else "binds its parties; the mandate names no author"
    if verdict == "not_in_force":
        step("in_force", f"The term {binding}{reading} {span}: not in this window.")
        step("verdict", f"not_in_force: {reason}.")
        return _verdict(case, verdict, steps, mandate.detection, counts=False)
    step("in_force", f"The term {binding}{reading} {span}.")
    against = f" by {who}" if case.party else ""
    if case.confirmed:
        step(
            "confirmed",
            f"{_n(len(case.confirmed), 'incident is', 'incidents are')} confirmed as such an act{against}, to the standard {mandate.standard}.",
            case.confirmed,
        )
    else:
        step("confirmed", f"No incident is confirmed as such an act{against} (standard: {mandate.standard}).")
    if case.excused:
        names = ", ".join(sorted({case.excuses[i] for i in case.excused if i in case.excuses}))
        step(
            "excused",
            f"{_n(len(case.excused), 'incident falls', 'incidents fall')} under an exception ({names}), every precondition shown.",
            case.excused,
        )
    if case.alleged:
        step(
            "alleged",
            f"{_n(len(case.alleged), 'incident is', 'incidents are')} alleged{' against ' + who if case.party else ''}, by {_n(case.origins, 'origin', 'origins')} in {_n(case.reports, 'report', 'reports')}, and not confirmed.",
            case.alleged,
        )
    if case.below:
        step(
            "below",
            f"{_n(len(case.below), 'more incident', 'more incidents')} may fall under the term, but with a probability below the standard (time or place too uncertain, or outside the window).",
            case.below,
        )
    if case.open:
        step(
            "open",
            f"{_n(len(case.open), 'incident is', 'incidents are')} open: a source without a side speaks of it, but it is not settled that it was this act, whose it was, or that it lies inside the place and window.",
            case.open,
        )
    step("coverage", _coverage_words(case, mandate.detection, agreement))
    if case.alleged and case.seen.probability >= mandate.detection:
        step(
            "answered",
            f"{len(case.alleged) - len(case.unanswered)} of {_n(len(case.alleged), 'allegation', 'allegations')} speak of a place and time that was watched to the standard, and nothing was seen there.",
            case.unanswered,
        )
    step("verdict", f"{verdict}: {reason}.")
    return _verdict(case, verdict, steps, mandate.detection, counts=True)


def _coverage_words(case: Case, standard: float, agreement: Agreement) -> str:
    p = case.seen.probability
    if case.window.end is None:
        return (
            "The term has no end, so that coverage cannot fill its window; give an as-of to say up to when it is asked."
        )
    if p == 0:
        return f"Nobody was looking where and when this could be seen: probability 0, the mandate asks for {standard:g}. Silence says nothing."
    least = case.seen.least
    words = f"An act of this kind ({case.seen.kind}, the least covered) would have been seen with probability {p:g}; the mandate asks for {standard:g}."
    if least is not None:
        words += (
            f" Least covered: {least[3]:g}, from {iso(least[0], agreement.zone)} to {iso(least[1], agreement.zone)}."
        )
    upper = unseen_at_most(p)
    if upper is not None and not (case.confirmed or case.excused or case.open):
        words += f" With nothing seen, up to {upper:.1f} acts may still have gone unseen (95 %)."
    return words


def _verdict(case: Case, verdict: VerdictWord, steps: Sequence[Step], standard: float, *, counts: bool) -> Verdict:
    incidents = sorted({*case.confirmed, *case.excused, *case.alleged}) if counts else []
    return Verdict(
        term=case.unit.term.id,
        party=case.party,
        reading=case.unit.reading,
        verdict=verdict,
        window=case.window if counts else case.unit.window,
        confirmed=len(case.confirmed) if counts else 0,
        alleged=len(case.alleged) if counts else 0,
        excused=len(case.excused) if counts else 0,
        reports=case.reports if counts else 0,
        origins=case.origins if counts else 0,
        coverage=case.seen.probability if counts else None,
        standard=standard,
        incidents=tuple(incidents),
        steps=tuple(steps),
    )


Count = Callable[[Iterable[str]], tuple[int, int]]


def combine(agreement: Agreement, verdicts: Sequence[Verdict], count: Count) -> tuple[Verdict, ...]:
    """Rows in the order of terms, parties and readings; with readings, a combined row after each party's own.

    The combined verdict is the readings' own where they agree, and ``disputed`` where they do not.
    ``count`` gives the reports and the independent origins of some incidents.
    """
    order = {term: n for n, term in enumerate(agreement.term_ids)}
    readings = [text.reading for text in agreement.texts]
    parties = [None, *agreement.parties]
    rows = sorted(
        verdicts, key=lambda v: (order[v.term], parties.index(v.party), readings.index(v.reading), str(v.window.start))
    )
    if readings == [None]:
        return tuple(rows)
    out: list[Verdict] = []
    for term in agreement.term_ids:
        for party in parties:
            mine = [v for v in rows if v.term == term and v.party == party]
            if mine:
                silent = [r for r in readings if r not in {v.reading for v in mine}]
                mine += [_not_bound(agreement, mine[0], str(reading)) for reading in silent]
                mine.sort(key=lambda v: (readings.index(v.reading), str(v.window.start)))
            out.extend(mine)
            if mine and len({(v.reading) for v in mine}) == len(mine):
                out.append(_combined(mine, count))
    return tuple(out)


def _not_bound(agreement: Agreement, other: Verdict, reading: str) -> Verdict:
    """The row of a reading in which the term does not bind a party whom it binds in another."""
    who = agreement.parties[other.party] if other.party else "anybody"
    steps = (
        Step(1, "in_force", f"In the reading {reading} the term does not bind {who}."),
        Step(2, "verdict", "not_in_force: the term does not bind in this reading."),
    )
    nothing = Interval(None, None)
    return Verdict(
        other.term, other.party, reading, "not_in_force", nothing, 0, 0, 0, 0, 0, None, other.standard, (), steps
    )  # fmt: skip


def _combined(rows: Sequence[Verdict], count: Count) -> Verdict:
    words = {v.verdict for v in rows}
    verdict: VerdictWord = rows[0].verdict if len(words) == 1 else "disputed"
    binding = [v for v in rows if v.verdict != "not_in_force" or v.window.start is not None] or list(rows)
    starts = [v.window.start for v in binding]
    ends = [v.window.end for v in binding]
    window = Interval(
        None if None in starts else min(s for s in starts if s), None if None in ends else max(e for e in ends if e)
    )
    seen = [v.coverage for v in rows if v.coverage is not None]

    def together(rule: str) -> tuple[str, ...]:
        return tuple(sorted({i for v in rows for s in v.steps if s.rule == rule for i in s.uses}))

    steps = [
        Step(
            n,
            "reading",
            f"In the reading {v.reading}: {v.verdict} ({v.confirmed} confirmed, {v.alleged} alleged, {v.excused} excused).",
            v.incidents,
        )
        for n, v in enumerate(rows, 1)
    ]
    only = _parting(rows)
    if only:
        steps.append(Step(len(steps) + 1, "parting", only[0], only[1]))
    agree = "the readings agree" if len(words) == 1 else "the parties' readings give different verdicts"
    steps.append(Step(len(steps) + 1, "verdict", f"{verdict}: {agree}."))
    incidents = sorted({i for v in rows for i in v.incidents})
    reports, origins = count(incidents)
    return Verdict(
        rows[0].term, rows[0].party, None, verdict, window, len(together("confirmed")), len(together("alleged")),
        len(together("excused")), reports, origins, min(seen) if seen else None, rows[0].standard,
        tuple(incidents), tuple(steps),
    )  # fmt: skip


def _parting(rows: Sequence[Verdict]) -> tuple[str, tuple[str, ...]] | None:
    """The incidents that count in some readings only."""
    common = set.intersection(*(set(v.incidents) for v in rows))
    apart = sorted({i for v in rows for i in v.incidents} - common)
    if not apart:
        return None
    return f"{_n(len(apart), 'incident counts', 'incidents count')} in some readings and not in others.", tuple(apart)


def _n(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
