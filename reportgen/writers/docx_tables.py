"""Tables for Word (Word 表格): real head rows, real merges, widths to the twip.

Their equal for the PDF is `html_tables` with `css_tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from reportgen.document import ColumnKind, Orientation, Table
from reportgen.grid import Covered, Slot, Start, resolve
from reportgen.styles import POINTS_PER_MM, Ruling, StyleSheet, TextRole
from reportgen.writers.docx_styles import alignment, text_runs, themed_style_id, twips
from reportgen.writers.docx_xml import cell, element, paragraph, row
from reportgen.writers.table_rows import cell_widths, keeps_together, row_role


def docx_table(table: Table, orientation: Orientation, styles: StyleSheet) -> str:
    """A table with its rows."""
    sheet = styles.themed(table.theme)
    widths = column_widths(table, orientation, sheet)
    room = cell_widths(table, orientation, sheet)
    alignments = [cell_alignment(sheet, column.kind) for column in table.columns]
    rows: list[str] = []
    plain = [""] * len(widths)
    for number, slots in enumerate(resolve(table.head, len(widths)), 1):
        below = head_rule(sheet) if number == len(table.head) else ""
        style = themed_style_id(styles, TextRole.TABLE_HEAD, table.theme)
        text = partial(_text, sheet, TextRole.TABLE_HEAD, style)
        rows.append(row(_cells(slots, widths, text, plain, below, sheet.table.head_fill), head=True, whole=True))
    for line, slots in zip(table.body, resolve(table.body, len(widths)), strict=True):
        role = row_role(line)
        text = partial(_text, sheet, role, themed_style_id(styles, role, table.theme))
        aligned = alignments if role is TextRole.TABLE_CELL else plain
        whole = keeps_together(slots, room, sheet)
        rows.append(row(_cells(slots, widths, text, aligned), head=False, whole=whole))
    return element("tbl", table_properties(sheet, widths), *rows)


def _text(styles: StyleSheet, role: TextRole, style: str, text: str, aligned: str = "") -> str:
    return paragraph(style, text_runs(styles, styles.text[role].font, text), aligned)


def _cells(
    slots: Sequence[Slot],
    widths: Sequence[int],
    text: Callable[[str, str], str],
    alignments: Sequence[str],
    borders: str = "",
    fill: str | None = None,
) -> Iterator[str]:
    for column, slot in enumerate(slots):
        match slot:
            case Start(cell=origin):
                merge = "restart" if origin.row_span > 1 else None
                lines = [text(each, alignments[column]) for each in origin.paragraphs or ("",)]
            case Covered(by=origin, from_above=True, from_left=False):
                merge = "continue"
                lines = [text("", "")]
            case Covered():
                continue
        width = sum(widths[column : column + origin.col_span])
        yield cell(width, lines, span=origin.col_span, merge=merge, borders=borders, fill=fill)


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
