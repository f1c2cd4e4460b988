"""E-mails: what is attached to them, and the tables of their own page. Their other words are no table, and are left to ``servanda statements``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, MessageDefect, StartBoundaryNotFoundDefect
from email.policy import default

from servanda.evidence.importing.sheets import not_imported

_MOST = 200
_WORDS = ("text/plain", "text/html")
"""The letter's own words, where they bear no name of a file."""
_QUOTES = re.compile(
    rb"<blockquote|gmail_quote|moz-cite-prefix|RplyFwdMsg|appendonsend|(?:From|Sent|Von|De|\xd0\x9e\xd1\x82|\xd0\x92\xd1\x96\xd0\xb4): ?</(?:b|strong)>",
    re.IGNORECASE,
)
"""How programs mark in a page what is of another letter."""
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


def page_of(content: bytes) -> tuple[bytes, str]:
    """A letter's own page, which may hold tables.

    Args:
        content: its bytes.

    Returns:
        The page and how it is written, as the letter says; nothing where there is none, or it quotes another letter, whose tables are not its sender's.
    """
    for part in message_from_bytes(content, policy=default).walk():
        if part.get_content_type() == "text/html" and not part.get_filename():
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and not _QUOTES.search(data):
                return data, _known(part.get_content_charset() or "")
    return b"", ""


def _known(charset: str) -> str:
    """An encoding of texts, if it is one."""
    try:
        b"".decode(charset or "-")
    except LookupError:
        return ""
    return charset


def _is_broken(defect: MessageDefect) -> bool:
    return type(defect).__name__.startswith("InvalidBase64")
