"""Who wrote an entry, in words that tell only the mission: packages hold decisions and notes of entries, and must not tell which officer made which.

A mark is the id of a person under the record's own key, which no tier is shown; each is another, so that nobody outside can count what one person
did. Whoever has the record whole reads it, without the desk and its secrets.
"""

from __future__ import annotations

import hmac
import re
import secrets

_MARK = re.compile(r"\bm-([0-9a-f]{48,80})\b")
_NONCE, _BLOCK = 8, 16
_ID = re.compile(rb"[a-z0-9][a-z0-9-]{0,30}")


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


def _person(key: bytes, digits: str) -> str:
    raw = bytes.fromhex(digits) if len(digits) % 2 == 0 else b""
    plain = _under(key, raw[:_NONCE], raw[_NONCE:]).rstrip(b"\0")
    return plain.decode() if _ID.fullmatch(plain) else ""


def _under(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """Data under a key stream, and out of it again."""
    stream = hmac.digest(key, b"who wrote it\0" + nonce, "sha512")
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
