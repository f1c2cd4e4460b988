"""The command that reads articles: ``servanda statements``."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections import Counter
from pathlib import Path

from servanda.agreement import read_agreement
from servanda.app.output import Progress, write_all
from servanda.errors import EvidenceError, Fault, ServandaError
from servanda.report.statements_page import StatementAnalysis, said_page, said_tables
from servanda.statements import Document, People, TopicMatcher, align, read_documents, stands, statements_of
from servanda.values.states import STATES
from servanda.wording import plural


def said_in(paths: list[str], agreement: str | None = None) -> StatementAnalysis:
    """Read articles and find who said what; with an agreement, about its terms and of its parties. Raises :class:`~servanda.errors.ServandaError`."""
    title = ""
    words: dict[str, str] = {}
    matters, names = TopicMatcher.all(), {code: known.split("|")[0] for code, known in STATES.items()}
    if agreement is not None:
        text = read_agreement(agreement)
        title = text.title
        matters = TopicMatcher.of({t.id: f"{t.title}. {t.text}" for reading in text.texts for t in reading.terms})
        # The agreement's own codes stand for the states it names; its other actors are known by their codes and names.
        for code, name in text.actors.items():
            words[name] = code
            if len(code) > 2 and code.isupper():
                words[code] = code  # a shorter one is a word of the language
        for state, known in STATES.items():
            theirs = [
                c
                for c, name in text.actors.items()
                if name in known.split("|") or (c == state and not _names_other(name, known))
            ]
            if theirs:
                words |= dict.fromkeys(known.split("|"), theirs[0])
            elif state in text.actors:
                words |= dict.fromkeys(known.split("|"), "")  # the agreement gives this code to somebody else
        names = {**dict(text.actors), **{c: n for c, n in names.items() if c not in text.actors}}
    progress = Progress()
    try:
        documents = _documents(paths, progress)
        people = People.known([f"{d.title}\n{d.text}" for d in documents], words)
        found = []
        for n, document in enumerate(documents):
            progress("articles understood", n)
            found += statements_of(document, people, matters)
    except ImportError as error:
        raise _missing(error) from None
    finally:
        progress.close()
    aligned = align(found)
    return StatementAnalysis(
        tuple(documents), tuple(found), aligned, tuple(stands(found, aligned, names)), matters, names, title
    )


def _documents(paths: list[str], progress: Progress) -> list[Document]:
    """The articles of all files; they are told by their names, and where two have one, by the ends of the files as well."""
    of: dict[str, str] = {}
    documents = []
    stems = Counter(Path(path).stem for path in paths)
    for n, path in enumerate(paths):
        progress("articles read", n)
        for document in read_documents(path, Path(path).name if stems[Path(path).stem] > 1 else ""):
            if document.id in of:
                fault = f"has the same name as {of[document.id]}"
                raise EvidenceError(Fault(str(path), fault, "name the files apart: articles are told by their names"))
            of[document.id] = str(path)
            documents.append(document)
    return documents


def _names_other(name: str, known: str) -> bool:
    """The agreement's name for a code is not that of the state that usually has it."""
    return not any(word in name for word in known.split("|") if len(word) > 3)


def _missing(error: ImportError) -> ServandaError:
    return ServandaError(
        Fault(
            "servanda statements",
            f"needs {error.name}, which is not installed",
            "python -m pip install 'servanda[documents]'",
        )
    )


def statements(args: argparse.Namespace) -> int:
    """Find who said what in articles, what is one saying, and who stands where."""
    said = said_in(args.documents, args.agreement)
    if args.out:
        page = said_page(said, said.title or f"{len(said.documents)} articles")
        write_all(Path(args.out), {"statements.html": page.encode(), **said_tables(said)})
    many = [o for o in said.aligned.occasions if len(o.documents) > 1]
    left = sum(len(d.dropped) for d in said.documents)
    print(
        f"{plural(len(args.documents), 'file')}, {plural(len(said.documents), 'article')}: {plural(len(said.statements), 'statement')} "
        f"on {plural(len(said.aligned.occasions), 'occasion')}; {plural(left, 'piece')} of page furniture left out"
    )
    for o in sorted(many, key=lambda o: (-len(o.documents), o.id)):
        to = f", to {o.hearer}" if o.hearer else ""
        print(
            f"\n{o.speaker}{f' ({o.side})' if o.side else ''}{to}{f', {o.day}' if o.day else ''}: one origin, {len(o.documents)} relays"
        )
        for c in said.aligned.changes:
            if c.occasion == o.id:
                print(
                    textwrap.fill(
                        f"{c.kind}{f' ({c.term})' if c.term else ''}: {c.document} {c.text}",
                        110,
                        initial_indent="  ",
                        subsequent_indent="      ",
                    )
                )
    if said.stands:
        print("\nWho stands where (origins):")
    for term in said.terms:
        cells = [c for c in said.stands if c.term == term and c.stance != "speaks of"]
        line = "; ".join(f"{c.side or 'side not told'} {c.stance} ({c.origins})" for c in cells) or "is only spoken of"
        print(textwrap.fill(f"{term}: {line}", 110, initial_indent="  ", subsequent_indent="      "))
    if args.out:
        print(f"\nWritten to {args.out}; open statements.html.")
    elif sys.stdout.isatty():
        print("\nWith --out DIR: every statement, and a page with the quotations.")
    return 0
