"""The kinds of report by their names."""

from __future__ import annotations

from servanda.briefs.asked import Kind
from servanda.briefs.kinds.daily import daily, sitrep
from servanda.briefs.kinds.incident import sincrep, spot, violation
from servanda.briefs.kinds.letter import letter
from servanda.briefs.kinds.longer import monthly, verified, weekly
from servanda.briefs.kinds.shift import handover, patrol

KINDS = {
    "daily": Kind(daily, compares=True),
    "sitrep": Kind(sitrep, compares=True),
    "weekly": Kind(weekly, "week", compares=True),
    "monthly": Kind(monthly, "month", compares=True),
    "verified": Kind(verified, "week"),
    "spot": Kind(spot),
    "sincrep": Kind(sincrep),
    "violation": Kind(violation),
    "letter": Kind(letter),
    "handover": Kind(handover, compares=True),
    "patrol": Kind(patrol),
}
"""Every kind of report, in the order in which they are listed."""
