"""Sentences in a language: one gettext catalogue each, CLDR plural forms, and dates, lists and numbers as the language writes them.

Keys are not English: the English wording is a catalogue like the others. Names and quotations pass through unchanged; digits are those that
the evidence has (0 to 9), in every language.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from servanda.briefs.model import Code, Days, Name, Phrase, Quote, Run, Sentence, Several, Share, Span, Value
from servanda.errors import Fault, ServandaError
from servanda.values.time import day_start
from servanda.wording import alone, did_you_mean, which_of_two

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("en", "uk", "ru", "fr", "es", "ar")
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""The plural forms of CLDR, in the order in which a catalogue has those of its language."""
_LOCALES = {"en": "en_GB"}
"""Whose dates and numbers a language has, where it is not those of its most speakers."""
_FIRST_OF_MONTH = {"fr": "d'er' MMMM y"}
"""How a language writes the first day of a month, where it is unlike the others."""
_DATES = {"uk": "d MMMM y", "ru": "d MMMM y"}
"""How a language writes a date in running text, where it is not the long form of CLDR (which ends in a full stop)."""


@dataclass(frozen=True)
class Words:
    """The wording of one language. ``zone``: in which instants are written."""

    language: str
    locale: Locale
    messages: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo

    @property
    def right_to_left(self) -> bool:
        return self.locale.text_direction == "rtl"

    def sentence(self, sentence: Sentence) -> str:
        """A sentence as text."""
        return self.say(sentence.said)

    def say(self, value: Value) -> str:
        """A value as text.

        Args:
            value: a phrase with its own values, or a single one.

        Returns:
            What the language writes for it.
        """
        if isinstance(value, Phrase):
            return self._phrase(value)
        if isinstance(value, Several):
            return self._listed([self.say(one) for one in value.items])
        if isinstance(value, Run):
            return " ".join(self.say(one) for one in value.parts)
        if isinstance(value, Name):
            return self._apart(value.text)
        if isinstance(value, Quote):
            return self._message("quote", None).format(words=self._apart(value.text))
        if isinstance(value, Code):
            return self._code(value)
        if isinstance(value, Span):
            return self._span(value)
        return self._number_or_time(value)

    def _span(self, span: Span) -> str:
        from babel.dates import format_datetime

        start, end = span.start.astimezone(self.zone), span.end.astimezone(self.zone)
        if start.date() == end.date():
            clocks = [format_datetime(one, "HH:mm", locale=self.locale) + which_of_two(one) for one in (start, end)]
            words = self._message("when.same_day", None)
            return self._apart(words.format(day=self.say(start.date()), start=clocks[0], end=clocks[1]))
        if end == day_start(start.date() + timedelta(days=1), self.zone) and start == day_start(
            start.date(), self.zone
        ):
            return self.say(start.date())
        return self._message("when.between", None).format(start=self.say(span.start), end=self.say(span.end))

    def _number_or_time(self, value: float | date | datetime | Share | Days | None) -> str:
        from babel.dates import format_date, format_datetime
        from babel.numbers import format_decimal

        if isinstance(value, datetime):
            local = value.astimezone(self.zone)
            clock = format_datetime(local, "HH:mm", locale=self.locale) + which_of_two(local)
            return self._apart(self._message("date_time", None).format(day=self.say(local.date()), time=clock))
        if isinstance(value, date):
            form = _DATES.get(self.language, "long")
            return format_date(value, _FIRST_OF_MONTH.get(self.language, form) if value.day == 1 else form, self.locale)
        if isinstance(value, Days):
            return self._message("days", None).format(first=self.say(value.first), last=self.say(value.last))
        if isinstance(value, Share):
            return self._share(value.share)
        if isinstance(value, int):
            return format_decimal(value, locale=self.locale)
        if isinstance(value, float):
            return format_decimal(value, "#,##0.#####", locale=self.locale)
        return self._message("not_known", None)

    def _share(self, share: float) -> str:
        from babel.numbers import format_percent

        if 0 < share < 0.01:
            return self._message("share.less", None).format(share=format_percent(0.01, locale=self.locale))
        if 0.99 < share < 1:
            return self._message("share.more", None).format(share=format_percent(0.99, locale=self.locale))
        return format_percent(share, locale=self.locale)

    def _phrase(self, phrase: Phrase) -> str:
        n = phrase.values.get("n")
        words = self._message(phrase.key, n if isinstance(n, int) else None)
        return words.format(**{name: self.say(value) for name, value in phrase.values.items()})

    def _message(self, key: str, n: int | None) -> str:
        forms = self.messages[key]
        if n is None or len(forms) == 1:
            return forms[-1]
        return forms[_categories(self.locale).index(self.locale.plural_form(n))]

    def _code(self, code: Code) -> str:
        found = self.messages.get(f"{code.kind}.{code.code}")
        return self._apart(code.code.replace("_", " ")) if found is None else found[0]

    def _listed(self, words: list[str]) -> str:
        from babel.lists import format_list

        return format_list(words, "standard", self.locale) if words else ""

    def _apart(self, text: str) -> str:
        """A name among words that run the other way."""
        return alone(text, right_to_left=self.right_to_left)


def form_of(language: str, forms: tuple[str, ...], n: int) -> str:
    """The form that a language has for a number, of those that its catalogue gives."""
    from babel import Locale

    locale = Locale.parse(_LOCALES.get(language, language))
    return forms[min(_categories(locale).index(locale.plural_form(n)), len(forms) - 1)]


def _categories(locale: Locale) -> list[str]:
    """The plural forms that a language has."""
    return [name for name in CATEGORIES if name in {*locale.plural_form.tags, "other"}]


def words_of(language: str, zone: ZoneInfo) -> Words:
    """The wording of a language.

    Args:
        language: its code, one of :data:`LANGUAGES`.
        zone: in which instants are written.

    Returns:
        The wording.

    Raises:
        ServandaError: there is no catalogue of that language; or the packages that read one are not installed.
    """
    if language not in LANGUAGES:
        hint = did_you_mean(language, LANGUAGES, f"one of: {', '.join(LANGUAGES)}")
        raise ServandaError(Fault("--language", f"no catalogue has the language {language!r}", hint, code="BRF001"))
    locale, messages = read_catalogue("servanda.briefs", language)
    return Words(language, locale, messages, zone)


@lru_cache
def read_catalogue(package: str, language: str) -> tuple[Any, Mapping[str, tuple[str, ...]]]:
    """The catalogue of a language: its locale, and its messages by their keys.

    Args:
        package: beside whose modules the catalogues lie.
        language: its code.

    Returns:
        The locale; and by key the forms of each message, one or as many as the language has plural forms.

    Raises:
        ServandaError: the packages that read one are not installed.
    """
    try:
        from babel import Locale
        from babel.messages.pofile import read_po
    except ImportError:
        hint = "pip install 'servanda[reports]'"
        raise ServandaError(Fault("brief", "mission reports need more packages", hint, code="BRF002")) from None
    text = (files(package) / "catalogues" / f"{language}.po").read_bytes()
    found = {}
    for message in read_po(io.BytesIO(text), locale=language):
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key:
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return Locale.parse(_LOCALES.get(language, language)), found
