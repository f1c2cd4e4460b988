"""Names compared as names: two that a reader could not tell apart are one.

One function, :func:`name_key`, decides wherever a name is compared: sources, origins, parties, actors, deciders. It overlooks case, spaces,
stops at the ends, how Unicode puts a letter together, characters that nobody sees, and letters of another script that look the same
(``data/lookalikes.yaml``). Where a letter looks like another in one case only, both cases count as the same: Cyrillic En looks like
Latin H, so its small letter is h too, and a name in capitals stays the name that it is in small letters.

Inside one script some characters look alike in some typefaces (l, I and 1; O and 0; m and rn). They are not the same, for too many names
differ by them; :func:`looks` tells that two names could be taken for each other, in whichever case they are written, which is an error
where both occur.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Self

import polars as pl

from servanda.values.coded import Texts
from servanda.values.gazetteer import gazetteer

PSEUDONYM = r"protected-[0-9a-f]{12}"
"""What stands where a record protects a name, as a pattern."""

_AT_THE_ENDS = " .,;:'\""
_UNSEEN = {
    0x034F,
    0x0640,  # kashida, which only stretches a word
    *range(0x115F, 0x1161),
    *range(0x17B4, 0x17B6),
    *range(0x180B, 0x1810),
    0x2065,
    0x3164,
    *range(0xFE00, 0xFE10),
    0xFFA0,
    *range(0xFFF0, 0xFFFD),
    *range(0xE0000, 0xE1000),
}
"""Characters that are not shown and are no format characters (Unicode: Default_Ignorable_Code_Point)."""
_DROPPED = dict.fromkeys(_UNSEEN - {0x0640})
_BLANK = 0x2800  # a Braille pattern without dots
_TURNING = "\u202d\u202e"
_MARKS = frozenset(
    (
        *(0xAD, 0x34F, 0x61C, 0xFEFF),
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),
        *range(0x2060, 0x2065),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)
"""Characters that are not shown and may stand among letters, which some scripts and signs need: they join, part and vary them."""
"""Characters that turn the direction of writing by force: what is read is not what stands there."""
_DOT_ABOVE = "\u0307"
_IN_ONE_SCRIPT = str.maketrans("I1|0", "lllO")
_IN_SMALL_LETTERS = str.maketrans("1|0", "llo")
_GREEK_ALIKE = str.maketrans("yv", "un")
"""Greek upsilon and nu look like two Latin letters each, one in either case; in a Greek word these two count as one."""


@cache
def _shapes() -> dict[int, str]:
    """The letter that each look-alike looks like, in the case of its shape."""
    return {ord(c): letter for letter, alike in gazetteer("lookalikes.yaml")["letters"].items() for c in alike}


@cache
def _classes() -> dict[int, str]:
    """The small letter for which each letter stands in a key: by its own shape, or by that of its other case."""
    shapes = {c: letter.lower() for c, letter in _shapes().items()}
    for c, letter in list(shapes.items()):
        for other in (chr(c).lower(), chr(c).upper(), chr(c).casefold()):
            if len(other) == 1 and not other.isascii():
                shapes.setdefault(ord(other), letter)
    return shapes


@cache
def _forms() -> dict[int, str]:
    """Of the look-alikes those that Unicode takes for forms of another letter, which look like that one less."""
    return {c: letter for c, letter in _shapes().items() if unicodedata.normalize("NFKC", chr(c)) != chr(c)}


@cache
def _signs() -> dict[int, str | None]:
    """Signs and marks that stand for others; what is not shown stands for nothing."""
    table = gazetteer("lookalikes.yaml")
    alike: dict[int, str | None] = {
        ord(c): sign for kind in ("signs", "marks") for sign, others in table[kind].items() for c in others
    }
    return {**alike, **dict.fromkeys(_UNSEEN), _BLANK: " "}


@cache
def _script(c: str) -> str:
    """The script of a letter, by its name in Unicode; nothing for what is no letter."""
    return unicodedata.name(c, "").partition(" ")[0] if c.isalpha() else ""


def _seen(text: str) -> str:
    """Only what is shown; every kind of space is a space."""
    shown = (
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cn")
    )
    return "".join(shown)


def shown(text: str) -> str:
    """A text on one line with what a reader sees of it: neither controls nor characters that turn the writing or are not shown."""
    return " ".join(_seen(text.translate(_DROPPED).replace(chr(_BLANK), " ")).split())


def unseen(text: str) -> str:
    """The first character by which a text is not what a reader sees of it: for forms, programs and files alike.

    Args:
        text: as it came.

    Returns:
        Its number, as ``U+202E``: of a control, of what turns the writing, or of what is not shown and is no mark of letters; of a text of
        which nothing at all is shown, its first. Nothing where there is none.
    """
    if text.isascii() and text.isprintable():
        return ""
    if not any(map(shown, text)):
        return next((f"U+{ord(c):04X}" for c in text if not c.isspace()), "")
    return next((f"U+{ord(c):04X}" for c in text if _misleads(c)), "")


def is_name(text: str) -> bool:
    """Whether a text can be a name: one line, of which something is shown, and nothing else stands in it."""
    return bool(shown(text)) and not unseen(text) and len(text.splitlines()) == 1


@lru_cache(maxsize=4096)
def _misleads(c: str) -> bool:
    """Whether a character is not what a reader sees of it; one that no version of Unicode has is none of these yet."""
    kind = unicodedata.category(c)
    if kind in ("Cc", "Cs"):
        return c not in "\n\r\t"
    return kind != "Cn" and ord(c) not in _MARKS and not (c.isspace() or shown(c))


def _cleaned(name: str) -> str:
    """A name in one form of each character, without what is not shown."""
    text = unicodedata.normalize(
        "NFD", _seen(unicodedata.normalize("NFKC", name.translate(_forms()))).translate(_signs())
    )
    if not text.isascii():
        text = text.replace("i" + _DOT_ABOVE, "i").replace("j" + _DOT_ABOVE, "j")
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join(text.split())


@lru_cache(maxsize=200_000)
def name_key(name: str) -> str:
    """What a name is compared by. It is not meant to be read.

    Args:
        name: as it is written.

    Returns:
        The same text for all names that a reader could not tell apart, and for none besides.
    """
    if name.isascii() and name.isprintable():
        text = " ".join(name.lower().split())
    else:
        cleaned = _cleaned(name)
        words = (_key_of_word(word) for word in cleaned.split())
        text = unicodedata.normalize("NFC", " ".join(words))
    return text.strip(_AT_THE_ENDS) or text


def _key_of_word(word: str) -> str:
    text = word.translate(_classes()).casefold().replace("i" + _DOT_ABOVE, "i").translate(_classes())
    greek = any(_script(c) == "GREEK" and ord(c) not in _shapes() for c in word)
    return text.translate(_GREEK_ALIKE) if greek else text


def looks(name: str) -> frozenset[str]:
    """How a name looks at a glance, as it is written, in small letters and in capitals: l, I, 1 and |, O and 0, m and rn are the same.

    Two names with a look in common and two keys could be taken for each other.

    Args:
        name: as it is written.

    Returns:
        Texts to compare by.
    """
    text = name if name.isascii() else _cleaned(name).translate(_shapes())
    written = (
        text.translate(_IN_ONE_SCRIPT),
        text.lower().translate(_IN_SMALL_LETTERS),
        text.upper().translate(_IN_ONE_SCRIPT),
    )
    return frozenset(" ".join(one.replace("rn", "m").split()).strip(_AT_THE_ENDS) for one in written)


def turns(name: str) -> bool:
    """Whether a name holds a character that turns the direction of writing by force."""
    return not name.isascii() and any(c in name for c in _TURNING)


def spelled(name: str) -> str:
    """A name as it is shown: without what nobody sees, and with each word in one script.

    A Latin name with one Cyrillic letter is a Latin name; a name in one script stays as it is.

    Args:
        name: as it is written.

    Returns:
        A name with the same key.
    """
    if name.isascii() and name.isprintable():
        return name if "  " not in name else " ".join(name.split())
    text = _seen(unicodedata.normalize("NFC", "".join(map(_plain_form, name))))
    text = " ".join("".join(c for c in text if ord(c) not in _UNSEEN).replace(chr(_BLANK), " ").split())
    scripts = {_script(c) for c in text} - {""}
    if len(scripts) < 2:
        return text or name
    sure = {script for c in text if (script := _sure_script(c, scripts))}
    if len(sure) == 1:
        return _in_script(text, sure.pop())
    return " ".join(_in_script(word, _script_of(word, scripts)) for word in text.split())


def _plain_form(c: str) -> str:
    """A full-width or ornamental letter or digit as the plain one."""
    plain = unicodedata.normalize("NFKC", _forms().get(ord(c), c))
    return plain if len(plain) == 1 and plain.isalnum() else c


def _sure_script(c: str, scripts: Iterable[str]) -> str:
    """The script of a letter that looks like none of the other scripts."""
    own = _script(c)
    if not own or ord(c) in _shapes():
        return ""
    return "" if any(c in _drawn_in(script) for script in scripts if script != own) else own


def _script_of(word: str, scripts: Iterable[str]) -> str:
    """The script of a word: that of its sure letters, else of most of its letters, else Latin."""
    sure = [script for c in word if (script := _sure_script(c, scripts))]
    of = sure or [_script(c) for c in word if _script(c)]
    return max(sorted(set(of)), key=lambda script: (of.count(script), script == "LATIN"), default="")


@cache
def _drawn_in(script: str) -> Mapping[str, str]:
    """Letters by what they look like, drawn in a script."""
    if script == "LATIN":
        return {chr(c): letter for c, letter in _shapes().items() if letter.isascii()}
    return {
        letter: chr(c) for c, letter in reversed(_shapes().items()) if _script(chr(c)) == script and c not in _forms()
    }


def _in_script(text: str, script: str) -> str:
    """A text whose look-alikes of other scripts are the letters of this one."""
    drawn = _drawn_in(script)
    out = []
    for c in text:
        if _script(c) in ("", script):
            out.append(c)
        elif script == "LATIN":
            out.append(drawn.get(c, c))
        else:
            out.append(drawn.get(_shapes().get(ord(c), c), c))
    return "".join(out)


def same(one: str, other: str) -> bool:
    """Whether two names are one.

    Args:
        one: a name.
        other: another.

    Returns:
        Whether a reader could not tell them apart.
    """
    return name_key(one) == name_key(other)


class FullName(str):
    """The full name of an actor, with the other names that the agreement gives him: adjectives, forces, abbreviations, in any script.

    It is a text like any other; who compares names of actors asks :func:`all_names` or :func:`names_of`, and so knows them all.
    """

    __slots__ = ("others",)
    others: tuple[str, ...]

    def __new__(cls, name: str, others: Iterable[str] = ()) -> Self:
        made = super().__new__(cls, name)
        made.others = tuple(others)
        return made

    def __getnewargs__(self) -> tuple[str, tuple[str, ...]]:  # type: ignore[override]
        return str(self), self.others


def all_names(short: str, full: str) -> tuple[str, ...]:
    """All names of an actor.

    Args:
        short: his short name.
        full: his full name, which may know others.

    Returns:
        Short, full, then the others.
    """
    return (short, full, *(full.others if isinstance(full, FullName) else ()))


def names_of(actors: Mapping[str, str]) -> dict[str, str]:
    """Short names of actors by the keys of all their names.

    Args:
        actors: full names by short names.

    Returns:
        A mapping to look names up in, by :func:`name_key`.
    """
    return {name_key(name): short for short, full in actors.items() for name in all_names(short, full)}


def name_keys(names: pl.Expr) -> pl.Expr:
    """The keys of a column of names; each distinct name is looked at once.

    Args:
        names: the column.

    Returns:
        Text, empty where there is no name.
    """
    return names.map_batches(name_keys_of, return_dtype=pl.String)


def name_keys_of(names: pl.Series | Texts) -> pl.Series:
    """The same for a column that is at hand."""
    return mapped(names, name_key, pl.String())


def mapped(
    names: pl.Series | Texts, change: Callable[[str], str | int | None], dtype: pl.DataType | None = None
) -> pl.Series:
    """A column of text with each distinct value changed by a function of one text. A coded column stays one, but where a type is asked for."""
    texts = names if isinstance(names, Texts) else Texts.of(names)
    have = texts.column.dtype
    made = dtype or (have if isinstance(have, pl.Categorical) else pl.String())
    return texts.become(lambda each: pl.Series([change(text) for text in each.to_list()], dtype=made))
