"""Use cases of a record: what a file is, files in, verdicts out of what was known at an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement, read_agreement
from servanda.agreement.resolve.beside import files_with, maps_named
from servanda.app.context import context_of
from servanda.app.given import instant_of
from servanda.app.verify import verify_files
from servanda.coverage import read_coverage
from servanda.errors import EvidenceError, Fault, RecordError, holds_private_key
from servanda.evidence import read_evidence, reader_for
from servanda.evidence.decisions import holds_decisions, read_decisions
from servanda.evidence.register import read_register
from servanda.evidence.tabular_io import columns_of
from servanda.findings.plan import Progress, quiet
from servanda.record import File
from servanda.record.files import safe_name
from servanda.record.signing import private_key
from servanda.report import all_files
from servanda.store import Inputs, Slices, Store, text_rows
from servanda.values.document import read_document
from servanda.values.files import NamedBytes
from servanda.values.maps import SIDE_FILES
from servanda.values.names import name_key
from servanda.verdicts import Verification

_KIND_BY_KEY = (
    ("decisions", "decisions"),
    ("terms", "agreement"),
    ("coverage", "coverage"),
    ("sources", "register"),
)
"""The key of a YAML file that tells what the file is."""
_MAPS = (".geojson", ".gpkg", ".kml", ".kmz", ".shp", ".fgb", *SIDE_FILES)
_COVERAGE_COLUMNS = {"watch_id", "detects"}
_LOOKED_AT = 32 << 20


def files_to_record(paths: Sequence[str | Path], kind: str | None = None) -> list[File]:
    """Files as a record takes them: an agreement after the files that it names, decisions after all of which they may speak.

    Args:
        paths: the files.
        kind: what they are, whatever they look like; left out, each is looked at.

    Returns:
        The files in the order in which they are to be recorded.

    Raises:
        ServandaError: a file cannot be read as what it is, or nobody can tell what it is.
    """
    out: list[File] = []
    for path in map(Path, paths):
        data = _bytes(path)
        recorded_as = kind or _kind_of(path)
        needs: list[str] = []
        if recorded_as == "agreement":
            read_agreement(path)
            needs = _named_in(path)
            out += [File(name, "attachment", (path.parent / name).read_bytes()) for name in needs]
        elif recorded_as == "decisions":
            if not holds_decisions(path):
                raise RecordError(
                    Fault(str(path), "needs a list 'decisions:'", "see docs/formats.md, Decisions", code="REC033")
                )
            read_decisions(path, ZoneInfo("UTC"))
        elif recorded_as == "evidence":
            reader_for(path)
        table = table_of(path.name) if recorded_as == "evidence" else None
        out.append(File(path.name, recorded_as, data, table, tuple(needs)))
    return sorted(out, key=lambda file: file.kind == "decisions")


def refuse_unusable(store: Store, files: Sequence[File], paths: Sequence[str | Path]) -> None:
    """Refuse coverage and registers by which no verdict could be made any more, nor a desk go on: an entry is not taken back.

    Args:
        store: where they are to be recorded; where it holds no one agreement, and none comes with them, nothing is refused.
        files: the files.
        paths: where they came from.

    Raises:
        ServandaError: with the faults of the first that cannot be read beside the agreement.
    """
    looked_at = [f for f in files if f.kind in ("register", "coverage")]
    if not looked_at:
        return
    if (text := agreement_beside(store, files, paths)) is None:
        return
    context = context_of(text)
    for file in looked_at:
        data = NamedBytes(file.name, file.data)
        if file.kind == "register":
            read_register(data, context.parties, context.sides)
        else:
            read_coverage([data], text.places, text.vocabulary, text.zone, text.id, text.actors)


def unread_rows(store: Store, files: Sequence[File], paths: Sequence[str | Path]) -> str:
    """How many rows of the tables that are to be recorded cannot be read as reports: no incident is made of them, and they count in no verdict.

    Args:
        store: where they are to be recorded; where it holds no one agreement, and none comes with them, nothing is said.
        files: the files.
        paths: where they came from.

    Returns:
        How many, and why not the first; nothing where all can be read. Tables of more than :data:`_LOOKED_AT` bytes are not looked at: reading
        them a second time would take as long as recording them, and every verification tells it.
    """
    tables = [NamedBytes(f.name, f.data) for f in files if f.kind == "evidence" and len(f.data) <= _LOOKED_AT]
    text = agreement_beside(store, files, paths) if tables else None
    if text is None:
        return ""
    try:
        source = read_evidence(tables, context_of(text))
        for _ in source.batches():
            pass
    except EvidenceError:  # a file that cannot be read at all is told where verdicts are made
        return ""
    return source.ingest.first_reason()


def without_key(
    store: Store, witnesses: Iterable[str], files: Sequence[File], paths: Sequence[str | Path]
) -> list[str]:
    """The parties of an agreement that is to be recorded of which the record has no key, though it has keys of others.

    Args:
        store: where it is to be recorded.
        witnesses: by what names the record's policy has keys.
        files: the files.
        paths: where they came from.

    Returns:
        Their short names; none where no agreement comes, or the record was begun without keys of parties.
    """
    have = {name_key(name) for name in witnesses}
    comes = have and any(f.kind == "agreement" for f in files)
    text = agreement_beside(store, files, paths) if comes else None
    parties = text.parties if text is not None else {}
    return [code for code, name in parties.items() if not have & {name_key(code), name_key(name)}]


def agreement_beside(store: Store, files: Sequence[File], paths: Sequence[str | Path]) -> Agreement | None:
    """The agreement that comes with files, or else the one that is there.

    Args:
        store: where they are to be recorded.
        files: the files.
        paths: where they came from.

    Returns:
        The agreement; nothing where there is none, or there are several.
    """
    named = {f.name for f in files if f.kind == "agreement"}
    texts = [Path(p) for p in paths if Path(p).name in named]
    try:
        return read_agreement(texts[0]) if len(texts) == 1 else recorded_agreement(store, store.as_of())
    except RecordError:
        return None


def _bytes(path: Path) -> bytes:
    """A plain file that is there and holds nothing that nobody may see."""
    if not path.is_file():
        other = "is a folder, a pipe or a device, not a plain file" if path.exists() else "there is no such file"
        raise RecordError(Fault(str(path), other, f"the path tried is {path.absolute()}", code="REC002"))
    data = path.read_bytes()
    if holds_private_key(data):
        raise private_key(str(path))
    return data


def _kind_of(path: Path) -> str:
    """What a file is, by its name, its keys or its columns."""
    if path.suffix.lower() in (".yaml", ".yml"):
        document, faults = read_document(path)
        if document is None:
            raise RecordError(*faults)
        for key, kind in _KIND_BY_KEY:
            if key in document.data:
                return kind
        raise RecordError(
            Fault(
                str(path),
                "not an agreement, coverage, register or decisions",
                "record it --as attachment",
                code="REC032",
            )
        )
    if path.suffix.lower() in _MAPS:
        return "attachment"
    try:
        if set(columns_of(path)) >= _COVERAGE_COLUMNS:
            return "coverage"
        reader_for(path)
    except EvidenceError as error:
        last = error.faults[-1]
        if last.code == "EVD019":
            raise private_key(str(path)) from None
        raise RecordError(
            *error.faults[:-1],
            Fault(
                last.file, last.what, f"{last.hint}; or record it as it is: --as attachment", last.line, code="REC032"
            ),
        ) from None
    return "evidence"


def _named_in(agreement: Path) -> list[str]:
    """The files of geometry that an agreement names; all must lie beside or below it."""
    names = sorted({part for name in maps_named(agreement) for part in files_with(name, agreement.parent)})
    for name in names:
        lies_here = (agreement.parent / name).resolve().is_relative_to(agreement.parent.resolve())
        if not safe_name(name) or name == agreement.name or not lies_here:
            raise RecordError(
                Fault(str(agreement), f"names a file elsewhere: {name}", "put it beside the agreement", code="REC034")
            )
    return names


def table_of(name: str) -> Callable[[bytes], pl.DataFrame]:
    """What reads the rows of a table of evidence, out of what its file holds.

    Args:
        name: of the file, which tells how it is read.

    Returns:
        A function of the bytes.
    """
    return lambda data: text_rows(NamedBytes(name, data))


@dataclass(frozen=True)
class RecordRun:
    """Verdicts out of a store, with what went in and every file that came out.

    Args:
        verification: the verdicts.
        inputs: the entries that went in.
        as_of: the instant by which they were known; ``None`` for everything.
        slices: the periods for which verdicts were given too.
        files: the report and the tables, by file name.
    """

    verification: Verification
    inputs: Inputs
    as_of: datetime | None
    slices: Slices
    files: dict[str, bytes]


def verify_record(
    store: Store,
    as_of: str | datetime | None = None,
    *,
    agreement: str | None = None,
    slices: Slices = None,
    progress: Progress = quiet,
) -> RecordRun:
    """Verdicts from what a store held by an instant.

    Args:
        store: where the files are.
        as_of: what became known later is left out; text without a zone is read in that of the agreement as it is now.
        agreement: the name of the agreement's file, where there are several.
        slices: also give verdicts for every day or week.
        progress: told how far it is.

    Returns:
        The verdicts, what went in and what came out.

    Raises:
        ServandaError: there is no such agreement, or a file cannot be read.
    """
    read: dict[int, Agreement] = {}  # by entry: the agreement as it is now, and the one as of then, are mostly one
    if isinstance(as_of, str):
        now = store.as_of(None, agreement)
        read[now.agreement.index] = recorded_agreement(store, now)
        as_of = instant_of(as_of, read[now.agreement.index].zone, "--as-of")
    inputs = store.as_of(as_of, agreement)
    text = read.get(inputs.agreement.index)
    return run_of(store, inputs, agreement=text, as_of=as_of, slices=slices, progress=progress)


def run_of(
    store: Store,
    inputs: Inputs,
    *,
    agreement: Agreement | None = None,
    as_of: datetime | None = None,
    slices: Slices = None,
    progress: Progress = quiet,
) -> RecordRun:
    """Verdicts from some entries of a store.

    Args:
        store: where the files are.
        inputs: the entries.
        agreement: the one among them, where it has been read.
        as_of: reports that became known later are left out.
        slices: also give verdicts for every day or week.
        progress: told how far it is.

    Returns:
        The verdicts, what went in and what came out.

    Raises:
        ServandaError: a file cannot be read.
    """
    contents = store.contents(inputs)
    verification = verify_files(
        agreement or recorded_agreement(store, inputs),
        list(contents.evidence.values()),
        contents.coverage,
        as_of=as_of,
        by=slices,
        signed_by=contents.signed_by,
        recorded=contents.known_at,
        id_key=store.id_key(),
        progress=progress,
    )
    verification.ingest.notes.update(f"file of the record left out, {words}" for words in inputs.uncounted_words)
    return RecordRun(verification, inputs, as_of, slices, all_files(verification))


def recorded_agreement(store: Store, inputs: Inputs) -> Agreement:
    """The agreement among some entries of a store.

    Args:
        store: where the files are.
        inputs: the entries.

    Returns:
        The agreement.

    Raises:
        ServandaError: its file is not there any more, or cannot be read.
    """
    file, beside = store.agreement(inputs)
    return read_agreement(file, beside=beside)
