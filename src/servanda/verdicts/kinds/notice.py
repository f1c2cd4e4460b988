"""Notices: an announcement so long before each activity."""

from __future__ import annotations

from servanda.agreement.kinds import Notice
from servanda.values.time import Duration
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.occasions import Calls, Occasion, conclude_occasions, settled_triggers


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party announced every activity in time."""
    kind, zone = builder.term.kind, builder.case.agreement.zone
    assert isinstance(kind, Notice)
    span = times.span(builder.term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    lead = Duration(-kind.before.amount, kind.before.unit)
    activities = builder.case.happened(builder.reading, builder.term.id, "trigger", builder.party)
    occasions = [
        Occasion(incident, key, None, lead.after(start, zone), None, lead.after(end, zone), certainty)
        for incident, key, start, end, certainty in settled_triggers(activities, span)
    ]
    activity, deed = kind.of.at(builder.party), kind.deed.at(builder.party)
    return conclude_occasions(builder, span, Calls(activities, occasions, activity, deed, "announced", builder.party))
