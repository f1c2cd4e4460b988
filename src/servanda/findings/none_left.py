"""Counts of none: an observer who looked again and found nothing of what a cap counts.

Such a report is no act. It shows that what was counted before at its place is no longer there, where it speaks of all that the term
counts, and where the word of one observer confirms.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from servanda.agreement import Agreement, Pattern
from servanda.findings.queries import MatchQuery
from servanda.values.time import to_micros

_ITEM = ("act", "target", "weapon", "nationality", "command", "payroll")


def none_left(
    agreement: Agreement, queries: Sequence[MatchQuery], reports: pl.DataFrame, narrow: pl.DataFrame
) -> pl.DataFrame:
    """Which reports count none of what caps count.

    Args:
        agreement: the agreement.
        queries: what is looked for.
        reports: rows of the report table.
        narrow: the same rows as judging needs them.

    Returns:
        Rows of ``narrow`` with ``unit``, when and where they counted, and that they refute.
    """
    rule = agreement.mandate.rule
    counted = pl.col("first_hand") & (pl.col("quantity") == 0) & pl.col("stance").is_in(["asserts", "confirms"])
    where = reports.select("start", "end", "lat", "lon", "quantity", *_ITEM, radius="precision_m")
    rows = pl.concat([narrow, where], how="horizontal").filter(counted & pl.col("act").is_not_null())
    if not agreement.mandate.by_observation or rule.observers > 1 or rule.trace:
        rows = rows.clear()
    parts = [rows.clear().with_columns(unit=pl.lit(0, dtype=pl.UInt16))]
    items = rows.select(_ITEM).unique() if rows.height else None
    for n, query in enumerate(queries if items is not None else ()):
        if query.at_once and not query.of_some:
            assert items is not None
            speaks = pl.Series(
                [
                    _of_all(agreement, query.pattern, *item)
                    for item in zip(*(items[c].to_list() for c in _ITEM), strict=True)
                ],
                dtype=pl.Boolean,
            )
            wanted = items.filter(speaks)
            start, end = query.window.start, query.window.end
            when = pl.col("start").dt.epoch("us")
            within = pl.lit(True) if start is None else when >= to_micros(start)
            within &= pl.lit(True) if end is None else when < to_micros(end)
            mine = rows.filter(within).join(wanted, on=_ITEM, how="semi", nulls_equal=True, maintain_order="left")
            parts.append(mine.with_columns(unit=pl.lit(n, dtype=pl.UInt16)))
    said = dict.fromkeys(("of_doer", "several", "kept", "partial"), False) | {
        "refutes": True,
        "toward": -1,
        "p": 1_000_000,
    }
    return pl.concat(parts).with_columns(**{name: pl.lit(value) for name, value in said.items()})


def _of_all(
    agreement: Agreement, pattern: Pattern, act: str, target: str | None, weapon: str | None, *force: str
) -> bool:
    """Whether who says so speaks of all that a pattern looks for, and not of a part of it."""
    vocabulary = agreement.vocabulary
    every = set(pattern.act_codes) <= set(vocabulary.acts.below([act])) and not any(force)
    if target is not None:
        every &= pattern.targets is not None and pattern.targets <= set(vocabulary.targets.below([target]))
    if weapon is not None:
        every &= pattern.weapon is not None and vocabulary.weapons.covers(weapon, pattern.weapon)
    return every
