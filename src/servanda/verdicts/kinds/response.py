"""Responses: a deed within a time after each trigger."""

from __future__ import annotations

import polars as pl

from servanda.agreement.kinds import Response
from servanda.findings.matched import NO_PARTY
from servanda.verdicts.answering import Occasion
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.occasions import Calls, conclude_occasions, settled_triggers
from servanda.verdicts.occurrences import weightiest


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
    # what is addressed to nobody in particular, and calls on several, is missed by nobody in particular; another's act calls on all but him
    bound = [builder.case.actors.index(party) for party in builder.term.binds]
    whose = pl.when(pl.col("party") != NO_PARTY).then("party").otherwise("doer")
    doer = whose.is_in(bound).cast(pl.Int64) if kind.whose == "other" else 0
    several = (pl.lit(len(bound)) - doer > 1) & (pl.col("toward") == NO_PARTY)
    unaddressed = [] if kind.whose == "self" else triggers.filter(several)["key"].to_list()
    deed = kind.deed.at(builder.party)
    own = builder.party if kind.whose == "self" else None
    return conclude_occasions(
        builder,
        span,
        Calls(
            triggers,
            occasions,
            kind.to,
            deed,
            "answered",
            kind.answers,
            own,
            frozenset(unaddressed),
            times.owed(builder.term),
        ),
    )


def _triggers(builder: VerdictBuilder, kind: Response) -> pl.DataFrame:
    """What calls on the party: by whom it was done, and to whom it was addressed; of each incident what weighs most of that.

    What is somebody else's as well, or said to be, calls all the same; but for an act of one author, where it is confirmed whose it was.
    """
    case, of = builder.case, (builder.reading, builder.term.id, "trigger")
    if builder.party is None:
        return case.happened(*of)
    index = case.actors.index(builder.party)
    party, doer, confirmed = pl.col("party"), pl.col("doer"), pl.col("status") == "confirmed"
    own = (party == index) | ((party == NO_PARTY) & (doer == index))
    calls = pl.col("toward").is_in([index, NO_PARTY]) & ~own
    if kind.whose == "self":  # what is nobody's in particular may be this party's
        calls = own | (_unsettled & (doer == NO_PARTY))
    elif kind.whose == "other":  # where it may be said whose it was, or is not settled
        calls &= (party != NO_PARTY) | _unsettled
    told = case.occurrences.of(case.numbers(*of)).filter(pl.col("status").is_in(["confirmed", "open", "alleged"]))
    acts = case.agreement.vocabulary.acts
    if not kind.to.acts <= acts.below(case.agreement.vocabulary.several_authors):
        whose = told["key"].filter(told.select(confirmed & (party != NO_PARTY)).to_series())
        told = told.filter(confirmed | ~pl.col("key").is_in(whose.implode()))
    return weightiest(told.filter(calls).sort("start", "end", "incident", "party", "status"))


_unsettled = (pl.col("status") == "open") & (pl.col("party") == NO_PARTY)
