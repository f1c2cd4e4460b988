"""Servanda compares an agreement, term by term, with what was reported and what could have been seen.

    an agreement  +  what was reported  +  what could be seen   ->   verdicts, term by term, with their reasons

The rooms, in the order in which data walks through them:

    values -> agreement, evidence, coverage -> incidents -> findings -> verdicts -> report -> app -> cli

From Python (``docs/python.md``)::

    import servanda
    result = servanda.verify("agreement.yaml", "reports.csv", "coverage.yaml")
    print(result.verdicts)
    result.report("out/")

What stands in ``__all__`` is public and stays; it is loaded when it is first asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

TYPE_CHECKING = False
"""As ``typing`` has it, which takes longer to load than all else here: while it is loaded Ctrl-C would print where."""
__version__ = "0.4.0"
FORMAT = 2
"""The version of the format of every file that Servanda writes."""

if TYPE_CHECKING:
    from typing import Any

    from servanda.agreement import Agreement
    from servanda.app.api import (
        brief,
        check,
        figures,
        fuse,
        read_agreement,
        read_reports,
        say,
        statements,
        trend,
        verify,
    )
    from servanda.app.mission_report import MissionReport
    from servanda.app.results import Verification
    from servanda.app.tables import CheckResult, Figures, Fusion, Reports, Statements
    from servanda.app.trended import Trends
    from servanda.engine.spark import Spark
    from servanda.errors import AgreementError, CoverageError, EvidenceError, Fault, RecordError, ServandaError
    from servanda.evidence import IngestResult
    from servanda.schemas import schema
    from servanda.values.files import NamedBytes
    from servanda.verdicts import Verdict

__all__ = [
    "FORMAT",
    "Agreement",
    "AgreementError",
    "CheckResult",
    "CoverageError",
    "EvidenceError",
    "Fault",
    "Figures",
    "Fusion",
    "IngestResult",
    "MissionReport",
    "NamedBytes",
    "RecordError",
    "Reports",
    "ServandaError",
    "Spark",
    "Statements",
    "Trends",
    "Verdict",
    "Verification",
    "__version__",
    "brief",
    "check",
    "figures",
    "fuse",
    "read_agreement",
    "read_reports",
    "say",
    "schema",
    "statements",
    "trend",
    "verify",
]

_HOME = {
    **dict.fromkeys(
        ("brief", "check", "figures", "fuse", "read_agreement", "read_reports", "say", "statements", "trend", "verify"),
        "app.api",
    ),
    **dict.fromkeys(("CheckResult", "Figures", "Fusion", "Reports", "Statements"), "app.tables"),
    "MissionReport": "app.mission_report",
    "Trends": "app.trended",
    "Verification": "app.results",
    **dict.fromkeys(
        ("AgreementError", "CoverageError", "EvidenceError", "Fault", "RecordError", "ServandaError"), "errors"
    ),
    "Agreement": "agreement",
    "IngestResult": "evidence",
    "NamedBytes": "values.files",
    "Spark": "engine.spark",
    "Verdict": "verdicts",
    "schema": "schemas",
}
"""In which room each public name lives."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'servanda' has no attribute {name!r}")
    value = getattr(import_module(f"servanda.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package. Two rooms, ``figures`` and ``statements``, are called as public functions are: importing them does not hide those."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
