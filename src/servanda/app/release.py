"""When incidents may be shown: what must have become of one before a tier sees its reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from servanda.evidence.decisions import Deciders, Decision
from servanda.incidents.decisions import Life
from servanda.incidents.determinations import replies
from servanda.record.tiers import Tier


def released(
    lives: Iterable[Life], counting: Iterable[Decision], deciders: Deciders, tier: Tier, now: datetime
) -> set[str]:
    """The incidents that a tier may see.

    Args:
        lives: the lives of all incidents that a decision speaks of.
        counting: the decisions that count.
        deciders: the names of the parties.
        tier: its ``release`` says what must have happened: *assessed*; *replied*: everybody who was given the right to reply has used it, or
            its time has passed; *signed*: agreed, with or without dissent; *disclosed*: by a decision for this tier, for the public, or for all.
            Whatever it asks, nothing is shown before it is assessed, and what is disclosed to it is shown.
        now: up to when a right to reply that nobody used has passed.

    Returns:
        Their ids.
    """
    counts = {d.id for d in counting}
    return {life.incident for life in lives if life.assessed and _meets(life, counts, deciders, tier, now)}


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
        before = max((n for n, d in enumerate(steps) if d.says["step"] in ("determined", "reopened")), default=-1)
        rights = [d for d in steps[before + 1 :] if d.says["step"] == "right_of_reply"]
        if not all(_answered(d, life, deciders, now) for d in rights):
            out[life.incident] = rights[0]
    return out


def _meets(life: Life, counts: set[str], deciders: Deciders, tier: Tier, now: datetime) -> bool:
    steps = [d for d in life.steps if d.id in counts]
    if tier.release in ("", "assessed") or any(_disclosed_to(d, tier) for d in steps):
        return True
    if tier.release == "signed":
        return any(d.says["step"] == "signed" and d.says.get("outcome") != "vetoed" for d in steps)
    if tier.release == "replied":
        rights = [d for d in steps if d.says["step"] == "right_of_reply"]
        return bool(rights) and all(_answered(d, life, deciders, now) for d in rights)
    return False


def _disclosed_to(step: Decision, tier: Tier) -> bool:
    return step.says["step"] == "disclosed" and step.says.get("tier") in (None, "", tier.name, "public")


def _answered(right: Decision, life: Life, deciders: Deciders, now: datetime) -> bool:
    """Whether a right of reply was used, or its time has passed in silence."""
    until = right.says.get("until")
    return bool(replies(right, life.steps, deciders)) or (isinstance(until, datetime) and now >= until)
