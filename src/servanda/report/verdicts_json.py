"""``verdicts.json``: every verdict with its incidents and steps, written without a text for each incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from servanda import FORMAT, __version__
from servanda.values.json_text import indented_parts
from servanda.values.time import iso
from servanda.verdicts import Verdict, Verification
from servanda.verdicts.listed import Listed


def verdicts_data(
    verification: Verification,
    verdicts: tuple[Verdict, ...] | None = None,
    listed: Callable[[Sequence[str]], Any] = list,
) -> dict[str, Any]:
    """What ``verdicts.json`` holds, as plain data; of other verdicts what their file holds. ``listed``: how incidents are given."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "servanda": __version__,
        "agreement": verification.agreement.id,
        "names_authors": verification.agreement.mandate.attribution,
        "attribution": verification.agreement.mandate.attribution_words,
        "as_of": iso(verification.as_of, verification.agreement.zone),
        "undated": verification.undated,
        "quarantined": verification.ingest.quarantined,
        "quarantined_unsided": verification.ingest.unsided,
        "no_term": verification.no_term.reasons,
        "verdicts": [
            v.as_data(verification.agreement.zone, listed)
            for v in (verification.verdicts if verdicts is None else verdicts)
        ],
    }
    if verdicts is not None and verification.by is not None:
        data |= {"by": verification.by, "unsliced": dict(verification.unsliced)}
    return data


def verdicts_json(verification: Verification, verdicts: tuple[Verdict, ...] | None = None) -> str:
    """``verdicts.json``, or another list of verdicts in its format (``servanda schema verdicts``)."""
    return "".join(verdicts_json_parts(verification, verdicts))


def verdicts_json_parts(verification: Verification, verdicts: tuple[Verdict, ...] | None = None) -> Iterator[str]:
    """The same text in parts."""
    yield from indented_parts(verdicts_data(verification, verdicts, _as_column))
    yield "\n"


def _as_column(ids: Sequence[str]) -> pl.Series | list[str]:
    """Incidents without a text for each, where they are a column."""
    return ids.column if isinstance(ids, Listed) else list(ids)


def least_of_verdicts_json(verification: Verification) -> int:
    """How many characters the data of all verdicts have at least: what the ids of their incidents take."""
    lists = [ids for v in verification.verdicts for ids in (v.incidents, *(step.uses for step in v.steps))]
    return sum(int(ids.column.str.len_chars().sum()) + 3 * len(ids) for ids in lists if isinstance(ids, Listed))
