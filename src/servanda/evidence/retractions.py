"""What a retraction takes back: what its origin had said of an incident until then, in words no nearer to it than the retraction.

Nobody's own words are taken back by what another says that he said, and hearsay takes nothing back. What an origin says again later,
in words as near to it, stands; what others relay later of what was taken back does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from servanda.evidence.model import HEARSAY

BACK = ("back", "until")
"""The columns of a retraction: how near to its origin what it takes back can be, and when it became known (UTC; not known: empty)."""


def retractions(said: pl.DataFrame, of: Sequence[str], nearness: str = "directness") -> pl.DataFrame:
    """Who took back what he said of which incident.

    Args:
        said: with ``stance``, ``known_at`` (UTC), and the columns named.
        of: the columns of the incident and of the origin.
        nearness: the column that says how near to its origin each is (own words, relayed, hearsay).

    Returns:
        One row for each, with :data:`BACK`: of several, the nearest, and of these the last.
    """
    back = said.filter((pl.col("stance") == "retracts") & (pl.col(nearness) > HEARSAY))
    nearest = pl.col(nearness) == pl.col(nearness).max()
    when = pl.col("known_at").filter(nearest)
    return back.group_by(of).agg(back=pl.col(nearness).max(), until=pl.when(when.null_count() == 0).then(when.max()))


def is_taken_back(nearness: str = "directness") -> pl.Expr:
    """Whether what is said was taken back, of rows that have :data:`BACK`, which is empty where its origin took nothing back."""
    again = (pl.col(nearness) == pl.col("back")) & (pl.col("known_at") > pl.col("until"))
    return (pl.col(nearness) <= pl.col("back")).fill_null(False) & ~again.fill_null(False)
