"""Clauses that no observation can decide: always undetermined, and the step says why."""

from __future__ import annotations

from servanda.agreement.kinds import Unverifiable
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.event_times import EventTimes


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Says that the clause cannot be verified, if it binds at all."""
    kind = builder.term.kind
    assert isinstance(kind, Unverifiable)
    early = not_binding(builder, times.span(builder.term), duty=False)
    if early is not None:
        return early
    builder.step("unverifiable", f"No observation can decide this clause: {kind.why}.")
    return builder.finish("undetermined", "it cannot be verified by any means")
