"""XML of strangers: no document types, no entities, nothing fetched, no depth without end.

A document type declaration is what entity bombs and external entities need; no spreadsheet and no map has one, so it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from servanda.values.containers.refused import Refused

_DEEPEST = 200
_AGAIN = "save it again with its own program"


def local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def parse_xml(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
    named: Callable[[str], str] = local_name,
) -> None:
    """Walk through XML.

    Args:
        stream: its bytes.
        start: called with the name and the attributes of each element.
        end: called with the name of each element that ends.
        data: called with text.
        named: the name by which an element goes, from its namespace, a blank and its own name; left out, without its namespace.

    Raises:
        Refused: it is not well-formed, or declares a document type.
    """
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Refused("deep", f"is XML nested deeper than {_DEEPEST} levels", _AGAIN)
        start(named(name), attributes)

    def close(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(named(name))

    def declared(*_: Any) -> None:
        what = "declares a document type (DTD), through which XML fetches or blows up what it holds; it is not read"
        raise Refused("declared", what, _AGAIN)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, close, data
    parser.StartDoctypeDeclHandler = declared
    try:
        while block := stream.read(1 << 20):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        what = f"is XML with a value that cannot be one: {str(error)[:100]}"
        raise Refused("xml", what, _AGAIN) from None
    except expat.ExpatError as error:
        what = f"is not well-formed XML: {expat.ErrorString(error.code)}"
        raise Refused("xml", what, "it may be cut off; copy it again from its source", error.lineno) from None


def xml_tree(stream: IO[bytes], named: Callable[[str], str] = local_name) -> Element:
    """XML as a tree; ``named``, and what is refused, as for :func:`parse_xml`."""
    builder = TreeBuilder()

    def start(name: str, attributes: dict[str, str]) -> None:
        builder.start(name, {named(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        builder.end(name)

    parse_xml(stream, start, end, builder.data, named)
    return builder.close()


def plain(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes by their names without namespaces."""
    return {local_name(name): value for name, value in attributes.items()}
