"""What stands on two like pages beside the text (页面附着物): page numbers and running heads, rules, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.comparison.model import Box, Content, Layer, PageFacts, Table, Tolerance
from reportgen.comparison.pages.page_units import Unit
from reportgen.comparison.pages.page_walk import Finding, Kind, PagePair
from reportgen.review.page import MM_PER_POINT

# So far off, a rule or a picture is another one.
_SAME_RULE_MM = 20.0
_SAME_PICTURE_MM = 60.0
_THICKNESS_PT = 0.12


@dataclass(frozen=True, slots=True)
class Mark:
    """What differs on a pair of pages beside the text (附着物差异): its code, its boxes on both sides, by how many mm.

    `said` is what it says, where it is text; `thick` both thicknesses of a rule in points.
    """

    kind: str
    first: tuple[Box, ...]
    second: tuple[Box, ...]
    down: float = 0.0
    right: float = 0.0
    said: str = ""
    thick: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Flow:
    """What of a file's pages is its text (正文的框): the lines of paragraphs and cells, the frames of tables."""

    lines: Mapping[int, tuple[Box, ...]]
    tables: tuple[Box, ...]


def flow_of(content: Content, units: Sequence[Unit]) -> Flow:
    """Where the text of a file stands (正文的框)."""
    lines: dict[int, tuple[Box, ...]] = {page.number: () for page in content.pages}
    merged = (cell for block in content.blocks if isinstance(block, Table) for cell in block.cells if cell.rows > 1)
    boxes = [box for cell in merged for paragraph in cell.paragraphs for box in paragraph.boxes]
    for box in (*boxes, *(box for unit in units for cell in unit.lines for box in cell)):
        lines[box.page] = (*lines[box.page], box)
    return Flow(lines, tuple(box for block in content.blocks if isinstance(block, Table) for box in block.boxes))


def marks_of(
    page: PagePair,
    first: Content,
    second: Content,
    flows: tuple[Flow, Flow],
    findings: Sequence[Finding],
    asked: set[Layer],
    tolerance: Tolerance,
) -> Iterator[Mark]:
    """What differs of a pair of pages beside the text (附着物核对), above where its text parts."""
    one, two = first.pages[page.first - 1], second.pages[page.second - 1]
    if one.fingerprint and one.fingerprint == two.fingerprint:
        return
    if (round(one.width), round(one.height)) != (round(two.width), round(two.height)):
        return
    told_edges = _edges(first) != _edges(second) and bool(asked & {Layer.TEXT, Layer.STRUCTURE})
    # What a table repeats on each of its pages is told where it stands first.
    page.masked += [*_repeated(flows[0], one), *_repeated(flows[1], two)]
    loose = _loose(flows[0], one), _loose(flows[1], two)
    if page.first != page.second or told_edges:
        page.masked += [box for side in loose for _, box in side]
    # Left and right pages have their numbers at opposite sides.
    if not told_edges and (page.first - page.second) % 2 == 0:
        yield from _texts(*loose, tolerance)
    told_tables = _told_tables(page, first, second, asked)
    # Those of a head that is repeated are told where it stands first.
    page.masked += [box for box in (*one.rulings, *two.rulings) if any(_inside(box, frame) for frame in told_tables)]
    yield from _rules(page, one, two, [*told_tables, *page.masked], tolerance)
    yield from _merged_cells(page, first, second, asked, tolerance)
    yield from _pictures(page, one, two, findings, tolerance)


def _edges(content: Content) -> list[list[tuple[str, list[str]]]]:
    return [
        [(name, [each.text for each in own]) for name, own in section.edges.items() if own]
        for section in content.sections
    ]


# ---- text beside the flow


def _loose(flow: Flow, page: PageFacts) -> list[tuple[str, Box]]:
    """The lines of a page that stand neither in a paragraph nor in a table."""
    return [
        (text, box)
        for text, box in page.lines
        if not any(_inside(box, table) for table in flow.tables if table.page == page.number)
        and not any(abs(line.top - box.top) < 1 and _overlap(line, box) for line in flow.lines[page.number])
    ]


def _repeated(flow: Flow, page: PageFacts) -> Iterator[Box]:
    """The lines in a table that are none of its rows' own: its head, and what merged cells say once more."""
    for _, box in page.lines:
        in_table = any(_inside(box, table) for table in flow.tables if table.page == page.number)
        own = any(abs(line.top - box.top) < 0.1 and _overlap(line, box) for line in flow.lines[page.number])
        if in_table and not own:
            yield box


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right


def _texts(first: list[tuple[str, Box]], second: list[tuple[str, Box]], tolerance: Tolerance) -> Iterator[Mark]:
    rest = list(second)
    for text, box in first:
        near = [each for each in rest if _form(each[0]) == _form(text)]
        if not near:
            yield Mark("page.edge-gone", (box,), (), said=text)
            continue
        found = min(near, key=lambda each: abs(each[1].top - box.top) + abs(each[1].left - box.left))
        rest.remove(found)
        down = found[1].top - box.top
        # More digits take more room: what keeps an end or its middle has not moved.
        sides = [found[1].left - box.left, found[1].right - box.right]
        right = min([*sides, sum(sides) / 2], key=abs)
        if abs(down) > tolerance.box_mm or abs(right) > tolerance.box_mm:
            yield Mark("page.edge-moved", (box,), (found[1],), down, right, said=text)
    for text, box in rest:
        yield Mark("page.edge-come", (), (box,), said=text)


def _form(text: str) -> str:
    return re.sub(r"\d+", "#", text)


# ---- rules


def _told_tables(page: PagePair, first: Content, second: Content, asked: set[Layer]) -> list[Box]:
    """The frames of tables whose rules another layer has told of, or that has moved with its text."""
    found: list[Box] = []
    for content, number in ((first, page.first), (second, page.second)):
        for index, block in enumerate(content.blocks):
            if isinstance(block, Table) and any(box.page == number for box in block.boxes):
                other = (second if content is first else first).blocks
                like = other[index] if index < len(other) else None
                differs = Layer.STYLE in asked and _looks(block) != _looks(like)
                shaped = Layer.STRUCTURE in asked and (not isinstance(like, Table) or _shape(block) != _shape(like))
                frames = [_wider(box) for box in block.boxes if box.page == number]
                if differs or shaped or index in page.moved:
                    found += frames
                if shaped or index in page.moved:
                    page.masked += frames
    return found


def _merged_cells(
    page: PagePair, first: Content, second: Content, asked: set[Layer], tolerance: Tolerance
) -> Iterator[Mark]:
    """Text that has moved in a cell over several rows, where the cell is as tall as it was."""
    for one, two in zip(first.blocks, second.blocks, strict=False):
        if not isinstance(one, Table) or not isinstance(two, Table) or _shape(one) != _shape(two):
            continue
        for cell, other in zip(one.cells, two.cells, strict=True):
            lines = [[box for paragraph in each.paragraphs for box in paragraph.boxes] for each in (cell, other)]
            alike = cell.rows > 1 and cell.text == other.text and len(lines[0]) == len(lines[1]) > 0
            if (
                not alike
                or len(cell.boxes) != 1
                or len(other.boxes) != 1
                or (Layer.STYLE in asked and cell.look != other.look)
            ):
                continue
            frame, now = cell.boxes[0], other.boxes[0]
            if (frame.page, now.page) != (page.first, page.second):
                continue
            grown = now.bottom - now.top - (frame.bottom - frame.top)
            down = (lines[1][0].top - now.top) - (lines[0][0].top - frame.top)
            if abs(grown) <= tolerance.box_mm < abs(down):
                yield Mark("page.cell-moved", tuple(lines[0]), tuple(lines[1]), down)


def _looks(block: object) -> list[object]:
    return [sorted(cell.look.items()) for cell in block.cells] if isinstance(block, Table) else []


def _shape(table: Table) -> tuple[object, ...]:
    return (table.widths, table.head_rows, [(cell.row, cell.column, cell.rows, cell.columns) for cell in table.cells])


def _wider(box: Box) -> Box:
    return Box(box.page, box.left - 1, box.top - 1, box.right + 1, box.bottom + 1)


def _inside(box: Box, frame: Box) -> bool:
    return (
        frame.left - 0.5 <= box.left
        and box.right <= frame.right + 0.5
        and frame.top - 0.5 <= box.top
        and box.bottom <= frame.bottom + 0.5
    )


def _rules(page: PagePair, one: PageFacts, two: PageFacts, told: Sequence[Box], tolerance: Tolerance) -> Iterator[Mark]:
    def counts(box: Box) -> bool:
        return box.bottom < page.cut - 1 and not any(_inside(box, frame) for frame in told)

    gone, come = _unlike(
        [box for box in one.rulings if counts(box)],
        [box for box in two.rulings if counts(box)],
        lambda a, b: _near(a, b, tolerance.box_mm) and abs(_thick(a) - _thick(b)) <= _THICKNESS_PT,
    )
    for box in gone:
        like = next((other for other in come if _same_rule(box, other)), None)
        if like is None:
            yield Mark("page.rule-gone", (box,), ())
            continue
        come.remove(like)
        middle = [(a.left + a.right, a.top + a.bottom) for a in (box, like)]
        yield Mark(
            "page.rule-changed",
            (box,),
            (like,),
            (middle[1][1] - middle[0][1]) / 2,
            (middle[1][0] - middle[0][0]) / 2,
            thick=(round(_thick(box), 2), round(_thick(like), 2)),
        )
    # A rule that goes on below the cut is as long as what stands there.
    longer = [box for box in one.rulings if not counts(box)]
    come = [box for box in come if not any(_same_rule(box, other) for other in longer)]
    yield from (Mark("page.rule-come", (), (box,)) for box in come)


def _thick(box: Box) -> float:
    return min(box.right - box.left, box.bottom - box.top) / MM_PER_POINT


def _across(box: Box) -> bool:
    return box.right - box.left > box.bottom - box.top


def _same_rule(one: Box, other: Box) -> bool:
    """Whether a rule may be the other one, moved or drawn otherwise."""
    if _across(one) is not _across(other):
        return False
    if _across(one):
        return abs(one.top - other.top) < _SAME_RULE_MM and one.left < other.right and other.left < one.right
    return abs(one.left - other.left) < _SAME_RULE_MM and one.top < other.bottom and other.top < one.bottom


def _near(one: Box, other: Box, limit: float) -> bool:
    pairs = ((one.left, other.left), (one.top, other.top), (one.right, other.right), (one.bottom, other.bottom))
    return all(abs(a - b) <= limit for a, b in pairs)


def _unlike(
    first: Sequence[Box], second: Sequence[Box], alike: Callable[[Box, Box], bool]
) -> tuple[list[Box], list[Box]]:
    """What of both sides has nothing like it on the other."""
    rest = list(second)
    gone = []
    for box in first:
        found = next((other for other in rest if alike(box, other)), None)
        if found is None:
            gone.append(box)
        else:
            rest.remove(found)
    return gone, rest


# ---- pictures


def _pictures(
    page: PagePair, one: PageFacts, two: PageFacts, findings: Sequence[Finding], tolerance: Tolerance
) -> Iterator[Mark]:
    gone, come = _unlike(
        [box for box in one.pictures if box.top < page.cut],
        [box for box in two.pictures if box.top < page.cut],
        lambda a, b: _near(a, b, tolerance.box_mm),
    )
    moves = [finding.down for finding in findings if finding.kind is Kind.MOVED and finding.first[0].page == page.first]
    for box in gone:
        like = next((other for other in come if abs(other.top - box.top) < _SAME_PICTURE_MM), None)
        if like is None:
            yield Mark("page.picture-gone", (box,), ())
            continue
        come.remove(like)
        down, right = like.top - box.top, like.left - box.left
        # Text that goes down with it is told.
        page.masked += [box, like]
        if not any(abs(move - down) < 2 * tolerance.box_mm for move in moves):
            yield Mark("page.picture-moved", (box,), (like,), down, right)
    yield from (Mark("page.picture-come", (), (box,)) for box in come)
