"""Whose reports may put whose together: no party, and no hearsay, moves what others say by themselves.

Groups are made lane after lane. First those of observations without a side, each pair of which must bear being one incident; then the
observers' denials, of what they are surely about; then what else comes without a side; then each side by itself, and hearsay. What was
grouped stays as it is: a later lane joins a group or stays outside, and never puts two together. So whatever a party adds, the groups of
all others are those without it. Acts of different natures (a warning and an attack) are never one, and what tells of a quantity of 0 joins
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.incidents.fusion.blocking import Int32s, Ints, Mask, Where, distance
from servanda.incidents.fusion.cluster import MISSING, Links, Memberships, first_of_each, joined, memberships
from servanda.incidents.telling import nothing
from servanda.values.ordered_map import OrderedMap

LANES = ("first-hand", NO_SIDE, "\x1fnothing")
"""The first lanes; what tells of nothing is one, every side is one of its own, and hearsay is, and who does not say on which side he is."""
FIRST_HAND, WITHOUT_A_SIDE, NOTHING = range(len(LANES))
_HEARSAY = "\x1fhearsay"
_NEVER = MISSING * 1_000  # what a pair of observations counts that cannot be one incident
ABOUT_KM, ABOUT_H = 0.5, 1 / 12  # how exactly a denial must cover what it is surely about


def lane_names() -> pl.Expr:
    """The name of the lane in which each report is fused."""
    heard = (pl.col("directness") > HEARSAY).fill_null(True)
    first_hand = (pl.col("side") == NO_SIDE) & (pl.col("kind") == "observation")
    return (
        pl.when(nothing())
        .then(pl.lit(LANES[NOTHING]))
        .when(~heard)
        .then(pl.lit(_HEARSAY))
        .when(first_hand)
        .then(pl.lit(LANES[FIRST_HAND]))
        .otherwise(pl.col("side").fill_null("\x1fnot said"))
    )


def nearness_of(number: int, name: str) -> int:
    """By what reports of one lane stand for those of another that say the very same: sides alike, whichever was met first, hearsay last."""
    return min(number, len(LANES)) + (name == _HEARSAY)


@dataclass(frozen=True)
class Said:
    """What of reports decides who may join whom, as columns of one length.

    ``lane``: in which it is fused; ``denies``: it denies; ``voice``: who reports it, as a number, where it is the one report of its
    incident; -1 otherwise. ``begun``: the first report with the same incident id, else itself; ``named``: it has an id. ``more``: further
    voices, and the report that speaks for each. ``nature``: of its act, as a number; that of what tells of nothing is its own.
    """

    lane: Int32s
    denies: Mask
    voice: Ints
    begun: Ints
    named: Mask
    more: tuple[Ints, Ints]
    nature: Ints

    def take(self, rows: Ints) -> Said:
        """The same of some of the reports, which are all those with their ids."""
        at = np.full(len(self.lane), -1)
        at[rows] = np.arange(len(rows))
        speaker = at[self.more[0]]
        more = speaker[speaker >= 0], self.more[1][speaker >= 0]
        begun = first_of_each(self.begun[rows])
        return Said(
            self.lane[rows], self.denies[rows], self.voice[rows], begun, self.named[rows], more, self.nature[rows]
        )


def bearable(links: Links, said: Said, where: Where) -> Mask:
    """Which pairs can be one: acts of one nature; an observer's denial and an observation only where the one is surely about the other."""
    first = said.lane == FIRST_HAND
    out: Mask = said.nature[links.i] == said.nature[links.j]
    pairs = np.flatnonzero(first[links.i] & first[links.j] & (said.denies[links.i] != said.denies[links.j]))
    i, j = links.i[pairs], links.j[pairs]
    turned = said.denies[j]
    denial, event = np.where(turned, j, i), np.where(turned, i, j)
    covered = distance(where, denial, event) + where.radius[event] <= where.radius[denial] + ABOUT_KM
    begun = where.start[event] >= where.start[denial] - ABOUT_H
    out[pairs] &= covered & begun & (where.end[event] <= where.end[denial] + ABOUT_H)
    return out


def sureness(links: Links, said: Said, group: Ints, in_order: OrderedMap = map) -> Memberships:
    """How sure each report's group is, by what those say whom nobody after them may move: observers by observers, and so on."""
    first, neutral = said.lane == FIRST_HAND, said.lane <= WITHOUT_A_SIDE
    everybody = np.ones(len(group), bool)
    own = np.ones(len(group))
    row, other, probability = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for of, those in ((first, first), (neutral, neutral & ~first), (everybody, ~neutral)):
        if not those.any():
            continue
        here = np.flatnonzero(of)
        one = said if len(here) == len(group) else said.take(here)
        sure = memberships(
            len(here),
            links.among(here, len(group)),
            first_of_each(group[here]),
            one.voice,
            one.begun,
            one.more,
            in_order,
        )
        own[those] = sure.own[those[here]]
        mine = np.flatnonzero(those[here[sure.row]])
        row.append(here[sure.row[mine]])
        other.append(group[here[sure.other[mine]]])
        probability.append(sure.probability[mine])
    return Memberships(own, np.concatenate(row), np.concatenate(other), np.concatenate(probability))


def grouped(links: Links, said: Said, held: Mask | None = None) -> tuple[Ints, Mask]:
    """The group of every report, named by one of its reports; and which reports' groups are not known from these alone.

    ``held``: those of which not all pairs are here, or not all who bear their id. Groups that are each other's best are one whatever others do,
    because a mean of means lies between them: so all groups are as they are among all reports, but for those that wait for such a one.
    """
    neutral, first = said.lane <= WITHOUT_A_SIDE, said.lane == FIRST_HAND
    group, waits = np.full(len(neutral), -1), np.zeros(len(neutral), bool) if held is None else held
    for new, missing in ((first & ~said.denies, _NEVER), (first & said.denies, MISSING), (neutral & ~first, MISSING)):
        if new.any():
            group[new], waits = _placed(group, group >= 0, new, links, said, missing, waits)
    if neutral.all():
        return group, waits
    lane, of_neutral, before = _lanes_of_ids(said), group.copy(), waits
    for n in np.unique(lane[~neutral]):
        group[lane == n], here = _placed(of_neutral, neutral, lane == n, links, said, MISSING, before)
        waits = waits | here
    with_neutral = np.zeros(len(group), bool)
    with_neutral[group[neutral]] = True
    rest = np.flatnonzero(~with_neutral[group])
    if len(np.unique(lane[rest])) > 1:
        kept = np.unique(np.stack([group[rest], lane[rest]]), axis=1)  # two groups of one lane stay two
        every = np.ones(len(links.i), bool)
        joined_, here = _joined(rest, group, every, links, said, MISSING, kept, waits)
        group[rest] = rest[first_of_each(joined_)]
        waits = waits | here
    return group, waits


def _lanes_of_ids(said: Said) -> Int32s:
    """The lanes; but reports of several sides under one id are fused by themselves."""
    frame = pl.DataFrame({"id": said.begun, "lane": said.lane})
    several = (pl.col("lane").n_unique().over("id") > 1) & (pl.col("lane") > WITHOUT_A_SIDE)
    return frame.select(lane=pl.when(several).then(-1).otherwise("lane").cast(pl.Int32))["lane"].to_numpy()


def _placed(
    group: Ints, old: Mask, new: Mask, links: Links, said: Said, missing: int, waits: Mask
) -> tuple[Ints, Mask]:
    """The groups of new reports: those of the old ones, which stay apart, or groups of their own; and who waits then."""
    size = len(group)
    of_id, first = np.full(size, -1), np.full(size, size)
    of_id[said.begun[old]] = group[old]
    np.minimum.at(first, said.begun[new], np.flatnonzero(new))
    begun = np.where(old, group, np.where(of_id[said.begun] >= 0, of_id[said.begun], first[said.begun]))
    del of_id, first  # as long as the reports, and not asked for again
    here, fixed = np.flatnonzero(old | new), np.unique(group[old])
    apart = np.stack([fixed, np.zeros(len(fixed), np.int64)])
    found, waiting = _joined(here, begun, new[links.i] | new[links.j], links, said, missing, apart, waits)
    name = np.full(len(here), -1)
    name[found[old[here]]] = group[old]
    return np.where(name[found] >= 0, name[found], here[first_of_each(found)])[new[here]], waits | waiting


def _joined(
    here: Ints,
    begun: Ints,
    some: Mask,
    links: Links,
    said: Said,
    missing: int,
    apart: npt.NDArray[np.int64],
    waits: Mask,
) -> tuple[Ints, Mask]:
    """The groups of the reports ``here``, numbered within them; and which of all reports wait. ``begun``: those to begin with; ``some``: the pairs
    that count; ``apart``: groups and what no two of them have in common that are joined.
    """
    at = np.full(len(said.lane), -1)
    at[here] = np.arange(len(here))
    local = links.take(some).among(here, len(said.lane))
    begins, named = at[begun[here]], np.unique(begun[here[said.named[here]]])
    speakers, voices = said.more
    speakers, voices = speakers[at[speakers] >= 0], voices[at[speakers] >= 0]
    number = int(max(said.voice.max(initial=-1), said.more[1].max(initial=-1))) + 1
    group = np.concatenate([begins, begins[at[speakers]], at[named], at[apart[0]]])
    held = np.zeros(len(group), bool)
    held[begins[waits[here]]] = True
    source = [said.voice[here], voices, np.full(len(named), number), number + 2 + apart[1]]
    given = [np.concatenate(source), group]
    del at, begins, source, group  # as long as the reports, and not asked for again
    found, grow = joined(len(here), local, given.pop(0), given.pop(), missing, held)
    waiting = np.zeros(len(said.lane), bool)
    waiting[here] = grow[found[: len(here)]]
    return found[: len(here)], waiting
