"""The lineage report: roles, origins, distortions and grades of some incidents, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from servanda.incidents.lineage.distortions import disagreements, misassigned
from servanda.incidents.lineage.grading import report_grades, source_grades
from servanda.incidents.lineage.origins import ORIGINS_FROM, origins, with_body
from servanda.incidents.lineage.relays import lineage
from servanda.values.codes import Vocabulary


@dataclass(frozen=True)
class LineageReport:
    """``reports``: role, last step, text repeated and digit of each; ``origins``: who of each incident counts and why; ``counts``: how many, least and most;
    ``disagreements``, ``misassigned``: what changed on the way, surely and perhaps; ``sources``: letters, estimated.
    """

    reports: pl.DataFrame
    origins: pl.DataFrame
    counts: pl.DataFrame
    disagreements: pl.DataFrame
    misassigned: pl.DataFrame
    sources: pl.DataFrame


TRACED = (
    *("report_id", "file", "row", "source", "origin", "via", "side", "directness", "kind", "stance", "start", "end"),
    *("known_at", "lat", "lon", "precision_m", "place_name", "admin1", "target", "actor", "quantity", "summary"),
)
"""The columns of reports of which :func:`trace_lineage` needs to know."""
_TOLD = (
    *("report_id", "incident", "source", "origin", "side", "via", "role", "link", "alike_to", "stance", "known_at"),
    *("file", "row"),
)
_JUDGED = ("incident", "stance", "side", "actor", "start", "lat", "kind", "origin", "body", "directness", "known_at")


def _nothing() -> None:
    """Nothing is given back."""


def trace_lineage(
    reports: pl.DataFrame,
    vocabulary: Vocabulary,
    release: Callable[[], None] = _nothing,
    sides: Mapping[str, str] = {},
) -> LineageReport:
    """Who said so first and what changed on the way, for reports (:data:`TRACED`) that have ``incident``; ``release`` gives memory back between steps, ``sides`` are the parties' names."""
    # names as numbers in their order, which is faster to group and sort by
    names = pl.Enum(reports["incident"].unique().sort())
    with_lineage = with_body(lineage(reports.with_columns(pl.col("incident").cast(names))), sides)
    del reports  # what is not asked for any more need not stay

    def told(table: pl.DataFrame) -> pl.DataFrame:
        release()
        return table.with_columns(pl.col(pl.Enum).cast(pl.String))

    # what becomes small first, so that what is large stands beside as little as can be
    changed = told(disagreements(with_lineage, vocabulary)), told(misassigned(with_lineage))
    sources = told(source_grades(with_lineage))
    with_lineage = with_lineage.select(list(dict.fromkeys((*_TOLD, *_JUDGED, *ORIGINS_FROM))))
    table, counts = origins(with_lineage)
    with_lineage = with_lineage.select(list(dict.fromkeys((*_TOLD, *_JUDGED))))
    table = told(table)
    graded = told(_graded(with_lineage, counts))
    return LineageReport(graded, table, told(counts), *changed, sources)


def _graded(reports: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    judged = reports.select(_JUDGED)
    grades = report_grades(judged.join(counts, on="incident", how="left", maintain_order="left"))
    table = reports.select(*_TOLD, credibility_estimate=grades)
    return table.sort("incident", "known_at", "report_id", "file", "row", nulls_last=True)
