"""A case of which few incidents changed: what was told of it before, and what these alone tell, before and now."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from servanda.values.later import Later
from servanda.verdicts.case_file import CaseFile


@dataclass(frozen=True)
class Since:
    """By reading, term and party what was ``told`` of a case before something else was found of few incidents; and the case as it ``was`` and
    is ``now``, with these incidents alone (:func:`only`).
    """

    told: Mapping[tuple[str | None, str, str | None], Any]
    was: CaseFile
    now: CaseFile


def only(case: CaseFile, keys: pl.Series) -> CaseFile:
    """A case with some incidents alone, for what is told of each by itself; what is faint, happened and was counted stays that of all.

    Args:
        case: with all of them.
        keys: theirs.

    Returns:
        The case.
    """
    of = pl.col("key").is_in(keys.implode())
    some = case.altered(case.findings.filter(of)).counting(case.speaking.table.filter(of))
    return dataclasses.replace(some, reported=Later(lambda: case.members.filter(of)))
