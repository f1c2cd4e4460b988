"""Which reader reads a table: those that ship, those that other packages add, and the choice by columns."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields
from functools import cache

from servanda.errors import EvidenceError, Fault
from servanda.evidence import readers as _readers_package
from servanda.evidence.model import READER_API, Reader
from servanda.evidence.tabular_io import columns_of
from servanda.values.files import FileLike, name_of
from servanda.values.plugins import NotLoaded, Plugins, load_plugins
from servanda.wording import closest, listing

GROUP = "servanda.readers"
SHOWN_COLUMNS = 60
"""Characters of a header that an error shows."""
_WHERE = frozenset({"lat", "lon"})


@cache
def shipped_readers() -> tuple[Reader, ...]:
    """The readers that come with Servanda."""
    readers: list[Reader] = []
    for module in pkgutil.iter_modules(_readers_package.__path__):
        loaded = importlib.import_module(f"{_readers_package.__name__}.{module.name}")
        readers.extend(getattr(loaded, "READERS", None) or (loaded.READER,))
    return tuple(readers)


@cache
def _plugins() -> Plugins[Reader]:
    return load_plugins(GROUP, _as_reader)


def _as_reader(plugin: object) -> Reader:
    """A plug-in as a reader. Raises ``ValueError`` with the reason why it is not one."""
    if not isinstance(plugin, Reader):
        raise ValueError(f"is a {type(plugin).__name__}, not a servanda.evidence.Reader")
    if plugin.api != READER_API:
        raise ValueError(f"is written for version {plugin.api} of readers; this Servanda loads version {READER_API}")
    plugin = Reader(
        **{field.name: getattr(plugin, field.name) for field in fields(Reader)}
    )  # of a subclass: as it is now
    if not plugin.signature or not callable(plugin.translate):
        raise ValueError("needs a signature (columns by which its format is known) and a function 'translate'")
    if not all(isinstance(text, str) for text in (plugin.name, plugin.title, plugin.about)):
        raise ValueError("its name, title and about must be text")
    for columns in (plugin.signature, plugin.optional):
        if not isinstance(columns, frozenset) or not all(isinstance(column, str) for column in columns):
            raise ValueError(f"its columns must be a frozenset of text, not {columns!r}")
    if plugin.name.startswith("servanda-") or any(plugin.name == reader.name for reader in shipped_readers()):
        raise ValueError(f"the reader {plugin.name!r} comes with Servanda")
    return plugin


def all_readers() -> tuple[Reader, ...]:
    """The readers that come with Servanda, then those that other packages add.

    Returns:
        All that could be loaded; :func:`readers_not_loaded` names the others.
    """
    return (*shipped_readers(), *_plugins().loaded.values())


def readers_not_loaded() -> tuple[NotLoaded, ...]:
    """Readers of other packages that could not be loaded.

    Returns:
        Each with its reason; ``str`` of one is the line to show.
    """
    return _plugins().not_loaded


def reader_for(file: FileLike, name: str | None = None) -> Reader:
    """The reader for a file.

    Args:
        file: a path, or a file in memory.
        name: the reader's name; without it, the file's columns decide.

    Returns:
        The reader.

    Raises:
        EvidenceError: the file is no table, no reader fits, or the named reader lacks columns.
    """
    return choose_reader(columns_of(file), name_of(file), name)


def choose_reader(names: list[str], table: str, name: str | None = None) -> Reader:
    """The reader for a table with columns of these names; ``table`` is its name in errors. Raises :class:`EvidenceError`."""
    readers, columns = all_readers(), frozenset(names)
    if name is not None:
        return _named(name, readers, columns, table)
    fitting = [reader for reader in readers if reader.signature <= columns]
    if fitting:
        best = max(fitting, key=lambda reader: len(reader.signature))
        if best.name.startswith("servanda-"):
            refuse_misspelt(table, columns - best.columns, best.columns - columns)
        return best
    raise EvidenceError(_read_by_none(table, readers, columns))


def known_but_for_capitals(names: list[str]) -> Reader | None:
    """The reader of another's format that knows these columns, whether they are written in capitals or small letters; nothing where none does."""
    small = {name.lower() for name in names}
    fitting = [
        reader
        for reader in all_readers()
        if {column.lower() for column in reader.signature} <= small and not reader.name.startswith("servanda-")
    ]
    return max(fitting, key=lambda reader: len(reader.signature)) if fitting and len(small) == len(names) else None


def _read_by_none(table: str, readers: tuple[Reader, ...], columns: frozenset[str]) -> Fault:
    """No reader knows a table with these columns: which it comes nearest to, what it lacks for that, and what may be meant by it."""
    nearest = max(readers, key=lambda reader: len(reader.signature & columns) / len(reader.signature))
    missing = sorted(nearest.signature - columns)
    if not nearest.signature & columns:
        what = f"is read by no reader; its columns are {_shown(sorted(columns))}"
        hints = ["'servanda readers' lists the formats with their columns; name the columns so"]
    else:
        lacks = f"lacks the {'column' if len(missing) == 1 else 'columns'} {listing(missing)}"
        what = f"is read by no reader; it comes nearest to {nearest.title} ({nearest.name}), and {lacks}"
        others = sorted(columns - nearest.columns)
        near = [f"did you mean {name!r} by {like!r}?" for name in missing if (like := closest(name, others))]
        unused = f"columns of the file with other names: {_shown(others)}; rename or add what is missing"
        hints = near or [unused if others else "add what is missing", "'servanda readers' lists the formats"]
    return Fault(table, what, "; ".join([*hints, *map(str, readers_not_loaded())]), code="EVD010")


def _shown(columns: list[str]) -> str:
    """Names of columns as an error tells them: in some 60 characters, for what stands in a file may be long, or no name at all."""
    told = ", ".join(columns)
    return told if len(told) <= SHOWN_COLUMNS else f"{told[:SHOWN_COLUMNS].rstrip(', ')} ..."


def _named(name: str, readers: tuple[Reader, ...], columns: frozenset[str], table: str) -> Reader:
    named = next((reader for reader in readers if reader.name == name), None)
    if named is None:
        listed = f"the readers are {', '.join(reader.name for reader in readers)}"
        broken = [str(plugin) for plugin in readers_not_loaded()]
        raise EvidenceError(Fault(table, f"not a valid reader: {name!r}", "; ".join([listed, *broken]), code="EVD011"))
    missing = named.signature - columns
    if missing:
        what = f"lacks the column {', '.join(sorted(missing))} of {named.title}"
        raise EvidenceError(Fault(table, what, f"its columns are {_shown(sorted(columns))}", code="EVD012"))
    return named


def refuse_misspelt(table: str, unknown: frozenset[str], absent: frozenset[str]) -> None:
    """A column of our own table that is nearly one we read is an error: nobody misspells on purpose. So is one with coordinates by any other name.

    Args:
        table: its name in errors.
        unknown: columns that are not read.
        absent: columns that would be read.

    Raises:
        EvidenceError: one is nearly another.
    """
    meant = dict.fromkeys(absent) | ({} if absent.isdisjoint(_WHERE) else _coordinates())
    for name in sorted(unknown):
        like = closest(name.lower().replace("-", "_").replace(" ", "_"), meant, 0.8)
        near = like and (meant[like] or like)
        if near in absent:
            raise EvidenceError(Fault(table, f"unknown column {name!r}", f"did you mean {near!r}?", code="EVD013"))


def _coordinates() -> dict[str, str | None]:
    """What people call the columns of coordinates: without these a report has no place, and no row would tell it."""
    from servanda.evidence.importing.words import roles  # only for tables without coordinates

    return {word.replace(" ", "_"): role for word, role in roles().items() if role in _WHERE and len(word) > 2}
