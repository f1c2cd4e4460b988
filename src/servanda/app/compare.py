"""Use case: two drafts beside each other, as text, page and redline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servanda import FORMAT
from servanda.agreement import Agreement
from servanda.agreement.plain_language import say_force, say_places, say_preface, say_term
from servanda.agreement.read import inspect
from servanda.app.check import check_file
from servanda.app.draft import draft_file, is_draft
from servanda.documents import Version
from servanda.documents.redline import redline
from servanda.drafting.comparison import Comparison, Side, compare
from servanda.drafting.understand import Actors
from servanda.errors import AgreementError
from servanda.values.files import FileLike, name_of


@dataclass(frozen=True)
class Read:
    """One side: as it is compared, and its paragraphs for a redline."""

    side: Side
    paragraphs: tuple[str, ...]


def read_side(file: FileLike, version: Version | None = None, hidden: bool | None = None, name: str = "") -> Read:
    """Read a draft, or an agreement file, as one side of a comparison.

    Args:
        file: a draft (.docx, .odt, .pdf, .md, .txt) or an agreement file.
        version: of a draft with tracked changes, which version.
        hidden: of a draft with hidden words, whether they are part of it.
        name: how it is called; left out, by its file.

    Returns:
        Its clauses and what is found wrong with each, and its paragraphs.

    Raises:
        ServandaError: it cannot be read, or nobody chose between its versions.
    """
    called = name or name_of(file)
    if is_draft(file):
        text, skeleton = draft_file(file, version=version, hidden=hidden)
        number = {drafted.term: drafted.clause.number for drafted in skeleton.terms}
        found = check_file(file, text.version, text.hidden).findings
        findings = tuple((one.code, number.get(one.term, "")) for one in found)
        clauses = tuple((clause.number, clause.whole) for clause in text.clauses)
        paragraphs = text.manuscript.paragraphs(text.version, hidden=text.hidden)
        lines = tuple(f"{p.number} {p.text}".strip() if p.number != "•" else p.text for p in paragraphs)
        return Read(Side(called, clauses, skeleton.actors, findings), lines)
    inspected = inspect(file)
    written = inspected.written
    if inspected.agreement is None or written is None:
        raise AgreementError(*inspected.faults)
    clauses = tuple((key, " ".join(term.text.split())) for key, term in written.terms.items())
    actors = Actors(written.parties, written.guarantors, written.third_states, written.bodies)
    findings = tuple((one.code, one.term) for one in check_file(file).findings)
    coded, beside = _coded(inspected.agreement)
    side = Side(called, clauses, actors, findings, coded, beside)
    return Read(side, (written.title, *(text for _, text in clauses)))


def _coded(agreement: Agreement) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What an agreement file says to a machine, in sentences: of each term, in all readings, and of the whole."""
    of_terms: dict[str, tuple[str, ...]] = {}
    beside = say_preface(agreement)
    for text in agreement.texts:
        reading = f"In the reading {text.reading!r}: " if text.reading else ""
        beside += [f"{reading}{line}" for line in say_force(agreement, text)]
        for term in text.terms:
            lines = tuple(f"{reading}{line}" for line in say_term(agreement, term))
            of_terms[term.id] = of_terms.get(term.id, ()) + lines
    return of_terms, (*beside, *say_places(agreement))


def compare_files(
    old: FileLike,
    new: FileLike,
    wishes: Mapping[str, FileLike] | None = None,
    *,
    version: Version | None = None,
    hidden: bool | None = None,
    author: str = "",
) -> tuple[Comparison, bytes]:
    """Compare two drafts.

    Args:
        old: the one.
        new: the other.
        wishes: what each delegation wants, by its name.
        version: of drafts with tracked changes, which version.
        hidden: of drafts with hidden words, whether they are part of them.
        author: whose the changes of the redline are.

    Returns:
        Clause by clause what became of it, and a redline (.docx) that was read back and gives both texts.

    Raises:
        ServandaError: a file cannot be read, nobody chose between its versions, or the redline does not prove itself.
    """
    one, other = read_side(old, version, hidden), read_side(new, version, hidden)
    wanted = [read_side(file, version, hidden, name).side for name, file in (wishes or {}).items()]
    return compare(one.side, other.side, wanted), redline(one.paragraphs, other.paragraphs, author=author)


def comparison_data(told: Comparison) -> dict[str, Any]:
    """A comparison as ``servanda schema compare`` describes it.

    Args:
        told: what was compared.

    Returns:
        Plain data: every clause once.
    """

    def clause(one: tuple[str, str] | None) -> dict[str, str] | None:
        return None if one is None else {"clause": one[0], "words": one[1]}

    clauses = [
        {
            "old": clause(pair.old),
            "new": clause(pair.new),
            "status": pair.status,
            "moved": pair.moved,
            "changes": list(pair.changes),
            "gained": list(pair.gained),
            "lost": list(pair.lost),
            "serves": list(pair.serves),
        }
        for pair in told.pairs
    ]
    whole = {"changes": list(told.changes), "gained": list(told.gained), "lost": list(told.lost)}
    return {
        "format": FORMAT,
        "old": told.old,
        "new": told.new,
        "clauses": clauses,
        **whole,
        "counts": dict(told.counts),
    }
