"""Tables as HTML (网页表格). Their look is in `css_tables`; their equal for Word is `docx_tables`."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from reportgen.document import Cell, Orientation, Table
from reportgen.grid import Slot, Start, resolve
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.css import class_name, kind_class
from reportgen.writers.css_tables import lacks_class, theme_class
from reportgen.writers.table_rows import (
    cell_widths,
    half_page_lines,
    head_lines,
    keeps_together,
    lacking_lines,
    row_role,
)


def html_table(table: Table, orientation: Orientation, styles: StyleSheet) -> Iterator[str]:
    """The lines of a table; the empty foot, repeated like the head, closes the frame where a page ends."""
    sheet = styles.themed(table.theme)
    columns = "".join(f'<col style="width:{column.share:.4%}">' for column in table.columns)
    theme = f' class="{theme_class(styles, table.theme)}"' if table.theme else ""
    widths = cell_widths(table, orientation, sheet)
    head = resolve(table.head, len(table.columns))
    # WeasyPrint leaves a head out, without a word, on a page where no row finds room below it.
    part = "thead" if head_lines(head, widths) <= half_page_lines(sheet, orientation) else "tbody"
    yield f"<table{theme}>\n<colgroup>{columns}</colgroup>\n<{part}>"
    for slots in head:
        yield "<tr>" + "".join(_cell("th", slot.cell, "") for slot in slots if isinstance(slot, Start)) + "</tr>"
    yield f"</{part}>\n<tbody>"
    for row, slots in zip(table.body, resolve(table.body, len(table.columns)), strict=True):
        role = row_role(row)
        if role is not TextRole.TABLE_CELL:
            name = class_name(role)
            yield f'<tr class="keep {name}">{_cell("td", row[0], name)}</tr>'
        elif keeps_together(slots, widths, sheet):
            kept = (_cell("td", cell, kind) for cell, kind, _ in _started(slots, table, widths))
            yield f'<tr class="keep">{"".join(kept)}</tr>'
        else:
            cells = (
                _cell("td", cell, f"{kind} {lacks_class(lacking)}" if lacking else kind)
                for cell, kind, width in _started(slots, table, widths)
                for lacking in [lacking_lines(cell, width, sheet)]
            )
            yield f"<tr>{''.join(cells)}</tr>"
    yield f'</tbody>\n<tfoot><tr><td colspan="{len(table.columns)}"></td></tr></tfoot>\n</table>'


def _started(slots: Sequence[Slot], table: Table, widths: Sequence[float]) -> Iterator[tuple[Cell, str, float]]:
    """The cells that begin in a row, each with the class of its column and its width in characters."""
    for slot, column, width in zip(slots, table.columns, widths, strict=True):
        if isinstance(slot, Start):
            yield slot.cell, kind_class(column.kind), width


def _cell(tag: str, cell: Cell, kind: str) -> str:
    spans = f' class="{kind}"' if kind else ""
    spans += f' scope="{"colgroup" if cell.col_span > 1 else "col"}"' if tag == "th" else ""
    spans += f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    spans += f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return f"<{tag}{spans}>" + "\n".join(map(html.escape, cell.paragraphs)) + f"</{tag}>"
