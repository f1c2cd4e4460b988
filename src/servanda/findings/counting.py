"""Which numbers of reports count acts that a prohibition forbids, and which numbers are in the unit that a term names."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.findings.queries import MatchQuery
from servanda.incidents import Keys
from servanda.values.codes import Vocabulary
from servanda.values.units import (
    ACT,
    ANYTHING,
    THINGS,
    acts_counted_in,
    counts_in,
    counts_people,
    counts_persons,
    counts_weapons,
    is_measured,
    is_of_acts,
    unit_code,
)

NUMBER: dict[str, pl.DataType] = {
    "counted_in": pl.String(),  # of a number of acts under a prohibition: in what it counts
    "same": pl.UInt64(),  # of such a number: whose it is, of what, where; numbers of one source that may count the same acts share it
    "known_at": pl.Datetime("us", "UTC"),
    "partial": pl.Boolean(),  # it shows a precondition of an exception: its number is how many of the acts it speaks for
}
"""What is kept of a number beside the number."""
COUNTED_BY = ("act", "target", "weapon", "actor", "place_name", "admin1", "area", "lat", "lon", "precision_m", "unit")
"""Numbers of one source that agree in all of these may count the same acts, where their times overlap."""
IN_ANOTHER_UNIT = -1
"""Stands for a number that counts something else than is asked for: there was some of what is, and how much is not known."""
OF_ANOTHER_THING = -2
"""The same where nothing but the unit says what is asked for: 500 tonnes may be one tank, and need not be."""
THOUSANDTHS = (pl.col("quantity") * 1000).round().cast(pl.Int64)
"""The number of a report as it is counted with."""


def counting(keys: Keys) -> dict[str, pl.Expr]:
    """What of reports says in what, and of what, their numbers are."""
    columns = ("origin", *COUNTED_BY)
    same = pl.struct(columns).hash()
    if keys.anywhere:
        same = functools.reduce(lambda a, b: a ^ b, (keys.hashed(pl.col(c), n) for n, c in enumerate(columns)))
    return {"counted": pl.col("unit"), "same": same}


def counted_in(
    vocabulary: Vocabulary,
    counting: Sequence[int],
    reports: pl.DataFrame,
    rows: npt.NDArray[np.int64],
    matched: pl.DataFrame,
) -> pl.Series:
    """For each matched row, in what it counts acts under a prohibition; empty where it counts none.

    A number without a unit counts acts, unless the act is one of which a number may be that of men or things (presence, deliveries).

    Args:
        vocabulary: of the agreement.
        counting: the numbers of the queries under which acts are counted.
        reports: a batch.
        rows: the number of the report of each matched row.
        matched: the matched rows.

    Returns:
        The units.
    """
    nothing = pl.Series("of", [None], dtype=pl.String).new_from_index(0, matched.height)
    if not counting or reports["quantity"].null_count() == reports.height:
        return nothing
    wanted = matched["unit"].is_in(list(counting)).arg_true()
    told = picked(reports, rows[wanted.to_numpy()], of=acts_counted_in(vocabulary, reports))["of"]
    return nothing.scatter(wanted, told)


def picked(reports: pl.DataFrame, rows: npt.NDArray[np.int64], /, **columns: pl.Expr) -> pl.DataFrame:
    """Columns of some rows of reports; what they are not made of is left where it is."""
    asked = {name for column in columns.values() for name in column.meta.root_names()}
    return reports.select(sorted(asked))[rows].select(**columns)


def with_amounts(vocabulary: Vocabulary, reports: pl.DataFrame, narrow: pl.DataFrame) -> pl.DataFrame:
    """What was said about incidents, with when and how many acts it was for which it speaks, where anything of it shows a precondition.

    Args:
        vocabulary: of the agreement.
        reports: a batch.
        narrow: a row for each report, with what it ``shows``.

    Returns:
        These rows, with ``start``, ``end``, ``quantity`` and ``counted_in`` where one shows anything.
    """
    if narrow["shows"].null_count() == narrow.height:
        return narrow
    more = reports.select("start", "end", quantity=THOUSANDTHS, counted_in=acts_counted_in(vocabulary, reports))
    return pl.concat([narrow, more], how="horizontal")


def number_asked(vocabulary: Vocabulary, queries: Sequence[MatchQuery], found: pl.DataFrame) -> pl.Expr:
    """How many of what a query counts a report tells: acts where it counts acts, and what a term names in the unit that it names.

    Args:
        vocabulary: of the agreement.
        queries: what is looked for, in the order of their numbers.
        found: rows with the number of their query (``unit``), ``quantity``, the unit of that (``counted``) and ``counted_in``.

    Returns:
        The quantity; :data:`IN_ANOTHER_UNIT` or :data:`OF_ANOTHER_THING` where it counts something else; nothing where a prohibition has no
        number of acts.
    """
    units = found["counted"].unique().drop_nulls().to_list()
    other, thing = pl.lit(False), pl.lit(False)
    for n, query in enumerate(queries if units else ()):
        others = [unit for unit in units if not _counts_in(vocabulary, query, unit)]
        if others:
            of = (pl.col("unit") == n) & pl.col("counted").is_in(others)
            other, thing = (other, thing | of) if _by_unit_alone(query) else (other | of, thing)
    forbids = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.counts])
    of_acts = ~forbids | pl.col("counted").is_null() | pl.col("counted_in").is_not_null()
    some = pl.col("quantity") > 0
    another = pl.when(other & some).then(IN_ANOTHER_UNIT).when(thing & some).then(OF_ANOTHER_THING)
    return pl.coalesce(another, pl.when(of_acts).then("quantity"))


def _by_unit_alone(query: MatchQuery) -> bool:
    """Whether nothing but the unit says what things a query counts; where persons are counted, somebody came with whatever came."""
    named = query.pattern.weapon is not None or query.pattern.targets is not None
    return not named and query.unit not in (None, ACT, ANYTHING, THINGS) and not counts_people(str(query.unit))


def _counts_in(vocabulary: Vocabulary, query: MatchQuery, unit: str) -> bool:
    """Whether a number in some unit counts what a query counts."""
    pattern, targets = query.pattern, query.pattern.targets or ()
    acts = is_of_acts(unit, vocabulary.acts)
    if pattern.weapon is not None and query.unit in (None, ACT, ANYTHING, THINGS):  # only weapons count weapons
        things = vocabulary.acts.below(vocabulary.several_authors)
        weapons = counts_weapons(unit, pattern.weapon, vocabulary.weapons) and not pattern.acts.isdisjoint(things)
        return acts or weapons
    if query.unit is None or (acts and query.unit in (ACT, ANYTHING, THINGS)):
        return True
    persons = not vocabulary.targets.below(["person"]).isdisjoint(targets)
    of_target = (persons and counts_people(unit)) or any(counts_in(unit, target) for target in targets)
    if query.unit == THINGS:  # so much of what comes, which is counted; where persons are asked for, persons
        return of_target or (counts_persons(unit) if persons else not is_measured(unit))
    if query.unit in (ACT, ANYTHING):  # what a cap without a unit counts nobody knows, but where nothing may be there
        things = vocabulary.acts.below(vocabulary.several_authors)
        counts = query.unit == ANYTHING or of_target or counts_in(unit, query.unit)
        return counts and not pattern.acts.isdisjoint(things)
    if persons and any(
        counts_in(query.unit, target) for target in targets
    ):  # forty wounded, of whom the row says that they are prisoners
        of_target |= counts_persons(unit)
    of_weapon = pattern.weapon is not None and vocabulary.weapons.level(pattern.weapon, unit_code(unit)) == 2
    return of_target or of_weapon or counts_in(unit, query.unit)
