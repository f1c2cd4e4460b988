"""From a click to an entry: guard, record, projection.

All of it stands in one transaction of the database, which lets one writer in at a time. The record is written inside it: where the
transaction breaks off before, nothing was recorded; where it breaks off afterwards, the projection is caught up at the next look. So what was
acknowledged is on the record, and what was not is either there or not, whole. The same click sent twice is one decision, for it says
``after`` which decision it was made; a click on what has changed meanwhile is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from servanda.desk import finding, models
from servanda.desk.authors import mark, with_marks
from servanda.desk.compose import WRITTEN, decision_entry, decisions_file, report_file
from servanda.desk.configure import desk as mission
from servanda.desk.folder import Desk
from servanda.desk.grades import no_grade
from servanda.desk.kept import refuse_own_words
from servanda.desk.own import ByHand, no_office, not_in_name, not_own
from servanda.desk.projection import catch_up, head, lock, refresh
from servanda.desk.register import Register, register_of
from servanda.desk.steps import course, decision_of_row, decisions_on, named, questions, undoable, undone
from servanda.errors import Fault, ServandaError
from servanda.evidence.decisions import STEPS, Deciders, decision_id, read_decisions
from servanda.incidents.determinations import NAMES_AUTHOR
from servanda.incidents.guards import (
    LONGEST_REPLY,
    OTHER_KINDS,
    ROLES,
    may_undo,
    office_of,
    refusal,
    refusals,
    too_long,
)
from servanda.record import Signer
from servanda.values.files import NamedBytes
from servanda.values.names import name_key, names_of, shown, unseen
from servanda.wording import either

MOST_AT_ONCE = 50
between: Callable[[str], None] = lambda point: None  # noqa: E731
"""Called between every two steps of a command; tests break off there."""
clock: Callable[[], datetime] = lambda: mission().clock()  # noqa: E731
"""What the mission's clock says."""


@dataclass(frozen=True, slots=True)
class Click:
    """What somebody wants decided about an incident, and what he had before his eyes.

    Args:
        incident: its id.
        says: ``step`` with its own words; or ``merge``, ``split``, ``undo``, ``grade``, ``grant``.
        why: the reason.
        seen: the version of the incident that was shown; ``None`` where nobody looked at one (the command line).
        after: the last decision that was shown.
        by: a party in whose name a reply or dissent is written down; left out, the mission's office.
        read: the SHA-256 of the finding in words that was shown to whom signs or endorses it, who does neither without.
        named: what who decides knows the incident as, where it was merged into this one since; the record bears that id.
    """

    incident: str
    says: Mapping[str, Any]
    why: str
    seen: str | None = None
    after: str | None = None
    by: str | None = None
    read: str | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a click: the decision and its incident; ``again``: it had been made already."""

    decision: str
    incident: str
    again: bool = False


class Refused(ServandaError):
    """A guard says no; the fault says why."""


class Changed(Refused):
    """The incident has changed since it was shown."""


def changed(what: str = "this has changed since it was shown to you") -> Changed:
    """The error that a page which is stale raises."""
    return Changed(Fault("desk", what, "look again, then decide", code="DSK012"))


def refused(what: str, hint: str, code: str) -> Refused:
    """The error that a guard raises."""
    return Refused(Fault("desk", what, hint, code=code))


def decide(
    desk: Desk, person: models.Person | str, clicks: Sequence[Click], hand: Signer | ByHand | None = None
) -> list[Done]:
    """Decide, all or nothing.

    Args:
        desk: the mission.
        person: who decides, or his id.
        clicks: what is to be decided, 50 at most.
        hand: the key of who decides, or of the party in whose name he writes, or what he signed at the page; left out, the mission's signs.

    Returns:
        What became of each.

    Raises:
        Refused: a guard says no to one of them; nothing was recorded.
        ServandaError: the record cannot be written; nothing was recorded.
    """
    if len(clicks) > MOST_AT_ONCE:
        raise refused(f"{len(clicks)} at once are too many", f"{MOST_AT_ONCE} at most", "DSK011")
    with transaction.atomic():
        at = lock()
        record = desk.record()
        catch_up(record, at)
        between("caught up")
        at.refresh_from_db()
        who = models.Person.objects.filter(pk=person if isinstance(person, str) else person.pk).first()
        if who is None:
            raise refused("this person is not in the mission's register any more", "ask the administrator", "DSK014")
        now = clock()
        done, entries = dict[int, Done](), list[dict[str, Any]]()
        _refuse_circles(clicks)
        for n, click in enumerate(clicks):
            made = guarded(at, who, click, nth(now, n), record.id_key())
            if isinstance(made, Done):
                done[n] = made
                continue
            why_not, hint = not_own(record, who, click.says.get("step"), click.by, hand)
            if why_not:
                raise refused(why_not, hint, "DSK017")
            made = dict(hand.entry) if isinstance(hand, ByHand) else made
            entries.append(made)
            done[n] = Done(decision_id(made), click.incident)
        between("guarded")
        if entries:
            file = hand.file if isinstance(hand, ByHand) else decisions_file(entries)
            read_decisions(NamedBytes(file.name, file.data), ZoneInfo(at.zone), severity=at.severity)
            record.add([file], desk.signer, None if isinstance(hand, ByHand) else hand)
            between("recorded")
            catch_up(record, lock())
            between("projected")
    between("committed")
    return [done[n] for n in range(len(clicks))]


def guarded(at: models.Head, who: models.Person, click: Click, now: datetime, key: bytes) -> dict[str, Any] | Done:
    """What is to be recorded, or what was decided already; raises :class:`Refused`. ``key``: of the record, by which it tells the mission who decided."""
    row = models.Incident.objects.filter(pk=click.incident).first()
    if row is None:
        raise refused(f"there is no incident {click.incident[:80]!r}", "it may have been merged: look for it", "DSK014")
    after = row.last if click.after is None else click.after
    by = at.office if click.by is None else click.by
    if click.by is None and (why_not := no_office(by, at.parties, at.bodies)):
        raise refused(why_not, "the administrator names another under Admin", "DSK010")
    if click.seen is not None and click.seen != row.version:
        same = _made_before(click, who, after)
        if same is not None:
            return Done(same, click.incident, again=True)
        raise changed()
    if not shown(click.why):
        raise refused("does not say why", "every decision has its reason", "DSK013")
    if character := next(
        filter(None, (unseen(v) for v in (click.why, *click.says.values()) if isinstance(v, str))), ""
    ):
        raise refused(f"holds the character {character}, which nobody sees as what it is", "leave it out", "DSK019")
    if long := too_long({"why": click.why.strip(), **click.says}):
        raise refused(long, "say it in fewer words", "DSK018")
    kind = next(k for k in ("step", "merge", "split", "undo", "grade", "grant") if k in click.says)
    why_not = _refusal(at, row, who, click, now) if kind == "step" else _other(at, kind, who, click)
    if not why_not and "term" in click.says and click.says["term"] not in at.terms:  # or in them no more
        why_not = f"there is no term {str(click.says['term'])[:40]!r}"
    if why_not:
        raise refused(why_not, "", "DSK010")
    words = {**named(at, row, click), **click.says}
    if click.says.get("step") == "endorsed" and (turn := course(at, row).endorser) is not None:
        if click.says.get("of", turn.body) != turn.body:  # the route is another by now
            raise changed(f"{turn.body} is asked now")
        words["of"] = turn.body
    if click.says.get("step") in finding.STEPS:
        words["finding"] = finding.finding(at, row)
        if not click.read:
            raise refused("does not say that the finding was read", "read it, then sign by its SHA-256", "DSK020")
        if click.read.strip().lower() != finding.digest(words["finding"]):
            raise changed()
    if click.says.get("step") == "right_of_reply" and words.get("until") is None and "right_of_reply" in at.clocks:
        words["until"] = now + timedelta(seconds=at.clocks["right_of_reply"])
    words = with_marks(key, words)
    last = models.Decided.objects.filter(incident=row.pk).order_by("-at").values_list("at", flat=True).first()
    moment = max(now, last + timedelta(microseconds=1)) if last else now  # in order, whatever the clock says
    return decision_entry(words, by=by, person=mark(key, who.pk), at=moment, why=click.why.strip(), after=after)


def nth(moment: datetime, n: int) -> datetime:
    """When the n-th of several decisions is made that are taken at once: they keep their order."""
    return moment + timedelta(microseconds=n)


def _refuse_circles(clicks: Sequence[Click]) -> None:
    """Raises :class:`Refused` where one of several is to be a duplicate, or merged away, of which another is."""
    gone = {c.incident for c in clicks if c.says.get("outcome") == "duplicate_of"}
    gone |= {str(name) for c in clicks for name in c.says.get("merge", ()) if name != c.says.get("into")}
    kept = {str(c.says.get("of")) for c in clicks if c.says.get("outcome") == "duplicate_of"}
    kept |= {str(c.says["into"]) for c in clicks if "merge" in c.says}
    if both := sorted(gone & kept):
        raise refused(f"{both[0]} is to be a duplicate, and the one that stays", "decide these one by one", "DSK010")


def _made_before(click: Click, who: models.Person, after: str) -> str | None:
    """The decision that the same click has made already, and that stands."""
    mine = models.Decided.objects.filter(incident=click.incident, person=who.pk, why=click.why.strip())
    words = {
        k: v.isoformat() if isinstance(v, datetime) else v for k, v in click.says.items() if v not in (None, "", [])
    }
    for d in mine:
        if d.says.get("after", "") == after and all(
            d.says.get(k) == v for k, v in words.items() if k not in ("until", "due")
        ):
            return None if undone(d.pk) else str(d.pk)
    return None


def _refusal(at: models.Head, row: models.Incident, who: models.Person, click: Click, now: datetime) -> str:
    step, outcome = str(click.says["step"]), str(click.says.get("outcome") or "")
    if step not in STEPS:
        return f"there is no step {step[:40]!r}"
    if why := not_in_name(step, click.by, who.role, at.parties):
        return why
    if step in ("right_of_reply", "followed_up") and (of := click.says.get("of")) and of not in at.parties:
        return f"{str(of)[:40]!r} is no party; the parties are {either(list(at.parties))}"
    if step == "right_of_reply" and (until := click.says.get("until")) is not None:
        if until <= now:
            return "the time for the reply would be over before it began"
        if until > now + LONGEST_REPLY:
            return f"nobody is given more than {LONGEST_REPLY.days} days to reply"
    if step == "tasked" and not str(click.says.get("team") or "").strip():
        return "a task names the team that is to go"
    if (due := click.says.get("due")) is not None and due <= now:
        return "it would be due before it was asked"
    if (
        step == "attributed"
        and outcome in (*NAMES_AUTHOR, "none")
        and (outcome != "none") != bool(click.says.get("of"))
    ):
        return "an attribution to a party or a unit names it, and one to none names nobody"
    to = str(click.says.get("of"))
    if step == "attributed" and outcome == "party" and name_key(to) not in names_of(at.parties):
        return f"{to[:40]!r} is no party; the parties are {either(list(at.parties))}"
    if outcome == "duplicate_of" and (why := _no_original(row.pk, str(click.says.get("of") or ""))):
        return why
    stands, role = course(at, row), who.role
    if step == "replied" and stands.asked and not questions(stands, click.by or "", click.named):
        return "this party is not asked to reply"
    role = office_of(role) if role == f"{office_of(role)}:{click.by}" else role
    return refusal(stands, step, role, who.pk, now, outcome)


def _no_original(incident: str, of: str) -> str:
    """Why an incident cannot be a duplicate of another, or be put together with it."""
    row = models.Incident.objects.filter(pk=of).first()
    if of == incident or row is None:
        return f"there is no other incident {of[:80]!r} of which this could be a duplicate"
    if row.duplicate_of:
        return f"{of} is itself a duplicate, of {row.duplicate_of}: name that one"
    return ""


def _other(at: models.Head, kind: str, who: models.Person, click: Click) -> str:
    if who.role not in OTHER_KINDS[kind]:
        return f"this is for the {either([ROLES[r].lower() for r in OTHER_KINDS[kind]])}"
    if kind == "undo":
        undone = models.Decided.objects.filter(pk=str(click.says["undo"])).first()
        if undone is None:
            return "there is no such decision"
        if not Deciders(at.parties, at.bodies).may(decision_of_row(undone)):
            return "what a party said stands: it is answered, and not undone"
        if undone.pk not in undoable(at, decisions_on(click.incident)):
            return "only the last step that stands is undone: what came after it rests on it"
        return may_undo(decision_of_row(undone), who.role, who.pk)
    if kind == "grade":
        return no_grade(click.incident, str(click.says["grade"]), click.says.get("reliability"))
    if kind == "split":
        from servanda.desk.parting import refusal as of_split

        return of_split(click)
    for name in click.says["merge"] if kind == "merge" else []:
        row = models.Incident.objects.filter(pk=name).first()
        if row is None:
            return f"there is no incident {str(name)[:80]!r}"
        if row.duplicate_of:
            return f"{name} is a duplicate, of {row.duplicate_of}: undo that first, or merge that one"
    return ""


def steps_now(desk: Desk, person: str, incident: str) -> dict[str, str]:
    """Every step that follows from where an incident stands now, and what forbids it to somebody.

    Args:
        desk: the mission.
        person: his id.
        incident: its id.

    Returns:
        As :func:`servanda.incidents.guards.refusals`.

    Raises:
        ServandaError: there is no such person or incident.
    """
    refresh(desk.record())
    row, who = models.Incident.objects.filter(pk=incident).first(), models.Person.objects.filter(pk=person).first()
    if row is None or who is None:
        missing = "incident" if row is None else "person"
        raise refused(f"there is no such {missing}", "look at the queue, or at the page of people", "DSK014")
    return refusals(course(head(), row), who.role, who.pk, clock())


def report(
    desk: Desk,
    person: models.Person,
    said: Mapping[str, str],
    nonce: str,
    *,
    protect: Sequence[str] = (),
    told: Mapping[str, str] | None = None,
    came: Sequence[Any] = (),
) -> str:
    """Record a report that somebody wrote at the desk.

    Args:
        desk: the mission.
        person: who wrote it.
        said: by column, in words.
        nonce: of the form.
        protect: names that give way to pseudonyms before anything is recorded.
        told: the columns that are others in a second report: what the source was told.
        came: the files that came with it (:class:`~servanda.desk.attached.Attached`).

    Returns:
        The incident under which it lies.

    Raises:
        ServandaError: it cannot be read as a report, or not be recorded; nothing was.
    """
    from servanda.desk.attached import with_list
    from servanda.desk.fields import refuse_unreadable

    file, ident, incident = report_file(said, desk.drawn(nonce).hex(), told)  # ids that nobody reaches by trying nonces
    refuse_unreadable(desk, head(), file)
    names = [*desk.record().protected_names(), *((name, "") for name in protect)]
    _record(desk, with_list(file, came, names), note=f"{WRITTEN}{{}}", by=person.pk, protect=protect, once=True)
    lies = models.Report.objects.filter(report_id=ident).values_list("incident", flat=True).first()
    return lies or models.Gone.objects.filter(pk=incident).values_list("into", flat=True).first() or incident


def change_register(desk: Desk, change: Callable[[Register], Register]) -> None:
    """Record people, offices or clocks anew.

    Args:
        desk: the mission.
        change: makes the new register of the one that stands.

    Raises:
        ServandaError: it cannot be recorded; nothing was.
    """
    _record(desk, lambda record: register_of(record).changed(change))


def _record(
    desk: Desk, files: Any, *, note: str = "", by: str = "", protect: Sequence[str] = (), once: bool = False
) -> None:
    """Record files under the lock, and project them; ``by``: of whom the note tells, in its braces; ``once``: nothing where one by the name of the last was recorded before."""
    with transaction.atomic():
        at = lock()
        record = desk.record()
        catch_up(record, at)
        between("caught up")
        if once and models.Entry.objects.filter(name=files[-1].name).exists():
            return
        refuse_own_words(desk, at, protect)
        told = note.format(*(mark(record.id_key(), one) for one in by.split())) if by else note
        record.add(files(record) if callable(files) else files, desk.signer, note=told, protect=protect)
        between("recorded")
        catch_up(record, lock())
        between("projected")
    between("committed")
