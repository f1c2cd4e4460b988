"""Many small chances, in loops: what lies near the edge, and what was answered by watches that may have missed it."""

from __future__ import annotations

from fractions import Fraction
from math import exp, factorial, log1p, prod
from typing import Any

from tests.reference_evaluator import Found, Look, Report, Seen
from tests.reference_evaluator.evidence import credible, unit_of, weighs
from tests.reference_terms.chances import MILLION
from tests.reference_terms.plain import Plain


def faint(plain: Plain, look: Look, party: str | None, *, acts: bool = False) -> list[int]:
    """The certainties, in millionths, of what sources without a side that weigh tell with more than 0 and less than 5 %; ``acts``: of each act that is
    counted.
    """
    out: list[int] = []
    for key in plain.world.said:
        heard = [o for o in plain.world.origins(look, key) if o.side == "none" and o.opens]
        low = [o for o in heard if 0 < o.p < 50_000]
        if not low or any(o.p >= 50_000 for o in heard):
            continue
        named: set[Any] = {o.author for o in low if o.names}
        author = named.pop() if len(named) == 1 else None
        if author != "private" and (party is None or author in (party, None)):
            many = [r["quantity"] for r in plain.world.under(look, key) if acts and _counts(plain, key, r)]
            out += [max(o.p for o in low)] * max(1, int(max(many, default=1)))
    return out


def _counts(plain: Plain, key: Any, r: Report) -> bool:
    """Whether who has no side and weighs counts acts, and stands by it."""
    heard = r["side"] == "none" and r["directness"] > 0 and weighs(plain.agreement, r) and credible(r)
    return heard and unit_of(plain.agreement, r) is not None and not plain.world.taken_back(key, r)


def at_least_one(certainties: list[int]) -> tuple[Fraction, Fraction]:
    """The chance of one or more: with one common error, and with independent ones."""
    none = prod((1 - Fraction(p, MILLION) for p in certainties), start=Fraction(1))
    return Fraction(max(certainties, default=0), MILLION), 1 - none


def adds_up(
    plain: Plain, look: Look, party: str | None, answered: list[Found], seen: Seen, *, acts: bool = False
) -> bool:
    """Whether what is faint, or what was answered, may well make one."""
    wanted = min(plain.agreement.mandate.threshold, 500_000)
    perhaps = []
    for found in {f.key: f for f in answered}.values():
        p = plain.world.seen_at(found, seen)
        perhaps.append(round(MILLION * (1 - p) / (2 - p)))
    ends = [*at_least_one(faint(plain, look, party, acts=acts)), *at_least_one(perhaps)]
    return max(round(end * MILLION) for end in ends) >= wanted


def inside(certainties: list[int]) -> dict[str, float]:
    """The chance that at least one lies inside, at both ends, unless one surely does."""
    if max(certainties, default=MILLION) >= MILLION:
        return {}
    low, high = at_least_one(certainties)
    return {"at_least_one_low": round(float(low), 4), "at_least_one_high": round(float(high), 4)}


def most(certainties: list[int]) -> int:
    """So much of what is faint may have been there, each counted as one: the 90 % quantile of a Poisson number with the same
    chance of none, and never more than there are.
    """
    mean = -sum(log1p(-p / MILLION) for p in certainties)
    for number in range(len(certainties)):
        if sum(exp(-mean) * mean**k / factorial(k) for k in range(number + 1)) >= 0.9:
            return 1000 * number
    return 1000 * len(certainties)
