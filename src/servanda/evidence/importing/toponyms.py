"""Names of places as they are compared: as they are written, by their sound across scripts, and without the endings of cases.

Three keys, from sure to less sure. :func:`written_key` overlooks case, accents, signs and blanks. :func:`sound_keys` write Cyrillic in Latin
letters, leave articles out, and put together what transliterations write in several ways (Sheikhoun, Shaykhun). The :func:`skeleton_key`
has consonants only, so that Arabic, which writes no short vowels, can be compared with Latin.
"""

from __future__ import annotations

import re
from functools import lru_cache

from servanda.evidence.importing.words import word_list, words
from servanda.values.sounds import LETTERS, sounds_of

_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_SAINTS = frozenset(("st", "ste", "sainte", "saint"))
_ARTICLES = frozenset("al el ul an en ar er as es ash esh at et ad ed az ez adh edh".split())
_ARABIC = str.maketrans(
    {
        **dict(zip("بتثجحخدذرزسصضطظفقكلمنهپگکژ", "bttjhhddrzssdtzfkklmnhpgkz", strict=True)),
        "ش": "sh",
        "غ": "g",
        "چ": "ch",
        **dict.fromkeys("اويعءئؤىةیآ ", ""),
    }
)
_ENDINGS = (
    *(("єві", "їв"), ("еве", "ев"), ("ові", "ів"), ("ове", "ов"), ("ці", "ка"), ("зі", "га"), ("сі", "ха")),
    *(
        ("ою", "а"),
        ("ею", "я"),
        ("ой", "а"),
        ("ей", "я"),
        ("ом", ""),
        ("ем", "ь"),
        ("ем", "е"),
        ("ом", "о"),
        ("єм", "є"),
    ),
    *(
        ("і", ""),
        ("і", "ь"),
        ("і", "а"),
        ("і", "я"),
        ("і", "е"),
        ("і", "о"),
        ("ї", "я"),
        ("е", ""),
        ("е", "а"),
        ("е", "ь"),
    ),
    *(
        ("и", "ь"),
        ("и", "я"),
        ("и", "а"),
        ("ы", "а"),
        ("у", ""),
        ("у", "а"),
        ("у", "е"),
        ("у", "о"),
        ("ю", "я"),
        ("ю", "ь"),
    ),
    *(("а", ""), ("а", "о"), ("а", "е"), ("я", "ь"), ("я", "е"), ("ого", "е"), ("ому", "е"), ("ої", "а"), ("ій", "а")),
)
"""How Ukrainian and Russian cases end, each with the ending of the name itself."""
_SHORTEST_STEM = 4


def _parts(name: str) -> list[str]:
    return words(name.casefold().translate(LETTERS)).split()


@lru_cache(maxsize=100_000)
def written_key(name: str) -> str:
    """A name without case, accents, signs and blanks; ``St.`` is Saint.

    Args:
        name: as it is written.

    Returns:
        The key; nothing for a name without letters.
    """
    return "".join("saint" if part in _SAINTS else part for part in words(name).split())


@lru_cache(maxsize=100_000)
def sound_keys(name: str) -> tuple[str, ...]:
    """What a name in Latin or Cyrillic letters sounds like: two keys where letters are read in two ways.

    Args:
        name: as it is written.

    Returns:
        The keys; none for other scripts and for what is too short to be compared so.
    """
    parts = _parts(name)
    parts = [part for n, part in enumerate(parts) if n == len(parts) - 1 or part not in _ARTICLES]
    text = "".join("saint" if part in _SAINTS else part for part in parts)
    return sounds_of(text, name.casefold())


@lru_cache(maxsize=100_000)
def skeleton_key(name: str) -> str:
    """The consonants of a name in Latin or Arabic letters.

    Args:
        name: as it is written.

    Returns:
        The key; nothing for other scripts, and for fewer than three consonants.
    """
    if re.search("[\u0600-\u06ff]", name):
        text = "".join(words(name).split()).translate(_ARABIC)
    else:
        text = next(iter(sound_keys(name)), "")
        text = re.sub("[aiu]", "", text.replace("v", ""))
    text = re.sub(r"(.)\1+", r"\1", text)
    return text if text.isascii() and len(text.replace("sh", "s").replace("ch", "c")) >= 3 else ""


def nominatives(name: str) -> list[str]:
    """What a Ukrainian or Russian name in another case may be called: *Бахмуті* Бахмут.

    Args:
        name: as it stands in a sentence.

    Returns:
        Candidates, most of which are no names; none for other scripts and for several words.
    """
    text = name.strip().casefold()
    if not re.fullmatch("[а-яіїєґё'’-]+", text):
        return []
    out = [
        text.removesuffix(end) + by
        for end, by in _ENDINGS
        if text.endswith(end) and len(text) - len(end) >= _SHORTEST_STEM
    ]
    return list(dict.fromkeys(out))


def bare_name(name: str) -> str:
    """A name without what is in brackets, and without the word for what kind of place it is: *м. Київ*, *village of Houla*.

    Args:
        name: as it is written.

    Returns:
        What is left; the name itself where nothing would be.
    """
    text = _BRACKETS.sub("", name).strip() or name
    parts = text.split()
    said = [words(part) for part in parts]
    kinds = word_list("place_kinds")
    for size in (2, 1):
        if len(parts) > size and " ".join(said[:size]) in kinds:
            return " ".join(parts[size:])
    first = text.split(".", 1)  # "м.Київ"
    if len(first) == 2 and words(first[0]) in kinds and first[1].strip():
        return first[1].strip()
    if len(parts) > 1 and said[-1] in kinds:
        return " ".join(parts[:-1])
    return text


def without_kind_of_region(name: str) -> str:
    """A region's name without the word for what kind of region it is: *Донецька область*, *Idlib Governorate*."""
    return " ".join(part for part in words(name).split() if part not in word_list("region_kinds"))
