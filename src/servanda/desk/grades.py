"""Whether a source may be graded so."""

from __future__ import annotations

from servanda.desk import models
from servanda.evidence.model import GRADES


def no_grade(incident: str, source: str, grade: object) -> str:
    """Why a source is not graded so from an incident.

    Args:
        incident: the id of an incident of which it told.
        source: its name, as its reports have it.
        grade: one of the grades of reliability.

    Returns:
        A sentence without its full stop; empty where it is.
    """
    graded = models.Decided.objects.filter(kind="grade", says__grade=source).order_by("-at", "-id")
    if not models.Report.objects.filter(incident=incident, said__source=source).exists():
        return "no report of this incident is of this source"
    if grade == graded.values_list("says__reliability", flat=True).first():
        return "it has this grade already"
    return "" if grade in GRADES else "the grades are A (reliable) to F (cannot be judged)"
