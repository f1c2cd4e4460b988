"""What readers of evidence know of an agreement; and of parties, where there is no agreement."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence import Context
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.source import Item
from servanda.evidence.translate import FileTable
from servanda.values.files import suffix_of
from servanda.values.missing import is_missing
from servanda.values.names import name_key, spelled

_ACTORS = ("actor", "side", "against", "claimed_against", "alleged_actor", "original_source_party")


def context_of(agreement: Agreement) -> Context:
    """What readers of evidence may know of an agreement: its zone, actors and codes, and how far its places reach."""
    boxes = [place.outline().bounds for place in agreement.places.values()]
    extent = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        extent = (min(west), min(south), max(east), max(north))
    scale = agreement.mandate.severity
    bodies = frozenset(agreement.bodies)
    return Context(agreement.zone, agreement.actors, agreement.vocabulary, extent, severity=scale, bodies=bodies)


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
    spellings: dict[str, str] = {}
    for name in sorted(n for n in names if n not in ("", "unknown", "none") and not is_missing(n)):
        spellings.setdefault(name_key(name), spelled(name))
    return Context(ZoneInfo("UTC"), {name: name for name in spellings.values()})
