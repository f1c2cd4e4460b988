"""Every error Servanda raises on purpose, and nothing else.

    ServandaError                what a user can correct; the command line prints it and ends with code 2
    ├── AgreementError           the agreement file: file, line, column, term, what is wrong, how to correct it
    ├── EvidenceError            an evidence file that cannot be read at all: file, row, field
    ├── CoverageError            the coverage file: file, line, column, what is wrong, how to correct it
    ├── PartlyWrittenError       files that could neither be moved into place nor be put back (``app/output.py``)
    └── RecordError              the record: what cannot be written or proved, and at which step it fails

A row of evidence that cannot be read is *not* an error: it goes to quarantine with its reason, and the
run goes on. A verdict is never an error either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNSEEN = {
    n: f"\\x{n:02x}" if n < 256 else f"\\u{n:04x}"
    for n in (
        *range(9),
        *range(11, 32),
        *range(127, 160),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}


PRIVATE_KEY = "PRIVATE+KEY+"
"""How a key file begins (``record.signing``)."""
_PLUS = r"(?:\+|%2[bB]|\\+u002[bB]|&#43;|&plus;)"
_KEY = rf"PRIVATE{_PLUS}KEY{_PLUS}[^\s+%\\&]+{_PLUS}[0-9a-f]{{8}}{_PLUS}\S*"
_PEM = r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s*[A-Za-z0-9+/=]{16,})*"
_BASE64 = r"UFJJVkFURStLRVkr[A-Za-z0-9+/=]{40,}"  # the beginning of a key file, in base64
_IN_EVERY = (b"private", b"ufjjvkfurstlrvkr")
"""One of these, in small letters, is in whatever holds such a key: a search for them is some hundred times quicker."""
_SECRET = re.compile(f"{_KEY}|{_PEM}|{_BASE64}", re.IGNORECASE)
_SECRET_BYTES = re.compile(_SECRET.pattern.encode(), re.IGNORECASE)
_BEGINS = re.compile(rf"\W*PRIVATE{_PLUS}KEY{_PLUS}".encode(), re.IGNORECASE)


def holds_private_key(data: bytes) -> bool:
    """Whether what a file holds, or how it begins, is the private key of somebody, or has one in it.

    Args:
        data: all of it, or its beginning, in UTF-8 or UTF-16.

    Returns:
        Whether it must be neither shown nor kept.
    """
    plain = data.replace(b"\x00", b"") if b"\x00" in data[:64] else data
    low = plain.lower()
    if not any(word in low for word in _IN_EVERY):
        return False
    return bool(_BEGINS.match(plain.removeprefix(b"\xef\xbb\xbf")) or _SECRET_BYTES.search(plain))


_LONG = re.compile(r"\S{400,}")


def visible(text: str) -> str:
    """A text in which what would move a terminal's cursor, or turn its letters round, is shown by its number, and no private key at all."""
    return _SECRET.sub("(a private key)", text).translate(_UNSEEN).encode("utf-8", "backslashreplace").decode()


def shortened(text: str) -> str:
    """A text in which a word that nobody reads to its end, as an option that holds a whole document, is cut in its middle."""
    return _LONG.sub(lambda word: f"{word[0][:120]} ... {word[0][-40:]} ({len(word[0]):,} characters)", text)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file, where it stands, and how to correct it. Lines and columns count from 1.

    ``code`` is stable: ``docs/errors.md`` explains every one, from the files in ``data/errors/``.
    """

    file: str
    what: str
    hint: str = ""
    line: int = 0
    column: int = 0
    term: str = ""
    code: str = ""

    def __str__(self) -> str:
        """The fault for reading; what could move a terminal's cursor or turn its letters round is shown by its number."""
        where = " ".join(self.file.splitlines()) + (f":{self.line}:{self.column}" if self.line else "")
        term = f" [term {self.term}]" if self.term else ""
        code = f" {self.code}:" if self.code else ""
        hint = f"\n    hint: {' '.join(self.hint.splitlines())}" if self.hint else ""
        return visible(shortened(f"{where}:{term}{code} {self.what}{hint}"))


class ServandaError(Exception):
    """Base of all errors that a user can correct."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class AgreementError(ServandaError):
    """The agreement file does not say what it must."""


class EvidenceError(ServandaError):
    """An evidence file cannot be read as a whole (single bad rows go to quarantine instead)."""


class CoverageError(ServandaError):
    """The coverage file does not say what it must."""


class PartlyWrittenError(ServandaError):
    """Files could neither be moved into place nor be put back as they were; the fault says where they are."""


class RecordError(ServandaError):
    """A record cannot be read, written or proved; where a check failed, ``step`` says which (``record/verifier.py``)."""

    step: int = 0
