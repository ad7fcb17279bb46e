"""Planted faults (有意放进的错误): each is found by its rule in a Word file that is clean without it."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from reportgen.document import Addressee as To
from reportgen.document import AnnexEntry, AnnexList, AnnexTitle, Document, Signature, Title
from reportgen.review.findings import Examiner
from reportgen.review.format_docx import check_docx
from reportgen.rules import Rule
from reportgen.styles import Level
from reportgen.writers.docx import write_docx
from tests.builders import cell, document, everything, h, p, row, section, sentences, small, styles, table
from tests.samples import made

STYLES = styles()
Edit = Callable[[str], str]


@cache
def tree() -> Document:
    """A report with one of each thing that a fault can be planted in."""
    entries = (AnnexEntry(number=1, name="目标完成情况"), AnnexEntry(number=2, name=f"任务推进情况{'表' * 20}"))
    body = [
        row("1", cell("甲类", down=2), "区发展改革委", "已完成。"),
        row("2", "区民政局", sentences(7)),
        row("3", "乙类", "区教委", sentences(4)),
    ]
    head = [row("序号", "类别", "单位", "进展")]
    return document(
        section(
            Title(lines=("某区人民政府督查室", "关于重点任务推进情况的报告")),
            To(text="区政府："),
            p(sentences(9)),
            h(1, "一、", "总体情况"),
            p("各单位“一把手”负责，1—6月按计划推进。" + sentences(5, "项")),
            h(2, "（一）", "主要进展"),
            h(3, "1.", "停车。", "已建成410个。"),
            p("末段：" + sentences(8, "件")),
            AnnexList(entries=entries),
            Signature(issuers=("某区人民政府督查室",), date="2026年7月10日"),
        ),
        section(AnnexTitle(entry=entries[0]), table((0.1, 0.2, 0.2, 0.5), head, body), p("注：数据为快报数。")),
        section(AnnexTitle(entry=entries[1]), p(sentences(6)), turned=True),
        title="报告",
        issuer="某区人民政府督查室",
    )


@cache
def clean() -> bytes:
    return write_docx(tree(), STYLES).value


def edited(blob: bytes, **edits: Edit) -> bytes:
    """The package with some parts of `word/` changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            edit = edits.get(name.removeprefix("word/").removesuffix(".xml"))
            text = old.read(name)
            new.writestr(name, edit(text.decode()).encode() if edit else text)
    return buffer.getvalue()


def swap(old: str, new: str, at: int = 0) -> Edit:
    """Changes the match number `at` of a pattern, and no other."""

    def edit(text: str) -> str:
        matches = list(re.finditer(old, text, re.S))
        assert len(matches) > at, old
        match = matches[at]
        changed = text[: match.start()] + match.expand(new) + text[match.end() :]
        assert changed != text
        return changed

    return edit


def inside(begin: str, end: str, edit: Edit) -> Edit:
    """Changes only the first piece from `begin` to `end`."""

    def whole(text: str) -> str:
        start = text.index(begin)
        stop = text.index(end, start) + len(end)
        return text[:start] + edit(text[start:stop]) + text[stop:]

    return whole


def paragraph(words: str, old: str, new: str, at: int = 0) -> Edit:
    """Changes the first paragraph that holds the words."""

    def whole(text: str) -> str:
        stop = text.index("</w:p>", text.index(words))
        start = text.rindex("<w:p>", 0, stop)
        return text[:start] + swap(old, new, at)(text[start:stop]) + text[stop:]

    return whole


def own(words: str, properties: str) -> Edit:
    """Gives a paragraph properties of its own, behind its style."""
    return paragraph(words, r"(<w:pStyle [^>]*/>)", rf"\1{properties}")


def letters(words: str, properties: str) -> Edit:
    """Gives the first run of a paragraph properties of its own."""
    return paragraph(words, r"(<w:rFonts [^>]*/>)", rf"\1{properties}")


def style(identity: str, old: str, new: str) -> Edit:
    """Changes one style."""
    return inside(f'w:styleId="{identity}"', "</w:style>", swap(old, new))


def without_table_grid(text: str) -> str:
    return swap(r"<w:tblGrid>.*?</w:tblGrid>", "")(text)


EMPTY = '<w:p><w:pPr><w:pStyle w:val="Normal"/></w:pPr></w:p>'


@dataclass(frozen=True)
class Fault:
    """One planted fault: the part of the file, what is done to it, and the rules that must find it."""

    name: str
    part: str
    edit: Edit
    rules: tuple[Rule, ...]


def fault(name: str, edit: Edit, *rules: Rule, part: str = "document") -> Fault:
    return Fault(name, part, edit, rules)


FAULTS = [
    # Paper, margins, grid.
    fault("纸高多2毫米", swap('w:h="16838"', 'w:h="16951"'), Rule.PAPER),
    fault("上边距32毫米", swap('w:top="2098"', 'w:top="1814"'), Rule.TOP),
    fault("右边距24毫米", swap('w:right="1474"', 'w:right="1361"'), Rule.RIGHT),
    fault("左边距26毫米", swap('w:left="1587"', 'w:left="1474"'), Rule.LEFT),
    fault("左边距31毫米", swap('w:left="1587"', 'w:left="1757"'), Rule.LEFT, Rule.CHARACTERS),
    fault("装订线另加3毫米", swap('w:gutter="0"', 'w:gutter="170"', 1), Rule.LEFT, Rule.TABLE_WIDTH),
    fault("下边距30毫米", swap('w:bottom="1984"', 'w:bottom="1701"'), Rule.BOTTOM, Rule.NUMBER_HEIGHT),
    fault("横排页用竖排页的边距", swap('w:top="1587"', 'w:top="2098"'), Rule.TOP),
    fault("标题伸出版心", own("总体情况", '<w:ind w:right="-567"/>'), Rule.OUTSIDE),
    fault(
        "字符网格",
        swap('<w:docGrid w:type="lines"', '<w:docGrid w:type="linesAndChars" w:charSpace="-849"'),
        Rule.GRID,
    ),
    fault("网格行跨度15.6磅", swap('w:linePitch="579"', 'w:linePitch="312"'), Rule.GRID),
    fault("行距28磅", style("Normal", 'w:line="579"', 'w:line="560"'), Rule.PITCH, part="styles"),
    fault("行距30磅", style("Normal", 'w:line="579"', 'w:line="600"'), Rule.PITCH, Rule.LINES, part="styles"),
    fault("一段1.5倍行距", own("末段", '<w:spacing w:line="360" w:lineRule="auto"/>'), Rule.PITCH),
    fault("字距没有收紧", style("Normal", r'<w:spacing w:val="-5"/>', ""), Rule.CHARACTERS, part="styles"),
    # Letters.
    fault("正文一段宋体", paragraph("末段", "仿宋_GB2312", "宋体"), Rule.FACE),
    fault("一级标题仿宋", paragraph("总体情况", "黑体", "仿宋_GB2312"), Rule.FACE),
    fault("接排标题用楷体", paragraph("停车", "仿宋_GB2312", "楷体_GB2312"), Rule.FACE),
    fault("标题微软雅黑", paragraph("督查室", "方正小标宋简体", "微软雅黑"), Rule.FACE),
    fault("主题字体", paragraph("末段", "w:eastAsia=", "w:eastAsiaTheme="), Rule.THEME_FACE),
    fault("引号落到西文字体", paragraph("一把手", 'w:hint="eastAsia"', 'w:hint="default"'), Rule.MARKS),
    fault("数字Calibri", paragraph("一把手", 'w:ascii="Times New Roman"', 'w:ascii="Calibri"'), Rule.LATIN_FACE),
    fault("正文一段四号", letters("末段", '<w:sz w:val="28"/>'), Rule.SIZE),
    fault("标题三号", style("Title", 'w:sz w:val="44"', 'w:sz w:val="40"'), Rule.SIZE, part="styles"),
    fault("一级标题加粗", letters("总体情况", "<w:b/>"), Rule.BOLD),
    fault("二级标题样式加粗", style("Heading2", '<w:b w:val="0"/>', "<w:b/>"), Rule.BOLD, part="styles"),
    fault("蓝字", letters("末段", '<w:color w:val="0000FF"/>'), Rule.COLOR),
    # Paragraphs.
    fault("正文居中", own("末段", '<w:jc w:val="center"/>'), Rule.ALIGN),
    fault("一级标题居右", own("总体情况", '<w:jc w:val="right"/>'), Rule.ALIGN),
    fault("没有首行缩进", own("末段", '<w:ind w:firstLine="0"/>'), Rule.INDENT),
    fault("首行缩进4字符", own("末段", '<w:ind w:firstLineChars="400"/>'), Rule.INDENT),
    fault("整段左缩进", own("末段", '<w:ind w:left="632" w:firstLine="0"/>'), Rule.HANGING),
    fault("段前1行", own("末段", '<w:spacing w:before="579"/>'), Rule.SPACE),
    fault("主送机关前没有空行", style("Title", 'w:after="579"', 'w:after="0"'), Rule.SPACE, part="styles"),
    fault("标题行距28磅", style("Title", 'w:line="680"', 'w:line="560"'), Rule.PARAGRAPH_PITCH, part="styles"),
    fault("二级标题半角括号", swap("（一）", "(一)"), Rule.HEADING_MARK),
    fault("二级标题后加逗号", swap("（一）", "（一），"), Rule.HEADING_MARK),
    fault("三级标题用顿号", swap("1\\.停车", "1、停车"), Rule.HEADING_MARK),
    fault("用空格缩进", paragraph("末段", "末段", "\u3000\u3000末段"), Rule.SPACES, Rule.INDENT),
    fault(
        "空段落隔开",
        lambda text: (
            text.replace(text[text.rindex("<w:p>", 0, text.index("末段")) :], EMPTY)
            + text[text.rindex("<w:p>", 0, text.index("末段")) :]
        ),
        Rule.EMPTY_PARAGRAPH,
        Rule.SPACE,
    ),
    fault("标题不进导航", style("Heading1", r"<w:outlineLvl [^>]*/>", ""), Rule.OUTLINE, part="styles"),
    fault("孤行控制", style("Normal", '<w:widowControl w:val="0"/>', "<w:widowControl/>"), Rule.WIDOWS, part="styles"),
    # Elements.
    fault(
        "标题4行",
        swap("<w:br/>", "<w:br/><w:t>一</w:t><w:br/><w:t>二</w:t><w:br/>"),
        Rule.TITLE_LINES,
    ),
    fault("附件序号带冒号", swap(">附件1<", ">附件1：<"), Rule.ANNEX_LABEL_FORM),
    fault("附件不另面", swap('<w:type w:val="nextPage"/>', '<w:type w:val="continuous"/>', 1), Rule.ANNEX_LABEL),
    fault("附件序号居中", own(">附件1<", '<w:jc w:val="center"/>'), Rule.ANNEX_LABEL),
    fault("附件标题在第2行", own(">目标完成情况<", '<w:spacing w:before="0"/>'), Rule.ANNEX_TITLE),
    fault("附件序号编虚位", swap(">附件1<", ">附件01<"), Rule.ANNEX_LABEL_FORM),
    fault("附件说明的序号跳号", swap(">2\\.", ">3."), Rule.ANNEX_LIST_FORM),
    fault("附件说明半角冒号", swap("附件：1", "附件:1"), Rule.ANNEX_LIST_FORM),
    fault("附件名称后有句号", swap("目标完成情况<", "目标完成情况。<"), Rule.ANNEX_LIST_FORM),
    fault("附件说明第2项没有对齐", paragraph(">2.", 'w:left="[0-9]+"', 'w:left="1500"'), Rule.HANGING),
    fault("日期编虚位", swap("2026年7月10日", "2026年07月10日"), Rule.DATE_FORM),
    fault("没有这一天", swap("2026年7月10日", "2026年2月29日"), Rule.DATE_FORM),
    fault("日期用汉字", swap("2026年7月10日", "二〇二六年七月十日"), Rule.DATE_FORM),
    fault("日期右移", paragraph("2026年7月10日", 'w:right="[0-9]+"', 'w:right="0"'), Rule.SIGNATURE),
    fault(
        "日期在印章处、署名不居其中", paragraph("2026年7月10日", 'w:right="[0-9]+"', 'w:right="1580"'), Rule.SIGNATURE
    ),
    # Page numbers.
    fault("没有页码域", swap(" PAGE ", " DATE "), Rule.NUMBER_MISSING, part="footerOdd"),
    fault("单页页码居左", swap('w:jc w:val="right"', 'w:jc w:val="left"'), Rule.NUMBER_SIDE, part="footerOdd"),
    fault("双页页码居右", swap('w:jc w:val="left"', 'w:jc w:val="right"'), Rule.NUMBER_SIDE, part="footerEven"),
    fault("单双页相同", swap("<w:evenAndOddHeaders/>", ""), Rule.NUMBER_SIDE, part="settings"),
    fault("页码没有空一字", swap('w:right="280"', 'w:right="0"'), Rule.NUMBER_INSET, part="footerOdd"),
    fault("页脚距纸边28毫米", swap('w:footer="1447"', 'w:footer="1588"'), Rule.NUMBER_HEIGHT),
    fault("页码用短横", swap("— ", "- "), Rule.NUMBER_LOOK, part="footerOdd"),
    fault("附件重新编页码", swap(r"(<w:cols [^>]*/>)", r'<w:pgNumType w:start="1"/>\1', 1), Rule.NUMBER_ORDER),
    fault("页码仿宋", swap('eastAsia="宋体"', 'eastAsia="仿宋_GB2312"'), Rule.FACE, part="footerOdd"),
    fault("页码五号", style("PageNumber", 'w:sz w:val="28"', 'w:sz w:val="21"'), Rule.SIZE, part="styles"),
    # Tables.
    fault("表头不重复", swap("<w:tblHeader/>", ""), Rule.TABLE_HEAD),
    fault("没有列宽表", without_table_grid, Rule.TABLE_GRID),
    fault("列宽表不足", swap('(<w:tblGrid><w:gridCol w:w=)"[0-9]+"', r'\1"300"'), Rule.TABLE_GRID),
    fault("短行可以跨页", swap("<w:cantSplit/>", "", 3), Rule.TABLE_ROWS),
    fault("表格左移", swap('<w:tblInd w:w="0"', '<w:tblInd w:w="-300"'), Rule.TABLE_WIDTH),
    fault("上框线3磅", swap('(<w:tblBorders><w:top [^>]*)w:sz="8"', r'\1w:sz="24"'), Rule.TABLE_RULES),
    fault("没有内框线", swap('<w:insideV w:val="single"', '<w:insideV w:val="nil"'), Rule.TABLE_RULES),
    fault("表头宋体", paragraph("类别", "黑体", "宋体"), Rule.FACE),
    fault("表格文字三号", letters("区民政局", '<w:sz w:val="32"/>'), Rule.SIZE),
    fault("表格单倍行距", own("区民政局", '<w:spacing w:line="240" w:lineRule="auto"/>'), Rule.PARAGRAPH_PITCH),
    fault("单元格首行缩进", own("区民政局", '<w:ind w:firstLineChars="200"/>'), Rule.INDENT),
]


def found(examiner: Examiner) -> set[Rule]:
    return {finding.rule for finding in examiner.findings}


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: planted.name)
def test_a_planted_fault_is_found_by_its_rule_and_by_no_other(planted: Fault) -> None:
    blob = edited(clean(), **{planted.part: planted.edit})
    assert found(check_docx(blob, STYLES)) == set(planted.rules)


def test_there_are_at_least_forty_planted_faults() -> None:
    assert len(FAULTS) >= 40
    assert len({planted.name for planted in FAULTS}) == len(FAULTS)


def test_a_chinese_run_without_any_east_asian_face_is_found() -> None:
    def strip(text: str) -> str:
        return re.sub(r' w:eastAsia="[^"]*"(?=[^>]*w:cs=)', "", text)

    assert found(check_docx(edited(clean(), document=strip, styles=strip), STYLES)) == {Rule.EAST_ASIAN_FACE}


class TestOurOwn:
    @pytest.mark.parametrize("made", [tree, everything], ids=["twin", "everything"])
    def test_a_tree_gives_a_file_without_findings(self, made: Callable[[], Document]) -> None:
        assert check_docx(write_docx(made(), STYLES).value, STYLES).findings == []

    def test_the_only_annex_of_the_small_tree_has_a_number_and_nothing_else_is_wrong(self) -> None:
        (finding,) = check_docx(write_docx(small(), STYLES).value, STYLES).findings
        assert (finding.rule, finding.found, finding.wanted) == (
            Rule.ANNEX_LIST_FORM,
            "「1.清单」",
            "只有一个附件时不编序号",
        )

    def test_the_sample_has_no_findings_and_was_measured(self) -> None:
        examiner = check_docx(made()[".docx"], STYLES)
        assert examiner.findings == []
        measured = {measure.rule for measure in examiner.measures}
        assert {Rule.TOP, Rule.LINES, Rule.CHARACTERS, Rule.PITCH, Rule.SIZE, Rule.INDENT} <= measured
        assert {Rule.SIGNATURE, Rule.ANNEX_TITLE, Rule.NUMBER_HEIGHT, Rule.TABLE_WIDTH} <= measured


class TestFindings:
    def test_a_finding_says_where_what_and_how_many(self) -> None:
        blob = edited(clean(), styles=style("Normal", 'w:sz w:val="32"', 'w:sz w:val="30"'))
        finding = next(each for each in check_docx(blob, STYLES).findings if each.rule is Rule.SIZE)
        assert finding.place.spot.startswith("第3段「第1句写明一件不同的事。")
        assert finding.place.spot.endswith("等8处")
        assert (finding.what, finding.found, finding.wanted) == ("正文字号", "15磅", "16磅")
        assert (finding.clause, finding.level) == ("5.2.2", Level.ERROR)

    def test_places_name_table_row_and_section(self) -> None:
        blob = edited(clean(), document=letters("区民政局", "<w:b/>"))
        assert check_docx(blob, STYLES).findings[0].place.spot == "表1第3行「区民政局」"
        blob = edited(clean(), document=swap('w:top="1587"', 'w:top="2098"'))
        assert check_docx(blob, STYLES).findings[0].place.spot == "第3节（横排）"


@pytest.mark.parametrize("rows", [1_000, pytest.param(10_000, marks=pytest.mark.campaign)])
def test_a_long_table_takes_seconds(rows: int) -> None:
    def longer(text: str) -> str:
        begin = text.rindex("<w:tr>")
        end = text.index("</w:tr>", begin) + len("</w:tr>")
        return text[:end] + text[begin:end] * rows + text[end:]

    blob = edited(clean(), document=longer)
    begun = time.process_time()
    assert check_docx(blob, STYLES).findings == []
    assert time.process_time() - begun < 20
