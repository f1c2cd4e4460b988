"""An agreement in plain English with the clauses' own words beside it, as a page and as a Word document."""

from __future__ import annotations

from html import escape

from servanda.agreement import Agreement
from servanda.agreement.plain_language import heading_of, say_force, say_places, say_preface, say_term
from servanda.documents.write import Line, Table, Words, write_docx

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.4rem;text-align:left;vertical-align:top}"
    "td:nth-child(2){width:35%;font-style:italic}p.line{margin:0 0 .3rem}"
    "@media(max-width:40rem){td,th{display:block;width:auto!important}}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)
_HEAD = ("Clause", "Its own words", "How it is understood")


def said_page(agreement: Agreement) -> str:
    """The agreement as a page of HTML that loads nothing.

    Args:
        agreement: what was read.

    Returns:
        The page; whatever comes from the file is escaped.
    """
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(agreement.title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(agreement.title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in say_preface(agreement) if line),
    ]
    for reading, force, rows in _readings(agreement):
        parts.append(f"<h2>{escape(reading)}</h2>" if reading else "")
        parts += [f"<p>{escape(line)}</p>" for line in force]
        heads = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>")
        for name, words, lines in rows:
            told = "".join(f'<p class="line">{escape(line)}</p>' for line in lines)
            parts.append(f'<tr><th scope="row">{escape(name)}</th><td>{escape(words)}</td><td>{told}</td></tr>')
        parts.append("</tbody></table>")
    places = say_places(agreement)
    if places:
        parts += ["<h2>Places</h2>", *(f"<p>{escape(line)}</p>" for line in places)]
    parts.append("</main></body></html>\n")
    return "".join(parts)


def said_docx(agreement: Agreement) -> bytes:
    """The agreement as a Word document.

    Args:
        agreement: what was read.

    Returns:
        Its bytes: for each reading a table of clauses, their own words, and how they are understood.
    """
    body: list[Line | Table] = [_line(agreement.title, 1), *(_line(line) for line in say_preface(agreement) if line)]
    for reading, force, rows in _readings(agreement):
        body += [_line(reading, 2)] if reading else []
        body += [_line(line) for line in force]
        body.append(Table((_HEAD, *((name, words, " ".join(lines)) for name, words, lines in rows))))
    places = say_places(agreement)
    body += [_line("Places", 2), *(_line(line) for line in places)] if places else []
    return write_docx(body)


def _line(text: str, heading: int = 0) -> Line:
    return Line((Words(text),), heading=heading)


def _readings(agreement: Agreement) -> list[tuple[str, list[str], list[tuple[str, str, list[str]]]]]:
    """For each reading its name, when it is in force, and its terms: name, own words, how they are understood."""
    return [
        (
            f"In the reading '{text.reading}'" if text.reading else "",
            say_force(agreement, text),
            [(heading_of(t), " ".join(t.text.split()), say_term(agreement, t)) for t in text.terms],
        )
        for text in agreement.texts
    ]
