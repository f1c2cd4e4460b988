"""What an unverifiable clause demands of a draft: to be replaced, if it can be."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Term, Text
from servanda.agreement.kinds import Unverifiable
from servanda.drafting.draft import Draft, Report, report


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """That nothing can decide it."""
    assert isinstance(term.kind, Unverifiable)
    yield report("unverifiable", term, f"no observation can decide it: {term.kind.why}", "unverifiable")
