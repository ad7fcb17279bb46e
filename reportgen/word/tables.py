"""The tables of a Word file (Word 的表格): grid, rows, cells, rules, each as it takes effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportgen.word import walk
from reportgen.word.looks import Border
from reportgen.word.parts import Element, W, attribute, children, number, switch, value
from reportgen.word.styles import borders
from reportgen.word.text import Paragraph, TextReader

# Word itself has no more columns; a span beyond is no evidence of anything.
_MOST_COLUMNS = 1000
_DEFAULT_PADDING = 108.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell (单元格) from `column` on; `merge` is restart, continue or nothing; `width` in twips if it has one.

    `sideways` says that the cell on its left goes on here, in the way of old files.
    """

    blocks: tuple[Paragraph | Nested, ...]
    column: int
    span: int
    width: float | None
    merge: str
    borders: Mapping[str, Border]
    sideways: bool = False

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """Its paragraphs, those of tables in it too."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block
            else:
                yield from (paragraph for row in block.rows for cell in row.cells for paragraph in cell.paragraphs)

    @property
    def text(self) -> str:
        """Its paragraphs in one line."""
        return "".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row (行): `head` is repeated on every page, `whole` is not split over two.

    One that is `hidden` is not shown if all that stands in it is hidden.
    """

    cells: tuple[Cell, ...]
    head: bool
    whole: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """A table in a cell (嵌套表格): its rows only."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floating:
    """Where a table stands that text flows around (浮动表格): its anchors, its place or alignment; twips."""

    across: str
    x: float | None
    down: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table (表格); lengths in twips, `grid` None if the file has none."""

    rows: tuple[Row, ...]
    grid: tuple[float, ...] | None
    width: float | None
    width_kind: str
    indent: float
    centred: bool
    padding: tuple[float, float]
    borders: Mapping[str, Border]
    floating: Floating | None = None

    @property
    def text(self) -> Iterator[str]:
        """The text of every cell."""
        return (cell.text for row in self.rows for cell in row.cells)


def read_table(element: Element, reader: TextReader) -> Table:
    """A table; what stands in tables inside it is read as text of the cell around them."""
    properties = element.find(W + "tblPr")
    style = value(properties, "tblStyle")
    look = value(properties, "tblLook", "val")
    first = value(properties, "tblLook", "firstRow")
    heads = first in ("1", "true", "on") or (first is None and _bit(look, 0x0020))
    rules: dict[str, Border] = {}
    for found in reader.styles.table_elements(style, "tblBorders"):
        rules |= borders(found)
    own = None if properties is None else properties.find(W + "tblBorders")
    grid = element.find(W + "tblGrid")
    columns = None if grid is None else tuple(number(attribute(col, "w")) or 0.0 for col in children(grid, "gridCol"))
    return Table(
        rows=tuple(_row(row, reader, style, heads and not index) for index, row in enumerate(walk.rows(element))),
        grid=columns or None,
        width=number((value(properties, "tblW", "w") or "").removesuffix("%")),
        width_kind="pct%" if (value(properties, "tblW", "w") or "").endswith("%") else _kind(properties),
        indent=number(value(properties, "tblInd", "w")) or 0.0,
        centred=value(properties, "jc") == "center",
        padding=_padding(properties, reader, style),
        borders=rules | borders(own),
        floating=_floating(None if properties is None else properties.find(W + "tblpPr")),
    )


def _floating(element: Element | None) -> Floating | None:
    if element is None:
        return None
    return Floating(
        across=attribute(element, "horzAnchor") or "text",
        x=number(attribute(element, "tblpX")),
        down=attribute(element, "vertAnchor") or "text",
        side=attribute(element, "tblpYSpec") or "",
    )


def _bit(look: str | None, bit: int) -> bool:
    text = look or ""
    return bool(0 < len(text) <= 8 and not text.strip("0123456789abcdefABCDEF") and int(text, 16) & bit)


def _kind(properties: Element | None) -> str:
    return value(properties, "tblW", "type") or "auto"


def _padding(properties: Element | None, reader: TextReader, style: str | None) -> tuple[float, float]:
    """Left and right padding of a cell."""
    sides = {"left": _DEFAULT_PADDING, "right": _DEFAULT_PADDING}
    levels = [*reader.styles.table_elements(style, "tblCellMar")]
    own = None if properties is None else properties.find(W + "tblCellMar")
    for level in (*levels, own):
        for name, side in (("left", "left"), ("start", "left"), ("right", "right"), ("end", "right")):
            amount = number(value(level, name, "w"))
            sides[side] = sides[side] if amount is None else amount
    return sides["left"], sides["right"]


def _row(element: Element, reader: TextReader, style: str | None, first_row: bool) -> Row:
    properties = element.find(W + "trPr")
    column = int(max(0, min(number(value(properties, "gridBefore")) or 0, _MOST_COLUMNS)))
    cells: list[Cell] = []
    for one in walk.cells(element):
        own = one.find(W + "tcPr")
        said = {str(child.tag).removeprefix(W): child for child in (() if own is None else own.iterchildren("{*}*"))}
        span = int(max(1, min(number(attribute(said.get("gridSpan"))) or 1, _MOST_COLUMNS)))
        merge, width = said.get("vMerge"), said.get("tcW")
        cells.append(
            Cell(
                blocks=tuple(_blocks(one, reader, style, first_row)),
                column=column,
                span=span,
                width=number(attribute(width, "w")) if attribute(width, "type") in ("dxa", None) else None,
                merge="" if merge is None else attribute(merge) or "continue",
                borders=borders(said.get("tcBorders")),
                sideways="hMerge" in said and attribute(said["hMerge"]) != "restart",
            )
        )
        column += span
    return Row(
        cells=tuple(cells),
        head=bool(switch(properties, "tblHeader")),
        whole=bool(switch(properties, "cantSplit")),
        hidden=bool(switch(properties, "hidden")),
    )


def _blocks(element: Element, reader: TextReader, style: str | None, first_row: bool) -> Iterator[Paragraph | Nested]:
    for block in walk.blocks(element):
        if block[0].tag == W + "p":
            yield reader.paragraph(block, style, first_row)
        elif block[0].tag == W + "tbl":
            yield Nested(rows=tuple(_row(row, reader, style, first_row) for row in walk.rows(block[0])))
