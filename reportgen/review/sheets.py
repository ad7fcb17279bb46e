"""Pages made ready to be judged (各面的划分): the type area, lines in it and beside it, tables, the page number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportgen.document import Orientation
from reportgen.review.forms import is_black
from reportgen.review.page import MM_PER_POINT, LaidOut, Letter, Line, Page, TurnedLine, lines_of, parts_of
from reportgen.review.page_tables import TableOnPage, tables_of
from reportgen.styles import StyleSheet

CLOSING_MARKS = "，。、；：？！）〕］】》”’％%,.;:?!)"
OPENING_MARKS = "（〔［【《“‘("
NUMBER_LOOK = re.compile(r"[—–―─－\-~·•.]{0,2}第?(\d{1,4})页?[—–―─－\-~·•.]{0,2}(共\d+页|/\d+)?")
_DASHED = re.compile(r"[—–―─－\-]{1,2}\d{1,4}[—–―─－\-]{1,2}")


@dataclass(frozen=True)
class Area:
    """The type area (版心) that the style sheet wants, in mm on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way across."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Sheet:
    """A page ready to be judged (一页): `number` is its page number, `stray` what stands in its margins.

    `spilled` is what has run out of a table's cell below its frame.
    `left` is where its flush lines begin, as measured; the wanted edge if too few of them tell.
    """

    page: Page
    area: Area
    lines: tuple[Line, ...]
    tables: tuple[TableOnPage, ...]
    number: Line | TurnedLine | None
    stray: tuple[Line, ...]
    spilled: tuple[Line, ...]
    left: float
    left_known: bool = False

    @property
    def written(self) -> bool:
        """Whether anything but the page number stands on it."""
        return bool(self.lines or self.tables or self.page.pictures)


def sheets_of(laid: LaidOut, styles: StyleSheet) -> list[Sheet]:
    """The pages of a document, each with what stands where on it."""
    return _with_left([_sheet(page, styles) for page in laid.pages])


def _with_left(sheets: list[Sheet]) -> list[Sheet]:
    """Every sheet with the edge that its flush lines share; those of too few lines take that of their like."""
    known: dict[bool, list[float]] = {}
    found: list[float | None] = []
    for sheet in sheets:
        ruled = _between_rules(sheet.page)
        lefts = sorted(
            line.left
            for line in sheet.lines
            # What stands between rules is set in by them: a table that is none of ours, the imprint.
            if not line.text.startswith(tuple(OPENING_MARKS)) and not ruled[0] < line.y < ruled[1]
        )
        edge = next((one for one, other in zip(lefts, lefts[2:], strict=False) if other - one < 0.5), None)
        # Lines that all stand two characters in are short paragraphs, not an edge.
        if edge is not None and 9 < edge - sheet.area.left < 13:
            edge = None
        found.append(edge)
        if edge is not None:
            known.setdefault(sheet.page.landscape, []).append(edge)
    result = []
    for sheet, edge in zip(sheets, found, strict=True):
        likes = sorted(known.get(sheet.page.landscape, ()))
        usual = likes[len(likes) // 2] if likes else sheet.area.left
        result.append(replace(sheet, left=usual if edge is None else edge, left_known=edge is not None))
    return result


def _between_rules(page: Page) -> tuple[float, float]:
    """From the first to the last long black rule across a page, nothing where there are not two."""
    ats = [each.at for each in page.rulings if each.across and each.length > 60 and is_black(each.color)]
    return (min(ats), max(ats)) if len(ats) > 1 else (0.0, 0.0)


def _sheet(page: Page, styles: StyleSheet) -> Sheet:
    orientation = Orientation.LANDSCAPE if page.landscape else Orientation.PORTRAIT
    top, right, bottom, left = styles.page.margins_mm(orientation)
    area = Area(left, top, page.width - right, page.height - bottom)
    tables = tables_of(page)
    loose = [letter for letter in page.letters if not any(_inside(letter, table) for table in tables)]
    lines = lines_of(loose)
    number = _page_number(page, lines, area)
    lines = [line for line in lines if line is not number]
    stray = [line for line in lines if _is_stray(line, page, area, lines)]
    spilled = [line for line in lines if any(_is_spilled(line, table) for table in tables)]
    kept = tuple(part for line in lines if line not in [*stray, *spilled] for part in _parted(line, page))
    return Sheet(page, area, kept, tuple(tables), number, tuple(stray), tuple(spilled), area.left)


def _is_spilled(line: Line, table: TableOnPage) -> bool:
    """Small text right below a table and within one of its columns: no note, which begins with 注."""
    below = line.y - table.box[3]
    if not 0.8 < below < 2 * line.size_pt * MM_PER_POINT or line.size_pt > 12.5 or line.text[0] in "注备说资":
        return False
    last = [cell for cell in table.cells if cell.row + cell.rows == len(table.down) - 1 and cell.lines]
    return len(table.across) > 2 and any(
        cell.box[0] < line.left and line.right < cell.box[2] and abs(cell.lines[-1].size_pt - line.size_pt) < 0.3
        for cell in last
    )


def _inside(letter: Letter, table: TableOnPage) -> bool:
    left, top, right, bottom = table.box
    return left <= (letter.left + letter.right) / 2 <= right and top <= letter.y - 0.8 <= bottom


def _page_number(page: Page, lines: Sequence[Line], area: Area) -> Line | TurnedLine | None:
    """The line in a margin, or the turned one of a landscape page, that holds a number alone."""
    for turned in page.turned:
        if NUMBER_LOOK.fullmatch(turned.text):
            return turned
    if lines:
        lowest, highest = lines[-1], lines[0]
        if NUMBER_LOOK.fullmatch(lowest.text) and (lowest.y > area.bottom + 2 or _DASHED.fullmatch(lowest.text)):
            return lowest
        if NUMBER_LOOK.fullmatch(highest.text) and highest.y < area.top - 4 and page.number > 1:
            return highest
    return None


def _is_stray(line: Line, page: Page, area: Area, lines: Sequence[Line]) -> bool:
    """A running head or foot: in a margin and apart from the text; the mark of a 信函 stands there, too."""
    letter = page.number == 1 and any(each.y < area.top + 30 and is_reddish(each) for each in lines)
    if line.y < area.top - 1 and not letter:
        below = [each.y for each in lines if each.y > line.y]
        return not below or min(below) - line.y > 14
    if line.y > area.bottom + 1:
        above = [each.y for each in lines if each.y < line.y]
        return not above or line.y - max(above) > 14
    return False


def _parted(line: Line, page: Page) -> list[Line]:
    """In the letterhead 发文字号 and 签发人, or 份号, share a line."""
    shared = page.number == 1 and ("签发人" in line.text or "〔" in line.text) and line.y < 200
    return parts_of(line, 10) if shared else [line]


def is_reddish(line: Line) -> bool:
    """Whether most letters of a line are meant to be red: to know a mark by; which red is right `forms` says."""
    red, green, blue = Counter(letter.setting.color for letter in line.letters).most_common(1)[0][0]
    return red > 150 and max(green, blue) < 110
