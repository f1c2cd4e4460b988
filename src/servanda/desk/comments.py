"""Comments of guarantors that wait until somebody has looked: they move no incident, so that no clock and no view would show them else."""

from __future__ import annotations

from typing import Any

from servanda.desk import decide, models
from servanda.desk.tables import Noticed

FOR = ("legal", "chief")
"""The offices that look at them."""


def waiting() -> list[str]:
    """The incidents with a comment at which nobody has looked, each once."""
    seen = Noticed.objects.values("comment")
    new = models.Decided.objects.filter(step="commented").exclude(pk__in=seen)
    return sorted(set(new.values_list("incident", flat=True)))


def of_page(request: Any) -> list[str]:
    """:func:`waiting`, asked once for all that a page shows of it."""
    if not hasattr(request, "commented"):
        request.commented = waiting()
    return list(request.commented)


def looked(incident: str, person: str, role: str) -> None:
    """Somebody opened the decisions on an incident: what was said there waits no more, where it is for his office.

    Args:
        incident: its id.
        person: the id of who looked.
        role: his office.
    """
    if role not in FOR:
        return
    for comment in models.Decided.objects.filter(step="commented", incident=incident).values_list("pk", flat=True):
        Noticed.objects.get_or_create(pk=comment, defaults={"person": person, "at": decide.clock()})
