"""All rules over one file, and the score: 100 points for a term, less what each fault costs, and never below 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from servanda.agreement import Agreement
from servanda.agreement.model import clause_of
from servanda.agreement.read import inspect
from servanda.drafting import cross_term, per_term, words_and_code
from servanda.drafting.draft import Draft, Report
from servanda.drafting.registry import CODES
from servanda.errors import Fault
from servanda.values.files import FileLike, NamedBytes
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a draft: where it stands, the clause, and what the code says of such faults."""

    code: str
    term: str
    what: str
    clause: str
    file: str
    line: int
    column: int

    @property
    def why(self) -> str:
        """Why such a fault matters."""
        return CODES[self.code].why

    @property
    def precedent(self) -> str:
        """A text or an event that shows such a fault; empty where none is known."""
        return CODES[self.code].precedent

    @property
    def sources(self) -> tuple[str, ...]:
        """The addresses where the precedent is told."""
        return CODES[self.code].sources

    @property
    def hint(self) -> str:
        """How such a fault is corrected."""
        return CODES[self.code].hint


@dataclass(frozen=True)
class Checked:
    """What came of checking: an agreement that can be read, or the faults that keep it from being; findings; scores; questions.

    ``scores``: verifiability of each term, 0 to 100; ``score``: their mean. ``questions``: what the file does not say and its
    makers must decide; a question is no fault and costs nothing.
    """

    agreement: Agreement | None
    faults: tuple[Fault, ...]
    findings: tuple[Diagnostic, ...]
    scores: dict[str, int]
    questions: tuple[Diagnostic, ...] = ()

    def __repr__(self) -> str:
        if self.agreement is None:
            return f"<Checked {plural(len(self.faults), 'fault')}>"
        return f"<Checked {self.agreement.id}: {plural(len(self.findings), 'finding')}, score {self.score}>"

    @property
    def score(self) -> int:
        """Verifiability of the whole, 0 to 100."""
        return round(sum(self.scores.values()) / len(self.scores)) if self.scores else 0


def check_agreement(source: FileLike | Mapping[str, Any], *, beside: Mapping[str, NamedBytes] | None = None) -> Checked:
    """Check one draft.

    Args:
        source: its file, on disk or in memory, or its content as a mapping, as YAML would give it.
        beside: geometry files by the names that the agreement gives them; others are looked for in the file's folder.

    Returns:
        The faults of what cannot be read; else findings and scores.
    """
    inspected = inspect(source, beside=beside)
    agreement, document, file = inspected.agreement, inspected.document, inspected.written
    if agreement is None or document is None or file is None:
        return Checked(None, tuple(inspected.faults), (), {})
    draft = Draft(agreement, file)
    told = []
    for report in dict.fromkeys(_all(draft)):
        mark = document.mark(report.where)
        clause = " ".join(file.terms[report.term].text.split()) if report.term in file.terms else ""
        told.append(Diagnostic(report.code, report.term, report.what, clause, document.file, mark.line, mark.column))
    told.sort(key=lambda f: (f.line, f.column, f.code))
    findings = [one for one in told if not CODES[one.code].asks]
    questions = [one for one in told if CODES[one.code].asks]
    names = dict.fromkeys(map(clause_of, agreement.term_ids))
    costs = _costs(findings)
    scores = {name: max(0, 100 - costs.get("", 0) - costs.get(name, 0)) for name in names}
    return Checked(agreement, (), tuple(findings), scores, tuple(questions))


def _costs(findings: list[Diagnostic]) -> dict[str, int]:
    """What the faults of each term (and of the whole, '') cost, each kind of fault once."""
    codes: dict[str, set[str]] = {}
    for finding in findings:
        codes.setdefault(finding.term, set()).add(finding.code)
    return {term: sum(CODES[code].cost for code in found) for term, found in codes.items()}


def _all(draft: Draft) -> Iterator[Report]:
    """What every rule reports, as often as a term stands in a reading or a version."""
    yield from per_term.whole(draft)
    for text in draft.agreement.texts:
        for term in text.terms:
            yield from per_term.of_term(draft, text, term)
            yield from words_and_code.of_term(draft, text, term)
        yield from cross_term.pairs(draft, text)
    yield from per_term.readings(draft)
