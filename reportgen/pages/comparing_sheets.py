"""Two contents as sheets side by side (并排的纸面): paragraphs and rows of tables, what changed marked in them.

A Word file has no pages; so what belongs together stands in one row of the page, and scrolling moves both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.comparison.letters import changes
from reportgen.comparison.model import Cell, Content, Layer, Paragraph, Spot, Table
from reportgen.pages.comparing_items import Item
from reportgen.pages.comparing_looks import Looks
from reportgen.pages.comparing_rows import Beside, Place, Stretch, besides, kept, place_of
from reportgen.pages.comparing_words import Run, Span, runs, safe

_SIDES = (0, 1)
# Of rows or paragraphs that are new or gone together so many are shown.
_MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph as it is shown (显示的段落); `look` is its class."""

    runs: tuple[Run, ...]
    look: str = ""
    heading: bool = False


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

    `items` and `state` are those of the table as a whole; `sheet` is the class of the paper.
    """

    shown: tuple[Shown, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    widths: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    state: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the page (一行): both sides (None: nothing there), and the anchors that lead here.

    `title` is what stands over it; `begins` says that a sheet of paper begins; of `left_out` rows nothing is shown.
    """

    first: Side | None = None
    second: Side | None = None
    aims: tuple[str, ...] = ()
    title: str = ""
    begins: bool = False
    left_out: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether anything differs in it; else one of the sides is enough to read."""
        sides = [side for side in (self.first, self.second) if side is not None]
        shown = [each for side in sides for each in (*side.shown, *(cell for row in side.rows for cell in row))]
        return len(sides) < 2 or any(each.state for each in (*sides, *shown))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A difference with its places on both sides (差异的位置), None where a side has none.

    One of several rows or paragraphs has a place for each; the first of them `leads` and has its number.
    """

    item: Item
    places: tuple[Place | None, Place | None]
    leads: bool = True


def sheet_rows(first: Content, second: Content, items: Sequence[Item], looks: Looks) -> tuple[Row, ...]:
    """The rows of the page for two contents (并排各行); an item that no row has an aim for could not be shown."""
    rows = tuple(besides(first, second))
    index = tuple(_index(rows, side) for side in _SIDES)
    placed: dict[int, list[_Placed]] = defaultdict(list)
    aims: dict[int, list[str]] = defaultdict(list)
    homeless = []
    for item in items:
        for each in _places(item, (first, second)):
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
    sheets = _Sheets((first, second), looks)
    shown: list[Row] = []
    left_out = 0
    for number, (row, is_kept) in enumerate(zip(rows, kept(rows, placed), strict=True)):
        if is_kept:
            shown += [Row(left_out=left_out)] * bool(left_out)
            shown.append(sheets.row(row, placed.get(number, ()), tuple(aims.get(number, ()))))
        left_out = 0 if is_kept else left_out + 1
    shown += [Row(left_out=left_out)] * bool(left_out)
    return (*shown, *_edges(sheets, homeless))


def _places(item: Item, contents: tuple[Content, Content]) -> Iterator[_Placed]:
    """The places of a difference: of several rows or paragraphs each, as far as they are shown."""
    told = item.difference
    spots = None if item.adds else told.first, None if item.drops else told.second
    places = [place_of(content, spot) for content, spot in zip(contents, spots, strict=True)]
    yield _Placed(item, (places[0], places[1]))
    counts = [min(spot.count, _MOST_ALIKE) if spot and item.is_whole else 1 for spot in spots]
    for step in range(1, max(counts)):
        further = [_further(place, step) if step < count else None for place, count in zip(places, counts, strict=True)]
        yield _Placed(item, (further[0], further[1]), leads=False)


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
    """Both contents, and what is known of their sheets (两份内容)."""

    def __init__(self, contents: tuple[Content, Content], looks: Looks) -> None:
        self.contents = contents
        self.looks = looks
        self._papers = tuple(_papers(content, looks) for content in contents)

    def row(self, row: Beside, placed: Sequence[_Placed], aims: tuple[str, ...]) -> Row:
        """What stands beside each other, as it is shown."""
        return Row(
            first=self._side(0, row.first, placed),
            second=self._side(1, row.second, placed),
            aims=aims,
            begins=any(
                stretch is not None and stretch.block in papers and (stretch.rows or (0,))[0] == 0
                for stretch, papers in zip((row.first, row.second), self._papers, strict=True)
            ),
        )

    def _side(self, side: int, stretch: Stretch | None, placed: Sequence[_Placed]) -> Side | None:
        if stretch is None:
            return None
        here = [each for each in placed if (place := each.places[side]) and stretch.holds(place)]
        papers = self._papers[side]
        sheet = papers[max((begin for begin in papers if begin <= stretch.block), default=min(papers))]
        block = self.contents[side].blocks[stretch.block]
        if isinstance(block, Table):
            return self._table(side, block, stretch, here, sheet)
        spans = next(filter(None, (self.spans(side, each.item) for each in here)), ())
        words = self.words(block, side, spans, bool(here))
        items = tuple(each.item for each in here if each.leads)
        return Side(shown=(Shown((words,), items, _state(here, side)),), sheet=sheet)

    def words(self, paragraph: Paragraph, side: int, spans: Sequence[Span] = (), whole: bool = False) -> Words:
        """A paragraph of this side, with what changed in it marked."""
        found = runs(paragraph.pieces, self.looks, spans, ("del", "ins")[side], whole)
        return Words(found, self.looks.paragraph(paragraph), paragraph.level is not None)

    def _table(self, side: int, table: Table, stretch: Stretch, here: Sequence[_Placed], sheet: str) -> Side:
        begin, end = stretch.rows or (0, table.row_count)
        of_cell, of_row, of_table = _by_cell(side, here)
        rows: list[list[Shown]] = [[] for _ in range(begin, end)]
        for number, cell in enumerate(table.cells):
            first, last = max(cell.row, begin), min(cell.row + cell.rows, end)
            if first >= last:
                continue
            in_cell, in_row = of_cell.get(number, []), of_row.get(first, []) if cell.row == first else []
            # The numbers of a row stand in its first cell alone.
            numbered = [each.item for each in (*in_cell, *([] if rows[first - begin] else in_row)) if each.leads]
            parted = first > cell.row, last < cell.row + cell.rows
            rows[first - begin].append(
                Shown(
                    # What stands in a merged cell is said once, in its first part.
                    () if parted[0] else self._in_cell(side, cell, in_cell, bool(here)),
                    tuple(numbered),
                    _state([*in_cell, *in_row], side),
                    self.looks.cell(cell.look, *parted),
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
        )

    def _in_cell(self, side: int, cell: Cell, here: Sequence[_Placed], whole: bool) -> tuple[Words, ...]:
        spans = next(filter(None, (self.spans(side, each.item) for each in here)), ())
        found = []
        at = 0
        for paragraph in cell.paragraphs:
            length = len(paragraph.text)
            inner = [(max(a - at, 0), min(b - at, length)) for a, b in spans if a < at + length and b > at]
            found.append(self.words(paragraph, side, inner, whole))
            at += length + 1
        return tuple(found)

    def spans(self, side: int, item: Item) -> tuple[Span, ...]:
        """Which letters of its place a difference is about (改动的字)."""
        told = item.difference
        if item.is_whole or told.layer is not Layer.TEXT:
            return ()
        texts = [_text(content, spot) for content, spot in zip(self.contents, (told.first, told.second), strict=True)]
        found = changes(*texts)
        spans = [(each.other_begin, each.other_end) if side else (each.begin, each.end) for each in found]
        return tuple((begin, end) for begin, end in spans if begin < end)


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


def _text(content: Content, spot: Spot | None) -> str:
    """What stands at a spot, line by line in a cell."""
    if spot is None or spot.block is None or not 0 <= spot.block < len(content.blocks):
        return ""
    block = content.blocks[spot.block]
    if not isinstance(block, Table):
        return block.text
    return block.cells[spot.cell].text if spot.cell is not None and 0 <= spot.cell < len(block.cells) else ""


def _state(here: Sequence[_Placed], side: int) -> str:
    """How a place is outlined that has these differences: what is new or gone as a whole, else by the first layer."""
    if any(each.item.adds or each.item.drops for each in here):
        return "ins" if side else "del"
    return here[0].item.layer if here else ""


def _percents(widths: Sequence[float], count: int) -> tuple[str, ...]:
    total = sum(widths)
    if total <= 0 or len(widths) != count:
        return ()
    return tuple(f"{100 * width / total:.2f}" for width in widths)


# ---- paper


def _papers(content: Content, looks: Looks) -> Mapping[int, str]:
    """The class of the paper from which block on (纸张样式)."""
    found = {section.first_block: looks.paper(section.setup) for section in content.sections}
    found.setdefault(0, looks.paper({}))
    return found


# ---- headers, footers, and what stands beside the flow


def _edges(sheets: _Sheets, items: Sequence[Item]) -> Iterator[Row]:
    """Headers, footers, notes and boxes that differ (页眉页脚等), each as a row with its name over it."""
    ours, theirs = (_named(content) for content in sheets.contents)
    waiting = list(items)
    for name, part in dict.fromkeys((*ours, *theirs)):
        sides = ours.get((name, part), ()), theirs.get((name, part), ())
        if sides[0] == sides[1]:
            continue
        here = [item for item in waiting if _is_of(item, part)]
        waiting = [item for item in waiting if item not in here]
        texts = ["\n".join(paragraph.text for paragraph in paragraphs) for paragraphs in sides]
        spans = changes(*texts)
        views = []
        for side, paragraphs in enumerate(sides):
            shown = []
            at = 0
            for paragraph in paragraphs:
                length = len(paragraph.text)
                found = [(each.other_begin, each.other_end) if side else (each.begin, each.end) for each in spans]
                inner = [(max(a - at, 0), min(b - at, length)) for a, b in found if a < at + length and b > at]
                shown.append(Shown((sheets.words(paragraph, side, inner, whole=True),)))
                at += length + 1
            if shown and here:
                shown[0] = replace(shown[0], items=tuple(here), state=here[0].layer)
            views.append(Side(shown=tuple(shown)) if shown else None)
        if here:
            aims = tuple(item.anchor for item in here)
            yield Row(first=views[0], second=views[1], aims=aims, title=safe(name), begins=True)


def _named(content: Content) -> dict[tuple[str, str], tuple[Paragraph, ...]]:
    """What stands beside the flow, by how it is called and by which part it is of."""
    found: dict[tuple[str, str], tuple[Paragraph, ...]] = {}
    for number, section in enumerate(content.sections, 1):
        for name, paragraphs in section.edges.items():
            found[f"第{number}节 {name}", name] = paragraphs
    for name, paragraph in content.beside:
        found[name, name] = (*found.get((name, name), ()), paragraph)
    return found


def _is_of(item: Item, part: str) -> bool:
    told = item.difference
    return any(
        spot is not None and part in (spot.part, spot.part.rpartition(" ")[2]) for spot in (told.first, told.second)
    )
