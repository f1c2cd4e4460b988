"""Use case: the sequence of an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from servanda.agreement import Agreement
from servanda.app.given import agreement_of
from servanda.app.verify import verify_files
from servanda.errors import Fault, ServandaError
from servanda.evidence.source import Item
from servanda.values.files import FileLike
from servanda.verdicts import Wanted
from servanda.wording import did_you_mean

if TYPE_CHECKING:
    from servanda.report.graph import GraphStep
    from servanda.verdicts import Verification


@dataclass(frozen=True)
class SequenceGraph:
    """What waits for what in one reading of an agreement."""

    agreement: Agreement
    steps: list[GraphStep]
    verification: Verification | None = None
    """What their states follow from, where there was evidence."""

    def svg(self) -> str:
        """The graph as an SVG picture."""
        from servanda.report.graph import draw_graph

        return draw_graph(self.agreement, self.steps)


def sequence_of(
    agreement: Agreement | FileLike,
    evidence: Sequence[Item] = (),
    coverage: Sequence[FileLike] = (),
    *,
    as_of: datetime | str | None = None,
    reading: str | None = None,
) -> SequenceGraph:
    """The sequence of an agreement: what waits for what and, with evidence, the state of each.

    Args:
        agreement: the agreement, or its file.
        evidence: files and data frames; with none, the text alone.
        coverage: files of coverage.
        as_of: leave out what became known later, and ask about deadlines then.
        reading: which reading; left out, the first.

    Returns:
        The steps in their order, which can be drawn.

    Raises:
        ServandaError: something cannot be read, or there is no such reading.
    """
    text = agreement_of(agreement)
    readings = [t.reading for t in text.texts]
    if reading is not None and reading not in readings:
        known = [name for name in readings if name]
        hint = did_you_mean(reading, known, f"there are: {', '.join(known) or 'none: there is one reading only'}")
        raise ServandaError(Fault("--reading", f"there is no reading {reading!r}", hint, code="CLI004"))
    verification = None
    if evidence or as_of or coverage:
        verification = verify_files(text, evidence, coverage, as_of=as_of, wanted=Wanted(grounds=False))
    from servanda.report.graph import steps_of  # only here: templates are slow to load

    steps = steps_of(text, reading if reading is not None else readings[0], verification)
    return SequenceGraph(text, steps, verification)
