r"""Names in texts, however they are written: found to be hidden.

A text is read twice: as it stands, and with its escapes undone (``\u0054``, ``&#84;``, ``%54``). Both times letters are compared without
case, accents and what cannot be seen (zero-width spaces, soft hyphens), and letters of other scripts that look alike are one. Between the
words of a name may stand anything but letters and digits, or nothing; a name never goes on from one row of a table to the next.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from servanda.values.sounds import LETTERS, sounds_of_each

CELL, ROW = "\x1f", "\x1e"
"""What stands between the cells, and between the rows, of a table that is looked through as one text."""
_ALIKE = str.maketrans(
    {
        **dict(zip("аАвВеЕкКмМнНоОрРсСтТуУхХіІјЈѕЅԁԛԝһӏӀ", "aabbeekkmmhhooppccttyyxxiijjssdqwhll", strict=True)),
        **dict(zip("αΑβΒεΕηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧζΖ", "aabbeehhiikkmmnnooppttyyxxzz", strict=True)),
        **dict(zip("łŁøØđĐıƚɑɡ", "llooddilag", strict=True)),
        **dict.fromkeys("\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\u055a\ua78c", "'"),
    }
)
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ESCAPE = re.compile(
    r"(?P<pair>\\+u[dD][89abAB][0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2})|\\+(?:u|x|U)\{?(?P<code>(?<=u)[0-9a-fA-F]{4}"
    r"|(?<=u\{)[0-9a-fA-F]{1,6}|(?<=x)[0-9a-fA-F]{2}|(?<=U)[0-9a-fA-F]{8})\}?"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});?)"
    r"|(?P<bytes>%[0-7][0-9a-fA-F]|%[c-dC-D][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    r"|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3})"
)


def folded(text: str) -> str:
    """A text as it is compared: no case, no accents, nothing unseen; look-alikes are one letter."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_ALIKE)).translate(_ALIKE)
    seen = (c for c in plain if unicodedata.category(c) not in ("Mn", "Me", "Cf") and c not in _UNSEEN)
    return "".join(seen).casefold().translate(_ALIKE)


@dataclass(frozen=True)
class _Folded:
    """A folded text, and where its parts stand in the text itself. ``at``, ``of``: where each part begins here, and there;
    ``whole``: parts that are one piece there, however long they are here.
    """

    text: str
    at: list[int]
    of: list[int]
    whole: list[bool]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """From and to in the text itself."""
        first, last = bisect_right(self.at, start) - 1, bisect_right(self.at, stop - 1) - 1
        begin = self.of[first] + (0 if self.whole[first] else start - self.at[first])
        end = self.of[last + 1] if self.whole[last] else self.of[last] + stop - self.at[last]
        return begin, end


def _fold(text: str, *, escapes: bool) -> _Folded:
    odd = sorted(c for c in set(text) if not c.isascii() and len(folded(c)) != 1)
    pattern = f"(?P<odd>[{''.join(map(re.escape, odd))}])" if odd else "(?P<odd>(?!))"
    special = re.compile(f"{pattern}|{_ESCAPE.pattern}" if escapes else pattern)
    table = {ord(c): folded(c) for c in set(text) if len(folded(c)) == 1}
    pieces, at, of, whole, here = [], [], [], [], 0
    size = 0

    def add(piece: str, start: int, *, one: bool) -> None:
        nonlocal size
        if piece:
            pieces.append(piece)
            at.append(size)
            of.append(start)
            whole.append(one)
            size += len(piece)

    for match in special.finditer(text) if odd or escapes else ():
        add(text[here : match.start()].translate(table), here, one=False)
        add(folded(_meant(match)), match.start(), one=True)
        here = match.end()
        if size == 0 or whole[-1]:
            _close(at, of, whole, size, here)
    add(text[here:].translate(table), here, one=False)
    _close(at, of, whole, size, len(text))
    return _Folded("".join(pieces), at, of, whole)


def _close(at: list[int], of: list[int], whole: list[bool], size: int, here: int) -> None:
    """Where a part ends that is one piece, so that the next begins there."""
    at.append(size)
    of.append(here)
    whole.append(False)


def _meant(match: re.Match[str]) -> str:
    """What an escape stands for, or an odd character itself."""
    written = match[0]
    kind = match.lastgroup if match.lastgroup != "odd" else None
    if kind == "pair":
        digits = re.findall(r"u(....)", written)
        return bytes.fromhex("".join(digits)).decode("utf-16-be", "replace")
    if kind == "code":
        code = int(match["code"], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
    if kind == "entity":
        return html.unescape(written)
    if kind == "bytes":
        return bytes.fromhex(written.replace("%", "")).decode("utf-8", "replace")
    return written


def words_of(name: str) -> list[str]:
    """The words of a name as they are compared."""
    return re.findall(r"[^\W_]+", folded(name))


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they are written."""
    return words_of(one) in _orders(words_of(other))


def _pattern(name: str) -> str:
    between = rf"(?:[^\w{ROW}]|_)*"
    return "|".join(between.join(map(re.escape, words)) for words in _orders(words_of(name)))


def _orders(words: list[str]) -> list[list[str]]:
    """The orders in which the words of a name are written: as they stand, and with the last or the first of them at the other end."""
    orders = [words, words[-1:] + words[:-1], words[1:] + words[:1]]
    return [order for n, order in enumerate(orders) if order not in orders[:n]]


def _found(text: str, names: Sequence[tuple[str, str]], *, escapes: bool) -> Iterator[tuple[int, int, int]]:
    """Where names stand in a text: from, to, which; of names within names the longest."""
    there = _fold(text, escapes=escapes)
    here = [n for n, (name, _) in enumerate(names) if words_of(name) and all(w in there.text for w in words_of(name))]
    here.sort(key=lambda n: -len(names[n][0]))
    if here:
        any_of = "|".join(f"({_pattern(names[n][0])})" for n in here)
        for match in re.finditer(rf"(?<![^\W_])(?:{any_of})(?![^\W_])", there.text):
            yield *there.span(*match.span()), here[(match.lastindex or 1) - 1]


def hide(text: str, names: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """A text in which every name gives way to its pseudonym, and how often.

    Args:
        text: the text; the cells and rows of a table stand between :data:`CELL` and :data:`ROW`, and are as many afterwards.
        names: each name with its pseudonym.

    Returns:
        The text without the names, and how many there were.
    """
    total = 0
    for escapes in (False, True):
        pieces, here = [], 0
        for start, stop, n in _found(text, names, escapes=escapes):
            pieces += [text[here:start], names[n][1], CELL * text.count(CELL, start, stop)]
            here, total = stop, total + 1
        text = "".join([*pieces, text[here:]])
    return text, total


def named(text: str, names: Iterable[tuple[str, str]]) -> list[str]:
    """The pseudonyms of those whose names stand in a text."""
    every = list(names)
    found = [n for escapes in (False, True) for _, _, n in _found(text, every, escapes=escapes)]
    return sorted({every[n][1] for n in found})


def leftovers(text: str, names: Sequence[tuple[str, str]]) -> int:
    """The lines in which a part of a name still stands, as a word of four letters or more: for people to look at."""
    parts = {re.escape(w) for name, _ in names for w in words_of(name) if len(w) >= 4}
    if not parts:
        return 0
    found = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(parts))})(?![^\W_])")
    left = {n for n, line in enumerate(_fold(text, escapes=True).text.splitlines()) if found.search(line)}
    return len(left | {n for n, _ in _heard(text, names, ending=False)})


def partly(text: str, names: Sequence[tuple[str, str]]) -> bool:
    """Whether a part of a name is left in a text without the names: what everybody reads for good, a file's name or a note, bears none."""
    return bool(leftovers(hide(text, names)[0], names))


def nearly(text: str, names: Sequence[tuple[str, str]]) -> list[int]:
    """The lines, counted from 1, in which every word of one name is left: apart from each other, with another ending, or in other letters."""
    heard: dict[int, dict[int, set[int]]] = {}
    for n, (name, word) in _heard(text, names, ending=True):
        heard.setdefault(n, {}).setdefault(name, set()).add(word)
    whole = [len(_spoken(name)) for name, _ in names]
    found = {n + 1 for n, said in heard.items() if any(len(words) == whole[k] > 1 for k, words in said.items())}
    return sorted(found | set(_nearly_as_written(text, names)))


def _nearly_as_written(text: str, names: Sequence[tuple[str, str]]) -> list[int]:
    every = [[_begun(word) for word in words] for name, _ in names if len(words := words_of(name)) > 1]
    if not every:
        return []
    there = _fold(text, escapes=True).text
    every = [words for words in every if all(word.search(there) for word in words)]
    lines = there.splitlines() if every else []
    return [n for n, line in enumerate(lines, 1) if any(all(word.search(line) for word in words) for words in every)]


@lru_cache(maxsize=10_000)
def _begun(word: str) -> re.Pattern[str]:
    """A word with any ending; one with a digit in it has no other: Number1 is not Number2."""
    if any(c.isdigit() for c in word):
        return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    return re.compile(rf"(?<![^\W_]){re.escape(word[: max(3, len(word) - 2)])}")


def _sounds(words: Sequence[str]) -> list[tuple[str, ...]]:
    """How words sound, in Latin or Cyrillic letters: *Ганна* and *Hanna* alike, *Müller* as Muller and as Mueller."""
    spelt = [(n, one) for n, word in enumerate(words) for one in dict.fromkeys((word, word.translate(_TWO_LETTERS)))]
    keys = sounds_of_each([(one if one.isascii() else _unsigned(one), words[n]) for n, one in spelt])
    out: list[dict[str, None]] = [{} for _ in words]
    for (n, _), made in zip(spelt, keys, strict=True):
        out[n].update(dict.fromkeys(made))
    return [tuple(made) for made in out]


def _unsigned(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.translate(LETTERS)) if c.isalpha())


_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


@lru_cache(maxsize=10_000)
def _spoken(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of a name by their sounds, where all that are longer than two letters have one."""
    words = [w for w in re.findall(r"[^\W\d_]+", name.casefold()) if len(w) > 2]
    sounds = tuple(_sounds(words))
    return sounds if all(sounds) else ()


def _heard(text: str, names: Sequence[tuple[str, str]], *, ending: bool) -> list[tuple[int, tuple[int, int]]]:
    """The lines in which a word of a name stands as it sounds in other letters, each with which word of which name; ``ending``: with any."""
    if text.isascii() and all(name.isascii() for name, _ in names):
        return []
    sought: dict[str, list[tuple[int, int, int]]] = {}
    for n, (name, _) in enumerate(names):
        for k, keys in enumerate(_spoken(name)):
            for key in keys:
                if ending or len(key) > 3:
                    sought.setdefault(key[: max(3, len(key) - 2)] if ending else key, []).append((n, k, len(key)))
    if not sought:
        return []
    small = text.casefold()
    found: dict[str, set[tuple[int, int]]] = {}
    said, sizes = list(set(re.findall(r"[^\W\d_]{3,}", small))), {len(begun) for begun in sought}
    for word, keys in zip(said, _sounds(said), strict=True):
        for key in keys:
            for size in sizes:
                if (begun := key[:size]) in sought and (ending or begun == key):
                    which = {(n, k) for n, k, whole in sought[begun] if len(key) <= whole + 3}
                    found.setdefault(word, set()).update(which)
    if not found:
        return []
    any_of = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, found))})(?![^\W\d_])")
    lines = enumerate(small.splitlines())
    return [(n, which) for n, line in lines for word in any_of.findall(line) for which in found[word]]


def runs(text: str, lengths: Iterable[int]) -> Iterator[str]:
    """Every run of so many words in a text, each once, as names are compared."""
    seen: set[str] = set()
    for escapes in (False, True):
        words = re.findall(r"[^\W_]+", _fold(text, escapes=escapes).text)
        for length in set(lengths):
            for n in range(len(words) - length + 1):
                run = " ".join(words[n : n + length])
                if run not in seen:
                    seen.add(run)
                    yield run
