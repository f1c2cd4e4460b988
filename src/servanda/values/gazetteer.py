"""The facts that ship as YAML in ``servanda/data``: read when first asked for, once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def gazetteer(name: str) -> Any:
    """A file of ``servanda/data`` as mappings, lists and text; numbers stay text, and so does NO (Norway).

    Read with libyaml where it is there: all gazetteers together then take some 3 ms.
    """
    text = files("servanda.data").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  plain text, and our own
