"""What a guarantee demands of a draft: that nobody's word alone sets it off or stops it, and that something can."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Agreement, Term, Text
from servanda.agreement.kinds import Guarantee
from servanda.drafting.draft import Draft, Report, report
from servanda.wording import either

SPEECH = frozenset({"complaint_filed", "notice_given", "denunciation"})


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one guarantee."""
    kind, mandate = term.kind, draft.agreement.mandate
    assert isinstance(kind, Guarantee)
    for trigger in (kind.when, *kind.void_if):
        if trigger.event is not None and _is_word(draft.agreement, text, trigger.event):
            what = f"{trigger.event!r}, which is somebody's word, sets it off or ends it"
            yield report("claims-trigger", term, what, "when")
    clause = draft.file.terms.get(term.clause)
    if clause is not None and clause.when is not None and kind.when.terms:
        if kind.when.at_least == 1 and kind.when.severity is None:
            yield report("small-act", term, "a single breach, however small, sets it off", "when")
        elif kind.when.at_least > 1 and (clause.when.within is None or clause.when.apart is None):
            missing = [key for key in ("within", "apart") if getattr(clause.when, key) is None]
            what = f"{kind.when.at_least} breaches set it off, and the text has no {either([repr(key) for key in missing])}"
            yield report("no-spacing", term, what, "when")
    for step in kind.then:
        if step.unless is not None and _is_word(draft.agreement, text, step.unless):
            yield report("claims-trigger", term, f"{step.unless!r}, which is somebody's word, stops it", "then")
    undecidable = [t.id for t in text.terms if t.id in kind.when.terms and t.kind.owes == "none"]
    if undecidable and len(undecidable) == len(kind.when.terms):
        what = f"{undecidable[0]!r} can never be shown to be broken, so that nothing ever sets this off"
        yield report("unverifiable", term, what, "when")
    if mandate.origins == 1 or not (mandate.by_observation or mandate.origins):
        what = "by its mandate one voice, or none without a side, is enough to confirm"
        yield report("claims-trigger", term, what, "when")


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
