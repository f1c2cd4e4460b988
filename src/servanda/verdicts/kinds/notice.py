"""Notices: an announcement of each activity, about its place, so long before it and no longer."""

from __future__ import annotations

import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.kinds import Notice
from servanda.values.geo.meridian import cut
from servanda.values.time import Duration
from servanda.verdicts.answering import Occasion, Where
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.occasions import Calls, conclude_occasions, settled_triggers


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party announced every activity in time."""
    kind, zone = builder.term.kind, builder.case.agreement.zone
    assert isinstance(kind, Notice)
    span = times.span(builder.term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    lead = Duration(-kind.before.amount, kind.before.unit)
    most = None if kind.at_most is None else Duration(-kind.at_most.amount, kind.at_most.unit)
    activities = builder.case.happened(builder.reading, builder.term.id, "trigger", builder.party)
    activity, deed = kind.of.at(builder.party), kind.deed.at(builder.party)
    places = _places(builder, activities, activity)
    occasions = [
        Occasion(
            incident,
            key,
            None if most is None else most.after(end, zone),
            lead.after(start, zone),
            None if most is None else most.after(start, zone),
            lead.after(end, zone),
            certainty,
            places.get(incident),
        )
        for incident, key, start, end, certainty in settled_triggers(activities, span)
    ]
    calls = Calls(activities, occasions, activity, deed, "announced", kind.answers, builder.party)
    return conclude_occasions(builder, span, calls)


def _places(builder: VerdictBuilder, activities: pl.DataFrame, activity: Pattern) -> dict[str, Where]:
    """Where each activity was that has a place: what a notice must be about."""
    places = builder.case.agreement.places
    named = None if activity.place is None else cut(places[activity.place].outline())
    placed = activities.filter(pl.col("south").is_not_null())
    columns = [placed[c].to_list() for c in ("incident", "south", "west", "north", "east", "radius")]
    return {
        incident: Where((south, west, north, east), radius or 0.0, named)
        for incident, south, west, north, east, radius in zip(*columns, strict=True)
    }
