"""Single facts of a summary in a sentence, as page and console tell them."""

from __future__ import annotations

from servanda.verdicts.summary import Summary
from servanda.wording import plural


def undated_words(undated: int) -> str:
    """How many rows were left out because they do not say when they became known, in words."""
    does = plural(undated, "row does not", "rows do not")
    return f"{does} say when {'it' if undated == 1 else 'they'} became known and {'is' if undated == 1 else 'are'} left out."


def decided_words(summary: Summary) -> str:
    """Who decides, how often a body did, and how often it found another thing than the rule, in words."""
    made = plural(summary.determined, "determination went", "determinations went")
    other = (
        f"the rule says otherwise of {summary.overruled}" if summary.overruled else "the rule says otherwise of none"
    )
    if summary.decides == "body":
        return f"{made} through all steps, and {'is the finding' if summary.determined == 1 else 'are the findings'}; {other}."
    return f"{made} through all steps, and {'stands' if summary.determined == 1 else 'stand'} beside the finding; {other}, and decides."
