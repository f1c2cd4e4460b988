"""Use case: an agreement is followed, so that what arrives in a folder or a record changes its verdicts at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from servanda.agreement import Agreement
from servanda.app.context import counts_of
from servanda.app.given import instant_of
from servanda.app.listing import Listing, Mark, folder_listing, is_yaml, record_listing
from servanda.app.read_once import ReadTable, Said, Spoken, is_part, met
from servanda.app.state import State, Unfit
from servanda.coverage import Coverage, read_coverage
from servanda.engine import Engine, LocalEngine
from servanda.errors import ServandaError
from servanda.evidence import Context, IngestResult, read_evidence
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision
from servanda.evidence.packed import Packed
from servanda.evidence.raw_files import gone
from servanda.evidence.raw_tables import digest_of
from servanda.live import Changes, Session
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.values.saved import Saved

__all__ = ["Follower", "Listing", "folder_listing", "record_listing"]


class Follower:
    """A session that looks again and again at what is there.

    A file that comes is read and taken in. One that grew at its end gives what was added; what else changes (a register of sources, a file
    that was altered or taken away, published counts that are evidence) makes everything anew, and the answer says so. A table that cannot be
    read holds up nothing else: it is left out, or counts as it was before.
    """

    def __init__(
        self,
        listing: Callable[[], Listing],
        *,
        as_of: datetime | str | None = None,
        reader: str | None = None,
        engine: Engine | None = None,
        state: State | None = None,
    ) -> None:
        """Nothing is read before the first :meth:`look`.

        Args:
            listing: what is there.
            as_of: leave out what became known later.
            reader: the format of all tables; left out, each is recognised by its columns.
            engine: where fusion runs; left out, on the threads of this machine.
            state: where :meth:`save` keeps what was found, and the first look finds it.
        """
        self._listing, self._as_of, self._reader = listing, as_of, reader
        self._engine = engine or LocalEngine()
        self._seen: Listing | None = None
        self._files: dict[str, ReadTable] = {}
        self._spoken = Spoken()
        self._whole: IngestResult | None = None  # the tables were read together, so that more of them begins anew
        self._glances = Glances()
        self._said: Said
        self._state = state
        self._came: list[tuple[str, int]] = []  # of which file, how many reports, as they were taken in
        self.session: Session | None = None
        self.told = ""
        """What became of a state that was saved, in words; empty where there was none."""
        self.unsaved = False
        """Whether there is something that :meth:`save` would save."""
        self.unread: dict[str, tuple[Mark, ServandaError]] = {}
        """The tables that cannot be read as they are now, and why."""

    def look(self) -> Changes | None:
        """Take in what changed since the last look.

        Returns:
            What changed of verdicts and incidents; ``None`` where no file changed.

        Raises:
            ServandaError: what is no table of evidence cannot be read, or nothing is left; all stays as it was, and the next look tries again.
        """
        now = self._there()
        try:
            return self._looked(now)
        except ServandaError:
            self.unread |= self._unreadable(now)
            rest = self._there()
            if rest.marks == now.marks:
                raise
            return self._looked(rest)

    def _there(self) -> Listing:
        """What is there, but for tables that are known to be unreadable: they are as they were read before, or not there."""
        now = self._listing()
        self.unread = {k: v for k, v in self.unread.items() if k in now.evidence and now.evidence[k][0] == v[0]}
        if not self.unread:
            return now
        return now.but_for({key: self._seen.evidence.get(key) if self._seen else None for key in self.unread})

    def _unreadable(self, now: Listing) -> dict[str, tuple[Mark, ServandaError]]:
        """The new tables that cannot be read even by themselves, and why."""
        found = {}
        context = self._spoken.of(now, now.agreement[1]()).context
        for key, mark in now.tables.items():
            file = now.evidence[key][1]
            if key not in self._files or self._files[key].mark != mark:
                try:
                    self._one(mark, file, now, context)
                except ServandaError as error:
                    if not is_part(file):
                        found[key] = (mark, error)
        return found

    def _looked(self, now: Listing) -> Changes | None:
        """Takes in what changed since the last look."""
        seen = self._seen
        if seen is not None and (now is seen or now.marks == seen.marks):
            self._seen = now
            return None
        changes = None
        if seen is None:
            changes = self._resumed(now)
        elif self.session is not None:
            changes = self._grown(seen, now)
        if changes is None:
            changes = self._anew(now, "" if seen is None else seen.no_longer(now))
            now = now.but_for({key: None for key in self.unread if key not in self._files})  # they were left out
            self.unsaved = True
        self.unsaved |= seen is not None
        self._seen = now
        return changes

    @property
    def size(self) -> int:
        """How many entries of a record have been looked at."""
        return 0 if self._seen is None else self._seen.size

    def tables(self) -> list[tuple[str, str]]:
        """The files of tables that were looked at: by what each is known, and its name."""
        there = {} if self._seen is None else self._seen.evidence
        return [(key, name_of(file)) for key, (_, file) in there.items() if not is_yaml(file)]

    @property
    def together(self) -> bool:
        """Whether the files have to be read together, so that no state is kept of them."""
        return self._whole is not None

    def save(self) -> bool:
        """Keep what was found, so that another follower need not find it again.

        Returns:
            Whether it was kept; not where files changed since the last look, or have to be read together.

        Raises:
            ServandaError: the state cannot be written.
        """
        saved = self._saved() if self._state is not None else None
        if saved is None or self._state is None:
            return False
        self._state.write(saved)
        self.unsaved = False
        return True

    def _saved(self) -> Saved | None:
        now, session = self._there(), self.session
        if session is None or self._whole is not None or self._seen is None or now.marks != self._seen.marks:
            return None
        facts = {"about": self._about(now, session.agreement), "came": self._came, "glances": self._glances.met}
        files = {key: one.saved() for key, one in self._files.items()}
        if self._there().marks != now.marks:
            return None  # what it is about was looked up while it changed
        at, parts = Counter[str](), list[Packed]()
        for key, height in self._came:
            parts.append(self._files[key].kept.part(at[key], height))
            at[key] += height
        saved = Saved({"came": Packed.together(parts).said}, facts)
        return saved.having(session=session.saved(), files=Saved().having(**files))

    def _resumed(self, now: Listing) -> Changes | None:
        """Goes on from what was saved, with what changed since; nothing where that does not fit."""
        try:
            saved = self._state.read() if self._state is not None else None
            if saved is None:
                return None
            before, taken = self._back(saved, now)
        except Unfit as unfit:
            self.told = f"The state that was saved is not used, and all is found anew: {unfit}."
            return None
        changes = taken if before.marks == now.marks else self._grown(before, now)
        if changes is None:
            self.told = "The state that was saved is not used, and all is found anew: evidence in it was altered."
            self.session = None
            return None
        assert self.session is not None
        self.told = "Went on from the state that was saved."
        self.unsaved = before.marks != now.marks
        return Changes.between((), self.session.verdicts, changes.described, changes.lost)

    def _back(self, saved: Saved, now: Listing) -> tuple[Listing, Changes]:
        """Takes a state back. Returns what was there when it was saved, with marks that fit nothing for what is other now; and what it says."""
        facts, text = saved.facts, now.agreement[1]()
        about = self._about(now, text)
        other = [name for name, value in about.items() if facts["about"][name] != value]
        if other:
            raise Unfit(f"it is of other {' and '.join(other)}")
        if set(facts["files"]) - set(now.evidence):
            raise Unfit("a file of it is no longer there")
        came = Packed.again(saved.tables["came"], sum(height for _, height in facts["came"]))
        parts, at = dict[str, list[Packed]](), 0
        for key, height in facts["came"]:
            parts.setdefault(key, []).append(came.part(at, height))
            at += height
        files = {}
        for key in facts["files"]:
            mark, file = now.evidence[key]
            as_it_was = saved.part("files").part(key)
            same = digest_of(file) == as_it_was.facts["digest"]
            reports = Packed.together(parts.get(key, ()))
            files[key] = ReadTable.again(as_it_was, mark if same else ("other",), reports)
        self._said, self._glances = self._spoken.of(now, text), Glances(facts["glances"])
        self._files, self._came = files, [(key, height) for key, height in facts["came"]]
        self.session = self._session(text, self._coverage(now, text), self._together(files), now)
        changes = self.session.take_back(saved.part("session"), came)
        was = {key: (mark, file) for key, (mark, file) in now.evidence.items() if is_yaml(file)}
        was |= {key: (one.mark, now.evidence[key][1]) for key, one in files.items()}
        return replace(now, evidence=was), changes

    def _about(self, now: Listing, text: Agreement) -> dict[str, Any]:
        """All but tables of reports on which a session depends."""
        agreed = hashlib.sha256(text.sha256.encode())
        for name in sorted(text.places):
            agreed.update(f"\0{name}\0".encode() + text.places[name].outline().wkb)
        registers = {key: digest_of(file) for key, (_, file) in now.evidence.items() if is_yaml(file)}
        options = [
            None if self._as_of is None else str(self._as_of),
            self._reader,
            hashlib.sha256(now.id_key).hexdigest(),
        ]
        return {
            "agreement": agreed.hexdigest(),
            "registers or decisions": registers,
            "coverage": [digest_of(file) for _, file in now.coverage],
            "options": options,
        }

    def _grown(self, seen: Listing, now: Listing) -> Changes | None:
        """Takes in what was added; nothing where more changed than that."""
        assert self.session is not None
        text = self.session.agreement
        if seen.agreement[0] != now.agreement[0]:
            return None
        coverage = None
        if [mark for mark, _ in now.coverage] != [mark for mark, _ in seen.coverage]:
            coverage = self._coverage(now, text)
        others = {key: mark for key, (mark, file) in now.evidence.items() if is_yaml(file)}
        decisions: Sequence[Decision] | None = None
        said = self._said
        if others != {key: mark for key, (mark, file) in seen.evidence.items() if is_yaml(file)}:
            said = self._spoken.of(now, text)
            if said.context != self._said.context:
                return None
            decisions = said.decisions
        grown = now.tables != seen.tables
        if grown and (self._whole is not None or set(self._files) - set(now.evidence)):
            return None
        read, added, keys = dict(self._files), list[ReadTable](), list[str]()
        for key, (mark, file) in now.evidence.items() if grown else ():
            if key in others or (key in read and read[key].mark == mark):
                continue
            one = self._one(mark, file, now, said.context)
            if one is None:
                return None
            old = read.get(key)
            if old is not None and not one.begins_with(old):
                return None
            added.append(one if old is None else one.after(old.kept.height))
            keys.append(key)
            read[key] = one
        if grown and len({one.digest for one in read.values()}) < len(read):
            return None
        glances = met(added, self._glances.met)
        self._said, self._glances = said, glances
        changes = self.session.change(
            reports=(one.reports for one in added),
            decisions=decisions,
            coverage=coverage,
            ingest=self._together(read),
        )
        self._files = read
        self._came += [(key, one.kept.height) for key, one in zip(keys, added, strict=True)]
        return changes

    def supposing(self, file: FileLike) -> Session:
        """What would follow if one file of decisions more were there; it is not taken in.

        Args:
            file: the file.

        Returns:
            A session of its own. There must have been a :meth:`look`.

        Raises:
            ServandaError: it cannot be read.
        """
        assert self.session is not None
        said = self._spoken.supposing(file, self._said, self.session.agreement)
        other = self.session.fork()
        other.change(decisions=said.decisions)
        return other

    def _anew(self, now: Listing, why: str) -> Changes:
        """Reads everything, as if nothing had been there before."""
        text, old = now.agreement[1](), self.session
        spoken, glances = Spoken(), Glances()
        coverage, said = self._coverage(now, text), spoken.of(now, text)
        read = None if counts_of(text) is not None else self._each(now, said.context)
        if read is None or len({one.digest for one in read.values()}) < len(read):
            # files that complete each other, are given twice, or make reports of counts: they are read together
            read = {}
            every = read_evidence(
                [file for key, (_, file) in now.evidence.items() if not is_yaml(file) and key not in self.unread],
                said.context,
                reader=self._reader,
                signed_by=now.signed_by,
                map=self._engine.map,
                recorded=now.recorded,
                derived=counts_of(text),
            )
            tables, whole = iter(list(every.batches())), every.ingest
        else:
            tables, whole = (some for one in read.values() for some in one.kept.slices()), None
            glances = met(read.values())
        self._spoken, self._said, self._glances, self._whole = spoken, said, glances, whole
        ingest = self._together(read)
        self.session = self._session(text, coverage, ingest, now)
        changes = self.session.change(reports=tables)
        self._files, self._came = read, [(key, one.kept.height) for key, one in read.items()]
        return Changes.between(old.verdicts if old else (), self.session.verdicts, changes.described, anew=why)

    def _session(self, text: Agreement, coverage: Coverage, ingest: IngestResult, now: Listing) -> Session:
        """A session without reports."""
        return Session(
            text,
            context=self._said.context,
            engine=self._engine,
            coverage=coverage,
            decisions=self._said.decisions,
            as_of=instant_of(self._as_of, text.zone, "--as-of"),
            ingest=ingest,
            id_key=now.id_key,
        )

    def _each(self, now: Listing, context: Context) -> dict[str, ReadTable] | None:
        """Every table file by itself; nothing where one is only a part of another. What cannot be read is as it was in this context, or left out."""
        read = {}
        for key, (mark, file) in now.evidence.items():
            if is_yaml(file):
                continue
            one: ReadTable | None
            if key not in self.unread:
                one = self._one(mark, file, now, context)
            elif key in self._files and self._said.context == context:
                one = self._files[key]
            else:
                continue
            if one is None:
                return None
            read[key] = one
        return read

    def _one(self, mark: Mark, file: FileLike, now: Listing, context: Context) -> ReadTable | None:
        """One file as a source of its own; nothing where it is only a part of another, or was left out."""
        signed = {file: now.signed_by[file]} if file in now.signed_by else {}
        recorded = {file: now.recorded[file]} if file in now.recorded else {}
        try:
            source = read_evidence(
                [file], context, reader=self._reader, signed_by=signed, map=self._engine.map, recorded=recorded
            )
            kept = Packed.of(source.batches())
        except OSError as error:  # it goes while it is read
            raise gone(file, error) from None
        if any(one.reader.startswith(("joined", "left out")) for one in source.ingest.files):
            return None
        return ReadTable(mark, kept, source.ingest, digest_of(file), bool(signed))

    def _coverage(self, now: Listing, text: Agreement) -> Coverage:
        files = [file for _, file in now.coverage]
        return read_coverage(files, text.places, text.vocabulary, text.zone, text.id, text.actors)

    def _together(self, read: Mapping[str, ReadTable]) -> IngestResult:
        """What of all files is no report."""
        ordered = sorted(read.items(), key=lambda item: (base_name_of(item[0]), item[0]))
        whole = [] if self._whole is None else [self._whole]
        return IngestResult.together([self._said.ingest, *whole, *(one.ingest for _, one in ordered)])
