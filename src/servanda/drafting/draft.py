"""What the rules read, and what they report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from servanda.agreement import Agreement, Term
from servanda.agreement.schema.file import AgreementFile
from servanda.values.document import Path_


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement with the file it was read from."""

    agreement: Agreement
    file: AgreementFile


class Report(NamedTuple):
    """One thing that is wrong: its code in the registry, the term ('' for the whole), what is wrong, and where it stands."""

    code: str
    term: str
    what: str
    where: Path_


def report(code: str, term: Term, what: str, *where: str | int) -> Report:
    """Something wrong with one term; ``where`` is the path within its clause."""
    return Report(code, term.clause, what, ("terms", term.clause, *where))
