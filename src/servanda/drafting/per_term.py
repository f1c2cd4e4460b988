"""What is found in the structure of an agreement: what is missing, what contradicts, what binds one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from servanda.agreement import Agreement, Term, Text
from servanda.agreement.kinds import (
    DeclaredItems,
    Duty,
    Guarantee,
    Limit,
    Notice,
    Prohibition,
    Quota,
    Response,
    Unverifiable,
)
from servanda.agreement.schema.file import AgreementFile
from servanda.drafting import wording as words
from servanda.drafting.sequence import sequence_of
from servanda.values.document import Path_
from servanda.values.geo.shapes import AllOf, Near, Place

POSITIONS = frozenset(
    {"positions", "military_presence", "deployment", "movement", "fortification", "mine_laying", "withdrawal"}
)
SPEECH = frozenset({"complaint_filed", "notice_given", "denunciation"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement with the file it was read from."""

    agreement: Agreement
    file: AgreementFile


Reporter = Iterator[tuple[str, str, str, Path_]]
"""Code, term ('' for the whole), what is wrong, and where it stands."""


def whole(draft: Draft) -> Reporter:
    """What is wrong with the agreement as a whole."""
    if draft.file.in_force is None:
        yield "no-start", "", "nothing says when it begins to bind", ("agreement",)
    else:
        for n, extension in enumerate(draft.file.in_force.extensions):
            absent = [p for p in draft.file.parties if p not in extension.agreed_by]
            if absent:
                yield (
                    "extension-not-mutual",
                    "",
                    f"an extension that {' and '.join(absent)} did not agree to counts for nothing",
                    ("in_force", "extensions", n),
                )
    for text in draft.agreement.texts:
        sequence = sequence_of(text)
        for circle in sequence.circles():
            told = " waits for ".join((*circle, circle[0]))
            for name in circle:
                if name in draft.file.terms:
                    yield "circular-sequence", name, f"none of these can begin: {told}", ("terms", name, "only_after")


def of_term(draft: Draft, text: Text, term: Term) -> Reporter:
    """What is wrong with one term by itself."""
    name = term.id.split("@")[0]
    at: Path_ = ("terms", name)
    clause = draft.file.terms.get(name)
    kind = term.kind
    given = clause.binds is not None if clause else True
    duty = isinstance(kind, (Duty, Quota, Response, Notice, DeclaredItems, Limit))
    if isinstance(kind, Unverifiable):
        yield "unverifiable", name, f"no observation can decide it: {kind.why}", (*at, "unverifiable")
        return
    trace = words.leaves_no_trace(term.text)
    if trace:
        yield "unverifiable", name, f"{trace!r} leaves no trace that could be observed", (*at, "text")
    if duty and not given and len(draft.file.parties) > 1:
        yield "no-obligor", name, "a duty that does not say whose it is", at
    if isinstance(kind, Duty) and term.deadline is None:
        yield "no-deadline", name, "a duty without a day by which it is to be done", at
    if isinstance(kind, Quota) and kind.every is None and term.deadline is None:
        yield "no-deadline", name, "a quantity without a day by which it is to be reached", at
    if _needs_place(term):
        yield "no-line", name, "speaks of positions, and names no line or place", at
    if (isinstance(kind, Limit) and kind.to and not kind.unit) or (isinstance(kind, Quota) and not kind.unit):
        yield "no-unit", name, "a number without what is counted", at
    yield from _lengths(draft, term, at)
    yield from _dates(draft, text, term, at)
    yield from _numbers(term, at)
    if isinstance(kind, Response) and kind.whose == "anyone" and not kind.to.by:
        yield "whose-act", name, "does not say whose act calls for the answer", (*at, "respond", "to")
    vague = words.vague(term.text)
    if vague:
        yield (
            "vague-word",
            name,
            f"what is {', '.join(repr(w) for w in vague)}? Each side will have its own answer",
            (*at, "text"),
        )
    yield from _exceptions(draft, term, at)
    means = term.observed_by or tuple(draft.file.observed_by or ())
    if not means and not isinstance(kind, Guarantee):
        yield "no-means", name, "names no means by which it is to be observed", at
    if isinstance(kind, Guarantee):
        yield from _triggers(draft, text, term, at)


def _needs_place(term: Term) -> bool:
    """Whether a term speaks of positions and says nowhere where."""
    kind, what = term.kind, term.what
    if what is None or what.place is not None or what.place_of or not set(what.act_codes) & POSITIONS:
        return False
    if isinstance(kind, Duty):
        return not kind.levels and not kind.baseline
    return isinstance(kind, Prohibition) or (isinstance(kind, Limit) and kind.to == 0)


def _dates(draft: Draft, text: Text, term: Term, at: Path_) -> Reporter:
    """A term that has no time, or is due outside of it."""
    name, window, due = term.id.split("@")[0], term.window, term.deadline
    if text.draft:
        return
    if window.is_empty:
        yield "outside-force", name, "the time in which it would bind is empty", at
    elif due is not None and due.instant is not None:
        begins = min((t for t in (draft.agreement.signed, text.in_force.start) if t), default=None)
        if begins is not None and due.instant < begins:
            yield "outside-force", name, "it is due before the agreement begins", (*at, "deadline")
        if window.end is not None and due.instant > window.end and not term.version:
            yield "outside-force", name, "it is due after it has ceased to bind", (*at, "deadline")


def _numbers(term: Term, at: Path_) -> Reporter:
    """A number in the clause that the text does not give, where the text gives numbers."""
    kind = term.kind
    owed = kind.to if isinstance(kind, Limit) and kind.to else kind.at_least if isinstance(kind, Quota) else 0
    told = words.numbers(term.text)
    if owed and told and owed / 1000 not in told:
        given = ", ".join(f"{n:g}" for n in told)
        yield (
            "number-differs",
            term.id.split("@")[0],
            f"the clause says {owed / 1000:g}; the text says {given}",
            (*at, "text"),
        )


def _lengths(draft: Draft, term: Term, at: Path_) -> Reporter:
    """A width written as a distance, or a distance as a width."""
    name = term.id.split("@")[0]
    wide, far = words.widths(term.text), words.distances(term.text)
    for place in _places(draft.agreement, term):
        near = _reach(draft, place)
        if near is None:
            continue
        metres, as_width = near
        if not as_width and metres / 1000 in wide and metres / 1000 not in far:
            yield (
                "width-or-distance",
                name,
                f"the text speaks of a zone {metres / 1000:g} km wide; the place {place!r} is {metres / 1000:g} km on each side",
                (*at, "text"),
            )
        if as_width and 2 * metres / 1000 in far and 2 * metres / 1000 not in wide:
            yield (
                "width-or-distance",
                name,
                f"the text speaks of a distance of {2 * metres / 1000:g} km; the place {place!r} is that wide in all",
                (*at, "text"),
            )


def _places(agreement: Agreement, term: Term) -> list[str]:
    if term.what is None:
        return []
    keys = [term.what.place] if term.what.place else list(term.what.place_of.values())
    return list(dict.fromkeys(name for key in keys for name in key.split(" + ")))


def _reach(draft: Draft, name: str) -> tuple[float, bool] | None:
    """How far a place reaches from its line on each side, and whether it was written as a width."""
    place: Place = draft.agreement.places[name]
    parts = place.places if isinstance(place, AllOf) else (place,)
    near = next((p for p in parts if isinstance(p, Near)), None)
    spec = draft.file.places.get(name)
    return (near.metres, bool(spec and spec.width)) if near else None


def _exceptions(draft: Draft, term: Term, at: Path_) -> Reporter:
    name = term.id.split("@")[0]
    clause = draft.file.terms.get(name)
    for key, exemption in ((clause.except_ if clause else None) or {}).items():
        told = words.open_ended(
            f"{key.replace('_', ' ')} {exemption.text or ''}".replace("self defence", "self-defence")
        )
        if exemption.only_if is None:
            yield "exception-swallows-rule", name, f"the exception {key!r} has no precondition", (*at, "except", key)
        elif told and len(exemption.only_if) < 2:
            yield (
                "exception-swallows-rule",
                name,
                f"{told!r} is claimed by who uses it, and one precondition does not bound it",
                (*at, "except", key),
            )
    if isinstance(term.kind, (Prohibition, Limit)) and not term.exemptions:
        told = words.excepts(term.text)
        if told:
            yield (
                "exception-swallows-rule",
                name,
                f"the text excepts {told!r}, and gives no preconditions",
                (*at, "text"),
            )


def _triggers(draft: Draft, text: Text, term: Term, at: Path_) -> Reporter:
    """A guarantee that somebody's word alone sets off."""
    assert isinstance(term.kind, Guarantee)
    name, mandate = term.id.split("@")[0], draft.agreement.mandate
    when = term.kind.when
    for trigger in (when, *term.kind.void_if):
        if trigger.event is not None and _is_word(draft.agreement, text, trigger.event):
            yield (
                "claims-trigger",
                name,
                f"{trigger.event!r}, which is somebody's word, sets it off or ends it",
                (*at, "when"),
            )
    for step in term.kind.then:
        if step.unless is not None and _is_word(draft.agreement, text, step.unless):
            yield "claims-trigger", name, f"{step.unless!r}, which is somebody's word, stops it", (*at, "then")
    soft = [t.id for t in text.terms if t.id in when.terms and isinstance(t.kind, Unverifiable)]
    if soft and len(soft) == len(when.terms):
        yield (
            "unverifiable",
            name,
            f"{soft[0]!r} can never be shown to be broken, so that nothing ever sets this off",
            (*at, "when"),
        )
    if mandate.origins == 1 or not (mandate.by_observation or mandate.origins):
        yield (
            "claims-trigger",
            name,
            "by its mandate one voice, or none without a side, is enough to confirm",
            (*at, "when"),
        )


def _is_word(agreement: Agreement, text: Text, name: str) -> bool:
    """Whether an event can be no more than what somebody says: any part of it, where any is enough; else all."""
    event = next((e for e in text.events if e.id == name), None)
    if event is None:
        return False
    if event.done is not None:
        acts = agreement.vocabulary.acts
        return bool(event.done.acts & acts.below(sorted(SPEECH)))
    if event.any_of:
        return any(_is_word(agreement, text, part) for part in event.any_of)
    return bool(event.all_of) and all(_is_word(agreement, text, part) for part in event.all_of)


def readings(draft: Draft) -> Reporter:
    """Clauses that the parties read differently."""
    texts = draft.agreement.texts
    if len(texts) < 2:
        return
    starts = {text.in_force for text in texts}
    if len(starts) > 1:
        yield "readings-conflict", "", "the readings do not agree when it is in force", ("readings",)
    for term_id in draft.agreement.term_ids:
        seen: list[Term | None] = []
        for text in texts:
            mine = next((term for term in text.terms if term.id == term_id), None)
            if mine is not None and mine.window == text.in_force:  # the start is told once, for the whole
                mine = replace(mine, window=texts[0].in_force)
            if mine not in seen:
                seen.append(mine)
        if len(seen) > 1:
            name = term_id.split("@")[0]
            told = ", ".join(str(text.reading) for text in texts)
            yield "readings-conflict", name, f"is read in {len(seen)} ways ({told})", ("terms", name)
