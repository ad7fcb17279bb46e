"""Rows and merged cells that a page end parts (跨页的行与合并), settled by the other file.

A page does not say whether what stands on top of it goes on with what stands at the foot of the page before. Where
the other file has both as one, they are one here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from reportgen.comparison.model import Block, Cell, Content, FileKind, Paragraph, Table

_Cells: TypeAlias = dict[tuple[int, int], Cell]


def settled_tables(first: Content, second: Content) -> tuple[Content, Content]:
    """Both contents with the parts of rows and cells joined that the other one has as one (核定跨页表格)."""
    one, two = (
        [index for index, block in enumerate(content.blocks) if isinstance(block, Table)] for content in (first, second)
    )
    if len(one) != len(two):
        return first, second
    left, right = list(first.blocks), list(second.blocks)
    for at, other in zip(one, two, strict=True):
        a, b = left[at], right[other]
        assert isinstance(a, Table)
        assert isinstance(b, Table)
        if first.kind is FileKind.PDF:
            left[at] = a = _settled(a, b)
        if second.kind is FileKind.PDF:
            right[other] = b = _settled(b, a)
        left[at], right[other] = _with_heads(a, b, first, second)
    return _with_blocks(first, left), _with_blocks(second, right)


def _with_blocks(content: Content, blocks: Sequence[Block]) -> Content:
    return replace(content, blocks=tuple(blocks))


def _with_heads(one: Table, other: Table, first: Content, second: Content) -> tuple[Table, Table]:
    """How many rows are the head a table on one page does not say: what the other one says holds."""
    if one.head_rows == other.head_rows:
        return one, other
    if first.kind is FileKind.PDF and len(one.boxes) < 2:
        return replace(one, head_rows=other.head_rows), other
    if second.kind is FileKind.PDF and len(other.boxes) < 2:
        return one, replace(other, head_rows=one.head_rows)
    return one, other


def _settled(table: Table, like: Table) -> Table:
    if table.column_count != like.column_count:
        return table
    table = _with_joined_rows(table, like)
    return _with_joined_cells(table, like) if table.row_count == like.row_count else table


def _key(cell: Cell) -> str:
    return "".join(cell.text.split())


# ---- rows


def _with_joined_rows(table: Table, like: Table) -> Table:
    """The table with rows joined at page ends that make a row of the other one together."""
    rows = [list(row) for row in table.rows]
    # Known by what it says: rows that came or went shift it.
    wanted = {frozenset((cell.column, _key(cell)) for cell in row) for row in like.rows}
    gone: list[int] = []
    for row in range(table.row_count):
        if row in gone:
            continue
        below = row + 1
        if below < table.row_count and _begins_page(rows[row], rows[below]):
            together = {cell.column: _key(cell) for cell in rows[row]}
            if frozenset(together.items()) not in wanted:
                for cell in rows[below]:
                    together[cell.column] = together.get(cell.column, "") + _key(cell)
                if frozenset(together.items()) in wanted:
                    rows[row] = _join_rows(rows[row], rows[below])
                    gone.append(below)
    if not gone:
        return table
    cells = []
    for index, row_cells in enumerate(rows):
        if index in gone:
            continue
        for cell in row_cells:
            above = sum(each < cell.row for each in gone)
            within = sum(cell.row < each < cell.row + cell.rows for each in gone)
            cells.append(replace(cell, row=cell.row - above, rows=max(cell.rows - within, 1)))
    return replace(table, cells=tuple(cells), row_count=table.row_count - len(gone))


def _begins_page(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    last = max((box.page for cell in upper for box in cell.boxes), default=0)
    return any(box.page > last for cell in lower for box in cell.boxes[:1])


def _join_rows(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    below = {cell.column: cell for cell in lower}
    joined = [_join(cell, below.pop(cell.column)) if cell.column in below else cell for cell in upper]
    return sorted((*joined, *below.values()), key=lambda cell: cell.column)


def _join(upper: Cell, lower: Cell) -> Cell:
    own = (*upper.paragraphs, *lower.paragraphs)
    paragraph = Paragraph(
        pieces=tuple(piece for each in own for piece in each.pieces),
        boxes=tuple(box for each in own for box in each.boxes),
        page=own[0].page if own else None,
    )
    return replace(upper, paragraphs=(paragraph,) if own else (), boxes=(*upper.boxes, *lower.boxes))


# ---- merged cells


def _with_joined_cells(table: Table, like: Table) -> Table:
    """The table with cells joined, or parted, at a page end as the other one has them."""
    wanted = {(cell.row, cell.column): cell for cell in like.cells}
    own = {(cell.row, cell.column): cell for cell in table.cells}
    for at, cell in list(own.items()):
        like_cell = wanted.get(at)
        if at not in own or like_cell is None or like_cell.columns != cell.columns:
            continue
        if like_cell.rows > cell.rows:
            _join_down(own, cell, like_cell)
        elif like_cell.rows < cell.rows and len(cell.boxes) > 1:
            _part(own, cell, like_cell, wanted)
    if own.keys() == {(cell.row, cell.column) for cell in table.cells}:
        return table
    return replace(table, cells=tuple(own[at] for at in sorted(own)))


def _join_down(own: _Cells, cell: Cell, like: Cell) -> None:
    parts, end = [cell], cell.row + cell.rows
    while end < like.row + like.rows:
        below = own.get((end, cell.column))
        if below is None or below.columns != cell.columns or not _goes_on(own, cell, below):
            return
        parts.append(below)
        end += below.rows
    if end != like.row + like.rows:
        return
    for part in parts[1:]:
        del own[part.row, part.column]
    boxes = tuple(box for part in parts for box in part.boxes)
    own[cell.row, cell.column] = replace(cell, rows=like.rows, boxes=boxes)


def _goes_on(own: _Cells, upper: Cell, lower: Cell) -> bool:
    """Whether a page leaves open that a cell goes on: it has no text of its own there, or the same right on top."""
    if not upper.boxes or not lower.boxes:
        return False
    if not _key(lower):
        return lower.boxes[0].page > upper.boxes[0].page
    return _key(lower) == _key(upper) and _page_ends(own, lower.row)


def _page_ends(own: _Cells, row: int) -> bool:
    """Whether a page ends right above a row."""
    above = [box.page for at, cell in own.items() if at[0] == row - 1 and cell.rows == 1 for box in cell.boxes]
    here = [cell.boxes[0].page for at, cell in own.items() if at[0] == row and cell.rows == 1 and cell.boxes]
    return bool(above and here) and min(here) > max(above)


def _part(own: _Cells, cell: Cell, like: Cell, wanted: _Cells) -> None:
    """A cell that was taken for one because both pages say the same, where the other file has two of them."""
    below = wanted.get((like.row + like.rows, cell.column))
    if below is None or below.rows != cell.rows - like.rows or _key(below) not in ("", _key(cell)):
        return
    if not _page_ends(own, below.row):
        return
    own[cell.row, cell.column] = replace(cell, rows=like.rows, boxes=cell.boxes[:1])
    text = cell.paragraphs if _key(below) else ()
    own[below.row, cell.column] = replace(
        cell, row=below.row, rows=below.rows, boxes=cell.boxes[1:], paragraphs=text, page=cell.boxes[1].page
    )
