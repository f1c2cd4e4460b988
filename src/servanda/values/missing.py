r"""Words that software and people write where a value is missing.

The first list holds in every column: the words that pandas takes for missing (``na_values`` of its CSV reader), those of PostgreSQL
(``\N``), JavaScript and spreadsheets, dashes, and what people write in English, Ukrainian, Russian, French, Spanish and Arabic. The second says that something is not known; in a text that is read by people it
stays what it is, and everywhere else it is no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from servanda.values.gazetteer import gazetteer

_MISSING = (
    *(
        "NA",
        "N/A",
        "N.A.",
        "N.A",
        "NAN",
        "N/D",
        "NONE",
        "NULL",
        "NIL",
        "NAT",
        "UNDEFINED",
        "(NULL)",
        "(NONE)",
        "<NULL>",
    ),
    *("<NA>", "<N/A>", "<NONE>", "#N/A", "#NA", "#N/A N/A", "-NAN", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "\\N"),
    *(
        "NOT AVAILABLE",
        "NOT APPLICABLE",
        "NO DATA",
        "NULO",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        "\u2212",
        ".",
        "..",
        "...",
    ),
)
_UNKNOWN = (
    *(
        "UNKNOWN",
        "UNK",
        "UNK.",
        "NOT KNOWN",
        "NOT STATED",
        "NOT SPECIFIED",
        "UNSPECIFIED",
        "TBD",
        "T.B.D.",
        "TBC",
        "T.B.C.",
        "?",
        "??",
        "???",
    ),
    *("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!"),
)


@cache
def _written(kind: str) -> tuple[str, ...]:
    """The words of other languages than English for what is ``missing``, ``none`` or ``unknown``, in capitals."""
    return tuple(word.upper() for word in gazetteer("missing_words.yaml")[kind])


@cache
def _missing() -> tuple[str, ...]:
    return (*_MISSING, *_written("missing"), *_written("none"))


@cache
def _as_one() -> frozenset[str]:
    return frozenset(("", *_missing()))


def none_in_words() -> tuple[str, ...]:
    """The words that say none: missing values, but in the place of a number, where they may mean 0."""
    return _spellings(("NIL", *_written("none")))


@cache
def _spellings(words: tuple[str, ...]) -> tuple[str, ...]:
    """Each word in capitals, in small letters, and as pandas and people write it."""
    out = dict.fromkeys(form for word in words for form in (word, word.lower(), word.capitalize(), word.title()))
    return tuple({**out, "NaN": None, "-NaN": None, "<na>": None, "NaT": None, "n/A": None, "N/a": None})


def is_missing(text: str | None) -> bool:
    """Whether a text stands for a value that is missing.

    Args:
        text: what is written.

    Returns:
        Whether it is nothing, empty, or one of the words of the first list.
    """
    return text is None or text.strip().upper() in _as_one()


def without_missing(column: pl.Expr, *, but: Iterable[str] = (), unknown: bool = False) -> pl.Expr:
    """A column of text, trimmed, with nothing where a value is missing.

    Args:
        column: the text.
        but: words that mean something in this column.
        unknown: whether what is not known is missing too.

    Returns:
        The text.
    """
    words = [*_spellings(_missing()), *(_spellings((*_UNKNOWN, *_written("unknown"))) if unknown else ())]
    text = column.str.strip_chars()
    gone = text.is_in(["", *(word for word in words if word not in set(but))])
    return pl.when(gone).then(None).otherwise(text)
