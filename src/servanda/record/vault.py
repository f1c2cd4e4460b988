"""What the keeper of a record never gives away: the secret behind the commitments, and who protected sources are.

A folder beside the record (``NAME.vault``), for the keeper alone. ``secret`` makes the salts of all fields. A protected source is called
by a pseudonym from the moment it is recorded; who it is lies sealed (AES-256-GCM) under a key of its own, and is gone for good
once that key is destroyed, while every proof goes on to hold, because no entry ever contained the name. Of a name that was shredded a keyed
digest may stay (``shredded``), so that it is noticed when it comes in again; whoever has the vault can try names against it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from servanda.errors import Fault, RecordError
from servanda.record import disk
from servanda.record.names import runs, same_name, words_of
from servanda.record.signing import refuse_open

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
                disk.replace(folder / "secret", secrets.token_bytes(32), 0o600)
            refuse_open(folder / "secret")
            self._secret = (folder / "secret").read_bytes()
        except OSError as error:
            if make:
                what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space"
                raise RecordError(Fault(str(folder), what, hint, code="REC003")) from None
            what = f"the vault of the record is not there ({error.strerror})"
            hint = "only the keeper of the record has it; name it with --vault"
            raise RecordError(Fault(str(folder), what, hint, code="REC029")) from None

    def salted(self, data: bytes) -> bytes:
        """An object: 32 bytes of salt and the data, so that its SHA-256 tells nobody what is in it who cannot open it.

        The salt is new each time: of two entries nobody sees whether their files are one, and who has a file recorded that he guesses
        another to be learns nothing by it.
        """
        return secrets.token_bytes(OBJECT_SALT) + data

    def file_key(self, entry: int, digest: str = "") -> bytes:
        """The key from which the salts of one file are made.

        Args:
            entry: where it stands in the record.
            digest: the SHA-256 under which it is kept. A record that was put back from a copy has another file at the same place, and salts that a
                package of the lost one has opened must open nothing of that; left out for files of before Servanda 0.5, which know no more.
        """
        return hmac.digest(self._secret, b"file" + entry.to_bytes(8, "big") + bytes.fromhex(digest), "sha256")

    @staticmethod
    def order(key: bytes, rows: Sequence[int]) -> list[int]:
        """In which order the rows of a file are committed to, by the file's key: it tells nothing of where they stand in the file."""
        inner, outer = (hashlib.sha256(bytes(b ^ pad for b in key.ljust(64, b"\x00"))) for pad in (0x36, 0x5C))
        inner.update(b"order")
        place = []
        for row in rows:  # HMAC-SHA-256 of "order" and the row (RFC 2104), with the key taken in once
            within, around = inner.copy(), outer.copy()
            within.update(row.to_bytes(8, "big"))
            around.update(within.digest())
            place.append(around.digest())
        return sorted(range(len(rows)), key=place.__getitem__)

    def case(self, text: str) -> str:
        """An incident id for a protected source's report: the same for the same text, and it tells nobody what that is."""
        return "case-" + hmac.digest(self._secret, b"case" + text.encode(), "sha256").hex()[:12]

    def label(self, text: str) -> str:
        """A part of a file's name: the same for the same text, and who has no vault cannot try texts against it."""
        return hmac.digest(self._secret, b"label" + text.encode(), "sha256").hex()[:16]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the vault, so that two at once give one person one pseudonym. Raises :class:`RecordError`."""
        try:
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space"
            raise RecordError(Fault(str(self.folder), what, hint, code="REC003")) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @staticmethod
    def salts_with(key: bytes, row: int, fields: int) -> list[bytes]:
        """The same, with the file's key at hand."""
        long = Vault.salts_of(key, [row], fields)
        return [long[n : n + SALT] for n in range(0, len(long), SALT)]

    @staticmethod
    def salts_of(key: bytes, rows: Sequence[int], fields: int) -> bytes:
        """The salts of all fields of so many rows, one after the other."""
        long = hashlib.shake_256
        return b"".join([long(key + row.to_bytes(8, "big")).digest(SALT * fields) for row in rows])

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
        if len("".join(words_of(name))) < 3:
            raise RecordError(
                Fault(
                    "--protect",
                    f"{name!r} is too short to be found safely in a text",
                    "give the whole name",
                    code="REC030",
                )
            )
        with self.locked():
            known = [p for p, identity in self.identities().items() if identity and same_name(identity, name)]
            return known[0] if known else self._seal(name)

    def _seal(self, name: str) -> str:
        pseudonym, key, nonce = PREFIX + secrets.token_hex(6), AESGCM.generate_key(256), secrets.token_bytes(12)
        for folder in ("keys", "identities"):
            (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        sealed = AESGCM(key).encrypt(nonce, name.encode(), pseudonym.encode())
        disk.replace(self._key(pseudonym), key, 0o600)
        disk.replace(self.folder / "identities" / pseudonym, nonce + sealed, 0o600)
        return pseudonym

    def holds(self, pseudonym: str) -> bool:
        """Whether the key of a protected source is here."""
        return PSEUDONYM.fullmatch(pseudonym) is not None and self._key(pseudonym).is_file()

    def shred(self, pseudonym: str, *, forget: bool = False) -> None:
        """Destroy the key of a protected source.

        Copies of the vault, and what a disk keeps of old blocks, are beyond reach.

        Args:
            pseudonym: of the source.
            forget: keep no digest by which the name would be noticed when it comes in again.
        """
        path, name = self._key(pseudonym), self.identities().get(pseudonym)
        if not PSEUDONYM.fullmatch(pseudonym) or not path.is_file():
            hint = "see 'servanda record shred'"
            raise RecordError(Fault(pseudonym, "has no key here: unknown, or shredded before", hint, code="REC025"))
        if name and not forget:
            (self.folder / "shredded").mkdir(mode=0o700, exist_ok=True)
            words = sorted(words_of(name))
            line = f"{len(words)} {self._digest(' '.join(words))}"
            disk.replace(self.folder / "shredded" / pseudonym, line.encode(), 0o600)
        disk.overwrite(path, secrets.token_bytes(path.stat().st_size))
        disk.remove(path)

    def _digest(self, run: str) -> str:
        return hmac.digest(self._secret, b"name" + run.encode(), "sha256").hex()

    def shredded_in(self, texts: Sequence[str]) -> list[str]:
        """The pseudonyms of shredded sources whose names stand in these texts."""
        known: dict[tuple[int, str], str] = {}
        for path in sorted((self.folder / "shredded").glob(PREFIX + "*")):
            count, digest = path.read_text("ascii").split()
            known[int(count), digest] = path.name
        if not known:
            return []
        lengths = {count for count, _ in known}
        every = {
            order for text in texts for run in runs(text, lengths) for order in (run, " ".join(sorted(run.split())))
        }
        found = (known.get((run.count(" ") + 1, self._digest(run))) for run in every)  # as written: shredded by 0.3
        return sorted({pseudonym for pseudonym in found if pseudonym})

    def notices(self) -> bool:
        """Whether there are shredded sources whose names are to be noticed."""
        return any((self.folder / "shredded").glob(PREFIX + "*"))

    def forgotten(self) -> int:
        """How many shredded sources there are whose names nobody would notice any more."""
        gone = [p for p, name in self.identities().items() if name is None]
        return sum(not (self.folder / "shredded" / p).exists() for p in gone)
