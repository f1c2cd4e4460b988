"""What readers of evidence know of an agreement; and of parties, where there is no agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

import polars as pl
from shapely.geometry.base import BaseGeometry

from servanda.agreement import Agreement
from servanda.agreement.model import CONSENT
from servanda.evidence import Context
from servanda.evidence.folders import in_folders
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.raw_tables import RawTable, tables_of
from servanda.evidence.source import Derived, Item
from servanda.figures.as_reports import counts_as_reports
from servanda.values.files import suffix_of
from servanda.values.geo.meridian import cut
from servanda.values.geo.reach import bounds_of
from servanda.values.missing import is_missing
from servanda.values.names import all_names, name_key, spelled
from servanda.values.units import unit_key

_ACTORS = ("actor", "side", "against", "claimed_against", "alleged_actor", "original_source_party")


def context_of(agreement: Agreement) -> Context:
    """What readers of evidence may know of an agreement: its zone, actors and codes, and how far its places reach."""
    extent = bounds_of(agreement.places.values())
    if extent is not None and (extent[0] < -180 or extent[2] > 180):  # across the 180th meridian no row looks swapped
        extent = None
    scale = agreement.mandate.severity
    bodies, places = frozenset(agreement.bodies), frozenset(agreement.places)
    return Context(
        agreement.zone,
        agreement.actors,
        agreement.vocabulary,
        extent,
        severity=scale,
        bodies=bodies,
        places=places,
        preconditions=_preconditions(agreement),
    )


def _preconditions(agreement: Agreement) -> dict[str, str]:
    """What exceptions ask for, by how it may be written: a consent by any name of who gives it."""
    exemptions = (e for text in agreement.texts for term in text.terms for e in term.exemptions)
    names = sorted({name for exemption in exemptions for name in exemption.only_if})
    written = {unit_key(name): name for name in names}
    for name in names:
        code = name.removeprefix(CONSENT)
        for other in all_names(code, agreement.actors[code]) if code != name and code in agreement.actors else ():
            written.setdefault(unit_key(CONSENT + other), name)
    return written


def counts_of(agreement: Agreement) -> Derived | None:
    """What makes reports of published counts, where the mandate says whose are evidence."""
    whose = agreement.mandate.figures
    if not whose:
        return None
    return lambda ingest: counts_as_reports(ingest.figures, whose, agreement.vocabulary, agreement.places)


def outlines_of(agreement: Agreement | None) -> Mapping[str, BaseGeometry]:
    """The agreement's places as shapes in degrees, by their names."""
    return {name: cut(place.outline()) for name, place in agreement.places.items()} if agreement else {}


def context_without_agreement(evidence: Iterable[Item], reader: str | None = None) -> Context:
    """What readers know where there is no agreement: times without a zone are UTC, and every actor that is named is a party."""
    names: set[str] = set()
    for item in in_folders(evidence):
        if not is_frame(item) and suffix_of(item) in (".yaml", ".yml"):
            continue
        tables: list[RawTable] = (
            [FrameTable(item, "frame")]
            if is_frame(item)
            else [table for table, _ in tables_of(item, reader, Counter())]
        )
        for raw in (raw for table in tables for raw in table.raw_batches()):
            for column in _ACTORS:
                if column in raw.table.columns:
                    names |= set(raw.table[column].drop_nulls().cast(pl.String).unique().to_list())
    spellings: dict[str, str] = {}
    for name in sorted(n for n in names if n not in ("", "unknown", "none") and not is_missing(n)):
        spellings.setdefault(name_key(name), spelled(name))
    return Context(ZoneInfo("UTC"), {name: name for name in spellings.values()})
