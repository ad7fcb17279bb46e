"""Tables of a PDF as grids (PDF 的表格): over all their pages, with merges, widths and the lines around each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from reportgen.comparison.contents.pdf_text import frame, paragraph_of
from reportgen.comparison.look_names import UNMEASURED
from reportgen.comparison.model import Cell, Paragraph, Table, Value
from reportgen.review.joined_tables import Slot, joined_rows
from reportgen.review.page import Line, Ruling
from reportgen.review.page_tables import CellOnPage, TableOnPage

# A ruled line this near to a cell's edge is its border.
_AT_EDGE = 0.8
_NOWHERE = -1e6
_SIDES = ("上框线", "下框线", "左框线", "右框线")


def table_of(chain: Sequence[TableOnPage], heads: Mapping[TableOnPage, int]) -> Table:
    """A table (表格) of all its parts; rows that a page end parts are one."""
    rows = joined_rows(chain, heads)
    cells = tuple(_cells(rows, chain, heads))
    across = chain[0].across
    depth = chain[0].head_rows
    look: dict[str, Value] = {"重复标题行": max(heads[part] for part in chain[1:]) if len(chain) > 1 else UNMEASURED}
    return Table(
        cells=cells,
        row_count=len(rows),
        column_count=len(rows[0]) if rows else 0,
        widths=tuple(round(right - left, 2) for left, right in pairwise(across)),
        head_rows=depth,
        look=look,
        page=chain[0].page,
        boxes=tuple(frame(part.page, part.box) for part in chain),
    )


def _cells(
    rows: Sequence[Sequence[Slot]], chain: Sequence[TableOnPage], heads: Mapping[TableOnPage, int]
) -> Iterator[Cell]:
    parts = {part.page: part for part in chain}
    ends = {part.page: _ends(part, chain, heads) for part in chain}
    extent: dict[int, list[int]] = {}
    slots: dict[int, Slot] = {}
    for r, row in enumerate(rows):
        for c, slot in enumerate(row):
            at = extent.setdefault(id(slot), [r, c, r, c])
            at[2], at[3] = max(at[2], r), max(at[3], c)
            slots[id(slot)] = slot
    for key, (top, left, bottom, right) in sorted(extent.items(), key=lambda item: item[1][:2]):
        slot = slots[key]
        yield Cell(
            row=top,
            column=left,
            rows=bottom - top + 1,
            columns=right - left + 1,
            paragraphs=tuple(_paragraphs(slot)),
            look=_borders(slot, parts, ends),
            page=slot.page,
            boxes=tuple(frame(page, part.box) for page, part in zip(slot.part_pages, slot.parts, strict=True)),
        )


def _paragraphs(slot: Slot) -> Iterator[Paragraph]:
    """Names of units stand on a line each; of other text no page tells for sure where a paragraph ends."""
    lines: list[tuple[int, Line]] = list(zip(slot.pages, slot.lines, strict=True))
    parts = slot.paragraphs if slot.units else [range(len(lines))]
    for part in parts:
        if part:
            yield paragraph_of([lines[index] for index in part])


def _ends(part: TableOnPage, chain: Sequence[TableOnPage], heads: Mapping[TableOnPage, int]) -> tuple[float, float]:
    """Where a page's rows begin and end because the page does, not the table (换页处); far off where they do not."""
    head = [cell.box[3] for cell in part.cells if cell.row < heads[part]]
    top = max((box for box in head), default=part.box[1])
    return (_NOWHERE if part is chain[0] else top, _NOWHERE if part is chain[-1] else part.box[3])


def _borders(slot: Slot, parts: Mapping[int, TableOnPage], ends: Mapping[int, tuple[float, float]]) -> dict[str, Value]:
    """The lines around a cell as they are drawn: above it on its first page, below it on its last.

    Where a page ends within the table stands the table's own line, whichever row has come there.
    """
    if not slot.parts:
        return {}
    first, last = slot.parts[0], slot.parts[-1]
    above = _border(first, parts[slot.part_pages[0]].rulings, 0)
    below = _border(last, parts[slot.part_pages[-1]].rulings, 1)
    sides = [_border(first, parts[slot.part_pages[0]].rulings, side) for side in (2, 3)]
    if abs(first.box[1] - ends[slot.part_pages[0]][0]) < _AT_EDGE:
        above = UNMEASURED
    if abs(last.box[3] - ends[slot.part_pages[-1]][1]) < _AT_EDGE:
        below = UNMEASURED
    return dict(zip(_SIDES, (above, below, *sides), strict=True))


def _border(cell: CellOnPage, rulings: Sequence[Ruling], side: int) -> str:
    left, top, right, bottom = cell.box
    across = side < 2
    at = (top, bottom, left, right)[side]
    middle = (left + right) / 2 if across else (top + bottom) / 2
    for ruling in rulings:
        if (
            ruling.across is across
            and abs(ruling.at - at) < _AT_EDGE
            and ruling.start - 0.3 <= middle <= ruling.end + 0.3
        ):
            color = "".join(f"{channel:02X}" for channel in ruling.color)
            # Black is what a line is if nobody says otherwise.
            beside = "" if color == "000000" else f" {color}"
            return f"单线 {round(ruling.thick_pt * 8) / 8:g}磅{beside}"
    return ""
