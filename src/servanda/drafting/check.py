"""All rules over one file, and the score: 100 points for a term, less what each fault costs, and never below 0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from servanda.agreement import Agreement, inspect_agreement
from servanda.agreement.schema.file import AgreementFile
from servanda.drafting import cross_term as beside
from servanda.drafting import per_term as rules
from servanda.drafting.per_term import Draft
from servanda.drafting.registry import CODES
from servanda.errors import Fault
from servanda.values.document import read_document
from servanda.values.files import FileLike, name_of
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
        """What came of such a fault once."""
        return CODES[self.code].why

    @property
    def hint(self) -> str:
        """Hint."""
        return CODES[self.code].hint


@dataclass(frozen=True)
class Checked:
    """What came of checking: an agreement that can be read, or the faults that keep it from being; findings; scores.

    ``scores``: verifiability of each term, 0 to 100; ``score``: their mean.
    """

    agreement: Agreement | None
    faults: tuple[Fault, ...]
    findings: tuple[Diagnostic, ...]
    scores: dict[str, int]

    def __repr__(self) -> str:
        if self.agreement is None:
            return f"<Checked {plural(len(self.faults), 'fault')}>"
        return f"<Checked {self.agreement.id}: {plural(len(self.findings), 'finding')}, score {self.score}>"

    @property
    def score(self) -> int:
        """Verifiability of the whole, 0 to 100."""
        return round(sum(self.scores.values()) / len(self.scores)) if self.scores else 0


def check_agreement(path: FileLike) -> Checked:
    """Check one file. What cannot be read gives its faults; what can, findings and scores."""
    agreement, faults = inspect_agreement(path)
    document, _ = read_document(path)
    if agreement is None or document is None:
        return Checked(None, tuple(faults), (), {})
    file = AgreementFile.model_validate(document.data)
    draft = Draft(agreement, file)
    told = dict.fromkeys(_all(draft))
    findings = []
    for code, term, what, where in told:
        mark = document.mark(where)
        clause = file.terms[term].text if term in file.terms else ""
        findings.append(Diagnostic(code, term, what, " ".join(clause.split()), name_of(path), mark.line, mark.column))
    findings.sort(key=lambda f: (f.line, f.column, f.code))
    names = dict.fromkeys(term.split("@")[0] for term in agreement.term_ids)
    everywhere = sum(CODES[code].cost for code in {f.code for f in findings if not f.term})
    scores = {
        name: max(0, 100 - everywhere - sum(CODES[code].cost for code in {f.code for f in findings if f.term == name}))
        for name in names
    }
    return Checked(agreement, (), tuple(findings), scores)


def _all(draft: Draft) -> Iterable[tuple[str, str, str, tuple[str | int, ...]]]:
    yield from rules.whole(draft)
    for text in draft.agreement.texts:
        for term in text.terms:
            yield from rules.of_term(draft, text, term)
        yield from beside.pairs(draft, text)
    yield from rules.readings(draft)
