"""Who said what in articles: from files to statements, grouped and aligned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from servanda.agreement import Agreement
from servanda.app.given import agreement_of
from servanda.errors import EvidenceError, Fault, ServandaError
from servanda.findings.plan import Progress, quiet
from servanda.statements import (
    Document,
    People,
    StatementAnalysis,
    TopicMatcher,
    align,
    read_documents,
    stands,
    statements_of,
)
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.values.names import all_names
from servanda.values.states import STATES


def read_statements(
    paths: Sequence[FileLike],
    agreement: Agreement | FileLike | None = None,
    *,
    progress: Progress = quiet,
    order: str = "",
) -> StatementAnalysis:
    """Read articles and find who said what.

    Args:
        paths: the articles: text, HTML or PDF; exports of chats.
        agreement: look for statements about its terms and by its parties; left out, about common subjects and by states.
        progress: is told how far the work is.
        order: ``dmy`` or ``mdy``, of the days of chats that do not tell.

    Returns:
        The statements, which of them are one, and which side stands where.

    Raises:
        ServandaError: the agreement or an article cannot be read, or a package for its format is not installed.
    """
    text = None if agreement is None else agreement_of(agreement)
    title = "" if text is None else text.title
    topics, aliases, names = TopicMatcher.all(), {}, {code: words.split("|")[0] for code, words in STATES.items()}
    if text is not None:
        topics = TopicMatcher.of({t.id: f"{t.title}. {t.text}" for reading in text.texts for t in reading.terms})
        aliases = _aliases(text)
        names = {**dict(text.actors), **{c: n for c, n in names.items() if c not in text.actors}}
    try:
        documents = _documents(paths, progress, order)
        people = People.known([f"{d.title}\n{d.text}" for d in documents], aliases)
        statements = []
        for n, document in enumerate(documents):
            progress("articles understood", n)
            statements += statements_of(document, people, topics)
    except ImportError as error:
        hint = "python -m pip install 'servanda[documents]'"
        missing = f"needs {error.name}, which is not installed"
        raise ServandaError(Fault("servanda statements", missing, hint, code="CLI007")) from None
    aligned = align(statements)
    return StatementAnalysis(
        tuple(documents),
        tuple(statements),
        aligned,
        tuple(stands(statements, aligned, names)),
        topics,
        names,
        people,
        title,
    )


def _aliases(agreement: Agreement) -> dict[str, str]:
    """Words for the sides of an agreement: its own codes stand for the states it names; its other actors go by code and name."""
    aliases: dict[str, str] = {}
    for code, name in agreement.actors.items():
        aliases |= dict.fromkeys(all_names(code, name)[1:], code)
        if len(code) > 2 and code.isupper():
            aliases[code] = code  # a shorter one is a word of the language
    given = dict(aliases)
    for state, words in STATES.items():
        names = words.split("|")
        own = [
            code
            for code, name in agreement.actors.items()
            if name in names or (code == state and not _names_other(name, names))
        ]
        if own:
            aliases |= dict.fromkeys(names, own[0])
        elif state in agreement.actors:
            aliases |= dict.fromkeys(names, "")  # the agreement gives this code to somebody else
    return aliases | given  # what the agreement says comes first


def _names_other(name: str, names: Sequence[str]) -> bool:
    """The agreement's name for a code is not that of the state that usually has it."""
    return not any(word in name for word in names if len(word) > 3)


def _documents(paths: Sequence[FileLike], progress: Progress, order: str) -> list[Document]:
    """The articles of all files; they go by their names, and where two have the same, by the ends of the files as well."""
    files: dict[str, str] = {}
    documents = []
    stems = Counter(Path(name_of(path)).stem for path in paths)
    for n, path in enumerate(paths):
        progress("articles read", n)
        called = base_name_of(path) if stems[Path(name_of(path)).stem] > 1 else ""
        for document in read_documents(path, called, order):
            if document.id in files:
                problem = f"has the same name as {files[document.id]}"
                raise EvidenceError(
                    Fault(name_of(path), problem, "rename one of them: articles go by their names", code="CLI011")
                )
            files[document.id] = name_of(path)
            documents.append(document)
    return documents
