"""Single facts of a summary in a sentence, as page and console tell them."""

from __future__ import annotations

from servanda.findings.no_term import REASONS
from servanda.verdicts.summary import Summary
from servanda.verdicts.verification import Fused
from servanda.wording import plural


def reports_words(summary: Summary) -> str:
    """How many reports were used; where none was, that a verdict rests on none, in words."""
    if summary.reports:
        return plural(summary.reports, "report")
    if summary.as_of is not None:
        return "no report was given that was known by then"
    return "no report could be read" if summary.quarantined else "no report was given"


def quarantine_words(summary: Summary) -> str:
    """How many rows could not be read, in words; those of sources without a side, which could confirm, are told."""
    of = f", {summary.quarantined_unsided:,} of them of sources without a side" if summary.quarantined_unsided else ""
    return f"{plural(summary.quarantined, 'row')} in quarantine{of}"


def no_term_words(summary: Summary) -> str:
    """Of how many reports there is no finding, and why, in words."""
    reasons = "; ".join(f"{count:,} {REASONS[reason]}" for reason, count in summary.no_term.items())
    return f"{plural(sum(summary.no_term.values()), 'report stands', 'reports stand')} under no term: {reasons}."


def undated_words(undated: int) -> str:
    """How many rows were left out because they do not say when they became known, in words."""
    does = plural(undated, "row does not", "rows do not")
    return f"{does} say when {'it' if undated == 1 else 'they'} became known and {'is' if undated == 1 else 'are'} left out."


def fused_words(fused: Fused | None) -> str:
    """What fusion did, in words; nothing where there was no choice."""
    if fused is None or fused.reports < 2:
        return ""
    of = f"{fused.reports:,} reports without an incident id"
    parts = [f"{plural(fused.incidents, 'incident')} of their own"] if fused.incidents else []
    having = "an incident that has one" if fused.joined == 1 else "incidents that have one"
    parts += [f"{fused.joined:,} joined {having}"] if fused.joined else []
    return f"{of}: {'; '.join(parts)}"


def decided_words(summary: Summary) -> str:
    """Who decides, how often a body did, and how often it found another thing than the rule, in words."""
    made = plural(summary.determined, "determination went", "determinations went")
    other = (
        f"the rule says otherwise of {summary.overruled}" if summary.overruled else "the rule says otherwise of none"
    )
    if summary.decides == "body":
        return f"{made} through all steps, and {'is the finding' if summary.determined == 1 else 'are the findings'}; {other}."
    return f"{made} through all steps, and {'stands' if summary.determined == 1 else 'stand'} beside the finding; {other}, and decides."
