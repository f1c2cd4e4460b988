"""A record: what was agreed, reported, decided and published, in the order in which it was recorded, signed by who made it."""

from __future__ import annotations

import base64
import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

from servanda.errors import Fault, RecordError
from servanda.record import log as _log
from servanda.record.begin import policy_text, refuse_beginning
from servanda.record.entry import Entry, read_entry, signed
from servanda.record.files import Added, File, Ready, append_file, make_ready
from servanda.record.log import Appending, Log, broken, digest_of, quiet
from servanda.record.signing import Signer, vkey
from servanda.record.tiers import Tier, default_tiers, parse_tiers
from servanda.record.vault import OBJECT_SALT, Vault, hide
from servanda.record.verifier import COSIGNATURE, Asked, Broken, Entries, Key, Policy, check_checkpoint, check_record


class Record:
    """A record in a folder, with its vault where there is one. Raises :class:`RecordError`."""

    def __init__(self, folder: Path, vault: Path | None = None) -> None:
        self.folder = folder
        self.log = Log(folder)
        self._vault = vault or folder.with_name(folder.name + ".vault")

    @classmethod
    def begin(
        cls,
        folder: Path,
        signer: Signer,
        parties: Mapping[str, Key],
        witnesses: Mapping[str, Key],
        *,
        quorum: str = "all",
        tiers: bytes | None = None,
        vault: Path | None = None,
    ) -> Record:
        """Begin a record: its policy, tiers and parties are its first entry.

        Args:
            folder: a new or empty folder.
            signer: who keeps it.
            parties: the public keys of the parties, by name; they are witnesses too.
            witnesses: others who cosign.
            quorum: how many must cosign: ``all``, ``any``, ``none`` or a number.
            tiers: who sees what, in YAML; left out, the usual four tiers.
            vault: the keeper's vault, a new folder outside the record; left out, ``NAME.vault`` beside it.

        Returns:
            The record.

        Raises:
            RecordError: what was given does not fit, or cannot be written; the folders are as they were.
        """
        policy, tiers = policy_text(signer, {**parties, **witnesses}, quorum), tiers or default_tiers()
        vault = vault or folder.with_name(folder.name + ".vault")
        refuse_beginning(folder, vault, policy, tiers, parties)
        there = folder.exists()
        try:
            _log.begin(folder, policy, signer)
            Vault(vault, make=True)
            record = cls(folder, vault)
            with record.log.writing(signer) as new:
                kept = new.keep(record.vault.salted(tiers))
                says = {"policy": digest_of(policy), "parties": list(parties), "stored": [kept]}
                subjects = {"policy": digest_of(policy), "tiers.yaml": kept}
                new.add([signed(signer, "origin", subjects, new.dated(says))])
        except BaseException:
            for path in (folder, vault):
                shutil.rmtree(path, ignore_errors=True)
            if there:
                folder.mkdir()
            raise
        return record

    @cached_property
    def vault(self) -> Vault:
        """The keeper's vault: the keys of rows, and who stands behind each pseudonym."""
        return Vault(self._vault)

    def statements(self, start: int = 0) -> Iterator[Entry]:
        """All signed statements in order; rows are skipped, for their files' statements speak for them."""
        index = start
        while index < self.log.head.size:
            entry = read_entry(index, self.log.entry(index))
            yield entry
            index += 1 + int(entry.says.get("rows", {}).get("count", 0))

    def origin(self) -> Entry:
        """The first entry, with which the record was begun."""
        return next(self.statements())

    def tiers(self) -> dict[str, Tier]:
        """The tiers of disclosure as they were recorded at the beginning."""
        return parse_tiers(self.object(self.origin().subjects["tiers.yaml"]))

    def object(self, digest: str) -> bytes:
        """A stored object, without its salt."""
        return self.log.object(digest)[OBJECT_SALT:]

    def parties(self) -> list[str]:
        """The parties by the names of their keys."""
        return list(self.origin().says["parties"])

    # --- adding ---

    def add(
        self,
        files: Sequence[File],
        signer: Signer,
        by: Signer | None = None,
        *,
        known_at: str | None = None,
        note: str = "",
        protect: Sequence[str] = (),
        k: int = 5,
    ) -> list[Added]:
        """Record files, all or none.

        Args:
            files: the files.
            signer: who keeps the record.
            by: who made the files and signs for them; left out, who keeps the record.
            known_at: when they became known (ISO 8601, UTC); left out, now.
            note: a remark that everybody will see.
            protect: sources whose names give way to pseudonyms everywhere in these files.
            k: places and times of protected sources can be shown only as those of so many of them.

        Returns:
            What became of each file, in their order.

        Raises:
            RecordError: a file cannot be kept, somebody may not sign, or the disk is full; no file was recorded then.
        """
        by = by or signer
        for name in protect:
            self.vault.protect(name)
        names = [(name, pseudonym) for pseudonym, name in self.vault.identities().items() if name is not None]
        ready = [make_ready(file, self.vault, names) for file in files]
        note = hide(note, names)[0]
        digests = {r.file.name: r.digest for r in ready if r.file.kind == "attachment"}

        def says(r: Ready) -> dict[str, Any]:
            attachments = {name: digests[name] for name in r.file.needs}
            return {**({"note": note} if note else {}), **({"attachments": attachments} if attachments else {})}

        out: list[Added] = []
        with self.log.writing(signer) as new:
            self._admitted(by)
            known = {(e.kind, e.name, e.digest): e.index for e in self.statements()}
            fresh = [r for r in ready if (r.file.kind, r.file.name, r.digest) not in known]
            if fresh:
                self._keep_checkpoint(new, signer)
            for r in ready:
                key = (r.file.kind, r.file.name, r.digest)
                if key in known:
                    out.append(Added(r.file.name, known[key], new=False))
                    continue
                out.append(append_file(new, r, by, self.vault, says(r), known_at=known_at, k=k))
                known[key] = out[-1].index
        return out

    def state(
        self,
        signer: Signer,
        kind: str,
        subjects: Mapping[str, str],
        says: Mapping[str, Any],
        by: Signer | None = None,
        objects: Sequence[bytes] = (),
        known_at: str | None = None,
    ) -> int:
        """Record a statement.

        Args:
            signer: who keeps the record.
            kind: one of :data:`~servanda.record.entry.KINDS`.
            subjects: what it is about, SHA-256 by name; none: the first of the objects.
            says: its predicate.
            by: who states it; left out, who keeps the record.
            objects: what is kept with it.
            known_at: when it became known (ISO 8601, UTC); left out, now.

        Returns:
            The number of the entry.

        Raises:
            RecordError: somebody may not sign, or the disk is full; nothing was recorded then.
        """
        with self.log.writing(signer) as new:
            self._admitted(by or signer)
            self._keep_checkpoint(new, signer)
            index = new.next
            stored = [new.keep(self.vault.salted(data)) for data in objects]
            full = {**says, **({"stored": stored} if stored else {})}
            named = subjects or {kind: stored[0]}
            new.add([signed(by or signer, kind, named, new.dated(full, known_at))])
        return index

    def admit(self, signer: Signer, key: Key) -> int:
        """Let somebody whom the policy does not name sign statements from now on.

        Args:
            signer: who keeps the record.
            key: the public key with its name.

        Returns:
            The number of the entry.

        Raises:
            RecordError: the name or the key is in the record already.
        """
        text = vkey(dataclasses.replace(key, kind=1))
        known = self._signers()
        if key.public in known or key.name in known.values():
            raise RecordError(
                Fault(
                    key.name,
                    "this name or this key is in the record already",
                    "admit a new key under a new name",
                    code="REC022",
                )
            )
        return self.state(signer, "signer", {key.name: digest_of(text.encode())}, {"vkey": text})

    def _admitted(self, by: Signer) -> None:
        if self._signers().get(by.public().public) != by.name:
            what = f"{by.name} is neither in the policy nor admitted"
            raise RecordError(
                Fault(str(self.folder), what, "admit the key first: servanda record add --admit KEY", code="REC023")
            )

    def _signers(self) -> dict[bytes, str]:
        """Who may sign statements, by public key."""
        policy = self.log.policy
        named = {key.public: key.name for key in (*policy.witnesses.values(), *policy.logs)}
        return named | {
            k.public: k.name for e in self.statements() if e.kind == "signer" for k in [Key.parse(e.says["vkey"])]
        }

    def _keep_checkpoint(self, new: Appending, signer: Signer) -> None:
        """The checkpoint that is about to be replaced becomes an entry, if anybody has cosigned it."""
        if len(self.log.head.lines) > 1:
            subjects = {f"checkpoint {self.log.head.size}": digest_of(self.log.note)}
            new.add([signed(signer, "checkpoint", subjects, new.dated({"note": self.log.note.decode()}))])

    # --- witnesses and proofs ---

    def cosign(self, signer: Signer, policy: Policy, seen: bytes | None = None, *, objects: bool = True) -> int:
        """Check the whole record, and put a cosignature under its checkpoint.

        Args:
            signer: a witness whom the policy names.
            policy: the witness's own copy of the policy.
            seen: the checkpoint that was cosigned last, which this one must continue.
            objects: check the files too; not for those who may not have them.

        Returns:
            How many entries were cosigned.

        Raises:
            RecordError: the record does not hold, or the signer is not a witness.
        """
        if signer.public(COSIGNATURE) not in policy.witnesses.values():
            raise RecordError(
                Fault(
                    signer.name,
                    "not a witness in the policy",
                    f"the witnesses are {', '.join(policy.witnesses) or 'none'}",
                    code="REC024",
                )
            )
        with self.log.locked():
            self.verify(policy, since=[seen] if seen else [], objects=objects, quorum=False)
            self.log.cosign(signer, signer.cosignature_line(self.log.head.text, int(time())))
        return self.log.head.size

    def verify(
        self,
        policy: Policy,
        say: Callable[[int, str], None] = quiet,
        since: Sequence[bytes] = (),
        *,
        objects: bool = True,
        quorum: bool = True,
    ) -> Entries:
        """Check everything that a record promises.

        Args:
            policy: whose keys count.
            say: told each step that holds, by its number.
            since: checkpoints that somebody kept, which the record must continue.
            objects: check the files too.
            quorum: whether enough witnesses must have cosigned.

        Returns:
            What was read on the way.

        Raises:
            RecordError: the record is broken; ``step`` says at which step.
        """
        try:
            return check_record(self.folder, Asked(policy, say, since, quorum), objects=objects)
        except Broken as error:
            hint = ""
            if (self.folder / "appending").exists():
                hint = "an append broke off; the next 'servanda record add' clears what it left"
            elif error.step == 4:
                hint = "ask the witnesses to cosign; --unsettled checks everything else"
            raise broken(self.folder, error, hint) from None

    def proof(self, index: int) -> bytes:
        """A C2SP tlog-proof of one entry under the present checkpoint: one file that travels.

        Args:
            index: the number of the entry.

        Returns:
            The proof as text.

        Raises:
            RecordError: there is no such entry.
        """
        self.log.entry(index)
        path = [base64.b64encode(h).decode() for h in self.log.tree.inclusion(index)]
        return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", ""]).encode() + self.log.note

    def consistency(self, old: bytes) -> bytes:
        """A proof that the present checkpoint continues an older one.

        Args:
            old: the older checkpoint.

        Returns:
            The proof, in the form that C2SP tlog-witness asks for.

        Raises:
            RecordError: it does not.
        """
        try:
            head = check_checkpoint(old, Asked(self.log.policy, quiet, quorum=False))
        except Broken as error:
            raise broken(self.folder, error) from None
        tree = self.log.tree
        if head.size > tree.size or tree.root(head.size) != head.root:
            what = f"the checkpoint of {head.size:,} entries is not a beginning of these {tree.size:,}: cut back, or a fork"
            raise broken(self.folder, Broken(10, what))
        path = [base64.b64encode(h).decode() for h in tree.consistency(head.size)]
        return "\n".join([f"old {head.size}", *path, "", ""]).encode() + self.log.note

    def shred(self, signer: Signer, pseudonym: str, why: str) -> int:
        """Destroy the key of a protected source's identity, and record that it was done.

        Args:
            signer: who keeps the record.
            pseudonym: as ``protected-0123456789ab``.
            why: the reason, which everybody will see.

        Returns:
            The number of the entry.

        Raises:
            RecordError: the vault holds no such key, or it cannot be destroyed.
        """
        if not self.vault.holds(pseudonym):
            raise RecordError(
                Fault(
                    pseudonym,
                    "has no key here: unknown, or shredded before",
                    "see 'servanda record shred'",
                    code="REC025",
                )
            )
        index = self.state(signer, "shredded", {pseudonym: digest_of(pseudonym.encode())}, {"why": why})
        try:
            self.vault.shred(pseudonym)
        except OSError as error:
            what = f"the key cannot be destroyed: {error.strerror}; entry {index} says that it was"
            hint = "check permissions and free disk space, then shred it again"
            raise RecordError(Fault(str(self.vault.folder), what, hint, code="REC003")) from None
        return index
