"""E-mails: what is attached to them. Their own words are no table, and are left to ``servanda statements``."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, MessageDefect, StartBoundaryNotFoundDefect
from email.policy import default

from servanda.evidence.importing.sheets import not_imported

_MOST = 200
_WORDS = ("text/plain", "text/html")
"""The letter's own words, where they bear no name of a file."""
_CUT = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)


def attachments(file: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is attached to a letter, and to letters within it.

    Args:
        file: its name in errors.
        content: its bytes.

    Yields:
        Names and bytes.

    Raises:
        EvidenceError: it is cut off, or has more parts than a letter has.
    """
    letter = message_from_bytes(content, policy=default)
    for n, part in enumerate(letter.walk()):
        if n > _MOST:
            raise not_imported(file, "EVD192", f"is a letter of more than {_MOST} parts", "save what is attached to it")
        data = None if part.is_multipart() else part.get_payload(decode=True)
        if any(isinstance(defect, _CUT) or _is_broken(defect) for defect in part.defects):
            raise not_imported(file, "EVD003", "is a letter that is cut off", "copy it again from its source")
        kind = part.get_content_type()
        name = part.get_filename() or ("" if kind in _WORDS else kind.replace("/", "."))
        if isinstance(data, bytes) and name:
            yield name.rpartition("/")[2].rpartition("\\")[2] or "attachment", data


def _is_broken(defect: MessageDefect) -> bool:
    return type(defect).__name__.startswith("InvalidBase64")
