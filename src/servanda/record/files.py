"""Files on their way into a record: their names, their rows, and the protected names in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from servanda.errors import Fault, RecordError
from servanda.record.entry import signed
from servanda.record.log import Appending, digest_of
from servanda.record.row_commitments import coarsened, commit
from servanda.record.signing import Signer
from servanda.record.vault import PSEUDONYM, Vault, hide, leftovers, with_cases


@dataclass(frozen=True)
class File:
    """A file to be recorded. ``table`` reads its rows, as text with ``row``, where they are to be entries of their own; ``needs``:
    the attachments, by name, without which it cannot be read.
    """

    name: str
    kind: str
    data: bytes
    table: Callable[[bytes], pl.DataFrame] | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Added:
    """What became of a file: its entry, how many rows, how many names were hidden; ``new``: it was not there before; ``left``: lines
    in which a part of a protected name still stands.
    """

    name: str
    index: int
    rows: int = 0
    hidden: int = 0
    new: bool = True
    left: int = 0


@dataclass(frozen=True)
class Ready:
    """A file as it will be kept: names hidden, its salt in front; how many names went, and in how many lines a part of one is left."""

    file: File
    kept: bytes
    hidden: int
    left: int

    @property
    def digest(self) -> str:
        """The SHA-256 under which it will be kept."""
        return digest_of(self.kept)


def safe_name(name: str) -> bool:
    """Whether a file may be kept, and laid out again, under this name: relative, downwards, printable."""
    parts = name.split("/")
    return (
        name.isprintable()
        and "\\" not in name
        and all(p not in ("", ".", "..") and len(p.encode()) < 250 for p in parts)
    )


def make_ready(file: File, vault: Vault, names: Sequence[tuple[str, str]]) -> Ready:
    """The file as it will be kept. Raises :class:`RecordError` for names that cannot be, and for pseudonyms that are not ours."""
    if not safe_name(file.name):
        what = "not a valid name for a file in a record"
        raise RecordError(
            Fault(repr(file.name)[:80], what, "no '..', no leading slash, nothing unprintable", code="REC019")
        )
    forged = set(PSEUDONYM.findall(file.data.decode("utf-8", "ignore"))) - set(vault.identities())
    if forged:
        what = f"speaks of {min(forged)}, which is not a pseudonym of this record"
        raise RecordError(Fault(file.name, what, "write the name itself, and give it to --protect", code="REC020"))
    if not names:
        return Ready(file, vault.salted(file.data), 0, 0)
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError:
        return Ready(file, vault.salted(file.data), 0, 0)  # a picture, say: nothing in it is looked at
    name, in_name = hide(file.name, names)
    text, hidden = hide(text, names)
    left = leftovers(text, names)
    if hidden and file.table is not None:
        text = with_cases(text, [pseudonym for _, pseudonym in names])
    data = text.encode() if hidden else file.data
    kept = dataclasses.replace(file, name=name, data=data)
    return Ready(kept, vault.salted(data), hidden + in_name, left)


def append_file(
    new: Appending, ready: Ready, by: Signer, vault: Vault, says: Mapping[str, Any], *, known_at: str | None, k: int
) -> Added:
    """Append a file's statement, and a commitment to each of its rows."""
    file, index = ready.file, new.next
    protected = {"protected": {"names": ready.hidden, "k": k}} if ready.hidden else {}
    dated = new.dated({"stored": [new.keep(ready.kept)], **says, **protected}, known_at)
    entries: list[bytes] = []
    if file.table is not None:
        table = file.table(file.data)
        reserved = [c for c in table.columns if c.startswith("~")]
        if reserved:
            what = f"has a column {reserved[0]!r}, which only the record may make"
            raise RecordError(Fault(file.name, what, "rename it", code="REC021"))
        if ready.hidden:
            table = coarsened(table, k, list(vault.identities()))
        made = commit(table, vault, file.name, index, dated["known_at"])
        dated["rows"] = {"count": len(made.entries), "root": made.root, "columns": list(made.columns)}
        entries = made.entries
    new.add([signed(by, file.kind, {file.name: ready.digest}, dated), *entries])
    return Added(file.name, index, len(entries), ready.hidden, left=ready.left)
