"""What is found in the structure of an agreement: what is missing, what contradicts, what binds one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from servanda.agreement import Term, Text
from servanda.agreement.kinds import RESTRAINTS
from servanda.agreement.model import NOT_AGREED, clause_of
from servanda.agreement.plain_language import reading_words, say_ours
from servanda.drafting import wording
from servanda.drafting.draft import Draft, Report, report
from servanda.drafting.kinds import rules_of
from servanda.drafting.sequence import sequence_of
from servanda.values.geo.shapes import AllOf, Near, Place


def whole(draft: Draft) -> Iterator[Report]:
    """What is wrong with the agreement as a whole, and what it leaves open."""
    if not draft.agreement.mandate.attribution_stated:
        what = "does the mandate let the mechanism say which party did it? The file does not say; verdicts name authors until it does"
        yield Report(
            "attribution-not-stated",
            "",
            what,
            ("mandate",) if "mandate" in draft.file.model_fields_set else ("agreement",),
        )
    if draft.file.in_force is None:
        yield Report("no-start", "", "nothing says when it begins to bind", ("agreement",))
    else:
        for n, extension in enumerate(draft.file.in_force.extensions):
            absent = [party for party in draft.file.parties if party not in extension.agreed_by]
            if absent:
                what = f"an extension that {' and '.join(absent)} did not agree to counts for nothing"
                yield Report("extension-not-mutual", "", what, ("in_force", "extensions", n))
    for text in draft.agreement.texts:
        for circle in sequence_of(text).circles():
            what = f"none of these can begin: {' waits for '.join((*circle, circle[0]))}"
            for name in circle:
                if name in draft.file.terms:
                    yield Report("circular-sequence", name, what, ("terms", name, "only_after"))


def of_term(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one term by itself."""
    kind, clause = term.kind, draft.file.terms.get(term.clause)
    for chosen in term.ours:
        if chosen.key == NOT_AGREED:
            yield report("not-agreed", term, f"it stands in brackets of {chosen.value}", "open")
    if say_ours(term):
        yield report("not-in-text", term, f"{say_ours(term)} is ours and not the text's", "ours")
    yield from rules_of(term).diagnose(draft, text, term)
    if kind.owes == "none":
        return
    no_trace = wording.leaves_no_trace(term.text)
    if no_trace:
        yield report("unverifiable", term, f"{no_trace!r} leaves no trace that could be observed", "text")
    duty = kind.owes in ("deed", "limit") and kind.obliges is None
    if duty and clause is not None and clause.binds is None and len(draft.file.parties) > 1:
        yield report("no-obligor", term, "a duty that does not say whose it is")
    yield from _lengths(draft, term)
    yield from _dates(draft, text, term)
    vague = wording.vague(term.text)
    if vague:
        what = f"what is {', '.join(repr(word) for word in vague)}? Each side will have its own answer"
        yield report("vague-word", term, what, "text")
    yield from _exceptions(draft, term)
    if not (term.observed_by or draft.file.observed_by or kind.guards):
        yield report("no-means", term, "names no means by which it is to be observed")


def _dates(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """A term that has no time, or is due outside of it."""
    window, due = term.window, term.deadline
    if text.draft:
        return
    if window.is_empty:
        yield report("outside-force", term, "the time in which it would bind is empty")
    elif due is not None and due.instant is not None:
        begins = min((t for t in (draft.agreement.signed, text.in_force.start) if t), default=None)
        if begins is not None and due.instant < begins:
            yield report("outside-force", term, "it is due before the agreement begins", "deadline")
        if window.end is not None and due.instant > window.end and not term.version:
            yield report("outside-force", term, "it is due after it has ceased to bind", "deadline")


def _lengths(draft: Draft, term: Term) -> Iterator[Report]:
    """A width written as a distance, or a distance as a width."""
    widths, distances = wording.widths(term.text), wording.distances(term.text)
    for place in _places(term):
        reach = _reach(draft, place)
        if reach is None:
            continue
        kilometres, as_width = reach[0] / 1000, reach[1]
        if not as_width and kilometres in widths and kilometres not in distances:
            what = f"the text speaks of a zone {kilometres:g} km wide; the place {place!r} is {kilometres:g} km on each side"
            yield report("width-or-distance", term, what, "text")
        if as_width and 2 * kilometres in distances and 2 * kilometres not in widths:
            what = f"the text speaks of a distance of {2 * kilometres:g} km; the place {place!r} is that wide in all"
            yield report("width-or-distance", term, what, "text")


def _places(term: Term) -> list[str]:
    """The places that a term names, one by one."""
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


def _exceptions(draft: Draft, term: Term) -> Iterator[Report]:
    """Exceptions that nothing bounds."""
    clause = draft.file.terms.get(term.clause)
    for key, exemption in ((clause.except_ if clause else None) or {}).items():
        words = f"{key.replace('_', ' ')} {exemption.text or ''}".replace("self defence", "self-defence")
        ground = wording.open_ended(words)
        if exemption.only_if is None:
            what = f"the exception {key!r} has no precondition"
            yield report("exception-swallows-rule", term, what, "except", key)
        elif ground and len(exemption.only_if) < 2:
            what = f"{ground!r} is claimed by who uses it, and one precondition does not bound it"
            yield report("exception-swallows-rule", term, what, "except", key)
        elif exemption.within is None and exemption.at_most is None and exemption.act is None:
            what = f"the exception {key!r} does not say how soon, how much, or what it allows"
            yield report("unbounded-exception", term, what, "except", key)
    if term.kind.owes in RESTRAINTS and not term.exemptions:
        ground = wording.excepts(term.text)
        if ground:
            what = f"the text excepts {ground!r}, and gives no preconditions"
            yield report("exception-swallows-rule", term, what, "text")


def readings(draft: Draft) -> Iterator[Report]:
    """Clauses that the parties read differently."""
    texts = draft.agreement.texts
    if len(texts) < 2:
        return
    if len({text.in_force for text in texts}) > 1:
        yield Report("readings-conflict", "", "the readings do not agree when it is in force", ("readings",))
    for term_id in draft.agreement.term_ids:
        versions: list[Term | None] = []
        for text in texts:
            term = next((term for term in text.terms if term.id == term_id), None)
            if term is not None and term.window == text.in_force:  # the start is told once, for the whole
                term = replace(term, window=texts[0].in_force)
            if term not in versions:
                versions.append(term)
        if len(versions) > 1:
            name = clause_of(term_id)
            names = "; ".join(reading_words(draft.agreement, text) for text in texts)
            what = f"is read in {len(versions)} ways ({names})"
            yield Report("readings-conflict", name, what, ("terms", name))
