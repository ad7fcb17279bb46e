"""The rows of a table over several pages of a PDF (跨页表格的各行): heads once, rows that a page end parts joined."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.review.page import Line
from reportgen.review.page_tables import CellOnPage, TableOnPage
from reportgen.review.passages import first_word

# A cell's text reaches at most so far to both of its edges together, in mm: Word keeps 1.9 mm free at each.
_PADDING = 5.0
_ORDINAL = 0
_UNITS = re.compile(r"单位|部门|机关")
_STOPS = tuple("。；;：:！？!?")
_UNIT_ENDS = (
    *"局委办府院会部处室司街镇乡站社所校段队联协区城",
    *("中心", "集团", "公司", "企业", "街道", "单位", "部门", "机关", "）", ")"),
)
_UNIT_GOES_ON = ("（", "(", "管委会", "管理委员会", "管理局")
_ITEM = re.compile(r"[①-⑳㉑-㉟㊱-㊿]|[一二三四五六七八九十]{1,3}是|[（(]?[\d一二三四五六七八九十]{1,3}[）).．、](?!\d)")
_MOSTLY = 0.8
_TELLING = 5


@dataclass(slots=True)
class Slot:
    """A cell on its way to be a table's (单元格): its lines, on whatever page; several slots of a grid share it.

    `pages` are those of its lines; `parts` is how it stands on each of `part_pages`.
    """

    page: int
    width: float
    lines: list[Line] = field(default_factory=list)
    spans: bool = False
    rows: int = 1
    full: float = 0.0
    units: bool = False
    pages: list[int] = field(default_factory=list)
    parts: list[CellOnPage] = field(default_factory=list)
    part_pages: list[int] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """Its text without line ends."""
        return "".join(line.text for line in self.lines)

    @property
    def text(self) -> str:
        """Its text, its paragraphs on a line each."""
        return "\n".join("".join(self.lines[index].text for index in part) for part in self.paragraphs)

    @property
    def paragraphs(self) -> list[list[int]]:
        """The indexes of the lines of each paragraph: those that had no room for what follows run on."""
        parts: list[list[int]] = []
        text = ""
        for index, line in enumerate(self.lines):
            opened = self.units and parts and text.count("（") > text.count("）")
            if not index or (not opened and self._ends(self.lines[index - 1], line)):
                parts.append([index])
                text = line.text
            else:
                parts[-1].append(index)
                text += line.text
        return parts

    def _ends(self, above: Line, line: Line) -> bool:
        """Whether a paragraph ends with the line above: it has room for what follows, and the wording agrees.

        Programs end lines early, too, to keep a word whole.
        """
        room = self.full - (above.right - above.left)
        if self.units:
            name = above.text.endswith(_UNIT_ENDS) and len(line.text) > 1
            return not line.text.startswith(_UNIT_GOES_ON) and (name or line.right - line.left <= room)
        stops = above.text.endswith(_STOPS)
        if _ITEM.match(line.text) and not above.text[-1].isdigit():
            return stops or first_word(line) <= room
        return stops and first_word(line) <= room


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
        slots = [row[column] for row in rows]
        _measure(slots)
        units = any(_UNITS.search(slot.plain) for slot in slots[: chain[0].head_rows])
        for slot in slots:
            slot.units = units
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
    return Slot(
        page=part.page,
        width=right - left,
        lines=list(cell.lines),
        spans=spans,
        rows=cell.rows,
        pages=[part.page] * len(cell.lines),
        parts=[cell],
        part_pages=[part.page],
    )


def _measure(slots: Sequence[Slot]) -> None:
    """How long a full line of the column is: as long as its longest one at least."""
    alike: dict[int, list[Slot]] = {}
    for slot in {id(slot): slot for slot in slots if slot.lines}.values():
        alike.setdefault(round(slot.width), []).append(slot)
    for width, own in alike.items():
        longest = max(line.right - line.left for slot in own for line in slot.lines)
        # Of few lines that end none may be full.
        ends = sum(len(slot.lines) - 1 for slot in own)
        for slot in own:
            slot.full = longest if ends >= _TELLING else max(longest, width - _PADDING)


def _go_on(rows: list[list[Slot]], own: list[list[Slot]]) -> None:
    """Joins what a page end parted: the row itself, if its number stands on one side only, and merged cells."""
    last, first = rows[-1], own[0]
    if len(last) != len(first):
        return
    parted = _is_parted(rows, own)
    merged = {column for row in (*rows, *own) for column, slot in enumerate(row) if slot.rows > 1}
    for column, (upper, lower) in enumerate(zip(last, first, strict=True)):
        # A cell over several columns is met once only.
        if upper is lower:
            continue
        again = lower.plain == upper.plain if lower.plain else upper.rows > 1 or lower.rows > 1
        again = again and (parted or column in merged)
        if parted or again:
            if parted and not again:
                upper.lines += lower.lines
                upper.pages += lower.pages
            upper.rows += lower.rows - parted
            upper.parts += lower.parts
            upper.part_pages += lower.part_pages
            upper.spans = upper.spans or lower.spans or not parted
            for row in own:
                row[:] = [upper if slot is lower else slot for slot in row]
    if parted:
        del own[0]


def _is_parted(rows: Sequence[Sequence[Slot]], own: Sequence[Sequence[Slot]]) -> bool:
    inner = [row[_ORDINAL].plain for row in (*rows[1:], *own[1:])]
    counted = sum(text.isdecimal() for text in inner) >= _MOSTLY * len(inner)
    return bool(inner) and counted and bool(rows[-1][_ORDINAL].plain) != bool(own[0][_ORDINAL].plain)
