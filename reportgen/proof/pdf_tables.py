"""The rows of a table over several pages of a PDF (跨页表格的各行): heads once, rows that a page end parts joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.review.page import Line
from reportgen.review.page_tables import CellOnPage, TableOnPage
from reportgen.review.passages import first_word

# A cell's text reaches at most so far to both of its edges together, in mm: Word keeps 1.9 mm free at each.
_PADDING = 5.0
_ORDINAL = 0
_MOSTLY = 0.8


@dataclass(slots=True)
class Slot:
    """A cell on its way to be a table's (单元格): its lines, on whatever page; several slots of a grid share it."""

    page: int
    width: float
    lines: list[Line] = field(default_factory=list)
    spans: bool = False
    rows: int = 1
    full: float = 0.0

    @property
    def plain(self) -> str:
        """Its text without line ends."""
        return "".join(line.text for line in self.lines)

    @property
    def text(self) -> str:
        """Its text: lines that had no room for what follows run on, others end a paragraph."""
        parts: list[str] = []
        above: Line | None = None
        for line in self.lines:
            if above is None or above.right - above.left + first_word(line) <= max(self.full, self.width - _PADDING):
                parts.append(line.text)
            else:
                parts[-1] += line.text
            above = line
        return "\n".join(parts)


def joined_rows(chain: Sequence[TableOnPage], heads: Mapping[TableOnPage, int]) -> list[list[Slot]]:
    """All rows of a table's parts (合并各页), each as wide as the table."""
    rows: list[list[Slot]] = []
    for number, part in enumerate(chain):
        own = _rows(part)
        if number == 0:
            rows += own
            continue
        own = own[heads[part] :]
        if rows and own:
            _go_on(rows, own)
        rows += own
    for column in range(len(rows[0]) if rows else 0):
        _measure([row[column] for row in rows])
    return rows


def _rows(part: TableOnPage) -> list[list[Slot]]:
    grid: dict[tuple[int, int], Slot] = {}
    for cell in part.cells:
        slot = _slot(part, cell)
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid.setdefault((row, column), slot)
    width = len(part.across) - 1
    empty = Slot(page=part.page, width=0.0)
    return [[grid.get((row, column), empty) for column in range(width)] for row in range(len(part.down) - 1)]


def _slot(part: TableOnPage, cell: CellOnPage) -> Slot:
    left, _, right, _ = cell.box
    spans = cell.rows > 1 or cell.columns > 1
    return Slot(page=part.page, width=right - left, lines=list(cell.lines), spans=spans, rows=cell.rows)


def _measure(slots: Sequence[Slot]) -> None:
    """How long a full line of the column is: as long as its longest one at least."""
    own = [slot for slot in slots if slot.lines]
    longest: dict[int, float] = {}
    for slot in own:
        width = max(line.right - line.left for line in slot.lines if line)
        longest[round(slot.width)] = max(longest.get(round(slot.width), 0.0), width)
    for slot in own:
        several = any(len(each.lines) > 1 for each in own if round(each.width) == round(slot.width))
        slot.full = longest[round(slot.width)] if several else 0.0


def _go_on(rows: list[list[Slot]], own: list[list[Slot]]) -> None:
    """Joins what a page end parted: the row itself, if its number stands on one side only, and merged cells."""
    last, first = rows[-1], own[0]
    if len(last) != len(first):
        return
    parted = _is_parted(rows, own)
    for column, (upper, lower) in enumerate(zip(last, first, strict=True)):
        if upper is lower:
            continue
        again = (upper.rows > 1 or lower.rows > 1) and lower.plain in ("", upper.plain)
        if parted or again:
            if parted and not again:
                upper.lines += lower.lines
            upper.spans = upper.spans or lower.spans or not parted
            for row in own:
                row[column] = upper if row[column] is lower else row[column]
    if parted:
        del own[0]


def _is_parted(rows: Sequence[Sequence[Slot]], own: Sequence[Sequence[Slot]]) -> bool:
    numbers = [row[_ORDINAL].plain for row in (*rows, *own)]
    counted = sum(text.isdecimal() for text in numbers) >= _MOSTLY * (len(numbers) - 1)
    return counted and len(numbers) > 2 and bool(rows[-1][_ORDINAL].plain) != bool(own[0][_ORDINAL].plain)
