"""What an entry says: an in-toto Statement over digests, signed by who made it (DSSE); and rows, which their file's statement signs.

Every predicate has ``known_at`` (when it became known, as its maker says), ``recorded_at`` (when it was appended: never before what
stands above it) and, where the clock had gone back, ``clock``. ``stored`` lists the objects that the record keeps.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servanda.record.signing import Signer, vkey
from servanda.record.verifier import URN, Key, signed_text

TYPE = "https://in-toto.io/Statement/v1"
KINDS = (
    "origin",
    "signer",
    "gives",
    "agreement",
    "attachment",
    "evidence",
    "register",
    "coverage",
    "decisions",
    "run",
    "checkpoint",
    "anchor",
    "disclosure",
    "shredded",
)
"""What the record holds; each has a page in docs/record.md."""


TOLD = "verdicts"
"""The object of a published run that holds the verdicts alone: whoever does not see all from which they follow sees no more of the run."""


def safe_part(name: str) -> bool:
    """Whether a name can be a part of a file's name, and stays one on every system."""
    odd = set('/\\:*?"<>|') & set(name)
    return name.isprintable() and not odd and name[:1] not in ("", ".", "-") and len(name.encode()) < 100


def canonical(data: Any) -> bytes:
    """JSON in one way only: keys in order, no spaces, UTF-8."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(signer: Signer, kind: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> bytes:
    """An entry: a Statement that ``subjects`` (name to SHA-256) are what ``predicate`` says, in a DSSE envelope."""
    payload = canonical(
        {
            "_type": TYPE,
            "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()],
            "predicateType": f"{URN}{kind}:v1",
            "predicate": predicate,
        }
    )
    signature = {"keyid": vkey(signer.public()), "sig": base64.b64encode(signer.sign(signed_text(payload))).decode()}
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [signature],
        }
    )


@dataclass(frozen=True)
class Entry:
    """An entry as read: its index, kind, who signed it (rows: nobody) with which key, its subjects and predicate; and whether it counts as
    what it is, for the record names its signer for that (``verifier.may_give``).
    """

    index: int
    kind: str
    signer: str
    subjects: Mapping[str, str]
    says: Mapping[str, Any]
    public: bytes = b""
    counts: bool = True

    @property
    def name(self) -> str:
        """The name of what it is about."""
        return next(iter(self.subjects), "")

    def name_of(self, digest: str) -> str:
        """The name of the subject with that SHA-256."""
        return next((name for name, of in self.subjects.items() if of == digest), self.name)

    @property
    def digest(self) -> str:
        """The SHA-256 of what it is about."""
        return next(iter(self.subjects.values()), "")


def read_entry(index: int, entry: bytes) -> Entry:
    """An entry as a value; signatures are checked elsewhere (``verifier``)."""
    data = json.loads(entry)
    signer, public = "", b""
    if "payload" in data:
        key = Key.parse(data["signatures"][0]["keyid"])
        signer, public = key.name, key.public
        data = json.loads(base64.b64decode(data["payload"]))
    subjects = {s["name"]: s["digest"]["sha256"] for s in data["subject"]}
    kind = data["predicateType"].removeprefix(URN).removesuffix(":v1")
    return Entry(index, kind, signer, subjects, data["predicate"], public)


def row_entry(name: str, number: int, digest: str, of: int, known_at: str) -> bytes:
    """The entry of one row of a file: a commitment to its fields. ``number`` is its place among the commitments."""
    return (
        f'{{"_type":"{TYPE}","predicate":{{"known_at":"{known_at}","of":{of}}},"predicateType":"{URN}row:v1",'
        f'"subject":[{{"digest":{{"sha256":"{digest}"}},"name":{_quoted(name)}#{number}"}}]}}'
    ).encode()


@functools.lru_cache(maxsize=8)
def _quoted(name: str) -> str:
    """A name as JSON, without the quotation mark at its end."""
    return json.dumps(name, ensure_ascii=False)[:-1]
