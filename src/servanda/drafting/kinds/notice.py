"""What a notice demands of a draft: nothing but what all terms do."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Term, Text
from servanda.drafting.draft import Draft, Report


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """Nothing that is peculiar to a notice."""
    return iter(())
