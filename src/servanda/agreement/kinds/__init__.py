"""The kinds of term, one file each: what a kind may say, what it looks for, and what it owes.

``KINDS`` lists them all; whatever is done by kind elsewhere (``verdicts/kinds``, ``drafting/kinds``) has an entry for each, by test.
"""

from servanda.agreement.kinds.base import RESTRAINTS, Owes, Sought, TermKind, Voice
from servanda.agreement.kinds.declared_items import DeclaredItems
from servanda.agreement.kinds.duty import Duty
from servanda.agreement.kinds.guarantee import Apart, Consequence, Guarantee, Trigger
from servanda.agreement.kinds.limit import Limit
from servanda.agreement.kinds.notice import Notice
from servanda.agreement.kinds.prohibition import Prohibition
from servanda.agreement.kinds.quota import Quota
from servanda.agreement.kinds.response import Response
from servanda.agreement.kinds.unverifiable import Unverifiable

KINDS: tuple[type[TermKind], ...] = (
    Prohibition,
    Limit,
    Duty,
    Quota,
    Response,
    Notice,
    DeclaredItems,
    Guarantee,
    Unverifiable,
)

KEYS: tuple[str, ...] = tuple(dict.fromkeys(key for kind in KINDS for key in kind.keys))
"""The keys of the agreement file that make a clause one of a kind."""
KEYS_WITH_DEADLINE: frozenset[str] = frozenset(key for kind in KINDS if kind.has_deadline for key in kind.keys)
"""Those of them that may stand beside a deadline."""

__all__ = [
    "KEYS",
    "KEYS_WITH_DEADLINE",
    "KINDS",
    "RESTRAINTS",
    "Apart",
    "Consequence",
    "DeclaredItems",
    "Duty",
    "Guarantee",
    "Limit",
    "Notice",
    "Owes",
    "Prohibition",
    "Quota",
    "Response",
    "Sought",
    "TermKind",
    "Trigger",
    "Unverifiable",
    "Voice",
]
