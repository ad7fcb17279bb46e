"""The rules of a Word table as they are drawn (Word 表格的框线): each between two cells belongs to one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reportgen.comparison.contents.word_looks import ruled
from reportgen.word.looks import Border
from reportgen.word.tables import Cell, Row

_OPPOSITE = {"bottom": "top", "right": "left"}
_INSIDE = {"top": "insideH", "bottom": "insideH", "left": "insideV", "right": "insideV"}
# How far up what says a rule stands: a cell's own rule is drawn over that of its row, and so on.
_CELL, _ROW, _ZONE, _TABLE = 3, 2, 1, 0


@dataclass(slots=True)
class Rules:
    """The rules of a table (框线) by the cells on both sides; `at` is the cell of the file in each slot of the grid.

    A rule between two cells is that of the upper or the left one: its lower or right one. Of two that are said, a
    cell's own is drawn rather than the table's, the wider rather than the narrower, any rather than none.
    """

    borders: Mapping[str, Border]
    rows: Sequence[Row]
    at: Sequence[Sequence[Cell | None]]
    _drawn: dict[tuple[object, ...], str] = field(default_factory=dict)

    def below(self, row: int, columns: range) -> str:
        """The rules under a row, along some columns."""
        return self._along([self._between(row, column, row + 1, column, "bottom") for column in columns])

    def beside(self, rows: range, column: int) -> str:
        """The rules on the right of a column, along some rows."""
        return self._along([self._between(row, column, row, column + 1, "right") for row in rows])

    @staticmethod
    def _along(drawn: list[str]) -> str:
        """What is drawn along an edge, each other rule once in its order."""
        return "／".join(said or "无" for said, _ in groupby(drawn)) if any(drawn) else ""

    def _between(self, row: int, column: int, other_row: int, other_column: int, side: str) -> str:
        first, second = self._cell(row, column), self._cell(other_row, other_column)
        if first is None and second is None:
            return ""
        own = self.rows[max(row, 0)].borders
        others = self.rows[min(other_row, len(self.rows) - 1)].borders
        key = (_key(first), _key(second), id(own), id(others), side)
        if key not in self._drawn:
            outer = first is None or second is None
            said = [] if first is None else [self._said(first, own, side, outer)]
            said += [] if second is None else [self._said(second, others, _OPPOSITE[side], outer)]
            drawn = [each for each in said if each is not None and each[1].width_pt]
            self._drawn[key] = ruled(max(drawn, key=_weight)[1] if drawn else None)
        return self._drawn[key]

    def _cell(self, row: int, column: int) -> Cell | None:
        inside = 0 <= row < len(self.at) and 0 <= column < len(self.at[row])
        return self.at[row][column] if inside else None

    def _said(self, cell: Cell, row: Mapping[str, Border], side: str, outer: bool) -> tuple[int, Border] | None:
        """The rule that one cell has on a side, and how far up it is said."""
        if side in cell.look.borders:
            return _CELL, cell.look.borders[side]
        name = side if outer else _INSIDE[side]
        if name in row:
            return _ROW, row[name]
        for zone in (side, name):
            if zone in cell.styled.borders:
                return _ZONE, cell.styled.borders[zone]
        return (_TABLE, self.borders[name]) if name in self.borders else None


def _key(cell: Cell | None) -> tuple[int, int] | None:
    return None if cell is None else (id(cell.look), id(cell.styled))


def _weight(said: tuple[int, Border]) -> tuple[bool, float, str, str]:
    """What is drawn rather (ISO/IEC 29500-1, 17.4.66); the last two only make it the same on both sides."""
    level, border = said
    return level == _CELL, border.width_pt, border.line, border.color
