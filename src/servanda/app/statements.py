"""Who said what in articles: from files to statements, grouped and aligned."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from servanda.agreement import Agreement, Term
from servanda.agreement.kinds import RESTRAINTS
from servanda.app.given import agreement_of
from servanda.errors import EvidenceError, Fault, ServandaError
from servanda.findings.plan import Progress, quiet
from servanda.statements import (
    Document,
    Extractor,
    People,
    Proposed,
    Read,
    Reading,
    Rejected,
    Statement,
    StatementAnalysis,
    TermText,
    TopicMatcher,
    Unread,
    align,
    cast_of,
    english,
    read_by_language,
    read_documents,
    reading_of,
    request_for,
    stands,
    taken,
)
from servanda.statements.finder import Finds, as_told, finds
from servanda.values.files import FileLike, base_name_of, name_of
from servanda.values.names import all_names
from servanda.values.states import STATES


def read_statements(
    paths: Sequence[FileLike],
    agreement: Agreement | FileLike | None = None,
    *,
    progress: Progress = quiet,
    order: str = "",
    by: str = "",
    extractor: Extractor | None = None,
    english_rules: Callable[..., Reading] = reading_of,
    finder: Finds = finds,
) -> StatementAnalysis:
    """Read articles and find who said what.

    Args:
        paths: the articles: text, HTML or PDF; exports of chats.
        agreement: look for statements about its terms and by its parties; left out, about common subjects and by states.
        progress: is told how far the work is.
        order: ``dmy`` or ``mdy``, of the days of chats that do not tell.
        by: whose own words the articles are, where they are a speech, a post or a statement; their text may tell it as well.
        extractor: reads the documents in place of the rules (``app/extractors.py``).
        english_rules: reads English documents; with a model, what :func:`servanda.app.speech_models.reader_of` gives.
        finder: judges what each document tells and finds what no rule finds; left out, the one that ships.

    Returns:
        The statements, which of them are one, and which side stands where.

    Raises:
        ServandaError: the agreement or an article cannot be read, or a package for its format is not installed.
    """
    text = None if agreement is None else agreement_of(agreement)
    title = "" if text is None else text.title
    topics, aliases, names = _asked(text)
    try:
        found, empty = _documents(paths, progress, order)
        documents = [d if d.speaker or not by else replace(d, speaker=by) for d in found]
        people = People.known([f"{d.head or d.title}\n{d.text}" for d in documents], aliases)
        people.parties = () if text is None else tuple(text.parties)
        people.kinds, people.called = _kinds(text), names
        if extractor is None and len(documents) > 1:
            people.learn([cast_of(d, people).offices() for d in documents if english(f"{d.title} {d.text}")])
        read = []
        for n, document in enumerate(documents):
            progress("articles understood", n)
            only = extractor is not None
            read.append(read_by_language(document, people, topics, english_rules, finder=finder, only_languages=only))
    except ImportError as error:
        hint = "python -m pip install 'servanda[documents]'"
        missing = f"needs {error.name}, which is not installed"
        raise ServandaError(Fault("servanda statements", missing, hint, code="CLI007")) from None
    statements = [s for one in read for s in one.statements]
    unread = tuple(part for one in read for part in one.unread)
    left_out = (*empty, *_left_out(documents, read))
    rejected: tuple[Rejected, ...] = ()
    if extractor is not None:
        proposed = _proposed(extractor, documents, topics, names, people)
        statements, rejected = list(proposed.statements), proposed.rejected
        unread = _unfinished(read, proposed)
        left_out = (*empty, *_left_out(documents, ()))
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
        () if text is None else tuple(text.parties),
        "" if text is None else text.zone.key,
        {one.languages.document: one.languages.main for one in read},
        unread,
        rejected,
        left_out,
    )


def asked_of(agreement: Agreement | FileLike) -> tuple[TopicMatcher, dict[str, str], dict[str, str], tuple[str, ...]]:
    """What is looked for in articles about an agreement.

    Args:
        agreement: it, or its file.

    Returns:
        Its terms, words for its sides, their names, and its parties.

    Raises:
        ServandaError: it cannot be read.
    """
    text = agreement_of(agreement)
    return (*_asked(text), tuple(text.parties))


def _term_text(term: Term) -> TermText:
    """What makes out a term in articles."""
    acts = term.what.act_codes if term.what is not None else ()
    left_undone = term.kind.owes in RESTRAINTS
    targets = term.what.target_codes if term.what is not None else ()
    weapon = term.what.weapon.names if term.what is not None and term.what.weapon is not None else ()
    forbids, requires = (acts, ()) if left_undone else ((), acts)
    return TermText(term.title, term.text, term.words, forbids, requires, targets, weapon, tuple(term.binds))


def _asked(text: Agreement | None) -> tuple[TopicMatcher, dict[str, str], dict[str, str]]:
    """What is looked for: the terms, words for sides, and their names; common subjects and states where there is no agreement."""
    names = {code: words.split("|")[0] for code, words in STATES.items()}
    if text is None:
        return TopicMatcher.all(), {}, names
    topics = TopicMatcher.of(
        {t.id: _term_text(t) for reading in text.texts for t in reading.terms},
        [n for code, name in text.actors.items() for n in all_names(code, name)],
        [n for code, name in text.actors.items() if code in text.parties for n in all_names(code, name)],
    )
    return topics, _aliases(text), {**dict(text.actors), **{c: n for c, n in names.items() if c not in text.actors}}


def _left_out(documents: Sequence[Document], read: Sequence[Read]) -> tuple[tuple[str, str, str], ...]:
    """Document, reason and words of what stands in no statement; without ``read``, of what is no part of the articles."""
    rest = {one.languages.document: one.left_out for one in read}
    return tuple((d.id, reason, words) for d in documents for reason, words in (*d.dropped, *rest.get(d.id, ())))


def _unfinished(read: Sequence[Read], proposed: Proposed) -> tuple[Unread, ...]:
    """The documents about which a language model has not said that it is done."""
    why = "the extractor's answer is unfinished"
    return tuple(
        Unread(one.languages.document, one.languages.main, missing=False, whole=True, words=(), why=why)
        for one in read
        if one.languages.document not in proposed.finished
    )


def _proposed(
    extractor: Extractor,
    documents: Sequence[Document],
    topics: TopicMatcher,
    names: Mapping[str, str],
    people: People,
) -> Proposed:
    """What a language model reads in the documents, as far as it can be taken."""
    parties = {code: list(all_names(code, name)[1:]) for code, name in names.items()}
    answer = extractor([request_for(d, parties, topics) for d in documents])
    return taken(answer, documents, frozenset(names), topics, people, _heard(documents, topics, people))


def _heard(documents: Sequence[Document], topics: TopicMatcher, people: People) -> list[Statement]:
    """What the rules for English read in the documents; nothing where their tagger is not installed."""
    try:
        read = (reading_of(d, people, topics, finder=as_told) for d in documents if english(d.text))
        return [s for one in read for s in one.statements]
    except ImportError:
        return []


def _aliases(agreement: Agreement) -> dict[str, str]:
    """Words for the sides of an agreement: its own codes stand for the states it names; its other actors go by code and name."""
    aliases: dict[str, str] = {}
    several: dict[str, str] = {}
    for code, name in agreement.actors.items():
        aliases |= dict.fromkeys(all_names(code, name)[1:], code)
        if len(code) > 2 and code.isupper():
            aliases[code] = code  # a shorter one is a word of the language
        members = [state for state, words in STATES.items() if any(w in name for w in words.split("|")[:1])]
        if len(members) > 1:
            several |= {word: code for state in members for word in STATES[state].split("|")}
    aliases |= {word: code for word, code in _short_forms(agreement).items() if word not in aliases}
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
    # whoever is one of several that have one code speaks for it, unless the agreement names him by himself
    aliases |= {word: code for word, code in several.items() if aliases.get(word) is None}
    return aliases | given  # what the agreement says comes first


def _kinds(agreement: Agreement | None) -> dict[str, str]:
    """What each actor of an agreement is: a state, a body that watches or mediates, or a group."""
    if agreement is None:
        return {}
    out = {}
    for code, full in agreement.actors.items():
        called = set(all_names(code, full))
        if any(
            words.split("|")[0] in called for state, words in STATES.items() if len(state) == 2 and state not in _UNIONS
        ):
            out[code] = "state"
        elif code not in agreement.parties and (code in agreement.bodies or _BODY.search(str(full))):
            out[code] = "body"
        elif _OF_STATE.search(str(full)) and not _IRREGULAR_NAME.search(str(full)) and code in agreement.parties:
            out[code] = "state"
        else:
            out[code] = "state" if _has_a_people(called) else "group"
    return out


def _has_a_people(called: AbstractSet[str]) -> bool:
    """One of its names is a country's, as its adjective in another tells: *Tessaly*, *Tessalian army*."""
    return any(
        w.isalpha() and w.istitle() and other != w and re.fullmatch(rf"{w[:-1]}\w{{0,2}}?(?:i?ans?|ese|ish)", other)
        for w in called
        if len(w) > 4
        for other in {part for name in called for part in name.split()}
    )


_BODY = re.compile(
    r"\b(?:Organi[sz]ation|Union|Nations|NATO|League|Mission|Force|Commission|Agency|Committee|Council|Mechanism|monitors|observers|mission)\b"
)


_UNIONS = frozenset(["UN", "EU"])
_OF_STATE = re.compile(
    r"\b(?:Government|Republic|Kingdom|State of|Federation of)\b|\b(?:"
    + "|".join(re.escape(w) for words in STATES.values() for w in words.split("|"))
    + r") (?:Armed Forces|Army|Defen[cs]e Forces)\b"
)
_IRREGULAR_NAME = re.compile(r"\b(?:Liberation|Free|People[\u2019']s|Resistance|Front|Movement|Islamic|formations)\b")


def _short_forms(agreement: Agreement) -> dict[str, str]:
    """Shorter ways to say long names, where only one actor can be meant: *the People's Army*, *the Command*, *the UN force*, and the adjective of a state in the name of a party."""
    found: dict[str, set[str]] = {}
    states: dict[str, set[str]] = {}
    for code, full in agreement.actors.items():
        parts = [p for p in re.split(r" and |, ", str(full)) if len(p.split()) > 2]
        for words in (p.split() for p in parts):
            if all(w[:1].isupper() for w in words[-2:]):
                found.setdefault(" ".join(words[-2:]), set()).add(code)
            if all(w[:1].isupper() for w in words[:2]) and words[2][:1].islower():
                found.setdefault(" ".join(words[:2]), set()).add(code)
            for body in {"Force", "Mission", "Commission", "Command", "Agency", "Committee"} & set(words):
                found.setdefault(f"the {body}", set()).add(code)
                found.setdefault(f"{body} Commander", set()).add(code)
            if words[-1][:1].isupper():
                found.setdefault(f"the {words[-1]}", set()).add(code)
        for name in all_names(code, full):
            if name.startswith("the ") and name.endswith("s") and name[4].islower():
                found.setdefault(f"chief {name[4:-1]}", set()).add(code)  # *the monitors* have a chief monitor
        for state, names in STATES.items():
            called = [n for n in names.split("|") if re.search(rf"\b{re.escape(n)}\b", str(full))]
            if not called or state in agreement.actors or len(parts) + len(str(full).split()) < 3:
                continue
            for name in names.split("|"):
                if code in agreement.parties and len(name) > 1:
                    states.setdefault(name, set()).add(code)
                for body in (
                    "force",
                    "mission",
                    "monitoring mission",
                    "observers",
                    "monitors",
                    "monitor",
                    "peacekeepers",
                    "commander",
                ):
                    found.setdefault(f"{name} {body}", set()).add(code)
    for name, codes in states.items():  # *Sudan* is its government, and not the People's Liberation Movement of Sudan
        governing = {code for code in codes if _OF_STATE.search(str(agreement.actors[code]))}
        found.setdefault(name, set()).update(governing if len(codes) > 1 and governing else codes)
    for code, words in _organs(agreement):
        for word in words:
            found.setdefault(word, set()).add(code)
    return {word: codes.copy().pop() for word, codes in found.items() if len(codes) == 1}


def _organs(agreement: Agreement) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else only one actor has: the mission or monitors of which the clauses tell whose they are, and any word for a party of irregulars."""
    clauses = " ".join(f"{term.title}. {term.text}" for text in agreement.texts for term in text.terms)
    for code, full in agreement.actors.items():
        names = all_names(code, full)
        called = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        told = re.findall(
            rf"\b(?:{called})(?:[\u2019']s)? (?:[a-z-]+ ){{0,2}}({_ORGAN})\b", f"{clauses} {' '.join(names)}"
        )
        yield code, tuple(f"{article} {organ}" for organ in told for article in ("the", "The"))
        if code in agreement.parties and _IRREGULAR.search(" ".join(names)):
            yield code, _IRREGULARS


_ORGAN = "mission|monitors|observers|inspectors|peacekeepers|force|commission"
_IRREGULARS = tuple(
    "rebel rebels separatist separatists insurgent insurgents militant militants guerrilla guerrillas".split()
)
_IRREGULAR = re.compile(rf"\b(?:{'|'.join(_IRREGULARS)})\b", re.IGNORECASE)


def _names_other(name: str, names: Sequence[str]) -> bool:
    """The agreement's name for a code is not that of the state that usually has it."""
    return not any(word in name for word in names if len(word) > 3)


def _documents(
    paths: Sequence[FileLike], progress: Progress, order: str
) -> tuple[list[Document], list[tuple[str, str, str]]]:
    """The articles of all files; they go by their names, and where two have the same, by the ends of the files as well. Beside them the files that
    hold no article, as rows of what is left out: an error only where none of them does.
    """
    files: dict[str, str] = {}
    documents: list[Document] = []
    empty: list[tuple[str, str, str]] = []
    stems = Counter(Path(name_of(path)).stem for path in paths)
    for n, path in enumerate(paths):
        progress("articles read", n)
        called = base_name_of(path) if stems[Path(name_of(path)).stem] > 1 else ""
        try:
            found = read_documents(path, called, order)
        except EvidenceError as error:
            if error.faults[0].code != "DOC004" or (n + 1 == len(paths) and not documents):
                raise
            empty.append((called or Path(name_of(path)).stem, error.faults[0].what, ""))
            continue
        for document in found:
            if document.id in files:
                problem = f"has the same name as {files[document.id]}"
                raise EvidenceError(
                    Fault(name_of(path), problem, "rename one of them: articles go by their names", code="CLI011")
                )
            files[document.id] = name_of(path)
            documents.append(document)
    return documents, empty
