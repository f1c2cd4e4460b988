"""Where an incident stands: its decisions and steps out of the tables, its course for the guards, and what of it may be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from servanda.desk import models
from servanda.desk.lives import decision_of, steps_of
from servanda.desk.phrased import body, endorsements, lapsed
from servanda.evidence.decisions import Deciders, Decision
from servanda.incidents.guards import Course, Endorser, course_of
from servanda.values.names import name_key


def decision_of_row(row: models.Decided) -> Decision:
    """A row as the decision that it was made of."""
    return decision_of({f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})  # noqa: SLF001


def course(at: models.Head, row: models.Incident, every: Sequence[Decision] | None = None) -> Course:
    """Where an incident stands, for the guards; ``every``: all decisions on it, where they were read."""
    steps = steps_of(decisions_on(row.pk) if every is None else every, Deciders(at.parties, at.bodies))
    gone = lapsed(steps, body(at, row, reports_of(row.pk), steps)) if endorsements(steps) else ()
    return course_of(steps, row.received, [Endorser(*one) for one in at.route], gone)


def questions(stands: Course, party: str, incident: str = "") -> list[tuple[datetime, str]]:
    """What a party may still reply to, by when: of one incident, where its id is given. Each with the id under which it was asked, the one that waits longest first."""
    own = ((until, name) for of, until, name in stands.asked if name_key(of) == name_key(party))
    return sorted(one for one in own if incident in ("", one[1]))


def named(at: models.Head, row: models.Incident, click: Any) -> dict[str, str]:
    """Under which id a step is recorded: a reply, under that in which its party was asked what waits longest; all else under its incident's. What is no step names its own."""
    if "step" not in click.says:
        return {}
    to_it = click.says["step"] == "replied" and not click.named
    waits = questions(course(at, row), click.by or "") if to_it else []
    return {"incident": click.named or (waits[0][1] if waits else str(row.pk))}


def reports_of(incident: str) -> list[models.Report]:
    """The reports of an incident, as the projection reads them."""
    return list(models.Report.objects.filter(incident=incident).order_by("id"))


def standing_steps(at: models.Head, incident: str) -> list[Decision]:
    """The steps of an incident that stand, in order of time."""
    return steps_of(decisions_on(incident), Deciders(at.parties, at.bodies))


def undoable(at: models.Head, every: Sequence[Decision]) -> set[str]:
    """Of all decisions on an incident those on which no later one rests: the last step that stands, and the last of all but comments; what a party said is none."""
    deciders = Deciders(at.parties, at.bodies)
    steps = steps_of(every, deciders)
    moving = [d for d in every if d.says.get("step") != "commented"]
    return {d.id for d in (*steps[-1:], *moving[-1:]) if deciders.may(d)}


def undone(decision: str) -> bool:
    """Whether a decision was undone, and that still stands."""
    return any(not undone(str(d.pk)) for d in models.Decided.objects.filter(kind="undo", says__undo=decision))


def decided_on(incident: str) -> list[models.Decided]:
    """All decisions about an incident, in order of time, as the table has them."""
    return list(models.Decided.objects.filter(incident=incident).order_by("at", "id"))


def decisions_on(incident: str) -> list[Decision]:
    """All decisions about an incident, in order of time."""
    return [decision_of_row(d) for d in decided_on(incident)]
