"""Parts of a long page, compressed inside it: the page stays one file that makes no request, and its script shows a part when it is opened.

On a page that is not long they stand where they are. What must be read without a script is never packed.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator

from markupsafe import Markup

_TOGETHER = 4_000_000  # characters of text that are compressed as one


class Packing:
    """The parts of one page, in the order in which they stand there."""

    def __init__(self, *, long: bool) -> None:
        """``long``: whether parts are packed."""
        self.long = long
        self._parts: list[str] = []

    def part(self, text: Markup) -> Markup:
        """What stands on the page in place of a part: the part itself, or the place where the script puts it."""
        if not self.long:
            return text
        self._parts.append(str(text))
        return Markup('<p data-part="{}"></p>').format(len(self._parts) - 1)

    def packed(self) -> Markup:
        """All parts, as elements for the end of the page: lists of text as JSON, compressed (zlib), in base64."""
        each = (base64.b64encode(zlib.compress(json.dumps(some, ensure_ascii=False).encode())) for some in self._lots())
        return Markup("").join(
            Markup('<script type="application/octet-stream" class="parts">{}</script>\n').format(lot.decode())
            for lot in each
        )

    def _lots(self) -> Iterator[list[str]]:
        lot: list[str] = []
        size = 0
        for part in self._parts:
            lot.append(part)
            size += len(part)
            if size >= _TOGETHER:
                yield lot
                lot, size = [], 0
        if lot:
            yield lot
