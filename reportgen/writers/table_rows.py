"""What all writers know of a table row before its page is known (表格行): its role, whether it is kept together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportgen.document import Cell, Document, Orientation, Table
from reportgen.grid import Placed, Slot, Start
from reportgen.problems import Location
from reportgen.styles import POINTS_PER_MM, StyleSheet, TableStyle, TextRole
from reportgen.writers.measure import line_count


def cell_widths(table: Table, orientation: Orientation, styles: StyleSheet) -> tuple[float, ...]:
    """Width of each column's text in characters of the cells' size, at least one."""
    size = styles.text[TextRole.TABLE_CELL].size_pt
    padding = 2 * styles.table.padding_mm * POINTS_PER_MM
    width = styles.page.text_width_pt(orientation)
    return tuple(max(1.0, (column.share * width - padding) / size) for column in table.columns)


def row_role(row: Sequence[Cell]) -> TextRole:
    """What the texts of a body row are: those of a section row (表内小标题) are headings within the table."""
    return level_role(row[0].section_level if row else 0)


def level_role(level: int) -> TextRole:
    """What the texts of a section row of that level are, and those of a row that is none."""
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
    """`stays_whole` of a row of slots."""
    line = [(column, slot.cell, False) for column, slot in enumerate(slots) if isinstance(slot, Start)]
    return stays_whole(line, widths, styles.table)


def stays_whole(line: Sequence[Placed], widths: Sequence[float], table: TableStyle) -> bool:
    """Whether a row is short enough not to be split over two pages; of merged cells only tall ones count.

    A tall merged cell may reach over a page. If its first row could not be split there, WeasyPrint would leave out
    the table's head on all pages up to the cell's end (measured).
    """
    for column, cell, from_above in line:
        if from_above:
            continue
        most = table.keep_row_lines if cell.row_span == 1 else table.keep_merged_lines
        paragraphs, width = cell.paragraphs, widths[column]
        # No character is wider than its size: most cells need no closer look.
        if len(paragraphs) == 1 and len(paragraphs[0]) < most * width:
            continue
        # A section row reaches over all columns, and is never split.
        if not cell.section_level and line_count(paragraphs, width) > most:
            return False
    return True


def half_page_lines(styles: StyleSheet, orientation: Orientation) -> int:
    """How many lines of cells half a page has (半页行数)."""
    top, _, bottom, _ = styles.page.margins_mm(orientation)
    height = (styles.page.size_mm(orientation)[1] - top - bottom) * POINTS_PER_MM
    return max(2, int(height / styles.pitch_pt(TextRole.TABLE_CELL)) // 2)


def head_lines(grid: Iterable[Sequence[Slot]], widths: Sequence[float]) -> int:
    """About how many lines the rows of a table's head have together (表头行数), rather too many than too few.

    What is not ASCII is drawn by a Chinese face, in most of which é and ж are as wide as any other character.
    """
    return sum(_row_lines(slots, widths) for slots in grid)


def _row_lines(slots: Sequence[Slot], widths: Sequence[float]) -> int:
    started = ((slot.cell, column) for column, slot in enumerate(slots) if isinstance(slot, Start))
    return max(
        (
            line_count([_NOT_ASCII.sub("宽", text) for text in cell.paragraphs], sum(widths[column:][: cell.col_span]))
            for cell, column in started
        ),
        default=1,
    )


_NOT_ASCII = re.compile("[^\\0-~]")


def lacking_lines(cell: Cell, width: float, styles: StyleSheet) -> int:
    """How many lines fewer a cell of a row that may be split has than the row shows on each page."""
    return max(0, styles.table.split_lines - line_count(cell.paragraphs, width))
