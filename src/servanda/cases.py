"""Cases: an agreement, a few lines of evidence, and the verdicts that must follow, in YAML that a jurist can read.

A file ``cases.yaml`` lies beside its ``agreement.yaml`` (and ``coverage.yaml``, ``evidence/``). ``docs/formats.md`` says what
stands in it. Servanda's own library runs in the tests; anyone's runs with ``servanda cases FILE...``.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from servanda.agreement import Agreement, read_agreement
from servanda.drafting import check_agreement
from servanda.errors import Fault, ServandaError
from servanda.run import verify_files
from servanda.values.time import iso, parse_instant
from servanda.verdicts import Verification

_COUNTS = ("verdict", "confirmed", "alleged", "excused", "origins", "reports")
_KNOWN = {"name", "evidence", "coverage", "as_of", "reports", "items", "expect"}


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file of cases and the folder it lies in."""

    folder: Path
    cases: tuple[Mapping[str, Any], ...]
    check: Mapping[str, Any] | None
    dates: Mapping[str, str]


def read_cases(path: str | Path) -> CaseFile:
    """Read a file of cases. Raises :class:`ServandaError` for what is no such file."""
    path = Path(path)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  the plainest loader there is
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ServandaError(Fault(str(path), f"cannot be read: {error}", "see docs/formats.md, Cases")) from None
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise ServandaError(Fault(str(path), "holds no 'cases:'", "see docs/formats.md, Cases"))
    for case in data["cases"]:
        unknown = set(case) - _KNOWN if isinstance(case, dict) else {str(case)}
        if unknown or "name" not in case or "expect" not in case:
            what = (
                f"a case has unknown words: {', '.join(sorted(unknown))}" if unknown else "a case lacks name or expect"
            )
            raise ServandaError(Fault(str(path), what, f"known are {', '.join(sorted(_KNOWN))}"))
    check = (data["check"] or {}) if "check" in data else None
    return CaseFile(path.parent, tuple(data["cases"]), check, data.get("dates") or {})


def run_case(file: CaseFile, case: Mapping[str, Any]) -> tuple[list[str], Verification]:
    """What of one case did not come out as expected, in words; and the run."""
    agreement = file.folder / "agreement.yaml"
    coverage = [file.folder / "coverage.yaml"] if case.get("coverage") == "shipped" else []
    as_of = parse_instant(case["as_of"], read_agreement(agreement).zone) if "as_of" in case else None
    with tempfile.TemporaryDirectory() as scratch:
        run, aside = verify_files(agreement, _evidence(file, case, Path(scratch)), coverage, as_of=as_of)
    wrong = [f"row {q['row']}: {q['field']} {q['value']!r}: {q['reason']}" for q in aside.quarantine.to_dicts()]
    for wanted in case["expect"]:
        reading = None if wanted.get("reading") in (None, "null") else wanted["reading"]
        party = None if wanted["party"] == "null" else wanted["party"]
        found = [v for v in run.verdicts if (v.term, v.party, v.reading) == (wanted["term"], party, reading)]
        where = f"{wanted['term']}, {wanted['party']}{', ' + reading if reading else ''}"
        if len(found) != 1:
            wrong.append(f"{where}: there is no such row")
            continue
        got: dict[str, Any] = {name: getattr(found[0], name) for name in _COUNTS}
        for name in _COUNTS:
            if name in wanted and str(got[name]) != wanted[name]:
                why = f" ({found[0].steps[-1].text})" if name == "verdict" else ""
                wrong.append(f"{where}: {name} is {got[name]}, expected {wanted[name]}{why}")
        for name, value in (wanted.get("measure") or {}).items():
            if str(found[0].measure.get(name)) != value:
                wrong.append(f"{where}: {name} is {found[0].measure.get(name)}, expected {value}")
    return wrong, run


def _evidence(file: CaseFile, case: Mapping[str, Any], scratch: Path) -> list[Path]:
    """The files of a case: shipped ones, or made of its rows."""
    if case.get("evidence") == "shipped":
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


def check_words(file: CaseFile) -> list[str]:
    """What the checker finds and the file does not expect, and the other way round. A file may expect nothing."""
    if file.check is None:
        return []
    wanted = {(term, code) for term, codes in file.check.items() for code in codes}
    found = {(f.term or "whole", f.code) for f in check_agreement(file.folder / "agreement.yaml").findings}
    return [f"{term}: {code} is not found" for term, code in sorted(wanted - found)] + [
        f"{term}: {code} is found, and not expected" for term, code in sorted(found - wanted)
    ]


def check_dates(file: CaseFile) -> list[str]:
    """What dates of terms are not as expected: ``TERM.from``, ``TERM.until``, ``TERM.deadline``, of the first reading
    or of ``READING/TERM``.
    """
    agreement = read_agreement(file.folder / "agreement.yaml")
    wrong = []
    for key, value in file.dates.items():
        got = _date(agreement, key)
        wanted = parse_instant(value, agreement.zone)
        if got != iso(wanted, agreement.zone):
            wrong.append(f"{key} is {got}, expected {value}")
    return wrong


def _date(agreement: Agreement, key: str) -> str | None:
    reading, _, name = key.rpartition("/")
    text = next(t for t in agreement.texts if not reading or t.reading == reading)
    term_id, _, which = name.rpartition(".")
    if term_id == "in_force":
        moment = text.in_force.start if which == "from" else text.in_force.end
        return iso(moment, agreement.zone)
    term = next((t for t in text.terms if t.id == term_id), None)
    if term is None:
        return None
    if which != "deadline":
        return iso(term.window.start if which == "from" else term.window.end, agreement.zone)
    when = term.deadline
    if when is None:
        return None
    on = next((e.on for e in text.events if e.id == when.event), None)
    return iso(when.instant or (when.moved(on, agreement.zone) if on else None), agreement.zone)


def run_all(paths: Sequence[str | Path]) -> Iterator[tuple[str, list[str]]]:
    """Every case, date and check of some files: its name, and what is wrong with it (nothing, where it comes out)."""
    for path in paths:
        file = read_cases(path)
        name = file.folder.resolve().name
        for case in file.cases:
            yield f"{name}: {case['name']}", run_case(file, case)[0]
        if file.dates:
            yield f"{name}: dates", check_dates(file)
        if file.check is not None:
            yield f"{name}: what the checker finds", check_words(file)
