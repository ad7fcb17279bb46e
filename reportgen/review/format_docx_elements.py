"""The elements of an official document in a Word file (要素检查): their wording and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reportgen.review import forms
from reportgen.review.format_docx_paragraphs import wraps
from reportgen.review.format_docx_reading import (
    BLANKS,
    Item,
    Reading,
    Tally,
    line_count,
    start_chars,
)
from reportgen.review.forms import quoted
from reportgen.rules import Rule
from reportgen.styles import Align, StyleSheet, TextRole
from reportgen.writers.measure import text_width

RULES = frozenset(
    {
        Rule.INDENT,
        Rule.HANGING,
        Rule.HEADING_MARK,
        Rule.TITLE_LINES,
        Rule.ANNEX_LABEL,
        Rule.ANNEX_LABEL_FORM,
        Rule.ANNEX_LIST_FORM,
        Rule.SIGNATURE,
        Rule.SEAL,
        Rule.DATE_FORM,
        Rule.NOTE_FORM,
    }
)
"""What this module looks at (所查规则)."""

# A name so nearly over the middle of its date was meant for a seal: that tells the form, whose own rule then measures.
_MEANT_FOR_A_SEAL = 1.0


def check_elements(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """Every element whose form or place the standard fixes; one that is not there is no breach."""
    items = reading.items
    for item in items:
        text = item.text.strip(BLANKS + "\n")
        match item.role:
            case TextRole.HEADING_1 | TextRole.HEADING_2 | TextRole.HEADING_3 | TextRole.HEADING_4:
                if fault := forms.mark_fault(item.role, text):
                    tally.breach(Rule.HEADING_MARK, item.place, fault.what, fault.found, fault.wanted)
            case TextRole.ANNEX_LABEL:
                _check_label(item, text, tally)
            case TextRole.DATE if not forms.is_date(text):
                tally.breach(Rule.DATE_FORM, item.place, "成文日期", quoted(text), forms.DATE_WANTED)
            case TextRole.NOTE if not forms.is_note(text):
                tally.breach(Rule.NOTE_FORM, item.place, "附注", quoted(text), forms.NOTE_WANTED)
    _check_title(items, tally)
    _check_annex_lists(items, styles, tally)
    _check_signatures(items, styles, tally)


def _check_title(items: Sequence[Item], tally: Tally) -> None:
    titles = [item for item in items if item.role is TextRole.TITLE]
    if titles:
        lines = sum(
            line_count(line, item.unit_pt, item.setup) for item in titles for line in item.text.strip("\n").split("\n")
        )
        if lines > forms.MOST_TITLE_LINES:
            tally.breach(
                Rule.TITLE_LINES, titles[0].place, "标题行数", f"{lines}行", f"不超过{forms.MOST_TITLE_LINES}行"
            )


def _check_label(item: Item, text: str, tally: Tally) -> None:
    """On the first line of a new page, flush left, without a colon. 7.3.7."""
    if not item.starts_page:
        tally.breach(Rule.ANNEX_LABEL, item.place, "附件序号的位置", "接在上文之后", "另面第一行")
    else:
        line = 1 + item.gap_pt / max(1.0, item.setup.line_unit_pt)
        tally.number(Rule.ANNEX_LABEL, item.place, "附件序号的行次", line, 1, "行")
    start = start_chars(item)
    away = item.paragraph.look.align in (Align.CENTER, Align.RIGHT)
    # How far in is still flush is a matter of indents: this rule's own tolerance is in lines.
    if away or (start is not None and abs(start) > tally.within(Rule.INDENT)):
        found = "没有顶格" if not away else "没有靠左"
        tally.breach(Rule.ANNEX_LABEL, item.place, "附件序号的位置", found, "左端顶格")
    if not forms.is_annex_label(text):
        tally.breach(Rule.ANNEX_LABEL_FORM, item.place, "附件序号", quoted(text), forms.LABEL_WANTED)


def _check_annex_lists(items: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    for is_list, group in groupby(items, key=lambda item: item.role is TextRole.ANNEX_LIST):
        if not is_list:
            continue
        entries: list[Item] = []
        for item in group:
            if entries and item.text.strip(BLANKS).startswith("附"):
                _check_annex_list(entries, styles, tally)
                entries = []
            entries.append(item)
        _check_annex_list(entries, styles, tally)


def _check_annex_list(entries: Sequence[Item], styles: StyleSheet, tally: Tally) -> None:
    """One list: its wording, its indent, ordinals below each other, names that hang."""
    # One paragraph may hold several entries, with line breaks between them.
    lines = [(item, line.strip(BLANKS)) for item in entries for line in item.text.split("\n") if line.strip(BLANKS)]
    for number, fault in forms.annex_list_faults([line for _, line in lines]):
        tally.breach(Rule.ANNEX_LIST_FORM, lines[number][0].place, fault.what, fault.found, fault.wanted)
    lead = start_chars(entries[0])
    if lead is not None:
        wanted = styles.text[TextRole.ANNEX_LIST].first_line_chars
        tally.number(Rule.INDENT, entries[0].place, "附件说明首行缩进", lead, wanted, "字")
    for index, item in enumerate(entries):
        text, start = item.text.strip(BLANKS), start_chars(item)
        if start is None:
            continue
        if index and lead is not None:
            wanted = lead + text_width("附件：")
            tally.number(Rule.HANGING, item.place, "附件说明的序号左空", start, wanted, "字")
        if wraps(item) and "\n" not in text and "\t" not in text:
            unit, parts = item.unit_pt, forms.annex_line(text, first=not index)
            wanted = start + text_width(parts.lead + parts.ordinal)
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
    if not forms.is_date(date.text.strip(BLANKS)):
        # A date in another form is as wide as it should not be; only what reaches too far right is evidence.
        tally.number(Rule.SIGNATURE, date.place, "署名和成文日期右空", min(right, plain), plain, "字")
        return
    fits = abs(right - plain) <= near and abs(step - 2) <= near
    if not fits and off_centre <= _MEANT_FOR_A_SEAL and abs(date_right - sealed) < abs(date_right - plain):
        tally.number(Rule.SEAL, date.place, "成文日期右空", date_right, sealed, "字")
        tally.number(Rule.SEAL, issuer.place, "署名中线偏离成文日期中线", off_centre, 0, "字")
        return
    tally.number(Rule.SIGNATURE, date.place, "署名和成文日期右空", right, plain, "字")
    tally.number(Rule.SIGNATURE, date.place, "成文日期首字比署名首字右移", step, 2, "字")
