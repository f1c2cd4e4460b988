"""Which prohibitions and limits somebody's words speak of: by act, target, weapon, place and who is bound, whatever the time."""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.findings.falls_under import Kinds
from servanda.findings.matching import Matcher
from servanda.findings.origins import DOUBT
from servanda.findings.queries import queries_of
from servanda.incidents import Keys

SPOKEN_OF = {"row": pl.Int64(), "reading": pl.String(), "term": pl.String()}


def terms_spoken_of(agreement: Agreement, told: pl.DataFrame) -> pl.DataFrame:
    """The terms that forbid what is told, in each reading.

    Args:
        agreement: the agreement.
        told: columns ``act``, ``target``, ``weapon``, ``lat``, ``lon``, ``precision_m``, and ``accused``, which may be missing.

    Returns:
        Rows of :data:`SPOKEN_OF`: the number of the row, reading and term; in the order of rows.
    """
    reports = told.with_columns(
        *(pl.lit(None, pl.String).alias(c) for c in ("nationality", "command", "payroll")),
        precision_m=pl.col("precision_m").fill_null(1.0),
    )
    queries = [
        query for query in queries_of(agreement) if query.voice == "act" and not query.owner.startswith("event ")
    ]
    matcher = Matcher(agreement, queries, Coverage(), Keys(), shortcut=False)
    rows, kinds = [], Kinds(agreement, [query.pattern for query in queries])
    for query, asked in zip(queries, kinds.levels(reports), strict=True):
        passed = np.ones(reports.height, np.bool_)
        for level in asked.values():
            passed &= level > 0
        if query.binds is not None:
            bound = pl.col("accused").is_null() | pl.col("accused").is_in(list(query.binds))
            passed &= reports.select(b=bound)["b"].to_numpy()
        rows.append(np.flatnonzero(passed))
    found = []
    for query, of_query, inside in zip(queries, rows, matcher.inside(reports, rows), strict=True):
        some = of_query[np.broadcast_to(np.asarray(inside) >= DOUBT, of_query.shape)]
        named = pl.DataFrame({"row": some}, schema={"row": pl.Int64})
        found.append(named.with_columns(reading=pl.lit(query.reading, pl.String), term=pl.lit(query.owner)))
    every = pl.concat(found) if found else pl.DataFrame(schema=SPOKEN_OF)
    return every.unique().sort("row", "reading", "term")
