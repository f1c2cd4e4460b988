"""Positions over time: what each side said on each term, in order of time; who moved; what each waits for; where an agreement would fall.

1. **A step** is what a side said on a term on one day with one stance, however many documents relay it. A saying that a relay bent, and what a stranger or another side says that
   one holds or has agreed to, make none. A day that a document does not tell is that of the occasion, where another relay tells it.
2. **A lean.** *Demands*, *offers*, *accepts* and *announces* lean towards the matter, *rejects* against it, *condition* waits. *Denies* and *speaks of*
   lean nowhere. Who on a later day no longer leans as on the last day before on which he leant has **moved**; what has no day moves nobody.
3. **Where a side stands** is its last day with a lean, and beside it what has no day, which nobody knows to be older: for; against; waiting, where a condition stands beside either (beside a refusal one that can be judged); divided, where it leans both ways at once
   and makes no condition.
4. **A condition** is what stands behind *if*, *until*, *only after* and the like. It is judged where it names a side or another term, and is no threat (*if they
   attack*, or what the side itself rejects): by the sides that it names, of none by the other parties; on the terms that it names, of none on the term itself. **Met**, where each of them is for
   each; **refused**, where one is against; **mutual**, where one waits as well; else **unanswered**. A promise is an answer, not the deed: nothing here says that anything was done.
5. **The zone.** A term is *agreed* where all parties lean the same way, conditions that are met counting as for; *blocked* where they lean against each
   other; *waiting* where only conditions stand in the way; *open* where a party has not said. Without an agreement the parties are whoever leant.

Nothing of it is a finding: it is who said what, put in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from servanda.statements.analysis import StatementAnalysis
from servanda.statements.extract import Statement
from servanda.statements.stances import STANCES, Stance
from servanda.values.gazetteer import gazetteer

Lean = Literal["for", "against", "waits", "divided", "silent"]
Answer = Literal["met", "refused", "mutual", "unanswered", "not judged"]
_LEANS: Mapping[Stance, Lean] = {
    **dict.fromkeys(("demands", "offers", "accepts", "announces"), "for"),
    "rejects": "against",
    "condition": "waits",
}
_WORDS = gazetteer("position_words.yaml")
_WAITS = tuple(
    re.compile(pattern.replace("{clause}", "(?P<clause>[^.;!?]+)"), re.IGNORECASE) for pattern in _WORDS["conditions"]
)
_BOTH = re.compile(rf"\b(?:{'|'.join(_WORDS['both'])})\b", re.IGNORECASE)
_REFUSAL = re.compile(rf"\b(?:{'|'.join(_WORDS['refusal'])})", re.IGNORECASE)
_JOINED = re.compile(rf"\W*(?:(?:{'|'.join(_WORDS['joined'])})\W*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """What a side said on a term on one day with one stance.

    ``moved_from``: the stances of its last day before, where it leans otherwise now; ``waits_for``: of a condition, the words; ``answer`` and
    ``answered_by``: whether what others said meets it, and who said what.
    """

    term: str
    side: str
    day: date | None
    stance: Stance
    statements: tuple[Statement, ...]
    origins: int
    moved_from: tuple[Stance, ...] = ()
    waits_for: str = ""
    answer: Answer | None = None
    answered_by: tuple[str, ...] = ()

    @property
    def lean(self) -> Lean | None:
        """Which way it leans; nothing for what takes no stand."""
        return _LEANS.get(self.stance)

    @property
    def speakers(self) -> list[str]:
        """Who said it, each once."""
        return list(dict.fromkeys(s.speaker for s in self.statements))


@dataclass(frozen=True)
class Zone:
    """Where an agreement on one term would fall, as the newest document has it.

    ``state``: agreed, waiting, blocked or open. ``leans``: by side, in the order of parties, then of others who leant; ``blocks``: in words what
    stands in the way.
    """

    term: str
    state: Literal["agreed", "waiting", "blocked", "open"]
    leans: Mapping[str, Lean]
    parties: tuple[str, ...]
    blocks: tuple[str, ...]

    def sides(self, *leans: Lean) -> list[str]:
        """The sides that lean in one of these ways."""
        return [side for side, lean in self.leans.items() if lean in leans]


_Latest: TypeAlias = Mapping[tuple[str, str], Sequence[Step]]
"""By term and side the steps that say where it stands."""


@dataclass(frozen=True)
class Positions:
    """All of it: steps by term, side and day, and a zone for every term of which anybody speaks. ``newest``: the last day of which the documents
    tell, which is the day that the zones are of.
    """

    steps: tuple[Step, ...]
    zones: tuple[Zone, ...]
    moves: tuple[Step, ...] = field(default=())
    newest: date | None = None


def positions(analysis: StatementAnalysis) -> Positions:
    """The positions of every side on every term, over time.

    Args:
        analysis: what some documents tell.

    Returns:
        Steps in the order of terms, sides and days, those without a day last; and the zones. None, where no document names a party of the agreement.
    """
    if not analysis.names_a_party:
        return Positions((), ())
    steps = _moved(_steps(analysis))
    latest = _latest(steps)
    answered = tuple(_answered(step, latest, analysis) for step in steps)
    latest = _latest(answered)
    zones = tuple(_zone(term, latest, analysis.parties) for term in analysis.terms)
    published = (d.published for d in analysis.documents if d.published)
    newest = max((*published, *(s.day for s in answered if s.day)), default=None)
    return Positions(answered, zones, tuple(s for s in answered if s.moved_from), newest)


def waits_for(text: str) -> str:
    """The words that a condition waits for, where its statement does not tell them; nothing where no word of a condition is found.

    Args:
        text: what was said.

    Returns:
        The clause behind *if*, *until*, *provided that* and the like.
    """
    found = next((m for pattern in _WAITS if (m := pattern.search(text))), None)
    return "" if found is None else re.sub(r"^(?:that|what) ", "", found["clause"].strip(" ,\"“”«»'’"))


def _steps(analysis: StatementAnalysis) -> list[Step]:
    days = {o.id: date.fromisoformat(o.day) for o in analysis.aligned.occasions if o.day}
    of = analysis.aligned.occasion_of
    groups: dict[tuple[str, str, date | None, Stance], list[Statement]] = {}
    for stand in analysis.stands:  # what counts for a side is the matrix's to say
        for s in stand.statements:
            own = (
                s.teller == s.speaker or s.own_side
            )  # by the word of a stranger or of another side nobody stands anywhere
            if own and stand.side and stand.stance != "speaks of" and s.id not in stand.bent:
                day = s.day or days.get(of.get(s.id, ""))
                groups.setdefault((stand.term, stand.side, day, stand.stance), []).append(s)
    terms, sides = list(analysis.matcher.topics), list(analysis.names)

    def place(key: tuple[str, str, date | None, Stance]) -> tuple[int, int, str, date, int]:
        term, side, day, stance = key
        known = sides.index(side) if side in sides else len(sides)
        return terms.index(term), known, side, day or date.max, STANCES.index(stance)

    return [
        Step(*key, tuple(group), len({of.get(s.id, s.id) for s in group}), waits_for=_waiting(key[0], key[3], group))
        for key, group in sorted(groups.items(), key=lambda item: place(item[0]))
    ]


def _waiting(term: str, stance: Stance, group: Sequence[Statement]) -> str:
    if stance != "condition":
        return ""
    return next((words for s in group if (words := dict(s.waits_for).get(term) or waits_for(s.content))), "")


def _moved(steps: Sequence[Step]) -> list[Step]:
    """Each step with the stances from which it moved: those of the last day before with a lean, none of which it has that day."""
    days: dict[tuple[str, str], dict[date, list[Step]]] = {}
    for step in steps:
        if step.lean and step.day:
            days.setdefault((step.term, step.side), {}).setdefault(step.day, []).append(step)
    return [replace(step, moved_from=_moved_from(step, days.get((step.term, step.side), {}))) for step in steps]


def _moved_from(step: Step, days: Mapping[date, Sequence[Step]]) -> tuple[Stance, ...]:
    if not step.lean or not step.day:
        return ()
    earlier = [day for day in days if day < step.day]
    before = days[max(earlier)] if earlier else ()
    if {b.lean for b in before} & {s.lean for s in days[step.day]}:
        return ()
    return tuple(dict.fromkeys(b.stance for b in before))


def _latest(steps: Sequence[Step]) -> _Latest:
    """The steps of each side's last day with a lean; beside them those without a day, of which nobody knows that they are older."""
    mine: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        if step.lean:
            mine.setdefault((step.term, step.side), []).append(step)
    out = {}
    for key, some in mine.items():
        last = max((s.day for s in some if s.day), default=None)
        out[key] = [s for s in some if s.day in (last, None)]
    return out


def _lean(latest: _Latest, term: str, side: str) -> Lean:
    """Where a side stands on a term, its conditions not looked at."""
    leans = {s.lean for s in latest.get((term, side), ())}
    if not leans:
        return "silent"
    if "waits" in leans:
        return "waits"
    return "divided" if len(leans) > 1 else ("for" if "for" in leans else "against")


def _answered(step: Step, latest: _Latest, analysis: StatementAnalysis) -> Step:
    """A condition with what others said of what it waits for."""
    if step.stance != "condition":
        return step
    named = [side for side in _sides_in(step.waits_for, analysis) if side != step.side]
    terms = [t for t in analysis.matcher.terms_in(step.waits_for) if named or t != step.term]
    threat = _REFUSAL.search(step.waits_for) or any(_against(latest, term, step.side) for term in terms)
    if threat or not (named or terms):
        return replace(step, answer="not judged")
    told: list[str] = []
    leans: set[Lean] = set()
    for term in terms or [step.term]:
        others = named or analysis.parties or [side for about, side in latest if about == term]
        for side in others:
            if side != step.side:
                leans.add(_lean(latest, term, side))
                told.append(_said(side, term, latest))
    return replace(step, answer=_answer(leans), answered_by=tuple(told))


def _against(latest: _Latest, term: str, side: str) -> bool:
    return any(s.lean == "against" for s in latest.get((term, side), ()))


def _answer(leans: set[Lean]) -> Answer:
    if leans & {"against", "divided"}:
        return "refused"
    if "waits" in leans:
        return "mutual"
    return "met" if leans == {"for"} else "unanswered"


def _said(side: str, term: str, latest: _Latest) -> str:
    """What a side last said on a term, in words."""
    steps = latest.get((term, side), ())
    if not steps:
        return f"{side} has not said where it stands on {term}"
    stances = " and ".join(dict.fromkeys(s.stance for s in steps))
    return f"{side}: {stances}, {term}" + (f", {steps[0].day}" if steps[0].day else "")


def _sides_in(text: str, analysis: StatementAnalysis) -> list[str]:
    """The sides that some words name first, and those joined to them; *both sides* are the parties."""
    people = analysis.people
    found: list[str] = []
    end = None
    for m in people.spelt.finditer(text):
        if end is not None and not _JOINED.fullmatch(text[end : m.start()]):
            break
        found.append(people.words.get(m[1], ""))
        end = m.end()
    both = analysis.parties if _BOTH.search(text) else ()
    return [side for side in dict.fromkeys((*found, *both)) if side]


def _zone(term: str, latest: _Latest, given: Sequence[str]) -> Zone:
    leant = [side for about, side in latest if about == term]
    parties = tuple(given or leant)
    leans = {side: _lean(latest, term, side) for side in dict.fromkeys((*parties, *leant))}
    for side, lean in leans.items():
        answers = {s.answer for s in latest.get((term, side), ()) if s.lean == "waits"}
        if lean == "waits" and answers == {"met"}:
            leans[side] = "for"
        elif lean == "waits" and answers == {"not judged"} and _against(latest, term, side):
            leans[side] = "against"
    theirs = {leans[p] for p in parties}
    others = tuple(
        f"{_block(side, 'against', latest[term, side])}, and is no party"
        for side, lean in leans.items()
        if lean == "against" and side not in parties
    )
    blocks = tuple(
        _block(side, leans[side], latest[term, side]) for side in parties if leans[side] not in ("for", "silent")
    )
    blocks += others
    if theirs <= {"for"} and theirs:
        return Zone(term, "agreed", leans, parties, others)
    if theirs == {"against"}:
        return Zone(term, "agreed", leans, parties, blocks)
    if "divided" in theirs or {"for", "against"} <= theirs or {"waits", "against"} <= theirs:
        return Zone(term, "blocked", leans, parties, blocks)
    if "silent" in theirs or not theirs:
        return Zone(term, "open", leans, parties, blocks)
    return Zone(term, "waiting", leans, parties, blocks)


def _block(side: str, lean: Lean, latest: Sequence[Step]) -> str:
    """What a side puts in the way, in words."""
    since = f" (since {day})" if (day := min((s.day for s in latest if s.day), default=None)) else ""
    if lean == "against":
        return f"{side} rejects it{since}"
    if lean == "divided":
        return f"{side} speaks with two voices: {' and '.join(dict.fromkeys(s.stance for s in latest))}{since}"
    return "; ".join(
        f"{side} waits for: {s.waits_for or 'what its words do not say'} ({s.answer}{f', {s.day}' if s.day else ''})"
        for s in latest
        if s.lean == "waits"
    )
