"""Rows with spans as a full grid of starting and covered cells (表格网格): the one place that knows spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reportgen.document import Cell, Row


class SpanError(ValueError):
    """Spans that do not fit a rectangle (合并有误): a fault of the program, never of a user."""

    def __init__(self, row: int, column: int, reason: str) -> None:
        super().__init__(f"第{row + 1}行第{column + 1}列：{reason}")


@dataclass(frozen=True, slots=True)
class Start:
    """The slot where a cell begins."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class Covered:
    """A slot that a cell further left or further up covers."""

    by: Cell
    from_above: bool
    from_left: bool


Slot: TypeAlias = Start | Covered


def resolve(rows: Sequence[Row], width: int) -> tuple[tuple[Slot, ...], ...]:
    """Every slot of the table, row by row; raises `SpanError` unless the cells fill it exactly."""
    grid: list[list[Slot | None]] = [[None] * width for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while column < width and grid[r][column] is not None:
                column += 1
            _place(grid, r, column, cell)
            column += cell.col_span
    return tuple(tuple(_filled(slots, r)) for r, slots in enumerate(grid))


def _place(grid: list[list[Slot | None]], row: int, column: int, cell: Cell) -> None:
    if column + cell.col_span > len(grid[row]):
        raise SpanError(row, column, "合并超出表格右边界")
    if row + cell.row_span > len(grid):
        raise SpanError(row, column, "合并超出表格下边界")
    for down in range(cell.row_span):
        for right in range(cell.col_span):
            if grid[row + down][column + right] is not None:
                raise SpanError(row + down, column + right, "与已有的合并单元格重叠")
            grid[row + down][column + right] = Covered(cell, down > 0, right > 0) if down or right else Start(cell)


def _filled(slots: list[Slot | None], row: int) -> list[Slot]:
    for column, slot in enumerate(slots):
        if slot is None:
            raise SpanError(row, column, "缺少单元格")
    return [slot for slot in slots if slot is not None]
