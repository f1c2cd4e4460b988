"""Parameters that the makers of an agreement file chose because the text gives none (``ours``): what may rest on them.

No breach does. Where a clause has such a parameter, what its own rules conclude stands only if it is *not in force*, *not due* or
*undetermined*; or *complied* where all that was chosen is by when a deed is due: the text sets no time, so a deed that is shown
done complies with it whatever time was chosen. Anything else is *undetermined*, and the steps say what it would have been.
"""

from __future__ import annotations

from servanda.agreement.model import NOT_AGREED
from servanda.agreement.plain_language import say_unsettled
from servanda.verdicts.builder import VerdictBuilder

_TIMES = frozenset({"deadline", "within"})
"""Parameters that only say by when a deed is due."""
_RESTS_ON_NOTHING = frozenset({"not_in_force", "not_due", "undetermined"})


def rest_on_the_text(builder: VerdictBuilder) -> VerdictBuilder:
    """Take from a finished verdict what would rest on a parameter that is not in the text.

    Args:
        builder: a finished verdict, of a term of any kind.

    Returns:
        The builder, with a step that names what is not in the text; unchanged where the whole term is the text's.
    """
    term = builder.term
    if not term.ours:
        return builder
    told = say_unsettled(term, "the agreement file")
    last = builder.steps.pop()
    by_time = {chosen.key for chosen in term.ours} <= _TIMES and not term.kind.guards
    done = builder.word == "complied" and by_time
    if builder.word in _RESTS_ON_NOTHING or done:
        told += " The text sets no time: what is shown done complies, whatever time was chosen." if done else ""
        builder.step("ours", told)
        builder.step(last.rule, last.text, last.uses)
        return builder
    reason = last.text.removeprefix(f"{builder.word}: ").removesuffix(".")
    builder.step("ours", f"{told} With it the verdict would be {builder.word} ({reason}); no verdict rests on it.")
    builder.breaches = ()
    what = "agreed" if any(chosen.key == NOT_AGREED for chosen in term.ours) else "in the text"
    return builder.finish("undetermined", f"it would rest on what is not {what}", counted=builder.counted)
