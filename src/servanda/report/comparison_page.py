"""Two drafts beside each other, as text and as a page."""

from __future__ import annotations

from html import escape

from servanda.documents.redline import words_between
from servanda.drafting.comparison import Comparison, Pair
from servanda.wording import listing

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "ins{background:#d7f5dd;text-decoration:underline}del{background:#fadcdc}"
    "section{border-top:1px solid #999;padding:.5rem 0}h1,h2,p,li{overflow-wrap:anywhere}h2{font-size:1.05rem;margin:.3rem 0}small{color:#444}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}ins{background:#1d4d29}del{background:#5a2222}small{color:#bbb}}"
)


def comparison_text(told: Comparison) -> str:
    """A comparison as plain text.

    Args:
        told: what was compared.

    Returns:
        One paragraph for each clause, and the totals.
    """
    lines = [f"{told.old} -> {told.new}", ""]
    for pair in told.pairs:
        lines.append(_head(pair))
        if pair.old is not None and pair.new is not None and pair.old[1] == pair.new[1]:
            lines += [f"    words: {pair.new[1]}"] if pair.status == "changed" else []
        elif pair.status != "same words":
            lines += [f"    was: {pair.old[1]}"] if pair.old else []
            lines += [f"    is:  {pair.new[1]}"] if pair.new else []
        lines += [f"    {line}" for line in _notes(pair)]
        lines.append("")
    lines += [f"{count} {status}" for status, count in told.counts.items()]
    lines += [f"the whole: {line}" for line in told.changes]
    lines += [f"finding gained by the whole: {code}" for code in told.gained]
    lines += [f"finding lost by the whole: {code}" for code in told.lost]
    return "\n".join(lines) + "\n"


def _head(pair: Pair) -> str:
    a, b = (clause[0] if clause else "" for clause in (pair.old, pair.new))
    numbers = a if a == b or not b else b if not a else f"{a} -> {b}"
    return f"clause {numbers}: {pair.status}{', moved' if pair.moved else ''}"


def _notes(pair: Pair) -> list[str]:
    out = list(pair.changes)
    if pair.status == "other words":
        out.append("nothing that was understood differs; read both")
    out += [f"finding gained: {code}" for code in pair.gained] + [f"finding lost: {code}" for code in pair.lost]
    if pair.serves:
        out.append(f"as {listing(pair.serves)} {'wants' if len(pair.serves) == 1 else 'want'} it")
    return out


def comparison_page(told: Comparison) -> str:
    """A comparison as a page of HTML that loads nothing.

    Args:
        told: what was compared.

    Returns:
        The page; whatever comes from the drafts is escaped.
    """
    title = f"{told.old} and {told.new}"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>",
        f"<p>{escape('; '.join(f'{count} {status}' for status, count in told.counts.items()))}.</p>",
    ]
    for pair in told.pairs:
        notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(pair))
        parts.append(
            f"<section><h2>{escape(_head(pair))}</h2><p>{_words(pair)}</p>{f'<ul>{notes}</ul>' if notes else ''}</section>"
        )
    if told.changes:
        whole = "".join(f"<li>{escape(line)}</li>" for line in told.changes)
        parts.append(f"<section><h2>The whole</h2><ul>{whole}</ul></section>")
    for name, codes in (("gained", told.gained), ("lost", told.lost)):
        if codes:
            parts.append(f"<p>Findings {name} by the whole: {escape(', '.join(codes))}.</p>")
    parts.append("</main></body></html>\n")
    return "".join(parts)


def _words(pair: Pair) -> str:
    if pair.old is None or pair.new is None:
        tag = "ins" if pair.old is None else "del"
        clause = pair.new or pair.old
        return f"<{tag}>{escape(clause[1] if clause else '')}</{tag}>"
    out = []
    for words in words_between(pair.old[1], pair.new[1]):
        text = escape(words.text)
        out.append(text if words.kind == "same" else f"<{words.kind}>{text}</{words.kind}>")
    return "".join(out)
