"""What a report counts, and for which place of the agreement."""

from __future__ import annotations

import polars as pl

from servanda.evidence.model import Context
from servanda.evidence.normalise.attribution import Check, Notes
from servanda.values.units import is_of_acts, units_of


def counted_in(table: pl.DataFrame, checks: list[Check], context: Context, notes: Notes) -> pl.DataFrame:
    """What is counted, in one way of writing, and for which place of the agreement.

    Args:
        table: reports with their numbers read (``_quantity``).
        checks: to which what may be wrong is added.
        context: the codes and places of the agreement.
        notes: to which what had to be assumed is added.

    Returns:
        The table with its units in one way of writing.
    """
    if context.places is not None:
        unknown = ~pl.col("area").is_in(list(context.places)).fill_null(True)
        hint = "name one under 'places:', or write other words as place_name"
        checks.append(Check("EVD128", "area", unknown, "not a place of the agreement", hint))
    said = table["unit"].unique().drop_nulls().to_list()
    if not said:
        return table
    acts, targets = context.vocabulary.acts, context.vocabulary.targets
    units = units_of(said, {*acts.parent, *targets.parent})
    other = {text: not is_of_acts(unit, acts) for text, unit in units.items()}
    table = table.with_columns(
        _unit=pl.col("unit").replace(units), __other=pl.col("unit").replace_strict(other, default=False)
    )
    # none of what is no act says nothing of acts: an attack without casualties is an attack; a delivery of no lorries is none
    things = acts.below(context.vocabulary.several_authors)
    none = pl.col("__other") & (pl.col("_quantity") == 0) & ~pl.col("act").is_in(list(things))
    notes["counts in other units than acts (they are no number of acts, and a 0 among them is no nil report)"] = table[
        "__other"
    ]
    stays = ~none.fill_null(False)
    return table.with_columns(pl.when(stays).then(c).alias(c) for c in ("quantity", "_quantity"))
