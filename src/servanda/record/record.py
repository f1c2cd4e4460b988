"""A record: what was agreed, reported, decided and published, in the order in which it was recorded, signed by who made it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

from servanda.errors import Fault, RecordError, holds_private_key
from servanda.record import disk
from servanda.record import log as _log
from servanda.record.begin import clear, policy_text, refuse_beginning, whole_or_not_at_all
from servanda.record.checked import Checked
from servanda.record.entry import signed
from servanda.record.files import Added, File, Ready, all_ready, append_file
from servanda.record.gives import refuse_others
from servanda.record.index import Index
from servanda.record.log import Appending, digest_of
from servanda.record.names import hide, leftovers, named
from servanda.record.signing import Signer, private_key, vkey
from servanda.record.tiers import Tier, default_tiers, parse_tiers, tiers_as_data
from servanda.record.vault import OBJECT_SALT, Vault
from servanda.record.verifier import COSIGNATURE, Key, Policy, may_give, sha
from servanda.values.names import name_key


class Record(Checked):
    """A record in a folder, with its vault where there is one. Raises :class:`RecordError`."""

    def __init__(
        self, folder: Path, vault: Path | None = None, *, clock_is_right: bool = False, index: Index | None = None
    ) -> None:
        """``index``: of the same record, which was kept."""
        super().__init__(folder, index)
        self._vault = vault or beside(folder)
        self.clock_is_right = clock_is_right
        """Somebody has looked at the clock: it is taken at its word, however far from the last entry it is."""
        self.dated_by: Callable[[], str] | None = None
        """What says when files became known of which nobody says it; where it is nothing, the machine's clock does."""

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
        gives: Mapping[str, Sequence[str]] | None = None,
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
            gives: names of keys by kind: from whom agreements, registers, coverage, decisions and published verdicts come; left out, from who keeps it.
            vault: the keeper's vault, a new folder outside the record; left out, ``NAME.vault`` beside it.

        Returns:
            The record.

        Raises:
            RecordError: what was given does not fit, or cannot be written; the folders are as they were.
        """
        policy, tiers = policy_text(signer, {**parties, **witnesses}, quorum), tiers or default_tiers()
        vault = vault or beside(folder)
        clear(folder, vault)
        refuse_beginning(folder, vault, policy, tiers, signer, parties, witnesses)
        with whole_or_not_at_all(folder, vault) as (stage, hidden):
            _log.begin(stage, policy, signer)
            made = Vault(hidden, make=True)
            record = cls(stage, hidden)
            with record.log.writing(signer) as new:
                kept, ids = new.keep(made.salted(tiers)), new.keep(made.salted(_IDS))
                says: dict[str, Any] = {"policy": digest_of(policy), "parties": list(parties), "stored": [kept, ids]}
                says |= {"tiers": tiers_as_data(parse_tiers(tiers)), **({"gives": dict(gives)} if gives else {})}
                subjects = {"policy": digest_of(policy), "tiers.yaml": kept, "ids": ids}
                new.add([signed(signer, "origin", subjects, new.dated(says))])
            disk.replace(hidden / "begun", sha(record.log.note))
        return cls(folder, vault)

    @property
    def vault_folder(self) -> Path:
        """Where the vault is, or would be."""
        return self._vault

    @cached_property
    def vault(self) -> Vault:
        """The keeper's vault: the keys of rows, and who stands behind each pseudonym."""
        return Vault(self._vault)

    def tiers(self) -> dict[str, Tier]:
        """The tiers of disclosure as they were recorded at the beginning."""
        return parse_tiers(self.object(self.origin().subjects["tiers.yaml"]))

    def id_key(self) -> bytes:
        """The key of the ids of incidents that nobody else named: who sees the record's files whole has it, and no tier that does not.

        Empty in records that were begun with Servanda 0.2, whose ids can be made again from what reports say.
        """
        ids = self.origin().subjects.get("ids")
        return self.log.object(ids)[:OBJECT_SALT] if ids else b""

    def object(self, digest: str) -> bytes:
        """A stored object, without its salt."""
        return self.log.object(digest)[OBJECT_SALT:]

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
        unsearched: bool = False,
        names_left: bool = False,
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
            unsearched: files in which no name can be looked for are recorded all the same: somebody has looked at them.
            names_left: so are those in which all words of a name are left in a line.

        Returns:
            What became of each file, in their order.

        Raises:
            RecordError: a file cannot be kept, somebody may not sign, or the disk is full; no file was recorded then.
        """
        by = by or signer
        for name in protect:
            self.vault.protect(name)
        names = self.protected_names()
        ready = all_ready(files, self.vault, names, unsearched=unsearched, names_left=names_left)
        note = hide(note, names)[0]
        digests = {r.file.name: r.digest for r in ready if r.file.kind == "attachment"}

        def says(r: Ready) -> dict[str, Any]:
            attachments = {name: digests[name] for name in (hide(need, names)[0] for need in r.file.needs)}
            hands = {"hands": [dict(hand) for hand in r.file.hands]} if r.file.hands else {}
            return {
                **({"note": note} if note else {}),
                **({"attachments": attachments} if attachments else {}),
                **hands,
            }

        out: list[Added] = []
        known_at = known_at or (self.dated_by() if self.dated_by else None)
        with self.log.writing(signer, clock_is_right=self.clock_is_right) as new:
            self._admitted(by, *(file.kind for file in files))
            self._refuse_names({"note": note}, signer)
            there = [self._there(r, by) for r in ready]
            if None in there:
                self._keep_checkpoint(new, signer)
            for r, index in zip(ready, there, strict=True):
                if index is not None:
                    if r.file.kind == "attachment":
                        digests[r.file.name] = self.statement(index).digest
                    out.append(Added(r.file.name, index, new=False, found=r.found, searched=r.searched))
                    continue
                out.append(append_file(new, r, by, self.vault, says(r), known_at=known_at, k=k))
        return out

    def _there(self, ready: Ready, by: Signer) -> int | None:
        """The entry in which the same signer recorded the very same file before; of another's nobody is told."""
        file = ready.file
        counts = may_give(file.kind, by.name, self.gives(), log=self._keeps(by))
        size, before = len(ready.kept), self.like(file.kind, file.name, by.name)
        alike = (e for e in before if e.counts == counts and self.log.size_of(e.digest) == size)
        return next((e.index for e in alike if self.object(e.digest) == file.data), None)

    def _refuse_names(self, says: Mapping[str, Any], signer: Signer) -> None:
        """The log is for everybody: what it says in clear names nobody who is protected."""
        vault, text = self.vault, json.dumps(says, ensure_ascii=False)
        if holds_private_key(text.encode("utf-8", "replace")):
            raise private_key("what everybody may read")
        names = self.protected_names()
        found = [*named(text, names), *vault.shredded_in([text])]
        if found:
            what = f"would write the name of {', '.join(found)} into the log, for everybody to see"
            raise RecordError(Fault(signer.name, what, "say it without the name", code="REC042"))

    def state(
        self,
        signer: Signer,
        kind: str,
        subjects: Mapping[str, str],
        says: Mapping[str, Any],
        by: Signer | None = None,
        objects: Mapping[str, bytes] | None = None,
        known_at: str | None = None,
    ) -> int:
        """Record a statement.

        Args:
            signer: who keeps the record.
            kind: one of :data:`~servanda.record.entry.KINDS`.
            subjects: what it is about, SHA-256 by name; none: the objects.
            says: its predicate.
            by: who states it; left out, who keeps the record.
            objects: what is kept with it, by name.
            known_at: when it became known (ISO 8601, UTC); left out, now.

        Returns:
            The number of the entry.

        Raises:
            RecordError: somebody may not sign, or the disk is full; nothing was recorded then.
        """
        known_at = known_at or (self.dated_by() if self.dated_by else None)
        with self.log.writing(signer, clock_is_right=self.clock_is_right) as new:
            self._admitted(by or signer, kind)
            self._refuse_names({**says, "subjects": list(subjects)}, signer)
            self._keep_checkpoint(new, signer)
            index = new.next
            stored = {name: new.keep(self.vault.salted(data)) for name, data in (objects or {}).items()}
            full = {**says, **({"stored": list(stored.values())} if stored else {})}
            new.add([signed(by or signer, kind, subjects or stored, new.dated(full, known_at))])
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
        known = self.signers()
        if key.public in known or name_key(key.name) in map(name_key, known.values()):
            raise RecordError(
                Fault(
                    key.name,
                    "this name or this key is in the record already",
                    "admit a new key under a new name",
                    code="REC022",
                )
            )
        return self.state(signer, "signer", {key.name: digest_of(text.encode())}, {"vkey": text})

    def protected_names(self) -> list[tuple[str, str]]:
        """Names of sources that give way, each with its pseudonym; those whose keys were destroyed are not known any more."""
        return [(name, pseudonym) for pseudonym, name in self.vault.identities().items() if name is not None]

    def name_givers(self, signer: Signer, gives: Mapping[str, Sequence[str]]) -> int:
        """Say from whom entries of some kinds come from now on; those of other kinds come from whom they came before.

        Args:
            signer: who keeps the record.
            gives: names of keys by kind.

        Returns:
            The number of the entry.

        Raises:
            RecordError: the signer does not keep the record, or the disk is full.
        """
        full = {**self.gives(), **gives}
        subjects = {f"{kind} by {', '.join(names)}": digest_of(kind.encode()) for kind, names in gives.items()}
        return self.state(signer, "gives", subjects, {"gives": full})

    def _admitted(self, by: Signer, *kinds: str) -> None:
        """Refuse who may not sign, or not this."""
        if self.log.head.size == 0 or self.origin().kind != "origin":
            hint = "begin a new record with 'servanda record init', and add the files to that"
            what = "has no origin: its beginning broke off, and nothing that is added to it can ever be verified"
            raise RecordError(Fault(str(self.folder), what, hint, code="REC043"))
        if self.signers().get(by.public().public) != by.name:
            what = f"{by.name} is neither in the policy nor admitted"
            raise RecordError(
                Fault(str(self.folder), what, "admit the key first: servanda record add --admit KEY", code="REC023")
            )
        refuse_others(kinds, by.name, self.gives(), log=self._keeps(by))

    def _keeps(self, by: Signer) -> bool:
        return by.public().public in {key.public for key in self.log.policy.logs}

    def _keep_checkpoint(self, new: Appending, signer: Signer) -> None:
        """The checkpoint that is about to be replaced becomes an entry, if anybody has cosigned it."""
        if len(self.log.head.lines) > 1:
            subjects = {f"checkpoint {self.log.head.size}": digest_of(self.log.note)}
            new.add([signed(signer, "checkpoint", subjects, new.dated({"note": self.log.note.decode()}))])

    # --- witnesses and proofs ---

    def cosign(
        self,
        signer: Signer,
        policy: Policy,
        seen: bytes | Sequence[bytes] | None = None,
        *,
        objects: bool = True,
        remember: Callable[[], None] = lambda: None,
    ) -> int:
        """Check the whole record, and put a cosignature under its checkpoint.

        Args:
            signer: a witness whom the policy names.
            policy: the witness's own copy of the policy.
            seen: the checkpoint, or checkpoints, that were cosigned last, which this one must continue.
            objects: check the files too; not for those who may not have them.
            remember: called when the record is known to hold, and before it is cosigned.

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
        since = [seen] if isinstance(seen, bytes) else list(seen or ())
        with self.log.locked():
            self.verify(policy, since=since, objects=objects, quorum=False)
            remember()
            self.log.cosign(signer, signer.cosignature_line(self.log.head.text, int(time())))
        return self.log.head.size

    def shred(self, signer: Signer, pseudonym: str, why: str, *, forget: bool = False) -> int:
        """Destroy the key of a protected source's identity, and record that it was done.

        Args:
            signer: who keeps the record.
            pseudonym: as ``protected-0123456789ab``.
            why: the reason, which everybody will see.
            forget: do not even keep what would notice the name when it comes in again.

        Returns:
            The number of the entry.

        Raises:
            RecordError: the vault holds no such key, it cannot be destroyed, or the reason holds a part of the name.
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
        name = self.vault.identities()[pseudonym]
        if name is not None and leftovers(why, [(name, pseudonym)]):
            what = "holds a part of the name that is to be forgotten, and everybody will see it"
            raise RecordError(Fault("--why", what, "say it without the name", code="REC042"))
        index = self.state(signer, "shredded", {pseudonym: digest_of(pseudonym.encode())}, {"why": why})
        try:
            self.vault.shred(pseudonym, forget=forget)
        except OSError as error:
            what = f"the key cannot be destroyed: {error.strerror}; entry {index} says that it was"
            hint = "check permissions and free disk space, then shred it again"
            raise RecordError(Fault(str(self.vault.folder), what, hint, code="REC003")) from None
        return index


_IDS = b"The key of incident ids is the salt in front of this text.\n"


def beside(folder: Path) -> Path:
    """Where the vault of a record is, if nobody says otherwise."""
    place = folder if folder.name not in ("", "..") else folder.resolve()
    return place.with_name(place.name + ".vault")
