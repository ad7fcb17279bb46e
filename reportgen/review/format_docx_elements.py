"""The elements of an official document in a Word file (要素检查): their wording and where they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from reportgen.review.format_docx_letters import color_name
from reportgen.review.format_docx_paragraphs import wraps
from reportgen.review.format_docx_reading import (
    BLANKS,
    LETTERHEAD_ROLES,
    Item,
    Reading,
    Tally,
    is_red,
    short,
    start_chars,
)
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.measure import text_width

_HEADING_FORMS = {
    TextRole.HEADING_1: (re.compile(r"[一二三四五六七八九十]{1,3}、"), "一、"),
    TextRole.HEADING_2: (re.compile(r"（[一二三四五六七八九十]{1,3}）(?![、.．])"), "（一）"),
    TextRole.HEADING_3: (re.compile(r"\d{1,2}[.．]"), "1."),
    TextRole.HEADING_4: (re.compile(r"（\d{1,2}）(?![、.．])"), "（1）"),
}
_MARK = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．]?")
_DATE = re.compile(r"\d{4}年(1[0-2]|[1-9])月([12]\d|3[01]|[1-9])日")
_LABEL = re.compile(r"附件([1-9]\d?)?")
_LIST_HEAD = re.compile(r"附件：(?=\S)")
_ITEM = re.compile(r"([1-9]\d?)[.．](?=\S)")
_NUMBER = re.compile(r"[^\s〔〕]{1,20}〔\d{4}〕[1-9]\d*号")
_ANY_NUMBER = re.compile(r"\S{1,20}\s*[〔\[［【(（]\s*\d{2,4}\s*[〕\]］】)）]\s*第?\s*\d+\s*号")
_COPY_NUMBER = re.compile(r"\d{6}")
_TITLE_LINES = 3


def check_elements(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """Every element whose form or place the standard fixes; one that is not there is no breach."""
    items = reading.items
    for item in items:
        text = item.text.strip(BLANKS + "\n")
        match item.role:
            case TextRole.HEADING_1 | TextRole.HEADING_2 | TextRole.HEADING_3 | TextRole.HEADING_4:
                form, wanted = _HEADING_FORMS[item.role]
                if not form.match(text) and (mark := _MARK.match(text)):
                    tally.breach(Rule.HEADING_MARK, item.place, f"{item.role.value}序号", mark[0], wanted)
            case TextRole.ANNEX_LABEL:
                _check_label(item, text, tally)
            case TextRole.DATE if not _DATE.fullmatch(text):
                wanted = "“2026年7月10日”的写法"
                tally.breach(Rule.DATE_FORM, item.place, "成文日期", text, f"阿拉伯数字、不编虚位，即{wanted}")
            case TextRole.NOTE if not (text.startswith("（") and text.endswith("）")):
                tally.breach(Rule.NOTE_FORM, item.place, "附注", short(text), "加全角圆括号")
            case TextRole.COPY_NUMBER | TextRole.DOCUMENT_NUMBER | TextRole.SIGNER:
                _check_head_line(item, tally)
    _check_title(items, tally)
    _check_annex_lists(items, styles, tally)
    _check_signatures(items, styles, tally)
    _check_number_place(items, styles, tally)
    _check_rule(items, styles, tally)


def _check_head_line(item: Item, tally: Tally) -> None:
    """份号 and 发文字号, which may share their line with others."""
    begin = 0
    for role, end in item.roles:
        text = item.text[begin:end].strip(BLANKS)
        begin = end
        if role is TextRole.COPY_NUMBER and text and not _COPY_NUMBER.fullmatch(text):
            tally.breach(Rule.COPY_NUMBER_FORM, item.place, "份号", text, "6位阿拉伯数字")
        if role is TextRole.DOCUMENT_NUMBER and (found := _ANY_NUMBER.search(text)) and not _NUMBER.fullmatch(found[0]):
            wanted = "年份全称加六角括号，序号不编虚位、不加“第”"
            tally.breach(Rule.NUMBER_FORM, item.place, "发文字号", found[0], wanted)


def _check_title(items: Sequence[Item], tally: Tally) -> None:
    titles = [item for item in items if item.role is TextRole.TITLE]
    if titles:
        lines = sum(_line_count(item, line) for item in titles for line in item.text.strip("\n").split("\n"))
        if lines > _TITLE_LINES:
            tally.breach(Rule.TITLE_LINES, titles[0].place, "标题行数", f"{lines}行", f"不超过{_TITLE_LINES}行")


def _line_count(item: Item, text: str) -> int:
    width = item.setup.text_width_pt or 0.0
    return max(1, math.ceil(text_width(text) * item.unit_pt / width - 1e-6)) if width > item.unit_pt else 1


def _check_label(item: Item, text: str, tally: Tally) -> None:
    if not item.starts_page:
        tally.breach(Rule.ANNEX_LABEL, item.place, "附件序号的位置", "接在上文之后", "另面第一行")
    else:
        lines = item.gap_pt / max(1.0, item.setup.line_unit_pt)
        if lines > tally.within(Rule.SPACE):
            tally.breach(Rule.ANNEX_LABEL, item.place, "附件序号的位置", "其上有空行", "版心第一行")
    start = start_chars(item)
    away = item.paragraph.look.align in (Align.CENTER, Align.RIGHT)
    if away or (start is not None and abs(start) > tally.within(Rule.INDENT)):
        found = "没有顶格" if not away else "没有靠左"
        tally.breach(Rule.ANNEX_LABEL, item.place, "附件序号的位置", found, "左端顶格")
    if not _LABEL.fullmatch(text):
        tally.breach(Rule.ANNEX_LABEL_FORM, item.place, "附件序号", text, "“附件”加阿拉伯数字，不加冒号和空格")


def _check_annex_lists(items: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    head: Item | None = None
    for item in items:
        if item.role is not TextRole.ANNEX_LIST:
            head = None
            continue
        first = item.text.strip(BLANKS).startswith("附")
        head = item if first or head is None else head
        _check_entry(item, first, styles, tally)
        lead, own = start_chars(head), start_chars(item)
        if not first and lead is not None and own is not None:
            wanted = lead + text_width("附件：")
            if abs(own - wanted) > tally.within(Rule.HANGING):
                found = f"左空{own:.2g}字"
                tally.breach(Rule.ANNEX_LIST_FORM, item.place, "附件说明的序号", found, "与上一行的序号对齐")


def _check_entry(item: Item, first: bool, styles: StyleSheet, tally: Tally) -> None:
    text = item.text.strip(BLANKS)
    start = start_chars(item)
    if first and start is not None:
        wanted = styles.text[TextRole.ANNEX_LIST].first_line_chars
        tally.number(Rule.INDENT, item.place, "附件说明首行缩进", start, wanted, "字")
    prefix = _LIST_HEAD.match(text) if first else None
    if first and not prefix:
        tally.breach(Rule.ANNEX_LIST_FORM, item.place, "附件说明", short(text), "“附件：”（全角冒号）后接名称")
        return
    behind = text[prefix.end() :] if prefix else text
    ordinal = _ITEM.match(behind)
    if re.match(r"\d{1,2}\s*[、.．]", behind) and not ordinal:
        tally.breach(Rule.ANNEX_LIST_FORM, item.place, "附件说明的序号", short(behind), "“1.”后接名称")
        return
    name = behind[ordinal.end() :] if ordinal else behind
    if re.search(r"[；;。，,、]$", name):
        tally.breach(Rule.ANNEX_LIST_FORM, item.place, "附件名称末尾", f"有标点“{name[-1]}”", "不加标点")
    if name.startswith("《") and name.endswith("》"):
        tally.breach(Rule.ANNEX_LIST_FORM, item.place, "附件名称", "加书名号", "不加书名号")
    if start is not None and wraps(item) and "\n" not in text and "\t" not in text:
        unit = item.unit_pt
        wanted = start + text_width((prefix[0] if prefix else "") + (ordinal[0] if ordinal else ""))
        found = item.paragraph.look.left.pt(unit) / unit
        tally.number(Rule.HANGING, item.place, "附件名称回行的缩进", found, wanted, "字")


def _check_signatures(items: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """署名 and 成文日期: two characters in without a seal, four under one. 7.3.5.1, 7.3.5.2."""
    for index, item in enumerate(items):
        if item.role is not TextRole.DATE:
            continue
        issuers: list[Item] = []
        for above in reversed(items[:index]):
            if above.role is not TextRole.ISSUER:
                break
            issuers.append(above)
        if len(issuers) == 1:
            _check_signature(issuers[0], item, styles, tally)


def _span(item: Item) -> tuple[float, float] | None:
    """Where a one-line paragraph begins and what it leaves free at the right, in characters; None if unknown."""
    width, unit, look = item.setup.text_width_pt, item.unit_pt, item.paragraph.look
    if width is None or "\t" in item.text.strip(BLANKS) or "\n" in item.text or look.frame:
        return None
    room, text = width / unit, item.text.rstrip(BLANKS)
    taken = text_width(text.lstrip(BLANKS))
    behind = sum(1.0 if blank == "\u3000" else 0.5 for blank in item.text[len(text) :])
    if look.align is Align.RIGHT:
        right = look.right.pt(unit) / unit + behind
    elif look.align in (Align.LEFT, Align.JUSTIFY):
        start = start_chars(item)
        if start is None:
            return None
        right = room - taken - start
    else:
        return None
    return (room - right - taken, right) if 0 <= room - right - taken <= room else None


def _check_signature(issuer: Item, date: Item, styles: StyleSheet, tally: Tally) -> None:
    above, below = _span(issuer), _span(date)
    if above is None or below is None:
        return
    (issuer_start, issuer_right), (date_start, date_right) = above, below
    plain, sealed = styles.text[TextRole.DATE].right_chars, styles.seal.right_chars
    # Without a seal the line that reaches further right leaves two characters; the date begins two after the issuer.
    right, step = min(issuer_right, date_right), date_start - issuer_start
    # Under a seal the date leaves four, and the issuer stands over its middle.
    off_centre = abs((issuer_start - issuer_right) - (date_start - date_right)) / 2
    # Under a name too wide for that the date moves in until the name ends at the edge.
    widths = [text_width(each.text.strip(BLANKS)) for each in (issuer, date)]
    sealed = max(sealed, (widths[0] - widths[1]) / 2)
    near = tally.within(Rule.SIGNATURE)
    if not _DATE.fullmatch(date.text.strip(BLANKS)):
        # A date in another form is as wide as it should not be; only what reaches too far right is evidence.
        tally.number(Rule.SIGNATURE, date.place, "署名和成文日期右空", min(right, plain), plain, "字")
        return
    fits = abs(right - plain) <= near and abs(step - 2) <= near
    if not fits and off_centre <= 1 and abs(date_right - sealed) < abs(date_right - plain):
        tally.number(Rule.SEAL, date.place, "成文日期右空", date_right, sealed, "字")
        tally.number(Rule.SEAL, issuer.place, "署名中线偏离成文日期中线", off_centre, 0, "字")
        return
    tally.number(Rule.SIGNATURE, date.place, "署名和成文日期右空", right, plain, "字")
    tally.number(Rule.SIGNATURE, date.place, "成文日期首字比署名首字右移", step, 2, "字")


def _check_number_place(items: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The 发文字号 stands in the middle; beside 签发人 left, one character in. 7.2.5."""
    head = [item for item in items if item.role in (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER)]
    upward = any("签发人" in item.text for item in head)
    for item in head:
        text, look = item.text.strip(BLANKS), item.paragraph.look
        start = start_chars(item)
        known = _ANY_NUMBER.match(text) and start is not None and not look.frame
        if not known or look.align not in (Align.LEFT, Align.JUSTIFY) or start is None:
            continue
        if upward:
            unit = styles.unit_pt(TextRole.DOCUMENT_NUMBER) / POINTS_PER_MM
            wanted = styles.text[TextRole.DOCUMENT_NUMBER].left_chars * unit
            found = start * item.unit_pt / POINTS_PER_MM
            tally.number(Rule.NUMBER_PLACE, item.place, "发文字号左空", found, wanted, "毫米")
        elif start < 2 and "\t" not in text:
            tally.breach(Rule.NUMBER_PLACE, item.place, "发文字号的位置", "居左", "居中")


def _check_rule(items: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """The red rule of the letterhead where a paragraph draws it; a picture or the paper may draw it as well."""
    head = [item for item in items if item.role in LETTERHEAD_ROLES]
    if not any(item.role in (TextRole.DOCUMENT_NUMBER, TextRole.ISSUER_MARK) for item in head):
        return
    titles = [item for item in items[: len(head) + 1] if item.role is TextRole.TITLE][:1]
    edges = [(item, item.paragraph.look.bottom) for item in head]
    edges += [(item, item.paragraph.look.top) for item in titles]
    for item, edge in edges:
        if edge is None or edge.width_pt <= 0:
            continue
        if not is_red(edge.color):
            color = "黑色" if edge.color == "AUTO" else color_name(edge.color)
            tally.breach(Rule.RULE, item.place, "版头分隔线颜色", color, color_name(styles.letterhead.red))
        look, unit = item.paragraph.look, item.unit_pt
        short_by = (look.left.pt(unit) + look.right.pt(unit)) / POINTS_PER_MM
        tally.number(Rule.RULE, item.place, "版头分隔线比版心短", short_by, 0, "毫米")
