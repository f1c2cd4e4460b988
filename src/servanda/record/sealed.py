"""What is kept sealed beside a record: pictures, recordings and files as they came, in which nobody can look for names.

They lie in the keeper's vault, each under the SHA-256 of what it holds, encrypted (AES-256-GCM) under a key of its own: the record says which
digest belongs to what, no package holds the content, and it is gone for good once its key is destroyed, while the entry goes on to hold.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from servanda.errors import Fault, RecordError
from servanda.record import disk
from servanda.record.log import digest_of

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ABOUT = ".about"


class Sealed:
    """Contents that are kept sealed in a vault. Raises :class:`RecordError`."""

    def __init__(self, vault: Path) -> None:
        self._contents, self._keys = vault / "contents", vault / "content-keys"

    def keep(self, data: bytes, about: Mapping[str, str]) -> str:
        """Keep a content; what is there already stays as it is.

        Args:
            data: the content.
            about: words that are sealed with it, as its name.

        Returns:
            Its SHA-256, under which it is found again.

        Raises:
            RecordError: it cannot be written; nothing is kept then.
        """
        digest = digest_of(data)
        try:
            for folder in (self._contents, self._keys):
                folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self._contents.parent / "contents-lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                disk.lock(handle, None)  # of two at once each would draw a key, and one content be without its own
                if not self._is_whole(digest):
                    key = AESGCM.generate_key(256)
                    disk.replace(self._keys / digest, key, 0o600)
                    words = json.dumps(dict(about)).encode()
                    disk.replace(self._contents / f"{digest}{_ABOUT}", _sealed(key, words, digest + _ABOUT), 0o600)
                    disk.replace(self._contents / digest, _sealed(key, data, digest), 0o600)
            finally:
                os.close(handle)
        except OSError as error:
            what, hint = f"cannot be written: {error.strerror}", "check permissions and free disk space"
            raise RecordError(Fault(str(self._contents), what, hint, code="REC003")) from None
        return digest

    def _is_whole(self, digest: str) -> bool:
        """Whether a content is there and its key opens it, and the words beside it."""
        try:
            self.open(digest)
            self.about(digest)
        except RecordError:
            return False
        return True

    def holds(self, digest: str) -> bool:
        """Whether a content is there, with its key."""
        return (
            _DIGEST.fullmatch(digest) is not None
            and (self._contents / digest).is_file()
            and (self._keys / digest).is_file()
        )

    def open(self, digest: str) -> bytes:
        """A content.

        Args:
            digest: its SHA-256.

        Returns:
            The content, checked against its digest.

        Raises:
            RecordError: it is not there, its key was destroyed, or it is not what it was.
        """
        data = self._opened(digest, digest)
        if digest_of(data) != digest:
            raise _lost(digest)
        return data

    def about(self, digest: str) -> dict[str, str]:
        """The words that were sealed with a content. Raises :class:`RecordError` as :meth:`open` does."""
        said: dict[str, str] = json.loads(self._opened(digest, digest + _ABOUT))
        return said

    def _opened(self, digest: str, name: str) -> bytes:
        try:
            if _DIGEST.fullmatch(digest) is None:
                raise ValueError(digest)
            raw, key = (self._contents / name).read_bytes(), (self._keys / digest).read_bytes()
            return AESGCM(key).decrypt(raw[:12], raw[12:], name.encode("ascii"))
        except (OSError, InvalidTag, ValueError):
            raise _lost(digest) from None

    def shred(self, digest: str) -> None:
        """Destroy the key of a content; copies of the vault, and what a disk keeps of old blocks, are beyond reach."""
        if self.holds(digest):
            disk.overwrite(self._keys / digest, secrets.token_bytes(32))
            disk.remove(self._keys / digest)

    def forget(self, digest: str) -> None:
        """Remove a content that nothing names: its key is destroyed, and what was sealed goes."""
        self.shred(digest)
        for name in (digest, digest + _ABOUT):
            if _DIGEST.fullmatch(digest):
                disk.remove(self._contents / name)


def _sealed(key: bytes, data: bytes, name: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, data, name.encode("ascii"))


def _lost(digest: str) -> RecordError:
    what = "is not in the vault, or not as it was sealed there"
    hint = "put back the keeper's vault; what was destroyed on purpose cannot be read by anybody"
    return RecordError(Fault(digest[:16], what, hint, code="REC029"))
