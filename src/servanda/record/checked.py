"""A record that is only read: checked as a whole, and the proofs out of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from servanda.record.entry import Entry, read_entry
from servanda.record.gives import counted, names_in
from servanda.record.log import Log, broken, quiet
from servanda.record.verifier import Asked, Broken, Entries, Key, Policy, check_checkpoint, check_record
from servanda.wording import plural


class Checked:
    """A record in a folder. Raises :class:`~servanda.errors.RecordError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = Log(folder)

    def statements(self) -> Iterator[Entry]:
        """All signed statements in order, and whether each counts; rows are skipped, for their files' statements speak for them."""
        return counted(self._statements(0), self.log.policy)

    def gives(self) -> Mapping[str, Sequence[str]]:
        """Names of keys by kind: from whom agreements, registers, coverage, decisions and published verdicts come now; a kind that is not there, from the keeper."""
        *_, last = (e for e in self._statements(0) if e.kind in ("origin", "gives"))
        gives: Mapping[str, Sequence[str]] = last.says.get("gives", {})
        return gives

    def _statements(self, start: int) -> Iterator[Entry]:
        index = start
        while index < self.log.head.size:
            entry = read_entry(index, self.log.entry(index))
            yield entry
            index += 1 + max(0, int(entry.says.get("rows", {}).get("count", 0)))

    def origin(self) -> Entry:
        """The first entry, with which the record was begun."""
        return next(self.statements())

    def parties(self) -> list[str]:
        """The parties by the names of their keys."""
        return list(self.origin().says["parties"])

    def names(self) -> dict[str, str]:
        """Names of keys by all names that those who sign here have."""
        policy = self.log.policy
        admitted = [Key.parse(e.says["vkey"]) for e in self.statements() if e.kind == "signer"]
        keeper = next(key for key in policy.logs if key.name == self.log.head.origin)
        return names_in(keeper, policy.witnesses, admitted)

    def signers(self) -> dict[bytes, str]:
        """Who may sign statements, by public key."""
        policy = self.log.policy
        named = {key.public: key.name for key in (*policy.witnesses.values(), *policy.logs)}
        return named | {
            k.public: k.name for e in self.statements() if e.kind == "signer" for k in [Key.parse(e.says["vkey"])]
        }

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
            with self.log.reading():
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
            what = f"the checkpoint of size {head.size:,} is not a beginning of these {plural(tree.size, 'entry', 'entries')}: cut back, or a fork"
            raise broken(self.folder, Broken(10, what))
        path = [base64.b64encode(h).decode() for h in tree.consistency(head.size)]
        return "\n".join([f"old {head.size}", *path, "", ""]).encode() + self.log.note
