"""Letterhead, 信函 format and imprint of a laid-out document (版头、信函格式、版记). GB/T 9704—2012 7.2, 7.4, 10.1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportgen.review.findings import Examiner, Place
from reportgen.review.page import MM_PER_POINT, Line, Ruling, parts_of
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import Sheet, is_red
from reportgen.rules import Rule
from reportgen.styles import ImprintPage, StyleSheet, TextRole

# Thickness is compared as printed: half of the thinner rule's.
_THICKNESS_PT = 0.35
_NUMBER = re.compile(r"[^\d〔〕\[\]]+〔\d{4}〕[1-9]\d*号")
_ISSUE = re.compile(r"（?(\d{4}年)?(总)?第?[1-9〇一二三四五六七八九十]\d*[〇一二三四五六七八九十]*期.{0,12}")


def is_letter(reading: Reading) -> bool:
    """Whether the first page has the letterhead of a 信函: its mark stands higher than the type area."""
    first = _on_first(reading)
    marks = [element for element in first if element.role is TextRole.ISSUER_MARK]
    if not marks:
        return _on_printed_paper(first, reading)
    return marks[0].first.ink_top < reading.sheets[0].area.top - 2


def _on_printed_paper(elements: Sequence[Element], reading: Reading) -> bool:
    """Whether nothing is red and the 发文字号 stands right above the title: a 信函 on paper printed before."""
    heads = [element for element in elements if element.role in (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER)]
    if len(heads) != 1 or heads[0].role is not TextRole.DOCUMENT_NUMBER or "期" in heads[0].text:
        return False
    sheet, line = heads[0].lines[0]
    red = any(map(_is_red, sheet.page.rulings)) or any(map(is_red, sheet.lines))
    return not red and line.left > sheet.area.middle and abs(sheet.area.right - line.right) < 2


def check_letterhead(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """What there is of a letterhead and of an imprint; a document without them lacks nothing."""
    elements = _on_first(reading)
    marks = [element for element in elements if element.role is TextRole.ISSUER_MARK]
    for element in elements:
        if element.role is TextRole.COPY_NUMBER and not re.fullmatch(r"\d{6}", element.text):
            examiner.breach(Rule.COPY_NUMBER_FORM, element.place, "份号", f"「{element.text}」", "6位阿拉伯数字")
    if is_letter(reading) and marks:
        _letter(marks[0], elements, reading, styles, examiner)
    elif marks:
        top = _top(marks[0], styles.letterhead.mark_top_mm + reading.sheets[0].area.top)
        found = top - reading.sheets[0].area.top
        what = "发文机关标志上边缘距版心上边缘"
        examiner.number(Rule.MARK_TOP, marks[0].place, what, found, styles.letterhead.mark_top_mm, "毫米")
    for element in elements:
        if element.role is TextRole.DOCUMENT_NUMBER:
            _number(element, elements, reading, styles, examiner)
    if not is_letter(reading):
        _red_rule(elements, reading, styles, examiner)
    _imprint(reading, styles, examiner)


def _on_first(reading: Reading) -> list[Element]:
    return [element for element in reading.elements if element.sheet.page.number == 1]


def _top(element: Element, wanted: float) -> float:
    """The upper edge of the mark, of its ink or of its letters' body, whichever was meant."""
    line = element.first
    body = line.y - 0.875 * line.size_pt * MM_PER_POINT
    return min((line.ink_top, body), key=lambda found: abs(found - wanted))


def _number(
    element: Element, elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """发文字号: its form; left beside a 签发人, else in the middle, right in a 信函."""
    text = element.text
    if "期" not in text and not _NUMBER.fullmatch(text):
        wanted = "「机关代字〔年份〕序号号」，如「某督〔2026〕5号」"
        examiner.breach(Rule.NUMBER_FORM, element.place, "发文字号的写法", f"「{text}」", wanted)
    elif "期" in text and not _ISSUE.fullmatch(text):
        examiner.breach(Rule.NUMBER_FORM, element.place, "期号的写法", f"「{text}」", "「第5期」")
    area = element.sheet.area
    line = element.first
    character = styles.page.character_pt * MM_PER_POINT
    signers = [other for other in elements if other.role is TextRole.SIGNER]
    rule = Rule.NUMBER_PLACE
    if is_letter(reading):
        found = area.right - line.right
        examiner.number(rule, element.place, "发文字号距版心右边缘", found, 0, "毫米")
    elif signers:
        examiner.number(rule, element.place, "发文字号距版心左边缘", line.left - area.left, character, "毫米")
        last = signers[-1]
        found = area.right - max(each.right for signer in signers for _, each in signer.lines)
        # Names in columns are as wide as the longest; a shorter one leaves the rest of it free.
        free = range(_spare(signers, character) + 1)
        found = min((found - each * character for each in free), key=lambda each: abs(each - character))
        if abs(last.first.y - line.y) < 1:
            examiner.number(rule, last.place, "签发人距版心右边缘", found, character, "毫米")
        else:
            examiner.breach(rule, element.place, "发文字号", "不与最后一个签发人同行", "与最后一个签发人同行")
    else:
        what = "发文字号的中线偏离版心中线"
        examiner.number(rule, element.place, what, line.middle - area.middle, 0, "毫米")


def _spare(signers: Sequence[Element], character: float) -> int:
    """How many characters the name of a 签发人 that ends furthest right is shorter than the longest."""
    lines = [line for element in signers for _, line in element.lines]
    names = [part for line in lines for part in parts_of(line, 0.6 * character)]
    longest = max(len(name.text.split("：")[-1]) for name in names)
    return longest - len(max(names, key=lambda name: name.right).text.split("：")[-1])


def _is_red(ruling: Ruling) -> bool:
    red, green, blue = ruling.color
    return red > 150 and max(green, blue) < 110


def _red_rule(elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The red rule 4 mm below the 发文字号, as wide as the type area."""
    roles = (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER, TextRole.BULLETIN_LINE)
    above = [element.lines[-1][1] for element in elements if element.role in roles]
    if not above:
        return
    sheet = reading.sheets[0]
    line = max(above, key=lambda each: each.y)
    rules = [each for each in sheet.page.rulings if each.across and each.length > 60 and _is_red(each)]
    place = Place(page=1, spot="版头分隔线")
    below = [each for each in rules if each.at > line.y]
    if not below:
        if rules or not styles.letterhead.preprinted:
            examiner.breach(Rule.RULE, place, "发文字号之下的红色分隔线", "缺少", "与版心等宽的红线")
        return
    rule = min(below, key=lambda each: each.at)
    wanted = styles.letterhead.rule_below_mm
    gap = _gap(rule.at - rule.thick_pt * MM_PER_POINT / 2, line, wanted, styles)
    examiner.number(Rule.RULE, place, "红色分隔线在发文字号之下", gap, wanted, "毫米")
    examiner.number(Rule.RULE, place, "红色分隔线的长度", rule.length, sheet.area.right - sheet.area.left, "毫米")
    examiner.number(Rule.RULE, place, "红色分隔线左端距版心左边缘", rule.start - sheet.area.left, 0, "毫米")


def _gap(at: float, line: Line, wanted: float, styles: StyleSheet) -> float:
    """From a line's foot, of its ink, its letters' body or the line itself, whichever was meant, to `at`."""
    size = line.size_pt * MM_PER_POINT
    spare = (styles.page.line_pt * MM_PER_POINT - size) / 2
    feet = (line.ink_bottom, line.y + 0.125 * size, line.y + 0.125 * size + spare, line.y + 0.2 * (size + 2 * spare))
    return min((at - foot for foot in feet), key=lambda found: abs(found - wanted))


def _letter(
    mark: Element, elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """The mark 30 mm below the sheet's edge and two red double rules, the thick line outside."""
    style, page = styles.letter, reading.sheets[0].page
    what = "发文机关标志上边缘距上页边"
    examiner.number(Rule.MARK_TOP, mark.place, what, _top(mark, style.mark_top_mm), style.mark_top_mm, "毫米")
    rules = sorted(
        (each for each in page.rulings if each.across and each.length > 60 and _is_red(each)), key=lambda each: each.at
    )
    line = mark.lines[-1][1]
    head = [each for each in rules if line.y < each.at < line.y + 25]
    foot = [each for each in rules if each.at > page.height - 60]
    for group, name, thick_first in ((head, "首页上部的红色双线", True), (foot, "首页下部的红色双线", False)):
        place = Place(page=1, spot=name)
        if len(group) < 2:
            examiner.breach(Rule.LETTER_RULES, place, name, "缺少" if not group else "单线", "武文线或文武线")
            continue
        upper, lower = group[0], group[-1]
        for each in (upper, lower):
            examiner.number(Rule.LETTER_RULES, place, f"{name}的长度", each.length, style.rule_width_mm, "毫米")
            off = (each.start + each.end) / 2 - page.width / 2
            examiner.number(Rule.LETTER_RULES, place, f"{name}偏离纸的中线", off, 0, "毫米")
        if (upper.thick_pt > lower.thick_pt) is not thick_first:
            wanted = "上粗下细" if thick_first else "上细下粗"
            examiner.breach(Rule.LETTER_RULES, place, name, "粗细颠倒", wanted)
        # Double rules have a width of their own: from either of its edges.
        top = upper.at - upper.thick_pt * MM_PER_POINT / 2
        bottom = lower.at + lower.thick_pt * MM_PER_POINT / 2
        if thick_first:
            below = style.rule_below_mm
            size = line.size_pt * MM_PER_POINT
            gaps = (top - line.ink_bottom, top - line.y - 0.125 * size)
            gap = min(gaps, key=lambda found: abs(found - below))
            examiner.number(Rule.LETTER_RULES, place, f"{name}在标志之下", gap, below, "毫米")
        else:
            edges = (page.height - top, page.height - bottom, page.height - (top + bottom) / 2)
            above = min(edges, key=lambda found: abs(found - style.foot_rule_mm))
            examiner.number(Rule.LETTER_RULES, place, f"{name}距下页边", above, style.foot_rule_mm, "毫米")


def _imprint(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
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
        if abs(rule.thick_pt - wanted) > _THICKNESS_PT:
            name = "首条、末条" if outer else "中间"
            found = f"{rule.thick_pt * MM_PER_POINT:.2f}毫米"
            examiner.breach(
                Rule.IMPRINT_RULES, place, f"版记{name}分隔线的粗细", found, f"{wanted * MM_PER_POINT:.2f}毫米"
            )


def _counted(sheet: Sheet, parts: Sequence[Element], reading: Reading) -> bool:
    """Whether the file's count of pages tells the imprint's: LibreOffice leaves out the blank page before it."""
    others = [element for element in reading.elements if element.sheet is sheet and element not in parts]
    return len(reading.sheets) > 1 and (bool(others or sheet.tables) or "LibreOffice" not in reading.laid.producer)


def _imprint_rules(parts: Sequence[Element], sheet: Sheet) -> list[Ruling]:
    """The rules from just above the imprint's first line down."""
    top = min(line.y for element in parts for its, line in element.lines if its is sheet)
    rules = [each for each in sheet.page.rulings if each.across and each.length > 60 and each.at > top - 12]
    return sorted(rules, key=lambda each: each.at)
