"""Which pieces of two contents stand beside each other on a page (对照行), and which of them are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reportgen.comparison.counterparts.grids import Grid
from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.counterparts.paired_tables import TablePair
from reportgen.comparison.model import Content, Spot, Table

WHOLE = 240
"""A content of so many paragraphs and table rows is shown whole (全文显示的行数)."""
CONTEXT = 2
"""Of a longer one so many paragraphs or rows stand around each difference (上下文行数)."""
# Rows that a changed merge holds together stay together up to so many.
_TOGETHER = 12

Place: TypeAlias = tuple[int, int | None]
"""A block, and of a table a row (None: the table as a whole)."""
_Pair: TypeAlias = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A paragraph, or some rows of a table (一截内容): `rows` from and to, none for a paragraph."""

    block: int
    rows: tuple[int, int] | None = None

    def holds(self, place: Place) -> bool:
        """Whether a place lies in it; a table as a whole lies in its first row."""
        if place[0] != self.block:
            return False
        return self.rows is None or self.rows[0] <= (place[1] or 0) < self.rows[1]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside each other (对照的一行); None where a side has nothing."""

    first: Stretch | None
    second: Stretch | None


def place_of(content: Content, spot: Spot | None) -> Place | None:
    """Where a spot lies in a content (所在块和行); None where it names no block."""
    if spot is None or spot.block is None or not 0 <= spot.block < len(content.blocks):
        return None
    block = content.blocks[spot.block]
    if not isinstance(block, Table):
        return spot.block, None
    if spot.cell is not None and 0 <= spot.cell < len(block.cells):
        return spot.block, block.cells[spot.cell].row
    if spot.row is None:
        return spot.block, None
    return spot.block, min(spot.row + block.head_rows - 1 if spot.row else 0, block.row_count - 1)


def merged_rows(content: Content, spot: Spot | None) -> Iterator[Place]:
    """The rows, but the first, over which the cell of a spot reaches (合并单元格所占的行)."""
    if spot is None or spot.block is None or spot.cell is None or place_of(content, spot) is None:
        return
    block = content.blocks[spot.block]
    if isinstance(block, Table) and spot.cell < len(block.cells):
        cell = block.cells[spot.cell]
        yield from ((spot.block, row) for row in range(cell.row + 1, cell.row + cell.rows))


def besides(held: Held, merges: Collection[tuple[int, Place]]) -> Iterator[Beside]:
    """All that both contents show, in their order (逐行对照); what moved stands at each of its places by itself.

    Each row of a table stands alone, so that both sides keep step; a merged cell that reaches over several is parted.
    Only the rows of `merges`, by their sides, stay with the one above: there the merge itself is to be seen.
    """
    tables = {pair.first.blocks: pair for pair in held.tables}
    pairing = held.blocks
    stay = [pair for pair in pairing.pairs if not pair.moved]
    ends = {pair.first[0]: pair for pair in stay}
    moved = [pair for pair in pairing.pairs if pair.moved]
    # Blank paragraphs of a file that knows no blank ones belong to neither.
    lone = sorted({*pairing.gone, *(number for pair in moved for number in pair.first)})
    lone2 = sorted({*pairing.added, *(number for pair in moved for number in pair.second)})
    for i, j in _merged([(pair.first[0], pair.second[0]) for pair in stay], lone, lone2):
        if i is None or j is None:
            yield from _alone(held.first, i, 0)
            yield from _alone(held.second, j, 1)
            continue
        pair = ends[i]
        if found := tables.get(pair.first):
            yield from _of_tables(found, merges)
            continue
        for step in range(max(len(pair.first), len(pair.second))):
            sides = [numbers[step] if step < len(numbers) else None for numbers in (pair.first, pair.second)]
            yield Beside(*(None if number is None else Stretch(number) for number in sides))


def _merged(pairs: Iterable[tuple[int, int]], lone: Sequence[int], lone2: Sequence[int]) -> Iterator[_Pair]:
    """Pairs and lone ones in the order of both."""
    at = at2 = 0
    for i, j in pairs:
        while at < len(lone) and lone[at] < i:
            yield lone[at], None
            at += 1
        while at2 < len(lone2) and lone2[at2] < j:
            yield None, lone2[at2]
            at2 += 1
        yield i, j
    yield from ((number, None) for number in lone[at:])
    yield from ((None, number) for number in lone2[at2:])


def _alone(content: Content, number: int | None, side: int) -> Iterator[Beside]:
    if number is None:
        return
    block = content.blocks[number]
    if isinstance(block, Table):
        stretches = [Stretch(number, (row, row + 1)) for row in range(block.row_count)]
    else:
        stretches = [Stretch(number)]
    yield from (Beside(None, stretch) if side else Beside(stretch, None) for stretch in stretches)


def _of_tables(pair: TablePair, merges: Collection[tuple[int, Place]]) -> Iterator[Beside]:
    """The rows of two tables, each beside its own."""
    lone = sorted({*pair.rows.gone, *(i for i, _ in pair.rows.moved)})
    lone2 = sorted({*pair.rows.added, *(j for _, j in pair.rows.moved)})
    together: list[_Pair] = []
    for i, j in _merged(pair.rows.pairs, lone, lone2):
        bound = any(
            row is not None and (side, grid.origins[row]) in merges
            for side, (grid, row) in enumerate(((pair.first, i), (pair.second, j)))
        )
        if together and not (bound and len(together) < _TOGETHER and _is_same(pair, together[-1], (i, j))):
            yield _beside(pair, together)
            together = []
        together.append((i, j))
    if together:
        yield _beside(pair, together)


def _is_same(pair: TablePair, before: _Pair, after: _Pair) -> bool:
    """Whether both rows lie in the same table of each side."""
    return all(
        one is None or other is None or grid.origins[one][0] == grid.origins[other][0]
        for grid, one, other in zip((pair.first, pair.second), before, after, strict=True)
    )


def _beside(pair: TablePair, rows: Sequence[_Pair]) -> Beside:
    return Beside(*(_over(grid, [row[side] for row in rows]) for side, grid in enumerate((pair.first, pair.second))))


def _over(grid: Grid, rows: Iterable[int | None]) -> Stretch | None:
    origins = [grid.origins[row] for row in rows if row is not None]
    return Stretch(origins[0][0], (origins[0][1], origins[-1][1] + 1)) if origins else None


def is_short(rows: Sequence[Beside]) -> bool:
    """Whether there are so few rows that all are shown (全文显示)."""
    return len(rows) <= WHOLE


def near(rows: Sequence[Beside], busy: Collection[int]) -> list[bool]:
    """Which rows are needed to read the busy ones (差异及其上下文): some around each, and the heads of their tables."""
    shown = [False] * len(rows)
    for place in busy:
        for number in range(max(0, place - CONTEXT), min(len(rows), place + CONTEXT + 1)):
            shown[number] = True
    tables = {table for place, row in enumerate(rows) if shown[place] for table in _tables(row)}
    for place, row in enumerate(rows):
        begins = any(side and side.rows and side.rows[0] == 0 for side in (row.first, row.second))
        shown[place] = shown[place] or (begins and not tables.isdisjoint(_tables(row)))
    return shown


def _tables(row: Beside) -> Iterator[tuple[int, int]]:
    for side, stretch in enumerate((row.first, row.second)):
        if stretch and stretch.rows:
            yield side, stretch.block
