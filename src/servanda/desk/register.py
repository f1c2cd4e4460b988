"""People, their offices, and the mission's clocks: a file on the record, so that nobody is given an office unnoticed.

The newest entry ``desk/mission.yaml`` that the keeper signed counts. Decisions name people by the ids that this register gives them;
their names stay here, in a file that no tier but the mechanism sees.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import yaml

from servanda.desk.compose import WRITTEN
from servanda.errors import Fault, ServandaError
from servanda.incidents.guards import FORMER, MAY, OPEN_STATES, ROLES, Endorser
from servanda.record import File, Record
from servanda.values.names import is_name, name_key

NAME = "desk/mission.yaml"
CLOCKS: Mapping[str, timedelta] = {
    "received": timedelta(hours=2),
    "in_scope": timedelta(hours=6),
    "tasked": timedelta(hours=48),
    "assessed": timedelta(hours=72),
    "right_of_reply": timedelta(days=5),
    "determined": timedelta(hours=48),
    "signed": timedelta(hours=24),
    "reopened": timedelta(days=30),
    "session": timedelta(hours=1),
}
"""How long an incident may stand in each state, and a session unused, where the mission's file says nothing else. They are proposals; no source gives them."""
MOST_BODIES = 8
"""Of a route: each endorses in its turn, and a different person for each."""
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
"""For which a session may stand unused; for the longest it may stand at all."""
_LENGTH = re.compile(r"(\d{1,4}) (minutes?|hours?|days?)")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_OUTSIDE = re.compile(r"(party|guarantor):[^\s,:]{1,30}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here: the id that decisions name, his name, office and login; the name of his key, where he has one; and, of a hardware key, by which the browser finds it."""

    id: str
    name: str
    role: str
    login: str
    key: str = ""
    credential: str = ""

    def with_key(self, name: str, credential: str = "") -> Person:
        """The same with another key, or none."""
        return dataclasses.replace(self, key=name, credential=credential)

    def as_data(self) -> dict[str, str]:
        """Him as the file has him."""
        keys = {"key": self.key, "credential": self.credential}
        own = {"name": self.name, "role": self.role, "login": self.login}
        return own | {name: text for name, text in keys.items() if text}


@dataclass(frozen=True)
class Register:
    """The mission's own file."""

    mission: str = ""
    """Its name, as every page has it at its head; nothing: the title of the agreement stands there."""
    office: str = "Mission"
    """In whose name decisions are made: a body of the agreement, where it names any."""
    people: tuple[Person, ...] = ()
    clocks: Mapping[str, timedelta] = field(default_factory=lambda: dict(CLOCKS))
    agreement: str | None = None
    """The name of the agreement's file, where the record holds several."""
    version: int = 0
    route: tuple[Endorser, ...] = ()
    """The bodies that a determination passes before it is signed, in order, each with the office that acts for it."""

    def changed(self, change: Callable[[Register], Register]) -> list[File]:
        """The file to be recorded; none where nothing changes. Its version tells it from an earlier one that said the same."""
        new = change(self)
        return [] if new == self else [dataclasses.replace(new, version=self.version + 1).file()]

    def person(self, ident: str) -> Person | None:
        """Somebody by his id."""
        return next((p for p in self.people if p.id == ident), None)

    def with_person(self, person: Person) -> Register:
        """The same with somebody more, or with another name, office or login of somebody."""
        others = (p for p in self.people if p.id != person.id)
        return dataclasses.replace(self, people=tuple(sorted((*others, person), key=lambda p: p.id)))

    def with_key(self, ident: str, name: str, credential: str = "") -> Register:
        """The same with another key of somebody, or none."""
        (person,) = (p for p in self.people if p.id == ident)
        return self.with_person(person.with_key(name, credential))

    def file(self) -> File:
        """The file as it is recorded."""
        said: dict[str, Any] = {"mission": self.mission} if self.mission else {}
        said["office"] = self.office
        said |= {"agreement": self.agreement} if self.agreement else {}
        said |= {"version": self.version} if self.version else {}
        said |= {"route": [{"body": e.body, "office": e.office} for e in self.route]} if self.route else {}
        said["people"] = {p.id: p.as_data() for p in self.people}
        said["clocks"] = {state: _written(length) for state, length in self.clocks.items()}
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=1000)
        return File(NAME, "attachment", text.encode(), own=True)


def own_words(register: Register) -> tuple[str, ...]:
    """The words by which a desk works, of its own file and its notes: all but the names of people."""
    bare = dataclasses.replace(register, people=tuple(dataclasses.replace(p, name="") for p in register.people))
    return (WRITTEN, *ROLES, *CLOCKS, *bare.file().data.decode().splitlines())


def read_register(data: bytes, where: str = NAME) -> Register:
    """Read the mission's file.

    Args:
        data: the file.
        where: its name, for faults.

    Returns:
        What it says.

    Raises:
        ServandaError: with every fault found.
    """
    try:
        said = yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise ServandaError(_fault(where, str(error).splitlines()[0])) from None
    if not isinstance(said, dict):
        raise ServandaError(_fault(where, "must be a mapping"))
    faults: list[Fault] = []
    people = tuple(
        person
        for ident, entry in sorted((said.get("people") or {}).items())
        if (person := _person(where, str(ident), entry, faults))
    )
    logins = [p.login for p in people]
    faults += [
        _fault(where, f"two people sign in as {one!r}") for one in sorted({x for x in logins if logins.count(x) > 1})
    ]
    clocks = dict(CLOCKS)
    for state, text in (said.get("clocks") or {}).items():
        length = length_of(str(text))
        if state == "session" and length is not None and not SHORTEST <= length <= LONGEST:
            faults.append(_fault(where, f"clock 'session': {text!r} is not from 5 minutes to 12 hours"))
        elif state not in {*OPEN_STATES, "session"} or length is None:
            faults.append(_fault(where, f"clock {state!r}: {text!r} is not a length of time of a state"))
        else:
            clocks[state] = length
    route = _route(where, said.get("route"), faults)
    if faults:
        raise ServandaError(*faults)
    named = said.get("agreement")
    return Register(
        str(said.get("mission") or "")[:120],
        str(said.get("office") or "Mission"),
        people,
        clocks,
        str(named) if named else None,
        version if isinstance(version := said.get("version"), int) else 0,
        route,
    )


def _route(where: str, said: Any, faults: list[Fault]) -> tuple[Endorser, ...]:
    """The bodies that a determination passes; faults for those that no office acts for, or that stand there twice."""
    out: list[Endorser] = []
    for one in said if isinstance(said, list) else [said] if said else []:
        entry = one if isinstance(one, dict) else {}
        body, office = str(entry.get("body") or "").strip(), str(entry.get("office") or "")
        if len(body) > 80 or not is_name(body) or name_key(body) in {name_key(e.body) for e in out}:
            faults.append(_fault(where, f"route: {body or one!r} is no name of a body, or stands there twice"))
        elif office not in MAY["endorsed"]:
            offices = ", ".join(MAY["endorsed"])
            faults.append(_fault(where, f"route: {office!r} does not act for {body}", f"one of: {offices}"))
        else:
            out.append(Endorser(body, office))
    if len(out) > MOST_BODIES:
        faults.append(_fault(where, f"route: {len(out)} bodies; {MOST_BODIES} at most"))
    return tuple(out)


def length_of(text: str) -> timedelta | None:
    """A length of time as people write it, such as "5 days"; nothing where it is none."""
    found = _LENGTH.fullmatch(text.strip())
    return timedelta(**{found[2].rstrip("s") + "s": int(found[1])}) if found else None


def register_of(record: Record) -> Register:
    """The register that a record holds now; an empty one where it holds none.

    Args:
        record: the record.

    Returns:
        Its newest, as far as the keeper signed it.

    Raises:
        ServandaError: it cannot be read.
    """
    keeper = record.log.head.origin
    found = record.like("attachment", NAME, keeper)
    return read_register(record.object(found[-1].digest)) if found else Register()


def _person(where: str, ident: str, entry: Any, faults: list[Fault]) -> Person | None:
    said = entry if isinstance(entry, dict) else {}
    role, login, name = str(said.get("role")), str(said.get("login")), str(said.get("name") or "")
    before = len(faults)
    if not _ID.fullmatch(ident):
        faults.append(_fault(where, f"{ident!r} is not an id of a person", "small letters, digits and hyphens"))
    if role not in {*ROLES, FORMER} and not _OUTSIDE.fullmatch(role):
        faults.append(
            _fault(
                where,
                f"{ident}: {role!r} is not an office",
                f"one of: {', '.join(ROLES)}; or party:NAME, guarantor:NAME",
            )
        )
    if not _LOGIN.fullmatch(login):
        faults.append(_fault(where, f"{ident}: {login!r} is not a login", "small letters, digits, dots and hyphens"))
    if not is_name(name):
        faults.append(_fault(where, f"{ident}: has no name"))
    keys = str(said.get("key") or ""), str(said.get("credential") or "")
    return Person(ident, name, role, login, *keys) if len(faults) == before else None


def _fault(where: str, what: str, hint: str = "docs/desk.md says what stands there") -> Fault:
    return Fault(where, what, hint, code="DSK005")


def _written(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            return f"{minutes // size} {unit}{'' if minutes == size else 's'}"
    return f"{minutes} minutes"
