"""What origins say of an incident, what confirms it, and what excuses it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from servanda.agreement import Agreement, Exemption
from servanda.agreement.model import CONSENT
from tests.reference_evaluator.looks import Look, Report
from tests.reference_evaluator.matching import (
    in_window,
    level,
    unit_of,
    version_of,
)
from tests.reference_evaluator.places import (
    in_place,
)


def accuses(agreement: Agreement, report: Report) -> bool:
    """Whether a denial blames somebody who can act, and is not its own side (hearsay has no side)."""
    own = report["side"] if report["directness"] > 0 else None
    accused = named(agreement, None, report)
    sided = report["side"] in agreement.actors
    return report["stance"] == "denies" and sided and accused is not None and accused != own


def named(agreement: Agreement, look: Look | None, report: Report) -> str | None:
    """Whom a report names as the author of what is looked for; a private author is no party."""
    if look is not None and look.voice != "mark" and report["imputation"] == "private":
        return "private"
    if report["attributes"] in ("none", "direction", "territory"):
        return None
    if report.get("itself") and look is not None and look.voice == "act":  # nobody may be named, and it is its own side
        return str(report["side"])
    return report["actor"] if report["actor"] in agreement.actors else None


def credible(report: Report) -> bool:
    return report["credibility"] not in ("5", "6", "partial")


def observed(report: Report) -> bool:
    return report["directness"] > 0 and report["kind"] == "observation" and report["side"] == "none"


def first_hand(agreement: Agreement, report: Report) -> bool:
    return observed(report) and report["reliability"] in agreement.mandate.grades and credible(report)


def weighs(agreement: Agreement, report: Report) -> bool:
    return report["reliability"] is None or report["reliability"] in agreement.mandate.weighing


def bound_by(agreement: Agreement, report: Report) -> str | None:
    """Whom a report binds: the party that its origin speaks for."""
    bound = report["speaks_for"] if report["speaks_for"] in agreement.actors else None
    return bound if report["directness"] > 0 and bound == report["side"] else None


def kept(agreement: Agreement, look: Look, report: Report) -> bool:
    """Whether its origin can only mark it as withdrawn: an observation, a word against itself, an acknowledgement."""
    if observed(report):
        return True
    side, author = report["side"], named(agreement, look, report)
    if look.voice == "act":
        return side in agreement.actors and side == author
    return look.voice == "deed" and side in agreement.parties and side != author


class Origin:
    """All that one origin says of one incident, under what is looked for. Certainties are in millionths."""

    def __init__(self, agreement: Agreement, look: Look, mine: list[Report], retracted: list[Report]) -> None:
        asserting = [r for r in mine if r["stance"] in ("asserts", "confirms")]
        accusing = [r for r in mine if accuses(agreement, r)]
        best = max((r["directness"] for r in asserting + accusing), default=0)
        back = max((r["directness"] for r in retracted), default=-1)
        withdrawn = best <= back
        held = {version_of(r) for r in asserting + accusing if r["directness"] == best}
        asserting = [r for r in asserting if version_of(r) in held]
        accusing = [r for r in accusing if version_of(r) in held]
        probability: dict[Any, int] = {}
        surely: dict[Any, int] = defaultdict(int)
        self.withdrawn = withdrawn
        self.replaced = False  # it was withdrawn, and its origin says more of it since
        self.under: list[Report] = []
        self.p_kept = 0
        self.p_against = 0  # what of it surely is against its own side, whomever else it names
        # that a deed was not done accuses nobody of having done it
        sure_of_row: dict[int, int] = {}
        for report in asserting + (accusing if look.voice == "act" else []):
            stays = kept(agreement, look, report)
            if (report["directness"] <= back and not stays) or (
                look.binds is None and named(agreement, look, report) == "private"
            ):
                continue
            here = level(agreement, look.pattern, report)
            p = (
                round(in_window(agreement, look, report) * in_place(agreement, look.pattern, report) * 1e6)
                if here
                else 0
            )
            if p > 0:
                probability[version_of(report)] = p
                sure = here == 2 and report["stance"] != "denies" and credible(report)
                surely[version_of(report)] = max(p if sure else 0, surely[version_of(report)])
                sure_of_row[id(report)] = p if sure else 0
                self.p_kept = max(self.p_kept, p if stays else 0)
                if stays and sure and look.voice == "act" and report["side"] in agreement.actors:
                    self.p_against = max(self.p_against, p)
                self.under.append(report)
        versions = {version_of(r) for r in asserting + accusing} if mine[0]["incident_id"] else set(probability)
        sides = {r["side"] for r in self.under if r["directness"] > 0}
        self.side = sides.pop() if len(sides) == 1 else None
        own_words = (
            best == 2
        )  # it may tell of many rounds, and the surest counts; what others quote counts with its mean
        self.p = sum(probability.values()) // len(versions) if probability else 0
        if own_words:
            self.p = max(probability.values(), default=0)
        if self.side != "none":  # what speaks against its own side cannot be thinned out by more versions
            self.p = max(self.p, self.p_kept)
        self.p_own = max(surely.values(), default=0)
        self.p_sure = 0 if withdrawn or not probability else sum(surely.values()) // len(versions)
        if own_words and not withdrawn:
            self.p_sure = self.p_own
        self.observer = any(first_hand(agreement, r) and r["stance"] != "denies" for r in self.under)
        self.observer = self.observer and self.side == "none" and not withdrawn
        self.weighs = any(weighs(agreement, r) for r in self.under)
        self.opens = any(weighs(agreement, r) and r["credibility"] != "5" for r in self.under)
        self.attests = any(
            r["basis"] != "inference"
            and (look.voice == "mark" or r["imputation"] not in ("tolerated", "unknown"))
            and credible(r)
            and r["stance"] != "denies"
            for r in self.under
        )
        self.stated = any(r["basis"] not in (None, "inference") for r in self.under)
        traces = ("crater", "wreck", "recording", "radar")
        self.trace = any(set((r["basis"] or "").split(";")) & set(traces) for r in self.under)
        words = agreement.vocabulary
        joint = words.acts.below(words.several_authors)
        # of an act with one author, where others surely say what was done, who names him may say it in general words
        many = joint | words.acts.below(words.two_sided)
        self.p_names = self.p_sure if all(r["act"] in many for r in self.under) else 0 if withdrawn else self.p
        self.several = all(r["act"] in joint for r in self.under)
        self.means = {r["means"] for r in self.under if r["means"] is not None}
        self.bound = next((b for r in self.under if (b := bound_by(agreement, r))), None)
        self.names = {n for r in self.under if (n := named(agreement, look, r)) is not None}
        # how surely it names each, by version
        self.sures: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        for r in self.under:
            if (who := named(agreement, look, r)) is not None:
                of = version_of(r)
                self.sures[who][of] = max(self.sures[who][of], sure_of_row[id(r)])
        self.own_words, self.versions = own_words, len(versions)

    @property
    def author(self) -> str | None:
        """The one whom it names alone."""
        return next(iter(self.names)) if len(self.names) == 1 else None

    def on(self, party: str | None, sure: str = "p_sure") -> int:
        """How certainly it names a party and no other (``None``: anybody); its own side, whomever else it names."""
        if party is None:
            return int(getattr(self, sure))
        if not self.attests or party not in self.names:
            return 0
        if self.author == party:
            return int(getattr(self, sure))
        if self.several:  # each may be an author
            each = self.sures[party].values()
            p = max(each) if self.own_words else sum(each) // self.versions
            return 0 if self.withdrawn and sure != "p_own" else p
        return self.p_against if party == self.side and not (self.withdrawn and sure != "p_own") else 0


def by_what(
    agreement: Agreement, origins: list[Origin], threshold: int, look: Look, party: str | None
) -> tuple[int, str | None]:
    """How strongly, and by what, these origins confirm: 3 by sources without a side, 2 with one of the accused's own."""
    mandate, rule = agreement.mandate, agreement.mandate.rule
    enough = [o for o in origins if o.on(party, "p_sure" if party is None else "p_names") >= threshold]
    seen = [o for o in enough if o.observer]
    if mandate.by_observation and len(seen) >= rule.observers:
        differ = any(a is not b and x != y for a in seen for b in seen for x in a.means for y in b.means)
        proven = any(o.stated if party else o.trace for o in seen)
        if (differ or not rule.by_means) and (proven or not rule.trace):
            return 3, "observation"
    neutral = sum(o.side == "none" and o.weighs for o in enough)
    own = look.voice == "act" and any(
        o.weighs and o.side in agreement.actors and (o.p_sure if o.side == o.author else o.p_against) >= threshold
        for o in origins
        if not o.withdrawn and (party is None or (o.side == party and o.attests))
    )
    if mandate.origins and neutral >= mandate.origins:
        return 3, "origins"
    if mandate.origins and neutral and neutral + own >= mandate.origins:
        return 2, "origins"
    return 0, None


def certainty(agreement: Agreement, look: Look, origins: list[Origin], party: str | None, by: str | None) -> int:
    """How certainly it lies in the place and window: by the most certain of those who confirm it; else of those who say so."""
    if by is None:
        mine = [o for o in origins if party in (None, "private") or (party in o.names and not o.replaced)]
        return max((o.p for o in mine), default=0)
    act = by_what(agreement, origins, agreement.mandate.threshold, look, None)[0] > 0
    sure = "p_names" if party is not None and act else "p_sure"
    mine = [o for o in origins if party is None or o.on(party, sure)]
    if by == "observation":
        mine = [o for o in mine if o.observer]
    elif by == "origins":
        mine = [o for o in mine if o.side == "none" and o.weighs]
    else:
        voices = {party} if look.voice == "act" else set(agreement.parties) - {party}
        mine = [o for o in mine if (o.bound in voices if look.binds is not None else o.bound and o.bound == o.author)]
    return max(o.on(party, sure) for o in mine)


def admitted(agreement: Agreement, look: Look, origins: list[Origin], party: str, threshold: int, sure: str) -> bool:
    """Whether those whose word counts against a party, or acknowledges its deed, say so."""
    if not agreement.mandate.admission or look.voice == "mark":
        return False
    heard = {o.bound for o in origins if o.on(party, sure) >= threshold}
    if look.voice == "act":
        return party in heard
    others = {p for p in agreement.parties if p != party}
    return bool(others) and others <= heard


def contests(agreement: Agreement, against: int, observers: int) -> bool:
    contrary = agreement.mandate.rule.contrary
    return against > 0 and (contrary == "any" or (contrary == "outnumbered" and observers <= against))


Part = tuple[str, int, int]


def excused(
    agreement: Agreement, look: Look, mine: list[Report], under: tuple[Report, ...], party: str | None
) -> tuple[bool, Part | None]:
    """Whether every precondition of some exception is shown for an incident, and it allows as much; else for how many of its acts."""
    mandate = agreement.mandate
    said = [r for r in mine if r["shows"] and r["stance"] in ("asserts", "confirms")]

    def rank(r: Report) -> int:
        neutral = r["side"] == "none" and r["directness"] > 0 and weighs(agreement, r) and credible(r)
        return 2 if first_hand(agreement, r) else int(neutral)

    # how much it was is what observers say; else other sources without a side; else all
    telling = [r for r in under if r["stance"] in ("asserts", "confirms") and r in mine]
    telling = [r for r in telling if rank(r) == max(map(rank, telling))]

    def allows(exemption: Exemption) -> bool:
        if exemption.at_most is not None:
            stated = [r["quantity"] * 1000 for r in telling if r["quantity"] is not None]
            own = [
                r["quantity"] * 1000
                for r in under
                if r["quantity"] is not None
                and party is not None
                and r in mine
                and r["stance"] in ("asserts", "confirms")
                and bound_by(agreement, r) == party
            ]
            if not stated or max(stated + own) > exemption.at_most:
                return False
        return exemption.acts is None or all(r["act"] in exemption.acts for r in telling)

    def shows(r: Report, needed: str, within: int | None) -> bool:
        for part in r["shows"].split(";"):
            name, _, at = part.strip().partition("@")
            if name == needed and at and telling and datetime.fromisoformat(at) > max(t["end"] for t in telling):
                continue  # it came when it was done
            if name == needed and within is None:
                return True
            if name == needed and at and telling:
                since = datetime.fromisoformat(at)
                last = max(t["end"] for t in telling)
                if since <= min(t["start"] for t in telling) and last - since <= timedelta(microseconds=within or 0):
                    return True
        return False

    totals: dict[str, int] = {}
    for r in telling:
        if (unit := unit_of(agreement, r)) and look.counts:
            totals[unit] = max(totals.get(unit, 0), round(r["quantity"] * 1000))

    def partial(r: Report) -> bool:
        unit = unit_of(agreement, r)
        return unit in totals and round(r["quantity"] * 1000) < totals[unit]

    def shown(needed: str, within: int | None, whole: bool) -> bool:
        here = [r for r in said if shows(r, needed, within) and not (whole and partial(r))]
        saw: dict[str, list[Report]] = defaultdict(list)
        for r in here:
            if first_hand(agreement, r):
                saw[r["origin"]].append(r)
        by_whom = [(o, r["means"]) for o, rows in saw.items() for r in rows if r["means"] is not None]
        differ = any(a != b and x != y for a, x in by_whom for b, y in by_whom)
        traces = {"crater", "wreck", "recording", "radar"}
        proven = any(traces & set((r["basis"] or "").split(";")) for rows in saw.values() for r in rows)
        rule = mandate.rule
        enough = len(saw) >= rule.observers and (differ or not rule.by_means) and (proven or not rule.trace)
        if mandate.by_observation and enough:
            return True
        weighty = {
            r["origin"]
            for r in here
            if r["side"] == "none" and r["directness"] > 0 and weighs(agreement, r) and credible(r)
        }
        if mandate.origins and len(weighty) >= mandate.origins:
            return True
        heard = {bound_by(agreement, r) for r in here}
        heard |= {r["speaks_for"] for r in here if r["side"] == "none" and r["directness"] > 0}  # a body for itself
        if needed.startswith(CONSENT):
            return mandate.admission and needed.removeprefix(CONSENT) in heard
        other = {p for p in agreement.parties if p != party}
        return party is not None and mandate.admission and bool(other) and other <= heard

    def part_of(exemption: Exemption) -> Part | None:
        each: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for needed in exemption.only_if:
            grantor = needed.removeprefix(CONSENT) if needed.startswith(CONSENT) else None
            by_origin: dict[tuple[str, str], set[tuple[datetime, datetime, int]]] = defaultdict(set)
            for r in said:
                bound = bound_by(agreement, r)
                others = set(agreement.parties) - {party} if party is not None and grantor is None else {grantor}
                heard = rank(r) > 0 or (bound is not None and bound in others)
                if heard and partial(r) and shows(r, needed, exemption.within):
                    number = round(r["quantity"] * 1000)
                    by_origin[str(unit_of(agreement, r)), r["origin"].lower()].add((r["start"], r["end"], number))
            for unit in {unit for unit, _ in by_origin}:
                sums = []
                for (of, _), numbers in by_origin.items():
                    if of == unit:
                        meet = any(
                            x != y and ((a, b) == (c, d) or (a < d and c < b))
                            for x in numbers
                            for y in numbers
                            for (a, b, _), (c, d, _) in [(x, y)]
                        )
                        much = [n for _, _, n in numbers]
                        sums.append(min(max(much) if meet else sum(much), totals[unit]))
                each[unit].append((min(sums), max(sums)))
        if not each:
            return None
        first = min(each)
        return first, min(low for low, _ in each[first]), min(high for _, high in each[first])

    allowed = [e for e in look.exemptions if allows(e)]
    if any(all(shown(needed, e.within, True) for needed in e.only_if) for e in allowed):
        return True, None
    partly = [e for e in allowed if all(shown(needed, e.within, False) for needed in e.only_if)]
    parts = [part for e in partly if (part := part_of(e))]
    return False, parts[0] if parts else None
