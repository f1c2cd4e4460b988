"""What came of something new, for who was told what stood before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from servanda.verdicts.model import Step, Verdict


@dataclass(frozen=True)
class Changes:
    """What came of something new.

    ``verdicts``: those that are new, or other than before; ``before``: by term, party and reading, what these were; ``gone``: term, party and reading of those that are no more; ``lost``: the ids of those that are no more;
    ``anew``: why everything was found anew, where it was.
    """

    verdicts: tuple[Verdict, ...] = ()
    gone: tuple[tuple[str, str | None, str | None], ...] = ()
    described: Callable[[], pl.DataFrame] = pl.DataFrame
    """Gives :attr:`incidents`, of what was known when this was made."""
    lost: tuple[str, ...] = ()
    anew: str = ""
    before: Mapping[tuple[str, str | None, str | None], Verdict] = field(default_factory=dict)

    @cached_property
    def incidents(self) -> pl.DataFrame:
        """What is known now of every incident that changed (``incidents.INCIDENT``; of more than 1,000 the first), described when it is first asked for."""
        return self.described()

    @staticmethod
    def between(
        before: Sequence[Verdict],
        now: Sequence[Verdict],
        described: Callable[[], pl.DataFrame],
        lost: tuple[str, ...] = (),
        anew: str = "",
    ) -> Changes:
        """What changed from some verdicts to others."""
        old, new = ({(v.term, v.party, v.reading): v for v in verdicts} for verdicts in (before, now))
        other = {about: v for about, v in new.items() if old.get(about) is not v and old.get(about) != v}
        was = {about: old[about] for about in other if about in old}
        return Changes(
            tuple(other.values()), tuple(about for about in old if about not in new), described, lost, anew, was
        )

    def steps(self, verdict: Verdict) -> tuple[Step, ...]:
        """The steps of a verdict that are new in it, or say another thing than before."""
        old = self.before.get((verdict.term, verdict.party, verdict.reading))
        said = set() if old is None else {step.text for step in old.steps}
        return tuple(step for step in verdict.steps if step.text not in said)
