"""What a notice demands of a draft: how early it may be given, and for how many activities one is enough."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Term, Text
from servanda.agreement.kinds import Notice
from servanda.drafting.draft import Draft, Report, report


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What one notice leaves open."""
    kind = term.kind
    assert isinstance(kind, Notice)
    if kind.at_most is None:
        what = "how long ahead may a notice be given at the most? The file does not say; any earlier one counts"
        yield report("notice-of-long-ago", term, what, "declare", "notice")
    if kind.answers is None:
        what = "does one notice announce several activities, or each notice one? The file does not say"
        yield report("one-answer-for-several", term, what, "declare", "notice")
