"""The tables of a Word file held against the style sheet (表格检查): grid, width, head, rows, rules, letters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.review.findings import Place
from reportgen.review.format_docx_letters import check_piece, pieces
from reportgen.review.format_docx_reading import BLANKS, TableItem, Tally, is_imprint, pitch_name, pitch_pt
from reportgen.review.forms import quoted, section_role
from reportgen.review.table_themes import nearest_theme
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, Ruling, StyleSheet, TextRole
from reportgen.word.file import Setup
from reportgen.word.looks import Border
from reportgen.word.tables import Cell, Row, Table
from reportgen.word.text import Paragraph
from reportgen.writers.measure import text_width

RULES = frozenset(
    {
        Rule.ALIGN,
        Rule.INDENT,
        Rule.PARAGRAPH_PITCH,
        Rule.TABLE_WIDTH,
        Rule.TABLE_HEAD,
        Rule.TABLE_RULES,
        Rule.TABLE_ROWS,
        Rule.TABLE_GRID,
        Rule.SPACES,
    }
)
"""What this module looks at (所查规则)."""

_TWIPS_PER_MM = POINTS_PER_MM * 20
# A table without rules of up to so many rows is taken for a means of placing things.
_LAYOUT_ROWS = 3


def check_table(item: TableItem, styles: StyleSheet, tally: Tally) -> None:
    """One table; a table that only places letterhead, signatures or imprint is none."""
    table = item.table
    text = list(table.text)
    drawn = any(_rules(table))
    if not any(map(str.strip, text)) or is_imprint(table):
        return
    if not drawn and len(table.rows) <= _LAYOUT_ROWS:
        return
    place = Place(spot=f"表{item.number}")
    styles = _themed(table, styles)
    _check_grid(table, place, tally)
    _check_width(item, place, tally)
    heads = _check_head(table, place, tally)
    _check_rules(table, place, styles, tally)
    widths = _columns(table)
    for index, row in enumerate(table.rows):
        where = _Where(item.number, index + 1, item.setup)
        if index >= heads:
            _check_row(table, row, widths, where, styles, tally)
        for cell in row.cells:
            if cell.merge != "continue" or cell.text.strip():
                _check_cell(cell, _role(row, cell, index < heads, len(widths)), where, styles, tally)


def _themed(table: Table, styles: StyleSheet) -> StyleSheet:
    """The style sheet as the theme sees it that the table is nearest to."""
    head, text = (_first_text(rows) for rows in (table.rows[:1], table.rows[1:]))
    return nearest_theme(
        styles,
        text.letters.size_pt if text else None,
        head.letters.size_pt if head else None,
        text.look.exact_pt if text else None,
    )


def _first_text(rows: Sequence[Row]) -> Paragraph | None:
    texts = (paragraph for row in rows for cell in row.cells for paragraph in cell.paragraphs)
    return next((paragraph for paragraph in texts if paragraph.text.strip()), None)


@dataclass(frozen=True, slots=True)
class _Where:
    table: int
    row: int
    setup: Setup

    def place(self, text: str = "") -> Place:
        return Place(spot=f"表{self.table}第{self.row}行{quoted(text) if text.strip() else ''}")


def _rules(table: Table) -> Iterator[bool]:
    yield any(border.width_pt > 0 for border in table.borders.values())
    yield from (border.width_pt > 0 for row in table.rows for cell in row.cells for border in cell.borders.values())


def _columns(table: Table) -> list[float]:
    """The columns' widths in twips, from the grid."""
    return list(table.grid or ())


def _check_grid(table: Table, place: Place, tally: Tally) -> None:
    """WPS takes the columns' widths from the grid, not from the cells."""
    if not table.grid:
        tally.breach(Rule.TABLE_GRID, place, "列宽表（tblGrid）", "没有", "写明每列宽度")
        return
    columns = max((cell.column + cell.span for row in table.rows for cell in row.cells), default=0)
    if columns != len(table.grid):
        tally.breach(Rule.TABLE_GRID, place, "列宽表（tblGrid）的列数", f"{len(table.grid)}列", f"{columns}列")
        return
    near = tally.within(Rule.TABLE_WIDTH) * _TWIPS_PER_MM
    total = sum(table.grid)
    if table.width_kind == "dxa" and table.width and abs(table.width - total) > near:
        _breach_sum(total, table.width, place, tally)
        return
    for row in table.rows:
        known = [(cell.width, sum(table.grid[cell.column : cell.column + cell.span])) for cell in row.cells]
        off = next(((width, grid) for width, grid in known if width and abs(width - grid) > near), None)
        if off:
            _breach_sum(off[1], off[0] or 0.0, place, tally)
            return


def _breach_sum(grid: float, width: float, place: Place, tally: Tally) -> None:
    found, wanted = f"{grid / _TWIPS_PER_MM:.4g}毫米", f"{width / _TWIPS_PER_MM:.4g}毫米"
    tally.breach(Rule.TABLE_GRID, place, "列宽表（tblGrid）的宽度", found, f"与表格或单元格的宽度一致，即{wanted}")


def _check_width(item: TableItem, place: Place, tally: Tally) -> None:
    table, area = item.table, item.setup.text_width_pt
    if area is None:
        return
    room = area * 20
    width = sum(table.grid or ()) or (table.width if table.width_kind == "dxa" else 0) or 0.0
    if table.width_kind in ("pct", "pct%") and table.width:
        width = room * table.width / (5000 if table.width_kind == "pct" else 100)
    indent = table.indent - (table.padding[0] if item.old else 0.0)
    over = (width - room) / 2 if table.centred else max(-indent, indent + width - room)
    tally.number(Rule.TABLE_WIDTH, place, "表格伸出版心", max(0.0, over) / _TWIPS_PER_MM, 0, "毫米")


def _check_head(table: Table, place: Place, tally: Tally) -> int:
    """How many rows are the head; whether they are repeated on every page."""
    marked = 0
    for row in table.rows:
        if not row.head:
            break
        marked += 1
    tall = _head_rows(table)
    if not marked and len(table.rows) > tall:
        tally.breach(Rule.TABLE_HEAD, place, "表头", "没有设为重复标题行", "每面重复")
        return tall
    if 0 < marked < tall:
        tally.breach(Rule.TABLE_HEAD, place, "表头", f"只有前{marked}行设为重复标题行", f"前{tall}行都每面重复")
    return max(marked, tall)


def _head_rows(table: Table) -> int:
    """How far down the first row's merged cells reach."""
    reach = 1
    merged = {cell.column for cell in table.rows[0].cells if cell.merge == "restart"} if table.rows else set()
    # A cell merged over the whole table is no head.
    while merged and reach < len(table.rows) and reach < 5:
        merged &= {cell.column for cell in table.rows[reach].cells if cell.merge == "continue"}
        reach += 1 if merged else 0
    return reach if reach < len(table.rows) and reach < 5 else 1


def _check_rules(table: Table, place: Place, styles: StyleSheet, tally: Tally) -> None:
    wanted = _wanted_rules(styles)
    names = {"top": "上框线", "left": "左框线", "bottom": "下框线", "right": "右框线"}
    widths = _outer(table)
    if len({widths[side] for side in names}) == len({wanted[side] for side in names}) == 1:
        tally.number(Rule.TABLE_RULES, place, "表格外框线", widths["top"], wanted["top"], "磅")
        widths = {side: width for side, width in widths.items() if side not in names}
    for side, width in widths.items():
        name = names.get(side, "内框线")
        tally.number(Rule.TABLE_RULES, place, f"表格{name}", width, wanted[side], "磅")


def _wanted_rules(styles: StyleSheet) -> dict[str, float]:
    """How wide each kind of rule should be."""
    frame = styles.table.frame_pt
    side = frame if styles.table.ruling is Ruling.GRID else 0.0
    inner = 0.0 if styles.table.ruling is Ruling.THREE else styles.table.rule_pt
    return {"top": frame, "left": side, "bottom": frame, "right": side, "insideH": inner, "insideV": inner}


def _outer(table: Table) -> dict[str, float]:
    """The width of each kind of rule where it is drawn by the table; cells may draw their own instead."""
    columns = max((cell.column + cell.span for row in table.rows for cell in row.cells), default=0)
    kinds = {"top", "left", "bottom", "right"}
    kinds |= {"insideH"} if len(table.rows) > 1 else set()
    kinds |= {"insideV"} if columns > 1 else set()
    found: dict[str, float] = {}
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side not in kinds:
            continue
        drawn = list(_cell_rules(table, side, columns))
        own = table.borders.get(side, Border(width_pt=0.0, color="AUTO")).width_pt
        # All cells' own rules count only if all say the same.
        found[side] = drawn[0] if drawn and len(set(drawn)) == 1 else own
    return found


def _cell_rules(table: Table, side: str, columns: int) -> Iterator[float]:
    """What the cells along that side draw themselves; the table's own where they do not."""
    last = len(table.rows) - 1
    own = table.borders.get(side, Border(width_pt=0.0, color="AUTO")).width_pt
    for index, row in enumerate(table.rows):
        for cell in row.cells:
            at = {"top": index == 0, "bottom": index == last, "left": cell.column == 0}
            at |= {"right": cell.column + cell.span == columns, "insideH": index > 0, "insideV": cell.column > 0}
            if not at[side] or (side == "insideH" and cell.merge == "continue"):
                continue
            edge = {"insideH": "top", "insideV": "left"}.get(side, side)
            drawn: Mapping[str, Border] = cell.borders
            yield drawn[edge].width_pt if edge in drawn else own


def _check_row(table: Table, row: Row, widths: list[float], where: _Where, styles: StyleSheet, tally: Tally) -> None:
    """A row of a few lines is not split; one line cannot be."""
    if row.whole or not widths:
        return
    lines = max((_lines(cell, widths, sum(table.padding)) for cell in row.cells if cell.merge != "continue"), default=0)
    # At the edge of what counts as short, the widths of letters are no evidence.
    if 2 <= lines < styles.table.keep_row_lines:
        text = row.cells[0].text if row.cells else ""
        wanted = f"{styles.table.keep_row_lines}行以内的行不跨页"
        tally.breach(Rule.TABLE_ROWS, where.place(text), "短行跨页", "允许", wanted)


def _lines(cell: Cell, widths: list[float], padding: float) -> int:
    """About how many lines a cell has."""
    room = max(1.0, (sum(widths[cell.column : cell.column + cell.span]) - padding) / 20)
    lines = 0
    for paragraph in cell.paragraphs:
        for line in paragraph.text.split("\n"):
            lines += max(1, math.ceil(text_width(line) * paragraph.letters.unit_pt / room))
    return lines


def _role(row: Row, cell: Cell, head: bool, columns: int) -> TextRole:
    """A row of one cell with 一、 or （一） is a heading inside the table."""
    if head:
        return TextRole.TABLE_HEAD
    text = cell.text.strip()
    section = section_role(text) if len(row.cells) == 1 and columns > 1 else None
    return section or TextRole.TABLE_CELL


def _check_cell(cell: Cell, role: TextRole, where: _Where, styles: StyleSheet, tally: Tally) -> None:
    for paragraph in cell.paragraphs:
        if not paragraph.text.strip():
            continue
        place = where.place(paragraph.text)
        for _, run, text in pieces(paragraph.runs, [(role, len(paragraph.text))]):
            check_piece(role, run.letters, text, place, styles, tally)
        _check_setting(paragraph, role, place, where.setup, styles, tally)


def _check_setting(
    paragraph: Paragraph, role: TextRole, place: Place, setup: Setup, styles: StyleSheet, tally: Tally
) -> None:
    look, letters, style = paragraph.look, paragraph.letters, styles.text[role]
    found, wanted = pitch_pt(look, letters, setup, in_table=True), styles.pitch_pt(role)
    if found is None:
        tally.breach(Rule.PARAGRAPH_PITCH, place, f"{role.value}行距", pitch_name(look), f"固定值{wanted:.4g}磅")
    else:
        tally.number(Rule.PARAGRAPH_PITCH, place, f"{role.value}行距", found, wanted, "磅")
    unit = letters.unit_pt
    tally.number(Rule.INDENT, place, f"{role.value}首行缩进", look.first.pt(unit) / unit, style.first_line_chars, "字")
    if role is TextRole.TABLE_HEAD and style.align is Align.CENTER and look.align in (Align.LEFT, Align.RIGHT):
        tally.breach(Rule.ALIGN, place, f"{role.value}对齐方式", "没有居中", "居中")
    if paragraph.text[0] in BLANKS and (paragraph.text[0] in "\u3000\t" or paragraph.text[:2].strip(BLANKS) == ""):
        tally.breach(Rule.SPACES, place, f"{role.value}的缩进或对齐", "开头的空格", "段落格式中的缩进或对齐")
