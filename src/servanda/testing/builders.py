"""Builders: what is not said has a default. Everything lies around 48.0 N 37.0 E, in March and April 2025, between Aland (A) and Bland (B)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from servanda.agreement import Agreement, read_agreement
from servanda.app.context import context_of
from servanda.errors import Fault, ServandaError
from servanda.evidence import EvidenceSource, read_evidence
from servanda.evidence.model import REPORT
from servanda.schemas import schema
from servanda.wording import did_you_mean

AGREEMENT: Mapping[str, Any] = {
    "agreement": "test",
    "title": "A test",
    "timezone": "Europe/Kyiv",
    "parties": {"A": "Aland", "B": "Bland"},
    "in_force": {"from": "2025-03-18", "for": "30 days"},
    "places": {"zone": {"at": [48.0, 37.0], "radius": "20 km"}},
    "terms": {"fire": {"text": "No strikes on energy", "forbid": {"act": "strike", "target": "energy", "in": "zone"}}},
}
"""The agreement of ``agreement``: for thirty days neither side strikes energy within 20 km."""
_REPORT: Mapping[str, Any] = {
    "source": "outlet",
    "start": "2025-03-20T12:00:00Z",
    "lat": 48.0,
    "lon": 37.0,
    "precision_km": 0.1,
    "act": "missile",
    "target": "substation",
}
_WATCH: Mapping[str, Any] = {
    "id": "camera",
    "who": "Mission",
    "means": "camera",
    "detects": ["strike"],
    "in": ["zone"],
    "from": "2025-03-18T00:00+02:00",
    "to": "2025-04-18T00:00+03:00",
    "probability": 0.95,
}
_TYPED: Mapping[str, Any] = {
    "file": "f.csv",
    "source": "outlet",
    "kind": "claim",
    "stance": "asserts",
    "start": datetime(2025, 3, 20, 12, tzinfo=UTC),
    "lat": 48.0,
    "lon": 37.0,
    "precision_m": 100.0,
    "act": "missile",
    "target": "substation",
}


@functools.cache
def _words(kind: str, entry: str = "") -> tuple[str, ...]:
    """The words of a kind of file, or of an entry in it; its whole schema is made for them."""
    whole = schema(kind)
    return tuple((whole["$defs"][entry] if entry else whole)["properties"])


def _known(words: Iterable[str], names: tuple[str, ...], builder: str) -> None:
    for word in words:
        if word not in names:
            hint = did_you_mean(word, names, f"the names are {', '.join(names)}")
            raise ServandaError(Fault(builder, f"unknown key {word!r}", hint, code="API012"))


def agreement(**parts: Any) -> Agreement:
    """An agreement between Aland (A) and Bland (B).

    Args:
        **parts: what is otherwise than in ``AGREEMENT``, by the words of an agreement file; ``None`` leaves a part out.

    Returns:
        The agreement, as ``servanda.verify`` takes it.

    Raises:
        AgreementError: with every fault of the agreement.
        ServandaError: an agreement has no such word.
    """
    _known(parts, _words("agreement"), "agreement")
    whole = {key: part for key, part in {**AGREEMENT, **parts}.items() if part is not None}
    return read_agreement(whole)


def report(**columns: Any) -> dict[str, Any]:
    """One report: by default an outlet's claim of a missile on a substation at 48.0 N 37.0 E on 20 March 2025, 12:00 UTC.

    Args:
        **columns: what is otherwise, by the columns of ``servanda schema servanda-reports``.

    Returns:
        The row, as ``servanda.verify`` takes it among its evidence.

    Raises:
        ServandaError: a report has no such column.
    """
    _known(columns, _words("servanda-reports"), "report")
    return {**_REPORT, **columns}


def reports(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Some reports as a frame.

    Args:
        *rows: of each what is otherwise than in ``report``.

    Returns:
        A frame with the columns of ``servanda schema servanda-reports``; ``report_id`` is R1, R2 and so on where a row has none.

    Raises:
        ServandaError: a report has no such column.
    """
    full = [{"report_id": f"R{n}", **report(**row)} for n, row in enumerate(rows, 1)]
    names = list(dict.fromkeys(name for row in full for name in row)) or ["report_id", *_REPORT]
    return pl.DataFrame({name: [row.get(name) for row in full] for name in names})


def watch(**words: Any) -> dict[str, Any]:
    """One watch: by default a camera of the mission over the whole zone and time that sees a strike with probability 0.95.

    Args:
        **words: what is otherwise, by the words of a coverage file; ``from_`` and ``in_`` stand for ``from`` and ``in``.

    Returns:
        The watch, for ``coverage``.

    Raises:
        ServandaError: a watch has no such word.
    """
    named = {word.rstrip("_"): value for word, value in words.items()}
    _known(named, _words("coverage", "WatchEntry"), "watch")
    return {key: value for key, value in {**_WATCH, **named}.items() if value is not None}


def coverage(*watches: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """Who could have seen what.

    Args:
        *watches: made by ``watch``.
        **parts: ``outages`` and ``denials``, as a coverage file has them.

    Returns:
        The coverage, as ``servanda.verify`` takes it.
    """
    return {"watches": [dict(one) for one in watches], **parts}


def source(evidence: Sequence[Any], agreement: Agreement) -> EvidenceSource:
    """A source of evidence in memory, for who calls the rooms below the public functions.

    Args:
        evidence: frames (as ``reports`` makes them), paths and ``NamedBytes``.
        agreement: whose parties, zone and codes are used.

    Returns:
        The source: batches of report tables, decisions, and what was set aside.

    Raises:
        EvidenceError: a frame or file cannot be read at all.
    """
    return read_evidence(evidence, context_of(agreement))


def report_table(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Some reports as they are once they were read: typed, with the origin and how near it they are.

    Args:
        *rows: of each what is otherwise, by the columns of ``servanda.evidence.model.REPORT``.

    Returns:
        A frame of that shape.
    """
    whole = []
    for n, row in enumerate(rows):
        full = {**_TYPED, "report_id": f"R{n}", "row": n + 1, **row}
        full.setdefault("end", full["start"])
        full.setdefault("origin", full["source"])
        full.setdefault("known_at", full["end"])
        full.setdefault("directness", 2 if full["source"] == full["origin"] else 1)
        whole.append({column: full.get(column) for column in REPORT})
    return pl.DataFrame(whole, schema=REPORT)
