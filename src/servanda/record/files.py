"""Files on their way into a record: their names, their rows, and the protected names in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from servanda.errors import Fault, RecordError, holds_private_key
from servanda.record.entry import signed
from servanda.record.log import Appending, digest_of
from servanda.record.names import CELL, ROW, hide, leftovers, named, nearly
from servanda.record.packing import Unsearchable, changed, with_cases
from servanda.record.row_commitments import BY_OBJECT, KEYED, coarsened, commit
from servanda.record.signing import Signer, private_key
from servanda.record.vault import OBJECT_SALT, PSEUDONYM, Vault
from servanda.record.verifier import LARGEST_OBJECT


@dataclass(frozen=True)
class File:
    """A file to be recorded. ``table`` reads its rows, as text with ``row``, where they are to be entries of their own; ``needs``:
    the attachments, by name, without which it cannot be read; ``made_of``: files that are recorded before it in the same step, out of whose
    words it was made, so that names that are not in them are not in it; ``sealed``: as somebody was shown it, his salt in front, and
    signed it by hand; ``hands``: these signatures; ``own``: it is for the keeper's own people, and no tier that does not see everything is
    shown it.
    """

    name: str
    kind: str
    data: bytes
    table: Callable[[bytes], pl.DataFrame] | None = None
    needs: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    sealed: bytes = b""
    hands: tuple[Mapping[str, str], ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Added:
    """What became of a file: its entry, how many rows, how many names were hidden; ``new``: it was not there before; ``left``: lines
    in which a part of a protected name still stands; ``found``: the pseudonyms that stand in it now; ``searched``: names could be looked for.
    """

    name: str
    index: int
    rows: int = 0
    hidden: int = 0
    new: bool = True
    left: int = 0
    found: tuple[str, ...] = ()
    searched: bool = True


@dataclass(frozen=True)
class Ready:
    """A file as it will be kept: names hidden, its salt in front; how many names went, and in how many lines a part of one is left.

    ``found``: the pseudonyms in it; ``searched``: names could be looked for, or none had to be.
    """

    file: File
    kept: bytes
    hidden: int = 0
    left: int = 0
    found: tuple[str, ...] = ()
    searched: bool = True

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


def all_ready(
    files: Sequence[File],
    vault: Vault,
    names: Sequence[tuple[str, str]],
    *,
    unsearched: bool = False,
    names_left: bool = False,
) -> list[Ready]:
    """Files as they will be kept, as :func:`make_ready` has each; in what was made of others, names are looked for in those."""
    out: list[Ready] = []
    for file in files:
        of = [ready for ready in out if ready.file.name in file.made_of]
        clean = bool(of) and len(of) == len(file.made_of) and all(r.searched and not r.hidden + r.left for r in of)
        out.append(make_ready(file, vault, names, unsearched=unsearched or clean, names_left=names_left))
    return out


def make_ready(
    file: File,
    vault: Vault,
    names: Sequence[tuple[str, str]],
    *,
    unsearched: bool = False,
    names_left: bool = False,
) -> Ready:
    """The file as it will be kept.

    Args:
        file: the file.
        vault: the keeper's vault.
        names: those who are protected, with their pseudonyms.
        unsearched: a file in which no name can be looked for is kept all the same: somebody has looked at it.
        names_left: so is one in which all words of a name are left in a line.

    Returns:
        The file without the names.

    Raises:
        RecordError: its name cannot be kept, it holds a private key, it speaks of pseudonyms that are not ours, it names somebody whose key was destroyed, or names
            cannot be looked for in it, or not be replaced.
    """
    if not safe_name(file.name):
        what = "not a valid name for a file in a record"
        raise RecordError(
            Fault(repr(file.name)[:80], what, "no '..', no leading slash, nothing unprintable", code="REC019")
        )
    if len(file.data) > LARGEST_OBJECT - 64:
        what = f"has {len(file.data):,} bytes; at most {LARGEST_OBJECT:,} are kept"
        raise RecordError(Fault(file.name, what, "divide it", code="REC019"))
    if holds_private_key(file.data):
        raise private_key(file.name)
    look = _Look(vault, names)
    name = look.through(file.name)
    sought = bool(names) or vault.notices()  # or no cell need be looked at by itself
    try:
        data = changed(file.data, look.through, table=file.table is not None and sought)
        if look.hidden and data != file.data:
            data = _rewritten(file, data, vault, [pseudonym for _, pseudonym in names])
        elif names and file.table is not None and named(_as_text(file.table(data)), names):
            raise Unsearchable("holds such a name where only its table shows it: give it as CSV")
    except Unsearchable as error:
        if sought and not unsearched:
            hint = "give it in a form that can be; or look at it yourself and add --unsearched"
            what = f"names of protected sources cannot be looked for: {file.name} {error}"
            raise RecordError(Fault(file.name, what, hint, code="REC040")) from None
        return Ready(dataclasses.replace(file, name=name), vault.salted(file.data), look.hidden, searched=False)
    look.refuse(file.name, names_left=names_left)
    kept = dataclasses.replace(file, name=name, data=data)
    if file.sealed and file.sealed[OBJECT_SALT:] != data:
        what = "is not what was signed any more: a name in it has come to be protected"
        raise RecordError(Fault(file.name, what, "look at it again, and sign it again", code="REC061"))
    return Ready(kept, file.sealed or vault.salted(data), look.hidden, look.left, tuple(sorted(look.found)))


class _Look:
    """Looks for names in all that is said in a file, and remembers what it found."""

    def __init__(self, vault: Vault, names: Sequence[tuple[str, str]]) -> None:
        self._vault, self._names, self._ours = vault, names, set(vault.identities())
        self.hidden = self.left = 0
        self._nearly: list[int] = []
        self._private = False
        self.found: set[str] = set()
        self._forged: set[str] = set()
        self._shredded: set[str] = set()

    def through(self, text: str) -> str:
        """The text with pseudonyms for names."""
        self._private |= holds_private_key(text.encode("utf-8", "replace"))
        self._forged |= set(PSEUDONYM.findall(text)) - self._ours
        new, count = hide(text, self._names) if self._names else (text, 0)
        self.hidden += count
        self.left += leftovers(new, self._names)
        self._nearly += nearly(new, self._names)
        self.found |= set(PSEUDONYM.findall(new)) & self._ours
        self._shredded |= set(self._vault.shredded_in([new]))
        return new

    def refuse(self, file: str, *, names_left: bool) -> None:
        """Raise :class:`RecordError` for what must not be recorded."""
        if self._private:
            raise private_key(file)
        if self._forged:
            what = f"speaks of {min(self._forged)}, which is not a pseudonym of this record"
            raise RecordError(Fault(file, what, "write the name itself, and give it to --protect", code="REC020"))
        if self._shredded:
            what = (
                f"names {', '.join(sorted(self._shredded))}, whose key was destroyed so that nobody can know who it is"
            )
            hint = "take the name out, or protect it anew with --protect"
            raise RecordError(Fault(file, what, hint, code="REC041"))
        if self._nearly and not names_left:
            what = "holds all words of a protected name in one line, apart from each other, with another ending or in other letters"
            hint = "take them out, or protect what stands there too; or look at the lines and add --names-left"
            raise RecordError(Fault(file, what, hint, self._nearly[0], code="REC047"))


def _rewritten(file: File, data: bytes, vault: Vault, pseudonyms: Sequence[str]) -> bytes:
    """A table from which names went: with ids that tell nothing, and as many rows as before. Raises :class:`Unsearchable`."""
    if file.table is None:
        return data
    before, made = file.table(file.data), with_cases(data, pseudonyms, vault.case)
    if file.table(made).height != before.height:
        raise Unsearchable("cannot be written anew without them: rows would be lost")
    return made


def _as_text(table: pl.DataFrame) -> str:
    """All cells of a table as one text, its column names above them."""
    cells = table.select(pl.concat_str(pl.exclude("row").fill_null(""), separator=CELL)) if table.width > 1 else table
    return ROW.join([CELL.join(table.columns), *(cells.to_series().to_list() if table.width > 1 else [])])


def append_file(
    new: Appending, ready: Ready, by: Signer, vault: Vault, says: Mapping[str, Any], *, known_at: str | None, k: int
) -> Added:
    """Append a file's statement, and a commitment to each of its rows."""
    file, index = ready.file, new.next
    speaks = ready.hidden or ready.found  # by its name, which went, or by the pseudonym
    protected: dict[str, Any] = {"protected": {"k": k}} if speaks else {}
    protected |= {} if ready.searched else {"unsearched": True}
    protected |= {"own": True} if file.own else {}
    dated = new.dated({"stored": [new.keep(ready.kept)], **says, **protected}, known_at)
    entries: list[bytes] = []
    leaves: list[bytes] = []
    if file.table is not None:
        table = file.table(file.data)
        reserved = [c for c in table.columns if c.startswith("~")]
        if reserved:
            what = f"has a column {reserved[0]!r}, which only the record may make"
            raise RecordError(Fault(file.name, what, "rename it", code="REC021"))
        if speaks:
            table = coarsened(table, k, list(vault.identities()))
        made = commit(table, vault.file_key(index, ready.digest), file.name, index, dated["known_at"])
        dated["rows"] = {"count": len(made.entries), "root": made.root, "columns": list(made.columns)}
        dated["rows"] |= {"order": KEYED, "salts": BY_OBJECT}
        entries, leaves = made.entries, made.leaves
    new.add([signed(by, file.kind, {file.name: ready.digest}, dated)])
    new.add(entries, leaves)
    return Added(file.name, index, len(entries), ready.hidden, True, ready.left, ready.found, ready.searched)
