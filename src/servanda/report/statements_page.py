"""The files of ``servanda statements``: tables, and one page that makes no request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import polars as pl

from servanda import __version__
from servanda.report.environment import asset, environment_of
from servanda.report.positions_page import position_frames
from servanda.report.tables import csv_files
from servanda.statements import Stand, StatementAnalysis, TopicMatcher
from servanda.statements.finder import FOUND
from servanda.statements.offers import offers
from servanda.statements.positions import positions


def said_frames(analysis: StatementAnalysis) -> dict[str, pl.DataFrame]:
    """The tables of who said what.

    Args:
        analysis: what some documents tell.

    Returns:
        Tables of texts by name: statements, occasions, changes, matrix, documents and what was left out; positions, zone and forces.
    """
    return {
        "statements": _statements(analysis),
        "occasions": _occasions(analysis),
        "changes": _changes(analysis),
        "matrix": _matrix(analysis),
        "documents": _documents(analysis),
        "left_out": _left_out(analysis),
        **({"rejected": _rejected(analysis)} if analysis.rejected else {}),
        **position_frames(analysis, positions(analysis)),
    }


def said_tables(analysis: StatementAnalysis) -> dict[str, bytes]:
    """The same tables as CSV files, by file name."""
    return csv_files(said_frames(analysis))


def _table(columns: str, rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    """A table of texts; ``columns`` are their names with spaces between."""
    return pl.DataFrame(list(rows), schema=dict.fromkeys(columns.split(), pl.String), orient="row")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _statements(analysis: StatementAnalysis) -> pl.DataFrame:
    columns = "statement document speaker side said_as direct verb stances content quotes hearer via day occasion read_by known"
    rows = (
        (
            s.id,
            s.document,
            s.speaker,
            s.side,
            s.said_as,
            "yes" if s.direct else "no",
            s.verb,
            "; ".join(f"{term}: {stance}" for term, stance in s.stances),
            s.content,
            " | ".join(s.quotes),
            s.hearer,
            " > ".join(s.via),
            _day(s.day),
            analysis.aligned.occasion_of.get(s.id, ""),
            s.read_by or "rules",
            s.known,
        )
        for s in analysis.statements
    )
    return _table(columns, rows)


def _occasions(analysis: StatementAnalysis) -> pl.DataFrame:
    rows = (
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
        for o in analysis.aligned.occasions
    )
    return _table("occasion speaker side hearer day relays documents statements", rows)


def _changes(analysis: StatementAnalysis) -> pl.DataFrame:
    rows = (
        (c.occasion, c.document, c.statement, c.kind, c.term, c.text, "; ".join(c.others))
        for c in analysis.aligned.changes
    )
    return _table("occasion document statement kind term what others", rows)


def _matrix(analysis: StatementAnalysis) -> pl.DataFrame:
    rows = (
        (
            c.side,
            c.term,
            c.stance,
            str(c.origins),
            str(c.documents),
            "; ".join(s.id for s in c.statements),
            _words(c, analysis.matcher),
            next((w for s in c.statements for t, w in s.waits_for if t == c.term and c.stance == "condition"), ""),
            "; ".join(c.by_word_of),
            "; ".join(c.bent),
            c.known,
            "; ".join(dict.fromkeys(s.read_by or "rules" for s in c.statements)),
        )
        for c in analysis.stands
    )
    return _table("side term stance origins documents statements words waits_for by_word_of bent known read_by", rows)


def _documents(analysis: StatementAnalysis) -> pl.DataFrame:
    left_out = Counter(document for document, _, _ in analysis.left_out)
    rows = (
        (
            d.id,
            d.title,
            _day(d.published),
            d.agency,
            str(len(d.paragraphs)),
            str(left_out[d.id]),
            analysis.languages[d.id].code if d.id in analysis.languages else "",
            f"{analysis.languages[d.id].sure:.2f}" if d.id in analysis.languages else "",
            "; ".join(dict.fromkeys(part.reason for part in analysis.unread if part.document == d.id)),
        )
        for d in analysis.documents
    )
    return _table("document title published agency paragraphs left_out language language_sure not_read", rows)


def _left_out(analysis: StatementAnalysis) -> pl.DataFrame:
    return _table("document reason text", analysis.left_out)


def _rejected(analysis: StatementAnalysis) -> pl.DataFrame:
    rows = ((r.document, str(r.line) if r.line else "", r.reason, r.said) for r in analysis.rejected)
    return _table("document line reason said", rows)


def said_page(analysis: StatementAnalysis, title: str) -> str:
    """The page: the matrix, the occasions with their relays, what changed on the way, and every statement.

    Args:
        analysis: what some documents tell.
        title: what the page is called.

    Returns:
        One HTML file as text; it makes no request.
    """
    sides = list(dict.fromkeys(c.side for c in analysis.stands))
    cells: dict[tuple[str, str], list[Stand]] = {(side, term): [] for side in sides for term in analysis.terms}
    for stand in analysis.stands:
        cells.setdefault((stand.side, stand.term), []).append(stand)
    occasions = analysis.aligned.occasions
    relayed = sorted((o for o in occasions if len(o.documents) > 1), key=lambda o: (-len(o.documents), o.id))
    return (
        environment_of()
        .get_template("statements.html.j2")
        .render(
            version=__version__,
            title=title,
            analysis=analysis,
            found=FOUND,
            positions=positions(analysis),
            offers=offers(analysis),
            sides=sides,
            cells=cells,
            relayed=relayed,
            style=asset("report.css"),
            verb=_present,
            short=lambda stand: _short(_words(stand, analysis.matcher)),
            left_out={
                d.id: [(why, words) for document, why, words in analysis.left_out if document == d.id]
                for d in analysis.documents
            },
            by_id={s.id: s for s in analysis.statements},
            changes={o.id: [c for c in analysis.aligned.changes if c.occasion == o.id] for o in occasions},
            utterances={o.id: [u for u in analysis.aligned.utterances if u[0] in o.statements] for o in relayed},
        )
    )


def _words(stand: Stand, matcher: TopicMatcher) -> str:
    """The sentences about the term in the first of the statements that show a stance."""
    return matcher.about(stand.statements[0].content, stand.term)[1]


def _present(verb: str) -> str:
    """A verb of saying as a reader expects it before a colon: *says*, *denies*, *is ready*."""
    if not verb.isascii() or verb.endswith("ing"):
        return verb.replace("according", "as told")
    if verb in ("ready", "willing", "open", "prepared", "opposed", "reluctant", "unwilling", "against"):
        return f"is {verb}"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " …"
