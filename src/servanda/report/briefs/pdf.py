"""A mission report as PDF/UA-1, set by Typst. Words go in as data, so that nothing in them is read as markup; no file of the machine is read but our fonts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from servanda.briefs import Brief, Points, Table, Words, is_number
from servanda.errors import Fault, ServandaError
from servanda.report.briefs.page import SHOWN_ROWS, more_words

_WIDEST = 34
_NARROWEST = 7
_HEAD = 14
"""Longer headings are broken."""
_BOLD = 1.3
"""How much wider a heading is than other words of as many letters."""
_LONG = re.compile(r"\S{18,}")
"""A word that may be wider than its column; it is broken where nothing else ends the line."""


def pdf(brief: Brief, words: Words) -> bytes:
    """A report as PDF, with its annexes behind it.

    Args:
        brief: the report.
        words: its language.

    Returns:
        The file, tagged and with embedded fonts; the same bytes for the same report. What our fonts have no letter for stands by its number.

    Raises:
        ServandaError: the package that sets pages is not installed.
    """
    try:
        import typst
    except ImportError:
        hint = "pip install 'servanda[reports]'"
        raise ServandaError(Fault("brief", "PDF needs more packages", hint, code="BRF002")) from None
    own = files("servanda.report.briefs")
    with as_file(own / "fonts") as fonts, as_file(own / "brief.typ") as template:
        made = typst.compile(
            str(template),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
            sys_inputs={"brief": json.dumps(_settable(_data(brief, words)), ensure_ascii=False)},
            timestamp=brief.until or datetime(1980, 1, 1, tzinfo=UTC),
        )
    assert isinstance(made, bytes)
    return made


@cache
def _letterless() -> re.Pattern[str]:
    """What cannot be set: neither a letter of our fonts (``fonts/letters.txt``: their numbers, of those that Typst brings and of our own) nor a mark that is not shown."""
    spans = (files("servanda.report.briefs") / "fonts" / "letters.txt").read_text("ascii").split()
    have = "".join(f"\\U{a:0>8}-\\U{b or a:0>8}" for a, _, b in (span.partition("-") for span in spans))
    return re.compile(rf"[^\n\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0f\ufeff{have}]+")


def _settable(said: Any) -> Any:
    """The same with the numbers of letters in place of those that no font of ours has: a report in which a place has such a name is set all the same."""
    if isinstance(said, str):
        return _letterless().sub(lambda run: f"[{' '.join(f'U+{ord(c):04X}' for c in run[0])}]", said)
    if isinstance(said, dict):
        return {key: _settable(one) for key, one in said.items()}
    return [_settable(one) for one in said] if isinstance(said, list) else said


def _data(brief: Brief, words: Words) -> dict[str, Any]:
    """All that the template shows, as text."""

    def run(sentences: Any) -> str:
        return " ".join(words.sentence(one) for one in sentences)

    def block(one: Any) -> dict[str, Any]:
        if isinstance(one, Table):
            return {"kind": "table", **_table(one, words)}
        if isinstance(one, Points):
            return {"kind": "points", "points": [words.sentence(s) for s in one.sentences]}
        return {"kind": "paragraph", "text": run(one.sentences)}

    return {
        "language": words.language,
        "direction": "rtl" if words.right_to_left else "ltr",
        "title": words.say(brief.title),
        "subtitle": words.say(brief.subtitle),
        "dated": brief.until is not None,
        "head": run(brief.head),
        "lead": run(brief.lead),
        "foot": run(brief.foot),
        "sections": [{"heading": words.say(s.heading), "blocks": [block(b) for b in s.blocks]} for s in brief.sections],
        "annexes": [_table(table, words) for table in brief.annexes],
    }


def _table(table: Table, words: Words) -> dict[str, Any]:
    """A table as text, with how wide its columns are by what stands in them."""
    head = [words.say(one) for one in table.columns.values()]
    rows = [[words.say(cell) for cell in row] for row in table.rows[:SHOWN_ROWS]]
    weights = [_weight(head[n], [row[n] for row in rows]) for n in range(len(head))]
    return {
        "heading": "" if table.heading is None else words.say(table.heading),
        "head": head,
        "rows": [[_LONG.sub(_breakable, cell) for cell in row] for row in rows],
        "more": more_words(table, words),
        "weights": weights,
        "numbers": [any(is_number(row[n]) for row in table.rows) for n in range(len(head))],
    }


def _breakable(word: re.Match[str]) -> str:
    """The word with places at which a line may end."""
    return "\u200b".join(re.findall(".{1,9}", word[0]))


def _weight(head: str, cells: list[str]) -> float:
    """How wide a column is: as its longest cell or heading up to limits, and never less than its longest word."""
    words = max((len(word) for cell in cells for word in cell.split()), default=0)
    own = max(min(max(map(len, cells), default=0), _WIDEST), min(words, _WIDEST))
    return max(_NARROWEST, own, _BOLD * min(len(head), max(_HEAD, *map(len, head.split()))))
