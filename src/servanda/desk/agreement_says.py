"""What an agreement was understood as, sentence by sentence, its names to be filled in; and how its fields are said in the language of the answer.

The sentences are those of :mod:`servanda.agreement.plain_language`; catalogues have them by these keys, and :mod:`~servanda.desk.judged` finds them. What
is rare has no pattern here, and stands in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from servanda.desk.languages import apart, figures, language, listed, said_code, text

AGREED = (
    "The mandate does not say whether authors are named; the verdicts name them.",
    "By its mandate the mechanism names authors: verdicts say which party did it.",
    "By its mandate the mechanism names no author: no verdict says which party did it.",
    "The parties are %(actors)s.",
    "The guarantor is %(actors)s.",
    "The guarantors are %(actors)s.",
    "The text also names %(actors)s.",
    "Bound without being parties are %(actors)s.",
    "%(party)s is also called %(called)s.",
    "The text is read in %(number)s ways (%(ways_of_reading)s); every verdict is given for each, and together they are 'disputed' where one finds a breach and another finds none.",
    "An incident is confirmed by %(ways)s.",
    "one observation by sources without a side graded %(grades)s",
    "%(number)s observations by sources without a side graded %(grades)s",
    "%(number)s observations by sources without a side graded %(grades)s, by different means",
    "%(number)s observations by sources without a side graded %(grades)s, by different means, one of them of a physical trace or a recording",
    "two independent origins that weigh",
    "three independent origins that weigh",
    "the word that binds the accused party",
    "The standard of proof is %(proof)s (certainty of place and time: more than %(chance)s).",
    "The standard of proof is %(proof)s (certainty of place and time: at least %(chance)s).",
    "'Complied' needs that the whole place was watched all the time: that an act there would have been seen with a declared probability of at least %(chance)s.",
    "Nothing may be unwatched.",
    "Nothing is complied before %(time)s have been watched, or all the time there is; and nobody behind a door that it shut itself.",
    "What a party owes is shown done in the same ways, or acknowledged by every other party; never by the word of who owes it.",
    "What %(body)s determined through all steps, and signed, is the finding; the rule's answer stands beside it.",
    "The rule decides; what %(body)s determined stands beside it.",
    "The mission's day ends at midnight (%(zone)s).",
    "The mission's day ends at %(clock)s (%(zone)s) of the date that it bears.",
    "Nothing is in force: no start was agreed.",
    "In force from %(begin)s until %(finish)s.",
    "In force from %(begin)s, without an end.",
    "This binds from %(begin)s until %(finish)s.",
    "This binds from %(begin)s, without an end.",
    "This binds not before %(names)s, and only from %(begin)s until %(finish)s.",
    "This binds not before %(names)s, and only from %(begin)s, without an end.",
    "This binds never (its window is empty).",
    "%(party)s must each not commit %(deed)s.",
    "%(party)s must not commit %(deed)s.",
    "%(party)s must each do this: %(deed)s.",
    "%(party)s must do this: %(deed)s.",
    "It is to be done by %(finish)s.",
    "It is to be done by the end of %(last_day)s.",
    "%(party)s must each declare: %(declared)s.",
    "%(party)s must declare: %(declared)s.",
    "It is set off by a breach shown of %(terms)s by %(breaker)s.",
    "This is a guarantee.",
    "It is set off by a breach shown of %(terms)s.",
    "Then %(party)s must do this within %(time)s: %(steps)s.",
    "%(party)s may each have no %(things)s: counted is %(deed)s.",
    "%(party)s may have no %(things)s: counted is %(deed)s.",
    "The text sets no deadline.",
    "An act of %(acts)s is any of: %(each_act)s.",
    "%(targets)s means any of: %(each_target)s.",
    "There is no exception.",
    "Excepted is consent, only if all of this is shown: %(consents)s.",
    "It does not bind all alike, and is meant so: %(why)s.",
    "Not in the text, but chosen by the makers of this file: %(chosen)s.",
    "No breach rests on it.",
    "It is to be observed by %(means)s.",
    "No observation can decide this clause (%(why)s); no verdict but 'undetermined' is possible.",
    "%(place)s: an area of %(area_of)s square km.",
    "%(place)s: a line of %(number)s km.",
    "%(place)s: all within %(number)s km of %(around)s.",
    "%(place)s: all within %(number)s km of %(around)s and all on the side %(side)s of %(line)s.",
    "%(event)s is %(begin)s.",
    "%(event)s has come when all of these have: %(names)s.",
    "%(event)s has come with the first confirmed act of %(acts)s by %(party)s, anywhere.",
    "What was counted may still be there until its place is counted again.",
    "%(party)s may each have no more than %(number)s %(unit)s at once: counted is %(deed)s.",
    "Before %(deed)s, %(party)s must each give notice, at least %(time)s ahead, of that place where it names one.",
    "%(party)s may have no more than %(number)s %(unit)s at once: counted is %(deed)s.",
    "Before %(deed)s, %(party)s must give notice, at least %(time)s ahead, of that place where it names one.",
    "Whether one answer serves several triggers is not said: what differs is undetermined.",
)
FIELDS = {
    **dict.fromkeys(("begin", "finish"), r"\d{1,2} [A-Z][a-z]+ \d{4} \d\d:\d\d [\w+-]+"),
    "around": r"-?[\d.]+, -?[\d.]+|'[^']*'",
    **dict.fromkeys(("place", "side", "line"), "'[^']*'"),
    "event": r"'[^']*'(?: \(.+\))?",
    "last_day": r"\d{1,2} [A-Z][a-z]+ \d{4}",
    "consents": r"consent of [^,]+(?:(?:, | and )consent of [^,]+)*",
    "breaker": r"[^,]+?",
    "declared": r"(?:(?:, | and )?(?:strength|locations|routes|destinations))+",
    "terms": r"(?:(?! by |, (?:all|each|assessed) )[\w, ])+",
    "steps": r"(?:(?!, unless )[a-z\d, ])+",
    "things": r"(?!more than )[^:;]+?",
}
"""What a field holds, where its name says more than that it holds words."""
_DEED = re.compile(
    r"an act of (?P<acts>[a-z\d ,]+?)(?: by (?P<party>(?!a force ).+?))?(?: concerning (?P<targets>.+?))?(?: with (?P<weapon>.+?))?"
    r"(?: by a force foreign to (?P<foreign>[^,]+), by nationality, command or payroll, under whatever label)?(?:, anywhere| in (?:(?P<places>'.+')|the place that holds for each: (?P<each>'.+)))"
)
_OF_EACH = re.compile(r"('[^']*'(?: or '[^']*')*) for (.+?)(?=, '|$)")
_LIST = re.compile(r", | or | and ")


def _moment(value: str) -> str:
    from babel.dates import format_datetime

    words, zone = value.rsplit(" ", 1)
    moment = datetime.strptime(words, "%d %B %Y %H:%M")  # noqa: DTZ007  its zone stands behind it
    form = "d MMM y، HH:mm" if language() == "ar" else "d MMM y, HH:mm"
    return apart(f"{format_datetime(moment, form, locale=language())} {zone}")


def _day(value: str) -> str:
    from babel.dates import format_date

    day = datetime.strptime(value, "%d %B %Y").date()  # noqa: DTZ007  a day of the agreement's own clock
    return apart(format_date(day, "d MMM y", locale=language()))


def _codes(kind: str, between: str) -> Callable[[str], str]:
    """Codes in a row, each by its word."""
    return lambda value: between.join(said_code(one.lower().replace(" ", "_"), kind) for one in _LIST.split(value))


def _deed(value: str) -> str | None:
    """An act with whose, on what, by what and where it is; nothing where more is said of it."""
    found = _DEED.fullmatch(value)
    if found is None or "a force " in " ".join(found[part] or "" for part in ("party", "targets", "weapon", "places")):
        return None
    parts = [_codes("act", " / ")(found["acts"])]
    if found["party"]:
        parts.append(text("by: %(party)s") % {"party": apart(found["party"])})
    if found["targets"]:
        parts.append(text("concerning: %(targets)s") % {"targets": _codes("target", " / ")(found["targets"])})
    if found["weapon"]:
        parts.append(text("with: %(weapon)s") % {"weapon": apart(figures(found["weapon"]))})
    if found["foreign"]:
        force = text("by a force that is foreign to %(state)s by nationality, command or payroll, whatever its label")
        parts.append(force % {"state": apart(found["foreign"])})
    where = {"places": apart((found["places"] or "").replace("' or '", "' / '"))}
    if found["each"]:
        own = [f"{name.replace(' or ', ' / ')} ({party})" for name, party in _OF_EACH.findall(found["each"])]
        parts.append(text("where, for each its own: %(places)s") % {"places": apart(", ".join(own))})
    else:
        parts.append(text("where: %(places)s") % where if found["places"] else text("where: anywhere"))
    return "; ".join(parts)


def _declared(value: str) -> str:
    """What of its forces a party declares."""
    words = {
        "strength": text("how many they are"),
        "locations": text("where they are"),
        "routes": text("by which routes they move"),
        "destinations": text("where they move to"),
    }
    return ", ".join(words[one] for one in _LIST.split(value))


def _called(value: str) -> str:
    *rest, last = re.split(r", | and (?!.* and )", value)
    return listed([apart(one) for one in (*rest, last)])


SAID: Mapping[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("begin", "finish"), _moment),
    "acts": _codes("act", " / "),
    "steps": _codes("act", " / "),
    "terms": lambda value: apart(value.replace(" or ", " / ")),
    "last_day": _day,
    "declared": _declared,
    "consents": lambda value: listed(apart(one) for one in re.split(r"(?:, | and )?consent of ", value)[1:]),
    "each_act": _codes("act", ", "),
    "targets": _codes("target", " / "),
    "each_target": _codes("target", ", "),
    "deed": _deed,
    "actors": lambda value: listed(apart(one) for one in re.split(r"(?<=\))(?:, | and )", value)),
    "called": _called,
    "means": lambda value: ", ".join(text(one) for one in _LIST.split(value)),
    "proof": lambda value: said_code(value.replace(" ", "_")),
    "grades": lambda value: value.replace(" or ", " / "),
    "area_of": figures,
}
"""How a field is said whose words are the agreement's; nothing where it cannot be said."""
