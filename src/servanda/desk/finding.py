"""A finding in words: what is signed, and endorsed, says by itself what it is about. It stands in the decision, so that the record holds what was read.

What it says of the determination is made by :mod:`~servanda.desk.phrased`; here stands who endorses it, and for which text he did, and who dissents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servanda.desk import models
from servanda.desk.phrased import ENDORSED, NOT_YET, Words, body, core, endorsements, lapsed
from servanda.desk.steps import course, reports_of, standing_steps
from servanda.evidence.decisions import Decision
from servanda.record.log import digest_of
from servanda.values.names import shown
from servanda.wording import listing

STEPS = ("signed", "endorsed")
"""Steps that bear the finding in words."""


@dataclass(frozen=True)
class Lapse:
    """An endorsement that was given for an earlier text: the lines that it had, and those that stand there now; ``again``: its body has endorsed these."""

    decision: Decision
    again: bool
    was: tuple[str, ...]
    now: tuple[str, ...]


def finding(at: models.Head, row: models.Incident) -> str:
    """What is to be signed of an incident, in words.

    Args:
        at: the agreement's parties, terms and zone, and the route.
        row: the incident, which is determined.

    Returns:
        Lines without an end of line after the last; nothing where nothing is determined.
    """
    steps = standing_steps(at, row.pk)
    lines = body(at, row, reports_of(row.pk), steps)
    if not lines:
        return ""
    say = Words(at)
    return "\n".join(
        [*lines, *map(shown, (*_endorsed(at, row, steps, lapsed(steps, lines), say), *_dissent(steps, say)))]
    )


def lapses(at: models.Head, row: models.Incident) -> list[Lapse]:
    """The endorsements of what is determined that were given for an earlier text, each with what has changed.

    Args:
        at: as for :func:`finding`.
        row: the incident.

    Returns:
        Nothing where each was given for the text that would be signed.
    """
    if row.state != "determined":
        return []
    steps = standing_steps(at, row.pk)
    if not endorsements(steps):
        return []
    now = body(at, row, reports_of(row.pk), steps)
    gone = lapsed(steps, now)
    given = {d.says.get("of") for d in endorsements(steps) if d.id not in gone}
    out = []
    for d in endorsements(steps):
        was = core(str(d.says["finding"]))
        if d.id in gone:
            changed = tuple(x for x in was if x not in now), tuple(x for x in now if x not in was)
            out.append(Lapse(d, d.says.get("of") in given, *changed))
    return out


def finding_on(incident: str) -> str:
    """The finding on an incident as it stands; see :func:`finding`."""
    return finding(models.Head.objects.get(), models.Incident.objects.get(pk=incident))


def read_of(incident: str) -> str:
    """The SHA-256 of the finding on an incident as it stands: whoever signs it has read that one."""
    return digest(finding_on(incident))


def digest(text: str) -> str:
    """The SHA-256 of a finding, as it stands in a decision."""
    return digest_of(text.encode())


def _endorsed(
    at: models.Head, row: models.Incident, steps: Sequence[Decision], gone: frozenset[str], say: Words
) -> list[str]:
    """The bodies that have endorsed it, and those that endorsed an earlier text; of a route, who has not yet."""
    stands = course(at, row)
    given = {(str(d.says.get("of")), d.id in gone): d for d in steps if d.says["step"] == "endorsed"}
    out = [
        f"{ENDORSED} by {of} on {say.when(d.at)}: {say.plain(d.why)}"
        for of in stands.endorsed
        if (d := given.get((of, False))) is not None
    ]
    out += [
        f"{ENDORSED} for an earlier text of it by {of} on {say.when(d.at)}: this no longer counts"
        for of in stands.lapsed
        if of not in stands.endorsed and (d := given.get((of, True))) is not None
    ]
    asked = [e.body for e in stands.route if e.body not in stands.endorsed]
    out += [f"{NOT_YET} {listing(asked)}"] if asked else []
    return out or [f"{ENDORSED}: by no body, for none is asked"]


def _dissent(steps: Sequence[Decision], say: Words) -> list[str]:
    made = [d for d in steps if d.says["step"] == "dissent"]
    return [f"Dissent of {say.party(d.by)} on {say.when(d.at)}: {say.plain(d.why)}" for d in made] or ["Dissent: none"]
