"""The page numbers of a Word file held against the style sheet (页码检查): field, side, place, look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.review.findings import Place
from reportgen.review.format_docx_letters import check_piece
from reportgen.review.format_docx_page import section_place
from reportgen.review.format_docx_reading import BLANKS, Reading, Tally, is_imprint, is_letter, pitch_pt
from reportgen.review.forms import quoted
from reportgen.rules import Rule
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.word.file import Edge, Setup
from reportgen.word.text import Paragraph

RULES = frozenset(
    {
        Rule.NUMBER_MISSING,
        Rule.NUMBER_SIDE,
        Rule.NUMBER_HEIGHT,
        Rule.NUMBER_INSET,
        Rule.NUMBER_LOOK,
        Rule.NUMBER_ORDER,
    }
)
"""What this module looks at (所查规则)."""

_SIDES = {"left": "居左", "inside": "居左", "center": "居中", "right": "居右"}
_ALIGN_SIDES = {Align.LEFT: "left", Align.JUSTIFY: "left", Align.CENTER: "center", Align.RIGHT: "right"}
_TAB_SIDES = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The paragraph with the page number (页码段): the side of the text box it stands in, what follows below it."""

    paragraph: Paragraph
    box: str | None
    footer: bool
    below: tuple[Paragraph, ...]


def check_numbers(reading: Reading, styles: StyleSheet, tally: Tally) -> None:
    """The page numbers of every section; what a section has from the one above is judged once."""
    seen: set[tuple[int, str, float | None, float | None]] = set()
    texts = _with_text(reading)
    for index, section in enumerate(reading.word.sections):
        setup, place = section.setup, section_place(index, section.setup)
        if index and setup.start is not None:
            tally.breach(Rule.NUMBER_ORDER, place, "页码起始值", f"从{setup.start}重新编", "接上文连续编")
        if index not in texts:
            continue
        kinds = ["default", "even"] if reading.word.odd_even else ["default"]
        # The first page of a letter carries no number. 10.1.
        kinds += ["first"] if setup.title_page and not (index == 0 and is_letter(reading)) else []
        for kind in kinds:
            edge = setup.footers.get(kind) or setup.headers.get(kind)
            key = (id(edge), kind, setup.bottom, setup.footer)
            if edge is not None and key in seen:
                continue
            seen.add(key)
            number = find_number(setup, kind)
            name = {"default": "单页" if reading.word.odd_even else "", "even": "双页", "first": "首页"}[kind]
            if number is None:
                tally.breach(Rule.NUMBER_MISSING, place, f"{name}页码", "没有", "用页码域编排")
                continue
            where = Place(spot=f"{place.spot}{name}页{'脚' if number.footer else '眉'}")
            # Which side a later section's first page is on is not known.
            if kind != "first" or index == 0:
                side = "default" if kind == "first" else kind
                apart = reading.word.odd_even or kind == "first"
                _check_side(number, side, apart, where, tally)
                _check_inset(number, side, apart, where, styles, tally)
            _check_height(number, setup, where, styles, tally)
            _check_look(number, setup, where, styles, tally)


def _with_text(reading: Reading) -> set[int]:
    """The sections that have more than an imprint, whose page carries no number. 7.5."""
    texts = {item.section for item in reading.items if item.role is not TextRole.IMPRINT}
    tables = {id(table.setup) for table in reading.tables if not is_imprint(table.table)}
    return texts | {index for index, section in enumerate(reading.word.sections) if id(section.setup) in tables}


def find_number(setup: Setup, kind: str) -> Number | None:
    """The page number of a kind of page, in the footer or else in the header."""
    for edges, footer in ((setup.footers, True), (setup.headers, False)):
        edge = edges.get(kind)
        if edge is not None and (found := next(_numbers(edge, footer), None)):
            return found
    return None


def _numbers(edge: Edge, footer: bool) -> Iterator[Number]:
    for index, paragraph in enumerate(edge.paragraphs):
        if any(run.page_number for run in paragraph.runs):
            yield Number(paragraph=paragraph, box=None, footer=footer, below=edge.paragraphs[index + 1 :])
    for boxed in edge.boxes:
        if any(run.page_number for run in boxed.paragraph.runs):
            yield Number(paragraph=boxed.paragraph, box=boxed.side, footer=footer, below=())


def _side(number: Number) -> str:
    """left, center, right, outside, or nothing if the file does not say it."""
    look = number.paragraph.look
    if number.box is not None:
        return number.box
    if look.frame:
        return "" if look.frame == "?" else look.frame
    before = number.paragraph.text.split("1", 1)[0]
    if tabs := before.count("\t"):
        return _TAB_SIDES.get(look.tabs[tabs - 1][1], "") if len(look.tabs) >= tabs else ""
    return _ALIGN_SIDES[look.align] if look.align else ""


def _check_side(number: Number, kind: str, odd_even: bool, place: Place, tally: Tally) -> None:
    side = _side(number)
    if side in ("", "outside"):
        return
    if not odd_even:
        found = f"单双页都{_SIDES.get(side, side)}"
        tally.breach(Rule.NUMBER_SIDE, place, "页码位置", found, "单页居右、双页居左")
        return
    wanted = "right" if kind == "default" else "left"
    if side != wanted:
        name = "单页" if kind == "default" else "双页"
        tally.breach(Rule.NUMBER_SIDE, place, f"{name}页码位置", _SIDES.get(side, side), _SIDES[wanted])


def _check_inset(number: Number, kind: str, odd_even: bool, place: Place, styles: StyleSheet, tally: Tally) -> None:
    """One character in, where the number stands on its right side."""
    paragraph, look = number.paragraph, number.paragraph.look
    side = "right" if kind == "default" else "left"
    known = odd_even and _side(number) == side
    if not known or number.box is not None or look.frame or "\t" in paragraph.text:
        return
    letters = paragraph.letters
    unit = letters.unit_pt
    text = paragraph.text
    ends = text[len(text.rstrip(BLANKS)) :] if side == "right" else text[: len(text) - len(text.lstrip(BLANKS))]
    found = sum(1.0 if blank == "\u3000" else 0.5 for blank in ends) * unit
    found += look.right.pt(unit) if side == "right" else look.left.pt(unit) + look.first.pt(unit)
    wanted = styles.page_number.inset_chars * styles.text[TextRole.PAGE_NUMBER].size_pt
    name = "右空" if side == "right" else "左空"
    tally.number(Rule.NUMBER_INSET, place, f"页码{name}", found / POINTS_PER_MM, wanted / POINTS_PER_MM, "毫米")


def _check_height(number: Number, setup: Setup, place: Place, styles: StyleSheet, tally: Tally) -> None:
    """Word keeps the footer's last line at `footer` from the sheet's edge; the dash is in the middle of its line."""
    paragraph = number.paragraph
    known = setup.footer is not None and setup.bottom is not None
    if not (known and number.footer) or number.box is not None or paragraph.look.frame:
        return
    assert setup.footer is not None
    assert setup.bottom is not None
    heights = [_height(each, setup) for each in (paragraph, *number.below)]
    below = sum(heights[1:]) + paragraph.look.after.pt(setup.line_unit_pt) + heights[0] / 2
    found = setup.bottom - setup.footer - below / POINTS_PER_MM
    tally.number(Rule.NUMBER_HEIGHT, place, "页码在版心下边缘之下", found, styles.page_number.below_mm, "毫米")


def _height(paragraph: Paragraph, setup: Setup) -> float:
    letters = paragraph.letters
    pitch = pitch_pt(paragraph.look, letters, setup)
    # Word's single line of 宋体 is about 1.3 times its size.
    return letters.size_pt * 1.3 if pitch is None else pitch


def _check_look(number: Number, setup: Setup, place: Place, styles: StyleSheet, tally: Tally) -> None:
    text = "".join(number.paragraph.text.split())
    if setup.number_form == "numberInDash":
        text = text.replace("1", "-1-")
    wanted = f"{styles.page_number.before}1{styles.page_number.after}"
    if text != "".join(wanted.split()):
        tally.breach(Rule.NUMBER_LOOK, place, "页码", quoted(number.paragraph.text), f"「{wanted}」")
    elif setup.number_form != "decimal":
        tally.breach(Rule.NUMBER_LOOK, place, "页码数字", setup.number_form, "阿拉伯数字")
    for run in number.paragraph.runs:
        check_piece(TextRole.PAGE_NUMBER, run.letters, run.text, place, styles, tally)
