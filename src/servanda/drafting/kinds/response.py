"""What a response demands of a draft: that it is clear whose act calls for it, and for how many one answer is enough."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import Response, TermKind
from servanda.drafting.draft import Draft, Report, report


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one response."""
    kind = term.kind
    assert isinstance(kind, Response)
    if kind.whose == "anyone" and not kind.to.by:
        yield report("whose-act", term, "does not say whose act calls for the answer", "respond", "to")
    if kind.answers is None:
        what = "does one answer serve several triggers in whose time it comes, or each answer one trigger? The file does not say"
        yield report("one-answer-for-several", term, what, "respond")


def deeds(kind: TermKind) -> tuple[Pattern, ...]:
    """The answer, which is to be given to every trigger."""
    assert isinstance(kind, Response)
    return (kind.deed,)
