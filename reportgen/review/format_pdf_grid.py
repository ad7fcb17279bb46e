"""Paper, type area and grid of a laid-out document (纸张、版心、行与字). GB/T 9704—2012 5.1, 5.2."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median

from reportgen.document import Orientation
from reportgen.review.findings import Examiner, Place
from reportgen.review.forms import quoted
from reportgen.review.page import MM_PER_POINT, Line
from reportgen.review.passages import Reading
from reportgen.review.sheets import CLOSING_MARKS, OPENING_MARKS, Sheet
from reportgen.rules import Rule
from reportgen.styles import StyleSheet, TextRole

# Roles whose lines keep the body's own pitch wherever they stand, so that a page of them is a page of the grid.
_ABOVE_TEXT = frozenset(
    {TextRole.ISSUER_MARK, TextRole.DOCUMENT_NUMBER, TextRole.SIGNER, TextRole.BULLETIN_LINE, TextRole.IMPRINT}
)

# What tells how a page is meant, no tolerances: an element that begins lower than this below the type area's edge,
# or more than so much of a line below it, keeps its distance on purpose; of fewer steps no pitch is known; so many
# lines that stay free at a foot are no margin.
_HEAD_MM = 40
_FREE_LINES = 0.85
_FEWEST_STEPS = 5
_FREE_FOOT_LINES = 1.2

# What the engines of our PDFs call themselves.
_CENTRING = ("WeasyPrint", "Typst")


def check_grid(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Paper, the four edges, lines and characters, pitch, and what stands outside."""
    for sheet in reading.sheets:
        _paper(sheet, styles, examiner)
        _edges(sheet, reading, styles, examiner)
        _stray(sheet, reading, examiner)
    for sheet in full_sheets(reading, styles):
        _full(sheet, reading, styles, examiner)
    _pitch(reading, styles, examiner)
    _right(reading, examiner)
    _characters(reading, styles, examiner)


def baseline_depths(styles: StyleSheet, role: TextRole, producer: str) -> tuple[float, ...]:
    """How far below its line's upper edge a baseline may lie, in mm.

    Our own engines put the letter in the middle of its line, Word and LibreOffice 80 % down a line of exact height.
    """
    pitch, size = styles.pitch_pt(role), styles.text[role].size_pt
    centred = ((pitch - size) / 2 + 0.875 * size) * MM_PER_POINT
    exact = 0.8 * pitch * MM_PER_POINT
    if any(engine in producer for engine in _CENTRING):
        return (centred,)
    return (exact, centred)


def _paper(sheet: Sheet, styles: StyleSheet, examiner: Examiner) -> None:
    orientation = Orientation.LANDSCAPE if sheet.page.landscape else Orientation.PORTRAIT
    width, height = styles.page.size_mm(orientation)
    place = Place(page=sheet.page.number)
    examiner.number(Rule.PAPER, place, "纸宽", sheet.page.width, width, "毫米")
    examiner.number(Rule.PAPER, place, "纸高", sheet.page.height, height, "毫米")


def _edges(sheet: Sheet, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The left edge that flush lines share, and the upper one by the first baseline."""
    place = Place(page=sheet.page.number)
    if sheet.left_known:
        wanted = sheet.area.left
        examiner.number(Rule.LEFT, place, "版心左边缘距纸边", sheet.left, wanted, "毫米")
    placed = min(reading.on(sheet), key=lambda each: each[1].y, default=None)
    tops = [table.box[1] for table in sheet.tables]
    if placed is None or (tops and min(tops) < placed[1].y):
        return
    element, line = placed
    if element.role in _ABOVE_TEXT or line.y > sheet.area.top + _HEAD_MM:
        return
    depths = baseline_depths(styles, element.role, reading.laid.producer)
    top = min((line.y - depth for depth in depths), key=lambda found: abs(found - sheet.area.top))
    # A line left free above a title or a label is a matter of that element.
    begins = element.lines[0][1] is line
    if begins and top - sheet.area.top > _FREE_LINES * styles.page.line_pt * MM_PER_POINT:
        return
    examiner.number(Rule.TOP, place, "版心上边缘距纸边", top, sheet.area.top, "毫米")


def _stray(sheet: Sheet, reading: Reading, examiner: Examiner) -> None:
    """Text beyond the type area that the measured edges do not explain."""
    within = examiner.within(Rule.OUTSIDE)
    edge = max(reading.edge(sheet), sheet.area.right)
    for line in sheet.stray:
        place = Place(page=sheet.page.number, spot=quoted(line.text))
        where = "天头" if line.y < sheet.area.top else "地脚"
        examiner.breach(Rule.OUTSIDE, place, "版心以外的文字", f"在{where}", "都在版心以内")
    for element, line in reading.on(sheet):
        if element.role is TextRole.ISSUER_MARK:
            continue  # The mark of a 信函 goes with the rules of 170 mm.
        inked = [letter for letter in line.letters if letter.text not in CLOSING_MARKS] or list(line.letters)
        over = max(letter.right for letter in inked) - edge
        # An opening mark's ink fills the right half of its cell: programs let the empty half hang out.
        begins = line.letters[0].ink[0] if line.text[0] in OPENING_MARKS else line.left
        left = min(sheet.left, sheet.area.left) - begins
        if max(over, left) > within + 0.05 and line.y > sheet.area.top:
            place = Place(page=sheet.page.number, spot=quoted(line.text))
            side = "右" if over > left else "左"
            found = f"{side}边超出{max(over, left):.1f}毫米"
            examiner.breach(Rule.OUTSIDE, place, "版心以外的文字", found, "都在版心以内")


def full_sheets(reading: Reading, styles: StyleSheet) -> list[Sheet]:
    """Pages that text has filled: their last paragraph goes on, on the next page.

    It tells nothing where a signature follows, which takes lines of the text along with it (7.3.5.5).
    """
    body = styles.pitch_pt(TextRole.BODY)
    other = {role for role in styles.text if abs(styles.pitch_pt(role) - body) > 0.01} | _ABOVE_TEXT
    # A heading that runs on is a line of the body.
    uneven = {element.sheet.page.number for element in reading.elements if element.main_role in other}
    full = []
    elements = list(reading.elements)
    for element, below in zip(elements, [*elements[1:], None], strict=False):  # of no element at all, too
        if below and below.role in (TextRole.ISSUER, TextRole.DATE):
            continue
        for (sheet, _), (after, _) in pairwise(element.lines):
            number = sheet.page.number
            if sheet is not after and not sheet.tables and number not in uneven and not sheet.page.landscape:
                full.append(sheet)
    return full


def _full(sheet: Sheet, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    ys = sorted({round(line.y, 1) for _, line in reading.on(sheet)})
    steps = [below - above for above, below in pairwise(ys)]
    if len(steps) < _FEWEST_STEPS:
        return
    pitch = median(steps)
    place = Place(page=sheet.page.number)
    lines = round((ys[-1] - ys[0]) / pitch) + 1
    body = styles.pitch_pt(TextRole.BODY)
    # A pitch that the body has of its own gives another number of lines than the page's grid.
    room = (sheet.area.bottom - sheet.area.top) / (body * MM_PER_POINT)
    full = styles.page.lines if styles.text[TextRole.BODY].pitch_pt is None else int(room + 1e-6)
    examiner.number(Rule.LINES, place, "满页的行数", lines, full, "行")
    depths = baseline_depths(styles, TextRole.BODY, reading.laid.producer)
    wanted = sheet.page.height - sheet.area.bottom
    rests = [sheet.page.height - (ys[-1] + body * MM_PER_POINT - depth) for depth in depths]
    rest = min(rests, key=lambda found: abs(found - wanted))
    # Less than a line may stay free at the foot of a page: how much of it is margin does not show.
    if not wanted + examiner.within(Rule.BOTTOM) < rest < wanted + _FREE_FOOT_LINES * pitch:
        examiner.number(Rule.BOTTOM, place, "版心下边缘距纸边", rest, wanted, "毫米")


def _pitch(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The pitch of the text on each page, of every role as its style wants it."""
    steps: dict[tuple[int, float], tuple[TextRole, list[float]]] = {}
    for element in reading.elements:
        role = element.main_role
        if role in _ABOVE_TEXT:
            continue
        wanted = styles.pitch_pt(role)
        # A line that holds a heading which runs on is as high as the higher of the two.
        uneven = 0 if role is element.role else element.head
        for (sheet, above), (after, below) in pairwise(element.lines):
            if sheet is after and (uneven <= 0 or abs(styles.pitch_pt(element.role) - wanted) < 0.01):
                found = steps.setdefault((sheet.page.number, wanted), (role, []))[1]
                found.append((below.y - above.y) / MM_PER_POINT)
            uneven -= len(above.text)
    for (number, wanted), (role, found) in steps.items():
        if len(found) >= 2:
            name = TextRole.BODY if wanted == styles.pitch_pt(TextRole.BODY) else role
            examiner.number(Rule.PITCH, Place(page=number), f"{name.value}行距", median(found), wanted, "磅")


def _right(reading: Reading, examiner: Examiner) -> None:
    """The right edge, where full lines end alike."""
    if reading.full_right is None:
        return
    sheet, _, _ = reading.wrapped[0]
    right, wanted = sheet.page.width - reading.full_right, sheet.page.width - sheet.area.right
    examiner.number(Rule.RIGHT, Place(page=sheet.page.number), "版心右边缘距纸边", right, wanted, "毫米")


def _characters(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Characters on full lines of nothing but full-width characters; lines that 禁则 has shortened tell nothing."""
    unit = styles.page.character_pt * MM_PER_POINT
    counts: Counter[int] = Counter()
    where: dict[int, tuple[Sheet, Line]] = {}
    for sheet, line, after in reading.wrapped:
        if any(letter.text.isascii() for letter in line.letters) or not _plain_end(line, after):
            continue
        indent = (line.left - sheet.left) / unit
        if abs(indent - round(indent)) > 0.3:
            continue
        count = len(line.text) + round(indent)
        counts[count] += 1
        where.setdefault(count, (sheet, line))
    if not counts:
        return
    count, times = counts.most_common(1)[0]
    if times < 2:
        return
    sheet, line = where[count]
    place = Place(page=sheet.page.number, spot=quoted(line.text))
    examiner.number(Rule.CHARACTERS, place, "满行的字数", count, styles.page.characters, "字")


def _plain_end(line: Line, after: Line) -> bool:
    """Whether neither this line's end nor the next one's beginning may have moved a character."""
    marks = CLOSING_MARKS + OPENING_MARKS + "—…·"
    return not any(text in marks or text.isascii() for text in (line.text[-1], after.text[0], after.text[1:2] or "字"))
