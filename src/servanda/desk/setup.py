"""The database of a new mission, and the accounts by which its people sign in."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping, Sequence

import yaml
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.db.utils import DatabaseError

from servanda.desk import decide, models, projection
from servanda.desk.folder import Desk
from servanda.desk.openid import APPS as OPENID
from servanda.desk.register import Person, Register, read_register
from servanda.errors import Fault, ServandaError

ADMINISTRATOR = Person("p-admin", "Administrator", "administrator", "admin")


def migrate() -> None:
    """Bring the tables up to this version of the software.

    Raises:
        ServandaError: the database is not there, or refuses.
    """
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    except DatabaseError as error:
        what = f"the database cannot be used: {str(error).splitlines()[0]}"
        raise ServandaError(Fault("desk", what, "check its address, and that it runs", code="DSK008")) from None


def set_up(desk: Desk) -> str:
    """Make the tables, project what the record holds, and let the administrator in.

    Args:
        desk: the mission.

    Returns:
        The administrator's password.

    Raises:
        ServandaError: the database or the record cannot be used.
    """
    migrate()
    with transaction.atomic():
        projection.catch_up(desk.record(), projection.lock())
    person = models.Person.objects.filter(role="administrator").first()
    if person is None:
        decide.change_register(desk, lambda register: register.with_person(ADMINISTRATOR))
        return account(ADMINISTRATOR.login)
    return account(str(person.login))


def give_office(desk: Desk, ident: str, name: str, role: str, login: str) -> str:
    """Put somebody into the register, or give him another office, and a new password.

    Args:
        desk: the mission.
        ident: his id.
        name: his name.
        role: his office.
        login: by which he signs in.

    Returns:
        The password.

    Raises:
        ServandaError: the register does not take it.
    """

    def change(register: Register) -> Register:
        old = register.person(ident)
        new = register.with_person(Person(ident, name, role, login, *((old.key, old.credential) if old else ())))
        return read_register(new.file().data)

    decide.change_register(desk, change)
    return account(login)


def change_clocks(desk: Desk, said: Mapping[str, str]) -> None:
    """Record other lengths of time for states.

    Args:
        desk: the mission.
        said: by state, the length, as ``2 hours``.

    Raises:
        ServandaError: one of them is no length of time of a state; nothing was recorded.
    """
    wanted = {state: text.strip() for state, text in said.items()}
    read = read_register(yaml.safe_dump({"clocks": wanted}).encode())

    def change(register: Register) -> Register:
        return dataclasses.replace(
            register, clocks={**register.clocks, **{state: read.clocks[state] for state in wanted}}
        )

    decide.change_register(desk, change)


def change_route(desk: Desk, said: str) -> None:
    """Record another route of determinations.

    Args:
        desk: the mission.
        said: the bodies in order, one a line, each with the office that acts for it: ``Joint commission = legal``; nothing for no route.

    Raises:
        ServandaError: a line does not name a body and an office; nothing was recorded.
    """
    lines = [line.rpartition("=") for line in said.splitlines() if line.strip()]
    wanted = [{"body": body.strip(), "office": office.strip()} for body, _, office in lines]
    route = read_register(yaml.safe_dump({"route": wanted}).encode()).route
    decide.change_register(desk, lambda register: dataclasses.replace(register, route=route))


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
    if apps.is_installed(OPENID[0]):  # whom the identity provider meant by this login may be another now
        apps.get_model("socialaccount", "SocialAccount").objects.filter(user=user).delete()
    return password
