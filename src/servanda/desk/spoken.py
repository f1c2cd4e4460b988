"""What somebody from outside wrote in his room, a party or a guarantor, kept as he wrote it: no answer tells him whose name is protected here.

On the record names give way to pseudonyms, and what may be a name is refused; whoever were shown either could try names. So these words lie sealed in the
vault, as a file that came (:data:`WORDS`), whose SHA-256 is on the record; he is shown them out of there, and never the record's text.
What cannot stand on the record as it is, and what is signed by hand, stands there by this SHA-256 alone (:data:`ELSEWHERE`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from servanda.desk import attached, models
from servanda.desk.folder import Desk
from servanda.errors import ServandaError
from servanda.record.names import hide

WORDS = "words.json"
ELSEWHERE = f"In its own words, which are kept as they came: {WORDS}."
_NAMES = ("REC040", "REC041", "REC047")
"""What the record says of a text that holds, or may hold, a name that is protected or was shredded."""
T = TypeVar("T")


@dataclass(frozen=True)
class Spoken:
    """What a party wrote, by field, and the names of the files that it brought, by their SHA-256."""

    said: Mapping[str, str]
    names: Mapping[str, str]


def keep(
    desk: Desk, by: str, about: str, said: Mapping[str, str], came: Sequence[attached.Attached]
) -> attached.Attached:
    """Seal what a party wrote.

    Args:
        desk: the mission.
        by: the party.
        about: the decision to which it replies, or what tells its form from others.
        said: its words, by field.
        came: the files that it brought, with the names that it gave them.

    Returns:
        The file, which goes on the record before the others.

    Raises:
        ServandaError: it cannot be written.
    """
    kept = {"by": by, "about": about, "said": dict(said), "files": {one.sha256: one.name for one in came}}
    return attached.hold(desk, WORDS, json.dumps(kept, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


def of(desk: Desk, came: Sequence[attached.Attached]) -> tuple[Spoken | None, list[attached.Attached]]:
    """What a party is shown of what it wrote.

    Args:
        desk: the mission.
        came: all files that came with it.

    Returns:
        Its words, where they were kept, and the other files, each under the name that the party gave it, or under a number.

    Raises:
        ServandaError: the words are not in the vault any more.
    """
    spoken = _read(written(desk, came))
    names, rest = (spoken.names, came[1:]) if spoken is not None else ({}, came)
    return spoken, [replace(one, name=names.get(one.sha256, str(n))) for n, one in enumerate(rest, 1)]


def written(desk: Desk, came: Sequence[attached.Attached]) -> bytes:
    """The file that holds what a party wrote.

    Args:
        desk: the mission.
        came: all files that came with it.

    Returns:
        What it holds; nothing where there is none.

    Raises:
        ServandaError: it is not in the vault any more.
    """
    return attached.sealed(desk).open(came[0].sha256) if came and came[0].name == WORDS else b""


def writers(desk: Desk, incident: str, parties: Mapping[str, str]) -> dict[str, str]:
    """Who wrote what is kept as it was written on an incident.

    Args:
        desk: the mission.
        incident: its id.
        parties: their names, by their short ones.

    Returns:
        By the SHA-256 of such a file, the name of who wrote it.
    """
    said = models.Report.objects.filter(incident=incident, said__source__in=list(parties.values()))
    sources = {row.entry: str(row.said["source"]) for row in said}
    came = [(sources[entry], files) for entry, files in attached.with_reports(desk, sources).items()]
    steps = models.Decided.objects.filter(incident=incident, step__in=("replied", "dissent", "commented"))
    came += [(parties.get(d.by, d.by), tuple(attached.with_decision(desk, d.says))) for d in steps]
    return {files[0].sha256: name for name, files in came if files and files[0].name == WORDS}


def recorded(desk: Desk, texts: Sequence[str], wholly: Callable[[], T], elsewhere: Callable[[], T]) -> T:
    """Record what a party wrote: as it stands, or where a name is or may be in it, by its SHA-256 alone, so that no package shows where one stood.

    Args:
        desk: the mission.
        texts: all that it wrote.
        wholly: records it.
        elsewhere: records that it is kept.

    Returns:
        What the one or the other gives.

    Raises:
        ServandaError: it cannot be recorded, and that is not for a name.
    """
    names = desk.record().protected_names()
    if any(hide(text, names)[1] for text in texts):
        return elsewhere()
    try:
        return wholly()
    except ServandaError as error:
        if error.faults[0].code not in _NAMES:
            raise
    return elsewhere()


def unnamed(came: Sequence[attached.Attached]) -> list[attached.Attached]:
    """The same files under numbers."""
    return [replace(one, name=str(n)) for n, one in enumerate(came, 1)]


def _read(data: bytes) -> Spoken | None:
    try:
        kept = json.loads(data)
        said, names = dict(kept["said"]), dict(kept["files"])
    except (ValueError, KeyError, TypeError):
        return None
    return Spoken({str(k): str(v) for k, v in said.items()}, {str(k): str(v) for k, v in names.items()})
