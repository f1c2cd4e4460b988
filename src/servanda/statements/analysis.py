"""All that some documents tell, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servanda.statements.align import Aligned
from servanda.statements.documents import Document
from servanda.statements.extract import Statement
from servanda.statements.matrix import Stand
from servanda.statements.proposals import Rejected
from servanda.statements.reading import Unread
from servanda.statements.speakers import People
from servanda.statements.topics import TopicMatcher
from servanda.values.languages import Language
from servanda.wording import plural


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
        parties: of the agreement, by their short names; empty where there is none.
        zone: the agreement's time zone; empty where there is none.
        languages: of each document, by its name.
        unread: what is in a language that was not read.
        rejected: what a language model proposed and was not taken.
        left_out: document, reason and words of what stands in no statement.
    """

    documents: tuple[Document, ...]
    statements: tuple[Statement, ...]
    aligned: Aligned
    stands: tuple[Stand, ...]
    matcher: TopicMatcher
    names: Mapping[str, str]
    people: People
    title: str = ""
    parties: tuple[str, ...] = ()
    zone: str = ""
    languages: Mapping[str, Language] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    left_out: tuple[tuple[str, str, str], ...] = ()

    def not_read(self) -> str:
        """What could not be read, in one sentence; empty where everything was."""
        if not self.unread:
            return ""
        whole = [part for part in self.unread if part.whole]
        parts = [part for part in self.unread if not part.whole]
        said = []
        for some, what in ((whole, "article"), (parts, "part of an article")):
            by_reason: dict[str, list[str]] = {}
            for part in some:
                by_reason.setdefault(part.reason, []).append(part.document)
            for reason, documents in by_reason.items():
                named = ", ".join(documents[:3]) + (f" and {len(documents) - 3} more" if len(documents) > 3 else "")
                several = plural(len(documents), what if what == "article" else "part") + (
                    "" if what == "article" else " of articles"
                )
                said.append(f"{several} not read ({reason}): {named}")
        return "; ".join(said)

    @property
    def names_a_party(self) -> bool:
        """Whether any document names a party of the agreement; so where there is none, and where a document is in a language whose names are not known."""
        if (
            not self.parties
            or any(lang.code != "en" for lang in self.languages.values())
            or any(set(s.side.split("; ")) & set(self.parties) for s in self.statements)
        ):
            return True
        words, found = self.people.words, self.people.spelt.finditer
        return any(
            words.get(m[1]) in self.parties for d in self.documents for m in found(f"{d.head or d.title}\n{d.text}")
        )

    @property
    def without_article(self) -> list[str]:
        """The names of the files that hold no article."""
        read = {d.id for d in self.documents}
        return list(dict.fromkeys(name for name, _, _ in self.left_out if name not in read))

    @property
    def terms(self) -> list[str]:
        """Those that anybody speaks of, in the agreement's order."""
        spoken_of = {stand.term for stand in self.stands}
        return [term for term in self.matcher.topics if term in spoken_of]
