"""The demonstration: a case's files on the record, day by day as they became known, people of every office, and incidents in several states."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from servanda.agreement import read_agreement
from servanda.app.record import files_to_record
from servanda.desk import decide, finding, hours, models, projection
from servanda.desk.decide import Click
from servanda.desk.folder import Desk
from servanda.desk.kept import agreement_of
from servanda.desk.register import Person
from servanda.desk.replay import HELD, days_of
from servanda.desk.setup import ADMINISTRATOR, decide_as, let_in
from servanda.errors import Fault, ServandaError
from servanda.incidents.guards import GUARANTOR, PARTY, ROLES, office_name

PASSWORD = "truce-and-tea"  # noqa: S105  printed with every demonstration, which listens on this machine only
_NAMES = {
    "patrol": "Pat Rowan",
    "duty": "Dana Urbanek",
    "operations": "Omar Perez",
    "verification": "Vera Finch",
    "legal": "Leila Grant",
    "chief": "Carl Hughes",
    "auditor": "Aude Torres",
    "administrator": "Ada Min",
}


def fill(desk: Desk, case: Path, *, by_day: bool = False) -> Iterator[str]:
    """Put a case on the record, let people of every office in, and take some incidents a part of their way.

    Args:
        desk: a mission that was just made.
        case: a folder with ``agreement.yaml``, ``evidence/`` and perhaps ``coverage.yaml``.
        by_day: without its tables, which :func:`~servanda.desk.replay.replay` lets arrive; then no step is taken.

    Yields:
        Lines that say what is there; ``desk serve`` prints the accounts.

    Raises:
        ServandaError: the case cannot be read.
    """
    paths = [case / "agreement.yaml", *sorted((case / "evidence").glob("*")), *case.glob("coverage.yaml")]
    if not paths[0].is_file():
        raise ServandaError(Fault(str(case), "holds no agreement.yaml", "name a folder as cases/", code="DSK009"))
    tables = [path for path in paths if path.suffix == ".csv"]
    agreement = read_agreement(paths[0])
    days = days_of(case, agreement.reporting_day)
    if known := [one.known for one in days.values() if one.known]:
        begins = agreement.reporting_day.window(agreement.reporting_day.day_of(known[0])).start
        hours.put(desk.folder, begins or known[0], known[0])
    decide._record(desk, files_to_record([path for path in paths if path not in tables]))  # noqa: SLF001  the same way as every entry
    if not by_day:
        if known:
            hours.put(desk.folder, known[-1], None)
        decide._record(desk, files_to_record(tables))  # noqa: SLF001
    if projection.head().bodies:
        decide_as(desk, next(iter(projection.head().bodies.values())))
    people = [Person(f"p-{n}", _NAMES[role], role, role) for n, role in enumerate(ROLES, 1)]
    let_in(
        desk,
        [*people, Person("p-9", "Vikram Fox", "verification", "verification2"), *_outside(desk)],
        lambda login: PASSWORD,
    )
    if by_day:
        held = desk.folder / HELD / "evidence"
        held.mkdir(parents=True)
        for path in tables:
            shutil.copyfile(path, held / path.name)
        yield f"{projection.head().title}, without its reports: they arrive day by day under Demonstration, or by 'servanda desk replay'"
    else:
        taken = sum(1 for _ in _story(desk))
        count = models.Incident.objects.count()
        yield f"{count} incidents of {projection.head().title}; {taken} steps taken in some of them"


def _outside(desk: Desk) -> Iterator[Person]:
    """A liaison officer of each party, and a representative of each guarantor."""
    agreement = agreement_of(desk, projection.head())
    for office, actors in ((PARTY, agreement.parties), (GUARANTOR, agreement.guarantors)) if agreement else ():
        for code, name in actors.items():
            ident = f"{office}-{code.lower()}"
            yield Person(f"p-{ident}", f"{office_name(f'{office}:{code}')}: {name}", f"{office}:{code}", ident)


def accounts() -> str:
    """The line that says who signs in to a demonstration, and how."""
    logins = models.Person.objects.exclude(pk=ADMINISTRATOR.id).order_by("id").values_list("login", flat=True)
    return f"Accounts (password of all: {PASSWORD}): {', '.join(logins)}"


def _story(desk: Desk) -> Iterator[str]:
    """Steps that leave incidents in scope, tasked, assessed, with a party, determined and signed."""
    party = next(iter(projection.head().parties))
    until = decide.clock() + timedelta(days=5)
    way: list[tuple[str, dict[str, object], str, str | None]] = [
        ("p-2", {"step": "triaged", "outcome": "in_scope"}, "inside the area of the agreement", None),
        ("p-3", {"step": "tasked", "team": "Team 2", "due": decide.clock() + timedelta(days=2)}, "nearest team", None),
        ("p-4", {"step": "assessed", "method": "site visit, photographs"}, "damage seen on the site", None),
        ("p-5", {"step": "right_of_reply", "of": party, "until": until}, "five days by the mission's rule", None),
        ("p-5", {"step": "replied"}, "the party says that it fired at nothing there", party),
        ("p-4", {"step": "determined", "outcome": "confirmed"}, "craters and two origins agree", None),
        ("p-6", {"step": "signed", "outcome": "agreed"}, "read and agreed", None),
    ]
    incidents = models.Incident.objects.order_by("-reports", "id").values_list("id", flat=True)[: 2 * len(way)]
    for n, incident in enumerate(incidents):
        for person, says, why, by in way[: n // 2 + 1]:
            read = finding.read_of(incident) if says["step"] in finding.STEPS else None
            (done,) = decide.decide(desk, person, [Click(incident, says, why, by=by, read=read)])
            yield done.decision
