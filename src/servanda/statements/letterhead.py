"""Whose own words a text is, as its first lines tell: a channel, a ministry, a press office."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHANNEL = re.compile(
    r"^(?:(?:telegram )?channel|telegram|post(?:ed)? by|author|account)\s*:\s*(?P<name>[A-ZÀ-ÞЀ-Я][^\n]{2,100})$",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\s*\b\d{1,2}[./ ](?:\d{1,2}|\w{3,9})[./ ]\d{2,4}.*$")
_BODY = re.compile(
    r"^(?P<body>(?:The )?(?:Federal |State )?(?:Ministry|Department|Government|Office|Presidency|General Staff|Command|Embassy|Army|Armed Forces)\b[^\n—–:;]{0,80})",
)
_ISSUED = re.compile(
    r"\b(?:statement|press (?:office|service|release|centre|center)|communiqu[eé]|bulletin|declaration)\b",
    re.IGNORECASE,
)


def author(lines: Sequence[str]) -> str:
    """Whose own words a text is, by its first lines: the channel of a post, the body on the letterhead of a statement; empty where they do not tell.

    Args:
        lines: the first of a text.

    Returns:
        His name as it stands there.
    """
    for line in lines:
        channel = _CHANNEL.match(line)
        if channel:
            return re.sub(r"\W+$", "", _STAMP.sub("", channel["name"]))
    body = _BODY.match(lines[0]) if lines else None
    stated = any(_ISSUED.search(line) and len(line) < 120 for line in lines[:4])
    return body["body"].strip(" —–-,") if body and stated else ""
