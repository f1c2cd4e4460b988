"""Between files and the record: what a file is, what was known at an instant, verdicts out of a record, and published ones again.

The thin shell that joins :mod:`servanda.record`, which knows bytes and tables only, with the rooms that know what they mean.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from servanda import __version__
from servanda.agreement import read_agreement
from servanda.app.verify import context_of, verify_files
from servanda.errors import EvidenceError, Fault, RecordError
from servanda.evidence import Evidence, IngestResult, reader_for
from servanda.evidence.decisions import Deciders, effective, holds_decisions, read_decisions
from servanda.evidence.tabular_io import columns_of, read_rows
from servanda.incidents import incident_ids
from servanda.incidents.decisions import Rewrite, lives
from servanda.record import Entry, File, Record, Signer, package
from servanda.record.entry import canonical
from servanda.record.log import digest_of
from servanda.record.record import safe_name
from servanda.record.row_commitments import as_text
from servanda.report import all_files
from servanda.values.document import read_document
from servanda.values.time import iso, parse_instant
from servanda.verdicts import Verification

By = Literal["day", "week"] | None
LIVING = ("agreement", "register", "coverage")
"""Kinds of which a later file of the same name takes the place of an earlier one; all others add up."""
_LIBRARIES = ("polars", "numpy", "shapely", "pyproj")
_WATCHES = {"watch_id", "detects"}


# --- files in ---


def files_of(paths: Sequence[Path], kind: str | None = None) -> list[File]:
    """Files as the record takes them, an agreement with the files that it names. Raises :class:`ServandaError`.

    ``kind`` records them as that, whatever they look like.
    """
    out: list[File] = []
    for path in paths:
        if not path.is_file():
            raise RecordError(Fault(str(path), "there is no such file", "check the name"))
        what = kind or _kind_of(path)
        needs: list[str] = []
        if what == "agreement":
            read_agreement(path)
            needs = _named_in(path)
            out += [File(name, "attachment", (path.parent / name).read_bytes()) for name in needs]
        elif what == "decisions":
            if not holds_decisions(path):
                raise RecordError(Fault(str(path), "holds no decisions", "see docs/formats.md, Decisions"))
            read_decisions(path, ZoneInfo("UTC"))
        elif what == "evidence":
            reader_for(path)
        table = _table(path.name) if what == "evidence" else None
        out.append(File(path.name, what, path.read_bytes(), table, tuple(needs)))
    return out


def _kind_of(path: Path) -> str:
    if path.suffix.lower() in (".yaml", ".yml"):
        document, faults = read_document(path)
        if document is None:
            raise RecordError(*faults)
        for word, kind in (
            ("decisions", "decisions"),
            ("terms", "agreement"),
            ("coverage", "coverage"),
            ("sources", "register"),
        ):
            if word in document.data:
                return kind
        raise RecordError(
            Fault(str(path), "is no agreement, coverage, register or decisions", "or record it --as attachment")
        )
    if path.suffix.lower() in (".geojson", ".gpkg"):
        return "attachment"
    try:
        if set(columns_of(path)) >= _WATCHES:
            return "coverage"
        reader_for(path)
    except EvidenceError as error:
        last = error.faults[-1]
        raise RecordError(
            *error.faults[:-1],
            Fault(last.file, last.what, f"{last.hint}; or record it as it is: --as attachment", last.line),
        ) from None
    return "evidence"


def _named_in(agreement: Path) -> list[str]:
    """The files of geometry that an agreement names; all must lie beside or below it."""
    document, _ = read_document(agreement)
    assert document is not None
    places = (document.data.get("places") or {}).values()
    names = sorted({str(p["file"]) for p in places if isinstance(p, dict) and "file" in p})
    for name in names:
        if not safe_name(name) or name == agreement.name:
            raise RecordError(Fault(str(agreement), f"names a file elsewhere: {name}", "put it beside the agreement"))
    return names


def _table(name: str) -> Callable[[bytes], pl.DataFrame]:
    def read(data: bytes) -> pl.DataFrame:
        if not safe_name(name) or "/" in name:
            raise RecordError(Fault(repr(name), "is no name of a table", "the record was not made by this program"))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            parts = [as_text(raw.table) for raw in read_rows(path)]
        return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame(schema={"row": pl.Int64})

    return read


# --- views out ---


@dataclass(frozen=True)
class Inputs:
    """The entries from which verdicts follow: one agreement with its attachments, evidence, coverage."""

    agreement: Entry
    entries: tuple[Entry, ...]
    later: tuple[int, ...] = ()
    """Entries left out because they became known later."""
    backdated: int = 0
    """How many were recorded only after the instant by which they are said to have been known."""

    @property
    def indices(self) -> list[int]:
        """Their numbers in the record."""
        return sorted([self.agreement.index, *(e.index for e in self.entries)])


def inputs(record: Record, as_of: datetime | None = None, name: str | None = None) -> Inputs:
    """What the record holds that was known by ``as_of`` (left out: all). Raises :class:`RecordError` without an agreement.

    ``name``: of the agreement's file, where there are several.
    """
    limit = iso(as_of) if as_of is not None else None
    usable = [e for e in record.statements() if e.kind in (*LIVING, "evidence", "decisions")]
    known = [e for e in usable if as_of is None or _instant(e.says["known_at"]) <= as_of]
    later = tuple(e.index for e in usable if e not in known)
    agreements = {e.name: e for e in known if e.kind == "agreement" and name in (None, e.name)}
    if len(agreements) != 1:
        there = (
            ", ".join(sorted({f"{e.name} (known {e.says['known_at']})" for e in usable if e.kind == "agreement"}))
            or "none"
        )
        what = "holds no such agreement" if not agreements else "holds several agreements"
        raise RecordError(
            Fault(str(record.folder), f"{what}, as of {limit or 'now'}", f"choose with --agreement; there are: {there}")
        )
    (agreement,) = agreements.values()
    living = {(e.kind, e.name): e for e in known if e.kind in LIVING}
    entries = [e for e in living.values() if e.kind != "agreement"] + [e for e in known if e.kind not in LIVING]
    late = [e for e in (agreement, *entries) if as_of is not None and _instant(e.says["recorded_at"]) > as_of]
    backdated = len(late)
    return Inputs(agreement, tuple(sorted(entries, key=lambda e: e.index)), later, backdated)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def chosen(record: Record, indices: Sequence[int]) -> Inputs:
    """The inputs that a published run names. Raises :class:`RecordError`."""
    found = [e for e in record.statements() if e.index in set(indices)]
    agreements = [e for e in found if e.kind == "agreement"]
    if len(agreements) != 1 or len(found) != len(set(indices)):
        raise RecordError(Fault(str(record.folder), "a run names entries that are not there", "check the record"))
    return Inputs(agreements[0], tuple(e for e in found if e.kind != "agreement"))


@contextmanager
def laid_out(record: Record, what: Inputs) -> Iterator[tuple[Path, dict[int, Path], list[Path]]]:
    """The files of some inputs in a folder for the time being: the agreement; evidence by entry; coverage."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as scratch:
        folder = Path(scratch)

        def lay(name: str, digest: str, *below: str) -> Path:
            if not safe_name(name):
                raise RecordError(Fault(repr(name), "is no name for a file", "the record was not made by this program"))
            path = folder.joinpath(*below, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(record.object(digest))
            return path

        for name, digest in what.agreement.says.get("attachments", {}).items():
            lay(name, digest, "agreement")
        agreement = lay(what.agreement.name, what.agreement.digest, "agreement")
        evidence, coverage = {}, []
        for e in what.entries:
            path = lay(e.name, e.digest, e.kind, f"{e.index:09d}")
            if e.kind == "coverage":
                coverage.append(path)
            else:
                evidence[e.index] = path
        yield agreement, evidence, coverage


def verify_record(
    record: Record, what: Inputs, *, as_of: datetime | None = None, by: By = None,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> tuple[Verification, IngestResult, dict[str, bytes]]:  # fmt: skip
    """Verdicts out of a record, and every file of the report. Raises :class:`ServandaError`."""
    theirs = _of_parties(record, what)
    with laid_out(record, what) as (agreement, evidence, coverage):
        paths = [evidence[index] for index in theirs]
        run, aside = verify_files(
            agreement, list(evidence.values()), coverage, as_of=as_of, by=by, of_parties=paths, progress=progress
        )
        return run, aside, all_files(run, aside)


def _of_parties(record: Record, what: Inputs) -> list[int]:
    """The decisions among some entries that a party signed: whatever they say, they are that party's."""
    keys = {key.name for name, key in record.log.policy.witnesses.items() if name in record.parties()}
    return [e.index for e in what.entries if e.kind == "decisions" and e.signer in keys]


def zone_of(record: Record, name: str | None = None) -> ZoneInfo:
    """The time zone of the record's agreement as it is now."""
    now = inputs(record, None, name)
    with laid_out(record, now) as (agreement, _, _):
        return read_agreement(agreement).zone


# --- published verdicts ---


def published(files: dict[str, bytes]) -> dict[str, str]:
    """What is promised of a run, by file: SHA-256. Parquet is left out: its bytes are the library's affair, and findings.csv
    says the same.
    """
    return {name: digest_of(data) for name, data in files.items() if not name.endswith(".parquet")}


def publish(
    record: Record,
    what: Inputs,
    files: dict[str, bytes],
    signer: Signer,
    by: Signer | None,
    as_of: datetime | None,
    slices: By,
) -> int:
    """Record a run: what went in, the digests of what came out, and verdicts.json itself. Returns the entry's index."""
    says = {
        "inputs": what.indices,
        "as_of": iso(as_of),
        "by": slices,
        "servanda": __version__,
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    shown = {n: files[n].decode() for n in ("verdicts.json", "timeline.json") if n in files}
    return record.state(signer, "run", {}, says, by, [canonical({"files": published(files), **shown})])


def outcome(record: Record, entry: Entry) -> dict[str, str]:
    """What a published run promised of its files, by name: SHA-256."""
    promised: dict[str, str] = json.loads(record.object(entry.digest))["files"]
    return promised


@dataclass(frozen=True)
class Replay:
    """A published run made again: which files are the same to the byte, and which are not."""

    entry: Entry
    same: tuple[str, ...]
    differ: tuple[str, ...]
    versions: str


def replays(record: Record, only: int | None = None) -> Iterator[Replay]:
    """Every published run (or the one at ``only``) made again from the very entries that it named."""
    runs = [e for e in record.statements() if e.kind == "run" and only in (None, e.index)]
    if only is not None and not runs:
        raise RecordError(Fault(str(record.folder), f"entry {only} is no published run", "see 'servanda record log'"))
    for entry in runs:
        as_of = parse_instant(entry.says["as_of"], ZoneInfo("UTC")) if entry.says["as_of"] else None
        _, _, files = verify_record(record, chosen(record, entry.says["inputs"]), as_of=as_of, by=entry.says["by"])
        now, then = published(files), outcome(record, entry)
        same = tuple(n for n, d in then.items() if now.get(n) == d)
        differ = tuple(sorted((set(then) | set(now)) - set(same)))
        yield Replay(entry, same, differ, _versions(entry))


def _versions(entry: Entry) -> str:
    """What has changed of the software since, in words."""
    then = {"servanda": entry.says["servanda"], **entry.says["libraries"]}
    now = {"servanda": __version__, **{name: version(name) for name in _LIBRARIES}}
    return ", ".join(f"{name} {old}, now {now.get(name)}" for name, old in then.items() if now.get(name) != old)


def compared(record: Record, files: dict[str, bytes], what: Inputs, as_of: datetime | None, by: By) -> list[str]:
    """How a run stands to those that were published for the same instant, a sentence each."""
    out = []
    for entry in record.statements():
        if entry.kind == "run" and entry.says["as_of"] == iso(as_of) and entry.says["by"] == by:
            if outcome(record, entry)["verdicts.json"] == digest_of(files["verdicts.json"]):
                out.append(f"The verdicts are the same, byte for byte, as those published in entry {entry.index}.")
                continue
            came = sorted(set(what.indices) - set(entry.says["inputs"]))
            went = sorted(set(entry.says["inputs"]) - set(what.indices))
            why = [f"entries {', '.join(map(str, came))} have come"] if came else []
            why += [f"entries {', '.join(map(str, went))} no longer count"] if went else []
            why += [f"the software has changed ({versions})"] if (versions := _versions(entry)) else []
            reason = "; ".join(why) or "nothing that went in has: look for the cause"
            out.append(f"The verdicts DIFFER from those published in entry {entry.index}: since then {reason}.")
    return out


# --- disclosure ---


def disclose(record: Record, tier: str, as_of: datetime | None = None) -> dict[str, bytes]:
    """The packages for a tier, by file name: one for each party at once for ``parties``, else one. Raises :class:`RecordError`."""
    tiers = record.tiers()
    if tier not in tiers:
        raise RecordError(Fault("--tier", f"there is no tier {tier!r}", f"the tiers are {', '.join(tiers)}"))
    tables, closed = {}, {}
    for entry in record.statements():
        if entry.kind == "evidence":
            tables[entry.index] = _table(entry.name)(record.object(entry.digest))
    if tiers[tier].embargo and tables:
        closed = _embargoed(record, tables, as_of)
    recipients = record.parties() if tier == "parties" else [tier]
    if not recipients:
        raise RecordError(Fault("--tier", "the record names no parties", "they are named when a record begins"))
    names = {to: f"{tier}-{to}.json" if tier == "parties" else f"{tier}.json" for to in recipients}
    return {names[to]: package(record, tiers[tier], to, tables, closed) for to in recipients}


def _embargoed(record: Record, tables: dict[int, pl.DataFrame], as_of: datetime | None) -> dict[int, set[int]]:
    """The rows of every file that speak of no assessed incident, or that nobody could read."""
    now = inputs(record, as_of)
    out = {}
    with laid_out(record, now) as (path, evidence, _):
        agreement = read_agreement(path)
        context = context_of(agreement)
        others = [p for p in evidence.values() if p.suffix.lower() in (".yaml", ".yml")]
        theirs = [evidence[index] for index in _of_parties(record, now)]
        decisions = Evidence(others, context, of_parties=theirs).decisions
        deciders = Deciders(agreement.parties, agreement.bodies)
        counting = effective(decisions, deciders, as_of)
        rewrite = Rewrite(counting)
        assessed = [life.incident for life in lives(decisions, counting, deciders, rewrite, as_of) if life.assessed]
        for index, table in tables.items():
            rows = set(table["row"].to_list())
            if index in evidence:
                reading = Evidence([evidence[index], *others], context)
                for batch in rewrite.batches(reading.batches()):
                    shown = batch.filter(incident_ids(batch).is_in(assessed))
                    rows -= set(shown["row"].to_list())
                for aside in (reading.aside.figures, reading.aside.statements, reading.aside.items):
                    rows -= set(aside["row"].to_list())
            out[index] = rows
    return out
