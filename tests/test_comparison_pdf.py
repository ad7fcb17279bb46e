"""PDFs held against each other (PDF 比对): what was changed at one place is told once, at its layer and place."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Sequence
from functools import cache

import pytest

from reportgen.comparison.contents.common_ground import common_ground
from reportgen.comparison.contents.page_fingerprints import page_fingerprints
from reportgen.comparison.contents.parts import with_parts
from reportgen.comparison.contents.pdf_content import pdf_content
from reportgen.comparison.contents.pdf_tables import table_of
from reportgen.comparison.contents.word_content import word_content
from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.look_names import UNMEASURED
from reportgen.comparison.model import Content, Difference, FileKind, Layer, PageFacts, Paragraph, Table, Tolerance
from reportgen.comparison.pages.page_differences import page_differences
from reportgen.comparison.pages.page_pictures import page_picture, page_png
from reportgen.review.page import Page, Ruling
from reportgen.review.page_tables import CellOnPage, TableOnPage
from tests.comparison_faults import planted
from tests.libreoffice import laid_out, needs_libreoffice
from tests.pdf_by_hand import page_html, pdf_of, picture
from tests.projects import SAMPLE
from tests.samples import SAMPLES, long_ones_later, made

ALL = frozenset(Layer)


@cache
def content_of(blob: bytes) -> Content:
    return with_parts(pdf_content(blob, "甲.pdf") if blob.startswith(b"%PDF") else word_content(blob, "甲.docx"))


def compared(one: bytes, other: bytes, layers: frozenset[Layer] = ALL) -> list[Difference]:
    """What `compare` tells of a pair."""
    first, second = common_ground(content_of(one), content_of(other))
    told = differences(first, second, layers - {Layer.PAGE})
    if Layer.PAGE not in layers or first.kind is not second.kind:
        return list(told)
    return [*told, *page_differences(first, second, (one, other), told, Tolerance())]


def changed(old: str, new: str) -> bytes:
    """The small report with one place changed."""
    html = page_html()
    assert old in html
    return pdf_of(html.replace(old, new, 1))


def without_row_6() -> bytes:
    html = page_html()
    start, end = html.index("<tr><td>6</td>"), html.index("<tr><td>7</td>")
    return pdf_of((html[:start] + html[end:]).replace('rowspan="4">第2类', 'rowspan="3">第2类'))


def merged_otherwise() -> bytes:
    html = page_html().replace('rowspan="4">第2类', 'rowspan="3">第2类')
    return pdf_of(html.replace("<tr><td>8</td>", "<tr><td>8</td><td></td>"))


def styled(css: str) -> bytes:
    return pdf_of(None, css)


FAULTS = {
    "a digit": (lambda: changed("完成31件", "完成39件"), Layer.TEXT, "附件1 第1行「进展情况」.*完成31件.*完成39件"),
    "a row gone": (without_row_6, Layer.TEXT, "附件1.*第6行.*删去一行“6"),
    "a paragraph more": (
        lambda: changed("<p>第3项", "<p>多了一段。</p><p>第3项"),
        Layer.TEXT,
        "正文 第7段.*增加一段“多了一段。”",
    ),
    "a footer's form": (
        lambda: styled('@page { @bottom-center { content: "- " counter(page) " -" } }'),
        Layer.TEXT,
        "页脚.*→ “- {页码} -”",
    ),
    "a merge": (merged_otherwise, Layer.STRUCTURE, "附件1 第5行「类别」.*拆分成了2个"),
    "a column's width": (
        lambda: styled(".w2 { width: 45mm }"),
        Layer.STRUCTURE,
        "附件1.*列宽不同，「类别」40.0毫米 → 45.0毫米",
    ),
    "a face": (
        lambda: changed("<p>第5项", '<p style="font-family:Kai">第5项'),
        Layer.STYLE,
        "正文 第9段.*字体 Fang → Kai",
    ),
    "a size": (lambda: changed("<p>第5项", '<p style="font-size:15pt">第5项'), Layer.STYLE, "第9段.*字号 三号 → 小三"),
    "a colour": (lambda: changed("<p>第5项", '<p style="color:red">第5项'), Layer.STYLE, "第9段.*颜色 000000 → FF0000"),
    "a line pitch": (
        lambda: changed("<p>第3项", '<p style="line-height:26pt">第3项'),
        Layer.STYLE,
        "第7段.*行距 28.8磅 → 26磅",
    ),
    "a border": (
        lambda: styled("table tr:nth-child(3) td { border-bottom: 1.5pt solid black }"),
        Layer.STYLE,
        "附件1 第3行.*下框线 单线 0.5磅 → 单线 1.5磅",
    ),
    "no head repeated": (lambda: styled("thead { display: table-row-group }"), Layer.STYLE, "附件1.*重复标题行 1 → 0"),
    "a page break": (
        lambda: changed("<p>第4项", '<p style="break-before:page">第4项'),
        Layer.PAGE,
        "^“第4项工作今年以来稳步推进，…”处分页不同：第1页第14行 → 第2页首$",
    ),
    "a page break that makes a page more": (
        lambda: changed("<p>第9项", '<p style="break-before:page">第9项'),
        Layer.PAGE,
        "^“第9项.*”处分页不同：第2页第11行 → 第3页首$",
    ),
    "a blank page": (
        lambda: changed('<div class="wide">', '<div style="break-before:page"></div><div class="wide">'),
        Layer.PAGE,
        "^第4页前多了1页：“附件1”第4页 → 第5页$",
    ),
    "a footer's place": (
        lambda: styled("@page { @bottom-center { padding-top: 10mm } }"),
        Layer.PAGE,
        "^第1—5页：页码下移3毫米$",
    ),
    "a block moved": (
        lambda: changed("<h2>二、", '<h2 style="margin-top:10mm">二、'),
        Layer.PAGE,
        "^第2页：第14行（“二、存在的问题”）以下整体下移10毫米$",
    ),
    "a paragraph moved down": (
        lambda: changed("<p>第3项", '<p style="position:relative;top:4mm">第3项'),
        Layer.PAGE,
        "^第1页：第11—13行（“第3项.*”）下移4毫米$",
    ),
    "a paragraph moved aside": (
        lambda: changed("<p>第3项", '<p style="margin-left:5mm;margin-right:-5mm">第3项'),
        Layer.PAGE,
        "^第1页：第11—13行右移5毫米$",
    ),
    "a title not centred": (
        lambda: changed("<h1>关于", '<h1 style="text-align:left">关于'),
        Layer.PAGE,
        "^第1页：第2行（“关于重点工作推进情况的报告”）左移27.5毫米$",
    ),
    "a margin": (lambda: styled("@page { margin-top: 33mm }"), Layer.PAGE, "^第1页：全页整体上移4毫米$"),
    "a row's height": (
        lambda: changed("<tr><td>5</td>", '<tr style="height:20mm"><td>5</td>'),
        Layer.PAGE,
        "^第4页：表格序号5行高 8.8毫米 → 20.0毫米$",
    ),
    "a thinner rule": (
        lambda: styled(".mark { border-bottom-width: 1pt }"),
        Layer.PAGE,
        "^第1页：一条线条粗细 2.01磅 → 0.99磅$",
    ),
    "a rule gone": (
        lambda: styled(".mark { border-bottom: none; padding-bottom: 2pt }"),
        Layer.PAGE,
        "^第1页：少了一条线条$",
    ),
    "a picture": (lambda: changed(picture(), picture(("navy", "red"))), Layer.PAGE, "^第1页：图片的内容不同$"),
    "a picture moved": (lambda: styled(".logo { margin-left: 5mm }"), Layer.PAGE, "^第1页：一幅图片右移5毫米$"),
    "a shaded cell": (
        lambda: changed("<td>5</td>", '<td style="background:yellow">5</td>'),
        Layer.PAGE,
        "^第4页：文字和位置相同，看上去不同",
    ),
    "text at the foot of a merged cell": (
        lambda: changed("<tr><td>5</td>", '<tr style="vertical-align:bottom"><td>5</td>'),
        Layer.PAGE,
        "^第4页：1个合并单元格里的文字下移",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_one_place_is_told_once_at_its_layer_either_way_round(name):
    make, layer, said = FAULTS[name]
    whole, faulty = pdf_of(), make()
    found = compared(whole, faulty)
    assert [difference.layer for difference in found] == [layer], [each.said for each in found]
    assert re.search(said, found[0].said), found[0].said
    if layer is Layer.PAGE:
        assert found[0].first is None or found[0].first.boxes
        assert found[0].second is None or found[0].second.boxes
    back = compared(faulty, whole)
    assert [difference.layer for difference in back] == [layer], [each.said for each in back]


def test_a_paper_size_is_told_by_its_section_and_by_nothing_else():
    found = compared(pdf_of(), styled("@page { size: 216mm 297mm; margin-right: 32mm }"))
    assert [each.layer for each in found] == [Layer.STRUCTURE]
    assert re.search("第1节.*纸张.*210.*改为216", found[0].said)


def test_of_the_page_layer_alone_a_changed_paper_is_told_by_its_pages():
    found = compared(pdf_of(), styled("@page { size: 216mm 297mm; margin-right: 32mm }"), frozenset({Layer.PAGE}))
    assert [each.said for each in found] == ["第1—3页：纸张 210×297毫米纵向 → 216×297毫米纵向"]


def test_of_the_page_layer_alone_a_changed_text_is_told_where_it_stands():
    found = compared(pdf_of(), changed("完成31件", "完成39件"), frozenset({Layer.PAGE}))
    assert [each.kind for each in found] == ["page.content"]
    assert found[0].said.startswith("第4页：表格序号1内容不同：")
    assert "31件" in found[0].before
    assert "39件" in found[0].after


def test_two_faults_far_apart_are_two_differences():
    html = page_html().replace("完成31件", "完成39件").replace("<h2>二、", '<h2 style="margin-top:10mm">二、')
    found = compared(pdf_of(), pdf_of(html))
    assert [each.layer for each in found] == [Layer.TEXT, Layer.PAGE]


def test_a_report_equals_itself_saved_anew():
    import pikepdf

    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_of())) as pdf:
        pdf.docinfo["/Producer"] = "另一个程序"
        pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable, recompress_flate=True)
    anew = buffer.getvalue()
    assert anew != pdf_of()
    assert page_fingerprints(anew) == page_fingerprints(pdf_of())
    assert compared(pdf_of(), anew) == []


# ---- fingerprints and pictures


def test_a_fingerprint_is_equal_only_if_the_page_looks_equal():
    base = page_fingerprints(pdf_of())
    for make, _, _ in FAULTS.values():
        blob = make()
        for number, (one, other) in enumerate(zip(base, page_fingerprints(blob), strict=False), 1):
            if one == other:
                assert page_picture(pdf_of(), number, 60).tobytes() == page_picture(blob, number, 60).tobytes()


def test_most_pages_of_a_report_changed_at_one_place_keep_their_fingerprints():
    one, other = page_fingerprints(pdf_of()), page_fingerprints(changed("完成31件", "完成39件"))
    assert [a == b for a, b in zip(one, other, strict=True)] == [True, True, True, False, True]


def test_equal_pages_of_both_files_are_read_once():
    known: dict[str, Page] = {}
    pdf_content(pdf_of(), "甲.pdf", known)
    assert len(known) == 5
    pdf_content(changed("完成31件", "完成39件"), "乙.pdf", known)
    assert len(known) == 6


def test_the_picture_of_a_page_is_a_png_of_its_size_and_always_the_same():
    from PIL import Image

    first = page_png(pdf_of(), 1, 72)
    assert first == page_png(pdf_of(), 1, 72)
    assert Image.open(io.BytesIO(first)).size == (596, 842)


# ---- what a PDF shows


def test_a_table_over_two_pages_is_one_with_its_merges_and_widths():
    table = next(block for block in content_of(pdf_of()).blocks if isinstance(block, Table))
    assert (table.row_count, table.column_count, table.head_rows) == (25, 4, 1)
    assert [round(width) for width in table.widths] == [14, 40, 50, 121]
    groups = [(cell.row, cell.rows) for cell in table.cells if cell.rows > 1]
    assert groups == [(1, 4), (5, 4), (9, 4), (13, 4), (17, 4), (21, 4)]
    assert {box.page for box in table.boxes} == {4, 5}


def test_headings_title_and_footers_are_known_by_what_stands_on_the_page():
    content = content_of(pdf_of())
    levels = [
        (block.level, block.text)
        for block in content.blocks
        if isinstance(block, Paragraph) and block.level is not None
    ]
    assert levels == [
        (0, "关于重点工作推进情况的报告"),
        (1, "一、总体情况"),
        (1, "二、存在的问题"),
        (0, "重点任务清单"),
    ]
    edges = [{name: [each.text for each in own] for name, own in section.edges.items()} for section in content.sections]
    assert edges == [{"页脚": ["—{页码}—"]}] * 2


def test_words_of_another_script_are_parted_by_blanks_and_chinese_is_not():
    html = "<p>系统采用 open source 软件2026年建成，地址是 https://example.invalid/report 供查询。</p><h1>标题</h1>"
    text = "".join(block.text for block in content_of(pdf_of(html)).blocks if isinstance(block, Paragraph))
    assert "open source" in text
    assert "软件2026年建成" in text


# ---- a Word file and its PDF

# The report with its changes is the first sample with one paragraph more.
REPORTS = [name for name in SAMPLES if name != "qingping-changes"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_sample_as_word_file_and_as_pdf_says_and_holds_the_same(name):
    found = compared(made(name)[".docx"], made(name)[".pdf"])
    assert [each.said for each in found] == []


# The report with charts is the first sample, too, with four pages before its annexes.
@needs_libreoffice
@pytest.mark.parametrize("name", long_ones_later([name for name in REPORTS if name != "qingping-charts"]))
def test_a_sample_laid_out_by_libreoffice_says_and_holds_the_same(name):
    blob = made(name)[".docx"]
    assert [each.said for each in compared(laid_out(blob, as_set=True), blob)] == []


WORD_FAULTS = (
    *("标题文字", "表头文字", "单元格清空", "段落删去", "段落增加", "行删去", "行增加", "行重复", "页脚文字"),
    *("标题级别", "列宽", "合并拆开", "合并增加", "纸张大小"),
)


@pytest.mark.parametrize("kind", WORD_FAULTS)
def test_a_fault_in_the_word_file_is_told_against_the_pdf(kind):
    fault = planted(made(SAMPLE.stem)[".docx"], kind, 7)
    found = compared(fault.blob, made(SAMPLE.stem)[".pdf"])
    assert [difference.layer for difference in found] == [fault.layer], [each.said for each in found]
    if fault.spot.part:  # paper has no place among the words
        places = [(spot.part, spot.row) for spot in (found[0].first, found[0].second) if spot is not None]
        assert (fault.spot.part, fault.spot.row) in places


def test_files_of_two_thousand_pages_of_other_paper_need_no_memory_for_each_pair_of_pages() -> None:
    def pages(width: float) -> Content:
        facts = (PageFacts(number=n, width=width, height=297, fingerprint=f"{n} {width}") for n in range(1, 2_001))
        return Content(kind=FileKind.PDF, name="甲", pages=tuple(facts))

    tracemalloc.start()
    try:
        found = list(page_differences(pages(210), pages(216), (b"", b""), (), Tolerance()))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each.said for each in found] == ["第1—2000页：纸张 210×297毫米纵向 → 216×297毫米纵向"]
    assert most < 32 * 1024**2


# ---- what a page end does is not done by hand


def long_table(margin_mm: float = 1.0) -> bytes:
    """A table over some pages, every other row with margins of its own."""
    rows = "".join(
        f"<tr><td>{number}</td><td>第{number}项工作</td><td>按计划推进，完成{number + 30}件。</td></tr>"
        for number in range(1, 60)
    )
    head = "<thead><tr><th>序号</th><th>工作任务</th><th>进展情况</th></tr></thead>"
    table = "table { border-collapse: collapse; width: 100% } td, th { border: 0.5pt solid; padding: 1mm }"
    return pdf_of(
        f"<h1>任务清单</h1><table>{head}{rows}</table>", f"{table} tr:nth-child(2n) td {{ padding: {margin_mm}mm }}"
    )


def test_rows_of_a_table_made_higher_are_one_finding_of_the_page_layer():
    found = compared(long_table(), long_table(1.4), frozenset({Layer.PAGE}))
    assert [each.kind for each in found] == ["page.row-height"], [each.said for each in found]


def part(page: int, numbers: Sequence[int]) -> TableOnPage:
    """A table's part on a page: its head, these rows, a thick line around and a thin one below each row."""
    down = [40.0 + 10 * row for row in range(len(numbers) + 2)]
    cells = tuple(
        CellOnPage(row=row, column=0, rows=1, columns=1, box=(20.0, down[row], 120.0, down[row + 1]), lines=())
        for row in range(len(numbers) + 1)
    )
    black = (0, 0, 0)
    flat = [
        Ruling(
            across=True, at=at, start=20.0, end=120.0, thick_pt=1.0 if at in (down[0], down[-1]) else 0.5, color=black
        )
        for at in down
    ]
    upright = [
        Ruling(across=False, at=at, start=down[0], end=down[-1], thick_pt=1.0, color=black) for at in (20.0, 120.0)
    ]
    box = (20.0, down[0], 120.0, down[-1])
    return TableOnPage(
        page=page, box=box, across=(20.0, 120.0), down=tuple(down), cells=cells, rulings=(*flat, *upright)
    )


def test_the_line_at_a_page_end_is_the_tables_and_no_border_of_the_row_that_came_there():
    chain = part(1, (1, 2)), part(2, (3, 4))
    table = table_of(chain, dict.fromkeys(chain, 1))
    assert [cell.look["下框线"] for cell in table.cells] == [
        "单线 0.5磅",
        "单线 0.5磅",
        UNMEASURED,
        "单线 0.5磅",
        "单线 1磅",
    ]
    assert [cell.look["上框线"] for cell in table.cells] == [
        "单线 1磅",
        "单线 0.5磅",
        "单线 0.5磅",
        UNMEASURED,
        "单线 0.5磅",
    ]
