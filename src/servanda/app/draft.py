"""Use case: a draft as people write it becomes the skeleton of an agreement file."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.documents import ENDINGS, Text, Version, chosen, clauses_of, read_manuscript
from servanda.drafting.understand import Skeleton, skeleton_of
from servanda.errors import Fault, ServandaError
from servanda.values.files import FileLike, name_of, suffix_of


def read_draft(file: FileLike, version: Version | None = None, hidden: bool | None = None) -> Text:
    """Read one version of a draft.

    Args:
        file: .docx, .odt, .pdf, .md or .txt.
        version: ``accept`` or ``reject`` tracked changes; left out, a draft that has any is refused with all of them told.
        hidden: whether hidden words are part of it; left out, a draft that has any is refused.

    Returns:
        Its clauses.

    Raises:
        EvidenceError: it cannot be read, or nobody chose between its versions.
        ServandaError: it has no clause.
    """
    if suffix_of(file) in (".yaml", ".yml"):
        hint = "an agreement file is checked by 'servanda check'; give the draft as people wrote it"
        raise ServandaError(Fault(name_of(file), "is a YAML file, and no draft", hint, code="DRF012"))
    manuscript = read_manuscript(file)
    version, hidden = chosen(manuscript, version, hidden)
    text = clauses_of(manuscript, version, hidden=hidden)
    if not text.clauses:
        what, hint = "has words, and no clause among them", "number the clauses, or write each as a sentence"
        raise ServandaError(Fault(name_of(file), what, hint, code="DRF012"))
    return text


def is_draft(file: FileLike) -> bool:
    """Whether a file is a draft as people write it, by its name, and no agreement file."""
    return suffix_of(file) in ENDINGS


def draft_file(
    file: FileLike,
    *,
    version: Version | None = None,
    hidden: bool | None = None,
    parties: Mapping[str, str] | None = None,
) -> tuple[Text, Skeleton]:
    """Make the skeleton of an agreement file from a draft.

    Args:
        file: .docx, .odt, .pdf, .md or .txt.
        version: as in :func:`read_draft`.
        hidden: as in :func:`read_draft`.
        parties: short name to full name; left out, the draft's own words before its first clause say who they are.

    Returns:
        The clauses, and the skeleton.

    Raises:
        ServandaError: it cannot be read, nobody chose between its versions, or it has no clause.
    """
    text = read_draft(file, version, hidden)
    return text, skeleton_of(text, parties)


def parties_of(words: list[str]) -> dict[str, str]:
    """Parties as they are given at the command line: ``A=First Party``.

    Args:
        words: one entry for each.

    Returns:
        Short name to full name.

    Raises:
        ServandaError: an entry is not of that form.
    """
    out = {}
    for word in words:
        short, sign, full = word.partition("=")
        if not sign or not short.strip().isidentifier() or not full.strip():
            hint = "write it as A='First Party', with a short name of letters and digits"
            raise ServandaError(Fault("--parties", f"{word!r} does not name a party", hint, code="CLI012"))
        out[short.strip()] = full.strip()
    return out
