"""Positions over time as tables: ``positions.csv``, ``zone.csv``, and offers as a register of forces, ``forces.csv``."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from servanda.statements import StatementAnalysis
from servanda.statements.offers import force_rows, offers
from servanda.statements.positions import Positions, Step
from servanda.values.time import day_start, iso

_POSITIONS = "term side day stance moved_from speakers origins documents statements words waits_for answer answered_by"
_ZONE = "term state for against waiting divided silent blocks"
_FORCES = (
    "force_id who status strength place_name purpose awaits_consent_of source origin via side start known_at summary"
)


def position_frames(analysis: StatementAnalysis, found: Positions) -> dict[str, pl.DataFrame]:
    """The tables of positions over time.

    Args:
        analysis: what some documents tell.
        found: its positions.

    Returns:
        Tables of texts by name: positions, zone and forces.
    """
    steps = [_step(step) for step in found.steps]
    zones = [
        (
            z.term,
            z.state,
            *("; ".join(z.sides(lean)) for lean in ("for", "against", "waits", "divided", "silent")),
            " | ".join(z.blocks),
        )
        for z in found.zones
    ]
    return {
        "positions": _table(_POSITIONS, steps),
        "zone": _table(_ZONE, zones),
        "forces": _forces(analysis),
    }


def _step(step: Step) -> tuple[str, ...]:
    return (
        step.term,
        step.side,
        step.day.isoformat() if step.day else "",
        step.stance,
        "; ".join(step.moved_from),
        "; ".join(step.speakers),
        str(step.origins),
        str(len({s.document for s in step.statements})),
        "; ".join(s.id for s in step.statements),
        step.statements[0].content,
        step.waits_for,
        step.answer or "",
        " | ".join(step.answered_by),
    )


def _forces(analysis: StatementAnalysis) -> pl.DataFrame:
    """Offers; a day is one of the agreement's zone, and without an agreement it stands as it was told."""
    found = offers(analysis)
    days = {o.day for o in found if o.day}
    zone = ZoneInfo(analysis.zone) if analysis.zone else None
    start = {day: day.isoformat() if zone is None else str(iso(day_start(day, zone), zone)) for day in days}
    rows = force_rows(found, start)
    return _table(_FORCES, [tuple(row.get(column, "") for column in _FORCES.split()) for row in rows])


def _table(columns: str, rows: list[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns.split(), pl.String), orient="row")
