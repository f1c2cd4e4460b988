"""The tiers of disclosure: who sees which fields, files and when; read from YAML, recorded when a record begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from servanda.errors import Fault, RecordError
from servanda.record.entry import KINDS, safe_part
from servanda.values.document import Document, parse_document, read_document

_KEYS = ("fields", "protected", "objects", "embargo", "release", "except")
RELEASES = {
    "assessed": "not assessed yet",
    "replied": "not answered yet, and the time for it has not passed",
    "signed": "not signed yet",
    "disclosed": "not disclosed yet",
}
"""What must have become of an incident before a tier sees its reports, and what is said while it has not."""


@dataclass(frozen=True)
class Tier:
    """What one tier sees. ``None`` stands for everything."""

    name: str
    fields: frozenset[str] | None
    protected: frozenset[str] | None
    objects: frozenset[str] | None
    release: str = ""
    """What must have become of an incident before it is shown (:data:`RELEASES`); nothing: it is shown at once."""
    less: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By recipient: the fields that this one does not see, though the others do."""

    @property
    def embargo(self) -> bool:
        """Whether reports wait for something."""
        return bool(self.release)

    def shows(self, column: str, *, protected: bool, to: str) -> bool:
        """Whether a field of a report is shown to a recipient."""
        allowed = self.protected if protected else self.fields
        return (allowed is None or column in allowed) and column not in self.less.get(to, ())

    def shows_object(self, kind: str) -> bool:
        """Whether whole files of this kind are shown."""
        return self.objects is None or kind in self.objects


def default_tiers() -> bytes:
    """The file that is recorded where no other is given."""
    return (files("servanda.data") / "tiers.yaml").read_bytes()


def read_tiers(path: Path) -> bytes:
    """A file of tiers, once it is known to be sound. Raises :class:`RecordError` with every fault."""
    document, faults = read_document(path)
    if document is None:
        raise RecordError(*faults)
    _tiers(document)
    return path.read_bytes()


def parse_tiers(data: bytes) -> dict[str, Tier]:
    """The tiers by name. Raises :class:`RecordError`."""
    return _tiers(parse_document(data.decode(), "tiers"))


def _tiers(document: Document) -> dict[str, Tier]:
    faults: list[Fault] = []
    listed = document.data.get("tiers")
    if not isinstance(listed, dict) or not listed:
        raise RecordError(document.fault((), "needs a mapping 'tiers:'", "see docs/record.md, Tiers", code="REC017"))
    out = {}
    for name, written in listed.items():
        at = ("tiers", name)
        if not isinstance(written, dict):
            faults.append(document.fault(at, "must be a mapping", f"its keys are {', '.join(_KEYS)}", code="REC017"))
            continue
        faults += [
            document.fault((*at, key), f"unknown key {key!r}", f"the keys are {', '.join(_KEYS)}", code="REC017")
            for key in written
            if key not in _KEYS
        ]
        objects = _names(written.get("objects", []))
        for kind in objects or ():
            if kind not in KINDS:
                faults.append(
                    document.fault(
                        (*at, "objects"),
                        f"not a valid kind of file: {kind!r}",
                        f"one of {', '.join(KINDS)}",
                        code="REC017",
                    )
                )
        if not isinstance(written.get("embargo", False), bool) or not isinstance(written.get("except", {}), dict):
            faults.append(
                document.fault(
                    at,
                    "'embargo' must be true or false, and 'except' a mapping of a party to fields",
                    "see docs/record.md, Tiers",
                    code="REC017",
                )
            )
            continue
        release = written.get("release")
        if release is not None and (release not in RELEASES or written.get("embargo") is False):
            what = f"not a valid condition of release: {release!r}"
            faults.append(document.fault((*at, "release"), what, f"one of {', '.join(RELEASES)}", code="REC017"))
            continue
        if not safe_part(str(name)):
            faults.append(
                document.fault(at, f"not a valid name for a tier: {name!r}", "letters and digits", code="REC017")
            )
            continue
        out[name] = Tier(
            name,
            _names(written.get("fields", [])),
            _names(written.get("protected", [])),
            objects,
            _release(str(name), written),
            {who: tuple(_names(columns) or ()) for who, columns in written.get("except", {}).items()},
        )
    if faults:
        raise RecordError(*faults)
    return out


def _release(name: str, written: Mapping[str, Any]) -> str:
    """The condition of a tier. ``embargo: true`` alone is how Servanda 0.2 wrote it: there nobody could wait for more than the assessment,
    and the public would have read of an accused before it could answer.
    """
    waits = "disclosed" if name == "public" else "assessed"
    return str(written.get("release") or (waits if written.get("embargo") else ""))


def tiers_as_data(tiers: Mapping[str, Tier]) -> dict[str, Any]:
    """The tiers as the origin of a record says them, so that who has a package only can hold it against them."""
    return {
        name: {
            "fields": None if t.fields is None else sorted(t.fields),
            "protected": None if t.protected is None else sorted(t.protected),
            "objects": None if t.objects is None else sorted({"origin", *t.objects}),
            "release": t.release,
            "except": {who: list(columns) for who, columns in t.less.items()},
        }
        for name, t in tiers.items()
    }


def _names(value: Any) -> frozenset[str] | None:
    if value == "all":
        return None
    return frozenset(str(v) for v in (value if isinstance(value, list) else [value]))
