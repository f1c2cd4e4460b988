"""Words of pages that letters and feeds carry, line by line."""

from __future__ import annotations

from html.parser import HTMLParser

_LINES = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 blockquote table ul ol".split())
_SILENT = frozenset({"script", "style", "head", "title"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  as its parser calls it
        self.silent += tag in _SILENT
        if tag in _LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data.replace("\n", " "))


def text_of_markup(markup: str) -> str:
    """The words of a page, or of a part of one.

    Args:
        markup: HTML.

    Returns:
        Its lines, without empty ones.
    """
    page = _Words()
    page.feed(markup)
    page.close()
    lines = (" ".join(line.split()) for line in "".join(page.parts).split("\n"))
    return "\n".join(line for line in lines if line)
