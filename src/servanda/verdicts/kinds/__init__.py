"""How each kind of term is concluded from findings and coverage: one file a kind, each with one ``conclude``.

``RULES`` has an entry for every kind of ``agreement.kinds.KINDS``, by test. Parts that kinds share stand beside this folder, in
files named for what they do: ``act_steps``, ``occasions``, ``periods``.
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
from servanda.verdicts.kinds import (
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
from servanda.verdicts.kinds.rules import KindRules, Shared

RULES: Mapping[type[TermKind], KindRules] = {
    Prohibition: KindRules(
        prohibition.conclude,
        shared=Shared(prohibition.share_told, prohibition.Told.together, prohibition.conclude),
        breached_by="act",
    ),
    Limit: KindRules(limit.conclude),
    Duty: KindRules(duty.conclude),
    Quota: KindRules(quota.conclude),
    Response: KindRules(response.conclude),
    Notice: KindRules(notice.conclude),
    DeclaredItems: KindRules(declared_items.conclude, reconcile=declared_items.reconcile),
    Guarantee: KindRules(guarantee.conclude, parties=guarantee.owners),
    Unverifiable: KindRules(unverifiable.conclude),
}


def rules_of(term: Term) -> KindRules:
    """The rules of a term's kind."""
    return RULES[type(term.kind)]


__all__ = ["RULES", "KindRules", "Shared", "rules_of"]
