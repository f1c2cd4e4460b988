r"""Words that software and people write where a value is missing.

The first list holds in every column: the words that pandas takes for missing (``na_values`` of its CSV reader), those of PostgreSQL
(``\N``), JavaScript and spreadsheets, and dashes. The second says that something is not known; in a text that is read by people it
stays what it is, and everywhere else it is no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

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
        "?",
        "??",
        "???",
    ),
    *("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!"),
)


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
    return text is None or text.strip().upper() in ("", *_MISSING)


def without_missing(column: pl.Expr, *, but: Iterable[str] = (), unknown: bool = False) -> pl.Expr:
    """A column of text, trimmed, with nothing where a value is missing.

    Args:
        column: the text.
        but: words that mean something in this column.
        unknown: whether what is not known is missing too.

    Returns:
        The text.
    """
    words = [*_spellings(_MISSING), *(_spellings(_UNKNOWN) if unknown else ())]
    text = column.str.strip_chars()
    gone = text.is_in(["", *(word for word in words if word not in set(but))])
    return pl.when(gone).then(None).otherwise(text)
