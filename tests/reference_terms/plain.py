"""One reading with its evidence and coverage: occurrences of what it speaks of, and when its events happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.agreement.kinds import Duty, Limit, Prohibition, Quota
from servanda.agreement.pattern import When
from servanda.coverage import Coverage
from servanda.values.time import Interval
from tests.reference_evaluator import (
    GEOD,
    Found,
    Look,
    Report,
    Seen,
    World,
    bound_by,
    edges,
    first_hand,
    in_place,
    in_window,
    level,
    named,
    weighs,
)
from tests.reference_evaluator.matching import WORDS, weapon_level
from tests.reference_evaluator.names import plain_name

Row = tuple[str, int, int, int, dict[str, Any]]
NOTHING: dict[str, Any] = {}
AGREE = (
    "origin",
    "act",
    "target",
    "weapon",
    "actor",
    "place_name",
    "admin1",
    "area",
    "lat",
    "lon",
    "precision_m",
    "unit",
)
"""Numbers that agree in all of these may count the same."""
MEASURES = {"tonnes", "hours", "litres"}
"""Units in which nothing is counted, as far as generated reports name any."""
PERSONS = {"prisoners", "persons", "soldiers", "hostages"}
RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3}
Box = tuple[float, float, float, float]  # south, west, north, east
EventTime = tuple[datetime | None, datetime | None, bool]  # not before, surely by, only claimed


@dataclass(frozen=True)
class Unsure:
    """Incidents of which nobody knows surely whether they are one, and those that may be several, with how many at most."""

    one: frozenset[frozenset[str]] = frozenset()
    several: Mapping[str, int] = field(default_factory=dict)

    def may_be_one(self, a: Any, b: Any) -> bool:
        return a != b and frozenset({a, b}) in self.one


NEVER_UNSURE = Unsure()


@dataclass(frozen=True)
class Breach:
    """A breach of a term by a party: between which instants, how certainly, by which incident, where, and whether only admitted."""

    term: str
    party: str | None
    early: datetime | None
    late: datetime | None
    p: int = 1_000_000
    key: Any = None
    box: Box | None = None
    admitted: bool = False
    same: Any = None
    who: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Occurrence:
    """An incident with when and where it happened and how much of it."""

    found: Found
    start: datetime
    end: datetime
    low: int
    high: int
    toward: str | None
    doer: str | None
    answers: str | None
    box: Box | None = None
    radius: float = 0.0
    counted: bool = False
    who: frozenset[tuple[str, str]] = (
        frozenset()
    )  # origins, each with who carries it: passed on, words may be told anew
    same: Any = None  # whose number it is, of what, where
    going_on: tuple[datetime, datetime] | None = (
        None  # of what goes on: by when it had begun, and since when it may have ended
    )

    @property
    def p(self) -> int:
        return self.found.p

    @property
    def key(self) -> Any:
        return self.found.key

    @property
    def status(self) -> str:
        return self.found.status


class Plain:
    """One text of an agreement, its evidence and its coverage, evaluated by definition."""

    def __init__(
        self,
        agreement: Agreement,
        text: Text,
        world: World,
        coverage: Coverage,
        as_of: datetime | None,
        unsure: Unsure = NEVER_UNSURE,
    ) -> None:
        self.unsure = unsure
        self.agreement, self.text, self.world, self.coverage, self.as_of = agreement, text, world, coverage, as_of
        self.zone, self.standard = agreement.zone, agreement.mandate.detection
        self.breaches: list[Breach] = []
        self.path: list[str] = []
        self._seen: dict[Any, Seen] = {}

    def words(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(self.zone).isoformat()

    def passed(self, moment: datetime) -> bool:
        return self.as_of is None or self.as_of >= moment

    def seen(self, pattern: Pattern, window: Interval, party: str | None, *, undone: bool = False) -> Seen:
        key = (pattern.place, pattern.act_codes, window, party, undone)
        if key not in self._seen:
            self._seen[key] = Seen(self.agreement, pattern, self.coverage, window, party, undone=undone)
        return self._seen[key]

    def nothing_in_the_way(self, seen: Seen, term: Term, party: str | None) -> bool:
        """What complied asks beside the acts: all was watched, the party shut no door, and long enough was watched."""
        shut = any(seen.shut_by(p) for p in ((party,) if party is not None else term.binds))
        window, whole = self.widest(term), self.whole(term)
        if window.start is None or window.end is None:
            return False
        asked = [self.agreement.mandate.exposure.after(window.start, self.zone), *([whole.end] if whole.end else [])]
        return seen.enough() and not shut and window.end >= min(asked)

    def since(self, term: Term) -> Interval:
        """From when a deed that is to be done once counts: from the signature."""
        known = [t for t in (term.window.start, self.text.in_force.start, self.agreement.signed) if t]
        return Interval(min(known) if term.window.start else None, None)

    def first_bound(self, term: Term) -> datetime | None:
        """When the first version of a clause began to bind."""
        versions = [t.window.start for t in self.text.terms if t.id.split("@")[0] == term.id.split("@")[0]]
        return min((start for start in versions if start), default=None) if term.window.start else None

    def named(self, binds: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if binds is None or self.agreement.mandate.attribution:
            return binds
        return None if any(p in self.agreement.parties for p in binds) else binds

    def look(
        self,
        term: Term,
        pattern: Pattern,
        window: Interval,
        binds: tuple[str, ...] | None,
        voice: str,
        party: str | None,
    ) -> Look:
        exemptions = term.exemptions if voice == "act" else ()
        counts = voice == "act" and isinstance(term.kind, Prohibition)
        of = getattr(term.kind, "unit", None)
        bare = (
            "act" if isinstance(term.kind, Limit) and term.kind.to else "anything"
        )  # what a cap of none counts is whatever is there
        bare = (
            "things"
            if isinstance(term.kind, Quota)
            else bare
            if isinstance(term.kind, Limit) and voice == "act"
            else None
        )
        unit = of or bare
        some = self.of_some(binds)
        return Look(pattern.at(party), window, self.named(binds), voice, exemptions, counts, unit, some)

    def of_some(self, binds: tuple[str, ...] | None) -> bool:
        """Whether it is not everybody's doing that is looked for, where nobody may be named."""
        parties = set(self.agreement.parties)
        return (
            not self.agreement.mandate.attribution
            and bool(parties & set(binds or ()))
            and not parties <= set(binds or ())
        )

    def other_unit(self, look: Look, r: Report) -> bool:
        """Whether a number is of something else than what is counted."""
        asked = look.pattern.weapon
        if r["unit"] is None or not r["quantity"] or (look.unit is None and asked is None):
            return False
        words = self.agreement.vocabulary
        if look.unit == "things" and asked is None:
            person = set(words.targets.below(["person"])) & set(look.pattern.targets or ())
            known = r["unit"] in WORDS or r["unit"] in words.acts.codes or r["unit"] in (look.pattern.targets or ())
            return not known and (r["unit"] not in PERSONS if person else r["unit"] in MEASURES)
        if look.unit in ("act", "anything", "things", None):
            things = set(words.acts.below(words.several_authors))
            if r["unit"] in WORDS or r["unit"] in words.acts.codes:
                return False
            if asked is None:
                fits = look.unit == "anything" or r["unit"] in (look.pattern.targets or ())
            else:
                fits = words.weapons.knows(r["unit"]) and weapon_level(self.agreement, asked, r["unit"]) > 0
            return not (things & look.pattern.acts) or not fits
        alike = asked is not None and weapon_level(self.agreement, asked, r["unit"]) == 2
        return not (
            alike
            or r["unit"] in (look.pattern.targets or ())
            or r["unit"] in {look.unit, look.unit.removesuffix("ies") + "y"}
        )

    def by_unit_alone(self, look: Look) -> bool:
        """Whether nothing but the unit says what is counted, and that is no people."""
        named = look.pattern.weapon is not None or look.pattern.targets is not None
        return not named and look.unit not in (
            "act",
            "anything",
            "things",
            None,
            "men",
            "people",
            "soldiers",
            "persons",
        )

    def happened(self, look: Look, party: str | None) -> list[Occurrence]:
        """One occurrence per incident, by time."""
        best: dict[Any, Occurrence] = {}

        def order(o: Occurrence) -> Any:
            return RANK[o.status], o.start, o.end, o.found.party is not None

        for found in self.world.look(look, party):
            if found.status in RANK:
                o = self.occurrence(found, look)
                if found.key not in best or order(o) < order(best[found.key]):
                    best[found.key] = o
        return sorted(best.values(), key=lambda o: (o.start, o.end))

    def occurrence(self, found: Found, look: Look) -> Occurrence:
        def rank(r: Report) -> int:
            return self.rank(found, look, r)

        told = self.of_this_one(found, look)
        most = max(rank(r) for r in told)
        rows = [r for r in told if rank(r) == most]
        heard = [r for r in told if r["quantity"] is not None and (rank(r) > 0 or most == 0)]
        numbered = [r for r in heard if not self.other_unit(look, r)]
        surest = max(map(rank, numbered), default=None)
        many = in_parts([r for r in numbered if rank(r) == surest], look.voice == "deed")
        same = {tuple(r[c] for c in AGREE) for r in rows}
        least = 0 if self.by_unit_alone(look) and all(self.other_unit(look, r) for r in rows) else 1000
        asked = look.unit or "act"
        acts = {"act", "anything", "things", *WORDS, *look.pattern.acts}
        things = acts.isdisjoint({asked, asked.removesuffix("s"), asked.removesuffix("ies") + "y"})
        men = asked in PERSONS | {"men"}
        untold = 10**13 if things and (look.voice == "deed" or men) else 1000  # nobody says how many it was
        many = many or [least, untold if not heard else 10**15]
        about = found.party
        others = {p for p in self.agreement.parties if p != about}
        # a word against the speaker's own interest: of a deed that of every other party
        own = [
            r
            for r in found.reports
            if about
            and r["quantity"] is not None
            and not self.other_unit(look, r)
            and named(self.agreement, look, r) == about
        ]
        heard = {about} if look.voice == "act" else others if look.voice == "deed" else set()
        by_each = [in_parts([r for r in own if bound_by(self.agreement, r) == p], False) for p in heard]
        admitted = min(map(max, by_each)) if by_each and all(by_each) else 0
        doers = {n for r in rows if (n := named(self.agreement, look, r)) not in (None, "private")}
        to = {r["toward"] for r in rows if r["toward"] in self.agreement.actors}
        links = {r["answers"] for r in rows if r["answers"] is not None}
        edged = [edges(self.agreement, r) for r in rows]
        begins = look.voice == "deed" or look.begins
        return Occurrence(
            found,
            min(r["start"] for r in rows),
            max(e[0] if begins and e else r["end"] for r, e in zip(rows, edged, strict=True)),
            min(many),
            max(*many, admitted) * self.unsure.several.get(found.key, 1),
            to.pop() if len(to) == 1 else None,
            doers.pop() if len(doers) == 1 else None,
            links.pop() if len(links) == 1 else None,
            _box([(r["lat"], r["lon"]) for r in rows if r["lat"] is not None]),
            max((r["precision_m"] or 0.0 for r in rows if r["lat"] is not None), default=0.0),
            surest is not None and surest >= 2,
            frozenset((r["origin"], plain_name(r["source"])) for r in rows),
            same.pop() if len(same) == 1 else None,
            (min(e[0] for e in edged if e), max(e[1] for e in edged if e)) if all(edged) else None,
        )

    def of_this_one(self, found: Found, look: Look) -> list[Report]:
        """What is said of an incident, but for what is said of another's part in an act of several, where somebody speaks of this one's."""
        words, about = self.agreement.vocabulary.acts, found.party
        several = set(words.below(self.agreement.vocabulary.several_authors))
        names = [named(self.agreement, look, r) for r in found.reports]
        if about is None or about not in names:
            return list(found.reports)
        return [
            r
            for r, who in zip(found.reports, names, strict=True)
            if who in (about, None, "private") or r["act"] not in several
        ]

    def rank(self, found: Found, look: Look, r: Report) -> int:
        """Whose times and quantities count most: observers', others' without a side, those whose word confirms it, everybody's."""
        about = found.party  # of what is nobody's in particular no party's word about itself bears on it
        if first_hand(self.agreement, r):
            return 3
        if r["side"] == "none" and r["directness"] > 0 and weighs(self.agreement, r):
            return 2
        bound = bound_by(self.agreement, r)
        own = look.voice == "act" and bound == about
        other = look.voice == "deed" and bound in {p for p in self.agreement.parties if p != about}
        return 1 if about is not None and look.binds is not None and (own or other) else 0

    def refuted(self, look: Look, party: str | None) -> list[Report]:
        """First-hand observations that a deed was not done; to deny an incident that somebody asserts only contests it, but for
        whoever says so of himself, or of his side, or of somebody else.
        """
        out: list[Report] = []
        threshold = self.agreement.mandate.threshold
        for key, mine in () if look.of_some else self.world.incidents.items():
            said = [named(self.agreement, look, r) for r in self.world.under(look, key) if not self.of_doer(look, r)]
            for r in mine:
                sure = (
                    r["stance"] == "denies"
                    and first_hand(self.agreement, r)
                    and level(self.agreement, look.pattern, r) == 2
                )
                p = in_window(self.agreement, look, r) * in_place(self.agreement, look.pattern, r) if sure else 0
                actor = r["actor"] if r["actor"] in self.agreement.actors else None
                about = actor or party
                if any(about is None or who in (about, None) for who in said):
                    continue  # somebody else says that this one did it: that is contested, and no refutation of his
                if round(p * 1e6) >= threshold and (party is None or actor in (party, None)):
                    out.append({**r, "certainty": round(p * 1e6)})
        return out

    def of_doer(self, look: Look, r: Report) -> bool:
        """Whether it is the side of who is said to have done it that speaks, through whomever."""
        if r["side"] not in self.agreement.actors:
            return False
        actor = named(self.agreement, look, r)
        if actor in (None, "private"):
            return look.binds is None or r["side"] in look.binds
        return actor == r["side"]

    # -- time ---------------------------------------------------------------------------------------------

    def moment(self, name: str) -> EventTime:
        if name in self.path:
            return None, None, False
        self.path.append(name)
        try:
            return self._moment(name)
        finally:
            self.path.pop()

    def _moment(self, name: str) -> EventTime:
        event = next((e for e in self.text.events if e.id == name), None)
        if event is None or event.complied:
            done = name if event is None else event.complied
            versions = [t for t in self.text.terms if t.id.split("@")[0] == done]
            if not isinstance(versions[-1].kind, Quota) or len(versions) == 1:
                return self._done(versions[-1])
            ends = [*(t.window.start for t in versions[1:]), None]
            starts = [None, *ends[:-1]]
            return _first(
                [
                    (_within(early, start, end), _within(late, start, end), claimed)
                    for (early, late, claimed), start, end in zip(map(self._done, versions), starts, ends, strict=True)
                ]
            )
        if event.on:
            return event.on, event.on, False
        if event.done:
            return self.first(self._whoever(event.done, Interval(None, None)))
        if event.quiet:
            return self._quiet(event.quiet)
        if event.all_of:
            return _last([self.moment(e) for e in event.all_of])
        return _first([self.moment(e) for e in event.any_of])

    def _done(self, term: Term) -> EventTime:
        """When one version of a term was complied with by all whom it binds."""
        bound: list[str | None] = list(term.binds) if self.named(term.binds) else [None]
        if isinstance(term.kind, Quota) and term.kind.every is None:
            look_at = Interval(self.first_bound(term), None)
            looks = [(self.look(term, term.kind.what, look_at, term.binds, "deed", p), p) for p in bound]
            if term.counts_from is None:
                return _last([self.all_come(self.happened(look, p), term.kind.at_least) for look, p in looks])
            since = self.when(term.counts_from)
            come = [self.all_come(_since(self.happened(look, p), since), term.kind.at_least) for look, p in looks]
            return _last([since, *come])
        if not isinstance(term.kind, Duty):
            return None, None, False
        window = self.since(term)
        return _last(
            [
                self.first(self.happened(self.look(term, deed, window, term.binds, "deed", party), party))
                for party in bound
                for deed in term.kind.deeds
            ]
        )

    def _whoever(self, pattern: Pattern, window: Interval) -> list[Occurrence]:
        """Occurrences of a mark: of each whom the pattern names, or of whoever; the best of each incident."""
        named, some, once = self.named(pattern.by or None), self.of_some(pattern.by or None), window.start is None
        look = Look(pattern, window, named, "mark", of_some=some, begins=once)  # quiet looks from a start on
        best: dict[Any, Occurrence] = {}
        for party in look.binds or (None,):
            for o in self.happened(look, party):
                if o.key not in best or RANK[o.status] < RANK[best[o.key].status]:
                    best[o.key] = o
        return sorted(best.values(), key=lambda o: (o.start, o.end))

    @staticmethod
    def first(rows: list[Occurrence]) -> EventTime:
        sure = [o for o in rows if o.status == "confirmed" and o.found.by != "admission"]
        weighty = sure + [o for o in rows if o.status == "open"]
        early = min((o.start for o in weighty or rows), default=None)
        return early, min((o.end for o in sure), default=None), not weighty

    def all_come(self, rows: list[Occurrence], owed: int) -> EventTime:
        """When so much had come: surely as one origin alone tells it, perhaps as all that may have come does."""
        threshold, late = self.agreement.mandate.threshold, None
        sure = [o for o in rows if o.status == "confirmed" and o.found.by != "admission"]
        for origin in {who for o in sure for who in o.who}:
            came = doubt = 0
            for o in sorted((o for o in sure if origin in o.who), key=lambda o: o.end):
                came, doubt = came + o.low, doubt + 1_000_000 - o.p
                if came >= owed and doubt <= 1_000_000 - threshold:
                    late = min(late or o.end, o.end)
        for some, claimed in (([o for o in rows if o.status != "alleged"], False), (rows, True)):
            came = 0
            for o in sorted(some, key=lambda o: o.start):
                came += o.high
                if came >= owed:
                    return o.start, late, claimed
        return None, None, False

    def _quiet(self, quiet: Any) -> EventTime:
        rows = self._whoever(quiet.of, Interval(self.text.in_force.start, None))
        since_early, since_late, _ = self.when(quiet.since)
        earliest = latest = None
        length, zone = quiet.length, self.zone
        if since_early is not None:
            sure = [o for o in rows if o.status == "confirmed"]
            clocks = sorted({since_early, *(o.start for o in sure if o.start > since_early)})
            done = next(
                d for c in clocks for d in [length.after(c, zone)] if not any(o.start > c and o.end < d for o in sure)
            )
            earliest = done if self.passed(done) else None
        ends = [s.end for w in self.coverage.watches for s in w.times if s.end]
        horizon = self.as_of or max(ends, default=None)
        if since_late is not None and horizon is not None and horizon > since_late:
            loud = [o for o in rows if o.status != "alleged"]
            looking = [s.start for w in self.coverage.watches for s in w.times]
            looking += [s.end for g in self.coverage.gaps for s in g.times]
            clocks = {since_late, *(t for t in [*looking, *(o.end for o in rows)] if t is not None and t > since_late)}
            for clock in sorted(clocks):
                done = length.after(clock, zone)
                if done > horizon or any(o.end > clock and o.start < done for o in loud):
                    continue
                stretch = Interval(clock, done)
                seen = self.seen(quiet.of, stretch, None)
                said = [o for o in rows if o.status == "alleged" and o.end > clock and o.start < done]
                if seen.enough() and all(self.world.answered(o.found, seen, stretch) for o in said):
                    latest = done
                    break
        return earliest, latest, False

    def when(self, when: When) -> EventTime:
        if when.event is None:
            return when.instant, when.instant, False
        early, late, claimed = self.moment(when.event)
        return (early and when.moved(early, self.zone), late and when.moved(late, self.zone), claimed)

    def span(self, term: Term) -> tuple[EventTime, EventTime, bool, bool]:
        """Start, end, and whether each side is open."""
        window = term.window
        starts: list[EventTime] = [(window.start, window.start, False)] if window.start else []
        starts += [self.when(w) for w in term.starts]
        ends: list[EventTime] = [(window.end, window.end, False)] if window.end else []
        if term.until is not None:
            early, late, claimed = self.when(term.until)
            ends += [(early, late, claimed)] if early is not None and not claimed else []
        return _last(starts), _first(ends), not starts, not ends

    def sort_by_span(self, term: Term, o: Occurrence) -> str:
        """Whether something lies surely, possibly or not at all in the time in which a term binds."""
        (early, late, _), (end_early, end_late, _), open_start, open_end = self.span(term)
        start, end = o.start, o.end
        surely = open_start or (late is not None and start >= late)
        possibly = open_start or (early is not None and (end > early or start >= early))
        if not open_end and end_early is not None:
            surely = surely and end <= end_early and start < end_early
        if not open_end and end_late is not None:
            possibly = possibly and start < end_late
        if o.going_on and (open_start or late is not None):
            begun, over = o.going_on
            after = open_start or (end > late and over >= late)
            before = open_end or end_early is None or (start < end_early and begun <= end_early)
            surely = surely or (after and before)
        return "surely" if surely and possibly else "possibly" if possibly else "not"

    def whole(self, term: Term) -> Interval:
        """All the time in which a term may bind."""
        (early, _, _), (_, end_late, _), open_start, open_end = self.span(term)
        return Interval(None if open_start else early, None if open_end else end_late)

    def widest(self, term: Term) -> Interval:
        """The same, up to when it is asked."""
        return self.whole(term).intersection(Interval(None, self.as_of))

    def begun_by(self, term: Term, instant: datetime) -> bool | None:
        """Whether a term binds from an instant on at the latest."""
        (early, late, _), _, open_start, _ = self.span(term)
        if open_start or (late is not None and late <= instant):
            return True
        return None if early is not None and early <= instant else False

    def over_by(self, term: Term, instant: datetime) -> bool | None:
        """Whether a term has ceased to bind before an instant."""
        _, (early, late, _), _, open_end = self.span(term)
        if not open_end and late is not None and late < instant:
            return True
        return None if not open_end and early is not None and early < instant else False

    def owed(self, term: Term) -> Term:
        """A version of a clause that lasts as long as those that follow it without a gap."""
        window = term.window
        for other in self.text.terms:
            if other.clause == term.clause and window.end is not None and other.window.start == window.end:
                window = Interval(window.start, other.window.end)
        return replace(term, window=window)

    def unsettled(self, term: Term) -> bool:
        (early, late, _), _, open_start, _ = self.span(term)
        return not open_start and early is not None and late is None


def _since(rows: list[Occurrence], since: EventTime) -> list[Occurrence]:
    """What may have come since a time; what is confirmed, and perhaps came before it, is open."""
    early, late, _ = since
    may = [o for o in rows if early is not None and (o.start >= early or o.end > early)]
    before = [o.status == "confirmed" and (late is None or o.start < late) for o in may]
    return [replace(o, status="open") if b else o for o, b in zip(may, before, strict=True)]


def in_parts(rows: list[Report], deed: bool) -> list[int]:
    """The least and the most that each tells of an incident: rows of one time of his that are not of the same are parts, of a deed also rows of other times."""
    out: list[int] = []

    def whose(r: Report) -> Any:
        return r["origin"], plain_name(r["source"]), r["actor"]

    for who in {whose(r) for r in rows}:
        his = [r for r in rows if whose(r) == who]
        least: dict[Any, dict[Any, float]] = {}
        most: dict[Any, dict[Any, float]] = {}
        for r in his:
            same, n = tuple(r[c] for c in AGREE), r["quantity"]
            part = least.setdefault(r["known_at"], {})
            part[same] = min(n, part.get(same, n))
            whole = most.setdefault(None if deed else r["known_at"], {})
            of = (same, r["start"], r["end"]) if deed else same
            whole[of] = max(n, whole.get(of, n))
        out.append(min(max(round(n * 1000) for n in part.values()) for part in least.values()))
        out.append(max(sum(round(n * 1000) for n in whole.values()) for whole in most.values()))
    return out


def _last(moments: list[EventTime]) -> EventTime:
    early, late = [m[0] for m in moments], [m[1] for m in moments]
    return (
        max(t for t in early if t) if early and None not in early else None,
        max(t for t in late if t) if late and None not in late else None,
        any(m[2] for m in moments),
    )


def _within(instant: datetime | None, start: datetime | None, end: datetime | None) -> datetime | None:
    """When what had come then counts from an instant on, and until before another."""
    late = max((t for t in (instant, start) if t), default=None) if instant else None
    return None if late and end and late >= end else late


def _first(moments: list[EventTime]) -> EventTime:
    weighty = [m for m in moments if m[0] and not m[2]]
    return (
        min((m[0] for m in weighty or moments if m[0]), default=None),
        min((m[1] for m in moments if m[1]), default=None),
        not weighty,
    )


def _box(points: list[tuple[float, float]]) -> Box | None:
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    return (min(lats), min(lons), max(lats), max(lons)) if points else None


def metres_apart(one: Box, other: Box) -> float:
    """From a box to another, along the ellipsoid."""
    lat = min(max(other[0], one[0]), one[2])
    lon = min(max(other[1], one[1]), one[3])
    to_lat = min(max(lat, other[0]), other[2])
    to_lon = min(max(lon, other[1]), other[3])
    return float(GEOD.inv(lon, lat, to_lon, to_lat)[2])


def told_apart(rows: list[Occurrence]) -> list[list[Occurrence]]:
    """Without the parts of what is told of more than a day, and without such totals; all, where there is none."""

    def holds(a: Occurrence, b: Occurrence) -> bool:
        longer = a.start <= b.start and b.end <= a.end and (a.start, a.end) != (b.start, b.end)
        return (
            longer
            and a.same is not None
            and a.same == b.same
            and a.end - a.start > timedelta(hours=25)
            and a.low != 1000
        )

    parts = [b for b in rows if any(holds(a, b) for a in rows)]
    totals = [a for a in rows if any(holds(a, b) for b in rows)]
    return [[o for o in rows if o not in some] for some in (parts, totals)] if parts else [rows]


def counted_once(rows: list[Occurrence], unsure: Unsure) -> list[Occurrence]:
    """Without what may be the same, seen by somebody else: of what hangs together so, what the origin saw who counts most.

    What is only admitted joins no two others, and does not count where it may be one of them.
    """
    hour = timedelta(hours=1)

    def near(a: Occurrence, b: Occurrence) -> bool:
        if a.start > b.end + hour or b.start > a.end + hour:
            return False
        return not (a.box and b.box) or metres_apart(a.box, b.box) < max(a.radius + b.radius, 1000.0) + 1e-6

    def may_be_one(a: Occurrence, b: Occurrence) -> bool:
        return not a.who & b.who and (unsure.may_be_one(a.key, b.key) or near(a, b))

    # 75 tanks are none of the men counted beside them, and who is in them may be
    counted = [o for o in rows if o.high < 10**15]
    rows = [o for o in rows if o.high < 10**15 or not any(near(o, x) for x in counted)]
    others = [o for o in rows if o.found.by != "admission"]
    own = [o for o in rows if o.found.by == "admission" and not any(may_be_one(o, x) for x in others)]
    groups: list[list[Occurrence]] = []
    for o in others + own:
        mine = [g for g in groups if any(may_be_one(o, x) for x in g)]  # what is admitted is near no other group
        groups = [g for g in groups if g not in mine] + [[o, *(x for g in mine for x in g)]]
    kept: list[Any] = []
    for group in groups:
        seen = {w: [o for o in group if w in o.who] for o in group for w in o.who}

        def order(some: list[Occurrence]) -> Any:
            much = sum(o.low for o in some), len(some), sum(o.p for o in some)
            which = sorted((o.start, o.end, o.low, o.p, o.box or (), o.radius, str(o.key)) for o in some)
            return tuple(-n for n in much), min(o.start for o in some), max(o.end for o in some), which

        kept += [o.key for o in min(seen.values(), key=order)]
    return [o for o in rows if o.key in kept]
