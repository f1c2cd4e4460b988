"""By which rules matched reports are confirmed: an agreement's queries, mandate and parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servanda.agreement import Mandate
from servanda.findings.queries import MatchQuery


@dataclass(frozen=True)
class Rules:
    """``actors``: everybody's short name, the ``parties`` (how many they are) first."""

    queries: Sequence[MatchQuery]
    mandate: Mandate
    actors: Sequence[str]
    parties: int
