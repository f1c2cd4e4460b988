"""Schemas of tables: one object a row. Types come from the code's own tables where it has them, words from ``tables.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from servanda.evidence.model import FIGURE, ITEM, PRESS_STATEMENT, QUARANTINE, REPORT
from servanda.evidence.readers import forces
from servanda.evidence.readers.servanda import READERS
from servanda.incidents.describe import INCIDENT
from servanda.incidents.lineage.first import TOLD
from servanda.trends.columns import CHANGES, RATES, RATIOS, SERIES
from servanda.verdicts import NO_TERM
from servanda.verdicts.findings_table import ACTS, EXCEPTIONS, FINDING_OUT
from servanda.verdicts.hearsay_words import HEARSAY_OUT
from servanda.verdicts.reconciliation import RECONCILED
from servanda.verdicts.to_verify import TO_VERIFY
from servanda.verdicts.watches import WATCH_OUT

_OF_TERM: dict[str, pl.DataType] = {"term": pl.String(), "reading": pl.String()}
OWN: Mapping[str, Mapping[str, pl.DataType]] = {
    "servanda-reports": REPORT,
    "servanda-figures": FIGURE,
    "servanda-statements": PRESS_STATEMENT,
    "servanda-items": ITEM,
    "findings": FINDING_OUT,
    "incidents": INCIDENT,
    "quarantine": QUARANTINE,
    "items": {**_OF_TERM, **RECONCILED},
    "exceptions": EXCEPTIONS,
    "acts": ACTS,
    "watches": WATCH_OUT,
    "no-term": NO_TERM,
    "hearsay": HEARSAY_OUT,
    "to_verify": TO_VERIFY,
    "first": TOLD,
    "rates": RATES,
    "ratios": RATIOS,
    "level_changes": CHANGES,
    "series": SERIES,
}
"""The code's own tables: where there is one, it says of which type a column is."""
_REQUIRED = {reader.name: reader.signature for reader in (*READERS, forces.READER)}
_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "instant": {"type": ["string", "null"], "format": "date-time"},
    "date": {"type": ["string", "null"], "format": "date"},
}


@cache
def described() -> dict[str, dict[str, Any]]:
    """What ``tables.yaml`` says: by table, ``about`` and ``columns``."""
    data: dict[str, dict[str, Any]] = yaml.safe_load((files("servanda.schemas") / "tables.yaml").read_text("utf-8"))
    return data


def columns(name: str) -> dict[str, dict[str, Any]]:
    """The columns of a table, each with its type and what it means."""
    own = OWN.get(name, {})
    out = {}
    for column, said in described()[name]["columns"].items():
        kind, text = (_kind(own[column]), said) if isinstance(said, str) else said
        out[column] = {**_TYPES[kind], "description": text}
    return out


def row_schema(name: str) -> dict[str, Any]:
    """The schema of one row of a table. What is read may have more columns; what is written has these and no others."""
    shape = {"description": described()[name]["about"], "type": "object", "properties": columns(name)}
    if name in _REQUIRED:
        return {**shape, "required": sorted(_REQUIRED[name])}
    return {**shape, "required": list(shape["properties"]), "additionalProperties": False}


def _kind(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return "instant"
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    return "boolean" if dtype == pl.Boolean else "string"
