"""Word documents written: plain paragraphs, tables, and tracked changes that anybody's word processor can accept or reject."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

Kind: TypeAlias = Literal["same", "ins", "del"]
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DAY = (1980, 1, 1, 0, 0, 0)
"""The day that every part bears, so that the same words give the same bytes."""
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles {_W}><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    '<w:name w:val="Normal"/><w:pPr><w:spacing w:after="120"/></w:pPr></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/>'
        f'<w:outlineLvl w:val="{n - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="{34 - 4 * n}"/></w:rPr></w:style>'
        for n in (1, 2, 3)
    )
    + "</w:styles>"
)


@dataclass(frozen=True, slots=True)
class Words:
    """Some words: the same in both versions, inserted or deleted."""

    text: str
    kind: Kind = "same"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. ``kind``: whether it is in both versions; ``heading``: its level."""

    words: tuple[Words, ...]
    kind: Kind = "same"
    heading: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is its head."""

    rows: tuple[tuple[str, ...], ...]


def write_docx(
    body: Iterable[Line | Table], author: str = "", when: str = "", *, right_to_left: bool = False, language: str = ""
) -> bytes:
    """A Word document.

    Args:
        body: paragraphs and tables in order.
        author: whose tracked changes they are.
        when: the instant they bear, ``2026-03-01T10:00:00Z``; left out, none.
        right_to_left: whether paragraphs, words and tables run from right to left.
        language: of the words, as ``uk-UA``; left out, it is not said.

    Returns:
        Its bytes, the same for the same words.
    """
    ids = iter(range(1, 10**9))
    of_run = "<w:rPr><w:rtl/></w:rPr>" if right_to_left else ""

    def change(kind: Kind) -> str:
        date = f" w:date={quoteattr(when)}" if when else ""
        return f'w:id="{next(ids)}" w:author={quoteattr(author or "unknown")}{date}'

    def run(words: Words) -> str:
        tag = "w:delText" if words.kind == "del" else "w:t"
        inner = f'<w:r>{of_run}<{tag} xml:space="preserve">{escape(_plain(words.text))}</{tag}></w:r>'
        return inner if words.kind == "same" else f"<w:{words.kind} {change(words.kind)}>{inner}</w:{words.kind}>"

    def paragraph(line: Line) -> str:
        style = f'<w:pStyle w:val="Heading{min(line.heading, 3)}"/>' if line.heading else ""
        mark = "" if line.kind == "same" else f"<w:rPr><w:{line.kind} {change(line.kind)}/></w:rPr>"
        runs = "<w:bidi/>" if right_to_left else ""
        properties = f"<w:pPr>{style}{runs}{mark}</w:pPr>" if style or runs or mark else ""
        return f"<w:p>{properties}{''.join(run(words) for words in line.words)}</w:p>"

    body = list(body)
    title = next((one for one in body if isinstance(one, Line) and one.heading == 1), Line(()))
    parts = [_table(one, right_to_left=right_to_left) if isinstance(one, Table) else paragraph(one) for one in body]
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {_W}><w:body>{"".join(parts)}'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" '
        'w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    return _packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _rels(
                {
                    _OFFICE + "officeDocument": "word/document.xml",
                    _PACKAGE + "relationships/metadata/core-properties": "docProps/core.xml",
                }
            ),
            "docProps/core.xml": _properties("".join(w.text for w in title.words if w.kind != "del"), language),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": _rels({_OFFICE + "styles": "styles.xml"}),
            "word/styles.xml": _styles(language, right_to_left=right_to_left),
        }
    )


def _rels(targets: dict[str, str]) -> str:
    """What a part belongs together with, by the type of the relation."""
    each = (
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="{_PACKAGE}relationships">{"".join(each)}</Relationships>'


def _properties(title: str, language: str) -> str:
    """The title, by which screen readers and folders name the document, and its language."""
    said = f"<dc:title>{escape(_plain(title))}</dc:title>" if title else ""
    said += f"<dc:language>{escape(language)}</dc:language>" if language else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="{_PACKAGE}metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{said}</cp:coreProperties>'
    )


def _styles(language: str, *, right_to_left: bool) -> str:
    """The styles, with the language in which spelling is checked."""
    if not language:
        return _STYLES
    where = "w:bidi" if right_to_left else "w:val"
    default = f"<w:docDefaults><w:rPrDefault><w:rPr><w:lang {where}={quoteattr(language)}/></w:rPr></w:rPrDefault></w:docDefaults>"
    return _STYLES.replace(
        '<w:style w:type="paragraph" w:default="1"', f'{default}<w:style w:type="paragraph" w:default="1"'
    )


def _table(table: Table, *, right_to_left: bool = False) -> str:
    width = max((len(row) for row in table.rows), default=1)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{9600 // width}"/>' for _ in range(width))
    turned = "<w:pPr><w:bidi/></w:pPr>" if right_to_left else ""
    visual = "<w:bidiVisual/>" if right_to_left else ""
    rows = []
    for n, row in enumerate(table.rows):
        look = ("<w:b/>" if n == 0 else "") + ("<w:rtl/>" if right_to_left else "")
        bold = f"<w:rPr>{look}</w:rPr>" if look else ""
        cells = "".join(
            f'<w:tc><w:p>{turned}<w:r>{bold}<w:t xml:space="preserve">{escape(_plain(cell))}</w:t></w:r></w:p></w:tc>'
            for cell in row
        )
        head = "<w:trPr><w:tblHeader/></w:trPr>" if n == 0 else ""
        rows.append(f"<w:tr>{head}{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr>{visual}<w:tblW w:type="pct" w:w="5000"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl><w:p/>"
    )


def _plain(text: str) -> str:
    """Without the control characters that XML does not allow."""
    return "".join(c for c in text if c >= " " or c in "\t\n")


def _packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content.encode())
    return out.getvalue()
