"""What the verdicts know of every kind of term: one :class:`KindRules` a kind, listed in ``verdicts.kinds.RULES``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl

from servanda.agreement import Agreement, Term
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.event_times import EventTimes

Conclude: TypeAlias = Callable[[VerdictBuilder, EventTimes], VerdictBuilder]
"""Gives the builder its steps and its verdict, and returns it."""
Reconcile: TypeAlias = Callable[[CaseFile, Term, str | None, Interval], pl.DataFrame]
"""Declared items of a term and party against what inspections found of them within a window."""


def bound_parties(agreement: Agreement, term: Term) -> list[str | None]:
    """Whom a term binds; ``[None]`` where the mandate does not let a party be named."""
    if not agreement.mandate.attribution and any(party in agreement.parties for party in term.binds):
        return [None]
    return list(term.binds)


@dataclass(frozen=True, slots=True)
class Shared:
    """How a kind is concluded by shares: what a share tells (of a fresh builder whose case has that share only), what all tell together, and
    the verdict that follows. What is told has ``acts`` and what was ``counted`` of them.
    """

    told: Callable[[VerdictBuilder, EventTimes], Any]
    together: Callable[[Sequence[Any]], Any]
    conclude: Callable[[VerdictBuilder, EventTimes, Any], VerdictBuilder]


@dataclass(frozen=True, slots=True)
class KindRules:
    """How one kind of term is concluded, and what else the verdicts ask of it."""

    conclude: Conclude
    parties: Callable[[Agreement, Term], list[str | None]] = bound_parties
    """Who gets a verdict under a term."""
    reconcile: Reconcile | None = None
    """For a kind that speaks of declared items."""
    shared: Shared | None = None
    """For a kind whose verdicts can follow from what is told by shares of the incidents, unless the term waits for others."""
    breached_by: str | None = None
    """For a kind that one confirmed finding in this role breaches, whatever else was found, unless the term waits for others."""
