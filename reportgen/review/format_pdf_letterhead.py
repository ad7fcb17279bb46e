"""Letterhead and 信函 format of a laid-out document (版头、信函格式). GB/T 9704—2012 7.2, 10.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from reportgen.review import forms
from reportgen.review.findings import Examiner, Place
from reportgen.review.format_pdf_grid import baseline_depths
from reportgen.review.page import MM_PER_POINT, Line, Page, Ruling, parts_of
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import is_reddish
from reportgen.rules import Rule
from reportgen.styles import StyleSheet, TextRole

_TOPS = frozenset({TextRole.COPY_NUMBER, TextRole.SECRECY})
_NUMBERS = frozenset({TextRole.DOCUMENT_NUMBER, TextRole.SIGNER})
# What makes two red rules a double one, and the lines of a letter longer than the type area: to know them by.
_DOUBLE_MM = 3.0
_LONGER_MM = 8.0


def is_letter(reading: Reading) -> bool:
    """Whether the first page has the form of a 信函.

    Its double rules tell: one at the foot of the page, or one longer than the type area is wide. On paper that has
    them already the mark tells, which stands higher than the type area.
    """
    sheet = reading.sheets[0]
    width = sheet.area.right - sheet.area.left
    for upper, lower in pairwise(_red_rules(sheet.page)):
        double = lower.at - upper.at < _DOUBLE_MM
        if double and (upper.at > sheet.page.height / 2 or upper.length > width + _LONGER_MM):
            return True
    first = _on_first(reading)
    marks = [element for element in first if element.role is TextRole.ISSUER_MARK]
    if not marks:
        return _on_printed_paper(first, reading)
    return marks[0].first.ink_top < sheet.area.top - 2


def _on_printed_paper(elements: Sequence[Element], reading: Reading) -> bool:
    """Whether nothing is red and the 发文字号 stands right above the title: a 信函 on paper printed before."""
    heads = [element for element in elements if element.role in _NUMBERS]
    if len(heads) != 1 or heads[0].role is not TextRole.DOCUMENT_NUMBER or "期" in heads[0].text:
        return False
    sheet, line = heads[0].lines[0]
    red = bool(_red_rules(sheet.page)) or any(map(is_reddish, sheet.lines))
    return not red and line.left > sheet.area.middle and abs(sheet.area.right - line.right) < 2


def check_letterhead(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """What there is of a letterhead; a document without one lacks nothing."""
    elements = _on_first(reading)
    marks = [element for element in elements if element.role is TextRole.ISSUER_MARK]
    letter = is_letter(reading)
    for element in elements:
        if element.role is TextRole.COPY_NUMBER and not forms.is_copy_number(element.text):
            found, wanted = forms.quoted(element.text), forms.COPY_NUMBER_WANTED
            examiner.breach(Rule.COPY_NUMBER_FORM, element.place, "份号", found, wanted)
        if element.role in _TOPS:
            _flush(element, styles, examiner)
        if element.role is TextRole.DOCUMENT_NUMBER:
            _number(element, elements, reading, styles, examiner)
    if letter:
        _letter(marks, elements, reading, styles, examiner)
    else:
        if marks:
            offset = _top(marks[0].first) - reading.sheets[0].area.top
            what = "发文机关标志上边缘距版心上边缘"
            examiner.number(Rule.MARK_TOP, marks[0].place, what, offset, styles.letterhead.mark_top_mm, "毫米")
        _red_rule(elements, reading, styles, examiner)
        _heights(marks, elements, reading, styles, examiner)
        _bulletin_line(elements, styles, examiner)
    _title(elements, reading, styles, examiner)


def _on_first(reading: Reading) -> list[Element]:
    return [element for element, line in reading.on(reading.sheets[0]) if line is element.first]


def _top(line: Line) -> float:
    """The upper edge of a line's letters: that of their body, which is the ink's but for half a millimetre."""
    return line.y - 0.875 * line.size_pt * MM_PER_POINT


def _number(
    element: Element, elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """发文字号: its form; left beside a 签发人, else in the middle, right in a 信函."""
    text = element.text
    if "期" not in text and not forms.is_number(text):
        examiner.breach(Rule.NUMBER_FORM, element.place, "发文字号", forms.quoted(text), forms.NUMBER_WANTED)
    elif "期" in text and not forms.is_issue(text):
        examiner.breach(Rule.NUMBER_FORM, element.place, "期号", forms.quoted(text), forms.ISSUE_WANTED)
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


def _red_rules(page: Page) -> list[Ruling]:
    """The red rules across a page, from the top down."""
    rules = (each for each in page.rulings if each.across and each.length > 60 and forms.is_red(each.color))
    return sorted(rules, key=lambda each: each.at)


def _flush(element: Element, styles: StyleSheet, examiner: Examiner) -> None:
    """份号, 密级 and 紧急程度 begin at the left edge. 7.2.1 to 7.2.3."""
    wanted = styles.text[element.role].left_chars * styles.unit_pt(element.role) * MM_PER_POINT
    found = element.first.left - element.sheet.left
    examiner.number(Rule.ALIGN, element.place, f"{element.role.value}距版心左边缘", found, wanted, "毫米")


def _spare(signers: Sequence[Element], character: float) -> int:
    """How many characters the name of a 签发人 that ends furthest right is shorter than the longest."""
    lines = [line for element in signers for _, line in element.lines]
    names = [part for line in lines for part in parts_of(line, 0.6 * character)]
    longest = max(len(name.text.split("：")[-1]) for name in names)
    return longest - len(max(names, key=lambda name: name.right).text.split("：")[-1])


def _red_rule(elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The red rule 4 mm below the 发文字号, as wide as the type area."""
    roles = (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER, TextRole.BULLETIN_LINE)
    above = [element.lines[-1][1] for element in elements if element.role in roles]
    if not above:
        return
    sheet = reading.sheets[0]
    line = max(above, key=lambda each: each.y)
    rules = _red_rules(sheet.page)
    place = Place(page=1, spot="版头分隔线")
    below = [each for each in rules if each.at > line.y]
    if not below:
        if rules or not styles.letterhead.preprinted:
            examiner.breach(Rule.RULE, place, "发文字号之下的红色分隔线", "缺少", "与版心等宽的红线")
        return
    rule = min(below, key=lambda each: each.at)
    wanted = styles.letterhead.rule_below_mm
    gap = rule.at - rule.thick_pt * MM_PER_POINT / 2 - _foot(line)
    examiner.number(Rule.RULE, place, "红色分隔线在发文字号之下", gap, wanted, "毫米")
    examiner.number(Rule.RULE, place, "红色分隔线的长度", rule.length, sheet.area.right - sheet.area.left, "毫米")
    examiner.number(Rule.RULE, place, "红色分隔线左端距版心左边缘", rule.start - sheet.area.left, 0, "毫米")


def _foot(line: Line) -> float:
    """The lower edge of a line's letters: that of their body, which is the same however high a line is set."""
    return line.y + 0.125 * line.size_pt * MM_PER_POINT


def _letter(
    marks: Sequence[Element], elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """The mark 30 mm below the sheet's edge and two red double rules, the thick line outside."""
    style, page = styles.letter, reading.sheets[0].page
    if marks:
        what = "发文机关标志上边缘距上页边"
        examiner.number(Rule.MARK_TOP, marks[0].place, what, _top(marks[0].first), style.mark_top_mm, "毫米")
    rules = _red_rules(page)
    if not rules and (styles.letterhead.preprinted or not marks):
        return
    head = [each for each in rules if each.at < page.height / 2]
    foot = [each for each in rules if each.at > page.height / 2]
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
        top = upper.at - upper.thick_pt * MM_PER_POINT / 2
        bottom = lower.at + lower.thick_pt * MM_PER_POINT / 2
        if thick_first and marks:
            gap = top - max(_foot(line) for mark in marks for _, line in mark.lines)
            examiner.number(Rule.LETTER_RULES, place, f"{name}在标志之下", gap, style.rule_below_mm, "毫米")
        if thick_first:
            _letter_head(elements, bottom, styles, examiner)
        else:
            # A double rule is higher than a line: its middle counts.
            above = page.height - (top + bottom) / 2
            examiner.number(Rule.LETTER_RULES, place, f"{name}距下页边", above, style.foot_rule_mm, "毫米")


def _letter_head(elements: Sequence[Element], edge: float, styles: StyleSheet, examiner: Examiner) -> None:
    """The first line below the upper double rule, which is that of the 发文字号: seven eighths of its letters below."""
    lines = sorted(_lines_of(elements, _TOPS | _NUMBERS), key=lambda each: each[1].y)
    if lines:
        element, line = lines[0]
        found, wanted = _top(line) - edge, styles.letter.head_below_pt * MM_PER_POINT
        examiner.number(Rule.NUMBER_PLACE, element.place, f"{element.role.value}在红色双线之下", found, wanted, "毫米")


def _heights(
    marks: Sequence[Element], elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner
) -> None:
    """发文字号, or the first of its signers, two empty lines below the mark; below it a bulletin's line. 7.2.5."""
    lines = sorted(_lines_of(elements, _NUMBERS), key=lambda each: each[1].y)
    foot = max((_foot(line) for mark in marks for _, line in mark.lines), default=None)
    line_mm, producer = styles.page.line_pt * MM_PER_POINT, reading.laid.producer
    if lines and foot is not None:
        element, line = lines[0]
        free = line.y - baseline_depths(styles, TextRole.DOCUMENT_NUMBER, producer)[0] - foot
        wanted = styles.text[TextRole.DOCUMENT_NUMBER].before_lines * line_mm
        what = f"{element.role.value}在发文机关标志之下"
        examiner.number(Rule.NUMBER_PLACE, element.place, what, free, wanted, "毫米")
    below = [element for element in elements if element.role is TextRole.BULLETIN_LINE]
    if lines and below:
        role = TextRole.BULLETIN_LINE
        free = below[0].first.y - lines[-1][1].y - styles.pitch_pt(role) * MM_PER_POINT
        wanted = styles.text[role].before_lines * line_mm
        examiner.number(Rule.NUMBER_PLACE, below[0].place, f"{role.value}在期号之下", free, wanted, "毫米")


def _lines_of(elements: Sequence[Element], roles: frozenset[TextRole]) -> Iterator[tuple[Element, Line]]:
    for element in elements:
        if element.role in roles:
            yield from ((element, line) for _, line in element.lines)


def _bulletin_line(elements: Sequence[Element], styles: StyleSheet, examiner: Examiner) -> None:
    """Who publishes a bulletin stands at the left, when at the right, each a character in."""
    role = TextRole.BULLETIN_LINE
    style, unit = styles.text[role], styles.unit_pt(role) * MM_PER_POINT
    for element, line in _lines_of(elements, frozenset({role})):
        area = element.sheet.area
        left, right = line.left - area.left, area.right - line.right
        # One of the two alone is told by the side on which it stands.
        if left < right or len(parts_of(line, 2 * unit)) > 1:
            examiner.number(Rule.NUMBER_PLACE, element.place, "编发单位左空", left, style.left_chars * unit, "毫米")
        if right < left or len(parts_of(line, 2 * unit)) > 1:
            examiner.number(Rule.NUMBER_PLACE, element.place, "编发日期右空", right, style.right_chars * unit, "毫米")


def _title(elements: Sequence[Element], reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The title stands two empty lines below the red rule, in a letter below the last line of its head. 7.3.1, 10.1."""
    title = next((element for element in elements if element.role is TextRole.TITLE), None)
    if title is None:
        return
    line_mm, producer = styles.page.line_pt * MM_PER_POINT, reading.laid.producer
    above: list[tuple[float, str]] = []
    for rule in _red_rules(title.sheet.page):
        if rule.at < title.first.y:
            above.append((rule.at + rule.thick_pt * MM_PER_POINT / 2, "红色分隔线"))
    if is_letter(reading):
        for element, line in _lines_of(elements, _TOPS | _NUMBERS):
            pitch = styles.pitch_pt(element.role) * MM_PER_POINT
            foot = line.y + pitch - baseline_depths(styles, element.role, producer)[0]
            if line.y < title.first.y:
                above.append((foot, element.role.value))
    if above:
        edge, name = max(above)
        free = (title.first.y - baseline_depths(styles, TextRole.TITLE, producer)[0] - edge) / line_mm
        wanted = styles.letterhead.title_lines + styles.text[TextRole.TITLE].before_lines
        examiner.number(Rule.SPACE, title.place, f"标题与{name}之间空", free, wanted, "行")
