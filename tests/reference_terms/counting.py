"""How many acts the incidents of a prohibition had, in loops."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.reference_evaluator import Found, Look, Report
from tests.reference_evaluator.evidence import unit_of
from tests.reference_terms.plain import AGREE, Occurrence, Plain, _box, counted_once


def counted(plain: Plain, look: Look, of: list[Found], status: str) -> dict[str, tuple[float, float]]:
    """For each unit the least and the most that was counted in some incidents of one status; under ``excused_`` what of them is excused."""
    units: dict[str, list[tuple[Occurrence, Any, Any]]] = defaultdict(list)
    for found in of:
        told: dict[str, list[Report]] = defaultdict(list)
        for r in found.reports:
            if unit := unit_of(plain.agreement, r):
                told[unit].append(r)
        for unit, mine in told.items():
            best = max(plain.rank(found, look, r) for r in mine)
            if best == 0 and status in ("confirmed", "excused"):
                continue
            rows = [r for r in mine if plain.rank(found, look, r) == best]
            units[unit].append(_one(found, unit, [r for r in rows if not r["shows"]] or rows))
    out: dict[str, tuple[float, float]] = {}
    for unit, numbers in units.items():
        kept = _without_overlaps(numbers)
        parts = [o.found.part[1:] for o in kept if o.found.part and o.found.part[0] == unit and o.found.part[2]]
        if parts:
            out[f"excused_{unit}"] = sum(low for low, _ in parts) / 1000, sum(high for _, high in parts) / 1000
        least = sum(o.low for o in counted_once(kept, plain.unsure))
        most = sum(o.high * plain.unsure.several.get(o.key, 1) for o in kept)
        out[unit] = least / 1000, most / 1000
    return out


def _one(found: Found, unit: str, rows: list[Report]) -> tuple[Occurrence, Any, Any]:
    many = [round(r["quantity"] * 1000) for r in rows]
    of, less, more = found.part or ("", 0, 0)
    if of != unit:
        less, more = 0, 0
    same = {tuple(r[c].lower() if c == "origin" else r[c] for c in AGREE) for r in rows}
    where = [r for r in rows if r["lat"] is not None]
    occurrence = Occurrence(
        found,
        min(r["start"] for r in rows),
        max(r["end"] for r in rows),
        max(0, min(many) - more),
        max(0, max(many) - less),
        None,
        None,
        None,
        _box([(r["lat"], r["lon"]) for r in where]),
        max((r["precision_m"] or 0.0 for r in where), default=0.0),
        True,
        frozenset(r["origin"].lower() for r in rows),
    )
    known = [r["known_at"] for r in rows if r["known_at"] is not None]
    return occurrence, same.pop() if len(same) == 1 else None, max(known, default=None)


def _without_overlaps(rows: list[tuple[Occurrence, Any, Any]]) -> list[Occurrence]:
    """Of one source's numbers of one thing whose times overlap the longest, of equal ones what became known last."""

    def order(row: tuple[Occurrence, Any, Any]) -> Any:
        o, _, known = row
        return o.start - o.end, known is None, -known.timestamp() if known else 0, -o.high, -o.low, o.start

    kept: list[tuple[Occurrence, Any, Any]] = []
    for o, same, known in sorted(rows, key=order):
        before = [k for k, other, _ in kept if same is not None and other == same]
        if not any((k.start, k.end) == (o.start, o.end) or (k.start < o.end and o.start < k.end) for k in before):
            kept.append((o, same, known))
    return [o for o, _, _ in kept]
