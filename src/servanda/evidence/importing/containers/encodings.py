"""In which encoding a text is written, where it does not say: by whether its words look like words.

UTF-8 and UTF-16 show themselves. Of the encodings with one byte for a letter, those of Cyrillic, of western and central Europe, of Turkish,
Arabic and Hebrew are tried; the one in which letters of one script stand together, small after small and capitals in front, is taken where it is clearly the best.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("cp1251", "cp1252", "cp1256", "koi8-u", "cp866", "cp1250", "cp1254", "cp1255")
"""Those that are tried; a mapping may name any other."""
_MARKED = {
    "cp1250": (frozenset("ąłśżźĄŁŚŻŹ".encode("cp1250")), frozenset()),
    "cp1254": (frozenset("şığŞİĞ".encode("cp1254")), frozenset()),
    "cp1255": (frozenset("והילמרשת".encode("cp1255")), frozenset(range(0xC0, 0xE0)) | frozenset(range(0xFB, 0x100))),
}
"""Of encodings that differ from a commoner one in few letters, or look like one: bytes of which some must be there, and bytes of which none may."""
_SAMPLE = 200_000
_CLEAR = 1.08
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_WORD = 3
"""More bytes of letters beyond ASCII that lines have in UTF-8 are not there by chance."""
_FREQUENT = frozenset("оеаинтсрвліéèàçñóáíłąśżźışğانميتولربיוהלמרתא")
"""The commonest letters beyond ASCII of the languages that are tried: what is read in a wrong encoding has few of them."""


def encoding_of_text(content: bytes) -> tuple[str, bool]:
    """The encoding of a text.

    Args:
        content: its bytes.

    Returns:
        The encoding, and whether it is certain: by a mark, by being UTF-8, or by being clearly the best.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name, True
    head = content[:_SAMPLE]
    wide = _wide(head)
    if wide:
        return wide, True
    try:
        content.decode("utf-8")
        return "utf-8", True
    except UnicodeDecodeError:
        pass
    possible = [name for name in CANDIDATES if _is_possible(frozenset(head), name)]
    scores = sorted(((_likeness(head, name), -n, name) for n, name in enumerate(possible)), reverse=True)
    best, _, name = scores[0]
    text = head.decode(name, "replace")
    second = next((score for score, _, other in scores[1:] if head.decode(other, "replace") != text), 0.0)
    return name, best > 0 and (second <= 0 or best >= second * _CLEAR)


def in_two_encodings(content: bytes) -> tuple[bytes, str]:
    """A text of which some lines are in UTF-8 and others in an encoding with one byte for a letter, as files that were joined are.

    Args:
        content: its bytes.

    Returns:
        All of it in UTF-8, and what is to be told; the text as it is, and nothing, where it is no such text.
    """
    if _is_utf8(content) or any(content.startswith(mark) for mark, name in _MARKS if name != "utf-8-sig"):
        return content, ""
    lines = content.split(b"\n")
    other = [_damage(line) > 0.5 for line in lines]
    more = [len(line) - len(line.decode("utf-8", "replace")) if not other[n] else 0 for n, line in enumerate(lines)]
    wide = [n for n, many in enumerate(more) if many > 0] if sum(more) > _WORD else []
    if wide and True not in other:
        cut = next(n for n, line in enumerate(lines) if not _is_utf8(line)) + 1
        return content.decode(
            "utf-8", "replace"
        ).encode(), f"is damaged UTF-8: line {cut} has bytes that are no letters"
    name, certain = encoding_of_text(b"\n".join(line for n, line in enumerate(lines) if other[n]))
    if not wide or name.startswith("utf") or not (certain or len(wide) >= sum(other)):
        return content, ""
    pairs = ((line, name if other[n] else "utf-8") for n, line in enumerate(lines))
    text = b"\n".join(line.decode(encoding, "replace").encode() for line, encoding in pairs)
    first = wide[0] + 1, other.index(True) + 1
    return (
        text,
        f"is of two encodings, as joined files are: line {first[0]} is UTF-8, line {first[1]} {name}{'' if certain else ', which is not certain'}; each is read by its own",
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _damage(line: bytes) -> float:
    """The share of its letters beyond ASCII that are none in UTF-8: a little in a line that was cut or has a stray byte, almost all in one of another encoding."""
    if _is_utf8(line):
        return 0.0
    text = line.decode("utf-8", "replace")
    return text.count("\ufffd") / (len(text) - len(line.translate(None, _BEYOND_ASCII)))


def _is_possible(found: frozenset[int], name: str) -> bool:
    some, none = _MARKED.get(name, (found, frozenset()))
    return bool(some & found) and not none & found


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every second byte is nothing."""
    if len(head) < 4:
        return ""
    even, odd = head[::2], head[1::2]
    if odd.count(0) > 0.3 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.3 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


@cache
def _classes(name: str) -> dict[str, tuple[str, str]]:
    """Each letter of an encoding: its script and its case."""
    out = {}
    for byte in range(128, 256):
        letter = bytes([byte]).decode(name, "replace")
        kind = unicodedata.category(letter)
        script = unicodedata.name(letter, "").split(" ")[0]
        out[letter] = (script if kind.startswith("L") else "", kind)
    return out


def _likeness(head: bytes, name: str) -> float:
    """How like words it looks: pairs of letters that go together, less those that do not."""
    try:
        text = head.decode(name)
    except UnicodeDecodeError:
        text = head.decode(name, "replace")
    classes, score, high = _classes(name), 0.0, 0
    before, behind = ("", ""), ""
    for letter in text:
        if letter < "\x80":
            here = ("LATIN", "Lu" if letter.isupper() else "Ll") if letter.isalpha() else ("", "")
        else:
            high += 1
            here = classes.get(letter, ("", "Cn"))
            if not here[0] and here[1] not in ("Po", "Pf", "Pi", "Pd", "Zs", "Sc", "So", "Mn"):
                score -= 2  # a sign or a frame in the midst
            score += 0.6 if letter.lower() in _FREQUENT else 0.0
        if letter >= "\x80" or behind >= "\x80":
            score += _pair(before, here)
        before, behind = here, letter
    return score / high if high else 0.0


def _pair(before: tuple[str, str], here: tuple[str, str]) -> float:
    if not here[0]:
        return 0.0
    if not before[0]:
        return 0.5 if here[1] in ("Lu", "Lo", "Ll") else 0.0
    if before[0] != here[0]:
        return -2.0  # two scripts in one word
    return -1.5 if before[1] == "Ll" and here[1] == "Lu" else 1.0
