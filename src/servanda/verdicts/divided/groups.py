"""Terms that are concluded together, and what of the findings their verdicts follow from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Agreement, Term
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.findings.queries import MatchQuery
from servanda.verdicts.conclude import waits_for_others
from servanda.verdicts.divided.incidents import Share
from servanda.verdicts.kinds import rules_of


@dataclass(frozen=True)
class Group:
    """Some terms (their ids) with the numbers of their queries (``own``), and of all whose findings they follow from (``needs``);
    ``shared``: whether their verdicts follow from what shares of the incidents tell.
    """

    terms: frozenset[str]
    own: frozenset[int]
    needs: frozenset[int]
    shared: bool = False


def groups_of(agreement: Agreement, queries: Sequence[MatchQuery], *, sliced: bool = False) -> tuple[Group, ...]:
    """All terms: each by itself in all its readings and versions, but a guarantee with the terms whose breaches set it off; then what is no
    term's, which is the events'.

    Whatever waits for events needs what these are found by as well, and what complies with terms once and for all.

    Args:
        agreement: the terms.
        queries: what is looked for, in the order of their numbers.
        sliced: whether verdicts of days or weeks are asked for, which follow from all findings of a term.
    """
    together = {_base(term): _base(term) for term in agreement.term_ids}
    for text in agreement.texts:
        for term in text.terms:
            for other in term.kind.watches:
                _join(together, _base(term.id), _base(other))
    terms = {(text.reading, term.id): term for text in agreement.texts for term in text.terms}
    of_events = frozenset(n for n, query in enumerate(queries) if _times_events(terms, query))
    groups = []
    for root in dict.fromkeys(_root(together, name) for name in together):
        ids = frozenset(term for term in agreement.term_ids if _root(together, _base(term)) == root)
        own = frozenset(n for n, query in enumerate(queries) if query.owner in ids)
        every = [term for (_, name), term in terms.items() if name in ids]
        waits = any(waits_for_others(term) for term in every)
        # when an incident began on which a later reading bears is not told by shares
        later = any(text.since is not None for text in agreement.texts)
        shared = not (waits or later or sliced) and all(rules_of(term).shared is not None for term in every)
        groups.append(Group(ids, own, own | of_events if waits else own, shared))
    rest = frozenset(range(len(queries))) - frozenset().union(*(group.own for group in groups))
    return (*groups, Group(frozenset(), rest, rest | of_events))


def _base(term: str) -> str:
    return term.split("@", maxsplit=1)[0]


def _root(together: Mapping[str, str], name: str) -> str:
    while together[name] != name:
        name = together[name]
    return name


def _join(together: dict[str, str], one: str, other: str) -> None:
    if other in together:
        together[_root(together, other)] = _root(together, one)


def _times_events(terms: Mapping[tuple[str | None, str], Term], query: MatchQuery) -> bool:
    """Whether it is told by a query when an event happened, or when a term had been complied with."""
    term = terms.get((query.reading, query.owner))
    return term is None or query.role in term.kind.completed_by


@dataclass(frozen=True)
class ByGroup:
    """What each group that is not concluded by shares needs of a share of the incidents, on its way there."""

    groups: tuple[Group, ...]

    @property
    def _of_units(self) -> pl.DataFrame:
        rows = [(n, unit) for n, one in enumerate(self.groups) if not one.shared for unit in sorted(one.needs)]
        return pl.DataFrame(rows, schema={"group": pl.UInt32, "unit": pl.UInt16}, orient="row")

    def __call__(self, share: Share) -> dict[str, pl.DataFrame]:
        tables = self.for_groups(share.findings, share.times)
        incidents = tables["findings"].select("group", "key").unique()
        of_incidents = {"members": share.members, "withdrawals": share.withdrawals}
        of_incidents["hearsay"] = share.hearsay.select("key", *HEARSAY_ROW)
        return tables | {name: table.join(incidents, on="key") for name, table in of_incidents.items()}

    def for_groups(self, findings: pl.DataFrame, times: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Findings and times of queries."""
        units = self._of_units
        return {"findings": findings.join(units, on="unit"), "times": times.join(units, on="unit")}


@dataclass(frozen=True)
class SlicesByGroup:
    """Likewise of the findings of days or weeks, which go to the group of their term."""

    groups: tuple[Group, ...]
    owners: tuple[str, ...]

    def __call__(self, found: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        number = {term: n for n, group in enumerate(self.groups) for term in group.terms}
        rows = [(number[owner], unit) for unit, owner in enumerate(self.owners)]
        units = pl.DataFrame(rows, schema={"group": pl.UInt32, "unit": pl.UInt16}, orient="row")
        names = ("sliced", "sliced times")
        return {name: table.join(units, on="unit") for name, table in zip(names, found, strict=True)}


def by_group(table: pl.DataFrame) -> pl.Series:
    """The number of the group for which a row is."""
    return table["group"].cast(pl.UInt64)
