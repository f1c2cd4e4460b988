"""What something needs to be put on disk and to come back as it was: tables, and facts that fit into JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Saved:
    """``tables`` by name; ``facts``: numbers, words, lists and mappings of these by name."""

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def having(self, **parts: Saved) -> Saved:
        """The same with what other things need, each under its name."""
        tables, facts = dict(self.tables), dict(self.facts)
        for name, part in parts.items():
            tables |= {f"{name}/{inner}": table for inner, table in part.tables.items()}
            facts[name] = dict(part.facts)
        return Saved(tables, facts)

    def part(self, name: str) -> Saved:
        """What was put there under a name."""
        begin = f"{name}/"
        inner = {key.removeprefix(begin): table for key, table in self.tables.items() if key.startswith(begin)}
        return Saved(inner, self.facts[name])
