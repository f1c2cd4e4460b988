"""What the styles of a Word document decide: which paragraphs are numbered, which are headings, and which words are not seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from servanda.documents.archive import DEEPEST, whole
from servanda.documents.model import Level, Lists

_LIST = re.compile(r"list (?:number|bullet|continue)? ?(\d)", re.IGNORECASE)
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


@dataclass
class _Style:
    """One style: its parent, and what it says itself."""

    name: str = ""
    based_on: str = ""
    num_id: str | None = None
    level: int | None = None
    outline: int | None = None
    hidden: str | None = None


@dataclass
class Styles:
    """The styles of a document by their ids."""

    all: dict[str, _Style] = field(default_factory=dict)
    default: str = ""

    def chain(self, style: str) -> list[_Style]:
        """A style and those it is based on."""
        out: list[_Style] = []
        seen: set[str] = set()
        while style in self.all and style not in seen:
            seen.add(style)
            out.append(self.all[style])
            style = self.all[style].based_on
        return out

    def number_of(self, properties: Element | None, style: str) -> tuple[str, int] | None:
        """The list and level that a paragraph belongs to, by itself or by its style."""
        own = properties.find("w:numPr") if properties is not None else None
        num, level = _num(own)
        if num is None:
            for one in self.chain(style or self.default):
                num = one.num_id if num is None else num
                level = one.level if level is None else level
        return None if num in (None, "0") else (str(num), level or 0)

    def heading_of(self, properties: Element | None, style: str) -> int:
        """The level of a heading; 0 for none. A title is one of level 1."""
        outline = _int(properties, "w:outlineLvl")
        if outline is not None:
            return outline + 1 if outline < 9 else 0
        for one in self.chain(style):
            found = _HEADING.fullmatch(one.name)
            if found or one.name.lower() in ("title", "subtitle"):
                return int(found[1]) if found else 1
            if one.outline is not None:
                return one.outline + 1 if one.outline < 9 else 0
        return 0

    def indent_of(self, style: str) -> int:
        """How many levels deeper a paragraph of Word's own styles of lists stands: one for "List Number 2"."""
        found = next((m for one in self.chain(style) if (m := _LIST.fullmatch(one.name))), None)
        return int(found[1]) - 1 if found else 0

    def why_hidden(self, properties: Element | None, paragraph_style: str) -> str:
        """Why the words of a run are not seen; empty where they are."""
        own = _hidden(properties)
        if own is not None:
            return own
        node = properties.find("w:rStyle") if properties is not None else None
        run_style = node.get("w:val", "") if node is not None else ""
        for one in (*self.chain(run_style), *self.chain(paragraph_style or self.default)):
            if one.hidden is not None:
                return one.hidden
        return ""


def read_styles(root: Element | None) -> Styles:
    """The styles of a document.

    Args:
        root: its part ``styles.xml``; ``None`` where it has none.

    Returns:
        What of each style matters for reading.
    """
    styles = Styles()
    for node in root.iter("w:style") if root is not None else ():
        name, based = node.find("w:name"), node.find("w:basedOn")
        paragraph = node.find("w:pPr")
        num, level = _num(paragraph.find("w:numPr") if paragraph is not None else None)
        style_id = node.get("w:styleId", "")
        styles.all[style_id] = _Style(
            name.get("w:val", "") if name is not None else "",
            based.get("w:val", "") if based is not None else "",
            num,
            level,
            _int(paragraph, "w:outlineLvl"),
            _hidden(node.find("w:rPr")),
        )
        if node.get("w:type") == "paragraph" and is_on(node.get("w:default", "0")):
            styles.default = style_id
    return styles


def read_lists(root: Element | None) -> Lists:
    """How the lists of a document count.

    Args:
        root: its part ``numbering.xml``; ``None`` where it has none.

    Returns:
        For each list its counter and levels.
    """
    if root is None:
        return {}
    patterns = {node.get("w:abstractNumId", ""): _levels(node) for node in root.iter("w:abstractNum")}
    out: Lists = {}
    for num in root.iter("w:num"):
        abstract = num.find("w:abstractNumId")
        key = abstract.get("w:val", "") if abstract is not None else ""
        levels, counter = dict(patterns.get(key, {})), key
        for override in num.iter("w:lvlOverride"):
            n = whole(override.get("w:ilvl"), 0, DEEPEST)
            start = _int(override, "w:startOverride")
            levels |= _levels(override)
            if start is not None:
                old = levels.get(n, Level())
                levels[n] = Level(old.form, old.pattern, start, old.legal)
                counter = f"{key}/{num.get('w:numId', '')}"
        out[num.get("w:numId", "")] = (counter, levels)
    return out


def _levels(node: Element) -> dict[int, Level]:
    out = {}
    for level in node.iter("w:lvl"):
        form, text, legal = level.find("w:numFmt"), level.find("w:lvlText"), level.find("w:isLgl")
        out[whole(level.get("w:ilvl"), 0, DEEPEST)] = Level(
            form.get("w:val", "decimal") if form is not None else "decimal",
            text.get("w:val", "") if text is not None else "",
            1 if (start := _int(level, "w:start")) is None else start,
            legal is not None and is_on(legal.get("w:val", "1")),
        )
    return out


def _num(node: Element | None) -> tuple[str | None, int | None]:
    """List and level of a ``w:numPr``."""
    if node is None:
        return None, None
    num = node.find("w:numId")
    level = _int(node, "w:ilvl")
    return num.get("w:val") if num is not None else None, None if level is None else min(level, DEEPEST)


def _int(parent: Element | None, tag: str) -> int | None:
    node = parent.find(tag) if parent is not None else None
    value = node.get("w:val", "") if node is not None else ""
    return whole(value) if value.isdecimal() else None


def is_on(value: str) -> bool:
    """Whether a switch of Word is on."""
    return value.lower() not in ("0", "false", "off")


def _hidden(properties: Element | None) -> str | None:
    """Why words with these properties are not seen: '' where they say that they are, ``None`` where they say nothing."""
    if properties is None:
        return None
    for tag in ("w:vanish", "w:specVanish"):
        node = properties.find(tag)
        if node is not None:
            return "hidden" if is_on(node.get("w:val", "1")) else ""
    color = properties.find("w:color")
    shaded = properties.find("w:shd") is not None or properties.find("w:highlight") is not None
    if color is not None and color.get("w:val", "").upper() == "FFFFFF" and not shaded:
        return "white on white"
    size = _int(properties, "w:sz")
    return "too small to be seen" if size is not None and size <= 4 else None
