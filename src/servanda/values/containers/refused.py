"""Why a container is not read."""

from __future__ import annotations

from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["archive", "large", "protected", "xml", "declared", "deep"]
"""An archive that is damaged, one that is larger than an honest one, or has a password; XML that is damaged, declares a document type, or is nested without end."""


class Refused(Exception):
    """A container that is not read: what is wrong with it, and what to do about it.

    Args:
        reason: of which kind the fault is.
        what: what is wrong, to follow the file's name.
        hint: what to do.
        line: at which line, where that is known.
    """

    def __init__(self, reason: Reason, what: str, hint: str, line: int = 0) -> None:
        super().__init__(what)
        self.reason, self.what, self.hint, self.line = reason, what, hint, line
