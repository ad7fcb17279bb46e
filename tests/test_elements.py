"""Facts of the laid-out page: letterheads, seals and imprints stand where GB/T 9704—2012 7.2 to 7.4 and 10.1 say."""

from __future__ import annotations

import ctypes
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pypdfium2
import pytest

from reportgen.document import (
    Block,
    Document,
    Imprint,
    LetterheadForm,
    Signature,
    Title,
)
from reportgen.pdf_engine import PdfEngine
from reportgen.styles import ImprintPage, StyleSheet
from reportgen.writers import writer_of
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.measure import text_width
from tests.builders import document, imprint, letter, letterhead, p, row, section, sentences, styles, table

MM = 72 / 25.4
STYLES = styles()
# The type area of the upright page, from the sheet's lower left corner.
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, (297 - 37) * MM, 35 * MM
CHARACTER, LINE = STYLES.page.character_pt, STYLES.page.line_pt
NUMBER = "测督〔2026〕1号"


@dataclass(frozen=True)
class Ink:
    """A text or a line on a page (墨迹): the square of its letters, or its edges."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    red: bool


@dataclass(frozen=True)
class Sheet:
    """A page as it is drawn (一面)."""

    texts: tuple[Ink, ...]
    rules: tuple[Ink, ...]

    def find(self, word: str) -> Ink:
        """The text that holds a word."""
        return next(ink for ink in self.texts if word in ink.text)

    def all_text(self) -> str:
        return "".join(ink.text for ink in self.texts)

    def numbered(self) -> bool:
        """Whether a page number stands below the type area."""
        return any(ink.top < BOTTOM and "—" in ink.text for ink in self.texts)


@pytest.fixture(params=PdfEngine, ids=lambda each: str(each.value), scope="module", autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every fact is held of the pages of both engines."""
    global drawn
    drawn = request.param
    yield
    first_page.cache_clear()
    TestLetter.pages.cache_clear()


drawn = PdfEngine.WEASYPRINT


def sheets(tree: Document, style: StyleSheet = STYLES) -> list[Sheet]:
    outcome = writer_of("pdf", drawn).write(tree, style, find_fonts({}))
    assert outcome.problems == ()
    with pypdfium2.PdfDocument(outcome.value) as pdf:
        return [_sheet(page) for page in pdf]


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    raw = pypdfium2.raw
    text_page = page.get_textpage()
    texts, rules = [], []
    for shown in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = shown.get_bounds()
        filled, stroked, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
        raw.FPDFPath_GetDrawMode(shown, filled, stroked)
        color = [ctypes.c_uint() for _ in range(4)]
        (raw.FPDFPageObj_GetStrokeColor if stroked.value else raw.FPDFPageObj_GetFillColor)(shown, *color)
        red = [part.value for part in color[:3]] == [255, 0, 0]
        if shown.type == raw.FPDF_PAGEOBJ_PATH:
            if stroked.value:  # PDFium takes the bounds of a line wider by its thickness on every side
                raw.FPDFPageObj_GetStrokeWidth(shown, width)
            thick = width.value
            rules.append(Ink("", left + thick, bottom + thick / 2, right - thick, top - thick / 2, red))
            continue
        matrix, size = shown.get_matrix(), ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(shown, size)
        em = size.value * abs(matrix.d)
        text = text_page.get_text_bounded(left, bottom, right, top)
        texts.append(Ink(text, left, matrix.f - 0.125 * em, right, matrix.f + 0.875 * em, red))
    across = [rule for rule in rules if rule.right - rule.left > 100 * MM and rule.top - rule.bottom < 5]
    return Sheet(tuple(texts), tuple(sorted(across, key=lambda rule: -rule.top)))


def mm(points: float) -> float:
    return points / MM


def near(wanted: float) -> object:
    """Within one millimetre, as the standard allows (5.2.1)."""
    return pytest.approx(wanted, abs=1)


@cache
def first_page(*blocks: Block) -> Sheet:
    return sheets(document(section(*blocks, Title(lines=("关于某事的报告",)), p("正文。"))))[0]


ABOVE: dict[str, Any] = {"copy_number": "000001", "secrecy": "机密★1年", "urgency": "特急"}


class TestLetterhead:
    @pytest.mark.parametrize("above", [{}, ABOVE], ids=["alone", "below three lines"])
    def test_the_upper_edge_of_the_mark_is_35_mm_below_that_of_the_type_area(self, above: dict[str, Any]) -> None:
        mark = first_page(letterhead(number=NUMBER, **above)).find("督查室文件")
        assert mm(TOP - mark.top) == near(35)
        assert mark.red
        assert (mark.left + mark.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=2)

    @pytest.mark.parametrize(("word", "line"), [("000001", 0), ("机密", 1), ("特急", 2)])
    def test_copy_number_secrecy_and_urgency_stand_left_in_lines_1_2_and_3(self, word: str, line: int) -> None:
        found = first_page(letterhead(number=NUMBER, **ABOVE)).find(word)
        assert (TOP - found.top) // LINE == line
        assert found.left == pytest.approx(LEFT, abs=2)

    def test_secrecy_stands_in_line_2_even_without_a_copy_number(self) -> None:
        found = first_page(letterhead(secrecy="机密")).find("机密")
        assert (TOP - found.top) // LINE == 1

    def test_the_number_stands_two_empty_lines_below_the_mark_in_the_middle(self) -> None:
        sheet = first_page(letterhead(number=NUMBER))
        mark, number, end = sheet.find("督查室文件"), sheet.find("测督"), sheet.find("号")
        assert (mark.bottom - (number.top + (LINE - 16) / 2)) / LINE == pytest.approx(2, abs=0.1)
        assert (number.left + end.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=4)

    def test_the_red_rule_is_4_mm_below_the_number_and_as_wide_as_the_type_area(self) -> None:
        sheet = first_page(letterhead(number=NUMBER))
        (rule,) = sheet.rules
        assert mm(sheet.find("测督").bottom - rule.top) == near(4)
        assert (mm(rule.left), mm(rule.right)) == (near(28), near(184))
        assert rule.red

    def test_the_title_stands_two_empty_lines_below_the_rule(self) -> None:
        sheet = first_page(letterhead(number=NUMBER))
        title = sheet.find("关于某事")
        upper_edge = title.top + (34 - 22) / 2
        assert (sheet.rules[0].bottom - upper_edge) / LINE == pytest.approx(2, abs=0.1)

    def test_a_title_without_a_letterhead_stands_in_line_1(self) -> None:
        assert (TOP - first_page().find("关于某事").top) < LINE

    def test_a_long_name_is_smaller_but_stays_on_one_line_within_the_type_area(self) -> None:
        sheet = first_page(letterhead(mark=("测试区人民政府发展和改革委员会办公室督查科",)))
        (mark,) = [ink for ink in sheet.texts if ink.red]
        assert mark.left >= LEFT - 1
        assert mark.right <= RIGHT + 1
        assert mm(TOP - mark.top) == near(35)

    def test_a_page_too_narrow_for_the_mark_has_letters_of_one_point_not_of_less_than_none(self) -> None:
        narrow = replace(STYLES, page=replace(STYLES.page, width_mm=60))
        tree = document(section(letterhead(mark=("甲局", "乙局")), p("甲")))
        with zipfile.ZipFile(io.BytesIO(write_docx(tree, narrow).value)) as package:
            sizes = re.findall(r'<w:sz w:val="(-?\d+)"', package.read("word/document.xml").decode())
        assert set(sizes) == {"2"}

    def test_paper_that_is_printed_already_gets_neither_mark_nor_rule_but_their_room(self) -> None:
        head = letterhead(number=NUMBER, **ABOVE)
        bare = replace(STYLES, letterhead=replace(STYLES.letterhead, preprinted=True))
        tree = document(section(head, Title(lines=("关于某事的报告",))))
        drawn, left = sheets(tree)[0], sheets(tree, bare)[0]
        assert not left.rules
        assert "文件" not in left.all_text()
        for word in ("特急", "测督", "关于某事"):
            assert left.find(word).top == pytest.approx(drawn.find(word).top, abs=0.5)


class TestUpwardDocument:
    def test_number_and_signer_share_the_line_each_one_character_in(self) -> None:
        sheet = first_page(letterhead(number=NUMBER, signers=("甲某某",)))
        number, label, name = sheet.find("测督"), sheet.find("签发人"), sheet.find("甲某某")
        assert number.left - LEFT == pytest.approx(CHARACTER, abs=2)
        assert RIGHT - name.right == pytest.approx(CHARACTER, abs=2)
        assert number.top == pytest.approx(label.top, abs=0.5) == name.top
        assert name.left - label.right < CHARACTER  # the colon's own room

    def test_the_word_before_the_signer_is_the_tree_s_and_takes_its_own_room(self) -> None:
        sheet = first_page(letterhead(number=NUMBER, signers=("甲某某",), signer_lead="批准签发："))
        name = sheet.find("甲某某")
        assert "签发人" not in sheet.all_text()
        assert RIGHT - name.right == pytest.approx(CHARACTER, abs=2)
        assert name.left - sheet.find("批准签发").left == pytest.approx(5 * CHARACTER, abs=2)

    def test_several_signers_stand_two_to_a_line_and_the_last_line_has_the_number(self) -> None:
        sheet = first_page(letterhead(number=NUMBER, signers=("甲某某", "乙某", "丙某某")))
        first, second, third = sheet.find("甲某某"), sheet.find("乙某"), sheet.find("丙某某")
        assert first.top == pytest.approx(second.top, abs=0.5)
        assert first.right < second.left
        assert first.left == pytest.approx(third.left, abs=2)
        assert third.top == pytest.approx(sheet.find("测督").top, abs=0.5)
        assert mm(third.bottom - sheet.rules[0].top) == near(4)

    def test_a_number_too_long_for_the_signers_line_has_the_last_line_alone(self) -> None:
        long = "测试区政府督查室督办字〔2026〕128号"
        sheet = first_page(letterhead(number=long, signers=("甲某某", "乙某某")))
        assert sheet.find("测试区政府督查室督办").top < sheet.find("甲某某").bottom


class TestJointDocument:
    NAMES = ("测试区人民政府", "测试区发展和改革局", "财政局")

    def sheet(self) -> Sheet:
        return first_page(letterhead(mark=self.NAMES, number=NUMBER))

    def test_names_are_spread_to_one_width_one_below_the_other(self) -> None:
        red = [ink for ink in self.sheet().texts if ink.red and "文件" not in ink.text]
        rows: dict[float, list[Ink]] = {}
        for ink in red:
            rows.setdefault(round(ink.top), []).append(ink)
        assert len(rows) == 3
        for inks in rows.values():
            assert min(ink.left for ink in inks) == pytest.approx(min(ink.left for ink in red), abs=4)
            assert max(ink.right for ink in inks) == pytest.approx(max(ink.right for ink in red), abs=4)
        assert mm(TOP - max(ink.top for ink in red)) == near(35)

    def test_the_suffix_stands_right_of_them_at_their_middle_height(self) -> None:
        sheet = self.sheet()
        suffix = sheet.find("文件")
        names = [ink for ink in sheet.texts if ink.red and ink is not suffix]
        assert suffix.left > max(ink.right for ink in names)
        middle = (max(ink.top for ink in names) + min(ink.bottom for ink in names)) / 2
        assert (suffix.top + suffix.bottom) / 2 == pytest.approx(middle, abs=1)
        assert suffix.right <= RIGHT + 1


class TestBulletin:
    def test_number_publisher_date_and_rule_follow_the_mark(self) -> None:
        head = letterhead(
            LetterheadForm.BULLETIN, mark=("督查专报",), number="第5期", publisher="某督查室", date="2026年7月10日"
        )
        sheet = first_page(head)
        mark, publisher, day = sheet.find("督查专报"), sheet.find("某督查室"), sheet.find("日")
        assert mm(TOP - mark.top) == near(35)
        assert publisher.left - LEFT == pytest.approx(CHARACTER, abs=2)
        assert RIGHT - day.right == pytest.approx(CHARACTER, abs=4.5)  # 日 is narrower than its square
        assert mark.bottom > sheet.find("期").top > publisher.top == pytest.approx(day.top, abs=0.5)
        assert mm(publisher.bottom - sheet.rules[0].top) == near(4)


class TestLetter:
    @staticmethod
    @cache
    def pages() -> list[Sheet]:
        short = letter()
        longer = section(*short.sections[0].blocks[:-1], p(sentences(60)), short.sections[0].blocks[-1])
        return sheets(replace(short, sections=(longer,)))

    def test_the_mark_is_30_mm_below_the_sheets_upper_edge(self) -> None:
        mark = self.pages()[0].find("督查室")
        assert 297 - mm(mark.top) == near(30)
        assert mm(mark.left + mark.right) / 2 == near(105)

    def test_two_double_rules_of_170_mm_thick_above_thin_and_thin_above_thick(self) -> None:
        sheet = self.pages()[0]
        thick, thin, foot_thin, foot_thick = sheet.rules
        for rule in sheet.rules:
            assert rule.red
            assert (mm(rule.left), mm(rule.right)) == (near(20), near(190))
        for wide, narrow in ((thick, thin), (foot_thick, foot_thin)):
            assert wide.top - wide.bottom > 2 * (narrow.top - narrow.bottom)
        assert mm(sheet.find("督查室").bottom - thick.top) == near(4)
        assert mm(foot_thick.bottom) == near(20)
        assert mm(foot_thin.top) == near(20)

    def test_its_head_stands_seven_eighths_of_a_character_below_the_rule(self) -> None:
        sheet = self.pages()[0]
        copy, end = sheet.find("000001"), sheet.find("号")
        assert sheet.rules[1].bottom - copy.top == pytest.approx(14, abs=1)
        assert copy.top == pytest.approx(end.top, abs=0.5)
        assert copy.left == pytest.approx(LEFT, abs=2)
        assert RIGHT - end.right == pytest.approx(0, abs=2.5)
        assert [sheet.find(word).left < LEFT + 2 for word in ("机密", "特急")] == [True, True]

    def test_its_title_stands_two_empty_lines_below_the_last_line_of_its_head(self) -> None:
        sheet = self.pages()[0]
        head_end = sheet.find("特急").bottom - (LINE - 16) / 2
        assert (head_end - (sheet.find("关于甲").top + 6)) / LINE == pytest.approx(2, abs=0.1)

    def test_its_first_page_has_no_number_and_no_other_page_has_rules(self) -> None:
        first, *others = self.pages()
        assert not first.numbered()
        assert [(len(page.rules), page.numbered()) for page in others] == [(0, True)] * len(others)

    def test_its_imprint_has_only_the_copies(self) -> None:
        last = self.pages()[-1]
        assert "抄送" in last.all_text()
        assert "印发" not in last.all_text()


class TestMeasuresOfTheStyleSheet:
    """What stands apart by a value of the style sheet moves by as much as that value changes."""

    @staticmethod
    def both(tree: Document, part: str, **changed: float) -> tuple[Sheet, Sheet]:
        other = replace(STYLES, **{part: replace(getattr(STYLES, part), **changed)})
        return sheets(tree)[0], sheets(tree, other)[0]

    @pytest.mark.parametrize("form", [LetterheadForm.DOCUMENT, LetterheadForm.LETTER])
    def test_title_lines_are_the_empty_lines_above_the_title(self, form: LetterheadForm) -> None:
        tree = document(section(letterhead(form, number=NUMBER), Title(lines=("关于某事的报告",))))
        usual, other = self.both(tree, "letterhead", title_lines=3.5)
        assert usual.find("关于").top - other.find("关于").top == pytest.approx(1.5 * LINE, abs=0.5)
        assert usual.find("测督").top == pytest.approx(other.find("测督").top, abs=0.1)

    def test_suffix_gap_pt_lies_between_the_issuers_and_the_suffix(self) -> None:
        head = letterhead(mark=("甲区人民政府", "甲区财政局"), number=NUMBER)
        for sheet, wanted in zip(
            self.both(document(section(head)), "letterhead", suffix_gap_pt=50), (20, 50), strict=True
        ):
            suffix = sheet.find("文件")
            names = [ink for ink in sheet.texts if ink.red and ink is not suffix]
            assert suffix.left - max(ink.right for ink in names) == pytest.approx(wanted, abs=4)

    def test_gap_pt_lies_between_the_two_lines_of_a_double_rule(self) -> None:
        for sheet, wanted in zip(self.both(letter(), "letter", gap_pt=4), (1.5, 4), strict=True):
            upper, lower, foot_upper, foot_lower = sheet.rules
            assert upper.bottom - lower.top == pytest.approx(wanted, abs=0.2)
            assert foot_upper.bottom - foot_lower.top == pytest.approx(wanted, abs=0.2)

    def test_head_below_pt_lies_between_the_double_rule_and_the_letters_below(self) -> None:
        for sheet, wanted in zip(self.both(letter(), "letter", head_below_pt=40), (14, 40), strict=True):
            assert sheet.rules[1].bottom - sheet.find("000001").top == pytest.approx(wanted, abs=1)

    def test_between_mm_and_in_a_row_place_the_seals(self) -> None:
        names = tuple(f"第{word}局" for word in "一二三四五")
        tree = document(section(p("甲"), Signature(issuers=names, date="2026年7月10日", sealed=True)))
        usual, wide = self.both(tree, "seal", between_mm=4)
        _, pairs = self.both(tree, "seal", in_a_row=2)
        rows = [[round(sheet.find(name).top) for name in names] for sheet in (usual, wide, pairs)]
        assert [[row.count(y) for y in dict.fromkeys(row)] for row in rows] == [[3, 2], [3, 2], [2, 2, 1]]
        for sheet, wanted in ((usual, 42 + 2), (wide, 42 + 4)):
            first, second, below = (sheet.find(name) for name in (names[0], names[1], names[3]))
            assert mm(second.left - first.left) == pytest.approx(wanted, abs=0.5)
            assert mm(first.top - below.top) == pytest.approx(wanted, abs=0.5)


def signed(*issuers: str, sealed: bool, date: str = "2026年7月10日") -> Sheet:
    return sheets(document(section(p("甲"), Signature(issuers=issuers, date=date, sealed=sealed))))[0]


def middle(inks: Sequence[Ink]) -> float:
    return (min(ink.left for ink in inks) + max(ink.right for ink in inks)) / 2


def date_of(sheet: Sheet) -> list[Ink]:
    line = sheet.find("年").top
    return [ink for ink in sheet.texts if abs(ink.top - line) < 1]


class TestSignature:
    @pytest.mark.parametrize("issuer", ["某某区人民政府督查室", "局", "某某区发展和改革委员会督查工作领导小组"])
    def test_a_sealed_issuer_is_centred_on_the_date_one_line_above_it(self, issuer: str) -> None:
        sheet = signed(issuer, sealed=True)
        name, date = sheet.find(issuer), date_of(sheet)
        assert middle([name]) == pytest.approx(middle(date), abs=0.5 * CHARACTER)
        assert name.top - date[0].top == pytest.approx(LINE, abs=0.5)
        assert name.right <= RIGHT + 1

    def test_a_sealed_date_ends_four_characters_from_the_edge(self) -> None:
        sheet = signed("某某区人民政府督查室", sealed=True)
        assert (RIGHT - max(ink.right for ink in date_of(sheet))) / CHARACTER == pytest.approx(4, abs=0.3)

    def test_two_empty_lines_leave_the_seal_its_room(self) -> None:
        sheet = signed("某某区人民政府督查室", sealed=True)
        assert (sheet.find("甲").top - sheet.find("某某区").top) / LINE == pytest.approx(3, abs=0.05)

    def test_seals_of_a_joint_document_neither_touch_nor_leave_the_type_area(self) -> None:
        names = tuple(f"区第{word}工作局" for word in "一二三四五")
        sheet = signed(*names, sealed=True)
        places = [(middle([ink]), (ink.top + ink.bottom) / 2) for ink in map(sheet.find, names)]
        diameter = STYLES.seal.diameter_mm * MM
        for number, (x, y) in enumerate(places):
            assert x - diameter / 2 >= LEFT - 1
            assert x + diameter / 2 <= RIGHT + 1
            for other_x, other_y in places[:number]:
                assert max(abs(x - other_x), abs(y - other_y)) > diameter
        assert max(sum(abs(y - other) < 1 for _, other in places) for _, y in places) == 3
        assert places[-1][0] == pytest.approx(middle(date_of(sheet)), abs=0.5 * CHARACTER)

    def test_without_seals_issuers_stand_one_below_the_other_and_the_date_follows_the_last(self) -> None:
        sheet = signed("某某区人民政府", "某某区发展和改革委员会", sealed=False)
        first, second, date = sheet.find("区人民政府"), sheet.find("委员会"), date_of(sheet)
        assert first.right == pytest.approx(second.right, abs=2)
        assert RIGHT - second.right == pytest.approx(2 * CHARACTER, abs=2.5)
        assert min(ink.left for ink in date) - second.left == pytest.approx(2 * CHARACTER, abs=2.5)
        assert first.top - second.top == pytest.approx(LINE, abs=0.5)


def with_imprint(text: int, *, page: ImprintPage = ImprintPage.EVEN) -> list[Sheet]:
    """Pages of so many sentences and an imprint."""
    style = replace(STYLES, imprint=replace(STYLES.imprint, page=page))
    return sheets(document(section(p(sentences(text)), imprint())), style)


class TestImprint:
    # A page holds 52 sentences.
    @pytest.mark.parametrize(
        ("text", "numbered"),
        [
            pytest.param(20, [True, False], id="text ends on page 1"),
            pytest.param(51, [True, False], id="page 1 is full"),
            pytest.param(75, [True, True], id="text ends on page 2 with room"),
            pytest.param(100, [True, True, False, False], id="page 2 is full"),
        ],
    )
    def test_it_closes_an_even_page_which_has_no_number_if_it_has_no_text(
        self, text: int, numbered: list[bool]
    ) -> None:
        pages = with_imprint(text)
        assert [page.numbered() for page in pages] == numbered
        assert "抄送" in pages[-1].all_text()
        assert all("抄送" not in page.all_text() for page in pages[:-1])

    @pytest.mark.parametrize(("text", "pages"), [(20, 1), (51, 2), (75, 2), (100, 3)])
    def test_it_closes_the_last_page_where_the_style_says_so(self, text: int, pages: int) -> None:
        found = with_imprint(text, page=ImprintPage.LAST)
        assert len(found) == pages
        assert "抄送" in found[-1].all_text()

    @pytest.mark.parametrize("text", [20, 75])
    def test_its_last_rule_is_the_lower_edge_of_the_type_area(self, text: int) -> None:
        *_, last = with_imprint(text)
        first, inner, end = last.rules
        assert mm(end.bottom) == near(35)
        for rule in last.rules:
            assert (mm(rule.left), mm(rule.right)) == (near(28), near(184))
        widths = [rule.top - rule.bottom for rule in (first, inner, end)]
        assert widths == pytest.approx([1, 0.75, 1], abs=0.05)

    def test_copies_are_one_character_in_and_wrap_under_the_first_letter_behind_the_colon(self) -> None:
        *_, last = with_imprint(75)
        lines = sorted({round(ink.top) for ink in last.texts if ink.bottom > last.rules[1].top > ink.top - 60})
        copies = last.find("抄送")
        wrapped = [ink for ink in last.texts if last.rules[1].top < ink.bottom < copies.bottom - 5]
        assert copies.left - LEFT == pytest.approx(14, abs=1.5)
        assert wrapped, lines
        assert min(ink.left for ink in wrapped) - copies.left == pytest.approx(text_width("抄送：") * 14, abs=1.5)

    def test_printer_and_printing_date_share_a_line_each_one_character_in(self) -> None:
        *_, last = with_imprint(75)
        printer, printed = last.find("督查室"), last.find("印发")
        assert printer.left - LEFT == pytest.approx(14, abs=1.5)
        assert RIGHT - printed.right == pytest.approx(14, abs=1.5)
        assert printer.top == pytest.approx(printed.top, abs=0.5)

    @pytest.mark.parametrize(("turned", "numbered"), [(1, [True, False]), (2, [True, True, False, False])])
    def test_after_turned_pages_it_has_an_upright_even_page(self, turned: int, numbered: list[bool]) -> None:
        grid = table((0.1, 0.9), [row("序号", "内容")], [row("1", "一")])
        parts = [section(grid, turned=True)] * turned
        pages = sheets(document(*parts, section(imprint())))
        upright = [page for page in pages if page.all_text() and "抄送" in page.all_text()]
        assert upright == [pages[-1]]
        assert len(pages) == len(numbered)
        assert "—" not in pages[-1].all_text()
        assert mm(pages[-1].rules[-1].bottom) == near(35)

    def test_an_imprint_of_copies_alone_has_its_two_outer_rules(self) -> None:
        (page, last) = sheets(document(section(p("甲"), Imprint(copies_to="抄送：甲局。"))))
        assert not page.rules
        assert [rule.top - rule.bottom for rule in last.rules] == pytest.approx([1, 1], abs=0.05)
