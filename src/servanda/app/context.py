"""What readers of evidence know of an agreement; and of parties, where there is no agreement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement, read_agreement
from servanda.errors import Fault, ServandaError
from servanda.evidence import Context
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.source import FileTable, Item
from servanda.values.files import FileLike, suffix_of
from servanda.values.time import parse_instant

_ACTORS = ("actor", "side", "against", "claimed_against", "alleged_actor", "original_source_party")


def agreement_of(agreement: Agreement | FileLike) -> Agreement:
    """An agreement that was read already, or is read now.

    Raises:
        AgreementError: the file cannot be read; with every fault found.
    """
    return agreement if isinstance(agreement, Agreement) else read_agreement(agreement)


def instant_of(value: datetime | str | None, zone: ZoneInfo) -> datetime | None:
    """An instant, or what somebody wrote for one; without a zone it is one of ``zone``.

    Raises:
        ServandaError: it is not a valid instant.
    """
    if not isinstance(value, str):
        return value
    try:
        return parse_instant(value, zone)
    except ValueError as error:
        hint = "write it as 2025-04-01T12:00+03:00"
        raise ServandaError(Fault("--as-of", str(error), hint, code="CLI003")) from None


def context_of(agreement: Agreement) -> Context:
    """What readers of evidence may know of an agreement: its zone, actors and codes, and how far its places reach."""
    boxes = [place.outline().bounds for place in agreement.places.values()]
    extent = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        extent = (min(west), min(south), max(east), max(north))
    return Context(agreement.zone, agreement.actors, agreement.vocabulary, extent)


def context_without_agreement(evidence: Iterable[Item]) -> Context:
    """What readers know where there is no agreement: times without a zone are UTC, and every actor that is named is a party."""
    names: set[str] = set()
    for item in evidence:
        if not is_frame(item) and suffix_of(item) in (".yaml", ".yml"):
            continue
        table = FrameTable(item, "frame") if is_frame(item) else FileTable(item)
        for raw in table.raw_batches():
            for column in _ACTORS:
                if column in raw.table.columns:
                    names |= set(raw.table[column].drop_nulls().cast(pl.String).unique().to_list())
    return Context(ZoneInfo("UTC"), {name: name for name in sorted(names - {"", "unknown", "none"})})
