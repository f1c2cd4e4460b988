"""The checker's answer as plain data, for ``servanda check --json`` and from Python."""

from __future__ import annotations

import dataclasses
from typing import Any

from servanda import FORMAT
from servanda.drafting import Checked


def check_data(checked: Checked, file: str) -> dict[str, Any]:
    """What came of checking an agreement, as ``servanda schema check`` describes it.

    Args:
        checked: what the checker found.
        file: the name under which the agreement was given.

    Returns:
        The faults of a file that cannot be read, or its findings and scores.
    """
    if checked.agreement is None:
        faults = [{**dataclasses.asdict(fault), "file": file} for fault in checked.faults]
        return {"format": FORMAT, "faults": faults}
    findings = [{**dataclasses.asdict(f), "why": f.why, "hint": f.hint} for f in checked.findings]
    about = {"agreement": checked.agreement.id, "findings": findings}
    return {"format": FORMAT, **about, "scores": dict(checked.scores), "score": checked.score}
