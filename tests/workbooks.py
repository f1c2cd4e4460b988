"""Small workbooks for tests, written as their makers write them: .xlsx and .ods, with dates, times, errors, formulas, merged and hidden cells.

A cell is text, a number, nothing, or one of ``{day: serial}``, ``{time: share of a day}``, ``{hours: days}``, ``{error: "#N/A"}``,
``{formula: ..., value: ...}``, ``{struck: text}``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="[hh]:mm"/></numFmts>'
    '<fonts><font/><font><strike/></font></fonts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="0" fontId="1"/></cellXfs></styleSheet>'
)


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    merged: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    from_1904: bool = False,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of Excel; ``merged`` and ``hidden_rows`` are those of every sheet."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><workbookPr{" date1904=" + chr(34) + "1" + chr(34) if from_1904 else ""}/><sheets>'
        + "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="s" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
    }
    for n, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}"{" hidden=" + chr(34) + "1" + chr(34) if r in hidden_rows else ""}>'
            + "".join(_cell(f"{chr(65 + c)}{r}", cell) for c, cell in enumerate(row))
            + "</row>"
            for r, row in enumerate(rows, 1)
        )
        spans = (
            f"<mergeCells>{''.join(f'<mergeCell ref={quoteattr(ref)}/>' for ref in merged)}</mergeCells>"
            if merged
            else ""
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{spans}</worksheet>'
        )
    return _zip({**parts, **(more or {})})


def _cell(at: str, cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Mapping):
        if "error" in cell:
            return f'<c r="{at}" t="e"><v>{escape(cell["error"])}</v></c>'
        if "formula" in cell:
            value = f"<v>{cell['value']}</v>" if "value" in cell else ""
            return f'<c r="{at}"><f>{escape(cell["formula"])}</f>{value}</c>'
        if "struck" in cell:
            return f'<c r="{at}" s="4" t="inlineStr"><is><t>{escape(cell["struck"])}</t></is></c>'
        (kind, value), style = next(iter(cell.items())), {"day": 1, "time": 2, "hours": 3}
        return f'<c r="{at}" s="{style[kind]}"><v>{value}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{at}"><v>{cell}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


def ods(rows: Sequence[Sequence[Any]], *, more: Mapping[str, str] | None = None) -> bytes:
    """A spreadsheet of LibreOffice with one sheet of text and numbers."""
    kinds = "urn:oasis:names:tc:opendocument:xmlns:"
    body = "".join(
        "<table:table-row>" + "".join(_ods_cell(cell) for cell in row) + "</table:table-row>" for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{kinds}office:1.0" xmlns:table="{kinds}table:1.0" xmlns:text="{kinds}text:1.0" xmlns:style="{kinds}style:1.0">'
        '<office:automatic-styles><style:style style:name="ce1"><style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>"
        f'<table:table table:name="Sheet1">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    return _zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, **(more or {})})


def _ods_cell(cell: Any) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Mapping):
        return f'<table:table-cell table:style-name="ce1" office:value-type="string"><text:p>{escape(cell["struck"])}</text:p></table:table-cell>'
    if isinstance(cell, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


def _zip(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
