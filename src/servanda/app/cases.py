"""Cases: an agreement, a few lines of evidence, and the verdicts that must follow, in YAML that a jurist can read.

A file ``cases.yaml`` lies beside its ``agreement.yaml`` (or the one it names; and ``coverage.yaml``, ``evidence/``). ``docs/formats.md`` says what
stands in it. Servanda's own library runs in the tests; anyone's runs with ``servanda cases FILE...``.
"""

from __future__ import annotations

import csv
import difflib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from servanda.agreement import Agreement, read_agreement
from servanda.app.verify import verify_files
from servanda.drafting import check_agreement
from servanda.errors import Fault, ServandaError
from servanda.values.document import Document, Path_, read_document
from servanda.values.time import iso, parse_instant
from servanda.verdicts import VERDICTS, Verification

_COUNTS = ("verdict", "confirmed", "alleged", "excused", "origins", "reports")
_FILE = {"agreement", "cases", "check", "dates"}
_CASE = {"name", "evidence", "coverage", "as_of", "reports", "items", "expect"}


@dataclass(frozen=True, slots=True)
class CasesFile:
    """One file of cases and the folder it lies in."""

    folder: Path
    agreement: Path
    cases: tuple[Mapping[str, Any], ...]
    check: Mapping[str, Sequence[str]] | None
    dates: Mapping[str, str]


def read_cases(path: str | Path) -> CasesFile:
    """Read a file of cases. Raises :class:`ServandaError` with everything that is wrong with its shape."""
    path = Path(path)
    document, faults = read_document(path)
    if document is None:
        raise ServandaError(*faults)
    shape = _Shape(document, faults)
    shape.words((), document.data, _FILE)
    cases = shape.rows(("cases",), document.data.get("cases"))
    if not cases:
        shape.fault((), "holds no 'cases:'", "see docs/formats.md, Cases")
    for n, case in enumerate(cases):
        at: Path_ = ("cases", n)
        shape.words(at, case, _CASE)
        for needed in ("name", "expect"):
            if not case.get(needed):
                shape.fault(at, f"a case lacks {needed!r}", f"add '{needed}: ...'")
        for key in ("evidence", "coverage"):
            if case.get(key) not in (None, "shipped"):
                shape.fault(
                    (*at, key), f"{case[key]!r} is not read here", f"write '{key}: shipped' for what lies beside it"
                )
        for key in ("reports", "items"):
            shape.rows((*at, key), case.get(key))
        for k, row in enumerate(shape.rows((*at, "expect"), case.get("expect"))):
            shape.words((*at, "expect", k), row, {"term", "party", "reading", "measure", *_COUNTS})
            for needed in ("term", "party"):
                if needed not in row:
                    shape.fault((*at, "expect", k), f"does not say which {needed}", f"add '{needed}: ...'")
            if row.get("verdict") not in (None, *VERDICTS):
                shape.fault((*at, "expect", k), f"{row['verdict']!r} is no verdict", f"one of {', '.join(VERDICTS)}")
    check = document.data.get("check")
    for key in ("check", "dates"):
        if document.data.get(key) is not None and not isinstance(document.data[key], dict):
            shape.fault((key,), f"{key!r} must be a mapping", "see docs/formats.md, Cases")
    if faults:
        raise ServandaError(*faults)
    expected = None
    if "check" in document.data:
        expected = {term: [codes] if isinstance(codes, str) else codes or [] for term, codes in (check or {}).items()}
    agreement = path.parent / (document.data.get("agreement") or "agreement.yaml")
    dates = {key: str(value) for key, value in (document.data.get("dates") or {}).items()}
    return CasesFile(path.parent, agreement, tuple(cases), expected, dates)


@dataclass
class _Shape:
    """Notes what is wrong with the shape of a file, with its place."""

    document: Document
    faults: list[Fault]

    def fault(self, at: Path_, what: str, hint: str) -> None:
        self.faults.append(self.document.fault(at, what, hint))

    def words(self, at: Path_, row: Mapping[str, Any], known: set[str]) -> None:
        """Every word must be known."""
        for word in row:
            if word not in known:
                self.fault(
                    (*at, word),
                    f"{word!r} is an unknown word here{_meant(word, known)}",
                    f"known: {', '.join(sorted(known))}",
                )

    def rows(self, at: Path_, value: Any) -> list[dict[str, Any]]:
        """A list of mappings."""
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.fault(at, f"{at[-1]!r} must be a list of rows: '- {{...}}'", "see docs/formats.md, Cases")
            return []
        return value


def run_case(file: CasesFile, case: Mapping[str, Any]) -> tuple[list[str], Verification]:
    """What of one case did not come out as expected, in words; and the run."""
    agreement = file.agreement
    coverage = [file.folder / "coverage.yaml"] if case.get("coverage") == "shipped" else []
    text = read_agreement(agreement)
    as_of = None
    if "as_of" in case:
        try:
            as_of = parse_instant(case["as_of"], text.zone)
        except ValueError as error:
            raise ServandaError(Fault(str(file.folder), f"case {case['name']!r}, as_of: {error}")) from None
    with tempfile.TemporaryDirectory() as scratch:
        run, aside = verify_files(agreement, _evidence(file, case, Path(scratch)), coverage, as_of=as_of)
    wrong = [f"row {q['row']}: {q['field']} {q['value']!r}: {q['reason']}" for q in aside.quarantine.to_dicts()]
    for wanted in case["expect"]:
        reading, party = wanted.get("reading"), wanted["party"]
        found = [v for v in run.verdicts if (v.term, v.party, v.reading) == (wanted["term"], party, reading)]
        where = f"{wanted['term']}, {wanted['party']}{', ' + reading if reading else ''}"
        if len(found) != 1:
            wrong.append(f"{where}: there is no such row{_meant(str(wanted['term']), text.term_ids)}")
            continue
        got: dict[str, Any] = {name: getattr(found[0], name) for name in _COUNTS}
        for name in _COUNTS:
            if name in wanted and str(got[name]) != str(wanted[name]):
                why = f" ({found[0].steps[-1].text})" if name == "verdict" else ""
                wrong.append(f"{where}: {name} is {got[name]}, expected {wanted[name]}{why}")
        for name, value in (wanted.get("measure") or {}).items():
            if found[0].measure.get(name) != value:
                wrong.append(f"{where}: {name} is {found[0].measure.get(name)}, expected {value}")
    return wrong, run


def _evidence(file: CasesFile, case: Mapping[str, Any], scratch: Path) -> list[Path]:
    """The files of a case: shipped ones, or made of its rows."""
    if case.get("evidence") == "shipped":
        if not (file.folder / "evidence").is_dir():
            raise ServandaError(Fault(str(file.folder), "has no folder 'evidence'", "put the evidence files there"))
        return sorted((file.folder / "evidence").iterdir())
    paths = []
    tables: Sequence[tuple[str, str]] = (("reports", "report_id"), ("items", "item_id"))
    for key, id_ in tables:
        rows = [
            {id_: f"{key[0].upper()}{n}", "source": row.get("origin", ""), **row}
            for n, row in enumerate(case.get(key) or ())
        ]
        if not rows and (key == "items" or case.get("items")):
            continue
        needed = (
            [id_, "source", "start", "act"]
            if key == "reports"
            else [id_, "source", "start", "finding", "party", "site"]
        )
        names = list(dict.fromkeys([*needed, *sorted({name for row in rows for name in row})]))
        path = scratch / f"{key}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(rows)
        paths.append(path)
    return paths


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
    agreement = read_agreement(file.agreement)
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
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


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
