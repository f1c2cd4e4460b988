"""The files beside an agreement, and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from servanda.values.document import read_document
from servanda.values.files import NamedBytes, bytes_of
from servanda.values.maps import SIDE_FILES, Sibling


@dataclass(frozen=True)
class Beside:
    """The files beside an agreement: in memory by their names, or in a folder; in neither where there is no folder."""

    files: Mapping[str, NamedBytes] = field(default_factory=dict)
    folder: Path | None = None

    def find(self, name: str) -> Path | NamedBytes:
        """A file by the name that the agreement gives it. Raises ``ValueError`` where there is none."""
        if name in self.files:
            return self.files[name]
        if self.folder is None:
            raise ValueError(f"there is no file {name!r} beside the agreement")
        path = self.folder / name
        try:
            lies_here = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError, ValueError):  # links in a circle, a zero byte
            lies_here = False
        if not lies_here:  # an agreement may come from anybody, and must not have other files of this machine read
            raise ValueError(f"names a file elsewhere, not beside or below the agreement: {name!r}")
        if not path.is_file():
            raise ValueError(f"there is no file {name!r} beside the agreement")
        return path

    def sibling_of(self, name: str) -> Sibling:
        """What reads the files that are called as one file is but for their endings."""

        def read(ending: str) -> bytes | None:
            other = self.side_file(name, ending)
            return None if other is None else bytes_of(self.find(other))

        return read

    def side_file(self, name: str, ending: str) -> str | None:
        """The name of the file with another ending, in small letters or capitals; ``None`` where there is none."""
        for spelled in (ending, ending.upper()):
            other = str(PurePath(name).with_suffix(spelled))
            if other in self.files or (self.folder is not None and (self.folder / other).is_file()):
                return other
        return None


def maps_named(agreement: Path) -> list[str]:
    """The maps that an agreement names, as it has them.

    Args:
        agreement: its file.

    Returns:
        Their names in order; none of what cannot be read.
    """
    document, _ = read_document(agreement)
    places = document.data.get("places") if document is not None and isinstance(document.data, dict) else None
    given = places.values() if isinstance(places, dict) else ()
    return sorted({str(place["file"]) for place in given if isinstance(place, dict) and place.get("file")})


def files_with(name: str, folder: Path) -> list[str]:
    """A map file and those that are read with it.

    Args:
        name: its name, as the agreement has it.
        folder: where the agreement lies.

    Returns:
        Its name, and of a shapefile those of its table, coordinate system and encoding where they are there.
    """
    if PurePath(name).suffix.lower() != ".shp":
        return [name]
    beside = Beside(folder=folder)
    return [name, *(other for ending in SIDE_FILES if (other := beside.side_file(name, ending)) is not None)]
