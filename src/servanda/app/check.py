"""Use case: validate an agreement and report its drafting problems."""

from __future__ import annotations

import dataclasses
from typing import Any

import yaml

from servanda import FORMAT
from servanda.app.draft import draft_file, is_draft
from servanda.documents import Version
from servanda.drafting import Checked, Diagnostic, check_agreement
from servanda.values.files import FileLike, name_of


def check_file(file: FileLike, version: Version | None = None, hidden: bool | None = None) -> Checked:
    """Check an agreement file, or a draft as people write it, by the skeleton that is made of it.

    Args:
        file: a YAML file, or a draft (.docx, .odt, .pdf, .md, .txt).
        version: of a draft with tracked changes, which version.
        hidden: of a draft with hidden words, whether they are part of it.

    Returns:
        Faults, or findings and scores; those of a draft stand at its clauses.

    Raises:
        ServandaError: a draft cannot be read, or nobody chose between its versions.
    """
    if not is_draft(file):
        return check_agreement(file)
    _, skeleton = draft_file(file, version=version, hidden=hidden)
    checked = check_agreement(yaml.safe_load(skeleton.yaml))
    terms = {drafted.term: drafted for drafted in skeleton.terms}

    def at(one: Diagnostic) -> Diagnostic:
        drafted = terms.get(one.term)
        where = f"{name_of(file)}, clause {drafted.number} ({drafted.clause.where})" if drafted else name_of(file)
        return dataclasses.replace(one, file=where, line=0, column=0)

    findings, questions = (tuple(at(one) for one in group) for group in (checked.findings, checked.questions))
    faults = tuple(dataclasses.replace(fault, file=name_of(file), line=0, column=0) for fault in checked.faults)
    return dataclasses.replace(checked, faults=faults, findings=findings, questions=questions)


def check_data(checked: Checked, file: str) -> dict[str, Any]:
    """What came of checking an agreement, as ``servanda schema check`` describes it.

    Args:
        checked: what the checker found.
        file: the name under which the agreement was given.

    Returns:
        The faults of a file that cannot be read, with their codes; or its drafting problems and scores.
    """
    if checked.agreement is None:
        faults = [{**dataclasses.asdict(fault), "file": file} for fault in checked.faults]
        return {"format": FORMAT, "faults": faults}
    about = {
        "agreement": checked.agreement.id,
        "findings": [_told(one) for one in checked.findings],
        "questions": [_told(one) for one in checked.questions],
    }
    return {"format": FORMAT, **about, "scores": dict(checked.scores), "score": checked.score}


def _told(one: Diagnostic) -> dict[str, Any]:
    """A finding or a question, with what its code says."""
    more = {"why": one.why, "precedent": one.precedent, "sources": list(one.sources), "hint": one.hint}
    return {**dataclasses.asdict(one), **more}
