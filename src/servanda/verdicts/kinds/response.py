"""Responses: a deed within a time after each trigger."""

from __future__ import annotations

import polars as pl

from servanda.agreement.kinds import Response
from servanda.findings.matched import NO_PARTY
from servanda.verdicts.answering import Occasion
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.occasions import Calls, conclude_occasions, settled_triggers


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party answered every trigger in time."""
    kind, zone = builder.term.kind, builder.case.agreement.zone
    assert isinstance(kind, Response)
    span = times.span(builder.term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    triggers = _triggers(builder, kind)
    occasions = [
        Occasion(incident, key, end, kind.within.after(start, zone), start, kind.within.after(end, zone), certainty)
        for incident, key, start, end, certainty in settled_triggers(triggers, span)
    ]
    # what is addressed to nobody in particular is missed by nobody in particular
    shared = kind.whose != "self" and len(builder.term.binds) > 1
    unaddressed = triggers.filter(pl.col("toward") == NO_PARTY)["key"].to_list() if shared else []
    deed = kind.deed.at(builder.party)
    whose = builder.party if kind.whose == "self" else None
    return conclude_occasions(
        builder,
        span,
        Calls(triggers, occasions, kind.to, deed, "answered", kind.answers, whose, frozenset(unaddressed)),
    )


def _triggers(builder: VerdictBuilder, kind: Response) -> pl.DataFrame:
    """What calls on the party: by whom it was done, and to whom it was addressed."""
    triggers = builder.case.happened(builder.reading, builder.term.id, "trigger")
    if builder.party is None:
        return triggers
    index = builder.case.actors.index(builder.party)
    own = (pl.col("party") == index) | ((pl.col("party") == NO_PARTY) & (pl.col("doer") == index))
    if kind.whose == "self":
        return triggers.filter(own)
    # another party's, where it may be said whose it was
    named = pl.lit(True) if kind.whose == "anyone" else (pl.col("party") != NO_PARTY)
    return triggers.filter(pl.col("toward").is_in([index, NO_PARTY]) & ~own & named)
