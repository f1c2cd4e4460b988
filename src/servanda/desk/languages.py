"""The desk in several languages: texts by catalogues, codes by those of the mission reports, dates as each language writes them.

A text of a page is its own key, in English; a catalogue (``catalogues/LANGUAGE.po``) says it in another language, and what a catalogue lacks
stands in English; all are complete. What lower rooms say (a guard's refusal, a step of a verdict) is found by its pattern. Django's own texts and those of signing in come from Django and allauth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import override
from markupsafe import Markup

from servanda.briefs import LANGUAGES, read_catalogue
from servanda.desk.sayings import TOLD
from servanda.wording import alone, day, short_instant, which_of_two
from servanda.wording import listing as english_list
from servanda.wording import plural as english_plural

NAMES = {
    "en": "English",
    "uk": "Українська",
    "ru": "Русский",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
}
"""The languages of the desk, each by its own name."""
COMPLETE = ("en", "uk", "ru", "fr", "es", "ar")
"""Languages in which no text of the desk is lacking."""
RIGHT_TO_LEFT = frozenset({"ar"})
_ONE_AND_TWO_ARE_WORDS = frozenset({"ar"})
"""Languages whose nouns say by their form that there is one, or two."""
_OWN_WORDS = frozenset({"why", "body", "party", "incident", "reading", "report", "character", "names"})
"""What people and files say in a sentence: it stands as they said it."""
_DISK = ("cannot be written: ", "the package cannot be kept: ")
"""How sentences begin that say what the disk answered: who reads one is also told what to do."""
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")
_FIELD = re.compile(r"%\((\w+)\)s")


_SPOKEN: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language of what is being answered."""
    return _SPOKEN.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answer in a language, also where Django and allauth speak; one that the desk does not know is English.

    Args:
        code: of the language.
    """
    before = _SPOKEN.set(code if code in LANGUAGES else "en")
    try:
        with override(code):
            yield
    finally:
        _SPOKEN.reset(before)


def messages_of(code: str) -> Mapping[str, tuple[str, ...]]:
    """The texts of a language by their English; English has none of its own."""
    return {} if code == "en" else read_catalogue("servanda.desk", code)[1]


def text(english: str) -> str:
    """A text in the language of what is being answered.

    Args:
        english: as it stands in the page.

    Returns:
        The text; in English where the catalogue lacks it.
    """
    found = messages_of(language()).get(english)
    return found[0] if found and found[0] else english


def of_page(english: str, **names: Any) -> Markup:
    """A text of a page, as its template asks for it.

    Args:
        english: as it stands in the template.
        names: what its fields say; escaped where it is no markup.

    Returns:
        The text, which needs no more escaping.
    """
    said = Markup(text(english))  # noqa: S704  of a template, or its translation
    return said % names if "%" in said else said


def of_account_pages(request: Any) -> dict[str, str]:
    """What the pages of signing in say beside what Django and allauth say there."""
    return {"brand": text("Servanda desk"), "to_the_desk": text("To the desk")}


def plural_text(one: str, many: str, count: int) -> str:
    """A text that depends on a number, as gettext's ``ngettext``."""
    code = language()
    found = messages_of(code).get(one)
    form = _form(code, found, count) if found and len(found) > 1 else ""
    return form or (one if count == 1 else many)


def _form(code: str, forms: tuple[str, ...], count: int) -> str:
    from servanda.briefs.words import form_of

    return form_of(code, forms, count)


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    many = many or one + "s"
    if language() == "en":
        return english_plural(count, one, many)
    form = plural_text(one, many, count)
    return form if language() in _ONE_AND_TWO_ARE_WORDS and count in (1, 2) else f"{count} {form}"


def listed(words: Any) -> str:
    """Words in a row, as the language joins them."""
    if language() == "en":
        return english_list(list(words))
    from babel.lists import format_list

    return str(format_list([str(w) for w in words], "standard", language()))


def said_code(code: object, kind: str = "") -> str:
    """A code as words: those of mission reports, else of the desk, else its own.

    Args:
        code: as ``in_scope``.
        kind: of which list: act, target, step, outcome, verdict, status.

    Returns:
        The words.
    """
    plain = str(code or "").replace("_", " ")
    if language() == "en" or not plain:
        return plain
    found = read_catalogue("servanda.briefs", language())[1].get(f"{kind}.{code}") if kind else None
    return found[0] if found else text(plain)


def told(sentence: str) -> str:
    """What a guard or a reader says: it is made in English, and is found by its pattern.

    Args:
        sentence: in English, its names filled in.

    Returns:
        The same in the language of the answer; as it is where no pattern fits.
    """
    if sentence.startswith(_DISK):
        return f"{_said(sentence)}. {text('Tell the administrator: the disk is full, or the desk may not write there')}"
    return _said(sentence)


def _said(sentence: str) -> str:
    if language() == "en" or not sentence:
        return sentence
    if (whole := text(sentence)) != sentence:
        return whole
    for pattern, form in _patterns(language()):
        if (found := pattern.fullmatch(sentence)) is not None:
            said = found.groupdict().items()
            return form % {n: apart(v if n in _OWN_WORDS else each_said(v)) for n, v in said}
    return sentence


def apart(name: str) -> str:
    """A name in a sentence that runs the other way, so that its signs stay in their order."""
    return alone(name, right_to_left=language() in RIGHT_TO_LEFT)


def each_said(value: str) -> str:
    """A name in a sentence: offices and steps that are listed there by their own words, one by one.

    Args:
        value: as it stands in the English sentence.

    Returns:
        The same in the language of the answer; as it is where one of them is no such word.
    """
    if _FIGURE.fullmatch(value):
        return figures(value)
    said = [_name(part) for part in re.split(r", | or ", value)]
    return value if None in said else ", ".join(map(str, said))


def figures(words: str) -> str:
    """Numbers, as English writes them, with the signs of the language of the answer: in most of them 1,234 is little more than one.

    Args:
        words: in which they stand.

    Returns:
        The same words, with the same digits.
    """
    if language() == "en":
        return words
    from babel.numbers import get_decimal_symbol, get_group_symbol

    signs = str.maketrans({",": get_group_symbol(language()), ".": get_decimal_symbol(language())})
    return _FIGURE.sub(lambda found: found[0].translate(signs), words)


def _name(part: str) -> str | None:
    """An office, a state or a step in the language of the answer; ``None`` for what is none of them."""
    for key in (part, part.capitalize()):
        if (said := text(key)) != key:
            return said
    for kind in ("step", "outcome", "verdict"):
        if (said := said_code(part.replace(" ", "_"), kind)) != part:
            return said
    return None


@lru_cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], str]]:
    """What guards and readers say with names in it, as patterns of what it is when those are filled in; the longest first.

    What pages say is none: *%(start)s to %(end)s* would fit half of what anybody says.
    """
    out, said = [], messages_of(code)
    for english in TOLD:
        forms = said.get(english, ("",))
        if _FIELD.search(english) and forms[0]:
            parts = _FIELD.split(english)
            made = "".join(re.escape(p) if n % 2 == 0 else f"(?P<{p}>.+?)" for n, p in enumerate(parts))
            out.append((len(english), re.compile(made, re.DOTALL), forms[0]))
    return [(pattern, form) for _, pattern, form in sorted(out, key=lambda p: -p[0])]


def instant(moment: datetime, zone: str, *, year: bool = True) -> str:
    """An instant in a zone, to the minute, as the language writes it."""
    code = language()
    if code == "en":
        return short_instant(moment, ZoneInfo(zone), year=year)
    from babel.dates import format_datetime

    form, local = "d MMM y, HH:mm" if year else "d MMM, HH:mm", moment.astimezone(ZoneInfo(zone))
    form = form.replace(",", "،") if code in RIGHT_TO_LEFT else form
    return apart(format_datetime(local, form, locale=code) + which_of_two(local))


def day_of(moment: datetime, zone: str) -> str:
    """The day of an instant in a zone, as the language writes it."""
    code = language()
    if code == "en":
        return day(moment, ZoneInfo(zone), short=True)
    from babel.dates import format_datetime

    return apart(format_datetime(moment.astimezone(ZoneInfo(zone)), "d MMM y", locale=code))
