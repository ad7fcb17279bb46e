"""What all writers know of a table row before its page is known (表格行): its role, whether it is kept together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.document import Cell, Document, Orientation, Row, Table
from reportgen.grid import Slot, Start
from reportgen.problems import Location
from reportgen.styles import POINTS_PER_MM, StyleSheet, TextRole
from reportgen.writers.measure import line_count


def cell_widths(table: Table, orientation: Orientation, styles: StyleSheet) -> tuple[float, ...]:
    """Width of each column's text in characters of the cells' size."""
    size = styles.text[TextRole.TABLE_CELL].size_pt
    padding = 2 * styles.table.padding_mm * POINTS_PER_MM
    width = styles.page.text_width_pt(orientation)
    return tuple((column.share * width - padding) / size for column in table.columns)


def row_role(row: Row) -> TextRole:
    """What the texts of a body row are: those of a section row (表内小标题) are headings within the table."""
    level = row[0].section_level if row else 0
    return (TextRole.TABLE_CELL, TextRole.TABLE_SECTION_1, TextRole.TABLE_SECTION_2)[level]


def table_texts(table: Table) -> Iterator[tuple[TextRole, str, Location | None]]:
    """Every text of a table with its role and its origin."""
    rows = [*((TextRole.TABLE_HEAD, row) for row in table.head), *((row_role(row), row) for row in table.body)]
    for role, row in rows:
        for cell in row:
            yield from ((role, text, cell.origin) for text in cell.paragraphs)


def used_themes(document: Document) -> tuple[str, ...]:
    """The table themes that the document uses besides the style sheet's own look, in the order of their first table."""
    tables = (block for section in document.sections for block in section.blocks if isinstance(block, Table))
    return tuple(dict.fromkeys(table.theme for table in tables if table.theme))


def keeps_together(slots: Sequence[Slot], widths: Sequence[float], styles: StyleSheet) -> bool:
    """Whether a row is short enough not to be split over two pages; of merged cells only tall ones count.

    A tall merged cell may reach over a page. If its first row could not be split there, WeasyPrint would leave out
    the table's head on all pages up to the cell's end (measured).
    """
    table = styles.table
    for slot, width in zip(slots, widths, strict=True):
        if isinstance(slot, Start):
            cell = slot.cell
            room = table.keep_row_lines if cell.row_span == 1 else table.keep_merged_lines
            # A section row reaches over all columns, and is never split.
            if not cell.section_level and line_count(cell.paragraphs, width) > room:
                return False
    return True


def lacking_lines(cell: Cell, width: float, styles: StyleSheet) -> int:
    """How many lines fewer a cell of a row that may be split has than the row shows on each page."""
    return max(0, styles.table.split_lines - line_count(cell.paragraphs, width))
