"""The files of ``servanda statements``: tables, and one page that makes no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from servanda import __version__
from servanda.report.environment import asset, environment_of
from servanda.report.tables import csv_files
from servanda.statements import Aligned, Document, Stand, Statement, TopicMatcher
from servanda.wording import plural


@dataclass(frozen=True)
class StatementAnalysis:
    """All that some documents tell: what was read, who said what, what is one saying, who stands where. ``names``: sides with their names."""

    documents: tuple[Document, ...]
    statements: tuple[Statement, ...]
    aligned: Aligned
    stands: tuple[Stand, ...]
    matcher: TopicMatcher
    names: Mapping[str, str]
    title: str = ""

    def __repr__(self) -> str:
        counts = f"{plural(len(self.documents), 'article')}, {plural(len(self.statements), 'statement')}"
        return f"<StatementAnalysis {counts}>"

    @property
    def terms(self) -> list[str]:
        """Those that anybody speaks of, in the agreement's order."""
        spoken_of = {stand.term for stand in self.stands}
        return [term for term in self.matcher.topics if term in spoken_of]


def said_frames(said: StatementAnalysis) -> dict[str, pl.DataFrame]:
    """The tables of ``servanda statements``: statements, occasions, changes, matrix, documents and what was left out."""
    statements = _table(
        "statement document speaker side said_as direct verb stances content quotes hearer via day occasion",
        (
            (
                s.id, s.document, s.speaker, s.side, s.said_as, "yes" if s.direct else "no", s.verb, "; ".join(f"{t}: {x}" for t, x in s.stances), s.content,
                " | ".join(s.quotes), s.hearer, " > ".join(s.via), s.day.isoformat() if s.day else "", said.aligned.occasion_of.get(s.id, ""),
            )
            for s in said.statements
        ),
    )  # fmt: skip
    occasions = _table(
        "occasion speaker side hearer day relays documents statements",
        (
            (
                o.id,
                o.speaker,
                o.side,
                o.hearer,
                o.day,
                str(len(o.documents)),
                "; ".join(o.documents),
                "; ".join(o.statements),
            )
            for o in said.aligned.occasions
        ),
    )
    changes = _table(
        "occasion document statement kind term what others",
        (
            (c.occasion, c.document, c.statement, c.kind, c.term, c.text, "; ".join(c.others))
            for c in said.aligned.changes
        ),
    )
    matrix = _table(
        "side term stance origins documents statements words",
        (
            (
                c.side,
                c.term,
                c.stance,
                str(c.origins),
                str(c.documents),
                "; ".join(s.id for s in c.statements),
                _words(c, said.matcher),
            )
            for c in said.stands
        ),
    )
    documents = _table(
        "document title published agency paragraphs left_out",
        (
            (
                d.id,
                d.title,
                d.published.isoformat() if d.published else "",
                d.agency,
                str(len(d.paragraphs)),
                str(len(d.dropped)),
            )
            for d in said.documents
        ),
    )
    left_out = _table("document reason text", ((d.id, why, text) for d in said.documents for why, text in d.dropped))
    return {
        "statements": statements,
        "occasions": occasions,
        "changes": changes,
        "matrix": matrix,
        "documents": documents,
        "left_out": left_out,
    }


def said_tables(said: StatementAnalysis) -> dict[str, bytes]:
    """The tables of ``servanda statements`` as CSV files, by name."""
    return csv_files(said_frames(said))


def _table(columns: str, rows: object) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(columns.split(), pl.String), orient="row")  # type: ignore[call-overload]


def said_page(said: StatementAnalysis, title: str) -> str:
    """The page: the matrix, the occasions with their relays, what changed on the way, and every statement."""
    environment = environment_of()
    sides = list(dict.fromkeys(c.side for c in said.stands))
    cells = {
        (side, term): [c for c in said.stands if c.side == side and c.term == term]
        for side in sides
        for term in said.terms
    }
    relayed = sorted(
        (o for o in said.aligned.occasions if len(o.documents) > 1), key=lambda o: (-len(o.documents), o.id)
    )
    return environment.get_template("statements.html.j2").render(
        version=__version__, title=title, said=said, sides=sides, cells=cells, relayed=relayed, style=asset("report.css"),
        short=lambda stand: _short(_words(stand, said.matcher)), known={s.id: s for s in said.statements}, changes={o.id: [c for c in said.aligned.changes if c.occasion == o.id] for o in said.aligned.occasions},
        utterances={o.id: [u for u in said.aligned.utterances if u[0] in o.statements] for o in relayed},
    )  # fmt: skip


def _words(stand: Stand, matcher: TopicMatcher) -> str:
    """The sentences about the term in the first of the statements that show a stance."""
    return matcher.about(stand.statements[0].content, stand.term)[1]


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " …"
