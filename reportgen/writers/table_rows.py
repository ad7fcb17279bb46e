"""What both layouts decide for a table row before its page is known (表格行): whether it is kept together."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.document import Orientation, Table
from reportgen.grid import Slot, Start
from reportgen.styles import POINTS_PER_MM, StyleSheet, TextRole
from reportgen.writers.measure import line_count


def cell_widths(table: Table, orientation: Orientation, styles: StyleSheet) -> tuple[float, ...]:
    """Width of each column's text in characters of the cells' size."""
    size = styles.text[TextRole.TABLE_CELL].size_pt
    padding = 2 * styles.table.padding_mm * POINTS_PER_MM
    width = styles.page.text_width_pt(orientation)
    return tuple((column.share * width - padding) / size for column in table.columns)


# A merged cell that is taller may reach over a page. If its first row could not be split there, WeasyPrint would
# leave out the table's head on all pages up to the cell's end (measured).
_TALL_MERGED_LINES = 20


def keeps_together(slots: Sequence[Slot], widths: Sequence[float], styles: StyleSheet) -> bool:
    """Whether a row is short enough not to be split over two pages; of merged cells only tall ones count."""
    for slot, width in zip(slots, widths, strict=True):
        if isinstance(slot, Start):
            room = styles.table.keep_row_lines if slot.cell.row_span == 1 else _TALL_MERGED_LINES
            if line_count(slot.cell.paragraphs, width) > room:
                return False
    return True
