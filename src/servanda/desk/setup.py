"""The database of a new mission, and the accounts by which its people sign in."""

from __future__ import annotations

import secrets

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.db.utils import DatabaseError

from servanda.desk import decide, models, projection
from servanda.desk.folder import Desk
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
        new = register.with_person(Person(ident, name, role, login))
        return read_register(new.file().data)

    decide.change_register(desk, change)
    return account(login)


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
    return password
