"""Where something stands in a content, and how a person says it (位置及其说法).

正文 第5段（“全区经济……”）; 附件3 第42行「任务进展情况」; 附件3 表头; 第3节 页脚.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.comparison.counterparts.grids import Grid, GridCell
from reportgen.comparison.letters import cut_back, unspaced
from reportgen.comparison.model import Box, Content, FileKind, Paragraph, Spot, Table

_BEGINNING = 8


class Places:
    """The places of one content (各处位置): of its blocks, its tables' rows and cells, its sections and notes."""

    def __init__(self, content: Content) -> None:
        self.content = content
        # A person counts what can be read; in a text file every line counts.
        self._lines = content.kind is FileKind.TEXT
        self._sheets = content.kind is FileKind.WORKBOOK
        self._spots: list[Spot] = []
        paragraphs: dict[str, int] = {}
        self._tables: dict[str, int] = {}
        heading = ""
        for number, block in enumerate(content.blocks):
            part = block.part
            if isinstance(block, Table):
                self._tables[part] = self._tables.get(part, 0) + 1
                spot = Spot(part=part, table=self._tables[part], heading=heading, page=block.page, boxes=block.boxes)
            else:
                full = self._lines or bool(block.text.strip())
                paragraphs[part] = paragraphs.get(part, 0) + full
                if block.level and block.text.strip():
                    heading = beginning(block.text, 30)
                count = paragraphs[part] if full else None
                spot = Spot(part=part, paragraph=count, heading=heading, page=block.page, boxes=block.boxes)
            self._spots.append(replace(spot, block=number))

    def block(self, number: int, count: int = 1) -> Spot:
        """Where a block stands, or several from it on."""
        return replace(self._spots[number], count=count)

    def near(self, number: int) -> Spot | None:
        """Where the neighbour of a place stands that has nothing: the block before it, or the first."""
        if not self._spots:
            return None
        return self._spots[min(max(number, 0), len(self._spots) - 1)]

    def row(self, grid: Grid, row: int, count: int = 1) -> Spot:
        """Where a row of a table stands, or several from it on."""
        block, there = grid.origins[row]
        table = self.content.blocks[block]
        assert isinstance(table, Table)
        cells = [grid.cells[number].cell for number in grid.starting[row]]
        boxes = tuple(box for cell in cells for box in cell.boxes)
        number = max(0, there + 1 - table.head_rows)
        if number and self._sheets:  # a sheet has the numbers of its rows beside them
            number = there + 1
        page = next((cell.page for cell in cells if cell.page is not None), table.page)
        return replace(
            self._spots[block], row=number, label=grid.label(row), page=page, boxes=boxes or table.boxes, count=count
        )

    def near_row(self, grid: Grid, row: int) -> Spot:
        """Where the neighbour of a row stands that is not there: the row before it, or the first."""
        if not grid.origins:
            return self._spots[grid.blocks[0]]
        return self.row(grid, min(max(row, 0), len(grid.origins) - 1))

    def of_cell(self, grid: Grid, cell: GridCell, count: int = 1) -> Spot:
        """Where a cell stands, or several from it on."""
        spot = self.row(grid, cell.row)
        boxes = cell.cell.boxes or tuple(box for paragraph in cell.cell.paragraphs for box in paragraph.boxes)
        page = cell.cell.page if cell.cell.page is not None else spot.page
        column = grid.names[cell.cell.column] if cell.cell.column < grid.width else ""
        whole = cell.columns >= grid.width > 1
        if cell.row < grid.heads:
            # Of several tiers each is called by its own words.
            column = beginning(cell.text, 16) or column
        return replace(
            spot, column="" if whole else column, cell=cell.index, boxes=boxes, page=page, count=count, label=spot.label
        )

    def column(self, grid: Grid, column: int, count: int = 1) -> Spot:
        """Where a column of a table stands."""
        name = grid.names[column] if column < grid.width else ""
        return replace(self._spots[grid.blocks[0]], column=name, count=count)

    def beside(self, name: str, paragraph: Paragraph | None) -> Spot:
        """Where text beside the flow stands: 页脚, 脚注, 文本框."""
        if paragraph is None:
            return Spot(part=name)
        return Spot(part=name, page=paragraph.page, boxes=paragraph.boxes)

    def words(self, spot: Spot, quote: str = "", old: bool = False) -> str:
        """How a person says where that is: 附件3 第42行「进展情况」; `old` for what is no longer there."""
        words = [spot.part] if spot.part else []
        if spot.table:
            if self._tables.get(spot.part, 0) > 1:
                words.append(f"表格{spot.table}")
            elif not spot.part.startswith("附件") and not self._sheets:
                words.append("表格")
            words.append(old_words(_row_words(spot, by_label=not self._sheets), old))
        elif spot.paragraph is not None:
            words.append(old_words(f"第{spot.paragraph}{'行' if self._lines else '段'}", old))
        said = " ".join(filter(None, words))
        return f"{said}（“{quote}”）" if quote else said


def old_words(words: str, old: bool) -> str:
    """A count of the former file (原来的位置) says so."""
    return f"原{words}" if old and words else words


def _row_words(spot: Spot, by_label: bool) -> str:
    column = f"「{spot.column}」" if spot.column else ""
    if spot.row is None:
        return column and f"{column}列"
    if spot.row == 0:
        return f"表头{column}"
    if by_label and spot.label and spot.label != str(spot.row):
        return f"序号{spot.label}{column}"
    return f"第{spot.row}行{column}"


def beginning(text: str, length: int = _BEGINNING) -> str:
    """How a text begins (开头几个字), with …… if it goes on."""
    bare = unspaced(text)
    return bare if len(bare) <= length + 2 else f"{bare[: cut_back(bare, length)]}……"


def pages(first: Spot | None, second: Spot | None) -> str:
    """On which pages that is (所在页), if the files have pages: （原第12页，现第13页）."""
    one, two = first.page if first else None, second.page if second else None
    if one is None and two is None:
        return ""
    if one == two:
        return f"（第{one}页）"
    told = [f"{name}第{page}页" for name, page in (("原", one), ("现", two)) if page is not None]
    return f"（{'，'.join(told)}）"


def boxes_of(paragraphs: Sequence[Paragraph]) -> tuple[Box, ...]:
    """The boxes of paragraphs together (所占的框)."""
    return tuple(box for paragraph in paragraphs for box in paragraph.boxes)
