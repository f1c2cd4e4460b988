"""What stands on a page and is no part of an article: banners, captions, rows of tables, headers of e-mails, what an e-mail quotes."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a header of an e-mail",
        re.compile(
            r"^(?:From|To|Cc|Bcc|Subject|Date|Sent|Reply-To|Message-ID|Return-Path"
            r"|От(?: кого)?|Отправитель|Кому|Тема|Дата|Копия|Отправлено|Від(?: кого)?|Відправник|Копія|Надіслано)\s*:\s",
            re.IGNORECASE,
        ),
    ),
    (
        "quoted from another e-mail",
        re.compile(
            r"^(?:>|&gt;)\s?|^On .{6,80} wrote:$|^-{2,}\s*Original Message"
            r"|^.{6,80}\d.{0,60}(?:пишет|написала?|пише|написав|написал[аи]):$|^-{2,}\s*(?:Исходное|Пересылаемое|Переслан\w*|Початкове|Переадресоване)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "a caption",
        re.compile(
            r"^(?:file )?(?:photo|image|picture|caption|video|graphic|map|illustration|pictured)s?(?: by| credit| caption)?\s*[:|—–-]\s|"
            r"(?:\(|\[|/|\s—\s|\s\|\s)\s*(?:file\s+)?(?:photo|image|picture)?s?(?:\s*(?:by|credit|:))?\s*(?:AFP|AP|EPA|Reuters|Getty(?: Images)?|Xinhua|handout)\b[^.]{0,40}[)\]]?\W*$",
            re.IGNORECASE,
        ),
    ),
    ("a row of a table", re.compile(r"^[^|\t]*(?:\|[^|]*){3,}$|^[^\t]*(?:\t+[^\t]*){3,}$")),
    (
        "a banner",
        re.compile(
            r"\bcookies?\b.*\b(?:use|store|accept|consent|settings|policy|partners|preferences|browser|website|site)\b|\b(?:accept|use|allow|reject|manage) (?:all )?cookies\b|"
            r"\b(?:privacy policy|terms of (?:use|service)|enable javascript|ad ?blocker|unsubscribe)\b",
            re.IGNORECASE,
        ),
    ),
)


def furniture(block: str) -> str:
    """What kind of furniture a block of a page is.

    Args:
        block: a line or a paragraph.

    Returns:
        Its kind, as a reason to leave it out; empty where it may be part of the article.
    """
    if len(block) > 600:
        return ""
    return next((kind for kind, pattern in _KINDS if pattern.search(block)), "")
