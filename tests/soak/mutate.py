"""Ways to spoil a file: bytes, text, trees of YAML and JSON, tables. All chance comes from the generator that is handed in."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

WORDS = (
    "", " ", "NA", "nan", "NaN", "inf", "-inf", "None", "null", "N/A", "-", "--", "0", "-0", "-1", "1e309", "1e-400", "1e18", "0x1F", "1_000",
    "1,5", "1.5.5", "1 000", "\u0661\u0662\u0663", "\u00bd", "9" * 400, "9" * 5000, "-9999999999999999999", "true", "False", "yes",
    "2025-02-30", "2025-13-01", "0000-00-00", "0001-01-01", "9999-12-31T23:59:59Z", "10000-01-01", "2025-03-30T03:30", "2025-10-26 03:30",
    "24:00", "2025-03-20T24:00", "2025-03-20T10:00+25:00", "2025-03-20T10:00:60Z", "2025-03-20T10:00:00.123456789Z", "2025-W12-4", "P1D",
    "1742468400", "-62135596800", "start + 5 days", "start + 99999999 days", "start - 3 months", "0 days", "-1 day", "1e9 weeks", "20 km", "-20 km", "1e300 km",
    "=1+1", "x;=cmd()", "@SUM(A1)", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n", "../../x", "/etc/passwd", "CON", "a" * 300, "A" * 70_000, "A" * 140_000,
    '"', "'", '""', "\\", "\n", "\r", "\r\n", "\t", ",", ";", "|", "#", ":", "a: b", "- a", "[", "{", "*a", "&a", "!!int", "---", "%",
    "\x00", "\x07", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\u200b", "\u00ad", "\u202eabc", "\u2066x", "e\u0301", "\u0130", "\u00df", "\u017f",
    "\ufdfa" * 50, "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U00010348", "\U000e0041", "\U0010ffff", "\u0410", "\u0391", "\uff21", "a\u0335" * 200,
    "A", "B", "none", "A; B", "A;;B", "missile", "strike", "attack", "observation", "denies", "retracts", "substation",
)  # fmt: skip
"""Values that software stumbles over."""
BYTES = (
    b'"', b"'", b"{", b"}", b"[", b"]", b",", b";", b":", b"\n", b"\r", b"\t", b" ", b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3",
    b"\xf4\x90\x80\x80", b"null", b"-1", b"1e999", b"NaN", b"\\ud800", b"9" * 5000, b"&a ", b"*a", b"!!binary ", b"<<: ", b"---\n", b"# ", b"- ", b"? ",
)  # fmt: skip
DEEP = 400


def spoil_bytes(raw: bytes, chance: Random) -> bytes:
    """A few bytes changed, parts deleted, doubled, turned round, or cut off."""
    out = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        a, b = sorted(chance.randrange(len(out) + 1) for _ in range(2))
        b = min(b, a + chance.choice((1, 4, 40, 400)))
        match chance.randrange(8):
            case 0:
                out[a : a + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[a:b]
            case 2:
                out[a:a] = out[a:b]
            case 3:
                out[a : a + chance.randrange(2)] = chance.choice(BYTES)
            case 4:
                out[a:b] = out[a:b][::-1]
            case 5:
                if a < len(out):
                    out[a] ^= 1 << chance.randrange(8)
            case 6:
                out[a:a] = chance.choice(WORDS).encode("utf-8", "surrogatepass")
            case _:
                del out[a if chance.randrange(3) else len(out) // 2 :]
    return bytes(out)


def spoil_text(raw: bytes, chance: Random) -> bytes:
    """Lines doubled, deleted, exchanged, moved in or out; another encoding, other ends of lines."""
    lines = raw.split(b"\n")
    for _ in range(chance.choice((1, 1, 2, 4))):
        a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(9):
            case 0:
                lines.insert(a, lines[b])
            case 1:
                del lines[a]
            case 2:
                lines[a], lines[b] = lines[b], lines[a]
            case 3:
                lines[a] = b" " * chance.randrange(5) + lines[a].lstrip()
            case 4:
                lines[a] = lines[a].replace(b" ", b"\t", 1)
            case 5:
                lines[a] += chance.choice(BYTES)
            case 6:
                key, colon, _ = lines[a].partition(b":")
                lines[a] = key + colon + b" " + chance.choice(WORDS).encode()
            case 7:
                lines[a] = lines[a].replace(
                    b": ",
                    b": " + chance.choice((b"&a ", b"*a ", b"!!str ", b"!!int ", b"!x ", b"|\n", b">\n", b"? ")),
                    1,
                )
            case _:
                lines.insert(
                    a,
                    chance.choice(
                        (b"<<: *a", b"---", b"...", b"%YAML 9.9", b"? x", b"# y", b"- z", b"'", b"x: &a {b: *a}")
                    ),
                )
        lines = lines or [b""]
    return encoded(chance.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r")).join(lines), chance)


def encoded(raw: bytes, chance: Random) -> bytes:
    """Text mostly as it is; now and then in another encoding, or with a byte order mark."""
    if chance.randrange(6):
        return raw
    text = raw.decode("utf-8", "replace")
    name = chance.choice(
        ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1251", "cp037", "utf-7")
    )
    return text.encode(name, "replace")


def value(chance: Random, depth: int = 0) -> Any:
    """A value of any type that YAML and JSON know."""
    match chance.randrange(14 if depth < 3 else 9):
        case 0:
            return None
        case 1:
            return chance.choice((True, False))
        case 2:
            return chance.choice((0, 1, -1, 2, 10, 2**31, 2**63, 2**64, -(2**70), 10**300))
        case 3:
            return chance.choice((0.0, -0.0, 0.5, 1.5, -1e-9, 1e308, float("nan"), float("inf"), float("-inf"), 5e-324))
        case 4:
            return chance.choice((dt.date(2025, 3, 20), dt.date(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59), dt.datetime(2025, 3, 30, 3, 30)))  # fmt: skip  # noqa: DTZ001
        case 9:
            return [value(chance, depth + 1) for _ in range(chance.choice((0, 1, 2, 4, 100)))]
        case 10 | 11:
            return {key(chance): value(chance, depth + 1) for _ in range(chance.choice((0, 1, 2, 4)))}
        case 12:
            return nested(chance)
        case _:
            return chance.choice(WORDS[:60] + WORDS[68:])


def key(chance: Random) -> Any:
    """A key of a mapping, of any type that may be one."""
    return chance.choice(
        ("a", "in", "act", "A", "", "y", 1, 1.5, None, True, dt.date(2025, 3, 20), "\u200b", "a" * 300)
    )


def nested(chance: Random) -> Any:
    """Lists or mappings in each other, deep."""
    out: Any = "x"
    for _ in range(chance.choice((5, 30, DEEP))):
        out = [out] if chance.randrange(2) else {"a": out}
    return out


_DEEPEST = 60


def _places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    if len(path) > _DEEPEST:  # what was nested deep by an earlier change is not gone into
        return [path]
    return [path, *(place for name, one in inner for place in _places(one, (*path, name)))]


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        tree = tree[name]
    return tree


def spoil_tree(tree: Any, chance: Random, pick: Callable[[Random], Any] = value) -> Any:
    """Values replaced by others of every type, keys dropped, renamed and added, parts exchanged, wrapped, and put elsewhere.

    Args:
        tree: what YAML or JSON hold; it is left as it is.
        chance: where all chance comes from.
        pick: makes another value.

    Returns:
        The spoiled tree.
    """
    tree = copy.deepcopy(tree)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        places = _places(tree)[1:]
        if not places:
            return pick(chance)
        path = chance.choice(places)
        holder, name = _at(tree, path[:-1]), path[-1]
        match chance.randrange(9):
            case 0 | 1 | 2:
                holder[name] = pick(chance)
            case 3:
                del holder[name]
            case 4:
                other = chance.choice(places)
                holder[name] = copy.deepcopy(_at(tree, other))
            case 5:
                holder[name] = chance.choice(
                    ([holder[name]], {"a": holder[name]}, [holder[name]] * 2, {key(chance): holder[name]})
                )
            case 6 if isinstance(holder, dict):
                holder[key(chance)] = holder.pop(name)
            case 7 if isinstance(holder[name], str):
                text = holder[name]
                holder[name] = chance.choice(
                    (
                        text.upper(),
                        text + " ",
                        text[:-1],
                        text + chance.choice(WORDS[:40]),
                        text[::-1],
                        text.replace(" ", "\u00a0"),
                    )
                )
            case _:
                if isinstance(holder, dict):
                    holder[key(chance)] = pick(chance)
                else:
                    holder.insert(name, pick(chance))
    return tree


def spoil_table(rows: list[list[str]], chance: Random) -> list[list[str]]:
    """A table (its first row names the columns) with cells, columns and rows spoiled."""
    rows = [list(row) for row in rows]
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        height, width = len(rows), len(rows[0])
        if not width or height < 2:
            return rows
        r, c, d = chance.randrange(1, height), chance.randrange(width), chance.randrange(width)
        match chance.randrange(13):
            case 0 | 1 | 2 | 3:
                if c < len(rows[r]):
                    rows[r][c] = chance.choice(WORDS)
            case 4:
                word = chance.choice(WORDS[:40])
                for row in rows[1:]:
                    row[c : c + 1] = [word]
            case 5:
                for row in rows:
                    del row[c : c + 1]
            case 6:
                rows[0][c] = chance.choice(
                    (rows[0][c].upper(), rows[0][d], " " + rows[0][c], "", "row", "file", chance.choice(WORDS[:60]))
                )
            case 7:
                for row in rows:
                    if max(c, d) < len(row):
                        row[c], row[d] = row[d], row[c]
            case 8:
                for row in rows:
                    row.append(row[c] if c < len(row) else "")
            case 9:
                rows[r] = rows[r][:c] if chance.randrange(2) else [*rows[r], *rows[r][:c]]
            case 10:
                rows.insert(r, list(rows[chance.randrange(height)]))
            case 11:
                rows.insert(r, chance.choice(([], [""] * width, [" "], ["x"] * width)))
            case _:
                if c < len(rows[r]):
                    rows[r][c] += chance.choice(WORDS)
    return rows
