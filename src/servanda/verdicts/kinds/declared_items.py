"""Declared items: each where it was declared to be, and nothing else."""

from __future__ import annotations

import polars as pl

from servanda.agreement import Term
from servanda.agreement.kinds import DeclaredItems
from servanda.values.time import Interval
from servanda.verdicts import reconciliation
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.reconciliation import STATUSES, surplus
from servanda.wording import plural

_WRONG = ("missing", "extra", "serial_mismatch")
_NAMED = 5  # items that are named one by one


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party's declared items are where it declared them to be."""
    term, case = builder.term, builder.case
    span = times.span(term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    builder.step("in_force", f"{builder.binding()}.")
    builder.window = span.widest.intersection(Interval(None, case.as_of))
    items = reconcile(case, term, builder.party, builder.window)
    counts = {status: items.filter(pl.col("status") == status).height for status in STATUSES}
    declared = _count(builder, items, counts)
    builder.measure = {"declared": declared, **counts}
    listed = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n)
    builder.step("items", f"Of {plural(declared, 'declared item', 'declared items')}: {listed or 'nothing'}.")
    wrong = sum(counts[status] for status in _WRONG)
    if wrong:
        _wrong_step(builder, items)
        inspected = items.filter(pl.col("status").is_in(_WRONG))["inspected"].unique().sort().to_list()
        builder.breaches = tuple(Breach(time, time) for time in inspected) or (Breach(None, None),)
        return builder.finish("breached", f"{plural(wrong, 'item is', 'items are')} not as declared")
    if not declared:
        return builder.finish("undetermined", "nothing was declared, so that there is nothing to compare with")
    share = (counts["present"] + counts["excused"]) / declared
    builder.step(
        "inspected",
        f"{100 * share:.0f} % of what was declared was read by inspectors; the mandate asks for {100 * builder.standard:g} %.",
    )
    if share < builder.standard:
        return builder.finish("undetermined", "too little of what was declared was inspected")
    if counts["excused"]:
        return builder.finish("excused", "what is absent was excused, and all else is in its place")
    return builder.finish("complied", "what was declared is there, and nothing else")


def reconcile(case: CaseFile, term: Term, party: str | None, window: Interval) -> pl.DataFrame:
    """Every item that a party declared, or that was found with it, and its status (``reconciliation.RECONCILED``)."""
    assert isinstance(term.kind, DeclaredItems)
    return reconciliation.reconcile(case.items, case.agreement, term.kind, party, window)


def _wrong_step(builder: VerdictBuilder, items: pl.DataFrame) -> None:
    """Says which items are not as declared; those that were only counted have no row."""
    said = []
    for status, words in zip(_WRONG, ("Missing", "Not declared", "With another serial number"), strict=True):
        rows = items.filter(pl.col("status") == status).sort("site", "serial", "weapon", nulls_last=True)
        few = rows.head(_NAMED).select("serial", "weapon", "site").get_columns()
        names = [_item(*one) for one in zip(*(column.to_list() for column in few), strict=True)]
        if names:
            more = rows.height - len(names)
            said.append(f"{words}: {', '.join(names)}{f', +{more:,}' if more else ''}.")
    if said:
        builder.step("wrong", " ".join(said))


def _item(serial: str | None, *about: str | None) -> str:
    """One item in words: its serial number, what it is, where."""
    named = f"({', '.join(word for word in about if word is not None)})"
    return named if serial is None else f"{serial} {named}"


def _count(builder: VerdictBuilder, items: pl.DataFrame, counts: dict[str, int]) -> int:
    """Makes the counts of rows counts of items, and returns how many were declared."""
    kind, case = builder.term.kind, builder.case
    assert isinstance(kind, DeclaredItems)
    # two halves of one exchange: an item that is gone and the one that stands in its place
    counts["serial_mismatch"] //= 2
    declared = items.height - counts["extra"] - counts["serial_mismatch"]
    counts["extra"] += surplus(items, case.items, case.agreement, kind, builder.party, builder.window)
    return declared
