"""Names in the evidence that could be taken for each other and are not one name: found batch by batch."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.values.coded import Texts
from servanda.values.names import looks, name_key

_MOST = 1_000_000  # names beyond which no more are kept


class Glances:
    """The names that have been met, by how they look at a glance."""

    def __init__(self, met: Mapping[str, str] | None = None) -> None:
        self._met: dict[str, str] = dict(met or {})

    @property
    def met(self) -> dict[str, str]:
        """By each look the first name that has it."""
        return dict(self._met)

    def meet(self, reports: pl.DataFrame, file: str) -> None:
        """Look at the sources and origins of some reports.

        Raises:
            EvidenceError: two names, here or met before, look the same and are not one.
        """
        names = pl.concat([Texts.of(reports[column]).each for column in ("source", "origin")])
        for name in sorted(set(names.to_list())):
            glances = looks(name)
            met = next(
                (m for look in sorted(glances) if (m := self._met.get(look)) and name_key(m) != name_key(name)), None
            )
            if len(self._met) < _MOST:
                for look in glances:
                    self._met.setdefault(look, name)
            if met is not None:
                what = f"the names {met!r} and {name!r} could be taken for each other, and would count as two origins"
                hint = "write them alike if they are one, and so that they differ if they are two"
                raise EvidenceError(Fault(file, what, hint, code="EVD029"))
