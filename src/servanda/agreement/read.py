"""From the file to the agreement: read, check, resolve. All faults are gathered before any is told.

A file gives one text per reading. Where amendments change it, a text holds each clause once per version: the clause
``withdrawal`` until the amendment ``package``, and ``withdrawal@package`` from then on, so that the version in force when
an act happened is the one it is judged by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from servanda.agreement.model import Agreement, Term, Text
from servanda.agreement.resolve.beside import Beside
from servanda.agreement.resolve.resolver import NEVER, Resolver
from servanda.agreement.schema import file as written
from servanda.agreement.schema.validate import validate
from servanda.errors import AgreementError, Fault
from servanda.values.document import Document, Path_, read_document
from servanda.values.files import FileLike, NamedBytes, suffix_of
from servanda.values.names import FullName
from servanda.values.time import Interval
from servanda.wording import did_you_mean

_READABLE = {"readings": ("in_force", "terms", "events", "amendments"), "amendments": ("in_force", "terms")}
_TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".gz")
_WORDS_ONLY = ("title", "text", "source", "asymmetric", "observed_by", "words")


@dataclass(frozen=True)
class Inspected:
    """What could be made of an agreement: the agreement or the faults, and what is written with where it stands."""

    agreement: Agreement | None
    faults: list[Fault]
    document: Document | None = None
    written: written.AgreementFile | None = None


def read_agreement(
    source: FileLike | Mapping[str, Any], *, beside: Mapping[str, NamedBytes] | None = None
) -> Agreement:
    """Read an agreement.

    Args:
        source: its file, on disk or in memory, or its content as a mapping, as YAML would give it.
        beside: geometry files by the names that the agreement gives them; others are looked for in the file's folder.

    Returns:
        The agreement, with every code, place and instant resolved.

    Raises:
        AgreementError: with every fault found, its line and how to correct it.
    """
    inspected = inspect(source, beside=beside)
    if inspected.agreement is None:
        raise AgreementError(*inspected.faults)
    return inspected.agreement


def inspect_agreement(
    source: FileLike | Mapping[str, Any], *, beside: Mapping[str, NamedBytes] | None = None
) -> tuple[Agreement | None, list[Fault]]:
    """Read an agreement without raising.

    Args:
        source: as in :func:`read_agreement`.
        beside: as in :func:`read_agreement`.

    Returns:
        The agreement and no faults, or ``None`` and every fault found.
    """
    inspected = inspect(source, beside=beside)
    return inspected.agreement, inspected.faults


def inspect(source: FileLike | Mapping[str, Any], *, beside: Mapping[str, NamedBytes] | None = None) -> Inspected:
    """Read an agreement once, and keep what is written for those who check it."""
    files = Beside(beside or {}, None if isinstance(source, (NamedBytes, Mapping)) else Path(source).parent)
    document, faults = read_document(source, "agreement" if isinstance(source, Mapping) else "")
    if document is None:
        if not isinstance(source, Mapping) and suffix_of(source) in _TABLES:
            hint = "the agreement is a YAML file and is named first; evidence follows it"
            faults = [fault if fault.code == "YML001" else replace(fault, hint=hint) for fault in faults]
        return Inspected(None, faults)
    base = validate(document, faults)
    if base is None:
        return Inspected(None, faults, document)
    agreement = _resolved(document, base, files, faults)
    unique = sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column))
    return Inspected(None if unique else agreement, unique, document, base)


def _resolved(document: Document, base: written.AgreementFile, beside: Beside, faults: list[Fault]) -> Agreement | None:
    """The agreement in all its readings and versions; adds every fault to ``faults``."""
    resolver = Resolver(document, base, beside, faults)
    readings: list[str | None] = list(base.readings) or [None]
    texts = []
    if resolver.ready:
        for reading in readings:
            versions = _versions(document, reading, resolver, faults)
            if versions:
                texts.append(_owned(document, _text(reading, versions, resolver), resolver, base))
    mandate = resolver.mandate()
    if faults or mandate is None:
        return None
    return Agreement(
        id=base.agreement,
        title=base.title,
        file=Path(document.file).name,
        sha256=document.sha256,
        zone=resolver.zone,
        parties=_called(base.parties, base),
        guarantors=_called(base.guarantors, base),
        mandate=mandate,
        vocabulary=resolver.vocabulary,
        frame=resolver.frame,
        places=resolver.places,
        texts=tuple(texts),
        third_states=_called(base.third_states, base),
        bodies=_called(base.bodies, base),
        signed=resolver.dated(document, ("signed",), base.signed) if base.signed else None,
        notes=tuple(base.notes),
        sources=tuple(base.sources),
    )


def _called(actors: Mapping[str, str], base: written.AgreementFile) -> dict[str, str]:
    """Actors with all their names."""
    return {short: FullName(full, base.names.get(short, ())) for short, full in actors.items()}


@dataclass(frozen=True)
class _Version:
    """The text as one amendment left it: from when, what it says, and which terms it ended."""

    id: str
    since: datetime | None
    document: Document
    file: written.AgreementFile
    repealed: frozenset[str]


def _versions(document: Document, reading: str | None, resolver: Resolver, faults: list[Fault]) -> list[_Version]:
    """The text as signed, then after each amendment, as one reading has it."""
    changes = document.mapping("readings", reading or "")
    changes = {path: value for path, value in changes.items() if path not in written.Reading.model_fields}
    at: Path_ = ("readings", reading or "")
    own = {k: v for k, v in changes.items() if k.split(".")[0] == "amendments"}
    others = {k: v for k, v in changes.items() if k not in own}
    plain = _changed(document, own, at, faults)
    out: list[_Version] = []
    amended, repealed = plain, frozenset[str]()
    chain = plain.mapping("amendments")
    for name in (None, *chain):
        since = None
        if name is not None:
            path: Path_ = ("amendments", name)
            amendment = plain.mapping("amendments", name)
            since = resolver.fixed(plain, (*path, "from"), amendment.get("from"))
            if since is not None and out and out[-1].since is not None and since <= out[-1].since:
                what = f"the amendment {name!r} does not come after the one before it"
                hint = "write amendments in the order of their dates"
                faults.append(plain.fault((*path, "from"), what, hint, code="AGR006"))
            changes = plain.mapping("amendments", name, "changes")
            repealed -= {term.removeprefix("terms.") for term in changes}  # given anew as a whole
            for dotted in changes:
                if dotted.startswith("terms.") and (term := dotted.split(".")[1]) in repealed:
                    what, hint = f"the term {term!r} was repealed before", f"give it anew: 'terms.{term}: {{...}}'"
                    faults.append(plain.fault((*path, "changes", dotted), what, hint, code="AGR018"))
            amended = _changed(amended, changes, (*path, "changes"), faults)
            gone = amendment.get("repeals") or []
            for term in [gone] if isinstance(gone, str) else gone if isinstance(gone, list) else []:
                if term not in amended.data["terms"]:
                    hint = did_you_mean(str(term), amended.data["terms"])
                    what = f"there is no term {term!r} to repeal"
                    faults.append(plain.fault((*path, "repeals"), what, hint, code="AGR018"))
                repealed |= {term}
        variant = _changed(amended, others, at, faults)
        file = validate(variant, faults)
        if file is not None:
            out.append(_Version(name or "", since, variant, file, repealed))
    return out


def _changed(document: Document, changes: dict[str, Any], at: Path_, faults: list[Fault]) -> Document:
    """The document with some values changed, each named by its path."""
    for dotted, value in changes.items():
        here: Path_ = (*at, dotted)
        allowed = _READABLE[str(at[0])]
        if dotted.split(".")[0] not in allowed or "." not in dotted:
            what = f"cannot change {dotted!r}: only what stands under {', '.join(allowed)} can be changed"
            hint = "write for example 'in_force.from' or 'terms.fire.forbid.target'"
            who = "a reading" if at[0] == "readings" else "an amendment"
            faults.append(document.fault(here, f"{who} {what}", hint, code="AGR007"))
            continue
        try:
            document = document.with_value(tuple(dotted.split(".")), value, here)
        except KeyError as error:
            what = f"{dotted!r} leads nowhere: there is no {error.args[0]!r}"
            hint = "name what it changes, as 'in_force.from'"
            faults.append(document.fault(here, what, hint, code="AGR008"))
    return document


def _text(reading: str | None, versions: list[_Version], resolver: Resolver) -> Text:
    """All terms of all versions, a term that several versions leave alone only once."""
    last = versions[-1]
    forces = [resolver.in_force(version.document, version.file) for version in versions]
    extensions, refused = tuple(resolver.extensions), tuple(dict.fromkeys(resolver.refused))
    ends = [*(version.since for version in versions[1:]), None]
    bound = [
        force.intersection(Interval(version.since, end))
        for version, force, end in zip(versions, forces, ends, strict=True)
    ]
    terms: list[Term] = []
    for name in dict.fromkeys(name for version in versions for name in version.file.terms):
        for n, (first, upto) in enumerate(_spans(name, versions, bound)):
            version = versions[upto]
            window = Interval(bound[first].start, bound[upto].end)
            resolved = resolver.term(version.document, version.file, name, forces[upto], window)
            if resolved is not None:
                mark = versions[first].id if n or name not in versions[0].file.terms else ""
                terms.append(replace(resolved, id=f"{name}@{mark}" if n else name, version=mark))
    events = resolver.events(last.document, last.file, forces[-1])
    in_force = forces[-1] if forces[0].is_empty else Interval(forces[0].start, forces[-1].end)
    if any(force is NEVER for force in forces):
        in_force = NEVER
    return Text(reading, tuple(terms), in_force, events, extensions=extensions, refused=refused)


def _owned(document: Document, text: Text, resolver: Resolver, base: written.AgreementFile) -> Text:
    """A reading's text with whose reading it is, and since when."""
    said = base.readings.get(text.reading or "")
    if said is None:
        return text
    at: Path_ = ("readings", str(text.reading))
    of = tuple(said.of or ())
    resolver.known_actors(document, (*at, "of"), of, resolver.actors)
    since = resolver.fixed(document, (*at, "since"), said.since) if said.since else None
    return replace(text, of=of, since=since)


def _spans(name: str, versions: list[_Version], bound: list[Interval]) -> list[tuple[int, int]]:
    """First and last version of every stretch in which a term binds without a break and says the same in other words
    at most.
    """
    spans: list[tuple[int, int]] = []
    before: Any = None
    for n, version in enumerate(versions):
        now = version.document.data["terms"].get(name) if name not in version.repealed else None
        now = {k: v for k, v in now.items() if k not in _WORDS_ONLY} if isinstance(now, dict) else now
        joined = n > 0 and bound[n - 1].end == version.since and bound[n].start == version.since
        if now is not None and now == before and joined and not bound[n].is_empty:
            spans[-1] = (spans[-1][0], n)
        elif now is not None:
            spans.append((n, n))
        before = now
    return spans
