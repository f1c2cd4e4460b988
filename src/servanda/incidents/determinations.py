"""What a body determined of an incident, and whether it went through its steps, so that it may stand for the finding.

The steps: triaged as in scope, assessed, given to whoever is accused for his reply (which came, or whose time ran out), determined,
signed; each no later than the next. Whether it was the accused who had the right to reply shows only once there are findings
(:mod:`servanda.verdicts.bodies.determinable`). A determination that was reopened afterwards stands again once it is made and signed anew;
one that nobody reopened stands until another is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from servanda.evidence.decisions import Deciders, Decision
from servanda.values.names import all_names, name_key


class Said(Protocol):
    """A decision, as far as it matters to whom it speaks: when it was made, and its words."""

    @property
    def at(self) -> Any: ...
    @property
    def says(self) -> Any: ...


Right = TypeVar("Right", bound=Said)
_SIGNED = ("agreed", "agreed_with_dissent")
DUPLICATE = "duplicate"
NAMES_AUTHOR = ("party", "unit")


@dataclass(frozen=True, slots=True)
class Determination:
    """One incident as a body determined it.

    ``outcome``: as it was decided, or :data:`DUPLICATE` of another incident whose determination stands. ``attributed``: how far its
    attribution goes (none: it made none), and to whom (``of``). ``term``: the only term that it is about, where it names one.
    ``heard``: all names, as they are compared, of those who had been given time to reply. ``lacks``: why it is not the finding; nothing
    where it is.
    """

    incident: str
    outcome: str
    by: str
    at: datetime
    why: str
    attributed: str | None = None
    of: str | None = None
    term: str | None = None
    lacks: str = ""
    heard: frozenset[str] = frozenset()

    @property
    def stands(self) -> bool:
        """Whether it went through its steps and was not reopened."""
        return not self.lacks

    @property
    def words(self) -> str:
        """What was determined, by whom, and why."""
        outcome = f"a duplicate of {self.of}" if self.outcome == DUPLICATE else self.outcome.replace("_", " ")
        return f"{outcome} by {self.by} ({self.why})"


def determination_of(
    incident: str, steps: Sequence[Decision], counting: Callable[[Decision], bool], deciders: Deciders
) -> Determination | None:
    """The determination of one incident: the last that went through its steps; where none did, the last that was made.

    Args:
        incident: its id.
        steps: all steps that speak of it, in order of time.
        counting: whether a step is more than its author's position.
        deciders: the names of the parties.

    Returns:
        The determination, with what it lacks; ``None`` where there is none.
    """
    mine = [d for d in steps if counting(d)]
    at = [n for n, d in enumerate(mine) if _is(d, "determined")]
    made = [_made(incident, mine[n], mine[n:end], mine, steps, deciders) for n, end in pairwise([*at, len(mine)])]
    return next((one for one in reversed(made) if one.stands), made[-1] if made else None)


def _made(
    incident: str,
    step: Decision,
    until_next: Sequence[Decision],
    mine: Sequence[Decision],
    steps: Sequence[Decision],
    deciders: Deciders,
) -> Determination:
    """What one step determined; it can be signed until the next is made (``until_next``: the steps from it to there)."""
    signed = next((d for d in reversed(until_next) if _is(d, "signed")), None)
    until = signed.at if signed is not None else step.at
    attributed = next((d for d in reversed(mine) if _is(d, "attributed") and d.at <= until), None)
    return Determination(
        incident,
        str(step.says["outcome"]),
        step.by,
        step.at,
        step.why,
        str(attributed.says["outcome"]) if attributed else None,
        str(attributed.says["of"]) if attributed and attributed.says.get("of") else None,
        str(step.says["term"]) if step.says.get("term") else None,
        next(_lacking(step, signed, mine, steps, deciders), ""),
        frozenset(
            name
            for d in _rights(mine, step)
            if _gave_time(d)
            for name in _names_of(str(d.says["of"]), deciders.parties)
        ),
    )


def _rights(mine: Sequence[Decision], last: Decision) -> list[Decision]:
    """The rights of reply that were given before a determination."""
    return [d for d in mine if d.at <= last.at and _is(d, "right_of_reply")]


def _gave_time(right: Decision) -> bool:
    """Whether a right of reply ended after it was given."""
    return bool(right.says["until"] > right.at)


def _is(decision: Decision, step: str) -> bool:
    return str(decision.says["step"]) == step


def _lacking(
    last: Decision, signed: Decision | None, mine: Sequence[Decision], steps: Sequence[Decision], deciders: Deciders
) -> Iterator[str]:
    """Each step that is missing before a determination or after it, in words."""
    before = [d for d in mine if d.at <= last.at]
    triaged = next((d for d in reversed(before) if _is(d, "triaged")), None)
    if triaged is None or triaged.says.get("outcome") != "in_scope":
        yield "it had not been triaged as in scope"
    if not any(_is(d, "assessed") for d in before):
        yield "it had not been assessed"
    rights = _rights(mine, last)
    if not rights:
        yield "nobody had been given the right to reply"
    elif not any(_gave_time(d) for d in rights):
        yield f"the time for the reply of {rights[-1].says['of']} ended before it was given"
    for right in rights:
        if right.says["until"] > last.at and not replies(right, steps, deciders, by=last.at):
            yield f"the time for the reply of {right.says['of']} still ran"
    if signed is None:
        yield "it is unsigned"
    elif signed.says.get("outcome") not in _SIGNED:
        yield "it was vetoed"
    if any(
        _is(d, "reopened") and (d.at > last.at or signed is None or d.at >= signed.at) for d in mine if d.at >= last.at
    ):
        yield "it was reopened, and not determined and signed anew since"


def is_signed(step: Decision, steps: Sequence[Decision]) -> bool:
    """Whether a step was signed afterwards, and not vetoed; ``steps``: those of its incident that count, in order of time."""
    signed = next((d for d in reversed(steps) if _is(d, "signed") and d.at >= step.at), None)
    return signed is not None and signed.says.get("outcome") in _SIGNED


def replies(
    right: Decision, steps: Sequence[Decision], deciders: Deciders, *, by: datetime | None = None
) -> list[Decision]:
    """The replies of who was given the right to reply.

    Args:
        right: the step that gave it.
        steps: all steps of the incident.
        deciders: the names of the parties.
        by: only those that came by then.

    Returns:
        The replies, in the order of the steps.
    """
    names = _names_of(str(right.says["of"]), deciders.parties)
    rights = [d for d in steps if _is(d, "right_of_reply") and deciders.may(d) and name_key(str(d.says["of"])) in names]
    given = (d for d in steps if _is(d, "replied") and name_key(d.by) in names)
    return [d for d in given if right in meant(d, rights) and (by is None or d.at <= by)]


def meant(said: Said, rights: Iterable[Right]) -> list[Right]:
    """The rights of reply to which a party speaks.

    Args:
        said: what it says.
        rights: those that it was given, in incidents that may have become one since.

    Returns:
        Of those that it had by then, those under whose incident it speaks; where it was asked nothing under that one, all.
    """
    had = [right for right in rights if right.at <= said.at]
    return [right for right in had if right.says.get("incident") == said.says.get("incident")] or had


def _names_of(name: str, parties: Mapping[str, str]) -> set[str]:
    """All names of who bears one, as they are compared."""
    each = ({name_key(one) for one in all_names(short, full)} for short, full in parties.items())
    return next((names for names in each if name_key(name) in names), {name_key(name)})


def with_duplicates(
    found: Mapping[str, Determination], duplicates: Mapping[str, tuple[Decision, str]], signed: Collection[str]
) -> dict[str, Determination]:
    """The determinations, with those incidents that were triaged as duplicates of one whose determination stands.

    Args:
        found: by incident, what was determined of it.
        duplicates: by incident, the step that says so and the incident that it repeats.
        signed: the incidents whose step was signed after it; of the others the rule decides.

    Returns:
        Both, by incident.
    """
    out = dict(found)
    for incident, (step, original) in duplicates.items():
        stands = original in found and found[original].stands and original != incident
        if stands and not (incident in found and found[incident].stands):
            lacks = "" if incident in signed else "it is unsigned"
            out[incident] = Determination(incident, DUPLICATE, step.by, step.at, step.why, of=original, lacks=lacks)
    return out
