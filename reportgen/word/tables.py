"""The tables of a Word file (Word 的表格): grid, rows, cells, rules, each as it takes effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from reportgen.word import walk
from reportgen.word.looks import Border, CellLook
from reportgen.word.parts import Element, W, attribute, children, number, switch, value
from reportgen.word.styles import NO_CELL_LOOK, StyleTable, Zones, borders, margins
from reportgen.word.text import Paragraph, TextReader

# Word itself has no more columns; a span beyond is no evidence of anything.
_MOST_COLUMNS = 1000
_DEFAULT_PADDING = 108.0
_NO_BORDERS: Mapping[str, Border] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell (单元格) from `column` on; `merge` is restart, continue or nothing; `width` in twips if it has one.

    `sideways` says that the cell on its left goes on here, in the way of old files. `look` is what the cell says
    itself, `styled` what its table style says about it.
    """

    blocks: tuple[Paragraph | Nested, ...]
    column: int
    span: int
    width: float | None
    merge: str
    borders: Mapping[str, Border]
    sideways: bool = False
    look: CellLook = NO_CELL_LOOK
    styled: CellLook = NO_CELL_LOOK

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

    One that is `hidden` is not shown if all that stands in it is hidden. `height` is in twips, its rule by Word's name;
    `borders` are those that the row has in place of the table's.
    """

    cells: tuple[Cell, ...]
    head: bool
    whole: bool
    hidden: bool = False
    height: float | None = None
    height_rule: str = "auto"
    borders: Mapping[str, Border] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """A table in a cell (嵌套表格): its rows only, and its grid in twips."""

    rows: tuple[Row, ...]
    grid: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floating:
    """Where a table stands that text flows around (浮动表格): its anchors, its place or alignment; twips."""

    across: str
    x: float | None
    down: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table (表格); lengths in twips, `grid` None if the file has none.

    `margins` are those of its cells by side; `align` is Word's name of where it stands. The columns of a `fixed` one
    are as wide as the cells say, those of another one as Word finds by what stands in them.
    """

    rows: tuple[Row, ...]
    grid: tuple[float, ...] | None
    width: float | None
    width_kind: str
    indent: float
    centred: bool
    padding: tuple[float, float]
    borders: Mapping[str, Border]
    floating: Floating | None = None
    margins: Mapping[str, float] = field(default_factory=dict)
    align: str = ""
    fixed: bool = False

    @property
    def text(self) -> Iterator[str]:
        """The text of every cell."""
        return (cell.text for row in self.rows for cell in row.cells)


def read_table(element: Element, reader: TextReader) -> Table:
    """A table; what stands in tables inside it is read as text of the cell around them."""
    properties = element.find(W + "tblPr")
    style = reader.styles.table_style(value(properties, "tblStyle"))
    zones = _Zones.of(properties, reader.styles, style)
    sides = _margins(properties, reader, style)
    rules: dict[str, Border] = {}
    for found in reader.styles.table_elements(style, "tblBorders"):
        rules |= borders(found)
    own = None if properties is None else properties.find(W + "tblBorders")
    grid = element.find(W + "tblGrid")
    columns = None if grid is None else tuple(number(attribute(col, "w")) or 0.0 for col in children(grid, "gridCol"))
    return Table(
        rows=tuple(_rows(element, reader, style, zones)),
        grid=columns or None,
        width=number((value(properties, "tblW", "w") or "").removesuffix("%")),
        width_kind="pct%" if (value(properties, "tblW", "w") or "").endswith("%") else _kind(properties),
        indent=_said(properties, reader, style, "tblInd", "w", number) or 0.0,
        centred=value(properties, "jc") == "center",
        padding=(sides["left"], sides["right"]),
        borders=rules | borders(own),
        floating=_floating(None if properties is None else properties.find(W + "tblpPr")),
        margins=sides,
        align=_said(properties, reader, style, "jc", "val", str) or "",
        fixed=_said(properties, reader, style, "tblLayout", "type", str) == "fixed",
    )


_Found = TypeVar("_Found")


def _said(
    properties: Element | None,
    reader: TextReader,
    style: str | None,
    name: str,
    key: str,
    read: Callable[[str], _Found | None],
) -> _Found | None:
    """A value of the table itself, else of its style."""
    own = value(properties, name, key)
    levels = (*(attribute(found, key) for found in reader.styles.table_elements(style, name)), own)
    return next((read(text) for text in reversed(levels) if text is not None), None)


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


def _margins(properties: Element | None, reader: TextReader, style: str | None) -> dict[str, float]:
    """From the edges of cells to their text."""
    sides = {"top": 0.0, "left": _DEFAULT_PADDING, "bottom": 0.0, "right": _DEFAULT_PADDING}
    for level in reader.styles.table_elements(style, "tblCellMar"):
        sides |= margins(level)
    return sides | margins(None if properties is None else properties.find(W + "tblCellMar"))


_FLAGS = {
    "firstRow": (0x0020, False),
    "lastRow": (0x0040, False),
    "firstColumn": (0x0080, False),
    "lastColumn": (0x0100, False),
    "noHBand": (0x0200, True),
    "noVBand": (0x0400, True),
}


@dataclass(frozen=True, slots=True)
class _Zones:
    """Which zones of its style a table shows (表格样式选项), and which its style sets apart."""

    shown: frozenset[str]
    styled: frozenset[str]
    row_band: int
    column_band: int

    @classmethod
    def of(cls, properties: Element | None, styles: StyleTable, style: str | None) -> _Zones:
        """The zones of a table."""
        flags = value(properties, "tblLook", "val")
        shown = set()
        for name, (bit, negative) in _FLAGS.items():
            own = value(properties, "tblLook", name)
            if (own in ("1", "true", "on") if own is not None else _bit(flags, bit)) != negative:
                shown.add(name)

        def band(name: str) -> int:
            sizes = [number(value(each, name)) for each in (properties,)]
            sizes += [number(attribute(each)) for each in styles.table_elements(style, name)]
            return int(next((size for size in reversed(sizes) if size), 1))

        return cls(frozenset(shown), styles.zones(style), band("tblStyleRowBandSize"), band("tblStyleColBandSize"))

    def at(self, row: int, rows: int, column: int, columns: int) -> Zones:
        """The zones that a cell lies in, the weakest first (ISO/IEC 29500-1, 17.7.6)."""
        if not self.styled:
            return ()
        top, bottom = "firstRow" in self.shown, "lastRow" in self.shown
        left, right = "firstColumn" in self.shown, "lastColumn" in self.shown
        first, last = top and row == 0, bottom and row == rows - 1
        begins, ends = left and column == 0, right and column == columns - 1
        found: list[str] = []
        if "noVBand" in self.shown and not begins and not ends:
            found.append(f"band{(column - left) // self.column_band % 2 + 1}Vert")
        if "noHBand" in self.shown and not first and not last:
            found.append(f"band{(row - top) // self.row_band % 2 + 1}Horz")
        found += ["firstCol"] if begins else []
        found += ["lastCol"] if ends else []
        found += ["firstRow"] if first else []
        found += ["lastRow"] if last else []
        for corner, is_there in (
            ("neCell", first and ends),
            ("nwCell", first and begins),
            ("seCell", last and ends),
            ("swCell", last and begins),
        ):
            found += [corner] if is_there else []
        return tuple(zone for zone in found if zone in self.styled)


def _rows(element: Element, reader: TextReader, style: str | None, zones: _Zones) -> Iterator[Row]:
    found = tuple(walk.rows(element))
    for index, row in enumerate(found):
        yield _row(row, reader, style, zones, index, len(found))


def _row(element: Element, reader: TextReader, style: str | None, zones: _Zones, index: int, count: int) -> Row:
    properties = element.find(W + "trPr")
    column = int(max(0, min(number(value(properties, "gridBefore")) or 0, _MOST_COLUMNS)))
    cells: list[Cell] = []
    elements = tuple(walk.cells(element))
    for number_in_row, one in enumerate(elements):
        own = one.find(W + "tcPr")
        said = {str(child.tag).removeprefix(W): child for child in (() if own is None else own.iterchildren("{*}*"))}
        span = int(max(1, min(number(attribute(said.get("gridSpan"))) or 1, _MOST_COLUMNS)))
        merge, width = said.get("vMerge"), said.get("tcW")
        here = zones.at(index, count, number_in_row, len(elements))
        look = reader.styles.own_cell(own)
        cells.append(
            Cell(
                blocks=tuple(_blocks(one, reader, style, here)),
                column=column,
                span=span,
                width=number(attribute(width, "w")) if attribute(width, "type") in ("dxa", None) else None,
                merge="" if merge is None else attribute(merge) or "continue",
                borders=look.borders,
                sideways="hMerge" in said and attribute(said["hMerge"]) != "restart",
                look=look,
                styled=reader.styles.zone_cell(style, here),
            )
        )
        column += span
    exceptions = element.find(f"{W}tblPrEx/{W}tblBorders")
    height = None if properties is None else properties.find(W + "trHeight")
    return Row(
        cells=tuple(cells),
        head=bool(switch(properties, "tblHeader")),
        whole=bool(switch(properties, "cantSplit")),
        hidden=bool(switch(properties, "hidden")),
        height=number(attribute(height)),
        height_rule=attribute(height, "hRule") or "auto",
        borders=_NO_BORDERS if exceptions is None else borders(exceptions),
    )


def _blocks(element: Element, reader: TextReader, style: str | None, zones: Zones) -> Iterator[Paragraph | Nested]:
    for block in walk.blocks(element):
        if block[0].tag == W + "p":
            yield reader.paragraph(block, style, zones)
        elif block[0].tag == W + "tbl":
            yield _nested(block[0], reader)


def _nested(element: Element, reader: TextReader) -> Nested:
    properties = element.find(W + "tblPr")
    style = reader.styles.table_style(value(properties, "tblStyle"))
    columns = children(element.find(W + "tblGrid"), "gridCol")
    return Nested(
        rows=tuple(_rows(element, reader, style, _Zones.of(properties, reader.styles, style))),
        grid=tuple(number(attribute(each, "w")) or 0.0 for each in columns),
    )
