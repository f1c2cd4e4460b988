"""Days, datelines, older encodings and names of texts in Cyrillic letters."""

from __future__ import annotations

import re

from servanda.values.gazetteer import gazetteer

CYRILLIC_MONTHS = {
    stem: n
    for stems in ("янв фев мар апр мая июн июл авг сен окт ноя дек", "січ лют бер кві тра чер лип сер вер жов лис гру")
    for n, stem in enumerate(stems.split(), 1)
}
MONTH = rf"(?P<m>{'|'.join(CYRILLIC_MONTHS)})[а-яі]*"
DATELINE = re.compile(
    rf"^[А-ЯЄІЇҐЁ][А-ЯЄІЇҐЁ .’'-]{{2,40}},\s+\d{{1,2}}\s+{MONTH}(?:\s+\d{{4}})?(?:\s+(?:года?|року|г\.|р\.))?"
    r"\s*(?:\((?:\w+\s+)?[«\"]?(?P<agency>[А-ЯЄІЇҐЁ][\w -]{1,30}?)[»\"]?\))?\s*(?:--|—|–|-|\.|/)+\s*",
)
"""*КИЕВ, 28 марта (агентство «Вестовой»).*"""
_FREQUENT = frozenset("оаеинтсрвлкмдпуі")


def of_one_byte(data: bytes) -> str:
    """A text of one byte a letter: in that Cyrillic encoding which gives the letters that Russian and Ukrainian use most, else Western.

    Args:
        data: a text that is not UTF-8.

    Returns:
        Its letters, as far as they can be told.
    """
    if sum(byte > 127 for byte in data) * 4 < sum(chr(byte).isalpha() for byte in data):
        return data.decode("cp1252", errors="replace")
    tried = {name: data.decode(name, errors="replace") for name in ("cp1251", "koi8_u", "cp866")}
    return max(tried.values(), key=lambda text: sum(c in _FREQUENT for c in text))


def folded(name: str) -> str:
    """How a name sounds, in Latin letters: *Хезболла* and *Hezbollah* are one.

    Args:
        name: in Latin or Cyrillic letters.

    Returns:
        What to compare by; not meant to be read.
    """
    raw = gazetteer("speech/languages.yaml")
    text = "".join(raw["latin"].get(c, c) for c in name.lower().replace("’", "'"))
    for long, short in raw["folded"].items():
        text = text.replace(long, short)
    return re.sub(r"(.)\1+", r"\1", text).rstrip("h")
