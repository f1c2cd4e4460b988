"""What the keeper of a record never gives away: the secret behind the commitments, and who protected sources are.

A folder beside the record (``NAME.vault``), for the keeper alone. ``secret`` makes the salts of all fields. A protected source is called
by a pseudonym from the moment it is recorded; who it is lies sealed (AES-256-GCM) under a key of its own, and is gone for good
once that key is destroyed, while every proof goes on to hold, because no entry ever contained the name.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from servanda.errors import Fault, RecordError
from servanda.record import disk

SALT = 16  # bytes of the salt of one field: nobody finds a value by trying all
OBJECT_SALT = 32  # bytes of salt in front of an object
PREFIX = "protected-"
PSEUDONYM = re.compile(PREFIX + "[0-9a-f]{12}")


class Vault:
    """The vault of a record. Raises :class:`RecordError` where there is none and none may be made."""

    def __init__(self, folder: Path, *, make: bool = False) -> None:
        self.folder = folder
        try:
            if make:
                folder.mkdir(mode=0o700, parents=True)
                disk.replace(folder / "secret", secrets.token_bytes(32))
                os.chmod(folder / "secret", 0o600)
            self._secret = (folder / "secret").read_bytes()
        except OSError as error:
            if make:
                what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space"
                raise RecordError(Fault(str(folder), what, hint, code="REC003")) from None
            what = f"the vault of the record is not there ({error.strerror})"
            hint = "only the keeper of the record has it; name it with --vault"
            raise RecordError(Fault(str(folder), what, hint, code="REC029")) from None

    def salts(self, entry: int, row: int, fields: int) -> list[bytes]:
        """The salts of all fields of a row of the file that is recorded at ``entry``."""
        key = hmac.digest(self._secret, b"file" + entry.to_bytes(8, "big"), "sha256")
        return self.salts_with(key, row, fields)

    def salted(self, data: bytes) -> bytes:
        """An object: 32 bytes of salt and the data, so that its SHA-256 tells nobody what is in it who cannot open it. The same data
        always gets the same salt.
        """
        return hmac.digest(self._secret, b"object" + hashlib.sha256(data).digest(), "sha256") + data

    def file_key(self, entry: int) -> bytes:
        """The key from which the salts of one file are made."""
        return hmac.digest(self._secret, b"file" + entry.to_bytes(8, "big"), "sha256")

    @staticmethod
    def salts_with(key: bytes, row: int, fields: int) -> list[bytes]:
        """The same, with the file's key at hand."""
        long = hashlib.shake_256(key + row.to_bytes(8, "big")).digest(SALT * fields)
        return [long[n : n + SALT] for n in range(0, len(long), SALT)]

    def _key(self, pseudonym: str) -> Path:
        return self.folder / "keys" / pseudonym

    def identities(self) -> dict[str, str | None]:
        """Pseudonyms with their names; ``None`` where the key was destroyed."""
        out: dict[str, str | None] = {}
        for path in sorted((self.folder / "identities").glob(PREFIX + "*")):
            try:
                raw, key = path.read_bytes(), self._key(path.name).read_bytes()
                out[path.name] = AESGCM(key).decrypt(raw[:12], raw[12:], path.name.encode()).decode()
            except (OSError, InvalidTag, ValueError):
                out[path.name] = None
        return out

    def protect(self, name: str) -> str:
        """The pseudonym of a source: the one it has, or a new one."""
        if len(name.strip()) < 3:
            raise RecordError(
                Fault(
                    "--protect",
                    f"{name!r} is too short to be found safely in a text",
                    "give the whole name",
                    code="REC030",
                )
            )
        known = {identity: pseudonym for pseudonym, identity in self.identities().items()}
        if name in known:
            return known[name]
        pseudonym, key, nonce = PREFIX + secrets.token_hex(6), AESGCM.generate_key(256), secrets.token_bytes(12)
        for folder in ("keys", "identities"):
            (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        disk.replace(self._key(pseudonym), key)
        os.chmod(self._key(pseudonym), 0o600)
        sealed = AESGCM(key).encrypt(nonce, name.encode(), pseudonym.encode())
        disk.replace(self.folder / "identities" / pseudonym, nonce + sealed)
        return pseudonym

    def holds(self, pseudonym: str) -> bool:
        """Whether the key of a protected source is here."""
        return PSEUDONYM.fullmatch(pseudonym) is not None and self._key(pseudonym).is_file()

    def shred(self, pseudonym: str) -> None:
        """Destroy the key of a protected source. Copies of the vault, and what a disk keeps of old blocks, are beyond reach."""
        path = self._key(pseudonym)
        if not PSEUDONYM.fullmatch(pseudonym) or not path.is_file():
            raise RecordError(
                Fault(
                    pseudonym,
                    "has no key here: unknown, or shredded before",
                    "see 'servanda record shred'",
                    code="REC025",
                )
            )
        disk.put(path, secrets.token_bytes(path.stat().st_size))
        disk.settle([path])
        disk.remove(path)


def hide(text: str, names: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """A text in which every name gives way to its pseudonym, and how often; whatever stands between the words of a name, or nothing."""
    total = 0
    for name, pseudonym in sorted(names, key=lambda pair: -len(pair[0])):
        for written in dict.fromkeys(
            (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name), _escaped(name))
        ):
            words = [re.escape(w) for w in re.split(r"[^\w\\]+|_", written) if w]
            pattern = r"(?<![^\W_])" + r"(?:[\W_]|%20)*".join(words) + r"(?![^\W_])"
            text, n = re.subn(pattern, pseudonym, text, flags=re.IGNORECASE)
            total += n
    return text, total


def _escaped(name: str) -> str:
    """As JSON writes what is not ASCII."""
    return json.dumps(name)[1:-1]


def leftovers(text: str, names: Sequence[tuple[str, str]]) -> int:
    """The lines in which a part of a name still stands, as a word of four letters or more: for people to look at."""
    parts = {re.escape(w) for name, _ in names for w in re.split(r"[\W_]+", name) if len(w) >= 4}
    if not parts:
        return 0
    found = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(parts))})(?![^\W_])", re.IGNORECASE)
    return sum(bool(found.search(line)) for line in text.splitlines())


def with_cases(text: str, pseudonyms: Sequence[str]) -> str:
    """A CSV table of reports in which every report of a protected source has an incident id that tells nothing.

    The id that is made of what a report says (``x-``) would tell its place and time to whoever tries them all.
    """
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or "report_id" not in rows[0]:
        return text
    if "incident_id" not in rows[0]:
        rows = [[*row, "incident_id" if n == 0 else ""] if row else row for n, row in enumerate(rows)]
    at = rows[0].index("incident_id")
    for row in rows[1:]:
        if len(row) > at and not row[at] and any(p in cell for p in pseudonyms for cell in row):
            row[at] = "case-" + secrets.token_hex(6)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
