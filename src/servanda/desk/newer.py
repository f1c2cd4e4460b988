"""Reports that came into an incident after it was determined: they change no determination, and wait until an officer has looked at the case again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from servanda.desk import decide, models
from servanda.desk.tables import Noticed

FOR = ("verification", "chief")
"""The offices that look at them: they determine anew or reopen, or leave it as it is."""


def waiting() -> QuerySet[models.Incident]:
    """The incidents with such reports at which nobody has looked."""
    return models.Incident.objects.filter(newer_key__gt="").exclude(newer_key__in=Noticed.objects.values("comment"))


def of_page(request: Any) -> list[str]:
    """The ids of :func:`waiting`, asked once for all that a page shows of it."""
    if not hasattr(request, "newer"):
        request.newer = sorted(waiting().values_list("pk", flat=True))
    return list(request.newer)


def looked(row: models.Incident, person: models.Person, seen: str) -> None:
    """Somebody has looked at them, and leaves the determination as it is.

    Args:
        row: the incident.
        person: who looked.
        seen: the version of the incident that he was shown.

    Raises:
        Refused: he may not, or others have come since.
    """
    if person.role not in FOR or not row.newer_key:
        raise decide.refused("nothing waits here for this office", "look at the case again", "DSK010")
    if seen != row.version:
        raise decide.changed()
    Noticed.objects.get_or_create(pk=row.newer_key, defaults={"person": person.pk, "at": decide.clock()})
