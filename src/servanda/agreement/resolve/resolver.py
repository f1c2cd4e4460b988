"""From what is written to what can be judged: names become codes, places, actors, instants."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from servanda.agreement.kinds import KEYS_WITH_DEADLINE, RESTRAINTS
from servanda.agreement.model import Event, Mandate, Quiet, Term
from servanda.agreement.pattern import When
from servanda.agreement.resolve.actors import check_actors
from servanda.agreement.resolve.beside import Beside
from servanda.agreement.resolve.chosen import chosen_of
from servanda.agreement.resolve.clause import Clause
from servanda.agreement.resolve.exemptions import exemptions_of
from servanda.agreement.resolve.kinds import resolve_kind
from servanda.agreement.resolve.names import Names
from servanda.agreement.resolve.places import build_places
from servanda.agreement.resolve.watching import reporting_day_of, scale_of, what_is_watched
from servanda.agreement.schema import file as written
from servanda.agreement.schema.event import Event as WrittenEvent
from servanda.agreement.standards import DEFAULT_STANDARD, STANDARDS
from servanda.errors import Fault
from servanda.values.codes import STANDARD, Tree, Vocabulary
from servanda.values.document import Document, Path_
from servanda.values.geo.containment import MILLION
from servanda.values.geo.shapes import Place
from servanda.values.time import Interval, names_day, next_day, parse_duration, parse_instant
from servanda.values.weapons import CLASSES, Arsenal, System, parse_bound
from servanda.wording import did_you_mean

_LEAST_STANDARD = 0.1
_WAYS = ("on", "done", "quiet", "complied", "all_of", "any_of")
_MOST_EVENTS = 200
_RELATIVE = re.compile(r"^\s*([A-Za-z]\w*)\s*(?:([+-])\s*(.+?))?\s*$")
NEVER = Interval(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
"""When an agreement is in force for which no start was agreed."""


class Resolver(Names):
    """Resolves one file; adds every fault to ``faults``."""

    def __init__(self, document: Document, base: written.AgreementFile, beside: Beside, faults: list[Fault]) -> None:
        self.document, self.base, self.faults = document, base, faults
        self.places: dict[str, Place] = {}
        self.zone = ZoneInfo("UTC")  # until it is known
        try:
            self.zone = ZoneInfo(base.timezone)
        except (KeyError, ValueError, OSError):
            hint = "write an IANA name, as Europe/Kyiv"
            self.fault(document, ("timezone",), f"not a valid time zone: {base.timezone!r}", hint, code="AGR009")
            self.ready = False
            return
        self.ready = True
        check_actors(base, partial(self.fault, document))
        self.vocabulary = self._vocabulary()
        self.frame, named = build_places(base.places, document, beside, faults)
        self.places = dict(named)

    @property
    def actors(self) -> dict[str, str]:
        """Everybody who can do something."""
        base = self.base
        return {**base.parties, **base.guarantors, **base.third_states, **base.bodies}

    def fault(self, document: Document, path: Path_, what: str, hint: str = "", *, code: str) -> None:
        """Note a fault where it stands."""
        self.faults.append(document.fault(path, what, hint, code=code))

    def _vocabulary(self) -> Vocabulary:
        def extended(tree: Tree, more: Mapping[str, str], key: str) -> Tree:
            try:
                return tree.extend(more)
            except ValueError as error:
                hint = "see 'servanda readers --codes' for the codes there are"
                self.fault(self.document, ("codes", key), str(error), hint, code="AGR014")
                return tree

        codes = self.base.codes
        acts = extended(STANDARD.acts, codes.acts, "acts")
        targets = extended(STANDARD.targets, codes.targets, "targets")
        return dataclasses.replace(STANDARD, acts=acts, targets=targets, weapons=self._arsenal(codes.weapons))

    def _arsenal(self, weapons: Mapping[str, written.Weapon]) -> Arsenal:
        more = []
        for name, weapon in weapons.items():
            at: Path_ = ("codes", "weapons", name)
            if weapon.of not in CLASSES:
                hint = did_you_mean(weapon.of, CLASSES, f"use one of {', '.join(CLASSES)}")
                what = f"not a known class of weapons: {weapon.of!r}"
                self.fault(self.document, at, what, hint, code="AGR021")
                continue
            try:
                calibre = parse_bound(weapon.calibre, "mm").number if weapon.calibre else None
                reach = parse_bound(weapon.range, "km").number if weapon.range else None
            except ValueError as error:
                self.fault(self.document, at, str(error), code="AGR022")
                continue
            more.append((System(name, weapon.of, calibre, reach), weapon.aliases))
        return STANDARD.weapons.extend(more) if more else STANDARD.weapons

    def mandate(self) -> Mandate | None:
        """The mandate, its standard as a number."""
        mandate, confirm = self.base.mandate, self.base.mandate.confirm
        standard = mandate.standard
        names = ", ".join(STANDARDS)
        known = standard in STANDARDS if isinstance(standard, str) else _LEAST_STANDARD <= standard <= 1
        if not known:
            hint = f"use a number from {_LEAST_STANDARD:g} to 1, or one of {names}"
            hint = did_you_mean(standard, STANDARDS, hint) if isinstance(standard, str) else hint
            what = f"not a valid standard of proof: {standard!r}"
            self.fault(self.document, ("mandate", "standard"), what, hint, code="AGR013")
            return None
        rule = STANDARDS[standard if isinstance(standard, str) else DEFAULT_STANDARD]
        own = rule.certainty if isinstance(standard, str) else round(standard * MILLION)
        asked = rule.origins if confirm.origins is None else confirm.origins
        return Mandate(
            standard=standard if isinstance(standard, str) else f"a certainty of {standard:g}",
            rule=rule,
            threshold=own if mandate.certainty is None else max(1, round(mandate.certainty * MILLION)),
            detection=mandate.detection,
            attribution=mandate.attribution,
            attribution_stated="attribution" in mandate.model_fields_set,
            by_observation=confirm.observation,
            grades=tuple(confirm.grades),
            weighing=tuple(confirm.weighing),
            origins=asked if rule.origins else 0,
            admission=confirm.admission,
            severity=scale_of(self, self.document, mandate.severity),
            figures=(mandate.figures,) if isinstance(mandate.figures, str) else tuple(mandate.figures),
            decides=self.who_decides(self.document, mandate.decides),
            reporting_day=reporting_day_of(self, self.document, mandate.reporting_day, self.zone),
            **what_is_watched(self, self.document, mandate),
        )

    # -- time ---------------------------------------------------------------------------------------------

    def fixed(self, document: Document, path: Path_, text: object, start: datetime | None = None) -> datetime | None:
        """An instant that no event decides: a date, or counted from 'signed' or 'start'."""
        found = self.when(document, path, text, start, events=False)
        return found.instant if found else None

    def dated(self, document: Document, path: Path_, text: object) -> datetime | None:
        """An instant that is written as such, and counts from nothing."""
        try:
            return parse_instant(text, self.zone)
        except ValueError as error:
            self.fault(document, path, str(error), "write a date, as 2025-03-18, or a date and time", code="AGR010")
            return None

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
                    what = "counts from 'signed', and the file does not say when that was"
                    self.fault(document, path, what, hint, code="AGR011")
                    return None
                anchor: datetime | None = parse_instant(signed, self.zone)
            elif name == "start":
                anchor = start
            elif events and (on := self._dated(document, name)) is not None:
                anchor = self.fixed(document, ("events", name, "on"), on, start)
            else:
                terms = document.mapping("terms")
                owed = [t for t in terms if KEYS_WITH_DEADLINE & set(document.mapping("terms", t))]
                known = [*document.mapping("events"), *owed]
                if not events or name not in known:
                    hint = "write a date, 'signed + 14 days', or an event of this agreement"
                    hint = did_you_mean(name, known if events else ["signed", "start"], hint)
                    what = f"{text!r} is not a date or time, nor counted from anything known"
                    self.fault(document, path, what, hint, code="AGR010")
                    return None
                return When(None, name, offset, before)
            if anchor is None:
                return None
            return When(When(None, name, offset, before).moved(anchor, self.zone))
        except ValueError as error:
            self.fault(document, path, str(error), code="AGR010")
            return None

    def _by_the_end(self, document: Document, at: Path_, text: str, start: datetime | None) -> When | None:
        """A deadline: a day that is named, or counted in days from one, ends when that day ends."""
        found = self.when(document, (*at, "deadline"), text, start)
        if found is None or found.instant is None:
            return found
        if not self._names_day(document, at, text):
            return found
        return When(next_day(found.instant, self.zone), whole_day=True)

    def _names_day(self, document: Document, at: Path_, text: object, depth: int = 0) -> bool:
        """Whether a time is given by a day and not by an hour, however it is counted; 'start' alone is an instant."""
        relative = _RELATIVE.match(text) if isinstance(text, str) else None
        if relative is None or depth > _MOST_EVENTS:
            return names_day(text)
        name, offset = relative[1], relative[3]
        if (offset and parse_duration(offset).unit in ("hours", "minutes")) or (name == "start" and not offset):
            return False
        if name == "signed":
            return names_day(document.data.get("signed"))
        if name == "start":
            own = document.mapping("terms", str(at[-1])).get("from")
            began = own or document.mapping("in_force").get("from")
            return self._names_day(document, at, began, depth + 1)
        return self._names_day(document, at, self._dated(document, name), depth + 1)

    @staticmethod
    def _dated(document: Document, name: str) -> str | None:
        """The date of an event that is one."""
        return document.mapping("events", name).get("on")

    def in_force(self, document: Document, file: written.AgreementFile) -> Interval:
        """When the agreement binds; :data:`NEVER` for a draft."""
        force = file.in_force
        self.extensions: list[tuple[str, datetime]] = []
        self.refused: list[tuple[str, tuple[str, ...]]] = []
        if force is None:
            return NEVER
        start = self.fixed(document, ("in_force", "from"), force.from_)
        end: datetime | None = None
        if force.for_ and force.until:
            what = "'for' and 'until' both say when it ends"
            self.fault(document, ("in_force", "until"), what, "keep one of them", code="AGR012")
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
                    what = "an extension needs an end that it prolongs"
                    self.fault(document, at, what, "give 'for' or 'until' under 'in_force'", code="AGR012")
                elif absent := tuple(party for party in file.parties if party not in extension.agreed_by):
                    self.refused.append((extension.for_, absent))
                else:
                    end = parse_duration(extension.for_).after(end, self.zone)
                    self.extensions.append((extension.for_, end))
        except ValueError as error:
            self.fault(document, at, str(error), code="AGR020")
        if start and end and end <= start:
            what = "the agreement ends before it begins"
            self.fault(document, ("in_force",), what, "the end must come after 'from'", code="AGR012")
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
            hint = did_you_mean(name, known, f"there are: {', '.join(known)}")
            self.fault(document, path, f"{name!r} is not {one}", hint, code="AGR015")
        return not unknown

    def term(
        self, document: Document, file: written.AgreementFile, name: str, in_force: Interval, bound: Interval
    ) -> Term | None:
        """One clause, or ``None`` where a fault stands in the way. ``bound``: when its version is in force."""
        at: Path_ = ("terms", name)
        self.not_taken(document, at, "@" if "@" in name else name)
        term = file.terms[name]
        binds = tuple(term.binds or file.parties)
        if binds == ("all",):
            binds = tuple(file.parties)
        kind = resolve_kind(Clause(self, document, name, term, binds))
        if kind is not None and kind.obliges is not None:
            binds = kind.obliges
        self.known_actors(document, (*at, "open"), term.open_ or (), self.actors)
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
        if kind is None:
            return None
        exemptions, exemptions_sound = exemptions_of(self, document, at, term)
        if exemptions and kind.owes not in RESTRAINTS:
            key = "except" if term.except_ else "unless"
            what = "only what is forbidden or limited has exceptions"
            self.fault(document, (*at, key), what, "say it with 'only_after' or 'from'", code="AGR052")
        if not (sound and exemptions_sound):
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
            counts_from=start if start and start.event else None,
            until=until if until and until.event else None,
            deadline=deadline,
            exemptions=exemptions,
            observed_by=tuple(term.observed_by or ()),
            asymmetric=term.asymmetric or "",
            ours=chosen_of(document, at, term, self.faults),
            words=tuple(term.words or ()),
        )

    def _refuse_circles(self, document: Document, file: written.AgreementFile) -> None:
        """Events that are made of each other have no beginning."""
        parts = {name: [*(e.all_of or ()), *(e.any_of or ()), *_quiet_since(e)] for name, e in file.events.items()}
        done: set[str] = set()
        while True:
            more = {
                name
                for name, needs in parts.items()
                if name not in done and all(part in done or part not in parts for part in needs)
            }
            if not more:
                break
            done |= more
        for name in sorted(set(parts) - done):
            what = f"the event {name!r} waits for itself"
            self.fault(document, ("events", name), what, "break the circle", code="AGR032")

    @property
    def actors_that_can_be_bound(self) -> list[str]:
        """Parties, guarantors and third states; bodies carry out, and owe nothing here."""
        return [*self.base.parties, *self.base.guarantors, *self.base.third_states]

    def events(self, document: Document, file: written.AgreementFile, in_force: Interval) -> tuple[Event, ...]:
        """All events, as far as they are sound."""
        if len(file.events) > _MOST_EVENTS:
            what = f"the agreement has more than {_MOST_EVENTS} events"
            self.fault(document, ("events",), what, "keep those that clocks count from", code="AGR031")
            return ()
        self._refuse_circles(document, file)
        resolved = [self._event(document, file, name, in_force) for name in file.events]
        return tuple(event for event in resolved if event is not None)

    def _event(self, document: Document, file: written.AgreementFile, name: str, in_force: Interval) -> Event | None:
        """One event, or ``None`` where it is not described in exactly one way."""
        event, at = file.events[name], ("events", name)
        self.not_taken(document, at, name)
        ways = [way for way in _WAYS if getattr(event, way) is not None]
        if len(ways) != 1:
            what = "an event must be described in exactly one way"
            self.fault(document, at, what, f"keep one of {', '.join(_WAYS)}", code="AGR030")
            return None
        for other in [*(event.all_of or ()), *(event.any_of or ())]:
            if other not in file.events:
                what = f"there is no event {other!r}"
                self.fault(document, (*at, ways[0]), what, "describe it under 'events:'", code="AGR017")
        if event.complied is not None and event.complied not in file.terms:
            hint = did_you_mean(event.complied, file.terms)
            self.fault(document, (*at, "complied"), f"there is no term {event.complied!r}", hint, code="AGR018")
        quiet = None
        if event.quiet is not None:
            of = self.pattern(document, (*at, "quiet", "of"), event.quiet.of)
            length = self.duration(document, (*at, "quiet", "for"), event.quiet.for_)
            since = self.when(document, (*at, "quiet", "since"), event.quiet.since or "start", in_force.start)
            quiet = Quiet(of, length, since) if of and length and since else None
        return Event(
            id=name,
            on=self.fixed(document, (*at, "on"), event.on, in_force.start) if event.on else None,
            done=self.pattern(document, (*at, "done"), event.done) if event.done else None,
            quiet=quiet,
            complied=event.complied,
            all_of=tuple(event.all_of or ()),
            any_of=tuple(event.any_of or ()),
            text=event.text or "",
        )


def _quiet_since(event: WrittenEvent) -> list[str]:
    """The event that a time of quiet counts from."""
    return [event.quiet.since.split()[0]] if event.quiet and event.quiet.since else []
