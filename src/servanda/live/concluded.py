"""The conclusions that still hold, term by term and party by party; the others are drawn again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from servanda.agreement import Term, Text
from servanda.verdicts.breaches import Breach, Breaches
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import bearing, conclude, conclude_term
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.model import Verdict, VerdictWord
from servanda.verdicts.since import Since

_About = tuple[str | None, str, str | None]
Few: TypeAlias = tuple[CaseFile, CaseFile]
"""A case with few of its incidents alone, as it was and as it is."""


def _unknown() -> None:
    """Nothing is known of what changed."""


@dataclass(frozen=True)
class _Kept:
    """A conclusion that still holds."""

    term: Term
    party: str | None
    word: VerdictWord
    breaches: tuple[Breach, ...]
    verdict: Verdict
    told: Any

    def build(self) -> Verdict:
        return self.verdict


class Conclusions:
    """What was concluded of a case."""

    def __init__(self) -> None:
        self._kept: dict[_About, _Kept] = {}
        self._told: dict[_About, Any] = {}  # what each of these and of those let go of last was told to follow from

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts, each on a term, a party and a reading."""
        return [kept.verdict for kept in self._kept.values()]

    def fork(self) -> Conclusions:
        """Others that begin where these are."""
        other = Conclusions()
        other._kept, other._told = dict(self._kept), dict(self._told)
        return other

    def forget(self, old: CaseFile | None, case: CaseFile, units: frozenset[int]) -> None:
        """Let go of the conclusions that may no longer hold.

        Args:
            old: the case of which they were drawn.
            case: the case as it is now.
            units: the queries of which something else is found.
        """
        text, last = case.agreement, old
        same = last is not None and (last.agreement, last.coverage, last.as_of, last.severity, last.checks) == (
            text,
            case.coverage,
            case.as_of,
            case.severity,
            case.checks,
        )
        if last is None or not same or not last.items.equals(case.items):
            self._kept.clear()
            self._told.clear()
            return
        lost = set(_borne(case, units))
        self._kept = {about: kept for about, kept in self._kept.items() if about[:2] not in lost}

    def again(self, case: CaseFile, few: Callable[[], Few | None] = _unknown) -> list[Verdict]:
        """The verdicts on a case: those that still hold are not concluded again.

        Args:
            case: as it is now.
            few: gives, where nothing else changed, the incidents of which something else is found than when these were asked for last: the case
                as it was with them alone, and as it is. Asked only where something is concluded again.

        Returns:
            The verdicts.
        """
        before, self._kept = self._kept, {}
        told, self._told = self._told, {}
        some = functools.cache(few)

        def one(case: CaseFile, times: EventTimes, text: Text, term: Term, party: str | None, of: Breaches) -> _Kept:
            about = text.reading, term.id, party
            if (kept := before.get(about)) is None:
                since = (changed := some()) and Since(told, *changed)
                made = conclude_term(case, times, text, term, party, of, since)
                kept = _Kept(term, party, made.word, made.breaches, made.build(), made.told)
            self._kept[about], self._told[about] = kept, kept.told
            return kept

        for text in case.agreement.texts:
            conclude(case, text, one)
        return self.verdicts


def _borne(case: CaseFile, units: frozenset[int]) -> Iterator[tuple[str | None, str]]:
    """The readings and terms on which some queries bear."""
    for text in case.agreement.texts:
        for term in text.terms:
            if bearing(case.queries, text, term) & units:
                yield text.reading, term.id
