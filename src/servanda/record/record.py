"""A record: what was agreed, reported, decided and published, in the order in which it was recorded, signed by who made it."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

from servanda.errors import Fault, RecordError
from servanda.record import log as _log
from servanda.record import row_commitments as _rows
from servanda.record.entry import Entry, read_entry, signed
from servanda.record.files import Added, File, Ready, make_ready
from servanda.record.log import Appending, Log, broken, digest_of, quiet
from servanda.record.signing import Signer, vkey
from servanda.record.tiers import Tier, default_tiers, parse_tiers
from servanda.record.vault import OBJECT_SALT, Vault, hide
from servanda.record.verifier import (
    COSIGNATURE,
    Asked,
    Broken,
    Entries,
    Key,
    Policy,
    check_checkpoint,
    check_record,
)


def policy_text(signer: Signer, witnesses: Mapping[str, Key], quorum: str) -> bytes:
    """A tlog-policy: the log, the witnesses, and ``all``, ``any``, ``none`` or a number of them as the quorum."""
    lines = [f"log {vkey(signer.public())}"]
    lines += [f"witness {name} {vkey(dataclasses.replace(key, kind=COSIGNATURE))}" for name, key in witnesses.items()]
    if witnesses and quorum != "none":
        lines += [f"group everybody {quorum} {' '.join(witnesses)}", "quorum everybody"]
    else:
        lines.append("quorum none")
    return "\n".join([*lines, ""]).encode()


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
        """A new record: its policy, tiers and parties are its first entry."""
        policy, tiers = policy_text(signer, {**parties, **witnesses}, quorum), tiers or default_tiers()
        try:
            Policy.parse(policy)
        except Broken as error:
            what = error.what.partition(": ")[2] or error.what
            raise RecordError(
                Fault("policy", what, "names without spaces; a quorum of all, any, none or a number", code="REC012")
            ) from None
        for name, tier in parse_tiers(tiers).items():
            strangers = set(tier.less) - set(parties)
            if strangers:
                what = f"the tier {name!r} keeps something from {', '.join(sorted(strangers))}, no party of this record"
                raise RecordError(
                    Fault("tiers", what, f"the parties are {', '.join(parties) or 'none'}", code="REC018")
                )
        folder_vault = vault or folder.with_name(folder.name + ".vault")
        if folder.resolve() in (folder_vault.resolve(), *folder_vault.resolve().parents):
            raise RecordError(
                Fault("--vault", "lies in the record, which everybody gets", "name a folder elsewhere", code="REC016")
            )
        if folder_vault.exists():
            raise RecordError(Fault(str(folder_vault), "is there already", "name another with --vault", code="REC015"))
        _log.begin(folder, policy, signer)
        Vault(folder_vault, make=True)
        record = cls(folder, folder_vault)
        with record.log.writing(signer) as new:
            kept = new.keep(record.vault.salted(tiers))
            says = {"policy": digest_of(policy), "parties": list(parties), "stored": [kept]}
            new.add([signed(signer, "origin", {"policy": digest_of(policy), "tiers.yaml": kept}, _dated(says, new))])
        return record

    @cached_property
    def vault(self) -> Vault:
        """The keeper's vault."""
        return Vault(self._vault)

    def statements(self, start: int = 0) -> Iterator[Entry]:
        """All signed statements in order; rows are skipped, for their files' statements speak for them."""
        index = start
        while index < self.log.head.size:
            entry = read_entry(index, self.log.entry(index))
            yield entry
            index += 1 + int(entry.says.get("rows", {}).get("count", 0))

    def origin(self) -> Entry:
        """The first entry."""
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
        """Record files, all or none. ``by`` made them (left out: who keeps the log). ``known_at`` is ISO 8601 in UTC.

        ``protect`` names sources whose names give way to pseudonyms everywhere in these files; their places and times can be
        shown only as those of ``k`` of them.
        """
        by = by or signer
        for name in protect:
            self.vault.protect(name)
        names = [(name, pseudonym) for pseudonym, name in self.vault.identities().items() if name is not None]
        ready = [make_ready(file, self.vault, names) for file in files]
        note = hide(note, names)[0]
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
                digests = {o.file.name: o.digest for o in ready if o.file.kind == "attachment"}
                out.append(self._add(new, r, by, known_at, note, k, digests))
                known[key] = out[-1].index
        return out

    def _add(
        self,
        new: Appending,
        ready: Ready,
        by: Signer,
        known_at: str | None,
        note: str,
        k: int,
        attachments: Mapping[str, str],
    ) -> Added:
        file, index = ready.file, new.next
        says: dict[str, Any] = {"stored": [new.keep(ready.kept)]}
        if note:
            says["note"] = note
        if file.needs:
            says["attachments"] = {name: attachments[name] for name in file.needs}
        if ready.hidden:
            says["protected"] = {"names": ready.hidden, "k": k}
        entries: list[bytes] = []
        dated = _dated(says, new, known_at)
        if file.table is not None:
            table = file.table(file.data)
            odd = [c for c in table.columns if c.startswith("~")]
            if odd:
                raise RecordError(
                    Fault(
                        file.name,
                        f"has a column {odd[0]!r}, which only the record may make",
                        "rename it",
                        code="REC021",
                    )
                )
            if ready.hidden:
                table = _rows.coarsened(table, k, list(self.vault.identities()))
            made = _rows.commit(table, self.vault, file.name, index, dated["known_at"])
            dated["rows"] = {"count": len(made.entries), "root": made.root, "columns": list(made.columns)}
            entries = made.entries
        new.add([signed(by, file.kind, {file.name: ready.digest}, dated), *entries])
        return Added(file.name, index, len(entries), ready.hidden, left=ready.left)

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
        """Record a statement about digests (none: about the first object), with objects to keep; returns its index."""
        with self.log.writing(signer) as new:
            self._admitted(by or signer)
            self._keep_checkpoint(new, signer)
            index = new.next
            stored = [new.keep(self.vault.salted(data)) for data in objects]
            full = {**says, **({"stored": stored} if stored else {})}
            named = subjects or {kind: stored[0]}
            new.add([signed(by or signer, kind, named, _dated(full, new, known_at))])
        return index

    def admit(self, signer: Signer, key: Key) -> int:
        """Let somebody whom the policy does not name sign statements from now on."""
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
            note = self.log.note.decode()
            says = _dated({"note": note}, new)
            new.add(
                [signed(signer, "checkpoint", {f"checkpoint {self.log.head.size}": digest_of(self.log.note)}, says)]
            )

    # --- witnesses and proofs ---

    def cosign(self, signer: Signer, policy: Policy, seen: bytes | None = None, *, objects: bool = True) -> int:
        """Check the whole record by the witness's own ``policy``, and that it continues what was ``seen`` before; then put a
        cosignature under its checkpoint. Without ``objects``, for who may not have the files themselves.
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
        """All steps of ``verifier``. Raises :class:`RecordError` with the step."""
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
        """A C2SP tlog-proof of one entry under the present checkpoint: one file that travels."""
        self.log.entry(index)
        path = [base64.b64encode(h).decode() for h in self.log.tree.inclusion(index)]
        return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", ""]).encode() + self.log.note

    def consistency(self, old: bytes) -> bytes:
        """That the present checkpoint continues an older one, in the form that C2SP tlog-witness asks for."""
        try:
            head = check_checkpoint(old, Asked(self.log.policy, quiet, quorum=False))
        except Broken as error:
            raise broken(self.folder, error) from None
        tree = self.log.tree
        if head.size > tree.size or tree.root(head.size) != head.root:
            what = (
                f"the checkpoint of {head.size:,} entries is no beginning of these {tree.size:,}: cut back, or a fork"
            )
            raise broken(self.folder, Broken(10, what))
        path = [base64.b64encode(h).decode() for h in tree.consistency(head.size)]
        return "\n".join([f"old {head.size}", *path, "", ""]).encode() + self.log.note

    def shred(self, signer: Signer, pseudonym: str, why: str) -> int:
        """Destroy the key of a protected source's identity, and record that it was done."""
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


def _dated(says: Mapping[str, Any], new: Appending, known_at: str | None = None) -> dict[str, Any]:
    """What a statement says, with its two times."""
    if known_at is not None and known_at > new.recorded_at:
        what = f"known_at {known_at} lies in the future: it is {new.recorded_at}"
        raise RecordError(
            Fault("--known-at", what, "give the instant when it became known, now at the latest", code="REC004")
        )
    clock = {"clock": new.clock} if new.clock else {}
    dated = {"known_at": known_at or new.recorded_at, "recorded_at": new.recorded_at, "at": [new.origin, new.next]}
    return {**says, **dated, **clock}
