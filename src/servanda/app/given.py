"""What users hand over, in Python or at the command line, brought to what the use cases take; anything else is told by name and with what would do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast
from zoneinfo import ZoneInfo

import polars as pl
import yaml

from servanda.agreement import Agreement, read_agreement
from servanda.coverage.read import CoverageItem
from servanda.errors import AgreementError, CoverageError, EvidenceError, Fault, ServandaError
from servanda.evidence.frames import FrameTable, is_frame, is_spark_frame
from servanda.values.files import FileLike, NamedBytes, is_address
from servanda.values.time import parse_instant

AgreementLike: TypeAlias = Agreement | FileLike | Mapping[str, Any]
"""A path, a file in memory, a mapping as the YAML file has it, or an agreement that was read."""
EvidenceLike: TypeAlias = Any
"""A path, a file in memory, a frame, rows as dicts, a mapping with ``sources`` or ``decisions``; or several of these."""
CoverageLike: TypeAlias = Any
"""A path, a file in memory, a mapping as the YAML file has it, a frame of a patrol log; or several of these."""
_REGISTERS = ("sources", "decisions")
_INSTANTS = {
    "as_of": ("give a datetime, a date or text, as '2025-04-01T12:00+03:00'", "API005"),
    "--until": ("write it as 2025-04-01T12:00+03:00", "BRF009"),
    "--as-of": ("write it as 2025-04-01T12:00+03:00", "CLI003"),
}
"""How an instant is to be written, and the code of the fault where it is not."""


def agreement_of(given: AgreementLike) -> Agreement:
    """The agreement, read unless it was.

    Raises:
        AgreementError: it is not an agreement, or cannot be read; with every fault found.
    """
    return given if isinstance(given, Agreement) else read_agreement(agreement_file(given))


def agreement_file(given: AgreementLike) -> FileLike | Mapping[str, Any]:
    """The file of an agreement, or the mapping with its content."""
    if isinstance(given, (str, os.PathLike)):
        return Path(given)
    if isinstance(given, (NamedBytes, Mapping)):
        return given
    what = f"not a valid agreement: {_kind(given)}"
    raise AgreementError(Fault("agreement", what, "give a path, a dict or NamedBytes", code="API002"))


def evidence_items(given: EvidenceLike) -> list[Any]:
    """Files and frames; dicts that are rows become one frame."""
    items: list[Any] = []
    rows: list[Mapping[str, Any]] = []
    for n, one in enumerate(_several(given), 1):
        if isinstance(one, str) and is_address(one):
            items.append(one)  # an address is no path
        elif isinstance(one, (str, os.PathLike)):
            items.append(Path(one))
        elif isinstance(one, NamedBytes) or is_frame(one) or is_spark_frame(one):
            items.append(one)
        elif isinstance(one, Mapping) and any(isinstance(one.get(key), (Mapping, list)) for key in _REGISTERS):
            items.append(_register(one, f"register {n}.yaml"))
        elif isinstance(one, Mapping):
            rows.append(one)
        else:
            what = f"not valid evidence: {_kind(one)}"
            hint = "give paths, frames (Polars, Arrow, pandas), rows as dicts or NamedBytes"
            raise EvidenceError(Fault("evidence", what, hint, code="API003"))
    return [*items, *([_rows(rows)] if rows else [])]


def coverage_items(given: CoverageLike | None, agreement: str) -> list[CoverageItem]:
    """Files and mappings of coverage (of that agreement, where they name none); frames become files in memory."""
    out: list[CoverageItem] = []
    for n, one in enumerate([] if given is None else _several(given), 1):
        name = "coverage" if n == 1 else f"coverage {n}"
        if isinstance(one, (str, os.PathLike)):
            out.append(Path(one))
        elif isinstance(one, NamedBytes):
            out.append(one)
        elif isinstance(one, Mapping):
            out.append({"coverage": agreement, **one})
        elif is_frame(one):
            out.append(_patrol_log(one, name))
        else:
            what = f"not valid coverage: {_kind(one)}"
            raise CoverageError(Fault("coverage", what, "give paths, dicts, frames or NamedBytes", code="API004"))
    return out


def article_files(given: Any) -> list[FileLike]:
    """The files of articles that were handed over, one or several."""
    out: list[FileLike] = []
    for one in _several(given):
        if not isinstance(one, (str, os.PathLike, NamedBytes)):
            what = f"not a valid article: {_kind(one)}"
            raise EvidenceError(Fault("documents", what, "give paths or NamedBytes", code="API003"))
        out.append(one if isinstance(one, NamedBytes) else Path(one))
    return out


def instant_of(
    given: datetime | date | str | None, zone: ZoneInfo, name: Literal["as_of", "--as-of", "--until"] = "as_of"
) -> datetime | None:
    """An instant; one without a zone, and the beginning of a day, in the agreement's.

    Args:
        given: an instant, a day, or what somebody wrote for one.
        zone: of what bears no zone itself.
        name: where it was given: to a function, or at the command line.

    Returns:
        The instant; ``None`` where none was given.

    Raises:
        ServandaError: it is not a valid instant.
    """
    if given is None:
        return None
    hint, code = _INSTANTS[name]
    if not isinstance(given, (str, date)) or given != given:  # noqa: PLR0124  the NaT of pandas is a datetime
        what = f"not a valid instant: {given if isinstance(given, date) else _kind(given)}"
        raise ServandaError(Fault(name, what, hint, code=code))
    try:
        return parse_instant(given, zone)
    except ValueError as error:
        raise ServandaError(Fault(name, str(error), hint, code=code)) from None


def one_of(given: str | None, allowed: tuple[str, ...], name: str) -> None:
    """Raise unless an option has one of its values."""
    if given is not None and given not in allowed:
        hint = f"the values are {', '.join(map(repr, allowed))} and None"
        raise ServandaError(Fault(name, f"not a valid value of {name}: {given!r}", hint, code="API006"))


def _several(given: Any) -> list[Any]:
    """One thing, or all of several."""
    single = (str, bytes, bytearray, os.PathLike, NamedBytes, Mapping)
    if isinstance(given, single) or is_frame(given) or is_spark_frame(given) or not isinstance(given, Iterable):
        return [given]
    return list(given)


def _rows(rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row)
    try:
        table = {name: pl.Series([row.get(name) for row in rows]) for name in names}
        return pl.DataFrame(table)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        hint = "give text, numbers or times, of one type in each column"
        raise EvidenceError(Fault("evidence", f"its rows cannot be read: {reason}", hint, code="API003")) from None


def _register(given: Mapping[str, Any], name: str) -> NamedBytes:
    """A register of sources or decisions as the file that says the same; dates and times are written as text."""
    try:
        text = yaml.safe_dump(_plain(given), allow_unicode=True, sort_keys=False, width=1_000_000)
    except (yaml.YAMLError, RecursionError) as problem:
        reason = (str(problem).splitlines() or [type(problem).__name__])[-1][:160]
        hint = "use text, numbers, True, False, None, dates, lists and dicts"
        raise EvidenceError(Fault(name, f"its values cannot be read: {reason}", hint, code="API003")) from None
    return NamedBytes(name, text.encode())


def _plain(value: Any) -> Any:
    """Without tuples, dates and aliases: a value that stands twice is written twice."""
    if isinstance(value, Mapping):
        return {key: _plain(under) for key, under in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(under) for under in value]
    return value.isoformat() if isinstance(value, date) else value


def _patrol_log(frame: Any, name: str) -> NamedBytes:
    """A frame of watches as the CSV file that says the same."""
    try:
        table = FrameTable(frame, name)
        batches = [batch.table.drop("row") for batch in table.raw_batches()]
    except EvidenceError as error:
        raise CoverageError(*error.faults) from None
    whole = pl.concat(batches) if batches else pl.DataFrame(schema=dict.fromkeys(table.columns(), pl.String))
    lists = [column for column, dtype in whole.schema.items() if dtype == pl.List(pl.String)]
    instants = [column for column, dtype in whole.schema.items() if isinstance(dtype, pl.Datetime)]
    offset = {c: "%:z" if cast(pl.Datetime, whole.schema[c]).time_zone else "" for c in instants}
    spelt = [pl.col(c).dt.strftime(f"%Y-%m-%dT%H:%M:%S{offset[c]}") for c in instants]
    text = whole.with_columns(pl.col(lists).list.join(";")).with_columns(spelt).write_csv()
    return NamedBytes(f"{name}.csv", text.encode())


def _kind(value: object) -> str:
    return "None" if value is None else f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
