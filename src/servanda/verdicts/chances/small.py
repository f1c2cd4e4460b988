"""Many small chances: what lies near an edge, and what was answered by watches that may have missed it.

Each by itself is too little to allege or confirm anything. Together they can make it likely that there was at least one act, and
then nothing is ``complied``. A chance here is one of time and place, or of a watch; never whether a source is right.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from servanda.verdicts.case_file import Faint
from servanda.verdicts.chances.sums import CERTAIN, at_least_one
from servanda.verdicts.occurrences import UNITY
from servanda.wording import plural

_ALL_BUT_CERTAIN = 999_500
_BILLION = 1_000_000_000
_NEVER = 1_000 * _BILLION  # nats of what is certain: exp(-1000) is 0
_LARGE = 500.0  # from here Berry and Esseen's bound keeps the quantile of 90 % below the mean and 1.5 deviations
MOST_LEVEL = 900_000
"""Of what is faint so much may have been: what its sum stays within with this chance, in millionths."""


def true_though_answered(coverage: float) -> int:
    """How likely an allegation is true that a watch answers, in millionths.

    Args:
        coverage: the probability with which it would have been seen.

    Returns:
        ``(1 - p) / (2 - p)``: before anybody looked, true and false were alike.
    """
    return round(CERTAIN * (1 - coverage) / (2 - coverage))


def faint_chances(faint: Faint) -> tuple[int, int]:
    """The chance that at least one of what is faint lies inside.

    Args:
        faint: how many, how little likely that none does, and the most certain of them.

    Returns:
        In millionths, if their errors are one common error, and if they are independent.
    """
    _, nats, greatest = faint
    return greatest, max(greatest, round(-math.expm1(-nats / _BILLION) * CERTAIN))


def faint_most(faint: Faint) -> int:
    """How much of what is faint may have been there, in thousandths, each counted as one.

    The sum of independent chances is never likelier to exceed a number than a Poisson variable with the same chance of none.

    Args:
        faint: how many, how little likely that none lies inside, and the most certain of them.

    Returns:
        A bound of the quantile of :data:`MOST_LEVEL`, at both ends.
    """
    count, nats, greatest = faint
    mean: float = nats / _BILLION
    if greatest > CERTAIN - MOST_LEVEL:
        return count * UNITY
    if mean > _LARGE:
        return min(count, math.ceil(mean + 1.5 * math.sqrt(mean) + 2)) * UNITY
    term = within = math.exp(-mean)
    most = 0
    while within < MOST_LEVEL / CERTAIN and most < count:
        most += 1
        term *= mean / most
        within += term
    return most * UNITY


def joined(faint: Faint, certainties: Iterable[int]) -> Faint:
    """What is faint, together with other chances in millionths."""
    return _joined(faint, Counter(certainties).items())


def _joined(faint: Faint, certainties: Iterable[tuple[int, int]]) -> Faint:
    """What is faint, together with other chances in millionths, each so many times."""
    count, nats, greatest = faint
    for p, times in certainties:
        count, greatest = count + times, max(greatest, p)
        nats += times * _nats(p)
    return count, nats, greatest


@lru_cache(maxsize=CERTAIN // 8)
def _nats(p: int) -> int:
    """How little likely it is that a chance in millionths does not come true, in billionths of its logarithm."""
    return _NEVER if p >= CERTAIN else round(-math.log1p(-p / CERTAIN) * _BILLION)


@dataclass(frozen=True)
class Inside:
    """The chances that incidents lie inside, of those that are confirmed or open, as of what is faint; ``surest``: how many are as certain as
    the most certain.
    """

    faint: Faint = (0, 0, 0)
    surest: int = 0

    @staticmethod
    def together(parts: Sequence[Inside]) -> Inside:
        """Those of shares that have no incident in common."""
        greatest = max(one.faint[2] for one in parts)
        faint = sum(one.faint[0] for one in parts), sum(one.faint[1] for one in parts), greatest
        return Inside(faint, sum(one.surest for one in parts if one.faint[2] == greatest))

    def changed(self, was: Inside, now: Inside) -> Inside | None:
        """The same, where the chances of some of the incidents are others now; nothing where it is not known which is the most certain."""
        (count, nats, greatest), (less, fewer, most) = self.faint, was.faint
        if count == less:
            return now
        surest = self.surest - (was.surest if most == greatest else 0)
        return Inside.together([Inside((count - less, nats - fewer, greatest), surest), now]) if surest else None


def inside(rows: pl.DataFrame) -> Inside:
    """The chances that incidents lie inside, of those that are confirmed or open.

    Args:
        rows: findings or occurrences, with their certainties.

    Returns:
        How many there are, how little likely it is that none lies inside, and the most certain.
    """
    if not rows.height:
        return Inside()
    by = "key" if "key" in rows.columns else "incident"
    status = rows["status"]
    weighty = rows[[by, "p"]].filter((status == "confirmed") | (status == "open"))
    each = weighty.group_by(by).agg(pl.col("p").max())["p"].value_counts(name="times")
    times = dict(zip(each["p"].to_list(), each["times"].to_list(), strict=True))
    faint = _joined((0, 0, 0), times.items())
    return Inside(faint, times.get(faint[2], 0))


def at_least_one_inside(found: Faint, faint: Faint) -> tuple[int, int] | None:
    """The chance that at least one incident lies inside, of those that are found (:func:`inside`), and of what is faint.

    Args:
        found: what is confirmed or open.
        faint: what is too improbable for a finding.

    Returns:
        In millionths, with one common error, and with independent ones; ``None`` where there is no incident.
    """
    together = found[0] + faint[0], found[1] + faint[1], max(found[2], faint[2])
    return faint_chances(together) if together[0] else None


def faint_words(faint: Faint) -> str:
    """What lies near the edge, and what it comes to, as a sentence."""
    several = plural(faint[0], "incident lies", "incidents lie")
    if faint[0] == 1 and len({*faint_chances(faint)}) == 1:  # of one act
        return f"{several} near the edge; that it lies inside is {chance_words(faint[2])}."
    return f"{several} near the edge; together they make at least one inside {ends_words(*faint_chances(faint))}."


def answered_words(certainties: Sequence[int]) -> str:
    """What is left of the chances of the allegations that were answered, as a sentence."""
    ends = ends_words(*at_least_one(certainties))
    several = plural(len(certainties), "answered allegation", "answered allegations")
    return f"A watch may have missed what was alleged: that of {several} at least one is true is {ends}."


def ends_words(common: int, independent: int) -> str:
    """A chance at both ends, in words."""
    return f"{chance_words(independent)} if their errors are independent, {chance_words(common)} if they are one error"


def chance_words(millionths: int) -> str:
    """A chance in words: "4 % likely", "all but certain"."""
    if millionths >= CERTAIN:
        return "certain"
    if millionths >= _ALL_BUT_CERTAIN:
        return "all but certain"
    if millionths <= CERTAIN - _ALL_BUT_CERTAIN:
        return "less than 0.1 % likely"
    share = 100 * millionths / CERTAIN
    return f"{share:.2g} % likely" if share < 10 else f"{min(share, 99.9):.3g} % likely"


def not_ruled_out(faint: Faint, answered: Sequence[int], certainty: int) -> list[tuple[str, str]]:
    """What small chances add up to, where it stands in the way of ``complied``.

    Args:
        faint: what is too improbable for a finding.
        answered: how likely each answered allegation is true though answered (:func:`true_though_answered`).
        certainty: the mandate's, in millionths.

    Returns:
        For each: a step in words, and the reason as the end of a sentence; nothing where both stay below the mandate's certainty and
        below 0.5, with independent errors and with one common error.
    """
    out = []
    certainty = min(certainty, CERTAIN // 2)  # what is likelier than not is not ruled out, however much a breach asks
    if max(faint_chances(faint)) >= certainty:
        reason = (
            f"{plural(faint[0], 'incident', 'incidents')} near the edge of its place or window may well make one inside"
        )
        out.append((faint_words(faint), reason))
    if max(at_least_one(answered)) >= certainty:
        reason = f"of {plural(len(answered), 'answered allegation', 'answered allegations')} one may well be true"
        out.append((answered_words(answered), reason))
    return out
