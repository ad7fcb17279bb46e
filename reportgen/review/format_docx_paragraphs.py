"""The paragraphs of a Word file held against the style sheet (段落检查): place, indents, spacing, pitch, outline."""

from __future__ import annotations

import re

from reportgen.review.format_docx_reading import (
    BLANKS,
    LETTERHEAD_ROLES,
    Item,
    Reading,
    Tally,
    is_tabbed,
    pitch_name,
    pitch_pt,
    start_chars,
)
from reportgen.rules import Rule
from reportgen.styles import HEADING_ROLES, POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.measure import text_width

RULES = frozenset(
    {
        Rule.OUTSIDE,
        Rule.PITCH,
        Rule.ALIGN,
        Rule.INDENT,
        Rule.HANGING,
        Rule.SPACE,
        Rule.PARAGRAPH_PITCH,
        Rule.ANNEX_TITLE,
        Rule.EMPTY_PARAGRAPH,
        Rule.SPACES,
        Rule.OUTLINE,
        Rule.WIDOWS,
    }
)
"""What this module looks at (所查规则)."""

_ALIGN_NAMES = {Align.LEFT: "左对齐", Align.CENTER: "居中", Align.RIGHT: "右对齐", Align.JUSTIFY: "两端对齐"}
_SIDES = {Align.LEFT: Align.JUSTIFY}
# What is set in the letterhead and the imprint depends on its line; the signature is measured by its own rule.
_APART = LETTERHEAD_ROLES | {TextRole.IMPRINT}
_SIGNATURE = frozenset({TextRole.ISSUER, TextRole.DATE})
_ALIKE = frozenset({TextRole.TITLE, TextRole.ANNEX_TITLE, TextRole.ANNEX_LIST, TextRole.ISSUER})
_SENTENCE = re.compile(r"[。；：！？]\s*$")


def check_paragraphs(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """Every paragraph outside tables."""
    for place, count in reading.empties:
        tally.breach(Rule.EMPTY_PARAGRAPH, place, "空段落", f"连续{count}个", "段前段后间距或分页")
    for item in reading.items:
        _check_outside(item, tally)
        if item.role in _APART or item.paragraph.look.frame:
            continue
        _check_blanks(item, tally)
        _check_pitch(item, styles, tally)
        _check_gap(item, styles, tally)
        _check_flow(item, styles, tally)
        if item.role not in _SIGNATURE and not _is_unknown(item):
            _check_align(item, styles, tally)
            _check_indents(item, styles, tally)


def _is_unknown(item: Item) -> bool:
    """A short centred or right-aligned line that the zones took for body: a caption, a note below the title."""
    if item.role is TextRole.BODY and is_tabbed(item.paragraph):
        return True
    aside = item.paragraph.look.align in (Align.CENTER, Align.RIGHT)
    return item.role is TextRole.BODY and aside and not (wraps(item) or _SENTENCE.search(item.text))


def wraps(item: Item) -> bool:
    """Whether the paragraph takes more than one line."""
    width = item.setup.text_width_pt
    return width is not None and text_width(item.text) * item.unit_pt > max(width, item.unit_pt)


def _check_outside(item: Item, tally: Tally) -> None:
    """Negative indents reach over the type area's edge; those of frames count from elsewhere."""
    look, unit = item.paragraph.look, item.unit_pt
    if look.frame:
        return
    left, right = look.left.pt(unit), look.right.pt(unit)
    for name, found in (("左", min(left, left + look.first.pt(unit))), ("右", right)):
        if found < 0:
            tally.number(Rule.OUTSIDE, item.place, f"{name}端伸出版心", -found / POINTS_PER_MM, 0, "毫米")


def _check_align(item: Item, styles: StyleSheet, tally: Tally) -> None:
    found, wanted = item.paragraph.look.align, styles.text[item.role].align
    if item.role is TextRole.ANNEX_LABEL:  # has a rule of its own
        return
    if found is not None and _SIDES.get(found, found) is not _SIDES.get(wanted, wanted):
        tally.breach(Rule.ALIGN, item.place, f"{item.role.value}对齐方式", _ALIGN_NAMES[found], _ALIGN_NAMES[wanted])


def _check_indents(item: Item, styles: StyleSheet, tally: Tally) -> None:
    style, look, unit = styles.text[item.role], item.paragraph.look, item.unit_pt
    if item.role in (TextRole.ANNEX_LABEL, TextRole.ANNEX_LIST):
        return
    start = start_chars(item)
    name = item.role.value
    if style.align is Align.CENTER:
        found = (look.first.pt(unit)) / unit
        tally.number(Rule.INDENT, item.place, f"{name}首行缩进", found, style.first_line_chars, "字")
    elif start is not None:
        tally.number(Rule.INDENT, item.place, f"{name}首行缩进", start, style.left_chars + style.first_line_chars, "字")
    if not wraps(item):
        return
    for side, own, wanted in (("左", look.left, style.left_chars), ("右", look.right, style.right_chars)):
        tally.number(Rule.HANGING, item.place, f"{name}{side}缩进", own.pt(unit) / unit, wanted, "字")


def _check_blanks(item: Item, tally: Tally) -> None:
    blanks = item.text[: len(item.text) - len(item.text.lstrip(BLANKS))]
    if is_tabbed(item.paragraph):
        return
    if len(blanks) > 1 or blanks in ("\u3000", "\t"):
        name = "制表符" if "\t" in blanks else "空格"
        tally.breach(
            Rule.SPACES, item.place, f"{item.role.value}的缩进或对齐", f"开头的{name}", "段落格式中的缩进或对齐"
        )
    elif item.paragraph.look.align is Align.RIGHT and (item.text[-2:].strip(BLANKS) == "" or item.text[-1] == "\u3000"):
        tally.breach(Rule.SPACES, item.place, f"{item.role.value}的缩进或对齐", "末尾的空格", "段落格式中的右缩进")


def _check_pitch(item: Item, styles: StyleSheet, tally: Tally) -> None:
    # A heading that runs on stands in a paragraph of the body.
    role = item.role if item.length >= len(item.text) else TextRole.BODY
    rule = Rule.PITCH if styles.text[role].pitch_pt is None else Rule.PARAGRAPH_PITCH
    look, letters = item.paragraph.look, item.paragraph.letters
    found, wanted = pitch_pt(look, letters, item.setup), styles.pitch_pt(role)
    if found is None:
        tally.breach(rule, item.place, f"{role.value}行距", pitch_name(look), f"固定值{wanted:.4g}磅")
    else:
        tally.number(rule, item.place, f"{role.value}行距", found, wanted, "磅")


def _check_gap(item: Item, styles: StyleSheet, tally: Tally) -> None:
    """The room between two elements, whether it is spacing or an empty paragraph."""
    above = item.above
    if above is None or item.starts_page or item.after_table or above in _APART:
        return
    if item.role is above and is_tabbed(item.paragraph):  # rows of joint issuers with their seals between
        return
    found = item.gap_pt / styles.page.line_pt
    if item.role is TextRole.ANNEX_TITLE and above is TextRole.ANNEX_LABEL:
        whole = round(found)
        found = whole if abs(found - whole) <= tally.within(Rule.SPACE) else found
        wanted = 2 + styles.text[item.role].before_lines
        tally.number(Rule.ANNEX_TITLE, item.place, "附件标题所在行", 2 + found, wanted, "行")
        return
    wanted = styles.text[above].after_lines + styles.text[item.role].before_lines
    if item.role is above and item.role in _ALIKE:
        wanted = 0.0
    elif item.role is TextRole.ISSUER:
        # With a seal there is more room above; which of both is meant shows in what is there.
        wanted = min((wanted, styles.seal.before_lines), key=lambda lines: abs(lines - found))
    tally.number(Rule.SPACE, item.place, f"{item.role.value}与{above.value}之间的空行", found, wanted, "行")


def _check_flow(item: Item, styles: StyleSheet, tally: Tally) -> None:
    look = item.paragraph.look
    if look.widow_control and item.role is TextRole.BODY and wraps(item):
        tally.breach(Rule.WIDOWS, item.place, "孤行控制", "开", "关，使每面排满")
    alone = item.length >= len(item.text)
    if item.role in HEADING_ROLES and alone and styles.text[item.role].outline_level and look.outline is None:
        tally.breach(Rule.OUTLINE, item.place, f"{item.role.value}大纲级别", "正文文本", "标题级别")
