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
    """A letter that waits, or of which a report was written already, for those who may read what came."""
    if office_of(person.role) not in STAFF or (n := whole(number)) is None:
        return None
    return Arrival.objects.filter(pk=n, letter=True, state__in=("waiting", "aside", "taken")).first()


def written_so_far(person: models.Person, number: str, but: str | None = None) -> list[str]:
    """The incidents under which reports lie that were written of a letter already.

    Args:
        person: who asks.
        number: of the letter.
        but: the form that is being recorded, whose own report does not count; the letter is held until the transaction ends.

    Returns:
        Their ids; nothing where the report of this form is recorded.
    """
    row = letter_of(person, number)
    made = [] if row is None else (row if but is None else becoming.current(row)).written
    return [] if any(form == but for form, _ in made) else [str(incident) for _, incident in made]


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
    kept = {"protect": "1"} if row.protect else {}
    return {"source": row.source, "told": words_of(desk, row).strip()[:_WORDS], **kept}


def came_with(person: models.Person, number: str) -> list[attached.Attached]:
    """A letter, and what came in it, as files of the report that is written from it."""
    row = letter_of(person, number)
    if row is None:
        return []
    return [attached.Attached(row.content, row.name, "", row.size), *(attached.Attached(**one) for one in row.beside)]


def answered(person: models.Person, number: str, nonce: str, incident: str) -> None:
    """Keep that a report was written from a letter, by which form, and where it lies."""
    if (row := letter_of(person, number)) is not None:
        becoming.written(row, person.pk, nonce, incident)
