"""Typst's files (Typst 的 PDF) are read as WeasyPrint's are: back to their tree, measured, held against each other."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen.check import at_once
from reportgen.check_basis import read_basis
from reportgen.comparison.contents.page_fingerprints import page_fingerprints
from reportgen.comparison.model import Layer
from reportgen.comparison.pages.page_pictures import bookmarks
from reportgen.confine import LIMITS
from reportgen.document import Document, Row
from reportgen.generate import Request, generate
from reportgen.pdf_engine import PdfEngine
from reportgen.review.format_pdf import check_pdf
from reportgen.review.readback import read_docx
from reportgen.review.readback_pdf import Kind, Piece, joined, pdf_faces, plain, read_pdf
from reportgen.styles import Ruling, TextRole
from reportgen.writers.fonts import find_fonts
from reportgen.writers.outline import outline_lines
from reportgen.writers.typst import write_typst
from tests.builders import (
    AWKWARD,
    LONG_TOKEN,
    bulletin,
    cell,
    document,
    everything,
    h,
    letter,
    p,
    row,
    section,
    sentences,
    small,
    styles,
    table,
)
from tests.projects import project
from tests.samples import SAMPLES, long_ones_later, made, typeset
from tests.test_check import wrong
from tests.test_comparison_pdf import compared, content_of
from tests.test_lint_own import annexed, ruled, told

STYLES = styles()


def typst_pdf(tree: Document) -> bytes:
    return write_typst(tree, STYLES, find_fonts({})).value


def said(blob: bytes, tree: Document) -> list[Piece]:
    return joined(read_pdf(blob), plain(outline_lines(tree)))


# ---- the samples


@pytest.mark.parametrize("name", long_ones_later(SAMPLES, but=["qingping-charts"]))
def test_a_sample_says_what_its_word_file_says_and_has_no_finding(name: str) -> None:
    lines = read_docx(made(name)[".docx"])
    assert joined(read_pdf(typeset(name)), plain(lines)) == plain(lines)
    assert told(check_pdf(typeset(name), STYLES)) == []


# The big ones have the same annexes: one of them stands for all, the one with pictures.
OF_EACH_KIND = [name for name in SAMPLES if name not in ("qingping-2026h1", "qingping-changes", "qingping-letterhead")]


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_a_sample_by_both_engines_differs_in_nothing_but_where_lines_end(name: str) -> None:
    layers = frozenset(Layer) - {Layer.PAGE}
    assert compared(made(name)[".pdf"], typeset(name), layers) == []


@pytest.mark.parametrize("name", long_ones_later(SAMPLES, but=["qingping-charts"]))
def test_a_sample_has_the_same_bookmarks_by_both_engines(name: str) -> None:
    one, other = (bookmarks(blob) for blob in (made(name)[".pdf"], typeset(name)))
    assert one
    assert [each[:2] for each in one] == [each[:2] for each in other]


def test_the_faces_are_those_of_the_other_engine() -> None:
    assert pdf_faces(typeset("qingping-2026h1")) == pdf_faces(made("qingping-2026h1")[".pdf"])


def test_a_page_that_both_reports_share_has_one_fingerprint() -> None:
    shared = section(p("甲"), p("乙")), section(p("丙"))
    one = page_fingerprints(typst_pdf(document(*shared)))
    other = page_fingerprints(typst_pdf(document(shared[0], section(p("丙丙")))))
    assert [a == b for a, b in zip(one, other, strict=True)] == [True, False]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Mapping[PdfEngine, Path]:
    """A report in which one rate is wrong, by each engine."""
    folder = tmp_path_factory.mktemp("faulty")
    config = project(folder, wrong())
    made_by = {}
    for engine in PdfEngine:
        files = generate(Request(config, ("pdf",), pdf_engine=engine)).files
        made_by[engine] = folder / f"{engine.value}.pdf"
        made_by[engine].write_bytes(next(blob for name, blob in files.items() if name.endswith(".pdf")))
    return made_by


def test_proofreading_finds_the_same_at_the_same_places(faulty: Mapping[PdfEngine, Path]) -> None:
    found = [
        [
            (each.rule, each.what, each.fix, [(mark.quote, mark.start, mark.text.spot) for mark in each.marks])
            for each in at_once(path, "报告.pdf", read_basis(), LIMITS).findings or ()
        ]
        for path in faulty.values()
    ]
    assert found[0]
    assert found[0] == found[1]


# ---- trees of every kind of block


TREES = {
    "everything": everything(),
    "letter": letter(),
    "bulletin": bulletin(),
    "small": small(),
    "awkward": document(
        section(p(AWKWARD), h(2, "（一）", AWKWARD, LONG_TOKEN), p(LONG_TOKEN * 40), p("\u2f00一⼀丶")),
        section(table((0.2, 0.8), [row("甲", AWKWARD)], [row(AWKWARD, LONG_TOKEN), row("", "")])),
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_a_file_says_what_its_tree_says(name: str) -> None:
    assert said(typst_pdf(TREES[name]), TREES[name]) == plain(outline_lines(TREES[name]))


def tall(body: Sequence[Row]) -> Document:
    return document(section(p("前"), table((0.1, 0.2, 0.7), [row("序号", "类别", "进展")], body), p("后")))


TALL: Mapping[str, Sequence[Row]] = {
    "a category over three pages": [
        row("1", cell("经济社会发展类甲乙丙", down=60), "甲"),
        *(row(str(number), f"第{number}件") for number in range(2, 61)),
    ],
    "a row over two pages": [row("1", "甲", sentences(200)), row("2", "乙", "丙")],
    "a merged cell taller than a page": [row("1", cell(sentences(60), down=3), "甲"), row("2", "乙"), row("3", "丙")],
}


@pytest.mark.parametrize("name", TALL)
def test_what_goes_on_over_a_page_end_is_said_once(name: str) -> None:
    tree = tall(TALL[name])
    blob = typst_pdf(tree)
    assert len(page_fingerprints(blob)) > 1
    assert said(blob, tree) == plain(outline_lines(tree))


LOSSES: Mapping[str, Document] = {
    "a sentence": tall([row("1", "甲", sentences(200).replace("第90句", "")), row("2", "乙", "丙")]),
    "a row": tall([row("1", "甲", sentences(200))]),
    "a row twice": tall([row("1", "甲", sentences(200)), *[row("2", "乙", "丙")] * 2]),
    "rows in another order": tall([row("2", "乙", "丙"), row("1", "甲", sentences(200))]),
    "a cell that covers two": tall([row("1", "甲", sentences(200)), row("2", cell("乙丙", right=2))]),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_is_noticed(loss: str) -> None:
    tree = tall(TALL["a row over two pages"])
    assert LOSSES[loss] != tree
    assert said(typst_pdf(LOSSES[loss]), tree) != plain(outline_lines(tree))


@pytest.mark.parametrize("ruling", Ruling, ids=lambda each: each.value)
@pytest.mark.parametrize("theme", ["", *STYLES.themes])
def test_a_table_of_any_theme_and_ruling_has_no_finding(theme: str, ruling: Ruling) -> None:
    sheet = ruled(STYLES, ruling)
    assert told(check_pdf(write_typst(annexed(theme), sheet, find_fonts({})).value, sheet)) == []


def test_a_style_that_is_not_the_standard_s_is_found_in_the_pages() -> None:
    sheet = replace(
        STYLES,
        page=replace(STYLES.page, left_mm=32.0, lines=20),
        text={**STYLES.text, TextRole.BODY: replace(STYLES.text[TextRole.BODY], size_pt=15.0, color="0000FF")},
    )
    tree = document(section(*(p("第一段" + "督查" * 60 + "。") for _ in range(30))))
    rules = {
        finding.rule.value for finding in check_pdf(write_typst(tree, sheet, find_fonts({})).value, STYLES).findings
    }
    assert {"page.left", "grid.pitch", "text.size", "text.color"} <= rules


def test_the_letters_of_a_chart_are_a_picture_s_and_no_text() -> None:
    # Read for the comparison above, in the same worker once only.
    pages = [content_of(blob).pages for blob in (made("qingping-charts")[".pdf"], typeset("qingping-charts"))]
    one, other = ([len(page.pictures) for page in each] for each in pages)
    assert sum(one) == sum(other) > 0


# ---- tags as the standard allows them


def edited(tree: Document, change: Any) -> list[Piece]:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(typst_pdf(tree))) as pdf:
        change(pdf)
        pdf.save(buffer)
    return read_pdf(buffer.getvalue())


def test_text_that_no_tag_holds_and_text_that_is_tagged_twice_are_shown() -> None:
    tree = document(section(p("甲"), p("乙")))

    def lost(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.StructTreeRoot.K[0].K[0]

    def twice(pdf: pikepdf.Pdf) -> None:
        pdf.Root.StructTreeRoot.K[0].K.append(pdf.Root.StructTreeRoot.K[0].K[0])

    assert [(piece.kind, piece.texts) for piece in edited(tree, lost)[1:]] == [
        (Kind.TEXT, ("乙",)),
        (Kind.STRAY, ("甲",)),
    ]
    assert [piece.texts for piece in edited(tree, twice)[1:]] == [("甲",), ("乙",), ("甲",)]


def test_an_artifact_that_repeats_nothing_is_shown() -> None:
    def foreign(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[1]
        # pikepdf gives them in the order of a set: by another face the artifact would say 111, as row numbers do.
        (face, *_) = sorted(page.resources.Font.keys())
        code = next(iter(pdf.pages[1].resources.Font[face].ToUnicode.read_bytes().split(b"beginbfchar\n<")[1:]))[:4]
        shown = b"/Artifact BMC BT " + face.encode() + b" 10 Tf <" + code * 3 + b"> Tj ET EMC"
        page.contents_add(shown)

    tree = tall(TALL["a category over three pages"])
    assert edited(tree, lambda pdf: None) == read_pdf(typst_pdf(tree))
    strays = [piece for piece in edited(tree, foreign) if piece.kind is Kind.STRAY]
    assert [len(piece.texts[0]) for piece in strays] == [3]


def test_another_name_for_a_tag_is_known_by_the_file_s_own_list() -> None:
    def renamed(pdf: pikepdf.Pdf) -> None:
        root = pdf.Root.StructTreeRoot
        root.RoleMap = pikepdf.Dictionary(Absatz=pikepdf.Name.P)
        for kid in root.K[0].K:
            kid.S = pikepdf.Name.Absatz

    assert [piece.texts for piece in edited(document(section(p("甲"), p("乙"))), renamed)[1:]] == [("甲",), ("乙",)]


def test_text_that_a_tag_gives_in_place_of_the_letters_counts() -> None:
    def instead(pdf: pikepdf.Pdf) -> None:
        pdf.Root.StructTreeRoot.K[0].K[0].ActualText = pikepdf.String("丙丁")

    assert [piece.texts for piece in edited(document(section(p("甲"), p("乙"))), instead)[1:]] == [("丙丁",), ("乙",)]
