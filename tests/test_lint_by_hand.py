"""Files made without our writers are judged sensibly (手工文件的格式检查), hostile ones without a traceback."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from functools import cache

import pytest

from reportgen.review.findings import Examiner
from reportgen.review.format_docx import check_docx
from reportgen.rules import Rule
from tests.builders import styles
from tests.test_lint_docx import Edit, clean, edited, found, paragraph, swap
from tests.word_by_hand import by_a_clerk, rightly

STYLES = styles()

# What an office would say of the clerk's file: rule, what, what it is.
CLERK = """\
page.top 上边距 25.4毫米
page.right 右边距 31.8毫米
page.bottom 下边距 25.4毫米
page.left 左边距 31.8毫米
grid.characters 每行字数 25字
page-number.side 页码位置 单双页都居中
page-number.place 页码在版心下边缘之下 10.2毫米
page-number.form 页码 「1」
text.latin-face 页码西文字体 Cambria
text.size 页码字号 11磅
text.face 标题中文字体 宋体
text.bold 标题字形 加粗
text.face 主送机关中文字体 宋体
text.face 正文中文字体 宋体
text.marks 正文中引号、破折号等的字体 Times New Roman
docx.theme-font 一级标题中文字体 主题字体 majorEastAsia（宋体）
text.face 一级标题中文字体 宋体
text.size 一级标题字号 14磅
text.bold 一级标题字形 加粗
text.color 一级标题颜色 #365F91
text.face 四级标题中文字体 宋体
text.marks 四级标题中引号、破折号等的字体 Times New Roman
text.face 署名中文字体 宋体
text.face 成文日期中文字体 宋体
docx.empty-paragraph 空段落 连续1个
paragraph.pitch 标题行距 1.15倍行距
grid.pitch 主送机关行距 1.15倍行距
paragraph.space 主送机关与标题之间的空行 1.7行
docx.spaces 正文的缩进或对齐 开头的空格
grid.pitch 正文行距 1.15倍行距
paragraph.space 正文与主送机关之间的空行 0.3行
docx.widow-control 孤行控制 开
grid.pitch 一级标题行距 1.15倍行距
paragraph.space 一级标题与正文之间的空行 1.2行
paragraph.indent 一级标题首行缩进 0字
docx.spaces 四级标题的缩进或对齐 开头的空格
grid.pitch 四级标题行距 1.15倍行距
paragraph.space 四级标题与正文之间的空行 0.3行
grid.pitch 署名行距 1.15倍行距
grid.pitch 成文日期行距 1.15倍行距
paragraph.space 成文日期与署名之间的空行 0.3行
heading.mark 四级标题序号 「（1）、」
signature.date-form 成文日期 「2026年07月10日」
signature.place 署名和成文日期右空 0字
table.width 表格伸出版心 1.9毫米
table.head 表头 没有设为重复标题行
table.rules 表格外框线 0.5磅
text.face 表头中文字体 宋体
text.size 表头字号 11磅
paragraph.pitch 表头行距 单倍行距
paragraph.align 表头对齐方式 没有居中
text.size 表格文字字号 11磅
paragraph.pitch 表格文字行距 单倍行距
text.face 表格文字中文字体 宋体
"""


@cache
def right() -> bytes:
    return rightly()


def told(examiner: Examiner) -> list[str]:
    """Each finding in a line, lengths to a tenth: how exactly they are told is not what these tests are about."""
    lines = (f"{each.rule.value} {each.what} {each.found}" for each in examiner.findings)
    return [re.sub(r"\d+\.\d+(?=毫米|行$)", lambda match: f"{float(match[0]):.1f}", line) for line in lines]


def test_the_clerks_file_gets_exactly_the_sensible_findings() -> None:
    assert told(check_docx(by_a_clerk(), STYLES)) == CLERK.splitlines()


def test_a_file_rightly_made_by_hand_has_no_findings() -> None:
    examiner = check_docx(right(), STYLES)
    assert told(examiner) == []
    measured = {measure.rule for measure in examiner.measures}
    assert {Rule.LINES, Rule.CHARACTERS, Rule.SIGNATURE, Rule.NUMBER_PLACE, Rule.RULE, Rule.NUMBER_INSET} <= measured


IMPRINT_FAULTS: tuple[tuple[str, Edit, set[Rule]], ...] = (
    ("没有错", lambda text: text, set()),
    ("版记小五号", paragraph("乙局", 'w:sz w:val="28"', 'w:sz w:val="18"'), {Rule.SIZE}),
    ("版记左空三字", paragraph("乙局", 'w:left="172"', 'w:left="732"'), {Rule.INDENT}),
    (
        "版记首条线细",
        swap('w:sz="8"/><w:bottom w:val="single" w:sz="6"', 'w:sz="4"/><w:bottom w:val="single" w:sz="6"'),
        {Rule.IMPRINT_THICKNESS},
    ),
    ("版记左移", swap('(.*)<w:tblInd w:w="108"', r'\1<w:tblInd w:w="-108"'), {Rule.IMPRINT_RULES, Rule.INDENT}),
)


@pytest.mark.parametrize(
    ("edit", "rules"), [each[1:] for each in IMPRINT_FAULTS], ids=[each[0] for each in IMPRINT_FAULTS]
)
def test_an_imprint_made_by_hand_is_measured(edit: Edit, rules: set[Rule]) -> None:
    assert found(check_docx(edited(rightly(imprint=True), document=edit), STYLES)) == rules


def numbered_instead(heading: str) -> Edit:
    """A heading whose typed ordinal gives way to an automatic one."""
    name = heading[-4:]

    def edit(text: str) -> str:
        own = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="90"/></w:numPr>'
        return paragraph(f">{name}<", r"(<w:widowControl)", rf"{own}\1")(swap(heading, name)(text))

    return edit


numbered = numbered_instead("一、总体情况")


HEI = '<w:rPr><w:rFonts w:hint="eastAsia" w:eastAsia="黑体"/><w:sz w:val="32"/></w:rPr>'


def with_list(form: str, text: str, letters: str = HEI) -> Edit:
    level = f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{letters}'
    abstract = f'<w:abstractNum w:abstractNumId="90"><w:lvl w:ilvl="0">{level}</w:lvl></w:abstractNum>'
    listed = '<w:num w:numId="90"><w:abstractNumId w:val="90"/></w:num>'
    return swap(r"(<w:numbering [^>]*>)(.*)(</w:numbering>)", rf"\1{abstract}\2{listed}\3")


# A fault planted in the file that was rightly made by hand: name, edit, what finds it.
FAULTS: tuple[tuple[str, Edit, set[Rule]], ...] = (
    ("份号3位", swap("000012", "012"), {Rule.COPY_NUMBER_FORM}),
    ("发文字号用方括号", swap("〔2026〕", "[2026]"), {Rule.NUMBER_FORM}),
    ("发文字号编虚位", swap("〕7号", "〕007号"), {Rule.NUMBER_FORM}),
    ("发文字号加第", swap("〕7号", "〕第7号"), {Rule.NUMBER_FORM}),
    ("发文字号没有空一字", swap("\u3000某政督", "某政督"), {Rule.NUMBER_PLACE}),
    ("发文机关标志黑色", paragraph("区人民政府文件", "FF0000", "000000"), {Rule.COLOR}),
    ("发文机关标志仿宋", paragraph("区人民政府文件", "方正小标宋简体", "仿宋_GB2312"), {Rule.FACE}),
    ("分隔线黑色", swap('w:space="8" w:color="FF0000"', 'w:space="8" w:color="auto"'), {Rule.RULE}),
    ("发文机关标志深红色", paragraph("区人民政府文件", "FF0000", "C00000"), set()),
    ("发文机关标志低20毫米", paragraph("区人民政府文件", 'w:before="164"', 'w:before="1298"'), {Rule.MARK_TOP}),
    ("发文字号在标志下五行", paragraph("某政督", 'w:before="1158"', 'w:before="2895"'), {Rule.NUMBER_PLACE}),
    ("标题在红线下六行", paragraph("情况的报告", 'w:before="1158"', 'w:before="3474"'), {Rule.SPACE}),
    ("份号居右", paragraph("000012", 'w:val="left"', 'w:val="right"'), {Rule.ALIGN}),
    ("红线12毫米", swap('w:space="8"', 'w:space="30"'), {Rule.RULE}),
    ("密级宋体", paragraph("机密", "黑体", "宋体"), {Rule.FACE}),
    ("签发人姓名仿宋", paragraph("李某", "楷体_GB2312", "仿宋_GB2312"), {Rule.FACE}),
    ("附注半角括号", swap("（此件公开发布）", "(此件公开发布)"), {Rule.NOTE_FORM}),
    ("附件名称加书名号", swap("1.任务清单", "1.《任务清单》"), {Rule.ANNEX_LIST_FORM}),
    ("附件说明用顿号", swap("1.任务清单", "1、任务清单"), {Rule.ANNEX_LIST_FORM}),
    ("附件序号汉字", swap(">附件2<", ">附件二<"), {Rule.ANNEX_LABEL_FORM}),
    ("附件不另面", paragraph(">附件2<", "<w:pageBreakBefore[^>]*/>", ""), {Rule.ANNEX_LABEL}),
    ("内框线1.5磅", swap("(</w:tblBorders>)", r'<w:insideH w:val="single" w:sz="12"/>\1'), {Rule.TABLE_RULES}),
    ("表格伸出右边", swap('<w:tblInd w:w="108"', '<w:tblInd w:w="400"'), {Rule.TABLE_WIDTH}),
    ("表格伸出左边", swap('<w:tblInd w:w="108"', '<w:tblInd w:w="0"'), {Rule.TABLE_WIDTH}),
    ("落款偏左", paragraph(">2026年7月10日", 'w:rightChars="250"', 'w:rightChars="600"'), {Rule.SIGNATURE}),
)


@pytest.mark.parametrize(("edit", "rules"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_in_a_file_made_by_hand_is_found(edit: Edit, rules: set[Rule]) -> None:
    assert found(check_docx(edited(right(), document=edit), STYLES)) == rules


class TestAutomaticNumbers:
    @pytest.mark.parametrize("form", ["chineseCounting", "chineseCountingThousand", "japaneseCounting"])
    def test_an_automatic_number_makes_a_heading(self, form: str) -> None:
        blob = edited(right(), document=numbered, numbering=with_list(form, "%1、"))
        assert told(check_docx(blob, STYLES)) == []

    def test_an_automatic_number_has_the_letters_of_its_paragraph_mark(self) -> None:
        blob = edited(right(), document=numbered, numbering=with_list("chineseCounting", "%1、", letters=""))
        assert [line for line in told(check_docx(blob, STYLES)) if "一级标题" in line] == [
            "docx.theme-font 一级标题中文字体 主题字体 minorEastAsia（宋体）",
            "text.face 一级标题中文字体 宋体",
            "text.size 一级标题字号 11磅",
        ]

    def test_a_wrong_automatic_number_is_found(self) -> None:
        numbering = with_list("chineseCounting", "(%1)", letters=HEI.replace("黑体", "楷体_GB2312"))
        document = numbered_instead("（一）主要进展")
        assert told(check_docx(edited(right(), document=document, numbering=numbering), STYLES)) == [
            "heading.mark 二级标题序号 「(一)」"
        ]


class TestInheritance:
    def test_two_styles_that_make_bold_make_it_light_again(self) -> None:
        styles_xml = swap('(w:styleId="Normal">.*?)<w:b w:val="0"/>', r"\1<w:b/>")
        run = swap('(w:styleId="Heading3Run">.*?)<w:b w:val="0"/>', r"\1<w:b/>")
        once = check_docx(edited(clean(), styles=styles_xml), STYLES)
        both = check_docx(edited(clean(), styles=lambda text: run(styles_xml(text))), STYLES)
        assert "三级标题字形" in {each.what for each in once.findings}
        assert "三级标题字形" not in {each.what for each in both.findings}
        assert "正文字形" in {each.what for each in both.findings}

    def test_what_a_style_is_based_on_is_inherited(self) -> None:
        derived = (
            '<w:style w:type="paragraph" w:styleId="D"><w:name w:val="D"/><w:basedOn w:val="AnnexLabel"/></w:style>'
        )
        renamed = swap('<w:pStyle w:val="AnnexLabel"/>', '<w:pStyle w:val="D"/>')
        added = swap("(</w:styles>)", rf"{derived}\1")
        assert told(check_docx(edited(clean(), document=renamed, styles=added), STYLES)) == []
        # Without the style the paragraph falls back to the default one, which is set two characters in.
        assert found(check_docx(edited(clean(), document=renamed), STYLES)) != set()

    def test_a_theme_face_is_looked_up_by_its_script(self) -> None:
        theme = (
            '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
            '<a:minorFont><a:latin typeface="Calibri"/><a:ea typeface=""/><a:font script="Hans" typeface="等线"/>'
            "</a:minorFont></a:fontScheme></a:themeElements></a:theme>"
        )
        blob = edited(right(), document=paragraph("十四五", "w:eastAsia=", "w:eastAsiaTheme="))
        blob = edited(blob, document=swap('w:eastAsiaTheme="[^"]*"', 'w:eastAsiaTheme="minorEastAsia"'))
        blob = edited(blob, **{"theme/theme1": lambda _: theme})
        found_faces = {(each.rule, each.found) for each in check_docx(blob, STYLES).findings}
        assert found_faces == {(Rule.THEME_FACE, "主题字体 minorEastAsia（等线）"), (Rule.FACE, "等线")}

    def test_text_that_was_deleted_is_not_read_and_text_that_was_inserted_is(self) -> None:
        run = '<w:r><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr><w:{0}>改</w:{0}></w:r>'
        deleted = paragraph("十四五", "</w:pPr>", f'</w:pPr><w:del w:id="1">{run.format("delText")}</w:del>')
        inserted = paragraph("十四五", "</w:pPr>", f'</w:pPr><w:ins w:id="1">{run.format("t")}</w:ins>')
        assert told(check_docx(edited(right(), document=deleted), STYLES)) == []
        assert Rule.FACE in found(check_docx(edited(right(), document=inserted), STYLES))


def footer(inner: str, properties: str = "") -> Edit:
    """Another footer paragraph in the place of the one that is there."""
    return swap("<w:p[ >].*</w:p>", f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>")


LETTERS = (
    '<w:rPr><w:rFonts w:hint="eastAsia" w:eastAsia="宋体" w:ascii="宋体" w:hAnsi="宋体"/><w:sz w:val="28"/></w:rPr>'
)
SIMPLE = (
    f"<w:r>{LETTERS}<w:t>— </w:t></w:r><w:fldSimple w:instr=' PAGE '><w:r>{LETTERS}<w:t>9</w:t></w:r></w:fldSimple>"
)
SIMPLE += f"<w:r>{LETTERS}<w:t> —</w:t></w:r>"
BOX = (
    '<w:r><w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:positionH relativeFrom="margin"><wp:align>{}</wp:align></wp:positionH>'
    f"<w:txbxContent><w:p>{SIMPLE}</w:p></w:txbxContent></wp:anchor></w:drawing></w:r>"
)


class TestPageNumbers:
    """The ways in which Word and WPS put a page number: field, frame, text box, tab."""

    def check(self, odd: Edit) -> list[str]:
        """The findings about odd pages; the file's first footer is theirs."""
        return told(check_docx(edited(right(), footer1=odd), STYLES))

    def test_a_simple_field_at_the_right_is_right(self) -> None:
        place = '<w:spacing w:after="0" w:line="280" w:lineRule="exact"/><w:ind w:right="280"/><w:jc w:val="right"/>'
        assert self.check(footer(SIMPLE, place)) == []

    def test_a_frame_at_the_outside_is_right_and_one_in_the_middle_is_not(self) -> None:
        assert self.check(footer(SIMPLE, '<w:framePr w:hAnchor="margin" w:xAlign="outside"/>')) == []
        middle = self.check(footer(SIMPLE, '<w:framePr w:hAnchor="margin" w:xAlign="center"/>'))
        assert middle == ["page-number.side 单页页码位置 居中"]

    def test_a_text_box_is_looked_into(self) -> None:
        assert self.check(footer(BOX.format("right"))) == []
        assert self.check(footer(BOX.format("center"))) == ["page-number.side 单页页码位置 居中"]

    def test_a_tab_stop_is_a_side(self) -> None:
        tabs = '<w:tabs><w:tab w:val="center" w:pos="4153"/><w:tab w:val="right" w:pos="8306"/></w:tabs>'
        place = f'{tabs}<w:spacing w:after="0" w:line="280" w:lineRule="exact"/>'
        tab = "<w:r><w:tab/></w:r>"
        assert self.check(footer(tab + tab + SIMPLE, place)) == []
        assert self.check(footer(tab + SIMPLE, place)) == ["page-number.side 单页页码位置 居中"]

    def test_numbers_in_dashes_of_word_are_hyphens(self) -> None:
        bare = SIMPLE.replace("— ", "").replace(" —", "")
        place = '<w:spacing w:after="0" w:line="280" w:lineRule="exact"/><w:ind w:right="280"/><w:jc w:val="right"/>'
        form = swap("(<w:cols )", r'<w:pgNumType w:fmt="numberInDash"/>\1')
        blob = edited(right(), footer1=footer(bare, place), document=form)
        assert "page-number.form 页码 「1」" in told(check_docx(blob, STYLES))


def test_a_date_under_a_seal_is_four_characters_in_and_the_issuer_over_its_middle() -> None:
    def sealed(text: str) -> str:
        # The date of 6.5 characters leaves 4, the issuer of 9 has its middle where that of the date is.
        moved = paragraph(">2026年7月10日", 'w:rightChars="250"', 'w:rightChars="400"')(text)
        issuer = r'w:before="579"( [^>]*/><w:ind [^>]*w:rightChars=)"200"'
        return swap(issuer, r'w:before="1158"\1"275"')(moved)

    examiner = check_docx(edited(right(), document=sealed), STYLES)
    assert told(examiner) == []
    assert Rule.SEAL in {measure.rule for measure in examiner.measures}


def without(part: str) -> Callable[[bytes], bytes]:
    """The package without a part."""

    def drop(blob: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(blob)) as old, zipfile.ZipFile(buffer, "w") as new:
            for name in old.namelist():
                if name != part:
                    new.writestr(name, old.read(name))
        return buffer.getvalue()

    return drop


def every(old: str, new: str) -> Edit:
    return lambda text: re.sub(old, new, text)


NESTED = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
CIRCLE = (
    '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="a"/><w:basedOn w:val="B"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/></w:style>'
)


def flipped(blob: bytes) -> bytes:
    """The package with a damaged byte in the middle of each part."""
    damaged = bytearray(blob)
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        for entry in package.infolist():
            damaged[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    return bytes(damaged)


HOSTILE: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("字号0", lambda blob: edited(blob, styles=every('<w:sz w:val="32"/>', '<w:sz w:val="0"/>'))),
    ("字号不是数", lambda blob: edited(blob, styles=every('<w:sz w:val="32"/>', '<w:sz w:val="三号"/>'))),
    ("字号负", lambda blob: edited(blob, styles=every('<w:sz w:val="32"/>', '<w:sz w:val="-99999999999999"/>'))),
    ("缩进极大", lambda blob: edited(blob, styles=every('w:firstLine="632"', 'w:firstLine="99999999999"'))),
    ("缩进极负", lambda blob: edited(blob, document=every("<w:ind [^>]*/>", '<w:ind w:left="-2147483648"/>'))),
    ("行距0", lambda blob: edited(blob, styles=every('w:line="579"', 'w:line="0"'))),
    ("网格0", lambda blob: edited(blob, document=every('w:linePitch="579"', 'w:linePitch="0"'))),
    ("网格极小", lambda blob: edited(blob, document=every('w:linePitch="579"', 'w:linePitch="0.000001"'))),
    ("纸张0", lambda blob: edited(blob, document=every("<w:pgSz [^>]*/>", '<w:pgSz w:w="0" w:h="0"/>'))),
    ("没有纸张", lambda blob: edited(blob, document=every("<w:pgSz [^>]*/>|<w:pgMar [^>]*/>", ""))),
    ("跨列极多", lambda blob: edited(blob, document=every("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="100000000"/>'))),
    ("跨列不是数", lambda blob: edited(blob, document=every("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="x"/>'))),
    ("列宽极大", lambda blob: edited(blob, document=every("<w:gridCol [^>]*/>", '<w:gridCol w:w="9e99"/>'))),
    ("没有行的表", lambda blob: edited(blob, document=every("<w:tr>.*?</w:tr>", ""))),
    ("没有格的行", lambda blob: edited(blob, document=every("<w:tc>.*?</w:tc>", ""))),
    ("表中套表", lambda blob: edited(blob, document=swap("<w:body>", f"<w:body>{NESTED}"))),
    ("样式成环", lambda blob: edited(blob, styles=every('w:styleId="Normal">', 'w:styleId="Old">' + CIRCLE))),
    (
        "样式基于自己",
        lambda blob: edited(blob, styles=every("<w:qFormat/>", '<w:basedOn w:val="Normal"/><w:qFormat/>')),
    ),
    (
        "环中的样式被用",
        lambda blob: edited(
            blob,
            document=every('<w:pStyle w:val="Normal"/>', '<w:pStyle w:val="A"/>'),
            styles=every("</w:styles>", f"{CIRCLE}</w:styles>"),
        ),
    ),
    ("每个部件坏一处", flipped),
    ("没有样式部件", without("word/styles.xml")),
    ("没有设置部件", without("word/settings.xml")),
    ("没有页脚部件", without("word/footerOdd.xml")),
    ("没有关系部件", without("word/_rels/document.xml.rels")),
    ("没有正文部件", without("word/document.xml")),
    ("样式部件不是XML", lambda blob: edited(blob, styles=lambda _: "不是 XML")),
    ("样式部件是空的", lambda blob: edited(blob, styles=lambda _: "")),
    ("正文断在半截", lambda blob: edited(blob, document=lambda text: text[: len(text) // 2])),
    (
        "编号没有定义",
        lambda blob: edited(blob, document=every("<w:pPr>", '<w:pPr><w:numPr><w:numId w:val="7"/></w:numPr>')),
    ),
    ("域没有结束", lambda blob: edited(blob, footerOdd=every('<w:fldChar w:fldCharType="end"/>', ""))),
    ("颜色不是颜色", lambda blob: edited(blob, styles=every('w:color w:val="000000"', 'w:color w:val="黑"'))),
    ("大纲级别极大", lambda blob: edited(blob, styles=every("<w:outlineLvl [^>]*/>", '<w:outlineLvl w:val="99"/>'))),
    ("没有正文", lambda blob: edited(blob, document=every("<w:body>.*</w:body>", "<w:body/>"))),
)


@pytest.mark.parametrize("break_it", [each[1] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_a_hostile_file_gives_findings_or_nothing_but_never_a_traceback(break_it: Callable[[bytes], bytes]) -> None:
    begun = time.process_time()
    for blob in (clean(), right()):
        check_docx(_broken(break_it, blob), STYLES)
    assert time.process_time() - begun < 20


def _broken(break_it: Callable[[bytes], bytes], blob: bytes) -> bytes:
    try:
        return break_it(blob)
    except AssertionError:  # the file has no such place
        return blob


def test_an_external_entity_is_not_read(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("一、密", encoding="utf-8")

    def edit(text: str) -> str:
        head, _, rest = text.partition("?>")
        entity = f'<!DOCTYPE w:document [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'
        return f"{head}?>{entity}{swap('总体情况', '&secret;')(rest)}"

    examiner = check_docx(edited(right(), document=edit), STYLES)
    assert "密" not in "".join(each.place.spot + each.found for each in examiner.findings).replace("机密", "")
