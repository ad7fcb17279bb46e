"""Rows with spans as a grid of starting and covered cells (表格网格): the one place that knows spans.

Rows are placed one by one as they come: no row waits for those below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


Placed: TypeAlias = tuple[int, Cell, bool]
"""A cell in a row (行中的格): its first column, the cell, and whether it comes from a row further up."""


def resolve(rows: Sequence[Row], width: int) -> tuple[tuple[Slot, ...], ...]:
    """Every slot of the table, row by row; raises `SpanError` unless the cells fill it exactly."""
    return tuple(tuple(_slots(line)) for line in placed(rows, width))


def _slots(line: Iterable[Placed]) -> Iterator[Slot]:
    for _, cell, from_above in line:
        yield Covered(cell, from_above=True, from_left=False) if from_above else Start(cell)
        for _ in range(cell.col_span - 1):
            yield Covered(cell, from_above, from_left=True)


def placed(rows: Iterable[Row], width: int) -> Iterator[list[Placed]]:
    """The cells of each row from left to right (逐行排格), with those that reach into it from above.

    Raises `SpanError` as soon as the cells do not fill the rows exactly.
    """
    # What reaches into the next rows, by its first column: the cell, its first row and its last one.
    reaching: dict[int, tuple[Cell, int, int]] = {}
    for number, row in enumerate(rows):
        line: list[Placed] = []
        column = 0
        for cell in (*row, None):
            while (held := reaching.get(column)) is not None:
                above, _, last = held
                line.append((column, above, True))
                if last == number:
                    del reaching[column]
                column += above.col_span
            if cell is None:
                break
            end = column + cell.col_span
            if end > width:
                raise SpanError(number, column, "合并超出表格右边界")
            if cell.col_span > 1 and (taken := [each for each in range(column, end) if each in reaching]):
                raise SpanError(number, taken[0], "与已有的合并单元格重叠")
            if cell.row_span > 1:
                reaching[column] = (cell, number, number + cell.row_span - 1)
            line.append((column, cell, False))
            column = end
        if column < width:
            raise SpanError(number, column, "缺少单元格")
        yield line
    for column, (_, first, _) in reaching.items():
        raise SpanError(first, column, "合并超出表格下边界")
