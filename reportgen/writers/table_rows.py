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


def keeps_together(slots: Sequence[Slot], widths: Sequence[float], styles: StyleSheet) -> bool:
    """Whether a row is short enough not to be split over two pages; cells of several rows do not count."""
    lines = [
        line_count(slot.cell.paragraphs, width)
        for slot, width in zip(slots, widths, strict=True)
        if isinstance(slot, Start) and slot.cell.row_span == 1
    ]
    return max(lines, default=1) <= styles.table.keep_row_lines
