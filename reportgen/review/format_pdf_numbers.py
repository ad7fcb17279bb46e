"""Page numbers of a laid-out document (页码). GB/T 9704—2012 7.5, and 8 for turned tables."""

from __future__ import annotations

from reportgen.review.findings import Examiner, Place
from reportgen.review.format_pdf_letterhead import is_letter
from reportgen.review.page import MM_PER_POINT, Line, TurnedLine
from reportgen.review.passages import Reading
from reportgen.review.sheets import NUMBER_LOOK, Sheet
from reportgen.rules import Rule
from reportgen.styles import StyleSheet, TextRole

_DASHES = "—–―─－-"
# A number whose distances from both edges differ by less stands in the middle: to know it by, no tolerance.
_CENTRED_MM = 20


def check_numbers(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The number of every page: there, outside, at its height, in its look, in order."""
    wanted: int | None = None
    for sheet in reading.sheets:
        place = Place(page=sheet.page.number, spot=TextRole.PAGE_NUMBER.value)
        wanted = None if wanted is None else wanted + 1
        if sheet.number is None:
            if _needs_number(sheet, reading):
                examiner.breach(Rule.NUMBER_MISSING, place, "页码", "缺少", f"每页编页码，如「{_form(1, styles)}」")
            continue
        found = _value(sheet.number.text)
        form = _form(found, styles)
        if sheet.number.text != form.replace(" ", ""):
            examiner.breach(Rule.NUMBER_LOOK, place, "页码的样式", f"「{sheet.number.text}」", f"「{form}」")
        if wanted is not None and found != wanted:
            examiner.breach(Rule.NUMBER_ORDER, place, "页码", str(found), f"{wanted}，与前一页连续")
        wanted = found
        if isinstance(sheet.number, TurnedLine):
            _turned(sheet, sheet.number, found, styles, examiner, place)
        else:
            _upright(sheet, sheet.number, found, reading, styles, examiner, place)


def _form(number: int, styles: StyleSheet) -> str:
    return f"{styles.page_number.before}{number}{styles.page_number.after}"


def _value(text: str) -> int:
    match = NUMBER_LOOK.fullmatch(text)
    return int(match[1]) if match else 0


def _needs_number(sheet: Sheet, reading: Reading) -> bool:
    """Blank pages have none, nor has the page of the imprint alone, nor the first one of a 信函."""
    on_page = reading.on(sheet)
    imprint_only = bool(on_page) and not sheet.tables and all(each.role is TextRole.IMPRINT for each, _ in on_page)
    return sheet.written and not imprint_only and not (sheet.page.number == 1 and is_letter(reading))


def _upright(
    sheet: Sheet,
    line: Line,
    number: int,
    reading: Reading,
    styles: StyleSheet,
    examiner: Examiner,
    place: Place,
) -> None:
    area = sheet.area
    from_left, from_right = line.left - sheet.left, reading.edge(sheet) - line.right
    _side(from_left, from_right, ("居左", "居右"), number, styles, examiner, place)
    dashes = [letter for letter in line.letters if letter.text in _DASHES] or list(line.letters)
    middle = sum((letter.ink[1] + letter.ink[3]) / 2 for letter in dashes) / len(dashes)
    what = "页码一字线在版心下边缘之下"
    examiner.number(Rule.NUMBER_HEIGHT, place, what, middle - area.bottom, styles.page_number.below_mm, "毫米")


def _turned(sheet: Sheet, line: TurnedLine, number: int, styles: StyleSheet, examiner: Examiner, place: Place) -> None:
    """On a turned page the left edge is the foot of the bound sheet, its lower end the right one."""
    area = sheet.area
    left, top, right, bottom = line.box
    if line.clockwise != 1 or (left + right) / 2 > area.left:
        examiner.breach(Rule.NUMBER_SIDE, place, "横排页的页码", "在另一边", "在左边，随纸张顺时针转向")
        return
    _side(top - area.top, area.bottom - bottom, ("居上", "居下"), number, styles, examiner, place)
    what = "页码一字线在版心边缘之外"
    below = area.left - (left + right) / 2
    examiner.number(Rule.NUMBER_HEIGHT, place, what, below, styles.page_number.below_mm, "毫米")


def _side(
    before: float,
    behind: float,
    names: tuple[str, str],
    number: int,
    styles: StyleSheet,
    examiner: Examiner,
    place: Place,
) -> None:
    """Odd numbers stand at the outer end, the right one; the inset is measured from the end where it stands."""
    odd = number % 2 == 1
    wanted = names[1] if odd else names[0]
    if abs(before - behind) < _CENTRED_MM:
        examiner.breach(Rule.NUMBER_SIDE, place, "页码的位置", "居中", wanted)
        return
    if (behind < before) is not odd:
        examiner.breach(Rule.NUMBER_SIDE, place, "页码的位置", names[0] if odd else names[1], wanted)
    inset = styles.page_number.inset_chars * styles.text[TextRole.PAGE_NUMBER].size_pt * MM_PER_POINT
    examiner.number(Rule.NUMBER_INSET, place, "页码距版心边缘", min(before, behind), inset, "毫米")
