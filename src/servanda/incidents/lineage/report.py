"""The lineage report: roles, origins, distortions and grades of some incidents, as tables."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from servanda.incidents.lineage.distortions import disagreements, misassigned
from servanda.incidents.lineage.grading import report_grades, source_grades
from servanda.incidents.lineage.origins import origins, with_body
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


def trace_lineage(reports: pl.DataFrame, vocabulary: Vocabulary) -> LineageReport:
    """Who said so first and what changed on the way, for reports that have ``incident``."""
    # names as numbers in their order, which is faster to group and sort by
    names = pl.Enum(reports["incident"].unique().sort())
    with_lineage = with_body(lineage(reports.with_columns(pl.col("incident").cast(names))))
    table, counts = origins(with_lineage)
    columns = (
        "report_id",
        "incident",
        "source",
        "origin",
        "side",
        "via",
        "role",
        "link",
        "alike_to",
        "stance",
        "known_at",
        "file",
        "row",
    )
    judged = with_lineage.select("incident", "stance", "side", "actor", "start", "lat", "kind", "origin", "body")
    graded = with_lineage.select(columns).with_columns(
        credibility_estimate=report_grades(judged.join(counts, on="incident", how="left", maintain_order="left"))
    )
    tables = (
        graded.sort("incident", "known_at", "report_id", "file", "row", nulls_last=True),
        table,
        counts,
        disagreements(with_lineage, vocabulary),
        misassigned(with_lineage),
        source_grades(with_lineage),
    )
    return LineageReport(*(t.with_columns(pl.col(pl.Enum).cast(pl.String)) for t in tables))
