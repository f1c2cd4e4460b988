"""The one-page report: everything a reader needs, in one file that makes no request."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from markupsafe import Markup

from servanda import __version__
from servanda.agreement.plain_language import reading_words, span
from servanda.findings.no_term import LISTED, REASONS
from servanda.report.answers import answers, counts_incidents, lead, measure_words
from servanda.report.environment import asset, environment_of, template
from servanda.report.map_picture import doubt_words, draw_all
from servanda.report.packing import Packing
from servanda.report.picture import marks_of
from servanda.report.sections import (
    WORDS,
    ByTerm,
    decision_lines,
    figure_lines,
    gap_line,
    incident_section,
    term_section,
    watch_lines,
)
from servanda.report.verdicts_json import least_of_verdicts_json, verdicts_data
from servanda.verdicts import Verification
from servanda.verdicts.summary import summarise
from servanda.verdicts.summary_words import (
    decided_words,
    fused_words,
    no_term_words,
    quarantine_words,
    reports_words,
    undated_words,
)
from servanda.verdicts.to_verify import to_verify

_TEMPLATE = "report.html.j2"
SHOWN_INCIDENTS = 1_500
SHOWN_QUARANTINE = 200
SHOWN_ITEMS = 500
SHOWN_NEXT = 20
_TERMS = 60  # from which on a page is long: its parts are packed, and the map of each term shows its own place only
_FOLDED = 3  # terms of which nothing is told, from which on they are folded together
_EMBEDDED = 3_000_000  # characters of data kept inside the page


def made_ready() -> None:
    """Makes the code of the page before it is needed; for another thread, while a run has no need of the interpreter."""
    template(environment_of(), _TEMPLATE)


def render(verification: Verification, listed: pl.DataFrame | None = None) -> str:
    """The page of a verification.

    Args:
        verification: what was found.
        listed: what to verify next (:func:`to_verify`), where that is at hand.

    Returns:
        One HTML file as text, with its style, script and data inside; it makes no request.
    """
    environment = environment_of(verification.agreement.zone)
    packing = Packing(long=len(verification.agreement.term_ids) > _TERMS)
    environment.filters["part"] = packing.part
    return template(environment, _TEMPLATE).render(
        packing=packing,
        **_context(verification, to_verify(verification) if listed is None else listed),
        style=asset("report.css"),
        script=asset("report.js"),
    )


def _context(verification: Verification, listed: pl.DataFrame) -> dict[str, Any]:
    """All that the template asks for."""
    agreement, summary = verification.agreement, summarise(verification)
    shown = verification.incidents.head(SHOWN_INCIDENTS)
    many = len(agreement.term_ids) > _TERMS
    found, marks = ByTerm(verification), marks_of(verification.findings, shown)
    terms = [term_section(verification, found, term, shown, alone=many) for term in agreement.term_ids]
    quiet = [term for term in terms if term["quiet"]] if sum(term["quiet"] for term in terms) >= _FOLDED else []
    ingest = verification.ingest_shown()
    return {
        "version": __version__,
        "agreement": agreement,
        "verification": verification,
        "ingest": ingest,
        "readings": [
            (text.reading, text.reading and reading_words(agreement, text), span(agreement, text.in_force))
            for text in agreement.texts
        ],
        "parties": [None] if not agreement.mandate.attribution else list(agreement.parties),
        "terms": terms,
        "loud": [term for term in terms if term not in quiet],
        "quiet": quiet,
        "map": draw_all(agreement, marks) if len(terms) > 1 or not terms[0]["map"] else "",
        "doubt": doubt_words(marks),
        "determined": decided_words(summary) if summary.determined else "",
        "fused": fused_words(summary.fused),
        "undated": undated_words(verification.undated) if verification.undated else "",
        "lead": lead(summary),
        "answers": answers(summary),
        "incidents": incident_section(verification, shown),
        "drawn": drawn_words(verification.incidents_found, shown.height),
        "hidden": verification.incidents_found - shown.height,
        "watches": watch_lines(verification),
        "gaps": [gap_line(g) for g in verification.watched.gaps],
        "figure_groups": figure_lines(ingest.figures),
        "statements": ingest.statements.sort("start", "statement_id").to_dicts(),
        "quarantine": ingest.quarantine.sort("file", "row").head(SHOWN_QUARANTINE).to_dicts(),
        "reports_words": reports_words(summary),
        "quarantine_words": quarantine_words(summary),
        "no_term": verification.no_term,
        "no_term_words": no_term_words(summary) if summary.no_term else "",
        "no_term_rows": verification.no_term.rows.head(SHOWN_QUARANTINE).to_dicts(),
        "no_term_reasons": REASONS,
        "no_term_listed": LISTED,
        "items": verification.items.to_dicts()[:SHOWN_ITEMS],
        "exceptions": verification.exceptions.to_dicts(),
        "to_verify": listed.head(SHOWN_NEXT).to_dicts(),
        "decisions": decision_lines(verification),
        "lives": verification.decided.lives,
        "measure_words": measure_words,
        "counts_incidents": counts_incidents,
        "shown_quarantine": SHOWN_QUARANTINE,
        "words": WORDS,
        "data": _embedded(verification),
    }


def drawn_words(found: int, shown: int) -> str:
    """Which incidents pictures show, where they do not show all."""
    return f"The {shown:,} weightiest of {found:,} incidents" if found > shown else ""


def _embedded(verification: Verification) -> Markup:
    """The verdicts as data inside the page, so that it can be checked by machine."""
    long = least_of_verdicts_json(verification) > _EMBEDDED
    data = "" if long else json.dumps(verdicts_data(verification), ensure_ascii=False, separators=(",", ":"))
    if long or len(data) > _EMBEDDED:
        data = json.dumps({"agreement": verification.agreement.id, "see": "verdicts.json"})
    return Markup(data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  nothing that could end the script
