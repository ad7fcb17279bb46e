"""The letterhead of a Word file held against the style sheet (版头检查): wording, places, rules. 7.2, 10.1.

What stands where is reckoned from spacing, line pitch and frames; where one of these is not known, there is no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportgen.review import forms
from reportgen.review.findings import Place
from reportgen.review.format_docx_letters import color_name
from reportgen.review.format_docx_reading import (
    BLANKS,
    LETTERHEAD_ROLES,
    Item,
    Reading,
    Tally,
    is_letter,
    line_count,
    pitch_pt,
    right_tab_chars,
    start_chars,
)
from reportgen.review.forms import is_red, quoted, rgb
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.word.file import Setup
from reportgen.word.rulings import Ruling
from reportgen.word.tables import Table
from reportgen.word.text import Paragraph
from reportgen.writers.docx_lines import edges
from reportgen.writers.measure import text_width

RULES = frozenset(
    {
        Rule.COPY_NUMBER_FORM,
        Rule.NUMBER_FORM,
        Rule.NUMBER_PLACE,
        Rule.MARK_TOP,
        Rule.RULE,
        Rule.LETTER_RULES,
        Rule.ALIGN,
        Rule.SPACE,
    }
)
"""What this module looks at (所查规则)."""

_BELOW_THE_MARK = (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER, TextRole.BULLETIN_LINE)


def check_letterhead(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """What there is of a letterhead; a document without one lacks nothing."""
    head = [item for item in reading.items if item.role in LETTERHEAD_ROLES]
    if not head:
        return
    letter = is_letter(reading)
    for item in head:
        _check_forms(item, tally)
        if item.role in (TextRole.COPY_NUMBER, TextRole.SECRECY):
            _check_left(item, tally)
        if item.role is TextRole.BULLETIN_LINE:
            _check_bulletin_line(item, styles, tally)
    if letter:
        _check_letter(reading, head, styles, tally)
    else:
        _check_mark(reading, head, styles, tally)
        _check_below_mark(head, styles, tally)
        _check_rule(reading.items, head, styles, tally)
    _check_number_side(head, letter, styles, tally)
    _check_above_title(reading.items, head, letter, styles, tally)


def _check_forms(item: Item, tally: Tally) -> None:
    """份号 and 发文字号, which may share their line with others."""
    begin = 0
    for role, end in item.roles:
        text = item.text[begin:end].strip(BLANKS)
        begin = end
        if role is TextRole.COPY_NUMBER and text and not forms.is_copy_number(text):
            tally.breach(Rule.COPY_NUMBER_FORM, item.place, "份号", quoted(text), forms.COPY_NUMBER_WANTED)
        if role is not TextRole.DOCUMENT_NUMBER:
            continue
        found = forms.ANY_NUMBER.search(text)
        if found and not forms.is_number(found[0]):
            tally.breach(Rule.NUMBER_FORM, item.place, "发文字号", quoted(found[0]), forms.NUMBER_WANTED)
        if text.endswith("期") and not forms.is_issue(text):
            tally.breach(Rule.NUMBER_FORM, item.place, "期号", quoted(text), forms.ISSUE_WANTED)


def _check_left(item: Item, tally: Tally) -> None:
    """份号, 密级, 紧急程度 stand flush left. 7.2.1, 7.2.2, 7.2.3."""
    look, name = item.paragraph.look, item.role.value
    start = start_chars(item)
    if look.frame:
        return
    if look.align in (Align.CENTER, Align.RIGHT):
        found = "居中" if look.align is Align.CENTER else "居右"
        tally.breach(Rule.ALIGN, item.place, f"{name}的位置", found, "顶格")
    elif start is not None:
        left = start * item.unit_pt / POINTS_PER_MM
        tally.number(Rule.ALIGN, item.place, f"{name}距版心左边缘", left, 0, "毫米")


def _check_bulletin_line(item: Item, styles: StyleSheet, tally: Tally) -> None:
    """Who publishes a bulletin stands one character in, the date as far from the right."""
    style, unit = styles.text[item.role], styles.unit_pt(item.role)
    look, start = item.paragraph.look, start_chars(item)
    if look.frame or look.align not in (Align.LEFT, Align.JUSTIFY):
        return
    if start is not None and not item.text.startswith("\t"):
        found, wanted = start * item.unit_pt / POINTS_PER_MM, style.left_chars * unit / POINTS_PER_MM
        tally.number(Rule.NUMBER_PLACE, item.place, "编发单位左空", found, wanted, "毫米")
    right = right_tab_chars(item.paragraph, item.setup.text_width_pt)
    if right is not None:
        found, wanted = right * item.unit_pt / POINTS_PER_MM, style.right_chars * unit / POINTS_PER_MM
        tally.number(Rule.NUMBER_PLACE, item.place, "编发日期右空", found, wanted, "毫米")


# ---- heights


def _letters(paragraph: Paragraph, setup: Setup) -> tuple[float, float] | None:
    """What is free in a line above and below its letters' square, in points; None where the pitch is not known."""
    letters = paragraph.letters
    pitch = pitch_pt(paragraph.look, letters, setup)
    if pitch is None:
        return None
    if paragraph.look.exact_pt is not None:
        return edges(pitch, letters.size_pt)
    return (pitch - letters.size_pt) / 2, (pitch - letters.size_pt) / 2


def _mark_top_pt(reading: Reading, mark: Item) -> float | None:
    """From the type area's upper edge to the mark's letters, by the heights of all that stands above them."""
    y, after = 0.0, 0.0
    for block in reading.word.sections[0].blocks:
        if isinstance(block, Table) or block.drawn or block.breaks_before or block.look.page_break:
            return None
        if block.look.frame:
            continue
        look, setup = block.look, mark.setup
        letters = block.mark if block.empty else block.letters
        pitch = pitch_pt(look, letters, setup)
        if pitch is None:
            return None
        y += after + look.before.pt(setup.line_unit_pt)
        if block is mark.paragraph:
            free = _letters(block, setup)
            return None if free is None else y + free[0]
        y += pitch * sum(line_count(line, letters.unit_pt, setup) for line in block.text.split("\n"))
        after = look.after.pt(setup.line_unit_pt)
    return None


def _check_mark(reading: Reading, head: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The mark's upper edge below that of the type area. 7.2.4."""
    mark = next((item for item in head if item.role is TextRole.ISSUER_MARK), None)
    if mark is None:
        return
    top = _mark_top_pt(reading, mark)
    look, margin = mark.paragraph.look, mark.setup.top
    free = _letters(mark.paragraph, mark.setup)
    if look.frame_top_pt is not None and margin is not None and free is not None:
        top = look.frame_top_pt + free[0] - margin * POINTS_PER_MM
    if top is not None:
        what, wanted = "发文机关标志上边缘距版心上边缘", styles.letterhead.mark_top_mm
        tally.number(Rule.MARK_TOP, mark.place, what, top / POINTS_PER_MM, wanted, "毫米")


def _check_below_mark(head: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The 发文字号 two empty lines below the mark; who publishes a bulletin one below its number. 7.2.5.

    An empty line is one between lines of the body: what letters of another size leave free in their line counts.
    """
    usual = edges(styles.page.line_pt, styles.text[TextRole.DOCUMENT_NUMBER].size_pt)[1]
    flow = [item for item in head if not item.paragraph.look.frame]
    for above, item in pairwise(flow):
        if item.above is None or item.role is above.role or item.role not in _BELOW_THE_MARK:
            continue
        free = _letters(above.paragraph, above.setup)
        if free is None or (above.role is not TextRole.ISSUER_MARK and item.role is not TextRole.BULLETIN_LINE):
            continue
        role = TextRole.DOCUMENT_NUMBER if item.role is TextRole.SIGNER else item.role
        found = (item.gap_pt + free[1] - usual) / POINTS_PER_MM
        wanted = styles.text[role].before_lines * styles.page.line_pt / POINTS_PER_MM
        tally.number(Rule.NUMBER_PLACE, item.place, f"{role.value}在{above.role.value}之下", found, wanted, "毫米")


def _check_above_title(
    items: Sequence[Item], head: Sequence[Item], letter: bool, styles: StyleSheet, tally: Tally
) -> None:
    """The title two empty lines below the rule, in a letter below the last line of the head. 7.3.1, 10.1."""
    last = head[-1]
    title = next((item for item in items if item.role is TextRole.TITLE), None)
    if title is None or title.above is None or title.above is not last.role or last.paragraph.look.frame:
        return
    rule = last.paragraph.look.bottom
    ruled = rule is not None and rule.width_pt > 0
    if not (ruled or letter):  # A rule that is drawn otherwise has its room, too.
        return
    found = title.gap_pt / styles.page.line_pt
    wanted = styles.letterhead.title_lines + styles.text[TextRole.TITLE].before_lines
    name = "分隔线" if ruled else last.role.value
    tally.number(Rule.SPACE, title.place, f"标题与{name}之间的空行", found, wanted, "行")


# ---- sides and the red rule


def _check_number_side(head: Sequence[Item], letter: bool, styles: StyleSheet, tally: Tally) -> None:
    """The 发文字号 in the middle; beside 签发人 left, one character in; in a letter right. 7.2.5, 10.1."""
    numbers = [item for item in head if item.role in (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER)]
    upward = any("签发人" in item.text for item in numbers)
    if letter:
        for item in head:
            _check_letter_number(item, tally)
        return
    for item in numbers:
        text, look = item.text.strip(BLANKS), item.paragraph.look
        start = start_chars(item)
        if not forms.ANY_NUMBER.match(text) or look.frame:
            continue
        aligned = look.align in (Align.LEFT, Align.JUSTIFY)
        at_left = aligned and start is not None and start < 2
        if upward and aligned and start is not None:
            unit = styles.unit_pt(TextRole.DOCUMENT_NUMBER) / POINTS_PER_MM
            wanted = styles.text[TextRole.DOCUMENT_NUMBER].left_chars * unit
            left = start * item.unit_pt / POINTS_PER_MM
            tally.number(Rule.NUMBER_PLACE, item.place, "发文字号左空", left, wanted, "毫米")
        elif not upward and "\t" not in text and (look.align is Align.RIGHT or at_left):
            found = "居右" if look.align is Align.RIGHT else "居左"
            tally.breach(Rule.NUMBER_PLACE, item.place, "发文字号的位置", found, "居中")


def _check_letter_number(item: Item, tally: Tally) -> None:
    """The 发文字号 of a letter ends at the type area's right edge. 10.1."""
    paragraph, room, number = item.paragraph, item.setup.text_width_pt, forms.ANY_NUMBER.search(item.text)
    if number is None or room is None or paragraph.look.frame:
        return
    tabs = item.text[: number.start()].count("\t")
    width = text_width(number[0]) * item.unit_pt
    if 0 < tabs <= len(paragraph.look.tabs):
        place, kind = paragraph.look.tabs[tabs - 1]
        free = room - place - {"right": 0.0, "end": 0.0, "center": width / 2}.get(kind, width)
    elif tabs:
        return
    elif paragraph.look.align is Align.RIGHT:
        free = paragraph.look.right.pt(item.unit_pt)
    elif paragraph.look.align is Align.CENTER:
        free = (room - width) / 2
    else:
        free = room - (start_chars(item) or 0.0) * item.unit_pt - width
    tally.number(Rule.NUMBER_PLACE, item.place, "发文字号距版心右边缘", free / POINTS_PER_MM, 0, "毫米")


def _check_rule(items: Sequence[Item], head: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The red rule where a paragraph draws it; a picture or the paper may draw it as well. 7.2.7."""
    if not any(item.role in (TextRole.DOCUMENT_NUMBER, TextRole.ISSUER_MARK) for item in head):
        return
    titles = [item for item in items[: len(head) + 1] if item.role is TextRole.TITLE][:1]
    drawn = [(item, item.paragraph.look.bottom) for item in head]
    drawn += [(item, item.paragraph.look.top) for item in titles]
    for item, rule in drawn:
        if rule is None or rule.width_pt <= 0:
            continue
        if not is_red(rgb(rule.color)):
            color = "黑色" if rule.color == "AUTO" else color_name(rule.color)
            tally.breach(Rule.RULE, item.place, "版头分隔线颜色", color, color_name(styles.letterhead.red))
        look, unit = item.paragraph.look, item.unit_pt
        short_by = (look.left.pt(unit) + look.right.pt(unit)) / POINTS_PER_MM
        tally.number(Rule.RULE, item.place, "版头分隔线比版心短", short_by, 0, "毫米")
        free = _letters(item.paragraph, item.setup)
        if item.role is not TextRole.TITLE and free is not None:
            found, wanted = (rule.away_pt + free[1]) / POINTS_PER_MM, styles.letterhead.rule_below_mm
            tally.number(Rule.RULE, item.place, "红色分隔线在发文字号之下", found, wanted, "毫米")


# ---- letters


def _check_letter(reading: Reading, head: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The mark 30 mm below the sheet's edge, and two red double rules, the thick line outside. 10.1."""
    marks = [item for item in head if item.role is TextRole.ISSUER_MARK]
    foot: float | None = None
    if marks and (top := marks[0].paragraph.look.frame_top_pt) is not None:
        free, last = _letters(marks[0].paragraph, marks[0].setup), marks[-1]
        if free is not None:
            found = (top + free[0]) / POINTS_PER_MM
            what = "发文机关标志上边缘距上页边"
            tally.number(Rule.MARK_TOP, marks[0].place, what, found, styles.letter.mark_top_mm, "毫米")
        pitch = pitch_pt(last.paragraph.look, last.paragraph.letters, last.setup)
        below = _letters(last.paragraph, last.setup)
        if last.paragraph.look.frame_top_pt is not None and pitch is not None and below is not None:
            foot = last.paragraph.look.frame_top_pt + pitch - below[1]
    setup = reading.word.sections[0].setup
    drawn = setup.first_header.rulings if setup.first_header else ()
    red = [rule for rule in drawn if is_red(rgb(rule.color))]
    if not red or setup.height is None or setup.width is None:
        return
    height = setup.height * POINTS_PER_MM
    upper = [rule for rule in red if rule.y < height / 2]
    lower = [rule for rule in red if rule.y >= height / 2]
    for group, name, thick_first in ((upper, "首页上部的红色双线", True), (lower, "首页下部的红色双线", False)):
        place = Place(spot=name)
        _check_double_rule(group, setup.width * POINTS_PER_MM, place, thick_first, styles, tally)
        if not group:
            continue
        top, bottom = group[0].y, group[-1].y + group[-1].height
        if thick_first and foot is not None:
            found = (top - foot) / POINTS_PER_MM
            tally.number(Rule.LETTER_RULES, place, f"{name}在标志之下", found, styles.letter.rule_below_mm, "毫米")
        if not thick_first:
            found = (height - (top + bottom) / 2) / POINTS_PER_MM
            tally.number(Rule.LETTER_RULES, place, f"{name}距下页边", found, styles.letter.foot_rule_mm, "毫米")


def _check_double_rule(
    group: Sequence[Ruling], sheet: float, place: Place, thick_first: bool, styles: StyleSheet, tally: Tally
) -> None:
    if len(group) < 2 and not any(rule.double for rule in group):
        tally.breach(Rule.LETTER_RULES, place, place.spot, "单线" if group else "缺少", "武文线或文武线")
        return
    for rule in group:
        width = rule.width / POINTS_PER_MM
        tally.number(Rule.LETTER_RULES, place, f"{place.spot}的长度", width, styles.letter.rule_width_mm, "毫米")
        off = (rule.x + rule.width / 2 - sheet / 2) / POINTS_PER_MM
        tally.number(Rule.LETTER_RULES, place, f"{place.spot}偏离纸的中线", off, 0, "毫米")
    first, last = group[0], group[-1]
    found = first.double == "thickThin" if first.double else first.height > last.height
    if found is not thick_first:
        tally.breach(Rule.LETTER_RULES, place, place.spot, "粗细颠倒", "上粗下细" if thick_first else "上细下粗")
