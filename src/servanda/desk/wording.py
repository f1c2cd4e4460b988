"""Instants, ages and names as people write them; and the environment of the pages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.http import RFC3986_SUBDELIMS
from jinja2 import Environment, PackageLoader

from servanda.desk.configure import desk
from servanda.desk.judged import judged, tied
from servanda.desk.languages import (
    NAMES,
    RIGHT_TO_LEFT,
    apart,
    counted,
    day_of,
    instant,
    language,
    listed,
    of_page,
    said_code,
    text,
    told,
)
from servanda.findings.no_term import REASONS
from servanda.incidents.guards import ROLES, office_name
from servanda.report.briefs.plain import unwrapped
from servanda.report.environment import spoken
from servanda.values.time import starts_day

_PLAIN = f"{RFC3986_SUBDELIMS}/~:@"
_OURS = re.compile(r"(x-[0-9a-f]{6})[0-9a-f]{26}")
STATES = {
    "received": "received",
    "in_scope": "in scope",
    "set_aside": "set aside",
    "tasked": "tasked",
    "assessed": "assessed",
    "right_of_reply": "right of reply",
    "determined": "determined",
    "signed": "signed",
    "vetoed": "vetoed",
    "disclosed": "disclosed",
    "followed_up": "followed up",
    "closed": "closed",
    "reopened": "reopened",
}
"""Where an incident stands, in words."""


def environment(**options: Any) -> Environment:
    """The environment of the pages, as Django's Jinja2 backend asks for it."""
    options |= {"loader": PackageLoader("servanda.desk", "pages"), "autoescape": True}
    made = Environment(trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701  it escapes: see above
    made.filters |= {"at": at, "age": age, "words": said_code, "short": short, "plural": counted, "listing": listed}
    made.filters |= {
        "begun": begun,
        "happened": happened,
        "known": known,
        "near": near,
        "told": told,
        "local": local,
        "judged": judged,
        "tied": tied,
        "dated": dated,
        "unwrapped": unwrapped,
        "kilobytes": kilobytes,
        "share": share,
        "apart": apart,
    }
    made.globals |= {
        "_": of_page,
        "STATES": STATES,
        "ROLES": ROLES,
        "REASONS": REASONS,
        "office_name": office_name,
        "LANGUAGES": NAMES,
        "language": language,
        "RIGHT_TO_LEFT": RIGHT_TO_LEFT,
        "url": address,
        "openid": lambda: desk().openid,
        "tz": ZoneInfo,
    }
    return made


@lru_cache(maxsize=200)
def _stem(name: str) -> str:
    """What stands before the one word of an address that ends with it; nothing where an address is another."""
    try:
        made = reverse(name, args=["x/x"])
    except NoReverseMatch:
        return ""
    return made[:-3] if made.endswith("/x/x") else ""


_plain_address = lru_cache(maxsize=200)(reverse)


def address(name: str, args: Sequence[object] = ()) -> str:
    """The address of a page, as :func:`django.urls.reverse` says it, which is slow for a table of hundreds of incidents."""
    if not args:
        return _plain_address(name)
    if len(args) == 1 and (word := str(args[0])) and (stem := _stem(name)):
        return stem + quote(word, safe=_PLAIN)
    return reverse(name, args=list(args))


def at(moment: datetime | str | None, zone: str, *, year: bool = True) -> str:
    """An instant in a zone, to the minute."""
    if moment is None or moment == "":
        return text("not known")
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return instant(moment, zone, year=year)


def begun(moment: datetime | None, zone: str) -> str:
    """When something began, where nothing stands beside it: of what begins with its day, the day alone."""
    if moment is None:
        return text("not known")
    return day_of(moment, zone) if starts_day(moment, ZoneInfo(zone)) else instant(moment, zone)


def happened(start: datetime | None, end: datetime | None, zone: str) -> str:
    """When something happened; of whole days, the days alone."""
    if start is None or end is None or end == start:
        return at(start, zone)
    midnight = end + timedelta(minutes=1) if starts_day(end + timedelta(minutes=1), ZoneInfo(zone)) else end
    whole = starts_day(start, ZoneInfo(zone)) and starts_day(midnight, ZoneInfo(zone))
    first, last = (day_of(start, zone), known(midnight, zone)) if whole else (instant(start, zone), instant(end, zone))
    return first if first == last else text("%(start)s to %(end)s") % {"start": first, "end": last}


def known(moment: datetime | None, zone: str) -> str:
    """When something was known; where a day alone was named, which is known by its end, that day."""
    if moment is None or not starts_day(moment, ZoneInfo(zone)):
        return at(moment, zone)
    return day_of(moment - timedelta(seconds=1), zone)


def dated(words: str, zone: str) -> str:
    """A sentence of the judge with its instants as pages write them, in the mission's zone."""
    return spoken(words, lambda moment: instant(moment, zone))


def near(at: str) -> str:
    """The box of the map around a place that is written as latitude and longitude; nothing where it is none."""
    try:
        lat, lon = (float(part) for part in at.split(",")[:2])
    except ValueError:
        return ""
    return f"{max(lon - 0.5, -180):.3f},{max(lat - 0.35, -90):.3f},{min(lon + 0.5, 180):.3f},{min(lat + 0.35, 90):.3f}"


def local(moment: datetime, zone: str) -> str:
    """An instant as a field for date and time takes it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def kilobytes(size: int) -> str:
    """The size of a file, as one word in every direction of writing."""
    return apart(f"{size / 1000:.1f} kB")


def share(part: float) -> str:
    """A part of a whole in hundredths: all and nothing are said of all and nothing alone."""
    near = "< 1" if 0 < part < 0.01 else "> 99" if 0.99 < part < 1 else f"{100 * part:.0f}"
    return apart(f"{near}\N{NO-BREAK SPACE}%")


def age(length: timedelta) -> str:
    """A length of time in its largest unit and the next one below, rounded down: nobody has less time than he is told."""
    minutes = math.floor(abs(length.total_seconds()) / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    first = (days, "d", hours, "h") if days else (hours, "h", rest, "min") if hours else (rest, "min", 0, "")
    said = [f"{n} {text(unit)}" for n, unit in (first[:2], first[2:]) if n]
    return " ".join(said) or text("under 1 min")


def short(incident: str) -> str:
    """An id that the software made, cut to what tells it apart."""
    return _OURS.sub(r"\1…", incident)


def clock_of(since: datetime | None, due: datetime | None, now: datetime) -> dict[str, Any]:
    """The age bar of an incident: how much of its time is gone, in tenths, and the words beside it."""
    if due is None or since is None:
        return {"tenths": 0, "over": False, "words": text("no clock")}
    whole = max((due - since).total_seconds(), 1.0)
    gone = (now - since).total_seconds() / whole
    over = now > due
    left = (text("%(age)s over") if over else text("%(age)s left")) % {"age": age(due - now)}
    return {"tenths": min(10, max(0, math.floor(10 * gone))), "over": over, "words": left}
