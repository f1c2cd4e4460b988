"""Fails where a page of the built documentation would load anything from elsewhere, or links to a page that is not there."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}
HARMLESS = {"canonical", "prev", "next", "edit"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name, value in attrs:
            if (tag, name) in LOADS and value and not (tag == "link" and values.get("rel") in HARMLESS):
                self.loads.append(value)
            if (tag, name) == ("a", "href") and value:
                self.links.append(value)


def faults_of(site: Path) -> list[str]:
    """What is wrong with the pages and style sheets of a site, a sentence each."""
    faults = []
    for path in sorted(site.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        name = path.relative_to(site)
        faults += [f"{name} loads {v}" for v in page.loads if re.match(r"(https?:)?//", v)]
        for link in {*page.links, *page.loads}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            if path.name != "404.html" and not (path.parent / unquote(parts.path)).exists():
                faults.append(f"{name} links to {link}, which is not there")
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        faults += [
            f"{path.relative_to(site)} loads {v}" for v in re.findall(r"url\(['\"]?((?:https?:)?//[^)'\"]+)", text)
        ]
    return faults


if __name__ == "__main__":
    found = faults_of(Path(sys.argv[1]))
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
