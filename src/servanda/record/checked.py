"""A record that is only read: checked as a whole, and the proofs out of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

from servanda.record.log import Log, broken, quiet
from servanda.record.verifier import Asked, Broken, Entries, Policy, check_checkpoint, check_record


class Checked:
    """A record in a folder. Raises :class:`~servanda.errors.RecordError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = Log(folder)

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
            what = f"the checkpoint of {head.size:,} entries is not a beginning of these {tree.size:,}: cut back, or a fork"
            raise broken(self.folder, Broken(10, what))
        path = [base64.b64encode(h).decode() for h in tree.consistency(head.size)]
        return "\n".join([f"old {head.size}", *path, "", ""]).encode() + self.log.note
