"""Terms that are concluded together, and what of the findings their verdicts follow from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Agreement, Term
from servanda.agreement.model import clause_of
from servanda.findings.queries import MatchQuery
from servanda.verdicts.conclude import waits_for_others
from servanda.verdicts.kinds import rules_of


@dataclass(frozen=True)
class Group:
    """Some terms (their ids) with the numbers of their queries (``own``); ``shared``: whether their verdicts follow from what shares of the
    incidents tell.
    """

    terms: frozenset[str]
    own: frozenset[int]
    shared: bool = False


def groups_of(agreement: Agreement, queries: Sequence[MatchQuery]) -> tuple[Group, ...]:
    """All terms: each by itself in all its readings and versions, but a guarantee with the terms whose breaches set it off.

    Args:
        agreement: the terms.
        queries: what is looked for, in the order of their numbers.
    """
    together = {clause_of(term): clause_of(term) for term in agreement.term_ids}
    for text in agreement.texts:
        for term in text.terms:
            for other in term.kind.watches:
                _join(together, term.clause, clause_of(other))
    groups = []
    for root in dict.fromkeys(_root(together, name) for name in together):
        ids = frozenset(term for term in agreement.term_ids if _root(together, clause_of(term)) == root)
        own = frozenset(n for n, query in enumerate(queries) if query.owner in ids)
        every = [term for text in agreement.texts for term in text.terms if term.id in ids]
        groups.append(Group(ids, own, all(rules_of(term).shared is not None for term in every)))
    return tuple(groups)


def timing(agreement: Agreement, queries: Sequence[MatchQuery]) -> frozenset[int] | None:
    """The numbers of the queries that tell when events happened and terms had been complied with; ``None`` where nobody asks for that."""
    if not any(text.events or any(map(waits_for_others, text.terms)) for text in agreement.texts):
        return None
    terms = {(text.reading, term.id): term for text in agreement.texts for term in text.terms}
    return frozenset(n for n, query in enumerate(queries) if _times_events(terms, query))


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


def by_group(table: pl.DataFrame) -> pl.Series:
    """The number of the group for which a row is."""
    return table["group"].cast(pl.UInt64)
