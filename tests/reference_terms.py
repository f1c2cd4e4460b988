"""The plain evaluator, second part: every kind of term in loops, to be read beside ``docs/verdicts.md``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.agreement.kinds import Duty, Guarantee, Limit, Notice, Prohibition, Quota, Response, Trigger, Unverifiable
from servanda.agreement.pattern import When
from servanda.coverage import Coverage
from servanda.values.time import Duration, Interval
from tests.reference_evaluator import Found, Look, Report, Seen, World, first_hand, in_place, in_window, level

Row = tuple[str, int, int, int, dict[str, Any]]
NOTHING: dict[str, Any] = {}
RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3}
EventTime = tuple[datetime | None, datetime | None, bool]  # not before, surely by, only claimed


@dataclass(frozen=True)
class Occurrence:
    """An incident with when it happened and how much of it."""

    found: Found
    start: datetime
    end: datetime
    low: int
    high: int
    toward: str | None
    doer: str | None
    answers: str | None

    @property
    def key(self) -> Any:
        return self.found.key

    @property
    def status(self) -> str:
        return self.found.status


class Plain:
    """One text of an agreement, its evidence and its coverage, evaluated by definition."""

    def __init__(
        self, agreement: Agreement, text: Text, world: World, coverage: Coverage, as_of: datetime | None
    ) -> None:
        self.agreement, self.text, self.world, self.coverage, self.as_of = agreement, text, world, coverage, as_of
        self.zone, self.standard = agreement.zone, agreement.mandate.detection
        self.breaches: list[tuple[str, str | None, datetime | None, datetime | None]] = []
        self.path: list[str] = []
        self._seen: dict[Any, Seen] = {}

    # -- asking -------------------------------------------------------------------------------------------

    def passed(self, moment: datetime) -> bool:
        return self.as_of is None or self.as_of >= moment

    def seen(self, pattern: Pattern, window: Interval) -> Seen:
        key = (pattern.place, pattern.act_codes, window)
        if key not in self._seen:
            self._seen[key] = Seen(self.agreement, pattern, self.coverage, window)
        return self._seen[key]

    def enough(self, seen: Seen) -> bool:
        return seen.probability >= self.standard

    def since(self, term: Term) -> Interval:
        """From when a deed that is to be done once counts: from the signature."""
        known = [t for t in (term.window.start, self.text.in_force.start, self.agreement.signed) if t]
        return Interval(min(known) if term.window.start else None, None)

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
        return Look(pattern.at(party or (binds[0] if binds else None)), window, self.named(binds), voice, exemptions)

    def happened(self, look: Look, party: str | None) -> list[Occurrence]:
        """One occurrence per incident, by time."""
        best: dict[Any, Found] = {}
        for found in self.world.look(look, party):
            if found.status in RANK and (found.key not in best or RANK[found.status] < RANK[best[found.key].status]):
                best[found.key] = found
        out = [self.occurrence(found, look, party) for found in best.values()]
        return sorted(out, key=lambda o: (o.start, o.end))

    def occurrence(self, found: Found, look: Look, party: str | None) -> Occurrence:
        # what is open is nobody's in particular, so that no party's word about itself bears on it
        about = None if found.status == "open" else party
        others = {p for p in self.agreement.parties if p != about}

        def rank(r: Report) -> int:
            if first_hand(self.agreement, r):
                return 3
            side = r["side"] if r["directness"] > 0 else None
            if side == "none":
                return 2
            own = look.voice == "act" and side == about
            other = look.voice == "deed" and side in others
            return 1 if about is not None and look.binds is not None and (own or other) else 0

        most = max(rank(r) for r in found.reports)
        rows = [r for r in found.reports if rank(r) == most]
        many = [1000 if r["quantity"] is None else round(r["quantity"] * 1000) for r in rows]
        doers = {r["actor"] for r in rows if r["actor"] in self.agreement.actors}
        to = {r["toward"] for r in rows if r["toward"] in self.agreement.actors}
        links = {r["answers"] for r in rows if r["answers"] is not None}
        return Occurrence(
            found,
            min(r["start"] for r in rows),
            max(r["end"] for r in rows),
            min(many),
            max(many),
            to.pop() if len(to) == 1 else None,
            doers.pop() if len(doers) == 1 else None,
            links.pop() if len(links) == 1 else None,
        )

    def refuted(self, look: Look, party: str | None) -> list[Report]:
        """First-hand observations that a deed was not done; to deny an incident that somebody asserts only contests it."""
        out = []
        threshold = self.agreement.mandate.threshold
        for mine in self.world.incidents.values():
            if self.world._under(look, mine):
                continue
            for r in mine:
                sure = (
                    r["stance"] == "denies"
                    and first_hand(self.agreement, r)
                    and level(self.agreement, look.pattern, r) == 2
                )
                p = in_window(look.window, r) * in_place(self.agreement, look.pattern, r) if sure else 0
                actor = r["actor"] if r["actor"] in self.agreement.actors else None
                if round(p * 1e6) >= threshold and (party is None or actor in (party, None)):
                    out.append(r)
        return out

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
            if event is not None:
                return self.moment(event.complied or "")
            term = [t for t in self.text.terms if t.id.split("@")[0] == name][-1]
            if not isinstance(term.kind, Duty):
                return None, None, False
            window = self.since(term)
            bound: list[str | None] = list(term.binds) if self.named(term.binds) else [None]
            return _last(
                [
                    self.first(self.happened(self.look(term, deed, window, term.binds, "deed", party), party))
                    for party in bound
                    for deed in term.kind.deeds
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

    def _whoever(self, pattern: Pattern, window: Interval) -> list[Occurrence]:
        """Occurrences of a mark: of each whom the pattern names, or of whoever; the best of each incident."""
        look = Look(pattern, window, self.named(pattern.by or None), "mark")
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
            for clock in sorted({since_late, *(o.end for o in rows if o.end > since_late)}):
                done = length.after(clock, zone)
                if done > horizon or any(o.end > clock and o.start < done for o in loud):
                    continue
                stretch = Interval(clock, done)
                seen = self.seen(quiet.of, stretch)
                said = [o for o in rows if o.status == "alleged" and o.end > clock and o.start < done]
                if self.enough(seen) and all(self.world.answered(o.found, seen, stretch) for o in said):
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

    # -- terms --------------------------------------------------------------------------------------------

    def evaluate(self) -> dict[tuple[str, str | None, str | None], Row]:
        out = {}
        for term in self.text.terms:
            if isinstance(term.kind, Guarantee):
                continue
            bound: list[str | None] = list(term.binds) if self.named(term.binds) else [None]
            for party in bound:
                out[(term.id, party, self.text.reading)] = self.one(term, party)
        for term in self.text.terms:
            if isinstance(term.kind, Guarantee):
                for party in dict.fromkeys(step.by for step in term.kind.then):
                    out[(term.id, party, self.text.reading)] = self.guarantee(term, term.kind, party)
        return out

    def one(self, term: Term, party: str | None) -> Row:
        (early, _, _), end, open_start, open_end = self.span(term)
        duty = not isinstance(term.kind, (Prohibition, Limit, Unverifiable))
        if term.window.is_empty or (term.window.start and not self.passed(term.window.start)):
            return "not_in_force", 0, 0, 0, NOTHING
        if not open_start and (early is None or not self.passed(early)):
            return ("not_due" if duty else "not_in_force"), 0, 0, 0, NOTHING
        if early is not None and not open_end and end[1] is not None and end[1] <= early:
            return "not_in_force", 0, 0, 0, NOTHING
        kind = term.kind
        if isinstance(kind, Unverifiable):
            return "undetermined", 0, 0, 0, NOTHING
        if isinstance(kind, Prohibition):
            return self.forbid(term, kind, party)
        if isinstance(kind, Limit):
            return self.limit(term, kind, party)
        if isinstance(kind, Duty):
            return self.require(term, kind, party)
        if isinstance(kind, Quota):
            return self.quota(term, kind, party)
        assert isinstance(kind, (Response, Notice))
        return self.pairs(term, kind, party)

    def sort_by_span(self, term: Term, start: datetime, end: datetime) -> str:
        """Whether something lies surely, possibly or not at all in the time in which a term binds."""
        (early, late, _), (end_early, end_late, _), open_start, open_end = self.span(term)
        surely = open_start or (late is not None and start >= late)
        possibly = open_start or (early is not None and (end > early or start >= early))
        if not open_end and end_early is not None:
            surely = surely and end <= end_early and start < end_early
        if not open_end and end_late is not None:
            possibly = possibly and start < end_late
        return "surely" if surely and possibly else "possibly" if possibly else "not"

    def widest(self, term: Term) -> Interval:
        (early, _, _), (_, end_late, _), open_start, open_end = self.span(term)
        window = Interval(None if open_start else early, None if open_end else end_late)
        return window.intersection(Interval(None, self.as_of))

    def unsettled(self, term: Term) -> bool:
        (early, late, _), _, open_start, _ = self.span(term)
        return not open_start and early is not None and late is None

    def forbid(self, term: Term, kind: Prohibition, party: str | None) -> Row:
        look = self.look(term, kind.what, term.window, term.binds, "act", party)
        by: dict[str, list[Found]] = {s: [] for s in ("confirmed", "excused", "alleged", "below", "open")}
        for found in self.world.look(look, party):
            status = found.status
            if term.starts or term.until is not None:
                o = self.occurrence(found, look, party)
                where = self.sort_by_span(term, o.start, o.end)
                if where == "not":
                    continue
                if where == "possibly":
                    status = {"confirmed": "open", "excused": "open"}.get(status, status)
            by[status].append(found)
        seen = self.seen(look.pattern, self.widest(term))
        counts = len(by["confirmed"]), len(by["alleged"]), len(by["excused"])
        word = "undetermined"
        if self.unsettled(term):
            pass
        elif by["confirmed"]:
            word = "breached"
            for found in by["confirmed"]:
                o = self.occurrence(found, look, party)
                self.breaches.append((term.id, party, o.start, o.end))
        elif by["excused"]:
            word = "excused"
        elif not by["open"] and self.enough(seen) and all(self.world.answered(f, seen) for f in by["alleged"]):
            word = "complied"
        return word, *counts, NOTHING

    def limit(self, term: Term, kind: Limit, party: str | None) -> Row:
        look = self.look(term, kind.what, term.window, term.binds, "act", party)
        rows = []
        for o in self.happened(look, party):
            where = self.sort_by_span(term, o.start, o.end)
            if where == "not":
                continue
            if where == "possibly" and o.status in ("confirmed", "excused"):
                rows.append(replace(o, found=replace(o.found, status="open")))
            else:
                rows.append(o)
        seen = self.seen(look.pattern, self.widest(term))
        sure = [o for o in rows if o.status == "confirmed"]
        with_excused = [o for o in rows if o.status in ("confirmed", "excused")]
        loose = [
            o for o in rows if o.status == "open" or (o.status == "alleged" and not self.world.answered(o.found, seen))
        ]
        start = self.span(term)[0][1]
        if kind.per is None:
            least, granted = self.at_once(sure, "low"), self.at_once(with_excused, "low")
            most = max(
                (sum(x.high for x in sure + loose if x.start <= o.start <= x.end) for o in sure + loose), default=0
            )
        elif start is None or not rows:
            least, granted, most = 0, 0, sum(o.high for o in sure + loose)
        else:
            last = kind.per.after(max(o.end for o in rows), self.zone)
            periods = self.periods(start, last, kind.per)
            least, granted = self.in_one(sure, periods), self.in_one(with_excused, periods)
            most = max((sum(o.high for o in sure + loose if _touches(o, p)) for p in periods), default=0)
        measure = {"least": least / 1000, "most": most / 1000, "cap": kind.to / 1000}
        counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged", "excused")]
        word = "undetermined"
        if self.unsettled(term):
            pass
        elif least > kind.to:
            word = "breached"
            if kind.per is None:
                several = {(o.start, o.end) for o in sure}
                passed = [w for w in several if sum(o.low for o in sure if (o.start, o.end) == w) > kind.to]
                self.breaches += [(term.id, party, *w) for w in passed]
            else:
                last = kind.per.after(max(o.end for o in sure), self.zone)
                for p in self.periods(start, last, kind.per):  # type: ignore[arg-type]
                    if sum(o.low for o in sure if _within(o, p)) > kind.to:
                        self.breaches.append((term.id, party, p.start, p.end))
        elif granted > kind.to:
            word = "excused"
        elif self.enough(seen) and most <= kind.to:
            word = "complied"
        return word, counts[0], counts[1], counts[2], measure

    @staticmethod
    def at_once(rows: list[Occurrence], column: str) -> int:
        counts: dict[tuple[datetime, datetime], int] = {}
        for o in rows:
            counts[(o.start, o.end)] = counts.get((o.start, o.end), 0) + getattr(o, column)
        return max(counts.values(), default=0)

    @staticmethod
    def in_one(rows: list[Occurrence], periods: list[Interval]) -> int:
        return max((sum(o.low for o in rows if _within(o, p)) for p in periods), default=0)

    def periods(self, start: datetime, end: datetime, every: Duration | None) -> list[Interval]:
        if every is None:
            return [Interval(start, end)]
        out: list[Interval] = []
        n = 0
        while Duration(every.amount * (n + 1), every.unit).after(start, self.zone) <= end:
            begin = Duration(every.amount * n, every.unit).after(start, self.zone) if n else start
            out.append(Interval(begin, Duration(every.amount * (n + 1), every.unit).after(start, self.zone)))
            n += 1
        return out

    def require(self, term: Term, kind: Duty, party: str | None) -> Row:
        due = self.when(term.deadline) if term.deadline else None
        looks = [self.look(term, d, self.since(term), term.binds, "deed", party) for d in kind.deeds]
        done = [self.happened(look, party) for look in looks]
        sure = {o.key for rows in done for o in rows if o.status == "confirmed"}
        counts = len(sure), len({o.key for rows in done for o in rows if o.status == "alleged"} - sure), 0
        level_ = max((n for n, rows in enumerate(done, 1) if any(o.status == "confirmed" for o in rows)), default=0)
        in_time = [
            any(o.status == "confirmed" and (due is None or due[0] is None or o.end <= due[0]) for o in rows)
            for rows in done
        ]
        if kind.levels:  # a higher level implies those below it
            in_time = [any(in_time[n:]) for n in range(len(done))]
        missing = [n for n, fine in enumerate(in_time) if not fine]
        measure = {"done": len(done) - len(missing), "of": len(done)}
        if kind.levels:
            measure = {"level": level_, "of": len(done)}
        if not missing:
            return ("undetermined" if party is None and len(term.binds) > 1 else "complied"), *counts, measure
        if due is None or due[0] is None or not self.passed(due[0]) or (due[1] and not self.passed(due[1])):
            return "not_due", *counts, measure
        if due[1] is None or self.unsettled(term):
            return "undetermined", *counts, measure
        if term.window.end is not None and due[1] > term.window.end:
            return "not_due", *counts, measure
        if any(self.not_done(looks[n], party, done[n], due[1]) for n in missing):
            self.breaches.append((term.id, party, due[0], due[1]))
            return "breached", *counts, measure
        return "undetermined", *counts, measure

    def not_done(self, look: Look, party: str | None, rows: list[Occurrence], due: datetime) -> bool:
        """Whether it is shown that a deed was not done by an instant."""
        seen = self.seen(look.pattern, Interval(look.window.start, due))
        before = [o for o in rows if o.start < due]
        if any(o.status != "alleged" for o in before):
            return False
        if any(r["start"] >= due for r in self.refuted(look, party)):
            return True
        if any(not self.world.answered(o.found, seen) for o in before):
            return False
        return any(o.status == "confirmed" and o.found.by != "admission" for o in rows) or self.enough(seen)

    def quota(self, term: Term, kind: Quota, party: str | None) -> Row:
        (_, start, _), (end_early, end_late, _), _, open_end = self.span(term)
        due = self.when(term.deadline) if term.deadline else None
        if self.unsettled(term) or start is None:
            return "undetermined", 0, 0, 0, NOTHING
        if due is not None and (due[0] is None or not self.passed(due[0])):
            return "not_due", 0, 0, 0, NOTHING
        if due is not None and due[1] is None:
            return "undetermined", 0, 0, 0, NOTHING
        end = (due[1] if due else end_late) or self.as_of or term.window.end
        doubtful = None if due is not None or open_end else end_early
        if end is None:
            return "undetermined", 0, 0, 0, NOTHING
        look = self.look(term, kind.what, Interval(term.window.start, None), term.binds, "deed", party)
        rows = self.happened(look, party)
        seen = self.seen(look.pattern, Interval(start, end))
        weighs = [o for o in rows if o.status != "alleged" or not self.world.answered(o.found, seen)]
        periods = [p for p in self.periods(start, end, kind.every) if p.end and self.passed(p.end)]
        met = missed = unknown = delivered = 0
        for period in periods:
            low = sum(o.low for o in rows if o.status == "confirmed" and _within(o, period))
            high = sum(o.high for o in weighs if _touches(o, period))
            delivered += low
            if low >= kind.at_least and not (party is None and len(term.binds) > 1):
                met += 1
            elif (
                high < kind.at_least
                and (doubtful is None or (period.end is not None and period.end <= doubtful))
                and self.enough(self.seen(look.pattern, period))
            ):
                self.breaches.append((term.id, party, period.end, period.end))
                missed += 1
            else:
                unknown += 1
        owed = kind.at_least * len(periods)
        measure = {
            "delivered": delivered / 1000, "owed": owed / 1000, "rate": round(delivered / owed, 6) if owed else None,
            "periods": len(periods), "met": met, "missed": missed, "unknown": unknown,
        }  # fmt: skip
        counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged")]
        word = "breached" if missed else "not_due" if not periods else "undetermined" if unknown else "complied"
        return word, counts[0], counts[1], 0, measure

    def pairs(self, term: Term, kind: Response | Notice, party: str | None) -> Row:
        nameless = party is None and len(term.binds) > 1
        deed_window = Interval(term.window.start, None) if isinstance(kind, Response) else self.since(term)
        look = self.look(term, kind.deed, deed_window, term.binds, "deed", party)
        deeds = self.happened(look, party)
        if isinstance(kind, Response):
            triggers = self._asked(term, kind, party)
            pattern = kind.to
        else:
            own = self.look(term, kind.of, term.window, term.binds, "act", party)
            triggers, pattern = self.happened(own, party), own.pattern
        sure = [t for t in triggers if t.status == "confirmed" and self.sort_by_span(term, t.start, t.end) == "surely"]
        doubtful = [t for t in triggers if t not in sure and self.sort_by_span(term, t.start, t.end) != "not"]
        answered, missed, pending, unknown = self._outcomes(term, kind, look, sure, deeds, party, nameless)
        seen = self.seen(pattern, self.widest(term))
        doubtful = [
            t
            for t in doubtful
            if t.status in ("confirmed", "open") or (t.status == "alleged" and not self.world.answered(t.found, seen))
        ]
        done = {d.key for d in deeds if d.status == "confirmed"} | {t.key for t in sure}
        counts = len(done), len({d.key for d in deeds if d.status == "alleged"} - done), 0
        measure = {
            "called_for": len(sure), "answered" if isinstance(kind, Response) else "announced": answered,
            "missed": len(missed), "pending": pending, "unknown": unknown,
        }  # fmt: skip
        if missed:
            self.breaches += [(term.id, party, high, may) for high, may in missed]
            word = "breached"
        elif unknown:
            word = "undetermined"
        elif pending:
            word = "not_due"
        elif doubtful:
            word = "undetermined"
        elif not sure:
            word = "not_due"
        else:
            word = "complied" if self.enough(seen) else "undetermined"
        return word, *counts, measure

    def _asked(self, term: Term, kind: Response, party: str | None) -> list[Occurrence]:
        """The triggers that call on a party: by whom, and addressed to whom."""
        window = Interval(term.window.start, None)
        asked = {"anyone": kind.to.by or None, "self": term.binds, "other": tuple(self.agreement.parties)}[kind.whose]
        look = Look(kind.to, window, self.named(asked), "mark")
        best: dict[Any, tuple[Occurrence, str | None]] = {}
        for doer in look.binds or (None,):
            for o in self.happened(look, doer):
                whose = None if o.status == "open" else doer
                if o.key not in best or RANK[o.status] < RANK[best[o.key][0].status]:
                    best[o.key] = (o, whose)
        out = []
        for o, whose in best.values():
            own = whose == party or (whose is None and o.doer == party)
            if party is None:
                out.append(o)
            elif kind.whose == "self":
                out += [o] if own else []
            elif o.toward in (party, None) and not own and (kind.whose == "anyone" or whose is not None):
                out.append(o)
        return sorted(out, key=lambda o: (o.start, o.end))

    def _outcomes(
        self,
        term: Term,
        kind: Response | Notice,
        look: Look,
        triggers: list[Occurrence],
        deeds: list[Occurrence],
        party: str | None,
        nameless: bool,
    ) -> tuple[int, list[Any], int, int]:
        sure = [] if nameless else [d for d in deeds if d.status == "confirmed"]
        spans = {}
        for t in triggers:
            if isinstance(kind, Response):
                high, may = kind.within.after(t.start, self.zone), kind.within.after(t.end, self.zone)
                spans[t.key] = (t.end, high, t.start, may)
            else:
                lead = Duration(-kind.before.amount, kind.before.unit)
                spans[t.key] = (None, lead.after(t.start, self.zone), None, lead.after(t.end, self.zone))
        answered: set[Any] = set()
        used: set[Any] = set()
        for d in sure:  # those that say what they answer
            if d.answers is not None:
                used.add(d.key)
                low, high, _, _ = spans.get(d.answers, (None, None, None, None))
                if high is not None and (low is None or d.start >= low) and d.end <= high:
                    answered.add(d.answers)
        for d in sorted(sure, key=lambda d: (d.end, d.start)):
            if d.key in used:
                continue
            for t in triggers:
                low, high, _, _ = spans[t.key]
                if t.key not in answered and (low is None or d.start >= low) and d.end <= high:
                    answered.add(t.key)
                    used.add(d.key)
                    break
        left = [t for t in triggers if t.key not in answered]
        if not left:
            return len(answered), [], 0, 0
        start = look.window.start
        begin = min(spans[t.key][2] or start or spans[t.key][3] for t in left)
        seen = self.seen(look.pattern, Interval(begin, max(spans[t.key][3] for t in left)))
        free = [d for d in sure if d.key not in used]
        free += [
            d for d in deeds if d.status == "open" or (d.status == "alleged" and not self.world.answered(d.found, seen))
        ]
        if nameless:
            free += [d for d in deeds if d.status == "confirmed"]
        refuted = self.refuted(look, party)
        shared = isinstance(kind, Response) and kind.whose != "self" and len(term.binds) > 1
        missed, pending, unknown = [], 0, 0
        for t in left:
            _, high, may_low, may_high = spans[t.key]
            if not self.passed(may_high):
                pending += 1
                continue
            mine = free + [d for d in sure if d.answers == t.key]
            possible = any(d.start <= may_high and (may_low is None or d.end >= may_low) for d in mine)
            since = may_low or start
            watched = since is not None and seen.mean(since, may_high) >= self.standard
            denied = any(r["answers"] == t.key and r["start"] >= may_high for r in refuted)
            if not possible and not (shared and t.toward is None) and (denied or watched):
                missed.append((high, may_high))
            else:
                unknown += 1
        return len(answered), missed, pending, unknown

    # -- guarantees ---------------------------------------------------------------------------------------

    def guarantee(self, term: Term, kind: Guarantee, party: str | None) -> Row:
        (early, _, _), _, open_start, _ = self.span(term)
        window = term.window
        if window.is_empty or (window.start and not self.passed(window.start)):
            return "not_in_force", 0, 0, 0, NOTHING
        if not open_start and (early is None or not self.passed(early)):
            return "not_in_force", 0, 0, 0, NOTHING
        off_early, off, _ = self.set_off(kind.when, term)
        if off is None or not self.passed(off):
            return "not_in_force", 0, 0, 0, {"state": "dormant"}
        unsure = False
        for trigger in kind.void_if:
            maybe, void, claimed = self.set_off(trigger, None)
            unsure |= maybe is not None and not claimed and maybe <= off
            if void is not None and void <= off:
                return "not_in_force", 0, 0, 0, {"state": "void"}
        words, states, counts = [], [], [0, 0]
        for step in kind.then:
            if step.by != party:
                continue
            first, last = step.within.after(off_early or off, self.zone), step.within.after(off, self.zone)
            stop = self.moment(step.unless) if step.unless else (None, None, False)
            if stop[1] is not None and stop[1] <= first:
                words.append("not_in_force")
                states.append("stopped")
            elif step.deed is None:
                if not self.passed(last):
                    words.append("not_due")
                    states.append("running")
                elif stop[0] is not None and not stop[2] and stop[0] <= last:
                    words.append("undetermined")
                    states.append("not settled")
                else:
                    words.append("complied")
                    states.append(f"in effect since {last.astimezone(self.zone).isoformat()}")
            else:
                look = self.look(term, step.deed, Interval(window.start, None), (party or "",), "deed", party)
                rows = [o for o in self.happened(look, party) if o.end >= off]
                counts[0] += sum(o.status == "confirmed" for o in rows)
                counts[1] += sum(o.status == "alleged" for o in rows)
                seen = self.seen(look.pattern, Interval(off, last))
                before = [o for o in rows if o.start < last]
                maybe = any(o.status != "alleged" or not self.world.answered(o.found, seen) for o in before)
                refuted = any(r["start"] >= last for r in self.refuted(look, party))
                if any(o.status == "confirmed" and o.end <= first for o in rows):
                    words.append("complied")
                    states.append("done")
                elif not self.passed(last):
                    words.append("not_due")
                    states.append("running")
                elif not maybe and (refuted or self.enough(seen)):
                    words.append("breached")
                    states.append("lapsed")
                else:
                    words.append("undetermined")
                    states.append("not shown")
        order = ("breached", "undetermined", "not_due", "complied", "not_in_force")
        word = next(w for w in order if w in words)
        word = "undetermined" if word == "breached" and unsure else word
        return word, counts[0], counts[1], 0, {"state": ", ".join(states)}

    def set_off(self, trigger: Trigger, term: Term | None) -> EventTime:
        """When a trigger was met, surely within the time of the guarantee."""

        def inside(early: datetime | None, late: datetime | None) -> bool:
            if term is None:
                return True
            (_, start, _), (end, _, _), open_start, open_end = self.span(term)
            begun = open_start or (start is not None and early is not None and early >= start)
            return begun and not (not open_end and end is not None and late is not None and late >= end)

        if trigger.event is not None:
            moment = self.moment(trigger.event)
            return moment if inside(moment[0], moment[1]) else (None, None, False)
        found = [
            (early, late)
            for name, party, early, late in self.breaches
            if name.split("@")[0] in trigger.terms and trigger.party in (None, party) and inside(early, late)
        ]
        starts, ends = sorted(e for e, _ in found if e), sorted(e for _, e in found if e)
        n = trigger.at_least
        if len(ends) < n:
            return None, None, False
        return starts[n - 1] if len(starts) >= n else None, ends[n - 1], False


def _within(o: Occurrence, period: Interval) -> bool:
    """Surely in a period; an instant at its end is not."""
    assert period.start is not None
    assert period.end is not None
    return o.start >= period.start and o.end <= period.end and (o.start < period.end)


def _touches(o: Occurrence, period: Interval) -> bool:
    assert period.start is not None
    assert period.end is not None
    if o.start == o.end:
        return period.start <= o.start < period.end
    return o.start < period.end and o.end > period.start


def _last(moments: list[EventTime]) -> EventTime:
    early, late = [m[0] for m in moments], [m[1] for m in moments]
    return (
        max(t for t in early if t) if early and None not in early else None,
        max(t for t in late if t) if late and None not in late else None,
        any(m[2] for m in moments),
    )


def _first(moments: list[EventTime]) -> EventTime:
    weighty = [m for m in moments if m[0] and not m[2]]
    return (
        min((m[0] for m in weighty or moments if m[0]), default=None),
        min((m[1] for m in moments if m[1]), default=None),
        not weighty,
    )


def evaluate(
    agreement: Agreement, rows: list[Report], coverage: Coverage, as_of: datetime | None = None
) -> dict[tuple[str, str | None, str | None], Row]:
    """For each term, party and reading: verdict, confirmed, alleged, excused, measure."""
    world = World(agreement, rows, as_of)
    known = coverage.known_by(as_of)
    out = {}
    for text in agreement.texts:
        out.update(Plain(agreement, text, world, known, as_of).evaluate())
    return out
