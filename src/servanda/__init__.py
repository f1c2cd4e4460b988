"""Servanda tells, term by term, whether an agreement is kept.

    an agreement  +  what was reported  +  what could be seen   ->   verdicts, term by term, with their reasons

The rooms, in the order in which data walks through them:

    values -> agreement, evidence, coverage -> incidents -> verdicts -> report -> cli

From Python::

    from servanda import verify_files
    run, aside = verify_files("agreement.yaml", ["reports.csv"], ["coverage.yaml"])
    for verdict in run.verdicts:
        print(verdict.term, verdict.party, verdict.verdict)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from servanda.app.verify import verify_files

__all__ = ["__version__", "verify_files"]


def __getattr__(name: str) -> Any:
    if name == "verify_files":
        from servanda.app.verify import verify_files

        return verify_files
    raise AttributeError(name)
