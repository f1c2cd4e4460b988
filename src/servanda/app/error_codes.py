"""What every error code means: read from the files in ``data/errors``, one for each room."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One kind of fault.

    Args:
        code: three letters for the room and three digits; it never changes.
        title: a few words.
        means: what is wrong, in a sentence or two.
        correct: how to correct it.
    """

    code: str
    title: str
    means: str
    correct: str


def read_error_codes() -> dict[str, ErrorCode]:
    """All error codes.

    Returns:
        Code to description, in the order of the codes.
    """
    codes = {}
    for file in sorted(resources.files("servanda.data").joinpath("errors").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            for code, row in (yaml.safe_load(file.read_bytes()) or {}).items():
                codes[code] = ErrorCode(code, **row)
    return codes
