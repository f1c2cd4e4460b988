"""What a breached or a complied rests on: the smallest sets of sources, watches and decisions without which it would be another verdict.

All single ones; where there are none, all pairs; where there are none either, one set from which nothing can be left out. A source is a row of
the register, and without a register what the rows say of an origin themselves. A verdict without a source is concluded from the same rules
again (``without``), without a watch from coverage that is measured again, without a determination from the rule's own finding. Sizes are
limited; a verdict of which not everything was tried says so.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement import Term, Text
from servanda.coverage import Coverage, Watch
from servanda.findings.matched import NO_PARTY
from servanda.values.names import name_key
from servanda.verdicts.breaches import Breaches
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import bearing, conclude, conclude_term, waits_for_others
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.grounds.voices import Voices
from servanda.verdicts.grounds.without import Ground, Struck, Supposed, Variants
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.model import Element, Step, Verdict, VerdictWord
from servanda.wording import listing

MOST_ELEMENTS, MOST_IN_PAIRS, MOST_CONCLUSIONS = 30, 8, 1000
_ASKED = ("breached", "complied")
Set: TypeAlias = frozenset[Element]
_About: TypeAlias = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class RestsOn:
    """The sets of one verdict, with what it would be without each; ``capped``: not everything was tried."""

    sets: tuple[tuple[tuple[Element, ...], VerdictWord], ...]
    capped: bool = False


def what_they_rest_on(verdicts: Sequence[Verdict], ground: Ground, members: pl.DataFrame | None) -> tuple[Verdict, ...]:
    """The same verdicts, those that are breached or complied with what they rest on.

    Args:
        verdicts: of all terms, parties and readings, and those of all readings together.
        ground: what was found.
        members: the reports of its incidents; ``None`` where they are too many.

    Returns:
        The verdicts in the same order, each with a step more where it rests on something.
    """
    own = [
        v for v in verdicts if v.verdict in _ASKED and (v.reading is not None or len(ground.case.agreement.texts) == 1)
    ]
    if not own or ground.found.kept is None or members is None:
        return tuple(verdicts)
    voices = Voices.of(members, ground.register, ground.case.agreement, ground.plan.keys)
    search = _Search(ground, voices, Variants(ground, voices), {(v.term, v.party, v.reading): v.verdict for v in own})
    found = search.all()
    return tuple(_told(v, search, found) for v in verdicts)


def _told(verdict: Verdict, search: _Search, found: Mapping[_About, RestsOn]) -> Verdict:
    """A verdict with what it rests on; of all readings together, what any of them rests on."""
    if verdict.verdict not in _ASKED:
        return verdict
    about = (verdict.term, verdict.party, verdict.reading)
    answer = found.get(about)
    if answer is None:
        readings = [text.reading for text in search.case.agreement.texts]
        answer = _together(verdict, [found[key] for r in readings if (key := (*about[:2], r)) in found], len(readings))
    if not answer.sets and not answer.capped:
        return verdict
    *before, last = verdict.steps
    step = Step(len(verdict.steps), "rests_on", _words(answer))
    steps = (*before, step, dataclasses.replace(last, n=last.n + 1))
    return dataclasses.replace(verdict, steps=steps, rests_on=tuple(elements for elements, _ in answer.sets))


def _together(verdict: Verdict, answers: Sequence[RestsOn], readings: int) -> RestsOn:
    """What the common verdict of readings that agree rests on: the smallest sets without which one of them is another."""
    if len(answers) != readings:
        return RestsOn(())
    least = min((len(elements) for answer in answers for elements, _ in answer.sets), default=0)
    sets: dict[tuple[Element, ...], VerdictWord] = {}
    for answer in answers:
        for elements, word in answer.sets:
            if len(elements) == least:
                sets[elements] = "undetermined" if word != verdict.verdict else word
    return RestsOn(tuple(sorted(sets.items())), any(answer.capped for answer in answers))


def _words(answer: RestsOn) -> str:
    """The sets in a sentence."""
    more = " Not everything was tried: there is too much." if answer.capped else ""
    if not answer.sets:
        return f"What it rests on was not found.{more}"
    parts = [
        f"without {listing([str(e) for e in elements])} it would be {word.replace('_', ' ')}"
        for elements, word in answer.sets
    ]
    size = len(answer.sets[0][0])
    alone = {1: "", 2: "no single one changes it; "}.get(size, "neither one nor two change it; for example, ")
    return f"It rests on: {alone}{'; '.join(parts)}.{more}"


@dataclass
class _Search:
    """Verdicts under suppositions, each concluded once."""

    ground: Ground
    voices: Voices
    variants: Variants
    base: Mapping[_About, VerdictWord]
    conclusions: int = 0
    _supposed: dict[Struck, Supposed] = field(default_factory=dict)
    _coverage: dict[frozenset[str], Coverage] = field(default_factory=dict)
    _cases: dict[tuple[Set, frozenset[int]], CaseFile] = field(default_factory=dict)
    _times: dict[tuple[Set, frozenset[int], str | None], EventTimes] = field(default_factory=dict)
    _words: dict[tuple[_About, Set], VerdictWord] = field(default_factory=dict)
    _watched: dict[tuple[_About, Set], VerdictBuilder] = field(default_factory=dict)
    """What is concluded of the terms whose breaches set others off."""
    _confirmed: dict[_About, npt.NDArray[np.uint64]] = field(default_factory=dict)

    @property
    def case(self) -> CaseFile:
        """The case as it was found."""
        return self.ground.case

    def all(self) -> dict[_About, RestsOn]:
        """What each verdict rests on."""
        verdicts = self.base
        candidates = {about: self._candidates(about, word) for about, word in verdicts.items()}
        out: dict[_About, RestsOn] = {}
        self._prepare({frozenset({e}) for elements, _ in candidates.values() for e in elements})
        for about, (elements, capped) in candidates.items():
            out[about] = self._tried(about, verdicts[about], ((e,) for e in elements), capped=capped)
        left = {a: c for a, (c, _) in candidates.items() if not out[a].sets and len(c) > 1}
        pairs = {about: list(combinations(elements[:MOST_IN_PAIRS], 2)) for about, elements in left.items()}
        self._prepare({frozenset(pair) for several in pairs.values() for pair in several})
        for about, several in pairs.items():
            capped = out[about].capped or len(left[about]) > MOST_IN_PAIRS
            out[about] = self._tried(about, verdicts[about], several, capped=capped)
        hard = {about: elements for about, elements in left.items() if not out[about].sets and len(elements) > 2}
        self._prepare({frozenset(elements) for elements in hard.values()})
        for about, elements in hard.items():
            out[about] = self._irreducible(about, verdicts[about], elements, capped=candidates[about][1])
        return out

    def _tried(self, about: _About, word: VerdictWord, sets: Iterable[tuple[Element, ...]], *, capped: bool) -> RestsOn:
        """Those of some sets without which a verdict is another."""
        changing = []
        for elements in sets:
            if self.conclusions >= MOST_CONCLUSIONS:
                capped = True
                break
            other = self.word(about, frozenset(elements))
            if other != word:
                changing.append((elements, other))
        return RestsOn(tuple(changing), capped)

    def _irreducible(self, about: _About, word: VerdictWord, elements: Sequence[Element], *, capped: bool) -> RestsOn:
        """One set from which nothing can be left out: everything, and then without what does not matter."""
        left = list(elements)
        if self.word(about, frozenset(left)) == word:
            return RestsOn((), capped)
        for element in elements:
            if self.conclusions >= MOST_CONCLUSIONS:
                return RestsOn((), True)
            fewer = [e for e in left if e != element]
            if fewer and self.word(about, frozenset(fewer)) != word:
                left = fewer
        return RestsOn(((tuple(left), self.word(about, frozenset(left))),), capped)

    # -- verdicts under suppositions --------------------------------------------------------------------------

    def word(self, about: _About, without: Set) -> VerdictWord:
        """The verdict on a term, party and reading without some elements."""
        key = (about, without)
        if key not in self._words:
            self._words[key] = self._concluded(about, without)
        return self._words[key]

    def _concluded(self, about: _About, without: Set) -> VerdictWord:
        term, text = self._term(about)
        if self._unchanged(text, term, without):
            return self.base[about]
        self.conclusions += 1
        if self._breached_still(about, term, text, without):
            return "breached"
        if not term.kind.guards:
            return self._alone(text, term, about[1], without).word
        asked = {term.id, *(other.id for other in text.terms if other.clause in term.kind.watches)}
        case = self._case(without, bearing(self.case.queries, text, term))
        builders = conclude(case, text, functools.partial(self._under, without), asked)
        return next(b.word for b in builders if (b.term.id, b.party) == about[:2])

    def _unchanged(self, text: Text, term: Term, without: Set) -> bool:
        """Whether all that a term is concluded from is the same without some elements."""
        changed = self._of(_struck(without)).changed & bearing(self.case.queries, text, term)
        return not changed and self._looked(without) is self.case.coverage

    def _under(
        self,
        without: Set,
        case: CaseFile,
        times: EventTimes,
        text: Text,
        term: Term,
        party: str | None,
        breaches: Breaches,
    ) -> VerdictBuilder:
        """What is concluded of a term and a party without some elements; of what breaches may set off, once for all that they set off."""
        if term.kind.guards:
            return conclude_term(case, times, text, term, party, breaches, telling=False)
        about = (term.id, party, text.reading), frozenset() if self._unchanged(text, term, without) else without
        if about not in self._watched:
            self._watched[about] = self._alone(text, term, party, about[1])
        return self._watched[about]

    def _alone(self, text: Text, term: Term, party: str | None, without: Set) -> VerdictBuilder:
        """What is concluded of a term that no breach of another sets off."""
        units = bearing(self.case.queries, text, term)
        case, at = self._case(without, units), (without, units, text.reading)
        if at not in self._times:
            self._times[at] = EventTimes(case, text)
        return conclude_term(case, self._times[at], text, term, party, telling=False)

    def _breached_still(self, about: _About, term: Term, text: Text, without: Set) -> bool:
        """Whether a term of a kind that one confirmed finding breaches is breached without some elements, which the findings alone say."""
        role = rules_of(term).breached_by
        if role is None or term.ours or waits_for_others(term):
            return False
        supposed = self._of(_struck(without))
        parties = {NO_PARTY, NO_PARTY if about[1] is None else self.case.actors.index(about[1])}
        units = self.case.numbers(text.reading, term.id, role, about[1])
        if self.variants.confirmed(supposed.variants, units, sorted(parties)):
            return True
        if about not in self._confirmed:
            rows = self.case.findings_of(text.reading, term.id, role, about[1])
            self._confirmed[about] = rows["key"].filter(rows["status"] == "confirmed").to_numpy()
        return bool(np.isin(self._confirmed[about], supposed.touched, invert=True).any())

    def _looked(self, without: Set) -> Coverage:
        """The coverage without some elements; the very same where nothing of it changes."""
        sources = _struck(without).sources
        if sources not in self._coverage:
            looked = (
                self.ground.coverage_without(sources) if sources and self.case.coverage.watches else self.case.coverage
            )
            self._coverage[sources] = self.case.coverage if looked == self.case.coverage else looked
        looked = self._coverage[sources]
        gone = {e.name for e in without if e.kind == "watch"}
        return Coverage(tuple(w for w in looked.watches if w.id not in gone), looked.gaps) if gone else looked

    def _case(self, without: Set, units: frozenset[int]) -> CaseFile:
        """The case without some elements, as far as some queries go."""
        at = without, units
        if at not in self._cases:
            looked = self._looked(without)
            case = self._of(_struck(without)).applied(self.case, units)
            self._cases[at] = case if looked is self.case.coverage else case.altered(coverage=looked)
        return self._cases[at]

    def _of(self, struck: Struck) -> Supposed:
        if struck not in self._supposed:
            self._prepare_struck([struck])
        return self._supposed[struck]

    def _prepare(self, sets: Iterable[Set]) -> None:
        """Finds out what would be found under many suppositions at once."""
        wanted = {_struck(one) for one in sets} - {Struck()}
        self._prepare_struck(
            sorted(wanted - self._supposed.keys(), key=lambda s: (sorted(s.sources), sorted(s.determined)))
        )

    def _prepare_struck(self, struck: Sequence[Struck]) -> None:
        if struck:
            self._supposed |= dict(zip(struck, self.variants.supposed(struck), strict=True))

    # -- what a verdict may rest on ---------------------------------------------------------------------------

    def _term(self, about: _About) -> tuple[Term, Text]:
        text = next(t for t in self.case.agreement.texts if t.reading == about[2])
        return next(t for t in text.terms if t.id == about[0]), text

    def _candidates(self, about: _About, word: VerdictWord) -> tuple[list[Element], bool]:
        """What the verdict may rest on, in order; and whether there was more."""
        term, text = self._term(about)
        units = bearing(self.case.queries, text, term)
        of_units = pl.col("unit").is_in(list(units))
        act = term.kind.owes == "act" and word == "breached"
        rows = self.case.findings.filter(of_units)
        if act and not term.moves:
            index = NO_PARTY if about[1] is None else self.case.actors.index(about[1])
            rows = rows.filter((pl.col("status") == "confirmed") & (pl.col("party") == index))
        undone = self.case.refuted.filter(of_units & (not act)).select(key="incident")
        speakers = self._speakers(pl.concat([rows.select("key"), undone]).unique())
        decided = self.ground.rulings.findings.filter(of_units & pl.col("decided_by").is_not_null())["incident"]
        watches = [] if act else list(self._watches(term))
        speakers += sorted(self._owners(watches) - set(speakers))
        elements = [Element("source", self.voices.described[name]) for name in speakers]
        elements += [Element("decision", incident) for incident in decided.unique().sort().to_list()]
        elements += [Element("watch", watch.id) for watch in watches]
        return elements[:MOST_ELEMENTS], len(elements) > MOST_ELEMENTS

    def _speakers(self, keys: pl.DataFrame) -> list[str]:
        """Sources of the register (without one: origins of which the rows say something) that speak of some incidents."""
        voices = self.voices
        said = voices.said.join(keys, on="key", how="semi")
        names = {*said["name"].to_list(), *(said["carrier"].to_list() if voices.registered else ())}
        return sorted(name for name in names if name in voices.described)

    def _owners(self, watches: Iterable[Watch]) -> set[str]:
        """Rows of the register that say whose some watches are."""
        if not self.voices.registered:
            return set()
        names = {name_key(name) for watch in watches for name in (watch.who, watch.reports_as)}
        return names & self.voices.described.keys()

    def _watches(self, term: Term) -> Iterator[Watch]:
        """The watches that can see something of what a term is about."""
        patterns = [sought.pattern for sought in term.kind.sought()]
        acts = self.case.agreement.vocabulary.acts
        leaves = {leaf for pattern in patterns for leaf in acts.leaves(pattern.act_codes)}
        yield from (w for w in sorted(self.case.coverage.watches, key=lambda w: w.id) if leaves & w.detects)


def _struck(without: Set) -> Struck:
    return Struck(
        frozenset(name_key(e.name) for e in without if e.kind == "source"),
        frozenset(e.name for e in without if e.kind == "decision"),
    )
