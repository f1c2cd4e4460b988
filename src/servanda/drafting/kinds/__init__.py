"""What each kind of term demands of a draft: one file a kind, each with one ``diagnose``.

``RULES`` has an entry for every kind of ``agreement.kinds.KINDS``, by test. Demands that several kinds share stand in ``shared``.
"""

from collections.abc import Mapping

from servanda.agreement import Term
from servanda.agreement.kinds import (
    DeclaredItems,
    Duty,
    Guarantee,
    Limit,
    Notice,
    Prohibition,
    Quota,
    Response,
    TermKind,
    Unverifiable,
)
from servanda.drafting.kinds import (
    declared_items,
    duty,
    guarantee,
    limit,
    notice,
    prohibition,
    quota,
    response,
    unverifiable,
)
from servanda.drafting.kinds.rules import KindRules

RULES: Mapping[type[TermKind], KindRules] = {
    Prohibition: KindRules(prohibition.diagnose, clashes=prohibition.clashes),
    Limit: KindRules(limit.diagnose, amount=limit.amount, moves_weapons=limit.moves_weapons, clashes=limit.clashes),
    Duty: KindRules(duty.diagnose, deeds=duty.deeds, declares=duty.declares, moves_weapons=duty.moves_weapons),
    Quota: KindRules(quota.diagnose, deeds=quota.deeds, amount=quota.amount),
    Response: KindRules(response.diagnose, deeds=response.deeds),
    Notice: KindRules(notice.diagnose),
    DeclaredItems: KindRules(declared_items.diagnose, declares=declared_items.declares),
    Guarantee: KindRules(guarantee.diagnose),
    Unverifiable: KindRules(unverifiable.diagnose),
}


def rules_of(term: Term) -> KindRules:
    """The rules of a term's kind."""
    return RULES[type(term.kind)]


__all__ = ["RULES", "KindRules", "rules_of"]
