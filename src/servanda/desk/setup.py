"""The database of a new mission, and the accounts by which its people sign in."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from servanda.desk import decide, models, projection
from servanda.desk.folder import Desk
from servanda.desk.kept import agreement_of
from servanda.desk.openid import APPS as OPENID
from servanda.desk.own import no_office
from servanda.desk.register import Person, Register, length_of, read_register
from servanda.errors import Fault, ServandaError
from servanda.incidents.guards import FORMER, GUARANTOR, MAY, OUTSIDE, PARTY, Endorser, office_name
from servanda.values.names import name_key, names_of
from servanda.wording import listing

ADMINISTRATOR = Person("p-admin", "Administrator", "administrator", "admin")


def migrate(desk: Desk, *, begin: bool = False) -> None:
    """Bring the tables up to this version of the software.

    Args:
        desk: the mission.
        begin: make them where there are none.

    Raises:
        ServandaError: the database is not there, holds nothing, or refuses.
    """
    if begin and desk.is_sqlite:
        Path(desk.database).touch(0o600)
    desk.refuse_gone()
    try:
        if not begin and not connection.introspection.table_names():
            hint = "put it back from a backup; or: servanda desk rebuild, then a new password for everybody: servanda desk person"
            raise ServandaError(Fault("desk", "the database holds nothing", hint, code="DSK021"))
        if of_version() == "newer":
            hint = (
                "use that one again; or put a copy from before in its place; or empty it, then: servanda desk rebuild"
            )
            what = "the database was brought up to a newer version of Servanda than this one"
            raise ServandaError(Fault("desk", what, hint, code="DSK008"))
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    except DatabaseError as error:
        what = f"the database cannot be used: {str(error).splitlines()[0]}"
        raise ServandaError(Fault("desk", what, "check its address, and that it runs", code="DSK008")) from None


def of_version() -> str:
    """Whether the tables are of this version of the software: empty, or ``older`` or ``newer``. Raises ``DatabaseError``."""
    loader = MigrationExecutor(connection).loader
    ours = {key for key in loader.applied_migrations if key[0] == models.Head._meta.app_label}  # noqa: SLF001
    if ours - set(loader.graph.nodes):
        return "newer"
    return "older" if set(loader.graph.leaf_nodes()) - set(loader.applied_migrations) else ""


def refuse_nobody(desk: Desk) -> None:
    """Refuse a desk into which nobody can sign in: its accounts went with its database.

    Args:
        desk: the mission.

    Raises:
        ServandaError: there is no account, and no identity provider.
    """
    if desk.openid is None and not get_user_model().objects.exists():
        hint = "give everybody a new password: servanda desk person DIR ID --name NAME --role OFFICE --login LOGIN"
        raise ServandaError(
            Fault("desk", "the database holds no account, so that nobody can sign in", hint, code="DSK021")
        )


def set_up(desk: Desk) -> str:
    """Make the tables, project what the record holds, and let the administrator in.

    Args:
        desk: the mission.

    Returns:
        The administrator's password.

    Raises:
        ServandaError: the database or the record cannot be used.
    """
    migrate(desk, begin=True)
    with transaction.atomic():
        projection.catch_up(desk.record(), projection.lock())
    person = models.Person.objects.filter(role="administrator").first()
    if person is None:
        decide.change_register(desk, lambda register: register.with_person(ADMINISTRATOR))
        return account(ADMINISTRATOR.login)
    return account(str(person.login))


def give_office(
    desk: Desk, ident: str, name: str, role: str, login: str, password: str | None = None, seen: int | None = None
) -> str:
    """Put somebody into the register, or give him another office, and a new password.

    Args:
        desk: the mission.
        ident: his id.
        name: his name.
        role: his office.
        login: by which he signs in.
        password: left out, a new one is drawn.
        seen: the version of the register that was shown; left out, nobody looked at one.

    Returns:
        The password.

    Raises:
        ServandaError: somebody of this id was put there, or changed, since it was shown; the register does not take it, or the agreement knows no such party or guarantor.
    """
    before = models.Person.objects.filter(pk=ident).values_list("login", flat=True).first()

    def change(register: Register) -> Register:
        old = register.person(ident)
        if old == Person(ident, name, role, login, *((old.key, old.credential) if old else ())):
            return register  # the same click again
        if old is not None and seen not in (None, register.version):
            raise decide.changed(f"{ident} is {old.name} now")
        if old is None or old.role != role:
            _refuse_stranger(desk, role)
        new = register.with_person(Person(ident, name, role, login, *((old.key, old.credential) if old else ())))
        return read_register(new.file().data)

    decide.change_register(desk, change)
    if before != login:  # whoever had this login before leaves nothing to him: no saved views, no second factor
        get_user_model().objects.filter(username=login).delete()
        shut(before or "")
    return account(login, password)


def _refuse_stranger(desk: Desk, role: str) -> None:
    """Refuse an office for a party or guarantor whom the agreement does not know, under the very name by which decisions name it."""
    office, _, name = role.partition(":")
    at = projection.head()
    agreement = agreement_of(desk, at) if at.agreement else None
    known = {PARTY: list(at.parties), GUARANTOR: list(agreement.guarantors if agreement else ())}
    if office in OUTSIDE and name not in known[office]:
        hint = f"one of: {', '.join(known[office])}" if known[office] else "record the agreement that names it first"
        raise decide.refused(f"the agreement knows no {office} {name[:40]!r}", hint, "DSK005")


def let_go(desk: Desk, ident: str) -> None:
    """Take somebody's office away: his sessions end, and what lets him in is removed. His name stays beside what he decided.

    Args:
        desk: the mission.
        ident: his id.

    Raises:
        ServandaError: there is no such person, or he is the last administrator.
    """

    def change(register: Register) -> Register:
        person = register.person(ident)
        if person is None:
            raise decide.refused("there is no such person", "look at the page of people", "DSK014")
        if person.role == "administrator" and sum(p.role == "administrator" for p in register.people) == 1:
            raise decide.refused("the last administrator stays", "give the office to somebody else first", "DSK014")
        return register.with_person(dataclasses.replace(person, role=FORMER))

    decide.change_register(desk, change)
    login = models.Person.objects.filter(pk=ident).values_list("login", flat=True).first()
    shut(str(login))


def shut(login: str) -> None:
    """Let a login in no more: no password opens it, no second factor and no provider's id is left, and its sessions end.

    Args:
        login: the login.
    """
    user = get_user_model().objects.filter(username=login).first()
    if user is None:
        return
    user.set_unusable_password()  # sessions bear a digest of the password
    user.save()
    apps.get_model("mfa", "Authenticator").objects.filter(user=user).delete()
    _forget_provider(user)


def _forget_provider(user: Any) -> None:
    """Whom the identity provider meant by this login may be another from now on."""
    if apps.is_installed(OPENID[0]):
        apps.get_model("socialaccount", "SocialAccount").objects.filter(user=user).delete()


def change_clocks(desk: Desk, said: Mapping[str, str], was: Mapping[str, str] | None = None) -> None:
    """Record other lengths of time for states.

    Args:
        desk: the mission.
        said: by state, the length, as ``2 hours``.
        was: what was shown; only what differs from it is changed.

    Raises:
        ServandaError: somebody else has changed the same since; or one of them is no length of time of a state; nothing was recorded.
    """
    shown = was or {}
    wanted = {state: text.strip() for state, text in said.items() if text.strip() != shown.get(state)}
    read = read_register(yaml.safe_dump({"clocks": wanted}).encode())

    def change(register: Register) -> Register:
        new = {**register.clocks, **{state: read.clocks[state] for state in wanted}}
        for state in wanted:
            if (
                length_of(shown.get(state, "")) not in (None, register.clocks[state])
                and new[state] != register.clocks[state]
            ):
                raise decide.changed()
        return dataclasses.replace(register, clocks=new)

    decide.change_register(desk, change)


def call_mission(desk: Desk, name: str) -> None:
    """Record what the mission is called.

    Args:
        desk: the mission.
        name: its name; nothing: it is called as its agreement.
    """
    called = " ".join(name.split())[:120]
    decide.change_register(desk, lambda register: dataclasses.replace(register, mission=called))


def decide_as(desk: Desk, office: str) -> None:
    """Record in whose name the mission decides.

    Args:
        desk: the mission.
        office: a body of the agreement, where it names any.

    Raises:
        ServandaError: nothing that is decided in this name would count; nothing was recorded.
    """
    called = " ".join(office.split())[:120] or Register.office
    at = projection.head()
    if why := no_office(called, at.parties, at.bodies):
        raise decide.refused(why, "name a body of the agreement", "DSK005")
    decide.change_register(desk, lambda register: dataclasses.replace(register, office=called))


def change_route(desk: Desk, said: str, was: str | None = None) -> None:
    """Record another route of determinations.

    Args:
        desk: the mission.
        said: the bodies in order, one a line, each with the office that acts for it: ``Joint commission = legal``; nothing for no route.
        was: the route that was shown, likewise; left out, nobody looked at one.

    Raises:
        ServandaError: somebody else has changed it since; a line does not name a body and an office, or names a party, or nobody would be left to sign; nothing was recorded.
    """
    route = _route_of(said)
    if why := _no_way(desk, route):
        raise ServandaError(Fault("desk", f"route: {why}", "docs/desk.md says what stands there", code="DSK005"))

    def change(register: Register) -> Register:
        if was is not None and register.route not in (_route_of(was), route):
            raise decide.changed()
        return dataclasses.replace(register, route=route)

    decide.change_register(desk, change)


def _route_of(said: str) -> tuple[Endorser, ...]:
    """The bodies as they are written, one a line."""
    lines = [line.rpartition("=") for line in said.splitlines() if line.strip()]
    wanted = [{"body": body.strip(), "office": office.strip()} for body, _, office in lines]
    return read_register(yaml.safe_dump({"route": wanted}).encode()).route


def _no_way(desk: Desk, route: Sequence[Endorser]) -> str:
    """Why no determination could go this way; empty where one can."""
    at = projection.head()
    agreement = agreement_of(desk, at) if at.agreement else None
    parties = names_of(agreement.parties if agreement else at.parties)
    party = next((e.body for e in route if name_key(e.body) in parties), "")
    if party:
        return f"{party} is a party: what it says is its own word, and no officer of the mission's says it"
    for office in dict.fromkeys(e.office for e in route):
        bodies, signs = [e.body for e in route if e.office == office], office in MAY["signed"]
        there = models.Person.objects.filter(role=office).count()
        if there < len(bodies) + signs:
            named = listing([*bodies, *(["the signature"] if signs else [])])
            return f"each of {named} takes another {office_name(office).lower()}, and there are {there}"
    return ""


def let_in(desk: Desk, people: Sequence[Person], password: Callable[[str], str]) -> None:
    """Put several people into the register at once, and give each an account.

    Args:
        desk: the mission.
        people: who they are.
        password: by login, the password.

    Raises:
        ServandaError: the register does not take them.
    """

    def change(register: Register) -> Register:
        for person in people:
            _refuse_stranger(desk, person.role)
            register = register.with_person(person)
        return register

    decide.change_register(desk, change)
    for person in people:
        account(person.login, password(person.login))


def account(login: str, password: str | None = None) -> str:
    """Give a login a password, and end the sessions that it has.

    Args:
        login: the login.
        password: the password; left out, a new one is drawn.

    Returns:
        The password.
    """
    password = password or secrets.token_urlsafe(12)
    user, _ = get_user_model().objects.get_or_create(username=login)
    user.set_password(password)
    user.save()
    _forget_provider(user)
    return password
