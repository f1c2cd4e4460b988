"""A verification in short: what was agreed, alleged, confirmed, excused and not seen, and where the readings part. Data only.

Pages, commands and files show a :class:`Summary` and compute nothing of their own. What a number is said to be follows from
what its term **owes**: an incident against a term that owes an *act* (to be left undone) or a *limit* is a breach; an incident
under a term that owes a *deed* is the deed itself, so that an alleged one is somebody's claim that a duty was done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement, Term
from servanda.agreement.kinds import Owes
from servanda.agreement.schema.file import Decides
from servanda.findings.finding import SET_ASIDE
from servanda.values.time import iso
from servanda.verdicts.acts_counted import acts_words
from servanda.verdicts.model import Verdict, VerdictWord
from servanda.verdicts.verification import Fused, Verification

Watched: TypeAlias = Literal["nobody", "below", "watched"]
"""Whether an act against a term would have been seen: **nobody** was looking, **below** what the mandate asks for, or all was **watched** (but for what it
tolerates)."""
_SETTLED = ("complied", "breached", "excused")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line is about: a term and a party (``None``: nobody is named), in one reading (``None``: in all)."""

    term: str
    title: str
    party: str | None
    reading: str | None


@dataclass(frozen=True, slots=True)
class Row(Subject):
    """One verdict as a line of a table. ``coverage`` is ``None`` where nothing was judged."""

    verdict: VerdictWord
    confirmed: int
    alleged: int
    excused: int
    coverage: float | None
    standard: float
    watched: float | None
    """How much of place and time was watched to the standard."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A term in the agreement's own words."""

    term: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Alleged(Subject):
    """Incidents that somebody asserts and nobody confirmed: breaches, or (``owes`` a deed) duties said to be done.

    ``reports`` and ``origins`` speak of these, and of ``settled`` more that are confirmed or excused.
    """

    owes: Owes
    incidents: int
    reports: int
    origins: int
    settled: int


@dataclass(frozen=True, slots=True)
class Counted(Subject):
    """A number of incidents, confirmed or excused as its place in the summary says; ``acts``: how many acts they had, where counted."""

    incidents: int
    acts: str = ""


@dataclass(frozen=True, slots=True)
class Measured(Subject):
    """How much of a deed or limit is shown, by the names that its kind of term measures it with; and the verdict on it."""

    verdict: VerdictWord
    measure: Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident that surely happened, and is no confirmed breach or deed of anybody."""

    incident: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """How well acts against a term would have been seen: in the reading, and of the party, of which least was watched.

    ``probability``: on average; ``share``: how much of place and time was watched to the ``standard``.
    """

    term: str
    title: str
    probability: float
    standard: float
    share: float
    watched: Watched


@dataclass(frozen=True, slots=True)
class Parting(Subject):
    """Where readings part: by reading the verdict, and how many incidents were counted; ``apart``: those that only some count."""

    verdicts: Mapping[str, VerdictWord]
    counted: Mapping[str, int]
    apart: int

    @property
    def same_verdict(self) -> bool:
        """Whether all readings come to one verdict all the same."""
        return len(set(self.verdicts.values())) == 1


@dataclass(frozen=True, slots=True)
class Rests(Subject):
    """Without what a breached or complied would be another verdict, in words."""

    verdict: VerdictWord
    words: str


@dataclass(frozen=True, slots=True)
class Open(Subject):
    """A verdict that settles nothing, ``undetermined`` or ``disputed``, and why (the words of its last step)."""

    verdict: VerdictWord
    why: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All answers of one verification. ``readings``: their names, none where there is only one; ``fused``: what fusion did before, ``None`` where
    each report was judged by itself; ``undated``: rows left out as of an
    instant because they do not say when they became known; ``quarantined``: rows that could not be read, ``quarantined_unsided`` of them of
    sources without a side; ``no_term``: reports of which there is no finding, by the reason. ``decides``: whether a body's determinations are findings; ``determined``: how
    many went through their steps; ``overruled``: of how many incidents rule and body found another thing, where one of the two
    settled it.
    ``unsettled``: incidents that are open, and alleged against nobody; ``attribution``: whether authors are named, in the sentence that every output begins with.
    """

    agreement: str
    title: str
    names_authors: bool
    attribution: str
    as_of: datetime | None
    readings: tuple[str, ...]
    reports: int
    fused: Fused | None
    undated: int
    quarantined: int
    quarantined_unsided: int
    no_term: Mapping[str, int]
    incidents: int
    decides: Decides
    determined: int
    overruled: int
    rows: tuple[Row, ...]
    agreed: tuple[Agreed, ...]
    alleged: tuple[Alleged, ...]
    unsettled: tuple[Counted, ...]
    confirmed: tuple[Counted, ...]
    measured: tuple[Measured, ...]
    happened: tuple[Happened, ...]
    excused: tuple[Counted, ...]
    seen: tuple[Seen, ...]
    parting: tuple[Parting, ...]
    open: tuple[Open, ...]
    rests_on: tuple[Rests, ...]

    def as_data(self, zone: ZoneInfo) -> dict[str, Any]:
        """The content of ``summary.json``.

        Args:
            zone: the agreement's, in which instants are written.

        Returns:
            Every field by its name; the lines of a field as a list of mappings.
        """
        data = dataclasses.asdict(self)
        return {**data, "as_of": iso(self.as_of, zone)}


@dataclass(frozen=True, slots=True)
class _Case:
    """One term and party: the verdict of each reading, and the one that speaks for all of them."""

    subject: Subject
    owes: Owes
    whole: Verdict
    readings: tuple[Verdict, ...]

    @property
    def about(self) -> tuple[str, str, str | None, str | None]:
        return self.subject.term, self.subject.title, self.subject.party, self.subject.reading


def summarise(verification: Verification) -> Summary:
    """Put a verification in short.

    Args:
        verification: what :func:`servanda.verdicts.verify` found.

    Returns:
        The answers as frozen data; the same for the same verification.
    """
    agreement = verification.agreement
    cases = list(_cases(verification))
    titles = _titles(agreement)
    return Summary(
        agreement=agreement.id,
        title=agreement.title,
        names_authors=agreement.mandate.attribution,
        attribution=agreement.mandate.attribution_words,
        as_of=verification.as_of,
        readings=tuple(text.reading for text in agreement.texts if text.reading is not None),
        reports=verification.reports,
        fused=verification.fused,
        undated=verification.undated,
        quarantined=verification.ingest.quarantined,
        quarantined_unsided=verification.ingest.unsided,
        no_term=verification.no_term.reasons,
        incidents=verification.incidents_found,
        decides=agreement.mandate.decides,
        determined=sum(bool(life.determination and life.determination.stands) for life in verification.decided.lives),
        overruled=len(verification.overruled),
        rows=tuple(_row(v, titles[v.term]) for v in verification.verdicts),
        agreed=tuple(Agreed(term.id, term.title, term.text.strip()) for term in _terms(agreement)),
        alleged=tuple(_alleged(c) for c in cases if c.whole.alleged),
        unsettled=tuple(_unsettled(verification, titles)),
        confirmed=tuple(
            Counted(*c.about, c.whole.confirmed, acts_words(c.whole.measure))
            for c in cases
            if c.owes == "act" and c.whole.confirmed
        ),
        measured=tuple(_measured(cases)),
        happened=_happened(verification),
        excused=tuple(Counted(*c.about, c.whole.excused) for c in cases if c.whole.excused),
        seen=tuple(_seen(verification)),
        parting=tuple(parting for c in cases if (parting := _parting(c)) is not None),
        open=tuple(
            Open(*c.about, c.whole.verdict, c.whole.steps[-1].text)
            for c in cases
            if c.whole.verdict in ("undetermined", "disputed")
        ),
        rests_on=tuple(_rests(cases)),
    )


def _terms(agreement: Agreement) -> list[Term]:
    """Every term once, as the first reading that has it words it."""
    first = {term.id: term for text in reversed(agreement.texts) for term in text.terms}
    return [first[term] for term in agreement.term_ids]


def _titles(agreement: Agreement) -> dict[str, str]:
    return {term.id: term.title for term in _terms(agreement)}


def _cases(verification: Verification) -> Iterator[_Case]:
    """The verdicts by term and party, in their order; one case a reading where readings disagree about what is owed."""
    agreement, titles = verification.agreement, _titles(verification.agreement)
    owed = {(text.reading, term.id): term.kind.owes for text in agreement.texts for term in text.terms}
    by_party: dict[tuple[str, str | None], list[Verdict]] = {}
    for verdict in verification.verdicts:
        by_party.setdefault((verdict.term, verdict.party), []).append(verdict)
    for (term, party), verdicts in by_party.items():
        whole = next(v for v in verdicts if v.reading is None)
        readings = tuple(v for v in verdicts if v is not whole)
        kinds = {owed[reading, t] for reading, t in owed if t == term}
        if len(kinds) == 1:
            yield _Case(Subject(term, titles[term], party, None), kinds.pop(), whole, readings)
            continue
        for verdict in readings:
            if (verdict.reading, term) in owed:
                subject = Subject(term, titles[term], party, verdict.reading)
                yield _Case(subject, owed[verdict.reading, term], verdict, ())


def _row(verdict: Verdict, title: str) -> Row:
    return Row(
        verdict.term,
        title,
        verdict.party,
        verdict.reading,
        verdict.verdict,
        verdict.confirmed,
        verdict.alleged,
        verdict.excused,
        verdict.coverage,
        verdict.standard,
        None if verdict.watched is None else verdict.watched.share,
    )


def _alleged(case: _Case) -> Alleged:
    v = case.whole
    return Alleged(*case.about, case.owes, v.alleged, v.reports, v.origins, v.confirmed + v.excused)


def _unsettled(verification: Verification, titles: Mapping[str, str]) -> Iterator[Counted]:
    """Of each term and reading, how many incidents are open, and neither confirmed, alleged nor excused of anybody."""
    told = pl.col("status").is_in(["confirmed", "alleged", "excused"]).any()
    by_incident = verification.findings.group_by("term", "reading", "incident")
    left = by_incident.agg((pl.col("status") == "open").any() & ~told).filter(pl.col("status"))
    counted = left.group_by("term", "reading").len()
    found = dict(zip(zip(counted["term"], counted["reading"], strict=True), counted["len"], strict=True))
    for text in verification.agreement.texts:
        for term in text.terms:
            if (n := found.get((term.id, text.reading))) is not None:
                yield Counted(term.id, titles[term.id], None, text.reading, n)


def _measured(cases: Sequence[_Case]) -> Iterator[Measured]:
    """What deeds and limits are measured by, where something of it is shown: by reading, where readings measure differently."""
    for case in cases:
        if case.owes not in ("deed", "limit"):
            continue
        shown = [v for v in case.readings or (case.whole,) if _shows(v, case.owes)]
        alike = len({(v.verdict, *v.measure.items()) for v in shown}) == 1
        if alike and len(shown) == len(case.readings):
            yield Measured(*case.about, shown[0].verdict, shown[0].measure)
        else:
            for v in shown:
                yield Measured(*case.about[:3], v.reading, v.verdict, v.measure)


def _shows(verdict: Verdict, owes: Owes) -> bool:
    """Whether anything of what a verdict measures is shown: an incident is confirmed, what was owed is settled, or what a
    guarantee that was set off brings is known.
    """
    settled = owes == "deed" and verdict.verdict in _SETTLED
    state = str(verdict.measure.get("state", "dormant"))
    known = state.startswith("condition met") or (verdict.verdict != "undetermined" and state != "dormant")
    return bool(verdict.measure) and bool(verdict.confirmed or settled or known)


def _happened(verification: Verification) -> tuple[Happened, ...]:
    """Incidents that surely happened, and that no finding takes for a breach or deed of anybody, or excuses."""
    owned = verification.findings.filter(pl.col("status").is_in(["confirmed", "excused", SET_ASIDE])).select("incident")
    sure = verification.incidents.filter(pl.col("happened") == "confirmed")
    alone = sure.join(owned, on="incident", how="anti", maintain_order="left")
    return tuple(map(Happened, alone["incident"].to_list(), alone["place_name"].to_list()))


def _seen(verification: Verification) -> Iterator[Seen]:
    """How well each term was watched; those of which nothing can be seen are left out."""
    standard = verification.agreement.mandate.detection
    for term, title in _titles(verification.agreement).items():
        measured = [m for (_, owner), m in verification.coverage.items() if owner == term]
        if measured:
            least = min(measured, key=lambda m: (m.watched_share, m.probability))
            enough = least.enough(verification.agreement.mandate.tolerance)
            watched: Watched = "watched" if enough else "below" if least.probability else "nobody"
            yield Seen(term, title, least.probability, standard, least.watched_share, watched)


def _rests(cases: Sequence[_Case]) -> Iterator[Rests]:
    """What each breached or complied rests on, as far as that was found."""
    for case in cases:
        words = next((step.text for step in case.whole.steps if step.rule == "rests_on"), None)
        if words is not None:
            yield Rests(*case.about, case.whole.verdict, words)


def _parting(case: _Case) -> Parting | None:
    """How the readings differ about one party; ``None`` where they do not."""
    apart = next((len(step.uses) for step in case.whole.steps if step.rule == "parting"), 0)
    verdicts = {str(v.reading): v.verdict for v in case.readings}
    if len(set(verdicts.values())) < 2 and not apart:
        return None
    counted = {str(v.reading): v.alleged + v.confirmed + v.excused for v in case.readings}
    return Parting(*case.about, verdicts, counted, apart)
