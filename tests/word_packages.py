"""Word files from bare XML (手写 XML 的 Word 文件): every way of writing one look that other programs have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from typing import Any

from reportgen.comparison.contents.word_content import word_content
from reportgen.comparison.model import Content, Paragraph, Setting, Table

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
SHEET = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588"/>'
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
    'w:eastAsia="仿宋_GB2312"/><w:sz w:val="32"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="公文正文"/><w:basedOn w:val="a"/>'
    '<w:pPr><w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200"/><w:jc w:val="both"/></w:pPr>'
    "</w:style>"
    '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="一级"/><w:basedOn w:val="b"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:rFonts w:eastAsia="黑体"/><w:b/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="t"><w:name w:val="网格"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style>"
)


def package(
    body: str, *, styles: str = STYLES, parts: Mapping[str, str | bytes] | None = None, end: str = SHEET
) -> bytes:
    """A Word file with that body; `parts` are further ones by their names, `header1.xml` related as rId-header1.xml."""
    kinds = {"header": "header", "footer": "footer", "footnotes": "footnotes", "comments": "comments"}
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": _root("document", f"<w:body>{body}<w:sectPr>{end}</w:sectPr></w:body>"),
        "word/styles.xml": _root("styles", styles),
    }
    related = {"rId-styles": ("styles", "styles.xml")}
    for name, text in (parts or {}).items():
        kind = next((found for start, found in kinds.items() if name.startswith(start)), "")
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind or "settings")
        files[f"word/{name}"] = text if isinstance(text, bytes) else _root(root, text)
        related[f"rId-{name}"] = (kind or ("image" if isinstance(text, bytes) else "settings"), name)
    files["word/_rels/document.xml.rels"] = _relations(related)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _root(name: str, inner: str) -> str:
    return f"<w:{name} {_SPACES}>{inner}</w:{name}>"


def _relations(related: Mapping[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_KIND}{kind}" Target="{to}"/>' for key, (kind, to) in related.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'
    )


def p(text: str = "", ppr: str = "", rpr: str = "") -> str:
    """A paragraph with one run."""
    run = f'<w:r><w:rPr>{rpr}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{ppr}</w:pPr>{run}</w:p>"


def tc(text: str = "", tcpr: str = "", width: int | None = 2000) -> str:
    """A cell with one paragraph."""
    own = "" if width is None else f'<w:tcW w:w="{width}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{own}{tcpr}</w:tcPr>{p(text)}</w:tc>"


def tr(*cells: str, trpr: str = "") -> str:
    """A row."""
    return f"<w:tr><w:trPr>{trpr}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str, tblpr: str = '<w:tblStyle w:val="t"/>', grid: tuple[int, ...] = (2000, 2000)) -> str:
    """A table."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr>{tblpr}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def shown(body: str, **other: Any) -> Content:
    """The content of the Word file with that body."""
    return word_content(package(body, **other), "甲.docx")


def values(content: Content) -> dict[str, Any]:
    """Every value of a content by a name for its place."""
    found: dict[str, Any] = {}
    for number, block in enumerate(content.blocks):
        if isinstance(block, Paragraph):
            found |= _paragraph(f"段{number}", block)
            continue
        found |= {f"表{number} {name}": value for name, value in block.look.items()}
        found |= _grid(f"表{number}", block)
        for cell in block.cells:
            place = f"表{number}格{cell.row},{cell.column}"
            found |= {f"{place} {name}": value for name, value in cell.look.items()}
            for line, paragraph in enumerate(cell.paragraphs):
                found |= _paragraph(f"{place}段{line}", paragraph)
    for number, section in enumerate(content.sections):
        found |= {f"节{number} {name}": value for name, value in section.setup.items()}
        found[f"节{number} 起始"] = section.first_block
        for name, paragraphs in section.edges.items():
            for line, paragraph in enumerate(paragraphs):
                found |= _paragraph(f"节{number} {name}段{line}", paragraph)
    for number, (name, paragraph) in enumerate(content.beside):
        found |= _paragraph(f"{name}{number}", paragraph)
    return found


def _grid(place: str, table: Table) -> dict[str, Any]:
    return {
        f"{place} 合并": tuple((cell.row, cell.column, cell.rows, cell.columns) for cell in table.cells),
        f"{place} 列宽": table.widths,
        f"{place} 表头行": table.head_rows,
    }


def _paragraph(place: str, paragraph: Paragraph) -> dict[str, Any]:
    found: dict[str, Any] = {f"{place} {name}": value for name, value in paragraph.look.items()}
    found[f"{place} 文字"] = paragraph.text
    found[f"{place} 级别"] = paragraph.level
    found[f"{place} 分页"] = paragraph.page_break
    letters = [piece.setting for piece in paragraph.pieces for _ in piece.text]
    for each in fields(Setting):
        runs = groupby(getattr(setting, each.name) for setting in letters)
        found[f"{place} {each.name}"] = tuple((value, len(list(group))) for value, group in runs)
    return found


def changes(first: Content, second: Content) -> list[tuple[str, Any, Any]]:
    """What differs, by place."""
    before, after = values(first), values(second)
    return list(_changes(before, after))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in [*before, *(name for name in after if name not in before)]:
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)
