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
from servanda.drafting.kinds.rules import DraftRules

RULES: Mapping[type[TermKind], DraftRules] = {
    Prohibition: DraftRules(prohibition.diagnose, clashes=prohibition.clashes),
    Limit: DraftRules(limit.diagnose, amount=limit.amount, moves_weapons=limit.moves_weapons, clashes=limit.clashes),
    Duty: DraftRules(duty.diagnose, deeds=duty.deeds, declares=duty.declares, moves_weapons=duty.moves_weapons),
    Quota: DraftRules(quota.diagnose, deeds=quota.deeds, amount=quota.amount),
    Response: DraftRules(response.diagnose, deeds=response.deeds),
    Notice: DraftRules(notice.diagnose),
    DeclaredItems: DraftRules(declared_items.diagnose, declares=declared_items.declares),
    Guarantee: DraftRules(guarantee.diagnose),
    Unverifiable: DraftRules(unverifiable.diagnose),
}


def rules_of(term: Term) -> DraftRules:
    """The rules of a term's kind."""
    return RULES[type(term.kind)]


__all__ = ["RULES", "DraftRules", "rules_of"]
