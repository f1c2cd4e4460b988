"""How pages are made from templates: everything from outside is escaped, and a name that is not given is an error."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from threading import Lock
from types import CodeType
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from servanda.agreement.standards import STANDARDS
from servanda.errors import visible
from servanda.verdicts import VERDICTS
from servanda.wording import day, percent, plural, short_instant

_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d|Z)(?!\w)")
_OURS = re.compile(r"(x-[0-9a-f]{8})[0-9a-f]{24}")
_NO_NAME = re.compile(r"[^\w.-]")
_STANDARD = re.compile(rf"\b(?:{'|'.join(STANDARDS)})\b")
_VERDICT = re.compile(rf"\b(?:{'|'.join(VERDICTS)})\b")


_ONE_AT_A_TIME = Lock()


def template(environment: Environment, name: str) -> Template:
    """A template of an environment; its code is made once, for all environments, and whoever asks meanwhile waits for it."""
    with _ONE_AT_A_TIME:
        code = _code(name)
    return environment.template_class.from_code(environment, code, environment.make_globals(None), None)


@functools.cache
def _code(name: str) -> CodeType:
    environment = environment_of(ZoneInfo("UTC"))
    environment.filters["part"] = str  # a page brings its own
    assert environment.loader is not None
    source, file, _ = environment.loader.get_source(environment, name)
    return environment.compile(source, name, file)


def environment_of(zone: ZoneInfo | None = None) -> Environment:
    """The templates of pages, with their filters.

    Args:
        zone: the zone in which the filters ``local`` and ``local_day`` write instants; ``None`` for pages without any.

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

    if zone is not None:
        environment.filters["local"] = lambda at, year=True: "" if at is None else short_instant(at, zone, year=year)
        environment.filters["spoken"] = lambda text: _on_page(spoken(text, lambda moment: short_instant(moment, zone)))
        environment.filters["local_day"] = lambda at: day(at, zone, short=True)
    environment.filters["plural"] = plural
    environment.filters["words"] = lambda code: (code or "").replace("_", " ")
    environment.filters["short"] = lambda incident: _OURS.sub(r"\1…", incident)
    environment.filters["link"] = lambda url: url if str(url or "").lower().startswith(("https://", "http://")) else ""
    environment.filters["anchor"] = anchor
    environment.filters["visible"] = visible
    environment.filters["hashed"] = hashed
    environment.filters["percent"] = lambda p: "none" if not p else _together(percent(p))
    return environment


def spoken(text: str, written: Callable[[datetime], str]) -> str:
    """The words of a step with its instants as they stand elsewhere on the page, and its standard of proof in words.

    Args:
        text: a step, as the judge says it.
        written: writes an instant.

    Returns:
        The same for a page.
    """
    plain = _INSTANT.sub(lambda found: written(datetime.fromisoformat(found[0])), text)
    return _STANDARD.sub(lambda found: found[0].replace("_", " "), plain)


def _on_page(text: str) -> str:
    """A sentence with its verdict in words."""
    return _together(_VERDICT.sub(lambda found: found[0].replace("_", " "), text))


def _together(text: str) -> str:
    """The same with no line ending between a number and its per cent."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def asset(name: str) -> Markup:
    """The project's own style or script, to be put into a page as it stands."""
    return Markup((files("servanda.report") / "templates" / name).read_text("utf-8"))  # noqa: S704  our own file


def hashed(text: str) -> str:
    """A style or script as a page's policy allows it: by its SHA-256, so that no other can run, whatever got into the page."""
    return Markup("'sha256-") + base64.b64encode(hashlib.sha256(str(text).encode()).digest()).decode() + Markup("'")


def anchor(incident: str) -> str:
    """The name of an incident's place on the page."""
    return "i-" + _NO_NAME.sub("-", incident)
