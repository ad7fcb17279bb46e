"""The imprint of a Word file held against the style sheet (版记检查): place, rules, letters, insets. 7.4."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.review.findings import Place
from reportgen.review.format_docx_letters import check_piece
from reportgen.review.format_docx_reading import (
    BLANKS,
    Reading,
    TableItem,
    Tally,
    begin_chars,
    is_imprint,
    is_letter,
    right_tab_chars,
)
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.word.looks import Border
from reportgen.word.tables import Cell, Row, Table
from reportgen.word.text import Paragraph
from reportgen.writers.measure import text_width

RULES = frozenset(
    {
        Rule.IMPRINT_PLACE,
        Rule.IMPRINT_RULES,
        Rule.IMPRINT_THICKNESS,
        Rule.INDENT,
        Rule.HANGING,
    }
)
"""What this module looks at (所查规则); what it says of letters is that of `format_docx_letters`."""

_SIDES = {"top": "靠上", "center": "居中", "inside": "靠上", "outside": "靠下"}


def check_imprint(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """What there is of an imprint, in a table or in paragraphs."""
    place = Place(spot="版记")
    for item in reading.items:
        if item.role is TextRole.IMPRINT and not item.paragraph.look.frame:
            _check_insets(item.paragraph, 0.0, item.setup.text_width_pt, item.place, styles, tally)
    for table in reading.tables:
        if not is_imprint(table.table):
            continue
        for row in table.table.rows:
            for cell in row.cells:
                _check_cell(cell, table, styles, tally)
        if _is_followed(reading, table.table):
            tally.breach(Rule.IMPRINT_PLACE, place, "版记", "其后还有内容", "在最后一面")
        floating = table.table.floating
        if floating and floating.down == "page" and floating.side == "bottom":
            tally.breach(Rule.IMPRINT_PLACE, place, "版记的位置", "在页面底端", "在版心下端")
        elif floating and floating.side in _SIDES and floating.down != "text":
            tally.breach(Rule.IMPRINT_PLACE, place, "版记的位置", _SIDES[floating.side], "在版心下端")
        if not is_letter(reading):  # whose imprint has neither date nor rules (10.1)
            _check_rules(table, place, styles, tally)


def _is_followed(reading: Reading, imprint: Table) -> bool:
    """Whether any text stands behind the imprint."""
    behind = False
    for section in reading.word.sections:
        for block in section.blocks:
            texts = block.text if isinstance(block, Table) else (block.text,)
            if behind and any(text.strip() for text in texts):
                return True
            behind = behind or block is imprint
    return False


def _left_pt(item: TableItem) -> float | None:
    """Where the table's frame begins, in points from the type area's left; None where the file does not say it."""
    table, setup = item.table, item.setup
    if table.floating is None:
        return None if table.centred else (table.indent - (table.padding[0] if item.old else 0.0)) / 20
    if table.floating.x is None or setup.left is None or table.floating.across == "text":
        return None
    return table.floating.x / 20 - (setup.left * POINTS_PER_MM if table.floating.across == "page" else 0.0)


def _width_pt(item: TableItem) -> float | None:
    table, area = item.table, item.setup.text_width_pt
    if table.width_kind in ("pct", "pct%") and table.width and area is not None:
        return area * table.width / (5000 if table.width_kind == "pct" else 100)
    width = sum(table.grid or ()) or (table.width if table.width_kind == "dxa" else None)
    return width / 20 if width else None


def _check_cell(cell: Cell, item: TableItem, styles: StyleSheet, tally: Tally) -> None:
    left, area = _left_pt(item), item.setup.text_width_pt
    alone = any(len(row.cells) == 1 and row.cells[0] is cell for row in item.table.rows)
    for paragraph in cell.paragraphs:
        text = paragraph.text.strip(BLANKS)
        if not text:
            continue
        place = Place(spot=f"版记「{text[:6]}」")
        for run in paragraph.runs:
            check_piece(TextRole.IMPRINT, run.letters, run.text, place, styles, tally)
        if left is not None and cell.column == 0:
            begin = left + item.table.padding[0] / 20
            room = area - begin if area is not None and alone else None
            _check_insets(paragraph, begin, room, place, styles, tally)


def _check_insets(
    paragraph: Paragraph, from_left: float, room: float | None, place: Place, styles: StyleSheet, tally: Tally
) -> None:
    """A character free at both ends; further lines of 抄送 stand below the first letter behind the colon. 7.4.2.

    Lines begin `from_left` points from the type area's left, and are `room` wide.
    """
    style, look, text = styles.text[TextRole.IMPRINT], paragraph.look, paragraph.text.strip(BLANKS)
    unit, start = paragraph.letters.unit_pt, begin_chars(paragraph)
    if look.align not in (Align.LEFT, Align.JUSTIFY) or start is None or paragraph.text.startswith("\t"):
        return
    # Insets are those of letters of the right size.
    usual = styles.unit_pt(TextRole.IMPRINT)
    begin = start * unit + from_left
    tally.number(Rule.INDENT, place, "版记左空", begin / usual, style.left_chars + style.first_line_chars, "字")
    right = right_tab_chars(paragraph, room)
    if right is not None:
        tally.number(Rule.INDENT, place, "版记右空", right * unit / usual, style.right_chars, "字")
    lead = text[: text.find("：") + 1]
    if lead and room is not None and text_width(text) * unit > room:
        off = look.left.pt(unit) / unit - start - text_width(lead)
        tally.number(Rule.HANGING, place, "抄送回行与首个机关首字相差", off, 0, "字")


def _check_rules(item: TableItem, place: Place, styles: StyleSheet, tally: Tally) -> None:
    """The first and the last rule are thicker than those between, all as wide as the type area. 7.4.1."""
    widths = _thicknesses(item.table)
    last = len(widths) - 1
    for index, found in enumerate(widths):
        outer = index in (0, last)
        name = "首条、末条" if outer else "中间的"
        wanted = styles.imprint.outer_rule_pt if outer else styles.imprint.inner_rule_pt
        if found:
            what = f"版记{name}分隔线的粗细"
            tally.number(Rule.IMPRINT_THICKNESS, place, what, found, wanted, "磅")
        else:
            tally.breach(Rule.IMPRINT_RULES, place, f"版记{name}分隔线", "缺少", "与版心等宽的分隔线")
    area, width, left = item.setup.text_width_pt, _width_pt(item), _left_pt(item)
    if area is not None and width is not None:
        found, wanted = width / POINTS_PER_MM, area / POINTS_PER_MM
        tally.number(Rule.IMPRINT_RULES, place, "版记分隔线的长度", found, wanted, "毫米")
    if left is not None:
        tally.number(Rule.IMPRINT_RULES, place, "版记分隔线左端距版心左边缘", left / POINTS_PER_MM, 0, "毫米")


def _thicknesses(table: Table) -> list[float]:
    """How thick the rule above each row is, and the one below the last; none where a cell has none."""
    found = [_thickness(table.rows[:1], "top", table.borders.get("top"))]
    inner = table.borders.get("insideH")
    for upper, lower in zip(table.rows, table.rows[1:], strict=False):
        found.append(max(_thickness([upper], "bottom", inner), _thickness([lower], "top", inner)))
    found.append(_thickness(table.rows[-1:], "bottom", table.borders.get("bottom")))
    return found


def _thickness(rows: Sequence[Row], side: str, usual: Border | None) -> float:
    own = usual.width_pt if usual else 0.0
    cells = [cell for row in rows for cell in row.cells]
    return min((cell.borders[side].width_pt if side in cell.borders else own for cell in cells), default=0.0)
