"""Tables for Word (Word 表格): real head rows, real merges, widths to the twip.

A row is written as it comes, and looks at no other. Their equal for the PDF is `html_tables` with `css_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from reportgen.document import ColumnKind, Orientation, Table
from reportgen.grid import Placed, placed
from reportgen.styles import POINTS_PER_MM, Ruling, StyleSheet, TextRole
from reportgen.writers.docx_styles import alignment, paragraphs_in, themed_style_id, twips
from reportgen.writers.docx_xml import PackedRow, cell_start, element, row_start
from reportgen.writers.table_rows import cell_widths, level_role, stays_whole


def docx_table(table: Table, orientation: Orientation, styles: StyleSheet) -> Iterator[PackedRow]:
    """A table row by row, its set-up before the first one and its end behind the last."""
    sheet = styles.themed(table.theme)
    widths = column_widths(table, orientation, sheet)
    room = cell_widths(table, orientation, sheet)
    alignments = [cell_alignment(sheet, column.kind) for column in table.columns]
    plain, looks = [""] * len(widths), sheet.table

    @cache
    def cells_of(
        level: int, borders: str = "", fill: str | None = None
    ) -> Callable[[PackedRow, Iterable[Placed]], None]:
        role = TextRole.TABLE_HEAD if level == _HEAD else level_role(level)
        style = themed_style_id(styles, role, table.theme)
        own = alignments if role is TextRole.TABLE_CELL else plain
        texts = [paragraphs_in(sheet, role, style, each) for each in own]
        empty = b"".join(paragraphs_in(sheet, role, style)(""))
        return _cells_in(widths, texts, empty, borders, fill)

    last = [f"<w:tbl>{table_properties(sheet, widths)}".encode()]
    for number, line in enumerate(placed(table.head, len(widths)), 1):
        below = head_rule(sheet) if number == len(table.head) else ""
        if number > 1:
            yield last
            last = []
        last.append(_HEAD_ROW)
        cells_of(_HEAD, below, looks.head_fill)(last, line)
    for line in placed(table.body, len(widths)):
        yield last
        last = [_WHOLE_ROW if stays_whole(line, room, looks) else _ROW]
        cells_of(line[0][1].section_level if line else 0)(last, line)
    last.append(b"</w:tbl>")
    yield last


# What the cells of head rows are known by, beside the levels of section rows.
_HEAD = -1
_HEAD_ROW = row_start(head=True, whole=True).encode()
_WHOLE_ROW = row_start(head=False, whole=True).encode()
_ROW = row_start(head=False, whole=False).encode()


def _cells_in(
    widths: Sequence[int],
    texts: Sequence[Callable[[str], tuple[bytes, ...]]],
    empty: bytes,
    borders: str,
    fill: str | None,
) -> Callable[[PackedRow, Iterable[Placed]], None]:
    """What writes the cells of a row; `texts` writes those of each column, `empty` stands below a merge."""

    @cache
    def start(column: int, span: int, merge: str | None) -> bytes:
        width = sum(widths[column : column + span])
        return cell_start(width, span=span, merge=merge, borders=borders, fill=fill).encode()

    usual = [start(column, 1, None) for column in range(len(widths))]

    def write(row: PackedRow, line: Iterable[Placed]) -> None:
        for column, cell, above in line:
            if above:
                row += (start(column, cell.col_span, "continue"), empty, b"</w:tc>")
                continue
            if cell.row_span == 1 and cell.col_span == 1:
                row.append(usual[column])
            else:
                row.append(start(column, cell.col_span, "restart" if cell.row_span > 1 else None))
            for text in cell.paragraphs or _NO_TEXT:
                row += texts[column](text)
            row.append(b"</w:tc>")
        row.append(b"</w:tr>")

    return write


_NO_TEXT = ("",)


def column_widths(table: Table, orientation: Orientation, styles: StyleSheet) -> tuple[int, ...]:
    """Widths in twips that add up exactly to the type area: WPS takes them from the grid, not from the table."""
    total = twips(styles.page.text_width_pt(orientation))
    edges = [0]
    share = 0.0
    for column in table.columns:
        share += column.share
        edges.append(round(total * share))
    return tuple(right - left for left, right in pairwise(edges))


def table_properties(styles: StyleSheet, widths: Sequence[int]) -> str:
    """Rules, padding and grid (表格属性) of a table."""
    table = styles.table
    padding = twips(table.padding_mm * POINTS_PER_MM)
    sides = table.frame_pt if table.ruling is Ruling.GRID else 0.0
    inner = 0.0 if table.ruling is Ruling.THREE else table.rule_pt
    frame = (("top", table.frame_pt), ("left", sides), ("bottom", table.frame_pt), ("right", sides))
    rules = [_rule(side, width) for side, width in (*frame, ("insideH", inner), ("insideV", inner))]
    margins = [element(side, w=padding, type="dxa") for side in ("top", "left", "bottom", "right")]
    properties = element(
        "tblPr",
        element("tblW", w=sum(widths), type="dxa"),
        element("tblInd", w=0, type="dxa"),
        element("tblBorders", *rules),
        element("tblLayout", type="fixed"),
        element("tblCellMar", *margins),
    )
    return properties + element("tblGrid", *(element("gridCol", w=width) for width in widths))


def head_rule(styles: StyleSheet) -> str:
    """The lower rule of the head's last row, where it is another one than those between rows."""
    table = styles.table
    inner = 0.0 if table.ruling is Ruling.THREE else table.rule_pt
    return _rule("bottom", table.under_head_pt) if table.under_head_pt != inner else ""


def _rule(side: str, width_pt: float) -> str:
    if not width_pt:
        return element(side, val="nil")
    return element(side, val="single", sz=round(width_pt * 8), space=0, color="000000")


def cell_alignment(styles: StyleSheet, kind: ColumnKind) -> str:
    """Alignment of a column's cells."""
    return element("jc", val=alignment(styles.table.align[kind]))
