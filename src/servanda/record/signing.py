"""Keys of people: Ed25519, kept in a file of one line that carries the owner's name.

The line is the one that Go's ``note`` package uses: ``PRIVATE+KEY+name+id+base64(1 || seed)``; the public side is a C2SP vkey
(``name+id+base64``), of kind 1 for signing statements and checkpoints, of kind 4 for cosigning. A lost key file is lost; whoever
has it can sign as its owner.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.errors import PRIVATE_KEY, Fault, RecordError, holds_private_key
from servanda.record.hands import weak
from servanda.record.verifier import COSIGNATURE, ED25519, Key, cosigned_message, unbase64


def vkey(key: Key) -> str:
    """A public key as C2SP writes it.

    Args:
        key: the public key with its name.

    Returns:
        ``name+id+base64``.
    """
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(bytes([key.kind]) + key.public).decode()}"


@dataclass(frozen=True)
class Signer:
    """Somebody who can sign: a name and a private key."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def public(self, kind: int = ED25519) -> Key:
        """The public key, for statements and checkpoints, or (``kind`` 4) for cosignatures."""
        return Key(self.name, kind, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature (RFC 8032), 64 bytes."""
        return self._private.sign(message)

    def note_line(self, text: bytes) -> bytes:
        """The signature line of a log under the text of its checkpoint (C2SP signed-note)."""
        return self._line(self.public().id, self.sign(text))

    def cosignature_line(self, text: bytes, time: int) -> bytes:
        """The signature line of a witness at a time in seconds since 1970 (C2SP tlog-cosignature)."""
        return self._line(
            self.public(COSIGNATURE).id, time.to_bytes(8, "big") + self.sign(cosigned_message(time, text))
        )

    def _line(self, ident: bytes, signature: bytes) -> bytes:
        return f"\u2014 {self.name} {base64.b64encode(ident + signature).decode()}\n".encode()


def make_key(path: Path, name: str) -> Signer:
    """A new key in a new file that only its owner can read.

    Args:
        path: the file; there must be none yet.
        name: whose key it is, as ``mission.example/log``.

    Returns:
        The key.

    Raises:
        RecordError: the name is not a valid one, or the file cannot be made.
    """
    if name.split() != [name] or "+" in name or not name.isprintable():
        raise RecordError(
            Fault(
                "name",
                f"not a valid name for a key: {name!r}",
                "no spaces and no plus sign, as in mission.example/log",
                code="REC026",
            )
        )
    signer = Signer(name, os.urandom(32))
    data = base64.b64encode(bytes([ED25519]) + signer.seed).decode()
    line = f"{PRIVATE_KEY}{name}+{signer.public().id.hex()}+{data}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(line)
                file.flush()
                os.fsync(handle)
        except BaseException:
            path.unlink(missing_ok=True)  # half a key is none, and would stand in the way of the next
            raise
    except OSError as error:
        there = isinstance(error, FileExistsError)
        hint = "name a new file: a key is never written over" if there else "check permissions and free disk space"
        raise RecordError(Fault(str(path), f"cannot be made: {error.strerror}", hint, code="REC027")) from None
    return signer


def load_key(path: Path) -> Signer:
    """Read a key file; an error never shows what is in it.

    Args:
        path: the file that :func:`make_key` made.

    Returns:
        The key.

    Raises:
        RecordError: it cannot be read, or is not a valid key file.
    """
    try:
        refuse_open(path)
        name, ident, data = path.read_text("utf-8").strip().removeprefix(PRIVATE_KEY).split("+", 2)
        raw = unbase64(data)
        signer = Signer(name, raw[1:])
        if raw[0] != ED25519 or len(raw) != 33 or signer.public().id.hex() != ident:
            raise ValueError("unfit")
    except OSError as error:
        raise RecordError(
            Fault(str(path), f"cannot be read: {error.strerror}", f"the path tried is {path.absolute()}", code="REC002")
        ) from None
    except ValueError:
        raise RecordError(
            Fault(
                str(path), "not a valid key file", "make one with 'servanda record key NAME --out FILE'", code="REC028"
            )
        ) from None
    return signer


def refuse_open(path: Path) -> None:
    """Refuse a secret that others on this machine can read or change.

    Args:
        path: its file.

    Raises:
        OSError: it is not there.
        RecordError: others can.
    """
    mode = path.stat().st_mode
    if os.name == "posix" and mode & 0o077:
        what = f"others can read or change this key (mode {mode & 0o777:03o})"
        hint = f"chmod 600 {path}; and if others may have read it, make a new key"
        raise RecordError(Fault(str(path), what, hint, code="REC037"))


def private_key(where: str) -> RecordError:
    """The error that something holds a private key, where none belongs; it never shows the key."""
    hint = "take it out and give what was meant, as the .pub file; if others may have seen the key, make a new one"
    return RecordError(Fault(where, "holds a private key, which nobody may see", hint, code="REC048"))


def _strong(text: str) -> Key:
    """A key that nobody signs for without its secret; raises ``ValueError``."""
    if weak((key := Key.parse(text)).public):
        raise ValueError("is a point of small order")
    return key


def parse_public(text: str) -> Key:
    """A public key.

    Args:
        text: a vkey, or the name of a file that holds one.

    Returns:
        The key.

    Raises:
        RecordError: it is neither.
    """
    with suppress(ValueError):
        return _strong(text.strip())
    if holds_private_key(text.encode("utf-8", "replace")):
        raise private_key("what stands for a public key")
    try:
        written = Path(text).read_text("utf-8")
        if holds_private_key(written.encode()):
            raise private_key(text)
        return _strong(written.split("\n")[0].strip())
    except (OSError, ValueError):
        raise RecordError(
            Fault(
                text[:80],
                "not a valid public key",
                "give what 'servanda record key' printed, or its .pub file",
                code="REC028",
            )
        ) from None
