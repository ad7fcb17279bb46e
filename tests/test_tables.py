"""Annex tables as staff want them (附件表): continued pages, section rows, nested heads, themes, turned numbers."""

from __future__ import annotations

import inspect
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from reportgen.document import Cell, Document, Row, Table
from reportgen.generate import Request, generate
from reportgen.ledger.model import Entry, Sheet
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import InputError, Location
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import Kind, Piece, joined, pdf_pages, plain, read_pdf
from reportgen.styles import Ruling, StyleSheet, TableStyle, TextRole
from reportgen.template.annexes import build_table
from reportgen.template.loading import load_styles
from reportgen.template.schema import ColumnSpec
from reportgen.writers import writer_of
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import drawn_texts, find_fonts
from reportgen.writers.html import write_html
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf import load_engine
from tests.builders import ROOT, cell, document, p, row, section, sentences, styles, table
from tests.libreoffice import laid_out, needs_libreoffice
from tests.projects import CONFIG, ledger, project, task

MM = 72 / 25.4
ASKED = Location(file="test")
STYLES = styles()
BOTH = pytest.mark.parametrize("engine", PdfEngine)
HEAD = [row("序号", "类别", "单位", "进展")]
SHARES = (0.08, 0.16, 0.16, 0.6)


def section_row(text: str, level: int, width: int = 4) -> Row:
    return (Cell(paragraphs=(text,), col_span=width, section_level=level),)


def grid(*body: Row, head: Sequence[Row] = HEAD, theme: str = "") -> Table:
    return replace(table(SHARES, head, body), theme=theme)


def short_rows(first: int, last: int) -> list[Row]:
    return [row(str(number), "类", "单位", "一行。") for number in range(first, last + 1)]


def pdf_of(tree: Document, sheet: StyleSheet = STYLES, engine: PdfEngine = PdfEngine.WEASYPRINT) -> bytes:
    outcome = writer_of("pdf", engine).write(tree, sheet, find_fonts({}))
    assert outcome.problems == ()
    return outcome.value


def page_texts(blob: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.text) for page in pdf_pages(blob)]


def document_xml(tree: Document, sheet: StyleSheet = STYLES, name: str = "document") -> str:
    with zipfile.ZipFile(io.BytesIO(write_docx(tree, sheet).value)) as package:
        return package.read(f"word/{name}.xml").decode()


Box = tuple[float, float, float, float]


def letters(page: pypdfium2.PdfPage, left: float, right: float) -> list[Box]:
    """Left, bottom, right, top of the texts that begin between two heights across the page, in points."""
    boxes = [shown.get_bounds() for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    return [box for box in boxes if left <= box[0] < right]


def rules(page: pypdfium2.PdfPage) -> list[Box]:
    """The level rules; the page's white ground is drawn, too."""
    boxes = [shown.get_bounds() for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])]
    return [box for box in boxes if box[3] - box[1] < 4]


# The label column of `SHARES` on an upright page, in points from the sheet's left edge.
LABEL = (28 * MM + 0.08 * 156 * MM, 28 * MM + 0.24 * 156 * MM)


# ---- a category that a page end parts


def continued() -> Document:
    """A merged category over four pages, between rows of their own categories."""
    body = [
        row("1", cell("大类甲", "第二段", down=70), "单位", "首行。"),
        *(row(str(number), "单位", sentences(number % 5 + 1)) for number in range(2, 71)),
        row("71", "末类", "单位", "末行。"),
    ]
    return document(section(grid(*body)))


@cache
def continued_pdf(engine: PdfEngine = PdfEngine.WEASYPRINT) -> bytes:
    return pdf_of(continued(), engine=engine)


@BOTH
def test_a_merged_category_is_printed_on_every_page_that_it_reaches(engine: PdfEngine) -> None:
    texts = page_texts(continued_pdf(engine))
    assert len(texts) >= 4
    assert [text.count("大类甲") for text in texts] == [1] * len(texts)


@BOTH
def test_and_is_read_once_by_who_reads_by_the_tags(engine: PdfEngine) -> None:
    lines = outline_lines(continued())
    assert joined(read_pdf(continued_pdf(engine)), plain(lines)) == plain(lines)
    with pikepdf.open(io.BytesIO(continued_pdf(engine))) as pdf:
        marks: list[bool] = []
        within = []
        stream: Any = pikepdf.parse_content_stream(pdf.pages[1], "BMC BDC EMC TJ Tj")
        for operands, operator in stream:
            if str(operator) in ("BMC", "BDC"):
                marks.append(str(operands[0]) == "/Artifact")
            elif str(operator) == "EMC":
                marks.pop()
            else:
                within.append(any(marks))
    assert within.count(True) >= 2  # the category's two lines at least
    assert within.count(False) > within.count(True)


def test_a_text_that_only_an_artifact_holds_is_a_stray() -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(continued_pdf())) as pdf:
        objects: Any = pdf.objects
        for element in objects:  # the only tag that says the category
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/TD" and "/RowSpan" in element.A:
                element.K = pikepdf.Array()
        pdf.save(buffer)
    strays = [piece.texts for piece in read_pdf(buffer.getvalue()) if piece.kind is Kind.STRAY]
    assert ("大类甲第二段",) in strays[1:]


@BOTH
def test_it_stands_in_the_middle_of_each_part(engine: PdfEngine) -> None:
    with pypdfium2.PdfDocument(continued_pdf(engine)) as pdf:
        for number, page in enumerate(pdf):
            shown = [box for box in letters(page, *LABEL) if 36 * MM < box[1] < (297 - 38) * MM]
            category = shown[1:3]  # below the head
            lines = sorted({round(box[1], 1) for box in rules(page) if box[0] < 29 * MM})
            if number < len(pdf) - 1:
                bottom, top = lines[0], lines[-2]  # the lowest rule, and that under the head
                middle = (category[0][3] + category[-1][1]) / 2
                assert middle == pytest.approx((bottom + top) / 2, abs=2)


@pytest.mark.row("D1")
@BOTH
def test_the_same_input_gives_the_same_bytes(engine: PdfEngine) -> None:
    assert pdf_of(continued(), engine=engine) == continued_pdf(engine)


@BOTH
def test_it_is_still_pdf_a_2u(engine: PdfEngine) -> None:
    with pikepdf.open(io.BytesIO(continued_pdf(engine))) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        assert pdf.Root.MarkInfo.Marked


@BOTH
def test_a_part_that_is_too_low_for_the_whole_category_has_none(engine: PdfEngine) -> None:
    name = "很长的类别名称要写满三行才行"
    body = [
        *short_rows(1, 22),
        row("23", cell(name, down=2), "单位", sentences(9)),
        row("24", "单位", "一行。"),
        row("25", "末类", "单位", "一行。"),
    ]
    first, second = page_texts(pdf_of(document(section(grid(*body))), engine=engine))
    assert (second[8:10], name in second, name in first) == ("24", False, True)


def test_nothing_hangs_out_of_the_frame_where_the_rows_are_lower_than_the_category() -> None:
    name = "很长的类别名称要写满四行才行再多几个字"
    body = [
        *short_rows(1, 21),
        row("22", cell(name, down=2), "单位", "一行。"),
        row("23", "单位", "始" + sentences(12)[:132] + "终"),
    ]
    blob = pdf_of(document(section(grid(*body))))
    first, second = page_texts(blob)
    assert (name in first, "始" in first, "始" in second, name in second) == (True, False, True, True)
    with pypdfium2.PdfDocument(blob) as pdf:
        lowest = min(box[1] for box in rules(pdf[0]))
        assert min(box[1] for box in letters(pdf[0], *LABEL) if box[1] > 36 * MM) > lowest


@BOTH
def test_a_category_that_itself_is_longer_than_a_page_is_not_printed_again(engine: PdfEngine) -> None:
    words = "".join(f"第{number}类" for number in range(1, 120))
    body = [
        row("1", cell(words, down=60), "单位", "一"),
        *(row(str(n), "单位", sentences(n % 5)) for n in range(2, 61)),
    ]
    tree = document(section(grid(*body)))
    blob = pdf_of(tree, engine=engine)
    texts = page_texts(blob)
    assert len(texts) > 3
    assert sum(text.count("第119类") for text in texts) == 1
    assert all(text.startswith("序号") for text in texts)
    assert joined(read_pdf(blob), plain(outline_lines(tree))) == plain(outline_lines(tree))


@BOTH
def test_tables_of_one_page_are_drawn_as_before(engine: PdfEngine) -> None:
    (text,) = page_texts(
        pdf_of(document(section(grid(row("1", cell("类", down=2), "甲", "乙"), row("2", "丙", "丁")))), engine=engine)
    )
    assert text.count("类") == 2  # in the head, and once


def test_what_is_taken_for_granted_of_weasyprint() -> None:
    """If this fails, WeasyPrint has changed: read `writers/pdf_continued` again, look at a continued page."""
    engine = load_engine()
    from weasyprint.draw.text import draw_text
    from weasyprint.formatting_structure import boxes
    from weasyprint.pdf.stream import Stream

    body = "<tbody><tr><td rowspan=2 class=label>b<td>c<tr><td>d"
    markup = f"<table style='border-collapse:collapse'><thead><tr><th>a{body}<tfoot><tr><td></table>"
    rendered = engine.HTML(string=markup).render()
    (page,) = rendered.pages

    def below(box: Any, kind: type) -> list[Any]:
        return [each for each in box.descendants() if isinstance(each, kind)]

    (found,) = below(page._page_box, boxes.TableBox)
    head, rows, foot = found.children
    assert (head.is_header, rows.is_header, rows.is_footer, foot.is_footer) == (True, False, False, True)
    assert [each.index for each in rows.children] == [0, 1]
    first, second = rows.children
    assert first.children[0].rowspan == 2
    assert first.children[0].element.get("class") == "label"
    assert first.position_y + first.height == pytest.approx(second.position_y)
    (line,) = below(first.children[0], boxes.LineBox)
    assert line.height > 0
    assert [text.text for text in below(line, boxes.TextBox)] == ["b"]
    assert list(inspect.signature(draw_text).parameters) == [
        "stream",
        "textbox",
        "offset_x",
        "text_overflow",
        "block_ellipsis",
    ]
    assert list(inspect.signature(page.paint).parameters) == ["stream", "scale"]
    assert all(hasattr(Stream, name) for name in ("artifact", "stacked", "transform"))


# ---- rows that are taller than a page


@cache
def three_pages(engine: PdfEngine) -> tuple[Document, bytes]:
    body = [*short_rows(1, 2), row("3", "长行的类", "单位三", "始" + sentences(200) + "终"), *short_rows(4, 5)]
    tree = document(section(p("表前"), grid(*body), turned=True))
    return tree, pdf_of(tree, engine=engine)


@BOTH
@pytest.mark.row("R6")
def test_a_row_of_three_landscape_pages_loses_nothing_and_repeats_the_head(engine: PdfEngine) -> None:
    tree, blob = three_pages(engine)
    assert joined(read_pdf(blob), plain(outline_lines(tree))) == plain(outline_lines(tree))
    texts = page_texts(blob)
    assert all("序号类别单位进展" in text for text in texts)
    assert ["始" in text for text in texts[:3]] == [True, False, False]
    assert ["终" in text for text in texts[:3]] == [False, False, True]


@BOTH
def test_its_number_and_unit_stand_once_and_its_category_on_each_page(engine: PdfEngine) -> None:
    _, blob = three_pages(engine)
    cells = [piece.texts for piece in read_pdf(blob) if piece.kind is Kind.ROW]
    assert [texts[0] for texts in cells][2:-2] == ["3", *[""] * (len(cells) - 5)]
    assert [text.count("长行的类") for text in page_texts(blob)][:3] == [1, 1, 1]
    assert sum(text.count("单位三") for text in page_texts(blob)) == 1


@BOTH
def test_its_frame_is_closed_on_every_page(engine: PdfEngine) -> None:
    _, blob = three_pages(engine)
    left, right = 35 * MM, (297 - 37) * MM
    with pypdfium2.PdfDocument(blob) as pdf:
        for page in pdf:
            lowest = min(box[1] for box in letters(page, left, right))
            below = [box for box in rules(page) if lowest - 20 < box[1] < lowest]
            assert min(box[0] for box in below) < left + 1
            assert max(box[2] for box in below) > right - 1


@BOTH
def test_a_row_that_is_split_begins_with_all_its_cells_or_on_the_next_page(engine: PdfEngine) -> None:
    last = row("99", "丙类", "丁局", "始" + sentences(60))
    tables = (grid(*short_rows(1, rows), section_row("一、节", 1), last) for rows in range(22, 27))
    texts = page_texts(pdf_of(document(*map(section, tables)), engine=engine))
    pages = [text for text in texts if "一、节" in text]
    assert len(pages) == 5
    assert all(name in page for page in pages for name in ("99", "丙类", "丁局", "始第1句"))


def test_a_merged_cell_of_more_lines_than_the_style_says_lets_its_first_row_be_split() -> None:
    tree = document(section(grid(row("1", cell(*["类"] * 8, down=2), "甲", "乙"), row("2", "丙", "丁"))))
    lower = replace(STYLES, table=replace(STYLES.table, keep_merged_lines=7))
    assert document_xml(tree).count("<w:cantSplit/>") == 3
    assert document_xml(tree, lower).count("<w:cantSplit/>") == 2


# ---- section rows


def entry(category: str, text: str = "任务", judgement: str = "正常推进", **more: Any) -> Entry:
    return Entry(sheet=Sheet.TASKS, category=category, text=text, judgement=judgement, **more)


COLUMNS = (
    ColumnSpec(title="序号", number=True, width=1),
    ColumnSpec(title="分类", field="category", width=2, merge_down=True),
    ColumnSpec(title="任务", field="text", width=4),
)


def built(entries: Sequence[Entry], *sections: str) -> list[str]:
    tree = document(section(build_table(COLUMNS, entries, None, sections)))
    return outline_lines(tree)[2:]


def test_entries_of_one_value_stand_below_a_section_row_and_the_numbers_run_on() -> None:
    assert built([entry("甲"), entry("甲"), entry("乙")], "category") == [
        "表内一级标题 │ 一、甲 →3",
        "表格文字 │ 1 │ 甲 ↓2 │ 任务",
        "表格文字 │ 2 │ 任务",
        "表内一级标题 │ 二、乙 →3",
        "表格文字 │ 3 │ 乙 │ 任务",
    ]


def test_the_second_level_begins_anew_under_each_first_one_and_parts_merged_cells() -> None:
    entries = [
        entry("甲", judgement="正常推进"),
        entry("乙", judgement="正常推进"),
        entry("乙", judgement="推进较为滞后"),
    ]
    assert built(entries, "judgement", "category") == [
        "表内一级标题 │ 一、正常推进 →3",
        "表内二级标题 │ （一）甲 →3",
        "表格文字 │ 1 │ 甲 │ 任务",
        "表内二级标题 │ （二）乙 →3",
        "表格文字 │ 2 │ 乙 │ 任务",
        "表内一级标题 │ 二、推进较为滞后 →3",
        "表内二级标题 │ （一）乙 →3",
        "表格文字 │ 3 │ 乙 │ 任务",
    ]


def test_an_empty_value_makes_no_section_row_at_its_level() -> None:
    assert built([entry(""), entry("甲", judgement=""), entry("")], "judgement", "category") == [
        "表内一级标题 │ 一、正常推进 →3",
        "表格文字 │ 1 │  │ 任务",
        "表内二级标题 │ （一）甲 →3",
        "表格文字 │ 2 │ 甲 │ 任务",
        "表内一级标题 │ 二、正常推进 →3",
        "表格文字 │ 3 │  │ 任务",
    ]


def test_ordinals_of_the_ledger_are_counted_afresh_and_units_joined() -> None:
    entries = [entry("三、甲"), entry("（五）乙", lead_units=("区委办", "区政府办"))]
    assert [line for line in built(entries, "category") if line.startswith("表内")] == [
        "表内一级标题 │ 一、甲 →3",
        "表内一级标题 │ 二、乙 →3",
    ]
    assert "表内一级标题 │ 一、区委办、区政府办 →3" in built(entries, "lead_units")


def test_thousands_of_section_rows_have_ordinals() -> None:
    lines = built([entry(f"类{number}") for number in range(1, 1202)], "category")
    assert "表内一级标题 │ 九百九十九、类999 →3" in lines
    assert "表内一级标题 │ 1201、类1201 →3" in lines


def test_a_section_row_can_be_followed_back_to_its_cell() -> None:
    where = Location(file="台账.xlsx", sheet="重点任务", cell="B2")
    made = build_table(COLUMNS, [entry("甲", cells={"category": where})], None, ("category",))
    assert made.body[0][0].origin == where


def sectioned(theme: str = "") -> Document:
    body = [
        section_row("一、甲<类>", 1),
        section_row("（一）子类", 2),
        row("1", cell("合", down=2), "单位", "进展"),
        row("2", "单位", "进展"),
        section_row("二、乙类", 1),
        row("3", "丙", "单位", "进展"),
    ]
    return document(section(grid(*body, theme=theme)))


@pytest.mark.parametrize("theme", ["", "紧凑"])
@BOTH
def test_every_format_says_the_section_rows(theme: str, engine: PdfEngine) -> None:
    tree = sectioned(theme)
    lines = outline_lines(tree)
    assert lines[2:4] == ["表内一级标题 │ 一、甲<类> →4", "表内二级标题 │ （一）子类 →4"]
    assert read_docx(write_docx(tree, STYLES).value) == lines
    assert read_html(write_html(tree, STYLES).value) == lines
    assert joined(read_pdf(pdf_of(tree, engine=engine)), plain(lines)) == plain(lines)
    assert plain(lines)[2] == Piece(Kind.ROW, ("一、甲<类>",), (4,))


def test_in_word_a_section_row_spans_all_columns_and_has_its_style() -> None:
    xml = document_xml(sectioned())
    rows = re.findall(r"<w:tr>.*?</w:tr>", xml)
    assert [("TableSection1" in one, "TableSection2" in one) for one in rows[1:3]] == [(True, False), (False, True)]
    assert all('<w:gridSpan w:val="4"/>' in one and "cantSplit" in one for one in rows[1:3])
    parts = document_xml(sectioned(), name="styles")
    assert re.search(r'w:styleId="TableSection1"><w:name w:val="公文表内一级标题"/>.*?<w:keepNext/>', parts)


@BOTH
def test_a_section_row_is_never_the_last_of_a_page(engine: PdfEngine) -> None:
    tall = row("99", "类", "单位", cell(*["行"] * 6))
    ends = [section_row("一、节", 1), section_row("（一）小节", 2), tall]
    head = [row("甲", "乙", "丙", "丁")]
    tables = (grid(*short_rows(1, rows), *ends, head=head) for rows in range(20, 30))
    texts = page_texts(pdf_of(document(*map(section, tables)), engine=engine))
    assert sum("99" in text for text in texts) == 10
    for text in texts:
        assert ("一、节" in text, "（一）小节" in text) == ("99" in text, "99" in text)


@BOTH
def test_the_frame_ends_under_the_last_row_where_a_section_row_moved_on(engine: PdfEngine) -> None:
    tall = row("99", "类", "单位", cell(*["行"] * 6))
    body = [*short_rows(1, 25), section_row("一、节", 1), tall]
    blob = pdf_of(document(section(grid(*body))), engine=engine)
    first, second = page_texts(blob)
    assert ("25" in first, "一、节" in first, "一、节" in second) == (True, False, True)
    with pypdfium2.PdfDocument(blob) as pdf:
        lowest = min(box[1] for box in letters(pdf[0], 28 * MM, 184 * MM) if box[1] > 36 * MM)
        assert lowest - min(box[1] for box in rules(pdf[0])) < 16


def test_a_template_makes_them_and_the_manifest_counts_entries(tmp_path: Path) -> None:
    config = project(
        tmp_path,
        ledger(tasks=[task(), task("二"), task("三", 分类="别的")]),
        CONFIG.replace("template: half-year-report", "template: 模板.yaml"),
    )
    (tmp_path / "模板.yaml").write_text(TEMPLATE.format(more="sections: [category]"), encoding="utf-8")
    delivery = generate(Request(config, ("txt",)))
    text = next(blob for name, blob in delivery.files.items() if name.endswith(".txt")).decode()
    assert re.findall(r"表内一级标题 │ (\S+)", text) == ["一、办好民生实事", "二、别的"]
    assert delivery.manifest["tables"] == [3]


TEMPLATE = """\
version: 1
name: 表
annexes:
  - id: tasks
    rows: tasks
    title: 任务表
    {more}
    columns:
      - {{title: 序号, number: true, width: 10}}
      - {{title: 任务, field: text, width: 36}}
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("sections: [category, category]", "同一项只能作一级小标题"),
        ("sections: [category, judgement, text]", "最多 2 项"),
        ("sections: [categroy]", "是否要写「category」？"),
        ("sections: category", "应是列表"),
        ("theme: ''", "「annexes[0].theme」是空的"),
        ("theme: 紧奏", "版式里没有名为「紧奏」的表格样式"),
    ],
)
def test_what_a_template_may_not_say_of_its_tables(more: str, said: str, tmp_path: Path) -> None:
    config = project(tmp_path, ledger(), CONFIG.replace("template: half-year-report", "template: 模板.yaml"))
    (tmp_path / "模板.yaml").write_text(TEMPLATE.format(more=more), encoding="utf-8")
    with pytest.raises(InputError) as fault:
        generate(Request(config, ("txt",)))
    assert said in str(fault.value)


def test_an_unknown_theme_is_told_with_its_place_and_the_nearest_name(tmp_path: Path) -> None:
    config = project(tmp_path, ledger(), CONFIG.replace("template: half-year-report", "template: 模板.yaml"))
    (tmp_path / "模板.yaml").write_text(TEMPLATE.format(more="theme: 紧奏"), encoding="utf-8")
    with pytest.raises(InputError) as fault:
        generate(Request(config, ("txt",)))
    (problem,) = fault.value.problems
    assert (problem.code, str(problem.where)) == ("template.unknown-theme", "模板.yaml:7:5（annexes[0].theme）")
    assert "是否要写「紧凑」？" in problem.fix


# ---- nested heads

THREE_TIERS = [
    row(cell("序号", down=3), cell("工作任务", right=2), cell("进展", down=3)),
    row(cell("任务内容", right=2)),
    row("类别", "单位"),
]


def test_a_head_of_three_tiers_is_made_from_nested_columns() -> None:
    columns = (
        ColumnSpec(title="序号", number=True, width=1),
        ColumnSpec(
            title="工作任务",
            columns=(
                ColumnSpec(
                    title="任务内容",
                    columns=(
                        ColumnSpec(title="类别", field="category", width=2),
                        ColumnSpec(title="单位", field="lead_units", width=2),
                    ),
                ),
            ),
        ),
        ColumnSpec(title="进展", field="progress", width=5),
    )
    assert build_table(columns, [entry("甲")], None).head == tuple(THREE_TIERS)


@BOTH
def test_a_column_of_two_tiers_beside_one_of_three_and_flat_ones(engine: PdfEngine) -> None:
    columns = (
        ColumnSpec(title="序号", number=True, width=1),
        ColumnSpec(
            title="任务",
            columns=(
                ColumnSpec(title="内容", field="text", width=2),
                ColumnSpec(
                    title="单位",
                    columns=(
                        ColumnSpec(title="牵头", field="lead_units", width=2),
                        ColumnSpec(title="配合", field="support_units", width=2),
                    ),
                ),
            ),
        ),
    )
    tree = document(section(build_table(columns, [entry("甲")], None)))
    lines = outline_lines(tree)
    assert lines[1:4] == [
        "表头 │ 序号 ↓3 │ 任务 →3",
        "表头 │ 内容 ↓2 │ 单位 →2",
        "表头 │ 牵头 │ 配合",
    ]
    assert read_docx(write_docx(tree, STYLES).value) == lines
    assert joined(read_pdf(pdf_of(tree, engine=engine)), plain(lines)) == plain(lines)


@BOTH
def test_all_tiers_are_head_rows_in_word_and_on_every_page_of_the_pdf(engine: PdfEngine) -> None:
    tree = document(section(grid(*short_rows(1, 60), head=THREE_TIERS)))
    xml = document_xml(tree)
    rows = re.findall(r"<w:tr>.*?</w:tr>", xml)
    assert ["<w:tblHeader/>" in one for one in rows[:4]] == [True, True, True, False]
    merges = [re.findall(r'w:vMerge w:val="(\w+)"', one) for one in rows[:3]]
    assert merges == [["restart", "restart"], ["continue", "continue"], ["continue", "continue"]]
    texts = page_texts(pdf_of(tree, engine=engine))
    assert len(texts) > 1
    assert all(name in text for text in texts for name in ("序号", "工作任务", "任务内容", "类别", "单位", "进展"))


# ---- themes


def test_a_theme_is_the_style_sheet_with_what_it_says_of_itself() -> None:
    dense = STYLES.themed("紧凑")
    assert dense.table == replace(STYLES.table, padding_mm=0.8)
    assert dense.text[TextRole.TABLE_CELL] == replace(STYLES.text[TextRole.TABLE_CELL], size_pt=9.0, pitch_pt=13.0)
    assert dense.text[TextRole.BODY] is STYLES.text[TextRole.BODY]
    assert STYLES.themed("") is STYLES


def test_an_office_changes_a_theme_or_adds_one_of_its_own(tmp_path: Path) -> None:
    own = "version: 1\nextends: gb9704\nthemes: {紧凑: {table: {frame_pt: 2}}, 三线: {table: {ruling: 三线表}}}\n"
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    sheet, _ = load_styles("own.yaml", tmp_path, ASKED)
    assert (sheet.themes["紧凑"].table.frame_pt, sheet.themes["紧凑"].table.padding_mm) == (2, 0.8)
    assert sheet.themed("三线").table == replace(STYLES.table, ruling=Ruling.THREE)
    assert list(sheet.themes) == ["紧凑", "宽松", "三线"]


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ("themes: {密: {table: {padding_mm: -1}}}", [("style.out-of-range", "themes.密.table.padding_mm")]),
        ("themes: {密: {table: {pading_mm: 1}}}", [("config.unknown-key", "themes.密.table.pading_mm")]),
        ("themes: {密: {text: {表头: {size_pt: 大号}}}}", [("style.unknown-size", "themes.密.text.表头.size_pt")]),
        ("themes: {密: {text: {正文: {size_pt: 12}}}}", [("config.unknown-key", "themes.密.text.正文")]),
        ("themes: {密: {table: {head_fill: 灰}}}", [("config.bad-value", "themes.密.table.head_fill")]),
        ("themes: {密: 1}", [("config.wrong-type", "themes.密")]),
        ("themes: 密", [("config.wrong-type", "themes")]),
        ("table: {padding_mm: -1}", [("style.out-of-range", "table.padding_mm")]),
        ("table: {rule_pt: 细}", [("config.wrong-type", "table.rule_pt")]),
        ("text: {表头: {font: 草书}}", [("config.bad-value", "text.表头.font")]),
    ],
)
def test_a_fault_of_a_theme_is_told_once_and_where_it_is(layer: str, told: list[Any], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(f"version: 1\nextends: gb9704\n{layer}\n", encoding="utf-8")
    with pytest.raises(InputError) as fault:
        load_styles("own.yaml", tmp_path, ASKED)
    assert [(p.code, p.where.key, p.where.line) for p in fault.value.problems if p.where] == [
        (code, key, 3) for code, key in told
    ]


def test_in_word_the_texts_of_a_theme_have_styles_of_their_own() -> None:
    parts = document_xml(sectioned("宽松"), name="styles")
    roles = ("TableHead", "TableSection1", "TableSection2", "TableCell")
    assert re.findall(r'w:styleId="(\w+Theme\d)"', parts) == [f"{role}Theme2" for role in roles]
    assert '<w:name w:val="公文表头（宽松）"/>' in parts
    used = set(re.findall(r'<w:pStyle w:val="(Table\w+)"/>', document_xml(sectioned("宽松"))))
    assert used == {f"{role}Theme2" for role in roles}
    assert "Theme" not in document_xml(sectioned(), name="styles")


@BOTH
def test_letters_of_a_theme_are_drawn_in_its_size_and_face(engine: PdfEngine) -> None:
    (page,) = pdf_pages(pdf_of(sectioned("宽松"), engine=engine))
    assert page.sizes == (12.0, 14.0)  # and the page number
    song = replace(STYLES.text[TextRole.TABLE_CELL], font=STYLES.text[TextRole.TITLE].font)
    theme = replace(STYLES.themes["紧凑"], text={TextRole.TABLE_CELL: song})
    sheet = replace(STYLES, themes={"甲": theme})
    asked = {(font, text) for font, text, _ in drawn_texts(sectioned("甲"), sheet)}
    assert (song.font, "丙") in asked


@BOTH
def test_more_rows_stand_on_a_page_of_a_dense_table(engine: PdfEngine) -> None:
    themes = ("紧凑", "", "宽松")
    tables = (grid(*short_rows(1, 70), head=[row(theme or "平常", "", "", "")], theme=theme) for theme in themes)
    texts = page_texts(pdf_of(document(*map(section, tables)), engine=engine))
    assert sum("紧凑" in text for text in texts) < sum("宽松" in text for text in texts)
    rows = [next(text for text in texts if name in text).count("一行") for name in ("紧凑", "平常", "宽松")]
    assert rows[0] > rows[1] > rows[2]


def ruled(**changes: Any) -> StyleSheet:
    style: TableStyle = replace(STYLES.table, **changes)
    return replace(STYLES, table=style)


def dark(page: pypdfium2.PdfPage, *, at_mm: float, across: bool) -> list[tuple[float, float]]:
    """Where a straight cut through the page meets ink: place and thickness in millimetres.

    The cut is level and measured from the sheet's left edge if `across`, else upright and measured from above.
    """
    image = page.render(scale=20 * 25.4 / 72).to_pil().convert("L")
    length = image.width if across else image.height
    cut = [image.getpixel((i, at_mm * 20) if across else (at_mm * 20, i)) for i in range(length)]
    runs = [(inked, list(group)) for inked, group in groupby(range(length), key=lambda i: cut[i] < 128)]
    return [(group[0] / 20, len(group) / 20) for inked, group in runs if inked]


@pytest.mark.parametrize(
    ("ruling", "vertical", "nil"),
    [
        (Ruling.GRID, [0, 12.5, 37.5, 62.5, 155.5], []),
        (Ruling.OPEN, [12.5, 37.5, 62.5], ["left", "right"]),
        (Ruling.THREE, [], ["left", "right", "insideH", "insideV"]),
    ],
)
@BOTH
def test_rules_of_a_table(ruling: Ruling, vertical: list[float], nil: list[str], engine: PdfEngine) -> None:
    sheet, tree = ruled(ruling=ruling, frame_pt=1.5, head_rule_pt=0.75), document(section(grid(*short_rows(1, 3))))
    with pypdfium2.PdfDocument(pdf_of(tree, sheet, engine)) as pdf:
        # Through the upper padding of the first row, and through the left one of the text column.
        assert [at - 28 for at, _ in dark(pdf[0], at_mm=37 + 9, across=True)] == pytest.approx(vertical, abs=0.6)
        level = [round(thick / 25.4 * 72 / 0.75) for _, thick in dark(pdf[0], at_mm=28 + 63.2, across=False)]
    assert level == ([2, 1, 2] if ruling is Ruling.THREE else [2, 1, 1, 1, 2])
    xml = document_xml(tree, sheet)
    assert re.findall(r'<w:(\w+) w:val="nil"/>', xml) == nil
    assert xml.count('<w:tcBorders><w:bottom w:val="single" w:sz="6"') == 4


@BOTH
def test_the_rule_below_the_table_is_as_thick_as_the_one_above(engine: PdfEngine) -> None:
    tree = document(section(grid(*short_rows(1, 70))))
    with pypdfium2.PdfDocument(pdf_of(tree, ruled(frame_pt=3), engine)) as pdf:
        for page in pdf:
            level = dark(page, at_mm=28 + 63.2, across=False)
            thick = [thickness / 25.4 * 72 for _, thickness in level]
            assert (thick[0], thick[-1]) == pytest.approx((3, 3), abs=0.3)
            assert max(thick[1:-1]) < 1


def test_the_head_may_be_filled() -> None:
    tree = document(section(grid(*short_rows(1, 3))))
    sheet = ruled(head_fill="D9D9D9")
    assert document_xml(tree, sheet).count('<w:shd w:val="clear" w:color="auto" w:fill="D9D9D9"/>') == 4
    assert "th{background:#D9D9D9}" in write_html(tree, sheet).value.decode()
    assert "<w:shd" not in document_xml(tree)


# ---- the page number of landscape pages in Word

TURNED = replace(STYLES, page_number=replace(STYLES.page_number, turned_in_docx=True))


def both_ways() -> Document:
    rows = [row(str(number), "类", "单位", sentences(9)) for number in range(1, 30)]
    return document(section(p("首页")), section(grid(*rows), turned=True), section(p("末页")))


def test_in_word_a_landscape_section_keeps_the_footers_unless_the_style_turns_the_number() -> None:
    assert re.findall(r'r:id="(\w+)"', document_xml(both_ways())) == ["footerOdd", "footerEven"] * 3
    assert re.findall(r'r:id="(\w+)"', document_xml(both_ways(), TURNED)) == [
        *("footerOdd", "footerEven"),
        *("footerOddTurned", "footerEvenTurned"),
        *("footerOdd", "footerEven"),
    ]


def test_the_turned_number_is_a_field_in_a_text_box_that_is_turned_clockwise() -> None:
    for name, side, at in (("footerOddTurned", "right", 210 - 26 - 60), ("footerEvenTurned", "left", 28)):
        xml = document_xml(both_ways(), TURNED, name)
        assert " PAGE </w:instrText>" in xml
        assert 'vert="vert"' in xml
        assert f'<w:jc w:val="{side}"/></w:pPr><w:r>' in xml.partition("txbxContent")[2]
        x, y = (int(offset) / 36000 for offset in re.findall(r"<wp:posOffset>(\d+)<", xml))
        assert (x + 6, y) == pytest.approx((35 - 7, at), abs=0.01)


@needs_libreoffice
def test_libreoffice_puts_the_turned_number_where_the_pdf_has_it() -> None:
    with pypdfium2.PdfDocument(laid_out(write_docx(both_ways(), TURNED).value)) as pdf:
        even, odd = pdf[1], pdf[2]
        for page in (even, odd):
            assert page.get_size()[0] > page.get_size()[1]
        for page, edge, wanted in ((odd, 1, 26 * MM + 14), (even, 3, (210 - 28) * MM - 14)):
            shown = letters(page, 0, 34 * MM)
            middle = (min(box[0] for box in shown) + max(box[2] for box in shown)) / 2
            assert middle / MM == pytest.approx(35 - 7, abs=1.5)
            end = min(box[1] for box in shown) if edge == 1 else max(box[3] for box in shown)
            assert end / MM == pytest.approx(wanted / MM, abs=1.5)


def test_the_shipped_sheet_has_the_two_themes_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert list(STYLES.themes) == ["紧凑", "宽松"]
    assert all(name in readme for name in (*STYLES.themes, "`sections: [category]`", "`theme: 紧凑`", "turned_in_docx"))


def test_a_ledger_without_the_column_of_the_section_rows_is_refused(tmp_path: Path) -> None:
    tasks = [{key: value for key, value in task().items() if key != "分类"}]
    config = project(tmp_path, ledger(tasks=tasks), CONFIG.replace("template: half-year-report", "template: 模板.yaml"))
    (tmp_path / "模板.yaml").write_text(TEMPLATE.format(more="sections: [category]"), encoding="utf-8")
    with pytest.raises(InputError, match="分类"):
        generate(Request(config, ("txt",)))
    (tmp_path / "模板.yaml").write_text(TEMPLATE.format(more="orientation: 横向"), encoding="utf-8")
    assert generate(Request(config, ("txt",))).files
