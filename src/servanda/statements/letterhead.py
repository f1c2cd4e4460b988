"""Whose own words a text is, as its first lines tell: a channel, a ministry, a press office, the sender of an e-mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHANNEL = re.compile(
    r"^(?:(?:telegram )?channel|telegram|post(?:ed)? by|author|account|(?:телеграм-)?канал)\s*:\s*(?P<name>[A-ZÀ-ÞЀ-Я][^\n]{2,100})$",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"^(?:From|От(?: кого)?|Отправитель|Від(?: кого)?|Відправник)\s*:\s*[\"“«]?(?P<name>[^\W\d_][^<>@\n]{2,100}?)[\"”»]?\s*(?:<[^>]*>)?$",
    re.IGNORECASE,
)
_SENT = re.compile(r"^(?:To|Subject|Date|Sent|Кому|Тема|Дата|Отправлено|Надіслано)\s*:\s", re.IGNORECASE)
_STAMP = re.compile(r"\s*\b\d{1,2}[./ ](?:\d{1,2}|\w{3,9})[./ ]\d{2,4}.*$")
_BODY = re.compile(
    r"^(?P<body>(?:The )?(?:Federal |State )?(?:Ministry|Department|Government|Office|Presidency|General Staff|Command|Embassy|Army|Armed Forces)\b[^\n—–:;]{0,80})",
)
ORGAN = re.compile(
    r"\b(?:Ministry|Department|Government|Office|Presidency|General Staff|Command|Embassy|Army|Armed Forces|Forces|Mission|Service|Council|Administration|Cabinet|Secretariat|Delegation|Bureau|Chancellery|Movement|Front)\b",
    re.IGNORECASE,
)
_PLACE_DAY = re.compile(r"^[^\W\d_][\w .’'-]{1,30}, (?:\w+ )?\d{1,2}\b.{0,20}$|^\d{1,2} \w+ (?:19|20)\d\d")
_TITLED = re.compile(
    r"^(?P<body>[A-Z][^.\n]{3,90})\.\s+(?:[A-Z][\w ]{3,40}\.\s+)?(?:Press )?(?:[Ss]tatement|[Rr]elease|[Cc]ommuniqu[eé]|[Rr]eport)\b(?![^\n]*[a-z]\.\s+[A-Z]\w+ \w+ )"
)
_STATED_BY = re.compile(
    r"^(?:(?:Joint|Press|Official|Public) )?(?:Statement|Communiqu[eé]|Declaration|Message|Press release)(?:,)? (?:of|by|from|issued by) (?:the )?(?P<body>[A-Z][^.\n:;]{3,100})$",
    re.IGNORECASE,
)
"""*Statement of the Delegation of X*: a title that names whose words stand under it."""
_WATCH = re.compile(r"\b(?:Commission|Mission|Authority|Agency|Committee|Centre|Operation|Force)\b|^[A-Z]{4,}$")
_ISSUED = re.compile(
    r"\b(?:statement|press (?:office|service|release|centre|center)|information for the (?:media|press)|note verbale|communiqu[eé]|bulletin|declaration)\b",
    re.IGNORECASE,
)


_CLOSES = re.compile(
    r"^(?:with (?:respect|(?:kind|best|warm) (?:regards|wishes))|respectfully(?: yours)?|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|(?:(?:kind|best|warm) )?regards|best wishes)\W*$",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(r"^(?:[A-ZÀ-Þ][\w’'.-]+\.?,? ){1,4}[A-ZÀ-Þ][\w’'-]+,?$")


def signed(lines: Sequence[str]) -> str:
    """Who has signed a letter, and with which office; empty where nobody has.

    Args:
        lines: of a text.

    Returns:
        His name, and behind a comma the line under it, where it tells his office.
    """
    for n, line in enumerate(lines[:-1]):
        if _CLOSES.match(line) and _NAME_ALONE.match(lines[n + 1]):
            under = lines[n + 2] if n + 2 < len(lines) and len(lines[n + 2]) < 120 else ""
            return ", ".join(x.strip(" ,") for x in (lines[n + 1], under) if x.strip(" ,"))
    return ""


def author(lines: Sequence[str]) -> str:
    """Whose own words a text is, by its first lines: the channel of a post, who sent an e-mail, the body on the letterhead of a statement; empty where they do not tell.

    Args:
        lines: the first of a text.

    Returns:
        His name as it stands there.
    """
    for line in lines:
        channel = _CHANNEL.match(line)
        if channel:
            return re.sub(r"\W+$", "", _STAMP.sub("", channel["name"]))
        sender = _SENDER.match(line)
        if sender and any(_SENT.match(other) for other in lines):
            return sender["name"].strip()
    body = _BODY.match(lines[0]) if lines else None
    stated = any(_ISSUED.search(line) and len(line) < 120 for line in lines[:4])
    if body and stated:
        return body["body"].strip(" —–-,")
    titled = _TITLED.match(lines[0]) if lines else None
    if titled and len(lines[0]) < 160 and (_WATCH.search(titled["body"]) or ORGAN.search(titled["body"])):
        return titled["body"].strip()
    by = _STATED_BY.match(lines[0]) if lines else None
    if by and by["body"][0].isupper() and ORGAN.search(by["body"]):
        return by["body"].strip()
    head = [line for line in lines if _lettered(line)]
    if head and lines[0] == head[0] and (stated or any(_PLACE_DAY.match(line) for line in lines[1:4])):
        named = list(dict.fromkeys(line.title() if line.isupper() else line for line in reversed(head)))
        return ", ".join(named)
    return ""


def _lettered(line: str) -> bool:
    """A line of a letterhead: the name of an organ, in capitals throughout or word by word, and no sentence."""
    words = [w for w in re.findall(r"[^\W\d_]+", line) if len(w) > 3]
    return (
        bool(ORGAN.search(line))
        and not _ISSUED.search(line)
        and 1 < len(line.split()) < 10
        and all(w[0].isupper() for w in words)
        and line[-1] not in ".:?!"
    )
