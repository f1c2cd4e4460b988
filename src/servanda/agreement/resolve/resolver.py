"""From what is written to what can be judged: names become codes, places, actors, instants."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from servanda.agreement.model import CONSENT, Event, Exemption, Mandate, Quiet, Term
from servanda.agreement.pattern import When
from servanda.agreement.resolve.kinds import Kinds
from servanda.agreement.resolve.places import build_places
from servanda.agreement.schema import file as written
from servanda.errors import Fault
from servanda.values.codes import STANDARD, Tree, Vocabulary
from servanda.values.document import Document, Path_
from servanda.values.geo.containment import MILLION
from servanda.values.geo.shapes import Place
from servanda.values.time import Duration, Interval, parse_duration, parse_instant
from servanda.values.weapons import CLASSES, Arsenal, System, parse_bound

_LEAST_STANDARD = 0.1
_MOST_EVENTS = 200
_RELATIVE = re.compile(r"^\s*([A-Za-z]\w*)\s*(?:([+-])\s*(.+?))?\s*$")
NEVER = Interval(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
"""When an agreement is in force for which no start was agreed."""


def mapping(value: Any) -> dict[str, Any]:
    """A mapping; nothing, where what is written is none (which is told elsewhere)."""
    return value if isinstance(value, dict) else {}


class Resolver(Kinds):
    """Resolves one file; adds every fault to ``faults``."""

    def __init__(self, document: Document, base: written.AgreementFile, folder: Path, faults: list[Fault]) -> None:
        self.document, self.base, self.faults = document, base, faults
        self.places: dict[str, Place] = {}
        try:
            self.zone = ZoneInfo(base.timezone)
        except (KeyError, ValueError, OSError):
            hint = "write an IANA name, as Europe/Kyiv"
            self.fault(document, ("timezone",), f"{base.timezone!r} is no time zone", hint)
            self.ready = False
            return
        self.ready = True
        self._check_names()
        for term in base.terms:
            if "@" in term:
                self.fault(document, ("terms", term), f"{term!r}: '@' marks versions", "name the term without it")
        self.vocabulary = self._vocabulary()
        self.frame, named = build_places(base.places, document, folder, faults)
        self.places = dict(named)

    @property
    def actors(self) -> dict[str, str]:
        """Everybody who can do something."""
        base = self.base
        return {**base.parties, **base.guarantors, **base.third_states, **base.bodies}

    def fault(self, document: Document, path: Path_, what: str, hint: str = "") -> None:
        """Note a fault where it stands."""
        self.faults.append(document.fault(path, what, hint))

    def _check_names(self) -> None:
        groups: dict[str, Mapping[str, str]] = {
            "parties": self.base.parties,
            "guarantors": self.base.guarantors,
            "third_states": self.base.third_states,
            "bodies": self.base.bodies,
        }
        seen: dict[str, str] = {}
        for group, names in groups.items():
            one = {"parties": "party", "bodies": "body"}.get(group, group.removesuffix("s").replace("_", " "))
            for name in names:
                at = (group, name)
                if not re.match(r"^[^\W\d][\w-]{0,30}$", name):
                    hint = "letters first, then letters, digits, hyphens"
                    self.fault(self.document, at, f"{name!r} cannot be a {one}'s short name", hint)
                if name.lower() in {"none", "unknown", "all", "null"}:
                    hint = "it means something else in evidence"
                    self.fault(self.document, at, f"{name!r} cannot be a {one}'s short name", hint)
                if name in seen:
                    hint = "a party cannot guarantee its own duty" if group == "guarantors" else "give each its own"
                    first = "a party" if seen[name] == "parties" else f"among the {seen[name].replace('_', ' ')}"
                    self.fault(self.document, at, f"{name!r} is {first} already", hint)
                seen.setdefault(name, group)
        if len({name.strip().lower() for name in self.base.parties.values()}) < len(self.base.parties):
            self.fault(self.document, ("parties",), "two parties have the same name", "give each its own")

    def _vocabulary(self) -> Vocabulary:
        def extended(tree: Tree, more: Mapping[str, str], key: str) -> Tree:
            try:
                return tree.extend(more)
            except ValueError as error:
                hint = "see 'servanda readers --codes' for the codes there are"
                self.fault(self.document, ("codes", key), str(error), hint)
                return tree

        codes = self.base.codes
        acts, targets = (
            extended(STANDARD.acts, codes.acts, "acts"),
            extended(STANDARD.targets, codes.targets, "targets"),
        )
        return Vocabulary(acts, targets, self._arsenal(codes.weapons))

    def _arsenal(self, weapons: Mapping[str, written.Weapon]) -> Arsenal:
        more = []
        for name, weapon in weapons.items():
            at = ("codes", "weapons", name)
            try:
                if weapon.of not in CLASSES:
                    raise ValueError(f"{weapon.of!r} is no class of weapons; one of {', '.join(CLASSES)}")
                calibre = parse_bound(weapon.calibre, "mm").number if weapon.calibre else None
                reach = parse_bound(weapon.range, "km").number if weapon.range else None
                more.append((System(name, weapon.of, calibre, reach), weapon.aliases))
            except ValueError as error:
                self.fault(self.document, at, str(error))
        return STANDARD.weapons.extend(more) if more else STANDARD.weapons

    def mandate(self) -> Mandate | None:
        """The mandate, its standard as a number."""
        mandate = self.base.mandate
        standard = mandate.standard
        at = ("mandate", "standard")
        if isinstance(standard, str):
            if standard not in written.STANDARDS:
                close = difflib.get_close_matches(standard, written.STANDARDS, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(written.STANDARDS)}"
                self.fault(self.document, at, f"{standard!r} is no standard of proof", hint)
                return None
            threshold, name = written.STANDARDS[standard], standard
        else:
            if not _LEAST_STANDARD <= standard <= 1:
                what = f"a standard of proof lies between {_LEAST_STANDARD:g} and 1"
                self.fault(self.document, at, what)
                return None
            threshold, name = float(standard), f"a probability of {standard:g}"
        confirm = mandate.confirm
        return Mandate(
            name, round(threshold * MILLION), mandate.detection, mandate.attribution,
            confirm.observation, tuple(confirm.grades), confirm.origins, confirm.admission,
        )  # fmt: skip

    # -- time ---------------------------------------------------------------------------------------------

    def fixed(self, document: Document, path: Path_, text: object, start: datetime | None = None) -> datetime | None:
        """An instant that no event decides: a date, or counted from 'signed' or 'start'."""
        found = self.when(document, path, text, start, events=False)
        return found.instant if found else None

    def when(
        self, document: Document, path: Path_, text: object, start: datetime | None, *, events: bool = True
    ) -> When | None:
        """An instant, or one that counts from an event or from a term that is complied with."""
        relative = _RELATIVE.match(text) if isinstance(text, str) else None
        try:
            if relative is None:
                return When(parse_instant(text, self.zone))
            offset = parse_duration(relative[3]) if relative[3] else None
            name, before = relative[1], relative[2] == "-"
            if name == "signed":
                signed = document.data.get("signed")
                if signed is None:
                    hint = "add a line 'signed: 2025-03-18'"
                    self.fault(document, path, "counts from 'signed', and the file does not say when that was", hint)
                    return None
                anchor: datetime | None = parse_instant(signed, self.zone)
            elif name == "start":
                anchor = start
            elif events and (on := self._dated(document, name)) is not None:
                anchor = self.fixed(document, ("events", name, "on"), on, start)
            else:
                terms = mapping(document.data.get("terms"))
                owed = [t for t in terms if {"require", "declare"} & set(mapping(terms[t]))]
                known = [*mapping(document.data.get("events")), *owed]
                if not events or name not in known:
                    close = difflib.get_close_matches(name, known if events else ["signed", "start"], 1)
                    hint = f"did you mean {close[0]!r}?" if close else "a date, 'signed + 14 days', or an event"
                    self.fault(document, path, f"{text!r} is not a date or time, nor counted from anything known", hint)
                    return None
                return When(None, name, offset, before)
            if anchor is None:
                return None
            return When(When(None, name, offset, before).moved(anchor, self.zone))
        except ValueError as error:
            self.fault(document, path, str(error))
            return None

    def _by_the_end(self, document: Document, at: Path_, text: str, start: datetime | None) -> When | None:
        """A deadline: a day that is named, or counted in days from one, ends when that day ends."""
        found = self.when(document, (*at, "deadline"), text, start)
        if found is None or found.instant is None:
            return found
        midnight = found.instant.astimezone(self.zone).time() == time()
        relative = _RELATIVE.match(text)
        days = relative is None or not relative[3] or parse_duration(relative[3]).unit not in ("hours", "minutes")
        if not midnight or not days or "T" in text or (relative and relative[1] == "start" and not relative[3]):
            return found
        return When(Duration(1, "days").after(found.instant, self.zone), whole_day=True)

    @staticmethod
    def _dated(document: Document, name: str) -> str | None:
        """The date of an event that is one."""
        return mapping(mapping(document.data.get("events")).get(name)).get("on")

    def in_force(self, document: Document, file: written.AgreementFile) -> Interval:
        """When the agreement binds; :data:`NEVER` for a draft."""
        force = file.in_force
        if force is None:
            return NEVER
        start = self.fixed(document, ("in_force", "from"), force.from_)
        end: datetime | None = None
        if force.for_ and force.until:
            self.fault(document, ("in_force", "until"), "'for' and 'until' both say when it ends", "keep one of them")
        try:
            at: Path_ = ("in_force", "for")
            if force.for_ and start:
                end = parse_duration(force.for_).after(start, self.zone)
            elif force.until:
                end = self.fixed(document, ("in_force", "until"), force.until, start)
            for n, extension in enumerate(force.extensions):
                at = ("in_force", "extensions", n)
                self.known_actors(document, (*at, "agreed_by"), extension.agreed_by, file.parties)
                if end is None:
                    self.fault(document, at, "prolongs what has no end", "give 'for' or 'until'")
                elif set(file.parties) <= set(extension.agreed_by):
                    end = parse_duration(extension.for_).after(end, self.zone)
        except ValueError as error:
            self.fault(document, at, str(error))
        if start and end and end <= start:
            self.fault(document, ("in_force",), "it ends before it begins", "check 'from' and 'until'")
        return Interval(start, end)

    # -- terms --------------------------------------------------------------------------------------------

    def known_actors(self, document: Document, path: Path_, names: Iterable[str], known: Iterable[str]) -> bool:
        """Whether all names are known; each that is not is a fault."""
        known = list(known)
        unknown = [name for name in names if name not in known]
        bound = self.actors_that_can_be_bound
        one = "a party, guarantor or third state" if known == bound else "a party, guarantor, third state or body"
        one = "a party" if known == list(self.base.parties) else one
        for name in unknown:
            self.fault(document, path, f"{name!r} is not {one}", f"there are: {', '.join(known)}")
        return not unknown

    def term(
        self, document: Document, file: written.AgreementFile, name: str, in_force: Interval, bound: Interval
    ) -> Term | None:
        """One clause, or ``None`` where a fault stands in the way. ``bound``: when its version is in force."""
        at: Path_ = ("terms", name)
        term = file.terms[name]
        binds = tuple(term.binds or file.parties)
        if binds == ("all",):
            binds = tuple(file.parties)
        if term.when is not None:
            binds = tuple(dict.fromkeys(c.by for c in term.then or () if c.by))
        sound = not term.binds or self.known_actors(document, (*at, "binds"), binds, self.actors_that_can_be_bound)
        start = self.when(document, (*at, "from"), term.from_, in_force.start) if term.from_ else None
        begins = (start.instant if start else None) or in_force.start
        until = self.when(document, (*at, "until"), term.until, begins) if term.until else None
        deadline = self._by_the_end(document, at, term.deadline, begins) if term.deadline else None
        starts = [start] if start and start.event else []
        for other in term.only_after or ():
            after = self.when(document, (*at, "only_after"), other, begins)
            starts += [after] if after else []
        window = bound.intersection(Interval(start.instant if start else None, until.instant if until else None))
        kind = self.kind(document, at, term, binds)
        if kind is None:
            return None
        exemptions = [
            Exemption(key, value.text or "", tuple(value.only_if or (key,)))
            for key, value in (term.except_ or {}).items()
        ]
        if term.unless is not None:
            consent = term.unless.consent_of
            sound &= self.known_actors(document, (*at, "unless", "consent_of"), consent, self.actors)
            exemptions.append(Exemption("consent", "", tuple(CONSENT + code for code in consent)))
        if exemptions and not (term.forbid or term.limit):
            what = "only what is forbidden or limited has exceptions"
            self.fault(
                document, (*at, "except" if term.except_ else "unless"), what, "say it with 'only_after' or 'from'"
            )
        if not sound:
            return None
        return Term(
            id=name,
            title=term.title or name.replace("_", " ").capitalize(),
            text=term.text,
            source=term.source or "",
            binds=binds,
            kind=kind,
            window=window,
            starts=tuple(starts),
            until=until if until and until.event else None,
            deadline=deadline,
            exemptions=tuple(exemptions),
            observed_by=tuple(term.observed_by or ()),
            asymmetric=term.asymmetric or "",
        )

    def _refuse_circles(self, document: Document, file: written.AgreementFile) -> None:
        """Events that are made of each other have no beginning."""
        parts = {
            name: [
                *(e.all_of or ()),
                *(e.any_of or ()),
                *([e.quiet.since.split()[0]] if e.quiet and e.quiet.since else ()),
            ]
            for name, e in file.events.items()
        }
        done: set[str] = set()
        while True:
            more = {
                n for n, needs in parts.items() if n not in done and all(p in done or p not in parts for p in needs)
            }
            if not more:
                break
            done |= more
        for name in sorted(set(parts) - done):
            self.fault(document, ("events", name), f"the event {name!r} waits for itself", "break the circle")

    @property
    def actors_that_can_be_bound(self) -> list[str]:
        """Parties, guarantors and third states; bodies carry out, and owe nothing here."""
        return [*self.base.parties, *self.base.guarantors, *self.base.third_states]

    def events(self, document: Document, file: written.AgreementFile, in_force: Interval) -> tuple[Event, ...]:
        """All events, as far as they are sound."""
        out = []
        if len(file.events) > _MOST_EVENTS:
            self.fault(document, ("events",), f"more than {_MOST_EVENTS} events", "keep those that clocks count from")
            return ()
        self._refuse_circles(document, file)
        for name, event in file.events.items():
            at: Path_ = ("events", name)
            ways = [w for w in ("on", "done", "quiet", "complied", "all_of", "any_of") if getattr(event, w) is not None]
            if len(ways) != 1:
                self.fault(
                    document, at, "must be told in exactly one way", "on, done, quiet, complied, all_of or any_of"
                )
                continue
            for other in [*(event.all_of or ()), *(event.any_of or ())]:
                if other not in file.events:
                    self.fault(document, (*at, ways[0]), f"there is no event {other!r}", "describe it under 'events:'")
            if event.complied is not None and event.complied not in file.terms:
                self.fault(document, (*at, "complied"), f"there is no term {event.complied!r}")
            quiet = None
            if event.quiet is not None:
                of = self.pattern(document, (*at, "quiet", "of"), event.quiet.of)
                length = self.duration(document, (*at, "quiet", "for"), event.quiet.for_)
                since = self.when(document, (*at, "quiet", "since"), event.quiet.since or "start", in_force.start)
                if of and length and since:
                    quiet = Quiet(of, length, since)
            on = self.fixed(document, (*at, "on"), event.on, in_force.start) if event.on else None
            done = self.pattern(document, (*at, "done"), event.done) if event.done else None
            out.append(
                Event(
                    name,
                    on,
                    done,
                    quiet,
                    event.complied,
                    tuple(event.all_of or ()),
                    tuple(event.any_of or ()),
                    event.text or "",
                )
            )
        return tuple(out)
