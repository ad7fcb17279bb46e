"""Two contents as sheets side by side (并排的纸面): paragraphs and rows of tables, what changed marked in them.

A Word file has no pages; so what belongs together stands in one row of the page, and scrolling moves both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.comparison.counterparts.held import Beside as Apart
from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.counterparts.pairing import BlockPair
from reportgen.comparison.letters import changes, unspaced
from reportgen.comparison.model import Cell, Content, Layer, Paragraph, Spot, Table, Tolerance
from reportgen.pages.comparing_items import Item
from reportgen.pages.comparing_looks import Looks
from reportgen.pages.comparing_rows import Beside, Place, Stretch, besides, is_short, merged_rows, near, place_of
from reportgen.pages.comparing_words import Run, Span, runs, safe

_SIDES = (0, 1)
# Of rows or paragraphs that are new or gone together so many are shown.
_MOST_ALIKE = 20
# What a paragraph or a cell takes besides its letters.
_COST = 60


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph as it is shown (显示的段落); `look` is its class."""

    runs: tuple[Run, ...]
    look: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A paragraph of the flow, or a cell (一处内容), with the differences that have their place here.

    `state` is how it is outlined: `ins`, `del`, a layer's value, or nothing.
    """

    words: tuple[Words, ...]
    items: tuple[Item, ...] = ()
    state: str = ""
    look: str = ""
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a row (一侧): paragraphs, or rows of a table with the widths of its columns in percent.

    `items` and `state` are those of the table as a whole; `sheet` is the class of the paper that may begin here.
    Rows that `join` follow those of the same table above.
    """

    shown: tuple[Shown, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    widths: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    state: str = ""
    sheet: str = ""
    begins: bool = False
    joins: bool = False

    @property
    def noted(self) -> tuple[Item, ...]:
        """What is said over rows of a table, where a cell has no room for it (单元格旁注)."""
        items = (item for row in self.rows for cell in row for item in cell.items)
        return tuple(item for item in items if item.layer != "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the page (一行): both sides (None: nothing there), and the anchors that lead here.

    `title` is what stands over it; of `left_out` rows nothing is shown. What is `far` from any difference
    is not printed.
    """

    first: Side | None = None
    second: Side | None = None
    aims: tuple[str, ...] = ()
    title: str = ""
    left_out: int = 0
    far: bool = False

    @property
    def cost(self) -> int:
        """How much room it takes in the file, in letters (篇幅)."""
        sides = [side for side in (self.first, self.second) if side is not None]
        shown = [each for side in sides for each in (*side.shown, *(cell for row in side.rows for cell in row))]
        letters = sum(len(run.text) for each in shown for words in each.words for run in words.runs)
        return letters + _COST * sum(1 + len(each.words) for each in shown)

    @property
    def is_changed(self) -> bool:
        """Whether anything differs in it; else one of the sides is enough to read."""
        sides = [side for side in (self.first, self.second) if side is not None]
        states = [side.state for side in sides] + [each.state for side in sides for each in side.shown]
        return len(sides) < 2 or any(states) or any(cell.state for side in sides for row in side.rows for cell in row)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A difference with its places on both sides (差异的位置), None where a side has none.

    One of several rows or paragraphs has a place for each; the first of them `leads` and has its number.
    """

    item: Item
    places: tuple[Place | None, Place | None]
    leads: bool = True


def sheet_rows(
    first: Content, second: Content, items: Sequence[Item], looks: Looks, room: int
) -> tuple[tuple[Row, ...], int]:
    """The rows of the page for two contents (并排各行), and what is left of the `room` for them, in letters.

    An item that no row has an aim for could not be shown.
    """
    held = Held(first, second, frozenset(Layer), Tolerance())
    merges = {
        (side, place)
        for item in items
        if item.of == "merge"
        for side, spot in enumerate((item.difference.first, item.difference.second))
        for place in merged_rows((held.first, held.second)[side], spot)
    }
    rows = tuple(besides(held, merges))
    sheets = _Sheets(held, looks, is_short(rows))
    index = tuple(_index(rows, side) for side in _SIDES)
    placed: dict[int, list[_Placed]] = defaultdict(list)
    aims: dict[int, list[str]] = defaultdict(list)
    homeless = []
    for item in items:
        for each in sheets.places(item):
            found = [index[side].get(place) if (place := each.places[side]) else None for side in _SIDES]
            for number in sorted({number for number in found if number is not None}):
                placed[number].append(each)
            aim = found[0] if found[1] is None else found[1]
            if each.leads and aim is None:
                homeless.append(item)
            elif each.leads and aim is not None:
                aims[aim].append(item.anchor)
                if found[0] is not None and found[0] != aim:
                    aims[found[0]].append(f"{item.anchor}a")
    shown: list[Row] = []
    left_out = 0
    for number, (row, is_near) in enumerate(zip(rows, near(rows, placed), strict=True)):
        if room > 0 and (is_near or is_short(rows)):
            shown += [Row(left_out=left_out)] * bool(left_out)
            view = sheets.row(row, placed.get(number, ()), tuple(aims.get(number, ())))
            shown.append(replace(view, far=not is_near))
            room -= view.cost
            left_out = 0
        else:
            left_out += 1
    shown += [Row(left_out=left_out)] * bool(left_out)
    return (*shown, *sheets.beside(homeless)), room


def _further(place: Place | None, step: int) -> Place | None:
    if place is None:
        return None
    return (place[0] + step, None) if place[1] is None else (place[0], place[1] + step)


def _index(rows: Sequence[Beside], side: int) -> Mapping[Place, int]:
    """In which row a place stands."""
    found: dict[Place, int] = {}
    for number, row in enumerate(rows):
        if stretch := (row.first, row.second)[side]:
            found.setdefault((stretch.block, None), number)
            for inner in range(*stretch.rows) if stretch.rows else ():
                found[stretch.block, inner] = number
    return found


class _Sheets:
    """Both contents held against each other, and what is known of their sheets (两份内容)."""

    def __init__(self, held: Held, looks: Looks, whole: bool) -> None:
        self._held = held
        self._contents = held.first, held.second
        self._looks = looks
        # Whether unchanged paragraphs are shown to their ends.
        self._whole = whole
        # The last rows shown on each side: their table, and where they end.
        self._last: list[Place | None] = [None, None]
        self._rows: dict[tuple[int, int], list[list[int]]] = {}
        self._papers = tuple(_papers(content, looks) for content in self._contents)
        self._pairs = tuple(
            {number: pair for pair in held.blocks.pairs for number in (pair.first, pair.second)[side]}
            for side in _SIDES
        )

    def places(self, item: Item) -> Iterator[_Placed]:
        """The places of a difference: of several rows or paragraphs each, as far as they are shown."""
        told = item.difference
        spots = None if item.adds else told.first, None if item.drops else told.second
        places = [place_of(content, spot) for content, spot in zip(self._contents, spots, strict=True)]
        yield _Placed(item, (places[0], places[1]))
        if item.is_whole:
            counts = [min(spot.count, _MOST_ALIKE) if spot else 1 for spot in spots]
            for step in range(1, max(counts)):
                further = [_further(places[side], step) if step < counts[side] else None for side in _SIDES]
                yield _Placed(item, (further[0], further[1]), leads=False)
        elif parts := self._parts(item):
            # A paragraph that became two, or two that became one.
            for number in parts.first[1:]:
                yield _Placed(item, ((number, None), None), leads=False)
            for number in parts.second[1:]:
                yield _Placed(item, (None, (number, None)), leads=False)

    def _parts(self, item: Item) -> BlockPair | None:
        """The paragraphs that a difference of a paragraph is about."""
        for side, spot in enumerate((item.difference.first, item.difference.second)):
            if spot is not None and spot.block is not None and not spot.table:
                return self._pairs[side].get(spot.block)
        return None

    def row(self, row: Beside, placed: Sequence[_Placed], aims: tuple[str, ...]) -> Row:
        """What stands beside each other, as it is shown."""
        return Row(first=self._side(0, row.first, placed), second=self._side(1, row.second, placed), aims=aims)

    def _begins(self, side: int, stretch: Stretch) -> bool:
        """Whether a sheet of paper begins with it."""
        if stretch.rows:
            return stretch.rows[0] == 0 and stretch.block in self._papers[side]
        block = self._contents[side].blocks[stretch.block]
        return stretch.block in self._papers[side] or (isinstance(block, Paragraph) and block.page_break)

    def _side(self, side: int, stretch: Stretch | None, placed: Sequence[_Placed]) -> Side | None:
        if stretch is None:
            return None
        here = [each for each in placed if (place := each.places[side]) and stretch.holds(place)]
        papers = self._papers[side]
        sheet = papers[max((begin for begin in papers if begin <= stretch.block), default=min(papers))]
        block = self._contents[side].blocks[stretch.block]
        if isinstance(block, Table):
            return self._table(side, block, stretch, here, sheet)
        spans = next(filter(None, (self._spans(side, each.item, stretch.block) for each in here)), ())
        words = self._words(block, side, spans, bool(here))
        items = tuple(each.item for each in here if each.leads)
        return Side(
            shown=(Shown((words,), items, _state(here, side)),), sheet=sheet, begins=self._begins(side, stretch)
        )

    def _words(self, paragraph: Paragraph, side: int, spans: Sequence[Span], whole: bool) -> Words:
        found = runs(paragraph.pieces, self._looks, spans, ("del", "ins")[side], whole or self._whole)
        return Words(found, self._looks.paragraph(paragraph))

    def _table(self, side: int, table: Table, stretch: Stretch, here: Sequence[_Placed], sheet: str) -> Side:
        begin, end = stretch.rows or (0, table.row_count)
        joins, self._last[side] = self._last[side] == (stretch.block, begin), (stretch.block, end)
        of_cell, of_row, of_table = _by_cell(side, here)
        rows: list[list[Shown]] = [[] for _ in range(begin, end)]
        covering = self._covering(side, stretch.block, table)
        numbers = dict.fromkeys(number for row in range(begin, end) for number in covering[row])
        # Cells of one row from left to right, those that come from above, too.
        for number in sorted(numbers, key=lambda each: table.cells[each].column):
            cell = table.cells[number]
            first, last = max(cell.row, begin), min(cell.row + cell.rows, end)
            in_cell, in_row = of_cell.get(number, []), of_row.get(first, []) if cell.row == first else []
            # The numbers of a row stand in its widest cell alone.
            in_widest = in_row if in_row and number == _widest(table, covering[first]) else []
            numbered = [each.item for each in (*in_cell, *in_widest) if each.leads]
            parted = first > cell.row, last < cell.row + cell.rows
            rows[first - begin].append(
                Shown(
                    # What stands in a merged cell is said once, in its first part.
                    () if parted[0] else self._in_cell(side, cell, in_cell, bool(here)),
                    tuple(numbered),
                    _state([*in_cell, *in_row], side),
                    self._looks.of_cell(cell.look, *parted),
                    last - first,
                    cell.columns,
                )
            )
        return Side(
            rows=tuple(map(tuple, rows)),
            widths=_percents(table.widths, table.column_count),
            items=tuple(each.item for each in of_table),
            state=_state(of_table, side),
            sheet=sheet,
            begins=self._begins(side, stretch),
            joins=joins,
        )

    def _covering(self, side: int, block: int, table: Table) -> Sequence[Sequence[int]]:
        """The indices of the cells that cover each row of a table."""
        if (side, block) not in self._rows:
            found: list[list[int]] = [[] for _ in range(table.row_count)]
            for number, cell in enumerate(table.cells):
                for row in range(cell.row, min(cell.row + cell.rows, table.row_count)):
                    found[row].append(number)
            self._rows[side, block] = found
        return self._rows[side, block]

    def _in_cell(self, side: int, cell: Cell, here: Sequence[_Placed], whole: bool) -> tuple[Words, ...]:
        spans = next(filter(None, (self._spans(side, each.item, None) for each in here)), ())
        found = []
        at = 0
        for paragraph in cell.paragraphs:
            length = len(paragraph.text)
            found.append(self._words(paragraph, side, _within(spans, at, length), whole))
            at += length + 1
        return tuple(found)

    def _spans(self, side: int, item: Item, block: int | None) -> tuple[Span, ...]:
        """Which letters a difference is about, of its cell or of this one of its paragraphs."""
        told = item.difference
        if item.is_whole or told.layer is not Layer.TEXT:
            return ()
        if block is None or (parts := self._parts(item)) is None:
            texts = [
                _cell_text(content, spot)
                for content, spot in zip(self._contents, (told.first, told.second), strict=True)
            ]
            return self._changed(texts[0], texts[1])[side]
        numbers = parts.first, parts.second
        sides = [[_block_text(content, n) for n in each] for content, each in zip(self._contents, numbers, strict=True)]
        spans = self._changed("\n".join(sides[0]), "\n".join(sides[1]))[side]
        place = numbers[side].index(block)
        return _within(spans, sum(len(text) + 1 for text in sides[side][:place]), len(sides[side][place]))

    def _changed(self, first: str, second: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        """Which letters of two texts differ; between files of different kinds white space does not count."""
        found = changes(first, second)
        if self._held.mixed:
            found = tuple(
                each
                for each in found
                if unspaced(first[each.begin : each.end]) != unspaced(second[each.other_begin : each.other_end])
            )
        return (
            tuple((each.begin, each.end) for each in found if each.begin < each.end),
            tuple((each.other_begin, each.other_end) for each in found if each.other_begin < each.other_end),
        )

    def beside(self, items: Sequence[Item]) -> Iterator[Row]:
        """Headers, footers, notes and boxes that differ (页眉页脚等), those of a short file all, with their names."""
        waiting = list(items)
        for each in self._held.beside:
            here = [item for item in waiting if _is_of(item, each)]
            waiting = [item for item in waiting if item not in here]
            if not here and not (self._whole and each.sections):
                continue
            spans = self._changed(each.first.text if each.first else "", each.second.text if each.second else "")
            marked = spans if any(item.difference.layer is Layer.TEXT for item in here) else ((), ())
            views = []
            for side, paragraph in enumerate((each.first, each.second)):
                words = self._words(paragraph, side, marked[side], whole=True) if paragraph else None
                shown = Shown((words,), tuple(here), here[0].layer if here else "") if words else None
                views.append(Side(shown=(shown,), begins=True) if shown else None)
            aims = tuple(item.anchor for item in here)
            yield Row(first=views[0], second=views[1], aims=aims, title=safe(each.where), far=not here)


def _widest(table: Table, numbers: Sequence[int]) -> int:
    """The index of the widest of these cells."""
    widths = table.widths if len(table.widths) == table.column_count else (1.0,) * table.column_count
    cells = table.cells
    return max(numbers, key=lambda n: sum(widths[cells[n].column : cells[n].column + cells[n].columns]))


def _within(spans: Sequence[Span], begin: int, length: int) -> tuple[Span, ...]:
    """The spans as they lie in a part of the text."""
    inner = ((max(first - begin, 0), min(last - begin, length)) for first, last in spans)
    return tuple((first, last) for first, last in inner if first < last)


def _by_cell(
    side: int, here: Sequence[_Placed]
) -> tuple[dict[int, list[_Placed]], dict[int, list[_Placed]], list[_Placed]]:
    """The differences of a stretch of a table by their cells, by their rows, and those of the table."""
    of_cell: dict[int, list[_Placed]] = defaultdict(list)
    of_row: dict[int, list[_Placed]] = defaultdict(list)
    of_table: list[_Placed] = []
    for each in here:
        spot, place = (each.item.difference.first, each.item.difference.second)[side], each.places[side]
        if spot is None or place is None:
            continue
        if place[1] is None:
            of_table.append(each)
        elif spot.cell is None or each.item.is_whole:
            of_row[place[1]].append(each)
        else:
            of_cell[spot.cell].append(each)
    return of_cell, of_row, of_table


def _cell_text(content: Content, spot: Spot | None) -> str:
    """What stands in the cell of a spot, line by line."""
    if spot is None or spot.block is None or not 0 <= spot.block < len(content.blocks):
        return ""
    block = content.blocks[spot.block]
    if not isinstance(block, Table):
        return block.text
    return block.cells[spot.cell].text if spot.cell is not None and 0 <= spot.cell < len(block.cells) else ""


def _block_text(content: Content, number: int) -> str:
    block = content.blocks[number]
    return block.text if isinstance(block, Paragraph) else ""


def _state(here: Sequence[_Placed], side: int) -> str:
    """How a place is outlined that has these differences: what is new or gone as a whole, else by the first layer."""
    if any((each.item.adds or each.item.drops) and each.item.of != "column" for each in here):
        return "ins" if side else "del"
    return here[0].item.layer if here else ""


def _percents(widths: Sequence[float], count: int) -> tuple[str, ...]:
    total = sum(widths)
    if total <= 0 or len(widths) != count:
        return ()
    return tuple(f"{100 * width / total:.2f}" for width in widths)


def _papers(content: Content, looks: Looks) -> Mapping[int, str]:
    """The class of the paper from which block on (纸张样式)."""
    found = {section.first_block: looks.paper(section.setup) for section in content.sections}
    found.setdefault(0, looks.paper({}))
    return found


def _is_of(item: Item, beside: Apart) -> bool:
    """Whether a difference is about this text beside the flow."""
    told = item.difference
    parts = {spot.part for spot in (told.first, told.second) if spot is not None}
    return bool(parts & {beside.name, beside.where}) and told.said.startswith(beside.where)
