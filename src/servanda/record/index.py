"""What is known of a log's statements without reading them all again: it grows as the log does.

A click must cost the same whether the record holds a hundred entries or a hundred thousand. Whoever keeps a record open reads each
statement once; of a record that does not continue what was read, everything is read anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from servanda.record.entry import Entry, read_entry
from servanda.record.gives import counted
from servanda.record.log import Log
from servanda.record.verifier import Key

_ENDED = 200


def statements(log: Log, start: int, gives: Mapping[str, Sequence[str]]) -> Iterator[Entry]:
    """Signed statements in order, and whether each counts; rows are skipped, for their files' statements speak for them.

    Args:
        log: the log.
        start: the number of a statement.
        gives: who gave what when it was recorded.

    Yields:
        Each statement.
    """
    return counted(_read(log, start, lambda index: None), log.policy, gives)


def _read(log: Log, start: int, at: Callable[[int], None]) -> Iterator[Entry]:
    index, entry_of = start, log.in_turn()
    while index < log.head.size:
        entry = read_entry(index, entry_of(index))
        index += 1 + max(0, int(entry.says.get("rows", {}).get("count", 0)))
        at(index)
        yield entry


class Index:
    """Of the statements of a log: who may sign, who gives what, and where the files of a name stand. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._size, self._next, self._root = 0, 0, b""
        self._ended: dict[int, bytes] = {}  # where the log ended when it was read, and its root then
        self._gave: list[tuple[int, Mapping[str, Sequence[str]]]] = []
        self._files: dict[int, list[int]] = {}
        self._hands: list[tuple[int, Mapping[str, Mapping[str, str]]]] = []
        self.admitted: list[Key] = []
        """The keys that the keeper let in after the beginning."""

    def renew(self, log: Log) -> Index:
        """Read on to the end of the log.

        Args:
            log: the log as it is now.

        Returns:
            This.

        Raises:
            RecordError: an entry cannot be read; nothing is known then.
        """
        with self._lock:
            if self._ended.get(log.head.size) != log.head.root:
                self._read_on(log)
        return self

    def _read_on(self, log: Log) -> None:
        head = log.head
        if self._size > head.size or (self._size and log.tree.root(self._size) != self._root):
            self._begin()
        try:
            for entry in counted(_read(log, self._next, self._walked), log.policy, self.gives()):
                self._meet(entry)
        except BaseException:
            self._begin()
            raise
        self._size, self._root = head.size, head.root
        late = list(self._ended.items())[-_ENDED:]
        self._ended = {**dict(late), head.size: head.root}

    def _walked(self, index: int) -> None:
        self._next = index

    def _meet(self, entry: Entry) -> None:
        if entry.kind in ("origin", "gives"):
            self._gave.append((entry.index, entry.says.get("gives", {})))
            if "hands" in entry.says:
                self._hands.append((entry.index, entry.says["hands"]))
        if entry.kind == "signer":
            self.admitted.append(Key.parse(entry.says["vkey"]))
        self._files.setdefault(hash((entry.kind, entry.name, entry.signer)), []).append(entry.index)

    def gives(self, before: int | None = None) -> Mapping[str, Sequence[str]]:
        """Names of keys by kind: from whom entries come now.

        Args:
            before: the number of a statement: from whom they came when that was recorded.

        Returns:
            The names.
        """
        said = [gives for index, gives in self._gave if before is None or index < before]
        return said[-1] if said else {}

    def hands(self) -> Mapping[str, Mapping[str, str]]:
        """The keys with which people sign by their own hands now, by name."""
        return self._hands[-1][1] if self._hands else {}

    def hands_ever(self) -> set[str]:
        """The names of all keys with which people could ever sign by their own hands."""
        return {name for _, hands in self._hands for name in hands}

    def like(self, kind: str, name: str, signer: str) -> Sequence[int]:
        """The numbers of the statements of a kind, a name and a signer; others may be among them."""
        return self._files.get(hash((kind, name, signer)), ())
