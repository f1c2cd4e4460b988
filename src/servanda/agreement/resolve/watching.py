"""What a mandate asks of who watches: how much may go unwatched, how long must have been watched; and its scale of severity."""

from __future__ import annotations

from typing import TypedDict
from zoneinfo import ZoneInfo

from servanda.agreement.resolve.names import Names
from servanda.agreement.schema import file as written
from servanda.values.document import Document, Path_
from servanda.values.quantity import parse_area
from servanda.values.reporting_day import ReportingDay, parse_clock
from servanda.values.time import EPOCH, Duration, parse_duration
from servanda.values.tolerance import Tolerance


class Watching(TypedDict):
    """Two members of a ``Mandate``."""

    tolerance: Tolerance | None
    exposure: Duration


def what_is_watched(names: Names, document: Document, mandate: written.Mandate) -> Watching:
    """Resolve what a mandate asks of who watches.

    Args:
        names: notes what is wrong.
        document: where the mandate stands.
        mandate: as it is written.

    Returns:
        The members of the mandate; what cannot be read is left at its default, and noted.
    """
    exposure = _duration(names, document, ("mandate", "exposure"), mandate.exposure)
    tolerance, given = None, mandate.tolerance
    if given is not None:
        longest = (
            None if given.time is None else _duration(names, document, ("mandate", "tolerance", "time"), given.time)
        )
        area = None
        try:
            area = None if given.area is None else parse_area(given.area)
        except ValueError as error:
            names.fault(document, ("mandate", "tolerance", "area"), str(error), code="AGR062")
        time = None if longest is None else longest.after(EPOCH, ZoneInfo("UTC")) - EPOCH
        tolerance = Tolerance(given.share, area, time)
    return {"tolerance": tolerance, "exposure": exposure or Duration(24, "hours")}


def _duration(names: Names, document: Document, path: Path_, text: str) -> Duration | None:
    try:
        return parse_duration(text)
    except ValueError as error:
        names.fault(document, path, str(error), code="AGR020")
        return None


def reporting_day_of(
    names: Names, document: Document, given: written.ReportingDay | None, own: ZoneInfo
) -> ReportingDay | None:
    """When the mission's day ends; nothing where the mandate does not say, or what it says cannot be read and was noted."""
    if given is None:
        return None
    path = ("mandate", "reporting_day")
    try:
        zone = own if given.zone is None else ZoneInfo(given.zone)
    except (KeyError, ValueError, OSError):
        hint = "write an IANA name, as Europe/Kyiv; or leave it out for the agreement's own"
        names.fault(document, (*path, "zone"), f"not a valid time zone: {given.zone!r}", hint, code="AGR009")
        return None
    try:
        return ReportingDay(parse_clock(given.ends), zone)
    except ValueError as error:
        names.fault(document, (*path, "ends"), str(error), code="AGR020")
        return None


def scale_of(names: Names, document: Document, severity: list[str]) -> tuple[str, ...]:
    """The scale of severity, each of its words once."""
    if len(set(severity)) < len(severity):
        what = "a word stands twice on the scale of severity"
        names.fault(document, ("mandate", "severity"), what, "name each level once, rising", code="AGR053")
    return tuple(severity)
