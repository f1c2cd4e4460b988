"""What is found in the words of a clause: vague ones, widths and distances, open exceptions, what leaves no trace."""

from __future__ import annotations

import re

VAGUE = (
    "appropriate",
    "adequate",
    "reasonable",
    "reasonably",
    "sufficient",
    "substantial",
    "substantially",
    "significant",
    "significantly",
    "excessive",
    "unjustified",
    "as far as possible",
    "where possible",
    "to the extent possible",
    "as soon as possible",
    "in due course",
    "timely",
    "promptly",
    "gradually",
    "endeavour",
    "strive",
    "seek to",
    "every effort",
    "best efforts",
    "in good faith",
    "constructive",
    "normalise",
    "normalize",
    "in principle",
    "provocation",
    "provocations",
    "provocative",
    "hostile rhetoric",
    "threatening",
    "refrain from actions",
    "undermine",
    "unnecessary",
    "minimise",
    "minimize",
    "due regard",
    "without cause",
    "conducive",
    "restraint",
    "escalation",
    "all necessary measures",
    "necessary measures",
    "without delay",
    "as soon as feasible",
    "so far as possible",
    "deem necessary",
    "deems necessary",
    "in the vicinity",
    "or near",
    "normally",
    "regularly",
    "mutually acceptable",
    "proportionate",
    "security considerations",
    "ironclad",
    "hostile acts",
)
_VAGUE = re.compile(
    r"\b(" + "|".join(re.escape(w) for w in sorted(VAGUE, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_NOT_VAGUE = re.compile(r"in principle \d|reasonable (?:doubt|grounds)", re.IGNORECASE)
_EXCEPTING = re.compile(
    r"except|unless|without prejudice|not preclude|not affect|retains? the right|reserves? the right|the right to|"
    r"may (?:respond|act|use|take)|subject to",
    re.IGNORECASE,
)
_NO_EXCEPTION = re.compile(r"no exception|not (?:even )?(?:in|for|as)", re.IGNORECASE)
_OPEN = re.compile(
    r"self-defen[cs]e|inherent right|imminent|hot pursuit|pursuit of criminals|law enforcement|policing|anti-terror|"
    r"counter-terror|if necessary|when necessary|as necessary|operational necessity",
    re.IGNORECASE,
)
_NO_TRACE = re.compile(
    r"secret (?:order|instruction)s?|core security interests?|vital interests?|hostile intent(?:ions?)?|"
    r"political will|good will\b|goodwill|mutual trust|the spirit of",
    re.IGNORECASE,
)
_WIDTH = re.compile(
    r"(\d+(?:\.\d+)?)[\s-]*(?:km|kilomet(?:re|er)s?)[\s-]*(?:wide\b|in width|(?:security |buffer |demilitari[sz]ed )?(?:zone|strip|belt|corridor)\b)"
    r"|(?:zone|strip|belt|corridor|buffer)[^.;]{0,40}?(?:with a width of|of a width of|wide|of)\s+(\d+(?:\.\d+)?)[\s-]*(?:km|kilomet(?:re|er)s?)"
    r"|width of[^.;]{0,30}?\s(?:is|of)?\s*(\d+(?:\.\d+)?)[\s-]*(?:km|kilomet(?:re|er)s?)",
    re.IGNORECASE,
)
_DISTANCE = re.compile(
    r"(\d+(?:\.\d+)?)[\s-]*(?:km|kilomet(?:re|er)s?)\s+(?:away\s+)?(?:from|behind|back|of the line|on each side|on either side|to each side|on both sides|deep on each side)|"
    r"(?:at least|not closer than|distance of)\s+(\d+(?:\.\d+)?)[\s-]*(?:km|kilomet(?:re|er)s?)",
    re.IGNORECASE,
)


def vague(text: str) -> list[str]:
    """The vague words of a clause, each once, in their order."""
    return list(dict.fromkeys(match.group(0).lower() for match in _VAGUE.finditer(_NOT_VAGUE.sub("", text))))


def open_ended(text: str) -> str | None:
    """Words of an exception that nobody can bound."""
    match = _OPEN.search(text)
    return match.group(0).lower() if match else None


def excepts(text: str) -> str | None:
    """Words of a clause by which it takes itself back, without end: an excepting word and an open-ended ground."""
    if _NO_EXCEPTION.search(text) or not _EXCEPTING.search(text):
        return None
    return open_ended(text)


def numbers(text: str) -> list[float]:
    """The numbers in a text, thousands with or without their comma."""
    return [float(n.replace(",", "")) for n in re.findall(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?", text)]


def leaves_no_trace(text: str) -> str | None:
    """What no observation can decide."""
    match = _NO_TRACE.search(text)
    return match.group(0).lower() if match else None


def widths(text: str) -> list[float]:
    """Kilometres that the text gives as the width of a zone."""
    return [float(match.group(1) or match.group(2) or match.group(3)) for match in _WIDTH.finditer(text)]


def distances(text: str) -> list[float]:
    """Kilometres that the text gives as a distance from a line."""
    return [float(match.group(1) or match.group(2)) for match in _DISTANCE.finditer(text)]
