"""Letters that came: words of which a person writes a report; the form is filled in as far as the letter says."""

from __future__ import annotations

from servanda.desk import attached, becoming, models
from servanda.desk.fields import whole
from servanda.desk.folder import Desk
from servanda.desk.inbox import Arrival
from servanda.desk.offices import STAFF
from servanda.errors import ServandaError
from servanda.incidents.guards import office_of

_WORDS = 3900


def letter_of(person: models.Person, number: str) -> Arrival | None:
    """A letter that waits, for those who may read what came."""
    if office_of(person.role) not in STAFF or (n := whole(number)) is None:
        return None
    return Arrival.objects.filter(pk=n, letter=True, state__in=("waiting", "aside")).first()


def words_of(desk: Desk, row: Arrival) -> str:
    """The words of a letter; nothing for a picture or another file."""
    try:
        text = attached.sealed(desk).open(row.content).decode("utf-8")
    except (UnicodeDecodeError, ServandaError):
        return ""
    return "".join(c for c in text if c.isprintable() or c == "\n")


def prefilled(desk: Desk, person: models.Person, number: str) -> dict[str, str]:
    """What a form begins with that is to tell what a letter says."""
    row = letter_of(person, number)
    if row is None:
        return {}
    return {"source": row.source, "told": words_of(desk, row).strip()[:_WORDS]}


def came_with(person: models.Person, number: str) -> list[attached.Attached]:
    """A letter, and what came in it, as files of the report that is written from it."""
    row = letter_of(person, number)
    if row is None:
        return []
    return [attached.Attached(row.content, row.name, "", row.size), *(attached.Attached(**one) for one in row.beside)]


def answered(person: models.Person, number: str) -> None:
    """Keep that a report was written from a letter."""
    if (row := letter_of(person, number)) is not None:
        becoming.written(row, person.pk)
