"""From the file to the agreement: read, check, resolve. All faults are gathered before any is told."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from servanda.agreement import file as written
from servanda.agreement.model import Agreement, Exemption, Forbid, Mandate, Text
from servanda.agreement.places import build_places
from servanda.agreement.validate import validate
from servanda.errors import AgreementError, Fault
from servanda.values.codes import STANDARD, Tree, Vocabulary
from servanda.values.document import Document, Path_, read_document
from servanda.values.locate import MILLION
from servanda.values.space import Line, Place, any_of
from servanda.values.time import Interval, parse_duration, parse_instant

_READABLE = ("in_force", "terms")
_LEAST_STANDARD = 0.1
_RELATIVE = re.compile(r"^\s*(signed|start)\s*(?:\+\s*(.+?))?\s*$")


def read_agreement(path: str | Path) -> Agreement:
    """Read an agreement file. Raises :class:`AgreementError` with every fault found."""
    agreement, faults = inspect_agreement(path)
    if faults or agreement is None:
        raise AgreementError(*faults)
    return agreement


def inspect_agreement(path: str | Path) -> tuple[Agreement | None, list[Fault]]:
    """Read an agreement file and return what could be made of it together with every fault."""
    path = Path(path)
    document, faults = read_document(path)
    if document is None:
        return None, faults
    base = validate(document, faults)
    if base is None:
        return None, faults
    variants: list[tuple[str | None, Document, written.AgreementFile]] = []
    for reading, changes in base.readings.items():
        variant = document
        for dotted, value in changes.items():
            at: Path_ = ("readings", reading, dotted)
            if dotted.split(".")[0] not in _READABLE or "." not in dotted:
                what = f"a reading cannot change {dotted!r}: it changes {' and '.join(_READABLE)} only"
                faults.append(
                    document.fault(at, what, "write for example 'in_force.from' or 'terms.fire.forbid.target'")
                )
                continue
            try:
                variant = variant.with_value(tuple(dotted.split(".")), value, at)
            except KeyError as error:
                faults.append(
                    document.fault(
                        at,
                        f"{dotted!r} leads nowhere: there is no {error.args[0]!r}",
                        "name what it changes, as 'in_force.from'",
                    )
                )
        file = validate(variant, faults)
        if file is not None:
            variants.append((reading, variant, file))
    if not base.readings:
        variants.append((None, document, base))
    resolver = _Resolver(document, base, path, faults)
    agreement = resolver.agreement(variants)
    unique = list(dict.fromkeys(faults))
    unique.sort(key=lambda fault: (fault.line, fault.column))
    return (None if unique else agreement), unique


@dataclass
class _Resolver:
    document: Document
    base: written.AgreementFile
    path: Path
    faults: list[Fault]
    zone: ZoneInfo = field(init=False)
    vocabulary: Vocabulary = field(init=False)
    places: dict[str, Place] = field(init=False, default_factory=dict)

    def agreement(self, variants: list[tuple[str | None, Document, written.AgreementFile]]) -> Agreement | None:
        try:
            self.zone = ZoneInfo(self.base.timezone)
        except (KeyError, ValueError, OSError):
            self._fault(
                self.document,
                ("timezone",),
                f"{self.base.timezone!r} is no time zone",
                "write an IANA name, as Europe/Kyiv",
            )
            return None
        self._check_names()
        self.vocabulary = self._vocabulary()
        frame, named = build_places(self.base.places, self.document, self.path.parent, self.faults)
        self.places = dict(named)
        mandate = self._mandate()
        texts = []
        for reading, document, file in variants:
            in_force = self._in_force(document, file)
            terms = []
            for name, term in file.terms.items():
                resolved = self._term(document, file, name, term, in_force)
                if resolved is not None:
                    terms.append(resolved)
            texts.append(Text(reading, tuple(terms), in_force))
        if self.faults or mandate is None:
            return None
        return Agreement(
            id=self.base.agreement,
            title=self.base.title,
            file=self.path.name,
            sha256=hashlib.sha256(self.path.read_bytes()).hexdigest(),
            zone=self.zone,
            parties=dict(self.base.parties),
            guarantors=dict(self.base.guarantors),
            mandate=mandate,
            vocabulary=self.vocabulary,
            frame=frame,
            places=self.places,
            texts=tuple(texts),
            notes=tuple(self.base.notes),
            sources=tuple(self.base.sources),
        )

    def _fault(self, document: Document, path: Path_, what: str, mend: str = "") -> None:
        self.faults.append(document.fault(path, what, mend))

    def _check_names(self) -> None:
        for party in self.base.parties:
            if not re.match(r"^[^\W\d][\w-]{0,30}$", party):
                self._fault(
                    self.document,
                    ("parties", party),
                    f"{party!r} cannot be a party's short name",
                    "letters first, then letters, digits, hyphens",
                )
            if party.lower() in {"none", "unknown", "all", "null"}:
                self._fault(
                    self.document,
                    ("parties", party),
                    f"{party!r} cannot be a party's short name",
                    "it means something else in evidence",
                )
        if len({name.strip().lower() for name in self.base.parties.values()}) < len(self.base.parties):
            self._fault(self.document, ("parties",), "two parties have the same name", "give each its own")
        for guarantor in self.base.guarantors:
            if guarantor in self.base.parties:
                self._fault(
                    self.document,
                    ("guarantors", guarantor),
                    f"{guarantor!r} is a party already",
                    "a party cannot guarantee its own duty",
                )

    def _vocabulary(self) -> Vocabulary:
        def extended(tree: Tree, more: Mapping[str, str], key: str) -> Tree:
            try:
                return tree.extend(more)
            except ValueError as error:
                self._fault(
                    self.document, ("codes", key), str(error), "see 'servanda readers --codes' for the codes there are"
                )
                return tree

        codes = self.base.codes
        return Vocabulary(
            extended(STANDARD.acts, codes.acts, "acts"), extended(STANDARD.targets, codes.targets, "targets")
        )

    def _mandate(self) -> Mandate | None:
        mandate = self.base.mandate
        standard = mandate.standard
        if isinstance(standard, str):
            if standard not in written.STANDARDS:
                close = difflib.get_close_matches(standard, written.STANDARDS, 1)
                self._fault(
                    self.document,
                    ("mandate", "standard"),
                    f"{standard!r} is no standard of proof",
                    f"did you mean {close[0]!r}?" if close else f"one of {', '.join(written.STANDARDS)}",
                )
                return None
            threshold, name = written.STANDARDS[standard], standard
        else:
            if not _LEAST_STANDARD <= standard <= 1:
                self._fault(
                    self.document,
                    ("mandate", "standard"),
                    f"a standard of proof lies between {_LEAST_STANDARD:g} and 1",
                )
                return None
            threshold, name = float(standard), f"a probability of {standard:g}"
        confirm = mandate.confirm
        return Mandate(
            name, round(threshold * MILLION), mandate.detection, mandate.attribution,
            confirm.observation, tuple(confirm.grades), confirm.origins, confirm.admission,
        )  # fmt: skip

    def _instant(self, document: Document, path: Path_, text: str, start: datetime | None = None) -> datetime | None:
        relative = _RELATIVE.match(text)
        try:
            if relative is None:
                return parse_instant(text, self.zone)
            if relative[1] == "signed":
                signed = document.data.get("signed")
                if signed is None:
                    self._fault(
                        document,
                        path,
                        "counts from 'signed', and the file does not say when that was",
                        "add a line 'signed: 2025-03-18'",
                    )
                    return None
                anchor: datetime | None = parse_instant(signed, self.zone)
            else:
                anchor = start
            if anchor is None:
                return None
            return parse_duration(relative[2]).after(anchor, self.zone) if relative[2] else anchor
        except ValueError as error:
            self._fault(document, path, str(error))
            return None

    def _in_force(self, document: Document, file: written.AgreementFile) -> Interval:
        force = file.in_force
        start = self._instant(document, ("in_force", "from"), force.from_)
        end: datetime | None = None
        if force.for_ and force.until:
            self._fault(document, ("in_force", "until"), "'for' and 'until' both say when it ends", "keep one of them")
        elif force.for_ and start:
            try:
                end = parse_duration(force.for_).after(start, self.zone)
            except ValueError as error:
                self._fault(document, ("in_force", "for"), str(error))
        elif force.until:
            end = self._instant(document, ("in_force", "until"), force.until, start)
        if start and end and end <= start:
            self._fault(document, ("in_force",), "it ends before it begins", "check 'from' and 'until'")
        return Interval(start, end)

    def _term(
        self, document: Document, file: written.AgreementFile, name: str, term: written.Term, in_force: Interval
    ) -> Forbid | None:
        at: Path_ = ("terms", name)
        if term.forbid is None:
            self._fault(document, at, "says nothing that can be checked", "add 'forbid: {act: ..., in: ...}'")
            return None
        binds = tuple(term.binds or file.parties)
        if binds == ("all",):
            binds = tuple(file.parties)
        for party in binds:
            if party not in file.parties:
                self._fault(
                    document, (*at, "binds"), f"{party!r} is not a party", f"the parties are: {', '.join(file.parties)}"
                )
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        sound = self._known(document, (*at, "forbid", "act"), term.forbid.act, acts)
        wanted = term.forbid.target
        sound &= wanted is None or self._known(document, (*at, "forbid", "target"), wanted, targets)
        place = self._place(document, (*at, "forbid", "in"), term.forbid.in_)
        window = in_force
        start = self._instant(document, (*at, "from"), term.from_, in_force.start) if term.from_ else None
        end = self._instant(document, (*at, "until"), term.until, start or in_force.start) if term.until else None
        window = in_force.intersection(Interval(start, end))
        if not sound:
            return None
        return Forbid(
            id=name,
            title=term.title or name.replace("_", " ").capitalize(),
            text=term.text,
            source=term.source or "",
            binds=binds,
            act_codes=tuple(term.forbid.act),
            target_codes=tuple(wanted or ()),
            acts=acts.below(term.forbid.act),
            acts_above=acts.above(term.forbid.act),
            targets=None if wanted is None else targets.below(wanted),
            targets_above=frozenset() if wanted is None else targets.above(wanted),
            place=place,
            place_words=" or ".join(term.forbid.in_ or ()),
            window=window,
            exemptions=tuple(
                Exemption(key, value.text or "", tuple(value.only_if)) for key, value in (term.except_ or {}).items()
            ),
        )

    def _known(self, document: Document, path: Path_, codes: list[str], tree: Tree) -> bool:
        for code in codes:
            if code not in tree:
                close = difflib.get_close_matches(code, tree.codes, 1)
                self._fault(
                    document,
                    path,
                    f"{code!r} is no {tree.kind} code",
                    f"did you mean {close[0]!r}?"
                    if close
                    else "see 'servanda readers --codes', or add it under 'codes:'",
                )
        return all(code in tree for code in codes)

    def _place(self, document: Document, path: Path_, names: list[str] | None) -> str | None:
        if names is None:
            return None
        for name in names:
            if name not in self.base.places:
                close = difflib.get_close_matches(name, list(self.base.places), 1)
                self._fault(
                    document,
                    path,
                    f"there is no place {name!r}",
                    f"did you mean {close[0]!r}?" if close else "describe it under 'places:'",
                )
                return None
        if any(name not in self.places for name in names):
            return None
        for name in names:
            if isinstance(self.places[name], Line):
                self._fault(
                    document, path, f"{name!r} is a line and has no inside", "use a place 'within' some distance of it"
                )
                return None
            if self.places[name].outline().area == 0:
                self._fault(document, path, f"nothing lies in the place {name!r}", "check what it is made of")
                return None
        key = " + ".join(names)
        if key not in self.places:
            self.places[key] = any_of(tuple(self.places[name] for name in names))
        return key
