"""Servanda tells, term by term, whether an agreement is kept.

    an agreement  +  what was reported  +  what could be seen   ->   verdicts, term by term, with their reasons

The rooms, in the order in which data walks through them:

    values -> agreement, evidence, coverage -> incidents -> findings -> verdicts -> report -> app -> cli

From Python (``docs/python.md``)::

    from servanda import verify_files
    run, aside = verify_files("agreement.yaml", ["reports.csv"], ["coverage.yaml"])

What stands in ``__all__`` is public and stays; it is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
FORMAT = 2
"""The version of the format of every file that Servanda writes."""

if TYPE_CHECKING:
    from servanda.agreement import Agreement, read_agreement
    from servanda.app.verify import verify_files
    from servanda.errors import AgreementError, CoverageError, EvidenceError, Fault, RecordError, ServandaError
    from servanda.evidence import IngestResult
    from servanda.schemas import schema
    from servanda.values.files import NamedBytes
    from servanda.verdicts import Verdict

__all__ = [
    "FORMAT",
    "Agreement",
    "AgreementError",
    "CoverageError",
    "EvidenceError",
    "Fault",
    "IngestResult",
    "NamedBytes",
    "RecordError",
    "ServandaError",
    "Verdict",
    "__version__",
    "read_agreement",
    "schema",
    "verify_files",
]

_HOME = {
    "read_agreement": "agreement",
    "verify_files": "app.verify",
    **dict.fromkeys(
        ("AgreementError", "CoverageError", "EvidenceError", "Fault", "RecordError", "ServandaError"), "errors"
    ),
    "Agreement": "agreement",
    "IngestResult": "evidence",
    "NamedBytes": "values.files",
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
