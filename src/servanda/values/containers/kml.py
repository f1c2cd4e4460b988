"""The placemarks of a KML document, with their names, times and data. Links to other documents are counted, and never followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class Placemark:
    """One placemark: the innermost folder that it stands in, what is said of it by name, and its element."""

    number: int
    folder: str
    values: dict[str, str | None]
    element: Element


def placemarks(tree: Element) -> Iterator[Placemark]:
    """The placemarks of a document, in their order.

    Args:
        tree: its root, names without their namespaces.

    Yields:
        Each with its values: ``name``, ``description``, ``begin``, ``end``, and its data under their own names.
    """
    number = 0
    waiting = [(tree, "")]
    while waiting:
        element, folder = waiting.pop()
        if element.tag == "Placemark":
            number += 1
            yield Placemark(number, folder, _values(element), element)
            continue
        if element.tag in ("Folder", "Document"):
            folder = text_of(element.find("name")) or folder
        waiting += [(child, folder) for child in reversed(element)]


def links_in(tree: Element) -> int:
    """How many links to other documents a document has."""
    return sum(1 for _ in tree.iter("NetworkLink"))


def text_of(element: Element | None) -> str | None:
    """The text of an element; nothing where it is empty or not there."""
    return (element.text or "").strip() or None if element is not None else None


def _values(mark: Element) -> dict[str, str | None]:
    begin = mark.find(".//TimeStamp/when")
    values = {
        "name": text_of(mark.find("name")),
        "description": text_of(mark.find("description")),
        "begin": text_of(begin if begin is not None else mark.find(".//TimeSpan/begin")),
        "end": text_of(mark.find(".//TimeSpan/end")),
    }
    for given in mark.iter("Data"):
        values[given.get("name", "")] = text_of(given.find("value"))
    for given in mark.iter("SimpleData"):
        values[given.get("name", "")] = text_of(given)
    return values
