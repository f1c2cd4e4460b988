"""What a party or a guarantor wrote in its room, or a patrol in its form, kept as it was written: no answer tells who wrote it whose name is protected here.

On the record names give way to pseudonyms, and what may be a name is refused; whoever were shown either could try names. So these words lie sealed in the
vault, as a file that came (:data:`WORDS`), whose SHA-256 is on the record; he is shown them out of there, and never the record's text.
What cannot stand on the record as it is, and what is signed by hand, stands there by this SHA-256 alone (:data:`ELSEWHERE`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from servanda.desk import attached, decide, models
from servanda.desk.folder import Desk
from servanda.errors import ServandaError
from servanda.record.log import digest_of
from servanda.record.names import hide, nearly

WORDS, OWN = attached.OURS
"""How that file is called: of who writes from outside, and of a patrol."""
ELSEWHERE = f"In its own words, which are kept as they came: {WORDS}."
AS_WRITTEN = f"In words that are kept as they were written: {OWN}."
_NAMES = ("REC040", "REC041", "REC047")
"""What the record says of a text that holds, or may hold, a name that is protected or was shredded."""
T = TypeVar("T")


@dataclass(frozen=True)
class Spoken:
    """What a party wrote, by field, and the names of the files that it brought, by their SHA-256."""

    said: Mapping[str, str]
    names: Mapping[str, str]


def keep(
    desk: Desk, by: str, about: str, said: Mapping[str, str], came: Sequence[attached.Attached], name: str = WORDS
) -> attached.Attached:
    """Seal what a party wrote.

    Args:
        desk: the mission.
        by: the party.
        about: the decision to which it replies, or what tells its form from others.
        said: its words, by field.
        came: the files that it brought, with the names that it gave them.
        name: how the file is called.

    Returns:
        The file, which goes on the record before the others.

    Raises:
        ServandaError: it cannot be written.
    """
    kept = {"by": by, "about": about, "said": dict(said), "files": {one.sha256: one.name for one in came}}
    return attached.hold(desk, name, json.dumps(kept, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


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
    return attached.sealed(desk).open(came[0].sha256) if came and came[0].name in (WORDS, OWN) else b""


def writers(desk: Desk, incident: str, parties: Mapping[str, str]) -> dict[str, str]:
    """Who wrote what is kept as it was written on an incident.

    Args:
        desk: the mission.
        incident: its id.
        parties: their names, by their short ones.

    Returns:
        By the SHA-256 of such a file, the name of who wrote it.
    """
    sources = {row.entry: str(row.said["source"]) for row in models.Report.objects.filter(incident=incident)}
    by_report = attached.with_reports(desk, sources).items()
    whose = {WORDS: set(parties.values()), OWN: set(sources.values())}
    came = [(sources[e], files) for e, files in by_report if sources[e] in whose.get(files[0].name, ())]
    steps = models.Decided.objects.filter(incident=incident, step__in=("replied", "dissent", "commented"))
    came += [(parties.get(d.by, d.by), tuple(attached.with_decision(desk, d.says))) for d in steps]
    return {files[0].sha256: name for name, files in came if files and files[0].name in whose}


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
    return unless_named(wholly, elsewhere)


def may_name(desk: Desk, texts: Sequence[str]) -> bool:
    """Whether a protected name stands in one of some texts, or may."""
    names = desk.record().protected_names()
    return any(hide(text, names)[1] or nearly(text, names) for text in texts)


def form_of(nonce: str, *words: str) -> str:
    """What tells a form from others whose words the record does not hold: the same form with other words, or other files, is another one."""
    return digest_of(json.dumps([nonce, *words]).encode())


def bared(
    report: Mapping[str, str], told: Mapping[str, str] | None, nonce: str
) -> tuple[dict[str, str], dict[str, str] | None, str]:
    """A report of a patrol, and what is another in its second one, as the record holds them where words may be a name; and what tells its form from others."""
    heard = None if told is None else {**told, "summary": AS_WRITTEN}
    bare = {**report, "summary": AS_WRITTEN, "place_name": ""}
    return bare, heard, form_of(nonce, *_said(report, told).values())


def _said(report: Mapping[str, str], told: Mapping[str, str] | None) -> dict[str, str]:
    second = {} if told is None else {"told": told["summary"]}
    return {"summary": report["summary"], **second, "place_name": report["place_name"]}


def unless_named(first: Callable[[], T], second: Callable[[], T]) -> T:
    """What the first does; what the second does, where the record refuses the first because it holds, or may hold, a name."""
    try:
        return first()
    except ServandaError as error:
        if error.faults[0].code not in _NAMES:
            raise
    return second()


def reported(
    desk: Desk,
    person: models.Person,
    report: Mapping[str, str],
    told: Mapping[str, str] | None,
    nonce: str,
    hidden: Sequence[str],
    came: Sequence[attached.Attached],
) -> str:
    """Record a report of a patrol with its words as a file before the others: what is or may be a name stands there alone.

    Args:
        desk: the mission.
        person: who wrote it.
        report: by column.
        told: the columns that are others in a second report.
        nonce: of the form.
        hidden: the names that it protects itself.
        came: the files that it brought.

    Returns:
        The incident under which it lies.

    Raises:
        ServandaError: it cannot be recorded, and that is not for a name.
    """
    said = _said(report, told)
    words = keep(desk, str(person.pk), nonce, said, came, OWN)
    bare, heard, other = bared(report, told, nonce)
    sources = {report["source"], report["origin"], *((told["origin"],) if told else ())}

    def without(protect: Sequence[str]) -> str:
        return decide.report(desk, person, bare, other, protect=protect, told=heard, came=[words, *unnamed(came)])

    return recorded(
        desk,
        [*said.values(), *(one.name for one in came)],
        lambda: decide.report(desk, person, report, nonce, protect=hidden, told=told, came=[words, *came]),
        lambda: unless_named(
            lambda: without(hidden), lambda: without(sorted({*hidden, *(s for s in sources if may_name(desk, [s]))}))
        ),
    )


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
