"""What a share of the incidents tells: of each term that is concluded by shares what its verdicts follow from, and its rows of all tables.

What all shares tell of a term is put together on the driver and concluded there: what a machine holds is a share, however much falls under one
term. Only what is counted in different incidents may count the same acts; these numbers come together by term.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import polars as pl

from servanda.agreement import Term, Text
from servanda.errors import Fault, ServandaError
from servanda.incidents.doubts import Doubts
from servanda.values.elsewhere import Elsewhere
from servanda.values.later import Later
from servanda.values.time import Interval
from servanda.verdicts.act_steps import COUNTED
from servanda.verdicts.acts_counted import NOT_COUNTED, ActsCounted, acts_counted
from servanda.verdicts.breaches import Breaches
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.chosen import rest_on_the_text
from servanda.verdicts.conclude import Voices, combine, conclude, reconciled_items
from servanda.verdicts.divided.brief import began_before, briefs_of, entered_later, ready
from servanda.verdicts.divided.groups import by_group
from servanda.verdicts.divided.incidents import Share
from servanda.verdicts.divided.tables import ORDER, Rows, without_rows
from servanda.verdicts.divided.terms import Conclude, Concluded, ConcludeWhole, names_once
from servanda.verdicts.divided.unsure import Unsure, of_groups, together
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.findings_table import EXCEPTIONS, acts_of, exceptions_of, with_answers, written_findings
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.kinds.rules import Shared
from servanda.verdicts.listed import Listed
from servanda.verdicts.parts import coverages_of
from servanda.verdicts.speaking import Said

T = TypeVar("T")
Key: TypeAlias = tuple[str | None, str, str | None]
"""Reading, term and party."""


@dataclass(frozen=True)
class ToldShare:
    """What a share tells: of terms and parties what their verdicts follow from (``told``); ``voices`` of what they count in any reading, and
    what of it had ``begun`` when the last reading was entered; ``counts``: the numbers of acts, with their ``group``, and what is ``unsure`` of these; ``briefs``: what terms
    need that do not follow from sums (:mod:`servanda.verdicts.divided.brief`), and how many incidents that are (``sizes``); ``rows`` of
    tables, and ``samples`` of these.
    """

    told: Mapping[Key, Any]
    voices: Mapping[tuple[str, str | None], Said]
    begun: pl.DataFrame
    exceptions: pl.DataFrame
    counts: pl.DataFrame
    unsure: Unsure
    briefs: Mapping[str, pl.DataFrame]
    sizes: Mapping[int, int]
    rows: Rows
    samples: Mapping[str, pl.DataFrame]


MOST = 20_000_000
"""Incidents, by whom they may be, that are brought to one machine for one term: some 1.1 kB each, measured at three million (ADR 101)."""
_HINT = "divide the agreement: fewer places, a shorter time, or prohibitions alone in one run"
_MEASURED: dict[str, CaseFile] = {}
"""A case of the last run in this process: what of coverage was measured with it holds for all shares."""


@dataclass(frozen=True)
class Tell:
    """Looks up what shares tell. A value that is sent there; ``run``: its number."""

    terms: Conclude
    run: str

    def __call__(self, share: Share) -> ToldShare:
        tables = {"findings": share.findings, "times": share.times, "members": share.members}
        case, rulings = self.terms.case_of(tables | {"hearsay": share.hearsay, "withdrawals": share.withdrawals})
        if self.run not in _MEASURED:
            _MEASURED.clear()
            _MEASURED[self.run] = self.terms.case_of({})[0]
        case = ready(case.measured_with(_MEASURED[self.run]))
        told = {key: shared.told(builder, times) for key, builder, times, shared in _builders(self.terms, case)}
        rows = self._rows(case, with_answers(case, rulings.findings))
        own = {n: group.own for n, group in self.terms.groups_by(shares=False).items()}
        briefs, counts = briefs_of(case, own, share.unsure), self._numbers(case)
        return ToldShare(
            names_once({key: one for key, one in told.items() if one is not None}),
            _voices(case, told),
            self._begun(case, told),
            exceptions_of(case, share.pleas),
            counts,
            of_groups(share.unsure, counts.select("group", "incident").unique()),
            briefs,
            _sizes(briefs["occurrences"]["group"]),
            rows,
            rows.samples(),
        )

    def _begun(self, case: CaseFile, told: Mapping[Key, Any]) -> pl.DataFrame:
        """Of what is counted in some reading, what had begun when the last reading was entered."""
        began = began_before(case, entered_later(case.agreement))
        return began.filter(pl.col("incident").is_in(Listed.together(*_counted(told)).column.implode()))

    def _numbers(self, case: CaseFile) -> pl.DataFrame:
        """The numbers of acts of terms that are concluded by shares."""
        groups = self.terms.groups_by(shares=True).items()
        of = [(n, unit) for n, group in groups for unit in sorted(group.own)]
        units = pl.DataFrame(of, schema={"group": pl.UInt32, "unit": pl.UInt16}, orient="row")
        return case.counts.join(units, on="unit")

    def _rows(self, case: CaseFile, findings: pl.DataFrame) -> Rows:
        findings = findings.sort("unit", "party", "incident", "status")
        order = findings.select(_unit="unit", _party="party")
        written = written_findings(findings, case.queries, self.terms.plan.agreement)
        acts = acts_of(case)
        return Rows({"findings": pl.concat([written, order], how="horizontal"), "acts": acts.sort(ORDER["acts"])})


def _builders(terms: Conclude, case: CaseFile) -> Iterator[tuple[Key, VerdictBuilder, EventTimes, Shared]]:
    """What is to be told of every term that is concluded by shares, each with a fresh builder."""
    ids = _ids(terms)
    for text in case.agreement.texts:
        times = EventTimes(case, text)
        for term in text.terms:
            rules = rules_of(term)
            if term.id in ids and rules.shared is not None:
                for party in rules.parties(case.agreement, term):
                    yield (text.reading, term.id, party), _builder(case, text, term, party), times, rules.shared


def _ids(terms: Conclude) -> frozenset[str]:
    """The terms that are concluded by shares."""
    return frozenset().union(*(group.terms for group in terms.groups_by(shares=True).values()))


def _counted(told: Mapping[Key, Any]) -> list[Sequence[str]]:
    """What terms count in any of several readings."""
    of = [one.acts for (reading, *_), one in told.items() if reading is not None and one is not None]
    return [some for acts in of for some in (acts.confirmed, acts.excused, acts.alleged)]


def _builder(case: CaseFile, text: Text, term: Term, party: str | None) -> VerdictBuilder:
    return VerdictBuilder(case, text.reading, term, party, term.window.intersection(Interval(None, case.as_of)))


def _voices(case: CaseFile, told: Mapping[Key, Any]) -> dict[tuple[str, str | None], Said]:
    """Who speaks of what a term counts in any of several readings."""
    counted: dict[tuple[str, str | None], list[Sequence[str]]] = {}
    for (reading, term, party), one in told.items():
        if reading is not None and one is not None:
            counted.setdefault((term, party), []).extend(_counted({(reading, term, party): one}))
    return {key: case.said_by(Listed.together(*names)) for key, names in counted.items()}


def told_by(shares: Elsewhere, terms: Conclude, run: str) -> tuple[Elsewhere, list[ToldShare]]:
    """What all shares tell: kept there with its rows of tables, and without them brought here.

    Args:
        shares: all incidents.
        terms: by what terms are concluded.
        run: a number of the run.
    """
    there = shares.each(Tell(terms, run)).kept()
    return there, list(there.each(_brief))


def _brief(share: ToldShare) -> ToldShare:
    counts = share.counts.head(1)  # whether there are any
    brief: ToldShare = without_rows(dataclasses.replace(share, counts=counts, unsure={}, briefs={}))
    return brief


def concluded_whole(there: Elsewhere, shares: Sequence[ToldShare], terms: Conclude) -> Iterator[Concluded]:
    """The terms that do not follow from sums, each concluded where what all shares tell of it comes together.

    Args:
        there: what all tell.
        shares: the same, brought here.
        terms: as for :func:`told_by`.

    Raises:
        ServandaError: that is more of one term than a machine is to hold.
    """
    groups = terms.groups_by(shares=False)
    if not groups:
        return
    for n, group in groups.items():
        if (rows := sum(share.sizes.get(n, 0) for share in shares)) > MOST:
            what = f"{rows:,} incidents bear on {', '.join(sorted(group.terms))}; at most {MOST:,} are brought to one machine"
            raise ServandaError(Fault("verify", what, _HINT, code="VRD043"))
    every = pl.DataFrame({"group": list(groups), "is": True}, schema={"group": pl.UInt32, "is": pl.Boolean})
    sent = there.dealt(_briefs, by_group).with_tables({"groups": every}, by_group)
    yield from sent.finished(ConcludeWhole(terms), pieces=True)


def _sizes(groups: pl.Series) -> dict[int, int]:
    counts = groups.value_counts()
    return dict(zip(counts["group"].to_list(), counts["count"].to_list(), strict=True))


def _briefs(share: ToldShare) -> dict[str, pl.DataFrame]:
    return dict(share.briefs)


def concluded_of(there: Elsewhere, shares: Sequence[ToldShare], terms: Conclude, doubts: Doubts) -> Concluded:
    """The terms that are concluded by shares, from what these tell.

    Args:
        there: what all tell.
        shares: the same, brought here.
        terms: as for :func:`told_by`.
        doubts: which incidents may be one, and which may be several.
    """
    case = dataclasses.replace(terms.case_of({})[0], doubts=doubts)
    ids = _ids(terms)
    whole = {}
    for key, builder, times, shared in _builders(terms, case):
        if (first := shared.told(builder, times)) is not None:
            whole[key] = shared.together([first, *(share.told[key] for share in shares if key in share.told)])
    numbers: dict[Key, Mapping[str, ActsCounted]] = {}
    if any(share.counts.height for share in shares):
        for counted in there.dealt(_counts, by_group).finished(_Counting(terms, _of_a_time(terms, whole))):
            numbers |= counted
    none = dict.fromkeys(COUNTED, NOT_COUNTED)
    whole = {key: dataclasses.replace(told, counted=numbers.get(key, none)) for key, told in whole.items()}
    begun = pl.concat([began_before(case, None), *(share.begun for share in shares)])

    def one(
        case: CaseFile, times: EventTimes, text: Text, term: Term, party: str | None, _: Breaches
    ) -> VerdictBuilder:
        shared = rules_of(term).shared
        assert shared is not None
        builder = _builder(case, text, term, party)
        return rest_on_the_text(shared.conclude(builder, times, whole.get((text.reading, term.id, party))))

    agreement = terms.plan.agreement
    verdicts = [made.build() for text in agreement.texts for made in conclude(case, text, one, ids)] if ids else []
    later = dataclasses.replace(case, reported=Later.of(begun))
    return Concluded(combine(later, verdicts, _together(shares)), coverages_of(case, ids), reconciled_items(case, ids))


def exceptions_in(shares: Sequence[ToldShare]) -> pl.DataFrame:
    """What all shares tell of the exceptions."""
    invoked = pl.concat([pl.DataFrame(schema=EXCEPTIONS), *(share.exceptions for share in shares)])
    names = [name for name in EXCEPTIONS if name not in ("invoked", "granted")]
    return invoked.group_by(names, maintain_order=True).agg(pl.col("invoked", "granted").sum())


def _of_a_time(terms: Conclude, whole: Mapping[Key, Any]) -> dict[Key, Mapping[str, Sequence[str]]]:
    """Of terms that bind from or until an event, the incidents of each status: fewer than were found."""
    moving = {(text.reading, term.id) for text in terms.plan.agreement.texts for term in text.terms if term.moves}
    return {
        key: {status: getattr(told.acts, status) for status in COUNTED}
        for key, told in whole.items()
        if key[:2] in moving
    }


def _together(shares: Sequence[ToldShare]) -> Voices:
    parts: dict[tuple[str, str | None], list[Said]] = {}
    for share in shares:
        for key, said in share.voices.items():
            parts.setdefault(key, []).append(said)
    return {key: (one.reports, one.origins.height) for key, said in parts.items() for one in [Said.together(said)]}


def _counts(share: ToldShare) -> dict[str, pl.DataFrame]:
    return {"counts": share.counts, **share.unsure}


@dataclass(frozen=True)
class _Counting:
    """How many acts the incidents of some terms had, whose numbers came to one machine."""

    terms: Conclude
    of_a_time: Mapping[Key, Mapping[str, Sequence[str]]]

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> dict[Key, Mapping[str, ActsCounted]]:
        doubts = together(tables)
        case = dataclasses.replace(self.terms.case_of({})[0], counts=tables["counts"].drop("group"), doubts=doubts)
        return {
            key: {status: acts_counted(builder, status, self.of_a_time.get(key, {}).get(status)) for status in COUNTED}
            for key, builder, *_ in _builders(self.terms, case)
            if case.counts["unit"].is_in(case.numbers(key[0], key[1], "act")).any()
        }
