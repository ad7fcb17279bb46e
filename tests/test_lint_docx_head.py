"""Planted faults of letterhead, letter and imprint (版头、信函、版记中有意放进的错误) in Word files that are clean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from reportgen.document import Addressee as To
from reportgen.document import Document, Letterhead, Title
from reportgen.review.format_docx import check_docx
from reportgen.rules import Rule
from reportgen.styles import TextRole
from reportgen.writers.docx import write_docx
from tests.builders import (
    bulletin,
    document,
    h,
    imprint,
    letter,
    letterhead,
    p,
    row,
    section,
    sentences,
    styles,
    table,
)
from tests.test_lint_docx import Edit, edited, found, own, paragraph, swap

STYLES = styles()


def headed(**more: Any) -> Document:
    """A 文件 with everything that its head may have, and an imprint."""
    head: Letterhead = letterhead(
        copy_number="000001", secrecy="机密★1年", urgency="特急", number="测督〔2026〕5号", **more
    )
    body = (Title(lines=("关于甲的报告",)), To(text="区政府："), p(sentences(9)), h(3, "1.", "停车。", "已建成410个。"))
    return document(section(head, *body, imprint()))


@cache
def made(name: str) -> bytes:
    trees: dict[str, Callable[[], Document]] = {
        "文件": headed,
        "上行": lambda: headed(signers=("甲某某",)),
        "联合": lambda: headed(mark=("测试区人民政府", "测试区发展和改革局"), suffix="文件"),
        "简报": bulletin,
        "信函": letter,
    }
    return write_docx(trees[name](), STYLES).value


def in_table(edit: Edit) -> Edit:
    """Changes the imprint, which is the last table."""

    def whole(text: str) -> str:
        begin = text.rindex("<w:tbl>")
        return text[:begin] + edit(text[begin:])

    return whole


def both(*edits: Edit) -> Edit:
    def whole(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return whole


BEFORE = r'w:before="\d+"'

FAULTS: tuple[tuple[str, str, str, Edit, set[Rule]], ...] = (
    # 文件
    ("文件", "标志低25毫米", "document", paragraph("督查室文件", BEFORE, 'w:before="1601"'), {Rule.MARK_TOP}),
    ("文件", "字号在标志下五行", "document", paragraph("〔2026〕", BEFORE, 'w:before="2806"'), {Rule.NUMBER_PLACE}),
    ("文件", "字号居右", "document", own("〔2026〕", '<w:jc w:val="right"/>'), {Rule.NUMBER_PLACE}),
    ("文件", "红线12毫米", "document", swap('w:space="7"', 'w:space="30"'), {Rule.RULE}),
    ("文件", "标题在红线下六行", "document", own("甲的报告", '<w:spacing w:before="2316"/>'), {Rule.SPACE}),
    ("文件", "份号居右", "document", own("000001", '<w:jc w:val="right"/>'), {Rule.ALIGN}),
    ("文件", "份号空四字", "document", own("000001", '<w:ind w:firstLine="1263"/>'), {Rule.ALIGN}),
    ("文件", "密级居中", "document", own("机密★1年", '<w:jc w:val="center"/>'), {Rule.ALIGN}),
    ("文件", "份号3位", "document", swap("000001", "001"), {Rule.COPY_NUMBER_FORM}),
    (
        "上行",
        "字号左空三字",
        "document",
        paragraph("〔2026〕", 'firstLine="316"', 'firstLine="948"'),
        {Rule.NUMBER_PLACE},
    ),
    ("联合", "联合标志低25毫米", "document", paragraph(">测试区人民政", BEFORE, 'w:before="1601"'), {Rule.MARK_TOP}),
    # 简报
    (
        "简报",
        "编发单位空四字",
        "document",
        paragraph("督查室", 'firstLine="316"', 'firstLine="1264"'),
        {Rule.NUMBER_PLACE},
    ),
    ("简报", "编发日期顶右", "document", swap('w:pos="8528"', 'w:pos="8844"'), {Rule.NUMBER_PLACE}),
    ("简报", "期号编虚位", "document", swap("第(\\d)期", r"第0\1期"), {Rule.NUMBER_FORM}),
    # 信函
    ("信函", "标志距页边60毫米", "document", swap(r'w:y="\d+"', 'w:y="2834"'), {Rule.MARK_TOP, Rule.LETTER_RULES}),
    ("信函", "下线距页边40毫米", "headerLetter", swap("margin-top:7[0-9.]+", "margin-top:700", 1), {Rule.LETTER_RULES}),
    ("信函", "上线短10毫米", "headerLetter", swap("width:481.89pt", "width:453.54pt"), {Rule.LETTER_RULES}),
    ("信函", "上线是单线", "headerLetter", swap(r"<w:pict>.*?</w:pict>", ""), {Rule.LETTER_RULES}),
    (
        "信函",
        "上线粗细颠倒",
        "headerLetter",
        both(swap("height:2.25pt", "height:0.5pt"), swap("height:0.75pt", "height:2.25pt")),
        {Rule.LETTER_RULES},
    ),
    (
        "信函",
        "字号居左",
        "document",
        swap(r'<w:tab w:val="right"[^>]*/>', '<w:tab w:val="left" w:pos="2000"/>'),
        {Rule.NUMBER_PLACE},
    ),
    # 版记
    (
        "文件",
        "版记五号",
        "document",
        in_table(paragraph("抄送", r"(<w:rFonts [^>]*/>)", r'\1<w:sz w:val="21"/>')),
        {Rule.SIZE, Rule.HANGING},
    ),
    ("文件", "版记黑体", "document", in_table(swap('eastAsia="仿宋_GB2312"', 'eastAsia="黑体"')), {Rule.FACE}),
    ("文件", "版记左空四字", "document", in_table(swap('firstLine="280"', 'firstLine="1120"')), {Rule.INDENT}),
    ("文件", "印发日期顶右", "document", in_table(swap('w:pos="8564"', 'w:pos="8844"')), {Rule.INDENT}),
    ("文件", "版记首条线细", "document", in_table(swap('w:sz="8"', 'w:sz="4"')), {Rule.IMPRINT_THICKNESS}),
    ("文件", "版记中间线粗", "document", in_table(swap('w:sz="6"', 'w:sz="12"')), {Rule.IMPRINT_THICKNESS}),
    (
        "文件",
        "版记没有首条线",
        "document",
        in_table(swap('<w:top w:val="single"', '<w:top w:val="nil"')),
        {Rule.IMPRINT_RULES},
    ),
    (
        "文件",
        "版记线短",
        "document",
        in_table(swap('<w:gridCol w:w="8844"/>', '<w:gridCol w:w="7000"/>')),
        {Rule.IMPRINT_RULES},
    ),
    (
        "文件",
        "版记左移",
        "document",
        in_table(swap('w:tblpX="1587"', 'w:tblpX="1400"')),
        {Rule.IMPRINT_RULES, Rule.INDENT},
    ),
    (
        "文件",
        "版记在页面底端",
        "document",
        in_table(swap('vertAnchor="margin"', 'vertAnchor="page"')),
        {Rule.IMPRINT_PLACE},
    ),
    ("文件", "版记居中", "document", in_table(swap('tblpYSpec="bottom"', 'tblpYSpec="center"')), {Rule.IMPRINT_PLACE}),
)


@pytest.mark.parametrize("name", ["文件", "上行", "联合", "简报", "信函"])
def test_a_head_and_an_imprint_of_ours_have_no_finding_and_are_measured(name: str) -> None:
    examiner = check_docx(made(name), STYLES)
    assert [str(each) for each in examiner.findings] == []
    measured = {measure.rule for measure in examiner.measures}
    wanted = {Rule.MARK_TOP, Rule.SPACE, Rule.INDENT, Rule.IMPRINT_THICKNESS, Rule.NUMBER_PLACE, Rule.RULE}
    if name == "信函":
        wanted = {Rule.MARK_TOP, Rule.SPACE, Rule.INDENT, Rule.LETTER_RULES}
    assert wanted <= measured


@pytest.mark.parametrize(
    ("name", "part", "edit", "rules"),
    [(fault[0], *fault[2:]) for fault in FAULTS],
    ids=[f"{fault[0]}：{fault[1]}" for fault in FAULTS],
)
def test_a_fault_of_head_or_imprint_is_found_by_its_rule_and_by_no_other(
    name: str, part: str, edit: Edit, rules: set[Rule]
) -> None:
    assert found(check_docx(edited(made(name), **{part: edit}), STYLES)) == rules


def test_a_shape_drawn_by_word_of_today_is_measured_like_one_of_old() -> None:
    """The upper double rule as one line of two strokes, which the old shapes of a letter cannot be."""

    def drawn(text: str) -> str:
        first, second = re.findall(r"<w:pict>.*?</w:pict>", text)[:2]
        return text.replace(first, ANCHOR).replace(second, "")

    assert found(check_docx(edited(made("信函"), headerLetter=drawn), STYLES)) == set()
    short = edited(made("信函"), headerLetter=lambda text: drawn(text).replace('cx="6120000"', 'cx="5400000"'))
    assert found(check_docx(short, STYLES)) == {Rule.LETTER_RULES}
    turned = edited(made("信函"), headerLetter=lambda text: drawn(text).replace("thickThin", "thinThick"))
    assert found(check_docx(turned, STYLES)) == {Rule.LETTER_RULES}


# 4.5 points from 144.38 points on, 170 mm wide, 20 mm from the left.
ANCHOR = (
    '<w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<wp:positionH relativeFrom="page"><wp:posOffset>720000</wp:posOffset></wp:positionH>'
    '<wp:positionV relativeFrom="page"><wp:posOffset>1862201</wp:posOffset></wp:positionV>'
    '<wp:extent cx="6120000" cy="0"/><a:graphic><a:prstGeom prst="line"/>'
    '<a:ln w="57150" cmpd="thickThin"><a:solidFill><a:srgbClr val="FF0000"/></a:solidFill></a:ln></a:graphic>'
    "</wp:anchor></w:drawing>"
)


class TestFirstPage:
    """首页不同: the first page has a footer of its own, or none."""

    def test_a_first_page_without_a_number_is_found(self) -> None:
        blob = edited(made("文件"), document=swap(r"(<w:cols [^>]*/>)", r"\1<w:titlePg/>"))
        (finding,) = check_docx(blob, STYLES).findings
        assert (finding.rule, finding.what, finding.found) == (Rule.NUMBER_MISSING, "首页页码", "没有")

    def test_a_first_page_with_the_number_of_an_odd_page_is_right_and_one_of_an_even_page_is_not(self) -> None:
        for footer, rules in (("footerOdd", set()), ("footerEven", {Rule.NUMBER_SIDE})):
            reference = f'<w:footerReference w:type="first" r:id="{footer}"/>'
            edit = both(swap(r"(<w:cols [^>]*/>)", r"\1<w:titlePg/>"), swap("(<w:footerReference )", rf"{reference}\1"))
            assert found(check_docx(edited(made("文件"), document=edit), STYLES)) == rules

    def test_the_first_page_of_a_letter_has_none(self) -> None:
        assert found(check_docx(made("信函"), STYLES)) == set()
        # Without rules and mark above the type area it is no letter.
        edit = swap("<w:framePr [^>]*/>", "")
        plain = edited(made("信函"), document=edit, headerLetter=swap("<w:pict>.*</w:pict>", ""))
        assert Rule.NUMBER_MISSING in found(check_docx(plain, STYLES))


def test_text_behind_the_imprint_is_found() -> None:
    more = '<w:p><w:pPr><w:pStyle w:val="Normal"/></w:pPr><w:r><w:t>又及</w:t></w:r></w:p>'
    blob = edited(made("文件"), document=in_table(swap("</w:tbl>", rf"</w:tbl>{more}")))
    told = [(each.rule, each.found) for each in check_docx(blob, STYLES).findings]
    assert (Rule.IMPRINT_PLACE, "其后还有内容") in told


def test_a_table_of_tasks_that_ends_in_printed_on_a_day_is_a_table() -> None:
    """A row 方案已于7月10日印发 makes no imprint of a long table."""
    rows = [row(str(number), "方案已于7月10日印发") for number in range(1, 8)]
    tree = document(section(p("见下表。"), table((0.1, 0.9), [row("序号", "进展")], rows)))
    assert found(check_docx(edited(write_docx(tree, STYLES).value, document=swap("<w:tblHeader/>", "")), STYLES)) == {
        Rule.TABLE_HEAD
    }


def test_a_heading_that_runs_on_has_the_pitch_of_the_body_it_stands_in() -> None:
    """README's example: the body's pitch is changed, the headings' are not."""
    body = replace(STYLES.text[TextRole.BODY], pitch_pt=28.0)
    sheet = replace(STYLES, text={**STYLES.text, TextRole.BODY: body})
    tree = document(section(p(sentences(9)), h(1, "一、", "情况"), h(3, "1.", "停车。", "已建成410个。")))
    blob = write_docx(tree, sheet).value
    assert check_docx(blob, sheet).findings == []
    assert found(check_docx(blob, STYLES)) >= {Rule.PITCH}
    off = edited(blob, document=own("停车", '<w:spacing w:line="579" w:lineRule="exact"/>'))
    assert [(each.rule, each.what) for each in check_docx(off, sheet).findings] == [(Rule.PARAGRAPH_PITCH, "正文行距")]


@pytest.mark.parametrize("tree", [headed(), bulletin(), letter()], ids=["文件", "简报", "信函"])
@pytest.mark.parametrize(
    "changes",
    [{"preprinted": True}, {"mark_top_mm": 45.0, "rule_below_mm": 6.0, "title_lines": 3.0}],
    ids=["套印", "另定的位置"],
)
def test_a_head_by_another_style_or_on_printed_paper_has_no_finding_by_that_style(
    tree: Document, changes: dict[str, Any]
) -> None:
    sheet = replace(STYLES, letterhead=replace(STYLES.letterhead, **changes))
    assert [str(each) for each in check_docx(write_docx(tree, sheet).value, sheet).findings] == []
