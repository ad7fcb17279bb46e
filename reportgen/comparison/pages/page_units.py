"""What stands on pages, piece by piece (版面单元): paragraphs and table rows, paired over two PDFs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from reportgen.comparison.model import Box, Cell, Content, Difference, Layer, Paragraph, Table

_SHORTEST_QUOTE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A paragraph or a row of a table (版面单元): what it says, its frame on each of its pages, its lines by cells.

    `over` are the frames of cells that go on in rows below. `style` and `grid` are what of it other layers compare.
    """

    block: int
    row: int | None
    text: str
    frames: tuple[Box, ...]
    lines: tuple[tuple[Box, ...], ...]
    over: tuple[Box, ...] = ()
    style: tuple[object, ...] = field(default=(), repr=False)
    grid: tuple[object, ...] = field(default=(), repr=False)
    part: str = ""

    @property
    def quoted(self) -> str:
        """The beginning of what it says, as a reader is told."""
        text = self.text.replace("\n", "").replace("│", " ").strip()
        return f"“{text[:_SHORTEST_QUOTE]}…”" if len(text) > _SHORTEST_QUOTE + 1 else f"“{text}”"


def units_of(content: Content) -> list[Unit]:
    """The units (各单元) of a PDF in the order in which they are read."""
    found: list[Unit] = []
    for index, block in enumerate(content.blocks):
        if isinstance(block, Paragraph):
            if block.boxes:
                found.append(_paragraph(index, block))
        else:
            found += _rows(index, block)
    return found


def _paragraph(index: int, paragraph: Paragraph) -> Unit:
    pages = sorted({box.page for box in paragraph.boxes})
    frames = [_around([box for box in paragraph.boxes if box.page == page]) for page in pages]
    style = (*_style(paragraph), tuple(sorted(paragraph.look.items())))
    return Unit(
        block=index,
        row=None,
        text=paragraph.text,
        frames=tuple(frames),
        lines=(paragraph.boxes,),
        style=style,
        part=paragraph.part,
    )


def _style(paragraph: Paragraph) -> Iterator[object]:
    yield from ((piece.setting, len(piece.text)) for piece in paragraph.pieces)


def _rows(index: int, table: Table) -> Iterator[Unit]:
    for row, cells in enumerate(table.rows):
        own = [cell for cell in cells if cell.rows == 1 and cell.boxes]
        boxes = [box for cell in own for box in cell.boxes]
        pages = sorted({box.page for box in boxes})
        if not pages:
            continue
        yield Unit(
            block=index,
            row=row,
            # Where a line ends is told as such.
            text="│".join(cell.text.replace("\n", "") for cell in cells),
            frames=tuple(_around([box for box in boxes if box.page == page]) for page in pages),
            lines=tuple(_lines(cell) for cell in own),
            over=tuple(box for cell in cells if cell.rows > 1 for box in cell.boxes),
            style=(tuple(sorted(table.look.items())), *((*_cell_style(cell),) for cell in cells)),
            grid=(table.widths, table.head_rows, tuple((cell.column, cell.rows, cell.columns) for cell in cells)),
            part=table.part,
        )


def _lines(cell: Cell) -> tuple[Box, ...]:
    return tuple(box for paragraph in cell.paragraphs for box in paragraph.boxes)


def _cell_style(cell: Cell) -> Iterator[object]:
    for paragraph in cell.paragraphs:
        yield from _style(paragraph)
    yield tuple(sorted(cell.look.items()))


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        boxes[0].page,
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit of each side (一对单元), or of one alone; `told` says that another layer has told what differs of it.

    `changed` is a difference of its own that no other layer has told.
    """

    first: Unit | None
    second: Unit | None
    told: bool = False
    changed: bool = False


def pairs_of(first: Sequence[Unit], second: Sequence[Unit], told: Sequence[Difference]) -> list[Pair]:
    """The units of both sides in pairs, equal ones first (单元配对)."""
    asked = {difference.layer for difference in told}
    matcher = SequenceMatcher(None, [unit.text for unit in first], [unit.text for unit in second], autojunk=False)
    found: list[Pair] = []
    for kind, start, end, other, last in matcher.get_opcodes():
        if kind == "equal" or end - start == last - other:
            steps = zip(first[start:end], second[other:last], strict=True)
            found += [_pair(one, two, asked) for one, two in steps]
        else:
            known = bool(asked & {Layer.TEXT, Layer.STRUCTURE})
            found += [Pair(unit, None, known, not known) for unit in first[start:end]]
            found += [Pair(None, unit, known, not known) for unit in second[other:last]]
    return found


def _pair(one: Unit, two: Unit, asked: set[Layer]) -> Pair:
    text, style, grid = one.text != two.text, one.style != two.style, one.grid != two.grid
    told = (
        (text and bool(asked & {Layer.TEXT, Layer.STRUCTURE}))
        or (style and Layer.STYLE in asked)
        or (grid and Layer.STRUCTURE in asked)
    )
    return Pair(one, two, told, text and not told)
