"""A record that is only read: checked as a whole, and the proofs out of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from servanda.record.entry import Entry
from servanda.record.gives import names_in
from servanda.record.hands import check_hands, told
from servanda.record.index import Index, statements
from servanda.record.log import Log, broken, quiet
from servanda.record.verifier import Asked, Broken, Entries, Policy, check_checkpoint, check_record
from servanda.wording import plural


class Checked:
    """A record in a folder. Raises :class:`~servanda.errors.RecordError`."""

    def __init__(self, folder: Path, index: Index | None = None) -> None:
        self.folder = folder
        self.log = Log(folder)
        self._index = index or Index()

    @property
    def index(self) -> Index:
        """What is known of its statements, up to its end."""
        return self._index.renew(self.log)

    def statements(self, start: int = 0) -> Iterator[Entry]:
        """Signed statements in order from the one with a number on, and whether each counts; rows are skipped, for their files' statements speak for them."""
        return statements(self.log, start, self.index.gives(start) if start else {})

    def statement(self, index: int) -> Entry:
        """The statement with a number."""
        return next(self.statements(index))

    def like(self, kind: str, name: str, signer: str) -> list[Entry]:
        """The statements of a kind, about a name, by a signer."""
        before = (n for n in self.index.like(kind, name, signer) if n < self.log.head.size)
        return [e for e in map(self.statement, before) if (e.kind, e.name, e.signer) == (kind, name, signer)]

    def gives(self) -> Mapping[str, Sequence[str]]:
        """Names of keys by kind: from whom agreements, registers, coverage, decisions and published verdicts come now; a kind that is not there, from the keeper."""
        return self.index.gives()

    def hands(self) -> Mapping[str, Mapping[str, str]]:
        """The keys with which people sign by their own hands now (:mod:`~servanda.record.hands`), by name."""
        return self.index.hands()

    def origin(self) -> Entry:
        """The first entry, with which the record was begun."""
        return next(self.statements())

    def parties(self) -> list[str]:
        """The parties by the names of their keys."""
        return list(self.origin().says["parties"])

    def names(self) -> dict[str, str]:
        """Names of keys by all names that those who sign here have."""
        policy = self.log.policy
        keeper = next(key for key in policy.logs if key.name == self.log.head.origin)
        return names_in(keeper, policy.witnesses, self.index.admitted)

    def signers(self) -> dict[bytes, str]:
        """Who may sign statements, by public key."""
        policy = self.log.policy
        return {k.public: k.name for k in (*policy.witnesses.values(), *policy.logs, *self.index.admitted)}

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
                read = check_record(self.folder, Asked(policy, say, since, quorum), objects=objects)
                if found := check_hands(read.origin, self.log.entries()):
                    say(7, told(found))
                return read
        except Broken as error:
            hint = ""
            if error.step == 10:
                hint = "add nothing to this copy, keep it, and look for the one that continues what was cosigned: docs/record.md, When a record is forked or cut back"
            elif (self.folder / "appending").exists():
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
            raise broken(self.folder, Broken(10, what), "docs/record.md, When a record is forked or cut back")
        path = [base64.b64encode(h).decode() for h in tree.consistency(head.size)]
        return "\n".join([f"old {head.size}", *path, "", ""]).encode() + self.log.note
