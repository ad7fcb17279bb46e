"""What finds no room (放不下的内容): long names, and pages on which something would stand alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from reportgen.document import (
    AnnexEntry,
    AnnexTitle,
    Document,
    Imprint,
    Letterhead,
    LetterheadForm,
    Note,
    Paragraph,
    Signature,
    Title,
)
from reportgen.problems import Location
from reportgen.review.readback_pdf import pdf_pages
from reportgen.styles import ImprintPage, TextRole
from reportgen.template.forms import names
from reportgen.template.loading import load_styles
from reportgen.writers.docx import write_docx
from reportgen.writers.fit import misfits
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, p, row, section, styles, table
from tests.libreoffice import laid_out, needs_libreoffice

LONG = "中共某市某区委某市某区人民政府督查工作办公室"


def pdf_of(tree: Document) -> bytes:
    return write_pdf(tree, styles(), find_fonts({})).value


def both(tree: Document) -> list[bytes]:
    return [pdf_of(tree), laid_out(write_docx(tree, styles()).value)]


def text_of(blob: bytes, index: int) -> str:
    return "".join(pdf_pages(blob)[index].text.split())


def places(blob: bytes, index: int, words: str) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right, top of the words on a page."""
    with pypdfium2.PdfDocument(blob) as pdf:
        text = pdf[index].get_textpage()
        at, count = text.search(words).get_next()
        boxes = [text.get_charbox(at + each) for each in range(count)]
    return boxes


@needs_libreoffice
def test_a_printer_who_leaves_no_room_for_the_date_has_a_line_of_its_own():
    imprint = Imprint(copies_to="抄送：县委。", printer=LONG, printed="2026年12月12日印发")
    for blob in both(document(section(p("正文。"), imprint))):
        (page,) = [i for i, each in enumerate(pdf_pages(blob)) if LONG in "".join(each.text.split())]
        office, date = places(blob, page, "办公室"), places(blob, page, "日印发")
        assert min(box[1] for box in office) > max(box[3] for box in date)
        right = (210 - 26) * 72 / 25.4 - 14
        assert max(box[2] for box in date) == pytest.approx(right, abs=2)


def page_with(words: str, blob: bytes) -> str:
    """The text of the page that says so."""
    return next(text for text in (text_of(blob, index) for index in range(3)) if words in text)


def paragraphs(lines: int) -> list[Paragraph]:
    """One line each, all of them different."""
    return [p(f"第{number}件事已经办结。") for number in range(1, lines + 1)]


@needs_libreoffice
@pytest.mark.parametrize("lines", [19, 20, 21])
def test_a_signature_takes_a_line_of_text_along_to_its_page(lines):
    signed = Signature(issuers=("某某区督查室",), date="2026年7月1日")
    for blob in both(document(section(*paragraphs(lines), signed))):
        assert f"第{lines}件事" in page_with("7月1日", blob)


@needs_libreoffice
@pytest.mark.parametrize("lines", [18, 19])
def test_a_note_stands_on_the_page_of_the_date(lines):
    signed = Signature(issuers=("某某区督查室",), date="2026年7月1日")
    for blob in both(document(section(*paragraphs(lines), signed, Note(text="（此件公开发布）")))):
        assert "7月1日" in page_with("公开发布", blob)


@needs_libreoffice
def test_an_imprint_behind_turned_pages_has_an_upright_page_of_its_own():
    sheet = replace(styles(), imprint=replace(styles().imprint, page=ImprintPage.LAST))
    annex = AnnexTitle(entry=AnnexEntry(number=None, name="情况表"))
    wide = section(annex, table((0.1, 0.9), [row("序号", "内容")], [row("1", "一")]), turned=True)
    tree = document(section(p("正文。")), wide, section(Imprint(copies_to="抄送：县委。")))
    for blob in (write_pdf(tree, sheet, find_fonts({})).value, laid_out(write_docx(tree, sheet).value)):
        pages = pdf_pages(blob)
        assert [page.width > page.height for page in pages] == [False, True, False]
        assert "抄送" in pages[2].text


def codes(*blocks: Title | Letterhead | Imprint) -> list[str]:
    return [problem.code for problem in misfits(document(section(*blocks, p("正文。"))), styles())]


def test_a_title_line_that_would_break_inside_a_word_is_told():
    assert codes(Title(lines=("某某区人民政府督查室", "关于上半年重点工作任务推进情况的报告"))) == []
    assert codes(Title(lines=(LONG, "关于某事的报告"))) == ["layout.long-title"]


def test_a_mark_smaller_than_the_title_is_told():
    def mark(*issuers: str) -> Letterhead:
        return Letterhead(form=LetterheadForm.DOCUMENT, mark=issuers, suffix="文件")

    assert codes(mark("某某区人民政府督查室")) == []
    assert codes(mark(LONG)) == ["layout.small-mark"]
    assert codes(mark("某某区监察局", LONG)) == ["layout.small-mark"]


def test_a_text_of_the_head_or_imprint_that_its_line_has_no_room_for_is_told():
    def head(form: LetterheadForm = LetterheadForm.DOCUMENT, **parts: Any) -> list[str]:
        return codes(Letterhead(form=form, mark=("督查室",), **parts))

    long = "甲" * 40
    assert head(number="测督〔2026〕1号", signers=("甲某某", "乙某", "丙某某")) == []
    assert head(signers=(long,)) == ["layout.long-line"]
    assert head(LetterheadForm.BULLETIN, publisher="某督查室", date="2026年7月10日") == []
    assert head(LetterheadForm.BULLETIN, publisher=LONG, date="2026年7月10日") == [
        "layout.long-line"
    ]  # over each other
    assert head(LetterheadForm.LETTER, secrecy="机密", number="测函〔2026〕1号") == []
    assert head(LetterheadForm.LETTER, secrecy="机密", number=long) == ["layout.long-line"] * 2
    assert codes(Imprint(copies_to="抄送：" + long, printer=LONG, printed="2026年7月10日印发")) == []
    assert codes(Imprint(printer=long, printed="2026年7月10日印发")) == ["layout.long-line"]
    assert codes(Imprint(printed=long)) == ["layout.long-line"]


def test_joint_issuers_may_be_parted_by_any_chinese_mark():
    assert names("甲局，乙局；丙局、丁局") == ("甲局", "乙局", "丙局", "丁局")


@pytest.mark.parametrize(("typed", "points"), [("3号", 16), ("小3", 15), ("小4号", 12), ("三号", 16), ("二号", 22)])
def test_a_size_may_be_typed_with_a_digit(tmp_path, typed, points):
    (tmp_path / "own.yaml").write_text(
        f"version: 1\nextends: gb9704\ntext:\n  正文: {{size_pt: {typed}}}\n", encoding="utf-8"
    )
    sheet, _ = load_styles("own.yaml", tmp_path, Location(file="x"))
    assert sheet.text[TextRole.BODY].size_pt == points
