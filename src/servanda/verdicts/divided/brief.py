"""What a share of the incidents tells of terms that do not follow from sums: one row an incident, and none of its reports.

When an incident began and ended, where and how much it was, whose it may have been and how it stands is found in its share, which has all
its reports. What comes together by term (or by event, or by day) are these rows: sorted, they are those of one process, and so is all
that follows from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.values.later import Later
from servanda.verdicts.act_steps import COUNTED
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.divided.unsure import Unsure, of_groups, together
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import Occurrences
from servanda.verdicts.speaking import asserting_of, speaking_of

_FINDING = (
    "unit party key incident status by p observers against contested exchange withdrawn answerable basis_stated excuse plea unmet"
).split()
"""What steps tell of findings."""
_ASSERTING = ["incident", "side", "start", "end", "lat", "lon", "precision_m", "trace"]
_WITHDRAWN = ["incident", "origin", "side", "known_at", "summary"]
_SAID = ["alleged", "open"]
_SORTED = {
    "findings": ["unit", "party", "incident", "status"],
    "occurrences": ["unit", "start", "end", "incident", "party", "status"],
    "counts": ["unit", "start", "end", "incident", "party", "status", "counted_in"],
}


def entered_later(agreement: Agreement) -> datetime | None:
    """When the last of the readings that were entered later was."""
    return max((text.since for text in agreement.texts if text.since is not None), default=None)


def ready(case: CaseFile) -> CaseFile:
    """A case whose reports are counted once, however often it is asked."""
    asserting = asserting_of(case.members)
    return case.counting(speaking_of(asserting), asserting)


def began_before(case: CaseFile, later: datetime | None) -> pl.DataFrame:
    """The incidents that had begun when the last reading was entered, with when (``incident``, ``start``)."""
    began = case.members.group_by("incident").agg(pl.col("start").min())
    return began.filter(pl.col("start") < later if later is not None else False)


def briefs_of(case: CaseFile, groups: Mapping[int, Collection[int]], unsure: Unsure) -> dict[str, pl.DataFrame]:
    """What each of some groups needs of a share, with its number as ``group``.

    Args:
        case: of the share (:func:`ready`).
        groups: by number, the numbers of the queries that each follows from.
        unsure: which of its incidents may be one with others, or several.
    """
    rows = [(n, unit) for n, of in groups.items() for unit in sorted(of)]
    units = pl.DataFrame(rows, schema={"group": pl.UInt32, "unit": pl.UInt16}, orient="row")
    acts = [n for n, query in enumerate(case.queries) if query.role == "act"]
    found = case.findings.select(_FINDING).join(units, on="unit")
    own = found.select("group", "incident").unique()
    told = {
        "findings": found.filter(pl.col("unit").is_in(acts)),
        "occurrences": case.occurrences.table.join(units, on="unit"),
        **{name: getattr(case, name).join(units, on="unit") for name in ("refuted", "counts")},
        "speaking": case.speaking.table.cast({"origins": pl.List(pl.String)}).join(_of(found, COUNTED), on="incident"),
        "hearsay": case.hearsay.select(list(HEARSAY_ROW)).join(own, on="incident"),
        "withdrawals": case.withdrawals.select(_WITHDRAWN).join(own, on="incident"),
    }
    told |= of_groups(unsure, own)
    if case.coverage.watches:  # else nothing that is alleged is answered
        told["asserting"] = _asserting(case).select(_ASSERTING).join(_of(found, _SAID), on="incident")
    if (later := entered_later(case.agreement)) is not None:
        told["members"] = began_before(case, later).join(_of(found, COUNTED), on="incident")
    return told


def _asserting(case: CaseFile) -> pl.DataFrame:
    """The reports that assert incidents, with whether somebody saw a trace of theirs (``trace``)."""
    return case.asserting.with_columns(trace=case.traces.holds())


def _of(found: pl.DataFrame, statuses: Collection[str]) -> pl.DataFrame:
    return found.filter(pl.col("status").is_in(list(statuses))).select("group", "incident").unique()


def case_of_briefs(none: CaseFile, tables: dict[str, pl.DataFrame]) -> CaseFile:
    """The case of what came together, in which terms are concluded as in one process.

    Args:
        none: a case in which nothing is found.
        tables: those of :func:`briefs_of`, of one group; they are taken out of it, one after another.
    """
    none = ready(none)
    empty = {
        "findings": none.findings.select(_FINDING),
        "occurrences": none.occurrences.table,
        **{name: getattr(none, name) for name in ("refuted", "counts")},
        "speaking": none.speaking.table.cast({"origins": pl.List(pl.String)}),
        "hearsay": none.hearsay.select(list(HEARSAY_ROW)),
        "withdrawals": none.withdrawals.select(_WITHDRAWN),
        "asserting": _asserting(none).select(_ASSERTING),
        "members": began_before(none, None),
    }
    whole: dict[str, Any] = {}
    for name, table in empty.items():
        columns = tables.pop(name, table).select(table.columns).get_columns()
        whole[name] = _sorted(columns, _SORTED[name]) if name in _SORTED else pl.DataFrame(columns)
        del columns
    apart = ("asserting", "speaking", "occurrences", "members")
    asserting, speaking, happened, members = (whole.pop(name) for name in apart)
    case = none.altered(occurrences=Occurrences.held(happened))
    whole["doubts"] = together(tables)
    traces = Listed(asserting.filter("trace")["incident"])
    return dataclasses.replace(case, reported=Later.of(members), **whole).counting(speaking, asserting, traces)


def _sorted(columns: list[pl.Series], by: Sequence[str]) -> pl.DataFrame:
    """A table in order; of its columns, which are taken out of the list, never more than one lies there twice."""
    order = pl.DataFrame(columns).select(pl.arg_sort_by(by)).to_series()
    columns.reverse()
    return pl.DataFrame([columns.pop().gather(order) for _ in range(len(columns))])
