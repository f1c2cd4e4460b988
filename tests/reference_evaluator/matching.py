"""Whether a report falls under what is looked for: time, act, target, weapon, force; and which reports are one incident."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from servanda.agreement import Agreement, Pattern
from servanda.values.gazetteer import gazetteer
from servanda.values.weapons import CLASSES
from tests.reference_evaluator.looks import Look, Report

LASTING = gazetteer("codes.yaml")["lasting"]
WORDS = {"act", "attack", "breach", "case", "ceasefire_violation", "event", "incident", "violation"}


def in_window(agreement: Agreement, look: Look, report: Report) -> float:
    """The share of a report's interval that lies in a window; an instant lies in it or not. Of what goes on: how surely any of it does."""
    start, end, window = report["start"], report["end"], look.window
    going_on = edges(agreement, report)
    if going_on is not None and look.begins:
        going_on, end = None, going_on[0]
    low = window.start or start - timedelta(days=2)
    high = window.end or end + timedelta(days=2)
    if going_on is not None:
        begun, over = going_on
        before = min(1.0, max(0.0, (high - start) / (begun - start))) if begun > start else float(start < high)
        after = min(1.0, max(0.0, (end - low) / (end - over))) if end > over else float(end > low)
        return min(before, after)
    if start == end:
        return 1.0 if low <= start < high else 0.0
    return max(0.0, (min(end, high) - max(start, low)) / (end - start))


def edges(agreement: Agreement, report: Report) -> tuple[datetime, datetime] | None:
    """Of what goes on: by when it had begun, and since when it may have ended; it is told of longer than a day, is no deed of one moment and no count of several."""
    start, end, day = report["start"], report["end"], timedelta(days=1)
    several = unit_of(agreement, report) is not None and report["quantity"] > 1
    if several or end - start <= timedelta(hours=25) or report["act"] not in agreement.vocabulary.acts.below(LASTING):
        return None
    vague = [at_an_edge(agreement, t) for t in (start, end)]
    return start + day * vague[0], end - day * vague[1]


def at_an_edge(agreement: Agreement, moment: datetime) -> bool:
    """Whether a day ends then, within a minute: the calendar's, that of UTC, or the mission's."""
    own = agreement.mandate.reporting_day
    for zone, ends in [(agreement.zone, time()), (UTC, time()), *([(own.zone, own.ends)] if own else [])]:
        local = moment.astimezone(zone).replace(tzinfo=None)
        edges = (datetime.combine(local.date() + timedelta(days=n), ends) for n in (0, 1))
        if any(abs(local - edge) <= timedelta(minutes=1) for edge in edges):
            return True
    return False


def unit_of(agreement: Agreement, r: Report) -> str | None:
    """In what a report counts acts; nothing where it counts none."""
    if r["quantity"] is None or r["stance"] in ("denies", "retracts"):
        return None
    words = agreement.vocabulary
    if r["unit"] is None:
        return None if r["act"] in words.acts.below(words.several_authors) else "act"
    return r["unit"] if r["unit"] in WORDS or r["unit"] in words.acts.codes else None


def level(agreement: Agreement, pattern: Pattern, report: Report) -> int:
    """2: surely the pattern's act, target, weapon and force; 1: possibly; 0: not."""
    if report["quantity"] == 0:
        return 0  # none of it is no act
    act = 2 if report["act"] in pattern.acts else 1 if report["act"] in pattern.acts_above else 0
    if pattern.targets is not None:
        if report["target"] is None:
            target = 1
        else:
            target = 2 if report["target"] in pattern.targets else 1 if report["target"] in pattern.targets_above else 0
        act = min(act, target)
    if pattern.weapon is not None:
        act = min(act, weapon_level(agreement, pattern.weapon, report["weapon"]))
    if pattern.force is not None:
        whose = [report[c] for c in ("nationality", "command", "payroll")]
        state, states = pattern.force.foreign_to, pattern.force.states
        hit = any(w is not None and (w != state if state else w in states) for w in whose)
        act = min(act, 2 if hit else 1 if None in whose else 0)
    return act


def weapon_level(agreement: Agreement, wanted: Any, name: str | None) -> int:
    """The same for a named weapon; which systems or classes a name means is the agreement's own data."""
    if name is None:
        return 1
    levels = {level_of(wanted, found) for found in agreement.vocabulary.weapons.named(name)}
    return min(levels) if len(levels) == 1 else 1


def level_of(wanted: Any, found: Any) -> int:
    """The same for one system, or one class of weapons."""
    above = {"weapon"}
    here: str | None = found.of
    while here is not None:
        above.add(here)
        here = CLASSES[here]
    best = 0
    for one in wanted.names:
        best = max(best, 2 if one in above else 1 if _lies_under(one, found.of) else 0)
    for bound, value in ((wanted.calibre, found.calibre_mm), (wanted.range, found.range_km)):
        if bound is not None:
            number = float(re.search(r"[\d.]+", str(bound))[0])  # type: ignore[index]
            holds = value is not None and {">=": value >= number, "<=": value <= number}[bound.sign]
            best = min(best, 1 if value is None else 2 if holds else 0)
    return best


def _lies_under(code: str, other: str) -> bool:
    here: str | None = code
    while here is not None:
        if here == other:
            return True
        here = CLASSES[here]
    return False


EVENT = ("start", "end", "lat", "lon", "place_name", "act", "target", "weapon", "actor")
EVENT += ("toward", "quantity", "nationality", "command", "payroll", "answers", "unit", "area")


def incident_of(report: Report) -> Any:
    """What groups reports into incidents: their id, or who says exactly what."""
    return report["incident_id"] or (report["origin"], *version_of(report))


def version_of(report: Report) -> Any:
    return (*(report[c] for c in EVENT), report["precision_m"])
