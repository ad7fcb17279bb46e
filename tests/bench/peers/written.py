"""python-docx (逐行写): the documented loop over `add_row`, and that over `table.cell(i, j)` which everybody tries."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from tests.bench.peers import Ready
from tests.bench.plain import Grid, Part, Report, plain

FACE, LATIN = "仿宋_GB2312", "Times New Roman"
CELL, CENTERED = "Cell", "Centered Cell"


def by_rows() -> Ready:
    """`table.add_row().cells`, as its documentation has it."""
    return Ready(lambda case: plain(case.document), lambda report: _document(report, _add_rows))


def by_cells() -> Ready:
    """`table.cell(i, j)` of a table that has all its rows, and `merge`."""
    return Ready(lambda case: plain(case.document), lambda report: _document(report, _set_cells))


def _document(report: Report, add_rows: Any) -> bytes:
    document = empty_document()
    for number, part in enumerate(report.parts):
        if isinstance(part, Grid):
            add_rows(document, part)
            continue
        if part.kind == "节" and number:
            new_section(document, landscape=turned(report.parts[number:]))
        fill(document.add_paragraph(), part.text, part.kind)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def turned(parts: Sequence[Part]) -> bool:
    """Whether the section that begins with these parts has a landscape table."""
    for part in parts[1:]:
        if isinstance(part, Grid):
            return part.landscape
        if part.kind == "节":
            return False
    return False


def _add_rows(document: Any, grid: Grid) -> None:
    table, cells = add_head(document, grid), list[Any]()
    looks = [document.styles[CENTERED if centered else CELL] for centered in grid.centered]
    for row in grid.rows:
        for cell, text, style in zip(table.add_row().cells, row, looks, strict=True):
            set_cell(cell, text or "", style)
            cells.append(cell._tc)
    # Not `merge`: it looks at the whole table each time.
    width = len(grid.shares)
    for number, row in enumerate(grid.rows):
        for column, text in enumerate(row):
            if text is None:
                cells[number * width + column].vMerge = "continue"
                if grid.rows[number - 1][column] is not None:
                    cells[(number - 1) * width + column].vMerge = "restart"


def _set_cells(document: Any, grid: Grid) -> None:
    table = add_head(document, grid, len(grid.rows))
    heads = len(grid.head)
    for number, row in enumerate(grid.rows):
        for column, text in enumerate(row):
            if text is not None:
                set_cell(table.cell(heads + number, column), text, CENTERED if grid.centered[column] else CELL)
            elif number + 1 == len(grid.rows) or grid.rows[number + 1][column] is not None:
                above = next(n for n in range(number - 1, -1, -1) if grid.rows[n][column] is not None)
                table.cell(heads + above, column).merge(table.cell(heads + number, column))


# ---- the same look for all that is made with python-docx


def empty_document() -> Any:
    """A document with faces by name: left to its theme's, LibreOffice takes twelve times as long."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    for style in document.styles:
        fonts = style.element.find(qn("w:rPr") + "/" + qn("w:rFonts"))
        if fonts is not None:
            fonts.attrib.clear()
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    fonts = normal.element.rPr.get_or_add_rFonts()
    for place, face in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", FACE)):
        fonts.set(qn(f"w:{place}"), face)
    for name, centered in ((CELL, False), (CENTERED, True)):
        look = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        look.font.size = Pt(10.5)
        look.paragraph_format.line_spacing = Pt(16)
        look.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER if centered else WD_ALIGN_PARAGRAPH.JUSTIFY
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    _margins(section)
    _page_number(section.footer.paragraphs[0])
    return document


def _margins(section: Any) -> None:
    from docx.shared import Mm

    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" —")


def new_section(document: Any, *, landscape: bool) -> None:
    """A section on a page of its own."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    _margins(section)


def fill(paragraph: Any, text: str, kind: str = "") -> None:
    """The text of a paragraph; what is no title begins two characters in."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    _east_asian(paragraph.add_run(text))
    if kind == "正文":
        paragraph.paragraph_format.first_line_indent = Pt(32)
    elif kind:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _east_asian(run: Any) -> None:
    """Quotes in the Chinese face, as Word itself says it; else they are set in the Latin one."""
    from docx.oxml.ns import qn

    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def set_cell(cell: Any, text: str, style: Any) -> None:
    """The text of a table's cell, in the middle of its height."""
    from docx.enum.table import WD_ALIGN_VERTICAL

    cell.text = text
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    for run in paragraph.runs:
        _east_asian(run)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def add_head(document: Any, grid: Grid, rows: int = 0) -> Any:
    """A table with fixed columns and its head, which comes again on every page, and so many empty rows."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(len(grid.head) + rows, len(grid.shares), style="Table Grid")
    table.autofit = False
    width = 297 - 54 if grid.landscape else 210 - 54
    for column, share in zip(table.columns, grid.shares, strict=True):
        column.width = Mm(width * share)
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(grid.head):
        table.rows[number]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for head in row:
            at = next(column for column in range(len(grid.shares)) if (number, column) not in taken)
            taken |= {(number + down, at + right) for down in range(head.rows) for right in range(head.columns)}
            cell = table.cell(number, at)
            if head.rows > 1 or head.columns > 1:
                cell = cell.merge(table.cell(number + head.rows - 1, at + head.columns - 1))
            set_cell(cell, head.text, CENTERED)
    return table
