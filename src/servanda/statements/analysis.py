"""All that some documents tell, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.statements.align import Aligned
from servanda.statements.documents import Document
from servanda.statements.extract import Statement
from servanda.statements.matrix import Stand
from servanda.statements.speakers import People
from servanda.statements.topics import TopicMatcher


@dataclass(frozen=True)
class StatementAnalysis:
    """All that some documents tell.

    Attributes:
        documents: what was read.
        statements: who said what.
        aligned: which statements are one saying, and what was changed on the way.
        stands: who stands where.
        matcher: which terms or topics were looked for.
        names: sides with their names.
        people: who is who, and the names of sides.
        title: of the agreement; empty where there is none.
    """

    documents: tuple[Document, ...]
    statements: tuple[Statement, ...]
    aligned: Aligned
    stands: tuple[Stand, ...]
    matcher: TopicMatcher
    names: Mapping[str, str]
    people: People
    title: str = ""

    @property
    def terms(self) -> list[str]:
        """Those that anybody speaks of, in the agreement's order."""
        spoken_of = {stand.term for stand in self.stands}
        return [term for term in self.matcher.topics if term in spoken_of]
