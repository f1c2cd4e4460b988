"""When incidents may be shown: what must have become of one before a tier sees its reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from servanda.evidence.decisions import Deciders, Decision
from servanda.incidents.decisions import Life
from servanda.incidents.determinations import replies
from servanda.record.tiers import Tier


def opened(
    lives: Iterable[Life],
    counting: Sequence[Decision],
    deciders: Deciders,
    tier: Tier,
    now: datetime,
    entries: Mapping[str, int],
) -> dict[str, int]:
    """The incidents that a tier may see, each with the entry of the record before which its reports are open: of what comes later nobody knew.

    A report opens with the step for which the tier waits, if it was on the record by then and somebody has weighed it (assessed, or determined, after it came).
    What is merged into an incident opens as what came with the merge.

    Args:
        lives: the lives of all incidents that a decision speaks of.
        counting: the decisions that count.
        deciders: the names of the parties.
        tier: its ``release`` says what must have happened: *assessed*; *replied*: everybody who was given the right to reply has used it, or
            its time has passed; *signed*: agreed, with or without dissent; *disclosed*: by a decision for this tier, for the public, or for all.
            Whatever it asks, nothing is shown before it is assessed, and what is disclosed to it is shown.
        now: up to when a right to reply that nobody used has passed.
        entries: by the id of a decision, the entry in which it stands.

    Returns:
        By the id of an incident, as it was before any merge.
    """
    counts, joined = {d.id for d in counting}, _joined(counting, entries)
    into, out = defaultdict[str, set[str]](set), dict[str, int]()
    for name, (last, _) in joined.items():
        into[last].add(name)
    for life in lives:
        steps = [(d, entries[d.id]) for d in life.steps if d.id in counts]
        for name in (life.incident, *sorted(into[life.incident] - {life.incident})):
            came = joined.get(name, ("", -1))[1]
            own = [
                (d, entry)
                for d, entry in steps
                if d.incidents[0] == name or entry > max(came, joined.get(d.incidents[0], ("", -1))[1])
            ]
            if (upto := _upto(own, life, deciders, tier, now)) >= 0:
                out[name] = upto
    return out


def _joined(counting: Sequence[Decision], entries: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """By each incident that was merged into another, in which it lies now, and the entry of the merge that brought it there."""
    link = dict[str, tuple[str, int]]()
    for d in counting:
        if d.kind == "merge":
            link |= dict.fromkeys(d.incidents[1:], (d.incidents[0], entries[d.id]))
            link.pop(d.incidents[0], None)
        elif d.kind == "split":
            for name in d.incidents[1:]:
                link.pop(name, None)
    out = dict[str, tuple[str, int]]()
    for name in link:
        at, latest, seen = name, -1, {name}
        while at in link and link[at][0] not in seen:
            at, latest = link[at][0], max(latest, link[at][1])
            seen.add(at)
        out[name] = (at, latest)
    return out


def hearing(
    lives: Iterable[Life], counting: Iterable[Decision], deciders: Deciders, now: datetime
) -> dict[str, Decision]:
    """The incidents on which somebody who was asked may still answer.

    Args:
        lives: the lives of all incidents that a decision speaks of.
        counting: the decisions that count.
        deciders: the names of the parties.
        now: up to when a right to reply that nobody used has passed.

    Returns:
        By incident, the first of the rights to reply with which that began.
    """
    counts, out = {d.id for d in counting}, dict[str, Decision]()
    for life in lives:
        steps = [d for d in life.steps if d.id in counts]
        rights = [(n, d) for n, d in enumerate(steps) if d.says["step"] == "right_of_reply"]
        first = next((n for n, d in rights if not _answered(d, life, deciders, now)), None)
        if first is not None:  # whatever was determined since: a merge may have brought that
            before = [n for n, d in enumerate(steps[:first]) if d.says["step"] in ("determined", "reopened")]
            out[life.incident] = next(d for n, d in rights if n > max(before, default=-1))
    return out


def _upto(steps: Sequence[tuple[Decision, int]], life: Life, deciders: Deciders, tier: Tier, now: datetime) -> int:
    """Before which entry what an incident holds is open to a tier, by its steps with their entries; -1 where nothing is."""

    def last(wanted: Callable[[Decision], bool]) -> int:
        return max((entry for d, entry in steps if wanted(d)), default=-1)

    weighed = last(lambda d: d.says["step"] in ("assessed", "determined")) if life.assessed else -1
    if tier.release in ("", "assessed"):
        return weighed
    told = last(lambda d: _disclosed_to(d, tier))
    if tier.release == "signed":
        told = max(told, last(lambda d: d.says["step"] == "signed" and d.says.get("outcome") != "vetoed"))
    elif tier.release == "replied":
        rights = [d for d, _ in steps if d.says["step"] == "right_of_reply"]
        if all(_answered(d, life, deciders, now) for d in rights):
            told = max(told, last(lambda d: d.says["step"] == "right_of_reply"))
    return min(weighed, told)


def _disclosed_to(step: Decision, tier: Tier) -> bool:
    return step.says["step"] == "disclosed" and step.says.get("tier") in (None, "", tier.name, "public")


def _answered(right: Decision, life: Life, deciders: Deciders, now: datetime) -> bool:
    """Whether a right of reply was used, or its time has passed in silence."""
    until = right.says.get("until")
    return bool(replies(right, life.steps, deciders)) or (isinstance(until, datetime) and now >= until)
