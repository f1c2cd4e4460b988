"""A draft of any form, told by its first bytes."""

from __future__ import annotations

from servanda.documents.archive import MAX_FILE, open_archive
from servanda.documents.docx import is_docx, read_docx
from servanda.documents.model import Block, Manuscript, Version, words_of
from servanda.documents.odt import read_odt
from servanda.documents.plain import read_markdown, read_pdf, read_text
from servanda.errors import EvidenceError, Fault
from servanda.values.files import FileLike, bytes_of, name_of, suffix_of

ENDINGS = (".docx", ".docm", ".odt", ".pdf", ".md", ".markdown", ".txt")
"""The endings of files that are drafts as people write them, and no agreement files."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_WORDS = 2_000_000  # characters


def read_manuscript(file: FileLike) -> Manuscript:
    """Read a draft.

    Args:
        file: .docx, .odt, .pdf, .md or .txt, on disk or in memory; its first bytes decide, and its ending only between texts.

    Returns:
        Its paragraphs with every tracked change and hidden word; nothing is accepted or rejected.

    Raises:
        EvidenceError: it cannot be read, is protected, damaged, too large, or holds no words.
    """
    name = name_of(file)
    try:
        data = bytes_of(file)
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise EvidenceError(Fault(name, why, "give the path of a draft", code="DRF001")) from None
    if len(data) > MAX_FILE:
        what = f"is too large for a draft: {len(data):,} bytes"
        raise EvidenceError(Fault(name, what, f"the limit is {MAX_FILE:,} bytes", code="DRF002"))
    manuscript = _read(data, name, suffix_of(file))
    size = sum(len(piece.text) for block in manuscript.everything() for piece in block.pieces)
    if size > _MAX_WORDS:
        what = f"is too long for a draft: {size:,} characters"
        raise EvidenceError(Fault(name, what, f"the limit is {_MAX_WORDS:,} characters", code="DRF002"))
    if not any(piece.text.strip() for block in manuscript.everything() for piece in block.pieces):
        more = f" ({'; '.join(manuscript.remarks)})" if manuscript.remarks else ""
        hint = "a scanned page has no text: give the file that it was printed from"
        raise EvidenceError(Fault(name, f"holds no words{more}", hint, code="DRF007"))
    return manuscript


def _read(data: bytes, name: str, suffix: str) -> Manuscript:
    if data.startswith(b"PK"):
        archive = open_archive(data, name)
        if "content.xml" in archive.names:
            return read_odt(archive)
        if is_docx(archive):
            return read_docx(archive)
        hint = "give .docx, .odt, .pdf, .md or .txt"
        raise EvidenceError(Fault(name, "is an archive, and no draft of a word processor", hint, code="DRF008"))
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            hint = "remove the password and save it again"
            raise EvidenceError(Fault(name, "is protected by a password", hint, code="DRF004"))
        hint = "save it as .docx"
        raise EvidenceError(Fault(name, "is in the old binary form of Word (.doc)", hint, code="DRF008"))
    if data.startswith(b"%PDF"):
        return read_pdf(data, name)
    if data.startswith(b"{\\rtf"):
        raise EvidenceError(Fault(name, "is in rich text form (.rtf)", "save it as .docx or .odt", code="DRF008"))
    if suffix in (".docx", ".docm", ".odt", ".pdf"):
        what = f"is no {suffix[1:]} file: it does not begin as one"
        hint = "save it again in the word processor, or as plain text"
        raise EvidenceError(Fault(name, what, hint, code="DRF003"))
    return read_markdown(data, name) if suffix in (".md", ".markdown") else read_text(data, name)


def chosen(manuscript: Manuscript, version: Version | None, hidden: bool | None) -> tuple[Version, bool]:
    """The version that was asked for, where there is more than one.

    Args:
        manuscript: what was read.
        version: ``accept`` or ``reject`` all tracked changes; ``None``: nobody said.
        hidden: whether hidden words are part of the draft; ``None``: nobody said.

    Returns:
        The version and whether hidden words count; where there is nothing to choose, what makes no difference.

    Raises:
        EvidenceError: there is something to choose and nobody chose; each change is told with whose it is, in both versions.
    """
    faults = []
    if version is None:
        for block in manuscript.tracked:
            what = f"{block.where} has tracked changes: {'; '.join(changes_in(block))}. {versions_of(block)}"
            hint = "say --accept or --reject, or settle them in the word processor"
            faults.append(Fault(manuscript.file, what, hint, code="DRF010"))
    if hidden is None:
        for block in manuscript.hidden:
            words = [f"{p.text.strip()!r} ({p.hidden})" for p in block.pieces if p.hidden and p.text.strip()]
            what = f"{block.where} has words that a reader does not see: {', '.join(words)}. {_seen(block)}"
            hint = "say --hidden show or --hidden leave, or take them out"
            faults.append(Fault(manuscript.file, what, hint, code="DRF011"))
    if faults:
        raise EvidenceError(*faults)
    return version or "accept", bool(hidden)


def changes_in(block: Block) -> list[str]:
    """The tracked changes of a paragraph for reading: the words, what was done, by whom and when.

    Args:
        block: a paragraph.

    Returns:
        One entry for each stretch of words with the same change.
    """
    out: list[tuple[str, str]] = []
    for piece in block.pieces:
        for change in piece.changes:
            if piece.text.strip():
                if out and out[-1][1] == str(change):
                    out[-1] = (out[-1][0] + piece.text, out[-1][1])
                else:
                    out.append((piece.text, str(change)))
    told = [f"'{' '.join(words.split())}' {how}" for words, how in out]
    return told or [f"the end of the paragraph {change}" for change in block.mark]


def versions_of(block: Block) -> str:
    """Both versions of a paragraph, side by side."""
    before, after = (words_of(block, version, hidden=True) for version in ("reject", "accept"))
    told = [f"it reads: '{words}'" if words else "it is not there" for words in (before, after)]
    return f"Rejected {told[0]}. Accepted {told[1]}."


def _seen(block: Block) -> str:
    """What is read without the hidden words, and with them."""
    without, with_ = (words_of(block, "accept", hidden=show) for show in (False, True))
    return f"Seen, it reads: '{without}'. With them: '{with_}'."
