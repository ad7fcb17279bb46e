"""The Word file as LibreOffice lays it out (Word 文件的排版): the grid of the standard, and the PDF's page breaks."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

import pypdfium2

from reportgen.document import Document
from reportgen.generate import Request, generate
from reportgen.review.readback_pdf import pdf_pages
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, p, section, styles
from tests.libreoffice import laid_out, needs_libreoffice
from tests.projects import SAMPLE
from tests.samples import made

pytestmark = needs_libreoffice


def page_ends(blob: bytes, pages: int | None = None) -> list[list[int]]:
    """For each page the letters that stand up to the end of each of its lines, from the document's first letter on."""
    ends: list[list[int]] = []
    letters = 0
    with pypdfium2.PdfDocument(blob) as pdf:
        for page in list(pdf)[:pages]:
            text = re.sub(r"—\s*\d+\s*—", "", page.get_textpage().get_text_range())
            ends.append([])
            for line in filter(None, (re.sub(r"[\s\x02\ufffe]", "", line) for line in text.split("\n"))):
                letters += len(line)
                ends[-1].append(letters)
    return ends


def drift(ours: bytes, theirs: bytes, pages: int | None = None) -> list[int]:
    """By how many of our lines each page of theirs ends earlier (below zero) or later."""
    lines = [letters for page in page_ends(ours) for letters in page]
    mine = [page[-1] for page in page_ends(ours, pages)]
    other = [page[-1] for page in page_ends(theirs, pages)]
    assert len(mine) == len(other)
    return [bisect_left(lines, b) - bisect_left(lines, a) for a, b in zip(mine, other, strict=True)]


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
    assert [page[-1] for page in page_ends(laid_out(docx_of(tree)))] == [page[-1] for page in ours]


def test_pages_of_mixed_text_end_within_one_line_once_libreoffice_heeds_the_files_settings():
    found = drift(pdf_of(mixed()), laid_out(docx_of(mixed()), as_set=True))
    assert len(found) >= 10
    # Not always at the same one: Word knows steps of 0.05 pt, the page of 0.01, and a full line may hold one more.
    assert set(found) <= {-1, 0, 1}


def test_pages_of_mixed_text_drift_by_less_than_half_a_line_each_where_it_does_not():
    # LibreOffice widens the joints of Chinese with digits (more lines) and lets marks hang over the margin (fewer):
    # see `laid_out`.
    found = drift(pdf_of(mixed()), laid_out(docx_of(mixed())))
    assert all(abs(lines) <= 1 + page / 2 for page, lines in enumerate(found))


def test_the_samples_body_breaks_its_pages_within_one_line_of_each_other():
    first, second, body = drift(made()[".pdf"], laid_out(made()[".docx"]), 3)
    assert abs(first) <= 1
    assert abs(second) <= 1
    assert body == 0
