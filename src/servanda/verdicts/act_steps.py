"""What prohibitions and limits share: the coverage over a term's time, and the steps that say which acts were found."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import polars as pl

from servanda.agreement import Pattern
from servanda.values.time import Interval
from servanda.verdicts.acts_counted import NOT_COUNTED, ActsCounted, counted_steps
from servanda.verdicts.builder import VerdictBuilder, ids
from servanda.verdicts.case_file import Faint
from servanda.verdicts.chances.small import answered_words, faint_words, true_though_answered
from servanda.verdicts.event_times import Span
from servanda.verdicts.evidence_steps import NOTHING_TOLD, Evidence, accusation, accusers, evidence_of, evidence_steps
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import UNKNOWN, UNTOLD
from servanda.verdicts.speaking import NOBODY, Said
from servanda.wording import plural

COUNTED = ("confirmed", "excused", "alleged")


@dataclass(frozen=True, slots=True)
class Acts:
    """The incidents that may be acts under a term, by status; ``unanswered``: the alleged ones that nobody could refute.

    From ``below`` on it is told of them, and decides nothing.
    """

    confirmed: Sequence[str]
    excused: Sequence[str]
    alleged: Sequence[str]
    open: Sequence[str]
    unanswered: Sequence[str]
    told: Sequence[str]
    """What a source without a side said that saw nothing itself, and that was answered: it is open no more."""
    answered: tuple[float, ...]
    """Of each that was answered the least probability with which it would have been seen."""
    faint: Faint
    """What is too improbable for a finding."""
    excuses: tuple[str, ...]
    """The exceptions under which the excused fall."""
    traced: Sequence[str]
    """The alleged ones of which somebody without a side saw a trace, so that no watch answers them."""
    never: int
    """How many of the alleged ones no watch answers, wherever they lie."""
    below: Sequence[str] = ()
    open_whose: Sequence[str] = ()
    """The open ones that are shown to be such acts, and not whose."""
    open_where: Sequence[str] = ()
    """The open ones that lie too uncertainly inside the place and window."""
    open_when: Sequence[str] = ()
    """The open ones that are shown to be such acts by a party, and not that the term bound then."""
    accusers: int = 0
    """In how many of the alleged ones observers are among the accusers."""
    evidence: Evidence = NOTHING_TOLD
    said: Said = NOBODY
    """The reports that assert what counts."""

    @staticmethod
    def together(parts: Sequence[Acts]) -> Acts:
        """Those of shares that have no incident in common, and of which each knows all that is faint."""
        first = parts[0]
        names: dict[str, Any] = {name: Listed.together(*(getattr(one, name) for one in parts)) for name in _NAMES}
        return replace(
            first,
            **names,
            answered=tuple(chain.from_iterable(one.answered for one in parts)),
            excuses=tuple(sorted(set(chain.from_iterable(one.excuses for one in parts)))),
            accusers=sum(one.accusers for one in parts),
            never=sum(one.never for one in parts),
            evidence=Evidence.together([one.evidence for one in parts]),
            said=Said.together([one.said for one in parts]),
        )

    def changed(self, was: Acts, now: Acts) -> Acts | None:
        """The same, where some of the incidents tell other things now; nothing where that does not follow.

        Args:
            was: what these told before.
            now: what they tell now; it knows all that is faint.
        """
        evidence = self.evidence.changed(was.evidence, now.evidence)
        if evidence is None or not set(was.excuses) <= set(now.excuses):
            return None  # which incidents fall under an exception is not kept
        names: dict[str, Any] = {
            name: Listed.of(getattr(self, name)).changed(getattr(was, name), getattr(now, name)) for name in _NAMES
        }
        answered = Counter(self.answered)
        answered.subtract(was.answered)
        return replace(
            now,
            **names,
            answered=(*answered.elements(), *now.answered),
            excuses=tuple(sorted({*self.excuses, *now.excuses})),
            accusers=self.accusers - was.accusers + now.accusers,
            never=self.never - was.never + now.never,
            evidence=evidence,
            said=self.said.changed(was.said, now.said),
        )

    @property
    def incidents(self) -> set[str]:
        """All of which the steps tell."""
        return {*chain.from_iterable(getattr(self, name) for name in _NAMES), *self.evidence.incidents}


_NAMES = (
    *("confirmed", "excused", "alleged", "below"),
    *("open", "open_whose", "open_where", "open_when", "unanswered", "told", "traced"),
)


def measure_coverage(builder: VerdictBuilder, span: Span, pattern: Pattern) -> None:
    """Sets window and coverage: all the time in which the term may bind, up to when it is asked."""
    builder.window = span.widest.intersection(Interval(None, builder.case.as_of))
    builder.coverage = builder.measured(pattern, builder.window)


def sort_acts(builder: VerdictBuilder, rows: pl.DataFrame, findings: pl.DataFrame) -> Acts:
    """Sorts acts by their status.

    Args:
        builder: the verdict in the making, with its coverage.
        rows: incidents with their statuses, and which are open for their time alone (``perhaps``) where the time in which a term binds moves.
        findings: the findings about the same incidents, with the exceptions that excuse them; what is below the standard of proof
            stands here alone.

    Returns:
        The incidents by status.
    """
    assert builder.coverage is not None
    confirmed, excused, alleged_ = (ids(rows, status) for status in COUNTED)
    open_ = ids(rows, "open")
    asked, traced = (Listed(), Listed()), Listed()
    if builder.case.answers(builder.coverage):
        traced = alleged_.among(builder.case.traces)
        asked = _answerable(findings, "alleged").among(alleged_), _answerable(findings, "open").among(open_)
    answered = builder.case.answered(Listed.together(*asked), builder.coverage)
    alleged, told = (those.among(answered) for those in asked)
    acts = Acts(
        confirmed=confirmed,
        excused=excused,
        alleged=alleged_,
        open=open_.without(told),
        unanswered=alleged_.without(alleged),
        told=told,
        answered=tuple(answered.values()),
        faint=builder.case.faint_of(builder.reading, builder.term.id, "act", builder.party),
        excuses=_excuses(findings, excused),
        traced=traced,
        never=len(alleged_) - len(_answerable(findings, "alleged").among(alleged_).without(traced)),
    )
    return _beside(builder, acts, rows, findings) if builder.telling else acts


def _beside(builder: VerdictBuilder, acts: Acts, rows: pl.DataFrame, findings: pl.DataFrame) -> Acts:
    """The same acts with what is told of them beside: what is below the standard, what the open ones lack, who speaks, and on what it rests."""
    own, status = findings, rows["status"]
    if rows is not findings and findings.height:
        own = findings.filter(pl.col("incident").is_in(rows["incident"].implode()))
    counted = functools.reduce(operator.or_, (status == of for of in COUNTED)) if rows.height else status.is_null()
    whose, where, when = _lacking(rows, findings, Listed.of(acts.open), builder.certainty)
    return replace(
        acts,
        below=ids(findings, "below").without(ids(rows, "open")),
        open_whose=whose,
        open_where=where,
        open_when=when,
        accusers=accusers(own, rows["key"].filter(status == "alleged")) if acts.alleged else 0,
        evidence=evidence_of(builder, own),
        said=builder.case.said_by(rows["key"].filter(counted)),
    )


def _lacking(
    rows: pl.DataFrame, findings: pl.DataFrame, open_: Listed, certainty: int
) -> tuple[Listed, Listed, Listed]:
    """Of which open incidents it is not shown whose they are, of which not that they lie inside the place and window, and of which not that the
    term bound then.
    """
    if not open_:
        return Listed(), Listed(), Listed()
    when = ids(rows.filter("perhaps"), "open").among(open_) if "perhaps" in rows.columns else Listed()
    shown = findings["by"].is_not_null()
    whose = ids(findings.filter(shown), "open").among(open_).without(when)
    where = ids(findings.filter(~shown & (findings["p"] < certainty)), "open").among(open_)
    return whose, where.without(whose).without(when), when


def _answerable(findings: pl.DataFrame, status: str) -> Listed:
    """The incidents of a status that a watch of their place and time answers."""
    return ids(findings.filter(findings["answerable"]) if findings.height else findings, status)


def enter(builder: VerdictBuilder, acts: Acts) -> None:
    """Enters the acts that count into the verdict."""
    builder.confirmed, builder.excused, builder.alleged = acts.confirmed, acts.excused, acts.alleged
    if builder.telling:
        builder.counting((acts.said.reports, acts.said.origins.height))


def _excuses(findings: pl.DataFrame, excused: Sequence[str]) -> tuple[str, ...]:
    """The exceptions under which some incidents fall; one without a name where a determination excuses and names none."""
    if not excused:
        return ()
    own = findings.filter((findings["status"] == "excused") & Listed.of(excused).holds())
    return tuple(sorted({name or "" for name in own["excuse"].to_list()}))


def untold_step(builder: VerdictBuilder, rows: pl.DataFrame, unit: str) -> None:
    """Says of which occurrences nobody tells how much of what is owed, or allowed, it was."""
    untold = rows["incident"].filter((rows["high"] >= UNTOLD) & (rows["high"] < UNKNOWN))
    if len(untold):
        builder.step(
            "untold",
            f"Of {plural(len(untold), 'incident', 'incidents')} nobody says how many {unit} it was: one counts as shown of each, and how many there may have been is not known.",
            Listed(untold),
        )


def another_unit_step(builder: VerdictBuilder, rows: pl.DataFrame, what: Pattern, unit: str) -> Listed:
    """Says of which occurrences the number is in another unit than the one that the term counts in; these."""
    others, least = rows["incident"].filter(rows["high"] >= UNKNOWN), rows["low"].filter(rows["high"] >= UNKNOWN).max()
    words = builder.case.agreement.vocabulary
    bare = not unit and what.weapon is None and not what.acts.isdisjoint(words.acts.below(words.several_authors))
    unit = "said to be what the term counts, which names no unit" if bare else unit or str(what.weapon or "acts")
    if len(others):
        shown = "one" if least else "none"
        builder.step(
            "another_unit",
            f"Of {plural(len(others), 'incident', 'incidents')} what was counted is not {unit}: {shown} counts as shown of each, and how many there may have been is not known.",
            Listed(others),
        )
    return Listed(others)


def act_steps(builder: VerdictBuilder, acts: Acts, counted: ActsCounted = NOT_COUNTED) -> None:
    """Adds the steps that say which acts were found, and how well they would have been seen."""
    assert builder.coverage is not None
    _confirmed_step(builder, acts)
    counted_steps(builder, counted, acts.confirmed)
    if acts.excused:
        builder.step("excused", _excused_words(acts), acts.excused)
    if acts.alleged:
        builder.step("alleged", _alleged_words(builder, acts), acts.alleged)
    if acts.below:
        builder.step(
            "below",
            f"{plural(len(acts.below), 'more incident', 'more incidents')} may fall under the term, but too uncertainly (time or place too vague, or outside the window), or told of nobody by those whose word opens nothing.",
            acts.below,
        )
    if acts.faint[0]:
        builder.step("faint", faint_words(acts.faint))
    _open_steps(builder, acts)
    evidence_steps(builder, acts.evidence)
    builder.coverage_step(nothing_seen=not (acts.confirmed or acts.excused or acts.open))
    said = len({*acts.alleged, *acts.told} if acts.told else acts.alleged)
    if acts.traced:
        of = plural(len(acts.traced), "alleged incident", "alleged incidents")
        builder.step(
            "trace",
            f"Of {of} a source without a side saw a trace, as a fire or an explosion, or a clash: no watch answers that.",
            acts.traced,
        )
    if said:
        answered = sorted({*acts.alleged, *acts.told} - {*acts.unanswered}) if acts.answered else []
        text = _unanswered_words(acts, said)
        if answered:
            text = answered_step_words(len(answered), said, acts.answered)
        builder.step("answered", text, answered)


def answered_step_words(answered: int, said: int, seen_with: Iterable[float]) -> str:
    """How many of the allegations are answered, and how likely they are true all the same; ``seen_with``: how surely each would have been seen."""
    verb = "speaks" if answered == 1 else "speak"
    some = "The one allegation" if said == 1 else f"{answered:,} of {said:,} allegations"
    chance = answered_words([true_though_answered(p) for p in seen_with])
    return f"{some} {verb} of a place and time that was watched to the standard, and nothing of what is alleged was seen there. {chance}"


def _open_steps(builder: VerdictBuilder, acts: Acts) -> None:
    """What is lacking, for each of what is open."""
    whose, where, when = Listed.of(acts.open_whose), Listed.of(acts.open_where), Listed.of(acts.open_when)
    for incidents, words in (
        (
            Listed.of(acts.open).without(whose).without(where).without(when),
            "it may have been such an act, and that it was is not shown",
        ),
        (whose, "such an act is shown, and whose it was is not"),
        (where, "it may have been such an act, and that it lies inside the place and window is too uncertain"),
        (when, "such an act is shown, and whether the term bound then is not"),
    ):
        if incidents:
            builder.step("open", f"{plural(len(incidents), 'incident is', 'incidents are')} open: {words}.", incidents)


def open_words(acts: Acts) -> str:
    """How many are open, and what is lacking, as the end of a sentence."""
    lacks = "what, whose, where or when"
    for some, words in (
        (acts.open_whose, "whose it was"),
        (acts.open_where, "that it lies inside the place and window"),
        (acts.open_when, "whether the term bound then"),
    ):
        lacks = words if len(some) == len(acts.open) else lacks
    if not (acts.open_whose or acts.open_where or acts.open_when):
        lacks = "that it was such an act"
    return f"{plural(len(acts.open), 'incident is', 'incidents are')} open: it is not settled {lacks}"


def _excused_words(acts: Acts) -> str:
    """Under which exceptions acts fall; a determination excuses of its own, and shows no precondition."""
    named, nameless = [name for name in acts.excuses if name], "" in acts.excuses
    if not named:
        return f"{plural(len(acts.excused), 'incident is', 'incidents are')} excused by a determination that names no exception."
    words = f"{plural(len(acts.excused), 'incident falls', 'incidents fall')} under an exception ({', '.join(named)}), every precondition shown"
    return f"{words}{', or are excused by a determination that names none' if nameless else ''}."


def _unanswered_words(acts: Acts, said: int) -> str:
    """Why no allegation is answered: some never are; the others are where somebody watched."""
    if not acts.never:
        return f"No allegation (of {said}) speaks of a place and time that was watched to the standard."
    never = f"No allegation (of {said}) is answered: no watch answers what a source without a side says that it saw, or saw a trace or a clash of, what is contested or was taken back, or what a body determined"
    others = acts.never < said
    return f"{never}{', and no other speaks of a place and time that was watched to the standard' if others else ''}."


def _confirmed_step(builder: VerdictBuilder, acts: Acts) -> None:
    standard = builder.case.agreement.mandate.standard
    author = f" by {builder.party_name}" if builder.party else ""
    if acts.confirmed:
        words = f"{plural(len(acts.confirmed), 'incident is', 'incidents are')} confirmed as such an act{author}, to the standard {standard}."
    else:
        words = f"No incident is confirmed as such an act{author} (standard: {standard})."
    builder.step("confirmed", words, acts.confirmed)


def _alleged_words(builder: VerdictBuilder, acts: Acts) -> str:
    """What is alleged, and how many speak: of it alone where nothing else counts, and else of all that counts, which is said."""
    against = f" against {builder.party_name}" if builder.party else ""
    said = f"{plural(len(acts.alleged), 'incident is', 'incidents are')} alleged{against}"
    rest = f"and not confirmed{accusation(acts.accusers, len(acts.alleged))}."
    reports, origins = builder.voices()
    voices, reported = plural(origins, "origin", "origins"), plural(reports, "report", "reports")
    if not (acts.confirmed or acts.excused):
        if not reports:
            return f"{said}, by what was taken back, {rest}"
        them = "it" if len(acts.alleged) == 1 else "them"
        return f"{said}, {rest} All who speak of {them}, accusing or not: {voices} in {reported}."
    return f"{said}, {rest} All that counts, confirmed or excused included, is told by {voices} in {reported}."
