"""Imprint of a laid-out document (版记): its place, rules and insets. GB/T 9704—2012 7.4."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportgen.review.findings import Examiner, Place
from reportgen.review.format_pdf_letterhead import is_letter
from reportgen.review.page import MM_PER_POINT, Ruling
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import Sheet
from reportgen.rules import Rule
from reportgen.styles import ImprintPage, StyleSheet, TextRole

_PRINTED = re.compile(r"印\s*发$")


def check_imprint(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """At the foot of the last, even page, between rules as wide as the type area."""
    parts = [element for element in reading.elements if element.role is TextRole.IMPRINT]
    if not parts:
        return
    sheet = parts[-1].sheet
    place = Place(page=sheet.page.number, spot="版记")
    last = [each.page.number for each in reading.sheets if not each.page.blank][-1]
    if sheet.page.number != last:
        examiner.breach(Rule.IMPRINT_PLACE, place, "版记", f"在第{sheet.page.number}页", f"在最后一页（第{last}页）")
    elif styles.imprint.page is ImprintPage.EVEN and sheet.page.number % 2 and _counted(sheet, parts, reading):
        examiner.breach(Rule.IMPRINT_PLACE, place, "版记", f"在第{sheet.page.number}页", "在偶数页")
    for element in parts:
        _insets(element, styles, examiner)
    if is_letter(reading):
        return  # Its imprint has neither date nor rules (10.1).
    rules = _imprint_rules(parts, sheet)
    if not rules:
        examiner.breach(Rule.IMPRINT_RULES, place, "版记的分隔线", "缺少", "与版心等宽的分隔线")
        return
    bottom = rules[-1].at
    examiner.number(Rule.IMPRINT_PLACE, place, "版记末条分隔线距版心下边缘", sheet.area.bottom - bottom, 0, "毫米")
    width = sheet.area.right - sheet.area.left
    for index, rule in enumerate(rules):
        outer = index in (0, len(rules) - 1)
        examiner.number(Rule.IMPRINT_RULES, place, "版记分隔线的长度", rule.length, width, "毫米")
        wanted = styles.imprint.outer_rule_pt if outer else styles.imprint.inner_rule_pt
        what = f"版记{'首条、末条' if outer else '中间'}分隔线的粗细"
        examiner.number(Rule.IMPRINT_THICKNESS, place, what, rule.thick_pt, wanted, "磅")


def _counted(sheet: Sheet, parts: Sequence[Element], reading: Reading) -> bool:
    """Whether the file's count of pages tells the imprint's: LibreOffice leaves out the blank page before it."""
    others = [element for element in reading.elements if element.sheet is sheet and element not in parts]
    return len(reading.sheets) > 1 and (bool(others or sheet.tables) or "LibreOffice" not in reading.laid.producer)


def _imprint_rules(parts: Sequence[Element], sheet: Sheet) -> list[Ruling]:
    """The rules from just above the imprint's first line down."""
    top = min(line.y for element in parts for its, line in element.lines if its is sheet)
    rules = [each for each in sheet.page.rulings if each.across and each.length > 60 and each.at > top - 12]
    return sorted(rules, key=lambda each: each.at)


def _insets(element: Element, styles: StyleSheet, examiner: Examiner) -> None:
    """A character free at both ends; further lines of 抄送 stand below the first letter behind the colon."""
    style, unit = styles.text[TextRole.IMPRINT], styles.unit_pt(TextRole.IMPRINT) * MM_PER_POINT
    area, line = element.sheet.area, element.first
    wanted = style.left_chars + style.first_line_chars
    examiner.number(Rule.INDENT, element.place, "版记左空", (line.left - area.left) / unit, wanted, "字")
    if _PRINTED.search(line.text):
        found = (area.right - line.right) / unit
        examiner.number(Rule.INDENT, element.place, "版记右空", found, style.right_chars, "字")
    lead = line.text.find("：") + 1
    if 0 < lead < len(line.letters):
        for sheet, other in element.lines[1:]:
            off = (other.left - sheet.area.left - (line.letters[lead].left - area.left)) / unit
            examiner.number(Rule.HANGING, element.place, "抄送回行与首个机关首字相差", off, 0, "字")
