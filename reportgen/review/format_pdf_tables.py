"""Tables of a laid-out document (表格): inside the type area, head on every page, rules, rows. GB/T 9704—2012 8."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median

from reportgen.document import ColumnKind
from reportgen.review.findings import Examiner, Place
from reportgen.review.forms import quoted, section_role
from reportgen.review.page import MM_PER_POINT
from reportgen.review.page_tables import CellOnPage, TableOnPage
from reportgen.review.passages import Reading
from reportgen.review.table_themes import nearest_theme
from reportgen.rules import Rule
from reportgen.styles import Align, StyleSheet, TextRole


def cell_roles(table: TableOnPage, reading: Reading) -> dict[int, TextRole]:
    """The role of the cells that begin in each row: head, heading inside the table, or plain."""
    head = reading.heads[table]
    return {row: _row_role(table, row, head) for row in range(len(table.down) - 1)}


def _row_role(table: TableOnPage, row: int, head: int) -> TextRole:
    if row < head:
        return TextRole.TABLE_HEAD
    cells = table.row(row)
    if len(cells) == 1 and cells[0].columns == len(table.across) - 1 > 1:
        return section_role(cells[0].text) or TextRole.TABLE_CELL
    return TextRole.TABLE_CELL


def themed_styles(reading: Reading, styles: StyleSheet) -> dict[TableOnPage, StyleSheet]:
    """For each table the style sheet as that theme (表格样式) sees it which its text's size is nearest to."""
    found: dict[TableOnPage, StyleSheet] = {}
    for chain in reading.chains:
        sizes: dict[bool, list[float]] = {True: [], False: []}
        steps: list[float] = []
        for table in chain:
            for cell in table.cells:
                in_head = cell.row < reading.heads[table]
                sizes[in_head] += [letter.setting.size_pt for line in cell.lines for letter in line.letters[:3]]
                steps += [] if in_head else _steps(cell, table)
        text, head = (median(sizes[in_head]) if sizes[in_head] else None for in_head in (False, True))
        found |= dict.fromkeys(chain, nearest_theme(styles, text, head, median(steps) if steps else None))
    return found


def _steps(cell: CellOnPage, table: TableOnPage) -> list[float]:
    """From line to line of a cell, in points; where no lines part the columns, those of neighbours are mixed."""
    if not table.has_uprights:
        return []
    return [(below.y - above.y) / MM_PER_POINT for above, below in pairwise(cell.lines)]


def check_tables(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Every table on every page."""
    for sheet in reading.sheets:
        for line in sheet.spilled:
            place = Place(page=sheet.page.number, spot=f"表格文字{quoted(line.text)}")
            examiner.breach(Rule.TABLE_WIDTH, place, "单元格的文字", "在表框以外", "在单元格以内")
    themed = themed_styles(reading, styles)
    for chain in reading.chains:
        own = themed[chain[0]]
        _heads(chain, reading, examiner)
        for above, below in pairwise(chain):
            _split_row(above, below, reading, own, examiner)
        for table in chain:
            _inside(table, reading, examiner)
            _rules(table, own, examiner)
            _cells(table, chain[0], reading, own, examiner)


def _place(table: TableOnPage) -> Place:
    return Place(page=table.page, spot=f"表格{quoted(table.row_text(0).replace('│', ' '))}")


def _heads(chain: tuple[TableOnPage, ...], reading: Reading, examiner: Examiner) -> None:
    """The head of a table's first page stands again on each further one."""
    first = chain[0]
    if not first.head_rows:
        return
    wanted = quoted(first.row_text(0).replace("│", " "))
    for part in chain[1:]:
        if not reading.heads[part]:
            found = quoted(part.row_text(0).replace("│", " "))
            examiner.breach(Rule.TABLE_HEAD, _place(part), "续页的第一行", found, f"表头{wanted}")


def _inside(table: TableOnPage, reading: Reading, examiner: Examiner) -> None:
    """The table stays in the type area; it may be narrower."""
    sheet = reading.sheets[table.page - 1]
    within = examiner.within(Rule.TABLE_WIDTH)
    left, top, right, bottom = table.box
    edges = (
        ("表格左边缘距纸左边", left, min(sheet.area.left, sheet.left), 1),
        ("表格上边缘距纸上边", top, sheet.area.top, 1),
        ("表格右边缘距纸左边", right, max(sheet.area.right, reading.edge(sheet)), -1),
        ("表格下边缘距纸上边", bottom, sheet.area.bottom, -1),
    )
    for what, found, wanted, inwards in edges:
        if (found - wanted) * inwards <= within:
            examiner.number(Rule.TABLE_WIDTH, _place(table), what, found, wanted, "毫米")


def _rules(table: TableOnPage, styles: StyleSheet, examiner: Examiner) -> None:
    """The frame by its sides, since a page's end may cut a table anywhere; the rules inside."""
    left, top, right, bottom = table.box
    frame: Counter[float] = Counter()
    inside: Counter[float] = Counter()
    for ruling in table.rulings:
        thick = round(ruling.thick_pt, 2)
        if not ruling.across and (abs(ruling.at - left) < 0.8 or abs(ruling.at - right) < 0.8):
            frame[thick] += 1
        elif (ruling.across and top + 0.8 < ruling.at < bottom - 0.8) or (
            not ruling.across and left + 0.8 < ruling.at < right - 0.8
        ):
            inside[thick] += 1
    style = styles.table
    for counts, what, wanted in ((frame, "表格外框线", style.frame_pt), (inside, "表内线", style.rule_pt)):
        if counts:
            examiner.number(Rule.TABLE_RULES, _place(table), what, counts.most_common(1)[0][0], wanted, "磅")


def _split_row(
    above: TableOnPage, below: TableOnPage, reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """A short row that a page's end has split: its rest has no number of its own, or none was before it."""
    if not above.row(0) or _kind(above, 0, reading) is not ColumnKind.NUMBER:
        return
    last = max(cell.row for cell in above.cells if cell.column == 0)
    first = reading.heads[below]
    one = {cell.column: cell for cell in above.row(last)}
    rest = {cell.column: cell for cell in below.row(first)}
    if 0 not in one or 0 not in rest or len(one) < 2 or last < reading.heads[above]:
        return
    numbers = (one[0].text, rest[0].text)
    if all(numbers) or not any(numbers):
        return
    both = [(one[column], rest[column]) for column in one if column in rest and column > 0]
    lines = max((len(a.lines) + len(b.lines) for a, b in both), default=0)
    if lines <= styles.table.keep_row_lines and any(a.lines and b.lines for a, b in both):
        limit = styles.table.keep_row_lines
        place = Place(page=above.page, spot=f"表格第{numbers[0] or numbers[1]}行")
        examiner.breach(Rule.TABLE_ROWS, place, f"{limit}行以内的表格行", "分在两页", "在同一页")


def _kind(table: TableOnPage, column: int, reading: Reading) -> ColumnKind | None:
    """What a column holds, as far as its head tells."""
    head = next((cell.text for cell in table.row(0) if cell.column == column), "")
    return ColumnKind.NUMBER if reading.heads[table] and head == "序号" else None


def _cells(table: TableOnPage, first: TableOnPage, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Head and number column in the middle of their cells; the pitch of the lines."""
    roles = cell_roles(table, reading)
    steps: list[float] = []
    for cell in table.cells:
        role = roles[cell.row]
        numbers = role is TextRole.TABLE_CELL and cell.column == 0 and _kind(first, 0, reading) is ColumnKind.NUMBER
        centred = (role is TextRole.TABLE_HEAD and styles.text[role].align is Align.CENTER) or (
            numbers and styles.table.align.get(ColumnKind.NUMBER) is Align.CENTER
        )
        if centred and cell.lines and table.has_uprights:
            _centred(table, cell, role, examiner)
        if role is TextRole.TABLE_CELL:
            steps += _steps(cell, table)
    if len(steps) >= 3:
        wanted = styles.pitch_pt(TextRole.TABLE_CELL)
        examiner.number(Rule.PARAGRAPH_PITCH, _place(table), "表格文字的行距", median(steps), wanted, "磅")


def _centred(table: TableOnPage, cell: CellOnPage, role: TextRole, examiner: Examiner) -> None:
    middle = (cell.box[0] + cell.box[2]) / 2
    # The line that is off furthest; a cell is one finding.
    line = max(cell.lines, key=lambda each: abs(each.middle - middle))
    place = Place(page=table.page, spot=f"{role.value}{quoted(cell.text)}")
    examiner.number(Rule.ALIGN, place, f"{role.value}的中线偏离单元格中线", line.middle - middle, 0, "毫米")
