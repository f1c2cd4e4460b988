"""A record as a store: which of its files count, what was known at an instant, and which runs were published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.errors import EvidenceError, Fault, RecordError
from servanda.evidence.decisions import Decision, holds_decisions, read_decisions
from servanda.evidence.own_word import as_position
from servanda.evidence.tabular_io import read_rows
from servanda.record import Added, Entry, File, Record, Signer
from servanda.record.entry import TOLD, canonical
from servanda.record.files import safe_name
from servanda.record.gives import POSITIONS
from servanda.record.row_commitments import as_text
from servanda.store.base import Contents, Inputs, Run
from servanda.values.files import FileLike, NamedBytes
from servanda.values.time import iso

REPLACED = ("agreement", "register", "coverage")
"""Kinds of which a later file of the same name takes the place of an earlier one; all others add up."""
COUNTED = (*REPLACED, "evidence", "decisions")
"""Kinds from which verdicts follow."""


class RecordStore:
    """The entries of a record (:class:`~servanda.store.base.Store` says what each method does)."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._is_usable: dict[int, bool] = {}

    @property
    def name(self) -> str:
        """The path of the record's folder."""
        return str(self.record.folder)

    def put(
        self,
        files: Sequence[File],
        signer: Signer,
        by: Signer | None = None,
        *,
        known_at: str | None = None,
        note: str = "",
        protect: Sequence[str] = (),
        k: int = 5,
        unsearched: bool = False,
        names_left: bool = False,
    ) -> list[Added]:
        """Record files, all or none."""
        return self.record.add(
            files,
            signer,
            by,
            known_at=known_at,
            note=note,
            protect=protect,
            k=k,
            unsearched=unsearched,
            names_left=names_left,
        )

    def as_of(self, instant: datetime | None = None, agreement: str | None = None) -> Inputs:
        """What the record holds that was known by an instant."""
        there = [e for e in self.record.statements() if e.kind in COUNTED]
        usable = [e for e in there if self.usable(e)]
        known = [e for e in usable if instant is None or _known_at(e) <= instant]
        later = tuple(e.index for e in usable if instant is not None and _known_at(e) > instant)
        living = {(e.kind, e.name): e for e in known if e.kind in REPLACED}
        agreements = [e for e in living.values() if e.kind == "agreement" and agreement in (None, e.name)]
        if len(agreements) != 1:
            raise self._no_one_agreement(usable, several=bool(agreements), instant=instant)
        entries = [e for e in living.values() if e.kind != "agreement"]
        entries += [e for e in known if e.kind not in REPLACED]
        entries.sort(key=lambda e: e.index)
        late = [e for e in (*agreements, *entries) if instant is not None and _recorded_at(e) > instant]
        left = [e for e in there if not self.usable(e)]
        uncounted = tuple(e for e in left if instant is None or _known_at(e) <= instant)
        return Inputs(agreements[0], tuple(entries), later, len(late), uncounted)

    def added(self, inputs: Inputs, size: int) -> Inputs | None:
        """What has come since to the inputs that the record held now; nothing where something takes the place of another.

        Args:
            inputs: what it held, as :meth:`as_of` gives it.
            size: how many entries it had then.

        Returns:
            The same agreement, with the entries that were added.
        """
        new = [e for e in self.record.statements(size) if e.kind in COUNTED]
        if any(e.kind in REPLACED for e in new):
            return None
        usable = tuple(e for e in new if self.usable(e))
        return Inputs(inputs.agreement, usable, uncounted=tuple(e for e in new if not self.usable(e)))

    def usable(self, entry: Entry) -> bool:
        """Whether an entry counts among what a run reads; found out once.

        Args:
            entry: a statement of the record.

        Returns:
            Whether it comes from whom the record names for it, or is a position, and is what it says.
        """
        if entry.index not in self._is_usable:
            self._is_usable[entry.index] = self._is(entry)
        return self._is_usable[entry.index]

    def _is(self, entry: Entry) -> bool:
        """Whether an entry comes from whom the record names for it, or is a position, and is what it says: nobody gives a register as evidence."""
        if not entry.counts or entry.kind not in ("evidence", "register", "decisions"):
            return entry.counts or entry.kind in POSITIONS
        yaml = entry.name.lower().endswith((".yaml", ".yml"))
        if entry.kind == "evidence" or not yaml:
            return yaml == (entry.kind != "evidence")
        return holds_decisions(self._file(entry.name, entry.digest)) == (entry.kind == "decisions")

    def _no_one_agreement(self, usable: list[Entry], *, several: bool, instant: datetime | None) -> RecordError:
        there = sorted({f"{e.name} (known {e.says['known_at']})" for e in usable if e.kind == "agreement"})
        what = "holds several agreements" if several else "holds no such agreement"
        when = iso(instant) or "now"
        hint = f"choose one by its name (--agreement NAME, or the first word of 'follow'); there are: {', '.join(there) or 'none'}"
        return RecordError(Fault(self.name, f"{what}, as of {when}", hint, code="STO001"))

    def chosen(self, indices: Sequence[int]) -> Inputs:
        """The entries that a published run names."""
        named = [e for e in self.record.statements() if e.index in set(indices)]
        entries = [e for e in named if self.usable(e)]
        agreements = [e for e in entries if e.kind == "agreement"]
        if len(agreements) != 1 or len(named) != len(set(indices)):
            raise RecordError(
                Fault(
                    self.name, "a run names entries that are not there", "run 'servanda record verify'", code="STO002"
                )
            )
        uncounted = tuple(e for e in named if e not in entries)
        return Inputs(agreements[0], tuple(e for e in entries if e.kind != "agreement"), uncounted=uncounted)

    def agreement(self, inputs: Inputs) -> tuple[NamedBytes, dict[str, NamedBytes]]:
        """The agreement's own file, and those that were recorded with it."""
        entry = inputs.agreement
        with as_we_write_them(entry):
            attachments = entry.says.get("attachments", {})
            beside = {name: self._file(name, digest) for name, digest in attachments.items()}
        return self._file(entry.name, entry.digest), beside

    def contents(self, inputs: Inputs) -> Contents:
        """The files of some entries."""
        evidence: dict[int, NamedBytes] = {}
        known_at: dict[FileLike, datetime] = {}
        coverage, signed_by = [], dict[FileLike, str]()
        for entry in inputs.entries:
            file = self._file(entry.name, entry.digest)
            if entry.kind == "coverage":
                coverage.append(file)
                continue
            if signer := self._own_word(entry):  # a name of its own: the same file by two who sign is two
                file = NamedBytes(f"{signer} {entry.name}", file.content)
                signed_by[file] = signer
            evidence[entry.index] = file
            known_at[file] = min(_known_at(entry), known_at.get(file, _known_at(entry)))
        return Contents(evidence, tuple(coverage), signed_by, known_at)

    def _own_word(self, entry: Entry) -> str:
        """The name of who signed it, where it is no more than his word for his own side: what a party says, and decisions of who is not named for
        them; nothing where it is more.
        """
        if (entry.kind == "decisions" and entry.counts) or entry.kind not in ("decisions", "evidence"):
            return ""
        witnesses = self.record.log.policy.witnesses
        party = next((n for n in self.record.parties() if n in witnesses and witnesses[n].public == entry.public), "")
        return party or (entry.signer if entry.kind == "decisions" else "")

    def _file(self, name: str, digest: str) -> NamedBytes:
        if not safe_name(name):
            raise RecordError(
                Fault(
                    repr(name), "not a valid name for a file", "the record was not made by this program", code="STO003"
                )
            )
        return NamedBytes(name, self.record.object(digest))

    def decisions(self, inputs: Inputs, zone: ZoneInfo, parties: Mapping[str, str]) -> list[Decision]:
        """The decisions among some entries, those of who is not named for them as positions."""
        return [
            as_position(decision, signer, parties) if (signer := self._own_word(entry)) else decision
            for entry in inputs.entries
            if entry.kind == "decisions"
            for decision in self._decisions(entry, zone)
        ]

    def _decisions(self, entry: Entry, zone: ZoneInfo) -> list[Decision]:
        """The decisions in a file; what cannot be read of one that decides nothing stops nobody else."""
        try:
            return read_decisions(self._file(entry.name, entry.digest), zone)
        except EvidenceError:
            if entry.counts:
                raise
            return []

    def decisions_by_entry(self, entries: Iterable[Entry], zone: ZoneInfo) -> dict[int, list[Decision]]:
        """The decisions among some entries, by the number of the entry of their file, as they are written there."""
        return {entry.index: self._decisions(entry, zone) for entry in entries if entry.kind == "decisions"}

    def decided(self, entries: Iterable[Entry], zone: ZoneInfo) -> dict[int, set[str]]:
        """By entry, the incidents of which the decisions of a file speak, or merge and split; an undoing speaks of those of what it undoes."""
        made = self.decisions_by_entry(entries, zone)
        by_id = {d.id: d for decisions in made.values() for d in decisions}
        return {index: {i for d in decisions for i in _about(d, by_id)} for index, decisions in made.items()}

    def id_key(self) -> bytes:
        """The record's key of the ids of incidents that nobody named."""
        return self.record.id_key()

    def tables(self) -> dict[int, pl.DataFrame]:
        """Every table of evidence, as it was when it was recorded."""
        return {
            entry.index: text_rows(self._file(entry.name, entry.digest))
            for entry in self.record.statements()
            if entry.kind == "evidence" and "rows" in entry.says
        }

    def publish(self, run: Run, signer: Signer, by: Signer | None = None) -> int:
        """Record a run: what went in; the digests of what came out, with the verdicts and their reasons; and the verdicts alone."""
        libraries = {name: version for name, version in run.software.items() if name != "servanda"}
        says = {
            "inputs": list(run.inputs),
            "as_of": run.as_of,
            "by": run.slices,
            "servanda": run.software["servanda"],
            "libraries": libraries,
        }
        kept = canonical({"files": dict(run.digests), **run.shown})
        return self.record.state(signer, "run", {}, says, by, {"run": kept, TOLD: run.told.encode()})

    def runs(self) -> Iterator[Run]:
        """Every run that was recorded, in order."""
        for entry in self.record.statements():
            if entry.kind == "run" and entry.counts:
                with as_we_write_them(entry):
                    says, kept = entry.says, json.loads(self.record.object(entry.digest))
                    digests = dict(kept.pop("files"))
                    software = {"servanda": says["servanda"], **says["libraries"]}
                    inputs = tuple(map(int, says["inputs"]))
                    run = Run(inputs, says["as_of"], says["by"], software, digests, dict(kept), entry.index)
                yield run


@contextmanager
def as_we_write_them(entry: Entry) -> Iterator[None]:
    """A statement that holds by its signature may still say things in no form that we know.

    Args:
        entry: the statement, for the fault.

    Yields:
        Nothing: what is read of it is read within.

    Raises:
        RecordError: it does not say what it must.
    """
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        what = (
            f"entry {entry.index} ({entry.kind}) does not say what it must: {type(error).__name__}: {str(error)[:80]}"
        )
        raise RecordError(Fault(entry.signer, what, "the record was not made by this program", code="STO003")) from None


def text_rows(file: NamedBytes) -> pl.DataFrame:
    """The rows of a table as text with ``row``: what a record commits to, row by row.

    Args:
        file: a table in any form that evidence may have.

    Returns:
        Every column as text, and ``row`` as a spreadsheet counts it.

    Raises:
        RecordError: its name is not one under which a table can be kept.
        EvidenceError: it cannot be read.
    """
    if not safe_name(file.name) or "/" in file.name:
        raise RecordError(
            Fault(
                repr(file.name),
                "not a valid name for a table",
                "the record was not made by this program",
                code="STO003",
            )
        )
    parts = [as_text(raw.table) for raw in read_rows(file)]
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame(schema={"row": pl.Int64})


def _known_at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.says["known_at"])


def _recorded_at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.says["recorded_at"])


def _about(decision: Decision, by_id: Mapping[str, Decision]) -> tuple[str, ...]:
    """The incidents of a decision; of an undoing, those of what is undone, and where that is not there, one that nobody has."""
    at, walked = decision, 0
    while at.kind == "undo" and walked < len(by_id):
        target = by_id.get(str(at.says["undo"]))
        if target is None:
            return ("",)
        at, walked = target, walked + 1
    return at.incidents if at.kind != "undo" else ("",)
