"""Tables that Typst lays out (Typst 表格): what `test_tables` does not ask of both engines."""

from __future__ import annotations

import time
from itertools import pairwise

import pypdfium2
import pytest

from reportgen.document import Document, Orientation, Row
from reportgen.pdf_engine import PdfEngine
from reportgen.review.readback_pdf import joined, pdf_pages, plain, read_pdf
from reportgen.styles import Align, StyleSheet
from reportgen.writers.outline import outline_lines
from reportgen.writers.typst_tables import typst_table
from tests.builders import AWKWARD, LONG_TOKEN, cell, document, nested_table, p, row, section, sentences
from tests.test_tables import (
    MM,
    STYLES,
    grid,
    letters,
    page_texts,
    ruled,
    rules,
    section_row,
    short_rows,
)
from tests.test_tables import pdf_of as pdf_by


def pdf_of(tree: Document, sheet: StyleSheet = STYLES) -> bytes:
    return pdf_by(tree, sheet, PdfEngine.TYPST)


# The text column of `SHARES` on an upright page, in points from the sheet's left edge.
TEXT = (28 * MM + 0.4 * 156 * MM, 184 * MM)


def read_whole(tree: Document, sheet: StyleSheet = STYLES) -> list[str]:
    """The texts of the pages of a tree whose tags say what its outline says."""
    blob = pdf_of(tree, sheet)
    lines = plain(outline_lines(tree))
    assert joined(read_pdf(blob), lines) == lines
    return page_texts(blob)


def test_a_table_of_every_kind_says_what_the_outline_says_upright_and_turned() -> None:
    read_whole(document(section(nested_table()), section(p("表前"), nested_table(), p("表后"), turned=True)))


# ---- rows that a page end parts


@pytest.mark.parametrize("least", [1, 2, 3, 5])
def test_a_row_that_is_split_has_so_many_lines_on_each_page(least: int) -> None:
    sheet = ruled(split_lines=least, keep_row_lines=2)
    tables = [grid(*short_rows(1, 21), row("99", "丙类", "丁局", "字" * 24 * lines + "终")) for lines in range(4, 14)]
    blob = pdf_of(document(*map(section, tables)), sheet)
    texts = page_texts(blob)
    assert sum("终" in text for text in texts) == len(tables)
    parts = [(text.count("字") / 24, "终" in text, "一行" in text) for text in texts]
    ends = [before for before, after in pairwise(parts) if after[1] and not after[2] and before[0]]
    begun = [after for before, after in pairwise(parts) if after[1] and not after[2] and before[0]]
    assert len(begun) >= 3
    assert min(lines for lines, _, _ in ends) >= least
    assert min(lines for lines, _, _ in begun) >= least - 1  # and the last one, which 终 begins


def test_the_lines_before_a_cut_are_as_full_as_the_others() -> None:
    text = "".join(f"第{number}项写明一件不同的事" for number in range(1, 90))
    tree = document(section(grid(row("99", "丙类", "丁局", text), head=[])))
    assert len(read_whole(tree)) == 2
    ends: list[float] = []
    with pypdfium2.PdfDocument(pdf_of(tree)) as pdf:
        for page in pdf:
            lines: dict[int, float] = {}
            for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
                left, bottom, right, _ = shown.get_bounds()
                if left >= TEXT[0] and bottom > 36 * MM:
                    line = round(shown.get_matrix().f)
                    lines[line] = max(lines.get(line, 0.0), right)
            ends += [lines[line] for line in sorted(lines, reverse=True)]
    assert len(ends) > 40
    assert min(ends[:-1]) > 184 * MM - STYLES.table.padding_mm * MM - 4


def test_paragraphs_and_empty_ones_of_a_cell_that_is_split_are_all_there() -> None:
    texts = [sentences(9, "甲"), "", sentences(9, "乙"), "", "", sentences(9, "丙"), "短。", "末。"]
    for rows in (18, 20, 22):
        pages = read_whole(document(section(grid(*short_rows(1, rows), row("99", "类", "单位", cell(*texts))))))
        assert len(pages) == 2


def test_long_words_and_awkward_letters_of_a_cell_that_is_split_are_all_there() -> None:
    text = f"{AWKWARD * 4}{LONG_TOKEN}{AWKWARD}{LONG_TOKEN}" * 2
    pages = read_whole(document(section(grid(*short_rows(1, 15), row("99", LONG_TOKEN, AWKWARD, text)))))
    assert len(pages) >= 2
    with pypdfium2.PdfDocument(pdf_of(document(section(grid(row("9", "类", "单位", text)))))) as pdf:
        assert max(box[2] for page in pdf for box in letters(page, 0, 210 * MM)) <= 184 * MM


@pytest.mark.parametrize(
    "asked", [{"keep_row_lines": 1000}, {"keep_merged_lines": 1000}, {"split_lines": 100}, {"keep_row_lines": 0}]
)
def test_nothing_falls_off_a_page_however_many_lines_are_to_be_kept_together(asked: dict[str, int]) -> None:
    body = [
        *short_rows(1, 9),
        row("10", cell(sentences(40, "类"), down=2), "单位", sentences(90)),
        row("11", "单位", "一行。"),
        section_row("一、" + sentences(200, "节"), 1),
        row("12", "类", "单位", "末行。"),
    ]
    tree = document(section(grid(*body)), section(grid(*body), turned=True))
    blob = pdf_of(tree, ruled(**asked))
    lines = plain(outline_lines(tree))
    assert joined(read_pdf(blob), lines) == lines
    with pypdfium2.PdfDocument(blob) as pdf:
        for page in pdf:
            assert min(box[1] for box in letters(page, 36 * MM, page.get_width())) > 20 * MM


def test_a_head_of_half_a_page_is_a_head_all_the_same_and_shown_once() -> None:
    texts = read_whole(document(section(grid(*short_rows(1, 30), head=[row("序" * 70, "类", "单位", "进展")]))))
    assert len(texts) > 1
    assert "".join(texts).count("序") == 70


def test_section_rows_without_rows_of_their_own_and_tables_without_rows_say_what_the_outline_says() -> None:
    for levels in ((), (1,), (1, 1), (2, 1), (2, 2, 1), (1, 2)):
        rows = [section_row(f"第{number}节", level) for number, level in enumerate(levels)]
        read_whole(document(section(p("前"), grid(*rows), p("后"), grid(*rows, *short_rows(1, 3)))))


def test_a_head_that_no_page_can_hold_is_shown_once_and_whole() -> None:
    tree = document(section(grid(*short_rows(1, 30), head=[row("序号", sentences(120, "头"), "单位", "进展")])))
    blob = pdf_of(tree)
    texts = page_texts(blob)
    assert "".join(texts).count("第120头写") <= 1 < len(texts) < 10
    with pypdfium2.PdfDocument(blob) as pdf:
        for page in pdf:
            assert min(box[1] for box in letters(page, 36 * MM, page.get_width())) > 20 * MM


# ---- categories that a page end parts


def test_a_name_that_does_not_fit_before_the_page_end_stands_whole_on_the_next_page() -> None:
    name = "很长的类别名称要写满四行才行再多几个字"
    body = [
        *short_rows(1, 21),
        row("22", cell(name, down=2), "单位", "一行。"),
        row("23", "单位", "始" + sentences(12)[:132] + "终"),
    ]
    first, second = read_whole(document(section(grid(*body))))
    assert ("22" in first, "始" in first, "始" in second) == (True, False, True)
    assert first.count("类别名称") + second.count("类别名称") == second.count(name) == 1


def test_categories_of_two_columns_and_of_two_equal_tables_are_printed_each_in_its_place() -> None:
    body = [
        row("1", cell("类甲", down=39), cell("局甲", down=30), "首"),
        *(row(str(number), "一行。") for number in range(2, 31)),
        row("31", cell("局乙", down=9), "一行。"),
        *(row(str(number), "一行。") for number in range(32, 40)),
        row("40", "类乙", "局丙", "末"),
    ]
    # The second table begins on the page on which the first one ends, below what goes on of it.
    texts = read_whole(document(section(grid(*body), grid(*body))))
    assert [text.count("类甲") for text in texts] == [1, 2, 1, 1]
    assert [text.count("局甲") for text in texts] == [1, 2, 1, 0]
    assert [text.count("局乙") for text in texts] == [0, 1, 1, 1]
    assert sum(text.count("类乙") for text in texts) == 2


def test_a_split_row_below_a_merged_one_of_the_same_page_repeats_its_own_category() -> None:
    body = [
        row("1", cell("大类甲", down=3), "单位", "一行。"),
        *(row(str(number), "单位", "一行。") for number in (2, 3)),
        row("4", "长行的类", "单位", "始" + sentences(120) + "终"),
        row("5", cell("大类丁", down=3), "单位", "一行。"),
        *(row(str(number), "单位", "一行。") for number in (6, 7)),
    ]
    texts = read_whole(document(section(grid(*body))))
    assert [text.count("长行的类") for text in texts] == [1] * len(texts)
    assert [sum(text.count(name) for text in texts) for name in ("大类甲", "大类丁")] == [1, 1]


def test_a_table_without_a_head_says_all_and_closes_its_frame() -> None:
    body = [row("1", cell("类甲", down=60), "单位", "首"), *(row(str(n), "单位", "一行。") for n in range(2, 61))]
    tree = document(section(grid(*body, head=[])))
    assert len(read_whole(tree)) == 3
    with pypdfium2.PdfDocument(pdf_of(tree)) as pdf:
        for page in pdf:
            level = [box for box in rules(page) if box[2] - box[0] > 150 * MM]
            assert len(level) >= 1


def test_a_row_whose_cells_are_all_merged_stands_as_the_others() -> None:
    body = [
        *short_rows(1, 3),
        tuple(cell(text, down=2) for text in ("4", "类", "单位", "合并。")),
        (),
        row("5", "类", "单位", "末行。"),
    ]
    (text,) = page_texts(pdf_of(document(section(grid(*body)))))
    assert text.count("合并。") == text.count("末行。") == 1


# ---- the look


def test_each_kind_of_column_is_aligned_as_the_style_sheet_says() -> None:
    edges: dict[Align, tuple[float, float]] = {}
    for align in Align:
        sheet = ruled(align=dict.fromkeys(STYLES.table.align, align))
        with pypdfium2.PdfDocument(pdf_of(document(section(grid(row("1", "类", "单", "短"), head=[]))), sheet)) as pdf:
            (box,) = [box for box in letters(pdf[0], *TEXT) if box[1] > 36 * MM]
        edges[align] = (box[0] - TEXT[0], TEXT[1] - box[2])
    assert edges[Align.LEFT] == pytest.approx(edges[Align.JUSTIFY], abs=0.1)
    assert edges[Align.LEFT][0] == pytest.approx(STYLES.table.padding_mm * MM, abs=2)
    assert edges[Align.RIGHT][1] == pytest.approx(STYLES.table.padding_mm * MM, abs=2)
    assert edges[Align.CENTER][0] == pytest.approx(edges[Align.CENTER][1], abs=2)


def test_rows_are_as_high_as_those_of_the_other_engine() -> None:
    tree = document(section(grid(*(row(str(n), "类", "单位", sentences(n % 4 + 1)) for n in range(1, 20)))))
    heights = {engine: pdf_pages(pdf_by(tree, STYLES, engine))[0].baselines for engine in PdfEngine}
    weasyprint, typst = (heights[engine] for engine in (PdfEngine.WEASYPRINT, PdfEngine.TYPST))
    assert len(weasyprint) == len(typst)
    assert typst == pytest.approx(weasyprint, abs=1.0)


# ---- time


def test_the_time_grows_with_the_rows_and_not_faster() -> None:
    def built(count: int) -> float:
        body: list[Row] = []
        for number in range(count):
            label = [cell(f"类{number // 5}", down=5)] if number % 5 == 0 else []
            body.append(row(str(number), *label, f"局{number}", f"第{number}行{count}。"))
        tree = document(section(grid(*body)))
        start = time.process_time()
        pdf_of(tree)
        return time.process_time() - start

    built(50)
    assert built(1200) < 7 * built(300)


def test_the_source_of_a_row_does_not_grow_with_the_table() -> None:
    def size(count: int) -> int:
        return len(typst_table(grid(*short_rows(1000, 999 + count)), Orientation.PORTRAIT, STYLES))

    assert size(900) - size(600) == size(600) - size(300)
