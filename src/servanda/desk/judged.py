"""The steps of a verdict in the language of the page: sentences of the judge, found by their patterns in the catalogues.

The record and the files of a run have them in English, and what is signed is that. A step of which one sentence has no pattern stands in English, whole:
half of a reason in another language would be read as all of it. So a field of a pattern holds what its name says (a number, an instant, a share) and never
the sentence behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import get_args

from babel.units import format_unit

from servanda.agreement.standards import STANDARDS
from servanda.desk.agreement_says import AGREED, FIELDS, SAID
from servanda.desk.judge_says import JUDGED
from servanda.desk.languages import apart, each_said, figures, language, listed, said_code, text
from servanda.verdicts.model import VerdictWord

_VERDICT = re.compile(rf"({'|'.join(get_args(VerdictWord))}): (.+)\.", re.DOTALL)
_SEAM = re.compile(r"; |\. (?=[A-Z\d]|less than )")
"""Where one sentence or clause of a step may end and the next begin."""
_ONE_CLAUSE = rf"(?:(?!{_SEAM.pattern}).)+?"
_INSTANT = r"\d{4}-\d\d-\d\dT[\d:.+Z-]+|no stated (?:start|end|time)"
_FORMS = {
    **dict.fromkeys(
        "number whole origins reports observers against least most average chance declared seen used met missed done pending unknown silent alleged confirmed excused".split(),
        r"[\d.,]+(?:e[+-]?\d+)?",
    ),
    **dict.fromkeys(("start", "end", "since"), _INSTANT),
    "standard": r"[\w.]+(?: %)?",
    "share": r"(?:(?:more|less) than )?[\d.]+ %",
    "verdict": "[a-z_]+(?: [a-z]+)*",
    "time": r"[\d,]+ [a-z]+",
    "area": r"[\d.,e+-]+ km²",
    "amount": r"[\d.,]+(?:e[+-]?\d+)?(?: to [\d.,]+)?(?: [^;:.,]+?)?",
    "unit": "[^:;]+?",
    **FIELDS,
}
"""What a field holds, where its name says more than that it holds words."""
_NESTED = frozenset({"said", "likely", "otherwise", "moment", "extent", "each", "reasons"})
"""Fields that hold what the judge says, and have a pattern of their own or are no match."""
_FREE = frozenset({"why", "lacks", "readings", "authors", *_NESTED})
"""Fields that may hold several clauses."""
_OWN_WORDS = frozenset(
    {"why", "body", "party", "incident", "reading", "names", "watch", "source", "decision", "chosen"}
)
"""What people and files say in a sentence: it stands as they said it."""
_OF_ONE = {
    **{
        noun: f"{noun}?"
        for noun in "incidents origins reports allegations occasions periods pairs numbers items acts times counts observers ones".split()
    },
    **{verb: f"{verb}s?" for verb in "fall count lie ask speak".split()},
    "breaches": "breach(?:es)?",
    "are": "(?:are|is)",
    "were": "(?:were|was)",
    "have": "(?:have|has)",
    "deny": "(?:deny|denies)",
    "events": "(?:events|an event)",
    "their": "(?:their|its)",
}
"""Words of a pattern that is said of many, as they may stand where there is one."""
_HEARSAY = re.compile(
    r"(?P<number>[\d,]+) reports? (?:is|are) taken as (?P<what>hearsay, which accuses and does nothing else|what confirms nothing|a claim|claims)"
    r"(?P<beside> \(denials and reports of incidents that are not counted included\))?: (?P<each>.+?)"
    r"(?:; and those of (?P<others>[\d,]+) other carriers?)?\.",
    re.DOTALL,
)
_CARRIED = re.compile(r"[\d,]+ carried by (?P<rest>.+)\)", re.DOTALL)
_BETWEEN_REMARKS = re.compile(r"; (?=(?:reply|dissent|comment|veto|position) of |silence: |unsigned)")
_REMARKS = re.compile(r"(?P<own>.*)\) \((?P<remarks>(?:(?:reply|dissent|comment) of |silence: |unsigned).*)", re.DOTALL)
_EVERY = re.compile(r"every kind of (?P<act>.+) \(for example (?P<example>.+)\)")
_TIE = re.compile(
    r"with (?P<report>.+?) of (?P<source>.+): (?P<km>[\d.]+) km and (?P<hours>[\d.]+) h apart (?P<odds>-?[\d.]+)(?P<day> \(the same minute, another day\))?(?P<more>(?:; [a-z ]+ -?[\d.]+)*)"
)


def judged(step: str) -> str:
    """A step of a verdict in the language of the answer.

    Args:
        step: as the judge says it.

    Returns:
        The same in the language of the answer; as it is where a part of it has no pattern.
    """
    return step if language() == "en" or not step else _judged(language(), step)


@lru_cache(maxsize=4096)
def _judged(code: str, step: str) -> str:  # the language is part of what is remembered
    if (found := _VERDICT.fullmatch(step)) is not None:
        reasons = _parts(found[2])
        return step if reasons is None else f"{said_code(found[1], 'verdict')}: {reasons}."
    if (hearsay := _hearsay(step)) is not None:
        return hearsay
    said = _parts(step.removesuffix("."))
    return step if said is None else f"{said}."


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
    said = found.groupdict() | {name: figures(found[name]) for name in ("km", "hours")}
    first = text("%(report)s of %(source)s, %(km)s km and %(hours)s h apart") % said
    parts = [("place and time", found["odds"])] + [tuple(p.rsplit(" ", 1)) for p in found["more"].split("; ")[1:]]
    day = [text("the same minute, another day")] if found["day"] else []
    return "; ".join([first, *day, *(f"{said_code(word)} {figures(odds)}" for word, odds in parts)])


def _hearsay(step: str) -> str | None:
    """The step that says which reports count for less than they say; nothing where it is another, or a reason in it has no pattern."""
    found = _HEARSAY.fullmatch(step)
    each = re.split(r"; (?=[\d,]+ carried by )", found["each"]) if found else []
    carried = [_carried(one) for one in each]
    if found is None or None in carried:
        return None
    what = "claims" if "claim" in found["what"] else found["what"]
    key = f"taken as {what}{found['beside'] or ''}: %(number)s"
    head = text(key) % {"number": figures(found["number"])}
    parts = [one for one in carried if one]
    if found["others"]:
        parts.append(text("and of other carriers: %(number)s") % {"number": figures(found["others"])})
    return f"{head}; {'; '.join(parts)}."


def _carried(words: str) -> str | None:
    """By whom so many reports are carried, and why that counts for less; names and reasons may have brackets of their own."""
    found = _CARRIED.fullmatch(words)
    rest = found["rest"] if found else ""
    for seam in re.finditer(r" \(", rest):
        source, why = rest[: seam.start()], _said(rest[seam.end() :])
        if why is not None:
            line = text("%(number)s carried by %(source)s (%(why)s)")
            return line % {"number": figures(words.partition(" ")[0]), "source": apart(source), "why": why}
    return None


def _parts(words: str) -> str | None:
    """One sentence or clause, or several in a row; nothing where one of them has no pattern."""
    if (whole := _said(words)) is not None:
        return whole
    for seam in _SEAM.finditer(words):
        first = _said(words[: seam.start()])
        rest = None if first is None else _parts(words[seam.end() :])
        if rest is not None:
            return f"{first}{seam[0]}{rest}"
    return None


def _said(words: str) -> str | None:
    """One sentence or clause, without a full stop; nothing where no pattern fits."""
    for pattern, key in _patterns():
        found = pattern.fullmatch(words)
        filled = None if found is None else _filled(found.groupdict())
        if filled is not None:
            return text(key).removesuffix(".") % filled if filled else text(key).removesuffix(".")
    return None


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The sentences as patterns: those that begin with words of the judge's first, and the longer ones."""
    keys = sorted((*JUDGED, *AGREED), key=lambda key: (key.startswith("%("), -len(key)))
    return [(re.compile(_pattern(key.removesuffix(".")), re.DOTALL), key) for key in keys]


def _pattern(key: str) -> str:
    parts = re.split(r"%\((\w+)\)s", key)
    loose = [re.sub("[a-z]+", lambda word: _OF_ONE.get(word[0], word[0]), re.escape(part)) for part in parts[::2]]
    fields = [f"(?P<{name}>{_FORMS.get(name, '.+?' if name in _FREE else _ONE_CLAUSE)})" for name in parts[1::2]]
    return "".join(part for pair in zip(loose, [*fields, ""], strict=True) for part in pair)


def _filled(fields: Mapping[str, str]) -> dict[str, str] | None:
    """What stands in a sentence for its fields; nothing where one is the judge's word and has no pattern."""
    out = {}
    for name, value in fields.items():
        if name in _NESTED and re.fullmatch(_INSTANT, value) is None:
            said = _parts(value)
            if said is None:
                return None
            out[name] = said
            continue
        own = value if name in _OWN_WORDS else each_said(value)
        words = _IN_WORDS[name](value) if name in _IN_WORDS else value
        if words is None:
            return None
        out[name] = words if words != value else apart(own)
    return out


def _kinds(value: str) -> str:
    every = _EVERY.fullmatch(value)
    words = every.groupdict() if every else {"act": value}
    form = "acts of every kind of %(act)s (for example %(example)s)" if every else "acts of the kind %(act)s"
    return text(form) % {key: said_code(word.replace(" ", "_"), "act") for key, word in words.items()}


def _why(value: str) -> str:
    """After somebody's reasons what is remarked."""
    found = _REMARKS.fullmatch(value)
    if found is None:
        return text(value)
    remarks = (_said(one) or one for one in _BETWEEN_REMARKS.split(found["remarks"]))
    return f"{apart(found['own'])}) ({'; '.join(remarks)}"


def _several(seam: str) -> Callable[[str], str]:
    """Things in a row, each by its own pattern."""
    return lambda value: ", ".join(_said(one) or one for one in re.split(seam, value))


def _authors(value: str) -> str:
    """Whom observers name, by how many, incident by incident."""
    each = (_said(one) or one for one in value.split("; "))
    return re.sub(r"\(by (?:no observer|(\d+) observers?)\)", _by_observers, "; ".join(each))


def _by_observers(found: re.Match[str]) -> str:
    return text("(by %(number)s observers)") % {"number": found[1] or 0}


def _time(value: str) -> str:
    number, unit = value.split(" ")
    try:
        return str(format_unit(int(number.replace(",", "")), f"duration-{unit.removesuffix('s')}", locale=language()))
    except (KeyError, ValueError):
        return value


def _items(value: str) -> str:
    found = re.findall(r"(\d+) ([a-z ]+)", value)
    return ", ".join(f"{text(word)} {number}" for number, word in found) or text(value)


def _ways(value: str) -> str | None:
    """What confirms an incident, one way after another; nothing where one has no pattern."""
    each = [_said(one) for one in re.split(r"(?:, | or )(?=\w+ independent|the word that)", value)]
    return None if None in each else "; ".join(map(str, each))


_IN_WORDS: Mapping[str, Callable[[str], str | None]] = {
    **SAID,
    "ways": _ways,
    "kinds": _kinds,
    "why": _why,
    "time": _time,
    "items": _items,
    "standard": lambda value: said_code(value) if value in STANDARDS else figures(value),
    "share": lambda value: _said(value) or figures(value),
    "amount": figures,
    "area": figures,
    "act": lambda value: " / ".join(said_code(one.replace(" ", "_"), "act") for one in value.split(" or ")),
    "degree": said_code,
    "degrees": _several(", then "),
    "amounts": _several(r"(?<= report)(?:, | and )|(?<= reports)(?:, | and )"),
    "authors": _authors,
    "lacks": _several("; "),
    "hours": lambda value: listed(f"{start}-{end}" for start, end in re.findall(r"(\d\d:\d\d) to (\d\d:\d\d)", value)),
    "readings": lambda value: re.sub(r"(?<=: )[a-z_]+(?=;|$)", lambda word: said_code(word[0], "verdict"), value),
    "outcome": lambda value: _said(value) or value,
    **dict.fromkeys(("start", "end", "names", "party", "chosen"), text),
}
"""How a field is said whose words are the judge's."""
