"""Tables as HTML (网页表格). Their look is in `css_tables`; their equal for Word is `docx_tables`."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from reportgen.document import Cell, Orientation, Table
from reportgen.grid import Slot, Start, resolve
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.css import class_name, kind_class
from reportgen.writers.css_tables import theme_class
from reportgen.writers.table_rows import cell_widths, keeps_together, row_role


def html_table(table: Table, orientation: Orientation, styles: StyleSheet) -> Iterator[str]:
    """The lines of a table; the empty foot, repeated like the head, closes the frame where a page ends."""
    sheet = styles.themed(table.theme)
    columns = "".join(f'<col style="width:{column.share:.4%}">' for column in table.columns)
    theme = f' class="{theme_class(styles, table.theme)}"' if table.theme else ""
    yield f"<table{theme}>\n<colgroup>{columns}</colgroup>\n<thead>"
    for slots in resolve(table.head, len(table.columns)):
        yield "<tr>" + "".join(_cell("th", slot.cell, "") for slot in slots if isinstance(slot, Start)) + "</tr>"
    yield "</thead>\n<tbody>"
    widths = cell_widths(table, orientation, sheet)
    for row, slots in zip(table.body, resolve(table.body, len(table.columns)), strict=True):
        role = row_role(row)
        keep = ["keep"] if keeps_together(slots, widths, sheet) else []
        section = [class_name(role)] if role is not TextRole.TABLE_CELL else []
        classes = " ".join(keep + section)
        cells = "".join(_cell("td", cell, *section or [kind]) for cell, kind in _started(table, slots))
        yield f'<tr class="{classes}">{cells}</tr>' if classes else f"<tr>{cells}</tr>"
    yield f'</tbody>\n<tfoot><tr><td colspan="{len(table.columns)}"></td></tr></tfoot>\n</table>'


def _started(table: Table, slots: Sequence[Slot]) -> Iterator[tuple[Cell, str]]:
    """The cells that begin in a row, each with the class of its column."""
    for slot, column in zip(slots, table.columns, strict=True):
        if isinstance(slot, Start):
            yield slot.cell, kind_class(column.kind)


def _cell(tag: str, cell: Cell, kind: str) -> str:
    spans = f' class="{kind}"' if kind else ""
    spans += f' scope="{"colgroup" if cell.col_span > 1 else "col"}"' if tag == "th" else ""
    spans += f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    spans += f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return f"<{tag}{spans}>" + "\n".join(map(html.escape, cell.paragraphs)) + f"</{tag}>"
