"""Incidents under what is looked for: what was taken back, who could have seen it, whose it is."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Watch
from servanda.values.time import Interval
from tests.reference_evaluator.coverage import Seen
from tests.reference_evaluator.evidence import (
    Origin,
    accuses,
    admitted,
    by_what,
    certainty,
    contests,
    credible,
    excused,
    first_hand,
    kept,
    observed,
    weighs,
)
from tests.reference_evaluator.looks import Look, Report
from tests.reference_evaluator.matching import (
    in_window,
    incident_of,
    level,
)
from tests.reference_evaluator.names import plain_name
from tests.reference_evaluator.one_event import parted
from tests.reference_evaluator.places import (
    in_place,
)


@dataclass(frozen=True)
class Found:
    """What one incident is under one look, about one party (``None``: whoever)."""

    key: Any
    party: str | None
    status: str  # confirmed, excused, alleged, below, open, private
    by: str | None
    reports: tuple[Report, ...]  # those that fall under the look
    p: int = 1_000_000  # millionths: the certainty of place and time of the most certain origin it rests on
    answerable: bool = False  # that it was watched would answer it
    part: tuple[str, int, int] | None = None  # in what, and how many of its acts at the least and the most are excused


def blind(agreement: Agreement, coverage: Coverage, report: Report) -> bool:
    """Whether who denies it has watches, and none that reaches the act, place and time of what he denies."""
    own = [w for w in coverage.watches if plain_name(w.source or w.who) == report["origin"]]
    parent = agreement.vocabulary.acts.parent

    def lies_under(code: str | None) -> bool:
        while code is not None and code != report["act"]:
            code = parent[code]
        return code is not None

    def far_inside(where: Any) -> float:
        """Metres to the edge of a geometry, negative outside of it; without a place it is nowhere in particular."""
        if agreement.frame is None or report["lat"] is None:
            return -math.inf
        shape = agreement.frame.project(where)
        x, y = agreement.frame.to_xy([report["lon"]], [report["lat"]])
        point = shapely.Point(x[0], y[0])
        inside = shapely.contains(shape, point)
        return shapely.distance(shape.boundary if inside else shape, point) * (1 if inside else -1)

    def holds(times: Any, at: datetime) -> bool:
        return any((s.start is None or s.start <= at) and (s.end is None or at < s.end) for s in times)

    def reaches(watch: Watch) -> bool:
        if report["act"] is not None and not any(lies_under(code) for code in watch.detects):
            return False
        placed = agreement.frame is not None and report["lat"] is not None
        if watch.where is not None and placed and far_inside(watch.where) < -report["precision_m"]:
            return False
        shut = [
            g
            for g in coverage.gaps
            if g.share >= 1
            and (g.watches is None or watch.id in g.watches)
            and (g.where is None or far_inside(g.where) >= max(report["precision_m"], 0.0))
        ]
        edges = [s.start for s in watch.times] + [s.end for g in shut for s in g.times]
        moments = {report["start"], *(t for t in edges if t is not None and report["start"] < t <= report["end"])}
        return any(holds(watch.times, t) and not any(holds(g.times, t) for g in shut) for t in moments)

    return bool(own) and not any(reaches(watch) for watch in own)


def taken_back(report: Report, back: list[Report]) -> bool:
    """Whether what is said was taken back: it was said no nearer to its origin, and not as near and after that."""
    if not back or report["directness"] > back[0]["directness"]:
        return False
    times = [r["known_at"] for r in back]
    if report["directness"] < back[0]["directness"] or None in (report["known_at"], *times):
        return True
    return bool(report["known_at"] <= max(times))


class World:
    """Reports by incident, with who retracted what he said, and how many observers deny it."""

    def __init__(
        self, agreement: Agreement, rows: list[Report], as_of: datetime | None, coverage: Coverage | None = None
    ) -> None:
        self.coverage = coverage or Coverage()
        self.agreement = agreement
        if as_of is not None:
            rows = [r for r in rows if r["known_at"] is not None and r["known_at"] <= as_of]
        rows = parted(rows)
        if not agreement.mandate.attribution:
            named_parties = set(agreement.parties)
            rows = [
                {
                    **r,
                    "itself": r["actor"] in named_parties and r["actor"] == r["side"],
                    "actor": None if r["actor"] in named_parties else r["actor"],
                }
                for r in rows
            ]
        rows = [{**r, "origin": plain_name(r["origin"])} for r in rows]
        self.found_keys: set[Any] = set()  # the incidents that any term is about, once all are looked for
        # who took back what he had said: the nearest words in which he did
        self.retracted: dict[Any, list[Report]] = {}
        for r in rows:
            if r["stance"] == "retracts" and r["directness"] > 0:
                said = incident_of(r), r["origin"]
                others = self.retracted.get(said, [])
                nearest = max([r["directness"], *(o["directness"] for o in others)])
                self.retracted[said] = [o for o in (*others, r) if o["directness"] == nearest]
        self.said: dict[Any, list[Report]] = defaultdict(list)
        self.incidents: dict[Any, list[Report]] = defaultdict(list)  # what still stands
        self.deniers: dict[Any, set[str]] = defaultdict(set)
        for report in rows:
            key = incident_of(report)
            if report["stance"] == "retracts":
                continue
            self.said[key].append(report)
            if self.taken_back(key, report):
                continue
            self.incidents[key].append(report)
            if report["stance"] == "denies" and first_hand(agreement, report) and not self.blind(report):
                self.deniers[key].add(report["origin"])
        for key, deniers in self.deniers.items():
            told = [r for r in self.incidents[key] if r["stance"] != "denies"]
            best = [r for r in told if self.rank(r) == max(map(self.rank, told))]
            # who looked, and nowhere where those who tell it best say that it was, denies nothing
            away = {
                o for o in deniers if best and all(blind(agreement, self.coverage, {**r, "origin": o}) for r in best)
            }
            self.deniers[key] = deniers - away

    def rank(self, r: Report) -> int:
        """2: an observer's report; 1: of another source without a side that weighs; 0: of anybody."""
        neutral = r["side"] == "none" and r["directness"] > 0 and weighs(self.agreement, r) and credible(r)
        return 2 if first_hand(self.agreement, r) else int(neutral)

    def taken_back(self, key: Any, report: Report) -> bool:
        return taken_back(report, self.retracted.get((key, report["origin"]), []))

    def blind(self, report: Report) -> bool:
        return blind(self.agreement, self.coverage, report)

    def look(self, look: Look, party: str | None) -> list[Found]:
        """Every incident under a look, as it bears on a party; what is nobody's in particular last."""
        found = [f for key in self.said for f in self.findings(look, key) if f.party in (party, None)]
        return sorted(found, key=lambda f: f.party is None and look.binds is not None)

    def origins(self, look: Look, key: Any) -> list[Origin]:
        by_origin: dict[str, list[Report]] = defaultdict(list)
        for report in self.said[key]:
            by_origin[report["origin"]].append(report)
        made = []
        for o, said in by_origin.items():
            back = self.retracted.get((key, o), [])
            spoke = [r for r in said if r["stance"] != "denies" or accuses(self.agreement, r)]
            nearest = max((r["directness"] for r in spoke), default=0)
            withdrawn = [r for r in said if taken_back(r, back)]
            since = [r for r in said if not taken_back(r, back)]
            if not back or nearest > back[0]["directness"] or not (withdrawn and since):
                made.append(Origin(self.agreement, look, said, back))
                continue
            # what he says since he withdrew what he had said is apart from it; who says exactly the same again has withdrawn nothing
            made.append(Origin(self.agreement, look, since, []))
            if said[0]["incident_id"]:
                before = Origin(self.agreement, look, withdrawn, back)
                before.replaced = before.side == "none" and bool(made[-1].under)  # it accuses only whom it names since
                made.append(before)
        return [o for o in made if o.under]

    def findings(self, look: Look, key: Any) -> list[Found]:
        """All findings about one incident under a look."""
        agreement, mandate = self.agreement, self.agreement.mandate
        origins = self.origins(look, key)
        if not origins:
            return []
        threshold, doubt = mandate.threshold, 50_000
        deniers = len(self.deniers[key])
        strength, by = by_what(agreement, origins, threshold, look, None)
        contested = contests(agreement, deniers, sum(o.observer for o in origins))
        could = by_what(agreement, origins, doubt, look, None)[0] > 0
        told = any(o.side == "none" and o.opens and o.p >= min(doubt, threshold) for o in origins)
        seen_back = any(o.withdrawn and o.side == "none" and o.opens and o.p_kept >= doubt for o in origins)
        happened = strength > 0 and not contested
        rows = self.under(look, key)

        saw = any(o.observer or (o.side == "none" and o.opens and o.p_kept >= doubt) for o in origins)
        only_told = not (strength > 0 and contested) and not saw

        def found(party: str | None, status: str, by: str | None = None, *, answerable: bool = False) -> Found:
            p = certainty(agreement, look, origins, party if look.binds is not None else None, by)
            return Found(key, party, status, by, rows, p, answerable)

        def settle(party: str | None, by: str | None) -> Found:
            pardoned, part = excused(agreement, look, self.incidents[key], rows, party)
            return replace(found(party, "excused" if pardoned else "confirmed", by), part=part)

        opened = told or seen_back or (strength > 0 and contested)
        if look.binds is None:
            if (
                not mandate.attribution and look.voice == "act"
            ):  # a word against its own side is one, whosever nobody may say it is
                own = [o for o in origins if o.side in agreement.actors and o.side == o.author]
                binding = [o for o in own if o.bound == o.author] if mandate.admission else []
                sure = any(o.on(o.author, "p_sure") >= threshold for o in binding)
                if sure and not strength and mandate.rule.admission_confirms_act:
                    strength, by = 1, "admission"
                    happened = not contested
                doubtful = any(o.on(o.author, "p_own") >= doubt for o in binding)
                doubtful = doubtful or any(o.withdrawn and o.p_kept >= doubt for o in own)
                seen_back, saw = seen_back or doubtful, saw or doubtful
                opened = told or seen_back or (strength > 0 and contested)
                only_told = not (strength > 0 and contested) and not saw
            if happened:
                shown = settle(None, by)
                return [replace(shown, status="open") if look.of_some and shown.status == "confirmed" else shown]
            most = max(o.p for o in origins)
            weak = only_told and not any(o.withdrawn for o in origins)
            out = [found(None, "alleged", answerable=weak) if most >= threshold else found(None, "below")]
            if most < threshold and (could or opened):
                return [found(None, "open", answerable=weak)]
            out = out if most >= doubt else []
            return [*out, found(None, "open", answerable=weak and most >= threshold)] if opened else out
        confirmed, own_open, strong, one_author = self.authors(look, origins, strength, deniers, contested)
        seers = [o for o in origins if o.observer or (o.side == "none" and o.opens and o.p_kept >= doubt)]
        anybodys = any(o.withdrawn or not o.names or "private" in o.names for o in seers)
        anybodys = anybodys and not (confirmed and one_author)
        out = []
        for party in look.binds:
            accusing = max((o.p for o in origins if party in o.names and not o.replaced), default=0)
            if party in confirmed:
                out.append(settle(party, confirmed[party]))
            elif party in own_open:
                out.append(found(party, "open"))
            elif accusing >= doubt:
                back = any(o.withdrawn and not o.replaced for o in origins if party in o.names)
                seen = anybodys or any(party in o.names and not o.replaced for o in seers)
                weak = accusing >= threshold and party not in strong and not back and not seen
                out.append(found(party, "alleged" if accusing >= threshold else "below", answerable=weak))
        if "private" in confirmed:
            out.append(found(None, "private"))
        if not confirmed and (happened or opened or could):
            rival = bool(strong) and not contested
            weak = only_told and not happened and not seen_back and not rival
            row = found(None, "open", by if happened else None, answerable=weak)
            row = replace(row, p=certainty(agreement, look, origins, None, row.by))
            whose = self.for_whom(look, origins)
            out += [replace(row, party=p) for p in ([None] if whose is None else sorted(whose - own_open))]
        elif not out and not confirmed and any(not o.names and o.p >= doubt for o in origins):
            out.append(found(None, "below"))
        return out

    def for_whom(self, look: Look, origins: list[Origin]) -> set[str] | None:
        """For whom what is not settled is open: those whom all who tell of it name, where each names somebody; else for everybody."""
        tellers = [o for o in origins if o.side == "none" and (o.opens or o.observer) and o.p >= 50_000]
        if look.voice == "mark" or not tellers:
            return None
        if any(o.withdrawn or not o.names or "private" in o.names for o in tellers):
            return None
        return {n for o in tellers for n in o.names} & set(look.binds or ())

    def authors(
        self, look: Look, origins: list[Origin], act: int, deniers: int, contested: bool
    ) -> tuple[dict[str, str], set[str], set[str], bool]:
        """Whose it is, by what; of whom it is open by what only his own side says; whose it would be but for what contests it; and whether it has one author."""
        agreement, rule = self.agreement, self.agreement.mandate.rule
        threshold, doubt = agreement.mandate.threshold, 50_000
        neutral = [o for o in origins if o.side == "none" and o.weighs and o.author]
        one_author = any(
            not o.several for o in neutral or [o for o in origins if o.bound and (o.author or o.p_against)]
        )
        pointing = {p: 0 for o in origins for p in o.names if not o.replaced}
        for o in origins:
            if o.observer and o.attests and (o.author or o.several):
                for name in o.names:
                    pointing[name] += 1
        strong: dict[str, tuple[int, str]] = {}
        for party in pointing:
            strength, by = by_what(agreement, origins, threshold, look, party)
            if strength and act:
                strong[party] = strength, str(by)
            elif admitted(agreement, look, origins, party, threshold, "p_names" if act else "p_sure") and (
                act or rule.admission_confirms_act
            ):
                strong[party] = 1, "admission"
        standing = {
            party: found
            for party, found in strong.items()
            if not contested
            and not (one_author and contests(agreement, sum(pointing.values()) - pointing[party], pointing[party]))
        }
        if one_author:
            top = max((strength for strength, _ in standing.values()), default=0)
            standing = {p: found for p, found in standing.items() if found[0] == top}
            if len(standing) > 1:
                standing = {}
        own_open = set()
        for party in pointing:
            mine = [o for o in origins if party in o.names]
            doubted = party in strong and strong[party][0] == 1
            unsure = admitted(agreement, look, origins, party, doubt, "p_own")
            back = any(o.withdrawn and o.side != "none" and o.p_kept >= doubt for o in mine)
            if party not in standing and not (standing and one_author) and (doubted or unsure or back):
                own_open.add(party)
        return {party: by for party, (_, by) in standing.items()}, own_open, set(strong), one_author

    def under(self, look: Look, key: Any) -> tuple[Report, ...]:
        """The reports that fall under a look, in whatever version."""
        out = []
        for report in self.said[key]:
            speaks = report["stance"] in ("asserts", "confirms")
            speaks |= look.voice == "act" and accuses(self.agreement, report)
            if self.taken_back(key, report) and not kept(self.agreement, look, report):
                continue
            if speaks and level(self.agreement, look.pattern, report):
                p = in_window(self.agreement, look, report) * in_place(self.agreement, look.pattern, report)
                if round(p * 1e6) > 0:
                    out.append(report)
        return tuple(out)

    def answered(self, found: Found, seen: Seen, within: Interval | None = None) -> bool:
        """Whether everything asserted of it (within an interval) was watched to the standard, and nobody saw it."""
        return self.seen_at(found, seen, within) >= seen.standard

    def is_trace(self, r: Report) -> bool:
        """Whether a source without a side that weighs saw what is left of an act."""
        words = self.agreement.vocabulary.acts
        seen = observed(r) and weighs(self.agreement, r) and r["credibility"] != "5" and r["quantity"] != 0
        return bool(seen and r["act"] in words.below(["trace", "armed_clash"]))

    def seen_at(self, found: Found, seen: Seen, within: Interval | None = None) -> float:
        """The least probability with which it would have been seen anywhere it may have been.

        What a side's own sources assert, its own watches do not answer.
        """
        watched = [r for r in self.incidents[found.key] if r["stance"] in ("asserts", "confirms")]
        if any(self.is_trace(r) for r in watched):  # something happened there, whatever it was
            return 0.0
        if within is not None and within.start is not None and within.end is not None:
            low, high = within.start, within.end
            watched = [
                {**r, "start": min(max(r["start"], low), high), "end": min(max(r["end"], low), high)} for r in watched
            ]
        sides = frozenset(r["side"] for r in watched if r["side"])
        agreement, pattern, coverage, window, party = seen.asked
        times = [t for w in coverage.watches for t in w.times]
        if times and None in (window.start, window.end):  # as far as anybody was ever looking
            window = window.intersection(Interval(min(t.start for t in times), max(t.end for t in times)))
            seen = Seen(agreement, pattern, coverage, window, party, undone=seen.undone, without=sides)
        elif sides:
            seen = Seen(*seen.asked, undone=seen.undone, without=sides)
        # an accusation made by denying has no report of its own to be answered
        return min(map(seen.least_around, watched), default=0.0)
