"""How pages are made from templates: everything from outside is escaped, and a name that is not given is an error."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment_of(zone: ZoneInfo | None = None) -> Environment:
    """The templates of pages, with their filters.

    Args:
        zone: the zone in which the filter ``local`` writes instants; ``None`` for pages without any.

    Returns:
        An environment that escapes, and fails where a template asks for a name that it was not given.
    """
    environment = Environment(
        loader=PackageLoader("servanda.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def local(moment: datetime | None, pattern: str = "%-d %b %Y %H:%M") -> str:
        return "" if moment is None else moment.astimezone(zone).strftime(pattern)

    if zone is not None:
        environment.filters["local"] = local
    environment.filters["words"] = lambda code: (code or "").replace("_", " ")
    environment.filters["link"] = lambda url: url if str(url or "").lower().startswith(("https://", "http://")) else ""
    environment.filters["anchor"] = anchor
    environment.filters["percent"] = lambda p: "none" if not p else f"{100 * p:.0f} %"
    return environment


def asset(name: str) -> Markup:
    """The project's own style or script, to be put into a page as it stands."""
    return Markup((files("servanda.report") / "templates" / name).read_text("utf-8"))  # noqa: S704  our own file


def anchor(incident: str) -> str:
    """The name of an incident's place on the page."""
    return "i-" + "".join(c if c.isalnum() or c in "-_." else "-" for c in incident)
