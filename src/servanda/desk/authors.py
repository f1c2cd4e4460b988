"""Who wrote an entry, and which files an assessment rests on, in words that tell only the mission: packages hold decisions and notes of entries, and must not tell which officer made which, nor let anybody who has a file find out that the mission has it.

A mark is the id of a person under the record's own key, which no tier is shown; each is another, so that nobody outside can count what one person
did. Whoever has the record whole reads it, without the desk and its secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any

_MARK = re.compile(r"\bm-([0-9a-f]{48,80})\b")
_NONCE, _BLOCK = 8, 16
_ID = re.compile(rb"[a-z0-9][a-z0-9-]{0,30}")
_SHA256, _FILE = re.compile("[0-9a-f]{64}"), re.compile("f-([0-9a-f]{96})")
_SUM = 8


def mark(key: bytes, person: str) -> str:
    """The mark of a person, another one each time.

    Args:
        key: the record's key of ids; a record that has none tells the id.
        person: his id.

    Returns:
        ``m-`` and hex digits.
    """
    if not key or not person:
        return person
    nonce, plain = secrets.token_bytes(_NONCE), person.encode()
    padded = plain.ljust(-(-len(plain) // _BLOCK) * _BLOCK, b"\0")
    return "m-" + (nonce + _under(key, nonce, padded)).hex()


def unmarked(key: bytes, text: str) -> str:
    """A text with ids in the place of the marks in it; what is no mark of this record stays.

    Args:
        key: the record's key of ids.
        text: a note, or who made a decision.

    Returns:
        The text.
    """
    return _MARK.sub(lambda found: _person(key, found[1]) or found[0], text) if key and "m-" in text else text


def mark_file(key: bytes, sha256: str) -> str:
    """The mark of a file, another one each time: by its SHA-256 whoever has a telephone in his hands could ask whether its pictures were handed in.

    Args:
        key: the record's key of ids; a record that has none tells the SHA-256.
        sha256: of the file.

    Returns:
        ``f-`` and hex digits.
    """
    if not key or not _SHA256.fullmatch(sha256):
        return sha256
    nonce, digest = secrets.token_bytes(_NONCE), bytes.fromhex(sha256)
    return "f-" + (nonce + _under(key, nonce, digest + hashlib.sha256(digest).digest()[:_SUM])).hex()


def with_marks(key: bytes, says: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a decision, in an assessment with marks for its files; what a party brings with its own word it proves by its SHA-256."""
    files = says.get("attachments") if says.get("step") == "assessed" else None
    return {**says, "attachments": [mark_file(key, one) for one in files]} if files else dict(says)


def unmarked_file(key: bytes, text: str) -> str:
    """The SHA-256 of a marked file; what is no mark of this record stays.

    Args:
        key: the record's key of ids.
        text: as a decision names a file.

    Returns:
        The SHA-256 in hex digits.
    """
    found = _FILE.fullmatch(text) if key else None
    if found is None:
        return text
    raw = bytes.fromhex(found[1])
    plain = _under(key, raw[:_NONCE], raw[_NONCE:])
    digest, check = plain[:-_SUM], plain[-_SUM:]
    return digest.hex() if hashlib.sha256(digest).digest()[:_SUM] == check else text


def _person(key: bytes, digits: str) -> str:
    raw = bytes.fromhex(digits) if len(digits) % 2 == 0 else b""
    plain = _under(key, raw[:_NONCE], raw[_NONCE:]).rstrip(b"\0")
    return plain.decode() if _ID.fullmatch(plain) else ""


def _under(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """Data under a key stream, and out of it again."""
    stream = hmac.digest(key, b"who wrote it\0" + nonce, "sha512")
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
