"""Use case: validate an agreement and report its drafting problems."""

from __future__ import annotations

import dataclasses
from typing import Any

from servanda import FORMAT
from servanda.drafting import Checked, Diagnostic


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
