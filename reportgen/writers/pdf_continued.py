"""Cells that a page break parted (续页单元格): a merged category is printed again on each page that it reaches.

CSS has no word for this, and WeasyPrint prints a cell's text once, at the top of its first part. So the finished
pages are looked through between layout and drawing; a second layout would double the time. Everything that touches
WeasyPrint's private boxes is here, and `tests/test_tables.py` holds what is taken for granted of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from reportgen.document import ColumnKind
from reportgen.writers.css import kind_class

# CSS pixels that a text may stand over its part of the cell: rounding, never a line.
_SLACK = 0.5


@dataclass(frozen=True)
class _Part:
    """The rows of one table on one page (表格在一页上的部分)."""

    page: Any
    table: Any
    group: Any

    @property
    def rows(self) -> list[Any]:
        return list(self.group.children)


@dataclass(frozen=True)
class _Parted:
    """A cell whose last row stands on a later page, with the lines of its text."""

    cell: Any
    lines: tuple[Any, ...]
    last_row: int

    @property
    def top(self) -> float:
        return float(self.lines[0].position_y)

    @property
    def height(self) -> float:
        return float(self.lines[-1].position_y + self.lines[-1].height) - self.top


def repeat_parted_cells(rendered: Any) -> None:
    """Prepares the pages of a rendered document: each parted cell shows its text in the middle of every part.

    What is drawn again is an artifact of the page, so that who reads by the tags meets the text once. A part that is
    too low for the whole text stays empty: half a name would be read as another one.
    """
    for parts in _tables(rendered.pages):
        split = _split_texts(parts)
        waiting: list[_Parted] = []
        for part, following in pairwise(parts):
            begun = list(_parted(part, following))
            _enclose(begun, part)
            begun = [parted for parted in begun if parted.cell.element not in split]
            _center(begun, part)
            first = following.rows[0].index
            waiting = [parted for parted in waiting if parted.last_row >= first] + begun
            copies = [copy for parted in waiting if (copy := _copy(parted, following))]
            if copies:
                following.page.paint = partial(_paint_with_copies, following.page.paint, copies)


def _tables(pages: Any) -> Iterator[list[_Part]]:
    """The parts of each table that stands on more than one page, in the order of the pages."""
    tables: dict[Any, list[_Part]] = {}
    for page in pages:
        for table in _found(page._page_box, "TableBox"):
            for group in table.children:
                if group.children and not group.is_header and not group.is_footer:
                    tables.setdefault(group.element, []).append(_Part(page, table, group))
    return (parts for parts in tables.values() if len(parts) > 1)


def _found(box: Any, kind: str) -> Iterator[Any]:
    """The boxes of that class below `box`, the outermost ones."""
    from weasyprint.formatting_structure import boxes

    for child in box.children:
        if isinstance(child, getattr(boxes, kind)):
            yield child
        elif isinstance(child, boxes.ParentBox):
            yield from _found(child, kind)


def _parted(part: _Part, following: _Part) -> Iterator[_Parted]:
    """The cells that begin in this part and go on in the following one.

    Of a row that is split only the category counts: its number is not said twice, and its text goes on by itself.
    """
    last, first = part.rows[-1].index, following.rows[0].index
    for row in part.rows:
        for cell in row.children:
            end = row.index + cell.rowspan - 1
            classes = (cell.element.get("class") or "").split()
            named = cell.rowspan > 1 or kind_class(ColumnKind.LABEL) in classes
            lines = tuple(_found(cell, "LineBox"))
            if named and lines and end >= first and (end > last or first == last):
                yield _Parted(cell, lines, end)


def _split_texts(parts: list[_Part]) -> set[Any]:
    """The cells whose own text goes on over a page end, by their elements: nothing of it is drawn again.

    They are in a row that is split, the last of one part and the first of the next.
    """
    rows = [row for part in parts for row in {id(row): row for row in (part.rows[0], part.rows[-1])}.values()]
    found = Counter(cell.element for row in rows for cell in row.children if any(_found(cell, "LineBox")))
    return {element for element, count in found.items() if count > 1}


@dataclass(frozen=True)
class _Copy:
    """A text and how far below its first place, or above it, it is drawn again."""

    lines: tuple[Any, ...]
    down: float


def _copy(parted: _Parted, part: _Part) -> _Copy | None:
    covered = [row for row in part.rows if row.index <= parted.last_row]
    top, bottom = covered[0].position_y, covered[-1].position_y + covered[-1].height
    spare = bottom - top - parted.height
    return None if spare < -_SLACK else _Copy(parted.lines, top + spare / 2 - parted.top)


def _enclose(begun: list[_Parted], part: _Part) -> None:
    """The frame round all text of the part, and its lower rule under the last row.

    WeasyPrint makes the rows of a merged cell as high as its text only when the last of them is on the same page;
    and where a section row goes to the next page with the row that it heads, it leaves its place empty.
    """
    last = part.rows[-1]
    lacking = max((parted.top + parted.height - last.position_y - last.height for parted in begun), default=0.0)
    if lacking > _SLACK:
        last.height += lacking
        for cell in last.children:
            if cell.rowspan == 1:
                _move(cell, lacking / 2)
    for group in part.table.children:
        if group.is_footer:
            group.translate(dy=last.position_y + last.height - group.position_y)


def _center(begun: list[_Parted], part: _Part) -> None:
    """Text of merged cells in the middle of their first part."""
    bottom = part.rows[-1].position_y + part.rows[-1].height
    for parted in begun:
        if parted.cell.rowspan > 1:
            middle = (parted.cell.position_y + bottom - parted.height) / 2
            _move(parted.cell, max(0.0, middle - parted.top))


def _move(cell: Any, down: float) -> None:
    for child in cell.children:
        child.translate(dy=down)


def _paint_with_copies(paint: Any, copies: list[_Copy], stream: Any, scale: float = 1) -> None:
    """The page as it is, and the copies on it."""
    from weasyprint.draw.text import draw_text

    paint(stream, scale)
    for copy in copies:
        with stream.artifact(), stream.stacked():
            stream.transform(a=scale, d=scale, f=copy.down * scale)
            for line in copy.lines:
                for text in _found(line, "TextBox"):
                    draw_text(stream, text, 0, "clip", "none")
