"""Who may take which step in the life of an incident now: one table, for the desk and the command line.

:func:`allowed` and :func:`refusals` ask four things of every step: does it follow from where the incident stands (``FOLLOWS``), is it the
office of who asks (``MAY``), was the other half of it done by somebody else (``FOUR_EYES``), and has its time come (``determined``
after every reply that was asked for came or ran out). They are pure: the instant is given. Files from elsewhere may hold steps that no guard would
have let through; reading tells of those and keeps them (``decisions.lives``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from servanda.evidence.decisions import STEPS, Decision
from servanda.incidents.decisions import NEEDS
from servanda.incidents.determinations import meant
from servanda.values.names import name_key
from servanda.wording import either, utc_minute

ROLES: Mapping[str, str] = {
    "patrol": "Patrol or civilian observer",
    "duty": "Duty officer",
    "operations": "Operations officer",
    "verification": "Verification officer",
    "legal": "Legal and liaison officer",
    "chief": "Chief of mission",
    "auditor": "Auditor",
    "administrator": "Administrator",
}
"""The offices of a mission, each with its name for people."""

PARTY = "party"
"""The office of a party's own liaison officer, for steps in its name: written ``party:A`` in the register."""
GUARANTOR = "guarantor"
"""The office of a guarantor's representative, who reads the package of its tier and comments: written ``guarantor:G`` in the register."""
FORMER = "former"
"""The office of somebody who has left: it opens nothing, and his name stays beside what he decided."""
OUTSIDE = frozenset({PARTY, GUARANTOR})
"""Offices of those who are not the mission's own people."""

FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "received": ("triaged",),
    "in_scope": ("triaged", "tasked", "assessed", "closed"),
    "set_aside": ("triaged", "closed"),
    "tasked": ("tasked", "assessed", "closed"),
    "assessed": ("assessed", "tasked", "right_of_reply", "determined"),
    "right_of_reply": ("right_of_reply", "replied", "determined"),
    "determined": ("determined", "attributed", "endorsed", "signed", "dissent"),
    "signed": ("disclosed", "followed_up", "dissent", "reopened"),
    "vetoed": ("reopened", "dissent", "disclosed"),
    "disclosed": ("disclosed", "followed_up", "closed", "dissent", "reopened"),
    "followed_up": ("followed_up", "disclosed", "closed", "reopened"),
    "closed": ("reopened", "disclosed"),
    "reopened": ("triaged", "tasked", "assessed", "right_of_reply", "determined"),
}
"""Where an incident stands, and the steps that may come next. ``paused`` and ``resumed`` may come wherever a clock runs, ``commented`` wherever a guarantor is shown an incident."""

MAY: Mapping[str, tuple[str, ...]] = {
    "triaged": ("duty", "verification", "chief"),
    "tasked": ("operations", "chief"),
    "assessed": ("verification",),
    "right_of_reply": ("legal", "chief"),
    "replied": ("legal", "party"),
    "determined": ("verification",),
    "attributed": ("verification",),
    "endorsed": ("operations", "verification", "legal", "chief"),
    "signed": ("chief",),
    "dissent": ("legal", "chief", "party"),
    "disclosed": ("chief",),
    "followed_up": ("verification", "legal", "chief"),
    "closed": ("verification", "chief"),
    "reopened": ("verification", "chief"),
    "paused": ("legal", "chief"),
    "resumed": ("legal", "chief"),
    "commented": ("guarantor",),
}
"""The offices that may take a step; ``reported`` is nobody's: reports are recorded, not decided. For each body of a mission's route one of them endorses."""

FOUR_EYES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"triaged"}), frozenset({"assessed"})),
    (frozenset({"determined", "attributed"}), frozenset({"endorsed", "signed"})),
    (frozenset({"endorsed"}), frozenset({"signed"})),
)
"""Pairs of steps of one incident that are never one person's."""

OTHER_KINDS: Mapping[str, tuple[str, ...]] = {
    "merge": ("duty", "verification", "chief"),
    "split": ("verification", "chief"),
    "grade": ("verification",),
    "grant": ("chief",),
    "undo": ("duty", "operations", "verification", "legal", "chief"),
}
"""The offices that may decide what is no step. An undoing is its author's own, or the chief's (:func:`may_undo`)."""

OPEN_STATES = frozenset(
    {"received", "in_scope", "tasked", "assessed", "right_of_reply", "determined", "signed", "reopened"}
)
"""Where something has to be done next, so that a clock runs."""
LONGEST_REPLY = timedelta(days=180)
"""The longest time that a party may be given to reply."""
LENGTHS: Mapping[str, int] = {"why": 4000, "method": 2000}
"""Of the words of a decision, how many characters they may have; of all others :data:`LONG`."""
LONG = 200
NO_REPLY_NEEDED = ("unsubstantiated", "inconclusive")
"""Outcomes that accuse nobody, so that they may come without a right of reply."""
_SILENT = ("replied", "dissent", "paused", "resumed", "commented")
"""Steps that do not move an incident."""
_ITS_OWN = ("endorsed", "commented")
"""Steps that are a body's word: nobody but who gave it takes it back."""


@dataclass(frozen=True, slots=True)
class Endorser:
    """A body that a determination passes before it is signed, and the office that acts for it."""

    body: str
    office: str


@dataclass(frozen=True, slots=True)
class Course:
    """Where an incident stands by the steps that count.

    ``state``: a key of :data:`FOLLOWS`; ``since``: when it came there; ``paused``: since when its clock stands still; ``stood``: how long it has stood
    still before, since then; ``asked``: who may still reply, until when, and in which incident he was asked, wherever it stands; ``heard``: somebody was given time to reply; ``in_scope``: so it was
    triaged last; ``passed``: the steps that it has been through; ``persons``: by step, who took it; ``route``: the bodies that its determination
    passes, in order, and ``endorsed``: those that have agreed to the one that stands, each with the person who said so; ``lapsed``: the same of an earlier text of it.
    """

    state: str = "received"
    since: datetime | None = None
    paused: datetime | None = None
    stood: timedelta = timedelta(0)
    asked: tuple[tuple[str, datetime, str], ...] = ()
    heard: bool = False
    in_scope: bool = False
    passed: frozenset[str] = frozenset()
    persons: Mapping[str, frozenset[str]] | None = None
    route: tuple[Endorser, ...] = ()
    endorsed: Mapping[str, str] = field(default_factory=dict)
    lapsed: Mapping[str, str] = field(default_factory=dict)

    @property
    def endorser(self) -> Endorser | None:
        """The body whose turn it is; ``None`` where every one has endorsed, or there is no route."""
        return next((e for e in self.route if e.body not in self.endorsed), None)

    def took(self, steps: frozenset[str]) -> frozenset[str]:
        """Who took any of these steps."""
        return frozenset(who for step in steps for who in (self.persons or {}).get(step, ()))


def office_of(role: str) -> str:
    """The office that a role is, whosever it is: ``party:A`` and ``party:B`` are one, as are those of guarantors."""
    return role.partition(":")[0]


def office_name(role: str) -> str:
    """The name of an office for people."""
    others = {PARTY: "Liaison officer of a party", GUARANTOR: "Representative of a guarantor", FORMER: "Has left"}
    return ROLES.get(role) or others.get(office_of(role), role)


def course_of(
    steps: Sequence[Decision],
    received: datetime | None = None,
    route: Sequence[Endorser] = (),
    lapsed: Collection[str] = (),
) -> Course:
    """Where an incident stands.

    Args:
        steps: its steps in order of time; what a party says may be among them.
        received: when its first report came.
        route: the bodies that a determination passes before it is signed.
        lapsed: the ids of endorsements that were given for another text than the one that would be signed.

    Returns:
        Where it stands.
    """
    state, since, paused, stood = "received", received, None, timedelta(0)
    asked: dict[tuple[str, str], Decision] = {}
    rights: list[Decision] = []
    heard = in_scope = False
    endorsed: dict[str, str] = {}
    earlier: dict[str, str] = {}
    persons: dict[str, set[str]] = {}
    for d in steps:
        step = str(d.says["step"])
        if who := d.says.get("person"):
            persons.setdefault(step, set()).add(str(who))
        if step == "replied":
            own = [
                right for right in rights if name_key(str(right.says["of"])) == name_key(str(d.says.get("of") or d.by))
            ]
            used = meant(d, own)
            left = {key: right for key, right in asked.items() if right not in used}
            if asked and not left:  # whoever determines it has his time from the last reply
                since, stood = d.at, timedelta(0)
            asked = left
        elif step == "paused":
            paused = paused or d.at
        elif step == "resumed" and paused is not None:
            stood, paused = stood + (d.at - paused), None
        if step in _SILENT:
            continue
        if step == "endorsed" and d.says.get("outcome") == "agreed":
            (earlier if d.id in lapsed else endorsed)[str(d.says.get("of") or "")] = str(d.says.get("person") or "")
        elif step != "disclosed":
            endorsed, earlier = {}, {}  # another determination, or none: the bodies are asked anew
        if step != "right_of_reply":  # what is merged brings steps from before a question's time ended
            asked = {key: right for key, right in asked.items() if right.says["until"] > d.at}
        if step == "triaged":
            in_scope = d.says.get("outcome") == "in_scope"
        if step == "right_of_reply":
            rights.append(d)
            asked[str(d.says["of"]), str(d.says.get("incident"))] = d
            heard = heard or d.says["until"] > d.at
        state, since, stood = _state_after(step, str(d.says.get("outcome") or ""), state), d.at, timedelta(0)
    passed = frozenset(str(d.says["step"]) for d in steps)
    return Course(
        state,
        since,
        paused,
        stood,
        tuple(sorted((of, right.says["until"], incident) for (of, incident), right in asked.items())),
        heard,
        in_scope,
        passed,
        {step: frozenset(who) for step, who in persons.items()},
        tuple(route),
        endorsed,
        earlier,
    )


def _state_after(step: str, outcome: str, before: str) -> str:
    if step == "triaged":
        return "in_scope" if outcome == "in_scope" else "set_aside"
    if step == "endorsed":
        return "reopened" if outcome == "returned" else before
    if step == "attributed":
        return "determined"
    if step == "signed":
        return "vetoed" if outcome == "vetoed" else "signed"
    return before if step == "reported" else step


def refusals(course: Course, role: str, person: str, now: datetime, outcome: str = "") -> dict[str, str]:
    """Every step that follows from where an incident stands, with what forbids it.

    Args:
        course: where the incident stands.
        role: the office of who asks, one of :data:`ROLES`.
        person: who asks.
        now: the instant.
        outcome: of a determination, where it is known.

    Returns:
        By step, in the usual order, the reason why this person may not take it now; empty where he may.
    """
    steps = set(FOLLOWS[course.state])
    if course.state in OPEN_STATES:
        steps.add("resumed" if course.paused else "paused")
    if course.endorser is None:
        steps.discard("endorsed")
    if course.asked:
        steps.add("replied")
    if role == GUARANTOR:
        steps.add("commented")
    return {step: _refused(step, course, role, person, now, outcome) for step in STEPS if step in steps}


def too_long(words: Mapping[str, object]) -> str:
    """Which of the words of a decision are too long.

    Args:
        words: by name.

    Returns:
        A sentence without its full stop; empty where none is.
    """
    for name, text in words.items():
        if isinstance(text, str) and len(text) > (most := LENGTHS.get(name, LONG)):
            return f"'{name}' has {len(text):,} characters; {most:,} at most are recorded"
    return ""


def allowed(course: Course, role: str, person: str, now: datetime) -> tuple[str, ...]:
    """The steps that somebody may take now.

    Args:
        course: where the incident stands.
        role: the office of who asks.
        person: who asks.
        now: the instant.

    Returns:
        The steps in their usual order.
    """
    return tuple(step for step, why in refusals(course, role, person, now).items() if not why)


def refusal(course: Course, step: str, role: str, person: str, now: datetime, outcome: str = "") -> str:
    """Why somebody may not take a step now.

    Args:
        course: where the incident stands.
        step: the step.
        role: the office of who asks.
        person: who asks.
        now: the instant.
        outcome: the outcome, where the step has one.

    Returns:
        A sentence without its full stop; empty where he may.
    """
    found = refusals(course, role, person, now, outcome)
    if step not in found:
        return f"an incident that is {course.state.replace('_', ' ')} is not {step.replace('_', ' ')} next"
    return found[step]


def _refused(step: str, course: Course, role: str, person: str, now: datetime, outcome: str) -> str:
    if role not in MAY[step]:
        return f"this is for the {either([office_name(r).lower() for r in MAY[step]])}"
    if (turn := course.endorser) is not None and step in ("endorsed", "signed"):
        if step == "signed":
            return f"{turn.body} has not endorsed it yet"
        if role != turn.office:
            return f"this is for the {office_name(turn.office).lower()}, for {turn.body}"
        if person in {who for body, who in (*course.endorsed.items(), *course.lapsed.items()) if body != turn.body}:
            return "four eyes: whoever endorsed an incident for one body leaves the next to somebody else"
    for one, other in FOUR_EYES:
        for mine, theirs in ((one, other), (other, one)):
            if step in mine and person in course.took(theirs):
                done = either(sorted(theirs)).replace("_", " ")
                return f"four eyes: whoever {done} an incident leaves this to somebody else"
    if step in ("tasked", "assessed", "right_of_reply", "determined") and not course.in_scope:
        return "it is not triaged as in scope"
    if (needs := "assessed" if step == "right_of_reply" else NEEDS.get(step, "")) and needs not in course.passed:
        return f"it was not {needs} before"
    if step == "replied" and not course.asked:
        return "nobody is asked to reply"
    running = [f"{of} may reply until {utc_minute(until)}" for of, until, _ in course.asked if until > now]
    if running and step in ("determined", "signed"):
        return "; ".join(running)
    if step == "determined" and not course.heard and outcome and outcome not in NO_REPLY_NEEDED:
        return "nobody was given the right to reply"
    return ""


def may_undo(decision: Decision, role: str, person: str) -> str:
    """Why somebody may not undo a decision.

    Args:
        decision: the decision.
        role: the office of who asks.
        person: who asks.

    Returns:
        A sentence without its full stop; empty where he may.
    """
    if role not in OTHER_KINDS["undo"]:
        return "this office undoes nothing"
    if decision.says.get("person") == person:
        return ""
    if decision.says.get("step") in _ITS_OWN:
        return "an endorsement or a comment is its body's word: only who gave it takes it back"
    if role != "chief":
        return "only its author or the chief undoes a decision"
    return ""


def due(course: Course, clocks: Mapping[str, timedelta]) -> datetime | None:
    """When the next step is due.

    Args:
        course: where the incident stands.
        clocks: by state, how long it may take.

    Returns:
        The instant; ``None`` where no clock runs, or it stands still. A right of reply is due when the last party's time ends; once
        every party has replied, the determination is, as it is after an assessment.
    """
    if course.paused or course.since is None or course.state not in OPEN_STATES:
        return None
    if course.state in ("right_of_reply", "determined") and course.asked:
        return max(until for _, until, _ in course.asked)
    length = clocks.get("assessed" if course.state == "right_of_reply" else course.state)
    return None if length is None else course.since + length + course.stood
