"""The tables of a Word file as grids (Word 的表格): columns by the edges that are seen, rules as they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from reportgen.comparison import model
from reportgen.comparison.contents.table_heads import head_row_count
from reportgen.comparison.contents.word_borders import Rules
from reportgen.comparison.contents.word_looks import mm, ruled
from reportgen.comparison.model import Value
from reportgen.word.grid import edge_numbers, slots
from reportgen.word.tables import Cell, Nested, Row, Table
from reportgen.word.text import Paragraph

_VERTICAL = {"top": "靠上", "center": "居中", "bottom": "靠下", "both": "两端"}
_DIRECTIONS = {
    "": "横排",
    "lrTb": "横排",
    "tb": "横排",
    "tbRl": "竖排",
    "rl": "竖排",
    "tbRlV": "竖排",
    "btLr": "向左旋转90度",
    "lr": "向左旋转90度",
    "lrTbV": "横排",
    "tbLrV": "竖排",
}
_TABLE_ALIGN = {"": "左", "left": "左", "start": "左", "center": "居中", "right": "右", "end": "右"}
_MARGINS = {
    "top": "单元格上边距",
    "bottom": "单元格下边距",
    "left": "单元格左边距",
    "right": "单元格右边距",
}


_AS_COLUMN = "随列"
# By so much a cell must stand out of its column before anyone sees it.
_STANDS_OUT_MM = 1.0


class Reader(Protocol):
    """Makes the paragraphs of a cell (段落读取)."""

    def __call__(self, paragraphs: Sequence[Paragraph], *, page_break: bool) -> tuple[model.Paragraph, ...]:
        """The paragraphs one below the other; the first begins a page if `page_break` says so."""


def shown_table(table: Table, read: Reader, *, old: bool, page_break: bool) -> model.Table | None:
    """A table as it is seen (表格); None if nothing of it is.

    `old` is a file that has the text of a table at the margin, not its frame. `read` makes paragraphs.
    """
    rows = [row for row in table.rows if row.cells and is_seen(row)]
    if not rows:
        return None
    index = edge_numbers(rows, table.grid)
    count = max(index.values())
    grid = slots(rows, index, count)
    ends: dict[tuple[int, int], tuple[int, int]] = {}
    for r, line in enumerate(grid):
        for c, slot in enumerate(line):
            if slot.anchor is not None or slot.cell is not None:
                ends[slot.anchor or (r, c)] = (r, c)
    widths = _widths(rows, index, count, table.grid)
    making = _Making(table, rows, index, count, widths, read)
    cells: list[model.Cell] = []
    filled: set[int] = set()
    for r, line in enumerate(grid):
        for c, slot in enumerate(line):
            if slot.cell is None or slot.covered:
                continue
            # Only what is wider or higher than one slot has an anchor.
            last_row, last_column = ends.get((r, c), (r, c))
            first = page_break and not cells
            cells.append(
                making.made(slot.cell, range(r, last_row + 1), range(c, last_column + 1), r not in filled, first)
            )
            filled.add(r)
    repeated = next((at for at, row in enumerate(rows) if not row.head), 0)
    return model.Table(
        cells=tuple(cells),
        row_count=len(rows),
        column_count=count,
        widths=widths,
        head_rows=repeated or head_row_count(cells, len(rows)),
        look=dict(_table_look(table, repeated, old)),
    )


def is_seen(row: Row) -> bool:
    """Whether a row is shown (可见行): one marked as hidden is not, if all that stands in it is hidden."""
    return not row.hidden or any(
        not run.letters.hidden and run.text.strip()
        for cell in row.cells
        for each in cell.paragraphs
        for run in each.runs
    )


def _widths(
    rows: Sequence[Row], index: Mapping[int, int], count: int, grid: Sequence[float] | None
) -> tuple[float, ...]:
    """The widths of the columns: what the cells of most rows say is what Word draws, else what the grid says."""
    ruled_alike = Counter(
        tuple((index[cell.column], index[cell.column + cell.span], cell.width) for cell in row.cells) for row in rows
    )
    places: dict[int, float] = {0: 0.0}
    # A row that begins further right waits for those that say where.
    for _ in range(2):
        said: dict[int, Counter[float]] = {}
        for cells, times in ruled_alike.items():
            at = dict(places) if cells[0][0] else {0: 0.0}
            for left, right, width in cells:
                if width and left in at:
                    at[right] = at[left] + width
                    if right not in places:
                        said.setdefault(right, Counter())[at[right]] += times
        places |= {number: most.most_common(1)[0][0] for number, most in said.items()}
    ends = [0.0, *accumulate(grid or ())]
    for edge, number in sorted(index.items()):
        if number not in places and edge < len(ends):
            places[number] = ends[edge]
    if len(places) <= count:
        return ()
    return tuple(mm(places[number + 1] - places[number]) for number in range(count))


def _table_look(table: Table, repeated: int, old: bool) -> Iterator[tuple[str, Value]]:
    align = _TABLE_ALIGN.get(table.align, table.align)
    yield "表格对齐", align
    if table.floating is not None:
        place = table.floating
        across = "" if place.x is None else f"横向{mm(place.x):g}毫米"
        yield "文字环绕", " ".join(filter(None, (place.across, across, place.down, place.side)))
    elif align == "左":
        yield "表格缩进", mm(table.indent - (table.padding[0] if old else 0.0))
    yield "重复标题行", repeated


@dataclass(slots=True)
class _Making:
    """The cells of one table, looks that are equal made once."""

    table: Table
    rows: Sequence[Row]
    index: Mapping[int, int]
    count: int
    widths: Sequence[float]
    read: Reader
    rules: Rules = field(init=False)
    _looks: dict[tuple[object, ...], Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        at: list[list[Cell | None]] = [[None] * self.count for _ in self.rows]
        for line, row in zip(at, self.rows, strict=True):
            for cell in row.cells:
                for column in range(self.index[cell.column], self.index[cell.column + cell.span]):
                    line[column] = cell
        self.rules = Rules(self.table.borders, self.rows, at)

    def made(self, cell: Cell, rows: range, columns: range, begins: bool, page_break: bool) -> model.Cell:
        """A cell over some rows and columns; that which `begins` its row says how high it is."""
        return model.Cell(
            row=rows.start,
            column=columns.start,
            rows=len(rows),
            columns=len(columns),
            paragraphs=self.read(tuple(cell.paragraphs), page_break=page_break),
            look=self._look(cell, rows, columns, begins),
        )

    def _look(self, cell: Cell, rows: range, columns: range, begins: bool) -> Mapping[str, Value]:
        row = self.rows[rows.start]
        nested = tuple(_nested(block) for block in cell.blocks if isinstance(block, Nested))
        key = (
            id(cell.look),
            id(cell.styled),
            self.rules.below(rows[-1], columns),
            self.rules.beside(rows, columns[-1]),
            # Those of the upper and the left cell are told there.
            self.rules.below(-1, columns) if rows.start == 0 else None,
            self.rules.beside(rows, -1) if columns.start == 0 else None,
            (row.height, row.height_rule, row.whole) if begins else None,
            nested,
            own_width := self._own_width(cell, columns),
        )
        if key not in self._looks:
            look = dict(self._said(cell, key, row if begins else None, nested))
            self._looks[key] = {**look, "单元格宽": own_width}
        return self._looks[key]

    def _own_width(self, cell: Cell, columns: range) -> str:
        """How wide a cell is that does not keep to its columns: a fixed table is drawn so, ragged."""
        if not self.table.fixed or not cell.width or not self.widths:
            return _AS_COLUMN
        own = mm(cell.width)
        of_columns = sum(self.widths[columns.start : columns.stop])
        return f"{own:.1f}毫米" if abs(own - of_columns) > _STANDS_OUT_MM else _AS_COLUMN

    def _said(
        self, cell: Cell, key: tuple[object, ...], row: Row | None, nested: Sequence[str]
    ) -> Iterator[tuple[str, Value]]:
        for name, rule in zip(("下框线", "右框线", "上框线", "左框线"), key[2:6], strict=True):
            if isinstance(rule, str):
                yield name, rule
        look = cell.look.over(cell.styled)
        for side, name in (("tl2br", "左上至右下"), ("tr2bl", "右上至左下")):
            if rule := ruled(look.borders.get(side)):
                yield "斜线", f"{name} {rule}"
        yield "底纹", "" if look.fill in (None, "AUTO", "FFFFFF") else look.fill
        yield "垂直对齐", _VERTICAL.get(look.vertical or "top", look.vertical)
        yield "文字方向", _DIRECTIONS.get(look.direction or "", look.direction)
        for side, name in _MARGINS.items():
            yield name, mm(look.margins.get(side, self.table.margins.get(side, 0.0)))
        if row is not None:
            yield "行高", _height(row)
            yield "允许跨页断行", not row.whole
        if nested:
            yield "嵌套表格", "；".join(nested)


def _height(row: Row) -> str:
    if not row.height:
        return "自动"
    return f"{'固定值' if row.height_rule == 'exact' else '最小值'} {mm(row.height):.1f}毫米"


def _nested(table: Nested) -> str:
    """A table in a cell, as its grid."""
    widths = "、".join(f"{mm(width):.1f}" for width in table.grid)
    spans = ["".join(f"{cell.span}{cell.merge[:1]}," for cell in row.cells).rstrip(",") for row in table.rows]
    merged = any(set(line) - set("1,") for line in spans)
    return f"{len(table.rows)}行，列宽{widths}毫米" + (f"，合并{'；'.join(spans)}" if merged else "")
