"""The cells of a Word table as a full grid (Word 表格的网格): every slot with its cell, or the one that covers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from reportgen.word.tables import Cell, Row

# Edges so near to each other were meant as one: 2 mm, drawn or dragged by hand. In twips.
_SAME_EDGE = 113


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot (格位): `cell` begins here; `anchor` is the first slot of its merged range, as (row, column).

    `covered` cells go on from above or from the left: what stands in them is not shown.
    """

    cell: Cell | None = None
    anchor: tuple[int, int] | None = None
    covered: bool = False


def slots(rows: Sequence[Row], index: Mapping[int, int], width: int) -> list[list[Slot]]:
    """The grid of the rows that are shown (网格), `width` columns of it; `index` is that of `edge_numbers`."""
    grid: list[list[Slot]] = []
    # The merged range that each column may go on with, as its anchor and its columns.
    above: list[tuple[tuple[int, int], int, int] | None] = [None] * width
    ranges: Counter[tuple[int, int]] = Counter()
    for r, row in enumerate(rows):
        line = [Slot()] * width
        going_on: list[tuple[tuple[int, int], int, int] | None] = [None] * width
        left: tuple[int, int] | None = None
        for cell in row.cells:
            first, last = index[cell.column], min(index[cell.column + cell.span], width)
            if first >= width:
                break
            anchor = _anchor(cell, above[first], (r, first), last, left)
            for column in range(first, last):
                line[column] = Slot(cell if column == first else None, anchor, anchor != (r, first))
                if cell.merge:
                    going_on[column] = (anchor, first, last)
            ranges[anchor] += last - first
            left = anchor
        above = going_on
        grid.append(line)
    return [
        [slot if slot.anchor is None or ranges[slot.anchor] > 1 else Slot(slot.cell) for slot in line] for line in grid
    ]


def _anchor(
    cell: Cell,
    above: tuple[tuple[int, int], int, int] | None,
    own: tuple[int, int],
    last: int,
    left: tuple[int, int] | None,
) -> tuple[int, int]:
    """Where the merged range of a cell begins: what goes on from nowhere begins by itself."""
    if cell.sideways and left is not None:
        return left
    if cell.merge == "continue" and above is not None and above[1:] == (own[1], last):
        return above[0]
    return own


def edge_numbers(rows: Sequence[Row], widths: Sequence[float] | None) -> dict[int, int]:
    """The number of each edge of cells from the left (列号), edges that were meant as one having one number."""
    pairs = {(cell.column, cell.column + cell.span) for row in rows for cell in row.cells}
    edges = sorted({0} | {edge for pair in pairs for edge in pair})
    ends = [0.0, *accumulate(widths or ())]
    index: dict[int, int] = {}
    group: list[int] = []
    count = -1
    for edge in edges:
        near = group and edge < len(ends) and 0 < ends[edge] - ends[group[0]] < _SAME_EDGE
        if near and not any((one, edge) in pairs for one in group):
            group.append(edge)
        else:
            group = [edge]
            count += 1
        index[edge] = count
    return index
