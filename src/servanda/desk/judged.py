"""The steps of a verdict in the language of the page: sentences of the judge, found by their patterns in the catalogues.

The record and the files of a run have them in English, and what is signed is that. A step of which one sentence has no pattern stands in English, whole:
half of a reason in another language would be read as all of it.
"""

from __future__ import annotations

import re
from typing import get_args

from servanda.agreement.standards import STANDARDS
from servanda.desk.languages import apart, language, said_code, text, told
from servanda.verdicts.model import VerdictWord

JUDGED = (
    "The term binds %(party)s from %(start)s to %(end)s.",
    "The term binds %(party)s in the reading %(reading)s from %(start)s to %(end)s.",
    "The term binds %(party)s from %(start)s to %(end)s: not in this window.",
    "%(number)s incidents are confirmed as such an act by %(party)s, to the standard %(standard)s.",
    "No incident is confirmed as such an act by %(party)s (standard: %(standard)s).",
    "%(number)s incidents are alleged against %(party)s, by %(origins)s origins in %(reports)s reports, and not confirmed.",
    "%(number)s incidents are alleged against %(party)s, and not confirmed.",
    "All that counts, confirmed or excused included, is told by %(origins)s origins in %(reports)s reports.",
    "%(number)s incidents fall under an exception (%(names)s), every precondition shown.",
    "%(number)s more incidents may fall under the term, but too uncertainly (time or place too vague, or outside the window), or told of nobody by those whose word opens nothing.",
    "%(number)s incidents are open: it may have been such an act, but it is not settled that it was, whose it was, or that it lies inside the place and window.",
    "No allegation (of %(number)s) speaks of a place and time that was watched to the standard.",
    "Nobody whose watch counts here was looking for %(kinds)s where and when this could be seen: silence says nothing.",
    "Nobody whose watch counts here was looking where and when this could be seen: silence says nothing.",
    "Nothing was watched to the standard: at no place and time would an act of this kind have been seen with a declared probability of %(standard)s that the mandate asks for (on average %(average)s).",
    "Silence says nothing.",
    "%(share)s of place and time was watched: there an act of this kind would have been seen with a declared probability of at least %(least)s; the mandate asks for %(standard)s.",
    "Nothing was found there; the chance that one act there went unseen is at most %(chance)s.",
    "In the reading %(reading)s: %(verdict)s (%(confirmed)s confirmed, %(alleged)s alleged, %(excused)s excused).",
    "%(number)s incidents count in some readings and not in others.",
    "%(incident)s was determined %(outcome)s by %(body)s (%(why)s).",
    "That is not the finding, for %(lacks)s; by the mandate's rule it is %(status)s.",
    "That is the finding: here %(status)s, as by the mandate's rule.",
    "That is the finding: here %(status)s; by the rule alone it would be %(other)s.",
    "Here it changes nothing: by the mandate's rule it is %(status)s.",
    "%(incident)s was determined %(outcome)s by %(body)s (%(why)s); by the mandate's rule it is %(status)s.",
    "The rule decides here.",
    "Origins that say so: %(origins)s; observers among them: %(observers)s; observers against: %(against)s.",
    "What was reported after the determination is left to the rule: by it it is %(status)s.",
    "On what naming %(party)s rests is not stated for %(number)s incidents.",
    "without the determination of %(incident)s it would be %(verdict)s",
    "without the watch %(watch)s it would be %(verdict)s",
    "without %(sources)s it would be %(verdict)s",
    "no single one changes it",
    "neither one nor two change it",
    "for example, without %(sources)s it would be %(verdict)s",
    "What it rests on was not found.",
    "Not everything was tried: there is too much.",
    "%(number)s incidents are open: it is not settled what, whose or where",
    "not enough was seen",
    "%(number)s allegations are not answered, for place and time were not watched to the standard",
    "the readings agree",
    "one reading finds a breach, and another finds none (%(readings)s)",
    "%(number)s incidents are confirmed and not excused",
    "the term does not bind in this window",
    "no breach was found where and when one would have been seen",
    "only %(share)s of place and time was watched, and of the rest nothing is known",
    "nothing was found in the %(share)s of place and time that was watched, and of the rest nothing is known",
    "not even %(time)s have been watched",
    "all that is confirmed falls under an exception whose every precondition is shown",
    "its time has not run out",
    "it cannot be verified by any means",
    "it waits for %(names)s",
    "everything is shown done in time",
    "the time has run out, and nobody without a side saw whether it was done",
    "no period has run out",
    "%(number)s allegations are not answered, for place and time were not watched to the standard by others than who alleges",
    "taken as hearsay, which accuses and does nothing else: %(number)s",
    "taken as claims: %(number)s",
    "taken as hearsay, which accuses and does nothing else (denials and reports of incidents that are not counted included): %(number)s",
    "taken as claims (denials and reports of incidents that are not counted included): %(number)s",
    "%(number)s carried by %(source)s (%(why)s)",
    "and of other carriers: %(number)s",
    "its carrier is not in the register",
    "its carrier is graded %(grade)s",
    "the register does not say on which side its carrier is",
    "its carrier is on the side of %(party)s, and its origin is not",
    "signed by %(who)s in the name of %(other)s",
    "acts of the kind %(act)s",
    "acts of every kind of %(act)s (for example %(example)s)",
    "reply of %(party)s (%(when)s): %(why)s",
    "dissent of %(party)s (%(when)s): %(why)s",
    "comment of %(party)s (%(when)s): %(why)s",
    "unsigned",
    "silence: no reply of %(party)s by %(when)s is known",
    "silence: %(party)s did not reply by %(when)s",
    "%(party)s replied after its time, which ended %(when)s",
    "it had not been triaged as in scope",
    "it had not been assessed",
    "nobody had been given the right to reply",
    "it was vetoed",
    "%(number)s occasions were missed",
    "%(names)s was not done in time",
    "it is unsigned",
    "alleged",
    "confirmed",
    "excused",
    "not counted",
)
"""What the judge says most often, its names to be filled in; of one thing as of many."""
_VERDICT = re.compile(rf"({'|'.join(get_args(VerdictWord))}): (.+)\.", re.DOTALL)
_ONE = re.compile(
    r"\b1 (more incident|incident|origin|report|allegation|occasion)\b(?: (is|falls|counts in|was missed)\b)?"
)
_VERBS = {"is": " are", "falls": " fall", "counts in": " count in", "was missed": " were missed"}
_RESTS = re.compile(r"It rests on: (.+)\.")
_TIE = re.compile(
    r"with (?P<report>.+?) of (?P<source>.+): (?P<km>[\d.]+) km and (?P<hours>[\d.]+) h apart (?P<odds>-?[\d.]+)(?P<day> \(the same minute, another day\))?(?P<more>(?:; [a-z ]+ -?[\d.]+)*)"
)
_HEARSAY = re.compile(
    r"(?P<number>[\d,]+) reports? (?:is|are) taken as (?P<what>hearsay, which accuses and does nothing else|a claim|claims)"
    r"(?P<beside> \(denials and reports of incidents that are not counted included\))?: (?P<each>.+?)"
    r"(?:; and those of (?P<others>[\d,]+) other carriers?)?\.",
    re.DOTALL,
)
_CARRIED = re.compile(r"(?P<number>[\d,]+) carried by (?P<source>.+) \((?P<why>.+)\)", re.DOTALL)
_BETWEEN_REMARKS = re.compile(r"; (?=(?:reply|dissent|comment|veto|position) of |silence: |unsigned)")
_REMARKS = re.compile(r"(?P<own>.*)\) \((?P<remarks>(?:(?:reply|dissent|comment) of |silence: |unsigned).*)", re.DOTALL)
_EVERY = re.compile(r"every kind of (?P<act>.+) \(for example (?P<example>.+)\)")
_SENTENCE = re.compile(r"(?<=[a-z)]\.) (?=[A-Z])")


def judged(step: str) -> str:
    """A step of a verdict in the language of the answer.

    Args:
        step: as the judge says it.

    Returns:
        The same in the language of the answer; as it is where a part of it has no pattern.
    """
    if language() == "en" or not step:
        return step
    if (found := _VERDICT.fullmatch(step)) is not None:
        reasons = [_said(part) for part in found[2].split("; ")]
        return step if None in reasons else f"{said_code(found[1], 'verdict')}: {'; '.join(map(str, reasons))}."
    if (hearsay := _hearsay(step)) is not None:
        return hearsay
    sentences = [_rests(part) or _said(part) for part in _SENTENCE.split(step)]
    return step if None in sentences else " ".join(map(str, sentences))


def tied(why: str) -> str:
    """Why fusion holds two reports for one incident, in the language of the answer.

    Args:
        why: as fusion says it: distances, and its reasons in natural logarithms of the odds.

    Returns:
        The same in words; as it is where it is of another form.
    """
    found = _TIE.fullmatch(why)
    if found is None:
        return why
    first = text("%(report)s of %(source)s, %(km)s km and %(hours)s h apart") % found.groupdict()
    parts = [("place and time", found["odds"])] + [tuple(p.rsplit(" ", 1)) for p in found["more"].split("; ")[1:]]
    day = [text("the same minute, another day")] if found["day"] else []
    return "; ".join([first, *day, *(f"{said_code(word)} {odds}" for word, odds in parts)])


def _hearsay(step: str) -> str | None:
    """The step that says which reports count for less than they say; nothing where it is another, or a reason in it has no pattern."""
    found = _HEARSAY.fullmatch(step)
    carried = (
        [_CARRIED.fullmatch(part) for part in re.split(r"; (?=[\d,]+ carried by )", found["each"])] if found else []
    )
    if found is None or None in carried:
        return None
    reasons = {one["why"]: _said(one["why"]) for one in carried if one}
    if None in reasons.values():
        return None
    what = "claims" if "claim" in found["what"] else found["what"]
    key = f"taken as {what}{found['beside'] or ''}: %(number)s"
    head = text(key) % found.groupdict()
    line = text("%(number)s carried by %(source)s (%(why)s)")
    parts = [line % {**one.groupdict(), "why": reasons[one["why"]]} for one in carried if one]
    if found["others"]:
        parts.append(text("and of other carriers: %(number)s") % {"number": found["others"]})
    return f"{head}; {'; '.join(parts)}."


def _in_words(name: str, value: str) -> str:
    """What stands in a sentence for a name of it: kinds of act by their words, and after somebody's reasons what is remarked."""
    if name == "kinds":
        every = _EVERY.fullmatch(value)
        words = every.groupdict() if every else {"act": value}
        form = "acts of every kind of %(act)s (for example %(example)s)" if every else "acts of the kind %(act)s"
        return text(form) % {key: said_code(word.replace(" ", "_"), "act") for key, word in words.items()}
    if name == "standard" and value in STANDARDS:
        return said_code(value)
    if name == "why" and (found := _REMARKS.fullmatch(value)) is not None:
        remarks = (_said(one) or one for one in _BETWEEN_REMARKS.split(found["remarks"]))
        return f"{apart(found['own'])}) ({'; '.join(remarks)}"
    return value


def _rests(sentence: str) -> str | None:
    """What a verdict rests on, supposition by supposition; nothing where it is another sentence, or one of them has no pattern."""
    found = _RESTS.fullmatch(sentence)
    parts = [_said(part) for part in found[1].split("; ")] if found else [None]
    head = text("It rests on")
    return None if None in parts else f"{head}: {'; '.join(map(str, parts))}."


def _said(sentence: str) -> str | None:
    """One sentence or reason; nothing where no pattern fits."""
    many = _ONE.sub(lambda one: f"1 {one[1]}s{_VERBS.get(one[2], '')}", sentence)
    found = told(many, _in_words)
    return found if found != many or text(many) != many else None
