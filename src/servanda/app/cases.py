"""Cases: an agreement, a few lines of evidence, and the verdicts that must follow, in YAML that a jurist can read.

A file ``cases.yaml`` lies beside its ``agreement.yaml`` (or the one it names; and ``coverage.yaml``, ``evidence/``). ``docs/formats.md`` says what
stands in it. Servanda's own library runs in the tests; anyone's runs with ``servanda cases FILE...``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from servanda.agreement import Agreement, read_agreement
from servanda.app.verify import verify_files
from servanda.drafting import check_agreement
from servanda.errors import Fault, ServandaError
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike, NamedBytes
from servanda.values.time import iso, parse_instant
from servanda.verdicts import VERDICTS, Verification
from servanda.wording import did_you_mean

_COUNTS = ("verdict", "confirmed", "alleged", "excused", "origins", "reports")
_FILE = {"agreement", "cases", "check", "dates"}
_INSTANT = "write it as 2025-04-01T12:00+03:00"
_CASE = {"name", "evidence", "coverage", "as_of", "reports", "items", "expect"}


@dataclass(frozen=True)
class CasesFile:
    """One file of cases and the folder it lies in."""

    folder: Path
    agreement: Path
    cases: tuple[Mapping[str, Any], ...]
    check: Mapping[str, Sequence[str]] | None
    dates: Mapping[str, str]

    @cached_property
    def parsed(self) -> Agreement:
        """The agreement, read once for all cases."""
        return read_agreement(self.agreement)


def read_cases(path: str | Path) -> CasesFile:
    """Read a file of cases.

    Args:
        path: the file; its agreement lies beside it.

    Returns:
        The cases, ready to be run.

    Raises:
        ServandaError: with everything that is wrong with the structure of the file.
    """
    path = Path(path)
    document, faults = read_document(path)
    if document is None:
        raise ServandaError(*faults)
    shape = _Shape(document, faults)
    shape.keys((), document.data, _FILE)
    cases = shape.rows(("cases",), document.data.get("cases"))
    if not cases:
        shape.fault((), "holds no 'cases:'", "see docs/formats.md, Cases", code="CAS001")
    for n, case in enumerate(cases):
        _check_case(shape, ("cases", n), case)
    for key in ("check", "dates"):
        if document.data.get(key) is not None and not isinstance(document.data[key], dict):
            shape.fault((key,), f"{key!r} must be a mapping", "see docs/formats.md, Cases", code="CAS005")
    if faults:
        raise ServandaError(*faults)
    expected = None
    if "check" in document.data:
        check = document.data["check"] or {}
        expected = {term: [codes] if isinstance(codes, str) else codes or [] for term, codes in check.items()}
    agreement = path.parent / (document.data.get("agreement") or "agreement.yaml")
    dates = {key: str(value) for key, value in (document.data.get("dates") or {}).items()}
    return CasesFile(path.parent, agreement, tuple(cases), expected, dates)


def _check_case(shape: _Shape, at: Path_, case: Mapping[str, Any]) -> None:
    """Note what is wrong with the structure of one case."""
    shape.keys(at, case, _CASE)
    shape.needs(at, [key for key, value in case.items() if value], ("name", "expect"))
    for key in ("evidence", "coverage"):
        if case.get(key) not in (None, "shipped"):
            hint = f"write '{key}: shipped' for what lies beside this file"
            shape.fault((*at, key), f"not a valid value of {key!r}: {case[key]!r}", hint, code="CAS004")
    for key in ("reports", "items"):
        shape.rows((*at, key), case.get(key))
    for k, row in enumerate(shape.rows((*at, "expect"), case.get("expect"))):
        here = (*at, "expect", k)
        shape.keys(here, row, {"term", "party", "reading", "measure", *_COUNTS})
        shape.needs(here, row, ("term", "party"))
        if row.get("verdict") not in (None, *VERDICTS):
            hint = f"one of {', '.join(VERDICTS)}"
            shape.fault(here, f"not a valid verdict: {row['verdict']!r}", hint, code="CAS004")


@dataclass
class _Shape:
    """Notes what is wrong with the structure of a file, with its place."""

    document: Document
    faults: list[Fault]

    def fault(self, at: Path_, problem: str, hint: str, *, code: str) -> None:
        """Note one fault, with its place in the file."""
        self.faults.append(self.document.fault(at, problem, hint, code=code))

    def keys(self, at: Path_, row: Mapping[str, Any], known: set[str]) -> None:
        """Every key must be known."""
        for key in row:
            if key not in known:
                self.fault(
                    (*at, key),
                    f"unknown key {key!r}{_meant(key, known)}",
                    f"known: {', '.join(sorted(known))}",
                    code="CAS003",
                )

    def needs(self, at: Path_, given: Collection[str], keys: Sequence[str]) -> None:
        """These keys must be given."""
        for key in keys:
            if key not in given:
                self.fault(at, f"lacks {key!r}", f"add '{key}: ...'", code="CAS002")

    def rows(self, at: Path_, value: Any) -> list[dict[str, Any]]:
        """A list of mappings."""
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            problem = f"{at[-1]!r} must be a list of rows: '- {{...}}'"
            self.fault(at, problem, "see docs/formats.md, Cases", code="CAS005")
            return []
        return value


def run_case(file: CasesFile, case: Mapping[str, Any]) -> tuple[list[str], Verification]:
    """Verify one case.

    Args:
        file: the file of cases.
        case: one of its cases.

    Returns:
        What did not come out as expected, a line each; and the verification.

    Raises:
        ServandaError: the agreement, the evidence or the instant of the case cannot be read.
    """
    coverage = [file.folder / "coverage.yaml"] if case.get("coverage") == "shipped" else []
    as_of = None
    if "as_of" in case:
        try:
            as_of = parse_instant(case["as_of"], file.parsed.zone)
        except ValueError as error:
            problem = f"case {case['name']!r}, as_of: {error}"
            raise ServandaError(Fault(str(file.folder), problem, _INSTANT, code="CAS006")) from None
    verification = verify_files(file.parsed, _evidence(file, case), coverage, as_of=as_of)
    rows = verification.ingest.quarantine.iter_rows(named=True)
    wrong = [f"row {row['row']}: {row['field']} {row['value']!r}: {row['reason']}" for row in rows]
    for expected in case["expect"]:
        wrong += _differences(expected, verification)
    return wrong, verification


def _differences(expected: Mapping[str, Any], verification: Verification) -> list[str]:
    """What of one expected row is not so."""
    term, party, reading = str(expected["term"]), expected["party"], expected.get("reading")
    where = f"{term}, {party}{', ' + reading if reading else ''}"
    verdicts = [v for v in verification.verdicts if (v.term, v.party, v.reading) == (term, party, reading)]
    if len(verdicts) != 1:
        return [f"{where}: there is no such row{_meant(term, verification.agreement.term_ids)}"]
    (verdict,) = verdicts
    wrong = []
    for name in _COUNTS:
        value = getattr(verdict, name)
        if name in expected and str(value) != str(expected[name]):
            why = f" ({verdict.steps[-1].text})" if name == "verdict" else ""
            wrong.append(f"{where}: {name} is {value}, expected {expected[name]}{why}")
    for name, value in (expected.get("measure") or {}).items():
        if verdict.measure.get(name) != value:
            wrong.append(f"{where}: {name} is {verdict.measure.get(name)}, expected {value}")
    return wrong


def _evidence(file: CasesFile, case: Mapping[str, Any]) -> list[FileLike]:
    """The files of a case: shipped ones, or its rows as files in memory."""
    if case.get("evidence") == "shipped":
        if not (file.folder / "evidence").is_dir():
            hint = "put the evidence files there"
            raise ServandaError(Fault(str(file.folder), "has no folder 'evidence'", hint, code="CAS007"))
        return [*sorted((file.folder / "evidence").iterdir())]
    reports, items = case.get("reports") or (), case.get("items") or ()
    files: list[FileLike] = []
    if reports or not items:
        files.append(_table("reports", reports, ("report_id", "source", "start", "act")))
    if items:
        files.append(_table("items", items, ("item_id", "source", "start", "finding", "party", "site")))
    return files


def _table(name: str, rows: Sequence[Mapping[str, Any]], needed: Sequence[str]) -> NamedBytes:
    """Rows of a case as a table in memory; a row has an id of its own, without a source it is its origin's, and it became known when
    its event ended, unless it says otherwise.
    """
    numbered = [
        {
            needed[0]: f"{name[0].upper()}{n}",
            "source": row.get("origin", ""),
            "known_at": row.get("end", row.get("start")),
            **row,
        }
        for n, row in enumerate(rows)
    ]
    columns = list(dict.fromkeys([*needed, *sorted({column for row in numbered for column in row})]))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(numbered)
    return NamedBytes(f"{name}.csv", text.getvalue().encode())


def check_words(file: CasesFile) -> list[str]:
    """What the checker finds and the file does not expect, and the other way round. A file may expect nothing."""
    if file.check is None:
        return []
    wanted = {(term, code) for term, codes in file.check.items() for code in codes}
    found = {(f.term or "whole", f.code) for f in check_agreement(file.agreement).findings}
    return [f"{term}: {code} is not found" for term, code in sorted(wanted - found)] + [
        f"{term}: {code} is found, and not expected" for term, code in sorted(found - wanted)
    ]


def check_dates(file: CasesFile) -> list[str]:
    """What dates of terms are not as expected: ``TERM.from``, ``TERM.until``, ``TERM.deadline``, of the first reading
    or of ``READING/TERM``. A deadline given as a day means that day, to its end.
    """
    agreement = file.parsed
    wrong = []
    for key, value in file.dates.items():
        try:
            got = _date(agreement, key)
            wanted = iso(parse_instant(value, agreement.zone), agreement.zone)
        except ValueError as error:
            wrong.append(f"{key}: {error}")
            continue
        if got is not None and "T" not in value and key.endswith(".deadline"):
            last = (got - timedelta(seconds=1)).astimezone(agreement.zone).date().isoformat()
            wrong += [] if last == value else [f"{key} is the end of {last}, expected {value}"]
        elif iso(got, agreement.zone) != wanted:
            wrong.append(f"{key} is {iso(got, agreement.zone)}, expected {value}")
    return wrong


def _date(agreement: Agreement, key: str) -> datetime | None:
    """The instant that a key names. Raises ``ValueError`` for one that names nothing."""
    reading, _, name = key.rpartition("/")
    texts = [t for t in agreement.texts if not reading or t.reading == reading]
    term_id, _, which = name.rpartition(".")
    if not texts:
        raise ValueError(f"there is no reading {reading!r}")
    if which not in ("from", "until", "deadline"):
        raise ValueError(f"{which!r} is not from, until or deadline")
    text = texts[0]
    if term_id == "in_force":
        return text.in_force.start if which == "from" else text.in_force.end
    term = next((t for t in text.terms if t.id == term_id), None)
    if term is None:
        raise ValueError(f"there is no term {term_id!r}{_meant(term_id, agreement.term_ids)}")
    if which != "deadline":
        return term.window.start if which == "from" else term.window.end
    return term.deadline.instant if term.deadline is not None else None


def _meant(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that is not known."""
    near = did_you_mean(name, known)
    return f"; {near}" if near else ""


def checks_in(paths: Iterable[str | Path]) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Every case, date and check of some files: its name, and what to call to learn what is wrong with it."""
    for path in paths:
        file = read_cases(path)
        name = file.folder.resolve().name
        for case in file.cases:
            yield f"{name}: {case['name']}", partial(_problems, file, case)
        if file.dates:
            yield f"{name}: dates", partial(check_dates, file)
        if file.check is not None:
            yield f"{name}: what the checker finds", partial(check_words, file)


def _problems(file: CasesFile, case: Mapping[str, Any]) -> list[str]:
    return run_case(file, case)[0]


def run_all(paths: Iterable[str | Path]) -> Iterator[tuple[str, list[str]]]:
    """Every case, date and check of some files: its name, and what is wrong with it (nothing, where it comes out)."""
    for name, check in checks_in(paths):
        yield name, check()
