"""Word, OpenDocument and PDF files made in memory for tests, from as little as a test needs to say."""

from __future__ import annotations

import io
import zipfile

from servanda.values.files import NamedBytes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_ODT = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _zipped(name: str, parts: dict[str, str]) -> NamedBytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return NamedBytes(name, out.getvalue())


def run(text: str, properties: str = "") -> str:
    """A run of words."""
    more = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{more}<w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*inside: str, properties: str = "") -> str:
    """A paragraph of runs; bare text is a run."""
    runs = "".join(x if x.startswith("<") else run(x) for x in inside)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def numbered(text: str, level: int = 0, num: int = 1) -> str:
    """A paragraph of a list."""
    return par(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def tracked(kind: str, text: str, who: str = "Delegation A", when: str = "2026-03-01T10:00:00Z") -> str:
    """A tracked change: ins, del, moveFrom or moveTo."""
    words = run(text) if kind in ("ins", "moveTo") else f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'
    return f'<w:{kind} w:id="9" w:author="{who}" w:date="{when}">{words}</w:{kind}>'


def level(n: int, form: str, pattern: str, start: int = 1) -> str:
    """One level of a list."""
    return f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'


def docx(*body: str, name: str = "draft.docx", levels: str = "", **parts: str) -> NamedBytes:
    """A Word file; ``levels``: those of list 1; other parts by their names without the ending."""
    files = {
        "_rels/.rels": _RELS,
        "word/document.xml": f"<w:document {W}><w:body>{''.join(body)}</w:body></w:document>",
    }
    if levels:
        files["word/numbering.xml"] = (
            f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
        )
    files |= {f"word/{part}.xml": content for part, content in parts.items()}
    return _zipped(name, files)


def odt(body: str, before: str = "", styles: str = "", name: str = "draft.odt") -> NamedBytes:
    """An OpenDocument text."""
    content = (
        f"<office:document-content {_ODT}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{before}{body}</office:text></office:body></office:document-content>"
    )
    return _zipped(name, {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def pdf(*pages: list[str]) -> bytes:
    """A PDF of lines of text, with a stroke drawn over each page."""
    stroke = "/Annots [<< /Type /Annot /Subtype /StrikeOut /Rect [0 0 1 1] >>]"
    font = "/Resources << /Font << /F1 3 0 R >> >>"
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>", 2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"}
    objects[3] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    for n, lines in enumerate(pages):
        words = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td {words} ET"
        page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {font} /Contents {5 + 2 * n} 0 R {stroke}"
        objects[4 + 2 * n] = f"<< {page} >>"
        objects[5 + 2 * n] = f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"
    out, at = b"%PDF-1.4\n", []
    for n in sorted(objects):
        at.append(len(out))
        out += f"{n} 0 obj\n{objects[n]}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in at)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()
