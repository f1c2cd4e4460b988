"""Prohibitions: what must not be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from servanda.agreement.kinds import Prohibition
from servanda.findings.finding import STATUS
from servanda.verdicts.act_steps import (
    COUNTED,
    Acts,
    act_steps,
    enter,
    measure_coverage,
    open_words,
    sort_acts,
)
from servanda.verdicts.acts_counted import NOT_COUNTED, ActsCounted, acts_counted, measures
from servanda.verdicts.breaches import Breach, breaches_of
from servanda.verdicts.builder import VerdictBuilder, in_force_step, not_binding
from servanda.verdicts.chances.small import Inside, at_least_one_inside, inside
from servanda.verdicts.chances.sums import CERTAIN
from servanda.verdicts.compliance import obstacles
from servanda.verdicts.event_times import EventTimes, Span
from servanda.verdicts.hearsay_words import Carried, carried_of
from servanda.verdicts.listed import Listed
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Told:
    """What the verdict on a prohibition follows from: the acts; the chances that what is confirmed or open of them lies inside
    (``inside``); what was counted, by status. ``carried``: reports that count for less than they say, where that was looked up.
    """

    acts: Acts
    inside: Inside
    counted: Mapping[str, ActsCounted]
    carried: Carried | None = None

    @staticmethod
    def together(parts: Sequence[Told]) -> Told:
        """That of shares that have no incident in common; what was counted is that of the first."""
        carried = Carried.together([one.carried for one in parts if one.carried is not None])
        acts, chances = Acts.together([one.acts for one in parts]), Inside.together([one.inside for one in parts])
        return Told(acts, chances, parts[0].counted, carried)

    def changed(self, was: Told, now: Told) -> Told | None:
        """The same, where some of the incidents tell other things now (``now``, which knows all that is faint and was counted) than before
        (``was``); nothing where that does not follow.
        """
        acts, chances = self.acts.changed(was.acts, now.acts), self.inside.changed(was.inside, now.inside)
        return None if acts is None or chances is None else Told(acts, chances, now.counted)


def share_told(builder: VerdictBuilder, times: EventTimes) -> Told | None:
    """What the verdict follows from, as far as a share of the incidents tells it, but for what was counted; nothing where the term does not bind."""
    span, own = times.span(builder.term), replace(builder, steps=[])
    if not_binding(own, span, duty=False) is not None:
        return None
    told = _told(own, span, ())
    counted = (*told.acts.confirmed, *told.acts.excused, *told.acts.alleged)
    steps = told.acts.incidents | set(span.uses if builder.term.moves else ())
    return replace(told, carried=carried_of(own.case.hearsay, steps, counted))


def conclude(builder: VerdictBuilder, times: EventTimes, told: Told | None = None) -> VerdictBuilder:
    """Whether a party kept a prohibition; ``told``: what it follows from, where that was found already."""
    term = builder.term
    assert isinstance(term.kind, Prohibition)
    span = times.span(term)
    early = not_binding(builder, span, duty=False)
    if early is not None:
        return early
    in_force_step(builder, span)
    measure_coverage(builder, span, term.kind.what.at(builder.party))
    if told is None and term.moves:
        told = _told(builder, span)
    elif told is None:
        numbers = builder.case.numbers(builder.reading, term.id, "act", builder.party)
        what = "acts" if builder.telling else "untold"
        told = builder.case.alike.told(
            what, numbers, builder.party, lambda: _told_again(builder, span) or _told(builder, span)
        )
    acts, counted, builder.carried, builder.told = told.acts, told.counted["confirmed"], told.carried, told
    enter(builder, acts)
    if builder.telling:
        act_steps(builder, acts, counted)
        _measure(builder, told)
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if acts.confirmed:
        builder.breaches = _breaches(builder, acts.confirmed) if builder.guarded else ()
        return builder.finish(
            "breached",
            f"{plural(len(acts.confirmed), 'incident is', 'incidents are')} confirmed and not excused{_in_acts(counted)}",
        )
    if acts.open:
        return builder.finish("undetermined", open_words(acts) + _excused_words(acts))
    standing_in_the_way = obstacles(
        builder,
        acts.unanswered,
        span.widest,
        traced=acts.traced,
        never=acts.never - len(acts.traced),
        faint=acts.faint,
        answered=acts.answered,
    )
    if standing_in_the_way:
        return builder.finish("undetermined", "; ".join(standing_in_the_way) + _excused_words(acts))
    if acts.excused:
        return builder.finish(
            "excused",
            "all that is confirmed is excused"
            if "" in acts.excuses
            else "all that is confirmed falls under an exception whose every precondition is shown",
        )
    return builder.finish("complied", "no breach was found where and when one would have been seen")


def _told(builder: VerdictBuilder, span: Span, counting: Sequence[str] = COUNTED) -> Told:
    """What the verdict follows from; what was counted only of some statuses."""
    term = builder.term
    assert isinstance(term.kind, Prohibition)
    findings = builder.case.findings_of(builder.reading, term.id, "act", builder.party)
    if term.moves:
        findings = _within(builder, findings, span)
    measure_coverage(builder, span, term.kind.what.at(builder.party))
    acts = sort_acts(builder, findings, findings)
    if not builder.telling:
        return Told(acts, Inside(), dict.fromkeys(COUNTED, NOT_COUNTED))
    counted = {status: acts_counted(builder, status, getattr(acts, status)) for status in counting}
    return Told(acts, inside(findings), counted)


def _told_again(builder: VerdictBuilder, span: Span) -> Told | None:
    """What the verdict follows from, by what it followed from before, and the few incidents of which something else is found; where that follows."""
    since = builder.since
    before = since and since.told.get((builder.reading, builder.term.id, builder.party))
    if since is None or not isinstance(before, Told):
        return None
    was, now = (_told(replace(builder, case=case), span) for case in (since.was, since.now))
    return before.changed(was, now)


def _measure(builder: VerdictBuilder, told: Told) -> None:
    """How many acts were counted; and the chance that at least one incident of sources without a side lies inside, at both ends,
    unless one surely does.
    """
    builder.measure = measures(**{status: told.counted[status] for status in ("confirmed", "alleged", "excused")})
    ends = at_least_one_inside(told.inside.faint, told.acts.faint)
    if ends is not None and ends[0] < CERTAIN:
        builder.measure |= {
            "at_least_one_low": round(ends[0] / CERTAIN, 4),
            "at_least_one_high": round(ends[1] / CERTAIN, 4),
        }


def _in_acts(counted: ActsCounted) -> str:
    """How many acts that was, where they were counted."""
    return f" ({counted.words})" if counted.counted else ""


def _excused_words(acts: Acts) -> str:
    """How many incidents are excused, where that does not decide."""
    return f"; excused: {len(acts.excused)}" if acts.excused else ""


def _within(builder: VerdictBuilder, findings: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Findings by the time in which the term binds: what does not surely lie in it confirms nothing."""
    numbers = builder.case.numbers(builder.reading, builder.term.id, "act", builder.party)
    times = builder.case.occurrences.of(numbers).select("unit", "key", "party", "start", "end", "begun", "over")
    placed = findings.join(times, on=["unit", "key", "party"], how="left").filter(span.possibly())
    doubtful = ~span.surely().fill_null(False) & pl.col("status").is_in(["confirmed", "excused"])
    status = pl.when(doubtful).then(pl.lit("open", dtype=STATUS)).otherwise("status")
    return placed.with_columns(status=status, perhaps=doubtful)


def _breaches(builder: VerdictBuilder, incidents: Sequence[str]) -> tuple[Breach, ...]:
    """When, where and how certainly each breach came about, where a guarantee needs to know."""
    acts = builder.case.happened(builder.reading, builder.term.id, "act", builder.party)
    return breaches_of(acts.filter(Listed.of(incidents).holds()))
