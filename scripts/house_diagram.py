"""Draw docs/images/house.svg: the rooms of the code and what each may import, from the list that the tests hold the code to."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.test_architecture import BELOW  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "house.svg"
ABOUT = {
    "cli": "one file a command",
    "desk": "where a mission works",
    "app": "use cases",
    "report": "pages, tables",
    "live": "what arrives, what changes",
    "engine": "where kernels run",
    "store": "where entries live",
    "verdicts": "concluded by kind of term",
    "findings": "match, confirm, except",
    "incidents": "fusion, lineage",
    "drafting": "faults, meaning of drafts",
    "documents": "Word drafts, redlines",
    "agreement": "terms as data",
    "evidence": "reports, registers",
    "coverage": "what could be seen",
    "statements": "who said what",
    "figures": "published counts",
    "chats": "exports of messages",
    "record": "append-only, provable",
    "values": "instants, places, codes",
}
COLUMN = {
    "cli": 3.0,
    "desk": 4.6,
    "app": 3.0,
    "report": 1.1,
    "live": 4.1,
    "engine": 3.0,
    "store": 6.1,
    "verdicts": 2.1,
    "findings": 3.0,
    "incidents": 2.6,
    "drafting": 4.1,
    "documents": 5.0,
    "figures": 0.0,
    "statements": 1.0,
    "coverage": 2.0,
    "evidence": 3.0,
    "chats": 1.5,
    "agreement": 4.0,
    "record": 6.1,
    "values": 2.6,
}
"""Where each room stands from left to right, so that arrows cross little; how high it stands is found."""
WIDTH, HEIGHT, GAP, ROW = 168, 46, 20, 96


def levels() -> dict[str, int]:
    """How high each room stands: one above the highest that it imports."""
    found: dict[str, int] = {}

    def level(room: str) -> int:
        if room not in found:
            found[room] = 1 + max((level(below) for below in BELOW[room] if below in ABOUT), default=-1)
        return found[room]

    return {room: level(room) for room in ABOUT}


def direct(room: str) -> set[str]:
    """What a room imports and reaches by no other way: the arrows that need to be drawn."""

    def reached(start: str) -> set[str]:
        below = {b for b in BELOW[start] if b in ABOUT}
        return below | {far for b in below for far in reached(b)}

    below = {b for b in BELOW[room] if b in ABOUT}
    return {b for b in below if not any(b in reached(other) for other in below - {b})}


def draw() -> str:
    """The picture."""
    height = levels()
    top = max(height.values())
    width = (max(COLUMN.values()) + 1) * (WIDTH + GAP) + GAP
    at = {room: (GAP + COLUMN[room] * (WIDTH + GAP), 16 + (top - height[room]) * ROW) for room in ABOUT}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {(top + 1) * ROW}" role="img" font-family="sans-serif">',
        "<title>The rooms of the code; an arrow says who imports whom</title>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
        '<path d="M0 0 8 4 0 8z" fill="#667788"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for room, (x, y) in at.items():
        for below in sorted(direct(room)):
            to_x, to_y = at[below]
            start, end = (x + WIDTH / 2, y + HEIGHT), (to_x + WIDTH / 2, to_y - 2)
            bend = (end[1] - start[1]) / 2
            lines.append(
                f'<path d="M{start[0]:g} {start[1]:g} C{start[0]:g} {start[1] + bend:g} {end[0]:g} {end[1] - bend:g} {end[0]:g} {end[1]:g}" '
                'fill="none" stroke="#667788" stroke-width="1.2" marker-end="url(#a)"/>'
            )
    for room, (x, y) in at.items():
        lines += [
            f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#eef2f6" stroke="#445566"/>',
            f'<text x="{x + WIDTH / 2:g}" y="{y + 19:g}" text-anchor="middle" font-size="14" font-weight="bold" fill="#112233">{room}/</text>',
            f'<text x="{x + WIDTH / 2:g}" y="{y + 36:g}" text-anchor="middle" font-size="11.5" fill="#334455">{escape(ABOUT[room])}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    print(f"{PICTURE.name}: written")
