"""Paragraphs of a laid-out document (段落): alignment, indents, space, pitch, marks of headings. 7.3."""

from __future__ import annotations

from itertools import pairwise

from reportgen.review.findings import Examiner
from reportgen.review.format_pdf_grid import baseline_depths
from reportgen.review.format_pdf_letterhead import is_letter
from reportgen.review.forms import mark_fault
from reportgen.review.page import MM_PER_POINT
from reportgen.review.page_tables import TableOnPage
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import OPENING_MARKS
from reportgen.rules import Rule
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole

_INDENTED = frozenset({TextRole.BODY, *HEADING_ROLES, TextRole.CLOSING, TextRole.NOTE})
_CENTRED = frozenset({TextRole.TITLE, TextRole.ANNEX_TITLE})
# Between these the space is that of their styles; the letterhead and the imprint have measures of their own.
_SPACED = frozenset(
    {
        TextRole.TITLE,
        TextRole.ADDRESSEE,
        *_INDENTED,
        TextRole.ANNEX_LIST,
        TextRole.ISSUER,
        TextRole.DATE,
        TextRole.ANNEX_LABEL,
        TextRole.ANNEX_TITLE,
    }
)


def check_paragraphs(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Every paragraph, and every two that follow each other on a page."""
    for element in reading.elements:
        _alignment(element, reading, styles, examiner)
        _indents(element, styles, examiner)
        if element.role in HEADING_ROLES and (fault := mark_fault(element.role, element.text)):
            examiner.breach(Rule.HEADING_MARK, element.place, fault.what, fault.found, fault.wanted)
    _marks(reading, examiner)
    for above, below in pairwise(reading.flow):
        if isinstance(above, TableOnPage) or isinstance(below, TableOnPage):
            continue
        if above.lines[-1][0] is below.sheet:
            _space(above, below, reading, styles, examiner)


def _alignment(element: Element, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    name = element.role.value
    if element.role in _CENTRED:
        for sheet, line in element.lines:
            off = min((line.middle - middle for middle in reading.middles(sheet)), key=abs)
            examiner.number(Rule.ALIGN, element.place, f"{name}的中线偏离版心中线", off, 0, "毫米")
    elif element.role is TextRole.ADDRESSEE:
        gap = element.first.left - element.sheet.left
        examiner.number(Rule.ALIGN, element.place, f"{name}距版心左边缘", gap, 0, "毫米")


def _marks(reading: Reading, examiner: Examiner) -> None:
    """The names of a joint document and 文件 beside them are centred together."""
    marks = [element for element in reading.elements if element.role is TextRole.ISSUER_MARK]
    if not marks:
        return
    lines = [line for element in marks for _, line in element.lines]
    middle = (min(line.left for line in lines) + max(line.right for line in lines)) / 2
    sheet = marks[0].sheet
    # The mark of a letter goes with its rules, which are centred on the paper (10.1).
    middles = (sheet.page.width / 2,) if is_letter(reading) else reading.middles(sheet)
    off = min((middle - wanted for wanted in middles), key=abs)
    examiner.number(Rule.ALIGN, marks[0].place, "发文机关标志的中线偏离版心中线", off, 0, "毫米")


def _indents(element: Element, styles: StyleSheet, examiner: Examiner) -> None:
    style, name = styles.text[element.role], element.role.value
    unit = styles.unit_pt(element.role) * MM_PER_POINT
    if element.role in _INDENTED and not (element.starts_page and element.after_table):
        indent = (element.first.left - element.sheet.left) / unit
        examiner.number(Rule.INDENT, element.place, f"{name}首行缩进", indent, style.first_line_chars, "字")
    if element.role in _INDENTED or element.role is TextRole.ADDRESSEE:
        for sheet, line in element.lines[1:]:
            if not line.text.startswith(tuple(OPENING_MARKS)):
                hanging = (line.left - sheet.left) / unit
                what = f"{name}回行缩进"
                examiner.number(Rule.HANGING, element.place, what, hanging, style.left_chars, "字")


def _space(above: Element, below: Element, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The lines left free between two paragraphs; those of a seal and of a label are judged there."""
    if not {above.role, below.role} <= _SPACED or above.role is TextRole.ANNEX_LABEL:
        return
    if below.role is TextRole.ANNEX_LABEL:
        return
    if above.role is below.role and below.role in (TextRole.ISSUER, TextRole.DATE):
        return
    one, other = styles.text[above.role], styles.text[below.role]
    continued = above.role is below.role and below.role in (
        TextRole.TITLE,
        TextRole.ANNEX_TITLE,
        TextRole.ANNEX_LIST,
    )
    # Word adds both, CSS takes the greater one.
    wanted = {0.0} if continued else {max(one.after_lines, other.before_lines), one.after_lines + other.before_lines}
    if below.role is TextRole.ISSUER:
        wanted.add(styles.seal.before_lines)
    producer = reading.laid.producer
    line = styles.page.line_pt * MM_PER_POINT
    step = below.first.y - above.lines[-1][1].y
    found = []
    uppers, lowers = (baseline_depths(styles, each.role, producer) for each in (above, below))
    for upper, lower in zip(uppers, lowers, strict=True):
        tail = styles.pitch_pt(above.role) * MM_PER_POINT - upper
        found.append((step - tail - lower) / line)
    free, right = min(((free, right) for free in found for right in wanted), key=lambda pair: abs(pair[0] - pair[1]))
    if continued:
        # Lines of one element: what is off is their pitch.
        if styles.text[below.role].pitch_pt is not None:
            pitch = step / MM_PER_POINT
            what = f"{below.role.value}的行距"
            examiner.number(Rule.PARAGRAPH_PITCH, below.place, what, pitch, styles.pitch_pt(below.role), "磅")
        return
    what = f"{below.role.value}与{above.role.value}之间空"
    examiner.number(Rule.SPACE, below.place, what, free, right, "行")
