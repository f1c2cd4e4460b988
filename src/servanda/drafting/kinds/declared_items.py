"""What declared items demand of a draft: nothing but what all terms do. They say themselves what there is."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Term, Text
from servanda.agreement.kinds import TermKind
from servanda.drafting.draft import Draft, Report


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """Nothing that is peculiar to declared items."""
    return iter(())


def declares(kind: TermKind) -> bool:
    """Always true: such a term makes the parties say what there is."""
    return True
