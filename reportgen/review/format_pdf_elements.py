"""Elements of the text and of annexes (标题、附件说明、署名、成文日期、附注、附件). GB/T 9704—2012 7.3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from reportgen.review import forms
from reportgen.review.findings import Examiner, Place
from reportgen.review.format_pdf_grid import baseline_depths
from reportgen.review.page import MM_PER_POINT, Letter, Line, parts_of
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import Sheet
from reportgen.rules import Rule
from reportgen.styles import StyleSheet, TextRole

_TITLE_LINE = 3
# By these the form that was meant is known; how far off is right is the rules' own: 7.3.5.1, 7.3.5.2.
_MEANT_CHARS = 0.5
_APART_MM = 4


def check_elements(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Every element that has a form of its own."""
    for role, group in _groups(reading):
        match role:
            case TextRole.TITLE:
                lines = sum(len(element.lines) for element in group)
                if lines > forms.MOST_TITLE_LINES:
                    found = f"{lines}行"
                    wanted = f"不多于{forms.MOST_TITLE_LINES}行"
                    examiner.breach(Rule.TITLE_LINES, group[0].place, "标题的行数", found, wanted)
            case TextRole.ANNEX_LIST:
                _annex_list(group, styles, examiner)
            case TextRole.ANNEX_LABEL:
                for element in group:
                    _annex_label(element, reading, styles, examiner)
            case TextRole.NOTE:
                for element in group:
                    _note(element, examiner)
    _annex_titles(reading, styles, examiner)
    _signatures(reading, styles, examiner)


def _groups(reading: Reading) -> Iterator[tuple[TextRole, list[Element]]]:
    """Paragraphs of one role that follow each other."""
    for role, group in groupby(reading.elements, key=lambda element: element.role):
        yield role, list(group)


def _annex_label(element: Element, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """On the first line of a new page, flush left, without a colon."""
    sheet, line = element.sheet, element.first
    pitch = styles.pitch_pt(TextRole.ANNEX_LABEL) * MM_PER_POINT
    depths = baseline_depths(styles, TextRole.ANNEX_LABEL, reading.laid.producer)
    above = [other for other in sheet.lines if other.y < line.y - 1]
    tables = [table for table in sheet.tables if table.box[1] < line.y]
    rank = min((1 + (line.y - depth - sheet.area.top) / pitch for depth in depths), key=lambda each: abs(each - 1))
    if above or tables:
        examiner.breach(Rule.ANNEX_LABEL, element.place, "附件序号", "在文字之后", "另起一页，在第1行")
    else:
        examiner.number(Rule.ANNEX_LABEL, element.place, "附件序号的行次", rank, 1, "行")
    gap = (line.left - sheet.left) / (styles.page.character_pt * MM_PER_POINT)
    # How far in is still flush is a matter of indents: this rule's own tolerance is in lines.
    if abs(gap) > examiner.within(Rule.INDENT):
        examiner.breach(Rule.ANNEX_LABEL, element.place, "附件序号", f"左空{gap:.1f}字", "顶格")
    if not forms.is_annex_label(element.text):
        found, wanted = forms.quoted(element.text), forms.LABEL_WANTED
        examiner.breach(Rule.ANNEX_LABEL_FORM, element.place, "附件序号", found, wanted)


def _annex_titles(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The title begins two lines below the label, on line 3."""
    elements = reading.elements
    for label, title in pairwise(elements):
        if (label.role, title.role) != (TextRole.ANNEX_LABEL, TextRole.ANNEX_TITLE) or label.sheet is not title.sheet:
            continue
        pitch = styles.pitch_pt(TextRole.ANNEX_LABEL) * MM_PER_POINT
        rank = 1 + round((title.first.y - label.first.y) / pitch)
        examiner.number(Rule.ANNEX_TITLE, title.place, "附件标题的行次", rank, _TITLE_LINE, "行")


def _annex_list(group: Sequence[Element], styles: StyleSheet, examiner: Examiner) -> None:
    """附件：1.甲, numbers under each other, names hanging, no mark behind a name."""
    first = group[0]
    unit = styles.unit_pt(TextRole.ANNEX_LIST) * MM_PER_POINT
    indent = (first.first.left - first.sheet.left) / unit
    wanted = styles.text[TextRole.ANNEX_LIST].first_line_chars
    examiner.number(Rule.INDENT, first.place, "附件说明首行缩进", indent, wanted, "字")
    for index, fault in forms.annex_list_faults([element.text for element in group]):
        examiner.breach(Rule.ANNEX_LIST_FORM, group[index].place, fault.what, fault.found, fault.wanted)
    edge: float | None = None
    for element in group:
        number, name = _number_and_name(element)
        if number is not None:
            if edge is None:
                edge = number.left - element.sheet.left
            else:
                off = (number.left - element.sheet.left - edge) / unit
                examiner.number(Rule.HANGING, element.place, "附件说明的序号与上一个序号相差", off, 0, "字")
        for sheet, line in element.lines[1:]:
            if name is not None:
                off = (line.left - sheet.left - (name.left - element.sheet.left)) / unit
                examiner.number(Rule.HANGING, element.place, "附件说明回行与附件名称首字相差", off, 0, "字")


def _number_and_name(element: Element) -> tuple[Letter | None, Letter | None]:
    """The letters where the number and the name of an annex begin."""
    match = re.match(r"(附\s*件[:：])?(\d{1,2}[.．、])?", element.text)
    lead, number = (len(match[1] or ""), len(match[2] or "")) if match else (0, 0)
    letters = element.first.letters
    if lead + number >= len(letters):
        return None, None
    return (letters[lead] if number else None), letters[lead + number]


def _note(element: Element, examiner: Examiner) -> None:
    if not forms.is_note(element.text):
        examiner.breach(Rule.NOTE_FORM, element.place, "附注", forms.quoted(element.text), forms.NOTE_WANTED)


def _signatures(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """Dates in their form, and who signs above them in one of the two forms of place."""
    elements = reading.elements
    for index, element in enumerate(elements):
        if element.role is not TextRole.DATE:
            continue
        if not forms.is_date(element.text):
            found, wanted = forms.quoted(element.text), forms.DATE_WANTED
            examiner.breach(Rule.DATE_FORM, element.place, "成文日期", found, wanted)
        issuers = []
        for above in reversed(elements[:index]):
            if above.role is not TextRole.ISSUER:
                break
            issuers.append(above)
        # Those of a joint document stand in rows of their own; their place depends on the seals.
        alone = len(issuers) == 1 and len(issuers[0].lines) == 1 and len(parts_of(issuers[0].first, _APART_MM)) == 1
        if alone and issuers[0].sheet is element.sheet:
            _place_of(issuers[0], element, reading, styles, examiner)


def _place_of(issuer: Element, date: Element, reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """With a seal the issuer is centred on the date, four characters in; without, the date begins two further in."""
    unit = styles.page.character_pt * MM_PER_POINT
    sheet: Sheet = date.sheet
    edge = reading.edge(sheet)
    one: Line = issuer.first
    other: Line = date.first
    off_centre = (one.middle - other.middle) / unit
    date_inset = (edge - other.right) / unit
    # Word puts a quarter of a character between digits and hanzi: the date was set with it or without.
    spread = (other.right - other.left - sum(letter.right - letter.left for letter in other.letters)) / unit
    off_centre = min((off_centre, off_centre - spread / 2), key=abs)
    step = min(((other.left - one.left) / unit + gaps for gaps in (0.0, spread)), key=lambda found: abs(found - 2))
    inset = (edge - max(one.right, other.right)) / unit
    wanted = styles.text[TextRole.DATE].right_chars
    # Under a name too wide for that the date moves in until the name ends at the edge.
    seal_inset = max(styles.seal.right_chars, (one.right - one.left - (other.right - other.left)) / 2 / unit)
    sealed = max(abs(off_centre), abs(date_inset - seal_inset))
    plain = max(abs(step - 2), abs(inset - wanted))
    place = Place(page=sheet.page.number, spot=date.place.spot)
    # Of a short issuer both may be true; a centred one, or a date four characters in, was meant for a seal.
    meant = min(abs(off_centre), abs(date_inset - seal_inset)) < _MEANT_CHARS
    if plain > examiner.within(Rule.SIGNATURE) and (sealed <= examiner.within(Rule.SEAL) or meant):
        examiner.number(Rule.SEAL, place, "署名中线偏离成文日期中线", off_centre, 0, "字")
        examiner.number(Rule.SEAL, place, "成文日期右空", date_inset, seal_inset, "字")
    else:
        examiner.number(Rule.SIGNATURE, place, "成文日期首字比署名首字右移", step, 2, "字")
        examiner.number(Rule.SIGNATURE, place, "署名、成文日期右空", inset, wanted, "字")
