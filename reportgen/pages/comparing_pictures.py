"""Pages of two PDFs side by side (并排的页面): pictures of those that differ, with boxes over what changed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.comparison.model import Box, Content, Layer, Spot
from reportgen.comparison.pages.page_pictures import page_pictures
from reportgen.confine import confined_each
from reportgen.limits import held
from reportgen.pages.comparing_items import Item
from reportgen.pages.comparing_letters import changed_boxes
from reportgen.problems import ReportError

DPI = 110
"""How fine the pages are drawn (页面图的精度)."""
MOST_PAGES = 60
"""Of a comparison so many rows of pages are drawn at most (最多画多少对页); the rest is said."""
FEW = 4
"""Files of no more pages than this are shown whole (全部显示的页数)."""
# A box is drawn a little wider than what it is about, and never so small that nobody sees it.
_AROUND_MM, _LEAST_MM = 0.8, 3.0
_COLORS = 16
# Lines of one text are no further apart.
_LINE_MM = 9.0
# Cells beside each other, no more.
_CELL_MM = 2.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A box over a page (页上的框), in percent of its width and height.

    The first of a difference on its page `leads` with its number; an `exact` one is of the letters that changed.
    """

    item: Item
    left: str
    top: str
    width: str
    height: str
    leads: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of one side (一页): its picture's name in the style sheet, its height by its width in percent."""

    number: int
    picture: str
    ratio: str
    marks: tuple[Mark, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """An anchor of a page (落点), and how far down the sheet it leads, in percent."""

    anchor: str
    down: str


@dataclass(frozen=True, slots=True)
class PageRow:
    """Two pages that stand beside each other (并排的两页); None where a side has no such page."""

    first: Sheet | None
    second: Sheet | None
    aims: tuple[Aim, ...]


def page_rows(
    first: Content, second: Content, items: Sequence[Item], anchor: str, room: int
) -> tuple[tuple[PageRow, ...], int]:
    """The rows of pages that differ (并排的页), no more than `room`, and how many there are besides.

    Of two short files all pages are shown. `anchor` begins the names of their pictures.
    """
    contents = first, second
    letters = {item: changed_boxes(contents, item.difference) for item in items}
    pairs = {item: _pages(item, letters[item], contents) for item in items}
    every = {pair for item in items for pair in (pairs[item], *_further(item, letters[item], contents))}
    wanted = sorted(every - {(None, None)}, key=_order)
    if max(len(first.pages), len(second.pages)) <= FEW:
        wanted = sorted({*wanted, *_rest(wanted, first, second)}, key=_order)
    marks = [_marks(items, side, letters) for side in (0, 1)]
    rows = []
    for pair in wanted[:room]:
        here = [item for item, pages in pairs.items() if pages == pair]
        sheets = [
            _sheet(content, number, f"{anchor}{'ab'[side]}", marks[side], here)
            for side, (content, number) in enumerate(zip((first, second), pair, strict=True))
        ]
        rows.append(PageRow(sheets[0], sheets[1], tuple(_aim(item, sheets) for item in here)))
    return tuple(rows), len(wanted) - len(rows)


_Pair = tuple[int | None, int | None]
_Letters = tuple[tuple[Box, ...], tuple[Box, ...]]


def _order(pair: _Pair) -> tuple[int, int]:
    return (pair[1] or pair[0] or 0, pair[0] or 0)


def _pages(item: Item, letters: _Letters, contents: tuple[Content, Content]) -> _Pair:
    """The pages of a difference on both sides; a side that has nothing there shows what stands nearest."""
    spots = item.difference.first, item.difference.second
    one, other = (
        boxes[0].page if boxes else _page(content, spot)
        for boxes, content, spot in zip(letters, contents, spots, strict=True)
    )
    if item.of == "page" and (item.adds or item.drops):
        return (None, other) if item.adds else (one, None)
    if one is None and other is not None:
        one = other if other <= len(contents[0].pages) else None
    elif other is None and one is not None:
        other = one if one <= len(contents[1].pages) else None
    return one, other


def _further(item: Item, letters: _Letters, contents: tuple[Content, Content]) -> Iterator[_Pair]:
    """The other pages of a difference that has several, those of both sides beside each other."""
    spots = item.difference.first, item.difference.second
    every = item.difference.layer is Layer.PAGE
    sides = [
        list(dict.fromkeys(box.page for box in (boxes or (spot.boxes if spot and every else ()))))
        for boxes, spot in zip(letters, spots, strict=True)
    ]
    known = all(
        1 <= page <= len(content.pages) for pages, content in zip(sides, contents, strict=True) for page in pages
    )
    if known and len(sides[0]) == len(sides[1]):
        yield from zip(*sides, strict=True)


def _page(content: Content, spot: Spot | None) -> int | None:
    """The page that a spot lies on, where the file has it."""
    number = (spot.page or next((box.page for box in spot.boxes), None)) if spot else None
    return number if number and 1 <= number <= len(content.pages) else None


def _rest(wanted: Iterable[_Pair], first: Content, second: Content) -> Iterator[_Pair]:
    """The pages that are in none of these pairs, each beside the one of its number."""
    seen = [{pair[side] for pair in wanted} for side in (0, 1)]
    counts = len(first.pages), len(second.pages)
    for number in range(1, max(counts) + 1):
        pair = [
            number if number <= count and number not in done else None for count, done in zip(counts, seen, strict=True)
        ]
        if pair != [None, None]:
            yield pair[0], pair[1]


@dataclass(frozen=True, slots=True)
class _Boxed:
    """A box of a difference (差异的框); see `Mark`."""

    item: Item
    box: Box
    leads: bool
    exact: bool = False


def _marks(items: Sequence[Item], side: int, letters: Mapping[Item, _Letters]) -> dict[int, list[_Boxed]]:
    """The boxes of all differences on one side by their pages."""
    found: dict[int, list[_Boxed]] = {}
    for item in items:
        spot = (item.difference.first, item.difference.second)[side]
        if spot is None or (item.drops if side else item.adds):
            continue
        numbered: set[int] = set()
        for box in _joined(sorted(spot.boxes, key=lambda each: each.page)):
            found.setdefault(box.page, []).append(_Boxed(item, box, box.page not in numbered))
            numbered.add(box.page)
        for box in letters[item][side]:
            found.setdefault(box.page, []).append(_Boxed(item, box, leads=False, exact=True))
    return found


def _joined(boxes: Sequence[Box]) -> Iterator[Box]:
    """The boxes, those of lines or cells that follow each other as one."""
    last: Box | None = None
    for box in boxes:
        if last is not None and _follows(last, box):
            last = Box(
                box.page,
                min(last.left, box.left),
                min(last.top, box.top),
                max(last.right, box.right),
                max(last.bottom, box.bottom),
            )
        else:
            if last is not None:
                yield last
            last = box
    if last is not None:
        yield last


def _follows(one: Box, other: Box) -> bool:
    """Whether a box goes on in another: the next line of a text, the next cell of a row."""
    down, right = other.top - one.bottom, other.left - one.right
    if one.page != other.page:
        return False
    beneath = -_LINE_MM < down < _LINE_MM and min(one.right, other.right) > max(one.left, other.left)
    beside = abs(right) < _CELL_MM and abs(one.top - other.top) < _CELL_MM and abs(one.bottom - other.bottom) < _CELL_MM
    return beneath or beside


def _sheet(
    content: Content,
    number: int | None,
    picture: str,
    marks: Mapping[int, Sequence[_Boxed]],
    here: Sequence[Item],
) -> Sheet | None:
    if number is None:
        return None
    page = content.pages[number - 1]
    width, height = max(page.width, 1.0), max(page.height, 1.0)
    drawn = tuple(_mark(each, width, height) for each in marks.get(number, ()))
    boxed = {mark.item for mark in drawn}
    return Sheet(
        number=number,
        picture=f"{picture}{number}",
        ratio=f"{100 * height / width:.3f}",
        marks=drawn,
        items=tuple(item for item in here if item not in boxed),
    )


def _mark(boxed: _Boxed, width: float, height: float) -> Mark:
    box = boxed.box
    left, right = (box.left, box.right) if boxed.exact else _widened(box.left, box.right, width)
    top, bottom = _widened(box.top, box.bottom, height)
    return Mark(
        boxed.item,
        left=f"{100 * left / width:.2f}",
        top=f"{100 * top / height:.2f}",
        width=f"{100 * (right - left) / width:.2f}",
        height=f"{100 * (bottom - top) / height:.2f}",
        leads=boxed.leads,
        exact=boxed.exact,
    )


def _widened(begin: float, end: float, size: float) -> tuple[float, float]:
    more = max(_AROUND_MM, (_LEAST_MM - (end - begin)) / 2)
    begin, end = max(0.0, begin - more), min(size, end + more)
    return min(begin, size - 1), max(end, 1.0)


def _aim(item: Item, sheets: Sequence[Sheet | None]) -> Aim:
    marks = [mark for sheet in sheets if sheet for mark in sheet.marks if mark.item is item]
    tops = [float(mark.top) for mark in marks if mark.exact] or [float(mark.top) for mark in marks]
    return Aim(item.anchor, f"{min(tops, default=0.0):.1f}")


# ---- pictures


def images(
    rows: Sequence[PageRow], names: tuple[str, str], blobs: tuple[bytes, bytes]
) -> tuple[Mapping[str, str], Sequence[ReportError]]:
    """The pictures of the pages in these rows (页面图) by their names, as data addresses; faults where there are none.

    They are drawn in processes of their own: the files are outside ones.
    """
    wanted = [
        sorted({(sheet.number, sheet.picture) for row in rows if (sheet := (row.first, row.second)[side])})
        for side in (0, 1)
    ]
    numbers = [[number for number, _ in sheets] for sheets in wanted]
    limits = held().outside.for_pages(max(map(len, numbers), default=0) * 2)
    drawn = list(confined_each(names, limits, draw_pages, blobs, numbers))
    found: dict[str, str] = {}
    faults = []
    for sheets, pictures in zip(wanted, drawn, strict=True):
        if isinstance(pictures, ReportError):
            faults.append(pictures)
            continue
        for (_, name), picture in zip(sheets, pictures, strict=True):
            found[name] = "data:image/png;base64," + b64encode(picture).decode()
    return found, faults


def draw_pages(blob: bytes, numbers: Sequence[int]) -> list[bytes]:
    """The pages of these numbers as small PNGs (页面小图): sixteen colours show letters and seals well enough."""
    from io import BytesIO

    found = []
    for picture in page_pictures(blob, numbers, DPI):
        out = BytesIO()
        # Shades of grey where the page has no colours: these take less time and room.
        red, green, blue = picture.convert("RGB").split()
        plain = red.tobytes() == green.tobytes() == blue.tobytes()
        small = red.quantize(_COLORS) if plain else picture.convert("RGB").quantize(_COLORS)
        small.save(out, "PNG", bits=4)
        found.append(out.getvalue())
    return found
