"""Which pieces of two contents stand beside each other on a page (对照行), and which of them are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reportgen.comparison.aligning import Item, align
from reportgen.comparison.model import Block, Content, Spot, Table

WHOLE = 240
"""A content of so many paragraphs and table rows is shown whole (全文显示的行数)."""
CONTEXT = 2
"""Of a longer one so many paragraphs or rows stand around each difference (上下文行数)."""
# Rows that a merged cell holds together stay together up to so many.
_TOGETHER = 12

Place: TypeAlias = tuple[int, int | None]
"""A block, and of a table a row (None: the table as a whole)."""


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


def besides(first: Content, second: Content) -> Iterator[Beside]:
    """All that both contents show, in their order (逐行对照)."""
    for i, j in _pairs(list(map(_block_item, first.blocks)), list(map(_block_item, second.blocks))):
        one = first.blocks[i] if i is not None else None
        other = second.blocks[j] if j is not None else None
        if isinstance(one, Table) and isinstance(other, Table) and i is not None and j is not None:
            yield from _of_tables(one, other, i, j)
        elif i is not None and j is not None and isinstance(one, Table) == isinstance(other, Table):
            yield Beside(Stretch(i), Stretch(j))
        else:
            yield from (Beside(stretch, None) for stretch in _alone(one, i))
            yield from (Beside(None, stretch) for stretch in _alone(other, j))


def _alone(block: Block | None, index: int | None) -> Iterator[Stretch]:
    if block is None or index is None:
        return
    if not isinstance(block, Table):
        yield Stretch(index)
        return
    bounds = [*_joints(block), block.row_count]
    yield from (Stretch(index, (begin, end)) for begin, end in zip(bounds, bounds[1:], strict=False))


def _of_tables(first: Table, second: Table, i: int, j: int) -> Iterator[Beside]:
    pairs = list(_pairs(_row_items(first), _row_items(second)))
    joints, joints2 = set(_joints(first)), set(_joints(second))
    begin = at = 0
    for place, (row, row2) in enumerate(pairs):
        fits = (row is None or row in joints) and (row2 is None or row2 in joints2)
        if place and (fits or place - begin >= _TOGETHER):
            yield _beside(pairs[begin:place], i, j)
            begin = place
        at = place
    if pairs:
        yield _beside(pairs[begin : at + 1], i, j)


def _beside(pairs: Sequence[tuple[int | None, int | None]], i: int, j: int) -> Beside:
    ours = [row for row, _ in pairs if row is not None]
    theirs = [row for _, row in pairs if row is not None]
    return Beside(
        Stretch(i, (ours[0], ours[-1] + 1)) if ours else None,
        Stretch(j, (theirs[0], theirs[-1] + 1)) if theirs else None,
    )


def _joints(table: Table) -> list[int]:
    """Rows that no merged cell from above reaches into, that is, between which a table can be parted (可断开的行)."""
    covered = [False] * (table.row_count + 1)
    for cell in table.cells:
        for row in range(cell.row + 1, min(cell.row + cell.rows, table.row_count)):
            covered[row] = True
    return [row for row in range(table.row_count) if not covered[row]]


def _block_item(block: Block) -> Item:
    if not isinstance(block, Table):
        return Item(keys=(block.text,), text=block.text, sort="paragraph")
    marks = tuple(cell.text for cell in block.cells)
    return Item(keys=(marks,), text="\n".join(marks), marks=marks, sort="table", by_marks=True)


def _row_items(table: Table) -> list[Item]:
    texts = ["\t".join(cell.text for cell in row) for row in table.rows]
    return [Item(keys=(text,), text=text.strip(), sort="row") for text in texts]


def _pairs(first: Sequence[Item], second: Sequence[Item]) -> Iterator[tuple[int | None, int | None]]:
    """What belongs together, and between it what stands alone, in the order of both."""
    at = at2 = 0
    for i, j in (*align(first, second).pairs, (len(first), len(second))):
        yield from ((k, None) for k in range(at, i))
        yield from ((None, k) for k in range(at2, j))
        if i < len(first):
            yield i, j
        at, at2 = i + 1, j + 1


def kept(rows: Sequence[Beside], busy: Collection[int]) -> list[bool]:
    """Which rows are shown (显示哪些行): all of a short content, else the busy ones with their surroundings.

    With any row of a table its head is shown.
    """
    if len(rows) <= WHOLE:
        return [True] * len(rows)
    shown = [False] * len(rows)
    for place in busy:
        for near in range(max(0, place - CONTEXT), min(len(rows), place + CONTEXT + 1)):
            shown[near] = True
    tables = {table for place, row in enumerate(rows) if shown[place] for table in _tables(row)}
    for place, row in enumerate(rows):
        begins = any(side and side.rows and side.rows[0] == 0 for side in (row.first, row.second))
        shown[place] = shown[place] or (begins and not tables.isdisjoint(_tables(row)))
    return shown


def _tables(row: Beside) -> Iterator[tuple[int, int]]:
    for side, stretch in enumerate((row.first, row.second)):
        if stretch and stretch.rows:
            yield side, stretch.block
