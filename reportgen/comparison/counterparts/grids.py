"""Tables as they are held against each other (对照用的表格): one, or several that are one in the other file.

Every place of the grid knows the cell that covers it; every cell knows the table and the index it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from reportgen.comparison.letters import seen, unspaced
from reportgen.comparison.model import Cell, Table
from reportgen.numbering import number_value

_ORDINAL_HEAD = re.compile(r"(序号|编号|号|No\.?|序)$", re.I)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell (单元格) with the block and the index it has there, and the rows of the joined grid that it covers."""

    block: int
    index: int
    cell: Cell
    row: int
    rows: int
    columns: int
    text: str


@dataclass(frozen=True)
class Grid:
    """One table, or several joined (表格): `origins` says for each row the block and the row there.

    `slots` has for each place the index in `cells`, -1 where none is.
    """

    blocks: tuple[int, ...]
    tables: tuple[Table, ...]
    cells: tuple[GridCell, ...]
    slots: tuple[tuple[int, ...], ...]
    origins: tuple[tuple[int, int], ...]
    heads: int
    width: int

    @cached_property
    def starting(self) -> tuple[tuple[int, ...], ...]:
        """The cells that begin in each row, by their index."""
        found: list[list[int]] = [[] for _ in self.slots]
        for number, cell in enumerate(self.cells):
            found[cell.row].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The words of the head over each column, all tiers."""
        return tuple(
            "／".join(dict.fromkeys(text for text in self._over(column) if text)) for column in range(self.width)
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """How each column is called: its lowest words if no other has them, else all tiers; 第3列 without a head."""
        low = [next((text for text in reversed(list(self._over(c))) if text), "") for c in range(self.width)]
        return tuple(
            (name if low.count(name) == 1 else self.columns[c]) or f"第{c + 1}列" for c, name in enumerate(low)
        )

    def _over(self, column: int) -> list[str]:
        found = (self.slots[row][column] for row in range(self.heads))
        return [unspaced(self.cells[number].text) for number in found if number >= 0]

    @cached_property
    def ordinal(self) -> int | None:
        """The column that counts the rows (序号列), if there is one."""
        for column in range(min(self.width, 3)):
            if _ORDINAL_HEAD.search(self.columns[column]) and len(self.columns[column]) <= 4:
                return column
        if not self.width:
            return None
        numbers = [value for row in range(self.heads, len(self.slots)) if (value := self.number(row, 0)) is not None]
        counted = len(numbers) >= 3 and all(b - a == 1 for a, b in pairwise(numbers))
        return 0 if counted and 2 * len(numbers) >= len(self.slots) - self.heads else None

    def number(self, row: int, column: int) -> int | None:
        """What a place says if that is a whole number."""
        index = self.slots[row][column]
        return number_value(self.cells[index].text.strip()) if index >= 0 else None

    def label(self, row: int) -> str:
        """What the row's ordinal column says."""
        if self.ordinal is None or row < self.heads:
            return ""
        index = self.slots[row][self.ordinal]
        is_whole = index >= 0 and self.cells[index].columns >= self.width > 1
        return unspaced(self.cells[index].text) if index >= 0 and not is_whole else ""

    def row_text(self, row: int, but: frozenset[int] = frozenset()) -> str:
        """The texts of the cells that begin in a row, ｜ between them."""
        texts = (self.cells[number].text.strip() for number in self.starting[row] if number not in but)
        return "｜".join(filter(None, texts))


def grid_of(blocks: Sequence[int], tables: Sequence[Table], fold: Callable[[str], str] = seen) -> Grid:
    """Tables as one grid (拼成一表); the head that the later ones repeat is left out."""
    cells: list[GridCell] = []
    slots: list[list[int]] = []
    origins: list[tuple[int, int]] = []
    width = max((table.column_count for table in tables), default=0)
    for number, (block, table) in enumerate(zip(blocks, tables, strict=True)):
        skipped = _repeated(tables[0], table) if number else 0
        base = len(slots) - skipped
        slots += [[-1] * width for _ in range(table.row_count - skipped)]
        origins += [(block, row) for row in range(skipped, table.row_count)]
        for index, cell in enumerate(table.cells):
            if cell.row < skipped:
                continue
            rows = max(1, min(cell.rows, table.row_count - cell.row))
            columns = max(1, min(cell.columns, width - cell.column))
            for row in range(cell.row, cell.row + rows):
                for column in range(cell.column, cell.column + columns):
                    slots[base + row][column] = len(cells)
            cells.append(GridCell(block, index, cell, base + cell.row, rows, columns, fold(cell.text)))
    heads = min(tables[0].head_rows, len(slots)) if tables else 0
    return Grid(tuple(blocks), tuple(tables), tuple(cells), tuple(map(tuple, slots)), tuple(origins), heads, width)


def _repeated(first: Table, other: Table) -> int:
    """How many rows of another table are the first's head again."""
    count = first.head_rows
    if not count or other.row_count < count or first.row_count < count:
        return 0
    heads = ([unspaced(cell.text) for row in table.rows[:count] for cell in row] for table in (first, other))
    return count if len({tuple(head) for head in heads}) == 1 else 0
