"""The Word file as LibreOffice lays it out (Word 文件的排版): the grid of the standard, and the PDF's page breaks."""

from __future__ import annotations

import re
from functools import cache

import pypdfium2
import pytest

from reportgen.document import Document
from reportgen.generate import Request, generate
from reportgen.review.readback_pdf import pdf_pages
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, p, section, styles
from tests.libreoffice import laid_out, needs_libreoffice
from tests.projects import SAMPLE

pytestmark = needs_libreoffice

# Per page: so many letters stand up to its end (white space and page numbers not counted).
Ends = list[int]


def page_ends(blob: bytes, pages: int | None = None) -> Ends:
    ends, letters = [], 0
    with pypdfium2.PdfDocument(blob) as pdf:
        for page in list(pdf)[:pages]:
            text = re.sub(r"—\s*\d+\s*—", "", page.get_textpage().get_text_range())
            letters += len(re.sub(r"[\s\x02\ufffe]", "", text))
            ends.append(letters)
    return ends


def docx_of(tree: Document) -> bytes:
    return write_docx(tree, styles()).value


def pdf_of(tree: Document) -> bytes:
    return write_pdf(tree, styles(), find_fonts({})).value


@cache
def mixed() -> Document:
    """Ten pages of the sample's own running text: digits, quotes, brackets, marks at every place of a line."""
    outline = next(blob for name, blob in generate(Request(SAMPLE, ("txt",))).files.items() if name.endswith(".txt"))
    cells = [line.rpartition(" │ ")[2] for line in outline.decode().splitlines() if line.startswith("表格文字")]
    return document(section(*(p(text) for cell in cells[10:50] for text in cell.split("⏎"))))


def test_a_full_page_holds_22_lines_of_28_characters():
    first, *_ = pdf_pages(laid_out(docx_of(document(section(p("督" * 28 * 30))))))
    lines = [line for line in first.text.replace("\r", "").split("\n") if "督" in line]
    assert [len(line) for line in lines] == [26] + [28] * 21


def test_pages_of_plain_text_end_at_the_same_letter_in_both():
    text = "会议要求各镇街和有关部门对照目标任务逐项梳理逐月推进逐季通报" * 3
    tree = document(section(*(p(text[: 60 + 7 * n % 29]) for n in range(120))))
    ours = page_ends(pdf_of(tree))
    assert len(ours) > 10
    assert page_ends(laid_out(docx_of(tree))) == ours


def test_pages_of_mixed_text_end_at_the_same_letter_in_both_once_libreoffice_heeds_the_files_settings():
    ours = page_ends(pdf_of(mixed()))
    assert len(ours) >= 10
    assert page_ends(laid_out(docx_of(mixed()), as_set=True)) == ours


def test_pages_of_mixed_text_drift_by_few_lines_where_it_does_not():
    # LibreOffice widens the joints of Chinese with digits (longer lines) and lets marks hang over the margin (shorter
    # ones): see `laid_out`. Over a dozen pages the two nearly cancel out.
    ours, theirs = page_ends(pdf_of(mixed())), page_ends(laid_out(docx_of(mixed())))
    assert len(ours) == len(theirs)
    assert max(abs(a - b) / 28 for a, b in zip(ours, theirs, strict=True)) < 4


@pytest.mark.parametrize("page", [1, 2])
def test_the_samples_body_breaks_its_pages_within_one_line_of_each_other(page):
    files = generate(Request(SAMPLE, ("docx", "pdf"))).files
    blobs = {name.rpartition(".")[2]: blob for name, blob in files.items()}
    ours, theirs = page_ends(blobs["pdf"], 3), page_ends(laid_out(blobs["docx"]), 3)
    assert abs(ours[page - 1] - theirs[page - 1]) <= 28
    assert ours[2] == theirs[2]  # the whole body
